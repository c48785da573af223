import { type CountyName, countyNames, type ReportType, reportTypes } from "../../reports/report.ts";
import { setSlot } from "../fill.ts";
import { phrase } from "../say.ts";
import type { Draft } from "../state.ts";
import { beginAid } from "./aid.ts";
import { beginReport } from "./begin.ts";
import { erase } from "./cancel.ts";
import { askWithdrawal, settleNotices } from "./filed.ts";
import { fileDraft, proceed } from "./proceed.ts";
import type { Turn } from "./turn.ts";

/** An option that was tapped. One of an earlier message may be tapped at any time. */
export function takeChoice(turn: Turn, id: string): void {
  const { draft } = turn.memory;
  const [name = "", value = ""] = id.split(":");
  turn.intents = ["provide_info"];
  if (turn.around.group) {
    turn.parts.push(phrase("group.private"));
    return;
  }
  if (name === "withdrawal" && turn.memory.filed.includes(value)) {
    turn.intents = ["cancel"];
    askWithdrawal(turn, value);
    return;
  }
  if (name === "rating" && /^[1-5]$/.test(value)) {
    const reportNo = turn.memory.filed.at(-1);
    turn.intents = ["provide_info"];
    if (reportNo === undefined) turn.parts.push(phrase("rate.none"));
    else turn.effects.push({ kind: "rate", reportNo, score: Number(value), comment: "" });
    return;
  }
  if (id === "aid") {
    turn.intents = [];
    if (draft === null) beginAid(turn, undefined);
    else proceed(turn);
    return;
  }
  if (id === "report") {
    turn.intents = ["report"];
    if (draft !== null) proceed(turn);
    else if (turn.around.group) turn.parts.push(phrase("group.private"));
    else beginReport(turn, undefined);
    return;
  }
  if (id === "ask") {
    turn.intents = ["greet"];
    turn.parts.push(phrase("greet"));
    return;
  }
  if (id === "handoff") {
    turn.intents = ["handoff"];
    turn.effects.push({ kind: "handoff", reason: "asked" });
    proceed(turn, undefined, { again: true });
    return;
  }
  if (name === "notices" && settleNotices(turn, value === "yes")) return;
  if (name === "withdraw") {
    const reportNo = turn.memory.withdrawing;
    turn.memory.withdrawing = null;
    turn.intents = [value === "yes" ? "confirm" : "deny"];
    if (reportNo === null) turn.parts.push(phrase("confirm.nothing"));
    else if (value === "yes") turn.effects.push({ kind: "withdraw", reportNo });
    else turn.parts.push(phrase("withdraw.kept", { reportNo }));
    return;
  }
  if (draft === null) {
    const last = turn.memory.filed.at(-1);
    turn.intents = id === "confirm" ? ["confirm"] : ["chitchat"];
    turn.parts.push(
      last === undefined ? phrase("confirm.nothing") : phrase("filed.already", { reportNo: last }),
    );
    return;
  }
  takeDraftChoice(turn, draft, id, name, value);
}

function takeDraftChoice(turn: Turn, draft: Draft, id: string, name: string, value: string): void {
  switch (name) {
    case "confirm":
      turn.intents = ["confirm"];
      if (turn.wasConfirming) fileDraft(turn, draft);
      else proceed(turn, undefined, { submit: true });
      return;
    case "edit":
      turn.intents = ["deny"];
      turn.parts.push(phrase("ask.change"));
      turn.state = draft.phase;
      return;
    case "cancel":
      if (value === "yes") erase(turn);
      else {
        turn.intents = ["resume"];
        turn.parts.push(phrase("cancel.kept"));
        proceed(turn);
      }
      return;
    case "skip":
      for (const slot of draft.asking)
        if (!draft.unknown.includes(slot) && slot !== "reportType") draft.unknown.push(slot);
      draft.unknown = draft.unknown.filter((slot) => slot !== "county" && slot !== "contactPhone");
      proceed(turn);
      return;
    case "anonymous":
      setSlot(turn.notes, draft, "anonymous", value === "true", true, "choice", id);
      if (value === "true") {
        delete draft.slots.contactName;
        delete draft.slots.contactPhone;
        delete draft.invalid["contactPhone"];
      }
      break;
    case "evidence":
      if (draft.evidenceIds.length === 0) setSlot(turn.notes, draft, "evidenceCount", 0, true, "choice", id);
      break;
    case "number":
      if (value === "yes" && draft.proposedNumber !== null) {
        setSlot(turn.notes, draft, "patentNumber", draft.proposedNumber.number, true, "choice", id);
      } else if (value === "printed" && draft.wrongNumber !== null) {
        draft.printedNumber = draft.wrongNumber;
        turn.parts.push(phrase("number.printed"));
      } else draft.proposedNumber = null;
      break;
    case "county":
      if (value === "unknown") {
        if (!draft.unknown.includes("county")) draft.unknown.push("county");
        draft.countyChoices = [];
      } else if ((countyNames as readonly string[]).includes(value)) {
        setSlot(turn.notes, draft, "county", value as CountyName, true, "choice", id);
      }
      break;
    case "reportType":
      if ((reportTypes as readonly string[]).includes(value)) {
        setSlot(turn.notes, draft, "reportType", value as ReportType, true, "choice", id);
      }
      break;
    default:
      turn.parts.push(phrase("notUnderstood"));
  }
  proceed(turn);
}
