/** Waits `ms` milliseconds, or shorter where `signal` aborts; it never rejects. Handed in, so that no test waits for real seconds. */
export type Wait = (ms: number, signal?: AbortSignal) => Promise<void>;

/** Waits by the clock of the machine. */
export const wait: Wait = (ms, signal) =>
  new Promise((resolve) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener("abort", end);
  });

/**
 * What `work` gives within `ms`, else undefined; the work's signal is aborted then.
 *
 * @throws what `work` throws in time; what it throws later is nobody's.
 */
export async function within<T>(
  ms: number,
  waiting: Wait,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<{ value: T } | undefined> {
  const late = new AbortController();
  const done = new AbortController();
  const running = work(late.signal).then((value) => ({ value }));
  running.catch(() => undefined);
  try {
    return await Promise.race([running, waiting(ms, done.signal).then(() => undefined)]);
  } finally {
    done.abort();
    late.abort();
  }
}
