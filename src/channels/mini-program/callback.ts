import { z } from "zod";
import { isSignedBy, type MessageCrypto } from "../../wechat/message-crypto.ts";
import { fieldsOf, parseXml, textOf, type XmlFields } from "../../wechat/xml.ts";
import { suggestions } from "./content-check.ts";
import type { MediaVerdict } from "./content-check-service.ts";

/** How far a callback's time may be from ours: the platform sends at once, and twice again within seconds. */
const freshForMs = 10 * 60 * 1000;

export type CallbackQuery = {
  signature?: string | undefined;
  msg_signature?: string | undefined;
  timestamp?: string | undefined;
  nonce?: string | undefined;
};

/** Whether a callback's time is near enough to ours. A signature of long ago is good for nothing. */
const isFresh = (timestamp: string, now: Date): boolean =>
  /^\d{10}$/.test(timestamp) && Math.abs(now.getTime() - Number(timestamp) * 1000) <= freshForMs;

/** Whether the platform signed the query itself (URL check, plain mode). */
export async function isPlainSigned(
  { signature = "", timestamp = "", nonce = "" }: CallbackQuery,
  token: string,
  now: Date,
): Promise<boolean> {
  const isSigned = await isSignedBy(signature, [token, timestamp, nonce]);
  return isSigned && isFresh(timestamp, now);
}

/** Whether the platform signed the encrypted message. */
export async function isMessageSigned(
  { msg_signature: signature = "", timestamp = "", nonce = "" }: CallbackQuery,
  token: string,
  encrypted: string,
  now: Date,
): Promise<boolean> {
  const isSigned = await isSignedBy(signature, [token, timestamp, nonce, encrypted]);
  return isSigned && isFresh(timestamp, now);
}

/** A body that is neither of the two forms that the platform sends. */
export class MalformedCallback extends Error {
  constructor() {
    super("Neither JSON nor XML of the platform.");
    this.name = "MalformedCallback";
  }
}

const Json = z.record(z.string(), z.unknown());

/** A callback's body as names and texts, an object's names joined by dots; the account sets whether it is JSON or XML. */
export function readBody(text: string): Record<string, string> {
  try {
    return text.trimStart().startsWith("{") ? flat(Json.parse(JSON.parse(text))) : flatXml(parseXml(text));
  } catch {
    throw new MalformedCallback();
  }
}

function flat(record: Record<string, unknown>): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries(record)) {
    if (typeof value === "string" || typeof value === "number") fields[name] = String(value);
    else if (name === "result") Object.assign(fields, prefixed(flat(Json.parse(value))));
  }
  return fields;
}

const prefixed = (fields: Record<string, string>) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [`result.${name}`, value]));

function flatXml(xml: XmlFields): Record<string, string> {
  const result = fieldsOf(xml, "result");
  const names = ["Encrypt", "Event", "MsgType", "appid", "trace_id"];
  return {
    ...Object.fromEntries(names.map((name) => [name, textOf(xml, name)])),
    ...prefixed({ suggest: textOf(result, "suggest"), label: textOf(result, "label") }),
  };
}

/** Opens a message. @throws {UnreadableMessage | MalformedCallback} */
export const openBody = async (crypto: MessageCrypto, encrypted: string): Promise<Record<string, string>> =>
  readBody(await crypto.decrypt(encrypted));

const Verdict = z.object({
  Event: z.literal("wxa_media_check"),
  trace_id: z.string().min(1).max(100),
  "result.suggest": z.enum(suggestions),
  "result.label": z.string().regex(/^\d{1,6}$/),
});

/** What a message says of a file; undefined where it is another event. */
export function verdictOf(message: Record<string, string>): MediaVerdict | undefined {
  const parsed = Verdict.safeParse(message);
  if (!parsed.success) return undefined;
  const { trace_id: traceId, "result.suggest": suggest, "result.label": label } = parsed.data;
  return { traceId, suggest, label };
}
