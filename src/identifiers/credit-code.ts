/** GB 32100-2015: figures and capital letters without I, O, S, V, Z. */
const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/** What the first two characters say: who registered it, and as what. */
const categories: Record<string, string> = {
  "11": "机关",
  "12": "事业单位",
  "51": "社会团体",
  "52": "民办非企业单位",
  "53": "基金会",
  "91": "企业",
  "92": "个体工商户",
  "93": "农民专业合作社",
};

export type CreditCodeResult =
  | { kind: "valid"; normalized: string; facts: { category: string; regionCode: string } }
  | { kind: "malformed"; problem: string };

/** The check character over the first 17: weights 3^i mod 31, sum taken from 31 (GB 32100-2015, 4.6). */
export function creditCodeCheck(code: string): string {
  let sum = 0;
  let weight = 1;
  for (const character of code.slice(0, 17)) {
    sum += alphabet.indexOf(character) * weight;
    weight = (weight * 3) % 31;
  }
  return alphabet[(31 - (sum % 31)) % 31] ?? "";
}

/** Reads a unified social credit code, as a business licence shows it. */
export function parseCreditCode(text: string): CreditCodeResult {
  const code = text
    .normalize("NFKC")
    .replace(/^\s*(?:统一)?(?:社会)?信用代码\s*[:：]?/u, "")
    .replace(/[\s-]/g, "")
    .toUpperCase();
  const malformed = (problem: string): CreditCodeResult => ({ kind: "malformed", problem });
  if (/^\d{15}$/.test(code)) {
    return malformed("这像是15位的旧注册号，请写营业执照上18位的统一社会信用代码。");
  }
  if (!/^[0-9A-Z]*$/.test(code))
    return malformed("统一社会信用代码只有数字和大写字母，请核对有没有别的符号。");
  if (code.length !== 18) {
    const off = 18 - code.length;
    return malformed(
      `统一社会信用代码要18位，这里是${code.length}位，${off > 0 ? `少${off}位` : `多${-off}位`}，请对照营业执照核对。`,
    );
  }
  const banned = /[IOSVZ]/.exec(code)?.[0];
  if (banned !== undefined) {
    return malformed(
      `统一社会信用代码里不用字母 ${banned}（I、O、S、V、Z 都不用），可能是把数字看成了字母，请核对第${code.indexOf(banned) + 1}位。`,
    );
  }
  if (!/^\d{6}$/.test(code.slice(2, 8))) {
    return malformed("统一社会信用代码第3到8位应是数字（登记机关的行政区划码），请核对这一段。");
  }
  if (creditCodeCheck(code) !== code[17]) {
    return malformed("统一社会信用代码最后一位校验不通过，可能抄错了一位，请对照营业执照从头核对。");
  }
  return {
    kind: "valid",
    normalized: code,
    facts: { category: categories[code.slice(0, 2)] ?? "其他", regionCode: code.slice(2, 8) },
  };
}
