import autocannon, { type Result } from "autocannon";

export type Load = {
  url: string;
  /** How many requests are sent in all. */
  amount: number;
  /** How many are under way at once. */
  connections: number;
  /** One round of requests: each connection sends them in order, then begins anew with a fresh `context`. */
  round: ((context: Record<string, unknown>) => {
    method: string;
    path: string;
    headers?: Record<string, string>;
    body?: object;
  })[];
};

export type Measured = { requestsPerSecond: number; p50Ms: number; p99Ms: number };

/**
 * Sends a bounded number of requests to a server on this machine and measures the answers.
 *
 * @throws {Error} if one of them was not answered with 2xx: the speed of a refusal says nothing.
 */
export async function measure({ url, amount, connections, round }: Load): Promise<Measured> {
  if (new URL(url).hostname !== "127.0.0.1") throw new Error("Load goes to this machine only.");
  const times: number[] = [];
  const startedAt = performance.now();
  let endedAt = startedAt;
  const requests = round.map((make) => ({
    setupRequest(sent: object, context: Record<string, unknown>) {
      const { body, headers = {}, ...request } = make(context);
      const json = body === undefined ? {} : { body: JSON.stringify(body) };
      return { ...sent, ...request, headers: { "Content-Type": "application/json", ...headers }, ...json };
    },
  }));
  const { non2xx, errors, timeouts } = await new Promise<Result>((resolve, reject) => {
    const done = (error: Error | null, result: Result) => (error === null ? resolve(result) : reject(error));
    // Its own figures are in whole milliseconds and whole seconds: we reckon ours from the answers.
    autocannon({ url, amount, connections, timeout: 30, requests }, done).on("response", (_, __, ___, ms) => {
      times.push(ms);
      endedAt = performance.now();
    });
  });
  const failed = non2xx + errors + timeouts;
  if (failed > 0) throw new Error(`${failed} of ${amount} requests to ${url} were not answered with 2xx.`);
  return measured(times, endedAt - startedAt);
}

/** Makes every call, `underWay` of them at once, and measures them. @throws as the first call that fails. */
export async function measureCalls<T>(
  items: readonly T[],
  underWay: number,
  call: (item: T) => Promise<unknown>,
): Promise<Measured> {
  const times: number[] = [];
  const waiting = items.values();
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: underWay }, async () => {
      for (const item of waiting) {
        const calledAt = performance.now();
        await call(item);
        times.push(performance.now() - calledAt);
      }
    }),
  );
  return measured(times, performance.now() - startedAt);
}

function measured(times: number[], tookMs: number): Measured {
  times.sort((a, b) => a - b);
  const percentile = (share: number) => times[Math.ceil(times.length * share) - 1] ?? Number.NaN;
  return {
    requestsPerSecond: (times.length * 1000) / tookMs,
    p50Ms: percentile(0.5),
    p99Ms: percentile(0.99),
  };
}

/** Prints the rows with their ratios to the first, the yardstick. */
export function printTable(rows: readonly (readonly [name: string, measured: Measured])[]): void {
  const yardstick = rows[0]?.[1];
  const cells = rows.map(([name, { requestsPerSecond, p50Ms, p99Ms }]) => [
    name,
    requestsPerSecond.toFixed(0),
    p50Ms.toFixed(2),
    p99Ms.toFixed(2),
    ratio(requestsPerSecond, yardstick?.requestsPerSecond),
    ratio(p99Ms, yardstick?.p99Ms),
  ]);
  const table = [["", "requests/s", "p50 ms", "p99 ms", "requests/s ÷ bare", "p99 ÷ bare"], ...cells];
  const widths =
    table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of table) {
    console.log(
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join("  "),
    );
  }
}

function ratio(value: number, yardstick: number | undefined): string {
  return yardstick === undefined ? "–" : (value / yardstick).toFixed(3);
}
