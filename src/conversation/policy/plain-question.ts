import type { ReportType } from "../../reports/report.ts";
import { ellipticTopic, isOfMatter, isOfOthers, topicInTalk, topicQuestion } from "../topics.ts";
import { topicSureFrom } from "../understanding/learned/acts.ts";
import { lexicon } from "../understanding/lexicon.ts";
import { lastClauseOf, minePatentTaken, namesArticle, namesMatter } from "./question-forms.ts";
import { isOfAnotherRight, matterNamed, rightOfTalk, rightsOfLaws } from "./question-matter.ts";
import { sureFrom } from "./sureness.ts";
import { isAccused, type Turn } from "./turn.ts";

export type PlainQuestion = {
  asks: string;
  sure: boolean;
  /** How likely it is of that topic in the talk, and by its words alone, 0 to 1. */
  probability: number;
  byWords: number;
  /** Whether it asks of the very matter at hand. */
  ofMatter: boolean;
  /** Whether only its last clause asks, and the others tell. */
  atEnd: boolean;
};

/** From which probability a question is taken to be about a topic of the desk (docs/decisions/033). */
export const topicFrom = 0.4;

/** What a question that is learned to be about a topic of the desk asks in plain words; undefined if it is of none. */
export function plainly(
  turn: Turn,
  question: string,
  about: ReportType | undefined,
): PlainQuestion | undefined {
  if (question.length > 50) return undefined;
  if (namesArticle.test(question)) return undefined;
  const named = matterNamed(question, about ?? rightOfTalk(turn, question));
  const learned = topicInTalk(question, about === undefined && named === undefined ? undefined : named);
  // „我自己的专利让人仿了，咋整“ defends nobody.
  if (learned.kind === "own-patent-defence" && minePatentTaken.test(question)) return undefined;
  if (isOfAnotherRight(question, topicQuestion(learned.kind, named ?? "其他"))) return undefined;
  // „现在的反不正当竞争法哪一条管这个“ names a law, and points at the matter.
  const points = question.length <= 24 && /哪一?条[^，。]{0,4}(?:这|此|它)/u.test(question);
  const short = about !== undefined && (points || (question.length <= 14 && !namesMatter.test(question)));
  // „弯头上的专利号是假的，最多能罚他多少“: what is told goes before what is asked.
  const tail = about !== undefined && !short ? lastClauseOf(question) : undefined;
  const told = tail === undefined ? "" : question.slice(0, question.lastIndexOf(tail));
  const asksAtEnd =
    tail !== undefined &&
    tail.length <= 14 &&
    !namesMatter.test(tail) &&
    !lexicon().question.test(told.replace(/[，,、\s]+$/u, ""));
  // „给采购塞回扣罚多少“ out of the blue names by itself what it is asked of.
  const inTalk =
    turn.memory.draft !== null || turn.memory.topic !== null || turn.memory.hint.reportType !== undefined;
  const elliptic =
    !inTalk ||
    isSurelyOf(learned) ||
    !(short || (asksAtEnd && !(isLikelyOf(learned) && !isOfOthers(learned.kind, named ?? "其他"))))
      ? undefined
      : ellipticTopic(asksAtEnd ? tail : question);
  const { kind, probability, byWords } =
    elliptic === undefined ? learned : { kind: elliptic, probability: topicSureFrom, byWords: topicSureFrom };
  if (probability < topicFrom) return undefined;
  const matter: ReportType = named ?? turn.memory.hint.reportType ?? "假冒专利";
  // Who is accused asks how long they have to answer.
  const ofDefence = isAccused(turn) && (kind === "reply-time" || kind === "case-time");
  // „处理决定不服，几天内起诉“ is about a ruling, not about a report that was not taken up.
  const ofRuling = kind === "appeal-by-me" && /裁决|裁完|判完|起诉|处理决定/u.test(question);
  const asks = topicQuestion(ofDefence ? "defence" : ofRuling ? "ruling-appeal" : kind, matter);
  if (asks === undefined) return undefined;
  // „那人没了以后归孩子不“ of a work asks nothing of patents.
  const ofTalk = about ?? rightOfTalk(turn, question);
  if (
    // Who represents others does so in matters of patents.
    ofTalk !== "代理违法" &&
    rightsOfLaws.some(([, right]) => right === ofTalk) &&
    asks.includes("专利") &&
    !question.includes("专利")
  )
    return undefined;
  turn.trace.push({ rule: `topic.${kind}(${probability.toFixed(2)})`, text: question });
  const sure = probability >= topicSureFrom;
  const ofMatter =
    probability >= sureFrom &&
    (elliptic !== undefined || isOfMatter(kind, matter)) &&
    (matter !== "假冒专利" || about !== undefined);
  return { asks, sure, probability, byWords, ofMatter, atEnd: asksAtEnd && elliptic !== undefined };
}

/** „…头一回，还罚不罚“: what is told before makes it another question than its last words. */
const isLikelyOf = ({ kind, probability }: { kind: string; probability: number }): boolean =>
  probability >= 0.6 && topicQuestion(kind, "其他") !== undefined;

/** Whether a question is learned to be about a topic so surely that no pattern of a few words may say otherwise. */
const isSurelyOf = ({ kind, probability }: { kind: string; probability: number }): boolean =>
  probability >= 0.8 && topicQuestion(kind, "其他") !== undefined;
