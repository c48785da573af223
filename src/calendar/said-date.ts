import { parseNumeral } from "../text/numerals.ts";
import festivals from "./data/festivals.json" with { type: "json" };
import { isDate, shiftDays, shiftMonths, weekday } from "./date.ts";

const pad = (value: number) => String(value).padStart(2, "0");
const isoDate = (year: number, month: number, day: number) => `${year}-${pad(month)}-${pad(day)}`;

function monthBefore(date: string, months: number): string {
  const [year = 0, month = 1] = date.split("-").map(Number);
  const index = year * 12 + month - 1 - months;
  return `${Math.floor(index / 12)}-${pad((index % 12) + 1)}`;
}

/** The last day of a month `YYYY-MM`. */
const lastDayOf = (month: string) => {
  const [year = 0, number = 1] = month.split("-").map(Number);
  const next = number === 12 ? isoDate(year + 1, 1, 1) : isoDate(year, number + 1, 1);
  return shiftDays(next, -1);
};

const mondayOf = (date: string) => shiftDays(date, -((weekday(date) + 6) % 7));
/** The day of the week that begins on `monday`: 一 to 六, 日 or 天. */
const weekdayAfter = (monday: string, name: string) =>
  shiftDays(monday, "一二三四五六日".indexOf(name === "天" ? "日" : name));

const numeral = "[0-9零〇一二两三四五六七八九十]{1,3}";
/** What a day named without 日 or 号 must be followed by, lest a number of goods pass for one. */
const deeds =
  "(?:那[天日次回]|的?(?:下午|上午|晚上|早上)?[我俺他她]|买|去|看|拍|截|收|到的|才|就|发[现的货]|下的?单|拿|验|听|知|开[始卖业]|签)";
const exists = (year: number, month: number, day: number) => isDate(isoDate(year, month, day));

type Rule = {
  name: string;
  pattern: RegExp;
  read: (match: RegExpExecArray, today: string) => string | undefined;
};

const relativeYear: Record<string, number> = { 今年: 0, 去年: 1, 头年: 1, 上年: 1, 前年: 2, 大前年: 3 };
const relativeDay: Record<string, number> = {
  今天: 0,
  今儿: 0,
  今儿个: 0,
  今日: 0,
  昨天: 1,
  昨儿: 1,
  昨儿个: 1,
  昨日: 1,
  前天: 2,
  前儿: 2,
  前儿个: 2,
  前日: 2,
  大前天: 3,
  大前儿: 3,
  大前日: 3,
  今早: 0,
  今晚: 0,
  昨晚: 1,
  昨: 1,
  昨夜: 1,
  夜来: 1,
  夜儿: 1,
  夜里个: 1,
  夜个: 1,
};

const yearWord = "大前年|今年|去年|头年|上年|前年";
/** A year as it is said or written in full: 今年, 2025年, 二零二四年, 二五年. */
const anyYear = `(?:(?<r>${yearWord})|(?<y>(?:20)?\\d{2}|二[零〇0○][零〇一二三四五六七八九]{2}|[一二][零〇一二三四五六七八九])年)的?`;

/** The year that a match of `anyYear` names. */
function yearIn(groups: Record<string, string | undefined> | undefined, today: string): number | undefined {
  const word = groups?.["r"];
  if (word !== undefined) return Number(today.slice(0, 4)) - (relativeYear[word] ?? 0);
  return groups?.["y"] === undefined ? undefined : readYear(groups["y"].replace("○", "〇"));
}

type Festival = (year: number) => string | undefined;
const ofTable =
  (table: Record<string, string>): Festival =>
  (year) => {
    const day = table[String(year)];
    return day === undefined ? undefined : `${year}-${day}`;
  };
const fixed =
  (month: number, day: number): Festival =>
  (year) =>
    isoDate(year, month, day);
const newYear = ofTable(festivals.newYear);
/** Days after the first of the Chinese year. */
const afterNewYear =
  (days: number): Festival =>
  (year) => {
    const first = newYear(year);
    return first === undefined ? undefined : shiftDays(first, days);
  };

/** The Chinese years since 2020 whose last month has thirty days (GB/T 33661-2017); the others have twenty-nine. */
const longLastMonth: ReadonlySet<number> = new Set([2020, 2022, 2023, 2029]);

/** The `day`th of the last month of the Chinese year `year`. */
function lastLunarDay(year: number, day: number): string | undefined {
  const next = newYear(year + 1);
  const length = longLastMonth.has(year) ? 30 : 29;
  return next === undefined || day < 1 || day > length ? undefined : shiftDays(next, day - 1 - length);
}

let lunarReader: Intl.DateTimeFormat | undefined;
const lunarYears = new Map<number, Map<string, string>>();

/** The day of the Chinese calendar's month and day that falls in a Chinese year (GB/T 33661-2017), leap months aside. */
function lunarDay(year: number, month: number, day: number): string | undefined {
  const first = newYear(year);
  if (first === undefined) return undefined;
  let days = lunarYears.get(year);
  if (days === undefined) {
    lunarReader ??= new Intl.DateTimeFormat("en-u-ca-chinese", {
      month: "numeric",
      day: "numeric",
      timeZone: "UTC",
    });
    days = new Map();
    for (let at = 0; at < 385; at += 1) {
      const date = shiftDays(first, at);
      const parts = lunarReader.formatToParts(new Date(`${date}T00:00:00Z`));
      const part = (type: string) => parts.find((one) => one.type === type)?.value ?? "";
      const key = `${part("month")}-${part("day")}`;
      if (!days.has(key)) days.set(key, date);
    }
    lunarYears.set(year, days);
  }
  return days.get(`${month}-${day}`);
}

/** Of each solar term, its month and the constant of its day in this century (寿星公式; right to the day but for rare years). */
const solarTerms: readonly { name: string; month: number; base: number }[] = [
  { name: "小寒", month: 1, base: 5.4055 },
  { name: "大寒", month: 1, base: 20.12 },
  { name: "立春", month: 2, base: 3.87 },
  { name: "雨水", month: 2, base: 18.73 },
  { name: "惊蛰", month: 3, base: 5.63 },
  { name: "春分", month: 3, base: 20.646 },
  { name: "谷雨", month: 4, base: 20.1 },
  { name: "立夏", month: 5, base: 5.52 },
  { name: "小满", month: 5, base: 21.04 },
  { name: "芒种", month: 6, base: 5.678 },
  { name: "夏至", month: 6, base: 21.37 },
  { name: "小暑", month: 7, base: 7.108 },
  { name: "大暑", month: 7, base: 22.83 },
  { name: "立秋", month: 8, base: 7.5 },
  { name: "处暑", month: 8, base: 23.13 },
  { name: "白露", month: 9, base: 7.646 },
  { name: "秋分", month: 9, base: 23.042 },
  { name: "寒露", month: 10, base: 8.318 },
  { name: "霜降", month: 10, base: 23.438 },
  { name: "立冬", month: 11, base: 7.438 },
  { name: "小雪", month: 11, base: 22.36 },
  { name: "大雪", month: 12, base: 7.18 },
  { name: "冬至", month: 12, base: 21.94 },
];
/** Terms that are everyday words or names besides: their day is meant where one says so. */
const everydayTerms: ReadonlySet<string> = new Set([
  "小寒",
  "大寒",
  "雨水",
  "小满",
  "谷雨",
  "白露",
  "小雪",
  "大雪",
  "立秋",
  "春分",
]);

const solarTerm =
  (month: number, base: number): Festival =>
  (year) => {
    const y = year % 100;
    const leaps = Math.floor((month <= 2 ? y - 1 : y) / 4);
    return isoDate(year, month, Math.floor(y * 0.2422 + base) - leaps);
  };

/** Days that people name instead of a date, by the year they fall in. */
const festivalDays: readonly (readonly [string, Festival])[] = [
  ["元旦", fixed(1, 1)],
  ["情人节", fixed(2, 14)],
  ["三八(?:妇女)?节|妇女节", fixed(3, 8)],
  ["三一五|3[.·]?15(?=晚会|那天|当天|前|后)", fixed(3, 15)],
  ["清明(?:节)?", fixed(4, 5)],
  [
    "五一(?:节|劳动节|放假|假期|长假|小长假|期间|前|后|那|的时候)|五一(?=我|俺|回|去|当天|赶|就|开始|，|。|$)|劳动节",
    fixed(5, 1),
  ],
  ["六一(?:儿童节|节|那|前|后)|儿童节", fixed(6, 1)],
  ["(?<![\\d.])6[.·]?18(?![\\d.])|六一八", fixed(6, 18)],
  ["七一(?=那|前|后|节)", fixed(7, 1)],
  ["八一(?:节|建军节|那|前|后)", fixed(8, 1)],
  ["教师节", fixed(9, 10)],
  ["国庆(?:节)?|十一(?:长假|假期|放假|黄金周|期间|那几天)", fixed(10, 1)],
  ["双十一|双11|双１１|(?<![\\d.])11[.·]11(?![\\d.])", fixed(11, 11)],
  ["双十二|双12", fixed(12, 12)],
  ["圣诞(?:节)?", fixed(12, 25)],
  ["(?:大年|正月)初一|春节|过年那天|新年那天", newYear],
  ["除夕|大年三十|年三十(?:儿)?", afterNewYear(-1)],
  ["元宵(?:节)?|正月十五", afterNewYear(14)],
  ["(?:五月)?端午(?:节)?|五月节", ofTable(festivals.dragonBoat)],
  ["(?:八月)?中秋(?:节)?|八月十五", ofTable(festivals.midAutumn)],
  ["重阳(?:节)?", (year) => lunarDay(year, 9, 9)],
  ["七夕", (year) => lunarDay(year, 7, 7)],
  ...solarTerms.map(({ name, month, base }): [string, Festival] => [
    everydayTerms.has(name) ? `${name}(?=那天|当天|那日|节)` : `(?<!刚)${name}(?!时节)`,
    solarTerm(month, base),
  ]),
];

const seasons: Record<string, readonly [number, number, number, number]> = {
  春: [3, 1, 5, 31],
  夏: [6, 1, 8, 31],
  秋: [9, 1, 11, 30],
  冬: [12, 1, 2, 28],
};

/** The latest of this year's and last year's days that is not after today. */
const latest = (of: Festival, today: string): string | undefined => {
  const year = Number(today.slice(0, 4));
  return [of(year), of(year - 1)].find((day) => day !== undefined && day <= today);
};

/** The last month of the Chinese year `year`: it mostly lies in the year after. */
function lastLunarMonth(year: number): string | undefined {
  const next = newYear(year + 1);
  return next === undefined ? undefined : `${shiftDays(next, -29)}/${shiftDays(next, -1)}`;
}

function seasonOf(year: number, name: string): string | undefined {
  const season = seasons[name];
  if (season === undefined) return undefined;
  const [fromMonth, fromDay, toMonth, toDay] = season;
  const endYear = toMonth < fromMonth ? year + 1 : year;
  return `${isoDate(year, fromMonth, fromDay)}/${isoDate(endYear, toMonth, toDay)}`;
}

const rules: readonly Rule[] = [
  {
    name: "date.dayRange",
    pattern: new RegExp(
      `(?:${anyYear})?(?<m>${numeral})月(?<d>${numeral})[日号]?(?:到|至|[-—~])(?:(?<n>${numeral})月)?(?<e>${numeral})[日号]`,
      "u",
    ),
    read: ({ groups }, today) => {
      const [m, d, e] = [groups?.["m"], groups?.["d"], groups?.["e"]].map((one) => parseNumeral(one ?? ""));
      const n = groups?.["n"] === undefined ? m : parseNumeral(groups["n"]);
      if (m === undefined || d === undefined || n === undefined || e === undefined) return undefined;
      const thisYear = Number(today.slice(0, 4));
      const said = yearIn(groups, today);
      const year =
        said ?? (exists(thisYear, m, d) && isoDate(thisYear, m, d) > today ? thisYear - 1 : thisYear);
      const [from, to] = [isoDate(year, m, d), isoDate(year, n, e)];
      return exists(year, m, d) && exists(year, n, e) && from < to ? `${from}/${to}` : undefined;
    },
  },
  {
    name: "date.full",
    pattern: /(?<y>20\d{2})\s*[年./-]\s*(?<m>\d{1,2})\s*[月./-]\s*(?<d>\d{1,2})\s*[日号]?/u,
    read: ({ groups }) => {
      const [y, m, d] = [Number(groups?.["y"]), Number(groups?.["m"]), Number(groups?.["d"])];
      return exists(y, m, d) ? isoDate(y, m, d) : undefined;
    },
  },
  {
    name: "date.lastLunarDay",
    pattern: new RegExp(
      `(?:${anyYear})?(?:腊月(?<d>初[一二三四五六七八九十]|十[一二三四五六七八九]?|二十[一二三四五六七八九]?|廿[一二三四五六七八九])|(?<small>小年(?![轻青级])|腊八(?![粥蒜醋])))`,
      "u",
    ),
    read: ({ groups }, today) => {
      const said = groups?.["d"]?.replace("初", "").replace("廿", "二十");
      const day = said !== undefined ? parseNumeral(said) : groups?.["small"] === "腊八" ? 8 : 23;
      if (day === undefined) return undefined;
      const year = yearIn(groups, today);
      return lastLunarDay(year ?? Number(today.slice(0, 4)) - 1, day);
    },
  },
  {
    name: "date.lunarDay",
    pattern: new RegExp(
      `(?<said>(?:农历|阴历|旧历)的?)?(?:${anyYear})?(?:农历|阴历|旧历)?(?<m>正|冬|${numeral})月(?:(?<first>初[一二三四五六七八九十])|(?<d>${numeral})(?![日号\\d])(?=[，,（(]?(?:阴历|农历|旧历)|(?<=(?:农历|阴历|旧历)[^，。]{0,12})|(?<=二月二|三月三)))(?![（(，,]?(?:阳历|公历))`,
      "u",
    ),
    read: ({ groups }, today) => {
      const name = groups?.["m"] ?? "";
      const month = name === "正" ? 1 : name === "冬" ? 11 : parseNumeral(name);
      const day = parseNumeral((groups?.["first"] ?? groups?.["d"] ?? "").replace("初", ""));
      if (month === undefined || day === undefined || month > 12) return undefined;
      const year = yearIn(groups, today);
      return year === undefined
        ? latest((one) => lunarDay(one, month, day), today)
        : lunarDay(year, month, day);
    },
  },
  {
    name: "date.monthRange",
    pattern: new RegExp(
      `(?:${anyYear})?(?<m>${numeral})月(?:份)?(?:到|至|[-—~])(?:今年|同年)?(?<n>${numeral})月(?:份|间|底)?(?![\\d一二三四五六七八九十]{1,3}[日号])`,
      "u",
    ),
    read: ({ groups }, today) => {
      const [from, to] = [parseNumeral(groups?.["m"] ?? ""), parseNumeral(groups?.["n"] ?? "")];
      if (from === undefined || to === undefined || from < 1 || to > 12 || to < from) return undefined;
      const thisYear = Number(today.slice(0, 4));
      const year = yearIn(groups, today) ?? (from > Number(today.slice(5, 7)) ? thisYear - 1 : thisYear);
      return `${year}-${pad(from)}-01/${lastDayOf(`${year}-${pad(to)}`)}`;
    },
  },
  {
    name: "date.neighbouringMonths",
    pattern: new RegExp(
      `(?:${anyYear})?(?<![十\\d])(?<m>[一二三四五六七八九十])(?<n>[二三四五六七八九十])月(?:份|间)?(?![初\\d一二三四五六七八九十])`,
      "u",
    ),
    read: ({ groups }, today) => {
      const [from, to] = [parseNumeral(groups?.["m"] ?? ""), parseNumeral(groups?.["n"] ?? "")];
      if (from === undefined || to !== from + 1) return undefined;
      const thisYear = Number(today.slice(0, 4));
      const year = yearIn(groups, today) ?? (from > Number(today.slice(5, 7)) ? thisYear - 1 : thisYear);
      return `${year}-${pad(from)}-01/${lastDayOf(`${year}-${pad(to)}`)}`;
    },
  },
  {
    name: "date.quarter",
    pattern: new RegExp(`(?:${anyYear})?(?:第|头)?(?<q>[一二三四1-4])个?季度|(?<back>上|这|本)个?季度`, "u"),
    read: ({ groups }, today) => {
      const thisYear = Number(today.slice(0, 4));
      const present = Math.ceil(Number(today.slice(5, 7)) / 3);
      const relative = groups?.["back"];
      const said =
        relative === undefined ? parseNumeral(groups?.["q"] ?? "") : present - (relative === "上" ? 1 : 0);
      if (said === undefined) return undefined;
      const quarter = said === 0 ? 4 : said;
      const year = yearIn(groups, today) ?? (said === 0 || quarter > present ? thisYear - 1 : thisYear);
      return `${year}-${pad(quarter * 3 - 2)}-01/${lastDayOf(`${year}-${pad(quarter * 3)}`)}`;
    },
  },
  {
    name: "date.weekdayOfMonth",
    pattern: new RegExp(
      `(?:${anyYear})?(?:(?<m>${numeral})月(?:份)?|(?<back>上个?月|这个?月|本月))的?(?:第(?<n>[一二三四])|(?<last>最后(?:一)?))个(?:周|星期|礼拜)(?<w>[一二三四五六日天])`,
      "u",
    ),
    read: ({ groups }, today) => {
      const [thisYear = 0, thisMonth = 1] = today.split("-").map(Number);
      const said = parseNumeral(groups?.["m"] ?? "");
      const month =
        said === undefined
          ? monthBefore(today, groups?.["back"]?.startsWith("上") === true ? 1 : 0)
          : `${yearIn(groups, today) ?? (said > thisMonth ? thisYear - 1 : thisYear)}-${pad(said)}`;
      if (said !== undefined && (said < 1 || said > 12)) return undefined;
      const name = groups?.["w"] ?? "";
      if (groups?.["last"] !== undefined) {
        const last = lastDayOf(month);
        const day = weekdayAfter(mondayOf(last), name);
        return day > last ? shiftDays(day, -7) : day;
      }
      const first = weekdayAfter(mondayOf(`${month}-01`), name);
      const weeks = (parseNumeral(groups?.["n"] ?? "") ?? 1) - (first < `${month}-01` ? 0 : 1);
      const day = shiftDays(first, weeks * 7);
      return day.startsWith(month) ? day : undefined;
    },
  },
  {
    name: "date.yearAgoToday",
    pattern: /(?<r>大前年|去年|前年|头年)的?(?:今日|今天|这(?:个)?(?:时候|时间|会儿)|此时)/u,
    read: ({ groups }, today) => shiftMonths(today, -12 * (relativeYear[groups?.["r"] ?? ""] ?? 1)),
  },
  {
    name: "date.holiday",
    pattern: new RegExp(
      `(?:${anyYear})?(?:(?<national>国庆(?:节)?|十一)|(?<may>五一(?:节)?))(?:那几天|期间|长假|放假|假期|黄金周|小长假)(?:那几天|期间)?`,
      "u",
    ),
    read: ({ groups }, today) => {
      const [month, days] = groups?.["national"] === undefined ? [5, 5] : [10, 7];
      const year = yearIn(groups, today);
      const first = year === undefined ? latest(fixed(month, 1), today) : isoDate(year, month, 1);
      return first === undefined ? undefined : `${first}/${shiftDays(first, days - 1)}`;
    },
  },
  {
    name: "date.harvest",
    pattern: new RegExp(
      `(?:${anyYear})?(?:(?:过|打|收|割)麦(?:子)?(?:那(?:阵儿?|会儿?)|的时候|前后|时)|麦收(?:前后|那(?:阵|会)儿?|的时候|时)?)`,
      "u",
    ),
    read: ({ groups }, today) => {
      const thisYear = Number(today.slice(0, 4));
      return `${yearIn(groups, today) ?? (today.slice(5, 7) < "06" ? thisYear - 1 : thisYear)}-06`;
    },
  },
  {
    name: "date.lastLunarMonth",
    pattern: new RegExp(`(?:${anyYear})?(?:腊月(?!二[十]?[三四五六七八九])|年根儿?(?:底下|儿底下|底)?)`, "u"),
    read: ({ groups }, today) => {
      const year = yearIn(groups, today);
      if (year !== undefined) return lastLunarMonth(year);
      const thisYear = Number(today.slice(0, 4));
      return lastLunarMonth(thisYear - 1);
    },
  },
  {
    name: "date.festival",
    pattern: new RegExp(
      `(?:${anyYear})?(?:${festivalDays.map(([words], index) => `(?<f${index}>${words})`).join("|")})`,
      "u",
    ),
    read: ({ groups }, today) => {
      const index = festivalDays.findIndex((_, at) => groups?.[`f${at}`] !== undefined);
      const of = festivalDays[index]?.[1];
      if (of === undefined) return undefined;
      const year = yearIn(groups, today);
      return year === undefined ? latest(of, today) : of(year);
    },
  },
  {
    name: "date.afterNewYear",
    pattern: new RegExp(
      `(?:${anyYear})?(?:刚过(?:完)?(?:了)?年|过完年|年后(?!年)|出了?正月|正月里?|(?:今年)?过年(?:那会儿?|的时候|那阵|期间|前后|那几天))`,
      "u",
    ),
    read: ({ groups }, today) => {
      const year = yearIn(groups, today);
      const first = year === undefined ? latest(newYear, today) : newYear(year);
      return first?.slice(0, 7);
    },
  },
  {
    name: "date.season",
    pattern: new RegExp(
      `(?:${anyYear}(?<part>[春夏秋冬])(?:天|季|里|上)?|(?:${anyYear})?(?<next>开春|入夏|入秋|立秋|秋后|入冬|(?:[春夏秋冬])天(?:那会儿?|的时候|里)))`,
      "u",
    ),
    read: ({ groups }, today) => {
      const name = groups?.["part"] ?? /[春夏秋冬]/u.exec(groups?.["next"] ?? "")?.[0];
      const year = yearIn(groups, today) ?? Number(today.slice(0, 4));
      if (name === undefined) return undefined;
      const season = seasonOf(year, name);
      return season !== undefined && season > today && groups?.["part"] === undefined
        ? seasonOf(year - 1, name)
        : season;
    },
  },
  {
    name: "date.halfYear",
    pattern: new RegExp(`(?:${anyYear})?(?<half>[上下])半年`, "u"),
    read: ({ groups }, today) => {
      const year = yearIn(groups, today) ?? Number(today.slice(0, 4));
      return groups?.["half"] === "上" ? `${year}-01-01/${year}-06-30` : `${year}-07-01/${year}-12-31`;
    },
  },
  {
    name: "date.yearPart",
    pattern: new RegExp(`${anyYear.replace("年)的?", "(?=年))的?")}年?(?<part>初|头|底|末|尾)`, "u"),
    read: ({ groups }, today) => {
      const year = yearIn(groups, today);
      if (year === undefined) return undefined;
      return /初|头/u.test(groups?.["part"] ?? "") ? `${year}-01` : `${year}-12`;
    },
  },
  {
    name: "date.monthPart",
    pattern: new RegExp(
      `(?:${anyYear}(?<m>${numeral})月(?:份)?|(?<back>上上个?|上个?|这个?|本)月|(?<plain>${numeral})月(?:份)?)的?(?<part>上旬|中旬|下旬|初|底|月底|末|中)`,
      "u",
    ),
    read: ({ groups }, today) => {
      const thisYear = Number(today.slice(0, 4));
      const back = groups?.["back"];
      let month: string | undefined;
      if (back !== undefined)
        month = monthBefore(today, back.startsWith("上上") ? 2 : back.startsWith("上") ? 1 : 0);
      else {
        const number = parseNumeral(groups?.["m"] ?? groups?.["plain"] ?? "");
        if (number === undefined || number < 1 || number > 12) return undefined;
        const year = yearIn(groups, today);
        month = `${year ?? (number > Number(today.slice(5, 7)) ? thisYear - 1 : thisYear)}-${pad(number)}`;
      }
      const last = lastDayOf(month);
      switch (groups?.["part"]) {
        case "上旬":
        case "初":
          return `${month}-01/${month}-10`;
        case "中旬":
          return `${month}-11/${month}-20`;
        case "下旬":
        case "底":
        case "月底":
        case "末":
          return `${month}-21/${last}`;
        default:
          return month;
      }
    },
  },
  {
    name: "date.month",
    pattern: /(?<y>20\d{2})\s*年\s*(?<m>\d{1,2})\s*月(?!\d)/u,
    read: ({ groups }) => `${groups?.["y"]}-${pad(Number(groups?.["m"]))}`,
  },
  {
    name: "date.relativeYearMonth",
    pattern: new RegExp(`${anyYear}(?<m>${numeral})月(?:份)?(?:(?<d>${numeral})[日号])?`, "u"),
    read: ({ groups }, today) => {
      const year = yearIn(groups, today);
      if (year === undefined) return undefined;
      const month = parseNumeral(groups?.["m"] ?? "");
      if (month === undefined || month < 1 || month > 12) return undefined;
      const day = groups?.["d"] === undefined ? undefined : parseNumeral(groups["d"]);
      if (day === undefined) return `${year}-${pad(month)}`;
      return exists(year, month, day) ? isoDate(year, month, day) : undefined;
    },
  },
  {
    name: "date.relativeMonthDay",
    pattern: new RegExp(
      `(?<r>这个?月|本月|上个?月)的?(?:初(?<d1>[一二三四五六七八九十])(?=[（(]?(?:阳历|公历))|(?<d>${numeral})(?:[日号]|(?=那[天次回])|(?=$|[，。])))`,
      "u",
    ),
    read: ({ groups }, today) => {
      const month = monthBefore(today, groups?.["r"]?.startsWith("上") === true ? 1 : 0);
      const day = parseNumeral(groups?.["d"] ?? groups?.["d1"] ?? "");
      if (day === undefined) return undefined;
      const [y = 0, m = 1] = month.split("-").map(Number);
      return exists(y, m, day) ? isoDate(y, m, day) : undefined;
    },
  },
  {
    name: "date.sameDay",
    pattern: /上个?月的?(?:今天|今日|这天)/u,
    read: (_, today) => shiftMonths(today, -1),
  },
  {
    name: "date.day",
    pattern:
      /(?<r>大前天|大前儿|大前日|今儿个?|昨儿个?|(?<![跟眼门面年以之提从])前儿个?|今天|昨天|前天|今日|昨日|前日|今早|今晚|昨晚|昨夜|昨(?=晌|下午|上午|后晌|早|黑)|夜来(?=个|儿|后晌|下午|上午|晚)|夜儿(?=个|后晌|黑)|夜里个|夜个)/u,
    read: ({ groups }, today) => shiftDays(today, -(relativeDay[groups?.["r"] ?? ""] ?? 0)),
  },
  {
    name: "date.monthDay",
    pattern: new RegExp(
      `(?<![年\\d])(?<m>${numeral})月(?:份)?(?<d>${numeral})(?:[日号]|(?<=(?:日子|日期|时间)是[^，。]{0,7})(?!\\d|[一二三四五六七八九十])|(?=${deeds})|(?=$|[，。]))`,
      "u",
    ),
    read: ({ groups }, today) => {
      const month = parseNumeral(groups?.["m"] ?? "");
      const day = parseNumeral(groups?.["d"] ?? "");
      if (month === undefined || day === undefined || month > 12) return undefined;
      const thisYear = Number(today.slice(0, 4));
      // What happened lies behind: a date still to come this year was last year's.
      const year = isoDate(thisYear, month, day) > today ? thisYear - 1 : thisYear;
      return exists(year, month, day) ? isoDate(year, month, day) : undefined;
    },
  },
  {
    name: "date.weekend",
    pattern: /(?<r>上上|上|这)?个?(?:周末|(?:星期|礼拜)六[和、]?(?:星期|礼拜)?[日天])/u,
    read: ({ groups }, today) => {
      const back: Record<string, number> = { 上上: -14, 上: -7, 这: 0 };
      let monday = shiftDays(mondayOf(today), back[groups?.["r"] ?? "上"] ?? 0);
      if (shiftDays(monday, 5) > today) monday = shiftDays(monday, -7);
      return `${shiftDays(monday, 5)}/${shiftDays(monday, 6)}`;
    },
  },
  {
    name: "date.thisWeekday",
    pattern: /(?<![上下]个?)(?<r>这|本)?个?(?:周|星期|礼拜)(?<w>[一二三四五六日天])(?!期)/u,
    read: ({ groups }, today) => {
      const day = weekdayAfter(mondayOf(today), groups?.["w"] ?? "");
      return day > today ? shiftDays(day, -7) : day;
    },
  },
  {
    name: "date.week",
    pattern: /(?<r>上上|上)个?(?:周|星期|礼拜)(?<w>[一二三四五六日天])?/u,
    read: ({ groups }, today) => {
      const monday = shiftDays(mondayOf(today), groups?.["r"] === "上上" ? -14 : -7);
      const name = groups?.["w"];
      return name === undefined ? `${monday}/${shiftDays(monday, 6)}` : weekdayAfter(monday, name);
    },
  },
  {
    name: "date.daysAgo",
    pattern: new RegExp(`(?<n>${numeral})天(?:以|之)?前`, "u"),
    read: ({ groups }, today) => {
      const days = parseNumeral(groups?.["n"] ?? "");
      return days === undefined ? undefined : shiftDays(today, -days);
    },
  },
  {
    name: "date.monthsAgo",
    pattern: new RegExp(`(?:(?<n>${numeral})个|(?<few>[俩仨])个?)(?:来|多)?月(?:以|之)?前`, "u"),
    read: ({ groups }, today) => {
      const few = groups?.["few"];
      const months = few === undefined ? parseNumeral(groups?.["n"] ?? "") : few === "俩" ? 2 : 3;
      return months === undefined ? undefined : monthBefore(today, months);
    },
  },
  {
    name: "date.weeksAgo",
    pattern: new RegExp(`(?<n>${numeral})(?:个)?(?:周|星期|礼拜)(?:以|之)?前`, "u"),
    read: ({ groups }, today) => {
      const weeks = parseNumeral(groups?.["n"] ?? "");
      return weeks === undefined ? undefined : shiftDays(today, -7 * weeks);
    },
  },
  {
    name: "date.yearsAgo",
    pattern: new RegExp(`(?<n>${numeral})年(?:以|之)?前`, "u"),
    read: ({ groups }, today) => {
      const years = parseNumeral(groups?.["n"] ?? "");
      return years === undefined ? undefined : String(Number(today.slice(0, 4)) - years);
    },
  },
  {
    name: "date.halfMonthAgo",
    pattern: /半个?(?<unit>月|年)(?:多)?(?:以|之)?前/u,
    read: ({ groups }, today) => (groups?.["unit"] === "月" ? shiftDays(today, -15) : monthBefore(today, 6)),
  },
  {
    name: "date.lastMonth",
    pattern: /(?<r>上上个月|上个?月|这个月|本月)(?!\d)/u,
    read: ({ groups }, today) => {
      const back = groups?.["r"] === "上上个月" ? 2 : groups?.["r"]?.startsWith("上") === true ? 1 : 0;
      return monthBefore(today, back);
    },
  },
  {
    name: "date.month",
    pattern: new RegExp(
      `(?<![年个\\d])(?<m>${numeral})月(?:份|(?![0-9零〇一二三四五六七八九十个份节]|$|[，。]))|(?<=^|[是在到打从那])(?<m2>${numeral})月(?=$|[，。])`,
      "u",
    ),
    read: ({ groups }, today) => {
      const month = parseNumeral(groups?.["m"] ?? groups?.["m2"] ?? "");
      if (month === undefined || month < 1 || month > 12) return undefined;
      const thisYear = Number(today.slice(0, 4));
      const year = month > Number(today.slice(5, 7)) ? thisYear - 1 : thisYear;
      return `${year}-${pad(month)}`;
    },
  },
  {
    name: "date.bareDay",
    pattern: new RegExp(
      `(?<![月\\d第年一二三四五六七八九十百千幺零路街楼区座栋])(?:(?<d>${numeral})号|廿(?<t>[一二三四五六七八九]))(?=那[天次]|(?:那天|下午|上午|晚上|早上|夜里)?(?:我|俺|买|去|看|下的?单|收到|赶|到的|验|拍|截|发的))`,
      "u",
    ),
    read: ({ groups }, today) => {
      const day = parseNumeral(groups?.["t"] === undefined ? (groups?.["d"] ?? "") : `二十${groups["t"]}`);
      if (day === undefined || day < 1 || day > 31) return undefined;
      const [year = 0, month = 1] = today.split("-").map(Number);
      const here = exists(year, month, day) ? isoDate(year, month, day) : undefined;
      if (here !== undefined && here <= today) return here;
      const [y = 0, m = 1] = monthBefore(today, 1).split("-").map(Number);
      return exists(y, m, day) ? isoDate(y, m, day) : undefined;
    },
  },
  {
    name: "date.justNow",
    pattern: new RegExp(`刚才(?=$|[，。])|(?:${numeral}|俩|仨|几)个?(?:钟头|小时)(?:以|之)?前`, "u"),
    read: (_, today) => today,
  },
  {
    name: "date.plainYear",
    pattern: /(?<!\d)(?<y>20[0-3]\d|二[零〇0○][零〇一二三四五六七八九]{2})年(?!级|费|检|\s*\d{1,2}\s*月)/u,
    read: ({ groups }) => String(readYear((groups?.["y"] ?? "").replace("○", "〇")) ?? "") || undefined,
  },
  {
    name: "date.year",
    pattern: /(?<r>大前年|去年|头年|上年|前年|今年)/u,
    read: ({ groups }, today) => String(Number(today.slice(0, 4)) - (relativeYear[groups?.["r"] ?? ""] ?? 0)),
  },
];

/**
 * The first day, month, year or interval that a text names, in ISO 8601.
 *
 * `today` is the date of the message in Asia/Shanghai; relative words count from it.
 */
export function findDate(
  text: string,
  today: string,
): { value: string; start: number; end: number; rule: string } | undefined {
  for (const { name, pattern, read } of rules) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const value = read(match, today);
    if (value !== undefined) {
      return { value, start: match.index, end: match.index + match[0].length, rule: name };
    }
  }
  return undefined;
}

const everyRule = rules.map((rule) => ({
  ...rule,
  pattern: new RegExp(rule.pattern, `${rule.pattern.flags}g`),
}));

/** „端午前一天“, „小年第二天“: the day beside one that is named. */
function besideDay<T extends { value: string; end: number }>(day: T, text: string): T {
  if (!isDate(day.value)) return day;
  const beside =
    /^(?:那天)?的?(?:(?<before>(?:前|头)(?:一)?天(?!津)|前夕|前夜)|(?:后|第二|转|次)(?:一)?天)/u.exec(
      text.slice(day.end),
    );
  if (beside === null) return day;
  const value = shiftDays(day.value, beside.groups?.["before"] === undefined ? 1 : -1);
  return { ...day, value, end: day.end + beside[0].length };
}

/** Every date, month, year or interval that a text names, in order, none overlapping; the surer rules go first. */
export function findDates(
  text: string,
  today: string,
): { value: string; start: number; end: number; rule: string }[] {
  const found: { value: string; start: number; end: number; rule: string }[] = [];
  // Most messages name no day at all.
  if (
    !/[年月日号天周末晚夜早春夏秋冬节午诞旦夕麦阳昨寒暑露雪种雨降]|清明|刚才|钟头|小时|三一五|六一八|20\d\d|星期|礼拜|[今昨前]儿|双1|6\.?18/u.test(
      text,
    )
  )
    return found;
  for (const { name, pattern, read } of everyRule) {
    for (const match of text.matchAll(pattern)) {
      const span = { start: match.index, end: match.index + match[0].length };
      if (found.some((other) => span.start < other.end && other.start < span.end)) continue;
      const value = read(match as RegExpExecArray, today);
      if (value !== undefined) found.push(besideDay({ value, ...span, rule: name }, text));
    }
  }
  return joined(
    found.sort((a, b) => a.start - b.start),
    text,
    today,
  );
}

const goesOn =
  "(?:份|底|初|那[天会]儿?)?(?:起|开始|开学|以来|以后)?[，,]?(?:他们?|人家)?(?:就|一直|都|在|直|断断续续|陆陆续续)*(?:[卖干做造仿用摆挂]|生产|销售|供货|上架)?(?:了|着)?";
const untilThen = new RegExp(`^${goesOn}(?:到了?|至|——?|-|~)$`, "u");
const untilNow = new RegExp(
  `^${goesOn}(?:到|至)(?:了)?(?:现在|今(?!年)|如今|目前|眼下|这会儿)(?:天|儿)?`,
  "u",
);

/** The first and the last day of a date, month, year or interval. */
function boundsOf(value: string): [string, string] {
  const [from = "", to = from] = value.split("/");
  const first = from.length === 4 ? `${from}-01-01` : from.length === 7 ? `${from}-01` : from;
  const last = to.length === 4 ? `${to}-12-31` : to.length === 7 ? lastDayOf(to) : to;
  return [first, last];
}

/** „从去年九月一直卖到今年三月“, „从七月到现在“: two days that bound one interval are one. */
function joined<T extends { value: string; start: number; end: number }>(
  dates: readonly T[],
  text: string,
  today: string,
): T[] {
  const all: T[] = [];
  for (const date of dates) {
    const before = all.at(-1);
    if (before !== undefined && untilThen.test(text.slice(before.end, date.start))) {
      const [from] = boundsOf(before.value);
      const [, to] = boundsOf(date.value);
      if (from < to) {
        all[all.length - 1] = { ...before, value: `${from}/${to > today ? today : to}`, end: date.end };
        continue;
      }
    }
    all.push(date);
  }
  return all.map((date) => {
    const until = untilNow.exec(text.slice(date.end));
    const [from] = boundsOf(date.value);
    return until === null || from >= today
      ? date
      : { ...date, value: `${from}/${today}`, end: date.end + until[0].length };
  });
}

/** A day that a text names, with its place there. */
export type SaidDay = {
  /** `YYYY-MM-DD`; undefined where the calendar has no such day (2月30日). */
  date: string | undefined;
  start: number;
  end: number;
};

/** The day named before this one in the same text, and whether its year was said. */
type Before = { date: string; yearSaid: boolean } | undefined;

type DayRule = {
  pattern: RegExp;
  yearSaid?: boolean;
  read: (groups: Record<string, string | undefined>, today: string, before: Before) => string | undefined;
};

const yearsAhead: Record<string, number> = { 今年: 0, 明年: 1, 后年: 2 };
const daysAhead: Record<string, number> = { 明天: 1, 明日: 1, 明儿: 1, 后天: 2, 后日: 2, 大后天: 3 };
/** What a bare 20号 or 3月5 must be followed by, lest a house number or a patent number pass for a day. */
const happens = "(?=我|就|才|刚|已|都|收|拿|接|领|签|送|寄|邮|到手|发|申请|交|缴|提|递|公告|生效|到期)";

const dayOf = (year: number, month: number | undefined, day: number | undefined) =>
  month !== undefined && day !== undefined && exists(year, month, day)
    ? isoDate(year, month, day)
    : undefined;
const numberIn = (groups: Record<string, string | undefined>, name: string) =>
  parseNumeral(groups[name] ?? "");

/** The year where it was not said: that of the day named before, else the latest that is not after today. */
function readMonthDay(
  groups: Record<string, string | undefined>,
  today: string,
  before: Before,
): string | undefined {
  const [month, day] = [numberIn(groups, "m"), numberIn(groups, "d")];
  const thisYear = Number(today.slice(0, 4));
  if (before?.yearSaid === true) {
    const year = Number(before.date.slice(0, 4));
    const date = dayOf(year, month, day);
    return date !== undefined && date < before.date ? dayOf(year + 1, month, day) : date;
  }
  return [dayOf(thisYear, month, day), dayOf(thisYear - 1, month, day)].find(
    (date) => date !== undefined && date <= today,
  );
}

function readYear(text: string): number | undefined {
  const digits = [...text].map((one) => parseNumeral(one) ?? "").join("");
  return /^\d{2}$/.test(digits) ? 2000 + Number(digits) : /^\d{4}$/.test(digits) ? Number(digits) : undefined;
}

const dayRules: readonly DayRule[] = [
  {
    pattern: /(?<!\d)(?<y>20\d{2})\s*[./-]\s*(?<m>\d{1,2})\s*[./-]\s*(?<d>\d{1,2})(?!\d)[日号]?/gu,
    yearSaid: true,
    read: (groups) => dayOf(Number(groups["y"]), numberIn(groups, "m"), numberIn(groups, "d")),
  },
  {
    pattern: new RegExp(
      `(?<!\\d)(?<y>(?:20)?\\d{2}|二[零〇0][零〇一二三四五六七八九]{2})\\s*年\\s*(?<m>${numeral})\\s*月(?:份)?\\s*(?<d>${numeral})\\s*(?:[日号]|${happens}|$)`,
      "gu",
    ),
    yearSaid: true,
    read: (groups) => dayOf(readYear(groups["y"] ?? "") ?? 0, numberIn(groups, "m"), numberIn(groups, "d")),
  },
  {
    pattern: new RegExp(
      `(?<r>大前年|前年|去年|头年|今年|明年|后年)的?(?<m>${numeral})月(?:份)?(?<d>${numeral})[日号]`,
      "gu",
    ),
    yearSaid: true,
    read: (groups, today) => {
      const word = groups["r"] ?? "";
      const year = Number(today.slice(0, 4)) + (yearsAhead[word] ?? -(relativeYear[word] ?? 0));
      return dayOf(year, numberIn(groups, "m"), numberIn(groups, "d"));
    },
  },
  {
    pattern: new RegExp(`(?<r>上上个?月|上个?月|这个?月|本月|下个?月)的?(?<d>${numeral})[日号]`, "gu"),
    yearSaid: true,
    read: (groups, today) => {
      const word = groups["r"] ?? "";
      const back = word.startsWith("上上") ? 2 : word.startsWith("上") ? 1 : word.startsWith("下") ? -1 : 0;
      const [year = 0, month] = monthBefore(today, back).split("-").map(Number);
      return dayOf(year, month, numberIn(groups, "d"));
    },
  },
  {
    pattern: /大前天|大后天|[今昨前明后][天日]|[今昨前明]儿个?/gu,
    yearSaid: true,
    read: ({ 0: word = "" }, today) => {
      const plain = word.replace("个", "");
      return shiftDays(today, daysAhead[plain] ?? -(relativeDay[plain] ?? 0));
    },
  },
  {
    pattern: new RegExp(`(?<![年\\d])(?<m>${numeral})月(?:份)?(?<d>${numeral})(?:[日号]|${happens})`, "gu"),
    read: readMonthDay,
  },
  { pattern: /(?<![\d./-])(?<m>\d{1,2})[./](?<d>\d{1,2})[日号]/gu, read: readMonthDay },
  {
    pattern: /(?<r>上上|上|这|本|下)?个?(?:周|星期|礼拜)(?<w>[一二三四五六日天])(?!期)/gu,
    yearSaid: true,
    read: (groups, today) => {
      const weeks: Record<string, number> = { 上上: -14, 上: -7, 这: 0, 本: 0, 下: 7 };
      const named = weeks[groups["r"] ?? ""];
      const day = weekdayAfter(shiftDays(mondayOf(today), named ?? 0), groups["w"] ?? "");
      return named === undefined && day > today ? shiftDays(day, -7) : day;
    },
  },
  {
    pattern: new RegExp(`(?<![第\\d])(?<n>${numeral})[天日](?:以)?前`, "gu"),
    yearSaid: true,
    read: (groups, today) => shiftDays(today, -(numberIn(groups, "n") ?? 0)),
  },
  {
    pattern: new RegExp(`(?<![月\\d第年])(?<d>${numeral})[日号]${happens}`, "gu"),
    read: (groups, today, before) => {
      const day = numberIn(groups, "d");
      for (const month of [before?.date ?? today, before?.date ?? monthBefore(today, 1)]) {
        const [year = 0, number] = month.split("-").map(Number);
        const date = dayOf(year, number, day);
        if (date !== undefined && (before !== undefined || date <= today)) return date;
      }
      return undefined;
    },
  },
];

/**
 * Every single day that a text names, in order: months, years and weeks are left out. Without a year, a day is
 * the latest that is not after `today` (`YYYY-MM-DD`, Asia/Shanghai), or follows the day named before it.
 */
export function findDays(text: string, today: string): SaidDay[] {
  const found: { match: RegExpExecArray; rule: DayRule }[] = [];
  for (const rule of dayRules) {
    for (const match of text.matchAll(rule.pattern)) {
      const end = match.index + match[0].length;
      // Days of the lunar calendar are not reckoned with.
      if (/(?:农历|阴历|旧历)$/u.test(text.slice(0, match.index))) continue;
      if (found.some(({ match: other }) => match.index < other.index + other[0].length && other.index < end))
        continue;
      found.push({ match, rule });
    }
  }
  let before: Before;
  return found
    .sort((a, b) => a.match.index - b.match.index)
    .map(({ match, rule }) => {
      const date = rule.read({ ...match.groups, 0: match[0] }, today, before);
      if (date !== undefined) before = { date, yearSaid: rule.yearSaid ?? before?.yearSaid ?? false };
      return { date, start: match.index, end: match.index + match[0].length };
    });
}
