import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type BoostedTrees, scoreRow } from "./boosted-trees.ts";
import { type AttachedQuestion, type Corpus, indexCorpus, type RankedDocument } from "./corpus.ts";
import {
  createRanker,
  featureCount,
  featureNames,
  type RankerOptions,
  type RankingQuery,
  shippedRankerTuning,
  trustInNewBase,
  trustInUsual,
} from "./ranker.ts";
import { learnTranslation } from "./translation.ts";

const characters = [..."专利商标权法人合同期限处罚款赔偿责任申请公司"];
const words = fc.string({ unit: fc.constantFrom(...characters), minLength: 1, maxLength: 25 });
const document: fc.Arbitrary<RankedDocument> = fc.record({
  law: fc.constantFrom("专利法", "商标法", "公司法"),
  chapter: fc.constantFrom("总则", "法律责任"),
  text: words,
  year: fc.integer({ min: 1990, max: 2026 }),
});

/** A corpus with questions attached, and something to ask. */
const scene = fc.array(document, { minLength: 2, maxLength: 25 }).chain((documents) =>
  fc.record({
    documents: fc.constant(documents),
    questions: fc.array(
      fc.record({
        text: words,
        documents: fc.uniqueArray(fc.nat({ max: documents.length - 1 }), { minLength: 1, maxLength: 2 }),
      }),
      { maxLength: 8 },
    ),
    asked: words,
    mask: fc.array(fc.boolean(), { minLength: documents.length, maxLength: documents.length }),
  }),
);

/** Prefers the end of the corpus, whatever was asked: what a model that went astray would do. */
const astray: BoostedTrees = {
  features: featureNames,
  trees: [
    {
      feature: [featureNames.indexOf("length"), -1, -1],
      threshold: [2, 0, 0],
      left: [1, 0, 0],
      right: [2, 0, 0],
      value: [0, -9, 9],
    },
  ],
};

function corpusOf(documents: RankedDocument[], questions: AttachedQuestion[]): Corpus {
  return { documents, questions, indexes: indexCorpus(documents, questions) };
}

function learnedRanker(corpus: Corpus, options: RankerOptions = {}) {
  const translation = learnTranslation(corpus.documents, corpus.questions, corpus.indexes.characters);
  return createRanker(corpus, { model: astray, translation, ...options });
}

const idsOf = (ranker: ReturnType<typeof createRanker>, query: RankingQuery) =>
  ranker.rank(query).candidates.map(({ id }) => id);

const plainTuning = {
  ...shippedRankerTuning,
  asked: 0,
  likeness: 0,
  likenessOfBest: 0,
  translation: 0,
  lawPrior: 0,
  lawVotes: 0,
  model: 0,
};

describe("a ranker", () => {
  test("that is not trusted ranks exactly by the wording", () => {
    fc.assert(
      fc.property(scene, ({ documents, questions, asked }) => {
        const corpus = corpusOf(documents, questions);
        const shut = learnedRanker(corpus, { gate: () => 0 });
        const plain = createRanker(corpus, { tuning: plainTuning, gate: () => 0 });
        expect(shut.rank({ text: asked }).candidates.map(({ id, score }) => ({ id, score }))).toEqual(
          plain.rank({ text: asked }).candidates.map(({ id, score }) => ({ id, score })),
        );
      }),
    );
  });

  test("finds nothing that is not allowed", () => {
    fc.assert(
      fc.property(scene, ({ documents, questions, asked, mask }) => {
        const found = idsOf(learnedRanker(corpusOf(documents, questions)), {
          text: asked,
          allowed: Uint8Array.from(mask, Number),
        });
        expect(found.filter((id) => mask[id] !== true)).toEqual([]);
      }),
    );
  });

  test("keeps nothing from one question to the next", () => {
    fc.assert(
      fc.property(scene, words, ({ documents, questions, asked }, other) => {
        const corpus = corpusOf(documents, questions);
        const ranker = learnedRanker(corpus);
        const first = ranker.rank({ text: asked, rows: true });
        ranker.rank({ text: other, before: asked, expansions: new Map([["款".charCodeAt(0), 1]]) });
        expect(ranker.rank({ text: asked, rows: true })).toEqual(first);
        expect(learnedRanker(corpus).rank({ text: asked, rows: true })).toEqual(first);
      }),
    );
  });

  test("adds the model's word to the first score, as far as it is trusted", () => {
    fc.assert(
      fc.property(scene, fc.constantFrom(0.25, 1), ({ documents, questions, asked }, trust) => {
        const { candidates, rows } = learnedRanker(corpusOf(documents, questions), {
          gate: () => trust,
        }).rank({
          text: asked,
        });
        const ordered = candidates.toSorted((x, y) => y.first - x.first || x.id - y.id);
        ordered.forEach(({ first, score }, row) => {
          const word = scoreRow(astray, rows, featureCount, row);
          expect(score).toBeCloseTo(first + trust * shippedRankerTuning.model * word, 5);
        });
      }),
    );
  });

  test("lifts the document that a like question is attached to", () => {
    const text = ["申请专利应当提交请求书", "假冒专利的罚款", "公司的期限"];
    const documents = text.map((one) => ({ law: "专利法", chapter: "总则", text: one, year: 2020 }));
    const asked = "别人仿我的产品怎么办";
    const without = createRanker(corpusOf(documents, []));
    const attached = createRanker(corpusOf(documents, [{ text: "有人仿了我的产品咋办", documents: [1] }]));
    expect(idsOf(without, { text: asked })[0]).not.toBe(1);
    const [best] = attached.rank({ text: asked }).candidates;
    expect(best).toMatchObject({ id: 1, question: 0 });
    expect(best?.likeness).toBeGreaterThan(0.3);
  });

  test("puts a document favoured by the talk first, and gives no rows that nobody reads", () => {
    const documents = ["专利的期限", "专利的申请"].map((text) => ({
      law: "专利法",
      chapter: "",
      text,
      year: 2020,
    }));
    const ranker = createRanker(corpusOf(documents, []));
    expect(idsOf(ranker, { text: "专利的期限" })).toEqual([0, 1]);
    expect(idsOf(ranker, { text: "专利的期限", favoured: new Map([[1, 9]]) })).toEqual([1, 0]);
    expect(ranker.rank({ text: "专利" }).rows).toHaveLength(0);
    expect(ranker.rank({ text: "专利", rows: true }).rows).toHaveLength(2 * featureCount);
  });
});

describe("the gates", () => {
  const usual = { text: "专利保护几年", known: 0.95, familiar: 0.3, agreement: 0.3 };

  test.each([
    ["a question like those learned from", usual, 1, 1],
    ["a case told at length", { ...usual, text: "甲".repeat(160) }, 0, 0],
    ["pairs that nobody ever wrote down", { ...usual, known: 0.5 }, 0, 0],
    ["a question like no other", { ...usual, familiar: 0.05 }, 0, 1],
  ])("trust %s as far as they should", (_, question, sameLaws, otherLaws) => {
    expect(trustInUsual(question)).toBe(sameLaws);
    expect(trustInNewBase(question)).toBe(otherLaws);
  });
});
