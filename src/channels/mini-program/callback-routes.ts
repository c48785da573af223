import { type Context, Hono } from "hono";
import type { Clock } from "../../core/clock.ts";
import { AppError } from "../../core/error.ts";
import { limitBody } from "../../http/middleware.ts";
import type { MessageCrypto } from "../../wechat/message-crypto.ts";
import { isMessageSigned, isPlainSigned, openBody, readBody, verdictOf } from "./callback.ts";
import type { ContentCheckService } from "./content-check-service.ts";

/** How the platform signs what it sends here; with `crypto` only encrypted messages are taken. */
export type CallbackSettings = { token: string; crypto: MessageCrypto | undefined };

/** The door that WeChat calls: `/channels/mini-program/media-check`, and the files it was told to fetch. */
export function miniProgramCallbackRoutes(dependencies: {
  contentChecks: ContentCheckService | undefined;
  callback: CallbackSettings | undefined;
  now: Clock;
}) {
  const { contentChecks, callback, now } = dependencies;
  const routes = new Hono();

  function requireSetUp() {
    if (contentChecks === undefined || callback === undefined) {
      throw new AppError("not_found", "这里没有接入小程序的消息推送。");
    }
    return { contentChecks, callback };
  }

  routes.get("/media-check", async (c) => {
    const { callback: settings } = requireSetUp();
    if (!(await isPlainSigned(c.req.query(), settings.token, now()))) throw wrongSignature();
    return c.text(c.req.query("echostr") ?? "");
  });

  /** The message, if it is the platform's. @throws {AppError} `forbidden`, `invalid_request`. */
  async function messageOf(c: Context, { token, crypto }: CallbackSettings): Promise<Record<string, string>> {
    const query = c.req.query();
    const text = await c.req.text();
    if (crypto === undefined) {
      if (!(await isPlainSigned(query, token, now()))) throw wrongSignature();
      return asRequest(() => readBody(text));
    }
    const { Encrypt: encrypted = "" } = await asRequest(() => readBody(text));
    if (encrypted === "" || !(await isMessageSigned(query, token, encrypted, now()))) throw wrongSignature();
    return asRequest(() => openBody(crypto, encrypted));
  }

  routes.post("/media-check", limitBody(64 * 1024), async (c) => {
    const { contentChecks: service, callback: settings } = requireSetUp();
    const verdict = verdictOf(await messageOf(c, settings));
    if (verdict !== undefined) await service.hear(verdict);
    return c.text("success");
  });

  routes.get("/media/:id", async (c) => {
    const { expires = "", signature = "" } = c.req.query();
    if (contentChecks === undefined || !/^\d{13}$/.test(expires))
      throw new AppError("not_found", "没有这个地址。");
    const { content, mediaType } = await contentChecks.mediaOf(c.req.param("id"), Number(expires), signature);
    return c.body(content, 200, {
      "Content-Type": mediaType,
      "Cache-Control": "no-store",
      "X-Robots-Tag": "noindex",
    });
  });

  return routes;
}

const wrongSignature = () => new AppError("forbidden", "签名不对，没有受理。");

async function asRequest(read: () => Record<string, string> | Promise<Record<string, string>>) {
  try {
    return await read();
  } catch {
    throw new AppError("invalid_request", "消息读不懂。");
  }
}
