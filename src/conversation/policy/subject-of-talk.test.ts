import { describe, expect, test } from "vitest";
import index from "../../../knowledge/index.json" with { type: "json" };
import { articleName } from "../../text/numerals.ts";
import data from "../data/talk.json" with { type: "json" };
import { subjectOfTalk } from "./subject-of-talk.ts";

describe("what a talk is of", () => {
  test("is told of laws and articles that there are", () => {
    const articles = new Set(index.digests.map(({ law, article }) => `${law}${article}`));
    const laws = new Set(index.digests.map(({ law }) => law));
    for (const one of data.subjects) {
      expect(laws, one.words).toContain(one.law);
      if (!("from" in one) || one.from === undefined) continue;
      const { from, to = from } = one;
      expect(to, one.words).toBeGreaterThanOrEqual(from);
      const range = Array.from({ length: to - from + 1 }, (_, at) => `${one.law}${articleName(from + at)}`);
      expect(
        range.some((name) => articles.has(name)),
        `${one.law} ${from}–${to}`,
      ).toBe(true);
    }
  });

  test.each([
    ["专利法", "第二十六条", "申请专利"],
    ["专利法", "第四十五条", "宣告专利权无效"],
    ["专利法实施细则", "第六十二条", "专利权评价报告"],
    ["商标法", "第四十条", "商标"],
  ])("%s%s is of %s", (law, article, words) => {
    expect(subjectOfTalk({ law, article, question: "那个咋办" })).toBe(words);
  });

  test("is told by its words where the article is of several things, or not at all", () => {
    const several = { law: "河北省专利条例", article: "第五条" };
    expect(subjectOfTalk({ ...several, question: "调解找谁" })).toBe("专利纠纷调解");
    expect(subjectOfTalk({ ...several, question: "找谁" })).toBeUndefined();
  });
});
