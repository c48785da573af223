import { findNumbers } from "../identifiers/number-span.ts";
import { fold } from "../text/fold.ts";
import type { Answer } from "./answer.ts";
import type { StandardProblem } from "./standard-answer.ts";
import type { Trace } from "./trace.ts";

/** `none`: nothing to review; `open`: in the queue; `closed`: settled by staff. */
export const questionStates = ["none", "open", "closed"] as const;
export type QuestionState = (typeof questionStates)[number];

/** Why a question is in the queue. `needs_review`: a standard answer matched it and could not answer. */
export const reviewReasons = [
  "not_found",
  "handoff",
  "clarify",
  "low_confidence",
  "thumb_down",
  "needs_review",
] as const;
export type ReviewReason = (typeof reviewReasons)[number];

/** How a question in the queue is settled. */
export const resolutions = ["standard_answer", "digest", "dismissed"] as const;
export type Resolution = (typeof resolutions)[number];

export const thumbs = ["up", "down"] as const;
export type Thumb = (typeof thumbs)[number];

/** What the log keeps of the search: what the answerer saw, and the standard answer that the question matched. */
export type QuestionTrace = Trace & {
  standard: { id: string; wording: string; likeness: number; problems: StandardProblem[] } | null;
};

/** An answer below this is given, and looked at by staff. It is the bar under which answers are introduced as the nearest rule. */
export const reviewBelow = 0.45;

/** A hit above this has to do with the question. */
const nearFrom = 0.05;

const hourMs = 60 * 60 * 1000;
/** How long rows are kept: without anything to review, in the queue, and after being settled. */
export const retentionMs = { none: 72 * hourMs, open: 180 * 24 * hourMs, closed: 30 * 24 * hourMs } as const;

/** How many passages the search found that have to do with the question. */
export const passagesIn = (trace: Trace): number => trace.hits.filter(({ score }) => score > nearFrom).length;

/**
 * Why an answer is put before staff. What was refused, what is another office's, and what a look-up by
 * article number settled (“共82条，没有99条”) is in order as it is.
 */
export function reasonsFor(
  { outcome, confidence }: Pick<Answer, "outcome" | "confidence">,
  { matters, named }: Pick<Trace, "matters" | "named">,
  staleStandard: boolean,
): ReviewReason[] {
  const reasons: ReviewReason[] = [];
  const turnedAway = matters.some(({ kind }) => kind === "refused" || kind === "offTopic");
  const lookedUp = named.length > 0 && confidence === 1;
  if (outcome === "declined" && !turnedAway && !lookedUp) reasons.push("not_found");
  if (outcome === "handoff" || outcome === "clarify") reasons.push(outcome);
  if (outcome === "answered" && confidence < reviewBelow) reasons.push("low_confidence");
  if (staleStandard) reasons.push("needs_review");
  return reasons;
}

/** What a thumb makes of a row: a thumb down opens it, also when it was settled; taking it back undoes only that. */
export function withThumb(
  row: { state: QuestionState; reasons: readonly ReviewReason[] },
  thumb: Thumb,
): { state: QuestionState; reasons: ReviewReason[] } {
  const others = row.reasons.filter((reason) => reason !== "thumb_down");
  if (thumb === "down") return { state: "open", reasons: [...others, "thumb_down"] };
  if (row.state !== "open") return { state: row.state, reasons: others };
  return { state: others.length === 0 ? "none" : "open", reasons: others };
}

/** A text folded, with the numbers that lead to a person struck out: telephones, identity and bank cards. Patent numbers stay. */
export function withoutPersonalNumbers(text: string): string {
  const folded = fold(text);
  let redacted = folded;
  for (const { start, end, shape, cue, digits } of [...findNumbers(folded)].reverse()) {
    const known = shape !== "patent" && shape !== "unknown";
    // Longer than any patent number: an identity or bank card, a slip in it or not.
    const personal = known || digits.length >= 15 || (cue === "phone" && digits.length >= 7);
    if (personal && cue !== "patent") redacted = `${redacted.slice(0, start)}〔号码〕${redacted.slice(end)}`;
  }
  return redacted;
}
