import { eq } from "drizzle-orm";
import type { Database, Statements } from "../db/client.ts";
import type { CustodyActor } from "./custody.ts";
import type { CustodyRepository, EvidenceRow } from "./custody-repository.ts";
import { evidence, evidenceDerivatives } from "./schema.ts";

/**
 * What it takes to erase a file: the statements after which its row and the row of its copy are gone, while its
 * custody log stays and says so; and the keys of the bytes to delete from the blob store. The batch fails if
 * anything happened to the file since its row was read: see `isCustodyConflict`.
 */
export async function prepareFileErasure(
  { db, custody }: { db: Database; custody: CustodyRepository },
  row: EvidenceRow,
  said: { actor: CustodyActor; at: Date; reason: string },
): Promise<{ statements: Statements[number][]; blobKeys: string[] }> {
  const { actor, at, reason } = said;
  const copy = await db.sql
    .select({ id: evidenceDerivatives.id })
    .from(evidenceDerivatives)
    .where(eq(evidenceDerivatives.evidenceId, row.id))
    .get();
  return {
    statements: [
      ...(await custody.append(row, { kind: "erased", actor, at, data: { reason } })),
      db.sql.delete(evidenceDerivatives).where(eq(evidenceDerivatives.evidenceId, row.id)),
      db.sql.delete(evidence).where(eq(evidence.id, row.id)),
    ],
    blobKeys: copy === undefined ? [row.id] : [row.id, copy.id],
  };
}
