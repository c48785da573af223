import { z } from "zod";
import { findNumbers } from "../../identifiers/number-span.ts";
import type { Slots } from "../../reports/report.ts";
import { overlaps, type Span } from "../understanding/spans.ts";
import type { Understanding } from "../understanding/understanding.ts";

/** What was blanked out of a text: who somebody is and how to reach them, and what opens a report. */
export const hiddenKinds = [
  "name",
  "phone",
  "wrong_phone",
  "id",
  "account",
  "home",
  "report_no",
  "query_code",
] as const;
export type HiddenKind = (typeof hiddenKinds)[number];

const Hidden = z.object({ what: z.enum(hiddenKinds), start: z.int(), end: z.int() });
export type Hidden = z.infer<typeof Hidden>;

/** A text letter for letter, with ＊ in the place of what is hidden. */
export const MaskedText = z.object({ text: z.string(), hidden: z.array(Hidden) });
export type MaskedText = z.infer<typeof MaskedText>;

/** The contact data of the conversation, to be blanked wherever they stand. */
export type Contact = Pick<Slots, "contactName" | "contactPhone">;

/** From so many figures on a number is one of a person or a card, right or wrong: no patent number is as long. */
const idDigits = 15;

export const blank = (length: number): string => "＊".repeat(length);

const patterns: readonly (readonly [HiddenKind, RegExp])[] = [
  ["report_no", /CZ[-\s]*[0-9A-Za-z]{5}[-\s]*[0-9A-Za-z]{5}(?![0-9A-Za-z])/giu],
  ["query_code", /(?<=码(?:是|[:：])?\s*)\d{4}[\s-]?\d{4}(?!\d)/gu],
  [
    "home",
    /(?<=(?:家住|我住|俺住|住在|住址|收货地址|通讯地址)[是在为:：\s]{0,3})[^,，。;；!！?？\n＊]{4,40}/gu,
  ],
  ["account", /[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+/gu],
  [
    "account",
    /(?<=(?:微信|薇信|威信|[Vv][Xx]|[Ww][Xx]|[Vv]信|[Qq]{2})[号:：\s是为叫]{0,4})[A-Za-z0-9][\w-]{4,30}/gu,
  ],
];

/**
 * A text without contact data, home addresses told as such, identity numbers, report numbers and query codes. Anybody's telephone goes, not the
 * sender's alone: whose it is, nobody can tell from here.
 *
 * @param said What was read off the same text, place for place.
 */
export function mask(
  text: string,
  contact: Contact,
  said?: Pick<Understanding, "phones" | "slots" | "queryCode">,
): MaskedText {
  const found: Hidden[] = [];
  const add = (what: HiddenKind, { start, end }: Span) => {
    if (end > start && !found.some((one) => overlaps(one, { start, end }))) found.push({ what, start, end });
  };
  const addEach = (what: HiddenKind, part: string) => {
    for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length))
      add(what, { start: at, end: at + part.length });
  };
  for (const [what, pattern] of patterns) {
    for (const match of text.matchAll(pattern))
      add(what, { start: match.index, end: match.index + match[0].length });
  }
  for (const phone of said?.phones ?? []) add(phone.valid === undefined ? "wrong_phone" : "phone", phone);
  if (said?.slots.contactName !== undefined) add("name", said.slots.contactName);
  for (const { shape, cue, digits, start, end } of findNumbers(text)) {
    if (shape === "mobile" || shape === "landline") add("phone", { start, end });
    else if (shape === "residentId" || shape === "bankCard") add("id", { start, end });
    else if (shape === "unknown" && digits.length >= idDigits) add("id", { start, end });
    else if (shape === "unknown" && cue === "phone" && digits.length >= 5) add("wrong_phone", { start, end });
  }
  const { contactName = "", contactPhone = "" } = contact;
  if (contactPhone !== "") addEach("phone", contactPhone);
  // A name of one letter stands in too many words; as a line of the summary it is blanked all the same.
  if (Array.from(contactName).length > 1) addEach("name", contactName);
  else if (contactName !== "") {
    for (const match of text.matchAll(/(?<=称呼：).+/gu))
      add("name", { start: match.index, end: match.index + match[0].length });
  }
  if (said?.queryCode !== undefined) {
    for (const match of text.matchAll(/\d{4}[\s-]?\d{4}/gu)) {
      if (match[0].replace(/\D/g, "") === said.queryCode)
        add("query_code", { start: match.index, end: match.index + match[0].length });
    }
  }
  const hidden = found.sort((a, b) => a.start - b.start);
  return { text: blankOut(text, hidden), hidden };
}

function blankOut(text: string, spans: readonly Span[]): string {
  let result = text;
  for (const { start, end } of spans)
    result = result.slice(0, start) + blank(end - start) + result.slice(end);
  return result;
}

/** What stands for something hidden when a record is played again: of the same length, and read in the same way. */
const standIns: Record<HiddenKind, (length: number) => string> = {
  name: (length) => "王建国栋梁".slice(0, length),
  phone: (length) =>
    length === 13
      ? "139-0000-0000"
      : length === 12
        ? "0317-5550000"
        : length < 11
          ? "0317555000"
          : "13900000000",
  wrong_phone: (length) => (length === 11 ? "12900000000" : "139000000000000"),
  // Where in it a place was read is not known any more: it may be read in another way.
  home: () => "某路某小区某号楼某单元某室",
  id: () => "130900190001010000",
  account: () => "example_account_0000000000000000",
  report_no: (length) => (length === 12 ? "CZ0000000000" : "CZ-00000-00000"),
  query_code: (length) => (length === 9 ? "0000 0000" : "00000000"),
};

/** The text with a stand-in for everything hidden, place for place. */
export function withStandIns({ text, hidden }: MaskedText): string {
  let result = text;
  for (const { what, start, end } of hidden) {
    const length = end - start;
    const standIn = standIns[what](length).slice(0, length).padEnd(length);
    result = result.slice(0, start) + standIn + result.slice(end);
  }
  return result;
}
