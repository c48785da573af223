import type { Lexicon } from "../lexicon.ts";
import { type Clause, type Found, overlaps, type Span } from "../spans.ts";

/** A place that a market may be called after; `kind` as of PlaceReading. */
type Place = Span & { kind: string };

/** A word for a market where it stands, with what it asks of the words before it. */
type Head = Span & { kind: "fair" | "market" | "mall" | "goods"; word: string };

const headPatterns: readonly (readonly [Head["kind"], RegExp])[] = [
  // Markets in the open, called after their village or road: …大集, …夜市.
  ["fair", /大集(?![团中聚合成])|老集|旧货集|早市|夜市/gu],
  [
    "market",
    /(?:(?:批发|农贸|集贸|建材|小商品|交易|综合|蔬菜|水产|服装|菜|大)*市场)(?!监|局|价|经济|街|份额|销|部|管理|调|营|准|化|占|推|竞争|规模|需求|主体|秩序|走访|保安|办|巡)/gu,
  ],
  ["mall", /商贸城|批发城|农贸城|批发楼|小商品城|商城|集贸中心|贸易中心|地下商场/gu],
  ["goods", /城(?=$|[，。、里的那有二一三四五上“”"」』\s\da-zA-Z0-9东西南北门卖进是看都转逛去]|大厅)/gu],
];

/** What a market's name does not run over: verbs, pronouns, words of time, what points. The last one ends before the name. */
const beforeMarket =
  /在|到|去|从|逛|赶|是|叫|卖|买|摆|租|有|说|看见|看到|瞅见|瞧见|找|让|被|把|跟|举报|投诉|反映|就|我|俺|咱|你|您|他|她|这|那|个|进|跑|占|抢|没|不|哪|某|各|的|了|着|们|里头?|上(?!海)|对面|对门|底下|附近|旁边|那边|隔壁|礼拜[一二三四五六日天]|星期.|周[一二三四五六日末]|[昨今前][天晚儿早]|[早晚]上|上午|下午|中午|[月日号点]|时候|头|一家|逢|几|县城/gu;
/** Stems that say what kind of market it is, of which there are many. */
const anyStem =
  /^(?:整|全|国|海外|外地|本地|当地|大型|专业|各类|有形|二级|市|区|镇|乡|村|新|老|县|省|国际)$|专利|国内|全国/u;
const noName = /专利|美食|影视/u;
/** A shop on the net is no mall. */
const onTheNet = /线上|网上|微信|小程序|抖音|快手|淘宝|京东|天猫|拼多多|APP|app|积分|电子商/u;
/** Where goods were got from, which is told of what the person sells: 从批发市场进的货. */
const asSource = /^(?:上|里)?(?:进|批|上|拿|拉|倒)(?:来)?的|^进货/u;
/** Days on which a fair is held: 逢二七大集. */
const fairDays = /^[一二三四五六七八九十\d]{1,3}$/u;

/** The markets that a message names and the register does not know: who is named outright first, a bare 早市 last. */
export function marketsIn(
  text: string,
  { taken, mentions, words }: { taken: readonly Span[]; mentions: readonly Place[]; words: Lexicon },
): Found<string>[] {
  const found: { market: Found<string>; rank: number }[] = [];
  for (const head of headsIn(text)) {
    if (taken.some((other) => overlaps(other, head))) continue;
    if (mentions.some((other) => overlaps(other, head) && other.end > head.start + 1)) continue;
    const named = nameBefore(text, head, mentions);
    if (!isMarket(text, head, named, words)) continue;
    const start = head.start - named.name.length;
    const outright = /叫(?:做)?[“"「]?$/u.test(text.slice(0, start));
    const rank = outright ? 0 : named.stem === "" && named.place === undefined ? 2 : 1;
    const value = text.slice(start, head.end);
    found.push({ market: { value, start, end: head.end, rule: "location.market" }, rank });
  }
  return found.sort((a, b) => a.rank - b.rank || a.market.start - b.market.start).map(({ market }) => market);
}

function headsIn(text: string): Head[] {
  const heads = headPatterns.flatMap(([kind, pattern]) =>
    [...text.matchAll(pattern)].map((match) => {
      const start = match.index;
      return { kind, word: match[0], start, end: start + match[0].length };
    }),
  );
  // 小商品城 is one word, though 城 is one too.
  return heads.filter(
    (head) =>
      !heads.some(
        (other) =>
          other !== head && other.end >= head.end && other.start < head.start && overlaps(other, head),
      ),
  );
}

/** What stands right before the word for a market: its own stem, and the place it is called after. */
function nameBefore(
  text: string,
  head: Head,
  mentions: readonly Place[],
): { name: string; stem: string; place: Place | undefined } {
  const place = mentions.findLast(({ end }) => end <= head.start && head.start - end <= 8);
  const from = place?.end ?? 0;
  const run = /[\u4e00-\u9fff]{0,8}$/u.exec(text.slice(from, head.start))?.[0] ?? "";
  let cut = 0;
  for (const match of run.matchAll(beforeMarket)) cut = match.index + match[0].length;
  const stem = run.slice(cut);
  const link = place === undefined ? "" : text.slice(place.end, head.start - stem.length);
  const beside = place !== undefined && /^(?:的|那个?|那边|每月)?$/u.test(link);
  // „献县南河头大集“ is called after the village; „泊头大集“ after the town itself.
  // 义乌国际商贸城 is called after the city.
  const abroad = head.kind === "mall" && place?.kind === "outside" && link === "";
  const called = beside && (abroad || (stem === "" && (head.kind === "fair" || isSettlement(place, text))));
  const whole = called ? text.slice(place.start, head.start) : stem;
  return { name: whole, stem, place: beside ? place : undefined };
}

/** A town or village, which a market may be called after without more: 崔尔庄市场. A county has many. */
const isSettlement = ({ kind, start, end }: Place, text: string): boolean =>
  kind === "town" || (kind === "outside" && /[庄村镇乡屯]$/u.test(text.slice(start, end)) && end - start > 2);

function isMarket(
  text: string,
  head: Head,
  { name, stem, place }: ReturnType<typeof nameBefore>,
  words: Lexicon,
): boolean {
  const before = text.slice(Math.max(0, head.start - name.length - 8), head.start - name.length);
  const after = text.slice(head.end, head.end + 6);
  if ((head.kind === "market" ? anyStem : noName).test(stem) || /(?:不是|不在|没在|没有?|某)$/u.test(before))
    return false;
  if (stem === "" && asSource.test(after)) return false;
  const located =
    place !== undefined ||
    /(?:在|是|叫|那个|那边|去|逛|里头?|底下|附近|旁边)[“"「]?$|(?:^|[，。、：:\s])$/u.test(before);
  switch (head.kind) {
    case "fair":
      if (stem === "年货" || fairDays.test(stem)) return false;
      if (name !== "") return true;
      // A bare 夜市 is a place, 大集 and 夜市收摊 a time.
      return (
        /早市|夜市/u.test(head.word) &&
        (located || /^上|^里/u.test(after)) &&
        !/^(?:快|刚|才|还没)?(?:收|散|开(?!门)|值)/u.test(after)
      );
    case "market":
      if (place === undefined && /^上(?!卖)/u.test(after)) return false;
      if (stem === "" && head.word === "市场") return place !== undefined && isSettlement(place, text);
      if (stem === "") return located && !/^的|^常/u.test(after) && !/找(?:我|俺)/u.test(before);
      return stem.length + head.word.length >= 3 && !(place === undefined && asSource.test(after));
    case "mall":
      if (onTheNet.test(before + stem) || (stem === "" && head.word === "商城")) return false;
      return (
        head.word !== "商城" || place !== undefined || /^(?:里|[一二三四五六\d]|[A-Z]|负|地下)/u.test(after)
      );
    case "goods":
      // 家具城, 汽配城: what is sold, and 城. Behind a place and before a stall whatever is called so.
      return (
        isGoodsCity(stem, words) ||
        (place !== undefined &&
          stem.length > 1 &&
          /^(?:[一二三四五六七负][楼层区排]|[\dA-Z]|地下)/u.test(after))
      );
  }
}

/** Whether what stands before 城 is goods or a trade: 红木家具, 汽配, 茶. */
const isGoodsCity = (stem: string, words: Lexicon): boolean =>
  stem !== "" &&
  stem.length <= 7 &&
  ([...words.trades].some((trade) => stem.endsWith(trade)) ||
    words.goodsAt(stem) !== undefined ||
    /[管道件业具材料机网车饰品窗缆配子模布灯金锁茶鞋]$/u.test(stem));

/** A market told by its name alone, as the answer: 乐寿小商品. */
export function bareMarket(clauses: readonly Clause[]): Found<string> | undefined {
  const [only, ...others] = clauses;
  if (only === undefined || others.length > 0 || /[?？]/u.test(only.mark)) return undefined;
  const { text: value, start, end } = only;
  if (value.length < 2 || value.length > 10 || !/^[\u4e00-\u9fff]+$/u.test(value)) return undefined;
  if (/没|不|忘|路边|街上|网上|家里?$|门脸|[我俺咱他她你]|^(.)\1+$/u.test(value)) return undefined;
  return { value, start, end, rule: "market.bare" };
}
