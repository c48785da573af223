import { fold } from "../text/fold.ts";
import { idfOf } from "./ranking/term-index.ts";
import { characterTerms, type Term } from "./ranking/terms.ts";

/**
 * How much a term tells: its inverse document frequency among the questions that the digests hold. The counts
 * are made when first asked for, since a deployment without standard answers never needs them.
 */
export function createTermWeights(
  digests: readonly { asked: readonly { questions: readonly string[] }[] }[],
): (term: Term) => number {
  let counts: Map<Term, number> | undefined;
  let total = 0;
  return (term) => {
    if (counts === undefined) {
      counts = new Map();
      for (const question of digests.flatMap(({ asked }) => asked.flatMap((group) => group.questions))) {
        total += 1;
        for (const one of new Set(characterTerms(fold(question))))
          counts.set(one, (counts.get(one) ?? 0) + 1);
      }
    }
    return idfOf(total, counts.get(term) ?? 0);
  };
}
