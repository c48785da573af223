import { and, desc, eq } from "drizzle-orm";
import type { Clock } from "../core/clock.ts";
import type { NewId, RandomBytes } from "../core/new-id.ts";
import { equalInConstantTime, sha256 } from "../crypto/bytes.ts";
import type { Vault } from "../crypto/key-ring.ts";
import { sealRecord } from "../crypto/record-key.ts";
import type { Database, Statements } from "../db/client.ts";
import { identitySlots, newReportNo, type Slots, withoutIdentity } from "./report.ts";
import { identities, reports, supplements } from "./schema.ts";

/** A filed report, without what it says. */
export type ReportRecord = {
  id: string;
  reportNo: string;
  reportType: string;
  county: string | null;
  channel: string;
  filedAt: Date;
};

/** What a report says, as its office reads it. */
export type ReportContent = { slots: Slots; narrative: string[] };

export type ReportService = ReturnType<typeof createReportService>;

/** Seals what people file, and opens it for those who may read it. */
export function createReportService(dependencies: {
  db: Database;
  vault: Vault;
  now: Clock;
  newId: NewId;
  randomBytes: RandomBytes;
}) {
  const { db, vault, now, newId, randomBytes } = dependencies;
  const contentContext = (id: string) => `report:${id}`;
  const identityContext = (id: string) => `identity:${id}`;

  const view = (row: typeof reports.$inferSelect): ReportRecord => ({
    id: row.id,
    reportNo: row.reportNo,
    reportType: row.reportType,
    county: row.county,
    channel: row.channel,
    filedAt: row.filedAt,
  });

  /** Eight decimal digits from a keyed hash of the report's number: nothing to store, nothing to guess. */
  async function queryCodeFor(reportNo: string, keyId: string): Promise<string> {
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = await vault.hash("query-code", reportNo, keyId);
    return String((a * 2 ** 32 + b * 2 ** 24 + c * 2 ** 16 + d * 2 ** 8 + e) % 1e8).padStart(8, "0");
  }

  async function findByNo(reportNo: string) {
    return db.sql.select().from(reports).where(eq(reports.reportNo, reportNo)).get();
  }

  return {
    /** The statements that file a report, with what must be told of it. Nothing is stored yet. */
    async prepare(filing: {
      slots: Slots;
      /** What the person said in their own words, in order. */
      narrative: string[];
      channel: string;
      reporterKey: string | undefined;
    }) {
      const id = newId("report");
      const reportNo = newReportNo(randomBytes);
      const filedAt = now();
      const content: ReportContent = { slots: withoutIdentity(filing.slots), narrative: filing.narrative };
      const sealed = await vault.seal("report", contentContext(id), JSON.stringify(content));
      const statements: Statements[number][] = [
        db.sql.insert(reports).values({
          id,
          reportNo,
          queryKeyId: vault.keyId,
          reportType: filing.slots.reportType ?? "其他",
          county: filing.slots.county ?? null,
          channel: filing.channel,
          reporterKey: filing.reporterKey ?? null,
          sealed,
          filedAt,
        }),
      ];
      const identity = identityOf(filing.slots);
      if (identity !== undefined) {
        const record = await sealRecord(vault, identityContext(id), JSON.stringify(identity), randomBytes);
        statements.push(db.sql.insert(identities).values({ reportId: id, ...record }));
      }
      return {
        id,
        reportNo,
        filedAt,
        queryCode: await queryCodeFor(reportNo, vault.keyId),
        /** Ties the case's first event to the sealed bytes. */
        contentHash: await sha256(sealed),
        statements,
      };
    },

    /** The statements that keep an addition to a report. */
    async prepareSupplement(reportId: string, text: string): Promise<Statements[number][]> {
      const id = newId("supplement");
      const sealed = await vault.seal("report", `supplement:${id}`, text);
      return [db.sql.insert(supplements).values({ id, reportId, sealed, addedAt: now() })];
    },

    findByNo: async (reportNo: string) => {
      const row = await findByNo(reportNo);
      return row === undefined ? undefined : view(row);
    },

    async find(id: string): Promise<ReportRecord | undefined> {
      const row = await db.sql.select().from(reports).where(eq(reports.id, id)).get();
      return row === undefined ? undefined : view(row);
    },

    /** The query code of a report, for the batch that answers its own filer again. */
    async queryCodeOf(reportNo: string): Promise<string | undefined> {
      const row = await findByNo(reportNo);
      return row === undefined ? undefined : queryCodeFor(reportNo, row.queryKeyId);
    },

    /** The report, if the code is the right one. An absent report takes as long as a wrong code. */
    async findWithCode(reportNo: string, queryCode: string): Promise<ReportRecord | undefined> {
      const row = await findByNo(reportNo);
      const expected = await queryCodeFor(reportNo, row?.queryKeyId ?? vault.keyId);
      const matches = equalInConstantTime(expected, queryCode.normalize("NFKC").replace(/[\s-]/g, ""));
      return row !== undefined && matches ? view(row) : undefined;
    },

    /** The reports that this speaker filed, newest first. */
    async ofReporter(reporterKey: string, limit: number): Promise<ReportRecord[]> {
      const rows = await db.sql
        .select()
        .from(reports)
        .where(eq(reports.reporterKey, reporterKey))
        .orderBy(desc(reports.filedAt), desc(reports.id))
        .limit(limit);
      return rows.map(view);
    },

    /** What the report says, with what was added since; never who filed it. */
    async open(id: string): Promise<ReportContent & { supplements: { text: string; addedAt: Date }[] }> {
      const row = await db.sql
        .select()
        .from(reports)
        .where(and(eq(reports.id, id)))
        .get();
      if (row === undefined) throw new Error("No such report.");
      const content = JSON.parse(await vault.open("report", contentContext(id), row.sealed)) as ReportContent;
      const added = await db.sql
        .select()
        .from(supplements)
        .where(eq(supplements.reportId, id))
        .orderBy(supplements.addedAt, supplements.id);
      return {
        ...content,
        supplements: await Promise.all(
          added.map(async (one) => ({
            text: await vault.open("report", `supplement:${one.id}`, one.sealed),
            addedAt: one.addedAt,
          })),
        ),
      };
    },
  };
}

/** What goes into the vault; nothing of an anonymous report does. */
function identityOf(slots: Slots): Pick<Slots, (typeof identitySlots)[number]> | undefined {
  if (slots.anonymous === true) return undefined;
  const held = identitySlots.filter((name) => slots[name] !== undefined);
  return held.length === 0 ? undefined : Object.fromEntries(held.map((name) => [name, slots[name]]));
}
