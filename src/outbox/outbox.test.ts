import fc from "fast-check";
import { expect, test } from "vitest";
import { backOffMs, maxAttempts } from "./outbox.ts";

const hourMs = 60 * 60 * 1000;

test("a wait is at least half of 30 s doubled at each attempt, at most all of it, and never more than six hours", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (attempt, chance) => {
        const whole = Math.min(6 * hourMs, 30_000 * 2 ** (attempt - 1));
        const wait = backOffMs(attempt, chance);
        expect(wait).toBeGreaterThanOrEqual(whole / 2);
        expect(wait).toBeLessThanOrEqual(whole);
      },
    ),
  );
});

test("all attempts together take 7 to 15 hours, so that a night's outage loses nothing", () => {
  const total = (chance: number) =>
    Array.from({ length: maxAttempts - 1 }, (_, index) => backOffMs(index + 1, chance)).reduce(
      (sum, wait) => sum + wait,
    );
  expect(total(0)).toBeGreaterThan(7 * hourMs);
  expect(total(0.999)).toBeLessThan(15 * hourMs);
});

test("notices that failed together are not tried together", () => {
  const waits = [0, 0.25, 0.5, 0.75].map((chance) => backOffMs(3, chance));
  expect(new Set(waits).size).toBe(4);
});
