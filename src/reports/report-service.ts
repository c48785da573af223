import { and, desc, eq, lt, or } from "drizzle-orm";
import type { Clock } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import type { NewId, RandomBytes } from "../core/new-id.ts";
import { type Bytes, equalInConstantTime, sha256 } from "../crypto/bytes.ts";
import type { Vault } from "../crypto/key-ring.ts";
import { openMore, openRecord, type RecordKey, sealMore, sealRecord } from "../crypto/record-key.ts";
import type { Database, Statements } from "../db/client.ts";
import type { IdentityVault } from "./identity-service.ts";
import { maskIdentity, newReportNo, type Slots, withoutIdentity } from "./report.ts";
import { erasures, reports, supplements } from "./schema.ts";

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
export type ReportContent = {
  slots: Slots;
  narrative: string[];
  /** What else was taken down: the answers of an application, the number of a work order. */
  more?: Record<string, unknown>;
};

/** What a report says with what was added since. Nothing of it is left once it is erased. */
export type OpenedReport = ReportContent & {
  supplements: { text: string; addedAt: Date }[];
  erasedAt: Date | undefined;
};

/** The context that a report's content and its key are sealed for. */
export const contentContext = (reportId: string): string => `report:${reportId}`;

/**
 * The code that goes with a number: eight decimal digits from a keyed hash of it. Nothing to store, nothing to guess.
 * @throws {Error} if the key is no longer in the ring.
 */
export async function codeFor(
  vault: Vault,
  use: "query-code" | "response-code",
  number: string,
  keyId: string,
): Promise<string> {
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = await vault.hash(use, number, keyId);
  return String((a * 2 ** 32 + b * 2 ** 24 + c * 2 ** 16 + d * 2 ** 8 + e) % 1e8).padStart(8, "0");
}

/** Whether a person wrote this code; spaces, dashes and full-width digits do not matter. Takes the same time either way. */
export const isCode = (expected: string, written: string): boolean =>
  equalInConstantTime(expected, written.normalize("NFKC").replace(/[\s-]/g, ""));

export type ReportService = ReturnType<typeof createReportService>;

/** Seals what people file, and opens it for those who may read it. */
export function createReportService(dependencies: {
  db: Database;
  vault: Vault;
  identities: IdentityVault;
  now: Clock;
  newId: NewId;
  randomBytes: RandomBytes;
}) {
  const { db, vault, identities, now, newId, randomBytes } = dependencies;
  const supplementContext = (id: string) => `supplement:${id}`;

  const view = (row: typeof reports.$inferSelect): ReportRecord => ({
    id: row.id,
    reportNo: row.reportNo,
    reportType: row.reportType,
    county: row.county,
    channel: row.channel,
    filedAt: row.filedAt,
  });

  const queryCodeFor = (reportNo: string, keyId: string) => codeFor(vault, "query-code", reportNo, keyId);

  /** A report's own key; undefined in reports filed before there was one, which the deployment's key opens. */
  const keyOf = (row: typeof reports.$inferSelect): RecordKey | undefined =>
    row.contentKey === null ? undefined : { context: contentContext(row.id), wrappedKey: row.contentKey };

  async function contentErasedAt(id: string): Promise<Date | undefined> {
    const tombstone = await db.sql
      .select()
      .from(erasures)
      .where(and(eq(erasures.kind, "content"), eq(erasures.subjectId, id)))
      .get();
    return tombstone?.erasedAt ?? undefined;
  }

  async function requireRow(id: string) {
    const row = await db.sql.select().from(reports).where(eq(reports.id, id)).get();
    if (row === undefined) throw new Error("No such report.");
    return row;
  }

  /**
   * Seals a text that belongs to a report's file under the report's own key, bound to a context: when the content is
   * erased, nobody can read it any more.
   * @throws {AppError} `invalid_transition` if the report's content is erased.
   */
  async function sealBeside(reportId: string, context: string, text: string): Promise<Bytes> {
    const row = await requireRow(reportId);
    if (isErased(row)) throw new AppError("invalid_transition", "这份报告的内容已经删除，不能再补充。");
    const key = keyOf(row);
    return key === undefined
      ? vault.seal("report", context, text)
      : sealMore(vault, key, context, text, randomBytes);
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
      more?: Record<string, unknown> | undefined;
      /** Keyed hash of the work order that it came with: none is taken down twice. */
      workOrderKey?: string | undefined;
      /** The id of the first report that is opened from the same material, in the same batch; absent in that one. */
      materialOf?: string | undefined;
    }) {
      const id = newId("report");
      const reportNo = newReportNo(randomBytes);
      const filedAt = now();
      const { more, materialOf } = filing;
      const content: ReportContent = {
        slots: withoutIdentity(filing.slots),
        narrative: filing.narrative.map((text) => maskIdentity(text, filing.slots)),
        ...(more === undefined ? {} : { more }),
      };
      const record = await sealRecord(vault, contentContext(id), JSON.stringify(content), randomBytes);
      const statements: Statements[number][] = [
        db.sql.insert(reports).values({
          id,
          reportNo,
          queryKeyId: vault.keyId,
          reportType: filing.slots.reportType ?? "其他",
          county: filing.slots.county ?? null,
          channel: filing.channel,
          reporterKey: filing.reporterKey ?? null,
          workOrderKey: filing.workOrderKey ?? null,
          materialOf: materialOf ?? null,
          contentKey: record.wrappedKey,
          sealed: record.sealed,
          filedAt,
        }),
      ];
      if (materialOf !== undefined) {
        statements.push(db.sql.update(reports).set({ materialOf }).where(eq(reports.id, materialOf)));
      }
      // Nothing of an anonymous report goes into the vault.
      if (filing.slots.anonymous !== true) statements.push(...(await identities.prepare(id, filing.slots)));
      return {
        id,
        reportNo,
        filedAt,
        queryCode: await queryCodeFor(reportNo, vault.keyId),
        /** Ties the case's first event to the sealed bytes. */
        contentHash: await sha256(record.sealed),
        statements,
      };
    },

    /**
     * The statements that keep an addition to a report, sealed under the report's own key.
     * @throws {AppError} `invalid_transition` if the report's content is erased.
     */
    async prepareSupplement(reportId: string, text: string): Promise<Statements[number][]> {
      const id = newId("supplement");
      const known = await identities.open(reportId);
      const masked = known.kind === "identity" ? maskIdentity(text, known) : text;
      const sealed = await sealBeside(reportId, supplementContext(id), masked);
      return [db.sql.insert(supplements).values({ id, reportId, sealed, addedAt: now() })];
    },

    sealBeside,

    /** What `sealBeside` sealed for a report; undefined once the report's content is erased. */
    async openBeside(reportId: string, context: string, sealed: Uint8Array): Promise<string | undefined> {
      const row = await requireRow(reportId);
      if (isErased(row)) return undefined;
      const key = keyOf(row);
      return key === undefined
        ? vault.open("report", context, sealed)
        : openMore(vault, key, context, sealed);
    },

    /** Whether its sender is recognised by the channel they used. */
    async knowsItsSender(reportId: string): Promise<boolean> {
      return (await requireRow(reportId)).reporterKey !== null;
    },

    findByNo: async (reportNo: string) => {
      const row = await findByNo(reportNo);
      return row === undefined ? undefined : view(row);
    },

    /** The report that came with a work order. */
    async findByWorkOrder(workOrderKey: string): Promise<ReportRecord | undefined> {
      const row = await db.sql.select().from(reports).where(eq(reports.workOrderKey, workOrderKey)).get();
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
      const matches = isCode(expected, queryCode);
      return row !== undefined && matches ? view(row) : undefined;
    },

    /** The report of this number, if this speaker filed it. */
    async findOwn(reporterKey: string, reportNo: string): Promise<ReportRecord | undefined> {
      const row = await findByNo(reportNo);
      return row !== undefined && row.reporterKey === reporterKey ? view(row) : undefined;
    },

    /** The reports that this speaker filed, newest first; with `before`, those that were filed before that one. */
    async ofReporter(
      reporterKey: string,
      limit: number,
      before?: { at: Date; id: string },
    ): Promise<ReportRecord[]> {
      const rows = await db.sql
        .select()
        .from(reports)
        .where(
          and(
            eq(reports.reporterKey, reporterKey),
            before === undefined
              ? undefined
              : or(
                  lt(reports.filedAt, before.at),
                  and(eq(reports.filedAt, before.at), lt(reports.id, before.id)),
                ),
          ),
        )
        .orderBy(desc(reports.filedAt), desc(reports.id))
        .limit(limit);
      return rows.map(view);
    },

    /** What the report says, with what was added since; never who filed it. */
    async open(id: string): Promise<OpenedReport> {
      const row = await requireRow(id);
      if (isErased(row)) {
        const erasedAt = (await contentErasedAt(id)) ?? row.filedAt;
        return { slots: {}, narrative: [], supplements: [], erasedAt };
      }
      const key = keyOf(row);
      const content =
        key === undefined
          ? await vault.open("report", contentContext(id), row.sealed)
          : await openRecord(vault, contentContext(id), {
              wrappedKey: key.wrappedKey,
              sealed: row.sealed,
            });
      const added = await db.sql
        .select()
        .from(supplements)
        .where(eq(supplements.reportId, id))
        .orderBy(supplements.addedAt, supplements.id);
      return {
        ...(JSON.parse(content) as ReportContent),
        supplements: await Promise.all(
          added.map(async (one) => ({
            text:
              key === undefined
                ? await vault.open("report", supplementContext(one.id), one.sealed)
                : await openMore(vault, key, supplementContext(one.id), one.sealed),
            addedAt: one.addedAt,
          })),
        ),
        erasedAt: undefined,
      };
    },
  };
}

const isErased = (row: typeof reports.$inferSelect) => row.sealed.length === 0;
