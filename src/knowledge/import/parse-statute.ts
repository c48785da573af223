import { articleName } from "../../text/numerals.ts";
import { readFront, splitAtRepeatedTitle, squash } from "./find-title.ts";
import { editionOf, isInfoLine, readInfo } from "./head.ts";
import {
  type ArticleLine,
  closeUp,
  isAnnexLine,
  type PartLine,
  readArticleLine,
  readItemLine,
  readPartLine,
  readSectionLine,
} from "./line-kinds.ts";
import { type Line, readLines } from "./lines.ts";
import { createParagraphWriter, type ParagraphWriter } from "./paragraphs.ts";
import {
  type Article,
  type ImportWarning,
  nameOf,
  type Part,
  partKinds,
  type Section,
  type Statute,
  textOf,
} from "./statute.ts";

/** A number that is not set off counts as an article's only this far behind the last one. */
const furthestLeap = 10;

/**
 * Reads the text of a statute as public sources print it.
 *
 * 编, 分编, 章, 节, 条, 款, 项 and 目 are told by their words, never by the depth of a
 * heading. Numbers are taken as they stand: gaps, repeats and steps back become
 * warnings. Any text is read; one that is no statute comes back without articles.
 *
 * @param fileName tells title and day of the edition: 专利法(2020-10-17).md.
 */
export function parseStatute(text: string, { fileName }: { fileName: string }): Statute {
  const { head, body, warnings } = readLines(text);
  const front = readFront(head, body, fileName);
  const split = splitAtRepeatedTitle(front.title, front.rest);
  const reader = createReader(split.title, split.text, front.portion !== undefined);
  const before = withoutRepeats(split.cover, split.title);
  const info = [...front.info, ...before.info, ...reader.info];
  const edition = editionOf(fileName, info);
  const all = [...warnings, ...front.warnings, ...split.warnings, ...reader.warnings];
  if (edition === undefined) {
    all.push({ line: 1, message: "没有找到通过或修正的日期，请在文件名后加“(年-月-日)”" });
  }
  if (reader.articles.length === 0 && reader.sections.length === 0) {
    all.push({ line: 1, message: "没有找到条文，也没有“一、”或“5.1.1”这样的编号" });
  }
  return {
    title: closeUp(split.title),
    ...(front.portion === undefined ? {} : { portion: front.portion }),
    ...(edition === undefined ? {} : { edition }),
    info,
    preamble: [...before.paragraphs, ...reader.preamble],
    parts: reader.parts,
    articles: reader.articles,
    sections: reader.sections,
    annexes: reader.annexes,
    amendments: split.amendments.map((line) => line.text),
    warnings: all.sort((a, b) => a.line - b.line),
  };
}

/** Lines in front of the text: its history apart from its words, the title left out. */
function withoutRepeats(lines: readonly Line[], title: string) {
  const told: string[] = [];
  const paragraphs: string[] = [];
  for (const { text } of lines) {
    if (squash(text) === squash(title)) continue;
    const behindTitle = squash(text).startsWith(squash(title)) ? /[（(].*[）)]$/u.exec(text)?.[0] : undefined;
    if (behindTitle !== undefined && isInfoLine(behindTitle)) told.push(behindTitle);
    else if (isInfoLine(text) && text.length < 120) told.push(text);
    else paragraphs.push(text);
  }
  return { info: readInfo(told), paragraphs };
}

type Reading = Pick<
  Statute,
  "info" | "preamble" | "parts" | "articles" | "sections" | "annexes" | "warnings"
>;

function createReader(title: string, source: readonly Line[], isPortion: boolean): Reading {
  const warnings: ImportWarning[] = [];
  const warn = (line: Line, message: string) => warnings.push({ line: line.number, message });
  const lines = withoutContents(source);
  const first = lines.findIndex((line) => !line.quoted && opensArticle(line) !== undefined);
  const hasArticles = first !== -1;

  const reading: Reading = {
    info: [],
    preamble: [],
    parts: [],
    articles: [],
    sections: [],
    annexes: [],
    warnings,
  };
  const { articles, sections, annexes } = reading;
  const open: Part[] = [];
  const lastNumbers = new Map<string, number>();
  const front: Line[] = [];
  let writer: ParagraphWriter | undefined;
  /** Numbers of articles whose wording the text above announces. */
  let announced: { from: number; to: number } | undefined;
  let lastSection = 0;
  let inAnnex = false;
  let taken: Line | undefined;

  /** Words that begin nothing: of the article, section or annex that is open, else of the preamble. */
  const addWords = (line: Line) => {
    if (inAnnex) annexes.at(-1)?.paragraphs.push(line.text);
    else if (writer === undefined) {
      if (articles.length > 0)
        warn(line, `标题与条文之间有一段文字，没有归入任何一条：“${line.text.slice(0, 15)}”`);
      front.push(line);
    } else if (line.quoted) writer.addQuoted(line);
    else {
      writer.add(line);
      announced = announcedBy(line.text) ?? announced;
    }
  };

  const startArticle = (line: Line, found: ArticleLine) => {
    const article: Article = {
      number: found.number,
      ...(found.inserted === undefined ? {} : { inserted: found.inserted }),
      path: open.map((part) => part.heading),
      paragraphs: [],
      line: line.number,
    };
    const previous = articles.at(-1);
    const complaint = previous === undefined && isPortion ? undefined : sequenceComplaint(previous, article);
    if (complaint !== undefined) warn(line, complaint);
    if (!found.regular) warn(line, `“${found.written}”的写法不规范，按${nameOf(article)}收录`);
    articles.push(article);
    inAnnex = false;
    writer = createParagraphWriter(article.paragraphs, warnings);
    announced = undefined;
    if (found.text !== "") addWords({ ...line, text: found.text });
  };

  const startPart = (line: Line, found: PartLine) => {
    const kind =
      found.number === undefined && found.heading === "附则"
        ? reading.parts.some((part) => part.kind === "编")
          ? "编"
          : "章"
        : found.kind;
    const rank = partKinds.indexOf(kind);
    while (open.length > 0 && partKinds.indexOf(open.at(-1)?.kind ?? "编") >= rank) open.pop();
    const above = open.at(-1)?.parts ?? reading.parts;
    const part: Part = {
      kind,
      ...(found.number === undefined ? {} : { number: found.number }),
      heading: found.heading,
      line: line.number,
      parts: [],
    };
    above.push(part);
    open.push(part);
    writer = undefined;
    inAnnex = false;
    announced = undefined;
    if (found.number === undefined) return;
    // Chapters may be numbered through a whole code or anew in each part of it.
    const previous = lastNumbers.get(kind);
    if (found.number !== 1 && found.number !== (previous ?? 0) + 1) {
      warn(
        line,
        previous === undefined
          ? `“${found.heading}”之前没有同级标题`
          : `“${found.heading}”与前一个${kind}的序号不相连`,
      );
    }
    lastNumbers.set(kind, found.number);
  };

  const startSection = (line: Line, found: { label: string; text: string; depth: number }) => {
    const { label, text, depth } = found;
    const section: Section = { label, text, depth, paragraphs: [], line: line.number };
    sections.push(section);
    inAnnex = false;
    writer = createParagraphWriter(section.paragraphs, warnings);
  };

  for (const [index, line] of lines.entries()) {
    if (line === taken) continue;
    const { text } = line;
    if (!line.quoted && squash(text) === squash(title)) continue;

    const article = readArticleLine(text);
    if (line.quoted) {
      if (typeof article === "object" && article.setOff)
        warn(line, `引号内的“${article.written}”不是本文件的条文`);
      addWords(line);
      continue;
    }
    if (article === "malformed") warn(line, `“${text.slice(0, 12)}”的条号无法识别，按普通文字收录`);
    else if (article !== undefined) {
      const last = articles.at(-1);
      if (inAnnex && (last === undefined || !follows(last, article) || opensArticle(line) === undefined)) {
        addWords(line);
        continue;
      }
      if (
        announced !== undefined &&
        article.number >= announced.from &&
        article.number <= announced.to &&
        !(last !== undefined && follows(last, article))
      ) {
        warn(line, `“${article.written}”是上文所引的条文，不是本文件的条文`);
        writer?.addQuoted(line);
        continue;
      }
      if (opensArticle(line) !== undefined && (article.setOff || isNear(last, article))) {
        if (inAnnex) warn(line, `附件之后又接正文${article.written}`);
        startArticle(line, article);
        continue;
      }
      if (article.reference === undefined) {
        warn(line, `行首的“${article.written}”与前后条号相差太远，按普通文字收录`);
      }
    }

    if (isAnnexLine(text, line.heading) && (articles.length > 0 || sections.length > 0)) {
      annexes.push({ title: text, paragraphs: [], line: line.number });
      inAnnex = true;
      writer = undefined;
      continue;
    }
    if (inAnnex) {
      addWords(line);
      continue;
    }

    const part = readPartLine(text);
    if (part !== undefined) {
      if (announced !== undefined) {
        writer?.addQuoted(line);
        continue;
      }
      const next = lines[index + 1];
      const named = part.title === "" && next !== undefined && isBareTitle(next);
      const full = named ? { ...part, heading: `${part.heading} ${closeUp(next.text)}` } : part;
      if (named) taken = next;
      if (hasArticles) startPart(line, full);
      else startSection(line, { label: "", text: full.heading, depth: 0 });
      continue;
    }
    if (hasArticles) {
      if (line.heading && articles.length > 0) {
        warn(line, `不认识的标题“${text.slice(0, 20)}”`);
        startPart(line, { kind: "标题", number: undefined, heading: text, title: text });
      } else addWords(line);
      continue;
    }
    const section = readSectionLine(text);
    if (section !== undefined) {
      if (section.number !== undefined) {
        if (section.number !== 1 && section.number !== lastSection + 1)
          warn(line, `“${section.label}”与前一个序号不相连`);
        lastSection = section.number;
      }
      startSection(line, section);
    } else if (line.heading) startSection(line, { label: "", text, depth: 0 });
    else addWords(line);
  }

  for (const article of articles) {
    if (textOf(article) === "") warnings.push({ line: article.line, message: `${nameOf(article)}没有正文` });
  }
  const { info, paragraphs } = withoutRepeats(front, title);
  return { ...reading, info, preamble: paragraphs };
}

/** The article that a line opens if its number fits; undefined where it is a reference or none. */
function opensArticle(line: Line): ArticleLine | undefined {
  const article = readArticleLine(line.text);
  if (typeof article !== "object" || article.reference === "certain") return undefined;
  return article.setOff || article.reference === undefined ? article : undefined;
}

function isNear(last: Article | undefined, found: ArticleLine): boolean {
  if (last === undefined) return true;
  return (
    (found.number > last.number && found.number <= last.number + furthestLeap) ||
    (found.number === last.number && found.inserted !== undefined)
  );
}

function follows(last: Article, found: Pick<Article, "number" | "inserted">): boolean {
  if (found.number === last.number + 1) return found.inserted === undefined;
  return found.number === last.number && found.inserted === (last.inserted ?? 0) + 1;
}

/** How many missing numbers are looked for in the words of the article before. */
const mostNamed = 20;

/** What is odd about a number behind the one before it; undefined where nothing is. */
function sequenceComplaint(last: Article | undefined, found: Article): string | undefined {
  const name = nameOf(found);
  if (last === undefined) {
    return found.number === 1 && found.inserted === undefined
      ? undefined
      : `首条是${name}，之前的条不在本文件内或已缺`;
  }
  if (follows(last, found)) return undefined;
  if (found.number === last.number && found.inserted === last.inserted) {
    return `${name}重复（前一个在第${last.line}行）`;
  }
  if (
    found.number < last.number ||
    (found.number === last.number && (found.inserted ?? 0) < (last.inserted ?? 0))
  )
    return `条号倒退：${nameOf(last)}之后是${name}`;
  const count = Math.max(0, found.number - last.number - 1);
  const missing = Array.from({ length: Math.min(count, mostNamed) }, (_, step) =>
    articleName(last.number + 1 + step),
  );
  const words = textOf(last);
  const swallowed = missing.find((one) => words.includes(one));
  const names =
    count === 0
      ? "有缺条"
      : count <= 3
        ? `缺${missing.join("、")}`
        : `缺${missing[0]}至${articleName(found.number - 1)}`;
  return `${nameOf(last)}之后是${name}，${names}${
    swallowed === undefined ? "，可能已并入上一条或漏录" : `（“${swallowed}”字样在${nameOf(last)}的文字里）`
  }`;
}

/** The articles whose new wording follows, where a text says so: 增加五条，分别作为第…条至第…条。内容如下： */
function announcedBy(text: string): { from: number; to: number } | undefined {
  if (!/(?:增加|修改|改为|作为|如下)/u.test(text) || !/[：:]$|如下。?$/u.test(text)) return undefined;
  const numbers = [...text.matchAll(/第[零一二三四五六七八九十百千]+条/gu)]
    .map(([written]) => readArticleLine(written))
    .flatMap((article) => (typeof article === "object" ? [article.number] : []));
  if (numbers.length === 0) return undefined;
  return { from: Math.min(...numbers), to: Math.max(...numbers) };
}

/** A short line that can be the name of the chapter whose number stands on the line above. */
function isBareTitle(line: Line): boolean {
  return (
    !line.quoted &&
    line.text.length <= 30 &&
    !/[。；;：:，,]/u.test(line.text) &&
    readArticleLine(line.text) === undefined &&
    readPartLine(line.text) === undefined &&
    readItemLine(line.text) === undefined
  );
}

/** The lines without a table of contents: headings under 目录 that are repeated below it. */
function withoutContents(lines: readonly Line[]): Line[] {
  const start = lines.findIndex((line) => line.text.replaceAll(" ", "") === "目录");
  if (start === -1) return [...lines];
  const headingOf = (line: Line | undefined) =>
    line === undefined ? undefined : readPartLine(line.text.replace(/[ .…·]+\d{1,4}$/u, ""))?.heading;
  const first = headingOf(lines[start + 1]);
  let end = start + 1;
  while (end < lines.length && headingOf(lines[end]) !== undefined) {
    if (end > start + 1 && headingOf(lines[end]) === first) {
      return [...lines.slice(0, start), ...lines.slice(end)];
    }
    end++;
  }
  // A preamble may stand between the contents and the first chapter.
  const again = lines.findIndex((line, index) => index >= end && headingOf(line) === first);
  const isContents = first !== undefined && again !== -1 && end > start + 1;
  return [...lines.slice(0, start), ...lines.slice(isContents ? end : start + 1)];
}
