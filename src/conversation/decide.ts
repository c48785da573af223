import type { Decision, Heard, Surroundings } from "./decision.ts";
import { askCancel, keepsOn, settleCancel } from "./policy/cancel.ts";
import { takeChoice } from "./policy/choices.ts";
import { takeDraftText } from "./policy/draft.ts";
import { settleCode, settleWithdrawal } from "./policy/filed.ts";
import { takeGroupText } from "./policy/group.ts";
import { handOff, reportThreat } from "./policy/handoff.ts";
import { takeIdleText } from "./policy/idle.ts";
import { takeOfForm } from "./policy/of-the-form.ts";
import { takeImage, takeLocation } from "./policy/pictures.ts";
import { proceed } from "./policy/proceed.ts";
import { answer } from "./policy/questions.ts";
import { goesOnOfLaw } from "./policy/talk-of-law.ts";
import { decisionOf, newTurn, type Turn } from "./policy/turn.ts";
import { isOfDesk, phrase, recap } from "./say.ts";
import type { Memory } from "./state.ts";
import type { Understanding } from "./understanding/understanding.ts";

/** After how long a silence a draft is told once more. */
const recapAfterMs = 30 * 60 * 1000;

/**
 * Decides one turn. Pure: the same memory, message and surroundings give the same decision.
 *
 * Only an explicit yes to a summary that was shown leads to `file`.
 */
export function decide(before: Memory, heard: Heard, around: Surroundings): Decision {
  const turn = newTurn(before, around);
  take(turn, heard);
  return decisionOf(turn);
}

function take(turn: Turn, heard: Heard): void {
  welcomeBack(turn);
  // Whether to cancel is settled by this message or by none: a later yes is about what is asked then.
  if (turn.memory.draft !== null) turn.memory.draft.cancelAsked = false;
  switch (heard.kind) {
    case "text":
      takeText(turn, heard.said);
      return;
    case "image":
      takeImage(turn, heard);
      return;
    case "location":
      takeLocation(turn, heard);
      return;
    case "choice":
      takeChoice(turn, heard.id);
      return;
  }
}

/** Who comes back after a while is told what stands so far. */
function welcomeBack(turn: Turn): void {
  const { draft, lastAt } = turn.memory;
  if (draft === null || lastAt === null) return;
  if (turn.around.now.getTime() - new Date(lastAt).getTime() < recapAfterMs) return;
  const summary = recap(draft);
  if (summary !== "") turn.parts.push(phrase("recap", { summary }));
  turn.returned = true;
  turn.trace.push({ rule: "recap" });
}

function takeText(turn: Turn, heard: Understanding): void {
  // „你这是官方的吗 别是骗子“ asks, and calls nobody names; „给我打电话不“ asks for nobody.
  const said = isOfDesk(heard.text)
    ? { ...heard, intents: heard.intents.filter((intent) => intent !== "abuse" && intent !== "handoff") }
    : heard;
  turn.intents = [...said.intents];
  noteActs(turn, said);
  noteRepeated(turn, said);
  if (turn.around.group) takeGroupText(turn, said);
  else if (said.intents.includes("injection")) takeInjection(turn, said);
  else takeServed(turn, said);
}

/** What the message is learned to do. */
function noteActs(turn: Turn, said: Understanding): void {
  for (const { act, probability } of said.acts)
    turn.trace.push({ rule: `act.${act}(${probability.toFixed(2)})`, text: said.text });
  turn.offTopic = said.acts.some(({ act }) => act === "oos");
}

/** How often in a row the same message came. */
function noteRepeated(turn: Turn, said: Understanding): void {
  const { repeated } = turn.memory;
  turn.memory.repeated = {
    text: said.text.slice(0, 200),
    times: said.text.slice(0, 200) === repeated.text ? repeated.times + 1 : 1,
  };
}

/** A message that commands the machine: what it surely tells beside that is taken. */
function takeInjection(turn: Turn, said: Understanding): void {
  turn.trace.push({ rule: "injection" });
  turn.parts.push(phrase("injection"));
  const { reportType, infringer, county, patentNumber, contactPhone } = said.slots;
  // A clause that stands alone in such a message is rather part of the trick than a name.
  const sure = (found: { rule: string } | undefined) => found !== undefined && !found.rule.endsWith(".bare");
  if (![reportType, infringer, county, patentNumber, contactPhone].some(sure)) {
    proceed(turn, said, { again: true });
    return;
  }
  const slots = Object.fromEntries(Object.entries(said.slots).filter(([, found]) => sure(found)));
  takeServed(turn, { ...said, slots });
}

/** What the law says of those who report, in plain words. */
const reportersKept = "举报人的信息要保密吗";

/** A message that commands nothing, or what is left of it without that. */
function takeServed(turn: Turn, said: Understanding): void {
  if (takeOfForm(turn, said)) return;
  if (goesOnOfLaw(turn, said)) {
    turn.trace.push({ rule: "asksOn", text: said.text });
    turn.intents = ["qa"];
    turn.offTopic = false;
    answer(turn, said.text);
    if (turn.memory.draft !== null) proceed(turn, said, { again: true });
    return;
  }
  if (said.intents.includes("threat")) reportThreat(turn, said);
  if (said.requests.whoReported) {
    turn.trace.push({ rule: "whoReported" });
    turn.parts.push(phrase("whoReported"));
    turn.citations.push(...turn.around.ask(reportersKept, null).citations);
    proceed(turn, said, { again: true });
    return;
  }
  if (settleCode(turn, said)) return;
  if (turn.cancelAsked && settleCancel(turn, said)) return;
  if (turn.memory.withdrawing !== null && settleWithdrawal(turn, said)) return;
  const kept = keepsOn(turn, said);
  if (kept) turn.intents = turn.intents.filter((intent) => intent !== "cancel");
  if (said.intents.includes("cancel") && !kept && !(said.signals.withdraw && turn.memory.draft === null)) {
    askCancel(turn);
    return;
  }
  if (said.intents.includes("handoff") && !said.intents.includes("threat")) handOff(turn);
  if (said.requests.cannotRead && !said.signals.numberUnknown && !turn.memory.speaks) {
    turn.memory.speaks = true;
    turn.parts.push(phrase("speaks"));
  }
  if (turn.memory.draft === null) takeIdleText(turn, said);
  else takeDraftText(turn, said, turn.memory.draft);
}
