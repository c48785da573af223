import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseResidentId, residentIdCheck } from "./resident-id.ts";

const today = "2026-11-22";

describe("parseResidentId", () => {
  test.each([
    "11010519491231002X",
    "11010519491231002x",
    "110105 19491231 002X",
    "１１０１０５１９４９１２３１００２Ｘ",
  ])("accepts %s and masks it", (text) => {
    expect(parseResidentId(text, today)).toEqual({
      kind: "valid",
      normalized: "11010519491231002X",
      masked: "110********002X",
      facts: { regionCode: "110105", birthDate: "1949-12-31" },
    });
  });

  test.each([
    ["110105194912310021", /最后一位/],
    ["11010519491331002X", /第7到14位/],
    ["11010519490230002X", /第7到14位/],
    ["11010520301231002X", /第7到14位/],
    ["99010519491231002X", /省份/],
    ["1101051949123100", /少2位/],
    ["11010519491231002X1", /多1位/],
    ["1101051949123100XX", /最后一位/],
    ["110105491231002", /15位/],
    ["", /18位/],
  ])("says what is wrong with %s without repeating it", (text, problem) => {
    const result = parseResidentId(text, today);
    expect(result).toMatchObject({ kind: "malformed", problem: expect.stringMatching(problem) });
    if (text !== "") expect(JSON.stringify(result)).not.toContain(text);
  });

  test("catches any single changed figure", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 999 }),
        fc.integer({ min: 0, max: 16 }),
        fc.integer({ min: 1, max: 9 }),
        (order, at, by) => {
          const stem = `13092119900101${String(order).padStart(3, "0")}`;
          const changed = `${stem.slice(0, at)}${(Number(stem[at]) + by) % 10}${stem.slice(at + 1)}`;
          expect(parseResidentId(stem + residentIdCheck(stem), today).kind).toBe("valid");
          expect(residentIdCheck(changed)).not.toBe(residentIdCheck(stem));
        },
      ),
    );
  });
});
