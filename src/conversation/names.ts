import type { Lexicon } from "./lexicon.ts";
import { findFirms, findGoods, measureOf } from "./nouns.ts";
import { type Clause, type Found, overlaps, type Span } from "./spans.ts";

/** What may stand right before a name and is no part of it: the last of these in a stretch is where the name begins. */
const beforeName =
  /改成|改为|换成|写成|的|了|着|在|被|把|叫做|叫|让|给|从|跟|是|有(?!限|机|色|为|方|道|家具|家居|家纺|家电)(?:一)?(?:个|家)?|说|就|冒用|盗用|使用|卖给?|买|隔壁|那边|这边|旁边|附近|对面|那头|这头|一家(?!亲)|一个|两家|几家|这家|那家|这个|那个|哪家|某家|某个|举报|投诉|对方|同行|我们|俺们|咱们|他们|我|俺|他|她|开了?(?:个|家)|来自|上的|里的|边的|门口|路口|街上|路上|村里|镇上|县里|市里|乡里|当地|本地|发现|看到|看见|听说|怀疑|觉得|觉着|侵犯|仿冒|假冒|抄袭|另外|还有|以及|应该|好像|记得|大概|可能|和|[：:]/gu;

/** The longest part of `stretch`, up to its end, that holds nothing of what stands before names. */
function nameWithin(stretch: string): { text: string; cut: number } {
  let cut = 0;
  for (const match of stretch.matchAll(beforeName)) {
    const after = match.index + match[0].length;
    if (after < stretch.length) cut = after;
  }
  return { text: stretch.slice(cut), cut };
}

/** Firms whose registered name begins with the place (企业名称登记管理规定). */
const registered = /(?:公司|集团|合作社)$/u;

/**
 * The firm, shop or person that a message is about, best first.
 *
 * Four rules: what follows 叫/名叫/厂名是; what ends in a word for a firm or a trade and has a
 * stem of its own before it; who speaks in a livestream; what stands in quotation marks beside a word for a firm.
 * `taken` holds what other rules read already (numbers, phones); `places` the mentions of places.
 */
export function findInfringers(
  clauses: readonly Clause[],
  taken: readonly Span[],
  places: readonly Span[],
  words: Lexicon,
): Found<string>[] {
  const found: Found<string>[] = [];
  const named =
    /(?<!我|俺|咱|本人|姓|东西|产品|[不没别])(?:(?:厂|店|公司|铺子?|摊子?|单位|企业|商家|厂家|对方|老板|卖家|商户)?(?:名(?:字|称)?)?(?:是|就)?(?:叫(?!停|板|卖|苦|价|好)做?|名叫|名为|唤作|叫作)|(?:厂|店|公司|铺子?|单位|企业|厂子|店铺)(?:的)?名(?:字|称)?(?:应该|实际|其实|正确的)?(?:是|为|叫|[:：])|(?:招牌|门头|摊位|牌匾|门脸儿?|牌子|店面)上?(?:写|挂|印|标)?(?:的|着)?(?:是|叫))(?:个|一个|什么)?\s*[“"「『《]?(?<name>[^，。,;；、“”"「」『』《》\s]{2,30}?)[”"」』》]?(?=的|在|卖|做|生产|把|用(?!品|车|具|户)|冒用|侵犯|仿|上印|上(?!海)|不叫|不是|他|她|它|我|俺|咱|那|这|就(?!业)|也|都(?!市)|给|跟|让|被|是|有(?!限)|说|老板|厂里|店里|门口|地址|电话|位于|开了|干|专门|还|$)/u;
  const said = clauses.length === 0 ? "" : wholeOf(clauses);
  const add = (raw: string, at: number, rule: string) => {
    let start = at;
    const opening = /^[“"「『]/u.test(raw) ? 1 : 0;
    start += opening;
    let text = raw
      .slice(opening)
      .replace(/(?:还是|要么|或者|来着|反正|什么的|啥的).*$/u, "")
      .replace(/(?:的|了|呢|啊|吧|哈|这家|那家|干的|弄的)$|[”"」』].*$/u, "");
    // 「卖袜子的小芳」: what somebody sells is no part of the name.
    const sells = /^(?:卖|做|修|收|开)?[\u4e00-\u9fff]{1,6}的(?=(?:老|小|阿)[\u4e00-\u9fff]{1,2}$)/u.exec(
      text,
    );
    if (sells !== null) {
      text = text.slice(sells[0].length);
      start += sells[0].length;
    }
    const quoted =
      /[“"「『]/u.test(said[start - 1] ?? "") &&
      !places.some((place) => place.start <= start && place.end >= start + text.length);
    // A name does not run over a place, unless it is registered with one (献县宏达扣件有限公司) or stands in quotation marks.
    for (const place of quoted ? [] : places) {
      if (place.start < start || place.end >= start + text.length) continue;
      if (registered.test(text) && place.start === start) continue;
      text = text.slice(place.end - start);
      start = place.end;
    }
    // 「管件厂大成管业」: a generic word before the name goes.
    const generic = /^[\u4e00-\u9fff]{0,4}?(?:厂子|厂家|厂|公司|店|作坊|门市)(?=[\u4e00-\u9fff]{2,})/u.exec(
      text,
    );
    if (
      generic !== null &&
      isGeneric(generic[0], words) &&
      !isGeneric(text.slice(generic[0].length), words)
    ) {
      text = text.slice(generic[0].length);
      start += generic[0].length;
    }
    const span = { start, end: start + text.length };
    if (text.trim().length < 2 || text.length > 30 || isGeneric(text, words)) return;
    if (!/named|[cC]alled|quoted|reported/u.test(rule) && isDescription(text, words)) return;
    const whole = clauses.find((clause) => clause.start <= start && start < clause.end);
    const lead = whole?.text.slice(0, start - whole.start) ?? "";
    const tail = whole?.text.slice(span.end - whole.start) ?? "";
    // My own firm, a landmark (「明珠包装膜公司对门」), a market.
    if (
      ownFirm.test(lead) ||
      isRunBySpeaker(lead, tail) ||
      (rule !== "infringer.reported" && isNoFirm(text, lead, tail))
    )
      return;
    if (
      /市场.*号|牌子$|^受|委托|二字|俩字|两个字|都姓|^(?:含|得|该|应该|带|跟|像|以前|原来|别人|人家|他人|别家|旁人|某|没|不|就|这|那|老百姓|姓|有人|人上门|啥|嘛|儿叫|个)|[?？]|什么|啥|叫嘛|嘛$|怎么|发明|实用新型|外观|咋|哪个|哪家|多少|专利(?!代理|事务|商标)|举报|投诉|不知道|记不|不作为|不正当竞争|商标侵权|侵犯|(?:代理|服务)违法|^(?:平台|网店|卖家|商家)$/u.test(
        text,
      )
    )
      return;
    const clash = (other: Span) => overlaps(other, span);
    const withinPlace = (place: Span) =>
      overlaps(place, span) && !(registered.test(text) && place.start === start);
    if (taken.some(clash) || found.some(clash) || (!quoted && places.some(withinPlace))) return;
    found.push({ value: text, ...span, rule });
  };

  for (const { name, at } of reportedIn(said)) add(name, at, "infringer.reported");
  for (const { name, at } of calledIn(said)) {
    if (!notCalled.test(said.slice(Math.max(0, at.from - 12), at.from)))
      add(name, at.name, "infringer.called");
  }
  for (const clause of clauses) {
    const called = named.exec(clause.text);
    const name = called?.groups?.["name"];
    if (called === null || name === undefined) continue;
    if (notCalled.test(clause.text.slice(0, called.index))) continue;
    const at = clause.start + called.index + called[0].lastIndexOf(name);
    // „有个果品站叫金果子“ says outright what the firm is called.
    const outright =
      /(?:厂子?|店|公司|站|社|行|铺子?|摊子?|馆|坊|门市|饭店|超市)(?:就)?(?:名)?叫(?:做)?$/u.test(
        said.slice(Math.max(0, at - 8), at),
      );
    add(name, at, outright ? "infringer.isCalled" : "infringer.named");
  }
  for (const { name, at } of registeredIn(clauses, places)) add(name, at, "infringer.registered");
  for (const { name, at } of quotedIn(said, places)) add(name, at, "infringer.quoted");
  for (const clause of clauses) {
    const owned = /(?<name>[\u4e00-\u9fff]{2,3}(?:家)?的(?:店|厂子?|公司|铺子|摊子?|门市|作坊))/u.exec(
      clause.text,
    );
    const name = owned?.groups?.["name"];
    const at = owned === null || name === undefined ? -1 : ownerAt(name, words);
    const before = clause.text.slice(0, (owned?.index ?? 0) + Math.max(0, at));
    const begins =
      before === "" || /(?:举报|投诉|告|反映|是|叫|在|村|镇|乡|县|市|区|里|隔壁|对门|对面)$/u.test(before);
    if (owned !== null && name !== undefined && at >= 0 && begins) {
      add(name.slice(at), clause.start + owned.index + at, "infringer.owned");
    }
  }
  const firms = findFirms(clauses, taken, places, words);
  for (const firm of firms.filter(({ points }) => points >= 8)) add(firm.value, firm.start, firm.rule);
  for (const placed of afterPlaces(clauses, places, words)) {
    const goods = words.goodsAt(placed.value);
    if (goods !== undefined && words.firmSuffixAt(placed.value) === undefined) {
      const stem = placed.value.slice(0, -goods.length);
      const liked = [...stem].filter((letter) => words.firmStem.has(letter)).length;
      const named = /^老/u.test(stem) || liked >= 2 || (liked === 1 && stem.length === 2);
      if (stem.length < 2 || stem.length > 6 || !named) continue;
    }
    add(placed.value, placed.start, "infringer.placed");
  }
  for (const alone of aloneBehindPlaces(clauses, taken, places, words))
    add(alone.value, alone.start, alone.rule);
  for (const firm of firms) add(firm.value, firm.start, firm.rule);
  for (const clause of clauses) {
    for (const match of clause.text.matchAll(words.firm)) {
      // 「外包装上」, 「店里」: a part of the goods or of a place, not a firm.
      if (/[上里外内盒袋面]/u.test(clause.text[match.index + match[0].length] ?? "")) continue;
      const { text: stretch, cut } = nameWithin(match[0]);
      if (words.plainStems.test(withoutSuffix(stretch, words))) continue;
      add(stretch, clause.start + match.index + cut, "infringer.suffix");
    }
  }
  for (const clause of clauses) {
    const live =
      /(?:直播间|主播|网店|店铺)(?<name>[\u4e00-\u9fffA-Za-z0-9]{2,10}?)(?<!天天|每天|一直|老是|总是|都|还|就)(?=说|吹|号称|宣称|自称|卖|在播|打着)/u.exec(
        clause.text,
      );
    const name = live?.groups?.["name"];
    if (live !== null && name !== undefined) {
      add(name, clause.start + live.index + live[0].indexOf(name), "infringer.live");
    }
  }
  for (const { name, at } of peopleIn(clauses, words)) add(name, at, "infringer.person");
  for (const { name, at } of ownersIn(clauses, places, words)) add(name, at, "infringer.person");
  return found;
}

/** Names that end in 公司, from where a name may begin: a place, the clause, 的, 有个, 举报. */
function registeredIn(clauses: readonly Clause[], places: readonly Span[]): { name: string; at: number }[] {
  return clauses.flatMap((clause) =>
    [...clause.text.matchAll(/公司/gu)].flatMap((match) => {
      const end = match.index + match[0].length;
      const place = places
        .filter((one) => one.end > clause.start && one.end < clause.start + match.index)
        .reduce((last, one) => Math.max(last, one.end - clause.start), 0);
      const before = clause.text.slice(place, end);
      const lead =
        /^.*(?:的|有(?:一)?(?:个|家)|[那这一]家|举报|投诉|反映|告|被|由|叫|是|跟|和|与)(?=[^的])/u.exec(
          before,
        )?.[0] ?? "";
      const name = before.slice(lead.length);
      const whole =
        /^[\u4e00-\u9fff（）()]{4,20}$/u.test(name) && !/[我俺咱你他她它们]|某|什么|哪|几家/u.test(name);
      return whole ? [{ name, at: clause.start + place + lead.length }] : [];
    }),
  );
}

/** A full name behind 老板 or right behind a place: 老板王建国, 香坊的张三. */
function ownersIn(
  clauses: readonly Clause[],
  places: readonly Span[],
  words: Lexicon,
): { name: string; at: number }[] {
  return clauses.flatMap((clause) => {
    const named =
      /(?:(?:老板|老板娘|厂长|店主|摊主|法人|负责人|车间主任|技术员|徒弟|离职员工|前员工|前同事|总工)(?:就)?(?:是|叫)?|的)(?<name>[\u4e00-\u9fff]{2,3}?)(?=$|去年|前年|今年|出去|离职|跳槽|把|在|拿|用|卖|冒|仿|抄|私自|偷|擅自|也|就|，)/u.exec(
        clause.text,
      );
    const name = named?.groups?.["name"];
    if (named === null || name === undefined || !words.surnames.has(name[0] ?? "")) return [];
    const at = clause.start + named.index + named[0].length - name.length;
    const byPlace = places.some((place) => place.end === at - 1);
    if (named[0].startsWith("的") && !byPlace) return [];
    if (
      words.goodsAt(name) !== undefined ||
      words.firmSuffixAt(name) !== undefined ||
      words.notGoodsAt(name) === name
    )
      return [];
    return [{ name, at }];
  });
}

/** The clauses put back where they stood, the marks between them kept. */
function wholeOf(clauses: readonly Clause[]): string {
  let whole = "";
  for (const clause of clauses) {
    whole = whole.padEnd(clause.start, " ") + clause.text + (clause.mark[0] ?? "");
  }
  return whole;
}

const nameLetters = '[^，。,;；、！!?？“”"「」『』《》（）()：:\\s\u0000]';

/**
 * Who is said outright to be reported: „我要告的是…“, „举报的只有…一家“, and what stands under a heading for it, the last
 * words behind 的 and places.
 */
function reportedIn(text: string): { name: string; at: number }[] {
  const rules = [
    /(?:(?:(?:我|俺|咱)(?:们)?(?:要|想|这次|今天|现在|真正|主要)*|要|想)(?:举报|告|投诉|反映|检举)的(?:(?:其实|就|只|主要)?(?:是|有))|(?:仿|抄|冒)(?:冒|袭|我|俺|咱|的)*的(?:那家|那个|人家|那厂)?(?:是|叫|就是))\s*(?<name>[^，。,;；、！!？?\s]{2,24})/gu,
    /(?<=^|[，。,;；、\s(（])(?:被(?:举报|投诉|控告|控|申请|反映|检举|诉)(?:侵权)?(?:人|方|单位|企业|对象|商户|店铺)?(?:名称)?|(?:举报|投诉)?对象|侵权(?:人|方|单位|企业|商家)|制假(?:者|单位|售假单位)|商户|(?:涉事|涉嫌|侵权)(?:单位|企业|商户|店铺|公司)|(?:厂家|厂|公司|店铺?|企业|商家|商户|网店)(?:名(?:字|称)?|字号))\s*(?:是|为|叫)?\s*[:：，]\s*(?<name>[^，。,;；、！!？?\s]{2,30})/gu,
  ];
  return rules.flatMap((rule) =>
    [...text.matchAll(rule)].flatMap((match) => {
      const whole = match.groups?.["name"] ?? "";
      const quoted = /[“"「『](?<quoted>[^”"」』]{2,20})[”"」』]/u.exec(whole)?.groups?.["quoted"];
      const verb = afterNamed.exec(whole);
      const bare = (verb === null ? whole : whole.slice(0, verb.index)).replace(/[(（].*$/u, "");
      const last =
        /^.*(?:隔壁|对门|旁边|的(?:那家|那个)?|有家|那家|这家|一家)(?=[^的]{2,}$)/u.exec(bare)?.[0] ?? "";
      const name = quoted ?? bare.slice(last.length);
      if (
        name.length < 2 ||
        /我|俺|咱/u.test(whole.slice(0, whole.indexOf(name))) ||
        /^(?:他|她|它|你|我|俺|这|那|谁|哪|一|别|不|没|有人|专利|商标|假|问题|事)|我|的事$|[他她它这那]家?$|[吗呢啥]/u.test(
          name,
        )
      )
        return [];
      return [{ name, at: match.index + match[0].length - whole.length + whole.indexOf(name) }];
    }),
  );
}

/** Where a name that was announced ends at the latest: what the firm does. */
const afterNamed =
  /(?:(?:他|她|它)(?:们|家)?|在(?!线)|卖(?!部)|把|冒用|冒充|侵犯|侵权|仿(?!古|真|瓷|石|皮)|抄|盗用|用了|做(?!坊)|生产|专门|涉嫌|擅自|未经|一直|一家$|这家|那家)/u;

/** Whether a name is none of a firm that does wrong: a market, a landmark, who is told beside, a variety, a brand. */
export function isNoFirm(text: string, lead: string, tail: string): boolean {
  if (/^[\u4e00-\u9fff]{0,3}(?:对门|对面|隔壁|旁边|附近|对过|后身|门口(?!写|挂|立|的(?:牌|招)))/u.test(tail))
    return true;
  if (/^(?:商品|产品|货物|货品)/u.test(text) && !/(?:公司|行|部|店|厂)$/u.test(text)) return true;
  if (/(?:协议|合同|证书?|通知书?|律师函|发票|收据|条款)$/u.test(text)) return true;
  if (/^(?:版|书|票|秤|(?:批发|农贸|集贸|综合)?(?:市场|城(?!市)|大集|园区))/u.test(tail)) return true;
  if (
    /(?:市场|[业饰品材配模]城|商贸城|服装城|[道件具料材机网车]城|大厦|广场|园区|产业园|开发区|小区|批发楼)$/u.test(
      text,
    )
  )
    return true;
  // 冀麦22, 沧丰88: a variety is what is bred, not who breeds it.
  if (/^[\u4e00-\u9fff]{1,3}\d{1,4}号?$/u.test(text)) return true;
  if (/^[”"」]?(?:这个|那个|的)?(?:授权)?(?:新)?品种/u.test(tail)) return true;
  if (
    /^.?[他她它俺咱]|[他她它]$|^(?:各|俩|二|两|几|怀疑|不是|就是|说|查|找)|[\d一二三四五六七八九十百千万]元$/u.test(
      text,
    ) &&
    !/^二(?:狗|柱|蛋|愣|胖|毛|虎|嘎|黑|栓|强|军|刚|伟|姐|哥|嫂)/u.test(text)
  )
    return true;
  if (formerName.test(lead) || /(?:啥|什么|何)叫(?:做)?[“"「『]?$/u.test(lead)) return true;
  if (
    /^(?:负?[一二三四五六七八九十\d]+[楼层]|[A-Z]区)|^有|门脸儿?$|外包装$|外文包装|地理标志$|(?:一家|那家|这家)(?:店|厂)?$|(?:羔子|王八蛋?|混蛋|骗子|孙子)$/u.test(
      text,
    )
  )
    return true;
  return /(?:律师|会计师|税务师)事务所$|(?:维权|援助|服务|创业|检测|鉴定|监管|管理)(?:中心|局|所)$|^(?:实体店|网店|跨境电商|电商|小店|小厂|小作坊|早市|夜市)$/u.test(
    text,
  );
}

/** Before a name that is not borne any more, or of whom the person worked for. */
const formerName =
  /(?:原来|以前|原先|先前|早先|过去|曾经?|之前|从前|早年)(?:就|是|那会儿)?(?:名字)?(?:叫做?|名叫|是)(?:个)?[“"「『]?$|(?:前东家|老东家|前单位|原单位|(?:以前|原来|之前)的(?:单位|公司|厂|东家)|前夫的?厂?)(?:是|叫|就是)?[“"「『]?$/u;

/** What announces the name of who is reported. */
const announces = new RegExp(
  `(?:(?:店|厂|公司|铺子?|单位|企业|厂子|店铺|网店|商家|商户|卖家|主播|博主|直播间|摊位?|作坊|合作社|机构|厂家|老板)(?:的)?(?:名(?:字|称|儿)?|字号|昵称|(?<![A-Za-z])ID(?![A-Za-z])|账号|网名)(?:应该|实际|其实|正确的)?(?:就)?(?:是|为|叫做?|[:：])?|(?:(?<!老)字号|昵称|网名|微信名|账号名?|(?<![A-Za-z])ID(?![A-Za-z])|店号|商号|招牌|门头|匾额?|牌匾|门脸儿?|店招|门口|门上|墙上|车身|车上|外号|绰号|诨号|小名|人称|人送外号|发货人|收款人)(?:上)?(?:就|只|光)?(?:能)?(?:写|挂|印|标|刷|喷|看(?:得)?(?:清|见|到|出)|认(?:得)?(?:清|出))?(?:的|着|了)?(?:是|叫|为|[:：])?(?:个)?|(?:主播|博主|卖家|商家|店主|对方|竞争对手|对手|老板|厂长|摊主|侵权方|侵权人|开票方|发货方|销售方|生产(?:商|方|厂家|单位)|被举报(?:人|方|单位|企业)?|被投诉(?:人|方|单位)?|人称|人送外号|牵头的|领头的|带头的|挑头的)(?:就)?(?:是|叫做?|为|[:：])(?:一家|一个|个)?(?:叫)?|(?:喊|管|叫)他(?:叫)?|(?:一个|有个|那个|是个)叫)\\s*[“"「『《]?(?<name>${nameLetters}{2,24}?)[”"」』》]?(?=${'的|$|[，。,;；、！!?？“”"「」『』《》（）()\\s\u0000]|在|卖(?!部)|把|冒用|侵犯|仿|抄|用了|盗|上印|不叫|不是|来着|还是|吧|开的|干的|弄的|做(?!坊)|生产|他|她|它|我|俺|咱|那|这|就(?!业)|也|都(?!市)|给|跟|让|被|是|有(?!限)|说|老板|厂里|店里|门口|地址|电话|位于|开了|干|专门|还'})`,
  "gu",
);

function calledIn(text: string): { name: string; at: { from: number; name: number } }[] {
  return [...text.matchAll(announces)].flatMap((match) => {
    const name = match.groups?.["name"];
    if (
      name === undefined ||
      /^(?:没|不|啥|什么|写|挂|印|刷|喷|标|只|就|都|也|姓|是个|叫什么|俺|我|他|她|你|一直|说|卖|做|名|颜色|装修|图案|花纹|也|含|得|该)/u.test(
        name,
      )
    )
      return [];
    return [{ name, at: { from: match.index, name: match.index + match[0].lastIndexOf(name) } }];
  });
}

/** Before „叫“: what is called so is mine, or is no firm but a brand, a variety, goods, a place to sell. */
const notCalled =
  /(?:原来|以前|原先|先前|早先|过去|曾经?|之前|从前)(?:就|是|那会儿)?(?:名字)?$|[不没别]$|(?<![仿抄冒偷告骗坑]|侵犯|仿冒|抄袭|模仿|山寨|剽窃|举报|投诉)(?:我|俺|咱|本人)(?:们)?(?:家|厂|店|公司|单位|这边)?(?:的)?$|(?:我|俺|咱)(?:们)?(?:家|厂|店|公司)?(?:的)?(?:产品|品种|商标|牌子|品牌|店|厂|公司|字号)(?:名(?:字|称)?)?$|(?:品种|商标|品牌|平台|产品|东西|货|菜|项目|专利|课题|软件名|书名|这种|那种|型号|村子?|镇|市场|村名|地方|路|街|大集|医生|律师|说是|就)(?:的)?(?:名(?:字|称)?)?(?:就|好像|大概)?$|联系人|举报人|本人$/u;

/** What makes a firm mine that is named right behind. */
const ownFirm =
  /(?:我|俺|咱|本|敝|我司)(?:们)?(?:公司|厂|店|司|单位|家)?(?:是|叫|系|[(（])*(?:沧州市?|河北省?)*$/u;

/** What makes a brand mine that is named right behind. */
const ownBrand =
  /(?:我|俺|咱)(?:们)?(?:家|厂|店|公司)?(?:的|这|自己)*(?:注册)?(?:的)?(?:商标|牌子|品牌|字号|老字号|招牌)$/u;

/** Whether a name that begins at `start` is the person's own firm or brand, or a brand, a variety, a place to sell. */
export function isOwnName(text: string, start: number): boolean {
  const before = text.slice(Math.max(0, start - 14), start).replace(/[“"「『《\s]+$/u, "");
  return (
    ownFirm.test(before) ||
    ownBrand.test(before) ||
    (/[叫是]$/u.test(before) && notCalled.test(before.replace(/(?:就)?[叫是]$/u, "")))
  );
}

/** 我是鼎昌环保的负责人: who runs a firm names it as their own. Whoever works there may well report it. */
export const isRunBySpeaker = (lead: string, tail: string): boolean =>
  /(?:我|俺|本人)(?:们)?(?:就)?(?:是|系)[^，。]{0,14}$/u.test(lead) &&
  /^的(?:负责人|法人|法定代表人|老板娘?|厂长|店长|店主|经营者|法务|代表)/u.test(tail);

/** Names in quotation marks that stand where a firm does; what was said, printed or registered does not. */
function quotedIn(text: string, places: readonly Span[]): { name: string; at: number }[] {
  return [...text.matchAll(/[“"「『](?<name>[^”"」』“「『，。]{2,14})[”"」』]/gu)].flatMap((match) => {
    const name = match.groups?.["name"] ?? "";
    const before = text.slice(Math.max(0, match.index - 10), match.index);
    const after = text.slice(match.index + match[0].length, match.index + match[0].length + 8);
    if (/专利|国家|发明|仿冒|必究|商标|证据|技术|认证|不|我|你|吗|没|[!！?？]/u.test(name)) return [];
    if (
      /(?:写|印|标|刻|打|贴|刷|喷|说|喊|吹|讲|回|发|着|商标|品牌|牌子|品种|老字号|号称|自称|宣称|打着|冒充|假冒|产|仿冒|模仿|傍|蹭|我们?|俺们?|咱们?|俺家|我家|注册的?|我的|俺的|了个|了)[是叫了着的:：]?$/u.test(
        before,
      ) &&
      !/(?:招牌|门头|匾额?|牌匾|字号|店名)[^，。]{0,4}$/u.test(before)
    )
      return [];
    if (
      /^(?:的旗号|的牌子|牌|酒|商标|品种|四个|两个|几个|仨|五个|三个|字|是我|是俺|的产品|这种|款|\d)/u.test(
        after,
      )
    )
      return [];
    const byPlace = places.some((place) => place.end <= match.index && match.index - place.end <= 3);
    const firmBefore =
      /(?:店|网店|直播间|主播|博主|厂|公司|那家|这家|一家|有家|家|叫|叫做|搜|摊|商家|卖家|对手是|是|在|上|里|的|去|到|举报|投诉|告|由|从|被|让|那个|这个|[，。:：、]|^)\s*$/u.test(
        before,
      );
    const firmAfter =
      /^\s*(?:直播间|店|厂|公司|旗舰店|家|的店|卖|在|整个|把|冒|抄|仿|这家|那家|老板|门市|一直|也|就|都|用|侵|没经|未经|给|所[售卖]|那个|又|竟|照|，|。|$|的)/u.test(
        after,
      );
    if (/(?:城|市场|广场|大厦)$/u.test(name)) return [];
    if (byPlace && /(?:老字号|牌|的)$/u.test(before) && /^的/u.test(after)) return [];
    const isShop = /^(?:小程序|专柜|直播间|旗舰店|专营店|店|厂|公司|门市|摊)/u.test(after);
    if (!byPlace && !isShop && !(firmBefore && firmAfter)) return [];
    return [{ name, at: match.index + 1 }];
  });
}

/** People by the names others call them: 孙某, 老刘家, 二狗子, 一个叫顺子的. */
function peopleIn(clauses: readonly Clause[], words: Lexicon): { name: string; at: number }[] {
  const found: { name: string; at: number }[] = [];
  for (const clause of clauses) {
    for (const match of clause.text.matchAll(
      /(?<name>[\u4e00-\u9fff]某[某甲乙丙]?|(?<=^|[^\u4e00-\u9fff]|(?<!我|俺|咱|们)的|隔壁|对门|举报|投诉|告|村|镇|乡)[老小][\u4e00-\u9fff](?:家|头)?(?=$|\s|的(?!小|话)|在|把|卖|冒|仿|抄|偷|用)|(?:二|三|大|铁|狗|小)(?:狗|柱|蛋|愣|胖|毛|虎|嘎|黑|栓|强|军|刚|伟)子?(?=在|把|卖|冒|仿|抄|租|开|做|那|他|$)|(?:是他|他)(?:弟弟?|哥哥?|叔|舅|侄子?|儿子|爹|媳妇)(?<own>[\u4e00-\u9fff]{2,3}))/gu,
    )) {
      const name = match.groups?.["own"] ?? match.groups?.["name"] ?? "";
      const family = /^[老小]/u.test(name) ? name[1] : name[0];
      const known = words.surnames.has(family ?? "") || /子$/u.test(name);
      if (
        !known ||
        /^(?:老板|老家|老人|老乡|老是|老公|老婆|老师|小时|小区|小单|小方|小家|小康|小米|小包|小车|小巷|小边)/u.test(
          name,
        )
      )
        continue;
      const at = match.index + match[0].lastIndexOf(name);
      if (/(?:我|俺|叫我|我叫|姓名|举报人|联系人)[^，。]{0,3}$/u.test(clause.text.slice(0, at))) continue;
      found.push({ name, at: clause.start + at });
    }
  }
  return found;
}

/** 气球厂, 皮衣店, 折叠晾衣架: goods, or a word for a firm with goods or a description before it. */
export function isDescription(text: string, words: Lexicon): boolean {
  if (text === words.goodsAt(text) || madeOfTrades(text, words)) return true;
  const suffix = words.firmSuffixAt(text);
  const stem = withoutSuffix(text, words);
  if (words.plainStems.test(stem) || words.plainStems.test(text)) return true;
  if (suffix === undefined || !/[厂店铺部]$|作坊|门市|公司$/u.test(suffix)) return false;
  if (madeOfTrades(stem, words)) return true;
  const goods = words.goodsAt(stem);
  if (goods === undefined) return false;
  const rest = stem.slice(0, -goods.length);
  return rest === "" || words.plainStems.test(rest) || (rest.length === 1 && !words.surnames.has(rest));
}

/** Whether a text is nothing but words for trades and goods: 净化设备, 体育器材, 五金交电日杂百货. */
function madeOfTrades(text: string, words: Lexicon): boolean {
  if (text === "") return true;
  for (let length = Math.min(6, text.length); length >= 2; length--) {
    const word = text.slice(0, length);
    if (words.trades.has(word) && madeOfTrades(text.slice(length), words)) return true;
  }
  return false;
}

/** A name without the word for a firm or a trade at its end. */
function withoutSuffix(text: string, words: Lexicon): string {
  return text.slice(0, text.length - (words.firmSuffixAt(text)?.length ?? 0));
}

/** Where the owner's name begins in 张三的店: at a surname; -1 if nobody is named. */
function ownerAt(text: string, words: Lexicon): number {
  const [owner = ""] = text.split(/家?的/u);
  const first = Math.max(0, owner.length - 3);
  for (let at = first; at <= owner.length - 2; at++) {
    const family = /^[老小大]/u.test(owner.slice(at)) ? owner[at + 1] : owner[at];
    if (words.surnames.has(family ?? "") && !/我|俺|你|您|他|她|咱|这|那|家|人/u.test(owner.slice(at)))
      return at;
  }
  return -1;
}

/** Where what follows a place stops being a name: the verbs of wrongdoing and trade. */
const afterName =
  /冒用|冒充|假冒|盗用|套用|没打招呼|没经|未经|擅自|抄|仿|侵犯|侵害|侵占|侵权|照着|照搬|私自|偷|把|用了?|在|卖|做|生产|加工|销售|印(?!记|象|务|刷|业|染)|标(?!准|榜)|贴|打|写|拿|说|吹|宣传|涉嫌|搞|弄|没有?|不|上|里|买|开|收|产的|的|是|有|违法|违规|疑似|公开|长期|一直|老是|经常|干|上班|打工|当|给|出的|出$|花|还|仍|也|都|就|照样|继续|跟着|学着|仿造|造了|照猫|照葫芦|依样/u;

/** What a place may be followed by that is nobody's name. */
const notAName =
  /^(?:一|有|那|这|某|个|家|我|俺|咱|他|她|它|你|人|事|产品|商品|东西|货|地方|位置|情况|街|路|村|庄|集|市场|大集|附近|旁边|对面|里|上|下|边|东|西|南|北|专利|商标|举报|投诉|老百姓|村民|群众|消费者|市民|商户|个体|老板|厂家|商家|同行|几|好多|很多|好几|不少|大集|大街|小店|小厂|\d)/u;

/** 「沧县兴济镇的老味道香油」: the name that stands right after a place, up to the verb. */
function afterPlaces(clauses: readonly Clause[], places: readonly Span[], words: Lexicon): Found<string>[] {
  return places.flatMap((place) => {
    const clause = clauses.find((one) => one.start <= place.start && place.end <= one.end);
    if (
      clause === undefined ||
      places.some((other) => other.start >= place.end && other.start - place.end <= 1)
    ) {
      return [];
    }
    const rest = clause.text.slice(place.end - clause.start);
    // 「海兴县赵毛陶镇 诚诺健身器材」: a space stands for 的.
    const next = rest === "" && /^\s*$/u.test(clause.mark) ? clauses[clauses.indexOf(clause) + 1] : undefined;
    const linked =
      /^(?:[\u4e00-\u9fff0-9]{1,8}?(?:村|街|路|市场|商城|园区?|集|巷|道))?(?:那边|那儿|这边|那里|境内|当地)?(?:的(?!人|事)|有(?:一)?(?:个|家)(?:叫)?|叫)/u.exec(
        rest,
      );
    const body = next?.text ?? rest.slice(linked?.[0].length ?? 0);
    const verb = afterName.exec(body);
    const value = (verb === null ? body : body.slice(0, verb.index)).trim();
    // Without 的, only a verb right behind shows that it is a name: 南陈屯镇宏图门业冒用….
    const likeFirm =
      value.length >= 4 &&
      value.length <= 6 &&
      [...value.slice(0, 2)].some((letter) => words.firmStem.has(letter));
    if (
      next === undefined &&
      linked === null &&
      !(likeFirm && verb !== null && /^(?:卖|做|生产|出|在|把)/u.test(verb[0])) &&
      (verb === null ||
        !/^(?:冒|假|盗|套|抄|仿|侵|照|私|偷|涉|花|买|没打|没经|未经|擅|还|仍|一直|用)/u.test(verb[0]))
    )
      return [];
    if (value.length < 3 || value.length > 14 || notAName.test(value)) return [];
    // 「有个铸件厂井盖上…」: a word for a firm in the middle is a description, not a name.
    if (linked?.[0].includes("有") === true && /[厂店](?=.)|^[厂店]/u.test(value)) return [];
    const start = next?.start ?? place.end + (linked?.[0].length ?? 0);
    return [{ value, start, end: start + value.length, rule: "infringer.placed" }];
  });
}

/**
 * 「沧县姚官屯镇小蘑菇童装，衣服吊牌上印着…」: what ends like goods and stands alone behind a place is a firm's name where
 * the message goes on to tell of other goods.
 */
function aloneBehindPlaces(
  clauses: readonly Clause[],
  taken: readonly Span[],
  places: readonly Span[],
  words: Lexicon,
): Found<string>[] {
  return places.flatMap((place) => {
    const clause = clauses.find((one) => one.start <= place.start && place.end < one.end);
    if (clause === undefined) return [];
    const value = clause.text.slice(place.end - clause.start).replace(/^\s*(?:的|有家|有个|那家)?/u, "");
    const goods = words.goodsAt(value);
    if (goods === undefined || goods.length < 2 || !/^[\u4e00-\u9fff]{4,9}$/u.test(value)) return [];
    const stem = value.slice(0, -goods.length);
    if (stem.length < 2 || notAName.test(value) || words.plainStems.test(stem) || isDescription(value, words))
      return [];
    const later = clauses.filter(({ start }) => start >= clause.end);
    const others = findGoods(later, [...taken, ...places], words);
    if (!others.some((other) => other.points >= 3 && !value.includes(other.value))) return [];
    const start = clause.end - value.length;
    return [{ value, start, end: clause.end, rule: "infringer.placed" }];
  });
}

/** Whether a name is no name: 厂子, 铸件厂, 小五金店 — a word for a firm with nothing but a trade before it. */
export function isGeneric(text: string, words: Lexicon): boolean {
  if (words.genericPlaces.has(text)) return true;
  let stem = text;
  for (const { spelling } of words.platforms) {
    if (stem.startsWith(spelling)) stem = stem.slice(spelling.length);
  }
  for (const suffix of words.companySuffixes) {
    if (stem.endsWith(suffix)) {
      stem = stem.slice(0, -suffix.length);
      break;
    }
  }
  stem = stem.replace(
    /^(?:小|大|老|新|个|家|一家|一个|做|卖|搞|干|弄|开|生产|加工|专利|专门|这|那|某|本地|当地|我们?|俺们?|咱们?|他们?|她|别的?|其他|同行|外地|私人|个体)+/u,
    "",
  );
  stem = stem.replace(/(?:的|类|小|大)$/u, "");
  if (stem === "") return true;
  return (
    words.products.includes(stem) ||
    words.tradeSuffixes.includes(stem) ||
    words.genericPlaces.has(stem) ||
    words.genericProducts.has(stem)
  );
}

/** The goods that a message is about, best first. */
export function findProducts(
  clauses: readonly Clause[],
  taken: readonly Span[],
  words: Lexicon,
): Found<string>[] {
  const found: Found<string>[] = [];
  const rules: readonly (readonly [string, RegExp])[] = [
    [
      "product.bought",
      /买(?:了|到|的|过)?(?:一|两|几|个|台|件|箱|批|套|把|双)*(?:个|台|件|箱|批|套|把|双)?(?<name>[\u4e00-\u9fffA-Za-z0-9]{2,10}?)(?=的|$|，|。|上|说|标|写|印|是)/u,
    ],
    [
      "product.subject",
      /^(?<name>[\u4e00-\u9fff]{2,8}?)(?:上头?|都|也)?(?:假冒|冒用|冒充|盗用|套用)(?:了)?(?:别人|人家|他人|别家)?的?专利/u,
    ],
    [
      "product.boasted",
      /(?:自己|自家|他家|她家|他们家|人家)的?(?<name>[\u4e00-\u9fff]{2,8}?)(?:是|有|都是|都有|拿了)[^，。]{0,8}专利/u,
    ],
    [
      "product.patented",
      /专利(?:的)?(?!钢|造|配|倒|工|真|号|证|权|产品|侵|纠|技|法|申|标|代|说|是|被|都|过|早|还|就|没|有|局|要|书|类|奖|人|的?仿|的?号|的?话|的?事|到|在|保|登|可|印|查|给|吗|呢|不|一)(?<name>[\u4e00-\u9fff]{2,6}?)(?=的|，|。|$|冒|仿|，)/u,
    ],
    [
      "product.named",
      /(?:产品|商品|货品|东西|货)(?:名(?:称|字)?)?(?:是|叫做?|为|[:：])\s*[“"「]?(?<name>[^，。,;；、“”"「」\s]{2,20}?)[”"」]?(?=$|的)/u,
    ],
    [
      "product.named",
      /(?:被(?:他|她|人|他们)?(?:仿|抄|照搬|侵权|冒用|山寨)|(?:他|她|他们|那家|对方)(?:仿|抄|照搬|冒用|山寨))的(?:产品|东西|那款)?(?:就)?是(?:一?[款种个批台件]|那[款种个])?(?:带[^，。的]{1,8}的)?(?<name>[\u4e00-\u9fffA-Za-z0-9]{2,10}?)(?=$|[，。]|的)/u,
    ],
    [
      "product.marked",
      /(?<name>[\u4e00-\u9fffA-Za-z0-9]{1,14}?)(?:的)?(?:上头|上面|上边|外面|包装盒?上?|外壳上?|盒子上|外包装上?|机身上?|箱子上|袋子上|吊牌上|标签上|上)(?:都|还|也|全|就|又|愣是|硬)?(?:瞎|乱|胡|假|冒)?(?:印|标|打|刻|贴|写|喷|铸|压|假冒|冒用|冒|(?=(?:的)?(?:假)?专利号))/u,
    ],
    [
      "product.bought",
      /(?:买|购|下单|订)(?:了|着|到|的)?(?:一)?(?:个|把|台|件|套|双|只|条|瓶|盒|辆|副|口)(?<name>[锁秤灯泵阀锅壶刀床椅门窗表伞车鞋帽碗杯钟笔琴鼓])(?=$|[，。\s]|上|的|回来)/u,
    ],
    [
      "product.made",
      /(?<!人家|别人|别家|他人)(?:做|生产|加工|制造|造|卖|销售|批发|出售|经营|倒卖|仿制|仿冒|仿造|代工|组装|干|搞|弄)(?:的)?(?:是|了|着|出|过)?(?:一批|一种|一款|那种|这种|各种|些)?(?<name>[\u4e00-\u9fffA-Za-z0-9]{2,12}?)(?=的|$|和|跟|印|标|都|生意|抄|仿|盗用|冒用|假冒|侵犯|仿冒|侵权|是|上|说|，|。)/u,
    ],
    [
      "product.copied",
      /(?:仿|抄|山寨|偷|侵犯|盗用|照着|模仿)(?:冒|制|造|了|袭)?(?:我|俺|咱)(?:们|家|厂|公司)?(?:的|这个|那个|这款|那款|家)?(?<name>[\u4e00-\u9fffA-Za-z0-9]{2,12}?)(?=的?专利|的?设计|的|$|，|。|卖|了)/u,
    ],
    [
      "product.copied",
      /(?:我|俺|咱)(?:们|家|厂|公司)*(?:的|这个|那个|这款|那款|做的|生产的|发明的|设计的)(?<name>[\u4e00-\u9fffA-Za-z0-9]{2,12}?)(?=专利|被|让|叫|，|。|$)/u,
    ],
  ];
  const add = (raw: string, at: number, rule: string) => {
    const lead =
      /^(?:(?:看|瞅|瞧|碰|遇|撞)?见(?:了|到)?|(?:一|两|几|半|整)(?:车|批|堆|箱|袋|摞|屋子?)|的是|的|了|着|是|个|些|这种|那种|这个|那个|一种|一款|一批|一个|几个|他们?|她|人家|别人|我们?|俺们?|咱们?|家|在|把|用|假冒的?|冒牌的?|有|产的|好多|很多|大量|全是|都是|就是)+/u.exec(
        raw,
      );
    let start = at + (lead?.[0].length ?? 0);
    let text = raw.slice(lead?.[0].length ?? 0);
    // 「老李五金行卖的水龙头」: the goods follow the last 卖的, 做的 ….
    const sold = /^.*(?:卖|做|生产|造|产|加工|出|售|印|发明|设计)的(?=.)/u.exec(text);
    if (sold !== null) {
      start += sold[0].length;
      text = text.slice(sold[0].length);
    }
    const counted = measureOf(text);
    start += counted;
    text = text.slice(counted);
    // 「铸件厂井盖」: what stands before the goods and ends in a word for a firm is not part of them.
    const firm = /^.*(?:厂子|厂家|厂|公司|店|铺|作坊|门市|老板|商行)(?:的|里|家)?(?=.)/u.exec(text);
    if (firm !== null) {
      start += firm[0].length;
      text = text.slice(firm[0].length);
    }
    // „恒力机床厂钻床“, where the firm is known by more than its last word.
    const before = taken.findLast(
      (other) => other.start < start + text.length && other.end > start && other.end < start + text.length,
    );
    if (before !== undefined) {
      text = text.slice(before.end - start);
      start = before.end;
    }
    text = text.replace(/(?:的)?(?:铭牌|吊牌|标签|标牌|包装盒?|外壳|盒子|合格证|说明书)$/u, "");
    const again = /^(?:在|他们?|她|它|那个|这个|那种|这种|家|的)+(?=.)/u.exec(text);
    if (again !== null) {
      start += again[0].length;
      text = text.slice(again[0].length);
    }
    text = text.replace(/(?:的|了|呢|啊|产品|那些|这些|之类|什么|啥|都|也|还|上|上头|里)$/u, "");
    const span = { start, end: start + text.length };
    // „锁上印的专利号“: what is marked may be called by a single character.
    const single = /^product\.(?:marked|bought)$/u.test(rule) && raw === text && calledByOne.test(text);
    if (
      (text.length < 2 && !single) ||
      words.genericProducts.has(text) ||
      (isGeneric(text, words) === true && !words.products.includes(text))
    )
      return;
    if (
      /[他她它我你俺咱吗么呢给]|是(?!盘)|关于|请求|来卖|挨罚|时候|^(?:从|往|在|把|护范围|种梨|方是)|[吗不吧呢就想没我你他她了还也]$|字$|补贴|单子?$|[师长员人方]$|申请|混淆|配方|^就|认证|样$|^包装|^赔|十万|套补|也不|不想|意见|字号|^被|^那就|按$|注册|公司|[厂店]$|检举|摊位|市场|百姓|一模一样|一样|看|回来|打开|跟我|这里|那里|商业秘密|客户名单|技术秘密|著作权|版权|登记|专利|举报|投诉|侵权|假冒|冒用|仿冒|电话|手机|匿名|什么|怎么|咋|多少|不是|没有|知道|商标|人家|他们/u.test(
        text,
      )
    )
      return;
    if (taken.some((other) => overlaps(other, span)) || found.some((other) => overlaps(other, span))) return;
    found.push({ value: text, ...span, rule });
  };
  const byPattern = (some: typeof rules) => {
    for (const [rule, pattern] of some) {
      for (const clause of clauses) {
        const match = pattern.exec(clause.text);
        const name = match?.groups?.["name"];
        if (match === null || name === undefined) continue;
        add(name, clause.start + match.index + match[0].indexOf(name), rule);
      }
    }
  };
  byPattern(rules.filter(([rule]) => rule === "product.named"));
  for (const clause of clauses) {
    // „是个台灯“: what it is, as a whole clause.
    const match =
      /^(?:就|也)?是(?:一)?(?:个|款|种|台|套|件|把|盏|辆|双|张|只|部|副)(?<name>[\u4e00-\u9fff]{2,8})$/u.exec(
        clause.text,
      );
    const name = match?.groups?.["name"];
    if (name !== undefined && words.goodsAt(name) !== undefined && words.firmSuffixAt(name) === undefined)
      add(name, clause.end - name.length, "product.is.bare");
  }
  for (const goods of findGoods(clauses, taken, words)) {
    if (found.some((other) => overlaps(other, goods))) continue;
    const { points: _points, ...noun } = goods;
    found.push(noun);
  }
  if (found.length > 0) return found;
  const hasNews = clauses.some(({ text: said }) => /专利|商标|假|仿|抄|冒|侵|卖|买|做|产/u.test(said));
  if (!hasNews) return found;
  byPattern(rules.filter(([rule]) => rule !== "product.named"));
  for (const clause of clauses) {
    const product = words.products.find((word) => clause.text.includes(word));
    if (product === undefined) continue;
    const start = clause.start + clause.text.indexOf(product);
    const span = { start, end: start + product.length };
    if (taken.some((other) => overlaps(other, span)) || found.some((other) => overlaps(other, span)))
      continue;
    found.push({ value: product, ...span, rule: "product.word" });
  }
  return found;
}

/** Goods whose name is a single character. */
const calledByOne = /^[锁秤灯泵阀锅壶刀床椅门窗表伞车鞋帽碗杯钟笔琴鼓]$/u;

/** A name of two to four characters right before or behind a mobile number, whatever the surname. */
function besidePhone(text: string): Found<string> | undefined {
  const match =
    /(?:^|[，。,;；\s])(?<before>[\u4e00-\u9fff]{2,4})[，,：:\s]{0,2}1[3-9][\d\s-]{9,12}(?!\d)|1[3-9][\d\s-]{9,12}[，,\s]{1,2}(?<behind>[\u4e00-\u9fff]{2,3})(?=$|[，。,;；\s])/u.exec(
      text,
    );
  const name = match?.groups?.["before"] ?? match?.groups?.["behind"];
  if (match === null || name === undefined) return undefined;
  if (
    /应该|改|错|位|电话|手机|号码|联系|打|是|叫|我|俺|他|她|你|您|给|找|个|的|了|匿名|没|不|提交|确认|就|这|那|留|微信|同号|随时/u.test(
      name,
    )
  )
    return undefined;
  const start = match.index + match[0].indexOf(name);
  return { value: name, start, end: start + name.length, rule: "contact.besidePhone" };
}

/** 复姓, of which the first character is often no surname by itself. */
const compoundSurname =
  /^(?:尉迟|欧阳|上官|司马|诸葛|皇甫|司徒|夏侯|东方|公孙|慕容|令狐|长孙|宇文|端木|百里|南宫|轩辕|独孤|呼延)/u;

/** What may stand behind a name; a verb only where something follows it: 幸福来 is a name. */
const nameEnd =
  '(?=$|[，。,;；、!！\\s\\d(（“"]|没(?:别的|了|有了)|律师|电话|手机|号码|联系|的电话|这是|(?:住|是|在|来|想|要)(?=[\\u4e00-\\u9fff]))';

/** Somebody of the person's, whose telephone they may leave. */
export const kin =
  "(?:(?:大|二|小|老)?(?:闺女|女儿|儿子|小子|老伴儿?|媳妇儿?|爱人|对象|老公|老婆|丈夫|妻子|侄(?:子|女|儿)|外甥女?|孙(?:子|女)|外孙女?|[爸妈爹娘]{1,2}|父亲|母亲|[哥姐弟妹嫂]{1,2}|嫂子|女婿|儿媳妇?)|表[哥姐弟妹]|堂[哥姐弟妹]|同事|会计|助理|朋友|邻居|家里?人|孩子)";

/** How people give their name, the surest first. */
const contactRules: readonly (readonly [string, RegExp])[] = [
  [
    "contact.called",
    new RegExp(
      `(?<![仿抄冒偷告骗坑]|侵犯|仿冒|抄袭|模仿|山寨|剽窃|举报|投诉)(?:我|俺|本人|联系人)(?:的)?(?:名字|姓名)?(?:就)?(?:叫|是叫|名叫|名字是|姓名是|姓名[:：])\\s*(?<name>[\\u4e00-\\u9fff·]{2,6}?)${nameEnd}`,
      "u",
    ),
  ],
  [
    "contact.contact",
    /联系(?:人|我)?[，,:： ]*(?<name>[\u4e00-\u9fff]{2,4})(?=[，, ]*(?:电话|手机)?[:： ]*1[3-9])/u,
  ],
  [
    "contact.full",
    /姓(?<family>[\u4e00-\u9fff]{1,2})[，, ]*(?:名字)?(?:叫|是)?(?<name>\k<family>[\u4e00-\u9fff]{1,2})(?=$|[，。,;；\s\d]|电话|手机)/u,
  ],
  [
    "contact.told",
    /(?<!摊主|老板|老板娘|店主|厂长|卖家|对方|他|她|人家)姓(?<family>[\u4e00-\u9fff]{1,2})名(?<given>[\u4e00-\u9fff]{1,2})(?=$|[，。,;；\s\d])/u,
  ],
  [
    "contact.spelled",
    /(?<!老板|老板娘|店主|厂长|摊主|屋主|房东|他|她)姓(?<family>[\u4e00-\u9fff])[^。]{0,12}?叫(?<name>\k<family>[\u4e00-\u9fff]{1,2})(?=$|[，。,;；\s\d]|电话|手机|号码)/u,
  ],
  [
    "contact.find",
    /(?:找|联系|问)(?<name>小[\u4e00-\u9fff](?=$|[，。\s])|(?:老|小)?[\u4e00-\u9fff](?:先生|女士|师傅|姐|哥|叔|婶|大爷|大姐|老师|经理|总|主任|律师|工))(?=就行|就中|即可|吧|$|[，。,\s])/u,
  ],
  [
    "contact.mine",
    new RegExp(
      `(?:我|俺)(?:的)?(?:名字|姓名|名|大名|真名)(?:是|叫|[:：])?\\s*(?<name>[\\u4e00-\\u9fff·]{2,5}?)${nameEnd}`,
      "u",
    ),
  ],
  // Whose telephone it is: 记我闺女的…，她叫蔺小满; 13315778890，机主叫….
  [
    "contact.kin",
    new RegExp(
      `(?:我|俺|咱)(?:的|家)?${kin}[^。！？!?]{0,30}?(?:(?:她|他|${kin})(?:的)?(?:名字|大名)?(?:就)?(?:叫|是)|名(?:字)?叫)(?<name>[\\u4e00-\\u9fff·]{2,4}?)${nameEnd}`,
      "u",
    ),
  ],
  [
    "contact.kin",
    new RegExp(
      `(?:我|俺|咱)(?:的|家)?${kin}[^。！？!?]{0,30}?(?:她|他|${kin})姓(?<name>[\\u4e00-\\u9fff]{1,2})(?=$|[，。,;；!！\\s\\d])`,
      "u",
    ),
  ],
  [
    "contact.kin",
    new RegExp(
      `(?:1[3-9][\\d\\s-]{9,12}|0\\d{2,3}[- ]?\\d{7,8}|[幺一1][零〇一二三四五六七八九幺两]{10})[，,\\s]{0,2}(?:机主|号主|本人|她|他)(?:姓名|名字)?(?:是|叫)(?<name>[\\u4e00-\\u9fff·]{2,4}?)${nameEnd}`,
      "u",
    ),
  ],
  [
    "contact.field",
    new RegExp(
      `(?<!被|前)(?:姓名|联系人|联络人|来访人|来电人|来信人|来函人|写信人|举报人|投诉人|反映人|请求人|申请人|控告人|提交人|经办人?|代理人|填报人|报告人|具名|署名|落款|(?<!他|她|他的|她的|老板)(?:真名|大名|本名)|(?<=我方[^。]{0,40}。)经营者)(?:应该)?(?:是|叫|就是|为|[:：])?\\s*(?<name>[\\u4e00-\\u9fff·]{2,5}?)(?:律师)?${nameEnd}`,
      "u",
    ),
  ],
  [
    "contact.field",
    /(?:实名(?:举报)?|坐不改姓|留我?(?:的|个)?(?:名儿?|名字|姓名)(?:吧)?)[，,:： ]+(?<name>[\u4e00-\u9fff]{2,3})(?=$|[，。,;；\s\d])/u,
  ],
  [
    "contact.role",
    /(?:我|俺|本人|本律师)(?:是|系)[^。；;]{0,30}?(?:退休工人|职工|员工|律师|专利权人|发明人|设计人|设计师|著作权人|商标权人|法人|会计|工程师|技术员|村民|店主|经营者|负责人|厂长|老板|经理)[，,\s]*(?<name>[\u4e00-\u9fff]{2,3})(?=$|[，。,;；、\s\d(（]|电话|手机)/u,
  ],
  [
    "contact.firstPerson",
    /(?:^|[，。,;；\s])本人(?<name>[\u4e00-\u9fff]{2,3})(?=[，,]\s*(?:曾|系|现|是|原|住|女|男|于|就))/u,
  ],
  [
    "contact.signed",
    /(?:律师事务所|律所|法务部?|编辑部|协会|办公室)[\s\u3000]+(?<name>[\u4e00-\u9fff]{2,3})(?:律师|老师|主任|经理)?(?=[\s\u3000，,]|电话|$)/u,
  ],
  ["contact.delegated", /(?:指派|委派|委托)(?:本所)?(?<name>[\u4e00-\u9fff]{2,3})律师/u],
  [
    "contact.noted",
    /(?:名字|登记|称呼)?(?:写|记|登|留)(?:上)?(?:的)?(?:名字?|成)?(?<name>[\u4e00-\u9fff]{1,2}(?:先生|女士|师傅|姐|哥|叔|婶|大爷|大姐|老师|经理|总))(?=就行|就中|吧|$|[，。])/u,
  ],
  [
    "contact.callMe",
    /(?:叫|喊|称呼)(?:我|俺)(?<name>[\u4e00-\u9fff]{2,4}?(?=就(?:行|中|成|好)|即可)|(?:老|小)?[\u4e00-\u9fff](?:先生|女士|师傅|姐|哥|叔|婶|大爷|大姐|老师|经理|总)?)(?=就(?:行|中|成|好)|即可|吧|$|[，。,\s])/u,
  ],
  [
    "contact.role",
    /(?:我|俺)是[^，。我俺]{0,6}?(?<name>[\u4e00-\u9fff](?:主任|书记|会计|经理|老师|大夫|师傅|村长|校长))(?=$|[，。,;；\s])/u,
  ],
  ["contact.am", new RegExp(`(?:^|[，。,;；\\s])(?:我|俺)是(?<name>[\\u4e00-\\u9fff]{2,4}?)${nameEnd}`, "u")],
  [
    "contact.surname",
    /(?<!摊主|老板|老板娘|店主|厂长|经理|卖家|对方|他|她|那人|人家|家|过去|以前|都|也)(?<me>(?:我|俺|本人|免贵[，,]?|敝|鄙|贵)(?:也)?)?姓(?!名|氏)(?<name>[\u4e00-\u9fff]{1,2})(?=$|[，。,;；!！\s\d]|电话|手机|的(?:，|。|$)|，)/u,
  ],
  [
    "contact.surnameSaid",
    /(?:我|俺|免贵|本人|鄙人|自己)姓(?<name>[\u4e00-\u9fff])(?=\k<name>|我|俺|做|你|电话|手机|名字|单名|搞|开|在|来|住|想|要|回族|是|没|就|别|给|这|完|照片)/u,
  ],
];

/** A telephone right behind a name: 来访人佴长顺，手机177…. */
const numberBehind =
  /^[，,、\s]*(?:的)?(?:联系)?(?:电话|手机|号码)?(?:号码?)?(?:是|[:：])?\s*(?:1[3-9]\d|0\d{2})/u;

/** 哈哈, 嗯嗯, though 哈 is a surname. */
const laughs = /^(?:哈+|呵+|嘿+|嘻+|嗯+|哦+|喔+|对+|好+|行+|中+)$/u;

/** Whether a name that was learned may be a person's: it begins with a surname, or as people are called. */
export const couldBePerson = (name: string, words: Lexicon): boolean =>
  !/[的了某是在不么]|应该|直接|信息/u.test(name) &&
  !laughs.test(name) &&
  (words.surnames.has(name[0] ?? "") ||
    compoundSurname.test(name) ||
    /^[老小阿大][\u4e00-\u9fff]/u.test(name));

/** What a person calls themselves. `expected`: the last question asked for it, so a bare name counts. */
export function findContactName(text: string, expected: boolean, words: Lexicon): Found<string> | undefined {
  for (const [rule, pattern] of contactRules) {
    const match = pattern.exec(text);
    const { family = "", given } = match?.groups ?? {};
    const name = given === undefined ? match?.groups?.["name"] : family + given;
    if (match === null || name === undefined) continue;
    // 我是 is followed by much else, so it needs a known surname; the others name somebody whatever it is.
    if (rule === "contact.am") {
      if (!words.surnames.has(name[0] ?? "")) continue;
      if (/(?:人|厂|店|公司|的|权利|代理|消费|用户|顾客|老板|员工|律师)/u.test(name)) continue;
    }
    if (rule === "contact.kin" && !/电话|手机|号|联系|打给|微信|1[3-9]\d{9}/u.test(text)) continue;
    if (
      /^contact\.(?:role|field|firstPerson|signed|delegated|surnameSaid)$/u.test(rule) &&
      !(rule === "contact.field" && numberBehind.test(text.slice(match.index + match[0].length))) &&
      !words.surnames.has(name[0] ?? "") &&
      !compoundSurname.test(name)
    )
      continue;
    if (rule === "contact.surname") {
      // Without „我“ it says who the person is only as an answer, or beside a telephone.
      const told = /(?:我|俺)(?:们)?(?:是|替|代|在|叫)[^。！？!?]{0,30}$/u.test(text.slice(0, match.index));
      if (match.groups?.["me"] === undefined && !expected && !told) continue;
      if (name.length > 1 && !words.surnames.has(name[0] ?? "") && !compoundSurname.test(name)) continue;
    }
    if (name.length > 3 && words.question.test(name)) continue;
    if (
      /^(?:不|没|什么|啥|别|你|他|她|人|匿|说|称|要|想|的|儿|应该)|[的了某]|电话|手机|姓名|名字|信息|无名/u.test(
        name,
      )
    )
      continue;
    if (
      [...words.companySuffixes, ...words.tradeSuffixes].some(
        (suffix) => suffix.length > 1 && name.endsWith(suffix),
      )
    )
      continue;
    const start = match.index + (given === undefined ? match[0].lastIndexOf(name) : match[0].indexOf(family));
    const end = given === undefined ? start + name.length : match.index + match[0].length;
    return { value: name, start, end, rule };
  }
  const beside = besidePhone(text);
  if (beside !== undefined) return beside;
  if (!expected) return undefined;
  const bare = [
    ...text.matchAll(/(?<=^|[，。,;；\s])(?<name>[\u4e00-\u9fff]{2,4})(?=$|[，。,;；\s\d]|电话|手机)/gu),
  ].find((match) => words.surnames.has(match[0][0] ?? "") || compoundSurname.test(match[0]));
  const name = bare?.groups?.["name"];
  if (bare === undefined || name === undefined) return undefined;
  if (
    /[了活吧]|^(?:不|没|应该|匿|跳|算|取|好|行|对|是|继|提|确|公司|方便|满意|有空|成了|时间|高兴|明白|和他|安全|常用|都行|都可|平时|何时|那就|于是|别问|终于|别给|别打|别联|相信|干吗|从来|景况|麻烦|包装|同意)/u.test(
      name,
    )
  )
    return undefined;
  if (/[县市区镇乡村]$/u.test(name)) return undefined;
  if (
    laughs.test(name) ||
    isTalk(name, words) ||
    words.question.test(name) ||
    words.intents.confirm.test(name) ||
    words.intents.finish.test(name)
  )
    return undefined;
  const start = bare.index + bare[0].indexOf(name);
  return { value: name, start, end: start + name.length, rule: "contact.bare" };
}

/** What the person's own name is called: 真名, 称呼, 我的名字. Bare 名字 may be a firm's. */
const ownNameWord = "真名|本名|大名|真实姓名|姓名|称呼|联系人|(?:我|俺|本人)(?:的)?名(?:字)?";
const nameWord = `(?:${ownNameWord}|(?<![厂店司家商品牌号他她它台位业同起])名(?:字)?)`;

const ownName = new RegExp(ownNameWord, "u");

const mendedNames: readonly RegExp[] = [
  new RegExp(
    `(?:${nameWord})?(?:不是|不叫|不姓)(?<old>[\\u4e00-\\u9fff·]{1,4}?)[，,、 ]*(?:是|叫|姓|而是|应该是|应该叫)(?<name>[\\u4e00-\\u9fff·]{1,4}?)${nameEnd}`,
    "gu",
  ),
  new RegExp(
    `(?:是|叫|姓|改成)(?<name>[\\u4e00-\\u9fff·]{1,4}?)[，,、 ]*(?:不是|不叫|不姓)(?<old>[\\u4e00-\\u9fff·]{1,4}?)${nameEnd}`,
    "gu",
  ),
  new RegExp(
    `${nameWord}[^。！？!?厂店司他她它商品牌\\d]{0,10}?(?<!不)(?:改成|改为|换成|写成|填成?|应该是|应该叫|其实是|其实叫|叫|是|[:：])(?:叫|是)?\\s*(?<name>[\\u4e00-\\u9fff·]{2,4}?)${nameEnd}`,
    "gu",
  ),
];

/**
 * The person's name where they correct or complete it: 真名叫储云帆, 称呼改成张珊, 不是张三，是张珊.
 *
 * @param known The name that stands in the draft.
 */
export function findMendedName(
  text: string,
  known: string | undefined,
  words: Lexicon,
): Found<string> | undefined {
  for (const pattern of mendedNames) {
    for (const match of text.matchAll(pattern)) {
      const { old, name } = match.groups ?? {};
      if (name === undefined) continue;
      const own = ownName.test(match[0]);
      const ofKnown = old !== undefined && known?.includes(old) === true;
      // Without a word for the person's own name, it mends the one that is known.
      if (old !== undefined && !own && !ofKnown) continue;
      if (!own && !ofKnown && (known === undefined || !couldBePerson(name, words))) continue;
      if (/[的了么吗]|改|错|匿名|什么|不是|应该|填|写/u.test(name) || (name.length < 2 && !ofKnown)) continue;
      if (words.firmSuffixAt(name) !== undefined || (words.goodsAt(name)?.length ?? 0) > 1) continue;
      const start = match.index + match[0].lastIndexOf(name);
      const value = ofKnown && old.length < known.length ? known.replace(old, () => name) : name;
      return { value, start, end: start + name.length, rule: "contact.mended" };
    }
  }
  return undefined;
}

/** Whether words in the place of a name are an answer of another kind: 先别提交, 谢谢, 不想留名字. */
export function isTalk(
  value: string,
  { intents, anonymousYes, remedies, companySuffixes, tradeSuffixes }: Lexicon,
): boolean {
  if ([...companySuffixes, ...tradeSuffixes].some((suffix) => value.endsWith(suffix))) return false;
  if (/电话|手机|座机|专利号|\d{4}/u.test(value)) return true;
  const talk = [
    anonymousYes,
    intents.handoff,
    intents.submit,
    intents.cancel,
    intents.thanks,
    intents.deny,
    ...remedies.map(({ pattern }) => pattern),
  ];
  return talk.some((pattern) => pattern.test(value));
}

/** What a correction names, and what it takes back. */
export type Correction = { instead: string; value: Found<string> };

const correctionRules = [
  /(?:不是|不叫|别写)(?<old>[^，。,、；;！!？?：:\s]{2,14}?)(?:的)?[，,、 ]?(?:[^，。,不]{0,6}(?:写|挂|印|刻|喷)(?:的|着)|人家|实际上?|其实|正经)?(?:是|叫|而是|应该是|应该叫)(?<now>[^，。,、；;！!？?：:\s不]{2,24}?)(?=[，。；;！!？?\s的吧啊]|$)/gu,
  /(?:是|叫|改成|改为|应该是|应该叫)(?<now>[^，。,、；;！!？?：:\s不]{2,24}?)(?:的)?[，,、 ]?(?:不是|不叫|而不是)(?<old>[^，。,、；;！!？?：:\s]{2,14}?)(?=[，。；;！!？?\s的吧啊]|$)/gu,
  /(?<old>[^，。,、；;！!？?：:\s]{2,10}?)(?:也)?(?:改成|改为|换成|写成)[ ：:]*(?<now>[^，。,、；;！!？?：:\s]{2,20}?)(?=[，。；;！!？?\s的吧啊]|$)/gu,
  /(?<old>[^，。,、；;！!？?：:\s]{2,10}?)(?:那个|这个|那里|这里|那条|那项|也|还|得|要)*(?:(?:改|换)(?:一?下)?|不对|(?:说|写|打|记|填|弄|搞)?错了)[，,、 ]+(?:应该|其实|实际上?)?(?:是|叫|该是|改成|改为)(?<now>[^，。,、；;！!？?：:\s]{2,20}?)(?=[，。；;！!？?\s的吧啊]|$)/gu,
];

/** What a message corrects, „不是甲，是乙“ and „是乙不是甲“, each thing once, in the order of the text. */
export function findCorrections(text: string): Correction[] {
  const found: Correction[] = [];
  const read: Span[] = [];
  // „不是丰收的丰，是山峰的峰“ spells one character.
  const spelled =
    /不是[^，。的]{0,2}(?<old>[\u4e00-\u9fff])[^，。的]{0,2}的\k<old>[，,、 ]?(?:而|应该)?(?:是)?[^，。的]{0,2}(?<now>[\u4e00-\u9fff])[^，。的]{0,2}的\k<now>/gu;
  for (const match of text.matchAll(spelled)) {
    const { now = "", old = "" } = match.groups ?? {};
    read.push({ start: match.index, end: match.index + match[0].length });
    const start = match.index + match[0].length - 1;
    found.push({ instead: old, value: { value: now, start, end: start + 1, rule: "correction" } });
  }
  for (const rule of correctionRules) {
    for (const match of text.matchAll(rule)) {
      const { now, old } = match.groups ?? {};
      const whole = { start: match.index, end: match.index + match[0].length };
      if (now === undefined || old === undefined || read.some((other) => overlaps(other, whole))) continue;
      // „最后是6610不是6601“ mends a number.
      if (/^[\d\s.-]+$/u.test(now) || /^[\d\s.-]+$/u.test(old)) continue;
      read.push(whole);
      const start = match.index + match[0].lastIndexOf(now);
      found.push({
        instead: old.replace(/也$/u, ""),
        value: { value: now, start, end: start + now.length, rule: "correction" },
      });
    }
  }
  return found.sort((one, other) => one.value.start - other.value.start);
}

/** What a summary calls a thing, as people say it. */
const labels = {
  product: /(?:产品|东西|货)(?:名(?:字|称)?)?/u,
  infringer: /(?:厂|店|公司|商)(?:家)?的?名(?:字|称)?|字号|招牌/u,
  stall: /(?:摊位|档口|摊|铺位|门牌)号?/u,
} as const;

/** What takes the place of something that is called by its label: 产品写成执手, 摊位说错了 是218. */
export function mendedByLabel(
  text: string,
  known: { [L in keyof typeof labels]?: string | undefined },
): (Found<string> & { slot: keyof typeof labels })[] {
  return (Object.keys(labels) as (keyof typeof labels)[]).flatMap((slot) => {
    if (known[slot] === undefined) return [];
    const said = new RegExp(
      `(?:^|[，。、\\s把])${labels[slot].source}(?:那(?:里|块|项|栏|个))?(?:(?:改|换|写|填)(?:成|为)|(?:应该|得|要)(?:写|填|改)?(?:成|是|叫)|(?:说|写|打|填|记|弄|搞)?(?:错了|不对|有误)[，,、 ]*(?:应该)?(?:是|叫|改成|改为))[ ：:]*(?<now>[^，。,、；;！!？?：:\\s]{1,20}?)(?:吧|啊|呀|哈)?(?=[，。；;！!？?\\s]|$)`,
      "u",
    ).exec(text);
    const now = said?.groups?.["now"];
    if (
      said == null ||
      now === undefined ||
      (slot === "stall" && !/[\dA-Za-z一二三四五六七八九十]/u.test(now))
    )
      return [];
    const start = said.index + said[0].lastIndexOf(now);
    return [{ slot, value: now, start, end: start + now.length, rule: `${slot}.mended` }];
  });
}

/** Several goods that are told in one go, as one value: 合页和滑轨 as 合页、滑轨. */
export function withOthers(goods: Found<string>, text: string, words: Lexicon): Found<string> {
  if (text.slice(goods.start, goods.end) !== goods.value) return goods;
  let { value, end } = goods;
  for (;;) {
    const next =
      /^(?:、|[，,]?\s?(?:还有|以及|外加)|和|跟|与|及)(?<name>[\u4e00-\u9fff]{2,7}?)(?=$|[，。；;、！!？?\s的]|和|跟|与|还有|都|也|上|没|两)/u.exec(
        text.slice(end),
      );
    const name = next?.groups?.["name"];
    if (next == null || name === undefined || words.goodsAt(name) === undefined) break;
    if (/[我他你俺咱她它]|一样|专利|商标|公司|[厂店]$/u.test(name)) break;
    value += `、${name}`;
    end += next[0].length;
  }
  return end === goods.end ? goods : { ...goods, value, end };
}

/** Goods with the word for a machine or the like right behind them, which tells what they are: 包子机, 机箱锁. */
export function withHead(goods: Found<string>, text: string): Found<string> {
  const head =
    /^(?:机|器|锁|泵|阀|炉|灯|车|椅|帽|糖|鞋|扣|架|柜|桶|套袋机)(?=$|[，。！!?？\s的上里]|都|也|是|那|厂|冒|标|印|打|写)/u.exec(
      text.slice(goods.end),
    )?.[0];
  if (head === undefined || text.slice(goods.start, goods.end) !== goods.value || goods.value.endsWith(head))
    return goods;
  const end = goods.end + head.length;
  return { ...goods, value: text.slice(goods.start, end), end };
}
