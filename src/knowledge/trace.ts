import { fold } from "../text/fold.ts";
import type { FindReferences } from "./article-reference.ts";
import type { Evidence } from "./confidence.ts";
import { characterTerms } from "./ranking/terms.ts";
import type { Retrieved, Retriever } from "./retriever.ts";
import type { ScopeRules } from "./scope-rules.ts";
import type { Thesaurus } from "./sources.ts";

/** A passage as the search saw it. */
export type TraceHit = {
  law: string;
  article: string;
  title: string;
  kind: "statute" | "guide";
  /** The number that decides, and no other. */
  score: number;
  /** Orders; means nothing alone. */
  fused: number;
  /** The stored wording that came nearest, and how near its group came, 0–1. */
  asked: string;
  similarity: number;
  evidence: Evidence;
};

/** What an answer was made from. It holds no word of the person's beyond those that the thesaurus knows. */
export type Trace = {
  /** Articles that the question names: 专利法第四十二条, 第五条 where no law is named. */
  named: string[];
  /** Best first; empty where nothing was searched for. */
  hits: TraceHit[];
  /** Thesaurus phrases found in the question, slips and dialect words mended first. */
  words: { say: string[]; mended: string[] };
  /** Whether the question has a word of the field; undefined where nobody looked. */
  inField: boolean | undefined;
  /** Matters of `scope.yaml` that it falls under. */
  matters: { id: string; kind: "refused" | "offTopic" | "uncollected" }[];
  /** Entries of `corrections.yaml` that it wakes. */
  corrections: string[];
  /** The limit by which a day was told; the day itself stands in the answer. */
  limit?: { ruleId: string | null; law: string; article: string };
};

type Search = { text: string; limit: number; hits: readonly Retrieved[] };
type Recording = {
  searches: Search[];
  named: Set<string>;
  inField: boolean | undefined;
  matters: Map<string, Trace["matters"][number]>;
  corrections: Set<string>;
};

type Parts = { retriever: Retriever; rules: ScopeRules; findReferences: FindReferences };

/**
 * Wraps the parts that an answerer is built on, so that what it asks of them can be told. The answer and its
 * trace come from one and the same run; outside `record` the wrapped parts only pass on.
 */
export function createTracer(parts: Parts, thesaurus: Thesaurus) {
  let recording: Recording | undefined;
  const phrases = new Map(
    thesaurus.terms.flatMap(({ say }) => say.map((phrase) => [phrase, parts.retriever.mend(phrase)])),
  );
  const mendable = [...Object.keys(thesaurus.slips), ...Object.keys(thesaurus.dialect)];

  const retriever: Retriever = {
    ...parts.retriever,
    retrieve(text, options) {
      const hits = parts.retriever.retrieve(text, options);
      recording?.searches.push({ text, limit: options.limit, hits });
      return hits;
    },
  };
  const rules: ScopeRules = {
    inField(folded) {
      const found = parts.rules.inField(folded);
      if (recording !== undefined) recording.inField = (recording.inField ?? false) || found;
      return found;
    },
    matterOf(folded, kind) {
      const matter = parts.rules.matterOf(folded, kind);
      if (matter !== undefined) recording?.matters.set(matter.id, { id: matter.id, kind: matter.kind });
      return matter;
    },
    suspicionOf: parts.rules.suspicionOf,
    otherRights: parts.rules.otherRights,
    isBeside: parts.rules.isBeside,
    correctionsOf(folded) {
      const found = parts.rules.correctionsOf(folded);
      for (const one of found) recording?.corrections.add(one.id);
      return found;
    },
  };

  return {
    parts: { retriever, rules, findReferences: parts.findReferences },

    /** Runs `work`, which must not wait for anything, and tells what it asked on the way. */
    record<T>(question: string, work: () => T): { result: T; trace: Trace } {
      const running: Recording = {
        searches: [],
        named: new Set(),
        inField: undefined,
        matters: new Map(),
        corrections: new Set(),
      };
      const outer = recording;
      recording = running;
      let result: T;
      try {
        result = work();
      } finally {
        recording = outer;
      }
      const said = fold(question).trim();
      const mended = parts.retriever.mend(said);
      for (const { instrument, article } of parts.findReferences(mended))
        running.named.add(`${instrument?.title ?? ""}${article}`);
      return {
        result,
        trace: {
          named: [...running.named],
          hits: mainSearch(running.searches, mended).map((hit) => toTraceHit(hit, mended)),
          words: {
            say: [...phrases].filter(([, plain]) => mended.includes(plain)).map(([phrase]) => phrase),
            mended: mendable.filter((word) => said.includes(word)),
          },
          inField: running.inField,
          matters: [...running.matters.values()],
          corrections: [...running.corrections],
        },
      };
    },
  };
}

/** The search over the whole question: in a talk it is made anew with what was said before, and the last one counts. */
function mainSearch(searches: readonly Search[], whole: string): readonly Retrieved[] {
  const wide = searches.filter(({ limit }) => limit > 1);
  return (wide.filter(({ text }) => text === whole).at(-1) ?? wide[0])?.hits ?? [];
}

function toTraceHit(
  { digest, score, fused, group, similarity, evidence }: Retrieved,
  mended: string,
): TraceHit {
  const { law, article, title, kind } = digest;
  const asked = nearest(mended, digest.asked[group]?.questions ?? []);
  return { law, article, title, kind, score, fused, asked, similarity, evidence };
}

/** The wording that shares the largest part of its terms with the question. */
function nearest(mended: string, wordings: readonly string[]): string {
  const wanted = new Set(characterTerms(mended));
  let best = "";
  let most = -1;
  for (const wording of wordings) {
    const terms = new Set(characterTerms(fold(wording)));
    const share = [...terms].filter((term) => wanted.has(term)).length / Math.max(1, terms.size);
    if (share > most) {
      most = share;
      best = wording;
    }
  }
  return best;
}
