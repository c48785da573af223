import type { Heard } from "../decision.ts";
import { setSlot } from "../fill.ts";
import { phrase } from "../say.ts";
import { type Draft, newDraft } from "../state.ts";
import type { Understanding } from "../understanding/understanding.ts";
import { proceed } from "./proceed.ts";
import type { Turn } from "./turn.ts";

/** A picture is evidence of the draft or of what was filed last; without either it opens a report. */
export function takeImage(turn: Turn, heard: Extract<Heard, { kind: "image" }>): void {
  const { draft } = turn.memory;
  const last = turn.memory.filed.at(-1);
  if (draft === null && last !== undefined) {
    turn.intents = ["supplement"];
    turn.effects.push({
      kind: "supplement",
      reportNo: last,
      text: heard.said?.narrative,
      evidenceIds: [heard.evidenceId],
    });
    return;
  }
  if (turn.around.group && draft === null) {
    turn.parts.push(phrase("group.private"));
    return;
  }
  if (!turn.around.intake) {
    turn.parts.push(phrase("intakeOff"));
    return;
  }
  turn.intents = ["provide_info"];
  const current = draft ?? newDraft();
  if (draft === null) {
    turn.memory.draft = current;
    turn.intents.push("report");
    turn.parts.push(phrase("notice"));
  }
  if (!current.evidenceIds.includes(heard.evidenceId)) current.evidenceIds.push(heard.evidenceId);
  current.slots.evidenceCount = current.evidenceIds.length;
  turn.notes.gained += 1;
  turn.parts.push(phrase("evidence.got", { count: current.evidenceIds.length }));
  takeOcr(turn, current, heard.shown);
  proceed(turn, heard.said, { again: false });
}

/** What a picture shows is a proposal: it waits for a yes, and is never an instruction. */
function takeOcr(turn: Turn, draft: Draft, shown: Understanding | undefined): void {
  if (shown === undefined || draft.slots.patentNumber !== undefined || draft.proposedNumber !== null) return;
  const number = shown.numbers.find((one) => one.valid !== undefined);
  if (number?.valid === undefined || "patentNumber" in draft.invalid) return;
  draft.proposedNumber = { number: number.valid, from: "picture" };
  turn.trace.push({ rule: "ocr.patentNumber", slot: "patentNumber", text: number.text });
}

/** A place that was sent from the map: it waits for a yes before it is the county of the matter. */
export function takeLocation(turn: Turn, heard: Extract<Heard, { kind: "location" }>): void {
  turn.intents = ["provide_info"];
  const { draft } = turn.memory;
  if (draft === null) {
    turn.parts.push(phrase("confirm.nothing"));
    return;
  }
  if (heard.label !== undefined)
    setSlot(turn.notes, draft, "location", heard.label.slice(0, 200), true, "location.shared", "");
  if (draft.slots.county === undefined && heard.county !== undefined) {
    draft.countyChoices = [heard.county];
    turn.parts.push(heard.reason);
    turn.notes.gained += 1;
  }
  proceed(turn);
}
