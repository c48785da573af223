import { readFileSync } from "node:fs";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { conversationTurns } from "../../src/conversation/schema.ts";
import { knowledgeQuestions } from "../../src/knowledge/schema.ts";
import { createHarness, type Harness } from "../support/harness.ts";

type Body = Record<string, unknown> & { id: string; revision: number };

const clear = "外观专利保护几年";
const unclear = "商标鹌鹑蜻蜓棉袄";

const ask = async ({ post }: Harness, question: string) => {
  const response = await post("/api/v1/knowledge/answers", { question });
  expect(response.status).toBe(200);
  return (await response.json()) as Body & { outcome: string; text: string; confidence: number };
};
const rate = ({ post }: Harness, id: string, body: unknown) =>
  post(`/api/v1/knowledge/answers/${id}/feedback`, body);
const rows = ({ db }: Harness) => db.sql.select().from(knowledgeQuestions);
const rowOf = async ({ db }: Harness, id: string) =>
  db.sql.select().from(knowledgeQuestions).where(eq(knowledgeQuestions.id, id)).get();

/** Signs in somebody with a role. */
async function signInAs(harness: Harness, role: "handler" | "knowledge_editor" | "city") {
  const password = "Some-password-1";
  const officeCode = role === "handler" ? "130927" : "130900";
  await harness.staff.createAccount({ account: role, name: role, role, officeCode, password });
  return harness.signIn(role, password);
}

async function queue(harness: Harness, headers: Record<string, string>, query = "") {
  const response = await harness.request(`/api/v1/knowledge/admin/questions${query}`, { headers });
  expect(response.status).toBe(200);
  return (await response.json()) as {
    items: (Body & { question: string; reasons: string[]; count: number; state: string })[];
    nextCursor: string | null;
  };
}

/** All bytes of the database, as a thief of the disk would read them. */
function bytesOf({ folder }: Harness): string {
  return ["zhiquan.db", "zhiquan.db-wal"].map((file) => readFileSync(join(folder, file), "utf8")).join("");
}

describe("an answer given", () => {
  test("over the API leaves a row under its id, with nothing of the question in clear", async () => {
    const harness = await createHarness();
    const answer = await ask(harness, `${clear}，我叫刘建国，电话13800001234`);
    expect(await rows(harness)).toMatchObject([
      {
        id: answer.id,
        at: harness.now(),
        channel: "api",
        outcome: answer.outcome,
        confidence: answer.confidence,
        knowledgeVersion: harness.knowledge.version,
        standardAnswerId: null,
      },
    ]);
    const stored = bytesOf(harness);
    expect(stored).toContain(answer.id);
    for (const word of ["外观", "刘建国", "13800001234", "第四十二条"]) expect(stored).not.toContain(word);
  });

  test("keeps what the search saw, sealed, and no telephone number even under the seal", async () => {
    const harness = await createHarness();
    const { id } = await ask(harness, `${clear}，电话13800001234`);
    const row = await rowOf(harness, id);
    if (row === undefined) throw new Error("no row");
    const question = await harness.vault.open("knowledge", `question:${id}`, row.sealedQuestion);
    expect(question).toContain("外观专利保护几年");
    expect(question).not.toContain("1380000");
    const trace = JSON.parse(await harness.vault.open("knowledge", `trace:${id}`, row.sealedTrace));
    expect(trace.hits).toContainEqual(
      expect.objectContaining({ law: "专利法", article: "第四十二条", score: expect.any(Number) }),
    );
    await expect(
      harness.vault.open("knowledge", "question:answer_other", row.sealedQuestion),
    ).rejects.toThrow();
  });

  test("in the conversation is a row of its channel, written with the turn, once for a message sent thrice", async () => {
    const harness = await createHarness();
    const person = harness.person("u1", "wecom");
    const answers = await Promise.all([1, 2, 3].map(() => person.say("外观设计专利保护几年？", "m1")));
    expect(answers[0]?.outcome).toBe("answered");
    expect(new Set(answers.map((one) => JSON.stringify(one))).size).toBe(1);
    const stored = await rows(harness);
    expect(stored).toMatchObject([
      { id: answers[0]?.answerId, channel: "wecom", outcome: "answered", state: "none" },
    ]);
    expect(await harness.db.sql.select().from(conversationTurns)).toHaveLength(1);
    expect((await rate(harness, answers[0]?.answerId ?? "", { thumb: "up" })).status).toBe(204);
  });

  test("to what is no question leaves none", async () => {
    const harness = await createHarness();
    await harness
      .person()
      .tell("你好", "献县商林冀卡扣件冒用专利号ZL202320901414.6，匿名，没照片，我举报", "确认");
    expect(await rows(harness)).toEqual([]);
  });

  test("is given also where its row cannot be written", async () => {
    const harness = await createHarness();
    await harness.db.maintain("ALTER TABLE knowledge_questions RENAME TO gone");
    expect(await ask(harness, clear)).toMatchObject({ outcome: "answered" });
  });
});

describe("feedback", () => {
  test("up is kept and opens nothing; a later down replaces it and opens the row", async () => {
    const harness = await createHarness();
    const { id } = await ask(harness, clear);
    expect((await rate(harness, id, { thumb: "up" })).status).toBe(204);
    expect(await rowOf(harness, id)).toMatchObject({ thumb: "up", state: "none", sealedComment: null });
    expect(
      (await rate(harness, id, { thumb: "down", comment: "答非所问，打我电话13800001234" })).status,
    ).toBe(204);
    expect(await rowOf(harness, id)).toMatchObject({ thumb: "down", state: "open", reasons: ["thumb_down"] });
    expect(bytesOf(harness)).not.toContain("答非所问");
    const headers = await harness.signIn();
    const opened = await harness.request(`/api/v1/knowledge/admin/questions/${id}`, { headers });
    expect(await opened.json()).toMatchObject({ comment: "答非所问,打我电话〔号码〕", thumb: "down" });
    await rate(harness, id, { thumb: "up" });
    expect(await rowOf(harness, id)).toMatchObject({
      thumb: "up",
      state: "none",
      reasons: [],
      sealedComment: null,
    });
  });

  test("that comes several times at once loses nothing", async () => {
    const harness = await createHarness();
    const { id } = await ask(harness, clear);
    const statuses = await Promise.all(
      [1, 2, 3].map(async () => (await rate(harness, id, { thumb: "down" })).status),
    );
    expect(statuses).toEqual([204, 204, 204]);
    expect(await rowOf(harness, id)).toMatchObject({ state: "open", revision: 4 });
  });

  test.each([
    ["another thumb", { thumb: "sideways" }, "/thumb"],
    ["a comment of 501 characters", { thumb: "up", comment: "长".repeat(501) }, "/comment"],
    ["a member that is not there", { thumb: "up", stars: 5 }, "/stars"],
  ])("with %s is refused", async (_, body, pointer) => {
    const harness = await createHarness();
    const { id } = await ask(harness, clear);
    const response = await rate(harness, id, body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ pointer }] });
    expect(await rowOf(harness, id)).toMatchObject({ thumb: null });
  });

  test("on an answer that was never given is 404", async () => {
    const response = await rate(await createHarness(), "answer_none", { thumb: "up" });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ type: "/problems/answer_not_found" });
  });
});

describe("the queue", () => {
  test.each([
    ["what was not found", unclear, ["handoff"]],
    ["what is too short to go by", "专利", ["clarify"]],
  ])("takes in %s", async (_, question, reasons) => {
    const harness = await createHarness();
    const { id } = await ask(harness, question);
    expect(await rowOf(harness, id)).toMatchObject({ state: "open", reasons });
  });

  test.each([
    ["a sure answer", clear],
    ["a refusal", "帮我做个假的专利证书"],
    ["another office's matter", "老板拖欠工资不给咋办"],
    ["an article that does not exist", "专利法第九十九条是什么"],
  ])("leaves out %s", async (_, question) => {
    const harness = await createHarness();
    const { id } = await ask(harness, question);
    expect(await rowOf(harness, id)).toMatchObject({ state: "none", reasons: [] });
  });

  test("shows the same question once, by its newest, with a count, and pages without a gap", async () => {
    const harness = await createHarness();
    const questions = [unclear, `请问${unclear}？`, "专利", "商标", "版权"];
    const ids: string[] = [];
    for (const [index, question] of questions.entries()) {
      harness.moveTo(`2026-11-23T02:0${index}:00Z`);
      ids.push((await ask(harness, question)).id);
    }
    const headers = await harness.signIn();
    const whole = await queue(harness, headers);
    expect(whole.items.map(({ id, count }) => [id, count])).toEqual([
      [ids[4], 1],
      [ids[3], 1],
      [ids[2], 1],
      [ids[1], 2],
    ]);
    expect(whole.items.at(-1)?.question).toBe(`请问${unclear}?`);
    const seen: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const next = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
      const page = await queue(harness, headers, `?limit=3${next}`);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(whole.items.map(({ id }) => id));
    expect((await queue(harness, headers, "?reason=handoff")).items.map(({ id }) => id)).toEqual([ids[1]]);
    expect((await queue(harness, headers, "?state=closed")).items).toEqual([]);
  });

  test("opens one with its trace, and settles it with all that ask the same", async () => {
    const harness = await createHarness();
    const first = await ask(harness, unclear);
    const second = await ask(harness, unclear);
    const other = await ask(harness, "专利");
    const headers = await signInAs(harness, "knowledge_editor");
    const path = `/api/v1/knowledge/admin/questions/${first.id}`;
    const opened = (await (await harness.request(path, { headers })).json()) as Body;
    expect(opened).toMatchObject({
      question: unclear,
      count: 2,
      trace: { hits: expect.any(Array), standard: null },
    });
    const response = await harness.post(
      `${path}/resolution`,
      { revision: opened.revision, resolution: "dismissed", note: "听不懂" },
      headers,
    );
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      state: "closed",
      settled: { resolution: "dismissed", note: "听不懂", at: harness.now().toISOString() },
    });
    expect(await rowOf(harness, second.id)).toMatchObject({ state: "closed", resolution: "dismissed" });
    expect(await rowOf(harness, other.id)).toMatchObject({ state: "open" });
    expect(bytesOf(harness)).not.toContain("听不懂");
  });

  test.each([
    ["a stale revision", { revision: 9, resolution: "dismissed" }, 409, "/problems/changed_meanwhile"],
    ["no revision", { resolution: "dismissed" }, 400, "/problems/invalid_request"],
    ["another resolution", { revision: 1, resolution: "ignored" }, 400, "/problems/invalid_request"],
    [
      "a standard answer that is not there",
      { revision: 1, resolution: "standard_answer", standardAnswerId: "standard_none" },
      400,
      "/problems/invalid_request",
    ],
    ["no standard answer", { revision: 1, resolution: "standard_answer" }, 400, "/problems/invalid_request"],
  ])("refuses to settle with %s, and stores nothing", async (_, body, status, type) => {
    const harness = await createHarness();
    const { id } = await ask(harness, unclear);
    const headers = await harness.signIn();
    const response = await harness.post(`/api/v1/knowledge/admin/questions/${id}/resolution`, body, headers);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ type });
    expect(await rowOf(harness, id)).toMatchObject({ state: "open", revision: 1, resolution: null });
  });

  test("is settled once by staff who act at once", async () => {
    const harness = await createHarness();
    const { id } = await ask(harness, unclear);
    const headers = await harness.signIn();
    const settle = async () =>
      (
        await harness.post(
          `/api/v1/knowledge/admin/questions/${id}/resolution`,
          { revision: 1, resolution: "digest" },
          headers,
        )
      ).status;
    expect((await Promise.all([settle(), settle(), settle()])).sort()).toEqual([200, 409, 409]);
    expect(await rowOf(harness, id)).toMatchObject({ state: "closed", revision: 2 });
  });

  test("opens a settled one again when a thumb goes down on it", async () => {
    const harness = await createHarness();
    const { id } = await ask(harness, unclear);
    const headers = await harness.signIn();
    const settle = { revision: 1, resolution: "dismissed" };
    await harness.post(`/api/v1/knowledge/admin/questions/${id}/resolution`, settle, headers);
    await rate(harness, id, { thumb: "down" });
    expect(await rowOf(harness, id)).toMatchObject({ state: "open", reasons: ["handoff", "thumb_down"] });
  });

  test.each([
    ["GET", "/questions"],
    ["GET", "/questions/answer_none"],
    ["POST", "/questions/answer_none/resolution"],
    ["GET", "/standard-answers"],
    ["POST", "/standard-answers"],
    ["GET", "/standard-answers/export"],
    ["POST", "/standard-answers/import"],
    ["GET", "/standard-answers/standard_none"],
    ["PUT", "/standard-answers/standard_none"],
    ["DELETE", "/standard-answers/standard_none?revision=1"],
    ["GET", "/hit-test?q=a"],
    ["GET", "/impact?law=a&article=b"],
  ])("and what is beside it: %s %s is for who may edit knowledge", async (method, path) => {
    const harness = await createHarness();
    const bodies: Record<string, unknown> = {
      "/questions/answer_none/resolution": { revision: 1, resolution: "dismissed" },
      "/standard-answers": standard,
      "/standard-answers/standard_none": { ...standard, revision: 1 },
    };
    const send = (headers: Record<string, string>) =>
      harness.request(`/api/v1/knowledge/admin${path}`, {
        method,
        headers: { "Content-Type": "application/json", ...headers },
        ...(method === "GET" || method === "DELETE" ? {} : { body: JSON.stringify(bodies[path] ?? {}) }),
      });
    expect((await send({})).status).toBe(401);
    expect((await send({ authorization: harness.authorization })).status).toBe(401);
    expect((await send(await signInAs(harness, "handler"))).status).toBe(403);
    expect((await send(await signInAs(harness, "city"))).status).toBe(403);
    expect([200, 201, 400, 404]).toContain((await send(await signInAs(harness, "knowledge_editor"))).status);
  });

  test("is not shown with cases to a knowledge editor, who may change the password", async () => {
    const harness = await createHarness();
    const headers = await signInAs(harness, "knowledge_editor");
    expect((await harness.request("/api/v1/cases", { headers })).status).toBe(403);
    const changed = await harness.request("/api/v1/staff/password", {
      method: "PUT",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify({ oldPassword: "Some-password-1", newPassword: "Other-password-1" }),
    });
    expect(changed.status).toBe(204);
  });
});

const standard = {
  questions: ["外观设计专利的保护期是多久"],
  text: "外观设计专利保护15年，从申请日起算（专利法第四十二条）。",
  citations: [{ law: "专利法", article: "第四十二条" }],
  expiresOn: "2027-11-20",
  enabled: true,
  approved: true,
};

describe("what was asked", () => {
  test("is erased after 72 hours where there is nothing to review", async () => {
    const harness = await createHarness();
    const { id } = await ask(harness, clear);
    harness.moveTo("2026-11-26T01:59:00Z");
    await harness.tend();
    expect(await rowOf(harness, id)).toBeDefined();
    harness.moveTo("2026-11-26T02:01:00Z");
    await harness.tend();
    expect(await rows(harness)).toEqual([]);
    expect((await rate(harness, id, { thumb: "up" })).status).toBe(404);
  });

  test("is erased from the queue after 180 days", async () => {
    const harness = await createHarness();
    await ask(harness, unclear);
    harness.moveTo("2027-05-22T01:00:00Z");
    await harness.tend();
    expect(await rows(harness)).toHaveLength(1);
    harness.moveTo("2027-05-22T03:00:00Z");
    await harness.tend();
    expect(await rows(harness)).toEqual([]);
  });

  test("is erased 30 days after it was settled", async () => {
    const harness = await createHarness();
    const { id } = await ask(harness, unclear);
    harness.moveTo("2026-12-01T00:00:00Z");
    const settle = { revision: 1, resolution: "dismissed" };
    await harness.post(`/api/v1/knowledge/admin/questions/${id}/resolution`, settle, await harness.signIn());
    harness.moveTo("2026-12-30T23:00:00Z");
    await harness.tend();
    expect(await rows(harness)).toHaveLength(1);
    harness.moveTo("2026-12-31T01:00:00Z");
    await harness.tend();
    expect(await rows(harness)).toEqual([]);
  });
});
