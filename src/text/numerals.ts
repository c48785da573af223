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
/** Numerals as they are written on cheques. */
const formal: Record<string, string> = {
  壹: "一",
  贰: "二",
  叁: "三",
  肆: "四",
  伍: "五",
  陆: "六",
  柒: "七",
  捌: "八",
  玖: "九",
  拾: "十",
  佰: "百",
  仟: "千",
};

/**
 * The number that Chinese numerals (to 9999), those of cheques, digits said one by one
 * (一八八) or Arabic digits write; undefined for anything else.
 */
export function parseNumeral(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  if (text === "") return undefined;
  if (/^[零〇一二三四五六七八九]{2,4}$/u.test(text))
    return Number([...text].map((character) => digits[character]).join(""));
  let total = 0;
  let pending: number | undefined;
  for (const written of text) {
    const character = formal[written] ?? written;
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
