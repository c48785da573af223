import { z } from "zod";
import { isDate } from "../calendar/date.ts";
import { LegalBasis } from "../core/citation.ts";
import shipped from "./data/legal-sources.json" with { type: "json" };

export const IsoDay = z.string().refine(isDate, "写成 YYYY-MM-DD，且当天存在");

/** `high`: read in the text. `medium`: a second source. `low`: to be checked before use. */
export const confidences = ["high", "medium", "low"] as const;
export type Confidence = (typeof confidences)[number];

/** What the amounts of a rule are counted in. `times`: multiples of gains or turnover; `people`: heads. */
export const figureUnits = ["workingDay", "day", "month", "year", "yuan", "times", "people"] as const;
export type FigureUnit = (typeof figureUnits)[number];

const Instrument = z
  .strictObject({
    law: z.string().min(1),
    /** First and last day on which the article numbers of the edition that was read hold. */
    validFrom: IsoDay,
    validTo: IsoDay.nullable(),
    confidence: z.enum(confidences),
    note: z.string().optional(),
  })
  .refine(({ validFrom, validTo }) => validTo === null || validFrom <= validTo, "有效期倒置");

const { instruments } = z
  .object({ source: z.string(), checkedOn: IsoDay, instruments: z.array(Instrument) })
  .parse(shipped);
const byLaw = new Map(instruments.map((one) => [one.law, one]));

/**
 * A pointer into one article, with the days on which it holds and how sure that is. In the data files only the
 * pointer is written; the rest comes from `data/legal-sources.json`.
 */
export const LegalSource = LegalBasis.unwrap()
  .extend({
    /** 款, from 1. */
    paragraph: z.int().positive().optional(),
    /** 项 of that 款, from 1. */
    item: z.int().positive().optional(),
    /** Words that stand there: a check against the official text, never shown. */
    words: z.array(z.string().min(1).max(8)).readonly().optional(),
    /** Amounts that stand there, likewise. */
    figures: z
      .array(z.strictObject({ amount: z.int().positive(), unit: z.enum(figureUnits) }).readonly())
      .readonly()
      .optional(),
  })
  .strict()
  .refine(({ paragraph, item }) => item === undefined || paragraph !== undefined, "有项就要写明款")
  .transform((pointer, context) => {
    const instrument = byLaw.get(pointer.law);
    if (instrument === undefined) {
      context.addIssue(`《${pointer.law}》不在 legal-sources.json 里`);
      return z.NEVER;
    }
    const { validFrom, validTo, confidence } = instrument;
    return { ...pointer, validFrom, validTo, confidence };
  })
  .readonly();
export type LegalSource = z.infer<typeof LegalSource>;

/** Those of the sources that hold on `asOf` (`YYYY-MM-DD`). */
export function sourcesInForce(sources: readonly LegalSource[], asOf: string): LegalSource[] {
  return sources.filter(
    ({ validFrom, validTo }) => validFrom <= asOf && (validTo === null || asOf <= validTo),
  );
}

/** Whether something may be used on `asOf`: it rests on no law at all, or on one that holds that day. */
export function holdsOn(sources: readonly LegalSource[], asOf: string): boolean {
  return sources.length === 0 || sourcesInForce(sources, asOf).length > 0;
}
