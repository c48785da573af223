import {
  chainOf,
  expOf,
  forbidden,
  isForbidden,
} from "../../src/conversation/understanding/learned/label-chain.ts";
import {
  packed,
  type TaggerModel,
  weightScale,
} from "../../src/conversation/understanding/learned/tagger.ts";
import { tags } from "../../src/conversation/understanding/learned/tags.ts";
import { chanceOf, shuffled } from "./chance.ts";
import type { Sample } from "./samples.ts";

const tagCount = tags.length;

/**
 * Learns a linear-chain conditional random field (Lafferty, McCallum and Pereira 2001) by AdaGrad with weight decay.
 * The same samples give the same model.
 */
export function trainCrf(
  samples: readonly Sample[],
  {
    rounds,
    rate,
    decay,
    minCount,
    drop,
    keep,
  }: { rounds: number; rate: number; decay: number; minCount: number; drop: number; keep: number },
): Omit<TaggerModel, "source" | "date"> {
  const counts = new Map<string, Set<string>>();
  for (const { id, features } of samples)
    for (const names of features)
      for (const name of names) {
        const ids = counts.get(name) ?? new Set();
        if (ids.size < minCount) ids.add(id);
        counts.set(name, ids);
      }
  const names = [...counts].filter(([, ids]) => ids.size >= minCount).map(([name]) => name);
  const idOf = new Map(names.map((name, index) => [name, index]));
  const coded = samples.map(({ features, gold }) => ({
    gold,
    rows: features.map((row) => Int32Array.from(row.flatMap((name) => idOf.get(name) ?? []))),
  }));
  const weights = new Float64Array(names.length * tagCount);
  const squares = new Float64Array(names.length * tagCount).fill(1e-2);
  const transitions = Array.from({ length: tagCount + 1 }, (_, from) =>
    Float64Array.from({ length: tagCount }, (_, to) => (isForbidden(from - 1, to) ? forbidden : 0)),
  );
  const transitionSquares = transitions.map(() => new Float64Array(tagCount).fill(1e-2));
  const chance = chanceOf(20261126);
  const order = coded.map((_, index) => index);
  const step = (value: number, gradient: number, square: number) =>
    value - (rate / Math.sqrt(square)) * gradient;
  const kept = new Uint8Array(names.length).fill(1);
  for (let round = 0; round < rounds; round += 1) {
    // Half way, the features that weigh least go, and the rest learn to do without them.
    if (round === Math.ceil(rounds / 2)) forget(weights, kept, keep);
    for (const index of shuffled(order, chance)) {
      const sample = coded[index];
      if (sample === undefined) continue;
      const shown = sample.rows.map((row) => row.filter((id) => kept[id] === 1 && chance() >= drop));
      const emissions = shown.map((row) => {
        const emission = new Float64Array(tagCount);
        for (const id of row)
          for (let tag = 0; tag < tagCount; tag += 1)
            emission[tag] = (emission[tag] ?? 0) + (weights[id * tagCount + tag] ?? 0);
        return emission;
      });
      const { marginals, pairs } = chainOf(emissions, expOf(transitions));
      const length = emissions.length;
      // Expected minus observed counts, position by position.
      for (let at = 0; at < length; at += 1) {
        const gold = sample.gold[at] ?? 0;
        for (let tag = 0; tag < tagCount; tag += 1) {
          const gradient = (marginals[at]?.[tag] ?? 0) - (tag === gold ? 1 : 0);
          if (Math.abs(gradient) < 1e-3) continue;
          for (const id of shown[at] ?? []) {
            const cell = id * tagCount + tag;
            const square = (squares[cell] ?? 0) + gradient * gradient;
            squares[cell] = square;
            weights[cell] = step(weights[cell] ?? 0, gradient, square);
          }
        }
      }
      const expected = transitions.map(() => new Float64Array(tagCount));
      const [first] = expected;
      for (let to = 0; first !== undefined && to < tagCount; to += 1)
        first[to] = (marginals[0]?.[to] ?? 0) - (sample.gold[0] === to ? 1 : 0);
      for (let at = 1; at < length; at += 1) {
        const before = sample.gold[at - 1] ?? 0;
        const now = sample.gold[at] ?? 0;
        if ((marginals[at]?.[now] ?? 0) > 0.999 && (marginals[at - 1]?.[before] ?? 0) > 0.999) continue;
        for (const [from, found] of pairs(at).entries()) {
          const row = expected[from + 1];
          if (row === undefined) continue;
          for (let to = 0; to < tagCount; to += 1)
            row[to] = (row[to] ?? 0) + (found[to] ?? 0) - (from === before && to === now ? 1 : 0);
        }
      }
      for (const [from, row] of expected.entries())
        for (let to = 0; to < tagCount; to += 1) {
          if (isForbidden(from - 1, to)) continue;
          const gradient = row[to] ?? 0;
          const squaresRow = transitionSquares[from];
          const weightsRow = transitions[from];
          if (squaresRow === undefined || weightsRow === undefined || gradient === 0) continue;
          const square = (squaresRow[to] ?? 0) + gradient * gradient;
          squaresRow[to] = square;
          weightsRow[to] = step(weightsRow[to] ?? 0, gradient, square);
        }
    }
    for (let cell = 0; cell < weights.length; cell += 1) weights[cell] = (weights[cell] ?? 0) * (1 - decay);
  }
  const features: Record<string, string> = {};
  for (const [id, name] of names.entries()) {
    const letters = packed([...weights.subarray(id * tagCount, (id + 1) * tagCount)]);
    if (letters !== "" && kept[id] === 1) features[name] = letters;
  }
  return {
    tags: [...tags],
    transitions: transitions.map((row) =>
      [...row].map((weight) => Math.round(Math.max(weight, -99) * weightScale) || 0),
    ),
    features,
  };
}

/** Sets all but the heaviest `keep` features to nothing, for good. */
function forget(weights: Float64Array, kept: Uint8Array, keep: number): void {
  const heaviness = Array.from(kept, (_, id) => {
    let sum = 0;
    for (let tag = 0; tag < tagCount; tag += 1) sum += (weights[id * tagCount + tag] ?? 0) ** 2;
    return { id, sum };
  });
  for (const { id } of heaviness.sort((a, b) => b.sum - a.sum || a.id - b.id).slice(keep)) {
    kept[id] = 0;
    weights.fill(0, id * tagCount, (id + 1) * tagCount);
  }
}
