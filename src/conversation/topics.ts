import { z } from "zod";
import topicsData from "../../prompts/topics.json" with { type: "json" };
import { topicOf, topicSureFrom } from "./understanding/learned/acts.ts";

const Topics = z.object({
  source: z.string(),
  date: z.iso.date(),
  /** What a question that is learned to be about a topic asks in plain words, of each kind of report or of any (`*`, `{matter}`). */
  topics: z.record(z.string(), z.record(z.string(), z.string())),
  /** How a topic is asked of the matter at hand in a few words that name nothing: 罚多少, 这犯哪条. The first that fits. */
  elliptic: z.record(z.string(), z.array(z.string()).min(1)),
  /** The topics that are asked of a kind of report; one that stands nowhere is asked of any. */
  of: z.record(z.string(), z.array(z.string()).min(1)),
});

type Loaded = {
  topics: z.infer<typeof Topics>["topics"];
  elliptic: { topic: string; pattern: RegExp }[];
  /** The kinds of report that a topic is asked of. */
  mattersOf: ReadonlyMap<string, ReadonlySet<string>>;
};
let loaded: Loaded | undefined;

/** @throws {z.ZodError} if the file is not as it must be. */
function load(): Loaded {
  if (loaded !== undefined) return loaded;
  const { topics, elliptic, of } = Topics.parse(topicsData);
  const mattersOf = new Map<string, Set<string>>();
  for (const [matter, owned] of Object.entries(of)) {
    for (const topic of owned) mattersOf.set(topic, (mattersOf.get(topic) ?? new Set()).add(matter));
  }
  loaded = {
    topics,
    elliptic: Object.entries(elliptic).map(([topic, any]) => ({
      topic,
      pattern: new RegExp(any.map((one) => `(?:${one})`).join("|"), "u"),
    })),
    mattersOf,
  };
  return loaded;
}

/** A topic's question in plain words, of a kind of report; undefined where the topic has none. */
export const topicQuestion = (topic: string, matter: string): string | undefined =>
  (load().topics[topic]?.[matter] ?? load().topics[topic]?.["*"])?.replace("{matter}", () => matter);

/** The topic that a few words ask of the matter at hand; undefined where they ask of none. */
export const ellipticTopic = (question: string): string | undefined =>
  load().elliptic.find(({ pattern }) => pattern.test(question))?.topic;

/** Whether a topic is asked of kinds of report, and this is none of them. */
export function isOfOthers(topic: string, matter: string): boolean {
  const matters = load().mattersOf.get(topic);
  return matters !== undefined && !matters.has(matter);
}

/** Whether a topic asks something of its own of a kind of report. */
export const isOfMatter = (topic: string, matter: string): boolean =>
  load().topics[topic]?.[matter] !== undefined;

/** How much likelier a topic of the matter at hand is asked of in its talk, and one of other matters alone. */
const ofMatterGains = 2.5;
const ofOthersGains = 0.7;

/**
 * What a question is about, as learned, in the talk about a kind of report: 没证咋罚 of 代理违法 asks of agents.
 *
 * @param matter The kind of report at hand; undefined if there is none, then the words alone tell.
 * @returns The likeliest topic (`law`, `oos` and `none` among them), its probability, 0 to 1, and that by the words alone.
 */
export function topicInTalk(
  question: string,
  matter: string | undefined,
): { kind: string; probability: number; byWords: number } {
  const learned = topicOf(question);
  if (matter === undefined) return { ...learned, byWords: learned.probability };
  const { mattersOf } = load();
  let sum = 0;
  let best = { kind: learned.kind, probability: 0 };
  for (const [kind, probability] of Object.entries(learned.probabilities)) {
    const matters = mattersOf.get(kind);
    const gain = matters === undefined ? 1 : matters.has(matter) ? ofMatterGains : ofOthersGains;
    const weighted = probability * gain;
    sum += weighted;
    if (weighted > best.probability) best = { kind, probability: weighted };
  }
  return {
    kind: best.kind,
    probability: best.probability / sum,
    byWords: learned.probabilities[best.kind] ?? 0,
  };
}

/** From which probability a message is of no business of the desk, whatever it seems to name. */
const offTopicFrom = 0.7;

/** Whether a message is learned to be of no business of the desk: 我跟对象分手 彩礼咋退. */
export function isOffTopic(text: string): boolean {
  const { kind, probability } = topicOf(text);
  return kind === "oos" && probability >= offTopicFrom;
}

/** Whether a question is about one of the topics that have a question in plain words, but those left out, surely or from `least` on. */
export function isOfTopic(
  question: string,
  but: readonly string[] = [],
  least: number = topicSureFrom,
): boolean {
  const { kind, probability } = topicOf(question);
  return probability >= least && Object.hasOwn(load().topics, kind) && !but.includes(kind);
}
