import { and, asc, desc, eq, inArray, isNotNull, lt, or, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { AppError } from "../core/error.ts";
import { sha256 } from "../crypto/bytes.ts";
import type { Vault } from "../crypto/key-ring.ts";
import type { Database, Statements } from "../db/client.ts";
import { isUniqueViolation } from "../db/client.ts";
import { packedRow } from "../db/packed-row.ts";
import { applyEvent, type CaseEvent, CaseProjection, type CaseStep, parseEvent } from "./case.ts";
import { chainStart, hashEvent } from "./chain.ts";
import type { CaseState, linkRelations } from "./lifecycle.ts";
import { caseEvents, caseLinks, caseNotes, cases } from "./schema.ts";
import type { Track } from "./track.ts";

export type LinkRelation = (typeof linkRelations)[number];

/** Which cases a list shows; absent members do not limit. */
export type CaseFilter = {
  /** Only cases of these offices. */
  offices?: readonly string[] | undefined;
  /** Only cases that are proposed to these offices, or disputed with them. */
  incomingTo?: readonly string[] | "all" | undefined;
  states?: readonly CaseState[] | undefined;
  matter?: string | undefined;
  track?: Track | undefined;
  handler?: string | undefined;
  reportNo?: string | undefined;
  supervised?: boolean | undefined;
  /** Only cases whose date lies before this day. */
  dueBefore?: string | undefined;
};

/** Newest first, or by the day that is due. */
export type CaseOrder = "opened" | "due";

/** Where a page ended: the last case's opening or date, and its id. */
export type CaseCursor =
  | { order: "opened"; openedAt: Date; id: string }
  | { order: "due"; dueOn: string; id: string };

/** An event that is to be appended, before it has its place in the chain. */
export type NewEvent = CaseStep &
  Pick<CaseEvent, "caseId" | "seq" | "at" | "actor" | "due"> & { note?: string | undefined };

export type CaseRepository = ReturnType<typeof createCaseRepository>;

/** Cases in libSQL: the events are the truth, the `cases` row is their projection. */
export function createCaseRepository({ db, vault }: { db: Database; vault: Vault }) {
  const packed = packedRow(cases);
  const noteContext = (caseId: string, seq: number) => `case-note:${caseId}:${seq}`;

  const eventRows = (caseId: string) =>
    db.sql.select().from(caseEvents).where(eq(caseEvents.caseId, caseId)).orderBy(caseEvents.seq);

  return {
    async find(id: string): Promise<CaseProjection | undefined> {
      const row = await db.sql.select().from(cases).where(eq(cases.id, id)).get();
      return row === undefined ? undefined : toProjection(row);
    },

    async findMany(ids: readonly string[]): Promise<CaseProjection[]> {
      if (ids.length === 0) return [];
      return (
        await db.sql
          .select()
          .from(cases)
          .where(inArray(cases.id, [...ids]))
      ).map(toProjection);
    },

    async ofReports(reportIds: readonly string[]): Promise<CaseProjection[]> {
      if (reportIds.length === 0) return [];
      const rows = await db.sql
        .select()
        .from(cases)
        .where(inArray(cases.reportId, [...reportIds]))
        .orderBy(cases.openedAt, cases.id);
      return rows.map(toProjection);
    },

    /** At most `limit` cases in the order of `cursor`, after it. */
    async list(
      filter: CaseFilter,
      limit: number,
      order: CaseOrder,
      cursor: CaseCursor | undefined,
    ): Promise<CaseProjection[]> {
      const conditions: (SQL | undefined)[] = [
        filter.offices === undefined ? undefined : oneOf(cases.officeCode, filter.offices),
        incoming(filter.incomingTo),
        filter.states === undefined ? undefined : oneOf(cases.state, filter.states),
        filter.matter === undefined ? undefined : eq(cases.matter, filter.matter),
        filter.track === undefined ? undefined : eq(cases.track, filter.track),
        filter.handler === undefined ? undefined : eq(cases.handler, filter.handler),
        filter.reportNo === undefined ? undefined : eq(cases.reportNo, filter.reportNo),
        filter.supervised === undefined ? undefined : eq(cases.supervised, filter.supervised),
        filter.dueBefore === undefined ? undefined : lt(cases.dueOn, filter.dueBefore),
      ];
      if (order === "due") {
        conditions.push(isNotNull(cases.dueOn));
        if (cursor?.order === "due") {
          conditions.push(sql`(${cases.dueOn}, ${cases.id}) > (${cursor.dueOn}, ${cursor.id})`);
        }
      } else if (cursor?.order === "opened") {
        // A row value, which the index is searched by; the same written with OR walks it from its start.
        conditions.push(sql`(${cases.openedAt}, ${cases.id}) < (${cursor.openedAt.getTime()}, ${cursor.id})`);
      }
      const rows = await db.sql
        .select({ row: packed })
        .from(cases)
        .where(and(...conditions))
        .orderBy(
          ...(order === "due" ? [asc(cases.dueOn), asc(cases.id)] : [desc(cases.openedAt), desc(cases.id)]),
        )
        .limit(limit);
      return rows.map(({ row }) => toProjection(row));
    },

    /** Cases whose date rests on a calendar that was not published when it was reckoned. */
    async provisional(): Promise<CaseProjection[]> {
      const rows = await db.sql.select().from(cases).where(eq(cases.dueProvisional, true));
      return rows.map(toProjection);
    },

    /** Every event of a case, oldest first. */
    async events(caseId: string): Promise<CaseEvent[]> {
      return (await eventRows(caseId)).map(parseEvent);
    },

    /** Every event of a case, oldest first, and the hash of the last: what one more is appended to. */
    async history(caseId: string): Promise<{ events: CaseEvent[]; head: string }> {
      const rows = await eventRows(caseId);
      return { events: rows.map(parseEvent), head: rows.at(-1)?.hash ?? chainStart };
    },

    /** The notes of a case by the number of their event. @throws {Error} if one was changed. */
    async notes(caseId: string): Promise<Map<number, string>> {
      const rows = await db.sql.select().from(caseNotes).where(eq(caseNotes.caseId, caseId));
      const opened = rows.map(
        async ({ seq, sealed }) => [seq, await vault.open("case", noteContext(caseId, seq), sealed)] as const,
      );
      return new Map(await Promise.all(opened));
    },

    /** The cases that a case is linked with, from either side. */
    async linkedWith(caseId: string): Promise<{ caseId: string; relation: LinkRelation }[]> {
      const rows = await db.sql
        .select()
        .from(caseLinks)
        .where(or(eq(caseLinks.caseId, caseId), eq(caseLinks.otherId, caseId)));
      return rows.map((row) => ({
        caseId: row.caseId === caseId ? row.otherId : row.caseId,
        relation: row.relation as LinkRelation,
      }));
    },

    /**
     * The statements that append `events` to a case and move its projection; `before` is absent for a new case.
     *
     * The batch fails on the key (case, seq) if somebody appended meanwhile: see `conflictOf`.
     * @throws {AppError} `invalid_transition`, `changed_meanwhile`: see `applyEvent`.
     */
    async append(
      before: { current: CaseProjection; head: string } | undefined,
      events: readonly NewEvent[],
    ): Promise<{ after: CaseProjection; statements: Statements[number][] }> {
      let after = before?.current;
      let previousHash = before?.head ?? chainStart;
      const statements: Statements[number][] = [];
      for (const { note, ...rest } of events) {
        const sealed =
          note === undefined ? undefined : await vault.seal("case", noteContext(rest.caseId, rest.seq), note);
        // Each step pairs a kind with its own data.
        const event = { ...rest, noteHash: sealed === undefined ? null : await sha256(sealed) } as CaseEvent;
        after = applyEvent(after, event);
        const hash = await hashEvent(event, previousHash);
        statements.push(
          db.sql.insert(caseEvents).values({
            ...event,
            data: JSON.stringify(event.data),
            due: event.due === null ? null : JSON.stringify(event.due),
            previousHash,
            hash,
          }),
        );
        if (sealed !== undefined) {
          statements.push(db.sql.insert(caseNotes).values({ caseId: event.caseId, seq: event.seq, sealed }));
        }
        if (event.kind === "linked") {
          const { caseId: otherId, relation } = event.data;
          statements.push(
            db.sql
              .insert(caseLinks)
              .values({ caseId: event.caseId, otherId, relation })
              .onConflictDoNothing(),
          );
        }
        previousHash = hash;
      }
      if (after === undefined) throw new Error("A case needs at least one event.");
      const row = toRow(after);
      statements.push(
        before === undefined
          ? db.sql.insert(cases).values(row)
          : db.sql.update(cases).set(row).where(eq(cases.id, row.id)),
      );
      return { after, statements };
    },
  };
}

/** Whether a column is one of these; of one alone an equation, by which an index stays in order. */
function oneOf(column: SQLiteColumn, values: readonly string[]): SQL {
  const [only] = values;
  return only !== undefined && values.length === 1 ? eq(column, only) : inArray(column, [...values]);
}

function incoming(offices: readonly string[] | "all" | undefined): SQL | undefined {
  if (offices === undefined) return undefined;
  if (offices === "all") return or(isNotNull(cases.transferTo), isNotNull(cases.disputeWith));
  return or(inArray(cases.transferTo, [...offices]), inArray(cases.disputeWith, [...offices]));
}

/** Whether a batch failed because somebody else appended to the case first. */
export const isCaseConflict = (error: unknown): boolean =>
  isUniqueViolation(error, "case_events.case_id, case_events.seq");

/** The failure of a batch as `changed_meanwhile` where somebody else appended first; any other failure as it is. */
export function conflictOf(error: unknown): unknown {
  return isCaseConflict(error)
    ? new AppError("changed_meanwhile", "这个案件刚才有人动过，请刷新后再试。", { retryable: true })
    : error;
}

/** A case as its row says. Rows are written by `toRow` alone; `verifiedProjection` is for whoever doubts that. */
export function toProjection(row: typeof cases.$inferSelect): CaseProjection {
  const { dueOn, dueOuter, dueKind, dueStep, dueRuleId, dueProvisional, facts, ...rest } = row;
  return {
    ...rest,
    facts: JSON.parse(facts),
    due:
      dueOn === null
        ? null
        : {
            on: dueOn,
            outerLimit: dueOuter,
            kind: dueKind,
            step: dueStep,
            ruleId: dueRuleId,
            provisional: dueProvisional,
          },
  } as CaseProjection;
}

/** A case as its row says, checked member by member. @throws {z.ZodError} if the row is not one. */
export const verifiedProjection = (row: typeof cases.$inferSelect): CaseProjection =>
  CaseProjection.parse(toProjection(row));

/** The row that says where a case stands. */
export function toRow(projection: CaseProjection): typeof cases.$inferInsert {
  const { due, facts, ...rest } = projection;
  return {
    ...rest,
    facts: JSON.stringify(facts),
    dueOn: due?.on ?? null,
    dueOuter: due?.outerLimit ?? null,
    dueKind: due?.kind ?? null,
    dueStep: due?.step ?? null,
    dueRuleId: due?.ruleId ?? null,
    dueProvisional: due?.provisional ?? false,
  };
}
