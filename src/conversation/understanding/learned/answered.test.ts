import { describe, expect, test } from "vitest";
import { afterTalk } from "../../../../test/support/talk.ts";
import { createGazetteer } from "../../../regions/gazetteer.ts";
import type { SlotName } from "../../../reports/report.ts";
import { createReaders } from "../readers.ts";
import { understand } from "../understand.ts";
import { answerKinds, answerModels, askedLast, askedQuestions } from "./answered.ts";
import { noLeaning } from "./leaning.ts";

const readers = createReaders({ gazetteer: createGazetteer(), presentYear: () => 2026 });
const hear = (text: string, asking: SlotName[], confirming = false) =>
  understand(text, { asking, drafting: true, confirming }, "2026-11-26", readers);
const contact: SlotName[] = ["contactName", "contactPhone", "anonymous"];

describe("to the question who tells it", () => {
  test.each(["家里人怕事 就甭记我了", "俺还得在他手底下挣钱 名就空着", "不给你们留 你们查就是了"])(
    "„%s“ is to be anonymous",
    (text) => {
      const { slots, intents } = hear(text, contact);
      expect(slots.anonymous?.value).toBe(true);
      expect(slots.contactName).toBeUndefined();
      expect(intents).toContain("provide_info");
    },
  );

  test.each(["光明正大的事 就写我", "可以实名 你们打我电话"])("„%s“ is to be named", (text) => {
    expect(hear(text, contact).slots.anonymous?.value).toBe(false);
  });

  test.each(["留了名他们会不会找来？", "容我合计合计", "我真想烧了他的店"])("„%s“ is no answer", (text) => {
    expect(hear(text, contact).slots.anonymous).toBeUndefined();
  });

  test("the same words are no wish where something else was asked", () => {
    expect(hear("不给你们留 你们查就是了", ["infringer"]).slots.anonymous).toBeUndefined();
  });
});

describe("to the question for evidence", () => {
  test.each(["手机太旧照不了", "那天光顾着生气 忘了拍", "买的那个早扔了"])(
    "„%s“ is that there is none",
    (text) => {
      expect(hear(text, ["evidenceCount"]).slots.evidenceCount?.value).toBe(0);
    },
  );

  test.each(["照片在我媳妇手机里 晚上给你", "这就拍", "号码印在侧面 铁盒子的"])("„%s“ is not", (text) => {
    expect(hear(text, ["evidenceCount"]).slots.evidenceCount).toBeUndefined();
  });

  test("who goes on with the story does not answer", () => {
    const { slots } = hear("他家在任丘议论堡，我没少见他往外卖", ["evidenceCount"]);
    expect(slots.county?.value).toBe("任丘市");
    expect(slots.evidenceCount).toBeUndefined();
  });
});

describe("to what else is asked", () => {
  test.each([
    ["磨得光光的 一个字都没剩", "patentNumber", "numberUnknown"],
    ["我哪记得住那一长串", "patentNumber", "numberUnknown"],
    ["没挂牌子 叫不上来", "infringer", "firmUnknown"],
    ["说不上来 那一片我不熟", "county", "placeUnknown"],
  ] as const)("„%s“ to the question for %s is that it cannot be told", (text, slot, signal) => {
    const { signals, slots } = hear(text, [slot]);
    expect(signals[signal]).toBe(true);
    expect(slots[slot]).toBeUndefined();
  });

  test.each([
    ["号在我儿子那儿 晚上我要来给你", "skip", true],
    ["俺家那个摘枣机 三千多买的", "numberUnknown", false],
  ] as const)("„%s“ to the question for the number", (text, signal, value) => {
    expect(hear(text, ["patentNumber"]).signals[signal]).toBe(value);
  });

  const proposed = ["举报沧县杜生镇腾飞滤清器，滤芯盒子上的专利是冒充的", "号是201833039455"];
  test.each(["就这个 你给俺补齐了", "一点不差 往上填"])(
    "a number that is proposed is agreed to by „%s“",
    (text) => {
      expect(afterTalk([...proposed, text]).memory.draft?.slots.patentNumber).toBe("ZL201833039455.2");
    },
  );

  test.each(["盒子上头就短这一位 别给我添", "东西上咋印的你就咋写"])(
    "and left as it is printed by „%s“",
    (text) => {
      const { draft } = afterTalk([...proposed, text]).memory;
      expect([draft?.slots.patentNumber, draft?.printedNumber]).toEqual([undefined, "ZL201833039455"]);
    },
  );

  const asked = [proposed[0] ?? "", "算了不报了"];
  test("what was to be cancelled is, by words that no rule knows", () => {
    expect(afterTalk([...asked, "嗯 都给俺清了吧"]).memory.draft).toBeNull();
  });

  test.each(["别介 我再寻思寻思 留着", "不删不删 接着往下问"])("and kept by „%s“", (text) => {
    expect(afterTalk([...asked, text]).memory.draft?.slots.infringer).toBe("腾飞滤清器");
  });

  test("whatever is learned, „确认提交“ erases nothing", () => {
    expect(afterTalk([...asked, "确认提交"]).memory.draft?.slots.infringer).toBe("腾飞滤清器");
  });
});

describe("at the summary", () => {
  test.each(["闺女念了一遍 都对 递吧", "咱不怕他 就这么报上去", "甭改了 往上交吧"])(
    "„%s“ says yes",
    (text) => {
      const { signals, intents } = hear(text, [], true);
      expect(signals.agreed).toBe(true);
      expect(signals.deny || signals.correction || signals.reserved).toBe(false);
      expect(intents).toContain("confirm");
    },
  );

  test.each(["好，先放着", "对是对，就是厂名差一个字", "听着行，等我儿子回来看看"])(
    "„%s“ holds the words of a yes, and is none",
    (text) => {
      expect(hear(text, [], true).signals.agreed).toBe(false);
    },
  );

  test("a no is heard that no rule knows", () => {
    const { signals, intents } = hear("打住 可别往上送", [], true);
    expect(signals.deny).toBe(true);
    expect(intents).toContain("deny");
  });

  test("however sure it is, what no clause says outright is no yes", () => {
    expect(hear("都听你的安排", [], true).signals.agreed).toBe(false);
  });
});

test("the question is told by what was asked", () => {
  expect(askedLast({ asking: contact, confirming: false })).toBe("contact");
  expect(askedLast({ asking: ["evidenceCount"], confirming: false })).toBe("evidence");
  expect(askedLast({ asking: [], confirming: true })).toBe("summary");
  expect(askedLast({ asking: [], confirming: false })).toBeUndefined();
  expect(askedLast({ asking: ["infringer", "location"], confirming: true })).toBe("firm");
  expect(askedLast({ asking: ["product", "patentNumber"], confirming: false })).toBeUndefined();
  expect(askedLast({ asking: ["patentNumber"], confirming: false, proposes: true })).toBe("proposed");
  expect(askedLast({ asking: contact, confirming: true, cancelAsked: true })).toBe("cancel");
});

describe("the models", () => {
  test.each(askedQuestions)("of %s know every answer, and that it is none", (asked) => {
    expect([...answerModels()[asked].kinds].sort()).toEqual([...answerKinds[asked], noLeaning].sort());
  });

  test("are small enough for the edge", () => {
    expect(Buffer.byteLength(JSON.stringify(answerModels()))).toBeLessThan(1_000_000);
  });
});
