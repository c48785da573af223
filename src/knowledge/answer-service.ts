import type { Clock } from "../core/clock.ts";
import { describeError, type Log } from "../core/log.ts";
import type { NewId } from "../core/new-id.ts";
import { type Database, type Statements, unitOfWork } from "../db/client.ts";
import type { Answer, AnswerQuery } from "./answer.ts";
import type { Knowledge } from "./knowledge.ts";
import { type QuestionTrace, reasonsFor } from "./question.ts";
import type { QuestionRepository } from "./question-repository.ts";
import type { StandardAnswerService } from "./standard-answer-service.ts";
import type { StatuteService } from "./statute-service.ts";

/** How an answer reaches who waits for it. */
export type Delivery = {
  /** Aborted when nobody waits any more. */
  signal?: AbortSignal | undefined;
  /** Told the text piece by piece, as far as it is sure, before the whole answer is there. */
  onPiece?: ((piece: string) => void | Promise<void>) | undefined;
};

/**
 * Answers a question that no standard answer settles: the extract, or a model over it. Where `onPiece` is given it
 * hands out the text itself.
 */
export type Answerer = (query: AnswerQuery, delivery: Delivery) => Answer | Promise<Answer>;

/** An answer with what it was made from, ready to be recorded under its id. */
export type Asked = {
  id: string;
  query: AnswerQuery;
  answer: Answer;
  trace: QuestionTrace;
  /** The standard answer that answered. */
  hit: string | undefined;
  /** Whether a standard answer matched that is to be looked at again. */
  stale: boolean;
};

/** What decides on an answer before a model is asked. */
type Explained = Omit<Asked, "id" | "query"> & { settled: boolean };

export type AnswerService = ReturnType<typeof createAnswerService>;

/**
 * The one way to an answer, for the API, the conversation and the hit test alike: what is refused stays refused,
 * then official wording, then the answerer. Every answer that is given leaves a row.
 */
export function createAnswerService(dependencies: {
  db: Database;
  knowledge: Knowledge;
  standards: StandardAnswerService;
  /** What is imported; looked for again with the standard answers. */
  statutes?: Pick<StatuteService, "refresh"> | undefined;
  questions: QuestionRepository;
  /** `knowledge.answer` when absent. */
  answerer?: Answerer;
  /** Completes a question before anything looks at it: what is near to it in meaning. */
  prepareQuery?: (query: AnswerQuery) => Promise<AnswerQuery>;
  now: Clock;
  newId: NewId;
  log: Log;
}) {
  const { db, knowledge, standards, questions, answerer, now, newId, log } = dependencies;
  const refresh = async () =>
    void (await Promise.all([standards.refresh(), dependencies.statutes?.refresh()]));
  const { prepareQuery = async (query: AnswerQuery) => query } = dependencies;

  function explain(query: AnswerQuery): Explained {
    const { answer, trace } = knowledge.explain(query);
    const refused = trace.matters.some(({ kind }) => kind === "refused");
    const match = refused ? undefined : standards.answerTo(query.question, query.asOf);
    const standard =
      match === undefined
        ? null
        : {
            id: match.standard.id,
            wording: match.wording,
            likeness: match.likeness,
            problems: match.problems,
          };
    return {
      answer: match?.answer ?? answer,
      trace: { ...trace, standard },
      hit: match?.answer === undefined ? undefined : match.standard.id,
      stale: match?.stale ?? false,
      settled: refused || match?.answer !== undefined,
    };
  }

  async function resolve(asked: AnswerQuery, delivery: Delivery): Promise<Omit<Asked, "id">> {
    const [query] = await Promise.all([prepareQuery(asked), refresh()]);
    const { settled, ...explained } = explain(query);
    if (!settled && answerer !== undefined)
      return { ...explained, query, answer: await answerer(query, delivery) };
    if (delivery.onPiece !== undefined)
      for (const piece of piecesOf(explained.answer.text)) await delivery.onPiece(piece);
    return { ...explained, query };
  }

  async function prepare(asked: Asked, channel: string): Promise<Statements[number][]> {
    const { id, query, answer, trace, hit, stale } = asked;
    const at = now();
    const row = await questions.record({
      id,
      question: query.question,
      at,
      channel,
      answer,
      trace,
      reasons: reasonsFor(answer, trace, stale),
      knowledgeVersion: knowledge.version,
    });
    return hit === undefined ? row : [...row, standards.countHit(hit, at)];
  }

  return {
    /** Reads what staff changed and what was imported, where that is due. To be awaited before `answerNow`. */
    refresh,

    /** Answers without waiting for anything: official wording in memory, else the extract. Nothing is recorded. */
    answerNow(query: AnswerQuery): Asked {
      const { settled: _settled, ...explained } = explain(query);
      return { id: newId("answer"), query, ...explained };
    },

    /** The statements that record an answer given on a channel: part of the batch of a turn. */
    prepare,

    /** Answers, and records it. An answer is not withheld because its row cannot be written. */
    async ask(
      { channel, ...query }: AnswerQuery & { channel: string },
      delivery: Delivery = {},
    ): Promise<{ id: string; answer: Answer }> {
      const asked = { id: newId("answer"), ...(await resolve(query, delivery)) };
      try {
        await db.write(unitOfWork(await prepare(asked, channel)));
      } catch (error) {
        log.error("question_not_recorded", { channel, ...describeError(error) });
      }
      return { id: asked.id, answer: asked.answer };
    },

    /** What `ask` would answer, with the trace; nothing is recorded and no hit counted. */
    async inspect(query: AnswerQuery): Promise<{ answer: Answer; trace: QuestionTrace }> {
      const { answer, trace } = await resolve(query, {});
      return { answer, trace };
    },
  };
}

/** The sentences of a text, for who reads along. */
function piecesOf(text: string): string[] {
  return text.match(/[^。！？\n]+[。！？\n]*/gu) ?? [text];
}
