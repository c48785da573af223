import { findDates } from "../../calendar/said-date.ts";
import { dateTerms, leaningOfTerms, leanings, noLeaning } from "./learned/leaning.ts";
import { put, type Reading } from "./reading.ts";
import { overlaps, type Span } from "./spans.ts";
import type { Understanding } from "./understanding.ts";

/** A day in its surroundings, all within its sentence. */
type Around = {
  /** Up to 14 characters before it. */
  before: string;
  /** What follows it. */
  after: string;
  /** What follows it in its clause. */
  clause: string;
  /** Up to 26 characters of what follows it. */
  next: string;
};

/** Which of the two a date is: when the person came to know, or when it happened; undefined if neither. */
function dateSlot(text: string, date: Span, factsToo: boolean): "occurredAt" | "knownSince" | undefined {
  const sentenceEnd = text.slice(date.end).search(/[。！!;；]/u);
  const after = text.slice(date.end, sentenceEnd < 0 ? text.length : date.end + sentenceEnd);
  const before = text.slice(Math.max(0, date.start - 14), date.start);
  const clause = /^[^，。；;！!?？]*/u.exec(after)?.[0] ?? "";
  const next = after.slice(0, 26);
  const around = { before, after, clause, next };
  if (saysWhenKnown(around)) return "knownSince";
  // „我翻小票了 11月8号“: what proves the purchase dates it.
  if (
    /(?:小票|发票|收据|票据|订单|付款记录|转账记录|聊天记录)(?:上)?(?:了|写的?|是|显示|看)*[，,、 ]*$/u.test(
      before,
    )
  )
    return "occurredAt";
  if (/(?:时间|日期|日子)[^。]{0,10}$/u.test(before)) return "occurredAt";
  if (isOtherDay(around, text, date)) return undefined;
  const happened =
    /买|卖|看|发现|见|开始|开卖|生产|印|收到|的事|拍|从|打|付|汇|交(?:了|的|给)|办的|有的|有了|仿|抄|做|摆|下单|进|开|冒|干|碰|逛|赶|转|喊|播|上架|偷|照着|贴|搞|用|就|瞧|瞅|上门|举报|销|假|下的?单|见(?:着|过)/u.test(
      clause + next + before,
    );
  if (
    happened &&
    (factsToo ||
      /买|卖|看见|发现|仿|抄|冒|印|下单|的事|就有|开始|赶|碰|瞧|瞅|又做|接着做|见着|播|拍|转(?:给|过去|的|了)|汇(?:给|过去|的|了)|付(?:给|过去|的|了|钱|款)|交(?:给|的钱|了钱|的(?:代理|服务|定|订)|了(?:代理|服务|定|订))|那天办/u.test(
        after.slice(0, 14) + before,
      ))
  )
    return "occurredAt";
  return factsToo && !/天真|天气|冷|热|忙|累|下班|上班|打给|打我|以后|之前|联系/u.test(clause)
    ? "occurredAt"
    : undefined;
}

/** Whether it is the day on which the person came to know. */
function saysWhenKnown({ before, clause, next }: Around): boolean {
  // „打上个月我就发现他在卖“.
  if (
    /(?:从|打|自|自打)$/u.test(before) &&
    /^(?:起|开始|那会儿)?[，,]?(?:我|俺|咱)(?:们)?(?:就)?(?:看见|看到|发现|瞅见|瞧见|知道|晓得|碰见)/u.test(
      clause,
    )
  )
    return true;
  if (
    /^(?:[^，。]{0,14})(?:才|方才|刚)?(?<!不|哪儿)(?:知道|晓得|得知|知悉|获悉|知晓|撞见|获知|明白|听[^，。]{0,6}说|告诉(?:过)?(?:我|俺)?|发觉|反应过来)|^[^。]{0,22}(?:才|方)(?:知道|晓得|明白|清楚|发现|得知|听说|看见|看到|注意|瞧见|瞅见|撞见|碰见|认出|反应)/u.test(
      next,
    )
  )
    return true;
  if (
    /^[^，。]{0,8}(?:发现|查到|刷到|查出)|^[^，。]{0,18}(?:首次|第一次|初次)发现/u.test(clause) &&
    !/卖|买|摆/u.test(clause.slice(0, 3))
  )
    return true;
  if (
    /(?:知道|得知|晓得|发现)(?:这(?:个)?事儿?)?(?:是|在|的时间是?)+$|发现(?:他|她|它|他们|对方|这家|那家)?(?:侵权|仿冒|冒用|这事)?(?:的话)?[，, ]*(?:大概|大约|差不多|应该)?(?:是|在)$|(?:头一回|头一次|第一次|最早|最初)(?:知道|晓得|发现|听说)[^。]{0,10}(?:是|在|[，\s])+$|(?:发现|得知|知悉|获悉|知晓)(?:的)?(?:时间|日期|日子)(?:是|为|在|[:：])*\s*$/u.test(
      before,
    ) ||
    (/(?:函|通知书?|传票)是?$/u.test(before) && /^(?:才)?(?:收|接|到)/u.test(clause))
  )
    return true;
  return false;
}

/** Whether it is the day of something else: an appointment, a court, a patent, a birth, a letter. */
function isOtherDay({ before, after, clause, next }: Around, text: string, date: Span): boolean {
  const span = text.slice(date.start, date.end);
  // What is still to come, what a court did, whose model year it is: not when it happened.
  if (
    /^(?:的)?(?:[上下]午|晚上|早上|中午|白天|以后|之后|[\d一二三四五六七八九十两]+点(?:半|多)?|左右|再|就|都)*(?:给|打|联系|回(?:个)?(?:电话|话|信)|有空|方便|过来|去你们|来你们|到你们|去局|上你们)/u.test(
      after,
    ) &&
    /我|俺|你|电话|号/u.test(next)
  )
    return true;
  if (/(?:方便的话|有空|最好|能不能|可以|麻烦)[^，。]{0,6}$/u.test(before) && /打|联系|来|回/u.test(clause))
    return true;
  if (
    /^[^，。]{0,12}(?:中院|法院|高院|仲裁|立(?:的|了|过|上)?案|开(?:的|了|过|完)?庭|判(?:的|了|决)|起诉)/u.test(
      clause,
    )
  )
    return true;
  if (
    /^(?:[^，。]{0,6}(?:给他|给他们|给对方|给那家|给店家|跟他|找他)?(?:们|家)?(?:发|寄|送|去)(?:了|过|的)?(?:个|一封|一份)?[^，。]{0,4}(?:律师函|警告|函|通知)|(?:我)?[^，。]{0,4}(?:就)?(?:举报|投诉|反映|报)过)/u.test(
      clause,
    )
  )
    return true;
  if (
    /^(?:的|那个?|那款|那套|这个)?(?:老|旧|新)?(?:产品|款|型号|货|图纸|库存|料|数据|合同|照片|样品|标准|专利)(?!.*(?:买|卖))/u.test(
      clause,
    ) ||
    /^(?:的|那个?|那件|那项|授的|批的)[^，。买卖仿抄]{0,6}专利/u.test(clause)
  )
    return true;
  // What a patent, a court or a birth has to do with a day is not when it happened.
  if (
    /(?:专利|授权|申请|证书|年费|合同|商标|注册)(?:号|权|日|是|于|在|从)*[^，。 ]{0,3}$/u.test(before) &&
    !/(?:买|卖|仿|抄|做|印|造|售)/u.test(clause)
  )
    return true;
  if (
    /^(?:的专利|(?:[^，。仿抄]{0,6}))(?:就?有(?:了)?(?:发明|外观|实用新型)?专利|申请|取得|获得|授(?:的|了)?权|(?:下|领|批|发|拿)(?:的|了|到|下)*(?:证|专利|下来)|批的|拿(?:到|下)?(?:的)?(?:证|专利)|到期|终止|失效|判|注册|成立|(?:的)?(?:老专利|早)|登记|公告|出生|开庭|起诉|合伙)/u.test(
      clause,
    )
  )
    return true;
  if (/^[^，。]{0,4}前我|^(?:我)?(?:俩|们)?还是/u.test(clause) && /还是/u.test(clause)) return true;
  if (/(?:是|，)?(?:今年|去年)$/u.test(span) && /^(?:造|产|生产|出厂)的/u.test(clause)) return true;
  if (/(?:好像|大概)是$/u.test(before) && /号/u.test(before)) return true;
  if (
    /^[^，。]{0,6}(?:市监[局所]|派出所|执法|法官|法院|律师|客服|记者)[^，。]{0,6}(?:来人|来电|来|说|告诉|判|通知)/u.test(
      clause,
    ) ||
    /^[^，。]{0,10}(?:交|递|报)(?:的|了)[^，。]{0,4}(?:实用新型|外观|发明|申请)|^[^，。]{0,8}(?:立项|离职|辞职|签订|签(?:的|了|过)|入股|停产|倒闭|搬(?:走|哪)|摘牌|没(?:的|了)(?:，|。|\s|$)|投过|喝酒|跟(?:他|她)们?厂签)/u.test(
      clause,
    ) ||
    /^(?:就)?(?:因为?)?[^，。]{0,4}(?:没交|欠|断了?)[^，。]{0,3}年费/u.test(clause) ||
    /^(?:是|就是|就)?(?:想|来)(?:说|问|反映|打听)/u.test(clause) ||
    /^(?:是)?(?:就在用|拿(?:到|的)|我(?:闺女|儿子|媳妇|老伴)[^，。]{0,4}(?:念|说|看))/u.test(clause) ||
    /^[^，。]{0,8}(?:就|早就?)在用/u.test(clause) ||
    (/(?:都|我)(?:今年|明年)?$/u.test(before) &&
      /^(?:[六七八五四三二]?十|\d\d)(?:岁|[一二三四五六七八九])/u.test(clause))
  )
    return true;
  // What is still only thought of.
  if (/(?:想着|打算|准备|计划|等到?|拖到)$/u.test(before)) return true;
  // A date alone at the end of a letter dates the letter.
  if (/(?:[。！\n]|^)\s*$/u.test(before) && after.trim() === "" && text.length > 30) return true;
  return false;
}

/** From which probability on a day that the rules take for one of the two is learned to be neither, by five folds. */
const neitherFrom = 0.75;

/** Whether a message tells a day and nothing else: 是今年九月的事, 上周五晚上那场. */
const isOnlyDate = (text: string, { start, end }: Span): boolean =>
  /^(?:嗯|哦|就|是|在|大概|大约|应该|好像|那会儿?|这|那|个|事儿?|出|发生|不对|(?:我)?(?:记|说|写|算)错了|[，、\s])*$/u.test(
    text.slice(0, start),
  ) &&
  /^(?:的|前后|左右|那(?:天|会儿?|场|次|回|阵子?)|晚上|早上|上午|下午|夜里|(?:发生|买|卖|说|看见?)?的?(?:事儿?)?|吧|呢|了|[，。！\s])*$/u.test(
    text.slice(end),
  );

/** Whether what stands behind a day is a deed: copying, making, selling, buying, seeing. */
const tellsDeed = (text: string, date: Span): boolean =>
  /仿|抄|冒|照着|照做|卖|买|购|拍|下的?单|发(?:出|走|往)|看见|看到|瞧见|发货|推出|出了|制造|销售|生产|育苗|摆|上架|又做|印/u.test(
    /^[^。；;！!]{0,26}/u.exec(text.slice(date.end))?.[0] ?? "",
  );

/** When it happened and when the person came to know. Returns what each day was weighed by. */
export function readDays({
  text,
  words,
  expectation,
  today,
  slots,
  taken,
}: Reading): Understanding["weighed"]["dates"] {
  const bareYear =
    /^(?:大概|大约|好像|应该|差不多|得有|就是|是|从)*(?<year>(?:19|20)\d{2})年?(?:吧|左右|前后|的|那年|那会儿|开始|年)*[。，！\s]*$/u.exec(
      text.trim(),
    )?.groups?.["year"];
  const askedDate = expectation.asking.find((name) => name === "occurredAt" || name === "knownSince");
  if (bareYear !== undefined && askedDate !== undefined && bareYear <= today.slice(0, 4))
    put(slots, askedDate, { value: bareYear, start: 0, end: text.length, rule: "date.bareYear" });
  const dates = findDates(
    text.replace(/(?:不是|并非)[^，。]{1,10}(?=[，。]|是)/gu, (unmeant) => " ".repeat(unmeant.length)),
    today,
  );
  const happenings: ((typeof dates)[number] & { likely: number })[] = [];
  const weighedDates: Understanding["weighed"]["dates"] = [];
  // „说错了，不是昨天，是前天“ mends the day that was told.
  const standing = (["occurredAt", "knownSince"] as const).find(
    (name) => expectation.known?.[name] !== undefined,
  );
  const mendsDate =
    standing !== undefined && (words.correction.test(text) || /(?:不是|并非)[^，。]{1,6}[，]?是/u.test(text));
  for (const [index, date] of dates.entries()) {
    if (taken.some((other) => overlaps(other, date))) continue;
    // „今儿天真冷“ is small talk.
    if (/^(?:的)?(?:天气|真|太|可真|挺|怪)/u.test(text.slice(date.end))) continue;
    const after = dates.find((other) => other.start >= date.end)?.start ?? text.length;
    const told = text.slice(0, after);
    const rule = dateSlot(told, date, Object.keys(slots).length > 0);
    const deed = tellsDeed(told, date);
    const terms = dateTerms(text, date, [
      `rule=${rule ?? noLeaning}`,
      `deed=${deed}`,
      `place=${index === 0 ? "first" : "later"}of${dates.length > 1 ? "several" : "one"}`,
      Object.keys(slots).length > 0 ? "facts" : "bare",
    ]);
    weighedDates.push({ value: date.value, terms });
    const leaning = leaningOfTerms(leanings().date, terms);
    const isNeither = leaning.kind === noLeaning && leaning.probability >= neitherFrom;
    const learned =
      leaning.kind === "occurredAt" || leaning.kind === "knownSince"
        ? leaning.kind
        : isNeither
          ? undefined
          : rule;
    // What tells nothing but a day says the deed's, of which a report is.
    const alone =
      expectation.drafting && isOnlyDate(text, date)
        ? ((mendsDate ? standing : rule) ?? "occurredAt")
        : undefined;
    // The one day of a correction is the day that stands.
    const isKnown = learned !== undefined && expectation.known?.[learned] !== undefined;
    const mended = mendsDate && dates.length === 1 && !isKnown ? standing : undefined;
    const slot = askedDate ?? alone ?? mended ?? learned ?? (mendsDate ? standing : undefined);
    if (slot === "occurredAt" && askedDate === undefined)
      happenings.push({ ...date, likely: leaning.probabilities["occurredAt"] ?? 0 });
    else if (slot !== undefined) put(slots, slot, date);
  }
  // Of several days, the one that is likeliest to be that of the deed.
  const [happening] = happenings.sort((a, b) => b.likely - a.likely);
  if (happening !== undefined) {
    const { likely: _, ...date } = happening;
    put(slots, "occurredAt", date);
  }
  return weighedDates;
}
