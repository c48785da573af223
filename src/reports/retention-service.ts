import { and, asc, eq, inArray, isNotNull, isNull, lte, or, type SQL, sql } from "drizzle-orm";
import type { Clock } from "../core/clock.ts";
import type { NewId } from "../core/new-id.ts";
import { sha256 } from "../crypto/bytes.ts";
import type { Vault } from "../crypto/key-ring.ts";
import { type Database, type Statements, unitOfWork } from "../db/client.ts";
import type { BlobStore } from "../storage/blob-store.ts";
import { createErasing, entryOf, forgetRequest, type ReportPart } from "./erasing-service.ts";
import type { ErasureEntry, ErasureJournal } from "./erasure-journal.ts";
import {
  type CaseOutcome,
  caseFileRule,
  caseFileRules,
  type ErasedKind,
  type ErasureRule,
  eraseAfter,
  type HoldCategory,
  holdCategoryNames,
  retentionRule,
} from "./retention.ts";
import { deletionRequests, erasures, evidence, identities, legalHolds, reports } from "./schema.ts";

export type { ReportPart };

/** What an erasure came to. */
export type ErasureOutcome =
  | { kind: "erased"; erasedAt: Date }
  | { kind: "held"; categories: HoldCategory[] }
  /** There was nothing of the sort. */
  | { kind: "nothing" };

/** When what of a report is erased, and what stands in the way. */
export type RetentionState = {
  /** When its last case closed. */
  closedAt: Date | undefined;
  identityEraseAfter: Date | undefined;
  /** Until when the person asked for their identity to be kept. */
  identityKeepUntil: Date | undefined;
  contentEraseAfter: Date | undefined;
  holds: HoldCategory[];
  /** What was asked to be erased and is not yet. From then on it is stored and nothing more (个人信息保护法 47). */
  requests: { part: ReportPart; requestedAt: Date; waitsFor: "closing" | "schedule" | null }[];
  erased: { kind: ErasedKind; subjectId: string; rule: string; erasedAt: Date }[];
};

/** The statements that tell a report's cases what of it is erased, for the batch that carries it out. */
export type RecordErasure = (
  reportId: string,
  erased: readonly { part: ReportPart; rule: ErasureRule }[],
) => Promise<readonly Statements[number][]>;

export type RetentionService = ReturnType<typeof createRetentionService>;

const batchSize = 100;

/**
 * Erases what has had its time or what a person asks to be erased, unless a hold stands in the way.
 *
 * An erasure goes in three steps, each of which can be repeated: the decision (a tombstone, not while a hold
 * stands), a line in the journal outside the database, then the deed. So the journal never names what was
 * spared, and a crash at any point ends in the deed.
 */
export function createRetentionService(dependencies: {
  db: Database;
  blobs: BlobStore;
  vault: Vault;
  /** Absent where none is kept: a restored backup then brings erased things back. */
  journal: ErasureJournal | undefined;
  /** Whether the operator has confirmed the periods of case files that no official text at hand proves. */
  caseFilePeriodsConfirmed: boolean;
  recordErasure?: RecordErasure | undefined;
  now: Clock;
  newId: NewId;
}) {
  const { db, blobs, vault, journal, caseFilePeriodsConfirmed, recordErasure, now, newId } = dependencies;
  const erasing = createErasing({ db, blobs, journal });
  const holdContext = (id: string) => `legal-hold:${id}`;

  const isHeld = (reportId: SQL | string) =>
    sql`EXISTS (SELECT 1 FROM ${legalHolds} WHERE ${legalHolds.reportId} = ${reportId} AND ${legalHolds.liftedAt} IS NULL)`;

  async function holdsOf(reportId: string): Promise<HoldCategory[]> {
    const rows = await db.sql
      .selectDistinct({ category: legalHolds.category })
      .from(legalHolds)
      .where(and(eq(legalHolds.reportId, reportId), isNull(legalHolds.liftedAt)));
    const standing = new Set(rows.map((row) => row.category));
    return holdCategoryNames.filter((name) => standing.has(name));
  }

  /** The hash by which a tombstone tells what it stands for, and the files that go with a content. */
  async function describe(part: ReportPart, reportId: string) {
    if (part === "identity") {
      const row = await db.sql.select().from(identities).where(eq(identities.reportId, reportId)).get();
      if (row === undefined) return undefined;
      return [{ kind: part as ErasedKind, subjectId: reportId, hash: await sha256(row.wrappedKey) }];
    }
    const row = await db.sql.select().from(reports).where(eq(reports.id, reportId)).get();
    if (part === "sender") {
      if (row === undefined || row.reporterKey === null) return undefined;
      return [{ kind: part as ErasedKind, subjectId: reportId, hash: null }];
    }
    if (row === undefined || row.sealed.length === 0) return undefined;
    const files = await db.sql.select().from(evidence).where(eq(evidence.reportId, reportId));
    return [
      {
        kind: part as ErasedKind,
        subjectId: reportId,
        hash: row.contentKey === null ? null : await sha256(row.contentKey),
      },
      ...files.map((file) => ({ kind: "evidence" as const, subjectId: file.id, hash: file.sha256 })),
    ];
  }

  /** Decides to erase a part, if no hold stands and `still` holds; nothing is lost yet. */
  async function decide(part: ReportPart, reportId: string, rule: ErasureRule, still?: SQL): Promise<void> {
    const subjects = await describe(part, reportId);
    if (subjects === undefined) return;
    const at = now().getTime();
    const statements = subjects.map(({ kind, subjectId, hash }) =>
      db.sql
        .insert(erasures)
        .select(
          sql`SELECT ${kind}, ${subjectId}, ${reportId}, ${rule}, ${hash}, ${at}, NULL WHERE NOT ${isHeld(reportId)} AND ${still ?? sql`1`}`,
        )
        .onConflictDoNothing(),
    );
    await db.write(unitOfWork(statements));
  }

  let tail: Promise<unknown> = Promise.resolve();
  /** Carries out what is decided, of one report or of all; one after the other, so that no case hears of it twice. */
  function carryOut(reportId?: string): Promise<number> {
    const done = tail.then(() => carryOutNow(reportId));
    tail = done.catch(() => undefined);
    return done;
  }

  async function carryOutNow(reportId: string | undefined): Promise<number> {
    let done = 0;
    for (;;) {
      const begun = await db.sql
        .select()
        .from(erasures)
        .where(
          and(
            isNull(erasures.erasedAt),
            reportId === undefined ? undefined : eq(erasures.reportId, reportId),
          ),
        )
        .limit(batchSize);
      if (begun.length === 0) break;
      const at = now();
      const entries = begun.map((row) => entryOf({ ...row, erasedAt: at }));
      await journal?.append(entries);
      const told: Statements[number][] = [];
      if (recordErasure !== undefined) {
        for (const [of, parts] of partsByReport(entries)) told.push(...(await recordErasure(of, parts)));
      }
      await erasing.destroy(entries, told);
      done += begun.length;
    }
    if (done > 0) await db.purgeLog();
    return done;
  }

  async function tombstoneOf(part: ReportPart, reportId: string) {
    return db.sql
      .select()
      .from(erasures)
      .where(and(eq(erasures.kind, part), eq(erasures.subjectId, reportId)))
      .get();
  }

  async function erase(part: ReportPart, reportId: string, rule: ErasureRule, still?: SQL) {
    await decide(part, reportId, rule, still);
    await carryOut(reportId);
    const tombstone = await tombstoneOf(part, reportId);
    if (tombstone?.erasedAt != null) return { kind: "erased", erasedAt: tombstone.erasedAt } as const;
    if ((await describe(part, reportId)) === undefined) return { kind: "nothing" } as const;
    const categories = await holdsOf(reportId);
    return categories.length > 0 ? ({ kind: "held", categories } as const) : ({ kind: "nothing" } as const);
  }

  /** Identities whose time is over, then files of cases, then what people asked for and nothing delays any more. */
  async function due(): Promise<{ part: ReportPart; reportId: string; rule: ErasureRule; still: SQL }[]> {
    const at = now();
    const found: { part: ReportPart; reportId: string; rule: ErasureRule; still: SQL }[] = [];
    const byTime = await db.sql
      .select({ reportId: identities.reportId })
      .from(identities)
      .where(and(lte(identities.eraseAfter, at), sql`NOT ${isHeld(sql`${identities.reportId}`)}`))
      .orderBy(asc(identities.eraseAfter))
      .limit(batchSize);
    for (const { reportId } of byTime) {
      const still = sql`EXISTS (SELECT 1 FROM ${identities} WHERE ${identities.reportId} = ${reportId} AND ${identities.eraseAfter} <= ${at.getTime()})`;
      found.push({ part: "identity", reportId, rule: "identity", still });
    }
    const sure = caseFileRules.filter((id) => caseFilePeriodsConfirmed || retentionRule(id).verified);
    const files = await db.sql
      .select({ reportId: reports.id, rule: reports.retentionRule })
      .from(reports)
      .where(
        and(
          lte(reports.eraseAfter, at),
          inArray(reports.retentionRule, [...sure]),
          sql`length(${reports.sealed}) > 0`,
          sql`NOT ${isHeld(sql`${reports.id}`)}`,
        ),
      )
      .orderBy(asc(reports.eraseAfter))
      .limit(batchSize);
    for (const { reportId, rule } of files) {
      const still = sql`EXISTS (SELECT 1 FROM ${reports} WHERE ${reports.id} = ${reportId} AND ${reports.eraseAfter} <= ${at.getTime()})`;
      found.push({ part: "content", reportId, rule: rule as ErasureRule, still });
    }
    const asked = await db.sql
      .select({ reportId: deletionRequests.reportId, part: deletionRequests.part })
      .from(deletionRequests)
      .innerJoin(reports, eq(reports.id, deletionRequests.reportId))
      .where(
        and(
          or(
            isNull(deletionRequests.waitsFor),
            and(eq(deletionRequests.waitsFor, "closing"), isNotNull(reports.closedAt)),
          ),
          sql`NOT ${isHeld(sql`${reports.id}`)}`,
        ),
      )
      .orderBy(asc(deletionRequests.requestedAt))
      .limit(batchSize);
    for (const { reportId, part } of asked) {
      const still = sql`EXISTS (SELECT 1 FROM ${deletionRequests} WHERE ${deletionRequests.reportId} = ${reportId} AND ${deletionRequests.part} = ${part})`;
      found.push({ part: part as ReportPart, reportId, rule: "deletion-request", still });
    }
    return found;
  }

  let replayed = false;

  return {
    /**
     * The statements for the batch in which the last open case of a report closes: from then on its time runs.
     * Safe to repeat; a later closing counts.
     */
    onCaseClosed(reportId: string, at: Date, outcome: CaseOutcome = "other"): Statements[number][] {
      const rule = caseFileRule(outcome);
      const identityEnd = eraseAfter("identity", at).getTime();
      return [
        db.sql
          .update(reports)
          .set({ closedAt: at, retentionRule: rule, eraseAfter: eraseAfter(rule, at) })
          .where(eq(reports.id, reportId)),
        db.sql
          .update(identities)
          .set({ eraseAfter: sql`max(${identityEnd}, coalesce(${identities.keepUntil}, 0))` })
          .where(eq(identities.reportId, reportId)),
      ];
    },

    /** The statements for the batch in which a case is opened again: nothing is erased while it is open. */
    onCaseReopened(reportId: string): Statements[number][] {
      return [
        db.sql
          .update(reports)
          .set({ closedAt: null, retentionRule: null, eraseAfter: null })
          .where(eq(reports.id, reportId)),
        db.sql.update(identities).set({ eraseAfter: null }).where(eq(identities.reportId, reportId)),
      ];
    },

    /** The statements for the batch in which something is added to a report: where its time runs already, it runs anew. */
    onContentAdded(reportId: string, at: Date): Statements[number][] {
      return [
        db.sql
          .update(identities)
          .set({
            eraseAfter: sql`max(${identities.eraseAfter}, ${eraseAfter("identity", at).getTime()})`,
          })
          .where(and(eq(identities.reportId, reportId), isNotNull(identities.eraseAfter))),
        ...caseFileRules.map((rule) =>
          db.sql
            .update(reports)
            .set({ eraseAfter: sql`max(${reports.eraseAfter}, ${eraseAfter(rule, at).getTime()})` })
            .where(
              and(eq(reports.id, reportId), eq(reports.retentionRule, rule), isNotNull(reports.eraseAfter)),
            ),
        ),
      ];
    },

    /** The statements by which a person has their identity kept until `until`, or no longer than the rule (null). */
    keepIdentity(reportId: string, closedAt: Date | undefined, until: Date | null): Statements[number][] {
      const end = closedAt === undefined ? undefined : eraseAfter("identity", closedAt).getTime();
      const longer = end === undefined ? null : new Date(Math.max(end, until?.getTime() ?? 0));
      return [
        db.sql
          .update(identities)
          .set({ keepUntil: until, eraseAfter: longer })
          .where(eq(identities.reportId, reportId)),
      ];
    },

    /** The statements that forbid every erasure of a report, with the id by which that is lifted. The reason is sealed. */
    async prepareHold(
      reportId: string,
      hold: { category: HoldCategory; reason: string; setBy: string },
    ): Promise<{ id: string; statements: Statements[number][] }> {
      const id = newId("hold");
      const { category, reason, setBy } = hold;
      const sealedReason = await vault.seal("report", holdContext(id), reason);
      const row = { id, reportId, category, sealedReason, setBy, setAt: now() };
      return { id, statements: [db.sql.insert(legalHolds).values(row)] };
    },

    /** The statements that lift a hold; what was asked for or due meanwhile is erased at the next sweep. */
    prepareLift: (id: string, liftedBy: string): Statements[number][] => [
      db.sql
        .update(legalHolds)
        .set({ liftedBy, liftedAt: now() })
        .where(and(eq(legalHolds.id, id), isNull(legalHolds.liftedAt))),
    ],

    /** The statements that set a hold, or lift every one that stands (null). */
    async hold(
      reportId: string,
      hold: { category: HoldCategory; reason: string } | null,
      by: string,
    ): Promise<Statements[number][]> {
      if (hold !== null) {
        const id = newId("hold");
        const { category, reason } = hold;
        const sealedReason = await vault.seal("report", holdContext(id), reason);
        const row = { id, reportId, category, sealedReason, setBy: by, setAt: now() };
        return [db.sql.insert(legalHolds).values(row)];
      }
      const lifted = { liftedBy: by, liftedAt: now() };
      const standing = and(eq(legalHolds.reportId, reportId), isNull(legalHolds.liftedAt));
      return [db.sql.update(legalHolds).set(lifted).where(standing)];
    },

    /** Every hold of a report with its reason, oldest first, for staff. */
    async listHolds(reportId: string) {
      const rows = await db.sql
        .select()
        .from(legalHolds)
        .where(eq(legalHolds.reportId, reportId))
        .orderBy(asc(legalHolds.setAt), asc(legalHolds.id));
      return Promise.all(
        rows.map(async ({ id, category, sealedReason, setBy, setAt, liftedBy, liftedAt }) => ({
          id,
          category: category as HoldCategory,
          reason: await vault.open("report", holdContext(id), sealedReason),
          setBy,
          setAt,
          liftedBy,
          liftedAt,
        })),
      );
    },

    /** The statement that keeps a person's wish to have a part erased, until it is done. */
    prepareRequest: (
      reportId: string,
      part: ReportPart,
      waitsFor: "closing" | "schedule" | null,
    ): Statements[number] =>
      db.sql
        .insert(deletionRequests)
        .values({ reportId, part, requestedAt: now(), waitsFor })
        .onConflictDoUpdate({
          target: [deletionRequests.reportId, deletionRequests.part],
          set: { waitsFor },
        }),

    /** When what of a report is erased. @throws {Error} if there is no such report. */
    async stateOf(reportId: string): Promise<RetentionState> {
      const [report, identity, holds, requests, erased] = await Promise.all([
        db.sql.select().from(reports).where(eq(reports.id, reportId)).get(),
        db.sql.select().from(identities).where(eq(identities.reportId, reportId)).get(),
        holdsOf(reportId),
        db.sql.select().from(deletionRequests).where(eq(deletionRequests.reportId, reportId)),
        db.sql
          .select()
          .from(erasures)
          .where(and(eq(erasures.reportId, reportId), isNotNull(erasures.erasedAt))),
      ]);
      if (report === undefined) throw new Error("No such report.");
      return {
        closedAt: report.closedAt ?? undefined,
        identityEraseAfter: identity?.eraseAfter ?? undefined,
        identityKeepUntil: identity?.keepUntil ?? undefined,
        contentEraseAfter: report.sealed.length === 0 ? undefined : (report.eraseAfter ?? undefined),
        holds,
        // The columns hold what `prepareRequest` and `decide` put there.
        requests: requests.map((row) => ({
          part: row.part as ReportPart,
          requestedAt: row.requestedAt,
          waitsFor: row.waitsFor as "closing" | "schedule" | null,
        })),
        erased: erased.map((row) => ({
          kind: row.kind as ErasedKind,
          subjectId: row.subjectId,
          rule: row.rule,
          erasedAt: row.erasedAt ?? row.begunAt,
        })),
      };
    },

    /** Erases a part of a report now, unless a hold stands. Erased once, it tells when. */
    erase: (reportId: string, part: ReportPart, rule: ErasureRule): Promise<ErasureOutcome> =>
      erase(part, reportId, rule),

    replay: erasing.replay,

    /**
     * Erases what is due, and ends what a crash left half done. Returns how many parts and files went.
     * Once a process it first replays the journal.
     */
    async sweep(): Promise<number> {
      if (!replayed) {
        await erasing.replay();
        replayed = true;
      }
      let count = await carryOut();
      for (;;) {
        const found = await due();
        for (const { part, reportId, rule, still } of found) await decide(part, reportId, rule, still);
        const done = await carryOut();
        count += done;
        for (const { part, reportId } of found) {
          // A wish for what was never there, or is gone already.
          if ((await describe(part, reportId)) === undefined)
            await db.write([forgetRequest(db, reportId, part)]);
        }
        if (done === 0 || found.length < batchSize) return count;
      }
    },
  };
}

/** The parts of each report among the entries. */
function partsByReport(entries: readonly ErasureEntry[]) {
  const parts = new Map<string, { part: ReportPart; rule: ErasureRule }[]>();
  for (const { kind, reportId, rule } of entries) {
    if (kind === "evidence") continue;
    // What stands in a tombstone was written from an ErasureRule.
    const erased = { part: kind, rule: rule as ErasureRule };
    parts.set(reportId, [...(parts.get(reportId) ?? []), erased]);
  }
  return parts;
}
