import type { ReportType } from "../../reports/report.ts";
import type { KnowledgeAnswer } from "../decision.ts";
import { plainQuestion } from "../understanding/lexicon.ts";
import { deniesRight, needsNoRight } from "./matter.ts";
import {
  alsoHolds,
  asksWhatToDo,
  fragment,
  leansOnContext,
  matterTold,
  minePatentTaken,
  namesMatter,
  ofProcedure,
  pointsAtMatter,
  pointsBack,
} from "./question-forms.ts";
import { rightsOfLaws } from "./question-matter.ts";
import { isToldAgain, namesOtherRight } from "./subject-of-talk.ts";
import { aloneSure, citeAlike, isSure, sureFrom } from "./sureness.ts";
import { isAccused, type Turn } from "./turn.ts";

/** By how much a question is answered surer once it is led by what the talk is of, for that to be meant. */
const ledSurer = 0.1;

/** The surest answer to a question: in the talk, by itself, or said of the matter at hand. */
export function lookUp(turn: Turn, question: string, about: ReportType | undefined): KnowledgeAnswer {
  const { topic } = turn.memory;
  // „这种能赔多少“ of a report of 专利侵权 asks 专利侵权能赔多少.
  const [, rest = ""] = pointsAtMatter.exec(question) ?? [];
  if (about !== undefined && rest.length >= 3 && !namesMatter.test(question)) {
    const ofMatter = turn.around.ask(about + rest, null);
    if (isSure(ofMatter)) return ofMatter;
  }
  const leans = leansOnContext(question) && topic !== null;
  let found = turn.around.ask(question, leans ? topic : null);
  // What is answered surely by itself needs nothing of what was asked before: „法定赔偿最高多少“.
  // „要是这东西我们厂头几年就做过呢“ supposes, and says all of it.
  const supposes = question.length >= 14 && /^(?:那|这)?(?:要是|如果|万一)/u.test(question);
  if (leans && (supposes || !pointsBack.test(question)) && !fragment.test(question)) {
    const alone = turn.around.ask(question, null);
    if (alone.outcome === "answered" && alone.confidence >= aloneSure) return alone;
  }
  const tryAlso = (other: string, least = 0) => {
    if (found.outcome === "answered" && found.confidence >= sureFrom) return;
    const better = turn.around.ask(other, null);
    const surer = found.outcome !== "answered" || better.confidence > found.confidence;
    if (better.outcome === "answered" && surer && better.confidence >= least) found = better;
  };
  // „卖的人不知情，也罚？“ after „假冒专利怎么罚“ is about what was named there.
  const toldOf = leans && alsoHolds.test(question) ? matterTold.exec(topic.question)?.[0] : undefined;
  if (toldOf !== undefined) {
    const ofIt = turn.around.ask(`${toldOf}，${question}`, null);
    if (ofIt.outcome === "answered" && ofIt.confidence >= sureFrom) return ofIt;
  }
  if (leans && found.outcome !== "answered") tryAlso(question);
  // „从哪天开始算“ after „能保护几年“ is told where what was asked is: what both ask together.
  const together = leans && question.length <= 16 ? `${topic.question}，${question}` : undefined;
  const isFragment = fragment.test(question);
  if (together !== undefined && leans && isFragment) {
    const both = turn.around.ask(together, null);
    const ofTopic = both.citations.some(({ law, article }) => law === topic.law && article === topic.article);
    if (ofTopic && both.outcome === "answered" && both.confidence >= sureFrom) return both;
  }
  // „要是给我驳回了呢“ after what an application costs is asked of an application.
  const { subject } = turn.memory;
  const led =
    topic === null || subject === null || question.includes(subject) || namesOtherRight(question, subject)
      ? undefined
      : turn.around.ask(`${subject}，${question}`, null);
  // Who says all of it is understood without that: 专利下来以后发现跟别人的一样，能弄掉不.
  if (led !== undefined && isSure(led) && (leans || !isSure(found))) {
    // What the words find by themselves agrees, and the talk only makes the article told last of them.
    const agrees = citeAlike(led, turn.around.ask(question, null)) && !citeAlike(found, led);
    if (agrees || isToldAgain(turn.memory, found) || led.confidence >= found.confidence + ledSurer)
      return led;
  }
  // What was told already is no answer.
  if (together !== undefined && (isFragment || !isToldAgain(turn.memory, turn.around.ask(together, null))))
    tryAlso(together);
  // „别人侵犯我专利 跟他谈不拢 有啥法子“ names the matter itself.
  const asksOfMine =
    (about === undefined || about === "专利侵权") &&
    asksWhatToDo.test(question) &&
    minePatentTaken.test(question);
  const waysOut = asksOfMine ? plainQuestion("专利侵权") : undefined;
  const ways = waysOut === undefined ? undefined : turn.around.ask(waysOut, null);
  if (ways !== undefined && isSure(ways) && !(isSure(found) && found.confidence >= aloneSure)) return ways;
  if (about === undefined) return found;
  // „说不知道是侵权的呢“ of a trade mark asks what the trade mark law says, not that of patents.
  const lawOfMatter = rightsOfLaws.find(([, right]) => right === about)?.[0];
  if (
    lawOfMatter !== undefined &&
    !question.includes("专利") &&
    /专利/u.test(found.citations[0]?.law ?? "")
  ) {
    const ofRight = turn.around.ask(`${about}，${question}`, null);
    if (isSure(ofRight) && ofRight.citations[0]?.law.includes(lawOfMatter) === true) return ofRight;
  }
  if (rest.length >= 3) tryAlso(about + rest);
  if (rest.length >= 3 && found.outcome === "answered") return found;
  // „不知道也要罚我钱吗“ is about the matter told of, which it does not name.
  const ofMatter =
    !(namesMatter.test(question) || ofProcedure.test(question)) ||
    (needsNoRight.has(about) && deniesRight.test(question));
  if (question.length <= 20 && ofMatter) {
    const lead = isAccused(turn) ? "我卖的货被说" : "";
    tryAlso(`${lead}${about}，${question}`, sureFrom);
  }
  // „俺的专利让人仿了，咋整“ asks what to do about such a matter, in words of its own.
  const asksOfMatter = asksWhatToDo.test(question) || (question.length <= 14 && rest !== "");
  const plain = asksOfMatter ? plainQuestion(about) : undefined;
  if (plain !== undefined) tryAlso(plain);
  return found;
}
