import { z } from "zod";
import { crockfordAlphabet, type RandomBytes } from "../core/new-id.ts";
import { type ReportType, reportTypes } from "../regions/region-data.ts";

export { type ReportType, reportTypes };

/** How the person stands to the matter. */
export const relations = ["权利人", "利害关系人", "代理人", "消费者", "知情人", "被控侵权人"] as const;
export type Relation = (typeof relations)[number];

/** The 16 counties and 3 zones by the names of API.md, and what lies outside the city. */
export const countyNames = [
  "新华区",
  "运河区",
  "沧县",
  "青县",
  "东光县",
  "海兴县",
  "盐山县",
  "肃宁县",
  "南皮县",
  "吴桥县",
  "献县",
  "孟村回族自治县",
  "泊头市",
  "任丘市",
  "黄骅市",
  "河间市",
  "渤海新区",
  "沧州开发区",
  "高新区",
  "非本市",
] as const;
export type CountyName = (typeof countyNames)[number];

const shortText = (max: number) => z.string().trim().min(1, "不能是空的。").max(max, `最多 ${max} 个字。`);

/** ISO 8601: a date, a month, a year, or an interval `a/b` of them. */
const IsoPeriod = z
  .string()
  .regex(
    /^\d{4}(-\d{2}(-\d{2})?)?(\/\d{4}(-\d{2}(-\d{2})?)?)?$/,
    "请写成 2026-11-22、2026-11 或 2026-11-01/2026-11-22。",
  );

/** What a report says, slot by slot. A slot that is not known is absent. */
export const Slots = z
  .strictObject({
    reportType: z.enum(reportTypes, { error: `reportType 只能是 ${reportTypes.join("、")} 之一。` }),
    relation: z.enum(relations, { error: `relation 只能是 ${relations.join("、")} 之一。` }),
    infringer: shortText(120),
    product: shortText(120),
    /** `ZL` + 12 digits + `.` + check digit. */
    patentNumber: z.string().regex(/^ZL\d{12}\.[\dX]$|^ZL\d{8}\.[\dX]$/, "请写成 ZL202020123456.8 的样子。"),
    location: shortText(200),
    stall: shortText(60),
    county: z.enum(countyNames, { error: `county 只能是 ${countyNames.join("、")} 之一。` }),
    market: shortText(60),
    platform: shortText(60),
    link: shortText(500),
    description: shortText(4000),
    occurredAt: IsoPeriod,
    knownSince: IsoPeriod,
    /** Of 停止侵权, 赔偿, 调解; several are joined by 、. */
    remedy: z
      .string()
      .regex(/^(停止侵权|赔偿|调解)(、(停止侵权|赔偿|调解))*$/, "只能是停止侵权、赔偿、调解，用顿号隔开。"),
    suedAlready: z.boolean(),
    evidenceCount: z.int().nonnegative(),
    anonymous: z.boolean(),
    contactName: shortText(40),
    contactPhone: z
      .string()
      .regex(/^(1[3-9]\d{9}|0\d{2,3}-?\d{7,8})$/, "手机号要 11 位，座机要带区号，例如 0317-1234567。"),
    callback: z.boolean(),
  })
  .partial()
  .meta({ id: "Slots" });
export type Slots = z.infer<typeof Slots>;

export const slotNames = Object.keys(Slots.shape) as (keyof Slots)[];
export type SlotName = keyof Slots;

/** The slots that say who the reporter is. They live in the identity vault and nowhere else. */
export const identitySlots = ["contactName", "contactPhone"] as const satisfies readonly SlotName[];

/** The slots as a report's content: without what says who reported, also where the description says it again. */
export function withoutIdentity(slots: Slots): Omit<Slots, (typeof identitySlots)[number]> {
  const { contactName: _name, contactPhone: _phone, description, ...content } = slots;
  return description === undefined ? content : { ...content, description: maskIdentity(description, slots) };
}

/**
 * A text in which the name and the telephone of who reports are blanked out letter for letter, as the conversation
 * does: who filed is in the vault alone. A name of one letter stands in too many words and stays.
 */
export function maskIdentity(
  text: string,
  { contactName = "", contactPhone = "" }: Pick<Slots, (typeof identitySlots)[number]>,
): string {
  const blank = (found: string) => "＊".repeat(Array.from(found).length);
  const digits = contactPhone.replace(/\D/g, "");
  const withoutName = Array.from(contactName).length < 2 ? text : text.replaceAll(contactName, blank);
  if (digits === "") return withoutName;
  const spaced = Array.from(digits, (digit) => `[${digit}${fullWidth(digit)}]`).join("[\\s\\-－–—.·]{0,2}");
  return withoutName.replace(new RegExp(`(?<!\\d)(?:\\+?86[\\s\\-]?)?${spaced}(?!\\d)`, "gu"), blank);
}

const fullWidth = (digit: string) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0);

/** What a number that people hold is of: `CZ` a report, `DB` (答辩) the access of a respondent. */
export type NumberPrefix = "CZ" | "DB";

/**
 * A number to hand out: its prefix, nine random Crockford characters and a check character.
 * 45 random bits: it tells neither how many there are nor when they came.
 */
export function newNumber(prefix: NumberPrefix, randomBytes: RandomBytes): string {
  const body = Array.from(randomBytes(9), (byte) => crockfordAlphabet[byte & 31]).join("");
  return inGroups(prefix, body + checkCharacter(body));
}

/** The number that a person wrote, in normal form: O, I and L read as 0, 1 and 1. Undefined if it is none of that prefix. */
export function parseNumber(prefix: NumberPrefix, text: string): string | undefined {
  const written = text
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[\s\-–—_.]/g, "");
  const plain = (written.length === 12 && written.startsWith(prefix) ? written.slice(2) : written)
    .replaceAll("O", "0")
    .replace(/[IL]/g, "1");
  if (!/^[0-9A-HJKMNP-TV-Z]{10}$/.test(plain)) return undefined;
  if (checkCharacter(plain.slice(0, 9)) !== plain[9]) return undefined;
  return inGroups(prefix, plain);
}

const inGroups = (prefix: NumberPrefix, text: string) => `${prefix}-${text.slice(0, 5)}-${text.slice(5)}`;

/** A report's number, as `newNumber` makes it. */
export const newReportNo = (randomBytes: RandomBytes): string => newNumber("CZ", randomBytes);

/** The report number that a person wrote; see `parseNumber`. */
export const parseReportNo = (text: string): string | undefined => parseNumber("CZ", text);

/**
 * The tenth character, such that the sum of place × value over all ten is 0 mod 31. Finds any one wrong
 * character and any two neighbours swapped, but for 0 and Z, which are 31 apart.
 */
function checkCharacter(body: string): string {
  const sum = Array.from(body).reduce(
    (total, character, index) => total + (index + 1) * crockfordAlphabet.indexOf(character),
    0,
  );
  // 10 · 3 ≡ −1 (mod 31).
  return crockfordAlphabet[(sum * 3) % 31] ?? "0";
}
