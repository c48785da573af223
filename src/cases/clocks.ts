import {
  type ClockRule,
  type DueDate,
  dueDate,
  isInForce,
  shippedClockRules,
  unitName,
} from "../calendar/clock-rule.ts";
import { shiftDays } from "../calendar/date.ts";
import type { Calendar, Interval } from "../calendar/working-days.ts";
import type { LegalBasis } from "../core/citation.ts";
import { dateInShanghai } from "../core/clock.ts";
import type { CaseEvent, Due } from "./case.ts";
import { type SimplifiedName, simplifiedNames, simplifiedRules } from "./fast-lane.ts";
import type { EventData } from "./lifecycle.ts";
import { type Track, tracks } from "./track.ts";

/** A limit of time in a case: what started it, when it ends, and whether it was kept. */
export type CaseClock = {
  step: string;
  title: string;
  owner: ClockRule["owner"];
  kind: ClockRule["kind"];
  startedOn: string;
  /** The number of the event that started it. */
  startSeq: number;
  /** The day that each rule of the step gives. */
  reckoned: { ruleId: string; dueOn: string }[];
  /** The earliest day of the rules in force, and the latest; undefined while the clock is stopped. */
  dueOn: string | undefined;
  outerLimit: string | undefined;
  provisional: boolean;
  /** Whether a text was read for it; what is known second hand only is shown and drives no date. */
  confirmed: boolean;
  /** The rule that gives `dueOn`. */
  ruleId: string;
  basis: LegalBasis[];
  /** The reckoning in Chinese, one sentence a step. */
  steps: string[];
  excluded: Interval[];
  extensions: string[];
  /** `running`, `paused` (something that does not count is going on), `met` on `metOn`, or `lapsed` with the case. */
  state: "running" | "paused" | "met" | "lapsed";
  metOn: string | undefined;
};

/** Something that the law attaches a limit to, on the day it happened. */
export type LegalEvent = { name: string; on: string; seq: number };

/** What of a case bears on its clocks. */
export type ClockSubject = { track: Track; matter: string };

const decisionReceived: Partial<Record<Track, string>> = { ruling: "ruling_received" };

/** The legal events that an event of the case amounts to. Clocks start from these, not from messages. */
export function legalEventsOf(event: CaseEvent, subject: ClockSubject): LegalEvent[] {
  const said =
    event.kind === "received" ? event.data.receivedOn : "on" in event.data ? event.data.on : undefined;
  const on = typeof said === "string" ? said : dateInShanghai(event.at);
  const told = namesOf(event, subject).map((name) => ({ name, on, seq: event.seq }));
  if (event.kind !== "hearing_scheduled") return told;
  // The period runs backwards from the hearing to the day of its notice (令81 26; 行政处罚法 64).
  const notified = ["hearing_notified", "penalty_hearing_notified"];
  return [...told, ...notified.map((name) => ({ name, on: event.data.notifiedOn, seq: event.seq }))];
}

function namesOf(event: CaseEvent, { track, matter }: ClockSubject): string[] {
  switch (event.kind) {
    case "received":
      if (event.data.origin === "discovered" && matter === "假冒专利") return ["counterfeit_discovered"];
      // An anonymous complaint starts nothing: the complainant cannot be told (消费者权益保护法 46).
      if (track === "complaint" && !event.data.anonymous) return ["report_received", "complaint_received"];
      if (track === "aid") return ["report_received", "aid_requested"];
      if (track === "opinion") return ["report_received", "opinion_requested"];
      return ["report_received"];
    case "petition_received":
      return [track === "mediation" ? "mediation_request_received" : "petition_received"];
    case "supplement_received":
      // The request counts as received once it is complete (令81 16, 20).
      if (track === "ruling") return ["supplement_received", "petition_received"];
      return track === "mediation"
        ? ["supplement_received", "mediation_request_received"]
        : ["supplement_received"];
    case "supplement_requested":
      return ["supplement_requested"];
    case "served":
      switch (event.data.document) {
        case "copy":
          return event.data.to === "respondent" ? ["copy_received"] : [];
        case "decision":
          return ["decision_served", decisionReceived[track] ?? "decision_received"];
        case "platform_notice":
          return ["platform_notified"];
        case "defence":
          return ["defence_forwarded"];
        case "hearing_notice":
          return ["hearing_notified"];
        case "acceptance_notice":
        case "refusal_notice":
          return ["reporter_notified"];
        case "penalty_notice":
          return ["penalty_informed"];
        default:
          return [];
      }
    case "consent_received":
      // A refusal is an opinion, too, and asks for another answer (令81 66).
      return [event.data.consents ? "consent_received" : "statement_made"];
    case "mediation_ended":
      return ["mediation_ended"];
    case "agreement_reached":
      return ["agreement_reached", "mediation_ended"];
    case "hearing_scheduled":
      return ["hearing_scheduled"];
    case "measure_taken":
      return [event.data.measure === "seizure" ? "seized" : "preserved"];
    case "measure_ended":
      return [event.data.measure === "seizure" ? "seizure_decided" : "preservation_decided"];
    case "handed_over":
      return ["transferred"];
    case "dismissed":
      return ["dismissed", "closed"];
    case "petition_withdrawn":
      return ["withdrawn", "closed"];
    case "transfer_proposed":
    case "routed":
    case "linked":
    case "assigned":
    case "petition_awaited":
      return [];
    case "reopened":
      return [];
    default:
      return [event.kind];
  }
}

/** What ends a case or its handling, as legal events: undone where the case is taken up again. */
const endings: ReadonlySet<string> = new Set([
  "declined",
  "decided",
  "dismissed",
  "withdrawn",
  "closed",
  "transferred",
  "agreement_reached",
  "mediation_ended",
]);

/** Which names a rule's exclusions go by. */
const suspension = "中止";
const objection = "管辖异议";

/** The days that do not count, by what they are for. Open where it still goes on. */
function pausesOf(
  events: readonly CaseEvent[],
  subject: ClockSubject,
): { kind: string; from: string; to: string | undefined }[] {
  const pauses: { kind: string; from: string; to: string | undefined }[] = [];
  const begin = (kind: string, on: string) => pauses.push({ kind, from: shiftDays(on, 1), to: undefined });
  const end = (kind: string, on: string) => {
    const open = pauses.find((pause) => pause.kind === kind && pause.to === undefined);
    if (open !== undefined) open.to = on;
  };
  for (const event of events) {
    const day = dateInShanghai(event.at);
    switch (event.kind) {
      case "suspended":
        begin(suspension, day);
        break;
      case "resumed":
        end(suspension, day);
        break;
      case "objection_received":
        begin(objection, event.data.on);
        break;
      case "objection_decided":
        end(objection, event.data.on);
        break;
      case "pause_started":
        begin(event.data.kind, event.data.on);
        break;
      case "pause_ended":
        end(event.data.kind, event.data.on);
        break;
      default:
        if (endsCase(event, subject)) for (const { kind } of pauses) end(kind, day);
    }
  }
  return pauses;
}

const endKinds: ReadonlySet<string> = new Set([
  "closed",
  "dismissed",
  "withdrawn",
  "petition_withdrawn",
  "declined",
]);

/** Whether the case is over with this event; failed mediation of a ruling only leads to its decision (令81 35). */
const endsCase = (event: CaseEvent, { track }: ClockSubject) =>
  endKinds.has(event.kind) || (event.kind === "mediation_ended" && track !== "ruling");

/** What starts a limit that an office must keep even when the case is over: telling, serving, publishing, having it enforced. */
const outlastsCase: ReadonlySet<string> = new Set(["decided", "declined", "performance_due"]);

/** The events that stand for a complete request: receipt counts anew once the missing papers are here (令81 16, 20). */
const restarted: ReadonlySet<string> = new Set(["petition_received", "mediation_request_received"]);

function waitsForMaterial(events: readonly CaseEvent[]): boolean {
  const last = events.findLast(
    ({ kind }) => kind === "supplement_requested" || kind === "supplement_received",
  );
  return last?.kind === "supplement_requested";
}

/** How many reckonings are kept: some weeks of all rules. */
const maxPlain = 5_000;

/** What the city asked for when it took a case under supervision: a report by a day that it named. */
const supervision: RuleInWords = {
  id: "supervision-report",
  title: "督办反馈",
  kind: "service",
  basis: null,
  endEvents: ["progress_reported"],
};

/** What of a rule is told of the date that it gave. */
export type RuleInWords = Pick<ClockRule, "id" | "title" | "kind" | "basis" | "endEvents">;

const rulesInWords = new Map<string, RuleInWords>(
  [...shippedClockRules, ...simplifiedNames.flatMap(simplifiedRules), supervision].map((rule) => [
    rule.id,
    rule,
  ]),
);

/** The rule behind a date, also a promise of a simplified track or what a supervision asks for. */
export const ruleOf = (id: string): RuleInWords | undefined => rulesInWords.get(id);

export type CaseClocks = ReturnType<typeof createCaseClocks>;

/** Reckons the clocks of cases from their events, the rules and the calendar. Nothing of it is stored but the date it leads to. */
export function createCaseClocks({ rules, calendar }: { rules: readonly ClockRule[]; calendar: Calendar }) {
  const known = new Map<string, readonly ClockRule[][]>();

  /** The rules that concern a case, those of one step together. */
  function stepsFor(
    { track, matter }: ClockSubject,
    simplified: SimplifiedName | null,
  ): readonly ClockRule[][] {
    const key = `${track}|${matter}|${simplified}`;
    let steps = known.get(key);
    if (steps === undefined) {
      const matters = new Set([
        ...tracks[track].clockMatters,
        track === "lead" ? "" : matter,
        "管辖争议",
        "全部",
      ]);
      const byStep = new Map<string, ClockRule[]>();
      const promised = simplified === null ? [] : simplifiedRules(simplified);
      for (const rule of [...rules, ...promised]) {
        if (matters.has(rule.matter)) byStep.set(rule.step, [...(byStep.get(rule.step) ?? []), rule]);
      }
      steps = [...byStep.values()];
      known.set(key, steps);
    }
    return steps;
  }

  /** Reckonings without pauses and extensions, by rule and day: each day's filings ask for the same few. */
  const plain = new Map<string, DueDate>();
  function plainOr(rule: ClockRule, on: string, excluded: Interval[], extensions: string[]): DueDate {
    if (excluded.length > 0 || extensions.length > 0) {
      return dueDate(rule, on, { excluded, extensions }, calendar);
    }
    const key = `${rule.id}|${on}`;
    let known = plain.get(key);
    if (known === undefined) {
      if (plain.size >= maxPlain) plain.clear();
      known = dueDate(rule, on, {}, calendar);
      plain.set(key, known);
    }
    return known;
  }

  function reckon(
    rule: ClockRule,
    start: LegalEvent,
    events: readonly CaseEvent[],
    pauses: ReturnType<typeof pausesOf>,
  ) {
    const extensions = events.flatMap((event) =>
      event.kind === "extended" && event.seq > start.seq && event.data.ruleId === rule.id
        ? [event.data.extension]
        : [],
    );
    const own = pauses.filter(({ kind, to }) => rule.excluded.includes(kind) && (to ?? "9") >= start.on);
    const excluded = own.flatMap(({ from, to }) => (to === undefined || to < from ? [] : [{ from, to }]));
    const open = own.some(({ to }) => to === undefined);
    const { dueOn, provisional, steps } = plainOr(rule, start.on, excluded, extensions);
    return { rule, dueOn, provisional, steps, excluded, extensions, open };
  }

  /** From what a family of rules runs: the last event that starts it, or the day the case was taken up again. */
  function startOf(
    family: readonly ClockRule[],
    legal: readonly LegalEvent[],
    reopened: CaseEvent | undefined,
  ): LegalEvent | undefined {
    const names = new Set<string>(family.map((rule) => rule.startEvent));
    if (reopened === undefined) return legal.findLast(({ name }) => names.has(name));
    const isUndone = ({ name, seq }: LegalEvent) => seq < reopened.seq && endings.has(name);
    const start = legal.findLast((event) => names.has(event.name) && !isUndone(event));
    if (start === undefined || start.seq > reopened.seq || family[0]?.owner !== "office") return start;
    const goals = new Set<string>(family.flatMap((rule) => rule.endEvents));
    const met = legal.find(({ name, seq }) => seq >= start.seq && goals.has(name) && name !== start.name);
    // What an ending did counts no more: the office's time runs anew from the day it takes the case up again.
    return met === undefined || isUndone(met)
      ? { name: start.name, on: dateInShanghai(reopened.at), seq: reopened.seq }
      : start;
  }

  function clockOf(
    subject: ClockSubject,
    family: readonly ClockRule[],
    events: readonly CaseEvent[],
    { legal, reopened }: { legal: readonly LegalEvent[]; reopened: CaseEvent | undefined },
    pauses: ReturnType<typeof pausesOf>,
  ): CaseClock | undefined {
    const start = startOf(family, legal, reopened);
    if (start === undefined) return undefined;
    const standing = family.filter((rule) => rule.startEvent === start.name && isInForce(rule, start.on));
    // What nobody has read in the text is shown, but drives no date while something better is at hand.
    const read = standing.filter((rule) => rule.confidence === "high");
    const inForce = read.length > 0 ? read : standing;
    const reckoned = inForce.map((rule) => reckon(rule, start, events, pauses));
    const byDate = reckoned.toSorted((a, b) => (a.dueOn < b.dueOn ? -1 : a.dueOn > b.dueOn ? 1 : 0));
    const first = byDate[0];
    const outer = byDate.at(-1);
    if (first === undefined || outer === undefined) return undefined;
    const ends = new Set<string>(inForce.flatMap((rule) => rule.endEvents));
    const met = legal.find(({ name, seq }) => seq >= start.seq && ends.has(name) && name !== start.name);
    const over = events.findLast((event) => event.kind === "reopened" || endsCase(event, subject));
    const lapsed =
      over !== undefined &&
      over.kind !== "reopened" &&
      over.seq >= start.seq &&
      first.rule.owner === "office" &&
      !outlastsCase.has(start.name);
    const waits = restarted.has(start.name) && waitsForMaterial(events);
    const state = met !== undefined ? "met" : lapsed ? "lapsed" : first.open || waits ? "paused" : "running";
    const { rule } = first;
    return {
      step: rule.step,
      title: rule.title,
      owner: rule.owner,
      kind: rule.kind,
      startedOn: start.on,
      startSeq: start.seq,
      reckoned: reckoned.map((one) => ({ ruleId: one.rule.id, dueOn: one.dueOn })),
      dueOn: state === "paused" ? undefined : first.dueOn,
      outerLimit: state === "paused" ? undefined : outer.dueOn,
      provisional: reckoned.some(({ provisional }) => provisional),
      confirmed: read.length > 0,
      ruleId: rule.id,
      basis: reckoned.flatMap((one) => (one.rule.basis === null ? [] : [one.rule.basis])),
      steps: first.steps,
      excluded: first.excluded,
      extensions: first.extensions,
      state,
      metOn: met?.on,
    };
  }

  /** Every clock that the events started, in the order of the days they end on; stopped ones last. */
  function clocksOf(subject: ClockSubject, events: readonly CaseEvent[]): CaseClock[] {
    const back = events.findLast(({ kind }) => kind === "handover_returned")?.seq ?? 0;
    const legal = events
      .filter(({ kind, seq }) => kind !== "handed_over" || seq > back)
      .flatMap((event) => legalEventsOf(event, subject));
    const reopened = events.findLast(({ kind }) => kind === "reopened");
    const pauses = pausesOf(events, subject);
    const [first] = events;
    // Who has no name cannot be told (令20 31; 令121 31).
    const anonymous = first?.kind === "received" && first.data.anonymous;
    const reckoned = stepsFor(subject, first?.kind === "received" ? first.data.simplified : null)
      .filter(
        (family) => !anonymous || !family.every(({ endEvents }) => endEvents.join() === "reporter_notified"),
      )
      .flatMap((family) => clockOf(subject, family, events, { legal, reopened }, pauses) ?? []);
    return [...reckoned, ...supervisionClocks(subject, events)].toSorted((a, b) =>
      (a.dueOn ?? "9") < (b.dueOn ?? "9") ? -1 : 1,
    );
  }

  function supervisionClocks(subject: ClockSubject, events: readonly CaseEvent[]): CaseClock[] {
    const asked = events.findLast((event) => event.kind === "supervised");
    if (asked === undefined) return [];
    const { seq, at, data } = asked;
    const met = events.find((event) => event.kind === "progress_reported" && event.seq > seq);
    const over = events.some((event) => event.seq > seq && endsCase(event, subject));
    const { id, title, kind } = supervision;
    return [
      {
        step: id,
        title,
        owner: "office",
        kind,
        startedOn: dateInShanghai(at),
        startSeq: seq,
        reckoned: [{ ruleId: id, dueOn: data.reportBy }],
        dueOn: data.reportBy,
        outerLimit: data.reportBy,
        provisional: false,
        confirmed: true,
        ruleId: id,
        basis: [],
        steps: [`督办要求 ${data.reportBy} 前反馈。`],
        excluded: [],
        extensions: [],
        state: met !== undefined ? "met" : over ? "lapsed" : "running",
        metOn: met === undefined ? undefined : dateInShanghai(met.at),
      },
    ];
  }

  /** Whether something in a case file can meet the limit; the end of a publication, say, only passes. */
  const canBeMet = ({ ruleId }: CaseClock) =>
    !rules.some((rule) => rule.id === ruleId && rule.endEvents.length === 0);

  return {
    clocksOf,

    /**
     * The day by which the office must act next: the earliest statutory one, else our own promise. Null where
     * nothing runs: the case is stopped, has ended, or waits for somebody else.
     */
    dueOf(subject: ClockSubject, events: readonly CaseEvent[]): Due | null {
      const running = clocksOf(subject, events).filter(
        (clock) =>
          clock.owner === "office" && clock.state === "running" && clock.confirmed && canBeMet(clock),
      );
      const next = running.find((clock) => clock.kind === "statutory") ?? running[0];
      if (next?.dueOn === undefined || next.outerLimit === undefined) return null;
      const { dueOn, outerLimit, kind, step, ruleId, provisional } = next;
      return { on: dueOn, outerLimit, kind, step, ruleId, provisional };
    },

    /** The extension that a running clock of the case may have, told as a sentence if there is none. */
    extensionProblem(
      subject: ClockSubject,
      events: readonly CaseEvent[],
      { ruleId, extension, documentNo }: EventData<"extended">,
      today: string,
    ): string | undefined {
      const rule = rules.find(({ id }) => id === ruleId);
      const clock = clocksOf(subject, events).find(({ step }) => step === rule?.step);
      if (rule === undefined || clock === undefined) return "案件没有这个期限。";
      if (clock.state === "met" || clock.state === "lapsed") return "这个期限已经结束，不能再延长。";
      const found = rule.extensions.find(({ id }) => id === extension);
      if (found === undefined) return `“${rule.title}”没有这种延长。`;
      const granted = events.flatMap((event) =>
        event.kind === "extended" && event.seq > clock.startSeq && event.data.ruleId === ruleId
          ? [event.data.extension]
          : [],
      );
      if (granted.includes(extension)) {
        return `这种延长已经用过了（${found.amount} ${unitName(found.unit)}）。`;
      }
      const { dueOn } = clock.reckoned.find((one) => one.ruleId === ruleId) ?? {};
      if (clock.state === "running" && dueOn !== undefined && dueOn < today) {
        return `期限 ${dueOn} 已经过了，不能事后延长。`;
      }
      // Each extension presupposes the one before it (令81 37).
      const before = rule.extensions.slice(0, rule.extensions.indexOf(found));
      const lacking = before.find(({ id }) => !granted.includes(id));
      if (lacking !== undefined) return `要先批准前一次延长（${lacking.amount} ${unitName(lacking.unit)}）。`;
      if (found.approvedBy === "superior" && documentNo === undefined) {
        return "这次延长要由上一级批准，请在 documentNo 里填批准文号。";
      }
      return undefined;
    },
  };
}
