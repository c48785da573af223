import {
  and,
  asc,
  eq,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  notExists,
  or,
  type SQL,
  sql,
} from "drizzle-orm";
import type { Database } from "../db/client.ts";
import { packedRow } from "../db/packed-row.ts";
import { deletionRequests, erasures, reports } from "../reports/schema.ts";
import { type CaseEvent, type CaseProjection, parseEvent } from "./case.ts";
import { toProjection } from "./case-repository.ts";
import {
  type CellCount,
  type Cells,
  monthOf,
  movingKinds,
  type PublicCase,
  publication,
  publicCells,
  startOfMonth,
  updatingKinds,
} from "./public-register.ts";
import { caseEvents, caseLinks, cases } from "./schema.ts";

/** Which public cases are asked for; absent members do not limit. */
export type PublicFilter = {
  /** Opened at this instant or later, and before that one. */
  from: Date;
  before: Date;
  matters?: readonly string[] | undefined;
  ended?: boolean | undefined;
  /** A keyed hash of who filed: their own cases are told also from cells that are withheld. */
  reporterKey?: string | undefined;
};

/** A public case with all that happened to it. */
export type PublicHistory = PublicCase & { events: CaseEvent[] };

export type PublicRegister = ReturnType<typeof createPublicRegister>;

/** The cases that everybody may know of. What is not public is, for every question here, not there. */
export function createPublicRegister({ db }: { db: Database }) {
  const packed = packedRow(cases);
  const day = sql`strftime('%Y-%m-%d', ${cases.openedAt} / 1000 + 28800, 'unixepoch')`;
  const month = sql<string>`strftime('%Y-%m', ${cases.openedAt} / 1000 + 28800, 'unixepoch')`;

  /** Reported by somebody who gave a name, of a public matter and procedure, and not asked to be forgotten. */
  const isPublic = and(
    inArray(cases.track, [...publication.tracks]),
    inArray(cases.matter, [...publication.matters]),
    sql`json_extract(${cases.facts}, '$.anonymous') = 0`,
    sql`json_extract(${cases.facts}, '$.origin') = 'reported'`,
    notExists(
      db.sql
        .select({ one: sql`1` })
        .from(deletionRequests)
        .where(eq(deletionRequests.reportId, cases.reportId)),
    ),
    notExists(
      db.sql
        .select({ one: sql`1` })
        .from(erasures)
        .where(
          and(
            eq(erasures.reportId, cases.reportId),
            or(eq(erasures.kind, "content"), eq(erasures.rule, "deletion-request")),
          ),
        ),
    ),
  );

  const listed = (values: readonly string[]) => sql`(SELECT value FROM json_each(${JSON.stringify(values)}))`;
  const told = ({ told: keys }: Cells, reporterKey: string | undefined): SQL | undefined => {
    const inCell = sql`${cases.matter} || '|' || coalesce(${cases.county}, '') || '|' || ${month} IN ${listed(keys)}`;
    if (reporterKey === undefined) return inCell;
    const own = db.sql.select({ id: reports.id }).from(reports).where(eq(reports.reporterKey, reporterKey));
    return or(inCell, inArray(cases.reportId, own));
  };

  /** How these cases were closed, and whether they tell of the same as others. */
  async function complete(found: readonly CaseProjection[]): Promise<PublicCase[]> {
    if (found.length === 0) return [];
    const closed = found.flatMap(({ id, state }) => (state === "closed" ? [id] : []));
    const moves = db.sql
      .select({ caseId: caseEvents.caseId, at: sql<number>`max(${caseEvents.at})` })
      .from(caseEvents)
      .where(
        and(
          sql`${caseEvents.caseId} IN ${listed(found.map(({ id }) => id))}`,
          inArray(caseEvents.kind, [...movingKinds]),
        ),
      )
      .groupBy(caseEvents.caseId);
    const [moved, closings, duplicates] =
      closed.length === 0
        ? [await moves, [], []]
        : await Promise.all([
            moves,
            db.sql
              .select({ caseId: caseEvents.caseId, data: caseEvents.data })
              .from(caseEvents)
              .where(and(eq(caseEvents.kind, "closed"), sql`${caseEvents.caseId} IN ${listed(closed)}`))
              .orderBy(asc(caseEvents.seq)),
            db.sql
              .select({ caseId: caseLinks.caseId })
              .from(caseLinks)
              .where(and(eq(caseLinks.relation, "duplicate"), sql`${caseLinks.caseId} IN ${listed(closed)}`)),
          ]);
    const forms = new Map(
      closings.map(({ caseId, data }) => [caseId, (JSON.parse(data) as { form: string }).form]),
    );
    const linked = new Set(duplicates.map(({ caseId }) => caseId));
    const movedAt = new Map(moved.map(({ caseId, at }) => [caseId, new Date(at)]));
    return found.map((current) => ({
      current,
      closing: (current.state === "closed" ? forms.get(current.id) : undefined) ?? null,
      duplicate: linked.has(current.id),
      movedAt: movedAt.get(current.id) ?? current.openedAt,
    }));
  }

  /** The cells of the months in which these instants lie, and of those between. */
  async function cells(instants: readonly Date[]): Promise<Cells> {
    if (instants.length === 0) return publicCells([]);
    const months = instants.map(monthOf).sort();
    const counted: CellCount[] = await db.sql
      .select({ matter: cases.matter, county: cases.county, month, count: sql<number>`count(*)` })
      .from(cases)
      .where(
        and(
          isPublic,
          gte(cases.openedAt, startOfMonth(months[0] ?? "")),
          lt(cases.openedAt, startOfMonth(months.at(-1) ?? "", 1)),
        ),
      )
      .groupBy(cases.matter, cases.county, month);
    return publicCells(counted);
  }

  return {
    cells,

    /** Those of these cases that are public, in the order named, each once. */
    async find(ids: readonly string[]): Promise<PublicCase[]> {
      if (ids.length === 0) return [];
      const rows = await db.sql
        .select({ row: packed })
        .from(cases)
        .where(and(sql`${cases.id} IN ${listed(ids)}`, isPublic));
      const found = new Map(rows.map(({ row }) => [row.id, toProjection(row)]));
      return complete([...new Set(ids)].flatMap((id) => found.get(id) ?? []));
    },

    /** A page of the public cases whose cell is told, by day, the newest first; within a day in no telling order. */
    async list(
      filter: PublicFilter,
      shown: Cells,
      page: { limit: number; offset: number },
    ): Promise<PublicCase[]> {
      const { from, before, matters, ended, reporterKey } = filter;
      const rows = await db.sql
        .select({ row: packed })
        .from(cases)
        .where(
          and(
            gte(cases.openedAt, from),
            lt(cases.openedAt, before),
            matters === undefined ? undefined : inArray(cases.matter, [...matters]),
            ended === undefined ? undefined : ended ? isNotNull(cases.endedAt) : isNull(cases.endedAt),
            isPublic,
            told(shown, reporterKey),
          ),
        )
        .orderBy(sql`${day} DESC`, asc(cases.id))
        .limit(page.limit)
        .offset(page.offset);
      return complete(rows.map(({ row }) => toProjection(row)));
    },

    /** The cells of the public cases to which something happened from an instant on. */
    async cellsOfChanged(from: Date): Promise<Cells> {
      const bounds = await db.sql
        .select({
          first: sql<number | null>`min(${cases.openedAt})`,
          last: sql<number | null>`max(${cases.openedAt})`,
        })
        .from(cases)
        .where(and(gte(cases.updatedAt, from), isPublic))
        .get();
      if (bounds === undefined || bounds.first === null || bounds.last === null) return publicCells([]);
      return cells([new Date(bounds.first), new Date(bounds.last)]);
    },

    /** A page of the steps that public cases took in a span, oldest first: of those named, else of those whose cell is told. */
    async steps(
      {
        start,
        end,
        of,
      }: {
        start: Date;
        end: Date;
        of: readonly string[] | { shown: Cells; reporterKey: string | undefined };
      },
      page: { limit: number; offset: number },
    ): Promise<{ caseId: string; seq: number }[]> {
      return db.sql
        .select({ caseId: caseEvents.caseId, seq: caseEvents.seq })
        .from(caseEvents)
        .innerJoin(cases, eq(cases.id, caseEvents.caseId))
        .where(
          and(
            gte(cases.updatedAt, start),
            "shown" in of ? told(of.shown, of.reporterKey) : sql`${cases.id} IN ${listed(of)}`,
            isPublic,
            inArray(caseEvents.kind, [...updatingKinds]),
            gte(caseEvents.at, start),
            lte(caseEvents.at, end),
          ),
        )
        .orderBy(asc(caseEvents.at), asc(caseEvents.caseId), asc(caseEvents.seq))
        .limit(page.limit)
        .offset(page.offset);
    },

    /** Which of these reports this speaker filed. */
    async filedBy(reporterKey: string, reportIds: readonly string[]): Promise<ReadonlySet<string>> {
      const rows = await db.sql
        .select({ id: reports.id })
        .from(reports)
        .where(and(eq(reports.reporterKey, reporterKey), sql`${reports.id} IN ${listed(reportIds)}`));
      return new Set(rows.map(({ id }) => id));
    },

    /** Every event of these cases, oldest first. */
    async histories(found: readonly PublicCase[]): Promise<PublicHistory[]> {
      const rows = await db.sql
        .select()
        .from(caseEvents)
        .where(sql`${caseEvents.caseId} IN ${listed(found.map(({ current }) => current.id))}`)
        .orderBy(asc(caseEvents.caseId), asc(caseEvents.seq));
      const byCase = Map.groupBy(rows.map(parseEvent), ({ caseId }) => caseId);
      return found.map((one) => ({ ...one, events: byCase.get(one.current.id) ?? [] }));
    },
  };
}
