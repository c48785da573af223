import { sql } from "drizzle-orm";
import type { Database, Statements } from "../db/client.ts";
import duplicatesData from "./data/duplicates.json" with { type: "json" };
import type { Mark, MarkKind } from "./fingerprint.ts";
import type { ReportType } from "./report.ts";
import { reportMarks, reports } from "./schema.ts";

/** A filed report that shares marks, with all of its own. */
export type MarkedReport = {
  reportId: string;
  reportType: ReportType;
  county: string | null;
  filedAt: Date;
  marks: Mark[];
};

/** Which reports a look-up considers. */
export type MarkSearch = {
  /** Only reports filed at this instant or later. */
  since?: Date | undefined;
  /** Reports to leave out: the one itself, and the other parts of the same material. */
  except?: readonly string[] | undefined;
  /** At most so many reports: those that share the most marks, of these the newest. */
  limit: number;
};

export type MatchRepository = ReturnType<typeof createMatchRepository>;

/** Marks of reports in libSQL. */
export function createMatchRepository(db: Database) {
  return {
    /** The statements that store a report's marks, in the batch that stores the report. None for a report without marks. */
    prepareMarks(reportId: string, marks: readonly Mark[]): Statements[number][] {
      if (marks.length === 0) return [];
      // One parameter for all of them: as rows of their own they would be most of what a filing costs.
      const pairs = JSON.stringify(marks.map(({ kind, value }) => [kind, value]));
      return [
        db.sql.run(
          sql`insert or ignore into ${reportMarks} (report_id, kind, value)
            select ${reportId}, value ->> 0, value ->> 1 from json_each(${pairs})`,
        ),
      ];
    },

    /** The marks of a report. */
    async marksOf(reportId: string): Promise<Mark[]> {
      const rows = await db.sql
        .select({ kind: reportMarks.kind, value: reportMarks.value })
        .from(reportMarks)
        .where(sql`${reportMarks.reportId} = ${reportId}`);
      return rows.map(({ kind, value }) => ({ kind: kind as MarkKind, value }));
    },

    /** The reports that share any of these marks, each with all its marks, those that share most first: one query. */
    async findSharing(
      marks: readonly Mark[],
      { since, except = [], limit }: MarkSearch,
    ): Promise<MarkedReport[]> {
      if (marks.length === 0) return [];
      const rows = await db.sql.all<Row>(sharingQuery(marks, { since, except, limit }));
      const found = new Map<string, MarkedReport>();
      for (const { report_id, report_type, county, filed_at, kind, value } of rows) {
        let report = found.get(report_id);
        if (report === undefined) {
          report = {
            reportId: report_id,
            reportType: report_type,
            county,
            filedAt: new Date(filed_at),
            marks: [],
          };
          found.set(report_id, report);
        }
        report.marks.push({ kind, value });
      }
      return [...found.values()];
    },
  };
}

type Row = {
  report_id: string;
  report_type: ReportType;
  county: string | null;
  filed_at: number;
  kind: MarkKind;
  value: string;
};

/** From how many of its 16 bands on a text is nearly the same: see data/duplicates.json. */
const { nearTextBands } = duplicatesData;

/** Exported for the test that asks the database how it would run it. */
export function sharingQuery(
  marks: readonly Mark[],
  { since, except, limit }: MarkSearch & { except: readonly string[] },
) {
  const wanted = sql.join(
    marks.map(({ kind, value }) => sql`(${kind}, ${value})`),
    sql`, `,
  );
  const others =
    except.length === 0
      ? sql``
      : sql` and r.id not in (${sql.join(
          except.map((id) => sql`${id}`),
          sql`, `,
        )})`;
  const recent = since === undefined ? sql`` : sql` and r.filed_at >= ${since.getTime()}`;
  return sql`
    with wanted (kind, value) as (values ${wanted}),
    sharing as (
      select r.id, r.report_type, r.county, r.filed_at, count(*) as shared
      from wanted w
      cross join ${reportMarks} m on m.kind = w.kind and m.value = w.value
      cross join ${reports} r on r.id = m.report_id
      where true${others}${recent}
      group by r.id
      -- A few runs of the same words are in every complaint: nearly the same text shares more of them.
      having sum(m.kind <> 'text_band') > 0 or count(*) >= ${nearTextBands}
      order by shared desc, r.filed_at desc, r.id
      limit ${limit}
    )
    select s.id as report_id, s.report_type, s.county, s.filed_at, m.kind, m.value
    from sharing s
    cross join ${reportMarks} m on m.report_id = s.id
    order by s.shared desc, s.filed_at desc, s.id`;
}
