import type { Citation } from "../core/citation.ts";
import {
  type CountyName,
  countyNames,
  type ReportType,
  reportTypes,
  type SlotName,
  type Slots,
} from "../reports/report.ts";
import { splitReport } from "../reports/splitting.ts";
import { topicOf, topicSureFrom } from "./acts.ts";
import {
  merge,
  type Notes,
  setSlot,
  settleCounty,
  settleNumber,
  settleUnknown,
  type TraceStep,
} from "./fill.ts";
import { askedOnce, missingOf, nextQuestion, optionalOpen, type Question } from "./form.ts";
import { lexicon, plainQuestion } from "./lexicon.ts";
import { matterOfStory } from "./matter.ts";
import type { Answer, ConversationState, Intent } from "./message.ts";
import { noticeWishIn } from "./notice-wish.ts";
import {
  hasPhrase,
  isOfTopic,
  labelOf,
  phrase,
  recap,
  serviceAnswer,
  serviceBasis,
  shorten,
  showMatter,
  showSlot,
  summaryLines,
  topicQuestion,
} from "./say.ts";
import { type Draft, emptyMemory, type Memory, newDraft } from "./state.ts";
import type { FoundSlots, Understanding } from "./understanding.ts";

/** What the knowledge base says to a question. */
export type KnowledgeAnswer = {
  outcome: "answered" | "declined" | "clarify" | "handoff";
  text: string;
  citations: readonly Citation[];
  confidence: number;
  topic?: { law: string; article: string; question: string } | undefined;
};

/** A message as policy sees it: what was said, shown or tapped. */
export type Heard =
  | { kind: "text"; said: Understanding }
  | { kind: "image"; evidenceId: string; said: Understanding | undefined; shown: Understanding | undefined }
  | { kind: "location"; county: CountyName | undefined; label: string | undefined; reason: string }
  | { kind: "choice"; id: string };

/** What policy may look up. Pure. */
export type Surroundings = {
  now: Date;
  /** Whether reports are taken at all on this deployment. */
  intake: boolean;
  group: boolean;
  /** Whether who speaks here can be told of progress here; absent: no. */
  notices?: boolean;
  ask(question: string, topic: Memory["topic"]): KnowledgeAnswer;
  /** Why no office of the city handles such a report, and who does; undefined if one does. */
  elsewhere(slots: Slots): string | undefined;
};

/** What is to be done outside once a turn is decided. */
export type Effect =
  | { kind: "file"; draft: Draft }
  | { kind: "status"; reportNo: string | undefined; queryCode: string | undefined }
  | { kind: "supplement"; reportNo: string; text: string | undefined; evidenceIds: readonly string[] }
  | { kind: "withdraw"; reportNo: string }
  | { kind: "rate"; reportNo: string; score: number; comment: string }
  | { kind: "notices"; reportNos: readonly string[]; agrees: boolean }
  | { kind: "handoff"; reason: "asked" | "threat" | "threatened" };

/** One turn, decided: what to remember, what to say, what to do. */
export type Decision = {
  memory: Memory;
  state: ConversationState;
  intents: Intent[];
  parts: string[];
  options: readonly string[];
  citations: Citation[];
  /** The answers of the knowledge base that the parts tell, whole or shortened. */
  told: readonly string[];
  outcome: Answer["outcome"];
  confidence: number | null;
  effects: Effect[];
  trace: TraceStep[];
};

const recapAfterMs = 30 * 60 * 1000;

/**
 * Decides one turn. Pure: the same memory, message and surroundings give the same decision.
 *
 * Only an explicit yes to a summary that was shown leads to `file`.
 */
export function decide(before: Memory, heard: Heard, around: Surroundings): Decision {
  const turn = new Turn(before, around);
  turn.take(heard);
  return turn.done();
}

/** One turn in the making. A class only because its parts share so much; nothing outlives the call of `decide`. */
/** Intents of a message that may tell more of the matter. */
const isTelling = (intent: Intent): boolean => ["report", "provide_info", "correct", "deny"].includes(intent);

class Turn {
  private readonly memory: Memory;
  private readonly around: Surroundings;
  private readonly wasConfirming: boolean;
  private readonly cancelAsked: boolean;
  private readonly justFiled: boolean;
  private readonly notes: Notes;
  private readonly parts: string[] = [];
  private readonly effects: Effect[] = [];
  private readonly trace: TraceStep[] = [];
  private readonly citations: Citation[] = [];
  private readonly told: string[] = [];
  private intents: Intent[] = [];
  private options: readonly string[] = [];
  private outcome: Answer["outcome"] = null;
  private confidence: number | null = null;
  private state: ConversationState = "idle";
  /** The kind of report before the message. */
  private readonly matterBefore: ReportType | undefined;
  /** Whether the message is learned to be no business of the desk. */
  private offTopic = false;
  /** Whether the person comes back after a while. */
  private returned = false;

  constructor(before: Memory, around: Surroundings) {
    this.memory = structuredClone(before);
    this.around = around;
    this.cancelAsked = before.draft?.cancelAsked ?? false;
    this.matterBefore = before.draft?.slots.reportType;
    this.justFiled = before.justFiled;
    this.memory.justFiled = false;
    this.wasConfirming = before.draft?.phase === "confirming" && !before.draft.cancelAsked;
    this.notes = {
      confirming: this.wasConfirming,
      corrects: false,
      namesFirm: false,
      chars: 0,
      facts: 0,
      asks: false,
      parts: this.parts,
      trace: this.trace,
      changed: [],
      held: undefined,
      gained: 0,
      toldNumber: false,
    };
  }

  done(): Decision {
    this.memory.lastAt = this.around.now.toISOString();
    const { memory, state, intents, parts, options, citations, told, outcome, confidence, effects, trace } =
      this;
    return {
      memory,
      state,
      intents: unique(intents),
      parts,
      options,
      citations,
      told,
      outcome,
      confidence,
      effects,
      trace,
    };
  }

  take(heard: Heard): void {
    this.welcomeBack();
    // Whether to cancel is settled by this message or by none: a later yes is about what is asked then.
    if (this.memory.draft !== null) this.memory.draft.cancelAsked = false;
    switch (heard.kind) {
      case "text":
        this.takeText(heard.said);
        return;
      case "image":
        this.takeImage(heard);
        return;
      case "location":
        this.takeLocation(heard);
        return;
      case "choice":
        this.takeChoice(heard.id);
        return;
    }
  }

  private welcomeBack(): void {
    const { draft, lastAt } = this.memory;
    if (draft === null || lastAt === null) return;
    if (this.around.now.getTime() - new Date(lastAt).getTime() < recapAfterMs) return;
    const summary = recap(draft);
    if (summary !== "") this.parts.push(phrase("recap", { summary }));
    this.returned = true;
    this.trace.push({ rule: "recap" });
  }

  // ---- text ------------------------------------------------------------------------------------

  private takeText(said: Understanding): void {
    this.intents = [...said.intents];
    for (const { act, probability } of said.acts)
      this.trace.push({ rule: `act.${act}(${probability.toFixed(2)})`, text: said.text });
    this.offTopic = said.acts.some(({ act }) => act === "oos");
    const { repeated } = this.memory;
    this.memory.repeated = {
      text: said.text.slice(0, 200),
      times: said.text.slice(0, 200) === repeated.text ? repeated.times + 1 : 1,
    };
    if (this.around.group) {
      this.takeGroupText(said);
      return;
    }
    if (said.intents.includes("injection")) {
      this.trace.push({ rule: "injection" });
      this.parts.push(phrase("injection"));
      const { reportType, infringer, county, patentNumber, contactPhone } = said.slots;
      // A clause that stands alone in such a message is rather part of the trick than a name.
      const sure = (found: { rule: string } | undefined) =>
        found !== undefined && !found.rule.endsWith(".bare");
      if (![reportType, infringer, county, patentNumber, contactPhone].some(sure)) {
        this.proceed(said, { again: true });
        return;
      }
      const slots = Object.fromEntries(Object.entries(said.slots).filter(([, found]) => sure(found)));
      this.takeServed({ ...said, slots });
      return;
    }
    this.takeServed(said);
  }

  /** A message that commands nothing, or what is left of it without that. */
  private takeServed(said: Understanding): void {
    if (said.intents.includes("threat")) this.effects.push({ kind: "handoff", reason: reasonOf(said) });
    if (said.requests.whoReported) {
      this.trace.push({ rule: "whoReported" });
      this.parts.push(phrase("whoReported"));
      this.proceed(said, { again: true });
      return;
    }
    if (this.settleCode(said)) return;
    if (this.cancelAsked && this.settleCancel(said)) return;
    if (this.memory.withdrawing !== null && this.settleWithdrawal(said)) return;
    if (said.intents.includes("cancel") && !(said.signals.withdraw && this.memory.draft === null)) {
      this.cancel();
      return;
    }
    if (said.intents.includes("handoff") && !said.intents.includes("threat")) {
      // The same words again open no second ticket.
      if (this.memory.repeated.times > 1) this.parts.push(phrase("handoff.again"));
      else this.effects.push({ kind: "handoff", reason: "asked" });
    }
    if (said.requests.cannotRead && !this.memory.speaks) {
      this.memory.speaks = true;
      this.parts.push(phrase("speaks"));
    }
    if (this.memory.draft === null) this.takeIdleText(said);
    else this.takeDraftText(said, this.memory.draft);
  }

  /** In a group: short answers, nothing that is about a person. The rest is told in private. */
  private takeGroupText(said: Understanding): void {
    const { intents, requests, question } = said;
    const has = (...names: Intent[]) => names.some((name) => intents.includes(name));
    if (has("injection")) {
      this.trace.push({ rule: "injection" });
      this.parts.push(phrase("injection"));
    } else if (has("threat")) {
      this.effects.push({ kind: "handoff", reason: reasonOf(said) });
    } else if (has("handoff")) {
      if (this.memory.repeated.times > 1) this.parts.push(phrase("handoff.again"));
      else this.effects.push({ kind: "handoff", reason: "asked" });
    } else if (requests.whoReported) {
      this.parts.push(phrase("whoReported"));
    } else if (has("abuse") && question === undefined) {
      this.restrain();
    } else if (this.personal(said)) {
      this.parts.push(phrase("group.private"));
    } else if (question !== undefined) {
      if (asksHowToReport(question)) this.parts.push(phrase("group.private"));
      else this.answer(question);
    } else if (has("thanks")) {
      this.parts.push(phrase("thanks"));
    } else if (requests.calmed) {
      this.parts.push(phrase("calmed"));
    } else if (has("chitchat")) {
      this.parts.push(phrase("chitchat"));
    } else if (has("greet", "confirm", "deny") || !this.answer(said.text, true)) {
      this.parts.push(phrase("group.greet"));
    }
  }

  /** Whether a message in a group is about somebody's own matter, or gives or asks what only concerns one person. */
  private personal({ intents, phones, numbers, slots, requests, text, question }: Understanding): boolean {
    const own: readonly Intent[] = ["report", "status", "supplement", "cancel"];
    if (phones.length > 0 || slots.contactName !== undefined || requests.aid || requests.accused) return true;
    if (intents.some((intent) => own.includes(intent)) || requests.inGroup) return true;
    // „举报要留名字吗“ asks how it is done, for anybody.
    const ofReports = question !== undefined && /举报|投诉|匿名|实名/u.test(question);
    if (ofReports && serviceAnswer(question) !== undefined) return false;
    if (question !== undefined && numbers.length > 0) return false;
    return requests.private && (question === undefined || !namesLaw.test(text));
  }

  /** Bad language is answered once, and then no more. */
  private restrain(): void {
    if (this.memory.restrained) this.parts.push(phrase("abuse.again"));
    else this.parts.push(phrase("abuse"));
    this.memory.restrained = true;
  }

  /** The query code that was asked for before. Returns false if the message holds none. */
  private settleCode(said: Understanding): boolean {
    const { awaitsCode } = this.memory;
    if (awaitsCode === null) return false;
    this.memory.awaitsCode = null;
    const code =
      said.queryCode ?? /(?<!\d)(\d{4}[\s-]?\d{4})(?!\d)/u.exec(said.text)?.[1]?.replace(/\D/g, "");
    if (code === undefined || (said.reportNo !== undefined && said.reportNo !== awaitsCode)) return false;
    this.intents = ["status"];
    this.effects.push({ kind: "status", reportNo: awaitsCode, queryCode: code });
    this.proceed(said, { again: true });
    return true;
  }

  /** Where progress is looked up; and where the reports filed here stand. */
  private tellHowToFollow(): void {
    this.trace.push({ rule: "status.how" });
    if (this.memory.filed.length > 0)
      this.effects.push({ kind: "status", reportNo: undefined, queryCode: undefined });
    this.parts.push(phrase("status.how"));
  }

  private status(said: Understanding): void {
    const { reportNo, queryCode } = said;
    this.effects.push({ kind: "status", reportNo, queryCode });
    this.memory.awaitsCode = queryCode === undefined ? (reportNo ?? null) : null;
  }

  /** What the person wants to be told of what they filed here, if they say so. Returns whether they did. */
  private settleNotices(agrees: boolean | undefined): boolean {
    const { filed } = this.memory;
    if (agrees === undefined || this.around.notices !== true || filed.length === 0) return false;
    this.trace.push({ rule: agrees ? "notices.yes" : "notices.no" });
    this.intents = [agrees ? "confirm" : "deny"];
    this.effects.push({ kind: "notices", reportNos: [...filed], agrees });
    return true;
  }

  private takeIdleText(said: Understanding): void {
    const { intents, signals, requests } = said;
    const { offered } = this.memory;
    this.memory.offered = null;
    if (intents.includes("threat") && !intents.includes("report")) return;
    if (this.settleNotices(noticeWishIn(said.text))) return;
    if (signals.withdraw || (offered === "withdrawal" && said.reportNo !== undefined)) {
      this.askWithdrawal(said.reportNo ?? this.meantBy(said.text));
      return;
    }
    if (requests.aid || (offered === "aid" && (intents.includes("confirm") || asksForIt.test(said.text)))) {
      this.beginAid(said);
      return;
    }
    if (requests.lostCode && !intents.includes("report")) {
      this.parts.push(phrase("status.lost"));
      this.options = ["handoff"];
      return;
    }
    if (requests.rating !== undefined && !intents.includes("report") && said.question === undefined) {
      this.rate(said, requests.rating);
      return;
    }
    // „给刚才的举报补充一点“ names the report, and begins none.
    const addsToFiled = intents.includes("supplement") && this.memory.filed.length > 0 && !requests.another;
    if (addsToFiled && said.question === undefined) {
      this.supplement(said);
      return;
    }
    // Who is accused and tells who they are reports nothing, whatever it sounds like.
    const onlySounds =
      this.memory.hint.relation === "被控侵权人" && said.acts.some(({ act }) => act === "report");
    if (onlySounds) this.intents = this.intents.filter((intent) => intent !== "report");
    if ((intents.includes("report") && !onlySounds) || (requests.another && said.question === undefined)) {
      this.begin(said);
      return;
    }
    if (this.memory.repeated.times >= floodFrom && this.effects.length === 0) {
      this.trace.push({ rule: "flood" });
      this.parts.push(phrase("flood"));
      return;
    }
    if (requests.howToFollow && said.reportNo === undefined) {
      this.tellHowToFollow();
      return;
    }
    if (
      intents.includes("status") &&
      (said.question === undefined ||
        this.memory.filed.length > 0 ||
        said.reportNo !== undefined ||
        asksOfOwn.test(said.text))
    ) {
      this.status(said);
      return;
    }
    const announces =
      said.question === undefined || /^(?:我|俺|再|还|要|想)(?!.*[?？吗咋么])/u.test(said.text);
    const adds = intents.includes("supplement") && (announces || this.memory.filed.length > 0);
    if (adds || this.supplementsLast(said)) {
      this.supplement(said);
      return;
    }
    if (requests.accused || (this.memory.hint.relation === "被控侵权人" && requests.defence)) {
      this.hearAccused(said);
      return;
    }
    if (intents.includes("handoff")) {
      const rest = besideHandoff(said.question);
      if (rest !== undefined) this.answer(rest, true);
      return;
    }
    if (requests.calmed) {
      this.parts.push(phrase("calmed"));
      return;
    }
    const asksOfDesk = said.question !== undefined && isOfTopic(said.question);
    if ((requests.complains && !asksOfDesk) || requests.tired) {
      this.parts.push(phrase("complains"));
      this.options = ["handoff"];
      return;
    }
    if (requests.onlyAsks && (said.question === undefined || said.text.length <= 12)) {
      this.parts.push(phrase("onlyAsks"));
      return;
    }
    if (requests.cannotRead) {
      this.options = ["report", "ask"];
      return;
    }
    if (requests.secrecy && said.question === undefined) {
      this.parts.push(phrase("secrecy"));
      this.options = ["report"];
      return;
    }
    if (said.question !== undefined && asksToReport(said)) {
      this.trace.push({ rule: "asksToReport", text: said.question });
      this.intents.push("report");
      this.begin(said);
      return;
    }
    if (said.question !== undefined && !(intents.includes("deny") && declinesReport.test(said.text))) {
      const { hint } = this.memory;
      const claimed = hint.relation === "被控侵权人" ? hint.reportType : undefined;
      this.answer(said.question, false, said.slots.reportType?.value ?? claimed);
      this.remember(said);
      if (/援助/u.test(said.text) && this.outcome === "answered") {
        this.memory.offered = "aid";
        this.parts.push(phrase("aid.offer"));
        this.options = ["aid"];
        return;
      }
      const accused = this.memory.hint.relation === "被控侵权人";
      if (said.slots.reportType !== undefined && this.outcome === "answered" && !accused) {
        this.parts.push(phrase("offer.report"));
        this.options = ["report"];
      }
      return;
    }
    if (declinesReport.test(said.text)) {
      this.parts.push(phrase("report.not"));
      return;
    }
    const saysThanks = intents.includes("thanks") && said.text.length <= 16;
    // „好的，谢谢“ once all is done agrees to nothing.
    if (saysThanks && !intents.includes("deny") && !/确认|提交|[交报]吧/u.test(said.text)) {
      this.parts.push(phrase("thanks"));
      return;
    }
    // Who names a firm and where it is, and asks nothing, tells of it.
    const { infringer, county, reportType } = said.slots;
    const ofMatter = this.memory.hint.reportType !== undefined || reportType !== undefined;
    const accused = this.memory.hint.relation === "被控侵权人";
    if (infringer !== undefined && (county !== undefined || ofMatter) && !accused) {
      this.intents.push("report");
      this.begin(said);
      return;
    }
    if (intents.includes("confirm") || intents.includes("deny")) {
      const last = this.memory.filed.at(-1);
      if (last === undefined) this.parts.push(phrase("confirm.nothing"));
      else {
        this.parts.push(phrase("filed.already", { reportNo: last }));
        // The second yes to the same summary finds it done.
        if (this.justFiled && intents.includes("confirm")) this.state = "filed";
      }
      return;
    }
    if (intents.includes("abuse")) {
      this.restrain();
      return;
    }
    if (intents.includes("greet") && said.text.length <= 12) {
      this.parts.push(phrase("greet"));
      this.options = ["report", "ask"];
      return;
    }
    if (saysThanks) {
      this.parts.push(phrase("thanks"));
      return;
    }
    if (intents.includes("chitchat")) {
      this.parts.push(phrase("chitchat"));
      return;
    }
    if (/^(?:继续|接着)/u.test(said.text)) {
      this.parts.push(phrase("resume.nothing"));
      return;
    }
    if (said.phones.length > 0) {
      this.parts.push(phrase("phone.early"));
      this.options = ["report"];
      return;
    }
    // Not a question by its form: „年费忘了交，过了三个月了“. The knowledge base tells whether it is one.
    const nearest = said.text.length >= 6 ? this.around.ask(said.text, null) : undefined;
    const asks = nearest !== undefined && nearest.confidence >= sureFrom;
    if (!(asks && nearest.outcome === "answered") && this.memory.hint.relation === "被控侵权人") {
      // „俺在他申请以前就卖了“: what they say for themselves has its rule, too.
      const defence = this.around.ask(`${said.text}，算侵权吗`, null);
      if (defence.outcome === "answered" && defence.confidence >= sureFrom) {
        this.answer(`${said.text}，算侵权吗`, true);
        this.intents.push("qa");
        return;
      }
      this.parts.push(phrase("accused.noted"));
      return;
    }
    if (!(asks && nearest.outcome === "answered") && requests.approaches) {
      this.trace.push({ rule: "approaches" });
      this.remember(said);
      this.parts.push(phrase("invite"));
      this.options = ["report", "ask"];
      return;
    }
    if (!asks && !leansOnContext(said.text)) {
      this.remember(said);
      this.parts.push(phrase("oos"));
      this.outcome = "declined";
      this.intents.push("oos");
      return;
    }
    this.remember(said);
    if (this.answer(said.text)) {
      this.intents.push("qa");
    } else {
      this.intents.push("oos");
    }
  }

  /**
   * Whose goods are said to infringe: what to do, and no report against themselves. What a warning means and how to
   * answer a request stands in the knowledge base; how it is handed in here, in the replies.
   */
  private hearAccused(said: Understanding): void {
    const first = this.memory.hint.relation !== "被控侵权人";
    const of = matterOfStory([said.text], lexicon()) ?? this.memory.hint.reportType;
    this.memory.hint = { relation: "被控侵权人", ...(of === undefined ? {} : { reportType: of }) };
    this.trace.push({ rule: "accused" });
    const answered =
      said.question === undefined
        ? said.requests.defence && this.answer(said.text, true)
        : this.answer(said.question, true);
    if (first || !answered) this.parts.push(phrase("accused"));
    if (answered && said.question === undefined) this.intents.push("qa");
  }

  private beginAid(said: Understanding | undefined): void {
    if (!this.around.intake) {
      this.parts.push(phrase("intakeOff"));
      return;
    }
    const draft = newDraft("aid");
    this.memory.draft = draft;
    this.memory.topic = null;
    this.memory.hint = {};
    this.parts.push(phrase("aid.start"), phrase("aid.notice"));
    this.trace.push({ rule: "begin.aid" });
    this.intents.push("report");
    if (said !== undefined) this.fillAid(draft, said);
    this.proceed(said);
  }

  /** An applicant's own firm is nobody's infringer, and an applicant is not anonymous. */
  private fillAid(draft: Draft, said: Understanding): void {
    const { infringer, anonymous, county, location, ...slots } = said.slots;
    const ofOther = (found: { start: number } | undefined) =>
      found !== undefined &&
      /(?:对方|他们?|那家|被告|告的?是|仿|抄)[^，。]*$/u.test(said.text.slice(0, found.start));
    merge(this.notes, draft, {
      ...said,
      place: ofOther(county ?? location) ? undefined : said.place,
      slots: {
        ...slots,
        ...(ofOther(infringer) ? { infringer } : {}),
        ...(county === undefined || ofOther(county) ? {} : { county }),
        ...(location === undefined || ofOther(location) ? {} : { location }),
      },
    });
    if (anonymous?.value === true) {
      this.parts.push(phrase("aid.named"));
      delete draft.slots.anonymous;
    }
    const tells = said.narrative.replaceAll("＊", "").trim();
    const isAnswer = draft.asking.includes("description") && said.question === undefined && tells.length >= 4;
    const leads = said.signals.finish || said.signals.submit || said.signals.unknown;
    if (draft.slots.description === undefined && ((isAnswer && !leads) || tells.length >= 40))
      setSlot(this.notes, draft, "description", tells.slice(0, 4000), true, "aid.need", tells);
  }

  /** A rating of the last report, 1 to 5; null asks for the score. */
  private rate(said: Understanding, score: number | null): void {
    const reportNo = said.reportNo ?? this.memory.filed.at(-1);
    this.trace.push({ rule: "rating" });
    if (reportNo === undefined) {
      this.parts.push(phrase("rate.none"));
    } else if (score === null) {
      this.parts.push(phrase("rate.ask", { reportNo }));
      this.options = [5, 4, 3, 2, 1].map((one) => `rating:${one}`);
    } else {
      this.effects.push({ kind: "rate", reportNo, score, comment: said.narrative });
    }
  }

  /** What a question told about the matter: a report that follows starts from it. */
  private remember(said: Understanding): void {
    const { reportType, relation } = said.slots;
    this.memory.hint = {
      ...this.memory.hint,
      ...(reportType === undefined ? {} : { reportType: reportType.value }),
      ...(relation === undefined ? {} : { relation: relation.value }),
    };
  }

  /** After filing, „包装背面还有个批号“ belongs to what was filed, if it says so. */
  private supplementsLast(said: Understanding): boolean {
    return (
      this.memory.filed.length > 0 &&
      /^(?:对了|还有|另外|忘(?:了)?说)[，, ]/u.test(said.text) &&
      said.question === undefined
    );
  }

  private begin(said: Understanding | undefined): void {
    if (!this.around.intake) {
      this.parts.push(phrase("intakeOff"));
      return;
    }
    const draft = newDraft();
    this.memory.draft = draft;
    const { hint } = this.memory;
    this.memory.hint = {};
    // Who was accused and now reports somebody is not the accused of that report.
    if (hint.relation === "被控侵权人") delete hint.relation;
    const first = this.parts.length;
    this.trace.push({ rule: "begin" });
    if (said === undefined) {
      this.parts.push(phrase("start"), phrase("notice"));
      this.proceed();
      return;
    }
    merge(this.notes, draft, said);
    if (said.signals.firmUnknown) draft.unknown.push("infringer");
    draft.slots = { ...hint, ...draft.slots };
    if (said.question === undefined) this.settleMatter(draft, said, undefined);
    if (said.signals.copiedWithoutRight && draft.slots.reportType === undefined) {
      draft.rightUnclear = true;
      this.parts.push(phrase("noRight"));
    }
    const { reportType } = draft.slots;
    const start =
      reportType === undefined ? phrase("start") : phrase("start.matter", { matter: showMatter(reportType) });
    this.parts.splice(first, 0, start, phrase("notice"));
    const question = said.intents.includes("handoff") ? besideHandoff(said.question) : said.question;
    if (question !== undefined) this.answer(question, true, reportType);
    this.proceed(said);
  }

  private takeDraftText(said: Understanding, draft: Draft): void {
    const { signals } = said;
    const question = said.intents.includes("handoff") ? besideHandoff(said.question) : said.question;
    if (said.intents.includes("abuse") && !this.memory.restrained) this.restrain();
    if (said.requests.howToFollow && Object.keys(said.slots).length === 0) {
      this.tellHowToFollow();
      this.proceed(said, { again: true });
      return;
    }
    if (said.intents.includes("status") && question !== undefined && Object.keys(said.slots).length === 0) {
      this.status(said);
      this.proceed(said);
      return;
    }
    if (said.requests.another) {
      this.memory.another = true;
      this.trace.push({ rule: "another" });
      if (this.wasConfirming && signals.agreed && !signals.deny) this.file(draft);
      else {
        this.parts.push(phrase("another.later"));
        this.proceed(said, { again: true });
      }
      return;
    }
    if (said.requests.onlyAsks && Object.keys(draft.slots).length === 0 && draft.evidenceIds.length === 0) {
      // Nothing was written down yet, so nothing is lost.
      this.memory.draft = null;
      this.state = "idle";
      this.parts.push(phrase("onlyAsks"));
      return;
    }
    const asksOfDesk = question !== undefined && isOfTopic(question);
    if (
      said.requests.complains &&
      !asksOfDesk &&
      this.notes.gained === 0 &&
      Object.keys(said.slots).length === 0
    ) {
      this.parts.push(phrase("complains"));
      this.proceed(said, { again: true });
      return;
    }
    if (said.requests.tired && Object.keys(said.slots).length === 0) {
      this.parts.push(phrase("tired"));
      this.proceed(said, { submit: true });
      return;
    }
    if (said.requests.later && question === undefined && !signals.submit) {
      this.parts.push(phrase("later"));
      this.state = draft.phase;
      return;
    }
    if (said.requests.calmed) this.parts.push(phrase("calmed"));
    const tellsNoMatter = draft.kind === "report" && draft.slots.reportType === undefined;
    if (tellsNoMatter && said.requests.accused && said.requests.defence && question === undefined) {
      this.hearAccused(said);
      this.proceed(said, { again: true });
      return;
    }
    const facts = factsOutside(said, question);
    const rightWasOpen = draft.rightUnclear;
    if (draft.kind === "aid") this.fillAid(draft, { ...said, slots: facts });
    else merge(this.notes, draft, { ...said, slots: facts });
    if (said.requests.secrecy && draft.kind === "report" && draft.slots.anonymous === undefined) {
      this.parts.push(phrase("secrecy"));
    }
    settleNumber(this.notes, draft, said);
    settleCounty(this.notes, draft, said);
    settleUnknown(this.notes, draft, said, question);
    if (facts.suedAlready?.value === true && draft.slots.reportType === "专利侵权")
      this.parts.push(phrase("sued"));
    if (signals.copiedWithoutRight && draft.slots.reportType === undefined) draft.rightUnclear = true;
    if (
      (draft.rightUnclear || rightWasOpen) &&
      (draft.slots.reportType === undefined || facts.reportType?.value === "其他") &&
      (deniesRight.test(said.text) || /没(?:有)?[^，。]{0,6}(?:专利|商标|权)|[都也]没有?/u.test(said.text))
    ) {
      this.parts.push(phrase("noRight.none"));
      if (!draft.unknown.includes("patentNumber")) draft.unknown.push("patentNumber");
      this.notes.gained += 1;
    }

    this.settleMatter(draft, said, question);
    const agrees = this.wasConfirming && signals.agreed && !signals.deny;
    if (said.requests.both && !agrees && this.notes.gained === 0 && draft.kind === "report") {
      this.tellParts(draft);
      this.proceed(said, { again: true });
      return;
    }
    if (said.requests.showsDraft) {
      this.showDraft(said, draft);
      return;
    }
    const nothingNew = this.notes.gained === 0 && this.parts.length === 0;
    if (question !== undefined) {
      // „那咋办“ to what no office here handles is answered by who does.
      const ofElsewhere = draft.toldElsewhere !== null && question.length <= 8;
      if (!ofElsewhere) this.answer(question, !nothingNew, draft.slots.reportType);
      this.proceed(said, { again: true });
      return;
    }
    const leads = signals.submit || signals.finish || signals.confirm || signals.skip || signals.unknown;
    if (this.notes.gained === 0 && !leads && (this.parts.length > 0 || this.effects.length > 0)) {
      this.proceed(said, { again: true });
      return;
    }
    if (draft.phase === "confirming" && this.wasConfirming && this.notes.gained === 0) {
      this.takeVerdict(said, draft);
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
        this.proceed(said, { submit: signals.submit || signals.finish || signals.confirm });
        return;
      }
      this.repeat(said, draft);
      return;
    }
    this.proceed(said, { submit: signals.submit || signals.finish });
  }

  /** The kind that is still open: what was told altogether, or, where the person has no more to say, any other. */
  private settleMatter(draft: Draft, said: Understanding, question: string | undefined): void {
    const { signals } = said;
    const { reportType } = draft.slots;
    if (draft.kind === "aid") return;
    if (reportType !== undefined) {
      if (needsNoRight.has(reportType) && deniesRight.test(said.text) && this.parts.length === 0)
        this.parts.push(phrase("noRight.fine", { matter: reportType }));
      return;
    }
    if (draft.rightUnclear) return;
    // What only asks, greets or looks for an earlier report tells nothing, and nothing more is told by it.
    const tells = said.text.length >= 8 && question === undefined && said.intents.every(isTelling);
    const words = lexicon();
    const story = draft.narrative.filter((line) => !words.question.test(line)).slice(-6);
    const more = this.notes.gained > 0 || tells;
    const told = more && story.length >= 2 ? matterOfStory(story, words) : undefined;
    if (told !== undefined) {
      setSlot(this.notes, draft, "reportType", told, false, "matter.story", said.text);
      return;
    }
    const noMore = signals.submit || signals.finish || signals.skip || signals.unknown;
    if (!noMore || question !== undefined || !draft.asking.includes("reportType")) return;
    setSlot(this.notes, draft, "reportType", "其他", false, "matter.open", said.text);
    this.parts.push(phrase("matter.open"));
  }

  /** „给我看看填成什么样了“: the summary, or what stands so far. It is looked at, and no yes. */
  private showDraft(said: Understanding, draft: Draft): void {
    this.trace.push({ rule: "showsDraft" });
    const open = missingOf(draft).length > 0 || draft.proposedNumber !== null;
    const lines = summaryLines(draft);
    if (open && lines.length > 0) this.parts.push(phrase("recap.now", { lines: lines.join("\n") }));
    this.proceed(said, { submit: said.signals.finish });
  }

  /** A yes or no to the summary. */
  private takeVerdict(said: Understanding, draft: Draft): void {
    const { signals } = said;
    if (signals.agreed && !signals.deny && !signals.correction && !signals.reserved) {
      this.file(draft);
      return;
    }
    if ((signals.finish || signals.unknown || signals.skip) && !signals.deny) {
      // Who has nothing to add is shown once more what would be filed.
      this.summarise(draft, !signals.finish);
      return;
    }
    if (signals.deny || signals.correction) {
      this.parts.push(phrase("ask.change"));
      this.state = "confirming";
      draft.asking = [];
      return;
    }
    if (
      said.intents.includes("thanks") ||
      said.intents.includes("greet") ||
      said.intents.includes("chitchat")
    ) {
      this.smallTalk(said);
      this.parts.push(phrase("again.confirm"));
    } else {
      this.parts.push(phrase("notUnderstood"), phrase("again.confirm"));
    }
    this.state = "confirming";
    this.options = ["confirm", "edit"];
    if (this.returned) this.summarise(draft, false);
  }

  private smallTalk(said: Understanding): void {
    if (said.intents.includes("thanks")) this.parts.push(phrase("thanks.drafting"));
    else if (said.intents.includes("greet")) this.parts.push(phrase("greet.drafting"));
    else if (said.intents.includes("chitchat")) this.parts.push(phrase("chitchat"));
  }

  /** Nothing of the message could be used: the same question again, each time in another way. */
  private repeat(said: Understanding, draft: Draft): void {
    const small = said.intents.some(
      (intent) => intent === "thanks" || intent === "greet" || intent === "chitchat",
    );
    if (small) {
      this.smallTalk(said);
      this.proceed(said, { again: true });
      return;
    }
    if (said.intents.includes("abuse")) {
      if (!this.parts.includes(phrase("abuse"))) this.parts.push(phrase("abuse.again"));
      this.proceed(said, { again: true });
      return;
    }
    if (this.offTopic && Object.keys(said.slots).length === 0) {
      this.parts.push(phrase("oos"));
      this.intents.push("oos");
      this.proceed(said, { again: true });
      return;
    }
    const { times } = this.memory.repeated;
    const known = said.intents.includes("report") || Object.keys(said.slots).length > 0;
    // What was told again is rather told than asked.
    const mayAsk =
      !known || (said.text.length > 12 && this.around.ask(said.text, null).confidence >= sureFrom);
    const looksLikeQuestion = mayAsk && times < floodFrom && this.answer(said.text, true);
    if (looksLikeQuestion) {
      this.intents.push("qa");
      this.proceed(said, { again: true });
      return;
    }
    if (times < floodFrom) draft.misses += 1;
    const { held } = this.notes;
    const { infringer = "" } = draft.slots;
    if (held !== undefined && !infringer.includes(held) && !held.includes(infringer))
      this.parts.push(phrase("held", { infringer, held }));
    else this.parts.push(phrase(this.unread(said, known)));
    this.proceed(said, { again: true, missed: draft.misses });
  }

  /** What to say of a message of which nothing could be used. It stands in the narrative all the same. */
  private unread(said: Understanding, known: boolean): string {
    if (this.memory.repeated.times >= floodFrom) return "flood";
    if (known) return "known";
    const tells = /^[\u4e00-\u9fff，。、！\d]{6,}$/u.test(said.text) && !/^(.)\1+$/u.test(said.text);
    return tells && this.memory.repeated.times === 1 ? "notUnderstood.kept" : "notUnderstood";
  }

  // ---- going on --------------------------------------------------------------------------------

  /** Says what comes next: a question, the summary, or nothing where there is no draft. */
  private proceed(
    said?: Understanding,
    how: { again?: boolean; submit?: boolean; missed?: number } = {},
  ): void {
    const { draft } = this.memory;
    if (draft === null) return;
    // What was changed and then hidden by „匿名“ has no value to tell.
    const changed = unique(this.notes.changed).filter((name) => draft.slots[name] !== undefined);
    if (changed.length > 0) {
      const changes = changed
        .map((name) => `${labelOf(name)}改为${showSlot(name, draft.slots[name])}`)
        .join("，");
      this.parts.push(phrase("changed", { changes }));
    } else if (this.notes.gained > 0 && this.parts.length === 0) {
      const { reportType } = draft.slots;
      const isNew = reportType !== undefined && reportType !== this.matterBefore;
      this.parts.push(isNew ? phrase("noted.matter", { matter: showMatter(reportType) }) : phrase("noted"));
    }
    if (this.notes.gained > 0) draft.misses = 0;
    if (how.submit === true) this.waiveOptional(draft);
    if (how.submit === true && said?.signals.deny !== true) this.turnToSeller(draft);
    const elsewhere = this.elsewhere(draft);
    // Why nobody here handles it is told once before a number that is to be settled, and again after it.
    const settles = draft.proposedNumber !== null && draft.toldElsewhere === elsewhere;
    if (elsewhere !== undefined && !settles) {
      const ofPlatform = draft.slots.reportType === "平台不作为";
      const short = phrase(ofPlatform ? "elsewhere.platform" : "elsewhere.short");
      this.parts.push(draft.toldElsewhere === elsewhere ? short : elsewhere);
      draft.toldElsewhere = elsewhere;
      const { infringer, county } = draft.slots;
      const ofSeller: SlotName[] =
        infringer === undefined ? ["infringer", "location"] : county === undefined ? ["county"] : [];
      this.ask(draft, {
        asking: ofPlatform ? ofSeller : ["county"],
        text: "",
        // The seller may be here even where the platform is not.
        options: ofPlatform ? ["reportType:专利侵权", "reportType:假冒专利", "reportType:商标侵权"] : [],
      });
      return;
    }
    if (draft.proposedNumber !== null) {
      this.ask(draft, {
        asking: ["patentNumber"],
        text: phrase(draft.proposedNumber.from === "typed" ? "number.complete" : "evidence.ocr", {
          number: draft.proposedNumber.number,
        }),
        options: ["number:yes", "number:no"],
      });
      return;
    }
    // An interruption does not use up what was asked: the same question comes again.
    if (
      how.again === true &&
      (said?.question !== undefined || (this.notes.gained === 0 && draft.wrongNumber === null))
    ) {
      draft.asked = draft.asked.filter((name) => !draft.asking.includes(name));
    }
    if (this.numberOpen(draft) && how.submit !== true) {
      this.ask(draft, {
        asking: ["patentNumber"],
        text: this.notes.toldNumber ? "" : phrase("ask.number.again"),
        options: ["number:printed", "skip"],
      });
      return;
    }
    const question = nextQuestion(draft);
    if (question === null) {
      this.summarise(draft, how.again === true && this.wasConfirming && this.notes.gained === 0);
      return;
    }
    const text = this.wording(question, draft, said);
    if (how.missed !== undefined && how.missed >= 3) this.parts.push(phrase("ask.skip"));
    this.ask(draft, {
      asking: question.asking,
      text: how.again === true && this.parts.length > 0 ? phrase("again", { question: text }) : text,
      options:
        how.missed !== undefined && how.missed >= 3
          ? unique([...question.options, "skip", "handoff"])
          : question.options,
    });
  }

  /** A platform elsewhere is not ours, but a seller here is: the report is about the seller then. */
  private turnToSeller(draft: Draft): void {
    const { reportType, infringer, county } = draft.slots;
    if (reportType !== "平台不作为" || this.elsewhere(draft) === undefined) return;
    const isHere = infringer !== undefined && county !== undefined && county !== "非本市";
    const mayBeHere = county === undefined && draft.unknown.includes("county");
    if (!isHere && !mayBeHere) return;
    const story = draft.narrative.join("。");
    const matter: ReportType = /商标|牌子/u.test(story)
      ? "商标侵权"
      : /版权|著作权|图片|照片|盗图/u.test(story) && draft.slots.patentNumber === undefined
        ? "著作权"
        : /假专利|假冒专利|冒用/u.test(story)
          ? "假冒专利"
          : "专利侵权";
    setSlot(this.notes, draft, "reportType", matter, true, "matter.seller", infringer ?? "");
    this.notes.changed = this.notes.changed.filter((name) => name !== "reportType");
    this.parts.push(
      county === undefined
        ? phrase("elsewhere.seller.somewhere", { matter })
        : phrase("elsewhere.seller", { county, matter }),
    );
  }

  /** Whether a wrong number still waits for a better one, or for word that it is printed so. */
  private numberOpen(draft: Draft): boolean {
    const settled = draft.printedNumber !== null || draft.unknown.includes("patentNumber");
    return (
      "patentNumber" in draft.invalid &&
      !settled &&
      (this.notes.toldNumber || !draft.asked.includes("patentNumber"))
    );
  }

  private wording(question: Question, draft: Draft, said: Understanding | undefined): string {
    if (
      question.text === "ask.contact.phone" &&
      said?.slots.contactName === undefined &&
      draft.asking.includes("contactPhone")
    ) {
      return phrase("ask.contact.again");
    }
    const short = `${question.text}.short`;
    return phrase(this.memory.speaks && hasPhrase(short) ? short : question.text);
  }

  private ask(
    draft: Draft,
    question: { asking: SlotName[]; text: string; options: readonly string[] },
  ): void {
    draft.phase = "collecting";
    draft.asking = question.asking;
    for (const name of question.asking) if (!draft.asked.includes(name)) draft.asked.push(name);
    if (question.text !== "") this.parts.push(question.text);
    this.options = question.options;
    this.state = "collecting";
  }

  /** „就这些，提交“: what is not required is not asked any more. */
  private waiveOptional(draft: Draft): void {
    // A wrong number that nobody took back stands as it is printed.
    draft.printedNumber ??= draft.wrongNumber;
    for (const name of askedOnce(draft)) if (!draft.asked.includes(name)) draft.asked.push(name);
  }

  private summarise(draft: Draft, again: boolean): void {
    this.state = "confirming";
    draft.phase = "confirming";
    draft.asking = [];
    this.options = ["confirm", "edit"];
    if (again && !this.returned) {
      this.parts.push(phrase("again.confirm"));
      return;
    }
    const open = optionalOpen(draft);
    const head = phrase(draft.kind === "aid" ? "summary.head.aid" : "summary.head");
    this.parts.push([head, ...summaryLines(draft), ...this.splitLines(draft)].join("\n"));
    if (open.length > 0) this.parts.push(phrase("summary.optional", { slots: open.map(labelOf).join("、") }));
    this.parts.push(phrase("summary.tail"));
  }

  /** „两样都给办是吧“: as how many matters what was told is taken down. */
  private tellParts(draft: Draft): void {
    const lines = this.splitLines(draft);
    const { reportType } = draft.slots;
    if (lines.length > 0) this.parts.push(...lines);
    else if (reportType !== undefined)
      this.parts.push(phrase("both.one", { matter: showMatter(reportType) }));
  }

  /** What one material is opened as, where it is more than one matter (令121 art. 9). */
  private splitLines(draft: Draft): string[] {
    if (draft.kind === "aid") return [];
    const { parts, notOpened } = splitReport(draft);
    const lines = notOpened.map((one) =>
      phrase("summary.notOpened", { ...one, matter: showMatter(one.reportType) }),
    );
    if (parts.length < 2) return lines;
    const matters = parts.map(({ reportType }) => `“${showMatter(reportType)}”`).join("、");
    return [phrase("summary.split", { count: parts.length, matters }), ...lines];
  }

  private elsewhere(draft: Draft): string | undefined {
    if (draft.kind === "aid") return undefined;
    return draft.slots.reportType === undefined ? undefined : this.around.elsewhere(draft.slots);
  }

  private file(draft: Draft): void {
    if (missingOf(draft).length > 0 || this.elsewhere(draft) !== undefined) {
      this.proceed();
      return;
    }
    this.state = "filed";
    this.effects.push({ kind: "file", draft });
    this.memory.draft = null;
    this.memory.justFiled = true;
    this.trace.push({ rule: "file" });
  }

  // ---- questions -------------------------------------------------------------------------------

  /** Answers a question. `quietly`: says nothing where there is no answer. Returns whether it was answered. */
  private answer(asked: string, quietly = false, about?: ReportType): boolean {
    const question = withoutOwnDates(asked)
      .replace(breaksIn, "")
      .replace(/来着(?=[?？]?$)/u, "");
    const learned = this.plainly(question, about);
    const plain = learned?.asks;
    const own = serviceAnswer(question);
    const asks = own === undefined && learned?.sure === true ? learned.asks : question;
    const service = serviceAnswer(asks);
    if (service !== undefined && !(quietly && this.parts.includes(service))) {
      this.parts.push(service);
      const basis = serviceBasis(asks);
      if (basis !== undefined) this.citations.push(...this.around.ask(basis, null).citations);
      this.outcome = "answered";
      this.confidence = 1;
      return true;
    }
    let found = this.look(question, about);
    if (plain !== undefined) {
      const told = isSure(found) ? undefined : serviceAnswer(plain);
      if (told !== undefined) {
        this.parts.push(told);
        this.outcome = "answered";
        this.confidence = 1;
        return true;
      }
      const inPlainWords = this.around.ask(plain, null);
      // Of the same article the words as they came get the nearer answer; of another, what was learned surely prevails
      // over what was found with a doubt.
      const doubt = found.confidence < aloneSure && (learned?.probability ?? 0) >= topicOverFrom;
      // „最少该给多少“ finds nothing by itself: what the talk before made of it is a guess.
      const guessed = learned?.sure === true && !isSure(this.around.ask(question, null));
      const stands = isSure(found) && (!(doubt || guessed) || citeAlike(found, inPlainWords));
      if (isSure(inPlainWords) && !stands) found = inPlainWords;
    }
    const off = this.offTopic && found.confidence < offTopicSure;
    if (off) {
      if (!quietly) {
        this.parts.push(phrase("oos"));
        this.outcome = "declined";
        this.intents.push("oos");
      }
      return false;
    }
    this.trace.push({ rule: `knowledge.${found.outcome}`, text: question });
    const answered = found.outcome === "answered";
    if (answered || !quietly) {
      this.parts.push(this.around.group ? shorten(found.text) : found.text);
      this.told.push(found.text);
      this.citations.push(...found.citations);
      this.outcome = found.outcome;
      this.confidence = found.confidence;
    }
    if (found.outcome === "declined" && !quietly) this.intents.push("oos");
    if (found.topic !== undefined) this.memory.topic = found.topic;
    return answered;
  }

  /** What a question that is learned to be about a topic of the desk asks in plain words; undefined if it is of none. */
  private plainly(
    question: string,
    about: ReportType | undefined,
  ): { asks: string; sure: boolean; probability: number } | undefined {
    if (question.length > 40) return undefined;
    const { kind, probability } = topicOf(question);
    if (probability < topicFrom) return undefined;
    const asks = topicQuestion(kind, about ?? this.memory.hint.reportType ?? "假冒专利");
    if (asks === undefined) return undefined;
    this.trace.push({ rule: `topic.${kind}(${probability.toFixed(2)})`, text: question });
    return { asks, sure: probability >= topicSureFrom, probability };
  }

  /** The surest answer to a question: in the talk, by itself, or said of the matter at hand. */
  private look(question: string, about: ReportType | undefined): KnowledgeAnswer {
    const { topic } = this.memory;
    // „这种能赔多少“ of a report of 专利侵权 asks 专利侵权能赔多少.
    const [, rest = ""] = pointsAtMatter.exec(question) ?? [];
    if (about !== undefined && rest.length >= 3 && !namesMatter.test(question)) {
      const ofMatter = this.around.ask(about + rest, null);
      if (isSure(ofMatter)) return ofMatter;
    }
    const leans = leansOnContext(question) && topic !== null;
    let found = this.around.ask(question, leans ? topic : null);
    // What is answered surely by itself needs nothing of what was asked before: „法定赔偿最高多少“.
    if (leans && !pointsBack.test(question) && !fragment.test(question)) {
      const alone = this.around.ask(question, null);
      if (alone.outcome === "answered" && alone.confidence >= aloneSure) return alone;
    }
    const tryAlso = (other: string, least = 0) => {
      if (found.outcome === "answered" && found.confidence >= sureFrom) return;
      const better = this.around.ask(other, null);
      const surer = found.outcome !== "answered" || better.confidence > found.confidence;
      if (better.outcome === "answered" && surer && better.confidence >= least) found = better;
    };
    // „卖的人不知情，也罚？“ after „假冒专利怎么罚“ is about what was named there.
    const toldOf = leans && alsoHolds.test(question) ? matterTold.exec(topic.question)?.[0] : undefined;
    if (toldOf !== undefined) {
      const ofIt = this.around.ask(`${toldOf}，${question}`, null);
      if (ofIt.outcome === "answered" && ofIt.confidence >= sureFrom) return ofIt;
    }
    if (leans && found.outcome !== "answered") tryAlso(question);
    // „从哪天开始算“ after „能保护几年“: what both ask together.
    if (leans && question.length <= 16) {
      const both = this.around.ask(`${topic.question}，${question}`, null);
      const ofTopic = both.citations.some(
        ({ law, article }) => law === topic.law && article === topic.article,
      );
      if (fragment.test(question) && ofTopic && both.outcome === "answered" && both.confidence >= sureFrom)
        return both;
      tryAlso(`${topic.question}，${question}`);
    }
    if (about === undefined) return found;
    if (rest.length >= 3) tryAlso(about + rest);
    if (rest.length >= 3 && found.outcome === "answered") return found;
    // „不知道也要罚我钱吗“ is about the matter told of, which it does not name.
    const ofMatter =
      !(namesMatter.test(question) || ofProcedure.test(question)) ||
      (needsNoRight.has(about) && deniesRight.test(question));
    if (question.length <= 20 && ofMatter) {
      const lead = this.memory.hint.relation === "被控侵权人" ? "我卖的货被说" : "";
      tryAlso(`${lead}${about}，${question}`, sureFrom);
    }
    // „俺的专利让人仿了，咋整“ asks what to do about such a matter, in words of its own.
    const asksOfMatter = asksWhatToDo.test(question) || (question.length <= 14 && rest !== "");
    const plain = asksOfMatter ? plainQuestion(about) : undefined;
    if (plain !== undefined) tryAlso(plain);
    return found;
  }

  // ---- cancelling, withdrawing, adding ---------------------------------------------------------

  private cancel(): void {
    const { draft } = this.memory;
    if (draft === null) {
      if (this.memory.filed.length > 0) this.askWithdrawal();
      else this.parts.push(phrase("cancel.nothing"));
      return;
    }
    draft.cancelAsked = true;
    this.parts.push(phrase("cancel.ask"));
    this.options = ["cancel:yes", "cancel:no"];
    this.state = draft.phase;
  }

  /** The second step of cancelling. Returns false if the message was about something else. */
  private settleCancel(said: Understanding): boolean {
    const { draft } = this.memory;
    if (draft === null) return false;
    if (
      said.signals.deny ||
      said.signals.submit ||
      said.intents.includes("resume") ||
      /(?:继续|接着|(?:不|别|甭)(?:要|用|想)?取消|还是报|(?<!不)要报)/u.test(said.text)
    ) {
      this.parts.push(phrase("cancel.kept"));
      this.proceed(said);
      return true;
    }
    if (
      said.signals.agreed ||
      (said.signals.confirm &&
        !said.signals.reserved &&
        /取消|删|不(?:举)?报|不要|不(?:弄|填|搞)|算了/u.test(said.text)) ||
      said.intents.includes("cancel") ||
      /确定取消|取消吧|删(?:了|掉)/u.test(said.text)
    ) {
      this.erase();
      return true;
    }
    return false;
  }

  private erase(): void {
    // Nothing of what was said stays, but which reports are this person's.
    const { filed, lastAt } = this.memory;
    Object.assign(this.memory, structuredClone(emptyMemory), { filed, lastAt });
    this.state = "cancelled";
    this.parts.push(phrase("cancel.done"));
    this.intents.push("cancel");
  }

  /** The filed report that „刚才那件“ or „第一件“ means; undefined if it is not said. */
  private meantBy(text: string): string | undefined {
    const { filed } = this.memory;
    if (/刚才|刚刚|刚(?:交|报|提)|最后|最近/u.test(text)) return filed.at(-1);
    const ordinal = /第([一二三四五1-5])/u.exec(text)?.[1];
    return ordinal === undefined
      ? undefined
      : (filed["一二三四五".indexOf(ordinal) % 5] ?? filed[Number(ordinal) - 1]);
  }

  private askWithdrawal(named?: string): void {
    const { filed } = this.memory;
    const last = named !== undefined && filed.includes(named) ? named : filed.at(-1);
    if (last === undefined || (named !== undefined && named !== last)) {
      this.parts.push(phrase("withdraw.none"));
      return;
    }
    if (named === undefined && filed.length > 1) {
      this.parts.push(phrase("withdraw.which"));
      this.memory.offered = "withdrawal";
      this.options = filed.slice(-4).map((reportNo) => `withdrawal:${reportNo}`);
      return;
    }
    this.memory.withdrawing = last;
    this.parts.push(phrase("withdraw.ask", { reportNo: last }));
    this.options = ["withdraw:yes", "withdraw:no"];
  }

  private settleWithdrawal(said: Understanding): boolean {
    const reportNo = this.memory.withdrawing;
    if (reportNo === null) return false;
    this.memory.withdrawing = null;
    if (said.signals.deny || /不撤|别撤|算了/u.test(said.text)) {
      this.parts.push(phrase("withdraw.kept", { reportNo }));
      return true;
    }
    if (
      said.signals.agreed ||
      said.signals.withdraw ||
      (said.signals.confirm && /撤/u.test(said.text)) ||
      /^(?:我|俺)?确定/u.test(said.text)
    ) {
      this.effects.push({ kind: "withdraw", reportNo });
      return true;
    }
    return false;
  }

  private supplement(said: Understanding): void {
    const reportNo = this.memory.filed.at(-1);
    if (reportNo === undefined) {
      this.parts.push(phrase("supplement.none"));
      return;
    }
    const content = said.narrative
      .replace(/^[^，。]{0,8}?补充?(?:材料|证据|照片|一下|一?句|一?点|说明|情况)?(?:[：:，, ]+|$)/u, "")
      .trim();
    // Who only says that something is to come is asked for it.
    const announces =
      said.text.length <= 20 &&
      /补|还有|漏|忘/u.test(said.text) &&
      Object.keys(said.slots).length === 0 &&
      /(?:照片|图|材料|证据|截图|小票|收据|视频|录音|发票|情况|东西)(?:要|想|没|能|可以|得)?(?:补|交|传|发|给|加)?(?:上)?(?:吗|么|不|一下|啊)?[。！？?!]*$/u.test(
        said.text,
      );
    if (content.length < 4 || announces) {
      this.parts.push(phrase("supplement.ask", { reportNo }));
      return;
    }
    this.effects.push({ kind: "supplement", reportNo, text: content, evidenceIds: [] });
  }

  // ---- pictures, places, taps ------------------------------------------------------------------

  private takeImage(heard: Extract<Heard, { kind: "image" }>): void {
    const { draft } = this.memory;
    const last = this.memory.filed.at(-1);
    if (draft === null && last !== undefined) {
      this.intents = ["supplement"];
      this.effects.push({
        kind: "supplement",
        reportNo: last,
        text: heard.said?.narrative,
        evidenceIds: [heard.evidenceId],
      });
      return;
    }
    if (this.around.group && draft === null) {
      this.parts.push(phrase("group.private"));
      return;
    }
    if (!this.around.intake) {
      this.parts.push(phrase("intakeOff"));
      return;
    }
    this.intents = ["provide_info"];
    const current = draft ?? newDraft();
    if (draft === null) {
      this.memory.draft = current;
      this.intents.push("report");
      this.parts.push(phrase("notice"));
    }
    if (!current.evidenceIds.includes(heard.evidenceId)) current.evidenceIds.push(heard.evidenceId);
    current.slots.evidenceCount = current.evidenceIds.length;
    this.notes.gained += 1;
    this.parts.push(phrase("evidence.got", { count: current.evidenceIds.length }));
    this.takeOcr(current, heard.shown);
    this.proceed(heard.said, { again: false });
  }

  /** What a picture shows is a proposal: it waits for a yes, and is never an instruction. */
  private takeOcr(draft: Draft, shown: Understanding | undefined): void {
    if (shown === undefined || draft.slots.patentNumber !== undefined || draft.proposedNumber !== null)
      return;
    const number = shown.numbers.find((one) => one.valid !== undefined);
    if (number?.valid === undefined || "patentNumber" in draft.invalid) return;
    draft.proposedNumber = { number: number.valid, from: "picture" };
    this.trace.push({ rule: "ocr.patentNumber", slot: "patentNumber", text: number.text });
  }

  private takeLocation(heard: Extract<Heard, { kind: "location" }>): void {
    this.intents = ["provide_info"];
    const { draft } = this.memory;
    if (draft === null) {
      this.parts.push(phrase("confirm.nothing"));
      return;
    }
    if (heard.label !== undefined)
      setSlot(this.notes, draft, "location", heard.label.slice(0, 200), true, "location.shared", "");
    if (draft.slots.county === undefined && heard.county !== undefined) {
      draft.countyChoices = [heard.county];
      this.parts.push(heard.reason);
      this.notes.gained += 1;
    }
    this.proceed();
  }

  private takeChoice(id: string): void {
    const { draft } = this.memory;
    const [name = "", value = ""] = id.split(":");
    this.intents = ["provide_info"];
    if (this.around.group) {
      this.parts.push(phrase("group.private"));
      return;
    }
    if (name === "withdrawal" && this.memory.filed.includes(value)) {
      this.intents = ["cancel"];
      this.askWithdrawal(value);
      return;
    }
    if (name === "rating" && /^[1-5]$/.test(value)) {
      const reportNo = this.memory.filed.at(-1);
      this.intents = ["provide_info"];
      if (reportNo === undefined) this.parts.push(phrase("rate.none"));
      else this.effects.push({ kind: "rate", reportNo, score: Number(value), comment: "" });
      return;
    }
    if (id === "aid") {
      this.intents = [];
      if (draft === null) this.beginAid(undefined);
      else this.proceed();
      return;
    }
    if (id === "report") {
      this.intents = ["report"];
      if (draft !== null) this.proceed();
      else if (this.around.group) this.parts.push(phrase("group.private"));
      else this.begin(undefined);
      return;
    }
    if (id === "ask") {
      this.intents = ["greet"];
      this.parts.push(phrase("greet"));
      return;
    }
    if (id === "handoff") {
      this.intents = ["handoff"];
      this.effects.push({ kind: "handoff", reason: "asked" });
      this.proceed(undefined, { again: true });
      return;
    }
    if (name === "notices" && this.settleNotices(value === "yes")) return;
    if (name === "withdraw") {
      const reportNo = this.memory.withdrawing;
      this.memory.withdrawing = null;
      this.intents = [value === "yes" ? "confirm" : "deny"];
      if (reportNo === null) this.parts.push(phrase("confirm.nothing"));
      else if (value === "yes") this.effects.push({ kind: "withdraw", reportNo });
      else this.parts.push(phrase("withdraw.kept", { reportNo }));
      return;
    }
    if (draft === null) {
      const last = this.memory.filed.at(-1);
      this.intents = id === "confirm" ? ["confirm"] : ["chitchat"];
      this.parts.push(
        last === undefined ? phrase("confirm.nothing") : phrase("filed.already", { reportNo: last }),
      );
      return;
    }
    this.takeDraftChoice(draft, id, name, value);
  }

  private takeDraftChoice(draft: Draft, id: string, name: string, value: string): void {
    switch (name) {
      case "confirm":
        this.intents = ["confirm"];
        if (this.wasConfirming) this.file(draft);
        else this.proceed(undefined, { submit: true });
        return;
      case "edit":
        this.intents = ["deny"];
        this.parts.push(phrase("ask.change"));
        this.state = draft.phase;
        return;
      case "cancel":
        if (value === "yes") this.erase();
        else {
          this.intents = ["resume"];
          this.parts.push(phrase("cancel.kept"));
          this.proceed();
        }
        return;
      case "skip":
        for (const slot of draft.asking)
          if (!draft.unknown.includes(slot) && slot !== "reportType") draft.unknown.push(slot);
        draft.unknown = draft.unknown.filter((slot) => slot !== "county" && slot !== "contactPhone");
        this.proceed();
        return;
      case "anonymous":
        setSlot(this.notes, draft, "anonymous", value === "true", true, "choice", id);
        if (value === "true") {
          delete draft.slots.contactName;
          delete draft.slots.contactPhone;
          delete draft.invalid["contactPhone"];
        }
        break;
      case "evidence":
        if (draft.evidenceIds.length === 0)
          setSlot(this.notes, draft, "evidenceCount", 0, true, "choice", id);
        break;
      case "number":
        if (value === "yes" && draft.proposedNumber !== null) {
          setSlot(this.notes, draft, "patentNumber", draft.proposedNumber.number, true, "choice", id);
        } else if (value === "printed" && draft.wrongNumber !== null) {
          draft.printedNumber = draft.wrongNumber;
          this.parts.push(phrase("number.printed"));
        } else draft.proposedNumber = null;
        break;
      case "county":
        if (value === "unknown") {
          if (!draft.unknown.includes("county")) draft.unknown.push("county");
          draft.countyChoices = [];
        } else if ((countyNames as readonly string[]).includes(value)) {
          setSlot(this.notes, draft, "county", value as CountyName, true, "choice", id);
        }
        break;
      case "reportType":
        if ((reportTypes as readonly string[]).includes(value)) {
          setSlot(this.notes, draft, "reportType", value as ReportType, true, "choice", id);
        }
        break;
      default:
        this.parts.push(phrase("notUnderstood"));
    }
    this.proceed();
  }
}

/** „我的案子办得咋样了“: of a case of theirs, not of the law. */
const asksOfOwn =
  /(?:我|俺|咱)(?:们|家)?(?:的|那|这|之前|上次|报的|交的)+(?:个|件|份)?(?:案子|案件|举报|投诉|件|单子|事儿?)|查询码|(?:我|俺|咱)[^，。]{0,12}(?:举报|投诉|反映|报|交)(?:过)?的[^，。]{0,4}(?:事儿?|案子?|件|单子?)[^，。]{0,4}(?:咋样|怎么样|到哪|进展|结果|有信|有动静)|(?:举报|投诉|反映|报|登记)(?:了|过)(?:一)?[个件家回次]?[^，。]{0,6}[，。]?(?:咋|怎么|到现在|一直)*还?(?:没|不见|没有)[^，。]{0,4}(?:信|动静|消息|结果|回音|下文|人管)/u;

const asksWhatToDo = /咋整|咋办|咋弄|怎么办|怎么弄|管不管|能管|管得了|有(?:啥|什么)办法|找谁/u;

/** How a person takes up what was offered, beside a plain yes. */
const asksForIt = /^(?:申请|我?要|想|需要|办|报名|怎么(?:弄|办|申请)|咋(?:弄|办|申请)|帮我)/u;

/** Matters that need no patent, mark or work of one's own. */
const needsNoRight: ReadonlySet<ReportType> = new Set(["不正当竞争", "侵犯商业秘密", "消费投诉", "著作权"]);
const deniesRight =
  /(?:没(?:有)?|不是)(?:申请|注册|办|报|领|登记)?(?:过|什么|啥)?(?:专利|商标|版权|权利)|(?:专利|商标|版权|著作权)(?:也|都|压根|从来|根本|一直)*(?:没|未)/u;

/** „不用填举报“, „不想告了“: no report is wanted. */
const declinesReport =
  /不(?:是|想|要|用|必|需要|再|来|写|填|做|走)*(?:举报|投诉|告|报)(?!.{0,3}行|.{0,3}可以)/u;

/** „这违反哪条“, „这种能赔多少“: asked of the matter at hand. */
const pointsAtMatter =
  /^(?:(?:对了|哎|诶|那个|那么|话说|顺便问(?:一下|一句)?|还有|(?:我)?想问(?:一下)?|请问)[，, ]*)?(?:像|对)?(?:(?:这|那)(?:种|个|样|类|事儿?|情况|家|些)?(?:的)?(?:事儿?|情况|行为)?|(?:他|它)(?:们|家)?这(?:样|种)?)(.+)$/u;

/** What a question of the law names, in a group too: „海关备案上哪办“ is about nobody. */
const namesLaw =
  /专利|商标|版权|著作权|侵权|海关|备案|质押|许可合同|年费|地理标志|植物新品种|布图设计|商业秘密|消费欺诈/u;

/** What is asked of every matter alike: terms, suits, evidence. */
const ofProcedure = /告(?!诉|知)|过期|期限|多久|多长时间|几[天年日]|证据/u;

/** A question that names nothing: „从哪天开始算“. */
const fragment =
  /^(?:那|这|它|都|要|得|能|该|是)*(?:从|到|在|向|找|给)?(?:哪(?:天|年|里|儿)?|什么(?:时候)?|啥(?:时候)?|几(?:年|天|个月)?|多(?:久|少|长)(?:时间|钱)?|怎么|咋|谁)(?:开始|算起|起算|算|起|为止|才?行|够|到期|呢|啊|呀|来着)*$/u;

const namesMatter =
  /平台|专利|商标|版权|著作|侵权|假冒|申请|年费|秘密|竞争|消费|举报|投诉|匿名|起诉|不告|时效/u;

/** „咋举报“: in a group the answer is to come and tell it in private. */
const asksHowToReport = (question: string): boolean =>
  /(?:怎么|咋|如何|怎样|正经)(?:样|才能|才)?(?:去)?(?:举报|投诉|报案)(?:[^，。]{0,4})$/u.test(question);

/** „我们的配方被员工泄露了，能在您这儿举报吗“: who tells what happened to them and asks for leave to report it. */
function asksToReport({ question = "", slots, requests }: Understanding): boolean {
  const { relation, county, reportType } = slots;
  const theirs = relation?.value === "权利人" || relation?.value === "消费者";
  if (reportType === undefined || requests.accused || requests.aid) return false;
  if (!theirs && county?.value !== "非本市") return false;
  return /(?:能|可以|可不可以|能不能|想|给)[^，。]{0,10}(?:举报|投诉|受理|登记|管管?)(?:一下)?(?:吗|么|不|嘛)?$|(?:怎么|咋|如何)(?:样)?(?:举报|投诉|反映)$|(?:管|收|受理)(?:不管|不|吗|么)$/u.test(
    question,
  );
}

/** Whether the person threatens, or is threatened. */
const reasonOf = ({ acts }: Understanding): "threat" | "threatened" =>
  acts.some(({ act }) => act === "threatened") && !acts.some(({ act }) => act === "threat")
    ? "threatened"
    : "threat";

/** From this many times in a row on the same message is only told to be there already. */
const floodFrom = 3;

/** „我2016年就做了，算侵权不“: when the asker did it is no date of a law. */
const withoutOwnDates = (question: string): string =>
  question.replace(
    /((?:我|俺|咱)(?:们|家|厂)*(?:[^。]{0,20}[，,](?:我|俺)?)?(?:是|从|在|打)?)(?:(?:19|20)?\d{2}年(?:\d{1,2}月)?(?:份|底|初)?)(?=就|开始|起|买|做|生产|卖|干|拿到|申请)/gu,
    "$1早",
  );

/** How somebody breaks in to ask. */
const breaksIn =
  /^(?:(?:等(?:一下|下|等|会儿?)|慢着|先别[急忙交]|打断一下|插一?句(?:话|嘴)?|哎|诶|欸)[，, ]+)+(?=[^，。]{4,})/u;

/** What is asked beside being put through to somebody; undefined if nothing. */
function besideHandoff(question: string | undefined): string | undefined {
  const rest = question
    ?.split(/[，。]/u)
    .filter((clause) => !lexicon().intents.handoff.test(clause))
    .join("，");
  return rest === undefined || rest.length < 4 ? undefined : rest;
}

/** From which probability a question is taken to be about a topic of the desk (docs/decisions/033). */
const topicFrom = 0.4;
/** From which on over a sure answer to the words as they came. */
const topicOverFrom = 0.97;
/** How sure an answer must be where the message is learned to be no business of the desk. */
const offTopicSure = 0.85;

/** Below this confidence an answer is only the nearest text at hand. */
export const sureFrom = 0.5;

const isSure = ({ outcome, confidence }: KnowledgeAnswer): boolean =>
  outcome === "answered" && confidence >= sureFrom;

/** Whether the article that an answer rests on first bears another, too. */
const citeAlike = ({ citations: [first] }: KnowledgeAnswer, other: KnowledgeAnswer): boolean =>
  other.citations.some(({ law, article }) => law === first?.law && article === first.article);

const matterTold = /假冒专利|(?:专利|商标|著作权)侵权|侵犯(?:专利|商标|著作)权|侵犯商业秘密|虚假宣传/u;

/** „…，也罚吗“, „…，还赔不“ at the end. */
const alsoHolds =
  /[，,](?:也|还|照样|一样)(?:是)?(?:要|得|会|能|挨)?(?:被)?(?:罚|赔|判|抓|算|管|查)(?:款|钱)?(?:不|吗|么|嘛)?[。！?？]*$/u;

/** What points back to what was asked before. */
const pointsBack = /^(?:那|这|它|他|要是|如果|万一|还有|再问|除了)|呢[?？]?$/u;
/** How sure an answer must be to stand by itself in the middle of a talk. */
const aloneSure = 0.7;

/** Whether a question needs the one before it: „那外观的呢“, „能少交点不“. One that names its subject does not. */
function leansOnContext(question: string): boolean {
  if (/^[^，。]{1,6}(?:的)?呢[?？]?$/u.test(question)) return true;
  // A question that names its subject stands by itself, though it begins with 他.
  if (/^(?:他|它)/u.test(question))
    return !/无效|宣告|申请|年费|侵权|假冒|赔偿|管辖|裁决|复议/u.test(question);
  if (/^(?:那|这|要是|如果|还有|再问|除了)/u.test(question)) return true;
  // „卖的人不知情，也罚？“ asks whether what was told before holds here, too.
  if (question.length <= 20 && alsoHolds.test(question) && !namesMatter.test(question)) return true;
  return (
    question.length <= 14 &&
    !/专利|发明|实用新型|外观|商标|版权|著作权|申请|年费|侵权|假冒|裁决|不服|复议|答辩|调解|管辖|立案/u.test(
      question,
    )
  );
}

const unique = <T>(items: readonly T[]): T[] => [...new Set(items)];

/** What a person says of themselves and their report. */
const ofOneself: ReadonlySet<string> = new Set(["anonymous", "callback", "evidenceCount", "suedAlready"]);
const asksOrSupposes = /如果|要是|假如|万一|若是|的话|是不是|能不能|可不可以/u;

/** The slots that a message gives outside its question. Only what a person must state outright counts inside one. */
function factsOutside(said: Understanding, question: string | undefined): FoundSlots {
  if (question === undefined) return said.slots;
  // „我们在南皮县“ says where the speaker is, whatever else is asked.
  const clauses = question
    .split(/[，。]/u)
    .filter((clause) => !/^(?:我|俺|咱)们?(?:家|厂|公司|店)?(?:就)?在/u.test(clause));
  // „我想匿名，这样还会查吗“: what is said of oneself beside what is asked stands.
  const asking = clauses.filter((clause) => asksOrSupposes.test(clause) || lexicon().question.test(clause));
  return Object.fromEntries(
    Object.entries(said.slots).filter(([name, found]) => {
      if (found === undefined) return false;
      const text = said.text.slice(found.start, found.end);
      // „法院判赔偿最多多少“ says of nobody that they sued.
      if (name === "suedAlready" && !clauses.some((clause) => /我|俺|咱|本人|已经|[过完]了?$/u.test(clause)))
        return !clauses.some((clause) => clause.includes(text) || text.includes(clause));
      const ofAsking = ofOneself.has(name) ? asking : clauses;
      return !ofAsking.some((clause) => clause.includes(text));
    }),
  );
}
