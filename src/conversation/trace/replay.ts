import type { Slots } from "../../reports/report.ts";
import { decide } from "../decide.ts";
import type { Decision, KnowledgeAnswer, ToldOffice } from "../decision.ts";
import { hear } from "../hear.ts";
import type { Content } from "../message.ts";
import { emptyMemory, type Memory } from "../state.ts";
import { withStandIns } from "./masking.ts";
import { draftFrom, type MemoryTrace, type TracedTurn, type TurnTrace, traceOf } from "./trace.ts";

/** What a record is played against. All of it pure. */
export type Engine = Parameters<typeof hear>[3] & {
  ask(question: string, topic: Memory["topic"], asOf: string): KnowledgeAnswer;
  /** Why no office of the city handles such a report; undefined if one does. */
  elsewhere(slots: Slots, asOf: string): string | undefined;
  officeOf(slots: Slots, asOf: string): ToldOffice | undefined;
};

/** Where a turn goes another way than it was recorded. `where` is a path into the trace. */
export type Difference = { seq: number; where: string; recorded: unknown; now: unknown };

/** What is compared. Texts of replies may be reworded, and how sure an answer is shifts with every text imported. */
const compared = [
  "intents",
  "reading",
  "shown",
  "decisions",
  "effects",
  "after",
  "state",
  "asked",
  "options",
  "outcome",
  "citations",
] as const satisfies readonly (keyof TurnTrace)[];

/**
 * Plays the turns of a trace again, by the rules alone, and tells where they go another way. Contact data are
 * replaced by others that are read alike. What the service looked up when a turn was recorded (the report that was
 * filed, or that could not be) is taken from the record.
 *
 * @param turns One matter, oldest first.
 */
export function replay(turns: readonly TracedTurn[], engine: Engine): Difference[] {
  const [first] = turns;
  if (first === undefined) return [];
  let memory = memoryFrom(first.before);
  return turns.flatMap((recorded) => {
    const { seq, at, today, channel } = recorded;
    const content = contentOf(recorded, seq);
    // Which reports a person has, the service looks up.
    memory = { ...memory, filed: reportsOf(recorded.before) };
    const heard = hear(content, memory, today, engine);
    const decision = decide(memory, heard, {
      now: new Date(at),
      intake: true,
      group: channel === "wechaty_group",
      // Whether the channel can tell people anything is the deployment's; the record shows that it did.
      notices: recorded.effects.some(({ kind }) => kind === "notices"),
      ask: (question, topic) => engine.ask(question, topic, today),
      elsewhere: (slots) => engine.elsewhere(slots, today),
      officeOf: (slots) => engine.officeOf(slots, today),
    });
    const after = settle(decision, recorded);
    const played = traceOf({
      channel,
      today,
      content,
      heard,
      before: memory,
      decision,
      after,
      state: stateAfter(decision, after),
      replies: [],
      performed: { filed: [], ticketNo: undefined },
    });
    memory = after;
    return compared.flatMap((field) =>
      differences(seq, field, comparable(field, recorded), comparable(field, played)),
    );
  });
}

/** A report's number that nobody has. */
const someReportNo = "CZ-00000-00000";

function memoryFrom({ draft, hint, topic, filed, withdrawing, lastAt }: MemoryTrace): Memory {
  return {
    ...emptyMemory,
    draft: draft === null ? null : draftFrom(draft),
    hint: hint as Memory["hint"],
    topic,
    filed: reportsOf({ filed }),
    withdrawing: withdrawing ? someReportNo : null,
    lastAt,
  };
}

const reportsOf = ({ filed }: Pick<MemoryTrace, "filed">) =>
  Array.from({ length: filed }, () => someReportNo);

function contentOf({ heard }: TurnTrace, seq: number): Content {
  switch (heard.type) {
    case "text":
      return { type: "text", text: withStandIns(heard.said) };
    case "voice":
      return { type: "voice", transcript: withStandIns(heard.said) };
    case "image":
      return {
        type: "image",
        evidenceId: `evidence_of_turn_${seq}`,
        ...(heard.caption === null ? {} : { caption: withStandIns(heard.caption) }),
        ...(heard.ocr === null ? {} : { ocrText: withStandIns(heard.ocr) }),
      };
    case "location":
      return {
        type: "location",
        latitude: heard.latitude,
        longitude: heard.longitude,
        ...(heard.label === null ? {} : { label: withStandIns(heard.label) }),
      };
    case "choice":
      return heard;
  }
}

/** The memory after the service did its part, as far as the record tells what came of it. */
function settle(decision: Decision, recorded: TurnTrace): Memory {
  const filing = decision.effects.find((effect) => effect.kind === "file");
  if (filing === undefined) return decision.memory;
  const then = recorded.effects.find(({ kind }) => kind === "file");
  // It could not be filed then, and stayed a draft.
  if (then !== undefined && then.reportNos.length === 0) return { ...decision.memory, draft: filing.draft };
  const count = then?.reportNos.length ?? 1;
  const filed = [...decision.memory.filed, ...Array.from({ length: count }, () => someReportNo)].slice(-5);
  return { ...decision.memory, filed };
}

function stateAfter(decision: Decision, after: Memory): TurnTrace["state"] {
  if (decision.effects.some(({ kind }) => kind === "file") && after.draft !== null) return "confirming";
  if (after.draft !== null) return decision.state === "idle" ? after.draft.phase : decision.state;
  return decision.effects.some(({ kind }) => kind === "handoff") ? "handoff" : decision.state;
}

/** A field without what differs from one playing to the next. */
function comparable(field: (typeof compared)[number], trace: TurnTrace): unknown {
  switch (field) {
    case "effects":
      return trace.effects.map(({ kind, reason }) => ({ kind, reason }));
    case "after": {
      const { lastAt: _lastAt, ...rest } = trace.after;
      return rest;
    }
    default:
      return trace[field];
  }
}

/** Where two values of JSON differ, by path; slots of a reading are matched by name, not by place. */
function differences(seq: number, where: string, recorded: unknown, now: unknown): Difference[] {
  const [then, present] = [bySlot(recorded), bySlot(now)];
  if (isObject(then) && isObject(present)) {
    const names = [...new Set([...Object.keys(then), ...Object.keys(present)])];
    return names.flatMap((name) => differences(seq, `${where}.${name}`, then[name], present[name]));
  }
  return JSON.stringify(then) === JSON.stringify(present)
    ? []
    : [{ seq, where, recorded: then, now: present }];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function bySlot(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const named = value.flatMap((one) => (isObject(one) && typeof one["evidence"] === "string" ? [one] : []));
  if (named.length === 0 || named.length < value.length) return value;
  return Object.fromEntries(named.map(({ slot, ...rest }) => [String(slot), rest]));
}
