import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { bytesColumn } from "../../db/columns.ts";

/** How far each account of customer service has been read. */
export const wecomAccounts = sqliteTable("wecom_accounts", {
  /** The `open_kfid`. */
  openKfid: text("open_kfid").primaryKey(),
  /** The cursor of `sync_msg`, sealed; null where reading is to begin anew. */
  sealedCursor: bytesColumn("sealed_cursor"),
});

/** Who reads an account, or answers a customer: one at a time, in any number of processes. */
export const wecomTurns = sqliteTable("wecom_turns", {
  /** `pull|…` or `customer|…`. */
  key: text("key").primaryKey(),
  holder: text("holder"),
  leaseUntil: integer("lease_until", { mode: "timestamp_ms" }),
  /** How often the turn was asked for: who holds it looks again if it was meanwhile. */
  wanted: integer("wanted").notNull().default(0),
});

/** One row a message or event of `sync_msg`, however often it is read: its answer, and how much of that went out. */
export const wecomMessages = sqliteTable(
  "wecom_messages",
  {
    /** The order in which they came. */
    seq: integer("seq").primaryKey({ autoIncrement: true }),
    /** Keyed hash of the msgid. */
    key: text("key").notNull().unique(),
    /** Keyed hash of account and customer. */
    customerKey: text("customer_key").notNull(),
    /** The reading that brought it first. */
    reading: text("reading").notNull(),
    receivedAt: integer("received_at", { mode: "timestamp_ms" }).notNull(),
    /** `new`, `answered` (owed to the customer), `waiting` (for the customer to write again), `due` (they did) or `done`. */
    state: text("state").notNull(),
    /** Why it was done without all of an answer: a code. */
    reason: text("reason"),
    /** The message, sealed, until it is heard. */
    sealedInbound: bytesColumn("sealed_inbound"),
    /** The answer, sealed, until it is out. */
    sealedAnswer: bytesColumn("sealed_answer"),
    /** How many of the answer's pieces went out, and of how many it was begun. */
    shown: integer("shown").notNull().default(0),
    begun: integer("begun").notNull().default(0),
    /** How often WeCom took a piece and then said that it did not arrive: the next try is a new message. */
    round: integer("round").notNull().default(0),
  },
  (table) => [
    index("wecom_messages_received").on(table.receivedAt),
    index("wecom_messages_customer").on(table.customerKey, table.state, table.seq),
    index("wecom_messages_state").on(table.state, table.customerKey),
  ],
);

/** A customer of an account: when they wrote last, how much was sent since, and what the numbers mean. */
export const wecomCustomers = sqliteTable(
  "wecom_customers",
  {
    /** Keyed hash of account and customer. */
    customerKey: text("customer_key").primaryKey(),
    /** Keyed hash of the customer, whatever the account. */
    personKey: text("person_key").notNull(),
    /** `open_kfid` and `external_userid`, sealed. */
    sealedAddress: bytesColumn("sealed_address").notNull(),
    /** When they wrote last, as WeCom says: it opens the window of 48 hours. */
    lastWroteAt: integer("last_wrote_at", { mode: "timestamp_ms" }),
    /** How many messages of theirs came. */
    wrote: integer("wrote").notNull().default(0),
    /** How many messages went out since the last of them: WeCom takes five. */
    sent: integer("sent").notNull().default(0),
    /** The ids of the options shown last, sealed. */
    sealedOptions: bytesColumn("sealed_options"),
    seenAt: integer("seen_at", { mode: "timestamp_ms" }).notNull(),
  },
  (table) => [
    index("wecom_customers_person").on(table.personKey, table.lastWroteAt),
    index("wecom_customers_seen").on(table.seenAt),
  ],
);
