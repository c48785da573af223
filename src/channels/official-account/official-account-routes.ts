import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { z } from "zod";
import type { Clock } from "../../core/clock.ts";
import { AppError } from "../../core/error.ts";
import type { RandomBytes } from "../../core/new-id.ts";
import { sha256, toHex } from "../../crypto/bytes.ts";
import { limitBody } from "../../http/middleware.ts";
import { invalidRequest, problemContent } from "../../http/problem.ts";
import {
  isSignedBy,
  type MessageCrypto,
  signatureOf,
  UnreadableMessage,
} from "../../wechat/message-crypto.ts";
import { buildXml, MalformedXml, parseXml, textOf, type XmlFields } from "../../wechat/xml.ts";
import { type MarketName, readInbound } from "./inbound.ts";
import type { InBackground, OfficialAccountService, PassiveReply } from "./official-account-service.ts";

/** What the door is opened with. */
export type OfficialAccountDoor = {
  service: OfficialAccountService;
  /** The token that both sides know (`WECHAT_OFFICIAL_TOKEN`). */
  token: string;
  /** Absent where no key for encryption is set. */
  crypto: MessageCrypto | undefined;
  marketName: MarketName;
};

/** How far the time of a signed request may be from ours, in milliseconds; a request that came before is known for longer. */
const clockSkewMs = 5 * 60 * 1000;
const maxBodyBytes = 64 * 1024;

const Query = z.object({
  signature: z.string().optional(),
  timestamp: z.string().optional(),
  nonce: z.string().optional(),
  echostr: z.string().optional(),
  encrypt_type: z.string().optional(),
  msg_signature: z.string().optional(),
  openid: z.string().optional(),
});
type Query = z.infer<typeof Query>;

const Text = z.string();

const check = createRoute({
  method: "get",
  path: "/channels/official-account",
  operationId: "checkOfficialAccountUrl",
  tags: ["Channels"],
  summary: "WeChat's check of the address: a signed request gets its echostr back",
  request: { query: Query },
  responses: {
    200: { description: "The echostr", content: { "text/plain": { schema: Text } } },
    403: problemContent("The signature is not right"),
    404: problemContent("The official account is not set up on this deployment"),
  },
});

const receive = createRoute({
  method: "post",
  path: "/channels/official-account",
  operationId: "receiveOfficialAccountMessage",
  tags: ["Channels"],
  summary: "A message or event from WeChat, plain or encrypted; the answer is a passive reply, or `success`",
  request: { query: Query, body: { required: true, content: { "text/xml": { schema: Text } } } },
  responses: {
    200: {
      description: "A passive reply, or `success` where there is nothing to say or it is said otherwise",
      content: { "application/xml": { schema: Text }, "text/plain": { schema: Text } },
    },
    400: problemContent("No XML as WeChat sends it"),
    403: problemContent("The signature is not right, too old, or was used for something else"),
    404: problemContent("The official account is not set up on this deployment"),
    413: problemContent("Too large for a message"),
  },
});

const forbidden = () => new AppError("forbidden", "签名不对，没有受理。");
const malformed = () => new AppError("invalid_request", "不是微信消息的格式。");

/** The door of the official account. Without settings it is closed: 404. */
export function officialAccountRoutes(dependencies: {
  door: OfficialAccountDoor | undefined;
  now: Clock;
  randomBytes: RandomBytes;
}) {
  const { now, randomBytes } = dependencies;
  const routes = new OpenAPIHono({ defaultHook: invalidRequest });
  const requireDoor = () => {
    if (dependencies.door !== undefined) return dependencies.door;
    throw new AppError("not_found", "这里没有接入公众号。");
  };
  routes.use("/channels/official-account", limitBody(maxBodyBytes));

  /** The signed parts of a query. @throws {AppError} `forbidden` where one is missing. */
  function signedParts({ timestamp = "", nonce = "" }: Query): { timestamp: string; nonce: string } {
    if (timestamp === "" || nonce === "" || nonce.length > 200) throw forbidden();
    return { timestamp, nonce };
  }

  /** The message of a request, opened. @throws {AppError} `forbidden`, `invalid_request`. */
  async function open(door: OfficialAccountDoor, query: Query, body: string) {
    const { timestamp, nonce } = signedParts(query);
    const isEncrypted = query.encrypt_type === "aes";
    if (!isEncrypted) {
      await requireSignature(query.signature, [door.token, timestamp, nonce]);
      await requireNew(door, query.signature ?? "", timestamp, nonce, body);
      return { fields: parsed(body), isEncrypted };
    }
    if (door.crypto === undefined) throw forbidden();
    const encrypted = textOf(parsed(body), "Encrypt");
    await requireSignature(query.msg_signature, [door.token, timestamp, nonce, encrypted]);
    await requireNew(door, query.msg_signature ?? "", timestamp, nonce, body);
    return { fields: parsed(await decrypted(door.crypto, encrypted)), isEncrypted };
  }

  async function requireSignature(signature: string | undefined, parts: readonly string[]): Promise<void> {
    if (!(await isSignedBy(signature ?? "", parts))) throw forbidden();
  }

  /** A plain request is signed without its body: one that was overheard must not carry another. */
  async function requireNew(
    door: OfficialAccountDoor,
    signature: string,
    timestamp: string,
    nonce: string,
    body: string,
  ): Promise<void> {
    const seconds = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) : 0;
    if (Math.abs(now().getTime() - seconds * 1000) > clockSkewMs) throw forbidden();
    const key = await sha256([timestamp, nonce, signature].join("|"));
    if (!(await door.service.admit(key, await sha256(body)))) throw forbidden();
  }

  async function written(door: OfficialAccountDoor, reply: PassiveReply, isEncrypted: boolean) {
    const xml = buildXml([
      ["ToUserName", reply.to],
      ["FromUserName", reply.from],
      ["CreateTime", Math.floor(reply.createdAt.getTime() / 1000)],
      ["MsgType", "text"],
      ["Content", reply.text],
    ]);
    if (!isEncrypted || door.crypto === undefined) return xml;
    const encrypted = await door.crypto.encrypt(xml);
    const timestamp = Math.floor(now().getTime() / 1000);
    const nonce = toHex(randomBytes(8));
    return buildXml([
      ["Encrypt", encrypted],
      ["MsgSignature", await signatureOf([door.token, String(timestamp), nonce, encrypted])],
      ["TimeStamp", timestamp],
      ["Nonce", nonce],
    ]);
  }

  return routes
    .openapi(check, async (c) => {
      const door = requireDoor();
      const query = c.req.valid("query");
      const { timestamp, nonce } = signedParts(query);
      await requireSignature(query.signature, [door.token, timestamp, nonce]);
      return c.text(query.echostr ?? "", 200);
    })
    .openapi(receive, async (c) => {
      const door = requireDoor();
      const arrivedAt = now();
      const { fields, isEncrypted } = await open(door, c.req.valid("query"), await c.req.text());
      const inbound = readInbound(fields, door.marketName);
      if (inbound === undefined) throw malformed();
      const reply = await door.service.receive(inbound, { arrivedAt, inBackground: backgroundOf(c) });
      if (reply === undefined) return c.text("success", 200);
      const headers = { "Content-Type": "application/xml; charset=UTF-8" };
      return c.body(await written(door, reply, isEncrypted), 200, headers) as never;
    });
}

/** On Workers what goes on after the answer must be told to the platform; Node goes on by itself. */
function backgroundOf(c: Context): InBackground {
  return (work) => {
    try {
      c.executionCtx.waitUntil(work);
    } catch {
      // hono has no execution context on Node, and says so by throwing.
      void work;
    }
  };
}

/** @throws {AppError} `invalid_request` for what is no message. */
function parsed(xml: string): XmlFields {
  try {
    return parseXml(xml);
  } catch (error) {
    throw error instanceof MalformedXml ? malformed() : error;
  }
}

/** @throws {AppError} `forbidden` for what was not sealed for us. */
async function decrypted(crypto: MessageCrypto, encrypted: string): Promise<string> {
  try {
    return await crypto.decrypt(encrypted);
  } catch (error) {
    throw error instanceof UnreadableMessage ? forbidden() : error;
  }
}
