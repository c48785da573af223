import { tagCount } from "./tags.ts";

/** e to the weights of a label behind another; the first row is the beginning. */
export const expOf = (transitions: readonly Float64Array[]): Float64Array[] =>
  transitions.map((row) => row.map((weight) => Math.exp(weight)));

/**
 * A linear chain over the labels of characters: the probability of each label of each character, by the forward-backward
 * algorithm (Rabiner 1989, scaled), and of two labels in a row. Shared with training.
 */
export function chainOf(emissions: readonly Float64Array[], expTransitions: readonly Float64Array[]) {
  const length = emissions.length;
  const factors = emissions.map((row) => {
    let most = row[0] ?? 0;
    for (const score of row) if (score > most) most = score;
    return row.map((score) => Math.exp(score - most));
  });
  const none = new Float64Array(tagCount);
  const rows = expTransitions;
  const alpha: Float64Array[] = [];
  for (let at = 0; at < length; at += 1) {
    const row = new Float64Array(tagCount);
    const last = alpha[at - 1];
    if (last === undefined) row.set(rows[0] ?? none);
    else
      for (let from = 0; from < tagCount; from += 1) {
        const weight = last[from] ?? 0;
        if (weight < 1e-12) continue;
        const leave = rows[from + 1] ?? none;
        for (let to = 0; to < tagCount; to += 1) row[to] = (row[to] ?? 0) + weight * (leave[to] ?? 0);
      }
    const factor = factors[at] ?? none;
    let sum = 0;
    for (let tag = 0; tag < tagCount; tag += 1) {
      const value = (row[tag] ?? 0) * (factor[tag] ?? 0);
      row[tag] = value;
      sum += value;
    }
    for (let tag = 0; tag < tagCount; tag += 1) row[tag] = (row[tag] ?? 0) / sum;
    alpha.push(row);
  }
  const beta: Float64Array[] = new Array(length);
  for (let at = length - 1; at >= 0; at -= 1) {
    const row = new Float64Array(tagCount);
    const next = beta[at + 1];
    if (next === undefined) row.fill(1);
    else {
      const factor = factors[at + 1] ?? none;
      let sum = 0;
      for (let tag = 0; tag < tagCount; tag += 1) {
        const leave = rows[tag + 1] ?? none;
        let value = 0;
        for (let to = 0; to < tagCount; to += 1)
          value += (leave[to] ?? 0) * (factor[to] ?? 0) * (next[to] ?? 0);
        row[tag] = value;
        sum += value;
      }
      for (let tag = 0; tag < tagCount; tag += 1) row[tag] = (row[tag] ?? 0) / sum;
    }
    beta[at] = row;
  }
  const marginals = alpha.map((row, at) => {
    const product = row.map((value, tag) => value * (beta[at]?.[tag] ?? 0));
    const sum = product.reduce((total, value) => total + value, 0);
    return product.map((value) => value / sum);
  });
  /** The probabilities of each pair of labels at `at - 1` and `at`, rows by the first. */
  const pairs = (at: number): Float64Array[] => {
    const before = alpha[at - 1] ?? none;
    const behind = beta[at] ?? none;
    const factor = factors[at] ?? none;
    let sum = 0;
    const found = Array.from(before, (weight, from) => {
      const leave = rows[from + 1] ?? none;
      return Float64Array.from({ length: tagCount }, (_, to) => {
        const value = weight * (leave[to] ?? 0) * (factor[to] ?? 0) * (behind[to] ?? 0);
        sum += value;
        return value;
      });
    });
    for (const row of found) for (let to = 0; to < tagCount; to += 1) row[to] = (row[to] ?? 0) / sum;
    return found;
  };
  return { marginals, pairs };
}

/** The most probable labels. */
export function bestTags(emissions: readonly Float64Array[], transitions: readonly Float64Array[]): number[] {
  const back: Uint8Array[] = [];
  let scores = new Float64Array(tagCount);
  for (const [at, emission] of emissions.entries()) {
    const next = new Float64Array(tagCount);
    const from = new Uint8Array(tagCount);
    for (let tag = 0; tag < tagCount; tag += 1) {
      let best = Number.NEGATIVE_INFINITY;
      if (at === 0) best = transitions[0]?.[tag] ?? 0;
      else
        for (let last = 0; last < tagCount; last += 1) {
          const score = (scores[last] ?? 0) + (transitions[last + 1]?.[tag] ?? 0);
          if (score > best) {
            best = score;
            from[tag] = last;
          }
        }
      next[tag] = best + (emission[tag] ?? 0);
    }
    scores = next;
    back.push(from);
  }
  let tag = 0;
  for (let other = 1; other < tagCount; other += 1)
    if ((scores[other] ?? 0) > (scores[tag] ?? 0)) tag = other;
  const path: number[] = new Array(emissions.length);
  for (let at = emissions.length - 1; at >= 0; at -= 1) {
    path[at] = tag;
    tag = back[at]?.[tag] ?? 0;
  }
  return path;
}

/** Labels that no labelling holds: a further character without a first one before it. */
export const forbidden = -1000;
export function isForbidden(from: number, to: number): boolean {
  if (to === 0 || to % 2 === 1) return false;
  return from !== to && from !== to - 1;
}
