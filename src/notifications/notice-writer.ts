import { shiftDays } from "../calendar/date.ts";
import type { CaseEvent, CaseProjection } from "../cases/case.ts";
import type { CaseRepository } from "../cases/case-repository.ts";
import type { TellOutside } from "../cases/case-service.ts";
import { stateLabel } from "../cases/public-view.ts";
import type { TellReminders } from "../cases/reminder-service.ts";
import { type Clock, dateInShanghai } from "../core/clock.ts";
import { type Database, type Statements, unitOfWork } from "../db/client.ts";
import type { NoticeFields } from "../outbox/outbox.ts";
import type { OutboxRepository } from "../outbox/outbox-repository.ts";
import type { JurisdictionRules } from "../regions/jurisdiction.ts";
import type { NoticeConsents } from "../reports/notice-consent-repository.ts";
import { type NoticeKind, noticeOfEvent, shippedNoticeRules } from "./notice-rules.ts";

/** A system that is told by webhook: its name, and which kinds of notice; absent: all. */
export type NoticeSystem = { name: string; kinds?: readonly string[] | undefined };

const dayMs = 24 * 60 * 60 * 1000;
const pageSize = 100;

/** Writes what is to be told into the outbox, in the batch of what it tells of. */
export function createNoticeWriter(dependencies: {
  db: Database;
  outbox: OutboxRepository;
  consents: NoticeConsents;
  cases: Pick<CaseRepository, "list">;
  jurisdiction: Pick<JurisdictionRules, "officeOf">;
  systems: readonly NoticeSystem[];
  now: Clock;
}) {
  const { db, outbox, consents, cases, jurisdiction, systems, now } = dependencies;

  /** The facts of a case that a notice may hold. No word of a person is among them: see the test of canaries. */
  function fieldsOf(current: CaseProjection, at: Date, dueOn: string | undefined): NoticeFields {
    const office = jurisdiction.officeOf(current.officeCode);
    const phone = office?.phones.find(({ unverified }) => !unverified)?.number;
    return {
      reportNo: current.reportNo,
      state: stateLabel(current.state, current.track),
      office: office?.name ?? current.officeCode,
      date: dateInShanghai(at),
      ...(dueOn === undefined ? {} : { dueOn }),
      ...(phone === undefined ? {} : { phone }),
    };
  }

  async function tell(
    { kind, to }: Pick<NoticeKind, "kind" | "to">,
    { event, current, fields }: { event: string; current: CaseProjection; fields: NoticeFields },
  ): Promise<Statements[number][]> {
    const at = now();
    const statements: Statements[number][] = [];
    if (to.includes("reporter")) {
      const { reportId } = current;
      for (const { door, address } of await consents.addressesOf(reportId)) {
        const notice = { event, kind, door, recipient: address, reportId, fields };
        statements.push(...(await outbox.enqueue(notice, at)));
      }
    }
    if (to.includes("systems")) {
      for (const { name, kinds } of systems) {
        if (kinds !== undefined && !kinds.includes(kind)) continue;
        const notice = { event, kind, door: "webhook", recipient: name, fields } as const;
        statements.push(...(await outbox.enqueue(notice, at)));
      }
    }
    return statements;
  }

  /** The statements that tell of events of a case, those that anybody is told of. */
  const tellCase: TellOutside = async (after, events) => {
    const statements: Statements[number][] = [];
    for (const event of events) {
      const kind = noticeOfEvent(event.kind);
      if (kind === undefined) continue;
      const fields = fieldsOf(after, event.at, dueOf(after, event));
      const name = `case/${event.caseId}/${event.seq}`;
      statements.push(...(await tell(kind, { event: name, current: after, fields })));
    }
    return statements;
  };

  /** The statements that tell the systems of due days that near or are past, each rung once. */
  const tellReminders: TellReminders = async (written) => {
    const rungs = new Map<string, (typeof written)[number]>();
    for (const one of written) {
      const { caseId, dueOn, step, rung } = one.reminder;
      rungs.set(`reminder/${caseId}/${dueOn}/${step}/${rung}`, one);
    }
    const today = dateInShanghai(now());
    const statements: Statements[number][] = [];
    for (const [event, { current, reminder }] of rungs) {
      const kind = reminder.dueOn < today ? "case_overdue" : "case_due";
      const fields = fieldsOf(current, now(), reminder.dueOn);
      statements.push(...(await tell(ruleOf(kind), { event, current, fields })));
    }
    return statements;
  };

  return {
    tellCase,
    tellReminders,

    /**
     * Tells people whose supplement is awaited that its last day nears, and on that day; each once. Returns for how
     * many cases it wrote something, or would have.
     */
    async remindOfSupplements(): Promise<number> {
      const today = dateInShanghai(now());
      const until = shiftDays(today, shippedNoticeRules.supplementReminderDays);
      let told = 0;
      let cursor: Parameters<CaseRepository["list"]>[3];
      for (;;) {
        const page = await cases.list({ states: ["waiting_material"] }, pageSize, "opened", cursor);
        const statements: Statements[number][] = [];
        for (const current of page) {
          const { supplement } = current.facts;
          if (supplement === null || supplement.respondBy < today || supplement.respondBy > until) continue;
          const kind = supplement.respondBy === today ? "supplement_last_day" : "supplement_due";
          const event = `clock/${current.id}/${kind}/${supplement.respondBy}`;
          const fields = fieldsOf(current, now(), supplement.respondBy);
          const added = await tell(ruleOf(kind), { event, current, fields });
          if (added.length > 0) told++;
          statements.push(...added);
        }
        if (statements.length > 0) await db.write(unitOfWork(statements));
        const last = page.at(-1);
        if (page.length < pageSize || last === undefined) return told;
        cursor = { order: "opened", openedAt: last.openedAt, id: last.id };
      }
    },

    /** Deletes what was settled long ago, and forgets where people are told of what closed long ago. */
    async sweep(): Promise<void> {
      const { settledDays, consentDaysAfterClosing } = shippedNoticeRules;
      const ago = (days: number) => new Date(now().getTime() - days * dayMs);
      await outbox.sweep(ago(settledDays));
      await consents.sweep(ago(consentDaysAfterClosing));
    },
  };
}

/** The day that a notice of an event names: until when papers are to be handed in, else what the office must keep. */
function dueOf(after: CaseProjection, event: CaseEvent): string | undefined {
  return event.kind === "supplement_requested" ? event.data.respondBy : after.due?.on;
}

/** @throws {Error} for a kind that the data lacks: a fault of ours. */
function ruleOf(kind: string): NoticeKind {
  const found = shippedNoticeRules.kinds.find((one) => one.kind === kind);
  if (found === undefined) throw new Error(`No notice of the kind ${kind}.`);
  return found;
}
