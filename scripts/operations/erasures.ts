import { existsSync, readFileSync } from "node:fs";
import { openDatabase } from "../../src/db/client.ts";
import { takeAlone } from "../../src/db/copy.node.ts";
import { migrateDatabase } from "../../src/db/migrate.node.ts";
import { createErasing } from "../../src/reports/erasing-service.ts";
import { type JournalContent, readJournal } from "../../src/reports/erasure-journal.ts";
import { createFileErasureJournal } from "../../src/reports/erasure-journal-file.node.ts";
import { createFileBlobStore } from "../../src/storage/file-blob-store.node.ts";
import type { Manifest } from "./archive.ts";

/** The journal of a deployment; empty where nothing was ever erased. */
export async function readErasures(file: string): Promise<JournalContent> {
  return readJournal(existsSync(file) ? readFileSync(file, "utf8") : "");
}

/** What a backup says of the journal: how far it had come. */
export function headOf({ hashes }: JournalContent): Pick<Manifest, "erasures"> {
  const head = hashes.at(-1);
  return head === undefined ? {} : { erasures: { entries: hashes.length, head } };
}

/** Whether the journal at hand goes on from the one that a backup knew. */
export function continues({ hashes }: JournalContent, { erasures }: Manifest): boolean {
  return erasures === undefined || hashes.includes(erasures.head);
}

/**
 * Erases in a database that was just copied from a backup, and in its blobs, all that the journal says is erased.
 * Nothing of it is left in the file. Returns how much that was.
 */
export async function forgetAgain(
  copy: { database: string; blobs: string },
  journal: string,
): Promise<number> {
  if (!existsSync(journal)) return 0;
  const url = `file:${copy.database}`;
  // An older schema has no place for what was erased. The backup itself is the copy to go back to.
  await migrateDatabase({ url }, undefined);
  const db = await openDatabase({ url });
  let count: number;
  try {
    count = await createErasing({
      db,
      blobs: createFileBlobStore(copy.blobs),
      journal: createFileErasureJournal(journal),
    }).replay();
    await db.maintain("VACUUM");
  } finally {
    await db.close();
  }
  // Folds the log into the one file that is moved into place.
  (await takeAlone(url))?.release();
  return count;
}
