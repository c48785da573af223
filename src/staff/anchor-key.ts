import type { Bytes } from "../crypto/bytes.ts";
import type { Vault } from "../crypto/key-ring.ts";
import { createSigner } from "../crypto/signer.ts";

/** Signs anchors with one key, which `keyId` names. */
export type AnchorSigner = {
  keyId: string;
  /** An Ed25519 signature, 64 bytes (RFC 8032, 5.1.6). */
  sign(bytes: Bytes): Promise<Bytes>;
  /** The public key that verifies what it signs, 32 bytes. */
  publicKey(): Promise<Bytes>;
};

/** The signer of anchors: its key follows from the deployment's own, so that it is there wherever the vault is. */
export function createVaultSigner(vault: Vault, keyId: string = vault.keyId): AnchorSigner {
  return createSeedSigner(() => vault.hash("staff", "anchor-signing-seed", keyId), keyId);
}

/** A signer over a seed of 32 bytes, made when first used. */
export function createSeedSigner(seed: () => Promise<Bytes>, keyId: string): AnchorSigner {
  let made: ReturnType<typeof createSigner> | undefined;
  const signer = () => {
    made ??= seed().then((bytes) => createSigner({ current: keyId, keys: new Map([[keyId, bytes]]) }));
    return made;
  };
  return {
    keyId,
    sign: async (bytes) => (await signer()).sign(bytes),
    publicKey: async () => (await signer()).publicKey,
  };
}

/** The public key of an id in the deployment's ring; undefined if the ring has no such key. */
export async function publicKeyFromVault(vault: Vault, keyId: string): Promise<Bytes | undefined> {
  try {
    return await createVaultSigner(vault, keyId).publicKey();
  } catch {
    return undefined;
  }
}
