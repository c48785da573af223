import { type Bytes, sha256, toHex, utf8 } from "../crypto/bytes.ts";
import { canonicalJson } from "../crypto/canonical-json.ts";
import { merkleRoot } from "../crypto/merkle.ts";
import type { ChainHead } from "../db/chain-source.ts";

/** Stands where the first anchor has none before it. */
export const anchorStart = "0".repeat(64);

export type Anchor = {
  seq: number;
  hour: number;
  at: Date;
  chains: number;
  root: string;
  changesHash: string;
  previousHash: string;
  hash: string;
  keyId: string;
  signature: Bytes;
};

/** The hour that an instant lies in, counted from 1970. */
export const hourOf = (at: Date): number => Math.floor(at.getTime() / 3_600_000);

const inOrder = (heads: readonly ChainHead[]) =>
  [...heads].sort((a, b) => (a.chain < b.chain ? -1 : a.chain > b.chain ? 1 : 0));
const leaf = ({ chain, seq, head }: ChainHead) => canonicalJson([chain, seq, head]);

/** The Merkle root over heads in the order of their chains, in hexadecimal. */
export async function rootOf(heads: readonly ChainHead[]): Promise<string> {
  return toHex(await merkleRoot(inOrder(heads).map((head) => utf8(leaf(head)))));
}

/** The hash over the heads that moved. */
export const hashChanges = (heads: readonly ChainHead[]): Promise<string> =>
  sha256(inOrder(heads).map(leaf).join("\n"));

/** What an anchor's hash covers and its signature signs. */
export const hashAnchor = (anchor: Omit<Anchor, "hash" | "signature">): Promise<string> => {
  const { seq, hour, at, chains, root, changesHash, previousHash, keyId } = anchor;
  return sha256(canonicalJson([previousHash, seq, hour, at.getTime(), chains, root, changesHash, keyId]));
};
