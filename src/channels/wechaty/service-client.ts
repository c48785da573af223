import {
  BrokenCircuitError,
  ConsecutiveBreaker,
  ConstantBackoff,
  circuitBreaker,
  handleWhen,
  retry,
  wrap,
} from "cockatiel";
import { z } from "zod";
import type { Message } from "../../conversation/message.ts";
import { describeError, type Log } from "../../core/log.ts";

export type WechatyChannel = "wechaty_private" | "wechaty_group";

const Answer = z.object({
  replies: z.array(
    z.object({
      text: z.string(),
      options: z.array(z.object({ id: z.string(), label: z.string() })).optional(),
    }),
  ),
});
export type ServiceReplies = z.infer<typeof Answer>["replies"];

const Stored = z.object({ evidenceId: z.string() });

const Problem = z.object({
  type: z.string(),
  detail: z.string(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).default([]),
});

/** What came of asking the service: its answer; a no, in words for the person; or nothing, for it is away. */
export type Told<T> = { kind: "told"; value: T } | { kind: "refused"; detail: string } | { kind: "away" };

/** A file on its way to the evidence. */
export type OutgoingFile = { name: string; mediaType: string; bytes: Uint8Array<ArrayBuffer> };

export type ServiceClient = {
  send(message: Message & { channel: WechatyChannel }): Promise<Told<ServiceReplies>>;
  upload(channel: WechatyChannel, file: OutgoingFile): Promise<Told<string>>;
};

/** The problems whose detail is written for residents. Of others we are at fault, and the person is told we are away. */
const toldToPeople: ReadonlySet<string> = new Set([
  "payload_too_large",
  "unsupported_media_type",
  "too_many_requests",
  "intake_not_available",
  "evidence_not_found",
]);

/** Speaks to the service over HTTP: each request has a time limit, one retry, and a circuit breaker around it. */
export function createServiceClient({
  url,
  tokens,
  fetch,
  log,
  messageMs = 10_000,
  uploadMs = 60_000,
  retryAfterMs = 500,
}: {
  /** Where the service listens, without a path. */
  url: string;
  /** The channel tokens. */
  tokens: Readonly<Record<WechatyChannel, string>>;
  fetch: (input: string, init: RequestInit) => Promise<Response>;
  log: Log;
  /** How long one attempt may take. */
  messageMs?: number;
  uploadMs?: number;
  /** How long it waits before the second attempt. */
  retryAfterMs?: number;
}): ServiceClient {
  const passing = handleWhen((error) => !(error instanceof BrokenCircuitError));
  const patience = wrap(
    retry(passing, { maxAttempts: 1, backoff: new ConstantBackoff(retryAfterMs) }),
    circuitBreaker(passing, { halfOpenAfter: 5_000, breaker: new ConsecutiveBreaker(6) }),
  );

  async function ask<T>(
    path: string,
    channel: WechatyChannel,
    request: () => RequestInit,
    timeoutMs: number,
    schema: z.ZodType<T>,
  ): Promise<Told<T>> {
    try {
      return await patience.execute(async () => {
        const init = request();
        const response = await fetch(new URL(path, url).href, {
          ...init,
          method: "POST",
          headers: { ...init.headers, Authorization: `Bearer ${tokens[channel]}` },
          redirect: "error",
          signal: AbortSignal.timeout(timeoutMs),
        });
        const body: unknown = await response.json();
        if (response.status >= 500) throw new Error(`The service answers ${response.status}.`);
        if (response.ok) return { kind: "told" as const, value: schema.parse(body) };
        return refusal(response.status, body);
      });
    } catch (error) {
      log.error("service_away", { channel, ...describeError(error) });
      return { kind: "away" };
    }
  }

  function refusal(status: number, body: unknown): Told<never> {
    const problem = Problem.safeParse(body).data;
    const code = problem?.type.split("/").at(-1) ?? "";
    log.warn("service_refused", { status, code });
    if (problem === undefined) return { kind: "away" };
    if (toldToPeople.has(code)) return { kind: "refused", detail: problem.detail };
    const about = problem.errors.find(({ pointer }) => /^\/(content\/(text|label)|file)$/.test(pointer));
    if (code === "invalid_request" && about !== undefined) return { kind: "refused", detail: about.detail };
    return { kind: "away" };
  }

  return {
    async send(message) {
      const told = await ask(
        "/api/v1/conversation/messages",
        message.channel,
        () => ({ headers: { "Content-Type": "application/json" }, body: JSON.stringify(message) }),
        messageMs,
        Answer,
      );
      return told.kind === "told" ? { kind: "told", value: told.value.replies } : told;
    },

    async upload(channel, { name, mediaType, bytes }) {
      const told = await ask(
        "/api/v1/evidence",
        channel,
        () => {
          const body = new FormData();
          body.append("file", new File([bytes], name, { type: mediaType }));
          return { body };
        },
        uploadMs,
        Stored,
      );
      return told.kind === "told" ? { kind: "told", value: told.value.evidenceId } : told;
    },
  };
}
