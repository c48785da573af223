import { z } from "zod";
import { articleName } from "../../text/numerals.ts";

/** 目: the finest division, inside a 项. */
const SubItem = z.strictObject({ label: z.string(), text: z.string() });

/** 项 with its 目. */
const Item = z.strictObject({ label: z.string(), text: z.string(), subItems: z.array(SubItem) });

/** 款: a paragraph and the 项 that it introduces. A quoted text keeps its line breaks. */
export const Paragraph = z.strictObject({ text: z.string(), items: z.array(Item) });
export type Paragraph = z.infer<typeof Paragraph>;

export const Article = z.strictObject({
  number: z.int().positive(),
  /** The Y of 第X条之Y. */
  inserted: z.int().positive().optional(),
  /** The headings above it, outermost first: 第一编 总则. */
  path: z.array(z.string()),
  paragraphs: z.array(Paragraph),
  /** Where it begins in the file, from 1. */
  line: z.int().positive(),
});
export type Article = z.infer<typeof Article>;

/** The kinds of headings, outermost first; 标题 is one that names none of them. */
export const partKinds = ["编", "分编", "章", "节", "标题"] as const;
export type PartKind = (typeof partKinds)[number];

/** A heading and those below it. */
export type Part = {
  kind: PartKind;
  /** Absent where the heading has no number: 附则. */
  number?: number | undefined;
  /** 第一章 总则, with single spaces; 总 则 is set as 总则. */
  heading: string;
  line: number;
  parts: Part[];
};
const Part: z.ZodType<Part> = z.strictObject({
  kind: z.enum(partKinds),
  number: z.int().positive().optional(),
  heading: z.string(),
  line: z.int().positive(),
  parts: z.lazy(() => z.array(Part)),
});

/** A numbered or headed piece of a text that has no articles: 一、, 5.1.1, a heading. */
export const Section = z.strictObject({
  /** 一、 or 5.1.1; empty for a heading without a number. */
  label: z.string(),
  /** What stands beside the label. */
  text: z.string(),
  /** From 0. */
  depth: z.int().nonnegative(),
  paragraphs: z.array(Paragraph),
  line: z.int().positive(),
});
export type Section = z.infer<typeof Section>;

export const Annex = z.strictObject({
  title: z.string(),
  paragraphs: z.array(z.string()),
  line: z.int().positive(),
});
export type Annex = z.infer<typeof Annex>;

/** One line of the history of a text: the day, where it is told, and what happened. */
export const InfoLine = z.strictObject({ date: z.iso.date().optional(), event: z.string() });
export type InfoLine = z.infer<typeof InfoLine>;

/** What a person should look at, in Chinese, with the line of the file, from 1. */
export const ImportWarning = z.strictObject({ line: z.int().positive(), message: z.string() });
export type ImportWarning = z.infer<typeof ImportWarning>;

/** A statute as the importer reads it. Wording is never changed but for spaces and invisible characters. */
export const Statute = z.strictObject({
  title: z.string(),
  /** The part of a code that the file holds, where it holds but one: 合同编. */
  portion: z.string().optional(),
  /** The day of adoption or last amendment: from the file's name, else from the information lines. */
  edition: z.iso.date().optional(),
  info: z.array(InfoLine),
  preamble: z.array(z.string()),
  parts: z.array(Part),
  articles: z.array(Article),
  /** Only where there is no article. */
  sections: z.array(Section),
  annexes: z.array(Annex),
  /** The text of an amending decision in front of the consolidated text. */
  amendments: z.array(z.string()),
  warnings: z.array(ImportWarning),
});
export type Statute = z.infer<typeof Statute>;

/** 第…条(之…) of an article. */
export function nameOf(article: Pick<Article, "number" | "inserted">): string {
  return articleName(article.number, article.inserted);
}

/** All words of an article, its number left out, one 款, 项 or 目 a line. */
export function textOf(article: Article): string {
  return article.paragraphs
    .flatMap((paragraph) => [
      paragraph.text,
      ...paragraph.items.flatMap((item) => [
        item.label + item.text,
        ...item.subItems.map((sub) => sub.label + sub.text),
      ]),
    ])
    .filter((line) => line !== "")
    .join("\n");
}
