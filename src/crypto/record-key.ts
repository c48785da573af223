import type { RandomBytes } from "../core/new-id.ts";
import { type Bytes, concat, fromBase64, fromUtf8, toBase64, utf8 } from "./bytes.ts";
import type { Vault } from "./key-ring.ts";

/** A text sealed under a key of its own; the key itself is sealed under the deployment's. Destroying `wrappedKey` erases the text. */
export type RecordSealed = { wrappedKey: Bytes; sealed: Bytes };

/** Seals a text for one record. `context` binds both parts to the record. */
export async function sealRecord(
  vault: Vault,
  context: string,
  plain: string,
  randomBytes: RandomBytes,
): Promise<RecordSealed> {
  const secret = randomBytes(32);
  const iv = randomBytes(12);
  const key = await crypto.subtle.importKey("raw", secret, "AES-GCM", false, ["encrypt"]);
  const algorithm = { name: "AES-GCM", iv, additionalData: utf8(context) };
  const body = new Uint8Array(await crypto.subtle.encrypt(algorithm, key, utf8(plain)));
  return { wrappedKey: await vault.seal("identity", context, toBase64(secret)), sealed: concat(iv, body) };
}

/** @throws {Error} if the key was destroyed, the bytes were changed, or `context` is another. */
export async function openRecord(vault: Vault, context: string, record: RecordSealed): Promise<string> {
  const secret = fromBase64(await vault.open("identity", context, record.wrappedKey));
  const key = await crypto.subtle.importKey("raw", secret, "AES-GCM", false, ["decrypt"]);
  const algorithm = { name: "AES-GCM", iv: record.sealed.slice(0, 12), additionalData: utf8(context) };
  return fromUtf8(new Uint8Array(await crypto.subtle.decrypt(algorithm, key, record.sealed.slice(12))));
}
