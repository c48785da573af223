import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { BoostedTrees } from "../../src/knowledge/ranking/boosted-trees.ts";
import { indexCorpus } from "../../src/knowledge/ranking/corpus.ts";
import { readsFeatures } from "../../src/knowledge/ranking/features.ts";
import type { Ranker } from "../../src/knowledge/ranking/ranker.ts";
import { readSurroundings } from "../../src/knowledge/ranking/surroundings.ts";
import type { TermIndex } from "../../src/knowledge/ranking/term-index.ts";
import { characterTerms } from "../../src/knowledge/ranking/terms.ts";
import {
  type Articles,
  BenchError,
  type Judged,
  readArticles,
  readQuestions,
  readSubset,
} from "./retrieval-files.ts";
import {
  type Base,
  type Expectation,
  foldsOf,
  learnTrees,
  otherLaws,
  rankerOf,
  sameLaws,
  trainingGroups,
} from "./retrieval-learning.ts";
import { type Quality, qualityOf, timesOf } from "./retrieval-measures.ts";
import { yardsticks } from "./retrieval-yardsticks.ts";

const usage = `Usage: npm run bench -- retrieval --corpus ARTICLES.jsonl --questions QUESTIONS.jsonl [options]
  --folds N          learn on the other folds of the questions, judge on each in turn
  --blocks           folds are neighbours by id (topics), not drawn by chance
  --train FILE       learn on the questions of this file
  --subset FILE      judge on a part of the corpus with an index of its own and its own questions;
                     learn on the other questions
  --yardsticks       measure SQLite FTS5, MiniSearch and wink-bm25-text-search as well`;

/** How deep lists are judged, and how many candidates the reranker looks at. */
const depth = 100;
const candidates = 150;

type Row = Quality & {
  system: string;
  p50Ms: number;
  p95Ms: number;
  buildSeconds: number;
  /** Growth of the process while the index was made, and the index itself where it can be weighed. */
  memoryMb: number;
  indexMb: number | undefined;
};

type Run = {
  base: Base;
  expecting: Expectation;
  learned: Judged[];
  learnOn: { base: Base; questions: Judged[] };
  judged: Judged[];
};

/**
 * Measures retrieval: how much of what answers a question is found, how fast, how large.
 * Nothing learned has seen a judged question.
 */
export async function benchRetrieval(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  const articles = readArticles(options.corpus);
  const questions = readQuestions(options.questions, articles);
  const built = build(articles.documents, articles.numbers);
  say(
    `${articles.documents.length} articles, ${questions.length} questions, indexed in ${built.seconds.toFixed(1)} s`,
  );
  const { runs, measured } = plan(options, articles, questions, built);

  const systems: Record<string, { found: number[][]; ms: number[] }> = {};
  const gold: number[][] = [];
  for (const [at, { base, expecting, learned, learnOn, judged }] of runs.entries()) {
    const rankers: Record<string, Ranker> = { "plain fusion": rankerOf(base, [], { gate: () => 0 }) };
    const { tuning, gate } = expecting;
    if (learnOn.questions.length > 0) {
      rankers["first stage"] = rankerOf(base, learned, { tuning, gate });
      const startedAt = performance.now();
      const model = learnTrees(trainingGroups(learnOn.base, learnOn.questions, expecting));
      rankers["reranked"] = rankerOf(base, learned, { tuning, gate, model });
      const seconds = (performance.now() - startedAt) / 1000;
      say(
        `${at + 1} of ${runs.length}: learned on ${learnOn.questions.length} questions in ${seconds.toFixed(0)} s`,
      );
    }
    const shipped = learnOn.questions.length > 0 ? undefined : readShipped();
    if (shipped !== undefined)
      rankers["shipped weights"] = rankerOf(base, [], { ...otherLaws, model: shipped });
    for (const [name, ranker] of Object.entries(rankers)) {
      const kept = systems[name] ?? { found: [], ms: [] };
      systems[name] = kept;
      // First a few of each, so that nothing is measured cold.
      for (const { text } of judged.slice(0, 20)) ranker.rank({ text, candidates });
      for (const { text } of judged) {
        const startedAt = performance.now();
        const ranking = ranker.rank({ text, candidates });
        kept.ms.push(performance.now() - startedAt);
        kept.found.push(ranking.candidates.slice(0, depth).map(({ id }) => id));
      }
    }
    gold.push(...judged.map((question) => question.gold));
  }
  const rows = Object.entries(systems).map(
    ([system, { found, ms }]): Row => ({
      system,
      ...qualityOf(found, gold),
      ...timesOf(ms),
      buildSeconds: measured.seconds,
      memoryMb: measured.memoryMb,
      indexMb: measured.indexMb,
    }),
  );
  const base = runs[0]?.base;
  if (options.yardsticks && base !== undefined)
    rows.push(
      ...measureYardsticks(
        base,
        runs.flatMap(({ judged }) => judged),
      ),
    );
  print(rows);
  console.log(
    JSON.stringify({
      bench: "retrieval",
      folds: options.folds,
      blocks: options.blocks,
      questions: gold.length,
      rows,
    }),
  );
}

type Options = ReturnType<typeof readOptions>;

/** @throws {BenchError} if the arguments do not make sense together. */
function readOptions(args: readonly string[]) {
  let values: Partial<Record<string, string | boolean>>;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        corpus: { type: "string" },
        questions: { type: "string" },
        folds: { type: "string" },
        blocks: { type: "boolean" },
        train: { type: "string" },
        subset: { type: "string" },
        yardsticks: { type: "boolean" },
      },
    }));
  } catch (error) {
    throw new BenchError(`${(error as Error).message}\n${usage}`);
  }
  const text = (name: string) => (typeof values[name] === "string" ? values[name] : undefined);
  const corpus = text("corpus");
  const questions = text("questions");
  if (corpus === undefined || questions === undefined)
    throw new BenchError(`--corpus and --questions are needed.\n${usage}`);
  const folds = text("folds") === undefined ? 0 : Number(text("folds"));
  if (text("folds") !== undefined && (!Number.isInteger(folds) || folds < 2 || folds > 20))
    throw new BenchError(`--folds ${text("folds")}: a whole number from 2 to 20 is needed.`);
  const blocks = values["blocks"] === true;
  if (blocks && folds === 0)
    throw new BenchError("--blocks says how --folds are parted: give --folds as well.");
  const train = text("train");
  const subset = text("subset");
  if (folds > 0 && (train !== undefined || subset !== undefined))
    throw new BenchError("--folds learns on its own folds: leave --train and --subset out.");
  return { corpus, questions, folds, blocks, train, subset, yardsticks: values["yardsticks"] === true };
}

type Built = ReturnType<typeof build>;

function build(documents: Articles["documents"], numbers: readonly string[]) {
  const before = residentBytes();
  const startedAt = performance.now();
  const indexes = indexCorpus(documents, []);
  const surroundings = readSurroundings(documents, (id) => numbers[id] ?? "");
  const seconds = (performance.now() - startedAt) / 1000;
  const base: Base = { documents, indexes, surroundings };
  return {
    base,
    seconds,
    memoryMb: (residentBytes() - before) / 1e6,
    indexMb: (bytesOf(indexes.characters) + bytesOf(indexes.words)) / 1e6,
  };
}

/** What is learned on which questions, and judged on which. */
function plan(
  { folds, blocks, train, subset }: Options,
  articles: Articles,
  questions: readonly Judged[],
  built: Built,
): { runs: Run[]; measured: Built } {
  const { base } = built;
  const { documents } = articles;
  if (folds > 0) {
    const runs = foldsOf(questions, folds, blocks ? "topics" : "random", documents).map((judged): Run => {
      const held = new Set(judged);
      const learned = questions.filter((question) => !held.has(question));
      return { base, expecting: sameLaws, learned, learnOn: { base, questions: learned }, judged };
    });
    return { runs, measured: built };
  }
  const others = train === undefined ? [] : readQuestions(train, articles);
  const texts = new Set(questions.map(({ text }) => text));
  if (subset === undefined) {
    const learned = others.filter(({ text }) => !texts.has(text));
    if (learned.length < others.length)
      say(`${others.length - learned.length} questions are judged, so not learned`);
    return {
      runs: [
        { base, expecting: sameLaws, learned, learnOn: { base, questions: learned }, judged: [...questions] },
      ],
      measured: built,
    };
  }
  const part = readSubset(subset, articles);
  const places = new Map(part.articles.map((position, at) => [position, at]));
  const own = build(
    part.articles.map((position) => documents[position] as Articles["documents"][number]),
    part.articles.map((position) => articles.numbers[position] ?? ""),
  );
  say(`${part.articles.length} articles of the part, indexed in ${own.seconds.toFixed(1)} s`);
  const within = (list: readonly Judged[]) =>
    list
      .map((question) => ({
        ...question,
        gold: question.gold.flatMap((position) => places.get(position) ?? []),
      }))
      .filter(({ gold }) => gold.length > 0);
  const judged = within(questions.filter(({ id }) => part.questions.has(id)));
  if (judged.length === 0)
    throw new BenchError(`None of the questions that ${subset} names is among those given.`);
  const judgedTexts = new Set(judged.map(({ text }) => text));
  const rest = [...others, ...questions].filter(
    ({ id, text }) => !part.questions.has(id) && !judgedTexts.has(text),
  );
  const run: Run = {
    base: own.base,
    expecting: otherLaws,
    learned: within(rest),
    learnOn: { base, questions: rest },
    judged,
  };
  return { runs: [run], measured: own };
}

/** The trees that the product ships, where there are some and they read the features of today. */
function readShipped(): BoostedTrees | undefined {
  const path = join(import.meta.dirname, "../../knowledge/ranking.json");
  if (!existsSync(path)) return undefined;
  const model = JSON.parse(readFileSync(path, "utf8")) as BoostedTrees;
  if (readsFeatures(model)) return model;
  say("knowledge/ranking.json was learned from other features: left out");
  return undefined;
}

function measureYardsticks({ documents }: Base, judged: readonly Judged[]): Row[] {
  // The same characters and pairs of the same fields, as words that no engine takes apart.
  const tokensOf = (text: string) =>
    characterTerms(text)
      .map((term) => (term >>> 0).toString(36))
      .join(" ");
  const texts = documents.map(({ law, chapter, text }) => tokensOf(`${law} ${chapter} ${text}`));
  const asked = judged.map(({ text, gold }) => ({
    tokens: [...new Set(tokensOf(text).split(" "))].join(" "),
    gold,
  }));
  return yardsticks.map(({ name, build: make }): Row => {
    const before = residentBytes();
    const startedAt = performance.now();
    const engine = make(texts);
    const buildSeconds = (performance.now() - startedAt) / 1000;
    const memoryMb = (residentBytes() - before) / 1e6;
    say(`${name}: built in ${buildSeconds.toFixed(1)} s`);
    for (const { tokens } of asked.slice(0, 20)) engine.search(tokens, depth);
    const ms: number[] = [];
    const found = asked.map(({ tokens }) => {
      const from = performance.now();
      const ids = engine.search(tokens, depth);
      ms.push(performance.now() - from);
      return ids;
    });
    return {
      system: name,
      ...qualityOf(
        found,
        asked.map(({ gold }) => gold),
      ),
      ...timesOf(ms),
      buildSeconds,
      memoryMb,
      indexMb: engine.bytes === undefined ? undefined : engine.bytes / 1e6,
    };
  });
}

function bytesOf({ terms, starts, ids, impacts, idf }: TermIndex): number {
  return [terms, starts, ids, impacts, idf].reduce((sum, { byteLength }) => sum + byteLength, 0);
}

function residentBytes(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().rss;
}

function print(rows: readonly Row[]): void {
  const share = (value: number) => value.toFixed(3);
  const cells = rows.map((row) => [
    row.system,
    ...[row.recall5, row.recall10, row.recall20, row.recall100, row.mrr10, row.hit10].map(share),
    row.p50Ms.toFixed(2),
    row.p95Ms.toFixed(2),
    row.buildSeconds.toFixed(1),
    row.memoryMb.toFixed(0),
    row.indexMb === undefined ? "–" : row.indexMb.toFixed(1),
  ]);
  const head = [
    "",
    "R@5",
    "R@10",
    "R@20",
    "R@100",
    "MRR@10",
    "hit@10",
    "p50 ms",
    "p95 ms",
    "build s",
    "RSS MB",
    "index MB",
  ];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  for (const row of [head, ...cells])
    console.log(
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join("  "),
    );
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
