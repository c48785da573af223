import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { adopt, type ModelSlot, modelSlots } from "../../src/conversation/proposals/proposal.ts";
import { emptyMemory } from "../../src/conversation/state.ts";
import { createReaders } from "../../src/conversation/understanding/readers.ts";
import { understand } from "../../src/conversation/understanding/understand.ts";
import { redactReversibly } from "../../src/llm/redact.ts";
import { createGazetteer } from "../../src/regions/gazetteer.ts";
import { relations, reportTypes } from "../../src/reports/report.ts";
import { fold } from "../../src/text/fold.ts";

/** A label: a value, or any of several; `null` is none. */
type Label = string | number | boolean | null | { any: (string | number | null)[] };
type Row = { text: string; slots: Partial<Record<ModelSlot, Label>> };

const rows = readFileSync(join(import.meta.dirname, "slots/development.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Row);
const readers = createReaders({ gazetteer: createGazetteer(), presentYear: () => 2026 });
const today = "2026-11-26";

/** A text as if the rules had read none of its slots: what is measured must not hang on how much they read. */
function hear(text: string) {
  const read = understand(text, { asking: [], drafting: false, confirming: false }, today, readers);
  const said = { ...read, slots: {} };
  const redacted = redactReversibly(fold(said.text));
  return {
    said,
    redacted,
    propose: (slots: { slot: ModelSlot; value: string; evidence: string }[]) =>
      adopt(said, { intents: [], slots, malformed: 0 }, { memory: emptyMemory, readers, today, redacted }),
  };
}
const valuesOf = (label: Label | undefined): string[] =>
  label === undefined || label === null
    ? []
    : typeof label === "object"
      ? label.any.flatMap((value) => (value === null ? [] : [String(value)]))
      : [String(label)];

test("of what a model that is always right proposes, more than eight in ten enter", () => {
  const refused: string[] = [];
  let taken = 0;
  for (const { text, slots } of rows) {
    const { redacted, propose } = hear(text);
    const clauses = redacted.text.split(/(?<=[，。,;！!？?])/u);
    const items = modelSlots.flatMap((slot) => {
      const [value] = valuesOf(slots[slot]);
      if (value === undefined) return [];
      return [{ slot, value, evidence: clauses.find((clause) => clause.includes(value)) ?? redacted.text }];
    });
    const adopted = propose(items);
    taken += adopted.taken.length;
    for (const { item, reason } of adopted.refused)
      if (reason !== "rules") refused.push(`${item} ${reason}: ${text}`);
  }

  expect(taken).toBeGreaterThan(300);
  expect(taken / (taken + refused.length), refused.join("\n")).toBeGreaterThan(0.85);
});

test("of wrong matters and relations with the whole text as their span, one in twenty enters at most", () => {
  let tried = 0;
  let entered = 0;
  for (const { text, slots } of rows) {
    const { redacted, propose } = hear(text);
    for (const [slot, values] of [
      ["reportType", reportTypes],
      ["relation", relations],
    ] as const) {
      for (const value of values) {
        if (valuesOf(slots[slot]).includes(value)) continue;
        tried += 1;
        entered += propose([{ slot, value, evidence: redacted.text }]).taken.length;
      }
    }
  }

  expect(tried).toBeGreaterThan(2_000);
  expect(entered / tried).toBeLessThan(0.05);
});
