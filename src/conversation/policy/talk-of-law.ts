import type { KnowledgeAnswer } from "../decision.ts";
import { isOfDesk } from "../say.ts";
import { isOffTopic } from "../topics.ts";
import type { Act } from "../understanding/learned/acts.ts";
import { lexicon } from "../understanding/lexicon.ts";
import type { Understanding } from "../understanding/understanding.ts";
import { isToldAgain } from "./subject-of-talk.ts";
import { citeAlike } from "./sureness.ts";
import type { Turn } from "./turn.ts";

/** How sure the law must tell what a few words ask in a talk of it, for them not to be meant for the desk. */
const talkSureFrom = 0.6;

/** What a few words ask of is told in the talk before; more say it by themselves. */
const fewChars = 24;

/**
 * What the law surely tells of a few words after another question of the law: 跟谁申请 after 商标三年不用能撤吗. Undefined
 * where the talk is of something else, or they ask what was told already.
 */
export function toldInTalk({ memory, around }: Turn, text: string): KnowledgeAnswer | undefined {
  const { topic, subject } = memory;
  if (topic === null || memory.filed.length > 0 || text.length > fewChars) return undefined;
  const asked = [`${topic.question}，${text}`, ...(subject === null ? [] : [`${subject}，${text}`])];
  return asked
    .map((question) => around.ask(question, null))
    .filter(
      (one) =>
        one.outcome === "answered" &&
        one.confidence >= talkSureFrom &&
        one.citations.length > 0 &&
        !isToldAgain(memory, one),
    )
    .sort((one, other) => other.confidence - one.confidence)[0];
}

/** How sure what was asked last and what the talk is of must each make an answer that they agree on. */
const impliedByQuestion = 0.5;
const impliedBySubject = 0.4;

/**
 * What a message that says little by itself asks in a talk of the law: where its words find the same article both behind
 * what was asked last and behind what the talk is of. Small talk finds the last question again, and nothing in the other.
 */
export function impliedByTalk({ memory, around }: Turn, text: string): KnowledgeAnswer | undefined {
  const { topic, subject } = memory;
  if (topic === null || subject === null || text.length < 4) return undefined;
  const [behind, led] = [`${topic.question}，${text}`, `${subject}，${text}`].map((asked) =>
    around.ask(asked, null),
  );
  if (behind?.outcome !== "answered" || led?.outcome !== "answered") return undefined;
  const agree = citeAlike(behind, led) || citeAlike(led, behind);
  if (!agree || behind.confidence < impliedByQuestion || led.confidence < impliedBySubject) return undefined;
  return behind;
}

/** What is learned to be wanted of the desk, and asks of the law in a talk of it: 主办方不管呢, 给人独家的呢. */
const ofDesk: ReadonlySet<Act> = new Set<Act>([
  "whoReported",
  "complain",
  "oos",
  "handoff",
  "status",
  "supplement",
  "cancel",
]);

/** Whether a message of few words goes on with the talk of the law, though it is learned to want something of the desk. */
export const goesOnOfLaw = (turn: Turn, { acts, slots, text }: Understanding): boolean =>
  Object.keys(slots).length === 0 &&
  acts.some(({ act }) => ofDesk.has(act)) &&
  !isOffTopic(text) &&
  !isOfDesk(text) &&
  (lexicon().question.test(text) || /呢[?？。！]*$/u.test(text)) &&
  toldInTalk(turn, text) !== undefined;
