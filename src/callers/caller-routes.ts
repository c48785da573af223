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
  summary: "Open a session for a browser, or for who a login code of the mini-program stands for",
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.object({
            /** The code of `wx.login`. */
            miniProgramCode: z.string().min(1, "miniProgramCode 是空的。").max(200).optional(),
          }),
        },
      },
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
    403: problemContent("WeChat thinks the user risky"),
    422: problemContent("The mini-program is not set up on this deployment"),
    429: problemContent("WeChat takes no more for now"),
    503: problemContent("WeChat does not answer"),
  },
});

/** `POST /sessions`: how browsers and the mini-program come to speak. */
export function callerRoutes({
  callers,
  secureCookie,
  miniProgram,
}: {
  callers: CallerService;
  secureCookie: boolean;
  /** Tells whom a login code stands for; absent where the mini-program is not set up. */
  miniProgram?: { signIn(code: string): Promise<string> } | undefined;
}) {
  async function openFor(code: string | undefined) {
    if (code === undefined) return callers.openSession("web");
    if (miniProgram === undefined) {
      throw new AppError("intake_not_available", "这里还没有接入小程序登录，请改用网页会话：正文发 {}。");
    }
    return callers.openSession("mini_program", await miniProgram.signIn(code));
  }

  return new OpenAPIHono({ defaultHook: invalidRequest }).openapi(open, async (c) => {
    const { token, expiresAt } = await openFor(c.req.valid("json").miniProgramCode);
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
