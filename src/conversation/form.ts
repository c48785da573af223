import { concerns, fieldOfSlot, formOf, missingSlots } from "../reports/forms.ts";
import type { SlotName } from "../reports/report.ts";
import type { Draft } from "./state.ts";

/** What to ask for next: the slots, and the text that asks. `null` when all that is required stands. */
export type Question = { asking: SlotName[]; text: string; options: readonly string[] };

const form = formOf("report");

/** What is not required, and asked for once. */
export const askedOnce: readonly SlotName[] = [...new Set(form.questions.flatMap(({ when }) => when.open))];

/**
 * The next question of a draft: the first of the form's (`forms/report.json` of reports) whose conditions hold, in
 * the order of API.md: kind → firm or place → goods and number → evidence → contact.
 *
 * What is not required is asked once, and only while something required is still open, so that it never blocks.
 */
export function nextQuestion(draft: Draft, counties: readonly string[] = []): Question | null {
  const missing = missingSlots(draft.slots, draft.unknown);
  if (missing.length === 0) return null;
  const found = form.questions.find(
    ({ when }) =>
      (when.missing === undefined || missing.includes(when.missing)) &&
      when.open.every((name) => isOpen(draft, name) && !(name in draft.invalid)) &&
      when.known.every((name) => draft.slots[name] !== undefined) &&
      when.unknown.every((name) => draft.unknown.includes(name)) &&
      !when.notUnknown.some((name) => draft.unknown.includes(name)) &&
      when.invalid.every((name) => name in draft.invalid) &&
      (when.rightUnclear === undefined || draft.rightUnclear),
  );
  if (found === undefined) throw new Error(`The form asks nothing about ${missing.join(", ")}.`);
  const choices = (draft.countyChoices.length > 0 ? draft.countyChoices : counties).map(
    (name) => `county:${name}`,
  );
  return {
    asking: [...found.asking],
    text: found.text,
    options: found.options.flatMap((option) => (option === "county:*" ? choices : [option])),
  };
}

/** What could still be added to a report that is ready to file. */
export const optionalOpen = (draft: Draft): SlotName[] => form.offered.filter((name) => isOpen(draft, name));

/** Whether a slot is neither there, nor unknown, nor asked for already, and of the draft's matter. */
function isOpen(draft: Draft, name: SlotName): boolean {
  const field = fieldOfSlot(form, name);
  return (
    field !== undefined &&
    concerns(field, draft.slots.reportType) &&
    draft.slots[name] === undefined &&
    !draft.unknown.includes(name) &&
    !draft.asked.includes(name) &&
    (name !== "patentNumber" || draft.printedNumber === null)
  );
}
