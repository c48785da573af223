import type { Clock } from "./clock.ts";

export type CircuitBreakerOptions = {
  /** How many failures in a row open it. */
  failures: number;
  /** How long it then lets nobody through. */
  pauseMs: number;
  now: Clock;
};

/**
 * Stops asking what does not answer, so that nobody waits for it: after `failures` in a row every call is
 * refused for `pauseMs`, then one is let through, and its end decides.
 */
export type CircuitBreaker = {
  /** Whether a call may go out now; to be asked before the work. Who is let in says how it ended. */
  enter(): boolean;
  succeeded(): void;
  failed(): void;
  /** It ended in a way that proves nothing about the other side. */
  left(): void;
};

export function createCircuitBreaker({ failures, pauseMs, now }: CircuitBreakerOptions): CircuitBreaker {
  let inARow = 0;
  let openedAt: number | undefined;
  let trying = false;

  return {
    enter() {
      if (openedAt === undefined) return true;
      if (trying || now().getTime() - openedAt < pauseMs) return false;
      trying = true;
      return true;
    },
    succeeded() {
      inARow = 0;
      openedAt = undefined;
      trying = false;
    },
    failed() {
      const tried = trying;
      trying = false;
      inARow += 1;
      if (tried || inARow >= failures) openedAt = now().getTime();
    },
    left() {
      trying = false;
    },
  };
}
