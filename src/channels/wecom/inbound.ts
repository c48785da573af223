import { z } from "zod";
import { type MarketName, sayingOfScene } from "../chat/scene.ts";
import { texts as common } from "../chat/texts.ts";

/** What an item of `sync_msg` asks of us. */
export type Wish =
  /** To hear a text as if it had been typed. `typed`: it was, and may be the number of an option. `menuId`: it was tapped. */
  | { kind: "text"; text: string; typed: boolean; menuId?: string | undefined }
  | { kind: "file"; mediaId: string; what: "image" | "voice" | "other" }
  | { kind: "location"; latitude: number; longitude: number; label: string }
  /** To say this, without asking the conversation. */
  | { kind: "told"; text: string }
  /** The customer came in: to greet them by the code of the event. */
  | { kind: "entered"; text: string; welcomeCode: string }
  /** A message of ours did not arrive. */
  | { kind: "unsent"; messageId: string; why: number }
  /** A person of the office took the conversation over. */
  | { kind: "taken" };

/** A message or event of a customer, read. */
export type Inbound = {
  messageId: string;
  openKfid: string;
  externalUserid: string;
  /** When it was sent, in seconds since 1970; undefined where it does not say. */
  sentAt: number | undefined;
  /** Whether the customer wrote it: that opens the window and allows five messages more. */
  isWritten: boolean;
  wish: Wish;
};

/** Where an item comes from (the guide to `kf/sync_msg`); those of the office's own people are 5. */
const origins = { customer: 3, event: 4 } as const;

const Id = z.string().min(1).max(128);
const Item = z.looseObject({
  msgid: Id,
  open_kfid: z.string().optional(),
  external_userid: z.string().optional(),
  send_time: z.number().int().positive().optional(),
  origin: z.number(),
  msgtype: z.string(),
  text: z.looseObject({ content: z.string(), menu_id: z.string().optional() }).optional(),
  location: z
    .looseObject({
      latitude: z.coerce.number().min(-90).max(90),
      longitude: z.coerce.number().min(-180).max(180),
      name: z.string().optional(),
      address: z.string().optional(),
    })
    .optional(),
  link: z
    .looseObject({ title: z.string().optional(), desc: z.string().optional(), url: z.string().optional() })
    .optional(),
  event: z
    .looseObject({
      event_type: z.string(),
      open_kfid: z.string().optional(),
      external_userid: z.string().optional(),
      scene_param: z.string().optional(),
      welcome_code: z.string().optional(),
      fail_msgid: z.string().optional(),
      fail_type: z.number().optional(),
      change_type: z.number().optional(),
    })
    .optional(),
});
type Item = z.infer<typeof Item>;

const Media = z.looseObject({ media_id: z.string().regex(/^[\w.-]{1,256}$/) });

/** Reads an item of `sync_msg`; undefined where it is nothing of a customer, or nothing to us. */
export function readItem(raw: unknown, openKfid: string, marketName: MarketName): Inbound | undefined {
  const parsed = Item.safeParse(raw);
  const item = parsed.success ? parsed.data : withoutContent(raw);
  if (item === undefined) return undefined;
  const isWritten = item.origin === origins.customer;
  if (!isWritten && item.origin !== origins.event) return undefined;
  // Events name the customer inside.
  const externalUserid = item.external_userid || item.event?.external_userid || "";
  if (externalUserid === "" || externalUserid.length > 128) return undefined;
  const wish = isWritten ? wishOfMessage(item, raw) : wishOfEvent(item, marketName);
  if (wish === undefined) return undefined;
  const account = item.open_kfid || item.event?.open_kfid || openKfid;
  return {
    messageId: item.msgid,
    openKfid: account.slice(0, 128),
    externalUserid,
    sentAt: item.send_time,
    isWritten,
    wish,
  };
}

/** Who sent an item whose content is not as documented: they are told that it cannot be read. */
function withoutContent(raw: unknown): Item | undefined {
  const head = Item.pick({ msgid: true, open_kfid: true, external_userid: true, origin: true }).safeParse(
    raw,
  );
  return head.success ? { ...head.data, msgtype: "" } : undefined;
}

function wishOfMessage(item: Item, raw: unknown): Wish {
  const unsupported = { kind: "told", text: common.unsupported } as const;
  switch (item.msgtype) {
    case "text": {
      const { content = "", menu_id: menuId } = item.text ?? {};
      return { kind: "text", text: content.trim(), typed: menuId === undefined, menuId: menuId || undefined };
    }
    case "image":
    case "voice":
    case "video":
    case "file": {
      const media = Media.safeParse((raw as Record<string, unknown>)[item.msgtype]);
      const what = item.msgtype === "image" || item.msgtype === "voice" ? item.msgtype : "other";
      if (media.success) return { kind: "file", mediaId: media.data.media_id, what };
      return { kind: "told", text: what === "image" ? common.imageFailed : common.fileFailed };
    }
    case "location": {
      if (item.location === undefined) return unsupported;
      const { latitude, longitude, name = "", address = "" } = item.location;
      const label = [address, name].filter((part) => part !== "").join(" ");
      return { kind: "location", latitude, longitude, label: label.slice(0, 200) };
    }
    case "link": {
      const parts = [item.link?.title, item.link?.desc, item.link?.url].map((part) => part?.trim() ?? "");
      const text = parts.filter((part) => part !== "").join("\n");
      return text === "" ? unsupported : { kind: "text", text, typed: false };
    }
    default:
      return unsupported;
  }
}

/** How a conversation changes hands (`session_status_change`): from the pool, from another person, taken up again. */
const takenByPeople: ReadonlySet<number> = new Set([1, 2, 4]);

function wishOfEvent({ event }: Item, marketName: MarketName): Wish | undefined {
  switch (event?.event_type) {
    case "enter_session": {
      const text = sayingOfScene(event.scene_param ?? "", marketName);
      if (event.welcome_code) return { kind: "entered", text, welcomeCode: event.welcome_code };
      // Without a code they were greeted or wrote within 48 hours; only a market says something new.
      return text === common.greeting ? undefined : { kind: "text", text, typed: false };
    }
    case "msg_send_fail":
      return event.fail_msgid === undefined
        ? undefined
        : { kind: "unsent", messageId: event.fail_msgid, why: event.fail_type ?? 0 };
    case "session_status_change":
      return takenByPeople.has(event.change_type ?? 0) ? { kind: "taken" } : undefined;
    default:
      return undefined;
  }
}
