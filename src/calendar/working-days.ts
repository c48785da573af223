import { z } from "zod";
import { AppError } from "../core/error.ts";
import shipped from "./data/holidays.json" with { type: "json" };
import { daysBetween, isDate, shiftDays, shiftMonths, weekday, withWeekday } from "./date.ts";

const Day = z.string().refine(isDate, "写成 YYYY-MM-DD，且当天存在");

/** A year's arrangement as the State Council's notice publishes it. Its days may lie in the last days of the year before. */
const Year = z
  .object({
    notice: z.object({ title: z.string(), number: z.string(), issuedOn: Day, url: z.url() }).readonly(),
    /** Days off, first and last included. */
    holidays: z.array(z.object({ name: z.string().min(1), from: Day, to: Day }).readonly()).readonly(),
    /** Saturdays and Sundays that are worked (调休). */
    makeUpDays: z.array(Day).readonly(),
  })
  .readonly()
  .superRefine((year, context) => {
    for (const { name, from, to } of year.holidays) {
      if (from > to || daysBetween(from, to) > 14)
        context.addIssue(`${name}的起止日期不对：${from} 至 ${to}`);
    }
    for (const day of year.makeUpDays) {
      if (weekday(day) % 6 !== 0) context.addIssue(`${day} 不是周末，不能是调休上班日`);
      if (year.holidays.some(({ from, to }) => from <= day && day <= to)) {
        context.addIssue(`${day} 既放假又上班`);
      }
    }
  });

/** Holidays by published year. A year that is not here is not published: nothing is guessed about its make-up days. */
export const HolidayTable = z
  .object({
    fixed: z
      .object({
        source: z.string(),
        /** Statutory holidays on a fixed day, `MM-DD`; all that is known of an unpublished year. */
        holidays: z
          .array(z.object({ name: z.string(), day: z.string().regex(/^\d{2}-\d{2}$/) }).readonly())
          .readonly(),
      })
      .readonly(),
    years: z.record(z.string().regex(/^\d{4}$/), Year).readonly(),
  })
  .readonly();
export type HolidayTable = z.infer<typeof HolidayTable>;

/** The table that comes with the product: 2024 to 2026, from the notices it names. */
export const shippedHolidays: HolidayTable = HolidayTable.parse(shipped);

export const dayKinds = ["workday", "makeUpDay", "weekend", "holiday"] as const;
export type DayKind = (typeof dayKinds)[number];

/** What the calendar knows of one day. */
export type DayInfo = {
  kind: DayKind;
  working: boolean;
  /** False where the year's arrangement is not in the table: `working` then rests on weekends and fixed holidays only. */
  published: boolean;
  /** The holiday's name. */
  name?: string;
};

/** A date that was counted to, and how. */
export type CountedDate = {
  date: string;
  /** The date may change once the calendar of a year it ran through is published. */
  provisional: boolean;
  /** The opposite of `provisional`, for callers that refuse rather than promise. */
  published: boolean;
  /** Why the date is provisional, for people to read. */
  reason?: string;
  /** The reckoning in Chinese, one sentence a step. */
  steps: string[];
};

/** A closed interval of days that do not count. */
export type Interval = { from: string; to: string };

export type Calendar = {
  day(date: string): DayInfo;
  isWorkingDay(date: string): boolean;
  isPublished(year: number): boolean;
  /** The `count`-th working day after `date`, which itself does not count; before it when negative; `excluded` days are passed over. */
  addWorkingDays(date: string, count: number, excluded?: readonly Interval[]): CountedDate;
  addDays(date: string, count: number): CountedDate;
  /** The same day number, or the last day of a shorter month. */
  addMonths(date: string, count: number): CountedDate;
  /** The date itself, or the next working day after a day of rest (民法典 203); `excluded` days are passed over too. */
  rollForward(date: string, excluded?: readonly Interval[]): CountedDate;
  /** The date itself, or the last working day before a day of rest; `excluded` days are passed over too. */
  rollBackward(date: string, excluded?: readonly Interval[]): CountedDate;
};

/** A calendar over a table of holidays. */
export function createCalendar(table: HolidayTable): Calendar {
  const holidays = new Map<string, string>();
  const makeUpDays = new Set<string>();
  for (const year of Object.values(table.years)) {
    for (const { name, from, to } of year.holidays) {
      for (let day = from; day <= to; day = shiftDays(day, 1)) holidays.set(day, name);
    }
    for (const day of year.makeUpDays) makeUpDays.add(day);
  }
  const fixed = new Map(table.fixed.holidays.map(({ day, name }) => [day, name]));

  const day = (date: string): DayInfo => {
    const published = date.slice(0, 4) in table.years;
    const name = holidays.get(date) ?? (published ? undefined : fixed.get(date.slice(5)));
    if (name !== undefined) return { kind: "holiday", working: false, published, name };
    if (makeUpDays.has(date)) return { kind: "makeUpDay", working: true, published };
    if (weekday(date) % 6 === 0) return { kind: "weekend", working: false, published };
    return { kind: "workday", working: true, published };
  };

  const counted = (date: string, steps: string[], unpublished: ReadonlySet<string>): CountedDate => {
    if (unpublished.size === 0) return { date, provisional: false, published: true, steps };
    const years = [...unpublished].sort().join("、");
    const reason = `${years}年的放假和调休安排还没有公布（或没有收录），这里只按周末和固定日期的法定节假日推算，春节、清明、端午、中秋和调休都没有计入，日期是暂定的。`;
    return { date, provisional: true, published: false, reason, steps: [...steps, reason] };
  };

  const roll = (date: string, direction: 1 | -1, excluded: readonly Interval[] = []): CountedDate => {
    assertDate(date);
    const unpublished = new Set<string>();
    let end = date;
    for (;;) {
      const info = day(end);
      if (!info.published) unpublished.add(end.slice(0, 4));
      if (info.working && !covers(excluded, end)) break;
      end = shiftDays(end, direction);
    }
    const steps =
      end === date
        ? []
        : [
            `${withWeekday(date)}${day(date).working ? "属于扣除期间" : `是${restName(day(date))}`}，${direction === 1 ? "顺延到下一个" : "提前到上一个"}工作日 ${withWeekday(end)}。`,
          ];
    return counted(end, steps, unpublished);
  };

  return {
    day,
    isWorkingDay: (date) => day(date).working,
    isPublished: (year) => String(year) in table.years,

    addWorkingDays(date, count, excluded = []) {
      assertDate(date);
      const direction = count < 0 ? -1 : 1;
      const wanted = Math.abs(count);
      const steps = [`${withWeekday(date)}是起算日，不计入。`];
      const unpublished = new Set<string>();
      let current = date;
      let reached = 0;
      let stretch: { from: string; to: string; why: string } | undefined;
      const flush = () => {
        if (stretch === undefined) return;
        const [first, last] = direction === 1 ? [stretch.from, stretch.to] : [stretch.to, stretch.from];
        steps.push(`${first === last ? withWeekday(first) : `${first} 至 ${last}`} ${stretch.why}，不计。`);
        stretch = undefined;
      };
      while (reached < wanted) {
        current = shiftDays(current, direction);
        const info = day(current);
        if (!info.published) unpublished.add(current.slice(0, 4));
        const why = covers(excluded, current) ? "属于扣除期间" : info.working ? undefined : restName(info);
        if (why !== undefined) {
          if (stretch?.why !== why) flush();
          stretch = { from: stretch?.from ?? current, to: current, why };
          continue;
        }
        flush();
        reached += 1;
        if (info.kind === "makeUpDay") steps.push(`${withWeekday(current)}调休上班，计入。`);
      }
      steps.push(`${direction === 1 ? "往后" : "往前"}数满 ${wanted} 个工作日：${withWeekday(current)}。`);
      return counted(current, steps, unpublished);
    },

    addDays(date, count) {
      assertDate(date);
      const end = shiftDays(date, count);
      return counted(
        end,
        [
          `${withWeekday(date)}是起算日，不计入。`,
          `${count < 0 ? "往前" : "往后"}数 ${Math.abs(count)} 日：${withWeekday(end)}。`,
        ],
        new Set(),
      );
    },

    addMonths(date, count) {
      assertDate(date);
      const end = shiftMonths(date, count);
      const clipped = end.slice(8) === date.slice(8) ? "" : "（该月没有对应日，取月末）";
      return counted(
        end,
        [
          `从 ${withWeekday(date)}${count < 0 ? "往前" : "往后"} ${Math.abs(count)} 个月：${withWeekday(end)}${clipped}。`,
        ],
        new Set(),
      );
    },

    rollForward: (date, excluded) => roll(date, 1, excluded),
    rollBackward: (date, excluded) => roll(date, -1, excluded),
  };
}

function restName(info: DayInfo): string {
  return info.name === undefined ? "周末" : `${info.name}放假`;
}

/** Whether a day lies in one of the intervals. */
export function covers(intervals: readonly Interval[], date: string): boolean {
  return intervals.some(({ from, to }) => from <= date && date <= to);
}

function assertDate(date: string): void {
  if (!isDate(date)) throw new AppError("invalid_request", `日期“${date}”不对，请写成 YYYY-MM-DD。`);
}
