import type { Lexicon } from "../lexicon.ts";
import { type Clause, type Found, overlaps, type Span } from "../spans.ts";
import { isGeneric } from "./no-name.ts";

/** A short clause that stands as the whole answer to a question for a name. */
export function bareAnswer(
  clauses: readonly Clause[],
  taken: readonly Span[],
  words: Lexicon,
  slot: "infringer" | "product",
): Found<string> | undefined {
  for (const clause of clauses) {
    if (/[?？]/u.test(clause.mark)) continue;
    const lead =
      /^(?:\s|(?:就)?是(?:一)?(?:个|款|种)|的|是|就是|叫做?|叫|名(?:字|称)?(?:是|叫)|厂名是?|店名是?|好像(?:是|叫)?|应该(?:是|叫)|就|那家|那个|一个|一家|做|卖|生产|产品(?:是|叫)?|东西是|是个|是做|是卖)+/u.exec(
        clause.text,
      );
    let start = clause.start + (lead?.[0].length ?? 0);
    let value = clause.text.slice(lead?.[0].length ?? 0).replace(/(?:的|啊|吧|呢|了|哈|呀|这家|那家)+$/u, "");
    // An address before the name is not part of it: 南皮县冯家口的老王五金.
    for (const place of taken) {
      if (place.start <= start && place.end > start && place.end < start + value.length) {
        value = value.slice(place.end - start).replace(/^\s*(?:的|那个|那家|有个|有家)?\s*/u, "");
        start = clause.end - value.length;
      }
    }
    const span = { start, end: start + value.length };
    if (value.length < 2 || value.length > 24) continue;
    if (taken.some((other) => overlaps(other, span))) continue;
    if (/^[\d\s.-]+$/.test(value) || !couldBeName(value, clause.text, words)) continue;
    // „是个台灯“ says what it is, not who.
    const isGoods =
      words.goodsAt(value) === value || /^(?:就)?是(?:一)?(?:款|种|台|套|件|把|盏|辆)/u.test(clause.text);
    // „老百姓分不清“ tells something of somebody.
    const tells =
      /^[\u4e00-\u9fff]{2,}(?:不|没)[\u4e00-\u9fff]{1,3}$/u.test(value) &&
      words.firmSuffixAt(value) === undefined;
    // „插一句“, „多问一嘴“ leads up to a question.
    const leadsUp =
      /^(?:再|先|我|俺)*(?:插|多?问|打听|捎带问)(?:一?[句嘴声下]|个)(?:话|事)?$|^打(?:个|一下)?岔$/u.test(
        value,
      );
    // „街坊都说好“ tells of those who buy.
    const ofBuyers =
      /^(?:顾客|客户|买家|老百姓|街坊|邻居|大伙儿?|别人|人家)[\u4e00-\u9fff]{0,2}(?:老|总|都|也|就|认|分|买|说|以为)/u.test(
        value,
      );
    if (tells || leadsUp || ofBuyers) continue;
    if (slot === "product" ? words.genericProducts.has(value) : isGeneric(value, words) || isGoods) continue;
    return { value, ...span, rule: `${slot}.bare` };
  }
  return undefined;
}

/** Whether a clause that stands alone may be a name: it is no answer of another kind, no question and no small talk. */
export function couldBeName(value: string, clause: string, words: Lexicon): boolean {
  const { intents } = words;
  const otherIntents = [
    intents.cancel,
    intents.submit,
    intents.finish,
    intents.handoff,
    intents.greet,
    intents.thanks,
    intents.chitchat,
    intents.abuse,
    intents.injection,
    intents.resume,
    intents.confirm,
    intents.deny,
  ];
  const otherAnswers = [
    words.unknown,
    words.skip,
    words.question,
    words.anonymousYes,
    words.noEvidence,
    words.correction,
    words.suedYes,
    words.suedNo,
    words.callbackYes,
    words.callbackNo,
  ];
  // Who is longer than a name, and has no word for a firm or a trade at the end, tells something else.
  const suffixed = [...words.companySuffixes, ...words.tradeSuffixes].some((suffix) =>
    value.endsWith(suffix),
  );
  if ((value.length > 8 && !suffixed) || !/\p{L}/u.test(value)) return false;
  if (otherIntents.some((pattern) => pattern.test(value) || pattern.test(clause))) return false;
  // „远通咨询“ is a trade, and asks nothing.
  const named = value.replace(/(?<=^[\u4e00-\u9fff]{2,6})(?<![想要来可以能先法律免费电话])咨询$/u, "");
  if (otherAnswers.some((pattern) => pattern.test(named))) return false;
  return true;
}
