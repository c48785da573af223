import { Failure, failureOf } from "./failure";
import type { Incoming, Platform } from "./platform";
import { texts } from "./texts";

const sessionKey = "zhiquan.session";
/** A session that ends this soon is replaced before it is used. */
const renewBeforeMs = 24 * 60 * 60 * 1000;

type Session = { token: string; expiresAt: string };

export type Ask = {
  method: "GET" | "POST";
  path: string;
  query?: Record<string, string | undefined>;
  headers?: Record<string, string>;
  body?: unknown;
};

export type Service = ReturnType<typeof createService>;

/** `?a=1&b=2` of what is given. */
export function queryOf(query: Record<string, string | undefined> = {}): string {
  const parts = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === "" ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`],
  );
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
}

/**
 * The service over HTTP. What fails without an answer, or because the service stumbled, is sent once more, the same to
 * the letter: the service knows a message by its id and a filing by its key, and does nothing twice.
 */
export function createService(dependencies: {
  platform: Platform;
  serviceUrl: string;
  answerWithinMs: number;
  uploadWithinMs: number;
}) {
  const { platform, serviceUrl, answerWithinMs, uploadWithinMs } = dependencies;
  let opening: Promise<string> | undefined;

  async function once(attempt: () => Promise<Incoming>): Promise<unknown> {
    let incoming: Incoming;
    try {
      incoming = await attempt();
    } catch {
      throw new Failure(texts.network, 0);
    }
    const { status, body } = incoming;
    if (status < 200 || status > 299) throw failureOf(status, body);
    if (body === undefined) throw new Failure(texts.unavailable, 502);
    return body;
  }

  async function onceMore(attempt: () => Promise<Incoming>): Promise<unknown> {
    try {
      return await once(attempt);
    } catch (error) {
      if (error instanceof Failure && error.retryable) return once(attempt);
      throw error;
    }
  }

  const json = { "Content-Type": "application/json", Accept: "application/json, application/problem+json" };
  const send = ({ method, path, query, headers, body }: Ask) =>
    onceMore(() =>
      platform.send({
        method,
        url: `${serviceUrl}${path}${queryOf(query)}`,
        headers: { ...json, ...headers },
        ...(body === undefined ? {} : { body }),
        withinMs: answerWithinMs,
      }),
    );

  /** A code is good for one use: an attempt that failed needs another, so this is not simply sent again. */
  async function open(): Promise<string> {
    const attempt = async () => {
      const miniProgramCode = await platform.loginCode();
      return platform.send({
        method: "POST",
        url: `${serviceUrl}/api/v1/sessions`,
        headers: json,
        body: { miniProgramCode },
        withinMs: answerWithinMs,
      });
    };
    const session = (await onceMore(attempt)) as Session;
    platform.write(sessionKey, session);
    return session.token;
  }

  /** The token of this phone's session. Several who need one at once share it. */
  function token(): Promise<string> {
    const kept = platform.read(sessionKey) as Partial<Session> | undefined;
    const endsAt = Date.parse(kept?.expiresAt ?? "");
    if (typeof kept?.token === "string" && endsAt - platform.now() > renewBeforeMs)
      return Promise.resolve(kept.token);
    opening ??= open().finally(() => {
      opening = undefined;
    });
    return opening;
  }

  /** Work that needs a session; one that has ended is replaced, once. */
  async function asSomebody<T>(work: (authorization: Record<string, string>) => Promise<T>): Promise<T> {
    try {
      return await work({ Authorization: `Bearer ${await token()}` });
    } catch (error) {
      if (!(error instanceof Failure) || error.status !== 401) throw error;
      platform.erase(sessionKey);
      return work({ Authorization: `Bearer ${await token()}` });
    }
  }

  return {
    /** What is open to all. @throws {Failure} */
    ask: (request: Ask): Promise<unknown> => send(request),

    /** What needs a session. @throws {Failure} */
    askAsSomebody: (request: Ask): Promise<unknown> =>
      asSomebody((authorization) => send({ ...request, headers: { ...request.headers, ...authorization } })),

    /** A fresh login code, for what proves anew who is there. */
    loginCode: () => platform.loginCode(),

    /** Uploads one file, without a second attempt: the person sees how far it is, and taps to try again. @throws {Failure} */
    upload: (
      filePath: string,
      {
        capturedAt,
        onProgress,
      }: { capturedAt?: string | undefined; onProgress?: (percent: number) => void } = {},
    ): Promise<unknown> =>
      asSomebody((authorization) =>
        once(() =>
          platform.upload({
            url: `${serviceUrl}/api/v1/evidence`,
            headers: authorization,
            filePath,
            fields: capturedAt === undefined ? {} : { capturedAt },
            withinMs: uploadWithinMs,
            ...(onProgress === undefined ? {} : { onProgress }),
          }),
        ),
      ),
  };
}
