import { existsSync } from "node:fs";
import { mkdir, open, readFile } from "node:fs/promises";
import path from "node:path";
import { chainedLine, type ErasureJournal, journalStart, readJournal } from "./erasure-journal.ts";

/** Where the journal lies: beside the embedded database, else beside the evidence. Never inside a backup. */
export function erasureJournalFile({
  databaseUrl,
  blobDir,
}: {
  databaseUrl: string;
  blobDir: string;
}): string {
  const neighbour = databaseUrl.startsWith("file:") ? databaseUrl.slice("file:".length) : blobDir;
  return path.join(path.dirname(path.resolve(neighbour)), "erasures.jsonl");
}

/** A journal as a file of chained lines. One process writes it at a time. */
export function createFileErasureJournal(file: string): ErasureJournal {
  const content = async () => readJournal(existsSync(file) ? await readFile(file, "utf8") : "");
  let tail: Promise<unknown> = Promise.resolve();

  async function append(entries: Parameters<ErasureJournal["append"]>[0]): Promise<void> {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const text = existsSync(file) ? await readFile(file, "utf8") : "";
    let previous = (await readJournal(text)).hashes.at(-1) ?? journalStart;
    let lines = "";
    for (const entry of entries) {
      const { line, hash } = await chainedLine(entry, previous);
      lines += `${line}\n`;
      previous = hash;
    }
    const handle = await open(file, "a", 0o600);
    try {
      // A line that a crash cut off is taken away, or the next would run on behind it.
      const whole = Buffer.byteLength(text.slice(0, text.lastIndexOf("\n") + 1));
      if (whole < Buffer.byteLength(text)) await handle.truncate(whole);
      await handle.writeFile(lines);
      await handle.sync();
    } finally {
      await handle.close();
    }
    const folder = await open(path.dirname(file));
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }

  return {
    append(entries) {
      const done = tail.then(() => append(entries));
      tail = done.catch(() => undefined);
      return done;
    },
    read: async () => (await content()).entries,
  };
}
