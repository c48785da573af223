import type { Citation } from "../../core/citation.ts";
import type { ReportType } from "../../reports/report.ts";
import type { Decision, Effect, KnowledgeAnswer, Surroundings } from "../decision.ts";
import { type Notes, newNotes, type TraceStep } from "../fill.ts";
import type { Answer, ConversationState, Intent } from "../message.ts";
import type { Memory } from "../state.ts";

/**
 * One turn in the making. One value, because the rules share so much: each adds what it has to say and to do. Nothing
 * of it outlives the call of `decide` but the decision.
 */
export type Turn = {
  /** What is to be remembered: a copy, which the rules write into. */
  readonly memory: Memory;
  /** What may be looked up; `ask` puts a question to the knowledge base once, however many rules ask it. */
  readonly around: Surroundings;
  /** Whether the person was looking at the summary. */
  readonly wasConfirming: boolean;
  /** Whether the person was asked whether to cancel. */
  readonly cancelAsked: boolean;
  /** Whether the message before filed a report. */
  readonly justFiled: boolean;
  /** Whether the message before asked of the law, and was answered. */
  readonly justAsked: boolean;
  /** The kind of report before the message. */
  readonly matterBefore: ReportType | undefined;
  /** What came of putting the message into the draft. It shares `parts` and `trace` with the turn. */
  readonly notes: Notes;
  /** What is to be said, a text each. */
  readonly parts: string[];
  readonly effects: Effect[];
  readonly trace: TraceStep[];
  readonly citations: Citation[];
  /** The answers of the knowledge base that `parts` tell, whole or shortened. */
  readonly told: string[];
  intents: Intent[];
  options: readonly string[];
  outcome: Answer["outcome"];
  confidence: number | null;
  state: ConversationState;
  /** Whether the message is learned to be no business of the desk. */
  offTopic: boolean;
  /** Whether the person comes back after a while. */
  returned: boolean;
};

/** A turn of which nothing is decided yet. */
export function newTurn(before: Memory, around: Surroundings): Turn {
  const wasConfirming = before.draft?.phase === "confirming" && !before.draft.cancelAsked;
  const parts: string[] = [];
  const trace: TraceStep[] = [];
  return {
    memory: { ...structuredClone(before), justFiled: false, justAsked: false },
    around: { ...around, ask: eachOnce((question, topic) => around.ask(question, topic)) },
    wasConfirming,
    cancelAsked: before.draft?.cancelAsked ?? false,
    justFiled: before.justFiled,
    justAsked: before.justAsked,
    matterBefore: before.draft?.slots.reportType,
    notes: newNotes(wasConfirming, parts, trace),
    parts,
    effects: [],
    trace,
    citations: [],
    told: [],
    intents: [],
    options: [],
    outcome: null,
    confidence: null,
    state: "idle",
    offTopic: false,
    returned: false,
  };
}

/** Asks each question once: within a turn the answer to it is the same. */
function eachOnce(ask: Surroundings["ask"]): Surroundings["ask"] {
  const answers = new Map<string, KnowledgeAnswer>();
  return (question, topic) => {
    const key = JSON.stringify([question, topic]);
    const answer = answers.get(key) ?? ask(question, topic);
    answers.set(key, answer);
    return answer;
  };
}

/** The decision that a turn came to. */
export function decisionOf(turn: Turn): Decision {
  const { memory, state, intents, parts, options, citations, told, outcome, confidence, effects, trace } =
    turn;
  return {
    memory: { ...memory, lastAt: turn.around.now.toISOString() },
    state,
    intents: unique(intents),
    parts,
    options,
    citations,
    told,
    outcome,
    confidence,
    effects,
    trace,
  };
}

/** Whether who speaks is said to infringe. */
export const isAccused = ({ memory }: Turn): boolean => memory.hint.relation === "被控侵权人";

/** From this many times in a row on the same message is only told to be there already. */
const floodFrom = 3;

/** Whether the same message comes again and again. */
export const isFlood = ({ memory }: Turn): boolean => memory.repeated.times >= floodFrom;

/** Each of the items once, in the order they came. */
export const unique = <T>(items: readonly T[]): T[] => [...new Set(items)];
