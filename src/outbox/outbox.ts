/** The ways a notice leaves the house. */
export const doors = ["official_account", "mini_program", "wecom", "webhook", "email"] as const;
export type Door = (typeof doors)[number];

/**
 * Where a notice stands. `pending`: to be sent, now or later; `sent`: the door took it; `dead`: given up, staff may have
 * it sent again; `dropped`: nobody is to have it any more, since the consent or the report's data went.
 */
export const noticeStates = ["pending", "sent", "dead", "dropped"] as const;
export type NoticeState = (typeof noticeStates)[number];

/** What may stand in a notice: facts of the case that no person worded. */
export const noticeFields = ["reportNo", "state", "office", "date", "dueOn", "phone"] as const;
export type NoticeFields = Partial<Record<(typeof noticeFields)[number], string>>;

/** How often a notice is tried before it is given up. By `backOffMs` that takes 7 to 15 hours. */
export const maxAttempts = 12;

/** How long a notice waits at most before it is of no use, in milliseconds: a week. */
export const notSentForMs = 7 * 24 * 60 * 60 * 1000;

const firstWaitMs = 30_000;
const longestWaitMs = 6 * 60 * 60 * 1000;

/**
 * How long to wait after attempt `attempt` (from 1) failed, in milliseconds: 30 s, doubled each time up to 6 h, of which
 * a random half is spared, so that what failed together is not tried together (AWS Architecture Blog, "Exponential
 * Backoff And Jitter", equal jitter).
 *
 * @param chance From 0 up to, not including, 1.
 */
export function backOffMs(attempt: number, chance: number): number {
  const whole = Math.min(longestWaitMs, firstWaitMs * 2 ** (attempt - 1));
  return Math.round(whole / 2 + (whole / 2) * chance);
}
