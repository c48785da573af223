import type { CaseStep } from "../../src/cases/case.ts";
import { type GroundKind, groundsOn } from "../../src/cases/grounds.ts";
import { type CaseEventKind, lifecycle, pauseKinds } from "../../src/cases/lifecycle.ts";
import { materials } from "../../src/cases/materials.ts";
import { closingsOn, measuresOn } from "../../src/cases/outcomes.ts";
import type { Track } from "../../src/cases/track.ts";
import { dateInShanghai } from "../../src/core/clock.ts";

/** Gives a whole number from 0 to below a count. */
export type Pick = (count: number) => number;

/** Numbers below a count, one after the other from a seed (mulberry32). */
export function pickFrom(seed: number): Pick {
  let state = seed;
  return (count) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % count;
  };
}

/** One of a list. @throws {Error} if it is empty. */
export function oneOf<T>(pick: Pick, list: readonly T[]): T {
  const found = list[pick(list.length)];
  if (found === undefined) throw new Error("There is nothing to pick from.");
  return found;
}

/** What of a case decides what its steps may be told. */
export type WalkSubject = {
  track: Track;
  /** `YYYY-MM-DD`: the text of the law that applies. */
  receivedOn: string;
  /** Cases that it may be linked with. */
  others?: readonly string[];
  /** The rules of the clocks that run in it. */
  ruleIds?: readonly string[];
  /** What stops its closing period now. */
  pauses?: readonly string[];
};

const offices = ["130900", "130927", "130929", "130921"];
const dayMs = 24 * 60 * 60 * 1000;

/** Whether a step leads to another state that is not an end. */
export const movesOn = (kind: CaseEventKind) =>
  lifecycle[kind].to !== "stay" && !/withdrawn|declined|closed|dismissed/.test(kind);

/** A step of a kind with something sensible to tell: codes are such as the law knows on the track, days are those of `at`. */
export function stepFor(kind: CaseEventKind, at: Date, pick: Pick, subject: WalkSubject): CaseStep {
  // The data is made for this very kind.
  return { kind, data: dataFor(kind, at, pick, subject) } as CaseStep;
}

function dataFor(kind: CaseEventKind, at: Date, pick: Pick, subject: WalkSubject): unknown {
  const {
    track,
    receivedOn: asOf,
    others = ["case_other"],
    ruleIds = ["ruling-close"],
    pauses = [],
  } = subject;
  const on = dateInShanghai(at);
  const later = (days: number) => dateInShanghai(new Date(at.getTime() + days * dayMs));
  const office = oneOf(pick, offices);
  // Where the law knows none on this track, anything stands in for it: the step is then refused.
  const codeOf = (list: readonly { code: string }[]) => (list.length === 0 ? "none" : oneOf(pick, list).code);
  const ground = (of: GroundKind) => codeOf(groundsOn({ track, kind: of, asOf }));
  const papers = materials.filter(({ tracks }) => tracks.includes(track));
  switch (kind) {
    case "received":
      return {};
    case "routed":
      return { office, basis: [] };
    case "linked":
      return { caseId: oneOf(pick, others), relation: oneOf(pick, ["related", "duplicate", "mixed"]) };
    case "petition_received":
      return { on, papers: [codeOf(papers)], claims: [1 + pick(9)] };
    case "supplement_received":
      return { on, items: [codeOf(papers)] };
    case "supplement_requested":
      return { items: [codeOf(papers)], respondBy: later(15) };
    case "declined":
      return { ground: ground("decline") };
    case "dismissed":
      return { ground: ground("dismiss") };
    case "suspended":
      // A penalty case stops on what stops any procedure (令81 28), of which the grounds of its track know nothing.
      return { ground: track === "penalty" ? "force_majeure" : ground("suspend") };
    case "mediation_ended":
      return { ground: ground("end_mediation"), on };
    case "reporter_notified":
      return { of: oneOf(pick, lifecycle.reporter_notified.data.shape.of.options), on };
    case "assigned":
      return { handler: "account_1" };
    case "panel_formed":
      return { members: 3 };
    case "served":
      return {
        document: oneOf(pick, ["copy", "decision", "defence", "acceptance_notice", "refusal_notice"]),
        to: "respondent",
        method: oneOf(pick, lifecycle.served.data.shape.method.options),
        on,
      };
    case "respondent_filed":
      return { kind: "defence", texts: 1, files: 0 };
    case "objection_decided":
      return { upheld: pick(2) === 0, on };
    case "consent_received":
      return { consents: pick(4) > 0, on };
    case "hearing_scheduled":
      return { on: later(pick(15)), notifiedOn: on };
    case "hearing_held":
      return { on, absent: "none" };
    case "pause_ended": {
      const open = pauseKinds.filter((one) => pauses.includes(one));
      return { kind: oneOf(pick, open.length > 0 ? open : pauseKinds), on };
    }
    case "pause_started":
      return { kind: oneOf(pick, pauseKinds), on };
    case "extended":
      return {
        ruleId: oneOf(pick, ruleIds),
        extension: oneOf(pick, ["complex", "complex", "special"]),
      };
    case "mediation_started":
      return { mediator: oneOf(pick, ["administrative", "industry", "people"]) };
    case "measure_taken":
    case "measure_ended":
      return { measure: oneOf(pick, ["seizure", "preservation"]), on };
    case "penalty_informed":
      return { on, hearingRight: true };
    case "decided": {
      const ordered = measuresOn(track);
      return {
        outcome: codeOf(closingsOn(track, asOf).filter(({ by }) => by === "decision")),
        measures: ordered.length === 0 ? [] : [codeOf(ordered)],
      };
    }
    case "performed":
      return { full: true, on };
    case "performance_due":
      return { on: later(pick(30)) };
    case "enforcement_applied":
      return { by: "office", on };
    case "transfer_proposed":
    case "dispute_raised":
      return { office, reason: ground("return") };
    case "dispute_settled":
      return { office, on };
    case "transfer_returned":
    case "handover_returned":
      return { reason: ground("return") };
    case "handed_over":
      return { authority: "province" };
    case "supervised":
      return { reportBy: later(10) };
    case "closed":
      return { form: oneOf(pick, lifecycle.closed.data.shape.form.options), on };
    case "reopened":
      return { ground: oneOf(pick, lifecycle.reopened.data.shape.ground.options) };
    case "rated":
      return { score: 1 + pick(5) };
    case "identity_revealed":
      return { purpose: "contact" };
    case "identity_erased":
      return { reason: "requested" };
    case "legal_hold_set":
      return { category: oneOf(pick, lifecycle.legal_hold_set.data.shape.category.options) };
    case "petition_submitted":
    case "supplemented":
      return { texts: 1, files: 0 };
    default:
      return "on" in lifecycle[kind].data.shape ? { on } : {};
  }
}
