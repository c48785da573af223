import { describe, expect, test } from "vitest";
import { shippedClockRules } from "../calendar/clock-rule.ts";
import { createCalendar, shippedHolidays } from "../calendar/working-days.ts";
import { opinionReadiness, type WarningDates } from "./opinion-request.ts";

const calendar = createCalendar(shippedHolidays);
const ruleOf = (id: string) => {
  const found = shippedClockRules.find((rule) => rule.id === id);
  if (found === undefined) throw new Error(id);
  return found;
};
const rules = { received: ruleOf("ruling-warning-received"), sent: ruleOf("ruling-warning-sent") };
const check = (dates: WarningDates, today = "2026-11-23") =>
  opinionReadiness(dates, { rules, calendar, today });
const codes = (dates: WarningDates, today?: string) => check(dates, today).reasons.map(({ code }) => code);

describe("a warned person may ask for an opinion", () => {
  test.each([
    // One month from the receipt; 2026-11-23 is a Monday.
    [
      "the day after a month from the receipt",
      { sentOn: "2026-10-20", receivedOn: "2026-10-22" },
      true,
      "2026-11-24",
      "2026-11-24",
    ],
    [
      "not on the month's last day, put off by a Sunday",
      { sentOn: "2026-10-20", receivedOn: "2026-10-22" },
      false,
      "2026-11-24",
      "2026-11-23",
    ],
    [
      "the day after two months from the sending where no receipt is known",
      { sentOn: "2026-09-22" },
      true,
      "2026-11-24",
      "2026-11-24",
    ],
    [
      "by the earlier of the two periods",
      { sentOn: "2026-09-22", receivedOn: "2026-11-20" },
      true,
      "2026-11-24",
      "2026-11-24",
    ],
    [
      "not before either is over",
      { sentOn: "2026-11-02", receivedOn: "2026-11-05" },
      false,
      "2026-12-08",
      "2026-11-23",
    ],
  ])("%s", (_, dates, ready, readyOn, today) => {
    expect(check({ warnedOn: "2026-09-01", ...dates }, today)).toMatchObject({ ready, readyOn });
  });

  test("only after a warning and an answer in writing", () => {
    expect(codes({})).toEqual(["not_warned"]);
    expect(codes({ warnedOn: "2026-01-05" })).toEqual(["not_written"]);
    expect(codes({ warnedOn: "2024-12-01", sentOn: "2025-01-31" })).toEqual(["before_rule"]);
  });

  test("not once the owner took it back, petitioned or sued in time", () => {
    const dates = { warnedOn: "2026-09-01", sentOn: "2026-09-02", receivedOn: "2026-09-07" };
    expect(check({ ...dates, withdrawnOn: "2026-09-30" })).toMatchObject({ ready: false, readyOn: null });
    expect(codes({ ...dates, withdrawnOn: "2026-09-30" })).toEqual(["withdrawn"]);
    // One month ends on 2026-10-07, a holiday: the last day is 10-08.
    expect(codes({ ...dates, actedOn: "2026-10-08" })).toEqual(["acted"]);
    const late = check({ ...dates, actedOn: "2026-10-09" });
    expect(late.ready).toBe(true);
    expect(late.reasons.map(({ code }) => code)).toEqual(["passed_received", "acted_later"]);
  });

  test("and is told each paper, the article and the reckoning", () => {
    const told = check({ warnedOn: "2026-09-01", sentOn: "2026-09-22" }, "2026-12-01");
    expect(told.basis).toEqual({ law: "专利纠纷行政裁决和调解办法", article: "第十三条" });
    expect(told.materials.map(({ code }) => code)).toContain("proof_of_sending");
    expect(told.steps.at(-1)).toContain("第十三条");
    expect(told.reasons[0]?.text).not.toContain("{");
  });
});

describe("days", () => {
  test.each([
    ["an answer before the warning", { warnedOn: "2026-09-02", sentOn: "2026-09-01" }, "/sentOn"],
    [
      "a receipt before the sending",
      { warnedOn: "2026-09-01", sentOn: "2026-09-05", receivedOn: "2026-09-04" },
      "/receivedOn",
    ],
    ["a day to come", { warnedOn: "2026-12-01" }, "/warnedOn"],
  ])("out of order are refused: %s", (_, dates, pointer) => {
    expect(() => check(dates)).toThrow(
      expect.objectContaining({ code: "invalid_request", errors: [expect.objectContaining({ pointer })] }),
    );
  });
});
