import { and, eq, lt } from "drizzle-orm";
import type { Vault } from "../crypto/key-ring.ts";
import { type Database, isUniqueViolation, type Statements } from "../db/client.ts";
import { retentionMs } from "../reports/retention.ts";
import { conversations, conversationTurns, handoffTickets } from "./schema.ts";
import { Memory } from "./state.ts";

export type ConversationRepository = ReturnType<typeof createConversationRepository>;

/** Conversations in libSQL; everything that was said is sealed. */
export function createConversationRepository({ db, vault }: { db: Database; vault: Vault }) {
  const memoryContext = (id: string) => `conversation:${id}`;
  const answerContext = (id: string, messageKey: string) => `answer:${id}:${messageKey}`;

  return {
    /** The memory of a conversation and the number of its last turn. */
    async load(id: string): Promise<{ seq: number; memory: Memory } | undefined> {
      const row = await db.sql.select().from(conversations).where(eq(conversations.id, id)).get();
      if (row === undefined) return undefined;
      const opened = await vault.open("conversation", memoryContext(id), row.sealed);
      return { seq: row.seq, memory: Memory.parse(JSON.parse(opened)) };
    },

    /** In one query: the answer that was given to this message before, to the letter; or else what `load` gives. */
    async findTurn(
      id: string,
      messageKey: string,
    ): Promise<{ earlier: string } | { earlier?: never; seq: number; memory: Memory } | undefined> {
      const ofMessage = and(
        eq(conversationTurns.conversationId, conversations.id),
        eq(conversationTurns.messageKey, messageKey),
      );
      const row = await db.sql
        .select({ seq: conversations.seq, sealed: conversations.sealed, answer: conversationTurns.sealed })
        .from(conversations)
        .leftJoin(conversationTurns, ofMessage)
        .where(eq(conversations.id, id))
        .get();
      if (row === undefined) return undefined;
      if (row.answer !== null)
        return { earlier: await vault.open("conversation", answerContext(id, messageKey), row.answer) };
      const opened = await vault.open("conversation", memoryContext(id), row.sealed);
      return { seq: row.seq, memory: Memory.parse(JSON.parse(opened)) };
    },

    /** The statements that record a turn. Their batch fails if the turn was taken already: see `isTaken`. */
    async recordTurn(turn: {
      id: string;
      seq: number;
      messageKey: string;
      memory: Memory;
      answer: string;
      at: Date;
    }): Promise<Statements[number][]> {
      const { id, seq, messageKey, at } = turn;
      const [sealed, answer] = await Promise.all([
        vault.seal("conversation", memoryContext(id), JSON.stringify(turn.memory)),
        vault.seal("conversation", answerContext(id, messageKey), turn.answer),
      ]);
      return [
        db.sql.insert(conversationTurns).values({ conversationId: id, seq, messageKey, sealed: answer, at }),
        db.sql
          .insert(conversations)
          .values({ id, seq, sealed, updatedAt: at })
          .onConflictDoUpdate({ target: conversations.id, set: { seq, sealed, updatedAt: at } }),
      ];
    },

    /** The statements that open a hand-off ticket with what was taken down so far. */
    async recordTicket(ticket: {
      ticketNo: string;
      id: string;
      channel: string;
      reason: string;
      memory: Memory;
      at: Date;
    }): Promise<Statements[number][]> {
      const { ticketNo, id, channel, reason, at } = ticket;
      const sealed = await vault.seal(
        "conversation",
        `ticket:${ticketNo}`,
        JSON.stringify(ticket.memory.draft),
      );
      return [
        db.sql
          .insert(handoffTickets)
          .values({ ticketNo, conversationId: id, channel, reason, sealed, openedAt: at }),
      ];
    },

    /** Erases a conversation and every answer in it. */
    async erase(id: string): Promise<void> {
      await db.write([
        db.sql.delete(conversationTurns).where(eq(conversationTurns.conversationId, id)),
        db.sql.delete(conversations).where(eq(conversations.id, id)),
      ]);
    },

    /** Erases what has had its time (`data/retention.json` of reports). */
    async sweep(now: Date): Promise<void> {
      const before = new Date(now.getTime() - retentionMs("conversation"));
      await db.write([
        db.sql.delete(conversationTurns).where(lt(conversationTurns.at, before)),
        db.sql.delete(conversations).where(lt(conversations.updatedAt, before)),
      ]);
    },
  };
}

/** Whether a turn's batch failed because another message, or the same one, was there first. */
export function isTaken(error: unknown): boolean {
  return (
    isUniqueViolation(error, "conversation_turns.conversation_id, conversation_turns.seq") ||
    isUniqueViolation(error, "conversation_turns.conversation_id, conversation_turns.message_key")
  );
}
