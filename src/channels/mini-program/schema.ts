import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { bytesColumn } from "../../db/columns.ts";

/**
 * Who used the mini-program in the last two hours: WeChat checks a text only with the openid of somebody who did, so that
 * is how long one is kept for it.
 */
export const miniProgramUsers = sqliteTable(
  "mini_program_users",
  {
    /** The user of the channel: a keyed hash of the openid. */
    userId: text("user_id").primaryKey(),
    /** The keyed hash that reports know them by. */
    reporterKey: text("reporter_key").notNull(),
    sealedOpenid: bytesColumn("sealed_openid").notNull(),
    seenAt: integer("seen_at", { mode: "timestamp_ms" }).notNull(),
  },
  (table) => [
    index("mini_program_users_reporter").on(table.reporterKey),
    index("mini_program_users_seen").on(table.seenAt),
  ],
);

/** Consents to one subscription message each. What was used keeps no openid. */
export const subscriptionConsents = sqliteTable(
  "subscription_consents",
  {
    id: text("id").primaryKey(),
    userId: text("user_id").notNull(),
    template: text("template").notNull(),
    /** Null once the message was sent, or can never be. */
    sealedOpenid: bytesColumn("sealed_openid"),
    agreedAt: integer("agreed_at", { mode: "timestamp_ms" }).notNull(),
    /** The key of the notice that it is used for; null while it is free. */
    takenFor: text("taken_for"),
    /** When WeChat was first asked to send it. */
    triedAt: integer("tried_at", { mode: "timestamp_ms" }),
    sentAt: integer("sent_at", { mode: "timestamp_ms" }),
  },
  (table) => [
    uniqueIndex("subscription_consents_taken").on(table.takenFor),
    index("subscription_consents_free").on(table.userId, table.template, table.agreedAt),
    index("subscription_consents_agreed").on(table.agreedAt),
  ],
);

/** What WeChat's content check said of what came in by the mini-program. It says what to look at; it stops nothing. */
export const contentChecks = sqliteTable(
  "content_checks",
  {
    id: text("id").primaryKey(),
    reportId: text("report_id").notNull(),
    /** Null for the text of the report. */
    evidenceId: text("evidence_id"),
    /** `pending`, `waiting` (for the callback), `passed`, `review`, `risky`, `unchecked`. */
    state: text("state").notNull(),
    /** The platform's label, or why it was not checked. */
    label: text("label"),
    traceId: text("trace_id").unique(),
    attempts: integer("attempts").notNull().default(0),
    createdAt: integer("created_at", { mode: "timestamp_ms" }).notNull(),
    checkedAt: integer("checked_at", { mode: "timestamp_ms" }),
  },
  (table) => [
    index("content_checks_report").on(table.reportId),
    index("content_checks_state").on(table.state, table.createdAt, table.id),
  ],
);
