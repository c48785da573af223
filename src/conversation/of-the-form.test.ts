import { describe, expect, test } from "vitest";
import { afterTalk, declined, knowsPenalty } from "../../test/support/talk.ts";
import { phrase, serviceAnswer } from "./say.ts";
import { emptyMemory } from "./state.ts";

const begun = ["东光恒通纸箱厂冒用别人专利号，纸箱上印着"];
const asked = afterTalk(begun).memory.draft?.asking;
const again = phrase("again", { question: phrase("ask.patentNumber") });

describe("while a form is open", () => {
  test.each(["问这个干啥", "为啥非要专利号", "要这干嘛使"])("„%s“ is told why it is asked", (text) => {
    const { parts, memory } = afterTalk([...begun, text]);
    expect(parts).toEqual([phrase("why.patentNumber"), again]);
    expect(memory.draft?.asking).toEqual(asked);
  });

  test("„为啥要我电话“ is told of the telephone, whatever was asked", () => {
    expect(afterTalk([...begun, "为啥要我电话"]).parts[0]).toBe(phrase("why.contact"));
  });

  test.each(["什么意思", "听不懂你说啥", "说人话", "能说简单点不", "再说一遍", "？"])(
    "„%s“ is asked in plainer words, once",
    (text) => {
      const { parts, memory } = afterTalk([...begun, text]);
      expect(parts).toEqual([
        phrase("plainer"),
        phrase("again", { question: phrase("ask.patentNumber.short") }),
      ]);
      expect(memory.speaks).toBe(false);
    },
  );

  test.each(["填到哪了", "还有几项", "我刚才说的啥来着"])("„%s“ shows what stands", (text) => {
    const { parts } = afterTalk([...begun, text]);
    expect(parts[0]).toContain("恒通纸箱厂");
    expect(parts.at(-1)).toBe(again);
  });

  test.each(["上一步", "返回", "刚才填错了"])("„%s“ is asked what to change", (text) => {
    const { parts, memory } = afterTalk([...begun, text]);
    expect(parts.join()).toContain("要改哪一项");
    expect(memory.draft?.slots).toEqual(afterTalk(begun).memory.draft?.slots);
  });

  test.each(["能跳过不", "随便", "你看着办"])("„%s“ leaves it out", (text) => {
    const { parts, memory } = afterTalk([...begun, text]);
    expect(parts[0]).toBe(phrase("skipped"));
    expect(memory.draft?.asking).toEqual(["evidenceCount"]);
  });

  test("„随便“ leaves the kind open, and says no other thing of it", () => {
    const { parts, memory } = afterTalk(["我要举报", "随便"]);
    expect(parts[0]).toBe(phrase("matter.open"));
    expect(memory.draft?.slots.reportType).toBe("其他");
  });

  test.each(["嗯", "好的", "。。。"])("„%s“ answers nothing, and leaves nothing out", (text) => {
    const { parts, memory } = afterTalk([...begun, text]);
    expect(parts).toEqual([phrase("ask.patentNumber")]);
    expect(memory.draft?.asking).toEqual(asked);
  });

  test("„有几张照片“ is heard whatever was asked", () => {
    expect(afterTalk([...begun, "有几张照片"]).parts).toEqual([phrase("evidence.send"), again]);
  });

  test("„从头再来“ after all was filed withdraws nothing", () => {
    const filed = { ...emptyMemory, filed: ["CZ-12345-67890"] };
    const { parts, memory } = afterTalk(["从头再来"], undefined, undefined, filed);
    expect(parts).toEqual([phrase("cancel.nothing")]);
    expect(memory.withdrawing).toBeNull();
  });

  test("„从头再来“ asks whether to cancel", () => {
    expect(afterTalk([...begun, "从头再来"]).memory.draft?.cancelAsked).toBe(true);
  });

  test("„已经发了啊“ is told that no picture came", () => {
    expect(afterTalk([...begun, "没号", "已经发了啊"]).parts).toEqual([phrase("sent.none")]);
  });

  test("„什么意思“ at the summary is told what a yes does", () => {
    const { parts, state } = afterTalk([...begun, "没号", "没照片", "匿名", "什么意思"]);
    expect([parts, state]).toEqual([[phrase("plainer.confirming")], "confirming"]);
  });
});

describe("after an answer of the law", () => {
  test.each(["你们几点上班", "怎么发图片", "举报要钱不", "能加微信不", "地址在哪"])(
    "„%s“ is of the desk",
    (text) => {
      const { parts, citations } = afterTalk(["假冒专利罚多少", text], knowsPenalty);
      expect(parts).toEqual([serviceAnswer(text)]);
      expect(citations).toEqual([]);
    },
  );

  test.each([
    ["听不懂你说啥", phrase("plainer.idle")],
    ["菜单", serviceAnswer("你能干啥")],
    ["随便", phrase("confirm.heard")],
    ["额", phrase("confirm.heard")],
  ])("„%s“ is not told the law once more", (text, told) => {
    expect(afterTalk(["假冒专利罚多少", text], knowsPenalty).parts).toEqual([told]);
  });
});

describe("what is answered without its name", () => {
  const toWho = ["我要举报", "假冒专利 卖的水管"];

  test.each(["一个老头", "赶集的", "网上的", "个体户", "我们村的"])("„%s“ is who, and no name", (text) => {
    const { parts, memory } = afterTalk([...toWho, text]);
    expect(memory.draft?.unknown).toContain("infringer");
    expect(parts.at(-1)).toBe(phrase("ask.location"));
  });

  test("„姓张的“ is all that they are called by", () => {
    expect(afterTalk([...toWho, "姓张的"]).memory.draft?.slots.infringer).toBe("姓张的");
  });

  test.each(["就咱县", "县城", "就我们这"])("„%s“ is asked which", (text) => {
    const { parts, memory } = afterTalk([...toWho, "叫鑫达管业", text]);
    expect(parts[0]).toBe(phrase("county.which"));
    expect(memory.draft?.asking).toEqual(["county"]);
  });

  test("„市里“ is asked which district", () => {
    const { parts, memory } = afterTalk([...toWho, "叫鑫达管业", "市里"]);
    expect(parts[0]).toContain("哪个区");
    expect(memory.draft?.slots.county).toBeUndefined();
  });

  test.each(["有", "有几张", "拍了", "在手机里", "有视频 等下发"])("„%s“ is waited for", (text) => {
    const { parts, memory } = afterTalk([...begun, "没号", text]);
    expect(parts).toEqual([phrase("evidence.send")]);
    expect(memory.draft?.asking).toEqual(["evidenceCount"]);
  });

  test("„货还在家“ is to be kept", () => {
    expect(afterTalk([...begun, "没号", "货还在家"]).parts).toEqual([phrase("evidence.keep")]);
  });

  test.each(["有小票没照片", "没来得及拍"])("„%s“ has none to send", (text) => {
    expect(afterTalk([...begun, "没号", text]).memory.draft?.slots.evidenceCount).toBe(0);
  });
});

test.each([
  ["1", 0],
  ["第二个", 1],
  ["二", 1],
])("„%s“ picks one of the questions that were offered by number", (text, place) => {
  const related = ["合同要备案吗", "开放许可谁去办"];
  const asked: string[] = [];
  afterTalk(["许可那个咋弄来着", text], (question) => {
    asked.push(question);
    return question.startsWith("许可") ? { ...declined, outcome: "handoff", related } : declined;
  });
  expect(asked).toContain(related[place]);
  expect(asked).not.toContain(related[1 - place]);
});
