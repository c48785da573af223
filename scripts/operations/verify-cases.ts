import { isDeepStrictEqual } from "node:util";
import { notInArray } from "drizzle-orm";
import { replay } from "../../src/cases/case.ts";
import type { CaseRepository } from "../../src/cases/case-repository.ts";
import type { CaseService } from "../../src/cases/case-service.ts";
import { caseEvents, cases as caseTable } from "../../src/cases/schema.ts";
import type { Database } from "../../src/db/client.ts";

export type CaseFault = { caseId: string; fault: string };

/** Walks the chain of every case and compares what its events amount to with what stands in `cases`. */
export async function verifyCases({
  db,
  cases,
  repository,
}: {
  db: Database;
  cases: CaseService;
  repository: CaseRepository;
}): Promise<{ count: number; faults: CaseFault[] }> {
  const ids = await repository.ids();
  const faults: CaseFault[] = [];
  for (const caseId of ids) {
    // A second look: a server may have written between the reads of the first.
    const fault = (await findFault(caseId)) === undefined ? undefined : await findFault(caseId);
    if (fault !== undefined) faults.push({ caseId, fault });
  }
  const orphans = await db.sql
    .selectDistinct({ caseId: caseEvents.caseId })
    .from(caseEvents)
    .where(notInArray(caseEvents.caseId, db.sql.select({ id: caseTable.id }).from(caseTable)));
  for (const { caseId } of orphans) faults.push({ caseId, fault: "有记录，但案件不见了" });
  return { count: ids.length, faults };

  async function findFault(caseId: string): Promise<string | undefined> {
    return look(caseId).catch(() => "记录里有读不出来的内容");
  }

  async function look(caseId: string): Promise<string | undefined> {
    const broken = await cases.verify(caseId);
    if (broken !== undefined) return `第 ${broken} 条记录被改动、挪动或抽走`;
    const events = (await repository.links(caseId)).map((link) => link.event);
    return isDeepStrictEqual(replay(events), await repository.find(caseId))
      ? undefined
      : "案件现状和它的记录对不上";
  }
}
