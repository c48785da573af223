import { describe, expect, test } from "vitest";
import { createReading } from "../../../../test/evals/slot-runner/read.ts";
import spansData from "../../data/spans.json" with { type: "json" };
import { lexicon } from "../lexicon.ts";
import { clausesOf } from "../spans.ts";
import { bestTags, chainOf, expOf, isForbidden, noTagger, packed, tagger, tags, weigh } from "./tagger.ts";

const candidates = { infringer: [], product: [], contactName: [] };
const tagged = (text: string) =>
  tagger()(
    text,
    { clauses: clausesOf(text), taken: [], places: [], phones: [], asking: [], candidates },
    lexicon(),
  );

describe("the tagger", () => {
  test("finds a firm and goods by their surroundings, with what speaks for them", () => {
    const { spans } = tagged("瓯岚五金厂卖的旋膜釜壳抄我的专利");
    const firm = spans.find(({ slot }) => slot === "infringer");
    expect(firm?.value).toContain("瓯岚");
    expect(firm?.probability).toBeGreaterThan(0.5);
    expect(firm?.evidence.length).toBeGreaterThan(0);
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

describe("weighing", () => {
  const found = { value: "地界儿", start: 2, end: 5, rule: "infringer.placed" };
  const seen = {
    slot: "infringer",
    value: "宏发",
    start: 8,
    end: 10,
    probability: 0.9,
    evidence: [],
  } as const;

  test("who is said outright to be reported stays, however improbable", () => {
    const outright = { ...found, rule: "infringer.reported" };
    expect(weigh("infringer", [outright], { spans: [], share: () => 0 })).toBe(outright);
  });

  test("a proposal that the tagger does not believe is dropped, one that was announced only by far", () => {
    const doubted = { spans: [], share: () => 0.04 };
    expect(weigh("infringer", [found], doubted)).toBeUndefined();
    expect(weigh("infringer", [{ ...found, rule: "infringer.bare" }], doubted)).toBeUndefined();
    const announced = { ...found, rule: "infringer.called" };
    expect(weigh("infringer", [announced], doubted)).toBe(announced);
    expect(weigh("infringer", [announced], { spans: [], share: () => 0.01 })).toBeUndefined();
    expect(weigh("infringer", [found], { spans: [], share: () => 0.6 })).toBe(found);
  });

  test("a name that goes on behind the word for a firm is taken whole", () => {
    const firm = { value: "小家电厂", start: 4, end: 8, rule: "infringer.shape" };
    const whole = { ...seen, value: "小家电厂佳美乐", start: 4, end: 11, probability: 0.9 };
    expect(weigh("infringer", [firm], { spans: [whole], share: () => 0.9 })?.value).toBe("小家电厂佳美乐");
    const unsure = { ...whole, probability: 0.5 };
    expect(weigh("infringer", [firm], { spans: [unsure], share: () => 0.9 })).toBe(firm);
  });

  test("what it is sure of is added, unless it lies in another slot's value", () => {
    const sure = { spans: [seen], share: () => 0.9 };
    expect(weigh("infringer", [], sure)).toEqual({
      value: "宏发",
      start: 8,
      end: 10,
      rule: "infringer.learned",
    });
    expect(weigh("infringer", [], sure, { other: { start: 9, end: 12 } })).toBeUndefined();
    expect(weigh("infringer", [], { ...sure, spans: [{ ...seen, probability: 0.3 }] })).toBeUndefined();
  });
});

describe("the chain", () => {
  const level = Array.from({ length: tags.length + 1 }, (_, from) =>
    Float64Array.from({ length: tags.length }, (_, to) => (isForbidden(from - 1, to) ? -1000 : 0)),
  );
  const emissions = [
    Float64Array.from(tags, (_, tag) => (tag === 1 ? 2 : 0)),
    Float64Array.from(tags, (_, tag) => (tag === 2 ? 1 : tag === 4 ? 1.5 : 0)),
  ];

  test("a further character follows only its own first one, though it scores less", () => {
    expect(bestTags(emissions, level)).toEqual([1, 2]);
  });

  test("its probabilities are those of all labellings counted out", () => {
    let sum = 0;
    let right = 0;
    for (let a = 0; a < tags.length; a += 1)
      for (let b = 0; b < tags.length; b += 1) {
        if (isForbidden(-1, a) || isForbidden(a, b)) continue;
        const weight = Math.exp((emissions[0]?.[a] ?? 0) + (emissions[1]?.[b] ?? 0));
        sum += weight;
        if (b === 2) right += weight;
      }
    expect(chainOf(emissions, expOf(level)).marginals[1]?.[2]).toBeCloseTo(right / sum, 10);
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
