import { describe, expect, test } from "vitest";
import { indexCorpus, type RankedDocument } from "./corpus.ts";
import { characterTerms, pairOf, type Term } from "./terms.ts";
import { learnTranslation } from "./translation.ts";

const pair = (text: string) => pairOf(text.charCodeAt(0), text.charCodeAt(1));
const termsOf = (text: string) => new Map<Term, number>(characterTerms(text).map((term) => [term, 1]));

/** Forty articles of which one speaks of 停止侵害, and people who call that 别卖了. */
const documents = Array.from({ length: 40 }, (_, at): RankedDocument => {
  const text = at === 7 ? "责令停止侵害" : `第${String.fromCharCode(0x4e00 + 40 * at)}类商品的注册`;
  return { law: "商标法", chapter: "总则", text, year: 2019 };
});
const questions = [
  ...["叫他别卖了", "能让他别卖吗", "我要他别卖这个"].map((text) => ({ text, documents: [7] })),
  ...Array.from({ length: 20 }, (_, at) => ({
    text: `注册${String.fromCharCode(0x5e00 + 30 * at)}`,
    documents: [at + 10],
  })),
];
const { characters } = indexCorpus(documents, []);

describe("learnTranslation", () => {
  test("leads from people's words to those of the articles that answer them", () => {
    const led = learnTranslation(documents, questions, characters).expand(termsOf("别卖"));
    expect([...led.keys()]).toContain(pair("侵害"));
  });

  test("leads nowhere from words that it never met, and not to a word already said", () => {
    const translation = learnTranslation(documents, questions, characters);
    expect(translation.expand(termsOf("股东大会")).size).toBe(0);
    expect([...translation.expand(termsOf("别卖侵害")).keys()]).not.toContain(pair("侵害"));
  });

  test("gives at most twenty terms, the surest first", () => {
    const weights = [
      ...learnTranslation(documents, questions, characters).expand(termsOf("叫他别卖了")).values(),
    ];
    expect(weights.length).toBeLessThanOrEqual(20);
    expect(weights).toEqual(weights.toSorted((x, y) => y - x));
  });
});
