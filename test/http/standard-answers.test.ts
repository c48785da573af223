import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { knowledgeQuestions, knowledgeStandardAnswers } from "../../src/knowledge/schema.ts";
import { createStandardAnswerRepository } from "../../src/knowledge/standard-answer-repository.ts";
import { createHarness, type Harness } from "../support/harness.ts";

const base = "/api/v1/knowledge/admin/standard-answers";
const question = "外观设计专利的保护期是多久";
const words = "局里统一答复：外观设计专利保护15年，从申请日起算（专利法第四十二条）。";

const aDraft = (more: object = {}) => ({
  questions: [question, "外观专利能保护几年"],
  text: words,
  citations: [{ law: "专利法", article: "第四十二条" }],
  expiresOn: "2027-11-20",
  enabled: true,
  approved: true,
  ...more,
});

type Standard = ReturnType<typeof aDraft> & {
  id: string;
  revision: number;
  state: string;
  problems: string[];
  reviewer: string | null;
  approvedAt: string | null;
  hitCount: number;
  lastHitAt: string | null;
};

async function setUp(options: Parameters<typeof createHarness>[0] = {}) {
  const harness = await createHarness(options);
  let headers = await harness.signIn();
  const send = (method: string, path: string, body?: unknown) =>
    harness.request(`${base}${path}`, {
      method,
      headers: { "Content-Type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  const create = async (more: object = {}) => {
    const response = await send("POST", "", aDraft(more));
    if (response.status !== 201) throw new Error(await response.text());
    return (await response.json()) as Standard;
  };
  const open = async (id: string) => (await (await send("GET", `/${id}`)).json()) as Standard;
  /** A session ends after twelve hours; the clock is moved by months. */
  const moveTo = async (at: string) => {
    harness.moveTo(at);
    headers = await harness.signIn();
  };
  return { harness, send, create, open, moveTo, headers: () => headers };
}

type Answered = { id: string; outcome: string; text: string; confidence: number; citations: object[] };

async function ask({ post }: Harness, asked: string, more: object = {}) {
  const response = await post("/api/v1/knowledge/answers", { question: asked, ...more });
  expect(response.status).toBe(200);
  return (await response.json()) as Answered;
}
const stored = ({ db }: Harness) => db.sql.select().from(knowledgeStandardAnswers);

describe("a standard answer", () => {
  test("once approved goes before the extract, with its citations, basis and notice, and counts its hits", async () => {
    const { harness, create, open } = await setUp();
    const before = await ask(harness, question);
    const made = await create();
    expect(made).toMatchObject({
      state: "answering",
      reviewer: "管理员",
      approvedAt: harness.now().toISOString(),
      revision: 1,
      hitCount: 0,
    });
    const after = await ask(harness, `请问，${question}？`);
    expect(after.text).not.toBe(before.text);
    expect(after).toMatchObject({
      outcome: "answered",
      confidence: 1,
      citations: [{ law: "专利法", article: "第四十二条", status: "current", edition: "2020-10-17" }],
      topic: { law: "专利法", article: "第四十二条" },
    });
    expect(after.text).toBe(
      `${words}\n依据：《专利法》第四十二条（2020年修正，2021-06-01起施行）。仅供参考，以主管部门认定为准。`,
    );
    expect(after.text).not.toContain("管理员");
    expect(await open(made.id)).toMatchObject({
      hitCount: 1,
      lastHitAt: harness.now().toISOString(),
      revision: 1,
    });
    const [, row] = await harness.db.sql.select().from(knowledgeQuestions);
    expect(row).toMatchObject({ id: after.id, standardAnswerId: made.id, state: "none" });
  });

  test("answers in the conversation too, where the hit is counted with the turn", async () => {
    const { harness, create, open } = await setUp();
    const { id } = await create();
    const person = harness.person();
    const told = await person.say(`${question}？`, "m1");
    expect(told.replies.map(({ text }) => text).join()).toContain(words);
    expect(told).toMatchObject({
      outcome: "answered",
      citations: [{ law: "专利法", article: "第四十二条" }],
    });
    await person.say(`${question}？`, "m1");
    expect(await open(id)).toMatchObject({ hitCount: 1 });
    expect(await harness.db.sql.select().from(knowledgeQuestions)).toMatchObject([
      { id: told.answerId, standardAnswerId: id, channel: "official_account" },
    ]);
  });

  test.each([
    ["a draft", { approved: false }],
    ["one switched off", { enabled: false }],
    ["one for another kind of patent", { questions: ["实用新型专利的保护期是多久"] }],
  ])("that is %s does not answer", async (_, more) => {
    const { harness, create } = await setUp();
    const { state } = await create(more);
    expect(state).toBe("approved" in more ? "draft" : "enabled" in more ? "disabled" : "answering");
    expect((await ask(harness, question)).text).not.toContain("局里统一答复");
  });

  test("never goes before a refusal", async () => {
    const { harness, create } = await setUp();
    await create({ questions: ["帮我做个假的专利证书"] });
    expect(await ask(harness, "帮我做个假的专利证书")).toMatchObject({ outcome: "declined", citations: [] });
  });

  test("answers until its last day; then the extract does, and both stand in the queue", async () => {
    const { harness, create, open, moveTo, headers } = await setUp();
    const { id } = await create({ expiresOn: "2026-12-31" });
    await moveTo("2026-12-31T15:59:00Z");
    expect((await ask(harness, question)).text).toContain("局里统一答复");
    await moveTo("2026-12-31T16:00:00Z");
    const answer = await ask(harness, question);
    expect(answer.text).not.toContain("局里统一答复");
    expect(answer.outcome).toBe("answered");
    expect(await open(id)).toMatchObject({ state: "needs_review", problems: ["expired"], hitCount: 1 });
    const queue = await harness.request("/api/v1/knowledge/admin/questions?reason=needs_review", {
      headers: headers(),
    });
    expect(await queue.json()).toMatchObject({
      items: [{ id: answer.id, standardAnswerId: id, reasons: ["needs_review"] }],
      needsReview: [{ standardAnswerId: id, question, problems: ["expired"] }],
    });
  });

  test("does not answer as of a day on which its article stood in another edition", async () => {
    const { harness, create, open } = await setUp();
    const { id } = await create();
    const answer = await ask(harness, question, { asOf: "2015-01-01" });
    expect(answer.text).not.toContain("局里统一答复");
    const [row] = await harness.db.sql.select().from(knowledgeQuestions);
    expect(row?.reasons).not.toContain("needs_review");
    expect(await open(id)).toMatchObject({ state: "answering" });
  });

  test("whose article was changed since does not answer, and is to be reviewed", async () => {
    const { harness, create, open } = await setUp();
    const { id } = await create();
    const citations = [{ law: "专利法", article: "第四十二条", edition: "2008-12-27" }];
    await harness.db.write([
      harness.db.sql
        .update(knowledgeStandardAnswers)
        .set({ citations })
        .where(eq(knowledgeStandardAnswers.id, id)),
    ]);
    expect((await ask(harness, question)).text).not.toContain("局里统一答复");
    expect(await open(id)).toMatchObject({ state: "needs_review", problems: ["not_in_force"] });
  });

  test("that another process wrote is heard of within 30 seconds, not at once", async () => {
    const { harness, create } = await setUp();
    await ask(harness, question);
    const { id } = await create();
    await ask(harness, question);
    const elsewhere = createStandardAnswerRepository(harness.db);
    const standard = await elsewhere.find(id);
    if (standard === undefined) throw new Error("gone");
    await harness.db.write([
      elsewhere.replace({
        ...standard,
        text: "别处改过的口径，供测试。",
        revision: 2,
        updatedBy: "account_x",
      }),
    ]);
    harness.moveTo("2026-11-23T02:00:29Z");
    expect((await ask(harness, question)).text).toContain("局里统一答复");
    harness.moveTo("2026-11-23T02:00:30Z");
    expect((await ask(harness, question)).text).toContain("别处改过的口径");
  });

  test("stays in memory while the database cannot be read", async () => {
    const { harness, create } = await setUp();
    await create();
    await ask(harness, question);
    await harness.db.maintain("ALTER TABLE knowledge_standard_answers RENAME TO gone");
    harness.moveTo("2026-11-23T02:05:00Z");
    expect((await ask(harness, question)).text).toContain("局里统一答复");
  });
});

describe("staff who edit standard answers", () => {
  test("change one by its revision: other words are a draft until approved, a switch is not", async () => {
    const { harness, send, create } = await setUp();
    const { id } = await create();
    const put = (more: object) => send("PUT", `/${id}`, aDraft({ approved: false, ...more }));
    expect(await (await put({ revision: 1, enabled: false })).json()).toMatchObject({
      state: "disabled",
      reviewer: "管理员",
      revision: 2,
    });
    const text = "局里统一答复（新）：外观设计专利保护15年（专利法第四十二条）。";
    expect(await (await put({ revision: 2, text })).json()).toMatchObject({
      state: "draft",
      reviewer: null,
      approvedAt: null,
      revision: 3,
    });
    expect((await ask(harness, question)).text).not.toContain("局里统一答复");
    const approved = await put({ revision: 3, text, approved: true });
    expect(await approved.json()).toMatchObject({ state: "answering", reviewer: "管理员", revision: 4 });
    expect((await ask(harness, question)).text).toContain("局里统一答复（新）");
  });

  test("who change or remove it with a stale revision are told so, and nothing is stored", async () => {
    const { harness, send, create } = await setUp();
    const { id } = await create();
    const before = await stored(harness);
    const change = await send("PUT", `/${id}`, aDraft({ revision: 2, text: "另一个答复，供测试用。" }));
    expect(change.status).toBe(409);
    expect(await change.json()).toMatchObject({ type: "/problems/changed_meanwhile" });
    expect((await send("DELETE", `/${id}?revision=2`)).status).toBe(409);
    expect(await stored(harness)).toEqual(before);
  });

  test("who change it at once change it once", async () => {
    const { send, create, open } = await setUp();
    const { id } = await create();
    const put = async () => (await send("PUT", `/${id}`, aDraft({ revision: 1, enabled: false }))).status;
    expect((await Promise.all([put(), put(), put()])).sort()).toEqual([200, 409, 409]);
    expect(await open(id)).toMatchObject({ revision: 2 });
  });

  test("remove one, and it answers no more", async () => {
    const { harness, send, create } = await setUp();
    const { id } = await create();
    expect((await ask(harness, question)).text).toContain("局里统一答复");
    expect((await send("DELETE", `/${id}?revision=1`)).status).toBe(204);
    expect(await stored(harness)).toEqual([]);
    expect((await ask(harness, question)).text).not.toContain("局里统一答复");
    expect((await send("GET", `/${id}`)).status).toBe(404);
    expect((await send("DELETE", `/${id}?revision=1`)).status).toBe(404);
    const put = await send("PUT", `/${id}`, aDraft({ revision: 1 }));
    expect(put.status).toBe(404);
    expect(await put.json()).toMatchObject({ type: "/problems/standard_answer_not_found" });
  });

  test.each([
    ["an article that is not cited", { text: "看专利法第七十一条，赔偿另算。" }, "/text"],
    [
      "an article that is not in force",
      { citations: [{ law: "专利法", article: "第九十九条" }] },
      "/citations/0",
    ],
    ["no citation", { citations: [] }, "/citations"],
    ["Markdown", { text: "**外观设计**保护15年，从申请日起算。" }, "/text"],
    ["a member that is not there", { reviewer: "局长" }, "/reviewer"],
    ["a date that is none", { expiresOn: "2027-02-30" }, "/expiresOn"],
  ])("are told what to mend in one with %s, and nothing is stored", async (_, more, pointer) => {
    const { harness, send } = await setUp();
    const response = await send("POST", "", aDraft(more));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ type: "/problems/invalid_request", errors: [{ pointer }] });
    expect(await stored(harness)).toEqual([]);
  });

  test("cannot give one question to two standard answers", async () => {
    const { send, create } = await setUp();
    const { id } = await create();
    const response = await send("POST", "", aDraft({ questions: ["另一个问题怎么答", `请问${question}`] }));
    expect(response.status).toBe(400);
    const { errors } = (await response.json()) as { errors: { pointer: string; detail: string }[] };
    expect(errors).toMatchObject([{ pointer: "/questions/1" }]);
    expect(errors[0]?.detail).toContain(id);
  });

  test("list them by state", async () => {
    const { send, create } = await setUp();
    const answering = await create();
    const draft = await create({ questions: ["实用新型专利保护几年"], approved: false });
    const ids = async (query: string) =>
      ((await (await send("GET", query)).json()) as { items: Standard[] }).items.map(({ id }) => id).sort();
    expect(await ids("")).toEqual([answering.id, draft.id].sort());
    expect(await ids("?state=draft")).toEqual([draft.id]);
    expect(await ids("?state=needs_review")).toEqual([]);
    expect((await send("GET", "?state=lost")).status).toBe(400);
  });

  test("settle a question of the queue with one", async () => {
    const { harness, create, headers } = await setUp();
    const asked = await ask(harness, "专利的那个紫色章鱼条款第几页咋写");
    const { id } = await create();
    const settled = await harness.post(
      `/api/v1/knowledge/admin/questions/${asked.id}/resolution`,
      { revision: 1, resolution: "standard_answer", standardAnswerId: id },
      headers(),
    );
    expect(await settled.json()).toMatchObject({ state: "closed", settled: { standardAnswerId: id } });
  });
});

describe("export and import", () => {
  test("an export imported into an empty service gives the same standard answers, approved by who imports", async () => {
    const first = await setUp();
    await first.create();
    await first.create({ questions: ["实用新型专利保护几年"], approved: false });
    const exported = await first.send("GET", "/export");
    expect(exported.headers.get("Content-Type")).toContain("application/x-ndjson");
    const lines = await exported.text();
    expect(lines.trim().split("\n")).toHaveLength(2);

    const second = await setUp({ now: "2026-11-24T02:00:00Z" });
    expect(await (await second.send("POST", "/import", lines)).json()).toEqual({ created: 2, updated: 0 });
    const comparable = async (harness: Harness) =>
      (await stored(harness))
        .map(({ id, questions, text, citations, reviewer }) => ({ id, questions, text, citations, reviewer }))
        .sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(await comparable(second.harness)).toEqual(await comparable(first.harness));
    expect((await ask(second.harness, question)).text).toContain("局里统一答复");
    expect(await (await second.send("POST", "/import", lines)).json()).toEqual({ created: 0, updated: 2 });
  });

  test("with one bad line stores nothing, and names the line and the field", async () => {
    const { harness, send } = await setUp();
    const line = (more: object) => JSON.stringify(aDraft(more));
    const body = [line({}), "{", line({ questions: ["短"] }), line({ id: "standard_x" })].join("\n");
    const response = await send("POST", "/import", body);
    expect(response.status).toBe(400);
    const { errors } = (await response.json()) as { errors: { pointer: string }[] };
    expect(errors.map(({ pointer }) => pointer)).toEqual(["/2", "/3/questions/0", "/4/id"]);
    const second = await send(
      "POST",
      "/import",
      [line({}), "", line({ text: "看专利法第七十一条，赔偿另算。" })].join("\n"),
    );
    const told = (await second.json()) as { errors: { pointer: string }[] };
    expect(told.errors.map(({ pointer }) => pointer)).toEqual([
      "/3/text",
      "/3/questions/0",
      "/3/questions/1",
    ]);
    expect(await stored(harness)).toEqual([]);
  });
});

describe("the hit test", () => {
  async function hitTest(harness: Harness, headers: Record<string, string>, q: string, more = {}) {
    const query = new URLSearchParams({ q, ...more });
    const response = await harness.request(`/api/v1/knowledge/admin/hit-test?${query}`, { headers });
    expect(response.status).toBe(200);
    return (await response.json()) as {
      answer: Record<string, unknown> & { confidence: number };
      trace: {
        hits: {
          law: string;
          article: string;
          score: number;
          fused: number;
          asked: string;
          evidence: object;
        }[];
        standard: object | null;
        matters: object[];
        words: { say: string[]; mended: string[] };
        named: string[];
        corrections: string[];
      };
    };
  }

  test.each([
    ["a plain question", "假冒专利罚多少"],
    ["a standard question", `请问${question}`],
    ["one not found", "专利的那个紫色章鱼条款第几页咋写"],
    ["a refusal", "帮我做个假的专利证书"],
    ["another office's matter", "老板拖欠工资不给咋办"],
    ["an article by number", "专利法第42条写的啥"],
    ["a false premise", "外观专利是不是保护10年"],
  ])("of %s gives what POST /answers gives, and records nothing", async (_, asked) => {
    const { harness, create, headers, open } = await setUp();
    const { id } = await create();
    const { answer } = await hitTest(harness, headers(), asked);
    expect(await harness.db.sql.select().from(knowledgeQuestions)).toEqual([]);
    expect(await open(id)).toMatchObject({ hitCount: 0 });
    const { id: answerId, ...live } = await ask(harness, asked);
    expect(answer).toEqual(live);
    const row = await harness.db.sql
      .select()
      .from(knowledgeQuestions)
      .where(eq(knowledgeQuestions.id, answerId))
      .get();
    expect(row).toMatchObject({ confidence: answer.confidence });
  });

  test("shows the very number that decides, and what led to each hit", async () => {
    const { harness, headers } = await setUp();
    const { answer, trace } = await hitTest(harness, headers(), "年费忘了交咋办", { limit: "3" });
    expect(trace.hits).toHaveLength(3);
    expect(trace.hits[0]?.score).toBe(answer.confidence);
    expect(trace.hits[0]).toMatchObject({
      law: expect.any(String),
      asked: expect.stringContaining("年费"),
      fused: expect.any(Number),
      evidence: { coverage: expect.any(Number), inField: true },
    });
    expect(trace.words.mended).toContain("咋办");
    expect(trace.standard).toBeNull();
  });

  test("tells which standard answer matched, by which wording, and what keeps it from answering", async () => {
    const { harness, create, headers, moveTo } = await setUp();
    const { id } = await create({ expiresOn: "2026-12-31" });
    const { trace } = await hitTest(harness, headers(), question);
    expect(trace.standard).toEqual({ id, wording: question, likeness: 1, problems: [] });
    await moveTo("2027-01-02T00:00:00Z");
    const later = await hitTest(harness, headers(), question);
    expect(later.trace.standard).toMatchObject({ id, problems: ["expired"] });
  });

  test("tells the rules that spoke", async () => {
    const { harness, headers } = await setUp();
    const refused = await hitTest(harness, headers(), "帮我做个假的专利证书");
    expect(refused.trace).toMatchObject({ hits: [], matters: [{ id: "forgery", kind: "refused" }] });
    const premise = await hitTest(harness, headers(), "外观专利是不是保护10年");
    expect(premise.trace.corrections).toEqual(["design-term"]);
    const named = await hitTest(harness, headers(), "专利法第42条写的啥");
    expect(named.trace.named).toEqual(["专利法第四十二条"]);
  });
});

describe("the impact list", () => {
  type Place = { kind: string; file: string; id: string; field: string; excerpt: string };
  const root = join(import.meta.dirname, "../..");

  async function impact(harness: Harness, headers: Record<string, string>, law: string, article: string) {
    const query = new URLSearchParams({ law, article });
    const response = await harness.request(`/api/v1/knowledge/admin/impact?${query}`, { headers });
    expect(response.status).toBe(200);
    return ((await response.json()) as { items: Place[] }).items;
  }

  test("of 专利法第四十二条 names every line of the repository that a plain search finds", async () => {
    const { harness, headers } = await setUp();
    const places = await impact(harness, headers(), "专利法", "第四十二条");
    const files = [
      ...globSync("knowledge/**/*.yaml", { cwd: root }),
      ...globSync("prompts/*.json", { cwd: root }),
      ...globSync("src/*/data/*.json", { cwd: root }),
    ];
    const cited = files.flatMap((file) => {
      const lines = readFileSync(join(root, file), "utf8").split("\n");
      return lines.flatMap((line, index) => {
        // A digest's line belongs to the article that begins above it; the name may stand across a line's end.
        const article = lines.slice(0, index + 1).findLast((one) => /^ {2}- article: /u.test(one));
        const found = /专利法(?:第四十二条|第?42条)/u.test(line);
        return found ? [{ file, article: article?.replace(/^ {2}- article: /u, "").trim() }] : [];
      });
    });
    expect(cited.length).toBeGreaterThan(10);
    const listed = (one: (typeof cited)[number]) =>
      places.some(
        ({ file, id }) =>
          one.file.startsWith(file) && (one.article === undefined || id.endsWith(one.article)),
      );
    expect(cited.filter((one) => !listed(one))).toEqual([]);
    expect([...new Set(places.map(({ kind }) => kind))]).toEqual(
      expect.arrayContaining(["digest", "correction", "renumbering", "reply"]),
    );
    // By law and number apart, and by number alone within the law's own digests.
    expect(places).toContainEqual(
      expect.objectContaining({ kind: "correction", id: "design-term", field: "article" }),
    );
    expect(places).toContainEqual(
      expect.objectContaining({
        kind: "digest",
        id: "专利法第四十二条",
        field: "article",
      }),
    );
  });

  test("names clock rules, jurisdiction rules and standard answers", async () => {
    const { harness, create, headers } = await setUp();
    const { id } = await create();
    const kinds = async (law: string, article: string) =>
      (await impact(harness, headers(), law, article)).map((place) => `${place.kind} ${place.id}`);
    expect(await kinds("专利法", "第四十二条")).toContain(`standardAnswer ${id}`);
    expect(await kinds("河北省专利条例", "31")).toContain("clockRule counterfeit-filing-reported-hebei");
    expect(await kinds("电子商务法", "第四十二条")).toContain("jurisdiction 平台不作为");
    expect(await kinds("中华人民共和国专利法", "第42条")).toContain("correction design-term");
  });

  test("does not take the same number of another law for it", async () => {
    const { harness, headers } = await setUp();
    const places = await impact(harness, headers(), "专利法", "第四十二条");
    expect(places.filter(({ id }) => /^(?!专利法第).+第四十二条$/u.test(id))).toEqual([]);
    expect(places.filter(({ file }) => file.includes("电子商务法"))).toEqual([]);
  });

  test("of a law that is not known is 404", async () => {
    const { harness, headers } = await setUp();
    const response = await harness.request("/api/v1/knowledge/admin/impact?law=火星法&article=第一条", {
      headers: headers(),
    });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ type: "/problems/law_not_found" });
  });
});
