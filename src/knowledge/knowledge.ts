import wordingFile from "../../prompts/answers.json" with { type: "json" };
import type { ClockRule } from "../calendar/clock-rule.ts";
import type { Calendar } from "../calendar/working-days.ts";
import type { Cite, TextStatus } from "../core/citation.ts";
import { fold } from "../text/fold.ts";
import { type Answer, type AnswerQuery, answerFrom, createAnswerer, type Wording } from "./answer.ts";
import { type ArticleLookup, type ArticleQuery, createCatalogue } from "./article-lookup.ts";
import { createFindInstruments, createFindReferences, type FindReferences } from "./article-reference.ts";
import { createDateAnswerer } from "./date-answer.ts";
import { createFieldProbability, type FieldProbability } from "./field-model.ts";
import { editionInForce, type Instrument, statusOn } from "./instrument.ts";
import { asBlob, type KnowledgeBlob } from "./knowledge-blob.ts";
import { createOfficialWording } from "./official-text.ts";
import { type Passage, passageKey } from "./passage.ts";
import { createExpand, createOffSubject } from "./question-words.ts";
import type { Term } from "./ranking/terms.ts";
import { createSuspicion } from "./refusal-model.ts";
import { createRetriever, type Retriever } from "./retriever.ts";
import { createScopeRules } from "./scope-rules.ts";
import type { StatuteArticle } from "./statute-search.ts";
import { noStatuteTexts, type StatuteTexts } from "./statute-service.ts";
import { wordingOf } from "./statute-text.ts";
import { createTermWeights } from "./term-weights.ts";
import { createTracer, type Trace } from "./trace.ts";

export type SearchQuery = {
  query: string;
  /** 10 when absent. */
  limit?: number;
  /** `YYYY-MM-DD`: only texts in force that day are found. */
  asOf: string;
  /** Keys of passages near in meaning, best first; see semantic-search.ts. */
  semantic?: readonly string[];
};

/** What is embedded of one passage. */
export type EmbeddedText = {
  /** See `passageKey`. */
  key: string;
  text: string;
};

export type SearchHit = {
  law: string;
  article: string;
  title: string;
  text: string;
  kind: "statute" | "guide";
  /** Calibrated, 0–1. */
  score: number;
  status: TextStatus;
  edition: string;
  effectiveFrom: string;
  sourceUrl: string;
};

/** An instrument as it stands on a day. */
export type LawEntry = {
  instrument: Instrument;
  /** Of the edition in force, else of the nearest. */
  status: TextStatus;
  /** Title of the instrument that took its place. */
  successor: string | undefined;
  editions: { edition: Instrument["editions"][number]; status: TextStatus; digests: number }[];
};

/** What the service knows, and the ways to ask it. All are immediate, and pure as long as no other text is imported. */
export type Knowledge = {
  /** Names the content; changes with it. */
  readonly version: string;
  search(query: SearchQuery): SearchHit[];
  answer(query: AnswerQuery): Answer;
  /** The answer, with what it was made from. */
  explain(query: AnswerQuery): { answer: Answer; trace: Trace };
  /** Completes a legal basis, for every instrument of the catalogue, digested or not. */
  cite: Cite;
  article(query: ArticleQuery): ArticleLookup;
  /** The official wording of an article of one edition, where that is imported: one 款, 项 or 目 a line. */
  officialText(law: string, edition: string, article: string): string | undefined;
  laws(asOf: string): LawEntry[];
  /** A question folded and in common speech, as the search reads it. */
  mend(question: string): string;
  /** How much a term tells, by its rarity among the questions that people ask. */
  weightOf(term: Term): number;
  /** All digests as passages, or those in force on a day (`YYYY-MM-DD`). */
  passages(asOf?: string): EmbeddedText[];
  findReferences: FindReferences;
};

export type KnowledgeOptions = {
  wording?: Wording;
  /** What days are reckoned with. Without it no answer tells a day. */
  deadlines?: { calendar: Calendar; rules: readonly ClockRule[] };
  /** Official wording that was imported; none where absent. */
  texts?: StatuteTexts;
};

type Parts = {
  retriever: Retriever;
  fieldOf: FieldProbability;
  suspect: ReturnType<typeof createSuspicion>;
  expand: ReturnType<typeof createExpand>;
};
const builtParts = new WeakMap<KnowledgeBlob, Parts>();

/** What depends on the blob alone and keeps nothing of what it is asked: built once, however many apps a process has. */
function partsOf(blob: KnowledgeBlob): Parts {
  let parts = builtParts.get(blob);
  if (parts === undefined) {
    const retriever = createRetriever(blob);
    parts = {
      retriever,
      fieldOf: createFieldProbability(blob.field),
      suspect: createSuspicion(blob.refused),
      expand: createExpand(blob.thesaurus, retriever.mend),
    };
    builtParts.set(blob, parts);
  }
  return parts;
}

/** The knowledge of a blob (`knowledge/index.json`). Build it once per process or isolate. */
export function createKnowledge(
  loaded: unknown,
  { deadlines, wording = wordingFile, texts = noStatuteTexts }: KnowledgeOptions = {},
): Knowledge {
  const blob = asBlob(loaded);
  const { instruments, digests } = blob;
  const catalogue = createCatalogue(
    instruments,
    digests,
    blob.renumbering,
    (...place) => texts.official(...place) !== undefined,
  );
  const findReferences = createFindReferences(instruments);
  const { retriever, fieldOf, suspect, expand } = partsOf(blob);
  const digested = new Set(digests.filter(({ kind }) => kind === "statute").map(({ law }) => law));
  const rules = createScopeRules(blob.scope, blob.corrections, (law) => digested.has(law), {
    ofField: fieldOf,
    suspect,
  });
  const tracer = createTracer({ retriever, rules, findReferences }, blob.thesaurus);
  const dateOf = deadlines && createDateAnswerer({ ...deadlines, cite: catalogue.cite, findReferences });
  const findInstruments = createFindInstruments(instruments);
  const answerFromDigests = createAnswerer({
    ...tracer.parts,
    findInstruments,
    catalogue,
    digests,
    dateOf,
    quotes: ({ law, edition, article }) => texts.official(law, edition, article) !== undefined,
    wording,
  });
  const official = createOfficialWording({
    texts,
    findInstruments,
    fieldOf,
    catalogue,
    findReferences,
    rules,
    mend: retriever.mend,
    expand,
    offSubject: createOffSubject(blob.scope),
    wording,
  });
  const answer = (query: AnswerQuery) => official.complete(answerFromDigests(query), query);

  function toHit(digest: Passage, score: number, asOf: string): SearchHit[] {
    const citation = catalogue.cite({ law: digest.law, article: digest.article }, asOf);
    if (citation === undefined) return [];
    const { status, edition, effectiveFrom, sourceUrl } = citation;
    const text = [digest.summary, ...digest.points.map((point) => point.text)].join("\n");
    const { law, article, title, kind } = digest;
    return [{ law, article, title, text, kind, score, status, edition, effectiveFrom, sourceUrl }];
  }

  /** Official wording of an article that has no digest. */
  function toOfficialHit(article: StatuteArticle, score: number, asOf: string): SearchHit[] {
    const citation = catalogue.cite(article, asOf);
    if (citation?.edition !== article.edition) return [];
    const { law, status, edition, effectiveFrom, sourceUrl } = citation;
    const title = article.heading === "" ? article.article : article.heading;
    const text = wordingOf(article);
    const kind = "statute";
    return [
      { law, article: article.article, title, text, kind, score, status, edition, effectiveFrom, sourceUrl },
    ];
  }

  return {
    get version() {
      return texts.version() === "" ? blob.version : `${blob.version}+${texts.version()}`;
    },
    answer,
    explain(query) {
      const { result, trace } = tracer.record(query.question, () => answer(query));
      if (result.deadline === undefined) return { answer: result, trace };
      const { ruleId, law, article } = result.deadline;
      return { answer: result, trace: { ...trace, limit: { ruleId, law, article } } };
    },
    mend: (question) => retriever.mend(fold(question).trim()),
    weightOf: createTermWeights(digests),
    cite: catalogue.cite,
    article: catalogue.article,
    officialText(law, edition, article) {
      const found = texts.official(law, edition, article);
      return found === undefined ? undefined : wordingOf(found);
    },

    findReferences,

    passages: (asOf) =>
      digests
        .filter((digest) => asOf === undefined || catalogue.inForce(digest, asOf))
        .map((digest) => ({ key: passageKey(digest), text: passageText(digest) })),

    search({ query, limit = 10, asOf, semantic }) {
      const folded = retriever.mend(fold(query));
      const named = findReferences(folded).flatMap((reference): SearchHit[] => {
        if (reference.instrument === undefined) return [];
        const law = reference.instrument.title;
        const older = reference.edition ?? (reference.old ? catalogue.olderEdition(law, asOf) : undefined);
        const moved = older === undefined ? undefined : catalogue.renumbered(law, older, reference.article);
        const found = catalogue.article({ law, article: moved ?? reference.article, asOf });
        if (found.kind !== "found") return [];
        if (found.digest !== undefined) return toHit(found.digest, namedScore, asOf);
        const edition = found.edition.edition;
        const text = texts.official(law, edition, found.article);
        return text === undefined ? [] : toOfficialHit({ ...text, law, edition }, namedScore, asOf);
      });
      const rights = rules.otherRights(folded);
      const hits = retriever.retrieve(folded, {
        limit: limit + named.length,
        allowed: (digest) => catalogue.inForce(digest, asOf) && !rights.excludes(digest.law),
        allowedKey: `${asOf}${rights.key}`,
        semantic,
      });
      const byDigest = hits.flatMap((hit) => toHit(hit.digest, hit.score, asOf));
      const byWording = official
        .find(folded, asOf, Math.min(limit, mostWordings))
        .flatMap(({ article, score }) => toOfficialHit(article, score, asOf));
      return withoutRepeats([...named, ...inOneOrder(byDigest, byWording)]).slice(0, limit);
    },

    laws(asOf) {
      const counts = new Map<string, number>();
      for (const { law, edition, kind } of digests) {
        if (kind === "guide") continue;
        counts.set(`${law}|${edition}`, (counts.get(`${law}|${edition}`) ?? 0) + 1);
      }
      return instruments.map((instrument) => {
        const nearest = editionInForce(instrument, asOf) ?? instrument.editions.at(-1);
        return {
          instrument,
          status: nearest === undefined ? "repealed" : statusOn(instrument, nearest, asOf),
          successor: catalogue.successorOf(instrument),
          editions: instrument.editions.map((edition) => ({
            edition,
            status: statusOn(instrument, edition, asOf),
            digests: counts.get(`${instrument.title}|${edition.edition}`) ?? 0,
          })),
        };
      });
    },
  };
}

/** What an article scores that the query names. */
const namedScore = 0.99;

/** How many articles without a digest take part: digests know the words that people use. */
const mostWordings = 3;

/** Digests that answer first, then both by their score; scores fall. */
function inOneOrder(digests: readonly SearchHit[], wordings: readonly SearchHit[]): SearchHit[] {
  const merged: SearchHit[] = [];
  const waiting = [...wordings];
  for (const digest of digests) {
    while (digest.score < answerFrom && (waiting[0]?.score ?? 0) > digest.score)
      merged.push(...waiting.splice(0, 1));
    merged.push(digest);
  }
  let ceiling = 1;
  return [...merged, ...waiting].map((hit) => {
    ceiling = Math.min(ceiling, hit.score);
    return { ...hit, score: ceiling };
  });
}

/** An article of a law stands once, at its first place; a guide on the same article is another thing. */
function withoutRepeats(hits: readonly SearchHit[]): SearchHit[] {
  const seen = new Set<string>();
  return hits.filter(({ law, article, kind, title }) => {
    const key = `${law}|${article}|${kind}|${title}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Models of this kind read some 500 tokens; what matters most stands first. */
const maxPassageChars = 800;

function passageText({ law, title, summary, asked, points }: Passage): string {
  const questions = asked.flatMap((group) => group.questions.slice(0, 2));
  return [`${law} ${title}`, summary, ...questions, ...points.map((point) => point.text)]
    .join("\n")
    .slice(0, maxPassageChars);
}
