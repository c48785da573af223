import { type Bytes, concat, fromBase64Url, toBase64 } from "./bytes.ts";
import type { KeyRing } from "./key-ring.ts";

/** Signs in the name of the deployment with Ed25519 (RFC 8032): deterministic, 64 bytes. */
export type Signer = {
  /** The id of the key that signs now. */
  keyId: string;
  /** The public key of `keyId`, 32 bytes raw. */
  publicKey: Bytes;
  /** The public keys of the ring by id, the current one first: the older ones still verify what they signed. */
  publicKeys: ReadonlyMap<string, Bytes>;
  sign(bytes: Bytes): Promise<Bytes>;
};

/** What stands before a 32-byte seed in PKCS #8 (RFC 8410 section 7): version 0, id-Ed25519, two octet strings. */
const pkcs8Prefix = Uint8Array.of(
  ...[0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20],
);

/** What stands before a 32-byte public key in a SubjectPublicKeyInfo (RFC 8410 section 4). */
const spkiPrefix = Uint8Array.of(...[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00]);

/** A signer over a key ring: each key is the 32-byte seed of an Ed25519 pair (RFC 8032 section 5.1.5). */
export async function createSigner(ring: KeyRing): Promise<Signer> {
  const pairs = new Map<string, { privateKey: CryptoKey; publicKey: Bytes }>();
  for (const [id, seed] of ring.keys) pairs.set(id, await pairOf(seed));
  const current = pairs.get(ring.current);
  if (current === undefined) throw new Error(`The key ${ring.current} is not in the ring.`);
  return {
    keyId: ring.current,
    publicKey: current.publicKey,
    publicKeys: new Map([...pairs].map(([id, pair]) => [id, pair.publicKey])),
    sign: async (bytes) => new Uint8Array(await crypto.subtle.sign("Ed25519", current.privateKey, bytes)),
  };
}

/** Whether `signature` is that of `bytes` under the public key; false also for keys and signatures of another length. */
export async function verifySignature(publicKeyRaw: Bytes, bytes: Bytes, signature: Bytes): Promise<boolean> {
  if (publicKeyRaw.length !== 32 || signature.length !== 64) return false;
  const key = await crypto.subtle.importKey("raw", publicKeyRaw, "Ed25519", false, ["verify"]);
  return crypto.subtle.verify("Ed25519", key, signature, bytes);
}

/** A public key as PEM (RFC 7468 section 13), as `openssl` reads it. */
export function publicKeyPem(publicKeyRaw: Bytes): string {
  return `-----BEGIN PUBLIC KEY-----\n${toBase64(concat(spkiPrefix, publicKeyRaw))}\n-----END PUBLIC KEY-----\n`;
}

async function pairOf(seed: Bytes): Promise<{ privateKey: CryptoKey; publicKey: Bytes }> {
  const privateKey = await crypto.subtle.importKey("pkcs8", concat(pkcs8Prefix, seed), "Ed25519", true, [
    "sign",
  ]);
  // WebCrypto derives no public key by itself; the private key's JWK carries it (RFC 8037 section 2).
  const { x = "" } = (await crypto.subtle.exportKey("jwk", privateKey)) as { x?: string };
  return { privateKey, publicKey: fromBase64Url(x) };
}
