import { and, eq } from "drizzle-orm";
import type { RandomBytes } from "../core/new-id.ts";
import type { Vault } from "../crypto/key-ring.ts";
import { openRecord, sealRecord } from "../crypto/record-key.ts";
import type { Database, Statements } from "../db/client.ts";
import { identitySlots, type Slots } from "./report.ts";
import { erasures, identities } from "./schema.ts";

/** Who filed a report, as they said it. */
export type Identity = Pick<Slots, (typeof identitySlots)[number]>;

/** What the vault has of a report. */
export type OpenedIdentity =
  | ({ kind: "identity" } & Identity)
  | { kind: "erased"; erasedAt: Date }
  /** None was ever given. */
  | { kind: "anonymous" };

export type IdentityVault = ReturnType<typeof createIdentityVault>;

/** The context that an identity and its key are sealed for. */
export const identityContext = (reportId: string): string => `identity:${reportId}`;

/** Keeps who filed apart from what they filed. Whoever has it opened must record that: the vault does not know why. */
export function createIdentityVault(dependencies: { db: Database; vault: Vault; randomBytes: RandomBytes }) {
  const { db, vault, randomBytes } = dependencies;

  return {
    /** The statements that keep an identity. None where nothing is given. */
    async prepare(reportId: string, identity: Identity): Promise<Statements[number][]> {
      const given = Object.fromEntries(
        identitySlots.flatMap((slot) => (identity[slot] === undefined ? [] : [[slot, identity[slot]]])),
      );
      if (Object.keys(given).length === 0) return [];
      const record = await sealRecord(vault, identityContext(reportId), JSON.stringify(given), randomBytes);
      return [db.sql.insert(identities).values({ reportId, ...record })];
    },

    /** Who filed a report. */
    async open(reportId: string): Promise<OpenedIdentity> {
      const row = await db.sql.select().from(identities).where(eq(identities.reportId, reportId)).get();
      if (row !== undefined) {
        const identity = JSON.parse(await openRecord(vault, identityContext(reportId), row)) as Identity;
        return { kind: "identity", ...identity };
      }
      const tombstone = await db.sql
        .select()
        .from(erasures)
        .where(and(eq(erasures.kind, "identity"), eq(erasures.subjectId, reportId)))
        .get();
      if (tombstone === undefined) return { kind: "anonymous" };
      return { kind: "erased", erasedAt: tombstone.erasedAt ?? tombstone.begunAt };
    },
  };
}

/**
 * The statement after which an identity is gone: the row with its key. `RetentionService.erase` is what to call: it
 * asks for holds and writes the journal first.
 */
export const destroyIdentity = (db: Database, reportId: string): Statements[number] =>
  db.sql.delete(identities).where(eq(identities.reportId, reportId));
