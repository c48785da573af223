import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "../../src/core/clock.ts";
import type { Wait } from "../../src/core/wait.ts";

/** A clock that stands still until it is moved, and what waits by it. */
export type FakeTime = {
  now: Clock;
  wait: Wait;
  /** How long the waits are that are under way, in milliseconds from now. */
  waits(): number[];
  /** Lets `ms` pass: what waits that long goes on, in the order of time. */
  pass(ms: number): Promise<void>;
  /** Goes on once something waits just `ms` from now. */
  untilWaiting(ms: number): Promise<void>;
};

export function createFakeTime(start = "2026-11-23T02:00:00Z"): FakeTime {
  let at = Date.parse(start);
  const waiting = new Set<{ until: number; end: () => void }>();

  return {
    now: () => new Date(at),
    wait: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const entry = {
          until: at + ms,
          end: () => {
            waiting.delete(entry);
            signal?.removeEventListener("abort", entry.end);
            resolve();
          },
        };
        waiting.add(entry);
        signal?.addEventListener("abort", entry.end);
      }),
    waits: () => [...waiting].map(({ until }) => until - at).sort((a, b) => a - b),
    async pass(ms) {
      const end = at + ms;
      for (;;) {
        const due = [...waiting].filter(({ until }) => until <= end).sort((a, b) => a.until - b.until)[0];
        if (due === undefined) break;
        at = Math.max(at, due.until);
        due.end();
        await nextTurn();
      }
      at = end;
      await nextTurn();
    },
    async untilWaiting(ms) {
      while (![...waiting].some(({ until }) => until - at === ms)) await nextTurn();
    },
  };
}
