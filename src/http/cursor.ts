import { AppError } from "../core/error.ts";
import { fromBase64Url, fromUtf8, toBase64Url, utf8 } from "../crypto/bytes.ts";

/** A place in a list that is ordered by time and id. */
export type Place = { at: Date; id: string };

/** The `nextCursor` of a page that ends at a place. */
export const cursorOf = ({ at, id }: Place): string => toBase64Url(utf8(`${at.getTime()}|${id}`));

/** The place that a cursor stands for. @throws {AppError} `invalid_request` for a cursor that no page gave. */
export function placeOf(cursor: string): Place {
  const [, at, id] = /^(\d{1,15})\|(\w+)$/.exec(decoded(cursor)) ?? [];
  if (at !== undefined && id !== undefined) return { at: new Date(Number(at)), id };
  throw new AppError("invalid_request", "cursor 不是上一页给的。", {
    errors: [{ pointer: "/query/cursor", detail: "原样带回上一页的 nextCursor，或者不带。" }],
  });
}

function decoded(cursor: string): string {
  try {
    return fromUtf8(fromBase64Url(cursor));
  } catch {
    return "";
  }
}
