import type { FileBoxInterface } from "file-box";
import { type Contact, type Friendship, type Message, type Room, types, type Wechaty } from "wechaty";
import type { Content } from "../../conversation/message.ts";
import type { Clock } from "../../core/clock.ts";
import { describeError, type Log } from "../../core/log.ts";
import { createSerial } from "../../core/serial.ts";
import type { BotTexts } from "./bot-texts.ts";
import { isGatewayLost } from "./gateway-failure.ts";
import { conversationKey, pageAsText, placeLabel, withoutQuotation } from "./inbound.ts";
import { createNotebook, type InHand, type Notebook } from "./notebook.ts";
import { chosenOption, renderReply } from "./options.ts";
import type { OutgoingFile, ServiceClient, Told, WechatyChannel } from "./service-client.ts";

/** A message that is older when it arrives is dropped: gateways send what was missed again, and nobody waits for it. */
const maxAgeMs = 60_000;

/** The largest file that is fetched, in bytes: as much as the service takes (API.md, "Reports"). */
const maxFileBytes = 30 * 1024 * 1024;

/** How often a message is tried again that a process left unanswered, before the person is asked to repeat it. */
const maxLeft = 2;

/** WeChat's own accounts, which speak to nobody. */
const systemAccounts: ReadonlySet<string> = new Set(["weixin", "filehelper", "fmessage", "newsapp"]);

const fileTypes: ReadonlySet<types.Message> = new Set([
  types.Message.Image,
  types.Message.Video,
  types.Message.Attachment,
]);

/** What a person may have meant as evidence, and is told that it cannot be read. */
const unreadableTypes: ReadonlySet<types.Message> = new Set([
  types.Message.ChatHistory,
  types.Message.Contact,
  types.Message.MiniProgram,
  types.Message.Post,
]);

/** What a message comes to: something for the service, a sentence of the bot's own, or nothing, for a reason. */
type Reading =
  | { kind: "content"; content: Content }
  | { kind: "say"; text: string }
  | { kind: "drop"; reason: string };

/** Where an answer goes: to the person, or in a group to the room, naming the person. */
type Chat = { talker: Contact; room: Room | undefined };

export type ConversationBot = {
  /** To be handed to `bot.use(…)` of any bot; returns what takes its listeners off again. */
  plugin: (bot: Wechaty) => () => void;
  /** Answers what an earlier process left in hand. To be called once the bot is logged in. */
  resume(bot: Wechaty): Promise<void>;
  /** Resolves when nothing is being worked on. */
  idle(): Promise<void>;
};

/**
 * A bot's part in the conversation: it carries what people say to the service, and the service's answers to them. No
 * failure of a handler leaves it, for an unhandled one would end the process.
 */
export function createConversationBot({
  service,
  texts,
  log,
  now,
  notebook = createNotebook(),
  gatewayLost = () => {},
  fileMs = 60_000,
}: {
  service: ServiceClient;
  texts: BotTexts;
  log: Log;
  now: Clock;
  notebook?: Notebook;
  /** Told when an answer could not be sent because the gateway is gone; the message stays in hand. */
  gatewayLost?: (error: unknown) => void;
  /** How long fetching a file may take. */
  fileMs?: number;
}): ConversationBot {
  const inTurn = createSerial();
  const working = new Set<Promise<void>>();
  const greeted = new Set<string>();

  /** Does work of a handler and keeps its failure to itself. */
  function safely(what: string, work: () => Promise<void>): Promise<void> {
    const done = (async () => {
      try {
        await work();
      } catch (error) {
        log.error("handler_failed", { code: what, ...describeError(error) });
        if (isGatewayLost(error)) gatewayLost(error);
      }
    })();
    working.add(done);
    void done.then(() => working.delete(done));
    return done;
  }

  function drop(reason: string, messageId?: string): void {
    log.debug("message_dropped", { code: reason });
    if (messageId !== undefined) notebook.settle(messageId);
  }

  /** Sees to a new message. What is not for the bot is dropped before anything is asked or fetched. */
  async function receive(message: Message): Promise<void> {
    const arrivedAt = now().getTime();
    if (message.self()) return drop("own");
    if (arrivedAt - message.date().getTime() > maxAgeMs) return drop("old");
    const talker = message.talker();
    const room = message.room();
    if (talker.type() === types.Contact.Official || systemAccounts.has(talker.id)) return drop("account");
    const inHand: InHand = {
      messageId: message.id,
      talkerId: talker.id,
      roomId: room?.id,
      addressed: room === undefined,
      left: 0,
    };
    if (!notebook.take(inHand)) return drop("repeated");
    await inTurn(conversationKey(inHand), () => answer(message, { talker, room }));
  }

  async function answer(message: Message, chat: Chat): Promise<void> {
    const { talker, room } = chat;
    const channel: WechatyChannel = room === undefined ? "wechaty_private" : "wechaty_group";
    const key = conversationKey({ talkerId: talker.id, roomId: room?.id });
    if (room !== undefined) {
      if (!(await message.mentionSelf())) return drop("not_mentioned", message.id);
      notebook.address(message.id);
    }
    let reading: Reading;
    try {
      reading = await read(message, channel, key);
    } catch (error) {
      if (isGatewayLost(error)) throw error;
      log.warn("message_unreadable", { channel, code: String(message.type()), ...describeError(error) });
      const isFile = fileTypes.has(message.type()) || message.type() === types.Message.Unknown;
      reading = { kind: "say", text: isFile ? texts.fileUnreadable : texts.unsupported };
    }
    if (reading.kind === "drop") return drop(reading.reason, message.id);
    const sayings =
      reading.kind === "say" ? [reading.text] : await converse(message, chat, key, reading.content);
    await tell(chat, sayings);
    notebook.settle(message.id);
    log.info("message_answered", { channel, count: sayings.length });
  }

  /** What the service answers, as messages of plain text. */
  async function converse(message: Message, chat: Chat, key: string, content: Content): Promise<string[]> {
    const { talker, room } = chat;
    const told = await service.send({
      channel: room === undefined ? "wechaty_private" : "wechaty_group",
      userId: talker.id,
      ...(room === undefined ? {} : { roomId: room.id, mentioned: true }),
      messageId: message.id,
      sentAt: message.date().toISOString(),
      content,
    });
    if (told.kind !== "told") return [sentenceOf(told)];
    notebook.offer(
      key,
      told.value.flatMap(({ options }) => options ?? []),
    );
    return told.value.map((reply) => renderReply(reply, texts.choose));
  }

  const sentenceOf = (told: Exclude<Told<unknown>, { kind: "told" }>): string =>
    told.kind === "refused" ? told.detail : texts.away;

  async function read(message: Message, channel: WechatyChannel, key: string): Promise<Reading> {
    const type = message.type();
    if (type === types.Message.Text) {
      const said = withoutQuotation(
        channel === "wechaty_group" ? await message.mentionText() : message.text(),
      );
      if (said === "")
        return channel === "wechaty_group"
          ? { kind: "say", text: texts.mentionedOnly }
          : { kind: "drop", reason: "empty" };
      const chosen = chosenOption(said, notebook.offered(key));
      return {
        kind: "content",
        content: chosen === undefined ? { type: "text", text: said } : { type: "choice", id: chosen.id },
      };
    }
    if (type === types.Message.Audio) return { kind: "say", text: texts.voice };
    if (unreadableTypes.has(type)) return { kind: "say", text: texts.unsupported };
    if (type === types.Message.Location) {
      // `message.toLocation()` of wechaty 1.20 always throws: it makes a place that belongs to no bot.
      const place = await message.wechaty.puppet.messageLocation(message.id);
      const { latitude, longitude } = place;
      const label = placeLabel(place);
      return {
        kind: "content",
        content: { type: "location", latitude, longitude, ...(label === undefined ? {} : { label }) },
      };
    }
    if (type === types.Message.Url) {
      const page = await message.toUrlLink();
      return {
        kind: "content",
        content: { type: "text", text: pageAsText({ title: page.title(), url: page.url() }) },
      };
    }
    if (fileTypes.has(type)) return deliver(await message.toFileBox(), channel);
    if (type === types.Message.Unknown) {
      // Documents arrive as Unknown, and so does what is no file at all, such as WeChat's own notices.
      const box = await fileOf(message);
      return box === undefined ? { kind: "drop", reason: "unsupported" } : deliver(box, channel);
    }
    return { kind: "drop", reason: "unsupported" };
  }

  async function fileOf(message: Message): Promise<FileBoxInterface | undefined> {
    try {
      return await message.toFileBox();
    } catch (error) {
      if (isGatewayLost(error)) throw error;
      return undefined;
    }
  }

  async function deliver(box: FileBoxInterface, channel: WechatyChannel): Promise<Reading> {
    const file = await fetchFile(box, fileMs);
    if (file === undefined) return { kind: "say", text: texts.fileTooLarge };
    const stored = await service.upload(channel, file);
    return stored.kind === "told"
      ? { kind: "content", content: { type: "image", evidenceId: stored.value } }
      : { kind: "say", text: sentenceOf(stored) };
  }

  /** Sends messages one after the other; one that fails is tried once more. */
  async function tell({ talker, room }: Chat, sayings: readonly string[]): Promise<void> {
    const say = async (text: string) => {
      if (room === undefined) await talker.say(text);
      else await room.say(text, talker);
    };
    for (const text of sayings) {
      try {
        await say(text);
      } catch (error) {
        if (isGatewayLost(error)) throw error;
        log.warn("say_failed", describeError(error));
        await say(text);
      }
    }
  }

  async function befriend(friendship: Friendship): Promise<void> {
    const contact = friendship.contact();
    if (friendship.type() === types.Friendship.Receive) await friendship.accept();
    else if (friendship.type() !== types.Friendship.Confirm) return;
    // Some puppets tell both that one asked and that one is a friend now.
    if (greeted.has(contact.id)) return;
    greeted.add(contact.id);
    await contact.say(texts.greeting);
    log.info("friend_greeted");
  }

  async function resumeOne(bot: Wechaty, inHand: InHand): Promise<void> {
    const { messageId, talkerId, roomId, left } = inHand;
    const message = left <= maxLeft ? await bot.Message.find({ id: messageId }) : undefined;
    const talker = await bot.Contact.find({ id: talkerId });
    const room = roomId === undefined ? undefined : await bot.Room.find({ id: roomId });
    const isThere = talker !== undefined && (roomId === undefined || room !== undefined);
    if (!isThere || (message === undefined && !inHand.addressed)) return drop("gone", messageId);
    if (message !== undefined) return answer(message, { talker, room });
    // The last attempt: a person who cannot be written to is not carried from process to process for ever.
    if (left > maxLeft) notebook.settle(messageId);
    await tell({ talker, room }, [texts.interrupted]);
    notebook.settle(messageId);
    log.info("interruption_told");
  }

  return {
    plugin(bot) {
      const onMessage = (message: Message) => void safely("message", () => receive(message));
      const onFriendship = (friendship: Friendship) => void safely("friendship", () => befriend(friendship));
      bot.on("message", onMessage);
      bot.on("friendship", onFriendship);
      return () => {
        bot.off("message", onMessage);
        bot.off("friendship", onFriendship);
      };
    },

    async resume(bot) {
      const left = notebook.notes().inHand.filter((one) => one.left > 0);
      await Promise.all(
        left.map((one) => safely("resume", () => inTurn(conversationKey(one), () => resumeOne(bot, one)))),
      );
    },

    async idle() {
      while (working.size > 0) await Promise.all(working);
    },
  };
}

/** The bytes of a file, undefined if there are too many. @throws {Error} if it does not come within `timeoutMs`. */
async function fetchFile(box: FileBoxInterface, timeoutMs: number): Promise<OutgoingFile | undefined> {
  const signal = AbortSignal.timeout(timeoutMs);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error("The file did not come in time.")), {
      once: true,
    });
  });
  late.catch(() => undefined);
  const stream = await Promise.race([box.toStream(), late]);
  const stop = () => stream.destroy(new Error("The file did not come in time."));
  signal.addEventListener("abort", stop, { once: true });
  try {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of stream) {
      const bytes: Uint8Array = chunk;
      length += bytes.length;
      if (length > maxFileBytes) return undefined;
      chunks.push(bytes);
    }
    return { name: box.name, mediaType: box.mediaType, bytes: new Uint8Array(Buffer.concat(chunks)) };
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
