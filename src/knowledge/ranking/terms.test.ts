import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { characterTerms, isPair, normaliseForTerms, pairOf, wordTerms } from "./terms.ts";

const han = fc.string({
  unit: fc.integer({ min: 0x3400, max: 0x9fff }).map((code) => String.fromCharCode(code)),
});

describe("characterTerms", () => {
  test("gives every Han character and every pair of neighbours", () => {
    expect(characterTerms("专利法")).toEqual([
      "专".charCodeAt(0),
      "利".charCodeAt(0),
      pairOf("专".charCodeAt(0), "利".charCodeAt(0)),
      "法".charCodeAt(0),
      pairOf("利".charCodeAt(0), "法".charCodeAt(0)),
    ]);
  });

  test("makes no pair across a mark or a Latin word", () => {
    expect(characterTerms("专，利").filter(isPair)).toEqual([]);
    expect(characterTerms("专a利").filter(isPair)).toEqual([]);
  });

  test("reads a number of up to four digits as Chinese numerals, a longer one whole", () => {
    expect(characterTerms("10年")).toEqual(characterTerms("十年"));
    expect(normaliseForTerms("第101条")).toBe("第一百零一条");
    expect(characterTerms("12345")).toHaveLength(1);
    expect(characterTerms("12345")).not.toEqual(characterTerms("12346"));
  });

  test("takes Latin words whole, in either case, as negative numbers", () => {
    expect(characterTerms("ABC")).toEqual(characterTerms("abc"));
    expect(characterTerms("abc")).toHaveLength(1);
    expect(characterTerms("abc")[0]).toBeLessThan(0);
  });

  test("keeps characters, pairs and hashes apart, and all of them 32-bit integers", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(characterTerms(text).every((term) => term === (term | 0))).toBe(true);
      }),
    );
    fc.assert(
      fc.property(han, (text) => {
        const terms = characterTerms(text);
        expect(terms).toHaveLength(Math.max(0, 2 * text.length - 1));
        expect(terms.filter(isPair)).toHaveLength(Math.max(0, text.length - 1));
      }),
    );
  });

  test("gives different pairs different numbers", () => {
    const code = fc.integer({ min: 0x3400, max: 0x9fff });
    fc.assert(
      fc.property(code, code, code, code, (a, b, c, d) => {
        expect(pairOf(a, b) === pairOf(c, d)).toBe(a === c && b === d);
      }),
    );
  });
});

describe("wordTerms", () => {
  test("gives words of two Han characters or more, and no others", () => {
    expect(wordTerms("的")).toEqual([]);
    expect(wordTerms("patent 123")).toEqual([]);
    expect(wordTerms("专利").every((term) => term < 0)).toBe(true);
    expect(wordTerms("专利").length).toBeGreaterThan(0);
  });
});
