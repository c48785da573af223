import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ClockOptions, ClockRule, ClockRulePack, dueDate, shippedClockRules } from "./clock-rule.ts";
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
