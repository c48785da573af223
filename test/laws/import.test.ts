import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { importSettings } from "../../scripts/knowledge-import.ts";
import { DigestFile } from "../../src/knowledge/digest.ts";
import { compareArticles } from "../../src/knowledge/import/compare.ts";
import { parseStatute } from "../../src/knowledge/import/parse-statute.ts";
import { readFileText } from "../../src/knowledge/import/read-file.ts";
import { nameOf, Statute } from "../../src/knowledge/import/statute.ts";
import { matchCatalogue } from "../../src/knowledge/import/stored-statute.ts";
import { Renumbering } from "../../src/knowledge/sources.ts";
import { toNumeral } from "../../src/text/numerals.ts";
import { lawsDir } from "../support/laws.ts";
import { scale } from "../support/scale.ts";

type Entry = {
  file: string;
  title: string;
  version_date: string | null;
  articles: number;
  distinct_articles?: number;
};
const folder = lawsDir();
const knowledge = join(import.meta.dirname, "../../knowledge");
const readYaml = (path: string): unknown => parse(readFileSync(join(knowledge, path), "utf8"));
const { files } = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as { files: Entry[] };
const variants = globSync("variants/*.md", { cwd: folder });

function load(file: string) {
  const { text } = readFileText(readFileSync(join(folder, file)), file);
  return { text, statute: parseStatute(text, { fileName: file }) };
}
const variant = (name: string) => load(join("variants", name)).statute;
const messages = (statute: Statute) => statute.warnings.map((one) => `${one.line} ${one.message}`);

/** Letters and digits only: what must not be lost, whatever becomes of labels and spaces. */
const words = (text: string) => text.normalize("NFKC").replace(/[^\p{L}\p{N}]/gu, "");

/** All that a statute holds, in one string; days are told apart from their events, so they are left out. */
function allWords(statute: Statute): string {
  const collect = (value: unknown): string[] => {
    if (typeof value === "string") return /^\d{4}-\d\d-\d\d$/u.test(value) ? [] : [value];
    if (Array.isArray(value)) return value.flatMap(collect);
    return value !== null && typeof value === "object" ? Object.values(value).flatMap(collect) : [];
  };
  return words(withoutDates(collect({ ...statute, warnings: [] }).join("\n")));
}

const withoutDates = (text: string) => text.replace(/(?:根据)?\d{4}年\d+月\d+日/gu, "");

/** The lines of the text whose words the statute lost; the numbers of articles are not kept as words. */
function lostLines(text: string, statute: Statute): string[] {
  const kept = allWords(statute);
  return text
    .replace(/<!--.*?-->/gu, "")
    .split("\n")
    .map((line) => line.replace(/^#* ?/u, ""))
    .map((line) => line.replace(/^第[^条章节编]{1,12}条(?:之[一二三四五六七八九十])?/u, ""))
    .map((line) => words(withoutDates(line)))
    .filter((line) => !kept.includes(line));
}

describe("the statutes of the manifest", () => {
  const { instruments } = importSettings();

  test("are all there", () => {
    expect(files.length).toBeGreaterThanOrEqual(82);
  });

  test.each(files)("$file has its title, edition and $articles articles", (entry) => {
    const { text, statute } = load(entry.file);

    expect(statute.articles).toHaveLength(entry.articles);
    expect(new Set(statute.articles.map(nameOf)).size).toBe(entry.distinct_articles ?? entry.articles);
    expect(statute.title).toBe(entry.title);
    expect(statute.edition).toEqual(entry.version_date ?? expect.any(String));
    expect(matchCatalogue(instruments, statute).kind).toBe("listed");
    expect(Statute.parse(statute)).toEqual(statute);
    expect(lostLines(text, statute)).toEqual([]);
    // None of these files has a gap.
    expect(messages(statute).filter((one) => /缺第|重复|倒退|没有正文|不是本文件/u.test(one))).toEqual([]);
  });

  test("have as many 款 in each article, and the chapter above it, as the digests were written from", () => {
    const faults: string[] = [];
    let compared = 0;
    for (const path of globSync("digests/**/*.yaml", { cwd: knowledge })) {
      const { law, edition, articles } = DigestFile.parse(readYaml(path));
      // 民法典 comes in several files, a part each.
      const parts = files.filter(
        (one) =>
          one.title.replace(/^中华人民共和国/u, "") === law &&
          (one.version_date === null || one.version_date === edition),
      );
      if (parts.length === 0) continue;
      const printed = new Map(
        parts.flatMap(({ file }) => load(file).statute.articles.map((one) => [nameOf(one), one] as const)),
      );
      for (const digest of articles) {
        const article = printed.get(digest.article);
        compared++;
        if (
          article?.paragraphs.length !== digest.paragraphs ||
          (article.path.length > 0 && !article.path.includes(digest.chapter))
        ) {
          faults.push(`${law}${digest.article}`);
        }
      }
    }

    expect(compared).toBeGreaterThan(200);
    expect(faults).toEqual([]);
  });

  test("the amending decision in front of the rules of 2015 is parted from them", () => {
    const { statute } = load("最高人民法院关于审理专利纠纷案件适用法律问题的若干规定(2015-01-29).md");

    expect(statute.amendments).toHaveLength(14);
    expect(statute.preamble).toHaveLength(1);
    expect(statute.warnings).toEqual([]);
  });

  test("the 细则 of 2010 and 2023 compare as the table of old and new numbers says", () => {
    const table = Renumbering.parse(readYaml("renumbering/专利法实施细则-2010-2023.yaml"));
    const { changed, renumbered, removed } = compareArticles(
      load("专利法实施细则(2010-01-09).md").statute.articles,
      load("专利法实施细则(2023-12-11).md").statute.articles,
    );
    const moved = new Map([...changed, ...renumbered].map((one) => [nameOf(one.from), nameOf(one.to)]));
    const gone = new Set(removed.map(nameOf));
    const sure = table.articles.filter((row) => (row.similarity ?? 0) >= 0.6);

    expect(sure.length).toBeGreaterThan(100);
    expect(
      sure.filter((row) => (gone.has(row.from) ? null : (moved.get(row.from) ?? row.from)) !== row.to),
    ).toEqual([]);
  });
});

describe("the awkward formats", () => {
  test.each(variants)("%s loses no words", (file) => {
    const { text, statute } = load(file);

    expect(lostLines(text, statute)).toEqual([]);
    expect(Statute.parse(statute)).toEqual(statute);
  });

  test("刑法: 第X条之Y, 编/章/节, 附则 beside them, two annexes", () => {
    const statute = variant("刑法.md");

    expect(statute.articles).toHaveLength(505);
    expect(statute.articles.filter((one) => one.inserted !== undefined)).toHaveLength(53);
    expect(statute.parts.map((part) => [part.heading, part.parts.length])).toEqual([
      ["第一编 总则", 5],
      ["第二编 分则", 10],
      ["附则", 0],
    ]);
    expect(statute.annexes.map((one) => one.title)).toEqual(["附件一", "附件二"]);
    expect(statute.warnings).toEqual([]);
  });

  test("合同编: two titles, 分编, articles from 463", () => {
    const statute = variant("合同编.md");

    expect(statute).toMatchObject({ title: "中华人民共和国民法典", portion: "合同编", warnings: [] });
    expect(statute.articles.map((one) => one.number)).toEqual(Array.from({ length: 526 }, (_, n) => 463 + n));
    expect(statute.parts.map((part) => [part.kind, part.parts.length])).toEqual([
      ["分编", 8],
      ["分编", 19],
      ["分编", 2],
    ]);
  });

  test.each([
    ["北京市建设工程质量条例.md", 106],
    ["青岛市海上交通安全条例(2014-09-26).md", 78],
    ["台州市城乡规划条例(2016-12-19).md", 50],
    ["山东省循环经济条例(2016-07-22).md", 54],
    ["山东省乡镇人民代表大会工作若干规定(2015-12-03).md", 33],
  ])("%s: all %i articles, no warning", (name, count) => {
    const statute = variant(name);

    expect(statute.articles.map((one) => one.number)).toEqual(Array.from({ length: count }, (_, n) => n + 1));
    expect(statute.warnings).toEqual([]);
  });

  test("chapters without a space or a # are chapters; wrapped history lines are one", () => {
    expect(variant("台州市城乡规划条例(2016-12-19).md").parts[0]?.heading).toBe("第一章 总则");
    expect(variant("山东省循环经济条例(2016-07-22).md").parts[4]?.heading).toBe("第五章 法律责任");
    expect(variant("山东省乡镇人民代表大会工作若干规定(2015-12-03).md").info).toHaveLength(3);
  });

  test("山东省中医药条例: the gap at 13 is warned of with its line, nothing is renumbered", () => {
    const statute = variant("山东省中医药条例(2020-11-27).md");

    expect(statute.articles).toHaveLength(74);
    expect(statute.articles.at(-1)?.number).toBe(75);
    expect(messages(statute)).toEqual(["45 第十二条之后是第十四条，缺第十三条，可能已并入上一条或漏录"]);
  });

  test("宪法修正案: 32 to 52, and the five articles that 52 puts in are not its own", () => {
    const statute = variant("宪法修正案（2018年）.md");

    expect(statute.articles.map((one) => one.number)).toEqual(Array.from({ length: 21 }, (_, n) => 32 + n));
    expect(statute.parts).toEqual([]);
    expect(messages(statute).filter((one) => one.includes("上文所引"))).toHaveLength(5);
  });

  test("files without articles: a table, a standard, a decision of 一、 to 十四、", () => {
    const table = variant("最高人民法院、最高人民检察院关于执行《刑法》确定罪名的补充规定(2002-03-15).md");
    const standard = variant("人体损伤程度鉴定标准(2014-01-01).md");
    const decision = variant("北京市人民代表大会常务委员会关于加强市级预算审查监督的决定(2021-12-24).md");

    expect([...table.articles, ...standard.articles, ...decision.articles]).toEqual([]);
    expect(table.preamble.filter((line) => line.startsWith("|"))).toHaveLength(22);
    expect(standard.sections.filter((one) => /^5\.\d+\.\d+$/u.test(one.label))).toHaveLength(59);
    expect(standard.sections.filter((one) => one.label.startsWith("6."))).toHaveLength(19);
    expect(decision.sections.map((one) => one.label)).toHaveLength(14);
    expect(decision.preamble).toHaveLength(1);
  });
});

describe("damaged files", () => {
  const sources = [...files.map((one) => one.file), ...variants].map((file) => ({
    file,
    lines: load(file).text.split("\n"),
  }));
  const noise = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 30 }),
    fc.constantFrom(
      "目录",
      "附件",
      "“",
      "”",
      "第",
      "第一条",
      "第一条 “第二条 甲",
      "第九千九百九十九条 甲。",
      "第十十条 甲。",
      "第0条 甲。",
      "第三条之二 乙。",
      "第五条第二款规定的",
      "## 第九章",
      "### 第一编 总 则",
      "（三）丙；",
      "1.丁；",
      "将第一条至第九百条修改为：",
      "<!-- INFO END -->",
      "| a |",
      "---",
    ),
  );
  const change = fc.oneof(
    fc.record({ kind: fc.constant("delete" as const), at: fc.nat() }),
    fc.record({ kind: fc.constant("swap" as const), at: fc.nat(), with: fc.nat() }),
    fc.record({ kind: fc.constant("insert" as const), at: fc.nat(), text: noise }),
    fc.record({ kind: fc.constant("join" as const), at: fc.nat() }),
    fc.record({ kind: fc.constant("cut" as const), at: fc.nat(), column: fc.nat(80) }),
  );

  type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never;

  function damage(lines: readonly string[], changes: readonly Change[]): string {
    const copy = [...lines];
    for (const one of changes) {
      const at = one.at % Math.max(copy.length, 1);
      const line = copy[at] ?? "";
      if (one.kind === "delete") copy.splice(at, 1);
      else if (one.kind === "insert") copy.splice(at, 0, one.text);
      else if (one.kind === "join") copy.splice(at, 3, copy.slice(at, at + 3).join(""));
      else if (one.kind === "cut") copy.splice(at, 1, line.slice(0, one.column), line.slice(one.column));
      else {
        const other = one.with % Math.max(copy.length, 1);
        copy[at] = copy[other] ?? "";
        copy[other] = line;
      }
    }
    return copy.join("\n");
  }

  /** Whether the line begins with the article's number, in Chinese numerals or Arabic digits. */
  function standsThere(
    line: string,
    { number, inserted }: { number: number; inserted?: number | undefined },
  ) {
    const plain = line
      .normalize("NFKC")
      .replace(/<!--.*?-->|[\p{Z}\p{C}#*_]/gu, "")
      .replaceAll("〇", "零")
      // 一百十 is an old way to write 一百一十.
      .replace(/(?<=^第[^条]*[百千零])十/u, "一十");
    const added = inserted === undefined ? "" : `之${toNumeral(inserted)}`;
    return [toNumeral(number), String(number)].some((one) => plain.startsWith(`第${one}条${added}`));
  }

  test("never throw, and every number stands at the start of its line as the file has it", () => {
    const runs = scale(200, 5000);
    let articles = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...sources),
        fc.array(change, { minLength: 1, maxLength: 12 }),
        (source, changes) => {
          const text = damage(source.lines, changes);
          const statute = parseStatute(text, { fileName: source.file });
          const lines = text.split(/\r\n|[\r\n\u0085\u2028\u2029\f]/u);
          articles += statute.articles.length;
          expect(statute.articles.filter((one) => !standsThere(lines[one.line - 1] ?? "", one))).toEqual([]);
          expect(statute.warnings.every((one) => one.line >= 1 && one.line <= lines.length)).toBe(true);
          expect(statute.articles.map((one) => one.line)).toEqual(
            statute.articles.map((one) => one.line).sort((a, b) => a - b),
          );
        },
      ),
      { numRuns: runs },
    );
    expect(articles).toBeGreaterThan(runs * 10);
  });

  test("text of any characters and bytes never throws anything but what says how to mend it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => {
        parseStatute(text, { fileName: "x.md" });
      }),
      { numRuns: scale(200, 5000) },
    );
  });
});
