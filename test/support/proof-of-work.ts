import { hash } from "node:crypto";
import { z } from "zod";

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
