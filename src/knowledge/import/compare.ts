import { type Article, nameOf, textOf } from "./statute.ts";

/** How the articles of a later edition stand to those of an earlier one. */
export type Comparison = {
  /** Same number, other wording. */
  changed: { from: Article; to: Article; likeness: number }[];
  added: Article[];
  removed: Article[];
  /** Other number; `likeness` 1 where the wording is the same. */
  renumbered: { from: Article; to: Article; likeness: number }[];
  /** How many have the same number and wording. */
  same: number;
};

/** Below this two articles are not the same matter. With it 113 of the 114 sure rows of the 细则 table of 2010–2023 come out. */
const leastLikeness = 0.5;
/** An article that keeps its number is the same matter with less likeness. */
const leastLikenessInPlace = 0.3;

/**
 * Pairs the articles of two editions: first those of the same wording, then by likeness
 * of their pairs of characters (Dice coefficient), the likest first.
 */
export function compareArticles(before: readonly Article[], after: readonly Article[]): Comparison {
  const left = before.map(describe);
  const right = after.map(describe);
  const pairs: { from: Described; to: Described; likeness: number }[] = [];
  const pair = (from: Described, to: Described, likeness: number) => {
    from.paired = true;
    to.paired = true;
    pairs.push({ from, to, likeness });
  };

  const byWords = Map.groupBy(right, (one) => one.words);
  for (const sameNumberOnly of [true, false]) {
    for (const from of left.filter((one) => !one.paired)) {
      const to = byWords
        .get(from.words)
        ?.find((one) => !one.paired && (!sameNumberOnly || one.name === from.name));
      if (to !== undefined) pair(from, to, 1);
    }
  }

  const candidates = left
    .filter((one) => !one.paired)
    .flatMap((from) =>
      right
        .filter((one) => !one.paired)
        .map((to) => ({ from, to, likeness: likeness(from, to) }))
        .filter((one) =>
          one.from.name === one.to.name
            ? one.likeness >= leastLikenessInPlace
            : one.likeness >= leastLikeness,
        ),
    )
    .sort((a, b) => b.likeness - a.likeness);
  for (const { from, to, likeness } of candidates) {
    if (!from.paired && !to.paired) pair(from, to, likeness);
  }

  const comparison: Comparison = { changed: [], added: [], removed: [], renumbered: [], same: 0 };
  for (const { from, to, likeness } of pairs.sort((a, b) => a.from.index - b.from.index)) {
    const told = { from: from.article, to: to.article, likeness };
    if (from.name !== to.name) comparison.renumbered.push(told);
    else if (likeness < 1) comparison.changed.push(told);
    else comparison.same++;
  }
  comparison.removed = left.filter((one) => !one.paired).map((one) => one.article);
  comparison.added = right.filter((one) => !one.paired).map((one) => one.article);
  return comparison;
}

type Described = {
  article: Article;
  index: number;
  name: string;
  words: string;
  bigrams: Map<string, number>;
  size: number;
  paired: boolean;
};

function describe(article: Article, index: number): Described {
  // Width of brackets and spaces are printers' habits, not wording.
  const words = textOf(article).normalize("NFKC").replace(/\s/gu, "");
  const bigrams = new Map<string, number>();
  for (let at = 0; at + 1 < words.length; at++) {
    const two = words.slice(at, at + 2);
    bigrams.set(two, (bigrams.get(two) ?? 0) + 1);
  }
  return {
    article,
    index,
    name: nameOf(article),
    words,
    bigrams,
    size: Math.max(0, words.length - 1),
    paired: false,
  };
}

function likeness(a: Described, b: Described): number {
  const whole = a.size + b.size;
  // Lengths alone can rule a pair out before the costly count.
  if (whole === 0 || (2 * Math.min(a.size, b.size)) / whole < leastLikenessInPlace) return 0;
  let shared = 0;
  for (const [two, count] of a.bigrams) shared += Math.min(count, b.bigrams.get(two) ?? 0);
  // The same letters in another order are no sameness of wording.
  return Math.min((2 * shared) / whole, 0.999);
}
