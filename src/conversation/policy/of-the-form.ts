import type { SlotName } from "../../reports/report.ts";
import { hasPhrase, isOfDesk, phrase, serviceAnswer, summaryLines } from "../say.ts";
import type { Draft } from "../state.ts";
import type { Understanding } from "../understanding/understanding.ts";
import { askCancel } from "./cancel.ts";
import { proceed } from "./proceed.ts";
import type { Turn } from "./turn.ts";

/**
 * What is said of the form itself: why something is asked, what it means, that it was told already. Returns whether the
 * message needs nothing more.
 */
export function takeOfForm(turn: Turn, said: Understanding): boolean {
  const { draft } = turn.memory;
  // What was asked first is settled first.
  if (turn.cancelAsked || turn.memory.withdrawing !== null || turn.memory.awaitsCode !== null) return false;
  if (Object.keys(said.slots).length > 0 || said.numbers.length > 0 || said.phones.length > 0) return false;
  return draft === null ? takeOfNothing(turn, said) : takeOfDraft(turn, said, draft);
}

/** Where no form is open. */
function takeOfNothing(turn: Turn, { requests, text }: Understanding): boolean {
  if (requests.startsOver && !/[报填]/u.test(text)) {
    // What was filed is not touched by it.
    say(turn, phrase("cancel.nothing"));
    turn.options = ["report"];
  } else if (requests.plainer) say(turn, phrase("plainer.idle"));
  else if (requests.whyAsked && slotNamed(text) === "contactPhone") say(turn, phrase("why.contact"));
  else if (requests.needsHelp || requests.goesBack) {
    say(turn, serviceAnswer("你能干啥") ?? "");
    turn.options = ["report", "ask"];
  } else if (requests.asksToSkip || requests.saidAlready || requests.sentAlready || requests.saysNothing)
    say(turn, phrase("confirm.heard"));
  else return false;
  turn.trace.push({ rule: "ofNothing", text });
  return true;
}

function takeOfDraft(turn: Turn, said: Understanding, draft: Draft): boolean {
  const { requests, text } = said;
  if (requests.startsOver) {
    turn.intents.push("cancel");
    askCancel(turn);
  } else if (requests.goesBack) {
    say(turn, phrase("goesBack", { lines: summaryLines(draft).join("\n") }));
    turn.state = draft.phase;
  } else if (turn.wasConfirming && ofSummary(said)) {
    say(turn, phrase("plainer.confirming"));
    turn.state = "confirming";
    turn.options = ["confirm", "edit"];
  } else if (!turn.wasConfirming && requests.plainer && !requests.showsDraft) {
    say(turn, phrase("plainer"));
    proceed(turn, said, { again: true, plain: true });
  } else if (draft.asking.includes("evidenceCount") && (requests.hasPicture || requests.keepsGoods)) {
    // What is there is waited for, and may come now or later.
    say(turn, phrase(requests.hasPicture ? "evidence.send" : "evidence.keep"));
    turn.state = draft.phase;
    turn.options = ["skip"];
  } else if (
    requests.sentAlready &&
    draft.evidenceIds.length === 0 &&
    (turn.wasConfirming || draft.asking.includes("evidenceCount"))
  ) {
    // Nothing is asked anew: the picture may be on its way.
    say(turn, phrase("sent.none"));
    turn.state = draft.phase;
  } else {
    const told = toldOfForm(turn, said, draft);
    if (told === undefined) return false;
    say(turn, told);
    proceed(turn, said, { again: true });
  }
  turn.trace.push({ rule: "ofTheForm", text });
  return true;
}

/** What is asked or said of the summary as of a question: „什么意思“, „都行“, „不是说了吗“. */
const ofSummary = ({ requests, text }: Understanding): boolean =>
  !requests.showsDraft &&
  (requests.plainer ||
    requests.asksToSkip ||
    (requests.whyAsked && slotNamed(text) === undefined) ||
    (requests.saidAlready && !requests.sentAlready));

/** What is answered before it is asked again what was asked; undefined where the message is of something else. */
function toldOfForm(
  turn: Turn,
  { requests, question, text }: Understanding,
  draft: Draft,
): string | undefined {
  const [asked] = draft.asking;
  if (requests.sentAlready && draft.evidenceIds.length > 0)
    return phrase("sent.got", { count: draft.evidenceIds.length });
  if (requests.needsHelp) return phrase("help.drafting");
  if (draft.slots.patentNumber === undefined && requests.asksWhereNumber)
    return serviceAnswer("专利号在哪看");
  if (!turn.wasConfirming && requests.hasPicture && pictures.test(text)) return phrase("evidence.send");
  // „照片发不过去“ tells, and is answered like a question.
  if (question === undefined && isOfDesk(text)) return serviceAnswer(text);
  const named = requests.whyAsked ? slotNamed(text) : undefined;
  if (named !== undefined) return whyOf(named);
  if (turn.wasConfirming || asked === undefined) return undefined;
  if (draft.asking.includes("county") && requests.ownCounty) return phrase("county.which");
  if (requests.whyAsked) return whyOf(asked);
  if (requests.asksToSkip && whyOf(asked) === phrase("why.contact")) return whyOf(asked);
  return requests.saidAlready ? phrase("saidAlready", { lines: summaryLines(draft).join("\n") }) : undefined;
}

/** „有几张照片“, whatever was asked. */
const pictures = /照片|图|视频|录像|录音|小票|发票|收据|凭证|聊天记录/u;

/** Says it in the place of what the message was taken for. */
function say(turn: Turn, text: string): void {
  turn.intents = turn.intents.filter((intent) => intent !== "oos" && intent !== "provide_info");
  turn.parts.push(text);
}

/** „为啥要我电话“ names what it asks about, whatever was asked for. */
const slotWords: readonly { slot: SlotName; words: RegExp }[] = [
  { slot: "contactPhone", words: /电话|手机|姓名|(?<!厂|店)名字/u },
  { slot: "evidenceCount", words: /照片|图/u },
  { slot: "patentNumber", words: /专利号/u },
  { slot: "county", words: /县|地方|地址/u },
];

const slotNamed = (text: string): SlotName | undefined =>
  slotWords.find(({ words }) => words.test(text))?.slot;

/** Why a slot is asked for. */
function whyOf(slot: SlotName): string {
  if (slot === "contactName" || slot === "contactPhone" || slot === "anonymous") return phrase("why.contact");
  return phrase(hasPhrase(`why.${slot}`) ? `why.${slot}` : "why.other");
}
