import { fieldsOf, textOf, type XmlFields } from "../../wechat/xml.ts";
import { sayingOf } from "./menu.ts";
import { texts } from "./texts.ts";

/** What a message or an event asks of us. */
export type Wish =
  /** To hear a text as if it had been typed. `typed`: it was, and may be the number of an option. */
  | { kind: "text"; text: string; typed: boolean }
  | { kind: "voice"; transcript: string }
  | { kind: "image"; mediaId: string }
  | { kind: "location"; latitude: number; longitude: number; label: string }
  /** To say this, without asking the conversation. */
  | { kind: "told"; text: string }
  /** Nothing; `left`: the person does not follow any more. */
  | { kind: "nothing"; left: boolean };

/** A message or event of a person, read. */
export type Inbound = {
  openid: string;
  /** The account that it was sent to (`gh_…`). */
  account: string;
  /** The same for every delivery of one message, and for no other message of this person. */
  identity: string;
  /** When it was sent, in seconds since 1970; undefined where it does not say. */
  sentAt: number | undefined;
  wish: Wish;
};

/** The name of the market with this id, if there is one. */
export type MarketName = (id: string) => string | undefined;

/** Reads a message of an official account (the platform's guides to receiving messages and events); undefined if nobody sent it. */
export function readInbound(fields: XmlFields, marketName: MarketName): Inbound | undefined {
  const openid = textOf(fields, "FromUserName").trim();
  if (openid === "" || openid.length > 128) return undefined;
  const type = textOf(fields, "MsgType").trim().toLowerCase();
  const createTime = textOf(fields, "CreateTime").trim();
  const messageId = textOf(fields, "MsgId").trim();
  const sentAt = /^\d{9,11}$/.test(createTime) ? Number(createTime) : undefined;
  const event = textOf(fields, "Event").trim().toLowerCase();
  // Events have no id: who, when, what (the platform's advice). The key tells apart two of one second.
  const identity =
    messageId === "" || type === "event"
      ? ["event", createTime, type, event, textOf(fields, "EventKey").slice(0, 200)].join("|")
      : `message|${messageId.slice(0, 100)}`;
  const wish = type === "event" ? wishOfEvent(event, fields, marketName) : wishOfMessage(type, fields);
  return { openid, account: textOf(fields, "ToUserName").slice(0, 128), identity, sentAt, wish };
}

function wishOfMessage(type: string, fields: XmlFields): Wish {
  switch (type) {
    case "text":
      return { kind: "text", text: textOf(fields, "Content").trim(), typed: true };
    case "voice": {
      const transcript = textOf(fields, "Recognition").trim();
      return transcript === "" ? { kind: "told", text: texts.voiceUnheard } : { kind: "voice", transcript };
    }
    case "image": {
      // `PicUrl` is an address that came from outside: it is not looked at.
      const mediaId = textOf(fields, "MediaId").trim();
      return /^[\w-]{1,256}$/.test(mediaId)
        ? { kind: "image", mediaId }
        : { kind: "told", text: texts.imageFailed };
    }
    case "location":
      return readLocation(fields);
    case "link": {
      const parts = ["Title", "Description", "Url"].map((name) => textOf(fields, name).trim());
      return { kind: "text", text: parts.filter((part) => part !== "").join("\n"), typed: false };
    }
    default:
      return { kind: "told", text: texts.unsupported };
  }
}

function readLocation(fields: XmlFields): Wish {
  const [latitude, longitude] = ["Location_X", "Location_Y"].map((name) => {
    const text = textOf(fields, name).trim();
    return text === "" ? Number.NaN : Number(text);
  });
  const isOnEarth = Math.abs(latitude ?? Number.NaN) <= 90 && Math.abs(longitude ?? Number.NaN) <= 180;
  if (latitude === undefined || longitude === undefined || !isOnEarth)
    return { kind: "told", text: texts.unsupported };
  return { kind: "location", latitude, longitude, label: textOf(fields, "Label").trim().slice(0, 200) };
}

function wishOfEvent(event: string, fields: XmlFields, marketName: MarketName): Wish {
  const key = textOf(fields, "EventKey").trim();
  switch (event) {
    case "subscribe":
      return wishOfScene(key.replace(/^qrscene_/, ""), marketName);
    case "scan":
      return wishOfScene(key, marketName);
    case "click": {
      const text = sayingOf(key);
      return text === undefined ? { kind: "nothing", left: false } : { kind: "text", text, typed: false };
    }
    case "scancode_waitmsg": {
      const text = textOf(fieldsOf(fields, "ScanCodeInfo"), "ScanResult").trim();
      return text === "" ? { kind: "nothing", left: false } : { kind: "text", text, typed: false };
    }
    case "unsubscribe":
      return { kind: "nothing", left: true };
    default:
      return { kind: "nothing", left: false };
  }
}

/** The scene of a QR code at a market: `market:ID`, or `market:ID:STALL` at a stall. Others are greeted. */
export function sceneOf(market: string, stall?: string): string {
  return stall === undefined ? `market:${market}` : `market:${market}:${stall}`;
}

function wishOfScene(scene: string, marketName: MarketName): Wish {
  const [, id = "", stall] = /^(?:market:)?([a-z0-9-]{1,60})(?::([^:]{1,20}))?$/u.exec(scene) ?? [];
  const name = marketName(id);
  if (name === undefined) return { kind: "text", text: texts.greeting, typed: false };
  const place = stall === undefined ? name : `${name}${stall}${/[号铺位]$/u.test(stall) ? "" : "号"}摊位`;
  return { kind: "text", text: texts.scan.replace("{place}", place), typed: false };
}

/** Whether a text asks for an answer that waits: `1` or 继续. */
export const asksForMore = (text: string): boolean => /^(?:[1１]|继续)[。.！!]?$/u.test(text.trim());

/** The place of an option that a text names by its number, from 0; undefined if it is no such number. */
export function optionNumber(text: string): number | undefined {
  const digits = text.trim().normalize("NFKC");
  const number = /^(\d{1,2})[.。、]?$/.exec(digits)?.[1];
  return number === undefined || Number(number) === 0 ? undefined : Number(number) - 1;
}
