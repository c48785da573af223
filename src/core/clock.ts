/** The present instant. Handed in everywhere, so that tests hold the time still. */
export type Clock = () => Date;

/** The system's clock, or with a fixed start one that runs on from there. */
export function createClock(startsAt?: Date): Clock {
  if (startsAt === undefined) return () => new Date();
  const offsetMs = startsAt.getTime() - Date.now();
  return () => new Date(Date.now() + offsetMs);
}

const shanghaiOffsetMs = 8 * 60 * 60 * 1000;

/**
 * The calendar date of an instant in Asia/Shanghai as `YYYY-MM-DD`.
 *
 * China has kept UTC+8 without summer time since 1992 (IANA tz `Asia/Shanghai`).
 */
export function dateInShanghai(at: Date): string {
  return new Date(at.getTime() + shanghaiOffsetMs).toISOString().slice(0, 10);
}

/** The time of day in Asia/Shanghai: `weekday` 0 = Sunday, `minutes` 0–1439 since midnight. */
export function timeInShanghai(at: Date): { weekday: number; minutes: number } {
  const local = new Date(at.getTime() + shanghaiOffsetMs);
  return { weekday: local.getUTCDay(), minutes: local.getUTCHours() * 60 + local.getUTCMinutes() };
}
