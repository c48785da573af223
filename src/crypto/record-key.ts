import type { RandomBytes } from "../core/new-id.ts";
import { type Bytes, concat, fromBase64, fromUtf8, toBase64, utf8 } from "./bytes.ts";
import type { Vault } from "./key-ring.ts";

/** A text sealed under a key of its own; the key itself is sealed under the deployment's. Destroying `wrappedKey` erases the text. */
export type RecordSealed = { wrappedKey: Bytes; sealed: Bytes };

const ivBytes = 12;

/** Seals a text for one record. `context` binds both parts to the record. */
export async function sealRecord(
  vault: Vault,
  context: string,
  plain: string,
  randomBytes: RandomBytes,
): Promise<RecordSealed> {
  const secret = randomBytes(32);
  return {
    wrappedKey: await vault.seal("identity", context, toBase64(secret)),
    sealed: await sealUnder(secret, context, plain, randomBytes),
  };
}

/** @throws {Error} if the key was destroyed, the bytes were changed, or `context` is another. */
export async function openRecord(vault: Vault, context: string, record: RecordSealed): Promise<string> {
  return openMore(vault, { context, wrappedKey: record.wrappedKey }, context, record.sealed);
}

/** The wrapped key of a record, with the context it was wrapped for. */
export type RecordKey = { context: string; wrappedKey: Bytes };

/** Seals one more text under a record's key, bound to a context of its own. @throws {Error} as `openRecord`. */
export async function sealMore(
  vault: Vault,
  key: RecordKey,
  context: string,
  plain: string,
  randomBytes: RandomBytes,
): Promise<Bytes> {
  return sealUnder(await unwrap(vault, key), context, plain, randomBytes);
}

/** Opens what `sealMore` sealed. @throws {Error} as `openRecord`. */
export async function openMore(
  vault: Vault,
  key: RecordKey,
  context: string,
  sealed: Uint8Array,
): Promise<string> {
  const secret = await crypto.subtle.importKey("raw", await unwrap(vault, key), "AES-GCM", false, [
    "decrypt",
  ]);
  const algorithm = {
    name: "AES-GCM",
    iv: sealed.slice(0, ivBytes) as Bytes,
    additionalData: utf8(context),
  };
  return fromUtf8(
    new Uint8Array(await crypto.subtle.decrypt(algorithm, secret, sealed.slice(ivBytes) as Bytes)),
  );
}

/** The same key wrapped under the deployment's current one; what it sealed stays as it is. @throws {Error} as `openRecord`. */
export async function rewrapKey(vault: Vault, { context, wrappedKey }: RecordKey): Promise<Bytes> {
  return vault.seal("identity", context, await vault.open("identity", context, wrappedKey));
}

async function unwrap(vault: Vault, { context, wrappedKey }: RecordKey): Promise<Bytes> {
  return fromBase64(await vault.open("identity", context, wrappedKey));
}

async function sealUnder(
  secret: Bytes,
  context: string,
  plain: string,
  randomBytes: RandomBytes,
): Promise<Bytes> {
  const iv = randomBytes(ivBytes);
  const key = await crypto.subtle.importKey("raw", secret, "AES-GCM", false, ["encrypt"]);
  const algorithm = { name: "AES-GCM", iv, additionalData: utf8(context) };
  return concat(iv, new Uint8Array(await crypto.subtle.encrypt(algorithm, key, utf8(plain))));
}
