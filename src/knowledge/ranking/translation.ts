import type { AttachedQuestion, RankedDocument } from "./corpus.ts";
import { idfOf, positionOf, type TermIndex } from "./term-index.ts";
import { characterTerms, type Term } from "./terms.ts";

/** From terms of questions to terms of the texts that answer them. */
export type Translation = {
  /** The twenty terms that the terms of a question lead to most surely, with their weights. */
  expand(terms: ReadonlyMap<Term, number>): Map<Term, number>;
};

/** A term that more than this share of the questions have leads nowhere. */
const commonShare = 0.2;
/** Rarity that a term of a text needs to be worth searching for. */
const leastIdf = 2.2;
const targetsOfTerm = 12;
const targetsOfQuestion = 20;

/**
 * Learns which terms of texts go with which terms of questions: the share of a term's
 * questions whose texts hold the other, times the logarithm of how much that is above
 * the usual share.
 */
export function learnTranslation(
  documents: readonly RankedDocument[],
  questions: readonly AttachedQuestion[],
  index: TermIndex,
): Translation {
  const asked = questions.map(({ text }) => new Set(characterTerms(text)));
  const frequency = new Map<Term, number>();
  for (const terms of asked) for (const term of terms) frequency.set(term, (frequency.get(term) ?? 0) + 1);
  const usual = new Map<Term, number>();
  const together = new Map<Term, Map<Term, number>>();
  const termsOfDocument = new Map<number, Term[]>();
  const rareTerms = (id: number) => {
    let terms = termsOfDocument.get(id);
    if (terms === undefined) {
      terms = [...new Set(characterTerms(documents[id]?.text ?? ""))].filter((term) => {
        const position = positionOf(index, term);
        return position >= 0 && (index.idf[position] as number) >= leastIdf;
      });
      termsOfDocument.set(id, terms);
    }
    return terms;
  };
  questions.forEach(({ documents: targets }, at) => {
    const answered = new Map<Term, number>();
    for (const id of targets)
      for (const term of rareTerms(id)) answered.set(term, (answered.get(term) ?? 0) + 1 / targets.length);
    for (const [term, weight] of answered) usual.set(term, (usual.get(term) ?? 0) + weight);
    for (const term of asked[at] ?? []) {
      const times = frequency.get(term) ?? 0;
      if (times < 2 || times > questions.length * commonShare) continue;
      let targets = together.get(term);
      if (targets === undefined) {
        targets = new Map();
        together.set(term, targets);
      }
      for (const [target, weight] of answered) targets.set(target, (targets.get(target) ?? 0) + weight);
    }
  });
  const table = new Map<Term, [Term, number][]>();
  for (const [term, targets] of together) {
    const times = frequency.get(term) ?? 0;
    const led: [Term, number][] = [];
    for (const [target, weight] of targets) {
      if (target === term || weight < 1.5) continue;
      const share = weight / (times + 1);
      const lift = (share * questions.length) / (usual.get(target) ?? 1);
      if (lift >= 3) led.push([target, share * Math.log(lift)]);
    }
    led.sort((x, y) => y[1] - x[1] || x[0] - y[0]);
    if (led.length > 0) table.set(term, led.slice(0, targetsOfTerm));
  }
  const rarity = (term: Term) =>
    idfOf(questions.length, frequency.get(term) ?? 0) / idfOf(questions.length, 0);

  return {
    expand(terms) {
      const led = new Map<Term, number>();
      for (const [term, weight] of terms)
        for (const [target, strength] of table.get(term) ?? [])
          if (!terms.has(target)) led.set(target, (led.get(target) ?? 0) + weight * rarity(term) * strength);
      return new Map([...led].sort((x, y) => y[1] - x[1] || x[0] - y[0]).slice(0, targetsOfQuestion));
    },
  };
}
