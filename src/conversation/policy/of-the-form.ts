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
  } else if (requests.asksToSkip || requests.saidAlready || requests.sentAlready || saysNothing.test(text))
    say(turn, phrase("confirm.heard"));
  else return false;
  turn.trace.push({ rule: "ofNothing", text });
  return true;
}

/** „额“, „。。。“, „123“, „就那样吧“ */
const saysNothing =
  /^(?:额+|呃+|唔+|[.。…,，、!！~～*#@\s]+|\d{2,4}|[a-z]{1,3}|(?:就)?(?:那样|这样|这么着|那么着)(?:吧|呗))[。！\s]*$/iu;

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
  } else if (draft.asking.includes("evidenceCount") && (hasPicture.test(text) || keepsGoods.test(text))) {
    // What is there is waited for, and may come now or later.
    say(turn, phrase(hasPicture.test(text) ? "evidence.send" : "evidence.keep"));
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
  if (draft.slots.patentNumber === undefined && whereIsNumber.test(text))
    return serviceAnswer("专利号在哪看");
  if (!turn.wasConfirming && hasPicture.test(text) && pictures.test(text)) return phrase("evidence.send");
  // „照片发不过去“ tells, and is answered like a question.
  if (question === undefined && isOfDesk(text)) return serviceAnswer(text);
  const named = requests.whyAsked ? slotNamed(text) : undefined;
  if (named !== undefined) return whyOf(named);
  if (turn.wasConfirming || asked === undefined) return undefined;
  if (draft.asking.includes("county") && ownCounty.test(text)) return phrase("county.which");
  if (requests.whyAsked) return whyOf(asked);
  if (requests.asksToSkip && whyOf(asked) === phrase("why.contact")) return whyOf(asked);
  return requests.saidAlready ? phrase("saidAlready", { lines: summaryLines(draft).join("\n") }) : undefined;
}

/** „有“, „有几张“, „拍了，在手机里“ to the question for pictures. */
const hasPicture =
  /^(?:嗯|是|对|当然|肯定|都|也|就|[，。\s])*(?:有(?!点|人|用|啥|什么|没|意)(?:的|啊|呀|呢)?(?:(?:好)?(?:几|一|两|俩|三|仨|\d)(?:张|个|份|段))?(?:照片|图片?|截图|视频|录像|录音|小票|发票|收据|票|凭证|聊天记录)?|(?:拍|照|录|截|存)(?:了|过|下来了?|着|了像|了图)(?:(?:好)?(?:几|一|两|俩|三|仨|\d)(?:张|个|份|段))?|(?:都|还)?在(?:我|俺)?(?:的)?(?:手机|相册|电脑)(?:里|上))(?:呢|啊|呀|的)?(?:[，。\s]*(?:在手机里|(?:我)?(?:等下|等会儿?|一会儿?|待会儿?|马上|这就|回头|晚点|现在)(?:就)?(?:发|传|给)?(?:给)?(?:你|您|恁|过去|过来)?))?[。！\s]*$/u;

/** „有几张照片“, whatever was asked. */
const pictures = /照片|图|视频|录像|录音|小票|发票|收据|凭证|聊天记录/u;

/** „货还在家“, „留着实物呢“ */
const keepsGoods =
  /^(?:那|这|我|俺|咱|都|也|就|[，。\s])*(?:(?:实物|货|东西|产品|样品|盒子|包装|机器)(?:都|还|也|就)*(?:在|留|放|存|搁)[^，。没不]{0,8}|(?:还)?(?:留|放|存|搁)着(?:实物|货|东西|样品|包装|盒子|机器)?)(?:呢|啊|的)?[。！\s]*$/u;

/** „就咱县“, „县城“ */
const ownCounty =
  /^(?:就|也|是|在|就在|当然)*(?:(?:我|俺|咱|本)(?:们)?(?:这|那)?(?:个)?(?:县|地|县里|县城|老家|儿|这儿?|那儿?|这里|那里|这边|这块儿?|当地)(?:里|上|头)?|当地|本地|本县|县城|县里|乡下|农村|村里|老家)(?:的|这块儿?|这边|那边)?(?:吧|啊|呢|呗)?[。！\s]*$/u;

/** „去哪找那个号“ */
const whereIsNumber =
  /(?:哪(?:儿|里)?|咋|怎么)(?:能)?(?:找|看|瞅|查|瞧)(?:着|到)?(?:那|这)?(?:个|串)?(?:专利)?号|号(?:码)?(?:是)?(?:在|印|写)?(?:在)?哪(?:儿|里)?[^，。]{0,2}$/u;

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
