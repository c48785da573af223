import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import type { Clock } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import type { Guard } from "../core/guard.ts";
import { pageOf } from "../core/page.ts";
import { fromBase64, fromUtf8, toBase64, utf8 } from "../crypto/bytes.ts";
import { invalidRequest, problemContent } from "../http/problem.ts";
import { doors, noticeFields, noticeStates } from "../outbox/outbox.ts";
import type { NoticeCursor, NoticeRecord, OutboxRepository } from "../outbox/outbox-repository.ts";

const NoticeBody = z
  .object({
    id: z.string(),
    /** What it tells of: `case/{id}/{seq}`, `clock/…`, `reminder/…`. */
    event: z.string(),
    kind: z.string(),
    door: z.enum(doors),
    state: z.enum(noticeStates),
    /** What it says is made of these; nobody's words. */
    fields: z.partialRecord(z.enum(noticeFields), z.string()),
    attempts: z.int(),
    maxAttempts: z.int(),
    createdAt: z.iso.datetime(),
    /** Not tried before; quiet hours come on top. */
    nextAt: z.iso.datetime().nullable(),
    settledAt: z.iso.datetime().nullable(),
    /** Why the last attempt failed, as a code. */
    reason: z.string().nullable(),
    /** Whether it may be tried again. */
    retryable: z.boolean(),
  })
  .meta({ id: "OutboxNotice" });

const DetailBody = NoticeBody.extend({
  /** The key by which a receiver knows a repeat. */
  idempotencyKey: z.string(),
  history: z.array(
    z.object({
      attempt: z.int(),
      startedAt: z.iso.datetime(),
      endedAt: z.iso.datetime().nullable(),
      /** Null while it runs, and for good if the process died in it. */
      outcome: z.enum(["sent", "failed", "refused"]).nullable(),
      reason: z.string().nullable(),
    }),
  ),
}).meta({ id: "OutboxNoticeDetail" });

const CountsBody = z
  .object({
    counts: z.array(z.object({ state: z.enum(noticeStates), door: z.enum(doors), count: z.int() })),
  })
  .meta({ id: "OutboxCounts" });

const staffProblems = {
  401: problemContent("Nobody is signed in"),
  403: problemContent("Your role may not do this"),
} as const;
const WithId = z.object({ id: z.string().max(80) });

const list = createRoute({
  method: "get",
  path: "/outbox",
  operationId: "listOutbox",
  tags: ["Staff"],
  summary: "What was told outside, and what is still to be, newest first; without whom it goes to",
  request: {
    query: z.object({
      state: z.enum(noticeStates, { error: `state 只能是 ${noticeStates.join("、")} 之一。` }).optional(),
      door: z.enum(doors, { error: `door 只能是 ${doors.join("、")} 之一。` }).optional(),
      limit: z.coerce.number().int().min(1, "limit 从 1 起。").max(200, "一页最多 200 条。").default(50),
      cursor: z.string().max(200).optional(),
    }),
  },
  responses: {
    200: { description: "A page", content: { "application/json": { schema: pageOf(NoticeBody) } } },
    400: problemContent("A filter, the limit or the cursor is malformed"),
    ...staffProblems,
  },
});

const counts = createRoute({
  method: "get",
  path: "/outbox/counts",
  operationId: "countOutbox",
  tags: ["Staff"],
  summary: "How many notices there are, by state and door",
  responses: {
    200: { description: "The counts", content: { "application/json": { schema: CountsBody } } },
    ...staffProblems,
  },
});

const detail = createRoute({
  method: "get",
  path: "/outbox/{id}",
  operationId: "getOutboxNotice",
  tags: ["Staff"],
  summary: "One notice with every attempt at it",
  request: { params: WithId },
  responses: {
    200: { description: "The notice", content: { "application/json": { schema: DetailBody } } },
    ...staffProblems,
    404: problemContent("There is no such notice"),
  },
});

const retry = createRoute({
  method: "post",
  path: "/outbox/{id}/retry",
  operationId: "retryOutboxNotice",
  tags: ["Staff"],
  summary: "Have a notice tried again, under the same key and with as many attempts as a new one",
  request: { params: WithId },
  responses: {
    200: { description: "The notice, pending", content: { "application/json": { schema: DetailBody } } },
    ...staffProblems,
    404: problemContent("There is no such notice"),
    409: problemContent("It was sent, or nobody is to have it any more"),
  },
});

/** The outbox for signed-in staff. */
export function outboxRoutes(dependencies: { outbox: OutboxRepository; guard: Guard; now: Clock }) {
  const { outbox, guard, now } = dependencies;

  async function bodyOf(id: string) {
    const found = await outbox.find(id);
    if (found === undefined) throw new AppError("not_found", "没有查到这条通知。");
    const history = await outbox.attempts(id);
    return {
      ...toBody(found),
      idempotencyKey: found.idempotencyKey,
      history: history.map(({ attempt, startedAt, endedAt, outcome, reason }) => ({
        attempt,
        startedAt: startedAt.toISOString(),
        endedAt: endedAt?.toISOString() ?? null,
        outcome,
        reason,
      })),
    };
  }

  return new OpenAPIHono({ defaultHook: invalidRequest })
    .openapi(list, async (c) => {
      await guard(c, "notices:manage");
      const { state, door, limit, cursor } = c.req.valid("query");
      const after = cursor === undefined ? undefined : cursorIn(cursor);
      const found = await outbox.list({ state, door }, limit + 1, after);
      const items = found.slice(0, limit);
      const last = items.at(-1);
      const nextCursor =
        found.length <= limit || last === undefined
          ? null
          : toBase64(utf8(`${last.createdAt.getTime()}|${last.id}`));
      return c.json({ items: items.map(toBody), nextCursor }, 200);
    })
    .openapi(counts, async (c) => {
      await guard(c, "notices:manage");
      return c.json({ counts: await outbox.counts() }, 200);
    })
    .openapi(detail, async (c) => {
      await guard(c, "notices:manage");
      return c.json(await bodyOf(c.req.valid("param").id), 200);
    })
    .openapi(retry, async (c) => {
      const { id } = c.req.valid("param");
      await guard(c, "notices:manage", {
        audit: { action: "notice.retry", subject: { kind: "notice", id } },
      });
      const taken = await outbox.retry(id, now());
      const body = await bodyOf(id);
      if (!taken) {
        throw new AppError("notice_not_retryable", "这条通知已经发出，或者收件人的同意、信息已经撤回删除。");
      }
      return c.json(body, 200);
    });
}

function toBody(notice: NoticeRecord) {
  const { id, event, kind, door, state, fields, attempts, maxAttempts, reason } = notice;
  const { createdAt, nextAt, settledAt, addressed } = notice;
  return {
    id,
    event,
    kind,
    door,
    state,
    fields,
    attempts,
    maxAttempts,
    createdAt: createdAt.toISOString(),
    nextAt: state === "pending" ? nextAt.toISOString() : null,
    settledAt: settledAt?.toISOString() ?? null,
    reason,
    retryable: addressed && (state === "dead" || state === "pending"),
  };
}

function cursorIn(cursor: string): NoticeCursor {
  try {
    const [at = "", id = ""] = fromUtf8(fromBase64(cursor)).split("|");
    if (/^\d{1,15}$/.test(at) && id !== "") return { createdAt: new Date(Number(at)), id };
  } catch {
    // Told below.
  }
  throw new AppError("invalid_request", "cursor 不对，请用上一页返回的 nextCursor。", {
    errors: [{ pointer: "/query/cursor", detail: "不是本接口给出的 nextCursor。" }],
  });
}
