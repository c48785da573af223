import wordingFile from "../../prompts/answers.json" with { type: "json" };
import type { Citation } from "../core/citation.ts";
import { fill } from "../text/fill.ts";
import { fold } from "../text/fold.ts";
import { articleName } from "../text/numerals.ts";
import { type ArticleLookup, basisOf, type Catalogue } from "./article-lookup.ts";
import type { ArticleReference, FindInstruments, FindReferences } from "./article-reference.ts";
import type { DateAnswer, DateQuestion, Deadline } from "./date-answer.ts";
import { editionInForce, type Instrument, statusOn } from "./instrument.ts";
import type { Passage } from "./passage.ts";
import { asksWhatItIs } from "./ranking/corpus.ts";
import { characterTerms, isPair } from "./ranking/terms.ts";
import { refusesOn } from "./refusal-model.ts";
import type { Retrieved, RetrieveOptions, Retriever } from "./retriever.ts";
import type { Correction, ScopeRules } from "./scope-rules.ts";

export const answerOutcomes = ["answered", "declined", "clarify", "handoff"] as const;
export type AnswerOutcome = (typeof answerOutcomes)[number];

/** What the talk was last about: hand it back with the next question, so that “那外观的呢” is understood. */
export type Topic = { law: string; article: string; question: string };

/** A digest that an answer rests on. It stays inside the house; readers get citations. */
export type Ground = {
  /** Names it within one answer: g1, g2 …. */
  id: string;
  law: string;
  article: string;
  edition: string;
  title: string;
  text: string;
};

export type Answer = {
  /**
   * `answered`: from the law in force. `declined`: not this service's matter, never done, or not there.
   * `clarify`: too little to go by. `handoff`: of this field, but a person must answer; nothing is filed by it.
   */
  outcome: AnswerOutcome;
  /** Plain text, at most 600 characters. Every 第…条 in it stands among the citations. */
  text: string;
  citations: Citation[];
  /** 0–1; see confidence.ts. */
  confidence: number;
  /** Questions a reader may ask next. */
  related: string[];
  /** What the question took for granted though it does not hold. */
  corrections: string[];
  topic?: Topic;
  /** It rests on a law of another field than intellectual property. Not for the wire. */
  beside?: true;
  /** Set on what stays declined whatever else is known: a refusal, another office's matter, a law that does not exist. */
  final?: true;
  /** What the answer was made from, the main digest first; none where nothing was answered. Not for the wire. */
  grounds: readonly Ground[];
  /** The last day of a period, where one was asked for. */
  deadline?: Deadline;
  /** `text` is `lead`, `body`, a line break, `footer`: the day asked for, the basis and the notice. Told in other words, only `body` changes. Not for the wire. */
  parts?: { lead: string; body: string; footer: string };
};

export type AnswerQuery = {
  question: string;
  /** `YYYY-MM-DD`. */
  asOf: string;
  context?: Topic;
  /** Keys of passages near in meaning, best first; see semantic-search.ts. */
  semantic?: readonly string[];
};

/** Sentences around an answer; `prompts/answers.json` is the shipped wording. */
export type Wording = typeof wordingFile;

/** The longest text of an answer. */
export const maxChars = 600;
/** Room left for a quotation of the official wording. */
const quoteRoom = 140;
/** Room that the basis and the notice may need. */
const footerChars = 170;
/** How long an answer may get by what stands near to it. */
const rivalChars = 460;
/** From this share of the first hit's ranking score up, another hit is told beside it. */
const rivalFrom = 0.8;
/** Where an answer by one group alone is long enough for a phone's screen. */
const usualChars = 350;
/** From here up the hit is answered with; fitted with the weights of confidence.ts. */
export const answerFrom = 0.25;
/** The same for a question without a word of the field. */
const outsideFrom = 0.3;
/** Below this an answer is introduced as the nearest rule, not as the rule. */
const hedgedBelow = 0.45;
/** How sure the answer is to a question that stands in the base word for word, 0–1. */
const asItStands = 0.95;
/** A question without marks and blanks, and what only softens its end. */
const compact = (folded: string): string =>
  folded.replace(/[\s,，.。?？!！、“”"'「」]/gu, "").replace(/[呀啊呢嘛]+$/u, "");
/** A hit this sure outweighs a pattern of another office's matter. */
const surelyOurs = 0.9;

type Deps = {
  retriever: Retriever;
  catalogue: Catalogue;
  findReferences: FindReferences;
  findInstruments: FindInstruments;
  rules: ScopeRules;
  digests: readonly Passage[];
  /** Reckons the day that a question asks for; without it none is told. */
  dateOf?: ((question: DateQuestion) => DateAnswer | undefined) | undefined;
  /** Whether official wording of a passage is at hand: room is then left to quote it. */
  quotes?: (passage: Passage) => boolean;
  wording?: Wording;
};

/** Answers from the digests, in their own words: nothing is said that does not stand there. */
export function createAnswerer({
  retriever,
  catalogue,
  findReferences,
  findInstruments,
  rules,
  digests,
  dateOf,
  quotes = () => false,
  wording = wordingFile,
}: Deps) {
  const idOf = new Map(digests.map((digest, id) => [digest, id]));

  const days = new Map<string, boolean>();
  /** Whether nothing that is collected was, or will be, out of force on the day. */
  function allInForce(asOf: string): boolean {
    const known = days.get(asOf);
    if (known !== undefined) return known;
    if (days.size > 100) days.clear();
    const all = digests.every((digest) => catalogue.inForce(digest, asOf));
    days.set(asOf, all);
    return all;
  }

  /** The passages by the questions in their own words that ask what something is. */
  let definitions: ReadonlyMap<string, readonly Passage[]> | undefined;
  function definedIn(folded: string): readonly Passage[] {
    if (definitions === undefined) {
      const byQuestion = new Map<string, Passage[]>();
      for (const digest of digests)
        for (const { questions } of digest.asked)
          for (const question of questions) {
            const asked = retriever.mend(fold(question));
            if (!asksWhatItIs(asked)) continue;
            const key = compact(asked);
            byQuestion.set(key, [...(byQuestion.get(key) ?? []), digest]);
          }
      definitions = byQuestion;
    }
    return definitions.get(compact(folded)) ?? [];
  }

  return function answer({ question, asOf, context, semantic }: AnswerQuery): Answer {
    // The rules read what was said; the search reads it in common speech.
    const said = fold(question).trim();
    const folded = retriever.mend(said);
    const plain = (
      outcome: AnswerOutcome,
      text: string,
      confidence: number,
      more: Partial<Answer> = {},
    ): Answer => ({
      outcome,
      text,
      citations: [],
      confidence,
      related: [],
      corrections: [],
      grounds: [],
      ...more,
    });

    const refused = rules.matterOf(said, "refused");
    if (refused !== undefined) return plain("declined", refused.say, 1, { final: true });

    const rights = rules.otherRights(folded, leansOnTalk(folded) ? context?.law : undefined);
    const options: RetrieveOptions = {
      limit: 8,
      allowed: (digest) => catalogue.inForce(digest, asOf) && !rights.excludes(digest.law),
      allowedKey: `${asOf}${rights.key}`,
    };
    const reference = pickReference(findReferences(folded), context);
    if (reference !== undefined) {
      const direct = answerReference(reference);
      if (direct !== undefined) return direct;
    }

    const named = findInstruments(folded);
    if (named.length === 0 && unknownLawIn(folded, catalogue.isNearlyNamed)) return noSuchLaw();
    const since = named[0];
    if (since !== undefined && asksWhenInForce(folded) && reference === undefined)
      return inForceSince(since.instrument);

    // „什么是专利“ is made of words that all laws share; it stands in the base as it is asked.
    const defined = asksWhatItIs(folded)
      ? definedIn(folded).find((digest) => options.allowed(digest))
      : undefined;
    if (defined !== undefined) return compose([asHit(defined, asItStands)], {});

    const { hits, earlier } = retrieveInTalk();
    const top = hits[0];
    const confidence = top?.score ?? 0;

    const inField = rules.inField(said) || rules.inField(folded) || earlier !== undefined;
    const suspicion = rules.suspicionOf(folded);
    if (hanCount(said) <= 2 && reference === undefined && context === undefined) {
      if (suspicion !== undefined && said.length >= 12 && refusesOn(suspicion.probability, 0.4))
        return plain("declined", suspicion.matter.say, suspicion.probability, { final: true });
      return hanCount(said) === 0 && /[a-z]{3}.*[a-z]{3}/iu.test(said)
        ? plain("declined", wording.chineseOnly, 1)
        : unclear();
    }
    if (suspicion !== undefined && hanCount(said) >= 6 && refusesOn(suspicion.probability, confidence))
      return plain("declined", suspicion.matter.say, suspicion.probability, { final: true });
    const offTopic = rules.matterOf(said, "offTopic");
    if (offTopic !== undefined && (!inField || confidence < surelyOurs))
      return plain("declined", offTopic.say, 1 - confidence, { final: true });
    const uncollected = rules.matterOf(said, "uncollected");
    if (uncollected !== undefined && confidence < surelyOurs)
      return plain("handoff", uncollected.say, 1 - confidence);

    const then = allInForce(asOf) ? undefined : otherTime();
    if (then !== undefined && then.confidence > confidence) return then;

    const enough = confidence >= (inField ? answerFrom : outsideFrom);

    const corrections = premisesHeld();
    const corrected = corrections.find((one) => hits.slice(0, 3).some((hit) => isAbout(hit, one)));
    if (corrected !== undefined) {
      const first = hits
        .filter((hit) => isAbout(hit, corrected))
        .map((hit) => ({ ...hit, score: confidence }));
      return compose([...first, ...hits.filter((hit) => !isAbout(hit, corrected))], {
        earlier,
        corrections: [corrected.say],
      });
    }
    if (top !== undefined && enough) return compose(hits, { earlier });

    if (inField) return otherTime() ?? (hanCount(said) <= 5 ? unclear() : notFound());
    return plain("declined", wording.declined, 1 - confidence);

    function nearQuestions(): { near: string[]; suggest: string } {
      const near = hits
        .filter((hit) => hit.score > 0.05)
        .slice(0, 3)
        .map(askedOf);
      const questions = near.map((one, at) => `${at + 1}. ${one}`).join("；");
      return { near, suggest: near.length === 0 ? "" : fill(wording.near, { questions }) };
    }

    function unclear(): Answer {
      if (!inField && hits.length === 0) return plain("declined", wording.declined, 1);
      const { near, suggest } = nearQuestions();
      return plain("clarify", join([wording.clarify, suggest]), confidence, { related: near });
    }

    function notFound(): Answer {
      const { near, suggest } = nearQuestions();
      return plain("handoff", join([wording.notFound, suggest]), confidence, { related: near, ...turned() });
    }

    /** The talk stays with the right that was asked about though nothing was found of it. */
    function turned(): Pick<Answer, "topic"> {
      const { law } = rights;
      if (law === undefined || (context !== undefined && !rights.excludes(context.law))) return {};
      return { topic: { law, article: "", question: folded.slice(-80) } };
    }

    /**
     * The reference that the question is about: one whose article does not exist before
     * others. One without a law takes the only law that the question names, else that of the talk.
     */
    function pickReference(
      references: readonly ArticleReference[],
      topic: Topic | undefined,
    ): (ArticleReference & { instrument: Instrument | undefined }) | undefined {
      const [only, ...others] = new Set(findInstruments(folded).map(({ instrument }) => instrument));
      const complete = references.map((one) =>
        one.instrument === undefined && others.length === 0 ? { ...one, instrument: only } : one,
      );
      const named = complete.filter((one) => one.instrument !== undefined);
      const absent = named.find(
        ({ instrument, article, edition, old }) =>
          edition === undefined &&
          !old &&
          catalogue.article({ law: instrument?.title ?? "", article, asOf }).kind === "unknownArticle",
      );
      const first = absent ?? named[0];
      if (first !== undefined) return first;
      const [bare] = complete;
      if (bare === undefined) return undefined;
      return { ...bare, instrument: topic === undefined ? undefined : catalogue.instrumentOf(topic.law) };
    }

    function noSuchLaw(): Answer {
      return plain("declined", fill(wording.noLaw, { url: "https://flk.npc.gov.cn/" }), 1, { final: true });
    }

    /** Which edition of a law applies, since when, and what comes next. */
    function inForceSince(instrument: Instrument): Answer {
      const { title: law, sourceUrl: url } = instrument;
      const sentences = instrument.editions.flatMap((edition) => {
        const values = { law, edition: edition.edition, act: edition.act, from: edition.effectiveFrom };
        const status = statusOn(instrument, edition, asOf);
        if (status === "current") return [fill(wording.inForceSince, values)];
        return status === "notYetInForce" ? [fill(wording.inForceFrom, values)] : [];
      });
      if (sentences.length === 0) {
        const successor = catalogue.successorOf(instrument);
        const after = successor === undefined ? "" : fill(wording.successor, { law: successor });
        return plain("declined", fill(wording.repealed, { law, successor: after }), 1);
      }
      const current = editionInForce(instrument, asOf);
      // The last article of a text made or made anew says since when; an amended one keeps the day of the first.
      const article =
        current?.articles === undefined || current.act === "修正" ? undefined : articleName(current.articles);
      const citation = article === undefined ? undefined : catalogue.cite({ law, article }, asOf);
      const replaced = instrument.editions.some((one) => statusOn(instrument, one, asOf) === "superseded")
        ? wording.inForceReplaced
        : "";
      return plain(
        "answered",
        join([...sentences, replaced, fill(wording.lookUp, { url }), wording.notice]),
        1,
        citation === undefined ? {} : { citations: [citation] },
      );
    }

    function answerReference(found: ArticleReference): Answer | undefined {
      const rest = `${folded.slice(0, found.start)} ${folded.slice(found.end)}`;
      const bareLookup = isBareLookup(rest);
      const { instrument } = found;
      if (instrument === undefined && unknownLawBefore(folded.slice(0, found.start), catalogue.isNearlyNamed))
        return noSuchLaw();
      if (instrument === undefined) return bareLookup ? plain("clarify", wording.whichLaw, 0.5) : undefined;
      const law = instrument.title;
      const values = { law, number: String(found.number), url: instrument.sourceUrl };

      const older = found.edition ?? (found.old ? catalogue.olderEdition(law, asOf) : undefined);
      if (older !== undefined) {
        const old = catalogue.article({ law, article: found.article, asOf, edition: older });
        if (old.kind === "superseded") {
          const edition = `${older.slice(0, 4)}年`;
          if (old.successor === undefined)
            return plain("declined", fill(wording.gone, { ...values, edition }), 1);
          const lookup = catalogue.article({ law, article: old.successor.article, asOf });
          const moved = fill(wording.renumbered, { ...values, edition, article: old.successor.article });
          return answerLookup(lookup, rest, bareLookup, found, [moved, ...premisesOf(found.instrument)]);
        }
      }
      const lookup = catalogue.article({ law, article: found.article, asOf });
      // A number remembered from an older edition: what is asked of it stands elsewhere now.
      if (lookup.kind === "found" && lookup.digest !== undefined && !bareLookup && hanCount(rest) >= 4) {
        const before = catalogue.olderEdition(law, asOf);
        const to = before === undefined ? undefined : catalogue.renumbered(law, before, found.article);
        const hit = retriever.retrieve(rest, options)[0];
        if (
          typeof to === "string" &&
          to !== found.article &&
          hit?.digest.law === law &&
          hit.digest.article === to &&
          hit.score >= answerFrom
        ) {
          return compose([hit], {
            corrections: [fill(wording.maybeOld, { article: to }), ...premisesOf(found.instrument)],
          });
        }
      }
      return answerLookup(lookup, rest, bareLookup, found, premisesOf(found.instrument));
    }

    function premisesOf(instrument: Instrument | undefined): string[] {
      return premisesHeld()
        .filter((one) => one.law === instrument?.title)
        .map((one) => one.say);
    }

    /** What the question takes for granted though it no longer holds. */
    function premisesHeld(): Correction[] {
      return rules.correctionsOf(said).filter((one) => catalogue.cite(one, asOf) !== undefined);
    }

    function answerLookup(
      lookup: ArticleLookup,
      rest: string,
      whole: boolean,
      found: ArticleReference,
      corrections: string[],
    ): Answer {
      switch (lookup.kind) {
        case "unknownLaw":
          return noSuchLaw();
        case "unknownArticle": {
          const values = {
            law: lookup.instrument.title,
            number: String(found.number),
            url: lookup.instrument.sourceUrl,
          };
          if (lookup.count === undefined) return plain("handoff", fill(wording.noArticleKnown, values), 0.5);
          return plain("declined", fill(wording.noArticle, { ...values, count: String(lookup.count) }), 1, {
            // „那第六十八条呢“ goes on with the same law.
            topic: { law: lookup.instrument.title, article: "", question: folded.slice(-80) },
          });
        }
        case "repealed": {
          const successor =
            lookup.successor === undefined ? "" : fill(wording.successor, { law: lookup.successor });
          return plain("declined", fill(wording.repealed, { law: lookup.instrument.title, successor }), 1);
        }
        case "notYetInForce":
          return plain(
            "declined",
            fill(wording.notYetInForce, { law: lookup.instrument.title, from: lookup.edition.effectiveFrom }),
            1,
          );
        case "superseded":
          return plain(
            "declined",
            fill(wording.notThen, {
              law: lookup.instrument.title,
              date: asOf,
              url: lookup.instrument.sourceUrl,
            }),
            1,
          );
        case "found": {
          if (lookup.digest === undefined) {
            const values = {
              law: lookup.instrument.title,
              number: String(found.number),
              url: lookup.instrument.sourceUrl,
            };
            const count = String(lookup.edition.articles ?? "");
            const text = lookup.edition.articles === undefined ? wording.noArticleKnown : wording.uncollected;
            return plain("handoff", fill(text, { ...values, count }), 0.5);
          }
          const { law, article, paragraphs } = lookup.digest;
          const values = { law, article, count: String(paragraphs) };
          const few = (found.paragraph ?? 0) > paragraphs ? [fill(wording.fewParagraphs, values)] : [];
          return compose([asHit(lookup.digest, 0.99, whole ? undefined : rest)], {
            whole,
            corrections: [...corrections, ...few],
            paragraph: found.paragraph,
          });
        }
      }
    }

    /** Hits for the question, read with the talk before it where it leans on that. */
    function retrieveInTalk(): { hits: Retrieved[]; earlier: string | undefined } {
      const alone = retriever.retrieve(folded, { ...options, semantic });
      if (context === undefined || !leansOnTalk(folded)) return { hits: alone, earlier: undefined };
      const aloneTop = alone[0];
      if (aloneTop !== undefined && aloneTop.score >= 0.85 && aloneTop.similarity >= 0.6)
        return { hits: alone, earlier: undefined };
      // „申请专利咋弄“ names its law and stands in the base as it is asked: what was asked before does not bear on it.
      const verbatim = aloneTop !== undefined && aloneTop.score >= answerFrom && aloneTop.similarity >= 0.95;
      if (verbatim && rights.law !== undefined) return { hits: alone, earlier: undefined };
      const lookup = catalogue.article({ law: context.law, article: context.article, asOf });
      const favoured = new Map<number, number>();
      if (lookup.kind === "found" && lookup.digest !== undefined) {
        for (const name of lookup.digest.related) {
          const [next] = findReferences(fold(name));
          const target =
            next?.instrument &&
            catalogue.article({ law: next.instrument.title, article: next.article, asOf });
          const id =
            target?.kind === "found" && target.digest !== undefined ? idOf.get(target.digest) : undefined;
          if (id !== undefined) favoured.set(id, 0.15);
        }
        const id = idOf.get(lookup.digest);
        if (id !== undefined) favoured.set(id, 0.3);
      }
      const earlier = retriever.mend(fold(context.question));
      const hits = retriever.retrieve(folded, { ...options, before: earlier, favoured });
      return { hits, earlier };
    }

    /** The same question found in a text of another time: told, not answered. */
    function otherTime(): Answer | undefined {
      const hit = retriever.retrieve(folded, {
        limit: 1,
        allowed: ({ law }) => !rights.excludes(law),
        allowedKey: `all${rights.key}`,
      })[0];
      if (hit === undefined || hit.score < answerFrom || catalogue.inForce(hit.digest, asOf))
        return undefined;
      const instrument = catalogue.instrumentOf(hit.digest.law);
      const edition = instrument?.editions.find((one) => one.edition === hit.digest.edition);
      if (instrument === undefined || edition === undefined) return undefined;
      const values = {
        law: instrument.title,
        date: asOf,
        url: instrument.sourceUrl,
        from: edition.effectiveFrom,
      };
      return plain("handoff", fill(wording.notThen, values), hit.score);
    }

    function asHit(digest: Passage, score: number, rest?: string): Retrieved {
      const id = idOf.get(digest) ?? 0;
      const best = retriever.groupsOf(rest ?? folded, id)[0];
      const similarity = best?.similarity ?? 0;
      const evidence = { coverage: 0, margin: 0, mass: 0, known: 1, inField: true, field: 1 };
      return { id, digest, score, fused: 0, group: best?.group ?? 0, similarity, evidence };
    }

    type ComposeOptions = {
      /** The whole article was asked for, not a point of it. */
      whole?: boolean;
      earlier?: string | undefined;
      corrections?: string[];
      paragraph?: number | undefined;
    };

    function compose(
      found: readonly Retrieved[],
      { whole = false, earlier, corrections: premises = [], paragraph }: ComposeOptions,
    ): Answer {
      const main = found[0];
      if (main === undefined) return plain("declined", wording.declined, 0);
      const body = createBody();
      for (const sentence of premises) body.add(sentence, main.digest, maxChars);
      const used = new Set<string>();
      const take = (hit: { digest: Passage; group: number }, room: number, opening = "") => {
        const key = `${hit.digest.law}${hit.digest.article}#${hit.group}`;
        const group = hit.digest.asked[hit.group];
        if (group === undefined || used.has(key)) return;
        used.add(key);
        body.add(group.answer, hit.digest, room, opening);
      };

      if (whole) {
        const asked = main.digest.points.filter((point) => point.paragraph === paragraph);
        if (asked.length === 0) body.add(main.digest.summary, main.digest, maxChars);
        for (const point of asked.length === 0 ? main.digest.points : asked)
          body.add(point.text, main.digest, usualChars);
      } else {
        take({ digest: main.digest, group: groupInTalk(main, earlier) }, maxChars);
        for (const clause of clausesOf(folded)) {
          const [within] = retriever.groupsOf(clause, main.id);
          if (within !== undefined && within.similarity >= 0.25)
            take({ digest: main.digest, group: within.group }, 400);
          const hit = retriever.retrieve(clause, options)[0];
          if (hit !== undefined && hit.score >= 0.6 && hit.similarity >= 0.45) take(hit, 430);
        }
        const near = found.slice(1, 4).filter((rival) => rivals(main, rival));
        for (const rival of near.slice(0, 2))
          take(rival, rivalChars, fill(wording.also, { title: rival.digest.title }));
        // Another group of the same article that fits nearly as well: people ask two things at once.
        const [, next] = retriever.groupsOf(folded, main.id, earlier);
        if (next !== undefined && next.similarity >= main.similarity * 0.75)
          take({ digest: main.digest, group: next.group }, usualChars);
        const higher = higherRuleOf(main, found);
        if (higher !== undefined)
          body.add(
            fill(wording.higher, { law: higher.law, article: higher.article }),
            main.digest,
            maxChars - footerChars,
          );
        addPoints(body, main.digest, folded);
        const guide = [main, ...near].find(({ digest }) => (digest.guide?.next ?? "none") !== "none")?.digest;
        if (guide?.guide !== undefined && guide.guide.next !== "none")
          body.add(wording.next[guide.guide.next], guide, maxChars - footerChars);
      }

      const hedge = !whole && premises.length === 0 && main.score < hedgedBelow ? wording.hedge : "";
      const answered = main.digest.asked[groupInTalk(main, earlier)]?.answer ?? "";
      const { citations } = settle(body.sentences(), main.digest, paragraph);
      const dated = dateOf?.({ said, folded, earlier, asOf, main: main.digest, answered, citations });
      const { settled, footer } = fitting(body.sentences(), main.digest, paragraph, hedge.length, dated);
      const related = relatedTo(main, found);
      return {
        outcome: "answered",
        text: join([`${hedge}${settled.text}`, footer], "\n"),
        grounds: groundsOf([main.digest, ...body.sentences().map(({ digest }) => digest)]),
        parts: { lead: hedge, body: settled.text, footer },
        citations: settled.citations,
        confidence: main.score,
        related,
        corrections: premises,
        ...(rules.isBeside(main.digest.law) ? { beside: true } : {}),
        ...(dated?.deadline === undefined ? {} : { deadline: dated.deadline }),
        topic: {
          law: main.digest.law,
          article: main.digest.article,
          question: (earlier === undefined ? folded : `${earlier} ${folded}`).slice(-80),
        },
      };
    }

    /** As many of the sentences as fit into an answer with their basis; the first always stays. */
    function fitting(
      sentences: readonly { text: string; digest: Passage }[],
      main: Passage,
      paragraph: number | undefined,
      taken: number,
      dated: DateAnswer | undefined,
    ): { settled: ReturnType<typeof settle>; footer: string } {
      const room = maxChars - taken - (quotes(main) ? quoteRoom : 0);
      for (let count = sentences.length; ; count -= 1) {
        const settled = settle(sentences.slice(0, count), main, paragraph, dated?.citations);
        const basis = `${fill(wording.basis, { articles: basisOf(settled.citations, catalogue.instrumentOf) })}${wording.notice}`;
        // The day that was asked for goes before what may be of use.
        const footer = join([dated?.text ?? "", basis], "\n");
        if (count <= 1 || settled.text.length + 1 + footer.length <= room) return { settled, footer };
      }
    }

    /** Drops sentences whose articles cannot be cited on the day, and cites all that remain. */
    function settle(
      sentences: readonly { text: string; digest: Passage }[],
      main: Passage,
      paragraph: number | undefined,
      more: readonly Citation[] = [],
    ): { text: string; citations: Citation[] } {
      const citations = new Map<string, Citation>();
      const add = (citation: Citation) => {
        const key = `${citation.law}|${citation.article}`;
        if (!citations.has(key)) citations.set(key, citation);
      };
      const own = catalogue.cite({ law: main.law, article: main.article }, asOf);
      if (own !== undefined) {
        add(paragraph === undefined || paragraph > main.paragraphs ? own : { ...own, paragraph });
      }
      const kept: string[] = [];
      for (const { text, digest } of sentences) {
        const named = citationsIn(text, digest.law);
        if (named === undefined) continue;
        kept.push(text);
        const source = catalogue.cite({ law: digest.law, article: digest.article }, asOf);
        if (source !== undefined) add(source);
        for (const citation of named) add(citation);
        for (const basis of basesOfSentence(text, digest)) {
          const [reference] = findReferences(fold(basis));
          const law = reference?.instrument?.title;
          const citation =
            law === undefined ? undefined : catalogue.cite({ law, article: reference?.article ?? "" }, asOf);
          if (citation !== undefined) add(citation);
        }
      }
      for (const citation of more) add(citation);
      return { text: kept.join(""), citations: [...citations.values()] };
    }

    /** The citations of every article that a sentence names, or undefined where one cannot be cited. */
    function citationsIn(text: string, law: string): Citation[] | undefined {
      const citations: Citation[] = [];
      let current = law;
      for (const reference of findReferences(text)) {
        // A number of an old edition is named, not relied on.
        if (reference.edition !== undefined || reference.old) continue;
        current = reference.instrument?.title ?? (/本(法|细则|条例|办法)/u.test(text) ? law : current);
        const citation = catalogue.cite({ law: current, article: reference.article }, asOf);
        if (citation === undefined) return undefined;
        citations.push(citation);
      }
      return citations;
    }

    /** The asked group that answers: in a follow-up by its own words, where these say enough. */
    function groupInTalk(main: Retrieved, earlier: string | undefined): number {
      if (earlier === undefined) return main.group;
      const own = retriever.groupsOf(folded, main.id)[0];
      if (own !== undefined && own.similarity >= 0.2) return own.group;
      return retriever.groupsOf(folded, main.id, earlier)[0]?.group ?? main.group;
    }

    /** The national article on the same matter, where a local regulation answers. */
    function higherRuleOf(main: Retrieved, found: readonly Retrieved[]): Passage | undefined {
      if (catalogue.instrumentOf(main.digest.law)?.kind !== "地方性法规") return undefined;
      return found.find(({ digest }) => {
        const kind = catalogue.instrumentOf(digest.law)?.kind;
        const name = `${digest.law}${digest.article}`;
        return (kind === "法律" || kind === "行政法规") && main.digest.related.includes(name);
      })?.digest;
    }

    function relatedTo(main: Retrieved, found: readonly Retrieved[]): string[] {
      const asked = new Set<string>();
      main.digest.asked.forEach((group, at) => {
        if (at !== main.group && asked.size < 2 && group.questions[0] !== undefined)
          asked.add(group.questions[0]);
      });
      for (const hit of found.slice(1, 4)) if (hit.score > 0.05) asked.add(askedOf(hit));
      return [...asked].slice(0, 3);
    }
  };
}

function groundsOf(digests: readonly Passage[]): Ground[] {
  return [...new Set(digests)].map(({ law, article, edition, title, summary, points }, at) => ({
    id: `g${at + 1}`,
    law,
    article,
    edition,
    title,
    text: [summary, ...points.map((point) => point.text)].join("\n"),
  }));
}

/** The articles that a sentence of a guide rests on: those of its figures, and of the step that is most like it. */
function basesOfSentence(sentence: string, { kind, points, figures }: Passage): readonly string[] {
  if (kind !== "guide") return [];
  const told = figures.flatMap(({ value, basis }) =>
    basis !== undefined && sentence.includes(value) ? [basis] : [],
  );
  const pairs = new Set(characterTerms(sentence).filter(isPair));
  let best: { shared: number; basis: readonly string[] } = { shared: 0.3, basis: [] };
  for (const { text, basis = [] } of points) {
    const own = new Set(characterTerms(text).filter(isPair));
    const shared = [...pairs].filter((pair) => own.has(pair)).length / Math.max(1, pairs.size);
    if (shared > best.shared) best = { shared, basis };
  }
  return [...new Set([...told, ...best.basis])];
}

/** Sentences in order, without repeats and within their room. */
function createBody() {
  const parts: { text: string; digest: Passage }[] = [];
  let length = 0;
  return {
    /** Adds a text where it still fits into `room` characters. The first always does. */
    add(text: string, digest: Passage, room: number, opening = ""): boolean {
      const fresh = sentencesOf(text).filter(
        (sentence) => !parts.some((part) => saysTheSame(part.text, sentence)),
      );
      const size = fresh.reduce((sum, sentence) => sum + sentence.length, 0);
      if (size === 0 || (parts.length > 0 && length + size > room)) return false;
      for (const [at, sentence] of fresh.entries())
        parts.push({ text: at === 0 ? `${opening}${sentence}` : sentence, digest });
      length += size;
      return true;
    },
    sentences: () => parts,
    length: () => length,
    text: () => parts.map((part) => part.text).join(""),
  };
}

type Body = ReturnType<typeof createBody>;

/** Adds the points of an article that bear on the question or hold figures it asks for; a short answer gets the nearest one. */
function addPoints(body: Body, digest: Passage, folded: string): void {
  const wanted = new Set(characterTerms(folded).filter(isPair));
  const asksFigure = /多少|几|多久|多长|时候|期限|哪天|罚|赔|最高|最低|最多|最少|钱/u.test(folded);
  const asksHow = /怎么|咋|如何|步骤|流程|手续|准备|材料|程序|一步步|办/u.test(folded);
  const missing = digest.figures.filter((figure) => !body.text().includes(figure.value));
  const ranked = digest.points
    .map((point) => {
      const terms = new Set(characterTerms(point.text));
      const common = [...wanted].filter((term) => terms.has(term)).length;
      const figures = asksFigure && missing.some((figure) => point.text.includes(figure.value)) ? 0.2 : 0;
      return { point, gain: common / Math.max(1, wanted.size) + figures };
    })
    .sort((a, b) => b.gain - a.gain);
  for (const { point, gain } of ranked) {
    if (body.length() >= 260 || (gain < 0.15 && body.length() >= 150)) return;
    // The steps of a guide are for who asks how; who asks how long wants to know how long.
    if (digest.kind === "guide" && !asksHow && gain < 0.4) return;
    body.add(point.text, digest, usualChars);
  }
}

/** Whether another hit may answer the question as well as the first: nearly as strong, and of another article. */
function rivals(main: Retrieved, rival: Retrieved): boolean {
  const { law, article } = main.digest;
  if (rival.digest.law === law && rival.digest.article === article) return false;
  return rival.fused >= main.fused * rivalFrom;
}

/** Whether two sentences share most of their pairs of characters. */
function saysTheSame(a: string, b: string): boolean {
  const pairs = (text: string) => new Set(characterTerms(text).filter(isPair));
  const first = pairs(a);
  const second = pairs(b);
  if (second.size === 0) return true;
  let common = 0;
  for (const pair of second) if (first.has(pair)) common += 1;
  return common / second.size >= 0.6;
}

function sentencesOf(text: string): string[] {
  const closed = /[。！？]$/u.test(text) ? text : `${text}。`;
  return closed.match(/[^。！？]+[。！？]/gu) ?? [];
}

/** Parts of a question that may ask different things. */
function clausesOf(folded: string): string[] {
  const clauses = folded.split(/[,，。.?？!！;；\s]+/u).filter((clause) => hanCount(clause) >= 4);
  return clauses.length > 1 ? clauses.slice(0, 4) : [];
}

/** A name that ends as laws' names do. */
const lawName = /([㐀-鿿a-z]{2,24}?(?:法典|法|条例|办法|细则|规定|解释))》?(?:里头?|中|上)?的?$/iu;
/** A word for any law, not the name of one. */
const anyLaw =
  /(?:这|那|哪|该|本|啥|什么|新|旧|老|法律|相关|有关|国家|按照?|根据|依照?|依据|现行)(?:的|部|个|条)?(?:法律)?(?:法|条例|办法|细则|规定|解释)$|法律$/u;
/** Common words that end like laws, and laws that are none of our business. */
const noLaw =
  /(?:办|方|说|做|用|设|没|看|想|立|执|违|合|犯|守|依|枉|司|非|语|书|疗|商|写|算|打|玩|手|枪|修|国|家|王|宪|民|刑|普|懂|学|讲|不合|公司|合同|劳动|婚姻|继承|税)法$|(?:^|[^理])办法$|(?:规定|解释)$/u;
/** A name of a law about our field, from the word of the field on. */
const ourLaw =
  /((?:专利|发明|知识产权|知产|外观|实用新型|防伪|打假|山寨|仿冒|假冒|抄袭|剽窃|商标|版权|著作权)(?:(?!的)[㐀-鿿]){0,10}?(?:法典|法|条例))(?![律院官庭子]|规(?!定))/u;

type Known = (name: string) => boolean;

/** Whether an article's number stands behind the name of a law that nobody here knows. */
function unknownLawBefore(before: string, isKnown: Known): boolean {
  const name = lawName.exec(before)?.[1];
  return name !== undefined && name.length >= 4 && !anyLaw.test(name) && !noLaw.test(name) && !isKnown(name);
}

/** Whether a question leans on a law whose name is of none that is known. */
function unknownLawIn(folded: string, isKnown: Known): boolean {
  const quoted = /《([^》]{2,30}(?:法典|法|条例|办法|细则|规定|解释))》/u.exec(folded)?.[1];
  const asked = /([㐀-鿿]{2,20}(?:法|条例))》?(?:是?(?:啥|什么)时候|哪[天年]|何时|几号|第?几条)/u.exec(
    folded,
  )?.[1];
  const ours = ourLaw.exec(folded)?.[1];
  if (quoted !== undefined && !isKnown(quoted)) return true;
  return [asked, ours].some(
    (name) =>
      name !== undefined &&
      !anyLaw.test(name) &&
      !/(?:办|方|做|用|写|算|打|玩|看|想|说|手|执|司|立|违|合|非|守|依|犯|普|修|新|旧|老)法$/u.test(name) &&
      !(name === asked && noLaw.test(name)) &&
      !isKnown(name),
  );
}

function asksWhenInForce(folded: string): boolean {
  return /(?:啥时候|什么时候|哪天|哪年|何时|几号|哪一天|从哪).{0,8}(?:施行|实施|生效|执行)|(?:施行|实施|生效)(?:日期|时间)|(?:还|现在).{0,3}(?:有效|管用|算数)(?:吗|不|没)/u.test(
    folded,
  );
}

/** Whether nothing but “what does it say” is left beside an article's number. */
export function isBareLookup(rest: string): boolean {
  const left = rest.replace(
    /请问|我想|想|问一?下|查一?下|看一?下|帮我|给我|一下|写的?|说的?|讲的?|规定|内容|原文|意思|具体|是|啥|什么|哪些|怎么|咋|现在|改成|对应|第几条|了|的|吗|呢|吧|嘛|里|都|有|个|条|念|解释|[^㐀-鿿a-z0-9]/gu,
    "",
  );
  return left.length <= 1;
}

/** Whether a question is too short or too pointing to stand alone. */
function leansOnTalk(folded: string): boolean {
  return (
    /^(那|那么|要是|如果|还有|这个?|它|他|她|还|又|再|另外)/u.test(folded) ||
    /呢[?？。]?$/u.test(folded) ||
    hanCount(folded) <= 10
  );
}

function hanCount(text: string): number {
  return text.match(/[㐀-鿿]/gu)?.length ?? 0;
}

function askedOf(hit: Retrieved): string {
  return hit.digest.asked[hit.group]?.questions[0] ?? hit.digest.title;
}

function isAbout(hit: Retrieved, one: { law: string; article: string }): boolean {
  return hit.digest.law === one.law && hit.digest.article === one.article;
}

function join(parts: readonly string[], separator = ""): string {
  return parts.filter((part) => part !== "").join(separator);
}
