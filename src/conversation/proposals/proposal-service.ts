import { z } from "zod";
import promptFile from "../../../prompts/propose.json" with { type: "json" };
import { type Clock, dateInShanghai } from "../../core/clock.ts";
import { type LanguageModel, ModelError, type ModelFailure } from "../../llm/model.ts";
import { asData, fillOutgoing, published } from "../../llm/outgoing.ts";
import { readJson } from "../../llm/read-json.ts";
import { type KnownIdentity, type Redacted, redactReversibly } from "../../llm/redact.ts";
import { fold } from "../../text/fold.ts";
import type { Heard } from "../decision.ts";
import type { TraceStep } from "../fill.ts";
import type { Message } from "../message.ts";
import type { Memory } from "../state.ts";
import type { Readers, Understanding } from "../understanding/understanding.ts";
import {
  adopt,
  chosenFrom,
  leavesOpen,
  modelIntents,
  modelSlots,
  type Proposal,
  ProposalFormat,
  type Refusal,
  readProposal,
  surelyRead,
} from "./proposal.ts";

/**
 * Why there is no proposal: the model failed, `late` was not in time, `garbage` also where it said no proposal,
 * `unmapped` is a text whose places cannot be kept through folding. `failed` is a fault of ours.
 */
export type NoProposal = ModelFailure | "late" | "unmapped" | "failed";

export type Proposed =
  | { kind: "proposed"; proposal: Proposal; redacted: Redacted }
  | { kind: "none"; reason: NoProposal };

export type ProposalRequest = {
  said: Understanding;
  memory: Memory;
  /** The date of the message in Asia/Shanghai. */
  today: string;
  /** When the message came; the time limit runs from then. */
  arrivedAt: Date;
};

/** Asks a model what a message says. Never throws, and ends within the time limit whatever the model does. */
export type Proposer = { propose(request: ProposalRequest): Promise<Proposed> };

/** What came of asking a model about a message: how it ended, and what of its items entered. */
export type ModelReading = {
  outcome: "proposed" | NoProposal;
  durationMs: number;
  taken: number;
  refused: Refusal[];
};

/** Adds to what was heard what a model rightly proposes; as it is, and without a reading, where none is asked. */
export type Help = (
  heard: Heard,
  memory: Memory,
) => Promise<{ heard: Heard; trace: TraceStep[]; reading: ModelReading | undefined }>;

/**
 * Help with one message that has just come. The model is asked once: a turn that is tried again goes by what it said
 * the first time.
 *
 * @param knows Whether the knowledge base is sure of a text.
 */
export function createHelp({
  message,
  proposer,
  readers,
  knows,
  now,
}: {
  message: Message;
  proposer: Proposer | undefined;
  readers: Readers;
  knows: (text: string) => boolean;
  now: Clock;
}): Help {
  const { channel, content, sentAt } = message;
  const arrivedAt = now();
  const today = dateInShanghai(sentAt === undefined ? arrivedAt : new Date(sentAt));
  const spoken = content.type === "text" || content.type === "voice";
  let asked: { proposed: Proposed; durationMs: number } | undefined;

  return async (heard, memory) => {
    const unhelped = { heard, trace: [], reading: undefined };
    if (proposer === undefined || !spoken || heard.kind !== "text") return unhelped;
    const { said } = heard;
    if (asked === undefined) {
      // In a group nothing is taken down: there only what is wanted at all may be asked.
      if (channel === "wechaty_group" && said.intents.length > 0) return unhelped;
      if (!leavesOpen(said, memory, knows)) return unhelped;
      const startedAt = now().getTime();
      const proposed = await proposer.propose({ said, memory, today, arrivedAt });
      asked = { proposed, durationMs: now().getTime() - startedAt };
    }
    const { proposed, durationMs } = asked;
    if (proposed.kind === "none") {
      const reading = { outcome: proposed.reason, durationMs, taken: 0, refused: [] };
      return { heard, trace: [{ rule: `model.${proposed.reason}` }], reading };
    }
    const adopted = adopt(said, proposed.proposal, { memory, readers, today, redacted: proposed.redacted });
    const refused = adopted.refused.map(({ reason }) => reason);
    const reading = { outcome: "proposed" as const, durationMs, taken: adopted.taken.length, refused };
    return { heard: { kind: "text", said: adopted.said }, trace: adopted.trace, reading };
  };
}

/** Calls back after some time; returns what calls that off. */
export type StartTimer = (ms: number, onEnd: () => void) => () => void;

const startTimeout: StartTimer = (ms, onEnd) => {
  const timer = setTimeout(onEnd, ms);
  return () => clearTimeout(timer);
};

type Options = {
  model: LanguageModel;
  now: Clock;
  /** From the arrival of the message to the end of the wait, in milliseconds. */
  limitMs?: number | undefined;
  startTimer?: StartTimer;
};

/** The model's own limit: fifteen slots with their spans. */
const maxTokens = 800;

export function createProposer({
  model,
  now,
  limitMs = 2_500,
  startTimer = startTimeout,
}: Options): Proposer {
  const system = instructions();
  const { $schema: _, ...schema } = z.toJSONSchema(ProposalFormat);
  const json = { name: "proposal", schema };

  async function ask(request: ProposalRequest, redacted: Redacted, timeoutMs: number): Promise<Proposed> {
    const { said, memory, today } = request;
    const { draft } = memory;
    const known = [...Object.keys(draft?.slots ?? {}), ...surelyRead(said.slots)];
    const names = (list: readonly string[]) => published([...new Set(list)].join("、") || "无");
    try {
      const answer = await model.complete({
        system,
        user: fillOutgoing(promptFile.user, {
          asked: names(draft?.asking ?? []),
          known: names(known),
          today: published(today),
          said: asData(redacted.text),
        }),
        maxTokens,
        timeoutMs,
        json,
      });
      const proposal = readProposal(readJson(answer));
      return proposal === undefined
        ? { kind: "none", reason: "garbage" }
        : { kind: "proposed", proposal, redacted };
    } catch (error) {
      return { kind: "none", reason: error instanceof ModelError ? error.kind : "failed" };
    }
  }

  return {
    async propose(request) {
      const redacted = redactionOf(request);
      if (redacted === undefined) return { kind: "none", reason: "unmapped" };
      const leftMs = limitMs - (now().getTime() - request.arrivedAt.getTime());
      if (leftMs <= 0) return { kind: "none", reason: "late" };
      let callOff = () => {};
      // The model has the same limit; this one holds whatever it does. What comes later is nobody's.
      const late = new Promise<Proposed>((resolve) => {
        callOff = startTimer(leftMs, () => resolve({ kind: "none", reason: "late" }));
      });
      try {
        return await Promise.race([ask(request, redacted, leftMs), late]);
      } finally {
        callOff();
      }
    },
  };
}

/** The message as it may leave; undefined if places in it would not be places in what the rules read. */
function redactionOf({ said, memory }: ProposalRequest): Redacted | undefined {
  const folded = fold(said.text);
  if (folded.length !== said.text.length) return undefined;
  const known: KnownIdentity[] = said.phones.map(({ start, end }) => ({ start, end, label: "电话" }));
  const { contactName } = said.slots;
  if (contactName !== undefined)
    known.push({ start: contactName.start, end: contactName.end, label: "姓名" });
  const standing = memory.draft?.slots.contactName ?? "";
  // A name of one letter stands in too many words.
  if (standing.length > 1) {
    for (let at = folded.indexOf(standing); at >= 0; at = folded.indexOf(standing, at + standing.length))
      known.push({ start: at, end: at + standing.length, label: "姓名" });
  }
  return redactReversibly(
    folded,
    known.sort((one, other) => one.start - other.start),
  );
}

/** The prompt with the lists of what may be proposed. */
function instructions(): string {
  const slots = modelSlots.map((slot) => {
    const values = (chosenFrom[slot] ?? []).join("、");
    return `- ${slot}：${promptFile.slots[slot].replace("{values}", values)}`;
  });
  const intents = modelIntents.map((intent) => `- ${intent}：${promptFile.intents[intent]}`);
  return promptFile.system
    .join("\n")
    .replace("{slots}", slots.join("\n"))
    .replace("{intents}", intents.join("\n"));
}
