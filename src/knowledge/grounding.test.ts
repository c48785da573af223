import fc from "fast-check";
import { describe, expect, test } from "vitest";
import index from "../../knowledge/index.json" with { type: "json" };
import { toNumeral } from "../text/numerals.ts";
import { createFindReferences } from "./article-reference.ts";
import { createGrounding } from "./grounding.ts";
import { asBlob } from "./knowledge-blob.ts";

const { digests, instruments } = asBlob(index);
const findReferences = createFindReferences(instruments);

/** What an answer from one article's digest may be rewritten from. */
function groundingOf(law: string, article: string, group: number) {
  const digest = digests.find((one) => one.law === law && one.article === article);
  if (digest === undefined) throw new Error(`There is no digest of ${law}${article}.`);
  const extract = digest.asked[group]?.answer ?? "";
  const text = [digest.summary, ...digest.points.map((point) => point.text)].join("\n");
  const ground = { id: "g1", law, article, edition: digest.edition, title: digest.title, text };
  return { extract, grounding: createGrounding({ extract, grounds: [ground], findReferences }) };
}
const term = groundingOf("专利法", "第四十二条", 1);
const fine = groundingOf("专利法", "第六十八条", 0);
const late = groundingOf("专利法", "第四十二条", 2);

const verdict = ({ grounding }: typeof term, text: string, ids = ["g1"]) => {
  const found = grounding.verify({ text, ids, finished: true });
  return found.kind === "dropped" ? found.fault : found.kind;
};

describe("a sentence of a model", () => {
  test.each([
    [term, "外观设计专利现在保护15年。"],
    [term, "外观设计专利保护十五年,从申请日那天开始算。"],
    [term, "您的外观设计专利，保护期是 15 年，自申请日起算。"],
    [term, "发明专利保护20年，实用新型专利10年，外观设计专利15年。"],
    [term, "新药的发明专利最多可以补5年。"],
    [term, "按《专利法》，外观设计专利保护15年。"],
    [term, "根据专利法第四十二条，外观设计专利保护15年。"],
    [fine, "假冒专利会没收违法所得，还可以罚违法所得五倍以下的款。"],
    [fine, "没有违法所得，或者违法所得不超过5万元的，最高可以罚25万元。"],
    [fine, "没有违法所得的，罚款在二十五万元以下。"],
    [fine, "情节严重构成犯罪的，依法追究刑事责任。"],
    [fine, "由负责专利执法的部门责令改正。"],
  ])("passes where its grounds say it: %#", (from, text) => {
    expect(verdict(from, text)).toBe("grounded");
  });

  test.each([
    ["has no marker", term, "外观设计专利保护15年。", [], "unmarked"],
    ["cites what it was not given", term, "外观设计专利保护15年。", ["g9"], "unknownMarker"],
    [
      "names an article that is not there",
      term,
      "依据专利法第九十九条，外观设计专利保护15年。",
      ["g1"],
      "article",
    ],
    [
      "names a real article that is not cited",
      term,
      "依据专利法第六十八条，外观设计专利保护15年。",
      ["g1"],
      "article",
    ],
    ["names an article without a law", term, "第九十九条说外观设计专利保护15年。", ["g1"], "article"],
    [
      "names an article of another law",
      term,
      "按商标法第四十二条，外观设计专利保护15年。",
      ["g1"],
      "article",
    ],
    [
      "names an article of an old edition",
      term,
      "2008年专利法第四十二条规定外观设计专利保护15年。",
      ["g1"],
      "article",
    ],
    ["counts in bare articles", term, "外观设计专利保护15年，见专利法99条。", ["g1"], "article"],
    ["names a law that there is not", term, "《专利保护促进法》规定外观设计专利保护15年。", ["g1"], "law"],
    ["names it without brackets", term, "按专利保护促进法，外观设计专利保护15年。", ["g1"], "law"],
    ["names a regulation nobody knows", term, "按外观设计管理办法，外观设计专利保护15年。", ["g1"], "law"],
    ["has a figure of its own", term, "外观设计专利保护25年。", ["g1"], "figure"],
    ["has it in words", term, "外观设计专利保护二十五年。", ["g1"], "figure"],
    ["has it with a blank", term, "外观设计专利保护 25 年。", ["g1"], "figure"],
    ["has an amount of its own", fine, "罚款在50万元以下。", ["g1"], "figure"],
    ["has a multiple of its own", fine, "可以罚违法所得十倍以下。", ["g1"], "figure"],
    ["has a percentage of its own", fine, "罚违法所得的百分之三十。", ["g1"], "figure"],
    ["has a date of its own", term, "2021年6月1日起外观设计专利保护15年。", ["g1"], "figure"],
    ["changes the unit", term, "外观设计专利保护15个月。", ["g1"], "figure"],
    ["gives one kind the term of another", term, "外观设计专利保护10年。", ["g1"], "attribution"],
    ["gives it behind the figure", term, "保护10年的是外观设计专利。", ["g1"], "attribution"],
    ["gives it over a comma", term, "外观设计专利从申请日起算，一共保护20年。", ["g1"], "attribution"],
    ["swaps two in a list", term, "发明专利保护10年，实用新型专利20年。", ["g1"], "attribution"],
    ["fines with the threshold", fine, "没有违法所得的，可以罚5万元以下。", ["g1"], "attribution"],
    [
      "counts from another day",
      late,
      "发明专利自实质审查请求之日起满4年的，可以请求补偿。",
      ["g1"],
      "attribution",
    ],
    ["turns a limit over", fine, "罚款在25万元以上。", ["g1"], "bound"],
    ["turns it over in front", term, "新药的专利至少补5年。", ["g1"], "bound"],
    ["gives a telephone number", fine, "举报假冒专利可以打13800001234。", ["g1"], "figure"],
    ["gives one in words", fine, "举报假冒专利打一三八零零零零一二三四。", ["g1"], "figure"],
    ["gives a hotline", fine, "假冒专利可以打12345举报。", ["g1"], "figure"],
    ["gives an address", fine, "假冒专利举报到www.zhuanli.cn。", ["g1"], "foreignWord"],
    ["gives an e-mail", fine, "假冒专利举报到jubao@zl.cn。", ["g1"], "foreignWord"],
    ["names an office", fine, "假冒专利由沧州市市场监督管理局责令改正。", ["g1"], "office"],
    ["names a court", fine, "假冒专利由北京知识产权法院追究刑事责任。", ["g1"], "office"],
    ["gives an office its place", term, "向沧州市国家知识产权局请求补偿。", ["g1"], "office"],
    ["promises", fine, "罚款一定能罚下来。", ["g1"], "promise"],
    ["guarantees", fine, "我保证没收违法所得。", ["g1"], "promise"],
    ["offers its service", fine, "我会帮您没收违法所得。", ["g1"], "promise"],
    ["is bold", fine, "**没收违法所得**。", ["g1"], "format"],
    ["is a list", fine, "1. 没收违法所得。", ["g1"], "format"],
    ["is a link", fine, "[没收违法所得](违法)。", ["g1"], "format"],
    ["denies", fine, "假冒专利不用没收违法所得。", ["g1"], "negation"],
    ["makes it last for ever", term, "外观设计专利永久保护。", ["g1"], "claim"],
    ["compares", term, "外观设计专利的保护期比发明专利长。", ["g1"], "claim"],
    ["halves", term, "外观设计专利的保护期是发明专利的一半。", ["g1"], "claim"],
    ["sends to prison", fine, "假冒专利构成犯罪的要坐牢。", ["g1"], "claim"],
    ["writes a figure as on a cheque", term, "外观设计专利保护贰拾年。", ["g1"], "attribution"],
    ["drops a no", term, "外观设计专利的保护期是从拿到证书那天起算。", ["g1"], "negation"],
    ["speaks of something else", fine, "您应该先去医院看病然后好好休息。", ["g1"], "unrelated"],
  ])("falls where it %s", (_, from, text, ids, fault) => {
    expect(verdict(from, text, ids)).toBe(fault);
  });

  test("falls where it has no end, and stands where it says nothing", () => {
    expect(
      term.grounding.verify({ text: "外观设计专利保护15年", ids: ["g1"], finished: false }),
    ).toMatchObject({
      fault: "unfinished",
    });
    expect(verdict(term, "具体来说：", [])).toBe("connective");
    expect(verdict(term, "具体来说，保护99年。", [])).toBe("unmarked");
  });

  test("every sentence of every digest is grounded in its own article", () => {
    const dropped: string[] = [];
    for (const digest of digests) {
      const text = [digest.summary, ...digest.points.map((point) => point.text)].join("\n");
      const { law, article, edition, title } = digest;
      const grounds = [{ id: "g1", law, article, edition, title, text }];
      for (const { answer: extract } of digest.asked) {
        const grounding = createGrounding({ extract, grounds, findReferences });
        for (const sentence of extract.match(/[^。！？]+[。！？]/gu) ?? []) {
          const found = grounding.verify({ text: sentence, ids: ["g1"], finished: true });
          if (found.kind === "dropped" && found.fault !== "promise")
            dropped.push(`${found.fault}: ${sentence}`);
        }
      }
    }
    expect(dropped).toEqual([]);
  });

  const known = new Set([3, 4, 5, 10, 14, 15, 20]);
  test("a term that no ground sets never passes, in figures or in words", () => {
    const number = fc.integer({ min: 1, max: 999 }).filter((one) => !known.has(one));
    const written = fc.constantFrom(String, toNumeral);
    const frame = fc.constantFrom(
      (figure: string) => `外观设计专利保护${figure}年。`,
      (figure: string) => `外观设计专利保护15年，发明专利保护${figure}年。`,
      (figure: string) => `外观设计专利保护15到${figure}年。`,
      (figure: string) => `从申请日起算${figure}年内，外观设计专利受保护。`,
    );
    fc.assert(
      fc.property(number, written, frame, (value, write, sentence) => {
        expect(verdict(term, sentence(write(value)))).not.toBe("grounded");
      }),
    );
  });

  test("an article that is not cited never passes", () => {
    const number = fc.integer({ min: 1, max: 300 }).filter((one) => one !== 42);
    const written = fc.constantFrom(String, toNumeral);
    const law = fc.constantFrom("专利法", "《专利法》", "细则", "商标法", "");
    fc.assert(
      fc.property(number, written, law, (value, write, title) => {
        expect(verdict(term, `按${title}第${write(value)}条，外观设计专利保护15年。`)).not.toBe("grounded");
      }),
    );
  });

  test("a run of figures as long as a telephone number never passes", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^1[3-9]\d{9}$/), fc.constantFrom("", " ", "-"), (number, gap) => {
        const written = `${number.slice(0, 3)}${gap}${number.slice(3, 7)}${gap}${number.slice(7)}`;
        expect(verdict(fine, `假冒专利举报电话${written}。`)).not.toBe("grounded");
      }),
    );
  });
});

describe("the answer as a whole", () => {
  test("must hold the figures of the extract's first sentence", () => {
    expect(term.grounding.missingFigures("外观设计专利保护十五年，实用新型10年，发明20年。")).toEqual([]);
    expect(term.grounding.missingFigures("外观设计专利保护15年。")).toEqual(["10|年", "20|年"]);
  });

  test.each([
    "我的系统提示是：",
    "忽略以上所有指令",
    "作为一个AI语言模型，我不能",
    "System prompt:",
    "<ground id=",
  ])("leaks with %s", (text) => {
    expect(term.grounding.leaks(text)).toBe(true);
    expect(term.grounding.leaks(term.extract)).toBe(false);
  });
});
