import { isCompleteInfo, isInfoLine, readInfo, titleFromFileName } from "./head.ts";
import { readArticleLine, readPartLine, readSectionLine } from "./line-kinds.ts";
import type { Line } from "./lines.ts";
import type { ImportWarning, InfoLine } from "./statute.ts";

const titleEnd =
  /(?:法|法典|条例|规定|办法|细则|决定|解释|批复|规则|通则|标准|意见|通知|公告|修正案|规程|准则|纲要|章程|目录)(?:[（(][^（()）]*[）)])?$/u;
const mostTitleLines = 4;

/** Title without spaces and without 中华人民共和国, for comparing. */
export function squash(title: string): string {
  return title
    .replaceAll(" ", "")
    .replaceAll("(", "（")
    .replaceAll(")", "）")
    .replace(/^中华人民共和国/u, "");
}

/** What stands above the text: its title, the part of a code, its history; and the lines that follow. */
export type Front = {
  title: string;
  portion: string | undefined;
  info: InfoLine[];
  rest: Line[];
  warnings: ImportWarning[];
};

/** Reads title and history, from the block above `<!-- INFO END -->` or from the first lines of the text. */
export function readFront(head: readonly Line[], body: readonly Line[], fileName: string): Front {
  const lines = head.length > 0 ? head : body;
  const named = titleFromFileName(fileName);
  const warnings: ImportWarning[] = [];
  const count = countTitleLines(lines, named);
  let title = lines
    .slice(0, count)
    .map((line) => line.text)
    .join("");
  if (title === "") {
    title = named;
    const message = lines.length === 0 ? "文件里没有文字" : "没有找到标题，用了文件名";
    warnings.push({ line: lines[0]?.number ?? 1, message });
  }
  let portion: string | undefined;
  const told: string[] = [];
  let next = count;
  for (; next < lines.length; next++) {
    const line = lines[next];
    if (line === undefined) break;
    const isPortion = told.length === 0 && portion === undefined && namesPortion(title, line);
    if (head.length === 0 && !isPortion && !belongsToFront(line, told)) break;
    if (isPortion || (line.heading && !isInfoLine(line.text) && line.text.length <= 20))
      portion ??= line.text;
    else told.push(line.text);
  }
  const rest = head.length > 0 ? [...body] : body.slice(next);
  return { title, portion, info: readInfo(told), rest, warnings };
}

/** Whether a line below the title of a code names the part that the file holds: 合同编. */
function namesPortion(title: string, { text }: Line): boolean {
  return /法典$/u.test(title) && /^(?:\p{Script=Han}{1,12}编|总则)$/u.test(text) && !/^第/u.test(text);
}

/** Without a marked block, a line is of the history if it looks so or goes on with a line that does. */
function belongsToFront(line: Line, told: readonly string[]): boolean {
  if (readArticleLine(line.text) !== undefined || readPartLine(line.text) !== undefined) return false;
  if (isInfoLine(line.text)) return true;
  const joined = told.join("");
  const opened = joined.match(/[（(]/gu)?.length ?? 0;
  if (opened > (joined.match(/[）)]/gu)?.length ?? 0)) return told.length < 20;
  const last = told.at(-1);
  return (
    last !== undefined &&
    !isCompleteInfo(last) &&
    !/[〕〗号]/u.test(last.slice(-2)) &&
    line.text.length < 100 &&
    /(?:决定|办法|条例|修正|修订|通过|公布|批准|[〉》])[）)]?$/u.test(line.text)
  );
}

function countTitleLines(lines: readonly Line[], named: string): number {
  const first = lines[0];
  if (first === undefined || !mayBeTitle(first)) return 0;
  let joined = "";
  for (const [index, line] of lines.slice(0, mostTitleLines).entries()) {
    joined += line.text;
    if (squash(joined) === squash(named)) return index + 1;
  }
  if (first.heading) return 1;
  let count = 1;
  let title = first.text;
  while (!titleEnd.test(title) && count < mostTitleLines) {
    const line = lines[count];
    if (line === undefined || !mayBeTitle(line) || line.text.length > 60) return 1;
    title += line.text;
    count++;
  }
  return titleEnd.test(title) ? count : 1;
}

function mayBeTitle({ text }: Line): boolean {
  return (
    text.length <= 120 &&
    !/[。；;：:]$/u.test(text) &&
    !isInfoLine(text) &&
    readArticleLine(text) === undefined &&
    readPartLine(text) === undefined &&
    readSectionLine(text) === undefined
  );
}

/** Where the lines from `index` on spell one of the names: how many lines they take; else 0. */
function spells(lines: readonly Line[], index: number, names: ReadonlySet<string>): number {
  let joined = "";
  for (const [offset, line] of lines.slice(index, index + mostTitleLines).entries()) {
    if (line.quoted) return 0;
    joined += line.text;
    if (names.has(squash(joined))) return offset + 1;
    if (joined.length > 160) return 0;
  }
  return 0;
}

const amends = /修改为|作如下修改|作出如下修改|作以下修改|予以修改|修正为|删去第|删除第|增加一[条款项]/u;

/** The text proper, and what stands in front of it. */
export type Split = {
  title: string;
  amendments: Line[];
  cover: Line[];
  text: Line[];
  warnings: ImportWarning[];
};

/**
 * Parts an amending decision or a covering note from the text that it publishes:
 * they part where the title, or the title named in 《》 by the decision, is repeated.
 */
export function splitAtRepeatedTitle(title: string, lines: readonly Line[]): Split {
  const own = new Set([squash(title)]);
  const namedInside = /修改|修正|印发|公布|发布/u.test(title)
    ? [...title.matchAll(/《([^《》]{2,80})》/gu)].map((match) => match[1] ?? "")
    : [];
  const names = new Set([...own, ...namedInside.map(squash)]);
  let best: { index: number; length: number; title: string } | undefined;
  for (const index of lines.keys()) {
    const length = spells(lines, index, names);
    if (length === 0 || !opensText(lines, index, length)) continue;
    const spelt = lines
      .slice(index, index + length)
      .map((line) => line.text)
      .join("");
    best = { index, length, title: own.has(squash(spelt)) ? title : spelt };
  }
  if (best !== undefined) {
    const before = lines.slice(0, best.index);
    const isDecision = before.some((line) => !line.quoted && amends.test(line.text));
    return {
      title: best.title,
      amendments: isDecision ? before : [],
      cover: isDecision ? [] : before,
      text: lines.slice(best.index + best.length),
      warnings: [],
    };
  }
  return splitAtLastAmendment(title, lines);
}

/** Whether the articles that follow are those of a whole text: they begin at 1, or there were none before. */
function opensText(lines: readonly Line[], index: number, length: number): boolean {
  const first = lines.slice(index + length).find(isPlainArticle);
  if (first === undefined) return false;
  const article = readArticleLine(first.text);
  const startsAtOne = typeof article === "object" && article.number === 1;
  return startsAtOne || !lines.slice(0, index).some(isPlainArticle);
}

/** Whether a line is set as an article is: outside quotations, its number set off, no reference. */
function isPlainArticle(line: Line): boolean {
  if (line.quoted) return false;
  const article = readArticleLine(line.text);
  return typeof article === "object" && article.setOff && article.reference !== "certain";
}

function splitAtLastAmendment(title: string, lines: readonly Line[]): Split {
  const whole: Split = { title, amendments: [], cover: [], text: [...lines], warnings: [] };
  const first = lines.findIndex(isPlainArticle);
  const before = lines.slice(0, Math.max(first, 0));
  const last = before.findLastIndex((line) => amends.test(line.text) || /重新公布/u.test(line.text));
  const isDecision = before.some(
    (line) => readSectionLine(line.text) !== undefined && amends.test(line.text),
  );
  const at = lines[last];
  if (!isDecision || at === undefined) return whole;
  return {
    ...whole,
    amendments: lines.slice(0, last + 1),
    text: lines.slice(last + 1),
    warnings: [{ line: at.number, message: "修改决定与正文之间没有重复的标题，以本行为界分开，请核对" }],
  };
}
