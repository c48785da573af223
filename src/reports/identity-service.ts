import { and, eq } from "drizzle-orm";
import type { RandomBytes } from "../core/new-id.ts";
import { toHex } from "../crypto/bytes.ts";
import type { Vault } from "../crypto/key-ring.ts";
import { openRecord, sealRecord } from "../crypto/record-key.ts";
import type { Database, Statements } from "../db/client.ts";
import { identitySlots, type Slots } from "./report.ts";
import { erasures, identities, identityIndex } from "./schema.ts";

/** Who filed a report, as they said it. */
export type Identity = Pick<Slots, (typeof identitySlots)[number]>;

/** What the vault has of a report. */
export type OpenedIdentity =
  | ({ kind: "identity" } & Identity)
  | { kind: "erased"; erasedAt: Date }
  /** None was ever given. */
  | { kind: "anonymous" };

/** What a person can be found by. */
export type IdentityTrait = { kind: "phone" | "name"; value: string };

export type IdentityVault = ReturnType<typeof createIdentityVault>;

/** The context that an identity and its key are sealed for. */
export const identityContext = (reportId: string): string => `identity:${reportId}`;

/** Keeps who filed apart from what they filed. Whoever has it opened must record that: the vault does not know why. */
export function createIdentityVault(dependencies: { db: Database; vault: Vault; randomBytes: RandomBytes }) {
  const { db, vault, randomBytes } = dependencies;

  const indexKey = async ({ kind, value }: IdentityTrait) =>
    toHex(await vault.hash("lookup", `identity-${kind}|${normalForm(kind, value)}`));

  return {
    /** The statements that keep an identity, and make it findable by phone and name. None where nothing is given. */
    async prepare(reportId: string, identity: Identity): Promise<Statements[number][]> {
      const given = Object.fromEntries(
        identitySlots.flatMap((slot) => (identity[slot] === undefined ? [] : [[slot, identity[slot]]])),
      );
      if (Object.keys(given).length === 0) return [];
      const record = await sealRecord(vault, identityContext(reportId), JSON.stringify(given), randomBytes);
      const statements: Statements[number][] = [db.sql.insert(identities).values({ reportId, ...record })];
      for (const trait of traitsOf(identity)) {
        const row = { kind: trait.kind, key: await indexKey(trait), reportId };
        statements.push(db.sql.insert(identityIndex).values(row));
      }
      return statements;
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

    /** The ids of the reports that a person left this phone or name in, without opening any. */
    async reportsOf(trait: IdentityTrait): Promise<string[]> {
      const rows = await db.sql
        .select({ reportId: identityIndex.reportId })
        .from(identityIndex)
        .where(and(eq(identityIndex.kind, trait.kind), eq(identityIndex.key, await indexKey(trait))))
        .orderBy(identityIndex.reportId);
      return rows.map((row) => row.reportId);
    },
  };
}

/**
 * The statements after which an identity is gone: the row with its key, and what it could be found by.
 * `RetentionService.erase` is what to call: it asks for holds and writes the journal first.
 */
export function destroyIdentity(db: Database, reportId: string): Statements[number][] {
  return [
    db.sql.delete(identityIndex).where(eq(identityIndex.reportId, reportId)),
    db.sql.delete(identities).where(eq(identities.reportId, reportId)),
  ];
}

/** Two ways of writing one phone or name look alike; anything more would find other people. */
function normalForm(kind: IdentityTrait["kind"], value: string): string {
  const text = value.normalize("NFKC");
  return kind === "phone"
    ? text.replace(/\D/g, "").replace(/^86(?=1\d{10}$)/, "")
    : text.replace(/[\s·•.]/g, "");
}

function traitsOf({ contactName, contactPhone }: Identity): IdentityTrait[] {
  const traits: IdentityTrait[] = [];
  if (contactPhone !== undefined) traits.push({ kind: "phone", value: contactPhone });
  if (contactName !== undefined) traits.push({ kind: "name", value: contactName });
  return traits;
}
