import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { streamSSE } from "hono/streaming";
import { z } from "zod";
import { Citation, textStatuses } from "../core/citation.ts";
import { type Clock, dateInShanghai } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import { pageOf } from "../core/page.ts";
import { invalidRequest, problemContent } from "../http/problem.ts";
import { fold } from "../text/fold.ts";
import { articleName, parseNumeral } from "../text/numerals.ts";
import { type Answer, answerOutcomes } from "./answer.ts";
import type { AnswerService } from "./answer-service.ts";
import type { Answering } from "./answering.ts";
import type { ArticleLookup } from "./article-lookup.ts";
import { Deadline } from "./date-answer.ts";
import type { Knowledge, LawEntry } from "./knowledge.ts";

export const asOfParameter = z.iso.date("asOf 要写成 YYYY-MM-DD。").optional();

const SearchHitBody = z
  .object({
    law: z.string(),
    article: z.string(),
    title: z.string(),
    text: z.string(),
    kind: z.enum(["statute", "guide"]),
    score: z.number().min(0).max(1),
    status: z.enum(textStatuses),
    edition: z.iso.date(),
    effectiveFrom: z.iso.date(),
    sourceUrl: z.url(),
  })
  .meta({ id: "SearchHit" });

const TopicBody = z.object({
  law: z.string().max(100),
  article: z.string().max(30),
  question: z.string().max(200),
});

export const AnswerBody = z
  .object({
    id: z.string(),
    outcome: z.enum(answerOutcomes),
    text: z.string(),
    citations: z.array(Citation),
    confidence: z.number().min(0).max(1),
    related: z.array(z.string()),
    corrections: z.array(z.string()),
    /** Hand it back as `context` with the next question. */
    topic: TopicBody.nullable(),
    /** The last day of a period, where the question asks for it and names the first. */
    deadline: Deadline.optional(),
  })
  .meta({ id: "Answer" });
export type AnswerBody = z.infer<typeof AnswerBody>;

const LawBody = z
  .object({
    law: z.string(),
    aliases: z.array(z.string()),
    issuer: z.string(),
    kind: z.string(),
    status: z.enum(textStatuses),
    successor: z.string().nullable(),
    sourceUrl: z.url(),
    editions: z.array(
      z.object({
        edition: z.iso.date(),
        status: z.enum(textStatuses),
        effectiveFrom: z.iso.date(),
        effectiveFromConfidence: z.enum(["text", "secondary"]),
        effectiveTo: z.iso.date().nullable(),
        articles: z.int().nullable(),
        /** How many of its articles can be answered from. */
        digests: z.int(),
        confidence: z.enum(["text", "secondary"]),
        note: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: "Law" });
type LawBody = z.infer<typeof LawBody>;

const ArticleBody = z
  .object({
    law: z.string(),
    article: z.string(),
    edition: z.iso.date(),
    status: z.enum(textStatuses),
    effectiveFrom: z.iso.date(),
    effectiveTo: z.iso.date().nullable(),
    sourceUrl: z.url(),
    /** Null where the article exists but is not collected, or is not in force. */
    title: z.string().nullable(),
    text: z.string().nullable(),
    /** The official wording of this edition, in force or not, one 款, 项 or 目 a line; null where it is not imported. */
    officialText: z.string().nullable(),
    figures: z.array(z.object({ label: z.string(), value: z.string() })),
    related: z.array(z.string()),
    /** Where the matter of an article no longer in force stands now. */
    successor: Citation.nullable(),
    successorLaw: z.string().nullable(),
  })
  .meta({ id: "Article" });
type ArticleBody = z.infer<typeof ArticleBody>;

const search = createRoute({
  method: "get",
  path: "/search",
  operationId: "searchKnowledge",
  tags: ["Knowledge"],
  summary: "Find articles in force from a question",
  request: {
    query: z.object({
      q: z
        .string({ error: "请在 q 里写要查的内容。" })
        .trim()
        .min(1, "请在 q 里写要查的内容。")
        .max(500, "太长了，最多500个字。"),
      limit: z.coerce
        .number("limit 要写1到50的整数。")
        .int("limit 要写1到50的整数。")
        .min(1, "limit 至少为1。")
        .max(50, "limit 最多为50。")
        .default(10),
      asOf: asOfParameter,
    }),
  },
  responses: {
    200: {
      description: "Articles, best first",
      content: { "application/json": { schema: pageOf(SearchHitBody) } },
    },
    400: problemContent("A parameter is missing or malformed"),
  },
});

const ask = createRoute({
  method: "post",
  path: "/answers",
  operationId: "answerQuestion",
  tags: ["Knowledge"],
  summary: "Answer a question from the law in force, with citations",
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.object({
            question: z
              .string({ error: "请写要问的问题。" })
              .trim()
              .min(1, "请写要问的问题。")
              .max(1000, "问题太长，最多1000个字。"),
            asOf: asOfParameter,
            context: TopicBody.optional(),
          }),
        },
      },
    },
  },
  responses: {
    200: {
      description:
        "The answer; with `Accept: text/event-stream` as events `text` (a piece) and `answer` (the whole, which holds whatever came before)",
      content: { "application/json": { schema: AnswerBody }, "text/event-stream": { schema: z.string() } },
    },
    400: problemContent("The question is missing or too long"),
    415: problemContent("The body is not JSON"),
  },
});

const listLaws = createRoute({
  method: "get",
  path: "/laws",
  operationId: "listLaws",
  tags: ["Knowledge"],
  summary: "Instruments with their editions and standing",
  request: { query: z.object({ asOf: asOfParameter }) },
  responses: {
    200: { description: "All instruments", content: { "application/json": { schema: pageOf(LawBody) } } },
    400: problemContent("`asOf` is malformed"),
  },
});

const getArticle = createRoute({
  method: "get",
  path: "/laws/{law}/articles/{article}",
  operationId: "getArticle",
  tags: ["Knowledge"],
  summary: "One article, by the law's title or alias and 第…条 or a number",
  request: {
    params: z.object({ law: z.string().min(1).max(100), article: z.string().min(1).max(30) }),
    query: z.object({ asOf: asOfParameter, edition: z.iso.date("edition 要写成 YYYY-MM-DD。").optional() }),
  },
  responses: {
    200: {
      description: "The article, or what became of it",
      content: { "application/json": { schema: ArticleBody } },
    },
    400: problemContent("A parameter is malformed"),
    404: problemContent("There is no such law (`law_not_found`) or article (`article_not_found`)"),
  },
});

/** Routes under `/knowledge`, open to all. */
export function knowledgeRoutes({
  knowledge,
  answers,
  answering,
  now,
}: {
  knowledge: Knowledge;
  answers: Pick<AnswerService, "ask">;
  answering: Pick<Answering, "search">;
  now: Clock;
}) {
  const today = () => dateInShanghai(now());
  return new OpenAPIHono({ defaultHook: invalidRequest })
    .openapi(search, async (c) => {
      const { q, limit, asOf = today() } = c.req.valid("query");
      return c.json({ items: await answering.search({ query: q, limit, asOf }), nextCursor: null }, 200);
    })
    .openapi(ask, async (c) => {
      const { question, asOf = today(), context } = c.req.valid("json");
      const query = { question, asOf, ...(context === undefined ? {} : { context }) };
      const asked = { ...query, channel: "api" };
      if (!(c.req.header("Accept") ?? "").includes("text/event-stream")) {
        const { id, answer } = await answers.ask(asked, { signal: c.req.raw.signal });
        return c.json(toAnswerBody(id, answer), 200);
      }
      return streamSSE(c, async (stream) => {
        const gone = new AbortController();
        stream.onAbort(() => gone.abort());
        const { id, answer } = await answers.ask(asked, {
          signal: gone.signal,
          onPiece: (piece) => stream.writeSSE({ event: "text", data: piece }),
        });
        await stream.writeSSE({ event: "answer", data: JSON.stringify(toAnswerBody(id, answer)) });
      });
    })
    .openapi(listLaws, (c) => {
      const { asOf = today() } = c.req.valid("query");
      return c.json({ items: knowledge.laws(asOf).map(toLawBody), nextCursor: null }, 200);
    })
    .openapi(getArticle, (c) => {
      const { law, article } = c.req.valid("param");
      const { asOf = today(), edition } = c.req.valid("query");
      const name = readArticle(article);
      const lookup = knowledge.article({
        law: fold(law),
        article: name,
        asOf,
        ...(edition === undefined ? {} : { edition }),
      });
      const officialText =
        "edition" in lookup
          ? knowledge.officialText(lookup.instrument.title, lookup.edition.edition, name)
          : undefined;
      return c.json(toArticleBody(lookup, name, officialText), 200);
    });
}

export function toAnswerBody(
  id: string,
  { topic, grounds: _, parts: __, final: ___, beside: ____, ...answer }: Answer,
): AnswerBody {
  return { id, ...answer, topic: topic ?? null };
}

function toLawBody({ instrument, status, successor, editions }: LawEntry): LawBody {
  const { title, aliases, issuer, kind, sourceUrl } = instrument;
  return {
    law: title,
    aliases,
    issuer,
    kind,
    status,
    successor: successor ?? null,
    sourceUrl,
    editions: editions.map(({ edition, status: standing, digests }) => ({
      edition: edition.edition,
      status: standing,
      effectiveFrom: edition.effectiveFrom,
      effectiveFromConfidence: edition.effectiveFromConfidence,
      effectiveTo: edition.effectiveTo ?? null,
      articles: edition.articles ?? null,
      digests,
      confidence: edition.confidence,
      note: edition.note ?? null,
    })),
  };
}

/** @throws {AppError} `law_not_found`, `article_not_found`. */
function toArticleBody(
  lookup: ArticleLookup,
  article: string,
  officialText: string | undefined,
): ArticleBody {
  if (lookup.kind === "unknownLaw")
    throw new AppError("law_not_found", "没有收录这部法规，清单见 /api/v1/knowledge/laws。");
  const { instrument, edition } = lookup;
  if (lookup.kind === "unknownArticle") {
    const known =
      lookup.count === undefined
        ? `全文还没有收录，${article}不敢说有没有`
        : `共${lookup.count}条，没有${article}`;
    throw new AppError("article_not_found", `《${instrument.title}》${known}。`);
  }
  const digest = lookup.kind === "found" ? lookup.digest : undefined;
  return {
    law: instrument.title,
    article,
    edition: edition.edition,
    status: lookup.kind === "found" ? "current" : lookup.kind,
    effectiveFrom: edition.effectiveFrom,
    effectiveTo: edition.effectiveTo ?? null,
    sourceUrl: instrument.sourceUrl,
    title: digest?.title ?? null,
    text:
      digest === undefined ? null : [digest.summary, ...digest.points.map((point) => point.text)].join("\n"),
    officialText: officialText ?? null,
    figures: digest?.figures.map(({ label, value }) => ({ label, value })) ?? [],
    related: digest?.related ?? [],
    successor: lookup.kind === "superseded" ? (lookup.successor ?? null) : null,
    successorLaw: lookup.kind === "repealed" ? (lookup.successor ?? null) : null,
  };
}

/** 第四十二条, 第42条, 42条 and 42 are one article; anything else is passed on and not found. */
export function readArticle(text: string): string {
  const match = /^第?\s*([零〇一二三四五六七八九十百千两]+|\d{1,4})\s*条?$/u.exec(fold(text));
  const number = match === null ? undefined : parseNumeral(match[1] ?? "");
  return number === undefined || number === 0 ? text : articleName(number);
}
