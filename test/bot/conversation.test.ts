import { sql } from "drizzle-orm";
import { FileBox } from "file-box";
import { describe, expect, onTestFinished, test } from "vitest";
import { shippedBotTexts } from "../../src/channels/wechaty/bot-texts.ts";
import { createHarness, type Harness, tinyPng } from "../support/harness.ts";
import { createWechatyStage, wechatyTypes as types, type WechatyStage } from "../support/wechaty-stage.ts";

const texts = shippedBotTexts();

/** What stands in the database of a harness. */
async function stored({ db }: Harness) {
  const count = async (table: string) => {
    const [row] = await db.sql.all<{ n: number }>(sql.raw(`SELECT count(*) AS n FROM ${table}`));
    return row?.n;
  };
  return { reports: await count("reports"), evidence: await count("evidence") };
}

type Asked = { path: string; body: string };

/** The bot in front of the real app. `fault` may stand in the way of a request. */
async function createScene(fault?: (nth: number) => "none" | "before" | "after") {
  const harness = await createHarness();
  const asked: Asked[] = [];
  const stage = await createWechatyStage({
    fetch: async (input, init) => {
      const path = new URL(input).pathname;
      asked.push({ path, body: typeof init.body === "string" ? init.body : "" });
      const kind = fault?.(asked.length) ?? "none";
      if (kind === "before") throw new TypeError("fetch failed");
      const response = await harness.request(path, init);
      if (kind === "after") throw new TypeError("fetch failed");
      return response;
    },
  });
  onTestFinished(() => stage.stop());
  return { harness, stage, asked };
}

const png = (mark: number) => FileBox.fromBase64(Buffer.from(tinyPng(mark)).toString("base64"), "现场.png");

/** Tells a whole report up to its summary; returns what the bot said last. */
async function tellReport(stage: WechatyStage): Promise<string> {
  await stage.ask("南皮县王寺镇的华盛铸件厂在产品上印假的专利号");
  await stage.ask("匿名举报");
  return (await stage.ask("就这些")).join("\n");
}

describe("in a private chat", () => {
  test("a question is answered", async () => {
    const { stage } = await createScene();

    expect((await stage.ask("外观设计专利保护几年")).join()).toMatch(/15\s*年|十五年/);
  });

  test("options are numbered lines, and the digit is the choice: a report is filed by it", async () => {
    const { harness, stage, asked } = await createScene();

    const summary = await tellReport(stage);
    expect(summary).toMatch(/\n1\. \S+\n2\. \S+\n回复数字/);
    const filed = await stage.ask("１");

    expect(asked.at(-1)?.body).toContain('{"type":"choice","id":"confirm"}');
    expect(filed.join()).toMatch(/CZ-/);
    expect(await stored(harness)).toMatchObject({ reports: 1 });
  });

  test("a picture is stored as evidence and goes with the report, so does a document that has no known type", async () => {
    const { harness, stage } = await createScene();
    await stage.ask("南皮县王寺镇的华盛铸件厂在产品上印假的专利号");

    await stage.after(() => stage.li.say(png(1)).to(stage.self));
    const pdf = FileBox.fromBase64(Buffer.from("%PDF-1.4\n%%EOF").toString("base64"), "宣传册.pdf");
    await stage.after(() => stage.li.say(pdf).to(stage.self));
    await stage.ask("匿名举报");
    const filed = await stage.ask("确认");

    expect(filed.join()).toMatch(/CZ-/);
    expect(await stored(harness)).toMatchObject({ reports: 1, evidence: 2 });
  });

  test("what the service does not take is told in its words, and a file that is too large never sent", async () => {
    const { stage, asked } = await createScene();

    const program = FileBox.fromBase64(Buffer.from("MZ not a program").toString("base64"), "a.bin");
    expect((await stage.after(() => stage.li.say(program).to(stage.self)))[0]?.text).toMatch(/收不了/);
    expect((await stage.ask("长".repeat(4001)))[0]).toMatch(/4000/);
    const before = asked.length;
    const large = FileBox.fromBase64(Buffer.alloc(30 * 1024 * 1024 + 3).toString("base64"), "a.mp4");
    expect((await stage.after(() => stage.li.say(large).to(stage.self)))[0]?.text).toBe(texts.fileTooLarge);
    expect(asked.length).toBe(before);
  });

  test("a place and a page are told to the service; a voice and a chat record are asked for in another form", async () => {
    const { stage, asked } = await createScene();

    await stage.after(() => stage.arrive({ type: types.Message.Location }));
    expect(JSON.parse(asked.at(-1)?.body ?? "")).toMatchObject({
      content: {
        type: "location",
        latitude: 38.04,
        longitude: 116.7,
        label: "王寺镇政府 南皮县王寺镇",
      },
    });
    await stage.after(() => stage.arrive({ type: types.Message.Url }));
    expect(JSON.parse(asked.at(-1)?.body ?? "")).toMatchObject({
      content: { type: "text", text: "外观设计专利保护几年 https://example.cn/a?b=1" },
    });
    expect(asked).toHaveLength(2);
    expect((await stage.after(() => stage.arrive({ type: types.Message.Audio })))[0]?.text).toBe(texts.voice);
    expect((await stage.after(() => stage.arrive({ type: types.Message.ChatHistory })))[0]?.text).toBe(
      texts.unsupported,
    );
    expect(asked).toHaveLength(2);
  });

  test("a quoted message is not the speaker's", async () => {
    const { stage, asked } = await createScene();

    await stage.ask("「小王：我叫霍玉兰」\n- - - - - - - - - - - - - - -\n外观设计保护几年");

    expect(asked.at(-1)?.body).not.toContain("霍玉兰");
  });

  test("who asks to be a friend is accepted and greeted, once", async () => {
    const { stage } = await createScene();
    const { puppet } = stage;
    const befriended = (type: types.Friendship, id: string) => {
      puppet.friendships.set(id, { id, contactId: "wang", type, hello: "", timestamp: Date.now() });
      puppet.emit("friendship", { friendshipId: id });
    };
    const greeted = new Promise<void>((resolve) => {
      const say = puppet.messageSendText.bind(puppet);
      puppet.messageSendText = async (...words) => {
        await say(...words);
        resolve();
      };
    });

    befriended(types.Friendship.Receive, "f1");
    await greeted;
    befriended(types.Friendship.Confirm, "f2");
    await stage.ask("你好");

    expect(puppet.accepted).toEqual(["f1"]);
    expect(puppet.sent.filter(({ text }) => text === texts.greeting)).toHaveLength(1);
    expect(puppet.sent[0]).toMatchObject({ to: "wang", text: texts.greeting });
  });
});

describe("in a group", () => {
  test("it answers who mentions it, in the room and by name, and nobody else", async () => {
    const { stage, asked } = await createScene();

    expect(await stage.after(() => stage.li.say("外观设计专利保护几年").to(stage.room))).toEqual([]);
    expect(asked).toEqual([]);
    const heard = await stage.after(() =>
      stage.li.say("@知权助手\u2005外观设计专利保护几年", [stage.self]).to(stage.room),
    );

    expect(heard[0]).toMatchObject({ to: "market@chatroom", mentions: ["li"] });
    expect(heard[0]?.text).toMatch(/^@老李 [\s\S]*(15\s*年|十五年)/);
    expect(JSON.parse(asked[0]?.body ?? "")).toMatchObject({
      channel: "wechaty_group",
      userId: "li",
      roomId: "market@chatroom",
      mentioned: true,
      content: { type: "text", text: "外观设计专利保护几年" },
    });
  });

  test("it asks for nothing personal: who wants to report is asked to write alone", async () => {
    const { harness, stage } = await createScene();

    const heard = await stage.after(() =>
      stage.li.say("@知权助手 我要举报华盛铸件厂假冒专利，我叫霍玉兰", [stage.self]).to(stage.room),
    );

    expect(heard.map(({ text }) => text).join()).toMatch(/私聊/);
    expect(heard.map(({ text }) => text).join()).not.toMatch(/霍玉兰|电话|称呼/);
    expect(await stored(harness)).toMatchObject({ reports: 0 });
  });

  test("a bare mention gets a sentence, and each member has a conversation", async () => {
    const { stage, asked } = await createScene();

    const bare = await stage.after(() => stage.li.say("@知权助手", [stage.self]).to(stage.room));
    expect(bare[0]?.text).toContain(texts.mentionedOnly);
    expect(asked).toEqual([]);
    await stage.after(() => {
      stage.li.say("@知权助手 假冒专利怎么罚", [stage.self]).to(stage.room);
      stage.wang.say("@知权助手 专利保护几年", [stage.self]).to(stage.room);
    }, 2);
    expect(asked.map(({ body }) => JSON.parse(body).userId).sort()).toEqual(["li", "wang"]);
  });
});

describe("what is not for it", () => {
  test("own, old and unsupported messages are dropped, as are those of WeChat's own accounts", async () => {
    const { stage, asked } = await createScene();
    stage.mocker.createContact({ id: "weixin", name: "微信团队" });
    stage.mocker.createContact({ id: "gh_1", name: "某公众号", type: types.Contact.Official });

    const heard = await stage.after(() => {
      stage.self.say("我自己说的").to(stage.li);
      stage.arrive({ type: types.Message.Text, text: "昨天说的", timestamp: Date.now() - 61_000 });
      stage.arrive({ type: types.Message.Emoticon });
      stage.arrive({ type: types.Message.RedEnvelope });
      stage.arrive({ type: types.Message.Unknown, text: "系统提示" });
      stage.arrive({ type: types.Message.Text, text: "登录提醒", from: "weixin" });
      stage.arrive({ type: types.Message.Text, text: "推文", from: "gh_1" });
    }, 7);

    expect(heard).toEqual([]);
    expect(asked).toEqual([]);
    expect(stage.dropped().sort()).toEqual([
      "account",
      "account",
      "old",
      "own",
      "unsupported",
      "unsupported",
      "unsupported",
    ]);
  });

  test("a message that is delivered three times is answered once", async () => {
    const { stage, asked } = await createScene();

    const heard = await stage.after(() => {
      const id = stage.arrive({ type: types.Message.Text, text: "外观设计专利保护几年" });
      stage.redeliver(id);
      stage.redeliver(id);
    }, 3);

    expect(heard).toHaveLength(1);
    expect(asked).toHaveLength(1);
  });
});

describe("when something fails", () => {
  test("a handler's exception ends nothing: the next message is answered", async () => {
    const { stage } = await createScene();
    const { puppet } = stage;
    puppet.failures.push(new Error("霍玉兰"), new Error("霍玉兰"));

    expect(await stage.ask("外观设计专利保护几年")).toEqual([]);
    expect(stage.events.map(({ event }) => event)).toContain("handler_failed");
    expect(JSON.stringify(stage.events)).not.toContain("霍玉兰");
    expect((await stage.ask("发明专利保护几年")).join()).toMatch(/20\s*年|二十年/);
    puppet.failures.push(new Error("once"));
    expect((await stage.ask("实用新型保护几年")).join()).toMatch(/10\s*年|十年/);
  });

  test("a file that cannot be fetched is asked for again", async () => {
    const { stage } = await createScene();

    const heard = await stage.after(() => stage.arrive({ type: types.Message.Image }));

    expect(heard[0]?.text).toBe(texts.fileUnreadable);
  });

  test("while the service is away the person is told so, and afterwards answered", async () => {
    const { harness, stage, asked } = await createScene((nth) => (nth <= 2 ? "before" : "none"));

    expect(await stage.ask("外观设计专利保护几年")).toEqual([texts.away]);
    expect(asked).toHaveLength(2);
    expect(asked[0]?.body).toBe(asked[1]?.body);
    expect((await stage.ask("外观设计专利保护几年")).join()).toMatch(/15\s*年|十五年/);
    expect(await stored(harness)).toMatchObject({ reports: 0 });
  });

  test("an answer that got lost on its way is fetched again: one report, one answer", async () => {
    const failing = { next: false };
    const { harness, stage } = await createScene(() => {
      if (!failing.next) return "none";
      failing.next = false;
      return "after";
    });
    await tellReport(stage);

    failing.next = true;
    const filed = await stage.ask("1");

    expect(filed.join().match(/CZ-/g)?.length).toBeGreaterThan(0);
    expect(await stored(harness)).toMatchObject({ reports: 1 });
  });

  test("a gateway that is gone leaves the message in hand, and says so", async () => {
    const { stage } = await createScene();
    stage.puppet.failures.push(Object.assign(new Error("14 UNAVAILABLE: …"), { code: 14 }));

    expect(await stage.ask("外观设计专利保护几年")).toEqual([]);
    expect(stage.lost).toHaveLength(1);
  });
});

describe("after another process ended", () => {
  test("what it left is answered if the gateway still knows it, else the person is asked to repeat it", async () => {
    const harness = await createHarness();
    const left = { talkerId: "li", addressed: true, left: 1 };
    const stage = await createWechatyStage({
      fetch: async (input, init) => harness.request(new URL(input).pathname, init),
      notes: {
        inHand: [
          { ...left, messageId: "known" },
          { ...left, messageId: "forgotten" },
          { ...left, messageId: "not-meant", talkerId: "wang", roomId: "market@chatroom", addressed: false },
        ],
        settled: ["answered"],
        offered: [["|li", [{ id: "report", label: "我要举报" }]]],
      },
    });
    onTestFinished(() => stage.stop());
    const { mocker } = stage;
    const past = {
      talkerId: "li",
      listenerId: "bot",
      timestamp: Date.now() - 90_000,
      type: types.Message.Text,
    };
    mocker.MessageMock.create({ ...past, id: "known", text: "1" });
    mocker.MessageMock.create({ ...past, id: "answered", text: "你好", timestamp: Date.now() });

    const heard = await stage.after(() => void stage.conversation.resume(stage.bot), 3);
    const again = await stage.after(() => {
      stage.redeliver("answered");
    });

    expect(heard.map(({ to }) => to)).toEqual(["li", "li"]);
    expect(heard.map(({ text }) => text)).toContain(texts.interrupted);
    expect(heard.find(({ text }) => text !== texts.interrupted)?.text).toMatch(/谁|哪|什么/);
    expect(again).toEqual([]);
  });
});
