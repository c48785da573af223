import { and, asc, desc, eq, inArray, lt, ne, or, sql } from "drizzle-orm";
import { z } from "zod";
import { toHex } from "../../crypto/bytes.ts";
import type { Vault } from "../../crypto/key-ring.ts";
import { type Database, type Statements, unitOfWork } from "../../db/client.ts";
import type { Inbound } from "./inbound.ts";
import {
  wecomAccounts as accounts,
  wecomCustomers as customers,
  wecomMessages as messages,
  wecomTurns as turns,
} from "./schema.ts";

/** A customer of an account. */
const Address = z.object({ openKfid: z.string(), externalUserid: z.string() });
export type Address = z.infer<typeof Address>;

const StoredAnswer = z.object({
  pieces: z.array(z.string()),
  options: z.array(z.string()),
  /** Whether the conversation goes over to people when all is out. */
  handsOver: z.boolean(),
});
export type StoredAnswer = z.infer<typeof StoredAnswer>;

export type MessageRow = typeof messages.$inferSelect;
export type Customer = {
  address: Address;
  lastWroteAt: Date | null;
  wrote: number;
  sent: number;
  options: string[];
};

/** An item as it is kept. */
export type Arrival = {
  key: string;
  customerKey: string;
  personKey: string;
  inbound: Inbound;
  isOver: boolean;
};

/** The keyed hash of a text of this door. */
export const wecomHash = async (vault: Vault, text: string) =>
  toHex(await vault.hash("lookup", `wecom|${text}`));

/** The keyed hash by which a person is found, whatever the account. */
export const personHash = (vault: Vault, externalUserid: string) =>
  wecomHash(vault, `person|${externalUserid}`);

export type WecomRepository = ReturnType<typeof createWecomRepository>;

/** What the door keeps: how far it has read, messages with their answers, customers, and who is working on what. */
export function createWecomRepository({ db, vault }: { db: Database; vault: Vault }) {
  const seal = (what: string, key: string, value: unknown) =>
    vault.seal("conversation", `wecom:${what}:${key}`, JSON.stringify(value));
  const open = async (what: string, key: string, sealed: Uint8Array): Promise<unknown> =>
    JSON.parse(await vault.open("conversation", `wecom:${what}:${key}`, sealed));

  const turnOf = (key: string) => db.sql.select().from(turns).where(eq(turns.key, key)).get();
  const addressOf = async (key: string, sealed: Uint8Array) =>
    Address.parse(await open("address", key, sealed));

  return {
    /**
     * Asks for a turn: `holder` has it if it was free, else who has it is told to look again. Returns how often it was asked
     * for, if `holder` has it now. Atomic, whoever asks at once.
     */
    async takeTurn(key: string, holder: string, at: Date, leaseUntil: Date): Promise<number | undefined> {
      const isFree = sql`(${turns.holder} is null or ${turns.leaseUntil} < ${at.getTime()})`;
      await db.write([
        db.sql
          .insert(turns)
          .values({ key, holder, leaseUntil, wanted: 1 })
          .onConflictDoUpdate({
            target: turns.key,
            set: {
              holder: sql`case when ${isFree} then ${holder} else ${turns.holder} end`,
              leaseUntil: sql`case when ${isFree} then ${leaseUntil.getTime()} else ${turns.leaseUntil} end`,
              wanted: sql`${turns.wanted} + 1`,
            },
          }),
      ]);
      const row = await turnOf(key);
      return row?.holder === holder ? row.wanted : undefined;
    },

    /** Whether `holder` still has the turn; if so it lasts until then. */
    async keepTurn(key: string, holder: string, leaseUntil: Date): Promise<boolean> {
      await db.write([
        db.sql
          .update(turns)
          .set({ leaseUntil })
          .where(and(eq(turns.key, key), eq(turns.holder, holder))),
      ]);
      return (await turnOf(key))?.holder === holder;
    },

    /** Gives the turn back, unless it was asked for since `wanted`: then it returns how often by now, and `holder` keeps it. */
    async endTurn(key: string, holder: string, wanted: number): Promise<number | undefined> {
      await db.write([
        db.sql
          .update(turns)
          .set({ holder: null, leaseUntil: null })
          .where(and(eq(turns.key, key), eq(turns.holder, holder), eq(turns.wanted, wanted))),
      ]);
      const row = await turnOf(key);
      return row?.holder === holder ? row.wanted : undefined;
    },

    /** Gives the turn back whatever was asked for: the work failed, and a chore does it later. */
    async dropTurn(key: string, holder: string): Promise<void> {
      await db.write([
        db.sql
          .update(turns)
          .set({ holder: null, leaseUntil: null })
          .where(and(eq(turns.key, key), eq(turns.holder, holder))),
      ]);
    },

    /** Makes an account known, so that chores read it, too. */
    async addAccount(openKfid: string): Promise<void> {
      await db.write([db.sql.insert(accounts).values({ openKfid }).onConflictDoNothing()]);
    },

    async listAccounts(): Promise<string[]> {
      const rows = await db.sql.select({ openKfid: accounts.openKfid }).from(accounts);
      return rows.map(({ openKfid }) => openKfid);
    },

    /** How far an account was read; empty where that is not known, or a former key sealed it. */
    async cursorOf(openKfid: string): Promise<string> {
      const row = await db.sql.select().from(accounts).where(eq(accounts.openKfid, openKfid)).get();
      if (!row?.sealedCursor) return "";
      const cursor = await open("cursor", openKfid, row.sealedCursor).catch(() => "");
      return typeof cursor === "string" ? cursor : "";
    },

    /**
     * Keeps a page with the cursor after it, all or nothing. An item that is there already stays as it is; a new one of a
     * customer opens the window, allows five messages more, and makes due what waited for it.
     */
    async storePage(page: {
      openKfid: string;
      cursor: string;
      reading: string;
      arrivals: readonly Arrival[];
      at: Date;
    }): Promise<void> {
      const { openKfid, cursor, reading, arrivals, at } = page;
      const sealedCursor = await seal("cursor", openKfid, cursor);
      const statements: Statements[number][] = [
        db.sql
          .insert(accounts)
          .values({ openKfid, sealedCursor })
          .onConflictDoUpdate({ target: accounts.openKfid, set: { sealedCursor } }),
      ];
      for (const { key, customerKey, personKey, inbound, isOver } of arrivals) {
        const { externalUserid, sentAt, isWritten } = inbound;
        const address = { openKfid: inbound.openKfid, externalUserid };
        const isNew = sql`exists (select 1 from ${messages} where ${messages.key} = ${key} and ${messages.reading} = ${reading})`;
        const wroteAt = sentAt === undefined ? at.getTime() : sentAt * 1000;
        statements.push(
          db.sql
            .insert(messages)
            .values({
              key,
              customerKey,
              reading,
              receivedAt: at,
              state: isOver ? "done" : "new",
              reason: isOver ? "outside_window" : null,
              sealedInbound: isOver ? null : await seal("inbound", key, inbound),
            })
            .onConflictDoNothing(),
          db.sql
            .insert(customers)
            .values({
              customerKey,
              personKey,
              sealedAddress: await seal("address", customerKey, address),
              seenAt: at,
            })
            .onConflictDoUpdate({ target: customers.customerKey, set: { seenAt: at } }),
        );
        if (!isWritten) continue;
        statements.push(
          db.sql
            .update(customers)
            .set({
              lastWroteAt: sql`max(coalesce(${customers.lastWroteAt}, 0), ${wroteAt})`,
              wrote: sql`${customers.wrote} + 1`,
              sent: 0,
            })
            .where(and(eq(customers.customerKey, customerKey), isNew)),
          db.sql
            .update(messages)
            .set({ state: "due" })
            .where(and(eq(messages.customerKey, customerKey), eq(messages.state, "waiting"), isNew)),
        );
      }
      await db.write(unitOfWork(statements));
    },

    /** What a customer is not done with, in order. */
    async findOpen(customerKey: string): Promise<MessageRow[]> {
      return db.sql
        .select()
        .from(messages)
        .where(and(eq(messages.customerKey, customerKey), ne(messages.state, "done")))
        .orderBy(asc(messages.seq));
    },

    /** The customers to whom something is owed, that could go out now. */
    async findOwed(limit = 200): Promise<string[]> {
      const rows = await db.sql
        .selectDistinct({ customerKey: messages.customerKey })
        .from(messages)
        .where(inArray(messages.state, ["new", "answered", "due"]))
        .limit(limit);
      return rows.map(({ customerKey }) => customerKey);
    },

    async findCustomer(customerKey: string): Promise<Customer | undefined> {
      const row = await db.sql.select().from(customers).where(eq(customers.customerKey, customerKey)).get();
      if (row === undefined) return undefined;
      const options =
        row.sealedOptions === null
          ? []
          : z.array(z.string()).parse(await open("options", customerKey, row.sealedOptions));
      const { lastWroteAt, wrote, sent } = row;
      const address = await addressOf(customerKey, row.sealedAddress);
      return { address, lastWroteAt, wrote, sent, options };
    },

    /** The account where a person wrote last. */
    async findPerson(personKey: string): Promise<{ customerKey: string } | undefined> {
      return db.sql
        .select({ customerKey: customers.customerKey })
        .from(customers)
        .where(eq(customers.personKey, personKey))
        .orderBy(desc(customers.lastWroteAt))
        .limit(1)
        .get();
    },

    async inboundOf(row: MessageRow): Promise<Inbound | undefined> {
      if (row.sealedInbound === null) return undefined;
      // Sealed by us in this shape; a row lives four days.
      return (await open("inbound", row.key, row.sealedInbound)) as Inbound;
    },

    async answerOf(row: MessageRow): Promise<StoredAnswer | undefined> {
      if (row.sealedAnswer === null) return undefined;
      return StoredAnswer.parse(await open("answer", row.key, row.sealedAnswer));
    },

    /** Keeps the answer to a message. */
    async storeAnswer(key: string, answer: StoredAnswer): Promise<void> {
      await db.write([
        db.sql
          .update(messages)
          .set({
            state: "answered",
            sealedAnswer: await seal("answer", key, answer),
            sealedInbound: null,
          })
          .where(and(eq(messages.key, key), eq(messages.state, "new"))),
      ]);
    },

    /** Puts several answers into one: they go out as that of `lead`. None of them was begun. */
    async joinAnswers(lead: string, others: readonly string[], answer: StoredAnswer): Promise<void> {
      await db.write([
        db.sql
          .update(messages)
          .set({ sealedAnswer: await seal("answer", lead, answer) })
          .where(eq(messages.key, lead)),
        db.sql
          .update(messages)
          .set({ state: "done", reason: "joined", sealedAnswer: null })
          .where(inArray(messages.key, [...others])),
      ]);
    },

    /** A piece is on its way: from now on it is not put together with others. */
    async beginPiece(key: string, begun: number): Promise<void> {
      await db.write([db.sql.update(messages).set({ begun }).where(eq(messages.key, key))]);
    },

    /** A piece went out. */
    async countShown({ key, customerKey }: MessageRow, shown: number): Promise<void> {
      await db.write([
        db.sql.update(messages).set({ shown }).where(eq(messages.key, key)),
        ...countingSent(customerKey),
      ]);
    },

    /** A message that is no answer went out. */
    async countNotice(customerKey: string): Promise<void> {
      await db.write(countingSent(customerKey));
    },

    /**
     * What is left of these answers goes out once the customer writes again; WeCom takes no more until then. Nothing where
     * they wrote since `wrote`: then it goes out now.
     */
    async wait(customerKey: string, { wrote, keys, sent }: { wrote: number; keys: string[]; sent: number }) {
      const isSilent = sql`exists (select 1 from ${customers} where ${customers.customerKey} = ${customerKey} and ${customers.wrote} = ${wrote})`;
      await db.write([
        db.sql
          .update(messages)
          .set({ state: "waiting" })
          .where(and(inArray(messages.key, keys), isSilent)),
        db.sql
          .update(customers)
          .set({ sent: sql`max(${customers.sent}, ${sent})` })
          .where(and(eq(customers.customerKey, customerKey), eq(customers.wrote, wrote))),
      ]);
    },

    /** A piece that counted as sent did not arrive: it goes out again, as a new message. */
    async takeBack(key: string, shown: number, state: "waiting" | "due"): Promise<void> {
      await db.write([
        db.sql
          .update(messages)
          .set({
            state,
            reason: null,
            shown,
            begun: shown,
            round: sql`${messages.round} + 1`,
          })
          .where(eq(messages.key, key)),
      ]);
    },

    /** The message with this beginning of its key. */
    async findByPrefix(customerKey: string, prefix: string): Promise<MessageRow | undefined> {
      return db.sql
        .select()
        .from(messages)
        .where(
          and(
            eq(messages.customerKey, customerKey),
            sql`substr(${messages.key}, 1, ${prefix.length}) = ${prefix}`,
          ),
        )
        .get();
    },

    /**
     * A message is done with. `options`: what the numbers mean from then on. What was said stays sealed with the row where
     * `keepsAnswer` says so, for the case that WeCom reports it undelivered.
     */
    async finish(
      { key, customerKey }: Pick<MessageRow, "key" | "customerKey">,
      how: { reason?: string; options?: readonly string[]; keepsAnswer?: boolean } = {},
    ): Promise<void> {
      const { reason = null, options, keepsAnswer = false } = how;
      await db.write([
        db.sql
          .update(messages)
          .set({
            state: "done",
            reason,
            sealedInbound: null,
            ...(keepsAnswer ? {} : { sealedAnswer: null }),
          })
          .where(eq(messages.key, key)),
        ...(options === undefined
          ? []
          : [
              db.sql
                .update(customers)
                .set({ sealedOptions: await seal("options", customerKey, options) })
                .where(eq(customers.customerKey, customerKey)),
            ]),
      ]);
    },

    /** Forgets what was received and who was seen before `before`, and turns that nobody has. */
    async sweep(before: Date): Promise<void> {
      await db.write([
        db.sql.delete(messages).where(lt(messages.receivedAt, before)),
        db.sql.delete(customers).where(lt(customers.seenAt, before)),
        db.sql
          .delete(turns)
          .where(
            and(
              sql`substr(${turns.key}, 1, 9) = 'customer|'`,
              or(sql`${turns.holder} is null`, lt(turns.leaseUntil, before)),
              sql`substr(${turns.key}, 10) not in (select ${customers.customerKey} from ${customers})`,
            ),
          ),
      ]);
    },
  };

  function countingSent(customerKey: string) {
    return [
      db.sql
        .update(customers)
        .set({ sent: sql`${customers.sent} + 1` })
        .where(eq(customers.customerKey, customerKey)),
    ] as const;
  }
}
