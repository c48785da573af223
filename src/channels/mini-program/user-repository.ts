import { eq, lt } from "drizzle-orm";
import type { Vault } from "../../crypto/key-ring.ts";
import type { Database } from "../../db/client.ts";
import { miniProgramUsers as users } from "./schema.ts";

/** How long after somebody used the mini-program their texts can be checked (msgSecCheck, 61010), in milliseconds. */
export const checkableForMs = 2 * 60 * 60 * 1000;

export type MiniProgramUsers = ReturnType<typeof createMiniProgramUsers>;

/** Who used the mini-program lately. */
export function createMiniProgramUsers({ db, vault }: { db: Database; vault: Vault }) {
  const context = (userId: string) => `mini-program-user:${userId}`;

  return {
    async remember({
      userId,
      reporterKey,
      openid,
      at,
    }: {
      userId: string;
      reporterKey: string;
      openid: string;
      at: Date;
    }): Promise<void> {
      const sealedOpenid = await vault.seal("wechat", context(userId), openid);
      await db.write([
        db.sql
          .insert(users)
          .values({ userId, reporterKey, sealedOpenid, seenAt: at })
          .onConflictDoUpdate({ target: users.userId, set: { sealedOpenid, seenAt: at } }),
      ]);
    },

    /** The openid behind a reporter's key; undefined once two hours have passed. */
    async openidOf(reporterKey: string, at: Date): Promise<string | undefined> {
      const row = await db.sql.select().from(users).where(eq(users.reporterKey, reporterKey)).get();
      if (row === undefined || at.getTime() - row.seenAt.getTime() > checkableForMs) return undefined;
      return vault.open("wechat", context(row.userId), row.sealedOpenid);
    },

    /** Forgets who used it more than two hours ago. */
    async sweep(at: Date): Promise<void> {
      await db.write([db.sql.delete(users).where(lt(users.seenAt, new Date(at.getTime() - checkableForMs)))]);
    },
  };
}
