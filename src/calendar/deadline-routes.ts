import { createRoute, type Hook, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { LegalBasis } from "../core/citation.ts";
import { AppError } from "../core/error.ts";
import { ClockRule, clockUnits, dueDate } from "./clock-rule.ts";
import type { Calendar } from "./working-days.ts";

const Day = z.iso.date({ error: "写成 YYYY-MM-DD，且当天存在。" });

const DeadlineQuery = z
  .strictObject({
    ruleId: z.string({ error: "填规则编号，清单见 GET /api/v1/deadlines/rules。" }).min(1).max(100),
    startedOn: Day,
    excluded: z
      .array(z.strictObject({ from: Day, to: Day }))
      .max(100)
      .optional(),
    extensions: z.array(z.string().max(100)).max(10).optional(),
  })
  .meta({ id: "DeadlineQuery" });

const Deadline = z
  .object({
    dueOn: z.iso.date(),
    provisional: z.boolean(),
    reason: z.string().optional(),
    unit: z.enum(clockUnits),
    basis: LegalBasis.nullable(),
    steps: z.array(z.string()),
  })
  .meta({ id: "Deadline" });

const problem = (description: string) => ({
  description,
  // By name: the schema itself is `http/`'s, which this room lies below.
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
});

const rulesRoute = createRoute({
  method: "get",
  path: "/deadlines/rules",
  operationId: "listDeadlineRules",
  tags: ["Deadlines"],
  summary: "The limits of time that are known, each with its article",
  responses: {
    200: {
      description: "All rules, those of past and coming texts too",
      content: { "application/json": { schema: z.object({ items: z.array(ClockRule) }) } },
    },
  },
});

const reckonRoute = createRoute({
  method: "post",
  path: "/deadlines",
  operationId: "reckonDeadline",
  tags: ["Deadlines"],
  summary: "The day a period ends, with the reckoning",
  request: { body: { required: true, content: { "application/json": { schema: DeadlineQuery } } } },
  responses: {
    200: { description: "The day", content: { "application/json": { schema: Deadline } } },
    400: problem("The body is malformed, an interval is reversed, or the rule has no such extension"),
    404: problem("There is no such rule"),
    422: problem("The rule is not in force on that day, or the year's working days are not published"),
  },
});

/**
 * `GET /deadlines/rules`, `POST /deadlines`, open to all.
 *
 * Counting working days into a year whose calendar is not published is refused; a period of days
 * or months that ends there is told as provisional (API.md, "deadlines").
 */
export function deadlineRoutes({
  rules,
  calendar,
  invalidRequest,
}: {
  rules: readonly ClockRule[];
  calendar: Calendar;
  /** The `defaultHook` of `http/problem.ts`, handed in because this room lies below it. */
  // biome-ignore lint/suspicious/noExplicitAny: the library's own type for a hook of any route
  invalidRequest: Hook<any, any, any, any>;
}) {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  return new OpenAPIHono({ defaultHook: invalidRequest })
    .openapi(rulesRoute, (c) => c.json({ items: [...rules] }, 200))
    .openapi(reckonRoute, (c) => {
      const { ruleId, startedOn, excluded = [], extensions = [] } = c.req.valid("json");
      const rule = byId.get(ruleId);
      if (rule === undefined) {
        throw new AppError("not_found", `没有编号为 ${ruleId} 的规则，清单见 GET /api/v1/deadlines/rules。`, {
          errors: [{ pointer: "/ruleId", detail: "没有这条规则。" }],
        });
      }
      const { dueOn, provisional, published, reason, unit, basis, steps } = dueDate(
        rule,
        startedOn,
        { excluded, extensions },
        calendar,
      );
      if (!published && unit === "workingDay") {
        throw new AppError("calendar_not_published", reason ?? "该年度工作日安排尚未公布。", {
          errors: [{ pointer: "/startedOn", detail: "期限数到了放假安排还没公布的年份。" }],
        });
      }
      return c.json(
        { dueOn, provisional, ...(reason === undefined ? {} : { reason }), unit, basis, steps },
        200,
      );
    });
}
