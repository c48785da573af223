/** What the confidence of a hit rests on. */
export type Evidence = {
  /** Likeness of the question to the nearest stored question of the article, 0–1. */
  similarity: number;
  /** Share of the question's idf mass that the article's digest holds anywhere, 0–1. */
  coverage: number;
  /** Fused score less that of the best rival. */
  margin: number;
  /** The question's idf mass: a short question proves less. */
  mass: number;
  /** Whether the question has a word of intellectual property, or follows one that had. */
  inField: boolean;
};

/** Bias and weights, in the order of `featuresOf`. */
export type ConfidenceWeights = readonly number[];

/** The features of a piece of evidence, the constant first. */
export function featuresOf({ similarity, coverage, margin, mass, inField }: Evidence): number[] {
  return [1, similarity, coverage, margin, Math.log1p(mass), inField ? 1 : 0];
}

/**
 * Fitted by `node scripts/fit-confidence.ts`: PLACEHOLDER
 */
export const shippedWeights: ConfidenceWeights = [-8.024, 0.223, 5.791, 1.669, 0.877, 1.713];

/** The probability that an article answers a question, 0–1. The number shown is the number that decides. */
export function confidenceOf(evidence: Evidence, weights: ConfidenceWeights = shippedWeights): number {
  const logit = featuresOf(evidence).reduce((sum, feature, at) => sum + feature * (weights[at] ?? 0), 0);
  return 1 / (1 + Math.exp(-logit));
}
