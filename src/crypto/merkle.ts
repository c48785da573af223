import { type Bytes, concat } from "./bytes.ts";

const digest = async (bytes: Bytes): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

/**
 * The root of the Merkle tree over `leaves` in their order, 32 bytes: SHA-256 with 0x00 before a leaf
 * and 0x01 before a pair (RFC 6962, 2.1).
 */
export async function merkleRoot(leaves: readonly Bytes[]): Promise<Bytes> {
  const [only] = leaves;
  if (only === undefined) return digest(new Uint8Array(0));
  if (leaves.length === 1) return digest(concat(Uint8Array.of(0), only));
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  const left = await merkleRoot(leaves.slice(0, split));
  return digest(concat(Uint8Array.of(1), left, await merkleRoot(leaves.slice(split))));
}
