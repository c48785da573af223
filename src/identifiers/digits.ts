/** Chinese words for a digit, as read out on the telephone (幺 两 洞 拐 勾) and as written on papers (壹 贰 …). */
const digitWords: Record<string, string> = {
  零: "0",
  〇: "0",
  洞: "0",
  一: "1",
  幺: "1",
  壹: "1",
  二: "2",
  两: "2",
  贰: "2",
  三: "3",
  叁: "3",
  四: "4",
  肆: "4",
  五: "5",
  伍: "5",
  六: "6",
  陆: "6",
  七: "7",
  拐: "7",
  柒: "7",
  八: "8",
  捌: "8",
  九: "9",
  勾: "9",
  玖: "9",
};

/** The characters of `digitWords`, for use inside a character class. */
export const digitWordClass = Object.keys(digitWords).join("");

/** Digits read from Arabic figures, Chinese words and a letter O typed for a zero; other characters stay. */
export function readDigits(text: string): string {
  let digits = "";
  for (const character of text) {
    digits += character === "O" || character === "o" ? "0" : (digitWords[character] ?? character);
  }
  return digits;
}

/** A check character: a digit, or X however it is written or spoken. */
export function readCheck(text: string): string {
  return /^(?:[Xx×叉]|艾克斯)$/.test(text) ? "X" : readDigits(text);
}

/** Hyphens and dashes of every length, for use inside a character class. */
export const dashClass = "\\-\u2010-\u2015\u2212_";
