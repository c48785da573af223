import type { Lexicon } from "../lexicon.ts";

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
export function withoutSuffix(text: string, words: Lexicon): string {
  return text.slice(0, text.length - (words.firmSuffixAt(text)?.length ?? 0));
}

/** Whether a name is no name: 厂子, 铸件厂, 小五金店 — a word for a firm with nothing but a trade before it. */
export function isGeneric(text: string, words: Lexicon): boolean {
  if (words.genericPlaces.has(text)) return true;
  // „一家茶叶店“ says of what kind it is.
  if (/^(?:一|有|那|这)家[\u4e00-\u9fff]{1,3}(?:店|厂|摊|铺子?|门市)$/u.test(text)) return true;
  let stem = text;
  for (const { spelling } of words.platforms) {
    if (stem.startsWith(spelling)) stem = stem.slice(spelling.length);
  }
  // „抖音直播间“ says on what, and not who is on it.
  stem = stem.replace(/^(?:上|里)?的?(?:直播间?|小店|橱窗|网店|店铺)(?:里|上)?卖?$/u, "");
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
