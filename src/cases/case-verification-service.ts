import { eq, getTableColumns, notInArray, sql } from "drizzle-orm";
import type { AnySQLiteColumn } from "drizzle-orm/sqlite-core";
import { sha256 } from "../crypto/bytes.ts";
import { canonicalJson } from "../crypto/canonical-json.ts";
import type { Database } from "../db/client.ts";
import { reports } from "../reports/schema.ts";
import { type CaseEvent, type CaseProjection, parseEvent, replay } from "./case.ts";
import { toRow, verifiedProjection } from "./case-repository.ts";
import { firstBrokenLink } from "./chain.ts";
import { caseEvents, caseLinks, caseNotes, cases } from "./schema.ts";

export type CaseFault = { caseId: string; fault: string };

export type CaseVerification = ReturnType<typeof createCaseVerification>;

/**
 * Finds whatever was changed in the rows of cases: events, notes, links and projections, and in what the report said
 * when its case was opened. Needs no key.
 */
export function createCaseVerification({ db }: { db: Database }) {
  /** What is wrong with one case, in a sentence; undefined if all is whole. */
  async function faultOf(caseId: string): Promise<string | undefined> {
    const rows = await db.sql
      .select()
      .from(caseEvents)
      .where(eq(caseEvents.caseId, caseId))
      .orderBy(caseEvents.seq);
    const links = rows.map((row) => ({
      event: parseEvent(row),
      previousHash: row.previousHash,
      hash: row.hash,
    }));
    const broken = await firstBrokenLink(links);
    if (broken !== undefined) return `第 ${broken} 条记录被改动、挪动或抽走`;
    const events = links.map((link) => link.event);

    const notes = await db.sql.select().from(caseNotes).where(eq(caseNotes.caseId, caseId));
    const hashes = new Map<number, string>();
    for (const { seq, sealed } of notes) hashes.set(seq, await sha256(new Uint8Array(sealed)));
    for (const { seq, noteHash } of events) {
      if ((hashes.get(seq) ?? null) !== noteHash) return `第 ${seq} 条记录的附言被改动或抽走`;
    }

    const linked = await db.sql.select().from(caseLinks).where(eq(caseLinks.caseId, caseId));
    const told = events.flatMap((event) =>
      event.kind === "linked" ? [`${event.data.caseId}|${event.data.relation}`] : [],
    );
    const stored = linked.map(({ otherId, relation }) => `${otherId}|${relation}`);
    if (canonicalJson([...new Set(told)].sort()) !== canonicalJson(stored.sort()))
      return "关联关系和记录对不上";

    return (await faultOfRow(caseId, replay(events))) ?? faultOfReport(events);
  }

  /** Compares the row of a case with what its events amount to. */
  async function faultOfRow(caseId: string, replayed: CaseProjection): Promise<string | undefined> {
    const columns = getTableColumns(cases);
    const found = await db.sql
      .select({
        row: columns,
        supervised: asStored(columns.supervised),
        provisional: asStored(columns.dueProvisional),
      })
      .from(cases)
      .where(eq(cases.id, caseId))
      .get();
    if (found === undefined) return "案件现状和它的记录对不上";
    const { row, supervised, provisional } = found;
    // Reading a row passes over flags that are neither 0 nor 1 and over what stands beside an absent date.
    const isAsWritten =
      supervised === Number(row.supervised) &&
      provisional === Number(row.dueProvisional) &&
      comparable({ ...row, facts: "" }) === comparable({ ...toRow(replayed), facts: "" });
    return isAsWritten && comparable(verifiedProjection(row)) === comparable(replayed)
      ? undefined
      : "案件现状和它的记录对不上";
  }

  /** Compares the report's sealed bytes with their hash in the first event; once they are erased only the report's number. */
  async function faultOfReport([first]: readonly CaseEvent[]): Promise<string | undefined> {
    if (first?.kind !== "received") return "第 1 条记录不是登记";
    const { reportId, reportNo, contentHash } = first.data;
    const report = await db.sql
      .select({ reportNo: reports.reportNo, sealed: reports.sealed })
      .from(reports)
      .where(eq(reports.id, reportId))
      .get();
    if (report?.reportNo !== reportNo) return "案件的报告不见了，或编号被改动";
    return report.sealed.length === 0 || (await sha256(report.sealed)) === contentHash
      ? undefined
      : "报告的内容被改动";
  }

  const look = (caseId: string) => faultOf(caseId).catch(() => "记录里有读不出来的内容");

  return {
    /** @see faultOf */
    faultOf: look,

    /** Looks at every case. */
    async all(): Promise<{ count: number; faults: CaseFault[] }> {
      const ids = (await db.sql.select({ id: cases.id }).from(cases)).map(({ id }) => id);
      const faults: CaseFault[] = [];
      for (const caseId of ids) {
        // A second look: a server may have written between the reads of the first.
        const fault = (await look(caseId)) === undefined ? undefined : await look(caseId);
        if (fault !== undefined) faults.push({ caseId, fault });
      }
      const orphans = await db.sql
        .selectDistinct({ caseId: caseEvents.caseId })
        .from(caseEvents)
        .where(notInArray(caseEvents.caseId, db.sql.select({ id: cases.id }).from(cases)));
      for (const { caseId } of orphans) faults.push({ caseId, fault: "有记录，但案件不见了" });
      return { count: ids.length, faults };
    },
  };
}

/** A flag as the number that stands in the file. */
const asStored = (column: AnySQLiteColumn) => sql<number>`${column}`;

/** Instants as text: canonical JSON knows no dates. */
const comparable = (projection: unknown) => canonicalJson(JSON.parse(JSON.stringify(projection)));
