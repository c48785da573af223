import type { Lexicon } from "./lexicon.ts";
import { isDescription, isGeneric } from "./names.ts";
import { type Found, placesOf, type Span } from "./spans.ts";

/** A name, or goods, are no longer than this. */
export const maxNameChars = 30;

/** Whether a name ends in a word for a firm, and is more than that and a trade. */
export const isFirm = (name: string, words: Lexicon): boolean =>
  words.firmSuffixAt(name) !== undefined && !isGeneric(name, words) && !isDescription(name, words);

/** Who employs the person, the other side of a quarrel over an invention made at work: 我在泊头华泽环保上班. */
export function employerIn(text: string, places: readonly Span[], words: Lexicon): Found<string> | undefined {
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
export const sentOnGoods = /包装|盒子?上|袋子?上|箱子?上|铭牌|吊牌|标签|外壳|说明书|产品上/u;

/** What a firm is called that makes what it is called after. */
export const maker = /(?:制造|生产|加工)(?:有限)?(?:责任)?公司$/u;

/** The goods that a firm is called after: 瑞丰汽车坐垫厂 makes 汽车坐垫. */
export function goodsOfFirm(firm: Found<string>, words: Lexicon): Found<string> | undefined {
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
export function inFull(found: Found<string>, text: string, places: readonly Span[]): Found<string> {
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

/** What was chosen, then what else was found. */
export const rankedFirst = (chosen: Found<string> | undefined, others: readonly Found<string>[]) =>
  chosen === undefined ? others : [chosen, ...others.filter(({ start }) => start !== chosen.start)];
