import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { bytesColumn } from "../db/columns.ts";

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
  /** Since when nobody can sign in with it. */
  disabledAt: integer("disabled_at", { mode: "timestamp_ms" }),
  /** The secret of the one-time codes, sealed. */
  totpSealed: bytesColumn("totp_sealed"),
  /** A secret that was shown and not yet confirmed by a code, sealed. */
  totpPendingSealed: bytesColumn("totp_pending_sealed"),
});

/** Only the hash of a session's token is kept. */
export const staffSessions = sqliteTable("staff_sessions", {
  tokenHash: text("token_hash").primaryKey(),
  accountId: text("account_id")
    .notNull()
    .references(() => staffAccounts.id, { onDelete: "cascade" }),
  expiresAt: integer("expires_at", { mode: "timestamp_ms" }).notNull(),
  createdAt: integer("created_at", { mode: "timestamp_ms" }).notNull().default(sql`0`),
  /** Written at most once a minute. */
  lastSeenAt: integer("last_seen_at", { mode: "timestamp_ms" }).notNull().default(sql`0`),
});

/** Codes that stand in for a one-time code when the device is lost; hashed, 80 random bits each. */
export const staffRecoveryCodes = sqliteTable(
  "staff_recovery_codes",
  { accountId: text("account_id").notNull(), codeHash: text("code_hash").notNull() },
  (table) => [primaryKey({ columns: [table.accountId, table.codeHash] })],
);

/** Codes that were accepted. The key makes a second use fail, whoever raced. */
export const staffSpentCodes = sqliteTable(
  "staff_spent_codes",
  {
    accountId: text("account_id").notNull(),
    /** `totp:` and the step, or `recovery:` and the hash. */
    code: text("code").notNull(),
    at: integer("at", { mode: "timestamp_ms" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.accountId, table.code] })],
);

/** Who stands in for whom, on which days. */
export const staffAbsences = sqliteTable(
  "staff_absences",
  {
    id: text("id").primaryKey(),
    accountId: text("account_id").notNull(),
    deputyId: text("deputy_id").notNull(),
    /** First and last day, `YYYY-MM-DD` in Asia/Shanghai. */
    fromDay: text("from_day").notNull(),
    toDay: text("to_day").notNull(),
    setBy: text("set_by").notNull(),
    setAt: integer("set_at", { mode: "timestamp_ms" }).notNull(),
  },
  (table) => [
    index("staff_absences_account").on(table.accountId, table.toDay),
    index("staff_absences_deputy").on(table.deputyId, table.toDay),
  ],
);

/** What staff did: append-only, chained by hash per account. Triggers refuse to change or delete a row. */
export const auditEntries = sqliteTable(
  "audit_entries",
  {
    id: text("id").primaryKey(),
    accountId: text("account_id").notNull(),
    seq: integer("seq").notNull(),
    at: integer("at", { mode: "timestamp_ms" }).notNull(),
    action: text("action").notNull(),
    subjectKind: text("subject_kind"),
    subjectId: text("subject_id"),
    officeCode: text("office_code").notNull(),
    outcome: text("outcome").notNull(),
    reasonSealed: bytesColumn("reason_sealed"),
    requestId: text("request_id").notNull(),
    previousHash: text("previous_hash").notNull(),
    hash: text("hash").notNull(),
  },
  (table) => [
    uniqueIndex("audit_entries_account_seq").on(table.accountId, table.seq),
    index("audit_entries_at").on(table.at, table.id),
    index("audit_entries_subject").on(table.subjectId, table.at),
    index("audit_entries_office").on(table.officeCode, table.at),
  ],
);

/** Each hour a signed fingerprint of all chains, append-only. */
export const anchors = sqliteTable("anchors", {
  /** From 1 without a gap. */
  seq: integer("seq").primaryKey(),
  /** Hours since 1970, at most one anchor each. */
  hour: integer("hour").notNull().unique(),
  at: integer("at", { mode: "timestamp_ms" }).notNull(),
  /** How many chains there were. */
  chains: integer("chains").notNull(),
  /** The Merkle root over the heads of all chains. */
  root: text("root").notNull(),
  /** The hash over the heads that are new since the anchor before: `anchor_heads`. */
  changesHash: text("changes_hash").notNull(),
  previousHash: text("previous_hash").notNull(),
  hash: text("hash").notNull(),
  keyId: text("key_id").notNull(),
  signature: bytesColumn("signature").notNull(),
});

/** The heads that moved between an anchor and the one before; together, all heads at any anchor. */
export const anchorHeads = sqliteTable(
  "anchor_heads",
  {
    anchorSeq: integer("anchor_seq").notNull(),
    chain: text("chain").notNull(),
    seq: integer("seq").notNull(),
    head: text("head").notNull(),
  },
  (table) => [primaryKey({ columns: [table.anchorSeq, table.chain] })],
);
