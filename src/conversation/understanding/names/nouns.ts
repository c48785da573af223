import type { Lexicon } from "../lexicon.ts";
import { type Clause, type Found, overlaps, type Span } from "../spans.ts";

/** A stretch of a clause that no function word, verb or place parts: where a name of goods or of a firm may stand. */
export type Run = Span & { text: string; clause: Clause };

/** The runs of the clauses, `masks` (places, numbers, names read before) left out. */
export function runsOf(clauses: readonly Clause[], masks: readonly Span[], parting: RegExp): Run[] {
  return clauses.flatMap((clause) => {
    const letters = [...clause.text].length === clause.text.length ? clause.text : clause.text;
    let open = letters;
    for (const mask of masks) {
      if (!overlaps(mask, clause)) continue;
      const from = Math.max(0, mask.start - clause.start);
      const to = Math.min(open.length, mask.end - clause.start);
      open = `${open.slice(0, from)}${"\u0000".repeat(to - from)}${open.slice(to)}`;
    }
    const parted = open.replace(parting, (part) => "\u0000".repeat(part.length));
    return [...parted.matchAll(/[\u4e00-\u9fffA-Za-z0-9·&~-]+/gu)].map((match) => ({
      start: clause.start + match.index,
      end: clause.start + match.index + match[0].length,
      text: match[0],
      clause,
    }));
  });
}

/** How much of the beginning of a name of goods only counts them: 二十台, 顿, 这款. */
export const measureOf = (text: string): number =>
  /^(?:(?:[一二两三四五六七八九十百几半\d这那][一二两三四五六七八九十百几\d]*(?:多|来)?(?:件|个|台|把|套|双|批|箱|款|种|瓶|条|张|顿|斤|吨|年|辆|只|根|袋|桶|盒|块|副|本)|所(?:售|卖|销售|生产)|[件个台批款种顿辆])(?:的)?)(?=[\u4e00-\u9fff]{2})(?!人|体|性|类)/u.exec(
    text,
  )?.[0].length ?? 0;

/** What goods are made of: 玻璃壶 is a 壶. */
const material = /^(?:玻璃|塑料|不锈钢|陶瓷|实木|铸铁|橡胶|硅胶|铝合金|皮革|木头|水晶|树脂)$/u;

/** The end of the last name of goods in a run, and whether it is a known word; undefined if there is none. */
export function goodsEnd(run: string, words: Lexicon): { end: number; known: boolean } | undefined {
  for (let end = run.length; end >= 1; end--) {
    const text = run.slice(0, end);
    const known = words.goodsAt(text);
    if (known === undefined) continue;
    const unlike = words.notGoodsAt(text);
    if (unlike !== undefined && (unlike === text || (unlike.length > 1 && unlike.length >= known.length)))
      continue;
    if (known.length === 1 && (text.length < 2 || text.length > 8) && !words.products.includes(text))
      continue;
    if (known.length > 1) return { end, known: true };
    // „羽绒服吊“: a known word right before a stray ending is the goods.
    for (const shorter of [end - 1, end - 2]) {
      const word = words.goodsAt(run.slice(0, shorter));
      if (word !== undefined && word.length > 1 && word.length === shorter && !material.test(word))
        return { end: shorter, known: true };
    }
    return { end, known: false };
  }
  return undefined;
}

/** What makes goods of a noun: the words right before it, and right after. Points for each. */
const goodsBefore: readonly (readonly [RegExp, number])[] = [
  [/(?:产品|商品|货品|东西|货|名字|名称|名)(?:就)?(?:是|叫做?|为|[:：])\s*[“"「]?(?:个|一种)?$/u, 6],
  [
    /(?:卖|做|买|生产|加工|制造|造|销售|批发|出售|经营|倒卖|推销|安装|代工|研发|发明|设计|琢磨|摆|搞|弄|产|上市)(?:了|的|着|过|出来?|给|回来?|到|就|全)*(?:是|一?[个款批种台件套条瓶箱盒双把只辆张根袋桶包些]|几[个款批种台件套条瓶箱]|各种|那种|这种)*(?:[“"「]|别的|假的?|冒牌|高仿|仿冒|新款)*$/u,
    4,
  ],
  [
    /(?:抄|仿|仿冒|仿制|仿造|剽窃|山寨|照抄|照搬|照着做|偷学|侵犯|盗用|模仿|复制)(?:了|的|着|是)*(?:我们?|俺们?|咱们?)?(?:公司|厂|家|司|当事人|自己)?(?:的|这个?|那个?|这款|那款|专利|产品|做|生产|设计|发明)*[“"「]?$/u,
    4,
  ],
  [
    /(?:我们?|俺们?|咱们?)(?:公司|厂|家|司)?(?:的|这个?|那个?|这款|那款|专利|做的|生产的|发明的|设计的)+[“"「]?$/u,
    2,
  ],
  [/(?:他|她|它|人家|他们)(?:们|家|家的|们的|那个?|的|这个?)*[“"「]?$/u, 2],
  [/专利(?:产品|款|的)?$/u, 2],
  [/(?:就|的)?(?:那|这)(?:种|款|个|批|台|套|些)[“"「]?$/u, 1],
  [/(?:关于|把|用|拿|将)$/u, 1],
  [/(?:对应的?|扫出来|查出来|一查)[^，。]{0,4}(?:是个?|卖)$/u, -6],
  [/(?:印|标|打|刻|写|喷|贴|铸|压)(?:在|到)(?:了)?(?:自己|自家|他家|他们|生产|做|卖|产|的)*$/u, 3],
  [/(?:不是|并非|而不是)(?:什么)?$/u, -9],
  // „我又没做亏心事“ tells of no goods.
  [/(?:我|俺)(?:们)?(?:又|可|从来|也|并)?(?:没|没有|不)(?:做|干|卖)(?:过)?$/u, -9],
  [/(?:你|您)(?:们)?(?:就)?(?:是|这)?(?:个)?(?:破|什么)?$/u, -9],
  [/(?:隔壁|旁边|对面)[^，。]{0,2}$/u, -2],
  [/(?:我|俺)(?:家|们)?(?:就)?(?:是|在)[^，。]{0,4}(?:做|卖|搞|干)$/u, -4],
  // What the person makes is not what is made of it.
  [
    /(?:^|[，。])(?:我|俺|本人)(?:们)?(?:就|是|一直|平时|在家|专门|主要|自己)*(?:画|写|拍|编|剪|刻|录|创作)$/u,
    -4,
  ],
  [/[印做改制]成(?:了|一?[款种个批])?$/u, 4],
  [/(?:人家|别人|别家|另一家)(?:的)?(?:是)?(?:做|卖|搞)(?:的)?$/u, -7],
  [/(?:打着|冒充|冒用|假冒)[“"「]?$/u, -1],
  [/前(?:头|面)?$|给他(?:们)?$/u, -2],
];
const goodsAfter: readonly (readonly [RegExp, number])[] = [
  [
    /^[”"」]?(?:的|那)?(?:外?包装|盒子?|袋子?|箱子?|瓶子?|外壳|机身|壳子?|铭牌|吊牌|标签|说明书|合格证|本体)?(?:上头?|上面|上边|外面|里面|里头|身上|背面|底下|盒上头?)?(?:的|都|还|也|全|就|又|却|愣是|硬|瞎|乱|胡|接着|我看|直接|赫然)*(?:印|标|打|刻|写|喷|贴|铸|压|挂|注|瞎写|盗)/u,
    4,
  ],
  [/^[”"」]?(?:也|都|就|还)?(?:冒用|冒充|假冒|盗用|套用|假专利|冒牌|仿)/u, 3],
  [
    /^[”"」]?(?:是|都是|全是|也是|跟|和|被|让|叫|遭|拿|就|都)[^，。]{0,14}(?:抄|仿|盗|偷|照|侵|一样|山寨|改|套牌|冒)/u,
    3,
  ],
  [/^[”"」]?(?:侵犯|侵害|侵权|涉嫌|冒)/u, 3],
  [/^[”"」]?(?:有|拿了|取得|获得|申请了?|带|号称|说是|吹)[^，。]{0,10}专利/u, 3],
  [/^[”"」]?(?:专利|外观|发明|实用新型)/u, 2],
  [/^(?:的)?(?:厂家|厂子?|店|公司|老板|商户|作坊|摊|门市|人)/u, -1],
  [/^的(?:他|她|那|这|$)/u, 3],
  [/^(?:坏|漏电|不能用|用不|质量|一碰|不给|没法用|打不开)/u, 2],
  [/^(?:图|设计图|图纸|样子|外形|造型|结构|模具)/u, 1],
  [/^[”"」]?(?:我|俺)?(?:买|卖|做)/u, 1],
  // A variety is the right; the seed is only what carries it.
  [/^(?:的)?(?:新|授权)?品种/u, 5],
  [/^(?:广告|市场|城|大集|批发|行业|展|节|大会)/u, -9],
  [/^(?:厂|店|公司|集团|合作社)[\u4e00-\u9fff]{0,2}(?:对门|对面|隔壁|旁边|附近)/u, -9],
];

/** Parts of goods, where a number may stand. */
const partOfGoods =
  /^(?:扶手|车架|机身|机架|底座|支架|把手|手柄|靠背|面板|机盖|盖子|桶身|瓶身|瓶盖|瓶底|底盘|鞋底|鞋舌|衣领|领子|袖口|门框|把儿|车把|车座|机头)$/u;

const packing = /^(?:纸盒|纸箱|盒子|箱子|袋子|瓶子|罐子|外包装|包装)$/u;

/** Right before goods that somebody sells for what they are not: 卖冒牌专利门锁的. */
const soldAsFake =
  /(?:卖|做|造|生产|批发)(?:的|着|了)?(?:是)?(?:假冒|冒牌|冒充|冒用|仿冒|假)(?:的)?(?:别人|人家|他人)?(?:的)?(?:专利|商标|牌子?)?(?:的)?$/u;

/**
 * The goods that a message is about, best first: nouns that end like goods, weighed by the words around them.
 * `masks` hold what other rules read already.
 */
export function findGoods(
  clauses: readonly Clause[],
  masks: readonly Span[],
  words: Lexicon,
): (Found<string> & { points: number })[] {
  const found: (Found<string> & { points: number })[] = [];
  for (const run of runsOf(clauses, masks, words.goodsParting)) {
    const goods = goodsEnd(run.text, words);
    if (goods === undefined) continue;
    let from = 0;
    // A long run is more than a noun: what stands farther off is left out.
    const head = words.goodsAt(run.text.slice(0, goods.end))?.length ?? 1;
    if (goods.end - head > 5) from = goods.end - head - 4;
    from += measureOf(run.text.slice(from, goods.end));
    // „在门市看见机柜铭牌上…“
    if (/^见.{2}/u.test(run.text.slice(from, goods.end))) from += 1;
    // „还往新鞋垫上印“
    const onto = /^.*往(?:新|老|旧)?(?=.{2})/u.exec(run.text.slice(from, goods.end));
    if (onto !== null) from += onto[0].length;
    const value = run.text.slice(from, goods.end);
    const span = { start: run.start + from, end: run.start + goods.end };
    if (value.length < 2 && !goods.known) continue;
    if (words.genericProducts.has(value) || words.notGoods.has(value)) continue;
    const before = run.clause.text.slice(0, span.start - run.clause.start);
    const after = run.clause.text.slice(span.end - run.clause.start);
    let points = goods.known ? 3 : 0;
    for (const [pattern, worth] of goodsBefore) if (pattern.test(before)) points += worth;
    for (const [pattern, worth] of goodsAfter) if (pattern.test(after)) points += worth;
    if (before.trim() === "" && after === "") points += 3;
    // „卖按摩椅 扶手上标的专利号“: the part that is marked is rather not what it is about.
    if (partOfGoods.test(value) && /^上/u.test(after)) points -= 4;
    // Nor what it is packed in, where another thing is named: 做铰链的厂子，纸盒上印着….
    if (packing.test(value) && /^(?:上|外|底)(?:面|头|边)?(?:还|都|也|全)?(?:印|贴|标|打|写|喷)/u.test(after))
      points -= 3;
    // „卖农机的旋耕刀上头刻的专利号“: what they trade in gives way to what bears the number.
    const bearer = bearerBehind.exec(after)?.groups?.["thing"];
    if (bearer !== undefined && tradesIn.test(before) && !ofPackage.test(bearer) && !partOfGoods.test(bearer))
      points -= 6;
    if (points < (goods.known ? 2 : 3) && !(goods.known && points >= 1 && /^[厂店]/u.test(after))) continue;
    const variety = goods.known && /^(?:的)?(?:新|授权)?品种/u.test(after);
    const sold = goods.known && soldAsFake.test(before) && /^的?(?:$|店|摊|人|厂)/u.test(after);
    // „买了台净水器“ says outright what was bought.
    const purchase = goods.known && purchased.test(before);
    const rule = variety
      ? "product.variety"
      : sold
        ? "product.sold"
        : purchase
          ? "product.purchase"
          : goods.known
            ? "product.goods"
            : "product.noun";
    found.push({ value, ...span, rule, points });
  }
  return found.sort((a, b) => b.points - a.points || a.start - b.start);
}

const purchased =
  /(?:买|购|下单)(?:了|到|的|过|着)*(?:一)?(?:个|台|把|件|套|双|只|条|瓶|盒|辆|副|口|箱|桶|袋|部)$/u;
const tradesIn = /(?:卖|做|搞|修|经营|批发)$/u;
const bearerBehind =
  /^的(?<thing>[\u4e00-\u9fff]{2,6}?)(?:上头?|上面)(?:还|都|也|全)?(?:印|刻|标|贴|打|喷|铸)/u;
const ofPackage = /包装|[盒袋箱罐瓶]|标|牌|盖|底|背|壳|[面身侧边]$|说明书|合格证|机器|产品|货/u;

/** What right before a name makes a firm of it, and right after. */
const firmBefore: readonly (readonly [RegExp, number])[] = [
  [/(?:举报|投诉|告|反映|检举|揭发|控告)(?:的)?(?:是|一下|下)?$/u, 3],
  [
    /(?:对方|对手|被举报(?:人|方|单位)?|侵权方|被投诉方|开票方|厂家|商家|卖家|发货方|生产商)(?:就)?(?:是|叫|为|[:：])*(?:一家|一个)?$/u,
    5,
  ],
  [/(?:那|这|一|有|哪|某)(?:个|家)(?:叫)?$/u, 2],
  [/⌖(?:的|那边的?|那儿的?|这边的?|里的?|上的?|有家|有个|那家|那个|一家|一个)*$/u, 3],
  [/(?:我们?|俺们?|咱们?|本|敝|我司|自家)(?:公司|厂|家|店|单位)?(?:的|叫|是|[(（])*$/u, -8],
  [/(?:发现|怀疑|买自|来自|找到|看到|看见|隔壁|对门|邻村|同行|竞争对手|到|去|跟|从|由|被|让)$/u, 2],
];
const firmAfter: readonly (readonly [RegExp, number])[] = [
  [
    /^(?:他们?|的人|一直|在|长期|公然|也|竟|竟然|又|照样|老是|偷偷|私自|恶意)*(?:冒用|冒充|假冒|盗用|套用|抄|仿|侵犯|侵权|侵害|照着|照搬|照抄|剽窃|偷|山寨|未经|没经|模仿|把我|把俺|用我|用俺|用了|盗|违规|虚假|涉嫌|造谣)/u,
    4,
  ],
  [/^(?:这家|那家|整个|老板|门口|店里|厂里|家的|他家)/u, 2],
  [/^(?:的)?(?:卖|做|生产|加工|制造|销售|印|标|发|出|挂|贴|打|写|在|说|吹|宣传|有)/u, 2],
  [/^的[^，。]/u, 2],
  [/^(?:上班|干过|当过|买的|进的货|发的)/u, 3],
  [/^(?:$)/u, 1],
];

/**
 * Firms, shops and stalls by the shape of their names: a stem of its own and a word for a firm, a trade or goods
 * (顺发日用品, 恒泰助剂), weighed by the words around them.
 */
export function findFirms(
  clauses: readonly Clause[],
  masks: readonly Span[],
  places: readonly Span[],
  words: Lexicon,
): (Found<string> & { points: number })[] {
  const found: (Found<string> & { points: number })[] = [];
  for (const run of runsOf(clauses, [...masks, ...places], words.firmParting).map(withoutMeasure)) {
    const shape = firmShape(run.text, words);
    if (shape === undefined) continue;
    const { text, offset, shapePoints } = shape;
    const span = { start: run.start + offset, end: run.start + offset + text.length };
    const from = span.start - run.clause.start;
    let before = run.clause.text.slice(0, from);
    const place = places.find(
      (one) => one.end <= span.start && span.start - one.end <= 8 && one.start >= run.clause.start,
    );
    if (place !== undefined)
      before = `${before.slice(0, place.end - run.clause.start)}⌖${before.slice(place.end - run.clause.start)}`;
    const rest = run.clause.text.slice(span.end - run.clause.start);
    // A space parts like 的 does: 「小太阳童装 卖的连体衣」.
    const next = clauses[clauses.indexOf(run.clause) + 1];
    const after = rest === "" && next !== undefined && /^\s+$/u.test(run.clause.mark) ? next.text : rest;
    let points = shapePoints;
    for (const [pattern, worth] of firmBefore) if (pattern.test(before)) points += worth;
    for (const [pattern, worth] of firmAfter) if (pattern.test(after)) points += worth;
    if (before.trim() === "" && points > 0) points += 1;
    if (points < 5) continue;
    found.push({ value: text, ...span, rule: "infringer.shape", points });
  }
  return found.sort((a, b) => b.points - a.points || a.start - b.start);
}

/** „有家鑫旺五金厂“: 家 counts the firm and is no part of its name, unless it makes a word with what follows. */
function withoutMeasure<R extends { text: string; start: number; clause: Clause }>(run: R): R {
  const before = run.clause.text.slice(0, run.start - run.clause.start);
  const counts = /[有那这一几哪某开]$/u.test(before) && /^家(?![具居纺电用])/u.test(run.text);
  // „别记大海机械“ takes a name back.
  const lead = counts ? 1 : (/^(?:别|甭)(?:再)?(?:记|写|填)(?:成)?/u.exec(run.text)?.[0].length ?? 0);
  return lead === 0 ? run : { ...run, text: run.text.slice(lead), start: run.start + lead };
}

/** Whether a run is shaped like a firm's name, and how surely. */
function firmShape(
  run: string,
  words: Lexicon,
): { text: string; offset: number; shapePoints: number } | undefined {
  for (let end = run.length; end >= 3; end--) {
    const text = run.slice(0, end);
    const suffix = words.firmSuffixAt(text);
    const goods = suffix === undefined ? words.goodsAt(text) : undefined;
    const tail = suffix ?? (goods !== undefined && goods.length > 1 ? goods : undefined);
    if (tail === undefined) continue;
    const stem = text.slice(0, -tail.length);
    if (stem.length < 2 || stem.length > 14) continue;
    // 「宏达」 in 宏达扣件: each letter is one that firms like to be called by.
    const nameLetters = [...stem.slice(0, 3)].filter((letter) => words.firmStem.has(letter)).length;
    const personal = /^(?:老|小|大)[\u4e00-\u9fff]/u.test(stem) && words.surnames.has(stem[1] ?? "");
    const sure = /(?:公司|集团|合作社|事务所|有限)/u.test(tail);
    let points = suffix === undefined ? 0 : 2;
    if (sure) points += 3;
    if (nameLetters >= 2) points += 3;
    else if (nameLetters === 1 && stem.length === 2) points += 1;
    if (personal) points += 3;
    if (stem.length === 2) points += 1;
    if (words.goodsAt(stem) !== undefined && !personal) points -= 4;
    if (words.plainStems.test(stem)) points -= 6;
    return { text, offset: 0, shapePoints: points };
  }
  return undefined;
}
