import type { RankedDocument } from "./corpus.ts";

/**
 * What kind of thing a question asks for, and whether a text sets such a thing: how
 * long, how much, which cases, what it means, who must, who may, who is liable, what
 * the penalty is, what falls away. A pair of the two says more than a shared word.
 */
const facets: readonly { asks: RegExp; sets: RegExp }[] = [
  {
    asks: /多久|多长|期限|几天|几年|几个月|时间|啥时候|什么时候|何时|日期|期间|时效/u,
    sets: /[零一二三四五六七八九十百千两\d]+(个月|日|年|小时|周|天)/u,
  },
  { asks: /多少|罚款|数额|金额|标准|几倍|比例|几个钱/u, sets: /罚款|[万千百\d]元|百分之|\d%|倍/u },
  { asks: /哪些|哪几|什么情形|情况|条件|包括|材料/u, sets: /下列|以下|[(（]一[)）]/u },
  { asks: /什么是|是什么|啥是|何为|定义|含义|算不算|属于/u, sets: /是指|所称|包括/u },
  { asks: /应当|需要|必须|义务|要不要|得不得/u, sets: /应当|必须/u },
  { asks: /可以|能否|是否|能不能|可否|有权|中不中|吗|不$/u, sets: /可以|不得|禁止|有权/u },
  { asks: /责任|赔|承担|负责/u, sets: /责任|赔偿/u },
  { asks: /处罚|犯罪|判刑|坐牢|量刑|违法|罚/u, sets: /处.{0,12}(徒刑|拘役|拘留|罚)|罚款|没收/u },
  { asks: /有效|无效|撤销|解除|终止|作废/u, sets: /无效|撤销|解除|终止/u },
];

export const facetCount = facets.length;

/** Which facets a folded question asks for, a bit each. */
export function facetsAsked(question: string): number {
  return facets.reduce((bits, { asks }, at) => (asks.test(question) ? bits | (1 << at) : bits), 0);
}

/** Which facets a text sets, a bit each. */
export function facetsSet(text: string): number {
  return facets.reduce((bits, { sets }, at) => (sets.test(text) ? bits | (1 << at) : bits), 0);
}

/** What holds of a document whatever is asked. */
export type DocumentTraits = {
  /** Numbers of its law and of its heading within the law. */
  law: number;
  chapter: number;
  facets: number;
  /** Natural logarithm of its length in characters. */
  length: number;
  /** Natural logarithm of how many documents its law has. */
  lawSize: number;
  /** Where in its law it stands, 0–1. */
  place: number;
  /** log(1 + how often other laws name its law). */
  fame: number;
  /** log(1 + how often other articles name it); only where documents are articles by number. */
  named: number;
  /** Decades since 2010. */
  age: number;
  /** Statute 0, judicial interpretation 1, regulation 2, rules 3, other 4. */
  rank: number;
  /** Says why a law was made, or when it takes effect: nearly never an answer. */
  frame: number;
};

/** Reads the traits of all documents. `articleOf`: the number of a document as other texts name it. */
export function traitsOf(
  documents: readonly RankedDocument[],
  articleOf: (id: number) => string,
): { traits: DocumentTraits[]; laws: string[]; chapters: string[] } {
  const laws = new Map<string, number>();
  const chapters = new Map<string, number>();
  const numberIn = (numbers: Map<string, number>, name: string) => {
    const held = numbers.get(name) ?? numbers.size;
    numbers.set(name, held);
    return held;
  };
  const ids = documents.map(({ law, chapter }) => ({
    law: numberIn(laws, law),
    chapter: numberIn(chapters, `${law}|${chapter}`),
  }));
  const sizes = new Uint32Array(laws.size);
  for (const { law } of ids) sizes[law] = (sizes[law] ?? 0) + 1;
  const byNumber = new Map(documents.map(({ law }, id) => [`${law}${articleOf(id)}`, id]));
  const fame = new Uint32Array(laws.size);
  const named = new Uint32Array(documents.length);
  documents.forEach(({ law, text }, id) => {
    let current = law;
    for (const match of text.matchAll(
      /《(?:中华人民共和国)?([^《》]{2,60})》|(本[法条例解释规定办细则]{1,2})|第[零一二三四五六七八九十百千]+条/gu,
    )) {
      const [whole, title, own] = match;
      if (title !== undefined) {
        const number = laws.get(title);
        if (number === undefined || title === law) continue;
        fame[number] = (fame[number] ?? 0) + 1;
        current = title;
      } else if (own !== undefined) current = law;
      else {
        const target = byNumber.get(`${current}${whole}`);
        if (target !== undefined && target !== id) named[target] = (named[target] ?? 0) + 1;
      }
    }
  });
  const seen = new Uint32Array(laws.size);
  const traits = documents.map(({ law: title, text, year }, id): DocumentTraits => {
    const { law, chapter } = ids[id] ?? { law: 0, chapter: 0 };
    const size = sizes[law] ?? 1;
    const place = (seen[law] ?? 0) / size;
    seen[law] = (seen[law] ?? 0) + 1;
    return {
      law,
      chapter,
      facets: facetsSet(text),
      length: Math.log(text.length + 1),
      lawSize: Math.log(size),
      place,
      fame: Math.log1p(fame[law] ?? 0),
      named: Math.log1p(named[id] ?? 0),
      age: (year - 2010) / 10,
      rank: rankOf(title),
      frame: /^为了.{0,200}制定本|自.{0,24}起施行/u.test(text) ? 1 : 0,
    };
  });
  return {
    traits,
    laws: [...laws.keys()],
    chapters: [...chapters.keys()].map((key) => key.slice(key.indexOf("|") + 1)),
  };
}

function rankOf(title: string): number {
  if (/解释|批复|若干问题|最高人民法院/u.test(title)) return 1;
  if (/条例/u.test(title)) return 2;
  if (/法$|法典$/u.test(title)) return 0;
  return /规则|规定|办法|细则/u.test(title) ? 3 : 4;
}
