import { z } from "zod";
import { type ClockRule, dueDate, isInForce } from "../calendar/clock-rule.ts";
import { shiftDays } from "../calendar/date.ts";
import type { Calendar } from "../calendar/working-days.ts";
import type { LegalBasis } from "../core/citation.ts";
import { AppError, type FieldError } from "../core/error.ts";
import { fill } from "../text/fill.ts";
import shipped from "./data/opinion-request.json" with { type: "json" };

const reasonNames = [
  "not_warned",
  "not_written",
  "before_rule",
  "withdrawn",
  "acted",
  "acted_later",
  "waiting_received",
  "waiting_sent",
  "passed_received",
  "passed_sent",
  "tell_received",
] as const;
export type OpinionReason = (typeof reasonNames)[number];

const data = z
  .strictObject({
    source: z.string(),
    date: z.iso.date(),
    materials: z.array(
      z.strictObject({ code: z.string(), title: z.string(), why: z.string().endsWith("。") }),
    ),
    reasons: z.record(z.enum(reasonNames), z.string().endsWith("。")),
  })
  .parse(shipped);

/** What happened between the two, each as `YYYY-MM-DD`. Absent: it did not, or is not known. */
export type WarningDates = {
  /** When the warning came. */
  warnedOn?: string | undefined;
  /** When the person sent the owner a written demand to petition or sue, or wrote that they do not infringe. */
  sentOn?: string | undefined;
  /** When the owner received it. */
  receivedOn?: string | undefined;
  /** When the owner took the warning back. */
  withdrawnOn?: string | undefined;
  /** When the owner petitioned an office or sued. */
  actedOn?: string | undefined;
};

/** Whether a warned person may ask the office for an opinion now. */
export type OpinionReadiness = {
  ready: boolean;
  /** The first day on which they may; null where no period runs, or the owner acted in time. */
  readyOn: string | null;
  /** Whether `readyOn` reaches into a year whose working days are not published yet. */
  provisional: boolean;
  reasons: { code: OpinionReason; text: string }[];
  materials: readonly { code: string; title: string; why: string }[];
  basis: LegalBasis;
  /** The reckoning of `readyOn`, one sentence a step. */
  steps: string[];
};

/** The article that all of this rests on. */
export const opinionBasis: LegalBasis = { law: "专利纠纷行政裁决和调解办法", article: "第十三条" };

/**
 * Whether a warned person may ask for an opinion on infringement (令81 13): the owner neither took the warning back
 * nor petitioned nor sued within one month of receiving, or two months of the sending of, the written demand or the
 * written view that there is no infringement. Either period will do, so the earlier end counts. Both run whole: the
 * person may ask from the day after.
 *
 * @param rules The clock rules `ruling-warning-received` and `ruling-warning-sent`.
 * @param today `YYYY-MM-DD`.
 * @throws {AppError} `invalid_request` for days that are out of order or yet to come.
 */
export function opinionReadiness(
  dates: WarningDates,
  {
    rules,
    calendar,
    today,
  }: { rules: { received: ClockRule; sent: ClockRule }; calendar: Calendar; today: string },
): OpinionReadiness {
  requireOrder(dates, today);
  const { warnedOn, sentOn, receivedOn, withdrawnOn, actedOn } = dates;
  const told = (code: OpinionReason, words: Record<string, string> = {}) => ({
    code,
    text: fill(data.reasons[code], words),
  });
  const answer = (
    reasons: OpinionReadiness["reasons"],
    more: Partial<Pick<OpinionReadiness, "ready" | "readyOn" | "provisional" | "steps">> = {},
  ): OpinionReadiness => ({
    ready: false,
    readyOn: null,
    provisional: false,
    steps: [],
    ...more,
    reasons,
    materials: data.materials,
    basis: opinionBasis,
  });
  if (warnedOn === undefined) return answer([told("not_warned")]);
  if (sentOn === undefined && receivedOn === undefined) return answer([told("not_written")]);

  const periods = (["received", "sent"] as const).flatMap((name) => {
    const from = name === "received" ? receivedOn : sentOn;
    const rule = rules[name];
    if (from === undefined || !isInForce(rule, from)) return [];
    return [{ name, from, ...dueDate(rule, from, {}, calendar) }];
  });
  const first = periods.toSorted((a, b) => (a.dueOn < b.dueOn ? -1 : 1))[0];
  if (first === undefined) return answer([told("before_rule", { validFrom: rules.sent.validFrom })]);
  const { dueOn, provisional, steps, name, from } = first;
  const ran = { readyOn: shiftDays(dueOn, 1), provisional, steps };
  const hint = receivedOn === undefined ? [told("tell_received")] : [];

  // Whatever the owner did while the period ran answers the demand; taking the warning back always does.
  if (withdrawnOn !== undefined) return answer([told("withdrawn", { on: withdrawnOn })]);
  if (actedOn !== undefined && actedOn <= dueOn) return answer([told("acted", { on: actedOn })]);
  if (today <= dueOn) return answer([told(`waiting_${name}`, { from, dueOn }), ...hint], ran);
  const later = actedOn === undefined ? [] : [told("acted_later", { on: actedOn })];
  return answer([told(`passed_${name}`, { from, dueOn }), ...later], { ready: true, ...ran });
}

function requireOrder(dates: WarningDates, today: string): void {
  const { warnedOn, sentOn, receivedOn, withdrawnOn } = dates;
  const errors: FieldError[] = Object.entries(dates).flatMap(([name, on]) =>
    on !== undefined && on > today ? [{ pointer: `/${name}`, detail: `不晚于今天（${today}）。` }] : [],
  );
  const before = (
    earlier: string | undefined,
    later: string | undefined,
    pointer: string,
    detail: string,
  ) => {
    if (earlier !== undefined && later !== undefined && later < earlier) errors.push({ pointer, detail });
  };
  before(warnedOn, sentOn, "/sentOn", "书面回应不早于收到警告的日子。");
  before(sentOn ?? warnedOn, receivedOn, "/receivedOn", "收到不早于寄出和警告的日子。");
  before(warnedOn, withdrawnOn, "/withdrawnOn", "撤回不早于警告的日子。");
  if (errors.length > 0) throw new AppError("invalid_request", "日期的先后对不上，请核对。", { errors });
}
