import { describe, expect, test } from "vitest";
import { createGazetteer } from "../../../regions/gazetteer.ts";
import { topicQuestion } from "../../topics.ts";
import { createReaders } from "../readers.ts";
import { understand } from "../understand.ts";
import type { Expectation } from "../understanding.ts";
import { acts, actsModel, actsOf, actTerms, topicOf } from "./acts.ts";

const readers = createReaders({ gazetteer: createGazetteer(), presentYear: () => 2026 });
const idle: Expectation = { asking: [], drafting: false, confirming: false };
const hear = (text: string, expectation = idle) => understand(text, expectation, "2026-11-26", readers);

describe("what a message does", () => {
  test.each([
    ["找个管事儿的跟我唠唠", "handoff"],
    ["能不能来个喘气儿的接待一下", "handoff"],
    ["他撂下话了，说再告就卸我一条腿", "threat"],
    ["一帮吃闲饭的东西", "abuse"],
  ] as const)("„%s“ is %s", (text, intent) => {
    expect(hear(text).intents).toContain(intent);
  });

  test.each([
    ["我们店门口有条人工湖，水都绿了", "handoff"],
    ["他骂我是废物，我没还嘴", "abuse"],
    ["假冒专利会判刑吗", "threat"],
  ] as const)("„%s“ is not %s", (text, intent) => {
    expect(hear(text).intents).not.toContain(intent);
  });

  test("who tells what others claim asks nothing", () => {
    const { question, intents } = hear("门口贴张大纸，吹什么国家发明专利，青县那个净水器店");
    expect(question).toBeUndefined();
    expect(intents).not.toContain("qa");
  });

  test("a question is one though it tells a fact", () => {
    expect(hear("我在青县买的净水器，说是专利产品，这种能退吗").question).toBeDefined();
  });

  test("it is told what was learned, and how likely", () => {
    const { acts: learned } = hear("找个管事儿的跟我唠唠");
    expect(learned).toContainEqual({ act: "handoff", probability: expect.closeTo(0.8, 0) });
  });

  test("what no clause says outright is no yes to what was shown, whatever is learned", () => {
    const said = hear("嗯呐就恁么地吧你看着弄得了我先忙去", { asking: [], drafting: true, confirming: true });
    expect(said.signals.agreed).toBe(false);
  });

  test("a fact beside it is no wish to stop", () => {
    const said = hear("算了号不填了，匿名", { asking: ["patentNumber"], drafting: true, confirming: false });
    expect(said.intents).not.toContain("cancel");
    expect(said.slots.anonymous?.value).toBe(true);
  });
});

describe("the model", () => {
  test("is small enough for the edge", () => {
    expect(Buffer.byteLength(JSON.stringify(actsModel()))).toBeLessThan(2_200_000);
  });

  test("knows every act, and gives each a probability", () => {
    expect(actsModel().acts).toEqual([...acts]);
    const likely = actsOf(actsModel(), actTerms("叫个人来", "idle"));
    for (const act of acts) {
      expect(likely[act]).toBeGreaterThanOrEqual(0);
      expect(likely[act]).toBeLessThanOrEqual(1);
    }
  });

  test("holds nothing of what nobody said: no terms, the same for any text", () => {
    const none = actsOf(actsModel(), new Set(["丵丵丵"]));
    expect(Math.max(...Object.values(none))).toBeLessThan(0.5);
  });
});

describe("what a question is about", () => {
  test.each([
    ["报这个要掏钱不", "fee"],
    ["人家会不会打听出是我捅上去的", "secrecy"],
    ["恁几点开门", "office-hours"],
    ["外观设计的保护期是多少年", "term"],
  ])("„%s“ is about %s", (question, topic) => {
    expect(topicOf(question).kind).toBe(topic);
  });

  test("of a detail of procedure no topic is likely, and the words as they came are asked", () => {
    const { kind, probability } = topicOf("那审查员让我缩小权利要求，我不改行不");
    expect(kind === "law" || probability < 0.5).toBe(true);
  });

  test("each topic but the open ones has a question in plain words, of the kind at hand where that matters", () => {
    const open = new Set(["law", "oos", "none", "aid-conditions", "aid-what", "import"]);
    for (const topic of actsModel().topics.kinds.filter((kind) => !open.has(kind)))
      expect(topicQuestion(topic, "商标侵权"), topic).toBeDefined();
    expect(topicQuestion("outcome", "商标侵权")).toBe("商标侵权怎么处罚");
    expect(topicQuestion("case-time", "专利侵权")).not.toBe(topicQuestion("case-time", "假冒专利"));
  });
});
