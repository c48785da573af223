import { z } from "zod";
import { findDate } from "../../calendar/said-date.ts";
import type { Label, Redacted } from "../../llm/redact.ts";
import { missingSlots } from "../../reports/forms.ts";
import { countyNames, relations, reportTypes, type SlotName, Slots } from "../../reports/report.ts";
import { fold } from "../../text/fold.ts";
import proposalsData from "../data/proposals.json" with { type: "json" };
import type { TraceStep } from "../fill.ts";
import type { Intent } from "../message.ts";
import type { Memory } from "../state.ts";
import { isGeneric } from "../understanding/names/no-name.ts";
import { type Found, overlaps, type Span } from "../understanding/spans.ts";
import type { FoundSlots, Readers, Understanding } from "../understanding/understanding.ts";

/** The slots that a model may propose. Who somebody is and how to reach them never comes from one. */
export const modelSlots = [
  "reportType",
  "relation",
  "infringer",
  "product",
  "patentNumber",
  "location",
  "stall",
  "county",
  "market",
  "platform",
  "occurredAt",
  "knownSince",
  "remedy",
  "suedAlready",
  "evidenceCount",
] as const satisfies readonly SlotName[];
export type ModelSlot = (typeof modelSlots)[number];

/** The intents that a model may propose. What files, confirms, cancels or withdraws is not among them. */
export const modelIntents = [
  "report",
  "qa",
  "provide_info",
  "correct",
  "handoff",
  "status",
  "supplement",
  "greet",
  "thanks",
  "chitchat",
] as const satisfies readonly Intent[];

/** The values that a slot is chosen from; the others are told in the person's own words. */
export const chosenFrom: Partial<Record<ModelSlot, readonly string[]>> = {
  reportType: reportTypes,
  relation: relations,
  county: countyNames,
  remedy: ["停止侵权", "赔偿", "调解"],
};

const ProposedIntent = z.strictObject({ intent: z.enum(modelIntents), evidence: z.string() });
const ProposedSlot = z.strictObject({ slot: z.enum(modelSlots), value: z.string(), evidence: z.string() });

/** What a model is asked for, as it is sent. */
export const ProposalFormat = z.strictObject({
  intents: z.array(ProposedIntent),
  slots: z.array(ProposedSlot),
});

/** What a model said to a message: each item is read by itself, so that one that will not do spoils no other. */
export type Proposal = {
  intents: z.infer<typeof ProposedIntent>[];
  slots: z.infer<typeof ProposedSlot>[];
  /** How many items were none. */
  malformed: number;
};

/** More than this of a kind is no reading of one message. */
const maxItems = 40;

/** The proposal in what a model said. Undefined if it is none at all. */
export function readProposal(said: unknown): Proposal | undefined {
  if (typeof said !== "object" || said === null || Array.isArray(said)) return undefined;
  const { intents = [], slots = [] } = said as Record<string, unknown>;
  if (!Array.isArray(intents) || !Array.isArray(slots)) return undefined;
  const items = [...intents.slice(0, maxItems), ...slots.slice(0, maxItems)];
  const read: Proposal = { intents: [], slots: [], malformed: 0 };
  for (const item of items) {
    const intent = ProposedIntent.safeParse(item);
    const slot = ProposedSlot.safeParse(item);
    if (intent.success) read.intents.push(intent.data);
    else if (slot.success) read.slots.push(slot.data);
    else read.malformed += 1;
  }
  return read;
}

/** Why a proposed item did not enter. */
export type Refusal =
  /** The rules have read it, or have seen that it must be asked. */
  | "rules"
  /** It stands in the draft, and nobody corrected anything. */
  | "standing"
  /** Its span is nowhere in what was said. */
  | "evidence"
  /** It holds a placeholder of a kind that this slot cannot be, or one that we never sent. */
  | "placeholder"
  /** The validators refuse it. */
  | "value"
  /** The span does not speak for it. */
  | "support"
  /** The person said that it is not so. */
  | "denied"
  /** It tells of the person's own firm, or of where they live. */
  | "own";

/** What came of a proposal: the understanding with what entered, and each item with what became of it. */
export type Adopted = {
  said: Understanding;
  trace: TraceStep[];
  taken: (ModelSlot | Intent)[];
  refused: { item: ModelSlot | Intent; reason: Refusal }[];
};

const Patterns = z.array(z.string().min(1)).min(1).transform(anyOf);
const byValue = z.record(z.string(), Patterns).transform((patterns) => new Map(Object.entries(patterns)));
const Data = z.object({
  source: z.string(),
  date: z.iso.date(),
  weakRules: z.array(z.string()).transform((rules) => new Set(rules)),
  supports: z.object({
    reportType: byValue,
    relation: byValue,
    remedy: byValue,
    suedAlready: byValue,
    evidenceCount: byValue,
    intents: byValue,
    stall: Patterns,
    market: Patterns,
  }),
  never: z.object({ name: Patterns, product: Patterns, platform: Patterns, location: Patterns }),
  denied: z.object({ before: Patterns, behind: Patterns, right: Patterns }),
  own: Patterns,
  accuses: Patterns,
});

function anyOf(patterns: readonly string[]): RegExp {
  return new RegExp(patterns.map((pattern) => `(?:${pattern})`).join("|"), "u");
}

let loaded: z.infer<typeof Data> | undefined;
function data() {
  loaded ??= Data.parse(proposalsData);
  return loaded;
}

/** The least that may be worth asking about, and what counts as telling at length, in characters. */
const leastChars = 6;
const longChars = 16;

/** What settles something, or is for people: the rules read it, or nobody does. */
const settled: ReadonlySet<Intent> = new Set([
  "injection",
  "threat",
  "cancel",
  "handoff",
  "status",
  "supplement",
  "resume",
]);
const contactSlots: ReadonlySet<SlotName> = new Set(["contactName", "contactPhone", "anonymous"]);

/**
 * Whether the rules left something open that a model might read. Never where something is confirmed, cancelled or
 * taken back, nor where the person was asked who they are.
 *
 * @param knows Whether the knowledge base is sure of a text: it asks something.
 */
export function leavesOpen(said: Understanding, memory: Memory, knows: (text: string) => boolean): boolean {
  const { signals, intents, slots, question } = said;
  const { draft } = memory;
  const length = said.text.replace(/[\s\p{P}＊]/gu, "").length;
  if (length < leastChars || signals.withdraw || memory.withdrawing !== null) return false;
  if (intents.some((intent) => settled.has(intent))) return false;
  const outside = length - (question?.replace(/[\s\p{P}]/gu, "").length ?? 0);
  if (outside < leastChars) return false;
  const settles = signals.confirm || signals.submit || signals.finish || signals.skip || signals.asPrinted;
  const answers = settles || signals.deny || signals.unknown;
  if (answers && length < longChars) return false;
  const read = Object.fromEntries(Object.entries(slots).map(([name, found]) => [name, found?.value]));

  if (draft === null) {
    if (!intents.includes("report")) {
      const silent = intents.every((intent) => intent === "greet" || intent === "thanks");
      return silent && !knows(said.text);
    }
    return length >= longChars && (lacks({ ...memory.hint, ...read }, said) || isWeak(slots));
  }
  if (draft.cancelAsked || draft.proposedNumber !== null) return false;
  if (draft.asking.some((name) => contactSlots.has(name))) return false;
  if (draft.phase === "confirming" && settles) return false;
  const nothingRead =
    Object.keys(slots).length === 0 &&
    said.numbers.length === 0 &&
    said.phones.length === 0 &&
    said.place === undefined;
  if (nothingRead && !intents.some((intent) => intent === "qa" || intent === "chitchat")) return true;
  return length >= longChars && (lacks({ ...draft.slots, ...read }, said, draft.unknown) || isWeak(slots));
}

/** Whether a report lacks what a person tells in their own words. A place that must be asked stays to be asked. */
function lacks(slots: Slots, { signals }: Understanding, unknown: readonly SlotName[] = []): boolean {
  const missing = missingSlots(slots, unknown);
  const matterOpen = missing.includes("reportType") && !signals.copiedWithoutRight;
  const open = (name: SlotName) => slots[name] === undefined && !unknown.includes(name);
  return matterOpen || open("infringer") || open("product");
}

const isWeak = (slots: FoundSlots) => surelyRead(slots).length < Object.keys(slots).length;

/** The slots that the rules read so surely that no model is heard on them. */
export const surelyRead = (slots: FoundSlots): SlotName[] =>
  (Object.entries(slots) as [SlotName, FoundSlots[SlotName]][]).flatMap(([name, found]) =>
    found !== undefined && !data().weakRules.has(found.rule) ? [name] : [],
  );

/** What `adopt` borrows. */
export type AdoptionContext = { memory: Memory; readers: Readers; today: string; redacted: Redacted };

/**
 * Puts into an understanding what a proposal rightly adds: nothing that its span does not say, that the validators
 * refuse, that the rules have read, or that stands already. Pure.
 */
export function adopt(before: Understanding, proposal: Proposal, context: AdoptionContext): Adopted {
  const said: Understanding = { ...before, slots: { ...before.slots }, intents: [...before.intents] };
  const adopted: Adopted = { said, trace: [], taken: [], refused: [] };
  for (const { slot, value, evidence } of proposal.slots) {
    if (adopted.taken.includes(slot)) continue;
    const found = judge(before, { slot, value, evidence }, context);
    if (typeof found === "string") {
      adopted.refused.push({ item: slot, reason: found });
      continue;
    }
    (said.slots as Record<string, unknown>)[slot] = found;
    adopted.taken.push(slot);
  }
  const gained = adopted.taken.length > 0;
  adoptIntents(adopted, proposal, context, gained);
  if (gained && context.memory.draft !== null && !said.intents.includes("provide_info"))
    said.intents.push("provide_info");
  for (const { item, reason } of adopted.refused)
    adopted.trace.push({ rule: `model.refused.${reason}`, text: item });
  return adopted;
}

/** Intents enter only where the rules found none that leads anywhere. */
function adoptIntents(
  adopted: Adopted,
  { intents }: Proposal,
  { memory, redacted }: AdoptionContext,
  gained: boolean,
): void {
  const { said } = adopted;
  const passing: ReadonlySet<Intent> = new Set(["greet", "thanks", "chitchat", "provide_info"]);
  const led = said.intents.some((intent) => !passing.has(intent));
  for (const { intent, evidence } of intents) {
    if (said.intents.includes(intent)) continue;
    const refuse = (reason: Refusal) => adopted.refused.push({ item: intent, reason });
    const span = redacted.locate(evidence);
    if (span === undefined || span.end - span.start < 2) {
      refuse("evidence");
      continue;
    }
    if (data().supports.intents.get(intent)?.test(said.text.slice(span.start, span.end)) === false) {
      refuse("support");
      continue;
    }
    const needless =
      led ||
      (intent === "report" && memory.draft !== null) ||
      (intent === "supplement" && memory.filed.length === 0) ||
      ((intent === "provide_info" || intent === "correct") && !(gained && memory.draft !== null)) ||
      (passing.has(intent) && gained);
    if (needless) {
      refuse("rules");
      continue;
    }
    if (intent === "qa") {
      // What was told as a fact is not asked about.
      const facts = Object.values(said.slots).filter((found) => found !== undefined);
      if (said.question !== undefined || facts.some((fact) => overlaps(fact, span))) {
        refuse("rules");
        continue;
      }
      said.question = said.text.slice(span.start, span.end);
    }
    said.intents.push(intent);
    adopted.taken.push(intent);
    adopted.trace.push({ rule: `model.intent.${intent}`, text: said.text.slice(span.start, span.end) });
  }
}

type ProposedValue = { slot: ModelSlot; value: string; evidence: string };

/** The value with its span, or why it does not enter. */
function judge(
  said: Understanding,
  { slot, value, evidence }: ProposedValue,
  context: AdoptionContext,
): Found<unknown> | Refusal {
  const { memory, redacted } = context;
  const byRules = said.slots[slot];
  if (byRules !== undefined && !data().weakRules.has(byRules.rule)) return "rules";
  // What the rules saw and could not settle is asked, never guessed.
  if (slot === "county" && said.place !== undefined) return "rules";
  if (slot === "patentNumber" && said.numbers.length > 0) return "rules";
  const rightOpen = said.signals.copiedWithoutRight || memory.draft?.rightUnclear === true;
  if (slot === "reportType" && rightOpen) return "rules";
  if (slot === "evidenceCount" && (memory.draft?.evidenceIds.length ?? 0) > 0) return "rules";
  if (memory.draft?.slots[slot] !== undefined && !said.signals.correction) return "standing";
  const span = redacted.locate(evidence);
  if (span === undefined || span.end - span.start < 2) return "evidence";
  const restored = redacted.restore(value, holds[slot] ?? []);
  if (restored === undefined) return "placeholder";
  if (restored === "") return "value";
  if (restored === byRules?.value) return "rules";
  const read = checks[slot](restored, span, said, context);
  if (typeof read === "string") return read;
  // A telephone is nobody's shop: what was blanked is no value, though a model guesses it.
  if (said.phones.some((phone) => overlaps(phone, read))) return "evidence";
  const checked = Slots.shape[slot].safeParse(read.value);
  if (!checked.success || checked.data === undefined) return "value";
  if (isDenied(said.text, read)) return "denied";
  return { value: checked.data, start: read.start, end: read.end, rule: `model.${slot}` };
}

/** What a placeholder in a slot's value may stand for. */
const holds: Partial<Record<ModelSlot, readonly Label[]>> = {
  infringer: ["单位", "姓名"],
  product: [],
  patentNumber: ["专利号", "号码"],
  location: ["地址", "单位"],
};

type Reading = Span & { value: unknown };
type Check = (value: string, span: Span, said: Understanding, context: AdoptionContext) => Reading | Refusal;

/** What nobody has who says that they have no such right. */
const restsOnRight: ReadonlySet<string> = new Set(["专利侵权", "商标侵权", "著作权", "权利人"]);

/** A value that is chosen: the span must hold words that speak for it. */
const chosen =
  (
    slot: "reportType" | "relation" | "suedAlready" | "evidenceCount",
    as: (value: string) => unknown,
  ): Check =>
  (value, span, said) => {
    const pattern = data().supports[slot].get(value);
    if (pattern === undefined) return "value";
    const words = said.text.slice(span.start, span.end);
    if (restsOnRight.has(value) && data().denied.right.test(words)) return "denied";
    return pattern.test(words) ? { value: as(value), ...span } : "support";
  };

/** A value in the person's own words: it stands in its span. */
function worded(value: string, span: Span, said: Understanding): (Span & { value: string }) | Refusal {
  const words = said.text.slice(span.start, span.end);
  // Folding turns Chinese marks into those of ASCII, one for one; the text of the rules has the Chinese ones.
  const at = fold(words).indexOf(value);
  const start = span.start + at;
  const read = said.text.slice(start, start + value.length);
  return at < 0 || fold(read) !== value ? "support" : { value: read, start, end: start + value.length };
}

/** A name, which must not be taken from what others read in its place, nor be the person's own. */
const named =
  (slot: "infringer" | "product", maxChars: number): Check =>
  (value, span, said, { memory, readers }) => {
    const { words } = readers;
    const read = worded(value, span, said);
    if (typeof read === "string") return read;
    const generic =
      slot === "product"
        ? words.genericProducts.has(read.value) ||
          (isGeneric(read.value, words) && !words.products.includes(read.value))
        : isGeneric(read.value, words);
    const never = slot === "product" ? data().never.product : data().never.name;
    if (read.value.length < 2 || read.value.length > maxChars || generic) return "value";
    if (never.test(read.value) || /[，。,;；!！?？]/u.test(read.value)) return "value";
    const other = slot === "infringer" ? said.slots.product : said.slots.infringer;
    const spoken: (Span | undefined)[] = [
      ...said.numbers,
      ...said.phones,
      said.slots.contactName,
      said.slots.link,
      other !== undefined && data().weakRules.has(other.rule) ? undefined : other,
    ];
    if (spoken.some((one) => one !== undefined && overlaps(one, read))) return "rules";
    if (read.value === memory.draft?.slots.contactName) return "own";
    if (readers.places(read.value).some((place) => place.end - place.start === read.value.length))
      return "value";
    return slot === "infringer" && isOwn(said.text, read) ? "own" : read;
  };

/** How the value of each slot is checked against its span, by the same readers as the rules use. */
const checks: Record<ModelSlot, Check> = {
  reportType: chosen("reportType", String),
  relation: chosen("relation", String),
  suedAlready: chosen("suedAlready", (value) => value === "true"),
  evidenceCount: chosen("evidenceCount", Number),
  infringer: named("infringer", 30),
  product: named("product", 20),

  remedy(value, span, said) {
    const words = said.text.slice(span.start, span.end);
    const wishes = value.split("、");
    const patterns = wishes.map((wish) => data().supports.remedy.get(wish));
    if (patterns.some((pattern) => pattern === undefined)) return "value";
    if (!patterns.every((pattern) => pattern?.test(words))) return "support";
    return { value: [...new Set(wishes)].join("、"), ...span };
  },

  patentNumber(_, span, said, { readers: { patentNumbers } }) {
    const [number, ...others] = patentNumbers(said.text.slice(span.start, span.end));
    if (number?.valid === undefined || others.length > 0) return "value";
    return { value: number.valid, start: span.start + number.start, end: span.start + number.end };
  },

  county(value, span, said, { readers: { resolvePlaces } }) {
    const { county } = resolvePlaces(said.text.slice(span.start, span.end));
    return county === value ? { value, ...span } : "support";
  },

  market(value, span, said, { readers: { places } }) {
    const words = said.text.slice(span.start, span.end);
    const place = places(words).find(({ market }) => market === value);
    if (place !== undefined) return { value, start: span.start + place.start, end: span.start + place.end };
    // One that the register does not know, by its own name.
    const read = worded(value, span, said);
    if (typeof read === "string") return read;
    const named = read.value.length >= 4 && data().supports.market.test(read.value);
    return named && !data().never.name.test(read.value) ? read : "value";
  },

  platform(value, span, said, { readers: { words } }) {
    const evidence = said.text.slice(span.start, span.end);
    const known = words.platforms.find(
      ({ name, spelling }) => (name === value || spelling === value) && evidence.includes(spelling),
    );
    if (known !== undefined) {
      const start = span.start + evidence.indexOf(known.spelling);
      return { value: known.name, start, end: start + known.spelling.length };
    }
    const read = worded(value, span, said);
    if (typeof read === "string") return read;
    if (read.value.length < 2 || read.value.length > 20 || data().never.platform.test(read.value))
      return "value";
    return data().never.name.test(read.value) ? "value" : read;
  },

  stall(value, span, said) {
    const read = worded(value, span, said);
    if (typeof read === "string") return read;
    return read.value.length <= 20 && data().supports.stall.test(read.value) ? read : "value";
  },

  location(value, span, said, { memory, readers: { resolvePlaces, places } }) {
    const read = worded(value, span, said);
    if (typeof read === "string") return read;
    const clause = clauseBefore(said.text, read.start);
    if (data().never.location.test(clause + read.value) || isOwn(said.text, read)) return "own";
    if (read.value.length < 3 || /[。;；!！?？]/u.test(read.value)) return "value";
    const bare = places(read.value).some(
      (place) => place.end - place.start === read.value.length && place.kind === "area",
    );
    if (bare) return "value";
    const { county } = resolvePlaces(read.value);
    const standing = said.slots.county?.value ?? memory.draft?.slots.county;
    return county !== undefined && standing !== undefined && county !== standing ? "value" : read;
  },

  occurredAt: dated,
  knownSince: dated,
};

function dated(
  value: string,
  span: Span,
  said: Understanding,
  { today }: AdoptionContext,
): Reading | Refusal {
  const date = findDate(said.text.slice(span.start, span.end), today);
  if (date?.value !== value) return "support";
  const start = span.start + date.start;
  const end = span.start + date.end;
  const numbers = [...said.numbers, ...said.phones];
  return numbers.some((one) => overlaps(one, { start, end })) ? "rules" : { value, start, end };
}

/** The clause up to a place of the text. */
const clauseBefore = (text: string, at: number) => /[^，。,;；!！?？]*$/u.exec(text.slice(0, at))?.[0] ?? "";

/** Whether the person speaks of what is theirs, and accuses nobody in the same breath. */
function isOwn(text: string, { start }: Span): boolean {
  const clause = clauseBefore(text, start);
  const own = data().own.exec(clause);
  return own !== null && !data().accuses.test(clause.slice(own.index));
}

/** Whether the words right before or behind take a span back: „不是甲“, „甲说错了“. */
function isDenied(text: string, { start, end }: Span): boolean {
  const { before, behind } = data().denied;
  return before.test(text.slice(Math.max(0, start - 8), start)) || behind.test(text.slice(end, end + 6));
}
