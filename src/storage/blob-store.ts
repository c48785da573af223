import type { Bytes } from "../crypto/bytes.ts";

/**
 * Where evidence is kept, byte for byte as it came. Keys are identifiers of ours.
 * Writing is durable when `put` returns; a key is written once.
 */
export type BlobStore = {
  put(key: string, bytes: Bytes): Promise<void>;
  /** The bytes, or undefined where there is no such key. */
  get(key: string): Promise<Bytes | undefined>;
  delete(key: string): Promise<void>;
};
