import { z } from "zod";
import { LegalBasis } from "../core/citation.ts";
import { AppError } from "../core/error.ts";
import shipped from "./data/clock-rules.json" with { type: "json" };
import { daysBetween, isDate, shiftDays, withWeekday } from "./date.ts";
import type { Calendar, CountedDate, Interval } from "./working-days.ts";

export const clockUnits = ["workingDay", "day", "month", "year"] as const;
export type ClockUnit = (typeof clockUnits)[number];

export const clockKinds = ["statutory", "service"] as const;
export type ClockKind = (typeof clockKinds)[number];

/** Who must act before the limit. `office` is any public body but a court, `party` whoever the paper is addressed to. */
export const clockOwners = [
  "office",
  "petitioner",
  "respondent",
  "reporter",
  "applicant",
  "right_holder",
  "platform",
  "superior",
  "court",
  "party",
] as const;
export type ClockOwner = (typeof clockOwners)[number];

/** Whose leave an extension needs: the head of the office, the office above, the heads in council, or the parties. */
export const extensionApprovals = ["head", "superior", "collective", "party"] as const;
export type ExtensionApproval = (typeof extensionApprovals)[number];

/** The legal events of a case file, which start limits and meet them. A limit may also start with an event that no case file has. */
export const legalEvents = [
  "report_received",
  "counterfeit_discovered",
  "complaint_received",
  "platform_notified",
  "petition_received",
  "mediation_request_received",
  "aid_requested",
  "opinion_requested",
  "transfer_received",
  "supplement_requested",
  "supplement_received",
  "accepted",
  "declined",
  "reporter_notified",
  "officers_known",
  "panel_formed",
  "copy_received",
  "defence_received",
  "defence_forwarded",
  "objection_received",
  "objection_decided",
  "hearing_scheduled",
  "hearing_notified",
  "hearing_held",
  "suspended",
  "resumed",
  "appraisal_started",
  "appraisal_ended",
  "check_started",
  "violation_found",
  "mediation_started",
  "mediation_ended",
  "agreement_reached",
  "consent_received",
  "penalty_informed",
  "statement_made",
  "penalty_hearing_requested",
  "penalty_hearing_notified",
  "seized",
  "seizure_decided",
  "preserved",
  "preservation_decided",
  "decided",
  "ruling_received",
  "decision_received",
  "performance_due",
  "performed",
  "enforcement_applied",
  "published",
  "withdrawn",
  "dismissed",
  "transferred",
  "transfer_accepted",
  "transfer_returned",
  "dispute_raised",
  "dispute_referred",
  "dispute_settled",
  "supervised",
  "progress_reported",
  "closed",
] as const;
export type LegalEvent = (typeof legalEvents)[number];

const IsoDay = z.string().refine(isDate, "写成 YYYY-MM-DD，且当天存在");

/** A way to lengthen a period, once, by leave of `approver`. */
export const ClockExtension = z
  .object({
    id: z.string().regex(/^[a-z][a-zA-Z]*$/),
    amount: z.int().positive(),
    unit: z.enum(clockUnits),
    /** As the text names it; `approvedBy` sorts it. */
    approver: z.string().min(1),
    approvedBy: z.enum(extensionApprovals),
  })
  .readonly();
export type ClockExtension = z.infer<typeof ClockExtension>;

/** One limit of time, in one version of its text (API.md, "deadlines"). */
export const ClockRule = z
  .object({
    id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
    /** What is limited. Rules of one step that are in force on the same day stand side by side, see `limitsOf`. */
    step: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
    title: z.string().min(1),
    /** `statutory` rests on `basis`; `service` is the service's own promise and has none. */
    kind: z.enum(clockKinds),
    /** A reportType of the contract, or 全部. */
    matter: z.string().min(1),
    owner: z.enum(clockOwners),
    unit: z.enum(clockUnits),
    amount: z.int().positive(),
    direction: z.enum(["after", "before"]),
    /** Whether an end on a day of rest moves to a working day: the next one, or for `before` the one earlier. A ceiling (行政强制法 25) does not move. */
    roll: z.boolean(),
    basis: LegalBasis.nullable(),
    /** The legal event the period runs from (or, for `before`, up to). */
    startEvent: z.string().regex(/^[a-z]+(_[a-z]+)*$/),
    /** The events that meet the limit; none where a case file has no such event. */
    endEvents: z.array(z.enum(legalEvents)).readonly(),
    extensions: z.array(ClockExtension).readonly(),
    /** What does not count, as the text names it: 中止, 公告, 检验鉴定 … */
    excluded: z.array(z.string().min(1)).readonly(),
    /** First and last start day the rule applies to. */
    validFrom: IsoDay,
    validTo: IsoDay.nullable(),
    /** `high`: read in the text. `medium`: a second source. `low`: to be checked before use. */
    confidence: z.enum(["high", "medium", "low"]),
    /** The edition of the text it was read in, where that is not the one of `validFrom`, and other cautions. */
    note: z.string().optional(),
  })
  .readonly()
  .superRefine((rule, context) => {
    if ((rule.kind === "service") !== (rule.basis === null)) {
      context.addIssue(`${rule.id}：法定期限要有依据，服务承诺不能挂依据`);
    }
    if (rule.validTo !== null && rule.validTo < rule.validFrom) context.addIssue(`${rule.id}：有效期倒置`);
  })
  .meta({ id: "ClockRule" });
export type ClockRule = z.infer<typeof ClockRule>;

/** Rules with their source; ids are unique, a new version of a text is a rule of its own. Rules of a step agree on who acts, from what event, and which way. */
export const ClockRulePack = z
  .object({ source: z.string(), checkedOn: IsoDay, rules: z.array(ClockRule).readonly() })
  .readonly()
  .superRefine(({ rules }, context) => {
    const ids = rules.map(({ id }) => id);
    for (const id of new Set(ids.filter((id, index) => ids.indexOf(id) !== index))) {
      context.addIssue(`规则编号重复：${id}`);
    }
    const firstOf = new Map<string, ClockRule>();
    for (const rule of rules) {
      const first = firstOf.get(rule.step) ?? rule;
      firstOf.set(rule.step, first);
      if (
        rule.startEvent !== first.startEvent ||
        rule.direction !== first.direction ||
        rule.owner !== first.owner
      ) {
        context.addIssue(`${rule.id} 和 ${first.id} 是同一步骤，起算事件、方向和责任人要一致`);
      }
    }
  });
export type ClockRulePack = z.infer<typeof ClockRulePack>;

/** The rules that come with the product. */
export const shippedClockRules: readonly ClockRule[] = ClockRulePack.parse(shipped).rules;

/** Whether the rule applies to a period that starts on `date`. */
export function isInForce(rule: ClockRule, date: string): boolean {
  return rule.validFrom <= date && (rule.validTo === null || date <= rule.validTo);
}

/** Days that do not count. With a `kind` (中止, 鉴定 …) they count for every rule whose `excluded` does not name it. */
export type Pause = Interval & { kind?: string };

/** What a particular case adds to the rule. */
export type ClockOptions = {
  /** Both ends included. */
  excluded?: readonly Pause[];
  /** Ids of the rule's extensions that were granted. */
  extensions?: readonly string[];
};

export type DueDate = {
  dueOn: string;
  provisional: boolean;
  /** False where the calendar of a year was needed and is not published: refuse, or take `dueOn` as provisional. */
  published: boolean;
  reason?: string;
  unit: ClockUnit;
  basis: LegalBasis | null;
  steps: string[];
};

/**
 * The day a period that starts on `startedOn` ends. The start day does not count (民法典 201).
 *
 * Extensions in the rule's own unit lengthen the period itself (3 months + 1 = 4 months from the
 * start); others run on from its end. Rolling comes last, once, and never ends on a day that does not count.
 *
 * @throws {AppError} `rule_not_in_force` if the rule does not apply to that start; `invalid_request`
 * for a date that does not exist, an interval that ends before it begins, or an unknown extension.
 */
export function dueDate(
  rule: ClockRule,
  startedOn: string,
  { excluded: pauses = [], extensions = [] }: ClockOptions,
  calendar: Calendar,
): DueDate {
  assertInput(startedOn, pauses);
  if (!isInForce(rule, startedOn)) {
    throw new AppError(
      "rule_not_in_force",
      `“${rule.title}”适用于 ${rule.validFrom} 起${rule.validTo === null ? "" : `至 ${rule.validTo} `}开始的期限，${startedOn} 不在其内。`,
    );
  }
  const excluded = pauses.filter(({ kind }) => kind === undefined || rule.excluded.includes(kind));
  const granted = [...new Set(extensions)].map((id) => extensionOf(rule, id));
  const inUnit = granted.filter(({ unit }) => unit === rule.unit);
  const total = rule.amount + inUnit.reduce((sum, { amount }) => sum + amount, 0);
  const sign = rule.direction === "after" ? 1 : -1;

  const steps = inUnit.map(
    ({ amount, unit, approver }) =>
      `经${approver}批准延长 ${amount} ${unitName(unit)}，合计 ${total} ${unitName(unit)}。`,
  );
  const parts = [advance(startedOn, rule.unit, sign * total, excluded, calendar)];
  for (const { amount, unit, approver } of granted.filter((extension) => extension.unit !== rule.unit)) {
    const from = last(parts).date;
    const part = advance(from, unit, sign * amount, excluded, calendar);
    parts.push({ ...part, steps: [`经${approver}批准延长 ${amount} ${unitName(unit)}。`, ...part.steps] });
  }
  if (rule.roll) {
    const end = last(parts).date;
    parts.push(sign === 1 ? calendar.rollForward(end, excluded) : calendar.rollBackward(end, excluded));
  }

  const reason = parts.find((part) => part.provisional)?.reason;
  // A provisional part says why at the end of its own steps; once is enough.
  const told = [...steps, ...parts.flatMap((part) => part.steps.filter((step) => step !== part.reason))];
  const provisional = parts.some((part) => part.provisional);
  return {
    dueOn: last(parts).date,
    provisional,
    published: !provisional,
    ...(reason === undefined ? {} : { reason }),
    unit: rule.unit,
    basis: rule.basis,
    steps: [...told, ...(reason === undefined ? [] : [reason]), basisLine(rule)],
  };
}

/** One rule's day among those of its step. */
export type Reckoning = DueDate & { rule: ClockRule };

/** The days of a step, of which all its rules stand. */
export type Limits = {
  /** The earliest of `reckonings`. */
  dueOn: string;
  /** The latest of `reckonings`. */
  outerLimit: string;
  /** Whether any of the days may still move. */
  provisional: boolean;
  /** One for every rule in force, the earliest day first. */
  reckonings: readonly Reckoning[];
};

/**
 * The days by which a step that starts on `startedOn` is due. Rules of different texts that limit the same step both
 * stand (令81 20 beside 河北省专利条例 26): the earliest day is the due date, the latest the outer limit. An extension
 * lengthens those rules that have it.
 *
 * @throws {AppError} `rule_not_in_force` if no rule of the step applies to that start; `invalid_request` as in
 * `dueDate`, an extension being unknown if none of the rules in force has it.
 */
export function limitsOf(
  step: string,
  startedOn: string,
  { excluded = [], extensions = [] }: ClockOptions,
  rules: readonly ClockRule[],
  calendar: Calendar,
): Limits {
  assertInput(startedOn, excluded);
  const standing = rules.filter((rule) => rule.step === step && isInForce(rule, startedOn));
  const [any] = standing;
  if (any === undefined) {
    throw new AppError("rule_not_in_force", `${startedOn} 开始的“${step}”没有适用的期限规则。`);
  }
  const has = (rule: ClockRule, id: string) => rule.extensions.some((extension) => extension.id === id);
  for (const id of extensions) extensionOf(standing.find((rule) => has(rule, id)) ?? any, id);
  const reckonings = standing
    .map((rule): Reckoning => {
      const granted = extensions.filter((id) => has(rule, id));
      return { rule, ...dueDate(rule, startedOn, { excluded, extensions: granted }, calendar) };
    })
    .sort((a, b) => daysBetween(b.dueOn, a.dueOn));
  const outer = last(reckonings);
  return {
    dueOn: (reckonings[0] ?? outer).dueOn,
    outerLimit: outer.dueOn,
    provisional: reckonings.some(({ provisional }) => provisional),
    reckonings,
  };
}

/** A period of one unit from a day on. Excluded days lengthen day and month periods one for one. */
function advance(
  from: string,
  unit: ClockUnit,
  amount: number,
  excluded: readonly Interval[],
  calendar: Calendar,
): CountedDate {
  if (unit === "workingDay") return calendar.addWorkingDays(from, amount, excluded);
  const plain =
    unit === "day"
      ? calendar.addDays(from, amount)
      : calendar.addMonths(from, unit === "year" ? amount * 12 : amount);
  // Days are walked as numbers: a period may be as long as twenty years.
  const spans = excluded.map(({ from: first, to }): [number, number] => [
    daysBetween(from, first),
    daysBetween(from, to),
  ]);
  const step = amount < 0 ? -1 : 1;
  let left = Math.abs(daysBetween(from, plain.date));
  let at = 0;
  let passed = 0;
  while (left > 0) {
    at += step;
    if (spans.some(([first, end]) => first <= at && at <= end)) passed += 1;
    else left -= 1;
  }
  if (passed === 0) return plain;
  const current = shiftDays(from, at);
  return {
    ...plain,
    date: current,
    steps: [
      ...plain.steps,
      `期间有 ${passed} 日依法扣除，相应${step === 1 ? "顺延" : "提前"}到 ${withWeekday(current)}。`,
    ],
  };
}

function extensionOf(rule: ClockRule, id: string): ClockExtension {
  const found = rule.extensions.find((extension) => extension.id === id);
  if (found === undefined) {
    throw new AppError("invalid_request", `“${rule.title}”没有名为“${id}”的延长。`, {
      errors: [{ pointer: "/extensions", detail: "这条规则没有这种延长。" }],
    });
  }
  return found;
}

function assertInput(startedOn: string, excluded: readonly Interval[]): void {
  if (!isDate(startedOn)) {
    throw new AppError("invalid_request", "起算日请写成 YYYY-MM-DD。", {
      errors: [{ pointer: "/startedOn", detail: "写成 YYYY-MM-DD，且当天存在。" }],
    });
  }
  excluded.forEach(({ from, to }, index) => {
    // An upper bound, so that a request cannot make the reckoning walk for ages.
    if (isDate(from) && isDate(to) && from <= to && daysBetween(from, to) <= maxExcludedDays) return;
    throw new AppError("invalid_request", "扣除期间的起止日期不对。", {
      errors: [
        {
          pointer: `/excluded/${index}`,
          detail: "from 和 to 都写成 YYYY-MM-DD，from 不晚于 to，一段不超过十年。",
        },
      ],
    });
  });
}

const maxExcludedDays = 3660;

/** The unit as it follows a number: 3个月, 15日. */
export function unitName(unit: ClockUnit): string {
  return { workingDay: "个工作日", day: "日", month: "个月", year: "年" }[unit];
}

function basisLine({ basis, title }: ClockRule): string {
  return basis === null
    ? `这是本服务自己的承诺（${title}），不是法定期限。`
    : `依据《${basis.law}》${basis.article}。`;
}

function last<T>(items: readonly T[]): T {
  const item = items.at(-1);
  if (item === undefined) throw new RangeError("An empty list has no last item.");
  return item;
}
