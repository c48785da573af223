import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { bytesColumn } from "../../db/columns.ts";

/** One row a message or event, however often it is delivered: who works on it, its answer, and by which way it went out. */
export const officialAccountMessages = sqliteTable(
  "official_account_messages",
  {
    /** Keyed hash of the sender and the message's identity. */
    key: text("key").primaryKey(),
    /** Keyed hash of the sender. */
    userKey: text("user_key").notNull(),
    /** When it came first. */
    receivedAt: integer("received_at", { mode: "timestamp_ms" }).notNull(),
    /** The message, sealed, until it is answered: whoever finds it left behind can answer it. */
    sealedInbound: bytesColumn("sealed_inbound"),
    /** The answer, sealed. */
    sealedAnswer: bytesColumn("sealed_answer"),
    /** Who works on it or pushes it, and until when that counts. */
    worker: text("worker"),
    leaseUntil: integer("lease_until", { mode: "timestamp_ms" }),
    /** The delivery that came last: of several under way, it gets the answer. */
    lastDelivery: text("last_delivery").notNull(),
    lastDeliveryAt: integer("last_delivery_at", { mode: "timestamp_ms" }).notNull(),
    /** How the answer goes out: `passive`, `push` or `asked` (the person was told to ask for it). Set once. */
    way: text("way"),
    /** The delivery that was answered with it, when that came, and when it was answered. */
    givenTo: text("given_to"),
    givenToAt: integer("given_to_at", { mode: "timestamp_ms" }),
    /** How many of the answer's pieces went out. */
    shown: integer("shown").notNull().default(0),
    /** 1 where the push failed for good, or nobody knows whether it arrived. */
    failed: integer("failed").notNull().default(0),
    /** When all of the answer was out. */
    deliveredAt: integer("delivered_at", { mode: "timestamp_ms" }),
  },
  (table) => [
    index("official_account_messages_received").on(table.receivedAt),
    index("official_account_messages_user").on(table.userKey, table.receivedAt),
  ],
);

/** What the door remembers of a person: when they last wrote, which opens the window of 48 hours, and what the numbers mean. */
export const officialAccountUsers = sqliteTable("official_account_users", {
  /** Keyed hash of the openid. */
  userKey: text("user_key").primaryKey(),
  lastWroteAt: integer("last_wrote_at", { mode: "timestamp_ms" }).notNull(),
  /** The ids of the options shown last, sealed. */
  sealedOptions: bytesColumn("sealed_options"),
  optionsAt: integer("options_at", { mode: "timestamp_ms" }),
});

/** Signed requests that came, so that none is taken again with another body. */
export const officialAccountNonces = sqliteTable(
  "official_account_nonces",
  {
    /** SHA-256 of timestamp, nonce and signature. */
    key: text("key").primaryKey(),
    bodyHash: text("body_hash").notNull(),
    at: integer("at", { mode: "timestamp_ms" }).notNull(),
  },
  (table) => [index("official_account_nonces_at").on(table.at)],
);
