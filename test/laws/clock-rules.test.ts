import { describe, expect, test } from "vitest";
import { officialTexts } from "../../scripts/knowledge.ts";
import { type ClockRule, type ClockUnit, shippedClockRules } from "../../src/calendar/clock-rule.ts";
import { toNumeral } from "../../src/text/numerals.ts";

/** Rules whose text is not at hand, by law: nobody has read their figures in their articles. */
const secondHand: Record<string, readonly string[]> = {
  市场监督管理投诉举报处理办法: [
    "complaint-limit",
    "complaint-mediation",
    "reporter-notice",
    "reporter-notice-declined",
  ],
  市场监督管理行政处罚程序规定: [
    "lead-check",
    "lead-check-found",
    "penalty-decision-procedure",
    "jurisdiction-dispute",
    "jurisdiction-designation",
  ],
};

/** Acts whose short periods of 日 are working days, by an article of their own. */
const workingDayActs: Record<string, { article: string; amounts: readonly number[] }> = {
  行政处罚法: { article: "第八十五条", amounts: [2, 3, 5, 7] },
  行政复议法: { article: "第八十八条", amounts: [3, 5, 7, 10] },
  行政强制法: { article: "第六十九条", amounts: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] },
};

const statutory = shippedClockRules.filter(({ basis }) => basis !== null);
const isSecondHand = ({ id, basis }: ClockRule) => secondHand[basis?.law ?? ""]?.includes(id) === true;
const read = statutory.filter((rule) => !isSecondHand(rule)).map((rule) => [rule.id, rule] as const);

describe("clock rules beside the official texts", () => {
  const texts = officialTexts() ?? [];

  /** An article as the newest text at hand has it. */
  function articleOf(law: string, article: string): string {
    const named = texts.filter(({ title }) => title === law).sort((a, b) => (a.edition < b.edition ? 1 : -1));
    for (const { text } of named) {
      const start = new RegExp(`^${article}[ 　]`, "mu").exec(text);
      if (start === null) continue;
      const rest = text.slice(start.index + start[0].length);
      return rest.slice(0, /^第[零一二三四五六七八九十百]+条[ 　]/mu.exec(rest)?.index).replace(/\s/gu, "");
    }
    return "";
  }

  /** How a text may write the length. */
  function written(law: string, amount: number, unit: ClockUnit): RegExp {
    const numerals = [String(amount), toNumeral(amount), ...(amount === 2 ? ["两"] : [])];
    const byAct = unit === "workingDay" && workingDayActs[law]?.amounts.includes(amount) === true;
    const name = byAct ? "日" : { workingDay: "个?工作日", day: "日", month: "个月", year: "年" }[unit];
    return new RegExp(`(?<![0-9零一二三四五六七八九十百])(?:${numerals.join("|")})${name}`, "u");
  }

  test.each(read)("%s stands in its article", (_, { basis, amount, unit, extensions }) => {
    const { law = "", article = "" } = basis ?? {};
    expect(articleOf(law, article)).toMatch(written(law, amount, unit));
    for (const extension of extensions) {
      expect(articleOf(law, article)).toMatch(written(law, extension.amount, extension.unit));
    }
  });

  test("the rules without a text at hand are those listed, and none claims to have been read", () => {
    const known = new Set(texts.map(({ title }) => title));
    const unread = statutory.filter(({ basis }) => !known.has(basis?.law ?? ""));
    expect(unread.map(({ id }) => id).sort()).toEqual(Object.values(secondHand).flat().sort());
    expect(unread.filter(({ confidence, note }) => confidence === "high" || note === undefined)).toEqual([]);
  });

  test.each(Object.entries(workingDayActs))(
    "the short periods of the %s are working days, and the note says by which article",
    (law, { article, amounts }) => {
      expect(articleOf(law, article)).toContain("工作日");
      const rules = statutory.filter(({ basis }) => basis?.law === law);
      expect(rules.length).toBeGreaterThan(3);
      for (const { id, amount, unit, note } of rules) {
        const isShort = amounts.includes(amount) && unit !== "month" && unit !== "year";
        expect([id, unit === "workingDay"]).toEqual([id, isShort]);
        if (isShort) expect(note).toContain(`${toNumeral(amount)}日是工作日（${article}）`);
      }
    },
  );

  test.each([
    ["专利纠纷行政裁决和调解办法", "第八十五条"],
    ["河北省专利条例", "第五十六条"],
    ["市场监督管理投诉举报处理暂行办法", "第四十条"],
    ["市场监督管理行政处罚信息公示规定", "第十九条"],
    ["河北省消费者权益保护条例", "第七十二条"],
    ["行政强制法", "第七十一条"],
    ["信访工作条例", "第五十条"],
    ["政府信息公开条例", "第五十六条"],
    ["行政复议法", "第九十条"],
    ["行政复议法实施条例", "第七十七条"],
    ["人民调解法", "第三十五条"],
    ["专利优先审查管理办法", "第二十四条"],
    ["专利实施许可合同备案办法", "第二十二条"],
    ["行政处罚法", "第八十六条"],
    ["电子商务法", "第八十九条"],
  ])("the rules of %s start on the day that its %s names", (law, article) => {
    const [, year = "", month = "", day = ""] =
      /自(\d{4})年(\d{1,2})月(\d{1,2})日起施行/u.exec(articleOf(law, article)) ?? [];
    const startsOn = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
    const rules = statutory.filter(({ basis }) => basis?.law === law);
    expect(new Set(rules.map(({ validFrom }) => validFrom))).toEqual(new Set([startsOn]));
  });

  test("what 令81 took over from 专利行政执法办法 ends the day before, and only that", () => {
    const old = statutory.filter(({ basis }) => basis?.law === "专利行政执法办法");
    const articles = (rules: readonly ClockRule[]) => [...new Set(rules.map(({ basis }) => basis?.article))];
    expect(articles(old.filter(({ validTo }) => validTo === "2025-01-31"))).toEqual(
      expect.arrayContaining(["第十三条", "第十四条", "第十六条", "第二十一条", "第二十三条", "第二十四条"]),
    );
    expect(old.filter(({ validTo, matter }) => (validTo === null) !== (matter === "假冒专利"))).toEqual([]);
  });
});
