import { z } from "zod";
import { type ClockRule, dueDate } from "../calendar/clock-rule.ts";
import type { Calendar } from "../calendar/working-days.ts";
import { dateInShanghai } from "../core/clock.ts";
import type { Due } from "./case.ts";
import shipped from "./data/matter-clocks.json" with { type: "json" };

const MatterClocks = z.object({
  source: z.string(),
  date: z.iso.date(),
  /** The rule of our own promise, where no law sets a date. */
  promise: z.string(),
  matters: z.record(
    z.string(),
    z.strictObject({
      /** The statutory rule that a report starts by itself. */
      onFiling: z.string().optional(),
      /** The rule that a signed 请求书 starts; without one the report is a registration. */
      petition: z.string().optional(),
      /** Whether `onFiling` needs a named complainant (消费者权益保护法 46: the complainant is told). */
      realNameOnly: z.boolean().optional(),
    }),
  ),
});

/** What of a report bears on its first date. */
export type FreshReport = {
  matter: string;
  anonymous: boolean;
  /** Told by somebody whose right it is not: a lead for the office, which no 请求书 will follow (专利条例 35; 令81 12). */
  lead: boolean;
};

/** The dates that a case carries, reckoned from the rules and the calendar. */
export type DueDates = ReturnType<typeof createDueDates>;

/**
 * The first dates of cases.
 *
 * @throws {Error} at once if the data names a rule that the pack does not have.
 */
export function createDueDates({ rules, calendar }: { rules: readonly ClockRule[]; calendar: Calendar }) {
  const clocks = MatterClocks.parse(shipped);
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const ruleOf = (id: string): ClockRule => {
    const rule = byId.get(id);
    if (rule === undefined) throw new Error(`No clock rule ${id}.`);
    return rule;
  };
  for (const { onFiling, petition } of Object.values(clocks.matters)) {
    for (const id of [onFiling, petition]) if (id !== undefined) ruleOf(id);
  }
  ruleOf(clocks.promise);

  function reckon(ruleId: string, startedAt: Date): Due {
    const rule = ruleOf(ruleId);
    const { dueOn, provisional } = dueDate(rule, dateInShanghai(startedAt), {}, calendar);
    return { on: dueOn, kind: rule.kind, ruleId, provisional };
  }

  return {
    /** The first date of a report filed at `at`, and whether the case waits for a signed 请求书. */
    onFiling({ matter, anonymous, lead }: FreshReport, at: Date): { due: Due; awaitsPetition: boolean } {
      const clock = clocks.matters[matter];
      const statutory = clock?.realNameOnly === true && anonymous ? undefined : clock?.onFiling;
      return {
        due: reckon(statutory ?? clocks.promise, at),
        awaitsPetition: clock?.petition !== undefined && !lead && !anonymous,
      };
    },

    /** The date that the receipt of a signed 请求书 starts. */
    onPetition: (matter: string, at: Date): Due =>
      reckon(clocks.matters[matter]?.petition ?? clocks.promise, at),

    /** The same date reckoned anew, for a calendar that has been published since. */
    again: (due: Due, startedAt: Date): Due => reckon(due.ruleId, startedAt),
  };
}
