import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type ClockOptions,
  ClockRule,
  ClockRulePack,
  dueDate,
  isInForce,
  limitsOf,
  shippedClockRules,
} from "./clock-rule.ts";
import { createCalendar, shippedHolidays } from "./working-days.ts";

const calendar = createCalendar(shippedHolidays);

function aRule(overrides: Partial<ClockRule> = {}): ClockRule {
  return ClockRule.parse({
    id: "close-ruling",
    step: "close-ruling",
    title: "结案",
    kind: "statutory",
    matter: "专利侵权",
    owner: "office",
    unit: "month",
    amount: 3,
    direction: "after",
    roll: true,
    basis: { law: "专利纠纷行政裁决和调解办法", article: "第三十七条" },
    startEvent: "accepted",
    endEvents: ["decided"],
    extensions: [
      { id: "head", amount: 1, unit: "month", approver: "部门负责人", approvedBy: "head" },
      { id: "days", amount: 15, unit: "day", approver: "部门负责人", approvedBy: "head" },
    ],
    excluded: ["中止", "公告"],
    validFrom: "2025-02-01",
    validTo: null,
    confidence: "high",
    ...overrides,
  });
}

const due = (rule: ClockRule, startedOn: string, options: ClockOptions = {}) =>
  dueDate(rule, startedOn, options, calendar);
const shipped = (id: string) => {
  const rule = shippedClockRules.find((candidate) => candidate.id === id);
  if (rule === undefined) throw new Error(`no rule ${id}`);
  return rule;
};

describe("the shipped rules", () => {
  test.each([
    ["counterfeit-filing-reported-hebei", 10, "河北省专利条例", "第三十一条"],
    ["counterfeit-filing-reported", 10, "专利行政执法办法", "第二十八条"],
    ["counterfeit-filing-discovered-hebei", 5, "河北省专利条例", "第三十一条"],
    ["counterfeit-filing-discovered", 5, "专利行政执法办法", "第二十八条"],
    ["infringement-petition-filing", 5, "专利纠纷行政裁决和调解办法", "第二十条"],
    ["infringement-petition-filing-hebei", 5, "河北省专利条例", "第二十六条"],
    ["mediation-request-sending", 5, "专利纠纷行政裁决和调解办法", "第六十五条"],
    ["consumer-complaint-handling", 7, "消费者权益保护法", "第四十六条"],
    ["consumer-complaint-acceptance-hebei", 7, "河北省消费者权益保护条例", "第五十五条"],
  ])("%s: %i working days by 《%s》%s", (id, amount, law, article) => {
    const rule = shipped(id);
    expect(rule).toMatchObject({ kind: "statutory", unit: "workingDay", amount, basis: { law, article } });
    expect(due(rule, "2026-11-23").steps.at(-1)).toBe(`依据《${law}》${article}。`);
  });

  test.each<[string, ClockRule["unit"], number, string, string, string, string]>([
    ["reexamination-request", "month", 3, "专利法", "第四十一条", "2026-11-20", "2027-02-22"],
    ["reexamination-suit", "month", 3, "专利法", "第四十一条", "2026-01-05", "2026-04-07"],
    ["invalidation-suit", "month", 3, "专利法", "第四十六条", "2026-07-03", "2026-10-08"],
    ["infringement-ruling-suit", "day", 15, "专利法", "第六十五条", "2026-11-22", "2026-12-07"],
    ["substantive-examination-request", "year", 3, "专利法", "第三十五条", "2023-02-28", "2026-02-28"],
    ["priority-invention", "month", 12, "专利法", "第二十九条", "2025-12-01", "2026-12-01"],
    ["novelty-grace-filing", "month", 6, "专利法", "第二十四条", "2026-04-03", "2026-10-03"],
    ["restoration-after-notice", "month", 2, "专利法实施细则", "第六条", "2026-08-31", "2026-11-02"],
    ["amendment-invention", "month", 3, "专利法实施细则", "第五十七条", "2026-06-30", "2026-09-30"],
    ["grant-registration", "month", 2, "专利法实施细则", "第六十条", "2026-08-07", "2026-10-08"],
    ["filing-fee-filed", "month", 2, "专利法实施细则", "第一百一十二条", "2025-12-31", "2026-02-28"],
    ["filing-fee-accepted", "day", 15, "专利法实施细则", "第一百一十二条", "2026-11-20", "2026-12-07"],
    ["annual-fee-late", "month", 6, "专利法实施细则", "第一百一十五条", "2026-05-08", "2026-11-09"],
    ["ruling-defence", "day", 15, "专利纠纷行政裁决和调解办法", "第二十二条", "2026-11-20", "2026-12-07"],
    ["platform-counter-notice", "day", 15, "电子商务法", "第四十三条", "2026-11-01", "2026-11-16"],
    ["penalty-hearing-request", "workingDay", 5, "行政处罚法", "第六十四条", "2026-02-12", "2026-02-26"],
    ["administrative-suit", "month", 6, "行政诉讼法", "第四十六条", "2026-04-01", "2026-10-08"],
  ])("%s: %s × %i by 《%s》%s, from %s to %s", (id, unit, amount, law, article, startedOn, dueOn) => {
    expect(shipped(id)).toMatchObject({ kind: "statutory", unit, amount, basis: { law, article } });
    expect(due(shipped(id), startedOn).dueOn).toBe(dueOn);
  });

  test("a year is twelve months", () => {
    expect(due(aRule({ unit: "year", amount: 1, roll: false, extensions: [] }), "2028-02-29").dueOn).toBe(
      "2029-02-28",
    );
  });

  test("the first contact is our promise and rests on no article", () => {
    const result = due(shipped("service-first-contact"), "2026-11-22");
    expect(result).toMatchObject({ dueOn: "2026-11-27", basis: null });
    expect(result.steps.at(-1)).toContain("不是法定期限");
  });

  test("the petition rule of 令81 can be extended by five working days, the Hebei one cannot", () => {
    expect(
      due(shipped("infringement-petition-filing"), "2026-11-23", { extensions: ["complex"] }).dueOn,
    ).toBe("2026-12-07");
    expect(() =>
      due(shipped("infringement-petition-filing-hebei"), "2026-11-23", { extensions: ["complex"] }),
    ).toThrow(expect.objectContaining({ code: "invalid_request" }));
  });

  test("a report of 2026-12-20 gets a provisional date", () => {
    expect(due(shipped("counterfeit-filing-reported"), "2026-12-20")).toMatchObject({
      dueOn: "2027-01-04",
      provisional: true,
      published: false,
      reason: expect.stringContaining("2027年"),
    });
  });

  test("令81 does not apply before 2025-02-01", () => {
    expect(() => due(shipped("infringement-petition-filing"), "2025-01-31")).toThrow(
      expect.objectContaining({ code: "rule_not_in_force" }),
    );
    expect(due(shipped("infringement-petition-filing"), "2025-02-01").dueOn).toBe("2025-02-10");
  });

  test("refuse a service rule with a basis, a statutory one without, and an id used twice", () => {
    const { basis: _, ...rest } = aRule();
    expect(ClockRule.safeParse({ ...rest, basis: null }).success).toBe(false);
    expect(ClockRule.safeParse({ ...aRule(), kind: "service" }).success).toBe(false);
    expect(
      ClockRulePack.safeParse({ source: "x", checkedOn: "2026-11-23", rules: [aRule(), aRule()] }).success,
    ).toBe(false);
  });
});

describe("a pack", () => {
  const pack = (rules: unknown[]) => ClockRulePack.safeParse({ source: "x", checkedOn: "2026-11-23", rules });

  test("refuses rules of one step that differ in who acts, from what event, or which way", () => {
    const second = aRule({ id: "close-ruling-hebei" });
    expect(pack([aRule(), second]).success).toBe(true);
    expect(pack([aRule(), { ...second, owner: "court" }]).success).toBe(false);
    expect(pack([aRule(), { ...second, startEvent: "petition_received" }]).success).toBe(false);
    expect(pack([aRule(), { ...second, direction: "before" }]).success).toBe(false);
  });

  test("refuses an owner, an end event and an approval that nobody knows", () => {
    expect(pack([{ ...aRule(), owner: "somebody" }]).success).toBe(false);
    expect(pack([{ ...aRule(), endEvents: ["ended_somehow"] }]).success).toBe(false);
    const [extension] = aRule().extensions;
    expect(pack([{ ...aRule(), extensions: [{ ...extension, approvedBy: "nobody" }] }]).success).toBe(false);
  });
});

describe("limitsOf", () => {
  const limits = (step: string, startedOn: string, options: ClockOptions = {}) =>
    limitsOf(step, startedOn, options, shippedClockRules, calendar);
  const ids = (step: string, startedOn: string) =>
    limits(step, startedOn)
      .reckonings.map(({ rule }) => rule.id)
      .sort();

  test("gives the earlier day of 令81 and the Hebei rules as due, the later as the outer limit", () => {
    expect(limits("ruling-acceptance", "2026-11-23")).toMatchObject({
      dueOn: "2026-11-30",
      outerLimit: "2026-11-30",
      provisional: false,
    });
    expect(limits("ruling-acceptance", "2026-11-23", { extensions: ["complex"] })).toMatchObject({
      dueOn: "2026-11-30",
      outerLimit: "2026-12-07",
      reckonings: [
        { dueOn: "2026-11-30", rule: { id: "infringement-petition-filing-hebei" } },
        { dueOn: "2026-12-07", rule: { id: "infringement-petition-filing" } },
      ],
    });
    expect(limits("ruling-close", "2026-03-02", { extensions: ["complex", "special"] })).toMatchObject({
      dueOn: "2026-07-02",
      outerLimit: "2026-09-02",
    });
  });

  test("counts a pause for those rules only that name its kind", () => {
    const from = "2026-04-01";
    const settlement = { from, to: "2026-04-10", kind: "和解" };
    expect(limits("ruling-close", "2026-03-02", { excluded: [settlement] })).toMatchObject({
      dueOn: "2026-06-02",
      outerLimit: "2026-06-12",
    });
    expect(
      limits("ruling-close", "2026-03-02", { excluded: [{ ...settlement, kind: "中止" }] }),
    ).toMatchObject({ dueOn: "2026-06-12", outerLimit: "2026-06-12" });
  });

  test("holds the month of 专利行政执法办法 beside the ninety days of the Penalties Act", () => {
    expect(limits("counterfeit-close", "2026-03-02")).toMatchObject({
      dueOn: "2026-04-02",
      outerLimit: "2026-06-01",
    });
    expect(limits("counterfeit-close", "2026-03-02", { extensions: ["complex"] }).dueOn).toBe("2026-04-17");
  });

  test("keeps evidence for seven days, of the calendar by one text and worked by the other", () => {
    expect(limits("counterfeit-preservation", "2026-11-23")).toMatchObject({
      dueOn: "2026-11-30",
      outerLimit: "2026-12-02",
    });
  });

  test("does not move the end of a seizure off a day of rest", () => {
    expect(limits("seizure", "2026-09-03")).toMatchObject({ dueOn: "2026-10-03", outerLimit: "2026-10-03" });
    expect(limits("seizure", "2026-09-03", { extensions: ["complex"] }).dueOn).toBe("2026-11-02");
  });

  test("tells the day before a hearing by which the parties must know", () => {
    expect(limits("ruling-hearing-notice", "2026-10-12").dueOn).toBe("2026-10-08");
    expect(limits("penalty-hearing-notice", "2026-10-12").dueOn).toBe("2026-09-24");
  });

  test("changes the pack of disputes between 2025-01-31 and 2025-02-01", () => {
    for (const step of ["ruling-acceptance", "ruling-copy-service", "ruling-defence", "ruling-close"]) {
      const [before, after] = ["2025-01-31", "2025-02-01"].map((day) =>
        limits(step, day).reckonings.map(({ basis }) => basis?.law),
      );
      expect(before).toContain("专利行政执法办法");
      expect(before).not.toContain("专利纠纷行政裁决和调解办法");
      expect(after).toContain("专利纠纷行政裁决和调解办法");
      expect(after).not.toContain("专利行政执法办法");
    }
    expect(ids("mediation-opinion", "2025-01-31")).toEqual(["mediation-opinion-2015"]);
    expect(ids("mediation-opinion", "2025-02-01")).toEqual(["mediation-opinion"]);
    expect(ids("counterfeit-filing", "2025-02-01")).toEqual(ids("counterfeit-filing", "2025-01-31"));
  });

  test("changes the pack of complaints between 2026-04-14 and 2026-04-15", () => {
    expect(ids("complaint-mediation", "2026-04-14")).toEqual([
      "complaint-mediation-20",
      "complaint-mediation-hebei",
    ]);
    expect(ids("complaint-mediation", "2026-04-15")).toEqual([
      "complaint-mediation",
      "complaint-mediation-hebei",
    ]);
    expect(ids("reporter-notice", "2026-04-14")).toEqual(["reporter-notice-20"]);
    expect(ids("reporter-notice", "2026-04-15")).toEqual(["reporter-notice"]);
    expect(limits("complaint-mediation", "2026-03-02")).toMatchObject({
      dueOn: "2026-05-06",
      outerLimit: "2026-05-08",
    });
  });

  test("leaves no step of the two switches without a rule on the other side, but those without a text", () => {
    const lost = (last: string, next: string) =>
      [
        ...new Set(shippedClockRules.filter(({ validTo }) => validTo === last).map(({ step }) => step)),
      ].filter((step) => !shippedClockRules.some((rule) => rule.step === step && isInForce(rule, next)));
    expect(lost("2025-01-31", "2025-02-01")).toEqual([]);
    // 令121 is known second hand, and nothing is known of its limit for this notice.
    expect(lost("2026-04-14", "2026-04-15")).toEqual(["complaint-mediation-end-notice"]);
  });

  test("says that a day may move if one of its days may", () => {
    expect(limits("counterfeit-close", "2026-11-23")).toMatchObject({
      dueOn: "2026-12-23",
      provisional: true,
    });
  });

  test.each<[string, string, string, ClockOptions, string]>([
    ["a start before every rule", "ruling-objection-decision", "2025-01-31", {}, "rule_not_in_force"],
    ["a start after the last rule", "complaint-mediation-end-notice", "2026-04-15", {}, "rule_not_in_force"],
    ["a step that is not there", "no-such-step", "2026-04-15", {}, "rule_not_in_force"],
    [
      "an extension that only a rule not in force has",
      "lead-check-found",
      "2020-06-01",
      { extensions: ["special"] },
      "invalid_request",
    ],
    ["a day that does not exist", "ruling-close", "2026-02-30", {}, "invalid_request"],
  ])("refuses %s", (_, step, startedOn, options, code) => {
    expect(() => limits(step, startedOn, options)).toThrow(expect.objectContaining({ code }));
  });
});

describe("dueDate", () => {
  test("rolls a month's end on a day of rest to the next working day", () => {
    expect(due(aRule(), "2026-07-03").dueOn).toBe("2026-10-08");
    expect(due(aRule({ roll: false }), "2026-07-03").dueOn).toBe("2026-10-03");
  });

  test("takes the last day of a shorter month", () => {
    expect(due(aRule({ roll: false }), "2025-11-30").dueOn).toBe("2026-02-28");
  });

  test("an extension in the same unit lengthens the period from its start", () => {
    expect(due(aRule({ roll: false }), "2025-11-30", { extensions: ["head"] }).dueOn).toBe("2026-03-30");
    expect(due(aRule({ roll: false }), "2025-11-30", { extensions: ["head", "head"] }).dueOn).toBe(
      "2026-03-30",
    );
  });

  test("an extension in another unit runs on from the end", () => {
    expect(due(aRule({ roll: false, amount: 1 }), "2026-03-31", { extensions: ["days"] }).dueOn).toBe(
      "2026-05-15",
    );
  });

  test("excluded days lengthen the period one for one, those the lengthening runs into too", () => {
    const rule = aRule({ roll: false });
    const pause = { from: "2026-05-01", to: "2026-06-09" };
    expect(due(rule, "2026-03-16", { excluded: [pause] }).dueOn).toBe("2026-07-26");
    expect(
      due(rule, "2026-03-16", { excluded: [pause, { from: "2026-07-20", to: "2026-07-21" }] }).dueOn,
    ).toBe("2026-07-28");
    expect(due(rule, "2026-03-16", { excluded: [pause, pause] }).dueOn).toBe("2026-07-26");
    expect(due(rule, "2026-03-16", { excluded: [{ from: "2026-08-01", to: "2026-08-09" }] }).dueOn).toBe(
      "2026-06-16",
    );
  });

  test("does not end on a day that does not count", () => {
    const rule = aRule({ unit: "day", amount: 15, roll: true });
    expect(due(rule, "2026-06-05").dueOn).toBe("2026-06-22");
    const result = due(rule, "2026-06-05", { excluded: [{ from: "2026-06-22", to: "2026-07-31" }] });
    expect(result.dueOn).toBe("2026-08-03");
    expect(result.steps).toContain(
      "2026-06-20（星期六）是端午节放假，顺延到下一个工作日 2026-08-03（星期一）。",
    );
  });

  test("counts backward, and rolls to the working day before", () => {
    const notice = aRule({ unit: "workingDay", amount: 3, direction: "before", extensions: [] });
    expect(due(notice, "2026-10-12").dueOn).toBe("2026-10-08");
    expect(due({ ...notice, unit: "day", amount: 5 }, "2026-10-09").dueOn).toBe("2026-09-30");
  });

  test("a day or month rule is provisional only where it looks at an unpublished year", () => {
    expect(due(aRule(), "2026-10-15")).toMatchObject({
      dueOn: "2027-01-15",
      provisional: true,
      published: false,
    });
    expect(due(aRule({ roll: false }), "2026-10-15")).toMatchObject({
      dueOn: "2027-01-15",
      provisional: false,
    });
    expect(due(aRule({ unit: "day", amount: 15 }), "2026-11-23")).toMatchObject({
      dueOn: "2026-12-08",
      provisional: false,
    });
  });

  test("says the reason once", () => {
    const { steps, reason } = due(shipped("counterfeit-filing-reported"), "2026-12-20");
    expect(steps.filter((step) => step === reason)).toHaveLength(1);
  });

  test.each<[string, string, ClockOptions]>([
    ["a date that does not exist", "2026-02-30", {}],
    [
      "an interval that ends before it begins",
      "2026-11-23",
      { excluded: [{ from: "2026-12-02", to: "2026-12-01" }] },
    ],
    ["an interval of ages", "2026-11-23", { excluded: [{ from: "2026-12-02", to: "2999-12-01" }] }],
    ["an unknown extension", "2026-11-23", { extensions: ["forever"] }],
  ])("refuses %s", (_, startedOn, options) => {
    expect(() => due(aRule(), startedOn, options)).toThrow(
      expect.objectContaining({ code: "invalid_request" }),
    );
  });

  test("agrees with an independent count over generated timelines with pauses", () => {
    const offset = (days: number) =>
      new Date(Date.UTC(2025, 1, 1) + days * 86_400_000).toISOString().slice(0, 10);
    const pause = fc
      .tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 20 }))
      .map(([from, length]) => ({ from: offset(from), to: offset(from + length) }));
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 400 }),
        fc.constantFrom("workingDay", "day"),
        fc.integer({ min: 1, max: 30 }),
        fc.array(pause, { maxLength: 3 }),
        (start, unit, amount, excluded) => {
          let day = start;
          for (let counted = 0; counted < amount; ) {
            day += 1;
            const date = offset(day);
            if (excluded.some(({ from, to }) => from <= date && date <= to)) continue;
            if (unit === "day" || calendar.isWorkingDay(date)) counted += 1;
          }
          const passes = (date: string) =>
            !calendar.isWorkingDay(date) || excluded.some(({ from, to }) => from <= date && date <= to);
          while (passes(offset(day))) day += 1;
          const rule = aRule({ unit: unit as "workingDay" | "day", amount });
          expect(due(rule, offset(start), { excluded }).dueOn).toBe(offset(day));
        },
      ),
      { numRuns: 300 },
    );
  });
});
