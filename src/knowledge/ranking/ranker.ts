import { type BoostedTrees, createScorer } from "./boosted-trees.ts";
import { asksWhatItIs, type Corpus } from "./corpus.ts";
import { facetCount, facetsAsked } from "./facets.ts";
import { createPairMeter, featureCount, type QuestionPairs } from "./features.ts";
import { fixedTraits, readSurroundings, type Surroundings } from "./surroundings.ts";
import { bestOf, idfOf, indexFrom, positionOf, scoreInto, type TermIndex } from "./term-index.ts";
import { characterTerms, isPair, type Term, wordTerms } from "./terms.ts";
import type { Translation } from "./translation.ts";

export { featureCount, featureNames } from "./features.ts";

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
  /** Reckon the features even where no model reads them. */
  rows?: boolean;
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
  /** Features of the candidates in their first order, `featureCount` a row; empty where nobody reads them. */
  rows: Float32Array;
  /** Summed idf of the question's terms, unseen ones included. */
  mass: number;
  /** Share of the question's pairs that the corpus knows, 0–1. */
  known: number;
  /** Likeness of the attached question that is most like it, 0–1. */
  familiar: number;
  /** Share of the attached questions' votes for laws that the wording votes for as well, 0–1. */
  agreement: number;
  /** How far the learned parts were trusted, 0–1. */
  trust: number;
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
  /** How much a term loses for being in most of the attached questions, 0–1. */
  commonness: number;
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
  commonness: 1,
  earlier: 0.5,
  model: 0.5,
};

/** For a base of other laws than those that questions were learned of: which laws people ask about tells nothing. */
export const newBaseTuning: RankerTuning = {
  ...shippedRankerTuning,
  lawPrior: 0,
  lawVotes: 0,
  model: 0.35,
};

/** From 0 at `from` to 1 at `to`. */
const rising = (value: number, from: number, to: number) =>
  Math.max(0, Math.min(1, (value - from) / (to - from)));

/**
 * Trusts what was learned from people's short questions with questions like them. A long text is a case told
 * in the words of the law, and its wording finds more than habit does. Nor is a question like them that is
 * written in pairs of characters that neither laws nor questions know (dialect), or is like no other one.
 */
export const trustInUsual: Gate = ({ text, known, familiar }) =>
  rising(text.length, 160, 90) * rising(known, 0.65, 0.8) * rising(familiar, 0.06, 0.14);

/**
 * The same for a base of other laws: to be unlike the questions learned from is usual there, and a smaller
 * base knows fewer pairs.
 */
export const trustInNewBase: Gate = ({ text, known }) =>
  rising(text.length, 160, 90) * rising(known, 0.55, 0.75);

export type Ranker = {
  rank(query: RankingQuery): Ranking;
  /** Likeness of a question to each attached one, into a buffer that the next call reuses. */
  likenesses(text: string, before?: string): Float32Array;
};

/** How far the learned parts may be trusted with a question, 0–1. */
export type Gate = (question: Pick<Ranking, "known" | "familiar" | "agreement"> & { text: string }) => number;

export type RankerOptions = {
  /** The number of a document as other texts name it (第…条). */
  articleOf?: (id: number) => string;
  translation?: Translation;
  model?: BoostedTrees;
  tuning?: RankerTuning;
  /** How far the learned parts may be trusted with a question, 0–1; wholly where absent. */
  gate?: Gate;
  /** What `readSurroundings` says of the corpus, where it is at hand; else it is read at the first question. */
  surroundings?: Surroundings;
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
  const { translation, model, tuning = shippedRankerTuning, gate, articleOf } = options;
  const size = documents.length;

  const attached = new Uint32Array(size);
  for (const { documents: targets } of questions)
    for (const id of targets) attached[id] = (attached[id] ?? 0) + 1;
  /** The documents that questions are attached to. */
  const answering = Uint32Array.from(attached.keys()).filter((id) => attached[id] !== 0);
  const asked = askedIndex(corpus);
  const spread = idfOf(size, 0);
  const rarest = Math.log((questions.length + 1) / 0.5);
  /** What a term of a question counts: those of most questions (怎么, 可以) tell little of the matter. */
  const weightOf = (term: Term) => {
    if (tuning.commonness === 0) return 1;
    const times = foundIn(questionIndex, positionOf(questionIndex, term));
    const rarity = Math.min(1, Math.log((questions.length + 1) / (times + 0.5)) / (rareAt * rarest));
    return 1 + tuning.commonness * (rarity - 1);
  };

  // A term's weight among questions is its rarity among documents: a word that all of them share tells nothing.
  const questionIdf = new Float32Array(questionIndex.terms.length);
  // Both vocabularies are sorted, so one walk finds what they share; that of `asked` is the questions' own.
  for (let at = 0, position = 0; at < questionIdf.length; at += 1) {
    const term = questionIndex.terms[at] as number;
    while (position < characters.terms.length && (characters.terms[position] as number) < term) position += 1;
    const inText = characters.terms[position] === term ? foundIn(characters, position) : 0;
    questionIdf[at] = idfOf(size, Math.max(inText, foundIn(asked, at))) * weightOf(term);
  }
  const questionMass = new Float32Array(questionIndex.documents);
  for (let at = 0; at < questionIdf.length; at += 1) {
    const end = questionIndex.starts[at + 1] ?? 0;
    for (let posting = questionIndex.starts[at] ?? 0; posting < end; posting += 1) {
      const id = questionIndex.ids[posting] as number;
      questionMass[id] = (questionMass[id] as number) + (questionIdf[at] as number);
    }
  }

  const scoreRows = model === undefined ? undefined : createScorer(model);

  /** Read at the first question: a start must take milliseconds. */
  let read: (Surroundings & { lawPrior: Float32Array }) | undefined;
  function surroundings() {
    if (read !== undefined) return read;
    const around = options.surroundings ?? readSurroundings(documents, articleOf);
    const { law, lawSizes } = around;
    const share = new Float32Array(lawSizes.length);
    for (const { documents: targets } of questions)
      for (const id of targets) {
        const number = law[id] as number;
        share[number] = (share[number] as number) + 1 / targets.length;
      }
    const lawPrior = share.map((own, number) => Math.log((own + 0.05) / ((lawSizes[number] as number) + 20)));
    read = { ...around, lawPrior };
    return read;
  }

  const characterScores = new Float32Array(size);
  const ownScores = new Float32Array(size);
  const wordScores = new Float32Array(size);
  const askedScores = new Float32Array(size);
  const translated = new Float32Array(size);
  const bestLikeness = new Float32Array(size);
  const bestQuestion = new Int32Array(size);
  const plainScores = new Float32Array(size);
  const firstScores = new Float32Array(size);
  const covered = new Float32Array(size);
  const coveredBy = new Float64Array(size);
  const likeness = new Float32Array(questions.length);
  const meter = createPairMeter();

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
  function scoreQuestions(own: ReadonlyMap<Term, number>, text: string): { mass: number; known: number } {
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
    // „混淆行为罚多少“ is not what „什么是混淆行为“ asks, though they share their longest word.
    if (!asksWhatItIs(text)) {
      for (let id = 0; id < likeness.length; id += 1)
        if (questions[id]?.definition === true) likeness[id] = (likeness[id] as number) * ofDefinition;
    }
    return { mass, known: knownPairs / Math.max(1, pairs) };
  }

  function rank(query: RankingQuery): Ranking {
    const { law, lawPrior, lawSizes, chapter } = surroundings();
    const { text, before, expansions, allowed, weights, favoured, candidates: wanted = 150 } = query;
    const own = ownTerms(text, before);
    const asking = new Map<Term, number>();
    for (const [term, weight] of own) asking.set(term, weight * weightOf(term));
    const { mass, known } = scoreQuestions(own, text);

    const expands = expansions !== undefined && expansions.size > 0;
    const all = expands ? new Map([...expansions, ...asking]) : asking;
    characterScores.fill(0);
    scoreInto(characters, weigh(characters, all), characterScores);
    if (expands) {
      ownScores.fill(0);
      scoreInto(characters, weigh(characters, asking), ownScores);
    }
    const said = expands ? ownScores : characterScores;
    if (tuning.words > 0) {
      wordScores.fill(0);
      const spoken = wordTerms(before === undefined ? text : `${text} ${before}`);
      scoreInto(words, weigh(words, new Map(spoken.map((term) => [term, 1]))), wordScores);
    }
    if (questions.length > 0) {
      askedScores.fill(0);
      scoreInto(asked, weigh(asked, all), askedScores);
    }
    if (translation !== undefined) {
      translated.fill(0);
      scoreInto(characters, weigh(characters, translation.expand(own)), translated);
    }
    if (tuning.coverage > 0) measureCoverage(own);
    const { votes, lawVotes, chapterVotes, total: voteTotal, familiar } = vote(allowed);
    readLikenesses();

    const topCharacters = topOf(characterScores, allowed);
    const topOwn = expands ? topOf(said, allowed) : topCharacters;
    const topWords = topOf(wordScores, allowed);
    const topTranslated = translation === undefined ? 1e-9 : topOf(translated, allowed);
    let topAsked = 1e-9;
    let topLikeness = 1e-9;
    for (const id of answering) {
      if (allowed !== undefined && allowed[id] === 0) continue;
      if ((askedScores[id] as number) > topAsked) topAsked = askedScores[id] as number;
      if ((bestLikeness[id] as number) > topLikeness) topLikeness = bestLikeness[id] as number;
    }
    const ofCharacters = tuning.characters / topCharacters;
    const ofWords = tuning.words / topWords;
    const ofCoverage = tuning.coverage / Math.max(mass, 1e-9);
    for (let id = 0; id < size; id += 1)
      plainScores[id] = ofCharacters * (characterScores[id] as number) + ofWords * (wordScores[id] as number);
    if (tuning.coverage > 0)
      for (let id = 0; id < size; id += 1)
        plainScores[id] = (plainScores[id] as number) + ofCoverage * (covered[id] as number);
    if (allowed !== undefined)
      for (let id = 0; id < size; id += 1) if (allowed[id] === 0) plainScores[id] = 0;

    // The laws and headings that the wording speaks for, and whether the attached questions speak for the same.
    const lawWeights = new Float32Array(lawSizes.length);
    const chapterWeights = new Map<number, number>();
    let weightTotal = 1e-9;
    const byWording = bestOf(plainScores, speaking);
    const topPlain = byWording[0] === undefined ? 1e-9 : (plainScores[byWording[0]] as number);
    for (const id of byWording) {
      const weight = ((plainScores[id] as number) / topPlain) ** 3;
      const number = law[id] as number;
      weightTotal += weight;
      lawWeights[number] = (lawWeights[number] as number) + weight;
      chapterWeights.set(chapter[id] as number, (chapterWeights.get(chapter[id] as number) ?? 0) + weight);
    }
    let agreement = 0;
    for (const [number, votesOfLaw] of lawVotes)
      agreement += Math.min(votesOfLaw / voteTotal, (lawWeights[number] as number) / weightTotal);
    const trust = gate === undefined ? 1 : gate({ text, known, familiar, agreement });

    const ofAsked = (trust * tuning.asked) / topAsked;
    const ofLikeness = trust * (tuning.likeness + tuning.likenessOfBest / topLikeness);
    const ofTranslated = (trust * tuning.translation) / topTranslated;
    // By law, so that the pass below reads one number for both.
    const ofLaw = lawPrior.map((prior) => trust * tuning.lawPrior * prior);
    for (const [number, votesOfLaw] of lawVotes)
      ofLaw[number] = (ofLaw[number] as number) + (trust * tuning.lawVotes * votesOfLaw) / voteTotal;
    /** What is asked in nearly the same words is not held back. */
    const weighted = (id: number, sum: number, like = 0) =>
      Math.max(
        1e-6,
        aboveZero +
          sum * (weights === undefined ? 1 : Math.max(weights[id] as number, like)) +
          trust * tuning.same * like ** 6,
      );
    for (let id = 0; id < size; id += 1) {
      const plain = plainScores[id] as number;
      const led = translated[id] as number;
      firstScores[id] =
        plain <= 0 && led <= 0
          ? 0
          : weighted(id, plain + ofTranslated * led + (ofLaw[law[id] as number] as number));
    }
    for (const id of answering) {
      const like = bestLikeness[id] as number;
      const byQuestions = ofAsked * (askedScores[id] as number) + ofLikeness * like;
      if (byQuestions > 0 || like > 0)
        firstScores[id] = weighted(
          id,
          (plainScores[id] as number) +
            byQuestions +
            ofTranslated * (translated[id] as number) +
            (ofLaw[law[id] as number] as number),
          like,
        );
    }
    if (allowed !== undefined)
      for (let id = 0; id < size; id += 1) if (allowed[id] === 0) firstScores[id] = 0;
    const ids = bestOf(firstScores, wanted);

    const rows = scoreRows !== undefined || query.rows === true ? readRows() : new Float32Array(0);
    const learned = new Float32Array(ids.length);
    if (scoreRows !== undefined && trust > 0) scoreRows(rows, featureCount, ids.length, learned);
    const candidates = ids.map((id, row): Candidate => {
      const first = (firstScores[id] as number) - aboveZero;
      return {
        id,
        first,
        score: first + trust * tuning.model * (learned[row] as number) + (favoured?.get(id) ?? 0),
        question: bestQuestion[id] as number,
        likeness: bestLikeness[id] as number,
        coverage: Math.min(1, (covered[id] as number) / Math.max(mass, 1e-9)),
      };
    });
    candidates.sort((x, y) => y.score - x.score || x.id - y.id);
    return { candidates, rows, mass, known, familiar, agreement, trust };

    /** The features of the candidates, as `featureNames` says. */
    function readRows(): Float32Array {
      const { facets, fixed, lawNames, chapterNames } = surroundings();
      const lawNameScores = new Float32Array(lawNames.documents);
      const chapterNameScores = new Float32Array(chapterNames.documents);
      scoreInto(lawNames, weigh(lawNames, asking), lawNameScores);
      scoreInto(chapterNames, weigh(chapterNames, asking), chapterNameScores);
      let topLawName = 1e-9;
      let topChapterName = 1e-9;
      for (const id of ids) {
        topLawName = Math.max(topLawName, lawNameScores[law[id] as number] as number);
        topChapterName = Math.max(topChapterName, chapterNameScores[chapter[id] as number] as number);
      }
      const placesByWording = new Map(byWording.map((id, place) => [id, place]));
      const asks = facetsAsked(text);
      let asksCount = 0;
      for (let facet = 0; facet < facetCount; facet += 1) asksCount += (asks >> facet) & 1;
      meter.set(pairWeights(asking));
      const whole = mass + 1e-9;
      const best = ids[0] === undefined ? 0 : (firstScores[ids[0]] as number);
      const matrix = new Float32Array(ids.length * featureCount);
      let at = 0;
      const put = (value: number) => {
        matrix[at] = value;
        at += 1;
      };
      ids.forEach((id, place) => {
        const ofId = law[id] as number;
        const chapterOfId = chapter[id] as number;
        const { coverage, bestSentence, sentences, run } = meter.meet(documents[id]?.text ?? "");
        const before =
          id > 0 && law[id - 1] === ofId ? (characterScores[id - 1] as number) / topCharacters : 0;
        const after =
          id + 1 < size && law[id + 1] === ofId ? (characterScores[id + 1] as number) / topCharacters : 0;
        const byCharacters = (characterScores[id] as number) / topCharacters;
        const byWords = (wordScores[id] as number) / topWords;
        put(byCharacters);
        put((characterScores[id] as number) / whole);
        put((said[id] as number) / topOwn);
        put(byWords);
        put(byWords - byCharacters);
        put((askedScores[id] as number) / topAsked);
        put(bestLikeness[id] as number);
        put((bestLikeness[id] as number) / topLikeness);
        put((votes.get(id) ?? 0) / voteTotal);
        put((translated[id] as number) / topTranslated);
        put(coverage);
        put(bestSentence);
        put(sentences);
        put(run);
        put(1 / (place + 3));
        put((firstScores[id] as number) - best);
        put((plainScores[id] as number) / topPlain);
        put(1 / ((placesByWording.get(id) ?? 2 * speaking) + 3));
        put((lawVotes.get(ofId) ?? 0) / voteTotal);
        put((chapterVotes.get(chapterOfId) ?? 0) / voteTotal);
        put(lawPrior[ofId] as number);
        put(Math.log1p(attached[id] as number));
        put((lawWeights[ofId] as number) / weightTotal);
        put((chapterWeights.get(chapterOfId) ?? 0) / weightTotal);
        put(Math.max(before, after));
        put(before + after);
        put((lawNameScores[ofId] as number) / topLawName);
        put((chapterNameScores[chapterOfId] as number) / topChapterName);
        put((lawNameScores[ofId] as number) / whole);
        put((chapterNameScores[chapterOfId] as number) / whole);
        for (let trait = 0; trait < fixedTraits.length; trait += 1)
          put(fixed[id * fixedTraits.length + trait] as number);
        put(familiar);
        put(agreement);
        put(mass / 50);
        put(own.size / 40);
        put(topCharacters / whole);
        const sets = facets[id] as number;
        for (let facet = 0; facet < facetCount; facet += 1)
          put((asks >> facet) & 1 ? ((sets >> facet) & 1) + 1 : 0);
        for (let facet = 0; facet < facetCount; facet += 1) put((sets >> facet) & 1);
        put(asksCount);
      });
      return matrix;
    }
  }

  /** What the attached questions most like this one say: their votes for documents, laws and headings. */
  function vote(allowed: Uint8Array | undefined) {
    const { law, chapter } = surroundings();
    const votes = new Map<number, number>();
    const lawVotes = new Map<number, number>();
    const chapterVotes = new Map<number, number>();
    const near = bestOf(likeness, nearQuestions);
    let total = 1e-9;
    const add = (to: Map<number, number>, key: number, weight: number) => {
      to.set(key, (to.get(key) ?? 0) + weight);
    };
    for (const question of near) {
      const weight = (likeness[question] as number) ** 2;
      const targets = questions[question]?.documents ?? [];
      total += weight;
      for (const id of targets) {
        if (allowed !== undefined && allowed[id] === 0) continue;
        add(lawVotes, law[id] as number, weight / targets.length);
        add(chapterVotes, chapter[id] as number, weight / targets.length);
        add(votes, id, weight);
      }
    }
    const familiar = near[0] === undefined ? 0 : (likeness[near[0]] as number);
    return { votes, lawVotes, chapterVotes, total, familiar };
  }

  /** The attached question most like this one, for every document. */
  function readLikenesses(): void {
    bestLikeness.fill(0);
    bestQuestion.fill(-1);
    for (let question = 0; question < likeness.length; question += 1) {
      const like = likeness[question] as number;
      if (like <= 0.05) continue;
      for (const id of questions[question]?.documents ?? [])
        if (like > (bestLikeness[id] as number)) {
          bestLikeness[id] = like;
          bestQuestion[id] = question;
        }
    }
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
  function pairWeights(own: ReadonlyMap<Term, number>): QuestionPairs {
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
      scoreQuestions(ownTerms(text, before), text);
      return likeness;
    },
  };
}

/** Keeps first scores above zero while they are sorted: the logarithm of a prior is negative. */
const aboveZero = 1;

/** How much a question that asks what something is counts for one that asks something else of it, 0–1. */
const ofDefinition = 0.75;

/** How many attached questions vote for laws and headings. */
const nearQuestions = 20;
/** How many documents, the best by wording, speak for their laws and headings. */
const speaking = 60;
/** A term counts in full from this share of the rarity of a term that no attached question has. */
const rareAt = 0.8;

/** The best score of an allowed document; never zero, so that it may divide. */
function topOf(scores: Float32Array, allowed: Uint8Array | undefined): number {
  let top = 1e-9;
  for (let id = 0; id < scores.length; id += 1) {
    const score = scores[id] as number;
    if (score > top && (allowed === undefined || allowed[id] !== 0)) top = score;
  }
  return top;
}

function foundIn({ starts }: TermIndex, position: number): number {
  return position < 0 ? 0 : (starts[position + 1] as number) - (starts[position] as number);
}

/** One document a document: all the questions attached to it, from the index of the questions. */
function askedIndex({ documents, questions, indexes }: Corpus): TermIndex {
  const { terms, starts, ids } = indexes.questions;
  // The targets of all questions in one list, so that the loop below touches typed arrays alone.
  const targetStarts = new Uint32Array(questions.length + 1);
  const targets: number[] = [];
  for (const [question, { documents: own }] of questions.entries()) {
    for (const id of own) targets.push(id);
    targetStarts[question + 1] = targets.length;
  }
  const most = questions.reduce((max, { documents: own }) => Math.max(max, own.length), 1);
  const outIds = new Uint32Array(ids.length * most);
  const outCounts = new Float32Array(outIds.length);
  const outStarts = new Uint32Array(terms.length + 1);
  const lengths = new Float32Array(documents.length);
  const counts = new Float32Array(documents.length);
  let write = 0;
  for (let position = 0; position < terms.length; position += 1) {
    const from = write;
    let ascending = true;
    const end = starts[position + 1] as number;
    for (let at = starts[position] as number; at < end; at += 1) {
      const question = ids[at] as number;
      const last = targetStarts[question + 1] as number;
      for (let target = targetStarts[question] as number; target < last; target += 1) {
        const id = targets[target] as number;
        if (counts[id] === 0) {
          if (write > from && id < (outIds[write - 1] as number)) ascending = false;
          outIds[write] = id;
          write += 1;
        }
        counts[id] = (counts[id] as number) + 1;
      }
    }
    if (!ascending) outIds.subarray(from, write).sort();
    for (let at = from; at < write; at += 1) {
      const id = outIds[at] as number;
      const count = counts[id] as number;
      outCounts[at] = count;
      lengths[id] = (lengths[id] as number) + count;
      counts[id] = 0;
    }
    outStarts[position + 1] = write;
  }
  return indexFrom({
    documents: documents.length,
    terms,
    starts: outStarts,
    ids: outIds.subarray(0, write),
    counts: outCounts.subarray(0, write),
    lengths,
  });
}
