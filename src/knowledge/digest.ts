import { z } from "zod";

/** An article's number as statutes write it: 第…条 or 第…条之…. */
export const ArticleNumber = z
  .string()
  .regex(/^第[零一二三四五六七八九十百千]+条(之[一二三四五六七八九十]+)?$/);

/** A figure or time limit that an article sets. */
export const Figure = z.strictObject({
  /** What it limits, in plain words: 发明专利保护期. */
  label: z.string().min(2),
  /** As people say it, with Arabic digits and the unit: 20年, 5万元, 3个月. */
  value: z.string().regex(/[0-9]/),
  /** As it stands in the official text (二十年): `knowledge check` looks for it there. */
  written: z.string().min(1),
});

/** The ways people ask one thing, and the sentence that answers it first. */
export const AskedGroup = z.strictObject({
  /** As people here talk: short, long, dialect, typo, voice-like without punctuation, false premise. */
  questions: z.array(z.string().min(3).max(80)).min(2),
  /** One to three plain sentences that answer these questions and hold every figure they need. */
  answer: z.string().min(8).max(300),
});

/**
 * One article in our own words.
 *
 * The wording is ours; figures, time limits and article numbers are those of the
 * official text. No run of more than 25 characters may be shared with it.
 */
export const ArticleDigest = z.strictObject({
  article: ArticleNumber,
  /** What the article is about, in at most 20 characters that a layperson would use. */
  title: z.string().min(2).max(24),
  /** The chapter's heading as printed, number and name with one space between. */
  chapter: z.string().min(2),
  /** How many 款 the official text has. */
  paragraphs: z.int().positive(),
  /** The gist in one or two sentences. */
  summary: z.string().min(8).max(240),
  /** The meaning, piece by piece; `paragraph` is the 款 it comes from. */
  points: z.array(z.strictObject({ paragraph: z.int().positive(), text: z.string().min(4).max(300) })).min(1),
  figures: z.array(Figure).default([]),
  /** Who must or may do what. */
  duties: z.array(z.strictObject({ who: z.string().min(1), what: z.string().min(2) })).default([]),
  asked: z.array(AskedGroup).min(1),
  /** Colloquial or statutory words that lead here and stand nowhere above. */
  keywords: z.array(z.string().min(1)).default([]),
  /** Articles a reader should see next: 专利法实施细则第一百零一条. */
  related: z.array(z.string()).default([]),
  /** `text`: written from the official text; `secondary`: known only second hand. */
  confidence: z.enum(["text", "secondary"]).default("text"),
});
export type ArticleDigest = z.infer<typeof ArticleDigest>;

/** One file of digests: part of one edition of one instrument. */
export const DigestFile = z.strictObject({
  /** Official title, 中华人民共和国 left out. */
  law: z.string().min(2),
  /** The day this edition was adopted. */
  edition: z.iso.date(),
  articles: z.array(ArticleDigest).min(1),
});
export type DigestFile = z.infer<typeof DigestFile>;
