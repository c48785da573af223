import type { Clock } from "../core/clock.ts";
import { describeError, type Log } from "../core/log.ts";
import { backOffMs, type Door } from "../outbox/outbox.ts";
import type { AttemptEnd, ClaimedNotice, OutboxRepository } from "../outbox/outbox-repository.ts";
import { createDoorBreaker } from "./door-breaker.ts";
import { isQuiet, urgentKinds, wordsOf } from "./notice-rules.ts";
import type { Sender, SendResult } from "./sender.ts";

/** How many notices of a door are on their way at once, and so how many a crash delays. */
const batchSize = 8;

/** How long a door may take for one notice. */
const usualTimeLimitMs = 15_000;

/** How long a notice that was taken up is nobody else's. Longer than any attempt with what is written after it. */
const leaseMs = 2 * 60_000;

/** What one run came to. */
export type Dispatched = { sent: number; failed: number; dead: number };

export type Dispatcher = ReturnType<typeof createDispatcher>;

/**
 * Sends what is due, each notice at least once: it is taken up by an atomic claim with a lease, sent, and settled. A
 * process that dies in between leaves a lease that ends, and the notice is sent again under the same key. Several may
 * run at once.
 */
export function createDispatcher(dependencies: {
  outbox: OutboxRepository;
  senders: readonly Sender[];
  now: Clock;
  /** From 0 up to, not including, 1. */
  chance: () => number;
  log: Log;
  timeLimitMs?: number | undefined;
}) {
  const { outbox, senders, now, chance, log, timeLimitMs = usualTimeLimitMs } = dependencies;
  const breakers = new Map(senders.map(({ door }) => [door, createDoorBreaker({ now })]));

  async function attempt(sender: Sender, notice: ClaimedNotice): Promise<SendResult> {
    const words = wordsOf(notice.kind, notice.fields, notice.door);
    if (words === undefined) return { sent: false, retryable: false, reason: "no_words" };
    const { idempotencyKey, recipient, kind, fields } = notice;
    const { reportNo } = fields;
    const message = { idempotencyKey, recipient, kind, ...words, fields: { ...fields }, reportNo };
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<SendResult>((resolve) => {
      const result: SendResult = { sent: false, retryable: true, reason: "timed_out" };
      timer = setTimeout(() => resolve(result), timeLimitMs);
    });
    try {
      return await Promise.race([sender.send(message), late]);
    } catch (error) {
      log.error("notice_sender_failed", { code: notice.door, ...describeError(error) });
      return { sent: false, retryable: true, reason: "sender_failed" };
    } finally {
      clearTimeout(timer);
    }
  }

  function endOf({ attempt: number, maxAttempts }: ClaimedNotice, result: SendResult): AttemptEnd {
    if (result.sent) return { outcome: "sent" };
    // Senders name codes; whatever else came would stand in a list that staff read.
    const reason = /^[\w.:-]{1,60}$/.test(result.reason) ? result.reason : "unnamed";
    if (!result.retryable || number >= maxAttempts) return { outcome: "refused", reason };
    return {
      outcome: "failed",
      reason,
      nextAt: new Date(now().getTime() + backOffMs(number, chance())),
    };
  }

  async function sendThrough(sender: Sender, total: Dispatched): Promise<void> {
    const { door } = sender;
    const breaker = breakers.get(door);
    for (;;) {
      const limit = Math.min(batchSize, breaker?.allowance() ?? batchSize);
      if (limit === 0) return;
      const at = now();
      const claimed = await outbox.claim(door, {
        at,
        until: new Date(at.getTime() + leaseMs),
        limit,
        kinds: isQuiet(door, at) ? urgentKinds : undefined,
      });
      if (claimed.length === 0) return;
      await Promise.all(
        claimed.map(async (notice) => {
          const result = await attempt(sender, notice);
          breaker?.observe(result.sent || !result.retryable);
          const end = endOf(notice, result);
          await outbox.settle(notice, end, now());
          const counted = { sent: "sent", failed: "failed", refused: "dead" } as const;
          total[counted[end.outcome]]++;
        }),
      );
    }
  }

  async function dispatch(): Promise<Dispatched> {
    const total: Dispatched = { sent: 0, failed: 0, dead: await outbox.giveUp(now()) };
    const doors = await Promise.allSettled(senders.map((sender) => sendThrough(sender, total)));
    if (total.sent + total.failed > 0) log.info("notices_dispatched", { count: total.sent });
    if (total.dead > 0) log.warn("notices_given_up", { count: total.dead });
    const failure = doors.find((one) => one.status === "rejected");
    if (failure !== undefined) throw failure.reason;
    return total;
  }

  let running: Promise<Dispatched> | undefined;

  return {
    /** The doors that something is sent through. */
    doors: new Set<Door>(senders.map(({ door }) => door)),

    /** Sends what is due, until nothing is. Called again while it runs, it joins that run. */
    dispatchDue(): Promise<Dispatched> {
      running ??= dispatch().finally(() => {
        running = undefined;
      });
      return running;
    },
  };
}
