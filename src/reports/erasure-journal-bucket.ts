import { ErasureEntry, type ErasureJournal } from "./erasure-journal.ts";

/** The part of Cloudflare's R2Bucket that the journal uses. */
export type JournalBucket = {
  put(key: string, value: string, options: { customMetadata: Record<string, string> }): Promise<unknown>;
  list(options: { prefix: string; include: ["customMetadata"]; cursor?: string }): Promise<{
    objects: { customMetadata?: Record<string, string> }[];
    truncated: boolean;
    cursor?: string;
  }>;
};

const prefix = "erasures/";

/** A journal in an R2 bucket: one object an erasure under `erasures/`, its entry in the metadata, so that listing reads all. */
export function createBucketErasureJournal(bucket: JournalBucket): ErasureJournal {
  return {
    async append(entries) {
      for (const entry of entries) {
        const text = JSON.stringify(entry);
        await bucket.put(`${prefix}${entry.kind}/${entry.subjectId}`, text, {
          customMetadata: { entry: text },
        });
      }
    },
    async read() {
      const entries: ErasureEntry[] = [];
      for (let cursor: string | undefined; ; ) {
        const page = await bucket.list({
          prefix,
          include: ["customMetadata"],
          ...(cursor === undefined ? {} : { cursor }),
        });
        for (const { customMetadata } of page.objects) {
          const text = customMetadata?.["entry"];
          if (text !== undefined) entries.push(ErasureEntry.parse(JSON.parse(text)));
        }
        if (!page.truncated || page.cursor === undefined) return entries;
        cursor = page.cursor;
      }
    },
  };
}
