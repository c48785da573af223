import { eq, notInArray } from "drizzle-orm";
import { sha256 } from "../crypto/bytes.ts";
import { canonicalJson } from "../crypto/canonical-json.ts";
import type { Database } from "../db/client.ts";
import { parseEvent, replay } from "./case.ts";
import { verifiedProjection } from "./case-repository.ts";
import { firstBrokenLink } from "./chain.ts";
import { caseEvents, caseLinks, caseNotes, cases } from "./schema.ts";

export type CaseFault = { caseId: string; fault: string };

export type CaseVerification = ReturnType<typeof createCaseVerification>;

/** Finds whatever was changed in the rows of cases: events, notes, links and projections. Needs no key. */
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

    const row = await db.sql.select().from(cases).where(eq(cases.id, caseId)).get();
    const projection = row === undefined ? null : verifiedProjection(row);
    return comparable(projection) === comparable(replay(events)) ? undefined : "案件现状和它的记录对不上";
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

/** Instants as text: canonical JSON knows no dates. */
const comparable = (projection: unknown) => canonicalJson(JSON.parse(JSON.stringify(projection)));
