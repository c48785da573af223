import { isDate, shiftDays } from "./date.ts";
import { rules } from "./date-rules.ts";
import { lastDayOf } from "./said-parts.ts";

/**
 * The first day, month, year or interval that a text names, in ISO 8601.
 *
 * `today` is the date of the message in Asia/Shanghai; relative words count from it.
 */
export function findDate(
  text: string,
  today: string,
): { value: string; start: number; end: number; rule: string } | undefined {
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

const everyRule = rules.map((rule) => ({
  ...rule,
  pattern: new RegExp(rule.pattern, `${rule.pattern.flags}g`),
}));

/** „端午前一天“, „小年第二天“: the day beside one that is named. */
function besideDay<T extends { value: string; end: number }>(day: T, text: string): T {
  if (!isDate(day.value)) return day;
  const beside =
    /^(?:那天)?的?(?:(?<before>(?:前|头)(?:一)?天(?!津)|前夕|前夜)|(?:后|第二|转|次)(?:一)?天)/u.exec(
      text.slice(day.end),
    );
  if (beside === null) return day;
  const value = shiftDays(day.value, beside.groups?.["before"] === undefined ? 1 : -1);
  return { ...day, value, end: day.end + beside[0].length };
}

/** Every date, month, year or interval that a text names, in order, none overlapping; the surer rules go first. */
export function findDates(
  text: string,
  today: string,
): { value: string; start: number; end: number; rule: string }[] {
  const found: { value: string; start: number; end: number; rule: string }[] = [];
  // Most messages name no day at all.
  if (
    !/[年月日号天周末晚夜早春夏秋冬节午诞旦夕麦阳昨寒暑露雪种雨降]|清明|刚才|钟头|小时|三一五|六一八|20\d\d|星期|礼拜|[今昨前]儿|双1|6\.?18/u.test(
      text,
    )
  )
    return found;
  for (const { name, pattern, read } of everyRule) {
    for (const match of text.matchAll(pattern)) {
      const span = { start: match.index, end: match.index + match[0].length };
      if (found.some((other) => span.start < other.end && other.start < span.end)) continue;
      const value = read(match as RegExpExecArray, today);
      if (value !== undefined) found.push(besideDay({ value, ...span, rule: name }, text));
    }
  }
  return joined(
    found.sort((a, b) => a.start - b.start),
    text,
    today,
  );
}

const goesOn =
  "(?:份|底|初|那[天会]儿?)?(?:起|开始|开学|以来|以后)?[，,]?(?:他们?|人家)?(?:就|一直|都|在|直|断断续续|陆陆续续)*(?:[卖干做造仿用摆挂]|生产|销售|供货|上架)?(?:了|着)?";
const untilThen = new RegExp(`^${goesOn}(?:到了?|至|——?|-|~)$`, "u");
const untilNow = new RegExp(
  `^${goesOn}(?:到|至)(?:了)?(?:现在|今(?!年)|如今|目前|眼下|这会儿)(?:天|儿)?`,
  "u",
);

/** The first and the last day of a date, month, year or interval. */
function boundsOf(value: string): [string, string] {
  const [from = "", to = from] = value.split("/");
  const first = from.length === 4 ? `${from}-01-01` : from.length === 7 ? `${from}-01` : from;
  const last = to.length === 4 ? `${to}-12-31` : to.length === 7 ? lastDayOf(to) : to;
  return [first, last];
}

/** „从去年九月一直卖到今年三月“, „从七月到现在“: two days that bound one interval are one. */
function joined<T extends { value: string; start: number; end: number }>(
  dates: readonly T[],
  text: string,
  today: string,
): T[] {
  const all: T[] = [];
  for (const date of dates) {
    const before = all.at(-1);
    if (before !== undefined && untilThen.test(text.slice(before.end, date.start))) {
      const [from] = boundsOf(before.value);
      const [, to] = boundsOf(date.value);
      if (from < to) {
        all[all.length - 1] = { ...before, value: `${from}/${to > today ? today : to}`, end: date.end };
        continue;
      }
    }
    all.push(date);
  }
  return all.map((date) => {
    const until = untilNow.exec(text.slice(date.end));
    const [from] = boundsOf(date.value);
    return until === null || from >= today
      ? date
      : { ...date, value: `${from}/${today}`, end: date.end + until[0].length };
  });
}
