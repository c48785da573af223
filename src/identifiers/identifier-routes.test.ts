import { describe, expect, test } from "vitest";
import { identifierRoutes } from "./identifier-routes.ts";

const app = identifierRoutes({
  now: () => new Date("2026-11-22T01:00:00Z"),
  invalidRequest: (result, c) =>
    result.success
      ? undefined
      : c.json({ paths: result.error.issues.map(({ path }) => path.join("/")) }, 400),
});
const check = (query: Record<string, string>) =>
  app.request(`/identifiers/check?${new URLSearchParams(query).toString()}`);

describe("GET /identifiers/check", () => {
  test.each([
    ["patentNumber", "专利号202020123456点8", true, "ZL202020123456.8"],
    ["patentNumber", "ZL202020123456.7", false, "ZL202020123456.7"],
    ["patentNumber", "ZL202020123456", false, "ZL202020123456.8"],
    ["patentNumber", "CN106844774A", false, "CN106844774A"],
    ["patentNumber", "没有", false, null],
    ["creditCode", "91350100M000100Y43", true, "91350100M000100Y43"],
    ["creditCode", "91350211M000100Y43", false, null],
    ["residentId", "11010519491231002X", true, "110********002X"],
    ["residentId", "110105194912310021", false, null],
    ["phone", "0317 5678901", true, "0317-5678901"],
    ["phone", "1390000123", false, null],
  ])("%s %s → valid %s, %s", async (kind, value, valid, normalized) => {
    const response = await check({ kind, value });

    expect(response.status).toBe(200);
    const body = (await response.json()) as Record<string, unknown>;
    expect(body).toMatchObject({ valid, normalized, facts: expect.any(Object) });
    expect("problem" in body).toBe(!valid);
  });

  test("tells the facts of a patent number", async () => {
    const response = await check({ kind: "patentNumber", value: "ZL202020123456.7" });

    expect(await response.json()).toMatchObject({
      facts: { type: "实用新型", year: 2020, expectedCheckDigit: "8" },
    });
  });

  test("never repeats an identity number or what it tells", async () => {
    for (const value of ["11010519491231002X", "110105194912310021"]) {
      const text = await (await check({ kind: "residentId", value })).text();
      expect(text).not.toMatch(/110105|19491231|1949-12-31/);
    }
  });

  test.each([
    [{ kind: "passport", value: "E12345678" }, ["kind"]],
    [{ kind: "phone" }, ["value"]],
    [{ kind: "phone", value: " " }, ["value"]],
    [{ kind: "phone", value: "1".repeat(101) }, ["value"]],
  ] as [Record<string, string>, string[]][])("refuses %j, naming the field", async (query, paths) => {
    const response = await check(query);

    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ paths });
  });
});
