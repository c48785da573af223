import { describe, expect, test } from "vitest";
import { afterTalk, declined } from "../../../../test/support/talk.ts";
import { createGazetteer } from "../../../regions/gazetteer.ts";
import type { KnowledgeAnswer } from "../../decision.ts";
import { topicQuestion } from "../../topics.ts";
import { createReaders } from "../readers.ts";
import { understand } from "../understand.ts";
import { dateTerms, leaningOfTerms, leanings } from "./leaning.ts";

const readers = createReaders({ gazetteer: createGazetteer(), presentYear: () => 2026 });
const answered = (text: string, article: string, confidence: number): KnowledgeAnswer => ({
  outcome: "answered",
  text,
  citations: [{ law: "专利法", article }] as unknown as KnowledgeAnswer["citations"],
  confidence,
});

const draftAfter = (...messages: string[]) => afterTalk(messages).memory.draft?.slots;

const opening = "举报沧县杜生镇腾飞滤清器，盒子上的专利号是冒用的";

describe("what a day that is named has to do with it", () => {
  test.each([
    ["10月8日在集上买的水泵，外壳上印着假专利号", "occurredAt", "2026-10-08"],
    ["我的水泵专利让人仿了，我是上个月才知道的", "knownSince", "2026-10"],
    ["这水泵专利是2019年申请的，盒子上的号是冒用别人的", "occurredAt", undefined],
  ])("„%s“", (text, slot, day) => {
    expect(draftAfter(text)?.[slot as "occurredAt" | "knownSince"]).toBe(day);
  });

  test("of two days the one of the deed counts, whichever comes first", () => {
    const slots = draftAfter("律师函是10月20号寄的，9月3号我在他店里买到仿我专利的滤清器");
    expect(slots?.occurredAt).toBe("2026-09-03");
  });

  test("a message that tells nothing but a day tells the deed's", () => {
    expect(draftAfter(opening, "没图", "是上个月的事")).toMatchObject({ occurredAt: "2026-10" });
  });

  test("goes by the words beside the day, not by the day", () => {
    const kind = (text: string, day: string) => {
      const start = text.indexOf(day);
      const terms = dateTerms(text, { start, end: start + day.length }, ["rule=—", "deed=false"]);
      return leaningOfTerms(leanings().date, terms).kind;
    };
    expect(kind("我5月1日才听说他们在仿", "5月1日")).toBe("knownSince");
    expect(kind("5月1日我在他摊上买了两个", "5月1日")).toBe("occurredAt");
  });
});

describe("what takes another's place", () => {
  test("goods called by their label", () => {
    const slots = draftAfter(`${opening}，卖的是机油滤芯`, "没图", "产品写成空气滤芯");
    expect(slots?.product).toBe("空气滤芯");
  });

  test("a label with nothing behind it that could be a stall mends none", () => {
    const slots = draftAfter("沧州明珠商贸城二楼216摊位卖的围巾冒用我的商标", "没图", "摊位说错了 是那边");
    expect(slots?.stall).toContain("216");
  });

  test("goods with the word for the machine behind them are the machine", () => {
    expect(draftAfter("举报青县的隆昌食品机械，饺子机上冒用专利号")?.product).toBe("饺子机");
  });

  test("goods that only the firm's name holds give way to goods that are named", () => {
    const slots = draftAfter("泊头的精诚达模具仿了我的专利", "没图", "卖的是台灯");
    expect(slots?.product).toBe("台灯");
  });
});

test.each(["补充说明", "做合页的"])("„%s“ names no market", (text) => {
  const heard = understand(
    text,
    { asking: ["market"], drafting: true, confirming: false },
    "2026-11-26",
    readers,
  );
  expect(heard.slots.market).toBeUndefined();
});

describe("what is no fact of the report", () => {
  test("thanks to the desk are no firm", () => {
    expect(draftAfter("我要举报冒用专利的滤清器", "谢谢你啊 服务真周到")?.infringer).toBeUndefined();
  });

  test("a question about both ways of reporting chooses none", () => {
    expect(draftAfter(opening, "没图", "实名跟匿名有什么不一样")?.anonymous).toBeUndefined();
  });

  test("how long it takes is asked, in the middle of a report, and no progress", () => {
    const { intents, effects } = afterTalk([opening, "投诉几天能有结果"]);
    expect(intents).toContain("qa");
    expect(effects.map(({ kind }) => kind)).not.toContain("status");
  });
});

describe("a question of a topic", () => {
  const penalty = topicQuestion("fake-penalty", "假冒专利") ?? "";
  const inPlainWords = answered("罚款写在这一条。", "第六十八条", 0.8);

  test("is asked in plain words where its own words find nothing", () => {
    const { told, citations } = afterTalk(["假冒专利一般得罚多少钱呐"], (question) =>
      question === penalty ? inPlainWords : declined,
    );
    expect(told).toEqual(["罚款写在这一条。"]);
    expect(citations).toHaveLength(1);
  });

  test("keeps a sure answer to its own words", () => {
    const { told } = afterTalk(["假冒专利一般得罚多少钱呐"], (question) =>
      question === penalty ? inPlainWords : answered("自己的话答得很准。", "第十一条", 0.95),
    );
    expect(told).toEqual(["自己的话答得很准。"]);
  });
});

test("the kind is told as soon as it is settled", () => {
  expect(afterTalk(["我的专利让隔壁厂仿了"]).parts.join()).toContain("登记：专利侵权");
  expect(afterTalk(["我要举报", "隔壁店盗用我拍的照片，我有著作权登记"]).parts.join()).toContain(
    "按著作权来登记",
  );
});

describe("a few words that name nothing", () => {
  const asked = (matter: string, question: string): string[] => {
    const questions: string[] = [];
    afterTalk([matter, question], (one) => {
      questions.push(one);
      return declined;
    });
    return questions;
  };

  test.each([
    ["举报沧县杜生镇腾飞公司，滤芯上抄我注册商标", "那罚多少啊", "outcome", "商标侵权"],
    ["举报沧县杜生镇腾飞公司，滤芯盒子上的专利号是冒用的", "这犯哪条", "law-basis", "假冒专利"],
    ["我的滤芯专利让沧县杜生镇腾飞公司仿了", "都四年了还行不", "penalty-limitation", "专利侵权"],
  ])("after „%s“ „%s“ asks about %s of %s", (matter, question, topic, kind) => {
    expect(asked(matter, question)).toContain(topicQuestion(topic, kind));
  });
});
