import festivals from "./data/festivals.json" with { type: "json" };
import { shiftDays } from "./date.ts";
import { isoDate } from "./said-parts.ts";

type Festival = (year: number) => string | undefined;
const ofTable =
  (table: Record<string, string>): Festival =>
  (year) => {
    const day = table[String(year)];
    return day === undefined ? undefined : `${year}-${day}`;
  };
export const fixed =
  (month: number, day: number): Festival =>
  (year) =>
    isoDate(year, month, day);
export const newYear = ofTable(festivals.newYear);
/** Days after the first of the Chinese year. */
const afterNewYear =
  (days: number): Festival =>
  (year) => {
    const first = newYear(year);
    return first === undefined ? undefined : shiftDays(first, days);
  };

/** The Chinese years since 2020 whose last month has thirty days (GB/T 33661-2017); the others have twenty-nine. */
const longLastMonth: ReadonlySet<number> = new Set([2020, 2022, 2023, 2029]);

/** The `day`th of the last month of the Chinese year `year`. */
export function lastLunarDay(year: number, day: number): string | undefined {
  const next = newYear(year + 1);
  const length = longLastMonth.has(year) ? 30 : 29;
  return next === undefined || day < 1 || day > length ? undefined : shiftDays(next, day - 1 - length);
}

let lunarReader: Intl.DateTimeFormat | undefined;
const lunarYears = new Map<number, Map<string, string>>();

/** The day of the Chinese calendar's month and day that falls in a Chinese year (GB/T 33661-2017), leap months aside. */
export function lunarDay(year: number, month: number, day: number): string | undefined {
  const first = newYear(year);
  if (first === undefined) return undefined;
  let days = lunarYears.get(year);
  if (days === undefined) {
    lunarReader ??= new Intl.DateTimeFormat("en-u-ca-chinese", {
      month: "numeric",
      day: "numeric",
      timeZone: "UTC",
    });
    days = new Map();
    for (let at = 0; at < 385; at += 1) {
      const date = shiftDays(first, at);
      const parts = lunarReader.formatToParts(new Date(`${date}T00:00:00Z`));
      const part = (type: string) => parts.find((one) => one.type === type)?.value ?? "";
      const key = `${part("month")}-${part("day")}`;
      if (!days.has(key)) days.set(key, date);
    }
    lunarYears.set(year, days);
  }
  return days.get(`${month}-${day}`);
}

/** Of each solar term, its month and the constant of its day in this century (寿星公式; right to the day but for rare years). */
const solarTerms: readonly { name: string; month: number; base: number }[] = [
  { name: "小寒", month: 1, base: 5.4055 },
  { name: "大寒", month: 1, base: 20.12 },
  { name: "立春", month: 2, base: 3.87 },
  { name: "雨水", month: 2, base: 18.73 },
  { name: "惊蛰", month: 3, base: 5.63 },
  { name: "春分", month: 3, base: 20.646 },
  { name: "谷雨", month: 4, base: 20.1 },
  { name: "立夏", month: 5, base: 5.52 },
  { name: "小满", month: 5, base: 21.04 },
  { name: "芒种", month: 6, base: 5.678 },
  { name: "夏至", month: 6, base: 21.37 },
  { name: "小暑", month: 7, base: 7.108 },
  { name: "大暑", month: 7, base: 22.83 },
  { name: "立秋", month: 8, base: 7.5 },
  { name: "处暑", month: 8, base: 23.13 },
  { name: "白露", month: 9, base: 7.646 },
  { name: "秋分", month: 9, base: 23.042 },
  { name: "寒露", month: 10, base: 8.318 },
  { name: "霜降", month: 10, base: 23.438 },
  { name: "立冬", month: 11, base: 7.438 },
  { name: "小雪", month: 11, base: 22.36 },
  { name: "大雪", month: 12, base: 7.18 },
  { name: "冬至", month: 12, base: 21.94 },
];
/** Terms that are everyday words or names besides: their day is meant where one says so. */
const everydayTerms: ReadonlySet<string> = new Set([
  "小寒",
  "大寒",
  "雨水",
  "小满",
  "谷雨",
  "白露",
  "小雪",
  "大雪",
  "立秋",
  "春分",
]);

const solarTerm =
  (month: number, base: number): Festival =>
  (year) => {
    const y = year % 100;
    const leaps = Math.floor((month <= 2 ? y - 1 : y) / 4);
    return isoDate(year, month, Math.floor(y * 0.2422 + base) - leaps);
  };

/** Days that people name instead of a date, by the year they fall in. */
export const festivalDays: readonly (readonly [string, Festival])[] = [
  ["元旦", fixed(1, 1)],
  ["情人节", fixed(2, 14)],
  ["三八(?:妇女)?节|妇女节", fixed(3, 8)],
  ["三一五|3[.·]?15(?=晚会|那天|当天|前|后)", fixed(3, 15)],
  ["清明(?:节)?", fixed(4, 5)],
  [
    "五一(?:节|劳动节|放假|假期|长假|小长假|期间|前|后|那|的时候)|五一(?=我|俺|回|去|当天|赶|就|开始|，|。|$)|劳动节",
    fixed(5, 1),
  ],
  ["六一(?:儿童节|节|那|前|后)|儿童节", fixed(6, 1)],
  ["(?<![\\d.])6[.·]?18(?![\\d.])|六一八", fixed(6, 18)],
  ["七一(?=那|前|后|节)", fixed(7, 1)],
  ["八一(?:节|建军节|那|前|后)", fixed(8, 1)],
  ["教师节", fixed(9, 10)],
  ["国庆(?:节)?|十一(?:长假|假期|放假|黄金周|期间|那几天)", fixed(10, 1)],
  ["双十一|双11|双１１|(?<![\\d.])11[.·]11(?![\\d.])", fixed(11, 11)],
  ["双十二|双12", fixed(12, 12)],
  ["圣诞(?:节)?", fixed(12, 25)],
  ["(?:大年|正月)初一|春节|过年那天|新年那天", newYear],
  ["除夕|大年三十|年三十(?:儿)?", afterNewYear(-1)],
  ["元宵(?:节)?|正月十五", afterNewYear(14)],
  ["(?:五月)?端午(?:节)?|五月节", ofTable(festivals.dragonBoat)],
  ["(?:八月)?中秋(?:节)?|八月十五", ofTable(festivals.midAutumn)],
  ["重阳(?:节)?", (year) => lunarDay(year, 9, 9)],
  ["七夕", (year) => lunarDay(year, 7, 7)],
  ...solarTerms.map(({ name, month, base }): [string, Festival] => [
    everydayTerms.has(name) ? `${name}(?=那天|当天|那日|节)` : `(?<!刚)${name}(?!时节)`,
    solarTerm(month, base),
  ]),
];

const seasons: Record<string, readonly [number, number, number, number]> = {
  春: [3, 1, 5, 31],
  夏: [6, 1, 8, 31],
  秋: [9, 1, 11, 30],
  冬: [12, 1, 2, 28],
};

/** The latest of this year's and last year's days that is not after today. */
export const latest = (of: Festival, today: string): string | undefined => {
  const year = Number(today.slice(0, 4));
  return [of(year), of(year - 1)].find((day) => day !== undefined && day <= today);
};

/** The last month of the Chinese year `year`: it mostly lies in the year after. */
export function lastLunarMonth(year: number): string | undefined {
  const next = newYear(year + 1);
  return next === undefined ? undefined : `${shiftDays(next, -29)}/${shiftDays(next, -1)}`;
}

export function seasonOf(year: number, name: string): string | undefined {
  const season = seasons[name];
  if (season === undefined) return undefined;
  const [fromMonth, fromDay, toMonth, toDay] = season;
  const endYear = toMonth < fromMonth ? year + 1 : year;
  return `${isoDate(year, fromMonth, fromDay)}/${isoDate(endYear, toMonth, toDay)}`;
}
