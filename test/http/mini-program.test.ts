import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { callerSessions } from "../../src/callers/schema.ts";
import {
  contentChecks,
  miniProgramUsers,
  subscriptionConsents,
} from "../../src/channels/mini-program/schema.ts";
import { templateFor } from "../../src/channels/mini-program/template.ts";
import type { Log } from "../../src/core/log.ts";
import { randomBytes } from "../../src/core/new-id.ts";
import type { Notification } from "../../src/notifications/sender.ts";
import { createMessageCrypto, signatureOf } from "../../src/wechat/message-crypto.ts";
import { buildXml } from "../../src/wechat/xml.ts";
import { type FakeWechat, fakeWechatSecrets, startFakeWechat } from "../support/fake-wechat.ts";
import { filing } from "../support/filing.ts";
import { createHarness, type Harness, tinyPng } from "../support/harness.ts";
import { withStaff } from "../support/staff.ts";

let wechat: FakeWechat;
beforeAll(async () => {
  wechat = await startFakeWechat();
});
afterAll(() => wechat.stop());

const appId = "wx0123456789abcdef";
const pushToken = "push-token-0123";
const aesKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
const templateIds = { accepted: "t-accepted", supplement: "t-supplement", closed: "t-closed" };
const publicUrl = "https://zhiquan.example.gov.cn";

/** Waits end at once, but for limits of time: those end only where a test says so. */
const noWait = (ms: number) => (ms >= 4_000 ? new Promise<void>(() => undefined) : Promise.resolve());

type Options = Parameters<typeof createHarness>[0] & { settings?: object };

const optionsOf = ({ settings = {}, ...options }: Options = {}) => ({
  miniProgram: {
    appId,
    secret: fakeWechatSecrets.app,
    token: pushToken,
    aesKey,
    templateIds,
    publicUrl,
    ...settings,
  },
  wechatApiBase: wechat.url,
  wait: noWait,
  ...options,
});

let people = 0;
/** Somebody at the mini-program: a session, and calls with it. */
async function signIn(harness: Harness, openid = `openid-${++people}`) {
  const code = `code-${++people}`;
  wechat.codes.set(code, { openid });
  const opened = await harness.post("/api/v1/sessions", { miniProgramCode: code }, { authorization: "" });
  expect(opened.status).toBe(201);
  const { token } = (await opened.json()) as { token: string };
  const headers = { authorization: `Bearer ${token}` };
  return {
    openid,
    token,
    headers,
    answer: opened,
    get: (path: string) => harness.request(path, { headers }),
    post: (path: string, body: unknown, more: Record<string, string> = {}) =>
      harness.post(path, body, { ...headers, ...more }),
    freshCode() {
      const fresh = `code-${++people}`;
      wechat.codes.set(fresh, { openid });
      return fresh;
    },
    async upload(bytes: Uint8Array<ArrayBuffer>, name = "photo.png") {
      const body = new FormData();
      body.set("file", new File([bytes], name));
      const stored = await harness.request("/api/v1/evidence", { method: "POST", headers, body });
      return ((await stored.json()) as { evidenceId: string }).evidenceId;
    },
  };
}
type Person = Awaited<ReturnType<typeof signIn>>;

/** `filing` as a form of the mini-program sends it. */
const { channel: _channel, userId: _userId, ...slots } = filing;

async function file(person: Person, more: object = {}) {
  const filed = await person.post("/api/v1/reports", { ...slots, ...more });
  expect(filed.status).toBe(201);
  const { reports } = (await filed.json()) as {
    reports: [{ caseId: string; reportNo: string; queryCode: string }];
  };
  return reports[0];
}

const codeOf = async (response: Response) => {
  const { type } = (await response.json()) as { type: string };
  return `${response.status} ${type.replace("/problems/", "")}`;
};

describe("signing in at the mini-program", () => {
  test("knows the same person again, and keeps neither openid nor session_key in clear", async () => {
    const lines: string[] = [];
    const write = (event: string, fields?: object) => void lines.push(JSON.stringify({ event, ...fields }));
    const log: Log = { debug: write, info: write, warn: write, error: write };
    const harness = await createHarness(optionsOf({ log }));
    const first = await signIn(harness, "openid-same");
    const again = await signIn(harness, "openid-same");
    const other = await signIn(harness, "openid-other");

    const sessions = await harness.db.sql.select().from(callerSessions);
    expect(sessions.map(({ channel }) => channel)).toEqual(Array(3).fill("mini_program"));
    expect(new Set(sessions.map(({ userId }) => userId)).size).toBe(2);
    expect(sessions.every(({ userId }) => /^mp_[0-9a-f]{40}$/.test(userId))).toBe(true);
    const users = await harness.db.sql.select().from(miniProgramUsers);
    expect(users).toHaveLength(2);
    const kept = JSON.stringify([
      sessions,
      users.map((row) => Buffer.from(row.sealedOpenid).toString("latin1")),
    ]);
    const told = JSON.stringify([first.token, again.token, other.token, lines, [...first.answer.headers]]);
    for (const secret of ["openid-", "c2Vzc2lvbi1rZXk", fakeWechatSecrets.app]) {
      expect(kept).not.toContain(secret);
      expect(told).not.toContain(secret);
    }
    expect(wechat.callsOf("/sns/jscode2session").at(-1)?.query).toMatchObject({
      appid: appId,
      grant_type: "authorization_code",
    });
  });

  test("tells in words that help why it cannot be done now", async () => {
    const path = "/sns/jscode2session";
    const harness = await createHarness(optionsOf());
    const cases: [string, Parameters<FakeWechat["fail"]>[1] | undefined, number, string, string | null][] = [
      ["a code that is wrong", undefined, 1, "400 invalid_request", null],
      ["a code that was used", { kind: "errcode", errcode: 40163 }, 1, "400 invalid_request", null],
      ["too many", { kind: "errcode", errcode: 45011 }, 1, "429 too_many_requests", "60"],
      ["a risky user", { kind: "errcode", errcode: 40226 }, 1, "403 forbidden", null],
      ["a wrong secret of ours", { kind: "errcode", errcode: 40125 }, 1, "503 unavailable", "5"],
      ["a busy platform", { kind: "errcode", errcode: -1 }, 3, "503 unavailable", "5"],
      ["a platform that talks nonsense", { kind: "malformed" }, 1, "503 unavailable", "5"],
      ["a platform out of reach", { kind: "drop" }, 1, "503 unavailable", "5"],
    ];
    for (const [what, mishap, times, expected, retryAfter] of cases) {
      if (mishap !== undefined) wechat.fail(path, mishap, times);
      const answer = await harness.post("/api/v1/sessions", { miniProgramCode: "unknown" });
      expect(answer.headers.get("Retry-After"), what).toBe(retryAfter);
      const { type, detail, errors } = (await answer.json()) as {
        type: string;
        detail: string;
        errors: { pointer: string }[];
      };
      expect(`${answer.status} ${type.replace("/problems/", "")}`, what).toBe(expected);
      expect(detail, what).toMatch(/请/);
      expect(
        errors.map(({ pointer }) => pointer),
        what,
      ).toEqual(answer.status === 400 ? ["/miniProgramCode"] : []);
    }
    expect(await harness.db.sql.select().from(callerSessions)).toEqual([]);
  });

  test("does not keep a person waiting for a platform that never answers", async () => {
    const limits: number[] = [];
    const before = wechat.calls.length;
    const arrived = vi.waitUntil(() => wechat.calls.length > before, { interval: 5, timeout: 10_000 });
    const harness = await createHarness(
      optionsOf({
        wait: async (ms: number) => {
          limits.push(ms);
          await arrived;
        },
      }),
    );
    wechat.fail("/sns/jscode2session", { kind: "hang" });
    const answer = await harness.post("/api/v1/sessions", { miniProgramCode: "late" });
    expect([answer.status, limits]).toEqual([503, [4_000]]);
  });

  test("is refused where no mini-program is set up, and its other doors are not there", async () => {
    const harness = await createHarness();
    const answer = await harness.post("/api/v1/sessions", { miniProgramCode: "x" });
    expect(await codeOf(answer)).toBe("422 intake_not_available");
    const authorization = { authorization: harness.authorization };
    for (const [method, path] of [
      ["POST", "/api/v1/sessions/phone"],
      ["POST", "/api/v1/notices/consents"],
      ["DELETE", "/api/v1/notices/consents"],
      ["GET", "/channels/mini-program/media-check"],
      ["POST", "/channels/mini-program/media-check"],
      ["GET", "/channels/mini-program/media/check_1?expires=1700000000000&signature=x"],
    ] as const) {
      const body =
        method === "POST"
          ? { body: "{}", headers: { ...authorization, "Content-Type": "application/json" } }
          : { headers: authorization };
      expect((await harness.request(path, { method, ...body })).status, path).toBe(404);
    }
    expect(await (await harness.request("/api/v1/notices/templates")).json()).toEqual({ items: [] });
  });
});

describe("the telephone of a person", () => {
  test("comes by a code for the form, and is kept nowhere", async () => {
    const harness = await createHarness(optionsOf());
    const person = await signIn(harness);
    wechat.phones.set("phone-code", "13800138000");
    const answer = await person.post("/api/v1/sessions/phone", { code: "phone-code" });
    expect([answer.status, await answer.json()]).toEqual([200, { phone: "13800138000", countryCode: "86" }]);
    expect(await codeOf(await person.post("/api/v1/sessions/phone", { code: "phone-code" }))).toBe(
      "400 invalid_request",
    );
    const tables = await harness.db.sql.all<{ name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'table'",
    );
    for (const { name } of tables) {
      const rows = await harness.db.sql.all(`SELECT * FROM "${name}"`);
      expect(JSON.stringify(rows), name).not.toContain("13800138000");
    }
  });

  test("is for who is at the mini-program, and so many times a day", async () => {
    const harness = await createHarness(optionsOf());
    const body = { code: "x" };
    expect(await codeOf(await harness.post("/api/v1/sessions/phone", body))).toBe("403 forbidden");
    const nobody = { authorization: "Bearer none" };
    expect(await codeOf(await harness.post("/api/v1/sessions/phone", body, nobody))).toBe("401 unauthorized");
    const person = await signIn(harness);
    for (let times = 0; times < 10; times++) await person.post("/api/v1/sessions/phone", body);
    const beyond = await person.post("/api/v1/sessions/phone", body);
    expect(await codeOf(beyond)).toBe("429 too_many_requests");
  });
});

describe("one's own reports", () => {
  type List = { items: { reportNo: string; stateLabel: string }[]; nextCursor: string | null };
  const list = async (person: Person, query = "") =>
    (await (await person.get(`/api/v1/reports${query}`)).json()) as List;

  test("are listed newest first, page by page, and nobody else's", async () => {
    const harness = await createHarness(optionsOf());
    const [person, other] = [await signIn(harness), await signIn(harness)];
    const filed: string[] = [];
    for (const [index, product] of ["水杯", "阀门", "合页"].entries()) {
      harness.moveTo(`2026-11-23T02:00:0${index}Z`);
      filed.unshift((await file(person, { product })).reportNo);
    }
    await file(other);
    await file(person, { anonymous: true, contactName: undefined, contactPhone: undefined, traceless: true });

    const first = await list(person, "?limit=2");
    expect(first.items.map(({ reportNo }) => reportNo)).toEqual(filed.slice(0, 2));
    expect(first.items[0]?.stateLabel).toBe("已转办");
    const second = await list(person, `?limit=2&cursor=${first.nextCursor}`);
    expect([second.items.map(({ reportNo }) => reportNo), second.nextCursor]).toEqual([filed.slice(2), null]);
    expect((await list(await signIn(harness, person.openid))).items).toHaveLength(3);
    expect(JSON.stringify(first)).not.toMatch(/queryCode|水杯|13\d{9}/);
  });

  test("are told to an adapter that says whose, and to nobody by a wrong cursor", async () => {
    const harness = await createHarness(optionsOf());
    const headers = { authorization: harness.authorization };
    expect(await codeOf(await harness.request("/api/v1/reports", { headers }))).toBe("400 invalid_request");
    const mine = await harness.request("/api/v1/reports?channel=wecom&userId=u", { headers });
    expect(await mine.json()).toEqual({ items: [], nextCursor: null });
    const person = await signIn(harness);
    for (const cursor of ["x", "%F0%9F", Buffer.from("1|").toString("base64url"), "!!"])
      expect(await codeOf(await person.get(`/api/v1/reports?cursor=${cursor}`)), cursor).toBe(
        "400 invalid_request",
      );
    expect((await harness.request("/api/v1/reports")).status).toBe(401);
  });
});

describe("consent to subscription messages", () => {
  const rowsOf = (harness: Harness) =>
    harness.db.sql.select().from(subscriptionConsents).orderBy(subscriptionConsents.template);

  test("is kept with a sealed openid, one row a message", async () => {
    const harness = await createHarness(optionsOf());
    const person = await signIn(harness);
    const { items } = (await (await harness.request("/api/v1/notices/templates")).json()) as {
      items: { kind: string; templateId: string }[];
    };
    expect(items.map(({ kind, templateId }) => [kind, templateId])).toEqual(Object.entries(templateIds));
    const body = { miniProgramCode: person.freshCode(), templateIds: ["t-accepted", "t-closed"] };
    const answer = await person.post("/api/v1/notices/consents", body);
    expect([answer.status, await answer.json()]).toEqual([201, { accepted: ["accepted", "closed"] }]);
    const rows = await rowsOf(harness);
    expect(rows.map(({ template, takenFor }) => [template, takenFor])).toEqual([
      ["accepted", null],
      ["closed", null],
    ]);
    expect(Buffer.from(rows[0]?.sealedOpenid ?? []).toString("latin1")).not.toContain(person.openid);

    await harness.request("/api/v1/notices/consents", { method: "DELETE", headers: person.headers });
    expect(await rowsOf(harness)).toEqual([]);
  });

  test("is taken from the very person only, for messages that there are", async () => {
    const harness = await createHarness(optionsOf({ settings: { templateIds: { accepted: "t-accepted" } } }));
    const [person, other] = [await signIn(harness), await signIn(harness)];
    const agree = (more: object) =>
      person.post("/api/v1/notices/consents", {
        miniProgramCode: person.freshCode(),
        templateIds: ["t-accepted"],
        ...more,
      });
    expect(await codeOf(await agree({ miniProgramCode: other.freshCode() }))).toBe("403 forbidden");
    expect(await codeOf(await agree({ templateIds: ["t-closed"] }))).toBe("400 invalid_request");
    expect(await codeOf(await agree({ miniProgramCode: "used" }))).toBe("400 invalid_request");
    expect(
      await codeOf(
        await harness.post("/api/v1/notices/consents", { miniProgramCode: "x", templateIds: ["t-accepted"] }),
      ),
    ).toBe("403 forbidden");
    expect(await rowsOf(harness)).toEqual([]);
    for (let times = 0; times < 25; times++) await agree({});
    expect(await rowsOf(harness)).toHaveLength(20);
  });
});

describe("the sender of subscription messages", () => {
  const path = "/cgi-bin/message/subscribe/send";
  const fields = {
    reportNo: "CZ-4K7QM-2XD8A",
    state: "已受理",
    office: "南皮县市场监督管理局",
    date: "2026-11-23",
  };

  async function createWorld(...agreed: string[]) {
    const harness = await createHarness(optionsOf());
    const person = await signIn(harness);
    for (const templateId of agreed) {
      const body = { miniProgramCode: person.freshCode(), templateIds: [templateId] };
      expect((await person.post("/api/v1/notices/consents", body)).status).toBe(201);
    }
    const [session] = await harness.db.sql.select().from(callerSessions);
    const { miniProgram } = harness;
    if (miniProgram === undefined) throw new Error("There is a mini-program.");
    const send = (more: Partial<Notification> = {}) =>
      miniProgram.sender.send({
        idempotencyKey: "notice-1",
        recipient: session?.userId ?? "",
        kind: "accepted",
        title: "已受理",
        text: "CZ-4K7QM-2XD8A 已受理。",
        fields,
        ...more,
      });
    const deliveredTo = () => wechat.delivered.filter(({ touser }) => touser === person.openid);
    return {
      harness,
      person,
      send,
      deliveredTo,
      rows: () => harness.db.sql.select().from(subscriptionConsents),
    };
  }

  test("sends one message a consent, with the template's fields, and keeps no openid of it", async () => {
    const { send, deliveredTo, rows } = await createWorld("t-accepted");
    expect(await send()).toEqual({ sent: true });
    expect(deliveredTo().map(({ call }) => call.json)).toEqual([
      {
        touser: expect.any(String),
        template_id: "t-accepted",
        page: "pages/progress/progress",
        lang: "zh_CN",
        miniprogram_state: "formal",
        data: {
          character_string1: { value: "CZ-4K7QM-2XD8A" },
          phrase2: { value: "已受理" },
          thing3: { value: "南皮县市场监督管理局" },
          date4: { value: "2026年11月23日" },
          thing5: { value: "点开查看进度和下一步" },
        },
      },
    ]);
    expect(await rows()).toMatchObject([
      { sealedOpenid: null, takenFor: "notice-1", sentAt: expect.any(Date) },
    ]);
    expect(await send({ idempotencyKey: "notice-2" })).toEqual({
      sent: false,
      retryable: false,
      reason: "no_consent",
    });
  });

  test("sends a notice that comes again once, and several at once each with a consent of its own", async () => {
    const { send, deliveredTo } = await createWorld("t-accepted", "t-accepted");
    expect(await send()).toEqual({ sent: true });
    expect(await send()).toEqual({ sent: true });
    expect(deliveredTo()).toHaveLength(1);
    const both = await Promise.all(
      ["notice-2", "notice-3"].map((idempotencyKey) => send({ idempotencyKey })),
    );
    expect(both.filter(({ sent }) => sent)).toHaveLength(1);
    expect(deliveredTo()).toHaveLength(2);
  });

  test("tells what an error means, and whether it is worth another try", async () => {
    const cases: [errcode: number, retryable: boolean, after: string][] = [
      [43101, false, "consent_void"],
      [47003, false, "sent"],
      [40003, false, "consent_void"],
      [45009, true, "sent"],
      [-1, true, "sent"],
    ];
    const { send, deliveredTo } = await createWorld(...cases.map(() => "t-accepted"));
    for (const [errcode, retryable, after] of cases) {
      const idempotencyKey = `notice-${errcode}`;
      const before = deliveredTo().length;
      wechat.failAlways(path, { kind: "errcode", errcode });
      const result = await send({ idempotencyKey }).finally(() => wechat.failAlways(path, undefined));
      expect(result).toEqual({ sent: false, retryable, reason: String(errcode) });
      expect(deliveredTo()).toHaveLength(before);
      // What may still go through does; what the person took back never does.
      expect(await send({ idempotencyKey }), String(errcode)).toEqual(
        after === "sent" ? { sent: true } : { sent: false, retryable: false, reason: after },
      );
    }
  });

  test("asks once where nobody knows whether it was sent, and uses no second consent for it", async () => {
    const { send, deliveredTo, rows } = await createWorld("t-accepted", "t-accepted");
    wechat.fail(path, { kind: "drop", done: true });
    expect(await send()).toEqual({ sent: false, retryable: true, reason: "unreachable" });
    expect(deliveredTo()).toHaveLength(1);
    wechat.fail(path, { kind: "errcode", errcode: 43101 });
    expect(await send()).toEqual({ sent: false, retryable: false, reason: "43101_after_try" });
    expect(new Set((await rows()).map(({ takenFor }) => takenFor))).toEqual(new Set(["notice-1", null]));
  });

  test("sends nothing for which there is no template, and nothing with a day missing", async () => {
    const { send, rows } = await createWorld("t-supplement");
    const refused = (reason: string) => ({ sent: false, retryable: false, reason });
    expect(await send({ kind: "received" })).toEqual(refused("no_template"));
    expect(await send({ kind: "supplement_requested" })).toEqual(refused("field_missing"));
    expect((await rows())[0]?.takenFor).toBeNull();
    const dueOn = { ...fields, dueOn: "2026-12-01" };
    expect(await send({ kind: "supplement_due", fields: dueOn })).toEqual({ sent: true });
    expect(templateFor("closed")?.name).toBe("closed");
  });
});

describe("the content check", () => {
  const rowsOf = (harness: Harness) =>
    harness.db.sql.select().from(contentChecks).orderBy(contentChecks.createdAt, contentChecks.id);
  const callsSince = (count: number) => wechat.calls.slice(count);

  /** What the platform pushes of a file. */
  async function push(
    harness: Harness,
    message: Record<string, unknown> | string,
    { signature, at = harness.now(), key = aesKey }: { signature?: string; at?: Date; key?: string } = {},
  ) {
    const text = typeof message === "string" ? message : JSON.stringify(message);
    const crypto = createMessageCrypto({ encodingAesKey: key, receiverId: appId, randomBytes });
    const encrypted = await crypto.encrypt(text);
    const [timestamp, nonce] = [String(Math.floor(at.getTime() / 1000)), "nonce-1"];
    const signed = signature ?? (await signatureOf([pushToken, timestamp, nonce, encrypted]));
    const query = new URLSearchParams({ timestamp, nonce, msg_signature: signed, encrypt_type: "aes" });
    const body = text.startsWith("<")
      ? buildXml([["Encrypt", encrypted]])
      : JSON.stringify({ Encrypt: encrypted });
    return harness.request(`/channels/mini-program/media-check?${query}`, { method: "POST", body });
  }

  const verdict = (traceId: string, suggest: string, label: number) => ({
    ToUserName: "gh_1",
    MsgType: "event",
    Event: "wxa_media_check",
    appid: appId,
    trace_id: traceId,
    version: 2,
    result: { suggest, label },
  });

  test("flags what is risky for staff, and stores and routes the report all the same", async () => {
    const { harness, signIn: signInStaff } = await withStaff(
      [
        ["handler", "handler", "130929"],
        ["far", "handler", "130927"],
      ],
      optionsOf(),
    );
    const person = await signIn(harness);
    wechat.judge((content) =>
      content.includes("骗") ? { suggest: "risky", label: 20008 } : { suggest: "pass", label: 100 },
    );
    const risky = await file(person, {
      county: "献县",
      description: "他们骗人，电话 13912345678，老板刘建国",
    });
    const plain = await file(person, { county: "献县", product: "合页" });
    const before = wechat.calls.length;
    await harness.tend();
    wechat.judge(() => ({ suggest: "pass", label: 100 }));

    const asked = callsSince(before).filter(({ path }) => path === "/wxa/msg_sec_check");
    expect(asked.map(({ json }) => [json["version"], json["openid"]])).toEqual(
      Array(2).fill([2, person.openid]),
    );
    expect(JSON.stringify(asked)).not.toMatch(/13912345678|刘建国/);
    const { state } = (await (
      await harness.request(`/api/v1/reports/${risky.reportNo}`, {
        headers: { "X-Query-Code": risky.queryCode },
      })
    ).json()) as { state: string };
    expect(state).toBe("routed");

    const seen = async (account: string, query = "") => {
      const headers = await signInStaff(account);
      const page = await harness.request(`/api/v1/content-checks${query}`, { headers });
      return ((await page.json()) as { items: Record<string, unknown>[] }).items;
    };
    expect(await seen("handler")).toMatchObject([
      { caseId: risky.caseId, state: "risky", label: "20008", labelTitle: "欺诈", evidenceId: null },
    ]);
    expect(await seen("handler", "?state=passed")).toMatchObject([{ caseId: plain.caseId }]);
    expect(await seen("far")).toEqual([]);
    // It is asked once.
    await harness.tend();
    expect(callsSince(before).filter(({ path }) => path === "/wxa/msg_sec_check")).toHaveLength(2);
  });

  test("looks at a long text in pieces, and the worst of them counts", async () => {
    const harness = await createHarness(optionsOf());
    const person = await signIn(harness);
    wechat.judge((content) =>
      content.includes("骗") ? { suggest: "review", label: 20006 } : { suggest: "pass", label: 100 },
    );
    await file(person, { description: `${"一样的杯子，".repeat(600)}骗子` });
    const before = wechat.calls.length;
    await harness.tend();
    wechat.judge(() => ({ suggest: "pass", label: 100 }));
    expect(callsSince(before).filter(({ path }) => path === "/wxa/msg_sec_check")).toHaveLength(2);
    expect(await rowsOf(harness)).toMatchObject([{ state: "review", label: "20006" }]);
  });

  test("gives up on who has not been here for two hours, by its own clock and by the platform's", async () => {
    const harness = await createHarness(optionsOf());
    const person = await signIn(harness);
    await file(person);
    wechat.fail("/wxa/msg_sec_check", { kind: "errcode", errcode: 61010 });
    await harness.tend();
    expect(await rowsOf(harness)).toMatchObject([{ state: "unchecked", label: "no_openid" }]);

    harness.moveTo("2026-11-23T04:00:01Z");
    await file(person);
    const before = wechat.calls.length;
    await harness.tend();
    expect((await rowsOf(harness)).map(({ label }) => label)).toEqual(["no_openid", "no_openid"]);
    expect(callsSince(before)).toEqual([]);
    expect(await harness.db.sql.select().from(miniProgramUsers)).toEqual([]);
  });

  test("asks nothing about a report that leaves no trace, nor about other channels", async () => {
    const harness = await createHarness(optionsOf());
    const person = await signIn(harness);
    await file(person, { anonymous: true, contactName: undefined, contactPhone: undefined, traceless: true });
    await harness.post("/api/v1/reports", { ...filing, channel: "wecom" });
    const before = wechat.calls.length;
    await harness.tend();
    expect([callsSince(before), await rowsOf(harness)]).toEqual([[], []]);
  });

  test("tries again what the platform could not say, and gives up after five times", async () => {
    const harness = await createHarness(optionsOf());
    await file(await signIn(harness));
    wechat.failAlways("/wxa/msg_sec_check", { kind: "malformed" });
    for (let times = 0; times < 5; times++) {
      expect((await rowsOf(harness)).every(({ state }) => state === "pending")).toBe(true);
      harness.moveTo(new Date(harness.now().getTime() + 5 * 60_000).toISOString());
      await harness.tend();
    }
    wechat.failAlways("/wxa/msg_sec_check", undefined);
    expect(await rowsOf(harness)).toMatchObject([{ state: "unchecked", label: "no_answer" }]);
  });

  /** A report with a photo that the platform was asked about. */
  async function createWaiting(options: Options = {}) {
    const harness = await createHarness(optionsOf(options));
    const person = await signIn(harness);
    await file(person, { evidenceIds: [await person.upload(tinyPng(7))] });
    const before = wechat.calls.length;
    await harness.tend();
    const asked = callsSince(before).find(({ path }) => path === "/wxa/media_check_async");
    const row = async () => (await rowsOf(harness)).find(({ evidenceId }) => evidenceId !== null);
    return { harness, person, asked, row };
  }

  test("lets the platform fetch a copy of a photo for an hour, and hears what becomes of it", async () => {
    const { harness, asked, row } = await createWaiting();
    const { media_url: url, ...rest } = asked?.json ?? {};
    expect(rest).toMatchObject({ media_type: 2, version: 2, scene: 2 });
    expect(String(url)).toMatch(
      /^https:\/\/zhiquan\.example\.gov\.cn\/channels\/mini-program\/media\/check_/,
    );
    const path = String(url).slice(publicUrl.length);
    const fetched = await harness.request(path);
    expect([
      fetched.status,
      fetched.headers.get("Content-Type"),
      fetched.headers.get("Cache-Control"),
    ]).toEqual([200, "image/png", "no-store"]);
    const waiting = await row();
    expect(waiting?.state).toBe("waiting");
    const traceId = waiting?.traceId ?? "";

    expect((await push(harness, verdict("trace-of-nobody", "risky", 20002))).status).toBe(200);
    expect((await row())?.state).toBe("waiting");
    const heard = await push(harness, verdict(traceId, "risky", 20002));
    expect([heard.status, await heard.text()]).toEqual([200, "success"]);
    expect(await row()).toMatchObject({ state: "risky", label: "20002" });
    // Whoever comes again, or later, changes nothing; and the photo is no longer there for anybody.
    await push(harness, verdict(traceId, "pass", 100));
    expect((await row())?.state).toBe("risky");
    expect((await harness.request(path)).status).toBe(404);
  });

  test("gives the photo to nobody else, and not for longer", async () => {
    const { harness, asked } = await createWaiting();
    const path = String(asked?.json["media_url"]).slice(publicUrl.length);
    const other = path.replace(/signature=./, (found) =>
      found.endsWith("0") ? "signature=1" : "signature=0",
    );
    const longer = path.replace(/expires=\d/, "expires=9");
    for (const wrong of [other, longer, path.replace(/check_\w+/, "check_none"), path.split("?")[0] ?? ""])
      expect((await harness.request(wrong)).status, wrong).toBe(404);
    harness.moveTo("2026-11-23T03:00:00Z");
    expect((await harness.request(path)).status).toBe(404);
  });

  test("hears XML too, and plain messages where the account is set to them", async () => {
    const { harness, row } = await createWaiting();
    const traceId = (await row())?.traceId ?? "";
    const xml = `<xml><Event>wxa_media_check</Event><appid>${appId}</appid><trace_id>${traceId}</trace_id><result><suggest>review</suggest><label>20001</label></result></xml>`;
    expect((await push(harness, xml)).status).toBe(200);
    expect(await row()).toMatchObject({ state: "review", label: "20001" });

    const plain = await createWaiting({ settings: { aesKey: undefined } });
    const id = (await plain.row())?.traceId ?? "";
    const send = async (token: string) => {
      const timestamp = String(plain.harness.now().getTime() / 1000);
      const signature = await signatureOf([token, timestamp, "n"]);
      const query = new URLSearchParams({ signature, timestamp, nonce: "n" });
      const body = JSON.stringify(verdict(id, "pass", 100));
      return plain.harness.request(`/channels/mini-program/media-check?${query}`, { method: "POST", body });
    };
    expect((await send("another-token")).status).toBe(403);
    expect((await plain.row())?.state).toBe("waiting");
    expect((await send(pushToken)).status).toBe(200);
    expect((await plain.row())?.state).toBe("passed");
  });

  test("takes no message that is not the platform's, is old, or cannot be read", async () => {
    const { harness, row } = await createWaiting();
    const message = verdict((await row())?.traceId ?? "", "pass", 100);
    const old = new Date(harness.now().getTime() - 11 * 60_000);
    const otherKey = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefg";
    expect((await push(harness, message, { signature: "0".repeat(40) })).status).toBe(403);
    expect((await push(harness, message, { at: old })).status).toBe(403);
    expect((await push(harness, message, { key: otherKey })).status).toBe(400);
    expect((await push(harness, "[1]")).status).toBe(400);
    expect((await push(harness, { Event: "another" })).status).toBe(200);
    const post = (body: string) =>
      harness.request("/channels/mini-program/media-check", { method: "POST", body });
    for (const body of ["", "{", "<xml>", '{"Encrypt":1}', "{}"])
      expect((await post(body)).status, body).toBeLessThan(500);
    // A plain message is none where the account is set to encrypted ones.
    const timestamp = String(harness.now().getTime() / 1000);
    const signature = await signatureOf([pushToken, timestamp, "n"]);
    const query = new URLSearchParams({ signature, timestamp, nonce: "n" });
    const plain = await harness.request(`/channels/mini-program/media-check?${query}`, {
      method: "POST",
      body: JSON.stringify(message),
    });
    expect(plain.status).toBe(403);
    expect((await row())?.state).toBe("waiting");

    const check = await harness.request(`/channels/mini-program/media-check?${query}&echostr=1234`);
    expect([check.status, await check.text()]).toEqual([200, "1234"]);
    const wrong = await harness.request(`/channels/mini-program/media-check?${query}1&echostr=1234`);
    expect(wrong.status).toBe(403);
  });

  test("sends no file anywhere where the platform could not fetch it, or hear back", async () => {
    for (const settings of [{ publicUrl: undefined }, { token: undefined }]) {
      const { asked, row } = await createWaiting({ settings });
      expect([asked, await row()]).toMatchObject([undefined, { state: "unchecked", label: "no_public_url" }]);
    }
  });

  test("gives up on an answer that never comes, and forgets checks after 90 days", async () => {
    const { harness, row } = await createWaiting();
    harness.moveTo("2026-11-23T03:00:01Z");
    await harness.tend();
    expect(await row()).toMatchObject({ state: "unchecked", label: "no_answer" });
    harness.moveTo("2027-02-21T02:00:01Z");
    await harness.tend();
    expect(
      await harness.db.sql.select().from(contentChecks).where(eq(contentChecks.state, "unchecked")),
    ).toEqual([]);
  });
});

describe("a code on a wall", () => {
  test("stands for its market and stall", async () => {
    const harness = await createHarness(optionsOf());
    const ask = (scene: string) => harness.request(`/api/v1/places/scene?scene=${encodeURIComponent(scene)}`);
    expect(await (await ask("mingzhu-trade-city:A-103")).json()).toEqual({
      market: { id: "mingzhu-trade-city", name: "明珠商贸城" },
      county: { code: "130902", name: "新华区" },
      stall: "A-103",
    });
    expect(await (await ask("sihe-tea-city")).json()).toMatchObject({
      county: { name: "运河区" },
      stall: null,
    });
    for (const scene of ["nowhere", "mingzhu-trade-city:", "mingzhu-trade-city:甲", ":A"])
      expect((await ask(scene)).status, scene).toBe(404);
  });
});
