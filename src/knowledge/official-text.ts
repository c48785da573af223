import type { Citation } from "../core/citation.ts";
import { fill } from "../text/fill.ts";
import { fold } from "../text/fold.ts";
import { type Answer, type AnswerQuery, isBareLookup, maxChars, type Wording } from "./answer.ts";
import { type ArticleLookup, basisOf, type Catalogue } from "./article-lookup.ts";
import type { ArticleReference, FindInstruments, FindReferences } from "./article-reference.ts";
import type { FieldProbability } from "./field-model.ts";
import type { Expand } from "./question-words.ts";
import { characterTerms, isPair, type Term } from "./ranking/terms.ts";
import { leastWithWord } from "./retriever.ts";
import type { ScopeRules } from "./scope-rules.ts";
import type { StatuteHit } from "./statute-search.ts";
import type { StatuteTexts } from "./statute-service.ts";
import { type OfficialArticle, wordingOf } from "./statute-text.ts";

/** The most that is quoted beside a digest. */
const quoteChars = 160;
/** The most that is quoted of an article without a digest where a point of it was asked for. */
const alone = 300;
/** A sentence on its own may be somewhat longer: it cannot be cut. */
const longestSentence = 220;
/** Pairs of characters that a quotation must share with what was asked and said. */
const minShared = 4;
/** From here up a question that no digest answers is answered from official wording; measured with `npm run eval`. */
const answerFrom = 0.4;
/** From this suspicion of a request that is never served up, no wording is given. */
const suspect = 0.3;
/** By how much a digest of another law must be surer than the wording of the law that the question names. */
const namedLead = 0.2;
/** Below this it is introduced as the nearest rule. */
const hedgedBelow = 0.6;
/** The most official wording that goes to a model with one digest. */
const groundChars = 1_200;
/** What a thesaurus word counts beside a word of the person's own. */
const expandedWeight = 0.4;
/** What an article counts whose law is about something that the question does not name. */
const offSubjectWeight = 0.6;

type Deps = {
  texts: StatuteTexts;
  findInstruments: FindInstruments;
  /** The probability that a question is of our field. */
  fieldOf: FieldProbability;
  catalogue: Catalogue;
  findReferences: FindReferences;
  rules: ScopeRules;
  mend: (folded: string) => string;
  expand: Expand;
  offSubject: (talk: string) => ReadonlyMap<string, number | undefined>;
  wording: Wording;
};

export type OfficialWording = {
  /** The answer with the official wording of its main article beside it; or one from that wording, where there is no digest. */
  complete(answer: Answer, query: AnswerQuery): Answer;
  /** Articles in force without a digest, best first. */
  find(folded: string, asOf: string, limit: number): StatuteHit[];
};

/** Puts imported official wording beside answers. With nothing imported every answer stays as it is. */
export function createOfficialWording({
  texts,
  findInstruments,
  fieldOf,
  catalogue,
  findReferences,
  rules,
  mend,
  expand,
  offSubject,
  wording,
}: Deps): OfficialWording {
  const lawsNamedIn = (folded: string) => [
    ...new Set(findInstruments(folded).map(({ instrument }) => instrument.title)),
  ];

  function find(folded: string, asOf: string, limit: number): StatuteHit[] {
    const search = texts.search();
    if (search === undefined) return [];
    const named = lawsNamedIn(folded);
    const givesWay = offSubject(folded);
    const inField = named.length > 0 || rules.inField(folded);
    const rights = rules.otherRights(folded);
    return search.find(folded, {
      limit,
      allowed: ({ law, edition, article }) =>
        (named.length === 0 ? !rights.excludes(law) : named.includes(law)) &&
        catalogue.inForce({ law, edition }, asOf) &&
        catalogue.digestOf(law, edition, article) === undefined,
      allowedKey: `${asOf}|${rights.key}|${named.join("|")}`,
      expansions: expand(folded, expandedWeight),
      weightOf: (law) =>
        givesWay.has(law) && !named.includes(law) ? (givesWay.get(law) ?? offSubjectWeight) : 1,
      inField,
      field: Math.max(fieldOf(folded), inField ? leastWithWord : 0),
    });
  }

  /** The citations of the articles that a quotation names, or undefined where one cannot be cited. */
  function citationsIn(quote: string, law: string, asOf: string): Citation[] | undefined {
    const citations: Citation[] = [];
    const folded = fold(quote);
    let current = law;
    let end = 0;
    for (const reference of findReferences(folded)) {
      const before = folded.slice(end, reference.start);
      const own = /本(法|细则|条例|办法|规定|解释)的?$/u.test(before);
      if (own || /[。;]/u.test(before)) current = law;
      if (reference.instrument !== undefined) current = reference.instrument.title;
      // A law that the catalogue does not know is named right before the number.
      else if (!own && /[》法典例则]$/u.test(before)) return undefined;
      end = reference.end;
      const citation = catalogue.cite({ law: current, article: reference.article }, asOf);
      if (citation === undefined) return undefined;
      citations.push(citation);
    }
    return citations;
  }

  function standingOf(lookup: Extract<ArticleLookup, { kind: "superseded" | "repealed" | "notYetInForce" }>) {
    if (lookup.kind === "superseded") return wording.supersededText;
    if (lookup.kind === "repealed") return wording.repealedText;
    return fill(wording.notYetInForceText, { from: lookup.edition.effectiveFrom });
  }

  /** The wording of an edition that is not in force, told as such. It names no article, so it needs no citation. */
  function pastLine(lookup: ArticleLookup, found: ArticleReference, said: string, room: number): string {
    if (lookup.kind !== "superseded" && lookup.kind !== "repealed" && lookup.kind !== "notYetInForce")
      return "";
    const { instrument, edition } = lookup;
    const official = texts.official(instrument.title, edition.edition, found.article);
    if (official === undefined) return "";
    const frame = (text: string) =>
      fill(wording.officialThen, {
        edition: `${edition.edition.slice(0, 4)}年`,
        standing: standingOf(lookup),
        text,
      });
    const quote = quoteFrom(chosen(official, found.paragraph), {
      said,
      room: room - frame("").length,
      longest: maxChars,
      fits: (text) => findReferences(fold(text)).length === 0,
    });
    return quote === undefined ? "" : frame(quote.text);
  }

  /** An answer from a digest, with the wording of its main article between what it says and what it rests on. */
  function quoting(answer: Answer, question: string, asOf: string, past: (room: number) => string): Answer {
    const { parts, citations, grounds } = answer;
    const [main] = grounds;
    if (parts === undefined || main === undefined) return answer;
    const lines: string[] = [];
    let room = maxChars - answer.text.length;
    const add = (line: string) => {
      if (line === "") return;
      lines.push(line);
      room -= line.length + 1;
    };
    add(past(room - 1));
    const official = catalogue.inForce(main, asOf)
      ? texts.official(main.law, main.edition, main.article)
      : undefined;
    const named: Citation[] = [];
    if (official !== undefined) {
      const cited = citations.find((one) => one.law === main.law && one.article === main.article);
      const quote = quoteFrom(chosen(official, cited?.paragraph), {
        question,
        said: parts.body,
        room: room - 1 - fill(wording.official, { text: "" }).length,
        minShared: isBareLookup(question) ? 0 : minShared,
        fits: (text) => citationsIn(text, main.law, asOf) !== undefined,
      });
      if (quote !== undefined) {
        add(fill(wording.official, { text: quote.text }));
        named.push(...(citationsIn(quote.text, main.law, asOf) ?? []));
      }
    }
    const footer = [...lines, parts.footer].join("\n");
    return {
      ...answer,
      text: `${parts.lead}${parts.body}\n${footer}`,
      parts: { ...parts, footer },
      citations: withCitations(citations, named),
      grounds: grounds.map((ground) => {
        const own = texts.official(ground.law, ground.edition, ground.article);
        if (own === undefined || !catalogue.inForce(ground, asOf)) return ground;
        return { ...ground, text: `${ground.text}\n${cutAtSentence(wordingOf(own), groundChars)}` };
      }),
    };
  }

  /** An article without a digest, in its own words. */
  function verbatim(
    citation: Citation,
    official: OfficialArticle,
    { question, asOf, paragraph, lead = "", confidence, whole }: VerbatimOptions,
  ): Answer | undefined {
    const { law, article } = citation;
    const instrument = catalogue.instrumentOf(law);
    if (instrument === undefined) return undefined;
    const few =
      (paragraph ?? 0) > official.paragraphs.length
        ? fill(wording.fewParagraphs, { law, article, count: String(official.paragraphs.length) })
        : "";
    const footer = `${fill(wording.basis, { articles: basisOf([citation], catalogue.instrumentOf) })}${wording.notice}`;
    const frame = (text: string) => fill(wording.officialArticle, { law, article, text });
    const cut = fill(wording.officialCut, { url: instrument.sourceUrl });
    const fixed = lead.length + few.length + frame("").length + 1 + footer.length;
    const asked = chosen(official, paragraph);
    const all = flat(asked.join("\n"));
    const parted = quoteFrom(asked, { question, room: maxChars - fixed, usual: alone, longest: maxChars });
    let text = whole || all.length <= quoteChars ? all : (parted?.text ?? all);
    let note = "";
    if (fixed + text.length > maxChars) {
      text = cutAtSentence(
        whole ? asked.join("\n") : (parted?.paragraph ?? asked.join("\n")),
        maxChars - fixed - cut.length,
      );
      note = cut;
    }
    if (text === "") return undefined;
    const own = paragraph === undefined || few !== "" ? citation : { ...citation, paragraph };
    return {
      outcome: "answered",
      text: `${lead}${few}${frame(text)}${note}\n${footer}`,
      citations: withCitations([own], citationsIn(text, law, asOf) ?? []),
      confidence,
      related: [],
      corrections: few === "" ? [] : [few],
      grounds: [
        {
          id: "g1",
          law,
          article,
          edition: citation.edition,
          title: article,
          text: cutAtSentence(wordingOf(official), groundChars),
        },
      ],
      topic: { law, article, question: question.slice(-80) },
    };
  }

  return {
    find,

    complete(answer, { question: asked, asOf, context }) {
      if (answer.final) return answer;
      if (texts.version() === "") return answer;
      const said = fold(asked).trim();
      const question = mend(said);
      const references = findReferences(question);
      const named = references.find((one) => one.instrument !== undefined);
      const bare = named ?? references[0];
      const law =
        named?.instrument?.title ??
        (bare === undefined || context === undefined
          ? undefined
          : catalogue.instrumentOf(context.law)?.title);
      const rest =
        bare === undefined ? question : `${question.slice(0, bare.start)} ${question.slice(bare.end)}`;

      if (bare !== undefined && law !== undefined) {
        const older = bare.edition ?? (bare.old ? catalogue.olderEdition(law, asOf) : undefined);
        const lookup = catalogue.article({
          law,
          article: bare.article,
          asOf,
          ...(older === undefined ? {} : { edition: older }),
        });
        if (answer.outcome === "answered")
          return quoting(answer, rest, asOf, (room) =>
            isBareLookup(rest) ? pastLine(lookup, bare, answer.text, room) : "",
          );
        if (lookup.kind !== "found") {
          const line = pastLine(lookup, bare, rest, maxChars - answer.text.length - 1);
          return line === "" ? answer : { ...answer, text: `${answer.text}\n${line}` };
        }
        const official = texts.official(law, lookup.edition.edition, bare.article);
        if (official === undefined || lookup.digest !== undefined) return answer;
        return (
          verbatim(lookup.citation, official, {
            question: rest,
            asOf,
            paragraph: bare.paragraph,
            confidence: 0.95,
            whole: isBareLookup(rest),
          }) ?? answer
        );
      }

      const fromWording = bare === undefined ? answerByWording(answer, said, question, asOf) : undefined;
      if (fromWording !== undefined) return fromWording;
      return answer.outcome === "answered" ? quoting(answer, question, asOf, () => "") : answer;
    },
  };

  /** An answer from an article without a digest: where no digest answers, or one of another law than the question names. */
  function answerByWording(answer: Answer, said: string, question: string, asOf: string): Answer | undefined {
    if (answer.outcome === "clarify" || rules.matterOf(said, "offTopic") !== undefined) return undefined;
    const named = lawsNamedIn(question);
    const main = answer.grounds[0]?.law;
    if (main !== undefined && (named.length === 0 || named.includes(main))) return undefined;
    if (named.length === 0 && !rules.inField(said) && !rules.inField(question)) return undefined;
    // Bare wording answers nobody who may be after something else.
    if ((rules.suspicionOf(question)?.probability ?? 0) >= suspect) return undefined;
    const [hit] = find(question, asOf, 2);
    if (hit === undefined || hit.score < answerFrom) return undefined;
    // A digest of another law than the one named must be clearly surer.
    if (main !== undefined && hit.score + namedLead <= answer.confidence) return undefined;
    const uncollected = rules.matterOf(said, "uncollected");
    if (uncollected !== undefined && !uncollected.laws.includes(hit.article.law)) return undefined;
    const citation = catalogue.cite(hit.article, asOf);
    if (citation === undefined) return undefined;
    const lead = hit.score < hedgedBelow ? wording.hedge : "";
    return verbatim(citation, hit.article, { question, asOf, lead, confidence: hit.score, whole: false });
  }
}

type VerbatimOptions = {
  /** What was asked beside the number of the article. */
  question: string;
  asOf: string;
  paragraph?: number | undefined;
  lead?: string;
  confidence: number;
  /** The whole article was asked for, not a point of it. */
  whole: boolean;
};

/** The 款 that was asked for where there is one, else all of them. */
function chosen({ paragraphs }: OfficialArticle, paragraph: number | undefined): readonly string[] {
  const one = paragraph === undefined ? undefined : paragraphs[paragraph - 1];
  return one === undefined ? paragraphs : [one];
}

function withCitations(citations: readonly Citation[], more: readonly Citation[]): Citation[] {
  const all = new Map([...citations].map((one) => [`${one.law}|${one.article}`, one]));
  for (const one of more)
    if (!all.has(`${one.law}|${one.article}`)) all.set(`${one.law}|${one.article}`, one);
  return [...all.values()];
}

/** Official wording in one line. */
const flat = (text: string) => text.replaceAll("\n", "");

/** The sentences of a 款, with what closes them; words after the last full stop are none. */
function sentencesOf(paragraph: string): string[] {
  return flat(paragraph).match(/[^。！？]+[。！？]+[”’」』）]*/gu) ?? [];
}

type QuoteOptions = {
  /** Folded. */
  question?: string;
  /** What the answer says in its own words: it tells which part of an article is meant. */
  said?: string;
  /** How long it may be at most. */
  room: number;
  /** How long it may be where it is more than one sentence, and where it is one. */
  usual?: number;
  longest?: number;
  /** How many pairs of characters it must share with question and answer. */
  minShared?: number;
  /** What else it must be. */
  fits?: (text: string) => boolean;
};

/**
 * The stretch of whole sentences of one 款 that shares most with the question and the answer. A pair of characters
 * counts the less the more 款 have it; of equal stretches the first is taken.
 */
export function quoteFrom(
  paragraphs: readonly string[],
  {
    question = "",
    said = "",
    room,
    usual = quoteChars,
    longest = longestSentence,
    minShared: least = 0,
    fits = () => true,
  }: QuoteOptions,
): { text: string; paragraph: string } | undefined {
  const wanted = new Map<Term, number>();
  for (const term of pairsOf(said)) wanted.set(term, 1);
  for (const term of pairsOf(question)) wanted.set(term, 2);
  const spread = new Map<Term, number>();
  for (const paragraph of paragraphs)
    for (const term of pairsOf(paragraph)) spread.set(term, (spread.get(term) ?? 0) + 1);

  let best: { text: string; paragraph: string; gain: number } | undefined;
  for (const paragraph of paragraphs) {
    const sentences = sentencesOf(paragraph);
    for (let from = 0; from < sentences.length; from += 1) {
      let text = "";
      for (let to = from; to < sentences.length; to += 1) {
        text += sentences[to];
        if (text.length > Math.min(room, to === from ? longest : usual)) break;
        const shared = [...pairsOf(text)].filter((term) => wanted.has(term));
        if (shared.length < least) continue;
        const found = shared.reduce(
          (sum, term) => sum + (wanted.get(term) ?? 0) / (spread.get(term) ?? 1),
          0,
        );
        // Words that add nothing count against it.
        const gain = found === 0 ? 0 : found - text.length / 1_000;
        if ((best === undefined || gain > best.gain) && fits(text)) best = { text, paragraph, gain };
      }
    }
  }
  return best;
}

/** The pairs of Han characters of a text in simplified characters. */
const pairsOf = (text: string) => new Set(characterTerms(text).filter(isPair));

/** As much of a text as fits: whole sentences, and where not even one fits, whole 项. */
export function cutAtSentence(text: string, room: number): string {
  const line = flat(text);
  if (line.length <= room) return line;
  const head = line.slice(0, Math.max(0, room));
  const end = Math.max(...["。", "！", "？"].map((stop) => head.lastIndexOf(stop)));
  return head.slice(0, (end >= 0 ? end : head.lastIndexOf("；")) + 1);
}
