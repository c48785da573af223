import { AppError } from "../core/error.ts";
import { type Bytes, concat } from "../crypto/bytes.ts";
import { maxEvidenceBytes, mediaTypeOf } from "./evidence.ts";
import { type MediaProblem, publicAddress } from "./public-media.ts";

/** What asks another server: `fetch`, or one that looks at the addresses behind a name, too (`public-fetch.node.ts`). */
export type PublicFetch = (url: string, init: RequestInit) => Promise<Response>;

/** A file from the public Internet: its type is that of its content, whatever the server said. */
export type PublicMedia = { bytes: Bytes; mediaType: string; name: string };

/** Why there is no file. */
export class MediaError extends Error {
  readonly problem: MediaProblem;
  constructor(problem: MediaProblem) {
    super(problem);
    this.name = "MediaError";
    this.problem = problem;
  }
}

export type FetchPublicMedia = (address: string) => Promise<PublicMedia>;

const defaultTimeoutMs = 10_000;

/**
 * Fetches files from addresses that people name. The time limit runs over all of it; no redirect is followed, for it
 * could lead inside; nothing of ours is sent along; the size is counted while it comes in.
 */
export function createPublicMedia({
  fetch,
  timeoutMs = defaultTimeoutMs,
  maxBytes = maxEvidenceBytes,
}: {
  fetch: PublicFetch;
  timeoutMs?: number | undefined;
  maxBytes?: number | undefined;
}): FetchPublicMedia {
  /** @throws {MediaError} telling why there is no file. */
  return async function fetchPublicMedia(address) {
    const checked = publicAddress(address);
    if ("problem" in checked) throw new MediaError(checked.problem);
    const { url } = checked;
    const limit = AbortSignal.timeout(timeoutMs);
    let expire = () => {};
    // A server that takes the connection and is silent, and a `fetch` that does not heed its signal, end alike.
    const expired = new Promise<never>((_, reject) => {
      expire = () => reject(new MediaError("timeout"));
    });
    limit.addEventListener("abort", expire, { once: true });
    try {
      const bytes = await Promise.race([read(url, limit), expired]);
      const name = nameOf(url);
      return { bytes, mediaType: await typeOf(bytes, name), name };
    } catch (error) {
      if (error instanceof MediaError) throw error;
      throw new MediaError(limit.aborted ? "timeout" : "unreachable");
    } finally {
      limit.removeEventListener("abort", expire);
    }
  };

  async function read(url: URL, signal: AbortSignal): Promise<Bytes> {
    const response = await fetch(url.href, {
      redirect: "manual",
      headers: { Accept: "image/*, video/*, audio/*, application/pdf" },
      signal,
    });
    try {
      if (response.type === "opaqueredirect" || (response.status >= 300 && response.status < 400)) {
        throw new MediaError("redirect");
      }
      if (response.status !== 200) throw new MediaError("status");
      if (Number(response.headers.get("Content-Length") ?? 0) > maxBytes) throw new MediaError("too_large");
      return await readUpTo(response.body);
    } finally {
      if (response.body?.locked === false) await response.body.cancel().catch(() => {});
    }
  }

  /** The whole body, unless it is larger than it may be: then no more of it is taken in. */
  async function readUpTo(body: ReadableStream<Uint8Array> | null): Promise<Bytes> {
    const parts: Uint8Array[] = [];
    let length = 0;
    const reader = body?.getReader();
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done || value === undefined) return concat(...parts);
      length += value.length;
      if (length > maxBytes) {
        await reader?.cancel().catch(() => {});
        throw new MediaError("too_large");
      }
      parts.push(value);
    }
  }
}

async function typeOf(bytes: Bytes, name: string): Promise<string> {
  try {
    return await mediaTypeOf(bytes, name);
  } catch (error) {
    if (error instanceof AppError) throw new MediaError("media_type");
    throw error;
  }
}

/** The last part of the path, as a name of a file; never with a directory in it. */
function nameOf(url: URL): string {
  const last = url.pathname.split("/").at(-1) ?? "";
  try {
    return decodeURIComponent(last).replace(/[/\\]/g, "_") || "media";
  } catch {
    return last;
  }
}
