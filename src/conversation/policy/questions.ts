import type { ReportType } from "../../reports/report.ts";
import { isOfDesk, phrase, serviceAnswer, serviceBasis, shorten } from "../say.ts";
import { ellipticTopic, isOffTopic, topicInTalk } from "../topics.ts";
import { topicSureFrom } from "../understanding/learned/acts.ts";
import { lookUp } from "./look-up.ts";
import { plainly } from "./plain-question.ts";
import { prevailing } from "./prevailing.ts";
import {
  asAsked,
  asksWhichOffice,
  lastClauseOf,
  leansOnContext,
  namesPatentMatter,
  namesProcedure,
} from "./question-forms.ts";
import { rightOfTalk } from "./question-matter.ts";
import { speltOut } from "./spelt-out.ts";
import { namesOtherRight, subjectOfTalk } from "./subject-of-talk.ts";
import { isSure, isSurelyOfLaw, lawOverAll } from "./sureness.ts";
import { impliedByTalk, toldInTalk } from "./talk-of-law.ts";
import type { Turn } from "./turn.ts";

/** Answers a question. `quietly`: says nothing where there is no answer. Returns whether it was answered. */
export function answer(turn: Turn, asked: string, quietly = false, matter?: ReportType): boolean {
  const question = speltOut(turn.memory, asAsked(asked));
  // „侵犯了咋罚“ after „商业秘密怎么才算“ is asked of what was talked of, as of a report at hand.
  const ofTalk = matter === undefined && ellipticTopic(question) !== undefined;
  const about = ofTalk ? rightOfTalk(turn, question) : matter;
  // „信访几天办结“ is asked of another law, whatever the talk is of.
  const alone = turn.around.ask(question, null);
  const ofOtherLaw = alone.beside === true && isSure(alone) ? alone : undefined;
  if (ofOtherLaw === undefined && tellOffice(turn, question)) return true;
  const learned = ofOtherLaw === undefined ? plainly(turn, question, about) : undefined;
  const own = serviceAnswer(question);
  const ofDesk = isOfDesk(question);
  // „那得多长时间能有结果“ of 专利侵权 asks how long a ruling takes, not when the desk answers.
  const meant =
    (learned?.probability ?? 0) >= topicOverService && serviceAnswer(learned?.asks ?? "") === undefined;
  const prevails = own === undefined || learned?.ofMatter === true || meant;
  const asks =
    !ofDesk && prevails && (learned?.sure === true || learned?.ofMatter === true) ? learned.asks : question;
  // „提了无效以后补证据给几天“ is asked of a procedure of the law, which answers it; nothing is here to be added to.
  const goesOn = !ofDesk && (turn.memory.draft === null || (turn.justAsked && leansOnContext(question)));
  const inTalk = goesOn ? toldInTalk(turn, question) : undefined;
  const ofLaw =
    inTalk !== undefined ||
    (!ofDesk &&
      (learned?.probability ?? 0) < topicOverService &&
      (own === undefined && turn.memory.draft === null
        ? isSurelyOfLaw(alone)
        : isAskedOfLaw(turn, question)));
  // „条例第九十条说匿名的不收“: an article that does not exist says nothing of what else is named.
  const ofNoLaw = alone.outcome === "declined" && alone.confidence >= 1 && pointsAtArticle.test(question);
  const service = ofLaw || ofNoLaw || ofOtherLaw !== undefined ? undefined : serviceAnswer(asks);
  if (service !== undefined && !(quietly && turn.parts.includes(service))) {
    turn.parts.push(service);
    const basis = serviceBasis(asks);
    if (basis !== undefined) turn.citations.push(...turn.around.ask(basis, null).citations);
    turn.outcome = "answered";
    turn.confidence = 1;
    return true;
  }
  let found = ofOtherLaw ?? lookUp(turn, question, about);
  if (inTalk !== undefined && serviceAnswer(learned?.asks ?? "") !== undefined) found = inTalk;
  else if (learned !== undefined) {
    const told = ofLaw || isSure(found) ? undefined : serviceAnswer(learned.asks);
    if (told !== undefined) {
      turn.parts.push(told);
      turn.outcome = "answered";
      turn.confidence = 1;
      return true;
    }
    found = prevailing(turn, question, { about, learned, found });
  }
  // „明天限什么号“ in a talk of the law is of no business of the desk, and a law that does not exist says nothing, whatever
  // the talk makes of it.
  const ofOthers = alone.outcome === "declined" && alone.confidence >= surelyDeclined && isOffTopic(question);
  if (ofNoLaw || ofOthers) found = alone;
  if (ofNoLaw) turn.intents.push("qa");
  // „你说他们咋这么大胆呢 真没人罚？罚的话罚多少“: the last clause asks.
  const outOfScope = found.outcome === "declined" && found.confidence >= offTopicSure;
  const last = outOfScope ? undefined : lastClauseOf(question);
  if (found.outcome !== "answered" && last !== undefined && answer(turn, last, true, about)) return true;
  // „那老板欠我工资呢“ asks for nobody's data, though it sounds like what is never told.
  const refused =
    found.outcome === "declined" && /电话|手机|住|地址|身份证|姓名|名字|微信|车牌/u.test(question);
  const off =
    turn.offTopic &&
    learned?.sure !== true &&
    (found.confidence < offTopicSure || (found.outcome === "declined" && !refused));
  const implied = found.outcome !== "answered" || off ? impliedByTalk(turn, question) : undefined;
  if (implied !== undefined) found = implied;
  else if (off) {
    if (!quietly) {
      turn.parts.push(phrase("oos"));
      turn.outcome = "declined";
      turn.intents.push("oos");
    }
    return false;
  }
  turn.trace.push({ rule: `knowledge.${found.outcome}`, text: question });
  const answered = found.outcome === "answered";
  if (answered || !quietly) {
    turn.memory.suggested = answered || turn.memory.draft !== null ? [] : [...(found.related ?? [])];
    turn.parts.push(turn.around.group ? shorten(found.text) : found.text);
    turn.told.push(found.text);
    turn.citations.push(...found.citations);
    turn.outcome = found.outcome;
    turn.confidence = found.confidence;
  }
  if (found.outcome === "declined" && !quietly) turn.intents.push("oos");
  if (found.topic !== undefined) {
    // „能少交点不“ of an application is still of that, whatever article it rests on; a talk that begins is of nothing yet.
    const { subject } = turn.memory;
    const left = subject !== null && namesOtherRight(question, subject);
    const before = turn.memory.topic === null || left ? null : subject;
    turn.memory.subject = subjectOfTalk(found.topic) ?? before;
    // What was said tells more of the talk than the plain question that it was learned to mean.
    const whole = question.length >= wholeChars && !leansOnContext(question);
    turn.memory.topic = whole ? { ...found.topic, question: question.slice(0, topicChars) } : found.topic;
    turn.memory.toldLast = found.text.slice(0, toldChars);
    turn.memory.justAsked = answered;
  }
  return answered;
}

/** „会转给哪个局“ once the report tells where: the very office. Returns whether it was told. */
function tellOffice(turn: Turn, question: string): boolean {
  const slots = turn.memory.draft?.kind === "report" ? turn.memory.draft.slots : undefined;
  // New varieties are the business of agriculture and forestry, not of the office that takes the report down.
  if (slots?.reportType === undefined || slots.reportType === "植物新品种") return false;
  if (slots.county === undefined) return false;
  const { kind, probability } = topicInTalk(question, slots.reportType);
  if (!asksWhichOffice.test(question) && !(kind === "who-handles" && probability >= topicSureFrom))
    return false;
  const office = turn.around.officeOf?.(slots);
  if (office === undefined) return false;
  turn.trace.push({ rule: "office", text: question });
  turn.parts.push(phrase("office", { office: office.name, county: slots.county }));
  turn.citations.push(...office.basis);
  turn.outcome = "answered";
  turn.confidence = 1;
  return true;
}

/**
 * Whether what is asked is surely told by the law, whatever it sounds like: „交了申请，撤了还行不“ where nothing was
 * reported here that could be meant.
 */
export function isAskedOfLaw({ memory, around }: Turn, question: string | undefined): boolean {
  if (question === undefined) return false;
  const reports = memory.draft !== null || memory.filed.length > 0;
  const named = (reports ? namesPatentMatter : namesProcedure).test(question);
  if (reports && !named) return false;
  const found = around.ask(question, null);
  return isSurelyOfLaw(found) && (named || found.confidence >= lawOverAll);
}

const pointsAtArticle = /第[〇零一二三四五六七八九十百两几\d]+条|《/u;

/** How much of an answer tells it from others. */
const toldChars = 80;

/** From which length on a question that leans on nothing is remembered as it was asked, and how much of it. */
const wholeChars = 8;
const topicChars = 80;

/** From which on over an answer of the desk that a pattern of a few words finds. */
const topicOverService = 0.85;

/** How surely a question must be declined by itself for no talk to answer it. */
const surelyDeclined = 0.9;

/** How sure an answer must be where the message is learned to be no business of the desk. */
const offTopicSure = 0.85;
