/** Whether this run has the issues' full numbers (`npm run test:full`), or those that fit into minutes. */
export const isFull = process.env["FULL"] === "1";

/** How many times a test does its thing: `fast` in `npm test`, `full` in `npm run test:full`. */
export function scale(fast: number, full: number): number {
  return isFull ? full : fast;
}
