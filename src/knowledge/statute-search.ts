import { fold } from "../text/fold.ts";
import { confidenceOf, type Evidence } from "./confidence.ts";
import { type Corpus, createDocumentIndexer, indexQuestions, type RankedDocument } from "./ranking/corpus.ts";
import { createRanker, type RankerTuning } from "./ranking/ranker.ts";
import { type PackedIndex, packIndex, unpackIndex } from "./ranking/term-index.ts";
import type { Term } from "./ranking/terms.ts";
import { type OfficialArticle, wordingOf } from "./statute-text.ts";

/** An article of an edition, as imported. */
export type StatuteArticle = OfficialArticle & { law: string; edition: string };

export type StatuteHit = {
  article: StatuteArticle;
  /** The confidence model's word on it, lowered: it was fitted on digests, which people's own questions lead to. */
  score: number;
  evidence: Evidence;
};

export type StatuteQuery = {
  limit: number;
  /** Which articles may be found, and what identifies the choice, so that it can be kept. */
  allowed: (article: StatuteArticle) => boolean;
  allowedKey: string;
  /** Words that the question's words stand for, with their weights. */
  expansions: ReadonlyMap<Term, number>;
  /** What an article of a law counts, 0–1. */
  weightOf: (law: string) => number;
  /** Whether the question is of the field. */
  inField: boolean;
  /** The probability that it is, by field-model.ts, 0–1. */
  field: number;
};

export type StatuteSearch = {
  /** Articles for a folded question, best first. */
  find(folded: string, query: StatuteQuery): StatuteHit[];
};

/** The layout of a packed index; it is part of the index's name. */
export const statuteIndexFormat = 1;

export type PackedStatuteIndex = { characters: PackedIndex; words: PackedIndex };

/** No question leads to official wording, and lay words seldom stand in it: pairs of characters must carry it. */
const tuning: RankerTuning = {
  characters: 1.5,
  words: 0.25,
  asked: 0,
  likenessOfBest: 0,
  likeness: 0,
  coverage: 1,
  translation: 0,
  lawPrior: 0,
  lawVotes: 0,
  same: 0,
  commonness: 0,
  earlier: 0.5,
  model: 0,
};

/** What the confidence model's word counts. */
const caution = 0.9;

const asDocument = ({ law, edition, heading, paragraphs }: StatuteArticle): RankedDocument => ({
  law,
  chapter: heading,
  text: wordingOf({ paragraphs }),
  year: Number(edition.slice(0, 4)),
});

/** How many articles are indexed before others may work. */
const sliceSize = 100;

/** Indexes all articles; `pause` is awaited now and then, so that a server goes on answering. */
export async function indexStatutes(
  articles: readonly StatuteArticle[],
  pause: () => Promise<void>,
): Promise<PackedStatuteIndex> {
  const indexer = createDocumentIndexer();
  for (const [at, article] of articles.entries()) {
    const { law, chapter, text, year } = asDocument(article);
    indexer.add({ law: fold(law), chapter: fold(chapter), text: fold(text), year });
    if (at % sliceSize === sliceSize - 1) await pause();
  }
  const { characters, words } = indexer.build();
  await pause();
  return { characters: packIndex(characters), words: packIndex(words) };
}

/**
 * Search over official wording with its index.
 *
 * @throws {Error} if the index was not made from these articles.
 */
export function openStatuteSearch(
  articles: readonly StatuteArticle[],
  packed: PackedStatuteIndex,
): StatuteSearch {
  const corpus: Corpus = {
    documents: articles.map(asDocument),
    questions: [],
    indexes: {
      characters: unpackIndex(packed.characters),
      words: unpackIndex(packed.words),
      questions: indexQuestions([]),
    },
  };
  for (const { documents } of [corpus.indexes.characters, corpus.indexes.words])
    if (documents !== articles.length) throw new Error("The index is of other statutes.");
  const ranker = createRanker(corpus, { tuning, articleOf: (id) => articles[id]?.article ?? "" });

  const masks = new Map<string, Uint8Array>();
  function maskOf({ allowed, allowedKey }: StatuteQuery): Uint8Array {
    const kept = masks.get(allowedKey);
    if (kept !== undefined) return kept;
    const mask = Uint8Array.from(articles, (article) => (allowed(article) ? 1 : 0));
    if (masks.size > 50) masks.clear();
    masks.set(allowedKey, mask);
    return mask;
  }

  return {
    find(folded, query) {
      const weights = new Map<string, number>();
      const { candidates, mass, known } = ranker.rank({
        text: folded,
        expansions: query.expansions,
        allowed: maskOf(query),
        weights: Float32Array.from(articles, ({ law }) => {
          const held = weights.get(law) ?? query.weightOf(law);
          weights.set(law, held);
          return held;
        }),
        candidates: Math.max(10, query.limit),
      });
      const best = candidates[0]?.score ?? 0;
      const second = candidates[1]?.score ?? 0;
      let ceiling = 1;
      return candidates.slice(0, query.limit).flatMap(({ id, score, coverage }, place): StatuteHit[] => {
        const article = articles[id];
        if (article === undefined) return [];
        const margin = score - (place === 0 ? second : best);
        const evidence: Evidence = {
          coverage,
          margin,
          mass,
          known,
          inField: query.inField,
          field: query.field,
        };
        ceiling = Math.min(ceiling, caution * confidenceOf(evidence));
        return [{ article, score: ceiling, evidence }];
      });
    },
  };
}
