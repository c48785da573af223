import type { ImportWarning } from "./statute.ts";

/** A line of the file that has something in it. */
export type Line = {
  /** From 1. */
  number: number;
  /** Cleaned: single spaces, nothing invisible, no mark-up. */
  text: string;
  /** Whether it was marked as a heading; how deep is no matter. */
  heading: boolean;
  /** Whether it begins inside “…” opened on an earlier line. */
  quoted: boolean;
};

const infoEnd = /^\s*<!--\s*INFO END\s*-->\s*$/u;

/** The lines of a text file: those above `<!-- INFO END -->`, where that stands, and all others. */
export function readLines(text: string): { head: Line[]; body: Line[]; warnings: ImportWarning[] } {
  const warnings: ImportWarning[] = [];
  const raw = text.split(/\r\n|[\r\n\u0085\u2028\u2029\f]/u);
  const start = frontMatterEnd(raw);
  const end = raw.findIndex((line, index) => index >= start && infoEnd.test(line));
  const head: Line[] = [];
  const body: Line[] = [];
  let invisible = 0;
  let invisibleAt = 0;
  for (const [index, source] of raw.entries()) {
    if (index < start || index === end) continue;
    const number = index + 1;
    const unseen = source.match(/[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/gu)?.length ?? 0;
    if (unseen > 0 && invisible === 0) invisibleAt = number;
    invisible += unseen;
    const lost = source.match(/[\ue000-\uf8ff\u{f0000}-\u{10fffd}]/gu)?.length ?? 0;
    if (lost > 0) {
      warnings.push({
        line: number,
        message: `有${lost}个私用区字符（无法显示），已删去，请对照原文补上可能缺失的字`,
      });
    }
    if (source.includes("\ufffd"))
      warnings.push({ line: number, message: "有乱码字符（�），请检查文件编码" });
    const line = cleanLine(source, number);
    if (line !== undefined) (index < end ? head : body).push(line);
  }
  if (invisible > 0) {
    warnings.push({ line: invisibleAt, message: `全文有${invisible}个零宽字符（首见于本行），已删去` });
  }
  markQuoted(body, warnings);
  return { head, body, warnings };
}

/** Index of the first line behind YAML front matter; 0 where there is none. */
function frontMatterEnd(raw: readonly string[]): number {
  if (raw[0]?.trim() !== "---") return 0;
  const end = raw.findIndex((line, index) => index > 0 && line.trim() === "---");
  return end === -1 || end > 60 ? 0 : end + 1;
}

function cleanLine(source: string, number: number): Line | undefined {
  // Lengths are bounded, so that no line of noise takes more than linear time.
  const visible = source
    .replace(/<!--.{0,300}?-->/gu, "")
    .replace(/&(?:nbsp|ensp|emsp|#160|#12288);/giu, " ")
    .replace(/<br\s*\/?>/giu, " ")
    .replace(/[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/gu, "")
    .replace(/[\ue000-\uf8ff\u{f0000}-\u{10fffd}]/gu, "")
    // Control characters go, tabs and every kind of space become one space.
    .replace(/[\p{Cc}\p{Zs}]+/gu, " ")
    .trim();
  const marked = /^#{1,6} ?(?!#)/u.exec(visible);
  const text = visible
    .slice(marked?.[0].length ?? 0)
    .replace(/\[\[(?:[^[\]|]{0,80}\|)?([^[\]|]{0,80})\]\]/gu, "$1")
    .replace(/\*\*|__/gu, "")
    .replace(/ +/gu, " ")
    .trim();
  // A rule of --- or ===, or the line below a table's head, holds no words.
  if (text === "" || /^[-=*_| :]+$/u.test(text)) return undefined;
  return { number, text, heading: marked !== null, quoted: false };
}

/**
 * Marks the lines that begin inside a quotation of several lines.
 *
 * Each paragraph of such a quotation may open with its own “. One that is opened
 * again in the middle of a line, or never closed, was never meant to go on.
 */
function markQuoted(lines: readonly Line[], warnings: ImportWarning[]): void {
  let openedAt: number | undefined;
  for (const [index, line] of lines.entries()) {
    const marks = [...line.text.matchAll(/[“”]/gu)];
    const [first] = marks;
    if (openedAt !== undefined && first?.[0] === "“" && first.index > 0) {
      unmark(lines, openedAt, index, warnings);
      openedAt = undefined;
    }
    line.quoted = openedAt !== undefined;
    const last = marks.at(-1);
    if (last?.[0] === "“") openedAt ??= index;
    else if (last?.[0] === "”") openedAt = undefined;
  }
  if (openedAt !== undefined) unmark(lines, openedAt, lines.length, warnings);
}

function unmark(lines: readonly Line[], from: number, to: number, warnings: ImportWarning[]): void {
  for (const line of lines.slice(from + 1, to)) line.quoted = false;
  const opened = lines[from];
  if (opened !== undefined) warnings.push({ line: opened.number, message: "有左引号“而没有右引号”" });
}
