import type { Clock } from "../core/clock.ts";
import { ModelError } from "./model.ts";

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
  /** To be called before the work. @throws {ModelError} `paused`. */
  enter(): void;
  succeeded(): void;
  /** A call that our own side stopped proves nothing and only leaves. */
  failed(error: ModelError): void;
};

export function createCircuitBreaker({ failures, pauseMs, now }: CircuitBreakerOptions): CircuitBreaker {
  let inARow = 0;
  let openedAt: number | undefined;
  let trying = false;

  return {
    enter() {
      if (openedAt === undefined) return;
      if (trying || now().getTime() - openedAt < pauseMs) throw new ModelError("paused");
      trying = true;
    },
    succeeded() {
      inARow = 0;
      openedAt = undefined;
      trying = false;
    },
    failed({ kind }) {
      const tried = trying;
      trying = false;
      if (kind === "stopped" || kind === "paused") return;
      inARow += 1;
      if (tried || inARow >= failures) openedAt = now().getTime();
    },
  };
}
