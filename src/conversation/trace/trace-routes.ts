import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { AppError } from "../../core/error.ts";
import type { Guard } from "../../core/guard.ts";
import { pageOf } from "../../core/page.ts";
import { invalidRequest, problemContent } from "../../http/problem.ts";
import { parseReportNo } from "../../reports/report.ts";
import { TracedTurn } from "./trace.ts";
import type { TraceService } from "./trace-service.ts";

const TurnBody = TracedTurn.meta({ id: "ConversationTurn" });

const trace = createRoute({
  method: "get",
  path: "/conversation/trace",
  operationId: "traceConversation",
  tags: ["Staff"],
  summary:
    "How the chat came to a report or a ticket, turn by turn: what was read, by which rule, from which words",
  request: {
    query: z.object({
      reportNo: z.string().max(40).optional(),
      ticketNo: z.string().max(40).optional(),
      limit: z.coerce.number().int().min(1, "limit 从 1 起。").max(200, "一页最多 200 条。").default(50),
      cursor: z.string().max(20).optional(),
    }),
  },
  responses: {
    200: {
      description: "The turns of the matter, oldest first, without contact data",
      content: { "application/json": { schema: pageOf(TurnBody) } },
    },
    400: problemContent("Neither number or both, or the cursor is malformed"),
    401: problemContent("Nobody is signed in"),
    403: problemContent("Your role may not do this"),
    404: problemContent("No conversation of that number is kept"),
  },
});

/** What staff see of the chat: `GET /conversation/trace`. */
export function traceRoutes({ traces, guard }: { traces: TraceService; guard: Guard }) {
  return new OpenAPIHono({ defaultHook: invalidRequest }).openapi(trace, async (c) => {
    const { reportNo, ticketNo, limit, cursor } = c.req.valid("query");
    const kind = reportNo === undefined ? "ticket" : "report";
    const number =
      reportNo === undefined ? (ticketNo ?? "").trim().toUpperCase() : (parseReportNo(reportNo) ?? reportNo);
    const id = number.toLowerCase().replaceAll("-", "_");
    await guard(c, "conversation:trace", {
      audit: { action: "conversation.traced", subject: { kind, id } },
    });
    if ((reportNo === undefined) === (ticketNo === undefined)) {
      throw new AppError(
        "invalid_request",
        "写明 reportNo（报告编号）或者 ticketNo（转人工单号），只写一个。",
        {
          errors: [{ pointer: "/query/reportNo", detail: "reportNo 和 ticketNo 写一个，也只写一个。" }],
        },
      );
    }
    const { items, nextCursor } = await traces.traceOf(number, limit, cursor);
    const bodies = items.map(({ seq, at, trace: turn }) => ({ seq, at: at.toISOString(), ...turn }));
    return c.json({ items: bodies, nextCursor }, 200);
  });
}
