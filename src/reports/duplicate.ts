import { z } from "zod";
import duplicatesData from "./data/duplicates.json" with { type: "json" };
import { type Mark, type MarkKind, markKinds } from "./fingerprint.ts";
import { type ReportType, reportTypes } from "./report.ts";

/** What two reports have in common by their marks, and in what they differ. */
export type MarkComparison = {
  /** How many marks of a kind both have. */
  shared: Partial<Record<MarkKind, number>>;
  /** Kinds of which both have marks and share none. */
  differing: MarkKind[];
};

export const duplicateVerdicts = ["same", "likely", "related", "none"] as const;
export type DuplicateVerdict = (typeof duplicateVerdicts)[number];

/** How sure it is that a report is about somebody that an older one was about. */
const historyStrengths = ["certain", "probable", "possible"] as const;
export type HistoryStrength = (typeof historyStrengths)[number];

const signalNames = [
  "patent",
  "respondent",
  "stem",
  "shop",
  "listing",
  "product",
  "image",
  "nearText",
  "patentDiffers",
  "productDiffers",
  "respondentDiffers",
  "placeDiffers",
  "creditCodeDiffers",
] as const;
type SignalName = (typeof signalNames)[number];

const Verdict = z.enum(duplicateVerdicts);
const Signals = z.array(z.enum(signalNames)).min(1);
const Capped = z.object({ verdict: Verdict, reason: z.string() });

const Duplicates = z.object({
  source: z.string(),
  date: z.iso.date(),
  /** From how many of 16 shared bands on texts count as nearly equal: 4 is a Jaccard index of about 0.7. */
  nearTextBands: z.int().positive(),
  /** Matters that are each person's own: two are never one. */
  ownMatters: z.array(z.enum(reportTypes)),
  /** Matters that people take for one another; the same office acts on them by itself. */
  kindredMatters: z.array(z.enum(reportTypes)),
  caps: z.object({ kindred: Capped, other: Capped }),
  /** The first that fits decides. */
  rules: z.array(
    z.object({ when: Signals, unless: Signals.optional(), verdict: Verdict, reason: z.string() }),
  ),
  history: z.array(
    z.object({
      when: z.array(z.enum(markKinds)).min(1),
      strength: z.enum(historyStrengths),
      reason: z.string(),
    }),
  ),
});

let loaded: z.infer<typeof Duplicates> | undefined;

function duplicateRules() {
  loaded ??= Duplicates.parse(duplicatesData);
  return loaded;
}

/** What two reports share by their marks. */
export function compareMarks(left: readonly Mark[], right: readonly Mark[]): MarkComparison {
  const shared: Partial<Record<MarkKind, number>> = {};
  const differing: MarkKind[] = [];
  for (const kind of markKinds) {
    const ours = new Set(left.filter((mark) => mark.kind === kind).map(({ value }) => value));
    const theirs = new Set(right.filter((mark) => mark.kind === kind).map(({ value }) => value));
    const count = [...ours].filter((value) => theirs.has(value)).length;
    if (count > 0) shared[kind] = count;
    else if (ours.size > 0 && theirs.size > 0) differing.push(kind);
  }
  return { shared, differing };
}

/**
 * Whether two reports are about the same: `same` and `likely` may be joined by an officer, `related` are shown
 * beside each other. Names are compared with their place, since stalls of one name stand in many towns. Complaints
 * and mediations are each person's own, other matters of another kind go another way: related at most. `reasons`
 * are for officers.
 */
export function judgeDuplicate(
  comparison: MarkComparison,
  matters: { left: ReportType; right: ReportType },
): { verdict: DuplicateVerdict; reasons: string[] } {
  const { rules, caps } = duplicateRules();
  const signals = signalsOf(comparison);
  const rule = rules.find(
    ({ when, unless = [] }) =>
      when.every((name) => signals.has(name)) && !unless.some((name) => signals.has(name)),
  );
  const shares = Object.keys(comparison.shared).length > 0;
  if (rule === undefined || !shares) return { verdict: "none", reasons: [] };
  const relation = relationOf(matters);
  const cap = relation === "same" ? undefined : caps[relation];
  if (cap === undefined || rank(cap.verdict) >= rank(rule.verdict)) {
    // What is capped already by less is not made less by it.
    return { verdict: weaker(rule.verdict, cap?.verdict), reasons: [rule.reason] };
  }
  return { verdict: cap.verdict, reasons: [rule.reason, cap.reason] };
}

const rank = (verdict: DuplicateVerdict) => duplicateVerdicts.length - duplicateVerdicts.indexOf(verdict);
const weaker = (a: DuplicateVerdict, b: DuplicateVerdict | undefined) =>
  b !== undefined && rank(b) < rank(a) ? b : a;

function relationOf({ left, right }: { left: ReportType; right: ReportType }): "same" | "kindred" | "other" {
  const { ownMatters, kindredMatters } = duplicateRules();
  if (ownMatters.includes(left) || ownMatters.includes(right)) return "other";
  if (left === right) return "same";
  return kindredMatters.includes(left) && kindredMatters.includes(right) ? "kindred" : "other";
}

function signalsOf({ shared, differing }: MarkComparison): Set<SignalName> {
  const has = (kind: MarkKind) => shared[kind] !== undefined;
  const differs = (kind: MarkKind) => differing.includes(kind);
  const identified = has("respondent_credit_code") || has("respondent_phone");
  const signals: [SignalName, boolean][] = [
    ["patent", has("patent")],
    ["respondent", has("respondent") || identified],
    ["stem", has("respondent_stem")],
    ["shop", has("shop")],
    ["listing", has("listing")],
    ["product", has("product")],
    ["image", has("file") || has("image")],
    ["nearText", (shared.text_band ?? 0) >= duplicateRules().nearTextBands],
    ["patentDiffers", differs("patent")],
    ["productDiffers", differs("product")],
    ["respondentDiffers", differs("respondent") && !has("respondent_stem") && !identified],
    ["placeDiffers", has("respondent") && differs("respondent_place") && !identified],
    ["creditCodeDiffers", differs("respondent_credit_code")],
  ];
  return new Set(signals.flatMap(([name, holds]) => (holds ? [name] : [])));
}

/**
 * How sure it is that two reports are about one respondent; undefined where nothing says so or their unified social
 * credit codes differ. A credit code, a shop's or listing's id, or a name with its telephone is certain; a name alone
 * needs its place, since many stalls share one.
 */
export function judgeRespondent({
  shared,
  differing,
}: MarkComparison): { strength: HistoryStrength; reason: string } | undefined {
  if (differing.includes("respondent_credit_code")) return undefined;
  const rule = duplicateRules().history.find(({ when }) => when.every((kind) => shared[kind] !== undefined));
  return rule === undefined ? undefined : { strength: rule.strength, reason: rule.reason };
}

/** Which of several reports of one matter its office keeps: the first filed; of those filed at once, the lowest id (行政处罚法 art. 25). */
export function keeperOf<T extends { id: string; filedAt: Date }>(candidates: readonly T[]): T | undefined {
  return [...candidates].sort(
    (a, b) => a.filedAt.getTime() - b.filedAt.getTime() || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  )[0];
}
