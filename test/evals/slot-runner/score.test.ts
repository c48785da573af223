import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Labelled, parseLabelled } from "./labelled.ts";
import { createReading } from "./read.ts";
import { matches, type Reading, rates, score, total } from "./score.ts";

const sentence = (slots: Labelled["slots"], more: Partial<Labelled> = {}): Labelled => ({
  id: "T1",
  text: "随便一句",
  slots,
  tags: [],
  ...more,
});
const reading = (slots: Reading["slots"], asksCounty = false): Reading => ({ slots, asksCounty });
const countsOf = (one: Labelled, read: Reading) => total(score([one], () => read));

describe("the score of slots", () => {
  test("a value that is labelled counts as right, one that is not as invented, one that lacks as missed", () => {
    const one = sentence({ infringer: "宏达五金", remedy: "调解" });
    expect(countsOf(one, reading({ infringer: "宏达五金", platform: "京东" }))).toEqual({
      right: 1,
      wrong: 0,
      missed: 1,
      invented: 1,
    });
  });

  test("a name may be cut longer or shorter, down to half", () => {
    expect(matches("infringer", "鑫旺旺五金厂", "鑫旺旺五金")).toBe(true);
    expect(matches("product", "合页", "不锈钢合页")).toBe(false);
    expect(matches("product", "不锈钢合页", "钢合页")).toBe(true);
    expect(matches("county", "沧县", "沧")).toBe(false);
  });

  test("any of several labels is right, and each of several remedies must be one of them", () => {
    expect(matches("infringer", { any: ["强盛", "强胜"] }, "强胜")).toBe(true);
    expect(matches("remedy", { any: ["停止侵权", "赔偿"] }, "停止侵权、赔偿")).toBe(true);
    expect(matches("remedy", "停止侵权", "停止侵权、调解")).toBe(false);
  });

  test("not anonymous goes without saying where a telephone was left", () => {
    const one = sentence({ contactPhone: "13900001238" });
    expect(countsOf(one, reading({ contactPhone: "13900001238", anonymous: false })).invented).toBe(0);
    expect(countsOf(sentence({}), reading({ anonymous: false })).invented).toBe(1);
  });

  test("a market told as the location too is no invention", () => {
    const one = sentence({ market: "明珠商贸城" });
    expect(countsOf(one, reading({ market: "明珠商贸城", location: "新华区明珠商贸城" })).invented).toBe(0);
    expect(countsOf(one, reading({ market: "明珠商贸城", location: "别处" })).invented).toBe(1);
  });

  test("an open county counts as asked only if none was set and it is asked for", () => {
    const one = sentence({}, { countyAsk: true });
    expect(score([one], () => reading({}, true)).ask).toEqual({ asked: 1, ambiguous: 1 });
    expect(score([one], () => reading({ county: "沧县" }, true)).ask.asked).toBe(0);
    expect(score([one], () => reading({}, false)).ask.asked).toBe(0);
  });

  test("a slot that may be read one way or another is not counted", () => {
    const one = sentence({ infringer: "宏达五金" }, { lenient: ["product"] });
    expect(countsOf(one, reading({ infringer: "宏达五金", product: "五金" }))).toEqual({
      right: 1,
      wrong: 0,
      missed: 0,
      invented: 0,
    });
  });

  test("a value in the wrong slot is told as such", () => {
    const one = sentence({ product: "折叠晾衣架" });
    const [missed] = score([one], () => reading({ infringer: "折叠晾衣架" })).misses;
    expect(missed).toMatchObject({ slot: "infringer", kind: "invented" });
    const { misses } = score([one], () => reading({ infringer: "折叠晾衣架" }));
    expect(misses.find(({ slot }) => slot === "product")).toMatchObject({
      kind: "missed",
      wentTo: "infringer",
    });
  });

  test("F1 is the harmonic mean of precision and recall", () => {
    expect(rates({ right: 6, wrong: 1, missed: 3, invented: 1 })).toEqual({
      precision: 0.75,
      recall: 0.6,
      f1: (2 * 0.75 * 0.6) / 1.35,
    });
  });

  test("a line that is no labelled sentence is named", () => {
    expect(() => parseLabelled('{"id":"A1"}', "x.jsonl")).toThrow("x.jsonl:1");
  });
});

test("the development sentences are read as well as they have been", () => {
  const file = "test/evals/slots/development.jsonl";
  const scored = score(parseLabelled(readFileSync(file, "utf8"), file), createReading());
  expect(rates(total(scored)).f1).toBeGreaterThanOrEqual(0.955);
});
