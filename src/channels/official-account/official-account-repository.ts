import { and, asc, desc, eq, gt, inArray, isNotNull, isNull, lt, or, sql } from "drizzle-orm";
import { z } from "zod";
import type { Vault } from "../../crypto/key-ring.ts";
import type { Database } from "../../db/client.ts";
import type { Inbound } from "./inbound.ts";
import {
  officialAccountMessages as messages,
  officialAccountNonces as nonces,
  officialAccountUsers as users,
} from "./schema.ts";

/** An answer with whom it is for. */
const StoredAnswer = z.object({
  openid: z.string(),
  pieces: z.array(z.string()),
  options: z.array(z.string()),
});
export type StoredAnswer = z.infer<typeof StoredAnswer>;

export type MessageRow = typeof messages.$inferSelect;

/** How an answer goes out. */
export type Way = "passive" | "push" | "asked";

export type OfficialAccountRepository = ReturnType<typeof createOfficialAccountRepository>;

/** What the door keeps: messages with their answers, what people may answer by number, signed requests. */
export function createOfficialAccountRepository({ db, vault }: { db: Database; vault: Vault }) {
  const seal = (what: string, key: string, value: unknown) =>
    vault.seal("conversation", `official-account:${what}:${key}`, JSON.stringify(value));
  const open = async (what: string, key: string, sealed: Uint8Array): Promise<unknown> =>
    JSON.parse(await vault.open("conversation", `official-account:${what}:${key}`, sealed));

  const find = (key: string) => db.sql.select().from(messages).where(eq(messages.key, key)).get();

  async function require(key: string): Promise<MessageRow> {
    const row = await find(key);
    if (row === undefined) throw new Error("The message is gone.");
    return row;
  }

  const isFree = (at: Date) => or(isNull(messages.leaseUntil), lt(messages.leaseUntil, at));

  /** The statement that keeps what the numbers of the last message mean, if `delivery` is the one that got the answer. */
  async function keepingOptions(userKey: string, options: readonly string[], at: Date) {
    return { sealedOptions: await seal("options", userKey, options), optionsAt: at };
  }

  return {
    find,

    /**
     * Takes a delivery in: the first of a message makes its row and is its worker, as is a later one once the worker's
     * time is over; any other only counts as the newest. Atomic, whatever comes at once.
     */
    async arrive(arrival: {
      key: string;
      userKey: string;
      inbound: Inbound;
      delivery: string;
      at: Date;
      leaseUntil: Date;
    }): Promise<MessageRow> {
      const { key, userKey, inbound, delivery, at, leaseUntil } = arrival;
      const isAbandoned = sql`${messages.sealedAnswer} is null and ${messages.leaseUntil} < ${at.getTime()}`;
      await db.write([
        db.sql
          .insert(messages)
          .values({
            key,
            userKey,
            receivedAt: at,
            sealedInbound: await seal("inbound", key, inbound),
            worker: delivery,
            leaseUntil,
            lastDelivery: delivery,
            lastDeliveryAt: at,
          })
          .onConflictDoUpdate({
            target: messages.key,
            set: {
              lastDelivery: delivery,
              lastDeliveryAt: at,
              worker: sql`case when ${isAbandoned} then ${delivery} else ${messages.worker} end`,
              leaseUntil: sql`case when ${isAbandoned} then ${leaseUntil.getTime()} else ${messages.leaseUntil} end`,
            },
          }),
        db.sql
          .insert(users)
          .values({ userKey, lastWroteAt: at })
          .onConflictDoUpdate({ target: users.userKey, set: { lastWroteAt: at } }),
      ]);
      return require(key);
    },

    async answerOf(row: MessageRow): Promise<StoredAnswer | undefined> {
      if (row.sealedAnswer === null) return undefined;
      return StoredAnswer.parse(await open("answer", row.key, row.sealedAnswer));
    },

    /** The message of a row that is not answered yet. */
    async inboundOf(row: MessageRow): Promise<Inbound | undefined> {
      if (row.sealedInbound === null) return undefined;
      // Sealed by us in this shape; a row lives three days.
      return (await open("inbound", row.key, row.sealedInbound)) as Inbound;
    },

    /** Keeps the answer; the first one stays. `fetched` went out with it; of `hinted` it tells that it waits. */
    async storeAnswer(
      key: string,
      answer: StoredAnswer,
      { at, fetched, hinted }: { at: Date; fetched?: string | undefined; hinted?: string | undefined },
    ): Promise<void> {
      const kept = { sealedAnswer: await seal("answer", key, answer), sealedInbound: null };
      const isOpen = and(eq(messages.key, key), isNull(messages.sealedAnswer));
      await db.write([
        db.sql
          .update(messages)
          .set({ ...kept, worker: null, leaseUntil: null })
          .where(isOpen),
        db.sql
          .update(messages)
          .set({ deliveredAt: at })
          .where(and(eq(messages.key, fetched ?? ""), isNull(messages.deliveredAt))),
        db.sql
          .update(messages)
          .set({ failed: 2 })
          .where(eq(messages.key, hinted ?? "")),
      ]);
    },

    /**
     * Decides once by which way the answer goes out. `newest`: only if no newer delivery came meanwhile. `options`: what
     * the numbers mean from then on. The row tells who won.
     */
    async decideWay(
      row: MessageRow,
      decision: {
        way: Way;
        delivery: string;
        deliveryAt: Date;
        newest: boolean;
        shown: number;
        isAll: boolean;
        options: readonly string[] | undefined;
        at: Date;
      },
    ): Promise<MessageRow> {
      const { way, delivery, deliveryAt, newest, shown, isAll, options, at } = decision;
      const { key, userKey } = row;
      const won = sql`exists (select 1 from ${messages} where ${messages.key} = ${key} and ${messages.givenTo} = ${delivery})`;
      await db.write([
        db.sql
          .update(messages)
          .set({ way, givenTo: delivery, givenToAt: deliveryAt, shown, deliveredAt: isAll ? at : null })
          .where(
            and(
              eq(messages.key, key),
              isNull(messages.way),
              newest ? eq(messages.lastDelivery, delivery) : undefined,
            ),
          ),
        ...(options === undefined
          ? []
          : [
              db.sql
                .update(users)
                .set(await keepingOptions(userKey, options, at))
                .where(and(eq(users.userKey, userKey), won)),
            ]),
      ]);
      return require(key);
    },

    /** Takes the work of a row that nobody works on, and tells whether `worker` has it. */
    async takeOver(key: string, worker: string, at: Date, leaseUntil: Date): Promise<MessageRow | undefined> {
      await db.write([
        db.sql
          .update(messages)
          .set({ worker, leaseUntil })
          .where(and(eq(messages.key, key), isNull(messages.deliveredAt), isFree(at))),
      ]);
      const row = await find(key);
      return row?.worker === worker ? row : undefined;
    },

    /** One more piece of a pushed answer went out. */
    async countShown(key: string, shown: number): Promise<void> {
      await db.write([db.sql.update(messages).set({ shown }).where(eq(messages.key, key))]);
    },

    /** All of a pushed answer went out. */
    async finishPush(row: MessageRow, options: readonly string[], at: Date): Promise<void> {
      await db.write([
        db.sql
          .update(messages)
          .set({ deliveredAt: at, worker: null, leaseUntil: null })
          .where(eq(messages.key, row.key)),
        db.sql
          .update(users)
          .set(await keepingOptions(row.userKey, options, at))
          .where(eq(users.userKey, row.userKey)),
      ]);
    },

    /** The push did not go through. `forGood`: it is not tried again, and the person may ask for the answer. */
    async stopPush(key: string, forGood: boolean): Promise<void> {
      const failed = forGood ? { failed: 1 } : {};
      await db.write([
        db.sql
          .update(messages)
          .set({ worker: null, leaseUntil: null, ...failed })
          .where(eq(messages.key, key)),
      ]);
    },

    /** What the person may ask for: the newest answer that did not wholly reach them by itself. */
    async findWaiting(userKey: string): Promise<MessageRow | undefined> {
      const waits = or(inArray(messages.way, ["asked", "passive"]), gt(messages.failed, 0));
      return db.sql
        .select()
        .from(messages)
        .where(and(eq(messages.userKey, userKey), isNull(messages.deliveredAt), waits))
        .orderBy(desc(messages.receivedAt))
        .limit(1)
        .get();
    },

    /** What is known of a person; undefined if nothing. */
    async findUser(userKey: string) {
      const row = await db.sql.select().from(users).where(eq(users.userKey, userKey)).get();
      if (row === undefined) return undefined;
      const options =
        row.sealedOptions === null
          ? []
          : z.array(z.string()).parse(await open("options", userKey, row.sealedOptions));
      return { lastWroteAt: row.lastWroteAt, options, optionsAt: row.optionsAt };
    },

    /** Forgets who does not follow any more: nothing can be sent to them. */
    async forgetUser(userKey: string): Promise<void> {
      await db.write([db.sql.delete(users).where(eq(users.userKey, userKey))]);
    },

    /** Messages since `since` that nobody answers or pushes any more, though somebody should. */
    async findAbandoned(at: Date, since: Date, limit = 100): Promise<MessageRow[]> {
      const owed = or(
        isNull(messages.sealedAnswer),
        and(eq(messages.way, "push"), eq(messages.failed, 0), isNotNull(messages.sealedAnswer)),
      );
      return db.sql
        .select()
        .from(messages)
        .where(and(isNull(messages.deliveredAt), gt(messages.receivedAt, since), isFree(at), owed))
        .orderBy(asc(messages.receivedAt))
        .limit(limit);
    },

    /** Whether a signed request may be taken: it is new, or has the body that it had. */
    async admit(key: string, bodyHash: string, at: Date): Promise<boolean> {
      await db.write([db.sql.insert(nonces).values({ key, bodyHash, at }).onConflictDoNothing()]);
      const row = await db.sql.select().from(nonces).where(eq(nonces.key, key)).get();
      return row?.bodyHash === bodyHash;
    },

    async sweep({
      messagesBefore,
      noncesBefore,
    }: {
      messagesBefore: Date;
      noncesBefore: Date;
    }): Promise<void> {
      await db.write([
        db.sql.delete(messages).where(lt(messages.receivedAt, messagesBefore)),
        db.sql.delete(users).where(lt(users.lastWroteAt, messagesBefore)),
        db.sql.delete(nonces).where(lt(nonces.at, noncesBefore)),
      ]);
    },
  };
}
