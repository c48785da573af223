import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { LegalBasis } from "../core/citation.ts";
import { type Clock, dateInShanghai } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import type { Guard } from "../core/guard.ts";
import { pageOf } from "../core/page.ts";
import { fromBase64, fromUtf8, toBase64, utf8 } from "../crypto/bytes.ts";
import { invalidRequest, problemContent } from "../http/problem.ts";
import type { JurisdictionRules } from "../regions/jurisdiction.ts";
import { custodyKinds, custodyLabels } from "../reports/custody.ts";
import type { DerivativeService } from "../reports/derivative-service.ts";
import type { EvidenceService } from "../reports/evidence-service.ts";
import type { Identity, IdentityVault } from "../reports/identity-service.ts";
import { reportTypes, Slots } from "../reports/report.ts";
import type { ReportService } from "../reports/report-service.ts";
import type { CaseEvent, CaseProjection } from "./case.ts";
import { csvOf } from "./case-csv.ts";
import type { CaseCursor } from "./case-repository.ts";
import type { CaseService } from "./case-service.ts";
import type { CaseClock } from "./clocks.ts";
import { simplifiedNames } from "./fast-lane.ts";
import { actionNames, caseStateNames, lifecycle, linkRelations } from "./lifecycle.ts";
import { stateLabel } from "./public-view.ts";
import { trackNames, tracks } from "./track.ts";

const OfficeBody = z.object({ code: z.string(), name: z.string() });

export const CaseBody = z
  .object({
    id: z.string(),
    reportNo: z.string(),
    matter: z.string(),
    track: z.enum(trackNames),
    trackTitle: z.string(),
    county: z.string().nullable(),
    office: OfficeBody,
    state: z.enum(caseStateNames),
    stateLabel: z.string(),
    dueOn: z.iso.date().nullable(),
    /** The later day where two rules in force differ. */
    outerLimit: z.iso.date().nullable(),
    dueKind: z.enum(["statutory", "service"]).nullable(),
    dueRuleId: z.string().nullable(),
    dueProvisional: z.boolean(),
    overdue: z.boolean(),
    handler: z.string().nullable(),
    transferTo: OfficeBody.nullable(),
    disputeWith: OfficeBody.nullable(),
    supervised: z.boolean(),
    fastLane: z.array(z.string()),
    simplified: z.enum(simplifiedNames).nullable(),
    workOrderOf: z.string().nullable(),
    openedAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
    revision: z.int(),
  })
  .meta({ id: "Case" });

const EventBody = z
  .object({
    seq: z.int(),
    kind: z.string(),
    title: z.string(),
    at: z.iso.datetime(),
    actor: z.string(),
    data: z.record(z.string(), z.unknown()),
    dueOn: z.iso.date().nullable(),
    note: z.string().optional(),
  })
  .meta({ id: "CaseEvent" });

const ClockBody = z
  .object({
    step: z.string(),
    title: z.string(),
    owner: z.string(),
    kind: z.enum(["statutory", "service"]),
    state: z.enum(["running", "paused", "met", "lapsed"]),
    startedOn: z.iso.date(),
    dueOn: z.iso.date().nullable(),
    outerLimit: z.iso.date().nullable(),
    metOn: z.iso.date().nullable(),
    provisional: z.boolean(),
    /** False where the rule is known second hand only: shown, driving no date. */
    confirmed: z.boolean(),
    ruleId: z.string(),
    basis: z.array(LegalBasis),
    steps: z.array(z.string()),
    excluded: z.array(z.object({ from: z.iso.date(), to: z.iso.date() })),
    extensions: z.array(z.string()),
  })
  .meta({ id: "CaseClock" });

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
  clocks: z.array(ClockBody),
  actions: z.array(z.object({ action: z.string(), title: z.string() })),
  links: z.array(
    z.object({
      caseId: z.string(),
      reportNo: z.string(),
      matter: z.string(),
      relation: z.enum(linkRelations),
    }),
  ),
  events: z.array(EventBody),
}).meta({ id: "CaseDetail" });

const CustodyBody = z
  .object({
    seq: z.int(),
    kind: z.enum(custodyKinds),
    label: z.string(),
    at: z.iso.datetime(),
    actor: z.string(),
    sha256: z.string(),
  })
  .meta({ id: "CustodyEntry" });

const flag = z.stringbool({ truthy: ["true", "1"], falsy: ["false", "0"] });

const list = createRoute({
  method: "get",
  path: "/cases",
  operationId: "listCases",
  tags: ["Staff"],
  summary: "Cases of one's office, newest first or by the day that is due; also as CSV",
  request: {
    query: z.object({
      state: z.enum(caseStateNames, { error: `state 只能是 ${caseStateNames.join("、")} 之一。` }).optional(),
      matter: z.enum(reportTypes, { error: `matter 只能是 ${reportTypes.join("、")} 之一。` }).optional(),
      track: z.enum(trackNames, { error: `track 只能是 ${trackNames.join("、")} 之一。` }).optional(),
      handler: z.string().max(80).optional(),
      reportNo: z.string().max(40).optional(),
      supervised: flag.optional(),
      /** Proposed to one's office by a transfer, or disputed with it. */
      incoming: flag.optional(),
      overdue: flag.optional(),
      sort: z.enum(["opened", "due"], { error: "sort 只能是 opened 或 due。" }).default("opened"),
      limit: z.coerce.number().int().min(1, "limit 从 1 起。").max(200, "一页最多 200 条。").default(50),
      cursor: z.string().max(200).optional(),
      format: z.enum(["json", "csv"], { error: "format 只能是 json 或 csv。" }).default("json"),
    }),
  },
  responses: {
    200: {
      description: "A page; as CSV up to 5,000 rows",
      content: { "application/json": { schema: pageOf(CaseBody) }, "text/csv": { schema: z.string() } },
    },
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
  summary: "One case with what was reported, its clocks and what may be done next; never who reported it",
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
      action: z.enum(actionNames, { error: `action 只能是 ${actionNames.join("、")} 之一。` }),
    }),
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z
            .looseObject({
              revision: z.int({ error: "revision 要填案件现在的版本号（整数）。" }),
              note: z.string().trim().min(1).max(4000).optional(),
            })
            .meta({ description: "revision, an optional note, and what the step needs: docs/cases.md" }),
        },
      },
    },
  },
  responses: {
    200: {
      description: "The case; after `reveal_identity` with who reported it",
      content: {
        "application/json": {
          schema: CaseBody.extend({
            identity: z
              .object({
                kind: z.enum(["identity", "anonymous", "erased"]),
                contactName: z.string().optional(),
                contactPhone: z.string().optional(),
              })
              .optional(),
          }),
        },
      },
    },
    400: problemContent("The action or the body is malformed"),
    401: problemContent("Nobody is signed in"),
    403: problemContent("Your role may not do this"),
    404: problemContent("There is no such case, or it is not yours to see"),
    409: problemContent("The case was changed meanwhile, or has no such step now"),
  },
});

const custodyOf = createRoute({
  method: "get",
  path: "/cases/{id}/evidence/{evidenceId}/custody",
  operationId: "listCustody",
  tags: ["Staff"],
  summary: "Who had a piece of evidence in hand, from its receipt on",
  request: { params: WithId.extend({ evidenceId: z.string().max(80) }) },
  responses: {
    200: { description: "Oldest first", content: { "application/json": { schema: pageOf(CustodyBody) } } },
    401: problemContent("Nobody is signed in"),
    404: problemContent("There is no such case or file"),
  },
});

const redactedFile = createRoute({
  method: "get",
  path: "/cases/{id}/evidence/{evidenceId}/redacted",
  operationId: "downloadRedactedEvidence",
  tags: ["Staff"],
  summary: "A copy without hidden data (place, device, preview), fit to be shown to the other side",
  request: { params: WithId.extend({ evidenceId: z.string().max(80) }) },
  responses: {
    200: { description: "The copy", content: { "application/octet-stream": { schema: z.string() } } },
    401: problemContent("Nobody is signed in"),
    404: problemContent("There is no such case or file"),
    422: problemContent("No such copy can be made of this kind of file"),
  },
});

const maxExportRows = 5_000;

/** Cases for signed-in staff. */
export function caseRoutes(dependencies: {
  cases: CaseService;
  reports: ReportService;
  evidence: EvidenceService;
  derivatives: DerivativeService;
  identities: IdentityVault;
  jurisdiction: JurisdictionRules;
  guard: Guard;
  now: Clock;
}) {
  const { cases, reports, evidence, derivatives, identities, jurisdiction, guard, now } = dependencies;

  const office = (code: string) => ({ code, name: jurisdiction.officeOf(code)?.name ?? code });

  function toBody(current: CaseProjection, today = dateInShanghai(now())) {
    const { id, reportNo, matter, track, county, state, due, seq, handler, supervised, facts } = current;
    return {
      id,
      reportNo,
      matter,
      track,
      trackTitle: tracks[track].title,
      county,
      office: office(current.officeCode),
      state,
      stateLabel: stateLabel(state, track),
      dueOn: due?.on ?? null,
      outerLimit: due?.outerLimit ?? null,
      dueKind: due?.kind ?? null,
      dueRuleId: due?.ruleId ?? null,
      dueProvisional: due?.provisional ?? false,
      overdue: due !== null && due.on < today,
      handler,
      transferTo: current.transferTo === null ? null : office(current.transferTo),
      disputeWith: current.disputeWith === null ? null : office(current.disputeWith),
      supervised,
      fastLane: facts.fastLane,
      simplified: facts.simplified,
      workOrderOf: facts.workOrderOf,
      openedAt: current.openedAt.toISOString(),
      updatedAt: current.updatedAt.toISOString(),
      endedAt: current.endedAt?.toISOString() ?? null,
      revision: seq,
    };
  }

  function eventBody({ seq, kind, at, actor, data, due }: CaseEvent, note: string | undefined) {
    return {
      seq,
      kind,
      title: lifecycle[kind].title,
      at: at.toISOString(),
      actor,
      // Members that are absent are left out, as JSON does.
      data: data as Record<string, never>,
      dueOn: due?.on ?? null,
      ...(note === undefined ? {} : { note }),
    };
  }

  /** The reports whose files belong to a case: its own, and the other half of the same material (令121 art. 9). */
  const materialOf = async (current: CaseProjection) => [
    current.reportId,
    ...(await cases.otherHalves(current)).map(({ reportId }) => reportId),
  ];

  async function requireEvidence(current: CaseProjection, evidenceId: string): Promise<string> {
    for (const reportId of await materialOf(current)) {
      const sides = await Promise.all([
        evidence.ofReport(reportId),
        reportId === current.reportId ? evidence.ofReport(reportId, "respondent") : [],
      ]);
      if (sides.flat().some((one) => one.evidenceId === evidenceId)) return reportId;
    }
    throw new AppError("evidence_not_found", "没有查到这份材料。");
  }

  const eventBodies = (events: readonly CaseEvent[], notes: ReadonlyMap<number, string>) =>
    events.map((event) => eventBody(event, notes.get(event.seq)));

  const clockBody = ({ dueOn, outerLimit, metOn, startSeq: _, reckoned: __, ...clock }: CaseClock) => ({
    ...clock,
    dueOn: dueOn ?? null,
    outerLimit: outerLimit ?? null,
    metOn: metOn ?? null,
  });

  return new OpenAPIHono({ defaultHook: invalidRequest })
    .openapi(list, async (c) => {
      const { state, overdue, sort, limit, cursor, format, ...filter } = c.req.valid("query");
      const asCsv = format === "csv";
      const person = await guard(
        c,
        asCsv ? "case:export" : "case:read",
        asCsv ? { audit: { action: "cases.exported" } } : {},
      );
      const today = dateInShanghai(now());
      const { items, next } = await cases.list(
        person,
        {
          ...filter,
          states: state === undefined ? undefined : [state],
          dueBefore: overdue === true ? today : undefined,
        },
        asCsv ? maxExportRows : limit,
        sort,
        cursor === undefined ? undefined : readCursor(cursor, sort),
      );
      const bodies = items.map((current) => toBody(current, today));
      if (asCsv) {
        return c.body(csvOf(bodies), 200, {
          "Content-Type": "text/csv; charset=utf-8",
          "Content-Disposition": 'attachment; filename="cases.csv"',
        });
      }
      return c.json({ items: bodies, nextCursor: next === undefined ? null : writeCursor(next) }, 200);
    })
    .openapi(open, async (c) => {
      const { id } = c.req.valid("param");
      const person = await guard(c, "case:read", {
        audit: { action: "case.opened", subject: { kind: "case", id } },
      });
      const current = await cases.open(person, id);
      const [record, content, notes, detail] = await Promise.all([
        reports.find(current.reportId),
        reports.open(current.reportId),
        cases.notes(current),
        cases.detail(person, current),
      ]);
      const material = [current, ...detail.otherHalves];
      const files = await Promise.all(material.map(({ reportId }) => evidence.ofReport(reportId)));
      const report = {
        channel: record?.channel ?? "",
        filedAt: (record?.filedAt ?? current.openedAt).toISOString(),
        slots: content.slots,
        narrative: content.narrative,
        supplements: content.supplements.map((one) => ({ ...one, addedAt: one.addedAt.toISOString() })),
      };
      const listed = files.flat().map((one) => ({ ...one, receivedAt: one.receivedAt.toISOString() }));
      const links = detail.links.map(({ other, relation }) => ({
        caseId: other.id,
        reportNo: other.reportNo,
        matter: other.matter,
        relation,
      }));
      return c.json(
        {
          ...toBody(current),
          report,
          evidence: listed,
          clocks: detail.clocks.map(clockBody),
          actions: cases.actions(person, current),
          links,
          events: eventBodies(detail.events, notes),
        },
        200,
      );
    })
    .openapi(events, async (c) => {
      const person = await guard(c, "case:read");
      const current = await cases.open(person, c.req.valid("param").id);
      const [events, notes] = await Promise.all([cases.events(person, current), cases.notes(current)]);
      return c.json({ items: eventBodies(events, notes), nextCursor: null }, 200);
    })
    .openapi(evidenceFile, async (c) => {
      const { id, evidenceId } = c.req.valid("param");
      const person = await guard(c, "case:read", {
        audit: { action: "evidence.downloaded", subject: { kind: "evidence", id: evidenceId } },
      });
      const current = await cases.open(person, id);
      const reportId = await requireEvidence(current, evidenceId);
      const file = await evidence.read(reportId, evidenceId, person.accountId);
      // Always a download: nothing that came from outside is shown as a page of ours.
      return c.body(file.content, 200, {
        "Content-Type": file.mediaType,
        "Content-Disposition": `attachment; filename="${evidenceId}"`,
        "Content-Security-Policy": "sandbox",
      }) as never;
    })
    .openapi(act, async (c) => {
      const person = await guard(c, "case:read");
      const { id, action } = c.req.valid("param");
      const { revision, note, ...input } = c.req.valid("json");
      const after = await cases.act(person, id, { action, revision, input, note });
      if (action !== "reveal_identity") return c.json(toBody(after), 200);
      // The event that tells of it stands by now.
      const { kind, ...found } = await identities.open(after.reportId);
      const identity = kind === "identity" ? { kind, ...(found as Identity) } : { kind };
      c.header("Cache-Control", "no-store");
      return c.json({ ...toBody(after), identity }, 200);
    })
    .openapi(custodyOf, async (c) => {
      const { id, evidenceId } = c.req.valid("param");
      const person = await guard(c, "case:read");
      const current = await cases.open(person, id);
      await requireEvidence(current, evidenceId);
      const entries = await evidence.custodyOf(evidenceId);
      const items = entries.map(({ seq, kind, at, actor, sha256 }) => ({
        seq,
        kind,
        label: custodyLabels[kind],
        at: at.toISOString(),
        actor,
        sha256,
      }));
      return c.json({ items, nextCursor: null }, 200);
    })
    .openapi(redactedFile, async (c) => {
      const { id, evidenceId } = c.req.valid("param");
      const person = await guard(c, "case:read", {
        audit: { action: "evidence.copy_opened", subject: { kind: "evidence", id: evidenceId } },
      });
      const current = await cases.open(person, id);
      await requireEvidence(current, evidenceId);
      const copy = await derivatives.derivativeOf(evidenceId, person.accountId);
      return c.body(copy.content, 200, {
        "Content-Type": copy.mediaType,
        "Content-Disposition": `attachment; filename="${copy.derivativeId}"`,
        "Content-Security-Policy": "sandbox",
      }) as never;
    });
}

const writeCursor = (cursor: CaseCursor) =>
  toBase64(
    utf8(
      cursor.order === "due" ? `${cursor.dueOn}|${cursor.id}` : `${cursor.openedAt.getTime()}|${cursor.id}`,
    ),
  );

function readCursor(text: string, order: "opened" | "due"): CaseCursor {
  try {
    const [at = "", id = ""] = fromUtf8(fromBase64(text)).split("|");
    if (order === "due" && /^\d{4}-\d{2}-\d{2}$/.test(at) && id !== "") return { order, dueOn: at, id };
    if (order === "opened" && /^\d+$/.test(at) && id !== "")
      return { order, openedAt: new Date(Number(at)), id };
  } catch {
    // Not base64, or not UTF-8: told below.
  }
  throw new AppError("invalid_request", "cursor 不对，请用上一页返回的 nextCursor。", {
    errors: [{ pointer: "/query/cursor", detail: "不是本接口在同一排序下给出的 nextCursor。" }],
  });
}
