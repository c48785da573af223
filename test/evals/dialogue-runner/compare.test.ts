import { describe, expect, test } from "vitest";
import type { Answer } from "./answer.ts";
import { compare, leftOutOfSummary, slotMatches, type Turn } from "./compare.ts";
import type { Expectation, SlotRule } from "./scenario.ts";

function anAnswer(overrides: Partial<Answer> = {}): Answer {
  return {
    state: "collecting",
    replies: [{ type: "text", text: "假冒專利最多 罚25万元。\n还差一样：是哪家厂？" }],
    intents: ["report", "qa"],
    form: {
      kind: "report",
      slots: {
        reportType: "假冒专利",
        county: "南皮县",
        infringer: "鑫旺旺五金厂",
        anonymous: true,
        evidenceCount: 2,
      },
      asking: ["infringer"],
      missing: ["infringer"],
      invalid: {},
    },
    citations: [
      {
        law: "中华人民共和国专利法",
        article: "第六十八条",
        status: "current",
        edition: "2020-10-17",
        effectiveFrom: "2021-06-01",
      },
    ],
    outcome: "answered",
    reports: [],
    ...overrides,
  };
}

function aTurn(overrides: Partial<Turn> = {}): Turn {
  return {
    before: anAnswer(),
    answer: anAnswer(),
    effects: { casesCreated: 0, casesModified: 0, repliesSent: 1, evidenceAppended: 0, handoffTickets: 0 },
    ...overrides,
  };
}

const wrongOf = (expected: Expectation, turn = aTurn()) =>
  compare(expected, turn).flatMap((check) => check.wrong ?? []);

describe("compare", () => {
  test.each<[name: string, right: Expectation, wrong: Expectation]>([
    ["intentsAny", { intentsAny: ["greet", "qa"] }, { intentsAny: ["greet", "status"] }],
    ["intentsAll", { intentsAll: ["report", "qa"] }, { intentsAll: ["report", "handoff"] }],
    ["state", { state: "collecting" }, { state: "confirming" }],
    [
      "one of several states",
      { state: { any: ["filed", "collecting"] } },
      { state: { any: ["filed", "idle"] } },
    ],
    ["slots", { slots: { county: "南皮縣" } }, { slots: { county: "盐山县" } }],
    ["a slot that is absent", { slots: { patentNumber: null } }, { slots: { county: null } }],
    ["slotsUnset", { slotsUnset: ["patentNumber"] }, { slotsUnset: ["county"] }],
    ["asksAny", { asksAny: ["county", "infringer"] }, { asksAny: ["county"] }],
    ["notAsks", { notAsks: ["county"] }, { notAsks: ["infringer"] }],
    ["replyAny", { replyAny: ["没有", "最多罚25万"] }, { replyAny: ["没有", "26万"] }],
    ["replyAll", { replyAll: ["专利", "25万"] }, { replyAll: ["专利", "26万"] }],
    ["replyNone", { replyNone: ["26万"] }, { replyNone: ["25万"] }],
    ["citesAny", { citesAny: ["专利法|第68条"] }, { citesAny: ["专利法|第六十九条"] }],
    ["citesAny of another law", { citesAny: ["专利法|*"] }, { citesAny: ["专利法实施细则|*"] }],
    ["citesNone", { citesNone: ["专利法|第六十九条"] }, { citesNone: ["*"] }],
    ["sideEffects", { sideEffects: { repliesSent: 1 } }, { sideEffects: { casesCreated: 1 } }],
    [
      "anyOf",
      { anyOf: [{ state: "idle" }, { state: "collecting" }] },
      { anyOf: [{ state: "idle" }, { intentsAny: ["report"], slotsUnset: ["county"] }] },
    ],
  ])("%s: takes what is right and finds what is wrong", (_, right, wrong) => {
    expect(wrongOf(right)).toEqual([]);
    expect(wrongOf(wrong)).toHaveLength(1);
  });

  test("says what was expected and what came", () => {
    expect(wrongOf({ slots: { county: "盐山县" } })).toEqual(['expected county "盐山县", came "南皮县"']);
  });

  test("counts each thing it looked at", () => {
    expect(
      compare({ intentsAny: ["qa"], replyAll: ["专利", "25"], slots: { county: "南皮县" } }, aTurn()),
    ).toHaveLength(4);
  });

  test("slotsKeep finds a slot that changed, and one that went", () => {
    const before = anAnswer({
      form: {
        kind: "report",
        slots: { county: "盐山县", product: "合页" },
        asking: [],
        missing: [],
        invalid: {},
      },
    });

    expect(wrongOf({ slotsKeep: ["county", "product"] }, aTurn({ before }))).toHaveLength(2);
    expect(wrongOf({ slotsKeep: ["county", "infringer"] })).toEqual([]);
  });
});

describe("resumes", () => {
  const form = anAnswer().form;

  test("holds where the pending question comes again", () => {
    expect(wrongOf({ resumes: true })).toEqual([]);
  });

  test.each<[string, Partial<Turn>]>([
    ["there was no form", { before: anAnswer({ form: null }) }],
    ["the form is gone", { answer: anAnswer({ form: null }) }],
    ["something else is asked", { answer: anAnswer({ form: form && { ...form, asking: ["county"] } }) }],
    [
      "the reply ends with the answer",
      { answer: anAnswer({ replies: [{ type: "text", text: "最多罚25万元。" }] }) },
    ],
    ["the summary is left", { before: anAnswer({ state: "confirming" }) }],
  ])("fails where %s", (_, turn) => {
    expect(wrongOf({ resumes: true }, aTurn(turn))).toHaveLength(1);
  });

  test("holds where a summary still waits for its yes", () => {
    const confirming = anAnswer({ state: "confirming", form: form && { ...form, asking: [] } });

    expect(wrongOf({ resumes: true }, aTurn({ before: confirming, answer: confirming }))).toEqual([]);
  });
});

test.each<[SlotRule, string | number | boolean | undefined, boolean]>([
  ["ZL202020123456.8", "ＺＬ202020123456.8", true],
  ["ZL202020123456.8", "ZL202020123456.9", false],
  ["13800001234", "138 0000 1234", true],
  [2, 2, true],
  [2, 3, false],
  [true, true, true],
  [true, false, false],
  ["true", true, false],
  [null, undefined, true],
  [null, "南皮县", false],
  [{ has: "鑫旺旺" }, "南皮鑫旺旺五金厂", true],
  [{ has: "鑫旺旺" }, "鑫发五金厂", false],
  [{ has: "鑫旺旺" }, undefined, false],
  [{ re: "^鑫.*厂$" }, "鑫旺旺五金厂", true],
  [{ re: "^鑫.*厂$" }, "在鑫旺旺五金厂", false],
  [{ any: [null, "其他"] }, undefined, true],
  [{ any: [null, "其他"] }, "其他", true],
  [{ any: [null, "其他"] }, "假冒专利", false],
])("the rule %j on %j: %s", (rule, value, holds) => {
  expect(slotMatches(rule, value)).toBe(holds);
});

describe("leftOutOfSummary", () => {
  const slots = {
    reportType: "假冒专利",
    infringer: "鑫旺旺五金厂",
    county: "孟村回族自治县",
    patentNumber: "ZL202020123456.8",
    contactName: "刘建国",
    contactPhone: "13800001234",
    anonymous: false,
    evidenceCount: 2,
    occurredAt: "2026-11-20",
  };
  const summary =
    "假冒专利，鑫旺旺五金厂，孟村，ZL202020123456.8，照片2张，11月20日，联系人刘**，电话138****1234";

  test("takes masked contact data and a written date", () => {
    expect(leftOutOfSummary(summary, slots)).toEqual([]);
  });

  test.each([
    ["reportType", "假冒专利"],
    ["infringer", "鑫旺旺"],
    ["county", "孟村"],
    ["patentNumber", "ZL202020123456.8"],
    ["evidenceCount", "2张"],
    ["occurredAt", "20日"],
    ["contactName", "刘"],
    ["contactPhone", "1234"],
  ])("finds that %s is missing", (name, words) => {
    expect(leftOutOfSummary(summary.replaceAll(words, ""), slots)).toContain(name);
  });

  test("wants the word 匿名 where nobody is named", () => {
    expect(leftOutOfSummary("假冒专利", { anonymous: true })).toEqual(["anonymous"]);
    expect(leftOutOfSummary("匿名举报", { anonymous: true })).toEqual([]);
  });
});
