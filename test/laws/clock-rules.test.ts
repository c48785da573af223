import { describe, expect, test } from "vitest";
import { officialTexts } from "../../scripts/knowledge.ts";
import { type ClockRule, shippedClockRules } from "../../src/calendar/clock-rule.ts";
import { toNumeral } from "../../src/text/numerals.ts";

describe("clock rules beside the official texts", () => {
  const texts = officialTexts() ?? [];

  /** The article as the newest text at hand has it. */
  function articleOf({ basis }: ClockRule): string {
    const text = texts
      .filter(({ title }) => title === basis?.law)
      .sort((a, b) => (a.edition < b.edition ? 1 : -1))[0]?.text;
    const start = new RegExp(`^${basis?.article}[ 　]`, "mu").exec(text ?? "");
    if (text === undefined || start === null) return "";
    const rest = text.slice(start.index + start[0].length);
    return rest.slice(0, /^第[零一二三四五六七八九十百]+条[ 　]/mu.exec(rest)?.index).replace(/\s/gu, "");
  }

  test.each(shippedClockRules.filter(({ basis }) => basis !== null).map((rule) => [rule.id, rule] as const))(
    "%s stands in its article",
    (id, rule) => {
      const numerals = [String(rule.amount), toNumeral(rule.amount), ...(rule.amount === 2 ? ["两"] : [])];
      // 行政处罚法 85: its 五日 are working days.
      const unit =
        id === "penalty-hearing-request"
          ? "日"
          : { workingDay: "个?工作日", day: "日", month: "个月", year: "年" }[rule.unit];
      expect(articleOf(rule)).toMatch(
        new RegExp(`(?<![0-9一二三四五六七八九十])(?:${numerals.join("|")})${unit}`, "u"),
      );
    },
  );
});
