import { sha256 } from "../crypto/bytes.ts";
import { canonicalJson } from "../crypto/canonical-json.ts";
import type { CaseEvent } from "./case.ts";

/** Stands where the first event has no event before it. */
export const chainStart = "0".repeat(64);

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
