import { z } from "zod";
import { fold } from "../text/fold.ts";
import splittingData from "./data/splitting.json" with { type: "json" };
import { type ReportType, relations, reportTypes, type Slots } from "./report.ts";

/** Where the words stand: a stretch of the folded text (text/fold.ts) of the description or of one line of the narrative. */
export type Evidence = { source: "narrative" | "description"; line: number; start: number; end: number };

/** One matter of a report: what it is, why it stands by itself, and the words that show it (null: what the slots say). */
export type ReportPart = { reportType: ReportType; reason: string; evidence: Evidence | null };

/** What a report holds. `mixed`: more than one matter, opened or not. */
export type Split = {
  /** What is to be opened, the one that the person mainly reports first. Never empty. */
  parts: ReportPart[];
  /** What the person also wants and cannot have as it stands, with a reason to tell them. */
  notOpened: { reportType: ReportType; reason: string }[];
  mixed: boolean;
};

const signalNames = [
  "compensation",
  "purchase",
  "punishment",
  "counterfeit",
  "advertising",
  "ownNumber",
  "infringement",
  "platform",
] as const;
type SignalName = (typeof signalNames)[number];

const Patterns = z.array(z.string()).min(1);
const ReportTypeName = z.enum(reportTypes);

const Splitting = z.object({
  source: z.string(),
  date: z.iso.date(),
  slips: z
    .record(z.string(), z.string())
    .refine((slips) => Object.entries(slips).every(([a, b]) => a.length === b.length)),
  needsName: z.partialRecord(ReportTypeName, z.string()),
  notConsumer: z.string(),
  primaryReason: z.string(),
  rightHolders: z.array(z.enum(relations)),
  combinations: z.array(
    z.object({
      primary: z.array(ReportTypeName).min(1),
      add: ReportTypeName,
      signals: z.array(z.enum(signalNames)).min(1),
      unless: z.array(z.enum(signalNames)).optional(),
      /** Whether the person must have bought for themselves. */
      consumer: z.boolean().optional(),
      reason: z.string(),
    }),
  ),
  signals: z.record(
    z.enum(signalNames),
    z.object({
      any: Patterns,
      /** Cues that also count when somebody else's words are told: a refusal is one by being said. */
      firm: Patterns.optional(),
      /** What anywhere in the text shows that the matter is settled. */
      never: Patterns.optional(),
      /** What shows that it is not, all the same. */
      despite: z.string().optional(),
      /** What before a cue shows that the person speaks of their own goods. */
      ownWork: z.string().optional(),
    }),
  ),
  business: Patterns,
  forEvidence: Patterns,
  suppress: z.object({
    negatedBefore: Patterns,
    negatedAfter: Patterns,
    speech: Patterns,
    others: Patterns,
    conditional: Patterns,
    questionBefore: Patterns,
    questionAfter: Patterns,
    notQuestion: z.string(),
  }),
});

const anyOf = (patterns: readonly string[], flags = "u") =>
  new RegExp(patterns.map((pattern) => `(?:${pattern})`).join("|"), flags);

function load() {
  const data = Splitting.parse(splittingData);
  const { suppress } = data;
  const slip = new RegExp(Object.keys(data.slips).join("|"), "gu");
  return {
    ...data,
    mend: (text: string) => text.replace(slip, (found) => data.slips[found] ?? found),
    signals: new Map(
      signalNames.map((name) => {
        const { any, firm, never, despite, ownWork } = data.signals[name];
        return [
          name,
          {
            any: anyOf(any, "gu"),
            firm: firm === undefined ? undefined : anyOf(firm, "gu"),
            never: never === undefined ? undefined : anyOf(never),
            despite: despite === undefined ? undefined : new RegExp(despite, "u"),
            ownWork: ownWork === undefined ? undefined : new RegExp(ownWork, "u"),
          },
        ] as const;
      }),
    ),
    business: anyOf(data.business),
    forEvidence: anyOf(data.forEvidence),
    suppress: {
      negatedBefore: anyOf(suppress.negatedBefore),
      negatedAfter: anyOf(suppress.negatedAfter),
      speech: anyOf(suppress.speech),
      others: anyOf(suppress.others),
      conditional: anyOf(suppress.conditional),
      questionBefore: anyOf(suppress.questionBefore),
      questionAfter: anyOf(suppress.questionAfter),
      notQuestion: new RegExp(suppress.notQuestion, "u"),
    },
  };
}

type Rules = ReturnType<typeof load>;
let loaded: Rules | undefined;

type Line = { source: Evidence["source"]; line: number; text: string };

/** What parts clauses; a space does when a Chinese character stands on both sides. */
const clauseMark = /[，。！？；:、\n]|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])/gu;
/** How far a clause or sentence reaches when nobody put a mark, in characters. */
const maxReach = 40;

/**
 * The matters that a report holds: a complaint (a consumer's wish for money or mediation) and a tip (an unlawful
 * act to be punished) in one material are handled apart, from the same instant; so are an infringement and a
 * counterfeit, or a platform's inaction, beside it. Rather one matter too few than one that nobody asked for:
 * what is denied, asked, said by somebody else or made a condition does not split. An infringement whose owner
 * wants money or mediation is one matter: that is its remedy. Source: 《市场监督管理投诉举报处理办法》(令121)
 * art. 9, before it 暂行办法(令20) art. 7; the combinations and cues are in data/splitting.json.
 */
export function splitReport({ slots, narrative }: { slots: Slots; narrative: readonly string[] }): Split {
  loaded ??= load();
  const rules = loaded;
  const lines = linesOf(slots, narrative, rules);
  const seen = new Map<SignalName, Evidence | undefined>();
  const signal = (name: SignalName): Evidence | undefined => {
    if (!seen.has(name)) seen.set(name, findSignal(lines, name, rules));
    return seen.get(name);
  };

  const primary = slots.reportType ?? "其他";
  const anonymous = slots.anonymous === true;
  const named = !anonymous && slots.contactName !== undefined && slots.contactPhone !== undefined;
  const first: ReportPart = { reportType: primary, reason: rules.primaryReason, evidence: null };
  const added: ReportPart[] = [];
  const notOpened: Split["notOpened"] = [];

  for (const { primary: from, add, signals, unless = [], consumer, reason } of rules.combinations) {
    if (!from.includes(primary) || unless.some((name) => signal(name) !== undefined)) continue;
    const found = signals.map(signal);
    const [evidence] = found;
    if (evidence === undefined || found.includes(undefined)) continue;
    if (consumer === true) {
      const purpose = purposeOf(slots, lines, signal("purchase") !== undefined, rules);
      if (purpose === "none") continue;
      if (purpose === "business") {
        notOpened.push({ reportType: add, reason: rules.notConsumer });
        continue;
      }
    }
    const lacking = named ? undefined : rules.needsName[add];
    if (lacking === undefined) added.push({ reportType: add, reason, evidence });
    else notOpened.push({ reportType: add, reason: lacking });
  }

  // A complaint without a name cannot be opened; the tip beside it can (令121 art. 9, 10).
  const refused =
    anonymous && primary === "消费投诉" && added.length > 0 ? rules.needsName[primary] : undefined;
  if (refused !== undefined) notOpened.push({ reportType: primary, reason: refused });
  const parts = refused === undefined ? [first, ...added] : added;
  return { parts, notOpened, mixed: parts.length + notOpened.length > 1 };
}

/** What the person bought for: their own use, their trade, or nothing that makes them a consumer. */
function purposeOf(
  slots: Slots,
  lines: readonly Line[],
  bought: boolean,
  rules: Rules,
): "consumer" | "business" | "none" {
  if (slots.relation !== undefined && rules.rightHolders.includes(slots.relation)) return "none";
  if (lines.some(({ text }) => rules.forEvidence.test(text))) return "none";
  if (lines.some(({ text }) => rules.business.test(text))) return "business";
  return bought || slots.relation === "消费者" ? "consumer" : "none";
}

/** The person's own words, each line once. */
function linesOf(slots: Slots, narrative: readonly string[], rules: Rules): Line[] {
  const lines: Line[] = narrative.map((text, line) => ({
    source: "narrative",
    line,
    text: readable(text, rules),
  }));
  if (slots.description !== undefined && !narrative.includes(slots.description)) {
    lines.push({ source: "description", line: 0, text: readable(slots.description, rules) });
  }
  return lines;
}

/** Folded text as the cues are written: with Chinese punctuation, slips mended. Character for character as long as the folded text. */
function readable(text: string, rules: Rules): string {
  return rules.mend(fold(text).replace(/[,;?!]/gu, (mark) => fullWidth[mark] ?? mark));
}

const fullWidth: Record<string, string> = { ",": "，", ";": "；", "?": "？", "!": "！" };

function findSignal(lines: readonly Line[], name: SignalName, rules: Rules): Evidence | undefined {
  const cues = rules.signals.get(name);
  if (cues === undefined) return undefined;
  const whole = lines.map(({ text }) => text).join("\n");
  if (cues.never?.test(whole) === true && cues.despite?.test(whole) !== true) return undefined;
  for (const { source, line, text } of lines) {
    for (const [pattern, firm] of [
      [cues.any, false],
      [cues.firm, true],
    ] as const) {
      for (const match of pattern === undefined ? [] : text.matchAll(pattern)) {
        const start = match.index;
        const end = start + match[0].length;
        const around = surroundingsOf(text, start, end);
        if (cues.ownWork?.test(around.clauseBefore) === true) continue;
        if (asserted(around, firm, rules)) return { source, line, start, end };
      }
    }
  }
  return undefined;
}

/** What stands around a cue. `mark` is what closes its clause. */
type Surroundings = {
  clauseBefore: string;
  clauseAfter: string;
  sentenceBefore: string;
  mark: string;
  quoted: boolean;
};

function surroundingsOf(text: string, start: number, end: number): Surroundings {
  let clauseStart = 0;
  let clauseEnd = text.length;
  let mark = "";
  for (const match of text.matchAll(clauseMark)) {
    if (match.index < start) clauseStart = Math.min(start, match.index + match[0].length);
    if (match.index >= end) {
      clauseEnd = match.index;
      mark = match[0];
      break;
    }
  }
  const before = text.slice(Math.max(0, start - maxReach), start);
  const stop = Math.max(...["。", "！", "？", "；", "\n"].map((one) => before.lastIndexOf(one)));
  const open = Math.max(...["“", "「", "『"].map((one) => text.lastIndexOf(one, start)));
  const close = Math.max(...["”", "」", "』"].map((one) => text.lastIndexOf(one, start - 1)));
  return {
    clauseBefore: text.slice(Math.max(clauseStart, start - maxReach), start),
    clauseAfter: text.slice(end, Math.min(clauseEnd, end + maxReach)),
    sentenceBefore: before.slice(stop + 1),
    mark,
    quoted: open > close || (text.slice(0, start).match(/"/gu)?.length ?? 0) % 2 === 1,
  };
}

/** Whether the person means the cue as their own, here and now. */
function asserted(around: Surroundings, firm: boolean, { suppress }: Rules): boolean {
  const { clauseBefore, clauseAfter, sentenceBefore, mark, quoted } = around;
  if (suppress.others.test(sentenceBefore)) return false;
  if (suppress.conditional.test(sentenceBefore) || clauseAfter.startsWith("的话")) return false;
  const asked =
    suppress.questionBefore.test(clauseBefore) || suppress.questionAfter.test(clauseAfter) || mark === "？";
  if (asked && !suppress.notQuestion.test(clauseAfter)) return false;
  if (firm) return true;
  if (quoted || suppress.speech.test(clauseBefore)) return false;
  if (suppress.negatedBefore.test(clauseBefore)) return false;
  return !suppress.negatedAfter.test(clauseAfter);
}
