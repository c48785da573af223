import { z } from "zod";
import aid from "./data/forms/aid.json" with { type: "json" };
import defence from "./data/forms/defence.json" with { type: "json" };
import jurisdictionObjection from "./data/forms/jurisdiction_objection.json" with { type: "json" };
import mediationOpinion from "./data/forms/mediation_opinion.json" with { type: "json" };
import nonInfringementStatement from "./data/forms/non_infringement_statement.json" with { type: "json" };
import opinion from "./data/forms/opinion.json" with { type: "json" };
import petition from "./data/forms/petition.json" with { type: "json" };
import platformNotice from "./data/forms/platform_notice.json" with { type: "json" };
import platformStatement from "./data/forms/platform_statement.json" with { type: "json" };
import rating from "./data/forms/rating.json" with { type: "json" };
import report from "./data/forms/report.json" with { type: "json" };
import supplement from "./data/forms/supplement.json" with { type: "json" };
import withdrawal from "./data/forms/withdrawal.json" with { type: "json" };
import { type ReportType, reportTypes, type SlotName, type Slots, slotNames } from "./report.ts";

/** Everything that people hand in, by the form for it. */
export const formKinds = [
  "report",
  "aid",
  "opinion",
  "supplement",
  "petition",
  "withdrawal",
  "rating",
  "defence",
  "jurisdiction_objection",
  "mediation_opinion",
  "non_infringement_statement",
  "platform_notice",
  "platform_statement",
] as const;
export type FormKind = (typeof formKinds)[number];

/** The forms that open a case, and say so by what `missingSlots` finds. */
export type FilingKind = Extract<FormKind, "report" | "aid" | "opinion">;

export const fieldTypes = [
  "text",
  "longText",
  "list",
  "choice",
  "choices",
  "yesNo",
  "count",
  "date",
  "period",
  "patentNumber",
  "phone",
  "files",
] as const;

/** Who gets to see a value: `contact` goes to the identity vault, `content` to the office, `secret` to nobody. */
export const privacyClasses = ["none", "content", "contact", "secret"] as const;

/** What looks closer at a value than its pattern can; each is of the room of identifiers, or a day. */
export const fieldChecks = ["patentNumber", "phone", "creditCode", "period"] as const;

const SlotNameData = z.enum(slotNames as [SlotName, ...SlotName[]]);
const Matter = z.enum(reportTypes);

const Field = z
  .strictObject({
    /** The name at the door; `application.warnedOn` lies in an object. */
    name: z.string().regex(/^[A-Za-z][A-Za-z-]*(\.[A-Za-z]+)?$/),
    /** The slot of the chat that holds the same, where its name is another. */
    slot: SlotNameData.optional(),
    in: z.enum(["body", "path", "header"]).default("body"),
    type: z.enum(fieldTypes),
    label: z.string().min(1).max(20),
    hint: z.string().endsWith("。").max(60).optional(),
    options: z
      .array(z.strictObject({ value: z.string().min(1), label: z.string().min(1).max(80) }).readonly())
      .min(2)
      .readonly()
      .optional(),
    /** Several choices are sent as one text, joined by this. Absent: as a list. */
    joinedBy: z.string().length(1).optional(),
    required: z.boolean().default(false),
    /** Whether „说不准“ will do: its name is then sent in `unknown`. */
    mayBeUnknown: z.boolean().default(false),
    /** The longest text, in characters; of a list, of each line. */
    maxLength: z.int().positive().optional(),
    maxItems: z.int().positive().optional(),
    minimum: z.int().optional(),
    maximum: z.int().optional(),
    pattern: z.string().optional(),
    check: z.enum(fieldChecks).optional(),
    privacy: z.enum(privacyClasses),
    /** The matters for which it is asked and shown. Absent: all. */
    matters: z.array(Matter).min(1).readonly().optional(),
  })
  .readonly();
export type FormField = z.infer<typeof Field>;

const Condition = z.union([
  z.strictObject({ slot: SlotNameData }),
  z.strictObject({ slot: SlotNameData, is: z.boolean() }),
  z.strictObject({ slot: SlotNameData, isNot: z.boolean() }),
  /** The person said that they cannot know it. */
  z.strictObject({ unknown: SlotNameData }),
]);

const Requirement = z
  .strictObject({
    /** The slot that is asked for, and named as missing. */
    ask: SlotNameData,
    anyOf: z.array(Condition).min(1).readonly(),
    /** How to mend it, at the structured door. */
    message: z.string().endsWith("。"),
  })
  .readonly();

/** When the chat asks a question: all that is named must hold. */
const When = z
  .strictObject({
    /** A requirement that is not met. */
    missing: SlotNameData.optional(),
    /** Neither given, nor unknown, nor asked before, nor wrong, and of the matter. */
    open: z.array(SlotNameData).readonly().default([]),
    known: z.array(SlotNameData).readonly().default([]),
    unknown: z.array(SlotNameData).readonly().default([]),
    notUnknown: z.array(SlotNameData).readonly().default([]),
    invalid: z.array(SlotNameData).readonly().default([]),
    /** Goods are copied, and by which right is not clear. */
    rightUnclear: z.literal(true).optional(),
  })
  .readonly();

const Question = z
  .strictObject({
    asking: z.array(SlotNameData).min(1).readonly(),
    /** A text of `prompts/replies.json`. */
    text: z.string(),
    /** Options of that file; `county:*` stands for those between which the person is to choose. */
    options: z.array(z.string()).readonly(),
    when: When,
  })
  .readonly();
export type FormQuestion = z.infer<typeof Question>;

const Form = z
  .strictObject({
    source: z.string().min(1),
    date: z.iso.date(),
    kind: z.enum(formKinds),
    title: z.string().min(2).max(20),
    intro: z.string().endsWith("。").max(80),
    /** The door that takes it, and what it always says there. */
    submit: z
      .strictObject({
        method: z.literal("POST"),
        path: z.string().startsWith("/api/v1/"),
        fixed: z.record(z.string(), z.string()).default({}),
      })
      .readonly(),
    /** In the order in which they are shown and read back. */
    fields: z.array(Field).min(1).readonly(),
    requirements: z.array(Requirement).readonly(),
    /** What the chat asks: the first whose conditions hold. */
    questions: z.array(Question).readonly().default([]),
    /** What is offered before it is handed in, and never asked for twice. */
    offered: z.array(SlotNameData).readonly().default([]),
    /** What a slot is where it was not given. */
    defaults: z.strictObject({ reportType: Matter }).partial().readonly().default({}),
  })
  .superRefine((form, context) => {
    const names = form.fields.map(({ name }) => name);
    const slots = new Set(form.fields.map(slotOfField));
    const fault = (message: string) => context.addIssue({ code: "custom", message });
    if (new Set(names).size < names.length) fault("A field stands twice.");
    for (const { name, type, options } of form.fields) {
      if ((type === "choice" || type === "choices") !== (options !== undefined))
        fault(`${name}: a choice has options, and nothing else has.`);
    }
    for (const { ask } of form.requirements)
      if (!slots.has(ask) && ask !== "anonymous") fault(`${ask} is required and no field.`);
    for (const { asking } of form.questions)
      for (const slot of asking) if (!slots.has(slot)) fault(`${slot} is asked for and no field.`);
  })
  .readonly();
export type Form = z.infer<typeof Form>;

function slotOfField({ name, slot }: Pick<FormField, "name" | "slot">): SlotName | undefined {
  return slot ?? slotNames.find((known) => known === name);
}

const shipped: Record<FormKind, unknown> = {
  report,
  aid,
  opinion,
  supplement,
  petition,
  withdrawal,
  rating,
  defence,
  jurisdiction_objection: jurisdictionObjection,
  mediation_opinion: mediationOpinion,
  non_infringement_statement: nonInfringementStatement,
  platform_notice: platformNotice,
  platform_statement: platformStatement,
};

const forms = new Map<FormKind, Form>(
  formKinds.map((kind) => {
    const form = Form.parse(shipped[kind]);
    if (form.kind !== kind) throw new Error(`The form of ${kind} says that it is one of ${form.kind}.`);
    return [kind, form];
  }),
);

/** The form of a kind. */
export function formOf(kind: FormKind): Form {
  const form = forms.get(kind);
  if (form === undefined) throw new Error(`There is no form of ${kind}.`);
  return form;
}

export const isFormKind = (text: string): text is FormKind => forms.has(text as FormKind);

/** Whether a field is asked and shown for a matter; before the matter is known, all are. */
export function concerns({ matters }: FormField, reportType: ReportType | undefined): boolean {
  return matters === undefined || reportType === undefined || matters.includes(reportType);
}

/** The field that fills a slot. */
export const fieldOfSlot = (form: Form, slot: SlotName): FormField | undefined =>
  form.fields.find((field) => slotOfField(field) === slot);

/** The slots that a form fills, in its order. */
export const slotsOfForm = (form: Form): SlotName[] =>
  form.fields.flatMap((field) => slotOfField(field) ?? []);

type Requirement = Form["requirements"][number];

function holds(condition: Requirement["anyOf"][number], slots: Slots, unknown: readonly SlotName[]): boolean {
  if ("unknown" in condition) return unknown.includes(condition.unknown);
  const value = slots[condition.slot];
  if ("is" in condition) return value === condition.is;
  if ("isNot" in condition) return value !== condition.isNot;
  return value !== undefined;
}

/** What a filing still has to say before it can be handed in, each with how to mend it, in the order of asking. */
export function unmetRequirements(
  kind: FilingKind,
  slots: Slots,
  unknown: readonly SlotName[] = [],
): Requirement[] {
  const { requirements, defaults } = formOf(kind);
  const said = { ...defaults, ...slots };
  return requirements.filter(({ anyOf }) => !anyOf.some((condition) => holds(condition, said, unknown)));
}

/**
 * The slots still needed before a report, or another filing, can be handed in, in the order in which they are asked
 * (API.md, "Conversation": required to file). `unknown` holds what the person said they cannot know.
 */
export function missingSlots(
  slots: Slots,
  unknown: readonly SlotName[] = [],
  kind: FilingKind = "report",
): SlotName[] {
  return unmetRequirements(kind, slots, unknown).map(({ ask }) => ask);
}

/** A field as clients draw it. */
export const FormFieldBody = z.object({
  name: z.string(),
  in: z.enum(["body", "path", "header"]),
  type: z.enum(fieldTypes),
  label: z.string(),
  hint: z.string().optional(),
  options: z.array(z.object({ value: z.string(), label: z.string() })).optional(),
  /** Several choices are sent as one text, joined by this; absent: as a list. */
  joinedBy: z.string().optional(),
  required: z.boolean(),
  /** Whether one may say that one does not know: its name then goes into `unknown`. */
  mayBeUnknown: z.boolean(),
  maxLength: z.int().optional(),
  maxItems: z.int().optional(),
  minimum: z.int().optional(),
  maximum: z.int().optional(),
  pattern: z.string().optional(),
  check: z.enum(fieldChecks).optional(),
  privacy: z.enum(privacyClasses),
  /** When the chat asks for it: until it is there, once, or only where it comes up. */
  asked: z.enum(["until_given", "once", "never"]),
});

export const FormBody = z
  .object({
    kind: z.enum(formKinds),
    title: z.string(),
    intro: z.string(),
    /** The day of this edition of the form. */
    date: z.iso.date(),
    source: z.string(),
    /** The matter that it was narrowed to. */
    reportType: z.enum(reportTypes).nullable(),
    submit: z.object({
      method: z.literal("POST"),
      path: z.string(),
      /** What is sent beside the fields, always the same. */
      fixed: z.record(z.string(), z.string()),
    }),
    fields: z.array(FormFieldBody),
    /** One of `anyOf` must hold: a field is filled, has (not) a value, or is named in `unknown`. */
    requirements: z.array(
      z.object({
        ask: z.string(),
        anyOf: z.array(
          z.object({
            slot: z.string().optional(),
            is: z.boolean().optional(),
            isNot: z.boolean().optional(),
            unknown: z.string().optional(),
          }),
        ),
        message: z.string(),
      }),
    ),
  })
  .meta({ id: "Form" });
export type FormBody = z.infer<typeof FormBody>;

/** A form as it goes out, without the fields that another matter would need. */
export function toFormBody(form: Form, reportType?: ReportType): FormBody {
  const { kind, title, intro, date, source, submit, requirements, questions } = form;
  const needed = new Set(requirements.map(({ ask }) => ask));
  const asked = new Set(questions.flatMap(({ asking }) => asking));
  const whenAsked = (field: FormField) => {
    const slot = slotOfField(field);
    if (slot === undefined) return "never";
    return needed.has(slot) ? "until_given" : asked.has(slot) ? "once" : "never";
  };
  return {
    kind,
    title,
    intro,
    date,
    source,
    reportType: reportType ?? null,
    submit: { ...submit, fixed: { ...submit.fixed } },
    fields: form.fields
      .filter((field) => concerns(field, reportType))
      .map(({ slot: _slot, matters: _matters, options, ...field }) => ({
        ...field,
        ...(options === undefined ? {} : { options: options.map((one) => ({ ...one })) }),
        asked: whenAsked({ ...field, slot: _slot }),
      })),
    requirements: requirements.map(({ anyOf, ...requirement }) => ({ ...requirement, anyOf: [...anyOf] })),
  };
}
