import { expect, test } from "vitest";
import { parseStatute } from "./import/parse-statute.ts";
import { packStatuteText, toStatuteText, unpackStatuteText } from "./statute-text.ts";

const read = (text: string) => toStatuteText(parseStatute(text, { fileName: "示例条例(2020-02-03).md" }));

test("a 款 keeps its 项 on lines of their own, under the headings above it", () => {
  const text = read(
    "# 示例条例\n## 第一章 总则\n第一条 样品应当封存。\n有下列情形之一的，可以启封：\n（一）复检；\n（二）返还。\n第二条 登记簿公开。\n",
  );

  expect(text.articles).toEqual([
    {
      article: "第一条",
      heading: "第一章 总则",
      paragraphs: ["样品应当封存。", "有下列情形之一的，可以启封：\n（一）复检；\n（二）返还。"],
    },
    { article: "第二条", heading: "第一章 总则", paragraphs: ["登记簿公开。"] },
  ]);
  expect(unpackStatuteText(packStatuteText(text))).toEqual(text);
});

test("a number that stands twice is served by neither", () => {
  const twice = read("# 示例条例\n第一条 甲。\n第二条 乙。\n第二条 丙。\n第三条 丁。\n");

  expect(twice.articles.map(({ article }) => article)).toEqual(["第一条", "第三条"]);
});

test.each([
  "",
  "{",
  "null",
  "[]",
  "{}",
  '{"headings":[],"articles":[["第一条",-1]]}',
  '{"headings":[1],"articles":[]}',
  '{"headings":[],"articles":[["第一条",-1,2]]}',
])("%s is no statute text", (content) => {
  expect(() => unpackStatuteText(content)).toThrow();
});
