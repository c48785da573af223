import { z } from "zod";
import { sha256 } from "../crypto/bytes.ts";
import { erasedKinds } from "./retention.ts";

/** One erasure, as it stands outside the database: ids and hashes only. */
export const ErasureEntry = z.strictObject({
  kind: z.enum(erasedKinds),
  subjectId: z.string(),
  reportId: z.string(),
  rule: z.string(),
  erasedAt: z.iso.datetime(),
  /** SHA-256 of the wrapped key that was destroyed, or of the file. */
  hash: z.string().nullable(),
});
export type ErasureEntry = z.infer<typeof ErasureEntry>;

/**
 * What was erased, kept apart from the database and from its backups: a restored backup is made to forget again.
 * It only grows.
 */
export type ErasureJournal = {
  /** Durable when it returns. The same erasure may come twice. */
  append(entries: readonly ErasureEntry[]): Promise<void>;
  /** All entries. */
  read(): Promise<ErasureEntry[]>;
};

/** Stands where the first line has no line before it. */
export const journalStart = "0".repeat(64);

const ErasureLine = ErasureEntry.extend({ previousHash: z.string(), hashOfLine: z.string() });

/** An entry as a line that is chained to the one before. Returns the line, without its end, and its hash. */
export async function chainedLine(
  entry: ErasureEntry,
  previousHash: string,
): Promise<{ line: string; hash: string }> {
  const hash = await hashOf(entry, previousHash);
  return { line: JSON.stringify({ ...entry, previousHash, hashOfLine: hash }), hash };
}

function hashOf(entry: ErasureEntry, previousHash: string): Promise<string> {
  const { kind, subjectId, reportId, rule, erasedAt, hash } = entry;
  return sha256(JSON.stringify([previousHash, kind, subjectId, reportId, rule, erasedAt, hash]));
}

/** A journal as it was read. */
export type JournalContent = {
  /** Every entry that can be read, also behind a broken link: to forget too much is the lesser fault. */
  entries: ErasureEntry[];
  /** The hash of each line in order: where a backup was made shows which one it knew. */
  hashes: string[];
  /** The number of the first line, from 1, that was changed, moved or taken out; undefined if the chain is whole. */
  brokenAt: number | undefined;
};

/** Reads a journal's text. What stands behind the last line end was never finished, and does not count. */
export async function readJournal(text: string): Promise<JournalContent> {
  const content: JournalContent = { entries: [], hashes: [], brokenAt: undefined };
  let previous = journalStart;
  for (const [index, line] of text.split("\n").slice(0, -1).entries()) {
    const parsed = ErasureLine.safeParse(parseJson(line));
    if (!parsed.success) {
      content.brokenAt ??= index + 1;
      continue;
    }
    const { previousHash, hashOfLine, ...entry } = parsed.data;
    if (previousHash !== previous || hashOfLine !== (await hashOf(entry, previousHash))) {
      content.brokenAt ??= index + 1;
    }
    content.entries.push(entry);
    content.hashes.push(hashOfLine);
    previous = hashOfLine;
  }
  return content;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
