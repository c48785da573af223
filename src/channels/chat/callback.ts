import type { Context } from "hono";
import { AppError } from "../../core/error.ts";
import { isSignedBy, type MessageCrypto, UnreadableMessage } from "../../wechat/message-crypto.ts";
import { MalformedXml, parseXml, type XmlFields } from "../../wechat/xml.ts";

/** The largest body of a callback that is read, in bytes. */
export const maxBodyBytes = 64 * 1024;
/** How far the time of a signed request may be from ours, in milliseconds. */
const clockSkewMs = 5 * 60 * 1000;

/** Work that goes on when the request is answered; on Workers the platform must be told. */
export type InBackground = (work: Promise<unknown>) => void;

export const forbidden = () => new AppError("forbidden", "签名不对，没有受理。");
export const malformed = () => new AppError("invalid_request", "不是微信消息的格式。");

/** The signed parts of a query. @throws {AppError} `forbidden` where one is missing. */
export function signedParts(query: { timestamp?: string | undefined; nonce?: string | undefined }): {
  timestamp: string;
  nonce: string;
} {
  const { timestamp = "", nonce = "" } = query;
  if (timestamp === "" || nonce === "" || nonce.length > 200) throw forbidden();
  return { timestamp, nonce };
}

/** @throws {AppError} `forbidden` where it is not the signature of these parts. */
export async function requireSignature(
  signature: string | undefined,
  parts: readonly string[],
): Promise<void> {
  if (!(await isSignedBy(signature ?? "", parts))) throw forbidden();
}

/** @throws {AppError} `forbidden` where a signed time, in seconds since 1970, is more than five minutes from ours. */
export function requireRecent(timestamp: string, at: Date): void {
  const seconds = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) : 0;
  if (Math.abs(at.getTime() - seconds * 1000) > clockSkewMs) throw forbidden();
}

/** On Workers what goes on after the answer must be told to the platform; Node goes on by itself. */
export function backgroundOf(c: Context): InBackground {
  return (work) => {
    try {
      c.executionCtx.waitUntil(work);
    } catch {
      // hono has no execution context on Node, and says so by throwing.
      void work;
    }
  };
}

/** @throws {AppError} `invalid_request` for what is no message. */
export function parsedXml(xml: string): XmlFields {
  try {
    return parseXml(xml);
  } catch (error) {
    throw error instanceof MalformedXml ? malformed() : error;
  }
}

/** @throws {AppError} `forbidden` for what was not sealed for us. */
export async function opened(crypto: MessageCrypto, encrypted: string): Promise<string> {
  try {
    return await crypto.decrypt(encrypted);
  } catch (error) {
    throw error instanceof UnreadableMessage ? forbidden() : error;
  }
}
