import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { wecomMessages } from "../../src/channels/wecom/schema.ts";
import { type Database, openDatabase } from "../../src/db/client.ts";
import { migrateDatabase } from "../../src/db/migrate.node.ts";
import { evidence } from "../../src/reports/schema.ts";
import { type FakeWechat, startFakeWechat } from "../support/fake-wechat.ts";
import { tinyPng } from "../support/harness.ts";
import { type HranaServer, startHranaServer } from "../support/hrana-server.ts";
import { createWecomClient, wecomSettings } from "../support/wecom.ts";
import { type RunningWorker, startWorker } from "../support/worker.ts";

const databaseToken = "database-token";
let folder: string;
let server: HranaServer;
let wechat: FakeWechat;
let db: Database;
let worker: RunningWorker;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "zhiquan-worker-"));
  server = await startHranaServer({ file: join(folder, "zhiquan.db"), token: databaseToken });
  wechat = await startFakeWechat();
  const target = { url: server.url, authToken: databaseToken };
  await migrateDatabase(target, "test");
  db = await openDatabase(target);
  worker = await startWorker({
    vars: {
      DATABASE_URL: server.url,
      DATABASE_AUTH_TOKEN: databaseToken,
      IDENTITY_KEY: Buffer.alloc(32, 7).toString("base64"),
      RECEIPT_KEY: Buffer.alloc(32, 8).toString("base64"),
      DATA_REGION_CONFIRMED: "1",
      WECOM_API_BASE: wechat.url,
      WECOM_CORP_ID: wecomSettings.corpId,
      WECOM_KF_SECRET: wecomSettings.secret,
      WECOM_TOKEN: wecomSettings.token,
      WECOM_AES_KEY: wecomSettings.aesKey,
    },
  });
});
afterAll(async () => {
  await worker?.stop();
  await db?.close();
  await wechat?.stop();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("customer service of WeCom on a Worker", () => {
  const client = () =>
    createWecomClient({ ask: (path, init) => worker.fetch(path, init), now: () => new Date(), wechat });

  test("answers the callback at once and the customer after it, each message once", async () => {
    const { call, get, queryOf, crypto, customer } = client();
    const echostr = await crypto.encrypt("42");
    expect(await get({ ...(await queryOf(echostr)), echostr })).toEqual({ status: 200, body: "42" });
    const c = customer("wm-worker");
    c.write("你好");
    wechat.media.set("photo", tinyPng(9));
    c.write({ msgtype: "image", image: { media_id: "photo" } });
    const answers = await Promise.all([call(), call(), call()]);
    expect(answers, worker.logs().join("\n")).toEqual(answers.map(() => ({ status: 200, body: "success" })));
    await expect
      .poll(() => c.got().length, { timeout: 30_000 })
      .toBe(2)
      .catch((error: unknown) => {
        throw new Error(worker.logs().join("\n"), { cause: error });
      });
    expect(c.got()[0]).toContain("1 我要举报");
    expect(await db.sql.$count(wecomMessages)).toBe(2);
    expect(await db.sql.$count(evidence)).toBe(1);
  });

  test("answers by the cron trigger what no callback told of", async () => {
    const c = client().customer("wm-cron");
    c.write("你好");
    await worker.scheduled("*/5 * * * *");
    await expect.poll(() => c.got().length, { timeout: 30_000 }).toBe(1);
  });
});
