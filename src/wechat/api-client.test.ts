import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createFakeTime } from "../../test/support/fake-time.ts";
import { type FakeWechat, fakeWechatSecrets, startFakeWechat } from "../../test/support/fake-wechat.ts";
import { tinyPng } from "../../test/support/harness.ts";
import type { LogFields } from "../core/log.ts";
import { createNewId, randomBytes } from "../core/new-id.ts";
import { createVault } from "../crypto/key-ring.ts";
import { openDatabase } from "../db/client.ts";
import { migrateDatabase } from "../db/migrate.node.ts";
import { createAccessTokenRepository } from "./access-token-repository.ts";
import { createAccessTokens } from "./access-tokens.ts";
import { createWechatApi, WechatApiError, type WechatCredentials } from "./api-client.ts";
import { wechatAccessTokens } from "./schema.ts";

const send = "/cgi-bin/message/custom/send";
const message = { touser: "o-1", msgtype: "text", text: { content: "您好" } };
const app: WechatCredentials = { kind: "app", appId: "wx1", secret: fakeWechatSecrets.app };

let folder: string;
let databases = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "zhiquan-wechat-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function fakeServer(): Promise<FakeWechat> {
  const server = await startFakeWechat();
  onTestFinished(() => server.stop());
  return server;
}

/** A deployment: one database file and one clock, opened by any number of processes. */
async function deployment() {
  const url = `file:${join(folder, `${databases++}.db`)}`;
  await migrateDatabase({ url }, "test");
  const time = createFakeTime();
  /** What a process of its own has: its connections and what it remembers. */
  async function process(server: FakeWechat, credentials = app) {
    const db = await openDatabase({ url });
    onTestFinished(() => db.close());
    const vault = createVault({ current: "k1", keys: new Map([["k1", new Uint8Array(32).fill(7)]]) });
    const { now } = time;
    // What waits for another's renewal really waits: the other is on the same clock of the machine.
    const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms / 20));
    const tokens = createAccessTokens({
      tokens: createAccessTokenRepository({ db, vault }),
      now,
      newId: createNewId(randomBytes),
      wait,
    });
    const logged: LogFields[] = [];
    const keep = (_: string, fields?: LogFields) => void logged.push(fields ?? {});
    const log = { debug: keep, info: keep, warn: keep, error: keep };
    const api = createWechatApi({ base: server.url, credentials, tokens, fetch, now, wait: time.wait, log });
    return { api, db, logged };
  }
  return { time, process };
}

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => (error instanceof WechatApiError ? error : Promise.reject(error)),
  );

describe("access tokens", () => {
  test("20 calls at once in two processes fetch one token, and it is sealed at rest", async () => {
    const server = await fakeServer();
    const { process } = await deployment();
    const both = [await process(server), await process(server)];
    await Promise.all(
      both.flatMap(({ api }) => Array.from({ length: 10 }, () => api.call(send, { json: message }))),
    );
    expect(server.callsOf("/cgi-bin/stable_token")).toHaveLength(1);
    expect(server.delivered).toHaveLength(20);
    const [row] = (await both[0]?.db.sql.select().from(wechatAccessTokens)) ?? [];
    expect(row).toMatchObject({ id: "app:wx1", leaseHolder: null });
    expect(Buffer.from(row?.sealed ?? []).includes("token-1")).toBe(false);
  });

  test("a token that the platform refuses is renewed once for all who met the refusal", async () => {
    const server = await fakeServer();
    const { process } = await deployment();
    const both = [await process(server), await process(server)];
    for (const { api } of both) await api.call(send, { json: message });
    server.dropToken();
    await Promise.all(
      both.flatMap(({ api }) => Array.from({ length: 5 }, () => api.call(send, { json: message }))),
    );
    expect(server.callsOf("/cgi-bin/stable_token")).toHaveLength(2);
    expect(server.delivered).toHaveLength(12);
  });

  test("another token is forced where the platform gives the refused one again, and a second refusal is told", async () => {
    const server = await fakeServer();
    const { api } = await (await deployment()).process(server);
    await api.call(send, { json: message });
    server.fail(send, { kind: "errcode", errcode: 40001 });
    await api.call(send, { json: message });
    expect(server.callsOf("/cgi-bin/stable_token").map(({ json }) => json["force_refresh"])).toEqual([
      undefined,
      undefined,
      true,
    ]);
    server.failAlways(send, { kind: "errcode", errcode: 42001 });
    expect(await failureOf(api.call(send, { json: message }))).toMatchObject({
      errcode: 42001,
      retryable: false,
    });
  });

  test("a token is fetched anew before its time is over, and after a lease that its holder lost", async () => {
    const server = await fakeServer();
    const { time, process } = await deployment();
    const { api, db } = await process(server);
    await api.call(send, { json: message });
    await time.pass(6_000_000);
    await api.call(send, { json: message });
    expect(server.callsOf("/cgi-bin/stable_token")).toHaveLength(1);
    await time.pass(1_000_000);
    const leaseUntil = new Date(time.now().getTime() - 1);
    await db.write([
      db.sql.update(wechatAccessTokens).set({ leaseHolder: "a process that died", leaseUntil }),
    ]);
    await api.call(send, { json: message });
    expect(server.callsOf("/cgi-bin/stable_token")).toHaveLength(2);
  });

  test("WeCom's token is asked for its own way", async () => {
    const server = await fakeServer();
    const corp = { kind: "corp", corpId: "ww1", secret: fakeWechatSecrets.corp } as const;
    const { api } = await (await deployment()).process(server, corp);
    const answer = await api.call("/cgi-bin/kf/sync_msg", { json: { cursor: "", limit: 10 } });
    expect(answer).toMatchObject({ errcode: 0, has_more: 0, msg_list: [] });
    expect(server.callsOf("/cgi-bin/gettoken")[0]?.query).toMatchObject({ corpid: "ww1" });
  });
});

describe("calls of the API", () => {
  test("what is busy or out of reach is tried again after a pause", async () => {
    const server = await fakeServer();
    const { time, process } = await deployment();
    const { api } = await process(server);
    server.fail(send, { kind: "errcode", errcode: -1 });
    server.fail(send, { kind: "drop" });
    const done = api.call(send, { json: message });
    await time.untilWaiting(200);
    for (let step = 0; step < 40 && server.delivered.length === 0; step++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      if (time.waits().some((ms) => ms <= 800)) await time.pass(800);
    }
    await done;
    expect(server.callsOf(send)).toHaveLength(3);
    expect(server.delivered).toHaveLength(1);
  });

  test.each([
    [
      { kind: "errcode", errcode: 45011 },
      { kind: "refused", errcode: 45011, retryable: true },
    ],
    [
      { kind: "errcode", errcode: 43101 },
      { kind: "refused", errcode: 43101, retryable: false },
    ],
    [
      { kind: "errcode", errcode: 48002 },
      { kind: "refused", errcode: 48002, retryable: false },
    ],
    [
      { kind: "errcode", errcode: 61010 },
      { kind: "refused", errcode: 61010, retryable: false },
    ],
    [
      { kind: "drop", done: true },
      { kind: "unreachable", retryable: true },
    ],
    [{ kind: "malformed" }, { kind: "malformed", retryable: true }],
    [
      { kind: "status", status: 502 },
      { kind: "unreachable", retryable: true },
    ],
    [
      { kind: "status", status: 302, headers: { Location: "http://127.0.0.1:1/" } },
      { kind: "malformed", retryable: false },
    ],
  ] as const)("%j is told as %j, once, where doing it twice would show", async (mishap, failure) => {
    const server = await fakeServer();
    const { api, logged } = await (await deployment()).process(server);
    server.failAlways(send, mishap);
    const told = await failureOf(api.call(send, { json: message, repeatable: false }));
    expect(told).toMatchObject(failure);
    expect(server.callsOf(send)).toHaveLength(1);
    const words = `${told?.message} ${told?.stack} ${JSON.stringify(logged)}`;
    expect(words).not.toMatch(/token-1|access_token|fake-app-secret|o-1|您好/);
  });

  test("a call that is not answered ends at its limit, and after five of them nobody waits for half a minute", async () => {
    const server = await fakeServer();
    const { time, process } = await deployment();
    const { api } = await process(server);
    await api.call(send, { json: message });
    server.failAlways(send, { kind: "hang" });
    for (let n = 0; n < 5; n++) {
      const failed = failureOf(api.call(send, { json: message, timeoutMs: 3_000, repeatable: false }));
      await time.untilWaiting(3_000);
      await time.pass(3_000);
      expect(await failed).toMatchObject({ kind: "timeout", retryable: true });
    }
    server.failAlways(send, undefined);
    expect(await failureOf(api.call(send, { json: message, repeatable: false }))).toMatchObject({
      kind: "paused",
    });
    await time.pass(30_000);
    await api.call(send, { json: message });
    expect(server.delivered).toHaveLength(2);
  });
});

describe("files of the platform", () => {
  const get = "/cgi-bin/media/get";

  test("are told by their content, whatever the header says", async () => {
    const server = await fakeServer();
    const { api } = await (await deployment()).process(server);
    server.media.set("m-1", tinyPng());
    const file = await api.download(get, { query: { media_id: "m-1" }, maxBytes: 1_000 });
    expect(file).toEqual({ bytes: new Uint8Array(tinyPng()), mediaType: "image/png" });
  });

  test("that are too large are not read to their end, and errors are told", async () => {
    const server = await fakeServer();
    const { api } = await (await deployment()).process(server);
    server.media.set("large", new Uint8Array(3_000_000));
    const options = { query: { media_id: "large" }, maxBytes: 100_000 };
    expect(await failureOf(api.download(get, options))).toMatchObject({
      kind: "too_large",
      retryable: false,
    });
    const unknown = { query: { media_id: "x" }, maxBytes: 1_000 };
    expect(await failureOf(api.download(get, unknown))).toMatchObject({ errcode: 40007, retryable: false });
  });

  test.each(["//evil.example/x", "http://evil.example/", "/../x", "@evil.example/", "\\evil.example"])(
    "at %s are not asked for: it is no path of the API",
    async (path) => {
      const server = await fakeServer();
      const { api } = await (await deployment()).process(server);
      await expect(api.download(path, { maxBytes: 10 })).rejects.toThrow();
      expect(server.calls.filter((call) => call.path !== "/cgi-bin/stable_token")).toEqual([]);
    },
  );
});
