import type { Intent } from "../../message.ts";
import { serviceAnswer } from "../../say.ts";
import { isOfTopic } from "../../topics.ts";
import type { Reading } from "../reading.ts";
import type { Requests } from "../requests.ts";
import type { FoundSlots, Signals, Understanding } from "../understanding.ts";
import { type Act, actsModel, actsOf, actTerms, type Stage, topicOf } from "./acts.ts";

/** From which probability on an act counts that the rules did not see (docs/decisions/033). */
const actsFrom = {
  handoff: 0.6,
  status: 0.6,
  supplement: 0.6,
  abuse: 0.6,
  threat: 0.6,
  threatened: 0.7,
  greet: 0.6,
  thanks: 0.6,
  chitchat: 0.5,
  injection: 0.85,
  cancel: 0.85,
  withdraw: 0.75,
  resume: 0.6,
  correct: 0.6,
  report: 0.7,
  qa: 0.7,
  oos: 0.6,
  aid: 0.7,
  accused: 0.7,
  whoReported: 0.7,
  cannotRead: 0.6,
  secrecy: 0.7,
  complain: 0.7,
  another: 0.75,
  finish: 0.7,
  unknown: 0.7,
  skip: 0.75,
} as const satisfies Partial<Record<Act, number>>;

/** Below which a question that the rules saw, without a question mark, is none. */
const asksFrom = 0.06;

/** Below which a word for it is meant otherwise. */
const meantFrom = 0.08;

/** How a value was read of which only its shape or its surroundings speak. */
export const guessedBy = /\.(?:bare|learned|goods|shape|placed|noun)$/u;

/** What a message does, by the rules, and which yes or no it says. */
type Said = {
  intents: readonly Intent[];
  requests: Requests;
  signals: Signals;
  question: string | undefined;
};

/** What a message does: what the rules say, and what was learned beside it. */
export function weighActs(
  { text, words, expectation, slots }: Reading,
  said: Said,
): Pick<Understanding, "intents" | "requests" | "signals" | "question" | "acting" | "acts"> & {
  /** Whether it is small talk, whatever it seems to name. */
  isTalk: boolean;
} {
  const { drafting, confirming, asking } = expectation;
  const acting = { folded: text, hints: actHints(said.intents, said.requests, said.signals, slots) };
  const stage: Stage = confirming ? "confirming" : drafting ? "drafting" : "idle";
  const likely = actsOf(actsModel(), actTerms(acting.folded, stage, acting.hints));
  const meant = withoutMisread({ text, words, slots }, said, likely, drafting);
  let { question } = meant;
  const { intents } = meant;
  const acts: Understanding["acts"] = [];
  const does = (act: keyof typeof actsFrom): boolean => {
    if (likely[act] < actsFrom[act]) return false;
    acts.push({ act, probability: Math.round(likely[act] * 100) / 100 });
    return true;
  };
  const add = (intent: Intent, when: boolean, act: keyof typeof actsFrom) => {
    if (!intents.includes(intent) && when && does(act)) intents.push(intent);
  };
  const asksNothing = question === undefined;
  add("injection", true, "injection");
  // „账本他死活不拿出来，法院有啥办法“ asks, however it sounds.
  add("threat", asksNothing || likely.threat >= 0.85, "threat");
  // „他要是光吓唬我，一直不起诉呢“ asks.
  add("threat", asksNothing, "threatened");
  add("abuse", true, "abuse");
  add("handoff", true, "handoff");
  add("status", !drafting, "status");
  add("supplement", !drafting, "supplement");
  const given = Object.keys(slots).length > 0;
  const files = /(?<!不|别|甭|想|要)(?:报|交|提交)(?:了|上)?(?:吧|呗|咧)?[。！]?$/u.test(text);
  const goesOn = given || files || said.signals.submit || said.signals.finish || said.signals.confirm;
  add("cancel", drafting && asksNothing && !goesOn, "cancel");
  const elsewhere = intents.some((intent) => intent === "status" || intent === "supplement");
  // „匿名举报，没别的，提交“ answers what was asked, or ends the report.
  const { submit, finish, confirm } = said.signals;
  const answers = submit || finish || confirm || asking.includes("anonymous");
  const asksOf = likely.qa + likely["qa.service"];
  if (
    asksNothing &&
    !elsewhere &&
    !intents.includes("handoff") &&
    (does("qa") || (drafting && !answers && asksOfTopic(text, slots, asksOf)))
  ) {
    question = text;
    if (!intents.includes("qa")) intents.push("qa");
  }
  const signals = { ...said.signals };
  if (!drafting && !signals.withdraw && does("withdraw")) signals.withdraw = true;
  if (drafting) {
    add("resume", true, "resume");
    if (!signals.finish && does("finish")) signals.finish = true;
    if (asking.length > 0 && Object.keys(slots).length === 0) {
      if (!signals.unknown && does("unknown")) signals.unknown = true;
      if (!signals.skip && does("skip")) signals.skip = true;
    }
  }
  const requests = { ...said.requests };
  // „我在淘宝投诉了三回侵权链接“ tells what they did themselves.
  const wants =
    /(?:我|俺|咱)(?:们)?(?:要|想|得)(?:举报|投诉|告|反映)|(?:我|俺|咱)(?:们)?[^，。]{0,8}(?:举报|投诉|反映)(?:了|过)/u.test(
      text,
    );
  const learned = {
    aid: "aid",
    accused: "accused",
    whoReported: "whoReported",
    cannotRead: "cannotRead",
    secrecy: "secrecy",
    complains: "complain",
    another: "another",
  } as const;
  for (const [request, act] of Object.entries(learned) as [
    keyof typeof learned,
    Act & keyof typeof actsFrom,
  ][])
    if (
      !requests[request] &&
      !((act === "aid" || act === "cannotRead") && question !== undefined) &&
      // „跟谁申请“ asks for nobody who told.
      !(act === "whoReported" && !/举报|投诉|告|报|捅|说|反映|漏|泄|透露/u.test(text)) &&
      !(act === "accused" && wants) &&
      does(act)
    )
      requests[request] = true;
  // Who is accused tells of a report, and makes none.
  if (requests.accused && slots.relation?.value === "被控侵权人" && !wants)
    intents.splice(0, intents.length, ...intents.filter((intent) => intent !== "report"));
  const reports =
    !elsewhere && question === undefined && !requests.aid && !requests.accused && !signals.withdraw;
  const commands = intents.includes("injection") || likely.injection >= 0.2;
  add("report", !drafting && reports && !commands, "report");
  const short = text.length <= 20;
  add("greet", short, "greet");
  add("thanks", short && !intents.includes("report"), "thanks");
  const aside: readonly Intent[] = ["confirm", "deny", "resume", "greet", "thanks"];
  const substantial = intents.some(
    (intent) => !aside.includes(intent) && (given || intent !== "provide_info"),
  );
  add("chitchat", short && !substantial && !given, "chitchat");
  if (!intents.includes("report")) does("oos");
  // „俺家那口子也爱吃包子 哈哈“: what is named in small talk is nothing that is reported.
  const guessed = Object.values(slots).every(({ rule }) => guessedBy.test(rule));
  const isTalk = short && given && guessed && likely.chitchat >= 0.9 && likely.report < 0.2;
  if (isTalk)
    intents.splice(0, intents.length, ...intents.filter((one) => one !== "provide_info"), "chitchat");
  return { intents, requests, signals, question, acting, acts, isTalk };
}

/** What a person says of themselves and what they want, which stands in a question of it as well. */
const ofOneself: ReadonlySet<string> = new Set([
  "anonymous",
  "callback",
  "evidenceCount",
  "remedy",
  "suedAlready",
]);

/** „匿名报有奖金没“: a short message that no rule takes for a question and that is learned to be about a topic. */
function asksOfTopic(text: string, slots: FoundSlots, asks: number): boolean {
  if (text.length < 4 || text.length > 24) return false;
  // „有个事 不知道归不归你们管“ leads up to what it is.
  if (/不(?:知道|晓得)(?:归不归|该不该|是不是)[^，。]{0,4}管/u.test(text)) return false;
  if (Object.keys(slots).some((slot) => !ofOneself.has(slot))) return false;
  const { kind, probability } = topicOf(text);
  return !untold.has(kind) && probability >= 0.6 && asks >= 0.3;
}

/** Topics that no reply tells of. */
const untold: ReadonlySet<string> = new Set(["none", "oos", "law", "progress"]);

/** The intents and the question without what only seems so: a word that stands there, and is meant otherwise. */
function withoutMisread(
  { text, words, slots }: Pick<Reading, "text" | "words" | "slots">,
  said: Pick<Said, "intents" | "question">,
  likely: Readonly<Record<Act, number>>,
  drafting: boolean,
): { intents: Intent[]; question: string | undefined } {
  let { question } = said;
  const intents = [...said.intents];
  // „吹什么国家专利“ tells; a story that holds such a word asks nothing.
  const tells = likely.report > 0.5 || Object.keys(slots).length > 0;
  const plainly = question?.replace(/啥|什么|谁|哪(?:个|家|里|儿|的)?/gu, "") ?? "";
  if (
    question !== undefined &&
    tells &&
    !/[?？]/u.test(text) &&
    likely.qa < asksFrom &&
    likely["qa.service"] < asksFrom &&
    !words.question.test(plainly) &&
    // „请求书里头写些啥“ asks for what comes last.
    !/(?:些|点|的是?|是|叫|写|算|干|用|要)(?:啥|什么|多少)[呀啊呢]?$/u.test(text)
  ) {
    question = undefined;
    intents.splice(0, intents.length, ...intents.filter((intent) => intent !== "qa"));
  }
  // „我们店门口有条人工湖“, „他骂我是废物“: the word stands there, and is meant otherwise.
  const outright = /转[^，。]{0,4}人/u.test(text);
  for (const intent of ["handoff", "abuse"] as const)
    if (likely[intent] < meantFrom && !(intent === "handoff" && outright))
      intents.splice(0, intents.length, ...intents.filter((one) => one !== intent));
  // „投诉多少天给结果“ in the middle of a report asks how it is done, not how far one's own report is.
  const asksHow = () =>
    isOfTopic(text, ["progress"]) ||
    serviceAnswer(text) !== undefined ||
    /(?:几|多少)(?:个)?(?:工作)?[日天月]|多久|多长时间/u.test(text);
  if (drafting && intents.includes("status") && !/CZ-/iu.test(text) && asksHow()) {
    question ??= text;
    intents.splice(0, intents.length, ...intents.filter((intent) => intent !== "status"), "qa");
  }
  return { intents, question };
}

/** What the rules say that a message does, by the names of acts, and which slots it gives. */
function actHints(
  intents: readonly Intent[],
  requests: Requests,
  signals: Signals,
  slots: FoundSlots,
): string[] {
  const named = { complains: "complain", tired: "complain" } as Record<string, string>;
  const hints = [
    ...intents,
    ...Object.entries(requests).flatMap(([name, value]) =>
      name === "rating"
        ? value === undefined
          ? []
          : ["rating"]
        : value === true
          ? [named[name] ?? name]
          : [],
    ),
    ...(["withdraw", "finish", "unknown", "skip"] as const).filter((name) => signals[name]),
    ...(slots.anonymous?.value === true ? ["anonymous"] : []),
    ...Object.keys(slots).map((name) => `slot:${name}`),
  ];
  return [...new Set(hints)];
}
