import type { Log } from "../core/log.ts";
import { redact } from "../llm/redact.ts";
import { type Answer, type AnswerQuery, maxChars } from "./answer.ts";
import type { GroundedRewriter, RewriteRequest, Rewriting } from "./grounded-rewrite.ts";
import type { Knowledge, SearchHit, SearchQuery } from "./knowledge.ts";
import type { SemanticSearch } from "./semantic-search.ts";

/** Answers of the house: from the law by rule, where there is a model in its words too, and never later than its limits. */
export type Answering = {
  /** The question with the passages near to it in meaning, so that whoever looks at it sees what the answer saw. */
  prepare(query: AnswerQuery): Promise<AnswerQuery>;
  ask(query: AnswerQuery, signal?: AbortSignal): Promise<Answer>;
  /**
   * As `ask`, handing out the text as it becomes sure. The pieces make up the text of the answer, unless a model
   * broke off on the way: then each of them was true, and the answer's own text is what holds.
   */
  askStreaming(query: AnswerQuery, onPiece: OnPiece, signal?: AbortSignal): Promise<Answer>;
  search(query: SearchQuery): Promise<SearchHit[]>;
};

export type OnPiece = (piece: string) => void | Promise<void>;

/** How many passages near in meaning take part. */
const semanticDepth = 20;

type Deps = {
  knowledge: Knowledge;
  /** Without one, answers stand as the digests word them. */
  rewriter?: GroundedRewriter | undefined;
  /** Without one, search goes by words alone. */
  semantic?: SemanticSearch | undefined;
  log: Log;
};

export function createAnswering({ knowledge, rewriter, semantic, log }: Deps): Answering {
  async function nearest(question: string, asOf: string): Promise<{ semantic?: readonly string[] }> {
    if (semantic === undefined) return {};
    return { semantic: await semantic.nearest(question, semanticDepth, asOf) };
  }

  async function prepare(query: AnswerQuery): Promise<AnswerQuery> {
    if (query.semantic !== undefined) return query;
    return { ...query, ...(await nearest(query.question, query.asOf)) };
  }

  async function answerByRule(query: AnswerQuery): Promise<Answer> {
    return knowledge.answer(await prepare(query));
  }

  /** What a model may be asked for an answer: only what was answered outright, never a refusal or a correction. */
  function requestFor(answer: Answer, question: string, signal?: AbortSignal): RewriteRequest | undefined {
    const { outcome, corrections, parts, grounds } = answer;
    if (outcome !== "answered" || corrections.length > 0 || parts === undefined) return undefined;
    return {
      question: redact(question),
      extract: parts.body,
      grounds,
      maxChars: maxChars - parts.lead.length - parts.footer.length - 1,
      signal,
    };
  }

  function told(answer: Answer, rewriting: Rewriting): Answer {
    if (rewriting.kind === "kept") {
      log.info("rewrite_kept", { code: rewriting.reason });
      return answer;
    }
    const { lead = "", footer = "" } = answer.parts ?? {};
    return {
      ...answer,
      text: `${lead}${rewriting.text}\n${footer}`,
      parts: { lead, body: rewriting.text, footer },
    };
  }

  return {
    prepare,

    async ask(query, signal) {
      const answer = await answerByRule(query);
      const request = requestFor(answer, query.question, signal);
      if (rewriter === undefined || request === undefined) return answer;
      return told(answer, await rewriter.rewrite(request));
    },

    async askStreaming(query, onPiece, signal) {
      const answer = await answerByRule(query);
      const request = requestFor(answer, query.question, signal);
      if (rewriter === undefined || request === undefined) {
        for (const piece of piecesOf(answer.text)) await onPiece(piece);
        return answer;
      }
      let begun = false;
      const rewriting = await rewriter.rewriteStreaming(request, async (sentence) => {
        await onPiece(begun ? sentence : `${answer.parts?.lead ?? ""}${sentence}`);
        begun = true;
      });
      const final = told(answer, rewriting);
      if (rewriting.kind === "rewritten") {
        for (const piece of piecesOf(`\n${final.parts?.footer ?? ""}`)) await onPiece(piece);
      } else if (!begun) {
        for (const piece of piecesOf(final.text)) await onPiece(piece);
      }
      return final;
    },

    async search(query) {
      return knowledge.search({ ...query, ...(await nearest(query.query, query.asOf)) });
    },
  };
}

/** A text in sentences, with what ends them; put together again it is the same text. */
function piecesOf(text: string): string[] {
  return text.match(/\n*[^。！？\n]+[。！？\n]*/gu) ?? [text];
}
