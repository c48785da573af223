import type { SlotName } from "../../../reports/report.ts";
import { type Found, overlaps, type Span } from "../spans.ts";

/** What a correction names, and what it takes back. */
export type Correction = { instead: string; value: Found<string> };

const correctionRules = [
  /(?:不是|不叫|别写)(?<old>(?:(?!不[是叫])[^，。,、；;！!？?：:\s]){2,14}?)(?:的)?[，,、 ]?(?:[^，。,不]{0,6}(?:写|挂|印|刻|喷)(?:的|着)|人家|实际上?|其实|正经|(?:(?:我)?(?:寻思|琢磨|想)(?:了)?(?:一?下|想)?[，,、 ]?)?(?:那|这)(?:个|玩意儿?|东西)?(?=叫)|那(?:个)?是[^，。,不]{1,6}?的?名?(?:厂|店|公司)(?:名|家)?)?(?:是|叫|而是|应该是|应该叫|(?<=(?:写|挂|印|刻|喷)(?:的|着)))(?:(?:隔壁|旁边|对面|对门|那边|[东西南北]边)(?:那)?家?的?)?(?<now>[^，。,、；;！!？?：:\s不]{2,24}?)(?=[，。；;！!？?\s的吧啊]|$)/gu,
  /(?:是|叫|改成|改为|应该是|应该叫)(?<now>[^，。,、；;！!？?：:\s不]{2,24}?)(?:的)?[，,、 ]?(?:(?:我)?(?:打|说|写|记)(?:快|错|岔|混|串)了[，,、 ]*)?(?:不是|不叫|而不是)(?<old>[^，。,、；;！!？?：:\s]{2,14}?)(?=[，。；;！!？?\s的吧啊]|$)/gu,
  /(?<old>[^，。,、；;！!？?：:\s]{2,10}?)(?:也)?(?:改成|改为|换成|写成|更正为)[ ：:]*(?<now>[^，。,、；;！!？?：:\s]{2,20}?)(?=[，。；;！!？?\s的吧啊]|$)/gu,
  /(?<old>[^，。,、；;！!？?：:\s]{2,10}?)(?:那个|这个|那里|这里|那条|那项|也|还|得|要)*(?:(?:改|换)(?:一?下)?|不对|(?<=[也都还])不是|(?:说|写|打|记|填|弄|搞)?错了)[，,、 ]+(?:应该|其实|实际上?|人家)?(?:那)?(?:是|叫|该是|改成|改为)(?<now>[^，。,、；;！!？?：:\s]{2,20}?)(?=[，。；;！!？?\s的吧啊]|$)/gu,
  // „叫宏利五金 哦不对 宏利工具“: told anew at once, and both begin alike.
  /(?:是|叫)(?<old>(?<alike>[\u4e00-\u9fff]{2})[^，。,、；;！!？?：:\s]{0,8})[，。,… ]{1,3}(?:哦|啊|哎|噢|呃|嗯|哎呀)?[，, ]?(?:不对|不是|(?:说|记|写|打)错了?|错了)[，。, ]*(?:应该)?(?:是|叫)?(?<now>\k<alike>[^，。,、；;！!？?：:\s]{1,12}?)(?=[，。；;！!？?\s的吧啊]|$)/gu,
];

/** A word that a character is in, and the character: 山峰的峰. */
const spelling = (name: string): string =>
  `[^，。的]{0,2}(?<${name}>[\\u4e00-\\u9fff])[^，。的]{0,2}的\\k<${name}>`;

/** „不是丰收的丰，是山峰的峰“ and „山峰的峰，不是丰收的丰“ spell one character. */
const spelledRules = [
  new RegExp(`不是${spelling("old")}[，,、 ]?(?:而|应该)?(?:是)?${spelling("now")}`, "gu"),
  new RegExp(`${spelling("now")}[，,、 ]?(?:而)?不是${spelling("old")}`, "gu"),
];

/** What a message corrects, „不是甲，是乙“ and „是乙不是甲“, each thing once, in the order of the text. */
export function findCorrections(text: string): Correction[] {
  const found: Correction[] = [];
  const read: Span[] = [];
  for (const rule of spelledRules) {
    for (const match of text.matchAll(rule)) {
      const { now = "", old = "" } = match.groups ?? {};
      read.push({ start: match.index, end: match.index + match[0].length });
      const start = match.index + match[0].indexOf(now);
      found.push({ instead: old, value: { value: now, start, end: start + 1, rule: "correction" } });
    }
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

/** „在小王集不在杜生“, „不在杜生，在小王集“: one place for another. */
const movedRules = [
  /(?<!不)在(?<now>(?:(?!不在)[^，。,\s]){2,8}?)[，,、\s]*(?:而)?不在(?<old>[^，。,\s]{2,8})/u,
  /不在(?<old>[^，。,\s]{2,8}?)[，,、\s]*(?:而)?(?:是)?(?<!不)在(?<now>[^，。,\s]{2,8})/u,
];

/** The finer place that takes the place of one that stands; undefined if none is told so. */
export function movedTo(text: string, standing: string | undefined): Found<string> | undefined {
  for (const rule of movedRules) {
    const match = rule.exec(text);
    const { now = "", old = "" } = match?.groups ?? {};
    if (match === null || standing === undefined || !standing.includes(old.replace(/[镇乡村]$/u, "")))
      continue;
    const start = match.index + match[0].indexOf(now);
    return { value: now, start, end: start + now.length, rule: "location.mended" };
  }
  return undefined;
}

const han = "[\\u4e00-\\u9fff]";

/** How one character of a name is told to be another, by a word that the right one is in. */
const characterRules = [
  // 铭字打错了，是明天的明
  new RegExp(
    `(?<old>${han})(?:字)?(?:打|写|记|说|弄|听)?错了?[，,、 ]*(?:应该)?是(?<word>${han}{1,3})的(?<now>${han})`,
    "u",
  ),
  // 远恒的恒是横竖的横
  new RegExp(
    `(?<name>${han}{1,6})的(?<old>${han})(?:字)?(?:应该|其实|得)?是(?<word>${han}{1,3})的(?<now>${han})`,
    "u",
  ),
  // 伟不是伟大的伟，是王字旁的那个玮
  new RegExp(
    `(?<old>${han})(?:字)?不是[^，。]{1,4}的\\k<old>(?:啊|呀|哈)?[，,、 ]*(?:而)?是[^，。]{1,6}旁?的(?:那个)?(?<now>${han})`,
    "u",
  ),
];

/** 是蓝弯，弯曲的弯: a name with a character that is spelled right behind it. */
const spelledBehind = new RegExp(
  `(?<name>${han}{2,8})[，,、 ]+(?<word>${han}{1,3})的(?<now>${han})(?=$|[^\\u4e00-\\u9fff]|这?个?字|吧|啊)`,
  "u",
);

/** 打错我的姓了，是四季的季: the family name of the person. */
const spelledSurname = new RegExp(
  `姓[^，。]{0,8}?[，,、 ]*(?:而|应该)?(?<!不)是(?<word>${han}{1,3})的(?<now>${han})(?=$|[^\\u4e00-\\u9fff]|吧|啊)`,
  "u",
);

/** What one character that is spelled out mends of a name that stands; undefined if none is. */
export function mendedBySpelling(
  text: string,
  known: { infringer?: string | undefined; product?: string | undefined; contactName?: string | undefined },
): (Found<string> & { slot: "infringer" | "product" | "contactName" }) | undefined {
  const mended = (slot: "infringer" | "product" | "contactName", value: string, match: RegExpExecArray) => ({
    slot,
    value,
    start: match.index,
    end: match.index + match[0].length,
    rule: `${slot}.mended`,
  });
  const surname = spelledSurname.exec(text);
  const { contactName } = known;
  if (surname?.groups !== undefined && contactName !== undefined && contactName.length > 1) {
    const { word = "", now = "" } = surname.groups;
    if (word.includes(now)) return mended("contactName", now + contactName.slice(1), surname);
  }
  for (const rule of characterRules) {
    const match = rule.exec(text);
    const { old = "", now = "", word = now, name = old } = match?.groups ?? {};
    if (match === null || old === now || !word.includes(now) || !name.includes(old)) continue;
    for (const slot of ["infringer", "contactName", "product"] as const) {
      const standing = known[slot];
      if (standing?.includes(old) === true) return mended(slot, standing.replace(old, now), match);
    }
  }
  const behind = spelledBehind.exec(text);
  const { infringer } = known;
  if (behind?.groups === undefined || infringer === undefined) return undefined;
  const { name = "", word = "", now = "" } = behind.groups;
  if (!name.includes(now) || !word.includes(now)) return undefined;
  // The name may be led by 是 or 叫, and be cut short: 蓝弯 of 蓝湾食品.
  for (let from = 0; from + 2 <= name.length; from++) {
    const told = name.slice(from);
    const other = [...told].filter((character, at) => character !== infringer[at]);
    if (told.length <= infringer.length && other.length === 1 && other[0] === now)
      return mended("infringer", told + infringer.slice(told.length), behind);
  }
  return undefined;
}

/** What a summary calls a thing, as people say it. */
const labels = {
  product: /(?:产品|东西|货)(?:名(?:字|称)?)?/u,
  infringer: /(?:厂|店|公司|商)(?:家)?的?名(?:字|称)?|字号|招牌/u,
  stall: /(?:摊位|档口|摊|铺位|门牌|展位|展台)号?/u,
} as const;

const furtherLabels = {
  contactPhone: /(?:电话|手机)号?码?/u,
  contactName: /(?:我|俺)(?:的)?(?:名字?|姓)|姓名|称呼/u,
  patentNumber: /专利号/u,
  county: /县|区县|哪个县/u,
  location: /地方|地址|地点|位置/u,
} as const;

const calledWrongPatterns = (Object.entries({ ...labels, ...furtherLabels }) as [SlotName, RegExp][]).map(
  ([slot, label]) => ({
    slot,
    pattern: new RegExp(
      `(?:${label.source})(?:那(?:里|块|项|栏|个)|这(?:里|块|项|栏|个))?(?:好像|可能|也|还|都|给|有点)*(?:不对|有误|不准|(?:说|写|打|填|记|弄|搞)?错(?:了|的)|(?:得|要|需要?|想)改(?:一?下)?)(?:了|啊|呀|吧)?[。！]*$`,
      "u",
    ),
  }),
);

/** The slot that a message calls wrong without telling what is right: 就是电话不对, 厂名写错了; undefined if it does not. */
export const calledWrong = (text: string): SlotName | undefined =>
  calledWrongPatterns.find(({ pattern }) => pattern.test(text.trim()))?.slot;

/** What takes the place of something that is called by its label: 产品写成执手, 摊位说错了 是218. */
export function mendedByLabel(
  text: string,
  known: { [L in keyof typeof labels]?: string | undefined },
): (Found<string> & { slot: keyof typeof labels })[] {
  return (Object.keys(labels) as (keyof typeof labels)[]).flatMap((slot) => {
    if (known[slot] === undefined) return [];
    const said = new RegExp(
      `(?:^|[，。、\\s把])(?:${labels[slot].source})(?:那(?:里|块|项|栏|个))?(?:(?:(?:改|换|写|填)(?:成|为)|更正为)|(?:应该|该|得|要)(?:写|填|改)?(?:成|是|叫)|(?:也|还|都)*(?:得|要|需要)?(?:改|换)(?:一?下|改)?[，,、 ]+(?:应该)?(?:叫|是|写)|(?:也|都|给|又)*(?:说|写|打|填|记|弄|搞|抄|整|念|看)?(?:错了|不对|有误|反了|岔了|颠倒了|混了|串了)[，,、 ]*(?:应该)?(?:是|叫|改成|改为))[ ：:]*(?<now>[^，。,、；;！!？?：:\\s]{1,20}?)(?:吧|啊|呀|哈)?(?=[，。；;！!？?\\s]|$)`,
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

/** „洗脚桶也不准，人家叫泡脚盆，你写泡脚盆“: what is to be written in place of what is known and named. */
export function mendedByOrder(
  text: string,
  known: { product?: string | undefined; infringer?: string | undefined },
  isGoods: (name: string) => boolean,
): (Found<string> & { slot: "product" | "infringer" }) | undefined {
  // „要不还是写止水带吧“: goods by themselves.
  const rather =
    /(?:要不|还是|就)(?:还是|就)?(?:写|叫|记|填)(?:成|作)?(?<now>[\u4e00-\u9fff]{2,10}?)(?:吧|得了)(?=$|[，。\s])/u.exec(
      text,
    );
  const goods = rather?.groups?.["now"];
  if (rather !== null && goods !== undefined && known.product !== undefined && isGoods(goods)) {
    const start = rather.index + rather[0].indexOf(goods);
    return { slot: "product", value: goods, start, end: start + goods.length, rule: "product.mended" };
  }
  const said =
    /(?:你|您)(?:就|给我|给|还是)*(?:写|记)(?:成|上|个)?(?<now>[\u4e00-\u9fff]{2,10}?)(?:吧|就行|就中|得了)?[。！]*$/u.exec(
      text.trim(),
    );
  const now = said?.groups?.["now"];
  if (said === null || now === undefined) return undefined;
  const slot = (["product", "infringer"] as const).find((one) => {
    const standing = known[one];
    return standing !== undefined && standing !== now && text.includes(standing);
  });
  if (slot === undefined) return undefined;
  const start = text.indexOf(said[0]) + said[0].indexOf(now);
  return { slot, value: now, start, end: start + now.length, rule: `${slot}.mended` };
}
