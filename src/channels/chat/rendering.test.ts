import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { maxTextBytes, render, splitByBytes } from "./rendering.ts";

const bytes = (text: string) => Buffer.byteLength(text);

describe("replies as messages", () => {
  test("short ones are joined, options are numbered lines after the last", () => {
    const options = [
      { id: "a", label: "甲" },
      { id: "b", label: "乙" },
    ];
    expect(render([{ text: "一" }, { text: "二", options }])).toEqual({
      pieces: ["一\n\n二\n\n回复数字就行：\n1 甲\n2 乙"],
      options: ["a", "b"],
    });
    expect(render([])).toEqual({ pieces: [], options: [] });
  });

  test("none is longer than the platform takes, and nothing but white space is lost, whatever is said", () => {
    const text = fc.string({
      unit: fc.constantFrom("专", "。", "a", "\n", "😀", " ", "https://a.cn/b?c=d"),
      maxLength: 3_000,
    });
    const squeeze = (words: string) => words.replace(/\s+/g, "");
    fc.assert(
      fc.property(fc.array(text, { maxLength: 4 }), (texts) => {
        const { pieces } = render(texts.map((one) => ({ text: one })));
        for (const piece of pieces) expect(bytes(piece)).toBeLessThanOrEqual(maxTextBytes - 100);
        expect(squeeze(pieces.join(""))).toBe(squeeze(texts.join("")));
        for (const piece of pieces) expect(piece.isWellFormed()).toBe(true);
      }),
      { numRuns: 60, seed: 6 },
    );
  });

  test("a long text is cut at the end of a sentence, and never inside a link", () => {
    const link = "https://example.com/a-long-way-to-go";
    expect(splitByBytes("第一句话。第二句话。", 20)).toEqual(["第一句话。", "第二句话。"]);
    const cut = splitByBytes(`${"字".repeat(20)}${link}`, 80);
    expect(cut).toEqual(["字".repeat(20), link]);
  });
});
