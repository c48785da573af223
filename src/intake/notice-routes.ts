import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import { z } from "zod";
import { type CallerVariables, speakerOf } from "../callers/authenticate.ts";
import { Channel, type Speaker } from "../callers/caller.ts";
import { AppError } from "../core/error.ts";
import { limitBody } from "../http/middleware.ts";
import { invalidRequest, problemContent } from "../http/problem.ts";
import { doors } from "../outbox/outbox.ts";
import { NoticesBody, reportNoOf, WithCode, WithNo } from "./intake-routes.ts";
import type { IntakeService } from "./intake-service.ts";
import type { NoticeService } from "./notice-service.ts";
import { codeProblems } from "./route-responses.ts";

const set = createRoute({
  method: "put",
  path: "/reports/{reportNo}/notices",
  operationId: "setNotices",
  tags: ["Reports"],
  summary: "Agree to be told of a report's progress, or take that back; what is not named is taken back",
  request: {
    params: WithNo,
    headers: WithCode,
    body: {
      required: true,
      content: {
        "application/json": {
          schema: NoticesBody.extend({
            /** Whose channel, where a channel token speaks. */
            of: z.strictObject({ channel: Channel, userId: z.string().min(1).max(200) }).optional(),
          }).meta({ id: "NoticeSetting" }),
        },
      },
    },
  },
  responses: {
    200: {
      description: "Where the person is told from now on",
      content: {
        "application/json": {
          schema: z.object({ reportNo: z.string(), doors: z.array(z.enum(doors)) }).meta({ id: "Notices" }),
        },
      },
    },
    401: problemContent("No session and no channel token"),
    403: problemContent("The token is not this channel's"),
    ...codeProblems,
  },
});

/** Consent to notices over HTTP. */
export function noticeRoutes(dependencies: {
  notices: NoticeService;
  intake: Pick<IntakeService, "withCode">;
  authenticated: MiddlewareHandler;
}) {
  const { notices, intake, authenticated } = dependencies;
  const routes = new OpenAPIHono<{ Variables: CallerVariables }>({ defaultHook: invalidRequest });
  routes.put("/reports/:reportNo/notices", limitBody(16 * 1024), authenticated);
  return routes.openapi(set, async (c) => {
    const caller = c.get("caller");
    const { of, ...wish } = c.req.valid("json");
    if (caller.kind === "adapter" && of === undefined && wish.channel === true) {
      throw new AppError("invalid_request", "用渠道令牌时要写明是谁。", {
        errors: [{ pointer: "/of", detail: "写成 {channel, userId}。" }],
      });
    }
    const reportNo = reportNoOf(c.req.valid("param"));
    const queryCode = c.req.valid("header")["x-query-code"];
    // Who only names a mail address speaks for no channel.
    const speaker: Speaker =
      caller.kind === "adapter" && of === undefined
        ? { channel: "web", userId: "" }
        : speakerOf(caller, of ?? { channel: "web", userId: "" });
    return c.json(
      { reportNo, doors: await notices.set(intake, { reportNo, queryCode }, wish, speaker) },
      200,
    );
  });
}
