import type { ReportType } from "../../reports/report.ts";
import type { KnowledgeAnswer } from "../decision.ts";
import { topicSureFrom } from "../understanding/learned/acts.ts";
import type { PlainQuestion } from "./plain-question.ts";
import { asksHowMuch, leansOnContext } from "./question-forms.ts";
import { beginsAsTold } from "./subject-of-talk.ts";
import {
  aloneSure,
  citeAlike,
  isSure,
  isSurelyOfLaw,
  lawOverAll,
  lawOverMatter,
  lawOverService,
  sureFrom,
} from "./sureness.ts";
import { isAccused, type Turn } from "./turn.ts";

/** From which on over what the talk before made of the words, too. */
const topicOverFrom = 0.93;

/** From which a topic is rather meant than what the talk before makes of words that find nothing by themselves. */
const topicLikelyAlone = 0.55;

/** How sure its plain question must be answered for that. */
const plainAnsweredFrom = 0.85;

/** From which on over an answer that is less sure by so much than that in plain words. */
const topicLikelyFrom = 0.8;

const plainlySurer = 0.15;

/** From which on, in a question of a few characters, over an answer that is much less sure. */
const topicFewFrom = 0.45;

const fewWords = 16;

const muchSurer = 0.3;

/** From which on a surer answer by so much prevails over one that rests on an article of its own, too. */
const topicCertainFrom = 0.95;

const fullerBy = 0.05;

/** By how much a topic must be likelier than the answer to the words as they came is sure. */
const topicMargin = 0.15;

const topicMarginInTalk = 0.21;

/** How sure an answer by itself must be to speak for what is learned to be asked. */
const nearlySure = 0.4;

/**
 * Which answer a question gets: what was found for it in the talk, what its words find by themselves, or what it is
 * learned to ask in plain words.
 *
 * @param about The kind of report at hand; undefined if there is none.
 */
export function prevailing(
  turn: Turn,
  question: string,
  {
    about,
    learned,
    found,
  }: { about: ReportType | undefined; learned: PlainQuestion; found: KnowledgeAnswer },
): KnowledgeAnswer {
  const inPlainWords = turn.around.ask(learned.asks, null);
  // Of the same article the words as they came get the nearer answer; of another, what was learned surely prevails
  // over what was found with a doubt.
  const { probability } = learned;
  const alone = turn.around.ask(question, null);
  // „最少该给多少“ finds nothing by itself: what the talk before made of it is a guess.
  const shown =
    probability >= topicOverFrom ? Math.min(found.confidence, alone.confidence) : found.confidence;
  // „多久能出来“ may be of what was talked of before.
  const margin = turn.memory.topic !== null && leansOnContext(question) ? topicMarginInTalk : topicMargin;
  const gain = inPlainWords.confidence - found.confidence;
  const doubt = gain >= 0 && shown < Math.min(aloneSure, learned.byWords - margin);
  // What a topic asks of the very matter at hand is meant, not what the words alone may mean of another:
  // „过几年是不是就不管了“ of 专利侵权 asks how long one may sue.
  // But „多久能出来“ right after another question is asked of that, where it is surely answered in that talk.
  const ofLast =
    turn.memory.draft === null &&
    turn.memory.topic !== null &&
    leansOnContext(question) &&
    found.confidence >= lawOverService &&
    probability < topicSureFrom;
  const ofThis = learned.ofMatter && !ofLast;
  const likely =
    learned.sure ||
    (about !== undefined && probability >= sureFrom) ||
    (about === undefined &&
      !isAccused(turn) &&
      !asksHowMuch.test(question) &&
      probability >= topicLikelyAlone &&
      inPlainWords.confidence >= plainAnsweredFrom);
  const guessed = likely && !isSure(alone);
  // What is all but certainly learned is meant, where it is answered no less surely.
  const surer =
    (probability >= topicOverFrom && gain >= 0) ||
    (probability >= topicLikelyFrom && gain >= plainlySurer) ||
    // „商标下证以后能用多久“: of a few words most are said of much else.
    (question.length <= fewWords && probability >= topicFewFrom && gain >= muchSurer);
  // „想叫他的专利作废 找谁办“: what is meant for certain is told with all it rests on.
  const fuller = probability >= topicCertainFrom && gain >= fullerBy;
  // What the words say by themselves and what they are learned to ask agree: the talk before does not bear on them.
  const agreed =
    probability >= sureFrom &&
    inPlainWords.confidence >= aloneSure &&
    alone.outcome === "answered" &&
    alone.confidence >= nearlySure &&
    citeAlike(alone, inPlainWords) &&
    !citeAlike(found, inPlainWords);
  // What was told already is no answer to the next question.
  const again =
    probability >= sureFrom && beginsAsTold(turn.memory, found) && !beginsAsTold(turn.memory, inPlainWords);
  const stands =
    isSure(found) &&
    !again &&
    (!(surer || doubt || guessed || ofThis || agreed) || (citeAlike(found, inPlainWords) && !fuller));
  // „抽奖内定自己人会咋罚“ in a report of 假冒专利 asks of what another law is surely about.
  const ofAnother =
    about !== undefined &&
    probability < topicOverFrom &&
    alone.confidence >= (leansOnContext(question) ? lawOverMatter : lawOverAll) &&
    isSurelyOfLaw(alone) &&
    !inPlainWords.citations.some(({ law }) => law === alone.citations[0]?.law);
  if (ofAnother) return alone;
  return isSure(inPlainWords) && (!stands || learned.atEnd) ? inPlainWords : found;
}
