import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import index from "../../knowledge/index.json" with { type: "json" };
import { importFiles, importSettings } from "../../scripts/knowledge-import.ts";
import { withStatuteDatabase } from "../../scripts/operations/statute-database.ts";
import { silentLog } from "../../src/core/log.ts";
import { type Database, openDatabase } from "../../src/db/client.ts";
import { EvalQuestion } from "../../src/knowledge/evaluation.ts";
import { createKnowledge, type Knowledge } from "../../src/knowledge/knowledge.ts";
import { asBlob } from "../../src/knowledge/knowledge-blob.ts";
import { createStatuteRepository } from "../../src/knowledge/statute-repository.ts";
import { createStatuteService, type StatuteTexts } from "../../src/knowledge/statute-service.ts";
import { articleName } from "../../src/text/numerals.ts";
import { lawsDir } from "../support/laws.ts";

const asOf = "2026-11-23";
const evals = join(import.meta.dirname, "../evals/questions");
const laws = lawsDir();
const { files } = JSON.parse(readFileSync(join(laws, "manifest.json"), "utf8")) as {
  files: { file: string; title: string; version_date: string | null; articles: number }[];
};
/** Spaces are printers' habits; the importer keeps all else. */
const bare = (text: string) => text.replace(/[\s\u3000]/gu, "");
const official = new Map(files.map(({ file }) => [file, bare(readFileSync(join(laws, file), "utf8"))]));
const allOf = (title: string) =>
  files.filter((one) => one.title.replace(/^中华人民共和国/u, "") === title).map(({ file }) => file);

let folder: string;
let db: Database;
let texts: StatuteTexts;
let knowledge: Knowledge;
const plain = createKnowledge(index);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "zhiquan-laws-"));
  const url = `file:${join(folder, "zhiquan.db")}`;
  const settings = {
    ...importSettings(),
    folder: join(folder, "statutes"),
    print: () => undefined,
    complain: () => undefined,
  };
  const paths = files.map(({ file }) => join(laws, file));
  const run = () =>
    withStatuteDatabase({ DATABASE_URL: url }, settings, (database) =>
      importFiles(paths, { ...settings, database }),
    );
  expect(await run()).toBe(0);
  db = await openDatabase({ url });
  const statutes = createStatuteRepository(db);
  const before = await statutes.all();
  expect(await run()).toBe(0);
  expect(await statutes.all()).toEqual(before);

  const service = createStatuteService({
    statutes,
    instruments: asBlob(index).instruments,
    now: () => new Date(),
    log: silentLog,
  });
  await service.refresh();
  texts = service.texts;
  knowledge = createKnowledge(index, { texts });
}, 120_000);
afterAll(async () => {
  await db?.close();
  rmSync(folder, { recursive: true, force: true });
});

const quotesIn = (text: string) => [
  ...text.matchAll(/原文(?:（[^）]*）)?：“([^\n]*)”(?:条文较长[^\n]*)?\n/gu),
];

/** Articles of laws without a digest, spread over the files. */
const twenty: [string, string][] = [
  ["专利代理管理办法", "第三条"],
  ["专利代理管理办法", "第五十条"],
  ["商标法", "第二十条"],
  ["商标法", "第三十五条"],
  ["商标法实施条例", "第七十五条"],
  ["著作权法", "第九条"],
  ["著作权法", "第三十条"],
  ["著作权法实施条例", "第二条"],
  ["国防专利条例", "第十二条"],
  ["植物新品种保护条例", "第十三条"],
  ["集成电路布图设计保护条例", "第四条"],
  ["信息网络传播权保护条例", "第五条"],
  ["产品质量法", "第二十六条"],
  ["个人信息保护法", "第三十六条"],
  ["行政处罚法", "第二十六条"],
  ["行政复议法", "第二十一条"],
  ["行政诉讼法", "第五十八条"],
  ["民法典", "第一千一百七十条"],
  ["仲裁法", "第三十八条"],
  ["河北省法律援助条例", "第二十条"],
];

describe("all statutes of the manifest, imported", () => {
  test("are served at once, with their index", () => {
    expect(texts.search()).toBeDefined();
    let served = 0;
    for (const { instrument, editions } of knowledge.laws(asOf))
      for (const { edition } of editions)
        for (let number = 1; number <= (edition.articles ?? 0); number += 1) {
          const article = articleName(number);
          if (knowledge.officialText(instrument.title, edition.edition, article) !== undefined) served += 1;
        }
    expect(served).toBe(files.reduce((sum, { articles }) => sum + articles, 0));
  });

  test.each(twenty)("%s%s is answered in the words of the file, byte for byte", (law, article) => {
    const query = { question: `${law}${article}写的啥`, asOf };
    expect(plain.answer(query).outcome).toBe("handoff");
    const answer = knowledge.answer(query);

    expect(answer.outcome).toBe("answered");
    expect(answer.citations[0]).toMatchObject({ law, article, status: "current" });
    expect(answer.text.length).toBeLessThanOrEqual(600);
    const [quote] = quotesIn(answer.text);
    const words = bare(quote?.[1] ?? "");
    expect(words.length).toBeGreaterThan(10);
    const edition = answer.citations[0]?.edition;
    const found = allOf(law).filter((file) => official.get(file)?.includes(words));
    expect(found.length).toBeGreaterThan(0);
    const dated = files.filter(({ file, version_date: date }) => found.includes(file) && date !== null);
    if (dated.length > 0) expect(dated.map((one) => one.version_date)).toContain(edition);
    // What follows the article's number in the file is where the quotation begins.
    expect(found.some((file) => official.get(file)?.includes(`${article}${words.slice(0, 10)}`))).toBe(true);
  });

  test("questions of all digests are quoted from the edition in force alone, and stay within 600 characters", () => {
    const faults: string[] = [];
    let quoted = 0;
    let answered = 0;
    for (const { asked, law, kind, edition } of asBlob(index).digests) {
      const question = asked[0]?.questions[0];
      if (kind !== "statute" || question === undefined) continue;
      const without = plain.answer({ question, asOf });
      const answer = knowledge.answer({ question, asOf });
      if (answer.text.length > 600) faults.push(`${question}: ${answer.text.length} characters`);
      if (without.outcome !== answer.outcome) faults.push(`${question}: ${answer.outcome}`);
      if (answer.citations.some(({ status }) => status !== "current")) faults.push(`${question}: status`);
      if (answer.outcome !== "answered") continue;
      answered += 1;
      const main = answer.grounds[0];
      for (const [, words = ""] of quotesIn(answer.text)) {
        quoted += 1;
        const text = bare(
          knowledge.officialText(main?.law ?? law, main?.edition ?? edition, main?.article ?? "") ?? "",
        );
        if (!text.includes(bare(words)) || !/[。！？][”’」』）]*$/u.test(words))
          faults.push(`${question}: ${words}`);
        if (words.length > 220) faults.push(`${question}: ${words.length} quoted`);
      }
    }
    expect(faults).toEqual([]);
    expect(quoted / answered).toBeGreaterThan(0.8);
  });

  test("what is not this service's matter is declined as before, nearly without exception, and nothing more is refused", () => {
    const questions = globSync("*.jsonl", { cwd: evals }).flatMap((name) =>
      readFileSync(join(evals, name), "utf8")
        .split("\n")
        .filter((line) => line.trim() !== "")
        .map((line) => EvalQuestion.parse(JSON.parse(line))),
    );
    expect(questions.length).toBeGreaterThan(500);
    const changed = questions.filter(({ question, outOfScope }) => {
      const before = plain.answer({ question, asOf }).outcome;
      const after = knowledge.answer({ question, asOf }).outcome;
      return before !== after && (outOfScope || after !== "answered");
    });
    // One trap about hoarding trademarks finds 商标法 once that is there.
    expect(changed.length, JSON.stringify(changed.map(({ id }) => id))).toBeLessThanOrEqual(
      questions.length / 500,
    );
  });

  test("a superseded edition is told as such, never as the one in force", () => {
    const old = "专利法实施细则";
    const wording = knowledge.officialText(old, "2010-01-09", "第八十五条") ?? "";
    expect(wording).not.toBe("");
    for (const number of ["第七十七条", "第八十四条", "第八十五条", "第一百条"]) {
      const now = knowledge.answer({ question: `${old}${number}写的啥`, asOf });
      const then = bare(knowledge.officialText(old, "2010-01-09", number) ?? "");
      for (const [, words = ""] of quotesIn(now.text)) expect(then).not.toBe(bare(words));
      expect(now.citations.every(({ edition, law }) => law !== old || edition === "2023-12-11")).toBe(true);
      const asked = knowledge.answer({ question: `2010年的细则${number}写的啥`, asOf });
      for (const line of asked.text.split("\n"))
        if (line.includes("2010年版，")) expect(line).toContain("已被新版取代，不能再作依据");
      expect(asked.citations.every(({ status }) => status === "current")).toBe(true);
    }
    const past = knowledge.answer({ question: `${old}第八十五条写的啥`, asOf: "2015-01-01" });
    expect(past.outcome).toBe("answered");
    expect(past.citations[0]).toMatchObject({ edition: "2010-01-09", status: "current" });
  });
});
