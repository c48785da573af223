import { and, eq, inArray, isNull, lt, or } from "drizzle-orm";
import type { Clock } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import type { NewId } from "../core/new-id.ts";
import { type Bytes, sha256 } from "../crypto/bytes.ts";
import type { Vault } from "../crypto/key-ring.ts";
import type { Database, Statements } from "../db/client.ts";
import type { BlobStore } from "../storage/blob-store.ts";
import { mediaTypeOf } from "./evidence.ts";
import { evidence } from "./schema.ts";

/** A stored file, as its sender and the office see it. */
export type EvidenceRecord = {
  evidenceId: string;
  sha256: string;
  bytes: number;
  mediaType: string;
  receivedAt: Date;
};

/** How long a file is kept that no report has taken, in milliseconds: longer than any draft that may still name it. */
export const unclaimedRetentionMs = 7 * 24 * 60 * 60 * 1000;

export type EvidenceService = ReturnType<typeof createEvidenceService>;

/** Takes files as they come, and tells whose they are. */
export function createEvidenceService(dependencies: {
  db: Database;
  blobs: BlobStore;
  vault: Vault;
  now: Clock;
  newId: NewId;
}) {
  const { db, blobs, vault, now, newId } = dependencies;
  const nameContext = (id: string) => `evidence-name:${id}`;

  const view = (row: typeof evidence.$inferSelect): EvidenceRecord => ({
    evidenceId: row.id,
    sha256: row.sha256,
    bytes: row.bytes,
    mediaType: row.mediaType,
    receivedAt: row.receivedAt,
  });

  return {
    /**
     * Stores the bytes as they are.
     *
     * @throws {AppError} `unsupported_media_type`, `invalid_request`: see `mediaTypeOf`.
     */
    async store(file: { name: string; bytes: Bytes }, ownerKey: string | undefined): Promise<EvidenceRecord> {
      const mediaType = await mediaTypeOf(file.bytes, file.name);
      const id = newId("evidence");
      const row = {
        id,
        sha256: await sha256(file.bytes),
        bytes: file.bytes.length,
        mediaType,
        sealedName: await vault.seal("report", nameContext(id), file.name.slice(0, 255)),
        receivedAt: now(),
        ownerKey: ownerKey ?? null,
        reportId: null,
      };
      // The bytes first: a row never points at a file that is not there.
      await blobs.put(id, file.bytes);
      await db.write([db.sql.insert(evidence).values(row)]);
      return view(row);
    },

    /**
     * Checks that the files exist and are free or this speaker's.
     *
     * @throws {AppError} `evidence_not_found`, naming the place in the request, without telling which of the two it was.
     */
    async requireUsable(ids: readonly string[], ownerKey: string, pointer: string): Promise<void> {
      if (ids.length === 0) return;
      const rows = await db.sql
        .select({ id: evidence.id })
        .from(evidence)
        .where(
          and(
            inArray(evidence.id, [...ids]),
            or(isNull(evidence.ownerKey), eq(evidence.ownerKey, ownerKey)),
            isNull(evidence.reportId),
          ),
        );
      if (rows.length === new Set(ids).size) return;
      throw new AppError(
        "evidence_not_found",
        "没有查到这份材料，请先上传（POST /api/v1/evidence）再发编号。",
        {
          errors: [{ pointer, detail: "没有这个材料编号，或者它已经用在别处。" }],
        },
      );
    },

    /** The statement that binds free files to the first speaker who names them. */
    claim(ids: readonly string[], ownerKey: string): Statements[number] {
      return db.sql
        .update(evidence)
        .set({ ownerKey })
        .where(and(inArray(evidence.id, [...ids]), isNull(evidence.ownerKey)));
    },

    /** The statement that attaches a speaker's files to a report. */
    attach(ids: readonly string[], ownerKey: string, reportId: string): Statements[number] {
      return db.sql
        .update(evidence)
        .set({ ownerKey, reportId })
        .where(
          and(
            inArray(evidence.id, [...ids]),
            or(isNull(evidence.ownerKey), eq(evidence.ownerKey, ownerKey)),
            isNull(evidence.reportId),
          ),
        );
    },

    /** The files of a report, oldest first. */
    async ofReport(reportId: string): Promise<EvidenceRecord[]> {
      const rows = await db.sql
        .select()
        .from(evidence)
        .where(eq(evidence.reportId, reportId))
        .orderBy(evidence.receivedAt, evidence.id);
      return rows.map(view);
    },

    /** Erases files that came a week ago and that no report has taken. */
    async sweep(): Promise<void> {
      const old = and(
        isNull(evidence.reportId),
        lt(evidence.receivedAt, new Date(now().getTime() - unclaimedRetentionMs)),
      );
      for (const { id } of await db.sql.select({ id: evidence.id }).from(evidence).where(old).limit(500)) {
        // The row first: a row never points at a file that is gone. It is taken only if still free.
        await db.write([db.sql.delete(evidence).where(and(eq(evidence.id, id), isNull(evidence.reportId)))]);
        const kept = await db.sql.select({ id: evidence.id }).from(evidence).where(eq(evidence.id, id)).get();
        if (kept === undefined) await blobs.delete(id);
      }
    },

    /** One file of a report with its bytes. @throws {AppError} `evidence_not_found`. */
    async read(reportId: string, id: string): Promise<EvidenceRecord & { content: Bytes }> {
      const row = await db.sql
        .select()
        .from(evidence)
        .where(and(eq(evidence.id, id), eq(evidence.reportId, reportId)))
        .get();
      const content = row === undefined ? undefined : await blobs.get(id);
      if (row === undefined || content === undefined) {
        throw new AppError("evidence_not_found", "没有查到这份材料。");
      }
      return { ...view(row), content };
    },
  };
}
