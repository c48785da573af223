import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { packIndex, scoreBm25, unpackIndex } from "./lexical-index.ts";
import { termsOf } from "./tokens.ts";

describe("an index", () => {
  const documents = fc.array(
    fc.dictionary(fc.constantFrom("甲", "乙", "丙", "丁"), fc.integer({ min: 1, max: 400 })),
    {
      minLength: 1,
      maxLength: 300,
    },
  );

  test("is read back as it was packed", () => {
    fc.assert(
      fc.property(documents, (contents) => {
        const vocabulary = ["丁", "丙", "乙", "甲"];
        const counts = contents.map((one) => new Map(Object.entries(one).map(([term, n]) => [term, n / 4])));
        const index = unpackIndex(packIndex(vocabulary, counts), vocabulary.length);
        const read = counts.map(() => new Map<string, number>());
        vocabulary.forEach((term, id) => {
          for (let at = index.starts[id] ?? 0; at < (index.starts[id + 1] ?? 0); at += 1) {
            read[index.ids[at] ?? -1]?.set(term, index.counts[at] ?? 0);
          }
        });
        const sorted = (one: Map<string, number>) => [...one].sort();
        expect(read.map(sorted)).toEqual(counts.map(sorted));
      }),
      { numRuns: 50 },
    );
  });

  test("ranks the document that holds a rare term first", () => {
    const contents = ["专利年费", "专利侵权", "专利申请"].map(
      (text) => new Map(termsOf(text).map((term) => [term, 1])),
    );
    const vocabulary = [...new Set(contents.flatMap((one) => [...one.keys()]))].sort();
    const index = unpackIndex(packIndex(vocabulary, contents), vocabulary.length);
    const scores = new Float32Array(3);
    scoreBm25(index, new Map(termsOf("专利侵权").map((term) => [vocabulary.indexOf(term), 1])), scores);
    expect(scores.indexOf(Math.max(...scores))).toBe(1);
  });
});

describe("terms", () => {
  test("are characters and pairs; 10年 and 十年 meet; long numbers and Latin words stay whole", () => {
    expect(termsOf("保护10年")).toEqual(termsOf("保护十年"));
    expect(termsOf("PCT申请")).toEqual(["pct", "申", "申请", "请"]);
    expect(termsOf("202020123456")).toEqual(["202020123456"]);
  });
});
