import { parse } from "yaml";
import { z } from "zod";

const Scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const regularExpression = z.string().refine(isRegularExpression, { error: "is no regular expression" });

/** What a slot must hold: a value (equal after normalisation; null = absent), or a rule on it. */
const SlotRule = z.union([
  Scalar,
  z.strictObject({ has: Scalar }),
  z.strictObject({ re: regularExpression }),
  z.strictObject({ any: z.array(Scalar).min(1) }),
]);
export type SlotRule = z.infer<typeof SlotRule>;

const Names = z.array(z.string()).min(1);
const Patterns = z.array(regularExpression).min(1);

const SideEffects = z
  .strictObject({
    casesCreated: z.int().nonnegative(),
    casesModified: z.int().nonnegative(),
    repliesSent: z.int().nonnegative(),
    evidenceAppended: z.int().nonnegative(),
    handoffTickets: z.int().nonnegative(),
  })
  .partial();
export type SideEffects = z.infer<typeof SideEffects>;

/** What the answer to one step must be (shared/acceptance/README.md, "Dialogues"). */
export const Expectation = z
  .strictObject({
    intentsAny: Names,
    intentsAll: Names,
    state: z.union([z.string(), z.strictObject({ any: Names })]),
    slots: z.record(z.string(), SlotRule),
    slotsUnset: Names,
    slotsKeep: Names,
    asksAny: Names,
    notAsks: Names,
    replyAny: Patterns,
    replyAll: Patterns,
    replyNone: Patterns,
    citesAny: Names,
    citesNone: Names,
    resumes: z.literal(true),
    sideEffects: SideEffects,
    get anyOf() {
      return z.array(Expectation).min(2);
    },
  })
  .partial();
export type Expectation = z.infer<typeof Expectation>;

/** A span of time such as `90s`, `30m`, `9h`, `4d`, in milliseconds. */
const Duration = z
  .string()
  .regex(/^\d+(?:\.\d+)?\s*(?:s|m|h|d)$/, "a duration is written 90s, 30m, 9h or 4d")
  .transform((text) => Number.parseFloat(text) * unitMs[text.slice(-1) as keyof typeof unitMs]);
const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const Config = z
  .strictObject({
    /** false, `off` or `none` takes a configured model away. */
    llm: z.union([z.boolean(), z.string(), z.null()]),
    /** The instant at which the test clock starts; without an offset it is local time in Cangzhou. */
    now: z.string().transform((text, context) => {
      const at = readInstant(text);
      if (at === undefined) context.addIssue({ code: "custom", message: `“${text}” is no instant` });
      return at ?? new Date(0);
    }),
    /** Only “none is set up” can be played: the service has no setting for it in the environment. */
    officePhones: z.unknown(),
  })
  .partial();
export type Config = z.infer<typeof Config>;

const stepKinds = ["user", "image", "voice", "location", "choose", "wait", "config"] as const;

const Step = z
  .strictObject({
    user: z.string().min(1),
    image: z.strictObject({ ocr: z.string().default(""), caption: z.string().default("") }).partial(),
    voice: z.string().min(1),
    /** Ours, beside the shared format: a place sent from the map. */
    location: z.strictObject({ latitude: z.number(), longitude: z.number(), label: z.string().optional() }),
    /** Ours, beside the shared format: taps the option of the last answer whose label matches. */
    choose: regularExpression,
    wait: Duration,
    config: Config,
    from: z.string(),
    mentioned: z.boolean(),
    delivery: z.strictObject({
      messageId: z.string(),
      times: z.int().positive().default(1),
      /** 0 delivers all of them at once; any other value one after the other, without the wait. */
      intervalSeconds: z.number().nonnegative().default(5),
    }),
    expect: Expectation,
    note: z.string(),
  })
  .partial()
  .refine((step) => stepKinds.filter((kind) => step[kind] !== undefined).length === 1, {
    error: `a step has exactly one of ${stepKinds.join(", ")}`,
  });
export type Step = z.infer<typeof Step>;

const Final = z
  .strictObject({
    filed: z.boolean(),
    county: SlotRule,
    cases: z.int().nonnegative(),
    piiAbsent: z.boolean(),
  })
  .partial();
export type Final = z.infer<typeof Final>;

const Scenario = z.strictObject({
  id: z.string().min(1),
  title: z.string(),
  mode: z.enum(["core", "llm"]).default("core"),
  channel: z.string(),
  tags: z.array(z.string()).default([]),
  setup: z.unknown().optional(),
  steps: z.array(Step).min(1),
  final: Final.default({}),
});
export type Scenario = z.infer<typeof Scenario>;

const DialogueFile = z.object({
  version: z.union([z.number(), z.string()]).optional(),
  scenarios: z.array(Scenario).min(1),
});

/**
 * Reads the scenarios of a dialogue file.
 *
 * @throws {Error} naming each place that is not in the format, or an id that stands twice.
 */
export function parseScenarios(yamlText: string, name = "dialogues"): Scenario[] {
  const read = DialogueFile.safeParse(parse(yamlText));
  if (!read.success) throw new Error(`${name} is not in the format:\n${z.prettifyError(read.error)}`);
  const ids = read.data.scenarios.map((scenario) => scenario.id);
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  if (twice.length > 0) throw new Error(`${name} has two scenarios of the id ${twice.join(", ")}`);
  return read.data.scenarios;
}

/** Whether the scenario needs a server of its own: it sets or moves the clock, or changes the settings. */
export function needsOwnServer(scenario: Scenario): boolean {
  return scenario.steps.some((step) => step.wait !== undefined || step.config !== undefined);
}

/** An instant: RFC 3339, or without an offset a local time in Cangzhou (UTC+8). */
function readInstant(text: string): Date | undefined {
  const trimmed = text.trim().replace(/^(\d{4}-\d\d-\d\d)$/, "$1T09:00");
  const local = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)$/.exec(trimmed);
  const at = new Date(local === null ? trimmed : `${local[1]}T${local[2]}+08:00`);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

function isRegularExpression(pattern: string): boolean {
  try {
    new RegExp(pattern);
    return true;
  } catch {
    return false;
  }
}
