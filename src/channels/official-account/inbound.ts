import { fieldsOf, textOf, type XmlFields } from "../../wechat/xml.ts";
import { type MarketName, sayingOfScene } from "../chat/scene.ts";
import { texts as common } from "../chat/texts.ts";
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
        : { kind: "told", text: common.imageFailed };
    }
    case "location":
      return readLocation(fields);
    case "link": {
      const parts = ["Title", "Description", "Url"].map((name) => textOf(fields, name).trim());
      return { kind: "text", text: parts.filter((part) => part !== "").join("\n"), typed: false };
    }
    default:
      return { kind: "told", text: common.unsupported };
  }
}

function readLocation(fields: XmlFields): Wish {
  const [latitude, longitude] = ["Location_X", "Location_Y"].map((name) => {
    const text = textOf(fields, name).trim();
    return text === "" ? Number.NaN : Number(text);
  });
  const isOnEarth = Math.abs(latitude ?? Number.NaN) <= 90 && Math.abs(longitude ?? Number.NaN) <= 180;
  if (latitude === undefined || longitude === undefined || !isOnEarth)
    return { kind: "told", text: common.unsupported };
  return { kind: "location", latitude, longitude, label: textOf(fields, "Label").trim().slice(0, 200) };
}

function wishOfEvent(event: string, fields: XmlFields, marketName: MarketName): Wish {
  const key = textOf(fields, "EventKey").trim();
  switch (event) {
    case "subscribe":
      return { kind: "text", text: sayingOfScene(key.replace(/^qrscene_/, ""), marketName), typed: false };
    case "scan":
      return { kind: "text", text: sayingOfScene(key, marketName), typed: false };
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
