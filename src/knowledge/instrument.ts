import { z } from "zod";
import type { TextStatus } from "../core/citation.ts";

/** How sure a fact is: it stands in the text at hand, or it is known only second hand. */
const Confidence = z.enum(["text", "secondary"]);

/** One edition of an instrument. Its status on a day follows from the dates and is never stored. */
export const Edition = z.strictObject({
  /** The day it was adopted; for rules of which only the publication is known, that day. */
  edition: z.iso.date(),
  effectiveFrom: z.iso.date(),
  effectiveFromConfidence: Confidence,
  /** The last day it was in force. */
  effectiveTo: z.iso.date().optional(),
  effectiveToConfidence: Confidence.optional(),
  /** What brought it about, as the source line says it: 2020年修正. */
  act: z.enum(["修正", "修订", "公布"]),
  /** How many articles it has, numbered from 1 without a gap. Absent where that is not known. */
  articles: z.int().nonnegative().optional(),
  /** Where `articles` is absent: the numbers that may be cited. */
  knownArticles: z.array(z.int().positive()).optional(),
  /** The edition before it. */
  supersedes: z.iso.date().optional(),
  confidence: Confidence,
  /** Where the dates come from, and what to mind. */
  note: z.string().optional(),
});
export type Edition = z.infer<typeof Edition>;

/** A law, regulation, rule or interpretation with its editions, oldest first. */
export const Instrument = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  /** Official title, 中华人民共和国 left out. */
  title: z.string().min(2),
  /** Other names that people use. */
  aliases: z.array(z.string().min(2)).default([]),
  issuer: z.string().min(2),
  kind: z.enum(["法律", "行政法规", "部门规章", "部门规范性文件", "司法解释", "地方性法规", "党内法规"]),
  /** The official database or site where the text is looked up by its title. */
  sourceUrl: z.url(),
  /** The province of a local regulation. */
  territory: z.string().optional(),
  /** The `id` of the instrument that took its place. */
  successor: z.string().optional(),
  editions: z.array(Edition).min(1),
});
export type Instrument = z.infer<typeof Instrument>;

/** An instrument as its file has it: „关于…“ stands behind its issuer, as it does in the official title. */
const Written = Instrument.transform((one) =>
  one.title.startsWith("关于") ? { ...one, title: one.issuer + one.title } : one,
);

/** All instruments. Ids and titles are unique, and a successor is one of them. */
export const InstrumentFile = z
  .strictObject({ instruments: z.array(Written).min(1) })
  .superRefine(({ instruments }, context) => {
    const ids = new Set(instruments.map(({ id }) => id));
    const fault = (index: number, field: string, message: string) =>
      context.addIssue({ code: "custom", path: ["instruments", index, field], message });
    for (const [index, { id, title, successor }] of instruments.entries()) {
      if (instruments.findIndex((other) => other.id === id) < index) fault(index, "id", `${id} stands twice`);
      if (instruments.findIndex((other) => other.title === title) < index)
        fault(index, "title", `${title} stands twice`);
      if (successor !== undefined && !ids.has(successor))
        fault(index, "successor", `there is no instrument with the id ${successor}`);
    }
  });

/** The edition in force on `asOf` (`YYYY-MM-DD`), or undefined. */
export function editionInForce(instrument: Instrument, asOf: string): Edition | undefined {
  return instrument.editions.find(
    (edition) =>
      edition.effectiveFrom <= asOf && (edition.effectiveTo === undefined || asOf <= edition.effectiveTo),
  );
}

/** The standing of an edition on `asOf`: past its end it is superseded by a later edition, or repealed with the instrument. */
export function statusOn(instrument: Instrument, edition: Edition, asOf: string): TextStatus {
  if (asOf < edition.effectiveFrom) return "notYetInForce";
  if (edition.effectiveTo === undefined || asOf <= edition.effectiveTo) return "current";
  return instrument.editions.some((later) => later.effectiveFrom > edition.effectiveFrom)
    ? "superseded"
    : "repealed";
}

/** Whether an edition has an article of this number that may be cited. */
export function hasArticle(edition: Edition, number: number): boolean {
  if (edition.articles !== undefined) return number >= 1 && number <= edition.articles;
  return edition.knownArticles?.includes(number) ?? false;
}
