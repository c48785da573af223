import { dashClass, digitWordClass, readCheck, readDigits } from "./digits.ts";
import { isResidentId } from "./resident-id.ts";

/** What a run of digits looks like by its length and figures alone. */
export type NumberShape =
  | "patent"
  | "mobile"
  | "landline"
  | "hotline"
  | "residentId"
  | "bankCard"
  | "unknown";

/** What the words before a number say it is. `printed` is “号是”, “印的”: something numbered, no telling what. */
export type NumberCue = "patent" | "phone" | "printed" | "other" | "quantity" | "none";

/** A number found in running text. Its span takes in the separators, the prefix and the check character. */
export type NumberSpan = {
  start: number;
  end: number;
  /** The figures alone, without the check character. */
  digits: string;
  /** What was set apart as a check character: behind a point, or an X. Two or three figures behind a point stand here too. */
  check?: string;
  /** `ZL` or `CN` right before the figures. */
  prefix?: "ZL" | "CN";
  cue: NumberCue;
  shape: NumberShape;
  /** Nothing else stands in the text. */
  alone: boolean;
  /** The text right after, at most 8 characters. */
  after: string;
};

type Token = { start: number; end: number; digits: string; words: boolean };
/** Tokens that only separators part. `gaps[i]` stands before token i + 1. */
type Group = { tokens: Token[]; gaps: string[]; check?: string; end: number };

// Among Chinese digits a 〇 is often typed as O or 0.
const tokenPattern = new RegExp(
  `\\d(?:[\\dOo]*\\d)?|[${digitWordClass}](?:[${digitWordClass}0Oo]*[${digitWordClass}])?`,
  "g",
);
const gapPattern = new RegExp(`^(?: {0,2}[${dashClass}] {0,2}| {1,3}|, ?)$`);
const pointPattern = new RegExp(
  `^ ?(?:[.·•]|点儿?) ?([\\d${digitWordClass}]|[OoXx×叉](?![A-Za-z])|艾克斯)(?![\\dOo]|\\.\\d)`,
);
const barePattern = /^[ -]?([Xx×叉])(?![A-Za-z\d])/;
/** A pause or full stop in the place of the point counts only when the check digit then agrees. */
const stopPattern = /^[,。] ?(\d)(?![\dOo.]|[月日号点个年块元件章天])/;
/** After a spoken digit these make an ordinary word of it: 一直, 两个, 三家. */
const wordAfterDigit = /^[直下个般些样共起定会边次位家件天年月台人种条块]/;

/** No few numbers come in more pieces than this; a longer row of figures is a table. */
const maxPieces = 60;

/** An email address or link: its figures are neither telephone nor patent numbers. */
const linkPattern =
  /(?:https?:\/\/|www\.)[!-~]+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+|(?<![\w-])[\w-]{1,63}\.(?:com|cn|net|org|cc|top|shop)\b(?:\/[!-~]*)?/gi;

const cuePatterns: Record<Exclude<NumberCue, "none">, string> = {
  // A certificate has a number of its own (证书号第…号); alone, 订单 or QQ counts only right before the figures.
  other: [
    "(?:专利)?证书(?:号码?|编号)",
    "(?:订|运|快递|物流|工|保|提)?单(?:号码?|编号)",
    "(?:身份证|证件|银行卡|卡|账|账户|流水|批|批次|条形?码?|编|货|型|车牌|发票|合同|执照|信用代码|许可证?|备案|案|案件|受理|查询|回执|QQ)(?:的)?(?:号码?|编号|码)",
    "(?:订单|运单|身份证|银行卡|流水|批次|条形?码|信用代码|QQ)(?=[\\s:,]*(?:是|为)?[\\s:]*$)",
  ].join("|"),
  quantity: "日期|时间|金额|价格|总价",
  patent: "(?:专利|ZL|申请|授权|公告|公开|公布)(?:申请|授权|公告|公开|公布|权)?(?:的)?(?:号码?|编号|证号)",
  phone: "电话|手机|座机|固话|传真|联系(?:方式|我|人)?|打给|致电|热线|微信|tel|phone|mobile",
  printed: "专利|号码?|印[的着]?|[写标刻喷打贴][的着]|写上",
};
const cuePattern = new RegExp(
  Object.entries(cuePatterns)
    .map(([name, pattern]) => `(?<${name}>${pattern})`)
    .join("|"),
  "gi",
);

/**
 * The numbers of a text that went through `fold` (text/fold.ts), in order, none overlapping.
 *
 * A number in pieces (2020 2 0123456) is put together; what stands beside it (an order number, a
 * card in groups of four) is never cut up to make a number that was not written.
 */
export function findNumbers(text: string): NumberSpan[] {
  const masked = text.replace(linkPattern, (link) => "\ue000".repeat(link.length));
  const alone = (start: number, end: number) =>
    /^[\s\p{P}]*$/u.test(text.slice(0, start)) && /^[\s\p{P}]*$/u.test(text.slice(end));
  return groupsOf(masked)
    .flatMap(split)
    .flatMap((group): NumberSpan[] => {
      const [first] = group.tokens;
      if (first === undefined) return [];
      const lead = leadOf(masked, first.start, group.end);
      if (lead === undefined) return [];
      const after = masked.slice(group.end, group.end + 8);
      if (/^[@\ue000]/.test(after)) return [];
      const digits = digitsOf(group);
      return [
        {
          start: lead.start,
          end: group.end,
          digits,
          ...(group.check === undefined ? {} : { check: group.check }),
          ...(lead.prefix === undefined ? {} : { prefix: lead.prefix }),
          cue: cueOf(masked.slice(Math.max(0, lead.start - 24), lead.start)),
          shape: shapeOf(digits, group.check),
          alone: alone(lead.start, group.end),
          after,
        },
      ];
    });
}

function groupsOf(text: string): Group[] {
  const groups: Group[] = [];
  let group: Group | undefined;
  tokenPattern.lastIndex = 0;
  for (let match = tokenPattern.exec(text); match !== null; match = tokenPattern.exec(text)) {
    const token = tokenOf(text, match.index, match[0]);
    if (token === undefined) continue;
    const gap = group === undefined ? "" : text.slice(group.end, token.start);
    if (group !== undefined && joins(text, group, token, gap)) {
      group.tokens.push(token);
      group.gaps.push(gap);
      group.end = token.end;
    } else {
      group = { tokens: [token], gaps: [], end: token.end };
      groups.push(group);
    }
    const check = checkAt(text, group);
    if (check !== undefined) {
      group.check = check.value;
      group.end = check.end;
      tokenPattern.lastIndex = check.end;
      // What follows a check character is another number.
      group = undefined;
    }
  }
  return groups;
}

function tokenOf(text: string, start: number, found: string): Token | undefined {
  const words = !/^\d/.test(found);
  const cut = words && wordAfterDigit.test(text.slice(start + found.length)) ? found.slice(0, -1) : found;
  if (cut === "") return undefined;
  return { start, end: start + cut.length, digits: readDigits(cut), words };
}

function joins(text: string, group: Group, token: Token, gap: string): boolean {
  const [first] = group.tokens;
  const previous = group.tokens.at(-1);
  if (first === undefined || previous === undefined || previous.words !== token.words) return false;
  // (0317) 5678901
  if (/^\) ?-?$/.test(gap)) {
    return group.tokens.length === 1 && first.digits.startsWith("0") && text[first.start - 1] === "(";
  }
  if (gap.includes(",") && Math.min(previous.digits.length, token.digits.length) < 3) return false;
  // “202020123456 8月份买的”: the 8 belongs to the month.
  if (token.digits.length <= 2 && /^ ?[月日号个年块元件章天岁]/.test(text.slice(token.end))) return false;
  // 2020.2.0123456.8
  if (gap === ".") {
    const pieces = [...group.tokens, token].map(({ digits }) => digits.length).join(" ");
    return first.digits.startsWith("20") && /^4 1(?: 7)?$/.test(pieces);
  }
  return gapPattern.test(gap);
}

function checkAt(text: string, group: Group): { value: string; end: number } | undefined {
  if (group.tokens.length > maxPieces) return undefined;
  const digits = digitsOf(group);
  if (digits.length < 8) return undefined;
  // “13800001234.1号楼”: a telephone number has no check character.
  if (/^(?:mobile|landline|hotline)$/.test(shapeOf(digits, undefined))) return undefined;
  const rest = text.slice(group.end, group.end + 8);
  const decimals = /^ ?[.点] ?(\d{2,3})(?!\d)/.exec(rest);
  if (digits.length >= 12 && decimals?.[1] !== undefined) {
    return { value: decimals[1], end: group.end + decimals[0].length };
  }
  const match = pointPattern.exec(rest) ?? (digits.length < 18 ? barePattern.exec(rest) : null);
  if (match?.[1] !== undefined) return { value: readCheck(match[1]), end: group.end + match[0].length };
  const stop = digits.length === 12 ? stopPattern.exec(rest) : null;
  if (stop?.[1] !== undefined && patentCheckDigit(digits) === stop[1]) {
    return { value: stop[1], end: group.end + stop[0].length };
  }
  return undefined;
}

/** Parts a group that is no number as a whole into the numbers it consists of, if it wholly does. */
function split(group: Group): Group[] {
  if (group.tokens.length === 1 || group.tokens.length > maxPieces || recognised(group)) return [group];
  const cover = coverFrom(group, 0, new Map());
  if (cover !== undefined) return cover;
  const comma = group.gaps.findIndex((gap) => gap.includes(","));
  if (comma >= 0) {
    return [...split(slice(group, 0, comma + 1)), ...split(slice(group, comma + 1, group.tokens.length))];
  }
  // A whole number beside small figures: “3 13800001234”.
  const whole = group.tokens.flatMap((token, index) => {
    const part = slice(group, index, index + 1);
    const byHyphen = [group.gaps[index - 1], group.gaps[index]].some(
      (gap) => gap !== undefined && gap.trim() !== "",
    );
    return token.digits.length >= 11 && !byHyphen && recognised(part) ? [part] : [];
  });
  return whole.length > 0 ? whole : [group];
}

function coverFrom(group: Group, from: number, known: Map<number, Group[] | undefined>): Group[] | undefined {
  if (from === group.tokens.length) return [];
  if (known.has(from)) return known.get(from);
  let found: Group[] | undefined;
  for (let to = Math.min(group.tokens.length, from + 19); to > from && found === undefined; to -= 1) {
    const part = slice(group, from, to);
    if (digitsOf(part).length > 19 || !recognised(part)) continue;
    const rest = coverFrom(group, to, known);
    if (rest !== undefined) found = [part, ...rest];
  }
  known.set(from, found);
  return found;
}

function slice(group: Group, from: number, to: number): Group {
  const tokens = group.tokens.slice(from, to);
  const end = tokens.at(-1)?.end ?? group.end;
  const part = { tokens, gaps: group.gaps.slice(from, Math.max(from, to - 1)) };
  return to === group.tokens.length && group.check !== undefined
    ? { ...part, check: group.check, end: group.end }
    : { ...part, end };
}

const digitsOf = (group: Group) => group.tokens.map(({ digits }) => digits).join("");
const recognised = (group: Group) => shapeOf(digitsOf(group), group.check) !== "unknown";

/** The shape of bare figures, with the check character that was set apart from them. */
function shapeOf(digits: string, check: string | undefined): NumberShape {
  if (/^20\d{2}[12389]\d{7}$/.test(digits) && (check === undefined || check.length === 1)) return "patent";
  if (check !== undefined) return isResidentId(digits + check) ? "residentId" : "unknown";
  if (/^20\d{2}[12389]\d{8}$/.test(digits)) return "patent";
  if (/^(?:(?:00)?86|0)?1[3-9]\d{9}$/.test(digits)) return "mobile";
  if (isLandline(digits)) return "landline";
  if (/^[48]00[1-9]\d{6}$/.test(digits)) return "hotline";
  if (isResidentId(digits)) return "residentId";
  return digits.length >= 16 && digits.length <= 19 && luhn(digits) ? "bankCard" : "unknown";
}

/** An area code and a subscriber's number of the length used there; 0317 (沧州) has seven figures. */
export function isLandline(digits: string): boolean {
  return /^(?:0317[2-8]\d{6}|(?:010|02[0-57-9])[2-8]\d{7}|(?!0317)0[3-9]\d{2}[2-8]\d{6,7})$/.test(digits);
}

/** ISO/IEC 7812-1: the check digit of payment cards. */
function luhn(digits: string): boolean {
  let sum = 0;
  [...digits].reverse().forEach((character, index) => {
    const value = Number(character) * (index % 2 === 0 ? 1 : 2);
    sum += value > 9 ? value - 9 : value;
  });
  return sum % 10 === 0;
}

/**
 * The check digit of a Chinese patent number of 12 (or, to 2003, 8) figures: weights 2–9 and again
 * from 2, sum modulo 11, 10 written X (ZC 0006-2003).
 */
export function patentCheckDigit(digits: string): string {
  let sum = 0;
  [...digits].forEach((character, index) => {
    sum += Number(character) * ((index % 8) + 2);
  });
  return sum % 11 === 10 ? "X" : String(sum % 11);
}

/** Where a number with its prefix begins; undefined where it is part of a word such as SF1234 or wx138. */
function leadOf(
  text: string,
  start: number,
  end: number,
): { start: number; prefix?: "ZL" | "CN" } | undefined {
  const before = text.slice(Math.max(0, start - 16), start);
  const patent = /(?<![A-Za-z])(?:(C ?N)[ -]?)?(?:(Z ?L)|(C ?N))[ :.,№-]{0,3}(?:NO[.: ]{0,2})?$/i.exec(
    before,
  );
  if (patent !== null) {
    return { start: start - patent[0].length, prefix: patent[2] === undefined ? "CN" : "ZL" };
  }
  const opens = before.endsWith("+") || (before.endsWith("(") && text.slice(start, end).includes(")"));
  if (opens) return { start: start - 1 };
  const word = /([A-Za-z]+)[.]?$/.exec(before)?.[1];
  if (word !== undefined && !/^(?:no|tel|phone|mobile|mob|sj)$/i.test(word)) return undefined;
  return /[\w\ue000=&?]$/.test(before) && word === undefined ? undefined : { start };
}

/** What the nearest naming word in the same sentence says, at most eight characters off. */
function cueOf(before: string): NumberCue {
  const clause = /[^。!?;\n]*\n?$/.exec(before)?.[0].trimEnd() ?? "";
  let cue: NumberCue = "none";
  for (const match of clause.matchAll(cuePattern)) {
    if (clause.length - (match.index + match[0].length) > 8) continue;
    const named = Object.entries(match.groups ?? {}).find(([, value]) => value !== undefined)?.[0];
    // “订单号印的是”: a general word does not unsay a particular one close by.
    if (named === "printed" && cue !== "none" && match[0] !== "专利") continue;
    cue = named as NumberCue;
  }
  return cue;
}
