import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { setCookie } from "hono/cookie";
import { z } from "zod";
import { AppError } from "../core/error.ts";
import { invalidRequest, problemContent } from "../http/problem.ts";
import { sessionCookie } from "./authenticate.ts";
import type { CallerService } from "./caller-service.ts";

const open = createRoute({
  method: "post",
  path: "/sessions",
  operationId: "openSession",
  tags: ["Callers"],
  summary: "Open a session for a browser",
  request: {
    body: {
      required: true,
      content: { "application/json": { schema: z.object({ miniProgramCode: z.string().optional() }) } },
    },
  },
  responses: {
    201: {
      description: "The session; the same token is set as an HttpOnly cookie",
      content: {
        "application/json": {
          schema: z.object({ token: z.string(), expiresAt: z.iso.datetime() }).meta({ id: "Session" }),
        },
      },
    },
    400: problemContent("The body is malformed"),
    422: problemContent("The mini-program is not set up on this deployment"),
  },
});

/** `POST /sessions`: how browsers come to speak. */
export function callerRoutes({ callers, secureCookie }: { callers: CallerService; secureCookie: boolean }) {
  return new OpenAPIHono({ defaultHook: invalidRequest }).openapi(open, async (c) => {
    if (c.req.valid("json").miniProgramCode !== undefined) {
      throw new AppError("intake_not_available", "这里还没有接入小程序登录，请改用网页会话：正文发 {}。");
    }
    const { token, expiresAt } = await callers.openSession("web");
    setCookie(c, sessionCookie, token, {
      httpOnly: true,
      sameSite: "Strict",
      secure: secureCookie,
      path: "/",
      expires: expiresAt,
    });
    return c.json({ token, expiresAt: expiresAt.toISOString() }, 201);
  });
}
