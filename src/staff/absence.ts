/** Days on which somebody else stands in for an account, both included, as `YYYY-MM-DD`. */
export type Absence = { accountId: string; deputyId: string; fromDay: string; toDay: string };

type Days = Pick<Absence, "fromDay" | "toDay">;

/** The days that two periods share, if any. */
function shared(a: Days, b: Days): Days | undefined {
  const fromDay = a.fromDay > b.fromDay ? a.fromDay : b.fromDay;
  const toDay = a.toDay < b.toDay ? a.toDay : b.toDay;
  return fromDay <= toDay ? { fromDay, toDay } : undefined;
}

/** Whether an account is already away on some day of an absence. */
export const overlaps = (absence: Absence, standing: readonly Absence[]): boolean =>
  standing.some((other) => other.accountId === absence.accountId && shared(absence, other) !== undefined);

/** Whether on some day the deputy of an absence would be covered, in the end, by the one who is absent. */
export function closesCycle(absence: Absence, standing: readonly Absence[]): boolean {
  const leads = (accountId: string, days: Days): boolean =>
    accountId === absence.accountId ||
    standing.some((next) => {
      const both = next.accountId === accountId ? shared(next, days) : undefined;
      return both !== undefined && leads(next.deputyId, both);
    });
  return leads(absence.deputyId, absence);
}

/**
 * Who acts for an account on a day: the last in the line of deputies who can. `deputyOf` gives the deputy of
 * an account that is absent that day, where that deputy can act.
 */
export function resolveCover(accountId: string, deputyOf: ReadonlyMap<string, string>): string {
  const seen = new Set([accountId]);
  let present = accountId;
  for (;;) {
    const deputy = deputyOf.get(present);
    if (deputy === undefined || seen.has(deputy)) return present;
    seen.add(deputy);
    present = deputy;
  }
}
