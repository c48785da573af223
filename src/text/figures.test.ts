import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { figuresIn } from "./figures.ts";
import { toNumeral } from "./numerals.ts";

const keys = (text: string) => figuresIn(text).map(({ key }) => key);

describe("figuresIn", () => {
  test.each([
    ["发明专利20年,实用新型10 年,外观十五年", ["20|年", "10|年", "15|年"]],
    ["罚款25万元以下", ["250000|元"]],
    ["二十五万元", ["250000|元"]],
    ["250,000元", ["250000|元"]],
    ["五百万元和5千元", ["5000000|元", "5000|元"]],
    ["1亿元", ["100000000|元"]],
    ["违法所得的五倍以下,双倍", ["5|倍", "2|倍"]],
    ["3至5年,三到五倍,3-5万元", ["3|年", "5|年", "3|倍", "5|倍", "30000|元", "50000|元"]],
    ["百分之三十,5%,千分之五,三分之二", ["30|%", "5|%", "5|‰", "2/3|"]],
    ["15日、15天、十五个工作日", ["15|日", "15|日", "15|工作日"]],
    ["半年,三个月,2021年6月1日", ["0.5|年", "3|个月", "2021|年", "6|月", "1|日"]],
    ["第六十八条第二款", ["第68|条", "第2|款"]],
    ["打12345热线", ["12345|热"]],
    ["一三八零零零零一二三四", ["一三八零零零零一二三四|"]],
    ["一年,一个月,一个工作日,罚一次", ["1|年", "1|个月", "1|工作日", "1|次"]],
    ["一般由一个部门统一管,二者之一,万一老百姓十分着急,千万别信", []],
    ["第一,先改正", []],
    ["贰拾伍万元,拾年,廿年", ["250000|元", "10|年", "廿年|年"]],
  ])("%s", (text, expected) => {
    expect(keys(text)).toEqual(expected);
  });

  test.each([
    ["最高罚25万元", "max"],
    ["25万元以下", "max"],
    ["不超过5年", "max"],
    ["15日内", "max"],
    ["至少3个月", "min"],
    ["3万元以上", "min"],
    ["满4年", "min"],
    ["保护15年", undefined],
  ])("%s is bounded: %s", (text, bound) => {
    expect(figuresIn(text)[0]?.bound).toBe(bound);
  });

  test("reads the same number in figures and in words, wherever it stands", () => {
    const unit = fc.constantFrom("年", "个月", "日", "倍", "万元", "元", "条", "次");
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 9999 }), unit, (number, counted) => {
        const [first, second, ...rest] = keys(
          `应当${number}${counted},也就是${toNumeral(number)}${counted}。`,
        );
        expect(rest).toEqual([]);
        expect(first).toBe(second);
        expect(first).toMatch(/^\d+\|/);
      }),
    );
  });

  test("spans point into the text as it came", () => {
    const text = "保护期 15 年。";
    const [figure] = figuresIn(text);
    expect(text.slice(figure?.start, figure?.end)).toBe("15 年");
  });
});
