import { z } from "zod";
import { channels } from "../../callers/caller.ts";
import { identitySlots, type SlotName, type Slots, slotNames } from "../../reports/report.ts";
import type { Decision, Effect, Heard } from "../decision.ts";
import { missingOf } from "../form.ts";
import { type Content, conversationStates, intents } from "../message.ts";
import { Draft, type Memory, newDraft } from "../state.ts";
import { overlaps } from "../understanding/spans.ts";
import type { Understanding } from "../understanding/understanding.ts";
import { blank, type Contact, MaskedText, mask } from "./masking.ts";

const SlotNameData = z.enum(slotNames as [SlotName, ...SlotName[]]);
const SlotValue = z.union([z.string(), z.number(), z.boolean()]);
const SlotValues = z.partialRecord(SlotNameData, SlotValue);

/** What a message said, with the place in `text` that says it. */
const Reading = z.object({
  /** The text as the rules read it: folded, letter for letter where possible. */
  text: z.string(),
  intents: z.array(z.enum(intents)),
  slots: z.array(
    z.object({
      slot: SlotNameData,
      value: SlotValue,
      rule: z.string(),
      start: z.int(),
      end: z.int(),
      evidence: z.string(),
    }),
  ),
  numbers: z.array(
    z.object({
      text: z.string(),
      start: z.int(),
      end: z.int(),
      valid: z.string().optional(),
      completed: z.string().optional(),
      problem: z.string().optional(),
    }),
  ),
  /** The counties between which the place leaves open. */
  placeCandidates: z.array(z.string()),
  /** Those of the yes-or-no things that hold. */
  signals: z.array(z.string()),
  question: z.string().nullable(),
});
export type Reading = z.infer<typeof Reading>;

const HeardContent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text"), said: MaskedText }),
  z.object({ type: z.literal("voice"), said: MaskedText }),
  z.object({ type: z.literal("image"), caption: MaskedText.nullable(), ocr: MaskedText.nullable() }),
  z.object({
    type: z.literal("location"),
    /** To about a kilometre. */
    latitude: z.number(),
    longitude: z.number(),
    label: MaskedText.nullable(),
  }),
  z.object({ type: z.literal("choice"), id: z.string() }),
]);
export type HeardContent = z.infer<typeof HeardContent>;

/** A draft as the trace keeps it: without who reports, and without what was said. */
const DraftTrace = Draft.omit({ slots: true, narrative: true, evidenceIds: true }).extend({
  slots: SlotValues,
  missing: z.array(SlotNameData),
  evidenceCount: z.int(),
});
export type DraftTrace = z.infer<typeof DraftTrace>;

const MemoryTrace = z.object({
  draft: DraftTrace.nullable(),
  hint: SlotValues,
  topic: z.object({ law: z.string(), article: z.string(), question: z.string() }).nullable(),
  /** How many reports were filed here before. */
  filed: z.int(),
  withdrawing: z.boolean(),
  lastAt: z.string().nullable(),
});
export type MemoryTrace = z.infer<typeof MemoryTrace>;

export const effectKinds = ["file", "status", "supplement", "withdraw", "rate", "handoff"] as const;

/** One turn with every decision in it, its rule and the words that it rests on; nothing of who it was. */
export const TurnTrace = z.object({
  channel: z.enum(channels),
  /** The day of the message in Shanghai, from which „昨天“ is reckoned. */
  today: z.iso.date(),
  heard: HeardContent,
  /** What was read off the text, the transcript or the caption. */
  reading: Reading.nullable(),
  /** What was read off the picture. */
  shown: Reading.nullable(),
  before: MemoryTrace,
  intents: z.array(z.enum(intents)),
  /** In the order in which policy took them. */
  decisions: z.array(
    z.object({ rule: z.string(), slot: z.string().optional(), text: z.string().optional() }),
  ),
  effects: z.array(
    z.object({
      kind: z.string(),
      reason: z.string().optional(),
      /** The reports filed, or the one that it is about. */
      reportNos: z.array(z.string()),
      ticketNo: z.string().optional(),
    }),
  ),
  after: MemoryTrace,
  state: z.enum(conversationStates),
  /** What the answer asks for, and what can be tapped. */
  asked: z.array(SlotNameData),
  options: z.array(z.string()),
  outcome: z.enum(["answered", "declined", "clarify", "handoff"]).nullable(),
  confidence: z.number().nullable(),
  citations: z.array(z.object({ law: z.string(), article: z.string() })),
  replies: z.array(z.string()),
});
export type TurnTrace = z.infer<typeof TurnTrace>;

/** A turn as it is handed out, and played again. */
export const TracedTurn = TurnTrace.extend({ seq: z.int(), at: z.iso.datetime() });
export type TracedTurn = z.infer<typeof TracedTurn>;

const isIdentity = (slot: string) => (identitySlots as readonly string[]).includes(slot);

function slotValues(slots: Slots): z.infer<typeof SlotValues> {
  return Object.fromEntries(
    Object.entries(slots).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, isIdentity(name) ? blank(String(value).length) : value]],
    ),
  );
}

/** A text of the turn without what is hidden in it. */
type Hide = (text: string) => string;

function draftTrace(draft: Draft, hide: Hide): DraftTrace {
  const { slots, narrative: _, evidenceIds, ...rest } = draft;
  // What is wrong with a telephone may quote it.
  const invalid = Object.fromEntries(
    Object.entries(draft.invalid).map(([name, why]) => [name, isIdentity(name) ? "" : hide(why)]),
  );
  return {
    ...rest,
    invalid,
    slots: slotValues(slots),
    missing: missingOf(draft),
    evidenceCount: evidenceIds.length,
  };
}

function memoryTrace(memory: Memory, hide: Hide): MemoryTrace {
  const { draft, hint, topic, filed, withdrawing, lastAt } = memory;
  return {
    draft: draft === null ? null : draftTrace(draft, hide),
    hint: slotValues(hint),
    topic: topic === null ? null : { ...topic, question: hide(topic.question) },
    filed: filed.length,
    withdrawing: withdrawing !== null,
    lastAt,
  };
}

function readingOf(said: Understanding | undefined, contact: Contact, hide: Hide): Reading | null {
  if (said === undefined) return null;
  const { text, hidden } = mask(said.text, contact, said);
  const homes = hidden.filter(({ what }) => what === "home");
  const slots = Object.entries(said.slots).flatMap(([name, found]) => {
    if (found === undefined) return [];
    const { value, rule, start, end } = found;
    const isHidden = isIdentity(name) || homes.some((home) => overlaps(home, found));
    const shown = isHidden ? blank(String(value).length) : value;
    return [{ slot: name as SlotName, value: shown, rule, start, end, evidence: text.slice(start, end) }];
  });
  return {
    text,
    intents: said.intents,
    slots,
    numbers: said.numbers.map(({ text: written, start, end, valid, completed, problem }) => ({
      text: written,
      start,
      end,
      ...(valid === undefined ? {} : { valid }),
      ...(completed === undefined ? {} : { completed }),
      ...(problem === undefined ? {} : { problem }),
    })),
    placeCandidates: [...(said.place?.candidates ?? [])],
    signals: Object.entries(said.signals).flatMap(([name, on]) => (on === true ? [name] : [])),
    question: said.question === undefined ? null : hide(said.question),
  };
}

/** What was written, masked; as it was read where the two do not go together place for place. */
function heardText(raw: string, said: Understanding | undefined, contact: Contact): MaskedText {
  const aligned = said === undefined || said.text.length === raw.length;
  if (aligned) return mask(raw, contact, said);
  return mask(said.text, contact, said);
}

function heardContent(content: Content, heard: Heard, contact: Contact): HeardContent {
  switch (content.type) {
    case "text":
    case "voice": {
      const raw = content.type === "text" ? content.text : content.transcript;
      const said = heard.kind === "text" ? heard.said : undefined;
      return { type: content.type, said: heardText(raw, said, contact) };
    }
    case "image": {
      const { caption, ocrText } = content;
      const [said, shown] = heard.kind === "image" ? [heard.said, heard.shown] : [];
      return {
        type: "image",
        caption: caption === undefined ? null : heardText(caption, said, contact),
        ocr: ocrText === undefined ? null : heardText(ocrText, shown, contact),
      };
    }
    case "location": {
      const round = (degrees: number) => Math.round(degrees * 100) / 100;
      const label = content.label === undefined ? null : mask(content.label, contact);
      return {
        type: "location",
        latitude: round(content.latitude),
        longitude: round(content.longitude),
        label,
      };
    }
    case "choice":
      return { type: "choice", id: content.id };
  }
}

/** What came of a decision's effects: the reports that were filed, and the ticket. */
export type Performed = { filed: readonly string[]; ticketNo: string | undefined };

function effectTrace(effect: Effect, { filed, ticketNo }: Performed): TurnTrace["effects"][number] {
  switch (effect.kind) {
    case "file":
      return { kind: "file", reportNos: [...filed] };
    case "handoff":
      return {
        kind: "handoff",
        reason: effect.reason,
        reportNos: [],
        ...(ticketNo === undefined ? {} : { ticketNo }),
      };
    case "notices":
      return { kind: "notices", reportNos: [...effect.reportNos] };
    default:
      return { kind: effect.kind, reportNos: effect.reportNo === undefined ? [] : [effect.reportNo] };
  }
}

/** What is kept of a turn so that staff can see why it went as it did. Pure. */
export function traceOf(turn: {
  channel: TurnTrace["channel"];
  today: string;
  content: Content;
  heard: Heard;
  before: Memory;
  decision: Decision;
  /** Once the effects were prepared. */
  after: Memory;
  state: TurnTrace["state"];
  replies: readonly string[];
  performed: Performed;
}): TurnTrace {
  const { heard, before, decision, after } = turn;
  const said = heard.kind === "text" || heard.kind === "image" ? heard.said : undefined;
  const drafts = [before.draft, decision.memory.draft, after.draft, ...decision.effects.map(draftOf)];
  const contact: Contact = Object.assign(
    {},
    ...drafts.map((draft) => pick(draft?.slots ?? {})),
    pick({
      ...(said?.slots.contactName === undefined ? {} : { contactName: said.slots.contactName.value }),
      ...(said?.slots.contactPhone === undefined ? {} : { contactPhone: said.slots.contactPhone.value }),
    }),
  );
  // As they were said, spaced or in words: a rule quotes them in the same way.
  const homes =
    said === undefined ? [] : mask(said.text, contact, said).hidden.filter(({ what }) => what === "home");
  const quoted = [
    ...homes,
    ...(said?.phones ?? []),
    ...(said?.slots.contactName === undefined ? [] : [said.slots.contactName]),
  ]
    .map(({ start, end }) => said?.text.slice(start, end) ?? "")
    .filter((part) => part.length > 1);
  const hide: Hide = (text) =>
    quoted.reduce((rest, part) => rest.replaceAll(part, blank(part.length)), mask(text, contact).text);
  return {
    channel: turn.channel,
    today: turn.today,
    heard: heardContent(turn.content, heard, contact),
    reading: readingOf(said, contact, hide),
    shown: heard.kind === "image" ? readingOf(heard.shown, contact, hide) : null,
    before: memoryTrace(before, hide),
    intents: decision.intents,
    decisions: decision.trace.map(({ rule, slot, text }) => ({
      rule,
      ...(slot === undefined ? {} : { slot }),
      ...(text === undefined
        ? {}
        : { text: slot !== undefined && isIdentity(slot) ? blank(text.length) : hide(text) }),
    })),
    effects: decision.effects.map((effect) => effectTrace(effect, turn.performed)),
    after: memoryTrace(after, hide),
    state: turn.state,
    asked: after.draft?.asking ?? [],
    options: [...decision.options],
    outcome: decision.outcome,
    confidence: decision.confidence,
    citations: decision.citations.map(({ law, article }) => ({ law, article })),
    replies: turn.replies.map(hide),
  };
}

const draftOf = (effect: Effect): Draft | undefined => (effect.kind === "file" ? effect.draft : undefined);

function pick({ contactName, contactPhone }: Contact): Contact {
  return {
    ...(contactName === undefined ? {} : { contactName }),
    ...(contactPhone === undefined ? {} : { contactPhone }),
  };
}

/** The draft that a trace tells of, as far as it does: what was said and who reports is gone. */
export function draftFrom({ missing: _m, evidenceCount, slots, ...rest }: DraftTrace): Draft {
  return {
    ...newDraft(),
    ...rest,
    slots: slots as Slots,
    evidenceIds: Array.from({ length: evidenceCount }, (_, index) => `evidence_${index}`),
  };
}

/**
 * The part of a conversation that one turn belongs to: from where its draft was begun to where the next one is. What
 * else a person told or reported here is no part of it; two reports of one person stay two.
 *
 * @param turns All that is kept, oldest first.
 */
export function matterOf<T extends { seq: number; trace: TurnTrace }>(turns: readonly T[], seq: number): T[] {
  const starts = turns.flatMap(({ trace }, index) => (begins(trace) ? [index] : []));
  const at = turns.findIndex((turn) => turn.seq === seq);
  if (at < 0) return [];
  // What leads up to the first draft is of its matter.
  const place = Math.max(
    0,
    starts.findLastIndex((start) => start <= at),
  );
  return turns.slice(place === 0 ? 0 : starts[place], starts[place + 1] ?? turns.length);
}

const begins = ({ before, after, effects }: TurnTrace) =>
  before.draft === null && (after.draft !== null || effects.some(({ kind }) => kind === "file"));

/** A trace without the numbers of reports that are no part of the matter. */
export function withinMatter<T extends { trace: TurnTrace }>(turns: readonly T[]): T[] {
  const own = new Set(
    turns.flatMap(({ trace }) =>
      trace.effects.flatMap(({ kind, reportNos }) => (kind === "file" ? reportNos : [])),
    ),
  );
  return turns.map((turn) => ({
    ...turn,
    trace: {
      ...turn.trace,
      effects: turn.trace.effects.map((effect) => ({
        ...effect,
        reportNos: effect.reportNos.filter((reportNo) => own.has(reportNo)),
      })),
    },
  }));
}
