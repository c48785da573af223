/** Of Cormack, Clarke and Büttcher (SIGIR 2009), who found it to matter little. */
const k = 60;

/**
 * Puts ranked lists together by reciprocal rank: a key scores Σ 1 / (60 + rank) over the lists it stands in,
 * ranks from 1. Best first; of equals the one that stands earlier in the earlier list.
 */
export function fuseByReciprocalRank(lists: readonly (readonly string[])[]): string[] {
  const scores = new Map<string, number>();
  for (const list of lists) {
    for (const [at, key] of [...new Set(list)].entries()) {
      scores.set(key, (scores.get(key) ?? 0) + 1 / (k + at + 1));
    }
  }
  // Sorting is stable, and a Map keeps the order in which keys came.
  return [...scores].sort(([, a], [, b]) => b - a).map(([key]) => key);
}
