import { isNegated, type Span } from "../spans.ts";
import type { PlaceReading } from "../understanding.ts";

/** What follows a place that is part of a firm's name: 北京烤鸭店, 固安锁行. */
const namesFirm =
  /^(?!的|市|县|区|省|那|这|有|买|卖|一|个|家|几|[\u4e00-\u9fff]{0,4}(?:旁边|附近|对面|那家|这家|有家|一家|一个|有个|那个|门口))(?:(?!的)[\u4e00-\u9fff]){0,8}?(?:店|行|馆|公司|厂|超市|专卖|商行|门市)/u;

/** Whether a place elsewhere only spells a character, or tells an accent, a patent of another country: 湛江的湛, 邢台口音. */
const saysNoPlace = (after: string, place: string): boolean =>
  // 单县那个单.
  (/^那个[\u4e00-\u9fff](?![\u4e00-\u9fff])/u.test(after) && place.includes(after[2] ?? "\0")) ||
  /^(?:口音|人家|(?:发明)?专利|茶)/u.test(after) ||
  // „我不是沧州人“ tells who the person is.
  (/^不(?:是|在)/u.test(place) && /^(?:本地|当地)?人/u.test(after)) ||
  (/^的[\u4e00-\u9fff](?![\u4e00-\u9fff])/u.test(after) && place.includes(after[1] ?? "\0"));

/** What follows a place that is part of the name of goods: 泊头鸭梨. */
const namesGoods =
  /^(?:地理标志|地标|鸭梨|金丝小枣|小枣|红枣|冬枣|旱碱麦|冬菜|(?:驴肉)?火烧|狮子头|梭子蟹|羊角脆)(?!(?:交易|批发)?(?:市场|城))/u;

/** What makes a place part of an authority's name: 沧州中院, 任丘市场监管局. */
const namesAuthority =
  /^(?:市|县|区|省)?(?:的)?(?:市|县|区)?(?:中院|高院|法院|中级|高级|人民(?:法院|政府)|仲裁|检察院|公安|派出所|管委会|管理委员会|市场监(?:管|督)|市场局|市监局?|工商|专利局|知识产权(?:局|法院|法庭|保护中心)|电视台|日报)/u;

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

/** Whether what is spelled like a place is one: no part of a name, no authority, no spelling of a character. */
export function namesPlace(place: PlaceReading, text: string): boolean {
  const before = text.slice(0, place.start);
  const after = text.slice(place.end);
  if (namesGoods.test(after.slice(0, 10)) || isAuthority(after.slice(0, 14)) || namesAccount(text, place))
    return false;
  // „你们沧州管不管“ speaks to the desk.
  if (place.kind === "city") return !/(?:你|您|恁)们(?:这儿?|那儿?)?$/u.test(before);
  if (/^人?(?:的)?口音/u.test(after)) return false;
  if (place.kind !== "outside") return true;
  // „法人叫佟大庆“ names somebody.
  if (/(?:叫|姓名(?:是|叫)?|名字?是|法人是?|老板是?)[^，。在到去从是叫]$/u.test(before)) return false;
  // 老北京布鞋, 仿景德镇的盖碗, 哈尔滨那种红肠: what goods are like.
  if (
    /(?:老|仿|学|正宗|地道)$/u.test(before) ||
    /^(?:[\u4e00-\u9fff]{1,4})?(?:那种|风味|口味|款式?|味儿?)/u.test(after)
  )
    return false;
  // „店叫江南居“.
  if (
    /(?:店|厂子?|公司|铺子?|门市|摊子?|字号|招牌)(?:名)?(?:就)?(?:叫(?:做)?|名?是)[“"「]?$/u.test(before) &&
    /^[\u4e00-\u9fff]{2}/u.test(after) &&
    !/^(?:的|那|市|县|省)/u.test(after)
  )
    return false;
  return !namesFirm.test(after.slice(0, 12)) && !saysNoPlace(after.slice(0, 4), place.text);
}

/** What takes a name back that stands right behind it: 别写成南大港, 我说的任丘你们写的河间. */
const deniedBefore =
  /(?:(?:别|甭|不要|不用|不该)(?:再|又|给(?:我|俺)?)?(?:写|填|记|报|弄|搞|算)(?:成|到|作|在)?|(?<!应该|应当|要|得|[给帮]我|改|请|就|重新)(?:写|记|弄|听|填|说|输|打|报)成(?:了|的是)?|没(?:有)?(?:说|讲|提)(?:过)?(?:的)?(?:是|在)?|误(?:将|把)|(?<!在|不是|，)哪(?:里|儿)?是|(?:你|您|恁)们?(?:咋|怎么|却|给|我|俺|又)*(?:写|记|填|弄)(?:的是|的|了|成了|成)?)[“"「]?$/u;

/** What takes a name back that stands right before it: 师素镇也记错了, 盐山那个是我爱人记的. */
const deniedAfter =
  /^(?:[?？](?:不是|不对|没有?这)|(?:县|市|区)?(?:没(?:有)?(?:啥|什么)?关系)|(?:县|市|区)?[”"」]?(?:的|也|都)?(?:改成|改为|换成)|(?:镇|乡|村)?(?:那个?|那边|那儿|那头)?(?:是|都是)(?:他|她|他们|她们|人家|老板|店主)(?:们)?(?:的)?[^，。]{0,6}?(?:的?家(?=$|[，。\s])|老家|总店|总部|分店|库房|仓库|门市|娘家)|[”"」]?(?:那个|那次|那回|那边)?(?:是|都是)(?:我|俺)[^，。]{0,6}(?:记|说|写|填|弄|搞|报)(?:的|错)|[”"」](?:写|记|弄|填)成|(?:也|是|那里|那边)?(?:记|说|写|填|弄|搞|打|发)?错了?|(?:县|市|区)?不(?:算|归)|那(?:个|边|儿|里)?我?(?:没|不是)(?:说|提))/u;

/** What stands between a place and the one that takes it back in the same breath: 泊头，不对，南皮. */
const takenBackBetween =
  /^(?=.*(?:不对|不是|错|口误))(?:县|市|区)?(?:那边|那儿|那个|的)?(?:哦|啊|哎|噢|呃|嗯|不对|不是(?=[，。….！\s])|(?:我)?[说打写记弄搞念]?错了?|口误|[，。….！？\s]){1,8}(?:应该)?(?:是|在|得改成|改)?(?:的)?$/u;

const isTakenBackBy = (place: Span, next: Span, text: string): boolean => {
  const between = text.slice(place.end, next.start);
  // „在泊头，不是南皮“ denies the next one.
  return next.start > place.end && takenBackBetween.test(between) && !between.endsWith("不是");
};

/** Whether a place is not to be written down, wherever else it is named: 货是打白沟发的，甭写白沟. */
export const isBarred = (place: Span, text: string): boolean =>
  /(?:别|甭|不要|不用)(?:再|又|给(?:我|俺)?)*(?:写|填|记|报|弄)(?:成|到|作|在)?$/u.test(
    text.slice(Math.max(0, place.start - 6), place.start),
  );

/** Whether a place is taken back, or stands right behind one that is: „不是任丘那个辛中驿“ denies both. */
export const isDenied = (place: Span, mentions: readonly Span[], text: string): boolean =>
  mentions.some(
    (last) =>
      (last === place || (last.start === place.end && place.end > place.start)) &&
      mentions.some((next) => isTakenBackBy(last, next, text)),
  ) ||
  isNegated(text, place.start) ||
  deniedBefore.test(text.slice(Math.max(0, place.start - 8), place.start)) ||
  deniedAfter.test(text.slice(place.end, place.end + 14)) ||
  mentions.some(
    (other) =>
      other.end <= place.start &&
      /^(?:的|那个?|那边的?)?$/u.test(text.slice(other.end, place.start)) &&
      isDenied(other, mentions, text),
  );

/** Whether it is said outright that what is reported is there: 我要告的是…, 我说的是…. */
export const isReported = (place: Span, text: string): boolean =>
  // „厂家是献县的…，我举报这个厂家“.
  (/厂家(?:就)?(?:是|在)(?:的)?$/u.test(text.slice(Math.max(0, place.start - 6), place.start)) &&
    /(?:举报|投诉|告)的?(?:就)?(?:是)?(?:这|那)?(?:个|家)?厂家/u.test(text)) ||
  /(?:(?:(?:要|想)(?:报|告|举报|投诉|反映|说)|(?:我|俺)[说记查听写填报])的(?:人|厂|店|那家|其实|就)?(?:是|在|都在)(?:的)?|(?:侵权方|被举报方|被告)(?:是|在|[:：])|(?:被(?:举报|投诉|告)|要告|侵权)的(?:那个?|那家)?(?:厂|店|公司|人|作坊|门市|摊)子?(?:就)?(?:是|在|[:：])|(?:他|她|人家|对方|那家|厂家|店家)(?:的)?(?:营业)?执照(?:上|地址)?(?:写的?|登记的?)?(?:就)?(?:是|在)|实际(?:的)?(?:侵权人|地点|地址)?(?:为|是|在)|(?:我|俺|咱)(?:们)?(?:就|先|要|想)+(?:告|举报|投诉)(?:的是)?|(?<!以前|原来|原先|不|该)算|门牌(?:号)?(?:是|写的?是?|挂的?是?)|(?:寄件|发件)(?:人)?地址(?:写的)?(?:是|在|[:：])|(?:他|她|人家|对方|那家)的(?:店|厂|摊|门市|公司|铺|作坊|加工点)子?(?:就)?(?:在|是)|卖(?:货)?的人?(?:就)?(?:在|是))$/u.test(
    text.slice(Math.max(0, place.start - 12), place.start),
  ) ||
  // „…，写青县“: what is to be written down.
  (/(?:^|[，。,\s])(?:就|还是|请|应该|要|您|你|给我)*(?:填|写|记|报)(?:成|到|在|上)?$/u.test(
    text.slice(Math.max(0, place.start - 8), place.start),
  ) &&
    /^[县市区]?(?:就行|就对了|吧|就好)?(?:[，。\s]|$)/u.test(text.slice(place.end, place.end + 6))) ||
  // „俺弟在…干活，他们老板…“.
  /^[\u4e00-\u9fff]{0,4}(?:干活|上班|打工)[，,\s](?:他们|那|他家)(?:厂|老板|公司|店|单位)/u.test(
    text.slice(place.end, place.end + 14),
  );

/** Whether a place is only the person's own, or that of somebody of theirs: 我在河间做电缆料, 我姐嫁到献县. */
export function isHome(place: Span, text: string): boolean {
  // Who lives beside them lives where they do.
  if (
    /同[村镇乡县]|邻村|本[村镇]|(?:我|俺|咱)们?(?:村|(?:这|那)(?:片|一?块|边|一?带|儿|地方|村|镇|街))|[，。](?:旁边|附近)|村[东西南北]头|回(?:了)?老家|隔壁|对门|一个(?:村|镇|市场)|(?:我|俺)们?(?:厂|店|楼|家)?(?:的)?(?:对面|后头|后边|前头|旁边|楼下|楼上)|[，。]对面/u.test(
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
    !/^[^，。]{0,12}，?(?:被|让|叫)人/u.test(after)
  )
    return true;
  if (/(?:我|俺|咱)(?:们)?(?:家|厂|店)?(?:就|是|倒是)?住(?:在)?$/u.test(before)) return true;
  if (/(?:我|俺|本人)(?:的)?人?(?:现在|如今|这会儿)(?:就)?(?:在|住)$/u.test(before)) return true;
  // „人在…“ is the person's where nobody else was spoken of before.
  if (
    /^[^，。有]{0,4}(?:我|俺)?人(?:现在|如今|这会儿)?(?:就)?(?:在|住)$/u.test(text.slice(0, place.start)) &&
    /[我俺]/u.test(text)
  )
    return true;
  if (/(?:我|俺)人(?:就)?在$/u.test(before)) return true;
  // Where post should go, and where those live whom a lawyer speaks for.
  if (/(?:收件|收货|邮寄|通信|通讯|联系)地址(?:就)?(?:是|在|写(?:的)?|[:：])*$/u.test(before)) return true;
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
  // „老家旧城小卖部“ is a shop back home.
  if (/老家(?:是|在)?$/u.test(before))
    return !/^[\u4e00-\u9fff]{0,6}(?:店|部|超市|厂|市场|集上|大集|门市)/u.test(after);
  if (!/(?:我|俺|咱)(?:们)?(?:这|两口子|夫妻俩?|一家子?)?(?:都|也)?(?:是|在)$/u.test(before)) return false;
  if (/^的?[^，。]{0,14}(?:买|看|见|发现)|^的(?:经销|代理|加盟|同行|客户)/u.test(after)) return false;
  return /^[\u4e00-\u9fff]{0,8}?(?:开(?:了|着|个|的|店|厂|小卖部|物流|公司|加工|门市|服装)|做[^，。]{1,8}(?:的|料|件|。|，)|人(?:，|。)|的(?:做|合作社|，|。|一(?:个|名|家)|[^，。]{0,10}(?:合作社|作坊|户))|一(?:个|名)开|种[^，。]{1,6}的)/u.test(
    after,
  );
}

/** Whose place is the person's own or a relative's, whatever is done there. */
const ownBefore =
  /(?:(?:我|俺|咱)(?:们)?(?:就)?是(?:专利|商标|著作)?权利?人[，,]|(?:(?:我|俺|咱)(?:们)?(?:家)?(?:的)?(?:大|二|小|老)?(?:爸|妈|爹|娘|爷|奶|哥|姐|弟|妹|姨|姑|舅|叔|伯|丈人|公婆|老公|老婆|媳妇|对象|爱人|老伴|闺女|儿子|孩子|婆家|娘家|亲戚)(?:们)?(?:家|本人)?(?:就)?(?:是|在|住|住在|嫁到)|(?<![\u4e00-\u9fff])(?:婆家|娘家|丈人家)(?:是|在)|(?:我|俺|咱)[^，。]{0,4}(?:合伙|合开|开|办)的(?:这|那)?(?:个|家)?(?:厂|店|公司|作坊)子?(?:就)?在|(?:我|俺|咱)(?:们)?(?:合作社|公司|厂|店|家|单位|基地|工厂|作坊)子?(?:是|都|就)?(?:是|在)|(?:我|俺|咱)(?:们)?(?:自个儿?|自己|本人)?(?:就|都|这|这边|这儿)?(?:是|在)|身份证(?:上|地址)?(?:写的?)?(?:是|在)|(?<![他她家方])户口(?:是|在)|(?:^|[\s，。我俺咱])(?:的)?家(?:是|在)|(?:^|[\s，。啊呀吧呢])(?:我|俺))(?:那个)?)$/u;
/** What follows a place of the person's own, where who stands before it does not settle that. */
const ownAfter =
  /^(?:县城|城里|市里|那边)?(?:的(?:[，。\s]|我|俺|$)|人(?:[，。\s]|$)|(?:有|开)(?:着|了)?(?:一|个|家|间)[^，。]{0,12}(?:厂|店|公司|作坊|门市|合作社)|[^，。]{0,4}(?:上班|打工|种|养|生产|加工|做|搞|干|收|卖)[^，。]{0,6}的(?!店|厂|那家|摊)|是(?:我|俺)(?:打工|上班|住|老家|干活)|(?:上班|打工|上学|干活))/u;

/**
 * Whether a place is the person's own wherever another place is told besides: 我爸在肃宁, 我们厂在河间. Where it is the only
 * one, it may be where it happened, and `isHome` judges.
 */
export function isOwn(place: Span, text: string): boolean {
  const before = text.slice(Math.max(0, place.start - 16), place.start);
  const after = text.slice(place.end, place.end + 24);
  if (/^(?:县城|那边|那个|那)*是(?:我|俺)(?:打工|上班|住|老家|干活)/u.test(after)) return true;
  // „那是俺老家住址，肃宁…“.
  if (/(?:我|俺)(?:们)?(?:老家|家里?)(?:的)?(?:地址|住址)[，,、:：在是]*$/u.test(before)) return true;
  if (isReported(place, text)) return false;
  if (!ownBefore.test(before))
    return (
      /(?:[我俺]|^)[^，。]{0,8}在$/u.test(before) &&
      /^[\u4e00-\u9fff]{0,4}(?:上班|打工|上学|干活)/u.test(after)
    );
  // „我爸在…“, „我家在…“ are theirs by themselves; „我在…“ and „俺…“ by what follows.
  if (/(?:^|[\s，。啊呀吧呢])(?:我|俺|咱)(?:们)?(?:就|都)?(?:是|在)?(?:那个)?$/u.test(before))
    return ownAfter.test(after);
  return !/^[^，。]{0,6}(?:买的?|看见|瞅见|碰见|发现|让人骗|被骗)/u.test(after);
}

/**
 * Whether a place is told of once it stands where it happened, and is not it: a store or a branch of theirs, a stall that
 * nobody reports, where the person works.
 */
export function isBesides(place: Span, text: string): boolean {
  const before = text.slice(Math.max(0, place.start - 12), place.start);
  const after = text.slice(place.end, place.end + 40);
  return (
    /(?:库房|仓库|分店|分厂|分公司|展厅|办事处|中转站|(?:进货|发货|拿货|上货)(?:的)?(?:地方?)?)(?:就|也|都)?(?:是|在)$/u.test(
      before,
    ) ||
    /^(?:那边|那儿|那个?|镇上|县城)?(?:的)?(?:摊子?|店|厂子?|分店|门市)?[，,\s]*(?:不告|不举报|不追究|没卖|不卖|就算了)/u.test(
      after,
    ) ||
    /^(?:那边|那儿)?(?:也|还|另外)*(?:有|开了?)(?:一)?(?:个|家)?(?:分店|分厂|门市|库房|仓库|办事处|分公司|展厅)(?![^。]*(?<!没|不|没有)(?:卖|摆|上架))/u.test(
      after,
    ) ||
    /^(?:那边|那儿|那个?)?(?:那)?(?:就)?是(?:他|她|人家|那家|对方)?(?:们|家)?(?:的)?(?:库房|仓库|进货|发货|分店|上货|拿货|办事处|展厅)/u.test(
      after,
    ) ||
    (isOwn(place, text) &&
      /^(?:[^，。]{0,4}(?:上班|打工|住|上学)|(?:县|市|区)?(?:的|人)(?:[，。\s]|$))/u.test(after))
  );
}

/** Whether a place is told as the other side's: 对方在唐山, 那家网店地址写的是杭州. */
export const isTheirs = (place: Span, text: string) =>
  /(?:对方|被告(?:那家)?|(?<![其吉])他(?:家|们|人)?|她家|那家|厂家|卖家|商家|(?<!注册)地址|发货地|店家?)(?:厂|店|公司|网店)?(?:地址)?(?:就|是|人)?(?:在|是|写的是|写着|写的)(?:的)?$/u.test(
    text.slice(Math.max(0, place.start - 14), place.start),
  );

/** Whether a place is told as where who sold it is: 卖家是泊头…, 卖货的在吴桥. */
export const isSellers = (place: Span, text: string) =>
  /(?:卖家|店家|商家|卖(?:货)?的(?:人)?|经销商|门市)(?:店|人)?(?:就)?(?:是|在)(?:咱|咱们)?$/u.test(
    text.slice(Math.max(0, place.start - 8), place.start),
  );

/** A place elsewhere that is no party's: where a lawyer, a customer or goods came from, or a choice in a question. */
export const isAside = (place: Span, text: string) =>
  // Where the goods go: 货都拉到北京卖了.
  /(?:发|卖|销|运|送|寄|拉|批|供)(?:到|往|去|给)(?:了)?$/u.test(
    text.slice(Math.max(0, place.start - 4), place.start),
  ) ||
  /(?:产地(?:写的?|是|写着|标的?)+|律师函是|拿|还是|也可能是|(?:权利?人|登记的?|注册的?|申请人)(?:是|在)|(?:上|进|拿)货的?地方(?:是|在)|上家(?:是|在)|(?:枣|梨|货|麦|蟹)(?:其实|实际上|都|就)?是|其实是|实际上是)(?:的)?$/u.test(
    text.slice(Math.max(0, place.start - 10), place.start),
  ) ||
  // A right of somebody there: 专利是那边一家厂的.
  (/(?:专利|商标|版权|号)(?:都|也)?是$/u.test(text.slice(Math.max(0, place.start - 5), place.start)) &&
    /^(?:人|的|[^，。]{0,8}的)(?:，|。|$)/u.test(text.slice(place.end, place.end + 12))) ||
  /(?:^|[^来])往$/u.test(text.slice(Math.max(0, place.start - 2), place.start)) ||
  // Where the person is, who asks whether they may report from there: 在外地也能举报不.
  /^(?:也|还)?(?:能不能|可不可以|能|可以|咋|怎么|没法)[^，。]{0,6}(?:举报|投诉|反映|报)/u.test(
    text.slice(place.end, place.end + 14),
  ) ||
  /^(?:那边|那儿|那头)?(?:管(?:这|它|他)(?:个)?叫|叫)/u.test(text.slice(place.end, place.end + 8)) ||
  /^(?:的)?(?:一|那|有)?(?:个|家)?(?:客户|律师|兄弟|朋友|亲戚|同学|同行|战友|老乡|[\u4e00-\u9fff]{1,4}所(?:发|寄)|的?(?:枣|梨|料|货)(?:打|当|充|冒)|(?:大|红)?(?:枣|梨)(?:，|。|$))/u.test(
    text.slice(place.end, place.end + 10),
  );

/** Before or behind a place that is only told beside: where the person is from, where goods came from, what it is near. */
const besideBefore =
  /(?:(?:我|俺|咱)(?:们)?(?:单位|公司|厂|家|店|人|老家|自己)?(?:本人)?(?:是|在|住)(?:在)?|(?:从|打)|离(?:咱|俺|我们?)?|挨着|靠着|紧挨|跟|和|与|比(?:如)?|像|贴着|(?:原先|原来|以前|之前|早先|过去|早年|本来|曾经|起初)(?:是|都)?(?:在|归|属于?)|老厂(?:子|区)?(?:是|就)?在|注册(?:地址?)?(?:就)?(?:是|在)(?:了)?|(?:冒用|冒充|假冒|仿冒|盗用|套用|管|顶着|打着|挂着)(?:了|的是|着)?(?:人家|别人)?)$/u;

const besideAfter =
  /^(?:出(?:去|来)的|(?:那边|那儿|那头)?(?:批|进|拉|运|买|弄|调|拿|收)(?:来|过来|的货|的)+|发(?:来|货|过来)|寄(?:来|过来|的)|(?:挖|请|雇|招|调)(?:了|来|走)|人(?:，|$|在)|(?:的)?(?:枣|梨|货|料)(?:，|。|$)|[\u4e00-\u9fff]{0,2}(?:近|不远|交界|接壤)|边(?:儿)?上|旁边|跟前儿?|(?:那家)?是?(?:经销商|批发商|代理商)|也(?:有|卖)|发的货?|产的|来的|(?:的)?[\u4e00-\u9fff]{0,6}?(?:厂|公司|家|店|协会|商会)(?:家)?的(?:集体|证明)?(?:专利|商标|版权|图纸|牌子|名号|名义)(?!产品))/u;

/** Whose the number or the right is, elsewhere: 那个号是人家深圳一家公司的. */
const othersBefore = /(?:人家|别人|(?:属于|归|是)(?:了)?(?:人家|别人)?)$/u;

const othersAfter =
  /^(?:市|省)?(?:的)?(?:一|某|那|有)?(?:家|个)[^，。]{0,6}?(?:公司|厂|企业|大学|学院|研究院|所|人|老板|单位)(?:家)?(?:的|申请|注册|，|。|$)/u;

/** A place of the past: 老任丘的地界儿. */
const formerBefore = /(?:老|原来|原先|以前|过去)(?:的)?$/u;

const formerAfter = /^(?:县|市)?(?:(?:的|那)?(?:地界|地盘|辖区|管辖|地面)|的那个?[\u4e00-\u9fff])/u;

/** Whether a place is told only beside what happened. */
export function isBeside(place: Span, text: string): boolean {
  const before = text.slice(Math.max(0, place.start - 12), place.start);
  const after = text.slice(place.end, place.end + 14);
  if (formerBefore.test(before) && formerAfter.test(after)) return true;
  if (othersBefore.test(before) && othersAfter.test(after)) return true;
  // Who bought or saw something there tells where it was sold.
  if (
    /在[^，。]{0,4}$/u.test(before) &&
    /^(?:[^，。]{0,4}|[一个家那][^，。]{1,8}(?:店|铺子?|摊子?上?|超市|商场|市场|柜台|门市)里?)(?:买的?(?!货)|[^，。]{0,4}(?:看见|瞅见|碰见|发现))/u.test(
      after,
    )
  )
    return false;
  if (/^(?:是|在|住)?(?:从|打)$/u.test(before.slice(-1)) && !besideAfter.test(after)) return false;
  if (/(?:从|打)$/u.test(before)) return besideAfter.test(after);
  if (/(?:跟|和|与)$/u.test(before)) return /^[^，。]{0,4}(?:交界|接壤|挨|不远)/u.test(after);
  return besideBefore.test(before) || besideAfter.test(after);
}
