import { toNumeral } from "../text/numerals.ts";

/**
 * The search terms of a folded text: every Han character and every pair of
 * neighbours, Latin words whole, Arabic numbers up to 9999 as Chinese numerals,
 * so that 10年 and 十年 meet. Repeats stay.
 *
 * Unigrams with bigrams did better than dictionary words (shared/bench/README.md).
 */
export function termsOf(folded: string): string[] {
  const text = folded
    .toLowerCase()
    .replace(/\d+/gu, (digits) => (digits.length <= 4 ? toNumeral(Number(digits)) : ` ${digits} `));
  const terms: string[] = [];
  for (const [run] of text.matchAll(/[㐀-鿿]+|[a-z0-9]+/gu)) {
    if (/^[a-z0-9]/u.test(run)) {
      terms.push(run);
      continue;
    }
    for (let at = 0; at < run.length; at += 1) {
      terms.push(run.charAt(at));
      if (at + 1 < run.length) terms.push(run.slice(at, at + 2));
    }
  }
  return terms;
}
