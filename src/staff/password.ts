import { type RandomBytes, toCrockford } from "../core/new-id.ts";

/** A one-time password that passes our own rule: 80 random bits, grouped for reading aloud. */
export function newPassword(randomBytes: RandomBytes): string {
  const text = toCrockford(randomBytes(10));
  return `${text.slice(0, 4)}-${text.slice(4, 8).toLowerCase()}-${text.slice(8, 12)}-${text.slice(12).toLowerCase()}9a`;
}
