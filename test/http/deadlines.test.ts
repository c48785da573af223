import { describe, expect, test } from "vitest";
import { createHarness } from "../support/harness.ts";

type Rules = { items: { id: string; kind: string; unit: string; basis: unknown }[] };

describe("GET /api/v1/deadlines/rules", () => {
  test("lists every rule, and each statutory one with its article", async () => {
    const { request } = await createHarness();
    const { items } = (await (await request("/api/v1/deadlines/rules")).json()) as Rules;
    expect(items.length).toBeGreaterThan(5);
    for (const rule of items.filter(({ kind }) => kind === "statutory")) {
      expect(rule.basis).toMatchObject({
        law: expect.any(String),
        article: expect.stringMatching(/^第.+条/),
      });
    }
  });
});

describe("POST /api/v1/deadlines", () => {
  const reckon = async (body: object) => {
    const { post } = await createHarness();
    const response = await post("/api/v1/deadlines", body);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const filing = "infringement-petition-filing";

  test("counts working days over a make-up day, shows the steps and names the article", async () => {
    // 2026-02-14 (Saturday) is worked before the Spring Festival of 02-15 to 02-23.
    const { status, body } = await reckon({ ruleId: filing, startedOn: "2026-02-11" });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      dueOn: "2026-02-25",
      provisional: false,
      unit: "workingDay",
      basis: { law: "专利纠纷行政裁决和调解办法", article: "第二十条" },
    });
    expect(body["steps"]).toContain("依据《专利纠纷行政裁决和调解办法》第二十条。");
  });

  test("adds an extension that the rule has", async () => {
    const plain = await reckon({ ruleId: filing, startedOn: "2026-06-01" });
    const longer = await reckon({ ruleId: filing, startedOn: "2026-06-01", extensions: ["complex"] });
    expect(plain.body).toMatchObject({ dueOn: "2026-06-08" });
    expect(longer.body).toMatchObject({ dueOn: "2026-06-15" });
  });

  test.each([
    ["a rule that is not there", { ruleId: "x", startedOn: "2026-06-01" }, 404, "not_found", "/ruleId"],
    [
      "a start before the rule",
      { ruleId: filing, startedOn: "2025-01-31" },
      422,
      "rule_not_in_force",
      undefined,
    ],
    [
      "a year that is not published",
      { ruleId: filing, startedOn: "2026-12-30" },
      422,
      "calendar_not_published",
      "/startedOn",
    ],
    [
      "a day that does not exist",
      { ruleId: filing, startedOn: "2026-02-30" },
      400,
      "invalid_request",
      "/startedOn",
    ],
    [
      "an extension that is not there",
      { ruleId: filing, startedOn: "2026-06-01", extensions: ["x"] },
      400,
      "invalid_request",
      "/extensions",
    ],
    [
      "an interval that is reversed",
      { ruleId: filing, startedOn: "2026-06-01", excluded: [{ from: "2026-06-03", to: "2026-06-02" }] },
      400,
      "invalid_request",
      "/excluded/0",
    ],
  ])("refuses %s by name", async (_, query, status, code, pointer) => {
    const answer = await reckon(query);
    expect(answer.status).toBe(status);
    expect(answer.body["type"]).toBe(`/problems/${code}`);
    if (pointer !== undefined) expect(answer.body["errors"]).toMatchObject([{ pointer }]);
  });
});
