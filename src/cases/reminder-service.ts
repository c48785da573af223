import { shiftDays } from "../calendar/date.ts";
import type { Calendar } from "../calendar/working-days.ts";
import type { LegalBasis } from "../core/citation.ts";
import { type Clock, dateInShanghai } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import { may, type Person } from "../core/guard.ts";
import type { NewId } from "../core/new-id.ts";
import { type Database, type Statements, unitOfWork } from "../db/client.ts";
import type { CaseProjection, Due } from "./case.ts";
import type { CaseCursor, CaseRepository } from "./case-repository.ts";
import { ruleOf } from "./clocks.ts";
import { dueRungs, horizonOf, isOfficeHour, timeLeftLabel, workingDaysLeft } from "./escalation.ts";
import type {
  InboxCursor,
  InboxOwner,
  OfficeLateness,
  Reminder,
  ReminderOfCase,
  ReminderRepository,
} from "./reminder-repository.ts";

/** The account that acts for another at an instant: its deputy, or itself. Undefined where nobody does. */
export type RecipientOf = (accountId: string, at: Date) => Promise<string | undefined>;

/** A due day as a reminder and the overdue list show it. */
export type DueInWords = {
  title: string;
  basis: LegalBasis | null;
  /** 0 on the day itself, negative by those that are late. */
  workingDaysLeft: number;
  text: string;
};

export type LateCase = { current: CaseProjection; due: Due };

/** What the outside is told of reminders that were written, as statements for their batch. */
export type TellReminders = (
  written: readonly { current: CaseProjection; reminder: Reminder }[],
) => Promise<readonly Statements[number][]>;

export type ReminderService = ReturnType<typeof createReminderService>;

/** Few enough that the reminders of a page fit into one statement's variables, on every kind of libSQL. */
const pageSize = 100;

/** Reminds of due days in working hours, up the ladder of `data/escalation.json`, and shows what is late. */
export function createReminderService(dependencies: {
  db: Database;
  reminders: ReminderRepository;
  cases: Pick<CaseRepository, "list">;
  calendar: Calendar;
  recipientOf?: RecipientOf;
  /** Absent: reminders stand in the inboxes alone. */
  tellOutside?: TellReminders | undefined;
  now: Clock;
  newId: NewId;
}) {
  const { db, reminders, cases, calendar, now, newId } = dependencies;
  const { recipientOf = async (accountId) => accountId, tellOutside = async () => [] } = dependencies;

  /** What went to a due day that moved or was met is no longer shown. */
  async function settleOutdated(): Promise<void> {
    for (;;) {
      const ids = await reminders.outdated(pageSize);
      if (ids.length === 0) return;
      await db.write(unitOfWork(reminders.settle(ids, now())));
      if (ids.length < pageSize) return;
    }
  }

  /** Brings the reminders of some cases to what is to stand at `at`. Returns how many were sent. */
  async function remindOf(
    page: readonly CaseProjection[],
    at: Date,
    reachable: (handler: string) => Promise<string | undefined>,
  ): Promise<number> {
    const standing = await reminders.unsettledOf(page.map(({ id }) => id));
    const byCase = Map.groupBy(standing, ({ caseId }) => caseId);
    const added: Reminder[] = [];
    const outdone: string[] = [];
    for (const { id, due, handler, officeCode, supervised, facts } of page) {
      if (due === null) continue;
      const wanted = dueRungs(
        at,
        {
          due: due.on,
          startedOn: facts.receivedOn,
          supervised,
          fast: facts.fastLane.length > 0,
          handler: handler === null ? null : ((await reachable(handler)) ?? null),
          officeCode,
        },
        { calendar },
      ).map(({ rung, recipient }) => ({
        caseId: id,
        dueOn: due.on,
        step: due.step,
        rung,
        recipientKind: recipient.kind,
        recipient: recipient.id,
      }));
      const told = byCase.get(id) ?? [];
      const missing = wanted.filter((one) => !told.some((other) => keyOf(other) === keyOf(one)));
      added.push(
        ...missing.map((one) => ({
          id: newId("reminder"),
          ...one,
          createdAt: at,
          readAt: null,
          settledAt: null,
        })),
      );
      outdone.push(
        ...told.filter((one) => !wanted.some((other) => keyOf(other) === keyOf(one))).map((one) => one.id),
      );
    }
    const written = added.flatMap((reminder) => {
      const current = page.find(({ id }) => id === reminder.caseId);
      return current === undefined ? [] : [{ current, reminder }];
    });
    const statements = [
      ...reminders.add(added),
      ...reminders.settle(outdone, at),
      ...(await tellOutside(written)),
    ];
    if (statements.length > 0) await db.write(unitOfWork(statements));
    return added.length;
  }

  const ownerOf = ({ accountId, officeCode, offices, permissions }: Person): InboxOwner => ({
    accountId,
    headOf: may({ permissions }, "case:approve") ? (offices === "all" ? [officeCode] : offices) : [],
    city: offices === "all",
    offices,
  });

  return {
    /**
     * Writes the reminders that are missing at this instant; in office hours only. Safe to run twice, at once, and
     * after a pause. Returns how many it wrote; two that run at once may both count the same one.
     */
    async remind(): Promise<number> {
      const at = now();
      await settleOutdated();
      if (!isOfficeHour(at, { calendar })) return 0;
      const dueBefore = shiftDays(horizonOf(dateInShanghai(at), { calendar }), 1);
      const asked = new Map<string, Promise<string | undefined>>();
      const reachable = (handler: string) => {
        const answer = asked.get(handler) ?? recipientOf(handler, at);
        asked.set(handler, answer);
        return answer;
      };
      let sent = 0;
      let cursor: CaseCursor | undefined;
      for (;;) {
        const page = await cases.list({ dueBefore }, pageSize, "due", cursor);
        sent += await remindOf(page, at, reachable);
        const last = page.at(-1);
        if (page.length < pageSize || last?.due == null) return sent;
        cursor = { order: "due", dueOn: last.due.on, id: last.id };
      }
    },

    /** What a person is reminded of: their own cases, those of an office they head, and to the city if they are there. */
    async inbox(
      person: Person,
      limit: number,
      cursor: InboxCursor | undefined,
    ): Promise<{ items: ReminderOfCase[]; next: InboxCursor | undefined }> {
      const found = await reminders.inbox(ownerOf(person), limit + 1, cursor);
      const items = found.slice(0, limit);
      const last = items.at(-1)?.reminder;
      if (found.length <= limit || last === undefined) return { items, next: undefined };
      return { items, next: { read: last.readAt !== null, dueOn: last.dueOn, id: last.id } };
    },

    /**
     * Marks a reminder as read: for all who share it, where it went to an office's head or the city.
     *
     * @throws {AppError} `not_found` if it is not this person's or no longer stands, `forbidden` if they only look on.
     */
    async read(person: Person, id: string): Promise<ReminderOfCase> {
      const owner = ownerOf(person);
      const found = await reminders.find(owner, id);
      if (found === undefined) throw new AppError("not_found", "没有查到这条提醒，或者它已经不用管了。");
      if (found.reminder.recipientKind === "city" && !may(person, "case:act")) {
        throw new AppError("forbidden", "这条提醒是发给市局督办人员的，您只能查看。");
      }
      const at = now();
      await db.write([reminders.markRead(id, at)]);
      return { ...found, reminder: { ...found.reminder, readAt: found.reminder.readAt ?? at } };
    },

    /** The cases that are late today and that a person may see, the latest first, and how many each office has. */
    async overdue(
      person: Person,
      {
        office,
        limit,
        cursor,
      }: { office?: string | undefined; limit: number; cursor: CaseCursor | undefined },
    ): Promise<{
      today: string;
      offices: OfficeLateness[];
      items: LateCase[];
      next: CaseCursor | undefined;
    }> {
      const today = dateInShanghai(now());
      const scope = person.offices === "all" ? undefined : person.offices;
      const asked = office === undefined ? scope : [office].filter((code) => scope?.includes(code) ?? true);
      const [offices, found] = await Promise.all([
        reminders.lateness(asked ?? "all", today),
        cases.list({ offices: asked, dueBefore: today }, limit + 1, "due", cursor),
      ]);
      const items = found
        .slice(0, limit)
        .flatMap((current) => (current.due === null ? [] : [{ current, due: current.due }]));
      const last = items.at(-1);
      const next: CaseCursor | undefined =
        found.length <= limit || last === undefined
          ? undefined
          : { order: "due", dueOn: last.due.on, id: last.current.id };
      return { today, offices, items, next };
    },

    /** A due day in words, with nothing of what was reported. */
    inWords({ reportNo, matter }: CaseProjection, due: Due): DueInWords {
      const today = dateInShanghai(now());
      const rule = ruleOf(due.ruleId);
      const title = rule?.title ?? due.step;
      const promised = due.kind === "service" ? "（服务承诺）" : "";
      return {
        title,
        basis: rule?.basis ?? null,
        workingDaysLeft: workingDaysLeft(due.on, today, calendar),
        text: `${reportNo}（${matter}）：${title}${promised}，最晚 ${due.on}，${timeLeftLabel(due.on, today, calendar)}。`,
      };
    },
  };
}

/** What makes a reminder of a case the same one. */
const keyOf = ({
  dueOn,
  step,
  rung,
  recipientKind,
  recipient,
}: Pick<Reminder, "dueOn" | "step" | "rung" | "recipientKind" | "recipient">) =>
  [dueOn, step, rung, recipientKind, recipient].join("|");
