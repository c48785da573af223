import { eq, lt } from "drizzle-orm";
import { type Speaker, speakerKey } from "../callers/caller.ts";
import type { Clock } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import { toHex } from "../crypto/bytes.ts";
import { canonicalJson } from "../crypto/canonical-json.ts";
import type { Vault } from "../crypto/key-ring.ts";
import { type Database, type Statements, unitOfWork } from "../db/client.ts";
import type { Receipts } from "../reports/receipt-service.ts";
import { retentionMs } from "../reports/retention.ts";
import { idempotentAnswers } from "../reports/schema.ts";
import { FiledReport } from "./filed-report.ts";
import type { Filing, FilingService } from "./filing-service.ts";

/** A call that may come again: by whom, with what, and the key of the caller's own for it. */
export type Call = { speaker: Speaker; content: unknown; idempotencyKey: string | undefined };

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

  /** Does something that is safe to repeat: its answer is kept for the key, in the batch of what it does. */
  async function once(
    { speaker, content, idempotencyKey }: Call,
    prepare: () => Promise<{ answer: string; statements: Statements[number][] }>,
  ): Promise<string> {
    // Keyed: the telephone in it could be guessed from a plain hash by who knows the rest.
    const requestHash = toHex(await vault.hash("lookup", `idempotent-request|${canonicalJson(content)}`));
    const key =
      idempotencyKey === undefined
        ? undefined
        : toHex(await vault.hash("lookup", `idempotency|${speakerKey(speaker)}|${idempotencyKey}`));
    const before = key === undefined ? undefined : await earlier(key, requestHash);
    if (before !== undefined) return before;
    try {
      const { answer, statements } = await prepare();
      if (key === undefined) {
        await db.write(unitOfWork(statements));
        return answer;
      }
      const sealed = await vault.seal("report", `idempotent:${key}`, answer);
      await db.write([
        db.sql.insert(idempotentAnswers).values({ key, requestHash, sealed, answeredAt: now() }),
        ...statements,
      ]);
      return answer;
    } catch (error) {
      // The same call came in twice at once, and the other was first.
      const meanwhile = key === undefined ? undefined : await earlier(key, requestHash);
      if (meanwhile !== undefined) return meanwhile;
      throw error;
    }
  }

  /** Files what `make` gives, unless the same call was answered before; `more` goes into the answer. */
  async function fileOnce(
    call: Call,
    make: () => Promise<{ filing: Filing; more?: Record<string, unknown> }>,
  ): Promise<string> {
    let made: Filing | undefined;
    try {
      return await once(call, async () => {
        const { filing, more = {} } = await make();
        made = filing;
        const { statements, filed, notOpened } = await filings.prepare(filing);
        const first = filed[0];
        if (first === undefined) throw new Error("A filing opens at least one case.");
        const answer = JSON.stringify({
          reportNo: first.reportNo,
          queryCode: first.queryCode,
          receipt: await receipts.issue(first),
          reports: filed.map((one) => FiledReport.parse(one)),
          ...(notOpened.length === 0 ? {} : { notOpened }),
          ...more,
        });
        return { answer, statements };
      });
    } catch (error) {
      throw made === undefined ? error : await filings.conflictOf(error, made);
    }
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
      const { speaker, address: _address, proof: _proof, ...content } = filing;
      return fileOnce({ speaker, content, idempotencyKey }, async () => ({ filing }));
    },

    /**
     * Files a report that is costly to make, such as with files to be fetched: `make` is called unless `content`, by
     * which a repeat is known, was filed under the same key before. Answer and failures as `file`.
     */
    fileOnce,

    /** Does something else that is safe to repeat, such as an addition; `prepare` is called for the first call only. */
    once,
  };
}
