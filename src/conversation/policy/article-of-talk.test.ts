import { expect, test } from "vitest";
import { emptyMemory } from "../state.ts";
import { withArticleOfTalk } from "./article-of-talk.ts";

const talk = { ...emptyMemory, topic: { law: "商标法", article: "第六十三条", question: "商标赔多少" } };

test.each([
  ["那六十四条呢", "商标法第六十四条说的是什么"],
  ["第49条怎么说", "商标法第四十九条说的是什么"],
  ["后面那条呢", "商标法第六十四条说的是什么"],
  ["上一条讲啥", "商标法第六十二条说的是什么"],
])("„%s“ in a talk of 商标法 63 is %s", (question, spelt) => {
  expect(withArticleOfTalk(talk, question)).toBe(spelt);
});

test.each(["三条街呢", "专利法第六十八条呢", "两条线索够不够", "下一条街有家店也卖", "零条呢"])(
  "„%s“ is left as it is",
  (question) => {
    expect(withArticleOfTalk(talk, question)).toBe(question);
  },
);

test("nothing is spelt out where there is no talk of an article", () => {
  expect(withArticleOfTalk(emptyMemory, "那六十四条呢")).toBe("那六十四条呢");
});

test("there is no article before the first", () => {
  const first = { ...talk, topic: { ...talk.topic, article: "第一条" } };
  expect(withArticleOfTalk(first, "前一条呢")).toBe("前一条呢");
});
