import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import type { Clock } from "../../core/clock.ts";
import { AppError } from "../../core/error.ts";
import type { RandomBytes } from "../../core/new-id.ts";
import { sha256, toHex } from "../../crypto/bytes.ts";
import { limitBody } from "../../http/middleware.ts";
import { invalidRequest, problemContent } from "../../http/problem.ts";
import { type MessageCrypto, signatureOf } from "../../wechat/message-crypto.ts";
import { buildXml, textOf } from "../../wechat/xml.ts";
import {
  backgroundOf,
  forbidden,
  malformed,
  maxBodyBytes,
  opened,
  parsedXml,
  requireRecent,
  requireSignature,
  signedParts,
} from "../chat/callback.ts";
import type { MarketName } from "../chat/scene.ts";
import { readInbound } from "./inbound.ts";
import type { OfficialAccountService, PassiveReply } from "./official-account-service.ts";

/** What the door is opened with. */
export type OfficialAccountDoor = {
  service: OfficialAccountService;
  /** The token that both sides know (`WECHAT_OFFICIAL_TOKEN`). */
  token: string;
  /** Absent where no key for encryption is set. */
  crypto: MessageCrypto | undefined;
  marketName: MarketName;
};

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

  /** The message of a request, opened. @throws {AppError} `forbidden`, `invalid_request`. */
  async function open(door: OfficialAccountDoor, query: Query, body: string) {
    const { timestamp, nonce } = signedParts(query);
    const isEncrypted = query.encrypt_type === "aes";
    if (!isEncrypted) {
      await requireSignature(query.signature, [door.token, timestamp, nonce]);
      await requireNew(door, query.signature ?? "", timestamp, nonce, body);
      return { fields: parsedXml(body), isEncrypted };
    }
    if (door.crypto === undefined) throw forbidden();
    const encrypted = textOf(parsedXml(body), "Encrypt");
    await requireSignature(query.msg_signature, [door.token, timestamp, nonce, encrypted]);
    await requireNew(door, query.msg_signature ?? "", timestamp, nonce, body);
    return { fields: parsedXml(await opened(door.crypto, encrypted)), isEncrypted };
  }

  /** A plain request is signed without its body: one that was overheard must not carry another. */
  async function requireNew(
    door: OfficialAccountDoor,
    signature: string,
    timestamp: string,
    nonce: string,
    body: string,
  ): Promise<void> {
    requireRecent(timestamp, now());
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
