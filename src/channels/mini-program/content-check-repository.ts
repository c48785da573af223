import { and, asc, desc, eq, gt, inArray, isNotNull, lt, or, sql } from "drizzle-orm";
import { cases } from "../../cases/schema.ts";
import type { Person } from "../../core/guard.ts";
import type { NewId } from "../../core/new-id.ts";
import { type Database, unitOfWork } from "../../db/client.ts";
import { reports } from "../../reports/schema.ts";
import type { CheckState } from "./content-check.ts";
import { contentChecks as checks } from "./schema.ts";

/** A check that is still to be asked for. */
export type OpenCheck = { id: string; reportId: string; evidenceId: string | null; attempts: number };

/** A check as staff see it: which report, what was said of it, nothing that somebody wrote. */
export type CheckOfCase = {
  id: string;
  caseId: string;
  reportNo: string;
  officeCode: string;
  evidenceId: string | null;
  state: CheckState;
  label: string | null;
  createdAt: Date;
  checkedAt: Date | null;
};

export type ContentChecks = ReturnType<typeof createContentChecks>;

/** The content checks of a deployment. */
export function createContentChecks({ db, newId }: { db: Database; newId: NewId }) {
  return {
    /** Reports that came by the mini-program after `since` and have no check yet; not those that leave no trace. */
    async unseen(since: Date, limit: number): Promise<{ reportId: string; reporterKey: string }[]> {
      const rows = await db.sql
        .select({ reportId: reports.id, reporterKey: reports.reporterKey })
        .from(reports)
        .where(
          and(
            eq(reports.channel, "mini_program"),
            gt(reports.filedAt, since),
            isNotNull(reports.reporterKey),
            sql`NOT EXISTS (SELECT 1 FROM ${checks} WHERE ${checks.reportId} = ${reports.id})`,
          ),
        )
        .orderBy(asc(reports.filedAt), asc(reports.id))
        .limit(limit);
      return rows.flatMap(({ reportId, reporterKey }) =>
        reporterKey === null ? [] : [{ reportId, reporterKey }],
      );
    },

    /** Notes that a report and these files of it are to be checked. */
    async open(reportId: string, evidenceIds: readonly string[], at: Date): Promise<void> {
      await db.write(
        unitOfWork(
          [null, ...evidenceIds].map((evidenceId) =>
            db.sql
              .insert(checks)
              .values({ id: newId("check"), reportId, evidenceId, state: "pending", createdAt: at }),
          ),
        ),
      );
    },

    async pending(limit: number): Promise<(OpenCheck & { reporterKey: string | null })[]> {
      return db.sql
        .select({
          id: checks.id,
          reportId: checks.reportId,
          evidenceId: checks.evidenceId,
          attempts: checks.attempts,
          reporterKey: reports.reporterKey,
        })
        .from(checks)
        .innerJoin(reports, eq(reports.id, checks.reportId))
        .where(eq(checks.state, "pending"))
        .orderBy(asc(checks.attempts), asc(checks.createdAt), asc(checks.id))
        .limit(limit);
    },

    async settle(
      id: string,
      { state, label, traceId }: { state: CheckState; label: string | null; traceId?: string },
      at: Date,
    ): Promise<void> {
      await db.write([
        db.sql
          .update(checks)
          .set({ state, label, checkedAt: at, ...(traceId === undefined ? {} : { traceId }) })
          .where(eq(checks.id, id)),
      ]);
    },

    async failed(id: string): Promise<void> {
      await db.write([
        db.sql
          .update(checks)
          .set({ attempts: sql`${checks.attempts} + 1` })
          .where(eq(checks.id, id)),
      ]);
    },

    /** What the platform said of a file, once: a callback that comes again changes nothing. */
    async hear(
      traceId: string,
      { state, label }: { state: CheckState; label: string },
      at: Date,
    ): Promise<void> {
      await db.write([
        db.sql
          .update(checks)
          .set({ state, label, checkedAt: at })
          .where(and(eq(checks.traceId, traceId), eq(checks.state, "waiting"))),
      ]);
    },

    /** The file of a check that is waiting for the platform to fetch it. */
    async waitingFor(id: string): Promise<string | undefined> {
      const row = await db.sql
        .select({ evidenceId: checks.evidenceId })
        .from(checks)
        .where(and(eq(checks.id, id), inArray(checks.state, ["pending", "waiting"])))
        .get();
      return row?.evidenceId ?? undefined;
    },

    /** Gives up what the platform never answered, and forgets checks of reports that are old. */
    async sweep({ unanswered, before }: { unanswered: Date; before: Date }): Promise<void> {
      await db.write([
        db.sql
          .update(checks)
          .set({ state: "unchecked", label: "no_answer" })
          .where(and(eq(checks.state, "waiting"), lt(checks.checkedAt, unanswered))),
        db.sql.delete(checks).where(lt(checks.createdAt, before)),
      ]);
    },

    /** A page of checks of the cases that a person may see, newest first. */
    async list(
      person: Pick<Person, "offices">,
      {
        states,
        limit,
        before,
      }: { states: readonly CheckState[]; limit: number; before?: { at: Date; id: string } | undefined },
    ): Promise<CheckOfCase[]> {
      const rows = await db.sql
        .select({
          id: checks.id,
          caseId: cases.id,
          reportNo: cases.reportNo,
          officeCode: cases.officeCode,
          evidenceId: checks.evidenceId,
          state: checks.state,
          label: checks.label,
          createdAt: checks.createdAt,
          checkedAt: checks.checkedAt,
        })
        .from(checks)
        .innerJoin(cases, eq(cases.reportId, checks.reportId))
        .where(
          and(
            inArray(checks.state, [...states]),
            person.offices === "all" ? undefined : inArray(cases.officeCode, [...person.offices]),
            before === undefined
              ? undefined
              : or(
                  lt(checks.createdAt, before.at),
                  and(eq(checks.createdAt, before.at), lt(checks.id, before.id)),
                ),
          ),
        )
        .orderBy(desc(checks.createdAt), desc(checks.id))
        .limit(limit);
      return rows.map((row) => ({ ...row, state: row.state as CheckState }));
    },
  };
}
