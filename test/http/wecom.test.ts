import { describe, expect, onTestFinished, test } from "vitest";
import { cases } from "../../src/cases/schema.ts";
import { wecomAccounts, wecomCustomers, wecomMessages } from "../../src/channels/wecom/schema.ts";
import { evidence } from "../../src/reports/schema.ts";
import { createFakeTime } from "../support/fake-time.ts";
import { startFakeWechat } from "../support/fake-wechat.ts";
import { createHarness, tinyPng } from "../support/harness.ts";
import { createWecomClient, openKfid, watchDoor, wecomSettings } from "../support/wecom.ts";

/** The real app with customer service set up, before a fake of WeCom's API. */
async function scene({ intakeOpen = true } = {}) {
  const time = createFakeTime();
  const wechat = await startFakeWechat();
  onTestFinished(() => wechat.stop());
  const harness = await createHarness({
    now: time.now,
    wait: time.wait,
    intakeOpen,
    wecomApiBase: wechat.url,
    wecom: wecomSettings,
  });
  if (harness.wecom === undefined) throw new Error("The door is closed.");
  const settled = watchDoor(harness.wecom.door);
  const client = createWecomClient({ ask: harness.request, now: time.now, wechat });
  /** The callback, and all that follows from it. */
  async function deliver(account?: string) {
    expect(await client.call(account)).toEqual({ status: 200, body: "success" });
    await settled();
  }
  /** A customer who writes one thing after the other and gets the answer to each. */
  function customer(id?: string) {
    const one = client.customer(id);
    return {
      ...one,
      async say(content: Parameters<typeof one.write>[0]) {
        const before = one.got().length;
        one.write(content);
        await deliver();
        return one.got().slice(before).join("\n---\n");
      },
    };
  }
  const { tend } = harness.wecom.service;
  return { ...client, customer, deliver, settled, tend, harness, time, wechat, db: harness.db };
}

describe("the door of customer service", () => {
  test("is closed where nothing is set up", async () => {
    const wechat = await startFakeWechat();
    onTestFinished(() => wechat.stop());
    const { request, now } = await createHarness();
    const { call, get, queryOf } = createWecomClient({ ask: request, now, wechat });
    expect((await call()).status).toBe(404);
    expect((await get({ ...(await queryOf("e")), echostr: "e" })).status).toBe(404);
  });

  test("answers WeCom's check of the address with its echostr, opened, and nobody else's", async () => {
    const { get, queryOf, crypto } = await scene();
    const echostr = await crypto.encrypt("7301234567890");
    const query = { ...(await queryOf(echostr)), echostr };
    expect(await get(query)).toEqual({ status: 200, body: "7301234567890" });
    const other = await crypto.encrypt("1");
    for (const wrong of [
      { msg_signature: "0".repeat(40) },
      { echostr: other },
      { nonce: "x" },
      { timestamp: "1" },
    ])
      expect((await get({ ...query, ...wrong })).status, JSON.stringify(wrong)).toBe(403);
    expect((await get({ ...(await queryOf("AAAA")), echostr: "AAAA" })).status).toBe(403);
    expect((await get({ echostr })).status).toBe(403);
  });

  test("takes no callback that is not signed, too old, sealed for another corp, or no XML", async () => {
    const { post, queryOf, bodyOf, crypto, time, wechat } = await scene();
    const encrypted = await crypto.encrypt(
      "<xml><Event>kf_msg_or_event</Event><OpenKfId>wk1</OpenKfId></xml>",
    );
    const query = await queryOf(encrypted);
    const old = String(Math.floor(time.now().getTime() / 1000) - 301);
    for (const wrong of [{ ...query, msg_signature: "" }, {}, await queryOf(encrypted, { timestamp: old })])
      expect((await post(bodyOf(encrypted), wrong)).status, JSON.stringify(wrong)).toBe(403);
    expect((await post(bodyOf("AAAA"), await queryOf("AAAA"))).status).toBe(403);
    expect((await post("no xml", query)).status).toBe(400);
    expect((await post(`<xml>${"x".repeat(70_000)}</xml>`, query)).status).toBe(413);
    expect(wechat.calls).toEqual([]);
  });

  test("answers other events with success and does nothing", async () => {
    const { call, settled, wechat } = await scene();
    expect(await call(openKfid, { event: "change_contact" })).toEqual({ status: 200, body: "success" });
    expect((await call("../evil")).status).toBe(200);
    await settled();
    expect(wechat.calls).toEqual([]);
  });

  test("leads from the first word to a filed report, by words and by the numbers of options", async () => {
    const { customer, harness, wechat, db } = await scene();
    const c = customer();
    expect(await c.say("你好")).toMatch(/\n\n回复数字就行：\n1 我要举报\n2 问个问题$/);
    expect(await c.say("1")).toContain("1 冒充专利、乱印专利号");
    await c.say("1");
    await c.say("南皮县兴盛五金厂");
    await c.say("活动扳手，包装上印着假的专利号");
    await c.say("没照片");
    await c.say("匿名");
    let answer = await c.say("就这些，提交");
    if (!/编号/.test(answer)) answer = await c.say("确认提交");
    expect(answer).toMatch(/CZ/);
    expect(await harness.db.sql.select().from(cases)).toMatchObject([
      { officeCode: "130927", matter: "假冒专利" },
    ]);
    expect(wechat.kfState(c.externalUserid)).toBe(1);
    const sealed = [
      ...(await db.sql.select().from(wecomMessages)).map((row) => row.sealedAnswer),
      ...(await db.sql.select().from(wecomCustomers)).map((row) => row.sealedAddress),
      ...(await db.sql.select().from(wecomAccounts)).map((row) => row.sealedCursor),
    ];
    for (const bytes of sealed)
      expect(Buffer.from(bytes ?? []).toString("latin1")).not.toMatch(/cursor-|wm-customer|编号/);
  });
});

describe("kinds of messages", () => {
  test("photos, files and voice are fetched by their media id and kept as the customer's evidence", async () => {
    const { customer, wechat, db } = await scene();
    const c = customer();
    await c.say("我要举报南皮县兴盛五金厂卖的扳手假冒专利");
    wechat.media.set("photo", tinyPng(3));
    wechat.media.set("paper", new TextEncoder().encode("%PDF-1.4\n%âãÏÓ\n1 0 obj\n<<>>\nendobj\n"));
    wechat.media.set("speech", new TextEncoder().encode(`#!AMR\n${"x".repeat(40)}`));
    expect(await c.say({ msgtype: "image", image: { media_id: "photo" } })).not.toBe("");
    expect(await c.say({ msgtype: "file", file: { media_id: "paper" } })).not.toBe("");
    expect(await c.say({ msgtype: "voice", voice: { media_id: "speech" } })).toContain("语音已作为材料存好");
    const rows = await db.sql.select().from(evidence);
    expect(rows.map(({ mediaType }) => mediaType)).toEqual(["image/png", "application/pdf", "audio/amr"]);
    expect(rows.every(({ ownerKey }) => ownerKey !== null)).toBe(true);
    wechat.media.set("program", new TextEncoder().encode("#!/bin/sh\nrm -rf /"));
    expect(await c.say({ msgtype: "file", file: { media_id: "program" } })).toMatch(/收不了|没有收到/);
    expect(await c.say({ msgtype: "image", image: { media_id: "gone" } })).toBe(
      "这张照片没有收到，请再发一次。",
    );
    expect(await c.say({ msgtype: "file", file: {} })).toBe("这个文件没有收到，请再发一次。");
    expect(await db.sql.$count(evidence)).toBe(3);
  });

  test("no file is taken where no report is", async () => {
    const { customer, wechat } = await scene({ intakeOpen: false });
    expect(await customer().say({ msgtype: "image", image: { media_id: "m" } })).toContain("收不了照片");
    expect(wechat.callsOf("/cgi-bin/media/get")).toEqual([]);
  });

  test("a place, a link, a tap on a menu, and what cannot be read", async () => {
    const { customer, harness } = await scene();
    const c = customer();
    const first = await c.say("你好");
    expect(first).toContain("1 我要举报");
    const options = (await harness.person("x", "wecom").say("你好")).replies.flatMap(
      (one) => one.options ?? [],
    );
    const tap = { content: "我要举报", menu_id: options[0]?.id ?? "" };
    expect(await c.say({ msgtype: "text", text: tap })).toContain("1 冒充专利、乱印专利号");
    // An id that was not shown is heard as the words on it.
    expect(await c.say({ msgtype: "text", text: { content: "假冒专利", menu_id: "102" } })).not.toBe("");
    const place = { latitude: 38.0367, longitude: 116.7083, name: "", address: "" };
    expect(await c.say({ msgtype: "location", location: place })).toContain("南皮");
    expect(
      await c.say({ msgtype: "link", link: { title: "扳手", desc: "", url: "https://example.com/1" } }),
    ).not.toBe("");
    for (const content of [
      { msgtype: "location", location: { ...place, latitude: 999 } },
      { msgtype: "business_card", business_card: { userid: "x" } },
      { msgtype: "text" },
      { msgtype: "text", text: { content: 5 } },
      { msgtype: "link", link: {} },
    ])
      expect(await c.say(content), JSON.stringify(content)).not.toBe("");
    expect(await c.say({ msgtype: "miniprogram", miniprogram: {} })).toContain("看不了");
  });

  test("what the office's own people write, and items that nobody sent, are let be", async () => {
    const { customer, put, deliver, db, wechat } = await scene();
    const c = customer();
    c.write("您好，我是小王", { origin: 5, servicer_userid: "wang" });
    put({ origin: 3, msgtype: "text", text: { content: "谁" } });
    put({
      origin: 4,
      msgtype: "event",
      event: { event_type: "servicer_status_change", servicer_userid: "wang" },
    });
    wechat.kfMessages.push({ msgid: 7 } as never, { origin: 3 } as never);
    c.event("enter_session", { scene: "", scene_param: "" });
    await deliver();
    expect(await db.sql.select().from(wecomMessages)).toEqual([]);
    expect(wechat.delivered).toEqual([]);
    expect(await c.say("你好")).toContain("您好");
  });
});

describe("who comes in", () => {
  const onEvent = "/cgi-bin/kf/send_msg_on_event";

  test("is welcomed once by the code of the event, and the welcome's numbers count", async () => {
    const { customer, deliver, wechat } = await scene();
    const c = customer();
    c.event("enter_session", { scene: "123", scene_param: "", welcome_code: "WELCOME" });
    await deliver();
    await deliver();
    const [welcome] = wechat.callsOf(onEvent);
    expect(wechat.callsOf(onEvent)).toHaveLength(1);
    expect(welcome?.json).toMatchObject({ code: "WELCOME", msgtype: "text" });
    expect(JSON.stringify(welcome?.json)).toContain("1 我要举报");
    expect(await c.say("1")).toContain("1 冒充专利、乱印专利号");
  });

  test("by the code of a market has its place filled in", async () => {
    const { customer, deliver, harness, wechat } = await scene();
    const c = customer();
    c.event("enter_session", { scene_param: "market:mingzhu-trade-city:A12", welcome_code: "W" });
    await deliver();
    expect(JSON.stringify(wechat.callsOf(onEvent)[0]?.json)).toContain("登记");
    const next = await harness.person(c.externalUserid, "wecom").say("有个摊子卖的充电器冒充专利");
    expect(next.form?.slots).toMatchObject({ market: "明珠商贸城", county: "新华区" });
  });

  test("is not welcomed after the 20 seconds of the code, nor again where it was refused", async () => {
    const { customer, deliver, tend, time, wechat } = await scene();
    const [late, refused] = [customer(), customer()];
    late.event("enter_session", { welcome_code: "LATE" });
    await time.pass(21_000);
    wechat.fail(onEvent, { kind: "errcode", errcode: 41013 });
    refused.event("enter_session", { welcome_code: "BAD" });
    await deliver();
    await tend();
    expect(wechat.callsOf(onEvent).map(({ json }) => json["code"])).toEqual(["BAD"]);
    expect(wechat.delivered).toEqual([]);
  });
});

describe("people take over", () => {
  test("a conversation that asks for a person goes to the pool after the answer, and is silent until they end it", async () => {
    const { customer, wechat } = await scene();
    const c = customer();
    expect(await c.say("转人工")).toContain("单号");
    expect(wechat.kfState(c.externalUserid)).toBe(2);
    expect(await c.say("在吗")).toBe("");
    wechat.setKfState(c.externalUserid, 3);
    expect(await c.say("外观设计专利保护几年？")).toBe("");
    wechat.setKfState(c.externalUserid, 4);
    expect(await c.say("外观设计专利保护几年？")).toContain("15年");
    expect(wechat.kfState(c.externalUserid)).toBe(1);
  });

  test("where nobody receives, the assistant goes on and the ticket stays", async () => {
    const { customer, wechat } = await scene();
    const c = customer();
    wechat.kfStaffed.value = false;
    expect(await c.say("转人工")).toContain("单号");
    expect(wechat.kfState(c.externalUserid)).toBe(1);
    expect(await c.say("外观设计专利保护几年？")).toContain("15年");
  });

  test("is tried again where it failed, without saying anything twice", async () => {
    const { customer, wechat, tend } = await scene();
    const c = customer();
    wechat.fail("/cgi-bin/kf/service_state/trans", { kind: "errcode", errcode: 45009 });
    wechat.setKfState(c.externalUserid, 1);
    expect(await c.say("转人工")).toContain("单号");
    expect(wechat.kfState(c.externalUserid)).toBe(1);
    expect(await tend()).toBe(1);
    expect(wechat.kfState(c.externalUserid)).toBe(2);
    expect(c.got()).toHaveLength(1);
    expect(await tend()).toBe(0);
  });
});
