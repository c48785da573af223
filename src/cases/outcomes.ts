import { z } from "zod";
import { type ReportType, reportTypes } from "../regions/region-data.ts";
import shipped from "./data/outcomes.json" with { type: "json" };
import { figureUnits, holdsOn, IsoDay, LegalSource, sourcesInForce } from "./legal-source.ts";
import { type Track, trackNames } from "./track.ts";

const Code = z.string().regex(/^[a-z]+(_[a-z]+)*$/);
const Title = z.string().min(2).max(20);
const Sentence = z.string().min(4).max(80).endsWith("。");
const basis = z.array(LegalSource).readonly();

/** The acts that a ruling may stop (令81 art. 32). */
export const stoppedActs = [
  "make",
  "process",
  "sell",
  "offer",
  "use",
  "import",
  "fair",
  "other",
  "platform",
] as const;
export type StoppedAct = (typeof stoppedActs)[number];

/** What a ruling may order. */
const Measure = z
  .strictObject({ code: Code, act: z.enum(stoppedActs), title: Title, text: Sentence, basis })
  .readonly();
export type Measure = z.infer<typeof Measure>;

/** A form in which a track closes with a result. */
const Closing = z
  .strictObject({
    code: Code,
    tracks: z.array(z.enum(trackNames)).min(1).readonly(),
    /** Which step brings it about: a decision, a dismissal with its ground, mediation, or closing alone. */
    by: z.enum(["decision", "dismissal", "mediation", "closing"]),
    /** Whether it finds that the respondent infringed (令81 art. 34: 重复侵权). */
    finding: z.literal(true).optional(),
    /** Whether a fine may go with it. */
    fine: z.literal(true).optional(),
    title: Title,
    text: Sentence,
    basis,
  })
  .readonly();
export type Closing = z.infer<typeof Closing>;

const PenaltyKind = z.strictObject({ code: Code, title: Title, basis }).readonly();
const Correction = z.strictObject({ code: Code, title: Title, text: Sentence, basis }).readonly();

const Yuan = z.int().nonnegative();

/**
 * Bounds of a fine within a range of the base (gains or turnover): `from` and `to` are included, `above` and
 * `below` are not. Bounds are fixed (yuan) or multiples of the base.
 */
const FineBand = z
  .strictObject({
    from: Yuan.optional(),
    above: Yuan.optional(),
    to: Yuan.optional(),
    below: Yuan.optional(),
    /** For 情节严重 alone. */
    serious: z.literal(true).optional(),
    min: Yuan.optional(),
    max: Yuan.optional(),
    minTimes: z.int().positive().optional(),
    maxTimes: z.int().positive().optional(),
  })
  .readonly()
  .refine(({ max, maxTimes }) => (max === undefined) !== (maxTimes === undefined), "上限要么定额要么倍数")
  .refine(({ min = 0, max }) => max === undefined || min <= max, "下限高于上限");
type FineBand = z.infer<typeof FineBand>;

const Fine = z
  .strictObject({
    code: Code,
    title: Title,
    /** Who is fined. */
    who: z.string().min(2).max(24),
    /** What the bands go by: 违法所得, 违法经营额, or nothing. */
    per: z.enum(["gains", "turnover", "flat"]),
    /** Only after an order to mend it in time was not followed. */
    afterOrder: z.literal(true).optional(),
    bands: z.array(FineBand).min(1).readonly(),
    basis,
    note: z.string().optional(),
  })
  .readonly();
export type Fine = z.infer<typeof Fine>;

/** A duty or right after the decision, with its limit of time where it has one. */
const Consequence = z
  .strictObject({
    code: Code,
    tracks: z.array(z.enum(trackNames)).min(1).readonly(),
    title: Title,
    text: Sentence,
    limit: z
      .strictObject({ amount: z.int().positive(), unit: z.enum(figureUnits) })
      .readonly()
      .optional(),
    basis,
  })
  .readonly();
export type Consequence = z.infer<typeof Consequence>;

const unique = <T extends { code: string }>(items: readonly T[]) =>
  new Set(items.map(({ code }) => code)).size === items.length;
const list = <T extends z.ZodType<{ code: string }>>(item: T) =>
  z.array(item).readonly().refine(unique, "代码重复");

const pack = z
  .object({
    source: z.string(),
    checkedOn: IsoDay,
    measures: list(Measure),
    closings: list(Closing),
    /** The fine rules of each matter, the usual one first. */
    fineRules: z.partialRecord(z.enum(reportTypes), z.array(Code).min(1).readonly()),
    penaltyKinds: list(PenaltyKind),
    corrections: list(Correction),
    fines: list(Fine),
    publicity: list(Consequence),
    enforcement: list(Consequence),
  })
  .parse(shipped);

/** What a ruling may order, in the order of 令81 art. 32. */
export const measures: readonly Measure[] = pack.measures;
/** 行政处罚法 art. 9. */
export const penaltyKinds: readonly z.infer<typeof PenaltyKind>[] = pack.penaltyKinds;
/** What a counterfeiter may be ordered to mend (专利行政执法办法 art. 45). */
export const corrections: readonly z.infer<typeof Correction>[] = pack.corrections;
export const fines: readonly Fine[] = pack.fines;
/** What is published of decisions, and until when. */
export const publicity: readonly Consequence[] = pack.publicity;
/** Suits and enforcement after a decision. */
export const enforcement: readonly Consequence[] = pack.enforcement;
export const closings: readonly Closing[] = pack.closings;

/** The measures that may be ordered on a track. */
export function measuresOn(track: Track): readonly { code: string; title: string }[] {
  if (track === "ruling") return measures;
  return track === "penalty" ? [...corrections, ...penaltyKinds] : [];
}

/** The fine rules that a matter goes by, the usual one first; empty where it knows no fine. */
export const fineRulesOf = (matter: string): readonly string[] => pack.fineRules[matter as ReportType] ?? [];

/**
 * Whether a case ended in an effective finding against its respondent, so that the same act over the same patent is
 * 重复侵权 (令81 art. 34). Closed: the periods for suit and performance are over or its decision was carried out.
 */
export function isEffectiveFinding(current: {
  track: Track;
  state: string;
  facts: { outcome: string | null };
}): boolean {
  const { track, state, facts } = current;
  return (
    track === "ruling" &&
    state === "closed" &&
    closings.some(({ code, finding }) => finding === true && code === facts.outcome)
  );
}

/** The forms in which a track may close on a day, each with the basis in force. */
export function closingsOn(track: Track, asOf: string): Closing[] {
  return closings
    .filter((closing) => closing.tracks.includes(track) && holdsOn(closing.basis, asOf))
    .map((closing) => ({ ...closing, basis: sourcesInForce(closing.basis, asOf) }));
}

/** What a fine is measured by; amounts in yuan. */
export type FineFacts = {
  /** 违法所得; 0 or absent where there is none. */
  gainsYuan?: number;
  /** 违法经营额; 0 or absent where there is none. */
  turnoverYuan?: number;
  /** Whether it is a 情节严重 case. */
  serious?: boolean;
};

export type FineBounds = { minYuan: number; maxYuan: number };

/**
 * The bounds of a fine, or undefined where no rule of that code holds on `asOf` or no band fits.
 * Where a rule knows no graver band, `serious` changes nothing.
 *
 * @throws {RangeError} if an amount is negative or not a number.
 */
export function fineBounds(code: string, facts: FineFacts, asOf: string): FineBounds | undefined {
  const fine = fines.find((one) => one.code === code && holdsOn(one.basis, asOf));
  if (fine === undefined) return undefined;
  const { gainsYuan = 0, turnoverYuan = 0, serious = false } = facts;
  const base = { gains: gainsYuan, turnover: turnoverYuan, flat: 0 }[fine.per];
  if (!(base >= 0 && base < Number.POSITIVE_INFINITY)) {
    throw new RangeError("An amount of money is a number from 0 up.");
  }
  const fitting = fine.bands.filter((band) => covers(band, base));
  const grave = serious ? fitting.find((band) => band.serious === true) : undefined;
  const band = grave ?? fitting.find((one) => one.serious === undefined);
  if (band === undefined) return undefined;
  return {
    minYuan: band.min ?? base * (band.minTimes ?? 0),
    maxYuan: band.max ?? base * (band.maxTimes ?? 0),
  };
}

/** Why an entered fine cannot stand, in a sentence for the officer; undefined where it can. */
export function fineProblem(
  code: string,
  facts: FineFacts,
  amountYuan: number,
  asOf: string,
): string | undefined {
  const bounds = fineBounds(code, facts, asOf);
  if (bounds === undefined) return "没有适用于这一天的罚款规定，请核对案由和日期。";
  const { minYuan, maxYuan } = bounds;
  if (amountYuan > maxYuan) return `罚款最多 ${maxYuan} 元，请核对违法所得或者案由。`;
  if (amountYuan < minYuan) return `罚款至少 ${minYuan} 元；减轻处罚的，请在决定书里写明理由。`;
  return undefined;
}

function covers({ from, above, to, below }: FineBand, base: number): boolean {
  return (
    (from === undefined || base >= from) &&
    (above === undefined || base > above) &&
    (to === undefined || base <= to) &&
    (below === undefined || base < below)
  );
}
