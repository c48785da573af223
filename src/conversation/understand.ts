import { findDates } from "../calendar/said-date.ts";
import type { CountyName, ReportType, SlotName, Slots } from "../reports/report.ts";
import { fold } from "../text/fold.ts";
import { type Act, actsModel, actsOf, actTerms, type Stage } from "./acts.ts";
import { assents } from "./assent.ts";
import {
  dateTerms,
  type FlagSlot,
  flagCues,
  type Leaning,
  leaningOfTerms,
  leanings,
  leaningTerms,
  noLeaning,
  remedies as remedyNames,
} from "./leaning.ts";
import type { Lexicon } from "./lexicon.ts";
import { describedPlace, landmarkIn, locationIn, villageIn } from "./locations.ts";
import { bareMarket, marketsIn } from "./markets.ts";
import type { Intent } from "./message.ts";
import {
  couldBePerson,
  findContactName,
  findCorrections,
  findInfringers,
  findMendedName,
  findProducts,
  isDescription,
  isGeneric,
  isNoFirm,
  isOwnName,
  isRunBySpeaker,
  isTalk,
  kin,
  mendedByLabel,
  withHead,
} from "./names.ts";
import { isSmallTalk, type Requests, requestsOf } from "./requests.ts";
import { isOfTopic, serviceAnswer } from "./say.ts";
import { type Clause, clausesOf, type Found, overlaps, type Span, sentencesOf } from "./spans.ts";
import { boothIn, describedStall, stallIn } from "./stalls.ts";
import { type Tagger, taggedSlots, weigh } from "./tagger.ts";

/** A patent number as it was read: good, lacking its check digit, wrong, or something else that looks like one. */
export type NumberReading = Span & {
  text: string;
  /** The number in normal form, when it is good. */
  valid?: string;
  /** The number completed by its check digit, when that was missing. */
  completed?: string;
  /** What is wrong, in words for the person. */
  problem?: string;
  /** Whether it is the number of a publication, which no patent number is. */
  publication?: boolean;
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
  /** A town, its name written as it is though shortened, whether or not that alone makes it certain. */
  spelled?: boolean;
};

/** What understanding borrows from the rooms below. All pure. */
export type Readers = {
  words: Lexicon;
  /** Reads the values that are learned from labelled sentences. */
  tag: Tagger;
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
  known?: Pick<Slots, "infringer" | "product" | "stall" | "occurredAt" | "contactName" | "contactPhone">;
};

/** The yes-or-no things that a message says beside its slots. */
export type Signals = {
  /** 提交: says that it should go in. */
  submit: boolean;
  /** 没了, 就这些: has nothing to add. No yes by itself. */
  finish: boolean;
  confirm: boolean;
  /** The message as a whole says yes to what was shown. Only this files. */
  agreed: boolean;
  deny: boolean;
  unknown: boolean;
  skip: boolean;
  asPrinted: boolean;
  /** Agrees to the number as it was completed, beside a plain yes. */
  numberAgreed: boolean;
  /** The number that was said lacks its last digit where it stands, too. */
  numberAsIs: boolean;
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
  /** Nobody knows what the firm is called. */
  firmUnknown: boolean;
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
  /** What slots are weighed by: the text, what rules alone say of the kind and the relation, and of each yes or no. */
  weighed: {
    text: string;
    hints: string[];
    flags: { [F in FlagSlot]?: string[] };
    dates: { value: string; terms: ReadonlySet<string> }[];
  };
  /** What the acts are weighed by: the text and what the rules say it does. */
  acting: { folded: string; hints: string[] };
  /** What was learned that the message does, beside what the rules say, and how likely each is. */
  acts: { act: Act; probability: number }[];
};

/** What follows a place that is part of a firm's name: 北京烤鸭店, 固安锁行. */
const namesFirm =
  /^(?!的|市|县|区|省|那|这|有|买|卖|一|个|家|几|[\u4e00-\u9fff]{0,4}(?:旁边|附近|对面|那家|这家|有家|一家|那个|门口))(?:(?!的)[\u4e00-\u9fff]){0,8}?(?:店|行|馆|公司|厂|超市|专卖|商行|门市)/u;

/** Whether a place elsewhere only spells a character, or tells an accent, a patent of another country: 湛江的湛, 邢台口音. */
const saysNoPlace = (after: string, place: string): boolean =>
  // 单县那个单.
  (/^那个[\u4e00-\u9fff](?![\u4e00-\u9fff])/u.test(after) && place.includes(after[2] ?? "\0")) ||
  /^(?:口音|人家|(?:发明)?专利|茶)/u.test(after) ||
  (/^的[\u4e00-\u9fff](?![\u4e00-\u9fff])/u.test(after) && place.includes(after[1] ?? "\0"));

/** What follows a place that is part of the name of goods: 泊头鸭梨. */
const namesGoods =
  /^(?:地理标志|地标|鸭梨|金丝小枣|小枣|红枣|冬枣|旱碱麦|冬菜|(?:驴肉)?火烧|狮子头|梭子蟹|羊角脆)/u;

/** What takes a name back that stands right before it: 师素镇也记错了. */
const deniedAfter =
  /^(?:[?？](?:不是|不对|没有?这)|(?:县|市|区)?(?:没(?:有)?(?:啥|什么)?关系)|(?:也|都)?(?:改成|改为|换成)|(?:也|是|那里|那边)?(?:记|说|写|填|弄|搞|打|发)?错了?|(?:县|市|区)?不(?:算|归)|那(?:个|边|儿|里)?我?(?:没|不是)(?:说|提))/u;

/** Before or behind a place that is only told beside: where the person is from, where goods came from, what it is near. */
const besideBefore =
  /(?:(?:我|俺|咱)(?:们)?(?:单位|公司|厂|家|店|人|老家|自己)?(?:本人)?(?:是|在|住)(?:在)?|(?:从|打)|离(?:咱|俺|我们?)?|挨着|靠着|紧挨|跟|和|与|比(?:如)?|像|贴着|(?:原先|原来|以前|之前|早先|过去|早年|本来|曾经|起初)(?:是|都)?(?:在|归|属于?)|老厂(?:子|区)?(?:是|就)?在|(?:冒用|冒充|假冒|仿冒|盗用|套用|管|顶着|打着|挂着)(?:了|的是|着)?(?:人家|别人)?)$/u;
const besideAfter =
  /^(?:出(?:去|来)的|(?:那边|那儿|那头)?(?:批|进|拉|运|买|弄|调)(?:来|过来|的货|的)+|发(?:来|货|过来)|人(?:，|$|在)|(?:的)?(?:枣|梨|货|料)(?:，|。|$)|[\u4e00-\u9fff]{0,2}(?:近|不远|交界|接壤)|(?:那家)?是?(?:经销商|批发商|代理商)|也(?:有|卖)|发的货?|产的|来的|(?:的)?[\u4e00-\u9fff]{0,6}?(?:厂|公司|家|店|协会|商会)(?:家)?的(?:集体|证明)?(?:专利|商标|版权|图纸|牌子|名号|名义)(?!产品))/u;

/** Whose the number or the right is, elsewhere: 那个号是人家深圳一家公司的. */
const othersBefore = /(?:人家|别人|(?:属于|归|是)(?:了)?(?:人家|别人)?)$/u;
const othersAfter =
  /^(?:市|省)?(?:的)?(?:一|某|那|有)?(?:家|个)[^，。]{0,6}?(?:公司|厂|企业|大学|学院|研究院|所|人|老板|单位)(?:家)?(?:的|申请|注册|，|。|$)/u;

/** A place of the past: 老任丘的地界儿. */
const formerBefore = /老$/u;
const formerAfter = /^(?:县|市)?(?:的|那)?(?:地界|地盘|辖区|管辖|地面)/u;

/** What makes a place part of an authority's name: 沧州中院, 任丘市场监管局. */
const namesAuthority =
  /^(?:市|县|区|省)?(?:的)?(?:市|县|区)?(?:中院|高院|法院|中级|高级|人民(?:法院|政府)|仲裁|检察院|公安|派出所|管委会|管理委员会|市场监(?:管|督)|市监局?|工商|专利局|知识产权(?:局|法院|法庭|保护中心)|电视台|日报)/u;

/** Whether a place belongs to an authority, and is none that something stands beside: 某县法院, but not 某县法院对面. */
const isAuthority = (after: string): boolean =>
  namesAuthority.test(after) && !/^.{0,10}(?:后身|旁边|对面|对过|门口|附近|隔壁)/u.test(after);

/** Whether a place is the beginning of what somebody calls themselves on a platform: 抖音号…, “…”快手号. */
function namesAccount(text: string, { start, end }: Span): boolean {
  const before = text.slice(Math.max(0, start - 8), start);
  if (
    /(?:账号|抖音号|快手号|视频号|昵称|网名)(?:叫|是|[:：])?[“"「]?$/u.test(before) &&
    /^[\u4e00-\u9fff]{2}/u.test(text.slice(end))
  )
    return true;
  const quoted = /^[\u4e00-\u9fff]{2,8}[”"」](?:的)?(?:快手|抖音|视频|那个)?(?:账?号|直播间)/u;
  return /[“"「]$/u.test(before) && quoted.test(text.slice(end, end + 18));
}

/** Whether the person does not know in which of two cities of the same district it is: 石家庄还是沧州搞不清. */
const unsureOfCity = (text: string): boolean =>
  /(?:还是沧州|沧州还是)[^，。]{0,4}[我俺]?(?:也)?(?:搞|弄|分|说)?(?:不|没)|哪个?市的?(?:我)?(?:没|不)|也(?:可能|许)是[\u4e00-\u9fff]{2,3}那个/u.test(
    text,
  );

/** The district as one that is asked about: here, or in the other city. */
const inDoubt = (place: ReturnType<typeof resolve>): ReturnType<typeof resolve> =>
  place.county === undefined
    ? place
    : {
        ...place,
        county: undefined,
        candidates: [place.county, "非本市"],
        reason: `外地也有叫${place.county}的，请问是沧州的${place.county}吗？`,
      };

/** The county that the places amount to. Of several, one town told beside bare counties is where it happened. */
function resolve(readers: Readers, text: string, places: readonly PlaceReading[], answersCounty: boolean) {
  const whole = readers.resolvePlaces(text);
  if (whole.county !== undefined) return whole;
  const [sole, ...more] = whole.candidates;
  if (sole !== undefined && more.length === 0) {
    // A town's short name that stands where a place stands, or answers the question for the county, is meant.
    const spelled = places.some(
      ({ kind, spelled, counties }) =>
        spelled === true && (kind === "town" || answersCounty) && counties.includes(sole),
    );
    return spelled ? { ...whole, county: sole, candidates: [] } : whole;
  }
  if (sole === undefined) return whole;
  const towns = places.filter((place) => (place.kind === "town" || place.kind === "market") && place.exact);
  const [only, ...others] = new Set(towns.flatMap(({ counties }) => counties));
  if (only === undefined || others.length > 0) return whole;
  return { ...whole, county: only, candidates: [] };
}

/** The address that a place is a part of, from its county to its village: what is told of one is told of all. */
function addressOf(place: PlaceReading, all: readonly PlaceReading[], text: string): Span {
  const joined = (one: Span, next: Span) =>
    next.start >= one.end && /^(?:的|那边的?|那儿的?|[市县区省])?$/u.test(text.slice(one.end, next.start));
  const near = ({ counties }: PlaceReading) => counties.some((county) => place.counties.includes(county));
  const before = all.findLast((other) => near(other) && joined(other, place));
  const after = all.find((other) => near(other) && joined(place, other));
  return { start: before?.start ?? place.start, end: after?.end ?? place.end };
}

/** Whether it is said outright that what is reported is there: 我要告的是…, 我说的是…. */
const isReported = (place: Span, text: string): boolean =>
  /(?:(?:(?:要|想)(?:报|告|举报|投诉|反映|说)|我说|俺说)的(?:人|厂|店|那家|其实|就)?(?:是|在|都在)(?:的)?|(?:侵权方|被举报方|被告)(?:是|在|[:：])|(?<!以前|原来|原先|不|该)算)$/u.test(
    text.slice(Math.max(0, place.start - 12), place.start),
  );

/** Whether a place is only the person's own, or that of somebody of theirs: 我在河间做电缆料, 我姐嫁到献县. */
function isHome(place: Span, text: string): boolean {
  // Who lives beside them lives where they do.
  if (
    /同[村镇乡县]|邻村|本[村镇]|(?:我|俺)们?村|隔壁|对门|一个(?:村|镇|市场)|(?:我|俺)们?(?:厂|店|楼|家)?(?:的)?(?:对面|后头|后边|前头|旁边|楼下|楼上)|[，。]对面/u.test(
      text,
    )
  )
    return false;
  const before = text.slice(Math.max(0, place.start - 12), place.start);
  const after = text.slice(place.end, place.end + 16);
  if (
    /(?:我|俺)(?:有个)?(?:的)?(?:表|堂|大|二|小|老|本家)?(?:哥哥?|姐姐?|弟弟?|妹妹?|儿|叔|舅|姨|姑|亲戚|同学|战友)(?:们)?(?:嫁到?|嫁在|在|住|搬到)(?:了|在)?$/u.test(
      before,
    ) &&
    !/^[^，。]{0,12}，(?:被|让|叫)人/u.test(after)
  )
    return true;
  if (/(?:我|俺|咱)(?:们)?(?:家|厂|店)?(?:就)?住(?:在)?$/u.test(before)) return true;
  if (/(?:我|俺|本人)(?:的)?人?(?:现在|如今|这会儿)(?:就)?(?:在|住)$/u.test(before)) return true;
  // „人在…“ is the person's where nobody else was spoken of before.
  if (
    /^[^，。]{0,4}(?:我|俺)?人(?:现在|如今|这会儿)?(?:就)?(?:在|住)$/u.test(text.slice(0, place.start)) &&
    /[我俺]/u.test(text)
  )
    return true;
  if (/(?:我|俺)人(?:就)?在$/u.test(before)) return true;
  // Where post should go, and where those live whom a lawyer speaks for.
  if (/(?:寄件|收件|收货|邮寄|通信|通讯|联系)地址(?:就)?(?:是|在|写(?:的)?|[:：])*$/u.test(before))
    return true;
  if (/(?:我司|我们|我|俺)(?:的)?客户[，,是在]{0,2}$/u.test(before)) return true;
  if (/受(?:了)?$/u.test(before) && /^[^，。]{0,12}委托/u.test(after)) return true;
  // Who tells their name tells where they are from: 某镇的，我叫….
  if (/^(?:人)?的?，(?:我|俺)(?:叫|姓)/u.test(after) && /(?:^|[，。\s])$/u.test(before)) return true;
  if (
    /(?:我|俺)(?:叫|姓)[\u4e00-\u9fff]{1,3}(?:，|是|在|，是|，在)$/u.test(before) &&
    /^(?:人|的)(?:，|。|$|我|俺)|^开/u.test(after)
  )
    return true;
  // In a letter: where who writes lives, or what firm of where writes.
  if (
    /(?<!被)(?:投诉|举报|控告|请求|申请|来信|反映|报案)人(?:[^。；\n]{0,12}?(?:住(?:址)?(?:在|[:：])?|[:：]))?$/u.test(
      text.slice(Math.max(0, place.start - 18), place.start),
    )
  )
    return true;
  if (/(?:我叫|我是|本人)[^。]{0,8}[，,]$/u.test(before) && /^人(?:，|。|$)/u.test(after)) return true;
  if (/(?:我|俺|咱)(?:们)?(?:厂|公司|店)(?:就)?叫[“"]?$/u.test(before)) return true;
  if (/老家(?:是|在)?$/u.test(before)) return true;
  if (!/(?:我|俺|咱)(?:们)?(?:这|两口子|夫妻俩?|一家子?)?(?:都|也)?(?:是|在)$/u.test(before)) return false;
  if (/^的?[^，。]{0,14}(?:买|看|见|发现)|^的(?:经销|代理|加盟|同行|客户)/u.test(after)) return false;
  return /^[\u4e00-\u9fff]{0,8}?(?:开(?:了|着|个|的|店|厂|小卖部|物流|公司|加工|门市|服装)|做[^，。]{1,8}(?:的|料|件|。|，)|人(?:，|。)|的(?:做|合作社|，|。|一(?:个|名|家)|[^，。]{0,10}(?:合作社|作坊|户))|一(?:个|名)开|种[^，。]{1,6}的)/u.test(
    after,
  );
}

/** Whether a place is told as the other side's: 对方在唐山, 那家网店地址写的是杭州. */
const isTheirs = (place: Span, text: string) =>
  /(?:对方|被告(?:那家)?|(?<![其吉])他(?:家|们|人)?|她家|那家|厂家|卖家|商家|(?<!注册)地址|发货地|店家?)(?:厂|店|公司|网店)?(?:地址)?(?:就|是|人)?(?:在|是|写的是|写着|写的)(?:的)?$/u.test(
    text.slice(Math.max(0, place.start - 14), place.start),
  );

/** A place elsewhere that is no party's: where a lawyer, a customer or goods came from, or a choice in a question. */
const isAside = (place: Span, text: string) =>
  /(?:产地(?:写的?|是|写着|标的?)+|律师函是|拿|还是|也可能是|(?:权利?人|登记的?|注册的?|申请人)(?:是|在)|(?:上|进|拿)货的?地方(?:是|在)|上家(?:是|在)|(?:枣|梨|货|麦|蟹)(?:其实|实际上|都|就)?是|其实是|实际上是)(?:的)?$/u.test(
    text.slice(Math.max(0, place.start - 10), place.start),
  ) ||
  // A right of somebody there: 专利是那边一家厂的.
  (/(?:专利|商标|版权|号)(?:都|也)?是$/u.test(text.slice(Math.max(0, place.start - 5), place.start)) &&
    /^(?:人|的|[^，。]{0,8}的)(?:，|。|$)/u.test(text.slice(place.end, place.end + 12))) ||
  /^(?:的)?(?:一|那|有)?(?:个|家)?(?:客户|律师|[\u4e00-\u9fff]{1,4}所(?:发|寄)|的?(?:枣|梨|料|货)(?:打|当|充|冒)|(?:大|红)?(?:枣|梨)(?:，|。|$))/u.test(
    text.slice(place.end, place.end + 10),
  );

/** Whether a place is told only beside what happened. */
function isBeside(place: Span, text: string): boolean {
  const before = text.slice(Math.max(0, place.start - 12), place.start);
  const after = text.slice(place.end, place.end + 14);
  if (formerBefore.test(before) && formerAfter.test(after)) return true;
  if (othersBefore.test(before) && othersAfter.test(after)) return true;
  // Who bought or saw something there tells where it was sold.
  if (
    /在[^，。]{0,4}$/u.test(before) &&
    /^[^，。]{0,4}(?:买的?(?!货)|[^，。]{0,4}(?:看见|瞅见|碰见|发现))/u.test(after)
  )
    return false;
  if (/^(?:是|在|住)?(?:从|打)$/u.test(before.slice(-1)) && !besideAfter.test(after)) return false;
  if (/(?:从|打)$/u.test(before)) return besideAfter.test(after);
  if (/(?:跟|和|与)$/u.test(before)) return /^[^，。]{0,4}(?:交界|接壤|挨|不远)/u.test(after);
  return besideBefore.test(before) || besideAfter.test(after);
}

/** Before a telephone of somebody of the person's: 打我老伴的，她姓仝. */
const ofKin = new RegExp(`(?:我|俺|咱)(?:的|家)?${kin}[^。]{0,14}$`, "u");

/** A telephone that is the reported firm's, or printed somewhere: not the person's own. */
function isOfReported(phone: Span, text: string): boolean {
  // In a letter with headings, the last heading tells whose it is.
  const headings = [
    ...text
      .slice(0, phone.start)
      .matchAll(
        /(?<other>被(?:举报|投诉|请求|控告|申请|反映|控侵权|诉|告)(?:人|方|单位|企业|公司|对象)|侵权(?:人|方|单位)|对方(?:信息|单位)?(?=[:： ]))|(?:举报|投诉|请求|申请|反映|报告|联系|来信|报案)人|(?:我的|本人)(?:姓名|电话|联系)|落款/gu,
      ),
  ];
  const last = headings.at(-1);
  if (last !== undefined) {
    const between = text.slice(last.index, phone.start);
    if (last.groups?.["other"] !== undefined)
      return between.length <= 60 && !/我|俺|本人/u.test(between) && /电话|手机|联系/u.test(between);
    if (!/[\n。]/u.test(between)) return false;
  }
  const before = text.slice(Math.max(0, phone.start - 14), phone.start);
  const after = text.slice(phone.end, phone.end + 14);
  return (
    (/(?:老板|老板娘|厂长|店主|摊主|卖家|商家|经理|业务员|他|她|对方|人家|名片|广告|店里?|厂里?|公司|门头|招牌|包装|盒子|网页|小广告|那家|传单)(?:的)?(?:上|里)?(?:姓[\u4e00-\u9fff])?(?:的|留的|写的|印的)?[，, ]?(?:的)?(?:联系)?(?:电话|手机|号码|座机|微信)?(?:号码?|是|写着|印着|写的|为)*[:： ]*$/u.test(
      before,
    ) &&
      !/(?:我|俺|本人|联系人|举报人)[^，。]{0,10}$/u.test(before) &&
      !ofKin.test(before)) ||
    /^[^，。]{0,3}的(?:那个?|这个?)(?:店|厂|公司|摊|人|卖家)|^[，, ]{0,2}(?:这|那)?(?:个)?是(?:他|她|对方|厂|店|老板|人家|公司)|^[^。]{0,8}不是我的/u.test(
      after,
    )
  );
}

/** The text without what the person takes back at once: 孟村辛店镇，不对不对，是泊头西辛店乡. */
function withoutTakenBack(text: string): string {
  return text.replace(
    /(?<=^|[，。！;；…—])(?<wrong>[^，。！?？;；…—]{1,24})(?=[，。！…—. ]{1,4}(?:哦|啊|哎|噢|呃|嗯)?[，]?(?:不(?:对|是)?[，, ]?(?:不对|不是)?|(?:我)?(?:说|记|写|打|搞)错了|错了|口误)[，。！ ]+(?:(?:我)?(?:说|记)错了[，。]?)?(?:应该)?(?:是|在|叫))/gu,
    (wrong) => (/不是/u.test(wrong) ? wrong : "＊".repeat(wrong.length)),
  );
}

/** Which of the two a date is: when the person came to know, or when it happened; undefined if neither. */
function dateSlot(text: string, date: Span, factsToo: boolean): "occurredAt" | "knownSince" | undefined {
  const sentenceEnd = text.slice(date.end).search(/[。！!;；]/u);
  const after = text.slice(date.end, sentenceEnd < 0 ? text.length : date.end + sentenceEnd);
  const before = text.slice(Math.max(0, date.start - 14), date.start);
  const clause = /^[^，。；;！!?？]*/u.exec(after)?.[0] ?? "";
  const next = after.slice(0, 26);
  if (
    /^(?:[^，。]{0,14})(?:才|方才|刚)?(?<!不|哪儿)(?:知道|晓得|得知|知悉|获悉|知晓|撞见|获知|明白|听[^，。]{0,6}说|告诉(?:过)?(?:我|俺)?|发觉|反应过来)|^[^。]{0,22}(?:才|方)(?:知道|晓得|明白|清楚|发现|得知|听说|看见|看到|注意|瞧见|瞅见|撞见|碰见|认出|反应)/u.test(
      next,
    )
  )
    return "knownSince";
  if (
    /^[^，。]{0,8}(?:发现|查到|刷到|查出)|^[^，。]{0,18}(?:首次|第一次|初次)发现/u.test(clause) &&
    !/卖|买|摆/u.test(clause.slice(0, 3))
  )
    return "knownSince";
  if (
    /(?:知道|得知|晓得|发现)(?:这(?:个)?事儿?)?(?:是|在|的时间是?)+$|(?:发现|得知|知悉|获悉|知晓)(?:的)?(?:时间|日期|日子)(?:是|为|在|[:：])*\s*$/u.test(
      before,
    ) ||
    (/(?:函|通知书?|传票)是?$/u.test(before) && /^(?:才)?(?:收|接|到)/u.test(clause))
  )
    return "knownSince";
  const span = text.slice(date.start, date.end);
  // „我翻小票了 11月8号“: what proves the purchase dates it.
  if (
    /(?:小票|发票|收据|票据|订单|付款记录|转账记录|聊天记录)(?:上)?(?:了|写的?|是|显示|看)*[，,、 ]*$/u.test(
      before,
    )
  )
    return "occurredAt";
  if (/(?:时间|日期|日子)[^。]{0,10}$/u.test(before)) return "occurredAt";
  // What is still to come, what a court did, whose model year it is: not when it happened.
  if (
    /^(?:的)?(?:[上下]午|晚上|早上|中午|白天|以后|之后|[\d一二三四五六七八九十两]+点(?:半|多)?|左右|再|就|都)*(?:给|打|联系|回(?:个)?(?:电话|话|信)|有空|方便|过来|去你们|来你们|到你们|去局|上你们)/u.test(
      after,
    ) &&
    /我|俺|你|电话|号/u.test(next)
  )
    return undefined;
  if (/(?:方便的话|有空|最好|能不能|可以|麻烦)[^，。]{0,6}$/u.test(before) && /打|联系|来|回/u.test(clause))
    return undefined;
  if (
    /^[^，。]{0,12}(?:中院|法院|高院|仲裁|立(?:的|了|过|上)?案|开(?:的|了|过|完)?庭|判(?:的|了|决)|起诉)/u.test(
      clause,
    )
  )
    return undefined;
  if (
    /^(?:[^，。]{0,6}(?:给他|给他们|给对方|给那家|给店家|跟他|找他)?(?:们|家)?(?:发|寄|送|去)(?:了|过|的)?(?:个|一封|一份)?[^，。]{0,4}(?:律师函|警告|函|通知)|(?:我)?[^，。]{0,4}(?:就)?(?:举报|投诉|反映|报)过)/u.test(
      clause,
    )
  )
    return undefined;
  if (
    /^(?:的|那个?|那款|那套|这个)?(?:老|旧|新)?(?:产品|款|型号|货|图纸|库存|料|数据|合同|照片|样品|标准|专利)(?!.*(?:买|卖))/u.test(
      clause,
    ) ||
    /^(?:的|那个?|那件|那项|授的|批的)[^，。买卖仿抄]{0,6}专利/u.test(clause)
  )
    return undefined;
  // What a patent, a court or a birth has to do with a day is not when it happened.
  if (
    /(?:专利|授权|申请|证书|年费|合同|商标|注册)(?:号|权|日|是|于|在|从)*[^，。 ]{0,3}$/u.test(before) &&
    !/(?:买|卖|仿|抄|做|印|造|售)/u.test(clause)
  )
    return undefined;
  if (
    /^(?:的专利|(?:[^，。仿抄]{0,6}))(?:就?有(?:了)?(?:发明|外观|实用新型)?专利|申请|取得|获得|授(?:的|了)?权|(?:下|领|批|发|拿)(?:的|了|到|下)*(?:证|专利|下来)|批的|拿(?:到|下)?(?:的)?(?:证|专利)|到期|终止|失效|判|注册|成立|(?:的)?(?:老专利|早)|登记|公告|出生|开庭|起诉|合伙)/u.test(
      clause,
    )
  )
    return undefined;
  if (/^[^，。]{0,4}前我|^(?:我)?(?:俩|们)?还是/u.test(clause) && /还是/u.test(clause)) return undefined;
  if (/(?:是|，)?(?:今年|去年)$/u.test(span) && /^(?:造|产|生产|出厂)的/u.test(clause)) return undefined;
  if (/(?:好像|大概)是$/u.test(before) && /号/u.test(before)) return undefined;
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
    return undefined;
  // What is still only thought of.
  if (/(?:想着|打算|准备|计划|等到?|拖到)$/u.test(before)) return undefined;
  // A date alone at the end of a letter dates the letter.
  if (/(?:[。！\n]|^)\s*$/u.test(before) && after.trim() === "" && text.length > 30) return undefined;
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

/** From which probability on a day that the rules take for one of the two is learned to be neither, by five folds. */
const neitherFrom = 0.75;

/** Whether a message tells a day and nothing else: 是今年九月的事, 上周五晚上那场. */
const isOnlyDate = (text: string, { start, end }: Span): boolean =>
  /^(?:嗯|哦|就|是|在|大概|大约|应该|好像|那会儿?|[，、\s])*$/u.test(text.slice(0, start)) &&
  /^(?:的|前后|左右|那(?:天|会儿?|场|次|回|阵子?)|晚上|早上|上午|下午|夜里|(?:发生|买|卖|说|看见?)?的?(?:事儿?)?|吧|呢|了|[，。！\s])*$/u.test(
    text.slice(end),
  );

/** Whether what stands behind a day is a deed: copying, making, selling, buying, seeing. */
const tellsDeed = (text: string, date: Span): boolean =>
  /仿|抄|冒|照着|照做|卖|买|购|拍|下的?单|看见|看到|瞧见|发货|推出|出了|制造|销售|生产|育苗|摆|上架|又做|印/u.test(
    /^[^。；;！!]{0,26}/u.exec(text.slice(date.end))?.[0] ?? "",
  );

/** A name, or goods, are no longer than this. */
const maxNameChars = 30;

const negatedBefore =
  /(?:不是|不在|并非|别写|不要写|没在|不归|不属于|而不是)(?:在|去|到|我说的|咱们?|我们?|你们?|恁们?)?$/u;

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
  const given = words.mend(punctuated(fold(raw)));
  const injected = words.intents.injection.test(given);
  // What would command the machine is data of no use: its clauses give no facts and no yes.
  const text = withoutTakenBack(injected ? withoutCommands(given, words) : given);
  const clauses = clausesOf(text);
  const written = readers.patentNumbers(text);
  const numbers = affirmedOf(written, text);
  const taken: Span[] = [...written];
  const phones = affirmedOf(readers.phones(text), text).filter(
    (phone) => !written.some((number) => overlaps(number, phone)) && !isOfReported(phone, text),
  );
  taken.push(...phones);
  const link =
    /[¥￥$][A-Za-z0-9]{6,16}[¥￥$]|https?:\/\/[^\s，。；、"”）)]+|(?:www\.|m\.)[\w.-]+\.[a-z]{2,}[^\s，。；、"”）)]*/iu.exec(
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
  const saysYes = (word: string): Found<boolean> | undefined => {
    const start = text.indexOf(word);
    return start < 0 ? undefined : { value: true, start, end: start + word.length, rule: "anonymous.asked" };
  };
  const general = asksInGeneral(text);
  const own = withoutOthersDoings(text);
  const flag = (value: boolean, rule: string, pattern: RegExp): Found<boolean> | undefined => {
    if (general && expectation.asking.length === 0) return undefined;
    const match = pattern.exec(own.replace(asksLeave, (asked) => "＊".repeat(asked.length)));
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

  const seen = [...taken];

  // Who the person is, before anything else is read as a name.
  const wantsName =
    expectation.asking.includes("contactName") ||
    expectation.asking.includes("contactPhone") ||
    phone?.valid !== undefined;
  const ownText = withoutSpans(
    text,
    readers.phones(text).filter((one) => isOfReported(one, text)),
  );
  const { contactName: knownName, contactPhone: knownPhone } = expectation.known ?? {};
  const calledName =
    (wantsName || knownName !== undefined || knownPhone !== undefined
      ? findMendedName(ownText, knownName, words)
      : undefined) ?? findContactName(ownText, wantsName, words);
  // „任丘“ alone is the place, though 任 is a surname.
  const isPlace =
    calledName !== undefined &&
    /^contact\.(?:bare|role|signed|firstPerson)$/u.test(calledName.rule) &&
    readers
      .places(calledName.value)
      .some(({ kind, text: all }) => kind !== "outside" && all === calledName.value);
  const contactName = isPlace ? undefined : calledName;
  put("contactName", contactName);
  if (contactName !== undefined) taken.push(contactName);
  put(
    "anonymous",
    flag(false, "anonymous.no", words.anonymousNo) ??
      flag(true, "anonymous.yes", words.anonymousYes) ??
      // „匿名中不“ to the question for a name takes it, though it asks.
      ((expectation.asking.includes("anonymous") ||
        (expectation.drafting && words.intents.finish.test(text))) &&
      text.length <= 14
        ? saysYes("匿名")
        : undefined) ??
      spacedOut(text, words.anonymousYes),
  );
  put(
    "callback",
    flag(false, "callback.no", words.callbackNo) ?? flag(true, "callback.yes", words.callbackYes),
  );

  // Where. A place that is denied („不是盐山，是孟村“) does not count.
  const allPlaces = readers.places(text);
  const mentions = allPlaces
    .filter((place) => !namesGoods.test(text.slice(place.end, place.end + 6)))
    .filter((place) => !isAuthority(text.slice(place.end, place.end + 14)))
    .filter((place) => !namesAccount(text, place))
    // „你们沧州管不管“ speaks to the desk.
    .filter(
      (place) =>
        place.kind !== "city" || !/(?:你|您|恁)们(?:这儿?|那儿?)?$/u.test(text.slice(0, place.start)),
    )
    .filter((place) => place.kind !== "outside" || !namesFirm.test(text.slice(place.end, place.end + 12)))
    .filter(
      (place) => place.kind !== "outside" || !saysNoPlace(text.slice(place.end, place.end + 4), place.text),
    )
    .filter((place) => !taken.some((other) => overlaps(other, place)));
  const isDenied = (place: Span): boolean =>
    negatedBefore.test(text.slice(Math.max(0, place.start - 6), place.start)) ||
    deniedAfter.test(text.slice(place.end, place.end + 6)) ||
    // „不是任丘那个辛中驿“ denies both.
    mentions.some(
      (other) =>
        other.end <= place.start &&
        /^(?:的|那个?|那边的?)?$/u.test(text.slice(other.end, place.start)) &&
        isDenied(other),
    );
  // A place that was denied stays so where it is named again: 不是河间的，河间那家是经销商.
  const deniedAt = new Map(mentions.filter(isDenied).map((place) => [place.text, place.start]));
  const meant = mentions.filter((place) => {
    const since = deniedAt.get(place.text);
    return !isDenied(place) && (since === undefined || place.start < since);
  });
  // Where it happened, not where the person is from or where the goods came from, unless nothing else was named.
  const whole = (place: PlaceReading): Span => addressOf(place, meant, text);
  const atHome = (place: PlaceReading): boolean => isHome(whole(place), text);
  const elsewhere = (place: PlaceReading): boolean => isBeside(whole(place), text);
  const answersPlace = expectation.asking.includes("county") || expectation.asking.includes("location");
  const accused = relationIn(text, expectation, words)?.value === "被控侵权人";
  const told = meant.filter(
    (place) =>
      !elsewhere(place) &&
      (answersPlace || accused || !atHome(place)) &&
      (place.kind !== "outside" || !isAside(place, text)),
  );
  // Where goods were sent from, or where the person lives, says nothing when it lies elsewhere.
  const near = meant.filter(
    (place) =>
      (place.kind !== "outside" || (!elsewhere(place) && !isAside(place, text))) &&
      (answersPlace || accused || !atHome(place)),
  );
  // A maker elsewhere does not move the market where it was sold.
  const sold = told.some(({ market }) => market !== undefined);
  const abroad = sold ? [] : meant.filter((place) => place.kind === "outside" && isTheirs(place, text));
  const notFrom = near.filter((place) => !/(?:从|打)$/u.test(text.slice(0, place.start)));
  const outright = told.find((place) => isReported(whole(place), text));
  const reported =
    outright === undefined
      ? []
      : told.filter(({ start, counties }) => start >= outright.start || counties[0] === outright.counties[0]);
  // „沧州“ alone, of a firm's name or in passing, says less than any place in it.
  const closer = told.every(({ kind }) => kind === "city") ? [] : told;
  const places = [reported, abroad, closer, notFrom, near].find((some) => some.length > 0) ?? [];
  const placeText = keepOnly(text, places, allPlaces);
  const answersCounty = expectation.asking.includes("county") && text.length <= 8;
  const first = places.length === 0 ? undefined : resolve(readers, placeText, places, answersCounty);
  // „我以前在任丘市油建路的…上班“: a road tells no county, so what stands before it does.
  const nowhere = first?.county === undefined && (first?.candidates ?? []).length === 0;
  const heard =
    nowhere && near.length > places.length
      ? resolve(readers, keepOnly(text, near, allPlaces), near, answersCounty)
      : first;
  // „我是青县马厂的，在我们马厂街上买的“: a place that may be meant is sure where the person names its county besides.
  const [likely, ...others] = heard?.candidates ?? [];
  const besides = meant.some(
    ({ kind, spelled, exact, counties }) =>
      // A street's name is an everyday word, and vouches for nothing.
      (kind !== "ambiguous" || spelled === true) && exact && counties.length === 1 && counties[0] === likely,
  );
  const sure =
    heard !== undefined && heard.county === undefined && others.length === 0 && besides
      ? { ...heard, county: likely, candidates: [] }
      : heard;
  const small = places.some(({ kind }) => kind === "town" || kind === "market");
  const resolved = sure !== undefined && !small && unsureOfCity(text) ? inDoubt(sure) : sure;
  const firstPlace = places[0];
  if (resolved?.county !== undefined && firstPlace !== undefined) {
    put("county", { value: resolved.county, start: firstPlace.start, end: firstPlace.end, rule: "place" });
  }
  const market = [...places, ...near].find((place) => place.market !== undefined);
  if (market?.market !== undefined)
    put("market", { value: market.market, start: market.start, end: market.end, rule: "place.market" });
  const bazaar = marketsIn(text, { taken, mentions, words })[0];
  const markets = [
    ...places.filter(({ kind }) => kind === "market"),
    ...(bazaar === undefined ? [] : [bazaar]),
  ];
  const asksStall = expectation.asking.includes("stall") || expectation.asking.includes("market");
  put("stall", stallIn(text, { clauses, markets, places: mentions, taken, asked: asksStall }));
  if (markets.length > 0) put("stall", boothIn(text, taken, asksStall));
  if (expectation.asking.includes("stall")) put("stall", describedStall(clauses));
  const address = locationIn(text, places, slots.stall);
  const sight = landmarkIn(text, slots.stall === undefined ? taken : [...taken, slots.stall], mentions);
  // 东环建材市场 is more than 东环.
  put(
    "location",
    address ?? (sight !== undefined && bazaar !== undefined && overlaps(sight, bazaar) ? bazaar : sight),
  );
  if (market !== undefined)
    put("location", { value: market.text, start: market.start, end: market.end, rule: "location" });

  const platforms = words.platforms
    .flatMap(({ name, spelling }) => placesOf(spelling, text).map((start) => ({ name, spelling, start })))
    .filter(
      ({ start, spelling }) =>
        !negatedBefore.test(text.slice(Math.max(0, start - 6), start)) &&
        !/^(?:改成|换成|改为|的?不是|不对)/u.test(
          text.slice(start + spelling.length, start + spelling.length + 4),
        ) &&
        // 1688 within a telephone number is no platform.
        !taken.some((other) => overlaps(other, { start, end: start + spelling.length })),
    )
    .sort((a, b) => a.start - b.start || b.spelling.length - a.spelling.length);
  const platform =
    platforms.find(({ start }) =>
      /(?:改成|换成|改为|主要是|应该是|主要在|是在|而是)$/u.test(text.slice(0, start)),
    ) ?? platforms[0];
  const namedPlatform =
    /(?:在|从|去|到|上)(?:(?:咱|我)们?(?:这儿?|这里)?)?(?:本地|当地)?的?(?<name>[\u4e00-\u9fffA-Za-z0-9]{2,6}?)(?:购物)?(?:平台|网站|商城|APP|app)(?:上|里|买|卖|下单)/u.exec(
      text,
    ) ??
    /(?:平台|网站|小程序|商城|APP|app)(?:的)?(?:名(?:字|称)?)?(?:叫做?|名叫|是叫)\s*[“"「]?(?<name>[\u4e00-\u9fffA-Za-z0-9]{2,12}?)[”"」]?(?=$|[，。,\s]|的|上|在)/u.exec(
      text,
    ) ??
    /(?:(?:咱|我)们?(?:这儿?|这里|沧州)?的?(?:本地|当地|本市)?|本地|当地|本市|举报|投诉|反映)的?(?:那个|这个|一个)?(?:叫)?[“"「]?(?<name>[\u4e00-\u9fffA-Za-z0-9]{2,6}?)[”"」]?(?:购物|电商|团购|直播)?(?:平台|网站|商城|APP|app|小程序)(?=上|里|不|没|接|的|公司|有|，|。|$)/u.exec(
      text,
    );
  const platformName = namedPlatform?.groups?.["name"];
  const anyPlatform =
    /^(?:这|那|哪|某|一|个|家|他|它|的|网络|电商|网购|购物|直播|交易|团购|本地|当地|第三方|大|外卖|短视频|二手|线上|正规|有)|[我俺咱你他她它的是就谁]|举报|投诉|反映|要求|[要想来]告/u;
  if (
    platform === undefined &&
    namedPlatform !== null &&
    platformName !== undefined &&
    !anyPlatform.test(platformName)
  ) {
    const start = namedPlatform.index + namedPlatform[0].lastIndexOf(platformName);
    put("platform", { value: platformName, start, end: start + platformName.length, rule: "platform.named" });
  }
  // A link says where it leads.
  const host = link === null ? undefined : words.platformHosts.find(({ pattern }) => pattern.test(link[0]));
  if (platform === undefined && link !== null && host !== undefined)
    put("platform", {
      value: host.name,
      start: link.index,
      end: link.index + link[0].length,
      rule: "platform.link",
    });
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

  put("market", bazaar);
  const bare = expectation.asking.includes("market") ? bareMarket(clauses) : undefined;
  // „补充说明“ says what is to be done, wherever it is said.
  const saysMarket =
    bare !== undefined &&
    !isTalk(bare.value, words) &&
    !/^(?:做|卖|搞|生产|加工)|的$/u.test(bare.value) &&
    !Object.values(words.intents).some((intent) => intent.test(bare.value)) &&
    couldBeName(bare.value, text, words);
  if (saysMarket) put("market", bare);
  put("location", bazaar);
  put("location", villageIn(text, [...taken, ...mentions], places));
  if (
    slots.location === undefined &&
    slots.infringer === undefined &&
    expectation.asking.includes("location")
  ) {
    put("location", describedPlace(clauses, taken));
  }
  // Answers to what was asked: a short clause that no other rule has a claim on.
  if (slots.infringer === undefined && phone === undefined && expectation.asking.includes("infringer")) {
    const none = [namedProduct, slots.stall].filter((one) => one !== undefined);
    put("infringer", bareAnswer(clauses, [...taken, ...mentions, ...none], words, "infringer"));
  }
  const nameTaken = slots.infringer === undefined ? taken : [...taken, slots.infringer];
  const products = findProducts(clauses, [...nameTaken, ...mentions], words);
  put("product", namedProduct ?? products.find(({ value }) => !isTalk(value, words)));
  if (slots.product === undefined && phone === undefined && expectation.asking.includes("product")) {
    put("product", bareAnswer(clauses, [...nameTaken, ...mentions], words, "product"));
  }

  const candidates = {
    infringer: rankedFirst(slots.infringer, infringers),
    product: rankedFirst(slots.product, products),
    contactName: rankedFirst(slots.contactName, []),
  };
  const asking = expectation.asking;
  const read = readers.tag(
    text,
    { clauses, taken: seen, places: mentions, phones, asking, candidates },
    words,
  );
  // What the rules know to be another thing is none, however probable.
  const tagging = {
    ...read,
    spans: read.spans.filter(
      (span) =>
        span.value.length <= maxNameChars &&
        !isTalk(span.value, words) &&
        clauses.every((clause) => !isWhole(span, clause) || couldBeName(span.value, clause.text, words)) &&
        !negatedBefore.test(text.slice(Math.max(0, span.start - 6), span.start)) &&
        !(
          span.slot === "infringer" &&
          (isOwnName(text, span.start) ||
            (slots.stall !== undefined && overlaps(slots.stall, span)) ||
            isRunBySpeaker(text.slice(Math.max(0, span.start - 20), span.start), text.slice(span.end)) ||
            /^(?:做|卖|修|收|开)(?!心)/u.test(span.value) ||
            (isDescription(span.value, words) && !/[“"「『]/u.test(text[span.start - 1] ?? "")) ||
            isNoFirm(
              span.value,
              text.slice(Math.max(0, span.start - 14), span.start),
              text.slice(span.end, span.end + 8),
            ))
        ) &&
        !(span.slot === "contactName" && !couldBePerson(span.value, words)),
    ),
  };
  const behindPlace = (one: Span) => mentions.some(({ end, kind }) => end === one.start && kind === "town");
  // „我做工艺玻璃的，隔壁厂仿我的杯子“: what the speaker makes is not yet what it is about.
  const ofOwnTrade = (one: Span) =>
    /(?:我|俺|咱)(?:们)?(?:家|厂|公司|店)?(?:是|就是)?(?:做|干|搞|卖|生产|加工|批发)$/u.test(
      text.slice(Math.max(0, one.start - 8), one.start),
    ) && /^(?:生意)?的/u.test(text.slice(one.end));
  for (const slot of taggedSlots) {
    // Goods are no part of the name that was settled on before.
    const other = slot === "product" ? slots.infringer : undefined;
    const found = weigh(slot, candidates[slot], tagging, { other, placed: behindPlace, aside: ofOwnTrade });
    if (found === undefined) delete slots[slot];
    else if (slot === "infringer") slots.infringer = inFull(found, text, mentions);
    else slots[slot] = slot === "product" ? withHead(found, text) : found;
  }

  // „那个店叫二柱子泵业门口写的“ to the question where it is: the name was told, not the place.
  const named = slots.infringer;
  const described = slots.location?.rule === "location.described" ? slots.location : undefined;
  if (described !== undefined && named !== undefined && overlaps(described, named)) delete slots.location;

  for (const { slot, ...mended } of mendedByLabel(text, expectation.known ?? {})) slots[slot] = mended;

  let corrected = 0;
  for (const { instead, value } of findCorrections(text)) {
    // What was called by its label is mended already.
    if (Object.values(slots).some((slot) => slot.rule.endsWith(".mended") && overlaps(slot, value))) continue;
    const lead = text.slice(corrected, value.start);
    corrected = value.end;
    if (mentions.some((place) => overlaps(place, value))) continue;
    // „是A21，不是A12“ mends the stall.
    const { stall: booth } = expectation.known ?? {};
    if (booth?.includes(instead) === true && /\d/u.test(value.value)) {
      slots.stall = { ...value, value: booth.replace(instead, () => value.value) };
      continue;
    }
    const known = (name: "infringer" | "product") => {
      const all = expectation.known?.[name];
      return all !== undefined && (all.includes(instead) || instead.includes(all)) ? all : undefined;
    };
    const saysGoods = /产品|货|东西/u.test(lead) || known("product") === instead;
    const saysFirm = /(?:厂|店|公司)(?:的)?(?:名|字号)/u.test(lead) || known("infringer") === instead;
    const isGoods = saysGoods !== saysFirm ? saysGoods : known("product") !== undefined;
    const slot = isGoods ? "product" : "infringer";
    const whole = known(slot);
    // „我名字不是张三是张山“ is about who tells it.
    if (whole === undefined && /(?:我|俺|本人|联系人)(?:的)?(?:名|姓|电话|手机)|姓名|称呼/u.test(lead)) {
      if (couldBePerson(value.value, words) && value.value.length <= 4) slots.contactName = value;
      continue;
    }
    const names = /(?:厂|店|公司|招牌|门头)(?:的)?(?:名|字号|叫|上写)|(?<!匿|姓)名/u.test(text);
    if (whole === undefined && !names && !isFirm(value.value, words)) continue;
    // „不是瑞丰，是瑞峰“ of 瑞丰弯头厂 mends that part of the name.
    const mends = whole !== undefined && whole !== instead && instead.length === value.value.length;
    slots[slot] = mends ? { ...value, value: whole.replace(instead, () => value.value) } : value;
    const other = slot === "infringer" ? "product" : "infringer";
    if (slots[other] !== undefined && overlaps(slots[other], value)) delete slots[other];
  }

  // „改成西方线缆厂“, and nothing else: what is shaped like a firm takes the firm's place.
  const renamed =
    /^(?:那?就|还是)?(?:改成|改为|换成)[ ：:]*(?<name>[^，。！!?？\s]{2,24}?)(?:吧|啊|呀)?[。！]*$/u.exec(
      text.trim(),
    );
  const renamedTo = renamed?.groups?.["name"];
  if (renamedTo !== undefined && expectation.known?.infringer !== undefined && isFirm(renamedTo, words)) {
    const start = text.indexOf(renamedTo);
    slots.infringer = { value: renamedTo, start, end: start + renamedTo.length, rule: "correction" };
    delete slots.product;
  }

  // The number of a stall is no name.
  if (slots.stall !== undefined && slots.infringer !== undefined && overlaps(slots.stall, slots.infringer))
    delete slots.infringer;

  // A name that the person goes by is nobody else's.
  if (contactName !== undefined && /^contact\.(?!bare|am)/u.test(contactName.rule)) {
    for (const slot of ["infringer", "product"] as const)
      if (slots[slot] !== undefined && overlaps(slots[slot], contactName)) delete slots[slot];
  }

  const unquoted = text.replace(/[“"「『][^”"」』]*[”"」』]/gu, (quoted) => " ".repeat(quoted.length));
  put("relation", general ? undefined : relationIn(unquoted, expectation, words));
  put(
    "suedAlready",
    flag(false, "sued.no", words.suedNo) ??
      flag(true, "sued.yes", words.suedYes) ??
      (expectation.asking.includes("suedAlready") ? yesOrNo(text) : undefined),
  );
  const wishes = own.replace(
    /(?:不图|不是图|不要|不求|没想|不想要|不用|不指望|不稀罕|不为|赔不)[^，。]{0,4}赔(?:不赔)?(?:钱|偿|款)?|赔不赔(?:钱)?[^，。]{0,6}|(?:让|叫|要|逼)(?:我|俺|咱)(?:们)?(?:停产|停售|停|赔|下架)[^，。]{0,6}|(?:不(?:给)?(?:我)?|直接给|被|给我|已经|都给)下架|请自行协商|说不和解就|赔个不是|(?:跟|和|与|还是)(?:调解|十倍赔)[^，。]{0,6}(?:能|选|[?？]|$)|假一赔[十三]|(?:我|俺)?(?:不想|不愿|不接受|不同意|不要|也?不用你们)(?:跟他|和他)?(?:调解|协商|说和|私了|谈)/gu,
    (unwanted) => "＊".repeat(unwanted.length),
  );
  const remedies = words.remedies.filter(({ pattern }) => pattern.test(wishes));
  const asksForRemedy =
    expectation.asking.includes("remedy") ||
    /(?:请|责令|希望|要(?!是|么)|想|让|叫|得|给|别|就行|就中|帮|盼|求|退一赔|假一赔|倍赔)/u.test(wishes);
  const firstRemedy = remedies[0]?.pattern.exec(wishes);
  if (asksForRemedy && firstRemedy != null) {
    put("remedy", {
      value: remedies.map(({ name }) => name).join("、"),
      start: firstRemedy.index,
      end: firstRemedy.index + firstRemedy[0].length,
      rule: "remedy",
    });
  }
  const bareYear =
    /^(?:大概|大约|好像|应该|差不多|得有|就是|是|从)*(?<year>(?:19|20)\d{2})年?(?:吧|左右|前后|的|那年|那会儿|开始|年)*[。，！\s]*$/u.exec(
      text.trim(),
    )?.groups?.["year"];
  const askedDate = expectation.asking.find((name) => name === "occurredAt" || name === "knownSince");
  if (bareYear !== undefined && askedDate !== undefined && bareYear <= today.slice(0, 4))
    put(askedDate, { value: bareYear, start: 0, end: text.length, rule: "date.bareYear" });
  const dates = findDates(
    text.replace(/(?:不是|并非)[^，。]{1,10}(?=[，。]|是)/gu, (unmeant) => " ".repeat(unmeant.length)),
    today,
  );
  const happenings: ((typeof dates)[number] & { likely: number })[] = [];
  const weighedDates: Understanding["weighed"]["dates"] = [];
  // „说错了，不是昨天，是前天“ mends the day that was told.
  const mendsDate = words.correction.test(text) && expectation.known?.occurredAt !== undefined;
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
    const alone = expectation.drafting && isOnlyDate(text, date) ? "occurredAt" : undefined;
    const slot = askedDate ?? learned ?? alone ?? (mendsDate ? "occurredAt" : undefined);
    if (slot === "occurredAt" && askedDate === undefined)
      happenings.push({ ...date, likely: leaning.probabilities["occurredAt"] ?? 0 });
    else if (slot !== undefined) put(slot, date);
  }
  // Of several days, the one that is likeliest to be that of the deed.
  const [happening] = happenings.sort((a, b) => b.likely - a.likely);
  if (happening !== undefined) {
    const { likely: _, ...date } = happening;
    put("occurredAt", date);
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
  const smallTalk =
    isSmallTalk(text, words) && numbers.length === 0 && phones.length === 0 && slots.county === undefined;
  if (smallTalk || (requests.secrecy && text.length <= 16)) {
    for (const name of ["infringer", "product", "contactName", "occurredAt", "location"] as const)
      delete slots[name];
  }
  if (words.intents.abuse.test(text)) {
    for (const name of ["infringer", "product", "contactName"] as const)
      if (/\.(?:bare|learned)$/u.test(slots[name]?.rule ?? "")) delete slots[name];
  }
  // „谢谢你啊 态度真好“ to the question for the firm names none.
  const thanked = words.intents.thanks.test(text) ? slots.infringer : undefined;
  if (thanked?.rule === "infringer.bare" && !isFirm(thanked.value, words)) delete slots.infringer;
  const calms = requests.calmed && !/[?？]/u.test(text);
  // „哪个区？运河区“ to the question which repeats it, and answers.
  const echo = answersPlace && places.length > 0 ? echoedIn(text, mentions) : 0;
  const question =
    !agrees &&
    !smallTalk &&
    !calms &&
    !(expectation.drafting && requests.showsDraft) &&
    asksForReal(text.slice(echo), words)
      ? questionIn(
          clauses.filter(({ start }) => start >= echo),
          words,
          taken,
          infringers,
          expectation.drafting ? [] : written,
          expectation.drafting ? mentions.filter((place) => !isHome(place, text)) : [],
        )
      : undefined;
  const asksNumber =
    question !== undefined && !expectation.drafting && askedNumbers(clauses, written).length > 0;
  // A number that reads as a patent's says „专利“ whether or not the word stands beside it.
  const aside = expectation.asking.length > 0 && !expectation.asking.includes("reportType");
  const mayLean = text.length >= 10 && !aside && !general && !smallTalk;
  const plainMatter = matterIn(text, words, expectation);
  const numberedMatter =
    plainMatter !== undefined ||
    numbers.length === 0 ||
    expectation.asking.includes("patentNumber") ||
    words.correction.test(text) ||
    /对不对/u.test(text)
      ? undefined
      : matterIn(numbered(text, numbers), words, expectation);
  const ruled = plainMatter ?? (numberedMatter?.value === "标识不规范" ? undefined : numberedMatter);
  const weighed = {
    text: withoutDeniedRights(unquoted),
    hints: [...hintsOf("reportType", ruled), ...hintsOf("relation", slots.relation)],
    flags: {} as { [F in FlagSlot]?: string[] },
    dates: weighedDates,
  };
  /** What was learned of a yes or no that the rules say, or do not; undefined where it leaves what they say. */
  const weighFlag = (slot: FlagSlot, rule: boolean | undefined, asked: boolean): Leaning | undefined => {
    if (!asked && (general || !flagCues[slot].test(text))) return undefined;
    const said = `rule=${rule ?? noLeaning}`;
    weighed.flags[slot] = [asked ? "asked" : "unasked", said, `${asked}${said}`];
    const leaning = leaningOfTerms(leanings()[slot], leaningTerms(weighed.text, weighed.flags[slot]));
    if (leaning.kind === String(rule ?? noLeaning)) return undefined;
    return leaning.probability < (leaning.kind === noLeaning ? 0.9 : 0.5) ? undefined : leaning;
  };
  for (const slot of ["suedAlready", "callback"] as const) {
    const leaning = weighFlag(slot, slots[slot]?.value, expectation.asking.includes(slot));
    if (leaning === undefined) continue;
    delete slots[slot];
    if (leaning.kind === noLeaning) continue;
    const value = leaning.kind === "true";
    put(slot, { value, start: 0, end: text.length, rule: `${slot}.leaning(${leaning.because.join(" ")})` });
  }
  const asked = slots.remedy?.value.split("、") ?? [];
  const wanted = remedyNames.filter((remedy) => {
    const rule = asked.includes(remedy);
    const leaning = weighFlag(remedy, rule ? true : undefined, expectation.asking.includes("remedy"));
    return leaning === undefined ? rule : leaning.kind === "true";
  });
  if (wanted.join("、") !== asked.join("、")) {
    delete slots.remedy;
    const value = wanted.join("、");
    if (value !== "") put("remedy", { value, start: 0, end: text.length, rule: "remedy.leaning" });
  }
  let terms: ReadonlySet<string> | undefined;
  // What was learned, the rules' own word among what it goes by, decides.
  const settle = <S extends "reportType" | "relation">(
    slot: S,
    rule: Found<NonNullable<Slots[S]>> | undefined,
    least: number,
  ) => {
    terms ??= leaningTerms(weighed.text, weighed.hints);
    const reports = slot === "reportType" && words.intents.report.test(text);
    return settled(slot, rule, least, terms, text, reports);
  };
  const matterLeans = mayLean && (question === undefined || words.intents.report.test(text));
  const matter = matterLeans ? settle("reportType", ruled, 0.4) : ruled;
  if (mayLean && question === undefined) {
    const relation = settle("relation", slots.relation, 0.4);
    delete slots.relation;
    put("relation", relation);
  }
  // A quarrel over who is named, or unfair competition, is told by somebody who claims no right yet.
  if (
    (matter?.value === "不正当竞争" || matter?.value === "专利纠纷调解") &&
    slots.relation?.value === "权利人" &&
    !expectation.asking.includes("relation") &&
    !/专利权人|权利人|许可|转让|共有|使用费/u.test(text)
  )
    delete slots.relation;
  // Who is accused tells of the other side's claim, not of a matter of theirs.
  if (matter?.rule === "matter.named" || slots.relation?.value !== "被控侵权人") put("reportType", matter);

  if (slots.reportType?.value === "专利纠纷调解") put("infringer", employerIn(text, mentions, words));
  const { infringer } = slots;
  if (
    slots.product === undefined &&
    infringer !== undefined &&
    (sentOnGoods.test(text) || maker.test(infringer.value))
  )
    put("product", goodsOfFirm(infringer, words));

  // What is weighed over the whole message has no place of its own.
  const facts = Object.values(slots).filter(({ rule }) => !/leaning|\.words\./u.test(rule));
  const served = clauses.filter((clause) => words.requests.another.test(clause.text));
  const spaced = text.replace(/(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])/gu, "，");
  const signals: Signals = {
    submit: !injected && words.intents.submit.test(text),
    finish: words.intents.finish.test(text),
    // „对了，…“ before a question changes the subject; alone it agrees.
    confirm:
      !injected && words.intents.confirm.test(spaced) && !(question !== undefined && /^对了/u.test(text)),
    agreed: !injected && question === undefined && assents(clauses, [...facts, ...served]),
    deny: words.intents.deny.test(text),
    unknown: words.unknown.test(text),
    skip: words.skip.test(text),
    asPrinted: words.asPrinted.test(text),
    numberAgreed: words.numberAgreed.test(text),
    numberAsIs: words.numberAsIs.test(text),
    reserved: words.reservation.test(text),
    correction: words.correction.test(text),
    copiedWithoutRight: slots.reportType === undefined && words.copiedWithoutRight.test(text),
    withdraw: words.intents.withdraw.test(text),
    placeUnknown:
      /(?:人|店|厂|地方|位置|地址|在哪(?:儿|里)?|哪个?(?:县|区|市|镇|乡)|哪儿)[^，。]{0,8}(?:不清楚|不知道|说不准|不晓得|说不好|弄不清)|(?:不知道|不清楚|不晓得|说不准)[^，。]{0,6}(?:在哪|哪个?县|哪儿|什么地方|啥地方)/u.test(
        text,
      ),
    firmUnknown:
      slots.infringer === undefined &&
      /(?:不知道|不清楚|不晓得|知不道|说不上|叫不上)[^，。]{0,4}(?:是)?(?:哪(?:个|一)?(?:家|厂|店)|谁家|啥(?:厂|店|公司|名)|什么(?:厂|店|公司|名)|(?:厂|店|公司)(?:名|叫)|叫(?:啥|什么|嘛))|(?:厂|店|公司)名[^，。]{0,4}(?:不知道|不清楚|忘了|没记|记不)/u.test(
        text,
      ),
    numberUnknown:
      /(?:专利)?号(?:码)?[^，。]{0,8}(?:不清楚|不知道|哪(?:儿)?(?:知道|晓得|认得)|不认(?:字|识|得)|没(?:说|提|标|印|写|念|讲)|知不道|没看清|看不清|不记得|没记|忘了|没有)/u.test(
        text,
      ),
    tellsFacts: tellsFacts(slots, question, text),
  };
  const reportNo = readers.reportNo(raw);
  const queryCode =
    /(?:查询码|码)(?:是|[:：])?\s*(\d{4}[\s-]?\d{4})(?!\d)/u.exec(text)?.[1] ??
    (reportNo !== undefined ? /(?<!\d)(\d{4}[\s-]?\d{4})(?!\d)/u.exec(text)?.[1] : undefined);

  const ruledIntents = intentsOf(text, words, expectation, {
    injected,
    slots,
    signals,
    question,
    numbers,
    phones,
    places,
    reportNo,
    requests,
    asksNumber,
  });
  const acting = { folded: text, hints: actHints(ruledIntents, requests, signals, slots) };
  const weighing = weighActs(acting, expectation, {
    intents: ruledIntents,
    requests,
    signals,
    question,
    marked: /[?？]/u.test(text),
    asks: (clause) => words.question.test(clause),
    slots,
    text,
  });

  return {
    text,
    intents: weighing.intents,
    acting,
    acts: weighing.acts,
    slots: weighing.isTalk ? {} : slots,
    numbers,
    phones,
    // „今儿真冷，沧州都零下了“ tells of no place.
    place:
      resolved === undefined ||
      resolved.county !== undefined ||
      weighing.acts.some(({ act }) => act === "chitchat")
        ? undefined
        : { candidates: resolved.candidates, reason: resolved.reason },
    signals: weighing.signals,
    requests: weighing.requests,
    question: weighing.question,
    reportNo,
    queryCode: queryCode?.replace(/\D/g, ""),
    narrative: withoutSpans(text, [...phones, ...(contactName === undefined ? [] : [contactName])]),
    weighed,
  };
}

/** From which probability on an act counts that the rules did not see (docs/decisions/033). */
const actsFrom = {
  handoff: 0.6,
  status: 0.6,
  supplement: 0.6,
  abuse: 0.6,
  threat: 0.6,
  threatened: 0.6,
  greet: 0.6,
  thanks: 0.6,
  chitchat: 0.5,
  injection: 0.85,
  cancel: 0.85,
  withdraw: 0.75,
  resume: 0.6,
  correct: 0.6,
  report: 0.7,
  qa: 0.7,
  oos: 0.6,
  aid: 0.7,
  accused: 0.7,
  whoReported: 0.7,
  cannotRead: 0.6,
  secrecy: 0.7,
  complain: 0.7,
  another: 0.75,
  finish: 0.7,
  unknown: 0.7,
  skip: 0.75,
} as const satisfies Partial<Record<Act, number>>;
/** Below which a question that the rules saw, without a question mark, is none. */
const asksFrom = 0.06;
/** Below which a word for it is meant otherwise. */
const meantFrom = 0.08;

/** How a value was read of which only its shape or its surroundings speak. */
const guessedBy = /\.(?:bare|learned|goods|shape)$/u;

/** What a message does: what the rules say, and what was learned beside it. */
function weighActs(
  acting: Understanding["acting"],
  { drafting, confirming, asking }: Expectation,
  said: {
    intents: readonly Intent[];
    requests: Requests;
    signals: Signals;
    question: string | undefined;
    marked: boolean;
    /** Whether a text holds a word of asking. */
    asks(text: string): boolean;
    slots: FoundSlots;
    text: string;
  },
): Pick<Understanding, "intents" | "requests" | "signals" | "question" | "acts"> & { isTalk: boolean } {
  const stage: Stage = confirming ? "confirming" : drafting ? "drafting" : "idle";
  const likely = actsOf(actsModel(), actTerms(acting.folded, stage, acting.hints));
  const intents = [...said.intents];
  const acts: Understanding["acts"] = [];
  const does = (act: keyof typeof actsFrom): boolean => {
    if (likely[act] < actsFrom[act]) return false;
    acts.push({ act, probability: Math.round(likely[act] * 100) / 100 });
    return true;
  };
  const add = (intent: Intent, when: boolean, act: keyof typeof actsFrom) => {
    if (!intents.includes(intent) && when && does(act)) intents.push(intent);
  };
  let { question } = said;
  // „吹什么国家专利“ tells; a story that holds such a word asks nothing.
  const tells = likely.report > 0.5 || Object.keys(said.slots).length > 0;
  const plainly = question?.replace(/啥|什么|谁|哪(?:个|家|里|儿|的)?/gu, "") ?? "";
  if (
    question !== undefined &&
    tells &&
    !said.marked &&
    likely.qa < asksFrom &&
    likely["qa.service"] < asksFrom &&
    !said.asks(plainly)
  ) {
    question = undefined;
    intents.splice(0, intents.length, ...intents.filter((intent) => intent !== "qa"));
  }
  // „我们店门口有条人工湖“, „他骂我是废物“: the word stands there, and is meant otherwise.
  const outright = /转[^，。]{0,4}人/u.test(said.text);
  for (const intent of ["handoff", "abuse"] as const)
    if (likely[intent] < meantFrom && !(intent === "handoff" && outright))
      intents.splice(0, intents.length, ...intents.filter((one) => one !== intent));
  // „投诉多少天给结果“ in the middle of a report asks how it is done, not how far one's own report is.
  const asksHow =
    isOfTopic(said.text, ["progress"]) ||
    serviceAnswer(said.text) !== undefined ||
    /(?:几|多少)(?:个)?(?:工作)?[日天月]|多久|多长时间/u.test(said.text);
  if (drafting && intents.includes("status") && !/CZ-/iu.test(said.text) && asksHow) {
    question ??= said.text;
    intents.splice(0, intents.length, ...intents.filter((intent) => intent !== "status"), "qa");
  }
  const asksNothing = question === undefined;
  add("injection", true, "injection");
  add("threat", true, "threat");
  add("threat", true, "threatened");
  add("abuse", true, "abuse");
  add("handoff", true, "handoff");
  add("status", !drafting, "status");
  add("supplement", !drafting, "supplement");
  const given = Object.keys(said.slots).length > 0;
  const files = /(?<!不|别|甭|想|要)(?:报|交|提交)(?:了|上)?(?:吧|呗|咧)?[。！]?$/u.test(said.text);
  const goesOn = given || files || said.signals.submit || said.signals.finish || said.signals.confirm;
  add("cancel", drafting && asksNothing && !goesOn, "cancel");
  const elsewhere = intents.some((intent) => intent === "status" || intent === "supplement");
  if (asksNothing && !elsewhere && !intents.includes("handoff") && does("qa")) {
    question = said.text;
    intents.push("qa");
  }
  const signals = { ...said.signals };
  if (!drafting && !signals.withdraw && does("withdraw")) signals.withdraw = true;
  if (drafting) {
    add("resume", true, "resume");
    if (!signals.finish && does("finish")) signals.finish = true;
    if (asking.length > 0 && Object.keys(said.slots).length === 0) {
      if (!signals.unknown && does("unknown")) signals.unknown = true;
      if (!signals.skip && does("skip")) signals.skip = true;
    }
  }
  const requests = { ...said.requests };
  const learned = {
    aid: "aid",
    accused: "accused",
    whoReported: "whoReported",
    cannotRead: "cannotRead",
    secrecy: "secrecy",
    complains: "complain",
    another: "another",
  } as const;
  for (const [request, act] of Object.entries(learned) as [
    keyof typeof learned,
    Act & keyof typeof actsFrom,
  ][])
    if (!requests[request] && !(act === "aid" && question !== undefined) && does(act))
      requests[request] = true;
  // Who is accused tells of a report, and makes none.
  const wants = /(?:我|俺|咱)(?:要|想|得)(?:举报|投诉|告|反映)/u.test(said.text);
  if (requests.accused && said.slots.relation?.value === "被控侵权人" && !wants)
    intents.splice(0, intents.length, ...intents.filter((intent) => intent !== "report"));
  const reports =
    !elsewhere && question === undefined && !requests.aid && !requests.accused && !signals.withdraw;
  const commands = intents.includes("injection") || likely.injection >= 0.2;
  add("report", !drafting && reports && !commands, "report");
  const short = said.text.length <= 20;
  add("greet", short, "greet");
  add("thanks", short && !intents.includes("report"), "thanks");
  const aside: readonly Intent[] = ["confirm", "deny", "resume", "greet", "thanks"];
  const substantial = intents.some(
    (intent) => !aside.includes(intent) && (given || intent !== "provide_info"),
  );
  add("chitchat", short && !substantial && !given, "chitchat");
  if (!intents.includes("report")) does("oos");
  // „俺家那口子也爱吃包子 哈哈“: what is named in small talk is nothing that is reported.
  const guessed = Object.values(said.slots).every(({ rule }) => guessedBy.test(rule));
  const isTalk = short && given && guessed && likely.chitchat >= 0.9 && likely.report < 0.2;
  if (isTalk)
    intents.splice(0, intents.length, ...intents.filter((one) => one !== "provide_info"), "chitchat");
  return { intents, requests, signals, question, acts, isTalk };
}

/** What the rules say that a message does, by the names of acts, and which slots it gives. */
function actHints(
  intents: readonly Intent[],
  requests: Requests,
  signals: Signals,
  slots: FoundSlots,
): string[] {
  const named = { complains: "complain", tired: "complain" } as Record<string, string>;
  const hints = [
    ...intents,
    ...Object.entries(requests).flatMap(([name, value]) =>
      name === "rating"
        ? value === undefined
          ? []
          : ["rating"]
        : value === true
          ? [named[name] ?? name]
          : [],
    ),
    ...(["withdraw", "finish", "unknown", "skip"] as const).filter((name) => signals[name]),
    ...(slots.anonymous?.value === true ? ["anonymous"] : []),
    ...Object.keys(slots).map((name) => `slot:${name}`),
  ];
  return [...new Set(hints)];
}

/** Those that are not taken back where they stand („不是甲号，是乙号“, „甲号不对，是乙号“); all where none is left. */
function affirmedOf<S extends Span>(spans: readonly S[], text: string): S[] {
  const affirmed = spans.filter(
    ({ start, end }) =>
      !/(?:不是|不叫|并非|别写|别用)(?:那个|这个)?(?:号码?|电话)?$/u.test(
        text.slice(Math.max(0, start - 9), start),
      ) &&
      !/^[”"」]?(?:那|这)?(?:个|串)?(?:号码?|电话)?(?:是)?(?:不对|错了?|写错|打错|说错|念错|记错|看错|停机|不用了|作废|改成|改为|换成)/u.test(
        text.slice(end, end + 10),
      ),
  );
  return affirmed.length === 0 ? [...spans] : affirmed;
}

/** The text without what others did or said they would do: 老张说他不想留名, 我朋友已经起诉了, 上回你们打电话. */
function withoutOthersDoings(text: string): string {
  return text.replace(
    /(?:(?<!替|委托|请)(?:他|她|(?:老|小)[\u4e00-\u9fff]|(?:我|俺)?朋友)(?:说)?(?:他|她)?(?:已经)?(?:起诉|不想留名|打官司)(?:了)?(?!我|俺)(?:平台)?)|(?:不[^，。没]{1,4}就|先|非得|凭啥非得)起诉|(?:打官司|起诉)贵|匿名(?:和|跟|与|还是)实名|实名(?:和|跟|与|还是)匿名|(?:上回|上次|之前|总|老是?|天天)(?:你们|他们)?(?:给(?:我|俺))?(?:回|打)(?:我|俺)?(?:个)?电话/gu,
    (others) => "＊".repeat(others.length),
  );
}

/** A yes or no that answers what was asked: 没呢还, 告了. */
function yesOrNo(text: string): Found<boolean> | undefined {
  const no = /^(?:还|都|从来?|目前|暂时|也)?(?:没有?|未|不)(?:呢|啊|呀|还|过|去|告|有|的|是)*[。，！\s]*$/u;
  const yes =
    /^(?:嗯+|对|是|有|去|告|打|起诉|立案?|已经)(?:的|了|过|啊|呀|呢|去|告|打|是|有|对)*[。，！\s]*$/u;
  const span = { start: 0, end: text.length };
  if (no.test(text)) return { value: false, ...span, rule: "answer.no" };
  return yes.test(text) ? { value: true, ...span, rule: "answer.yes" } : undefined;
}

/** Whether a name ends in a word for a firm, and is more than that and a trade. */
const isFirm = (name: string, words: Lexicon): boolean =>
  words.firmSuffixAt(name) !== undefined && !isGeneric(name, words) && !isDescription(name, words);

/** Who employs the person, the other side of a quarrel over an invention made at work: 我在泊头华泽环保上班. */
function employerIn(text: string, places: readonly Span[], words: Lexicon): Found<string> | undefined {
  const match =
    /(?:我|俺|本人)(?:们)?(?:原来|以前|之前|原先|先前|曾经?|一直|现在|还)?(?:就)?(?:是)?在(?<name>[^，。；]{2,28}?)(?:上班|上过班|工作|打工|任职|当(?:技术员|工程师|工人)|做(?:技术|研发)|干(?:技术|研发|过|活|了))/u.exec(
      text,
    );
  const all = match?.groups?.["name"];
  if (match === null || all === undefined) return undefined;
  const end = match.index + match[0].indexOf(all) + all.length;
  const start = Math.max(
    end - all.length,
    ...places
      .filter((place) => place.end <= end && place.start >= end - all.length)
      .map((place) => place.end),
  );
  const value = text.slice(start, end).replace(/^的|(?:里|那儿|那里)$/gu, "");
  const lead = text.slice(start, end).startsWith("的") ? 1 : 0;
  if (
    value.length < 2 ||
    isGeneric(value, words) ||
    isDescription(value, words) ||
    /^(?:一|那|这)家?/u.test(value)
  )
    return undefined;
  return { value, start: start + lead, end: start + lead + value.length, rule: "infringer.employer" };
}

/** What tells of goods without naming them. */
const sentOnGoods = /包装|盒子?上|袋子?上|箱子?上|铭牌|吊牌|标签|外壳|说明书|产品上/u;

/** What a firm is called that makes what it is called after. */
const maker = /(?:制造|生产|加工)(?:有限)?(?:责任)?公司$/u;

/** The goods that a firm is called after: 瑞丰汽车坐垫厂 makes 汽车坐垫. */
function goodsOfFirm(firm: Found<string>, words: Lexicon): Found<string> | undefined {
  const suffix = /(?:(?:制造|生产|加工)?(?:有限责任公司|有限公司|公司|厂)|店|经营部|门市部?|商行)$/u.exec(
    firm.value,
  )?.[0];
  if (suffix === undefined) return undefined;
  const named = firm.value.slice(0, -suffix.length);
  const goods = words.goodsAt(named);
  if (goods === undefined || goods.length < 2 || named.length < goods.length + 2) return undefined;
  const end = firm.end - suffix.length;
  return { value: goods, start: end - goods.length, end, rule: "product.ofFirm" };
}

/** A firm by its registered name, where the message says it in full: 沧州锐通管件有限公司 for 锐通管件. */
function inFull(found: Found<string>, text: string, places: readonly Span[]): Found<string> {
  if (!/^[\u4e00-\u9fff]{2,}$/u.test(found.value)) return found;
  const registered = /^[\u4e00-\u9fff()（）]{0,8}?(?:有限责任公司|股份有限公司|有限公司)/u;
  const own = /(?:有限责任|股份有限|有限)公司$/u.test(found.value);
  for (const at of placesOf(found.value, text)) {
    const behind = own ? "" : registered.exec(text.slice(at + found.value.length))?.[0];
    if (behind === undefined || /[的与和跟把在被告]/u.test(behind)) continue;
    const place = places.find(({ start, end }) => end === at && start < end);
    const start = place?.start ?? at;
    const end = at + found.value.length + behind.length;
    return { ...found, value: text.slice(start, end), start, end };
  }
  return found;
}

/** A word typed with blanks between its characters: 匿 名. */
function spacedOut(text: string, pattern: RegExp): Found<boolean> | undefined {
  if (text.length > 12 || !/[\u4e00-\u9fff] [\u4e00-\u9fff]/u.test(text)) return undefined;
  return pattern.test(text.replaceAll(" ", ""))
    ? { value: true, start: 0, end: text.length, rule: "anonymous.yes" }
    : undefined;
}

const isWhole = (span: Span, clause: Span) => span.start === clause.start && span.end === clause.end;

/** What was chosen, then what else was found. */
const rankedFirst = (chosen: Found<string> | undefined, others: readonly Found<string>[]) =>
  chosen === undefined ? others : [chosen, ...others.filter(({ start }) => start !== chosen.start)];

/** Where a word stands in a text, each time. */
function placesOf(word: string, text: string): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) found.push(at);
  return found;
}

const roleHeading =
  /(?<=^|[，。；;！!\s【[（(])(?:系统|管理员|开发者|后台|最高|超级|system|admin|assistant|developer|user)(?:管理员)?(?:提示词?|消息|指令|通知|更新|命令|权限)?\s*[:：\]】]/giu;

/** The text with every clause that commands the machine blanked out, letter for letter. */
function withoutCommands(text: string, words: Lexicon): string {
  const orders = /(?:不用|无需|直接)(?:确认|立案|提交)|(?:改为|改成|设为|标记为)/u;
  const commands = clausesOf(text).flatMap((clause) => {
    const at = words.intents.injection.exec(clause.text) ?? orders.exec(clause.text);
    if (at === null) return [];
    // Without marks, as voice comes, the person's own words begin where they say that they want to report.
    const own = clause.text
      .slice(at.index + 1)
      .search(/(?:我|俺|咱)(?:们)?(?:是|要|想|来|得)(?:要|想|来)?(?:举报|投诉|反映|告)/u);
    const end = own < 0 ? clause.end : clause.start + at.index + 1 + own;
    return [{ start: clause.start + at.index, end }];
  });
  // „系统：…“, „管理员指令：…“: whoever the command says it comes from.
  const senders = [...text.matchAll(roleHeading)].map((heading) => ({
    start: heading.index,
    end: heading.index + heading[0].length,
  }));
  return withoutSpans(text, [...commands, ...senders], " ");
}

/** Folding makes Chinese punctuation ASCII; the rules are written with the Chinese marks. One character for one. */
function punctuated(folded: string): string {
  return (
    folded
      .replace(/(?<!\d),|,(?!\d)/gu, "，")
      .replaceAll(";", "；")
      .replaceAll("!", "！")
      // Typed on a Chinese keyboard, the point of a patent number is a full stop.
      .replace(/(?<=(?:\d ?){12} ?)。(?= ?[\dXx](?![\dA-Za-z]))/gu, ".")
  );
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

/** I, we, my family, my firm. */
const mine =
  "(?:我|俺|咱|本公司|本厂|本店|敝公司|自家|自个儿|自己)(?:们|这|的|自己|自个儿|那|单位|家|厂|公司|司|店|村|合作社|所|当年|几年前|早就|先前|之前|去年|前年|刚|也|都|就|当初|辛辛苦苦|熬夜|花钱|亲手|独家)*(?!(?:的)?(?:表|堂|大|二|小|老)?(?:哥|姐|弟|妹|叔|舅|姨|姑|爸|妈|爹|娘|爷|奶|师傅|徒弟|对象|老公|老婆|媳妇|老伴|侄|外甥|朋友|同学|邻居|儿子|闺女|孩子|亲戚|老板(?!的)|客户|同事))";
/** Works and rights that somebody holds. */
const rights =
  "(?:专利(?!产品|代理|局|号是假)|商标|版权|著作权|品种权|新品种|授权品种|实用新型|外观|发明专利|发明(?!人)|作品|原创|源代码|软著|技术秘密|商业秘密|配方|秘方|方子|图纸|客户(?:名单|资料|报价单?|信息)|报价单|工艺|保密(?:资料|图纸|文件)|技术资料|地理标志)";
/** Making a work. */
const creating = "(?:写|编|画|拍|录|做|设计|唱|谱|创作|剪|刻|捏|雕|配|翻译|整理|总结|开发)";

const relationRules: readonly (readonly [NonNullable<Slots["relation"]>, RegExp])[] = [
  [
    "被控侵权人",
    new RegExp(
      [
        "(?<!(?:我|俺|咱)(?:们)?(?:想|要|得|来|就|也|是|再|今天|准备|打算)*)(?:(?<![你您])说|告|投诉|举报|起诉|警告|认定|非说|硬说|指责|怪)(?:是)?(?:我|俺|咱)(?!们?(?:这|本地|当地|那|村|县|镇|沧州|市|附近|隔壁))(?:们)?[^，。他那]{0,16}?(?:侵(?:犯|了|权|他|人|害)?|抄(?:了|袭|他)|仿(?:了|冒|他)|假冒|冒用)",
        "(?:我|俺|咱)(?:们|家|厂|公司)*(?:被|让|叫)(?:人|别人|人家|他们|对方|同行)?[^，。]{0,6}(?:投诉|举报|告了|起诉|警告|发(?:了)?(?:律师函|警告信))",
        "(?:收到|接到|来了|发来|寄来)(?:了)?(?:个|一封|一份|一张)?[^，。]{0,6}(?:律师函|警告信|侵权警告|投诉通知|侵权通知|应诉通知)",
        "发(?:了)?(?:个|封)?(?:律师函|警告信)(?:说|给)(?:我|俺|咱)",
        "(?:要|扬言|放话[^，。]{0,4})告(?:我|俺|咱)",
        "(?:我|俺|咱)[^，。]{0,10}(?:没侵权|不侵权|没有侵权)|(?:想|要|怎么|咋)答辩",
        "(?:我|俺|咱)(?:们|家|厂|公司|这边|方)*(?:就)?(?:是|作为)(?:被(?:请求|控|控侵权|告|举报|投诉|诉|申请)(?:人|方|的)?|被告)(?!了|他|她|对方|那)",
        "(?:请求书|答辩通知|起诉状|诉状)(?:副本)?[^。]{0,12}(?:答辩|给(?:我|俺)|送|寄)|(?:给|送|发)(?:我|俺|咱)[^。，]{0,8}(?:请求书|答辩|诉状|律师函|警告函)",
        "(?:现在|如今|这下|非)?(?:叫|让|要|逼)(?:我|俺|咱)(?:们)?(?:家)?赔(?!偿我)|(?:有人|人家|他)(?:投诉|举报|说|告)(?:我|俺|咱)(?:们)?[^，。]{0,8}(?:侵权|专利)|把(?:我|俺)(?:的)?(?:链接|店|商品|产品)[^，。]{0,4}(?:下|封|删)",
        "(?:冤枉|诬告|诬陷|碰瓷|讹)(?:我|俺|咱)|(?:我|俺|咱)(?:们|家|厂)*(?:就)?(?:成|变成)(?:了)?(?:侵权|被告)",
      ].join("|"),
      "u",
    ),
  ],
  [
    "代理人",
    /(?:我|俺|本人)是(?:[^，。]{0,12})?(?:代理(?:人|律师|师)|律师|代理师|律所)|(?:受|替|帮)[^，。]{1,10}(?:委托|代为|举报|投诉|反映)|代(?:表)?(?:我们?)?(?:客户|当事人)|(?:我|俺|本)(?:的|方)?(?:当事人|委托人|客户)(?=的|是|有|专利|产品)|律师事务所(?:的)?(?:律师)?[，。]|委托(?:了)?(?:我|俺)(?:来|去|办|举报|投诉|反映|出面)|(?:我|俺)们?(?:律所|事务所|律师)[^。，]{0,6}(?:代理|受|接受)|^(?:我是)?(?:律师|法务|代理(?:人|师|律师))[，。]|(?:有|带着|持)(?:授权|委托)书|(?:托|叫|让|请)(?:我|俺)(?:来|给|替|帮)[^，。]{0,6}(?:报|办|问|说|举报|反映|投诉)|(?:授权|全权|诉讼|法律|委托)代(?:表|理人)|(?:写|签|给|开|有|带|持)(?:了|的|着)?(?:我|俺)?(?:一份|一张|个)?(?:授权)?委托书|(?:我|俺|本人)(?:是|在)[^，。]{0,14}(?:法务|法律顾问|受托人|代办人|知识产权(?:部|经理|专员))|(?:让|叫|托|请)(?:我|俺)(?:来|去)?(?:替|帮|代)(?:他|她|它|他们|着)?(?:来|去)?(?:办|问|举报|报|投诉|反映|跑|弄|说)|代(?:表)?(?:我们?|俺们?|本)?(?:公司|单位|厂|总部)(?:来|向|提出|举报|投诉|反映)/u,
  ],
  [
    "利害关系人",
    /(?:买|花|拿|签|取得|获得)[^，。]{0,8}(?:独家|独占|排他)(?:许可|授权|实施)|(?:专利权人|权利人|厂家|发明人)(?:已经)?(?:授权|许可|同意)(?:我|俺|咱)|(?:独占|排他|普通)(?:许可|实施|被许可)|被许可人|(?:他|人家|专利权人|厂家)(?:独家)?(?:授权|许可)(?:给)?(?:我|俺)|(?:我|俺|咱)(?:们)?(?:是|拿)[^，。]{0,10}(?:独家)?(?:授权(?:经销|生产|使用)|许可)(?:商|方|的)|(?:我|俺)[^，。]{0,6}继承(?:了|人)|(?:我|俺)(?:爹|爸|父亲|娘|妈|老伴)[^，。]{0,8}专利/u,
  ],
  [
    "知情人",
    /(?:我|俺)(?:就)?(?:不是专利权人[^。]{0,4}[，,])?(?:我|俺)?(?:就)?是(?:个)?(?:[^，。]{0,6}的)?(?:知情人|路过|路人|邻居|街坊|热心(?:市民|群众)|隔壁|对门|前员工|老员工|离职员工|退休(?:工人|职工)|供货|送货|(?:他|那|这)(?:们|家|个)*(?:厂|店|公司)?(?:里)?的?(?:离职)?(?:员工|工人|会计|司机|邻居))|(?<!不是)知情人|路过(?:看|那|瞅|瞧|的|时)|(?:我|俺)[^，。]{0,4}(?:在|给)(?:他|她|它|那|这|老|人家)?[^，。我俺]{0,20}(?:厂|店|公司|作坊|车间|家|里|他|那儿|那里)?(?:里|那儿|头)?(?<![市区县镇乡省城京津])(?:上过?班|打过?工|干过|干活|做过|当过|供(?:过)?货|送过?货|跑过?业务|看过?门|开过?车)|(?:我|俺)们(?:厂长|老板|车间主任|主管|领导)[^，。]{0,4}(?:让|叫|逼|指使)|(?:知道|晓得|了解)(?:点|些)?(?:内情|底细|内幕)|(?:就)?(?:住|开店)(?:在)?(?:他|那|厂)[^，。]{0,4}(?:隔壁|对门|对面|旁边)|(?:我|俺)(?:是|就是)(?:他|她|它|他们|那|这)(?:们|家|个)?(?:厂|店|公司)?(?:里)?的(?:保管|质检|焊工|司机|会计|出纳|工人|员工|业务员|技术员|门卫|老员工|职工|临时工)|(?:我|俺)[^，。]{0,4}(?:在|给)(?:他|她|这|那)(?:们|家|个)?(?:厂|店|公司|摊)?[^，。]{0,6}(?:干|做|待|呆|打工|上班)(?:了|过)|(?:我|俺)[^，。]{0,6}给(?:他|她|他们)(?:家|们|厂)?(?:送|供|拉|装|修|印|加工)(?:过|了|着)|(?:我|俺)(?:的)?(?:摊位|摊|店|铺子?)[^，。]{0,4}(?:在|就在)他|都?是一个(?:市场|村|厂|楼|胡同)的|(?:我|俺)们?(?:公司|厂|单位|老板|领导|厂长)[^，。]{0,10}(?:让|叫|逼|要求|下任务|摊派|任务)|^(?:普通)?(?:群众|老百姓|市民|同行|邻居|村民)(?:$|[，。])|(?:就|我|俺)?(?:是)?(?:一|个)?过路(?:的|人|群众)|(?:就是)?看不(?:惯|下去|过眼|过去)|(?:我|俺)(?:跟|和|与)(?:他|她|他们|那家|这家)(?:家)?(?:就)?(?:是|都是)?(?:同行|街坊|邻居|一个(?:村|胡同|市场|楼|厂|院))|(?:我|俺)(?:也)?(?:是|就是)(?:干|做|搞|卖)?(?:这|那)(?:一)?行(?:的)?|(?:我|俺)(?:是|就是)(?:个)?(?:同行|村民|居民|老百姓|群众|打工的|临时工|学徒|业内人士|内部人|快递员?|送快递的|装修的)|(?:我|俺)(?:就)?(?:住|在)(?:他|那|这|厂)[^，。]{0,6}(?:隔壁|对门|对面|旁边|楼上|后院)|(?:我|俺)[^，。]{0,8}(?:碰巧|偶然|无意(?:中|间)?|正好|恰好)(?:看|瞅|瞧|听|碰|撞|发现)|(?:我|俺)(?:家)?(?:给|帮)(?:他|她|他们)(?:家|们|厂)?(?:供|送|拉|运|印|打|装|修|干|做过|加工)/u,
  ],
  [
    "权利人",
    new RegExp(
      [
        `(?<!不是|受|告诉|查|问|有没有|什么是)(?:我|俺|咱|本人|本公司|我公司|我单位)[^。]{0,40}(?:是|系|作为|为)[^。，]{0,30}(?<!不是)(?<!的普通|的独占)(?:专利权人|权利人|商标权人|著作权人|原作者|作者|品种权人)(?!的(?:代理|律师|委托))`,
        `^(?:我(?:是|就是))?(?:专利)?权利人(?:$|[，。])|^专利权人|(?:专利)?权利人(?:就)?是(?:我|俺|本人)`,
        `(?:专利|证|证书|权利)[^，。?？]{0,4}(?:上)?(?:就)?(?:是|写的是|写着|写|登记(?:的)?(?:是|在)?|归|在)(?:的)?(?:我|俺|本人)(?:的)?(?:名|和|跟|与)`,
        `(?:我|俺|咱)(?:们)?[^，。?？]{0,10}(?:研究|琢磨|研制|设计|发明)[^。]{0,24}(?:证|专利|授权)[^。]{0,30}(?:照|仿|抄|卖|做|学)`,
        `(?:我|俺|咱)(?:们)?(?:家|厂|那款|这款|那个|这个)?[^，。?？他她买咱朋友孙卖看听发喊]{0,14}(?<!没)(?:有(?!人|个人|家|些|一|没|的)|拿(?:了|的|到)|办了|登记过|申请过|注册过)(?!没)[^，。没]{0,4}(?:专利|外观|实用新型|商标|版权|品种权|登记证书|商标证)(?!想卖|怎么|咋|号是|标|产品|吗|么|说不清)`,
        `(?:我|俺|咱)(?:们)?(?:公司|厂|家)?(?:的)?(?:商标证|专利证|版权证|登记证书?|品种权证)[^，。]{0,6}(?:都|也)?(?:有|在|齐)`,
        `${mine}(?:的)?[^，。买查看]{0,10}(?:软件|代码|参数|工艺|客户|底价|源代码|资料|文件)[^，。]{0,10}(?:被|让|叫|全|带|拷|偷|破解|撬|弄)`,
        `(?:把|将)${mine}(?:的)?[^，。]{0,12}(?:参数|工艺|图纸|配方|资料|源代码|客户|技术|名单)[^，。]{0,8}(?:带|拷|拿|偷|卖|泄|弄|转)`,
        `被侵权(?:人|方)(?:是)?(?:我|俺|咱)`,
        `${mine}(?:是|有(?!个|家|人|一家|些)|拿(?:了|到|过|下)|申请(?:了|过|到|下)|持有|注册(?:了|过)|手里(?:有|攥着)|获得|取得|登记)[^，。没]{0,12}${rights}`,
        `(?:抄|仿|侵|盗|偷|用|冒|把|剽窃|照搬|照着|做|卖|造|印|拿|搬|套牌|改|模仿|山寨|假冒|跟|和|像|侵犯|用的|是)[^，。我俺咱]{0,10}${mine}[^，。没买朋友亲戚]{0,10}${rights}`,
        `${mine}(?:花|研究|琢磨|研发|发明|培育|选育|设计|写|拍|画|创作|搞出|做出)[^。没]{0,24}(?:专利|版权|品种权|被|让|抄|仿|盗)`,
        `(?:用|盗|偷|搬|抄|扒)(?:的|了)?(?:全|都)?(?:是)?${mine}(?:拍|写|画|录|创作|设计|做)的`,
        `(?:卖|传|发|放|挂)(?:的)?(?:是)?${mine}(?:写|拍|画|录|创作|设计|编)的`,
        `(?:是)?${mine}(?:所)?(?:选育|培育|发明|创作|原创)的`,
        `${mine}[^，。没不买朋友亲戚查看问举投告假冒卖]{0,10}(?:注册)?商标[^，。]{0,14}(?:被|让|一样|差|像|近似|就|用|他|跟)`,
        `(?:跟|和)${mine}(?:注册)?商标`,
        `${mine}[^，。没不买朋友亲戚查问看听举投告假冒卖]{0,12}${rights}[^。]{0,24}(?:被|让|叫|遭|侵|仿|抄|偷|盗|照)`,
        `(?:^|[，。])${mine}的?(?:发明|外观|实用新型)?专利[，。]`,
        `(?:^|[，。])家有[^，。]{0,4}(?:专利|商标)`,
        `${mine}的?(?:书|小说|软件|图|照片|视频|课件|文章|画|歌)[^，。]{0,6}(?:被|让|叫)[^，。]{0,8}(?:扫描|抄|搬|盗|偷|印|改|放|传)`,
        `(?:盗|抄|搬|偷)(?:了|的|是)*${mine}[^。]{0,20}(?:登记|作品|版权|软著)`,
        `(?:抄|盗|搬|偷)(?:的|了|是)*${mine}版权`,
        `(?:他|她|对方|那家|这家)[^。]{0,24}侵犯(?:了)?${mine}[^，。]{0,4}(?:权利|权益|专利)`,
        `(?:仿|抄|侵)(?:冒|袭|犯)?(?:了)?${mine}[^。]{0,40}ZL\\d`,
        `${rights}(?:证|证书|权|号|权人)?[^，。?？我俺咱不没该应争]{0,4}(?:就|都|也)?(?:是|归|属于|属|在)${mine}(?:的|名下|手里|手上|这)(?!吗|么)`,
        `(?:登记|注册|授权|专利|证书?|作品|备案)[^，。]{0,8}在${mine}(?:名下|手里)`,
        `(?:我|俺|咱|本人|我公司|俺家)(?:才|就)?是(?:真正的)?(?:正主|正牌|原厂|原创|设计人|创作人|创始人|权利人|持有人|注册人|发明人|研发人|版权方|著作权人|商标注册人)`,
        `(?:把|拿|将|用|盗|偷|搬|抄|扒|卖|印|放|照|仿|改)(?:了|的|是|着|去|走)*${mine}${creating}(?:的|出来的|好的)(?!专利号)`,
        `(?:图(?!纸)|照片|图片|视频|文案|文章|课件|花样|图样|插画)[^，。]{0,4}(?:都|全|本来)?是${mine}${creating}的`,
        `${mine}${creating}(?:的|了)[^。]{0,24}(?:登记|版权|照搬|被|让|叫|抄|盗|搬|一模一样|仿)`,
        `(?:刻|印|标|喷|贴|打|写|挂|冒用|套用|盗用|用)(?:着|了|的|上|成)*(?:就)?(?:是)?${mine}(?:的)?(?:专利|商标|牌子|注册商标|标识|logo|LOGO)`,
        `${mine}(?:的)?(?:牌子|商标|品牌)[^，。没]{0,12}(?:被|让|叫|遭|设成|给)[^，。]{0,10}(?:抄|仿|冒|用|抢|盗|蹭|占|学|注册)`,
        `(?:把|拿|将|偷|蹭|仿|抄|学|傍|冒)(?:了|着)?${mine}(?:的)?[^，。]{0,10}(?:牌子|商标|品牌|设计)`,
        `${mine}(?:的)?(?:前|原|老|原来的|以前的|离职的?)?(?:员工|技术员|工程师|业务员|厂长|销售|会计|徒弟|合伙人|车间主任|师傅)[^。]{0,24}(?:带走|拿走|拷|偷|卖|泄|单干|另起炉灶)`,
        `(?:从|打)${mine}(?:里|这儿|这里)?(?:偷|拷|带|拿|弄)(?:走|出去)`,
        `${mine}(?:祖传|家传|独家|独有|保密|自研|研发)的?[^，。]{0,12}(?:方子|配方|秘方|工艺|手艺|图纸|技术)`,
        `${mine}(?:有|手里有|手上有|办了|办过|申请了|拿了|也有|是有)(?:了)?[^，。没]{0,6}(?:专利|外观|商标|版权|证书|登记证)`,
        `专利[^。]{0,10}(?:俩人|两人|两家|我们|几个人|共同)?共有[^。]{0,30}(?:我|俺)`,
        `侵(?:犯|害)?(?:了)?${mine}(?:的)?(?:权|利益|专利|商标|版权)`,
      ].join("|"),
      "u",
    ),
  ],
  [
    "消费者",
    /(?<!(?:客户|朋友|邻居|亲戚|别人|我妈|我爸|俺娘|老人|是我妈|是我爸)[^，。]{0,4})(?:(?:我|俺)(?!们厂|公司|(?:的)?(?:妈|爸|爹|娘|媳妇|儿子|闺女|对象|老公|老婆|朋友|邻居|表|哥|姐|弟|妹|同事))[^，。他她]{0,24}(?:买(?:了|到|的|过|回)|下(?:的|了|过)?单|网购|花(?:了)?[\d一二三四五六七八九十百千两几]+[^，。]{0,6}(?:买|拍|钱|块|元)?))|(?:我|俺)?(?:就)?(?:是)(?:个)?(?:普通)?(?:消费者|顾客|买家|买(?:东西)?的|下单的)|^(?:普通)?(?:顾客|买家|消费者)|(?:我|俺)(?:要|要求)?(?:退卡|退款|退货|换货)|(?:不|没)给(?:我|俺)?(?:退|换|保修|修)(?!.*专利)|消费者投诉|作为消费者|^消费者|(?:^|[，。])(?:在[^，。]{1,20})?(?:买了?(?:个|台|件|箱|套|条|双|瓶|把|带|一|两)|花了?[\d一二三四五六七八九十百千两几]+[^，。]{0,4}(?:买|块|元|钱))[^。]{0,60}(?:坏|退|没查到|假|修|骗|不管用|查不|根本)|要(?:商家|店家|卖家)(?:给)?退|(?:我|俺)?(?:就)?(?:要求|想要?|要|坚决|申请)(?:他|商家|店家|卖家|老板|对方|平台)?(?:给我?|全额|原路)?(?:退(?:款|货|钱|我|掉)|退一赔|假一赔)|[，。!！](?:要求)?退一赔|(?:我|俺)(?:家)?(?:在[^，。]{1,16})?(?:买|花|下单|订|团|抢|入)(?:了|的|到|过|购)[^。]{0,40}(?:上当|受骗|坏了|不管用|没效果|塌|裂|漏|假)|是买的[^，。]{0,10}(?:坏|漏|假)/u,
  ],
];

function relationIn(
  text: string,
  expectation: Expectation,
  words: Lexicon,
): Found<NonNullable<Slots["relation"]>> | undefined {
  if (expectation.asking.includes("relation")) {
    const named = /(?<!不是)(?:权利人|利害关系人|代理人|消费者|知情人|被控侵权人)/u.exec(text);
    if (named !== null) {
      const value = named[0] as NonNullable<Slots["relation"]>;
      return { value, start: named.index, end: named.index + named[0].length, rule: "relation.answer" };
    }
  }
  const said = withoutDeniedRights(text);
  const [first, ...cues] = words.relationCues.map(({ relation, pattern, none }) => ({
    relation,
    match: none?.test(said) === true ? null : pattern.exec(said),
  }));
  const spoken =
    first?.match != null
      ? first
      : relationRules
          .map(([relation, pattern]) => ({
            relation,
            match: pattern.exec(said) ?? cues.find((cue) => cue.relation === relation)?.match ?? null,
          }))
          .find(({ match }) => match !== null);
  if (spoken?.match != null) {
    const { relation: value, match } = spoken;
    return { value, start: match.index, end: match.index + match[0].length, rule: `relation.${value}` };
  }
  for (const [value, all, none] of relationWords) {
    if (none.test(said)) continue;
    const found = all.map((group) => group.exec(said));
    const [first] = found;
    if (first == null || found.some((match) => match === null)) continue;
    return { value, start: first.index, end: first.index + first[0].length, rule: `relation.words.${value}` };
  }
  return undefined;
}

/** The text without „我不是专利权人“ and „我们没专利“, which say what somebody is not. */
function withoutDeniedRights(text: string): string {
  return text.replace(
    /(?:我|俺|咱)(?:们|家|厂)*(?:也|又|都)?(?:不是|没有?|并非)[^，。]{0,8}(?:专利权人|权利人|专利|商标|版权|消费者)(?:[^，。]{0,2}没[^，。]{0,2}商标)?|(?:专利权?|商标|版权|著作权)(?:也|又|都|可|根本|压根|本来)*不(?:是|归|在|属于)(?:我|俺|咱)(?:们|家)*(?:的|名下)?|(?:我|俺)(?:打算|准备|想要?)[^，。]{0,12}申请[^，。]{0,4}专利/gu,
    (denied) => "＊".repeat(denied.length),
  );
}

/** Words that together tell how somebody stands to the matter, wherever they stand in the message; and what speaks against. */
const relationWords: readonly (readonly [NonNullable<Slots["relation"]>, readonly RegExp[], RegExp])[] = [
  [
    "权利人",
    [
      /(?:我|俺|咱)(?:们|家|厂|公司|司|店|自己|这)*(?:的|有|是|拿|申请|注册|设计|发明|研发|研制|原创|做的|写|画|拍)|(?:专利|商标|版权|著作权|品种权)(?:权)?(?:在|是|归|属于)(?:我|俺|咱)|本公司|我司/u,
      /专利(?!产品|代理|号是假)|商标|版权|著作权|品种权|实用新型|外观|发明(?!人)|作品登记|软著|原创/u,
      /仿|抄|照着|一模一样|山寨|剽窃|偷|侵|翻版|照搬|未经|没经|没给|没授权|私自|擅自|盗|模仿|扒|冒|同款|套牌|混淆|傍|近似/u,
    ],
    /(?:我|俺)(?:的)?(?:表|堂|大|二|小)?(?:哥|姐|弟|妹|叔|舅|姨|姑|爸|妈|爹|娘|爷|师傅|徒弟|对象|老公|媳妇|侄|外甥)|(?:我|俺)[^，。]{0,10}(?:买|朋友|亲戚|同学|邻居|老板)|路过|上班|打工|消费者|说(?:我|俺)|告(?:我|俺)|律师函|(?:抄|仿)别人|没(?:有)?专利|我查|我怀疑|我看|我听/u,
  ],
  [
    "消费者",
    [
      /(?:我|俺|家里|媳妇|闺女|儿子|孩子)/u,
      /(?:买|网购|下单|拍|入手|收到|花)(?:了|的|到|回|过|给)|[\d一二三四五六七八九十百千]+(?:多)?(?:块|元)(?:钱)?买/u,
      /退|赔|坏|假|骗|上当|质量|没效果|不管用|查|专利|客服|发票|小票|收据/u,
    ],
    /(?:我|俺|咱)(?:们)?(?:家|厂|公司)?(?:的)?(?:专利|商标|版权|产品)|是(?:我|俺)(?:妈|爸|爹|娘|朋友|邻居)|(?:客户|朋友|邻居)[^，。]{0,4}买|收到(?:律师函|警告|通知|法院)/u,
  ],
  [
    "知情人",
    [
      /(?:我|俺)[^。]{0,12}(?:上班|打工|干活|干过|员工|离职|辞职|学徒|临时工|保安|司机|会计|仓库|车间|送货|送过|供货|装修|邻居|对门|隔壁|同村|一个村|村民|街坊|路过|遛弯|赶集|逛)/u,
      /专利|商标|假|冒|仿|印|标/u,
    ],
    /(?:我|俺|咱)(?:们)?(?:家|厂|公司)?(?:的)?(?:专利|商标|版权)|(?:我|俺)[^。]{0,16}(?:买|下单)/u,
  ],
];

function matterIn(text: string, words: Lexicon, expectation: Expectation): Found<ReportType> | undefined {
  const asked = expectation.asking.includes("reportType");
  const named =
    /(?:按|算|属于|归到?|选|类型(?:是|为|写|改成|改为)?|改成|改为|应该是|就是|[这就]叫)(?:一个)?(?<type>假冒专利|专利侵权|标识不规范|专利虚假宣传|虚假宣传|非正常申请|专利纠纷调解|代理违法|平台不作为|商标侵权|著作权|商业秘密|不正当竞争|地理标志|植物新品种|消费投诉|其[他它])/u.exec(
      text,
    );
  const type = named?.groups?.["type"];
  if (named !== null && type !== undefined) {
    const value = fullTypeName(type);
    return { value, start: named.index, end: named.index + named[0].length, rule: "matter.named" };
  }
  // „不是专利侵权，是商标侵权“ names the one that it is.
  const swapped =
    /不(?:是|算|属于)(?:什么|啥)?(?:假冒专利|专利侵权|商标侵权|假冒|侵权|消费投诉|著作权)[^。]{0,4}?[，,、 ]?(?:而|应该|其实|就|这)?(?:是|算|属于)(?<type>假冒专利|专利侵权|标识不规范|专利虚假宣传|虚假宣传|商标侵权|著作权|商业秘密|不正当竞争|地理标志|植物新品种|消费投诉)/u.exec(
      text,
    );
  const swappedType = swapped?.groups?.["type"];
  if (swapped !== null && swappedType !== undefined) {
    const value = fullTypeName(swappedType);
    return { value, start: swapped.index, end: swapped.index + swapped[0].length, rule: "matter.named" };
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
  // „不是假冒，是他仿我的专利“: what stands beside the kind that it is not tells the kind that it is.
  const denied =
    /(?:不是|不算|不属于|并非)(?:什么|啥)?(?:假冒专利|专利侵权|商标侵权|冒用(?:别人|人家)?(?:的)?专利号?|假冒|冒充(?:专利)?|侵权|虚假宣传|消费投诉|著作权)(?:的)?(?=[，。,\s]|$)/u.exec(
      text,
    );
  const meant =
    denied === null
      ? undefined
      : ofRules(
          words.matters,
          text.replace(denied[0], () => "＊".repeat(denied[0].length)),
          "matter",
        );
  if (meant !== undefined) return { ...meant, rule: "matter.named" };
  const outright = asksInGeneral(text) ? undefined : ofRules(words.matterOutright, text, "outright");
  if (outright !== undefined) return { ...outright, rule: "matter.named" };
  if (expectation.rightUnclear === true) return ofRules(words.matterAnswers, text, "answer");
  if (asksInGeneral(text)) return undefined;
  const withoutDenied = withoutDeniedMatters(text);
  const found = ofRules(words.matters, withoutDenied, "matter");
  // „想调解一下“ says what is wished for when that was asked.
  const wished =
    found?.value === "专利纠纷调解" && expectation.asking.includes("remedy") && !/专利|发明/u.test(text);
  if (wished) return undefined;
  if (found !== undefined) return found;
  if (asked) {
    const answer = ofRules(words.matterAnswers, text, "answer");
    if (answer !== undefined) return answer;
  }
  // A short answer to another question holds single words of many matters.
  const answersOther = expectation.asking.length > 0 && !asked && text.length < 20;
  return text.length < 8 || answersOther ? undefined : byWords(words, withoutDenied);
}

/** Without „我没有专利也没有商标“, which names what the matter is not about, and „仿冒必究“, which packages say. */
function withoutDeniedMatters(text: string): string {
  return text
    .replace(/(?:仿冒|侵权|假冒|盗版|翻版|仿制|抄袭|盗用|违者)必究|假一(?:赔|罚)[十百三]/gu, (phrase) =>
      "＊".repeat(phrase.length),
    )
    .replace(
      /(?:我|俺|咱)(?:们|家|厂)?(?:也|又|都)?(?:没|没有)(?:申请|注册|办)?(?:过)?(?:专利|商标|版权|著作权)(?:[，,]?也?(?:没|不是)(?:有)?(?:注册|申请)?(?:过)?(?:专利|商标|版权|著作权))*/gu,
      (denied) => "＊".repeat(denied.length),
    );
}

const maxStoryChars = 400;

/** The kind that several messages tell of together; undefined if they tell of none. */
export function matterOfStory(told: readonly string[], words: Lexicon): ReportType | undefined {
  const story = withoutDeniedMatters(told.join("。").slice(-maxStoryChars));
  return (ofRules(words.matters, story, "matter") ?? byWords(words, story))?.value;
}

/** What must be named before a text may lean to a kind. */
const needsWord: Record<string, RegExp> = {
  专利侵权: /专利|外观|实用新型|发明|权利要求|授权|证书?(?![明据])|ZL/u,
  假冒专利: /专利|外观|实用新型|发明|证书|号|ZL|patent/iu,
  专利虚假宣传: /专利|发明/u,
  标识不规范: /专利|号|标|ZL|patent/iu,
  专利纠纷调解: /专利|发明|职务|署名|许可费|使用费/u,
  商标侵权: /商标|牌|标|品牌|假|授权|正品|logo|瓶|桶/iu,
  权利人:
    /专利|商标|版权|著作|品种|实用新型|外观|发明|登记|证|原创|作品|配方|秘|保密|图纸|客户|工艺|底价|源代码|牌子|权利|(?:写|画|拍|编|录|唱|设计)的/u,
};

/** Rules that rest on what the person was asked or named outright. */
const surely = /^(?:answer|matter\.named|relation\.answer)/u;

/** What the rules say of a slot, for what was learned: the value, and whether a pattern says so or words of every group. */
function hintsOf(slot: "reportType" | "relation", rule: Found<string> | undefined): string[] {
  if (rule === undefined) return [`${slot}=—`];
  const words = rule.rule.includes(".words.") ? "?" : "";
  return [`${slot}=${rule.value}${words}`, `${slot}${words}`];
}

/** What a text of these terms leans to, unless the person was asked for it or named it outright. */
function settled<S extends "reportType" | "relation">(
  slot: S,
  rule: Found<NonNullable<Slots[S]>> | undefined,
  least: number,
  terms: ReadonlySet<string>,
  text: string,
  reports: boolean,
): Found<NonNullable<Slots[S]>> | undefined {
  if (rule !== undefined && surely.test(rule.rule)) return rule;
  const { kind, probability, because } = leaningOfTerms(leanings()[slot], terms);
  if (kind === rule?.value) return rule;
  // Who says that they report something reports it of some kind.
  if (kind === noLeaning) return reports ? rule : undefined;
  if (probability < least) return undefined;
  // Whose goods are copied is asked what right they have: none is supposed.
  if (needsWord[kind]?.test(text) === false) return rule;
  const start = because.map((term) => text.indexOf(term)).find((at) => at >= 0) ?? 0;
  return {
    value: kind as NonNullable<Slots[S]>,
    start,
    end: text.length,
    rule: `${slot === "reportType" ? "matter" : "relation"}.leaning(${because.join(" ")})`,
  };
}

/** Whether a message only supposes something, or asks whether the desk handles a kind of matter. */
function asksInGeneral(text: string): boolean {
  return (
    /(?:还)?没(?:真)?(?:碰上|遇(?:上|到|着))(?:过)?(?:这|那)(?:种|回|样)?事|没人(?:侵|仿|抄)(?:犯)?(?:我|俺)|(?:我)?不(?:报案|针对(?:哪|任何))|考试用|(?:写|做|的)(?:作业|论文)|孩子作业|先打听(?:好|一下|打听)|(?:学习学习|学学怎么)|没有具体案件|替(?:他|她|人家?)打听|(?:我有个想法|假设性|说着玩)[，。]/u.test(
      text,
    ) ||
    (/^(?:[^，。]{0,4}[，,])?(?:那|我想问|问一下|请问|想问)?(?:，)?(?:如果|要是|假如|假设|若是|万一|比如说|打个比方|比方说)/u.test(
      text,
    ) &&
      /[?？]|怎么|咋|吗[。！]?$|找谁|行不行|能不能|是不是|算不算|还是/u.test(text)) ||
    /(?:我|俺)(?:们)?(?:这|那)?(?:个|种|样)?(?:情况|做法|事儿?)?[^，。]{0,6}(?:算不算|是不是|算|构成|犯不犯|会不会)(?:构成)?(?:侵权|违法|假冒)/u.test(
      text,
    ) ||
    /^(?:那|请问|想问问?|问一下|你们|这个)?[^，。我俺咱他她某有]{0,12}(?:的事儿?|的问题|这事|这种事|这类|纠纷|案子)?(?:你们|恁|您这|咱们?这|这儿|这里)(?:也|都|还|到底)?(?:管不管|管吗|管么|受理吗|受不受理|负责吗|能管吗|收不收|接不接)/u.test(
      text,
    )
  );
}

/** The text with every patent number put as the words for one, letter for letter. */
function numbered(text: string, numbers: readonly NumberReading[]): string {
  let result = text;
  for (const { start, end } of numbers) {
    if (end - start < 5) continue;
    result = `${result.slice(0, start)}ZL专利号${"0".repeat(end - start - 5)}${result.slice(end)}`;
  }
  return result;
}

/** The first matter of which a word of each group stands somewhere in the message. */
function byWords(words: Lexicon, text: string): Found<ReportType> | undefined {
  for (const { reportType, all, none } of words.matterWords) {
    if (none?.test(text) === true) continue;
    const found = all.map((group) => group.exec(text));
    const first = found.flatMap((match) => match ?? []);
    if (found.some((match) => match === null)) continue;
    const start = Math.min(...found.map((match) => match?.index ?? 0));
    const end = Math.max(...found.map((match) => (match?.index ?? 0) + (match?.[0].length ?? 0)));
    return first.length === 0
      ? undefined
      : { value: reportType, start, end, rule: `matter.words.${reportType}` };
  }
  return undefined;
}

/** The kind of the first rule that matches. */
function ofRules(rules: Lexicon["matters"], text: string, name: string): Found<ReportType> | undefined {
  for (const { reportType, pattern, none } of rules) {
    if (none?.test(text) === true) continue;
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
      /^(?:\s|(?:就)?是(?:一)?(?:个|款|种)|的|是|就是|叫做?|叫|名(?:字|称)?(?:是|叫)|厂名是?|店名是?|好像(?:是|叫)?|应该(?:是|叫)|就|那家|那个|一个|一家|做|卖|生产|产品(?:是|叫)?|东西是|是个|是做|是卖)+/u.exec(
        clause.text,
      );
    let start = clause.start + (lead?.[0].length ?? 0);
    let value = clause.text.slice(lead?.[0].length ?? 0).replace(/(?:的|啊|吧|呢|了|哈|呀|这家|那家)+$/u, "");
    // An address before the name is not part of it: 南皮县冯家口的老王五金.
    for (const place of taken) {
      if (place.start <= start && place.end > start && place.end < start + value.length) {
        value = value.slice(place.end - start).replace(/^\s*(?:的|那个|那家|有个|有家)?\s*/u, "");
        start = clause.end - value.length;
      }
    }
    const span = { start, end: start + value.length };
    if (value.length < 2 || value.length > 24) continue;
    if (taken.some((other) => overlaps(other, span))) continue;
    if (/^[\d\s.-]+$/.test(value) || !couldBeName(value, clause.text, words)) continue;
    // „是个台灯“ says what it is, not who.
    const isGoods =
      words.goodsAt(value) === value || /^(?:就)?是(?:一)?(?:款|种|台|套|件|把|盏|辆)/u.test(clause.text);
    if (slot === "product" ? words.genericProducts.has(value) : isGeneric(value, words) || isGoods) continue;
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
    words.suedYes,
    words.suedNo,
    words.callbackYes,
    words.callbackNo,
  ];
  // Who is longer than a name, and has no word for a firm or a trade at the end, tells something else.
  const named = [...words.companySuffixes, ...words.tradeSuffixes].some((suffix) => value.endsWith(suffix));
  if ((value.length > 8 && !named) || !/\p{L}/u.test(value)) return false;
  if (otherIntents.some((pattern) => pattern.test(value) || pattern.test(clause))) return false;
  if (otherAnswers.some((pattern) => pattern.test(value))) return false;
  return true;
}

/** „能不能不写名字“ asks for leave, and does not say that it is so. */
const asksLeave =
  /(?:能不能|可不可以|能否|可否|是不是|行不行|要不要|用不用|需不需要|该不该)[^，。]{0,10}|(?:能|可以)不(?:写|留|填|说|露|实名)[^，。]{0,6}(?:吗|么|嘛|不(?=$|[。！\s]))/u;

/** What is asked of a number that is told beside: how to look it up, whether it is a true one. */
const asksOfNumber =
  /(?:怎么|咋|如何|上?哪(?:儿|里)?|能(?:不能)?|可以)[^，。]{0,4}(?:查|验|核|辨|分)|真假|真伪|真的假的|是(?:不是)?(?:真|假)的?(?:吗|不|么|$)|(?:有效|有用|作数|过期|失效)(?:了)?(?:吗|没|不|么)/u;

/** The numbers that a clause asks of. */
const askedNumbers = (clauses: readonly Clause[], numbers: readonly Span[]): Span[] =>
  numbers.filter((number) =>
    clauses.some((clause) => overlaps(number, clause) && asksOfNumber.test(clause.text)),
  );

/** A clause with what a number is in place of the numbers that stand in it. */
function withoutNumbers({ text, start }: Clause, numbers: readonly Span[]): string {
  const word = /专利/u.test(text) ? "" : "专利号";
  return [...numbers]
    .filter((number) => number.start >= start && number.end <= start + text.length)
    .sort((one, other) => other.start - one.start)
    .reduce((rest, one) => `${rest.slice(0, one.start - start)}${word}${rest.slice(one.end - start)}`, text);
}

/** „我要举报“ beside a question is no part of it: „我要举报，这种罚多少钱“. */
const onlyWantsToReport =
  /^(?:我|俺|咱)(?:们)?(?:就)?(?:是)?(?:要|想|得|来)(?:要|来)?(?:举报|投诉|反映|告)(?:它|他|她|这家?|那家?)?(?:们)?(?:一下)?$/u;

/**
 * The part of a message that asks. Clauses that hold a cue, with what the same sentence says before them;
 * clauses that give numbers, phones or names stay out.
 */
function questionIn(
  all: readonly Clause[],
  words: Lexicon,
  known: readonly Span[],
  names: readonly Span[],
  numbers: readonly Span[] = [],
  places: readonly Span[] = [],
): string | undefined {
  const asking: string[] = [];
  // „专利号ZL…怎么查真假“ asks of the number, whichever it is.
  const asked = askedNumbers(all, numbers);
  const clauses = all.map((clause) => ({ ...clause, text: withoutNumbers(clause, asked) }));
  const facts = known.filter((fact) => !asked.includes(fact));
  for (const sentence of sentencesOf(clauses)) {
    const marked = sentence.some((clause) => /[?？]/u.test(clause.mark));
    // „别问我是谁“ asks nothing.
    const cued = sentence.findIndex(
      (clause) =>
        words.question.test(clause.text) &&
        (marked || asksLeave.test(clause.text) || !words.anonymousYes.test(clause.text)),
    );
    if (cued < 0 && !marked) continue;
    // „不是盐山，是孟村的，还有卖货的要不要罚“: where it is is told, whatever is asked besides.
    const tells = (clause: Clause) =>
      facts.some((fact) => overlaps(fact, clause)) ||
      (places.some((place) => overlaps(place, clause)) && !words.question.test(clause.text));
    const factless = sentence.filter((clause) => !tells(clause));
    const wanted = factless.filter((clause) => !onlyWantsToReport.test(clause.text));
    const plain = wanted.length > 0 ? wanted : factless;
    const nameless = plain.filter((clause) => !names.some((name) => overlaps(name, clause)));
    // „仿冒别家包装，是哪条不让“: a short question is about what stands before it.
    const chars = nameless.reduce((sum, clause) => sum + clause.text.length, 0);
    const kept = chars > 0 && chars <= 6 && nameless.length < plain.length ? plain : nameless;
    if (kept.length === 0) continue;
    asking.push(kept.map((clause) => clause.text).join("，"));
  }
  return asking.length === 0 ? undefined : asking.join("。");
}

/** How much of the beginning of an answer only repeats which place was asked for. */
function echoedIn(text: string, mentions: readonly Span[]): number {
  const which =
    /^\s*(?:哦|噢|啊|嗯|对了)?[，,、 ]*(?:(?:你|您|你们)?(?:刚才|刚刚|刚)?(?:是)?问(?:我)?)?(?:是|说)?(?:的)?(?:在)?哪(?:一)?(?:个|儿|里|片|边)?(?:开发区|新区|区|县|市|地方|镇|乡|村)?(?:的)?(?:[?？]|(?<=问.{0,8})[，,\s])/u.exec(
      text,
    );
  if (which !== null) return which[0].length;
  const named = mentions.find(({ start, end }) => start === 0 && /^[?？]/u.test(text.slice(end)));
  return named === undefined ? 0 : named.end + 1;
}

/** Whether a message that holds a word of asking asks: „没啥了“ and „不知道是哪家“ do not. */
function asksForReal(whole: string, words: Lexicon): boolean {
  // „盖州镇？没这地方。“ answers itself; „给俺来个电话中不？“ asks for a deed, not for knowledge.
  const text = whole
    // „你问我哪个开发区？沧州的“ repeats what was asked.
    .replace(
      /(?:你|您|恁|你们)(?:刚才|刚|是|不是|还)*问(?:我|俺|的|我的)?(?:是)?[^，。！?？]{0,16}[?？，]/gu,
      "",
    )
    // „赔不赔钱无所谓“ leaves it open, it does not ask.
    .replace(
      /([\u4e00-\u9fff])不\1[^，。!！?？]{0,4}(?:另说|无所谓|随便|都行|不要紧|再说|(?:我|俺)?不(?:管|在乎|关心|图|稀罕))/gu,
      "",
    )
    .replace(
      /(?:^|(?<=[，。！]))[^，。！?？]{1,12}[?？](?=(?:没|不对|不是|错|哦|噢|应该|我说|我是说|是))/u,
      "",
    )
    .replace(
      /(?:给|跟|往|帮|替|打|联系|通知|告诉|回)(?:我|俺)[^，。！?？]{0,10}(?:电话|信儿|话|声|下|号)[^，。！?？]{0,3}(?:中不|中吗|行不|行吗|好不|好吗|成不|成吗|可以吗|可以不|吧)[?？]?/gu,
      "",
    )
    // What only complains in the form of a question.
    .replace(
      /(?:(?:你|您|大家|你们)(?:说|看|想想|评评)(?:这|那)?(?:个|事儿?)?(?:能|还能|会)(?:是)?[^，。?？]{0,6}|(?:这|那)(?:不是|不)[^，。?？]{0,8}(?:骗|坑|糊弄|欺负|讹|忽悠|耍|明摆着|假)[^，。?？]{0,6}|(?:还)?有(?:没有)?(?:这么|这样)[^，。?？]{0,4}(?:干|做|办)的|还有(?:没有)?(?:王法|天理)|凭(?:什么|啥)[^，。?？]{0,12}|(?:哪|那)(?:来|有)的?专利)(?:吗|么|嘛|呢|吧)?[?？]/gu,
      "",
    );
  if (text.trim() === "") return false;
  if (
    /(?:不清楚|不知道|不晓得|说不(?:准|好|清)|记不清|不记得)(?:了|啊|呀)?[。！\s]*$/u.test(text) &&
    !/[?？]/u.test(text)
  )
    return false;
  if (/(?:提交|交吧|交了吧|报吧)[。！\s]*$/u.test(text)) return false;
  if (/(?:没|还)[^，。]{0,6}呢[。！\s]*$/u.test(text) && !/[?？]|要是|万一|如果|怎么|咋|啥|什么/u.test(text))
    return false;
  if (/[?？]|(?:吗|么|嘛|呢|咋办|咋整|怎么办)[。！\s]*$/u.test(text)) return true;
  const bare = text.replace(
    /(?:没|没有)(?:啥|什么|多少|几)[^，。]{0,6}|不(?:咋|怎么)(?:样|清楚|好)?|什么的|(?:我|俺|咱|谁)?[^，。]{0,4}(?:哪|上哪)(?:儿|里)?(?:知道|晓得|记得|懂|认得)|(?:啥|什么)[^，。]{0,6}(?:都|也)(?=没|不)|(?:吹|说|喊|号称|宣称|自称|谎称|标榜)(?:的)?(?:是)?(?:啥|什么)(?=[\u4e00-\u9fff]{2})(?!意思|时候)|(?:谁|啥|什么|哪儿|哪里|咋|怎么)(?:也|都)(?=别|不|没)/gu,
    "",
  );
  if (!words.question.test(bare)) return false;
  // „…，这算啥“ after a story wants the matter looked into.
  const embedded =
    /(?:具体)?(?:啥|什么|哪|谁|多少|几)(?![^，。]{0,8}[?？])[^，。]{0,5}(?:忘了|不记得|记不(?:清|得|住)|没(?:看|记)清|不清楚|不晓得|不知道|说不(?:准|好|清))|(?:不知道|不清楚|不晓得|说不(?:准|好|上来)|记不(?:清|得|住)|忘了|知不道|没(?:有)?(?:说|写|标|印|注明|讲|告诉|看清|问)|看不(?:出|清)|分不清|也?没说)[^，。]{0,4}(?:叫|是|在|归)?[^，。]{0,8}(?:啥|什么|哪|谁|多少|几|怎么|咋)|(?:你|您|大家|你们)(?:说|看|想|评评)[^，。]{0,10}(?:能|会|是不是|像|还能)/u;
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
  // „有个公司没有资质还替人申请专利，咋举报“ tells of somebody, and only asks the way.
  const ofSomebody =
    slots.reportType !== undefined &&
    /有(?:一)?(?:个|家|些)[^，。]{0,2}(?:人|厂|店|公司|摊|网店|主播|中介|机构|老板)/u.test(text) &&
    /(?:怎么|咋|如何|上哪儿?|去哪儿?|能)(?:给)?(?:举报|投诉|反映|报)|吧[。！]*$/u.test(text) &&
    !/如果|要是|假如|的话|万一/u.test(text);
  if (ofSomebody) return true;
  if (question !== undefined) return false;
  if (
    slots.reportType !== undefined &&
    /卖|做|印|标|仿|抄|用|偷|冒|骗|刻|贴|扒|搬|编|带走|拿走|接|拷|泄|挖走|跳槽|造谣|诋毁|抹黑|说(?:我|俺|咱)(?:们)?(?:家|的|厂|店)|坑|抢注|撬|单干|另起炉灶|不给|没给|不退|装死|买(?:了|的|到|个)/u.test(
      text,
    )
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
    /** Whether the number is only what is asked about. */
    asksNumber: boolean;
  },
): Intent[] {
  const { slots, signals, question, requests } = read;
  const { intents } = words;
  const found: Intent[] = [];
  const add = (intent: Intent, when: boolean) => {
    if (when && !found.includes(intent)) found.push(intent);
  };
  const namesSomebody =
    slots.infringer !== undefined ||
    (slots.patentNumber !== undefined && !read.asksNumber) ||
    slots.location !== undefined;
  const firstHand =
    !/查询码/u.test(text) &&
    signals.tellsFacts &&
    slots.reportType !== undefined &&
    (question === undefined || namesSomebody) &&
    (namesSomebody || !requests.approaches);
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
  // „…，能不能给我们断断“, „…，这算啥“: a story told to have something done about it.
  const wantsHelp =
    question !== undefined &&
    (slots.reportType !== undefined || /有(?:个|一)?(?:人|家|厂|店)/u.test(text)) &&
    signals.tellsFacts &&
    /(?:能不能|能否|可不可以|想|请|求|帮|给)(?:你们|恁|您|贵局|领导)?(?:给|帮|替)?[^，。]{0,6}(?:调解|断断|协调|评评理|管管|治治|查查|查一查|查处|处理|说和)|(?:这|那)(?:算|叫|是)(?:啥|什么|哪门子|侵权|违法|假冒|不)|(?:求|要)(?:调解|说法|公道)/u.test(
      text,
    );
  add("report", !onlyAsks && (saysSo || firstHand || signals.copiedWithoutRight || wrongdoing || wantsHelp));
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
