import { fileTypeFromBuffer } from "file-type";
import { z } from "zod";
import { createCircuitBreaker } from "../core/circuit-breaker.ts";
import type { Clock } from "../core/clock.ts";
import type { Log } from "../core/log.ts";
import { type Wait, wait as waitByTheClock } from "../core/wait.ts";
import { type Bytes, concat } from "../crypto/bytes.ts";
import type { AccessTokens, FetchedToken } from "./access-tokens.ts";

/** Who we are to the platform: an official account or mini-program, or a corp of WeCom with the secret of one of its apps. */
export type WechatCredentials =
  | { kind: "app"; appId: string; secret: string }
  | { kind: "corp"; corpId: string; secret: string };

/** How a call failed: the platform said no; it did not answer in time, not at all, or not as documented; we do not ask for now. */
export type WechatFailure = "refused" | "timeout" | "unreachable" | "malformed" | "too_large" | "paused";

/** A call that failed. Its message names no token, secret or person. */
export class WechatApiError extends Error {
  readonly kind: WechatFailure;
  /** The platform's code; undefined where it gave none. */
  readonly errcode: number | undefined;
  readonly errmsg: string;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;

  constructor(kind: WechatFailure, errcode: number | undefined, errmsg: string, retryable: boolean) {
    super(errcode === undefined ? `The WeChat API: ${kind}.` : `The WeChat API refused with ${errcode}.`);
    this.name = "WechatApiError";
    this.kind = kind;
    this.errcode = errcode;
    this.errmsg = errmsg;
    this.retryable = retryable;
  }
}

/** A call of the API; GET unless it has a body. */
export type WechatCall = {
  query?: Readonly<Record<string, string>> | undefined;
  json?: unknown;
  form?: FormData | undefined;
  /** The limit of one try, 5,000 ms unless told. */
  timeoutMs?: number | undefined;
  /** What is added to the query: the access token, `appid` and `secret` (jscode2session), or nothing. */
  auth?: "token" | "secret" | "none" | undefined;
  /** False where doing it twice shows: it is then not tried again when nobody knows whether it was done. True unless told. */
  repeatable?: boolean | undefined;
};

export type WechatApi = {
  /** The answer as the platform gave it. @throws {WechatApiError} */
  call(path: string, call?: WechatCall): Promise<Record<string, unknown>>;
  /** A file of the platform; `mediaType` is told by its content. @throws {WechatApiError} */
  download(
    path: string,
    options: { query?: Readonly<Record<string, string>>; maxBytes: number; timeoutMs?: number },
  ): Promise<{ bytes: Bytes; mediaType: string }>;
  /** The answer's bytes where it is a picture made on demand (getwxacodeunlimit). @throws {WechatApiError} */
  fetchFile(
    path: string,
    call: WechatCall & { maxBytes: number },
  ): Promise<{ bytes: Bytes; mediaType: string }>;
};

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

const defaultTimeoutMs = 5_000;
/** Waits before the second and the third try. */
const backOffMs = [200, 800] as const;
const maxJsonBytes = 4 * 1024 * 1024;

/** The token is wrong, its time is over, or it is none. */
const badToken: ReadonlySet<number> = new Set([40001, 40014, 42001]);
/** Busy (-1), and too many calls for now (45009 a day, 45011 a minute, 45035, 45047): later they go through. */
const laterCodes: ReadonlySet<number> = new Set([-1, 45009, 45011, 45035, 45047, 45033]);

const Envelope = z.record(z.string(), z.unknown());

/**
 * The API of `api.weixin.qq.com` or `qyapi.weixin.qq.com`: adds the access token and renews it once where it is refused,
 * limits the time of a try, tries again what is busy or out of reach, pauses behind a circuit breaker, and asks no other host.
 */
export function createWechatApi(dependencies: {
  /** `https://api.weixin.qq.com`, or a server that speaks for it. */
  base: string;
  credentials: WechatCredentials;
  tokens: AccessTokens;
  fetch: Fetch;
  now: Clock;
  wait?: Wait | undefined;
  log?: Log | undefined;
}): WechatApi {
  const { credentials, tokens, fetch, now, wait = waitByTheClock, log } = dependencies;
  const base = dependencies.base.replace(/\/+$/, "");
  const breaker = createCircuitBreaker({ failures: 5, pauseMs: 30_000, now });
  const tokenId = credentials.kind === "app" ? `app:${credentials.appId}` : `corp:${credentials.corpId}`;

  const fetchToken = async ({ force }: { force: boolean }): Promise<FetchedToken> => {
    const answer = await callPlain(...tokenCall(credentials, force));
    const { access_token: token, expires_in: expiresInSeconds } = answer;
    if (typeof token !== "string" || token === "" || typeof expiresInSeconds !== "number") {
      throw new WechatApiError("malformed", undefined, "", true);
    }
    return { token, expiresInSeconds };
  };

  function addressOf(path: string, query: Readonly<Record<string, string>>): string {
    const url = new URL(base + path);
    // A path of ours never names a host; one made of what came from outside must not either.
    if (!/^\/[A-Za-z0-9]/.test(path) || url.origin !== new URL(base).origin) {
      throw new Error("A path of the API begins with one slash.");
    }
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url.href;
  }

  /** One try; the body is read within the limit, too. */
  async function tryOnce<T>(
    path: string,
    call: WechatCall,
    query: Readonly<Record<string, string>>,
    read: (response: Response) => Promise<T>,
  ): Promise<T> {
    const address = addressOf(path, query);
    if (!breaker.enter()) throw new WechatApiError("paused", undefined, "", true);
    const limit = new AbortController();
    const over = new AbortController();
    const late = wait(call.timeoutMs ?? defaultTimeoutMs, over.signal).then(() => {
      if (over.signal.aborted) return new Promise<never>(() => undefined);
      limit.abort();
      throw new WechatApiError("timeout", undefined, "", true);
    });
    try {
      const answer = await Promise.race([send(address, call, limit.signal).then(read), late]);
      breaker.succeeded();
      return answer;
    } catch (error) {
      // The reason of a failed fetch may quote the address with its token: it ends here.
      const named =
        error instanceof WechatApiError ? error : new WechatApiError("unreachable", undefined, "", true);
      if (named.kind === "refused" && named.errcode !== -1) breaker.succeeded();
      else if (named.kind === "too_large") breaker.succeeded();
      else breaker.failed();
      throw named;
    } finally {
      over.abort();
      limit.abort();
    }
  }

  function send(url: string, { json, form }: WechatCall, signal: AbortSignal): Promise<Response> {
    // Redirects are not followed: they would lead to another host.
    const common = { signal, redirect: "manual" } as const;
    if (form !== undefined) return fetch(url, { ...common, method: "POST", body: form });
    if (json === undefined) return fetch(url, { ...common, method: "GET" });
    const headers = { "Content-Type": "application/json" };
    return fetch(url, { ...common, method: "POST", headers, body: JSON.stringify(json) });
  }

  async function retried<T>(path: string, call: WechatCall, work: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof WechatApiError)) throw error;
        log?.warn("wechat_call_failed", {
          route: path,
          code: error.errcode === undefined ? error.kind : String(error.errcode),
          count: attempt + 1,
        });
        const pause = backOffMs[attempt];
        if (pause === undefined || !isWorthATry(error, call.repeatable ?? true)) throw error;
        await wait(pause);
      }
    }
  }

  function callPlain(path: string, call: WechatCall): Promise<Record<string, unknown>> {
    return retried(path, call, () => tryOnce(path, call, call.query ?? {}, readAnswer));
  }

  /** Runs a call with the token, and once more with another where it was refused. */
  async function withToken<T>(
    call: WechatCall,
    work: (query: Readonly<Record<string, string>>) => Promise<T>,
  ): Promise<T> {
    const query = call.query ?? {};
    if (call.auth === "none") return work(query);
    if (call.auth === "secret") {
      if (credentials.kind !== "app") throw new Error("Only an app signs in with its secret.");
      return work({ appid: credentials.appId, secret: credentials.secret, ...query });
    }
    const token = await tokens.get(tokenId, fetchToken);
    try {
      return await work({ ...query, access_token: token });
    } catch (error) {
      if (!(error instanceof WechatApiError) || !badToken.has(error.errcode ?? 0)) throw error;
      return work({ ...query, access_token: await tokens.renew(tokenId, token, fetchToken) });
    }
  }

  function file(path: string, call: WechatCall & { maxBytes: number }) {
    return withToken(call, (query) =>
      retried(path, call, () => tryOnce(path, call, query, (response) => readFile(response, call.maxBytes))),
    );
  }

  return {
    call: (path, call = {}) =>
      withToken(call, (query) => retried(path, call, () => tryOnce(path, call, query, readAnswer))),
    download: file,
    fetchFile: file,
  };
}

/** How each kind of account asks for its token. Both documented calls give `access_token` and `expires_in`. */
function tokenCall(credentials: WechatCredentials, force: boolean): [path: string, call: WechatCall] {
  if (credentials.kind === "corp") {
    return ["/cgi-bin/gettoken", { query: { corpid: credentials.corpId, corpsecret: credentials.secret } }];
  }
  const { appId: appid, secret } = credentials;
  const asked = { grant_type: "client_credential", appid, secret };
  return ["/cgi-bin/stable_token", { json: force ? { ...asked, force_refresh: true } : asked }];
}

function isWorthATry({ kind, errcode }: WechatApiError, repeatable: boolean): boolean {
  // Busy means: not done.
  if (errcode === -1) return true;
  return repeatable && (kind === "timeout" || kind === "unreachable" || kind === "malformed");
}

async function readAnswer(response: Response): Promise<Record<string, unknown>> {
  const text = new TextDecoder().decode(await readBytes(response, maxJsonBytes));
  return answerOf(response, text);
}

/** @throws {WechatApiError} where it is no JSON object, or one with an `errcode` other than 0. */
function answerOf(response: Response, text: string): Record<string, unknown> {
  if (response.status >= 500) throw new WechatApiError("unreachable", undefined, "", true);
  if (response.status >= 300) throw new WechatApiError("malformed", undefined, "", false);
  const answer = Envelope.safeParse(parsed(text));
  if (!answer.success) throw new WechatApiError("malformed", undefined, "", true);
  const { errcode, errmsg } = answer.data;
  if (typeof errcode === "number" && errcode !== 0) {
    const message = typeof errmsg === "string" ? errmsg : "";
    throw new WechatApiError("refused", errcode, message, laterCodes.has(errcode));
  }
  return answer.data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The file of an answer; where the platform answers JSON instead, what it says. */
async function readFile(response: Response, maxBytes: number): Promise<{ bytes: Bytes; mediaType: string }> {
  const bytes = await readBytes(response, maxBytes);
  const found = await fileTypeFromBuffer(bytes);
  if (response.status !== 200 || found === undefined) {
    // Errors come as JSON, sometimes as text/plain.
    if (response.status !== 200 || /json|text/.test(response.headers.get("Content-Type") ?? "")) {
      answerOf(response, new TextDecoder().decode(bytes));
      throw new WechatApiError("malformed", undefined, "", false);
    }
  }
  return { bytes, mediaType: found?.mime ?? "application/octet-stream" };
}

/** Reads a body piece by piece and stops where it becomes too large, whatever its header promised. */
async function readBytes(response: Response, maxBytes: number): Promise<Bytes> {
  const tooLarge = new WechatApiError("too_large", undefined, "", false);
  if (Number(response.headers.get("Content-Length") ?? 0) > maxBytes) {
    await response.body?.cancel();
    throw tooLarge;
  }
  const pieces: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const next = await reader?.read();
    if (next === undefined || next.done) return concat(...pieces);
    length += next.value.length;
    if (length > maxBytes) {
      await reader?.cancel();
      throw tooLarge;
    }
    pieces.push(next.value);
  }
}
