import { characterTerms, type Term } from "./ranking/terms.ts";

/**
 * Tells questions of our field from others: logistic regression over the characters and
 * pairs of a question. Learned by `scripts/fit-field.ts`, stored in `knowledge/field.json`.
 */
export type FieldModel = {
  bias: number;
  /** Sorted. */
  terms: number[];
  /** Of the terms, in the same order. */
  weights: number[];
};

/** The probability that a folded question, in common speech, is about intellectual property, 0–1. */
export type FieldProbability = (folded: string) => number;

export function createFieldProbability({ bias, terms, weights }: FieldModel): FieldProbability {
  const weightOf = new Map(terms.map((term, at) => [term, weights[at] ?? 0]));
  return (folded) => {
    const present = fieldTerms(folded);
    let sum = 0;
    for (const term of present) sum += weightOf.get(term) ?? 0;
    return 1 / (1 + Math.exp(-(bias + sum / Math.sqrt(Math.max(1, present.size)))));
  };
}

/** What the model reads of a text: each term once. */
export function fieldTerms(folded: string): Set<Term> {
  return new Set(characterTerms(folded));
}

export type FieldSample = { text: string; ours: boolean; weight: number };

/**
 * Learns the model by gradient descent with a ridge. The same samples give the same
 * model; terms seen once or with next to no weight are left out.
 */
export function trainField(
  samples: readonly FieldSample[],
  { rounds = 300, rate = 4, ridge = 2e-5 }: { rounds?: number; rate?: number; ridge?: number } = {},
): FieldModel {
  const seen = new Map<Term, number>();
  const read = samples.map(({ text }) => [...fieldTerms(text)]);
  for (const terms of read) for (const term of terms) seen.set(term, (seen.get(term) ?? 0) + 1);
  const kept = [...seen].filter(([, times]) => times >= 3).map(([term]) => term);
  const places = new Map(kept.map((term, at) => [term, at]));
  const rows = read.map((terms) => ({
    at: terms.flatMap((term) => places.get(term) ?? []),
    scale: 1 / Math.sqrt(Math.max(1, terms.length)),
  }));
  const weights = new Float64Array(kept.length);
  const total = samples.reduce((sum, { weight }) => sum + weight, 0);
  let bias = 0;
  for (let round = 0; round < rounds; round += 1) {
    const gradient = new Float64Array(kept.length);
    let biasGradient = 0;
    rows.forEach(({ at, scale }, row) => {
      const sample = samples[row];
      if (sample === undefined) return;
      let sum = bias;
      for (const place of at) sum += (weights[place] as number) * scale;
      const error = (((sample.ours ? 1 : 0) - 1 / (1 + Math.exp(-sum))) * sample.weight) / total;
      biasGradient += error;
      for (const place of at) gradient[place] = (gradient[place] as number) + error * scale;
    });
    bias += rate * biasGradient;
    for (let place = 0; place < weights.length; place += 1)
      weights[place] =
        (weights[place] as number) +
        rate * 20 * ((gradient[place] as number) - ridge * (weights[place] as number));
  }
  const strong = kept
    .map((term, place): [Term, number] => [term, Math.round((weights[place] as number) * 100) / 100])
    .filter(([, weight]) => Math.abs(weight) >= 0.15)
    .sort(([a], [b]) => a - b);
  return {
    bias: Math.round(bias * 100) / 100,
    terms: strong.map(([term]) => term),
    weights: strong.map(([, weight]) => weight),
  };
}
