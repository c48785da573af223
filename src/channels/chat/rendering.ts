import { utf8 } from "../../crypto/bytes.ts";
import { texts } from "./texts.ts";

/** The longest text of a message, passive or by customer service, in bytes of UTF-8 (the platform's guide: 2,048). */
export const maxTextBytes = 2048;

/** An answer as people see it: messages in order, and the ids of the options that its numbers stand for. */
export type Shown = { pieces: string[]; options: string[] };

type Told = { text: string; options?: readonly { id: string; label: string }[] | undefined };

const bytesOf = (text: string) => utf8(text).length;
/** Leaves room for a line such as “还有下文”. */
const maxPieceBytes = maxTextBytes - 128;

/** Replies as messages below the byte limit; options become numbered lines. */
export function render(replies: readonly Told[]): Shown {
  const options = replies.flatMap((reply) => reply.options ?? []);
  const lines = options.map(({ label }, index) => `${index + 1} ${label}`);
  const blocks = replies.map(({ text }) => text.trim()).filter((text) => text !== "");
  if (lines.length > 0) blocks.push([texts.choose, ...lines].join("\n"));
  const pieces: string[] = [];
  for (const block of blocks.flatMap((text) => splitByBytes(text, maxPieceBytes))) {
    const joined = pieces.length === 0 ? block : `${pieces.at(-1)}\n\n${block}`;
    if (pieces.length > 0 && bytesOf(joined) <= maxPieceBytes) pieces[pieces.length - 1] = joined;
    else pieces.push(block);
  }
  return { pieces, options: options.map(({ id }) => id) };
}

/** Cuts a text into parts of at most `maxBytes`: at line and sentence ends where it can, never inside a link or a character. */
export function splitByBytes(text: string, maxBytes: number): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (bytesOf(rest) > maxBytes) {
    const window = fitting(rest, maxBytes);
    const ends = ["\n", "。", "！", "？", "；"].map((mark) => window.lastIndexOf(mark) + 1);
    const end = Math.max(...ends);
    let cut = end > window.length / 3 ? end : window.length;
    const link = /https?:\/\/[\x21-\x7e]*$/.exec(rest.slice(0, cut))?.index ?? 0;
    if (link > 0 && /^[\x21-\x7e]/.test(rest.slice(cut))) cut = link;
    pieces.push(rest.slice(0, cut).trimEnd());
    rest = rest.slice(cut).trimStart();
  }
  return [...pieces, rest].filter((piece) => piece !== "");
}

/** The longest beginning of a text within so many bytes, with whole characters. */
function fitting(text: string, maxBytes: number): string {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += bytesOf(character);
    if (bytes > maxBytes) break;
    end += character.length;
  }
  return text.slice(0, end);
}
