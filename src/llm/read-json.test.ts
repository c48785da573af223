import { describe, expect, test } from "vitest";
import { readJson } from "./read-json.ts";

describe("readJson", () => {
  test.each([
    ["alone", '{"a":1}'],
    ["in a fence", '```json\n{"a":1}\n```'],
    ["in a fence without a language, with words around", '好的：\n```\n{"a":1}\n```\n完毕。'],
    ["with words around", '结果是 {"a":1} 。'],
    ["behind thoughts that hold braces", '<think>{也许}</think>\n{"a":1}'],
  ])("reads an object %s", (_, said) => {
    expect(readJson(said)).toEqual({ a: 1 });
  });

  test.each(["", "没有", "[1,2]", '"文字"', '{"a":', "null", "}{", '```json\n{"a":\n```'])(
    "finds none in %j",
    (said) => {
      expect(readJson(said)).toBeUndefined();
    },
  );
});
