import { createHash } from "node:crypto";
import { type LeaningModel, scaleOf } from "../../src/conversation/understanding/learned/leaning.ts";
import { packedWeights } from "../../src/text/packed-weights.ts";

/** A text by its terms, the kinds that are right for it, and how much it counts. */
export type Sample = { text: string; terms: ReadonlySet<string>; kinds: readonly string[]; weight: number };

/** What the rules say counts as much as this many terms: there are few of these among hundreds. */
const hintWorth = 8;

/** Multinomial logistic regression by AdaGrad: the same samples give the same model. Rare and light terms are left out. */
export function train(
  samples: readonly Sample[],
  { rounds = 30, rate = 0.5, ridge = 1e-5, least = 1, times: leastTimes = 3, scale = scaleOf } = {},
): LeaningModel {
  const rows = samples.map(({ terms }) => terms);
  const kept = termsOf(rows, leastTimes);
  const kinds = [...new Set(samples.flatMap((one) => one.kinds))].sort();
  const K = kinds.length;
  const { bias, terms } = descend(
    rows,
    kept,
    K,
    { rounds, rate, ridge, least, hintWorth, scaleOf: scale, biasRate: 0.01, start: 0, leastError: 1e-4 },
    (index, sums) => {
      const sample = samples[index] as Sample;
      const top = Math.max(...sums);
      const exps = sums.map((sum) => Math.exp(sum - top));
      const all = exps.reduce((sum, one) => sum + one, 0);
      const p = exps.map((one) => one / all);
      // Of several that are right, the likelier takes the more.
      const mass = sample.kinds.reduce((sum, kind) => sum + (p[kinds.indexOf(kind)] ?? 0), 0);
      return kinds.map((kind, k) => {
        const right = sample.kinds.includes(kind) ? (p[k] as number) / mass : 0;
        return (right - (p[k] as number)) * sample.weight;
      });
    },
  );
  return { kinds, bias, terms };
}

/** Terms that stand in at least so many samples, in the order they come in. */
export function termsOf(rows: readonly ReadonlySet<string>[], least: number): string[] {
  const seen = new Map<string, number>();
  for (const row of rows) for (const term of row) seen.set(term, (seen.get(term) ?? 0) + 1);
  return [...seen].filter(([, times]) => times >= least).map(([term]) => term);
}

/**
 * Weights of terms for `K` outputs by AdaGrad, in a fixed order of the samples; `errorsOf` tells, from the sums of a
 * sample, by how much each output falls short. Light weights are left out.
 */
export function descend(
  rows: readonly ReadonlySet<string>[],
  kept: readonly string[],
  K: number,
  how: {
    rounds: number;
    rate: number;
    ridge: number;
    least: number;
    hintWorth: number;
    scaleOf: (terms: ReadonlySet<string>) => number;
    biasRate: number;
    start: number;
    leastError: number;
  },
  errorsOf: (index: number, sums: readonly number[]) => readonly number[],
): { bias: number[]; terms: Record<string, string> } {
  const place = new Map(kept.map((term, at) => [term, at]));
  const weights = new Float64Array(kept.length * K);
  const grown = new Float64Array(kept.length * K).fill(1e-3);
  const bias = new Float64Array(K).fill(how.start);
  const worth = kept.map((term) => (term.startsWith("@") ? how.hintWorth : 1));
  const indexed = rows.map((row) => ({
    at: [...row].flatMap((term) => place.get(term) ?? []),
    scale: how.scaleOf(row),
  }));
  const order = rows.map((_, index) => index);
  let seed = 7;
  const chance = () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 2147483648;
  };
  for (let round = 0; round < how.rounds; round += 1) {
    for (let i = order.length - 1; i > 0; i -= 1) {
      const j = Math.floor(chance() * (i + 1));
      [order[i], order[j]] = [order[j] as number, order[i] as number];
    }
    for (const index of order) {
      const { at, scale } = indexed[index] as (typeof indexed)[number];
      const sums = Array.from({ length: K }, (_, k) => {
        let sum = bias[k] as number;
        for (const one of at) sum += (weights[one * K + k] as number) * scale * (worth[one] as number);
        return sum;
      });
      for (const [k, error] of errorsOf(index, sums).entries()) {
        if (Math.abs(error) < how.leastError) continue;
        bias[k] = (bias[k] as number) + how.biasRate * error;
        for (const one of at) {
          const w = one * K + k;
          const gradient = error * scale * (worth[one] as number) - how.ridge * (weights[w] as number);
          grown[w] = (grown[w] as number) + gradient * gradient;
          weights[w] = (weights[w] as number) + (how.rate * gradient) / Math.sqrt(grown[w] as number);
        }
      }
    }
  }
  const terms: Record<string, string> = {};
  kept.forEach((term, at) => {
    const own = Array.from({ length: K }, (_, k): [number, number] => [
      k,
      (weights[at * K + k] as number) * (worth[at] as number),
    ]).filter(([, weight]) => Math.abs(weight) >= how.least);
    if (own.length > 0) terms[term] = packedWeights(own);
  });
  return { bias: [...bias].map((one) => Math.round(one * 1000) / 1000), terms };
}

/** Which of five folds a text lies in: the same text always in the same. */
export const foldOf = (text: string) => (createHash("sha256").update(text).digest()[0] ?? 0) % 5;
