import { and, asc, eq, inArray, isNotNull, isNull, lte, or, type SQL, sql } from "drizzle-orm";
import type { Clock } from "../core/clock.ts";
import type { NewId } from "../core/new-id.ts";
import { sha256 } from "../crypto/bytes.ts";
import type { Vault } from "../crypto/key-ring.ts";
import type { Database, Statements } from "../db/client.ts";
import type { BlobStore } from "../storage/blob-store.ts";
import {
  createErasing,
  entryOf,
  forgetRequest,
  type RecordErasure,
  type ReportPart,
} from "./erasing-service.ts";
import type { ErasureJournal } from "./erasure-journal.ts";
import { otherHalves } from "./material-repository.ts";
import {
  type CaseOutcome,
  caseFileRule,
  caseFileRules,
  type ErasedKind,
  type ErasureRule,
  eraseAfter,
  type HoldCategory,
  holdCategoryNames,
  retentionMs,
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
  const erasing = createErasing({ db, blobs, journal, recordErasure });
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

  /** The hash by which a tombstone tells what it stands for; undefined if there is nothing of the sort. */
  async function describe(part: ReportPart, reportId: string): Promise<{ hash: string | null } | undefined> {
    if (part === "identity") {
      const row = await db.sql.select().from(identities).where(eq(identities.reportId, reportId)).get();
      return row === undefined ? undefined : { hash: await sha256(row.wrappedKey) };
    }
    const row = await db.sql.select().from(reports).where(eq(reports.id, reportId)).get();
    if (row === undefined) return undefined;
    if (part === "sender") return row.reporterKey === null ? undefined : { hash: null };
    if (row.sealed.length === 0) return undefined;
    return { hash: row.contentKey === null ? null : await sha256(row.contentKey) };
  }

  /**
   * The statement that decides to erase the files of a report and of the other half of its material, as far as
   * nobody needs them any more. The other side's files go with the content of their report. The reporter's go with
   * the last content of the material, and not while any report of it is held: what the law keeps longest counts.
   */
  const decideFiles = (reportId: string, at: Date): Statements[number] =>
    db.sql
      .insert(erasures)
      .select(
        sql`SELECT 'evidence', f.id, f.report_id, gone.rule, f.sha256, ${at.getTime()}, NULL
          FROM ${reports} r
          JOIN ${erasures} gone ON gone.kind = 'content' AND gone.subject_id = r.id
          JOIN ${evidence} f ON f.report_id = r.id
          WHERE (r.id = ${reportId} OR r.id IN ${otherHalves(db, reportId)})
            AND NOT EXISTS (
              SELECT 1 FROM ${reports} half
              WHERE (half.id = r.id OR (f.party = 'reporter' AND half.material_of = r.material_of))
                AND (${isHeld(sql`half.id`)} OR NOT EXISTS (
                  SELECT 1 FROM ${erasures} done WHERE done.kind = 'content' AND done.subject_id = half.id
                ))
            )`,
      )
      .onConflictDoNothing();

  /** Decides to erase a part, if no hold stands and `still` holds; nothing is lost yet. */
  async function decide(part: ReportPart, reportId: string, rule: ErasureRule, still?: SQL): Promise<void> {
    const subject = await describe(part, reportId);
    if (subject === undefined) return;
    const at = now();
    const decision = db.sql
      .insert(erasures)
      .select(
        sql`SELECT ${part}, ${reportId}, ${reportId}, ${rule}, ${subject.hash}, ${at.getTime()}, NULL WHERE NOT ${isHeld(reportId)} AND ${still ?? sql`1`}`,
      )
      .onConflictDoNothing();
    await db.write(part === "content" ? [decision, decideFiles(reportId, at)] : [decision]);
  }

  let tail: Promise<unknown> = Promise.resolve();
  /** Carries out what is decided, of one report with its material or of all; one after the other, so that no case hears of it twice. */
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
            reportId === undefined
              ? undefined
              : or(eq(erasures.reportId, reportId), inArray(erasures.reportId, otherHalves(db, reportId))),
          ),
        )
        .limit(batchSize);
      if (begun.length === 0) break;
      const at = now();
      const entries = begun.map((row) => entryOf({ ...row, erasedAt: at }));
      await journal?.append(entries);
      await erasing.destroy(entries, { told: true });
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

    /** The statement by which a person has their identity kept until `until`, or no longer than the rule (null). */
    keepIdentity(reportId: string, until: Date | null): Statements[number] {
      // One statement, so that a case that closes or is reopened meanwhile counts; null while one is open.
      const closedAt = sql`(SELECT ${reports.closedAt} FROM ${reports} WHERE ${reports.id} = ${reportId})`;
      const end = sql`max(${closedAt} + ${retentionMs("identity")}, ${until?.getTime() ?? 0})`;
      return db.sql
        .update(identities)
        .set({ keepUntil: until, eraseAfter: end })
        .where(eq(identities.reportId, reportId));
    },

    /**
     * The statements that forbid every erasure of a report, or lift every hold that stands (null); what was asked
     * for or due meanwhile is then erased at the next sweep. The reason is sealed.
     */
    async hold(
      reportId: string,
      hold: { category: HoldCategory; reason: string } | null,
      by: string,
    ): Promise<Statements[number][]> {
      const at = now();
      if (hold !== null) {
        const id = newId("hold");
        const { category, reason } = hold;
        const sealedReason = await vault.seal("report", holdContext(id), reason);
        const row = { id, reportId, category, sealedReason, setBy: by, setAt: at };
        return [db.sql.insert(legalHolds).values(row)];
      }
      const standing = and(eq(legalHolds.reportId, reportId), isNull(legalHolds.liftedAt));
      return [
        db.sql.update(legalHolds).set({ liftedBy: by, liftedAt: at }).where(standing),
        decideFiles(reportId, at),
      ];
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

    /** Whether files of a report outlive its content, since the other half of the material needs them. */
    async keepsFiles(reportId: string): Promise<boolean> {
      const row = await db.sql
        .select({ id: evidence.id })
        .from(evidence)
        .where(and(eq(evidence.reportId, reportId), eq(evidence.party, "reporter")))
        .limit(1)
        .get();
      return row !== undefined;
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
