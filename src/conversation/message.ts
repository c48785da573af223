import { z } from "zod";
import { Channel } from "../callers/caller.ts";
import { Citation } from "../core/citation.ts";
import { FiledReport } from "../intake/filed-report.ts";
import { Slots, slotNames } from "../reports/report.ts";

/** The longest text of one message, in characters. WeChat sends at most 2,048 bytes; a web form a little more. */
export const maxMessageChars = 4000;

const Text = z
  .string({ error: "要一段文字。" })
  .trim()
  .min(1, "内容是空的，请写点什么再发。")
  .max(maxMessageChars, `一次最多发 ${maxMessageChars} 个字，长的请分几条发。`);
const OptionalText = z.string().max(maxMessageChars, `最多 ${maxMessageChars} 个字。`).optional();

const Content = z.discriminatedUnion(
  "type",
  [
    z.strictObject({ type: z.literal("text"), text: Text }),
    z.strictObject({
      type: z.literal("image"),
      evidenceId: z
        .string({ error: "先上传图片（POST /api/v1/evidence），再填它的 evidenceId。" })
        .min(1)
        .max(80),
      ocrText: OptionalText,
      caption: OptionalText,
    }),
    z.strictObject({ type: z.literal("voice"), transcript: Text }),
    z.strictObject({
      type: z.literal("location"),
      latitude: z.number().min(-90).max(90),
      longitude: z.number().min(-180).max(180),
      label: z.string().max(200).optional(),
    }),
    z.strictObject({ type: z.literal("choice"), id: z.string().min(1).max(120) }),
  ],
  { error: "type 只能是 text、image、voice、location、choice 之一。" },
);
export type Content = z.infer<typeof Content>;

/** A message from a person (API.md, "Conversation"). */
export const Message = z
  .strictObject({
    channel: Channel,
    userId: z.string({ error: "缺少 userId。" }).min(1, "userId 不能是空的。").max(200),
    roomId: z.string().min(1).max(200).optional(),
    mentioned: z.boolean().optional(),
    messageId: z.string({ error: "缺少 messageId。" }).min(1, "messageId 不能是空的。").max(200),
    sentAt: z.iso.datetime({ offset: true, error: "sentAt 要写成 2026-11-22T01:02:03Z 的样子。" }).optional(),
    content: Content,
  })
  .refine((message) => message.channel !== "wechaty_group" || message.roomId !== undefined, {
    path: ["roomId"],
    error: "群聊消息要带 roomId。",
  })
  .meta({ id: "Message" });
export type Message = z.infer<typeof Message>;

export const intents = [
  "report",
  "qa",
  "provide_info",
  "correct",
  "confirm",
  "deny",
  "cancel",
  "resume",
  "handoff",
  "status",
  "supplement",
  "greet",
  "thanks",
  "chitchat",
  "oos",
  "abuse",
  "threat",
  "injection",
] as const;
export type Intent = (typeof intents)[number];

export const conversationStates = [
  "idle",
  "collecting",
  "confirming",
  "filed",
  "cancelled",
  "handoff",
  "silent",
] as const;
export type ConversationState = (typeof conversationStates)[number];

const Option = z.object({ id: z.string(), label: z.string() });
export type Option = z.infer<typeof Option>;

/** One reply: plain text of at most 600 characters that WeChat shows as it is, with options to tap. */
export const Reply = z.object({
  type: z.literal("text"),
  text: z.string(),
  options: z.array(Option).optional(),
});
export type Reply = z.infer<typeof Reply>;

const SlotNames = z.array(z.enum(slotNames as [string, ...string[]]));

/** What the service answers to a message. */
export const Answer = z
  .object({
    state: z.enum(conversationStates),
    replies: z.array(Reply),
    intents: z.array(z.enum(intents)),
    form: z
      .object({
        kind: z.string(),
        slots: Slots,
        asking: SlotNames,
        missing: SlotNames,
        invalid: z.record(z.string(), z.string()),
      })
      .nullable(),
    citations: z.array(Citation),
    outcome: z.enum(["answered", "declined", "clarify", "handoff"]).nullable(),
    confidence: z.number().min(0).max(1).nullable(),
    /** The answer from the knowledge base, if one was given: feedback names it. */
    answerId: z.string().optional(),
    reports: z.array(FiledReport),
    handoff: z.object({ ticketNo: z.string() }).optional(),
  })
  .meta({ id: "ConversationAnswer" });
export type Answer = z.infer<typeof Answer>;
