import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type HranaServer, startHranaServer } from "../support/hrana-server.ts";
import { type RunningWorker, startWorker } from "../support/worker.ts";

describe("the Worker test harness", () => {
  let folder: string;
  let database: HranaServer;
  let worker: RunningWorker;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "harness-"));
    database = await startHranaServer({ file: join(folder, "test.db"), token: "secret" });
    worker = await startWorker({
      config: "test/support/fixtures/worker/wrangler.toml",
      vars: { GREETING: "你好", DATABASE_URL: database.url },
    });
  });
  afterAll(async () => {
    await worker?.stop();
    await database?.stop();
    rmSync(folder, { recursive: true });
  });

  test("hands the Worker its variables", async () => {
    expect(await (await worker.fetch("/greeting")).text()).toBe("你好");
  });

  test("runs it in workerd without Node's globals", async () => {
    const response = await worker.fetch("/runtime");

    expect(await response.json()).toEqual({ agent: "Cloudflare-Workers", hasProcess: false });
  });

  test("lets it reach a libSQL server on this machine", async () => {
    expect(await (await worker.fetch("/database")).json()).toEqual([{ answer: 42 }]);
  });

  test("gives it a bucket, and passes request bodies and statuses on", async () => {
    const stored = await worker.fetch("/bucket", { method: "POST", body: "证据" });

    expect(await stored.text()).toBe("证据");
    expect((await worker.fetch("/absent")).status).toBe(404);
  });

  test("fires its cron trigger and keeps what it logged", async () => {
    await worker.scheduled("*/5 * * * *");

    expect(await (await worker.fetch("/fired")).json()).toBe(1);
    expect(worker.logs().join("\n")).toContain("fired");
  });
});
