import { describe, expect, test } from "vitest";
import { createHarness } from "../support/harness.ts";

type Rules = {
  items: ({ id: string; kind: string; unit: string; basis: unknown } & Record<string, unknown>)[];
};

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

  test("tells of every rule what the contract has, and who must act on which step", async () => {
    const { request } = await createHarness();
    const { items } = (await (await request("/api/v1/deadlines/rules")).json()) as Rules;
    for (const rule of items) {
      expect(rule).toMatchObject({
        title: expect.any(String),
        matter: expect.any(String),
        unit: expect.stringMatching(/^(workingDay|day|month|year)$/),
        amount: expect.any(Number),
        direction: expect.stringMatching(/^(after|before)$/),
        roll: expect.any(Boolean),
        startEvent: expect.any(String),
        extensions: expect.any(Array),
        excluded: expect.any(Array),
        validFrom: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
        confidence: expect.stringMatching(/^(high|medium|low)$/),
        step: expect.any(String),
        owner: expect.any(String),
        endEvents: expect.any(Array),
      });
      expect(rule).toHaveProperty("validTo");
    }
    expect(items.find(({ id }) => id === "ruling-close")).toMatchObject({
      extensions: [
        { id: "complex", amount: 1, unit: "month", approver: expect.any(String), approvedBy: "head" },
        { id: "special", amount: 2, unit: "month", approver: expect.any(String), approvedBy: "superior" },
      ],
    });
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

  test("reckons back from a hearing", async () => {
    const { body } = await reckon({ ruleId: "penalty-hearing-notice", startedOn: "2026-10-12" });
    expect(body).toMatchObject({ dueOn: "2026-09-24", basis: { law: "行政处罚法", article: "第六十四条" } });
  });

  test("leaves a ceiling on its day of rest", async () => {
    const { body } = await reckon({ ruleId: "seizure", startedOn: "2026-09-03" });
    expect(body).toMatchObject({ dueOn: "2026-10-03", provisional: false });
  });

  test("takes a rule id only, no step", async () => {
    const answer = await reckon({ step: "ruling-close", startedOn: "2026-06-01" });
    expect(answer.status).toBe(400);
  });

  test.each([
    ["infringement-petition-filing-2015", "2025-01-31", "2025-02-01"],
    ["ruling-close-2015", "2025-01-31", "2025-02-01"],
    ["complaint-mediation-20", "2026-04-14", "2026-04-15"],
    ["jurisdiction-dispute-20", "2026-04-14", "2026-04-15"],
  ])("knows %s until %s, and not on %s", async (ruleId, last, next) => {
    expect((await reckon({ ruleId, startedOn: last })).status).toBe(200);
    expect(await reckon({ ruleId, startedOn: next })).toMatchObject({
      status: 422,
      body: { type: "/problems/rule_not_in_force" },
    });
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
