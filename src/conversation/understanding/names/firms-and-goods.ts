import type { Tagged } from "../learned/tagger.ts";
import { taggedSlots } from "../learned/tags.ts";
import { weigh } from "../learned/weigh.ts";
import type { Lexicon } from "../lexicon.ts";
import type { Where } from "../places/place-meant.ts";
import { put, type Reading } from "../reading.ts";
import { type Found, isNegated, isWhole, overlaps, placesOf, type Span } from "../spans.ts";
import { bareAnswer, couldBeName } from "./bare-answer.ts";
import { findInfringers, holdsRight, isNoFirm, isOwnName, isRunBySpeaker } from "./firm-names.ts";
import { findProducts, isCalledOutright, withHead, withOthers } from "./goods-names.ts";
import { isDescription, isGeneric, isTalk } from "./no-name.ts";
import { couldBePerson } from "./speaker-names.ts";

/** A name, or goods, are no longer than this. */
const maxNameChars = 30;

/** Whether a name ends in a word for a firm, and is more than that and a trade. */
export const isFirm = (name: string, words: Lexicon): boolean =>
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
  const suffix =
    /(?:(?:制造|生产|加工)?(?:有限责任公司|有限公司|公司|厂)|店|经营部|门市部?|商行)$/u.exec(
      firm.value,
    )?.[0] ?? "";
  const named = firm.value.slice(0, firm.value.length - suffix.length);
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

/** What goods are sent out in, or carry. */
const packing =
  /(?:机子|产品|外)?(?:包装(?:盒|袋|箱|纸)?|铭牌|吊牌|标签|说明书|合格证|外壳|(?:盒|袋|箱|瓶|桶)子)(?:上|底下|里头)?$/u;

/** A firm and the goods behind its name, parted where speech written down runs on: 博远机箱厂机箱贴着…. */
function partedFrom(
  found: Found<string>,
  words: Lexicon,
): { firm: Found<string>; goods: Found<string> | undefined } {
  const packed = packing.exec(found.value);
  // 冠亚包装 makes packings.
  const isTrade = packed?.[0] === "包装" && packed.index <= 3;
  const bare = isTrade ? found.value : found.value.replace(packing, "");
  const parted = /^(?<firm>.{2,}?(?:厂|公司|门市部?|商行|经营部|店|业))(?<goods>.{1,6})$/u.exec(bare)?.groups;
  const { firm = "", goods = "" } = parted ?? {};
  const isParted = goods !== "" && words.goodsAt(goods) === goods;
  const value = isParted ? firm : bare;
  if (value === found.value || value.length < 2 || isGeneric(value, words))
    return { firm: found, goods: undefined };
  const end = found.start + value.length;
  const behind = { value: goods, start: end, end: end + goods.length, rule: "product.behindFirm" };
  return { firm: { ...found, value, end }, goods: isParted ? behind : undefined };
}

/** What was chosen, then what else was found. */
const rankedFirst = (chosen: Found<string> | undefined, others: readonly Found<string>[]) =>
  chosen === undefined ? others : [chosen, ...others.filter(({ start }) => start !== chosen.start)];

/** The firm or person that is reported. Returns all that may be, likeliest first, and the goods that are called so outright. */
export function readFirm(
  { text, clauses, words, slots, taken }: Reading,
  { mentions }: Where,
): { infringers: Found<string>[]; namedProduct: Found<string> | undefined } {
  // What is called a product outright is no firm, whatever it ends in.
  const namedProduct = findProducts(clauses, [...taken, ...mentions], words).find(({ rule }) =>
    isCalledOutright(rule),
  );
  const infringers = findInfringers(clauses, taken, mentions, words).filter(
    (found) =>
      !isNegated(text, found.start) &&
      !isTalk(found.value, words) &&
      !(namedProduct !== undefined && overlaps(found, namedProduct)),
  );
  put(slots, "infringer", infringers[0]);
  return { infringers, namedProduct };
}

/** The goods, and the firm where a short clause answers the question for it. Returns all that may be the goods. */
export function readGoods(
  { clauses, words, expectation, slots, taken }: Reading,
  { mentions }: Where,
  namedProduct: Found<string> | undefined,
): Found<string>[] {
  // Answers to what was asked: a short clause that no other rule has a claim on.
  if (
    slots.infringer === undefined &&
    slots.contactPhone === undefined &&
    expectation.asking.includes("infringer")
  ) {
    const none = [namedProduct, slots.stall].filter((one) => one !== undefined);
    put(slots, "infringer", bareAnswer(clauses, [...taken, ...mentions, ...none], words, "infringer"));
  }
  const nameTaken = slots.infringer === undefined ? taken : [...taken, slots.infringer];
  const products = findProducts(clauses, [...nameTaken, ...mentions], words).filter(
    ({ value }) => (words.intents.abuse.exec(value)?.[0].length ?? 0) < 2,
  );
  put(slots, "product", namedProduct ?? products.find(({ value }) => !isTalk(value, words)));
  if (
    slots.product === undefined &&
    slots.contactPhone === undefined &&
    expectation.asking.includes("product")
  ) {
    put(slots, "product", bareAnswer(clauses, [...nameTaken, ...mentions], words, "product"));
  }
  return products;
}

/** The firm, the goods and the person's name, by the rules and by what was learned together. */
export function weighNames(
  { text, clauses, words, expectation, slots, readers, figures, phones, taken }: Reading,
  { mentions }: Where,
  { infringers, products }: { infringers: readonly Found<string>[]; products: readonly Found<string>[] },
): void {
  const candidates = {
    infringer: rankedFirst(slots.infringer, infringers),
    product: rankedFirst(slots.product, products),
    contactName: rankedFirst(slots.contactName, []),
  };
  const asking = expectation.asking;
  const tagged = readers.tag(
    text,
    { clauses, taken: figures, places: mentions, phones, asking, candidates },
    words,
  );
  const tagging = {
    ...tagged,
    spans: tagged.spans.filter((span) => !isOtherwise(span, { text, clauses, words, slots })),
  };
  const behindPlace = (one: Span) => mentions.some(({ end, kind }) => end === one.start && kind === "town");
  // „我做工艺玻璃的，隔壁厂仿我的杯子“: what the speaker makes is not yet what it is about.
  const ofOwnTrade = (one: Span) =>
    /(?:我|俺|咱)(?:们)?(?:家|厂|公司|店)?(?:是|就是)?(?:做|干|搞|卖|生产|加工|批发)$/u.test(
      text.slice(Math.max(0, one.start - 8), one.start),
    ) && /^(?:生意)?的/u.test(text.slice(one.end));
  let behindFirm: Found<string> | undefined;
  for (const slot of taggedSlots) {
    // Goods are no part of the name that was settled on before.
    const other = slot === "product" ? slots.infringer : undefined;
    const found = weigh(slot, candidates[slot], tagging, { other, placed: behindPlace, aside: ofOwnTrade });
    if (found === undefined) {
      // „有个店卖躺椅“ named nobody after all: what was taken for the name may be the goods.
      if (slot === "infringer" && slots.infringer !== undefined) {
        const others = findProducts(clauses, [...taken, ...mentions], words);
        candidates.product = rankedFirst(others[0], others);
      }
      delete slots[slot];
    } else if (slot === "infringer") {
      const { firm, goods } = partedFrom(inFull(found, text, mentions), words);
      slots.infringer = firm;
      behindFirm = goods;
    } else slots[slot] = slot === "product" ? withOthers(withHead(found, text), text, words) : found;
  }
  // „海旺水处理剂厂“ and no more: whatever was asked, that is who.
  const alone = infringers.find(
    (one) =>
      clauses.length === 1 && clauses.some((clause) => isWhole(one, clause)) && isFirm(one.value, words),
  );
  if (slots.infringer === undefined && expectation.known?.infringer === undefined && alone !== undefined) {
    slots.infringer = alone;
    if (slots.product !== undefined && overlaps(slots.product, alone)) delete slots.product;
  }
  put(slots, "product", behindFirm);
  const whole = wholeAnswer(slots.product, { clauses, words, expectation });
  if (whole !== undefined) slots.product = whole;
  // What was learned to stand where a name does may be none: 抖音直播间.
  if (slots.infringer?.rule === "infringer.learned" && isGeneric(slots.infringer.value, words))
    delete slots.infringer;
  // „叫宏辉还是宏晖来着“: which of the two it is may be told later.
  const { infringer } = slots;
  if (
    infringer !== undefined &&
    /^(?:还是|要么是?|或者是?)[\u4e00-\u9fff]{1,8}?(?:来着|吧|$|[，。])/u.test(text.slice(infringer.end))
  )
    slots.infringer = { ...infringer, rule: "infringer.hedged" };
}

/** „孜然烧烤料“, „罗马杆的花头“ and no more, while no goods are known: all of it is what they are called. */
function wholeAnswer(
  goods: Found<string> | undefined,
  { clauses, words, expectation }: Pick<Reading, "clauses" | "words" | "expectation">,
): Found<string> | undefined {
  const [clause, ...more] = clauses;
  if (goods === undefined || clause === undefined || more.length > 0 || !expectation.drafting) return goods;
  if (expectation.known?.product !== undefined || goods.start !== clause.start) return goods;
  const rest = clause.text.slice(goods.value.length);
  const isName =
    /^的?[\u4e00-\u9fff]{1,4}$/u.test(rest) &&
    !/[了吗呢吧啊不没是有在就都也很真假上里个那这我他你买卖做]|的$/u.test(rest.slice(1)) &&
    words.firmSuffixAt(clause.text) === undefined;
  return isName ? { ...goods, value: clause.text, end: clause.end } : goods;
}

/** What somebody is to a matter is neither who is reported nor what it is about: 我是他们家代理人，昨天买的. */
const isRole =
  /^(?:.{0,2}(?:代理|权利|专利权|商标权|著作权|发明|设计|负责|联系|举报|投诉|申请)人|消费者|律师)$/u;

/** Before the name of somebody of the other side. */
const isTheirPerson =
  /(?:他|她|他们|人家|对方|那家|那个|这家)(?:们|家)?(?:的)?(?:那个)?(?:厂长|老板娘?|店主|店长|经理|总经理|法人|法定代表人|负责人|业务员|主播|摊主|会计)(?:就)?(?:是|叫|姓|名叫)$/u;

/** „带走图纸的是以前的车间主任，姓…“ names none to call either. */
const isOfTheirs =
  /(?:他们|那家|对方|以前|原来|之前|离职)[^。]{0,8}(?:主任|员工|同事|徒弟|会计|技术员|业务员|经理|厂长|老板)[，,\s]*(?:就)?(?:姓|叫|是)$/u;

/** „店在任丘，叫…“ is about to name the shop, whoever was asked for. */
const calledShop = /(?:店|厂子?|公司|摊子?|铺子?|门市)(?!长|主)[^。]{0,16}[，。\s](?:就|名)?叫(?:做)?$/u;

/** Whether the rules know that what was learned to be a value is another thing, however probable. */
function isOtherwise(
  { slot, value, start, end }: Tagged,
  { text, clauses, words, slots }: Pick<Reading, "text" | "clauses" | "words" | "slots">,
): boolean {
  if (value.length > maxNameChars || isTalk(value, words) || isNegated(text, start)) return true;
  const span = { start, end };
  if (clauses.some((clause) => isWhole(span, clause) && !couldBeName(value, clause.text, words))) return true;
  // „他们厂长叫…“ names none to call.
  if (slot === "contactName")
    return (
      !couldBePerson(value, words) ||
      isTheirPerson.test(text.slice(Math.max(0, start - 12), start)) ||
      isOfTheirs.test(text.slice(Math.max(0, start - 16), start)) ||
      // „店在…，叫满福源“ names the shop, whoever was asked for.
      (calledShop.test(text.slice(0, start)) &&
        slots.infringer !== undefined &&
        overlaps(slots.infringer, span))
    );
  if (isRole.test(value)) return true;
  if (slot !== "infringer") return false;
  return (
    isOwnName(text, start) ||
    // „我叫刘建国，姓名王秀兰“ tells two names of the person's own.
    /(?<!厂长|老板|店主|对方|人家|[他她])(?:的)?姓名(?:是|叫|[:：])?\s*$/u.test(
      text.slice(Math.max(0, start - 10), start),
    ) ||
    (slots.product !== undefined && isCalledOutright(slots.product.rule) && overlaps(slots.product, span)) ||
    (slots.stall !== undefined && overlaps(slots.stall, span)) ||
    holdsRight(text.slice(end, end + 50)) ||
    isRunBySpeaker(text.slice(Math.max(0, start - 20), start), text.slice(end)) ||
    /^(?:(?:做|卖|修|收|开)(?!心)|姓)/u.test(value) ||
    (isDescription(value, words) && !/[“"「『]/u.test(text[start - 1] ?? "")) ||
    isNoFirm(value, text.slice(Math.max(0, start - 14), start), text.slice(end, end + 8))
  );
}

/** The firm and the goods that the rest of the message implies, once the kind of report is known. */
export function readImplied(
  { text, words, slots, readers, expectation }: Reading,
  { mentions }: Where,
): void {
  if (slots.reportType?.value === "专利纠纷调解") put(slots, "infringer", employerIn(text, mentions, words));
  const { infringer } = slots;
  if (
    slots.product === undefined &&
    infringer !== undefined &&
    (sentOnGoods.test(text) || maker.test(infringer.value))
  )
    put(slots, "product", goodsOfFirm(infringer, words));
  if (slots.reportType?.value === "地理标志")
    put(slots, "product", goodsOfPlace(text, readers.places(text), words));
  // „有家天鸿弯头，冒用我们厂的专利号“: what a firm is called after is the likeliest guess at what it sells.
  if (
    infringer !== undefined &&
    slots.reportType !== undefined &&
    slots.product === undefined &&
    !/[厂司店]$/u.test(infringer.value)
  )
    put(slots, "product", goodsOfFirm(infringer, words));
  // „姓张的“ to the question who it is.
  const answersWho =
    expectation.asking.includes("infringer") && /^姓[\u4e00-\u9fff]{1,2}的[。！\s]*$/u.test(text);
  if (infringer === undefined && answersWho) put(slots, "infringer", onlySurname(text, words));
  if (infringer !== undefined || slots.reportType === undefined) return;
  put(slots, "product", goodsOfTrade(text, words));
  put(slots, "infringer", onlySurname(text, words));
}

/** „有个姓樊的在微信上给人代理“: all that is known of who it is. */
function onlySurname(text: string, words: Lexicon): Found<string> | undefined {
  const match =
    /(?:^|[有是]个?|[那这]个?|一个|个|举报|投诉|让|叫|被|跟)(?<name>姓(?<family>[\u4e00-\u9fff]{1,2})的)(?!客户|朋友|专利权人|律师|老师|同事|领导|师傅|邻居)/u.exec(
      text,
    );
  const { name, family = "" } = match?.groups ?? {};
  if (match === null || name === undefined || !words.surnames.has(family[0] ?? "")) return undefined;
  const start = match.index + match[0].length - name.length;
  return { value: name, start, end: start + name.length, rule: "infringer.surnamed" };
}

/** „假黄骅冬枣“: what bears the name of a place. */
function goodsOfPlace(text: string, places: readonly Span[], words: Lexicon): Found<string> | undefined {
  for (const { end } of places) {
    const behind = /^[\u4e00-\u9fff]{2,6}/u.exec(text.slice(end))?.[0] ?? "";
    for (let length = behind.length; length >= 2; length--) {
      const goods = behind.slice(0, length);
      if (words.goodsAt(goods) === goods)
        return { value: goods, start: end, end: end + length, rule: "product.ofPlace" };
    }
  }
  return undefined;
}

/** „有个法兰厂，失效了还印专利号“: the goods of a firm that has no name yet. */
function goodsOfTrade(text: string, words: Lexicon): Found<string> | undefined {
  const match =
    /[个家间那这](?<goods>[^，。的\s]{1,6}?)(?:加工|制造|生产)?(?:(?:厂|作坊)(?!子|家|房|长|商|妹|址)|摊(?!牌|位?号))/u.exec(
      text,
    );
  const goods = match?.groups?.["goods"];
  if (match === null || goods === undefined || words.goodsAt(goods) !== goods) return undefined;
  const start = match.index + 1;
  return { value: goods, start, end: start + goods.length, rule: "product.ofTrade" };
}
