const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const checkCharacters = "10X98765432";
const provinces = new Set(
  "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83 91".split(
    " ",
  ),
);

export type ResidentIdResult =
  | {
      kind: "valid";
      /** All 18 characters: sensitive (个人信息保护法 28), never to be logged or shown. */
      normalized: string;
      masked: string;
      facts: { regionCode: string; birthDate: string };
    }
  | { kind: "malformed"; problem: string };

/** The check character over the first 17 figures (GB 11643, ISO 7064 MOD 11-2). */
export function residentIdCheck(figures: string): string {
  const sum = weights.reduce((total, weight, index) => total + weight * Number(figures[index]), 0);
  return checkCharacters[sum % 11] ?? "";
}

/** Whether 18 characters are a resident identity number by form, date and check character. */
export function isResidentId(text: string): boolean {
  return (
    /^\d{17}[\dX]$/.test(text) &&
    provinces.has(text.slice(0, 2)) &&
    isBirthDate(text.slice(6, 14)) &&
    residentIdCheck(text) === text[17]
  );
}

/**
 * Reads a resident identity number (GB 11643-1999). `presentDate` (`YYYY-MM-DD`) bounds the date of birth.
 * The problem never repeats the number.
 */
export function parseResidentId(text: string, presentDate: string): ResidentIdResult {
  const id = text
    .normalize("NFKC")
    .replace(/[\s-]/g, "")
    .replace(/[x×叉]$/, "X");
  const malformed = (problem: string): ResidentIdResult => ({ kind: "malformed", problem });
  if (/^\d{15}$/.test(id)) {
    return malformed("这是15位的旧身份证号，2013年起已停用，请看现在的身份证，写18位的号。");
  }
  if (!/^\d{17}[\dX]$/.test(id)) {
    const off = 18 - id.length;
    if (off === 0) return malformed("身份证号只有最后一位可以是字母X，其余都是数字，请再核对。");
    return malformed(
      `身份证号要18位，这里是${id.length}位，${off > 0 ? `少${off}位` : `多${-off}位`}，请再核对。`,
    );
  }
  if (!provinces.has(id.slice(0, 2))) return malformed("身份证号开头两位不是省份代码，请核对前6位。");
  const birthDate = `${id.slice(6, 10)}-${id.slice(10, 12)}-${id.slice(12, 14)}`;
  if (!isBirthDate(id.slice(6, 14)) || birthDate > presentDate) {
    return malformed("身份证号第7到14位应是出生年月日，这里不是一个可能的日期，请核对这8位。");
  }
  if (residentIdCheck(id) !== id[17]) {
    return malformed("身份证号最后一位校验不通过，可能抄错了一位，请从头核对一遍。");
  }
  return {
    kind: "valid",
    normalized: id,
    masked: maskResidentId(id),
    facts: { regionCode: id.slice(0, 6), birthDate },
  };
}

/** `130********1234`: the first three and the last four characters. */
export function maskResidentId(id: string): string {
  return `${id.slice(0, 3)}********${id.slice(-4)}`;
}

function isBirthDate(text: string): boolean {
  const date = `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`;
  const at = new Date(`${date}T00:00:00Z`);
  return date >= "1880-01-01" && !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 10) === date;
}
