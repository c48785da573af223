import type { BoostedTrees } from "./boosted-trees.ts";
import { facetCount } from "./facets.ts";
import { fixedTraits } from "./surroundings.ts";
import { pairOf, type Term } from "./terms.ts";

/** What the model sees of a candidate, in this order. */
export const featureNames = [
  // How well the words meet.
  "characters",
  "charactersOfMass",
  "own",
  "words",
  "wordsLead",
  "asked",
  "likeness",
  "likenessOfBest",
  "votes",
  "translation",
  "pairCoverage",
  "sentenceCoverage",
  "sentences",
  "run",
  "place",
  "lead",
  "plain",
  "plainPlace",
  // How well its surroundings do.
  "lawVotes",
  "chapterVotes",
  "lawPrior",
  "attached",
  "lawWeight",
  "chapterWeight",
  "neighbour",
  "neighbours",
  "lawName",
  "chapterName",
  "lawNameOfMass",
  "chapterNameOfMass",
  // What it is, and what is asked.
  ...fixedTraits,
  "familiar",
  "agreement",
  "mass",
  "terms",
  "strength",
  ...Array.from({ length: facetCount }, (_, at) => `facet${at}`),
  ...Array.from({ length: facetCount }, (_, at) => `sets${at}`),
  "asks",
] as const;
export const featureCount = featureNames.length;

/** Whether a model reads exactly these features; one learned from others would misread them. */
export function readsFeatures({ features }: BoostedTrees): boolean {
  return features.length === featureCount && features.every((name, at) => name === featureNames[at]);
}

/** The pairs of one question, set up so that a text is walked through quickly. */
export type QuestionPairs = { weights: ReadonlyMap<Term, number>; mass: number };

const firstHan = 0x3400;
const hanCount = 0x9fff - firstHan + 1;

/** Compares texts with the pairs of a question. Holds the question between calls, so one belongs to one ranker. */
export function createPairMeter() {
  /** 1 for a Han character that begins a pair of the question: most of a text is passed over by it. */
  const begins = new Uint8Array(hanCount);
  let weights: ReadonlyMap<Term, number> = new Map();
  let mass = 0;
  const found = { coverage: 0, bestSentence: 0, sentences: 1, run: 0 };
  /** The number of the text, and of the sentence, in which each pair was last seen. */
  const seenInText = new Map<Term, number>();
  const seenInSentence = new Map<Term, number>();
  let textNumber = 0;
  let sentenceNumber = 0;

  return {
    set(pairs: QuestionPairs): void {
      for (const pair of weights.keys()) begins[firstOf(pair)] = 0;
      ({ weights, mass } = pairs);
      for (const pair of weights.keys()) begins[firstOf(pair)] = 1;
      seenInText.clear();
      seenInSentence.clear();
    },

    /**
     * How a text and the question meet: the share of the question's mass in it, the same in its best
     * sentence, how many sentences it has, and its longest run of the question's pairs. The answer is
     * overwritten by the next call.
     */
    meet(text: string): Readonly<typeof found> {
      textNumber += 1;
      sentenceNumber += 1;
      let covered = 0;
      let sentence = 0;
      let best = 0;
      let sentences = 1;
      let run = 0;
      let longest = 0;
      let previous = 0;
      for (let at = 0; at < text.length; at += 1) {
        const code = text.charCodeAt(at);
        if (code < firstHan || code > 0x9fff) {
          previous = 0;
          run = 0;
          // 。；; and a new line end a sentence.
          if (code === 0x3002 || code === 0xff1b || code === 0x3b || code === 10) {
            if (sentence > best) best = sentence;
            sentence = 0;
            sentences += 1;
            sentenceNumber += 1;
          }
          continue;
        }
        if (previous !== 0) {
          const pair = begins[previous - firstHan] === 1 ? pairOf(previous, code) : 0;
          const weight = pair === 0 ? undefined : weights.get(pair);
          if (weight === undefined) run = 0;
          else {
            run += 1;
            if (run > longest) longest = run;
            if (seenInText.get(pair) !== textNumber) {
              seenInText.set(pair, textNumber);
              covered += weight;
            }
            if (seenInSentence.get(pair) !== sentenceNumber) {
              seenInSentence.set(pair, sentenceNumber);
              sentence += weight;
            }
          }
        }
        previous = code;
      }
      const whole = Math.max(mass, 1e-9);
      found.coverage = covered / whole;
      found.bestSentence = Math.max(best, sentence) / whole;
      found.sentences = sentences;
      found.run = longest;
      return found;
    },
  };
}

function firstOf(pair: Term): number {
  return Math.floor((pair - 0x10000) / hanCount);
}
