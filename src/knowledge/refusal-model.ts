import { weighTerms } from "../text/packed-weights.ts";

/**
 * Tells requests that are never served, by matter (forgery, private-data …), from all others: multinomial logistic
 * regression over the runs of characters of a request. Learned by `scripts/fit-field.ts` from `knowledge/refused.yaml`,
 * stored in `knowledge/refused.json`.
 */
export type RefusalModel = {
  /** The matters, and `served`, what is none of them. */
  kinds: readonly string[];
  /** Of each kind, in the same order. */
  bias: readonly number[];
  /** The packed weights of each term. */
  terms: Readonly<Record<string, string>>;
};

/** What is no request that is never served. */
export const served = "served";

/** The matter that a folded request is most likely of, and the probability that it is never served, 0–1. */
export type Suspicion = { matter: string; probability: number };

/** What the model reads of a folded text: runs of one to three characters, and how it begins and ends. */
export function refusalTerms(folded: string): Set<string> {
  const letters = [...folded.toLowerCase()];
  const terms = new Set<string>();
  for (let length = 1; length <= 3; length += 1) {
    for (let at = 0; at + length <= letters.length; at += 1) {
      const run = letters.slice(at, at + length).join("");
      if (!run.includes(" ")) terms.add(run);
    }
  }
  for (const length of [1, 2]) terms.add(`^${letters.slice(0, length).join("")}`);
  for (const length of [2, 3]) terms.add(`${letters.slice(-length).join("")}$`);
  return terms;
}

/** How much each term counts: less the more there are. */
export const refusalScale = (terms: ReadonlySet<string>): number => 1 / Math.sqrt(Math.max(1, terms.size));

export function createSuspicion(model: RefusalModel): (folded: string) => Suspicion {
  return (folded) => {
    const present = refusalTerms(folded);
    const { shares } = weighTerms(model, present, refusalScale(present));
    let [matter, most, probability] = ["", -1, 0];
    for (const [at, kind] of model.kinds.entries()) {
      const share = shares[at] ?? 0;
      if (kind === served) continue;
      probability += share;
      if (share > most) [matter, most] = [kind, share];
    }
    return { matter, probability };
  };
}

/**
 * Whether a request is refused on suspicion. The surer the law has an answer to it, the
 * surer the suspicion must be: an honest question refused costs more than a clumsy
 * request that is answered with the law.
 */
export function refusesOn(probability: number, confidence: number): boolean {
  if (confidence < 0.4) return probability >= 0.5;
  if (confidence < 0.7) return probability >= 0.7;
  return probability >= 0.9;
}
