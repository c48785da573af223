import { type RandomBytes, randomBytes } from "../core/new-id.ts";
import { equalInConstantTime, fromBase64, toBase64, utf8 } from "./bytes.ts";

/**
 * PBKDF2-SHA-256 at 100,000 iterations: the most that Cloudflare Workers run
 * (workerd issue 1346). The parameters stand in the stored text, so that they can rise.
 */
const shippedRounds = 100_000;

/** `pbkdf2-sha256$iterations$salt$hash`, salt and hash in base64. `iterations` absent: as shipped. */
export async function hashPassword(
  password: string,
  random: RandomBytes = randomBytes,
  iterations: number = shippedRounds,
): Promise<string> {
  const salt = random(16);
  const hash = await derive(password, salt, iterations);
  return `pbkdf2-sha256$${iterations}$${toBase64(salt)}$${toBase64(hash)}`;
}

/** Whether `password` is the one that was hashed to `stored`. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const [scheme, rounds, salt, hash] = stored.split("$");
  if (scheme !== "pbkdf2-sha256" || rounds === undefined || salt === undefined || hash === undefined)
    return false;
  const candidate = await derive(password, fromBase64(salt), Number(rounds));
  return equalInConstantTime(toBase64(candidate), hash);
}

async function derive(password: string, salt: Uint8Array<ArrayBuffer>, rounds: number): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey("raw", utf8(password.normalize("NFKC")), "PBKDF2", false, [
    "deriveBits",
  ]);
  const parameters = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, 256));
}
