import { describe, expect, test } from "vitest";
import index from "../../knowledge/index.json" with { type: "json" };
import { fold } from "../text/fold.ts";
import { createFieldProbability, type FieldSample, trainField } from "./field-model.ts";
import { asBlob } from "./knowledge-blob.ts";

const ours = ["专利年费忘了交", "仿我的专利咋办", "专利申请要多久", "外观专利能保护几年", "专利号印错了"];
const others = ["工资拖了三个月", "房租押金不退", "孩子上学划片", "医保咋报销", "离婚孩子归谁"];
const samples: FieldSample[] = [
  ...ours.map((text) => ({ text, ours: true, weight: 1 })),
  ...others.map((text) => ({ text, ours: false, weight: 1 })),
].flatMap((sample) => [sample, sample, sample]);

describe("the model of our field", () => {
  test("learns to tell two kinds of questions apart, the same way each time", () => {
    const model = trainField(samples);
    const probability = createFieldProbability(model);
    for (const text of ours) expect(probability(text)).toBeGreaterThan(0.8);
    for (const text of others) expect(probability(text)).toBeLessThan(0.2);
    expect(trainField(samples)).toEqual(model);
    expect(model.terms).toEqual([...model.terms].sort((a, b) => a - b));
  });

  test("says one half where nothing was learned", () => {
    expect(createFieldProbability({ bias: 0, terms: [], weights: [] })("随便什么")).toBe(0.5);
  });

  test("as shipped, knows our matters without a word like 专利, and other matters with one like 申请", () => {
    const probability = createFieldProbability(asBlob(index).field);
    for (const text of ["局里来人查货我不开门行不行", "对方发来律师函说我抄他的", "口审那天我去不了"])
      expect(probability(fold(text)), text).toBeGreaterThan(0.5);
    for (const text of ["我的驾驶证登记地址咋改", "房子转让合同没过户咋办", "公积金提取申请要几天"])
      expect(probability(fold(text)), text).toBeLessThan(0.5);
  });
});
