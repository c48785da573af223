import { describe, expect, test } from "vitest";
import index from "../../knowledge/index.json" with { type: "json" };
import { createKnowledge } from "./knowledge.ts";

const knowledge = createKnowledge(index);
const asOf = "2026-11-26";

describe("the trace of an answer", () => {
  test.each([
    "外观专利保护几年",
    "年费忘了交咋办",
    "专利法42条写的啥",
    "老板拖欠工资",
    "帮我做个假证书",
    "专利",
  ])("comes with the very answer: %s", (question) => {
    expect(knowledge.explain({ question, asOf }).answer).toEqual(knowledge.answer({ question, asOf }));
  });

  test("is of its own question alone", () => {
    const first = knowledge.explain({ question: "外观专利是不是保护10年", asOf }).trace;
    const second = knowledge.explain({ question: "年费忘了交怎么办", asOf }).trace;
    expect(first.corrections).toEqual(["design-term"]);
    expect(second.corrections).toEqual([]);
    expect(second.hits.map(({ article }) => article)).not.toEqual(first.hits.map(({ article }) => article));
  });

  test("of a follow-up shows the search that was made with the talk", () => {
    const context = { law: "专利法", article: "第四十二条", question: "发明专利保护几年" };
    const { answer, trace } = knowledge.explain({ question: "那外观的呢", asOf, context });
    expect(answer.outcome).toBe("answered");
    expect(trace.hits[0]).toMatchObject({ law: "专利法", article: "第四十二条", score: answer.confidence });
  });

  test("holds no word of the question but those that the thesaurus knows", () => {
    const { trace } = knowledge.explain({ question: "刘建国的外观专利保护几年", asOf });
    expect(JSON.stringify(trace)).not.toContain("刘建国");
  });
});
