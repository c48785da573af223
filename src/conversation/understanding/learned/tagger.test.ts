import { describe, expect, test } from "vitest";
import { createReading } from "../../../../test/evals/slot-runner/read.ts";
import spansData from "../../data/spans.json" with { type: "json" };
import { lexicon } from "../lexicon.ts";
import { clausesOf } from "../spans.ts";
import { noTagger, packed, tagger } from "./tagger.ts";

const candidates = { infringer: [], product: [], contactName: [] };
const tagged = (text: string) =>
  tagger()(
    text,
    { clauses: clausesOf(text), taken: [], places: [], phones: [], asking: [], candidates },
    lexicon(),
  );

describe("the tagger", () => {
  test("finds a firm and goods by their surroundings", () => {
    const { spans } = tagged("瓯岚五金厂卖的旋膜釜壳抄我的专利");
    const firm = spans.find(({ slot }) => slot === "infringer");
    expect(firm?.value).toContain("瓯岚");
    expect(firm?.probability).toBeGreaterThan(0.5);
    expect(spans.find(({ slot }) => slot === "product")?.value).toContain("旋膜釜");
  });

  test.each(["提交吧", "没别的了", "外观专利保护几年", "我要他赔钱"])("is silent at %s", (text) => {
    expect(tagged(text).spans).toEqual([]);
  });

  test("what it adds stands in the slots, and without it the rules stand alone", () => {
    const text = "瓯岚水暖，卖绷簧座的，印假专利号";
    expect(createReading()({ text }).slots.infringer).toBe("瓯岚水暖");
    expect(createReading(noTagger)({ text }).slots.infringer).toBeUndefined();
  });
});

test("weights are packed one character each, those of none at the end left out", () => {
  expect(packed([0, 1, -1, 0, 0])).toBe("OWG");
  expect(packed([99])).toBe("w");
});

test("the shipped model is as the training script writes it, and small enough for the edge", () => {
  expect(JSON.stringify(spansData).length).toBeLessThan(800_000);
  expect(Buffer.byteLength(JSON.stringify(spansData))).toBeLessThan(800_000);
  expect(Object.keys(spansData.features).length).toBeLessThanOrEqual(45_000);
  for (const letters of Object.values(spansData.features)) expect(letters).not.toMatch(/O$|^$/);
});
