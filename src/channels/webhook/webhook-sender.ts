import type { Clock } from "../../core/clock.ts";
import { toBase64, utf8 } from "../../crypto/bytes.ts";
import type { Notification, Sender, SendResult } from "../../notifications/sender.ts";
import { targetProblem, type WebhookEndpoint } from "./endpoints.ts";

/**
 * Posts a text and tells the status that came back; the answer's body is nobody's to read. It follows no redirect.
 * On Node it also refuses names that lead to an inner address.
 */
export type PostText = (
  url: string,
  request: { headers: Record<string, string>; body: string; signal: AbortSignal },
) => Promise<{ status: number }>;

/** Why a post was not even tried, as a code. */
export class RefusedTarget extends Error {
  override name = "RefusedTarget";
}

/** How long a system may take. */
const usualTimeLimitMs = 10_000;

/** `fetch` as a `PostText`: for platforms from which no inner network is reached (Cloudflare Workers). */
export const postByFetch: PostText = async (url, { headers, body, signal }) => {
  const response = await fetch(url, { method: "POST", headers, body, signal, redirect: "manual" });
  await response.body?.cancel();
  return { status: response.status };
};

/**
 * Tells systems by webhook, signed as the Standard Webhooks specification says (github.com/standard-webhooks): the
 * headers `webhook-id` (the idempotency key, also as `Idempotency-Key`), `webhook-timestamp` in seconds, and
 * `webhook-signature`, `v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`, one a key.
 *
 * Receivers are to refuse what is more than 300 seconds off, and to answer 2xx to an id that they have seen.
 */
export function createWebhookSender(dependencies: {
  endpoints: readonly WebhookEndpoint[];
  post: PostText;
  now: Clock;
  timeLimitMs?: number;
  /** Lets plain `http` to this machine in: for tests. */
  loopback?: boolean;
}): Sender {
  const { endpoints, post, now, timeLimitMs = usualTimeLimitMs, loopback = false } = dependencies;

  return {
    door: "webhook",
    async send(message): Promise<SendResult> {
      const endpoint = endpoints.find(({ name }) => name === message.recipient);
      if (endpoint === undefined) return failed("no_such_webhook", false);
      const problem = targetProblem(endpoint.url, { loopback });
      if (problem !== undefined) return failed(problem, false);
      const body = bodyOf(message, now());
      const headers = await signedHeaders(endpoint, { id: message.idempotencyKey, body, at: now() });
      try {
        const signal = AbortSignal.timeout(timeLimitMs);
        const { status } = await post(endpoint.url, { headers, body, signal });
        return resultOf(status);
      } catch (error) {
        if (error instanceof RefusedTarget) return failed(error.message, false);
        const timedOut = error instanceof Error && /^(TimeoutError|AbortError)$/.test(error.name);
        return failed(timedOut ? "timed_out" : "unreachable", true);
      }
    },
  };
}

const failed = (reason: string, retryable: boolean): SendResult => ({ sent: false, retryable, reason });

/** A system that is being changed answers anything; only what leads elsewhere or says „never again“ ends it. */
function resultOf(status: number): SendResult {
  if (status >= 200 && status < 300) return { sent: true };
  // With `redirect: "manual"`, some platforms tell a redirect as status 0.
  if (status === 0 || (status >= 300 && status < 400)) return failed("redirected", false);
  return failed(`http_${status}`, status !== 410);
}

function bodyOf({ kind, title, text, fields, reportNo }: Notification, at: Date): string {
  return JSON.stringify({ type: kind, timestamp: at.toISOString(), data: { reportNo, title, text, fields } });
}

async function signedHeaders(
  { secrets }: WebhookEndpoint,
  { id, body, at }: { id: string; body: string; at: Date },
): Promise<Record<string, string>> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signatures = await Promise.all(secrets.map((secret) => sign(secret, `${id}.${timestamp}.${body}`)));
  return {
    "Content-Type": "application/json; charset=UTF-8",
    "User-Agent": "zhiquan-webhook/1",
    "Idempotency-Key": id,
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signatures.map((one) => `v1,${one}`).join(" "),
  };
}

async function sign(secret: Uint8Array<ArrayBuffer>, text: string): Promise<string> {
  const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
  ]);
  return toBase64(new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8(text))));
}
