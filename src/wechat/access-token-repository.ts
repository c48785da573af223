import { and, eq, sql } from "drizzle-orm";
import type { Vault } from "../crypto/key-ring.ts";
import type { Database } from "../db/client.ts";
import { wechatAccessTokens as tokens } from "./schema.ts";

/** A stored token and until when it may be used. */
export type StoredToken = { token: string; expiresAt: Date };

export type AccessTokenRepository = ReturnType<typeof createAccessTokenRepository>;

/** The access tokens of a deployment and who is renewing them. */
export function createAccessTokenRepository({ db, vault }: { db: Database; vault: Vault }) {
  const context = (id: string) => `access-token:${id}`;

  return {
    /** The token that is kept, whether or not its time is over. Undefined if there is none, or a former key sealed it. */
    async find(id: string): Promise<StoredToken | undefined> {
      const row = await db.sql.select().from(tokens).where(eq(tokens.id, id)).get();
      if (!row?.sealed || row.expiresAt === null) return undefined;
      const token = await vault.open("wechat", context(id), row.sealed).catch(() => undefined);
      return token === undefined ? undefined : { token, expiresAt: row.expiresAt };
    },

    /** Takes the lease for `holder` if it is free at `at`, and tells whether `holder` has it: of any number that ask at once, one. */
    async takeLease(id: string, holder: string, at: Date, until: Date): Promise<boolean> {
      const lease = { leaseHolder: holder, leaseUntil: until };
      await db.write([
        db.sql
          .insert(tokens)
          .values({ id, ...lease })
          .onConflictDoUpdate({
            target: tokens.id,
            set: lease,
            setWhere: sql`${tokens.leaseUntil} is null or ${tokens.leaseUntil} < ${at.getTime()}`,
          }),
      ]);
      const row = await db.sql
        .select({ holder: tokens.leaseHolder })
        .from(tokens)
        .where(eq(tokens.id, id))
        .get();
      return row?.holder === holder;
    },

    /** Keeps a token and gives the lease back; nothing where another took the lease over. */
    async store(id: string, holder: string, { token, expiresAt }: StoredToken): Promise<void> {
      const sealed = await vault.seal("wechat", context(id), token);
      await db.write([
        db.sql
          .update(tokens)
          .set({ sealed, expiresAt, leaseHolder: null, leaseUntil: null })
          .where(and(eq(tokens.id, id), eq(tokens.leaseHolder, holder))),
      ]);
    },

    /** Gives the lease back without a token. */
    async release(id: string, holder: string): Promise<void> {
      await db.write([
        db.sql
          .update(tokens)
          .set({ leaseHolder: null, leaseUntil: null })
          .where(and(eq(tokens.id, id), eq(tokens.leaseHolder, holder))),
      ]);
    },
  };
}
