import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createCalendar, shippedHolidays } from "../calendar/working-days.ts";
import { dateInShanghai } from "../core/clock.ts";
import shipped from "./data/escalation.json" with { type: "json" };
import {
  dueRungs,
  Escalation,
  horizonOf,
  isOfficeHour,
  type LadderSubject,
  rungsFor,
  shippedEscalation,
  timeLeftLabel,
  workingDaysLeft,
} from "./escalation.ts";

const calendar = createCalendar(shippedHolidays);
const hourMs = 60 * 60 * 1000;

/** An instant by the clock in Cangzhou. */
const at = (day: string, time: string) => new Date(`${day}T${time}:00+08:00`);

const plain = (due: string, more: Partial<LadderSubject> = {}): LadderSubject => ({
  due,
  supervised: false,
  fast: false,
  ...more,
});

const days = (subject: LadderSubject, until = "2026-12-31") =>
  Object.fromEntries(rungsFor(subject, { calendar, until }).map(({ id, on }) => [id, on]));

describe("the rungs of a due day", () => {
  test("are counted in working days over 国庆 2026, with the make-up Saturday of 10-10 worked", () => {
    expect(days(plain("2026-10-09"), "2026-10-31")).toEqual({
      before_3: "2026-09-29",
      before_1: "2026-10-08",
      due_day: "2026-10-09",
      late_1: "2026-10-10",
      late_3: "2026-10-13",
      late_5: "2026-10-15",
      late_5_again_2: "2026-10-29",
    });
  });

  test("move to before a holiday while there is time, and to after it once it is late", () => {
    expect(days(plain("2026-10-04"), "2026-10-10")).toEqual({
      before_3: "2026-09-24",
      before_1: "2026-09-29",
      due_day: "2026-09-30",
      late_1: "2026-10-08",
      late_3: "2026-10-10",
    });
  });

  test.each([
    [
      "a make-up Sunday counts",
      "2026-09-21",
      "2026-09-21",
      { before_1: "2026-09-20", before_3: "2026-09-17" },
    ],
    [
      "a make-up Saturday is a day to be late on",
      "2026-05-08",
      "2026-05-12",
      { late_1: "2026-05-09", late_3: "2026-05-12" },
    ],
    [
      "a due make-up day stays",
      "2026-02-28",
      "2026-02-28",
      { due_day: "2026-02-28", before_1: "2026-02-27" },
    ],
    [
      "spring festival is passed over",
      "2026-02-24",
      "2026-03-10",
      { before_1: "2026-02-14", before_3: "2026-02-12", late_5: "2026-03-02", late_5_again_1: "2026-03-09" },
    ],
    [
      "a weekly one on a holiday waits for its end",
      "2026-09-16",
      "2026-10-08",
      { late_5: "2026-09-22", late_5_again_2: "2026-10-08" },
    ],
    [
      "until then the one before it is the latest",
      "2026-09-16",
      "2026-10-07",
      { late_5_again_1: "2026-09-29" },
    ],
  ])("%s", (_, due, until, expected) => {
    expect(days(plain(due), until)).toMatchObject(expected);
  });

  test("that would lie before a short period began come at once", () => {
    // Two working days from Wednesday; asked for on a day of rest, it is the next working day.
    expect(days(plain("2026-06-12", { startedOn: "2026-06-10" }), "2026-06-12")).toEqual({
      before_3: "2026-06-10",
      before_1: "2026-06-11",
      due_day: "2026-06-12",
    });
    expect(days(plain("2026-06-15", { startedOn: "2026-06-13" }), "2026-06-15")).toMatchObject({
      before_3: "2026-06-15",
    });
  });

  test("reach in the fast lane at each rung whom the next one reaches otherwise", () => {
    const { rungs } = shippedEscalation;
    for (const [index, { fastLane }] of rungs.slice(0, -1).entries()) {
      expect(fastLane).toEqual(rungs[index + 1]?.to);
    }
    const first = rungsFor(plain("2026-06-12", { fast: true }), { calendar, until: "2026-06-30" })[0];
    expect(first).toEqual({ id: "before_5", on: "2026-06-05", to: ["handler"] });
  });

  test("reach the city from one working day before where it supervises", () => {
    const reached = rungsFor(plain("2026-06-12", { supervised: true }), { calendar, until: "2026-06-30" })
      .filter(({ to }) => to.includes("city"))
      .map(({ id }) => id);
    expect(reached.slice(0, 3)).toEqual(["before_1", "due_day", "late_1"]);
  });

  test("lie on working days in the order of the ladder, the first within the horizon, whatever is due", () => {
    const day = fc
      .integer({ min: 0, max: 340 })
      .map((n) => dateInShanghai(new Date(Date.UTC(2026, 0, 12 + n))));
    fc.assert(
      fc.property(
        day,
        fc.boolean(),
        fc.boolean(),
        fc.option(day, { nil: undefined }),
        (due, supervised, fast, started) => {
          const startedOn = started !== undefined && started <= due ? started : undefined;
          const rungs = rungsFor({ due, startedOn, supervised, fast }, { calendar, until: "2027-01-31" });
          for (const { on } of rungs) expect(calendar.isWorkingDay(on)).toBe(true);
          expect(rungs.map(({ on }) => on)).toEqual(rungs.map(({ on }) => on).toSorted());
          expect(horizonOf(rungs[0]?.on ?? "", { calendar }) >= due).toBe(true);
        },
      ),
    );
  });
});

describe("office hours", () => {
  test.each([
    ["2026-06-10", "08:59", false],
    ["2026-06-10", "09:00", true],
    ["2026-06-10", "11:59", true],
    ["2026-06-10", "12:00", false],
    ["2026-06-10", "13:29", false],
    ["2026-06-10", "13:30", true],
    ["2026-06-10", "16:59", true],
    ["2026-06-10", "17:00", false],
    ["2026-06-10", "00:00", false],
    ["2026-06-13", "10:00", false],
    ["2026-10-01", "10:00", false],
    ["2026-10-10", "10:00", true],
    ["2026-09-20", "10:00", true],
  ])("on %s at %s: %s", (day, time, expected) => {
    expect(isOfficeHour(at(day, time), { calendar })).toBe(expected);
  });
});

describe("what is due at an instant", () => {
  const subject = (more: Partial<Parameters<typeof dueRungs>[1]> = {}) => ({
    ...plain("2026-06-12"),
    handler: "account_1",
    officeCode: "130929",
    ...more,
  });
  const told = (instant: Date, more = {}) =>
    dueRungs(instant, subject(more), { calendar }).map(
      ({ rung, recipient }) => `${rung} ${recipient.kind}:${recipient.id}`,
    );

  test("is nothing before the first rung, and nothing outside office hours", () => {
    expect(told(at("2026-06-08", "16:59"))).toEqual([]);
    expect(told(at("2026-06-09", "08:00"))).toEqual([]);
    expect(told(at("2026-06-13", "10:00"))).toEqual([]);
    expect(told(at("2026-06-09", "09:00"))).toEqual(["before_3 account:account_1"]);
  });

  test("climbs from who handles the case to the office's head and the city", () => {
    expect(told(at("2026-06-11", "09:00"))).toEqual([
      "before_1 account:account_1",
      "before_1 office_head:130929",
    ]);
    expect(told(at("2026-06-15", "09:00"))).toEqual([
      "late_1 account:account_1",
      "late_1 office_head:130929",
    ]);
    expect(told(at("2026-06-17", "09:00"))).toContain("late_3 city:city");
  });

  test("goes to the office's head where nobody handles the case, once", () => {
    expect(told(at("2026-06-09", "09:00"), { handler: null })).toEqual(["before_3 office_head:130929"]);
    expect(told(at("2026-06-11", "09:00"), { handler: null })).toEqual(["before_1 office_head:130929"]);
  });

  test("is after a stop of weeks one reminder for each, the highest", () => {
    // 06-19 is 端午: five working days late is 06-22.
    expect(told(at("2026-07-01", "09:00"))).toEqual([
      "late_5_again_1 account:account_1",
      "late_5_again_1 office_head:130929",
      "late_5_again_1 city:city",
    ]);
  });

  test("comes at no instant of the year outside 9:00–12:00 and 13:30–17:00 of a working day", () => {
    for (
      let instant = at("2026-06-01", "00:30");
      instant < at("2026-08-01", "00:00");
      instant = new Date(instant.getTime() + hourMs)
    ) {
      if (told(instant).length === 0) continue;
      const time = new Date(instant.getTime() + 8 * hourMs).toISOString().slice(11, 16);
      expect((time >= "09:00" && time < "12:00") || (time >= "13:30" && time < "17:00"), time).toBe(true);
      expect(calendar.isWorkingDay(dateInShanghai(instant))).toBe(true);
    }
  });
});

describe("the time left", () => {
  test.each([
    ["2026-10-09", "2026-09-30", 2, "还有 2 个工作日"],
    ["2026-10-09", "2026-10-09", 0, "今天到期"],
    ["2026-10-09", "2026-10-10", -1, "已超期 1 个工作日"],
    ["2026-10-09", "2026-10-12", -2, "已超期 2 个工作日"],
    ["2026-10-10", "2026-10-11", 0, "已超期"],
    ["2026-10-04", "2026-10-01", 0, "期满前没有工作日了"],
  ])("for what is due on %s is on %s: %i", (due, today, count, label) => {
    expect(workingDaysLeft(due, today, calendar)).toBe(count);
    expect(timeLeftLabel(due, today, calendar)).toBe(label);
  });
});

describe("a ladder", () => {
  const [first, ...others] = shipped.rungs;
  test.each([
    ["hours that overlap", { officeHours: [...shipped.officeHours].reverse() }],
    ["rungs out of order", { rungs: [...others, first] }],
    ["two rungs of one name", { rungs: [first, first] }],
    ["a repeated rung that is not the last", { rungs: [{ ...first, repeatDays: 7 }, ...others] }],
    ["a reminder that repeats before the due day", { rungs: [{ ...first, repeatDays: 7 }] }],
    ["a party that is none", { rungs: [{ ...first, to: ["mayor"] }] }],
    ["an hour that is none", { officeHours: [{ from: "09:00", to: "24:30" }] }],
  ])("is refused with %s", (_, change) => {
    expect(Escalation.safeParse({ ...shipped, ...change }).success).toBe(false);
  });
});
