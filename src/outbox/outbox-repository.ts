import {
  and,
  asc,
  count,
  desc,
  eq,
  getTableColumns,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  or,
  sql,
} from "drizzle-orm";
import type { NewId } from "../core/new-id.ts";
import { toHex } from "../crypto/bytes.ts";
import type { Vault } from "../crypto/key-ring.ts";
import type { Database, Statements } from "../db/client.ts";
import { type Door, maxAttempts, type NoticeFields, type NoticeState, notSentForMs } from "./outbox.ts";
import { outbox, outboxAttempts } from "./schema.ts";

/** Something to tell one recipient through one door. */
export type NewNotice = {
  /** What it tells of, for ever the same name: `case/{id}/{seq}`. */
  event: string;
  kind: string;
  door: Door;
  /** What the door addresses. */
  recipient: string;
  /** The report whose data the recipient is; with its erasure the recipient goes. */
  reportId?: string | undefined;
  fields: NoticeFields;
};

/** A notice as staff may see it: without its recipient. */
export type NoticeRecord = Omit<typeof outbox.$inferSelect, "recipient" | "fields" | "leaseToken"> & {
  fields: NoticeFields;
  /** Whether it is known whom it goes to; else it cannot be sent any more. */
  addressed: boolean;
};

/** A notice that was taken up, with what is needed to send it. */
export type ClaimedNotice = {
  id: string;
  idempotencyKey: string;
  kind: string;
  door: Door;
  recipient: string;
  fields: NoticeFields;
  /** The number of this attempt, from 1. */
  attempt: number;
  maxAttempts: number;
  leaseToken: string;
};

/** How an attempt ended, as it is kept. */
export type AttemptEnd =
  | { outcome: "sent" }
  | { outcome: "failed"; reason: string; nextAt: Date }
  | { outcome: "refused"; reason: string };

/** Where a page of the list ended. */
export type NoticeCursor = { createdAt: Date; id: string };

export type NoticeCount = { state: NoticeState; door: Door; count: number };

export type OutboxRepository = ReturnType<typeof createOutboxRepository>;

const nothing = new Uint8Array(0);

/** The outbox in libSQL. What changes it are statements for a batch, or single batches of its own. */
export function createOutboxRepository({ db, vault, newId }: { db: Database; vault: Vault; newId: NewId }) {
  const context = (id: string) => `outbox:${id}`;
  const { recipient: _recipient, leaseToken: _token, ...shown } = getTableColumns(outbox);

  function toRecord({ fields, addressed, ...row }: RecordRow): NoticeRecord {
    return { ...row, fields: JSON.parse(fields), addressed: addressed === 1 };
  }

  const records = () =>
    db.sql.select({ ...shown, addressed: sql<number>`length(${outbox.recipient}) > 0` }).from(outbox);

  return {
    /**
     * The statements that enqueue a notice, for the batch of the event that it tells of. The same event, door and
     * recipient again change nothing.
     */
    async enqueue(notice: NewNotice, at: Date): Promise<Statements[number][]> {
      const { event, kind, door, recipient, reportId, fields } = notice;
      const id = newId("notice");
      const hash = await vault.hash("lookup", `notice|${door}|${event}|${recipient}`);
      return [
        db.sql
          .insert(outbox)
          .values({
            id,
            idempotencyKey: toHex(hash).slice(0, 40),
            event,
            kind,
            door,
            reportId: reportId ?? null,
            fields: JSON.stringify(fields),
            recipient: await vault.seal("notice", context(id), recipient),
            state: "pending",
            attempts: 0,
            maxAttempts,
            createdAt: at,
            nextAt: at,
            expiresAt: new Date(at.getTime() + notSentForMs),
          })
          .onConflictDoNothing({ target: outbox.idempotencyKey }),
      ];
    },

    /**
     * Takes up to `limit` due notices of a door, oldest first, so that nobody else tries them until `until`. What
     * somebody took up and did not bring to an end is due again when their lease ends. A crash right after loses nothing.
     *
     * @param kinds Only these; absent: all.
     */
    async claim(
      door: Door,
      {
        at,
        until,
        limit,
        kinds,
      }: { at: Date; until: Date; limit: number; kinds?: readonly string[] | undefined },
    ): Promise<ClaimedNotice[]> {
      const leaseToken = newId("lease");
      const due = db.sql
        .select({ id: outbox.id })
        .from(outbox)
        .where(
          and(
            eq(outbox.state, "pending"),
            eq(outbox.door, door),
            lte(outbox.nextAt, at),
            or(isNull(outbox.leaseUntil), lte(outbox.leaseUntil, at)),
            lt(outbox.attempts, outbox.maxAttempts),
            sql`length(${outbox.recipient}) > 0`,
            kinds === undefined ? undefined : inArray(outbox.kind, [...kinds]),
          ),
        )
        .orderBy(asc(outbox.nextAt), asc(outbox.id))
        .limit(limit);
      await db.write([
        db.sql
          .update(outbox)
          .set({ leaseToken, leaseUntil: until, attempts: sql`${outbox.attempts} + 1` })
          .where(inArray(outbox.id, due)),
        db.sql.insert(outboxAttempts).select(
          db.sql
            .select({
              noticeId: outbox.id,
              attempt: outbox.attempts,
              startedAt: sql`${at.getTime()}`.as("started_at"),
              endedAt: sql`NULL`.as("ended_at"),
              outcome: sql`NULL`.as("outcome"),
              reason: sql`NULL`.as("reason"),
            })
            .from(outbox)
            .where(eq(outbox.leaseToken, leaseToken)),
        ),
      ]);
      const rows = await db.sql
        .select()
        .from(outbox)
        .where(eq(outbox.leaseToken, leaseToken))
        .orderBy(asc(outbox.nextAt), asc(outbox.id));
      // What was dropped between the two has no recipient any more, and is no longer leased.
      return Promise.all(
        rows.map(async (row) => ({
          id: row.id,
          idempotencyKey: row.idempotencyKey,
          kind: row.kind,
          door: row.door,
          recipient: await vault.open("notice", context(row.id), row.recipient),
          fields: JSON.parse(row.fields) as NoticeFields,
          attempt: row.attempts,
          maxAttempts: row.maxAttempts,
          leaseToken,
        })),
      );
    },

    /** Keeps how an attempt ended. Whoever lost the lease meanwhile changes nothing of the notice. */
    async settle({ id, attempt, leaseToken }: ClaimedNotice, end: AttemptEnd, at: Date): Promise<void> {
      const free = { leaseToken: null, leaseUntil: null };
      const change =
        end.outcome === "sent"
          ? { ...free, state: "sent" as const, settledAt: at, reason: null, recipient: nothing }
          : end.outcome === "refused"
            ? { ...free, state: "dead" as const, settledAt: at, reason: end.reason }
            : { ...free, nextAt: end.nextAt, reason: end.reason };
      await db.write([
        db.sql
          .update(outboxAttempts)
          .set({ endedAt: at, outcome: end.outcome, reason: "reason" in end ? end.reason : null })
          .where(and(eq(outboxAttempts.noticeId, id), eq(outboxAttempts.attempt, attempt))),
        db.sql
          .update(outbox)
          .set(change)
          .where(and(eq(outbox.id, id), eq(outbox.leaseToken, leaseToken))),
      ]);
    },

    /** Gives up what waited too long, and what nobody brought to an end at the last attempt. Returns how many. */
    async giveUp(at: Date): Promise<number> {
      const free = or(isNull(outbox.leaseUntil), lte(outbox.leaseUntil, at));
      const spent = and(eq(outbox.state, "pending"), free, gte(outbox.attempts, outbox.maxAttempts));
      const late = and(eq(outbox.state, "pending"), free, lte(outbox.expiresAt, at));
      const found = await db.sql.select({ n: count() }).from(outbox).where(or(spent, late)).get();
      if (found === undefined || found.n === 0) return 0;
      const dead = { state: "dead" as const, settledAt: at, leaseToken: null, leaseUntil: null };
      await db.write([
        db.sql
          .update(outbox)
          .set({ ...dead, reason: "not_finished" })
          .where(spent),
        db.sql
          .update(outbox)
          .set({ ...dead, reason: "expired" })
          .where(late),
      ]);
      return found.n;
    },

    /**
     * Has a notice tried again from now on, with as many attempts as a new one. Returns false where it is not there,
     * was sent, or nobody knows any more whom it goes to.
     */
    async retry(id: string, at: Date): Promise<boolean> {
      const may = and(
        eq(outbox.id, id),
        inArray(outbox.state, ["dead", "pending"]),
        sql`length(${outbox.recipient}) > 0`,
      );
      const found = await db.sql.select({ id: outbox.id }).from(outbox).where(may).get();
      if (found === undefined) return false;
      await db.write([
        db.sql
          .update(outbox)
          .set({
            state: "pending",
            settledAt: null,
            nextAt: at,
            expiresAt: new Date(at.getTime() + notSentForMs),
            maxAttempts: sql`${outbox.attempts} + ${maxAttempts}`,
          })
          .where(may),
      ]);
      return true;
    },

    /** At most `limit` notices, newest first, after `cursor`. */
    async list(
      filter: { state?: NoticeState | undefined; door?: Door | undefined },
      limit: number,
      cursor: NoticeCursor | undefined,
    ): Promise<NoticeRecord[]> {
      const rows = await records()
        .where(
          and(
            filter.state === undefined ? undefined : eq(outbox.state, filter.state),
            filter.door === undefined ? undefined : eq(outbox.door, filter.door),
            cursor === undefined
              ? undefined
              : sql`(${outbox.createdAt}, ${outbox.id}) < (${cursor.createdAt.getTime()}, ${cursor.id})`,
          ),
        )
        .orderBy(desc(outbox.createdAt), desc(outbox.id))
        .limit(limit);
      return rows.map(toRecord);
    },

    async find(id: string): Promise<NoticeRecord | undefined> {
      const row = await records().where(eq(outbox.id, id)).get();
      return row === undefined ? undefined : toRecord(row);
    },

    /** The attempts at a notice, oldest first. */
    attempts: (id: string) =>
      db.sql
        .select()
        .from(outboxAttempts)
        .where(eq(outboxAttempts.noticeId, id))
        .orderBy(asc(outboxAttempts.attempt)),

    /** How many notices there are, by state and door; what there is none of is left out. */
    counts: (): Promise<NoticeCount[]> =>
      db.sql
        .select({ state: outbox.state, door: outbox.door, count: count() })
        .from(outbox)
        .groupBy(outbox.state, outbox.door),

    /** Deletes what was settled before `before`, with its attempts. */
    async sweep(before: Date): Promise<void> {
      const old = db.sql
        .select({ id: outbox.id })
        .from(outbox)
        .where(and(isNotNull(outbox.settledAt), lt(outbox.settledAt, before)));
      await db.write([
        db.sql.delete(outboxAttempts).where(inArray(outboxAttempts.noticeId, old)),
        db.sql.delete(outbox).where(and(isNotNull(outbox.settledAt), lt(outbox.settledAt, before))),
      ]);
    },
  };
}

type RecordRow = Omit<typeof outbox.$inferSelect, "recipient" | "leaseToken"> & { addressed: number };

/**
 * The statement after which no notice of a report knows whom it goes to; what was not sent yet is dropped. A notice
 * that is on its way at that moment arrives.
 */
export function forgetRecipients(
  db: Database,
  reportId: string,
  { at, doors }: { at: Date; doors?: readonly Door[] | undefined },
): Statements[number] {
  return db.sql
    .update(outbox)
    .set({
      recipient: nothing,
      leaseToken: null,
      leaseUntil: null,
      state: sql`CASE WHEN ${outbox.state} = 'sent' THEN 'sent' ELSE 'dropped' END`,
      settledAt: sql`coalesce(${outbox.settledAt}, ${at.getTime()})`,
      reason: sql`CASE WHEN ${outbox.state} = 'sent' THEN ${outbox.reason} ELSE 'recipient_gone' END`,
    })
    .where(
      and(
        eq(outbox.reportId, reportId),
        sql`length(${outbox.recipient}) > 0`,
        doors === undefined ? undefined : inArray(outbox.door, [...doors]),
      ),
    );
}
