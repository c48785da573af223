import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bestOf,
  createIndexBuilder,
  type Field,
  idfOf,
  packIndex,
  positionOf,
  scoreInto,
  type TermIndex,
  unpackIndex,
} from "./term-index.ts";

const term = fc.oneof(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -0x80000000, max: 0x7fffffff }));
const field: fc.Arbitrary<Field> = fc.record({
  terms: fc.array(term, { maxLength: 30 }),
  weight: fc.constantFrom(0.5, 1, 2),
});
const documents = fc.array(fc.array(field, { maxLength: 3 }), { minLength: 1, maxLength: 12 });

function indexOf(given: readonly (readonly Field[])[]): TermIndex {
  const builder = createIndexBuilder();
  for (const fields of given) builder.add(fields);
  return builder.build();
}

function scoresOf(index: TermIndex, query: readonly number[]): Float32Array {
  const positions = new Map<number, number>();
  for (const one of new Set(query)) {
    const position = positionOf(index, one);
    if (position >= 0) positions.set(position, 1);
  }
  const scores = new Float32Array(index.documents);
  scoreInto(index, positions, scores);
  return scores;
}

/** BM25 as the books have it. */
function naiveScores(given: readonly (readonly Field[])[], query: readonly number[]): number[] {
  const counts = given.map((fields) => {
    const own = new Map<number, number>();
    for (const { terms, weight } of fields)
      for (const one of terms) own.set(one, (own.get(one) ?? 0) + weight);
    return own;
  });
  const lengths = counts.map((own) => [...own.values()].reduce((sum, count) => sum + count, 0));
  const mean = Math.max(lengths.reduce((sum, length) => sum + length, 0) / given.length, 1e-9);
  return counts.map((own, id) =>
    [...new Set(query)].reduce((sum, one) => {
      const count = own.get(one) ?? 0;
      if (count === 0) return sum;
      const found = counts.filter((other) => other.has(one)).length;
      const norm = 1.2 * (1 - 0.75 + (0.75 * (lengths[id] ?? 0)) / mean);
      return sum + (idfOf(given.length, found) * count * 2.2) / (count + norm);
    }, 0),
  );
}

describe("an index", () => {
  test("scores as BM25 does, to the byte that an impact takes", () => {
    fc.assert(
      fc.property(documents, fc.array(term, { maxLength: 12 }), (given, query) => {
        const scores = scoresOf(indexOf(given), query);
        const idfs = new Set(query).size * idfOf(given.length, 0);
        naiveScores(given, query).forEach((expected, id) => {
          expect(Math.abs((scores[id] ?? 0) - expected)).toBeLessThanOrEqual((idfs * 2.2) / 255 + 1e-4);
        });
      }),
    );
  });

  test("is the same after packing and unpacking", () => {
    fc.assert(
      fc.property(documents, (given) => {
        const index = indexOf(given);
        expect(unpackIndex(JSON.parse(JSON.stringify(packIndex(index))))).toEqual(index);
      }),
    );
  });

  test("finds the position of the terms it has, and −1 for others", () => {
    fc.assert(
      fc.property(documents, term, (given, one) => {
        const index = indexOf(given);
        const position = positionOf(index, one);
        const has = given.some((fields) => fields.some(({ terms }) => terms.includes(one)));
        expect(position >= 0).toBe(has);
        if (has) expect(index.terms[position]).toBe(one);
      }),
    );
  });
});

describe("bestOf", () => {
  test("gives what a full sort gives, equal scores by id, zero and less left out", () => {
    const scores = fc.array(fc.integer({ min: -2, max: 6 }), { maxLength: 60 });
    fc.assert(
      fc.property(scores, fc.integer({ min: 1, max: 20 }), (given, limit) => {
        const sorted = given
          .map((score, id) => ({ score, id }))
          .filter(({ score }) => score > 0)
          .sort((x, y) => y.score - x.score || x.id - y.id)
          .slice(0, limit)
          .map(({ id }) => id);
        expect(bestOf(Float32Array.from(given), limit)).toEqual(sorted);
      }),
    );
  });
});
