import { describe, expect, test } from "vitest";
import { bestTags, chainOf, expOf, isForbidden } from "./label-chain.ts";
import { tags } from "./tags.ts";

describe("the chain", () => {
  const level = Array.from({ length: tags.length + 1 }, (_, from) =>
    Float64Array.from({ length: tags.length }, (_, to) => (isForbidden(from - 1, to) ? -1000 : 0)),
  );
  const emissions = [
    Float64Array.from(tags, (_, tag) => (tag === 1 ? 2 : 0)),
    Float64Array.from(tags, (_, tag) => (tag === 2 ? 1 : tag === 4 ? 1.5 : 0)),
  ];

  test("a further character follows only its own first one, though it scores less", () => {
    expect(bestTags(emissions, level)).toEqual([1, 2]);
  });

  test("its probabilities are those of all labellings counted out", () => {
    let sum = 0;
    let right = 0;
    for (let a = 0; a < tags.length; a += 1)
      for (let b = 0; b < tags.length; b += 1) {
        if (isForbidden(-1, a) || isForbidden(a, b)) continue;
        const weight = Math.exp((emissions[0]?.[a] ?? 0) + (emissions[1]?.[b] ?? 0));
        sum += weight;
        if (b === 2) right += weight;
      }
    expect(chainOf(emissions, expOf(level)).marginals[1]?.[2]).toBeCloseTo(right / sum, 10);
  });
});
