import { count, desc, eq, max, sql, sum } from "drizzle-orm";
import { type Database, isConstraintViolation, type Statements } from "../db/client.ts";
import { knowledgeStandardAnswers } from "./schema.ts";
import type { StandardAnswer } from "./standard-answer.ts";

export type StandardAnswerRepository = ReturnType<typeof createStandardAnswerRepository>;

type Stored = Omit<StandardAnswer, "hitCount" | "lastHitAt"> & { updatedBy: string };

/** Standard answers in libSQL. They are the office's own words, so they stand in clear. */
export function createStandardAnswerRepository(db: Database) {
  const table = knowledgeStandardAnswers;
  return {
    /** Changes whenever a standard answer is made, changed or removed; not when one is hit. */
    async stamp(): Promise<string> {
      const newest = max(table.updatedAt);
      const row = await db.sql
        .select({ count: count(), newest, revisions: sum(table.revision) })
        .from(table)
        .get();
      return `${row?.count ?? 0}|${row?.newest?.getTime() ?? 0}|${row?.revisions ?? 0}`;
    },

    /** All, newest change first. */
    async all(): Promise<StandardAnswer[]> {
      const rows = await db.sql.select().from(table).orderBy(desc(table.updatedAt), table.id);
      return rows.map(toStandardAnswer);
    },

    async find(id: string): Promise<StandardAnswer | undefined> {
      const row = await db.sql.select().from(table).where(eq(table.id, id)).get();
      return row === undefined ? undefined : toStandardAnswer(row);
    },

    /** The statement that stores a new one. */
    insert: (standard: Stored): Statements[number] =>
      db.sql.insert(table).values({ ...toRow(standard), hitCount: 0, lastHitAt: null }),

    /** The statement that stores a changed one over the revision before it; see `isStale`. */
    replace: (standard: Stored): Statements[number] =>
      db.sql
        .update(table)
        .set({ ...toRow(standard), revision: following(standard.revision - 1) })
        .where(eq(table.id, standard.id)),

    /** The statements that remove one as it stood at `revision`; see `isStale`. */
    remove: (id: string, revision: number): Statements[number][] => [
      db.sql
        .update(table)
        .set({ revision: following(revision) })
        .where(eq(table.id, id)),
      db.sql.delete(table).where(eq(table.id, id)),
    ],

    /** The statement that counts a hit. */
    countHit: (id: string, at: Date): Statements[number] =>
      db.sql
        .update(table)
        .set({ hitCount: sql`${table.hitCount} + 1`, lastHitAt: at })
        .where(eq(table.id, id)),
  };

  /** The revision after this one, or a fault of the whole batch where the row has moved on. */
  function following(revision: number) {
    return sql<number>`CASE WHEN ${table.revision} = ${revision} THEN ${table.revision} + 1 END`;
  }
}

/** Whether a change failed because somebody else changed the row first. */
export const isStale = (error: unknown): boolean =>
  isConstraintViolation(error, "knowledge_standard_answers.revision");

function toStandardAnswer(row: typeof knowledgeStandardAnswers.$inferSelect): StandardAnswer {
  const { updatedBy: _updatedBy, ...standard } = row;
  return standard;
}

function toRow({ questions, citations, ...rest }: Stored) {
  return { ...rest, questions: [...questions], citations: [...citations] };
}
