import { types, WechatyBuilder, log as wechatyLog } from "wechaty";
import { mock, PuppetMock } from "wechaty-puppet-mock";
import { shippedBotTexts } from "../../src/channels/wechaty/bot-texts.ts";
import { createConversationBot } from "../../src/channels/wechaty/conversation-plugin.node.ts";
import { createNotebook, type Notes } from "../../src/channels/wechaty/notebook.ts";
import { createServiceClient } from "../../src/channels/wechaty/service-client.ts";
import type { Clock } from "../../src/core/clock.ts";
import type { Log, LogFields } from "../../src/core/log.ts";
import { channelToken } from "./harness.ts";

export type Heard = { to: string; text: string; mentions: readonly string[] };

type Place = { latitude: number; longitude: number; name: string; address: string };

/** The sayings that count as the end of a message: it was answered, dropped, or failed. */
const endings = new Set(["message_answered", "message_dropped", "handler_failed", "interruption_told"]);

/** A puppet that tells what it is told to send, and knows of places, pages and friends. */
class StagePuppet extends PuppetMock {
  readonly sent: Heard[] = [];
  /** Thrown by the next attempts to send, one each. */
  readonly failures: Error[] = [];
  readonly accepted: string[] = [];
  readonly friendships = new Map<string, unknown>();
  /** Where messages of a place point, by their id; all others to the same. */
  readonly places = new Map<string, Place>();

  override async messageSendText(to: string, text: string, mentions: string[] = []): Promise<void> {
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    this.sent.push({ to, text, mentions });
  }

  override async messageLocation(id: string) {
    const usual = { latitude: 38.04, longitude: 116.7, name: "王寺镇政府", address: "南皮县王寺镇" };
    return { accuracy: 15, ...(this.places.get(id) ?? usual) };
  }

  override async messageUrl() {
    return { title: "外观设计专利保护几年", url: "https://example.cn/a?b=1" };
  }

  override async friendshipRawPayload(id: string) {
    return this.friendships.get(id);
  }

  override async friendshipAccept(id: string): Promise<void> {
    this.accepted.push(id);
  }
}

/**
 * The wechaty adapter in this process: a real bot on a puppet of the mock, and in front of the service what `fetch` is.
 * `老李` and `小王` talk to it, alone or in the group.
 */
export async function createWechatyStage({
  fetch,
  notes,
  now = () => new Date(),
}: {
  fetch: (input: string, init: RequestInit) => Promise<Response>;
  /** What an earlier process left. */
  notes?: Notes;
  now?: Clock;
}) {
  wechatyLog.level("silent");
  const mocker = new mock.Mocker();
  const puppet = new StagePuppet({ mocker });
  const events: { event: string; fields: LogFields | undefined }[] = [];
  const watchers = new Set<() => void>();
  const note = (event: string, fields?: LogFields) => {
    events.push({ event, fields });
    for (const watch of watchers) watch();
  };
  const log: Log = { debug: note, info: note, warn: note, error: note };
  const lost: unknown[] = [];
  const conversation = createConversationBot({
    service: createServiceClient({
      url: "http://service.test",
      tokens: { wechaty_private: channelToken, wechaty_group: channelToken },
      fetch,
      log,
      retryAfterMs: 0,
    }),
    texts: shippedBotTexts(),
    log,
    now,
    notebook: createNotebook(notes === undefined ? {} : { from: notes }),
    gatewayLost: (error) => void lost.push(error),
  });
  const bot = WechatyBuilder.build({ puppet });
  bot.use(conversation.plugin);
  bot.on("error", () => note("wechaty_error"));
  await bot.start();
  const self = mocker.createContact({ id: "bot", name: "知权助手" });
  const li = mocker.createContact({ id: "li", name: "老李" });
  const wang = mocker.createContact({ id: "wang", name: "小王" });
  const room = mocker.createRoom({
    id: "market@chatroom",
    topic: "市场群",
    memberIdList: [self.id, li.id, wang.id],
  });
  const loggedIn = new Promise<void>((resolve) => bot.once("login", () => resolve()));
  mocker.login(self);
  await loggedIn;

  /** Resolves when `count` more messages have come to their end. */
  function ended(count: number): Promise<void> {
    const until = events.filter(({ event }) => endings.has(event)).length + count;
    return new Promise((resolve) => {
      const watch = () => {
        if (events.filter(({ event }) => endings.has(event)).length < until) return;
        watchers.delete(watch);
        resolve();
      };
      watchers.add(watch);
    });
  }

  /** Does something and returns what the bot says until `count` messages have come to their end. */
  async function after(act: () => void, count = 1): Promise<Heard[]> {
    const before = puppet.sent.length;
    const done = ended(count);
    act();
    await done;
    return puppet.sent.slice(before);
  }

  let made = 0;
  /** A message of any type from 老李, as a puppet would tell of it. */
  function arrive(payload: {
    type: types.Message;
    text?: string;
    timestamp?: number;
    id?: string;
    from?: string;
  }) {
    made += 1;
    const { id = `made-${made}`, from = li.id, timestamp = Date.now(), ...rest } = payload;
    mocker.MessageMock.create({ id, talkerId: from, listenerId: self.id, timestamp, ...rest });
    puppet.emit("message", { messageId: id });
    return id;
  }

  return {
    bot,
    mocker,
    puppet,
    self,
    li,
    wang,
    room,
    events,
    lost,
    conversation,
    after,
    arrive,
    /** Emits a message once more. */
    redeliver: (messageId: string) => puppet.emit("message", { messageId }),
    /** What the bot answers to a text of 老李. */
    ask: async (text: string) => (await after(() => li.say(text).to(self))).map((heard) => heard.text),
    dropped: () =>
      events.filter(({ event }) => event === "message_dropped").map(({ fields }) => fields?.code),
    stop: () => bot.stop(),
  };
}

export type WechatyStage = Awaited<ReturnType<typeof createWechatyStage>>;

export { types as wechatyTypes };
