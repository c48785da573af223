import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { AppError } from "../core/error.ts";
import type { Guard } from "../core/guard.ts";
import { pageOf } from "../core/page.ts";
import { fromBase64, fromUtf8, toBase64, utf8 } from "../crypto/bytes.ts";
import { limitBody } from "../http/middleware.ts";
import { invalidRequest, problemContent } from "../http/problem.ts";
import { answerOutcomes } from "./answer.ts";
import { questionStates, resolutions, reviewReasons, thumbs } from "./question.ts";
import type { AskedQuestion, QuestionCursor, QuestionRecord } from "./question-repository.ts";
import type { QuestionService } from "./question-service.ts";
import { standardProblems } from "./standard-answer.ts";
import type { StandardAnswerService } from "./standard-answer-service.ts";
import { TraceBody } from "./trace-body.ts";

const QuestionBody = z
  .object({
    /** The id of the answer. */
    id: z.string(),
    question: z.string(),
    at: z.iso.datetime(),
    channel: z.string(),
    outcome: z.enum(answerOutcomes),
    confidence: z.number().min(0).max(1),
    passages: z.int(),
    state: z.enum(questionStates),
    reasons: z.array(z.enum(reviewReasons)),
    thumb: z.enum(thumbs).nullable(),
    /** The standard answer that it matched. */
    standardAnswerId: z.string().nullable(),
    /** How many in the same state ask the same. */
    count: z.int(),
    revision: z.int(),
  })
  .meta({ id: "AskedQuestion" });

const QuestionDetail = QuestionBody.extend({
  knowledgeVersion: z.string(),
  comment: z.string().nullable(),
  trace: TraceBody,
  settled: z
    .object({
      resolution: z.enum(resolutions),
      note: z.string().nullable(),
      standardAnswerId: z.string().nullable(),
      by: z.string(),
      at: z.iso.datetime(),
    })
    .nullable(),
}).meta({ id: "AskedQuestionDetail" });

const QueueBody = pageOf(QuestionBody).extend({
  /** Standard answers that cannot answer as of today; with the first page only. */
  needsReview: z.array(
    z.object({
      standardAnswerId: z.string(),
      question: z.string(),
      problems: z.array(z.enum(standardProblems)),
    }),
  ),
});

const WithId = z.object({ id: z.string().max(80) });

const rate = createRoute({
  method: "post",
  path: "/answers/{id}/feedback",
  operationId: "rateAnswer",
  tags: ["Knowledge"],
  summary: "Say whether an answer helped; a later word replaces an earlier one",
  request: {
    params: WithId,
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.strictObject({
            thumb: z.enum(thumbs, { error: "thumb 只能是 up 或 down。" }),
            comment: z.string("comment 要是文字。").trim().max(500, "意见太长，最多 500 个字。").optional(),
          }),
        },
      },
    },
  },
  responses: {
    204: { description: "Taken" },
    400: problemContent("The body is malformed"),
    404: problemContent("There is no such answer, or it was erased"),
    413: problemContent("The body is too large"),
  },
});

const list = createRoute({
  method: "get",
  path: "/admin/questions",
  operationId: "listAskedQuestions",
  tags: ["Staff"],
  summary: "Questions to review, newest first; the same question stands once, with a count",
  request: {
    query: z.object({
      state: z
        .enum(questionStates, { error: `state 只能是 ${questionStates.join("、")} 之一。` })
        .default("open"),
      reason: z.enum(reviewReasons, { error: `reason 只能是 ${reviewReasons.join("、")} 之一。` }).optional(),
      limit: z.coerce
        .number("limit 要写整数。")
        .int("limit 要写整数。")
        .min(1, "limit 从 1 起。")
        .max(200, "一页最多 200 条。")
        .default(50),
      cursor: z.string().max(200).optional(),
    }),
  },
  responses: {
    200: { description: "A page", content: { "application/json": { schema: QueueBody } } },
    400: problemContent("A filter or the cursor is malformed"),
    401: problemContent("Nobody is signed in"),
    403: problemContent("Your role may not do this"),
  },
});

const open = createRoute({
  method: "get",
  path: "/admin/questions/{id}",
  operationId: "openAskedQuestion",
  tags: ["Staff"],
  summary: "One question with what the search saw",
  request: { params: WithId },
  responses: {
    200: { description: "The question", content: { "application/json": { schema: QuestionDetail } } },
    401: problemContent("Nobody is signed in"),
    403: problemContent("Your role may not do this"),
    404: problemContent("There is no such question, or it was erased"),
  },
});

const settle = createRoute({
  method: "post",
  path: "/admin/questions/{id}/resolution",
  operationId: "settleAskedQuestion",
  tags: ["Staff"],
  summary: "Settle a question in the queue, with all that ask the same",
  request: {
    params: WithId,
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.strictObject({
            revision: z.int({ error: "revision 要填这个问题现在的版本号（整数）。" }),
            resolution: z.enum(resolutions, {
              error: `resolution 只能是 ${resolutions.join("、")} 之一。`,
            }),
            note: z.string().trim().max(500, "备注太长，最多 500 个字。").optional(),
            standardAnswerId: z.string().max(80).optional(),
          }),
        },
      },
    },
  },
  responses: {
    200: { description: "The question", content: { "application/json": { schema: QuestionDetail } } },
    400: problemContent("The body is malformed, or the standard answer is not there"),
    401: problemContent("Nobody is signed in"),
    403: problemContent("Your role may not do this"),
    404: problemContent("There is no such question, or it was erased"),
    409: problemContent("It was changed meanwhile, or is not in the queue"),
  },
});

/** Feedback, open to who holds the id of an answer, and the queue for staff. Under `/knowledge`. */
export function questionRoutes(dependencies: {
  questions: QuestionService;
  standards: StandardAnswerService;
  guard: Guard;
}) {
  const { questions, standards, guard } = dependencies;
  const routes = new OpenAPIHono({ defaultHook: invalidRequest });
  routes.use("/answers/:id/feedback", limitBody(16 * 1024));

  async function needsReview() {
    return (await standards.list("needs_review")).map((one) => ({
      standardAnswerId: one.id,
      question: one.questions[0] ?? "",
      problems: standards.problemsOf(one),
    }));
  }

  return routes
    .openapi(rate, async (c) => {
      const { thumb, comment } = c.req.valid("json");
      await questions.rate(c.req.valid("param").id, thumb, comment === "" ? undefined : comment);
      return c.body(null, 204);
    })
    .openapi(list, async (c) => {
      await guard(c, "knowledge:edit");
      const { state, reason, limit, cursor } = c.req.valid("query");
      const { items, next } = await questions.list(
        { state, reason },
        limit,
        cursor === undefined ? undefined : readCursor(cursor),
      );
      const asksForStandards = cursor === undefined && state === "open";
      return c.json(
        {
          items: items.map(toBody),
          nextCursor: next === undefined ? null : writeCursor(next),
          needsReview:
            asksForStandards && (reason ?? "needs_review") === "needs_review" ? await needsReview() : [],
        },
        200,
      );
    })
    .openapi(open, async (c) => {
      await guard(c, "knowledge:edit");
      return c.json(toDetail(await questions.open(c.req.valid("param").id)), 200);
    })
    .openapi(settle, async (c) => {
      const person = await guard(c, "knowledge:edit");
      const { revision, resolution, note, standardAnswerId } = c.req.valid("json");
      const settled = await questions.settle(person, c.req.valid("param").id, revision, {
        resolution,
        note,
        standardAnswerId,
      });
      return c.json(toDetail(settled), 200);
    });
}

function toBody({ groupKey: _, knowledgeVersion: __, at, ...rest }: AskedQuestion & { count: number }) {
  return { ...rest, at: at.toISOString() };
}

function toDetail(record: QuestionRecord & { count: number }) {
  const { trace, comment, settled, ...asked } = record;
  return {
    ...toBody(asked),
    knowledgeVersion: asked.knowledgeVersion,
    trace,
    comment,
    settled: settled === null ? null : { ...settled, at: settled.at.toISOString() },
  };
}

const writeCursor = ({ at, groupKey }: QuestionCursor) => toBase64(utf8(`${at.getTime()}|${groupKey}`));

function readCursor(text: string): QuestionCursor {
  try {
    const [at = "", groupKey = ""] = fromUtf8(fromBase64(text)).split("|");
    if (/^\d+$/.test(at) && groupKey !== "") return { at: new Date(Number(at)), groupKey };
  } catch {
    // Not base64, or not UTF-8: told below.
  }
  throw new AppError("invalid_request", "cursor 不对，请用上一页返回的 nextCursor。", {
    errors: [{ pointer: "/query/cursor", detail: "不是本接口给出的 nextCursor。" }],
  });
}
