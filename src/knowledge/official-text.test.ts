import { describe, expect, test } from "vitest";
import index from "../../knowledge/index.json" with { type: "json" };
import { articleName, toNumeral } from "../text/numerals.ts";
import type { Answer } from "./answer.ts";
import { createKnowledge } from "./knowledge.ts";
import { cutAtSentence, quoteFrom } from "./official-text.ts";
import { indexStatutes, openStatuteSearch, type StatuteArticle } from "./statute-search.ts";
import type { StatuteTexts } from "./statute-service.ts";

const asOf = "2026-11-23";
const plain = createKnowledge(index);
const pause = async () => undefined;

/** Knowledge with made-up wordings: [law, edition, article, 款 …]. */
async function withTexts(...rows: [string, string, string, ...string[]][]) {
  const articles = rows.map(
    ([law, edition, article, ...paragraphs]): StatuteArticle => ({
      law,
      edition,
      article,
      heading: "",
      paragraphs,
    }),
  );
  const search = openStatuteSearch(articles, await indexStatutes(articles, pause));
  const texts: StatuteTexts = {
    version: () => "made-up",
    official: (law, edition, article) =>
      articles.find((one) => one.law === law && one.edition === edition && one.article === article),
    search: () => search,
  };
  const knowledge = createKnowledge(index, { texts });
  return {
    ...knowledge,
    ask: (question: string, day = asOf): Answer => knowledge.answer({ question, asOf: day }),
  };
}

const term: [string, string, string, ...string[]] = [
  "专利法",
  "2020-10-17",
  "第四十二条",
  "样品甲的封存期为二十天。外观设计专利权的样品期限为十五天，均自申请日起计算。",
  "与登记簿有关的期限另行公布。",
];

describe("a quotation", () => {
  const three = ["仓库应当清点样品。清点在三日内完成。", "样品丢失的，照价赔偿。", "本办法由仓库解释。"];

  test("is the stretch that shares most with what was asked", () => {
    expect(quoteFrom(three, { question: "样品丢了赔偿多少", room: 100 })?.text).toBe(
      "样品丢失的，照价赔偿。",
    );
    expect(quoteFrom(three, { question: "清点几日完成", room: 100 })?.text).toContain("清点在三日内完成。");
  });

  test("begins and ends with whole sentences, or is none", () => {
    expect(quoteFrom(three, { question: "清点样品", room: 12 })?.text).toBe("仓库应当清点样品。");
    expect(quoteFrom(three, { question: "清点样品", room: 5 })).toBeUndefined();
    expect(quoteFrom(["下列物品：\n（一）箱子；\n（二）绳子。"], { question: "绳子", room: 99 })?.text).toBe(
      "下列物品：（一）箱子；（二）绳子。",
    );
    expect(quoteFrom(["没有句号的标题"], { room: 99 })).toBeUndefined();
    expect(quoteFrom(["甲说“可以。”乙不说。"], { question: "甲说可以", room: 7 })?.text).toBe("甲说“可以。”");
  });

  test("that shares too little, or is not fit, is none", () => {
    expect(quoteFrom(three, { question: "天气", room: 100, minShared: 2 })).toBeUndefined();
    expect(quoteFrom(three, { question: "样品", room: 100, fits: () => false })).toBeUndefined();
  });

  test("a long text is cut at sentences, else at 项", () => {
    expect(cutAtSentence("甲。乙。丙。", 4)).toBe("甲。乙。");
    expect(cutAtSentence("有下列：\n（一）甲；\n（二）乙；\n（三）丙。", 15)).toBe(
      "有下列：（一）甲；（二）乙；",
    );
    expect(cutAtSentence("没有地方可断", 3)).toBe("");
  });
});

describe("beside a digest", () => {
  test("the wording of the main article is quoted, verbatim and marked", async () => {
    const { ask } = await withTexts(term);
    const without = plain.answer({ question: "外观专利能保护多少年", asOf });
    const answer = ask("外观专利能保护多少年");

    expect(answer.text).toContain(
      "\n原文：“样品甲的封存期为二十天。外观设计专利权的样品期限为十五天，均自申请日起计算。”\n依据：",
    );
    expect(answer.text.replace(/原文：“.*”\n/u, "")).toBe(without.text);
    expect(answer.citations).toEqual(without.citations);
    expect(answer.text).toBe(`${answer.parts?.lead}${answer.parts?.body}\n${answer.parts?.footer}`);
    expect(answer.grounds[0]?.text).toContain("样品甲的封存期为二十天");
  });

  test("the 款 that was asked for is the one that is quoted", async () => {
    const { ask } = await withTexts(term);
    expect(ask("专利法第四十二条第二款写的啥").text).toContain("原文：“与登记簿有关的期限另行公布。”");
  });

  test("nothing is quoted that does not fit, bears on nothing, or names what cannot be cited", async () => {
    const unfit = async (words: string) =>
      (await withTexts(["专利法", "2020-10-17", "第四十二条", words])).ask("外观专利能保护多少年").text;
    const without = plain.answer({ question: "外观专利能保护多少年", asOf }).text;

    expect(await unfit("仓库的钥匙由看守人保管。")).toBe(without);
    expect(await unfit(`外观设计专利权的期限为十五年，${"自申请日起计算，".repeat(80)}完。`)).toBe(without);
    expect(await unfit("外观设计专利权的期限为十五年，依照火星法第九条自申请日起计算。")).toBe(without);
    expect(await unfit("外观设计专利权的期限为十五年，依照本法第四百条自申请日起计算。")).toBe(without);
  });

  test("articles that the quotation names are cited", async () => {
    const { ask } = await withTexts([
      "专利法",
      "2020-10-17",
      "第四十二条",
      "外观设计专利权的期限为十五年，依照本法第四十三条自申请日起计算。",
    ]);
    const answer = ask("外观专利能保护多少年");
    expect(answer.text).toContain("原文：“");
    expect(answer.citations.map(({ article }) => article)).toContain("第四十三条");
  });

  test("an edition that is not in force is never quoted as the one that is", async () => {
    const { ask } = await withTexts([
      "专利法",
      "2008-12-27",
      "第四十二条",
      "外观设计专利权的期限为十年，自申请日起计算。",
    ]);
    expect(ask("外观专利能保护多少年").text).toBe(
      plain.answer({ question: "外观专利能保护多少年", asOf }).text,
    );
  });

  test("answers stay within 600 characters, and refusals as they are", async () => {
    const { ask } = await withTexts(term);
    for (const question of ["专利法第四十二条写的啥", "专利保护几年，年费忘交了咋办，外观呢，要是到期了呢"])
      expect(ask(question).text.length).toBeLessThanOrEqual(600);
    for (const question of ["帮我做个假专利证书", "明天下雨吗", "欠我工资不给"])
      expect(ask(question)).toEqual(plain.answer({ question, asOf }));
  });
});

/** Articles on other things: how rare a word is shows only among many. */
const others = Array.from({ length: 45 }, (_, at): [string, string, string, string] => [
  "集成电路布图设计行政执法办法",
  "2001-11-28",
  articleName(at + 10),
  `第${toNumeral(at + 1)}号仓库的木箱每${toNumeral(at + 2)}天清点，钥匙交给值班的人，账册放在柜里。`,
]);

describe("an article without a digest", () => {
  const rules = "集成电路布图设计行政执法办法";
  const rule: [string, string, string, ...string[]] = [
    rules,
    "2001-11-28",
    "第三条",
    "布图设计登记机构的示例看板每季度更换一次。",
    "看板的颜色由机构选定。",
  ];

  test("is answered in its own words when asked by number", async () => {
    const { ask } = await withTexts(rule);
    expect(plain.answer({ question: `${rules}第三条写的啥`, asOf }).outcome).toBe("handoff");

    const answer = ask(`${rules}第三条写的啥`);
    expect(answer).toMatchObject({
      outcome: "answered",
      citations: [{ law: rules, article: "第三条", edition: "2001-11-28", status: "current" }],
    });
    expect(answer.text).toBe(
      `《${rules}》第三条原文：“布图设计登记机构的示例看板每季度更换一次。看板的颜色由机构选定。”\n依据：《${rules}》第三条（2001年公布，2001-11-28起施行）。仅供参考，以主管部门认定为准。`,
    );
    expect(ask(`${rules}第三条第二款`)).toMatchObject({
      text: expect.stringContaining("第三条原文：“看板的颜色由机构选定。”"),
      citations: [{ paragraph: 2 }],
    });
    expect(ask(`${rules}第三条第五款`).text).toContain("一共只有2款");
    expect(ask(`${rules}第五条写的啥`).outcome).toBe("handoff");
    expect(ask(`${rules}第九百条写的啥`).outcome).toBe("declined");
  });

  test("may be one that was put in later, which no count of the catalogue tells", async () => {
    const { ask, cite } = await withTexts([
      rules,
      "2001-11-28",
      "第三条之一",
      "布图设计登记机构的看板可以收起。",
    ]);
    expect(cite({ law: rules, article: "第三条之一" }, asOf)).toMatchObject({ article: "第三条之一" });
    expect(cite({ law: rules, article: "第三条之二" }, asOf)).toBeUndefined();
    expect(ask(`${rules}第三条之一写的啥`).text).toContain(
      "第三条之一原文：“布图设计登记机构的看板可以收起。”",
    );
  });

  test("is told in part, with the place of the rest, where it is too long", async () => {
    const { ask } = await withTexts([
      rules,
      "2001-11-28",
      "第三条",
      "布图设计登记机构应当登记看板。".repeat(80),
    ]);
    const { text } = ask(`${rules}第三条写的啥`);
    expect(text.length).toBeLessThanOrEqual(600);
    expect(text).toMatch(/登记看板。”条文较长，以上是节选，全文请到 https:\/\/.* 按名称查。\n依据：/u);
  });

  test("is found for a question, after digests that answer it, and answers where none does", async () => {
    const { ask, search } = await withTexts(rule, ...others);
    const question = "布图设计登记机构的示例看板多久更换一次";

    const hits = search({ query: question, asOf });
    expect(hits).toContainEqual(
      expect.objectContaining({
        law: rules,
        article: "第三条",
        kind: "statute",
        status: "current",
        text: "布图设计登记机构的示例看板每季度更换一次。\n看板的颜色由机构选定。",
      }),
    );
    const scores = hits.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(search({ query: `${rules}第三条`, asOf })[0]).toMatchObject({
      law: rules,
      article: "第三条",
      score: 0.99,
    });
    expect(search({ query: question, asOf: "2001-11-27" })).not.toContainEqual(
      expect.objectContaining({ law: rules }),
    );
    expect(ask(`${rules}里，示例看板多久更换一次`)).toMatchObject({
      outcome: "answered",
      text: expect.stringContaining("第三条原文：“布图设计登记机构的示例看板每季度更换一次。"),
    });
  });

  test("says nothing about what is not of the field", async () => {
    const { ask } = await withTexts([rules, "2001-11-28", "第三条", "食堂的红烧肉每周供应两次。"]);
    const question = "食堂的红烧肉每周供应几次";
    expect(ask(question)).toEqual(plain.answer({ question, asOf }));
  });

  test("a law that could not be answered from is, once its wording is there", async () => {
    const ofGrant = "最高人民法院关于审理专利授权确权行政案件适用法律若干问题的规定（一）";
    const { ask } = await withTexts([ofGrant, "2020-09-10", "第九条", "专利的示例黄旗叠三层。"], ...others);
    const question = "专利示例黄旗怎么叠";
    expect(plain.answer({ question, asOf }).outcome).toBe("handoff");
    expect(ask(question)).toMatchObject({
      outcome: "answered",
      citations: [{ law: ofGrant }],
    });
  });
});

describe("an edition that is not in force", () => {
  const old: [string, string, string, ...string[]] = [
    "专利法实施细则",
    "2010-01-09",
    "第八十四条",
    "旧样品不得上架。",
  ];

  test("is told with its standing beside what holds now", async () => {
    const { ask } = await withTexts(old);
    const answer = ask("2010年的细则第84条写的啥");
    expect(answer.text).toContain(
      "您问的那一条当时的原文（2010年版，已被新版取代，不能再作依据）：“旧样品不得上架。”",
    );
    expect(answer.citations.every(({ status }) => status === "current")).toBe(true);
    expect(answer.text).not.toContain("\n原文：“旧样品");
  });

  test("is the wording of its own day", async () => {
    const { ask } = await withTexts(old);
    expect(ask("专利法实施细则第84条写的啥", "2015-01-01")).toMatchObject({
      outcome: "answered",
      text: expect.stringContaining("第八十四条原文：“旧样品不得上架。”"),
      citations: [{ edition: "2010-01-09", status: "current" }],
    });
  });

  test("that is yet to come is told with its day", async () => {
    const { ask } = await withTexts([
      "专利纠纷行政裁决和调解办法",
      "2024-12-30",
      "第二十条",
      "新样品应当编号。",
    ]);
    expect(ask("令81第二十条写的啥", "2025-01-31")).toMatchObject({
      outcome: "declined",
      text: expect.stringContaining("（2024年版，2025-02-01起施行，现在还不能作依据）：“新样品应当编号。”"),
    });
  });

  test("repealed wording is told as such, and the answer stays a refusal", async () => {
    const { ask } = await withTexts([
      "市场监督管理投诉举报处理暂行办法",
      "2022-03-24",
      "第十五条",
      "旧投诉单应当存档。",
    ]);
    expect(ask("令20第十五条写的啥")).toMatchObject({
      outcome: "declined",
      citations: [],
      text: expect.stringContaining("已废止，不能再作依据）：“旧投诉单应当存档。”"),
    });
  });
});
