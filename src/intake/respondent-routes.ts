import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import { z } from "zod";
import type { CallerVariables } from "../callers/authenticate.ts";
import type { CallerService } from "../callers/caller-service.ts";
import { LegalBasis } from "../core/citation.ts";
import type { Guard } from "../core/guard.ts";
import { pageOf } from "../core/page.ts";
import { limitBody } from "../http/middleware.ts";
import { invalidRequest, problemContent } from "../http/problem.ts";
import { EvidenceBody, toEvidenceBody } from "../reports/evidence-routes.ts";
import { parseNumber } from "../reports/report.ts";
import { statementKinds } from "./respondent.ts";
import type { RespondentService, RespondentStatus } from "./respondent-service.ts";
import { codeHeader, codeProblems, staffProblems } from "./route-responses.ts";

const Kind = z.enum(statementKinds, { error: `kind 只能是 ${statementKinds.join("、")} 之一。` });

const Filed = z.object({
  kind: Kind,
  title: z.string(),
  at: z.iso.datetime(),
  /** The last day for it, as it stood then. */
  dueOn: z.iso.date().nullable(),
  late: z.boolean(),
});

const StatusBody = z
  .object({
    responseNo: z.string(),
    procedure: z.string(),
    office: z.object({ code: z.string(), name: z.string() }),
    stateLabel: z.string(),
    deadlines: z.array(
      z.object({
        step: z.string(),
        title: z.string(),
        startedOn: z.iso.date(),
        dueOn: z.iso.date(),
        /** Whether it reaches into a year whose working days are not published yet. */
        provisional: z.boolean(),
        status: z.enum(["running", "met", "past"]),
        basis: z.array(LegalBasis),
        steps: z.array(z.string()),
      }),
    ),
    hearingOn: z.iso.date().nullable(),
    whatYouMay: z.array(
      z.object({
        kind: Kind,
        title: z.string(),
        why: z.string(),
        basis: z.array(LegalBasis),
        materials: z.array(z.object({ code: z.string(), title: z.string(), why: z.string() })),
      }),
    ),
    filed: z.array(Filed),
  })
  .meta({ id: "RespondentStatus" });

const AccessBody = z
  .object({
    responseNo: z.string(),
    responseCode: z.string().regex(/^\d{8}$/),
    issuedAt: z.iso.datetime(),
    /** Plain text to print and put to the served paper. */
    slip: z.string(),
  })
  .meta({ id: "RespondentAccess" });

const StatementBody = Filed.extend({
  id: z.string(),
  responseNo: z.string(),
  /** Null where only files came, and once the case's file is erased. */
  text: z.string().nullable(),
  /** Whether they say that they have no fixed home or seat in China. */
  abroad: z.boolean(),
  evidence: z.array(EvidenceBody),
}).meta({ id: "RespondentStatement" });

const WithNo = z.object({ responseNo: z.string().max(40) });
const WithCode = z.object({
  "x-response-code": codeHeader("请在 X-Response-Code 里带上答复码。"),
});

const status = createRoute({
  method: "get",
  path: "/responses/{responseNo}",
  operationId: "getRespondentStatus",
  tags: ["Respondents"],
  summary: "Where a case stands for its respondent, the last days, and what they may do",
  request: { params: WithNo, headers: WithCode },
  responses: {
    200: { description: "Where it stands", content: { "application/json": { schema: StatusBody } } },
    ...codeProblems,
  },
});

const file = createRoute({
  method: "post",
  path: "/responses/{responseNo}/statements",
  operationId: "fileRespondentStatement",
  tags: ["Respondents"],
  summary: "Hand in a defence, an objection, an opinion or a statement; late ones are taken and marked so",
  request: {
    params: WithNo,
    headers: WithCode,
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z
            .strictObject({
              kind: Kind,
              text: z
                .string()
                .trim()
                .min(1, "写点什么再交。")
                .max(20_000, "最多 20000 个字，再长请作为文件附上。")
                .optional(),
              evidenceIds: z.array(z.string().min(1).max(80)).max(50, "一次最多附 50 份材料。").optional(),
              /** No fixed home or seat in China: 30 days instead of 15 (令81 22). */
              abroad: z.boolean().default(false),
            })
            .meta({ id: "NewRespondentStatement" }),
        },
      },
    },
  },
  responses: {
    201: {
      description: "Taken",
      content: { "application/json": { schema: StatusBody.extend({ note: z.string() }) } },
    },
    ...codeProblems,
    401: problemContent("No session and no channel token"),
    409: problemContent("The case has no such statement now, or was changed meanwhile"),
    422: problemContent("This deployment takes nothing in"),
    429: problemContent("Too many wrong codes, or too many statements in a day"),
  },
});

const WithId = z.object({ id: z.string().max(80) });

const issue = createRoute({
  method: "post",
  path: "/cases/{id}/respondent-access",
  operationId: "issueRespondentAccess",
  tags: ["Staff"],
  summary: "The response number and code for the served paper; the same again each time",
  request: {
    params: WithId,
    query: z.object({
      /** Fresh ones instead, after which the old number opens nothing. */
      reissue: z
        .stringbool({ truthy: ["true", "1"], falsy: ["false", "0"], error: "reissue 只能是 true 或 false。" })
        .optional(),
    }),
  },
  responses: {
    200: {
      description: "The number, the code and the slip",
      content: { "application/json": { schema: AccessBody } },
    },
    400: problemContent("The query is malformed"),
    ...staffProblems,
    403: problemContent("Your role may not do this, or another office handles the case"),
    404: problemContent("There is no such case, or it is not yours to see"),
    409: problemContent("The case has no respondent to let in yet, or no more"),
  },
});

const statements = createRoute({
  method: "get",
  path: "/cases/{id}/statements",
  operationId: "listRespondentStatements",
  tags: ["Staff"],
  summary: "What the respondent of a case handed in",
  request: { params: WithId },
  responses: {
    200: {
      description: "Oldest first",
      content: { "application/json": { schema: pageOf(StatementBody) } },
    },
    ...staffProblems,
    404: problemContent("There is no such case, or it is not yours to see"),
  },
});

/** The doors of the other side, and what staff see of them. */
export function respondentRoutes(dependencies: {
  respondents: RespondentService;
  callers: CallerService;
  authenticated: MiddlewareHandler;
  guard: Guard;
}) {
  const { respondents, callers, authenticated, guard } = dependencies;
  const routes = new OpenAPIHono<{ Variables: CallerVariables }>({ defaultHook: invalidRequest });
  routes.post("/responses/:responseNo/statements", limitBody(256 * 1024), authenticated);

  return routes
    .openapi(status, async (c) => {
      const found = await respondents.status(
        responseNoOf(c.req.valid("param")),
        c.req.valid("header")["x-response-code"],
      );
      return c.json(toBody(found), 200);
    })
    .openapi(file, async (c) => {
      const caller = c.get("caller");
      const { kind, text, evidenceIds = [], abroad } = c.req.valid("json");
      const ownerKey = caller.kind === "session" ? await callers.reporterKey(caller) : "";
      const { note, ...found } = await respondents.file(
        responseNoOf(c.req.valid("param")),
        c.req.valid("header")["x-response-code"],
        { kind, text, evidenceIds, abroad, ownerKey },
      );
      return c.json({ ...toBody(found), note }, 201);
    })
    .openapi(issue, async (c) => {
      const { id } = c.req.valid("param");
      const person = await guard(c, "case:act", {
        audit: { action: "respondent_access.issued", subject: { kind: "case", id } },
      });
      const { issuedAt, ...issued } = await respondents.issue(person, id, c.req.valid("query"));
      return c.json({ ...issued, issuedAt: issuedAt.toISOString() }, 200);
    })
    .openapi(statements, async (c) => {
      const { id } = c.req.valid("param");
      const person = await guard(c, "case:read", {
        audit: { action: "respondent_statements.opened", subject: { kind: "case", id } },
      });
      const items = (await respondents.statements(person, id)).map(({ evidence, at, ...statement }) => ({
        ...statement,
        at: at.toISOString(),
        evidence: evidence.map(toEvidenceBody),
      }));
      return c.json({ items, nextCursor: null }, 200);
    });
}

/** A number that cannot be one is answered like one that is not there. */
const responseNoOf = ({ responseNo }: { responseNo: string }) => parseNumber("DB", responseNo) ?? responseNo;

const toBody = (found: RespondentStatus) => ({
  ...found,
  filed: found.filed.map((one) => ({ ...one, at: one.at.toISOString() })),
});
