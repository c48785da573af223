import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import type { BlobStore } from "./blob-store.ts";

/** Blobs as files, spread over folders by the end of their key. */
export function createFileBlobStore(folder: string): BlobStore {
  function locate(key: string): string {
    if (!/^[\w-]+$/.test(key)) throw new Error("A blob's key holds letters, digits, _ and - only.");
    return path.join(folder, key.slice(-2), key);
  }
  return {
    async put(key, bytes) {
      const target = locate(key);
      await mkdir(path.dirname(target), { recursive: true });
      // Written aside and renamed: a crash leaves the whole file or none.
      const aside = `${target}.part`;
      const file = await open(aside, "w", 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(aside, target);
    },
    async get(key) {
      try {
        return new Uint8Array(await readFile(locate(key)));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
    },
    delete: (key) => rm(locate(key), { force: true }),
  };
}
