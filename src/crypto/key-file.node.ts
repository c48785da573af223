import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { RandomBytes } from "../core/new-id.ts";
import { toBase64 } from "./bytes.ts";
import { type KeyRing, parseKeyRing } from "./key-ring.ts";

/** The folder of the keys that a process made for itself: beside its embedded database. */
export function keyFolder(databaseUrl: string): string {
  return path.join(path.dirname(path.resolve(databaseUrl.slice("file:".length))), "keys");
}

/** The key ring of a file, or undefined where there is none. @throws {Error} as `loadKeyRing`. */
export function findKeyRing(folder: string, name: string): KeyRing | undefined {
  return existsSync(path.join(folder, name)) ? readKeyRing(path.join(folder, name)) : undefined;
}

/**
 * The key ring of a file; a missing file is made with a fresh key that only its owner may read.
 *
 * @throws {Error} if the file holds something else: its data could not be opened with a new key.
 */
export function loadKeyRing(folder: string, name: string, randomBytes: RandomBytes): KeyRing {
  const file = path.join(folder, name);
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(file, `k1:${toBase64(randomBytes(32))}\n`, { mode: 0o600, flag: "wx" });
    chmodSync(file, 0o600);
  }
  return readKeyRing(file);
}

function readKeyRing(file: string): KeyRing {
  const ring = parseKeyRing(readFileSync(file, "utf8"));
  if (ring === undefined)
    throw new Error(`The key file ${file} is damaged. Put the right one back; do not delete it.`);
  return ring;
}
