import { asksLeave } from "./questions.ts";
import { put, type Reading } from "./reading.ts";
import type { Found } from "./spans.ts";

/** The text without what others did or said they would do: 老张说他不想留名, 我朋友已经起诉了, 上回你们打电话. */
export function withoutOthersDoings(text: string): string {
  return text.replace(
    /(?:(?<!替|委托|请)(?:他|她|(?:老|小)[\u4e00-\u9fff]|(?:我|俺)?朋友)(?:说)?(?:他|她)?(?:已经)?(?:起诉|不想留名|打官司)(?:了)?(?!我|俺)(?:平台)?)|(?:不[^，。没]{1,4}就|先|非得|凭啥非得)起诉|(?:打官司|起诉)贵|匿名(?:举报|投诉)?(?:和|跟|与|还是)实名|实名(?:举报|投诉)?(?:和|跟|与|还是)匿名|(?:有(?:个|家)?[^，。]{0,6}?(?:公司|人|机构|中介|店)|他们?|她|那人|那边|对方|业务员|客服|推销的?)(?:老|总|天天|昨天|又|主动)*(?:给|跟)(?:我|俺)(?:打|来)(?:了|过)?(?:个|好几个|两回|几回)?电话(?=说|来|推|问|忽悠|骗|让|叫)|(?:上回|上次|之前|总|老是?|天天)(?:你们|他们)?(?:给(?:我|俺))?(?:回|打)(?:我|俺)?(?:个)?电话/gu,
    (others) => "＊".repeat(others.length),
  );
}

/** A yes or no that answers what was asked: 没呢还, 告了. */
function yesOrNo(text: string): Found<boolean> | undefined {
  const no = /^(?:还|都|从来?|目前|暂时|也)?(?:没有?|未|不)(?:呢|啊|呀|还|过|去|告|有|的|是)*[。，！\s]*$/u;
  const yes =
    /^(?:嗯+|对|是|有|去|告|打|起诉|立案?|已经)(?:的|了|过|啊|呀|呢|去|告|打|是|有|对)*[。，！\s]*$/u;
  const span = { start: 0, end: text.length };
  if (no.test(text)) return { value: false, ...span, rule: "answer.no" };
  return yes.test(text) ? { value: true, ...span, rule: "answer.yes" } : undefined;
}

/** A yes or no that a pattern tells of the person's own; none where they only ask in general, or for leave. */
export function flagIn(
  { own, general, expectation }: Reading,
  value: boolean,
  rule: string,
  pattern: RegExp,
): Found<boolean> | undefined {
  if (general && expectation.asking.length === 0) return undefined;
  const match = pattern.exec(own.replace(asksLeave, (asked) => "＊".repeat(asked.length)));
  return match === null ? undefined : { value, start: match.index, end: match.index + match[0].length, rule };
}

/** Whether the person has sued already, told or answered. */
export function readSued(reading: Reading): void {
  const { text, words, expectation, slots } = reading;
  put(
    slots,
    "suedAlready",
    flagIn(reading, false, "sued.no", words.suedNo) ??
      flagIn(reading, true, "sued.yes", words.suedYes) ??
      (expectation.asking.includes("suedAlready") ? yesOrNo(text) : undefined),
  );
}

/** Whether the person says that they have no evidence. */
export function readNoEvidence({ text, words, slots }: Reading): void {
  const match = words.noEvidence.exec(text);
  if (match === null) return;
  const { index: start } = match;
  put(slots, "evidenceCount", { value: 0, start, end: start + match[0].length, rule: "evidence.none" });
}
