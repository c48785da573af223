import type { RandomBytes } from "../core/new-id.ts";
import { randomBytes } from "../core/new-id.ts";
import { type Bytes, concat, fromBase64, fromUtf8, utf8 } from "./bytes.ts";

/** The deployment's secret keys, by id. New data is sealed under `current`; the others still open what they sealed. */
export type KeyRing = { current: string; keys: ReadonlyMap<string, Bytes> };

/**
 * Reads `id:base64[,id:base64…]`; the first is the current key. A lone base64 text is key `k1`.
 * Undefined if an id is not 1–16 of `a-z0-9`, stands twice, or a key is not 32 bytes.
 */
export function parseKeyRing(text: string): KeyRing | undefined {
  const keys = new Map<string, Bytes>();
  for (const part of text.trim().split(",")) {
    const [, id = "k1", encoded = ""] =
      /^(?:([a-z0-9]{1,16}):)?([A-Za-z0-9+/]{43}=)$/.exec(part.trim()) ?? [];
    if (encoded === "" || keys.has(id)) return undefined;
    keys.set(id, fromBase64(encoded));
  }
  const current = keys.keys().next().value;
  return current === undefined ? undefined : { current, keys };
}

/** What a key is used for. Each use has a key of its own, derived by HKDF-SHA256 (RFC 5869). */
export type KeyUse =
  | "conversation"
  | "report"
  | "case"
  | "identity"
  | "query-code"
  | "response-code"
  | "lookup"
  | "proof-of-work"
  | "knowledge"
  | "staff"
  | "wechat"
  | "notice";

/** Seals, opens and hashes under the deployment's keys. */
export type Vault = {
  /** The id of the key that seals now. */
  keyId: string;
  /** AES-256-GCM; `context` is authenticated, not stored: what was sealed for one row cannot be moved to another. */
  seal(use: KeyUse, context: string, plain: string): Promise<Bytes>;
  /** @throws {Error} if the key is gone, the bytes were changed, or `context` is another. */
  open(use: KeyUse, context: string, sealed: Uint8Array): Promise<string>;
  /**
   * A keyed hash (HMAC-SHA-256) of `text`, 32 bytes. The same under `keyId` for ever. Look-ups hash under the
   * oldest key of the ring by default, so that what was stored before a rotation is still found.
   */
  hash(use: KeyUse, text: string, keyId?: string): Promise<Bytes>;
};

const sealVersion = 1;
const ivBytes = 12;

/** The id of the key that bytes were sealed under. @throws {Error} if no vault sealed them. */
export function keyIdOf(sealed: Uint8Array): string {
  const [version, idLength = 0] = sealed;
  if (version !== sealVersion) throw new Error("Not sealed by this vault.");
  return fromUtf8(sealed.slice(2, 2 + idLength));
}

/** A vault over a key ring. Layout of sealed bytes: version, length of key id, key id, 12 bytes of IV, ciphertext with tag. */
export function createVault(ring: KeyRing, random: RandomBytes = randomBytes): Vault {
  const oldest = [...ring.keys.keys()].at(-1) ?? ring.current;
  const derived = new Map<string, Promise<CryptoKey>>();

  function keyFor(id: string, use: KeyUse, kind: "seal" | "hash"): Promise<CryptoKey> {
    const name = `${id}/${use}/${kind}`;
    let key = derived.get(name);
    if (key === undefined) {
      key = derive(id, use, kind);
      derived.set(name, key);
    }
    return key;
  }

  async function derive(id: string, use: KeyUse, kind: "seal" | "hash"): Promise<CryptoKey> {
    const secret = ring.keys.get(id);
    if (secret === undefined) throw new Error(`The key ${id} is not in the ring.`);
    const master = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
    const parameters = {
      name: "HKDF",
      hash: "SHA-256",
      salt: new Uint8Array(0),
      info: utf8(`zhiquan/${use}/${kind}`),
    };
    return kind === "seal"
      ? crypto.subtle.deriveKey(parameters, master, { name: "AES-GCM", length: 256 }, false, [
          "encrypt",
          "decrypt",
        ])
      : crypto.subtle.deriveKey(parameters, master, { name: "HMAC", hash: "SHA-256", length: 256 }, false, [
          "sign",
        ]);
  }

  return {
    keyId: ring.current,
    async seal(use, context, plain) {
      const id = utf8(ring.current);
      const iv = random(ivBytes);
      const key = await keyFor(ring.current, use, "seal");
      const algorithm = { name: "AES-GCM", iv, additionalData: utf8(context) };
      const sealed = await crypto.subtle.encrypt(algorithm, key, utf8(plain));
      return concat(Uint8Array.of(sealVersion, id.length), id, iv, new Uint8Array(sealed));
    },
    async open(use, context, sealed) {
      const id = keyIdOf(sealed);
      const bodyAt = 2 + id.length + ivBytes;
      const key = await keyFor(id, use, "seal");
      const iv = sealed.slice(2 + id.length, bodyAt) as Bytes;
      const algorithm = { name: "AES-GCM", iv, additionalData: utf8(context) };
      return fromUtf8(
        new Uint8Array(await crypto.subtle.decrypt(algorithm, key, sealed.slice(bodyAt) as Bytes)),
      );
    },
    async hash(use, text, keyId = use === "lookup" ? oldest : ring.current) {
      const key = await keyFor(keyId, use, "hash");
      return new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8(text)));
    },
  };
}
