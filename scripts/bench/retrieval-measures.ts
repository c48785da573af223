/** How well lists of found articles meet what was to be found; each a mean over the questions, 0–1. */
export type Quality = {
  recall5: number;
  recall10: number;
  recall20: number;
  recall100: number;
  /** Reciprocal rank of the first right article among the first ten. */
  mrr10: number;
  /** Share of questions with a right article among the first ten. */
  hit10: number;
};

export function qualityOf(
  found: readonly (readonly number[])[],
  gold: readonly (readonly number[])[],
): Quality {
  const sums: Quality = { recall5: 0, recall10: 0, recall20: 0, recall100: 0, mrr10: 0, hit10: 0 };
  found.forEach((list, at) => {
    const right = new Set(gold[at]);
    const recall = (depth: number) => list.slice(0, depth).filter((id) => right.has(id)).length / right.size;
    const first = list.slice(0, 10).findIndex((id) => right.has(id));
    sums.recall5 += recall(5);
    sums.recall10 += recall(10);
    sums.recall20 += recall(20);
    sums.recall100 += recall(100);
    sums.mrr10 += first < 0 ? 0 : 1 / (first + 1);
    sums.hit10 += first < 0 ? 0 : 1;
  });
  const mean = (sum: number) => sum / Math.max(1, found.length);
  return {
    recall5: mean(sums.recall5),
    recall10: mean(sums.recall10),
    recall20: mean(sums.recall20),
    recall100: mean(sums.recall100),
    mrr10: mean(sums.mrr10),
    hit10: mean(sums.hit10),
  };
}

/** Median and 95th percentile. */
export function timesOf(milliseconds: readonly number[]): { p50Ms: number; p95Ms: number } {
  const sorted = milliseconds.toSorted((x, y) => x - y);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
  return { p50Ms: at(0.5), p95Ms: at(0.95) };
}
