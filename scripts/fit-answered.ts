import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import {
  type Asked,
  answerKinds,
  answerTerms,
  askedQuestions,
} from "../src/conversation/understanding/learned/answered.ts";
import { leaningOfTerms, noLeaning } from "../src/conversation/understanding/learned/leaning.ts";
import { noTagger } from "../src/conversation/understanding/learned/tagger.ts";
import { createReaders } from "../src/conversation/understanding/readers.ts";
import { understand } from "../src/conversation/understanding/understand.ts";
import type { Expectation } from "../src/conversation/understanding/understanding.ts";
import { createGazetteer } from "../src/regions/gazetteer.ts";
import { foldOf, type Sample, train } from "./learning/logistic.ts";

const folder = "test/evals/acts";
const Line = z.strictObject({ text: z.string().min(1), ask: z.enum(askedQuestions), means: z.string() });

const readers = createReaders({ gazetteer: createGazetteer(), presentYear: () => 2026, tag: noTagger });
const expecting: Record<Asked, Expectation> = {
  number: { asking: ["patentNumber"], drafting: true, confirming: false },
  firm: { asking: ["infringer", "location", "platform"], drafting: true, confirming: false },
  place: { asking: ["county"], drafting: true, confirming: false },
  proposed: { asking: ["patentNumber"], drafting: true, confirming: false, proposes: true },
  cancel: { asking: ["patentNumber"], drafting: true, confirming: false, cancelAsked: true },
  evidence: { asking: ["evidenceCount"], drafting: true, confirming: false },
  contact: { asking: ["contactName", "contactPhone", "anonymous"], drafting: true, confirming: false },
  summary: { asking: [], drafting: true, confirming: true },
};
const training = { times: 2, least: 0.4 };

type Answer = {
  asked: Asked;
  text: string;
  folded: string;
  hints: readonly string[];
  kind: string;
  weight: number;
};

/** What may be said whatever was asked, put to every question, counts less: it must not outweigh what answers one. */
const weightOf = (file: string): number => (file === "answered-8.jsonl" ? 0.3 : 1);

/** The labelled answers, each with what the rules make of it. */
function answers(): Answer[] {
  return readdirSync(folder)
    .filter((name) => /^answered-\d+\.jsonl$/u.test(name))
    .sort()
    .flatMap((name) =>
      readFileSync(`${folder}/${name}`, "utf8")
        .trim()
        .split("\n")
        .map((line) => answerOf(line, weightOf(name))),
    );
}

function answerOf(line: string, weight: number): Answer {
  const { text, ask, means } = Line.parse(JSON.parse(line));
  const { text: folded, answered } = understand(text, expecting[ask], "2026-11-26", readers);
  const kinds: readonly string[] = answerKinds[ask];
  const kind = kinds.includes(means) ? means : noLeaning;
  return { asked: ask, text, folded, hints: answered?.hints ?? [], kind, weight };
}

/** What is learned from the answers to one question: once with what the rules say, once without. */
const samplesOf = (some: readonly Answer[]): Sample[] =>
  some.flatMap(({ text, folded, hints, kind, weight }) => [
    { text, terms: answerTerms(folded, []), kinds: [kind], weight: weight / 2 },
    { text, terms: answerTerms(folded, hints), kinds: [kind], weight },
  ]);

/** Tells, by five folds, how far what was learned is right of answers that it has not seen. */
function tellFolds(given: readonly Answer[]): void {
  for (const asked of askedQuestions) {
    const all = given.filter((one) => one.asked === asked);
    const tried = [0, 1, 2, 3, 4].flatMap((left) => {
      const model = train(samplesOf(all.filter(({ text }) => foldOf(text) !== left)), training);
      return all
        .filter(({ text }) => foldOf(text) === left)
        .map((one) => ({ ...one, learned: leaningOfTerms(model, answerTerms(one.folded, one.hints)) }));
    });
    for (const kind of answerKinds[asked]) {
      const gold = tried.filter((one) => one.kind === kind).length;
      for (const least of [0.5, 0.7, 0.8, 0.9, 0.95]) {
        const said = tried.filter(({ learned }) => learned.kind === kind && learned.probability >= least);
        const right = said.filter((one) => one.kind === kind).length;
        console.log(
          `${asked} ${kind} ≥ ${least}: right ${right} of ${said.length} said (${(right / said.length).toFixed(3)}), ${gold} meant (${(right / gold).toFixed(3)})`,
        );
      }
    }
  }
}

/** Learns `src/conversation/data/answered.json`; with `--folds` writes nothing and tells how well it carries over. */
function main(folds: boolean): void {
  const all = answers();
  if (folds) {
    tellFolds(all);
    return;
  }
  const models = Object.fromEntries(
    askedQuestions.map((asked) => [
      asked,
      train(samplesOf(all.filter((one) => one.asked === asked)), training),
    ]),
  );
  const source = `learned by scripts/fit-answered.ts from ${folder}/answered-*.jsonl`;
  writeFileSync(
    "src/conversation/data/answered.json",
    `${JSON.stringify({ source, date: "2026-11-28", models })}\n`,
  );
}

main(process.argv.includes("--folds"));
