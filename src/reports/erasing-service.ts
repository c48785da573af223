import { and, eq, inArray, isNotNull, sql } from "drizzle-orm";
import { type Database, type Statements, unitOfWork } from "../db/client.ts";
import type { BlobStore } from "../storage/blob-store.ts";
import { createCustodyRepository, isCustodyConflict } from "./custody-repository.ts";
import type { ErasureEntry, ErasureJournal } from "./erasure-journal.ts";
import { destroyIdentity } from "./identity-service.ts";
import { type ErasedKind, erasedKinds } from "./retention.ts";
import {
  deletionRequests,
  erasures,
  evidence,
  evidenceDerivatives,
  identities,
  reportMarks,
  reports,
  supplements,
} from "./schema.ts";

/** What of a report is erased as a whole. */
export type ReportPart = Exclude<ErasedKind, "evidence">;

const batchSize = 100;
const maxAttempts = 8;

/** Carries out erasures that are decided, and again in a database that was restored. It needs no key. */
export function createErasing(dependencies: {
  db: Database;
  blobs: BlobStore;
  journal: ErasureJournal | undefined;
}) {
  const { db, blobs, journal } = dependencies;
  const custody = createCustodyRepository(db);

  /** The statements that erase a file's row and copy; its custody log stays and says so. The bytes are gone before. */
  async function eraseFile(id: string, at: Date): Promise<Statements[number][]> {
    const row = await db.sql.select().from(evidence).where(eq(evidence.id, id)).get();
    if (row === undefined) return [];
    const copy = await db.sql
      .select({ id: evidenceDerivatives.id })
      .from(evidenceDerivatives)
      .where(eq(evidenceDerivatives.evidenceId, id))
      .get();
    await blobs.delete(id);
    if (copy !== undefined) await blobs.delete(copy.id);
    return [
      ...(await custody.append(row, { kind: "erased", actor: "system", at, data: { reason: "retention" } })),
      db.sql.delete(evidenceDerivatives).where(eq(evidenceDerivatives.evidenceId, id)),
      db.sql.delete(evidence).where(eq(evidence.id, id)),
    ];
  }

  /** The statements after which a report's files no longer tell who sent them; each log says that it was so. */
  async function forgetSenders(reportId: string, at: Date): Promise<Statements[number][]> {
    const rows = await db.sql
      .select()
      .from(evidence)
      .where(
        and(eq(evidence.reportId, reportId), eq(evidence.party, "reporter"), isNotNull(evidence.ownerKey)),
      );
    const statements: Statements[number][] = [];
    for (const row of rows) {
      const said = { kind: "sender_forgotten", actor: "system", at, data: { owner: null } } as const;
      statements.push(...(await custody.append(row, { ...said, change: { ownerKey: null } })));
    }
    return statements;
  }

  /** As `destroyOnce`; tried again where a file was used at the same moment. */
  async function destroy(
    entries: readonly ErasureEntry[],
    more: readonly Statements[number][],
  ): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await destroyOnce(entries, more);
      } catch (error) {
        if (!isCustodyConflict(error) || attempt >= maxAttempts) throw error;
      }
    }
  }

  /** The deed, with `more` in its batch: keys, bytes and files go, the tombstone says when. */
  async function destroyOnce(
    entries: readonly ErasureEntry[],
    more: readonly Statements[number][],
  ): Promise<void> {
    const statements: Statements[number][] = [...more];
    const withContent = new Set(
      entries.filter(({ kind }) => kind === "content").map(({ reportId }) => reportId),
    );
    for (const entry of entries) {
      const { kind, subjectId, reportId } = entry;
      if (kind === "evidence") {
        statements.push(...(await eraseFile(subjectId, new Date(entry.erasedAt))));
      } else if (kind === "identity") {
        statements.push(...destroyIdentity(db, reportId), forgetRequest(db, reportId, kind));
      } else if (kind === "sender") {
        statements.push(
          db.sql.update(reports).set({ reporterKey: null }).where(eq(reports.id, reportId)),
          // Where the content goes too, so do the files.
          ...(withContent.has(reportId) ? [] : await forgetSenders(reportId, new Date(entry.erasedAt))),
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
      const erasedAt = new Date(entry.erasedAt);
      statements.push(
        db.sql
          .insert(erasures)
          .values({ ...entry, begunAt: erasedAt, erasedAt })
          .onConflictDoUpdate({ target: [erasures.kind, erasures.subjectId], set: { erasedAt } }),
      );
    }
    if (statements.length > 0) await db.write(unitOfWork(statements));
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
      await destroy(risen, []);
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

/** A tombstone as the journal keeps it. */
export function entryOf(row: typeof erasures.$inferSelect): ErasureEntry {
  const { subjectId, reportId, rule, hash } = row;
  const kind = erasedKinds.find((known) => known === row.kind);
  if (kind === undefined) throw new Error("A tombstone of no known kind.");
  return { kind, subjectId, reportId, rule, hash, erasedAt: (row.erasedAt ?? row.begunAt).toISOString() };
}
