import { z } from "zod";
import { fold } from "../../../text/fold.ts";
import { addWeights } from "../../../text/packed-weights.ts";
import actsData from "../../data/acts.json" with { type: "json" };
import { type Leaning, LeaningModel, leaningOfTerms, leaningTerms } from "./leaning.ts";

/** What a message does in a talk, as far as it is learned from labelled messages; it may do several things. */
export const acts = [
  "report",
  "qa",
  "qa.service",
  "handoff",
  "status",
  "supplement",
  "withdraw",
  "cancel",
  "resume",
  "correct",
  "confirm",
  "deny",
  "finish",
  "greet",
  "thanks",
  "chitchat",
  "abuse",
  "complain",
  "threat",
  "threatened",
  "oos",
  "injection",
  "accused",
  "aid",
  "whoReported",
  "cannotRead",
  "secrecy",
  "anonymous",
  "named",
  "unknown",
  "skip",
  "rating",
  "another",
] as const;
export type Act = (typeof acts)[number];

/** At which point of a talk a message comes. */
export type Stage = "idle" | "drafting" | "confirming";

/** Logistic regressions over the same terms, one an act; their weights packed as those of {@link LeaningModel}. */
const Model = z.object({
  source: z.string(),
  date: z.iso.date(),
  acts: z.array(z.enum(acts)),
  bias: z.array(z.number()),
  terms: z.record(z.string(), z.string()),
  /** What a question asked in a talk is about. */
  topics: LeaningModel,
});
export type ActsModel = z.infer<typeof Model>;

let shipped: ActsModel | undefined;
/** What was learned by `scripts/fit-acts.ts`, read once. @throws {z.ZodError} if the file is not as it must be. */
export function actsModel(): ActsModel {
  shipped ??= Model.parse(actsData);
  return shipped;
}

/** What the model reads of a folded text: its words, how it begins and ends, how long it is, and `hints`. */
export function actTerms(folded: string, stage: Stage, hints: readonly string[] = []): Set<string> {
  const terms = leaningTerms(folded, [`stage=${stage}`, ...hints]);
  const letters = [...folded.replace(/[\s，。,.、！!]+$/u, "")];
  for (const length of [1, 2, 3]) {
    terms.add(`^${letters.slice(0, length).join("")}`);
    terms.add(`${letters.slice(-length).join("")}$`);
  }
  terms.add(`~${Math.min(8, Math.floor(Math.log2(letters.length + 1) * 1.5))}`);
  return terms;
}

/** How much each term counts: less the more there are. */
export const actScale = (terms: ReadonlySet<string>): number => 1 / Math.sqrt(Math.max(16, terms.size));

/** How likely a message of these terms does each act, 0 to 1. Pure. */
export function actsOf(
  model: Pick<ActsModel, "acts" | "bias" | "terms">,
  terms: ReadonlySet<string>,
): Record<Act, number> {
  const scale = actScale(terms);
  const sums = [...model.bias];
  for (const term of terms) {
    const weights = Object.hasOwn(model.terms, term) ? model.terms[term] : undefined;
    if (weights === undefined) continue;
    addWeights(sums, weights, scale);
  }
  return Object.fromEntries(
    model.acts.map((act, at) => [act, 1 / (1 + Math.exp(-(sums[at] ?? 0)))]),
  ) as Record<Act, number>;
}

/** What a question asked in a talk is about, as learned: a topic of `prompts/topics.json`, `law`, `oos` or `none`. */
export const topicOf = (question: string): Leaning =>
  leaningOfTerms(actsModel().topics, actTerms(fold(question), "drafting"));
/** From which probability on a question is rather about its topic than about whatever the law says of its words. */
export const topicSureFrom = 0.7;
