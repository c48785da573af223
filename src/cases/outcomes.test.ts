import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  closingsOn,
  type FineFacts,
  fineBounds,
  fineProblem,
  fines,
  measures,
  penaltyKinds,
  stoppedActs,
} from "./outcomes.ts";
import { trackNames } from "./track.ts";

const today = "2026-11-26";

describe("outcomes", () => {
  test.each(trackNames)("%s has a form of closing with a result", (track) => {
    expect(closingsOn(track, today)).not.toEqual([]);
  });

  test("a ruling closes in the three forms of the order: ruling, mediation, dismissal", () => {
    const items = closingsOn("ruling", today).flatMap(({ basis }) =>
      basis.filter(({ article }) => article === "第三十条").map(({ item }) => item),
    );
    expect(new Set(items)).toEqual(new Set([1, 2, 3]));
  });

  test("there is one measure for every act, fairs and platforms included", () => {
    expect(measures.map(({ act }) => act)).toEqual([
      "make",
      "process",
      "sell",
      "offer",
      "use",
      "import",
      "fair",
      "other",
      "platform",
    ]);
    expect(new Set(measures.map(({ act }) => act))).toEqual(new Set(stoppedActs));
  });

  test("the kinds of penalty are the six of the Act", () => {
    expect(penaltyKinds).toHaveLength(6);
  });
});

describe("the bounds of a fine", () => {
  test.each([
    [0, 250_000],
    [1, 250_000],
    [50_000, 250_000],
    [50_001, 250_005],
    [60_000, 300_000],
    [1_000_000, 5_000_000],
  ])("for counterfeiting with gains of %i yuan end at %i", (gainsYuan, expected) => {
    expect(fineBounds("counterfeit", { gainsYuan }, today)?.maxYuan).toBe(expected);
  });

  test.each<[string, FineFacts, number, number]>([
    ["abnormal_filing", {}, 0, 100_000],
    ["patent_advertising", {}, 0, 100_000],
    ["unlicensed_agency", { gainsYuan: 8_000 }, 8_000, 40_000],
    ["helping_counterfeit", {}, 5_000, 15_000],
    ["helping_counterfeit", { gainsYuan: 19_999 }, 5_000, 15_000],
    ["helping_counterfeit", { gainsYuan: 20_000 }, 20_000, 60_000],
    ["repeat_infringement", {}, 20_000, 50_000],
    ["repeat_infringement", { serious: true }, 50_000, 100_000],
    ["repeat_infringement", { gainsYuan: 30_000 }, 30_000, 90_000],
    ["repeat_infringement", { gainsYuan: 30_000, serious: true }, 30_000, 90_000],
    ["fair_organiser", {}, 10_000, 30_000],
    ["platform", {}, 50_000, 500_000],
    ["platform", { serious: true }, 500_000, 2_000_000],
    ["trademark", { turnoverYuan: 49_999 }, 0, 250_000],
    ["trademark", { turnoverYuan: 50_000 }, 0, 250_000],
    ["trademark", { turnoverYuan: 80_000 }, 0, 400_000],
    ["trade_secret", { serious: true }, 1_000_000, 5_000_000],
  ])("of %s with %j are %i and %i", (code, facts, minYuan, maxYuan) => {
    expect(fineBounds(code, facts, today)).toEqual({ minYuan, maxYuan });
  });

  test("are not known for a text that is not in force: trade marks from 2027 on", () => {
    expect(fineBounds("trademark", {}, "2026-12-31")).toBeDefined();
    expect(fineBounds("trademark", {}, "2027-01-01")).toBeUndefined();
    expect(fineProblem("trademark", {}, 1, "2027-01-01")).toContain("没有适用");
  });

  test("tell what is wrong with a fine outside them and nothing about one on them", () => {
    expect(fineProblem("fair_organiser", {}, 9_999, today)).toContain("至少 10000 元");
    expect(fineProblem("fair_organiser", {}, 10_000, today)).toBeUndefined();
    expect(fineProblem("fair_organiser", {}, 30_000, today)).toBeUndefined();
    expect(fineProblem("fair_organiser", {}, 30_001, today)).toContain("最多 30000 元");
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])("refuse gains of %d", (gainsYuan) => {
    expect(() => fineBounds("counterfeit", { gainsYuan }, today)).toThrow(RangeError);
  });

  test("exist for every rule and every amount, in order, and never fall as the gains grow", () => {
    const amount = fc.integer({ min: 0, max: 50_000_000 });
    fc.assert(
      fc.property(
        fc.constantFrom(...fines),
        amount,
        amount,
        fc.boolean(),
        ({ code }, one, other, serious) => {
          const [less, more] = [one, other]
            .sort((a, b) => a - b)
            .map((yuan) => fineBounds(code, { gainsYuan: yuan, turnoverYuan: yuan, serious }, today));
          for (const bounds of [less, more]) {
            expect(bounds).toBeDefined();
            expect(bounds?.minYuan).toBeLessThanOrEqual(bounds?.maxYuan ?? -1);
          }
          // With next to no gains the multiples of 河北省专利条例 art. 52 lie below the fixed amounts.
          if (code !== "repeat_infringement") expect(less?.maxYuan).toBeLessThanOrEqual(more?.maxYuan ?? -1);
        },
      ),
    );
  });
});
