import type { Bytes } from "../crypto/bytes.ts";
import type { Vault } from "../crypto/key-ring.ts";
import { createSigner, type Signer } from "../crypto/signer.ts";

/** The signer of anchors that follows from the deployment's own keys, where none is handed in. */
export function createVaultSigner(vault: Vault, keyId: string = vault.keyId): Signer {
  let made: Promise<Signer> | undefined;
  const signer = () => {
    made ??= vault.hash("staff", "anchor-signing-seed", keyId).then((seed) => createSigner(seed, keyId));
    return made;
  };
  return {
    keyId,
    sign: async (bytes) => (await signer()).sign(bytes),
    publicKey: async () => (await signer()).publicKey(),
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
