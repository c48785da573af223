import { describe, expect, test } from "vitest";
import index from "../../knowledge/index.json" with { type: "json" };
import { isFull } from "../../test/support/scale.ts";
import { createFindReferences } from "./article-reference.ts";
import { createKnowledge } from "./knowledge.ts";
import { asBlob } from "./knowledge-blob.ts";

const asOf = "2026-11-23";
const blob = asBlob(index);
const knowledge = createKnowledge(index);
const ask = (question: string, context?: { law: string; article: string; question: string }) =>
  knowledge.answer({ question, asOf, ...(context === undefined ? {} : { context }) });
const cited = (answer: { citations: { law: string; article: string }[] }) =>
  answer.citations.map(({ law, article }) => `${law}${article}`);

describe("the blob", () => {
  test("of another layout is refused", () => {
    expect(() => createKnowledge({ ...blob, format: 99 })).toThrow(/format 99/);
  });

  test("loads in milliseconds", () => {
    createKnowledge(index);
    const startedAt = performance.now();
    createKnowledge(index);
    // The target is 50 ms; the rest is room for a busy machine.
    expect(performance.now() - startedAt).toBeLessThan(250);
  });
});

describe("citations", () => {
  test.each([
    ["专利法", "第四十二条", "2020-10-17", "2021-06-01"],
    ["中华人民共和国专利法实施细则", "第一百零一条", "2023-12-11", "2024-01-20"],
    ["令81", "第二十条", "2024-12-30", "2025-02-01"],
    ["河北省专利条例", "第二十一条", "2025-09-29", "2025-09-29"],
    ["民法典", "第一千二百六十条", "2020-05-28", "2021-01-01"],
    ["市场监督管理投诉举报处理办法", "第十六条", "2026-04-15", "2026-04-15"],
  ])("%s%s resolves to its edition in force", (law, article, edition, effectiveFrom) => {
    expect(knowledge.cite({ law, article }, asOf)).toMatchObject({
      article,
      edition,
      effectiveFrom,
      status: "current",
    });
  });

  test.each([
    ["专利法", "第八十三条"],
    ["专利法", "第四二条"],
    ["民法典", "第一千四百三十八条"],
    ["市场监督管理投诉举报处理办法", "第八条"],
    ["市场监督管理投诉举报处理暂行办法", "第十五条"],
    ["专利大法", "第一条"],
  ])("%s%s does not", (law, article) => {
    expect(knowledge.cite({ law, article }, asOf)).toBeUndefined();
  });

  test("follow the day: the 2019 商标法 until 2026-12-31, then a text that is not known", () => {
    expect(knowledge.cite({ law: "商标法", article: "第五十七条" }, "2026-12-31")).toMatchObject({
      edition: "2019-04-23",
    });
    expect(knowledge.cite({ law: "商标法", article: "第五十七条" }, "2027-01-01")).toBeUndefined();
  });
});

describe("looking up an article", () => {
  test("tells found, unknown, superseded, repealed and not yet in force apart", () => {
    const look = (law: string, article: string, more = {}) =>
      knowledge.article({ law, article, asOf, ...more });
    expect(look("专利法", "第四十二条")).toMatchObject({
      kind: "found",
      digest: { title: expect.any(String) },
    });
    expect(look("商标法", "第五条")).toMatchObject({ kind: "found", digest: undefined });
    expect(look("火星专利法", "第一条")).toEqual({ kind: "unknownLaw" });
    expect(look("专利法", "第九十九条")).toMatchObject({ kind: "unknownArticle", count: 82 });
    expect(look("细则", "第八十四条", { edition: "2010-01-09" })).toMatchObject({
      kind: "superseded",
      successor: { article: "第一百零一条", edition: "2023-12-11" },
    });
    expect(look("令20", "第十五条")).toMatchObject({
      kind: "repealed",
      successor: "市场监督管理投诉举报处理办法",
    });
    expect(knowledge.article({ law: "令81", article: "第二十条", asOf: "2025-01-31" }).kind).toBe(
      "notYetInForce",
    );
  });

  test("an instrument's status follows from the day", () => {
    const status = (title: string, day: string) =>
      knowledge.laws(day).find(({ instrument }) => instrument.title === title)?.status;
    expect(status("市场监督管理投诉举报处理暂行办法", "2026-04-14")).toBe("current");
    expect(status("市场监督管理投诉举报处理暂行办法", "2026-04-15")).toBe("repealed");
    expect(status("专利优先审查管理办法", "2026-08-31")).toBe("notYetInForce");
  });
});

describe("references in a text", () => {
  const find = createFindReferences(blob.instruments);
  test.each([
    ["专利法第68条", "专利法", "第六十八条"],
    ["《专利法》第六十八条", "专利法", "第六十八条"],
    ["专利法68条罚多少", "专利法", "第六十八条"],
    ["细则101条", "专利法实施细则", "第一百零一条"],
    ["实施细则里第九十三条", "专利法实施细则", "第九十三条"],
    ["令81第七条", "专利纠纷行政裁决和调解办法", "第七条"],
    ["中华人民共和国专利法第二条", "专利法", "第二条"],
    ["河北省专利条例第二十一条", "河北省专利条例", "第二十一条"],
  ])("%s", (text, law, article) => {
    expect(find(text)).toMatchObject([{ instrument: { title: law }, article }]);
  });

  test("a number is taken whole, and a bare one needs a law's name", () => {
    expect(find("第二十条").map((one) => one.article)).toEqual(["第二十条"]);
    expect(find("我有3条意见，12条裤子")).toEqual([]);
  });

  test("an old edition is known by 老, 旧 or its year", () => {
    expect(find("老细则84条")).toMatchObject([{ old: true }]);
    expect(find("2010年的细则第77条")).toMatchObject([{ edition: "2010-01-09" }]);
  });
});

describe("search", () => {
  test("finds the article for the way people talk", () => {
    const first = (query: string) => knowledge.search({ query, asOf })[0];
    expect(first("俺那个实用新型管几年")).toMatchObject({
      law: "专利法",
      status: "current",
      text: expect.stringContaining("10年"),
    });
    expect(first("年費忘交了怎麼辦")).toMatchObject({ law: "专利法实施细则", article: "第一百一十五条" });
    expect(first("假昌砖利罚多少")).toMatchObject({ article: "第六十八条" });
    expect(first("细则101条")).toMatchObject({ law: "专利法实施细则", article: "第一百零一条" });
  });

  test("scores fall from the first hit on and stay within 0–1", () => {
    const scores = knowledge.search({ query: "专利侵权赔多少钱", asOf }).map((hit) => hit.score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    for (const score of scores) expect(score >= 0 && score <= 1).toBe(true);
  });

  test("finds nothing for a day before the digested editions", () => {
    expect(knowledge.search({ query: "外观专利保护几年", asOf: "1990-01-01" })).toEqual([]);
  });
});

describe("an answer", () => {
  test("says the figure first and ends with its source", () => {
    const answer = ask("外观专利能保护多少年");
    expect(answer.outcome).toBe("answered");
    expect(answer.text).toContain("15年");
    expect(answer.text).toMatch(/依据：《专利法》第四十二条.*（2020年修正，2021-06-01起施行）/u);
    expect(answer.text).toContain("仅供参考，以主管部门认定为准。");
  });

  test("mends an old figure without repeating it", () => {
    const answer = ask("假冒专利是不是罚四倍，没违法所得罚二十万");
    expect(answer.corrections).toHaveLength(1);
    expect(answer.text).toContain("25万元");
    expect(answer.text).not.toMatch(/四倍|4倍|(?<!\d)20万/u);
  });

  test("follows the talk", () => {
    const invention = ask("发明专利能保护多少年");
    const design = ask("那外观的呢", invention.topic);
    expect(design.text).toContain("15年");
    expect(cited(design)[0]).toBe("专利法第四十二条");

    const fake = ask("卖假冒专利的产品罚多少");
    expect(cited(ask("那卖货的要是不知道是假的呢", fake.topic))).toEqual(
      expect.arrayContaining([expect.stringMatching(/^(专利法实施细则第一百零一条|专利法第七十七条)$/u)]),
    );

    const fee = ask("专利年费忘交了咋办");
    expect(cited(ask("手头紧，能少交点不", fee.topic))).toContain("专利法实施细则第一百一十七条");
    expect(cited(ask("那第四十四条呢", invention.topic))[0]).toBe("专利法第四十四条");
  });

  test.each([
    ["专利法第九十九条写的啥", /《专利法》共82条，没有99条/u],
    ["细则200条是啥内容", /共149条/u],
    ["民法典第一千四百三十八条写的啥", /共1260条/u],
  ])("%s: says how many articles there are and cites none", (question, text) => {
    const answer = ask(question);
    expect(answer).toMatchObject({ outcome: "declined", citations: [] });
    expect(answer.text).toMatch(text);
  });

  test("leads an old number to the new one", () => {
    const answer = ask("2010年的细则第八十四条说的啥");
    expect(cited(answer)[0]).toBe("专利法实施细则第一百零一条");
    expect(answer.corrections[0]).toContain("84条，现在对应第一百零一条");
  });

  test.each([
    ["老板拖了俺仨月工资咋办", "12333"],
    ["楼上邻居天天半夜吵", "12345"],
    ["有人拿刀要砍我", "110"],
    ["今天沧州下雨不", "天气"],
    ["给我推荐个能涨的股票", "投资"],
    ["我想离婚", "12348"],
    ["你给写首诗", "回答不了"],
    ["帮我做个假专利证书", "不能帮"],
    ["你保证我官司一定赢不", "保证不了"],
    ["局长手机号多少", "个人信息"],
  ])("%s: declined in a sentence, nothing cited", (question, text) => {
    const answer = ask(question);
    expect(answer).toMatchObject({ outcome: "declined", citations: [] });
    expect(answer.text).toContain(text);
  });

  test.each([
    ["什么是专利", "专利法第二条"],
    ["啥叫发明呀？", "专利法第二条"],
    ["地理标志是什么意思", "商标法第十六条"],
    ["什么是证明商标", "商标法第三条"],
  ])("tells what a word means where that stands as it is asked: %s", (question, article) => {
    const answer = ask(question);
    expect(answer).toMatchObject({ outcome: "answered", confidence: 0.95 });
    expect(cited(answer)[0]).toBe(article);
  });

  test("does not take another question about a word for what it means", () => {
    expect(cited(ask("混淆行为罚几倍"))[0]).toBe("反不正当竞争法第二十三条");
    expect(cited(ask("商业诋毁罚多少"))[0]).toBe("反不正当竞争法第二十八条");
  });

  test("does not guess about fields whose texts are not collected", () => {
    for (const question of ["地理标志专用标志怎么申请", "商标典当怎么弄", "商标法第五条写的啥"]) {
      expect(ask(question)).toMatchObject({ outcome: "handoff", citations: [] });
    }
  });

  test.each([
    ["注册商标有效期多久", "商标法第三十九条", "10年"],
    ["商标侵权罚多少", "商标法第六十条", "25万元"],
    ["别人抢注了我的商标咋办", "商标法第三十二条", "异议"],
    ["书的著作权保护到什么时候", "著作权法第二十三条", "50年"],
    ["抄我文章算侵犯著作权不", "著作权法第五十二条", "赔偿"],
    ["植物新品种权保护几年", "植物新品种保护条例第三十五条", "25年"],
    ["仿冒有名商品的包装装潢哪条不让", "反不正当竞争法第七条", "混淆"],
    ["布图设计保护几年", "集成电路布图设计保护条例第十二条", "10年"],
    ["请求处理专利侵权纠纷要交啥材料", "专利纠纷行政裁决和调解办法第十四条", "请求书"],
    ["他那个专利没新意，能申请无效不", "专利法第四十五条", "宣告"],
  ])("answers of each right from the law of that right: %s", (question, article, text) => {
    const answer = ask(question);
    expect(answer.outcome).toBe("answered");
    expect(cited(answer)).toContain(article);
    expect(answer.text).toContain(text);
  });

  test.each([
    ["注册商标有效期多久", "商标法"],
    ["植物新品种权保护几年", "植物新品种保护条例"],
    ["专利保护几年", "专利法"],
  ])("stays with the right of the talk: %s, 到期了能续吗", (first, law) => {
    const { topic } = ask(first);
    const next = ask("到期了能续吗", topic);
    expect(next.topic?.law).toBe(law);
  });

  test("stays with a right of which the question before found nothing", () => {
    const unanswered = ask("商标典当怎么弄");
    expect(unanswered.topic).toMatchObject({ law: "商标法" });
    expect(cited(ask("到期了能续吗", unanswered.topic))).toContain("商标法第四十条");
  });

  test("does not answer of a right from the law of another, in search or answer", () => {
    for (const question of ["商标年费啥时候交", "商标实用新颖性", "著作权无效宣告"]) {
      const laws = knowledge.search({ query: question, asOf }).map(({ law }) => law);
      expect(laws).not.toContain("专利法");
      expect(laws).not.toContain("专利法实施细则");
      expect(cited(ask(question)).filter((article) => article.startsWith("专利"))).toEqual([]);
    }
  });

  test("does not answer from a text that a new one replaces", () => {
    for (const question of ["注册商标有效期多久", "商标侵权罚多少"]) {
      const answer = knowledge.answer({ question, asOf: "2027-01-01" });
      expect(answer).toMatchObject({ outcome: "handoff", citations: [] });
      expect(answer.text).toContain("2027-01-01");
    }
  });

  test.each([
    ["信访事项多少天办完", true],
    ["奥林匹克标志能管几年", true],
    ["外观专利保护几年", undefined],
  ])("tells that it rests on a law of another field: %s", (question, beside) => {
    expect(ask(question)).toMatchObject({ outcome: "answered" });
    expect(ask(question).beside).toBe(beside);
  });

  test("the laws that scope.yaml names are all known", () => {
    const known = new Set(index.instruments.map(({ title }) => title));
    const named = [
      ...index.scope.subjects.map(({ law }) => law),
      ...index.scope.rights.flatMap(({ law, also }) => [law, ...also]),
    ];
    expect(named.filter((law) => !known.has(law))).toEqual([]);
  });

  test("does not take today's text for another time", () => {
    const answer = knowledge.answer({ question: "外观专利保护几年", asOf: "2010-05-01" });
    expect(answer).toMatchObject({ outcome: "handoff", citations: [] });
    expect(answer.text).toContain("2010-05-01");
  });

  test.each([
    ["反不正当竞争法啥时候施行的", ["2025-10-15"], ["反不正当竞争法第四十一条"]],
    ["商标法哪天施行", ["2019-11-01", "2027-01-01起才施行"], []],
    ["81号令什么时候实施的", ["2025-02-01"], ["专利纠纷行政裁决和调解办法第八十五条"]],
  ])("tells since when a law applies: %s", (question, dates, articles) => {
    const answer = ask(question);
    expect(answer.outcome).toBe("answered");
    for (const date of dates) expect(answer.text).toContain(date);
    expect(cited(answer)).toEqual(articles);
  });

  test.each([
    "反山寨法啥时候实施的",
    "沧州市专利奖励条例第五条咋写的",
    "中华人民共和国专利保护法第十条说的是啥",
  ])("says that a law is not known, and cites none: %s", (question) => {
    expect(ask(question)).toMatchObject({ outcome: "declined", citations: [] });
  });

  test.each(["按照规定第五条啥意思", "这个办法第三条咋说"])(
    "does not take a word for any law for a name: %s",
    (question) => {
      expect(ask(question).text).not.toContain("没有收录这部法规");
    },
  );

  test("tells beside the first article another that may answer as well", () => {
    const answer = ask("专利局的人会不会把我刚递的申请泄露出去");
    expect(cited(answer)).toContain("专利法第二十一条");
  });

  test("asks back where there is too little to go by", () => {
    expect(ask("专利")).toMatchObject({ outcome: "clarify", citations: [] });
    expect(ask("第六十八条说的啥")).toMatchObject({ outcome: "clarify", citations: [] });
  });

  const find = createFindReferences(blob.instruments);
  const questions = blob.digests
    .flatMap((digest) =>
      digest.asked.flatMap((group) => group.questions.map((question) => ({ digest, question }))),
    )
    .filter((_, at) => isFull || at % 16 === 0);
  const timeout = isFull ? 600_000 : 60_000;
  const answers = new Map<string, ReturnType<typeof ask>>();
  /** What is answered, asked once for both tests. */
  function answerTo(question: string) {
    const answer = answers.get(question) ?? ask(question);
    answers.set(question, answer);
    return answer;
  }

  test(
    "to any question of any digest cites every article it names, all in force, in at most 600 plain characters",
    () => {
      for (const { question } of questions) {
        const answer = answerTo(question);
        const known = new Set(cited(answer));
        expect(answer.text.length, question).toBeLessThanOrEqual(600);
        expect(answer.text, question).not.toMatch(/[*#`_]{2}|\[.*\]\(/u);
        for (const citation of answer.citations) {
          expect(citation.status, question).toBe("current");
          expect(knowledge.cite(citation, asOf), question).toMatchObject({ edition: citation.edition });
        }
        let law = answer.citations[0]?.law;
        for (const reference of find(answer.text)) {
          if (reference.edition !== undefined || reference.old) continue;
          law = reference.instrument?.title ?? law;
          const named = `${law}${reference.article}`;
          const ofOne = [...known].some((one) => one.endsWith(reference.article));
          expect(reference.instrument === undefined ? ofOne : known.has(named), `${question}: ${named}`).toBe(
            true,
          );
        }
      }
    },
    timeout,
  );

  test("to a question of a digest cites that article, or one that it names, nearly always", () => {
    const right = questions.filter(({ digest, question }) => {
      const articles = cited(answerTo(question));
      return (
        articles.includes(`${digest.law}${digest.article}`) ||
        digest.related.some((one) => articles.includes(one))
      );
    });
    expect(right.length / questions.length).toBeGreaterThan(0.97);
  });
});
