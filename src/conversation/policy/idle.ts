import { isGuess } from "../fill.ts";
import { phrase } from "../say.ts";
import type { Memory } from "../state.ts";
import { isOffTopic, isOfTopic, topicQuestion } from "../topics.ts";
import { topicOf, topicSureFrom } from "../understanding/learned/acts.ts";
import { noticeWishIn } from "../understanding/learned/notice-wish.ts";
import { ratesPolitely } from "../understanding/requests.ts";
import type { Understanding } from "../understanding/understanding.ts";
import { hearAccused } from "./accused.ts";
import { beginAid } from "./aid.ts";
import { beginReport, matterAskedOf, rememberMatter } from "./begin.ts";
import {
  askWithdrawal,
  meantBy,
  settleNotices,
  supplement,
  supplementsLast,
  takeRating,
  tellHowToFollow,
  tellStatus,
} from "./filed.ts";
import { besideHandoff } from "./handoff.ts";
import { deniesRight } from "./matter.ts";
import { takeNumber, tellNumber } from "./number.ts";
import { holdsOn } from "./pause.ts";
import { topicFrom } from "./plain-question.ts";
import { leansOnContext, namesMatter } from "./question-forms.ts";
import { answer, isAskedOfLaw } from "./questions.ts";
import { restrain } from "./small-talk.ts";
import { isSurelyOfLaw, sureFrom, wantsOther } from "./sureness.ts";
import { impliedByTalk } from "./talk-of-law.ts";
import { isAccused, isFlood, type Turn } from "./turn.ts";

/**
 * A message while no draft is open: about what was filed, another report, a question, or talk. The first rule that fits
 * takes it.
 */
export function takeIdleText(turn: Turn, said: Understanding): void {
  const { intents, signals, requests } = said;
  const { offered } = turn.memory;
  turn.memory.offered = null;
  // A number that was only asked about is of a report that follows at once, and of no later one.
  if (offered !== "report") delete turn.memory.hint.patentNumber;
  const { suggested } = turn.memory;
  turn.memory.suggested = [];
  const picked = suggested[pickedIn(said.text)];
  if (picked !== undefined) {
    turn.trace.push({ rule: "picked", text: picked });
    turn.intents = ["qa"];
    answer(turn, picked);
    return;
  }
  if (intents.includes("threat") && !intents.includes("report")) return;
  if (settleNotices(turn, noticeWishIn(said.text))) return;
  const ofLaw = isAskedOfLaw(turn, said.question);
  // „注册完一直没用 会给撤了不“ asks of a mark.
  const ofRight = turn.memory.filed.length === 0 && /商标|注册|专利权|判决|裁定/u.test(said.text);
  const withdraws =
    signals.withdraw &&
    !ofLaw &&
    !ofRight &&
    !(
      said.question !== undefined &&
      isOfTopic(said.question, ["withdraw", "withdraw-after-settle", "progress"], topicFrom)
    );
  if (withdraws || (offered === "withdrawal" && said.reportNo !== undefined)) {
    askWithdrawal(turn, said.reportNo ?? meantBy(turn, said.text));
    return;
  }
  if (takeNumber(turn, said)) return;
  if (requests.aid || (offered === "aid" && (intents.includes("confirm") || asksForIt.test(said.text)))) {
    beginAid(turn, said);
    return;
  }
  if (requests.lostCode && !intents.includes("report")) {
    turn.parts.push(phrase("status.lost"));
    turn.options = ["handoff"];
    return;
  }
  const rates = said.question === undefined || ratesPolitely.test(said.text);
  if (requests.rating !== undefined && !intents.includes("report") && rates) {
    takeRating(turn, said, requests.rating);
    return;
  }
  // „给刚才的举报补充一点“ names the report, and begins none.
  const addsToFiled = intents.includes("supplement") && turn.memory.filed.length > 0 && !requests.another;
  if (addsToFiled && said.question === undefined) {
    supplement(turn, said);
    return;
  }
  // Who is accused and tells who they are, or what they say for themselves, reports nothing, whatever it sounds like.
  const onlySounds =
    isAccused(turn) && (said.acts.some(({ act }) => act === "report") || isOfTopic(said.text));
  if (onlySounds) turn.intents = turn.intents.filter((intent) => intent !== "report");
  // „那恶意瞎投诉害人家店的呢“ after a question asks on, whatever it names.
  const asksOn =
    said.question !== undefined && /^(?:那|要是|如果|万一)[^。！]*呢[?？。]*$/u.test(said.text.trim());
  // „上班琢磨出来的发明，专利算谁的“ asks, and names nobody to report.
  const { reportType: told, infringer: named, ...others } = said.slots;
  const onlyAsks =
    ofLaw &&
    (told === undefined || told.value === "专利纠纷调解") &&
    (named === undefined || /\.(?:learned|bare|employer)$/u.test(named.rule)) &&
    Object.keys(others).every((slot) => slot === "relation" || slot === "product") &&
    !/举报|投诉|反映/u.test(said.text);
  // „要是看见展会上有人抄我的，有人管不“ supposes.
  const supposes =
    said.question !== undefined &&
    /要是|如果|万一|假如|假设/u.test(said.question) &&
    named === undefined &&
    said.slots.county === undefined &&
    !/举报|投诉/u.test(said.text) &&
    isSurelyOfLaw(turn.around.ask(said.question, null));
  if (onlyAsks || supposes) turn.intents = turn.intents.filter((intent) => intent !== "report");
  if (
    (intents.includes("report") && !onlySounds && !asksOn && !onlyAsks && !supposes) ||
    (requests.another && said.question === undefined)
  ) {
    beginReport(turn, said);
    return;
  }
  // „确认提交“ sent again once it is filed: it is told that it is.
  const confirmsFiled = intents.includes("confirm") && turn.memory.filed.length > 0;
  if (isFlood(turn) && turn.effects.length === 0 && !confirmsFiled) {
    turn.trace.push({ rule: "flood" });
    turn.parts.push(phrase("flood"));
    return;
  }
  if (requests.howToFollow && said.reportNo === undefined) {
    tellHowToFollow(turn);
    return;
  }
  // „没去办呢“ after an answer of the law asks on: nothing was reported here.
  const asksOnOfLaw =
    turn.memory.topic !== null &&
    turn.memory.filed.length === 0 &&
    said.acts.some(({ act }) => act === "status") &&
    leansOnContext(said.text);
  // „谁办的“, „能催催不“ of what was filed.
  if (turn.memory.filed.length > 0 && requests.asksOfHandling) {
    turn.intents = [...turn.intents.filter((intent) => intent !== "qa" && intent !== "oos"), "status"];
    tellStatus(turn, said);
    return;
  }
  if (
    intents.includes("status") &&
    ((said.question === undefined && !asksOnOfLaw) ||
      turn.memory.filed.length > 0 ||
      said.reportNo !== undefined ||
      asksOfOwn.test(said.text))
  ) {
    tellStatus(turn, said);
    if (asksToRate.test(said.text)) answer(turn, said.text, true);
    return;
  }
  const announces =
    said.question === undefined || /^(?:我|俺|再|还|要(?!是)|想)(?!.*[?？吗咋么])/u.test(said.text);
  // „他又卖了“ of whom was reported.
  const goesOnDoing = turn.memory.filed.length > 0 && said.question === undefined && requests.doesAgain;
  const adds = (intents.includes("supplement") && (announces || turn.memory.filed.length > 0)) || goesOnDoing;
  if (!ofLaw && (adds || supplementsLast(turn, said))) {
    supplement(turn, said);
    return;
  }
  if (requests.accused || (isAccused(turn) && requests.defence)) {
    hearAccused(turn, said);
    return;
  }
  if (intents.includes("handoff")) {
    const rest = besideHandoff(said.question);
    if (rest !== undefined) answer(turn, rest, true);
    return;
  }
  if (holdsOn(said)) {
    turn.intents = turn.intents.filter((intent) => intent !== "qa" && intent !== "oos");
    turn.parts.push(phrase("holdsOn.idle"));
    return;
  }
  if (requests.later && said.question === undefined && intents.length === 0) {
    turn.parts.push(phrase("confirm.heard"));
    return;
  }
  if (takeMood(turn, said)) return;
  if (said.question !== undefined && asksToReport(said)) {
    turn.trace.push({ rule: "asksToReport", text: said.question });
    turn.intents.push("report");
    beginReport(turn, said);
    return;
  }
  if (said.question === undefined && takesUpReport(turn, said, offered)) {
    turn.trace.push({ rule: "takesUpReport", text: said.text });
    turn.intents = turn.intents.filter((intent) => intent !== "confirm");
    beginReport(turn, said);
    return;
  }
  const declines = intents.includes("deny") && declinesReport.test(said.text);
  if (said.question !== undefined && (!declines || impliedByTalk(turn, said.question) !== undefined)) {
    takeQuestion(turn, said, said.question);
    return;
  }
  // „过了补缴的日子还不交呢“ after an answer of the law asks on.
  const asksFurther =
    turn.memory.topic !== null &&
    /[^吗]呢[?？。！]*$/u.test(said.text) &&
    Object.keys(said.slots).length === 0;
  if (asksFurther && said.text.length >= 4 && answer(turn, said.text, true)) {
    turn.intents = [...turn.intents.filter((intent) => intent !== "deny"), "qa"];
    return;
  }
  if (declinesReport.test(said.text)) {
    turn.parts.push(phrase("report.not"));
    return;
  }
  // „好的，谢谢“ once all is done agrees to nothing.
  if (saysThanks(said) && !intents.includes("deny") && !/确认|提交|[交报]吧/u.test(said.text)) {
    turn.parts.push(phrase("thanks"));
    return;
  }
  // Who names a firm and where it is, and asks nothing, tells of it.
  const { infringer, county, reportType } = said.slots;
  const ofMatter = turn.memory.hint.reportType !== undefined || reportType !== undefined;
  const accused = isAccused(turn);
  // „下午到石家庄的车还有吗“ names neither.
  const onlyGuessed =
    infringer !== undefined && isGuess(infringer.rule) && (county?.value === "非本市" || turn.offTopic);
  const ofDesk = !accused && !onlyGuessed && !isOffTopic(said.text);
  if (infringer !== undefined && (county !== undefined || ofMatter) && ofDesk) {
    turn.intents.push("report");
    beginReport(turn, said);
    return;
  }
  if (takeTalk(turn, said)) return;
  takeStatement(turn, said);
}

/** What a person says of talking to the desk. Returns whether the message was that. */
function takeMood(turn: Turn, said: Understanding): boolean {
  const { requests } = said;
  if (requests.calmed) {
    turn.parts.push(phrase("calmed"));
    return true;
  }
  const asksOfDesk =
    said.question !== undefined &&
    (isOfTopic(said.question) || isSurelyOfLaw(turn.around.ask(said.question, null)));
  if ((requests.complains && !asksOfDesk) || requests.tired) {
    turn.parts.push(phrase("complains"));
    turn.options = ["handoff"];
    return true;
  }
  if (requests.onlyAsks && (said.question === undefined || said.text.length <= 12)) {
    turn.parts.push(phrase("onlyAsks"));
    return true;
  }
  if (requests.cannotRead) {
    turn.options = ["report", "ask"];
    return true;
  }
  if (requests.secrecy && said.question === undefined) {
    turn.parts.push(phrase("secrecy"));
    turn.options = ["report"];
    return true;
  }
  return false;
}

/** A question, with what can be done of it offered beside the answer. */
function takeQuestion(turn: Turn, said: Understanding, question: string): void {
  tellNumber(turn, said);
  answer(turn, question, false, matterAskedOf(turn, said));
  rememberMatter(turn, said);
  if (/援助/u.test(said.text) && turn.outcome === "answered") {
    turn.memory.offered = "aid";
    turn.parts.push(phrase("aid.offer"));
    turn.options = ["aid"];
    return;
  }
  const accused = isAccused(turn);
  if (said.slots.reportType !== undefined && turn.outcome === "answered" && !accused) {
    turn.memory.offered = "report";
    turn.parts.push(phrase("offer.report"));
    turn.options = ["report"];
  }
}

/** Assent, courtesy and chat, and what else tells nothing of a matter. Returns whether the message was that. */
function takeTalk(turn: Turn, said: Understanding): boolean {
  const { intents } = said;
  // „就是这些你给我提交吧“, sent again.
  const submits = said.signals.submit && said.question === undefined && Object.keys(said.slots).length === 0;
  if (intents.includes("confirm") || intents.includes("deny") || submits) {
    const last = turn.memory.filed.at(-1);
    // „好的“, „得嘞“ after an answer confirms nothing, and is no mistake.
    if (last === undefined)
      turn.parts.push(
        phrase(
          /确认|提交|[交报]|属实|无误/u.test(said.text) || intents.includes("deny")
            ? "confirm.nothing"
            : "confirm.heard",
        ),
      );
    else {
      turn.parts.push(phrase("filed.already", { reportNo: last }));
      // The second yes to the same summary finds it done.
      if (turn.justFiled && (submits || intents.includes("confirm"))) turn.state = "filed";
    }
    return true;
  }
  if (intents.includes("abuse")) {
    restrain(turn);
    return true;
  }
  if (intents.includes("greet") && said.text.length <= 12) {
    turn.parts.push(phrase("greet"));
    turn.options = ["report", "ask"];
    return true;
  }
  if (saysThanks(said)) {
    turn.parts.push(phrase("thanks"));
    return true;
  }
  if (intents.includes("chitchat")) {
    turn.parts.push(phrase("chitchat"));
    return true;
  }
  if (/^(?:继续|接着)/u.test(said.text)) {
    turn.parts.push(phrase("resume.nothing"));
    return true;
  }
  if (said.phones.length > 0) {
    turn.parts.push(phrase("phone.early"));
    turn.options = ["report"];
    return true;
  }
  return false;
}

/** „年费忘了交，过了三个月了“: not a question by its form. The knowledge base tells whether it is one. */
function takeStatement(turn: Turn, said: Understanding): void {
  // „他那专利早就有人做了“: what the accused surely say for themselves is answered before what was talked of last.
  if (isAccused(turn)) {
    const { kind, probability } = topicOf(said.text);
    const defence = probability >= topicSureFrom ? topicQuestion(kind, "专利侵权") : undefined;
    if (defence !== undefined && answer(turn, defence, true)) {
      turn.intents.push("qa");
      return;
    }
  }
  const nearest = said.text.length >= 6 ? turn.around.ask(said.text, null) : undefined;
  const asks = nearest !== undefined && nearest.confidence >= sureFrom;
  if (!(asks && nearest.outcome === "answered") && isAccused(turn)) {
    // „俺在他申请以前就卖了“: what they say for themselves has its rule, too.
    const defence = turn.around.ask(`${said.text}，算侵权吗`, null);
    if (defence.outcome === "answered" && defence.confidence >= sureFrom) {
      answer(turn, `${said.text}，算侵权吗`, true);
      turn.intents.push("qa");
      return;
    }
    // „有进货单子，不知道是侵权的“ is a defence by itself.
    const { kind, probability } = topicOf(said.text);
    const asksOf = probability >= topicFrom ? topicQuestion(kind, "专利侵权") : undefined;
    if (asksOf !== undefined && answer(turn, asksOf, true)) {
      turn.intents.push("qa");
      return;
    }
    if (isOffTopic(said.text) || wantsOther(said.text, turn.around.ask(said.text, null))) {
      turn.parts.push(phrase("oos"));
      turn.intents.push("oos");
      return;
    }
    turn.parts.push(phrase("accused.noted"));
    turn.intents.push("provide_info");
    return;
  }
  if (!(asks && nearest.outcome === "answered") && said.requests.approaches) {
    turn.trace.push({ rule: "approaches" });
    rememberMatter(turn, said);
    turn.parts.push(phrase("invite"));
    turn.options = ["report", "ask"];
    return;
  }
  // „唉，白瞎了“ after an answer asks nothing, and „卖的人不知情，也罚“ does.
  const sighs =
    leansOnContext(said.text) &&
    !(asks && nearest.outcome === "answered") &&
    /^(?:唉|哎|咳|嗐|啧|嘿|哦|噢|嗯|哟|呦|嚯)/u.test(said.text);
  if (sighs || leavesOff.test(said.text)) {
    turn.parts.push(phrase("confirm.heard"));
    return;
  }
  // „什么证都没有，就是自己想的样子“ after what was asked of a copy: what is left without a right.
  if (!asks && turn.memory.topic !== null && deniesRight.test(said.text)) {
    turn.trace.push({ rule: "noRight", text: said.text });
    rememberMatter(turn, said);
    turn.parts.push(phrase("noRight.none"));
    turn.options = ["report", "ask"];
    return;
  }
  // „都说发明专利能管三十年“ names what the desk knows of: the nearest rule, and not that it knows nothing of it.
  const isNear = nearest?.outcome === "answered" && namesMatter.test(said.text);
  if (!asks && !isNear && !leansOnContext(said.text) && impliedByTalk(turn, said.text) === undefined) {
    rememberMatter(turn, said);
    turn.parts.push(phrase("oos"));
    turn.outcome = "declined";
    turn.intents.push("oos");
    return;
  }
  rememberMatter(turn, said);
  if (answer(turn, said.text)) {
    turn.intents.push("qa");
  } else {
    turn.intents.push("oos");
  }
}

/** „先这样，回头再说“, „没事了，改天再来“: no question any more. */
const leavesOff =
  /^(?:那|哦|嗯|好|行)?[，,\s]*(?:就)?(?:算了|先这样|就这样|不问了|没事了)[，,\s]*(?:吧)?[，,\s]*(?:下回|下次|回头|改天|以后|过两天|等[^，。?？]{1,6})?[^，。?？]{0,4}(?:再问|再说|再来|再聊|吧)?[。！]*$/u;

const saysThanks = ({ intents, text }: Understanding): boolean =>
  intents.includes("thanks") && text.length <= 16;

/** „我们的配方被员工泄露了，能在您这儿举报吗“: who tells what happened to them and asks for leave to report it. */
function asksToReport({ question = "", slots, requests }: Understanding): boolean {
  const { relation, county, reportType } = slots;
  const theirs = relation?.value === "权利人" || relation?.value === "消费者";
  // „有个卖铡草机的糊弄人，咋举报哇“ tells of somebody.
  const tellsOf = slots.product !== undefined || slots.infringer !== undefined;
  if (
    tellsOf &&
    !requests.accused &&
    /(?:有|那|这)(?:一)?(?:个|家|伙)[^。]{2,30}(?:(?:怎么|咋|如何)(?:样)?(?:举报|投诉|反映|告)[啊呀哇呢]?|(?:你们?|恁们?|您|这儿?)?(?:能|给|可以)?管(?:一管|管)?(?:不管|不|吗|么)[啊呀]?)$/u.test(
      question,
    )
  )
    return true;
  // „想举报个事 咋弄“: there is something to report.
  if (
    !requests.accused &&
    /(?:想|要)举报(?:一?[个点件家]|点儿)(?:事|店|厂|人|公司|情况)?|(?:想|要)(?:跟|向|找|给)?(?:你们?|您|恁)?们?(?:反映|举报|投诉)(?:反映|一下|一?个|点儿?)?[^，。]{0,4}[，\s]*(?:咋|怎么|如何)(?:弄|办|说|报|整)[啊呀]?$/u.test(
      question,
    )
  )
    return true;
  if (reportType === undefined || requests.accused || requests.aid) return false;
  if (!theirs && county?.value !== "非本市") return false;
  return /能(?:不能)?(?:找|跟|向)(?:你|您|恁)们?[^，。]{0,4}(?:吗|么|不|嘛)$|(?:能|可以|可不可以|能不能|想|给)[^，。]{0,10}(?:举报|投诉|受理|登记|管管?)(?:一下)?(?:吗|么|不|嘛)?$|(?:怎么|咋|如何)(?:样)?(?:举报|投诉|反映|报|告他)[啊呀]?$|(?:管用?|收|受理)(?:不管|不|吗|么)$|^(?:你们|恁们?)?(?:到底|还|究竟)*管不管/u.test(
    question,
  );
}

/** „那就报吧“, „我要登记“; and „河间市“ where it was asked who and where it is. */
function takesUpReport(
  { memory }: Turn,
  { requests, slots, text }: Understanding,
  offered: Memory["offered"],
): boolean {
  // „我要登记“ after how a work is registered is of that.
  const ofRegister = text.includes("登记") && memory.topic?.question.includes("登记") === true;
  if (requests.registers && !ofRegister && (memory.filed.length === 0 || offered === "report")) return true;
  const { county, infringer } = slots;
  const tellsWhere = county !== undefined && county.value !== "非本市";
  const tellsWho = infringer !== undefined && !isGuess(infringer.rule);
  return offered === "report" && (tellsWhere || tellsWho) && !isOffTopic(text);
}

/** „1“, „第二个“ of the questions that were offered by number: its place, -1 where none is picked. */
const pickedIn = (text: string): number => {
  const number =
    /^(?:我问的?是|就是?|是|选|问)?(?:第)?(?<number>[1-3一二三])(?:个|条|项)?(?:吧|那个)?[。.！\s]*$/u.exec(
      text.trim(),
    )?.groups?.["number"];
  return number === undefined ? -1 : ["1一", "2二", "3三"].findIndex((place) => place.includes(number));
};

/** „查完没有，能给评价吗“: beside how far it is. */
const asksToRate = /(?:能|可以|咋|怎么)[^，。]{0,6}(?:评价|打分|评分)/u;

/** „我的案子办得咋样了“: of a case of theirs, not of the law. */
const asksOfOwn =
  /(?:我|俺|咱)(?:们|家)?(?:的|那|这|之前|上次|报的|交的)+(?:个|件|份)?(?:案子|案件|举报|投诉|件|单子|事儿?)|查询码|(?:我|俺|咱)[^，。]{0,10}(?:举报|投诉|反映|报)(?:的|过的?)?[^，。]{0,16}(?:查|办|处理|弄)(?:得|的|到)?(?:咋样|怎么样|到哪|啥样|哪一步|如何)|(?:在|跟|找)(?:你|您|恁)们(?:这儿?|那儿?|局里?)?(?:举报|投诉|反映|报|交|登记)(?:过)?的|(?:我|俺|咱)[^，。]{0,12}(?:举报|投诉|反映|报|交)(?:过)?的[^，。]{0,4}(?:事儿?|案子?|件|单子?)[^，。]{0,4}(?:咋样|怎么样|到哪|进展|结果|有信|有动静)|(?:举报|投诉|反映|报|登记)(?:了|过)(?:一)?[个件家回次]?[^，。]{0,6}[，。]?(?:咋|怎么|到现在|一直)*还?(?:没|不见|没有)[^，。]{0,4}(?:信|动静|消息|结果|回音|下文|人管)/u;

/** How a person takes up what was offered, beside a plain yes. */
const asksForIt = /^(?:申请|我?要|想|需要|办|报名|怎么(?:弄|办|申请)|咋(?:弄|办|申请)|帮我)/u;

/** „不用填举报“, „不想告了“: no report is wanted. */
const declinesReport =
  /不(?:是|想|要|用|必|需要|再|来|写|填|做|走)*(?:举报|投诉|告|报)(?!.{0,3}行|.{0,3}可以)/u;
