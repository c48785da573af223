import { parseNumeral } from "../text/numerals.ts";
import { shiftDays, shiftMonths } from "./date.ts";
import {
  festivalDays,
  fixed,
  lastLunarDay,
  lastLunarMonth,
  latest,
  lunarDay,
  newYear,
  seasonOf,
} from "./festivals.ts";
import {
  anyYear,
  exists,
  isoDate,
  lastDayOf,
  mondayOf,
  monthBefore,
  numeral,
  pad,
  readYear,
  relativeDay,
  relativeYear,
  weekdayAfter,
  yearIn,
} from "./said-parts.ts";

type Rule = {
  name: string;
  pattern: RegExp;
  read: (match: RegExpExecArray, today: string) => string | undefined;
};

/** What a day named without 日 or 号 must be followed by, lest a number of goods pass for one. */
const deeds =
  "(?:那[天日次回]|的?(?:下午|上午|晚上|早上)?[我俺他她]|买|去|看|拍|截|收|到的|才|就|发[现的货]|下的?单|拿|验|听|知|开[始卖业]|签)";

export const rules: readonly Rule[] = [
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
