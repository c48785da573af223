import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import { z } from "zod";
import { type CallerVariables, speakerOf } from "../callers/authenticate.ts";
import { type Caller, Channel } from "../callers/caller.ts";
import type { CallerService } from "../callers/caller-service.ts";
import { ProofHeader } from "../callers/proof-of-work.ts";
import { aidPriorityNames, applicantClassNames } from "../cases/aid.ts";
import { caseStateNames } from "../cases/lifecycle.ts";
import { applicationKinds } from "../cases/track.ts";
import { AppError } from "../core/error.ts";
import { pageOf } from "../core/page.ts";
import { cursorOf, placeOf } from "../http/cursor.ts";
import { limitBody } from "../http/middleware.ts";
import { invalidRequest, problemContent } from "../http/problem.ts";
import { ReceiptFileBody } from "../reports/receipt-routes.ts";
import { parseReportNo, Slots, slotNames } from "../reports/report.ts";
import { FiledReport } from "./filed-report.ts";
import type { IntakeService, PublicStatus } from "./intake-service.ts";
import { codeHeader, codeProblems } from "./route-responses.ts";
import type { StructuredFiling } from "./structured-filing-service.ts";

const Texts = z.string().trim().min(1, "写点什么再发。").max(4000, "最多 4000 个字。");
const EvidenceIds = z.array(z.string().min(1).max(80)).max(50, "一次最多附 50 份材料。");

/** What an applicant answers; see `GET /api/v1/forms/{kind}`. */
const Application = z
  .strictObject({
    applicantClass: z.enum(applicantClassNames).optional(),
    priorities: z.array(z.enum(aidPriorityNames)).max(3).optional(),
    asksMoney: z.boolean().optional(),
    isIpDispute: z.boolean().optional(),
    isLocal: z.boolean().optional(),
    creditCode: z.string().max(18).optional(),
    warnedOn: z.iso.date().optional(),
    urgedSentOn: z.iso.date().optional(),
    urgedReceivedOn: z.iso.date().optional(),
  })
  .meta({ id: "Application" });

/** How the person agrees to be told of progress; without it nobody is told. */
export const NoticesBody = z
  .strictObject({
    /** Through the channel that the report comes by. */
    channel: z.boolean().optional(),
    /** By mail to this address; not for anonymous reports. */
    email: z.email({ error: "邮箱写成 name@example.com 的样子。" }).max(254, "邮箱太长。").optional(),
  })
  .meta({ id: "NoticeWish" });

export const FilingBody = Slots.safeExtend({
  /** The files, uploaded before. */
  evidenceIds: EvidenceIds.optional(),
  /** Slots that the person cannot know: `["county"]` sends the report to the city's desk. */
  unknown: z.array(z.enum(slotNames as [string, ...string[]])).optional(),
  channel: Channel.optional(),
  userId: z.string().min(1).max(200).optional(),
  /** What is asked for; `aid` and `opinion` (令81 13) are never anonymous. */
  kind: z.enum(applicationKinds, { error: `kind 只能是 ${applicationKinds.join("、")} 之一。` }).optional(),
  /** Self-declared 小微企业. */
  smallFirm: z.boolean().optional(),
  /** The last day of the show, where it happened at one. */
  showEndsOn: z.iso.date({ error: "showEndsOn 写成 YYYY-MM-DD。" }).optional(),
  /** The applicant's answers, for `aid` and `opinion`. */
  application: Application.optional(),
  /** 不留痕: nothing is kept by which the sender could be recognised; needs `anonymous: true`. */
  traceless: z.boolean().optional(),
  notices: NoticesBody.optional(),
}).meta({ id: "Filing" });

export const FiledBody = z
  .object({
    reportNo: z.string(),
    queryCode: z.string(),
    /** Signed; `GET /reports/{reportNo}/receipt` gives it again, with how to check it. */
    receipt: z.string(),
    reports: z.array(FiledReport),
    /** What was also said and could not be opened, with the reason. */
    notOpened: z.array(z.object({ reportType: z.string(), reason: z.string() })).optional(),
  })
  .meta({ id: "FiledReports" });

const StatusBody = z
  .object({
    reportNo: z.string(),
    state: z.enum(caseStateNames),
    stateLabel: z.string(),
    office: z.object({ code: z.string(), name: z.string() }),
    dueOn: z.iso.date().nullable(),
    dueKind: z.enum(["statutory", "service"]).nullable(),
    provisional: z.boolean(),
    events: z.array(z.object({ kind: z.string(), label: z.string(), at: z.iso.datetime() })),
    next: z.string(),
  })
  .meta({ id: "ReportStatus" });

export const WithNo = z.object({ reportNo: z.string().max(40) });
export const WithCode = z.object({
  "x-query-code": codeHeader("请在 X-Query-Code 里带上查询码。"),
});

const statusResponses = {
  200: { description: "Where it stands", content: { "application/json": { schema: StatusBody } } },
  ...codeProblems,
  409: problemContent("The case was changed meanwhile, or has no such step now"),
} as const;

const file = createRoute({
  method: "post",
  path: "/reports",
  operationId: "fileReport",
  tags: ["Reports"],
  summary: "File a report by its slots",
  request: {
    headers: ProofHeader.extend({ "idempotency-key": z.string().min(1).max(200).optional() }),
    body: { required: true, content: { "application/json": { schema: FilingBody } } },
  },
  responses: {
    201: {
      description: "Filed; the same again for the same Idempotency-Key",
      content: { "application/json": { schema: FiledBody } },
    },
    400: problemContent("A slot is malformed"),
    401: problemContent("No session and no channel token"),
    404: problemContent("Evidence that is not there, or not yours"),
    409: problemContent("The Idempotency-Key was used for another report"),
    422: problemContent("Something required is missing, or the place lies outside the city"),
    429: problemContent(
      "Too many filings; or too many anonymous ones of all in this hour, and a proof of work is asked for: the same again with it is filed",
    ),
  },
});

const own = createRoute({
  method: "get",
  path: "/reports",
  operationId: "listOwnReports",
  tags: ["Reports"],
  summary: "One's own reports and where they stand, newest first; not those that leave no trace",
  request: {
    query: z.object({
      limit: z.coerce.number().int().min(1, "limit 从 1 起。").max(50, "一页最多 50 份。").default(20),
      cursor: z.string().max(200).optional(),
      channel: Channel.optional(),
      userId: z.string().min(1).max(200).optional(),
    }),
  },
  responses: {
    200: { description: "A page", content: { "application/json": { schema: pageOf(StatusBody) } } },
    400: problemContent("The limit or the cursor is malformed, or an adapter does not say for whom"),
    401: problemContent("No session and no channel token"),
    403: problemContent("The token does not speak for this channel"),
  },
});

const status = createRoute({
  method: "get",
  path: "/reports/{reportNo}",
  operationId: "getReportStatus",
  tags: ["Reports"],
  summary: "Where a report stands",
  request: { params: WithNo, headers: WithCode },
  responses: statusResponses,
});

const supplement = createRoute({
  method: "post",
  path: "/reports/{reportNo}/supplements",
  operationId: "supplementReport",
  tags: ["Reports"],
  summary: "Add facts or evidence",
  request: {
    params: WithNo,
    headers: WithCode,
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.strictObject({ text: Texts.optional(), evidenceIds: EvidenceIds.optional() }),
        },
      },
    },
  },
  responses: {
    ...statusResponses,
    401: problemContent("No session and no channel token"),
    422: problemContent("This deployment takes no reports"),
  } as const,
});

const petition = createRoute({
  method: "post",
  path: "/reports/{reportNo}/petition",
  operationId: "submitPetition",
  tags: ["Reports"],
  summary: "Hand in the signed 请求书 and its papers",
  request: {
    params: WithNo,
    headers: WithCode,
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.strictObject({ text: Texts.optional(), evidenceIds: EvidenceIds }),
        },
      },
    },
  },
  responses: { ...statusResponses, 401: problemContent("No session and no channel token") } as const,
});

const rating = createRoute({
  method: "post",
  path: "/reports/{reportNo}/rating",
  operationId: "rateReport",
  tags: ["Reports"],
  summary: "Rate how a report was handled, once it has a result",
  request: {
    params: WithNo,
    headers: WithCode,
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.strictObject({
            score: z.int({ error: "score 是 1 到 5 的整数。" }).min(1, "最低 1 分。").max(5, "最高 5 分。"),
            comment: Texts.optional(),
          }),
        },
      },
    },
  },
  responses: statusResponses,
});

const withdraw = createRoute({
  method: "post",
  path: "/reports/{reportNo}/withdrawal",
  operationId: "withdrawReport",
  tags: ["Reports"],
  summary: "Withdraw a report that is not accepted yet",
  request: { params: WithNo, headers: WithCode },
  responses: statusResponses,
});

const receipt = createRoute({
  method: "get",
  path: "/reports/{reportNo}/receipt",
  operationId: "downloadReceipt",
  tags: ["Reports"],
  summary: "The signed receipt of a report, with the public key and how to check it offline",
  request: { params: WithNo, headers: WithCode },
  responses: {
    200: { description: "A file", content: { "application/json": { schema: ReceiptFileBody } } },
    ...codeProblems,
    422: problemContent("There is no receipt of this report"),
  },
});

/** The verbs of the public over HTTP. */
export function intakeRoutes(dependencies: {
  intake: IntakeService;
  filings: StructuredFiling;
  callers: CallerService;
  authenticated: MiddlewareHandler;
}) {
  const { intake, filings, callers, authenticated } = dependencies;
  const routes = new OpenAPIHono<{ Variables: CallerVariables }>({ defaultHook: invalidRequest });
  const small = limitBody(256 * 1024);
  routes.get("/reports", authenticated);
  routes.post("/reports", small, authenticated);
  routes.post("/reports/:reportNo/supplements", small, authenticated);
  routes.post("/reports/:reportNo/petition", small, authenticated);

  const speaker = (caller: Caller, body: { channel?: Channel | undefined; userId?: string | undefined }) => {
    if (caller.kind === "adapter" && (body.channel === undefined || body.userId === undefined)) {
      throw new AppError("invalid_request", "用渠道令牌时要写明 channel 和 userId。", {
        errors: [
          { pointer: body.channel === undefined ? "/channel" : "/userId", detail: "用渠道令牌时必填。" },
        ],
      });
    }
    return speakerOf(caller, { channel: body.channel ?? "web", userId: body.userId ?? "" });
  };

  return routes
    .openapi(file, async (c) => {
      const caller = c.get("caller");
      const {
        evidenceIds = [],
        unknown = [],
        channel,
        userId,
        traceless,
        kind,
        smallFirm,
        showEndsOn,
        application,
        notices,
        ...slots
      } = c.req.valid("json");
      const answer = await filings.file({
        filing: {
          slots: { ...slots, evidenceCount: slots.evidenceCount ?? evidenceIds.length },
          unknown: unknown as (keyof Slots)[],
          narrative: [],
          evidenceIds,
          speaker: speaker(caller, { channel, userId }),
          address: caller.kind === "session" ? caller.address : undefined,
          proof: caller.kind === "session" ? caller.proof : undefined,
          traceless,
          kind,
          smallFirm,
          showEndsOn,
          application,
          notices,
        },
        idempotencyKey: c.req.valid("header")["idempotency-key"],
      });
      return c.body(answer, 201, { "Content-Type": "application/json; charset=UTF-8" }) as never;
    })
    .openapi(own, async (c) => {
      const { limit, cursor, channel, userId } = c.req.valid("query");
      const asker = speaker(c.get("caller"), { channel, userId });
      const before = cursor === undefined ? undefined : placeOf(cursor);
      const { items, next } = await intake.ownReports(asker, limit, before);
      const nextCursor = next === undefined ? null : cursorOf(next);
      return c.json({ items: items.map(toBody), nextCursor }, 200);
    })
    .openapi(status, async (c) => {
      const found = await intake.status(
        reportNoOf(c.req.valid("param")),
        c.req.valid("header")["x-query-code"],
      );
      return c.json(toBody(found), 200);
    })
    .openapi(receipt, async (c) => {
      const reportNo = reportNoOf(c.req.valid("param"));
      const file = await intake.receipt(reportNo, c.req.valid("header")["x-query-code"]);
      c.header("Content-Disposition", `attachment; filename="receipt-${file.payload.reportNo}.json"`);
      return c.json(file, 200);
    })
    .openapi(supplement, async (c) => {
      const caller = c.get("caller");
      const { text, evidenceIds = [] } = c.req.valid("json");
      const ownerKey = caller.kind === "session" ? await callers.reporterKey(caller) : "";
      const found = await intake.supplement(
        reportNoOf(c.req.valid("param")),
        c.req.valid("header")["x-query-code"],
        { text, evidenceIds, ownerKey },
      );
      return c.json(toBody(found), 200);
    })
    .openapi(petition, async (c) => {
      const caller = c.get("caller");
      const { text, evidenceIds } = c.req.valid("json");
      const ownerKey = caller.kind === "session" ? await callers.reporterKey(caller) : "";
      const found = await intake.submitPetition(
        reportNoOf(c.req.valid("param")),
        c.req.valid("header")["x-query-code"],
        { text, evidenceIds, ownerKey },
      );
      return c.json(toBody(found), 200);
    })
    .openapi(rating, async (c) => {
      const { score, comment } = c.req.valid("json");
      const found = await intake.rate(
        reportNoOf(c.req.valid("param")),
        c.req.valid("header")["x-query-code"],
        { score, comment },
      );
      return c.json(toBody(found), 200);
    })
    .openapi(withdraw, async (c) => {
      const found = await intake.withdraw(
        reportNoOf(c.req.valid("param")),
        c.req.valid("header")["x-query-code"],
      );
      return c.json(toBody(found), 200);
    });
}

/** A number that cannot be one is answered like one that is not there. */
export const reportNoOf = ({ reportNo }: { reportNo: string }) => parseReportNo(reportNo) ?? reportNo;

const toBody = (status: PublicStatus) => ({
  ...status,
  events: status.events.map((event) => ({ ...event, at: event.at.toISOString() })),
});
