/** A number from 0 to 1, the next of a fixed row. */
export type Chance = () => number;

/** Numbers that a seed gives again and again (mulberry32). */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** One of some. @throws {Error} if there is none. */
export function pick<T>(some: readonly T[], chance: Chance): T {
  const one = some[Math.floor(chance() * some.length)];
  if (one === undefined) throw new Error("nothing to pick from");
  return one;
}

/** The same things in another order (Fisher and Yates). */
export function shuffled<T>(some: readonly T[], chance: Chance): T[] {
  const order = [...some];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(chance() * (last + 1));
    const [a, b] = [order[last] as T, order[other] as T];
    order[last] = b;
    order[other] = a;
  }
  return order;
}
