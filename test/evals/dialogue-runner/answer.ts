import { z } from "zod";

const slotNames = [
  "reportType",
  "relation",
  "infringer",
  "product",
  "patentNumber",
  "location",
  "stall",
  "county",
  "market",
  "platform",
  "link",
  "description",
  "occurredAt",
  "knownSince",
  "remedy",
  "suedAlready",
  "evidenceCount",
  "anonymous",
  "contactName",
  "contactPhone",
  "callback",
] as const;
const SlotName = z.enum(slotNames);

/** An answer of the conversation as design/API.md writes it; fields beyond may grow. Read here apart from the product's own types. */
export const Answer = z.looseObject({
  state: z.enum(["idle", "collecting", "confirming", "filed", "cancelled", "handoff", "silent"]),
  replies: z.array(
    z.looseObject({
      type: z.literal("text"),
      text: z.string(),
      options: z.array(z.looseObject({ id: z.string(), label: z.string() })).optional(),
    }),
  ),
  intents: z.array(
    z.enum([
      "report",
      "qa",
      "provide_info",
      "correct",
      "confirm",
      "deny",
      "cancel",
      "resume",
      "handoff",
      "status",
      "supplement",
      "greet",
      "thanks",
      "chitchat",
      "oos",
      "abuse",
      "threat",
      "injection",
    ]),
  ),
  form: z
    .looseObject({
      kind: z.string(),
      slots: z.partialRecord(SlotName, z.union([z.string(), z.number(), z.boolean()])),
      asking: z.array(SlotName),
      missing: z.array(SlotName),
      invalid: z.record(z.string(), z.string()),
    })
    .nullable(),
  citations: z.array(
    z.looseObject({
      law: z.string(),
      article: z.string(),
      status: z.string(),
      edition: z.iso.date(),
      effectiveFrom: z.iso.date(),
    }),
  ),
  outcome: z.enum(["answered", "declined", "clarify", "handoff"]).nullable(),
  reports: z.array(
    z.looseObject({
      reportNo: z.string(),
      queryCode: z.string(),
      caseId: z.string(),
      office: z.looseObject({ code: z.string(), name: z.string() }),
      dueOn: z.iso.date(),
      dueKind: z.enum(["statutory", "service"]),
    }),
  ),
  handoff: z.looseObject({ ticketNo: z.string() }).optional(),
});
export type Answer = z.infer<typeof Answer>;

export type SlotValue = string | number | boolean;
export type SlotValues = Partial<Record<string, SlotValue>>;

/** The slots of an answer; none where there is no form. */
export function slotsOf(answer: Answer | undefined): SlotValues {
  return answer?.form?.slots ?? {};
}

/** All replies of an answer as one text, as the person reads them. */
export function textOf(answer: Answer): string {
  return answer.replies.map((reply) => reply.text).join("\n");
}
