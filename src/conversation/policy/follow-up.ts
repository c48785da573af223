import { z } from "zod";
import { type BoostedTrees, createScorer } from "../../knowledge/ranking/boosted-trees.ts";
import type { ReportType } from "../../reports/report.ts";
import data from "../data/follow-up.json" with { type: "json" };
import type { KnowledgeAnswer, Surroundings } from "../decision.ts";
import type { Memory } from "../state.ts";
import { lexicon } from "../understanding/lexicon.ts";
import type { PlainQuestion } from "./plain-question.ts";
import { prevailing } from "./prevailing.ts";
import {
  alsoHolds,
  fragment,
  leansOnContext,
  namesMatter,
  pointsAtMatter,
  pointsBack,
} from "./question-forms.ts";
import { citeAlike, sureFrom } from "./sureness.ts";
import type { Turn } from "./turn.ts";

/** What was talked of, as a question that follows leans on it. */
export type Talk = Pick<Memory, "topic" | "subject" | "toldLast"> & { draft: unknown };

/** How a question in a talk may be understood. */
export const readingKinds = ["rules", "alone", "talk", "joined", "led", "plain"] as const;

/** What a question is learned to ask in plain words, and how likely. */
type Plain = Pick<PlainQuestion, "asks" | "probability">;

/** One way to understand a question in a talk, and what is known of it so understood. */
export type Reading = { kind: (typeof readingKinds)[number]; answer: KnowledgeAnswer };

/** What a reading is weighed by. */
export const readingFeatures = [
  ...readingKinds,
  "confidence",
  "overAlone",
  "overTalk",
  "overJoined",
  "overLed",
  "ofTopic",
  "toldAgain",
  "citesAlike",
  "lawOfTopic",
  "alone",
  "leans",
  "pointsBack",
  "fragment",
  "alsoHolds",
  "pointsAtMatter",
  "namesMatter",
  "asks",
  "characters",
  "drafting",
  "hasSubject",
  "topic",
] as const;

/**
 * The ways to understand a question in a talk: as the rules do, by itself, in the talk, with the question before it, led by
 * what the talk is of, and in the plain words that it is learned to mean.
 */
export function readingsOf(
  { topic, subject }: Talk,
  question: string,
  rules: KnowledgeAnswer,
  ask: Surroundings["ask"],
  plain: Plain | undefined,
): Reading[] {
  if (topic === null) return [{ kind: "rules", answer: rules }];
  return [
    { kind: "rules", answer: rules },
    { kind: "alone", answer: ask(question, null) },
    { kind: "talk", answer: ask(question, topic) },
    { kind: "joined", answer: ask(`${topic.question}，${question}`, null) },
    ...(subject === null ? [] : [{ kind: "led" as const, answer: ask(`${subject}，${question}`, null) }]),
    ...(plain === undefined ? [] : [{ kind: "plain" as const, answer: ask(plain.asks, null) }]),
  ];
}

/** The features of readings, a row each, as many as `readingFeatures`. */
export function rowsOf(
  { topic, toldLast, draft, subject }: Talk,
  question: string,
  readings: readonly Reading[],
  plain: Plain | undefined,
): Float32Array {
  const of = (kind: Reading["kind"]) => readings.find((one) => one.kind === kind)?.answer;
  const sure = (answer: KnowledgeAnswer | undefined) =>
    answer === undefined || answer.outcome !== "answered" ? 0 : answer.confidence;
  const bit = Number;
  const shared = [
    sure(of("alone")),
    bit(leansOnContext(question)),
    bit(pointsBack.test(question)),
    bit(fragment.test(question)),
    bit(alsoHolds.test(question)),
    bit(pointsAtMatter.test(question)),
    bit(namesMatter.test(question)),
    bit(lexicon().question.test(question)),
    question.length,
    bit(draft !== null),
    bit(subject !== null),
    plain?.probability ?? 0,
  ];
  return Float32Array.from(
    readings.flatMap(({ kind, answer }) => {
      const [first] = answer.citations;
      const confidence = sure(answer);
      return [
        ...readingKinds.map((one) => bit(one === kind)),
        confidence,
        ...(["alone", "talk", "joined", "led"] as const).map((one) => confidence - sure(of(one))),
        bit(first !== undefined && first.law === topic?.law && first.article === topic.article),
        bit(toldLast !== null && answer.text.startsWith(toldLast)),
        readings.filter(
          (other) => other.answer !== answer && first !== undefined && citeAlike(answer, other.answer),
        ).length,
        bit(first !== undefined && first.law === topic?.law),
        ...shared,
      ];
    }),
  );
}

const Trees = z.object({
  source: z.string(),
  date: z.iso.date(),
  features: z.array(z.string()),
  trees: z.array(
    z.object({
      feature: z.array(z.int()),
      threshold: z.array(z.number()),
      left: z.array(z.int().nonnegative()),
      right: z.array(z.int().nonnegative()),
      value: z.array(z.number()),
    }),
  ),
});

let scorer: ReturnType<typeof createScorer> | undefined;

/** @throws {Error} if the trees were learned for other features. */
function loaded(): ReturnType<typeof createScorer> {
  if (scorer === undefined) {
    const trees = Trees.parse(data);
    if (trees.trees.length > 0 && trees.features.join() !== readingFeatures.join())
      throw new Error("data/follow-up.json was learned for other features: node scripts/fit-follow-up.ts");
    scorer = createScorer(trees as BoostedTrees);
  }
  return scorer;
}

/** The likeliest of the readings, of those that are answered at all surely; what the rules say where none is. */
export function likeliest(
  talk: Talk,
  question: string,
  readings: readonly Reading[],
  plain: Plain | undefined,
  score = loaded(),
): KnowledgeAnswer {
  const [rules] = readings;
  if (rules === undefined) throw new Error("The rules read every question.");
  const scores = new Float32Array(readings.length);
  score(rowsOf(talk, question, readings, plain), readingFeatures.length, readings.length, scores);
  let best = 0;
  readings.forEach(({ answer }, at) => {
    const answered = answer.outcome === "answered" && answer.confidence >= sureFrom;
    if (answered && (scores[at] ?? 0) > (scores[best] ?? 0)) best = at;
  });
  return (readings[best] ?? rules).answer;
}

/**
 * What answers a question: what the rules find and what it is learned to ask, and in a talk the likeliest of all the ways to
 * understand it.
 *
 * @param found What the rules find.
 */
export function understood(
  turn: Turn,
  question: string,
  {
    about,
    learned,
    found,
  }: { about: ReportType | undefined; learned: PlainQuestion | undefined; found: KnowledgeAnswer },
): KnowledgeAnswer {
  const rules = learned === undefined ? found : prevailing(turn, question, { about, learned, found });
  const { memory, around } = turn;
  // „从哪天开始算“ is told where what was asked is.
  if (memory.topic === null || fragment.test(question)) return rules;
  return likeliest(memory, question, readingsOf(memory, question, rules, around.ask, learned), learned);
}
