import { type Bytes, toHex } from "../crypto/bytes.ts";
import { parseCreditCode } from "../identifiers/credit-code.ts";
import { findPatentNumbers, parsePatentNumber } from "../identifiers/patent-number.ts";
import { findPhones } from "../identifiers/phone.ts";
import { fold } from "../text/fold.ts";
import { fingerprintRules } from "./fingerprint-data.ts";
import { normaliseFirmName } from "./firm-name.ts";
import { findLinkTargets } from "./listing-link.ts";
import { textBands } from "./min-hash.ts";
import type { Slots } from "./report.ts";

/** By what two reports may be found to be about the same. */
export const markKinds = [
  /** The figures of a patent number before its check digit. */
  "patent",
  /** The name of who is reported, without place and legal form. */
  "respondent",
  /** That name together with its county or platform. */
  "respondent_place",
  /** The name without its trade, together with its county or platform. */
  "respondent_stem",
  "respondent_phone",
  "respondent_credit_code",
  /** A shop as its platform numbers it, or a stall of a market. */
  "shop",
  /** A listing as its platform numbers it. */
  "listing",
  "product",
  /** One of 16 bands of the text's MinHash. */
  "text_band",
  /** A file, byte for byte. */
  "file",
  /** A picture without its hidden data: the column `image_hash` of evidence. */
  "image",
] as const;
export type MarkKind = (typeof markKinds)[number];

/** A blind mark: 32 hexadecimal digits of a keyed hash, by which nobody learns what it was made of. */
export type Mark = { kind: MarkKind; value: string };

/** A keyed hash of a text: `vault.hash("lookup", text)`. The same for all reports. */
export type KeyedHash = (text: string) => Promise<Bytes>;

/** What a report is marked by. */
export type MarkSource = {
  slots: Slots;
  /** What the person said, line by line. */
  narrative: readonly string[];
  /** Of the files that came with it, in hexadecimal. */
  evidenceSha256s: readonly string[];
  /** Of its pictures without hidden data, in hexadecimal. */
  imageHashes?: readonly string[];
};

/** The most marks of a report; of each kind no more than this, in the order in which they are kept. */
export const maxMarks = 40;
const most: Record<MarkKind, number> = {
  patent: 3,
  respondent: 1,
  respondent_place: 3,
  respondent_stem: 3,
  respondent_phone: 2,
  respondent_credit_code: 1,
  shop: 2,
  listing: 2,
  product: 3,
  text_band: 16,
  file: 4,
  image: 4,
};

/** Numbers of any year up to this are numbers: whether the year has come is not asked here. */
const lastYear = 2099;

/** The marks of a report, each once, at most `maxMarks`. */
export async function marksOf(source: MarkSource, keyedHash: KeyedHash): Promise<Mark[]> {
  const plain = plainMarksOf(source, await seedOf(keyedHash));
  return Promise.all(
    plain.map(async ({ kind, text }) => ({
      kind,
      value: toHex((await keyedHash(`mark:${kind}:${text}`)).subarray(0, 16)),
    })),
  );
}

/** The secret that the permutations of the text's MinHash are made from. */
async function seedOf(keyedHash: KeyedHash): Promise<number> {
  const [a = 0, b = 0, c = 0, d = 0] = await keyedHash("mark:text_band:seed");
  return (a << 24) | (b << 16) | (c << 8) | d;
}

function plainMarksOf(source: MarkSource, seed: number): { kind: MarkKind; text: string }[] {
  const { slots } = source;
  const said = wordsOf(source);
  const everything = [said, ...placeTexts(slots)].join("\n");
  const texts = new Map<MarkKind, Set<string>>(markKinds.map((kind) => [kind, new Set()]));
  const add = (kind: MarkKind, text: string | undefined) => {
    if (text !== undefined) texts.get(kind)?.add(text);
  };

  if (slots.patentNumber !== undefined) add("patent", patentFigures(slots.patentNumber));
  for (const { result } of findPatentNumbers(everything, lastYear)) {
    if ("completed" in result) add("patent", patentFigures(result.completed));
    else if ("normalized" in result) add("patent", patentFigures(result.normalized));
  }
  for (const phone of respondentPhones(everything, slots.contactPhone)) add("respondent_phone", phone);
  for (const code of creditCodes(everything)) add("respondent_credit_code", code);

  const firm = slots.infringer === undefined ? undefined : normaliseFirmName(slots.infringer);
  const places = [...new Set([firm?.county, countyOf(slots), slots.platform?.toLowerCase()])].filter(
    (place) => place !== undefined,
  );
  if (firm !== undefined) {
    add("respondent", firm.core);
    for (const place of places) {
      add("respondent_place", `${firm.core}|${place}`);
      if (firm.stem !== undefined) add("respondent_stem", `${firm.stem}|${place}`);
    }
  }
  for (const { kind, id } of findLinkTargets([slots.link ?? "", said].join("\n"))) add(kind, id);
  add("shop", stallOf(slots));
  for (const product of productsOf(slots, said)) add("product", product);
  for (const band of textBands(comparable(said, slots), seed)) add("text_band", band);
  for (const hash of source.evidenceSha256s) add("file", hash);
  for (const hash of source.imageHashes ?? []) add("image", hash);

  return markKinds
    .flatMap((kind) => [...(texts.get(kind) ?? [])].slice(0, most[kind]).map((text) => ({ kind, text })))
    .slice(0, maxMarks);
}

/** Everything that the person said, folded, each line once. */
function wordsOf({ slots, narrative }: MarkSource): string {
  const lines = slots.description === undefined ? narrative : [...narrative, slots.description];
  return fold([...new Set(lines.map((line) => line.trim()))].join("\n"));
}

const placeTexts = ({ infringer, location, stall }: Slots) =>
  [infringer, location, stall].flatMap((text) => (text === undefined ? [] : [fold(text)]));

/** A county of the city; 非本市 names none. */
const countyOf = ({ county }: Slots) => (county === "非本市" ? undefined : county);

/** The 8 or 12 figures before the check digit, or a publication number as it is: what a slip in the check digit leaves. */
function patentFigures(number: string): string | undefined {
  const result = parsePatentNumber(number, lastYear);
  if (result.kind === "publication_number") return result.normalized;
  return /(\d{12}|\d{8})(?:\.[\dX])?$/u.exec(number)?.[1];
}

/** Numbers that the words around them say are the other side's; never the reporter's own. */
function respondentPhones(text: string, own: string | undefined): string[] {
  const { before, own: ownWords } = fingerprintRules().respondentPhone;
  const reporter = own?.replace(/\D/gu, "");
  return findPhones(text).flatMap(({ start, result }) => {
    if (result.kind !== "valid" || result.normalized.replace(/\D/gu, "") === reporter) return [];
    const lead = clauseBefore(text, start);
    const theirs = before.test(lead) && !ownWords.test(lead);
    return theirs || result.facts.type === "hotline" ? [result.normalized] : [];
  });
}

function creditCodes(text: string): string[] {
  const { ownCode } = fingerprintRules();
  return [...text.matchAll(/(?<![0-9A-Za-z])[0-9A-Za-z]{18}(?![0-9A-Za-z])/gu)].flatMap((match) => {
    const result = parseCreditCode(match[0]);
    return result.kind === "valid" && !ownCode.test(clauseBefore(text, match.index))
      ? [result.normalized]
      : [];
  });
}

/** The words right before a place in the text, back to the last mark of punctuation, with Chinese marks. */
function clauseBefore(text: string, at: number): string {
  const lead = text.slice(Math.max(0, at - 24), at);
  return lead.slice(
    Math.max(...[",", "，", "。", ";", "；", "\n"].map((mark) => lead.lastIndexOf(mark))) + 1,
  );
}

/** A stall is a shop by its market and number. */
function stallOf({ stall, market }: Slots): string | undefined {
  if (stall === undefined || market === undefined) return undefined;
  const plain = (text: string) =>
    fold(text)
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]/gu, "");
  const number = plain(stall).replace(/(?:摊位|摊|铺位|铺|号|店)+$/u, "");
  return /\d/u.test(number) ? `stall:${plain(market)}:${number}` : undefined;
}

/** The goods by their full name and by the word that says what they are: 脚手架扣件 is a 扣件. */
function productsOf({ product }: Slots, said: string): string[] {
  const { products, synonyms, genericProducts } = fingerprintRules();
  if (product === undefined) {
    const named = products.filter((word) => said.includes(word));
    // The longer names the goods, the shorter may be part of it.
    return named.filter((word) => !named.some((other) => other !== word && other.includes(word))).slice(0, 2);
  }
  const plain = fold(product)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "")
    .replace(/^(?:假冒的?|冒牌的?|一款|一种|一批|[一两三几](?:个|台|把|件|套|箱))+/u, "")
    .replace(/(?:等)?(?:系列)?(?:产品|商品)$/u, "");
  const name = synonyms[plain] ?? plain;
  if (name.length < 2 || genericProducts.has(name)) return [];
  const head =
    products.find((word) => name !== word && name.endsWith(word)) ??
    (products.includes(name) || name.length < 4 ? undefined : name.slice(-2));
  return head === undefined ? [name] : [name, head];
}

/** The text as it is compared: letters only, without figures, what all reports say, and the reporter's name. */
function comparable(said: string, { contactName }: Slots): string {
  const text = contactName === undefined ? said : said.replaceAll(fold(contactName), "");
  return text
    .toLowerCase()
    .replace(/https?:\/\/[!-~]+/gu, "")
    .replace(fingerprintRules().textNoise, "")
    .replace(/[^\p{L}]/gu, "");
}
