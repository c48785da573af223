import { and, eq, inArray, isNotNull, notInArray, sql } from "drizzle-orm";
import { type Database, type Statements, unitOfWork } from "../db/client.ts";
import { retrying } from "../db/retrying.ts";
import type { BlobStore } from "../storage/blob-store.ts";
import { createCustodyRepository, isCustodyConflict } from "./custody-repository.ts";
import type { ErasureEntry, ErasureJournal } from "./erasure-journal.ts";
import { prepareFileErasure } from "./evidence-erasure-repository.ts";
import { destroyIdentity } from "./identity-service.ts";
import { forgetNoticeConsents } from "./notice-consent-repository.ts";
import { type ErasedKind, type ErasureRule, erasedKinds } from "./retention.ts";
import {
  deletionRequests,
  erasures,
  evidence,
  identities,
  reportMarks,
  reports,
  supplements,
} from "./schema.ts";

/** What of a report is erased as a whole. */
export type ReportPart = Exclude<ErasedKind, "evidence">;

const batchSize = 100;

/** How the rooms above tell, in the batch of the deed, what of a report is erased. */
export type RecordErasure = {
  prepare(
    reportId: string,
    erased: readonly { part: ReportPart; rule: ErasureRule }[],
  ): Promise<readonly Statements[number][]>;
  /** Whether a batch failed because what `prepare` had read was changed meanwhile. */
  isConflict(error: unknown): boolean;
};

/** Carries out erasures that are decided, and again in a database that was restored. It needs no key. */
export function createErasing(dependencies: {
  db: Database;
  blobs: BlobStore;
  journal: ErasureJournal | undefined;
  recordErasure?: RecordErasure | undefined;
}) {
  const { db, blobs, journal, recordErasure } = dependencies;
  const custody = createCustodyRepository(db);

  /** The statements that erase a file's row and copy. The bytes are gone before: no row would name them after a crash. */
  async function eraseFile(id: string, at: Date): Promise<Statements[number][]> {
    const row = await db.sql.select().from(evidence).where(eq(evidence.id, id)).get();
    if (row === undefined) return [];
    const said = { actor: "system", at, reason: "retention" } as const;
    const { statements, blobKeys } = await prepareFileErasure({ db, custody }, row, said);
    for (const key of blobKeys) await blobs.delete(key);
    return statements;
  }

  /** The statements after which the files of a report that stay no longer tell who sent them; each log says that it was so. */
  async function forgetSenders(
    reportId: string,
    erased: readonly string[],
    at: Date,
  ): Promise<Statements[number][]> {
    const rows = await db.sql
      .select()
      .from(evidence)
      .where(
        and(
          eq(evidence.reportId, reportId),
          eq(evidence.party, "reporter"),
          isNotNull(evidence.ownerKey),
          notInArray(evidence.id, [...erased]),
        ),
      );
    const statements: Statements[number][] = [];
    for (const row of rows) {
      const said = { kind: "sender_forgotten", actor: "system", at, data: { owner: null } } as const;
      statements.push(...(await custody.append(row, { ...said, change: { ownerKey: null } })));
    }
    return statements;
  }

  /**
   * The deed: keys, bytes and files go, the tombstone says when, and with `told` the rooms above hear of it. Done
   * again from the start where a file or a case was moved on at the same moment.
   */
  async function destroy(entries: readonly ErasureEntry[], { told }: { told: boolean }): Promise<void> {
    if (entries.length === 0) return;
    await retrying(
      (error) => isCustodyConflict(error) || recordErasure?.isConflict(error) === true,
      async () => {
        const statements: Statements[number][] = [];
        if (told && recordErasure !== undefined) {
          for (const [reportId, parts] of partsByReport(entries)) {
            statements.push(...(await recordErasure.prepare(reportId, parts)));
          }
        }
        await db.write(unitOfWork([...statements, ...(await deedOf(entries))]));
      },
    );
  }

  async function deedOf(entries: readonly ErasureEntry[]): Promise<Statements[number][]> {
    const statements: Statements[number][] = [];
    const files = entries.filter(({ kind }) => kind === "evidence").map(({ subjectId }) => subjectId);
    /** Reports whose sender goes, with the instant. */
    const senders = new Map<string, Date>();
    for (const entry of entries) {
      const { kind, subjectId, reportId } = entry;
      const erasedAt = new Date(entry.erasedAt);
      if (kind === "sender" || kind === "content") senders.set(reportId, erasedAt);
      // Whichever part of a person goes, how to reach them goes with it.
      if (kind !== "evidence") statements.push(...forgetNoticeConsents(db, reportId, { at: erasedAt }));
      if (kind === "evidence") {
        statements.push(...(await eraseFile(subjectId, erasedAt)));
      } else if (kind === "identity") {
        statements.push(...destroyIdentity(db, reportId), forgetRequest(db, reportId, kind));
      } else if (kind === "sender") {
        statements.push(
          db.sql.update(reports).set({ reporterKey: null }).where(eq(reports.id, reportId)),
          forgetRequest(db, reportId, kind),
        );
      } else {
        statements.push(
          db.sql
            .update(reports)
            .set({ sealed: nothing, contentKey: null, reporterKey: null })
            .where(eq(reports.id, reportId)),
          db.sql.update(supplements).set({ sealed: nothing }).where(eq(supplements.reportId, reportId)),
          db.sql.delete(reportMarks).where(eq(reportMarks.reportId, reportId)),
          forgetRequest(db, reportId, kind),
        );
      }
      statements.push(
        db.sql
          .insert(erasures)
          .values({ ...entry, begunAt: erasedAt, erasedAt })
          .onConflictDoUpdate({ target: [erasures.kind, erasures.subjectId], set: { erasedAt } }),
      );
    }
    for (const [reportId, at] of senders) statements.push(...(await forgetSenders(reportId, files, at)));
    return statements;
  }

  /**
   * Erases again what the journal says is erased and the database still has, as a restored backup does; and
   * writes into the journal what the database says is erased and the journal lacks. Returns how many it erased.
   */
  async function replay(): Promise<number> {
    if (journal === undefined) return 0;
    const entries = await journal.read();
    const known = new Set(entries.map(({ kind, subjectId }) => `${kind}/${subjectId}`));
    let again = 0;
    for (let from = 0; from < entries.length; from += batchSize) {
      const some = entries.slice(from, from + batchSize);
      const risen = await stillThere(some);
      await destroy(risen, { told: false });
      again += risen.length;
    }
    if (again > 0) await db.purgeLog();
    const done = await db.sql.select().from(erasures).where(isNotNull(erasures.erasedAt));
    const lacking = done.filter(({ kind, subjectId }) => !known.has(`${kind}/${subjectId}`));
    if (lacking.length > 0) await journal.append(lacking.map(entryOf));
    return again;
  }

  /** Of erased things, those that the database holds; a tombstone alone is restored with them. */
  async function stillThere(entries: readonly ErasureEntry[]): Promise<ErasureEntry[]> {
    const idsOf = (kind: ErasedKind) =>
      entries.filter((entry) => entry.kind === kind).map((entry) => entry.subjectId);
    const [people, contents, files, senders] = await Promise.all([
      db.sql
        .select({ id: identities.reportId })
        .from(identities)
        .where(inArray(identities.reportId, idsOf("identity"))),
      db.sql
        .select({ id: reports.id })
        .from(reports)
        .where(and(inArray(reports.id, idsOf("content")), sql`length(${reports.sealed}) > 0`)),
      db.sql
        .select({ id: evidence.id })
        .from(evidence)
        .where(inArray(evidence.id, idsOf("evidence"))),
      db.sql
        .select({ id: reports.id })
        .from(reports)
        .where(and(inArray(reports.id, idsOf("sender")), isNotNull(reports.reporterKey))),
    ]);
    const there = {
      identity: new Set(people.map(({ id }) => id)),
      content: new Set(contents.map(({ id }) => id)),
      evidence: new Set(files.map(({ id }) => id)),
      sender: new Set(senders.map(({ id }) => id)),
    };
    return entries.filter(({ kind, subjectId }) => there[kind].has(subjectId));
  }

  return { destroy, replay };
}

const nothing = new Uint8Array(0);

/** The statement after which a wish to have a part erased is done with. */
export function forgetRequest(db: Database, reportId: string, part: ReportPart): Statements[number] {
  return db.sql
    .delete(deletionRequests)
    .where(and(eq(deletionRequests.reportId, reportId), eq(deletionRequests.part, part)));
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

/** A tombstone as the journal keeps it. */
export function entryOf(row: typeof erasures.$inferSelect): ErasureEntry {
  const { subjectId, reportId, rule, hash } = row;
  const kind = erasedKinds.find((known) => known === row.kind);
  if (kind === undefined) throw new Error("A tombstone of no known kind.");
  return { kind, subjectId, reportId, rule, hash, erasedAt: (row.erasedAt ?? row.begunAt).toISOString() };
}
