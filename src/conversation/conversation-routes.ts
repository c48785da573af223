import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import { z } from "zod";
import { type CallerVariables, speakerOf } from "../callers/authenticate.ts";
import { Channel } from "../callers/caller.ts";
import { ProofHeader } from "../callers/proof-of-work.ts";
import { AppError } from "../core/error.ts";
import { limitBody } from "../http/middleware.ts";
import { invalidRequest, problemContent } from "../http/problem.ts";
import type { ConversationService } from "./conversation-service.ts";
import { Answer, Message } from "./message.ts";

const send = createRoute({
  method: "post",
  path: "/conversation/messages",
  operationId: "sendMessage",
  tags: ["Conversation"],
  summary: "Say something and get the answer; a repeat of a message gets its first answer again",
  request: {
    headers: ProofHeader,
    body: { required: true, content: { "application/json": { schema: Message } } },
  },
  responses: {
    200: { description: "The answer", content: { "application/json": { schema: Answer } } },
    400: problemContent("The message is malformed"),
    401: problemContent("No session and no channel token"),
    403: problemContent("The token does not speak for this channel"),
    404: problemContent("The evidence named is not there, or not yours"),
    429: problemContent(
      "Too many messages; or too many anonymous reports of all in this hour, and a proof of work is asked for: the same message again with it is answered",
    ),
  },
});

const Speaking = z.object({
  channel: Channel.optional(),
  userId: z.string().min(1).max(200).optional(),
  roomId: z.string().min(1).max(200).optional(),
});

const erase = createRoute({
  method: "delete",
  path: "/conversation",
  operationId: "eraseConversation",
  tags: ["Conversation"],
  summary: "End the conversation and erase its draft",
  request: { query: Speaking },
  responses: {
    204: { description: "Erased, or there was none" },
    400: problemContent("An adapter must say for whom"),
    401: problemContent("No session and no channel token"),
  },
});

/** The conversation over HTTP. */
export function conversationRoutes(dependencies: {
  conversation: ConversationService;
  authenticated: MiddlewareHandler;
}) {
  const { conversation, authenticated } = dependencies;
  const routes = new OpenAPIHono<{ Variables: CallerVariables }>({ defaultHook: invalidRequest });
  routes.use("/conversation/messages", limitBody(256 * 1024), authenticated);
  routes.use("/conversation", authenticated);
  return routes
    .openapi(send, async (c) => {
      const answer = await conversation.answer(c.req.valid("json"), c.get("caller"));
      // Sent as it was stored: a repeat is the same to the letter.
      return c.body(answer, 200, { "Content-Type": "application/json; charset=UTF-8" }) as never;
    })
    .openapi(erase, async (c) => {
      const { channel, userId, roomId } = c.req.valid("query");
      const caller = c.get("caller");
      if (caller.kind === "adapter" && (channel === undefined || userId === undefined)) {
        throw new AppError("invalid_request", "用渠道令牌时要写明 channel 和 userId。", {
          errors: [{ pointer: "/query/userId", detail: "缺少 channel 或 userId。" }],
        });
      }
      await conversation.erase(
        speakerOf(caller, { channel: channel ?? "web", userId: userId ?? "", roomId }),
      );
      return c.body(null, 204);
    });
}
