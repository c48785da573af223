import type { ReportType, SlotName } from "../../reports/report.ts";
import { merge, settleCounty, settleNumber, settleUnknown } from "../fill.ts";
import { missingOf } from "../form.ts";
import { labelOf, phrase, summaryLines } from "../say.ts";
import type { Draft } from "../state.ts";
import { isOffTopic, isOfTopic } from "../topics.ts";
import { lexicon } from "../understanding/lexicon.ts";
import { calledWrong } from "../understanding/names/corrections.ts";
import { isHeading } from "../understanding/questions.ts";
import { clausesOf } from "../understanding/spans.ts";
import type { FoundSlots, Understanding } from "../understanding/understanding.ts";
import { hearAccused } from "./accused.ts";
import { fillAid } from "./aid.ts";
import { tellHowToFollow, tellStatus } from "./filed.ts";
import { besideHandoff } from "./handoff.ts";
import { deniesRight, openRight, settleByTalk, settleMatter } from "./matter.ts";
import { holdsOn } from "./pause.ts";
import { topicFrom } from "./plain-question.ts";
import { askFor, fileDraft, proceed, tellChanges } from "./proceed.ts";
import { answer } from "./questions.ts";
import { restrain, smallTalk } from "./small-talk.ts";
import { summarise, tellParts } from "./summary.ts";
import { isSurelyOfLaw, sureFrom, wantsOther } from "./sureness.ts";
import { isFlood, type Turn } from "./turn.ts";

/** A message while a draft is open: an interruption, facts for the form, a question, or an answer to the summary. */
export function takeDraftText(turn: Turn, heard: Understanding, draft: Draft): void {
  const said = asSkipped(turn, asAsked(turn, heard, draft), draft);
  const { signals } = said;
  const question = said.intents.includes("handoff") ? besideHandoff(said.question) : said.question;
  if (takeInterruption(turn, said, draft, question)) return;
  if (asksElsewhere(turn, said, question)) {
    turn.trace.push({ rule: "asked.offTopic", text: said.text });
    tellOffTopic(turn, said);
    return;
  }
  if (onlyHears(turn, said, draft)) {
    proceed(turn, said, { again: true });
    return;
  }
  takeFacts(turn, said, draft, question);
  const agrees = turn.wasConfirming && signals.agreed && !signals.deny;
  if (said.requests.both && !agrees && turn.notes.gained === 0 && draft.kind === "report") {
    tellParts(turn, draft);
    proceed(turn, said, { again: true });
    return;
  }
  if (said.requests.showsDraft) {
    showDraft(turn, said, draft);
    return;
  }
  const nothingNew = turn.notes.gained === 0 && turn.parts.length === 0;
  if (question !== undefined) {
    // „那咋办“ to what no office here handles is answered by who does.
    const ofElsewhere =
      draft.toldElsewhere !== null && question.length <= 8 && /咋|怎么|找谁|归谁|不管|管不/u.test(question);
    if (!ofElsewhere) answer(turn, ofDraft(question, draft), !nothingNew, matterAsked(question, draft));
    proceed(turn, said, { again: true });
    return;
  }
  const leads = signals.submit || signals.finish || signals.confirm || signals.skip || signals.unknown;
  if (turn.notes.gained === 0 && !leads && (turn.parts.length > 0 || turn.effects.length > 0)) {
    proceed(turn, said, { again: true });
    return;
  }
  if (draft.phase === "confirming" && turn.wasConfirming && turn.notes.gained === 0) {
    takeVerdict(turn, said, draft);
    return;
  }
  if (nothingNew) {
    if (
      signals.submit ||
      signals.finish ||
      signals.confirm ||
      signals.skip ||
      signals.unknown ||
      said.intents.includes("resume")
    ) {
      proceed(turn, said, { submit: signals.submit || signals.finish || signals.confirm });
      return;
    }
    repeatQuestion(turn, said, draft);
    return;
  }
  proceed(turn, said, { submit: signals.submit || signals.finish });
}

/** „嗯“, „好的“ to what asks for no yes: it was heard, and answers nothing. */
const onlyHears = (turn: Turn, { text }: Understanding, draft: Draft): boolean =>
  !turn.wasConfirming &&
  draft.proposedNumber === null &&
  draft.countyChoices.length !== 1 &&
  draft.asking.length > 0 &&
  !["evidenceCount", "anonymous", "contactPhone"].some((name) => draft.asking.includes(name as SlotName)) &&
  /^(?:嗯+|哦+|噢+|唔+|额+|呃+|好(?:的|嘞|吧)?|行|中|知道了|明白了?|ok|[.。…]+)[，。！~\s]*$/iu.test(text);

/** How a value was read that only its place or its surroundings speak for: in a question of the law it is none. */
const guessed = /\.(?:bare|learned|goods|called|landmark|placed)$/u;

const onlyGuessed = (slots: FoundSlots): boolean =>
  Object.values(slots).every(({ rule }) => guessed.test(rule));

/** „我跟对象分手 彩礼咋退“ names no firm, whatever is asked for: neither is it for the form, nor is the law asked. */
const asksElsewhere = (
  { around }: Turn,
  { slots, text }: Understanding,
  question: string | undefined,
): boolean =>
  question !== undefined &&
  onlyGuessed(slots) &&
  isOffTopic(text) &&
  !isSurelyOfLaw(around.ask(question, null));

/** Tells that a message is no business of the desk, and asks again what was asked. */
function tellOffTopic(turn: Turn, said: Understanding): void {
  turn.parts.push(phrase("oos"));
  turn.intents = [...turn.intents.filter((intent) => intent !== "provide_info"), "oos"];
  proceed(turn, said, { again: true });
}

/**
 * „什么是职务发明创造“, „拿人家注册商标当店名中不“ while a firm is asked for: what only seemed to be named is part of a
 * question, which the law surely answers.
 */
function asAsked(turn: Turn, said: Understanding, draft: Draft): Understanding {
  const { text, slots, question } = said;
  if (question !== undefined || text.length < 4 || text.length > 50) return said;
  // „那卖货的要说不知情 是正道批发来的呢“ after an answer asks on, whatever was asked for.
  if (turn.memory.topic !== null && asksOn.test(text)) return asQuestion(turn, said);
  const looksUp = isHeading(text) && !draft.asking.includes("reportType");
  if (!looksUp) {
    if (text.length < 6) return said;
    if (!lexicon().question.test(text)) return said;
    if (!onlyGuessed(slots)) return said;
  }
  const found = turn.around.ask(text, null);
  if (!(looksUp ? found.outcome === "answered" : isSurelyOfLaw(found))) return said;
  return asQuestion(turn, said);
}

/** „能跳过不“, „随便“: what was asked is left out; who they are is left out by „匿名“ alone. */
function asSkipped(turn: Turn, said: Understanding, draft: Draft): Understanding {
  const ofContact = draft.asking.includes("contactPhone") || draft.asking.includes("anonymous");
  if (!said.requests.asksToSkip || turn.wasConfirming || ofContact || draft.asking.length === 0) return said;
  turn.trace.push({ rule: "asksToSkip", text: said.text });
  // Where the kind is left open, that is told by what comes of it.
  if (!draft.asking.includes("reportType")) turn.parts.push(phrase("skipped"));
  const intents = said.intents.filter((intent) => intent !== "qa" && intent !== "oos");
  turn.intents = turn.intents.filter((intent) => intent !== "qa" && intent !== "oos");
  return { ...said, intents, question: undefined, signals: { ...said.signals, skip: true } };
}

const asksOn = /^(?:那|要是|如果|万一)[^。！]{6,}[^吗]呢[?？。]*$/u;

/** The message as a question of the law, and nothing else. */
function asQuestion(turn: Turn, said: Understanding): Understanding {
  const { text, signals } = said;
  turn.trace.push({ rule: "asked.ofLaw", text });
  const intents = said.intents.filter((intent) => intent !== "provide_info");
  turn.intents = [...turn.intents.filter((intent) => intent !== "provide_info"), "qa"];
  const requests = { ...said.requests, showsDraft: false };
  return {
    ...said,
    question: text,
    slots: {},
    intents: [...intents, "qa"],
    requests,
    signals: {
      ...signals,
      firmUnknown: false,
      placeUnknown: false,
      numberUnknown: false,
      unknown: false,
      skip: false,
    },
  };
}

/** „都能帮些啥“ while aid is applied for asks of aid. */
const ofDraft = (question: string, { kind }: Draft): string =>
  kind === "aid" && question.length <= 12 && !/援助|专利|商标|版权/u.test(question)
    ? `维权援助${question.replace(/^(?:那|这|你们|都)+/u, "")}`
    : question;

/** „店家得退我多少“ of who bought it asks what a buyer gets, whatever is reported of the seller. */
const matterAsked = (question: string, { slots }: Draft): ReportType | undefined =>
  slots.relation === "消费者" && /(?:赔|退)(?:给)?(?:我|俺|咱)|退一赔|赔几倍/u.test(question)
    ? "消费投诉"
    : slots.reportType;

/** What has nothing to do with the form. Returns whether the message needs nothing more. */
function takeInterruption(
  turn: Turn,
  said: Understanding,
  draft: Draft,
  question: string | undefined,
): boolean {
  const { signals } = said;
  if (said.intents.includes("abuse") && !turn.memory.restrained) restrain(turn);
  if (said.requests.howToFollow && Object.keys(said.slots).length === 0) {
    tellHowToFollow(turn);
    proceed(turn, said, { again: true });
    return true;
  }
  const tellsMore = Object.entries(said.slots).some(
    ([name, found]) => found !== undefined && draft.slots[name as SlotName] !== found.value,
  );
  if (said.intents.includes("status") && !tellsMore && !said.requests.showsDraft) {
    tellStatus(turn, said);
    proceed(turn, said);
    return true;
  }
  // „那是另一家，这家没起诉“ tells of this one.
  if (said.requests.another && !/(?:那|这|它)(?:个|家)?是另/u.test(said.text)) {
    turn.memory.another = true;
    turn.trace.push({ rule: "another" });
    if (turn.wasConfirming && signals.agreed && !signals.deny) fileDraft(turn, draft);
    else {
      turn.parts.push(phrase("another.later"));
      proceed(turn, said, { again: true });
    }
    return true;
  }
  if (said.requests.onlyAsks && Object.keys(draft.slots).length === 0 && draft.evidenceIds.length === 0) {
    // Nothing was written down yet, so nothing is lost.
    turn.memory.draft = null;
    turn.state = "idle";
    turn.parts.push(phrase("onlyAsks"));
    return true;
  }
  const asksOfDesk = question !== undefined && isOfTopic(question, [], topicFrom);
  // „号没记 你别问了“ answers, however it is said.
  const tellsUnknown = signals.numberUnknown || signals.firmUnknown || signals.placeUnknown;
  if (
    said.requests.complains &&
    !signals.submit &&
    !signals.agreed &&
    !asksOfDesk &&
    !tellsUnknown &&
    turn.notes.gained === 0 &&
    Object.keys(said.slots).length === 0 &&
    // „老这么拖着 时效会不会过了“ asks of the law.
    !(question !== undefined && isSurelyOfLaw(turn.around.ask(question, null)))
  ) {
    turn.parts.push(phrase("complains"));
    proceed(turn, said, { again: true });
    return true;
  }
  if (said.requests.tired && !tellsUnknown && Object.keys(said.slots).length === 0) {
    turn.parts.push(phrase("tired"));
    proceed(turn, said, { submit: true });
    return true;
  }
  if (holdsOn(said)) {
    // What was asked stays open, and is not asked once more: nobody likes to be urged while looking for it.
    turn.parts.push(phrase(draft.phase === "confirming" ? "holdsOn.confirming" : "holdsOn"));
    turn.intents = turn.intents.filter((intent) => intent !== "qa" && intent !== "oos");
    turn.state = draft.phase;
    return true;
  }
  const tells = Object.keys(said.slots).length > 0;
  // „赔钱先不聊了 还是说专利号的事 我叫…“ goes on at once.
  const goesOn = tells && !lexicon().requests.later.test(clausesOf(said.text).at(-1)?.text ?? "");
  const pauses =
    said.requests.later &&
    question === undefined &&
    !signals.numberUnknown &&
    !signals.submit &&
    !(tells && signals.finish);
  if (pauses && !goesOn) {
    if (tells) takeFacts(turn, said, draft, question);
    tellChanges(turn, draft);
    turn.parts.push(phrase("later"));
    // What was told just now stands in no summary yet.
    if (turn.notes.gained > 0) draft.phase = "collecting";
    turn.state = draft.phase;
    return true;
  }
  if (said.requests.calmed) turn.parts.push(phrase("calmed"));
  const tellsNoMatter = draft.kind === "report" && draft.slots.reportType === undefined;
  if (tellsNoMatter && said.requests.accused && said.requests.defence && question === undefined) {
    hearAccused(turn, said);
    proceed(turn, said, { again: true });
    return true;
  }
  return false;
}

/** Puts into the draft what the message tells, and settles what was open. */
function takeFacts(turn: Turn, said: Understanding, draft: Draft, question: string | undefined): void {
  const facts = factsOutside(said, question, draft.asking);
  const rightWasOpen = draft.rightUnclear;
  if (draft.kind === "aid") fillAid(turn, draft, { ...said, slots: facts });
  else merge(turn.notes, draft, { ...said, slots: facts });
  if (said.requests.secrecy && draft.kind === "report" && draft.slots.anonymous === undefined) {
    turn.parts.push(phrase("secrecy"));
  }
  openRight(turn, draft, said);
  settleNumber(turn.notes, draft, said, turn.around.now.getFullYear());
  settleCounty(turn.notes, draft, said);
  settleUnknown(turn.notes, draft, said, question);
  if (facts.suedAlready?.value === true && draft.slots.reportType === "专利侵权")
    turn.parts.push(phrase("sued"));
  const { reportType } = draft.slots;
  const isReport = draft.kind === "report";
  // „专利没办，商标也没有“, whatever was asked.
  const denies = isReport && question === undefined && deniesRight.test(said.text);
  if (isReport && reportType === undefined && (said.signals.copiedWithoutRight || denies))
    draft.rightUnclear = true;
  settleByTalk(turn, draft, said);
  const isOpen = draft.slots.reportType === undefined || facts.reportType?.value === "其他";
  const lacks =
    deniesRight.test(said.text) || /没(?:有)?[^，。]{0,6}(?:专利|商标|权)|[都也]没有?/u.test(said.text);
  if (isOpen && (denies || ((draft.rightUnclear || rightWasOpen) && lacks))) {
    turn.parts.push(phrase("noRight.none"));
    if (!draft.unknown.includes("patentNumber")) draft.unknown.push("patentNumber");
    turn.notes.gained += 1;
  }
  settleMatter(turn, draft, said, question);
}

/** „给我看看填成什么样了“: the summary, or what stands so far. It is looked at, and no yes. */
function showDraft(turn: Turn, said: Understanding, draft: Draft): void {
  turn.trace.push({ rule: "showsDraft" });
  const open = missingOf(draft).length > 0 || draft.proposedNumber !== null;
  const lines = summaryLines(draft);
  if (open && lines.length > 0) turn.parts.push(phrase("recap.now", { lines: lines.join("\n") }));
  proceed(turn, said, { again: open && !said.signals.finish, submit: said.signals.finish });
}

/** A yes or no to the summary. */
function takeVerdict(turn: Turn, said: Understanding, draft: Draft): void {
  const { signals } = said;
  if (signals.agreed && !signals.deny && !signals.correction && !signals.reserved) {
    fileDraft(turn, draft);
    return;
  }
  if ((signals.finish || signals.unknown || signals.skip) && !signals.deny) {
    // Who has nothing to add is shown once more what would be filed.
    summarise(turn, draft, !signals.finish);
    return;
  }
  const wrong = calledWrong(said.text);
  if (wrong !== undefined && !signals.submit) {
    askFor(turn, draft, {
      asking: [wrong],
      text: phrase("ask.change.slot", { slot: labelOf(wrong) }),
      options: ["skip"],
    });
    return;
  }
  if (signals.deny || signals.correction) {
    turn.parts.push(phrase("ask.change"));
    turn.state = "confirming";
    draft.asking = [];
    return;
  }
  if (
    said.intents.includes("thanks") ||
    said.intents.includes("greet") ||
    said.intents.includes("chitchat")
  ) {
    smallTalk(turn, said);
    turn.parts.push(phrase("again.confirm"));
  } else {
    turn.parts.push(phrase("notUnderstood"), phrase("again.confirm"));
  }
  turn.state = "confirming";
  turn.options = ["confirm", "edit"];
  if (turn.returned) summarise(turn, draft, false);
}

/** Nothing of the message could be used: the same question again, each time in another way. */
function repeatQuestion(turn: Turn, said: Understanding, draft: Draft): void {
  const small = said.intents.some(
    (intent) => intent === "thanks" || intent === "greet" || intent === "chitchat",
  );
  if (small) {
    smallTalk(turn, said);
    proceed(turn, said, { again: true });
    return;
  }
  if (said.intents.includes("abuse")) {
    if (!turn.parts.includes(phrase("abuse"))) turn.parts.push(phrase("abuse.again"));
    proceed(turn, said, { again: true });
    return;
  }
  if (turn.offTopic && Object.keys(said.slots).length === 0) {
    tellOffTopic(turn, said);
    return;
  }
  if (said.question === undefined && tellsOfOneself.test(said.text)) {
    turn.parts.push(phrase("noted"));
    proceed(turn, said, { again: true });
    return;
  }
  const known = said.intents.includes("report") || Object.keys(said.slots).length > 0;
  // What was told again is rather told than asked.
  const nearest = turn.around.ask(said.text, null);
  const { outcome, confidence } = nearest;
  const denies = said.signals.deny || said.signals.correction;
  const ofNoDesk = wantsOther(said.text, nearest);
  const mayAsk =
    (!known && !denies && !ofNoDesk && /[\u4e00-\u9fff]/u.test(said.text)) ||
    (said.text.length > 12 && outcome === "answered" && confidence >= sureFrom);
  // „那你们就不管了“ to what no office here handles asks nothing of the matter.
  const about = draft.toldElsewhere === null ? draft.slots.reportType : undefined;
  const looksLikeQuestion = mayAsk && !isFlood(turn) && answer(turn, said.text, true, about);
  if (looksLikeQuestion) {
    turn.intents.push("qa");
    proceed(turn, said, { again: true });
    return;
  }
  // „后天任丘刮风不“ names a place, and asks of no matter of the desk.
  const ofOthers = outcome === "declined" && confidence >= surelyOfOthers;
  if (!known && (ofNoDesk || (ofOthers && asksSomething.test(said.text)))) {
    tellOffTopic(turn, said);
    return;
  }
  if (!isFlood(turn)) draft.misses += 1;
  const { held } = turn.notes;
  const { infringer = "" } = draft.slots;
  if (held !== undefined && !infringer.includes(held) && !held.includes(infringer))
    turn.parts.push(phrase("held", { infringer, held }));
  else turn.parts.push(phrase(unreadPhrase(turn, said, known)));
  proceed(turn, said, { again: true, missed: draft.misses });
}

/** How surely the knowledge base must decline what sounds like a question for it to be told so. */
const surelyOfOthers = 0.9;

const asksSomething =
  /(?:[不没吗么呢]|多少|几[^，。]{0,3}|啥|咋[^，。]{0,3}|什么|怎么[^，。]{0,3}|哪[^，。]{0,2})[?？。！\s]*$/u;

/** „我自个儿是泊头的 别弄混“: it stands in the narrative, and asks for nothing. */
const tellsOfOneself =
  /^(?:我|俺)(?:自个儿?|自己|本人)?(?:就)?(?:是|在)[^，。\s]{2,8}(?:的|人|上班|打工|住)(?:[，。\s]|$)/u;

/** What to say of a message of which nothing could be used. It stands in the narrative all the same. */
function unreadPhrase(turn: Turn, said: Understanding, known: boolean): string {
  if (isFlood(turn)) return "flood";
  if (known) return "known";
  const tells = /^[\u4e00-\u9fff，。、！\d]{6,}$/u.test(said.text) && !/^(.)\1+$/u.test(said.text);
  return tells && turn.memory.repeated.times === 1 ? "notUnderstood.kept" : "notUnderstood";
}

/** The slots that a message gives outside its question. Only what a person must state outright counts inside one. */
function factsOutside(
  said: Understanding,
  question: string | undefined,
  asked: readonly SlotName[],
): FoundSlots {
  if (question === undefined) return said.slots;
  // „我们在南皮县“ says where the speaker is, whatever else is asked.
  const clauses = question
    .split(/[，。\s]/u)
    .filter((clause) => !/^(?:我|俺|咱)们?(?:家|厂|公司|店)?(?:就)?在/u.test(clause));
  // „我想匿名，这样还会查吗“: what is said of oneself beside what is asked stands.
  const cued = clauses.filter((clause) => asksOrSupposes.test(clause) || lexicon().question.test(clause));
  // „匿名报有奖金没“ asks by no word of asking.
  const asking = cued.length > 0 ? cued : clauses;
  return Object.fromEntries(
    Object.entries(said.slots).filter(([name, found]) => {
      if (found === undefined) return false;
      const text = said.text.slice(found.start, found.end);
      // „不说我是谁行不行，行的话就匿名“ decides it beside what is asked.
      if (name === "anonymous" && decidesAnonymous.test(said.text)) return true;
      // „法院判赔偿最多多少“ says of nobody that they sued.
      if (name === "suedAlready" && !clauses.some((clause) => /我|俺|咱|本人|已经|[过完]了?$/u.test(clause)))
        return !clauses.some((clause) => clause.includes(text) || text.includes(clause));
      // „牌子叫骏达行 在河间还是任丘来着“: the name stands in a clause that asks nothing.
      const isNamed = /^(?:infringer|product)\.(?:named|called|isCalled)$/u.test(found.rule);
      // „你开头问的啥事 是冒用别人专利号“ answers what was asked, „不是毛领 是绒球 要钱不“ mends what stands.
      const asksWhether = found.rule.startsWith("answer.") && /[吗么]|[?？]/u.test(question);
      const answers =
        (!asksWhether &&
          (["reportType", "infringer", "product"] as const).some(
            (one) => one === name && asked.includes(one),
          )) ||
        found.rule === "correction" ||
        found.rule.endsWith(".mended");
      const ofAsking = ofOneself.has(name) || isNamed || answers ? asking : clauses;
      return !ofAsking.some((clause) => clause.includes(text));
    }),
  );
}

const decidesAnonymous =
  /(?:我|俺)不(?:说|露|报|讲)(?:我|俺)是谁(?!行|中|可以|也|能)|的话就匿名(?!不|吗|行|可以|能)|那就匿名(?!不|吗|能)|我不(?:想)?(?:留|报|写)(?:名字?|姓名|电话)[^，。吗么不行能]{0,4}$/u;

/** What a person says of themselves and their report. */
const ofOneself: ReadonlySet<string> = new Set([
  "anonymous",
  "callback",
  "contactName",
  "contactPhone",
  "evidenceCount",
  "suedAlready",
]);

const asksOrSupposes = /如果|要是|假如|万一|若是|的话|是不是|能不能|可不可以/u;
