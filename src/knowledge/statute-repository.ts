import { and, eq, ne } from "drizzle-orm";
import type { Database } from "../db/client.ts";
import { knowledgeStatuteIndexes, knowledgeStatutes } from "./schema.ts";

export type StatuteRepository = ReturnType<typeof createStatuteRepository>;

/** Names a stored wording. `portion` is empty for the whole of an edition. */
export type StatuteKey = { instrument: string; edition: string; portion: string };

export type StoredStatuteRow = typeof knowledgeStatutes.$inferSelect;

/** Imported wordings in libSQL, one row an edition or part of one, and the index over them. */
export function createStatuteRepository(db: Database) {
  const table = knowledgeStatutes;
  const indexes = knowledgeStatuteIndexes;
  const { instrument, edition, portion, sha256, version } = table;
  const named = (key: StatuteKey) =>
    and(eq(instrument, key.instrument), eq(edition, key.edition), eq(portion, key.portion));

  return {
    /** What is there, without the words. */
    async list(): Promise<(StatuteKey & { sha256: string; version: string })[]> {
      return db.sql
        .select({ instrument, edition, portion, sha256, version })
        .from(table)
        .orderBy(instrument, edition, portion);
    },

    /** All rows with their words, in the order of `list`. */
    async all(): Promise<StoredStatuteRow[]> {
      return db.sql.select().from(table).orderBy(instrument, edition, portion);
    },

    /** What stands under a key, without the words. */
    async find(key: StatuteKey): Promise<{ sha256: string; version: string } | undefined> {
      return db.sql.select({ sha256, version }).from(table).where(named(key)).get();
    },

    /** Stores a wording over what stood under its key. */
    async save(row: StoredStatuteRow): Promise<void> {
      const { instrument: _, edition: __, portion: ___, ...rest } = row;
      await db.write([
        db.sql
          .insert(table)
          .values(row)
          .onConflictDoUpdate({ target: [instrument, edition, portion], set: rest }),
      ]);
    },

    async remove(key: StatuteKey): Promise<void> {
      await db.write([db.sql.delete(table).where(named(key))]);
    },

    /** The index of a version, as it was stored. */
    async index(of: string): Promise<string | undefined> {
      const row = await db.sql
        .select({ content: indexes.content })
        .from(indexes)
        .where(eq(indexes.version, of))
        .get();
      return row?.content;
    },

    /** Keeps the index of a version, and those of others only where they are asked to stay. */
    async saveIndex(of: string, content: string, { keepOthers }: { keepOthers: boolean }): Promise<void> {
      const insert = db.sql
        .insert(indexes)
        .values({ version: of, content })
        .onConflictDoUpdate({ target: indexes.version, set: { content } });
      await db.write(keepOthers ? [insert] : [insert, db.sql.delete(indexes).where(ne(indexes.version, of))]);
    },
  };
}
