import type { Clock } from "../core/clock.ts";

/** How many failures in a row close a door, and for how long. */
const failuresToPause = 5;
const pauseMs = 60_000;

/**
 * Keeps notices from a door that does not answer, so that they do not spend their attempts on it: after five failures in
 * a row nothing goes through for a minute, then one, and its end decides.
 */
export function createDoorBreaker({ now }: { now: Clock }) {
  let inARow = 0;
  let pausedAt: number | undefined;
  return {
    /** How many may go through now at most. */
    allowance(): number {
      if (pausedAt === undefined) return Number.POSITIVE_INFINITY;
      return now().getTime() - pausedAt < pauseMs ? 0 : 1;
    },
    /** Takes note of an answer; a door that refuses one notice for good is a door that answers. */
    observe(answered: boolean): void {
      if (answered) {
        inARow = 0;
        pausedAt = undefined;
        return;
      }
      inARow += 1;
      if (inARow >= failuresToPause) pausedAt = now().getTime();
    },
  };
}
