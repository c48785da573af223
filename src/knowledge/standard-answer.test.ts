import { describe, expect, test } from "vitest";
import index from "../../knowledge/index.json" with { type: "json" };
import { createFindReferences } from "./article-reference.ts";
import { createKnowledge } from "./knowledge.ts";
import {
  answerWith,
  checkStandardAnswer,
  createStandardMatcher,
  problemsOf,
  type StandardAnswer,
  StandardAnswerDraft,
  wordingKey,
} from "./standard-answer.ts";

const knowledge = createKnowledge(index);
const today = "2026-11-26";

const aStandard = (questions: string[], more: Partial<StandardAnswer> = {}): StandardAnswer => ({
  id: `standard_${questions[0]}`,
  questions,
  text: "外观设计专利保护15年，从申请日起算。",
  citations: [{ law: "专利法", article: "第四十二条", edition: "2020-10-17" }],
  reviewer: "李审核",
  approvedAt: new Date("2026-11-20T00:00:00Z"),
  expiresOn: "2027-11-20",
  enabled: true,
  revision: 1,
  createdAt: new Date("2026-11-20T00:00:00Z"),
  updatedAt: new Date("2026-11-20T00:00:00Z"),
  hitCount: 0,
  lastHitAt: null,
  ...more,
});

const matcherOf = (...questions: string[]) => createStandardMatcher([aStandard(questions)], knowledge);

describe("a question and the wordings of a standard answer", () => {
  test.each([
    ["外观设计专利的保护期是多久", "外观设计专利的保护期是多久？"],
    ["外观设计专利的保护期是多久", "请问一下，外观设计专利的保护期是多久啊"],
    ["外观设计专利的保护期是多久", "外觀設計專利的保護期是多久"],
    ["专利年费忘了缴怎么办", "专利年费忘了交咋办"],
    ["假冒专利罚10万元吗", "假冒专利罚十万元吗"],
  ])("%s: the same after folding is %s", (wording, question) => {
    expect(matcherOf(wording)(question)).toMatchObject({ wording, likeness: 1 });
  });

  test.each([
    ["外观设计专利的保护期是多久", "外观专利的保护期有多久"],
    ["专利年费忘了交怎么办", "专利年费忘交了怎么办"],
    ["专利年费忘了交怎么办", "我的专利年费忘了交，怎么办"],
    ["别人仿制我的专利产品怎么办", "别人仿我的专利产品，该怎么办"],
    ["沧州的专利侵权找哪个部门处理", "沧州专利侵权该找哪个部门处理"],
    ["没有交年费专利还能恢复吗", "年费没交，专利还能恢复吗"],
  ])("%s: nearly the same is %s", (wording, question) => {
    expect(matcherOf(wording)(question)).toMatchObject({ wording });
  });

  test.each([
    ["another kind of patent", "外观设计专利的保护期是多久", "实用新型专利的保护期是多久"],
    ["another kind of patent, in short", "外观专利保护几年", "发明专利保护几年"],
    ["no kind where the wording has one", "外观设计专利的保护期是多久", "专利的保护期是多久"],
    ["a kind where the wording has none", "专利的保护期是多久", "发明专利的保护期是多久"],
    ["another right", "商标侵权找哪个部门处理", "专利侵权找哪个部门处理"],
    ["a negation", "专利产品侵权要赔偿吗", "专利产品不侵权要赔偿吗"],
    ["the negation of another word", "不交年费能恢复专利吗", "交年费不能恢复专利吗"],
    ["a negation less", "没有交年费专利还能恢复吗", "交年费专利还能恢复吗"],
    ["another figure", "年费晚交2个月有滞纳金吗", "年费晚交6个月有滞纳金吗"],
    ["another figure, in Chinese", "假冒专利罚十万元吗", "假冒专利罚二十万元吗"],
    ["another unit", "年费晚交6天有滞纳金吗", "年费晚交6个月有滞纳金吗"],
    ["another article", "专利法第42条怎么理解", "专利法第43条怎么理解"],
    ["a figure more", "专利年费晚交有滞纳金吗", "专利年费晚交8个月有滞纳金吗"],
    ["how much instead of how", "专利年费怎么交", "专利年费交多少"],
    ["when instead of where", "专利年费去哪交", "专利年费什么时候交"],
    ["how long instead of why", "专利申请为什么要18个月", "专利申请要18个月多久"],
    ["another act", "专利转让要登记吗", "专利许可要登记吗"],
    ["another act of the same stage", "假冒专利怎么处罚", "专利侵权怎么处罚"],
    ["the other way round", "别人仿我的专利产品怎么办", "我仿别人的专利产品怎么办"],
    ["done to instead of doing", "被人起诉专利侵权怎么办", "起诉别人专利侵权怎么办"],
    [
      "the other way round, at length",
      "别人没有经过同意就用我的专利卖产品怎么办",
      "我没有经过同意就用别人的专利卖产品怎么办",
    ],
    ["another thing lost", "专利证书丢了怎么办", "专利的那批货丢了怎么办"],
    ["another thing of the same field", "专利证书丢了怎么补办", "专利电子票据打不出来怎么处理"],
    ["before instead of after", "授权之后还能改权利要求吗", "授权之前还能改权利要求吗"],
    ["least instead of most", "侵权最多赔多少", "侵权最少赔多少"],
    ["a firm instead of a person", "个人申请专利能减缴费用吗", "公司申请专利能减缴费用吗"],
    ["another place", "河北申请专利有补贴吗", "沧州申请专利有补贴吗"],
    ["something else altogether", "专利年费忘了交怎么办", "离婚怎么办"],
    ["a part of it", "专利年费忘了交怎么办", "怎么办"],
  ])("%s is another question", (_, wording, question) => {
    expect(matcherOf(wording)(question)).toBeUndefined();
  });

  test("the likeliest wording of all standard answers wins, whatever their order", () => {
    const first = aStandard(["专利年费忘了交还能补救吗"]);
    const second = aStandard(["专利年费忘了交，过了宽限的日子还能补救吗"]);
    for (const standards of [
      [first, second],
      [second, first],
    ])
      expect(createStandardMatcher(standards, knowledge)("我专利年费忘了交还能补救不")?.standard.id).toBe(
        first.id,
      );
  });

  test("without standard answers nothing is found, and no weights are reckoned", () => {
    const weightOf = () => {
      throw new Error("reckoned");
    };
    expect(createStandardMatcher([], { mend: knowledge.mend, weightOf })("专利保护几年")).toBeUndefined();
  });

  test("courtesies, blanks and punctuation are not part of a question", () => {
    expect(wordingKey("你好, 请问 年费怎么缴?")).toBe("年费怎么交");
  });
});

describe("a standard answer as staff write it", () => {
  const findReferences = createFindReferences(knowledge.laws(today).map(({ instrument }) => instrument));
  const draft = {
    questions: ["外观设计专利的保护期是多久"],
    text: "外观设计专利保护15年，从申请日起算（专利法第四十二条）。",
    citations: [{ law: "专利法", article: "第四十二条" }],
    expiresOn: "2027-11-20",
    enabled: true,
  };
  const check = (change: Partial<typeof draft>) =>
    checkStandardAnswer({ ...draft, ...change }, { cite: knowledge.cite, findReferences, today });

  test("is taken with the edition in force, under the law's official title", () => {
    expect(check({ citations: [{ law: "中华人民共和国专利法", article: "第四十二条" }] })).toEqual({
      faults: [],
      citations: [{ law: "专利法", article: "第四十二条", edition: "2020-10-17" }],
    });
  });

  test.each([
    [
      "an article that is not cited",
      { text: "看专利法第四十二条和第四十三条。" },
      "/text",
      "《专利法》第四十三条",
    ],
    ["an article in digits that is not cited", { text: "保护15年，看专利法第71条。" }, "/text", "第七十一条"],
    [
      "the same number of another law",
      { text: "看商标法第四十二条的规定。" },
      "/text",
      "《商标法》第四十二条",
    ],
    ["an article of an old edition", { text: "旧专利法第四十二条是这样写的。" }, "/text", "第四十二条"],
    [
      "a law that is not known",
      { citations: [{ law: "火星法", article: "第一条" }] },
      "/citations/0",
      "《火星法》第一条",
    ],
    [
      "an article that does not exist",
      { citations: [{ law: "专利法", article: "第九十九条" }] },
      "/citations/0",
      "第九十九条",
    ],
    [
      "a repealed rule",
      { citations: [{ law: "市场监督管理投诉举报处理暂行办法", article: "第十五条" }] },
      "/citations/0",
      "第十五条",
    ],
    ["a wording twice", { questions: ["专利保护几年", "请问，专利保护几年？"] }, "/questions/1", "重复"],
    ["a wording of courtesies alone", { questions: ["请问一下，麻烦，谢谢"] }, "/questions/0", "没有内容"],
    ["a day that is over", { expiresOn: "2026-11-25" }, "/expiresOn", "已经过了"],
  ])("is not taken with %s", (_, change, pointer, words) => {
    const { faults } = check(change);
    expect(faults.map((fault) => fault.pointer)).toEqual([pointer]);
    expect(faults[0]?.detail).toContain(words);
  });

  test("may name a range or two articles of one law, where all are cited", () => {
    const citations = ["第四十二条", "第四十三条"].map((article) => ({ law: "专利法", article }));
    expect(check({ text: "看专利法第四十二条、第四十三条。", citations }).faults).toEqual([]);
  });

  test.each([
    ["a heading", "# 标题\n保护十五年，从申请日起算。"],
    ["bold", "保护**十五年**，从申请日起算。"],
    ["a list", "分两种情况：\n- 十五年\n- 二十年"],
    ["a link", "看[这里](https://example.org)的说明吧。"],
    ["HTML", "保护<b>十五年</b>，从申请日起算。"],
    ["601 characters", "长".repeat(601)],
    ["next to nothing", "十五年"],
  ])("is plain text of 8 to 600 characters: not %s", (_, text) => {
    expect(StandardAnswerDraft.safeParse({ ...draft, text }).success).toBe(false);
  });

  test("may have 600 characters and lines", () => {
    expect(
      StandardAnswerDraft.safeParse({ ...draft, text: `${"长".repeat(299)}\n${"短".repeat(300)}` }).success,
    ).toBe(true);
  });
});

describe("an approved standard answer", () => {
  const standard = aStandard(["外观设计专利的保护期是多久"]);
  const { cite } = knowledge;

  test.each([
    ["on its last day", {}, "2027-11-20", "2027-11-20", []],
    ["the day after", {}, "2027-11-21", "2027-11-21", ["expired"]],
    ["as of a day of an older edition with the same number", {}, today, "2015-01-01", ["not_in_force"]],
    [
      "once a new edition is in force",
      { citations: [{ law: "专利法", article: "第四十二条", edition: "2008-12-27" }] },
      today,
      today,
      ["not_in_force"],
    ],
  ] as const)("%s", (_, more, day, asOf, problems) => {
    expect(problemsOf({ ...standard, ...more }, { cite, today: day, asOf })).toEqual(problems);
  });

  test("answers with its words, the usual basis line and notice, and its citations as of the day", () => {
    const answer = answerWith(
      { standard, likeness: 0.8 },
      { asOf: today, question: "外观保护期多久", cite, editionOf: () => ({ act: "修正" }) },
    );
    expect(answer).toMatchObject({
      outcome: "answered",
      confidence: 0.8,
      citations: [{ law: "专利法", article: "第四十二条", status: "current", edition: "2020-10-17" }],
      topic: { law: "专利法", article: "第四十二条", question: "外观保护期多久" },
    });
    expect(answer.text).toBe(
      "外观设计专利保护15年，从申请日起算。\n依据：《专利法》第四十二条（2020年修正，2021-06-01起施行）。仅供参考，以主管部门认定为准。",
    );
  });
});
