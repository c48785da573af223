import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import type { Clock } from "../../core/clock.ts";
import { AppError } from "../../core/error.ts";
import { limitBody } from "../../http/middleware.ts";
import { invalidRequest, problemContent } from "../../http/problem.ts";
import type { MessageCrypto } from "../../wechat/message-crypto.ts";
import { textOf } from "../../wechat/xml.ts";
import {
  backgroundOf,
  maxBodyBytes,
  opened,
  parsedXml,
  requireRecent,
  requireSignature,
  signedParts,
} from "../chat/callback.ts";
import type { WecomService } from "./wecom-service.ts";

/** What the door is opened with. */
export type WecomDoor = {
  service: Pick<WecomService, "receive">;
  /** The token that both sides know (`WECOM_TOKEN`). */
  token: string;
  crypto: MessageCrypto;
};

const Query = z.object({
  msg_signature: z.string().optional(),
  timestamp: z.string().optional(),
  nonce: z.string().optional(),
  echostr: z.string().optional(),
});
type Query = z.infer<typeof Query>;

const Text = z.string();

const check = createRoute({
  method: "get",
  path: "/channels/wecom",
  operationId: "checkWecomUrl",
  tags: ["Channels"],
  summary: "WeCom's check of the address: a signed request gets its echostr back, opened",
  request: { query: Query },
  responses: {
    200: { description: "The echostr, opened", content: { "text/plain": { schema: Text } } },
    403: problemContent("The signature is not right, or it was not sealed for this corp"),
    404: problemContent("Customer service of WeCom is not set up on this deployment"),
  },
});

const receive = createRoute({
  method: "post",
  path: "/channels/wecom",
  operationId: "receiveWecomCallback",
  tags: ["Channels"],
  summary: "WeCom says that customers wrote; they are read and answered after this request",
  request: { query: Query, body: { required: true, content: { "text/xml": { schema: Text } } } },
  responses: {
    200: { description: "`success`, at once", content: { "text/plain": { schema: Text } } },
    400: problemContent("No XML as WeCom sends it"),
    403: problemContent("The signature is not right or too old, or it was not sealed for this corp"),
    404: problemContent("Customer service of WeCom is not set up on this deployment"),
    413: problemContent("Too large for a callback"),
  },
});

/** The door of WeCom's customer service (微信客服). Without settings it is closed: 404. */
export function wecomRoutes(dependencies: { door: WecomDoor | undefined; now: Clock }) {
  const { now } = dependencies;
  const routes = new OpenAPIHono({ defaultHook: invalidRequest });
  const requireDoor = () => {
    if (dependencies.door !== undefined) return dependencies.door;
    throw new AppError("not_found", "这里没有接入微信客服。");
  };
  routes.use("/channels/wecom", limitBody(maxBodyBytes));

  /** What was sealed, opened. @throws {AppError} `forbidden`. */
  async function open({ token, crypto }: WecomDoor, query: Query, encrypted: string): Promise<string> {
    const { timestamp, nonce } = signedParts(query);
    await requireSignature(query.msg_signature, [token, timestamp, nonce, encrypted]);
    requireRecent(timestamp, now());
    return opened(crypto, encrypted);
  }

  return routes
    .openapi(check, async (c) => {
      const query = c.req.valid("query");
      return c.text(await open(requireDoor(), query, query.echostr ?? ""), 200);
    })
    .openapi(receive, async (c) => {
      const door = requireDoor();
      const encrypted = textOf(parsedXml(await c.req.text()), "Encrypt");
      const fields = parsedXml(await open(door, c.req.valid("query"), encrypted));
      const openKfid = textOf(fields, "OpenKfId").trim();
      // A replay within five minutes only makes it look again.
      if (textOf(fields, "Event") === "kf_msg_or_event" && /^[\w-]{1,128}$/.test(openKfid)) {
        const token = textOf(fields, "Token").trim();
        backgroundOf(c)(door.service.receive(openKfid, token === "" ? undefined : token));
      }
      return c.text("success", 200);
    });
}
