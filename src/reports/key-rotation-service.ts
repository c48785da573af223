import { type AnyColumn, and, count, eq, gt, isNotNull, isNull, ne, sql } from "drizzle-orm";
import type { AnySQLiteColumn } from "drizzle-orm/sqlite-core";
import type { Bytes } from "../crypto/bytes.ts";
import { keyIdOf, type Vault } from "../crypto/key-ring.ts";
import { rewrapKey } from "../crypto/record-key.ts";
import type { Database, Statements } from "../db/client.ts";
import { identityContext } from "./identity-service.ts";
import { contentContext } from "./report-service.ts";
import { evidence, identities, legalHolds, reports } from "./schema.ts";

/** What a rotation has done, and what the older keys are still needed for. */
export type Rotation = {
  /** How many keys were wrapped anew. */
  rewrapped: number;
  /** How many query and response codes are derived under an older key, by its id. */
  queryCodes: Record<string, number>;
  /** How many things an older key sealed itself: reports from before there were keys of their own, names of files, reasons, notes. */
  sealedDirectly: number;
};

const batchSize = 200;

/** What rooms above keep under the deployment's keys themselves. */
export type KeptElsewhere = {
  /** Columns of bytes that the vault sealed. */
  sealed: readonly AnySQLiteColumn<{ data: Bytes }>[];
  /** Columns that name the key a code is derived under. */
  codeKeys: readonly AnySQLiteColumn<{ data: string }>[];
};

/** Wraps the keys of records under the deployment's current key. What they sealed stays as it is, byte for byte. */
export function createKeyRotation({
  db,
  vault,
  elsewhere = { sealed: [], codeKeys: [] },
}: {
  db: Database;
  vault: Vault;
  /** Absent: what lies in other rooms is not counted. */
  elsewhere?: KeptElsewhere;
}) {
  async function rewrapAll(
    read: (after: string) => Promise<{ id: string; key: Bytes }[]>,
    context: (id: string) => string,
    replace: (id: string, old: Bytes, fresh: Bytes) => Statements[number],
  ): Promise<number> {
    let rewrapped = 0;
    for (let after = ""; ; ) {
      const rows = await read(after);
      const last = rows.at(-1);
      if (last === undefined) return rewrapped;
      after = last.id;
      for (const { id, key } of rows) {
        if (keyIdOf(key) === vault.keyId) continue;
        const fresh = await rewrapKey(vault, { context: context(id), wrappedKey: key });
        await db.write([replace(id, key, fresh)]);
        rewrapped++;
      }
    }
  }

  return {
    /** Safe to repeat, and beside a running server: a key that is erased meanwhile stays erased. */
    async rewrap(): Promise<Rotation> {
      const people = await rewrapAll(
        (after) =>
          db.sql
            .select({ id: identities.reportId, key: identities.wrappedKey })
            .from(identities)
            .where(gt(identities.reportId, after))
            .orderBy(identities.reportId)
            .limit(batchSize),
        identityContext,
        (id, old, fresh) =>
          db.sql
            .update(identities)
            .set({ wrappedKey: fresh })
            .where(and(eq(identities.reportId, id), eq(identities.wrappedKey, old))),
      );
      const contents = await rewrapAll(
        async (after) => {
          const rows = await db.sql
            .select({ id: reports.id, key: reports.contentKey })
            .from(reports)
            .where(and(gt(reports.id, after), isNotNull(reports.contentKey)))
            .orderBy(reports.id)
            .limit(batchSize);
          return rows.flatMap(({ id, key }) => (key === null ? [] : [{ id, key }]));
        },
        contentContext,
        (id, old, fresh) =>
          db.sql
            .update(reports)
            .set({ contentKey: fresh })
            .where(and(eq(reports.id, id), eq(reports.contentKey, old))),
      );
      await db.purgeLog();
      return { rewrapped: people + contents, ...(await leftUnderOldKeys()) };
    },
  };

  async function leftUnderOldKeys(): Promise<Pick<Rotation, "queryCodes" | "sealedDirectly">> {
    const queryCodes: Record<string, number> = {};
    for (const column of [reports.queryKeyId, ...elsewhere.codeKeys]) {
      const rows = await db.sql
        .select({ keyId: sql<string>`${column}`, count: count() })
        .from(column.table)
        .where(ne(column, vault.keyId))
        .groupBy(column);
      for (const { keyId, count: found } of rows) queryCodes[keyId] = (queryCodes[keyId] ?? 0) + found;
    }
    const heads = await Promise.all([
      db.sql
        .select({ head: headOf(reports.sealed) })
        .from(reports)
        .where(and(isNull(reports.contentKey), sql`length(${reports.sealed}) > 0`)),
      ...[evidence.sealedName, legalHolds.sealedReason, ...elsewhere.sealed].map((column) =>
        db.sql
          .select({ head: headOf(column) })
          .from(column.table)
          .where(sql`length(${column}) > 0`),
      ),
    ]);
    return {
      queryCodes,
      sealedDirectly: heads.flat().filter(({ head }) => keyIdOf(head) !== vault.keyId).length,
    };
  }
}

/** As much of sealed bytes as names their key. */
const headOf = (column: AnyColumn<{ data: Bytes }>) =>
  sql`substr(${column}, 1, 18)`.mapWith((value: Uint8Array | ArrayBuffer) => new Uint8Array(value));
