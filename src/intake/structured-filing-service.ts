import { eq, lt } from "drizzle-orm";
import { speakerKey } from "../callers/caller.ts";
import type { Clock } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import { toHex } from "../crypto/bytes.ts";
import { canonicalJson } from "../crypto/canonical-json.ts";
import type { Vault } from "../crypto/key-ring.ts";
import { type Database, unitOfWork } from "../db/client.ts";
import type { Receipts } from "../reports/receipt-service.ts";
import { retentionMs } from "../reports/retention.ts";
import { idempotentAnswers } from "../reports/schema.ts";
import { FiledReport } from "./filed-report.ts";
import type { Filing, FilingService } from "./filing-service.ts";

export type StructuredFiling = ReturnType<typeof createStructuredFiling>;

/** Filing in one call, safe to repeat under an Idempotency-Key. */
export function createStructuredFiling(dependencies: {
  db: Database;
  vault: Vault;
  filings: FilingService;
  receipts: Receipts;
  now: Clock;
}) {
  const { db, vault, filings, receipts, now } = dependencies;

  async function earlier(key: string, requestHash: string): Promise<string | undefined> {
    const row = await db.sql.select().from(idempotentAnswers).where(eq(idempotentAnswers.key, key)).get();
    if (row === undefined) return undefined;
    if (row.requestHash !== requestHash) {
      throw new AppError("idempotency_conflict", "这个 Idempotency-Key 已经用在另一份报告上，请换一个新的。");
    }
    return vault.open("report", `idempotent:${key}`, row.sealed);
  }

  /** Files a report and keeps the answer for `key`, in one batch. */
  async function fileOnce(filing: Filing, kept: { key: string; requestHash: string } | undefined) {
    const { statements, filed, notOpened } = await filings.prepare(filing);
    const first = filed[0];
    if (first === undefined) throw new Error("A filing opens at least one case.");
    const answer = JSON.stringify({
      reportNo: first.reportNo,
      queryCode: first.queryCode,
      receipt: await receipts.issue(first),
      reports: filed.map((one) => FiledReport.parse(one)),
      ...(notOpened.length === 0 ? {} : { notOpened }),
    });
    if (kept === undefined) {
      await db.write(unitOfWork(statements));
      return answer;
    }
    const { key, requestHash } = kept;
    const sealed = await vault.seal("report", `idempotent:${key}`, answer);
    await db.write([
      db.sql.insert(idempotentAnswers).values({ key, requestHash, sealed, answeredAt: now() }),
      ...statements,
    ]);
    return answer;
  }

  return {
    /** Forgets answers that have had their time: by then nobody calls again for the same filing. */
    async sweep(): Promise<void> {
      const before = new Date(now().getTime() - retentionMs("idempotent-answer"));
      await db.write([db.sql.delete(idempotentAnswers).where(lt(idempotentAnswers.answeredAt, before))]);
    },

    /**
     * Files a report. The same key with the same report gets the first answer again.
     *
     * @returns The answer as JSON.
     * @throws {AppError} as `FilingService.prepare`; `idempotency_conflict` for the same key with another report.
     */
    async file({
      filing,
      idempotencyKey,
    }: {
      filing: Filing;
      idempotencyKey: string | undefined;
    }): Promise<string> {
      const { speaker, address: _address, ...content } = filing;
      // Keyed: the telephone in it could be guessed from a plain hash by who knows the rest.
      const requestHash = toHex(await vault.hash("lookup", `idempotent-request|${canonicalJson(content)}`));
      const key =
        idempotencyKey === undefined
          ? undefined
          : toHex(await vault.hash("lookup", `idempotency|${speakerKey(speaker)}|${idempotencyKey}`));
      const kept = key === undefined ? undefined : { key, requestHash };
      const before = kept && (await earlier(kept.key, requestHash));
      if (before !== undefined) return before;
      try {
        return await fileOnce(filing, kept);
      } catch (error) {
        // The same call came in twice at once, and the other was first.
        const meanwhile = kept && (await earlier(kept.key, requestHash));
        if (meanwhile !== undefined) return meanwhile;
        throw await filings.conflictOf(error, filing);
      }
    },
  };
}
