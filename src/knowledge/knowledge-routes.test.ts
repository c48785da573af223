import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import index from "../../knowledge/index.json" with { type: "json" };
import { silentLog } from "../core/log.ts";
import { createErrorHandler } from "../http/problem.ts";
import { createAnswering } from "./answering.ts";
import { createKnowledge } from "./knowledge.ts";
import { knowledgeRoutes } from "./knowledge-routes.ts";

const knowledge = createKnowledge(index);

function createApp() {
  const app = new Hono();
  app.onError(createErrorHandler(silentLog));
  const answers: Parameters<typeof knowledgeRoutes>[0]["answers"] = {
    async ask({ channel: _, ...query }, { onPiece } = {}) {
      const answer = knowledge.answer(query);
      for (const piece of answer.text.split(/(?<=。)/u)) await onPiece?.(piece);
      return { id: "answer_1", answer };
    },
  };
  app.route(
    "/",
    knowledgeRoutes({
      knowledge,
      answers,
      answering: createAnswering({ knowledge, log: silentLog }),
      now: () => new Date("2026-11-23T04:00:00Z"),
    }),
  );
  return app;
}

const post = (body: unknown, headers: Record<string, string> = {}) => ({
  method: "POST",
  headers: { "Content-Type": "application/json", ...headers },
  body: JSON.stringify(body),
});

describe("GET /search", () => {
  test("finds texts in force, best first", async () => {
    const response = await createApp().request(
      `/search?${new URLSearchParams({ q: "假冒专利罚多少", limit: "3" })}`,
    );
    expect(response.status).toBe(200);
    const { items, nextCursor } = (await response.json()) as {
      items: Record<string, unknown>[];
      nextCursor: null;
    };
    expect(nextCursor).toBeNull();
    expect(items).toHaveLength(3);
    expect(items[0]).toMatchObject({
      law: "专利法",
      article: "第六十八条",
      kind: "statute",
      status: "current",
      edition: "2020-10-17",
      effectiveFrom: "2021-06-01",
      sourceUrl: "https://flk.npc.gov.cn/",
    });
  });

  test.each([
    ["q is missing", "/search", "/query/q"],
    ["limit is not a number", "/search?q=a&limit=x", "/query/limit"],
    ["asOf is not a date", "/search?q=a&asOf=2026-13-01", "/query/asOf"],
  ])("%s: 400 that names the field", async (_, path, pointer) => {
    const response = await createApp().request(path);
    expect(response.status).toBe(400);
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({ type: "/problems/invalid_request", errors: [{ pointer }] });
  });
});

describe("POST /answers", () => {
  test("answers with citations", async () => {
    const response = await createApp().request("/answers", post({ question: "外观专利保护几年" }));
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      id: "answer_1",
      outcome: "answered",
      citations: expect.arrayContaining([
        expect.objectContaining({ law: "专利法", article: "第四十二条", status: "current" }),
      ]),
      confidence: expect.any(Number),
      related: expect.any(Array),
      corrections: [],
      topic: { question: "外观专利保护几年" },
    });
  });

  test("streams the same answer to who accepts events", async () => {
    const response = await createApp().request(
      "/answers",
      post({ question: "外观专利保护几年" }, { Accept: "text/event-stream" }),
    );
    expect(response.headers.get("Content-Type")).toContain("text/event-stream");
    const events = (await response.text())
      .trim()
      .split("\n\n")
      .map((block) => {
        const lines = block.split("\n");
        const of = (name: string) =>
          lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));
        return { event: of("event")[0], data: of("data").join("\n") };
      });
    const whole = events.at(-1);
    expect(whole?.event).toBe("answer");
    const { text } = JSON.parse(whole?.data ?? "") as { text: string };
    expect(
      events
        .slice(0, -1)
        .map(({ data }) => data)
        .join(""),
    ).toBe(text);
  });

  test("refuses an empty question", async () => {
    const response = await createApp().request("/answers", post({ question: "  " }));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ pointer: "/question" }] });
  });
});

describe("GET /laws", () => {
  test("lists instruments with their editions and standing", async () => {
    const response = await createApp().request("/laws");
    const { items } = (await response.json()) as { items: { law: string; editions: { status: string }[] }[] };
    expect(items.length).toBeGreaterThan(70);
    expect(items.find((item) => item.law === "专利法实施细则")).toMatchObject({
      status: "current",
      editions: [
        { edition: "2010-01-09", status: "superseded" },
        { edition: "2023-12-11", status: "current" },
      ],
    });
  });

  test("names what took the place of a repealed instrument, and of no other", async () => {
    const response = await createApp().request("/laws");
    const { items } = (await response.json()) as { items: { law: string; successor: string | null }[] };
    const titles = new Set(items.map((item) => item.law));
    const replaced = items.filter((item) => item.successor !== null);
    expect(replaced.find((item) => item.law === "市场监督管理投诉举报处理暂行办法")).toMatchObject({
      status: "repealed",
      successor: "市场监督管理投诉举报处理办法",
    });
    expect(replaced.map((item) => item.successor).filter((title) => !titles.has(title ?? ""))).toEqual([]);
    expect(items.find((item) => item.law === "专利法")?.successor).toBeNull();
  });
});

describe("GET /laws/{law}/articles/{article}", () => {
  const get = (law: string, article: string, query = "") =>
    createApp().request(`/laws/${encodeURIComponent(law)}/articles/${encodeURIComponent(article)}${query}`);

  test.each(["第四十二条", "第42条", "42"])("takes the number as %s", async (article) => {
    const response = await get("专利法", article);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ law: "专利法", article: "第四十二条", status: "current" });
  });

  test("tells what became of a repealed and of a superseded text", async () => {
    expect(await (await get("令20", "第十五条")).json()).toMatchObject({
      status: "repealed",
      text: null,
      successorLaw: "市场监督管理投诉举报处理办法",
    });
    expect(await (await get("细则", "84", "?edition=2010-01-09")).json()).toMatchObject({
      status: "superseded",
      successor: { article: "第一百零一条" },
    });
  });

  test.each([
    ["火星法", "第一条", "/problems/law_not_found"],
    ["专利法", "第九十九条", "/problems/article_not_found"],
    ["专利法", "附则", "/problems/article_not_found"],
  ])("%s %s: 404", async (law, article, type) => {
    const response = await get(law, article);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ type });
  });
});
