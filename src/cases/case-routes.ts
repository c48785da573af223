import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { AppError } from "../core/error.ts";
import type { Guard, Person } from "../core/guard.ts";
import { pageOf } from "../core/page.ts";
import { fromBase64, fromUtf8, toBase64, utf8 } from "../crypto/bytes.ts";
import { invalidRequest, problemContent } from "../http/problem.ts";
import type { JurisdictionRules } from "../regions/jurisdiction.ts";
import type { EvidenceService } from "../reports/evidence-service.ts";
import { reportTypes, Slots } from "../reports/report.ts";
import type { ReportService } from "../reports/report-service.ts";
import { type CaseProjection, caseStateNames, caseStates } from "./case.ts";
import type { CaseCursor } from "./case-repository.ts";
import { type CaseService, caseActions } from "./case-service.ts";

const CaseBody = z
  .object({
    id: z.string(),
    reportNo: z.string(),
    matter: z.string(),
    county: z.string().nullable(),
    office: z.object({ code: z.string(), name: z.string() }),
    state: z.enum(caseStateNames),
    stateLabel: z.string(),
    dueOn: z.iso.date().nullable(),
    dueKind: z.enum(["statutory", "service"]).nullable(),
    dueProvisional: z.boolean(),
    openedAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    revision: z.int(),
  })
  .meta({ id: "Case" });

const EventBody = z
  .object({
    seq: z.int(),
    kind: z.string(),
    at: z.iso.datetime(),
    actor: z.string(),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: "CaseEvent" });

const CaseDetail = CaseBody.extend({
  report: z.object({
    channel: z.string(),
    filedAt: z.iso.datetime(),
    slots: Slots,
    narrative: z.array(z.string()),
    supplements: z.array(z.object({ text: z.string(), addedAt: z.iso.datetime() })),
  }),
  evidence: z.array(
    z.object({
      evidenceId: z.string(),
      sha256: z.string(),
      bytes: z.int(),
      mediaType: z.string(),
      receivedAt: z.iso.datetime(),
    }),
  ),
  events: z.array(EventBody),
}).meta({ id: "CaseDetail" });

const list = createRoute({
  method: "get",
  path: "/cases",
  operationId: "listCases",
  tags: ["Staff"],
  summary: "Cases of one's office, newest first",
  request: {
    query: z.object({
      state: z.enum(caseStateNames, { error: `state 只能是 ${caseStateNames.join("、")} 之一。` }).optional(),
      matter: z.enum(reportTypes, { error: `matter 只能是 ${reportTypes.join("、")} 之一。` }).optional(),
      limit: z.coerce.number().int().min(1, "limit 从 1 起。").max(200, "一页最多 200 条。").default(50),
      cursor: z.string().max(200).optional(),
    }),
  },
  responses: {
    200: { description: "A page", content: { "application/json": { schema: pageOf(CaseBody) } } },
    400: problemContent("A filter or the cursor is malformed"),
    401: problemContent("Nobody is signed in"),
    403: problemContent("Your role may not do this"),
  },
});

const WithId = z.object({ id: z.string().max(80) });

const open = createRoute({
  method: "get",
  path: "/cases/{id}",
  operationId: "openCase",
  tags: ["Staff"],
  summary: "One case with what was reported; never who reported it",
  request: { params: WithId },
  responses: {
    200: { description: "The case", content: { "application/json": { schema: CaseDetail } } },
    401: problemContent("Nobody is signed in"),
    404: problemContent("There is no such case, or it is not yours to see"),
  },
});

const events = createRoute({
  method: "get",
  path: "/cases/{id}/events",
  operationId: "listCaseEvents",
  tags: ["Staff"],
  summary: "What happened to a case",
  request: { params: WithId },
  responses: {
    200: { description: "Oldest first", content: { "application/json": { schema: pageOf(EventBody) } } },
    401: problemContent("Nobody is signed in"),
    404: problemContent("There is no such case, or it is not yours to see"),
  },
});

const evidenceFile = createRoute({
  method: "get",
  path: "/cases/{id}/evidence/{evidenceId}",
  operationId: "downloadEvidence",
  tags: ["Staff"],
  summary: "The bytes of a piece of evidence, as they came",
  request: { params: WithId.extend({ evidenceId: z.string().max(80) }) },
  responses: {
    200: { description: "The file", content: { "application/octet-stream": { schema: z.string() } } },
    401: problemContent("Nobody is signed in"),
    404: problemContent("There is no such case or file"),
  },
});

const act = createRoute({
  method: "post",
  path: "/cases/{id}/actions/{action}",
  operationId: "actOnCase",
  tags: ["Staff"],
  summary: "Take the case one step further",
  request: {
    params: WithId.extend({
      action: z.enum(caseActions, { error: `action 只能是 ${caseActions.join("、")} 之一。` }),
    }),
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.strictObject({ revision: z.int({ error: "revision 要填案件现在的版本号（整数）。" }) }),
        },
      },
    },
  },
  responses: {
    200: { description: "The case", content: { "application/json": { schema: CaseBody } } },
    400: problemContent("The action or the body is malformed"),
    401: problemContent("Nobody is signed in"),
    403: problemContent("Your role may not do this"),
    404: problemContent("There is no such case, or it is not yours to see"),
    409: problemContent("The case was changed meanwhile, or has no such step now"),
  },
});

/** Cases for signed-in staff. */
export function caseRoutes(dependencies: {
  cases: CaseService;
  reports: ReportService;
  evidence: EvidenceService;
  jurisdiction: JurisdictionRules;
  guard: Guard;
}) {
  const { cases, reports, evidence, jurisdiction, guard } = dependencies;

  async function toBody(current: CaseProjection) {
    const report = await reports.find(current.reportId);
    const { id, matter, county, state, due, seq } = current;
    const office = jurisdiction.officeOf(current.officeCode);
    return {
      id,
      reportNo: report?.reportNo ?? "",
      matter,
      county,
      office: { code: current.officeCode, name: office?.name ?? current.officeCode },
      state,
      stateLabel: caseStates[state],
      dueOn: due?.on ?? null,
      dueKind: due?.kind ?? null,
      dueProvisional: due?.provisional ?? false,
      openedAt: current.openedAt.toISOString(),
      updatedAt: current.updatedAt.toISOString(),
      revision: seq,
    };
  }

  async function eventBodies(person: Person, id: string) {
    return (await cases.events(person, id)).map(({ seq, kind, at, actor, data }) => ({
      seq,
      kind,
      at: at.toISOString(),
      actor,
      data,
    }));
  }

  return new OpenAPIHono({ defaultHook: invalidRequest })
    .openapi(list, async (c) => {
      const person = await guard(c, "case:read");
      const { state, matter, limit, cursor } = c.req.valid("query");
      const { items, next } = await cases.list(
        person,
        { states: state === undefined ? undefined : [state], matter },
        limit,
        cursor === undefined ? undefined : readCursor(cursor),
      );
      const bodies = await Promise.all(items.map(toBody));
      return c.json({ items: bodies, nextCursor: next === undefined ? null : writeCursor(next) }, 200);
    })
    .openapi(open, async (c) => {
      const person = await guard(c, "case:read");
      const { id } = c.req.valid("param");
      const current = await cases.open(person, id);
      const [body, record, content, files, history] = await Promise.all([
        toBody(current),
        reports.find(current.reportId),
        reports.open(current.reportId),
        evidence.ofReport(current.reportId),
        eventBodies(person, id),
      ]);
      const report = {
        channel: record?.channel ?? "",
        filedAt: (record?.filedAt ?? current.openedAt).toISOString(),
        slots: content.slots,
        narrative: content.narrative,
        supplements: content.supplements.map((one) => ({ ...one, addedAt: one.addedAt.toISOString() })),
      };
      const listed = files.map((one) => ({ ...one, receivedAt: one.receivedAt.toISOString() }));
      return c.json({ ...body, report, evidence: listed, events: history }, 200);
    })
    .openapi(events, async (c) => {
      const person = await guard(c, "case:read");
      return c.json({ items: await eventBodies(person, c.req.valid("param").id), nextCursor: null }, 200);
    })
    .openapi(evidenceFile, async (c) => {
      const person = await guard(c, "case:read");
      const { id, evidenceId } = c.req.valid("param");
      const current = await cases.open(person, id);
      const file = await evidence.read(current.reportId, evidenceId, person.accountId);
      // Always a download: nothing that came from outside is shown as a page of ours.
      return c.body(file.content, 200, {
        "Content-Type": file.mediaType,
        "Content-Disposition": `attachment; filename="${evidenceId}"`,
        "X-Evidence-Sha256": file.sha256,
      }) as never;
    })
    .openapi(act, async (c) => {
      const person = await guard(c, "case:act");
      const { id, action } = c.req.valid("param");
      const moved = await cases.act(person, id, action, c.req.valid("json").revision);
      return c.json(await toBody(moved), 200);
    });
}

const writeCursor = ({ openedAt, id }: CaseCursor) => toBase64(utf8(`${openedAt.getTime()}|${id}`));

function readCursor(text: string): CaseCursor {
  try {
    const [at = "", id = ""] = fromUtf8(fromBase64(text)).split("|");
    if (/^\d+$/.test(at) && id !== "") return { openedAt: new Date(Number(at)), id };
  } catch {
    // Not base64, or not UTF-8: told below.
  }
  throw new AppError("invalid_request", "cursor 不对，请用上一页返回的 nextCursor。", {
    errors: [{ pointer: "/query/cursor", detail: "不是本接口给出的 nextCursor。" }],
  });
}
