import { z } from "zod";
import { type CaseState, caseStateNames, closings } from "../../cases/lifecycle.ts";
import { isEffectiveFinding } from "../../cases/outcomes.ts";
import type { PublicCase } from "../../cases/public-register.ts";
import { tracks } from "../../cases/track.ts";
import shipped from "./data/states.json" with { type: "json" };

/** The statuses that mySociety's clients know beside open and closed. */
const extendedStatuses = [
  "UNCHANGED",
  "PLANNED",
  "REOPEN",
  "OPEN",
  "CLOSED",
  "FIXED",
  "IN_PROGRESS",
  "ACTION_SCHEDULED",
  "INVESTIGATING",
  "DUPLICATE",
  "NOT_COUNCILS_RESPONSIBILITY",
  "NO_FURTHER_ACTION",
  "INTERNAL_REFERRAL",
  "CANCELLED",
  "FOR_TRIAGE",
] as const;

export const isStatus = (text: string): boolean => (extendedStatuses as readonly string[]).includes(text);

const Told = z.strictObject({
  status: z.enum(["open", "closed"]),
  code: z.enum(extendedStatuses),
  description: z.string().min(1),
});
/** A state of ours as Open311 tells it: to plain clients, to those who know more codes, and in the bulk format. */
export type ToldState = z.infer<typeof Told>;

const data = z
  .strictObject({
    source: z.string(),
    date: z.iso.date(),
    states: z.record(z.enum(caseStateNames), Told),
    ofPenalty: z.partialRecord(z.enum(caseStateNames), Told),
    closings: z.record(z.enum(closings), Told),
    effectiveFinding: Told,
    duplicate: Told,
  })
  .parse(shipped);

/** What happened by closing alone: nothing was found or agreed. */
const withoutResult: ReadonlySet<string | null> = new Set(["advised", "lead_checked"]);

/** A public case's state as Open311 tells it. */
export function toldStateOf({ current, closing, duplicate }: PublicCase): ToldState {
  const { state, track } = current;
  if (state !== "closed") return ofState(state, tracks[track].penalty);
  if (duplicate && withoutResult.has(closing)) return data.duplicate;
  if (closing === "decision" && isEffectiveFinding(current)) return data.effectiveFinding;
  // Without a form it was dismissed, or its mediation ended.
  const form = closings.find((name) => name === closing) ?? "dismissed";
  return data.closings[form];
}

const ofState = (state: CaseState, penalty: boolean): ToldState =>
  (penalty ? data.ofPenalty[state] : undefined) ?? data.states[state];
