import { and, eq, gt, lt, sql } from "drizzle-orm";
import type { Clock } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import type { NewId, RandomBytes } from "../core/new-id.ts";
import { toCrockford } from "../core/new-id.ts";
import { equalInConstantTime, sha256, toHex } from "../crypto/bytes.ts";
import type { Vault } from "../crypto/key-ring.ts";
import { type Database, isConstraintViolation, type Statements } from "../db/client.ts";
import type { Caller, Channel, Speaker } from "./caller.ts";
import { speakerKey } from "./caller.ts";
import { callerSessions, limitCounters } from "./schema.ts";

/** A token that lets an adapter speak for `channels`. */
export type ChannelToken = { token: string; channels: "all" | readonly Channel[] };

/** Something counted per window: `name` and `subject` together make the key. */
export type Counter = { name: string; subject: string; windowMs: number };

/** How often that may be counted in a window, and what who comes later is told. */
export type Limit = Counter & { max: number; message: string };

/** Whether a batch failed because by then so much was counted as `counting` was to stay below. */
export const isOvercounted = (error: unknown) => isConstraintViolation(error, "limit_counters.count");

export type CallerService = ReturnType<typeof createCallerService>;

const sessionDays = 30;
const dayMs = 24 * 60 * 60 * 1000;
const minuteMs = 60 * 1000;

/** How many messages one user of one channel may send a minute (API.md, "Who may call"). */
export const messagesPerMinute = 60;

/** Sessions, channel tokens and limits. */
export function createCallerService(dependencies: {
  db: Database;
  vault: Vault;
  now: Clock;
  newId: NewId;
  randomBytes: RandomBytes;
  channelTokens: readonly ChannelToken[];
}) {
  const { db, vault, now, newId, randomBytes, channelTokens } = dependencies;
  const recentMessages = new Map<string, { windowStart: number; count: number }>();

  const counterKey = async ({ name, subject }: Counter) =>
    toHex(await vault.hash("lookup", `${name}|${subject}`));
  const windowOf = ({ windowMs }: Counter) => Math.floor(now().getTime() / windowMs) * windowMs;

  /** How much was counted in the present window, and in how many seconds that ends. */
  async function countedBy(counter: Counter): Promise<{ count: number; endsInSeconds: number }> {
    const windowStart = windowOf(counter);
    const row = await db.sql
      .select({ count: limitCounters.count })
      .from(limitCounters)
      .where(
        and(
          eq(limitCounters.key, await counterKey(counter)),
          eq(limitCounters.windowStart, new Date(windowStart)),
        ),
      )
      .get();
    const endsInMs = windowStart + counter.windowMs - now().getTime();
    return { count: row?.count ?? 0, endsInSeconds: Math.max(1, Math.ceil(endsInMs / 1000)) };
  }

  return {
    /** Opens a session for a user of a channel; where none is named, for an anonymous visitor. */
    async openSession(channel: Channel, userId: string = newId("visitor")) {
      const token = toCrockford(randomBytes(32)).toLowerCase();
      const expiresAt = new Date(now().getTime() + sessionDays * dayMs);
      await db.write([
        db.sql.insert(callerSessions).values({ tokenHash: await sha256(token), channel, userId, expiresAt }),
      ]);
      return { token, expiresAt };
    },

    /** Who holds this token, if anybody. `address` is where the request came from. */
    async identify(token: string, address: string): Promise<Caller | undefined> {
      // Every token is compared, so that the time taken tells nothing.
      const matches = channelTokens.filter((known) => equalInConstantTime(known.token, token));
      const adapter = matches.find((known) => known.channels === "all") ?? matches[0];
      if (adapter !== undefined) return { kind: "adapter", channels: adapter.channels };
      const session = await db.sql
        .select()
        .from(callerSessions)
        .where(and(eq(callerSessions.tokenHash, await sha256(token)), gt(callerSessions.expiresAt, now())))
        .get();
      if (session === undefined) return undefined;
      return { kind: "session", channel: session.channel as Channel, userId: session.userId, address };
    },

    /** A keyed hash that stands for a speaker wherever we must recognise them without knowing them. */
    async reporterKey(speaker: Speaker): Promise<string> {
      return toHex(await vault.hash("lookup", speakerKey(speaker)));
    },

    /** A keyed hash that stands for a member of staff who takes something in for others; no speaker's. */
    async deskKey(accountId: string): Promise<string> {
      return toHex(await vault.hash("lookup", `desk|${accountId}`));
    },

    /**
     * Counts one message of a speaker, in this process's memory: a burst is what it is for.
     * @throws {AppError} `too_many_requests` beyond 60 a minute.
     */
    countMessage(speaker: Speaker): void {
      const key = speakerKey(speaker);
      const at = now().getTime();
      const windowStart = Math.floor(at / minuteMs) * minuteMs;
      if (recentMessages.size > 50_000) recentMessages.clear();
      const entry = recentMessages.get(key);
      const count = entry?.windowStart === windowStart ? entry.count + 1 : 1;
      recentMessages.set(key, { windowStart, count });
      if (count > messagesPerMinute) {
        throw new AppError("too_many_requests", "消息发得太快了，请歇一分钟再发。前面说的都记着，没有丢。", {
          retryAfterSeconds: Math.ceil((windowStart + minuteMs - at) / 1000),
          retryable: true,
        });
      }
    },

    countedBy,

    /** @throws {AppError} `too_many_requests` if the limit is used up in its present window. */
    async requireWithin(limit: Limit): Promise<void> {
      const { count, endsInSeconds } = await countedBy(limit);
      if (count < limit.max) return;
      throw new AppError("too_many_requests", limit.message, {
        retryAfterSeconds: endsInSeconds,
        retryable: true,
      });
    },

    /**
     * The statements that count one more; they go into the batch of what is counted. Where `below` is given the batch
     * fails if so many were counted by then: see `isOvercounted`. Without it none fails for another.
     * (In an array: a statement is thenable, and awaiting it would run it.)
     */
    async counting(counter: Counter, below?: number): Promise<Statements[number][]> {
      return [
        db.sql
          .insert(limitCounters)
          .values({ key: await counterKey(counter), windowStart: new Date(windowOf(counter)), count: 1 })
          .onConflictDoUpdate({
            target: [limitCounters.key, limitCounters.windowStart],
            set: {
              // NULL is refused by the column.
              count:
                below === undefined
                  ? sql`${limitCounters.count} + 1`
                  : sql`CASE WHEN ${limitCounters.count} < ${below} THEN ${limitCounters.count} + 1 END`,
            },
          }),
      ];
    },

    /** Forgets sessions that ended and counters older than two days. */
    async sweep(): Promise<void> {
      await db.write([
        db.sql.delete(callerSessions).where(lt(callerSessions.expiresAt, now())),
        db.sql
          .delete(limitCounters)
          .where(lt(limitCounters.windowStart, new Date(now().getTime() - 2 * dayMs))),
      ]);
    },
  };
}
