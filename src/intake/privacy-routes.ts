import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { caseStateNames } from "../cases/lifecycle.ts";
import { dateInShanghai } from "../core/clock.ts";
import { limitBody } from "../http/middleware.ts";
import { invalidRequest, problemContent } from "../http/problem.ts";
import { doors } from "../outbox/outbox.ts";
import { EvidenceBody, toEvidenceBody } from "../reports/evidence-routes.ts";
import { Slots } from "../reports/report.ts";
import { erasedKinds, holdCategoryNames } from "../reports/retention.ts";
import { reportNoOf, WithCode, WithNo } from "./intake-routes.ts";
import { deletionScopes } from "./privacy.ts";
import type { PrivacyService } from "./privacy-service.ts";
import { codeProblems } from "./route-responses.ts";

const Part = z.enum(["identity", "sender", "content"]);

const RetentionBody = z
  .object({
    closedOn: z.iso.date().nullable(),
    identityEraseOn: z.iso.date().nullable(),
    identityKeepUntil: z.iso.date().nullable(),
    contentEraseOn: z.iso.date().nullable(),
    holds: z.array(z.object({ category: z.enum(holdCategoryNames), label: z.string() })),
    requests: z.array(z.object({ part: Part, requestedOn: z.iso.date() })),
    erased: z.array(z.object({ kind: z.enum(erasedKinds), erasedOn: z.iso.date() })),
  })
  .meta({ id: "RetentionState" });

const CopyBody = z
  .object({
    reportNo: z.string(),
    channel: z.string(),
    filedAt: z.iso.datetime(),
    state: z.enum(caseStateNames),
    stateLabel: z.string(),
    office: z.object({ code: z.string(), name: z.string() }),
    /** Whether the channel's user is kept, as a keyed hash, for their own look-up. */
    recognisedByChannel: z.boolean(),
    slots: Slots,
    narrative: z.array(z.string()),
    /** What else was taken down: the answers of an application, the number of a work order. */
    more: z.record(z.string(), z.unknown()).optional(),
    supplements: z.array(z.object({ text: z.string(), addedAt: z.iso.datetime() })),
    contentErasedOn: z.iso.datetime().nullable(),
    identity: z.discriminatedUnion("kind", [
      z.object({
        kind: z.literal("identity"),
        contactName: z.string().optional(),
        contactPhone: z.string().optional(),
      }),
      z.object({ kind: z.literal("erased"), erasedAt: z.iso.datetime() }),
      z.object({ kind: z.literal("anonymous") }),
    ]),
    evidence: z.array(EvidenceBody.extend({ name: z.string() })),
    events: z.array(z.object({ kind: z.string(), label: z.string(), at: z.iso.datetime() })),
    retention: RetentionBody,
    /** Where somebody agreed to be told of its progress. */
    notices: z.array(z.object({ door: z.enum(doors), agreedOn: z.iso.date() })),
  })
  .meta({ id: "ReportCopy" });

const PartBody = z.object({
  part: Part,
  status: z.enum(["erased", "scheduled", "held"]),
  erasedOn: z.iso.date().nullable().optional(),
  dueOn: z.iso.date().nullable().optional(),
  reason: z.string(),
});

const DeletionBody = z
  .object({
    /** What is least done of the parts. */
    status: z.enum(["erased", "scheduled", "held"]),
    /** The day on which all that was asked for was gone. */
    erasedOn: z.iso.date().optional(),
    reason: z.string(),
    /** Whether the report was withdrawn along with it. */
    withdrawn: z.boolean(),
    parts: z.array(PartBody),
  })
  .meta({ id: "Deletion" });

const copy = createRoute({
  method: "get",
  path: "/reports/{reportNo}/copy",
  operationId: "copyReport",
  tags: ["Reports"],
  summary: "Everything that is stored of a report and of who filed it",
  request: { params: WithNo, headers: WithCode },
  responses: {
    200: { description: "The copy", content: { "application/json": { schema: CopyBody } } },
    ...codeProblems,
  },
});

const deletion = createRoute({
  method: "post",
  path: "/reports/{reportNo}/deletion",
  operationId: "requestDeletion",
  tags: ["Reports"],
  summary: "Have one's identity, or all that one wrote, erased",
  request: {
    params: WithNo,
    headers: WithCode,
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.strictObject({
            what: z.enum(deletionScopes, { error: "what 只能是 identity（姓名和联系方式）或 all（全部）。" }),
            confirm: z.literal(true, { error: "删了就恢复不了，确定要删请写 confirm: true。" }),
          }),
        },
      },
    },
  },
  responses: {
    200: { description: "It is erased", content: { "application/json": { schema: DeletionBody } } },
    202: {
      description: "It is erased later, and why",
      content: { "application/json": { schema: DeletionBody } },
    },
    ...codeProblems,
    409: problemContent("The case was changed meanwhile"),
  },
});

const keep = createRoute({
  method: "put",
  path: "/reports/{reportNo}/identity-retention",
  operationId: "keepIdentity",
  tags: ["Reports"],
  summary: "Have one's identity kept longer than usual, or no longer",
  request: {
    params: WithNo,
    headers: WithCode,
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.strictObject({
            until: z.iso.date({ error: "until 写成 2027-11-22 的样子；不再保留写 null。" }).nullable(),
          }),
        },
      },
    },
  },
  responses: {
    200: { description: "When what is erased", content: { "application/json": { schema: RetentionBody } } },
    ...codeProblems,
  },
});

/** What a person may ask about their own data. */
export function privacyRoutes({ privacy }: { privacy: PrivacyService }) {
  const routes = new OpenAPIHono({ defaultHook: invalidRequest });
  const small = limitBody(16 * 1024);
  routes.post("/reports/:reportNo/deletion", small);
  routes.put("/reports/:reportNo/identity-retention", small);
  return routes
    .openapi(copy, async (c) => {
      const found = await privacy.copy(
        reportNoOf(c.req.valid("param")),
        c.req.valid("header")["x-query-code"],
      );
      return c.json(toCopyBody(found), 200);
    })
    .openapi(deletion, async (c) => {
      const { status, parts, withdrawn } = await privacy.requestDeletion(
        reportNoOf(c.req.valid("param")),
        c.req.valid("header")["x-query-code"],
        c.req.valid("json").what,
      );
      const days = parts.flatMap((one) =>
        one.status === "erased" && one.erasedOn !== null ? [one.erasedOn] : [],
      );
      const last = days.sort().at(-1);
      const reasons = [...new Set(parts.map((one) => one.reason)), ...(withdrawn ? [withdrawnToo] : [])];
      const body = {
        status,
        ...(status === "erased" && last !== undefined ? { erasedOn: last } : {}),
        reason: `${reasons.join("。")}。`,
        withdrawn,
        parts,
      };
      return status === "erased" ? c.json(body, 200) : c.json(body, 202);
    })
    .openapi(keep, async (c) => {
      const state = await privacy.keepIdentity(
        reportNoOf(c.req.valid("param")),
        c.req.valid("header")["x-query-code"],
        c.req.valid("json").until,
      );
      return c.json(state, 200);
    });
}

const withdrawnToo = "这份报告同时撤回，不再办理";

function toCopyBody({
  report,
  status,
  content,
  identity,
  files,
  recognised,
  retention,
  notices,
}: Awaited<ReturnType<PrivacyService["copy"]>>) {
  return {
    reportNo: report.reportNo,
    channel: report.channel,
    filedAt: report.filedAt.toISOString(),
    state: status.state,
    stateLabel: status.stateLabel,
    office: status.office,
    recognisedByChannel: recognised,
    slots: content.slots,
    narrative: content.narrative,
    // JSON as it was sealed.
    ...(content.more === undefined ? {} : { more: content.more as Record<string, never> }),
    supplements: content.supplements.map((one) => ({ ...one, addedAt: one.addedAt.toISOString() })),
    contentErasedOn: content.erasedAt?.toISOString() ?? null,
    identity:
      identity.kind === "erased" ? { ...identity, erasedAt: identity.erasedAt.toISOString() } : identity,
    evidence: files.map((one) => ({ ...toEvidenceBody(one), name: one.name })),
    events: status.events.map((event) => ({ ...event, at: event.at.toISOString() })),
    retention,
    notices: notices.map(({ door, agreedAt }) => ({ door, agreedOn: dateInShanghai(agreedAt) })),
  };
}
