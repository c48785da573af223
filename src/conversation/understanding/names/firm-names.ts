import type { Lexicon } from "../lexicon.ts";
import { type Clause, type Found, overlaps, type Span } from "../spans.ts";
import { isDescription, isGeneric, withoutSuffix } from "./no-name.ts";
import { findFirms, findGoods } from "./nouns.ts";

/** What may stand right before a name and is no part of it: the last of these in a stretch is where the name begins. */
const beforeName =
  /改成|改为|换成|写成|的|了|着|在|被|把|叫做|叫|让|给|从|跟|是|有(?!限|机|色|为|方|道|家具|家居|家纺|家电)(?:一)?(?:个|家)?|说|就|冒用|盗用|使用|卖给?|买|隔壁|那边|这边|旁边|附近|对面|那头|这头|一家(?!亲)|一个|两家|几家|这家|那家|这个|那个|哪家|某家|某个|举报|投诉|对方|同行|我们|俺们|咱们|他们|我|俺|他|她|开了?(?:个|家)|来自|上的|里的|边的|门口|路口|街上|路上|村里|镇上|县里|市里|乡里|当地|本地|发现|看到|看见|听说|怀疑|觉得|觉着|侵犯|仿冒|假冒|抄袭|另外|还有|以及|应该|好像|记得|大概|可能|(?<=[厂店司行部社家他我你])和|[：:]/gu;

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
    /(?<!我|俺|咱|本人|姓|东西|产品|[不没别])(?:(?:厂|店|公司|铺子?|摊子?|单位|企业|商家|厂家|对方|老板|卖家|商户)?(?:名(?:字|称)?)?(?:是|就)?(?:叫(?!停|板|卖|苦|价|好)做?|名叫|名为|唤作|叫作)|(?:厂|店|公司|铺子?|单位|企业|厂子|店铺)(?:的)?名(?:字|称)?(?:应该|实际|其实|正确的)?(?:是|为|叫|[:：])|(?:招牌|门头|摊位|牌匾|门脸儿?|牌子|店面)上?(?:写|挂|印|标)?(?:的|着)?(?:是|叫))(?:个|一个|什么)?\s*[“"「『《]?(?<name>[^，。,;；、“”"「」『』《》\s]{2,30}?)[”"」』》]?(?=的|[造产]的|在|卖|做|生产|把|用(?!品|车|具|户)|冒用|侵犯|仿|上印|上(?!海)|不叫|不是|他|她|它|我|俺|咱|那|这|就(?!业)|也|都(?!市)|给|跟|让|被|是|有(?!限)|说|老板|厂里|店里|门口|地址|电话|位于|开了|干|专门|还|$)/u;
  const said = clauses.length === 0 ? "" : wholeOf(clauses);
  const add = (raw: string, at: number, rule: string, asCalled = false) => {
    let start = at;
    const opening = /^[“"「『]/u.test(raw) ? 1 : 0;
    start += opening;
    let text = raw
      .slice(opening)
      .replace(/(?:还是|要么|或者|来着|反正|什么的|啥的).*$|\s+\d{1,2}[号日月点].*$/u, "")
      .replace(
        rule.startsWith("infringer.quoted")
          ? /[”"」』].*$/u
          : /(?:的|了|呢|啊|吧|哈|这家|那家|干的|弄的)$|[”"」』].*$/u,
        "",
      );
    // „本县永泰合页厂“: where it is from here is no part of the name.
    const ofHere = /^(?:本|我|咱)(?:地|市|县|区|镇|乡|村)(?:的)?(?=.{2})/u.exec(text)?.[0].length ?? 0;
    text = text.slice(ofHere);
    start += ofHere;
    // 「卖袜子的小芳」: what somebody sells is no part of the name.
    const sells = /^(?:卖|做|修|收|开)?[\u4e00-\u9fff]{1,6}的(?=(?:老|小|阿)[\u4e00-\u9fff]{1,2}$)/u.exec(
      text,
    );
    if (sells !== null) {
      text = text.slice(sells[0].length);
      start += sells[0].length;
    }
    const quoted =
      (asCalled || /[“"「『]/u.test(said[start - 1] ?? "")) &&
      !places.some((place) => place.start <= start && place.end >= start + text.length);
    // A name does not run over a place, unless it is registered with one (献县宏达扣件有限公司) or stands in quotation marks.
    for (const place of quoted ? [] : places) {
      if (place.start < start || place.end >= start + text.length) continue;
      if (isInName(place, start, text)) continue;
      if (registered.test(text) && place.start === start) continue;
      const of = /^的(?=.{2})/u.test(text.slice(place.end - start)) ? 1 : 0;
      text = text.slice(place.end - start + of);
      start = place.end + of;
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
    // „商贸城里盛旺灯饰“: it stands inside.
    const inside = /^(?:里[头面边]?|内)(?=[\u4e00-\u9fff]{3,})/u.exec(text);
    if (inside !== null && places.some(({ end }) => end === start)) {
      text = text.slice(inside[0].length);
      start += inside[0].length;
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
      ownPlaced.test(said.slice(0, start)) ||
      calledPatent.test(lead) ||
      isCalledAfterGoods(said.slice(0, start), words) ||
      isRunBySpeaker(said.slice(0, start), said.slice(span.end, span.end + 40)) ||
      holdsRight(said.slice(span.end, span.end + 50)) ||
      (rule !== "infringer.reported" && isNoFirm(text, lead, tail))
    )
      return;
    // A name in quotation marks may begin as it likes: “不得了”.
    if (
      !rule.startsWith("infringer.quoted") &&
      /市场.*号|牌子$|^(?:用|装|配|使|安)的|^(?:和|跟|与|及|还有|、)(?:装修|装潢|包装|招牌|门头|标志?|牌子|图案|设计|名字|字号|地址|电话)|人家(?:的)?(?:店|厂子?|公司)$|^[间家个](?:厂子?|店|公司|铺子?)$|^受|委托|二字|俩字|两个字|都姓|^(?:含|得|该|应该|带|跟|像|以前|原来|别人|人家|他人|别家|旁人|某|没|不|就|这|那|一间|一处|老百姓|姓|有人|人上门|啥|嘛|儿叫|个)|[?？]|什么|啥|叫嘛|嘛$|怎么|发明|实用新型|外观|咋|哪个|哪家|多少|举报|投诉|不知道|记不|不作为|不正当竞争|商标侵权|侵犯|(?:代理|服务)违法|^(?:平台|网店|卖家|商家)$/u.test(
        text,
      )
    )
      return;
    // „有个叫专利一点通的公司“ is called so; elsewhere a word of the matter is no part of a name.
    const called = /called|named/iu.test(rule) && /^的(?:公司|店|厂|网店|工作室|事务所|机构)/u.test(tail);
    if (!called && !rule.startsWith("infringer.quoted") && /专利(?!代理|事务|商标)/u.test(text)) return;
    const clash = (other: Span) => overlaps(other, span);
    const withinPlace = (place: Span) =>
      overlaps(place, span) &&
      !(registered.test(text) && place.start === start) &&
      !isInName(place, start, text);
    if (taken.some(clash) || found.some(clash) || (!quoted && places.some(withinPlace))) return;
    found.push({ value: text, ...span, rule });
  };

  for (const { name, at } of reportedIn(said)) add(name, at, "infringer.reported");
  // „光辉的辉宏辉铸造厂“: a character is spelled before the name that it is in.
  const spelled =
    /(?<letter>[\u4e00-\u9fff])[\u4e00-\u9fff]?的\k<letter>(?:字)?[，, ]*(?<name>[\u4e00-\u9fff]{0,3}\k<letter>[\u4e00-\u9fff]{1,8}?(?:厂|店|公司|商行|服务部|经营部|门市|合作社))/u.exec(
      said,
    );
  if (spelled?.groups?.["name"] !== undefined)
    add(
      spelled.groups["name"],
      spelled.index + spelled[0].length - spelled.groups["name"].length,
      "infringer.spelled",
    );
  const apart = calledSpaced.exec(said);
  const apartName = apart?.groups?.["name"];
  if (apart !== null && apartName !== undefined)
    // „网店叫 任丘小铁匠 卖的…“: what is called so begins with a place, and is no firm there.
    add(apartName, apart.index, "infringer.isCalled", words.firmSuffixAt(apartName) === undefined);
  for (const { name, at } of calledIn(said)) {
    if (!notCalled.test(said.slice(Math.max(0, at.from - 12), at.from)))
      add(name, at.name, isCalledSo(said, at, name) ? "infringer.isCalled" : "infringer.called");
  }
  for (const clause of clauses) {
    const called = named.exec(clause.text);
    const name = called?.groups?.["name"];
    if (called === null || name === undefined) continue;
    const before = clause.text.slice(0, called.index);
    // „牌子叫海鸥，我们是注册人“ names the mark.
    if (
      called[0].startsWith("牌子") &&
      /(?:我|俺|咱)(?:们)?(?:家|公司|厂)?(?:就)?(?:是|有)?(?:商标)?(?:注册人|商标权人|权利人|注册的)/u.test(
        said,
      )
    )
      continue;
    // „冒充有专利叫宏光灯具“: who pretends to have one is called so, not the patent.
    if (notCalled.test(before) && !/(?:冒充|假装|号称|说)(?:自己)?有专利$/u.test(before)) continue;
    const at = clause.start + called.index + called[0].lastIndexOf(name);
    // „有个果品站叫金果子“ says outright what the firm is called.
    const outright =
      /(?:厂子?|店|公司|站|社|行|铺子?|摊子?|馆|坊|门市|饭店|超市)(?:就)?(?:名)?叫(?:做)?$/u.test(
        said.slice(Math.max(0, at - 8), at),
      );
    add(name, at, outright ? "infringer.isCalled" : "infringer.named");
  }
  for (const { name, at } of registeredIn(clauses, places)) add(name, at, "infringer.registered");
  for (const { name, at, rule } of quotedIn(said, places)) add(name, at, rule);
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
  for (const { name, at } of spacedIn(said, words)) add(name, at, "infringer.spaced");
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
      /(?:直播间|主播|网店|店铺)(?<name>[\u4e00-\u9fffA-Za-z0-9]{2,10}?)(?<!天天|每天|一直|老是|总是|都|还|就)(?=(?:天天|每天|整天|一直|老是?|总是?|直播)?(?:说|吹|喊|讲|号称|宣称|自称|卖|在播|打着))/u.exec(
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

/** „店名叫 不爱洗碗的熊猫 卖的…“: what stands between two blanks, behind how it is called, may hold any word. */
const calledSpaced =
  /(?<=(?:店|厂|公司|号|主播|卖家|铺|摊|名|字)(?:名|上)?(?:就)?叫(?:做|个)? |(?:店|厂|公司|家|铺|摊|号) 叫 )(?<name>[\u4e00-\u9fffA-Za-z0-9]{3,14}) (?=卖|专门|做|把|印|用|仿|抄|冒|偷|盗|侵|天天|直播|页面|详情|包装|盒)/u;

/**
 * „快手上的 不想起床被服 卖的…“: what stands between two blanks, behind where it is and before what it does, is a name,
 * however it is made.
 */
function spacedIn(text: string, words: Lexicon): { name: string; at: number }[] {
  const spaced =
    /(?<=[镇乡村街庄路县市区城场园楼层店号铺]|里[头边面]?|上的?|那边?|平台|[里头边面]的|一家|有家) (?<name>(?![我俺咱他她它你这那])[\u4e00-\u9fffA-Za-z0-9]{3,14}) (?=(?<does>卖|没经|未经|擅自|把|印|用|仿|抄|冒|偷|盗|侵|天天|直播|照着|拿(?:着)?我|做的|摆着)?)/gu;
  return [...text.matchAll(spaced)].flatMap(({ groups = {}, index }) => {
    const { name = "", does } = groups;
    if (isGeneric(name, words) || /[了吗呢]$|举报|投诉|专利|国家|(?:不|没)(?:知道|清楚)/u.test(name))
      return [];
    const shaped = words.firmSuffixAt(name) !== undefined && !isDescription(name, words);
    return shaped || does !== undefined ? [{ name, at: index + 1 }] : [];
  });
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
    /(?:(?:(?:我|俺|咱)(?:们)?(?:要|想|这次|今天|现在|真正|主要)*|要|想)(?:举报|告|投诉|反映|检举)的(?:(?:其实|就|只|主要)?(?:是|有))|(?:干(?:这|那)(?:个|种)?(?:缺德)?(?:事|活)儿?|真正(?:冒|仿|抄|侵权|造假)[^，。]{0,4})的(?:人|那家|厂家)?(?:其实|就|才)?(?:是|叫)|(?:仿|抄|冒)(?:冒|袭)?(?:(?:了)?(?:我|俺|咱)(?:们)?的?的(?:那家|那个|人家|那厂)?|的(?:那家|那个人|人家|那厂))(?:是|叫|就是))\s*(?<name>[^，。,;；、！!？?\s]{2,24})/gu,
    /(?<=^|[，。,;；、\s(（])(?:被(?:举报|投诉|控告|控|申请|反映|检举|诉)(?:侵权)?(?:人|方|单位|企业|对象|商户|店铺)?(?:名称)?|(?:举报|投诉)?对象|侵权(?:人|方|单位|企业|商家)|制假(?:者|单位|售假单位)|商户|(?:涉事|涉嫌|侵权)(?:单位|企业|商户|店铺|公司)|(?:厂家|厂|公司|店铺?|企业|商家|商户|网店)(?:名(?:字|称)?|字号))\s*(?:是|为|叫)?(?:\s*[:：，]\s*|(?<=名(?:字|称)?|字号)\s+)(?<name>[^，。,;；、！!？?\s]{2,30})/gu,
  ];
  const pointedAt =
    /(?:举报|投诉|告|反映)(?:的)?(?:就|只)?(?:是)?(?<name>[\u4e00-\u9fff]{2,10}?)(?:这|那)(?:一)?(?:个|家)(?:店|厂|公司|摊|铺子?|门市)/gu;
  return [...rules, pointedAt].flatMap((rule) =>
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
      return [{ name, at: match.index + match[0].lastIndexOf(whole) + whole.indexOf(name) }];
    }),
  );
}

/** Where a name that was announced ends at the latest: what the firm does. */
const afterNamed =
  /(?:(?:他|她|它)(?:们|家)?|在(?!线)|卖(?!部)|把|冒用|冒充|侵犯|侵权|仿(?!古|真|瓷|石|皮)|抄|盗用|用了|做(?!坊)|生产|专门|涉嫌|擅自|未经|一直|一家$|这家|那家)/u;

/** Whether a place is part of a name: 老沧州食品机械厂 tells not where it is. */
const isInName = (place: Span, start: number, name: string): boolean =>
  place.start === start + 1 && /^[老新大小]/u.test(name);

/** Whether the words behind a name tell that it holds the right, and others took it: „A公司的实用新型被B厂仿制“. */
export const holdsRight = (behind: string): boolean =>
  /^(?:(?:股份|责任)?有限(?:责任)?公司|公司|厂)?的(?:一项|这项|那项)?(?:实用新型|发明|外观设计|外观|专利|商标)(?:专利)?(?:权)?[^，。；]{0,24}(?:被|遭|让)/u.test(
    behind.replace(/(?:ZL|CN)?\d{8,13}(?:[.。][\dX])?/iu, ""),
  ) ||
  /^(?:厂|公司|总部|总厂)?(?:家|那边|方面)?(?:根本|压根|从来|可|也|又|就)*(?:没|没有|不|从没|未)(?:给|跟)?(?:他|她|他们)?(?:授(?:过)?权|许可|认可|同意|承认)/u.test(
    behind,
  );

/** Whether a name is none of a firm that does wrong: a market, a landmark, who is told beside, a variety, a brand. */
export function isNoFirm(text: string, lead: string, tail: string): boolean {
  // „那冒牌河畔老酒到处卖“: what is called fake is goods.
  if (/(?:冒牌|假冒|山寨|高仿|仿冒)(?:的)?[“"「『]?$/u.test(lead) && !/(?:厂|店|公司|行|部|社)$/u.test(text))
    return true;
  if (/^[\u4e00-\u9fff]{0,3}(?:对门|对面|隔壁|旁边|附近|对过|后身|门口(?!写|挂|立|的(?:牌|招)))/u.test(tail))
    return true;
  if (/^(?:商品|产品|货物|货品)/u.test(text) && !/(?:公司|行|部|店|厂)$/u.test(text)) return true;
  // „一间模具厂“ counts, and names nobody.
  if (/^一?间[\u4e00-\u9fff]{1,7}(?:厂|店)$/u.test(text)) return true;
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
      /^(?:没|不|啥|什么|冒用|冒充|假冒|别人|人家|写|挂|印|刷|喷|标|只|就|都|也|姓|是个|叫什么|俺|我|他|她|你|一直|说|卖|做|名|颜色|装修|装潢|门脸|样子|设计|名气|图案|花纹|也|含|得|该)/u.test(
        name,
      )
    )
      return [];
    return [{ name, at: { from: match.index, name: match.index + match[0].lastIndexOf(name) } }];
  });
}

/** „店名是…“ says what the firm is called, however odd that is; „店名是奔腾的腾“ only spells a character of it. */
const isCalledSo = (text: string, at: { from: number; name: number }, name: string): boolean =>
  /(?:店|厂|公司|商户|铺子?)(?:的)?名(?:字|称|儿)?(?:就)?(?:是|叫)[“"「『《]?$/u.test(
    text.slice(at.from, at.name),
  ) && !(text[at.name + name.length] === "的" && name.includes(text[at.name + name.length + 1] ?? "\0"));

/** Before „叫“: what is called so is mine, or is no firm but a brand, a variety, goods, a place to sell. */
const notCalled =
  /(?:原来|以前|原先|先前|早先|过去|曾经?|之前|从前)(?:就|是|那会儿)?(?:名字)?$|[不没别]$|(?<![仿抄冒偷告骗坑]|侵犯|仿冒|抄袭|模仿|山寨|剽窃|举报|投诉)(?:我|俺|咱|本人)(?:们)?(?:家|厂|店|公司|单位|这边)?(?:的)?$|(?:我|俺|咱)(?:们)?(?:家|厂|店|公司)?(?:的)?(?:产品|品种|商标|牌子|品牌|店|厂|公司|字号)(?:名(?:字|称)?)?$|(?:品种|商标|品牌|平台|产品|东西|货|菜|项目|专利|课题|软件名|书名|这种|那种|型号|村子?|镇|市场|村名|地方|路|街|大集|医生|律师|说是|就)(?:的)?(?:名(?:字|称)?)?(?:就|好像|大概)?$|联系人|举报人|本人$/u;

/** What makes a firm mine that is named right behind. */
const ownFirm =
  /(?:我|俺|咱|本|敝|我司)(?:们)?(?:(?:公司|厂|店|司|单位|家|这边|这儿|这里)?(?:是|叫|系|[(（])*(?:沧州市?|河北省?)*|(?:公司|厂|店|司|单位)(?:是|叫|系)?(?![在去到从于])[\u4e00-\u9fff]{1,3}[县市区])$/u;

/** „我们厂在连镇，叫“: where my firm is stands before what it is called. */
const ownPlaced =
  /(?:^|[，。！、\s])(?:我|俺|咱)(?:们)?(?:这|那)?(?:家|厂|厂子|公司|店|铺子|合作社|作坊)(?:就)?(?:在|位于|开在)[^，。]{2,14}[，,\s]*(?:厂|店|公司)?(?:名|名字|全称|字号)?(?:叫|名叫|叫做)(?:个)?$/u;

/** „有个专利叫“: how a patent is called is nobody's name. */
const calledPatent =
  /(?<!(?:冒充|假装|号称|说)(?:自己)?有)(?:专利|实用新型|外观设计|发明)(?:的)?(?:名(?:字|称)?)?(?:就)?(?:是|叫|名叫|叫做|名为)(?:个)?[“"「『]?$|(?:商标|牌子)[^。]{0,6}(?:我|俺|咱)(?:们)?(?:家|厂|公司|店)?(?:自己|自个儿)?(?:注册|申请)(?:过|下来)?的?(?:就)?(?:叫|是|名叫)(?:个)?[“"「『]?$/u;

/** „水杯叫晨露“: what goods are called is nobody's name. */
function isCalledAfterGoods(before: string, words: Lexicon): boolean {
  const named = /^(?<goods>.*)叫(?:做)?[“"「『]?$/su.exec(before)?.groups?.["goods"];
  return named !== undefined && (words.goodsAt(named)?.length ?? 0) > 1;
}

/** What makes a brand mine that is named right behind. */
const ownBrand =
  /(?:我|俺|咱)(?:们)?(?:家|厂|店|公司)?(?:的|这|自己)*(?:注册)?(?:的)?(?:商标|牌子|品牌|字号|老字号|招牌)$/u;

/** Whether a name that begins at `start` is the person's own firm or brand, or a brand, a variety, a place to sell. */
export function isOwnName(text: string, start: number): boolean {
  const before = text.slice(Math.max(0, start - 14), start).replace(/[“"「『《\s]+$/u, "");
  return (
    ownFirm.test(before) ||
    ownPlaced.test(text.slice(0, start)) ||
    ownBrand.test(before) ||
    (/[叫是]$/u.test(before) && notCalled.test(before.replace(/(?:就)?[叫是]$/u, "")))
  );
}

/**
 * 我是鼎昌环保的负责人: who runs a firm names it as their own. Whoever works there may well report it, but for who says that
 * another took what is theirs: 我们是鼎昌环保的，河间有家公司仿我们的.
 */
export const isRunBySpeaker = (lead: string, tail: string): boolean =>
  /(?:我|俺|本人)(?:们)?(?:就)?(?:是|系)(?:(?:专利|商标|著作)?权利?人[，,])?[^，。]{0,14}$/u.test(lead) &&
  (/^的(?:负责人|法人|法定代表人|老板娘?|厂长|店长|店主|经营者|法务|代表)/u.test(tail) ||
    /^的?[，,][^，。]{0,8}(?:有|一|那)(?:个|家)[^，。]{0,8}(?:仿|抄|照着|冒|偷|侵)[^，。]{0,4}(?:我|俺|咱)/u.test(
      tail,
    ));

/** Names in quotation marks that stand where a firm does; what was said, printed or registered does not. */
function quotedIn(text: string, places: readonly Span[]): { name: string; at: number; rule: string }[] {
  return [...text.matchAll(/[“"「『](?<name>[^”"」』“「『，。]{2,14})[”"」』]/gu)].flatMap((match) => {
    const name = match.groups?.["name"] ?? "";
    const before = text.slice(Math.max(0, match.index - 10), match.index);
    const after = text.slice(match.index + match[0].length, match.index + match[0].length + 8);
    // „公司叫“不得了”“, „卖花的“一枝独秀”“: what is called so outright may be as odd as it likes.
    const outright =
      /(?:店|店铺|铺子|厂子?|公司|主播|博主|卖家|网名|昵称)(?:就|名)?(?:叫(?:做)?)?[:：]?\s*$|(?:卖|做|修)[\u4e00-\u9fff]{1,5}的$/u.test(
        before,
      );
    const isShop =
      /^(?:小程序|专柜|直播间|旗舰店|专营店|工作室|诊所|[\u4e00-\u9fff]{0,4}(?:店|厂|公司|门市|摊|酒吧|饭庄|饭馆|茶馆|写真馆|健身房|超市|作坊|合作社|五金|烟酒))/u.test(
        after,
      );
    if (/专利|国家|必究|商标|证据|认证|举报|投诉|侵犯|侵权|二字|俩字|两个字|[!！?？]/u.test(name)) return [];
    if (!outright && !isShop && /发明|仿冒|技术|不|我|你|吗|没/u.test(name)) return [];
    if (
      !outright &&
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
    // „卖的“云岭毛尖”是假的“: what is sold, not who sells it.
    if (!isShop && /(?:卖|做|产|进|买|喝|吃|穿|用|喷)的(?:那个?|这个?)?$/u.test(before)) return [];
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
    if (!byPlace && !isShop && !outright && !(firmBefore && firmAfter)) return [];
    const rule = isShop || outright ? "infringer.quotedShop" : "infringer.quoted";
    return [{ name, at: match.index + 1, rule }];
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
  /^(?:匿名|实名|一|有|那|这|某|个|家|我|俺|咱|他|她|它|你|人|事|产品|商品|东西|货|地方|位置|情况|街|路|村|庄|集|市场|大集|附近|旁边|对面|里|上|下|边|东|西|南|北|专利|商标|举报|投诉|老百姓|村民|群众|消费者|市民|商户|个体|老板|厂家|商家|同行|几|好多|很多|好几|不少|大集|大街|小店|小厂|\d)/u;

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
    // „青县马厂顺达箱包的，专利号是盗用的“: whose it is.
    const owns =
      verb?.[0] === "的" && verb.index === body.length - 1 && words.firmSuffixAt(value) !== undefined;
    if (
      next === undefined &&
      linked === null &&
      !owns &&
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
