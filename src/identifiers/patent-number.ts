import { dashClass, digitWordClass, readCheck, readDigits } from "./digits.ts";
import { findNumbers, type NumberSpan, patentCheckDigit } from "./number-span.ts";

export { patentCheckDigit } from "./number-span.ts";

export const patentTypes = ["发明", "实用新型", "外观设计"] as const;
export type PatentType = (typeof patentTypes)[number];

/** What the figures of a number say. */
export type PatentFacts = {
  type: PatentType;
  /** The application came in by the PCT. */
  pct: boolean;
  /** The year of application. */
  year: number;
  /** The running number of that year. */
  serial: string;
  /** Old numbers have 8 figures before the point, and end with 2003-09. */
  old: boolean;
};

export type PublicationFacts = {
  type: PatentType;
  /** 公布: an application was laid open. 授权公告: the patent was granted. */
  stage: "公布" | "授权公告";
};

/** A number as read. `normalized` is `ZL202020123456.8`, an old one `ZL98112345.X`; `problem` is for people. */
export type PatentNumberResult =
  | { kind: "valid"; normalized: string; facts: PatentFacts }
  | {
      kind: "check_digit_missing";
      completed: string;
      needsConfirmation: true;
      facts: PatentFacts;
      problem: string;
    }
  | { kind: "check_digit_wrong"; normalized: string; expected: string; facts: PatentFacts; problem: string }
  | { kind: "publication_number"; normalized: string; facts: PublicationFacts; problem: string }
  | { kind: "malformed"; problem: string };

/** A number in running text; the span points into the text that was searched. */
export type FoundPatentNumber = { start: number; end: number; text: string; result: PatentNumberResult };

const typeByKind: Record<string, { type: PatentType; pct: boolean }> = {
  1: { type: "发明", pct: false },
  2: { type: "实用新型", pct: false },
  3: { type: "外观设计", pct: false },
  8: { type: "发明", pct: true },
  9: { type: "实用新型", pct: true },
};

const maxWrittenChars = 200;

const example = "专利号是 ZL 加12位数字、一个点和一位校验码，比如 ZL202020123456.8";

/** The last letter of a publication number: A laid open; B, C granted inventions; U, Y utility models; S, D designs. */
const publicationKinds: Record<string, PublicationFacts> = {
  A: { type: "发明", stage: "公布" },
  B: { type: "发明", stage: "授权公告" },
  C: { type: "发明", stage: "授权公告" },
  U: { type: "实用新型", stage: "授权公告" },
  Y: { type: "实用新型", stage: "授权公告" },
  S: { type: "外观设计", stage: "授权公告" },
  D: { type: "外观设计", stage: "授权公告" },
};

const labelPattern =
  /^(?:中国)?(?:(?:实用新型|发明|外观设计)?[专專]利)?(?:申[请請]|授[权權]|公告|公[开開]|公布|[证證][书書]|[权權])*(?:的)?(?:[号號][码碼]?|[编編][号號])?(?:是|为|為)?[\s:.]*/u;
const prefixPattern = /^(?:C ?N[ -]?)?(?:Z ?L|C ?N)[\s:.,№-]*(?:NO[.:\s]*)?/i;
const splitPattern = new RegExp(
  `^([\\dOo${digitWordClass}\\s${dashClass}/]*?)(?:\\s*(?:[.·•,。]|[点點][儿兒]?)\\s*([\\dOo${digitWordClass}]{1,3}|[Xx×叉]|艾克斯)|[\\s${dashClass}]*([Xx×叉]|艾克斯))?[\\s.。]*$`,
  "u",
);

/** Reads one number however it is written: prefix, full width, spaces, Chinese digits, `点3`, with or without its check digit. */
export function parsePatentNumber(text: string, presentYear: number): PatentNumberResult {
  if (text.length > maxWrittenChars)
    return { kind: "malformed", problem: `这段文字太长，读不出一个专利号。${example}。` };
  const written = text
    .normalize("NFKC")
    .replace(/[\u200b-\u200f\u2060\ufeff]/gu, "")
    .trim();
  const bare = written
    .replace(labelPattern, "")
    .replace(prefixPattern, "")
    .replace(labelPattern, "")
    .replace(prefixPattern, "");
  const publication = publicationOf(bare.replace(/[\s-]/g, ""));
  if (publication !== undefined) return publication;
  const parts = splitPattern.exec(bare.replace(/^(\d{4})\.(\d)\.(\d{7})/, "$1$2$3"));
  if (parts === null) return { kind: "malformed", problem: strangeCharacters(bare) };
  const digits = readDigits(parts[1] ?? "").replace(/\D/g, "");
  const check = parts[2] ?? parts[3];
  return evaluate(digits, check === undefined ? undefined : readCheck(check), presentYear);
}

/**
 * The patent numbers of a text that went through `fold` (text/fold.ts), near misses beside a word such
 * as 专利号 or 印的 included. Telephone, identity, card and order numbers and dates are left alone.
 */
export function findPatentNumbers(foldedText: string, presentYear: number): FoundPatentNumber[] {
  return findNumbers(foldedText).flatMap((span) => {
    const publication = publicationAt(span);
    if (publication !== undefined) {
      const end = span.end + publication.length;
      return [
        { start: span.start, end, text: foldedText.slice(span.start, end), result: publication.result },
      ];
    }
    if (/^\s?[A-Za-z]/.test(span.after) && /^[A-Za-z]/.test(span.after) && span.prefix === undefined)
      return [];
    const result = evaluate(span.digits, span.check, presentYear);
    if (!speaksOfPatent(span, result)) return [];
    return [{ start: span.start, end: span.end, text: foldedText.slice(span.start, span.end), result }];
  });
}

/** Whether a number in running text is to be taken as a patent number, right or wrong. */
function speaksOfPatent(span: NumberSpan, result: PatentNumberResult): boolean {
  const { digits, check } = span;
  if (span.prefix === "ZL") return digits.length >= 4 && digits.length <= 20;
  if (span.prefix === "CN") return digits.length >= 8 && digits.length <= 16;
  if (span.shape !== "patent" && span.shape !== "unknown") return false;
  if (/^\s?(?:元|块钱|万元|件|个|台|套)/.test(span.after)) return false;
  const total = digits.length + (check === undefined ? 0 : 1);
  switch (span.cue) {
    case "other":
    case "quantity":
      return false;
    case "patent":
      return total >= 8 && total <= 17;
    case "printed":
      if (span.shape === "patent") return true;
      // Off by one: told, unless it begins like a date, as batch numbers do.
      return /^20\d{2}[12389]/.test(digits) && [11, 14].includes(total) && !beginsWithDate(digits);
    case "phone":
    case "none":
      if (span.shape !== "patent" || result.kind === "malformed") return false;
      return result.kind === "valid" || check !== undefined || span.alone || !beginsWithDate(digits);
  }
}

/** Whether the first eight figures are a day, as in 202611231234 (an hour or an order follows). */
function beginsWithDate(digits: string): boolean {
  return /^20\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])/.test(digits);
}

/** Judges figures and check character, whatever way they were written. */
function evaluate(figures: string, setApart: string | undefined, presentYear: number): PatentNumberResult {
  const malformed = (problem: string): PatentNumberResult => ({ kind: "malformed", problem });
  // Without a point the thirteenth (of an old number the ninth) figure is the check digit.
  const joined = setApart === undefined && (figures.length === 13 || figures.length === 9);
  const digits = joined ? figures.slice(0, -1) : figures;
  const check = joined ? figures.slice(-1) : setApart;
  if (digits.length !== 12 && digits.length !== 8) return malformed(wrongLength(digits, check));

  const old = digits.length === 8;
  const year = old ? oldYear(digits) : Number(digits.slice(0, 4));
  if (old && (year === undefined || year > 2003)) return malformed(wrongLength(digits, check));
  if (year === undefined || year > presentYear || year < (old ? 1985 : 2003)) {
    return malformed(
      year !== undefined && year >= 1985 && year < 2003
        ? `${year}年申请的专利用的是8位的老号，不会是12位，请核对开头4位年份。`
        : `专利号开头4位是申请年份，“${digits.slice(0, 4)}”不对（应在2003到${presentYear}之间），请核对这4位。`,
    );
  }
  const kind = typeByKind[digits[old ? 2 : 4] ?? ""];
  if (kind === undefined) {
    return malformed(
      `专利号第${old ? 3 : 5}位表示专利种类，只能是1（发明）、2（实用新型）、3（外观设计）、8或9（国际申请），这里是${digits[old ? 2 : 4]}，请核对这一位。`,
    );
  }
  const facts: PatentFacts = { ...kind, year, serial: digits.slice(old ? 3 : 5), old };
  const expected = patentCheckDigit(digits);
  const completed = `ZL${digits}.${expected}`;
  if (check === undefined) {
    return {
      kind: "check_digit_missing",
      completed,
      needsConfirmation: true,
      facts,
      problem: `只看到${digits.length}位，少了小数点后面的校验位。按前${digits.length}位推算应是 ${completed}，请核对是不是这个号。`,
    };
  }
  if (check.length > 1) {
    return malformed(
      `小数点后只有1位校验位，这里有${check.length}位（${check}），请核对小数点的位置和后面的数字。`,
    );
  }
  const normalized = `ZL${digits}.${check}`;
  if (check === expected) return { kind: "valid", normalized, facts };
  return {
    kind: "check_digit_wrong",
    normalized,
    expected,
    facts,
    problem: `${normalized} 的校验位对不上：前${digits.length}位如果没错，最后一位应是${expected}，不是${check}。请分段核对：年份 ${digits.slice(0, old ? 2 : 4)}、种类 ${digits[old ? 2 : 4]}、流水号 ${facts.serial}、小数点后 ${check}。如果实物上就是这么印的，也请告诉我，错号本身就是线索。`,
  };
}

/** 85–99 and 00–03; the others are no year of an old number. */
function oldYear(digits: string): number | undefined {
  const short = Number(digits.slice(0, 2));
  if (short >= 85) return 1900 + short;
  return short <= 3 ? 2000 + short : undefined;
}

function wrongLength(digits: string, check: string | undefined): string {
  if (digits === "") return `没有看到号码。${example}，请再看一下。`;
  const total = digits.length + (check === undefined ? 0 : 1);
  const wanted = check === undefined && digits.length < 12 ? 12 : 13;
  const off = total - wanted;
  const count =
    check === undefined && digits.length < 12
      ? `小数点前要12位，这里只有${digits.length}位，少${-off}位`
      : check === undefined
        ? `连校验位一共13位，这里有${total}位，多${off}位`
        : digits.length < 12
          ? `小数点前要12位，这里只有${digits.length}位，少${12 - digits.length}位`
          : `小数点前只有12位，这里有${digits.length}位，多${digits.length - 12}位`;
  return `位数不对：${example}。${count}，请对照实物核对。`;
}

function strangeCharacters(text: string): string {
  const strange = [...new Set(text.match(/[^\s\d.·\-XxOo]/gu) ?? [])].slice(0, 3).join("、");
  return `读不出专利号${strange === "" ? "" : `，里面有“${strange}”`}。${example}，请核对。`;
}

function publicationOf(text: string): PatentNumberResult | undefined {
  const match = /^([1-9]\d{6}|[123]\d{8})([ABCUYSD])\d?$/i.exec(text);
  const letter = match?.[2]?.toUpperCase();
  const facts = letter === undefined ? undefined : publicationKinds[letter];
  if (match === null || facts === undefined) return undefined;
  const normalized = `CN${match[1]}${letter}`;
  const what =
    facts.stage === "公布"
      ? `是发明专利申请的公布号，只说明申请公开了，不说明已经授权`
      : `是${facts.type}专利的授权公告号，不是专利号`;
  return {
    kind: "publication_number",
    normalized,
    facts,
    problem: `${normalized} ${what}。${example}，一般印在证书上或产品的“专利号”后面，请再看看有没有。`,
  };
}

/** A publication number needs CN before it or a word that announces it: the same figures and letter may be a model. */
function publicationAt(span: NumberSpan): { result: PatentNumberResult; length: number } | undefined {
  if (span.check !== undefined || (span.prefix === undefined && span.cue !== "patent")) return undefined;
  const letter = /^ ?[ABCUYSD]\d?(?![A-Za-z\d])/i.exec(span.after)?.[0];
  if (letter === undefined) return undefined;
  const result = publicationOf(span.digits + letter.trim());
  return result === undefined ? undefined : { result, length: letter.length };
}
