import { z } from "zod";

/** The header that a proof comes in. */
export const proofHeader = "X-Proof-Of-Work";

/** The same as routes describe it. What it holds is looked at where a proof is asked for, and only there. */
export const ProofHeader = z.object({
  "x-proof-of-work": z
    .string()
    .optional()
    .describe(
      "`challenge:counter`, of the `proofOfWork` of a 429: its SHA-256 begins with so many zero bits. Asked for only where very many anonymous reports came in from the web within the hour.",
    ),
});

/**
 * How many reports the whole deployment takes in an hour before a proof is asked for. One address has five at most, so
 * no address comes so far, and a city hardly does in which nobody floods.
 */
export const filingsWithoutProof = 30;

/** From how many reports in the hour on how many zero bits are asked for, the most first. */
const difficulties = [
  { from: 300, bits: 19 },
  { from: 100, bits: 17 },
  { from: filingsWithoutProof, bits: 15 },
];

/** How long a challenge may be answered: ten times what the hardest takes a slow phone, and a page in the background. */
export const challengeLifetimeMs = 10 * 60 * 1000;

/**
 * How many zero bits a proof must begin with, where so many reports were filed in the hour; 0: none is asked for.
 * Old and new phones try 0.1 to 0.3 million hashes a second in a page: 15 bits take them 0.1 to 0.3 s in the mean, 19
 * bits 2 to 5 s.
 */
export function difficultyBits(filedInHour: number): number {
  return difficulties.find(({ from }) => filedInHour >= from)?.bits ?? 0;
}

/** What a challenge says. `signature` is over the rest and over whom it was given to. */
export type Challenge = { expiresAt: Date; nonce: string; bits: number; signature: string };

/** What is signed of a challenge for a subject. */
export function signedText(
  { expiresAt, nonce, bits }: Omit<Challenge, "signature">,
  subject: string,
): string {
  return `${expiresAt.getTime()}.${nonce}.${bits}|${subject}`;
}

/** A challenge as it goes to the caller: ASCII without spaces. */
export function formatChallenge({ expiresAt, nonce, bits, signature }: Challenge): string {
  return `${expiresAt.getTime()}.${nonce}.${bits}.${signature}`;
}

/** Reads `challenge:counter`, which says nothing yet of who made it; undefined if it cannot be one. */
export function parseProof(value: string): Challenge | undefined {
  const [, expires, nonce, bits, signature] =
    /^(\d{13})\.([\w-]{22})\.(\d{1,2})\.([\w-]{43}):\d{1,16}$/.exec(value) ?? [];
  if (expires === undefined || nonce === undefined || bits === undefined || signature === undefined)
    return undefined;
  return { expiresAt: new Date(Number(expires)), nonce, bits: Number(bits), signature };
}

/** How many bits are zero before the first that is not. */
export function leadingZeroBits(bytes: Uint8Array): number {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first === -1 ? bytes.length * 8 : first * 8 + Math.clz32(bytes[first] ?? 0) - 24;
}
