import { decide } from "../../src/conversation/decide.ts";
import type { Decision, KnowledgeAnswer, Surroundings } from "../../src/conversation/decision.ts";
import { hear } from "../../src/conversation/hear.ts";
import { emptyMemory, type Memory } from "../../src/conversation/state.ts";
import { createReaders } from "../../src/conversation/understanding/readers.ts";
import { createGazetteer } from "../../src/regions/gazetteer.ts";

const gazetteer = createGazetteer();
const readers = createReaders({ gazetteer, presentYear: () => 2026 });

/** What the knowledge base says of what it does not know. */
export const declined: KnowledgeAnswer = {
  outcome: "declined",
  text: "没查到。",
  citations: [],
  confidence: 0.1,
};

/** What the knowledge base says of how a counterfeit is fined. */
export const penalty: KnowledgeAnswer = {
  outcome: "answered",
  text: "专利法第六十八条写着。",
  citations: [{ law: "专利法", article: "第六十八条", edition: "", title: "", path: "" } as never],
  confidence: 0.9,
  topic: { law: "专利法", article: "第六十八条", question: "假冒专利罚多少" },
};

/** A knowledge base that knows how a counterfeit is fined, and finds that again behind whatever else is said. */
export const knowsPenalty = (question: string): KnowledgeAnswer =>
  question.includes("罚多少") ? penalty : declined;

/**
 * What came of the last of some messages of one person, said one after the other, a minute apart, on 2026-11-26.
 *
 * @param ask What the knowledge base answers; nothing, unless told otherwise.
 * @param officeOf The office that would handle a report; unknown, unless told otherwise.
 * @param before What is remembered of what was said before; nothing, unless told otherwise.
 * @throws {Error} if there are no messages.
 */
export function afterTalk(
  messages: readonly string[],
  ask: (question: string) => KnowledgeAnswer = () => declined,
  officeOf: NonNullable<Surroundings["officeOf"]> = () => undefined,
  before: Memory = emptyMemory,
): Decision {
  let memory = before;
  let last: Decision | undefined;
  for (const [minute, text] of messages.entries()) {
    const heard = hear({ type: "text", text }, memory, "2026-11-26", { readers, gazetteer });
    last = decide(memory, heard, {
      now: new Date(Date.UTC(2026, 10, 26, 2, minute)),
      intake: true,
      group: false,
      ask,
      elsewhere: () => undefined,
      officeOf,
    });
    memory = last.memory;
  }
  if (last === undefined) throw new Error("Nobody said anything.");
  return last;
}
