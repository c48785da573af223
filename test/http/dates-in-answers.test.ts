import { describe, expect, test } from "vitest";
import { createHarness } from "../support/harness.ts";

type Body = {
  outcome: string;
  text: string;
  citations: { law: string; article: string }[];
  deadline?: object;
};

describe("POST /api/v1/knowledge/answers", () => {
  const ask = async (question: string, more: object = {}) => {
    const { post } = await createHarness({ now: "2026-11-23T17:30:00Z" });
    const response = await post("/api/v1/knowledge/answers", { question, ...more });
    expect(response.status).toBe(200);
    return (await response.json()) as Body;
  };

  test("tells the day that was asked for, reckoned from the present day in Shanghai", async () => {
    // 17:30 UTC on the 23rd is the 24th in Shanghai: yesterday was the 23rd.
    const answer = await ask("昨天收到裁决书 能告到啥时候");
    expect(answer.deadline).toEqual({
      startedOn: "2026-11-23",
      dueOn: "2026-12-08",
      ruleId: "infringement-ruling-suit",
      law: "专利法",
      article: "第六十五条",
      provisional: false,
    });
    expect(answer.text).toContain(
      "对裁决起诉的期限是15日（专利法第六十五条），最后一天是2026年12月8日（星期二）",
    );
    expect(answer.text.length).toBeLessThanOrEqual(600);
    expect(answer.citations).toContainEqual(
      expect.objectContaining({ law: "专利法", article: "第六十五条" }),
    );
  });

  test("reads the question on the day of `asOf`", async () => {
    const answer = await ask("3月5号收到的驳回通知，最晚哪天提复审", { asOf: "2026-03-20" });
    expect(answer.deadline).toMatchObject({ startedOn: "2026-03-05", dueOn: "2026-06-05" });
    expect(answer.text).toContain("还有77天");
  });

  test("has no deadline where no day was asked for", async () => {
    expect(await ask("3月5号收到驳回通知，复审要交什么材料")).not.toHaveProperty("deadline");
  });
});
