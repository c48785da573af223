import { z } from "zod";

/**
 * Weights of a term for kinds, packed: of each kind its place and its weight, a character each, the weight in quarters.
 */
export const PackedWeights = z.string().refine((letters) => letters.length % 2 === 0);
const firstPlace = 48;
const zeroWeight = 88;
const weightUnit = 4;

/** Packs a term's weights: for each kind that has one its place and the weight. */
export const packedWeights = (weights: readonly (readonly [place: number, weight: number])[]): string =>
  weights
    .map(([place, weight]) => {
      const units = Math.max(-50, Math.min(200, Math.round(weight * weightUnit)));
      return String.fromCharCode(firstPlace + place, zeroWeight + units);
    })
    .join("");

/** Adds a term's weights to the sums of the kinds. */
export function addWeights(sums: number[], packed: string, scale: number): void {
  for (let at = 0; at < packed.length; at += 2) {
    const place = packed.charCodeAt(at) - firstPlace;
    sums[place] = (sums[place] ?? 0) + ((packed.charCodeAt(at + 1) - zeroWeight) / weightUnit) * scale;
  }
}

/** The weight of a term for the kind at a place, in quarters; 0 where it has none. */
export function weightOf(packed: string, place: number): number {
  for (let at = 0; at < packed.length; at += 2)
    if (packed.charCodeAt(at) - firstPlace === place) return packed.charCodeAt(at + 1) - zeroWeight;
  return 0;
}

/** What a softmax makes of the terms of a text: of each kind its share, 0 to 1, and the terms that it knew, with their weights. */
export function weighTerms(
  { bias, terms }: { bias: readonly number[]; terms: Readonly<Record<string, string>> },
  present: ReadonlySet<string>,
  scale: number,
): { shares: number[]; known: [term: string, packed: string][] } {
  const sums = [...bias];
  const known: [string, string][] = [];
  for (const term of present) {
    const packed = Object.hasOwn(terms, term) ? terms[term] : undefined;
    if (packed === undefined) continue;
    known.push([term, packed]);
    addWeights(sums, packed, scale);
  }
  const top = Math.max(...sums);
  const grown = sums.map((sum) => Math.exp(sum - top));
  const all = grown.reduce((sum, one) => sum + one, 0);
  return { shares: grown.map((one) => one / all), known };
}
