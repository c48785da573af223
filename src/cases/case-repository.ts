import { and, desc, eq, inArray, lt, or } from "drizzle-orm";
import { AppError } from "../core/error.ts";
import type { Database, Statements } from "../db/client.ts";
import { isUniqueViolation } from "../db/client.ts";
import { applyEvent, type CaseEvent, type CaseProjection, type CaseState, Due, parseEvent } from "./case.ts";
import { chainStart, hashEvent } from "./chain.ts";
import { caseEvents, cases } from "./schema.ts";

/** Which cases a list shows; absent members do not limit. */
export type CaseFilter = {
  /** Only cases of these offices. */
  offices?: readonly string[] | undefined;
  states?: readonly CaseState[] | undefined;
  matter?: string | undefined;
};

/** Where a page ended: the last case's opening and id. */
export type CaseCursor = { openedAt: Date; id: string };

export type CaseRepository = ReturnType<typeof createCaseRepository>;

/** Cases in libSQL: the events are the truth, the `cases` row is their projection. */
export function createCaseRepository(db: Database) {
  async function head(caseId: string): Promise<string> {
    const last = await db.sql
      .select({ hash: caseEvents.hash })
      .from(caseEvents)
      .where(eq(caseEvents.caseId, caseId))
      .orderBy(desc(caseEvents.seq))
      .limit(1)
      .get();
    return last?.hash ?? chainStart;
  }

  return {
    async find(id: string): Promise<CaseProjection | undefined> {
      const row = await db.sql.select().from(cases).where(eq(cases.id, id)).get();
      return row === undefined ? undefined : toProjection(row);
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

    /** Newest first, at most `limit`, after `cursor`. */
    async list(filter: CaseFilter, limit: number, cursor: CaseCursor | undefined): Promise<CaseProjection[]> {
      const rows = await db.sql
        .select()
        .from(cases)
        .where(
          and(
            filter.offices === undefined ? undefined : inArray(cases.officeCode, [...filter.offices]),
            filter.states === undefined ? undefined : inArray(cases.state, [...filter.states]),
            filter.matter === undefined ? undefined : eq(cases.matter, filter.matter),
            cursor === undefined
              ? undefined
              : or(
                  lt(cases.openedAt, cursor.openedAt),
                  and(eq(cases.openedAt, cursor.openedAt), lt(cases.id, cursor.id)),
                ),
          ),
        )
        .orderBy(desc(cases.openedAt), desc(cases.id))
        .limit(limit);
      return rows.map(toProjection);
    },

    /** Cases whose date rests on a calendar that was not published when it was reckoned. */
    async provisional(): Promise<CaseProjection[]> {
      const rows = await db.sql.select().from(cases).where(eq(cases.dueProvisional, true));
      return rows.map(toProjection);
    },

    /** Every event of a case with its place in the chain, oldest first. */
    async links(caseId: string): Promise<{ event: CaseEvent; previousHash: string; hash: string }[]> {
      const rows = await db.sql
        .select()
        .from(caseEvents)
        .where(eq(caseEvents.caseId, caseId))
        .orderBy(caseEvents.seq);
      return rows.map((row) => ({
        event: parseEvent(row),
        previousHash: row.previousHash,
        hash: row.hash,
      }));
    },

    /**
     * The statements that append `events` to a case and move its projection.
     *
     * The batch fails on the key (case, seq) if somebody appended meanwhile: see `conflictOf`.
     * @throws {AppError} `invalid_transition`, `changed_meanwhile`: see `applyEvent`.
     */
    async append(
      before: CaseProjection | undefined,
      events: readonly CaseEvent[],
    ): Promise<{ after: CaseProjection; statements: Statements[number][] }> {
      let after = before;
      let previousHash = before === undefined ? chainStart : await head(before.id);
      const statements: Statements[number][] = [];
      for (const event of events) {
        after = applyEvent(after, event);
        const hash = await hashEvent(event, previousHash);
        const data = JSON.stringify(event.data);
        statements.push(db.sql.insert(caseEvents).values({ ...event, data, previousHash, hash }));
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

    /** Every case id, for verification. */
    async ids(): Promise<string[]> {
      const rows = await db.sql.select({ id: cases.id }).from(cases);
      return rows.map((row) => row.id);
    },
  };
}

/** The failure of a batch as `changed_meanwhile` where somebody else appended first; any other failure as it is. */
export function conflictOf(error: unknown): unknown {
  return isUniqueViolation(error, "case_events.case_id, case_events.seq")
    ? new AppError("changed_meanwhile", "这个案件刚才有人动过，请刷新后再试。", { retryable: true })
    : error;
}

function toProjection(row: typeof cases.$inferSelect): CaseProjection {
  return {
    id: row.id,
    reportId: row.reportId,
    matter: row.matter,
    county: row.county,
    officeCode: row.officeCode,
    state: row.state as CaseState,
    seq: row.seq,
    due:
      row.dueOn === null
        ? null
        : Due.parse({
            on: row.dueOn,
            kind: row.dueKind,
            ruleId: row.dueRuleId,
            provisional: row.dueProvisional,
          }),
    openedAt: row.openedAt,
    updatedAt: row.updatedAt,
  };
}

function toRow(projection: CaseProjection): typeof cases.$inferInsert {
  const { due, ...rest } = projection;
  return {
    ...rest,
    dueOn: due?.on ?? null,
    dueKind: due?.kind ?? null,
    dueRuleId: due?.ruleId ?? null,
    dueProvisional: due?.provisional ?? false,
  };
}
