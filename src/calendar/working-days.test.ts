import chineseDays from "chinese-days";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createCalendar, HolidayTable, shippedHolidays } from "./working-days.ts";

const calendar = createCalendar(shippedHolidays);

/** Every day of a year, by Date alone. */
function daysOf(year: number): string[] {
  const days: string[] = [];
  for (let at = Date.UTC(year, 0, 1); at < Date.UTC(year + 1, 0, 1); at += 86_400_000) {
    days.push(new Date(at).toISOString().slice(0, 10));
  }
  return days;
}

describe("the shipped table", () => {
  test.each([2024, 2025, 2026])("agrees with chinese-days on every day of %i", (year) => {
    const differing = daysOf(year).filter((day) => calendar.isWorkingDay(day) !== chineseDays.isWorkday(day));
    expect(differing).toEqual([]);
  });

  test("has 248 working days in 2026, with the make-up days of the notice", () => {
    const days = daysOf(2026);
    expect(days.filter((day) => calendar.isWorkingDay(day))).toHaveLength(248);
    expect(days.filter((day) => calendar.day(day).kind === "makeUpDay")).toEqual([
      "2026-01-04",
      "2026-02-14",
      "2026-02-28",
      "2026-05-09",
      "2026-09-20",
      "2026-10-10",
    ]);
    expect(days.filter((day) => calendar.day(day).name === "春节")).toHaveLength(9);
  });

  test("names the notice of every year and claims no other year", () => {
    for (const [year, { notice }] of Object.entries(shippedHolidays.years)) {
      expect(notice.title).toContain(`${year}年`);
      expect(notice.issuedOn.slice(0, 4)).toBe(String(Number(year) - 1));
    }
    expect([2023, 2024, 2026, 2027].map((year) => calendar.isPublished(year))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  test.each([
    ["a make-up day that is no weekend", { holidays: [], makeUpDays: ["2027-01-04"] }],
    [
      "a holiday that ends before it begins",
      { holidays: [{ name: "元旦", from: "2027-01-03", to: "2027-01-01" }], makeUpDays: [] },
    ],
    [
      "a day both off and worked",
      { holidays: [{ name: "元旦", from: "2027-01-01", to: "2027-01-03" }], makeUpDays: ["2027-01-03"] },
    ],
    ["a day that does not exist", { holidays: [], makeUpDays: ["2027-02-29"] }],
  ])("is refused with %s", (_, year) => {
    const notice = { title: "通知", number: "1号", issuedOn: "2026-11-20", url: "https://www.gov.cn/" };
    const table = { ...shippedHolidays, years: { 2027: { notice, ...year } } };
    expect(HolidayTable.safeParse(table).success).toBe(false);
  });
});

describe("day", () => {
  test.each([
    ["2026-11-23", { kind: "workday", working: true, published: true }],
    ["2026-11-22", { kind: "weekend", working: false, published: true }],
    ["2026-10-10", { kind: "makeUpDay", working: true, published: true }],
    ["2026-10-07", { kind: "holiday", working: false, published: true, name: "国庆节" }],
    ["2027-01-01", { kind: "holiday", working: false, published: false, name: "元旦" }],
    ["2027-05-02", { kind: "holiday", working: false, published: false, name: "劳动节" }],
    ["2027-02-06", { kind: "weekend", working: false, published: false }],
    ["2027-02-08", { kind: "workday", working: true, published: false }],
  ])("knows %s", (date, info) => {
    expect(calendar.day(date)).toEqual(info);
  });
});

describe("addWorkingDays", () => {
  test.each([
    ["2026-11-22", 10, "2026-12-04"],
    ["2026-11-23", 5, "2026-11-30"],
    ["2026-09-18", 10, "2026-10-09"],
    ["2026-02-13", 1, "2026-02-14"],
    ["2026-02-14", 1, "2026-02-24"],
    ["2026-02-27", 1, "2026-02-28"],
    ["2026-09-30", 3, "2026-10-10"],
    ["2025-12-31", 1, "2026-01-04"],
    ["2026-11-23", 0, "2026-11-23"],
    ["2026-10-12", -3, "2026-10-08"],
    ["2026-02-24", -1, "2026-02-14"],
    ["2026-03-02", -2, "2026-02-27"],
    ["2026-01-05", -2, "2025-12-31"],
  ])("%s and %i working days make %s", (date, count, end) => {
    expect(calendar.addWorkingDays(date, count)).toMatchObject({
      date: end,
      provisional: false,
      published: true,
    });
  });

  test("agrees with a count day by day from chinese-days, forward and backward, from every day of 2026", () => {
    const days = [...daysOf(2025), ...daysOf(2026)];
    const working = days.filter((day) => chineseDays.isWorkday(day));
    for (const start of daysOf(2026)) {
      const later = working.filter((day) => day > start);
      const earlier = working.filter((day) => day < start).reverse();
      for (const count of [1, 3, 5, 7, 10, 20]) {
        const forward = later[count - 1];
        if (forward !== undefined) expect(calendar.addWorkingDays(start, count).date).toBe(forward);
        expect(calendar.addWorkingDays(start, -count).date).toBe(earlier[count - 1]);
      }
    }
  });

  test("gives a provisional date where it runs into a year that is not published, and says why", () => {
    const result = calendar.addWorkingDays("2026-12-20", 10);
    expect(result).toMatchObject({ date: "2027-01-04", provisional: true, published: false });
    expect(result.reason).toMatch(/2027年.*还没有公布.*暂定/);
    expect(calendar.addWorkingDays("2026-12-20", 9)).toMatchObject({
      date: "2026-12-31",
      provisional: false,
    });
    expect(calendar.addWorkingDays("2024-01-04", -10)).toMatchObject({ provisional: true });
  });

  test("gives another date once the calendar is published", () => {
    const { notice } = shippedHolidays.years["2026"] ?? {};
    const later = HolidayTable.parse({
      ...shippedHolidays,
      years: {
        ...shippedHolidays.years,
        2027: {
          notice,
          holidays: [{ name: "元旦", from: "2027-01-01", to: "2027-01-04" }],
          makeUpDays: ["2027-01-09"],
        },
      },
    });
    expect(createCalendar(later).addWorkingDays("2026-12-20", 10)).toMatchObject({
      date: "2027-01-05",
      provisional: false,
    });
  });

  test("passes over excluded days", () => {
    expect(calendar.addWorkingDays("2026-11-23", 5, [{ from: "2026-11-25", to: "2026-11-29" }]).date).toBe(
      "2026-12-03",
    );
  });

  test("tells its steps", () => {
    expect(calendar.addWorkingDays("2026-09-18", 10).steps).toEqual([
      "2026-09-18（星期五）是起算日，不计入。",
      "2026-09-19（星期六） 周末，不计。",
      "2026-09-20（星期日）调休上班，计入。",
      "2026-09-25 至 2026-09-27 中秋节放假，不计。",
      "2026-10-01 至 2026-10-07 国庆节放假，不计。",
      "往后数满 10 个工作日：2026-10-09（星期五）。",
    ]);
  });

  test("goes forward and comes back", () => {
    const start = fc.integer({ min: 0, max: 600 }).map((offset) => {
      const day = new Date(Date.UTC(2024, 5, 1) + offset * 86_400_000);
      return day.toISOString().slice(0, 10);
    });
    fc.assert(
      fc.property(start, fc.integer({ min: 1, max: 40 }), (from, count) => {
        const end = calendar.addWorkingDays(from, count).date;
        expect(calendar.isWorkingDay(end)).toBe(true);
        const back = calendar.addWorkingDays(end, -count).date;
        expect(back).toBe(calendar.rollBackward(from).date);
      }),
    );
  });
});

describe("addMonths, addDays and rolling", () => {
  test.each([
    ["2026-01-31", 1, "2026-02-28"],
    ["2024-01-31", 1, "2024-02-29"],
    ["2026-11-30", 3, "2027-02-28"],
    ["2026-08-31", 1, "2026-09-30"],
    ["2026-10-15", 3, "2027-01-15"],
    ["2026-12-31", 2, "2027-02-28"],
    ["2026-03-31", -1, "2026-02-28"],
    ["2026-01-15", -1, "2025-12-15"],
    ["2024-02-29", 12, "2025-02-28"],
    ["2023-11-23", 36, "2026-11-23"],
  ])("%s and %i months make %s", (date, count, end) => {
    expect(calendar.addMonths(date, count)).toMatchObject({ date: end, provisional: false });
  });

  test("counts calendar days over a month's end", () => {
    expect(calendar.addDays("2026-11-23", 15).date).toBe("2026-12-08");
    expect(calendar.addDays("2026-03-01", -1).date).toBe("2026-02-28");
  });

  test.each([
    ["2026-10-01", "2026-10-08"],
    ["2026-09-20", "2026-09-20"],
    ["2026-11-28", "2026-11-30"],
    ["2026-11-30", "2026-11-30"],
  ])("rolls %s forward to %s", (date, end) => {
    expect(calendar.rollForward(date)).toMatchObject({ date: end, provisional: false });
  });

  test("rolls provisionally in a year that is not published, even from a day of work", () => {
    expect(calendar.rollForward("2027-01-01")).toMatchObject({ date: "2027-01-04", provisional: true });
    expect(calendar.rollForward("2027-02-08")).toMatchObject({ date: "2027-02-08", provisional: true });
  });

  test("rolls backward to the working day before", () => {
    expect(calendar.rollBackward("2026-10-07").date).toBe("2026-09-30");
  });

  test.each(["2026-02-30", "2026-2-3", "昨天", ""])("refuses the date %j", (date) => {
    expect(() => calendar.addDays(date, 1)).toThrow(expect.objectContaining({ code: "invalid_request" }));
  });
});
