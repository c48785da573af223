import { z } from "zod";
import { fold } from "../text/fold.ts";

const Reference = z.object({ law: z.string(), article: z.string() });

/** One line of a question file (shared/acceptance/README.md). */
export const EvalQuestion = z.object({
  id: z.string(),
  question: z.string().min(1),
  gold: z.array(Reference),
  goldAlsoOk: z.array(Reference).default([]),
  answerMustInclude: z.array(z.string()).default([]),
  answerMustNotInclude: z.array(z.string()).default([]),
  outOfScope: z.boolean().default(false),
  expectedAction: z.enum(["answer", "decline", "redirect", "handoff"]).default("answer"),
  tags: z.array(z.string()).default([]),
});
export type EvalQuestion = z.infer<typeof EvalQuestion>;

/** What the service said to one question. */
export type Played = {
  question: EvalQuestion;
  hits: { law: string; article: string; status: string }[];
  outcome: string;
  text: string;
  citations: {
    law: string;
    article: string /** It resolves to text in force at the date. */;
    exists: boolean;
  }[];
  durationMs: number;
};

export type EvalMetrics = {
  questions: number;
  searchHit1: number;
  searchHit5: number;
  searchHit10: number;
  supersededInTop5: number;
  citationExists: number;
  citationCorrect: number;
  factsComplete: number;
  forbidden: number;
  outOfScopeHandled: number;
  wrongRefusals: number;
  p50Ms: number;
  p95Ms: number;
};

/** How one question went; the metrics are shares of these. */
export type Verdict = {
  id: string;
  /** Position of the first right article in the search, from 1; 0 = not among the ten. */
  rank: number;
  cited: boolean;
  facts: boolean;
  forbidden: boolean;
  handled: boolean;
  refused: boolean;
};

const lawName = (law: string) => law.replace(/中华人民共和国|[《》\s]/gu, "");

function among(
  references: readonly { law: string; article: string }[],
  one: { law: string; article: string },
): boolean {
  return references.some(
    (other) =>
      lawName(other.law) === lawName(one.law) && (other.article === "*" || other.article === one.article),
  );
}

/** Judges one answer as shared/acceptance/README.md says. */
export function judge({ question, hits, outcome, text, citations }: Played): Verdict {
  const right = [...question.gold, ...question.goldAlsoOk];
  const squeezed = fold(text).replace(/\s/gu, "");
  // The patterns are written for text as shown: full-width punctuation included.
  const shown = text.replace(/\s/gu, "");
  const matches = (pattern: string) => {
    const expression = new RegExp(pattern, "u");
    return expression.test(squeezed) || expression.test(shown);
  };
  const facts = question.answerMustInclude.every(matches);
  return {
    id: question.id,
    rank: hits.slice(0, 10).findIndex((hit) => among(right, hit)) + 1,
    cited: citations.some((citation) => among(right, citation)),
    facts,
    forbidden: question.answerMustNotInclude.some(matches),
    handled: outcome === "declined" || outcome === "handoff" || (facts && citations.length === 0),
    refused: outcome === "declined",
  };
}

/** The metrics over all questions, as `npm run eval` prints them. Shares of an empty set are 1 (or 0 where less is better). */
export function measure(played: readonly Played[]): EvalMetrics {
  const verdicts = played.map((one) => ({ ...one, verdict: judge(one) }));
  const inScope = verdicts.filter((one) => !one.question.outOfScope);
  const outside = verdicts.filter((one) => one.question.outOfScope);
  const share = <T>(list: readonly T[], holds: (one: T) => boolean, empty = 1) =>
    list.length === 0 ? empty : round(list.filter(holds).length / list.length);
  const hitAt = (k: number) => share(inScope, ({ verdict }) => verdict.rank > 0 && verdict.rank <= k);
  const citations = verdicts.flatMap((one) => one.citations);
  const durations = verdicts.map((one) => one.durationMs).sort((a, b) => a - b);
  const quantile = (q: number) =>
    round(durations[Math.min(durations.length - 1, Math.floor(durations.length * q))] ?? 0);
  return {
    questions: played.length,
    searchHit1: hitAt(1),
    searchHit5: hitAt(5),
    searchHit10: hitAt(10),
    supersededInTop5: share(
      verdicts,
      (one) => one.hits.slice(0, 5).some((hit) => hit.status !== "current"),
      0,
    ),
    citationExists: share(citations, (citation) => citation.exists),
    citationCorrect: share(inScope, ({ verdict }) => verdict.cited),
    factsComplete: share(
      inScope.filter((one) => one.question.answerMustInclude.length > 0),
      ({ verdict }) => verdict.facts,
    ),
    forbidden: share(verdicts, ({ verdict }) => verdict.forbidden, 0),
    outOfScopeHandled: share(outside, ({ verdict }) => verdict.handled),
    wrongRefusals: share(inScope, ({ verdict }) => verdict.refused, 0),
    p50Ms: quantile(0.5),
    p95Ms: quantile(0.95),
  };
}

const round = (value: number) => Math.round(value * 10_000) / 10_000;
