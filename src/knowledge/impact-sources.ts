import answersFile from "../../prompts/answers.json" with { type: "json" };
import deadlinesFile from "../../prompts/deadlines.json" with { type: "json" };
import rewriteFile from "../../prompts/grounded-rewrite.json" with { type: "json" };
import pagesFile from "../../prompts/pages.json" with { type: "json" };
import repliesFile from "../../prompts/replies.json" with { type: "json" };
import { shippedClockRules } from "../calendar/clock-rule.ts";
import type { ImpactSource } from "./impact.ts";
import { asBlob } from "./knowledge-blob.ts";
import type { StandardAnswer } from "./standard-answer.ts";

/** What ships with the product and may cite articles, but for the rooms that knowledge does not know. */
export function shippedSources(loaded: unknown): ImpactSource[] {
  const blob = asBlob(loaded);
  const { digests: passages } = blob;
  const folders = Map.groupBy(
    passages.filter(({ guide }) => guide === undefined),
    ({ law, edition }) => `${law}-${edition.slice(0, 4)}`,
  );
  return [
    ...[...folders].map(
      ([folder, digests]): ImpactSource => ({
        kind: "digest",
        file: `knowledge/digests/${folder}/`,
        content: digests,
      }),
    ),
    ...passages.flatMap(({ guide, ...passage }): ImpactSource[] =>
      guide === undefined
        ? []
        : [{ kind: "guide", file: `knowledge/guides/${guide.id}.yaml`, content: { ...guide, ...passage } }],
    ),
    { kind: "correction", file: "knowledge/corrections.yaml", content: blob.corrections.corrections },
    { kind: "scope", file: "knowledge/scope.yaml", content: blob.scope.matters },
    { kind: "renumbering", file: "knowledge/renumbering/", content: blob.renumbering },
    { kind: "clockRule", file: "src/calendar/data/clock-rules.json", content: shippedClockRules },
    { kind: "reply", file: "prompts/replies.json", content: repliesFile.texts },
    { kind: "reply", file: "prompts/answers.json", content: answersFile },
    { kind: "reply", file: "prompts/pages.json", content: pagesFile },
    { kind: "reply", file: "prompts/deadlines.json", content: deadlinesFile },
    { kind: "reply", file: "prompts/grounded-rewrite.json", content: rewriteFile },
  ];
}

/** Standard answers as a source. */
export function standardSource(standards: readonly StandardAnswer[]): ImpactSource {
  const content = standards.map(({ id, questions, text, citations }) => ({
    id,
    title: questions[0],
    questions,
    text,
    citations,
  }));
  return { kind: "standardAnswer", file: "knowledge_standard_answers", content };
}
