import { type Bytes, concat } from "./bytes.ts";

/** Signs with one private key, which `keyId` names. */
export type Signer = {
  keyId: string;
  /** An Ed25519 signature, 64 bytes (RFC 8032, 5.1.6). */
  sign(bytes: Bytes): Promise<Bytes>;
  /** The public key that verifies what it signs, 32 bytes. */
  publicKey(): Promise<Bytes>;
};

const algorithm = { name: "Ed25519" };

/** What stands before the 32 bytes of an Ed25519 seed in PKCS #8 (RFC 8410, 7). */
const pkcs8Head = Uint8Array.from([48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32]);

/** A signer over a seed of 32 bytes, the private key of RFC 8032. */
export function createSigner(seed: Bytes, keyId: string): Signer {
  let imported: Promise<CryptoKey> | undefined;
  const key = () => {
    imported ??= crypto.subtle.importKey("pkcs8", concat(pkcs8Head, seed), algorithm, true, ["sign"]);
    return imported;
  };
  return {
    keyId,
    sign: async (bytes) => new Uint8Array(await crypto.subtle.sign(algorithm, await key(), bytes)),
    async publicKey() {
      // WebCrypto gives the public half only as a member of the private key's JWK (RFC 8037, 2).
      const { x = "" } = await crypto.subtle.exportKey("jwk", await key());
      return fromBase64Url(x);
    },
  };
}

/** Whether an Ed25519 signature is that of `bytes` under a raw public key of 32 bytes; false for a key or signature of another form. */
export async function verifySignature(publicKey: Bytes, bytes: Bytes, signature: Bytes): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey("raw", publicKey, algorithm, false, ["verify"]);
    return await crypto.subtle.verify(algorithm, key, signature, bytes);
  } catch {
    return false;
  }
}

function fromBase64Url(text: string): Bytes {
  const plain = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(plain), (character) => character.charCodeAt(0));
}
