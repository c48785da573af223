import type { SlotName } from "../../reports/report.ts";
import { hasPhrase, phrase, serviceAnswer, summaryLines } from "../say.ts";
import type { Draft } from "../state.ts";
import type { Understanding } from "../understanding/understanding.ts";
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
  if (requests.plainer) say(turn, phrase("plainer.idle"));
  else if (requests.whyAsked && named[0]?.words.test(text) === true) say(turn, phrase("why.contact"));
  else if (requests.needsHelp || requests.goesBack) {
    say(turn, serviceAnswer("你能干啥") ?? "");
    turn.options = ["report", "ask"];
  } else if (requests.asksToSkip || requests.saidAlready || requests.sentAlready || saysNothing.test(text))
    say(turn, phrase("confirm.heard"));
  else return false;
  turn.trace.push({ rule: "ofNothing", text });
  return true;
}

/** „额“, „。。。“, „123“, „就那样吧“ */
const saysNothing =
  /^(?:额+|呃+|唔+|[.。…,，、!！~～*#@\s]+|\d{1,4}|[a-z]{1,3}|(?:就)?(?:那样|这样|这么着|那么着)(?:吧|呗))[。！\s]*$/iu;

function takeOfDraft(turn: Turn, said: Understanding, draft: Draft): boolean {
  const { requests } = said;
  const confirming = turn.wasConfirming;
  const [asked] = draft.asking;
  if (requests.whyAsked && !confirming && asked !== undefined) {
    const slot = named.find(({ words }) => words.test(said.text))?.slot ?? asked;
    turn.trace.push({ rule: "whyAsked", slot });
    say(turn, whyOf(slot));
    proceed(turn, said, { again: true });
    return true;
  }
  if (requests.plainer && !requests.showsDraft) {
    turn.trace.push({ rule: "plainer" });
    if (confirming) {
      say(turn, phrase("plainer.confirming"));
      turn.state = "confirming";
      turn.options = ["confirm", "edit"];
      return true;
    }
    say(turn, phrase("plainer"));
    const { speaks } = turn.memory;
    turn.memory.speaks = true;
    proceed(turn, said, { again: true });
    turn.memory.speaks = speaks;
    return true;
  }
  if (requests.goesBack) {
    turn.trace.push({ rule: "goesBack" });
    const lines = summaryLines(draft).join("\n");
    say(turn, phrase("goesBack", { lines }));
    turn.state = draft.phase;
    return true;
  }
  if (draft.asking.includes("patentNumber") && whereIsNumber.test(said.text)) {
    say(turn, serviceAnswer("专利号在哪看") ?? "");
    proceed(turn, said, { again: true });
    return true;
  }
  if (requests.needsHelp) {
    say(turn, phrase("help.drafting"));
    proceed(turn, said, { again: true });
    return true;
  }
  if (requests.sentAlready && draft.asking.includes("evidenceCount")) {
    const count = draft.evidenceIds.length;
    say(turn, count > 0 ? phrase("sent.got", { count }) : phrase("sent.none"));
    if (count > 0) proceed(turn, said);
    else turn.state = draft.phase;
    return true;
  }
  if (requests.saidAlready && !confirming && asked !== undefined) {
    turn.trace.push({ rule: "saidAlready", slot: asked });
    say(turn, phrase("saidAlready", { lines: summaryLines(draft).join("\n") }));
    proceed(turn, said, { again: true });
    return true;
  }
  return false;
}

/** „去哪找那个号“ */
const whereIsNumber =
  /(?:哪(?:儿|里)?|咋|怎么)(?:能)?(?:找|看|瞅|查|瞧)(?:着|到)?(?:那|这)?(?:个|串)?(?:专利)?号|号(?:码)?(?:是)?(?:在|印|写)?(?:在)?哪(?:儿|里)?[^，。]{0,2}$/u;

/** Says it in the place of what the message was taken for. */
function say(turn: Turn, text: string): void {
  turn.intents = turn.intents.filter(
    (intent) => intent !== "qa" && intent !== "oos" && intent !== "provide_info",
  );
  turn.parts.push(text);
}

/** „为啥要我电话“ names what it asks about, whatever was asked for. */
const named: readonly { slot: SlotName; words: RegExp }[] = [
  { slot: "contactPhone", words: /电话|手机|姓名|(?<!厂|店)名字/u },
  { slot: "evidenceCount", words: /照片|图/u },
  { slot: "patentNumber", words: /专利号/u },
  { slot: "county", words: /县|地方|地址/u },
];

/** Why a slot is asked for. */
function whyOf(slot: SlotName): string {
  if (slot === "contactName" || slot === "contactPhone" || slot === "anonymous") return phrase("why.contact");
  return phrase(hasPhrase(`why.${slot}`) ? `why.${slot}` : "why.other");
}
