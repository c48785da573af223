import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import type { ClockRule } from "../calendar/clock-rule.ts";
import type { Calendar } from "../calendar/working-days.ts";
import { Citation, type Cite, LegalBasis } from "../core/citation.ts";
import { type Clock, dateInShanghai } from "../core/clock.ts";
import { limitBody } from "../http/middleware.ts";
import { invalidRequest, problemContent } from "../http/problem.ts";
import { Slots } from "../reports/report.ts";
import { opinionBasis, opinionReadiness } from "./opinion-request.ts";
import { groundCodes, platformPaperKinds, writePlatformPaper } from "./platform-statement.ts";

const Line = (max: number) =>
  z
    .string()
    .trim()
    .min(1, "不能是空的。")
    .max(max, `最多 ${max} 个字。`)
    .regex(/^[^\r\n]*$/, "写成一行。");
const Day = z.iso.date({ error: "日期写成 YYYY-MM-DD，且当天存在。" });

const PlatformPaperQuery = z
  .strictObject({
    kind: z.enum(platformPaperKinds, {
      error: "kind 只能是 notice（权利人的通知）或 statement（商家的声明）。",
    }),
    platform: Line(60).optional(),
    shop: Line(120).optional(),
    links: z.array(Line(500)).max(50, "一次最多 50 个链接。").optional(),
    product: Line(120).optional(),
    patentNumber: Slots.shape.patentNumber,
    name: Line(120).optional(),
    contact: Line(200).optional(),
    facts: z.string().trim().min(1, "不能是空的。").max(4000, "最多 4000 个字。").optional(),
    evidence: z.array(Line(200)).max(50, "最多列 50 份。").optional(),
    right: z.enum(["专利权人", "独占被许可人", "排他被许可人", "利害关系人"]).optional(),
    grounds: z
      .array(z.enum(groundCodes, { error: `只能是 ${groundCodes.join("、")}。` }))
      .max(10)
      .optional(),
    noticeOn: Day.optional(),
    reachedOn: Day.optional(),
  })
  .meta({ id: "PlatformPaperQuery" });

const PlatformPaperBody = z
  .object({
    kind: z.enum(platformPaperKinds),
    title: z.string(),
    /** Ready to send, with a mark wherever something is to be filled in. */
    text: z.string(),
    missing: z.array(z.object({ field: z.string(), what: z.string() })),
    evidence: z.array(z.object({ title: z.string(), why: z.string(), basis: z.array(LegalBasis) })),
    deadline: z.object({
      /** Whether the day of arrival is today's for want of the real one. */
      assumed: z.boolean(),
      reachedOn: z.iso.date(),
      dueOn: z.iso.date(),
      provisional: z.boolean(),
      steps: z.array(z.string()),
      basis: LegalBasis.nullable(),
      text: z.string(),
    }),
    citations: z.array(Citation),
    warnings: z.array(z.string()),
  })
  .meta({ id: "PlatformPaper" });

const platformPaper = createRoute({
  method: "post",
  path: "/platform-statements",
  operationId: "writePlatformStatement",
  tags: ["Respondents"],
  summary: "The text of a notice or a counter-statement to a platform; nothing is stored",
  request: {
    body: { required: true, content: { "application/json": { schema: PlatformPaperQuery } } },
  },
  responses: {
    200: { description: "The text", content: { "application/json": { schema: PlatformPaperBody } } },
    400: problemContent("The body is malformed"),
    422: problemContent("The day lies before the law was in force"),
  },
});

const OpinionQuery = z
  .strictObject({
    warnedOn: Day.optional(),
    sentOn: Day.optional(),
    receivedOn: Day.optional(),
    withdrawnOn: Day.optional(),
    actedOn: Day.optional(),
  })
  .meta({ id: "OpinionRequestQuery" });

const OpinionBody = z
  .object({
    ready: z.boolean(),
    /** The first day on which one may ask. */
    readyOn: z.iso.date().nullable(),
    provisional: z.boolean(),
    reasons: z.array(z.object({ code: z.string(), text: z.string() })),
    materials: z.array(z.object({ code: z.string(), title: z.string(), why: z.string() })),
    basis: LegalBasis,
    citation: Citation.nullable(),
    steps: z.array(z.string()),
  })
  .meta({ id: "OpinionReadiness" });

const opinionCheck = createRoute({
  method: "post",
  path: "/opinion-requests/check",
  operationId: "checkOpinionRequest",
  tags: ["Respondents"],
  summary: "Whether somebody who was warned may ask the office for an opinion yet; nothing is stored",
  request: { body: { required: true, content: { "application/json": { schema: OpinionQuery } } } },
  responses: {
    200: {
      description: "Whether, from when, and why",
      content: { "application/json": { schema: OpinionBody } },
    },
    400: problemContent("A day is malformed, yet to come, or out of order"),
  },
});

/**
 * What a person writes or reckons for themselves, open to all: `POST /platform-statements`,
 * `POST /opinion-requests/check`.
 *
 * @throws {Error} if one of the clock rules that they rest on is not there.
 */
export function selfHelpRoutes(dependencies: {
  rules: readonly ClockRule[];
  calendar: Calendar;
  cite: Cite;
  now: Clock;
}) {
  const { rules, calendar, cite, now } = dependencies;
  const ruleOf = (id: string): ClockRule => {
    const found = rules.find((rule) => rule.id === id);
    if (found === undefined) throw new Error(`There is no clock rule ${id}.`);
    return found;
  };
  const counterNotice = ruleOf("platform-counter-notice");
  const warning = { received: ruleOf("ruling-warning-received"), sent: ruleOf("ruling-warning-sent") };
  const routes = new OpenAPIHono({ defaultHook: invalidRequest });
  routes.post("/platform-statements", limitBody(128 * 1024));
  routes.post("/opinion-requests/check", limitBody(16 * 1024));
  return routes
    .openapi(platformPaper, (c) => {
      const asOf = dateInShanghai(now());
      const paper = writePlatformPaper(c.req.valid("json"), { asOf, rule: counterNotice, calendar, cite });
      return c.json({ ...paper, warnings: [...paper.warnings] }, 200);
    })
    .openapi(opinionCheck, (c) => {
      const today = dateInShanghai(now());
      const { materials, ...found } = opinionReadiness(c.req.valid("json"), {
        rules: warning,
        calendar,
        today,
      });
      const citation = cite(opinionBasis, today) ?? null;
      return c.json({ ...found, materials: [...materials], citation }, 200);
    });
}
