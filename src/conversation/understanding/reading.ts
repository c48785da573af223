import type { SlotName, Slots } from "../../reports/report.ts";
import type { Lexicon } from "./lexicon.ts";
import type { Clause, Found, Span } from "./spans.ts";
import type { Expectation, FoundSlots, NumberReading, PhoneReading, Readers } from "./understanding.ts";

/**
 * A message while it is read. Each step of understanding looks at it and adds to `slots`; what only some steps tell
 * each other, they hand on themselves.
 */
export type Reading = {
  /** The folded text, without what was taken back at once and what would command the machine. */
  readonly text: string;
  /** The same without what others did, letter for letter. */
  readonly own: string;
  readonly clauses: readonly Clause[];
  /** Whether something in it would command the machine. */
  readonly injected: boolean;
  /** Whether it only supposes something, or asks what the desk handles. */
  readonly general: boolean;
  readonly expectation: Expectation;
  /** The date of the message in Asia/Shanghai, `YYYY-MM-DD`. */
  readonly today: string;
  readonly readers: Readers;
  readonly words: Lexicon;
  /** Every patent number that is written, those that are taken back, too. */
  readonly written: readonly NumberReading[];
  /** The patent numbers that stand. */
  readonly numbers: NumberReading[];
  /** The person's own telephones. */
  readonly phones: PhoneReading[];
  /** Where numbers, telephones and a link stand. */
  readonly figures: readonly Span[];
  /** Where nothing else may be read: `figures`, and the person's name once it is known. */
  readonly taken: Span[];
  /** What was found so far. */
  readonly slots: FoundSlots;
};

/** Puts what was found into its slot, unless nothing was or the slot is filled: of two steps the first one counts. */
export function put<K extends SlotName>(
  slots: FoundSlots,
  name: K,
  found: Found<NonNullable<Slots[K]>> | undefined,
): void {
  if (found !== undefined && slots[name] === undefined) {
    (slots as Record<string, unknown>)[name] = found;
  }
}
