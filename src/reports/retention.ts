import { z } from "zod";
import { dateInShanghai } from "../core/clock.ts";
import shipped from "./data/retention.json" with { type: "json" };

const RuleId = z.enum([
  "conversation",
  "idempotent-answer",
  "unclaimed-evidence",
  "identity",
  "case-file-decided",
  "case-file-other",
  "audit-log",
]);
export type RetentionRuleId = z.infer<typeof RuleId>;

const RetentionRule = z.strictObject({
  id: RuleId,
  what: z.string(),
  keep: z.strictObject({ unit: z.enum(["hour", "day", "year"]), amount: z.int().positive() }),
  /** `year_after_closing`: the years count from 1 January after the case closed, as archives count them. */
  from: z.enum(["last_use", "closing", "year_after_closing"]),
  /** Whether it may be kept longer, but not shorter. */
  minimum: z.boolean().optional(),
  basis: z.array(z.string()).min(1),
  note: z.string().optional(),
  /** Whether the figure was checked against an official text; else nothing is erased by it until the operator confirms. */
  verified: z.boolean(),
});
export type RetentionRule = z.infer<typeof RetentionRule>;

const Schedule = z.strictObject({
  source: z.string(),
  date: z.iso.date(),
  rules: z.array(RetentionRule),
  /** Tracks whose proceedings need to know who asked (个人信息保护法 47: what it is kept for is not reached yet). */
  identityNeeded: z.array(
    z.strictObject({
      track: z.string(),
      reason: z.string(),
      basis: z.array(z.string()).min(1),
    }),
  ),
});

/** The retention schedule that is shipped. */
export const retentionSchedule = Schedule.parse(shipped);

const rules = new Map(retentionSchedule.rules.map((rule) => [rule.id, rule]));

/** A rule of the schedule. @throws {Error} if the data lacks it. */
export function retentionRule(id: RetentionRuleId): RetentionRule {
  const rule = rules.get(id);
  if (rule === undefined) throw new Error(`No retention rule ${id}.`);
  return rule;
}

const hourMs = 60 * 60 * 1000;
const unitMs = { hour: hourMs, day: 24 * hourMs } as const;

/** How long a rule of hours or days keeps, in milliseconds. @throws {Error} for one of years: they differ in length. */
export function retentionMs(id: RetentionRuleId): number {
  const { unit, amount } = retentionRule(id).keep;
  if (unit === "year") throw new Error(`The rule ${id} counts years.`);
  return amount * unitMs[unit];
}

/** The instant from which on a rule lets go of what its time began for at `start`. Years are those of Asia/Shanghai. */
export function eraseAfter(id: RetentionRuleId, start: Date): Date {
  const { keep, from } = retentionRule(id);
  if (keep.unit !== "year") return new Date(start.getTime() + retentionMs(id));
  const date = dateInShanghai(start);
  const year = Number(date.slice(0, 4)) + keep.amount;
  const end = from === "year_after_closing" ? `${year + 1}-01-01` : `${year}${date.slice(4)}`;
  return new Date(`${end}T00:00:00+08:00`);
}

/** How a case ended, as far as its file's time goes. */
export type CaseOutcome = "decided" | "other";

/** The rule of the file of a case that ended so. */
export const caseFileRule = (outcome: CaseOutcome): RetentionRuleId =>
  outcome === "decided" ? "case-file-decided" : "case-file-other";

/** The rules of case files. */
export const caseFileRules = ["case-file-decided", "case-file-other"] as const;

/** Why the open proceedings of a track need the name of who asked; undefined where they do not. */
export const identityNeededFor = (track: string): string | undefined =>
  retentionSchedule.identityNeeded.find((need) => need.track === track)?.reason;

/**
 * The kinds of things that are erased one by one: who filed, what they wrote, their files, and the keyed hash by
 * which their channel recognises them.
 */
export const erasedKinds = ["identity", "content", "evidence", "sender"] as const;
export type ErasedKind = (typeof erasedKinds)[number];

/** Why something was erased: the person asked, or a rule's time was over. */
export type ErasureRule = "deletion-request" | RetentionRuleId;

/** Why nothing of a report may be erased, as the person is told. The reason itself stays sealed. */
export const holdCategories = {
  litigation: "正在行政复议或者诉讼",
  investigation: "正在调查，材料需要保全",
  crime_referral: "已移送公安机关或者检察机关",
  audit: "正在接受监督检查",
} as const;
export type HoldCategory = keyof typeof holdCategories;
export const holdCategoryNames = Object.keys(holdCategories) as [HoldCategory, ...HoldCategory[]];

/** The longest that a person may have their own identity kept after asking, in days: three years. */
export const maxKeepDays = 3 * 365;
