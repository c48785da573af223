import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { AppError, type FieldError } from "../core/error.ts";
import type { Guard } from "../core/guard.ts";
import { pageOf } from "../core/page.ts";
import { limitBody } from "../http/middleware.ts";
import { fieldErrors, invalidRequest, problemContent } from "../http/problem.ts";
import { type StandardAnswer, StandardAnswerDraft, standardProblems } from "./standard-answer.ts";
import {
  type StandardAnswerChange,
  type StandardAnswerService,
  standardStates,
} from "./standard-answer-service.ts";

const approved = z.boolean("approved 要填 true 或 false：true 表示由您审核通过。").default(false);
const ChangeBody = StandardAnswerDraft.extend({ approved });
const revision = z.int({ error: "revision 要填这条标准口径现在的版本号（整数）。" });

const StandardAnswerBody = z
  .object({
    id: z.string(),
    questions: z.array(z.string()),
    text: z.string(),
    citations: z.array(z.object({ law: z.string(), article: z.string(), edition: z.iso.date() })),
    reviewer: z.string().nullable(),
    approvedAt: z.iso.datetime().nullable(),
    expiresOn: z.iso.date(),
    enabled: z.boolean(),
    state: z.enum(standardStates),
    /** What keeps it from answering as of today. */
    problems: z.array(z.enum(standardProblems)),
    revision: z.int(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    hitCount: z.int(),
    lastHitAt: z.iso.datetime().nullable(),
  })
  .meta({ id: "StandardAnswer" });

const WithId = z.object({ id: z.string().max(80) });
const one = {
  description: "The standard answer",
  content: { "application/json": { schema: StandardAnswerBody } },
};
const refusals = {
  401: problemContent("Nobody is signed in"),
  403: problemContent("Your role may not do this"),
} as const;
const jsonOf = <T extends z.ZodType>(schema: T) =>
  ({ required: true, content: { "application/json": { schema } } }) as const;

const list = createRoute({
  method: "get",
  path: "/admin/standard-answers",
  operationId: "listStandardAnswers",
  tags: ["Staff"],
  summary: "Official wordings, newest change first",
  request: {
    query: z.object({
      state: z.enum(standardStates, { error: `state 只能是 ${standardStates.join("、")} 之一。` }).optional(),
    }),
  },
  responses: {
    200: { description: "All", content: { "application/json": { schema: pageOf(StandardAnswerBody) } } },
    400: problemContent("The state is malformed"),
    ...refusals,
  },
});

const create = createRoute({
  method: "post",
  path: "/admin/standard-answers",
  operationId: "createStandardAnswer",
  tags: ["Staff"],
  summary: "Write an official wording; with `approved` it answers at once",
  request: { body: jsonOf(ChangeBody) },
  responses: {
    201: one,
    400: problemContent("Something is malformed, not cited or not in force"),
    ...refusals,
  },
});

const exportAll = createRoute({
  method: "get",
  path: "/admin/standard-answers/export",
  operationId: "exportStandardAnswers",
  tags: ["Staff"],
  summary: "All official wordings as JSON lines, to be edited and imported again",
  responses: {
    200: { description: "One a line", content: { "application/x-ndjson": { schema: z.string() } } },
    ...refusals,
  },
});

const importAll = createRoute({
  method: "post",
  path: "/admin/standard-answers/import",
  operationId: "importStandardAnswers",
  tags: ["Staff"],
  summary: "Take over JSON lines as `export` writes them, all or nothing; approved ones in your name",
  request: { body: { required: true, content: { "application/x-ndjson": { schema: z.string() } } } },
  responses: {
    200: {
      description: "How many were made and changed",
      content: { "application/json": { schema: z.object({ created: z.int(), updated: z.int() }) } },
    },
    400: problemContent("Lines that are malformed, each named"),
    ...refusals,
    409: problemContent("One of them was changed meanwhile"),
    413: problemContent("The list is too large"),
  },
});

const open = createRoute({
  method: "get",
  path: "/admin/standard-answers/{id}",
  operationId: "openStandardAnswer",
  tags: ["Staff"],
  summary: "One official wording",
  request: { params: WithId },
  responses: { 200: one, ...refusals, 404: problemContent("There is no such standard answer") },
});

const replace = createRoute({
  method: "put",
  path: "/admin/standard-answers/{id}",
  operationId: "replaceStandardAnswer",
  tags: ["Staff"],
  summary: "Change an official wording; without `approved` changed words are a draft again",
  request: { params: WithId, body: jsonOf(ChangeBody.extend({ revision })) },
  responses: {
    200: one,
    400: problemContent("Something is malformed, not cited or not in force"),
    ...refusals,
    404: problemContent("There is no such standard answer"),
    409: problemContent("It was changed meanwhile"),
  },
});

const remove = createRoute({
  method: "delete",
  path: "/admin/standard-answers/{id}",
  operationId: "removeStandardAnswer",
  tags: ["Staff"],
  summary: "Remove an official wording",
  request: {
    params: WithId,
    query: z.object({
      revision: z.coerce
        .number("revision 要填这条标准口径现在的版本号（整数）。")
        .int("revision 要填这条标准口径现在的版本号（整数）。"),
    }),
  },
  responses: {
    204: { description: "Removed" },
    400: problemContent("The revision is missing"),
    ...refusals,
    404: problemContent("There is no such standard answer"),
    409: problemContent("It was changed meanwhile"),
  },
});

/** A line of an import. What the service itself keeps count of is read over, so that an export can be imported. */
const ImportLine = StandardAnswerDraft.extend({
  id: z
    .string()
    .regex(/^standard_[0-9a-z]{26}$/, "id 要照导出的写；新增的不写 id。")
    .optional(),
  approved,
  citations: z.array(
    StandardAnswerDraft.shape.citations.element.extend({ edition: z.iso.date().optional() }),
  ),
  reviewer: z.string().nullable().optional(),
  approvedAt: z.iso.datetime().nullable().optional(),
});

const maxImportBytes = 2 * 1024 * 1024;

/** Official wordings, for staff. Under `/knowledge`. */
export function standardAnswerRoutes(dependencies: { standards: StandardAnswerService; guard: Guard }) {
  const { standards, guard } = dependencies;
  const routes = new OpenAPIHono({ defaultHook: invalidRequest });
  routes.use("/admin/standard-answers/import", limitBody(maxImportBytes));

  function toBody(standard: StandardAnswer) {
    const { questions, citations, approvedAt, createdAt, updatedAt, lastHitAt } = standard;
    return {
      ...standard,
      questions: [...questions],
      citations: [...citations],
      state: standards.stateOf(standard),
      problems: standards.problemsOf(standard),
      approvedAt: approvedAt?.toISOString() ?? null,
      createdAt: createdAt.toISOString(),
      updatedAt: updatedAt.toISOString(),
      lastHitAt: lastHitAt?.toISOString() ?? null,
    };
  }

  return routes
    .openapi(list, async (c) => {
      await guard(c, "knowledge:edit");
      const found = await standards.list(c.req.valid("query").state);
      return c.json({ items: found.map(toBody), nextCursor: null }, 200);
    })
    .openapi(create, async (c) => {
      const person = await guard(c, "knowledge:edit");
      return c.json(toBody(await standards.create(person, c.req.valid("json"))), 201);
    })
    .openapi(exportAll, async (c) => {
      await guard(c, "knowledge:edit");
      const lines = (await standards.list()).map((standard) => `${JSON.stringify(toLine(standard))}\n`);
      return c.body(lines.join(""), 200, {
        "Content-Type": "application/x-ndjson; charset=UTF-8",
        "Content-Disposition": 'attachment; filename="standard-answers.jsonl"',
      }) as never;
    })
    .openapi(importAll, async (c) => {
      const person = await guard(c, "knowledge:edit");
      return c.json(await standards.import(person, readLines(await c.req.text())), 200);
    })
    .openapi(open, async (c) => {
      await guard(c, "knowledge:edit");
      return c.json(toBody(await standards.open(c.req.valid("param").id)), 200);
    })
    .openapi(replace, async (c) => {
      const person = await guard(c, "knowledge:edit");
      const { revision: known, ...change } = c.req.valid("json");
      return c.json(toBody(await standards.replace(person, c.req.valid("param").id, known, change)), 200);
    })
    .openapi(remove, async (c) => {
      await guard(c, "knowledge:edit");
      await standards.remove(c.req.valid("param").id, c.req.valid("query").revision);
      return c.body(null, 204);
    });
}

function toLine({
  id,
  questions,
  text,
  citations,
  expiresOn,
  enabled,
  reviewer,
  approvedAt,
}: StandardAnswer) {
  const approval = { approved: approvedAt !== null, reviewer, approvedAt: approvedAt?.toISOString() ?? null };
  return { id, questions, text, citations, expiresOn, enabled, ...approval };
}

/** @throws {AppError} `invalid_request` that names each faulty line and field. */
function readLines(body: string): { line: number; id: string | undefined; change: StandardAnswerChange }[] {
  const faults: FieldError[] = [];
  const lines = body.split(/\r?\n/u).flatMap((text, index) => {
    if (text.trim() === "") return [];
    const line = index + 1;
    const result = ImportLine.safeParse(parseJson(text));
    if (!result.success) {
      for (const { pointer, detail } of fieldErrors(result.error.issues))
        faults.push({ pointer: `/${line}${pointer === "/" ? "" : pointer}`, detail });
      return [];
    }
    const { id, reviewer: _reviewer, approvedAt: _approvedAt, citations, ...rest } = result.data;
    const change = { ...rest, citations: citations.map(({ law, article }) => ({ law, article })) };
    return [{ line, id, change }];
  });
  const [first] = faults;
  if (first !== undefined)
    throw new AppError("invalid_request", `${first.pointer} 有误：${first.detail}`, { errors: faults });
  return lines;
}

/** The value of a line; what is no JSON comes out as undefined, which no line's schema takes. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
