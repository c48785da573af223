import { and, asc, eq, lt, sql } from "drizzle-orm";
import { toHex } from "../crypto/bytes.ts";
import type { Vault } from "../crypto/key-ring.ts";
import { type Database, isUniqueViolation, type Statements } from "../db/client.ts";
import { retentionMs } from "../reports/retention.ts";
import { conversationReferences, conversations, conversationTurns, handoffTickets } from "./schema.ts";
import { Memory } from "./state.ts";
import { TurnTrace } from "./trace/trace.ts";

export type ConversationRepository = ReturnType<typeof createConversationRepository>;

/** Conversations in libSQL; everything that was said is sealed. */
export function createConversationRepository({ db, vault }: { db: Database; vault: Vault }) {
  const memoryContext = (id: string) => `conversation:${id}`;
  const traceContext = (id: string, seq: number) => `trace:${id}:${seq}`;
  const referenceKey = async (number: string) =>
    toHex(await vault.hash("lookup", `conversation-reference|${number}`));
  const answerContext = (id: string, messageKey: string) => `answer:${id}:${messageKey}`;

  // Every turn begins with it, so it is put into words once.
  const ofMessage = and(
    eq(conversationTurns.conversationId, conversations.id),
    eq(conversationTurns.messageKey, sql.placeholder("messageKey")),
  );
  const memoryAndAnswer = db.sql
    .select({ seq: conversations.seq, sealed: conversations.sealed, answer: conversationTurns.sealed })
    .from(conversations)
    .leftJoin(conversationTurns, ofMessage)
    .where(eq(conversations.id, sql.placeholder("id")))
    .prepare();

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
      const row = await memoryAndAnswer.get({ id, messageKey });
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
      trace: TurnTrace;
      /** The numbers of the reports and the ticket that came of it. */
      references: readonly string[];
      at: Date;
    }): Promise<Statements[number][]> {
      const { id, seq, messageKey, at } = turn;
      const [sealed, answer, sealedTrace, keys] = await Promise.all([
        vault.seal("conversation", memoryContext(id), JSON.stringify(turn.memory)),
        vault.seal("conversation", answerContext(id, messageKey), turn.answer),
        vault.seal("conversation", traceContext(id, seq), JSON.stringify(turn.trace)),
        Promise.all(turn.references.map(referenceKey)),
      ]);
      return [
        db.sql
          .insert(conversationTurns)
          .values({ conversationId: id, seq, messageKey, sealed: answer, sealedTrace, at }),
        ...keys.map((key) =>
          db.sql.insert(conversationReferences).values({ key, conversationId: id, seq, at }),
        ),
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

    /** The turn that a report or a ticket came from. */
    async turnOf(number: string): Promise<{ id: string; seq: number } | undefined> {
      const key = await referenceKey(number);
      const row = await db.sql
        .select()
        .from(conversationReferences)
        .where(eq(conversationReferences.key, key))
        .get();
      return row === undefined ? undefined : { id: row.conversationId, seq: row.seq };
    },

    /** What is kept of every turn, oldest first. */
    async traces(id: string): Promise<{ seq: number; at: Date; trace: TurnTrace }[]> {
      const rows = await db.sql
        .select()
        .from(conversationTurns)
        .where(eq(conversationTurns.conversationId, id))
        .orderBy(asc(conversationTurns.seq));
      const opened = await Promise.all(
        rows.map(async ({ seq, at, sealedTrace }) => {
          if (sealedTrace === null) return [];
          const text = await vault.open("conversation", traceContext(id, seq), sealedTrace);
          // One that an older version wrote in another shape is not worth a failure: it goes within 72 hours.
          const read = TurnTrace.safeParse(JSON.parse(text));
          return read.success ? [{ seq, at, trace: read.data }] : [];
        }),
      );
      return opened.flat();
    },

    /** Erases a conversation and every answer in it. */
    async erase(id: string): Promise<void> {
      await db.write([
        db.sql.delete(conversationTurns).where(eq(conversationTurns.conversationId, id)),
        db.sql.delete(conversationReferences).where(eq(conversationReferences.conversationId, id)),
        db.sql.delete(conversations).where(eq(conversations.id, id)),
      ]);
    },

    /** Erases what has had its time (`data/retention.json` of reports). */
    async sweep(now: Date): Promise<void> {
      const before = new Date(now.getTime() - retentionMs("conversation"));
      await db.write([
        db.sql.delete(conversationTurns).where(lt(conversationTurns.at, before)),
        db.sql.delete(conversationReferences).where(lt(conversationReferences.at, before)),
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
