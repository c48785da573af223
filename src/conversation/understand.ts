import { findDate } from "../calendar/said-date.ts";
import type { CountyName, ReportType, SlotName, Slots } from "../reports/report.ts";
import { fold } from "../text/fold.ts";
import type { Lexicon } from "./lexicon.ts";
import type { Intent } from "./message.ts";
import { findContactName, findCorrection, findInfringers, findProducts, isGeneric, isTalk } from "./names.ts";
import { isSmallTalk, type Requests, requestsOf } from "./requests.ts";
import { type Clause, clausesOf, type Found, overlaps, type Span, sentencesOf } from "./spans.ts";

/** A patent number as it was read: good, lacking its check digit, wrong, or something else that looks like one. */
export type NumberReading = Span & {
  text: string;
  /** The number in normal form, when it is good. */
  valid?: string;
  /** The number completed by its check digit, when that was missing. */
  completed?: string;
  /** What is wrong, in words for the person. */
  problem?: string;
};

/** A telephone number as it was read. */
export type PhoneReading = Span & { text: string; valid?: string; problem?: string };

/** A place as it was read. `counties` are API names; one means certain. */
export type PlaceReading = Span & {
  text: string;
  kind: "area" | "town" | "market" | "city" | "outside" | "ambiguous";
  counties: readonly CountyName[];
  market?: string;
  exact: boolean;
};

/** What understanding borrows from the rooms below. All pure. */
export type Readers = {
  words: Lexicon;
  patentNumbers(folded: string): NumberReading[];
  phones(folded: string): PhoneReading[];
  places(folded: string): PlaceReading[];
  /** The county that places of one message amount to together. */
  resolvePlaces(text: string): {
    county: CountyName | undefined;
    market: string | undefined;
    /** What to choose from where the county is not certain. */
    candidates: readonly CountyName[];
    reason: string;
  };
  /** The report's number in normal form where the text holds one. */
  reportNo(text: string): string | undefined;
};

/** What the conversation was waiting for when the message came. */
export type Expectation = {
  asking: readonly SlotName[];
  /** Whether a draft is open at all. */
  drafting: boolean;
  confirming: boolean;
  /** Whether goods are copied and the person was asked what right they have. */
  rightUnclear?: boolean;
  /** What stands in the draft, so that „不是甲，是乙“ finds what it corrects. */
  known?: Pick<Slots, "infringer" | "product">;
};

/** The yes-or-no things that a message says beside its slots. */
export type Signals = {
  /** 提交: says that it should go in. */
  submit: boolean;
  /** 没了, 就这些: has nothing to add. No yes by itself. */
  finish: boolean;
  confirm: boolean;
  deny: boolean;
  unknown: boolean;
  skip: boolean;
  asPrinted: boolean;
  /** Something is held back or comes first: „好的那我再想想“, „提交之前改一下“. A yes beside it is none. */
  reserved: boolean;
  correction: boolean;
  /** Somebody copies their goods, and no right was named. */
  copiedWithoutRight: boolean;
  withdraw: boolean;
  /** The number cannot be told, whether or not it was asked for. */
  numberUnknown: boolean;
  /** Nobody knows where it is. */
  placeUnknown: boolean;
  /** The message tells what somebody did, rather than asking. */
  tellsFacts: boolean;
};

export type FoundSlots = { [K in SlotName]?: Found<NonNullable<Slots[K]>> };

/** What one message says, each part with the place in the folded text that says it. */
export type Understanding = {
  text: string;
  intents: Intent[];
  slots: FoundSlots;
  numbers: NumberReading[];
  phones: PhoneReading[];
  place: { candidates: readonly CountyName[]; reason: string } | undefined;
  signals: Signals;
  requests: Requests;
  /** The part that asks something, for the knowledge base. */
  question: string | undefined;
  reportNo: string | undefined;
  queryCode: string | undefined;
  /** The message without what says who the person is. */
  narrative: string;
};

/** What follows a place that is part of a firm's name: 北京烤鸭店, 固安锁行. */
const namesFirm =
  /^(?!的|市|县|区|省|那|这|有|买|卖|一|个|家|几)[\u4e00-\u9fff]{0,8}?(?:店|行|馆|公司|厂|超市|专卖|商行|门市)/u;

/** What follows a place that is part of the name of goods: 泊头鸭梨. */
const namesGoods = /^(?:的)?(?:鸭梨|金丝小枣|小枣|红枣|冬枣|旱碱麦|冬菜|火烧|狮子头)/u;

/** What takes a name back that stands right before it: 师素镇也记错了. */
const deniedAfter = /^(?:也|是|那里|那边)?(?:记|说|写|填|弄|搞|打|发)?错了?/u;

const negatedBefore = /(?:不是|不在|并非|别写|不要写|没在|不归|不属于|而不是)(?:在|去|到|我说的)?$/u;

/**
 * What a text says. Pure: the same text, expectation and date give the same reading.
 *
 * @param today The date of the message in Asia/Shanghai, `YYYY-MM-DD`.
 */
export function understand(
  raw: string,
  expectation: Expectation,
  today: string,
  readers: Readers,
): Understanding {
  const { words } = readers;
  const whole = words.mend(punctuated(fold(raw)));
  const injected = words.intents.injection.test(whole);
  // What would command the machine is data of no use: its clauses give no facts and no yes.
  const text = injected ? withoutCommands(whole, words) : whole;
  const clauses = clausesOf(text);
  const numbers = readers.patentNumbers(text);
  const taken: Span[] = [...numbers];
  const phones = readers.phones(text).filter((phone) => !numbers.some((number) => overlaps(number, phone)));
  taken.push(...phones);
  const link = /https?:\/\/[^\s，。；、"”）)]+|(?:www\.|m\.)[\w.-]+\.[a-z]{2,}[^\s，。；、"”）)]*/iu.exec(
    text,
  );
  if (link !== null) taken.push({ start: link.index, end: link.index + link[0].length });

  const slots: FoundSlots = {};
  const put = <K extends SlotName>(name: K, found: Found<NonNullable<Slots[K]>> | undefined) => {
    if (found !== undefined && slots[name] === undefined) {
      (slots as Record<string, unknown>)[name] = found;
    }
  };
  const stated = (value: string, rule: string, pattern: RegExp): Found<string> | undefined => {
    const match = pattern.exec(text);
    return match === null
      ? undefined
      : { value, start: match.index, end: match.index + match[0].length, rule };
  };
  const flag = (value: boolean, rule: string, pattern: RegExp): Found<boolean> | undefined => {
    const match = pattern.exec(text);
    return match === null
      ? undefined
      : { value, start: match.index, end: match.index + match[0].length, rule };
  };

  const good = numbers.find((number) => number.valid !== undefined);
  if (good?.valid !== undefined)
    put("patentNumber", { value: good.valid, start: good.start, end: good.end, rule: "patentNumber" });
  const phone = phones.find((one) => one.valid !== undefined);
  if (phone?.valid !== undefined)
    put("contactPhone", { value: phone.valid, start: phone.start, end: phone.end, rule: "phone" });
  if (link !== null)
    put("link", { value: link[0], start: link.index, end: link.index + link[0].length, rule: "link" });

  // Who the person is, before anything else is read as a name.
  const wantsName =
    expectation.asking.includes("contactName") ||
    expectation.asking.includes("contactPhone") ||
    phone?.valid !== undefined;
  const contactName = findContactName(text, wantsName, words);
  put("contactName", contactName);
  if (contactName !== undefined) taken.push(contactName);
  put(
    "anonymous",
    flag(false, "anonymous.no", words.anonymousNo) ?? flag(true, "anonymous.yes", words.anonymousYes),
  );
  put(
    "callback",
    flag(false, "callback.no", words.callbackNo) ?? flag(true, "callback.yes", words.callbackYes),
  );

  // Where. A place that is denied („不是盐山，是孟村“) does not count.
  const mentions = readers
    .places(text)
    .filter((place) => !namesGoods.test(text.slice(place.end, place.end + 6)))
    .filter((place) => place.kind !== "outside" || !namesFirm.test(text.slice(place.end, place.end + 12)))
    .filter((place) => !taken.some((other) => overlaps(other, place)));
  const places = mentions.filter(
    (place) =>
      !negatedBefore.test(text.slice(Math.max(0, place.start - 6), place.start)) &&
      !deniedAfter.test(text.slice(place.end, place.end + 5)),
  );
  const placeText = keepOnly(text, places, mentions);
  const resolved = places.length === 0 ? undefined : readers.resolvePlaces(placeText);
  const firstPlace = places[0];
  if (resolved?.county !== undefined && firstPlace !== undefined) {
    put("county", { value: resolved.county, start: firstPlace.start, end: firstPlace.end, rule: "place" });
  }
  const market = places.find((place) => place.market !== undefined);
  if (market?.market !== undefined)
    put("market", { value: market.market, start: market.start, end: market.end, rule: "place.market" });
  put("stall", stallIn(text) ?? (market === undefined ? undefined : boothIn(text)));
  put("location", locationIn(text, places));

  const platform = words.platforms
    .map(({ name, spelling }) => ({ name, spelling, start: text.lastIndexOf(spelling) }))
    .find(
      ({ start, spelling }) =>
        start >= 0 &&
        // 1688 within a telephone number is no platform.
        !taken.some((other) => overlaps(other, { start, end: start + spelling.length })) &&
        !negatedBefore.test(text.slice(Math.max(0, start - 6), start)),
    );
  if (platform !== undefined) {
    const { name, spelling, start } = platform;
    put("platform", { value: name, start, end: start + spelling.length, rule: "platform" });
  }

  // What is called a product outright is no firm, whatever it ends in.
  const namedProduct = findProducts(clauses, [...taken, ...mentions], words).find(
    ({ rule }) => rule === "product.named",
  );
  const infringers = findInfringers(clauses, taken, mentions, words).filter(
    (found) =>
      !negatedBefore.test(text.slice(Math.max(0, found.start - 6), found.start)) &&
      !isTalk(found.value, words) &&
      !(namedProduct !== undefined && overlaps(found, namedProduct)),
  );
  put("infringer", infringers[0]);

  if (slots.location === undefined) put("location", marketLike(text, taken));
  if (
    slots.location === undefined &&
    slots.infringer === undefined &&
    expectation.asking.includes("location")
  ) {
    put("location", describedPlace(clauses, taken));
  }
  // Answers to what was asked: a short clause that no other rule has a claim on.
  if (slots.infringer === undefined && phone === undefined && expectation.asking.includes("infringer")) {
    put("infringer", bareAnswer(clauses, [...taken, ...mentions], words, "infringer"));
  }
  const nameTaken = slots.infringer === undefined ? taken : [...taken, slots.infringer];
  const products = findProducts(clauses, [...nameTaken, ...mentions], words);
  put("product", namedProduct ?? products.find(({ value }) => !isTalk(value, words)));
  if (slots.product === undefined && phone === undefined && expectation.asking.includes("product")) {
    put("product", bareAnswer(clauses, [...nameTaken, ...mentions], words, "product"));
  }

  const correction = findCorrection(text);
  if (correction !== undefined && !mentions.some((place) => overlaps(place, correction.value))) {
    const { instead, value } = correction;
    const about = (name: "infringer" | "product") => {
      const known = expectation.known?.[name];
      return known !== undefined && (known.includes(instead) || instead.includes(known));
    };
    const slot =
      about("product") || /产品|货|东西/u.test(text.slice(0, value.start)) ? "product" : "infringer";
    if (about(slot) || /(?:厂|店|公司|名)/u.test(text)) slots[slot] = value;
  }

  put(
    "relation",
    relationIn(text.replace(/[“"「『][^”"」』]*[”"」』]/gu, (quoted) => " ".repeat(quoted.length))),
  );
  put("suedAlready", flag(false, "sued.no", words.suedNo) ?? flag(true, "sued.yes", words.suedYes));
  const remedies = words.remedies.filter(({ pattern }) => pattern.test(text));
  const asksForRemedy = /(?:请求|责令|要求|想让|希望|要|想|让|叫|得)/u.test(text);
  const firstRemedy = remedies[0]?.pattern.exec(text);
  if (asksForRemedy && firstRemedy != null) {
    put("remedy", {
      value: remedies.map(({ name }) => name).join("、"),
      start: firstRemedy.index,
      end: firstRemedy.index + firstRemedy[0].length,
      rule: "remedy",
    });
  }
  const date = findDate(
    text.replace(/(?:不是|并非)[^，。]{1,10}(?=[，。]|是)/gu, (denied) => " ".repeat(denied.length)),
    today,
  );
  // „今儿天真冷“ is small talk: a day counts with something that happened on it.
  const happened =
    (Object.keys(slots).length > 0 && !/^(?:的)?(?:天气|真|太|可真|挺|怪)/u.test(text.slice(date?.end))) ||
    !/天|冷|热|好|忙|累/u.test(text) ||
    /买|卖|看|发现|见|开始|生产|印|收到|的事|拍|是|从/u.test(text);
  if (date !== undefined && happened && !taken.some((other) => overlaps(other, date))) {
    const knew = /(?:发现|得知|知道|看到|看见|查到)/u.test(text.slice(date.end, date.end + 8));
    put(knew ? "knownSince" : "occurredAt", date);
  }
  const noEvidence = stated("0", "evidence.none", words.noEvidence);
  if (noEvidence !== undefined && !/专利/u.test(noEvidence.value)) {
    put("evidenceCount", { value: 0, start: noEvidence.start, end: noEvidence.end, rule: "evidence.none" });
  }

  const requests = requestsOf(text, words);
  const agrees =
    text.length <= 10 &&
    words.intents.confirm.test(text) &&
    !words.question.test(text.replace(/[吧呢]|[这那]么/gu, ""));
  // What is small talk, or asks that nobody be told, names no firm and no goods.
  const smallTalk = isSmallTalk(text, words) && numbers.length === 0 && phones.length === 0;
  if (smallTalk || (requests.secrecy && text.length <= 16)) {
    for (const name of ["infringer", "product", "contactName", "occurredAt", "location"] as const)
      delete slots[name];
  }
  if (words.intents.abuse.test(text)) {
    for (const name of ["infringer", "product", "contactName"] as const)
      if (slots[name]?.rule.endsWith(".bare") === true) delete slots[name];
  }
  const calms = requests.calmed && !/[?？]/u.test(text);
  const question =
    !agrees && !smallTalk && !calms && asksForReal(text, words)
      ? questionIn(clauses, words, [...taken, ...infringers])
      : undefined;
  put("reportType", matterIn(text, words, expectation));

  const spaced = text.replace(/(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])/gu, "，");
  const signals: Signals = {
    submit: !injected && words.intents.submit.test(text),
    finish: words.intents.finish.test(text),
    // „对了，…“ before a question changes the subject; alone it agrees.
    confirm:
      !injected && words.intents.confirm.test(spaced) && !(question !== undefined && /^对了/u.test(text)),
    deny: words.intents.deny.test(text),
    unknown: words.unknown.test(text),
    skip: words.skip.test(text),
    asPrinted: words.asPrinted.test(text),
    reserved: words.reservation.test(text),
    correction: words.correction.test(text),
    copiedWithoutRight: slots.reportType === undefined && words.copiedWithoutRight.test(text),
    withdraw: words.intents.withdraw.test(text),
    placeUnknown:
      /(?:人|店|厂|地方|位置|地址|在哪(?:儿|里)?|哪个?县|哪儿)[^，。]{0,8}(?:不清楚|不知道|说不准|不晓得|说不好|弄不清)|(?:不知道|不清楚|不晓得|说不准)[^，。]{0,6}(?:在哪|哪个?县|哪儿|什么地方|啥地方)/u.test(
        text,
      ),
    numberUnknown:
      /(?:专利)?号(?:码)?[^，。]{0,6}(?:不清楚|不知道|没看清|看不清|不记得|没记|忘了|没有)/u.test(text),
    tellsFacts: tellsFacts(slots, question, text),
  };
  const reportNo = readers.reportNo(raw);
  const queryCode =
    /(?:查询码|码)(?:是|[:：])?\s*(\d{4}[\s-]?\d{4})(?!\d)/u.exec(text)?.[1] ??
    (reportNo !== undefined ? /(?<!\d)(\d{4}[\s-]?\d{4})(?!\d)/u.exec(text)?.[1] : undefined);

  return {
    text,
    intents: intentsOf(text, words, expectation, {
      injected,
      slots,
      signals,
      question,
      numbers,
      phones,
      places,
      reportNo,
      requests,
    }),
    slots,
    numbers,
    phones,
    place:
      resolved === undefined || resolved.county !== undefined
        ? undefined
        : { candidates: resolved.candidates, reason: resolved.reason },
    signals,
    requests,
    question,
    reportNo,
    queryCode: queryCode?.replace(/\D/g, ""),
    narrative: withoutSpans(text, [...phones, ...(contactName === undefined ? [] : [contactName])]),
  };
}

/** The text with every clause that commands the machine blanked out, letter for letter. */
function withoutCommands(text: string, words: Lexicon): string {
  const orders = /(?:不用|无需|直接)(?:确认|立案|提交)|(?:改为|改成|设为|标记为)/u;
  const commands = clausesOf(text).flatMap((clause) => {
    const at = words.intents.injection.exec(clause.text) ?? orders.exec(clause.text);
    return at === null ? [] : [{ start: clause.start + at.index, end: clause.end }];
  });
  return withoutSpans(text, commands, " ");
}

/** Folding makes Chinese punctuation ASCII; the rules are written with the Chinese marks. One character for one. */
function punctuated(folded: string): string {
  return folded
    .replace(/(?<!\d),|,(?!\d)/gu, "，")
    .replaceAll(";", "；")
    .replaceAll("!", "！");
}

/** The text with every mention that was set aside blanked out, so that the rest resolves alone. */
function keepOnly(text: string, kept: readonly Span[], all: readonly Span[]): string {
  return withoutSpans(
    text,
    all.filter((one) => !kept.some((other) => other.start === one.start)),
    " ",
  );
}

function withoutSpans(text: string, spans: readonly Span[], filler = "＊"): string {
  let result = text;
  for (const span of [...spans].sort((a, b) => b.start - a.start)) {
    result = result.slice(0, span.start) + filler.repeat(span.end - span.start) + result.slice(span.end);
  }
  return result;
}

function stallIn(text: string): Found<string> | undefined {
  const match =
    /(?:(?<![\u4e00-\u9fff])|(?<=[的在市场城楼区厅馆]))(?<stall>(?:[A-Za-z一二三四五六七八九十0-9]{1,6}(?:号|区|排|栋|座|楼|层|馆|厅|街)){0,4}[A-Za-z]?[0-9一二三四五六七八九十-]{1,6}号?(?:摊位?|档口?|铺位|商铺|门脸|展位|柜台|摊儿|铺|展台))/u.exec(
      text,
    );
  const stall = match?.groups?.["stall"];
  if (match === null || stall === undefined) return undefined;
  return { value: stall, start: match.index, end: match.index + stall.length, rule: "stall" };
}

/** A booth by its letter and number alone, as markets write it: C119, 二楼B区37. */
function boothIn(text: string): Found<string> | undefined {
  const match = /(?:[一二三四五六七八九十\d]{1,2}楼)?(?:[A-Z]区)?[A-Z]?\d{2,4}(?![\d.年月号点])/u.exec(text);
  return match === null
    ? undefined
    : { value: match[0], start: match.index, end: match.index + match[0].length, rule: "stall.booth" };
}

/** An address: from the first named place through road, village and house number; a bare county is none. */
function locationIn(
  text: string,
  places: readonly { start: number; end: number; kind: string }[],
): Found<string> | undefined {
  const detail =
    /^(?:(?:的|里|那个?|这个?)?(?:[^的买卖标印是有说做，。\s]{1,10}?(?:村|庄|屯|路|大街|街道|街|胡同|巷|大道|国道|省道|工业园区?|工业区|产业园|园区|开发区|市场|商城|批发城|广场|小区|桥头|路口|十字|车站|东头|西头|南头|北头|集|号楼|号院|号))+(?:[0-9]+号)?(?:附近|旁边|对面|路[东西南北]|[东西南北]边|里面|门口)?)/u;
  let best: Found<string> | undefined;
  for (const [index, place] of places.entries()) {
    if (place.kind === "outside" || place.kind === "city") continue;
    let end = place.end;
    let last = place;
    for (const next of places.slice(index + 1)) {
      if (next.start - end > 1) break;
      end = next.end;
      last = next;
    }
    const more = detail.exec(text.slice(end));
    if (more !== null && !/[厂店]|公司|专利/u.test(more[0])) end += more[0].length;
    const precise = last.kind === "town" || last.kind === "market" || end > last.end;
    const value = text.slice(place.start, end);
    if (precise && (best === undefined || value.length > best.value.length)) {
      best = { value, start: place.start, end, rule: "location" };
    }
  }
  return best;
}

function relationIn(text: string): Found<NonNullable<Slots["relation"]>> | undefined {
  const rules: readonly (readonly [NonNullable<Slots["relation"]>, RegExp])[] = [
    [
      "被控侵权人",
      /(?:说|告|投诉|举报|起诉|警告|认定)(?:我|俺|咱)(?:们|家|厂|公司)?(?:的(?:产品|货))?(?:是)?(?:侵(?:犯|了)?|抄|仿|假冒)|(?:我|俺|咱)(?:们|家|厂|公司)?(?:被|让|叫)(?:人|别人|人家|他们|对方)?[^，。]{0,6}(?:投诉|举报|告了|起诉|警告|发(?:了)?(?:律师函|警告信))|收到(?:了)?(?:个|一封|一份)?(?:律师函|警告信|侵权警告|投诉通知)/u,
    ],
    [
      "代理人",
      /我是(?:[^，。]{0,8})?(?:代理(?:人|律师)|律师|代理师)|(?:受|替|帮)[^，。]{1,10}(?:委托|代为|举报|投诉)|代(?:表)?(?:我们?)?(?:客户|当事人)/u,
    ],
    [
      "利害关系人",
      /(?:独占|排他|普通)(?:许可|实施)|被许可人|(?:他|人家)(?:授权|许可)(?:给)?(?:我|俺)|继承(?:了|人)/u,
    ],
    [
      "权利人",
      /(?:我|俺|咱)(?:们|家|厂|公司)*(?:的|有(?:一)?(?:个|项)?|拿(?:了|到)|申请(?:了|过|到)|持有|手里有|自己的|发明的|设计的|就?是|[^，。\s]{0,12}(?:是)?有(?!个|家|人|一|些))[^，。\s]{0,12}(?:专利权人|权利人|专利(?!号?是假))|(?:抄|仿|侵犯?|盗用|偷|冒用|用)(?:了)?(?:我|俺|咱)(?:们|家|厂|公司)?(?:的)?[^，。]{0,8}(?:专利|产品|设计|商标|图纸)/u,
    ],
    [
      "消费者",
      /(?:我|俺)[^，。]{0,10}(?:买(?:了|到|的|过)|下(?:了)?单|网购|花(?:了)?\d*[^，。]{0,4}(?:钱|块|元))|(?:是)?(?:个)?(?:消费者|顾客|买家)/u,
    ],
    [
      "知情人",
      /(?:我|俺)(?:就)?是(?:个)?(?:知情人|路过|路人|邻居|街坊|热心市民|(?:他|那)(?:家|个)?(?:厂|店)(?:里)?的?员工)|知情人|路过(?:看|那)|在(?:他|那)(?:家|个)?(?:厂|店)(?:里)?(?:上班|干活)/u,
    ],
  ];
  for (const [value, pattern] of rules) {
    const match = pattern.exec(text);
    if (match === null) continue;
    return { value, start: match.index, end: match.index + match[0].length, rule: `relation.${value}` };
  }
  return undefined;
}

function matterIn(text: string, words: Lexicon, expectation: Expectation): Found<ReportType> | undefined {
  const asked = expectation.asking.includes("reportType");
  const named =
    /(?:按|算|属于|归到?|选|类型(?:是|为|写|改成|改为)?|改成|改为|应该是|就是)(?:一个)?(?<type>假冒专利|专利侵权|标识不规范|专利虚假宣传|虚假宣传|非正常申请|专利纠纷调解|代理违法|平台不作为|商标侵权|著作权|商业秘密|不正当竞争|地理标志|植物新品种|消费投诉|其[他它])/u.exec(
      text,
    );
  const type = named?.groups?.["type"];
  if (named !== null && type !== undefined) {
    const value = fullTypeName(type);
    return { value, start: named.index, end: named.index + named[0].length, rule: "matter.named" };
  }
  const instead =
    /不是(?<old>假冒|侵权)[^。]{0,6}?是(?<now>侵权|假冒)|是(?<first>侵权|假冒)[^。]{0,6}?不是(?:假冒|侵权)/u.exec(
      text,
    );
  const now = instead?.groups?.["now"] ?? instead?.groups?.["first"];
  if (instead !== null && now !== undefined) {
    const value = now === "侵权" ? "专利侵权" : "假冒专利";
    return { value, start: instead.index, end: instead.index + instead[0].length, rule: "matter.named" };
  }
  if (expectation.rightUnclear === true) return ofRules(words.matterAnswers, text, "answer");
  // „我没有专利也没有商标“ names what the matter is not about.
  const withoutDenied = text.replace(
    /(?:我|俺|咱)(?:们|家|厂)?(?:也|又|都)?(?:没|没有)(?:申请|注册|办)?(?:过)?(?:专利|商标|版权|著作权)(?:[，,]?也没(?:有)?(?:注册|申请)?(?:过)?(?:专利|商标|版权|著作权))*/gu,
    (denied) => "＊".repeat(denied.length),
  );
  const found = ofRules(words.matters, withoutDenied, "matter");
  return found ?? (asked ? ofRules(words.matterAnswers, text, "answer") : undefined);
}

/** The kind of the first rule that matches. */
function ofRules(rules: Lexicon["matters"], text: string, name: string): Found<ReportType> | undefined {
  for (const { reportType, pattern } of rules) {
    const match = pattern.exec(text);
    if (match === null) continue;
    return {
      value: reportType,
      start: match.index,
      end: match.index + match[0].length,
      rule: `${name}.${reportType}`,
    };
  }
  return undefined;
}

/** The name of API.md for the way people shorten it. */
function fullTypeName(type: string): ReportType {
  const full: Record<string, ReportType> = {
    虚假宣传: "专利虚假宣传",
    商业秘密: "侵犯商业秘密",
    其它: "其他",
  };
  return full[type] ?? (type as ReportType);
}

/** A market that the register does not know, with the stall behind it: 红旗批发市场B区37号摊位. */
function marketLike(text: string, taken: readonly Span[]): Found<string> | undefined {
  const match =
    /(?:在|到|是|去|^|[，。的])(?<name>[\u4e00-\u9fff]{2,6}?(?:批发市场|农贸市场|集贸市场|建材市场|市场|商贸城|批发城|服装城|建材城|小商品城)(?:[A-Za-z0-9一二三四五六七八九十]{1,4}(?:区|楼|层|排|厅)){0,2}(?:[0-9]{1,5}号?(?:摊位?|铺|档口)?)?)/u.exec(
      text,
    );
  const name = match?.groups?.["name"];
  if (match === null || name === undefined) return undefined;
  const start = match.index + match[0].indexOf(name);
  const span = { start, end: start + name.length };
  return taken.some((other) => overlaps(other, span))
    ? undefined
    : { value: name, ...span, rule: "location.market" };
}

/** A place told by what stands around it: 路口东边那个蓝大门的院子. */
function describedPlace(clauses: readonly Clause[], taken: readonly Span[]): Found<string> | undefined {
  const clause = clauses.find(
    (one) =>
      !/[?？]/u.test(one.mark) &&
      one.text.length >= 4 &&
      one.text.length <= 40 &&
      /(?:路口|街|路[东西南北]|[东西南北](?:边|头|侧|面)|对面|旁边|附近|隔壁|院子|大门|门口|桥头|学校|医院|车站|大集|后身)/u.test(
        one.text,
      ) &&
      !taken.some((other) => overlaps(other, one)),
  );
  return clause === undefined
    ? undefined
    : { value: clause.text, start: clause.start, end: clause.end, rule: "location.described" };
}

/** A short clause that stands as the whole answer to a question for a name. */
function bareAnswer(
  clauses: readonly Clause[],
  taken: readonly Span[],
  words: Lexicon,
  slot: "infringer" | "product",
): Found<string> | undefined {
  for (const clause of clauses) {
    if (/[?？]/u.test(clause.mark)) continue;
    const lead =
      /^(?:的|是|就是|叫做?|叫|名(?:字|称)?(?:是|叫)|厂名是?|店名是?|好像(?:是|叫)?|应该(?:是|叫)|就|那家|那个|一个|一家|做|卖|生产|产品(?:是|叫)?|东西是|是个|是做|是卖)+/u.exec(
        clause.text,
      );
    let start = clause.start + (lead?.[0].length ?? 0);
    let value = clause.text.slice(lead?.[0].length ?? 0).replace(/(?:的|啊|吧|呢|了|哈|呀|这家|那家)+$/u, "");
    // An address before the name is not part of it: 南皮县冯家口的老王五金.
    for (const place of taken) {
      if (place.start <= start && place.end > start && place.end < start + value.length) {
        value = value.slice(place.end - start).replace(/^(?:的|那个|那家|有个|有家)/u, "");
        start = clause.end - value.length;
      }
    }
    const span = { start, end: start + value.length };
    if (value.length < 2 || value.length > 24) continue;
    if (taken.some((other) => overlaps(other, span))) continue;
    if (/^[\d\s.-]+$/.test(value) || !couldBeName(value, clause.text, words)) continue;
    if (slot === "product" ? words.genericProducts.has(value) : isGeneric(value, words)) continue;
    return { value, ...span, rule: `${slot}.bare` };
  }
  return undefined;
}

/** Whether a clause that stands alone may be a name: it is no answer of another kind, no question and no small talk. */
function couldBeName(value: string, clause: string, words: Lexicon): boolean {
  const { intents } = words;
  const otherIntents = [
    intents.cancel,
    intents.submit,
    intents.finish,
    intents.handoff,
    intents.greet,
    intents.thanks,
    intents.chitchat,
    intents.abuse,
    intents.injection,
    intents.resume,
    intents.confirm,
    intents.deny,
  ];
  const otherAnswers = [
    words.unknown,
    words.skip,
    words.question,
    words.anonymousYes,
    words.noEvidence,
    words.correction,
  ];
  // Who is longer than a name, and has no word for a firm or a trade at the end, tells something else.
  const named = [...words.companySuffixes, ...words.tradeSuffixes].some((suffix) => value.endsWith(suffix));
  if ((value.length > 8 && !named) || !/\p{L}/u.test(value)) return false;
  if (/[得了着吧咱呗错]|主要|这个|那个|^就?按|孩子|快点|路口|对面|旁边|附近|院子|大门/u.test(value))
    return false;
  if (otherIntents.some((pattern) => pattern.test(value) || pattern.test(clause))) return false;
  if (otherAnswers.some((pattern) => pattern.test(value))) return false;
  const talk =
    /今儿|今天|天气|真|太|很|冷|热|唉|哎|累|忙|^没|^不|类型|其[他它]|^写|^选|买|卖|\d{1,2}[月号日]|^[这那]些|^这样|专利|举报|投诉|电话|手机|我|俺|你|您|他们|不|没|先|再|回头|等|谢/u;
  return !talk.test(value);
}

/**
 * The part of a message that asks. Clauses that hold a cue, with what the same sentence says before them;
 * clauses that give numbers, phones or names stay out.
 */
function questionIn(clauses: readonly Clause[], words: Lexicon, facts: readonly Span[]): string | undefined {
  const asking: string[] = [];
  for (const sentence of sentencesOf(clauses)) {
    const marked = sentence.some((clause) => /[?？]/u.test(clause.mark));
    // „别问我是谁“ asks nothing.
    const cued = sentence.findIndex(
      (clause) => words.question.test(clause.text) && (marked || !words.anonymousYes.test(clause.text)),
    );
    if (cued < 0 && !marked) continue;
    const kept = sentence.filter((clause) => !facts.some((fact) => overlaps(fact, clause)));
    if (kept.length === 0) continue;
    asking.push(kept.map((clause) => clause.text).join("，"));
  }
  return asking.length === 0 ? undefined : asking.join("。");
}

/** Whether a message that holds a word of asking asks: „没啥了“ and „不知道是哪家“ do not. */
function asksForReal(text: string, words: Lexicon): boolean {
  if (
    /(?:不清楚|不知道|不晓得|说不(?:准|好|清)|记不清|不记得)(?:了|啊|呀)?[。！\s]*$/u.test(text) &&
    !/[?？]/u.test(text)
  )
    return false;
  if (/(?:提交|交吧|交了吧|报吧)[。！\s]*$/u.test(text)) return false;
  if (/[?？]|(?:吗|么|嘛|呢|咋办|咋整|怎么办)[。！\s]*$/u.test(text)) return true;
  const bare = text.replace(
    /(?:没|没有)(?:啥|什么|多少|几)[^，。]{0,6}|不(?:咋|怎么)(?:样|清楚|好)?|什么的|(?:谁|啥|什么|哪儿|哪里|咋|怎么)(?:也|都)(?=别|不|没)/gu,
    "",
  );
  if (!words.question.test(bare)) return false;
  const embedded =
    /(?:不知道|不清楚|不晓得|说不(?:准|好|上来)|记不(?:清|得|住)|忘了|知不道)[^，。]{0,4}(?:叫|是|在|归)?[^，。]{0,4}(?:啥|什么|哪|谁|多少|几|怎么|咋)/u;
  return words.question.test(bare.replace(embedded, ""));
}

/** Whether the message tells what happened: it names somebody, a place or a number, and does not only ask in general. */
function tellsFacts(slots: FoundSlots, question: string | undefined, text: string): boolean {
  const named =
    slots.infringer !== undefined ||
    slots.patentNumber !== undefined ||
    slots.location !== undefined ||
    slots.county !== undefined ||
    slots.market !== undefined;
  if (named) return true;
  if (question !== undefined) return false;
  if (
    slots.reportType !== undefined &&
    /卖|做|印|标|仿|抄|用|偷|冒|骗|刻|贴|扒|搬|编|带走|拿走|接/u.test(text)
  )
    return true;
  return /(?:有(?:一)?(?:家|个|人|些|的)|某(?:家|个|人|厂|店)|他们?(?:家|厂)?|对方|人家|隔壁|村里|市场上|我(?:们|家)?(?:的)?[^，。]{0,8}被|(?:我|俺)[^，。]{0,6}(?:买|发现|看见|看到))/u.test(
    text,
  );
}

function intentsOf(
  text: string,
  words: Lexicon,
  expectation: Expectation,
  read: {
    injected: boolean;
    slots: FoundSlots;
    signals: Signals;
    question: string | undefined;
    numbers: readonly NumberReading[];
    phones: readonly PhoneReading[];
    places: readonly PlaceReading[];
    reportNo: string | undefined;
    requests: Requests;
  },
): Intent[] {
  const { slots, signals, question, requests } = read;
  const { intents } = words;
  const found: Intent[] = [];
  const add = (intent: Intent, when: boolean) => {
    if (when && !found.includes(intent)) found.push(intent);
  };
  const namesSomebody =
    slots.infringer !== undefined || slots.patentNumber !== undefined || slots.location !== undefined;
  const firstHand =
    signals.tellsFacts && slots.reportType !== undefined && (question === undefined || namesSomebody);
  add("injection", read.injected);
  add("threat", intents.threat.test(text));
  add("abuse", intents.abuse.test(text));
  add("handoff", intents.handoff.test(text));
  add("cancel", intents.cancel.test(text) || signals.withdraw);
  add("status", intents.status.test(text) || (read.reportNo !== undefined && !expectation.drafting));
  add("supplement", intents.supplement.test(text) && !expectation.drafting);
  // „怎么举报“ asks; „我要举报“ and „…，举报“ report.
  const wantsTo = /(?:我|俺|咱)(?:要|想|得)(?:举报|投诉|告|反映)/u.test(text);
  const asksHowToReport = question !== undefined && !signals.tellsFacts && !wantsTo;
  const declines = /不(?:是|想|要|用|必|需要|再|来|写|填|做|走)*(?:举报|投诉|告他|告她|告了)/u.test(text);
  const asksStatus = found.includes("status") && !wantsTo;
  // Who is accused, wants aid, or asks who told of a firm reports nothing by that, unless they say so.
  const onlyAsks =
    requests.whoReported ||
    requests.onlyAsks ||
    (requests.complains && !namesSomebody) ||
    ((requests.accused || requests.aid) && !wantsTo);
  const saysSo =
    intents.report.test(text) && !asksHowToReport && !signals.withdraw && !declines && !asksStatus;
  // Who names a firm and a wrong tells of it, whether or not they say 举报.
  const wrongdoing =
    !expectation.drafting &&
    question === undefined &&
    namesSomebody &&
    /专利|商标|版权|侵权|假冒|仿|抄|盗|冒/u.test(text);
  add("report", !onlyAsks && (saysSo || firstHand || signals.copiedWithoutRight || wrongdoing));
  add("qa", question !== undefined && !found.includes("status"));
  if (expectation.drafting) {
    const gives =
      Object.keys(slots).length > 0 ||
      read.numbers.length > 0 ||
      read.phones.length > 0 ||
      read.places.length > 0;
    add("correct", signals.correction && gives);
    add("provide_info", gives);
    add("resume", intents.resume.test(text));
    add("confirm", (signals.confirm || signals.submit || signals.finish) && !signals.deny);
    add("deny", signals.deny);
  } else {
    add("confirm", signals.confirm && !signals.deny);
    add("deny", signals.deny);
  }
  const substantial = found.some((intent) => !["confirm", "deny", "resume"].includes(intent));
  add("greet", intents.greet.test(text));
  add("thanks", intents.thanks.test(text) && !found.includes("report"));
  add("chitchat", !substantial && intents.chitchat.test(text));
  return found;
}
