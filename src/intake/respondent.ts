import { z } from "zod";
import type { CaseEvent, CaseProjection } from "../cases/case.ts";
import { statesBefore } from "../cases/case.ts";
import type { CaseClock } from "../cases/clocks.ts";
import { LegalSource, sourcesInForce } from "../cases/legal-source.ts";
import { type CaseState, caseStateNames, caseStates, lifecycle } from "../cases/lifecycle.ts";
import { occasions, type RequiredMaterial, requiredMaterials } from "../cases/materials.ts";
import { type Track, trackNames, tracks } from "../cases/track.ts";
import { fill } from "../text/fill.ts";
import shipped from "./data/respondent.json" with { type: "json" };

/** What the other side may hand in. */
export const statementKinds = lifecycle.respondent_filed.data.shape.kind.options;
export type StatementKind = (typeof statementKinds)[number];

const Step = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/);

const Option = z
  .strictObject({
    code: z.string().regex(/^[a-z]+(_[a-z]+)*$/),
    track: z.enum(trackNames),
    kind: z.enum(statementKinds),
    title: z.string().min(2).max(20),
    /** Why, and what follows if it is not done, in a sentence. */
    why: z.string().endsWith("。").max(100),
    /** Which papers of `materials.json` belong to it; null for none. */
    occasion: z.enum(occasions).nullable(),
    /** The clocks that limit it, by where the respondent lives; null where none does. */
    steps: z.strictObject({ usual: Step, abroad: Step }).nullable(),
    basis: z.array(LegalSource).min(1).readonly(),
  })
  .readonly();
export type RespondentOption = z.infer<typeof Option>;

const data = z
  .strictObject({
    source: z.string(),
    date: z.iso.date(),
    options: z.array(Option).readonly(),
    /** The clocks that a respondent is told of. */
    deadlines: z.partialRecord(z.enum(trackNames), z.array(Step)),
    states: z.record(z.enum(caseStateNames), z.string().min(2)),
    filed: z.string(),
    filedLate: z.string(),
    slip: z.strictObject({
      lines: z.array(z.string()),
      option: z.string(),
      date: z.string(),
      notServed: z.string(),
    }),
  })
  .parse(shipped);

/** Everything a respondent may do, by procedure. */
export const respondentOptions: readonly RespondentOption[] = data.options;

/** What a state is called to the respondent: nothing of the side that brought the case. */
export const respondentStateLabel = (state: CaseState): string => data.states[state];

/** What a respondent may hand in now; nothing once the case is past it. */
export function optionsNow({ track, state }: Pick<CaseProjection, "track" | "state">): RespondentOption[] {
  if (!statesBefore("respondent_filed").includes(state)) return [];
  return respondentOptions.filter((option) => option.track === track);
}

/** Why nothing can be handed in any more, or not this, in a sentence; undefined if it can. */
export function filingProblem(
  current: Pick<CaseProjection, "track" | "state">,
  kind: StatementKind,
): string | undefined {
  if (!statesBefore("respondent_filed").includes(current.state)) {
    return `案件现在是“${data.states[current.state]}”，网上不能再交材料；有话要说，请直接联系承办单位。`;
  }
  if (respondentOptions.some((option) => option.track === current.track && option.kind === kind)) {
    return undefined;
  }
  const titles = optionsNow(current).map(({ title }) => `“${title}”`);
  return `${tracks[current.track].title}里没有这一项；可以${titles.join("、")}。`;
}

/** The papers that belong to an option, as its article asks for them on `asOf`. */
export function materialsOf({ occasion, track }: RespondentOption, asOf: string): RequiredMaterial[] {
  return occasion === null
    ? []
    : requiredMaterials(track, { asOf, occasion, hasAgent: false, respondents: 1 });
}

/** The articles that an option rests on, as of a day. */
export const basisOf = ({ basis }: RespondentOption, asOf: string) =>
  sourcesInForce(basis, asOf).map(({ law, article }) => ({ law, article }));

/**
 * Why a case can give no access to its respondent, in a sentence; undefined if it can. The number is printed on the
 * paper that is served, so it is there before the service is recorded: from the filing of a ruling (令81 22), or once
 * a request for mediation is here (令81 65). A person under suspicion learns of the case only when the office tells
 * them (行政处罚法 44).
 */
export function accessProblem(current: CaseProjection, events: readonly CaseEvent[]): string | undefined {
  const { track, state, facts } = current;
  if (data.deadlines[track] === undefined) return `“${tracks[track].title}”没有被请求人的网上入口。`;
  if (current.endedAt !== null) return `案件已经是“${caseStates[state]}”，不用再给对方入口。`;
  switch (track) {
    case "mediation":
      return facts.petitionHeld ? undefined : "还没有收到调解请求书，先登记收到，再向对方送达。";
    case "penalty":
      return events.some(toldRespondent)
        ? undefined
        : "还没有向当事人送达文书或者告知拟处罚内容，先做那一步，免得走漏风声。";
    default:
      return facts.taken ? undefined : "案件还没有受理（立案），没有要送达对方的副本。";
  }
}

const toldRespondent = (event: CaseEvent) =>
  event.kind === "penalty_informed" ||
  (event.kind === "served" &&
    event.data.to === "respondent" &&
    (event.data.document === "copy" || event.data.document === "penalty_notice"));

/** A limit of time as the respondent is told of it. */
export type RespondentDeadline = {
  step: string;
  title: string;
  startedOn: string;
  dueOn: string;
  /** Whether it reaches into a year whose working days are not published yet. */
  provisional: boolean;
  /** `past`: the last day is over and nothing is on record. */
  status: "running" | "met" | "past";
  basis: { law: string; article: string }[];
  /** The reckoning, one sentence a step. */
  steps: string[];
};

/** The limits that concern the respondent, on `today`, the earliest first. */
export function deadlinesOf(track: Track, clocks: readonly CaseClock[], today: string): RespondentDeadline[] {
  const told = data.deadlines[track] ?? [];
  return clocks.flatMap(({ step, title, startedOn, dueOn, provisional, basis, steps, state }) => {
    if (!told.includes(step) || dueOn === undefined) return [];
    const status = state === "met" ? "met" : dueOn < today ? "past" : "running";
    return [{ step, title, startedOn, dueOn, provisional, status, basis, steps } as const];
  });
}

/**
 * The last day for a statement, and whether `today` is after it. Late ones are taken: they do not stop the case, and
 * the case does not wait for them (令81 22).
 *
 * @param abroad Whether the respondent has no fixed home or seat in China, which makes the 15 days 30.
 */
export function lateness(
  { track, kind }: { track: Track; kind: StatementKind },
  clocks: readonly CaseClock[],
  { today, abroad }: { today: string; abroad: boolean },
): { dueOn: string | null; late: boolean } {
  const steps = respondentOptions.find((option) => option.track === track && option.kind === kind)?.steps;
  const step = abroad ? steps?.abroad : steps?.usual;
  const dueOn = clocks.find((clock) => clock.step === step)?.dueOn ?? null;
  return { dueOn, late: dueOn !== null && today > dueOn };
}

/** The day of the hearing that is to come; undefined where none is set, or it was held. */
export function hearingOn(events: readonly CaseEvent[]): string | undefined {
  const last = events.findLast(({ kind }) => kind === "hearing_scheduled" || kind === "hearing_held");
  return last?.kind === "hearing_scheduled" ? last.data.on : undefined;
}

/** What is said of a statement that was just taken. */
export const takenNote = ({ dueOn, late }: { dueOn: string | null; late: boolean }): string =>
  late ? fill(data.filedLate, { dueOn: dueOn ?? "" }) : data.filed;

/** The plain text that goes with the served paper: the number, the code, what they open, and the last days. */
export function slipOf(told: {
  current: Pick<CaseProjection, "track" | "state">;
  office: string;
  responseNo: string;
  responseCode: string;
  deadlines: readonly RespondentDeadline[];
}): string {
  const { current, office, responseNo, responseCode, deadlines } = told;
  const dates = deadlines.map(({ title, dueOn, basis }) => {
    const [first = { law: "", article: "" }] = basis;
    return fill(data.slip.date, { title, dueOn, ...first });
  });
  const words = {
    procedure: tracks[current.track].title,
    office,
    responseNo,
    responseCode: responseCode.replace(/^(\d{4})/, "$1 "),
    options: optionsNow(current)
      .map(({ title, why }) => fill(data.slip.option, { title, why }))
      .join("\n"),
    dates: dates.length === 0 ? data.slip.notServed : dates.join("\n"),
  };
  return data.slip.lines.map((line) => fill(line, words)).join("\n");
}
