import { describe, expect, test } from "vitest";
import { afterTalk } from "../../test/support/talk.ts";
import { createGazetteer } from "../regions/gazetteer.ts";
import { decide } from "./decide.ts";
import type { KnowledgeAnswer } from "./decision.ts";
import { hear } from "./hear.ts";
import { phrase } from "./say.ts";
import { emptyMemory } from "./state.ts";
import { lexicon } from "./understanding/lexicon.ts";
import { createReaders } from "./understanding/readers.ts";

const gazetteer = createGazetteer();
const readers = createReaders({ gazetteer, presentYear: () => 2026 });

const cited = (law: string, article: string, confidence = 0.9): KnowledgeAnswer => ({
  outcome: "answered",
  text: `${law}${article}说了。`,
  citations: [
    {
      law,
      article,
      edition: "2020-01-01",
      effectiveFrom: "2020-06-01",
      status: "current",
      sourceUrl: "https://flk.npc.gov.cn/",
    },
  ],
  confidence,
});
const unknown: KnowledgeAnswer = { outcome: "declined", text: "没查到。", citations: [], confidence: 0.1 };
/** A knowledge base that knows one thing: what is asked with a word. */
const knows =
  (word: string, answer: KnowledgeAnswer) =>
  (question: string): KnowledgeAnswer =>
    question.includes(word) ? answer : unknown;

const opening = "举报沧县杜生镇腾飞滤清器，滤芯盒子上的专利号是冒用的";
const typeOnly = "我要举报假冒专利";

describe("the form of a question", () => {
  test.each([
    "没登记的图纸算不算作品",
    "这么干合规没",
    "照着老样子做赶得上不",
    "归我还是归合作社",
    "别人能否接着用",
    "去局里还打得着官司不",
    "我这边能自己掏钱做个鉴定交上不",
  ])("„%s“ asks", (text) => {
    expect(lexicon().question.test(text)).toBe(true);
  });

  test.each(["也不知道送不送得到", "您给看看填没填对", "请核实能否成立"])("„%s“ does not", (text) => {
    expect(lexicon().question.test(text)).toBe(false);
  });
});

describe("what is asked out of the blue", () => {
  test("is told by the law where it knows it surely, though it sounds like a withdrawal of a report", () => {
    const { citations, memory } = afterTalk(
      ["专利申请递上去又想撤回来，撤了还能再交不"],
      knows("专利申请", cited("专利法", "第三十二条")),
    );
    expect(citations).toMatchObject([{ law: "专利法", article: "第三十二条" }]);
    expect(memory.draft).toBeNull();
  });

  test("is a withdrawal where the law does not know it", () => {
    const { citations, parts } = afterTalk(["上回那个举报想撤回来，还行不"]);
    expect(citations).toEqual([]);
    expect(parts[0]).toContain("没查到您在这里报过");
  });

  test("what the accused say for themselves at first is answered where it surely is a defence", () => {
    const { citations, memory } = afterTalk(
      ["他告我侵权，可这样式市面上好些年前就有卖的，是老早公开的现有技术"],
      knows("", cited("专利法", "第六十七条")),
    );
    expect(citations.map(({ article }) => article)).toContain("第六十七条");
    expect(memory.draft).toBeNull();
  });

  test("who is accused reports nobody by telling where their goods came from", () => {
    const { memory } = afterTalk([
      "人家说我卖的货侵犯他专利，告到你们那了",
      "货是从天津那家厂进的，有单子，我真不知道侵权",
    ]);
    expect(memory.draft).toBeNull();
  });

  test("who asks whose an invention is reports nobody", () => {
    const { memory, intents, citations } = afterTalk(
      ["俺在单位里琢磨出来的发明，专利归谁"],
      knows("发明", cited("专利法", "第六条")),
    );
    expect(memory.draft).toBeNull();
    expect(intents).not.toContain("report");
    expect(citations).toMatchObject([{ article: "第六条" }]);
  });

  test("a few words ask of the right that was talked of last", () => {
    const ask = (question: string): KnowledgeAnswer =>
      question === "侵犯商业秘密怎么处罚"
        ? cited("反不正当竞争法", "第二十六条")
        : question.includes("商业秘密") && !question.includes("，")
          ? {
              ...cited("反不正当竞争法", "第十条"),
              topic: { law: "反不正当竞争法", article: "第十条", question },
            }
          : unknown;
    const { citations } = afterTalk(["啥样的算商业秘密", "犯了得罚多少"], ask);
    expect(citations).toMatchObject([{ article: "第二十六条" }]);
  });

  test("what was only asked about gives way to what is reported later", () => {
    const { memory } = afterTalk([
      "假冒专利的罚款上限",
      "我要举报一家",
      "青县流河镇捷运汽配，雨刮器仿了我的外观专利，证书我有",
    ]);
    expect(memory.draft?.slots).toMatchObject({ reportType: "专利侵权", county: "青县" });
  });
});

describe("what is asked in the middle of a report", () => {
  test.each(["什么是共有发明", "共有发明的认定标准"])(
    "„%s“ while a firm is asked for names none, and is answered",
    (question) => {
      const { memory, citations } = afterTalk(
        [typeOnly, question],
        knows("共有发明", cited("专利法", "第八条")),
      );
      expect(memory.draft?.slots).toEqual({ reportType: "假冒专利" });
      expect(citations).toMatchObject([{ article: "第八条" }]);
    },
  );

  test("what the law does not know stays what was told", () => {
    const { memory } = afterTalk([typeOnly, "鑫源机械厂"]);
    expect(memory.draft?.slots.infringer).toBe("鑫源机械厂");
  });

  test.each([
    ["a law of another field, whatever the talk is of", true, "信访工作条例"],
    ["and not one of this field, where a topic of the matter is meant", undefined, "专利行政执法办法"],
  ] as const)("what is answered from %s", (_, beside, law) => {
    const ask = (question: string): KnowledgeAnswer =>
      question.startsWith("那")
        ? { ...cited("信访工作条例", "第三十四条", 0.6), ...(beside && { beside }) }
        : cited("专利行政执法办法", "第三十六条", 0.95);
    const { citations } = afterTalk([opening, "那得多少天给办完"], ask);
    expect(citations).toMatchObject([{ law }]);
  });

  test("a trade mark is not answered from the law of patents", () => {
    const ask = (question: string): KnowledgeAnswer =>
      question.startsWith("商标侵权，")
        ? cited("商标法", "第六十四条", 0.6)
        : question.includes("进的货")
          ? cited("专利法", "第七十七条", 0.6)
          : unknown;
    const { citations } = afterTalk(
      ["举报青县流河镇百顺超市，卖的白酒冒用我们的商标", "超市说是正经地方进的货不知情呢"],
      ask,
    );
    expect(citations.map(({ law }) => law)).toEqual(["商标法"]);
  });
});

describe("after filing", () => {
  const addedBy = (text: string) => {
    const memory = { ...emptyMemory, filed: ["CZ-12345-67890"] };
    const heard = hear({ type: "text", text }, memory, "2026-11-26", { readers, gazetteer });
    return decide(memory, heard, {
      now: new Date("2026-11-26T02:00:00Z"),
      intake: true,
      group: false,
      ask: () => unknown,
      elsewhere: () => undefined,
    });
  };

  test.each(["刚交的那个厂名写错了 不是腾飞 是腾跃", "上回报的地方说错了，在旧州镇"])(
    "„%s“ is added to what was filed",
    (text) => {
      const { effects, memory } = addedBy(text);
      expect(effects).toMatchObject([{ kind: "supplement", reportNo: "CZ-12345-67890", text }]);
      expect(memory.draft).toBeNull();
    },
  );

  test("another report begins anew", () => {
    const { effects, memory } = addedBy("再举报一家，青县的恒泰阀门，阀体上的专利号也是冒用的");
    expect(effects).toEqual([]);
    expect(memory.draft?.slots.infringer).toBe("恒泰阀门");
  });
});

describe("a platform", () => {
  test.each(["青县 快手直播间卖的", "快手上的小店卖的"])("„%s“ names nobody on it", (text) => {
    const { memory } = afterTalk([opening, text]);
    expect(memory.draft?.slots).toMatchObject({ platform: "快手", infringer: "腾飞滤清器" });
  });
});

describe("what is taken back", () => {
  test("by its label alone, and is not asked for again", () => {
    const { memory, parts } = afterTalk([opening, "号是ZL201833039455.2", "把专利号删了吧，那是别家的"]);
    expect(memory.draft?.slots.patentNumber).toBeUndefined();
    expect(memory.draft?.unknown).toContain("patentNumber");
    expect(parts[0]).toBe(phrase("takenBack", { slots: "专利号" }));
  });

  test("not where it is only spoken of", () => {
    const { memory } = afterTalk([opening, "号是ZL201833039455.2", "专利号就这个，没删过"]);
    expect(memory.draft?.slots.patentNumber).toBe("ZL201833039455.2");
  });

  test("„别取消，我是说匿名报“ keeps the draft with what it tells", () => {
    const { memory } = afterTalk([opening, "算了不报了", "哎别取消，我是说匿名报"]);
    expect(memory.draft?.slots).toMatchObject({ anonymous: true, infringer: "腾飞滤清器" });
  });

  test("the end of a number that did not fit", () => {
    const { memory } = afterTalk([opening, "号是ZL201833039455.7", "看差了，末了是2不是7"]);
    expect(memory.draft?.slots.patentNumber).toBe("ZL201833039455.2");
  });

  test("the end of a number that still does not fit stays wrong", () => {
    const { memory } = afterTalk([opening, "号是ZL201833039455.7", "看差了，末了是3不是7"]);
    expect(memory.draft?.slots.patentNumber).toBeUndefined();
  });

  test("a stall in the same breath, and a place by its label", () => {
    const { memory } = afterTalk([
      opening,
      "摊位号C118 不对 是C181",
      "更正一下 地点不是杜生镇上 是镇西头老粮站院里",
    ]);
    expect(memory.draft?.slots).toMatchObject({ stall: "C181", location: "镇西头老粮站院里" });
  });

  test("the platform, for the seller", () => {
    const { memory } = afterTalk([
      "淘宝上晨光小铺卖的纱窗仿我的外观专利，我投诉好几次平台不处理，我要举报平台",
      "卖家就在青县，那就告卖家吧",
    ]);
    expect(memory.draft?.slots).toMatchObject({ reportType: "专利侵权", county: "青县" });
  });
});

test("who asks how far it is with what they reported is asked for its number, whatever the law tells", () => {
  const found = cited("专利行政执法办法", "第二十八条", 0.9);
  const { effects, citations } = afterTalk(["我上礼拜举报那家卖假专利锅具的办得怎么样了"], () => found);
  expect(effects).toContainEqual(expect.objectContaining({ kind: "status" }));
  expect(citations).toEqual([]);
});

test("what is no business of the desk is told so in a talk of the law, too, though the talk would answer it", () => {
  const office = {
    ...cited("专利法", "第六十八条", 0.9),
    topic: { law: "专利法", article: "第六十八条", question: "这是区里罚还是市里罚" },
  };
  const alone = "我跟邻居吵架 院墙咋砌";
  const joined = { ...cited("专利法", "第六十五条", 0.9), text: "民事纠纷可以向法院起诉。" };
  const ask = (question: string) =>
    question === alone || question.startsWith("我跟") ? unknown : question.includes(alone) ? joined : office;
  const { intents, citations, parts } = afterTalk([opening, "这是区里罚还是市里罚", alone], ask);
  expect(intents).toContain("oos");
  expect([parts.includes(phrase("oos")), citations]).toEqual([true, []]);
});

test("„老拖着 时效会不会过“ asks of the law, and complains of nobody", () => {
  const limitation = cited("专利法", "第七十四条", 0.9);
  const { parts, citations } = afterTalk([opening, "老这么拖着 时效会不会过了"], () => limitation);
  expect(citations).toEqual(limitation.citations);
  expect(parts).not.toContain(phrase("complains"));
});

describe("a question of few words", () => {
  const onTopic = (law: string, article: string, question: string): KnowledgeAnswer => ({
    ...cited(law, article, 0.8),
    topic: { law, article, question },
  });
  const application = onTopic("专利法", "第二十六条", "申请专利要哪些材料");
  const fees = onTopic("专利法实施细则", "第一百一十七条", "能少交点吗");

  const review = cited("专利法", "第四十一条", 0.8);
  const who = cited("专利法", "第三条", 0.6);

  test("as 从哪天算起 is of what was asked last, not of what the talk is of", () => {
    const limitation = onTopic("专利法", "第七十四条", "侵权几年内得告");
    const force = cited("专利法", "第八十二条", 0.72);
    const ask = (question: string) => {
      if (question === "侵权几年内得告，从哪天算起") return { ...limitation, confidence: 0.85 };
      return question.includes("从哪天") ? force : limitation;
    };
    expect(afterTalk(["侵权几年内得告", "从哪天算起"], ask).citations).toEqual(limitation.citations);
  });

  test.each([
    ["那要是没通过呢", review],
    // What holds the question before finds its answer again.
    ["最后哪个单位给批", who],
  ])("is asked of what the talk is of, not answered by what was told last: %s", (text, answer) => {
    const ask = (question: string) => {
      if (question === `申请专利，${text}`) return answer;
      if (question.includes("少交")) return fees;
      return question.includes("材料") ? application : unknown;
    };
    expect(afterTalk(["申请专利要哪些材料", "能少交点吗", text], ask).citations).toEqual(answer.citations);
  });

  test("is of nothing that was talked of before a report was filed", () => {
    const ask = (question: string) => (question.includes("材料") ? application : unknown);
    const talk = afterTalk(["申请专利要哪些材料"], ask).memory;
    expect(talk.subject).toBe("申请专利");
    const filed = afterTalk(["申请专利要哪些材料", opening, "匿名，没图，没有号，就这些", "确认"], ask);
    expect(filed.effects).toContainEqual(expect.objectContaining({ kind: "file" }));
    expect(filed.memory.topic).toBeNull();
    const odd = {
      ...cited("国务院关于涉外知识产权纠纷处理的规定", "第三条", 0.9),
      topic: { law: "国务院关于涉外知识产权纠纷处理的规定", article: "第三条", question: "出海惹上官司找谁" },
    };
    const asked = ["申请专利要哪些材料", opening, "匿名，没图，没有号，就这些", "确认", "出海惹上官司找谁"];
    const next = afterTalk(asked, (question) => (question === "出海惹上官司找谁" ? odd : ask(question)));
    expect(next.memory).toMatchObject({ topic: odd.topic, subject: null });
  });

  test("that finds nothing by itself is of what it finds behind the last question and the talk alike", () => {
    const unused = onTopic("商标法", "第四十九条", "牌子几年不用会撤吗");
    const again = cited("商标法", "第六十条", 0.55);
    const alone = "前头叫人逮着过一回五年里头又犯两回的咋弄";
    const behindBoth = (question: string) =>
      question === alone ? unknown : question.includes("犯两回") ? again : knows("牌子", unused)(question);
    const talk = ["牌子几年不用会撤吗", alone];
    expect(afterTalk(talk, behindBoth).citations).toEqual(again.citations);
    const apart = (question: string) =>
      question.startsWith("商标，") ? cited("商标法", "第五十七条", 0.45) : behindBoth(question);
    expect(afterTalk(talk, apart).citations).toEqual([]);
  });

  test("wants nothing of the desk where the law surely goes on with it, whatever it sounds like", () => {
    const fair = onTopic("河北省专利条例", "第三十七条", "展会上被人抄了找谁");
    const organiser = cited("河北省专利条例", "第五十三条", 0.8);
    const ask = (question: string) =>
      question.includes("主办方") ? organiser : question.includes("展会上") ? fair : unknown;
    expect(afterTalk(["展会上被人抄了找谁", "主办方不管呢"], ask).citations).toEqual(organiser.citations);
  });
});
