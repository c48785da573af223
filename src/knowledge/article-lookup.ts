import type { Citation, Cite, TextStatus } from "../core/citation.ts";
import { articleNumberOf } from "./article-reference.ts";
import { type Edition, editionInForce, hasArticle, type Instrument, statusOn } from "./instrument.ts";
import type { Passage } from "./passage.ts";
import type { Renumbering } from "./sources.ts";

/** What is known of one article on a day. */
export type ArticleLookup =
  | {
      kind: "found";
      instrument: Instrument;
      edition: Edition;
      article: string;
      citation: Citation;
      /** Absent where the text is known to exist but is not collected. */
      digest: Passage | undefined;
    }
  | { kind: "unknownLaw" }
  /** `count`: how many articles the edition has, where that is known. */
  | { kind: "unknownArticle"; instrument: Instrument; edition: Edition; count: number | undefined }
  /** An older edition was asked for; `successor` is where its matter stands now. */
  | {
      kind: "superseded";
      instrument: Instrument;
      edition: Edition;
      successor: Citation | undefined;
      matched: boolean;
    }
  /** `successor`: title of the instrument that took its place. */
  | { kind: "repealed"; instrument: Instrument; edition: Edition; successor: string | undefined }
  | { kind: "notYetInForce"; instrument: Instrument; edition: Edition };

export type ArticleQuery = {
  /** Title or alias. */
  law: string;
  /** 第…条(之…). */
  article: string;
  /** `YYYY-MM-DD`. */
  asOf: string;
  /** Adoption day of an edition, where not the one in force is meant. */
  edition?: string;
};

export type Catalogue = {
  instrumentOf(name: string): Instrument | undefined;
  /** Whether a name is a title or alias with something left out: 知识产权促进条例. */
  isNearlyNamed(name: string): boolean;
  /** Title of the instrument that took the place of this one. */
  successorOf(instrument: Instrument): string | undefined;
  digestOf(law: string, edition: string, article: string): Passage | undefined;
  /** Whether a digest's edition is in force on the day. */
  inForce(digest: Pick<Passage, "law" | "edition">, asOf: string): boolean;
  cite: Cite;
  article(query: ArticleQuery): ArticleLookup;
  /** Where the matter of an old edition's article stands in a later one: undefined = no table, null = nowhere. */
  renumbered(law: string, edition: string, article: string): string | null | undefined;
  /** The edition before the one in force for which there is a table of numbers. */
  olderEdition(law: string, asOf: string): string | undefined;
};

/**
 * Look-ups over instruments, editions and old numbers. `isImported` tells whether the wording of an article is there,
 * which proves that the article is, whatever the catalogue knows of the edition.
 */
export function createCatalogue(
  instruments: readonly Instrument[],
  digests: readonly Passage[],
  tables: readonly Renumbering[],
  isImported: (law: string, edition: string, article: string) => boolean = () => false,
): Catalogue {
  const byName = new Map<string, Instrument>();
  for (const instrument of instruments) byName.set(instrument.title, instrument);
  for (const instrument of instruments) {
    for (const alias of instrument.aliases) if (!byName.has(alias)) byName.set(alias, instrument);
  }
  const titles = new Map(instruments.map(({ id, title }) => [id, title]));
  const successorOf = ({ successor }: Instrument) =>
    successor === undefined ? undefined : titles.get(successor);
  const digestKey = (law: string, edition: string, article: string) => `${law}|${edition}|${article}`;
  const byArticle = new Map(
    digests
      .filter(({ kind }) => kind === "statute")
      .map((digest) => [digestKey(digest.law, digest.edition, digest.article), digest]),
  );

  const names = [...byName.keys()];
  /** Whether the characters of `part` stand in `whole` in their order. */
  const standsIn = (part: string, whole: string) => {
    let at = 0;
    for (const character of whole) if (character === part[at]) at += 1;
    return at === part.length;
  };

  const instrumentOf = (name: string) =>
    byName.get(name.replace(/[《》\s]|中华人民共和国/gu, "")) ?? byName.get(name);

  function citation(instrument: Instrument, edition: Edition, article: string, status: TextStatus): Citation {
    return {
      law: instrument.title,
      article,
      edition: edition.edition,
      effectiveFrom: edition.effectiveFrom,
      status,
      sourceUrl: instrument.sourceUrl,
    };
  }

  function exists({ title }: Instrument, edition: Edition, article: string): boolean {
    const number = articleNumberOf(article);
    if (number === undefined) return false;
    if (number.inserted === undefined && hasArticle(edition, number.number)) return true;
    return isImported(title, edition.edition, article);
  }

  const cite: Cite = ({ law, article }, asOf) => {
    const instrument = instrumentOf(law);
    const edition = instrument === undefined ? undefined : editionInForce(instrument, asOf);
    if (instrument === undefined || edition === undefined) return undefined;
    if (!exists(instrument, edition, article)) return undefined;
    return citation(instrument, edition, article, "current");
  };

  function renumbered(law: string, edition: string, article: string): string | null | undefined {
    const row = tables
      .find((table) => table.law === law && table.from === edition)
      ?.articles.find((one) => one.from === article);
    return row === undefined ? undefined : row.to;
  }

  return {
    instrumentOf,
    isNearlyNamed: (name) => {
      const bare = name.replace(/[《》\s]|中华人民共和国|国家|全国|我国|中国/gu, "");
      return names.some(
        (known) => known === bare || (bare.length * 2 >= known.length && standsIn(bare, known)),
      );
    },
    successorOf,
    cite,
    renumbered,
    digestOf: (law, edition, article) => byArticle.get(digestKey(law, edition, article)),
    inForce: (digest, asOf) => {
      const instrument = byName.get(digest.law);
      return instrument !== undefined && editionInForce(instrument, asOf)?.edition === digest.edition;
    },
    olderEdition: (law, asOf) => {
      const current = editionInForceOf(byName.get(law), asOf);
      return tables.find((table) => table.law === law && table.to === current?.edition)?.from;
    },

    article({ law, article, asOf, edition: asked }) {
      const instrument = instrumentOf(law);
      if (instrument === undefined) return { kind: "unknownLaw" };
      const current = editionInForce(instrument, asOf);
      const edition =
        (asked === undefined ? current : instrument.editions.find((one) => one.edition === asked)) ??
        // Nothing in force that day: the first yet to come, else the last that was.
        instrument.editions.find((one) => one.effectiveFrom > asOf) ??
        instrument.editions.at(-1);
      if (edition === undefined) return { kind: "unknownLaw" };
      const status = statusOn(instrument, edition, asOf);
      if (status === "notYetInForce") return { kind: "notYetInForce", instrument, edition };
      if (status === "repealed")
        return { kind: "repealed", instrument, edition, successor: successorOf(instrument) };
      if (!exists(instrument, edition, article)) {
        return { kind: "unknownArticle", instrument, edition, count: edition.articles };
      }
      if (status === "superseded") {
        const to = renumbered(instrument.title, edition.edition, article);
        return {
          kind: "superseded",
          instrument,
          edition,
          successor: typeof to === "string" ? cite({ law: instrument.title, article: to }, asOf) : undefined,
          matched: to !== undefined,
        };
      }
      return {
        kind: "found",
        instrument,
        edition,
        article,
        citation: citation(instrument, edition, article, "current"),
        digest: byArticle.get(digestKey(instrument.title, edition.edition, article)),
      };
    },
  };
}

function editionInForceOf(instrument: Instrument | undefined, asOf: string): Edition | undefined {
  return instrument === undefined ? undefined : editionInForce(instrument, asOf);
}

/** What an answer rests on, law by law: 《专利法》第四十二条（2020年修正，2021-06-01起施行）. */
export function basisOf(
  citations: readonly Citation[],
  instrumentOf: (law: string) => Instrument | undefined,
): string {
  return [...Map.groupBy(citations, ({ law }) => law)]
    .map(([law, list]) => {
      const edition = instrumentOf(law)?.editions.find((one) => one.edition === list[0]?.edition);
      const act =
        edition === undefined
          ? ""
          : `（${edition.edition.slice(0, 4)}年${edition.act}，${edition.effectiveFrom}起施行）`;
      return `《${law}》${list.map((one) => one.article).join("、")}${act}`;
    })
    .join("；");
}
