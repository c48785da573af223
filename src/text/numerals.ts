const digits: Record<string, number> = {
  零: 0,
  〇: 0,
  一: 1,
  二: 2,
  两: 2,
  三: 3,
  四: 4,
  五: 5,
  六: 6,
  七: 7,
  八: 8,
  九: 9,
};
const units: Record<string, number> = { 十: 10, 百: 100, 千: 1000 };

/**
 * The number that Chinese numerals (to 9999) or Arabic digits write; undefined for anything else.
 */
export function parseNumeral(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  if (text === "") return undefined;
  let total = 0;
  let pending: number | undefined;
  for (const character of text) {
    const digit = digits[character];
    const unit = units[character];
    if (digit !== undefined) {
      if (pending !== undefined && pending !== 0) return undefined;
      pending = digit;
    } else if (unit !== undefined) {
      total += (pending ?? 1) * unit;
      pending = undefined;
    } else return undefined;
  }
  return total + (pending ?? 0);
}

/** A whole number from 0 to 9999 in Chinese numerals as statutes write them: 10 → 十, 101 → 一百零一. */
export function toNumeral(value: number): string {
  const names = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
  if (value === 0) return "零";
  let text = "";
  let gap = false;
  for (const [unit, name] of [
    [1000, "千"],
    [100, "百"],
    [10, "十"],
    [1, ""],
  ] as const) {
    const digit = Math.floor(value / unit) % 10;
    if (digit === 0) {
      if (text !== "") gap = true;
      continue;
    }
    if (gap) text += "零";
    gap = false;
    text += (text === "" && unit === 10 && digit === 1 ? "" : names[digit]) + name;
  }
  return text;
}

/** `第…条` for an article number, with `之…` where it was put in later. */
export function articleName(number: number, inserted?: number): string {
  return `第${toNumeral(number)}条${inserted === undefined ? "" : `之${toNumeral(inserted)}`}`;
}
