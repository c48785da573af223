import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { bytesColumn } from "../db/columns.ts";

/** What each conversation remembers, sealed. The id is a keyed hash of channel, room and user. */
export const conversations = sqliteTable(
  "conversations",
  {
    id: text("id").primaryKey(),
    /** How many turns there were: the number of the last row in `conversation_turns`. */
    seq: integer("seq").notNull(),
    sealed: bytesColumn("sealed").notNull(),
    updatedAt: integer("updated_at", { mode: "timestamp_ms" }).notNull(),
  },
  (table) => [index("conversations_updated").on(table.updatedAt)],
);

/**
 * One row a turn, with the answer as it was sent, sealed. The two keys make a turn happen
 * once: (conversation, seq) against two messages at a time, the message key against a repeat.
 */
export const conversationTurns = sqliteTable(
  "conversation_turns",
  {
    conversationId: text("conversation_id").notNull(),
    seq: integer("seq").notNull(),
    /** Keyed hash of the channel's message id. */
    messageKey: text("message_key").notNull(),
    sealed: bytesColumn("sealed").notNull(),
    /** Why the turn went as it did, sealed. */
    sealedTrace: bytesColumn("sealed_trace"),
    at: integer("at", { mode: "timestamp_ms" }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.conversationId, table.seq] }),
    uniqueIndex("conversation_turns_message").on(table.conversationId, table.messageKey),
    index("conversation_turns_at").on(table.at),
  ],
);

/**
 * Which turn a report or a ticket came from, for as long as the turn is kept. The key is a keyed hash of the number:
 * without the keys nobody tells whose conversation a report came from, nor which reports came from one.
 */
export const conversationReferences = sqliteTable(
  "conversation_references",
  {
    key: text("key").primaryKey(),
    conversationId: text("conversation_id").notNull(),
    seq: integer("seq").notNull(),
    at: integer("at", { mode: "timestamp_ms" }).notNull(),
  },
  (table) => [
    index("conversation_references_conversation").on(table.conversationId),
    index("conversation_references_at").on(table.at),
  ],
);

/** People who asked for a person, or whose words call for one. */
export const handoffTickets = sqliteTable("handoff_tickets", {
  ticketNo: text("ticket_no").primaryKey(),
  conversationId: text("conversation_id").notNull(),
  channel: text("channel").notNull(),
  /** `asked` or `threat`; a threat comes first. */
  reason: text("reason").notNull(),
  /** What was taken down so far, sealed. */
  sealed: bytesColumn("sealed").notNull(),
  openedAt: integer("opened_at", { mode: "timestamp_ms" }).notNull(),
});
