import { type Bytes, utf8 } from "./bytes.ts";

/** Encrypts and decrypts under one key by AES-256-GCM (NIST SP 800-38D); the tag of 16 bytes stands behind the ciphertext. */
export type Sealer = {
  /** `context` is authenticated and not stored. */
  encrypt(iv: Bytes, context: Bytes, plain: Bytes): Bytes | Promise<Bytes>;
  /** @throws {Error} if the bytes were changed, or `context` is another. */
  decrypt(iv: Bytes, context: Bytes, sealed: Bytes): Bytes | Promise<Bytes>;
};

/** HMAC-SHA-256 under one key (RFC 2104), 32 bytes. */
export type Hasher = (text: Bytes) => Bytes | Promise<Bytes>;

/** What a vault reckons with. The keys are derived from a secret of 32 bytes by HKDF-SHA256 (RFC 5869), without salt. */
export type Cryptography = {
  sealer(secret: Bytes, info: string): Promise<Sealer>;
  hasher(secret: Bytes, info: string): Promise<Hasher>;
};

/** By WebCrypto, which every runtime has. */
export const webCryptography: Cryptography = {
  async sealer(secret, info) {
    const key = await derive(secret, info, { name: "AES-GCM", length: 256 }, ["encrypt", "decrypt"]);
    return {
      encrypt: async (iv, context, plain) =>
        new Uint8Array(
          await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: context }, key, plain),
        ),
      decrypt: async (iv, context, sealed) =>
        new Uint8Array(
          await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: context }, key, sealed),
        ),
    };
  },
  async hasher(secret, info) {
    const key = await derive(secret, info, { name: "HMAC", hash: "SHA-256", length: 256 }, ["sign"]);
    return async (text) => new Uint8Array(await crypto.subtle.sign("HMAC", key, text));
  },
};

async function derive(
  secret: Bytes,
  info: string,
  algorithm: AesKeyGenParams | HmacKeyGenParams,
  usages: KeyUsage[],
): Promise<CryptoKey> {
  const master = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const parameters = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: utf8(info) };
  return crypto.subtle.deriveKey(parameters, master, algorithm, false, usages);
}
