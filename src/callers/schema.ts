import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Sessions of browsers and of the mini-program. Only the hash of a token is kept. */
export const callerSessions = sqliteTable("caller_sessions", {
  tokenHash: text("token_hash").primaryKey(),
  channel: text("channel").notNull(),
  userId: text("user_id").notNull(),
  expiresAt: integer("expires_at", { mode: "timestamp_ms" }).notNull(),
});

/** Proofs of work that were used, until their challenges expire. `nonce` is of the challenge: it names nobody. */
export const spentProofs = sqliteTable("spent_proofs", {
  nonce: text("nonce").primaryKey(),
  expiresAt: integer("expires_at", { mode: "timestamp_ms" }).notNull(),
});

/** Counters of things limited per hour or day. `key` is a keyed hash: it names nobody. */
export const limitCounters = sqliteTable(
  "limit_counters",
  {
    key: text("key").notNull(),
    windowStart: integer("window_start", { mode: "timestamp_ms" }).notNull(),
    count: integer("count").notNull(),
  },
  (table) => [primaryKey({ columns: [table.key, table.windowStart] })],
);
