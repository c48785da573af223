import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { officialAccountMessages } from "../../src/channels/official-account/schema.ts";
import { type Database, openDatabase } from "../../src/db/client.ts";
import { migrateDatabase } from "../../src/db/migrate.node.ts";
import { evidence } from "../../src/reports/schema.ts";
import { wechatAccessTokens } from "../../src/wechat/schema.ts";
import { type FakeWechat, fakeWechatSecrets, startFakeWechat } from "../support/fake-wechat.ts";
import { tinyPng } from "../support/harness.ts";
import { type HranaServer, startHranaServer } from "../support/hrana-server.ts";
import {
  createOfficialAccountClient,
  officialAccountAesKey,
  officialAccountAppId,
  officialAccountToken,
} from "../support/official-account.ts";
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
      WECHAT_API_BASE: wechat.url,
      WECHAT_OFFICIAL_TOKEN: officialAccountToken,
      WECHAT_OFFICIAL_APP_ID: officialAccountAppId,
      WECHAT_OFFICIAL_SECRET: fakeWechatSecrets.app,
      WECHAT_OFFICIAL_AES_KEY: officialAccountAesKey,
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

describe("the official account on a Worker", () => {
  const client = () =>
    createOfficialAccountClient({ ask: (path, init) => worker.fetch(path, init), now: () => new Date() });

  test("answers the check of its address, plain and encrypted messages, and copies once", async () => {
    const { get, queryOf, send, sendEncrypted, person } = client();
    expect(await get(await queryOf({ echostr: "42" }))).toEqual({ status: 200, body: "42" });
    const p = person("o-worker");
    const message = p.text("你好");
    const answers = await Promise.all([send(message), sendEncrypted(message), send(message)]);
    expect(
      answers.map(({ status }) => status),
      worker.logs().join("\n"),
    ).toEqual([200, 200, 200]);
    expect(answers.filter(({ text }) => text !== undefined)).toHaveLength(1);
    expect(await db.sql.$count(officialAccountMessages)).toBe(1);
    expect((await sendEncrypted(p.text("1"))).text).toContain("登记");
    const wrong = { ...(await queryOf()), signature: "0".repeat(40) };
    expect((await client().post("<xml></xml>", wrong)).status).toBe(403);
  });

  test("fetches a photo under the deployment's token and keeps it as evidence", async () => {
    const { send, person } = client();
    wechat.media.set("photo", tinyPng(9));
    const answer = await send(person("o-photo").message({ MsgType: "image", MediaId: "photo" }));
    expect(answer.text, worker.logs().join("\n")).toBeDefined();
    expect(await db.sql.$count(evidence)).toBe(1);
    expect(await db.sql.select().from(wechatAccessTokens)).toMatchObject([{ leaseHolder: null }]);
    expect(wechat.tokens).toHaveLength(1);
  });
});
