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
  const asking = new Map<Term, number[]>();
  questions.forEach(({ text }, question) => {
    for (const term of new Set(characterTerms(text))) {
      const held = asking.get(term);
      if (held === undefined) asking.set(term, [question]);
      else held.push(question);
    }
  });
  const usual = new Float64Array(index.terms.length);
  const rareTerms = new Map<number, number[]>();
  const answered = questions.map(({ documents: targets }) => {
    const shares = new Map<number, number>();
    for (const id of targets) {
      let positions = rareTerms.get(id);
      if (positions === undefined) {
        positions = rarePositions(documents[id]?.text ?? "", index);
        rareTerms.set(id, positions);
      }
      for (const position of positions)
        shares.set(position, (shares.get(position) ?? 0) + 1 / targets.length);
    }
    for (const [position, share] of shares) usual[position] = (usual[position] as number) + share;
    return { positions: Uint32Array.from(shares.keys()), shares: Float32Array.from(shares.values()) };
  });

  const table = new Map<Term, [Term, number][]>();
  const together = new Float64Array(index.terms.length);
  for (const [term, askedIn] of asking) {
    const times = askedIn.length;
    if (times < 2 || times > questions.length * commonShare) continue;
    const touched: number[] = [];
    for (const question of askedIn) {
      const { positions, shares } = answered[question] as (typeof answered)[number];
      for (let at = 0; at < positions.length; at += 1) {
        const position = positions[at] as number;
        if (together[position] === 0) touched.push(position);
        together[position] = (together[position] as number) + (shares[at] as number);
      }
    }
    const led: [Term, number][] = [];
    for (const position of touched) {
      const weight = together[position] as number;
      together[position] = 0;
      const target = index.terms[position] as number;
      if (target === term || weight < 1.5) continue;
      const share = weight / (times + 1);
      const lift = (share * questions.length) / (usual[position] as number);
      if (lift >= 3) led.push([target, share * Math.log(lift)]);
    }
    led.sort((x, y) => y[1] - x[1] || x[0] - y[0]);
    if (led.length > 0) table.set(term, led.slice(0, targetsOfTerm));
  }
  const rarity = (term: Term) =>
    idfOf(questions.length, asking.get(term)?.length ?? 0) / idfOf(questions.length, 0);

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

/** Positions in the index of the terms of a text that are worth searching for. */
function rarePositions(text: string, index: TermIndex): number[] {
  return [...new Set(characterTerms(text))].flatMap((term) => {
    const position = positionOf(index, term);
    return position >= 0 && (index.idf[position] as number) >= leastIdf ? [position] : [];
  });
}
