import OpenAI, { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from "openai";
import type { Clock } from "../core/clock.ts";
import { createModelBreaker } from "./circuit-breaker.ts";
import {
  type EmbeddingModel,
  type JsonFormat,
  type LanguageModel,
  ModelError,
  type Prompt,
} from "./model.ts";

/** Where a model is asked: any server that speaks OpenAI's HTTP interface. */
export type ModelSettings = {
  /** Up to and with `/v1`; OpenAI's own where absent. */
  baseUrl?: string | undefined;
  /** A server of one's own may need none. */
  apiKey?: string | undefined;
  model: string;
};

type Options = ModelSettings & {
  now: Clock;
  /** Tries after the first; 0 where a person waits. */
  maxRetries?: number;
  /** Failures in a row that make it pause. */
  failures?: number;
  pauseMs?: number;
};

/** Longer answers are no answers: what comes after is not read. */
const maxAnswerChars = 20_000;

/** How a server is asked for JSON, the strictest first: by a schema, as any JSON object, by the words of the prompt alone. */
const jsonWays = ["schema", "object", "words"] as const;

/** What a server answers that does not know a way of asking. */
const unknownWay = new Set([400, 404, 415, 422, 501]);

/** The chat model of an OpenAI-compatible server. */
export function createLanguageModel(options: Options): LanguageModel {
  const client = connect(options);
  const guarded = guard(options);
  /** The strictest way that this server was not found to refuse; a place in `jsonWays`. */
  let knownWay = 0;

  const request = ({ system, user, maxTokens }: Prompt) => ({
    model: options.model,
    messages: [
      { role: "system" as const, content: system },
      { role: "user" as const, content: user },
    ],
    // The newer `max_completion_tokens` is unknown to most compatible servers.
    max_tokens: maxTokens,
    temperature: 0,
  });

  async function ask(prompt: Prompt, signal: AbortSignal) {
    const call = { signal, timeout: prompt.timeoutMs };
    if (prompt.json === undefined) return client.chat.completions.create(request(prompt), call);
    for (let way = knownWay; ; way += 1) {
      try {
        const format = responseFormat(prompt.json, jsonWays[way] ?? "words");
        const answer = await client.chat.completions.create({ ...request(prompt), ...format }, call);
        // Found out once; another refusal than of the way would be met on every way.
        knownWay = way;
        return answer;
      } catch (error) {
        const refused = error instanceof APIError && unknownWay.has(error.status ?? 0);
        if (!refused || way >= jsonWays.length - 1) throw error;
      }
    }
  }

  return {
    modelId: options.model,

    complete(prompt) {
      return guarded(prompt, async (signal) => {
        const answer = await ask(prompt, signal);
        const text: unknown = answer?.choices?.[0]?.message?.content;
        if (typeof text !== "string" || text.trim() === "") throw new ModelError("garbage");
        return text.slice(0, maxAnswerChars);
      });
    },

    async *stream(prompt) {
      const attempt = guarded.begin(prompt);
      let length = 0;
      let done = false;
      try {
        const chunks = await client.chat.completions.create(
          { ...request(prompt), stream: true },
          { signal: attempt.signal, timeout: prompt.timeoutMs },
        );
        for await (const chunk of chunks) {
          const choice = chunk?.choices?.[0];
          const piece: unknown = choice?.delta?.content;
          if (typeof piece === "string" && piece !== "") {
            length += piece.length;
            if (length > maxAnswerChars) throw new ModelError("garbage");
            yield piece;
          }
          if (choice?.finish_reason != null) done = true;
        }
        // The client ends the stream in silence when the signal fires.
        attempt.signal.throwIfAborted();
        if (!done) throw new ModelError("unreachable");
        if (length === 0) throw new ModelError("garbage");
        attempt.succeeded();
      } catch (error) {
        throw attempt.failed(error);
      } finally {
        attempt.left();
      }
    },
  };
}

function responseFormat({ name, schema }: JsonFormat, way: (typeof jsonWays)[number]) {
  switch (way) {
    case "schema":
      return {
        response_format: { type: "json_schema" as const, json_schema: { name, schema, strict: true } },
      };
    case "object":
      return { response_format: { type: "json_object" as const } };
    case "words":
      return {};
  }
}

/** The embedding model of an OpenAI-compatible server. */
export function createEmbeddingModel(options: Options): EmbeddingModel {
  const client = connect(options);
  const guarded = guard(options);
  return {
    modelId: options.model,

    embed(texts, call) {
      return guarded(call, async (signal) => {
        const { data } = await client.embeddings.create(
          // As numbers: the packed form would need Node's Buffer.
          { model: options.model, input: [...texts], encoding_format: "float" },
          { signal, timeout: call.timeoutMs },
        );
        return readVectors(data, texts.length);
      });
    },
  };
}

function readVectors(data: unknown, count: number): Float32Array[] {
  if (!Array.isArray(data) || data.length !== count) throw new ModelError("garbage");
  const vectors: Float32Array[] = [];
  for (const [place, entry] of data.entries()) {
    const { index = place, embedding } = (entry ?? {}) as { index?: unknown; embedding?: unknown };
    if (typeof index !== "number" || !Array.isArray(embedding) || embedding.length === 0)
      throw new ModelError("garbage");
    if (!embedding.every((value) => typeof value === "number" && Number.isFinite(value)))
      throw new ModelError("garbage");
    vectors[index] = Float32Array.from(embedding);
  }
  const length = vectors[0]?.length;
  for (let place = 0; place < count; place += 1) {
    if (vectors[place] === undefined || vectors[place]?.length !== length) throw new ModelError("garbage");
  }
  return vectors.slice(0, count);
}

function connect({ baseUrl, apiKey, maxRetries = 0 }: Options): OpenAI {
  return new OpenAI({
    baseURL: baseUrl ?? "https://api.openai.com/v1",
    apiKey: apiKey ?? "none",
    // Said outright, or the client would read them from the environment.
    organization: null,
    project: null,
    adminAPIKey: null,
    webhookSecret: null,
    logLevel: "off",
    maxRetries,
  });
}

type Call = { timeoutMs: number; signal?: AbortSignal };

/** Runs calls within their time and behind one circuit breaker, and gives every failure its name. */
function guard({ now, failures = 5, pauseMs = 30_000 }: Options) {
  const breaker = createModelBreaker({ failures, pauseMs, now });

  function begin({ timeoutMs, signal: outer }: Call) {
    breaker.enter();
    // The client's own limit ends with the answer's head; this one holds to the last byte.
    const limit = AbortSignal.timeout(timeoutMs);
    const signal = outer === undefined ? limit : AbortSignal.any([outer, limit]);
    let open = true;
    return {
      signal,
      succeeded() {
        open = false;
        breaker.succeeded();
      },
      failed(error: unknown): ModelError {
        open = false;
        const named = nameFailure(error, { stopped: outer?.aborted === true, late: limit.aborted });
        breaker.failed(named);
        return named;
      },
      /** A reader of a stream went away before its end. */
      left() {
        if (open) breaker.failed(new ModelError("stopped"));
        open = false;
      },
    };
  }

  async function run<T>(call: Call, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const attempt = begin(call);
    try {
      const result = await work(attempt.signal);
      attempt.succeeded();
      return result;
    } catch (error) {
      throw attempt.failed(error);
    }
  }
  return Object.assign(run, { begin });
}

function nameFailure(error: unknown, { stopped, late }: { stopped: boolean; late: boolean }): ModelError {
  if (error instanceof ModelError && !late && !stopped) return error;
  if (stopped && !late) return new ModelError("stopped");
  if (late || error instanceof APIConnectionTimeoutError) return new ModelError("timeout");
  if (error instanceof APIUserAbortError) return new ModelError("stopped");
  if (error instanceof APIConnectionError) return new ModelError("unreachable", { cause: error.cause });
  // The server's own words may quote the prompt: only their status is kept.
  if (error instanceof APIError) return new ModelError("refused", { status: error.status });
  if (error instanceof SyntaxError) return new ModelError("garbage");
  // A connection that breaks in the middle of a body ends in the platform's TypeError.
  return new ModelError("unreachable", { cause: error });
}
