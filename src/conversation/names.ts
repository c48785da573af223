import type { Lexicon } from "./lexicon.ts";
import { type Clause, type Found, overlaps, type Span } from "./spans.ts";

/** What may stand right before a name and is no part of it: the last of these in a stretch is where the name begins. */
const beforeName =
  /的|了|着|在|被|把|叫做|叫|让|给|从|跟|是|有(?!限|机|色|为|方|道|家具|家居|家纺|家电)(?:一)?(?:个|家)?|说|就|冒用|盗用|使用|卖给?|买|隔壁|那边|这边|旁边|附近|对面|那头|这头|一家(?!亲)|一个|两家|几家|这家|那家|这个|那个|哪家|某家|某个|举报|投诉|对方|同行|我们|俺们|咱们|他们|我|俺|他|她|开了?(?:个|家)|来自|上的|里的|边的|门口|路口|街上|路上|村里|镇上|县里|市里|乡里|当地|本地|发现|看到|看见|听说|怀疑|觉得|觉着|侵犯|仿冒|假冒|抄袭|另外|还有|以及|应该|好像|记得|大概|可能|和|[：:]/gu;

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
    /(?<!我|俺|咱|本人|姓|东西|产品)(?:(?:厂|店|公司|铺子?|摊子?|单位|企业|商家|厂家|对方|老板|卖家|商户)?(?:名(?:字|称)?)?(?:是|就)?(?:叫做?|名叫|名为|唤作|叫作)|(?:厂|店|公司|铺子?|单位|企业|厂子|店铺)(?:的)?名(?:字|称)?(?:应该|实际|其实|正确的)?(?:是|为|叫|[:：])|(?:招牌|门头|摊位|牌匾|门脸|牌子|店面)上?(?:写|挂|印|标)?(?:的|着)?(?:是|叫))(?:个|一个|什么)?\s*[“"「『《]?(?<name>[^，。,;；、“”"「」『』《》\s]{2,30}?)[”"」』》]?(?=的|在|卖|做|生产|把|用|冒用|侵犯|仿|上印|上|不叫|不是|$)/u;
  const add = (raw: string, at: number, rule: string) => {
    let start = at;
    const opening = /^[“"「『]/u.test(raw) ? 1 : 0;
    start += opening;
    let text = raw.slice(opening).replace(/(?:的|了|呢|啊|吧|哈|这家|那家)$|[”"」』].*$/u, "");
    // A name does not run over a place, unless it is registered with one: 献县宏达扣件有限公司.
    for (const place of places) {
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
    if (text.length < 2 || text.length > 30 || isGeneric(text, words)) return;
    if (
      /^(?:没|不|就|这|那|老百姓)|[?？]|什么|怎么|咋|哪个|哪家|多少|专利(?!代理)|举报|投诉|不知道|记不/u.test(
        text,
      )
    )
      return;
    const clash = (other: Span) => overlaps(other, span);
    const withinPlace = (place: Span) =>
      overlaps(place, span) && !(registered.test(text) && place.start === start);
    if (taken.some(clash) || found.some(clash) || places.some(withinPlace)) return;
    found.push({ value: text, ...span, rule });
  };

  for (const clause of clauses) {
    const called = named.exec(clause.text);
    const name = called?.groups?.["name"];
    if (called === null || name === undefined) continue;
    add(name, clause.start + called.index + called[0].lastIndexOf(name), "infringer.named");
  }
  for (const clause of clauses) {
    const owned = /(?<name>[\u4e00-\u9fff]{2,3}(?:家)?的(?:店|厂子?|公司|铺子|摊子?|门市|作坊))/u.exec(
      clause.text,
    );
    const name = owned?.groups?.["name"];
    const at = owned === null || name === undefined ? -1 : ownerAt(name, words);
    const before = clause.text.slice(0, (owned?.index ?? 0) + Math.max(0, at));
    const begins =
      before === "" || /(?:举报|投诉|告|反映|是|叫|村|镇|乡|县|市|区|里|隔壁|对门|对面)$/u.test(before);
    if (owned !== null && name !== undefined && at >= 0 && begins) {
      add(name.slice(at), clause.start + owned.index + at, "infringer.owned");
    }
  }
  for (const placed of afterPlaces(clauses, places)) {
    add(placed.value, placed.start, "infringer.placed");
  }
  for (const clause of clauses) {
    for (const match of clause.text.matchAll(words.firm)) {
      // 「外包装上」, 「店里」: a part of the goods or of a place, not a firm.
      if (/[上里外内盒袋面]/u.test(clause.text[match.index + match[0].length] ?? "")) continue;
      const { text, cut } = nameWithin(match[0]);
      add(text, clause.start + match.index + cut, "infringer.suffix");
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
    for (const match of clause.text.matchAll(
      /(?<!商标|品牌|牌子|写着|印着|说|叫做专利)[“"「『](?<name>[^”"」』]{2,14})[”"」』](?=(?:这|那)?(?:个|家)?(?:厂|店|公司|铺|摊|卖|整个|的|照|抄|仿|把|用|冒))/gu,
    )) {
      add(match.groups?.["name"] ?? "", clause.start + match.index + 1, "infringer.quoted");
    }
  }
  return found;
}

/** Where the owner's name begins in 张三的店: at a surname; -1 if nobody is named. */
function ownerAt(text: string, words: Lexicon): number {
  const [owner = ""] = text.split(/家?的/u);
  const first = Math.max(0, owner.length - 3);
  for (let at = first; at <= owner.length - 2; at++) {
    if (words.surnames.has(owner[at] ?? "") && !/我|俺|你|您|他|她|咱|这|那|家|人/u.test(owner.slice(at)))
      return at;
  }
  return -1;
}

/** Where what follows a place stops being a name: the verbs of wrongdoing and trade. */
const afterName =
  /冒用|冒充|假冒|盗用|套用|抄|仿|侵犯|侵害|侵占|侵权|照着|照搬|私自|偷|把|用了?|在|卖|做|生产|加工|销售|印|标|贴|打|写|拿|说|吹|宣传|涉嫌|搞|弄|没有?|不|上|里|买|开|收|产的|的|是|有|违法|违规|疑似|公开|长期|一直|老是|经常|干|上班|打工|当|给|出的|出$|花|还|仍|也|都|就|照样|继续|跟着|学着|仿造|造了|照猫|照葫芦|依样/u;

/** What a place may be followed by that is nobody's name. */
const notAName =
  /^(?:一|有|那|这|某|个|家|我|俺|咱|他|她|它|你|人|事|产品|商品|东西|货|地方|位置|情况|街|路|村|庄|集|市场|大集|附近|旁边|对面|里|上|下|边|东|西|南|北|专利|商标|举报|投诉|老百姓|村民|群众|消费者|市民|商户|个体|老板|厂家|商家|同行|几|好多|很多|好几|不少|大集|大街|小店|小厂|\d)/u;

/** 「沧县兴济镇的老味道香油」: the name that stands right after a place, up to the verb. */
function afterPlaces(clauses: readonly Clause[], places: readonly Span[]): Found<string>[] {
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
      /^(?:[\u4e00-\u9fff0-9]{1,8}?(?:村|街|路|市场|商城|园区?|集|巷|道))?(?:那边|那儿|这边|那里|境内|当地)?(?:的(?!人|事)|有(?:一)?(?:个|家)(?:叫)?)/u.exec(
        rest,
      );
    const body = next?.text ?? rest.slice(linked?.[0].length ?? 0);
    const verb = afterName.exec(body);
    const value = (verb === null ? body : body.slice(0, verb.index)).trim();
    // Without 的, only a verb right behind shows that it is a name: 南陈屯镇宏图门业冒用….
    if (
      next === undefined &&
      linked === null &&
      (verb === null || !/^(?:冒|假|盗|套|抄|仿|侵|照|私|偷|涉|花|买)/u.test(verb[0]))
    )
      return [];
    if (value.length < 3 || value.length > 14 || notAName.test(value)) return [];
    // 「有个铸件厂井盖上…」: a word for a firm in the middle is a description, not a name.
    if (linked?.[0].includes("有") === true && /[厂店](?=.)|^[厂店]/u.test(value)) return [];
    const start = next?.start ?? place.end + (linked?.[0].length ?? 0);
    return [{ value, start, end: start + value.length, rule: "infringer.placed" }];
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
      "product.marked",
      /(?<name>[\u4e00-\u9fffA-Za-z0-9]{1,14}?)(?:的)?(?:上头|上面|上边|外面|包装盒?上?|外壳上?|盒子上|外包装上?|机身上?|箱子上|袋子上|吊牌上|标签上|上)(?:都|还|也|全|就|又|愣是|硬)?(?:瞎|乱|胡|假|冒)?(?:印|标|打|刻|贴|写|喷|铸|压|假冒|冒用|冒)/u,
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
      /^(?:的是|的|了|着|是|个|些|这种|那种|这个|那个|一种|一款|一批|一个|几个|他们?|她|人家|别人|我们?|俺们?|咱们?|家|在|把|用|假冒的?|冒牌的?|有|产的|好多|很多|大量|全是|都是|就是)+/u.exec(
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
    const measure =
      /^(?:[一二两三几这那](?:件|个|台|把|套|双|批|箱|款|种|瓶|条|张)|[件个台批款种])(?=[\u4e00-\u9fff]{2})/u.exec(
        text,
      );
    if (measure !== null) {
      start += measure[0].length;
      text = text.slice(measure[0].length);
    }
    // 「铸件厂井盖」: what stands before the goods and ends in a word for a firm is not part of them.
    const firm = /^.*(?:厂子|厂家|厂|公司|店|铺|作坊|门市|老板|商行)(?:的|里|家)?(?=.)/u.exec(text);
    if (firm !== null) {
      start += firm[0].length;
      text = text.slice(firm[0].length);
    }
    text = text.replace(/(?:的)?(?:铭牌|吊牌|标签|标牌|包装盒?|外壳|盒子|合格证|说明书)$/u, "");
    const again = /^(?:在|他们?|她|它|那个|这个|那种|这种|家|的)+(?=.)/u.exec(text);
    if (again !== null) {
      start += again[0].length;
      text = text.slice(again[0].length);
    }
    text = text.replace(/(?:的|了|呢|啊|产品|那些|这些|之类|什么|啥|都|也|还|上|上头|里)$/u, "");
    const span = { start, end: start + text.length };
    if (
      text.length < 2 ||
      words.genericProducts.has(text) ||
      (isGeneric(text, words) === true && !words.products.includes(text))
    )
      return;
    if (
      /[吗不]$|^被|^那就|按$|注册|公司|[厂店]$|检举|摊位|市场|百姓|一模一样|一样|看|回来|打开|跟我|这里|那里|商业秘密|客户名单|技术秘密|专利|举报|投诉|侵权|假冒|冒用|仿冒|电话|手机|匿名|什么|怎么|咋|多少|不是|没有|知道|商标|人家|他们/u.test(
        text,
      )
    )
      return;
    if (taken.some((other) => overlaps(other, span)) || found.some((other) => overlaps(other, span))) return;
    found.push({ value: text, ...span, rule });
  };
  for (const [rule, pattern] of rules) {
    for (const clause of clauses) {
      const match = pattern.exec(clause.text);
      const name = match?.groups?.["name"];
      if (match === null || name === undefined) continue;
      add(name, clause.start + match.index + match[0].indexOf(name), rule);
    }
  }
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

/** A name of two to four characters right before or behind a mobile number, whatever the surname. */
function besidePhone(text: string): Found<string> | undefined {
  const match =
    /(?:^|[，。,;；\s])(?<before>[\u4e00-\u9fff]{2,4})[，,：:\s]{0,2}1[3-9][\d\s-]{9,12}(?!\d)|1[3-9][\d\s-]{9,12}[，,\s]{1,2}(?<behind>[\u4e00-\u9fff]{2,3})(?=$|[，。,;；\s])/u.exec(
      text,
    );
  const name = match?.groups?.["before"] ?? match?.groups?.["behind"];
  if (match === null || name === undefined) return undefined;
  if (
    /电话|手机|号码|联系|打|是|叫|我|俺|他|她|你|您|给|找|个|的|了|匿名|没|不|提交|确认|就|这|那|留|微信|同号|随时/u.test(
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

/** What may stand behind a name. */
const nameEnd = "(?=$|[，。,;；、!！\\s\\d(（]|电话|手机|号码|联系|的电话|这是|住|是|在|来|想|要)";

/** How people give their name, the surest first. */
const contactRules: readonly (readonly [string, RegExp])[] = [
  [
    "contact.called",
    new RegExp(
      `(?:我|俺|本人|联系人)(?:的)?(?:名字|姓名)?(?:就)?(?:叫|是叫|名叫|名字是|姓名是|姓名[:：])\\s*(?<name>[\\u4e00-\\u9fff·]{2,6}?)${nameEnd}`,
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
    "contact.field",
    new RegExp(
      `(?:姓名|联系人|来访人|来电人|举报人|投诉人|反映人)(?:是|叫|[:：])?\\s*(?<name>[\\u4e00-\\u9fff·]{2,5}?)${nameEnd}`,
      "u",
    ),
  ],
  [
    "contact.callMe",
    /(?:叫|喊|称呼)(?:我|俺)(?<name>(?:老|小)?[\u4e00-\u9fff](?:先生|女士|师傅|姐|哥|叔|婶|大爷|大姐|老师|经理|总)?)(?=就行|吧|$|[，。,\s])/u,
  ],
  ["contact.am", new RegExp(`(?:^|[，。,;；\\s])(?:我|俺)是(?<name>[\\u4e00-\\u9fff]{2,4}?)${nameEnd}`, "u")],
  [
    "contact.surname",
    /(?<!摊主|老板|老板娘|店主|厂长|经理|卖家|对方|他|她|那人|人家|家)(?:我|俺|本人|免贵|贵)?姓(?!名|氏)(?<name>[\u4e00-\u9fff]{1,2})(?=$|[，。,;；!！\s\d]|电话|手机|的|，)/u,
  ],
];

/** What a person calls themselves. `expected`: the last question asked for it, so a bare name counts. */
export function findContactName(text: string, expected: boolean, words: Lexicon): Found<string> | undefined {
  for (const [rule, pattern] of contactRules) {
    const match = pattern.exec(text);
    const name = match?.groups?.["name"];
    if (match === null || name === undefined) continue;
    // 我是 is followed by much else, so it needs a known surname; the others name somebody whatever it is.
    if (rule === "contact.am") {
      if (!words.surnames.has(name[0] ?? "")) continue;
      if (/(?:人|厂|店|公司|的|权利|代理|消费|用户|顾客|老板|员工|律师)/u.test(name)) continue;
    }
    if (/^(?:不|没|什么|啥|别|你|他|她|人|匿|说|称|要|想)|电话|手机|姓名|名字/u.test(name)) continue;
    const start = match.index + match[0].lastIndexOf(name);
    return { value: name, start, end: start + name.length, rule };
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
    /[了活吧]|^(?:不|没|匿|跳|算|取|好|行|对|是|继|提|确|公司|方便|满意|有空|成了|时间|高兴|明白|和他|安全|常用|都行|都可|平时|何时|那就|于是|别问|终于|别给|别打|别联|相信|干吗|从来|景况|麻烦|包装|同意)/u.test(
      name,
    )
  )
    return undefined;
  if (/[县市区镇乡村]$/u.test(name)) return undefined;
  if (
    isTalk(name, words) ||
    words.question.test(name) ||
    words.intents.confirm.test(name) ||
    words.intents.finish.test(name)
  )
    return undefined;
  const start = bare.index + bare[0].indexOf(name);
  return { value: name, start, end: start + name.length, rule: "contact.bare" };
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

/**
 * What a correction names instead: „不是甲，是乙“ and „是乙不是甲“.
 * Undefined if the message is none; `instead` is what it takes back.
 */
export function findCorrection(text: string): { instead: string; value: Found<string> } | undefined {
  const rules = [
    /(?:不是|不叫|别写)(?<old>[^，。,、\s]{2,14}?)(?:的)?[，,、 ]?(?:是|叫|而是|应该是|应该叫)(?<now>[^，。,、\s不]{2,24}?)(?=[，。的吧啊]|$)/u,
    /(?:是|叫|改成|改为|应该是|应该叫)(?<now>[^，。,、\s不]{2,24}?)(?:的)?[，,、 ]?(?:不是|不叫|而不是)(?<old>[^，。,、\s]{2,14}?)(?=[，。的吧啊]|$)/u,
    /(?<old>[^，。,、\s]{2,10}?)(?:也)?(?:改成|改为|换成|写成)[ ：:]*(?<now>[^，。,、\s]{2,20}?)(?=[，。的吧啊]|$)/u,
  ];
  for (const rule of rules) {
    const match = rule.exec(text);
    const now = match?.groups?.["now"];
    const old = match?.groups?.["old"];
    if (match === null || now === undefined || old === undefined) continue;
    // „最后是6610不是6601“ mends a number.
    if (/^[\d\s.-]+$/u.test(now)) continue;
    const start = match.index + match[0].lastIndexOf(now);
    return {
      instead: old.replace(/也$/u, ""),
      value: { value: now, start, end: start + now.length, rule: "correction" },
    };
  }
  return undefined;
}
