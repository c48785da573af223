import { z } from "zod";
import { PackedWeights, weighTerms, weightOf } from "../../../text/packed-weights.ts";
import conceptsData from "../../data/concepts.json" with { type: "json" };
import leaningData from "../../data/leaning.json" with { type: "json" };

const Concepts = z.object({
  source: z.string(),
  date: z.iso.date(),
  /** Patterns over folded text, by what their words mean. */
  concepts: z.record(z.string(), z.string()),
});

/** Multinomial logistic regression. */
export const LeaningModel = z.object({
  kinds: z.array(z.string()).min(2),
  bias: z.array(z.number()),
  terms: z.record(z.string(), PackedWeights),
});
export type LeaningModel = z.infer<typeof LeaningModel>;

/** A model of each of some names. */
export const modelsOf = <N extends string>(names: readonly N[]) =>
  z.object(Object.fromEntries(names.map((name) => [name, LeaningModel])) as Record<N, typeof LeaningModel>);

/** What a person may ask for, each weighed by itself: several may be asked for at once. */
export const remedies = ["停止侵权", "赔偿", "调解"] as const;
export type Remedy = (typeof remedies)[number];

/** What is weighed by what was learned: slots, what is asked for, and what a day that is named has to do with it all. */
export const leaningSlots = [
  "reportType",
  "relation",
  "suedAlready",
  "callback",
  ...remedies,
  "date",
] as const;
export type LeaningSlot = (typeof leaningSlots)[number];

const Leanings = z.object({
  source: z.string(),
  date: z.iso.date(),
  models: modelsOf(leaningSlots),
});

/** What is yes or no, and what a folded text must hold to be weighed for it, unless it was asked. */
export const flagCues = {
  suedAlready: /告|诉|法院|官司|立案|开庭|判|法官|撤|传票|中院|庭|审|调解书|仲裁/u,
  callback: /电话|打|回|拨|联系|短信|来电|号|通知|接|微信|找/u,
  停止侵权: /停|别|不(?:让|许|准|能)|下架|撤|删|禁|住手|收手|销毁|关|叫他|让他/u,
  赔偿: /赔|钱|损失|补偿|块|万|元|倍/u,
  调解: /调|说和|商量|协商|和解|谈|撮合|中间|私了/u,
} as const satisfies Partial<Record<LeaningSlot, RegExp>>;
export type FlagSlot = keyof typeof flagCues;

/** The kind that says nothing of the slot. */
export const noLeaning = "—";

let learned: z.infer<typeof Leanings> | undefined;

/** What was learned by `scripts/fit-leaning.ts`, read once. @throws {z.ZodError} if the file is not as it must be. */
export function leanings(): Record<LeaningSlot, LeaningModel> {
  learned ??= Leanings.parse(leaningData);
  return learned.models;
}

/** What a text leans to: a kind, how likely, and the terms that speak most for it. */
export type Leaning = {
  kind: string;
  probability: number;
  because: string[];
  /** How likely each kind is. */
  probabilities: Record<string, number>;
};

let compiled: [string, RegExp][] | undefined;
function concepts(): [string, RegExp][] {
  compiled ??= Object.entries(Concepts.parse(conceptsData).concepts).map(([name, pattern]) => [
    name,
    new RegExp(pattern, "u"),
  ]);
  return compiled;
}

/** Ways of speech that mean the same, told the same: 俺 and 我, 啥 and 什么. */
const sameWords: readonly (readonly [RegExp, string])[] = [
  [/俺们?|咱们?|偶们?|我们/gu, "我"],
  [/啥/gu, "什么"],
  [/咋/gu, "怎么"],
  [/恁|您/gu, "你"],
  [/[喽咧嘞哩啦]/gu, "了"],
  [/甭|莫/gu, "别"],
  [/那个|这个|那|这|就是|然后|呃|嗯|哎/gu, ""],
  [/[A-Za-z]*\d[\d.\sXx]*/gu, "0"],
  [/\s+/gu, ""],
];

/** The characters of a folded text, ways of speech that mean the same told the same. */
function plainWords(folded: string): string[] {
  let plain = folded;
  for (const [pattern, word] of sameWords) plain = plain.replace(pattern, word);
  return [...plain];
}

/**
 * What the model reads of a folded text: its concepts, pairs of them, and runs of one to three characters; and `hints`,
 * what the rules say.
 */
export function leaningTerms(folded: string, hints: readonly string[] = []): Set<string> {
  const terms = new Set<string>(hints.map((hint) => `@${hint}`));
  const present = concepts().flatMap(([name, pattern]) => (pattern.test(folded) ? [name] : []));
  for (const [at, name] of present.entries()) {
    terms.add(`#${name}`);
    for (const other of present.slice(at + 1)) terms.add(`#${name}+${other}`);
  }
  const characters = plainWords(folded);
  for (let length = 1; length <= 3; length += 1)
    for (let at = 0; at + length <= characters.length; at += 1)
      terms.add(characters.slice(at, at + length).join(""));
  return terms;
}

/**
 * What the model reads of a day that is named in a folded text: the words before and behind it, nearer ones by their
 * place, the concepts of the whole, and `hints`.
 */
export function dateTerms(
  folded: string,
  { start, end }: { start: number; end: number },
  hints: readonly string[],
): Set<string> {
  const terms = new Set<string>(hints.map((hint) => `@${hint}`));
  for (const [name, pattern] of concepts()) if (pattern.test(folded)) terms.add(`#${name}`);
  const before = plainWords(folded.slice(Math.max(0, start - 14), start));
  const after = plainWords(folded.slice(end, end + 24));
  const own = plainWords(folded.slice(start, end));
  for (let length = 1; length <= 3; length += 1) {
    terms.add(`<<${before.slice(-length).join("")}`);
    terms.add(`>>${after.slice(0, length).join("")}`);
    for (let at = 0; at + length <= before.length; at += 1)
      terms.add(`<${before.slice(at, at + length).join("")}`);
    for (let at = 0; at + length <= after.length; at += 1)
      terms.add(`>${after.slice(at, at + length).join("")}`);
    for (let at = 0; at + length <= own.length; at += 1) terms.add(`=${own.slice(at, at + length).join("")}`);
  }
  return terms;
}

/** How much each term counts: concepts more than characters, and less the more there are. */
export function scaleOf(terms: ReadonlySet<string>): number {
  return 1 / Math.sqrt(Math.max(40, terms.size));
}

/** What a folded text leans to. Pure. */
export const leaningOf = (model: LeaningModel, folded: string): Leaning =>
  leaningOfTerms(model, leaningTerms(folded));

/** What a text of these terms leans to: two slots are asked of one reading. */
export function leaningOfTerms(model: LeaningModel, terms: ReadonlySet<string>): Leaning {
  const { shares, known } = weighTerms(model, terms, scaleOf(terms));
  const probability = Math.max(...shares);
  const best = shares.indexOf(probability);
  const because = known
    .map(([term, weights]): [string, number] => [term, weightOf(weights, best)])
    .filter(([, weight]) => weight > 0)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 4)
    .map(([term]) => term);
  const probabilities = Object.fromEntries(
    model.kinds.map((kind, at): [string, number] => [kind, shares[at] ?? 0]),
  );
  return { kind: model.kinds[best] ?? noLeaning, probability, because, probabilities };
}
