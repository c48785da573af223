import { articleName, parseNumeral } from "../text/numerals.ts";
import type { Instrument } from "./instrument.ts";

/** An article named in a text. */
export type ArticleReference = {
  /** The instrument named right before it, by title or alias; undefined where none is. */
  instrument: Instrument | undefined;
  /** An edition named by 旧, 老 or its year: 2010年的细则. */
  edition: string | undefined;
  /** Whether the person means an edition no longer in force without naming its year. */
  old: boolean;
  number: number;
  inserted: number | undefined;
  /** 第…条 as statutes write it. */
  article: string;
  /** 款, from 1. */
  paragraph: number | undefined;
  /** Where it stands in the text, the instrument's name included. */
  start: number;
  end: number;
};

/** Finds the articles named in a folded text, in their order. */
export type FindReferences = (folded: string) => ArticleReference[];

const numeral = "[〇零一二三四五六七八九十百千两壹贰叁肆伍陆柒捌玖拾佰仟]+|\\d{1,4}";
const articlePattern = `(?:第\\s*(${numeral})\\s*条|(?<![\\d.])(${numeral})\\s*条)(?:之(${numeral}))?(?:第?\\s*(${numeral})\\s*款)?`;

/**
 * Names of instruments and article numbers as people write them: 《专利法》第六十八条,
 * 专利法68条, 老细则八十四条, 令81第7条, 第42条第2款. A number is taken whole, so
 * that 第十条 is never found in 第二十条; a bare 68条 counts only behind a name.
 */
export function createFindReferences(instruments: readonly Instrument[]): FindReferences {
  const { byName, names } = namesOf(instruments);
  const age = "(?<age>旧版?的?|老版?的?|原来的?|以前的?|修改前的?|修法前的?|(?:(?:19|20)\\d\\d)年?版?的?)?";
  const law = `(?:${age}\\s*(?:中华人民共和国)?《?(?:中华人民共和国)?(?<law>${names})》?(?<after>\\((?:19|20)\\d\\d[^)]{0,8}\\)|(?:19|20)\\d\\d年?版?|老版|旧版)?(?:里头?|上|中)?的?(?:规定的?)?\\s*[,，:：]?\\s*)?`;
  // The alias table is data, so the pattern is built once per table.
  const pattern = new RegExp(law + articlePattern, "gu");

  return (folded) => {
    const found: ArticleReference[] = [];
    for (const match of folded.matchAll(pattern)) {
      const [whole, , , , formal, bare, inserted, paragraph] = match;
      const groups = match.groups ?? {};
      const name = groups["law"];
      const instrument = name === undefined ? undefined : byName.get(name);
      // „专利法82条后面那条 83条说的啥“: a bare number behind an article that was named, of which it is asked.
      const asksOn =
        found.length > 0 &&
        asked.test(
          folded
            .slice(match.index + whole.length)
            .trimStart()
            .slice(0, 4),
        );
      if (formal === undefined && instrument === undefined && !asksOn) continue;
      const number = parseNumeral(formal ?? bare ?? "");
      if (number === undefined || number === 0) continue;
      const insertedNumber = inserted === undefined ? undefined : parseNumeral(inserted);
      const said = `${groups["age"] ?? ""}${groups["after"] ?? ""}`;
      const year = /(?:19|20)\d\d/u.exec(said)?.[0];
      const edition =
        year === undefined
          ? undefined
          : instrument?.editions.find(
              (one) => one.edition.startsWith(year) || one.effectiveFrom.startsWith(year),
            )?.edition;
      found.push({
        instrument,
        edition,
        old: /[旧老原前]/u.test(said),
        number,
        inserted: insertedNumber,
        article: articleName(number, insertedNumber),
        paragraph: paragraph === undefined ? undefined : parseNumeral(paragraph),
        start: match.index,
        end: match.index + whole.length,
      });
    }
    return found;
  };
}

const asked = /^(?:$|说|写|讲|规定|呢|咋|怎么|是(?:啥|什么|嘛)|[?？])/u;

/** The number of 第…条(之…), or undefined where it is not written as statutes write it. */
export function articleNumberOf(
  article: string,
): { number: number; inserted: number | undefined } | undefined {
  const match = /^第([一二三四五六七八九十百千零]+)条(?:之([一二三四五六七八九十]+))?$/u.exec(article);
  if (match === null) return undefined;
  const number = parseNumeral(match[1] ?? "");
  const inserted = match[2] === undefined ? undefined : parseNumeral(match[2]);
  if (number === undefined || articleName(number, inserted) !== article) return undefined;
  return { number, inserted };
}

/** An instrument named in a text. */
export type InstrumentMention = { instrument: Instrument; start: number; end: number };

/** Finds the instruments named in a folded text, by title or alias, in their order. */
export type FindInstruments = (folded: string) => InstrumentMention[];

/** The longest name wins: 专利法实施细则 is no mention of 专利法. */
export function createFindInstruments(instruments: readonly Instrument[]): FindInstruments {
  const { byName, names } = namesOf(instruments);
  const pattern = new RegExp(names, "gu");
  return (folded) =>
    [...folded.matchAll(pattern)].flatMap(({ 0: name, index }) => {
      const instrument = byName.get(name);
      return instrument === undefined ? [] : [{ instrument, start: index, end: index + name.length }];
    });
}

/**
 * Titles and aliases as a text is read ((二), not （二）), and an alternation of them, longest
 * first. They are in simplified characters, so that NFKC is all the folding they need.
 */
function namesOf(instruments: readonly Instrument[]): { byName: Map<string, Instrument>; names: string } {
  const byName = new Map<string, Instrument>();
  for (const instrument of instruments) {
    for (const name of [instrument.title, ...instrument.aliases]) {
      const key = name.normalize("NFKC").replace(/\s/gu, "");
      if (!byName.has(key)) byName.set(key, instrument);
    }
  }
  const names = [...byName.keys()]
    .sort((a, b) => b.length - a.length)
    .map((name) => name.replace(/[.*+?^${}()|[\]\\]/gu, "\\$&"))
    .join("|");
  return { byName, names };
}
