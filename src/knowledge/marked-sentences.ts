import type { MarkedSentence } from "./grounding.ts";

const marker = /\[\[c:([^\]\s]{1,40})\]\]/gu;
const sentence =
  /^((?:\[\[c:[^\]\s]{1,40}\]\]|[^。！？!?\n])*)([。！？!?]+[”"’」』）)]*|\n|$)((?:\s*\[\[c:[^\]\s]{1,40}\]\])*)/u;

/**
 * Reads sentences with their markers `[[c:<id>]]` out of a text that comes in pieces. A marker may stand before
 * or behind the full stop; a sentence is given out once it is sure that no marker of its own will follow.
 */
export function createSentenceReader() {
  let held = "";

  function take(final: boolean): MarkedSentence[] {
    const found: MarkedSentence[] = [];
    for (;;) {
      held = held.trimStart();
      const match = sentence.exec(held);
      if (held === "" || match === null) return found;
      const [whole, words = "", end = "", markers = ""] = match;
      const rest = held.slice(whole.length).trimStart();
      // What follows may still be a marker, or a second full stop.
      if (!final && (end === "" || rest === "" || (rest.startsWith("[") && rest.length < 50))) return found;
      held = held.slice(whole.length);
      const text = `${words}${end}`.replace(marker, "").trim();
      const ids = [...`${words}${markers}`.matchAll(marker)].map(([, id = ""]) => id);
      if (text !== "") found.push({ text, ids, finished: end.trim() !== "" });
    }
  }

  return {
    /** Takes the next piece and gives the sentences that it completes. */
    push(piece: string): MarkedSentence[] {
      held += piece;
      return take(false);
    },
    /** What is left when nothing more comes. */
    end: () => take(true),
  };
}
