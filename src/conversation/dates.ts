import { parseNumeral } from "../text/numerals.ts";
import type { Found } from "./spans.ts";

const pad = (value: number) => String(value).padStart(2, "0");
const isoDate = (year: number, month: number, day: number) => `${year}-${pad(month)}-${pad(day)}`;

/** A date moved by whole days. `date` is `YYYY-MM-DD`. */
function shift(date: string, days: number): string {
  const at = new Date(`${date}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

function monthBefore(date: string, months: number): string {
  const [year = 0, month = 1] = date.split("-").map(Number);
  const index = year * 12 + month - 1 - months;
  return `${Math.floor(index / 12)}-${pad((index % 12) + 1)}`;
}

const numeral = "[0-9零〇一二两三四五六七八九十]{1,3}";
const exists = (year: number, month: number, day: number) => {
  const at = new Date(Date.UTC(year, month - 1, day));
  return at.getUTCMonth() === month - 1 && at.getUTCDate() === day;
};

type Rule = {
  name: string;
  pattern: RegExp;
  read: (match: RegExpExecArray, today: string) => string | undefined;
};

const relativeYear: Record<string, number> = { 今年: 0, 去年: 1, 头年: 1, 前年: 2, 大前年: 3 };
const relativeDay: Record<string, number> = {
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
};

const rules: readonly Rule[] = [
  {
    name: "date.full",
    pattern: /(?<y>20\d{2})\s*[年./-]\s*(?<m>\d{1,2})\s*[月./-]\s*(?<d>\d{1,2})\s*[日号]?/u,
    read: ({ groups }) => {
      const [y, m, d] = [Number(groups?.["y"]), Number(groups?.["m"]), Number(groups?.["d"])];
      return exists(y, m, d) ? isoDate(y, m, d) : undefined;
    },
  },
  {
    name: "date.month",
    pattern: /(?<y>20\d{2})\s*年\s*(?<m>\d{1,2})\s*月(?!\d)/u,
    read: ({ groups }) => `${groups?.["y"]}-${pad(Number(groups?.["m"]))}`,
  },
  {
    name: "date.relativeYearMonth",
    pattern: new RegExp(
      `(?<r>大前年|今年|去年|头年|前年)的?(?<m>${numeral})月(?:份)?(?:(?<d>${numeral})[日号])?`,
      "u",
    ),
    read: ({ groups }, today) => {
      const year = Number(today.slice(0, 4)) - (relativeYear[groups?.["r"] ?? ""] ?? 0);
      const month = parseNumeral(groups?.["m"] ?? "");
      if (month === undefined || month < 1 || month > 12) return undefined;
      const day = groups?.["d"] === undefined ? undefined : parseNumeral(groups["d"]);
      if (day === undefined) return `${year}-${pad(month)}`;
      return exists(year, month, day) ? isoDate(year, month, day) : undefined;
    },
  },
  {
    name: "date.relativeMonthDay",
    pattern: new RegExp(`(?<r>这个?月|本月|上个?月)(?<d>${numeral})[日号]`, "u"),
    read: ({ groups }, today) => {
      const month = monthBefore(today, groups?.["r"]?.startsWith("上") === true ? 1 : 0);
      const day = parseNumeral(groups?.["d"] ?? "");
      if (day === undefined) return undefined;
      const [y = 0, m = 1] = month.split("-").map(Number);
      return exists(y, m, day) ? isoDate(y, m, day) : undefined;
    },
  },
  {
    name: "date.day",
    pattern: /(?<r>大前天|今儿个?|昨儿个?|前儿个?|今天|昨天|前天|今日|昨日|前日)/u,
    read: ({ groups }, today) => shift(today, -(relativeDay[groups?.["r"] ?? ""] ?? 0)),
  },
  {
    name: "date.monthDay",
    pattern: new RegExp(`(?<![年\\d])(?<m>${numeral})月(?:份)?(?<d>${numeral})[日号]`, "u"),
    read: ({ groups }, today) => {
      const month = parseNumeral(groups?.["m"] ?? "");
      const day = parseNumeral(groups?.["d"] ?? "");
      if (month === undefined || day === undefined || month > 12) return undefined;
      const thisYear = Number(today.slice(0, 4));
      // What happened lies behind: a date still to come this year was last year's.
      const year = isoDate(thisYear, month, day) > today ? thisYear - 1 : thisYear;
      return exists(year, month, day) ? isoDate(year, month, day) : undefined;
    },
  },
  {
    name: "date.week",
    pattern: /(?<r>上上|上)个?(?:周|星期|礼拜)(?<w>[一二三四五六日天])?/u,
    read: ({ groups }, today) => {
      const at = new Date(`${today}T00:00:00Z`);
      const sinceMonday = (at.getUTCDay() + 6) % 7;
      const monday = shift(today, -sinceMonday - (groups?.["r"] === "上上" ? 14 : 7));
      const weekday = groups?.["w"];
      if (weekday === undefined) return `${monday}/${shift(monday, 6)}`;
      return shift(monday, "一二三四五六日".indexOf(weekday === "天" ? "日" : weekday));
    },
  },
  {
    name: "date.daysAgo",
    pattern: new RegExp(`(?<n>${numeral})天(?:以)?前`, "u"),
    read: ({ groups }, today) => {
      const days = parseNumeral(groups?.["n"] ?? "");
      return days === undefined ? undefined : shift(today, -days);
    },
  },
  {
    name: "date.monthsAgo",
    pattern: new RegExp(`(?<n>${numeral})个月(?:以)?前`, "u"),
    read: ({ groups }, today) => {
      const months = parseNumeral(groups?.["n"] ?? "");
      return months === undefined ? undefined : monthBefore(today, months);
    },
  },
  {
    name: "date.lastMonth",
    pattern: /(?<r>上上个月|上个?月|这个月|本月)(?!\d)/u,
    read: ({ groups }, today) => {
      const back = groups?.["r"] === "上上个月" ? 2 : groups?.["r"]?.startsWith("上") === true ? 1 : 0;
      return monthBefore(today, back);
    },
  },
  {
    name: "date.month",
    pattern: new RegExp(`(?<![年个\\d])(?<m>${numeral})月份`, "u"),
    read: ({ groups }, today) => {
      const month = parseNumeral(groups?.["m"] ?? "");
      if (month === undefined || month < 1 || month > 12) return undefined;
      const thisYear = Number(today.slice(0, 4));
      const year = month > Number(today.slice(5, 7)) ? thisYear - 1 : thisYear;
      return `${year}-${pad(month)}`;
    },
  },
  {
    name: "date.year",
    pattern: /(?<r>大前年|去年|头年|前年|今年)(?:年(?<p>初|底))?/u,
    read: ({ groups }, today) => String(Number(today.slice(0, 4)) - (relativeYear[groups?.["r"] ?? ""] ?? 0)),
  },
];

/**
 * The first day, month, year or interval that a text names, in ISO 8601.
 *
 * `today` is the date of the message in Asia/Shanghai; relative words count from it.
 */
export function findDate(text: string, today: string): Found<string> | undefined {
  for (const { name, pattern, read } of rules) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const value = read(match, today);
    if (value !== undefined) {
      return { value, start: match.index, end: match.index + match[0].length, rule: name };
    }
  }
  return undefined;
}
