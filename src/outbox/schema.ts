import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { bytesColumn } from "../db/columns.ts";
import { doors, noticeStates } from "./outbox.ts";

/** What is to be told outside: written in the batch of the event it tells of. Holds no word that a person wrote. */
export const outbox = sqliteTable(
  "outbox",
  {
    id: text("id").primaryKey(),
    /** Keyed hash of the event, the door and the recipient: one notice each, and the receiver's key to know it by. */
    idempotencyKey: text("idempotency_key").notNull().unique(),
    /** What it tells of: `case/{id}/{seq}`, `clock/…`, `reminder/…`. */
    event: text("event").notNull(),
    kind: text("kind").notNull(),
    door: text("door", { enum: doors }).notNull(),
    reportId: text("report_id"),
    /** JSON: see `NoticeFields`. */
    fields: text("fields").notNull(),
    /** Sealed; empty once it was sent, or is not to be. */
    recipient: bytesColumn("recipient").notNull(),
    state: text("state", { enum: noticeStates }).notNull(),
    /** How often it was taken up; a crash counts. */
    attempts: integer("attempts").notNull(),
    /** The number of attempts at which it is given up. */
    maxAttempts: integer("max_attempts").notNull(),
    createdAt: integer("created_at", { mode: "timestamp_ms" }).notNull(),
    /** Not to be tried before. */
    nextAt: integer("next_at", { mode: "timestamp_ms" }).notNull(),
    /** Given up from then on. */
    expiresAt: integer("expires_at", { mode: "timestamp_ms" }).notNull(),
    /** Who is trying, and until when nobody else does. */
    leaseToken: text("lease_token"),
    leaseUntil: integer("lease_until", { mode: "timestamp_ms" }),
    /** When it came to its state; null while pending. */
    settledAt: integer("settled_at", { mode: "timestamp_ms" }),
    /** Why the last attempt failed, or it was given up or dropped: a code. */
    reason: text("reason"),
  },
  (table) => [
    index("outbox_due").on(table.state, table.door, table.nextAt),
    index("outbox_state").on(table.state, table.createdAt, table.id),
    index("outbox_created").on(table.createdAt, table.id),
    index("outbox_report").on(table.reportId),
    index("outbox_lease").on(table.leaseToken),
  ],
);

/** Every attempt at a notice. `outcome` is null while it runs, and for good if the process died in it. */
export const outboxAttempts = sqliteTable(
  "outbox_attempts",
  {
    noticeId: text("notice_id").notNull(),
    attempt: integer("attempt").notNull(),
    startedAt: integer("started_at", { mode: "timestamp_ms" }).notNull(),
    endedAt: integer("ended_at", { mode: "timestamp_ms" }),
    outcome: text("outcome", { enum: ["sent", "failed", "refused"] }),
    reason: text("reason"),
  },
  (table) => [primaryKey({ columns: [table.noticeId, table.attempt] })],
);
