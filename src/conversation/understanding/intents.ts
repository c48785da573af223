import type { Intent } from "../message.ts";
import { isNumberAsked } from "./questions.ts";
import type { Reading } from "./reading.ts";
import type { Requests } from "./requests.ts";
import type { PlaceReading, Signals } from "./understanding.ts";

/** What a message does, by the rules. */
export function intentsOf(
  reading: Reading,
  said: {
    places: readonly PlaceReading[];
    signals: Signals;
    question: string | undefined;
    reportNo: string | undefined;
    requests: Requests;
  },
): Intent[] {
  const { text, words, expectation, slots } = reading;
  const { places, signals, question, reportNo, requests } = said;
  const { intents } = words;
  const found: Intent[] = [];
  const add = (intent: Intent, when: boolean) => {
    if (when && !found.includes(intent)) found.push(intent);
  };
  const namesSomebody =
    slots.infringer !== undefined ||
    (slots.patentNumber !== undefined && !isNumberAsked(reading, question)) ||
    slots.location !== undefined;
  const firstHand =
    !/查询码/u.test(text) &&
    signals.tellsFacts &&
    slots.reportType !== undefined &&
    (question === undefined || namesSomebody) &&
    (namesSomebody || !requests.approaches);
  add("injection", reading.injected);
  add("threat", intents.threat.test(text));
  add("abuse", intents.abuse.test(text));
  add("handoff", intents.handoff.test(text));
  add("cancel", intents.cancel.test(text) || signals.withdraw);
  // „商标法修订的施行了没“ asks of a law.
  const ofLaw = /(?:法|条例|细则|办法|规定)[^。]{0,12}(?:施行|实施|生效|修订|修改|新的)/u.test(text);
  add("status", (intents.status.test(text) && !ofLaw) || (reportNo !== undefined && !expectation.drafting));
  add("supplement", intents.supplement.test(text) && !expectation.drafting);
  // „怎么举报“ asks; „我要举报“ and „…，举报“ report.
  const wantsTo =
    /(?:我|俺|咱)(?:要|想|得)(?:举报|投诉|告|反映)|(?:想|要)(?:跟|向|找|和)(?:您|你|恁)(?:们)?(?:这儿?|这边)?(?:举报|投诉|反映)(?:一下|一?个|点儿?)/u.test(
      text,
    );
  const asksHowToReport = question !== undefined && !signals.tellsFacts && !wantsTo;
  const declines = /不(?:是|想|要|用|必|需要|再|来|写|填|做|走)*(?:举报|投诉|告他|告她|告了)/u.test(text);
  const asksStatus = found.includes("status") && !wantsTo;
  // Who is accused, wants aid, or asks who told of a firm reports nothing by that, unless they say so.
  // „别人仿了我，几年内得去告“ asks for a term, and names nobody.
  const asksTerm =
    !expectation.drafting &&
    question !== undefined &&
    !namesSomebody &&
    !wantsTo &&
    /(?:几|多少)(?:年|天|日|个月)|多久|多长时间/u.test(question);
  const onlyAsks =
    asksTerm ||
    requests.whoReported ||
    requests.onlyAsks ||
    (requests.complains && !namesSomebody && !(wantsTo && slots.reportType !== undefined)) ||
    ((requests.accused || requests.aid) && !wantsTo);
  const saysSo =
    intents.report.test(text) && !asksHowToReport && !signals.withdraw && !declines && !asksStatus;
  // Who names a firm and a wrong tells of it, whether or not they say 举报.
  const wrongdoing =
    !expectation.drafting &&
    question === undefined &&
    namesSomebody &&
    /专利|商标|版权|侵权|假冒|仿|抄|盗|冒/u.test(text);
  // „…，能不能给我们断断“, „…，这算啥“: a story told to have something done about it.
  const wantsHelp =
    question !== undefined &&
    (slots.reportType !== undefined || /有(?:个|一)?(?:人|家|厂|店)/u.test(text)) &&
    signals.tellsFacts &&
    /(?:能不能|能否|可不可以|想|请|求|帮|给)(?:你们|恁|您|贵局|领导)?(?:给|帮|替)?[^，。]{0,6}(?:调解|断断|协调|评评理|管管|治治|查查|查一查|查处|处理|说和)|(?:这|那)(?:算|叫|是)(?:啥|什么|哪门子|侵权|违法|假冒|不)|(?:求|要)(?:调解|说法|公道)/u.test(
      text,
    );
  // „…它是冒用别人的专利号…能举报吗“ while a report is open: it is what is reported.
  const asksLeave =
    expectation.drafting && slots.reportType !== undefined && /能(?:不能)?(?:举报|投诉)/u.test(text);
  add(
    "report",
    !onlyAsks && (asksLeave || saysSo || firstHand || signals.copiedWithoutRight || wrongdoing || wantsHelp),
  );
  add("qa", question !== undefined && !found.includes("status"));
  if (expectation.drafting) {
    const gives =
      Object.keys(slots).length > 0 ||
      reading.numbers.length > 0 ||
      reading.phones.length > 0 ||
      places.length > 0;
    add("correct", signals.correction && gives);
    add("provide_info", gives);
    add("resume", intents.resume.test(text));
    add("confirm", (signals.confirm || signals.submit || signals.finish) && !signals.deny);
    add("deny", signals.deny);
  } else {
    add("confirm", signals.confirm && !signals.deny);
    add("deny", signals.deny);
  }
  const substantial = found.some((intent) => !["confirm", "deny", "resume"].includes(intent));
  add("greet", intents.greet.test(text));
  add("thanks", intents.thanks.test(text) && !found.includes("report"));
  add("chitchat", !substantial && intents.chitchat.test(text));
  return found;
}

/** The code that opens a report to who filed it, eight digits; without the word for it only beside a report's number. */
export function queryCodeIn(text: string, reportNo: string | undefined): string | undefined {
  const code =
    /(?:查询码|码)(?:是|[:：])?\s*(\d{4}[\s-]?\d{4})(?!\d)/u.exec(text)?.[1] ??
    (reportNo !== undefined ? /(?<!\d)(\d{4}[\s-]?\d{4})(?!\d)/u.exec(text)?.[1] : undefined);
  return code?.replace(/\D/g, "");
}
