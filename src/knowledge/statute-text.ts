import { nameOf, type Paragraph, type Statute } from "./import/statute.ts";

/** The official wording of one article. */
export type OfficialArticle = {
  /** 第…条(之…). */
  article: string;
  /** The headings above it, outermost first, with a space between; empty where there are none. */
  heading: string;
  /** One 款 each, its 项 and 目 on lines of their own. */
  paragraphs: readonly string[];
};

/** The wording of an edition, or of a part of it, as it is stored. */
export type StatuteText = { articles: readonly OfficialArticle[] };

/**
 * The articles of a statute that was read from a file. One whose number stands twice is left out: nobody can tell
 * which of the two is meant.
 */
export function toStatuteText({ articles }: Pick<Statute, "articles">): StatuteText {
  const counts = new Map<string, number>();
  for (const article of articles) counts.set(nameOf(article), (counts.get(nameOf(article)) ?? 0) + 1);
  return {
    articles: articles
      .filter((article) => counts.get(nameOf(article)) === 1)
      .map((article) => ({
        article: nameOf(article),
        heading: article.path.join(" "),
        paragraphs: article.paragraphs.map(lineUp),
      }))
      .filter(({ paragraphs }) => paragraphs.length > 0),
  };
}

function lineUp({ text, items }: Paragraph): string {
  return [
    text,
    ...items.flatMap((item) => [item.label + item.text, ...item.subItems.map((sub) => sub.label + sub.text)]),
  ]
    .filter((line) => line !== "")
    .join("\n");
}

/** Headings once, articles as [number, place of the heading or −1, 款 …]. */
type Packed = { headings: string[]; articles: [string, number, ...string[]][] };

/** The JSON that is stored: the same wording gives the same text. */
export function packStatuteText({ articles }: StatuteText): string {
  const headings = [...new Set(articles.map(({ heading }) => heading).filter((one) => one !== ""))];
  const packed: Packed = {
    headings,
    articles: articles.map(({ article, heading, paragraphs }) => [
      article,
      headings.indexOf(heading),
      ...paragraphs,
    ]),
  };
  return JSON.stringify(packed);
}

/** Reads what `packStatuteText` wrote. @throws {Error} if it is anything else; looked at by hand, since an isolate waits. */
export function unpackStatuteText(content: string): StatuteText {
  const { headings, articles } = JSON.parse(content) as { headings: unknown; articles: unknown };
  if (!isTexts(headings) || !Array.isArray(articles)) throw notAStatute();
  return {
    articles: articles.map((row: unknown): OfficialArticle => {
      const [article, place, ...paragraphs] = Array.isArray(row) ? (row as unknown[]) : [];
      if (typeof article !== "string" || typeof place !== "number" || !isTexts(paragraphs))
        throw notAStatute();
      if (paragraphs.length === 0) throw notAStatute();
      return { article, heading: headings[place] ?? "", paragraphs };
    }),
  };
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === "string");

const notAStatute = () => new Error("This is no statute text.");

/** All words of an article, one 款, 项 or 目 a line. */
export function wordingOf({ paragraphs }: Pick<OfficialArticle, "paragraphs">): string {
  return paragraphs.join("\n");
}
