import { describe, expect, test } from "vitest";
import { articleName, articlesIn, chineseNumber, lawName, normalised, squeezed } from "./normalise.ts";

test.each([
  ["專利號 是\n假的", "专利号是假的"],
  ["（全角）留着", "（全角）留着"],
])("a reply %j is looked at as %s", (text, seen) => {
  expect(squeezed(text)).toBe(seen);
});

test.each([
  ["ＺＬ２０２０２１３５６６４４．１", "zl202021356644.1"],
  [" 孟村 回族自治縣", "孟村回族自治县"],
  [2, "2"],
  [true, "true"],
])("a value %j in normal form is %s", (value, form) => {
  expect(normalised(value)).toBe(form);
});

test("a law has one name however it is written", () => {
  expect(lawName("《中华人民共和国专利法》")).toBe(lawName("专利法"));
  expect(lawName("专利法实施细则")).not.toBe(lawName("专利法"));
});

test.each([
  [1, "一"],
  [10, "十"],
  [15, "十五"],
  [42, "四十二"],
  [101, "一百零一"],
  [110, "一百一十"],
  [115, "一百一十五"],
  [1260, "一千二百六十"],
])("%d is written %s", (value, written) => {
  expect(chineseNumber(value)).toBe(written);
});

describe("articles", () => {
  test.each([
    ["第68条", "第六十八条"],
    ["第 101 条", "第一百零一条"],
    ["第六十八条", "第六十八条"],
    ["第120条之1", "第一百二十条之一"],
  ])("%s is %s", (text, name) => {
    expect(articleName(text)).toBe(name);
  });

  test("are found in a text, each once, whole", () => {
    expect(articlesIn("见专利法第六十八条、第68条，细则第一百零一条。第一，条件如下")).toEqual([
      "第六十八条",
      "第一百零一条",
    ]);
  });
});
