import { describe, expect, test } from "vitest";
import { afterTalk, declined } from "../../test/support/talk.ts";
import type { KnowledgeAnswer } from "./decision.ts";
import { phrase } from "./say.ts";

const opening = "举报沧县杜生镇腾飞滤清器，滤芯盒子上的专利号是冒用的";
const slotsAfter = (...messages: string[]) => afterTalk(messages).memory.draft?.slots;

const cited = (law: string, article: string, confidence = 0.9): KnowledgeAnswer => ({
  outcome: "answered",
  text: `${law}${article}写着。`,
  citations: [{ law, article, edition: "", title: "", path: "" } as never],
  confidence,
  topic: { law, article, question: `${law}${article}` },
});

describe("corrected in the same breath", () => {
  test.each([
    ["举报青县马厂那家，叫宏利五金 哦不对 宏利工具，钳子上印的专利号是别人的", { infringer: "宏利工具" }],
    ["厂名叫恒泰阀门恒心的恒泰山的泰，阀体上冒用专利号，我举报", { infringer: "恒泰阀门" }],
    ["网店叫 任丘小铁匠 卖的菜刀上冒用专利号 举报", { infringer: "任丘小铁匠" }],
  ])("„%s“", (text, slots) => {
    expect(slotsAfter(text)).toMatchObject(slots);
  });

  test("a telephone that was typed wrong", () => {
    expect(slotsAfter(opening, "没图", "裴志刚 手机13315778890 按错 是13315778809")).toMatchObject({
      contactName: "裴志刚",
      contactPhone: "13315778809",
    });
  });

  test("what changes is a correction, by whatever words", () => {
    const { intents, memory } = afterTalk([opening, "没图", "我媳妇说那儿早划给青县了"]);
    expect(memory.draft?.slots.county).toBe("青县");
    expect(intents).toContain("correct");
  });

  test("goods that are told outright take the place of those a firm is called after", () => {
    expect(slotsAfter("举报盐山的顺通管件厂冒用专利号", "东西就是快速接头")).toMatchObject({
      product: "快速接头",
    });
  });
});

describe("where it is", () => {
  test("of two neighbours that nobody can tell apart is none, and may stay so", () => {
    const { memory, parts } = afterTalk([
      "举报鑫达锁具，锁上的专利号是冒用的",
      "就在青县跟沧县搭界那块，归谁我也弄不清",
    ]);
    expect(memory.draft?.slots.county).toBeUndefined();
    expect(parts.join()).toContain("青县、沧县");
    expect(slotsAfter("举报鑫达锁具，锁上的专利号是冒用的", "就在青县跟沧县搭界那块", "归沧县")?.county).toBe(
      "沧县",
    );
  });

  test("in a town that stands is told beside it", () => {
    expect(slotsAfter(opening, "就在邮局斜对面")?.location).toBe("杜生镇邮局斜对面");
  });

  test("is not where who tells it lives", () => {
    expect(slotsAfter("举报一家卖假专利轴承的", "我是住献县 可那厂子在衡水")?.county).toBe("非本市");
  });
});

test("a wish to stay unnamed is no name, wherever it stands", () => {
  const slots = slotsAfter(opening, "沧县旧州镇 匿名 快手直播间卖的");
  expect(slots).toMatchObject({ anonymous: true, platform: "快手", infringer: "腾飞滤清器" });
});

describe("who tells it", () => {
  test("by the name to ask for at a telephone", () => {
    expect(slotsAfter(opening, "没图", "打 0317-7220113 找窦三奎就行")).toMatchObject({
      contactName: "窦三奎",
      contactPhone: "0317-7220113",
    });
  });

  test("beside what only sounds asked", () => {
    expect(
      slotsAfter(opening, "没图", "匿名", "算了还是记我吧 万一要问我呢 我叫窦三奎 13315778890"),
    ).toMatchObject({
      anonymous: false,
      contactName: "窦三奎",
      contactPhone: "13315778890",
    });
  });
});

describe("whose goods have no patent", () => {
  test("reports none infringed, whatever they call it", () => {
    const { memory, parts } = afterTalk([
      "我在泊头做的蒸笼，没申请专利，对门和顺竹器照着编，这算侵犯我专利吧",
    ]);
    expect(memory.draft?.slots.reportType).toBeUndefined();
    expect(memory.draft?.rightUnclear).toBe(true);
    expect(parts).toContain(phrase("noRight.none"));
  });

  test("nor once they say so later", () => {
    const { memory, parts } = afterTalk(["对门和顺竹器侵犯我的专利，我要举报", "其实我也没申请过专利"]);
    expect(memory.draft?.slots.reportType).toBeUndefined();
    expect(parts.filter((part) => part === phrase("noRight.none"))).toHaveLength(1);
  });

  test("but a number of a patent stands against it", () => {
    const { draft } = afterTalk([
      "对门和顺竹器侵犯我的专利ZL201833039455.2，我要举报",
      "别的没申请专利，就这一个",
    ]).memory;
    expect(draft?.slots.reportType).toBe("专利侵权");
  });

  test("is told what is left before anything is reported", () => {
    const ask = (question: string) => (question.includes("蒸笼") ? cited("专利法", "第六十五条") : declined);
    const { parts, memory } = afterTalk(
      ["别人学我做蒸笼能告不", "专利没办过，商标也没有，自己想的样子"],
      ask,
    );
    expect(parts).toEqual([phrase("noRight.none")]);
    expect(memory.draft).toBeNull();
  });
});

describe("asked right after the law", () => {
  const fee = cited("专利法", "第四十三条");
  const late: KnowledgeAnswer = { ...cited("专利法实施细则", "第一百一十五条"), text: "有六个月可以补。" };
  const ask = (question: string) =>
    question.includes("，晚了能补不") ? late : question.includes("年费") ? fee : declined;

  test("a few words are of the law, and not of the desk", () => {
    const { citations } = afterTalk([opening, "插一句 专利年费咋交", "晚了能补不"], ask);
    expect(citations).toMatchObject([{ article: "第一百一十五条" }]);
  });

  test("an article that does not exist says nothing, whatever else is named", () => {
    const none: KnowledgeAnswer = { ...declined, text: "没有这一条。", confidence: 1 };
    const { parts } = afterTalk(["专利法第九十九条里举报的奖金是多少"], () => none);
    expect(parts).toEqual(["没有这一条。"]);
  });

  test("what is of no business of the desk is told so, though the talk would answer it", () => {
    const elsewhere: KnowledgeAnswer = { ...declined, text: "这个我不知道。", confidence: 0.97 };
    const { citations, intents } = afterTalk(["专利年费咋交", "明天沧州限行哪俩号"], (question) =>
      question.startsWith("明天") ? elsewhere : question.includes("年费") ? fee : declined,
    );
    expect(citations).toEqual([]);
    expect(intents).toContain("oos");
  });

  test("a buyer who asks what they get is told of buyers", () => {
    const asked: string[] = [];
    afterTalk(["我买了个锅，盒上是假专利号，举报青县的好太太厨具", "店家得赔我多少"], (question) => {
      asked.push(question);
      return declined;
    });
    expect(asked.some((question) => question.startsWith("消费投诉"))).toBe(true);
  });
});

test("who only wants something else in the middle of a report is told so", () => {
  const elsewhere = { ...declined, confidence: 0.85 };
  const { intents, parts } = afterTalk([opening, "帮我算个好日子"], () => elsewhere);
  expect(intents).toEqual(["oos"]);
  expect(parts).toContain(phrase("oos"));
});

test.each(["驴肉火烧店的招牌是冒的", "在大爷火烧铺旁边"])("„%s“ threatens nobody", (text) => {
  expect(afterTalk([text]).intents).not.toContain("threat");
});

test("a mark that may be revoked is no report withdrawn", () => {
  expect(afterTalk(["商标放着三年没用，谁也不能给撤了吧"]).parts.join()).not.toContain(
    phrase("withdraw.none"),
  );
});

test("what a firm's goods are called is not what the firm is called", () => {
  expect(slotsAfter(opening, "水杯叫晨露")?.infringer).toBe("腾飞滤清器");
});
