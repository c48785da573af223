import { describe, expect, test } from "vitest";
import { weigh } from "./weigh.ts";

describe("weighing", () => {
  const found = { value: "地界儿", start: 2, end: 5, rule: "infringer.placed" };
  const seen = {
    slot: "infringer",
    value: "宏发",
    start: 8,
    end: 10,
    probability: 0.9,
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
