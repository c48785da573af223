import { type Bytes, equalInConstantTime } from "./bytes.ts";

/** Seconds a code stands for, digits it has, and steps before and after the present one that are taken too (RFC 6238, 5.2). */
export const totpFigures = { stepSeconds: 30, digits: 6, window: 1, secretBytes: 20 } as const;

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Bytes as base32 without padding, as authenticator apps read a secret (RFC 4648, 6). */
export function toBase32(bytes: Uint8Array): string {
  let text = "";
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += alphabet[(held >> (bits - 5)) & 31];
    held &= (1 << bits) - 1;
  }
  return bits > 0 ? text + alphabet[(held << (5 - bits)) & 31] : text;
}

/** @throws {Error} if the text is not base32. */
export function fromBase32(text: string): Bytes {
  const bytes: number[] = [];
  let held = 0;
  let bits = 0;
  for (const character of text) {
    const value = alphabet.indexOf(character);
    if (value < 0) throw new Error("Not base32.");
    held = (held << 5) | value;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 255);
      held &= (1 << bits) - 1;
    }
  }
  return Uint8Array.from(bytes);
}

/** The number of the step that an instant lies in. */
export function totpStep(at: Date): number {
  return Math.floor(at.getTime() / 1000 / totpFigures.stepSeconds);
}

/** The code of one step: HMAC-SHA-1 and dynamic truncation (RFC 4226, 5.3; RFC 6238, 4.2). */
export async function totpCode(secret: Bytes, step: number, digits: number = totpFigures.digits) {
  const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-1" }, false, ["sign"]);
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(step));
  const mac = new DataView(await crypto.subtle.sign("HMAC", key, counter.buffer));
  const number = mac.getUint32(mac.getUint8(19) & 15) & 0x7fff_ffff;
  return String(number % 10 ** digits).padStart(digits, "0");
}

/** The step whose code this is, of the present one and its neighbours; undefined if it is none of theirs. */
export async function matchTotp(secret: Bytes, code: string, at: Date): Promise<number | undefined> {
  const present = totpStep(at);
  let matched: number | undefined;
  for (let step = present - totpFigures.window; step <= present + totpFigures.window; step++) {
    if (equalInConstantTime(await totpCode(secret, step), code)) matched ??= step;
  }
  return matched;
}

/** What an authenticator app reads from a QR code (Key Uri Format of Google Authenticator). */
export function otpauthUri(options: { issuer: string; account: string; secret: string }): string {
  const { issuer, account, secret } = options;
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  const { digits, stepSeconds } = totpFigures;
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}&algorithm=SHA1&digits=${digits}&period=${stepSeconds}`;
}
