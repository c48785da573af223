import { phrase } from "../say.ts";
import type { Understanding } from "../understanding/understanding.ts";
import { proceed } from "./proceed.ts";
import { answer } from "./questions.ts";
import type { Turn } from "./turn.ts";

/** The query code that was asked for before. Returns false if the message holds none. */
export function settleCode(turn: Turn, said: Understanding): boolean {
  const { awaitsCode } = turn.memory;
  if (awaitsCode === null) return false;
  turn.memory.awaitsCode = null;
  const code = said.queryCode ?? /(?<!\d)(\d{4}[\s-]?\d{4})(?!\d)/u.exec(said.text)?.[1]?.replace(/\D/g, "");
  if (code === undefined || (said.reportNo !== undefined && said.reportNo !== awaitsCode)) return false;
  turn.intents = ["status"];
  turn.effects.push({ kind: "status", reportNo: awaitsCode, queryCode: code });
  proceed(turn, said, { again: true });
  return true;
}

/** Where progress is looked up; and where the reports filed here stand. */
export function tellHowToFollow(turn: Turn): void {
  turn.trace.push({ rule: "status.how" });
  if (turn.memory.filed.length > 0)
    turn.effects.push({ kind: "status", reportNo: undefined, queryCode: undefined });
  turn.parts.push(phrase("status.how"));
}

/** Where a report stands. Its query code is awaited where the message gives none. */
export function tellStatus(turn: Turn, said: Understanding): void {
  const { reportNo, queryCode } = said;
  turn.effects.push({ kind: "status", reportNo, queryCode, drafting: turn.memory.draft !== null });
  turn.memory.awaitsCode = queryCode === undefined ? (reportNo ?? null) : null;
}

/** What the person wants to be told of what they filed here, if they say so. Returns whether they did. */
export function settleNotices(turn: Turn, agrees: boolean | undefined): boolean {
  const { filed } = turn.memory;
  if (agrees === undefined || turn.around.notices !== true || filed.length === 0) return false;
  turn.trace.push({ rule: agrees ? "notices.yes" : "notices.no" });
  turn.intents = [agrees ? "confirm" : "deny"];
  turn.effects.push({ kind: "notices", reportNos: [...filed], agrees });
  return true;
}

/** A rating of the last report, 1 to 5; null asks for the score. */
export function takeRating(turn: Turn, said: Understanding, score: number | null): void {
  const reportNo = said.reportNo ?? turn.memory.filed.at(-1);
  turn.trace.push({ rule: "rating" });
  if (reportNo === undefined) {
    turn.parts.push(phrase("rate.none"));
  } else if (score === null) {
    turn.parts.push(phrase("rate.ask", { reportNo }));
    turn.options = [5, 4, 3, 2, 1].map((one) => `rating:${one}`);
  } else {
    turn.effects.push({ kind: "rate", reportNo, score, comment: said.narrative });
  }
}

/** Adds the message to the report filed last, or asks for what is only announced. */
export function supplement(turn: Turn, said: Understanding): void {
  const reportNo = turn.memory.filed.at(-1);
  if (reportNo === undefined) {
    turn.parts.push(phrase("supplement.none"));
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
    turn.parts.push(phrase("supplement.ask", { reportNo }));
    return;
  }
  turn.effects.push({ kind: "supplement", reportNo, text: content, evidenceIds: [] });
}

/** After filing, „包装背面还有个批号“ belongs to what was filed, if it says so, and „刚交的厂名说错了，是…“ does. */
export function supplementsLast(turn: Turn, said: Understanding): boolean {
  if (turn.memory.filed.length === 0 || said.question !== undefined) return false;
  const { text, signals } = said;
  return (
    /^(?:对了|还有|另外|忘(?:了)?说)[，, ]/u.test(text) ||
    (turn.justFiled && signals.correction) ||
    /(?:交|报|登记|填|写|记)(?:上去|过|了)?的?[^。]{0,14}(?:错了?|不对|有误|(?:得|要|想)改)(?:[，。,\s]|$)/u.test(
      text,
    )
  );
}

/** Asks whether to withdraw a filed report: the one that is named, or the only one; of several, which. */
export function askWithdrawal(turn: Turn, named?: string): void {
  const { filed } = turn.memory;
  const last = named !== undefined && filed.includes(named) ? named : filed.at(-1);
  if (last === undefined || (named !== undefined && named !== last)) {
    turn.parts.push(phrase("withdraw.none"));
    return;
  }
  if (named === undefined && filed.length > 1) {
    turn.parts.push(phrase("withdraw.which"));
    turn.memory.offered = "withdrawal";
    turn.options = filed.slice(-4).map((reportNo) => `withdrawal:${reportNo}`);
    return;
  }
  turn.memory.withdrawing = last;
  turn.parts.push(phrase("withdraw.ask", { reportNo: last }));
  turn.options = ["withdraw:yes", "withdraw:no"];
}

/** A yes or no to withdrawing. Returns false if the message was about something else. */
export function settleWithdrawal(turn: Turn, said: Understanding): boolean {
  const reportNo = turn.memory.withdrawing;
  if (reportNo === null) return false;
  turn.memory.withdrawing = null;
  if (said.signals.deny || /不撤|别撤|算了/u.test(said.text)) {
    turn.parts.push(phrase("withdraw.kept", { reportNo }));
    // „先不撤，你们晚上有人吗“ asks beside.
    if (said.requests.rating !== undefined) takeRating(turn, said, said.requests.rating);
    else if (said.question !== undefined) answer(turn, said.question, true);
    return true;
  }
  if (
    said.signals.agreed ||
    said.signals.withdraw ||
    (said.signals.confirm && /撤/u.test(said.text)) ||
    /^(?:我|俺)?确定/u.test(said.text)
  ) {
    turn.effects.push({ kind: "withdraw", reportNo });
    return true;
  }
  return false;
}

/** The filed report that „刚才那件“ or „第一件“ means; undefined if it is not said. */
export function meantBy(turn: Turn, text: string): string | undefined {
  const { filed } = turn.memory;
  if (/刚才|刚刚|刚(?:交|报|提)|最后|最近/u.test(text)) return filed.at(-1);
  const ordinal = /第([一二三四五1-5])/u.exec(text)?.[1];
  return ordinal === undefined
    ? undefined
    : (filed["一二三四五".indexOf(ordinal) % 5] ?? filed[Number(ordinal) - 1]);
}
