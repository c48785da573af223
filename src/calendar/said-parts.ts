import { parseNumeral } from "../text/numerals.ts";
import { isDate, shiftDays, weekday } from "./date.ts";

export const pad = (value: number) => String(value).padStart(2, "0");
export const isoDate = (year: number, month: number, day: number) => `${year}-${pad(month)}-${pad(day)}`;

export function monthBefore(date: string, months: number): string {
  const [year = 0, month = 1] = date.split("-").map(Number);
  const index = year * 12 + month - 1 - months;
  return `${Math.floor(index / 12)}-${pad((index % 12) + 1)}`;
}

/** The last day of a month `YYYY-MM`. */
export const lastDayOf = (month: string) => {
  const [year = 0, number = 1] = month.split("-").map(Number);
  const next = number === 12 ? isoDate(year + 1, 1, 1) : isoDate(year, number + 1, 1);
  return shiftDays(next, -1);
};

export const mondayOf = (date: string) => shiftDays(date, -((weekday(date) + 6) % 7));
/** The day of the week that begins on `monday`: 一 to 六, 日 or 天. */
export const weekdayAfter = (monday: string, name: string) =>
  shiftDays(monday, "一二三四五六日".indexOf(name === "天" ? "日" : name));

export const numeral = "[0-9零〇一二两三四五六七八九十]{1,3}";
export const exists = (year: number, month: number, day: number) => isDate(isoDate(year, month, day));

export const relativeYear: Record<string, number> = {
  今年: 0,
  去年: 1,
  头年: 1,
  上年: 1,
  前年: 2,
  大前年: 3,
};
export const relativeDay: Record<string, number> = {
  今天: 0,
  今儿: 0,
  今儿个: 0,
  今日: 0,
  昨天: 1,
  昨儿: 1,
  昨儿个: 1,
  昨日: 1,
  前天: 2,
  前儿: 2,
  前儿个: 2,
  前日: 2,
  大前天: 3,
  大前儿: 3,
  大前日: 3,
  今早: 0,
  今晚: 0,
  昨晚: 1,
  昨: 1,
  昨夜: 1,
  夜来: 1,
  夜儿: 1,
  夜里个: 1,
  夜个: 1,
};

const yearWord = "大前年|今年|去年|头年|上年|前年";
/** A year as it is said or written in full: 今年, 2025年, 二零二四年, 二五年. */
export const anyYear = `(?:(?<r>${yearWord})|(?<y>(?:20)?\\d{2}|二[零〇0○][零〇一二三四五六七八九]{2}|[一二][零〇一二三四五六七八九])年)的?`;

/** The year that a match of `anyYear` names. */
export function yearIn(
  groups: Record<string, string | undefined> | undefined,
  today: string,
): number | undefined {
  const word = groups?.["r"];
  if (word !== undefined) return Number(today.slice(0, 4)) - (relativeYear[word] ?? 0);
  return groups?.["y"] === undefined ? undefined : readYear(groups["y"].replace("○", "〇"));
}

export function readYear(text: string): number | undefined {
  const digits = [...text].map((one) => parseNumeral(one) ?? "").join("");
  return /^\d{2}$/.test(digits) ? 2000 + Number(digits) : /^\d{4}$/.test(digits) ? Number(digits) : undefined;
}
