import { readItemLine } from "./line-kinds.ts";
import type { Line } from "./lines.ts";
import type { ImportWarning, Paragraph } from "./statute.ts";

/** Collects the 款, 项 and 目 of an article or section, line by line. */
export type ParagraphWriter = {
  /** A new 款, or a 项 or 目 of the last one. */
  add(line: Line): void;
  /** A line inside a quotation: it goes on with the text above and begins nothing. */
  addQuoted(line: Line): void;
};

/** @param paragraphs is written to. @param warnings is told of 项 that are missing. */
export function createParagraphWriter(paragraphs: Paragraph[], warnings: ImportWarning[]): ParagraphWriter {
  /** The list begun last: the 款 that holds it, how it is numbered and its last number. */
  let list: { paragraph: Paragraph; style: number; last: number } | undefined;

  return {
    add(line) {
      const entry = readItemLine(line.text);
      const paragraph = paragraphs.at(-1);
      if (entry === undefined || !mayList(entry.style, paragraph)) {
        paragraphs.push({ text: line.text, items: [] });
        return;
      }
      // A list that goes on behind a plain paragraph was not over: the paragraph is of its last 项.
      if (
        list !== undefined &&
        list.paragraph !== paragraph &&
        entry.style === list.style &&
        entry.number === list.last + 1
      ) {
        const between = paragraphs.splice(paragraphs.indexOf(list.paragraph) + 1);
        const item = list.paragraph.items.at(-1);
        const holder = item?.subItems.at(-1) ?? item ?? list.paragraph;
        for (const one of between) holder.text += `\n${wordsOf(one)}`;
      }
      const holder = paragraphs.at(-1) ?? { text: "", items: [] };
      if (paragraphs.length === 0) paragraphs.push(holder);
      if (entry.style === 0 && entry.number === 2 && holder.items.length === 0) {
        list = splitFirstItem(holder) ?? list;
      }
      const previous = holder === list?.paragraph ? holder.items.at(-1) : undefined;
      if (previous !== undefined && list !== undefined && entry.style > list.style) {
        previous.subItems.push({ label: entry.label, text: entry.text });
        return;
      }
      const last = previous !== undefined && list?.style === entry.style ? list.last : 0;
      if (entry.number !== undefined && entry.number !== last + 1) {
        const message =
          last === 0
            ? `项从${entry.label}开始，前面可能缺项`
            : `${entry.label}与前一项不相连，可能缺项、重项或缺一款`;
        warnings.push({ line: line.number, message });
      }
      holder.items.push({ label: entry.label, text: entry.text, subItems: [] });
      list = { paragraph: holder, style: entry.style, last: entry.number ?? last + 1 };
    },

    addQuoted(line) {
      const paragraph = paragraphs.at(-1);
      const item = paragraph?.items.at(-1);
      const holder = item?.subItems.at(-1) ?? item ?? paragraph;
      if (holder === undefined) paragraphs.push({ text: line.text, items: [] });
      else holder.text += `\n${line.text}`;
    },
  };
}

/** Sets the first 项 apart where it stands on the line of its 款: 有下列情形之一的：（一）…. */
function splitFirstItem(paragraph: Paragraph) {
  const match = /^(.*?[:：]) ?([（(]一[）)])(.+)$/u.exec(paragraph.text);
  if (match === null) return undefined;
  const [, before = "", label = "", text = ""] = match;
  paragraph.text = before;
  paragraph.items.push({ label, text: text.trim(), subItems: [] });
  return { paragraph, style: 0, last: 1 };
}

function wordsOf(paragraph: Paragraph): string {
  return [
    paragraph.text,
    ...paragraph.items.flatMap((item) => [
      item.label + item.text,
      ...item.subItems.map((sub) => sub.label + sub.text),
    ]),
  ].join("\n");
}

/** ① and a) open a list only where one is announced: elsewhere they are notes. */
function mayList(style: number, paragraph: Paragraph | undefined): boolean {
  if (style < 3 || paragraph === undefined || paragraph.items.length > 0) return true;
  return paragraph.text === "" || /[：:]$/u.test(paragraph.text);
}
