import { z } from "zod";
import { LegalBasis } from "../core/citation.ts";
import { AppError } from "../core/error.ts";
import shipped from "./data/clock-rules.json" with { type: "json" };
import { daysBetween, isDate, shiftDays, withWeekday } from "./date.ts";
import { type Calendar, type CountedDate, covers, type Interval } from "./working-days.ts";

export const clockUnits = ["workingDay", "day", "month", "year"] as const;
export type ClockUnit = (typeof clockUnits)[number];

export const clockKinds = ["statutory", "service"] as const;
export type ClockKind = (typeof clockKinds)[number];

const IsoDay = z.string().refine(isDate, "写成 YYYY-MM-DD，且当天存在");

/** A way to lengthen a period, once, by leave of `approver`. */
export const ClockExtension = z
  .object({
    id: z.string().regex(/^[a-z][a-zA-Z]*$/),
    amount: z.int().positive(),
    unit: z.enum(clockUnits),
    approver: z.string().min(1),
  })
  .readonly();
export type ClockExtension = z.infer<typeof ClockExtension>;

/** One limit of time, in one version of its text (API.md, "deadlines"). */
export const ClockRule = z
  .object({
    id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
    title: z.string().min(1),
    /** `statutory` rests on `basis`; `service` is the service's own promise and has none. */
    kind: z.enum(clockKinds),
    /** A reportType of the contract, or 全部. */
    matter: z.string().min(1),
    unit: z.enum(clockUnits),
    amount: z.int().positive(),
    direction: z.enum(["after", "before"]),
    /** Whether an end on a day of rest moves to a working day: the next one, or for `before` the one earlier. A ceiling (行政强制法 25) does not move. */
    roll: z.boolean(),
    basis: LegalBasis.nullable(),
    /** The legal event the period runs from (or, for `before`, up to). */
    startEvent: z.string().regex(/^[a-z]+(_[a-z]+)*$/),
    step: z.string(),
    owner: z.string(),
    endEvents: z.array(z.string()).readonly(),
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

/** Rules with their source; ids are unique, a new version of a text is a rule of its own. */
export const ClockRulePack = z
  .object({ source: z.string(), checkedOn: IsoDay, rules: z.array(ClockRule).readonly() })
  .readonly()
  .superRefine(({ rules }, context) => {
    const ids = rules.map(({ id }) => id);
    for (const id of new Set(ids.filter((id, index) => ids.indexOf(id) !== index))) {
      context.addIssue(`规则编号重复：${id}`);
    }
  });
export type ClockRulePack = z.infer<typeof ClockRulePack>;

/** The rules that come with the product. */
export const shippedClockRules: readonly ClockRule[] = ClockRulePack.parse(shipped).rules;

/** Whether the rule applies to a period that starts on `date`. */
export function isInForce(rule: ClockRule, date: string): boolean {
  return rule.validFrom <= date && (rule.validTo === null || date <= rule.validTo);
}

/** What a particular case adds to the rule. */
export type ClockOptions = {
  /** Intervals that do not count, both ends included. */
  excluded?: readonly Interval[];
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
 * start); others run on from its end. Rolling comes last, once.
 *
 * @throws {AppError} `rule_not_in_force` if the rule does not apply to that start; `invalid_request`
 * for a date that does not exist, an interval that ends before it begins, or an unknown extension.
 */
export function dueDate(
  rule: ClockRule,
  startedOn: string,
  { excluded = [], extensions = [] }: ClockOptions,
  calendar: Calendar,
): DueDate {
  assertInput(startedOn, excluded);
  if (!isInForce(rule, startedOn)) {
    throw new AppError(
      "rule_not_in_force",
      `“${rule.title}”适用于 ${rule.validFrom} 起${rule.validTo === null ? "" : `至 ${rule.validTo} `}开始的期限，${startedOn} 不在其内。`,
    );
  }
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
    parts.push(sign === 1 ? calendar.rollForward(end) : calendar.rollBackward(end));
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
  const step = amount < 0 ? -1 : 1;
  let left = Math.abs(daysBetween(from, plain.date));
  let current = from;
  let passed = 0;
  while (left > 0) {
    current = shiftDays(current, step);
    if (covers(excluded, current)) passed += 1;
    else left -= 1;
  }
  if (passed === 0) return plain;
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
