import { merge, newNotes } from "../../../src/conversation/fill.ts";
import { nextQuestion } from "../../../src/conversation/form.ts";
import { newDraft } from "../../../src/conversation/state.ts";
import type { Tagger } from "../../../src/conversation/understanding/learned/tagger.ts";
import { createReaders } from "../../../src/conversation/understanding/readers.ts";
import { understand } from "../../../src/conversation/understanding/understand.ts";
import { createGazetteer } from "../../../src/regions/gazetteer.ts";
import type { SlotName } from "../../../src/reports/report.ts";
import type { Labelled } from "./labelled.ts";
import type { Reading } from "./score.ts";

/** The day that relative dates of the labels count from, in Cangzhou. */
const messageDay = "2026-11-26";

/** What the form asks for in one question: a label names one slot of it. */
const askedTogether: readonly (readonly SlotName[])[] = [
  ["infringer", "location", "platform"],
  ["contactName", "contactPhone", "anonymous"],
];

/** Reads sentences as the service does: the real understanding, put into a draft that waits for `pending`. */
export function createReading(tag?: Tagger): (sentence: Pick<Labelled, "text" | "pending">) => Reading {
  const readers = createReaders({
    gazetteer: createGazetteer(),
    presentYear: () => 2026,
    ...(tag === undefined ? {} : { tag }),
  });
  return ({ text, pending }) => {
    const draft = newDraft();
    if (pending !== undefined)
      draft.asking = [...(askedTogether.find((slots) => slots[0] === pending) ?? [pending])];
    const expectation = { asking: draft.asking, drafting: pending !== undefined, confirming: false };
    const said = understand(text, expectation, messageDay, readers);
    // A question that names nobody, no goods and no number, and reports nothing, opens no draft (policy/idle.ts).
    const { infringer, product, patentNumber, relation } = said.slots;
    const bare = [infringer, product, patentNumber, relation].every((found) => found === undefined);
    const asks =
      pending === undefined && said.question !== undefined && bare && !said.intents.includes("report");
    if (asks) return { slots: {}, asksCounty: true };
    merge(newNotes(), draft, said);
    const { slots } = draft;
    const next = nextQuestion({ ...draft, slots: { reportType: "其他", infringer: "某厂", ...slots } });
    return { slots, asksCounty: next?.asking.includes("county") ?? false };
  };
}
