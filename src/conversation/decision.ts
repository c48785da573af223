import type { Citation } from "../core/citation.ts";
import type { CountyName, Slots } from "../reports/report.ts";
import type { TraceStep } from "./fill.ts";
import type { Answer, ConversationState, Intent } from "./message.ts";
import type { Draft, Memory } from "./state.ts";
import type { Understanding } from "./understanding/understanding.ts";

/** What the knowledge base says to a question. */
export type KnowledgeAnswer = {
  outcome: "answered" | "declined" | "clarify" | "handoff";
  text: string;
  citations: readonly Citation[];
  confidence: number;
  /** It rests on a law of another field than intellectual property. */
  beside?: true;
  /** The questions that it offers where it has no answer, as its text numbers them. */
  related?: readonly string[];
  topic?: { law: string; article: string; question: string } | undefined;
};

/** A message as policy sees it: what was said, shown or tapped. */
export type Heard =
  | { kind: "text"; said: Understanding }
  | { kind: "image"; evidenceId: string; said: Understanding | undefined; shown: Understanding | undefined }
  | { kind: "location"; county: CountyName | undefined; label: string | undefined; reason: string }
  | { kind: "choice"; id: string };

/** An office as a person is told of it. */
export type ToldOffice = { name: string; basis: readonly Citation[] };

/** What policy may look up. Pure. */
export type Surroundings = {
  now: Date;
  /** Whether reports are taken at all on this deployment. */
  intake: boolean;
  group: boolean;
  /** Whether who speaks here can be told of progress here; absent: no. */
  notices?: boolean;
  ask(question: string, topic: Memory["topic"]): KnowledgeAnswer;
  /** Why no office of the city handles such a report, and who does; undefined if one does. */
  elsewhere(slots: Slots): string | undefined;
  /** The office that would handle such a report, and by which articles; absent or undefined where that is not known. */
  officeOf?(slots: Slots): ToldOffice | undefined;
};

/** What is to be done outside once a turn is decided. */
export type Effect =
  | { kind: "file"; draft: Draft }
  | {
      kind: "status";
      reportNo: string | undefined;
      queryCode: string | undefined;
      /** Whether something is being filled in that is not filed yet. */
      drafting?: boolean;
    }
  | { kind: "supplement"; reportNo: string; text: string | undefined; evidenceIds: readonly string[] }
  | { kind: "withdraw"; reportNo: string }
  | { kind: "rate"; reportNo: string; score: number; comment: string }
  | { kind: "notices"; reportNos: readonly string[]; agrees: boolean }
  | { kind: "handoff"; reason: "asked" | "threat" | "threatened" };

/** One turn, decided: what to remember, what to say, what to do. */
export type Decision = {
  memory: Memory;
  state: ConversationState;
  intents: Intent[];
  parts: string[];
  options: readonly string[];
  citations: Citation[];
  /** The answers of the knowledge base that the parts tell, whole or shortened. */
  told: readonly string[];
  outcome: Answer["outcome"];
  confidence: number | null;
  effects: Effect[];
  trace: TraceStep[];
};
