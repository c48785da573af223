import { describe, expect, onTestFinished, test } from "vitest";
import {
  createOfficialAccountDoor,
  createOfficialAccountPush,
} from "../../src/channels/official-account/door.ts";
import { officialAccountRoutes } from "../../src/channels/official-account/official-account-routes.ts";
import { officialAccountMessages, officialAccountUsers } from "../../src/channels/official-account/schema.ts";
import type { Message } from "../../src/conversation/message.ts";
import { silentLog } from "../../src/core/log.ts";
import { createNewId, randomBytes } from "../../src/core/new-id.ts";
import { createErrorHandler } from "../../src/http/problem.ts";
import { createAccessTokenRepository } from "../../src/wechat/access-token-repository.ts";
import { createAccessTokens } from "../../src/wechat/access-tokens.ts";
import { createFakeTime } from "../support/fake-time.ts";
import { fakeWechatSecrets, startFakeWechat } from "../support/fake-wechat.ts";
import { createHarness } from "../support/harness.ts";
import {
  createOfficialAccountClient,
  type DoorAnswer,
  officialAccountAesKey,
  officialAccountAppId,
  officialAccountToken,
} from "../support/official-account.ts";
import { scale } from "../support/scale.ts";

const custom = "/cgi-bin/message/custom/send";
type Reply = { type: "text"; text: string; options?: { id: string; label: string }[] };

/** A conversation that answers what a test wants, when it wants. */
function scriptedConversation() {
  const heard: Message[] = [];
  const holds = new Map<string, { promise: Promise<void>; release: () => void }>();
  let replies: (text: string) => Reply[] = (text) => [{ type: "text", text: `听到：${text}` }];
  const textOf = ({ content }: Message) =>
    content.type === "text" ? content.text : content.type === "choice" ? content.id : content.type;
  return {
    heard,
    /** What it replies from now on. */
    reply(next: (text: string) => Reply[]) {
      replies = next;
    },
    /** Keeps the answer to this text back until `release`. */
    hold(text: string) {
      const { promise, resolve } = Promise.withResolvers<void>();
      holds.set(text, { promise, release: resolve });
      return { release: resolve };
    },
    async answer(message: Message): Promise<string> {
      heard.push(message);
      const text = textOf(message);
      await holds.get(text)?.promise;
      const answer = { state: "idle", replies: replies(text), intents: [], form: null, citations: [] };
      return JSON.stringify({ ...answer, outcome: null, confidence: null, reports: [] });
    },
  };
}

/** The door before a scripted conversation, on the real database, as one process or more. */
async function scene({ canPush = true } = {}) {
  const time = createFakeTime();
  const wechat = await startFakeWechat();
  onTestFinished(() => wechat.stop());
  const { db, vault } = await createHarness();
  const conversation = scriptedConversation();
  const { now, wait } = time;
  const newId = createNewId();
  function process() {
    const settings = {
      token: officialAccountToken,
      aesKey: officialAccountAesKey,
      appId: officialAccountAppId,
      secret: canPush ? fakeWechatSecrets.app : undefined,
    };
    const push = createOfficialAccountPush(settings, {
      apiBase: wechat.url,
      tokens: createAccessTokens({ tokens: createAccessTokenRepository({ db, vault }), now, newId, wait }),
      fetch,
      db,
      vault,
      now,
      wait,
      log: silentLog,
    });
    const { door, service, sender } = createOfficialAccountDoor(settings, {
      push,
      db,
      vault,
      conversation,
      callers: { reporterKey: async () => "" },
      evidence: { store: () => Promise.reject(new Error("No photo is sent here.")) },
      intakeOpen: true,
      now,
      wait,
      newId,
      randomBytes,
      log: silentLog,
    });
    const app = officialAccountRoutes({ door, now, randomBytes });
    app.onError(createErrorHandler(silentLog));
    const client = createOfficialAccountClient({ ask: app.request, now });
    return { ...client, service, sender };
  }
  const first = process();
  return {
    ...first,
    process,
    time,
    wechat,
    conversation,
    db,
    /** Lets the 4 s of what is under way pass. */
    async passDeadline() {
      await time.untilWaiting(4_000);
      await time.pass(4_000);
    },
    pushed: () => wechat.delivered.map(({ text }) => text),
    rows: () => db.sql.select().from(officialAccountMessages),
  };
}

/** Goes on once `condition` holds: for what the door does after it has answered. */
const eventually = (condition: () => unknown) => expect.poll(condition, { interval: 5, timeout: 5_000 });
const isSilent = { status: 200, body: "success", text: undefined };

describe("five seconds", () => {
  test("an answer that takes longer than 4.0 s is acknowledged then, and pushed once when it is there", async () => {
    const { person, send, conversation, pushed, wechat, time, rows } = await scene();
    const { release } = conversation.hold("专利侵权怎么判");
    const p = person();
    const start = time.now().getTime();
    const answering = send(p.text("专利侵权怎么判"));
    await time.untilWaiting(4_000);
    await time.pass(3_999);
    expect(await Promise.race([answering, "waits"])).toBe("waits");
    await time.pass(1);
    expect(await answering).toEqual(isSilent);
    expect(time.now().getTime() - start).toBe(4_000);
    expect(pushed()).toEqual([]);

    release();
    await eventually(pushed).toEqual(["听到：专利侵权怎么判"]);
    expect(wechat.delivered[0]?.touser).toBe(p.openid);
    await eventually(async () => (await rows())[0]?.deliveredAt).not.toBeNull();
    expect((await rows())[0]).toMatchObject({ way: "push", shown: 1, failed: 0, sealedInbound: null });
  });

  test("where nothing can be pushed, the person asks: only 1 or 继续 fetches it, anything else is a new question", async () => {
    const { person, send, conversation, passDeadline, wechat } = await scene({ canPush: false });
    const { release } = conversation.hold("甲");
    const p = person();
    const notice = send(p.text("甲"));
    await passDeadline();
    expect((await notice).text).toBe("这个问题要多查一会儿。过几秒回复“1”，就能看到答复。");

    const other = await p.say("乙");
    expect(other.text).toBe("听到：乙");
    release();
    expect((await p.say("１")).text).toBe("听到：甲");
    // Fetched once: from then on it is a text like any other.
    expect((await p.say("1")).text).toBe("听到：1");
    expect((await p.say("继续")).text).toBe("听到：继续");
    expect(conversation.heard.map(({ content }) => "text" in content && content.text)).toEqual([
      "甲",
      "乙",
      "1",
      "继续",
    ]);
    expect(wechat.calls).toEqual([]);
  });

  test("who asks too early is told to wait, and gets it the next time", async () => {
    const { person, send, conversation, passDeadline, time } = await scene({ canPush: false });
    const { release } = conversation.hold("甲");
    const p = person();
    const notice = send(p.text("甲"));
    await passDeadline();
    await notice;
    const early = send(p.text("1"));
    await time.untilWaiting(2_000);
    await time.pass(2_000);
    expect((await early).text).toBe("还没有查完，请过几秒再回复“1”。");
    release();
    expect((await p.say("继续")).text).toBe("听到：甲");
  });
});

describe("what cannot be pushed", () => {
  test.each([
    ["the window is over", { kind: "errcode", errcode: 45015 }],
    ["the person refuses", { kind: "errcode", errcode: 48002 }],
    ["the line breaks and nobody knows", { kind: "drop", done: true }],
    ["the answer is no JSON", { kind: "malformed" }],
  ] as const)(
    "is not tried again where %s; the next answer says so, and 继续 fetches it",
    async (_, mishap) => {
      const { person, send, conversation, passDeadline, wechat, service, rows } = await scene();
      const { release } = conversation.hold("甲");
      const p = person();
      wechat.failAlways(custom, mishap);
      const answering = send(p.text("甲"));
      await passDeadline();
      expect(await answering).toEqual(isSilent);
      release();
      await eventually(async () => (await rows())[0]?.failed).toBe(1);
      wechat.failAlways(custom, undefined);
      await service.tend();
      expect(wechat.callsOf(custom)).toHaveLength(1);

      expect((await p.say("乙")).text).toBe("听到：乙\n\n（您前面一条的答复没有送到，回复“继续”查看）");
      expect((await p.say("丙")).text).toBe("听到：丙");
      expect((await p.say("继续")).text).toBe("听到：甲");
    },
  );

  test("is pushed later where the platform was busy or had too many calls", async () => {
    const { person, send, conversation, passDeadline, wechat, service, pushed, rows } = await scene();
    const { release } = conversation.hold("甲");
    const p = person();
    wechat.fail(custom, { kind: "errcode", errcode: 45011 });
    const answering = send(p.text("甲"));
    await passDeadline();
    await answering;
    release();
    await eventually(async () => (await rows())[0]?.worker).toBeNull();
    await eventually(() => wechat.callsOf(custom).length).toBe(1);
    await eventually(async () => (await rows())[0]?.leaseUntil).toBeNull();
    expect(pushed()).toEqual([]);
    expect(await service.tend()).toBe(1);
    expect(pushed()).toEqual(["听到：甲"]);
    expect(await service.tend()).toBe(0);
    expect(pushed()).toHaveLength(1);
  });

  test("an account without the right to push tells people to ask, once it has learned so", async () => {
    const { person, send, conversation, passDeadline, wechat, rows } = await scene();
    const holds = ["甲", "乙"].map((text) => conversation.hold(text));
    const [p, q] = [person(), person()];
    wechat.failAlways(custom, { kind: "errcode", errcode: 48001 });
    const first = send(p.text("甲"));
    await passDeadline();
    await first;
    holds[0]?.release();
    await eventually(async () => (await rows())[0]?.failed).toBe(1);
    const second = send(q.text("乙"));
    await passDeadline();
    expect((await second).text).toContain("回复“1”");
    holds[1]?.release();
    expect((await q.say("1")).text).toBe("听到：乙");
  });
});

describe("a message that comes more than once", () => {
  test("is heard once, whichever process gets it, and one delivery gets the answer", async () => {
    const { person, process, send, conversation, time, pushed } = await scene();
    const other = process();
    const message = person().text("甲");
    const { release } = conversation.hold("甲");
    const answering = [send(message), other.send(message), send(message), other.send(message)];
    await eventually(() => conversation.heard.length).toBe(1);
    release();
    // The other process looks for the answer every 200 ms.
    const all = Promise.all(answering);
    const polling = setInterval(() => void time.pass(200), 20);
    const answers = await all.finally(() => clearInterval(polling));
    const passive = answers.flatMap(({ text }) => (text === undefined ? [] : [text]));
    await eventually(() => [...passive, ...pushed()]).toEqual(["听到：甲"]);
    expect(conversation.heard).toHaveLength(1);
  });

  test("gets its answer again, to the letter, when WeChat repeats it after its five seconds", async () => {
    const { person, send, sendEncrypted, conversation, time } = await scene();
    const p = person();
    const message = { CreateTime: 1_795_399_200, ...p.text("甲") };
    const first = await send(message);
    expect(first.text).toBe("听到：甲");
    // At once it is only a copy: the answer is on its way.
    expect(await send(message)).toEqual(isSilent);
    await time.pass(5_000);
    expect(await send(message)).toEqual(first);
    await time.pass(5_000);
    expect((await sendEncrypted(message)).body).toBe(first.body);
    expect(conversation.heard).toHaveLength(1);
  });

  test("is silent again where the answer is pushed", async () => {
    const { person, send, conversation, passDeadline, time, pushed } = await scene();
    const message = person().text("甲");
    const { release } = conversation.hold("甲");
    const first = send(message);
    await passDeadline();
    expect(await first).toEqual(isSilent);
    await time.pass(1_000);
    const second = send(message);
    release();
    expect(await second).toEqual(isSilent);
    await eventually(pushed).toEqual(["听到：甲"]);
    await time.pass(5_000);
    expect(await send(message)).toEqual(isSilent);
    expect(pushed()).toHaveLength(1);
  });

  test("left behind by a process that died, is answered by the next chore, and pushed", async () => {
    const { person, send, conversation, process, time, pushed, db, service } = await scene();
    const message = person().text("甲");
    conversation.hold("甲");
    const lost = send(message);
    await eventually(() => conversation.heard.length).toBe(1);
    const other = process();
    await time.untilWaiting(4_000);
    await time.pass(4_000);
    expect(await lost).toEqual(isSilent);
    expect(await service.tend()).toBe(0);

    conversation.hold("甲").release();
    await time.pass(60_001);
    expect(await other.service.tend()).toBe(1);
    expect(pushed()).toEqual(["听到：甲"]);
    expect(conversation.heard).toHaveLength(2);
    const [row] = await db.sql.select().from(officialAccountMessages);
    expect(row?.deliveredAt).not.toBeNull();
  });

  test("events without an id are told apart by sender, time and kind", async () => {
    const { person, send, conversation } = await scene();
    const p = person();
    const tap = p.event("CLICK", { EventKey: "status", CreateTime: 1_795_399_200 });
    expect((await send(tap)).text).toBe("听到：查进度");
    expect(await send(tap)).toEqual(isSilent);
    expect((await send({ ...tap, CreateTime: 1_795_399_201 })).text).toBe("听到：查进度");
    expect((await send({ ...tap, FromUserName: "o-else" })).text).toBe("听到：查进度");
    expect(conversation.heard).toHaveLength(3);
  });
});

describe("long answers and options", () => {
  const long = (mark: string) => `${mark}${"专利权的保护范围以权利要求为准。".repeat(37)}`;
  const options = [
    { id: "county:南皮县", label: "南皮县" },
    { id: "county:献县", label: "献县" },
  ];

  test("an answer of several messages is pushed in order, each within 2,048 bytes, the options last", async () => {
    const { person, conversation, send, pushed } = await scene();
    conversation.reply((text) =>
      text === "长"
        ? [
            { type: "text", text: long("一") },
            { type: "text", text: long("二"), options },
          ]
        : [{ type: "text", text: `听到：${text}` }],
    );
    const p = person();
    expect(await send(p.text("长"))).toEqual(isSilent);
    await eventually(() => pushed().length).toBe(2);
    expect(pushed().every((text) => Buffer.byteLength(text) <= 2048)).toBe(true);
    expect(pushed()[0]?.[0]).toBe("一");
    expect(pushed()[1]).toMatch(/^二[\s\S]*\n\n回复数字就行：\n1 南皮县\n2 献县$/);
    await eventually(async () => (await p.say("2")).text).toBe("听到：county:献县");
  });

  test("where nothing can be pushed, 1 brings the rest, and then the numbers are the options'", async () => {
    const { person, conversation } = await scene({ canPush: false });
    conversation.reply((text) =>
      text === "长"
        ? [
            { type: "text", text: long("一") },
            { type: "text", text: long("二"), options },
          ]
        : [{ type: "text", text: `听到：${text}` }],
    );
    const p = person();
    const first = await p.say("长");
    expect(first.text).toMatch(/^一[\s\S]*（还有下文，回复“1”接着看）$/);
    expect(Buffer.byteLength(first.text ?? "")).toBeLessThanOrEqual(2048);
    expect((await p.say("1")).text).toMatch(/^二/);
    expect((await p.say("1")).text).toBe("听到：county:南皮县");
  });

  test("a number beyond the options, and one after they were answered, are said as they are", async () => {
    const { person, conversation } = await scene();
    conversation.reply((text) =>
      text === "选" ? [{ type: "text", text: "哪里？", options }] : [{ type: "text", text: `听到：${text}` }],
    );
    const p = person();
    expect((await p.say("选")).text).toBe("哪里？\n\n回复数字就行：\n1 南皮县\n2 献县");
    expect((await p.say("3")).text).toBe("听到：3");
    expect((await p.say("2")).text).toBe("听到：2");
    await p.say("选");
    expect((await p.say("２．")).text).toBe("听到：county:献县");
    expect(conversation.heard.at(-1)?.content).toEqual({ type: "choice", id: "county:献县" });
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

  test("reach a person by customer service within 48 hours of their last message, and not after", async () => {
    const { person, sender, time, pushed } = await scene();
    const p = person();
    expect(await sender?.send({ ...notice, recipient: p.openid })).toEqual({
      sent: false,
      retryable: false,
      reason: "outside_window",
    });
    await p.say("你好");
    await time.pass(48 * 60 * 60 * 1000);
    expect(await sender?.send({ ...notice, recipient: p.openid })).toEqual({ sent: true });
    expect(pushed()).toEqual([`${notice.title}\n${notice.text}`]);
    await time.pass(1);
    expect(await sender?.send({ ...notice, recipient: p.openid })).toMatchObject({
      reason: "outside_window",
    });
    await p.say("在");
    expect(await sender?.send({ ...notice, recipient: p.openid })).toEqual({ sent: true });
  });

  test.each([
    [
      { kind: "errcode", errcode: 45011 },
      { retryable: true, reason: "refused_45011" },
    ],
    [
      { kind: "errcode", errcode: 48002 },
      { retryable: false, reason: "recipient_refuses" },
    ],
    [
      { kind: "drop", done: true },
      { retryable: false, reason: "unreachable" },
    ],
  ] as const)("tell how %j ended", async (mishap, ending) => {
    const { person, sender, wechat } = await scene();
    const p = person();
    await p.say("你好");
    wechat.failAlways(custom, mishap);
    expect(await sender?.send({ ...notice, recipient: p.openid })).toEqual({ sent: false, ...ending });
    expect(wechat.callsOf(custom)).toHaveLength(1);
  });

  test("go to nobody who left", async () => {
    const { person, send, sender, db } = await scene();
    const p = person();
    await p.say("你好");
    await send(p.event("unsubscribe"));
    expect(await db.sql.select().from(officialAccountUsers)).toEqual([]);
    expect(await sender?.send({ ...notice, recipient: p.openid })).toMatchObject({ sent: false });
  });
});

describe("what anybody may send", () => {
  test("random and mutated bodies and queries are refused or answered, never with a failure of ours", async () => {
    const { post, get, queryOf, xmlOf, person, conversation } = await scene();
    const random = createRandom(7);
    const seeds = [
      xmlOf(person().text("我要举报南皮县兴盛五金厂")),
      xmlOf(person().event("subscribe", { EventKey: "qrscene_market:mingzhu-trade-city" })),
      xmlOf(
        person().message({ MsgType: "location", Location_X: "38.0", Location_Y: "116.7", Label: "南皮" }),
      ),
      xmlOf(person().message({ MsgType: "image", MediaId: "m", PicUrl: "http://127.0.0.1/" })),
      `<!DOCTYPE x [<!ENTITY a "1234567890"><!ENTITY b "&a;&a;&a;&a;">]><xml><FromUserName>o</FromUserName><MsgType>text</MsgType><MsgId>1</MsgId><Content>&b;</Content></xml>`,
      "<xml><ToUserName>g</ToUserName><Encrypt>AAAA</Encrypt></xml>",
      "",
    ];
    const statuses = new Map<number, number>();
    const count = scale(5_000, 100_000);
    for (let from = 0; from < count; from += 250) {
      const batch = Array.from({ length: Math.min(250, count - from) }, async (_, place) => {
        const n = from + place;
        const body = mutate(seeds[n % seeds.length] ?? "", random);
        const query = mutateQuery(
          await queryOf(n % 5 === 0 ? { encrypt_type: "aes", msg_signature: "00" } : {}),
          random,
        );
        return n % 10 === 9 ? get(query) : post(body, query);
      });
      for (const { status, body } of await Promise.all(batch)) {
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (body.includes("123456789012345678901234567890")) throw new Error("An entity was expanded.");
      }
    }
    expect([...statuses.keys()].filter((status) => ![200, 400, 403, 413].includes(status))).toEqual([]);
    // Enough came through the signature to try what lies behind it.
    expect(statuses.get(200) ?? 0).toBeGreaterThan(count / 50);
    expect(statuses.get(400) ?? 0).toBeGreaterThan(count / 10);
    expect(conversation.heard.length).toBeGreaterThan(count / 200);
  });

  test("what is too large is refused before it is read to its end", async () => {
    const { post, queryOf } = await scene();
    const { status }: DoorAnswer = await post(`<xml>${"x".repeat(70_000)}</xml>`, await queryOf());
    expect(status).toBe(413);
  });
});

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

const pieces = [
  "<",
  ">",
  "]]>",
  "<![CDATA[",
  "&#0;",
  "&lt;",
  "\u0000",
  "\ud800",
  "</xml>",
  "<a>",
  "é",
  "<!--",
  "<?",
  "1e999",
  "__proto__",
];

/** A text with one to four changes: characters cut, doubled, swapped for others, put in. One in five is noise. */
function mutate(text: string, random: () => number): string {
  const pick = (below: number) => Math.floor(random() * below);
  if (random() < 0.2) return String.fromCharCode(...Array.from({ length: pick(80) }, () => pick(0x3000)));
  let mutated = text;
  for (let change = pick(4); change >= 0; change--) {
    const [at, length] = [pick(mutated.length + 1), pick(20)];
    const put = [pieces[pick(pieces.length)] ?? "", mutated.slice(at, at + length), "9".repeat(length), ""][
      pick(4)
    ];
    mutated = mutated.slice(0, at) + put + mutated.slice(at + (random() < 0.5 ? length : 0));
  }
  return mutated;
}

/** Half of the queries stay good; of the others a member is changed, gone or doubled. */
function mutateQuery(query: Record<string, string>, random: () => number): Record<string, string> {
  if (random() < 0.5) return query;
  const names = [...Object.keys(query), "echostr", "x"];
  const name = names[Math.floor(random() * names.length)] ?? "x";
  return { ...query, [name]: mutate(query[name] ?? "", random) };
}
