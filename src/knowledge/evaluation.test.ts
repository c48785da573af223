import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import index from "../../knowledge/index.json" with { type: "json" };
import { EvalQuestion, judge, measure, type Played } from "./evaluation.ts";
import { createKnowledge } from "./knowledge.ts";

const question = EvalQuestion.parse({
  id: "T1",
  question: "外观管几年",
  gold: [{ law: "《中华人民共和国专利法》", article: "第四十二条" }],
  answerMustInclude: ["(十五年|15年)"],
  answerMustNotInclude: ["二十年"],
});
const played = (more: Partial<Played> = {}): Played => ({
  question,
  hits: [
    { law: "专利法", article: "第一条", status: "current" },
    { law: "专利法", article: "第四十二条", status: "current" },
  ],
  outcome: "answered",
  text: "保護１５ 年。",
  citations: [{ law: "专利法", article: "第四十二条", exists: true }],
  durationMs: 1,
  ...more,
});

describe("the evaluation", () => {
  test("compares laws without 中华人民共和国 and 《》, and text folded without white space", () => {
    expect(judge(played())).toEqual({
      id: "T1",
      rank: 2,
      cited: true,
      facts: true,
      forbidden: false,
      handled: false,
      refused: false,
    });
  });

  test("takes any article for *", () => {
    const any = EvalQuestion.parse({ ...question, gold: [{ law: "专利法", article: "*" }] });
    expect(judge(played({ question: any })).rank).toBe(1);
  });

  test("counts an out-of-scope question as handled when declined, or answered without a citation", () => {
    const outside = EvalQuestion.parse({ ...question, gold: [], outOfScope: true });
    expect(judge(played({ question: outside })).handled).toBe(false);
    expect(judge(played({ question: outside, citations: [] })).handled).toBe(true);
    expect(judge(played({ question: outside, outcome: "declined", text: "" })).handled).toBe(true);
  });

  test("gives the metrics as shares", () => {
    const wrong = played({
      hits: [{ law: "专利法", article: "第二条", status: "superseded" }],
      outcome: "declined",
      text: "二十年",
    });
    expect(measure([played(), wrong])).toMatchObject({
      questions: 2,
      searchHit1: 0,
      searchHit5: 0.5,
      supersededInTop5: 0.5,
      citationExists: 1,
      factsComplete: 0.5,
      forbidden: 0.5,
      wrongRefusals: 0.5,
    });
  });

  // The table of the acceptance, no model; the sets were written by people who had seen neither digests nor thesaurus.
  test.each([
    ["blind-1.jsonl", 420],
    ["patent-law-unseen.jsonl", 75],
    ["patent-law.jsonl", 230],
  ])("finds the engine at or above the no-model thresholds on %s", (name, count) => {
    const metrics = measure(play(readSet(name)));
    expect(metrics).toMatchObject({
      questions: count,
      supersededInTop5: 0,
      citationExists: 1,
      forbidden: 0,
      outOfScopeHandled: 1,
    });
    expect(metrics.searchHit1).toBeGreaterThanOrEqual(0.7);
    expect(metrics.searchHit5).toBeGreaterThanOrEqual(0.95);
    expect(metrics.factsComplete).toBeGreaterThanOrEqual(0.85);
    expect(metrics.wrongRefusals).toBeLessThanOrEqual(0.05);
    // The older sets name articles of 专利法 and its rules alone as right.
    expect(metrics.citationCorrect).toBeGreaterThanOrEqual(name === "blind-1.jsonl" ? 0.92 : 0.85);
  });

  test("finds the engine at or above them on other rights, too", () => {
    const metrics = measure(play(readSet("other-ip.jsonl")));
    expect(metrics).toMatchObject({ questions: 62, supersededInTop5: 0, citationExists: 1, forbidden: 0 });
    expect(metrics.searchHit1).toBeGreaterThanOrEqual(0.7);
    expect(metrics.searchHit5).toBeGreaterThanOrEqual(0.95);
    expect(metrics.citationCorrect).toBeGreaterThanOrEqual(0.92);
    expect(metrics.factsComplete).toBeGreaterThanOrEqual(0.85);
    expect(metrics.wrongRefusals).toBeLessThanOrEqual(0.05);
  });
});

const asOf = "2026-11-26";
const knowledge = createKnowledge(index);

function readSet(name: string): EvalQuestion[] {
  return readFileSync(`test/evals/questions/${name}`, "utf8")
    .trim()
    .split("\n")
    .map((line) => EvalQuestion.parse(JSON.parse(line)));
}

function play(questions: readonly EvalQuestion[]): Played[] {
  return questions.map((question) => {
    const answer = knowledge.answer({ question: question.question, asOf });
    const citations = answer.citations.map((one) => ({
      ...one,
      exists: knowledge.cite(one, asOf) !== undefined,
    }));
    const hits = knowledge.search({ query: question.question, asOf });
    return { question, hits, outcome: answer.outcome, text: answer.text, citations, durationMs: 0 };
  });
}
