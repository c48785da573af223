import { hash } from "node:crypto";
import { eq } from "drizzle-orm";
import { expect } from "vitest";
import { z } from "zod";
import { limitCounters } from "../../src/callers/schema.ts";
import { filing } from "./filing.ts";
import type { Harness } from "./harness.ts";

/** A refusal that asks for a proof of work, as clients read it. */
export const ProofProblem = z.object({
  type: z.literal("/problems/proof_of_work_required"),
  status: z.literal(429),
  detail: z.string(),
  errors: z.tuple([
    z.strictObject({ pointer: z.literal("/header/x-proof-of-work"), detail: z.string().min(1) }),
  ]),
  proofOfWork: z.strictObject({
    algorithm: z.literal("SHA-256"),
    challenge: z.string(),
    bits: z.int().min(15).max(19),
    header: z.literal("X-Proof-Of-Work"),
    expiresAt: z.iso.datetime(),
  }),
});
export type ProofProblem = z.infer<typeof ProofProblem>;

/** With how many zero bits the hash of a text begins, counted by another way than the service does. */
export const zeroBitsOf = (text: string) =>
  BigInt(`0x1${hash("sha256", text)}`)
    .toString(2)
    .slice(1)
    .indexOf("1");

/** Does the work. `from` is the first counter that is tried: other counters, other proofs of the same challenge. */
export function solve({ challenge, bits }: { challenge: string; bits: number }, from = 0): string {
  for (let counter = from; ; counter++) {
    const value = `${challenge}:${counter}`;
    if (hash("sha256", value, "buffer").readUInt32BE() >>> (32 - bits) === 0) return value;
  }
}

/** Thirty anonymous reports of an hour from the web, all at once: five from each of six addresses, none of them 192.0.2.1. */
export async function fillHour({ post }: Pick<Harness, "post">): Promise<void> {
  const statuses = await Promise.all(
    [...Array(6)].map(async (_, n) => {
      const { token } = (await (await post("/api/v1/sessions", {})).json()) as { token: string };
      const headers = { authorization: `Bearer ${token}`, "X-Test-Address": `198.51.100.${n}` };
      const answers = [...Array(5)].map(() => post("/api/v1/reports", filing, headers));
      return (await Promise.all(answers)).map(({ status }) => status);
    }),
  );
  expect(statuses.flat()).toEqual(Array(30).fill(201));
}

/** As if so many had been filed in the hour, where `from` were: a number that no other counter stands at. */
export async function setHour({ db }: Pick<Harness, "db">, from: number, to: number): Promise<void> {
  const at = eq(limitCounters.count, from);
  expect(await db.sql.select().from(limitCounters).where(at)).toHaveLength(1);
  await db.write([db.sql.update(limitCounters).set({ count: to }).where(at)]);
}
