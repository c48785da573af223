/** Whether a text asks for an answer that waits: `1` or 继续. */
export const asksForMore = (text: string): boolean => /^(?:[1１]|继续)[。.！!]?$/u.test(text.trim());

/** The place of an option that a text names by its number, from 0; undefined if it is no such number. */
export function optionNumber(text: string): number | undefined {
  const digits = text.trim().normalize("NFKC");
  const number = /^(\d{1,2})[.。、]?$/.exec(digits)?.[1];
  return number === undefined || Number(number) === 0 ? undefined : Number(number) - 1;
}
