import type { RankedDocument } from "./corpus.ts";
import { facetsSet } from "./facets.ts";
import { createIndexBuilder, type TermIndex } from "./term-index.ts";
import { characterTerms } from "./terms.ts";

/** What holds of a document whatever is asked, in this order. */
export const fixedTraits = [
  /** Natural logarithm of its length in characters. */
  "length",
  /** Natural logarithm of how many documents its law has. */
  "lawSize",
  /** Where in its law it stands, 0–1. */
  "placeInLaw",
  /** log(1 + how often other laws name its law). */
  "fame",
  /** log(1 + how often other articles name it); only where documents are articles by number. */
  "named",
  /** Decades since 2010. */
  "age",
  /** Statute 0, judicial interpretation 1, regulation 2, rules 3, other 4. */
  "rank",
  /** Says why a law was made, or when it takes effect: nearly never an answer. */
  "frame",
] as const;

/** The laws and headings of a corpus, and what holds of each document whatever is asked. */
export type Surroundings = {
  /** Numbers of each document's law, and of its heading within the law. */
  law: Uint16Array | Uint32Array;
  chapter: Uint32Array;
  /** What each text sets, a bit each (`facets.ts`). */
  facets: Uint16Array;
  /** `fixedTraits` of each document, a row each. */
  fixed: Float32Array;
  lawSizes: Uint32Array;
  /** Names of the laws and of the headings, by number. */
  lawNames: TermIndex;
  chapterNames: TermIndex;
};

/** Words of titles that tell nothing of their matter. */
const formulas =
  /最高人民法院|最高人民检察院|关于|审理|适用|法律|问题|若干|规定|解释|中华人民共和国|案件|第[一二三四五六七八九十]+[编章节]/gu;

/** Reads the surroundings of all documents. `articleOf`: the number of a document as other texts name it. */
export function readSurroundings(
  documents: readonly RankedDocument[],
  articleOf: (id: number) => string = () => "",
): Surroundings {
  const laws = new Map<string, number>();
  const chapters = new Map<string, number>();
  const chapterNames: string[] = [];
  const law = new Uint32Array(documents.length);
  const chapter = new Uint32Array(documents.length);
  const byNumber = new Map<string, number>();
  documents.forEach((document, id) => {
    law[id] = numberIn(laws, document.law);
    const held = chapters.size;
    chapter[id] = numberIn(chapters, `${document.law}|${document.chapter}`);
    if (chapters.size > held) chapterNames.push(document.chapter);
    const article = articleOf(id);
    if (article !== "") byNumber.set(`${document.law}${article}`, id);
  });
  const lawSizes = new Uint32Array(laws.size);
  for (const number of law) lawSizes[number] = (lawSizes[number] as number) + 1;
  const { fame, named } = countNaming(documents, laws, byNumber);

  const facets = new Uint16Array(documents.length);
  const width = fixedTraits.length;
  const fixed = new Float32Array(documents.length * width);
  const seen = new Uint32Array(laws.size);
  documents.forEach(({ law: title, text, year }, id) => {
    const number = law[id] as number;
    const size = lawSizes[number] as number;
    facets[id] = facetsSet(text);
    fixed.set(
      [
        Math.log(text.length + 1),
        Math.log(size),
        (seen[number] as number) / size,
        Math.log1p(fame[number] as number),
        Math.log1p(named[id] as number),
        (year - 2010) / 10,
        rankOf(title),
        /^为了.{0,200}制定本|自.{0,24}起施行/u.test(text) ? 1 : 0,
      ],
      id * width,
    );
    seen[number] = (seen[number] as number) + 1;
  });
  return {
    law: laws.size <= 0xffff ? Uint16Array.from(law) : law,
    chapter,
    facets,
    fixed,
    lawSizes,
    lawNames: indexNames([...laws.keys()]),
    chapterNames: indexNames(chapterNames),
  };
}

/** How often laws and articles are named by others. */
function countNaming(
  documents: readonly RankedDocument[],
  laws: ReadonlyMap<string, number>,
  byNumber: ReadonlyMap<string, number>,
): { fame: Uint32Array; named: Uint32Array } {
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
        fame[number] = (fame[number] as number) + 1;
        current = title;
      } else if (own !== undefined) current = law;
      else {
        const target = byNumber.get(`${current}${whole}`);
        if (target !== undefined && target !== id) named[target] = (named[target] as number) + 1;
      }
    }
  });
  return { fame, named };
}

function indexNames(names: readonly string[]): TermIndex {
  const builder = createIndexBuilder();
  for (const name of names) builder.add([{ terms: characterTerms(name.replace(formulas, " ")), weight: 1 }]);
  return builder.build();
}

function numberIn(numbers: Map<string, number>, name: string): number {
  const held = numbers.get(name);
  if (held !== undefined) return held;
  numbers.set(name, numbers.size);
  return numbers.size - 1;
}

function rankOf(title: string): number {
  if (/解释|批复|若干问题|最高人民法院/u.test(title)) return 1;
  if (/条例/u.test(title)) return 2;
  if (/法$|法典$/u.test(title)) return 0;
  return /规则|规定|办法|细则/u.test(title) ? 3 : 4;
}
