import { z } from "zod";
import { countyNames, type SlotName, Slots, slotNames } from "../reports/report.ts";

const SlotNameSchema = z.enum(slotNames as [SlotName, ...SlotName[]]);

/** A report while it is being taken down. */
export const Draft = z.object({
  /** What is asked for: that a matter be handled, or rights aid. */
  kind: z.enum(["report", "aid"]),
  slots: Slots,
  /** What the person said they do not know. */
  unknown: z.array(SlotNameSchema),
  /** Slots whose value was only guessed at: what is said plainly later takes its place. */
  guessed: z.array(SlotNameSchema).default([]),
  /** What was asked once already and never blocks: it is not asked again. */
  asked: z.array(SlotNameSchema),
  /** What the last question asked for. */
  asking: z.array(SlotNameSchema),
  /** What was given but will not do, with the reason in words for the person. */
  invalid: z.record(z.string(), z.string()),
  /** A number that will not do, as it was written; why stands in `invalid`. */
  wrongNumber: z.string().nullable(),
  /** A number that is wrong but stands on the goods just so: evidence. */
  printedNumber: z.string().nullable(),
  /** A number that waits for a yes: completed by its check digit, or read off a picture. */
  proposedNumber: z.strictObject({ number: z.string(), from: z.enum(["typed", "picture"]) }).nullable(),
  /** Counties between which the person is to choose. */
  countyChoices: z.array(z.enum(countyNames)),
  /** Whether goods are copied and the right is still to be named. */
  rightUnclear: z.boolean(),
  evidenceIds: z.array(z.string()),
  /** What was said, without what says who said it. */
  narrative: z.array(z.string()),
  phase: z.enum(["collecting", "confirming"]),
  cancelAsked: z.boolean(),
  /** How often in a row the same question went unanswered. */
  misses: z.int(),
  /** Why no office here handles it, as it was told: once in full, then in short. */
  toldElsewhere: z.string().nullable().default(null),
});
export type Draft = z.infer<typeof Draft>;

/** What a conversation remembers between messages. Sealed at rest, erased after 72 hours. */
export const Memory = z.object({
  draft: Draft.nullable(),
  /** The subject of the last answer, for questions that lean on it. */
  topic: z.object({ law: z.string(), article: z.string(), question: z.string() }).nullable(),
  /** What the talk is of, in words that lead a question: 申请专利. */
  subject: z.string().nullable().default(null),
  /** How the last answer began: what is told again is no answer to another question. */
  toldLast: z.string().nullable().default(null),
  /** What earlier questions told about a matter, for a report that follows. */
  hint: Slots.pick({ reportType: true, relation: true, patentNumber: true }),
  /** The reports filed here, newest last. */
  filed: z.array(z.string()),
  /** The report that the person was asked about withdrawing. */
  withdrawing: z.string().nullable(),
  /** The report whose query code is awaited for telling where it stands. */
  awaitsCode: z.string().nullable().default(null),
  /** What was offered last: what answers it takes it up. */
  offered: z.enum(["aid", "withdrawal", "report"]).nullable().default(null),
  /** The questions that the last answer offered by number: „您是不是想问：1. …“. */
  suggested: z.array(z.string()).default([]),
  /** Whether there is another matter to report after this one. */
  another: z.boolean().default(false),
  /** Whether bad language was answered already: it is once. */
  restrained: z.boolean().default(false),
  /** Whether the person cannot read or type. */
  speaks: z.boolean().default(false),
  /** The last message and how often in a row it came. */
  repeated: z.object({ text: z.string(), times: z.int() }).default({ text: "", times: 0 }),
  /** Whether the last message filed a report: a second yes to the same summary finds it done. */
  justFiled: z.boolean().default(false),
  /** Whether the message before was a question of the law, and answered. */
  justAsked: z.boolean().default(false),
  /** When the person last wrote. */
  lastAt: z.iso.datetime().nullable(),
});
export type Memory = z.infer<typeof Memory>;

export const emptyMemory: Memory = {
  draft: null,
  topic: null,
  subject: null,
  toldLast: null,
  hint: {},
  filed: [],
  withdrawing: null,
  awaitsCode: null,
  offered: null,
  suggested: [],
  another: false,
  restrained: false,
  speaks: false,
  repeated: { text: "", times: 0 },
  justFiled: false,
  justAsked: false,
  lastAt: null,
};

export const newDraft = (kind: Draft["kind"] = "report"): Draft => ({
  kind,
  slots: {},
  unknown: [],
  guessed: [],
  asked: [],
  asking: [],
  invalid: {},
  wrongNumber: null,
  printedNumber: null,
  proposedNumber: null,
  countyChoices: [],
  rightUnclear: false,
  evidenceIds: [],
  narrative: [],
  phase: "collecting",
  cancelAsked: false,
  misses: 0,
  toldElsewhere: null,
});
