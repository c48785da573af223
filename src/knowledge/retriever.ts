import { confidenceOf, type Evidence } from "./confidence.ts";
import type { KnowledgeBlob, StoredDigest } from "./knowledge-blob.ts";
import { idfOf, type LexicalIndex, massOf, scoreBm25, scoreShared, unpackIndex } from "./lexical-index.ts";
import { createPlainSpeech } from "./plain-speech.ts";
import { fuseByReciprocalRank } from "./reciprocal-rank.ts";
import { termsOf } from "./tokens.ts";

/** An article found for a question. */
export type Retrieved = {
  /** Position in the blob's digests. */
  id: number;
  digest: StoredDigest;
  /** Calibrated: the probability that this article answers the question, 0–1. */
  score: number;
  /** Fused rank score; orders, and means nothing alone. */
  fused: number;
  /** The asked group that fits best, and how well its best question does, 0–1. */
  group: number;
  similarity: number;
  /** What the score was reckoned from. */
  evidence: Evidence;
};

export type RetrieveOptions = {
  limit: number;
  /** Which digests may be found. */
  allowed: (digest: StoredDigest) => boolean;
  /** Identifies `allowed`, so that its answers can be kept. */
  allowedKey: string;
  /** An earlier question of the same talk: its terms count half. */
  before?: string;
  /** Digests favoured by the talk so far: added to the fused score. */
  favoured?: ReadonlyMap<number, number>;
  /** Passages near in meaning (`passageKey`), best first: they re-order what was found by words. */
  semantic?: readonly string[] | undefined;
};

/** Names a digest beyond one blob: `law|edition|article`. */
export function passageKey({ law, edition, article }: StoredDigest): string {
  return `${law}|${edition}|${article}`;
}

/** How many hits by words take part in the fusion with those by meaning. */
const fusedDepth = 20;
/** Most that a passage found by meaning alone may score: below what is answered with. */
const semanticOnlyScore = 0.2;
/** From here up the first hit by words stays the first. */
const surelyFound = 0.6;

export type Tuning = {
  /** Weights of the fusion. */
  articles: number;
  asked: number;
  question: number;
  /** Of the share of the query that the article holds anywhere. */
  coverage: number;
  /** Share of the query, against that of the stored question, in the denominator of their likeness. */
  queryShare: number;
  /** What a single character counts beside a pair in that likeness. */
  single: number;
  /** Sharpens the weight of a term: the rarer among the articles, the more it tells. */
  power: number;
  /** What a thesaurus word counts beside a word of the person's own. */
  expanded: number;
  /** What the words of an earlier question count. */
  earlier: number;
  /** What an article counts whose law is about something that the question does not name. */
  offSubject: number;
};

/** Fitted by `scripts/fit-confidence.ts`: five folds of the digests' own questions, each left out in turn. */
export const shippedTuning: Tuning = {
  articles: 1.5,
  asked: 1,
  question: 0.7,
  coverage: 1,
  queryShare: 0.5,
  single: 1,
  power: 1,
  expanded: 0.4,
  earlier: 0.5,
  offSubject: 0.6,
};

export type Retriever = {
  /** Articles for a question already folded, best first. */
  retrieve(folded: string, options: RetrieveOptions): Retrieved[];
  /** Asked groups of one article by likeness to the question, best first. */
  groupsOf(folded: string, id: number, before?: string): { group: number; similarity: number }[];
  /** What slips and colloquial words of a folded question stand for. */
  mend(folded: string): string;
};

/** Lexical search over the digests: two BM25 fields and the best single question, fused by max-normalised sum. */
export function createRetriever(blob: KnowledgeBlob, tuning: Tuning = shippedTuning): Retriever {
  const { digests, thesaurus } = blob;
  const terms = blob.index.vocabulary === "" ? [] : blob.index.vocabulary.split("\n");
  const termIds = new Map<string, number>();
  for (let id = 0; id < terms.length; id += 1) termIds.set(terms[id] ?? "", id);
  const articles = unpackIndex(blob.index.articles, terms.length);
  const asked = unpackIndex(blob.index.asked, terms.length);
  const questions = unpackIndex(blob.index.questions, terms.length);
  const spread = spreadOf([articles, asked], terms.length);
  for (let id = 0; id < terms.length; id += 1) {
    const weight = idfOf(digests.length, spread[id] ?? 0) ** tuning.power;
    questions.idf[id] = weight * (terms[id]?.length === 1 ? tuning.single : 1);
  }
  const questionMass = massOf(questions);
  const unseenIdf = idfOf(digests.length, 0) ** tuning.power;

  const articleOfQuestion = new Uint32Array(questions.documents);
  const groupOfQuestion = new Uint32Array(questions.documents);
  const firstQuestion = new Uint32Array(digests.length + 1);
  let next = 0;
  digests.forEach((digest, article) => {
    firstQuestion[article] = next;
    digest.asked.forEach((group, groupId) => {
      for (const _ of group.questions) {
        articleOfQuestion[next] = article;
        groupOfQuestion[next] = groupId;
        next += 1;
      }
    });
  });
  firstQuestion[digests.length] = next;

  const field = new RegExp(blob.scope.field.join("|"), "u");
  const subjects = new Map(blob.scope.subjects.map(({ law, words }) => [law, new RegExp(words, "u")]));
  const plain = createPlainSpeech(thesaurus);
  const expansions = new Map<string, number[]>();
  for (const entry of thesaurus.terms) {
    const ids = [...new Set(entry.means.flatMap((word) => termsOf(plain(word))))].flatMap((term) => {
      const id = termIds.get(term);
      return id === undefined ? [] : [id];
    });
    for (const phrase of entry.say.map(plain))
      expansions.set(phrase, [...(expansions.get(phrase) ?? []), ...ids]);
  }
  const phrases = [...expansions.keys()];

  const articleScores = new Float32Array(digests.length);
  const askedScores = new Float32Array(digests.length);
  const covered = new Float32Array(digests.length);
  const coveredBy = new Int32Array(digests.length);
  const bestQuestion = new Float32Array(digests.length);
  const bestGroup = new Uint32Array(digests.length);
  const shared = new Float32Array(questions.documents);
  const masks = new Map<string, Uint8Array>();

  /** Query terms with their weights, those the person said, and the idf mass of these, unseen ones included. */
  function weigh(folded: string, before: string | undefined) {
    const query = new Map<number, number>();
    let mass = 0;
    let pairs = 0;
    let knownPairs = 0;
    const add = (text: string, weight: number) => {
      for (const term of new Set(termsOf(text))) {
        const id = termIds.get(term);
        if (term.length > 1) {
          pairs += 1;
          if (id !== undefined) knownPairs += 1;
        }
        if (id === undefined) {
          // A pair of neighbours nobody ever wrote down is mostly chance; a character is a topic.
          mass += unseenIdf * weight * (term.length === 1 ? tuning.single : 0.3);
          continue;
        }
        const held = query.get(id) ?? 0;
        if (weight <= held) continue;
        query.set(id, weight);
        mass += (questions.idf[id] ?? 0) * (weight - held);
      }
    };
    add(folded, 1);
    if (before !== undefined) add(before, tuning.earlier);
    const own = new Map(query);
    for (const phrase of phrases) {
      if (!folded.includes(phrase)) continue;
      for (const id of expansions.get(phrase) ?? []) if (!query.has(id)) query.set(id, tuning.expanded);
    }
    return { query, own, mass, known: knownPairs / Math.max(1, pairs) };
  }

  function maskOf({ allowed, allowedKey }: RetrieveOptions): Uint8Array {
    const kept = masks.get(allowedKey);
    if (kept !== undefined) return kept;
    const mask = Uint8Array.from(digests, (digest) => (allowed(digest) ? 1 : 0));
    if (masks.size > 50) masks.clear();
    masks.set(allowedKey, mask);
    return mask;
  }

  /** Likeness of the query to every stored question, into `shared`. */
  function scoreQuestions(query: ReadonlyMap<number, number>, mass: number): void {
    shared.fill(0);
    scoreShared(questions, query, shared);
    for (let id = 0; id < shared.length; id += 1) {
      const common = shared[id] ?? 0;
      if (common > 0) {
        shared[id] = Math.min(
          1,
          common / (tuning.queryShare * mass + (1 - tuning.queryShare) * (questionMass[id] ?? 0)),
        );
      }
    }
  }

  return {
    mend: plain,

    retrieve(folded, options) {
      const { query, own, mass, known } = weigh(folded, options.before);
      if (query.size === 0) return [];
      const inField = field.test(`${folded} ${options.before ?? ""}`);
      const mask = maskOf(options);
      articleScores.fill(0);
      askedScores.fill(0);
      bestQuestion.fill(0);
      scoreBm25(articles, query, articleScores);
      scoreBm25(asked, query, askedScores);
      scoreQuestions(query, mass);
      measureCoverage(own);
      for (let id = 0; id < shared.length; id += 1) {
        const likeness = shared[id] ?? 0;
        const article = articleOfQuestion[id] ?? 0;
        if (likeness > (bestQuestion[article] ?? 0)) {
          bestQuestion[article] = likeness;
          bestGroup[article] = groupOfQuestion[id] ?? 0;
        }
      }
      let topArticle = 0;
      let topAsked = 0;
      let topQuestion = 0;
      for (let id = 0; id < digests.length; id += 1) {
        if (mask[id] === 0) continue;
        topArticle = Math.max(topArticle, articleScores[id] ?? 0);
        topAsked = Math.max(topAsked, askedScores[id] ?? 0);
        topQuestion = Math.max(topQuestion, bestQuestion[id] ?? 0);
      }
      const found: Retrieved[] = [];
      const asksAbout = new Map(
        [...subjects].map(([law, words]) => [law, words.test(`${folded} ${options.before ?? ""}`)]),
      );
      for (let id = 0; id < digests.length; id += 1) {
        const digest = digests[id];
        if (mask[id] === 0 || digest === undefined) continue;
        const weight = asksAbout.get(digest.law) === false ? tuning.offSubject : 1;
        const fused =
          weight *
            ((tuning.articles * (articleScores[id] ?? 0)) / Math.max(topArticle, 1e-9) +
              (tuning.asked * (askedScores[id] ?? 0)) / Math.max(topAsked, 1e-9) +
              (tuning.coverage * (covered[id] ?? 0)) / Math.max(mass, 1e-9) +
              (tuning.question * (bestQuestion[id] ?? 0)) / Math.max(topQuestion, 1e-9)) +
          (options.favoured?.get(id) ?? 0);
        if (fused <= 0) continue;
        const similarity = bestQuestion[id] ?? 0;
        const evidence = { coverage: 0, margin: 0, mass, known, inField };
        found.push({ id, digest, score: 0, fused, group: bestGroup[id] ?? 0, similarity, evidence });
      }
      found.sort((a, b) => b.fused - a.fused || a.id - b.id);
      const best = found[0]?.fused ?? 0;
      const second = found[1]?.fused ?? 0;
      const { semantic = [] } = options;
      const kept = found.slice(
        0,
        semantic.length === 0 ? options.limit : Math.max(options.limit, fusedDepth),
      );
      let ceiling = 1;
      for (const hit of kept) {
        const rival = hit === found[0] ? second : best;
        hit.evidence.coverage = Math.min(1, (covered[hit.id] ?? 0) / Math.max(mass, 1e-9));
        hit.evidence.margin = hit.fused - rival;
        ceiling = Math.min(ceiling, confidenceOf(hit.evidence));
        hit.score = ceiling;
      }
      return semantic.length === 0 ? kept : fuse(kept, found, semantic).slice(0, options.limit);
    },

    groupsOf(folded, id, before) {
      const { query, mass } = weigh(folded, before);
      scoreQuestions(query, mass);
      const best = new Map<number, number>();
      const end = firstQuestion[id + 1] ?? 0;
      for (let question = firstQuestion[id] ?? 0; question < end; question += 1) {
        const group = groupOfQuestion[question] ?? 0;
        best.set(group, Math.max(best.get(group) ?? 0, shared[question] ?? 0));
      }
      return [...best]
        .map(([group, similarity]) => ({ group, similarity }))
        .sort((a, b) => b.similarity - a.similarity || a.group - b.group);
    },
  };

  /** Hits by words and passages by meaning in one order. Scores stay those of the words, which are not overruled where they are sure. */
  function fuse(
    kept: readonly Retrieved[],
    found: readonly Retrieved[],
    semantic: readonly string[],
  ): Retrieved[] {
    const hits = new Map(kept.map((hit) => [passageKey(hit.digest), hit]));
    for (const hit of found.slice(kept.length)) {
      const key = passageKey(hit.digest);
      if (semantic.includes(key))
        hits.set(key, { ...hit, score: Math.min(semanticOnlyScore, kept.at(-1)?.score ?? 0) });
    }
    const byWords = kept.map((hit) => passageKey(hit.digest));
    const sure = byWords.slice(0, (kept[0]?.score ?? 0) >= surelyFound ? 1 : 0);
    const order = new Set([...sure, ...fuseByReciprocalRank([byWords, semantic])]);
    return [...order].flatMap((key) => hits.get(key) ?? []);
  }

  /** The idf mass of the query that each digest holds anywhere, into `covered`. */
  function measureCoverage(query: ReadonlyMap<number, number>): void {
    covered.fill(0);
    coveredBy.fill(-1);
    for (const [term, weight] of query) {
      const gain = (questions.idf[term] ?? 0) * weight;
      for (const index of [articles, asked]) {
        const end = index.starts[term + 1] ?? 0;
        for (let at = index.starts[term] ?? 0; at < end; at += 1) {
          const id = index.ids[at] ?? 0;
          if (coveredBy[id] === term) continue;
          coveredBy[id] = term;
          covered[id] = (covered[id] ?? 0) + gain;
        }
      }
    }
  }
}

/** In how many digests each term stands, whatever the field. */
function spreadOf(indexes: readonly LexicalIndex[], terms: number): Uint32Array {
  const spread = new Uint32Array(terms);
  const seenFor = new Int32Array(Math.max(0, ...indexes.map((index) => index.documents))).fill(-1);
  for (let term = 0; term < terms; term += 1) {
    for (const { starts, ids } of indexes) {
      const end = starts[term + 1] ?? 0;
      for (let at = starts[term] ?? 0; at < end; at += 1) {
        const id = ids[at] ?? 0;
        if (seenFor[id] === term) continue;
        seenFor[id] = term;
        spread[term] = (spread[term] ?? 0) + 1;
      }
    }
  }
  return spread;
}
