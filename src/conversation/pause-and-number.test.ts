import { describe, expect, test } from "vitest";
import { afterTalk } from "../../test/support/talk.ts";
import { phrase } from "./say.ts";

const begun = ["东光恒通纸箱厂冒用别人专利号，纸箱上印着"];

describe("who looks for an answer", () => {
  test.each(["稍等", "等下我翻翻证", "我去车间看一眼号码", "让我想想", "你等我找找", "等我五分钟"])(
    "is waited for, and not asked again: „%s“",
    (text) => {
      const before = afterTalk(begun).memory.draft;
      const { parts, memory } = afterTalk([...begun, text]);
      expect(parts).toEqual([phrase("holdsOn")]);
      expect(memory.draft?.asking).toEqual(before?.asking);
      expect(memory.draft?.slots).toEqual(before?.slots);
    },
  );

  test("at the summary is told how to go on", () => {
    const { parts, state } = afterTalk([...begun, "没号", "没照片", "匿名", "我再看看"]);
    expect(parts).toEqual([phrase("holdsOn.confirming")]);
    expect(state).toBe("confirming");
  });

  test.each(["号码我记不住 明天拿证来", "等我一下 号是ZL201920111222.9"])(
    "and tells it is not: „%s“",
    (text) => {
      expect(afterTalk([...begun, text]).parts).not.toContain(phrase("holdsOn"));
    },
  );

  test("„等我五分钟“ rates nothing", () => {
    expect(afterTalk(["等我五分钟"]).parts).toEqual([phrase("holdsOn.idle")]);
  });
});

describe("a patent number of which nothing is reported", () => {
  const read = phrase("number.read", { number: "ZL201920111222.9", type: "实用新型", year: "2019" });

  test.each(["ZL201920111222.9", "专利号ZL201920111222.9", "帮我看看ZL201920111222.9"])(
    "is told what it says: „%s“",
    (text) => {
      const { parts, memory } = afterTalk([text]);
      expect(parts).toEqual([read, phrase("number.lookUp"), phrase("number.offer")]);
      expect(memory.draft).toBeNull();
    },
  );

  test("is told what is wrong with it", () => {
    expect(afterTalk(["ZL201920111222.3"]).parts[0]).toContain("校验位对不上");
  });

  test("is of the report that follows at once, and of no later one", () => {
    expect(afterTalk(["ZL201920111222.9", "青县老王五金"]).memory.draft?.slots).toMatchObject({
      patentNumber: "ZL201920111222.9",
      county: "青县",
    });
    expect(
      afterTalk(["ZL201920111222.9", "知道了", "青县老王五金冒用专利号"]).memory.draft?.slots.patentNumber,
    ).toBeUndefined();
  });

  test("that somebody tells who is accused begins no report", () => {
    expect(afterTalk(["有人告我侵权 咋办", "他那专利号ZL201920111222.9"]).memory.draft).toBeNull();
  });
});

describe("what kind a report is of", () => {
  test.each([
    ["就是假冒的", "假冒专利"],
    ["号是假的", "假冒专利"],
    ["这号是他瞎编的", "假冒专利"],
    ["第一类", "假冒专利"],
    ["我看是侵权", "专利侵权"],
    ["是抄的", "专利侵权"],
  ])("is told by „%s“", (text, reportType) => {
    expect(afterTalk(["我要举报", text]).memory.draft?.slots.reportType).toBe(reportType);
  });

  test("is changed without giving anything up", () => {
    const { memory, intents } = afterTalk([
      "我要告东光连镇的顺捷机械 抄我纸箱机专利",
      "那专利不告了 他机器上还印着我家注册商标 改成告他商标侵权",
    ]);
    expect(memory.draft).toMatchObject({
      cancelAsked: false,
      slots: { reportType: "商标侵权", infringer: "顺捷机械" },
    });
    expect(intents).not.toContain("cancel");
  });
});

describe("what a message names", () => {
  test.each([
    ["举报明珠商贸城二楼有个摊 卖假冒耐克商标的鞋", { product: "鞋" }],
    ["海兴县赵毛陶有个卖农机的旋耕刀上头刻的专利号是糊弄人的假的俺要举报", { product: "旋耕刀" }],
    ["献县的腾跃 还往新鞋垫上印假专利号", { product: "鞋垫" }],
    [
      "热线转来一单 市民反映黄骅吕桥镇利航汽配卖的刹车片 盒上冒用他人专利号 市民甘先生 电话13513270948",
      { contactName: "甘先生", contactPhone: "13513270948" },
    ],
    [
      "窗口来了个大爷 举报肃宁尚村皮草市场里一家 挂着专利产品的牌子卖皮草 实际没专利",
      { reportType: "假冒专利" },
    ],
  ])("„%s“", (text, slots) => {
    expect(afterTalk([text]).memory.draft?.slots).toMatchObject(slots);
  });

  test("is no firm where the shop's name and what it looks like are copied", () => {
    expect(afterTalk(["有人抄我们店的店名和装修 弄得跟分店似的"]).memory.draft?.slots).toEqual({
      reportType: "不正当竞争",
    });
  });

  test("is no person where a number was shown by the telephone, or somebody is to take a picture", () => {
    const named = ["录个电话 来电人郝女士 反映青县流河镇有家做机箱的 没有专利冒充专利", "厂子叫润佳电子"];
    expect(afterTalk([...named, "来电显示 15931740026"]).memory.draft?.slots.contactName).toBe("郝女士");
    expect(afterTalk([...begun, "我叫我儿子拍"]).memory.draft?.slots.contactName).toBeUndefined();
  });

  test("is a number that is too short, where hardly more is said", () => {
    const { parts } = afterTalk([...begun, "少瞅了 是20213066481"]);
    expect(parts.join()).toContain("少1位");
  });
});
