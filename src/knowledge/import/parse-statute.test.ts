import { describe, expect, test } from "vitest";
import { parseStatute } from "./parse-statute.ts";
import { nameOf, textOf } from "./statute.ts";

/** Parses made-up lines under a title and an information block. */
function parse(lines: readonly string[], fileName = "示例条例(2020-02-03).md") {
  return parseStatute(["# 示例条例", "", "<!-- INFO END -->", "", ...lines].join("\n"), { fileName });
}
const names = (statute: ReturnType<typeof parse>) => statute.articles.map(nameOf);
const messages = (statute: ReturnType<typeof parse>) => statute.warnings.map((one) => one.message);
/** The line of the file on which the first of the given lines stands. */
const firstLine = 5;

describe("title and history", () => {
  test("come from the block above INFO END, wrapped and joined lines included", () => {
    const statute = parseStatute(
      [
        "# 示例条例",
        "1999年1月2日 某会议通过",
        "2005年12月30日某会议《关于修改",
        "〈示例条例〉的决定》第一次修正 2011年3月4日 某会议第二次修订）",
        "2011年5月1日 施行",
        "<!-- INFO END -->",
        "第一条 甲。",
      ].join("\n"),
      { fileName: "示例条例.md" },
    );

    expect(statute.title).toBe("示例条例");
    expect(statute.edition).toBe("2011-03-04");
    expect(statute.info).toEqual([
      { date: "1999-01-02", event: "某会议通过" },
      { date: "2005-12-30", event: "某会议《关于修改〈示例条例〉的决定》第一次修正" },
      { date: "2011-03-04", event: "某会议第二次修订" },
      { date: "2011-05-01", event: "施行" },
    ]);
    expect(statute.warnings).toEqual([]);
  });

  test("come from plain lines where nothing is marked: a title on several lines, a bracket over several", () => {
    const statute = parseStatute(
      [
        "某某委员会",
        "关于样品管理的",
        "若干规定",
        "（二〇〇一年十月十一日某会议通过",
        "根据2012年6月7日某会议《决定》修正）",
        "目  录",
        "第一章 总则",
        "第二章 附则",
        "第一章 总则",
        "第一条 甲。",
        "第二章 附则",
        "第二条 乙。",
      ].join("\r\n"),
      { fileName: "x.txt" },
    );

    expect(statute.title).toBe("某某委员会关于样品管理的若干规定");
    expect(statute.info.map((one) => one.date)).toEqual(["2001-10-11", "2012-06-07"]);
    expect(statute.edition).toBe("2012-06-07");
    expect(statute.parts.map((part) => [part.heading, part.line])).toEqual([
      ["第一章 总则", 9],
      ["第二章 附则", 11],
    ]);
    expect(statute.preamble).toEqual([]);
  });

  test("the day in the file's name goes before the lines; a code's part and a document number are told apart", () => {
    const statute = parseStatute(
      [
        "# 示例法典",
        "# 样品编",
        "# 法释〔2020〕9号",
        "2020年5月6日 通过",
        "<!-- INFO END -->",
        "第七百零一条 甲。",
      ].join("\n"),
      { fileName: "示例法典(2021-07-08).md" },
    );

    expect(statute).toMatchObject({
      title: "示例法典",
      portion: "样品编",
      edition: "2021-07-08",
      warnings: [],
    });
    expect(statute.info[0]).toEqual({ event: "法释〔2020〕9号" });
    expect(names(statute)).toEqual(["第七百零一条"]);
  });

  test("a text without title or day says so", () => {
    expect(messages(parseStatute("第一条 甲。", { fileName: "某规定.txt" }))).toEqual([
      "没有找到标题，用了文件名",
      "没有找到通过或修正的日期，请在文件名后加“(年-月-日)”",
    ]);
    expect(messages(parseStatute("", { fileName: "空.txt" }))).toContain("文件里没有文字");
  });
});

describe("headings", () => {
  test("nest by 编, 分编, 章 and 节, whatever their depth of #", () => {
    const { parts, articles } = parse([
      "#### 第一编 总 则",
      "# 第一分编 通则",
      "第一章样品",
      "## 第一节　取样",
      "第一条 甲。",
      "## 第二节 送样",
      "第二条 乙。",
      "###### 第二章 检验",
      "第三条 丙。",
      "## 第二编 分则",
      "第四条 丁。",
      "## 附 则",
      "第五条 戊。",
    ]);

    expect(articles.map((one) => one.path)).toEqual([
      ["第一编 总则", "第一分编 通则", "第一章 样品", "第一节 取样"],
      ["第一编 总则", "第一分编 通则", "第一章 样品", "第二节 送样"],
      ["第一编 总则", "第一分编 通则", "第二章 检验"],
      ["第二编 分则"],
      ["附则"],
    ]);
    expect(parts.map((part) => part.heading)).toEqual(["第一编 总则", "第二编 分则", "附则"]);
  });

  test("a name on the line below belongs to its number; a sentence about a chapter is none", () => {
    const { parts, articles } = parse(["第一章", "总则", "第一条 甲。", "第二章规定的样品，应当封存。"]);

    expect(parts.map((part) => part.heading)).toEqual(["第一章 总则"]);
    expect(articles[0]?.paragraphs.map((one) => one.text)).toEqual(["甲。", "第二章规定的样品，应当封存。"]);
  });

  test("a chapter left out and words between heading and article are warned of", () => {
    const statute = parse([
      "## 第一章 甲",
      "第一条 甲。",
      "## 第三章 丙",
      "（本章由某处负责）",
      "第二条 乙。",
    ]);

    expect(statute.warnings).toEqual([
      { line: firstLine + 2, message: "“第三章 丙”与前一个章的序号不相连" },
      { line: firstLine + 3, message: "标题与条文之间有一段文字，没有归入任何一条：“（本章由某处负责）”" },
    ]);
    expect(statute.preamble).toEqual(["（本章由某处负责）"]);
  });
});

describe("articles", () => {
  test("are read with every kind of space, invisible characters, bold and Arabic digits", () => {
    const statute = parse([
      "第一条\u3000甲。",
      "\u200b第 二 条\u00a0乙。",
      "**第三条** 丙。",
      "第４条 丁。",
      "第5条 戊。",
      "第六条：己。",
      "第七\ue004条 庚。",
    ]);

    expect(names(statute)).toEqual(["第一条", "第二条", "第三条", "第四条", "第五条", "第六条", "第七条"]);
    expect(statute.articles.map(textOf)).toEqual(["甲。", "乙。", "丙。", "丁。", "戊。", "己。", "庚。"]);
    expect(messages(statute)).toEqual([
      "全文有1个零宽字符（首见于本行），已删去",
      "有1个私用区字符（无法显示），已删去，请对照原文补上可能缺失的字",
    ]);
  });

  test("are read to thousands with 零, with 之Y and without a space", () => {
    const statute = parse([
      "第一千零九条 甲。",
      "第一千零一十条 乙。",
      "第一千零一十条之一 丙。",
      "第一千零一十条之二丁。",
      "第一千零一十一条体育样品另行规定。",
    ]);

    expect(names(statute)).toEqual([
      "第一千零九条",
      "第一千零一十条",
      "第一千零一十条之一",
      "第一千零一十条之二",
      "第一千零一十一条",
    ]);
    expect(textOf(statute.articles[4] ?? expect.fail())).toBe("体育样品另行规定。");
    expect(messages(statute)).toEqual(["首条是第一千零九条，之前的条不在本文件内或已缺"]);
  });

  test("a reference at the start of a line is none", () => {
    const statute = parse([
      "第一条 甲。",
      "第二条第一款规定的样品除外。",
      "第三条、第四条所称样品，包括样机。",
      "第三条规定的期限为十日。",
      "第九十九条样品。",
      "第二条 乙。",
    ]);

    expect(names(statute)).toEqual(["第一条", "第二条"]);
    expect(statute.articles[0]?.paragraphs).toHaveLength(5);
    expect(messages(statute)).toEqual(["行首的“第九十九条”与前后条号相差太远，按普通文字收录"]);
  });

  test("gaps, repeats and steps back keep their numbers and are warned of with the line", () => {
    const statute = parse([
      "第一条 甲。第二条 乙。",
      "第三条 丙。",
      "第三条 丙。",
      "第七条 丁。",
      "第十条 戊。",
      "第六条 己。",
      "第六条之三 庚。",
      "第一百十条 辛。",
      "第一二条 壬。",
      "第一百一十一条",
    ]);

    expect(names(statute)).toEqual([
      "第一条",
      "第三条",
      "第三条",
      "第七条",
      "第十条",
      "第六条",
      "第六条之三",
      "第一百一十条",
      "第一百一十一条",
    ]);
    expect(statute.warnings).toEqual([
      {
        line: firstLine + 1,
        message: "第一条之后是第三条，缺第二条（“第二条”字样在第一条的文字里）",
      },
      { line: firstLine + 2, message: `第三条重复（前一个在第${firstLine + 1}行）` },
      {
        line: firstLine + 3,
        message: "第三条之后是第七条，缺第四条、第五条、第六条，可能已并入上一条或漏录",
      },
      { line: firstLine + 4, message: "第七条之后是第十条，缺第八条、第九条，可能已并入上一条或漏录" },
      { line: firstLine + 5, message: "条号倒退：第十条之后是第六条" },
      { line: firstLine + 6, message: "第六条之后是第六条之三，有缺条，可能已并入上一条或漏录" },
      {
        line: firstLine + 7,
        message: "第六条之三之后是第一百一十条，缺第七条至第一百零九条，可能已并入上一条或漏录",
      },
      { line: firstLine + 7, message: "“第一百十条”的写法不规范，按第一百一十条收录" },
      { line: firstLine + 8, message: "“第一二条 壬。”的条号无法识别，按普通文字收录" },
      { line: firstLine + 9, message: "第一百一十一条没有正文" },
    ]);
  });
});

describe("款, 项 and 目", () => {
  test("a list belongs to the paragraph that introduces it; a paragraph behind it is a new 款", () => {
    const { articles } = parse([
      "第一条 样品分为：",
      "（一）甲类：",
      "1．大样；",
      "２．小样；",
      "(二)乙类。",
      "前款规定的样品应当封存。",
      "有下列情形的除外：",
      "（一）损坏；",
      "（二）灭失。",
    ]);

    expect(articles[0]?.paragraphs).toEqual([
      {
        text: "样品分为：",
        items: [
          {
            label: "（一）",
            text: "甲类：",
            subItems: [
              { label: "1．", text: "大样；" },
              { label: "２．", text: "小样；" },
            ],
          },
          { label: "(二)", text: "乙类。", subItems: [] },
        ],
      },
      { text: "前款规定的样品应当封存。", items: [] },
      {
        text: "有下列情形的除外：",
        items: [
          { label: "（一）", text: "损坏；", subItems: [] },
          { label: "（二）", text: "灭失。", subItems: [] },
        ],
      },
    ]);
  });

  test("a list that goes on keeps the paragraph between, a first 项 on the line of its 款 is set apart", () => {
    const { articles, warnings } = parse([
      "第一条 按下列规定：（一）甲；",
      "（二）乙。",
      "乙应当公告。",
      "（三）丙。",
      "第二条 样品：",
      "1.3公斤以上的；",
      "① 注：不计包装。",
    ]);

    expect(articles[0]?.paragraphs).toHaveLength(1);
    expect(articles[0]?.paragraphs[0]?.items.map((item) => item.text)).toEqual([
      "甲；",
      "乙。\n乙应当公告。",
      "丙。",
    ]);
    expect(articles[1]?.paragraphs.map((one) => one.items.length)).toEqual([0, 0, 0]);
    expect(warnings).toEqual([]);
  });

  test("a 项 left out is warned of", () => {
    const { warnings } = parse(["第一条 样品：", "（一）甲；", "（三）丙。", "第二条 样品：", "（二）乙。"]);

    expect(warnings).toEqual([
      { line: firstLine + 2, message: "（三）与前一项不相连，可能缺项、重项或缺一款" },
      { line: firstLine + 4, message: "项从（二）开始，前面可能缺项" },
    ]);
  });
});

describe("text that is not the statute's own", () => {
  test("an amending decision in front is parted at the repeated title", () => {
    const statute = parse([
      "某会议决定，对《示例条例》作如下修改：",
      "一、将第二条修改为：“第二条 新的乙。",
      "第三条 新的丙。”",
      "本决定自公布之日起施行。",
      "示 例",
      "条例",
      "为了样品，制定本条例。",
      "第一条 甲。",
      "第二条 新的乙。",
    ]);

    expect(names(statute)).toEqual(["第一条", "第二条"]);
    expect(statute.amendments).toHaveLength(4);
    expect(statute.preamble).toEqual(["为了样品，制定本条例。"]);
    expect(statute.warnings).toEqual([]);
  });

  test("a decision whose title names the text gives way to that text; without a repeat it ends at its last point", () => {
    const named = parseStatute(
      ["某会议关于修改《示例条例》的决定", "一、第一条修改为：“甲。”", "示例条例", "第一条 甲。"].join("\n"),
      { fileName: "决定(2020-01-01).txt" },
    );
    expect(named).toMatchObject({ title: "示例条例", amendments: ["一、第一条修改为：“甲。”"] });

    const bare = parse(["一、将第一条修改为：“甲。”", "根据本决定重新公布。", "为了样品。", "第一条 甲。"]);
    expect(bare.amendments).toHaveLength(2);
    expect(bare.preamble).toEqual(["为了样品。"]);
    expect(messages(bare)[0]).toContain("没有重复的标题");
  });

  test("a title printed again without a decision is left out, with its history and number", () => {
    const statute = parse([
      "示例条例 （2020年2月3日某会议 通过）",
      "某释〔2020〕3号",
      "为了样品，制定本条例。",
      "第一条 甲。",
      "示例条例",
      "第二条 乙。",
    ]);

    expect(statute.info).toEqual([
      { date: "2020-02-03", event: "某会议 通过" },
      { event: "某释〔2020〕3号" },
    ]);
    expect(statute.preamble).toEqual(["为了样品，制定本条例。"]);
    expect(names(statute)).toEqual(["第一条", "第二条"]);
    expect(statute.articles[0]?.paragraphs).toHaveLength(1);
  });

  test("articles quoted inside “…” or announced as new wording are words of the article above", () => {
    const statute = parse([
      "第一条 将某法改为：“第八条 甲。",
      "第九条 乙。",
      "第十条 丙。”",
      "第二条 某法增加一节，作为第七节，增加二条，作为第二十条、第二十一条。内容如下：",
      "第七节 样品",
      "第二十条 丁。",
      "第二十一条 戊。",
      "第三条 己。",
    ]);

    expect(names(statute)).toEqual(["第一条", "第二条", "第三条"]);
    expect(statute.articles.map((one) => one.paragraphs.length)).toEqual([1, 1, 1]);
    expect(statute.parts).toEqual([]);
    expect(statute.warnings.map((one) => one.line)).toEqual([6, 7, 10, 11]);
  });

  test("a quotation mark never closed hides no article", () => {
    const statute = parse(["第一条 称“甲。", "第二条 所称“乙”，是指丙。", "第三条 “丁。", "第四条 戊。"]);

    expect(names(statute)).toEqual(["第一条", "第二条", "第三条", "第四条"]);
    expect(messages(statute)).toEqual(["有左引号“而没有右引号”", "有左引号“而没有右引号”"]);
  });

  test("annexes keep their own articles; the text may go on behind one", () => {
    const statute = parse([
      "第一条 甲。",
      "附图应当清楚。",
      "附加费另收。",
      "附件：样品表",
      "第一条 表一。",
      "1. 大样",
      "附件二",
      "小样",
      "第二条 乙。",
    ]);

    expect(statute.annexes.map((one) => [one.title, one.paragraphs, one.line])).toEqual([
      ["附件：样品表", ["第一条 表一。", "1. 大样"], firstLine + 3],
      ["附件二", ["小样"], firstLine + 6],
    ]);
    expect(names(statute)).toEqual(["第一条", "第二条"]);
    expect(messages(statute)).toEqual(["附件之后又接正文第二条"]);
  });
});

describe("files without articles", () => {
  test("a reply of 一、 points has sections and a preamble", () => {
    const statute = parse([
      "某法院：",
      "你院请示收悉。批复如下。",
      "一、甲。",
      "（一）乙。",
      "## 三、丙",
      "丁。",
    ]);

    expect(statute.articles).toEqual([]);
    expect(statute.preamble).toEqual(["某法院：", "你院请示收悉。批复如下。"]);
    expect(statute.sections.map(({ label, text }) => [label, text])).toEqual([
      ["一、", "甲。"],
      ["三、", "丙"],
    ]);
    expect(statute.sections[0]?.paragraphs[0]?.items[0]?.label).toBe("（一）");
    expect(messages(statute)).toEqual(["“三、”与前一个序号不相连"]);
  });

  test("a standard has sections by heading and by dotted number, with lettered lists", () => {
    const { sections, annexes } = parse([
      "## 分级",
      "### 5.1　头部",
      "#### 5.1.1 一级",
      "a)甲。",
      "b)乙。",
      "6.10　丙。",
      "## 附录A",
      "丁",
    ]);

    expect(sections.map(({ label, text, depth }) => [label, text, depth])).toEqual([
      ["", "分级", 0],
      ["5.1", "头部", 1],
      ["5.1.1", "一级", 2],
      ["6.10", "丙。", 1],
    ]);
    expect(sections[2]?.paragraphs[0]?.items.map((item) => item.label)).toEqual(["a)", "b)"]);
    expect(annexes.map((one) => one.title)).toEqual(["附录A"]);
  });

  test("what is no statute at all comes back whole with a warning", () => {
    const statute = parse(["| 条 | 名 |", "|---|---|", "| 第114条 | 某罪 |"]);

    expect(statute.preamble).toEqual(["| 条 | 名 |", "| 第114条 | 某罪 |"]);
    expect(messages(statute)).toEqual(["没有找到条文，也没有“一、”或“5.1.1”这样的编号"]);
  });
});
