import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import {
  type Act,
  type ActsModel,
  actScale,
  acts,
  actsOf,
  actTerms,
  type Stage,
} from "../src/conversation/understanding/learned/acts.ts";
import { leaningOfTerms } from "../src/conversation/understanding/learned/leaning.ts";
import { noTagger } from "../src/conversation/understanding/learned/tagger.ts";
import { createReaders } from "../src/conversation/understanding/readers.ts";
import { understand } from "../src/conversation/understanding/understand.ts";
import { createGazetteer } from "../src/regions/gazetteer.ts";
import { fold } from "../src/text/fold.ts";
import {
  descend,
  foldOf,
  type Sample as OfOneKind,
  termsOf,
  train as trainKinds,
} from "./learning/logistic.ts";

const folder = "test/evals/acts";
const Line = z.strictObject({
  text: z.string().min(1),
  when: z.enum(["idle", "drafting", "confirming", "filed"]),
  acts: z.array(z.enum(acts)),
});
type Sample = { text: string; terms: ReadonlySet<string>; acts: ReadonlySet<Act>; hints: readonly string[] };

const readers = createReaders({ gazetteer: createGazetteer(), presentYear: () => 2026, tag: noTagger });

/** The labelled messages, each with what the rules make of it. */
export function samples(): Sample[] {
  const files = readdirSync(folder).filter((name) => /^messages-\d+\.jsonl$/u.test(name));
  return files.flatMap((name) =>
    readFileSync(`${folder}/${name}`, "utf8")
      .trim()
      .split("\n")
      .map((line) => {
        const { text, when, acts: does } = Line.parse(JSON.parse(line));
        const stage: Stage = when === "filed" ? "idle" : when;
        const said = understand(
          text,
          { asking: [], drafting: stage !== "idle", confirming: stage === "confirming" },
          "2026-11-26",
          readers,
        );
        const { folded, hints } = said.acting;
        return { text, terms: actTerms(folded, stage, hints), acts: new Set(does), hints };
      }),
  );
}

/** How much what the rules say counts beside a run of characters. */
const hintWorth = 4;

/** Logistic regression an act, by AdaGrad: the same samples give the same model. Rare and light terms are left out. */
export function train(
  all: readonly Sample[],
  { rounds = 25, rate = 0.5, ridge = 1e-5, least = 1.4, times = 3 } = {},
): Pick<ActsModel, "acts" | "bias" | "terms"> {
  const rows = all.map(({ terms }) => terms);
  const gold = all.map(({ acts: does }) => acts.map((act) => (does.has(act) ? 1 : 0)));
  const how = {
    rounds,
    rate,
    ridge,
    least,
    hintWorth,
    scaleOf: actScale,
    biasRate: 0.02,
    start: -2,
    leastError: 0.01,
  };
  const learned = descend(rows, termsOf(rows, times), acts.length, how, (index, sums) =>
    sums.map((sum, k) => (gold[index]?.[k] ?? 0) - 1 / (1 + Math.exp(-sum))),
  );
  return { acts: [...acts], ...learned };
}

/** Tells, by five folds, how far the rules and what was learned are right for each act. */
function tellFolds(all: readonly Sample[]): void {
  const tried = [0, 1, 2, 3, 4].flatMap((left) => {
    const model = train(all.filter(({ text }) => foldOf(text) !== left));
    return all
      .filter(({ text }) => foldOf(text) === left)
      .map((one) => ({ ...one, likely: actsOf(model, one.terms) }));
  });
  const figures = (act: Act, says: (one: (typeof tried)[number]) => boolean) => {
    const said = tried.filter(says);
    const right = said.filter((one) => one.acts.has(act)).length;
    const all = tried.filter((one) => one.acts.has(act)).length;
    return `P ${(right / (said.length || 1)).toFixed(2)} R ${(right / all).toFixed(2)} (${said.length})`;
  };
  for (const act of acts) {
    const rule = figures(act, ({ hints }) => hints.includes(act));
    const at = [0.3, 0.5, 0.7, 0.85, 0.95].map(
      (least) => `${least}: ${figures(act, ({ likely }) => likely[act] >= least)}`,
    );
    console.log(`${act.padEnd(12)} rules ${rule} | ${at.join(" | ")}`);
  }
}

const topicTraining = { rounds: 25, least: 1.2, times: 2 };

/**
 * Questions told with their circumstances count half: of them alone a few words in the middle of a talk (要交啥材料) would
 * be learned to be of no topic for sure.
 */
const weightOf = (file: string): number => (/^topics-1[13]\./u.test(file) ? 0.5 : 1);

/** The labelled questions, each with its topic. */
function topicSamples(): OfOneKind[] {
  const Line = z.strictObject({ text: z.string().min(1), topic: z.string() });
  const files = readdirSync(folder).filter((name) => /^topics-\d+\.jsonl$/u.test(name));
  const asked = files.flatMap((name) =>
    readFileSync(`${folder}/${name}`, "utf8")
      .trim()
      .split("\n")
      .map((line) => {
        const { text, topic } = Line.parse(JSON.parse(line));
        return { text, terms: actTerms(fold(text), "drafting"), kinds: [topic], weight: weightOf(name) };
      }),
  );
  // What is asked of the law besides: what the knowledge base answers, what dialogues expect a citation for, and what
  // those who wrote of some topics told apart from them. What is about a topic all the same teaches nothing.
  const ofTopics = asked.filter(({ kinds }) => kinds[0] !== lawTopic);
  const first = trainKinds(ofTopics, topicTraining);
  const ofLaw = [
    ...asked.flatMap(({ text, kinds }) => (kinds[0] === lawTopic ? [text] : [])),
    ...lawQuestions().filter((_, index) => index % 2 === 0),
    ...citedQuestions(),
  ]
    .map((text) => ({ text, terms: actTerms(fold(text), "drafting") }))
    .filter(({ terms }) => leaningOfTerms(first, terms).probability < 0.4)
    .map((one): OfOneKind => ({ ...one, kinds: [lawTopic], weight: 0.5 }));
  return [...ofTopics, ...ofLaw];
}

const lawTopic = "law";
/** What people ask in dialogues of which an article is expected for an answer. */
function citedQuestions(): string[] {
  const Scenarios = z.object({
    scenarios: z.array(
      z.object({
        steps: z.array(
          z.looseObject({
            user: z.string().optional(),
            expect: z.looseObject({ citesAny: z.unknown().optional() }).optional(),
          }),
        ),
      }),
    ),
  });
  return readdirSync("test/evals/dialogues")
    .filter((name) => name.endsWith(".yaml"))
    .sort()
    .flatMap((name) => Scenarios.parse(parse(readFileSync(`test/evals/dialogues/${name}`, "utf8"))).scenarios)
    .flatMap(({ steps }) => steps)
    .flatMap(({ user, expect }) => (user !== undefined && expect?.citesAny !== undefined ? [user] : []))
    .filter((text) => text.length <= 30);
}

function lawQuestions(): string[] {
  const Digest = z.object({ asked: z.array(z.object({ questions: z.array(z.string()) })).default([]) });
  const files = ["knowledge/digests", "knowledge/guides"].flatMap((from) =>
    readdirSync(from, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".yaml"))
      .sort()
      .map((name) => `${from}/${name}`),
  );
  return files.flatMap((file) => {
    const read = Digest.safeParse(parse(readFileSync(file, "utf8")));
    return read.success ? read.data.asked.flatMap(({ questions }) => questions) : [];
  });
}

/** Tells, by five folds, how often the topic is right where it is likelier than a bound, and how often there is one. */
function tellTopicFolds(all: readonly OfOneKind[]): void {
  const tried = [0, 1, 2, 3, 4].flatMap((left) => {
    const model = trainKinds(
      all.filter(({ text }) => foldOf(text) !== left),
      topicTraining,
    );
    return all
      .filter(({ text }) => foldOf(text) === left)
      .map(({ terms, kinds, text }) => ({ text, gold: kinds[0] ?? "", ...leaningOfTerms(model, terms) }));
  });
  for (const least of [0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]) {
    const said = tried.filter(({ probability }) => probability >= least);
    const right = said.filter(({ kind, gold }) => kind === gold).length;
    console.log(
      `topics ≥ ${least}: right ${(right / said.length).toFixed(3)} of ${(said.length / tried.length).toFixed(3)}`,
    );
  }
  const missed = new Map<string, number>();
  for (const { kind, gold } of tried)
    if (kind !== gold) missed.set(`${gold} → ${kind}`, (missed.get(`${gold} → ${kind}`) ?? 0) + 1);
  console.log(
    [...missed]
      .sort(([, a], [, b]) => b - a)
      .slice(0, 25)
      .map(([pair, n]) => `${pair} ${n}`)
      .join("; "),
  );
}

if (process.argv.includes("--folds")) {
  tellFolds(samples());
  tellTopicFolds(topicSamples());
} else {
  const source = "learned by scripts/fit-acts.ts from test/evals/acts";
  const model: ActsModel = {
    source,
    date: "2026-11-26",
    ...train(samples()),
    topics: trainKinds(topicSamples(), topicTraining),
  };
  writeFileSync("src/conversation/data/acts.json", `${JSON.stringify(model)}\n`);
}
