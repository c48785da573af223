import { eq, lt } from "drizzle-orm";
import type { Clock } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import type { RandomBytes } from "../core/new-id.ts";
import { equalInConstantTime, toBase64Url, utf8 } from "../crypto/bytes.ts";
import type { Vault } from "../crypto/key-ring.ts";
import { type Database, isUniqueViolation, type Statements } from "../db/client.ts";
import {
  challengeLifetimeMs,
  formatChallenge,
  leadingZeroBits,
  parseProof,
  proofHeader,
  signedText,
} from "./proof-of-work.ts";
import { spentProofs } from "./schema.ts";

/** What is asked for: by whom, how hard, and after how many seconds it would go without. */
export type ProofDemand = { subject: string; bits: number; retryAfterSeconds: number };

export type ProofOfWork = ReturnType<typeof createProofOfWork>;

/** Whether a batch failed because its proof was used by another one meanwhile. */
export const isProofSpent = (error: unknown) => isUniqueViolation(error, "spent_proofs.nonce");

/** Gives challenges, of which nothing is kept, and takes each proof once (the idea: Dwork and Naor, CRYPTO '92). */
export function createProofOfWork(dependencies: {
  db: Database;
  vault: Vault;
  now: Clock;
  randomBytes: RandomBytes;
}) {
  const { db, vault, now, randomBytes } = dependencies;

  const sign = async (text: string) => toBase64Url(await vault.hash("proof-of-work", text));

  async function refusal({ subject, bits, retryAfterSeconds }: ProofDemand, why: string): Promise<AppError> {
    const unsigned = {
      expiresAt: new Date(now().getTime() + challengeLifetimeMs),
      nonce: toBase64Url(randomBytes(16)),
      bits,
    };
    const signature = await sign(signedText(unsigned, subject));
    return new AppError(
      "proof_of_work_required",
      `这一小时里匿名提交的特别多，为了挡住自动刷报告的程序，现在匿名提交要先算一道验证题（proofOfWork），再把答案放进 ${proofHeader} 请求头，原样再发一次。填好的内容都还在；也可以过一会儿再提交，或者换小程序、电话。`,
      {
        errors: [{ pointer: `/header/${proofHeader.toLowerCase()}`, detail: why }],
        retryAfterSeconds,
        retryable: true,
        proofOfWork: {
          algorithm: "SHA-256",
          challenge: formatChallenge({ ...unsigned, signature }),
          bits,
          header: proofHeader,
          expiresAt: unsigned.expiresAt.toISOString(),
        },
      },
    );
  }

  return {
    /**
     * Takes a proof for a demand.
     *
     * @returns The statements that use it up; they go into the batch of what it was given for, which fails if another
     * one used it meanwhile: see `isProofSpent`.
     * @throws {AppError} `proof_of_work_required` with a fresh challenge if there is none, or none that holds.
     */
    async take(demand: ProofDemand, value: string | undefined): Promise<Statements[number][]> {
      if (value === undefined) throw await refusal(demand, "还没有验证。");
      const proof = parseProof(value);
      const isOurs =
        proof !== undefined &&
        equalInConstantTime(proof.signature, await sign(signedText(proof, demand.subject)));
      if (!isOurs) throw await refusal(demand, "不是给这次会话出的题。");
      if (proof.expiresAt <= now()) throw await refusal(demand, "题目过期了。");
      if (proof.bits < demand.bits) throw await refusal(demand, "这会儿提交的更多了，题目要换难一点的。");
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(value)));
      if (leadingZeroBits(digest) < proof.bits) throw await refusal(demand, "答案不对。");
      const { nonce, expiresAt } = proof;
      const spent = await db.sql.select().from(spentProofs).where(eq(spentProofs.nonce, nonce)).get();
      if (spent !== undefined) throw await refusal(demand, "这个答案用过了。");
      return [db.sql.insert(spentProofs).values({ nonce, expiresAt })];
    },

    /** Forgets proofs whose challenges have expired: they are refused by their age. */
    async sweep(): Promise<void> {
      await db.write([db.sql.delete(spentProofs).where(lt(spentProofs.expiresAt, now()))]);
    },
  };
}
