import { isFirm } from "./firms-and-goods.ts";
import type { Reading } from "./reading.ts";
import { isSmallTalk, type Requests } from "./requests.ts";

/** Takes back what small talk, abuse and thanks seemed to name. Returns whether the message is small talk and no more. */
export function dropTalk({ text, words, slots, numbers, phones }: Reading, requests: Requests): boolean {
  // What is small talk, or asks that nobody be told, names no firm and no goods.
  const smallTalk =
    isSmallTalk(text, words) && numbers.length === 0 && phones.length === 0 && slots.county === undefined;
  if (smallTalk || (requests.secrecy && text.length <= 16)) {
    for (const name of ["infringer", "product", "contactName", "occurredAt", "location"] as const)
      delete slots[name];
  }
  if (words.intents.abuse.test(text)) {
    for (const name of ["infringer", "product", "contactName"] as const)
      if (/\.(?:bare|learned)$/u.test(slots[name]?.rule ?? "")) delete slots[name];
  }
  // „谢谢你啊 态度真好“ to the question for the firm names none.
  const thanked = words.intents.thanks.test(text) ? slots.infringer : undefined;
  if (thanked?.rule === "infringer.bare" && !isFirm(thanked.value, words)) delete slots.infringer;
  return smallTalk;
}
