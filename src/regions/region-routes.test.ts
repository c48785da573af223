import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import type { Cite } from "../core/citation.ts";
import { createErrorHandler } from "../http/problem.ts";
import { createGazetteer } from "./gazetteer.ts";
import { createJurisdiction } from "./jurisdiction.ts";
import { regionRoutes } from "./region-routes.ts";

const gazetteer = createGazetteer();
const asked: string[] = [];
const cite: Cite = ({ law, article }, asOf) => {
  asked.push(asOf);
  if (law === "广告法") return undefined;
  return {
    law,
    article,
    edition: "2020-10-17",
    effectiveFrom: "2021-06-01",
    status: "current",
    sourceUrl: "https://example.org/law",
  };
};
const log = { debug() {}, info() {}, warn() {}, error() {} };
const app = new Hono();
app.onError(createErrorHandler(log));
app.route(
  "/",
  regionRoutes({
    gazetteer,
    jurisdiction: createJurisdiction({ gazetteer }),
    cite,
    now: () => new Date("2026-11-22T17:00:00Z"),
  }),
);

const resolve = (query: Record<string, string>) =>
  app.request(`/places/resolve?${new URLSearchParams(query)}`);
const decide = (body: unknown) =>
  app.request("/jurisdiction", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

describe("GET /places/resolve", () => {
  test("answers a text with the county, the town and the reason", async () => {
    const response = await resolve({ text: "南皮縣馮家口鎮有家厂" });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      county: { code: "130927", name: "南皮县" },
      town: { code: "130927101", name: "冯家口镇" },
      market: null,
      candidates: [],
      ambiguous: false,
      confirm: false,
      reason: "按您说的，地点在南皮县冯家口镇。",
    });
  });

  test("answers a point with a county to confirm", async () => {
    const response = await resolve({ latitude: "38.04", longitude: "116.71" });
    expect(await response.json()).toMatchObject({ county: { name: "南皮县" }, confirm: true });
  });

  test.each([
    ["nothing", {}, "/query/latitude"],
    ["a text and a point", { text: "南皮", latitude: "38", longitude: "116" }, "/query/text"],
    ["half a point", { latitude: "38" }, "/query/longitude"],
    ["an empty text", { text: " " }, "/query/text"],
    ["a latitude beyond the pole", { latitude: "91", longitude: "116" }, "/query/latitude"],
    ["a longitude in words", { latitude: "38", longitude: "东" }, "/query/longitude"],
    ["a text without end", { text: "南".repeat(1001) }, "/query/text"],
  ])("refuses %s and names the field", async (_, query, pointer) => {
    const response = await resolve(query as Record<string, string>);
    expect(response.status).toBe(400);
    const problem = (await response.json()) as { type: string; errors: { pointer: string }[] };
    expect(problem.type).toBe("/problems/invalid_request");
    expect(problem.errors[0]?.pointer).toBe(pointer);
  });
});

describe("POST /jurisdiction", () => {
  test("names the office, the level, the articles and the other ways", async () => {
    const response = await decide({ matter: "假冒专利", place: "泊头交河镇" });
    expect(response.status).toBe(200);
    const body = (await response.json()) as { basis: unknown[]; alternatives: unknown[] };
    expect(body).toMatchObject({
      level: "county",
      office: { code: "130981", name: "泊头市市场监督管理局" },
      alternatives: [{ level: "city", office: { code: "130900" } }],
    });
    expect(body.basis[0]).toMatchObject({ law: "河北省专利条例", article: "第二十一条", status: "current" });
    expect(body).not.toHaveProperty("office.phones");
  });

  test("says in whose name a zone's bureau acts", async () => {
    const response = await decide({ matter: "假冒专利", place: "黄骅港" });
    expect(await response.json()).toMatchObject({
      office: { code: "130973", actsInNameOf: { code: "130900" } },
    });
  });

  test("answers null for a place elsewhere and takes 不知道 for unknown", async () => {
    expect(await (await decide({ matter: "假冒专利", place: "德州" })).json()).toMatchObject({
      office: null,
      level: "outside",
    });
    expect(await (await decide({ matter: "假冒专利", place: "不知道" })).json()).toMatchObject({
      office: { code: "130900" },
      level: "city",
    });
  });

  test("leaves out an article whose text is not known, and asks as of today in Shanghai or the day given", async () => {
    asked.length = 0;
    const response = await decide({ matter: "专利虚假宣传", place: "青县" });
    const { basis } = (await response.json()) as { basis: { law: string }[] };
    expect(basis.map(({ law }) => law)).toEqual(["反不正当竞争法", "反不正当竞争法"]);
    expect(new Set(asked)).toEqual(new Set(["2026-11-23"]));
    asked.length = 0;
    await decide({ matter: "专利虚假宣传", place: "青县", asOf: "2025-01-01" });
    expect(new Set(asked)).toEqual(new Set(["2025-01-01"]));
  });

  test.each([
    ["an unknown matter", { matter: "偷车", place: "青县" }, "/matter"],
    ["no place", { matter: "假冒专利" }, "/place"],
    ["a day that is none", { matter: "假冒专利", place: "青县", asOf: "2026-13-01" }, "/asOf"],
  ])("refuses %s and names the field", async (_, body, pointer) => {
    const response = await decide(body);
    expect(response.status).toBe(400);
    const problem = (await response.json()) as { errors: { pointer: string }[] };
    expect(problem.errors.map((error) => error.pointer)).toContain(pointer);
  });

  test("refuses a body that is no JSON or has no content type", async () => {
    const plain = await app.request("/jurisdiction", { method: "POST", body: "{}" });
    expect([400, 415]).toContain(plain.status);
    const broken = await app.request("/jurisdiction", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: "{",
    });
    expect(broken.status).toBe(400);
  });
});
