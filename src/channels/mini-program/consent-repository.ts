import { and, asc, count, eq, inArray, isNotNull, isNull, lt, sql } from "drizzle-orm";
import type { NewId } from "../../core/new-id.ts";
import type { Vault } from "../../crypto/key-ring.ts";
import type { Database, Statements } from "../../db/client.ts";
import { subscriptionConsents as consents } from "./schema.ts";
import type { TemplateName } from "./template.ts";

/** How long a consent that was not used is kept, in days: a case takes no longer (专利法 rulings: 3 months, twice extended). */
const unusedDays = 400;
/** How long it is kept that one was used, so that the same notice is not sent again. */
const usedDays = 30;
const dayMs = 24 * 60 * 60 * 1000;

/** A consent that is used for a notice. */
export type TakenConsent = {
  id: string;
  openid: string | undefined;
  triedAt: Date | null;
  sentAt: Date | null;
};

export type SubscriptionConsents = ReturnType<typeof createSubscriptionConsents>;

/** Consents to subscription messages; each is good for one. */
export function createSubscriptionConsents({
  db,
  vault,
  newId,
}: {
  db: Database;
  vault: Vault;
  newId: NewId;
}) {
  const context = (id: string) => `subscription-consent:${id}`;

  return {
    /** The statements by which a user agrees to one message of each template. */
    async prepare(
      { userId, openid }: { userId: string; openid: string },
      templates: readonly TemplateName[],
      at: Date,
    ): Promise<Statements[number][]> {
      const statements: Statements[number][] = [];
      for (const template of templates) {
        const id = newId("consent");
        const sealedOpenid = await vault.seal("wechat", context(id), openid);
        statements.push(db.sql.insert(consents).values({ id, userId, template, sealedOpenid, agreedAt: at }));
      }
      return statements;
    },

    /** How many messages a user can still be sent, by template. */
    async countFree(userId: string): Promise<Map<string, number>> {
      const rows = await db.sql
        .select({ template: consents.template, free: count() })
        .from(consents)
        .where(and(eq(consents.userId, userId), isNull(consents.takenFor)))
        .groupBy(consents.template);
      return new Map(rows.map(({ template, free }) => [template, free]));
    },

    /**
     * The consent used for a notice: the one it had before, else the oldest free one, taken by one atomic statement.
     * Undefined where there is none.
     */
    async take(
      userId: string,
      template: TemplateName,
      key: string,
      at: Date,
    ): Promise<TakenConsent | undefined> {
      const oldestFree = db.sql
        .select({ id: consents.id })
        .from(consents)
        .where(and(eq(consents.userId, userId), eq(consents.template, template), isNull(consents.takenFor)))
        .orderBy(asc(consents.agreedAt), asc(consents.id))
        .limit(1);
      const takenBefore = sql`EXISTS (SELECT 1 FROM subscription_consents AS earlier WHERE earlier.taken_for = ${key})`;
      await db.write([
        db.sql
          .update(consents)
          .set({ takenFor: key })
          .where(and(inArray(consents.id, oldestFree), sql`NOT ${takenBefore}`)),
      ]);
      const row = await db.sql.select().from(consents).where(eq(consents.takenFor, key)).get();
      if (row === undefined || row.userId !== userId) return undefined;
      const { id, sealedOpenid, triedAt, sentAt } = row;
      if (triedAt === null)
        await db.write([db.sql.update(consents).set({ triedAt: at }).where(eq(consents.id, id))]);
      const openid =
        sealedOpenid === null ? undefined : await vault.open("wechat", context(id), sealedOpenid);
      return { id, openid, triedAt, sentAt };
    },

    /** Marks a consent as used up, by a message that was sent or by one that never can be; the openid goes. */
    async close(id: string, sentAt: Date | null): Promise<void> {
      await db.write([
        db.sql.update(consents).set({ sealedOpenid: null, sentAt }).where(eq(consents.id, id)),
      ]);
    },

    /** Forgets all that a user agreed to and that was not sent. */
    forget: (userId: string): Statements[number][] => [
      db.sql.delete(consents).where(and(eq(consents.userId, userId), isNull(consents.sentAt))),
    ],

    async sweep(at: Date): Promise<void> {
      const before = (days: number) => new Date(at.getTime() - days * dayMs);
      await db.write([
        db.sql.delete(consents).where(lt(consents.agreedAt, before(unusedDays))),
        db.sql.delete(consents).where(and(isNotNull(consents.sentAt), lt(consents.sentAt, before(usedDays)))),
      ]);
    },
  };
}
