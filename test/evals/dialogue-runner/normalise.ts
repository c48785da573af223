import { Converter } from "opencc-js/t2cn";

const toSimplified = Converter({ from: "t", to: "cn" });

/** A reply as the patterns see it: traditional characters made simplified, white space removed. */
export function squeezed(text: string): string {
  return toSimplified(text).replace(/\s+/gu, "");
}

/** A slot value or an expected one in normal form: full-width made half-width, simplified, no white space, lower case. */
export function normalised(value: string | number | boolean): string {
  return squeezed(String(value).normalize("NFKC")).toLowerCase();
}

/** A law's name as two spellings are compared: without 中华人民共和国, 《》 and white space. */
export function lawName(name: string): string {
  return name.replace(/[《》\s]/gu, "").replace(/中华人民共和国/gu, "");
}

const digits = "零一二三四五六七八九";

/** An article as 第…条 in Chinese numerals: `第68条` and `第六十八条` are one. */
export function articleName(text: string): string {
  const match = /^第(\d+)条(?:之(\d+|[一二三四五六七八九十]+))?$/u.exec(text.replace(/\s/gu, ""));
  if (match === null) return text.replace(/\s/gu, "");
  const part =
    match[2] === undefined ? "" : `之${/\d/.test(match[2]) ? chineseNumber(Number(match[2])) : match[2]}`;
  return `第${chineseNumber(Number(match[1]))}条${part}`;
}

/** 1–9999 as statutes write it: 十五, 一百零一, 一百一十. */
export function chineseNumber(value: number): string {
  const places = ["", "十", "百", "千"];
  const figures = String(value).split("").map(Number);
  let text = "";
  figures.forEach((figure, index) => {
    const place = figures.length - 1 - index;
    if (figure === 0) {
      if (!text.endsWith("零")) text += "零";
      return;
    }
    text += `${digits[figure]}${places[place]}`;
  });
  return text.replace(/零+$/u, "").replace(/^一十/u, "十");
}

/** The articles that a text names, each once, in Chinese numerals. */
export function articlesIn(text: string): string[] {
  const found = text
    .replace(/\s/gu, "")
    .matchAll(/第(?:\d+|[零〇一二三四五六七八九十百千]+)条(?:之[一二三四五六七八九十\d]+)?/gu);
  return [...new Set([...found].map(([article]) => articleName(article)))];
}
