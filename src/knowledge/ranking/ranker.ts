import { type BoostedTrees, scoreRow } from "./boosted-trees.ts";
import type { Corpus } from "./corpus.ts";
import { facetCount, facetsAsked, traitsOf } from "./facets.ts";
import {
  bestOf,
  createIndexBuilder,
  idfOf,
  indexFrom,
  positionOf,
  scoreInto,
  type TermIndex,
} from "./term-index.ts";
import { characterTerms, isPair, pairOf, type Term, wordTerms } from "./terms.ts";
import type { Translation } from "./translation.ts";

/** What the model sees of a candidate, in this order. */
export const featureNames = [
  // How well the words meet.
  "characters",
  "charactersOfMass",
  "own",
  "words",
  "asked",
  "likeness",
  "likenessOfBest",
  "votes",
  "translation",
  "pairCoverage",
  "sentenceCoverage",
  "run",
  "place",
  "lead",
  // How well its surroundings do.
  "lawVotes",
  "chapterVotes",
  "lawPrior",
  "attached",
  "lawWeight",
  "chapterWeight",
  "neighbours",
  "lawName",
  "chapterName",
  "lawNameOfMass",
  "chapterNameOfMass",
  // What it is, and what is asked.
  "length",
  "lawSize",
  "placeInLaw",
  "fame",
  "named",
  "age",
  "rank",
  "frame",
  "familiar",
  "mass",
  "terms",
  "strength",
  ...Array.from({ length: facetCount }, (_, at) => `facet${at}`),
] as const;
export const featureCount = featureNames.length;

/** A question ready to be ranked for. */
export type RankingQuery = {
  /** Folded, as the person put it. */
  text: string;
  /** An earlier question of the same talk, folded: its terms count `earlierWeight`. */
  before?: string;
  /** Words it stands for, with their weights. */
  expansions?: ReadonlyMap<Term, number>;
  /** 1 for a document that may be found; all may where absent. */
  allowed?: Uint8Array;
  /** What a document's first score counts, 0–1; 1 where absent. */
  weights?: Float32Array;
  /** Added to a document's final score. */
  favoured?: ReadonlyMap<number, number>;
  /** How many candidates are looked at closely. */
  candidates?: number;
};

export type Candidate = {
  id: number;
  /** Of the first stage: orders the candidates, nothing else. */
  first: number;
  /** The final order: the plain fusion, and the model's word as far as the gate lets it. */
  score: number;
  /** The attached question most like this one, and how like it is, 0–1; −1 where there is none. */
  question: number;
  likeness: number;
  /** Share of the question's mass that the document or its questions hold, 0–1. */
  coverage: number;
};

export type Ranking = {
  candidates: Candidate[];
  /** Features of the candidates in their first order, `featureCount` a row. */
  rows: Float32Array;
  /** Summed idf of the question's terms, unseen ones included. */
  mass: number;
  /** Share of the question's pairs that the corpus knows, 0–1. */
  known: number;
  /** Likeness of the attached question that is most like it, 0–1. */
  familiar: number;
};

export type RankerTuning = {
  /** Weights of the first stage, each over the best of the question. */
  characters: number;
  words: number;
  asked: number;
  likenessOfBest: number;
  /** Weights of what is a share already. */
  likeness: number;
  coverage: number;
  translation: number;
  lawPrior: number;
  lawVotes: number;
  /** What a question asked in the very same words adds; it falls steeply with the likeness. */
  same: number;
  /** What the words of an earlier question count. */
  earlier: number;
  /** What the model's score counts beside the first stage's. */
  model: number;
};

/** Chosen by five folds over questions that the trees had not seen (docs/decisions/010-ranking.md). */
export const shippedRankerTuning: RankerTuning = {
  characters: 1,
  words: 0.25,
  asked: 0.3,
  likenessOfBest: 0,
  likeness: 0.5,
  coverage: 0,
  translation: 0.3,
  lawPrior: 0.03,
  lawVotes: 0.15,
  same: 0,
  earlier: 0.5,
  model: 0.5,
};

export type Ranker = {
  rank(query: RankingQuery): Ranking;
  /** Likeness of a question to each attached one, into a buffer that the next call reuses. */
  likenesses(text: string, before?: string): Float32Array;
};

type RankerOptions = {
  /** The number of a document as other texts name it (第…条). */
  articleOf?: (id: number) => string;
  translation?: Translation;
  model?: BoostedTrees;
  tuning?: RankerTuning;
  /** How far the learned parts may be trusted with a question, 0–1. */
  gate?: (query: { text: string; known: number; familiar: number }) => number;
};

/**
 * Ranks the documents of a corpus for a question in two steps. The first fuses BM25 over
 * characters and over words with the questions attached to documents; the second looks
 * at the best of it with features that one pass over an index cannot see, and orders
 * them by boosted trees. Without a model the first order stands.
 */
export function createRanker(corpus: Corpus, options: RankerOptions = {}): Ranker {
  const { documents, questions } = corpus;
  const { characters, words, questions: questionIndex } = corpus.indexes;
  const { translation, model, tuning = shippedRankerTuning, gate = () => 1, articleOf = () => "" } = options;
  const size = documents.length;

  const attached = new Uint32Array(size);
  for (const { documents: targets } of questions)
    for (const id of targets) attached[id] = (attached[id] ?? 0) + 1;
  const asked = askedIndex(corpus);
  const spread = idfOf(size, 0);
  // A term's weight among questions is its rarity among documents: a word that all of them share tells nothing.
  const questionIdf = new Float32Array(questionIndex.terms.length);
  questionIndex.terms.forEach((term, at) => {
    const position = positionOf(characters, term);
    const inAsked = positionOf(asked, term);
    const found = Math.max(foundIn(characters, position), foundIn(asked, inAsked));
    questionIdf[at] = idfOf(size, found);
  });
  const questionMass = new Float32Array(questionIndex.documents);
  for (let at = 0; at < questionIdf.length; at += 1) {
    const end = questionIndex.starts[at + 1] ?? 0;
    for (let posting = questionIndex.starts[at] ?? 0; posting < end; posting += 1) {
      const id = questionIndex.ids[posting] as number;
      questionMass[id] = (questionMass[id] as number) + (questionIdf[at] as number);
    }
  }

  /** Read at the first question: a start must take milliseconds. */
  let surroundings: ReturnType<typeof readSurroundings> | undefined;
  function readSurroundings() {
    const { traits, laws, chapters } = traitsOf(documents, articleOf);
    const lawShare = new Float32Array(laws.length);
    for (const { documents: targets } of questions)
      for (const id of targets) {
        const law = traits[id]?.law ?? 0;
        lawShare[law] = (lawShare[law] ?? 0) + 1 / targets.length;
      }
    const lawPrior = lawShare.map((share, law) => {
      const members = Math.exp(traits.find((one) => one.law === law)?.lawSize ?? 0);
      return Math.log((share + 0.05) / (members + 20));
    });
    const index = (names: readonly string[]) => {
      const builder = createIndexBuilder();
      for (const name of names)
        builder.add([{ terms: characterTerms(name.replace(formulas, " ")), weight: 1 }]);
      return builder.build();
    };
    return { traits, laws, chapters, lawPrior, lawNames: index(laws), chapterNames: index(chapters) };
  }

  const characterScores = new Float32Array(size);
  const ownScores = new Float32Array(size);
  const wordScores = new Float32Array(size);
  const askedScores = new Float32Array(size);
  const translated = new Float32Array(size);
  const bestLikeness = new Float32Array(size);
  const bestQuestion = new Int32Array(size);
  const firstScores = new Float32Array(size);
  const covered = new Float32Array(size);
  const coveredBy = new Float64Array(size);
  const likeness = new Float32Array(questions.length);

  function weigh(index: TermIndex, terms: ReadonlyMap<Term, number>): Map<number, number> {
    const query = new Map<number, number>();
    for (const [term, weight] of terms) {
      const position = positionOf(index, term);
      if (position >= 0) query.set(position, weight);
    }
    return query;
  }

  function ownTerms(text: string, before: string | undefined): Map<Term, number> {
    const own = new Map<Term, number>();
    for (const term of characterTerms(text)) own.set(term, 1);
    if (before !== undefined)
      for (const term of characterTerms(before)) if (!own.has(term)) own.set(term, tuning.earlier);
    return own;
  }

  /** Likeness to every attached question, into `likeness`; the question's mass and how much of it is known. */
  function scoreQuestions(own: ReadonlyMap<Term, number>): { mass: number; known: number } {
    let mass = 0;
    let pairs = 0;
    let knownPairs = 0;
    likeness.fill(0);
    for (const [term, weight] of own) {
      const at = positionOf(questionIndex, term);
      const inText = at >= 0 ? -1 : positionOf(characters, term);
      const known = at >= 0 || inText >= 0;
      if (isPair(term)) {
        pairs += 1;
        if (known) knownPairs += 1;
      }
      if (!known) {
        // A pair of neighbours nobody ever wrote down is mostly chance; a character is a topic.
        mass += spread * weight * (isPair(term) ? 0.3 : 1);
        continue;
      }
      if (at < 0) {
        mass += (characters.idf[inText] as number) * weight;
        continue;
      }
      const gain = (questionIdf[at] as number) * weight;
      mass += gain;
      const end = questionIndex.starts[at + 1] as number;
      for (let posting = questionIndex.starts[at] as number; posting < end; posting += 1) {
        const id = questionIndex.ids[posting] as number;
        likeness[id] = (likeness[id] as number) + gain;
      }
    }
    for (let id = 0; id < likeness.length; id += 1) {
      const common = likeness[id] as number;
      if (common > 0) likeness[id] = Math.min(1, common / (0.5 * mass + 0.5 * (questionMass[id] as number)));
    }
    return { mass, known: knownPairs / Math.max(1, pairs) };
  }

  function rank(query: RankingQuery): Ranking {
    surroundings ??= readSurroundings();
    const { traits, laws, chapters, lawPrior, lawNames, chapterNames } = surroundings;
    const { text, before, expansions, allowed, weights, favoured, candidates: wanted = 150 } = query;
    const own = ownTerms(text, before);
    const all = new Map(own);
    if (expansions !== undefined)
      for (const [term, weight] of expansions) if (!all.has(term)) all.set(term, weight);
    const { mass, known } = scoreQuestions(own);

    const queryCharacters = weigh(characters, all);
    characterScores.fill(0);
    scoreInto(characters, queryCharacters, characterScores);
    const ownOnly = expansions === undefined || expansions.size === 0;
    if (!ownOnly) {
      ownScores.fill(0);
      scoreInto(characters, weigh(characters, own), ownScores);
    }
    const said = ownOnly ? characterScores : ownScores;
    wordScores.fill(0);
    const queryWords = new Map(
      wordTerms(before === undefined ? text : `${text} ${before}`).map((term) => [term, 1]),
    );
    scoreInto(words, weigh(words, queryWords), wordScores);
    askedScores.fill(0);
    scoreInto(asked, weigh(asked, all), askedScores);
    translated.fill(0);
    if (translation !== undefined)
      scoreInto(characters, weigh(characters, translation.expand(own)), translated);

    bestLikeness.fill(0);
    bestQuestion.fill(-1);
    const lawVotes = new Float32Array(laws.length);
    const chapterVotes = new Float32Array(chapters.length);
    const votes = new Map<number, number>();
    let voteTotal = 1e-9;
    const near = bestOf(likeness, nearQuestions);
    for (const question of near) {
      const like = likeness[question] as number;
      const targets = questions[question]?.documents ?? [];
      const weight = like * like;
      voteTotal += weight;
      for (const id of targets) {
        const trait = traits[id];
        if (trait === undefined || (allowed !== undefined && allowed[id] === 0)) continue;
        lawVotes[trait.law] = (lawVotes[trait.law] ?? 0) + weight / targets.length;
        chapterVotes[trait.chapter] = (chapterVotes[trait.chapter] ?? 0) + weight / targets.length;
        votes.set(id, (votes.get(id) ?? 0) + weight);
      }
    }
    for (let question = 0; question < likeness.length; question += 1) {
      const like = likeness[question] as number;
      if (like <= 0.05) continue;
      for (const id of questions[question]?.documents ?? [])
        if (like > (bestLikeness[id] as number)) {
          bestLikeness[id] = like;
          bestQuestion[id] = question;
        }
    }
    if (tuning.coverage > 0) measureCoverage(own);
    const familiar = near[0] === undefined ? 0 : (likeness[near[0]] as number);
    const trust = gate({ text, known, familiar });

    let topCharacters = 1e-9;
    let topOwn = 1e-9;
    let topWords = 1e-9;
    let topAsked = 1e-9;
    let topTranslated = 1e-9;
    let topLikeness = 1e-9;
    for (let id = 0; id < size; id += 1) {
      if (allowed !== undefined && allowed[id] === 0) continue;
      if ((characterScores[id] as number) > topCharacters) topCharacters = characterScores[id] as number;
      if ((said[id] as number) > topOwn) topOwn = said[id] as number;
      if ((wordScores[id] as number) > topWords) topWords = wordScores[id] as number;
      if ((askedScores[id] as number) > topAsked) topAsked = askedScores[id] as number;
      if ((translated[id] as number) > topTranslated) topTranslated = translated[id] as number;
      if ((bestLikeness[id] as number) > topLikeness) topLikeness = bestLikeness[id] as number;
    }
    firstScores.fill(0);
    for (let id = 0; id < size; id += 1) {
      if (allowed !== undefined && allowed[id] === 0) continue;
      const plain =
        (tuning.characters * (characterScores[id] as number)) / topCharacters +
        (tuning.words * (wordScores[id] as number)) / topWords +
        (tuning.coverage * (covered[id] as number)) / Math.max(mass, 1e-9);
      const like = bestLikeness[id] as number;
      if (plain <= 0 && like <= 0 && (translated[id] as number) <= 0) continue;
      const { law } = traits[id] as { law: number };
      const learned =
        (tuning.asked * (askedScores[id] as number)) / topAsked +
        tuning.likeness * like +
        (tuning.likenessOfBest * like) / topLikeness +
        (tuning.translation * (translated[id] as number)) / topTranslated +
        tuning.lawPrior * (lawPrior[law] as number) +
        (tuning.lawVotes * (lawVotes[law] as number)) / voteTotal;
      // What is asked in nearly the same words is not held back.
      const weight = Math.max(weights?.[id] ?? 1, like);
      const same = tuning.same * like ** 6;
      firstScores[id] = Math.max(1e-6, aboveZero + (plain + trust * learned) * weight + trust * same);
    }
    const ids = bestOf(firstScores, wanted);

    const lawWeights = new Float32Array(laws.length);
    const chapterWeights = new Float32Array(chapters.length);
    let weightTotal = 1e-9;
    for (const id of ids.slice(0, 60)) {
      const trait = traits[id];
      if (trait === undefined) continue;
      const weight = ((characterScores[id] as number) / topCharacters) ** 3;
      weightTotal += weight;
      lawWeights[trait.law] = (lawWeights[trait.law] ?? 0) + weight;
      chapterWeights[trait.chapter] = (chapterWeights[trait.chapter] ?? 0) + weight;
    }
    const lawNameScores = new Float32Array(laws.length);
    const chapterNameScores = new Float32Array(chapters.length);
    scoreInto(lawNames, weigh(lawNames, own), lawNameScores);
    scoreInto(chapterNames, weigh(chapterNames, own), chapterNameScores);
    const topLawName = Math.max(1e-9, ...ids.map((id) => lawNameScores[traits[id]?.law ?? 0] ?? 0));
    const topChapterName = Math.max(
      1e-9,
      ...ids.map((id) => chapterNameScores[traits[id]?.chapter ?? 0] ?? 0),
    );

    const asks = facetsAsked(text);
    const pairs = pairWeights(own);
    const rows = new Float32Array(ids.length * featureCount);
    const best = ids[0] === undefined ? 0 : (firstScores[ids[0]] as number);
    ids.forEach((id, place) => {
      const trait = traits[id];
      const document = documents[id];
      if (trait === undefined || document === undefined) return;
      const meets = meet(document.text, pairs);
      const neighbour = (other: number) =>
        traits[other]?.law === trait.law ? (characterScores[other] as number) / topCharacters : 0;
      const row: number[] = [
        (characterScores[id] as number) / topCharacters,
        (characterScores[id] as number) / (mass + 1e-9),
        (said[id] as number) / topOwn,
        (wordScores[id] as number) / topWords,
        (askedScores[id] as number) / topAsked,
        bestLikeness[id] as number,
        (bestLikeness[id] as number) / topLikeness,
        (votes.get(id) ?? 0) / voteTotal,
        (translated[id] as number) / topTranslated,
        meets.coverage,
        meets.bestSentence,
        meets.run,
        1 / (place + 3),
        (firstScores[id] as number) - best,
        (lawVotes[trait.law] as number) / voteTotal,
        (chapterVotes[trait.chapter] as number) / voteTotal,
        lawPrior[trait.law] as number,
        Math.log1p(attached[id] as number),
        (lawWeights[trait.law] as number) / weightTotal,
        (chapterWeights[trait.chapter] as number) / weightTotal,
        Math.max(neighbour(id - 1), neighbour(id + 1)),
        (lawNameScores[trait.law] as number) / topLawName,
        (chapterNameScores[trait.chapter] as number) / topChapterName,
        (lawNameScores[trait.law] as number) / (mass + 1e-9),
        (chapterNameScores[trait.chapter] as number) / (mass + 1e-9),
        trait.length,
        trait.lawSize,
        trait.place,
        trait.fame,
        trait.named,
        trait.age,
        trait.rank,
        trait.frame,
        familiar,
        mass / 50,
        own.size / 40,
        topCharacters / (mass + 1e-9),
      ];
      for (let facet = 0; facet < facetCount; facet += 1)
        row.push((asks >> facet) & 1 ? ((trait.facets >> facet) & 1) + 1 : 0);
      rows.set(row, place * featureCount);
    });

    const candidates = ids.map((id, row): Candidate => {
      const first = (firstScores[id] as number) - aboveZero;
      const learned = model === undefined ? 0 : scoreRow(model, rows, featureCount, row);
      return {
        id,
        first,
        score: first + trust * tuning.model * learned + (favoured?.get(id) ?? 0),
        question: bestQuestion[id] as number,
        likeness: bestLikeness[id] as number,
        coverage: Math.min(1, (covered[id] as number) / Math.max(mass, 1e-9)),
      };
    });
    candidates.sort((x, y) => y.score - x.score || x.id - y.id);
    return { candidates, rows, mass, known, familiar };
  }

  /** The mass of the question that each document holds in its wording or its questions, into `covered`. */
  function measureCoverage(own: ReadonlyMap<Term, number>): void {
    covered.fill(0);
    coveredBy.fill(Number.NaN);
    for (const [term, weight] of own) {
      const inQuestions = positionOf(questionIndex, term);
      for (const index of [characters, asked]) {
        const position = positionOf(index, term);
        if (position < 0) continue;
        const idf =
          inQuestions >= 0 ? (questionIdf[inQuestions] as number) : (characters.idf[position] as number);
        const end = index.starts[position + 1] as number;
        for (let at = index.starts[position] as number; at < end; at += 1) {
          const id = index.ids[at] as number;
          if (coveredBy[id] === term) continue;
          coveredBy[id] = term;
          covered[id] = (covered[id] as number) + idf * weight;
        }
      }
    }
  }

  /** The pairs of a question that the corpus knows, with their idf. */
  function pairWeights(own: ReadonlyMap<Term, number>): { weights: Map<Term, number>; mass: number } {
    const weights = new Map<Term, number>();
    let mass = 0;
    for (const [term, weight] of own) {
      if (!isPair(term)) continue;
      const position = positionOf(characters, term);
      if (position < 0) continue;
      const idf = (characters.idf[position] as number) * weight;
      weights.set(term, idf);
      mass += idf;
    }
    return { weights, mass };
  }

  return {
    rank,
    likenesses(text, before) {
      scoreQuestions(ownTerms(text, before));
      return likeness;
    },
  };
}

/** Keeps first scores above zero while they are sorted: the logarithm of a prior is negative. */
const aboveZero = 1;

/** How many attached questions vote for laws and headings. */
const nearQuestions = 20;

/** Words of titles that tell nothing of their matter. */
const formulas =
  /最高人民法院|最高人民检察院|关于|审理|适用|法律|问题|若干|规定|解释|中华人民共和国|案件|第[一二三四五六七八九十]+[编章节]/gu;

/** How a text and the pairs of a question meet: over all, in its best sentence, and the longest run of them. */
function meet(
  text: string,
  { weights, mass }: { weights: ReadonlyMap<Term, number>; mass: number },
): { coverage: number; bestSentence: number; run: number } {
  if (mass <= 0) return { coverage: 0, bestSentence: 0, run: 0 };
  const seen = new Set<Term>();
  let inSentence = new Set<Term>();
  let covered = 0;
  let sentence = 0;
  let bestSentence = 0;
  let run = 0;
  let longest = 0;
  let previous = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x3400 || code > 0x9fff) {
      previous = 0;
      run = 0;
      // 。；; and a new line end a sentence.
      if (code === 0x3002 || code === 0xff1b || code === 0x3b || code === 10) {
        if (sentence > bestSentence) bestSentence = sentence;
        sentence = 0;
        if (inSentence.size > 0) inSentence = new Set();
      }
      continue;
    }
    if (previous !== 0) {
      const pair = pairOf(previous, code);
      const weight = weights.get(pair);
      if (weight === undefined) run = 0;
      else {
        run += 1;
        if (run > longest) longest = run;
        if (!seen.has(pair)) {
          seen.add(pair);
          covered += weight;
        }
        if (!inSentence.has(pair)) {
          inSentence.add(pair);
          sentence += weight;
        }
      }
    }
    previous = code;
  }
  return { coverage: covered / mass, bestSentence: Math.max(bestSentence, sentence) / mass, run: longest };
}

function foundIn({ starts }: TermIndex, position: number): number {
  return position < 0 ? 0 : (starts[position + 1] as number) - (starts[position] as number);
}

/** One document a document: all the questions attached to it, from the index of the questions. */
function askedIndex({ documents, questions, indexes }: Corpus): TermIndex {
  const { terms, starts, ids } = indexes.questions;
  const lengths = new Float32Array(documents.length);
  const outIds: number[] = [];
  const outCounts: number[] = [];
  const outStarts = new Uint32Array(terms.length + 1);
  const counts = new Float32Array(documents.length);
  for (let position = 0; position < terms.length; position += 1) {
    const touched: number[] = [];
    const end = starts[position + 1] as number;
    for (let at = starts[position] as number; at < end; at += 1) {
      for (const id of questions[ids[at] as number]?.documents ?? []) {
        if (counts[id] === 0) touched.push(id);
        counts[id] = (counts[id] as number) + 1;
      }
    }
    touched.sort((x, y) => x - y);
    for (const id of touched) {
      outIds.push(id);
      outCounts.push(counts[id] as number);
      lengths[id] = (lengths[id] as number) + (counts[id] as number);
      counts[id] = 0;
    }
    outStarts[position + 1] = outIds.length;
  }
  return indexFrom({
    documents: documents.length,
    terms,
    starts: outStarts,
    ids: outIds,
    counts: outCounts,
    lengths,
  });
}
