import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { type Clock, dateInShanghai } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import type { Guard } from "../core/guard.ts";
import { pageOf } from "../core/page.ts";
import { invalidRequest, problemContent } from "../http/problem.ts";
import { fold } from "../text/fold.ts";
import type { AnswerService } from "./answer-service.ts";
import { createFindReferences } from "./article-reference.ts";
import { type ImpactIndex, type ImpactSource, impactKinds, indexCitations } from "./impact.ts";
import { standardSource } from "./impact-sources.ts";
import type { Knowledge } from "./knowledge.ts";
import { AnswerBody, asOfParameter, readArticle, toAnswerBody } from "./knowledge-routes.ts";
import type { StandardAnswerService } from "./standard-answer-service.ts";
import { TraceBody } from "./trace-body.ts";

const HitTestBody = z
  .object({ answer: AnswerBody.omit({ id: true }), trace: TraceBody })
  .meta({ id: "HitTest" });

const ImpactPlaceBody = z
  .object({
    kind: z.enum(impactKinds),
    /** The file, or the table. */
    file: z.string(),
    id: z.string(),
    /** The members that lead to the place. */
    field: z.string(),
    excerpt: z.string(),
  })
  .meta({ id: "ImpactPlace" });

const refusals = {
  401: problemContent("Nobody is signed in"),
  403: problemContent("Your role may not do this"),
} as const;

const hitTest = createRoute({
  method: "get",
  path: "/admin/hit-test",
  operationId: "testHits",
  tags: ["Staff"],
  summary: "What a question would be answered, and what the answer was made from; nothing is recorded",
  request: {
    query: z.object({
      q: z
        .string({ error: "请在 q 里写要试的问题。" })
        .trim()
        .min(1, "请在 q 里写要试的问题。")
        .max(1000, "问题太长，最多1000个字。"),
      asOf: asOfParameter,
      limit: z.coerce
        .number("limit 要写1到50的整数。")
        .int("limit 要写1到50的整数。")
        .min(1, "limit 至少为1。")
        .max(50, "limit 最多为50。")
        .default(8),
    }),
  },
  responses: {
    200: {
      description: "The answer and its trace",
      content: { "application/json": { schema: HitTestBody } },
    },
    400: problemContent("A parameter is missing or malformed"),
    ...refusals,
  },
});

const impact = createRoute({
  method: "get",
  path: "/admin/impact",
  operationId: "listImpact",
  tags: ["Staff"],
  summary: "Every place that cites an article: what to look at when it changes",
  request: {
    query: z.object({
      law: z.string({ error: "请在 law 里写法规名称。" }).trim().min(1, "请在 law 里写法规名称。").max(100),
      article: z
        .string({ error: "请在 article 里写条号。" })
        .trim()
        .min(1, "请在 article 里写条号。")
        .max(30),
    }),
  },
  responses: {
    200: { description: "The places", content: { "application/json": { schema: pageOf(ImpactPlaceBody) } } },
    400: problemContent("A parameter is missing"),
    ...refusals,
    404: problemContent("There is no such law"),
  },
});

/** What staff need to see how answers come about and what a change of the law touches. Under `/knowledge`. */
export function knowledgeAdminRoutes(dependencies: {
  knowledge: Knowledge;
  answers: AnswerService;
  standards: StandardAnswerService;
  /** What ships with the product and may cite articles. */
  sources: readonly ImpactSource[];
  guard: Guard;
  now: Clock;
}) {
  const { knowledge, answers, standards, sources, guard, now } = dependencies;
  /** Reading all that ships takes a good part of a second: it is done when first asked for, and once. */
  let shipped: ImpactIndex | undefined;
  function reading() {
    const known = knowledge.laws(dateInShanghai(now())).map(({ instrument }) => instrument);
    return {
      findReferences: createFindReferences(known),
      titleOf: (name: string) =>
        known.find(({ title, aliases }) => title === name || aliases.includes(name))?.title,
    };
  }

  return new OpenAPIHono({ defaultHook: invalidRequest })
    .openapi(hitTest, async (c) => {
      await guard(c, "knowledge:edit");
      const { q, asOf = dateInShanghai(now()), limit } = c.req.valid("query");
      const { answer, trace } = await answers.inspect({ question: q, asOf });
      const { id: _, ...body } = toAnswerBody("", answer);
      return c.json({ answer: body, trace: { ...trace, hits: trace.hits.slice(0, limit) } }, 200);
    })
    .openapi(impact, async (c) => {
      await guard(c, "knowledge:edit");
      const { law, article } = c.req.valid("query");
      const asked = knowledge.article({
        law: fold(law),
        article: readArticle(article),
        asOf: dateInShanghai(now()),
      });
      if (asked.kind === "unknownLaw")
        throw new AppError("law_not_found", "没有收录这部法规，清单见 /api/v1/knowledge/laws。");
      const tools = reading();
      shipped ??= indexCitations(sources, tools);
      const written = indexCitations([standardSource(await standards.list())], tools);
      const wanted = { law: asked.instrument.title, article: readArticle(article) };
      const items = [...shipped(wanted), ...written(wanted)];
      return c.json({ items, nextCursor: null }, 200);
    });
}
