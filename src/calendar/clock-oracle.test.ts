import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { scale } from "../../test/support/scale.ts";
import { type ClockRule, dueDate, limitsOf, type Pause, shippedClockRules } from "./clock-rule.ts";
import { createCalendar, shippedHolidays } from "./working-days.ts";

/*
 * An independent reckoner: days are whole numbers, and the days of rest are those of the notices, copied here by hand.
 * It shares nothing with the engine but the rules, which test/laws holds beside the texts.
 */

/** A day as a count from 0000-03-01, by the civil calendar's own arithmetic. */
type Day = number;

function dayOf(date: string): Day {
  const [year = 0, month = 0, day = 0] = date.split("-").map(Number);
  const y = month > 2 ? year : year - 1;
  const m = (month + 9) % 12;
  return (
    y * 365 +
    Math.floor(y / 4) -
    Math.floor(y / 100) +
    Math.floor(y / 400) +
    Math.floor((m * 306 + 5) / 10) +
    day -
    1
  );
}

type Civil = { year: number; month: number; day: number };

const isLeap = (year: number) => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
const lengthOf = ({ year, month }: { year: number; month: number }) =>
  month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;

/** Every day from 2005 to 2060, written out one after the other. */
const firstDay = dayOf("2005-01-01");
const civil: Civil[] = [];
for (let year = 2005; year <= 2060; year++) {
  for (let month = 1; month <= 12; month++) {
    for (let day = 1; day <= lengthOf({ year, month }); day++) civil.push({ year, month, day });
  }
}
function civilOf(day: Day): Civil {
  const found = civil[day - firstDay];
  if (found === undefined) throw new RangeError(`day ${day}`);
  return found;
}
function dateOf(at: Day): string {
  const { year, month, day } = civilOf(at);
  return `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

/** Days off by 国办发明电〔2023〕7号, 〔2024〕12号 and 〔2025〕7号: first, and how many. */
const daysOff: readonly (readonly [string, number])[] = [
  ["2024-01-01", 1],
  ["2024-02-10", 8],
  ["2024-04-04", 3],
  ["2024-05-01", 5],
  ["2024-06-10", 1],
  ["2024-09-15", 3],
  ["2024-10-01", 7],
  ["2025-01-01", 1],
  ["2025-01-28", 8],
  ["2025-04-04", 3],
  ["2025-05-01", 5],
  ["2025-05-31", 3],
  ["2025-10-01", 8],
  ["2026-01-01", 3],
  ["2026-02-15", 9],
  ["2026-04-04", 3],
  ["2026-05-01", 5],
  ["2026-06-19", 3],
  ["2026-09-25", 3],
  ["2026-10-01", 7],
];
/** Weekend days that the same notices have worked. */
const workedDays =
  "2024-02-04 2024-02-18 2024-04-07 2024-04-28 2024-05-11 2024-09-14 2024-09-29 2024-10-12 " +
  "2025-01-26 2025-02-08 2025-04-27 2025-09-28 2025-10-11 " +
  "2026-01-04 2026-02-14 2026-02-28 2026-05-09 2026-09-20 2026-10-10";
const off = new Set(
  daysOff.flatMap(([from, count]) => Array.from({ length: count }, (_, at) => dayOf(from) + at)),
);
const worked = new Set(workedDays.split(" ").map(dayOf));
/** 2000-01-01 was a Saturday. */
const isWeekend = (day: Day) => (((day - dayOf("2000-01-01")) % 7) + 7) % 7 < 2;
const isKnown = (day: Day) => [2024, 2025, 2026].includes(civilOf(day).year);
/** 元旦, 劳动节 and 国庆节 by 全国年节及纪念日放假办法: all that is known of another year. */
const isFixedHoliday = ({ month, day }: Civil) =>
  (month === 1 && day === 1) || (month === 5 && day <= 2) || (month === 10 && day <= 3);

function rests(day: Day): boolean {
  if (off.has(day)) return true;
  if (worked.has(day)) return false;
  return isWeekend(day) || (!isKnown(day) && isFixedHoliday(civilOf(day)));
}

type Reckoned = { end: Day; provisional: boolean };
type Span = { from: Day; to: Day; kind?: string | undefined };

/** The end of a period, one day after the other. */
function reckon(
  rule: ClockRule,
  start: Day,
  spans: readonly Span[],
  extensions: readonly string[],
): Reckoned {
  const step = rule.direction === "before" ? -1 : 1;
  const paused = (day: Day) =>
    spans.some(
      ({ from, to, kind }) =>
        from <= day && day <= to && (kind === undefined || rule.excluded.includes(kind)),
    );
  let looked = true;
  const look = (day: Day) => {
    looked &&= isKnown(day);
    return rests(day);
  };

  function run(from: Day, unit: ClockRule["unit"], amount: number): Day {
    let end = from;
    if (unit === "workingDay") {
      for (let left = amount; left > 0; ) {
        end += step;
        if (!look(end) && !paused(end)) left -= 1;
      }
      return end;
    }
    // How many days the period has if nothing is passed over.
    let left = amount;
    if (unit === "month" || unit === "year") {
      const { day: number } = civilOf(from);
      let turns = 0;
      const wanted = unit === "year" ? amount * 12 : amount;
      let at = from;
      for (;;) {
        const before = civilOf(at).month;
        at += step;
        const now = civilOf(at);
        if (now.month !== before) turns += 1;
        if (turns === wanted && now.day === Math.min(number, lengthOf(now))) break;
      }
      left = Math.abs(at - from);
    }
    while (left > 0) {
      end += step;
      if (!paused(end)) left -= 1;
    }
    return end;
  }

  const granted = rule.extensions.filter(({ id }) => extensions.includes(id));
  const longer = granted
    .filter(({ unit }) => unit === rule.unit)
    .reduce((sum, { amount }) => sum + amount, 0);
  let end = run(start, rule.unit, rule.amount + longer);
  for (const id of extensions) {
    const one = granted.find((extension) => extension.id === id);
    if (one !== undefined && one.unit !== rule.unit) end = run(end, one.unit, one.amount);
  }
  if (rule.roll) while (look(end) || paused(end)) end += step;
  return { end, provisional: !looked };
}

const calendar = createCalendar(shippedHolidays);
const steps = [...new Set(shippedClockRules.map(({ step }) => step))];
const rulesOf = (step: string) => shippedClockRules.filter((rule) => rule.step === step);
const stands = (rule: ClockRule, day: Day) =>
  dayOf(rule.validFrom) <= day && (rule.validTo === null || day <= dayOf(rule.validTo));

const around = (day: Day, days: number) => fc.integer({ min: day - days, max: day + days });
const restDays = [...off, ...[...off].map((day) => day - 1), ...[...off].map((day) => day + 1)];
const monthEnds = civil
  .map((at, index) => ({ at, day: firstDay + index }))
  .filter(({ at }) => at.day >= 28 && [2024, 2025, 2026].includes(at.year))
  .map(({ day }) => day);
const within = { min: dayOf("2024-01-01"), max: dayOf("2026-12-31") };

/** Days on which a period of the step may start: mostly those where reckoning is hard. */
function starts(step: string): fc.Arbitrary<Day> {
  const edges = rulesOf(step).flatMap(({ validFrom, validTo }) => [
    dayOf(validFrom),
    ...(validTo === null ? [] : [dayOf(validTo)]),
  ]);
  return fc.oneof(
    fc.integer(within),
    fc.constantFrom(...restDays),
    fc.constantFrom(...worked),
    fc.constantFrom(...monthEnds),
    around(dayOf("2025-02-01"), 4),
    around(dayOf("2026-04-15"), 4),
    around(dayOf("2026-12-25"), 40),
    fc.constantFrom(...edges).chain((edge) => around(edge, 3)),
  );
}

const kinds = [...new Set(shippedClockRules.flatMap(({ excluded }) => excluded)), "没有规则认的"];
const pauseLength = fc.integer({ min: 0, max: 60 });
const pauseKind = fc.option(fc.constantFrom(...kinds), { nil: undefined });
const beforeHoliday = fc.constantFrom(...off).map((day) => day - 2);

function pauses(start: Day): fc.Arbitrary<Span[]> {
  const from = fc.oneof(fc.integer({ min: start - 20, max: start + 150 }), beforeHoliday);
  const span = fc.tuple(from, pauseLength, pauseKind);
  return fc.array(
    span.map(([first, length, kind]): Span => ({ from: first, to: first + length, kind })),
    { maxLength: 3 },
  );
}

type Timeline = { start: Day; spans: Span[]; extensions: string[] };

function timelines(step: string): fc.Arbitrary<Timeline> {
  const extensions = [...new Set(rulesOf(step).flatMap((rule) => rule.extensions.map(({ id }) => id)))];
  return starts(step).chain((start) =>
    fc.record({ start: fc.constant(start), spans: pauses(start), extensions: fc.subarray(extensions) }),
  );
}

const asPauses = (spans: readonly Span[]): Pause[] =>
  spans.map(({ from, to, kind }) => ({
    from: dateOf(from),
    to: dateOf(to),
    ...(kind === undefined ? {} : { kind }),
  }));

/** Holds one timeline of a step beside the count day by day. */
function compare(step: string, { start, spans, extensions }: Timeline): void {
  const options = { excluded: asPauses(spans), extensions };
  const limits = () => limitsOf(step, dateOf(start), options, shippedClockRules, calendar);
  const inForce = rulesOf(step).filter((rule) => stands(rule, start));
  for (const rule of rulesOf(step)) {
    if (inForce.includes(rule)) continue;
    expect(() => dueDate(rule, dateOf(start), {}, calendar)).toThrow(
      expect.objectContaining({ code: "rule_not_in_force" }),
    );
  }
  if (inForce.length === 0) {
    expect(limits).toThrow(expect.objectContaining({ code: "rule_not_in_force" }));
    return;
  }
  const unknown = extensions.some(
    (id) => !inForce.some((rule) => rule.extensions.some((one) => one.id === id)),
  );
  if (unknown) {
    expect(limits).toThrow(expect.objectContaining({ code: "invalid_request" }));
    return;
  }
  const expected = inForce.map((rule) => ({ rule, ...reckon(rule, start, spans, extensions) }));
  const { dueOn, outerLimit, provisional, reckonings } = limits();
  const day = ({ end }: Reckoned) => end;
  expect({
    dueOn,
    outerLimit,
    provisional,
    reckonings: reckonings.map((one) => [one.rule.id, one.dueOn, one.provisional, one.steps.at(-1)]).sort(),
  }).toEqual({
    dueOn: dateOf(Math.min(...expected.map(day))),
    outerLimit: dateOf(Math.max(...expected.map(day))),
    provisional: expected.some((one) => one.provisional),
    reckonings: expected
      .map(({ rule, end, provisional: movable }) => [rule.id, dateOf(end), movable, lastStep(rule)])
      .sort(),
  });
  for (const { steps: said, dueOn: end } of reckonings) {
    if (!said.some((sentence) => sentence.includes(end))) throw new Error(`${end} is in no step: ${said}`);
  }
}

function lastStep({ basis, title }: ClockRule): string {
  return basis === null
    ? `这是本服务自己的承诺（${title}），不是法定期限。`
    : `依据《${basis.law}》${basis.article}。`;
}

describe("the days of a step", () => {
  test.each(steps)("%s: agree with a count day by day", (step) => {
    fc.assert(
      fc.property(timelines(step), (timeline) => compare(step, timeline)),
      { numRuns: scale(100, 1000) },
    );
  });

  test("are tried where reckoning is hard", () => {
    const [ruling, filing] = ["ruling-close", "counterfeit-filing"].map((step) =>
      fc.sample(timelines(step), { numRuns: 1000, seed: 1 }),
    );
    const all = [...(ruling ?? []), ...(filing ?? [])];
    const some = (is: (timeline: Timeline) => boolean) => all.filter(is).length;
    expect(some(({ start }) => rests(start))).toBeGreaterThan(100);
    expect(some(({ start }) => worked.has(start))).toBeGreaterThan(100);
    expect(some(({ start }) => civilOf(start).day >= 29)).toBeGreaterThan(100);
    expect(some(({ start }) => start >= dayOf("2026-12-01"))).toBeGreaterThan(100);
    expect(some(({ start }) => Math.abs(start - dayOf("2025-02-01")) <= 1)).toBeGreaterThan(30);
    expect(some(({ start }) => Math.abs(start - dayOf("2026-04-15")) <= 1)).toBeGreaterThan(30);
    expect(
      some(({ spans }) => spans.some(({ from, to }) => [...off].some((day) => from <= day && day <= to))),
    ).toBeGreaterThan(100);
    expect(some(({ spans }) => spans.some(({ kind }) => kind !== undefined))).toBeGreaterThan(100);
    expect(some(({ extensions }) => extensions.length === 2)).toBeGreaterThan(100);
  });

  test("are tried on every kind of rule", () => {
    const some = (is: (rule: ClockRule) => boolean) => shippedClockRules.filter(is).length;
    for (const unit of ["workingDay", "day", "month", "year"])
      expect(some((rule) => rule.unit === unit)).toBeGreaterThan(5);
    expect(some(({ direction }) => direction === "before")).toBeGreaterThan(4);
    expect(some(({ roll }) => !roll)).toBeGreaterThan(5);
    expect(some(({ unit, extensions }) => extensions.some((one) => one.unit !== unit))).toBeGreaterThan(0);
    expect(some(({ unit, extensions }) => extensions.some((one) => one.unit === unit))).toBeGreaterThan(5);
    expect(steps.filter((step) => rulesOf(step).length > 1).length).toBeGreaterThan(15);
  });
});

describe("rules that no pack has", () => {
  const units = ["workingDay", "day", "month", "year"] as const;
  const shapes: fc.Arbitrary<ClockRule> = fc
    .record({
      unit: fc.constantFrom(...units),
      amount: fc.integer({ min: 1, max: 14 }),
      direction: fc.constantFrom("after" as const, "before" as const),
      roll: fc.boolean(),
      extensions: fc.array(
        fc.tuple(fc.integer({ min: 1, max: 30 }), fc.constantFrom("workingDay", "day", "month")),
        {
          maxLength: 2,
        },
      ),
    })
    .map(({ extensions, ...shape }) => ({
      ...shape,
      amount: shape.unit === "year" ? Math.ceil(shape.amount / 5) : shape.amount,
      id: "shape",
      step: "shape",
      title: "试",
      kind: "statutory",
      matter: "全部",
      owner: "office",
      basis: { law: "法", article: "第一条" },
      startEvent: "accepted",
      endEvents: [],
      extensions: extensions.map(([amount, unit], at) => ({
        id: at === 0 ? "first" : "second",
        amount,
        unit: unit as "workingDay" | "day" | "month",
        approver: "负责人",
        approvedBy: "head",
      })),
      excluded: ["中止"],
      validFrom: "2020-01-01",
      validTo: null,
      confidence: "high",
    }));

  test("agree with a count day by day in any shape, every extension granted", () => {
    const cases = shapes.chain((rule) =>
      fc.record({ rule: fc.constant(rule), timeline: timelines("ruling-close") }),
    );
    fc.assert(
      fc.property(cases, ({ rule, timeline: { start, spans } }) => {
        fc.pre(stands(rule, start));
        const extensions = rule.extensions.map(({ id }) => id);
        const { end, provisional } = reckon(rule, start, spans, extensions);
        const due = dueDate(rule, dateOf(start), { excluded: asPauses(spans), extensions }, calendar);
        expect([due.dueOn, due.provisional]).toEqual([dateOf(end), provisional]);
      }),
      { numRuns: scale(500, 10_000) },
    );
  });
});
