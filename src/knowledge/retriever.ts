import { fold } from "../text/fold.ts";
import { createFindInstruments } from "./article-reference.ts";
import { confidenceOf, type Evidence } from "./confidence.ts";
import { createFieldProbability } from "./field-model.ts";
import { type KnowledgeBlob, wordingOf } from "./knowledge-blob.ts";
import { type Passage, passageKey } from "./passage.ts";
import { createPlainSpeech } from "./plain-speech.ts";
import { createExpand, createOffSubject } from "./question-words.ts";
import type { BoostedTrees } from "./ranking/boosted-trees.ts";
import { type AttachedQuestion, asksWhatItIs, type RankedDocument } from "./ranking/corpus.ts";
import { readsFeatures } from "./ranking/features.ts";
import { createRanker, type RankerTuning, type Ranking } from "./ranking/ranker.ts";
import { unpackIndex } from "./ranking/term-index.ts";
import { fuseByReciprocalRank } from "./reciprocal-rank.ts";

/** A passage found for a question. */
export type Retrieved = {
  /** Position in the blob's passages. */
  id: number;
  digest: Passage;
  /** Calibrated: the probability that this passage answers the question, 0–1. */
  score: number;
  /** Ranking score; orders, and means nothing alone. */
  fused: number;
  /** The asked group that fits best, and how well its best question does, 0–1. */
  group: number;
  similarity: number;
  /** What the score was reckoned from. */
  evidence: Evidence;
};

export type RetrieveOptions = {
  limit: number;
  /** Which passages may be found. */
  allowed: (passage: Passage) => boolean;
  /** Identifies `allowed`, so that its answers can be kept. */
  allowedKey: string;
  /** An earlier question of the same talk: its terms count half. */
  before?: string;
  /** Passages favoured by the talk so far: added to the ranking score. */
  favoured?: ReadonlyMap<number, number>;
  /** Passages near in meaning (`passageKey`), best first: they re-order what was found by words. */
  semantic?: readonly string[] | undefined;
};

/** Most that a passage found by meaning alone may score: below what is answered with. */
const semanticOnlyScore = 0.2;
/** From here up the first hit by words stays the first. */
const surelyFound = 0.6;
/** How many hits by words take part in the fusion with those by meaning. */
const fusedDepth = 20;

export type Tuning = {
  ranking: RankerTuning;
  /** What a thesaurus word counts beside a word of the person's own. */
  expanded: number;
  /** What an article counts whose law is about something that the question does not name. */
  offSubject: number;
  /** Added to the ranking score of the articles of a law that the question names. */
  named: number;
};

/** Fitted by `scripts/fit-ranking.ts` on the passages' own questions, each fold left out in turn. */
export const shippedTuning: Tuning = {
  ranking: {
    characters: 1.5,
    words: 0.25,
    asked: 1,
    likenessOfBest: 0.7,
    likeness: 0,
    coverage: 1,
    translation: 0,
    lawPrior: 0,
    lawVotes: 0,
    same: 1,
    commonness: 0,
    earlier: 0.5,
    model: 0.5,
  },
  expanded: 0.4,
  offSubject: 0.6,
  named: 0.5,
};

/** The least that a question with a word of the field is taken to be ours. */
export const leastWithWord = 0.75;

/** How many passages are looked at closely. */
const candidates = 40;

export type Retriever = {
  /** Passages for a question already folded, best first. */
  retrieve(folded: string, options: RetrieveOptions): Retrieved[];
  /** Asked groups of one passage by likeness to the question, best first. */
  groupsOf(folded: string, id: number, before?: string): { group: number; similarity: number }[];
  /** What slips and colloquial words of a folded question stand for. */
  mend(folded: string): string;
  /** The ranking behind `retrieve`, for fitting: `score` and `evidence` are derived from it. */
  rank(folded: string, options: RetrieveOptions): Ranking;
};

/** Search over the passages: the ranking of `ranking/ranker.ts`, with the thesaurus, and laws that give way. */
export function createRetriever(
  blob: KnowledgeBlob,
  {
    tuning = shippedTuning,
    model = blob.ranking,
  }: { tuning?: Tuning; model?: BoostedTrees | undefined } = {},
): Retriever {
  const { digests, thesaurus } = blob;
  const plain = createPlainSpeech(thesaurus);
  const firstQuestion = new Uint32Array(digests.length + 1);
  const groupOfQuestion: number[] = [];
  // The index holds their terms; of the questions themselves the ranking needs only whose they are.
  const questions: AttachedQuestion[] = [];
  for (const [id, { asked }] of digests.entries()) {
    firstQuestion[id] = questions.length;
    const documents = [id];
    for (const [group, { questions: own }] of asked.entries()) {
      for (const question of own) {
        questions.push({ text: "", documents, definition: asksWhatItIs(plain(fold(question))) });
        groupOfQuestion.push(group);
      }
    }
  }
  firstQuestion[digests.length] = questions.length;

  const ranker = createRanker(
    {
      documents: digests.map((passage) => documentOf(passage, plain)),
      questions,
      indexes: {
        characters: unpackIndex(blob.index.characters),
        words: unpackIndex(blob.index.words),
        questions: unpackIndex(blob.index.questions),
      },
    },
    {
      tuning: tuning.ranking,
      articleOf: (id) => (digests[id]?.kind === "statute" ? (digests[id]?.article ?? "") : ""),
      // Trees learned from other features would misread these: the plain order stands.
      ...(model === undefined || !readsFeatures(model) ? {} : { model }),
    },
  );

  const field = new RegExp(blob.scope.field.join("|"), "u");
  const lawNumbers = new Map<string, number>();
  const lawOf = Uint16Array.from(digests, ({ law }) => {
    const number = lawNumbers.get(law) ?? lawNumbers.size;
    lawNumbers.set(law, number);
    return number;
  });
  const fieldProbability = createFieldProbability(blob.field);
  const findInstruments = createFindInstruments(blob.instruments);
  const expand = createExpand(thesaurus, plain);
  const offSubject = createOffSubject(blob.scope);

  const masks = new Map<string, Uint8Array>();
  function maskOf({ allowed, allowedKey }: RetrieveOptions): Uint8Array {
    const kept = masks.get(allowedKey);
    if (kept !== undefined) return kept;
    const mask = Uint8Array.from(digests, (digest) => (allowed(digest) ? 1 : 0));
    if (masks.size > 50) masks.clear();
    masks.set(allowedKey, mask);
    return mask;
  }

  function rank(folded: string, options: RetrieveOptions, rows = false): Ranking {
    const talk = `${folded} ${options.before ?? ""}`;
    const named = new Set(
      findInstruments(folded).flatMap(({ instrument }) => lawNumbers.get(instrument.title) ?? []),
    );
    const lawWeights = new Float32Array(lawNumbers.size).fill(1);
    for (const [law, weight] of offSubject(talk)) {
      const number = lawNumbers.get(law);
      if (number !== undefined && !named.has(number)) lawWeights[number] = weight ?? tuning.offSubject;
    }
    const favoured = new Map(options.favoured);
    const weights = new Float32Array(digests.length);
    for (let id = 0; id < weights.length; id += 1) {
      const law = lawOf[id] as number;
      weights[id] = lawWeights[law] as number;
      if (named.has(law)) favoured.set(id, (favoured.get(id) ?? 0) + tuning.named);
    }
    return ranker.rank({
      text: folded,
      expansions: expand(folded, tuning.expanded),
      allowed: maskOf(options),
      weights,
      favoured,
      candidates: Math.max(candidates, options.limit),
      rows,
      ...(options.before === undefined ? {} : { before: options.before }),
    });
  }

  return {
    mend: plain,
    rank: (folded, options) => rank(folded, options, true),

    retrieve(folded, options) {
      const { candidates: ranked, mass, known } = rank(folded, options);
      const talk = `${folded} ${options.before ?? ""}`;
      const inField = field.test(talk);
      // A word of the field outweighs what the rest of the question is like.
      const ofField = Math.max(fieldProbability(talk), inField ? leastWithWord : 0);
      const best = ranked[0]?.score ?? 0;
      // A guide and the article it stands on say the same: they are no rivals.
      const first = digests[ranked[0]?.id ?? 0];
      const second =
        ranked.find(({ id }) => digests[id]?.law !== first?.law || digests[id]?.article !== first?.article)
          ?.score ?? 0;
      let ceiling = 1;
      const { semantic = [] } = options;
      const found = ranked.flatMap((candidate, place): Retrieved[] => {
        const { id, score: fused, question, likeness, coverage } = candidate;
        const digest = digests[id];
        if (digest === undefined) return [];
        const margin = fused - (place === 0 ? second : best);
        const evidence: Evidence = { coverage, margin, mass, known, inField, field: ofField };
        ceiling = Math.min(ceiling, confidenceOf(evidence));
        const group = question < 0 ? 0 : (groupOfQuestion[question] ?? 0);
        return [{ id, digest, score: ceiling, fused, group, similarity: likeness, evidence }];
      });
      return (semantic.length === 0 ? found : fuse(found, semantic)).slice(0, options.limit);
    },

    groupsOf(folded, id, before) {
      const likenesses = ranker.likenesses(folded, before);
      const best = new Map<number, number>();
      const end = firstQuestion[id + 1] ?? 0;
      for (let question = firstQuestion[id] ?? 0; question < end; question += 1) {
        const group = groupOfQuestion[question] ?? 0;
        best.set(group, Math.max(best.get(group) ?? 0, likenesses[question] ?? 0));
      }
      return [...best]
        .map(([group, similarity]) => ({ group, similarity }))
        .sort((a, b) => b.similarity - a.similarity || a.group - b.group);
    },
  };
}

/** A passage as the ranking reads it. What it takes from the wording is read when first looked at: a start must take milliseconds. */
function documentOf(passage: Passage, plain: (folded: string) => string): RankedDocument {
  let text: string | undefined;
  let chapter: string | undefined;
  return {
    law: passage.law,
    year: Number(passage.edition.slice(0, 4)),
    get text() {
      text ??= plain(fold(wordingOf(passage)));
      return text;
    },
    get chapter() {
      chapter ??= plain(fold(passage.chapter));
      return chapter;
    },
  };
}

/**
 * Hits by words and passages by meaning in one order. Scores stay those of the words,
 * which are not overruled where they are sure.
 */
function fuse(found: readonly Retrieved[], semantic: readonly string[]): Retrieved[] {
  const kept = found.slice(0, fusedDepth);
  const hits = new Map(kept.map((hit) => [passageKey(hit.digest), hit]));
  for (const hit of found.slice(fusedDepth)) {
    const key = passageKey(hit.digest);
    if (semantic.includes(key)) hits.set(key, { ...hit, score: Math.min(semanticOnlyScore, hit.score) });
  }
  const byWords = kept.map((hit) => passageKey(hit.digest));
  const sure = byWords.slice(0, (kept[0]?.score ?? 0) >= surelyFound ? 1 : 0);
  const order = new Set([...sure, ...fuseByReciprocalRank([byWords, semantic])]);
  return [...order].flatMap((key) => hits.get(key) ?? []);
}
