import { toNumeral } from "../../text/numerals.ts";

/**
 * A search term as a number, so that an index of millions of them needs no strings:
 * a Han character is its code point, a pair of neighbours lies above all code points,
 * a Latin word, number or segmented word is a negative hash.
 */
export type Term = number;

const firstHan = 0x3400;
const lastHan = 0x9fff;
const hanCount = lastHan - firstHan + 1;
const firstPair = 0x10000;

const isHan = (code: number) => code >= firstHan && code <= lastHan;
const isLatin = (code: number) => (code >= 97 && code <= 122) || (code >= 48 && code <= 57);

/** The pair of two Han characters. */
export function pairOf(first: number, second: number): Term {
  return firstPair + (first - firstHan) * hanCount + (second - firstHan);
}

/** Whether a term is a pair of Han characters. */
export function isPair(term: Term): boolean {
  return term >= firstPair;
}

/** FNV-1a over UTF-16 code units, folded into the negative 31-bit integers. */
function hashOf(text: string, from: number, to: number): Term {
  let hash = 0x811c9dc5;
  for (let at = from; at < to; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return -((hash >>> 1) + 1);
}

/** Lower case, and Arabic numbers up to 9999 as Chinese numerals, so that 10年 and 十年 meet. */
export function normaliseForTerms(folded: string): string {
  return folded
    .toLowerCase()
    .replace(/\d+/gu, (digits) => (digits.length <= 4 ? toNumeral(Number(digits)) : ` ${digits} `));
}

/**
 * The character terms of a folded text: every Han character and every pair of
 * neighbours, Latin words and long numbers whole. Repeats stay.
 *
 * Unigrams with bigrams did better than either alone and than dictionary words
 * (docs/decisions/010-ranking.md).
 */
export function characterTerms(folded: string): Term[] {
  const text = normaliseForTerms(folded);
  const terms: Term[] = [];
  let previous = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isHan(code)) {
      terms.push(code);
      if (previous !== 0) terms.push(pairOf(previous, code));
      previous = code;
      continue;
    }
    previous = 0;
    if (!isLatin(code)) continue;
    const from = at;
    while (at + 1 < text.length && isLatin(text.charCodeAt(at + 1))) at += 1;
    terms.push(hashOf(text, from, at + 1));
  }
  return terms;
}

/** Made at first use: loading its dictionary takes longer than a start may. */
let segmenter: Intl.Segmenter | undefined;

/**
 * The words of a folded text, of two Han characters or more, as the platform's
 * dictionary cuts them. Node and workerd agree on these; on Latin tokens they do not,
 * so those are left to `characterTerms`.
 */
export function wordTerms(folded: string): Term[] {
  segmenter ??= new Intl.Segmenter("zh", { granularity: "word" });
  const terms: Term[] = [];
  for (const { segment, isWordLike } of segmenter.segment(folded)) {
    if (isWordLike && segment.length > 1 && isHan(segment.charCodeAt(0)))
      terms.push(hashOf(segment, 0, segment.length));
  }
  return terms;
}
