import chineseDays from "chinese-days";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import index from "../../knowledge/index.json" with { type: "json" };
import { shippedClockRules } from "../calendar/clock-rule.ts";
import { createCalendar, shippedHolidays } from "../calendar/working-days.ts";
import type { Citation, LegalBasis } from "../core/citation.ts";
import { fold } from "../text/fold.ts";
import { createDateAnswerer, type DateAnswer } from "./date-answer.ts";
import { createKnowledge } from "./knowledge.ts";
import type { Passage } from "./passage.ts";

const deadlines = { calendar: createCalendar(shippedHolidays), rules: shippedClockRules };
const knowledge = createKnowledge(index, { deadlines });
const { cite, findReferences } = knowledge;
const answerDate = createDateAnswerer({ ...deadlines, cite, findReferences });

/** `细则60` is 专利法实施细则第六十条. */
function basis(name: string): LegalBasis {
  const [found] = findReferences(`${name}条`);
  if (found?.instrument === undefined) throw new Error(`no article ${name}`);
  return { law: found.instrument.title, article: found.article };
}

type Setting = {
  asOf?: string;
  cited?: string[];
  figures?: Passage["figures"];
  answered?: string;
  earlier?: string;
};

function ask(question: string, article: string, setting: Setting = {}): DateAnswer | undefined {
  const { asOf = "2026-11-23", cited = [], figures = [], answered = "", earlier } = setting;
  const main = { ...basis(article), kind: "statute", figures } as unknown as Passage;
  const citations = [article, ...cited].flatMap((name) => cite(basis(name), asOf) ?? []);
  const said = fold(question);
  return answerDate({ said, folded: said, earlier, asOf, main, answered, citations });
}

const due = (question: string, article: string, setting?: Setting) =>
  ask(question, article, setting)?.deadline?.dueOn;

describe("the last day", () => {
  test.each<[string, string, string]>([
    // Months, and their ends.
    ["3月5号收到的驳回通知，最晚哪天提复审", "专利法41", "2026-06-05"],
    ["2025年11月30日收到驳回决定，复审到几号", "专利法41", "2026-02-28"],
    ["2025年11月29日收到驳回决定，复审到几号", "专利法41", "2026-02-28"],
    ["2024年11月30日收到驳回决定，复审到几号", "专利法41", "2025-02-28"],
    ["2026年8月31日收到授权通知，登记到几号", "细则60", "2026-11-02"],
    ["2025年12月31日收到授权通知，登记到几号", "细则60", "2026-02-28"],
    ["2025年1月31日起一个月是哪天", "细则5", "2025-02-28"],
    ["2024年1月31日起一个月是哪天", "细则5", "2024-02-29"],
    ["2026年1月31日起15天是哪天", "细则5", "2026-02-24"],
    ["从2024年2月29日起一年是哪天", "细则5", "2025-02-28"],
    ["2026年3月2日起半年是哪天", "细则5", "2026-09-02"],
    ["2026年9月18日起10个工作日是哪天", "细则5", "2026-10-09"],
    // Over holidays, weekends and days worked instead.
    ["7月3号收到驳回决定，复审到哪天", "专利法41", "2026-10-08"],
    ["8月1日收到授权通知，登记最晚哪天", "细则60", "2026-10-08"],
    ["8月7日收到授权通知，登记最晚哪天", "细则60", "2026-10-08"],
    ["8月10日收到授权通知，登记最晚哪天", "细则60", "2026-10-10"],
    ["2025年12月16日收到授权通知，登记最晚哪天", "细则60", "2026-02-24"],
    ["2025年12月14日收到授权通知，登记最晚哪天", "细则60", "2026-02-14"],
    ["2025年11月16日收到驳回决定，复审最晚哪天", "专利法41", "2026-02-24"],
    ["2025年10月1日收到驳回决定，复审最晚哪天", "专利法41", "2026-01-04"],
    ["9月16日收到裁决书，起诉到哪天", "专利法65", "2026-10-08"],
    ["9月23日收到裁决书，起诉到哪天", "专利法65", "2026-10-08"],
    ["11月6日收到裁决书，起诉到哪天", "专利法65", "2026-11-23"],
    ["11月5日收到裁决书，起诉到哪天", "专利法65", "2026-11-20"],
    // Working days.
    ["11月20日交的侵权裁决请求书，最晚哪天立案", "专利纠纷行政裁决和调解办法20", "2026-11-27"],
    ["9月29日交的侵权裁决请求书，最晚哪天立案", "专利纠纷行政裁决和调解办法20", "2026-10-12"],
    ["2月12日收到听证告知，要听证哪天截止", "行政处罚法64", "2026-02-26"],
    ["海关昨天通知的，11月22日收到通知，扣货几号截止", "知识产权海关保护条例16", "2026-11-25"],
    // How days are said.
    ["昨天收到裁决书 能告到啥时候", "专利法65", "2026-12-07"],
    ["昨儿个收到裁决书 啥时候前得告", "专利法65", "2026-12-07"],
    ["上周三收到裁决书，起诉到哪天", "专利法65", "2026-12-03"],
    ["授权通知是10月8日收到的，登记到几号截止", "细则60", "2026-12-08"],
    ["上个月20号收的授权通知 登记现在还来得及不", "细则60", "2026-12-21"],
    ["三月五号收到驳回通知，最晚哪天提复审", "专利法41", "2026-06-05"],
    ["三月五號收到駁回通知，最晚哪天提復審", "专利法41", "2026-06-05"],
    ["二〇二六年三月五日收到驳回通知，最晚哪天提复审", "专利法41", "2026-06-05"],
    ["12月5号收到驳回决定，还能复审吗", "专利法41", "2026-03-05"],
    ["3月5号的驳回决定，最晚哪天复审", "专利法41", "2026-06-05"],
    ["15天前收到的裁决书，起诉来得及吗", "专利法65", "2026-11-23"],
    ["收到复审决定是10月8号，什么时候之前起诉", "专利法41", "2027-01-08"],
    // What starts it.
    ["11月20号收到受理通知书，申请费几号前交", "细则112", "2026-12-07"],
    ["11月20号提交的申请，申请费几号前交", "细则112", "2027-01-20"],
    ["年费5月8号到期没交，最晚哪天补", "细则115", "2026-11-09"],
    ["2023年10月9号知道被侵权，起诉时效到哪天", "专利法74", "2026-10-09"],
    ["9月15号授权公告，请求期限补偿到哪天", "细则77", "2026-12-15"],
    ["许可合同8月3日生效，备案最晚几号", "细则15", "2026-11-03"],
    ["我把书面催告11月2日发出了，对方到哪天不回应", "专利纠纷行政裁决和调解办法13", "2027-01-04"],
    ["对方11月2日收到我的书面催告，等到哪天", "专利纠纷行政裁决和调解办法13", "2026-12-02"],
    ["去年12月1号在美国首次申请的发明，要优先权最晚哪天", "专利法29", "2026-12-01"],
    ["6月1号在日本首次申请的外观，优先权最晚哪天", "专利法29", "2026-12-01"],
    ["发明优先审查的意见10月9号发文，答复到哪天", "专利优先审查管理办法16", "2026-11-09"],
    ["11月1日收到平台转来的声明，哪天之前要起诉", "电子商务法43", "2026-11-16"],
    ["9月30号收到处罚决定书，复议到哪天截止", "行政复议法20", "2026-11-30"],
  ])("%s (%s): %s", (question, article, expected) => {
    expect(due(question, article)).toBe(expected);
  });

  test("papers sent by post count as received after 15 days, unless their receipt is told or they came electronically", () => {
    expect(ask("9月1日寄出的驳回决定，复审最晚哪天", "专利法41")).toMatchObject({
      deadline: { startedOn: "2026-09-16", dueOn: "2026-12-16" },
      text: expect.stringMatching(/9月1日寄出的，满15日推定收到（专利法实施细则第四条）/u),
    });
    for (const question of [
      "驳回决定9月1日寄出，9月8日收到，复审最晚哪天",
      "驳回决定9月1日寄出，8号收到的，复审最晚哪天",
      "驳回决定发文日是9月1日，我9月8日收到，复审最晚哪天",
    ])
      expect(due(question, "专利法41")).toBe("2026-12-08");
    expect(due("9月1日邮寄来的驳回决定，复审最晚哪天", "专利法41")).toBe("2026-12-01");
    expect(due("9月1日电子系统发文的驳回决定，复审最晚哪天", "专利法41")).toBe("2026-12-01");
    expect(due("9月1日寄出的裁决书，起诉最晚哪天", "专利法65")).toBeUndefined();
  });

  test("another cited article gives the limit where the main one has none", () => {
    expect(
      ask("昨天收到裁决书 能告到啥时候", "专利纠纷行政裁决和调解办法31", { cited: ["专利法65"] })?.deadline,
    ).toEqual({
      startedOn: "2026-11-22",
      dueOn: "2026-12-07",
      ruleId: "infringement-ruling-suit",
      law: "专利法",
      article: "第六十五条",
      provisional: false,
    });
  });

  test("the one figure that the answer mentions gives the limit where there is no rule", () => {
    const figures = [
      { label: "办理注销的期限", value: "30日", written: "30日内" },
      { label: "审查期限", value: "7个工作日", written: "7个工作日" },
    ];
    const setting = { figures, answered: "合同解除后30日内办注销。" };
    const question = "10月20号合同解除，注销备案从10月20日起最晚哪天";
    expect(ask(question, "专利实施许可合同备案办法17", setting)?.deadline).toMatchObject({
      dueOn: "2026-11-19",
      ruleId: null,
      law: "专利实施许可合同备案办法",
      article: "第十七条",
    });
    const both = { figures, answered: "30日内办注销，7个工作日审查。" };
    expect(ask(question, "专利实施许可合同备案办法17", both)).toBeUndefined();
    const term = [{ label: "海关备案有效期", value: "10年", written: "10年" }];
    expect(
      ask("从2025年3月5日起备案，到哪天", "知识产权海关保护条例10", { figures: term, answered: "10年。" }),
    ).toBeUndefined();
  });

  test("a follow-up takes the question before it", () => {
    expect(due("那3月5号收到的呢", "专利法41", { earlier: "驳回之后最晚哪天提复审" })).toBe("2026-06-05");
    expect(due("那最晚哪天", "专利法41", { earlier: "3月5号收到驳回通知能复审不" })).toBe("2026-06-05");
  });
});

describe("no day is told", () => {
  test.each([
    // Not asked for a day.
    ["3月5号收到驳回通知，复审要交什么材料", "专利法41"],
    ["3月5号收到驳回通知，复审期限多久", "专利法41"],
    ["3月5号收到驳回通知，期限从哪天开始算", "专利法41"],
    ["昨天收到裁决书，去哪个法院告", "专利法65"],
    // No single day to start with.
    ["复审最晚哪天提", "专利法41"],
    ["上个月收到的驳回通知，最晚哪天复审", "专利法41"],
    ["驳回通知收到三个月了，今天还来得及复审吗", "专利法41"],
    ["我想3月5号提复审，来得及吗", "专利法41"],
    ["驳回通知3月5号收到一份，3月8号又收到一份，最晚哪天复审", "专利法41"],
    ["农历三月初五收到的驳回通知，最晚哪天复审", "专利法41"],
    // Another event than the one the limit starts with, or none that tells which.
    ["3月5号申请的专利被驳回，最晚哪天复审", "专利法41"],
    ["3月5号收到的，最晚哪天", "专利法41"],
    ["3月5号收到通知，最晚哪天答复", "细则6"],
    ["3月5号首次申请的，优先权最晚哪天", "专利法29"],
    ["外观2020年3月5日申请，保护到哪天", "专利法42"],
    ["3月5日起多久是哪天", "细则5"],
    ["3月5日起一个月和两个月是哪天", "细则5"],
    // Before the text was in force.
    ["2020年3月5号收到驳回决定，复审到哪天", "专利法41"],
  ])("%s (%s)", (question, article) => {
    expect(ask(question, article)).toBeUndefined();
  });

  test("a day that does not exist is pointed out", () => {
    for (const [question, said] of [
      ["2月30日收到驳回决定，还能复审吗", "2月30日"],
      ["去年2月30号收到驳回决定，复审到哪天", "去年2月30号"],
      ["2月29号收到驳回决定，复审到哪天", "2月29号"],
      ["2026年13月5日收到驳回决定，复审到哪天", "2026年13月5日"],
    ] as const) {
      const told = ask(question, "专利法41");
      expect(told?.text).toContain(`“${said}”`);
      expect(told?.deadline).toBeUndefined();
    }
    expect(ask("2月30日收到驳回决定，要交什么材料", "专利法41")).toBeUndefined();
  });
});

describe("the sentence", () => {
  test("tells from when, the limit with its article, and the last day", () => {
    expect(ask("8月24号收到驳回通知，最晚哪天提复审", "专利法41")?.text).toBe(
      "按2026年8月24日收到起算，请求复审的期限是3个月（专利法第四十一条），最后一天是2026年11月24日（星期二），不是休息日，不用顺延；到2026年11月23日还有1天。",
    );
    expect(ask("8月23号收到驳回通知，最晚哪天提复审", "专利法41")?.text).toContain("就是2026年11月23日当天");
  });

  test("tells that the day was moved, and by which article", () => {
    const told = ask("7月3号收到驳回决定，复审到哪天", "专利法41", { asOf: "2026-09-01" });
    expect(told?.text).toContain(
      "到期日2026年10月3日（星期六）赶上国庆节放假，顺延到2026年10月8日（星期四）（专利法实施细则第五条）",
    );
    expect(told?.citations.map(({ article }) => article)).toEqual(["第四十一条", "第五条"]);
    expect(ask("2025年12月14日收到授权通知，登记最晚哪天", "细则60")?.text).toContain("是调休上班日");
  });

  test("a year whose calendar is not published is provisional", () => {
    const told = ask("11月2日收到驳回决定，复审到哪天", "专利法41");
    expect(told?.deadline).toMatchObject({ dueOn: "2027-02-02", provisional: true });
    expect(told?.text).toContain("最后一天暂按2027年2月2日（星期二）推算，2027年的放假安排还没公布");
    const old = ask("2023年10月9日知道被侵权，起诉时效到哪天", "专利法74", { asOf: "2023-11-01" });
    expect(old?.deadline?.provisional).toBe(false);
  });

  test("working days that run into such a year give no date", () => {
    const told = ask("今年12月28日交的侵权裁决请求书，最晚哪天立案", "专利纠纷行政裁决和调解办法20");
    expect(told?.text).toContain("要数到2027年，那年的放假安排还没公布，现在给不出准日子");
    expect(told?.deadline).toBeUndefined();
  });

  test("past the last day it is kind and names the way back that the article opens", () => {
    const told = ask("7月6号收到驳回决定，现在还能复审吗", "专利法41");
    expect(told?.deadline?.dueOn).toBe("2026-10-08");
    expect(told?.text).toContain("已经过了46天，先别急");
    expect(told?.text).toContain(
      "自复审期限届满起2个月内可以请求恢复权利，算到2026年12月8日（星期二）（专利法实施细则第六条）",
    );
    expect(ask("3月5号收到驳回决定，现在还能复审吗", "专利法41")?.text).toContain(
      "恢复权利的2个月也到2026年8月5日",
    );
    expect(ask("7月5号收到授权通知，登记晚了吗", "细则60")?.text).toContain(
      "自收到国家知识产权局通知起2个月内可以请求恢复权利（专利法实施细则第六条）",
    );
    expect(ask("9月1号收到裁决书，起诉晚了吗", "专利法65")?.text).not.toContain("恢复");
  });

  test("a day on which the person means to act is set against the last day", () => {
    expect(ask("8月5号收到驳回通知，11月2号提复审还来得及吗", "专利法41")?.text).toContain(
      "您说的2026年11月2日还在期限里",
    );
    expect(ask("3月5号收到驳回通知，6月10号提复审还来得及吗", "专利法41")?.text).toContain(
      "您说的2026年6月10日已经过了期限",
    );
  });
});

test("agrees with an independent count day by day", () => {
  const day = (offset: number) =>
    new Date(Date.UTC(2025, 1, 1) + offset * 86_400_000).toISOString().slice(0, 10);
  const monthOf = (date: string) => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7));
  const cases = [
    { say: "收到驳回决定，复审", article: "专利法41", months: 3 },
    { say: "收到授权通知，登记", article: "细则60", months: 2 },
    { say: "收到裁决书，起诉", article: "专利法65", days: 15 },
    { say: "收到处罚决定书，复议", article: "行政复议法20", days: 60 },
    { say: "交的侵权裁决请求书，立案", article: "专利纠纷行政裁决和调解办法20", workingDays: 5 },
  ];
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 560 }), fc.constantFrom(...cases), (offset, one) => {
      const start = day(offset);
      let at = offset;
      if (one.months !== undefined) {
        // The same day number in the month that many later, or the last day before the next month.
        while (monthOf(day(at)) < monthOf(start) + one.months) at += 1;
        while (day(at).slice(8) < start.slice(8) && monthOf(day(at + 1)) === monthOf(day(at))) at += 1;
      } else if (one.days !== undefined) at += one.days;
      else
        for (let left = one.workingDays; left > 0; ) {
          at += 1;
          if (chineseDays.isWorkday(day(at))) left -= 1;
        }
      while (!chineseDays.isWorkday(day(at))) at += 1;
      const [year, month, date] = start.split("-").map(Number);
      const told = due(`${year}年${month}月${date}日${one.say}最晚哪天`, one.article);
      expect(told).toBe(day(at));
    }),
    { numRuns: 300 },
  );
});

describe("whole answers", () => {
  const asOf = "2026-11-23";

  test.each([
    ["3月5号收到的驳回通知，最晚哪天提复审", "reexamination-request"],
    ["昨天收到裁决书 能告到啥时候", "infringement-ruling-suit"],
    ["授权通知是10月8日收到的，登记到几号截止", "grant-registration"],
    ["国家局10月8号寄出的驳回决定，复审最晚哪天", "reexamination-request"],
    ["11月1日收到平台转来的反通知声明，哪天之前要起诉", "platform-counter-notice"],
  ])("%s: at most 600 characters, every article cited", (question, ruleId) => {
    const answer = knowledge.answer({ question, asOf });
    expect(answer.deadline?.ruleId).toBe(ruleId);
    expect(answer.text.length).toBeLessThanOrEqual(600);
    const cited = new Set(answer.citations.map(({ law, article }: Citation) => `${law}${article}`));
    for (const { instrument, article } of findReferences(answer.text))
      if (instrument !== undefined) expect(cited).toContain(`${instrument.title}${article}`);
  });

  test("is the same without a day where none is asked for, or no calendar is handed in", () => {
    const plain = createKnowledge(index);
    const material = { question: "3月5号收到驳回通知，复审要交什么材料", asOf };
    expect(knowledge.answer(material)).toEqual(plain.answer(material));
    const asked = { question: "3月5号收到的驳回通知，最晚哪天提复审", asOf };
    expect(plain.answer(asked)).not.toHaveProperty("deadline");
  });

  test("the trace names the limit, not the day", () => {
    const { trace } = knowledge.explain({ question: "昨天收到裁决书 能告到啥时候", asOf });
    expect(trace.limit).toEqual({
      ruleId: "infringement-ruling-suit",
      law: "专利法",
      article: "第六十五条",
    });
  });

  test("no question of those that people ask gets a day that it did not ask for", () => {
    for (const passage of (index as { digests: Passage[] }).digests)
      for (const { questions } of passage.asked)
        for (const question of questions.slice(0, 1))
          expect(
            answerDate({
              said: fold(question),
              folded: fold(question),
              earlier: undefined,
              asOf,
              main: passage,
              answered: "",
              citations: [],
            })?.deadline,
          ).toBeUndefined();
  });
});
