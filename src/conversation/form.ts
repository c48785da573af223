import { concerns, fieldOfSlot, formOf, missingSlots } from "../reports/forms.ts";
import type { SlotName } from "../reports/report.ts";
import type { Draft } from "./state.ts";

/** What to ask for next: the slots, and the text that asks. `null` when all that is required stands. */
export type Question = { asking: SlotName[]; text: string; options: readonly string[] };

/** What the form of a draft does not require, and asks for once. */
export const askedOnce = (draft: Draft): SlotName[] => [
  ...new Set(formOf(draft.kind).questions.flatMap(({ when }) => when.open)),
];

/** What a draft still needs before it can be filed. */
export const missingOf = ({ kind, slots, unknown }: Pick<Draft, "kind" | "slots" | "unknown">): SlotName[] =>
  missingSlots(slots, unknown, kind);

/**
 * The next question of a draft: the first of its form's (`data/forms/` of reports) whose conditions hold, in
 * the order of API.md: kind → firm or place → goods and number → evidence → contact.
 *
 * What is not required is asked once, and only while something required is still open, so that it never blocks.
 */
export function nextQuestion(draft: Draft, counties: readonly string[] = []): Question | null {
  const missing = missingOf(draft);
  if (missing.length === 0) return null;
  const fits = formOf(draft.kind).questions.filter(
    ({ when }) =>
      (when.missing === undefined || missing.includes(when.missing)) &&
      when.open.every((name) => isOpen(draft, name) && !(name in draft.invalid)) &&
      when.known.every((name) => draft.slots[name] !== undefined) &&
      when.unknown.every((name) => draft.unknown.includes(name)) &&
      !when.notUnknown.some((name) => draft.unknown.includes(name)) &&
      when.invalid.every((name) => name in draft.invalid) &&
      (when.rightUnclear === undefined || draft.rightUnclear),
  );
  // Between which places the person is to choose was just said: the answer comes before anything else.
  const chooses = draft.countyChoices.length > 0 && missing.includes("county");
  const found = (chooses ? fits.find(({ asking }) => asking.includes("county")) : undefined) ?? fits[0];
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
export const optionalOpen = (draft: Draft): SlotName[] =>
  formOf(draft.kind).offered.filter((name) => isOpen(draft, name));

/** Whether a slot is neither there, nor unknown, nor asked for already, and of the draft's matter. */
function isOpen(draft: Draft, name: SlotName): boolean {
  const field = fieldOfSlot(formOf(draft.kind), name);
  return (
    field !== undefined &&
    concerns(field, draft.slots.reportType) &&
    draft.slots[name] === undefined &&
    !draft.unknown.includes(name) &&
    !draft.asked.includes(name) &&
    (name !== "patentNumber" || draft.printedNumber === null)
  );
}
