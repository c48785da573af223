/** What the confidence of a hit rests on. */
export type Evidence = {
  /** Share of the question's idf mass that the article's digest holds anywhere, 0–1. */
  coverage: number;
  /** Fused score less that of the best rival. */
  margin: number;
  /** The question's idf mass: a short question proves less. */
  mass: number;
  /** Share of the question's pairs of characters that stand anywhere in the digests, 0–1. */
  known: number;
  /** Whether the question has a word of intellectual property, or follows one that had. */
  inField: boolean;
  /** The probability that the question is of our field, by field-model.ts, 0–1. */
  field: number;
};

/** Bias and weights, in the order of `featuresOf`. */
export type ConfidenceWeights = readonly number[];

/** The features of a piece of evidence, the constant first. */
export function featuresOf({ coverage, margin, mass, known, inField, field }: Evidence): number[] {
  return [1, coverage, margin, Math.log1p(mass), known, inField ? 1 : 0, field];
}

/**
 * Fitted by `node scripts/fit-confidence.ts` on 2026-11-26 over 770 passages: logistic
 * regression on the passages' own questions (each answered by an index that never saw
 * it), on test/evals/questions/patent-law.jsonl and every other question of blind-1.jsonl,
 * and on lay questions of other fields of law. In its reliability table the share of
 * right first hits follows the score within .1 in every tenth. Refit when the passages double.
 */
export const shippedWeights: ConfidenceWeights = [-10.558, 3.152, 0.728, 1.411, 0.381, -0.325, 2.963];

/** The probability that an article answers a question, 0–1. The number shown is the number that decides. */
export function confidenceOf(evidence: Evidence, weights: ConfidenceWeights = shippedWeights): number {
  const logit = featuresOf(evidence).reduce((sum, feature, at) => sum + feature * (weights[at] ?? 0), 0);
  return 1 / (1 + Math.exp(-logit));
}
