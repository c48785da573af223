import { describe, expect, test } from "vitest";
import { wecomAccounts, wecomTurns } from "../../src/channels/wecom/schema.ts";
import type { Mishap } from "../support/fake-wechat.ts";
import { openKfid, createWecomScene as scene } from "../support/wecom.ts";

const send = "/cgi-bin/kf/send_msg";
const sync = "/cgi-bin/kf/sync_msg";
const texts = (count: number) => Array.from({ length: count }, (_, place) => `第${place + 1}条`);

describe("reading", () => {
  test("goes page by page from where it ended, and hears each message once", async () => {
    const { customer, deliver, wechat, conversation } = await scene();
    const people = texts(3).map(() => customer());
    for (const one of people) {
      one.write("甲");
      // What the office's people write fills the pages.
      for (let n = 0; n < 149; n++) one.write("好的", { origin: 5 });
    }
    await deliver();
    expect(wechat.callsOf(sync).map(({ json }) => json["cursor"])).toEqual([
      undefined,
      "cursor-200",
      "cursor-400",
    ]);
    expect(wechat.callsOf(sync)[0]?.json).toMatchObject({ token: "ENCToken", open_kfid: openKfid });
    expect(people.map((one) => one.got())).toEqual(people.map(() => ["听到：甲"]));
    await deliver();
    expect(wechat.callsOf(sync).at(-1)?.json["cursor"]).toBe("cursor-450");
    expect(conversation.heard).toHaveLength(3);
    expect(wechat.delivered).toHaveLength(3);
  });

  test.each([
    [
      "is lost",
      async ({ db }: Awaited<ReturnType<typeof scene>>) => db.write([db.sql.delete(wecomAccounts)]),
    ],
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

  const syncMishaps: [string, Mishap][] = [
    ["the platform is busy", { kind: "errcode", errcode: -1 }],
    ["it was asked too often", { kind: "errcode", errcode: 45009 }],
    ["the connection breaks", { kind: "drop" }],
    ["the answer is no JSON", { kind: "malformed" }],
    [
      "the answer has another shape",
      {
        kind: "bytes",
        bytes: new TextEncoder().encode('{"errcode":0,"msg_list":7}'),
        mediaType: "application/json",
      },
    ],
  ];
  test("loses nothing where the platform fails, in whatever way", async () => {
    const { customer, deliver, service, wechat, time } = await scene();
    for (const [what, mishap] of syncMishaps) {
      const c = customer();
      c.write("甲");
      wechat.failAlways(sync, mishap);
      await deliver();
      expect(c.got(), what).toEqual([]);
      wechat.failAlways(sync, undefined);
      // Beyond the pause of the circuit breaker.
      await time.pass(31_000);
      await service.tend();
      expect(c.got(), what).toEqual(["听到：甲"]);
    }
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

  test("of a customer who is being answered elsewhere leaves a mark, and what they wrote is answered there", async () => {
    const { customer, call, settled, process, conversation } = await scene();
    const other = process();
    const c = customer();
    const { release } = conversation.hold("甲");
    c.write("甲");
    await call();
    await expect.poll(() => conversation.heard.length).toBe(1);
    c.write("乙");
    await other.deliver();
    expect(c.got()).toEqual([]);
    release();
    await settled();
    expect(c.got()).toEqual(["听到：甲", "听到：乙"]);
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
    expect(c.got().join("\n\n")).toBe(
      texts(10)
        .map((text) => `听到：${text}`)
        .join("\n\n"),
    );
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
    expect(
      c
        .got()
        .map((text) => text[0])
        .join(""),
    ).toBe("一二三四五");
    expect(c.got()[4]).toMatch(/回复“继续”接着看）$/);
    expect(c.got().every((text) => Buffer.byteLength(text) <= 2048)).toBe(true);
    c.write("继续");
    await deliver();
    expect(
      c
        .got()
        .map((text) => text[0])
        .join(""),
    ).toBe(marks);
    expect(conversation.heard).toHaveLength(1);
    c.write("长");
    await deliver();
    c.write("乙");
    await deliver();
    expect(
      c
        .got()
        .slice(-3)
        .map((text) => text.slice(0, 4).trim()),
    ).toEqual([long("六").slice(0, 4), long("七").slice(0, 4), "听到：乙"]);
    c.write("1");
    await deliver();
    expect(conversation.heard.at(-1)?.content).toEqual({ type: "choice", id: "one" });
  });

  const sendMishaps: [string, Mishap][] = [
    ["the platform is busy", { kind: "errcode", errcode: -1 }],
    ["there were too many calls", { kind: "errcode", errcode: 45011 }],
    ["the connection breaks before", { kind: "drop" }],
    ["the connection breaks after it was done", { kind: "drop", done: true }],
    ["the answer is no JSON", { kind: "malformed" }],
    ["our address is not on the list", { kind: "errcode", errcode: 60020 }],
  ];
  test("are sent by the chore where the platform fails, in whatever way, and shown once", async () => {
    const { customer, deliver, service, wechat, conversation, time } = await scene();
    for (const [what, mishap] of sendMishaps) {
      const c = customer();
      const before = conversation.heard.length;
      wechat.failAlways(send, mishap);
      c.write("甲");
      await deliver();
      await service.tend();
      wechat.failAlways(send, undefined);
      await time.pass(31_000);
      expect(await service.tend(), what).toBe(1);
      expect(c.got(), what).toEqual(["听到：甲"]);
      expect(conversation.heard.length - before, what).toBe(1);
      expect(await service.tend(), what).toBe(0);
      expect(c.got(), what).toEqual(["听到：甲"]);
    }
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
    // The same report again is of the try before; one that comes with the next message does not hold it up.
    c.event("msg_send_fail", { fail_msgid, fail_type: 6 });
    const again = wechat.callsOf(send).at(-1)?.json["msgid"];
    c.event("msg_send_fail", { fail_msgid: again, fail_type: 6 });
    c.write("丙");
    await deliver();
    expect(c.got().slice(3)).toEqual(["听到：乙", "听到：丙"]);
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
    expect(await sender.send({ ...notice, recipient })).toMatchObject({
      retryable: false,
      reason: "outside_window",
    });
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

  const endings: [Mishap, object][] = [
    [
      { kind: "errcode", errcode: 45011 },
      { retryable: true, reason: "refused_45011" },
    ],
    [
      { kind: "errcode", errcode: 95018 },
      { retryable: true, reason: "served_by_people" },
    ],
    [
      { kind: "errcode", errcode: 40096 },
      { retryable: false, reason: "unknown_recipient" },
    ],
    [
      { kind: "drop", done: true },
      { retryable: true, reason: "unreachable" },
    ],
  ];
  test("tell how they ended", async () => {
    const { customer, deliver, sender, wechat } = await scene();
    const c = customer();
    c.write("甲");
    await deliver();
    for (const [mishap, ending] of endings) {
      wechat.failAlways(send, mishap);
      expect(await sender.send({ ...notice, recipient: c.externalUserid })).toEqual({
        sent: false,
        ...ending,
      });
    }
  });
});
