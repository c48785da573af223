import { merge } from "../fill.ts";
import { phrase } from "../say.ts";
import { emptyMemory } from "../state.ts";
import type { Understanding } from "../understanding/understanding.ts";
import { askWithdrawal } from "./filed.ts";
import { proceed } from "./proceed.ts";
import type { Turn } from "./turn.ts";

/** Asks whether to cancel the draft; without one, which filed report to withdraw. */
export function askCancel(turn: Turn): void {
  const { draft } = turn.memory;
  if (draft === null) {
    if (turn.memory.filed.length > 0) askWithdrawal(turn);
    else turn.parts.push(phrase("cancel.nothing"));
    return;
  }
  draft.cancelAsked = true;
  turn.parts.push(phrase("cancel.ask"));
  turn.options = ["cancel:yes", "cancel:no"];
  turn.state = draft.phase;
}

/** Whether what sounds given up is only a part of it, or changed: the report itself goes on. */
export function keepsOn({ memory, wasConfirming }: Turn, { text, slots, requests }: Understanding): boolean {
  // „算了，举报南皮的恒通五金，…“ goes on with another.
  const another =
    /^(?:那|唉|哎)?(?:就)?算了[，,。\s].*(?:举报|投诉)/u.test(text) && slots.infringer !== undefined;
  // „那专利不告了，改成告他商标侵权“
  const changed = slots.reportType?.rule === "matter.named" && /改(?:成|为)?(?:报|告|举报|投诉)/u.test(text);
  // „拉倒吧 还是匿名 电话别记了“
  const unnamed = slots.anonymous?.value === true && /匿名|(?:名字?|电话)别(?:记|留|写)/u.test(text);
  // „没找着 这个不填了“
  const skips = requests.asksToSkip && (memory.draft?.asking.length ?? 0) > 0 && !wasConfirming;
  return another || changed || unnamed || skips;
}

/** The second step of cancelling. Returns false if the message was about something else. */
export function settleCancel(turn: Turn, said: Understanding): boolean {
  const { draft } = turn.memory;
  if (draft === null) return false;
  if (
    said.signals.deny ||
    said.signals.submit ||
    said.intents.includes("resume") ||
    /(?:继续|接着|(?:不|别|甭)(?:要|用|想)?取消|还是报|(?<!不)要报)/u.test(said.text)
  ) {
    turn.parts.push(phrase("cancel.kept"));
    // „别取消，我是说不留电话“ tells something besides.
    merge(turn.notes, draft, said);
    proceed(turn, said, { submit: said.signals.submit });
    return true;
  }
  if (
    said.signals.agreed ||
    (said.signals.confirm &&
      !said.signals.reserved &&
      /取消|删|撤|不(?:举)?报|不要|不(?:弄|填|搞)|算了/u.test(said.text)) ||
    said.intents.includes("cancel") ||
    /确定取消|取消吧|(?:删|撤)(?:了|掉)|^撤吧?[。！!]*$/u.test(said.text)
  ) {
    erase(turn);
    return true;
  }
  return false;
}

/** Ends the draft. */
export function erase(turn: Turn): void {
  // Nothing of what was said stays, but which reports are this person's.
  const { filed, lastAt } = turn.memory;
  Object.assign(turn.memory, structuredClone(emptyMemory), { filed, lastAt });
  turn.state = "cancelled";
  turn.parts.push(phrase("cancel.done"));
  turn.intents.push("cancel");
}
