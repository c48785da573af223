import { and, ne, sql } from "drizzle-orm";
import type { Database } from "../db/client.ts";
import { reports } from "./schema.ts";

/** The ids of the other reports that were opened from the same material (令121 9), as a part of a statement. */
export const otherHalves = (db: Database, reportId: string) =>
  db.sql
    .select({ id: reports.id })
    .from(reports)
    .where(
      and(
        ne(reports.id, reportId),
        sql`${reports.materialOf} = (SELECT own.material_of FROM ${reports} own WHERE own.id = ${reportId})`,
      ),
    );
