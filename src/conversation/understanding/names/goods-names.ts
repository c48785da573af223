import type { Lexicon } from "../lexicon.ts";
import { type Clause, type Found, overlaps, type Span } from "../spans.ts";
import { isGeneric } from "./no-name.ts";
import { findGoods, measureOf } from "./nouns.ts";

/** Goods whose name is a single character. */
const oneCharacterFoods = "枣梨瓜米面油茶酒蟹虾鱼";
const oneCharacterTools = "锁秤灯泵阀锅壶刀床椅门窗表伞车鞋帽碗杯钟笔琴鼓锄锹镐镰耙犁斧锯钳";
const calledByOne = new RegExp(`^[${oneCharacterFoods}${oneCharacterTools}]$`, "u");
const boughtTool = new RegExp(
  String.raw`(?:买|购|下单|订|搞|弄|研发|研究|设计|发明)(?:出来?)?(?:了|着|到|的)?(?:一)?(?:个|把|台|件|套|双|只|条|瓶|盒|辆|副|口)(?<name>[${oneCharacterTools}])(?=$|[，。\s]|上|的|回来)`,
  "u",
);
const soldGoods = new RegExp(
  String.raw`(?:卖|做|种|贩)(?<name>[${oneCharacterFoods}${oneCharacterTools}])的(?=$|[，。\s]|冒|假|盗|人|店|摊|把|用)`,
  "u",
);
/** „卖假冒耐克商标的鞋“ */
const fakedGoods = new RegExp(
  String.raw`(?:假冒|冒充|冒牌|仿冒|山寨|高仿)(?:了)?(?:的)?[\u4e00-\u9fffA-Za-z]{1,8}(?:商标|牌子|品牌|牌|标)的(?<name>[${oneCharacterFoods}${oneCharacterTools}]|[\u4e00-\u9fff]{2,6}?)(?=$|[，。\s]|和|都|全|在)`,
  "u",
);

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
      "product.copied",
      /(?:我|俺|咱)[^，。]{0,6}(?:有|持有|拿着|办了|申请了)(?:个|一个|项|一项)?(?<name>[\u4e00-\u9fff]{2,10}?)的(?:实用新型|外观设计|外观|发明)?专利(?!号|产品|局|权人)/u,
    ],
    [
      "product.patented",
      /专利(?:的)?(?!钢|造|配|倒|工|真|号|证|权|产品|侵|纠|技|法|申|标|代|说|是|被|都|过|早|还|就|没|有|局|要|书|类|奖|人|的?仿|的?号|的?话|的?事|到|在|保|登|可|印|查|给|吗|呢|不|一)(?<name>[\u4e00-\u9fff]{2,6}?)(?=的|，|。|$|冒|仿|，)/u,
    ],
    [
      "product.named",
      /(?:产品|商品|货品|东西|货)(?:名(?:称|字)?)?(?:就?是|叫做?|为|[:：])\s*[“"「]?(?<name>[^，。,;；、“”"「」\s]{2,20}?)[”"」]?(?=$|的)/u,
    ],
    [
      "product.quoted",
      /(?:卖|做|产|批发)的(?:那个?|这个?)?[“"「](?<name>[\u4e00-\u9fffA-Za-z0-9]{2,10})[”"」](?=(?:全|都|就|也)?是?(?:假|冒|仿|山寨))/u,
    ],
    [
      "product.fake",
      /(?:冒牌(?!子)|山寨|高仿|卖假的?(?!专利|货|冒|的))(?:的)?(?!是|就|都|也|货|产品|商标|专利|[^，。]{0,4}(?:厂|店|公司))(?<name>[\u4e00-\u9fff]{2,6}?)(?=天天|一直|到处|满|卖|都|也|，|。|$|的)/u,
    ],
    [
      "product.named",
      /(?:被(?:他|她|人|他们)?(?:仿|抄|照搬|侵权|冒用|山寨)|(?:^|他|她|他们|那家|对方)(?:仿|抄|照搬|冒用|山寨))的(?:产品|东西|那款)?(?:就)?是(?:一?[款种个批台件]|那[款种个])?(?:带[^，。的]{1,8}的)?(?<name>[\u4e00-\u9fffA-Za-z0-9]{2,10}?)(?=$|[，。]|的)/u,
    ],
    [
      "product.marked",
      /(?<name>[\u4e00-\u9fffA-Za-z0-9]{1,14}?)(?:的)?(?:上头|上面|上边|外面|包装盒?上?|外壳上?|盒子上|外包装上?|机身上?|箱子上|袋子上|吊牌上|标签上|上)(?:都|还|也|全|就|又|愣是|硬)?(?:瞎|乱|胡|假|冒)?(?:印|标|打|刻|贴|写|喷|铸|压|假冒|冒用|冒|(?=(?:的)?(?:假)?专利号))/u,
    ],
    [
      "product.marked",
      /(?:^|[，。\s])(?<name>[\u4e00-\u9fffA-Za-z0-9]{2,8}?)(?:[盒箱袋瓶罐]子?)?上(?:的|那个|印的|标的)?专利(?:号|标)?(?:都|全|也)?是(?:假|冒|盗|编|套|别人|人家)/u,
    ],
    [
      "product.marked",
      /(?:印|贴|标|写|喷|打)(?:在|到|上)?(?:他|她|它|自己|自家)(?:们|家)?(?:的)?(?:那)?(?<name>[\u4e00-\u9fff]{1,4}?)(?:的)?(?:包装[袋盒箱]?|[袋盒箱瓶罐桶]子?)上/u,
    ],
    [
      "product.marked",
      /(?:往|给)(?:新|老|旧|那|这)?(?:做|产|出)?的?(?<name>[\u4e00-\u9fff]{2,6}?)(?:上|上头|上面|外头)(?:都|还|也|硬)?(?:瞎|乱|胡)?(?:印|标|打|刻|贴|写|喷|铸|压)/u,
    ],
    ["product.faked", fakedGoods],
    ["product.bought", boughtTool],
    ["product.bought", soldGoods],
    ["product.made", /专(?:门|业)?(?:出|产|做|卖|造)(?<name>[\u4e00-\u9fff]{2,8}?)的?(?=$|[，。\s])/u],
    [
      "product.made",
      /(?<!人家|别人|别家|他人)(?:做|生产|加工|制造|造|卖|销售|批发|出售|经营|倒卖|仿制|仿冒|仿造|代工|组装|干|搞|弄)(?:的)?(?:是|了|着|出|过)?(?:一批|一种|一款|那种|这种|各种|些)?(?<name>[\u4e00-\u9fffA-Za-z0-9]{2,12}?)(?=的|$|和|跟|印|标|都|生意|抄|仿|盗用|冒用|冒充|假冒|侵犯|仿冒|侵权|是|上|说|，|。)/u,
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
      /^(?:(?:看|瞅|瞧|碰|遇|撞)?见(?:了|到)?|(?:一|两|几|半|整)(?:车|批|堆|箱|袋|摞|屋子?)|的是|的|了|着|是|个|些|这种|那种|这个|那个|一种|一款|一批|一个|几个|他们?|她|人家|别人|我们?|俺们?|咱们?|家|在|往|把|用|假冒的?|冒牌的?|有|产的|更正为|改成|改为|好多|很多|大量|全是|都是|就是)+/u.exec(
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
    // „拿我的插画印盒子卖“: what it is put on, and what becomes of that, is none of it.
    text = text.replace(/(?<=^.{2,})(?:印|贴|做)(?:在|到|成|着)?[^，。]{1,4}(?:卖|用|发)$/u, "");
    text = text.replace(/(?:的)?(?:铭牌|吊牌|标签|标牌|包装盒?|外壳|盒子|合格证|说明书)$/u, "");
    const again = /^(?:在|他们?|她|它|那个|这个|那种|这种|家|的)+(?=.)/u.exec(text);
    if (again !== null) {
      start += again[0].length;
      text = text.slice(again[0].length);
    }
    text = text.replace(/(?:的|了|呢|啊|产品|那些|这些|之类|什么|啥|都|也|还|上|上头|里)$/u, "");
    const span = { start, end: start + text.length };
    // „锁上印的专利号“: what is marked may be called by a single character.
    const single = /^product\.(?:marked|bought|faked)$/u.test(rule) && raw === text && calledByOne.test(text);
    if (
      (text.length < 2 && !single) ||
      words.genericProducts.has(text) ||
      (isGeneric(text, words) === true && !words.products.includes(text))
    )
      return;
    if (
      /[他她它我你俺咱吗么呢给谁]|是(?!盘)|关于|请求|来卖|挨罚|时候|^(?:从|往|在|把|护范围|种梨|方是)|[吗不吧呢就想没我你他她了还也]$|字$|补贴|单子?$|[师长员人方]$|申请|混淆|配方|^就|认证|样$|^包装|^赔|十万|套补|也不|不想|意见|字号|^被|^那就|按$|注册|公司|牌子$|品牌$|[厂店]$|检举|摊位|市场|百姓|一模一样|一样|看|回来|打开|跟我|这里|那里|商业秘密|客户名单|技术秘密|著作权|版权|登记|专利|举报|投诉|侵权|假冒|冒用|仿冒|电话|手机|匿名|什么|怎么|咋|多少|不是|没有|知道|商标|人家|他们/u.test(
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
        const at = match.index + match[0].indexOf(name);
        const of = rule === "product.named" ? goodsOf(clause.text.slice(at + name.length), words) : undefined;
        if (of === undefined) add(name, clause.start + at, rule);
        // „注塑的周转筐“ are 周转筐, „断桥窗的密封条“ are of a window.
        else if (words.goodsAt(name) === undefined)
          add(of.slice(1), clause.start + at + name.length + 1, rule);
        else add(name + of, clause.start + at, rule);
      }
    }
  };
  byPattern(rules.filter(([rule]) => isCalledOutright(rule)));
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
  for (const clause of clauses) {
    // „这铲子在好又多超市买的“, „这桌子上印的专利号“: what is pointed at, though a list holds it for too plain a word.
    const pointed =
      /^(?:就)?(?:是)?[这那](?:个|款|种|台|把|件|批|箱|瓶|套|盒|袋)?(?<name>[\u4e00-\u9fff]{2,4}?)(?=在[^，。]{2,16}买|(?:上|里头?|外头?)(?:贴|印|标|写|打|刻|喷)|(?:贴|印|标|刻|打|喷)(?:着|的|了)|是在[^，。]{2,16}买)/u.exec(
        clause.text,
      );
    const name = pointed?.groups?.["name"];
    if (
      pointed === null ||
      name === undefined ||
      !/[子门锅壶灯机器车床椅杯碗瓶桶盆刀锁秤表伞鞋帽盖垫管]$/u.test(name)
    )
      continue;
    if (/[箱盒袋牌]子$|铺子|厂子|摊子|包装/u.test(name)) continue;
    add(name, clause.start + pointed[0].length - name.length, "product.pointed");
  }
  for (const clause of clauses) {
    // „电动车上用的U型锁“: what is used on another thing is what it is about.
    const used =
      /[\u4e00-\u9fff]{2,6}(?:上|里)(?:面|头)?(?:用|装|配|使|安)的(?<name>[A-Za-z]?[\u4e00-\u9fff]{2,6})$/u.exec(
        clause.text,
      );
    const name = used?.groups?.["name"];
    if (name !== undefined) add(name, clause.end - name.length, "product.used");
  }
  for (const goods of findGoods(clauses, taken, words)) {
    if (found.some((other) => overlaps(other, goods))) continue;
    const { points: _points, ...noun } = goods;
    found.push(packedIn(noun, clauses, words) ?? carriedOff(noun));
  }
  if (found.length > 0) return found;
  const hasNews = clauses.some(({ text: said }) => /专利|商标|假|仿|抄|冒|侵|卖|买|做|产|专出/u.test(said));
  if (!hasNews) return found;
  byPattern(rules.filter(([rule]) => !isCalledOutright(rule)));
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

/** „辞职时拷走润滑油配方“: the goods are what was carried off. */
function carriedOff(goods: Found<string>): Found<string> {
  const lead = /^.*(?:带|拿|拷|偷|盗)走(?:了)?(?=.{2})/u.exec(goods.value)?.[0].length ?? 0;
  return { ...goods, value: goods.value.slice(lead), start: goods.start + lead };
}

/** „合页的外包装盒上印着…“: the goods are what is packed. */
function packedIn(
  packing: Found<string>,
  clauses: readonly Clause[],
  words: Lexicon,
): Found<string> | undefined {
  if (!/(?:包装|[箱盒袋])/u.test(packing.value)) return undefined;
  const clause = clauses.find(({ start, end }) => start <= packing.start && packing.start < end);
  if (clause === undefined) return undefined;
  const behind = clause.text.slice(packing.start - clause.start);
  if (
    !/^[\u4e00-\u9fff]*(?:包装[箱盒袋]?|[箱盒袋]子?|纸箱)(?:的)?(?:上|里|外|面|印|标|写|贴|喷)/u.test(behind)
  )
    return undefined;
  const before = clause.text.slice(0, packing.start - clause.start);
  if (!before.endsWith("的")) return undefined;
  const value = words.goodsAt(before.slice(0, -1));
  if (value === undefined || value.length < 2) return undefined;
  const end = packing.start - 1;
  return { value, start: end - value.length, end, rule: "product.packed" };
}

/** Whether a rule reads what goods are called outright. */
export const isCalledOutright = (rule: string): boolean => /^product\.(?:named|quoted|fake)$/u.test(rule);

/** Goods that a clause goes on with, after what they are of or made by. */
function goodsOf(rest: string, words: Lexicon): string | undefined {
  const of = /^的[\u4e00-\u9fff]{2,8}(?=$|[，。；;！!？?\s])/u.exec(rest)?.[0];
  return of !== undefined && words.goodsAt(of.slice(1)) === of.slice(1) ? of : undefined;
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
    /^(?:[套包装切剥洗烘采收播割削脱压榨磨粉拣筛捆封袋]{1,3}机|(?:的)?(?:护套|锁扣|角码|密封条|阀芯|把手|内胆|支架|底座|把套|脚垫|滤芯|刀片|压条|护栏|拉手|滚轮)|机|器|锁|泵|阀|炉|灯|车|椅|帽|糖|鞋|扣|架|柜|桶|苗|套|罩)(?=$|[，。！!?？\s的上里]|都|也|是|那|跟|和|厂|冒|标|印|打|写|盒|袋|包装|专利)/u.exec(
      text.slice(goods.end),
    )?.[0];
  if (head === undefined || text.slice(goods.start, goods.end) !== goods.value || goods.value.endsWith(head))
    return goods;
  const end = goods.end + head.length;
  return { ...goods, value: text.slice(goods.start, end), end };
}
