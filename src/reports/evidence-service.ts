import { and, asc, eq, gt, inArray, isNotNull, isNull, lt, or } from "drizzle-orm";
import type { Clock } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import type { NewId } from "../core/new-id.ts";
import { type Bytes, sha256 } from "../crypto/bytes.ts";
import type { Vault } from "../crypto/key-ring.ts";
import { type Database, type Statements, unitOfWork } from "../db/client.ts";
import { retrying } from "../db/retrying.ts";
import type { BlobStore } from "../storage/blob-store.ts";
import { type CustodyActor, type CustodyEntry, type CustodyKind, ownerInLog } from "./custody.ts";
import {
  type CustodyRepository,
  type EvidenceRow,
  factsOf,
  isCustodyConflict,
} from "./custody-repository.ts";
import { exifOf, redactMetadata } from "./derivative.ts";
import { mediaTypeOf } from "./evidence.ts";
import { prepareFileErasure } from "./evidence-erasure-repository.ts";
import { readTiff } from "./evidence-tiff.ts";
import { otherHalves } from "./material-repository.ts";
import { retentionMs } from "./retention.ts";
import { evidence } from "./schema.ts";

/** A stored file, as its sender and the office see it. */
export type EvidenceRecord = {
  evidenceId: string;
  sha256: string;
  bytes: number;
  mediaType: string;
  receivedAt: Date;
  /** When it was taken, as the sender's device said; null where it said nothing. */
  claimedCapturedAt: Date | null;
  /** When it was taken, as the photo itself says; null where it says nothing. */
  exifCapturedAt: Date | null;
};

const batchSize = 500;

export type EvidenceService = ReturnType<typeof createEvidenceService>;

/** Takes files as they come, and tells whose they are. */
export function createEvidenceService(dependencies: {
  db: Database;
  blobs: BlobStore;
  custody: CustodyRepository;
  vault: Vault;
  now: Clock;
  newId: NewId;
}) {
  const { db, blobs, custody, vault, now, newId } = dependencies;
  const nameContext = (id: string) => `evidence-name:${id}`;

  const view = (row: Omit<EvidenceRow, "custodySeq" | "custodyHash">): EvidenceRecord => ({
    evidenceId: row.id,
    sha256: row.sha256,
    bytes: row.bytes,
    mediaType: row.mediaType,
    receivedAt: row.receivedAt,
    claimedCapturedAt: row.claimedCapturedAt,
    exifCapturedAt: row.exifCapturedAt,
  });

  async function rowOf(id: string): Promise<EvidenceRow> {
    const row = await db.sql.select().from(evidence).where(eq(evidence.id, id)).get();
    if (row === undefined) throw new AppError("evidence_not_found", "没有查到这份材料。");
    return row;
  }

  /** The rows of these files in the order named, each once. @throws {AppError} `evidence_not_found` unless all are free or this speaker's. */
  async function usable(
    ids: readonly string[],
    ownerKey: string,
    pointer = "/evidenceIds",
  ): Promise<EvidenceRow[]> {
    const named = [...new Set(ids)];
    const rows =
      named.length === 0
        ? []
        : await db.sql
            .select()
            .from(evidence)
            .where(
              and(
                inArray(evidence.id, named),
                or(isNull(evidence.ownerKey), eq(evidence.ownerKey, ownerKey)),
                isNull(evidence.reportId),
              ),
            );
    const byId = new Map(rows.map((row) => [row.id, row]));
    return named.map((id) => {
      const row = byId.get(id);
      if (row !== undefined) return row;
      throw new AppError(
        "evidence_not_found",
        "没有查到这份材料，请先上传（POST /api/v1/evidence）再发编号。",
        {
          errors: [{ pointer, detail: "没有这个材料编号，或者它已经用在别处。" }],
        },
      );
    });
  }

  /** Adds an entry to a log; where another was added at the same moment, after that one. */
  function record(
    id: string,
    said: { kind: CustodyKind; actor: CustodyActor; data?: CustodyEntry["data"]; sha256?: string },
  ): Promise<void> {
    return retrying(isCustodyConflict, async () => {
      const row = await rowOf(id);
      await db.write(unitOfWork(await custody.append(row, { ...said, at: now() })));
    });
  }

  /** Erases a file that no report took, unless something happens to it meanwhile. */
  async function eraseUnclaimed(row: EvidenceRow): Promise<void> {
    const said = { actor: "system", at: now(), reason: "unclaimed" } as const;
    const { statements, blobKeys } = await prepareFileErasure({ db, custody }, row, said);
    try {
      // The rows first: a row never points at a file that is gone.
      await db.write(unitOfWork(statements));
    } catch (error) {
      if (isCustodyConflict(error)) return;
      throw error;
    }
    for (const key of blobKeys) await blobs.delete(key);
  }

  /** Begins the log of files that came before there were logs. */
  async function adoptAll(): Promise<void> {
    for (let after = ""; ; ) {
      const page = await db.sql
        .select()
        .from(evidence)
        .where(and(eq(evidence.custodySeq, 0), gt(evidence.id, after)))
        .orderBy(asc(evidence.id))
        .limit(batchSize);
      for (const row of page) {
        const said = { kind: "adopted", actor: "system", at: now(), data: await factsOf(row) } as const;
        await db.write(unitOfWork(await custody.append(row, said))).catch((error: unknown) => {
          // It has a log: its row was changed, which `verifyEvidence` tells.
          if (!isCustodyConflict(error)) throw error;
        });
      }
      if (page.length < batchSize) return;
      after = page.at(-1)?.id ?? "";
    }
  }

  /** SHA-256 of a picture without its hidden data; null where no such copy is made. */
  async function imageHashOf(bytes: Bytes, mediaType: string): Promise<string | null> {
    const redaction = redactMetadata(bytes, mediaType);
    return redaction.kind === "redacted" ? sha256(redaction.bytes) : null;
  }

  let allAdopted = false;

  /** The bytes of the original. @throws {AppError} `evidence_damaged` if they are not those that came; the log then says so. */
  async function original(row: EvidenceRow, actor: CustodyActor): Promise<Bytes> {
    const content = await blobs.get(row.id);
    const found = content === undefined ? "" : await sha256(content);
    if (content !== undefined && found === row.sha256) return content;
    await record(row.id, { kind: "verified", actor, data: { intact: false }, sha256: found });
    throw new AppError("evidence_damaged", "这份材料的文件和收到时不一样或已丢失，请从备份恢复。");
  }

  return {
    /**
     * Stores the bytes as they are. `actor`: who hands them in, where that is a member of staff.
     *
     * @throws {AppError} `unsupported_media_type`, `invalid_request`: see `mediaTypeOf`.
     */
    async store(
      file: {
        name: string;
        bytes: Bytes;
        /** When it was taken, as the sender's device says. */
        capturedAt?: Date | undefined;
      },
      ownerKey: string | undefined,
      actor: CustodyActor = "public",
    ): Promise<EvidenceRecord> {
      const mediaType = await mediaTypeOf(file.bytes, file.name);
      const id = newId("evidence");
      const exif = exifOf(file.bytes, mediaType);
      const row = {
        id,
        sha256: await sha256(file.bytes),
        bytes: file.bytes.length,
        mediaType,
        sealedName: await vault.seal("report", nameContext(id), file.name.slice(0, 255)),
        receivedAt: now(),
        claimedCapturedAt: file.capturedAt ?? null,
        exifCapturedAt: (exif && readTiff(exif).capturedAt) ?? null,
        imageHash: await imageHashOf(file.bytes, mediaType),
        ownerKey: ownerKey ?? null,
        reportId: null,
        filingPlace: null,
        party: "reporter" as const,
      };
      // The bytes first: a row never points at a file that is not there.
      await blobs.put(id, file.bytes);
      await db.write(unitOfWork(await custody.begin(row, actor)));
      return view(row);
    },

    /**
     * The files in the order named, each once, if they exist and are free or this speaker's.
     *
     * @throws {AppError} `evidence_not_found`, naming the place in the request, without telling which of the two it was.
     */
    requireUsable: usable,

    /**
     * The statements that bind free files to the first speaker who names them. The batch fails where anything
     * happened to them meanwhile: see `isCustodyConflict`.
     *
     * @throws {AppError} as `requireUsable`.
     */
    async claim(ids: readonly string[], ownerKey: string): Promise<Statements[number][]> {
      const statements: Statements[number][] = [];
      for (const row of await usable(ids, ownerKey)) {
        if (row.ownerKey !== null) continue;
        const data = { owner: await ownerInLog(row.id, ownerKey) };
        const said = { kind: "claimed", actor: "public", at: now(), data, change: { ownerKey } } as const;
        statements.push(...(await custody.append(row, said)));
      }
      return statements;
    },

    /**
     * The statements that attach the files of `requireUsable` to a report. `ownerKey`: whose they are from now on;
     * null if they are no longer to tell who sent them. `filing`: whether the report is filed with them, so that its
     * receipt speaks of them. `party`: who handed them in, where that is the other side. Fails as `claim`.
     */
    async attach(
      rows: readonly EvidenceRow[],
      {
        ownerKey,
        reportId,
        filing,
        actor = "public",
        ...party
      }: {
        ownerKey: string | null;
        reportId: string;
        filing: boolean;
        actor?: CustodyActor | undefined;
        party?: "respondent";
      },
    ): Promise<Statements[number][]> {
      const statements: Statements[number][] = [];
      for (const [place, row] of rows.entries()) {
        const filingPlace = filing ? place : null;
        const data = { owner: await ownerInLog(row.id, ownerKey), reportId, filingPlace, ...party };
        const change = { ownerKey, reportId, filingPlace, ...party };
        const said = { kind: "attached", actor, at: now(), data, change } as const;
        statements.push(...(await custody.append(row, said)));
      }
      return statements;
    },

    /** The files that one side handed in for a report, oldest first. */
    async ofReport(reportId: string, party: EvidenceRow["party"] = "reporter"): Promise<EvidenceRecord[]> {
      const rows = await db.sql
        .select()
        .from(evidence)
        .where(and(eq(evidence.reportId, reportId), eq(evidence.party, party)))
        .orderBy(evidence.receivedAt, evidence.id);
      return rows.map(view);
    },

    /** The SHA-256 of what a report was filed with and that is still here, in the order named then. */
    async filedWith(reportId: string): Promise<string[]> {
      const rows = await db.sql
        .select({ sha256: evidence.sha256 })
        .from(evidence)
        .where(and(eq(evidence.reportId, reportId), isNotNull(evidence.filingPlace)))
        .orderBy(evidence.filingPlace);
      return rows.map((row) => row.sha256);
    },

    /** What the reporter handed in for a report and for the other half of the same material, with the files' names, oldest first. */
    async copyOf(reportId: string): Promise<(EvidenceRecord & { name: string })[]> {
      const rows = await db.sql
        .select()
        .from(evidence)
        .where(
          and(
            eq(evidence.party, "reporter"),
            or(eq(evidence.reportId, reportId), inArray(evidence.reportId, otherHalves(db, reportId))),
          ),
        )
        .orderBy(evidence.receivedAt, evidence.id);
      return Promise.all(
        rows.map(async (row) => ({
          ...view(row),
          name: await vault.open("report", nameContext(row.id), row.sealedName),
        })),
      );
    },

    /** Erases files that no report has taken in their time. Once a process it first begins the logs of files from before there were logs. */
    async sweep(): Promise<void> {
      if (!allAdopted) {
        await adoptAll();
        allAdopted = true;
      }
      const before = new Date(now().getTime() - retentionMs("unclaimed-evidence"));
      const old = and(isNull(evidence.reportId), lt(evidence.receivedAt, before));
      for (const row of await db.sql.select().from(evidence).where(old).limit(batchSize)) {
        await eraseUnclaimed(row);
      }
    },

    /**
     * One file of a report with its bytes; that `actor` took it is in its log.
     * @throws {AppError} `evidence_not_found`; `evidence_damaged` if the bytes are not those that came.
     */
    async read(
      reportId: string,
      id: string,
      actor: CustodyActor,
    ): Promise<EvidenceRecord & { content: Bytes }> {
      const row = await rowOf(id);
      if (row.reportId !== reportId) throw new AppError("evidence_not_found", "没有查到这份材料。");
      const content = await original(row, actor);
      await record(id, { kind: "downloaded", actor });
      return { ...view(row), content };
    },

    /** What happened to a piece of evidence, oldest first; also to one that is erased. Empty if there never was one. */
    async custodyOf(id: string): Promise<CustodyEntry[]> {
      return (await custody.links(id)).map((link) => link.entry);
    },

    /** The bytes of the original, for making a copy of it. @throws {AppError} as `read`. */
    async open(id: string, actor: CustodyActor): Promise<{ row: EvidenceRow; content: Bytes }> {
      const row = await rowOf(id);
      return { row, content: await original(row, actor) };
    },

    record,
  };
}
