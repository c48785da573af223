import { and, asc, count, eq, inArray, isNotNull, isNull, lt, min, type SQL, sql } from "drizzle-orm";
import type { Database, Statements } from "../db/client.ts";
import type { CaseProjection } from "./case.ts";
import { toProjection } from "./case-repository.ts";
import { cityRecipient } from "./escalation.ts";
import { caseReminders, cases } from "./schema.ts";

export type Reminder = typeof caseReminders.$inferSelect;

/** A reminder with the case it is about. */
export type ReminderOfCase = { reminder: Reminder; current: CaseProjection };

/** Whose inbox, and the offices of whose cases they may be shown. */
export type InboxOwner = {
  accountId: string;
  /** Of these offices they are the head. */
  headOf: readonly string[];
  /** Whether what went to the city is theirs, too. */
  city: boolean;
  offices: "all" | readonly string[];
};

/** Where a page of an inbox ended. */
export type InboxCursor = { read: boolean; dueOn: string; id: string };

/** The late cases of an office. */
export type OfficeLateness = { officeCode: string; overdue: number; statutory: number; oldestDueOn: string };

export type ReminderRepository = ReturnType<typeof createReminderRepository>;

/** Reminders in libSQL. A reminder stands while it is not settled and its case still has the due day it names. */
export function createReminderRepository({ db }: { db: Database }) {
  const sameDate = and(
    eq(cases.id, caseReminders.caseId),
    eq(cases.dueOn, caseReminders.dueOn),
    eq(cases.dueStep, caseReminders.step),
  );
  const unsettled = isNull(caseReminders.settledAt);

  /** Theirs, and of a case that they may see: a transfer takes a case out of an inbox, too. */
  const ownedBy = ({ accountId, headOf, city, offices }: InboxOwner): SQL | undefined =>
    and(
      unsettled,
      // The kinds do not share ids, so the index need not be asked for the kind.
      inArray(caseReminders.recipient, [accountId, ...headOf, ...(city ? [cityRecipient] : [])]),
      offices === "all" ? undefined : inArray(cases.officeCode, [...offices]),
    );

  const select = () =>
    db.sql.select({ reminder: caseReminders, row: cases }).from(caseReminders).innerJoin(cases, sameDate);

  const withCase = ({ reminder, row }: { reminder: Reminder; row: typeof cases.$inferSelect }) => ({
    reminder,
    current: toProjection(row),
  });

  return {
    /** The unsettled reminders of these cases. */
    async unsettledOf(caseIds: readonly string[]): Promise<Reminder[]> {
      if (caseIds.length === 0) return [];
      return db.sql
        .select()
        .from(caseReminders)
        .where(and(inArray(caseReminders.caseId, [...caseIds]), unsettled));
    },

    /** At most `limit` ids of unsettled reminders whose case has another due day by now, or none. */
    async outdated(limit: number): Promise<string[]> {
      const rows = await db.sql
        .select({ id: caseReminders.id })
        .from(caseReminders)
        .leftJoin(cases, sameDate)
        .where(and(unsettled, isNull(cases.id)))
        .limit(limit);
      return rows.map(({ id }) => id);
    },

    /** Adds reminders; one that is there already stays as it is, or if it was settled comes back unread. */
    add: (reminders: readonly Reminder[]): Statements[number][] =>
      reminders.length === 0
        ? []
        : [
            db.sql
              .insert(caseReminders)
              .values([...reminders])
              .onConflictDoUpdate({
                target: [
                  caseReminders.caseId,
                  caseReminders.dueOn,
                  caseReminders.step,
                  caseReminders.rung,
                  caseReminders.recipientKind,
                  caseReminders.recipient,
                ],
                set: { settledAt: null, readAt: null },
                setWhere: isNotNull(caseReminders.settledAt),
              }),
          ],

    settle: (ids: readonly string[], at: Date): Statements[number][] =>
      ids.length === 0
        ? []
        : [
            db.sql
              .update(caseReminders)
              .set({ settledAt: at })
              .where(and(inArray(caseReminders.id, [...ids]), isNull(caseReminders.settledAt))),
          ],

    markRead: (id: string, at: Date): Statements[number] =>
      db.sql
        .update(caseReminders)
        .set({ readAt: at })
        .where(and(eq(caseReminders.id, id), isNull(caseReminders.readAt))),

    /** At most `limit` standing reminders of an inbox: unread ones first, then by the day that is due. */
    async inbox(
      owner: InboxOwner,
      limit: number,
      cursor: InboxCursor | undefined,
    ): Promise<ReminderOfCase[]> {
      const read = sql<number>`${caseReminders.readAt} IS NOT NULL`;
      const after =
        cursor === undefined
          ? undefined
          : sql`(${read}, ${caseReminders.dueOn}, ${caseReminders.id}) > (${cursor.read ? 1 : 0}, ${cursor.dueOn}, ${cursor.id})`;
      const rows = await select()
        .where(and(ownedBy(owner), after))
        .orderBy(asc(read), asc(caseReminders.dueOn), asc(caseReminders.id))
        .limit(limit);
      return rows.map(withCase);
    },

    /** The reminder, if it stands in this inbox. */
    async find(owner: InboxOwner, id: string): Promise<ReminderOfCase | undefined> {
      const found = await select()
        .where(and(eq(caseReminders.id, id), ownedBy(owner)))
        .get();
      return found === undefined ? undefined : withCase(found);
    },

    /** How many cases of each office are late on `today`; offices without one are left out. */
    async lateness(offices: "all" | readonly string[], today: string): Promise<OfficeLateness[]> {
      const rows = await db.sql
        .select({
          officeCode: cases.officeCode,
          overdue: count(),
          statutory: sql<number>`sum(${cases.dueKind} = 'statutory')`,
          oldestDueOn: min(cases.dueOn),
        })
        .from(cases)
        .where(
          and(
            lt(cases.dueOn, today),
            offices === "all" ? undefined : inArray(cases.officeCode, [...offices]),
          ),
        )
        .groupBy(cases.officeCode)
        .orderBy(asc(min(cases.dueOn)), asc(cases.officeCode));
      return rows.map((row) => ({ ...row, oldestDueOn: row.oldestDueOn ?? today }));
    },
  };
}
