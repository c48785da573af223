import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const staffAccounts = sqliteTable("staff_accounts", {
  id: text("id").primaryKey(),
  /** What is typed at sign-in, in lower case. */
  account: text("account").notNull().unique(),
  name: text("name").notNull(),
  role: text("role").notNull(),
  officeCode: text("office_code").notNull(),
  passwordHash: text("password_hash").notNull(),
  /** Set while the password is one that somebody else chose. */
  mustChangePassword: integer("must_change_password", { mode: "boolean" }).notNull(),
  failedAttempts: integer("failed_attempts").notNull(),
  lockedUntil: integer("locked_until", { mode: "timestamp_ms" }),
  createdAt: integer("created_at", { mode: "timestamp_ms" }).notNull(),
});

/** Only the hash of a session's token is kept. */
export const staffSessions = sqliteTable("staff_sessions", {
  tokenHash: text("token_hash").primaryKey(),
  accountId: text("account_id")
    .notNull()
    .references(() => staffAccounts.id, { onDelete: "cascade" }),
  expiresAt: integer("expires_at", { mode: "timestamp_ms" }).notNull(),
});
