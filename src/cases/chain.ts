import { sha256 } from "../crypto/bytes.ts";
import type { CaseEvent } from "./case.ts";

/** Stands where the first event has no event before it. */
export const chainStart = "0".repeat(64);

/** JSON with members in the order of their names, so that equal data hash alike (in the spirit of RFC 8785). */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(",")}}`;
}

/** The hash of an event: SHA-256 over the hash before it and everything the event says. */
export function hashEvent(event: CaseEvent, previousHash: string): Promise<string> {
  const { caseId, seq, kind, at, actor, data } = event;
  return sha256(canonicalJson([previousHash, caseId, seq, kind, at.toISOString(), actor, data]));
}

/** The number of the first event that was changed, moved or taken out; undefined if the chain is whole. */
export async function firstBrokenLink(
  events: readonly { event: CaseEvent; previousHash: string; hash: string }[],
): Promise<number | undefined> {
  let expected = chainStart;
  for (const [index, link] of events.entries()) {
    const sound =
      link.event.seq === index + 1 &&
      link.previousHash === expected &&
      link.hash === (await hashEvent(link.event, expected));
    if (!sound) return index + 1;
    expected = link.hash;
  }
  return undefined;
}
