import { parseNumeral } from "./numerals.ts";

/** A number with what it counts: 20年, 二十五万元, 百分之五, 第四款. */
export type Figure = {
  /** Equal for two figures that say the same, however they are written: 25万元 and 二十五万元 are `250000|元`. */
  key: string;
  /** What is counted, in one spelling: 天 is 日. The next character where it is no known unit, or nothing. */
  unit: string;
  /** `max` for 以下, 最高, 不超过 …; `min` for 以上, 至少 …. */
  bound: "max" | "min" | undefined;
  start: number;
  end: number;
};

const units =
  "个工作日|工作日|个自然日|自然日|个月|个季度|季度|个星期|星期|个小时|小时|分钟|周岁|岁|年|月|日|天|周|美元|元|块钱|块|倍|成|%|‰|折|人|次|名|条|款|项|件|份|级|种|类|个|页|张|套|批|档|户|位|家|期|步|章|节|号";
const sameUnit: Record<string, string> = {
  天: "日",
  自然日: "日",
  个自然日: "日",
  个工作日: "工作日",
  块钱: "元",
  块: "元",
  周岁: "岁",
  星期: "周",
  个星期: "周",
  个小时: "小时",
  个季度: "季度",
};
const arabic = "\\d+(?:,\\d{3})*(?:\\.\\d+)?";
// 廿 and 卅 are read as numerals but not reckoned with: equal only to themselves.
const chinese = "[零〇一二两三四五六七八九十百千廿卅]+";
/** The forms of papers that money is paid on: 贰拾伍万元. */
const financial = new Map(
  [..."壹贰叁肆伍陆柒捌玖拾佰仟貳陸"].map((one, at) => [one, "一二三四五六七八九十百千二六"[at] ?? one]),
);
const pattern = new RegExp(
  [
    `(?<percent>百分之|千分之)(?<share>${arabic}|${chinese})`,
    `(?<lower>${arabic}|${chinese})分之(?<upper>${arabic}|${chinese})`,
    `(?<half>半)(?<halfUnit>个月|年|天|日|个小时|小时|倍|数)`,
    `[双翻加](?<twice>倍)`,
    `(?<ordinal>第)?(?<number>${arabic}|${chinese})(?<scale>[百千]?[万亿]|[百千](?=[元块万亿]))?(?<unit>${units})?`,
  ].join("|"),
  "gu",
);
/** Chinese numerals that count nothing: 一般, 统一, 两者, 万一, 千万. */
const words =
  /^(?:一(?!年|月|日|天|周|个月|个工作日|个自然日|个星期|个季度|个小时|工作日|星期|季度|小时|分钟|倍|成|元|块|次|人|条|款|级|折|百|千|万|亿)|[两二三]者|千万(?!元|以|的)|百姓|百般|十分|十足|四川|三方|第三[人方])/u;
const beforeWord = /[统唯单同专之逐万不百]$/u;
const before = {
  max: /(?:(?:最高|最多|最长|至多|上限)[\u4e00-\u9fff]{0,7}|(?:不超过|不高于|不多于|低于|少于|不到|不满)[了过]?)$/u,
  min: /(?:(?:最低|最少|至少|下限)[\u4e00-\u9fff]{0,7}|(?:不低于|不少于|超过|高于|多于|满)[了过]?)$/u,
};
const after = { max: /^(?:及其?)?(?:以下|以内|之内|内)/u, min: /^(?:及其?)?以上/u };
const range = /^(?:至|到|-|~|—|–|、|或者?)$/u;

type Draft = {
  value: string;
  number: number | undefined;
  scaled: boolean;
  ordinal: string;
  unit: string;
  start: number;
  end: number;
};

/** The figures of a text that went through `fold`, in order. Counting words that say nothing (一个, 一般) are left out. */
export function figuresIn(folded: string): Figure[] {
  // Blanks inside 10 年 part nothing; the spans point into the text as it came.
  const places: number[] = [];
  let text = "";
  for (let at = 0; at < folded.length; at += 1) {
    if (/\s/u.test(folded[at] ?? "")) continue;
    places.push(at);
    text += financial.get(folded[at] ?? "") ?? folded[at];
  }
  const drafts = [...text.matchAll(pattern)].flatMap((match) => draftOf(match, text));
  inheritUnits(drafts, text);
  return drafts.map(({ value, number, ordinal, unit, start, end }) => ({
    key: `${ordinal}${number ?? value}|${unit}`,
    unit,
    bound: boundOf(text.slice(Math.max(0, start - 10), start), text.slice(end, end + 4)),
    start: places[start] ?? 0,
    end: (places[end - 1] ?? 0) + 1,
  }));
}

function draftOf(match: RegExpExecArray, text: string): Draft[] {
  const start = match.index;
  const end = start + match[0].length;
  const found = match.groups ?? {};
  const draft = (number: number | undefined, unit: string, more: Partial<Draft> = {}): Draft[] => [
    { value: match[0], number, scaled: false, ordinal: "", unit, start, end, ...more },
  ];
  if (found["share"] !== undefined)
    return draft(numberOf(found["share"]), found["percent"] === "百分之" ? "%" : "‰");
  if (found["lower"] !== undefined)
    return draft(undefined, "", { value: `${numberOf(found["upper"] ?? "")}/${numberOf(found["lower"])}` });
  if (found["halfUnit"] !== undefined) return draft(0.5, unitOf(found["halfUnit"]));
  if (found["twice"] !== undefined) return draft(2, "倍");
  const number = found["number"] ?? "";
  const ordinal = found["ordinal"] ?? "";
  const isChinese = !/^\d/u.test(number);
  if (isChinese && (words.exec(text.slice(start))?.[0].length ?? 0) >= number.length) return [];
  if (isChinese && number === "一" && beforeWord.test(text.slice(0, start))) return [];
  // 第一, …: an enumeration.
  if (ordinal !== "" && found["unit"] === undefined && /^[,.、:;]/u.test(text.slice(end))) return [];
  const scale = [...(found["scale"] ?? "")].reduce((product, one) => product * (scales[one] ?? 1), 1);
  const value = numberOf(number);
  const unit = found["unit"] ?? /^[\u4e00-\u9fff]/u.exec(text.slice(end))?.[0] ?? "";
  return draft(value === undefined ? undefined : value * scale, unitOf(unit), {
    ordinal,
    scaled: scale > 1,
    value: match[0],
  });
}

/** In 3至5年 both count years, in 3到5万元 both ten thousands. */
function inheritUnits(drafts: readonly Draft[], text: string): void {
  for (let at = drafts.length - 2; at >= 0; at -= 1) {
    const first = drafts[at];
    const next = drafts[at + 1];
    if (first === undefined || next === undefined || first.number === undefined) continue;
    // 至 was taken for the unit of 3 in 3至5年.
    const between = text.slice(first.end, next.start);
    if (!range.test(between) || (first.unit !== "" && first.unit !== between[0])) continue;
    first.unit = next.unit;
    if (next.scaled && !first.scaled && next.number !== undefined && first.number < 1000)
      first.number *= next.number >= 1e8 ? 1e8 : 1e4;
  }
}

const scales: Record<string, number> = { 百: 100, 千: 1000, 万: 1e4, 亿: 1e8 };

function numberOf(text: string): number | undefined {
  if (/^\d/u.test(text)) return Number(text.replaceAll(",", ""));
  // 一三八零零: digits read out, no number.
  return parseNumeral(text);
}

const unitOf = (unit: string) => sameUnit[unit] ?? unit;

function boundOf(left: string, right: string): Figure["bound"] {
  if (before.max.test(left) || after.max.test(right)) return "max";
  return before.min.test(left) || after.min.test(right) ? "min" : undefined;
}
