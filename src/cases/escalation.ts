import { z } from "zod";
import { daysBetween, shiftDays } from "../calendar/date.ts";
import type { Calendar } from "../calendar/working-days.ts";
import { dateInShanghai, timeInShanghai } from "../core/clock.ts";
import shipped from "./data/escalation.json" with { type: "json" };

/** Who a rung reaches: who handles the case, the head of its office, the city's supervision. */
export const escalationParties = ["handler", "office_head", "city"] as const;
export type EscalationParty = (typeof escalationParties)[number];

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "写成 HH:MM");
const Parties = z.array(z.enum(escalationParties)).readonly();

const Rung = z
  .strictObject({
    id: z.string().regex(/^[a-z]+(_[a-z0-9]+)*$/),
    /** Working days from the due day: negative before it, positive late. */
    workingDays: z.int(),
    to: Parties,
    /** Whom it reaches instead where the case is in the fast lane: those of the next rung. */
    fastLane: Parties,
    /** Whom it reaches beside where the city supervises the case. */
    supervised: Parties,
    /** Days after which it comes again, for as long as the case is late. */
    repeatDays: z.int().positive().optional(),
  })
  .readonly();

/** When offices work, and who is reminded how long before and after a due day. */
export const Escalation = z
  .strictObject({
    source: z.string().min(1),
    date: z.iso.date(),
    /** On working days, Asia/Shanghai; `to` is the first minute after. */
    officeHours: z
      .array(z.strictObject({ from: TimeOfDay, to: TimeOfDay }).readonly())
      .min(1)
      .readonly(),
    rungs: z.array(Rung).min(1).readonly(),
  })
  .readonly()
  .superRefine(({ officeHours, rungs }, context) => {
    const times = officeHours.flatMap(({ from, to }) => [from, to]);
    if (times.some((time, index) => index > 0 && time <= (times[index - 1] ?? ""))) {
      context.addIssue("办公时间要按先后写，不能重叠");
    }
    if (new Set(rungs.map(({ id }) => id)).size < rungs.length) context.addIssue("催办档次的编号重复");
    if (
      rungs.some(({ workingDays }, index) => index > 0 && workingDays <= (rungs[index - 1]?.workingDays ?? 0))
    ) {
      context.addIssue("催办档次要按先后写");
    }
    if (rungs.slice(0, -1).some(({ repeatDays }) => repeatDays !== undefined)) {
      context.addIssue("只有最后一档可以重复");
    }
    if (rungs.some(({ repeatDays, workingDays }) => repeatDays !== undefined && workingDays <= 0)) {
      context.addIssue("只有逾期的档次可以重复");
    }
  });
export type Escalation = z.infer<typeof Escalation>;

/** The ladder that comes with the product. */
export const shippedEscalation: Escalation = Escalation.parse(shipped);

/** A rung on its day: `on` is a working day. */
export type DatedRung = { id: string; on: string; to: readonly EscalationParty[] };

/** What of a case bears on its ladder. */
export type LadderSubject = {
  due: string;
  /** The first day of the period: what would lie before it comes at once. */
  startedOn?: string | undefined;
  supervised: boolean;
  fast: boolean;
};

/**
 * The rungs of a due day up to the day `until`, in the order of the ladder; those that reach nobody are left out, and of
 * one that repeats there are the first and the latest.
 *
 * What comes before a due day on a day of rest is counted back from the working day before it, what comes after is
 * counted on from the due day itself: no rung lies on a day of rest.
 */
export function rungsFor(
  { due, startedOn, supervised, fast }: LadderSubject,
  {
    calendar,
    until,
    escalation = shippedEscalation,
  }: { calendar: Calendar; until: string; escalation?: Escalation },
): DatedRung[] {
  const lastWorkingDay = calendar.rollBackward(due).date;
  const earliest = startedOn === undefined ? "" : calendar.rollForward(startedOn).date;
  return escalation.rungs.flatMap((rung) => {
    const { id, workingDays, repeatDays } = rung;
    const planned = calendar.addWorkingDays(workingDays > 0 ? due : lastWorkingDay, workingDays).date;
    const on = planned < earliest ? earliest : planned;
    const to = [...new Set([...(fast ? rung.fastLane : rung.to), ...(supervised ? rung.supervised : [])])];
    if (to.length === 0 || on > until) return [];
    const first: DatedRung = { id, on, to };
    if (repeatDays === undefined) return [first];
    for (let time = Math.floor(daysBetween(on, until) / repeatDays); time > 0; time--) {
      const again = calendar.rollForward(shiftDays(on, time * repeatDays)).date;
      if (again <= until) return [first, { id: `${id}_again_${time}`, on: again, to }];
    }
    return [first];
  });
}

/** Whether offices work at this instant: within the hours of a working day in Asia/Shanghai. */
export function isOfficeHour(
  at: Date,
  { calendar, escalation = shippedEscalation }: { calendar: Calendar; escalation?: Escalation },
): boolean {
  const { minutes } = timeInShanghai(at);
  return (
    calendar.isWorkingDay(dateInShanghai(at)) &&
    escalation.officeHours.some(({ from, to }) => minutesOf(from) <= minutes && minutes < minutesOf(to))
  );
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
}

export const recipientKinds = ["account", "office_head", "city"] as const;

/** What stands for the city's supervision where others have an id. */
export const cityRecipient = "city";

/** Who a reminder is for; `id` is that of the account, the code of the office, or `cityRecipient`. No two kinds share ids. */
export type Recipient = { kind: (typeof recipientKinds)[number]; id: string };

export type DueRung = { rung: string; recipient: Recipient };

/**
 * What each recipient of a case is to have been told at this instant: of the rungs whose day has come only the
 * highest, so that a service that was down makes up with one reminder each. Nothing outside office hours.
 */
export function dueRungs(
  at: Date,
  subject: LadderSubject & { handler: string | null; officeCode: string },
  { calendar, escalation = shippedEscalation }: { calendar: Calendar; escalation?: Escalation },
): DueRung[] {
  if (!isOfficeHour(at, { calendar, escalation })) return [];
  const highest = new Map<string, DueRung>();
  for (const { id, to } of rungsFor(subject, { calendar, until: dateInShanghai(at), escalation })) {
    for (const party of to) {
      const recipient = recipientFor(party, subject);
      highest.set(`${recipient.kind}:${recipient.id}`, { rung: id, recipient });
    }
  }
  return [...highest.values()];
}

/** Where nobody handles a case, its office's head is told. */
function recipientFor(
  party: EscalationParty,
  { handler, officeCode }: { handler: string | null; officeCode: string },
): Recipient {
  if (party === "city") return { kind: "city", id: cityRecipient };
  return party === "handler" && handler !== null
    ? { kind: "account", id: handler }
    : { kind: "office_head", id: officeCode };
}

/** The last due day of which a rung may lie on `today` or before. */
export function horizonOf(
  today: string,
  { calendar, escalation = shippedEscalation }: { calendar: Calendar; escalation?: Escalation },
): string {
  const ahead = Math.max(0, -(escalation.rungs[0]?.workingDays ?? 0));
  // Days of rest after the last working day count back to it.
  return shiftDays(calendar.addWorkingDays(today, ahead + 1).date, -1);
}

/** Working days from `today` to the due day: 0 on the day itself, negative by those that are late. */
export function workingDaysLeft(due: string, today: string, calendar: Calendar): number {
  if (due < today) return 0 - countWorkingDays(due, today, calendar);
  return countWorkingDays(today, due, calendar);
}

/** Working days after `from`, up to and with `to`. */
function countWorkingDays(from: string, to: string, calendar: Calendar): number {
  let count = 0;
  for (let day = shiftDays(from, 1); day <= to; day = shiftDays(day, 1)) {
    if (calendar.isWorkingDay(day)) count += 1;
  }
  return count;
}

/** How a due day stands on `today`, in a few words. */
export function timeLeftLabel(due: string, today: string, calendar: Calendar): string {
  const count = workingDaysLeft(due, today, calendar);
  if (due === today) return "今天到期";
  if (due > today) return count === 0 ? "期满前没有工作日了" : `还有 ${count} 个工作日`;
  return count === 0 ? "已超期" : `已超期 ${-count} 个工作日`;
}
