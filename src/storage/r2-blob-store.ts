import type { BlobStore } from "./blob-store.ts";

/** The part of Cloudflare's R2Bucket that is used here. */
export type R2BucketLike = {
  put(key: string, value: Uint8Array): Promise<unknown>;
  get(key: string): Promise<{ arrayBuffer(): Promise<ArrayBuffer> } | null>;
  delete(key: string): Promise<void>;
};

/** Blobs in an R2 bucket. */
export function createR2BlobStore(bucket: R2BucketLike): BlobStore {
  return {
    put: async (key, bytes) => void (await bucket.put(key, bytes)),
    async get(key) {
      const found = await bucket.get(key);
      return found === null ? undefined : new Uint8Array(await found.arrayBuffer());
    },
    delete: (key) => bucket.delete(key),
  };
}
