import { readFileSync } from "node:fs";
import { z } from "zod";
import type { RankedDocument } from "../../src/knowledge/ranking/corpus.ts";
import { fold } from "../../src/text/fold.ts";

/** A file or an argument that the bench cannot work with; its message says what is wrong. */
export class BenchError extends Error {
  override name = "BenchError";
}

const ArticleLine = z.object({
  id: z.int(),
  law: z.string().min(1),
  article: z.string(),
  chapter: z.string(),
  text: z.string(),
  date: z.string(),
});
const QuestionLine = z.object({ id: z.int(), question: z.string().min(1), gold: z.array(z.int()).min(1) });
const SubsetFile = z.object({ articleIds: z.array(z.int()).min(1), questionIds: z.array(z.int()).min(1) });

/** The articles to be found, by position. */
export type Articles = {
  documents: RankedDocument[];
  /** Their numbers (第…条). */
  numbers: string[];
  /** From the ids of the file to positions. */
  positions: Map<number, number>;
};

/** A question and the positions of the articles that answer it. */
export type Judged = { id: number; text: string; gold: number[] };

/** @throws {BenchError} if a line does not fit. */
export function readArticles(path: string): Articles {
  const lines = readLines(path, ArticleLine);
  const positions = new Map<number, number>();
  lines.forEach(({ id }, at) => {
    if (positions.has(id)) throw new BenchError(`${path}: the id ${id} stands twice.`);
    positions.set(id, at);
  });
  return {
    documents: lines.map(({ law, chapter, text, date }) => ({
      law: fold(law),
      chapter: fold(chapter),
      text: fold(text),
      year: Number(date.slice(0, 4)) || 2000,
    })),
    numbers: lines.map(({ article }) => article),
    positions,
  };
}

/** @throws {BenchError} if a line does not fit, or names an article that the corpus lacks. */
export function readQuestions(path: string, { positions }: Articles): Judged[] {
  return readLines(path, QuestionLine).map(({ id, question, gold }) => ({
    id,
    text: fold(question),
    gold: [...new Set(gold)].map((article) => {
      const position = positions.get(article);
      if (position === undefined)
        throw new BenchError(
          `${path}: question ${id} is answered by article ${article}, which the corpus lacks.`,
        );
      return position;
    }),
  }));
}

/** The articles and the questions of a part of the corpus, with the ids of the articles as positions. */
export function readSubset(
  path: string,
  { positions }: Articles,
): { articles: number[]; questions: Set<number> } {
  const parsed = SubsetFile.safeParse(parse(readText(path), path));
  if (!parsed.success) throw new BenchError(`${path}: ${z.prettifyError(parsed.error)}`);
  const articles = parsed.data.articleIds.map((id) => {
    const position = positions.get(id);
    if (position === undefined) throw new BenchError(`${path}: the corpus lacks article ${id}.`);
    return position;
  });
  return { articles, questions: new Set(parsed.data.questionIds) };
}

function readLines<T>(path: string, schema: z.ZodType<T>): T[] {
  const lines = readText(path)
    .split("\n")
    .flatMap((line, at): T[] => {
      if (line.trim() === "") return [];
      const parsed = schema.safeParse(parse(line, `${path}, line ${at + 1}`));
      if (!parsed.success) throw new BenchError(`${path}, line ${at + 1}: ${z.prettifyError(parsed.error)}`);
      return [parsed.data];
    });
  if (lines.length === 0) throw new BenchError(`${path} is empty.`);
  return lines;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new BenchError(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? "unknown"}.`, {
      cause: error,
    });
  }
}

function parse(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BenchError(`${where}: not JSON.`);
  }
}
