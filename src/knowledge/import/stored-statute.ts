import { z } from "zod";
import type { Edition, Instrument } from "../instrument.ts";
import { squash } from "./find-title.ts";
import { Statute } from "./statute.ts";

/** The layout of an imported statute's file; another one must be imported anew. */
export const storedFormat = 1;

/** An imported statute as it lies in the folder of statutes, one file an edition. */
export const StoredStatute = z.strictObject({
  format: z.literal(storedFormat),
  /** Id in `knowledge/instruments.yaml`; null where the catalogue lacks the title or the edition. */
  instrument: z.string().nullable(),
  edition: z.iso.date().nullable(),
  /** The edition before it, by the catalogue; its file is kept. */
  supersedes: z.iso.date().nullable(),
  source: z.strictObject({ name: z.string(), sha256: z.string() }),
  statute: Statute,
});
export type StoredStatute = z.infer<typeof StoredStatute>;

/** What the catalogue knows of a statute read from a file. */
export type CatalogueMatch =
  | { kind: "listed"; instrument: Instrument; edition: Edition }
  | { kind: "editionUnknown"; instrument: Instrument }
  | { kind: "titleUnknown" };

/** Looks a statute up by its title, 中华人民共和国 and spaces left out, and the day of its edition. */
export function matchCatalogue(instruments: readonly Instrument[], statute: Statute): CatalogueMatch {
  const instrument = instruments.find((one) => squash(one.title) === squash(statute.title));
  if (instrument === undefined) return { kind: "titleUnknown" };
  const edition = instrument.editions.find((one) => one.edition === statute.edition);
  if (edition === undefined) return { kind: "editionUnknown", instrument };
  return { kind: "listed", instrument, edition };
}

/** Where an edition's file lies in the folder of statutes. */
export function storedPath(match: CatalogueMatch, statute: Statute): string {
  const portion = statute.portion === undefined ? "" : `-${fileSafe(statute.portion)}`;
  if (match.kind === "listed") return `${match.instrument.id}/${match.edition.edition}${portion}.json`;
  const folder = match.kind === "editionUnknown" ? match.instrument.id : fileSafe(statute.title);
  return `unlisted/${folder}/${statute.edition ?? "undated"}${portion}.json`;
}

/** A name that every file system takes: 80 characters at most, nothing that leads to another folder. */
function fileSafe(name: string): string {
  const safe = name.replace(/[^\p{L}\p{N}（）〔〕、-]+/gu, "_").slice(0, 80);
  return safe === "" ? "_" : safe;
}

/** The bytes of an edition's file: the same statute gives the same bytes. */
export function serialize(
  match: CatalogueMatch,
  statute: Statute,
  source: { name: string; sha256: string },
): string {
  const stored: StoredStatute = {
    format: storedFormat,
    instrument: match.kind === "listed" ? match.instrument.id : null,
    edition: statute.edition ?? null,
    supersedes: match.kind === "listed" ? (match.edition.supersedes ?? null) : null,
    source,
    statute,
  };
  // The schema fixes the order of the keys.
  return `${JSON.stringify(StoredStatute.parse(stored), undefined, 1)}\n`;
}
