import { parseNumeral, toNumeral } from "../../text/numerals.ts";
import type { PartKind } from "./statute.ts";

const numeral = "(?:[〇零一二三四五六七八九十百千两0-9０-９] ?){1,9}";
const articleStart = new RegExp(`^第 ?(${numeral})条(?: ?之 ?([一二三四五六七八九十]{1,3}))?(.*)$`, "u");
const partStart = new RegExp(`^第 ?(${numeral})(分编|编|章|节)(.*)$`, "u");

/**
 * A number as headings write it, spaces and full-width digits allowed; undefined if it is
 * none from 1 to 9999. `regular` is false for 一百十 and 一十, which mean 一百一十 and 十;
 * no other odd numeral is guessed at.
 */
function readNumber(written: string): { value: number; regular: boolean } | undefined {
  const plain = written.replaceAll(" ", "").normalize("NFKC").replaceAll("〇", "零").replaceAll("两", "二");
  const value = parseNumeral(plain);
  if (value === undefined || value < 1 || value > 9999) return undefined;
  if (/^\d+$/u.test(plain) || toNumeral(value) === plain) return { value, regular: true };
  const mended = plain.replace(/([百千零])十/u, "$1一十").replace(/^一十/u, "十");
  return toNumeral(value) === mended ? { value, regular: false } : undefined;
}

const certainReference =
  /^(?:第 ?[一二三四五六七八九十0-9]+ ?[款项条]|[、，,；;。）)》”]|[至到和或与及]第|[和或]者第)/u;
const likelyReference = /^(?:[的所与]|规定|修改|改为|相应|中(?![国华央小外医])|以[上下外内])/u;

/** A line that begins with 第…条. */
export type ArticleLine = {
  number: number;
  inserted: number | undefined;
  text: string;
  /** As the line has it, spaces left out: 第七十五条. */
  written: string;
  /** Whether a space, a colon or the line's end sets the number off; else it may be a reference. */
  setOff: boolean;
  /** Whether what follows reads on as a reference: certainly (第三条 第二款) or likely (第三条规定的). */
  reference: "certain" | "likely" | undefined;
  /** Whether the numeral is written as statutes write it. */
  regular: boolean;
};

/** Reads 第…条 at the start of a line; undefined if there is none. `malformed` where the numeral is no number. */
export function readArticleLine(text: string): ArticleLine | "malformed" | undefined {
  const match = articleStart.exec(text);
  if (match === null) return undefined;
  const [, written = "", added, rest = ""] = match;
  const number = readNumber(written);
  const inserted = added === undefined ? undefined : readNumber(added);
  if (number === undefined || (added !== undefined && inserted === undefined)) return "malformed";
  const body = rest.replace(/^ ?[:：.．]? ?/u, "");
  return {
    number: number.value,
    inserted: inserted?.value,
    text: body,
    written: `第${written.replaceAll(" ", "")}条${added === undefined ? "" : `之${added}`}`,
    setOff: rest === "" || /^[ :：.．【［[（(]/u.test(rest),
    reference: certainReference.test(body) ? "certain" : likelyReference.test(body) ? "likely" : undefined,
    regular: number.regular,
  };
}

/** A heading told by its words. */
export type PartLine = { kind: PartKind; number: number | undefined; heading: string; title: string };

/** Reads 第…编, 分编, 章, 节 or 附则; undefined where the line is a sentence or no heading. */
export function readPartLine(text: string): PartLine | undefined {
  if (/^附 ?则$/u.test(text)) return { kind: "编", number: undefined, heading: "附则", title: "附则" };
  const match = partStart.exec(text);
  if (match === null) return undefined;
  const [, written = "", kind = "", rest = ""] = match;
  const number = readNumber(written);
  // A sentence about a chapter ends like one, or names further ones.
  if (
    number === undefined ||
    rest.length > 60 ||
    /[。；;：:，,]|^(?:[、至的和或所]|规定|中[的规所关])/u.test(rest)
  )
    return undefined;
  const title = closeUp(rest);
  const label = `第${written.replaceAll(" ", "")}${kind}`;
  return {
    // The pattern admits these four only.
    kind: kind as PartKind,
    number: number.value,
    heading: title === "" ? label : `${label} ${title}`,
    title,
  };
}

/** 总 则 → 总则: characters set apart for looks are closed up, words set apart are left. */
export function closeUp(title: string): string {
  const trimmed = title.trim();
  return /^(?:\p{Script=Han} )+\p{Script=Han}$/u.test(trimmed) ? trimmed.replaceAll(" ", "") : trimmed;
}

/** 附件, 附录, 附表, 附 with or without a number and a name, as a line of its own. */
export function isAnnexLine(text: string, heading: boolean): boolean {
  const match = /^附 ?([件录表图])? ?([一二三四五六七八九十0-9A-Z]{0,3}) ?([:：])?(.*)$/u.exec(text);
  if (match === null) return false;
  const [, word, number, colon, rest = ""] = match;
  if (rest.length > 60 || /[。；;]/u.test(rest)) return false;
  if (rest.trim() === "") return word !== undefined || colon !== undefined;
  if (word === undefined) return colon !== undefined;
  return heading || colon !== undefined || (number !== "" && rest.startsWith(" "));
}

/** How lists are numbered, outermost first. */
const itemStyles = [
  /^[（(] ?[一二三四五六七八九十百]{1,4} ?[）)]/u,
  /^(?:\d{1,3}|[０-９]{1,3}) ?(?:[．、]|\.(?!\d))/u,
  /^[（(] ?(?:\d{1,3}|[０-９]{1,3}) ?[）)]/u,
  /^[①-⑳]/u,
  /^[a-zA-Z] ?[）).．]/u,
] as const;

/** A list entry: its label, how its list is numbered (0 outermost) and, where it is plain, its number. */
export type ItemLine = { label: string; style: number; number: number | undefined; text: string };

/** Reads （一）, 1., (1), ① or a) at the start of a line. */
export function readItemLine(text: string): ItemLine | undefined {
  for (const [style, pattern] of itemStyles.entries()) {
    const label = pattern.exec(text)?.[0];
    if (label === undefined) continue;
    const plain = label.normalize("NFKC").replace(/[() .、]/gu, "");
    return { label, style, number: parseNumeral(plain), text: text.slice(label.length).trim() };
  }
  return undefined;
}

/** 一、 or 5.1.1 at the start of a line of a text without articles. */
export function readSectionLine(
  text: string,
): { label: string; text: string; depth: number; number: number | undefined } | undefined {
  const chinese = /^([一二三四五六七八九十]{1,3}) ?、(.*)$/u.exec(text);
  if (chinese !== null) {
    const [, written = "", rest = ""] = chinese;
    return { label: `${written}、`, text: rest.trim(), depth: 0, number: parseNumeral(written) };
  }
  const dotted = /^(\d{1,3}(?:\.\d{1,3}){1,5})(?: |(?=\p{Script=Han}))(.*)$/u.exec(text);
  if (dotted === null) return undefined;
  const [, label = "", rest = ""] = dotted;
  return { label, text: rest.trim(), depth: label.split(".").length - 1, number: undefined };
}
