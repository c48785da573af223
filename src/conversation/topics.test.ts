import { describe, expect, test } from "vitest";
import topicsData from "../../prompts/topics.json" with { type: "json" };
import { reportTypes } from "../reports/report.ts";
import { ellipticTopic, isOfMatter, topicInTalk, topicQuestion } from "./topics.ts";
import { topicOf } from "./understanding/learned/acts.ts";

describe("what a question is about in a talk", () => {
  test("the matter at hand makes its own topics likelier, and those of others less so", () => {
    const asked = "没资质干这个咋罚";
    expect(topicInTalk(asked, undefined)).toMatchObject({ kind: topicOf(asked).kind });
    const alone = topicOf(asked).probabilities["agency"] ?? 0;
    expect(topicInTalk(asked, "代理违法").kind).toBe("agency");
    expect(topicInTalk(asked, "代理违法").probability).toBeGreaterThan(alone);
    const other = topicInTalk(asked, "商标侵权");
    expect(other.kind === "agency" ? other.probability : 0).toBeLessThan(alone);
  });

  test("a probability stays one, whatever the matter", () => {
    for (const matter of reportTypes) {
      const { probability } = topicInTalk("这个要怎么罚他", matter);
      expect(probability).toBeGreaterThan(0);
      expect(probability).toBeLessThanOrEqual(1);
    }
  });

  test.each([
    ["都一年多了 还能处罚他不", "penalty-limitation"],
    ["罚多少", "outcome"],
    ["这叫啥 有法管没", "law-basis"],
    ["号末尾带个X是正常的吧", "number-meaning"],
    ["归区里管还是市里管", "who-handles"],
    ["那正经该标哪些", "marking-what"],
    ["他家在哪条街", undefined],
  ])("„%s“ asks in few words of %s", (question, topic) => {
    expect(ellipticTopic(question)).toBe(topic);
  });

  test("topics are owned by kinds of report that there are, and each has a question", () => {
    for (const [matter, topics] of Object.entries(topicsData.of)) {
      expect(reportTypes, matter).toContain(matter);
      for (const topic of topics) expect(topicQuestion(topic, matter), topic).toBeDefined();
    }
    expect(isOfMatter("limitation", "专利侵权")).toBe(true);
  });
});
