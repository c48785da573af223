import { and, count, desc, eq, like, lt, or, sql } from "drizzle-orm";
import { toHex } from "../crypto/bytes.ts";
import type { Vault } from "../crypto/key-ring.ts";
import { type Database, isConstraintViolation, type Statements } from "../db/client.ts";
import type { Answer } from "./answer.ts";
import {
  passagesIn,
  type QuestionState,
  type QuestionTrace,
  type Resolution,
  type ReviewReason,
  retentionMs,
  type Thumb,
  withoutPersonalNumbers,
} from "./question.ts";
import { knowledgeQuestions } from "./schema.ts";
import { wordingKey } from "./standard-answer.ts";

/** A question that was asked, without its trace. */
export type AskedQuestion = {
  id: string;
  question: string;
  at: Date;
  channel: string;
  outcome: Answer["outcome"];
  confidence: number;
  passages: number;
  knowledgeVersion: string;
  standardAnswerId: string | null;
  state: QuestionState;
  reasons: ReviewReason[];
  thumb: Thumb | null;
  revision: number;
  groupKey: string;
};

/** One question with all that is known of it. */
export type QuestionRecord = AskedQuestion & {
  trace: QuestionTrace;
  comment: string | null;
  settled: {
    resolution: Resolution;
    note: string | null;
    standardAnswerId: string | null;
    by: string;
    at: Date;
  } | null;
};

/** What a list shows; absent members do not limit. */
export type QuestionFilter = { state: QuestionState; reason?: ReviewReason | undefined };

/** Where a page ended: the last group's newest row. */
export type QuestionCursor = { at: Date; groupKey: string };

export type QuestionRepository = ReturnType<typeof createQuestionRepository>;

type Row = typeof knowledgeQuestions.$inferSelect;

/** Questions asked, in libSQL. What anybody wrote is sealed. */
export function createQuestionRepository({ db, vault }: { db: Database; vault: Vault }) {
  const open = (part: string, id: string, sealed: Uint8Array) =>
    vault.open("knowledge", `${part}:${id}`, sealed);
  const seal = (part: string, id: string, text: string) => vault.seal("knowledge", `${part}:${id}`, text);
  const openMaybe = async (part: string, id: string, sealed: Uint8Array | null) =>
    sealed === null ? null : open(part, id, sealed);

  async function toAsked(row: Row): Promise<AskedQuestion> {
    return {
      id: row.id,
      question: await open("question", row.id, row.sealedQuestion),
      at: row.at,
      channel: row.channel,
      outcome: row.outcome as AskedQuestion["outcome"],
      confidence: row.confidence,
      passages: row.passages,
      knowledgeVersion: row.knowledgeVersion,
      standardAnswerId: row.standardAnswerId,
      state: row.state as QuestionState,
      reasons: row.reasons as ReviewReason[],
      thumb: row.thumb as Thumb | null,
      revision: row.revision,
      groupKey: row.groupKey,
    };
  }

  /** The next revision, or a fault of the whole batch where the row has moved on: see `isStale`. */
  const nextRevision = (revision: number) =>
    sql<number>`CASE WHEN ${knowledgeQuestions.revision} = ${revision} THEN ${knowledgeQuestions.revision} + 1 END`;

  return {
    /** The statements that record an answer given. */
    async record(asked: {
      id: string;
      question: string;
      at: Date;
      channel: string;
      answer: Answer;
      trace: QuestionTrace;
      reasons: ReviewReason[];
      knowledgeVersion: string;
    }): Promise<Statements[number][]> {
      const { id, at, channel, answer, trace, reasons, knowledgeVersion } = asked;
      const question = withoutPersonalNumbers(asked.question);
      const row = {
        id,
        at,
        channel,
        outcome: answer.outcome,
        confidence: answer.confidence,
        passages: passagesIn(trace),
        knowledgeVersion,
        standardAnswerId: trace.standard?.id ?? null,
        groupKey: toHex(await vault.hash("lookup", `question|${wordingKey(question) || question}`)),
        sealedQuestion: await seal("question", id, question),
        sealedTrace: await seal("trace", id, JSON.stringify(trace)),
        state: reasons.length === 0 ? "none" : "open",
        reasons,
        revision: 1,
      };
      return [db.sql.insert(knowledgeQuestions).values(row)];
    },

    async find(id: string): Promise<AskedQuestion | undefined> {
      const row = await db.sql.select().from(knowledgeQuestions).where(eq(knowledgeQuestions.id, id)).get();
      return row === undefined ? undefined : toAsked(row);
    },

    async open(id: string): Promise<QuestionRecord | undefined> {
      const row = await db.sql.select().from(knowledgeQuestions).where(eq(knowledgeQuestions.id, id)).get();
      if (row === undefined) return undefined;
      const { resolution, closedBy, closedAt } = row;
      return {
        ...(await toAsked(row)),
        // What stands there was written by `record`, and cannot be changed unnoticed.
        trace: JSON.parse(await open("trace", id, row.sealedTrace)) as QuestionTrace,
        comment: await openMaybe("comment", id, row.sealedComment),
        settled:
          resolution === null || closedBy === null || closedAt === null
            ? null
            : {
                resolution: resolution as Resolution,
                note: await openMaybe("note", id, row.sealedNote),
                standardAnswerId: row.resolvedWith,
                by: closedBy,
                at: closedAt,
              },
      };
    },

    /** Questions of the same wording together as one, by their newest; newest first, at most `limit`. */
    async list(
      { state, reason }: QuestionFilter,
      limit: number,
      cursor: QuestionCursor | undefined,
    ): Promise<(AskedQuestion & { count: number })[]> {
      const newest = sql<number>`max(${knowledgeQuestions.at})`;
      // With one max() SQLite takes the other columns from the row that has it: sqlite.org/lang_select.html, “bare columns”.
      const groups = await db.sql
        .select({ id: knowledgeQuestions.id, at: newest, count: count() })
        .from(knowledgeQuestions)
        .where(
          and(
            eq(knowledgeQuestions.state, state),
            reason === undefined ? undefined : like(knowledgeQuestions.reasons, `%"${reason}"%`),
          ),
        )
        .groupBy(knowledgeQuestions.groupKey)
        .having(
          cursor === undefined
            ? undefined
            : or(
                lt(newest, cursor.at.getTime()),
                and(eq(newest, cursor.at.getTime()), lt(knowledgeQuestions.groupKey, cursor.groupKey)),
              ),
        )
        .orderBy(desc(newest), desc(knowledgeQuestions.groupKey))
        .limit(limit);
      const found = await Promise.all(
        groups.map(async (group) => {
          const question = await this.find(group.id);
          return question === undefined ? [] : [{ ...question, count: Number(group.count) }];
        }),
      );
      return found.flat();
    },

    /** How many questions of this wording are in the queue. */
    async countOpen(groupKey: string): Promise<number> {
      const row = await db.sql
        .select({ count: count() })
        .from(knowledgeQuestions)
        .where(and(eq(knowledgeQuestions.groupKey, groupKey), eq(knowledgeQuestions.state, "open")))
        .get();
      return Number(row?.count ?? 0);
    },

    /** Stores a thumb on the row as it was read. @throws what `isStale` knows if it was changed since. */
    async setThumb(
      { id, revision }: Pick<AskedQuestion, "id" | "revision">,
      change: { thumb: Thumb; comment: string | undefined; state: QuestionState; reasons: ReviewReason[] },
    ): Promise<void> {
      const { thumb, comment, state, reasons } = change;
      const sealedComment =
        comment === undefined ? null : await seal("comment", id, withoutPersonalNumbers(comment));
      await db.write([
        db.sql
          .update(knowledgeQuestions)
          .set({ thumb, sealedComment, state, reasons, revision: nextRevision(revision) })
          .where(eq(knowledgeQuestions.id, id)),
      ]);
    },

    /** Settles a question and all in the queue that ask the same. @throws what `isStale` knows if it was changed since. */
    async settle(
      { id, groupKey }: Pick<AskedQuestion, "id" | "groupKey">,
      revision: number,
      settled: {
        resolution: Resolution;
        note: string | undefined;
        standardAnswerId: string | undefined;
        by: string;
        at: Date;
      },
    ): Promise<void> {
      const { resolution, note, standardAnswerId = null, by, at } = settled;
      const common = {
        state: "closed",
        resolution,
        resolvedWith: standardAnswerId,
        closedBy: by,
        closedAt: at,
      } as const;
      await db.write([
        db.sql
          .update(knowledgeQuestions)
          .set({
            ...common,
            sealedNote: note === undefined ? null : await seal("note", id, note),
            revision: nextRevision(revision),
          })
          .where(eq(knowledgeQuestions.id, id)),
        db.sql
          .update(knowledgeQuestions)
          .set({ ...common, revision: sql`${knowledgeQuestions.revision} + 1` })
          .where(and(eq(knowledgeQuestions.groupKey, groupKey), eq(knowledgeQuestions.state, "open"))),
      ]);
    },

    /** Erases what has had its time. */
    async sweep(now: Date): Promise<void> {
      const before = (ms: number) => new Date(now.getTime() - ms);
      const { state, at, closedAt } = knowledgeQuestions;
      await db.write([
        db.sql
          .delete(knowledgeQuestions)
          .where(
            or(
              and(eq(state, "none"), lt(at, before(retentionMs.none))),
              and(eq(state, "closed"), lt(closedAt, before(retentionMs.closed))),
              lt(at, before(retentionMs.open)),
            ),
          ),
      ]);
    },
  };
}

/** Whether a change failed because somebody else changed the row first. */
export const isStale = (error: unknown): boolean =>
  isConstraintViolation(error, "knowledge_questions.revision");
