import { describe, expect, test } from "vitest";
import { type FastLaneFacts, fastLane, promisesOf, simplifiedTracks } from "./fast-lane.ts";

const plain: FastLaneFacts = { asOf: "2026-11-26", track: "ruling" };
const laneOf = (changes: Partial<FastLaneFacts>) => {
  const { fast, reasons, simplified } = fastLane({ ...plain, ...changes });
  return { fast, reasons: reasons.map(({ code }) => code), simplified };
};

describe("the fast lane", () => {
  test("is closed to an ordinary case", () => {
    expect(fastLane(plain)).toEqual({ fast: false, reasons: [], simplified: null });
  });

  test("opens to a small firm and shows where in the plan that stands", () => {
    const { fast, reasons } = fastLane({ ...plain, smallFirm: true });
    expect(fast).toBe(true);
    expect(reasons).toMatchObject([
      { code: "small_firm", title: "小微企业", plan: { place: "三（一）第一段" } },
    ]);
  });

  test("opens against a respondent with an effective finding, and cites the articles", () => {
    expect(laneOf({ effectiveFindings: 0 }).fast).toBe(false);
    const [reason] = fastLane({ ...plain, effectiveFindings: 1 }).reasons;
    // Told, it would let the reporter know of another's case.
    expect(reason?.told).toBeNull();
    expect(reason?.basis?.map(({ law, article }) => [law, article])).toEqual([
      ["专利纠纷行政裁决和调解办法", "第三十四条"],
      ["河北省知识产权保护和促进条例", "第六十五条"],
    ]);
  });

  test.each([
    ["2026-11-25", false, null],
    ["2026-11-26", true, "fair"],
    ["2026-11-29", true, "fair"],
    ["2026-11-30", false, "fair"],
  ] as const)("for a show that ends on %s is open: %s, short form: %s", (showEndsOn, fast, simplified) => {
    expect(laneOf({ showEndsOn })).toEqual({
      fast,
      reasons: fast ? ["show_ends_soon"] : [],
      simplified,
    });
  });

  test("shows every reason that applies", () => {
    expect(laneOf({ smallFirm: true, effectiveFindings: 2, showEndsOn: "2026-11-27" }).reasons).toEqual([
      "small_firm",
      "repeat_infringer",
      "show_ends_soon",
    ]);
  });
});

describe("the short forms", () => {
  test("go by the platform, and by the show where it is both", () => {
    expect(laneOf({ onPlatform: true }).simplified).toBe("e_commerce");
    expect(laneOf({ onPlatform: true, showEndsOn: "2026-12-31" }).simplified).toBe("fair");
  });

  test.each(["consultation", "complaint", "aid"] as const)("do not exist for %s", (track) => {
    expect(laneOf({ track, onPlatform: true, showEndsOn: "2026-12-31" }).simplified).toBeNull();
  });

  test("promise nothing later than the statutory limit beside it", () => {
    for (const { code } of simplifiedTracks) {
      const promises = promisesOf(code);
      expect(promises.some(({ ceiling }) => ceiling !== null)).toBe(true);
      for (const { amount, unit, ceiling } of promises) {
        for (const figure of ceiling?.figures ?? []) {
          expect(figure.unit).toBe(unit);
          expect(amount).toBeLessThan(figure.amount);
        }
      }
    }
  });
});
