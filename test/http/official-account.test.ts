import { describe, expect, onTestFinished, test } from "vitest";
import { cases } from "../../src/cases/schema.ts";
import { officialAccountMessages } from "../../src/channels/official-account/schema.ts";
import { type LanguageModel, ModelError, type Prompt } from "../../src/llm/model.ts";
import { evidence } from "../../src/reports/schema.ts";
import { createFakeTime, type FakeTime } from "../support/fake-time.ts";
import { fakeWechatSecrets, startFakeWechat } from "../support/fake-wechat.ts";
import { createHarness, tinyPng } from "../support/harness.ts";
import {
  createOfficialAccountClient,
  officialAccountAesKey,
  officialAccountAppId,
  officialAccountToken,
} from "../support/official-account.ts";
import { scale } from "../support/scale.ts";

const settings = {
  token: officialAccountToken,
  aesKey: officialAccountAesKey,
  appId: officialAccountAppId,
  secret: fakeWechatSecrets.app,
};

/** The real app with an account set up, before a fake of WeChat's API. */
async function scene({
  intakeOpen = true,
  languageModel,
}: {
  intakeOpen?: boolean;
  languageModel?: LanguageModel;
} = {}) {
  const time = createFakeTime();
  const wechat = await startFakeWechat();
  onTestFinished(() => wechat.stop());
  const harness = await createHarness({
    now: time.now,
    wait: time.wait,
    intakeOpen,
    wechatApiBase: wechat.url,
    officialAccount: settings,
    languageModel,
    // Longer than a test: what is late here is late by the clock that is handed in.
    modelTimeouts: { rewriteMs: 600_000, searchMs: 600_000, proposeMs: 600_000 },
  });
  const client = createOfficialAccountClient({ ask: harness.request, now: time.now });
  return { ...client, harness, time, wechat };
}

describe("the door of the official account", () => {
  test("is closed where no account is set up", async () => {
    const { request, now } = await createHarness();
    const { get, send, queryOf, person } = createOfficialAccountClient({ ask: request, now });
    expect((await get(await queryOf({ echostr: "e" }))).status).toBe(404);
    expect((await send(person().text("你好"))).status).toBe(404);
  });

  test("answers WeChat's check of the address with its echostr, and nobody else's", async () => {
    const { get, queryOf } = await scene();
    expect(await get(await queryOf({ echostr: "5412345678" }))).toEqual({ status: 200, body: "5412345678" });
    const query = await queryOf({ echostr: "e" });
    for (const wrong of [
      { signature: "0".repeat(40) },
      { nonce: "other" },
      { timestamp: "1" },
      { signature: "" },
    ])
      expect((await get({ ...query, ...wrong })).status, JSON.stringify(wrong)).toBe(403);
    expect((await get({ echostr: "e" })).status).toBe(403);
  });

  test("takes no message whose signature is wrong, too old, or was used for another one", async () => {
    const { post, xmlOf, queryOf, person, harness, time } = await scene();
    const body = xmlOf(person().text("我要举报"));
    const query = await queryOf();
    const old = String(Math.floor(time.now().getTime() / 1000) - 301);
    for (const wrong of [
      { ...query, signature: "0".repeat(40) },
      { ...query, signature: "" },
      {},
      await queryOf({ timestamp: old }),
      await queryOf({ timestamp: "soon" }),
    ])
      expect((await post(body, wrong)).status, JSON.stringify(wrong)).toBe(403);
    expect(await harness.db.sql.select().from(officialAccountMessages)).toEqual([]);

    expect((await post(body, query)).status).toBe(200);
    // Plain mode signs no body: one that was overheard carries no other.
    expect((await post(xmlOf(person().text("转账")), query)).status).toBe(403);
    expect((await post(body, query)).status).toBe(200);
  });

  test("speaks encrypted where it is spoken to so, and opens nothing that is not for it", async () => {
    const { sendEncrypted, post, queryOf, person, harness } = await scene();
    const answer = await sendEncrypted(person().text("你好"));
    expect(answer.text).toContain("知识产权保护");
    const query = { ...(await queryOf({ encrypt_type: "aes" })), msg_signature: "0".repeat(40) };
    expect((await post("<xml><Encrypt>AAAA</Encrypt></xml>", query)).status).toBe(403);
    const rows = await harness.db.sql.select().from(officialAccountMessages);
    expect(rows).toHaveLength(1);
    expect(Buffer.from(rows[0]?.sealedAnswer ?? []).includes(Buffer.from("知识产权"))).toBe(false);
  });

  test("leads from the first word to a filed report, by words and by the numbers of options", async () => {
    const { person, harness } = await scene();
    const p = person();
    expect((await p.say("你好")).text).toMatch(/\n\n回复数字就行：\n1 我要举报\n2 问个问题$/);
    expect((await p.say("1")).text).toContain("1 冒充专利、乱印专利号");
    await p.say("1");
    await p.say("南皮县兴盛五金厂");
    await p.say("活动扳手，包装上印着假的专利号");
    await p.say("没照片");
    await p.say("匿名");
    let answer = await p.say("就这些，提交");
    if (!/报告编号|编号/.test(answer.text ?? "")) answer = await p.say("确认提交");
    expect(answer.text).toMatch(/CZ/);
    const [row] = await harness.db.sql.select().from(cases);
    expect(row).toMatchObject({ officeCode: "130927", matter: "假冒专利" });
    expect(await harness.db.sql.$count(cases)).toBe(1);
  });
});

describe("kinds of messages", () => {
  test("a photo is fetched from the API by its media id, never from the address in the message, and kept as evidence", async () => {
    const { person, send, wechat, harness } = await scene();
    const p = person();
    await p.say("我要举报南皮县兴盛五金厂卖的扳手假冒专利");
    wechat.media.set("media-1", tinyPng(3));
    const photo = p.message({ MsgType: "image", MediaId: "media-1", PicUrl: `${wechat.url}/evil` });
    expect((await send(photo)).text).toBeDefined();
    const rows = await harness.db.sql.select().from(evidence);
    expect(rows).toMatchObject([{ mediaType: "image/png", bytes: tinyPng(3).length }]);
    expect(rows[0]?.ownerKey).not.toBeNull();
    expect(wechat.calls.map(({ path }) => path)).toEqual(["/cgi-bin/stable_token", "/cgi-bin/media/get"]);
  });

  test.each([
    ["is not there", undefined, "这张照片没有收到，请再发一次。"],
    ["is a program", new TextEncoder().encode("#!/bin/sh\nrm -rf /"), /收不了|没有收到/],
  ])("a photo that %s is told so", async (_, bytes, text) => {
    const { person, send, wechat, harness } = await scene();
    if (bytes !== undefined) wechat.media.set("m", bytes);
    const answer = await send(person().message({ MsgType: "image", MediaId: "m" }));
    expect(answer.text).toMatch(text);
    expect(await harness.db.sql.$count(evidence)).toBe(0);
  });

  test("no photo is taken where no report is", async () => {
    const { person, send, wechat } = await scene({ intakeOpen: false });
    const answer = await send(person().message({ MsgType: "image", MediaId: "m" }));
    expect(answer.text).toContain("收不了照片");
    expect(wechat.calls).toEqual([]);
  });

  test("voice, place, link, and what cannot be read", async () => {
    const { person, send } = await scene();
    const p = person();
    const say = async (fields: Record<string, string | number>) => (await send(p.message(fields))).text ?? "";
    expect(await say({ MsgType: "voice", Recognition: "外观设计专利保护几年？", MediaId: "v" })).toContain(
      "15年",
    );
    expect(await say({ MsgType: "voice", Recognition: "", MediaId: "v" })).toContain("请改用文字");
    await p.say("我要举报有人卖假冒专利的扳手");
    const place = {
      MsgType: "location",
      Location_X: "38.0367",
      Location_Y: "116.7083",
      Scale: "15",
      Label: "",
    };
    expect(await say(place)).toContain("南皮");
    expect(await say({ ...place, Location_X: "999" })).toContain("看不了");
    expect(
      await say({ MsgType: "link", Title: "扳手", Description: "", Url: "https://example.com/1" }),
    ).not.toBe("");
    for (const MsgType of ["video", "shortvideo", "file", "", "music"])
      expect(await say({ MsgType, MediaId: "x" })).toContain("看不了");
  });

  test("the QR code of a market fills in the place, for who follows already and who begins to", async () => {
    const { person, send, harness } = await scene();
    for (const event of [
      { name: "SCAN", key: "market:mingzhu-trade-city" },
      { name: "subscribe", key: "qrscene_market:mingzhu-trade-city:A12" },
      { name: "SCAN", key: "mingzhu-trade-city" },
    ]) {
      const p = person();
      const answer = await send(p.event(event.name, { EventKey: event.key, Ticket: "t" }));
      expect(answer.text).toContain("登记");
      const next = await harness.person(p.openid).say("有个摊子卖的充电器冒充专利");
      expect(next.form?.slots).toMatchObject({ market: "明珠商贸城", county: "新华区" });
      if (event.key.endsWith("A12")) expect(next.form?.slots.stall).toContain("A12");
    }
  });

  test("who begins to follow is greeted; other events get no answer", async () => {
    const { person, send } = await scene();
    expect((await send(person().event("subscribe", { EventKey: "" }))).text).toContain("您好");
    expect((await send(person().event("SCAN", { EventKey: "12345" }))).text).toContain("您好");
    expect((await send(person().event("CLICK", { EventKey: "report" }))).text).toContain("登记");
    const silent: [string, Record<string, string>][] = [
      ["unsubscribe", {}],
      ["VIEW", { EventKey: "https://example.com" }],
      ["LOCATION", { Latitude: "38.3", Longitude: "116.8" }],
      ["CLICK", { EventKey: "of an older menu" }],
      ["TEMPLATESENDJOBFINISH", { Status: "success" }],
    ];
    for (const [name, fields] of silent)
      expect(await send(person().event(name, fields)), name).toEqual({
        status: 200,
        body: "success",
        text: undefined,
      });
  });
});

/** A model that answers whoever says `mark` only when it is let, and then has nothing to say. */
function createSlowModel(mark: string) {
  const { promise: allowed, resolve: allow } = Promise.withResolvers<void>();
  async function complete(prompt: Prompt): Promise<string> {
    if (prompt.user.includes(mark)) await allowed;
    throw new ModelError("garbage");
  }
  const model: LanguageModel = {
    modelId: "slow",
    complete,
    // biome-ignore lint/correctness/useYield: it never has anything to say
    async *stream(prompt) {
      await complete(prompt);
    },
  };
  return { model, allow };
}

describe("a storm of deliveries", () => {
  test("each message is answered once within 5 s or pushed, and each confirmed report is one case", async () => {
    const { model: languageModel, allow } = createSlowModel("上个月");
    const { person, send, harness, time, wechat } = await scene({ languageModel });
    const people = Array.from({ length: scale(30, 200) }, () => person());
    const random = createRandom(20_261_126);
    const telling = (when: string) =>
      `${when}赶集，皮影佬还是老样子，东西上头写着专利，俺查了一下早就没了，我要举报`;
    /** Half of the people open with what takes long: one message in ten. */
    const lines = [
      (n: number) => telling(n % 2 === 0 ? "上个月" : "前两天"),
      () => "献县商林乡",
      () => "没照片",
      () => "匿名",
      () => "确认",
    ];

    let seen = 0;
    let slow = 0;
    for (const line of lines) {
      const deliveries = people.flatMap(({ text }, n) => {
        const message = text(line(n));
        const times = 1 + Math.floor(random() * 3);
        return Array.from({ length: times }, () => ({ n, message }));
      });
      shuffle(deliveries, random);
      const before = wechat.delivered.length;
      const open = { count: deliveries.length };
      const answering = deliveries.map(async ({ n, message }) => {
        const sentAt = time.now().getTime();
        const answer = await send(message);
        open.count -= 1;
        return { n, answer, tookMs: time.now().getTime() - sentAt };
      });
      await letTimePass(time, open);
      const answers = await Promise.all(answering);
      const late = people.filter(
        (_, n) => !answers.some((one) => one.n === n && one.answer.text !== undefined),
      );
      allow();
      await expect
        .poll(() => wechat.delivered.length - before, { interval: 5, timeout: 20_000 })
        .toBe(late.length);

      slow += late.length;
      expect(answers.filter(({ answer }) => answer.status !== 200)).toEqual([]);
      expect(Math.max(...answers.map(({ tookMs }) => tookMs))).toBeLessThanOrEqual(5_000);
      for (const [n, { openid }] of people.entries()) {
        const passive = answers.filter((one) => one.n === n && one.answer.text !== undefined);
        const pushed = wechat.delivered.slice(before).filter(({ touser }) => touser === openid);
        expect(passive.length + pushed.length, `${line(n)} of ${openid}`).toBe(1);
        seen += 1;
      }
    }
    expect(seen).toBe(people.length * lines.length);
    expect(slow).toBeGreaterThanOrEqual(seen / 10);
    expect(await harness.db.sql.$count(cases)).toBe(people.length);
    expect(await harness.db.sql.$count(officialAccountMessages)).toBe(seen);
  });
});

/** Lets time pass whenever nothing more happens by itself, until no delivery is open. */
async function letTimePass(time: FakeTime, open: { count: number }): Promise<void> {
  for (let before = -1; open.count > 0; ) {
    await new Promise((resolve) => setTimeout(resolve, 60));
    const [next] = time.waits();
    // A call of the API under way has its 5 s before it: it is let end.
    const isCalling = time.waits().includes(5_000);
    if (open.count === before && next !== undefined && !isCalling) await time.pass(next);
    before = open.count;
  }
}

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

function shuffle<T>(list: T[], random: () => number): void {
  for (let at = list.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [list[at], list[other]] = [list[other] as T, list[at] as T];
  }
}
