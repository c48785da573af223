import { describe, expect, onTestFinished, test } from "vitest";
import { createWecomDoor } from "../../src/channels/wecom/door.ts";
import { wecomAccounts, wecomMessages, wecomTurns } from "../../src/channels/wecom/schema.ts";
import { wecomRoutes } from "../../src/channels/wecom/wecom-routes.ts";
import type { Message } from "../../src/conversation/message.ts";
import { silentLog } from "../../src/core/log.ts";
import { createNewId, randomBytes } from "../../src/core/new-id.ts";
import { createErrorHandler } from "../../src/http/problem.ts";
import { createAccessTokenRepository } from "../../src/wechat/access-token-repository.ts";
import { createAccessTokens } from "../../src/wechat/access-tokens.ts";
import { createFakeTime } from "../support/fake-time.ts";
import { type Mishap, startFakeWechat } from "../support/fake-wechat.ts";
import { createHarness } from "../support/harness.ts";
import { scale } from "../support/scale.ts";
import { createWecomClient, openKfid, watchDoor, wecomSettings } from "../support/wecom.ts";

const send = "/cgi-bin/kf/send_msg";
const sync = "/cgi-bin/kf/sync_msg";
type Reply = { type: "text"; text: string; options?: { id: string; label: string }[] };

/** A conversation that answers what a test wants, and counts what it heard. */
function scriptedConversation() {
  const heard: Message[] = [];
  let replies: (text: string) => Reply[] = (text) => [{ type: "text", text: `听到：${text}` }];
  return {
    heard,
    reply(next: (text: string) => Reply[]) {
      replies = next;
    },
    async answer(message: Message): Promise<string> {
      heard.push(message);
      const { content } = message;
      const text = content.type === "text" ? content.text : content.type === "choice" ? content.id : content.type;
      const answer = { state: "idle", replies: replies(text), intents: [], form: null, citations: [] };
      return JSON.stringify({ ...answer, outcome: null, confidence: null, reports: [] });
    },
  };
}

/** The door before a scripted conversation, on the real database, as one process or more. */
async function scene() {
  const time = createFakeTime();
  const wechat = await startFakeWechat();
  onTestFinished(() => wechat.stop());
  const { db, vault } = await createHarness();
  const conversation = scriptedConversation();
  const { now } = time;
  const newId = createNewId();
  // Back-off is no time at all here, and no call is late.
  const wait = (ms: number, signal?: AbortSignal) => (ms < 5_000 ? Promise.resolve() : time.wait(ms, signal));
  function process() {
    const { door, service, sender } = createWecomDoor(wecomSettings, {
      apiBase: wechat.url,
      tokens: createAccessTokens({ tokens: createAccessTokenRepository({ db, vault }), now, newId, wait }),
      fetch,
      db,
      vault,
      conversation,
      callers: { reporterKey: async () => "" },
      evidence: { store: () => Promise.reject(new Error("No file is sent here.")) },
      intakeOpen: true,
      now,
      wait,
      newId,
      randomBytes,
      log: silentLog,
    });
    const settled = watchDoor(door);
    const app = wecomRoutes({ door, now });
    app.onError(createErrorHandler(silentLog));
    const client = createWecomClient({ ask: app.request, now, wechat });
    async function deliver(options?: { msgToken: string }) {
      expect(await client.call(openKfid, options)).toEqual({ status: 200, body: "success" });
      await settled();
    }
    return { ...client, service, sender, settled, deliver };
  }
  const rows = () => db.sql.select().from(wecomMessages).orderBy(wecomMessages.seq);
  return { ...process(), process, time, wechat, conversation, db, rows };
}

const texts = (count: number) => Array.from({ length: count }, (_, place) => `第${place + 1}条`);

describe("reading", () => {
  test("goes page by page from where it ended, and hears each message once", async () => {
    const { customer, deliver, wechat, conversation } = await scene();
    const all = Array.from({ length: 450 }, (_, place) => customer(`wm-${place}`));
    for (const one of all) one.write("甲");
    await deliver();
    expect(wechat.callsOf(sync).map(({ json }) => json["cursor"])).toEqual([undefined, "cursor-200", "cursor-400"]);
    expect(wechat.callsOf(sync)[0]?.json).toMatchObject({ token: "ENCToken", open_kfid: openKfid });
    expect(conversation.heard).toHaveLength(450);
    expect(all.every((one) => one.got().join() === "听到：甲")).toBe(true);
    await deliver();
    expect(wechat.callsOf(sync).at(-1)?.json["cursor"]).toBe("cursor-450");
    expect(wechat.delivered).toHaveLength(450);
  });

  test.each([
    ["is lost", async ({ db }: Awaited<ReturnType<typeof scene>>) => db.write([db.sql.delete(wecomAccounts)])],
    [
      "is refused",
      async ({ wechat }: Awaited<ReturnType<typeof scene>>) =>
        wechat.fail(sync, { kind: "errcode", errcode: 40058 }),
    ],
  ])("begins anew where the cursor %s, and answers nothing twice", async (_, lose) => {
    const all = await scene();
    const { customer, deliver, wechat, conversation } = all;
    const [a, b] = [customer(), customer()];
    a.write("甲");
    await deliver();
    await lose(all);
    b.write("乙");
    await deliver();
    expect(wechat.callsOf(sync).at(-1)?.json["cursor"]).toBeUndefined();
    expect([a.got(), b.got()]).toEqual([["听到：甲"], ["听到：乙"]]);
    expect(conversation.heard).toHaveLength(2);
  });

  test("goes on without a token whose time is over, and by the chore where the callback was lost", async () => {
    const { customer, deliver, service, wechat } = await scene();
    const c = customer();
    c.write("甲");
    await deliver({ msgToken: "expired" });
    expect(c.got()).toEqual(["听到：甲"]);
    c.write("乙");
    await service.tend();
    expect(c.got()).toEqual(["听到：甲", "听到：乙"]);
    expect(wechat.callsOf(sync).at(-1)?.json["token"]).toBeUndefined();
  });

  test.each<[string, Mishap]>([
    ["the platform is busy", { kind: "errcode", errcode: -1 }],
    ["it was asked too often", { kind: "errcode", errcode: 45009 }],
    ["the connection breaks", { kind: "drop" }],
    ["the answer is no JSON", { kind: "malformed" }],
    ["the answer has another shape", { kind: "bytes", bytes: new TextEncoder().encode('{"errcode":0,"msg_list":7}'), mediaType: "application/json" }],
  ])("where %s, loses nothing", async (_, mishap) => {
    const { customer, deliver, service, wechat } = await scene();
    const c = customer();
    c.write("甲");
    wechat.failAlways(sync, mishap);
    await deliver();
    expect(c.got()).toEqual([]);
    wechat.failAlways(sync, undefined);
    await service.tend();
    expect(c.got()).toEqual(["听到：甲"]);
  });

  test("of many callbacks at once in several processes one reads, and looks again for the others", async () => {
    const { customer, process, call, settled, wechat, conversation, db } = await scene();
    const others = [process(), process()];
    const people = texts(12).map(() => customer());
    const calls: Promise<unknown>[] = [];
    for (const one of people) {
      one.write("甲");
      for (const door of [{ call }, ...others]) calls.push(door.call());
    }
    await Promise.all(calls);
    await Promise.all([settled(), ...others.map((other) => other.settled())]);
    expect(people.map((one) => one.got())).toEqual(people.map(() => ["听到：甲"]));
    expect(conversation.heard).toHaveLength(12);
    expect(wechat.callsOf(sync).length).toBeLessThan(calls.length);
    const turns = await db.sql.select().from(wecomTurns);
    expect(turns.every(({ holder }) => holder === null)).toBe(true);
  });

  test("is taken over from a process that died in the middle", async () => {
    const { customer, deliver, service, time, db } = await scene();
    const c = customer();
    await deliver();
    const leaseUntil = new Date(time.now().getTime() + 60_000);
    await db.write([db.sql.update(wecomTurns).set({ holder: "dead", leaseUntil })]);
    c.write("甲");
    await deliver();
    expect(c.got()).toEqual([]);
    await time.pass(60_001);
    await service.tend();
    expect(c.got()).toEqual(["听到：甲"]);
  });

  test("does not answer what is older than 48 hours", async () => {
    const { customer, deliver, time, conversation, rows } = await scene();
    customer().write("甲");
    await time.pass(48 * 60 * 60 * 1000 + 1000);
    await deliver();
    expect(conversation.heard).toEqual([]);
    expect(await rows()).toMatchObject([{ state: "done", reason: "outside_window", sealedInbound: null }]);
  });
});

describe("answers", () => {
  test("of ten messages that come together go out as five messages at most, and none is lost", async () => {
    const { customer, deliver, wechat } = await scene();
    const c = customer();
    for (const text of texts(10)) c.write(text);
    await deliver();
    expect(c.got().length).toBeLessThanOrEqual(5);
    expect(c.got().join("\n\n")).toBe(texts(10).map((text) => `听到：${text}`).join("\n\n"));
    expect(wechat.callsOf(send)).toHaveLength(c.got().length);
  });

  test("too long for five messages say so; the rest comes by 继续, or before the next answer", async () => {
    const { customer, deliver, conversation } = await scene();
    const long = (mark: string) => `${mark}${"专利权的保护范围以权利要求为准。".repeat(37)}`;
    const marks = "一二三四五六七";
    conversation.reply((text) =>
      text === "长"
        ? [...marks].map((mark) => ({ type: "text", text: long(mark) }))
        : [{ type: "text", text: `听到：${text}`, options: [{ id: "one", label: "甲" }] }],
    );
    const c = customer();
    c.write("长");
    await deliver();
    expect(c.got().map((text) => text[0]).join("")).toBe("一二三四五");
    expect(c.got()[4]).toMatch(/回复“继续”接着看）$/);
    expect(c.got().every((text) => Buffer.byteLength(text) <= 2048)).toBe(true);
    c.write("继续");
    await deliver();
    expect(c.got().map((text) => text[0]).join("")).toBe(marks);
    expect(conversation.heard).toHaveLength(1);
    c.write("长");
    await deliver();
    c.write("乙");
    await deliver();
    expect(c.got().slice(-3).map((text) => text.slice(0, 4).trim())).toEqual([long("六").slice(0, 4), long("七").slice(0, 4), "听到：乙"]);
    c.write("1");
    await deliver();
    expect(conversation.heard.at(-1)?.content).toEqual({ type: "choice", id: "one" });
  });

  test.each<[string, Mishap]>([
    ["the platform is busy", { kind: "errcode", errcode: -1 }],
    ["there were too many calls", { kind: "errcode", errcode: 45011 }],
    ["the connection breaks before", { kind: "drop" }],
    ["the connection breaks after it was done", { kind: "drop", done: true }],
    ["the answer is no JSON", { kind: "malformed" }],
    ["our address is not on the list", { kind: "errcode", errcode: 60020 }],
  ])("are sent by the chore where %s, and shown once", async (_, mishap) => {
    const { customer, deliver, service, wechat, conversation } = await scene();
    const c = customer();
    wechat.failAlways(send, mishap);
    c.write("甲");
    await deliver();
    await service.tend();
    wechat.failAlways(send, undefined);
    expect(await service.tend()).toBe(1);
    expect(c.got()).toEqual(["听到：甲"]);
    expect(conversation.heard).toHaveLength(1);
    expect(await service.tend()).toBe(0);
    expect(c.got()).toEqual(["听到：甲"]);
  });

  test("that the platform never acknowledges in time are sent by the chore, under the same id", async () => {
    const { customer, call, settled, service, wechat, time } = await scene();
    const c = customer();
    wechat.fail(send, { kind: "hang", done: true }, 3);
    c.write("甲");
    await call();
    for (let attempt = 1; attempt <= 3; attempt++) {
      await expect.poll(() => wechat.callsOf(send).length).toBe(attempt);
      await time.untilWaiting(5_000);
      await time.pass(5_000);
    }
    await settled();
    expect(await service.tend()).toBe(1);
    expect(c.got()).toEqual(["听到：甲"]);
    expect(new Set(wechat.callsOf(send).map(({ json }) => json["msgid"])).size).toBe(1);
  });

  test("survive the end of a token", async () => {
    const { customer, deliver, wechat } = await scene();
    const c = customer();
    c.write("甲");
    await deliver();
    wechat.dropToken();
    c.write("乙");
    await deliver();
    expect(c.got()).toEqual(["听到：甲", "听到：乙"]);
  });

  test("that the platform refuses for their number wait for the customer's next message", async () => {
    const { customer, deliver, service, wechat, rows } = await scene();
    const c = customer();
    wechat.fail(send, { kind: "errcode", errcode: 95001 });
    c.write("甲");
    await deliver();
    expect(await service.tend()).toBe(0);
    expect(wechat.callsOf(send)).toHaveLength(1);
    expect(await rows()).toMatchObject([{ state: "waiting" }]);
    c.write("乙");
    await deliver();
    expect(c.got()).toEqual(["听到：甲", "听到：乙"]);
  });

  test("that were taken and then reported undelivered go out again with the next message", async () => {
    const { customer, deliver, wechat } = await scene();
    const c = customer();
    c.write("甲");
    await deliver();
    const fail_msgid = wechat.callsOf(send)[0]?.json["msgid"];
    c.event("msg_send_fail", { fail_msgid, fail_type: 6 });
    c.event("msg_send_fail", { fail_msgid: "unknown", fail_type: 6 });
    await deliver();
    expect(c.got()).toHaveLength(1);
    c.write("乙");
    await deliver();
    expect(c.got()).toEqual(["听到：甲", "听到：甲", "听到：乙"]);
    // The same report again is of the message before.
    c.event("msg_send_fail", { fail_msgid, fail_type: 6 });
    c.write("丙");
    await deliver();
    expect(c.got().slice(3)).toEqual(["听到：丙"]);
  });

  test("are withheld once a person has taken over", async () => {
    const { customer, deliver, wechat, rows, conversation } = await scene();
    const c = customer();
    wechat.fail(send, { kind: "errcode", errcode: 95001 });
    c.write("甲");
    await deliver();
    wechat.setKfState(c.externalUserid, 3);
    c.event("session_status_change", { change_type: 1, new_servicer_userid: "wang" });
    c.write("乙");
    await deliver();
    expect((await rows()).map(({ state, reason }) => `${state} ${reason}`)).toEqual([
      "done people",
      "done null",
      "done people",
    ]);
    expect(conversation.heard).toHaveLength(1);
    expect(c.got()).toEqual([]);
  });

  test("to a customer who is gone are given up", async () => {
    const { customer, deliver, service, wechat, rows } = await scene();
    wechat.failAlways(send, { kind: "errcode", errcode: 40096 });
    customer().write("甲");
    await deliver();
    expect(await rows()).toMatchObject([{ state: "done", reason: "gone", sealedAnswer: null }]);
    expect(await service.tend()).toBe(0);
  });
});

describe("notices", () => {
  const notice = {
    idempotencyKey: "k-1",
    kind: "accepted",
    title: "您的举报已受理",
    text: "编号 CZ-1，由南皮县市场监管局办理。",
    fields: {},
  };

  test("reach a customer within 48 hours of their last message, as one of five, once for a key", async () => {
    const { customer, deliver, sender, time } = await scene();
    const c = customer();
    const recipient = c.externalUserid;
    expect(await sender.send({ ...notice, recipient })).toMatchObject({ retryable: false, reason: "outside_window" });
    c.write("甲");
    await deliver();
    expect(await sender.send({ ...notice, recipient })).toEqual({ sent: true });
    expect(await sender.send({ ...notice, recipient })).toEqual({ sent: true });
    expect(c.got()).toEqual(["听到：甲", `${notice.title}\n${notice.text}`]);
    for (const idempotencyKey of ["k-2", "k-3"])
      expect(await sender.send({ ...notice, idempotencyKey, recipient })).toEqual({ sent: true });
    expect(await sender.send({ ...notice, idempotencyKey: "k-4", recipient })).toEqual({
      sent: false,
      retryable: true,
      reason: "too_many_in_window",
    });
    await time.pass(48 * 60 * 60 * 1000 + 1);
    expect(await sender.send({ ...notice, recipient })).toMatchObject({ reason: "outside_window" });
  });

  test.each<[Mishap, object]>([
    [{ kind: "errcode", errcode: 45011 }, { retryable: true, reason: "refused_45011" }],
    [{ kind: "errcode", errcode: 95018 }, { retryable: true, reason: "served_by_people" }],
    [{ kind: "errcode", errcode: 40096 }, { retryable: false, reason: "unknown_recipient" }],
    [{ kind: "drop", done: true }, { retryable: true, reason: "unreachable" }],
  ])("tell how %j ended", async (mishap, ending) => {
    const { customer, deliver, sender, wechat } = await scene();
    const c = customer();
    c.write("甲");
    await deliver();
    wechat.failAlways(send, mishap);
    expect(await sender.send({ ...notice, recipient: c.externalUserid })).toEqual({ sent: false, ...ending });
  });
});

describe("a storm", () => {
  test("of messages that are read again, callbacks that come more than once, and calls that fail: each is answered once", async () => {
    const { process, customer, put, service, wechat, conversation, rows, db } = await scene();
    const count = scale(100, 1_000);
    const doors = [process(), process(), process()];
    const random = createRandom(11);
    const people = Array.from({ length: count / 5 }, () => customer());
    const expected = new Map<string, string[]>();
    for (let n = 0; n < count; n++) {
      const one = people[Math.floor(random() * people.length)];
      if (one === undefined) continue;
      const item = one.write(`问${n}`);
      expected.set(one.externalUserid, [...(expected.get(one.externalUserid) ?? []), `听到：问${n}`]);
      // The platform gives some again, under the id that they had.
      if (random() < 0.3) put({ ...item });
      if (random() < 0.1) wechat.fail(send, pick(random, mishaps));
      if (random() < 0.05) wechat.fail(sync, pick(random, mishaps));
      if (random() < 0.05) wechat.dropToken();
      const copies = 1 + Math.floor(random() * 3);
      const calls = Array.from({ length: copies }, () => pick(random, doors).call());
      if (random() < 0.3) await Promise.all(calls);
      if (n === Math.floor(count / 2)) await db.write([db.sql.delete(wecomAccounts)]);
    }
    await Promise.all(doors.map((door) => door.settled()));
    // A breaker pauses for 30 s; what waits for the next message gets it.
    for (let round = 0; round < 3; round++) await service.tend();
    for (const one of people) one.write("继续");
    for (let round = 0; round < 3; round++) await service.tend();

    for (const one of people) {
      const lines = one.got().flatMap((text) => text.split("\n").filter((line) => line.startsWith("听到：问")));
      expect(lines, one.externalUserid).toEqual(expected.get(one.externalUserid) ?? []);
    }
    const messageIds = conversation.heard.map(({ messageId }) => messageId);
    expect(new Set(messageIds).size).toBe(messageIds.length);
    expect((await rows()).every(({ state }) => state === "done")).toBe(true);
  });
});

const mishaps: Mishap[] = [
  { kind: "errcode", errcode: -1 },
  { kind: "errcode", errcode: 45011 },
  { kind: "errcode", errcode: 95001 },
  { kind: "drop" },
  { kind: "drop", done: true },
  { kind: "malformed" },
];

const pick = <T>(random: () => number, list: readonly T[]): T => {
  const found = list[Math.floor(random() * list.length)];
  if (found === undefined) throw new Error("The list is empty.");
  return found;
};

/** A generator of numbers in [0, 1) from a seed (mulberry32), so that a failure comes again. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
