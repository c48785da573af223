import {
  type BoostedTrees,
  type TrainingGroup,
  trainTrees,
} from "../../src/knowledge/ranking/boosted-trees.ts";
import {
  type CorpusIndexes,
  indexQuestions,
  type RankedDocument,
} from "../../src/knowledge/ranking/corpus.ts";
import {
  createRanker,
  featureCount,
  featureNames,
  type Gate,
  newBaseTuning,
  type Ranker,
  type RankerOptions,
  type RankerTuning,
  shippedRankerTuning,
  trustInNewBase,
  trustInUsual,
} from "../../src/knowledge/ranking/ranker.ts";
import type { Surroundings } from "../../src/knowledge/ranking/surroundings.ts";
import { learnTranslation } from "../../src/knowledge/ranking/translation.ts";
import type { Judged } from "./retrieval-files.ts";

/** What is searched: documents with all that is known of them without any question. */
export type Base = {
  documents: readonly RankedDocument[];
  indexes: Pick<CorpusIndexes, "characters" | "words">;
  surroundings: Surroundings;
};

/** A ranker of the base that has learned from these questions, and from nothing else. */
export function rankerOf(
  { documents, indexes, surroundings }: Base,
  learned: readonly Judged[],
  options: Pick<RankerOptions, "gate" | "model" | "tuning"> = {},
): Ranker {
  const questions = learned.map(({ text, gold }) => ({ text, documents: gold }));
  const corpus = { documents, questions, indexes: { ...indexes, questions: indexQuestions(questions) } };
  const translation = learnTranslation(documents, questions, indexes.characters);
  return createRanker(corpus, {
    ...options,
    surroundings,
    ...(questions.length === 0 ? {} : { translation }),
  });
}

/** How questions are parted: by chance, by their order (neighbours are of one topic), by the law that answers. */
export type Parting = "random" | "topics" | "laws";

/** Parts the questions. The same questions are always parted alike. */
export function foldsOf(
  questions: readonly Judged[],
  count: number,
  parting: Parting,
  documents: readonly RankedDocument[],
): Judged[][] {
  const parts = Array.from({ length: count }, (): Judged[] => []);
  if (parting === "topics") {
    const ordered = questions.toSorted((x, y) => x.id - y.id);
    ordered.forEach((question, at) => {
      parts[Math.floor((at * count) / ordered.length)]?.push(question);
    });
    return parts;
  }
  if (parting === "random") {
    const ordered = questions.toSorted((x, y) => scattered(x.id) - scattered(y.id) || x.id - y.id);
    ordered.forEach((question, at) => {
      parts[at % count]?.push(question);
    });
    return parts;
  }
  const byLaw = new Map<string, Judged[]>();
  for (const question of questions) {
    const law = documents[question.gold[0] ?? -1]?.law ?? "";
    const held = byLaw.get(law);
    if (held === undefined) byLaw.set(law, [question]);
    else held.push(question);
  }
  // The largest laws first, each to the part that is smallest so far.
  const ordered = [...byLaw].sort((x, y) => y[1].length - x[1].length || (x[0] < y[0] ? -1 : 1));
  for (const [, held] of ordered) parts.reduce((x, y) => (y.length < x.length ? y : x)).push(...held);
  return parts.filter((part) => part.length > 0);
}

/** A fixed shuffle (Knuth's multiplicative hash). */
function scattered(id: number): number {
  return Math.imul(id + 1, 2654435761) >>> 0;
}

/** What is known beforehand of the questions to come. */
export type Expectation = { partings: readonly Parting[]; tuning: RankerTuning; gate: Gate };

/** Questions like those learned from, or on other topics of the same laws: the trees see both, and learn to tell. */
export const sameLaws: Expectation = {
  partings: ["random", "topics"],
  tuning: shippedRankerTuning,
  gate: trustInUsual,
};

/** Questions about a base of other laws: all that the trees see are questions whose law nothing was learned of. */
export const otherLaws: Expectation = { partings: ["laws"], tuning: newBaseTuning, gate: trustInNewBase };

/** Rows for the trees: every question ranked by a ranker that learned from other questions only. */
export function trainingGroups(
  base: Base,
  questions: readonly Judged[],
  { partings, tuning }: Expectation,
): TrainingGroup[] {
  return partings.flatMap((parting) =>
    foldsOf(questions, innerFolds, parting, base.documents).flatMap((left) => {
      const held = new Set(left);
      const ranker = rankerOf(
        base,
        questions.filter((question) => !held.has(question)),
        { tuning },
      );
      return left.map(({ text, gold }) => {
        const { candidates, rows } = ranker.rank({ text, rows: true });
        const ids = candidates.toSorted((x, y) => y.first - x.first || x.id - y.id).map(({ id }) => id);
        return groupOf(ids, rows, new Set(gold));
      });
    }),
  );
}

const innerFolds = 5;

export function learnTrees(groups: readonly TrainingGroup[]): BoostedTrees {
  return trainTrees(featureNames, groups, {
    trees: 120,
    leaves: 10,
    rate: 0.08,
    minRows: 60,
    ridge: 3,
    groupShare: 0.5,
    featureShare: 0.5,
  });
}

/** All that is right, the thirty best, and every fifth of the rest: what is far off teaches little. */
function groupOf(ids: readonly number[], rows: Float32Array, gold: ReadonlySet<number>): TrainingGroup {
  const kept = ids.flatMap((id, row) => (gold.has(id) || row < 30 || row % 5 === 0 ? [row] : []));
  const own = new Float32Array(kept.length * featureCount);
  kept.forEach((row, at) => {
    own.set(rows.subarray(row * featureCount, (row + 1) * featureCount), at * featureCount);
  });
  return {
    rows: own,
    count: kept.length,
    right: Uint8Array.from(kept, (row) => (gold.has(ids[row] as number) ? 1 : 0)),
  };
}
