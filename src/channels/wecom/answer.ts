import { utf8 } from "../../crypto/bytes.ts";
import { maxTextBytes } from "../chat/rendering.ts";

/** How many messages a customer may get for one of theirs (the guide to `kf/send_msg`). */
export const maxPerMessage = 5;

const bytesOf = (text: string) => utf8(text).length;

/** Pieces of several answers in as few messages as they fit into, in order. */
export function joinPieces(pieces: readonly string[]): string[] {
  const joined: string[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    const both = `${last}\n\n${piece}`;
    if (last !== undefined && bytesOf(both) <= maxTextBytes - 128) joined[joined.length - 1] = both;
    else joined.push(piece);
  }
  return joined;
}

/** How many characters of a message's key are in the ids of what answers it. */
export const prefixChars = 24;

/** The id of a piece: the same whenever it is tried, at most 32 characters of `[0-9a-zA-Z_-]` (the guide to `kf/send_msg`). */
export function pieceId(key: string, round: number, place: number): string {
  return `${key.slice(0, prefixChars)}-${round % 100}-${place % 100}`;
}

/** What a piece's id says; undefined if it is none of ours. */
export function readPieceId(id: string): { prefix: string; round: number; place: number } | undefined {
  const [, prefix, round, place] = /^([0-9a-f]{24})-(\d{1,2})-(\d{1,2})$/.exec(id) ?? [];
  if (prefix === undefined) return undefined;
  return { prefix, round: Number(round), place: Number(place) };
}
