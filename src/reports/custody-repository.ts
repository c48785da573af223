import { eq } from "drizzle-orm";
import { sha256 } from "../crypto/bytes.ts";
import { type Database, isUniqueViolation, type Statements } from "../db/client.ts";
import {
  type CustodyActor,
  type CustodyEntry,
  type CustodyKind,
  type CustodyLink,
  custodyStart,
  type EvidenceFacts,
  linkAfter,
  ownerInLog,
} from "./custody.ts";
import { evidence, evidenceCustody } from "./schema.ts";

/** A row of `evidence`. */
export type EvidenceRow = typeof evidence.$inferSelect;

export type CustodyRepository = ReturnType<typeof createCustodyRepository>;

/** The custody logs in libSQL: the row of a piece of evidence holds the end of its chain. */
export function createCustodyRepository(db: Database) {
  return {
    /**
     * The statements that add an entry to the log of a row and change the row with it. The batch fails on the key
     * (evidence, seq) if anything was added since the row was read: see `isCustodyConflict`.
     */
    async append(
      row: EvidenceRow,
      said: {
        kind: CustodyKind;
        actor: CustodyActor;
        at: Date;
        data?: CustodyEntry["data"];
        /** Where it is not the one of the row. */
        sha256?: string;
        change?: Partial<Pick<EvidenceRow, "ownerKey" | "reportId" | "filingPlace" | "party">>;
      },
    ): Promise<Statements[number][]> {
      const { kind, actor, at, data = {}, sha256: found = row.sha256, change = {} } = said;
      const link = await linkAfter(
        { seq: row.custodySeq, hash: row.custodyHash },
        { evidenceId: row.id, kind, actor, at, sha256: found, data },
      );
      return [
        db.sql.insert(evidenceCustody).values(toRow(link)),
        db.sql
          .update(evidence)
          .set({ ...change, custodySeq: link.entry.seq, custodyHash: link.hash })
          .where(eq(evidence.id, row.id)),
      ];
    },

    /** The statements that store a fresh row with the first entry of its log. */
    async begin(
      row: Omit<EvidenceRow, "custodySeq" | "custodyHash">,
      actor: CustodyActor,
    ): Promise<Statements[number][]> {
      const link = await linkAfter(
        { seq: 0, hash: custodyStart },
        {
          evidenceId: row.id,
          kind: "received",
          actor,
          at: row.receivedAt,
          sha256: row.sha256,
          data: await factsOf(row),
        },
      );
      return [
        db.sql.insert(evidenceCustody).values(toRow(link)),
        db.sql.insert(evidence).values({ ...row, custodySeq: link.entry.seq, custodyHash: link.hash }),
      ];
    },

    /** The log of a piece of evidence, oldest first; also of one that is erased. */
    async links(evidenceId: string): Promise<CustodyLink[]> {
      const rows = await db.sql
        .select()
        .from(evidenceCustody)
        .where(eq(evidenceCustody.evidenceId, evidenceId))
        .orderBy(evidenceCustody.seq);
      return rows.map((row) => ({
        entry: {
          evidenceId: row.evidenceId,
          seq: row.seq,
          // Written by `append` and `begin` only; a changed one breaks the chain.
          kind: row.kind as CustodyKind,
          at: row.at,
          actor: row.actor,
          sha256: row.sha256,
          data: JSON.parse(row.data) as CustodyEntry["data"],
        },
        previousHash: row.previousHash,
        hash: row.hash,
      }));
    },
  };
}

/** Whether a batch failed because something happened to the evidence meanwhile. */
export function isCustodyConflict(error: unknown): boolean {
  return isUniqueViolation(error, "evidence_custody.evidence_id, evidence_custody.seq");
}

/** What a row says, as its log repeats it. */
export async function factsOf(row: Omit<EvidenceRow, "custodySeq" | "custodyHash">): Promise<EvidenceFacts> {
  return {
    bytes: row.bytes,
    mediaType: row.mediaType,
    receivedAt: row.receivedAt.toISOString(),
    claimedCapturedAt: row.claimedCapturedAt?.toISOString() ?? null,
    exifCapturedAt: row.exifCapturedAt?.toISOString() ?? null,
    ...(row.imageHash === null ? {} : { imageHash: row.imageHash }),
    nameHash: await sha256(row.sealedName),
    owner: await ownerInLog(row.id, row.ownerKey),
    reportId: row.reportId,
    filingPlace: row.filingPlace,
    ...(row.party === "reporter" ? {} : { party: row.party }),
  };
}

const toRow = ({ entry, previousHash, hash }: CustodyLink) => ({
  ...entry,
  data: JSON.stringify(entry.data),
  previousHash,
  hash,
});
