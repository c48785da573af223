/** Calendar dates as `YYYY-MM-DD`, reckoned without a time zone: the date is the one in Asia/Shanghai throughout. */

const dayMs = 86_400_000;
const weekdayNames = ["日", "一", "二", "三", "四", "五", "六"] as const;

/** Whether the text is `YYYY-MM-DD` and such a day exists. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 10) === text;
}

/** Days since 1970-01-01. */
function dayNumber(date: string): number {
  return Math.floor(Date.parse(`${date}T00:00:00Z`) / dayMs);
}

/** The date `days` later, or earlier when negative. */
export function shiftDays(date: string, days: number): string {
  return new Date((dayNumber(date) + days) * dayMs).toISOString().slice(0, 10);
}

/** Days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return dayNumber(to) - dayNumber(from);
}

/** The same day number `months` later or earlier, or the last day of a month that is too short (民法典 202). */
export function shiftMonths(date: string, months: number): string {
  const [year = 0, month = 1, day = 1] = date.split("-").map(Number);
  const index = year * 12 + (month - 1) + months;
  const targetYear = Math.floor(index / 12);
  const targetMonth = index - targetYear * 12;
  const lastDay = new Date(Date.UTC(targetYear, targetMonth + 1, 0)).getUTCDate();
  return new Date(Date.UTC(targetYear, targetMonth, Math.min(day, lastDay))).toISOString().slice(0, 10);
}

/** 0 = Sunday. */
export function weekday(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay();
}

/** `2026-11-23（星期一）`, as steps and notices show a date. */
export function withWeekday(date: string): string {
  return `${date}（星期${weekdayNames[weekday(date)]}）`;
}
