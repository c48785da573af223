import { eq } from "drizzle-orm";
import type { Clock } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import type { NewId } from "../core/new-id.ts";
import { type Bytes, sha256 } from "../crypto/bytes.ts";
import { type Database, unitOfWork } from "../db/client.ts";
import { retrying } from "../db/retrying.ts";
import type { BlobStore } from "../storage/blob-store.ts";
import type { CustodyActor } from "./custody.ts";
import { type CustodyRepository, isCustodyConflict } from "./custody-repository.ts";
import { redactionMethod, redactMetadata } from "./derivative.ts";
import type { EvidenceService } from "./evidence-service.ts";
import { evidenceDerivatives } from "./schema.ts";

/** A copy of a photo without hidden data. */
export type Derivative = {
  derivativeId: string;
  evidenceId: string;
  sha256: string;
  bytes: number;
  mediaType: string;
  /** How it was made. */
  method: string;
  madeAt: Date;
};

export type DerivativeService = ReturnType<typeof createDerivativeService>;

const reasons = {
  format:
    "这种材料不能自动去除隐藏信息（只做 JPG、PNG、WebP、HEIC、AVIF 照片）。需要对外给出时，请人工检查后另存。",
  malformed: "这张照片的结构读不懂，不能自动去除隐藏信息。需要对外给出时，请截图另存。",
} as const;

/** Makes copies of photos without place, time, device and names: what leaves the office is a copy, never an original. */
export function createDerivativeService(dependencies: {
  db: Database;
  blobs: BlobStore;
  evidence: EvidenceService;
  custody: CustodyRepository;
  now: Clock;
  newId: NewId;
}) {
  const { db, blobs, evidence, custody, now, newId } = dependencies;

  async function stored(evidenceId: string): Promise<Derivative | undefined> {
    const row = await db.sql
      .select()
      .from(evidenceDerivatives)
      .where(eq(evidenceDerivatives.evidenceId, evidenceId))
      .get();
    if (row === undefined) return undefined;
    const { id: derivativeId, ...rest } = row;
    return { derivativeId, ...rest };
  }

  async function make(evidenceId: string, actor: CustodyActor): Promise<Derivative> {
    const { row, content } = await evidence.open(evidenceId, actor);
    const redaction = redactMetadata(content, row.mediaType);
    if (redaction.kind === "not_derivable") {
      throw new AppError("derivative_not_available", reasons[redaction.reason]);
    }
    const { bytes } = redaction;
    const derivative: Derivative = {
      derivativeId: newId("derivative"),
      evidenceId,
      sha256: await sha256(bytes),
      bytes: bytes.length,
      mediaType: row.mediaType,
      method: redactionMethod,
      madeAt: now(),
    };
    const { derivativeId: id, madeAt, ...values } = derivative;
    const { evidenceId: _evidenceId, ...told } = values;
    // The bytes first: a row never points at a file that is not there.
    await blobs.put(id, bytes);
    try {
      await db.write(
        unitOfWork([
          ...(await custody.append(row, {
            kind: "derivative_made",
            actor,
            at: madeAt,
            data: { derivative: { id, ...told } },
          })),
          db.sql.insert(evidenceDerivatives).values({ id, madeAt, ...values }),
        ]),
      );
    } catch (error) {
      await blobs.delete(id);
      throw error;
    }
    return derivative;
  }

  /** Tried again where another made it, or did something else to the evidence, at the same moment. */
  const storedOrMade = (evidenceId: string, actor: CustodyActor): Promise<Derivative> =>
    retrying(isCustodyConflict, async () => (await stored(evidenceId)) ?? (await make(evidenceId, actor)));

  return {
    /**
     * The copy of a piece of evidence without hidden data, made when first asked for; that `actor` looked at it is
     * in the log of the original.
     *
     * @throws {AppError} `evidence_not_found`, `evidence_damaged`; `derivative_not_available` where none can be made.
     */
    async derivativeOf(evidenceId: string, actor: CustodyActor): Promise<Derivative & { content: Bytes }> {
      const derivative = await storedOrMade(evidenceId, actor);
      const content = await blobs.get(derivative.derivativeId);
      if (content === undefined || (await sha256(content)) !== derivative.sha256) {
        throw new AppError("evidence_damaged", "去除隐藏信息的副本损坏或丢失，请从备份恢复。");
      }
      await evidence.record(evidenceId, { kind: "opened", actor, data: { sha256: derivative.sha256 } });
      return { ...derivative, content };
    },
  };
}
