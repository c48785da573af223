import { z } from "zod";
import type { SlotName } from "../../../reports/report.ts";
import answeredData from "../../data/answered.json" with { type: "json" };
import { actTerms } from "./acts.ts";
import { type Leaning, type LeaningModel, leaningOfTerms, modelsOf } from "./leaning.ts";

/** What the answers to each question say, beside nothing of it (`noLeaning`). */
export const answerKinds = {
  /** „上面的专利号是多少“: that it cannot be told, or not yet. */
  number: ["unknown", "later"],
  /** „是哪家厂、哪家店“: that nobody knows what it is called. */
  firm: ["unknown"],
  /** „发生在哪个县“. */
  place: ["unknown"],
  /** Whether the number is the one that lacked its last digit: it is, it stands short on the goods, it is another. */
  proposed: ["yes", "printed", "no"],
  /** „有照片、小票吗“: that there is nothing. */
  evidence: ["none"],
  /** „留个称呼和电话“: whether the person wants to be named. */
  contact: ["anonymous", "named"],
  /** „都对就回复确认“. */
  summary: ["yes", "no"],
  /** „确定取消吗“. */
  cancel: ["yes", "no"],
} as const satisfies Record<string, readonly string[]>;

/** What may have been asked last. */
export type Asked = keyof typeof answerKinds;
export const askedQuestions = Object.keys(answerKinds) as Asked[];

const Models = z.object({
  source: z.string(),
  date: z.iso.date(),
  models: modelsOf(askedQuestions),
});

let learned: z.infer<typeof Models> | undefined;

/** What was learned by `scripts/fit-answered.ts`, read once. @throws {z.ZodError} if the file is not as it must be. */
export function answerModels(): Record<Asked, LeaningModel> {
  learned ??= Models.parse(answeredData);
  return learned.models;
}

/** What was asked last, of the questions whose answers are learned; undefined where it was none of them. */
export function askedLast({
  asking,
  confirming,
  proposes = false,
  cancelAsked = false,
}: {
  asking: readonly SlotName[];
  confirming: boolean;
  proposes?: boolean;
  cancelAsked?: boolean;
}): Asked | undefined {
  if (cancelAsked) return "cancel";
  if (proposes) return "proposed";
  if (asking.includes("anonymous") || asking.includes("contactPhone")) return "contact";
  if (asking.includes("infringer")) return "firm";
  if (asking.includes("county")) return "place";
  if (asking.includes("patentNumber")) return asking.length === 1 ? "number" : undefined;
  if (asking.includes("evidenceCount")) return "evidence";
  return confirming && asking.length === 0 ? "summary" : undefined;
}

/** What the models read of a folded text: its words, how it begins and ends, and `hints`, what the rules say. */
export const answerTerms = (folded: string, hints: readonly string[]): Set<string> =>
  actTerms(folded, "drafting", hints);

/** What a folded text answers. Pure. */
export const answerOf = (asked: Asked, folded: string, hints: readonly string[]): Leaning =>
  leaningOfTerms(answerModels()[asked], answerTerms(folded, hints));
