import type { Outgoing } from "./outgoing.ts";

export type Prompt = {
  /** Instructions alone; nothing that anybody wrote. */
  system: string;
  /** The data that the instructions speak of. */
  user: Outgoing;
  /** Longest answer, in the model's tokens. */
  maxTokens: number;
  /** For the whole call, the last word of a stream included. */
  timeoutMs: number;
  /** Ends the call early. */
  signal?: AbortSignal;
  /** The answer is to be JSON of this schema (JSON Schema 2020-12). A wish: what comes is read by `readJson`, then checked. */
  json?: JsonFormat;
};

export type JsonFormat = { name: string; schema: Record<string, unknown> };

/** A model that writes. Both verbs throw `ModelError` and nothing else. */
export type LanguageModel = {
  modelId: string;
  /** The whole answer, never empty. */
  complete(prompt: Prompt): Promise<string>;
  /** The answer in pieces as they come. Ends without an error only when the model said that it was done. */
  stream(prompt: Prompt): AsyncIterable<string>;
};

/** A model that places texts in a space where likeness is nearness. */
export type EmbeddingModel = {
  /** Vectors of different models cannot be compared. */
  modelId: string;
  /** One vector a text, in their order, all of one length. @throws {ModelError} */
  embed(
    texts: readonly Outgoing[],
    options: { timeoutMs: number; signal?: AbortSignal },
  ): Promise<Float32Array[]>;
};

/**
 * `unreachable`: no connection, or it broke. `timeout`: not in time. `refused`: the server said no (`status`).
 * `garbage`: it answered what no model answers. `paused`: not asked, since it failed again and again just now.
 * `stopped`: our own side ended the call.
 */
export const modelFailures = ["unreachable", "timeout", "refused", "garbage", "paused", "stopped"] as const;
export type ModelFailure = (typeof modelFailures)[number];

/** A model did not do what it was asked. The message quotes neither the prompt nor the answer. */
export class ModelError extends Error {
  readonly kind: ModelFailure;
  /** The HTTP status of a refusal. */
  readonly status: number | undefined;

  constructor(kind: ModelFailure, options: { status?: number | undefined; cause?: unknown } = {}) {
    super(
      options.status === undefined
        ? `The model failed: ${kind}.`
        : `The model failed: ${kind} ${options.status}.`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = "ModelError";
    this.kind = kind;
    this.status = options.status;
  }
}
