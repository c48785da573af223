import { z } from "zod";
import { type ClockRule, legalEvents } from "../calendar/clock-rule.ts";
import { daysBetween } from "../calendar/date.ts";
import { PlanReference } from "./aid.ts";
import shipped from "./data/fast-lane.json" with { type: "json" };
import { IsoDay, LegalSource, sourcesInForce } from "./legal-source.ts";
import { type Track, trackNames } from "./track.ts";

const basis = z.array(LegalSource).readonly();

export const fastLaneReasonCodes = ["small_firm", "repeat_infringer", "show_ends_soon"] as const;
export type FastLaneReasonCode = (typeof fastLaneReasonCodes)[number];

/** Why a case goes first. */
const Reason = z
  .strictObject({
    code: z.enum(fastLaneReasonCodes),
    title: z.string().min(2).max(20),
    /** What the person is told; null where it would tell them of somebody else's case. */
    told: z.string().endsWith("。").nullable(),
    plan: PlanReference.nullable(),
    basis,
  })
  .readonly();

export const simplifiedNames = ["fair", "e_commerce"] as const;
export type SimplifiedName = (typeof simplifiedNames)[number];

/** A promise of the service inside a simplified track. */
const Promised = z
  .strictObject({
    code: z.string().regex(/^[a-z]+(_[a-z]+)*$/),
    title: z.string().min(2).max(20),
    amount: z.int().positive(),
    unit: z.literal("workingDay"),
    /** What it runs from, in words and as legal events. */
    from: z.string().min(2),
    startEvents: z.array(z.enum(legalEvents)).min(1).readonly(),
    /** The legal events that keep the promise. */
    endEvents: z.array(z.enum(legalEvents)).min(1).readonly(),
    /** The statutory limit that it stays below, where there is one. */
    ceiling: LegalSource.nullable(),
  })
  .readonly();

const Simplified = z
  .strictObject({
    code: z.enum(simplifiedNames),
    title: z.string().min(2).max(20),
    /** Why such cases are handled fast; the clocks themselves rest on no law. */
    source: basis,
    clocks: z.array(Promised).min(1).readonly(),
  })
  .readonly();
export type Simplified = z.infer<typeof Simplified>;

const pack = z
  .object({
    source: z.string(),
    checkedOn: IsoDay,
    /** A show that ends within so many days makes a case urgent. */
    showEndsWithinDays: z.int().nonnegative(),
    /** The tracks that may be simplified (专利行政执法办法 art. 8: disputes and counterfeiting). */
    simplifiedTracks: z.array(z.enum(trackNames)).min(1).readonly(),
    reasons: z.array(Reason).length(fastLaneReasonCodes.length).readonly(),
    simplified: z.array(Simplified).length(simplifiedNames.length).readonly(),
  })
  .parse(shipped);

/** The simplified tracks with their clocks: promises of this service, not statutory limits. */
export const simplifiedTracks: readonly Simplified[] = pack.simplified;
/** Every reason that the fast lane knows. */
export const fastLaneReasonTexts: readonly z.infer<typeof Reason>[] = pack.reasons;

export type FastLaneFacts = {
  /** `YYYY-MM-DD`: the day of receipt. */
  asOf: string;
  track: Track;
  /** Whether the person calls the firm small; self-declared. */
  smallFirm?: boolean;
  /** Effective rulings against the respondent over the same patent and the same kind of act (令81 art. 34). */
  effectiveFindings?: number;
  /** The last day of the show, where it happened at one. */
  showEndsOn?: string;
  onPlatform?: boolean;
};

/** A reason as it is shown; `basis` is absent where only the plan or the service's own rule stands behind it. */
export type FastLaneReason = {
  code: FastLaneReasonCode;
  title: string;
  told: string | null;
  basis?: LegalSource[];
  plan?: PlanReference;
};

export type FastLane = {
  fast: boolean;
  /** Why it goes first. */
  reasons: FastLaneReason[];
  simplified: SimplifiedName | null;
};

/** Whether a case goes first, why, and by which short form. A show goes before a platform: it ends. */
export function fastLane(facts: FastLaneFacts): FastLane {
  const daysLeft = facts.showEndsOn === undefined ? -1 : daysBetween(facts.asOf, facts.showEndsOn);
  const found: Record<FastLaneReasonCode, boolean> = {
    small_firm: facts.smallFirm === true,
    repeat_infringer: (facts.effectiveFindings ?? 0) > 0,
    show_ends_soon: daysLeft >= 0 && daysLeft <= pack.showEndsWithinDays,
  };
  const reasons = fastLaneReasonCodes.filter((code) => found[code]).map((code) => reasonOf(code, facts.asOf));
  const mayBeShort = pack.simplifiedTracks.includes(facts.track);
  const short = daysLeft >= 0 ? "fair" : facts.onPlatform === true ? "e_commerce" : null;
  return { fast: reasons.length > 0, reasons, simplified: mayBeShort ? short : null };
}

/** The clocks of a simplified track. */
export function promisesOf(name: SimplifiedName): Simplified["clocks"] {
  return pack.simplified.find(({ code }) => code === name)?.clocks ?? [];
}

function textOf(code: FastLaneReasonCode): z.infer<typeof Reason> {
  const reason = pack.reasons.find((one) => one.code === code);
  if (reason === undefined) throw new RangeError(`fast-lane.json has no reason ${code}.`);
  return reason;
}

function reasonOf(code: FastLaneReasonCode, asOf: string): FastLaneReason {
  const { title, told, plan, basis: all } = textOf(code);
  const inForce = sourcesInForce(all, asOf);
  return {
    code,
    title,
    told,
    ...(inForce.length === 0 ? {} : { basis: inForce }),
    ...(plan === null ? {} : { plan }),
  };
}

/** The promises of a simplified track as clock rules; the statutory limits run on beside them. */
export function simplifiedRules(name: SimplifiedName): ClockRule[] {
  return promisesOf(name).flatMap((promise) =>
    promise.startEvents.map((startEvent) => ({
      id: `service-${name}-${promise.code}`.replaceAll("_", "-"),
      step: `${name}-${promise.code}`.replaceAll("_", "-"),
      title: promise.title,
      kind: "service" as const,
      matter: "全部",
      owner: "office" as const,
      unit: promise.unit,
      amount: promise.amount,
      direction: "after" as const,
      roll: true,
      basis: null,
      startEvent,
      endEvents: promise.endEvents,
      extensions: [],
      excluded: [],
      validFrom: "2026-01-01",
      validTo: null,
      confidence: "high" as const,
    })),
  );
}
