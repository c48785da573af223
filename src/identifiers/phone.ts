import { readDigits } from "./digits.ts";
import { findNumbers, isLandline, type NumberSpan } from "./number-span.ts";

export const phoneTypes = ["mobile", "landline", "hotline"] as const;
export type PhoneType = (typeof phoneTypes)[number];

/** A number as read: `13800001234`, `0317-5678901`, `400-123-4567`. `problem` is for people and does not repeat the number. */
export type PhoneResult =
  | {
      kind: "valid";
      normalized: string;
      masked: string;
      facts: { type: PhoneType; areaCode?: string; extension?: string };
    }
  | { kind: "malformed"; problem: string };

/** A telephone number in running text; the span points into the text that was searched. */
export type FoundPhone = { start: number; end: number; text: string; result: PhoneResult };

const maxWrittenChars = 200;

const extensionPattern = /^\s?(?:转|分机号?)\s?(\d{1,5})(?!\d)/;

/** Reads one telephone number however it is written: +86, spaces, hyphens, brackets, Chinese digits. */
export function parsePhone(text: string): PhoneResult {
  if (text.length > maxWrittenChars) return { kind: "malformed", problem: "这段文字太长，请只写电话号码。" };
  const bare = text
    .normalize("NFKC")
    .trim()
    .replace(
      /^(?:我的?)?(?:手机|电话|座机|固话|联系|tel|phone|mobile)?(?:电话|方式)?(?:[号號][码碼]?)?(?:是|为)?[\s:.]*/iu,
      "",
    );
  const parts = /^([^转分]*?)(?:(?:转|分机号?)\s*(\d{1,5}))?$/.exec(bare);
  const digits = readDigits(parts?.[1] ?? bare).replace(/[\s\-‐-―−_()+.,]/gu, "");
  if (!/^\d+$/.test(digits)) {
    return {
      kind: "malformed",
      problem: "读不出电话号码，请只写数字：手机11位，座机带区号，比如 0317-2123456。",
    };
  }
  return evaluate(digits, parts?.[2]);
}

/**
 * The telephone numbers of a text that went through `fold` (text/fold.ts), and near misses where a word
 * (电话, 手机, 号) announces one or nothing else was written. Digits of patent, identity, card and
 * order numbers are left alone.
 */
export function findPhones(foldedText: string): FoundPhone[] {
  return findNumbers(foldedText).flatMap((span) => {
    const extension = extensionPattern.exec(span.after);
    const result = evaluate(span.digits, extension?.[1]);
    if (!speaksOfPhone(span, result, standsAlone(foldedText, span))) return [];
    const end = span.end + (result.kind === "valid" && extension !== null ? extension[0].length : 0);
    return [{ start: span.start, end, text: foldedText.slice(span.start, end), result }];
  });
}

/** `138****1234`, `0317-***3456`, `400-***-4567`. */
export function maskPhone(normalized: string): string {
  const [area, number] = normalized.split("-");
  if (normalized.startsWith("400") || normalized.startsWith("800"))
    return `${area}-***-${normalized.slice(-4)}`;
  if (number === undefined) return `${normalized.slice(0, 3)}****${normalized.slice(-4)}`;
  return `${area}-${"*".repeat(number.length - 4)}${number.slice(-4)}`;
}

/** Whether a number is a clause of its own, as people give theirs behind their name: 我姓纪，1390317882. */
const standsAlone = (text: string, { start, end, cue }: NumberSpan): boolean =>
  cue === "none" &&
  /(?:^|[，,\s])(?:[哦噢嗯是]|[那这]?(?:就|应该)?是)?\s*$/u.test(text.slice(0, start)) &&
  /^(?:\s|$|[，。,;；])/u.test(text.slice(end));

/** Whether a number in running text is to be taken as a telephone number, right or wrong. */
function speaksOfPhone(span: NumberSpan, result: PhoneResult, isClause: boolean): boolean {
  if (span.prefix !== undefined || span.check !== undefined || span.cue === "other") return false;
  if (/^[A-Za-z]|^\.\d\d|^\s?(?:元|块钱|万元|件|个|台|套)/.test(span.after)) return false;
  if (result.kind === "valid")
    return span.shape === "mobile" || span.shape === "landline" || span.shape === "hotline";
  if (span.shape !== "unknown" || span.cue === "patent") return false;
  const { digits } = span;
  const announced = span.cue === "phone" || span.alone;
  // A figure or two too few, or one too many, of a mobile number.
  if (/^1[3-9]\d{7,8}$|^1[3-9]\d{10}$/.test(digits)) return announced || isClause || span.cue === "printed";
  if (/^(?:010|02[0-57-9]|0[3-9]\d{2})\d{5,9}$/.test(digits)) return announced;
  if (span.cue !== "phone") return false;
  return (
    /^1(?:[3-9]\d{3,12}|\d{7,13})$/.test(digits) ||
    /^[2-9]\d{9,11}$/.test(digits) ||
    (/^[2-8]\d{6,7}$/.test(digits) && !/^20[0-3]\d[01]\d[0-3]\d$/.test(digits))
  );
}

function evaluate(figures: string, extension: string | undefined): PhoneResult {
  const malformed = (problem: string): PhoneResult => ({ kind: "malformed", problem });
  const digits = figures.replace(/^(?:0086|86|0)(?=1[3-9]\d{9}$)/, "");
  if (/^1[3-9]\d{9}$/.test(digits)) return valid(digits, { type: "mobile" });
  if (isLandline(digits)) {
    const areaCode = areaOf(digits);
    return valid(`${areaCode}-${digits.slice(areaCode.length)}`, {
      type: "landline",
      areaCode,
      ...(extension === undefined ? {} : { extension }),
    });
  }
  if (/^[48]00[1-9]\d{6}$/.test(digits)) {
    return valid(`${digits.slice(0, 3)}-${digits.slice(3, 6)}-${digits.slice(6)}`, { type: "hotline" });
  }

  const off = digits.length - 11;
  if (/^1[3-9]/.test(digits) && off !== 0 && digits.length >= 7) {
    return malformed(
      off < 0
        ? `手机号要11位，这里只有${digits.length}位，少${-off}位，请核对后再发一次。`
        : `手机号要11位，这里有${digits.length}位，多${off}位，请核对后再发一次。`,
    );
  }
  if (/^1[0-2]\d{9}$/.test(digits)) return malformed("手机号第2位应是3到9，这里不是，请核对开头几位。");
  if (digits.startsWith("0")) {
    const areaCode = areaOf(digits);
    if (!/^(?:010|02[0-57-9]|0[3-9]\d{2})$/.test(areaCode))
      return malformed("座机的区号不对，沧州的区号是0317，请核对。");
    const local = digits.length - areaCode.length;
    const wanted = areaCode === "0317" ? 7 : areaCode.length === 3 ? 8 : undefined;
    if (wanted === undefined ? local < 7 || local > 8 : local !== wanted) {
      const off =
        wanted === undefined ? "" : local < wanted ? `，少${wanted - local}位` : `，多${local - wanted}位`;
      return malformed(
        `区号 ${areaCode} 后面的座机号要${wanted ?? "7或8"}位，这里是${local}位${off}，请核对后再发一次。`,
      );
    }
    return malformed("座机号应以2到8开头，请核对区号后面的号码。");
  }
  if (/^\d{5}$/.test(digits))
    return malformed("这像是服务热线，不是能联系到您的号码，请留手机号或带区号的座机。");
  if (/^[2-8]\d{6,7}$/.test(digits)) {
    return malformed("座机要带区号，沧州是0317，请写成 0317 加7位号码；手机号是11位。");
  }
  if (digits.length === 11) return malformed("手机号以1开头，这里不是，请核对开头几位；座机要带区号。");
  return malformed(
    `手机号要11位、以1开头，座机要带区号，这里是${digits.length}位，位数对不上，请核对后再发一次。`,
  );
}

function valid(
  normalized: string,
  facts: { type: PhoneType; areaCode?: string; extension?: string },
): PhoneResult {
  return { kind: "valid", normalized, masked: maskPhone(normalized), facts };
}

/** 010 and 02x have three figures, all others four. */
function areaOf(digits: string): string {
  return digits.slice(0, /^0[12]/.test(digits) ? 3 : 4);
}
