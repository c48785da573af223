import { phrase } from "../say.ts";
import { isOfTopic } from "../topics.ts";
import { lexicon } from "../understanding/lexicon.ts";
import { matterOfStory } from "../understanding/matter.ts";
import type { Understanding } from "../understanding/understanding.ts";
import { answer } from "./questions.ts";
import { isAccused, type Turn } from "./turn.ts";

/** How surely the very first thing that the accused say must be a defence of its own to be answered as one. */
const atFirstFrom = 0.9;

/**
 * Whose goods are said to infringe: what to do, and no report against themselves. What a warning means and how to
 * answer a request stands in the knowledge base; how it is handed in here, in the replies.
 */
export function hearAccused(turn: Turn, said: Understanding): void {
  const first = !isAccused(turn);
  const of = matterOfStory([said.text], lexicon()) ?? turn.memory.hint.reportType;
  turn.memory.hint = { relation: "被控侵权人", ...(of === undefined ? {} : { reportType: of }) };
  turn.trace.push({ rule: "accused" });
  const answered =
    said.question === undefined
      ? // „我从批发市场进的，有进货单，不知道是侵权的“ asks nothing, and tells what counts.
        (said.requests.defence || isOfTopic(said.text, [], first ? atFirstFrom : undefined)) &&
        answer(turn, said.text, true)
      : answer(turn, said.question, true);
  if (first || !answered) turn.parts.push(phrase("accused"));
  if (answered && said.question === undefined) turn.intents.push("qa");
}
