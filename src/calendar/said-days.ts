import { parseNumeral } from "../text/numerals.ts";
import { shiftDays } from "./date.ts";
import {
  exists,
  isoDate,
  mondayOf,
  monthBefore,
  numeral,
  readYear,
  relativeDay,
  relativeYear,
  weekdayAfter,
} from "./said-parts.ts";

/** A day that a text names, with its place there. */
export type SaidDay = {
  /** `YYYY-MM-DD`; undefined where the calendar has no such day (2月30日). */
  date: string | undefined;
  start: number;
  end: number;
};

/** The day named before this one in the same text, and whether its year was said. */
type Before = { date: string; yearSaid: boolean } | undefined;

type DayRule = {
  pattern: RegExp;
  yearSaid?: boolean;
  read: (groups: Record<string, string | undefined>, today: string, before: Before) => string | undefined;
};

const yearsAhead: Record<string, number> = { 今年: 0, 明年: 1, 后年: 2 };
const daysAhead: Record<string, number> = { 明天: 1, 明日: 1, 明儿: 1, 后天: 2, 后日: 2, 大后天: 3 };
/** What a bare 20号 or 3月5 must be followed by, lest a house number or a patent number pass for a day. */
const happens = "(?=我|就|才|刚|已|都|收|拿|接|领|签|送|寄|邮|到手|发|申请|交|缴|提|递|公告|生效|到期)";

const dayOf = (year: number, month: number | undefined, day: number | undefined) =>
  month !== undefined && day !== undefined && exists(year, month, day)
    ? isoDate(year, month, day)
    : undefined;
const numberIn = (groups: Record<string, string | undefined>, name: string) =>
  parseNumeral(groups[name] ?? "");

/** The year where it was not said: that of the day named before, else the latest that is not after today. */
function readMonthDay(
  groups: Record<string, string | undefined>,
  today: string,
  before: Before,
): string | undefined {
  const [month, day] = [numberIn(groups, "m"), numberIn(groups, "d")];
  const thisYear = Number(today.slice(0, 4));
  if (before?.yearSaid === true) {
    const year = Number(before.date.slice(0, 4));
    const date = dayOf(year, month, day);
    return date !== undefined && date < before.date ? dayOf(year + 1, month, day) : date;
  }
  return [dayOf(thisYear, month, day), dayOf(thisYear - 1, month, day)].find(
    (date) => date !== undefined && date <= today,
  );
}

const dayRules: readonly DayRule[] = [
  {
    pattern: /(?<!\d)(?<y>20\d{2})\s*[./-]\s*(?<m>\d{1,2})\s*[./-]\s*(?<d>\d{1,2})(?!\d)[日号]?/gu,
    yearSaid: true,
    read: (groups) => dayOf(Number(groups["y"]), numberIn(groups, "m"), numberIn(groups, "d")),
  },
  {
    pattern: new RegExp(
      `(?<!\\d)(?<y>(?:20)?\\d{2}|二[零〇0][零〇一二三四五六七八九]{2})\\s*年\\s*(?<m>${numeral})\\s*月(?:份)?\\s*(?<d>${numeral})\\s*(?:[日号]|${happens}|$)`,
      "gu",
    ),
    yearSaid: true,
    read: (groups) => dayOf(readYear(groups["y"] ?? "") ?? 0, numberIn(groups, "m"), numberIn(groups, "d")),
  },
  {
    pattern: new RegExp(
      `(?<r>大前年|前年|去年|头年|今年|明年|后年)的?(?<m>${numeral})月(?:份)?(?<d>${numeral})[日号]`,
      "gu",
    ),
    yearSaid: true,
    read: (groups, today) => {
      const word = groups["r"] ?? "";
      const year = Number(today.slice(0, 4)) + (yearsAhead[word] ?? -(relativeYear[word] ?? 0));
      return dayOf(year, numberIn(groups, "m"), numberIn(groups, "d"));
    },
  },
  {
    pattern: new RegExp(`(?<r>上上个?月|上个?月|这个?月|本月|下个?月)的?(?<d>${numeral})[日号]`, "gu"),
    yearSaid: true,
    read: (groups, today) => {
      const word = groups["r"] ?? "";
      const back = word.startsWith("上上") ? 2 : word.startsWith("上") ? 1 : word.startsWith("下") ? -1 : 0;
      const [year = 0, month] = monthBefore(today, back).split("-").map(Number);
      return dayOf(year, month, numberIn(groups, "d"));
    },
  },
  {
    pattern: /大前天|大后天|[今昨前明后][天日]|[今昨前明]儿个?/gu,
    yearSaid: true,
    read: ({ 0: word = "" }, today) => {
      const plain = word.replace("个", "");
      return shiftDays(today, daysAhead[plain] ?? -(relativeDay[plain] ?? 0));
    },
  },
  {
    pattern: new RegExp(`(?<![年\\d])(?<m>${numeral})月(?:份)?(?<d>${numeral})(?:[日号]|${happens})`, "gu"),
    read: readMonthDay,
  },
  { pattern: /(?<![\d./-])(?<m>\d{1,2})[./](?<d>\d{1,2})[日号]/gu, read: readMonthDay },
  {
    pattern: /(?<r>上上|上|这|本|下)?个?(?:周|星期|礼拜)(?<w>[一二三四五六日天])(?!期)/gu,
    yearSaid: true,
    read: (groups, today) => {
      const weeks: Record<string, number> = { 上上: -14, 上: -7, 这: 0, 本: 0, 下: 7 };
      const named = weeks[groups["r"] ?? ""];
      const day = weekdayAfter(shiftDays(mondayOf(today), named ?? 0), groups["w"] ?? "");
      return named === undefined && day > today ? shiftDays(day, -7) : day;
    },
  },
  {
    pattern: new RegExp(`(?<![第\\d])(?<n>${numeral})[天日](?:以)?前`, "gu"),
    yearSaid: true,
    read: (groups, today) => shiftDays(today, -(numberIn(groups, "n") ?? 0)),
  },
  {
    pattern: new RegExp(`(?<![月\\d第年])(?<d>${numeral})[日号]${happens}`, "gu"),
    read: (groups, today, before) => {
      const day = numberIn(groups, "d");
      for (const month of [before?.date ?? today, before?.date ?? monthBefore(today, 1)]) {
        const [year = 0, number] = month.split("-").map(Number);
        const date = dayOf(year, number, day);
        if (date !== undefined && (before !== undefined || date <= today)) return date;
      }
      return undefined;
    },
  },
];

/**
 * Every single day that a text names, in order: months, years and weeks are left out. Without a year, a day is
 * the latest that is not after `today` (`YYYY-MM-DD`, Asia/Shanghai), or follows the day named before it.
 */
export function findDays(text: string, today: string): SaidDay[] {
  const found: { match: RegExpExecArray; rule: DayRule }[] = [];
  for (const rule of dayRules) {
    for (const match of text.matchAll(rule.pattern)) {
      const end = match.index + match[0].length;
      // Days of the lunar calendar are not reckoned with.
      if (/(?:农历|阴历|旧历)$/u.test(text.slice(0, match.index))) continue;
      if (found.some(({ match: other }) => match.index < other.index + other[0].length && other.index < end))
        continue;
      found.push({ match, rule });
    }
  }
  let before: Before;
  return found
    .sort((a, b) => a.match.index - b.match.index)
    .map(({ match, rule }) => {
      const date = rule.read({ ...match.groups, 0: match[0] }, today, before);
      if (date !== undefined) before = { date, yearSaid: rule.yearSaid ?? before?.yearSaid ?? false };
      return { date, start: match.index, end: match.index + match[0].length };
    });
}
