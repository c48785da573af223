import type { ReportType } from "../../reports/report.ts";
import type { KnowledgeAnswer } from "../decision.ts";
import { phrase, serviceAnswer, serviceBasis, shorten } from "../say.ts";
import { ellipticTopic, isOfMatter, topicInTalk, topicQuestion } from "../topics.ts";
import { topicSureFrom } from "../understanding/learned/acts.ts";
import { lexicon, plainQuestion } from "../understanding/lexicon.ts";
import { deniesRight, needsNoRight } from "./matter.ts";
import { isAccused, type Turn } from "./turn.ts";

/** Answers a question. `quietly`: says nothing where there is no answer. Returns whether it was answered. */
export function answer(turn: Turn, asked: string, quietly = false, matter?: ReportType): boolean {
  const question = withoutOwnDates(asked)
    .replace(asksRather, "")
    .replace(breaksIn, "")
    .replace(/来着(?=[?？]?$)/u, "");
  // „侵犯了咋罚“ after „商业秘密怎么才算“ is asked of what was talked of, as of a report at hand.
  const ofTalk = matter === undefined && ellipticTopic(question) !== undefined;
  const about = ofTalk ? rightOfTalk(turn, question) : matter;
  // „信访几天办结“ is asked of another law, whatever the talk is of.
  const ofOtherLaw = namesOtherLaw.test(question) ? sureOf(turn.around.ask(question, null)) : undefined;
  if (ofOtherLaw === undefined && tellOffice(turn, question)) return true;
  const learned = ofOtherLaw === undefined ? plainly(turn, question, about) : undefined;
  const plain = learned?.asks;
  const own = serviceAnswer(question);
  // „那得多长时间能有结果“ of 专利侵权 asks how long a ruling takes, not when the desk answers.
  const meant = (learned?.probability ?? 0) >= topicOverService && serviceAnswer(plain ?? "") === undefined;
  const prevails = own === undefined || learned?.ofMatter === true || meant;
  const asks = prevails && (learned?.sure === true || learned?.ofMatter === true) ? learned.asks : question;
  // „提了无效以后补证据给几天“ is asked of a procedure of the law, which answers it; nothing is here to be added to.
  const ofLaw =
    (learned?.probability ?? 0) < topicOverService &&
    (own === undefined && turn.memory.draft === null
      ? isSurelyOfLaw(turn.around.ask(question, null))
      : isAskedOfLaw(turn, question));
  const service = ofLaw || ofOtherLaw !== undefined ? undefined : serviceAnswer(asks);
  if (service !== undefined && !(quietly && turn.parts.includes(service))) {
    turn.parts.push(service);
    const basis = serviceBasis(asks);
    if (basis !== undefined) turn.citations.push(...turn.around.ask(basis, null).citations);
    turn.outcome = "answered";
    turn.confidence = 1;
    return true;
  }
  let found = ofOtherLaw ?? lookUp(turn, question, about);
  if (plain !== undefined) {
    const told = ofLaw || isSure(found) ? undefined : serviceAnswer(plain);
    if (told !== undefined) {
      turn.parts.push(told);
      turn.outcome = "answered";
      turn.confidence = 1;
      return true;
    }
    const inPlainWords = turn.around.ask(plain, null);
    // Of the same article the words as they came get the nearer answer; of another, what was learned surely prevails
    // over what was found with a doubt.
    const probability = learned?.probability ?? 0;
    const alone = turn.around.ask(question, null);
    // „最少该给多少“ finds nothing by itself: what the talk before made of it is a guess.
    const shown =
      probability >= topicOverFrom ? Math.min(found.confidence, alone.confidence) : found.confidence;
    // „多久能出来“ may be of what was talked of before.
    const margin = turn.memory.topic !== null && leansOnContext(question) ? topicMarginInTalk : topicMargin;
    const gain = inPlainWords.confidence - found.confidence;
    const doubt = gain >= 0 && shown < Math.min(aloneSure, (learned?.byWords ?? 0) - margin);
    // What a topic asks of the very matter at hand is meant, not what the words alone may mean of another:
    // „过几年是不是就不管了“ of 专利侵权 asks how long one may sue.
    // But „多久能出来“ right after another question is asked of that, where it is surely answered in that talk.
    const ofLast =
      turn.memory.draft === null &&
      turn.memory.topic !== null &&
      leansOnContext(question) &&
      found.confidence >= lawOverService &&
      probability < topicSureFrom;
    const ofThis = learned?.ofMatter === true && !ofLast;
    const likely =
      learned?.sure === true ||
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
    const stands =
      isSure(found) &&
      (!(surer || doubt || guessed || ofThis || agreed) || (citeAlike(found, inPlainWords) && !fuller));
    // „抽奖内定自己人会咋罚“ in a report of 假冒专利 asks of what another law is surely about.
    const ofAnother =
      about !== undefined &&
      probability < topicOverFrom &&
      alone.confidence >= (leansOnContext(question) ? lawOverMatter : lawOverAll) &&
      isSurelyOfLaw(alone) &&
      !inPlainWords.citations.some(({ law }) => law === alone.citations[0]?.law);
    if (ofAnother) found = alone;
    else if (isSure(inPlainWords) && (!stands || learned?.atEnd === true)) found = inPlainWords;
  }
  // „你说他们咋这么大胆呢 真没人罚？罚的话罚多少“: the last clause asks.
  const outOfScope = found.outcome === "declined" && found.confidence >= offTopicSure;
  const last = outOfScope ? undefined : lastClauseOf(question);
  if (found.outcome !== "answered" && last !== undefined && answer(turn, last, true, about)) return true;
  const off = turn.offTopic && found.confidence < offTopicSure;
  if (off) {
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
    turn.parts.push(turn.around.group ? shorten(found.text) : found.text);
    turn.told.push(found.text);
    turn.citations.push(...found.citations);
    turn.outcome = found.outcome;
    turn.confidence = found.confidence;
  }
  if (found.outcome === "declined" && !quietly) turn.intents.push("oos");
  if (found.topic !== undefined) turn.memory.topic = found.topic;
  return answered;
}

/** The kind of report that a question is of: the one it names, else the one at hand. */
function matterNamed(question: string, about: ReportType | undefined): ReportType | undefined {
  const outright = ofOtherRights.find(([pattern]) => pattern.test(question));
  if (outright !== undefined) return outright[1];
  if (about !== undefined && about !== "专利侵权" && about !== "假冒专利") return about;
  if (/假冒|冒用|假专利/u.test(question)) return "假冒专利";
  return saysInfringed.test(question) || /(?<!仲)裁决/u.test(question) ? "专利侵权" : about;
}

/** Rights that are no patents, by their names. */
const ofOtherRights: readonly (readonly [RegExp, ReportType])[] = [
  [/品种权|授权品种|新品种/u, "植物新品种"],
  [/(?<!没(?:用|有|注册)?(?:人家|别人|他们?)?(?:的)?|不是)商标/u, "商标侵权"],
  [/版权|著作权|盗版/u, "著作权"],
  [/商业秘密|技术秘密/u, "侵犯商业秘密"],
];

/** The kind of report of the right that was talked of last, where a question of a few words names none: 卖给别人咋弄. */
function rightOfTalk({ memory }: Turn, question: string): ReportType | undefined {
  const { topic } = memory;
  if (topic === null || !leansOnContext(question) || namesMatter.test(question)) return undefined;
  const told = mattersTold.find(([pattern]) => pattern.test(topic.question))?.[1];
  return told ?? rightsOfLaws.find(([law]) => topic.law.includes(law))?.[1];
}

/** What was asked about last, by its words: „这个罚多少“ after „商业秘密怎么才算“. */
const mattersTold: readonly (readonly [RegExp, ReportType])[] = [
  [/商业秘密|技术秘密|秘方|配方/u, "侵犯商业秘密"],
  [/代理(?:机构|公司|师|资质|所)|无证代理|代办/u, "代理违法"],
  [/混淆|装潢|刷单|诋毁|虚假宣传/u, "不正当竞争"],
];

const rightsOfLaws: readonly (readonly [string, ReportType])[] = [
  ["商标法", "商标侵权"],
  ["著作权法", "著作权"],
  ["植物新品种", "植物新品种"],
  ["专利代理", "代理违法"],
];

/** Whether a question names another right, and what is learned to be asked is of patents: 商标驳回复审. */
const isOfAnotherRight = (question: string, asks: string | undefined): boolean =>
  asks?.includes("专利") === true &&
  !question.includes("专利") &&
  ofOtherRights.some(([pattern]) => pattern.test(question));

/** What is said of infringement: only there is somebody sued, or paid for what they lost. */
const saysInfringed =
  /(?<!商标|著作权|版权)侵(?:犯)?(?:了)?(?:我|俺|人家|别人)?(?:的)?(?:专利)?权|告(?!诉|知)(?:他|它|不|得|赢|状)|赔/u;

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

const asksWhichOffice =
  /(?:转|交|报|派|分|送|移)(?:给|到|往|去|交)*(?:哪|什么|啥)(?:个|家|一个)?(?:局|单位|部门|地方|科室)|(?:归|由|是)?(?:哪|什么|啥)(?:个|家)(?:局|单位|部门)(?:来)?(?:管|办|查|处理|负责)|归(?!你|您|恁|咱|我|不归)[\u4e00-\u9fff]{2,6}(?<!法)(?:管|办|查|处理)(?:吗|么|嘛|吧)[。！?？]*$/u;

type PlainQuestion = {
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

/** What a question that is learned to be about a topic of the desk asks in plain words; undefined if it is of none. */
function plainly(turn: Turn, question: string, about: ReportType | undefined): PlainQuestion | undefined {
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
    !inTalk || isSurelyOf(learned) || !(short || asksAtEnd)
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
  turn.trace.push({ rule: `topic.${kind}(${probability.toFixed(2)})`, text: question });
  const sure = probability >= topicSureFrom;
  const ofMatter =
    probability >= sureFrom &&
    (elliptic !== undefined || isOfMatter(kind, matter)) &&
    (matter !== "假冒专利" || about !== undefined);
  return { asks, sure, probability, byWords, ofMatter, atEnd: asksAtEnd && elliptic !== undefined };
}

/** A question of an article by its number is about that article. */
const namesArticle = /第[0-9零一二三四五六七八九十百]+条/u;

/** Whether a question is learned to be about a topic so surely that no pattern of a few words may say otherwise. */
const isSurelyOf = ({ kind, probability }: { kind: string; probability: number }): boolean =>
  probability >= 0.8 && topicQuestion(kind, "其他") !== undefined;

/** The surest answer to a question: in the talk, by itself, or said of the matter at hand. */
function lookUp(turn: Turn, question: string, about: ReportType | undefined): KnowledgeAnswer {
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
  // „从哪天开始算“ after „能保护几年“: what both ask together.
  if (leans && question.length <= 16) {
    const both = turn.around.ask(`${topic.question}，${question}`, null);
    const ofTopic = both.citations.some(({ law, article }) => law === topic.law && article === topic.article);
    if (fragment.test(question) && ofTopic && both.outcome === "answered" && both.confidence >= sureFrom)
      return both;
    tryAlso(`${topic.question}，${question}`);
  }
  // „别人侵犯我专利 跟他谈不拢 有啥法子“ names the matter itself.
  const asksOfMine =
    (about === undefined || about === "专利侵权") &&
    asksWhatToDo.test(question) &&
    minePatentTaken.test(question);
  const waysOut = asksOfMine ? plainQuestion("专利侵权") : undefined;
  const told = waysOut === undefined ? undefined : turn.around.ask(waysOut, null);
  if (told !== undefined && isSure(told) && !(isSure(found) && found.confidence >= aloneSure)) return told;
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

/** Below this confidence an answer is only the nearest text at hand. */
export const sureFrom = 0.5;

/** A procedure of the law that is not the desk's, and what is handled in one. */
const namesProcedure =
  /申请|无效|审查|复审|优先权|异议|续展|登记|外观|实用新型|发明|请求书|说明书|权利要求|品种权|布图/u;

/** What no report here has: „加了优先审查多久能出结果“. */
const namesPatentMatter =
  /无效|优先审查|复审|优先权|续展|实用新型|外观|发明专利|请求书|说明书|权利要求|品种权|布图|专利申请|申请专利|专利局/u;

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

/** How sure the law must answer by itself to go before a reply of the desk that was only learned to be meant. */
const lawOverService = 0.75;
/** How sure it must answer where no procedure of the law is named. */
const lawOverAll = 0.85;

/** How sure, where a few words may be of the matter at hand: 没注册也受保护吗. */
const lawOverMatter = 0.93;

/** Whether the law answers by itself, and surely. */
export const isSurelyOfLaw = ({ outcome, confidence, citations }: KnowledgeAnswer): boolean =>
  outcome === "answered" && confidence >= lawOverService && citations.length > 0;

const isSure = ({ outcome, confidence }: KnowledgeAnswer): boolean =>
  outcome === "answered" && confidence >= sureFrom;

const sureOf = (found: KnowledgeAnswer): KnowledgeAnswer | undefined =>
  isSure(found) && found.citations.length > 0 ? found : undefined;

/** What no report and no topic of the desk is about: another law answers it. */
const namesOtherLaw =
  /信访|信息公开|仲裁|人民调解|调解委员会|特殊标志|会徽|奥运|奥林匹克|五环|国防专利|个人信息|处罚[^，。]{0,6}公示|公示[^，。]{0,6}(?:处罚|多久|几年|撤)|产品质量|厂名厂址|行政诉讼|民告官|成果转化|预付卡/u;

/** Whether the article that an answer rests on first bears another, too. */
const citeAlike = ({ citations: [first] }: KnowledgeAnswer, other: KnowledgeAnswer): boolean =>
  other.citations.some(({ law, article }) => law === first?.law && article === first.article);

/** Whether a question needs the one before it: „那外观的呢“, „能少交点不“. One that names its subject does not. */
export function leansOnContext(question: string): boolean {
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

/** „…，也罚吗“, „…，还赔不“ at the end. */
const alsoHolds =
  /[，,](?:也|还|照样|一样)(?:是)?(?:要|得|会|能|挨)?(?:被)?(?:罚|赔|判|抓|算|管|查)(?:款|钱)?(?:不|吗|么|嘛)?[。！?？]*$/u;

/** What points back to what was asked before. */
const pointsBack = /^(?:那|这|它|他|要是|如果|万一|还有|再问|除了)|呢[?？]?$/u;

/** How sure an answer must be to stand by itself in the middle of a talk. */
const aloneSure = 0.7;

const matterTold = /假冒专利|(?:专利|商标|著作权)侵权|侵犯(?:专利|商标|著作)权|侵犯商业秘密|虚假宣传/u;

/** From which probability a question is taken to be about a topic of the desk (docs/decisions/033). */
export const topicFrom = 0.4;

/** From which on over what the talk before made of the words, too. */
const topicOverFrom = 0.93;
/** From which a topic is rather meant than what the talk before makes of words that find nothing by themselves. */
const topicLikelyAlone = 0.55;
/** How sure its plain question must be answered for that. */
const plainAnsweredFrom = 0.85;

/** „多久能出来“ says nothing of what it is asked of: the talk does. */
const asksHowMuch =
  /^(?:那|得|要|大概|一般|总共|这)*(?:多久|多长时间|多少|几[天个年倍]|啥时候|什么时候|多咱)/u;

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

/** From which on over an answer of the desk that a pattern of a few words finds. */
const topicOverService = 0.85;

/** By how much a topic must be likelier than the answer to the words as they came is sure. */
const topicMargin = 0.15;
const topicMarginInTalk = 0.21;

/** How sure an answer must be where the message is learned to be no business of the desk. */
const offTopicSure = 0.85;

/** How sure an answer by itself must be to speak for what is learned to be asked. */
const nearlySure = 0.4;

/** „他要是给我罚款咋办，不是，我是说你们罚他多少“: what was asked first is taken back. */
const asksRather =
  /^.*(?:[—-]{1,2}|…+)(?:哦|啊|哎)?不是[，, ]*(?=[^，。]{4,})|^.*(?:我|俺)(?:是说|是问|说的是|问的是|是想问|(?:的)?意思是)[，,、 ]*(?=[^，。]{4,})/u;

/** The last clause of a question of several; undefined where it is too short to ask by itself. */
function lastClauseOf(question: string): string | undefined {
  const clauses = question.split(/[，。？！?!\s]+/u).filter((clause) => clause !== "");
  const last = clauses.at(-1);
  return clauses.length > 1 && last !== undefined && last.length >= 5 ? last : undefined;
}

/** How somebody breaks in to ask. */
const breaksIn =
  /^(?:(?:等(?:一下|下|等|会儿?)|慢着|先别[急忙交]|打断(?:一下|下)?[啊哈]?|插一?句(?:话|嘴)?|哎|诶|欸)[，, ]+)+(?=[^，。]{4,})/u;

/** „我2016年就做了，算侵权不“: when the asker did it is no date of a law. */
const withoutOwnDates = (question: string): string =>
  question.replace(
    /((?:我|俺|咱)(?:们|家|厂)*(?:[^。]{0,20}[，,](?:我|俺)?)?(?:是|从|在|打)?)(?:(?:19|20)?\d{2}年(?:\d{1,2}月)?(?:份|底|初)?)(?=就|开始|起|买|做|生产|卖|干|拿到|申请)/gu,
    "$1早",
  );

/** „这违反哪条“, „这种能赔多少“: asked of the matter at hand. */
const pointsAtMatter =
  /^(?:(?:对了|哎|诶|那个|那么|话说|顺便问(?:一下|一句)?|还有|(?:我)?想问(?:一下)?|请问)[，, ]*)?(?:像|对)?(?:(?:这|那)(?:种|个|样|类|事儿?|情况|家|些)?(?:的)?(?:事儿?|情况|行为)?|(?:他|它)(?:们|家)?这(?:样|种)?)(.+)$/u;

/** What is asked of every matter alike: terms, suits, evidence. */
const ofProcedure = /告(?!诉|知)|过期|期限|多久|多长时间|几[天年日]|证据/u;

/** A question that names nothing: „从哪天开始算“. */
const fragment =
  /^(?:那|这|它|都|要|得|能|该|是)*(?:从|到|在|向|找|给)?(?:哪(?:天|年|里|儿)?|什么(?:时候)?|啥(?:时候)?|几(?:年|天|个月)?|多(?:久|少|长)(?:时间|钱)?|怎么|咋|谁)(?:开始|算起|起算|算|起|为止|才?行|够|到期|呢|啊|呀|来着)*$/u;

const namesMatter =
  /平台|专利|商标|版权|著作|侵权|假冒|申请|年费|秘密|竞争|消费|举报|投诉|匿名|起诉|不告|时效/u;

const asksWhatToDo =
  /咋整|咋办|咋弄|怎么办|怎么弄|管不管|能管|管得了|有(?:啥|什么)(?:办法|法子|辙|招)|找谁|(?:去|上|找)哪(?:儿|里|个)?(?:部门|单位)?(?:告|说理|处理|解决|投诉|维权)/u;

/** Somebody uses the asker's patent. */
const minePatentTaken =
  /(?:侵犯|侵|用|仿|抄|偷|盗用)(?:了|着)?(?:我|俺|咱)(?:们)?(?:的|家的?|厂的?|公司的?)?专利|(?:我|俺|咱)(?:们)?(?:自己|自家)?(?:的|家的?|厂的?|公司的?)?(?:发明|外观(?:设计)?|实用新型)?专利(?:被|让|叫|给)(?:人|别人|人家|同行)?/u;
