import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@libsql/client";
import { describe, expect, onTestFinished, test } from "vitest";
import { unmatchedRoute } from "../../src/http/middleware.ts";
import { anchors } from "../../src/staff/schema.ts";
import { createHarness } from "../support/harness.ts";
import { startServer } from "../support/server.ts";

describe("GET /readyz", () => {
  test("names what is ready", async () => {
    const { request } = await createHarness();
    const response = await request("/readyz");

    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      status: "ready",
      database: "ok",
      migrations: "ok",
      knowledge: "ok",
    });
    expect(await (await request("/healthz")).json()).toEqual({ status: "ok" });
  });

  test("is a problem that names the migrations where the schema is older than the code", async () => {
    const { db, request } = await createHarness();
    await db.maintain("DELETE FROM __drizzle_migrations");
    const response = await request("/readyz");

    expect(response.status).toBe(503);
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    expect(response.headers.get("Retry-After")).toBe("5");
    expect(await response.json()).toMatchObject({
      type: "/problems/unavailable",
      errors: [{ pointer: "/migrations" }],
    });
  });

  test("is a problem where the database does not answer; the process still is alive", async () => {
    const { db, request } = await createHarness();
    db.ping = () => Promise.reject(new Error("gone"));
    db.countMigrations = () => Promise.reject(new Error("gone"));
    const response = await request("/readyz");

    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      errors: [{ pointer: "/database" }, { pointer: "/migrations" }],
    });
    expect((await request("/healthz")).status).toBe(200);
  });
});

describe("the API's description", () => {
  test("is served as a document and as a page with every operation, without scripts", async () => {
    const { request } = await createHarness();
    const served = (await (await request("/openapi.json")).json()) as {
      paths: Record<string, Record<string, { operationId: string }>>;
    };
    const page = await request("/docs");
    const text = await page.text();

    expect(page.headers.get("Content-Type")).toBe("text/html; charset=UTF-8");
    for (const operation of Object.values(served.paths).flatMap((item) => Object.values(item))) {
      expect(text).toContain(`id="${operation.operationId}"`);
    }
    expect(text).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
    expect(text).not.toMatch(/<script|<style|style="|https?:\/\/(?!json-schema)/);
    // Every link inside the page leads somewhere.
    const targets = [...text.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(targets.filter((id) => !text.includes(`id="${id}"`))).toEqual([]);
    const style = await request("/docs/style.css");
    expect(style.headers.get("Content-Type")).toBe("text/css; charset=utf-8");
  });
});

describe("GET /metrics", () => {
  test("is not there where nothing measures, as on a Worker", async () => {
    const { request } = await createHarness();

    expect((await request("/metrics")).status).toBe(404);
  });

  test("counts by method, pattern and status for those who may read it, and never by path", async () => {
    const server = await startServer({ env: { CHANNEL_TOKEN_WECOM: "only-for-wecom-0123456789" } });
    try {
      const read = (headers: Record<string, string> = {}) => fetch(`${server.url}/metrics`, { headers });
      const refused = await read();
      expect(refused.status).toBe(401);
      expect(refused.headers.get("Content-Type")).toBe("application/problem+json");
      expect((await read({ authorization: "Bearer only-for-wecom-0123456789" })).status).toBe(401);

      await fetch(`${server.url}/secret-path-of-somebody`);
      await fetch(`${server.url}/api/v1/reports/CZ-AAAAA-BBBBB`, { headers: { "X-Query-Code": "12345678" } });
      await fetch(`${server.url}/api/v1/knowledge/search?q=secret-question`);
      const signedIn = await fetch(`${server.url}/api/v1/staff/sessions`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ account: "admin", password: "test-admin-password-1" }),
      });
      const cookie = (signedIn.headers.get("Set-Cookie") ?? "").split(";")[0] ?? "";
      expect((await read({ cookie })).status).toBe(200);

      const response = await read({ authorization: `Bearer ${server.token}` });
      const text = await response.text();
      expect(response.headers.get("Content-Type")).toContain("text/plain; version=0.0.4");
      const counted = (route: string, status: number) =>
        text.includes(`zhiquan_http_requests_total{method="GET",route="${route}",status="${status}"} 1`);
      expect(counted(unmatchedRoute, 404)).toBe(true);
      expect(counted("/api/v1/reports/:reportNo", 404)).toBe(true);
      expect(counted("/api/v1/knowledge/search", 200)).toBe(true);
      expect(text).toContain("process_cpu_seconds_total");
      expect(text).not.toMatch(/secret|CZ-AAAAA/);
    } finally {
      await server.stop();
    }
  });
});

describe("a chore that fails", () => {
  test("is told, and keeps none behind it from being done", async () => {
    const { db, tend } = await createHarness();
    await db.maintain("ALTER TABLE conversations RENAME TO conversations_lost");
    await expect(tend()).rejects.toThrow();
    expect(await db.sql.select().from(anchors)).toHaveLength(1);
  });

  test("does not keep the service from starting", async () => {
    const folder = mkdtempSync(join(tmpdir(), "zhiquan-chores-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    await (await startServer({ folder })).stop();
    const client = createClient({ url: `file:${join(folder, "zhiquan.db")}` });
    await client.execute("ALTER TABLE conversations RENAME TO conversations_lost");
    client.close();
    const server = await startServer({ folder });
    expect(server.output()).toContain("tending_failed");
    expect(await server.stop()).toBe(0);
  });
});
