import { lookup } from "node:dns";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { LookupFunction } from "node:net";
import { Readable } from "node:stream";
import { isPrivateAddress } from "./public-media.ts";
import type { PublicFetch } from "./public-media-service.ts";

/**
 * A `fetch` on Node that connects to public addresses only: the address is judged where the connection is made, so
 * that a name which resolves to a private one, or to another one the second time (DNS rebinding), leads nowhere.
 * Follows no redirects and keeps no connection.
 */
export function createPublicFetch({
  resolve = lookup,
  isPrivate = isPrivateAddress,
}: {
  resolve?: typeof lookup;
  isPrivate?: typeof isPrivateAddress;
} = {}): PublicFetch {
  const publicLookup: LookupFunction = (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, []);
      if (found.length === 0 || found.some(({ address }) => isPrivate(address))) {
        return callback(new Error("A private address."), []);
      }
      const [first] = found;
      return options.all === true
        ? callback(null, found)
        : callback(null, first?.address ?? "", first?.family);
    });
  };
  return (url, { headers, signal }) =>
    new Promise((done, fail) => {
      const send = url.startsWith("https:") ? httpsRequest : httpRequest;
      const asked = send(
        url,
        {
          agent: false,
          lookup: publicLookup,
          headers: Object.fromEntries(new Headers(headers)),
          ...(signal == null ? {} : { signal }),
        },
        (message) => done(responseOf(message)),
      );
      asked.on("error", fail);
      asked.end();
    });
}

function responseOf(message: IncomingMessage): Response {
  const { statusCode = 500 } = message;
  const headers = new Headers();
  const length = message.headers["content-length"];
  if (length !== undefined) headers.set("Content-Length", length);
  const bodiless = statusCode === 204 || statusCode === 205 || statusCode === 304;
  if (bodiless) message.destroy();
  const body = bodiless ? null : (Readable.toWeb(message) as ReadableStream<Uint8Array>);
  return new Response(body, { status: Math.max(200, Math.min(599, statusCode)), headers });
}
