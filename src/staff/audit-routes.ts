import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { AppError } from "../core/error.ts";
import type { Guard } from "../core/guard.ts";
import { pageOf } from "../core/page.ts";
import { fromBase64, fromUtf8, toBase64, utf8 } from "../crypto/bytes.ts";
import { invalidRequest, problemContent } from "../http/problem.ts";
import { auditOutcomes } from "./audit.ts";
import type { AuditCursor, AuditService } from "./audit-service.ts";

const EntryBody = z
  .object({
    id: z.string(),
    seq: z.int(),
    accountId: z.string(),
    account: z.string().nullable(),
    name: z.string().nullable(),
    at: z.iso.datetime(),
    action: z.string(),
    subject: z.object({ kind: z.string(), id: z.string() }).nullable(),
    officeCode: z.string(),
    outcome: z.enum(auditOutcomes),
    /** What the person gave as theirs. */
    reason: z.string().nullable(),
    requestId: z.string(),
    hash: z.string(),
  })
  .meta({ id: "AuditEntry" });

const instant = z.iso.datetime({ offset: true, error: "要填带时区的时刻，如 2026-11-23T08:00:00+08:00。" });

const list = createRoute({
  method: "get",
  path: "/audit",
  operationId: "listAuditEntries",
  tags: ["Staff"],
  summary: "What staff did, newest first: a head sees their own office's, city and auditor all",
  request: {
    query: z.object({
      /** Its id or name; `unknown` for sign-ins without an account, `operator` for the tool at the machine. */
      account: z.string().max(80).optional(),
      action: z.string().max(200).optional(),
      subject: z.string().max(200).optional(),
      from: instant.optional(),
      to: instant.optional(),
      limit: z.coerce.number().int().min(1, "limit 从 1 起。").max(200, "一页最多 200 条。").default(50),
      cursor: z.string().max(200).optional(),
    }),
  },
  responses: {
    200: { description: "A page", content: { "application/json": { schema: pageOf(EntryBody) } } },
    400: problemContent("A filter or the cursor is malformed"),
    401: problemContent("Nobody is signed in"),
    403: problemContent("Your role may not do this"),
  },
});

/** The audit log, for those who may read it; reading it is itself recorded. */
export function auditRoutes({ audit, guard }: { audit: AuditService; guard: Guard }) {
  return new OpenAPIHono({ defaultHook: invalidRequest }).openapi(list, async (c) => {
    const person = await guard(c, "audit:read", { audit: { action: "audit.read" } });
    const { account, action, subject, from, to, limit, cursor } = c.req.valid("query");
    const filter = {
      account,
      action,
      subject,
      from: from === undefined ? undefined : new Date(from),
      to: to === undefined ? undefined : new Date(to),
    };
    const after = cursor === undefined ? undefined : readCursor(cursor);
    const { items, next } = await audit.list(person.offices, filter, limit, after);
    const bodies = items.map(({ subjectKind, subjectId, at, outcome, ...entry }) => ({
      id: entry.id,
      seq: entry.seq,
      accountId: entry.accountId,
      account: entry.account,
      name: entry.name,
      at: at.toISOString(),
      action: entry.action,
      subject: subjectId === null ? null : { kind: subjectKind ?? "", id: subjectId },
      officeCode: entry.officeCode,
      outcome: auditOutcomes.find((known) => known === outcome) ?? "failed",
      reason: entry.reason,
      requestId: entry.requestId,
      hash: entry.hash,
    }));
    return c.json({ items: bodies, nextCursor: next === undefined ? null : writeCursor(next) }, 200);
  });
}

const writeCursor = ({ at, id }: AuditCursor) => toBase64(utf8(`${at.getTime()}|${id}`));

function readCursor(text: string): AuditCursor {
  try {
    const [at = "", id = ""] = fromUtf8(fromBase64(text)).split("|");
    if (/^\d{1,15}$/.test(at) && id !== "") return { at: new Date(Number(at)), id };
  } catch {
    // Not base64, or not UTF-8: told below.
  }
  throw new AppError("invalid_request", "cursor 不对，请用上一页返回的 nextCursor。", {
    errors: [{ pointer: "/query/cursor", detail: "不是本接口给出的 nextCursor。" }],
  });
}
