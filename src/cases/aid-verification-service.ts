import { eq } from "drizzle-orm";
import { AppError } from "../core/error.ts";
import type { Database } from "../db/client.ts";
import { applyLedgerEntry, emptyLedger } from "./aid.ts";
import { hashLedgerLine, type LedgerLine, type LedgerRow, toLedgerLine } from "./aid-repository.ts";
import { chainStart } from "./chain.ts";
import { aidLedger, cases } from "./schema.ts";

export type LedgerFault = { year: number; seq: number; fault: string };

export type LedgerVerification = ReturnType<typeof createLedgerVerification>;

/**
 * Finds whatever was changed in the budget ledger of rights aid. Needs no key. A tail that was cut off, or a chain that
 * was written anew with all its hashes, the hourly anchors find.
 */
export function createLedgerVerification({ db }: { db: Database }) {
  return {
    /** Looks at every line: the chain of each year, what the lines amount to, who approved, and the applications. */
    async verifyLedger(): Promise<{ count: number; faults: LedgerFault[] }> {
      const rows = await db.sql.select().from(aidLedger).orderBy(aidLedger.year, aidLedger.seq);
      const applications = await db.sql.select({ id: cases.id }).from(cases).where(eq(cases.track, "aid"));
      const known = new Set(applications.map(({ id }) => id));
      const faults: LedgerFault[] = [];
      const all: LedgerLine[] = [];
      for (const [year, own] of Map.groupBy(rows, (row) => row.year)) {
        const { lines, faults: inChain } = await chainFaults(own);
        faults.push(...[...inChain, ...sumFaults(lines)].map((fault) => ({ year, ...fault })));
        all.push(...lines);
      }
      for (const { year, seq, at, entry } of all) {
        if (!("applicationId" in entry)) continue;
        const { applicationId } = entry;
        if (!known.has(applicationId)) faults.push({ year, seq, fault: "没有对应的维权援助申请" });
        if (entry.kind !== "granted") continue;
        const handled = all.some(
          (other) =>
            other.year !== year &&
            other.at < at &&
            "applicationId" in other.entry &&
            other.entry.applicationId === applicationId &&
            other.entry.by === entry.approvedBy,
        );
        if (handled) faults.push({ year, seq, fault: "批准的人在别的年度经办过这份申请" });
      }
      return { count: rows.length, faults };
    },
  };
}

/** What is wrong with the links of a year's chain, and those lines that can be read. */
async function chainFaults(rows: readonly LedgerRow[]) {
  const lines: LedgerLine[] = [];
  const faults: { seq: number; fault: string }[] = [];
  let [expected, previous] = [1, chainStart];
  for (const row of rows) {
    const { seq } = row;
    if (seq !== expected) faults.push({ seq: expected, fault: "不见了" });
    else if (row.previousHash !== previous) faults.push({ seq, fault: "和前一笔接不上" });
    const line = readLine(row);
    if (line === undefined) faults.push({ seq, fault: "读不出来" });
    else {
      lines.push(line);
      if (line.hash !== (await hashLedgerLine(line))) faults.push({ seq, fault: "内容被改动" });
    }
    expected = seq + 1;
    previous = row.hash;
  }
  return { lines, faults };
}

function readLine(row: LedgerRow): LedgerLine | undefined {
  try {
    return toLedgerLine(row);
  } catch {
    return undefined;
  }
}

/** The first line that the ones before it do not allow. */
function sumFaults(lines: readonly LedgerLine[]): { seq: number; fault: string }[] {
  let balance = emptyLedger;
  for (const { seq, entry } of lines) {
    try {
      balance = applyLedgerEntry(balance, entry);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return [{ seq, fault: `和前面的账对不上：${error.message}` }];
    }
  }
  return [];
}
