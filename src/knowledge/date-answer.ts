import { z } from "zod";
import wordingFile from "../../prompts/deadlines.json" with { type: "json" };
import { type ClockRule, type DueDate, dueDate, isInForce, unitName } from "../calendar/clock-rule.ts";
import { daysBetween, shiftDays, weekday } from "../calendar/date.ts";
import { findDays } from "../calendar/said-days.ts";
import type { Calendar } from "../calendar/working-days.ts";
import { type Citation, type Cite, LegalBasis } from "../core/citation.ts";
import { figuresIn } from "../text/figures.ts";
import { fill } from "../text/fill.ts";
import type { FindReferences } from "./article-reference.ts";
import dataFile from "./data/date-answer.json" with { type: "json" };
import type { Passage } from "./passage.ts";

/** The last day that an answer names, as the calendar reckons it. */
export const Deadline = z
  .object({
    /** The day the period is reckoned from; it does not count itself. */
    startedOn: z.iso.date(),
    /** The last day, moved off a day of rest where the law says so. */
    dueOn: z.iso.date(),
    /** The rule of `/deadlines/rules`; null where the limit is a figure of the article or one that was asked about. */
    ruleId: z.string().nullable(),
    ...LegalBasis.unwrap().shape,
    /** The day rests on a calendar that is not published, and may move. */
    provisional: z.boolean(),
  })
  .meta({ id: "AnswerDeadline" });
export type Deadline = z.infer<typeof Deadline>;

/** What happened on a day that a period may start with. */
const eventKinds = [
  "received",
  "issued",
  "announced",
  "ended",
  "known",
  "effective",
  "disclosed",
  "approved",
  "accepted",
  "changed",
  "filed",
] as const;
type EventKind = (typeof eventKinds)[number];

const Pattern = z.string().transform((source) => new RegExp(source, "u"));
const Data = z.strictObject({
  /** What asks for a day, or whether it is too late; `asksElse` is taken out before. */
  asks: Pattern,
  asksElse: Pattern,
  /** Words beside a day that tell what happened on it. */
  events: z.record(z.enum(eventKinds), Pattern),
  /** Words beside a day on which the person means to act. */
  acting: z.strictObject({
    before: Pattern,
    after: Pattern,
    /** Asks whether acting on that day is too late: the day then starts nothing. */
    tooLate: Pattern,
    /** Acts that start a period of their own: 交请求书. */
    files: Pattern,
  }),
  /** What must follow a day that no event stands beside: 3月5号的驳回决定. */
  notice: Pattern,
  electronic: Pattern,
  /** A passage's figure is a time limit if its label matches the first and not the second. */
  limitLabel: Pattern,
  notLimitLabel: Pattern,
  labelEvents: z.partialRecord(z.enum(eventKinds), Pattern),
  /** By id of a clock rule: a rule that is not here is never reckoned with. */
  limits: z.record(
    z.string(),
    z.strictObject({
      name: z.string(),
      from: z.array(z.enum(eventKinds)).min(1),
      /** A paper of 国家知识产权局 starts it: one sent by post counts as received after 15 days (细则 4). */
      posted: z.boolean().default(false),
      say: Pattern,
      not: Pattern.optional(),
      /** What the sentence adds to the limit. */
      besides: z.string().optional(),
      wayBack: z.string().optional(),
    }),
  ),
  wayBacks: z.record(
    z.string(),
    z.strictObject({
      law: z.string(),
      article: z.string(),
      say: z.string(),
      /** The rule that reckons the way back from the last day, and what to say once that is past too. */
      ruleId: z.string().optional(),
      gone: z.string().optional(),
    }),
  ),
});
type Limit = z.output<typeof Data>["limits"][string];

/** Which articles reckon every period of patent law. */
const patentLaws = new Set(["专利法", "专利法实施细则"]);
const countingRule: LegalBasis = { law: "专利法实施细则", article: "第五条" };
const postingRule: LegalBasis = { law: "专利法实施细则", article: "第四条" };
/** 细则 4: papers sent by post count as received when so many days are full. */
const postingDays = 15;

export type DateQuestion = {
  /** The question, folded. */
  said: string;
  /** The same in common speech. */
  folded: string;
  /** What was asked before, where the question leans on it. */
  earlier: string | undefined;
  /** `YYYY-MM-DD`, in Asia/Shanghai. */
  asOf: string;
  main: Passage;
  /** The sentence of the digest that answers. */
  answered: string;
  citations: readonly Citation[];
};

export type DateAnswer = {
  /** One sentence. */
  text: string;
  /** Of every article that the sentence names. */
  citations: Citation[];
  /** Absent where no day could be given. */
  deadline?: Deadline;
};

type Deps = {
  rules: readonly ClockRule[];
  calendar: Calendar;
  cite: Cite;
  findReferences: FindReferences;
  wording?: typeof wordingFile;
};

/** A day of the question in its part. */
type Mention = {
  date: string;
  kind: EventKind | undefined;
  /** The person means to act on it; `files` where that act may start a period. */
  acting: boolean;
  files: boolean;
  /** A paper stands right after it, or 从 before it. */
  namesPaper: boolean;
  today: boolean;
};
/** What the question says of the day that counts. */
type Asked = { asOf: string; actsOn: string | undefined; tooLate: boolean };
type Start = { date: string; kind: EventKind | undefined };
/** A limit that fits, and the day it starts with. */
type Candidate = {
  rule: ClockRule;
  name: string;
  limit: Limit | undefined;
  startedOn: string;
  event: string;
  /** The day the paper was sent by post, where `startedOn` follows from it. */
  posted?: string;
};

/**
 * Ends an answer with the day that was asked for: from which day, how long, until when. It says nothing where no
 * day was asked, where none was named to start with, or where more than one limit fits.
 *
 * @throws {Error} at once if the data names a rule that is not there.
 */
export function createDateAnswerer({ rules, calendar, cite, findReferences, wording = wordingFile }: Deps) {
  const data = Data.parse(dataFile);
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const elsewhere = new RegExp(data.asksElse.source, "gu");
  const eventWords = eventKinds.map((kind) => ({ kind, words: new RegExp(data.events[kind].source, "gu") }));
  for (const id of Object.keys(data.limits)) if (!byId.has(id)) throw new Error(`No clock rule ${id}.`);

  return function answerDate(question: DateQuestion): DateAnswer | undefined {
    const { said, folded, earlier = "", asOf } = question;
    if (!asksForDay(said) && !asksForDay(earlier)) return undefined;
    const text = findDays(said, asOf).length > 0 ? said : `${earlier} ${said}`;
    const days = findDays(text, asOf);
    const impossible = days.find(({ date }) => date === undefined);
    if (impossible !== undefined)
      return {
        text: fill(wording.impossible, { said: text.slice(impossible.start, impossible.end) }),
        citations: [],
      };

    const mentions = mentionsIn(text, asOf);
    const start = startOf(mentions, data.acting.tooLate.test(text));
    if (start === undefined) return undefined;
    const acting = mentions.filter(
      (one) => (one.acting || one.today) && one.kind === undefined && one.date > start.date,
    );
    const topic = `${said} ${folded} ${earlier}`.replaceAll("\n", " ");
    const found = candidateOf(question, topic, start, data.electronic.test(text));
    return found === undefined
      ? undefined
      : tell(found, {
          asOf,
          actsOn: acting.length === 1 ? acting[0]?.date : undefined,
          tooLate: data.acting.tooLate.test(topic),
        });
  };

  function asksForDay(text: string): boolean {
    return data.asks.test(text.replace(elsewhere, " "));
  }

  /** The days of a text, each with what happened on it by the words beside it. */
  function mentionsIn(text: string, asOf: string): Mention[] {
    const days = findDays(text, asOf);
    return days.flatMap(({ date, start, end }, at) => {
      if (date === undefined) return [];
      const after = text.slice(end, Math.min(days[at + 1]?.start ?? text.length, end + 16));
      const before = text.slice(Math.max(days[at - 1]?.end ?? 0, start - 10), start);
      const within = (/^[^,，。;；!?！？\s]*/u.exec(after.trimStart())?.[0] ?? "").slice(0, 14);
      const leading = /[^,，。;；!?！？\s]*$/u.exec(before)?.[0] ?? "";
      const acts = data.acting.before.test(leading) || actsOn(within);
      const kind = acts ? undefined : (nearest(within, "first") ?? nearest(leading, "last"));
      return [
        {
          date,
          kind,
          acting: acts,
          files: acts && data.acting.files.test(within),
          namesPaper: data.notice.test(within) || /(?:从|自|打)$/u.test(leading),
          today: /今/u.test(text.slice(start, end)),
        },
      ];
    });
  }

  /** Whether the words after a day tell of an act still to come: 提复审, but not 提的复审 or 交了. */
  function actsOn(within: string): boolean {
    const acting = data.acting.after.exec(within);
    return (
      acting !== null &&
      !/^.{0,3}[的了过完]/u.test(within.slice(acting[0].length)) &&
      !/[的了]$/u.test(within)
    );
  }

  function nearest(text: string, which: "first" | "last"): EventKind | undefined {
    let best: { kind: EventKind; distance: number } | undefined;
    for (const { kind, words } of eventWords) {
      const matches = [...text.matchAll(words)];
      const match = which === "first" ? matches[0] : matches.at(-1);
      if (match === undefined) continue;
      const distance = which === "first" ? match.index : text.length - match.index - match[0].length;
      if (best === undefined || distance < best.distance) best = { kind, distance };
    }
    return best?.kind;
  }

  /** The one day that a period may start with: of papers the day they came, not the day they were sent. */
  function startOf(mentions: readonly Mention[], tooLate: boolean): Start | undefined {
    const told = mentions.filter(({ kind }) => kind !== undefined);
    const received = told.filter(({ kind }) => kind === "received");
    const named = mentions.filter(
      ({ kind, acting, namesPaper, today }) => kind === undefined && !acting && namesPaper && !today,
    );
    const starts = received.length > 0 ? received : told.length > 0 ? told : named;
    const [first] = starts;
    if (first !== undefined) return starts.some(({ date }) => date !== first.date) ? undefined : first;
    const [only, ...others] = mentions;
    return only?.files === true && others.length === 0 && !tooLate
      ? { date: only.date, kind: "filed" }
      : undefined;
  }

  function candidateOf(
    { said, asOf, main, answered, citations }: DateQuestion,
    topic: string,
    start: Start,
    electronic: boolean,
  ): Candidate | undefined {
    const own = { law: main.law, article: main.article };
    const figureBases = main.figures.flatMap(({ basis }) => basisOf(basis) ?? []);
    for (const bases of [[own], [...citations, ...figureBases]]) {
      const fitting = rules.flatMap((rule) => {
        const { basis } = rule;
        const limit = data.limits[rule.id];
        if (basis === null || limit === undefined || !bases.some((one) => isSame(one, basis))) return [];
        if (!limit.say.test(topic) || limit.not?.test(topic) === true) return [];
        return startWith(rule, limit, start, electronic) ?? [];
      });
      const [first] = fitting;
      if (first === undefined) continue;
      return fitting.every((one) => dueOf(one).dueOn === dueOf(first).dueOn) ? first : undefined;
    }
    if (isSame(own, countingRule)) return askedLimit(said, start, asOf);
    return figureLimit(main, answered, start, asOf);
  }

  /** The rule with the day it starts, or undefined where what happened on that day does not start it. */
  function startWith(
    rule: ClockRule,
    limit: Limit,
    start: Start,
    electronic: boolean,
  ): Candidate | undefined {
    const [usual] = limit.from;
    const kind = start.kind ?? usual;
    if (kind === undefined) return undefined;
    const candidate = (startedOn: string, event: EventKind): Candidate | undefined =>
      isInForce(rule, startedOn)
        ? { rule, name: limit.name, limit, startedOn, event: wording.events[event] }
        : undefined;
    if (limit.from.includes(kind)) return candidate(start.date, kind);
    if (kind !== "issued" || !limit.posted) return undefined;
    // Sent to an electronic system, a paper is there the same day.
    if (electronic) return candidate(start.date, "received");
    const presumed = candidate(shiftDays(start.date, postingDays), "received");
    return presumed && { ...presumed, posted: start.date };
  }

  /** A limit that the person names (起一个月是哪天), where the answer is about how to count. */
  function askedLimit(said: string, start: Start, asOf: string): Candidate | undefined {
    const days = findDays(said, asOf);
    const figures = figuresIn(said).filter(
      (figure) => !days.some((day) => figure.start < day.end && day.start < figure.end),
    );
    const limits = figures.flatMap(({ key }) => timeOf(key) ?? []);
    const [limit] = limits;
    if (limit === undefined || limits.length > 1) return undefined;
    return {
      rule: ruleOf(limit, countingRule, start.date),
      name: "",
      limit: undefined,
      startedOn: start.date,
      event: "",
    };
  }

  /** The one time limit among the passage's figures that the answer mentions. */
  function figureLimit(main: Passage, answered: string, start: Start, asOf: string): Candidate | undefined {
    const mentioned = new Set(figuresIn(answered).map(({ key }) => key));
    const figures = main.figures.flatMap(({ label, value, basis }) => {
      const [key] = figuresIn(value).map((figure) => figure.key);
      const time = key === undefined || !mentioned.has(key) ? undefined : timeOf(key);
      const source = basisOf(basis) ?? { law: main.law, article: main.article };
      return time === undefined ? [] : [{ label, time, source }];
    });
    const [first] = figures;
    if (first === undefined || figures.length > 1) return undefined;
    const { label, time, source } = first;
    if (!data.limitLabel.test(label) || data.notLimitLabel.test(label)) return undefined;
    // An article with rules that answers reckon with is read by these alone.
    const reckoned = rules.filter(({ id }) => data.limits[id] !== undefined);
    if (reckoned.some(({ basis }) => basis !== null && isSame(basis, source))) return undefined;
    const wanted = eventKinds.find((kind) => data.labelEvents[kind]?.test(label));
    if (wanted !== undefined && start.kind !== undefined && start.kind !== wanted) return undefined;
    const citation = cite(source, asOf);
    if (citation === undefined || start.date < citation.effectiveFrom) return undefined;
    const kind = start.kind ?? wanted;
    return {
      rule: ruleOf(time, source, citation.effectiveFrom),
      name: label.replace(/（[^）]*）|的?期限$/gu, ""),
      limit: undefined,
      startedOn: start.date,
      event: kind === undefined ? "" : wording.events[kind],
    };
  }

  function basisOf(name: string | undefined): LegalBasis | undefined {
    if (name === undefined) return undefined;
    const [reference] = findReferences(name);
    return reference?.instrument && { law: reference.instrument.title, article: reference.article };
  }

  function dueOf({ rule, startedOn }: Candidate): DueDate {
    return dueDate(rule, startedOn, {}, calendar);
  }

  function tell(found: Candidate, asked: Asked): DateAnswer | undefined {
    const { asOf } = asked;
    const { rule, name, limit, startedOn, event, posted } = found;
    const { basis } = rule;
    const citations: Citation[] = [];
    /** Whether the article can be cited on the day: no sentence without. */
    const named = (one: LegalBasis): boolean => {
      const citation = cite(one, asOf);
      if (citation !== undefined && !citations.some((other) => isSame(other, citation)))
        citations.push(citation);
      return citation !== undefined;
    };
    if (basis === null || !named(basis)) return undefined;
    if (posted !== undefined && !named(postingRule)) return undefined;

    const due = dueOf(found);
    const { dueOn, provisional } = due;
    const pure = rule.id === askedRuleId;
    const beginning = fill(posted === undefined ? wording.start : wording.presumed, {
      date: sayDay(startedOn),
      event,
      posted: posted === undefined ? "" : sayDay(posted),
    });
    const period = fill(pure ? wording.ownLimit : wording.limit, {
      name,
      limit: `${rule.amount}${unitName(rule.unit)}`,
      basis: `${basis.law}${basis.article}`,
    });
    const parts = [beginning, period];
    const year = dueOn.slice(0, 4);
    if (provisional && rule.unit === "workingDay") {
      return { text: `${[...parts, fill(wording.noCalendar, { year })].join("，")}。`, citations };
    }
    parts.push(lastDay(found, due, named));
    const more = pure
      ? []
      : [limit?.besides, standing(limit, dueOn, asked, named)].filter((one) => one !== undefined);
    return {
      text: `${[parts.join("，"), ...more].join("；")}。`,
      citations,
      deadline: {
        startedOn,
        dueOn,
        ruleId: byId.has(rule.id) ? rule.id : null,
        law: basis.law,
        article: basis.article,
        provisional,
      },
    };
  }

  /** The last day, and whether it was moved off a day of rest. */
  function lastDay(
    { rule, startedOn }: Candidate,
    { dueOn, provisional }: DueDate,
    named: (basis: LegalBasis) => boolean,
  ): string {
    const raw = dueDate({ ...rule, roll: false }, startedOn, {}, calendar).dueOn;
    const last = fill(wording.last, { due: sayDate(dueOn) });
    if (!rule.roll) return last;
    const moved = raw !== dueOn;
    const unpublished = [raw, dueOn].find((day) => !calendar.day(day).published) ?? dueOn;
    const year = unpublished.slice(0, 4);
    const dayOff = calendar.day(raw).name;
    const rolls = moved && rule.basis !== null && patentLaws.has(rule.basis.law) && named(countingRule);
    const values = {
      last,
      due: sayDate(dueOn),
      raw: sayDate(raw),
      rest: dayOff === undefined ? wording.weekend : fill(wording.holiday, { name: dayOff }),
      rollBasis: rolls ? wording.rollBasis : "",
      year,
      unknown: isAhead(year) ? wording.unpublished : wording.uncollected,
    };
    if (provisional) return fill(moved ? wording.movedProvisional : wording.keptProvisional, values);
    if (moved) return fill(wording.moved, values);
    return fill(calendar.day(dueOn).kind === "makeUpDay" ? wording.madeUp : wording.kept, values);
  }

  /** Whether no later calendar is published; of an earlier year it is merely not collected. */
  function isAhead(year: string): boolean {
    return !Array.from({ length: 60 }, (_, ahead) => Number(year) + 1 + ahead).some(calendar.isPublished);
  }

  /** Where `asOf`, or the day that the person means to act on, stands to the last day. */
  function standing(
    limit: Limit | undefined,
    dueOn: string,
    { asOf, actsOn, tooLate }: Asked,
    named: (basis: LegalBasis) => boolean,
  ): string {
    const day = actsOn ?? asOf;
    const days = daysBetween(day, dueOn);
    const values = { asOf: sayDay(asOf), days: String(Math.abs(days)), date: sayDay(day) };
    if (days >= 0) {
      if (actsOn !== undefined && actsOn !== asOf) return fill(wording.within, values);
      return fill(days === 0 ? wording.today : tooLate ? wording.inTime : wording.left, values);
    }
    const past = fill(actsOn !== undefined && actsOn !== asOf ? wording.beyond : wording.past, values);
    const back = limit?.wayBack === undefined ? undefined : data.wayBacks[limit.wayBack];
    if (back === undefined || !named(back)) return past;
    const rule = back.ruleId === undefined ? undefined : byId.get(back.ruleId);
    const until = rule && isInForce(rule, dueOn) ? dueDate(rule, dueOn, {}, calendar).dueOn : undefined;
    if (back.ruleId !== undefined && until === undefined) return past;
    const date = until === undefined ? "" : sayDate(until);
    const say = until !== undefined && until < day ? (back.gone ?? "") : back.say;
    return `${past}；${fill(say, { date })}（${back.law}${back.article}）`;
  }
}

/** A clock rule made for one sentence; it is in no pack. */
const askedRuleId = "asked-limit";
type Time = { amount: number; unit: ClockRule["unit"] };

function ruleOf({ amount, unit }: Time, basis: LegalBasis, validFrom: string): ClockRule {
  return {
    id: isSame(basis, countingRule) ? askedRuleId : "figure-limit",
    step: "figure-limit",
    title: "",
    kind: "statutory",
    matter: "",
    owner: "party",
    unit,
    amount,
    direction: "after",
    roll: true,
    basis,
    startEvent: "asked",
    endEvents: [],
    extensions: [],
    excluded: [],
    validFrom,
    validTo: null,
    confidence: "high",
  };
}

/** A figure as `figuresIn` keys it, where it is a length of time in whole units: `3|个月`. */
function timeOf(key: string): Time | undefined {
  const [number = "", name = ""] = key.split("|");
  const units: Record<string, ClockRule["unit"]> = {
    日: "day",
    工作日: "workingDay",
    个月: "month",
    年: "year",
  };
  const unit = units[name];
  const amount = Number(number);
  if (name === "年" && amount === 0.5) return { amount: 6, unit: "month" };
  if (unit === undefined || !Number.isInteger(amount) || amount < 1 || amount > 100) return undefined;
  return { amount, unit };
}

function isSame(a: LegalBasis, b: LegalBasis): boolean {
  return a.law === b.law && a.article === b.article;
}

/** `2026年6月5日`. */
function sayDay(date: string): string {
  const [year, month, day] = date.split("-").map(Number);
  return `${year}年${month}月${day}日`;
}

/** `2026年6月5日（星期五）`. */
function sayDate(date: string): string {
  return `${sayDay(date)}（星期${"日一二三四五六"[weekday(date)]}）`;
}
