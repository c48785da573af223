import { z } from "zod";
import { AppError } from "../core/error.ts";
import { simplifiedNames } from "./fast-lane.ts";
import {
  type CaseEventKind,
  type CaseState,
  caseEventKinds,
  caseStateNames,
  caseStates,
  type EventData,
  type Facts,
  lifecycle,
} from "./lifecycle.ts";
import { type Track, trackNames } from "./track.ts";

/** The day by which the office must act next, and on what it rests. */
export const Due = z.strictObject({
  /** The earliest day that a rule in force sets. */
  on: z.iso.date(),
  /** The latest, where two rules in force differ. */
  outerLimit: z.iso.date(),
  /** `statutory`: a law sets it; `service`: our own promise. */
  kind: z.enum(["statutory", "service"]),
  /** The step it limits, and the rule that gives `on`. */
  step: z.string(),
  ruleId: z.string(),
  /** Whether it reaches into a year whose working days are not published yet. */
  provisional: z.boolean(),
});
export type Due = z.infer<typeof Due>;

type EventOf<K extends CaseEventKind> = {
  caseId: string;
  /** From 1, without gaps. */
  seq: number;
  kind: K;
  at: Date;
  /** `public`, `system`, or the id of a staff account. */
  actor: string;
  data: EventData<K>;
  /** The date that stands after this event; null where the office has none to keep. */
  due: Due | null;
  /** SHA-256 of the sealed note that was written with it. */
  noteHash: string | null;
};

/** One thing that happened to a case. */
export type CaseEvent = { [K in CaseEventKind]: EventOf<K> }[CaseEventKind];

/** A step that is to become an event: without its number, its instant and the date it leads to. */
export type CaseStep = { [K in CaseEventKind]: { kind: K; data: EventData<K> } }[CaseEventKind];

/** What later steps depend on and no filter asks for: one column of the row. */
const CaseFacts = z.strictObject({
  petitionHeld: z.boolean(),
  taken: z.boolean(),
  supplementAsked: z.boolean(),
  copyServed: z.boolean(),
  informed: z.boolean(),
  consent: z.boolean().nullable(),
  outside: z.boolean(),
  cameFrom: z.string().nullable(),
  pauses: z.array(z.string()),
  /** The states to which `back` leads, the innermost last. */
  before: z.array(z.enum(caseStateNames)),
  anonymous: z.boolean(),
  fastLane: z.array(z.string()),
  simplified: z.enum(simplifiedNames).nullable(),
  workOrderOf: z.string().nullable(),
  origin: z.enum(["reported", "discovered"]),
  /** The day it came in: it decides which text of the law applies. */
  receivedOn: z.iso.date(),
  outcome: z.string().nullable(),
  /** Why it was refused or dismissed. */
  ground: z.string().nullable(),
  /** The papers that were asked for, and until when. */
  supplement: z.strictObject({ items: z.array(z.string()), respondBy: z.iso.date() }).nullable(),
  held: z.boolean(),
});

/** Where a case stands: what its events amount to. */
export const CaseProjection = z.strictObject({
  id: z.string(),
  reportId: z.string(),
  reportNo: z.string(),
  matter: z.string(),
  track: z.enum(trackNames),
  county: z.string().nullable(),
  officeCode: z.string(),
  state: z.enum(caseStateNames),
  seq: z.int(),
  due: Due.nullable(),
  /** The account that handles it. */
  handler: z.string().nullable(),
  /** The office that a proposed transfer goes to. */
  transferTo: z.string().nullable(),
  /** The office that the own office is at odds with over who handles it. */
  disputeWith: z.string().nullable(),
  supervised: z.boolean(),
  facts: CaseFacts,
  openedAt: z.date(),
  updatedAt: z.date(),
  /** When it came to its end (结案, 不予受理, 撤回); retention runs from here. */
  endedAt: z.date().nullable(),
});
export type CaseProjection = z.infer<typeof CaseProjection>;

const endStates: ReadonlySet<CaseState> = new Set(["declined", "withdrawn", "closed"]);

/** What the guards of the lifecycle look at. */
export function factsOf(current: CaseProjection, superior: boolean): Facts {
  const { track, officeCode, state, transferTo, disputeWith, facts } = current;
  return { ...facts, track, officeCode, state, transferTo, disputeWith, superior };
}

/** Why a step cannot follow now, in a sentence; undefined if it can. */
export function problemOf(current: CaseProjection, step: CaseStep, superior = false): string | undefined {
  const spec = lifecycle[step.kind];
  const from: readonly CaseState[] = spec.from;
  if (!from.includes(current.state)) {
    return `案件现在是“${caseStates[current.state]}”，不能做“${spec.title}”这一步。`;
  }
  const known: readonly Track[] | undefined = spec.tracks;
  if (known !== undefined && !known.includes(current.track)) return `这类案件没有“${spec.title}”这一步。`;
  if (current.disputeWith !== null && spec.to !== "stay" && !settlesDispute.has(step.kind)) {
    return "管辖还在协商，等确定由谁办理后再往下走。";
  }
  const facts = factsOf(current, superior);
  for (const guard of spec.guards as readonly ((facts: Facts, data: unknown) => string | undefined)[]) {
    const problem = guard(facts, step.data);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** What may be done while two offices are at odds, though it moves the case: the reporter need not wait for them. */
const settlesDispute: ReadonlySet<CaseEventKind> = new Set(["withdrawn", "petition_withdrawn"]);

/** The states from which `kind` may follow; none for the first event. */
export function statesBefore(kind: CaseEventKind): readonly CaseState[] {
  return lifecycle[kind].from;
}

/**
 * The case after one more event; `before` is undefined for the first.
 *
 * @throws {AppError} `invalid_transition` if the lifecycle has no such step, `changed_meanwhile` if `seq` is not the next.
 */
export function applyEvent(before: CaseProjection | undefined, event: CaseEvent): CaseProjection {
  if (before === undefined) {
    if (event.kind !== "received" || event.seq !== 1) {
      throw new AppError("invalid_transition", "案件要先登记，才能往下办。");
    }
    return opened(event);
  }
  if (event.seq !== before.seq + 1) {
    throw new AppError("changed_meanwhile", "这个案件刚才有人动过，请刷新后再试。");
  }
  // Whether the office directs others was asked when the step was taken; the log only holds steps that were.
  const problem = event.kind === "received" ? "案件已经登记过了。" : problemOf(before, event, true);
  if (problem !== undefined) throw new AppError("invalid_transition", problem);
  const changed = changedBy(before, event);
  const moved = move(changed, before, event);
  const endedAt = endStates.has(moved.state)
    ? endStates.has(before.state)
      ? before.endedAt
      : event.at
    : null;
  return { ...moved, endedAt, due: event.due, seq: event.seq, updatedAt: event.at };
}

function opened(event: EventOf<"received">): CaseProjection {
  const {
    reportId,
    reportNo,
    matter,
    track,
    county,
    anonymous,
    fastLane,
    simplified,
    workOrderOf,
    origin,
    receivedOn,
  } = event.data;
  return {
    id: event.caseId,
    reportId,
    reportNo,
    matter,
    track,
    county,
    officeCode: "",
    state: "received",
    seq: 1,
    due: event.due,
    handler: null,
    transferTo: null,
    disputeWith: null,
    supervised: false,
    facts: {
      petitionHeld: false,
      taken: false,
      supplementAsked: false,
      copyServed: false,
      informed: false,
      consent: null,
      outside: false,
      cameFrom: null,
      pauses: [],
      before: [],
      anonymous,
      fastLane,
      simplified,
      workOrderOf,
      origin,
      receivedOn,
      outcome: null,
      ground: null,
      supplement: null,
      held: false,
    },
    openedAt: event.at,
    updatedAt: event.at,
    endedAt: null,
  };
}

/** The state that a step leads to; going aside remembers the way back. */
function move(current: CaseProjection, before: CaseProjection, event: CaseEvent): CaseProjection {
  const to = lifecycle[event.kind].to as
    | CaseState
    | "stay"
    | "back"
    | ((facts: Facts, data: unknown) => CaseState);
  const { facts } = current;
  if (to === "stay") return current;
  if (to === "back") {
    return {
      ...current,
      state: facts.before.at(-1) ?? "routed",
      facts: { ...facts, before: facts.before.slice(0, -1) },
    };
  }
  const state = typeof to === "function" ? to(factsOf(before, true), event.data) : to;
  const aside = state === "suspended" || state === "transferred" || state === "waiting_material";
  return {
    ...current,
    state,
    facts: { ...facts, before: aside ? [...facts.before, before.state] : facts.before },
  };
}

/** What each event changes beside the state. */
function changedBy(before: CaseProjection, event: CaseEvent): CaseProjection {
  const { facts } = before;
  const noted = (change: Partial<CaseProjection["facts"]>): CaseProjection => ({
    ...before,
    facts: { ...facts, ...change },
  });
  const ended = (ground: string | null) => noted({ pauses: [], before: [], supplement: null, ground });
  switch (event.kind) {
    case "routed":
      return { ...before, officeCode: event.data.office };
    case "petition_received":
      return noted({ petitionHeld: true });
    case "supplement_requested":
      return noted({ supplementAsked: true, supplement: event.data });
    case "supplement_received":
      return noted({ supplement: null });
    case "accepted":
      return noted({ taken: true });
    case "assigned":
      return { ...before, handler: event.data.handler };
    case "served":
      return event.data.document === "copy" && event.data.to === "respondent"
        ? noted({ copyServed: true })
        : before;
    case "penalty_informed":
      return noted({ informed: true });
    case "consent_received":
      return noted({ consent: event.data.consents });
    case "objection_received":
      return noted({ pauses: [...facts.pauses, "管辖异议"] });
    case "objection_decided":
      return noted({ pauses: facts.pauses.filter((kind) => kind !== "管辖异议") });
    case "pause_started":
      return noted({ pauses: [...facts.pauses, event.data.kind] });
    case "pause_ended":
      return noted({ pauses: facts.pauses.filter((kind) => kind !== event.data.kind) });
    case "decided":
      return noted({ outcome: event.data.outcome });
    case "transfer_proposed":
      return { ...before, transferTo: event.data.office };
    case "transfer_accepted":
      return {
        ...before,
        officeCode: before.transferTo ?? before.officeCode,
        transferTo: null,
        handler: null,
        facts: { ...facts, cameFrom: before.officeCode },
      };
    case "transfer_returned":
      return { ...before, transferTo: null };
    case "handed_over":
      return noted({ outside: true });
    case "handover_returned":
      return noted({ outside: false });
    case "dispute_raised":
      return { ...before, disputeWith: event.data.office };
    case "dispute_settled":
      return {
        ...before,
        officeCode: event.data.office,
        disputeWith: null,
        handler: event.data.office === before.officeCode ? before.handler : null,
      };
    case "supervised":
      return { ...before, supervised: true };
    case "legal_hold_set":
      return noted({ held: true });
    case "legal_hold_lifted":
      return noted({ held: false });
    case "withdrawn":
    case "petition_withdrawn":
      return { ...before, disputeWith: null, facts: { ...facts, pauses: [], before: [], supplement: null } };
    case "mediation_ended":
      // A ruling goes on (令81 35); elsewhere this ends the case, and why is told.
      return before.track === "ruling" ? before : ended(event.data.ground);
    case "declined":
    case "dismissed":
      return ended(event.data.ground);
    case "closed":
      return ended(facts.ground);
    case "reopened":
      return noted({ ground: null, outcome: null, outside: false });
    default:
      return before;
  }
}

/**
 * What a case's events amount to, in order from the first.
 *
 * @throws {AppError} `invalid_transition`, `changed_meanwhile` if they do not make a lawful history.
 */
export function replay(events: readonly CaseEvent[]): CaseProjection {
  const projection = events.reduce<CaseProjection | undefined>(applyEvent, undefined);
  if (projection === undefined) throw new AppError("invalid_transition", "案件没有任何记录。");
  return projection;
}

/** An event as it was stored. @throws {z.ZodError} if the data is not what its kind holds. */
export function parseEvent(row: {
  caseId: string;
  seq: number;
  kind: string;
  at: Date;
  actor: string;
  data: string;
  due: string | null;
  noteHash: string | null;
}): CaseEvent {
  const kind = z.enum(caseEventKinds).parse(row.kind);
  const data = lifecycle[kind].data.parse(JSON.parse(row.data));
  const due = row.due === null ? null : Due.parse(JSON.parse(row.due));
  const { caseId, seq, at, actor, noteHash } = row;
  // `data` was checked against the schema of this very kind.
  return { caseId, seq, kind, at, actor, data, due, noteHash } as CaseEvent;
}
