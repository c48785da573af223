import type { SlotName, Slots } from "../../../src/reports/report.ts";
import { normalised } from "../dialogue-runner/normalise.ts";
import { type Label, type Labelled, measuredSlots } from "./labelled.ts";

/** What the service made of a sentence. */
export type Reading = {
  slots: Slots;
  /** Whether the county is asked for next, once everything before it stands. */
  asksCounty: boolean;
};

/** Names and places are compared by their span: a longer or shorter cut of the same words counts. */
const spanSlots: ReadonlySet<SlotName> = new Set([
  "infringer",
  "product",
  "location",
  "market",
  "stall",
  "platform",
  "contactName",
]);

/** One thing that is not as it is labelled. */
export type Miss = {
  id: string;
  text: string;
  slot: SlotName;
  kind: "wrong" | "missed" | "invented";
  wanted?: string;
  came?: string;
  /** The slot in which the wanted value turned up instead. */
  wentTo?: SlotName;
};

export type Counts = { right: number; wrong: number; missed: number; invented: number };

export type Score = {
  sentences: number;
  bySlot: Map<SlotName, Counts>;
  misses: Miss[];
  county: { right: number; determinable: number };
  ask: { asked: number; ambiguous: number };
};

/** Compares what the service read of each sentence with its labels. */
export function score(sentences: readonly Labelled[], read: (sentence: Labelled) => Reading): Score {
  const bySlot = new Map<SlotName, Counts>(
    measuredSlots.map((slot) => [slot, { right: 0, wrong: 0, missed: 0, invented: 0 }]),
  );
  const misses: Miss[] = [];
  const county = { right: 0, determinable: 0 };
  const ask = { asked: 0, ambiguous: 0 };
  for (const sentence of sentences) {
    const { slots, asksCounty } = read(sentence);
    if (sentence.countyAsk === true) {
      ask.ambiguous += 1;
      if (slots.county === undefined && asksCounty) ask.asked += 1;
    }
    if (sentence.slots.county !== undefined) {
      county.determinable += 1;
      if (matches("county", sentence.slots.county, slots.county)) county.right += 1;
    }
    for (const slot of measuredSlots) {
      if (sentence.lenient?.includes(slot) === true) continue;
      const kind = compareSlot(slot, sentence, slots);
      if (kind === undefined) continue;
      const counts = bySlot.get(slot);
      if (counts !== undefined) counts[kind] += 1;
      if (kind !== "right") misses.push(missOf(sentence, slots, slot, kind));
    }
  }
  return { sentences: sentences.length, bySlot, misses, county, ask };
}

function compareSlot(slot: SlotName, sentence: Labelled, slots: Slots): keyof Counts | undefined {
  const label = sentence.slots[slot];
  const value = slots[slot];
  if (label === undefined) {
    if (value === undefined) return undefined;
    // Who leaves a name or a number is not anonymous: labels do not say so.
    const follows = slots.contactName !== undefined || slots.contactPhone !== undefined;
    if (slot === "anonymous" && value === false && follows) return undefined;
    // A market is a place, too: labels name it as the market alone.
    const { market } = sentence.slots;
    if (slot === "location" && market !== undefined && isWithin(market, normalised(value))) return undefined;
    return "invented";
  }
  if (value === undefined) return accepted(label).includes(null) ? undefined : "missed";
  return matches(slot, label, value) ? "right" : "wrong";
}

/** Whether a value is the one that a label names. */
export function matches(slot: SlotName, label: Label, value: Slots[SlotName]): boolean {
  if (value === undefined) return accepted(label).includes(null);
  const came = normalised(value);
  const wanted = accepted(label).flatMap((one) => (one === null ? [] : [normalised(one)]));
  // Several remedies may be asked for; each of them is labelled or one of what is accepted.
  if (slot === "remedy") return came.split("、").every((one) => wanted.some((all) => all.includes(one)));
  if (!spanSlots.has(slot)) return wanted.includes(came);
  return wanted.some((one) => sameSpan(one, came));
}

/** Whether two spans name the same: equal, or one in the other and at least half as long. */
function sameSpan(one: string, other: string): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  return long.includes(short) && short.length * 2 >= long.length;
}

const isWithin = (label: Label, value: string) =>
  accepted(label).some((one) => one !== null && value.includes(normalised(one)));

const accepted = (label: Label): readonly (string | boolean | null)[] =>
  typeof label === "object" ? label.any : [label];

function missOf(sentence: Labelled, slots: Slots, slot: SlotName, kind: Miss["kind"]): Miss {
  const { id, text } = sentence;
  const label = sentence.slots[slot];
  const value = slots[slot];
  const miss: Miss = { id, text, slot, kind };
  if (label !== undefined) miss.wanted = accepted(label).join(" / ");
  if (value !== undefined) miss.came = String(value);
  if (label === undefined || kind === "invented") return miss;
  const wentTo = measuredSlots.find(
    (other) =>
      other !== slot &&
      spanSlots.has(other) &&
      slots[other] !== undefined &&
      !(sentence.slots[other] !== undefined && matches(other, sentence.slots[other], slots[other])) &&
      matches(other, label, slots[other]),
  );
  if (wentTo !== undefined) miss.wentTo = wentTo;
  return miss;
}

/** Precision, recall and F1 of some counts; 1 where there was nothing to find and nothing was found. */
export function rates({ right, wrong, missed, invented }: Counts) {
  const found = right + wrong + invented;
  const labelled = right + wrong + missed;
  const precision = found === 0 ? 1 : right / found;
  const recall = labelled === 0 ? 1 : right / labelled;
  const f1 = precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
  return { precision, recall, f1 };
}

/** The counts of all slots together: F1 of these is the micro average. */
export function total(score: Score): Counts {
  const sum: Counts = { right: 0, wrong: 0, missed: 0, invented: 0 };
  for (const counts of score.bySlot.values()) {
    for (const kind of ["right", "wrong", "missed", "invented"] as const) sum[kind] += counts[kind];
  }
  return sum;
}
