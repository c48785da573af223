import { type Bytes, concat } from "./bytes.ts";

const digest = async (bytes: Bytes): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

/** How many hashes are under way at once: one after the other, most of the time would go into waiting for each. */
const atOnce = 1024;

async function digestAll(inputs: readonly Bytes[]): Promise<Bytes[]> {
  const digests: Bytes[] = [];
  for (let from = 0; from < inputs.length; from += atOnce) {
    digests.push(...(await Promise.all(inputs.slice(from, from + atOnce).map(digest))));
  }
  return digests;
}

/**
 * The root of the Merkle tree over `leaves` in their order, 32 bytes: SHA-256 with 0x00 before a leaf
 * and 0x01 before a pair (RFC 6962, 2.1). Built level by level, an odd last node going up as it is: the same tree.
 */
export async function merkleRoot(leaves: readonly Bytes[]): Promise<Bytes> {
  let level = await digestAll(leaves.map((leaf) => concat(Uint8Array.of(0), leaf)));
  while (level.length > 1) {
    const odd = level.length % 2 === 1 ? level.slice(-1) : [];
    const pairs: Bytes[] = [];
    for (let at = 0; at + 1 < level.length; at += 2) {
      pairs.push(concat(Uint8Array.of(1), ...level.slice(at, at + 2)));
    }
    level = [...(await digestAll(pairs)), ...odd];
  }
  return level[0] ?? digest(new Uint8Array(0));
}
