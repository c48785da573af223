import { isFirm } from "./names/firms-and-goods.ts";
import type { Reading } from "./reading.ts";
import { isSmallTalk, type Requests } from "./requests.ts";
import { overlaps } from "./spans.ts";

/** Takes back what small talk, abuse and thanks seemed to name. Returns whether the message is small talk and no more. */
export function dropTalk(
  { text, clauses, words, slots, numbers, phones }: Reading,
  requests: Requests,
): boolean {
  // What is small talk, or asks that nobody be told, names no firm and no goods.
  const { county } = slots;
  // „今儿黄骅刮大风“ tells no place; „黄骅的，今儿真冷“ does.
  const talk = words.intents.chitchat.exec(text);
  const ofTalk =
    county === undefined ||
    clauses.some(
      (clause) =>
        overlaps(clause, county) && talk !== null && talk.index >= clause.start && talk.index < clause.end,
    );
  const smallTalk = isSmallTalk(text, words) && numbers.length === 0 && phones.length === 0 && ofTalk;
  if (smallTalk || (requests.secrecy && text.length <= 16)) {
    for (const name of ["infringer", "product", "contactName", "occurredAt", "location", "county"] as const)
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
