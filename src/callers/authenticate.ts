import type { Context, MiddlewareHandler } from "hono";
import { getCookie } from "hono/cookie";
import { AppError } from "../core/error.ts";
import type { Caller, Channel } from "./caller.ts";
import type { CallerService } from "./caller-service.ts";
import { proofHeader } from "./proof-of-work.ts";

export const sessionCookie = "zhiquan_session";

/** What the middleware leaves for the routes. */
export type CallerVariables = { caller: Caller };

/** Where a request came from, for limits only: never stored or logged. */
export type ClientAddress = (c: Context) => string;

/**
 * Lets in who shows a channel token or a session, by `Authorization: Bearer` or the cookie.
 *
 * @throws {AppError} `unauthorized` for anybody else; `forbidden` if a page of another origin sent the cookie.
 */
export function authenticated(callers: CallerService, clientAddress: ClientAddress): MiddlewareHandler {
  return async function authenticate(c, next) {
    const bearer = /^Bearer\s+(\S+)$/i.exec(c.req.header("Authorization") ?? "")?.[1];
    const token = bearer ?? getCookie(c, sessionCookie);
    if (bearer === undefined && token !== undefined) requireSameOrigin(c);
    const caller = token === undefined ? undefined : await callers.identify(token, clientAddress(c));
    if (caller === undefined) {
      throw new AppError(
        "unauthorized",
        "请先用 POST /api/v1/sessions 取得会话，或在 Authorization 里带上渠道令牌（Bearer）。",
      );
    }
    const proof = c.req.header(proofHeader);
    c.set("caller", caller.kind === "session" && proof !== undefined ? { ...caller, proof } : caller);
    await next();
  };
}

/** A cookie is sent by the browser whoever wrote the page; the origin tells. */
export function requireSameOrigin(c: Context): void {
  const origin = c.req.header("Origin");
  if (origin === undefined || c.req.method === "GET" || c.req.method === "HEAD") return;
  if (URL.canParse(origin) && new URL(origin).host === (c.req.header("Host") ?? new URL(c.req.url).host))
    return;
  throw new AppError("forbidden", "这个请求来自别的网站，没有受理。");
}

/**
 * The channel and user that a request speaks for: a session's own, else what the adapter names.
 *
 * @throws {AppError} `forbidden` if the adapter's token is for other channels.
 */
export function speakerOf(
  caller: Caller,
  named: { channel: Channel; userId: string; roomId?: string | undefined },
): { channel: Channel; userId: string; roomId?: string | undefined } {
  if (caller.kind === "session") return { channel: caller.channel, userId: caller.userId };
  if (caller.channels !== "all" && !caller.channels.includes(named.channel)) {
    throw new AppError("forbidden", `这个渠道令牌不能代表 ${named.channel} 说话。`, {
      errors: [{ pointer: "/channel", detail: "令牌不属于这个渠道。" }],
    });
  }
  return named;
}
