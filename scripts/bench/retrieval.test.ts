import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { benchRetrieval } from "./retrieval.ts";
import { foldsOf } from "./retrieval-learning.ts";
import { qualityOf, timesOf } from "./retrieval-measures.ts";

const folder = mkdtempSync(join(tmpdir(), "bench-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function file(name: string, lines: readonly unknown[]): string {
  const path = join(folder, name);
  writeFileSync(
    path,
    lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n"),
  );
  return path;
}

const subjects = ["专利", "商标", "合同", "公司", "婚姻", "继承", "劳动", "税收", "土地", "食品"];
const articles = subjects.flatMap((subject, at) =>
  ["期限", "处罚"].map((matter, side) => ({
    id: 100 + at * 2 + side,
    law: `${subject}法`,
    article: `第${side + 1}条`,
    chapter: "总则",
    text: `${subject}的${matter}由本法规定。`,
    date: "2020-01-01",
  })),
);
const questions = subjects.map((subject, at) => ({
  id: at,
  question: `${subject}的处罚是什么`,
  gold: [101 + at * 2],
}));
const corpus = file("articles.jsonl", articles);
const asked = file("questions.jsonl", questions);

async function run(
  ...args: string[]
): Promise<{ rows: { system: string; recall5: number; hit10: number }[] }> {
  const printed: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((line: string) => {
    printed.push(line);
  });
  const told = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
  try {
    await benchRetrieval(args);
  } finally {
    log.mockRestore();
    told.mockRestore();
  }
  return JSON.parse(printed.at(-1) ?? "");
}

describe("the retrieval bench", () => {
  test("measures the plain fusion and every yardstick on what it is given", async () => {
    const { rows } = await run("--corpus", corpus, "--questions", asked, "--yardsticks");
    expect(rows.map(({ system }) => system)).toEqual(
      expect.arrayContaining(["plain fusion", "SQLite FTS5 bm25", "MiniSearch", "wink-bm25-text-search"]),
    );
    for (const { hit10 } of rows) expect(hit10).toBe(1);
  });

  test.each([
    ["folds", ["--folds", "2"]],
    ["blocks", ["--folds", "2", "--blocks"]],
    ["another file", ["--train", asked]],
    [
      "a part",
      ["--subset", file("part.json", [{ articleIds: [100, 101, 102, 103, 105], questionIds: [0, 1] }])],
    ],
  ])("learns by %s and judges every stage", async (_, args) => {
    const { rows } = await run("--corpus", corpus, "--questions", asked, ...args);
    expect(rows.map(({ system }) => system)).toContain("plain fusion");
    for (const { hit10 } of rows) expect(hit10).toBe(1);
  });

  test.each([
    ["no corpus", ["--questions", asked], "--corpus and --questions are needed"],
    ["an option there is not", ["--corpus", corpus, "--fold", "5"], "--fold"],
    ["one fold", ["--corpus", corpus, "--questions", asked, "--folds", "1"], "from 2 to 20"],
    ["blocks without folds", ["--corpus", corpus, "--questions", asked, "--blocks"], "give --folds as well"],
    [
      "a file there is not",
      ["--corpus", join(folder, "none"), "--questions", asked],
      "cannot be read: ENOENT",
    ],
    [
      "a line that is no JSON",
      ["--corpus", file("a", [articles[0], "{"]), "--questions", asked],
      "line 2: not JSON",
    ],
    ["a line that does not fit", ["--corpus", file("b", [{ id: 1 }]), "--questions", asked], "line 1"],
    [
      "an id twice",
      ["--corpus", file("c", [articles[0], articles[0]]), "--questions", asked],
      "stands twice",
    ],
    [
      "an answer that the corpus lacks",
      ["--corpus", corpus, "--questions", file("d", [{ id: 1, question: "问", gold: [9] }])],
      "article 9, which the corpus lacks",
    ],
  ])("says what is wrong with %s", async (_, args, message) => {
    await expect(run(...args)).rejects.toThrow(message);
  });
});

describe("foldsOf", () => {
  const judged = questions.map(({ id, question }, at) => ({ id, text: question, gold: [at] }));
  const documents = articles.map(({ law, chapter, text }) => ({ law, chapter, text, year: 2020 }));

  test.each(["random", "topics", "laws"] as const)(
    "parts by %s so that each question is judged once",
    (parting) => {
      const parts = foldsOf(judged, 3, parting, documents);
      expect(parts.flat().toSorted((x, y) => x.id - y.id)).toEqual(judged);
    },
  );

  test("keeps neighbours, and questions of one law, together", () => {
    expect(foldsOf(judged, 2, "topics", documents)[0]?.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4]);
    const lawsOf = foldsOf(judged, 3, "laws", documents).map(
      (part) => new Set(part.map(({ gold }) => documents[gold[0] ?? 0]?.law)),
    );
    expect(lawsOf.reduce((sum, laws) => sum + laws.size, 0)).toBe(
      new Set(lawsOf.flatMap((laws) => [...laws])).size,
    );
  });
});

describe("the measures", () => {
  test("are the means over the questions", () => {
    const quality = qualityOf([[1, 2, 3], [9]], [[3, 7], [9]]);
    expect(quality).toMatchObject({ recall5: 0.75, recall100: 0.75, mrr10: (1 / 3 + 1) / 2, hit10: 1 });
  });

  test("give the median and the 95th percentile", () => {
    const hundred = Array.from({ length: 100 }, (_, at) => at + 1);
    expect(timesOf(hundred)).toEqual({ p50Ms: 50, p95Ms: 95 });
  });
});
