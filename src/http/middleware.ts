import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { requestId } from "hono/request-id";
import { matchedRoutes } from "hono/route";
import type { Clock } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import type { Log } from "../core/log.ts";
import { requestIdOf } from "./problem.ts";

/** What the middleware leaves for the routes. */
export type HttpVariables = { requestId: string };

/** Gives every request an id of ours; one that the caller sends is not trusted. */
export function withRequestId(newId: (prefix: string) => string): MiddlewareHandler {
  return requestId({ generator: () => newId("req"), headerName: "" });
}

/** One finished request, for the metrics: the route's pattern, never the path. */
export type ObserveRequest = (request: {
  method: string;
  route: string;
  status: number;
  durationMs: number;
}) => void;

/** What a request that no route answers is called in logs and metrics. */
export const unmatchedRoute = "unmatched";

/** The pattern of the route that answers. Where only middleware ran (`*`), there is none. */
function routeOf(c: Context): string {
  const last = matchedRoutes(c).at(-1);
  return last === undefined || (last.method === "ALL" && last.path.endsWith("*"))
    ? unmatchedRoute
    : last.path;
}

/** Logs and measures each request by its route's pattern; paths and queries may hold secrets and stay out. */
export function observed(options: { log: Log; now: Clock; observe?: ObserveRequest }): MiddlewareHandler {
  return async function observe(c, next) {
    const startedAt = options.now().getTime();
    await next();
    const durationMs = options.now().getTime() - startedAt;
    const route = routeOf(c);
    const { status } = c.res;
    c.header("X-Request-Id", requestIdOf(c));
    options.observe?.({ method: c.req.method, route, status, durationMs });
    options.log.info("request", {
      requestId: requestIdOf(c),
      method: c.req.method,
      route,
      status,
      durationMs,
    });
  };
}

/** Refuses a body of more than `maxBytes` with 413, also one that is streamed without a length; `pointer` names the part that is too large. */
export function limitBody(maxBytes: number, pointer = "/"): MiddlewareHandler {
  return bodyLimit({
    maxSize: maxBytes,
    onError: () => {
      const detail = `内容不能超过 ${describeBytes(maxBytes)}。`;
      throw new AppError("payload_too_large", detail, { errors: [{ pointer, detail }] });
    },
  });
}

function describeBytes(bytes: number): string {
  return bytes >= 1024 * 1024 ? `${Math.floor(bytes / 1024 / 1024)} MB` : `${Math.floor(bytes / 1024)} KB`;
}

/**
 * Headers for every answer. Pages may load scripts, styles and pictures of this
 * origin only; nothing may frame them. (OWASP Secure Headers Project.)
 */
export function secured(): MiddlewareHandler {
  return async function secure(c, next) {
    await next();
    const { headers } = c.res;
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("X-Frame-Options", "DENY");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cross-Origin-Opener-Policy", "same-origin");
    headers.set("Permissions-Policy", "camera=(self), microphone=(self), geolocation=(self)");
    headers.set(
      "Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    if (!headers.has("Cache-Control")) headers.set("Cache-Control", "no-store");
  };
}
