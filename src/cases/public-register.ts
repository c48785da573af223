import { z } from "zod";
import { dateInShanghai } from "../core/clock.ts";
import { outsideCounty } from "../regions/place.ts";
import { reportTypes } from "../regions/region-data.ts";
import type { CaseProjection } from "./case.ts";
import shipped from "./data/publication.json" with { type: "json" };
import { type CaseEventKind, caseEventKinds, lifecycle } from "./lifecycle.ts";
import { trackNames } from "./track.ts";

/** Which cases everybody may know of; see `docs/decisions/027-georeport.md`. */
export const publication = z
  .strictObject({
    source: z.string(),
    date: z.iso.date(),
    tracks: z.array(z.enum(trackNames)).readonly(),
    matters: z.array(z.enum(reportTypes)).readonly(),
    /** The least number of cases of a matter, a county and a month that are told with their county. */
    leastCell: z.int().min(2),
  })
  .parse(shipped);

/** The events by which a case comes into another state; what staff note or look at beside them is not the public's. */
export const movingKinds: readonly CaseEventKind[] = caseEventKinds.filter(
  (kind) => lifecycle[kind].to !== "stay",
);

/** Those after the opening, which the case itself tells of. */
export const updatingKinds: readonly CaseEventKind[] = movingKinds.filter(
  (kind) => !["received", "routed", "petition_awaited"].includes(kind),
);

/** A case that everybody may know of, with how it was closed. */
export type PublicCase = {
  current: CaseProjection;
  /** The form of its closing, one of `closings`; null while it is not closed, or where it was dismissed. */
  closing: string | null;
  /** Whether it tells of the same as an earlier case. */
  duplicate: boolean;
  /** When it came into its present state. */
  movedAt: Date;
};

/** How many public cases there are of a matter in a county that came in a month (`YYYY-MM`). */
export type CellCount = { matter: string; county: string | null; month: string; count: number };

/** `county`: told with its county; `city`: told without; `withheld`: not told among others. */
export type Coarseness = "county" | "city" | "withheld";

/** The calendar month of an instant in Asia/Shanghai as `YYYY-MM`. */
export const monthOf = (at: Date): string => dateInShanghai(at).slice(0, 7);

/** The first instant of a month in Asia/Shanghai, or of the month `later` months after it. */
export function startOfMonth(month: string, later = 0): Date {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 + later, 1) - 8 * 60 * 60 * 1000);
}

/** A cell in one text, as the repository asks for it. A county that is none of the city's is no county. */
export const cellKey = ({ matter, county, month }: Omit<CellCount, "count">): string =>
  `${matter}|${county ?? ""}|${month}`;

export type Cells = ReturnType<typeof publicCells>;

/**
 * How finely the cases of each cell may be told: a cell of `least` with its county; smaller ones of a matter and month
 * together without, if they are `least` together. The rest is withheld: it would point at one respondent or reporter.
 */
export function publicCells(counts: readonly CellCount[], least: number = publication.leastCell) {
  const coarse = new Map<string, Coarseness>();
  const small = new Map<string, { keys: string[]; count: number }>();
  for (const cell of counts) {
    const named = cell.county !== null && cell.county !== outsideCounty.name;
    if (named && cell.count >= least) {
      coarse.set(cellKey(cell), "county");
      continue;
    }
    const group = `${cell.matter}|${cell.month}`;
    const together = small.get(group) ?? { keys: [], count: 0 };
    small.set(group, { keys: [...together.keys, cellKey(cell)], count: together.count + cell.count });
  }
  for (const { keys, count } of small.values()) {
    for (const key of keys) coarse.set(key, count >= least ? "city" : "withheld");
  }
  return {
    /** How finely a case may be told; a cell that was not counted is withheld. */
    of: ({ matter, county, openedAt }: Pick<CaseProjection, "matter" | "county" | "openedAt">): Coarseness =>
      coarse.get(cellKey({ matter, county, month: monthOf(openedAt) })) ?? "withheld",
    /** The cells that are told at all. */
    told: [...coarse].flatMap(([key, how]) => (how === "withheld" ? [] : [key])),
  };
}
