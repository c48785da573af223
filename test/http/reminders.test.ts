import chineseDays from "chinese-days";
import { eq, lt, sql } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { createCalendar, shippedHolidays } from "../../src/calendar/working-days.ts";
import { createCaseRepository } from "../../src/cases/case-repository.ts";
import { createReminderRepository } from "../../src/cases/reminder-repository.ts";
import { reminderRoutes } from "../../src/cases/reminder-routes.ts";
import { createReminderService, type RecipientOf } from "../../src/cases/reminder-service.ts";
import { caseReminders, cases } from "../../src/cases/schema.ts";
import { dateInShanghai } from "../../src/core/clock.ts";
import { AppError } from "../../src/core/error.ts";
import { type Person, permissions } from "../../src/core/guard.ts";
import { createNewId } from "../../src/core/new-id.ts";
import { unitOfWork } from "../../src/db/client.ts";
import type { Role } from "../../src/staff/role.ts";
import { createHarness, type Harness } from "../support/harness.ts";
import { scale } from "../support/scale.ts";

const minuteMs = 60 * 1000;
const dayMs = 24 * 60 * minuteMs;
const password = "County-password-1";

/** An instant by the clock in Cangzhou. */
const at = (day: string, time: string) => `${day}T${time}:00+08:00`;

/** Somebody who may do everything, everywhere. */
const supervisor: Person = {
  accountId: "account_supervisor",
  account: "supervisor",
  name: "督办",
  role: "city",
  officeCode: "130900",
  offices: "all",
  permissions,
};

/** A day on which somebody takes a case in hand, and how many more there are until it is to end. */
type Visit = { id: string; left: number };

type Opening = Parameters<Harness["cases"]["prepareOpening"]>[0];
let opened = 0;

/** Opens a case at the present instant of the harness. */
async function openCase(harness: Harness, opening: Partial<Opening> = {}) {
  const { cases: service, db } = harness;
  const number = String(++opened).padStart(5, "0");
  const { after, statements } = await service.prepareOpening({
    reportId: `report_${number}`,
    reportNo: `CZ-00000-${number}`,
    matter: "假冒专利",
    county: "献县",
    channel: "web",
    contentHash: "0".repeat(64),
    officeCode: "130929",
    basis: [],
    anonymous: false,
    lead: false,
    kind: "report",
    receivedOn: dateInShanghai(harness.now()),
    origin: "reported",
    fastLane: [],
    simplified: null,
    workOrderOf: null,
    links: [],
    ...opening,
  });
  await db.write(unitOfWork(statements));
  return after;
}

async function act(harness: Harness, id: string, action: string, input: Record<string, unknown> = {}) {
  const current = await harness.cases.open(supervisor, id);
  return harness.cases.act(supervisor, id, { action, revision: current.seq, input });
}

/** Every reminder, as `rung kind:recipient` with what became of it. */
async function reminded({ db }: Pick<Harness, "db">, caseId: string) {
  const rows = await db.sql.select().from(caseReminders).where(eq(caseReminders.caseId, caseId));
  return rows
    .map(
      ({ dueOn, rung, recipientKind, recipient, settledAt }) =>
        `${dueOn} ${rung} ${recipientKind}:${recipient}${settledAt === null ? "" : " settled"}`,
    )
    .sort();
}

/** A second service on the same database, as another process runs it. */
const secondService = (harness: Harness, recipientOf?: RecipientOf) =>
  createReminderService({
    db: harness.db,
    reminders: createReminderRepository({ db: harness.db }),
    cases: createCaseRepository({ db: harness.db, vault: harness.vault }),
    calendar: createCalendar(shippedHolidays),
    ...(recipientOf === undefined ? {} : { recipientOf }),
    now: harness.now,
    newId: createNewId(),
  });

describe("reminders", () => {
  test("climb from who handles the case to the office's head and the city, in office hours", async () => {
    // Ten working days from Monday 06-01: 06-15.
    const harness = await createHarness({ now: at("2026-06-01", "10:00") });
    const { id } = await openCase(harness);
    await act(harness, id, "assign", { handler: "account_1" });
    const tick = async (day: string, time: string) => {
      harness.moveTo(at(day, time));
      return harness.reminders.remind();
    };
    expect(await tick("2026-06-09", "16:59")).toBe(0);
    expect(await tick("2026-06-10", "08:55")).toBe(0);
    expect(await tick("2026-06-10", "09:00")).toBe(1);
    expect(await tick("2026-06-10", "09:05")).toBe(0);
    expect(await reminded(harness, id)).toEqual(["2026-06-15 before_3 account:account_1"]);
    expect(await tick("2026-06-12", "13:30")).toBe(2);
    expect(await tick("2026-06-13", "10:00")).toBe(0);
    expect((await reminded(harness, id)).filter((line) => !line.endsWith("settled"))).toEqual([
      "2026-06-15 before_1 account:account_1",
      "2026-06-15 before_1 office_head:130929",
    ]);
    expect(await tick("2026-06-16", "09:00")).toBe(2);
    expect(await tick("2026-06-18", "09:00")).toBe(3);
    expect((await reminded(harness, id)).filter((line) => !line.endsWith("settled"))).toEqual([
      "2026-06-15 late_3 account:account_1",
      "2026-06-15 late_3 city:city",
      "2026-06-15 late_3 office_head:130929",
    ]);
  });

  test("go to the office's head while nobody handles the case, and to its handler from then on", async () => {
    const harness = await createHarness({ now: at("2026-06-01", "10:00") });
    const { id } = await openCase(harness);
    harness.moveTo(at("2026-06-10", "10:00"));
    await harness.reminders.remind();
    await act(harness, id, "assign", { handler: "account_1" });
    await harness.reminders.remind();
    await act(harness, id, "assign", { handler: "account_2" });
    await harness.reminders.remind();
    await act(harness, id, "assign", { handler: "account_1" });
    expect(await harness.reminders.remind()).toBe(1);
    expect(await reminded(harness, id)).toEqual([
      "2026-06-15 before_3 account:account_1",
      "2026-06-15 before_3 account:account_2 settled",
      "2026-06-15 before_3 office_head:130929 settled",
    ]);
  });

  test("reach the deputy of who is away, and the office's head where there is none", async () => {
    const harness = await createHarness({ now: at("2026-06-01", "10:00") });
    const one = await openCase(harness);
    const two = await openCase(harness);
    await act(harness, one.id, "assign", { handler: "account_away" });
    await act(harness, two.id, "assign", { handler: "account_gone" });
    harness.moveTo(at("2026-06-10", "10:00"));
    await secondService(harness, async (id) =>
      id === "account_away" ? "account_deputy" : undefined,
    ).remind();
    expect(await reminded(harness, one.id)).toEqual(["2026-06-15 before_3 account:account_deputy"]);
    expect(await reminded(harness, two.id)).toEqual(["2026-06-15 before_3 office_head:130929"]);
  });

  test("are written once by several processes at once", async () => {
    const harness = await createHarness({ now: at("2026-06-01", "10:00") });
    for (let n = 0; n < 12; n++) await openCase(harness);
    harness.moveTo(at("2026-06-12", "10:00"));
    const others = [1, 2, 3].map(() => secondService(harness));
    await Promise.all([harness.reminders, ...others, harness.reminders].map((service) => service.remind()));
    expect(await harness.db.sql.select().from(caseReminders)).toHaveLength(12);
    expect(await harness.reminders.remind()).toBe(0);
  });

  test("cover more cases than one page of them holds", async () => {
    const harness = await createHarness({ now: at("2026-06-01", "10:00") });
    for (let n = 0; n < 205; n++) await openCase(harness);
    harness.moveTo(at("2026-06-12", "10:00"));
    expect(await harness.reminders.remind()).toBe(205);
    await harness.db.write([harness.db.sql.update(cases).set({ dueOn: null })]);
    await harness.reminders.remind();
    const rows = await harness.db.sql.select().from(caseReminders);
    expect(rows.filter(({ settledAt }) => settledAt === null)).toEqual([]);
  });

  test("are settled at any hour once the due day moved or was met", async () => {
    const harness = await createHarness({ now: at("2026-06-01", "10:00") });
    const { id } = await openCase(harness);
    harness.moveTo(at("2026-06-12", "10:00"));
    await harness.reminders.remind();
    await act(harness, id, "accept");
    harness.moveTo(at("2026-06-12", "23:00"));
    await harness.reminders.remind();
    expect(await reminded(harness, id)).toEqual(["2026-06-15 before_1 office_head:130929 settled"]);

    const first = (await harness.cases.open(supervisor, id)).due;
    expect(first).toMatchObject({ on: "2026-07-13", ruleId: "counterfeit-close" });
    harness.moveTo(at("2026-07-09", "10:00"));
    await harness.reminders.remind();
    await act(harness, id, "extend", { ruleId: "counterfeit-close", extension: "complex" });
    const later = (await harness.cases.open(supervisor, id)).due;
    expect((later?.on ?? "") > "2026-07-13").toBe(true);
    // The inbox does not wait for the next run.
    const inbox = await harness.reminders.inbox(
      { ...supervisor, officeCode: "130929", offices: ["130929"] },
      10,
      undefined,
    );
    expect(inbox.items).toEqual([]);
    await harness.reminders.remind();
    expect((await reminded(harness, id)).filter((line) => !line.endsWith("settled"))).toEqual([]);
    expect(await reminded(harness, id)).toContain("2026-07-13 before_3 office_head:130929 settled");
  });

  test("tell two steps apart that are due on one day", async () => {
    const harness = await createHarness({ now: at("2026-06-01", "10:00") });
    const { id } = await openCase(harness, { matter: "专利侵权" });
    await act(harness, id, "receive_petition");
    harness.moveTo(at("2026-06-05", "10:00"));
    await harness.reminders.remind();
    await act(harness, id, "accept");
    const headOf = { ...supervisor, officeCode: "130929", offices: ["130929"] };
    expect((await harness.reminders.inbox(headOf, 10, undefined)).items).toEqual([]);
    await harness.reminders.remind();
    const rows = await harness.db.sql.select().from(caseReminders).where(eq(caseReminders.caseId, id));
    expect(rows.map(({ dueOn, step, settledAt }) => [dueOn, step, settledAt === null]).sort()).toEqual([
      ["2026-06-08", "ruling-acceptance", false],
      ["2026-06-08", "ruling-panel", true],
    ]);
  });

  test("that were read stay read when another process writes them once more", async () => {
    const harness = await createHarness({ now: at("2026-06-01", "10:00") });
    await openCase(harness);
    harness.moveTo(at("2026-06-12", "10:00"));
    await harness.reminders.remind();
    const { db } = harness;
    const repository = createReminderRepository({ db });
    const [row] = await db.sql.select().from(caseReminders);
    if (row === undefined) throw new Error("Nobody was reminded.");
    const again = unitOfWork(repository.add([{ ...row, id: "reminder_again" }]));
    await db.write([repository.markRead(row.id, harness.now())]);
    await db.write(again);
    expect(await db.sql.select().from(caseReminders)).toEqual([{ ...row, readAt: harness.now() }]);
    await db.write(unitOfWork(repository.settle([row.id], harness.now())));
    await db.write(again);
    expect(await db.sql.select().from(caseReminders)).toEqual([row]);
  });

  test("come one rung earlier in the fast lane, and to the city of what it supervises", async () => {
    const harness = await createHarness({ now: at("2026-06-01", "10:00") });
    const fast = await openCase(harness, { fastLane: ["perishable"] });
    const supervised = await openCase(harness);
    await act(harness, supervised.id, "supervise", { reportBy: "2026-06-20" });
    harness.moveTo(at("2026-06-08", "10:00"));
    await harness.reminders.remind();
    expect(await reminded(harness, fast.id)).toEqual(["2026-06-15 before_5 office_head:130929"]);
    expect(await reminded(harness, supervised.id)).toEqual([]);
    harness.moveTo(at("2026-06-12", "10:00"));
    await harness.reminders.remind();
    expect(await reminded(harness, supervised.id)).toEqual([
      "2026-06-15 before_1 city:city",
      "2026-06-15 before_1 office_head:130929",
    ]);
  });

  test("are found by the index on the due day, never by reading every case", async () => {
    const { db } = await createHarness();
    const plan = (text: ReturnType<typeof sql>) =>
      db.sql
        .all<{ detail: string }>(sql`EXPLAIN QUERY PLAN ${text}`)
        .then((rows) => rows.map((row) => row.detail).join("; "));
    const due = await plan(
      sql`SELECT * FROM cases WHERE due_on < '2026-06-20' AND due_on IS NOT NULL ORDER BY due_on, id LIMIT 100`,
    );
    expect(due).toMatch(/^SEARCH cases USING INDEX cases_due \(due_on[^;]*<\?\)$/);
    const inbox = await plan(
      sql`SELECT * FROM case_reminders WHERE settled_at IS NULL AND recipient IN ('account_1', '130929', 'city')`,
    );
    expect(inbox).toMatch(/^SEARCH case_reminders USING INDEX case_reminders_inbox \(recipient=\?\)/);
  });

  test("are part of what is done now and then", async () => {
    const harness = await createHarness({ now: at("2026-06-01", "10:00") });
    const { id } = await openCase(harness);
    harness.moveTo(at("2026-06-10", "10:00"));
    await harness.tend();
    expect(await reminded(harness, id)).toEqual(["2026-06-15 before_3 office_head:130929"]);
  });
});

describe("in a simulated year", () => {
  const timeout = scale(120_000, 1_200_000);
  test("every breach had a reminder before it, in working hours, and no reminder came outside them or twice", {
    timeout,
  }, async () => {
    const harness = await createHarness({ now: at("2026-01-05", "09:00") });
    const { db, reminders } = harness;
    // Thousands of writes that need not outlive a power cut.
    await db.maintain("PRAGMA synchronous = OFF");
    const random = randomOf(20260105);
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
    const days: string[] = [];
    for (let day = Date.parse("2026-01-05"); day < Date.parse("2026-12-26"); day += dayMs) {
      days.push(new Date(day).toISOString().slice(0, 10));
    }

    /** What happens at which minute of the year: openings, and visits of a case that take it a step further. */
    const agenda = Map.groupBy(
      Array.from({ length: scale(50, 300) }, () => ({
        day: Math.floor(random() * (days.length - 40)),
        minute: Math.floor(random() * 1440),
      })),
      ({ day }) => day,
    );
    const visits = new Map<number, Visit[]>();
    const visitAfter = (day: number, visit: Visit) => {
      const next = day + 1 + Math.floor(random() * 30);
      visits.set(next, [...(visits.get(next) ?? []), visit]);
    };
    const inputs: Record<string, () => Record<string, unknown>> = {
      accept: () => ({}),
      decline: () => ({ ground: "no_violation" }),
      receive_petition: () => ({}),
      assign: () => ({ handler: pick(["account_1", "account_2", "account_3"]) }),
      extend: () => ({ ruleId: pick(["counterfeit-close", "ruling-close"]), extension: "complex" }),
      suspend: () => ({ ground: "invalidation" }),
      resume: () => ({}),
      dismiss: () => ({ ground: "no_violation" }),
      supervise: () => ({ reportBy: "2026-12-31" }),
      serve: () => ({ document: "copy", to: "respondent", method: "post" }),
      form_panel: () => ({ members: 3 }),
      notify_reporter: () => ({ of: pick(["accepted", "declined"]) }),
    };

    let breaches = 0;
    let lateFromTheStart = 0;
    const unwarned: string[] = [];
    const counted = new Set<string>();
    /** What was due in each case as the day began. */
    let stood = new Map<string, string>();

    for (const [index, day] of days.entries()) {
      // Now and then the service is down for a day.
      const down = random() < 0.05;
      // At all hours, and at least once in office hours.
      const minutes = [
        ...Array.from({ length: scale(1, 24) }, () => Math.floor(random() * 1440)),
        545 + Math.floor(random() * 170),
      ];
      const openings = (agenda.get(index) ?? []).map(({ minute }) => ({ minute, visit: undefined }));
      const steps = (visits.get(index) ?? []).map((visit) => ({
        minute: 540 + Math.floor(random() * 480),
        visit,
      }));
      const happenings = [
        ...minutes.map((minute) => ({ minute, tick: true, visit: undefined })),
        ...[...openings, ...steps].map((one) => ({ ...one, tick: false })),
      ].toSorted((a, b) => a.minute - b.minute);
      for (const { minute, tick, visit } of happenings) {
        harness.moveTo(new Date(Date.parse(at(day, "00:00")) + minute * minuteMs).toISOString());
        if (tick) {
          if (down) continue;
          await reminders.remind();
          if (random() < 0.05) expect(await reminders.remind()).toBe(0);
        } else if (visit === undefined) {
          const { id } = await openCase(harness, {
            matter: pick(["假冒专利", "专利侵权", "消费投诉", "商标侵权"]),
            officeCode: pick(["130929", "130927", "130900"]),
            fastLane: random() < 0.1 ? ["perishable"] : [],
            origin: random() < 0.2 ? "discovered" : "reported",
          });
          visitAfter(index, { id, left: 4 });
        } else {
          const current = await harness.cases.open(supervisor, visit.id);
          const known = harness.cases.actions(supervisor, current).filter(({ action }) => action in inputs);
          const ending = known.filter(({ action }) => action === "decline" || action === "dismiss");
          const choice = visit.left <= 0 && ending.length > 0 ? ending : known;
          if (choice.length === 0 || visit.left < -4) continue;
          const { action } = pick(choice);
          try {
            await harness.cases.act(supervisor, visit.id, {
              action,
              revision: current.seq,
              input: inputs[action]?.() ?? {},
            });
          } catch (error) {
            if (!(error instanceof AppError)) throw error;
          }
          visitAfter(index, { ...visit, left: visit.left - 1 });
        }
      }

      // The day is over: what was due on it, or before it, and still is, is late.
      const late = await db.sql
        .select({ id: cases.id, dueOn: cases.dueOn, step: cases.dueStep })
        .from(cases)
        .where(lt(cases.dueOn, days[index + 1] ?? "2026-12-26"));
      for (const { id, dueOn, step } of late) {
        const key = `${id}|${dueOn}|${step}`;
        if (counted.has(key)) continue;
        counted.add(key);
        const rows = await db.sql.select().from(caseReminders).where(eq(caseReminders.caseId, id));
        const before = rows.filter(({ createdAt }) => dateInShanghai(createdAt) <= (dueOn ?? ""));
        // A limit that came to light when one before it was met, late itself: of that one there were reminders.
        const hidden = dueOn !== day || stood.get(id) !== `${dueOn}|${step}`;
        if (hidden) lateFromTheStart += 1;
        else breaches += 1;
        const warned = hidden ? before : before.filter((row) => row.dueOn === dueOn && row.step === step);
        if (warned.length === 0) unwarned.push(key);
      }
      const standing = await db.sql
        .select({ id: cases.id, dueOn: cases.dueOn, step: cases.dueStep })
        .from(cases);
      stood = new Map(standing.map(({ id, dueOn, step }) => [id, `${dueOn}|${step}`]));
    }

    const rows = await db.sql.select().from(caseReminders);
    expect(unwarned).toEqual([]);
    expect(breaches).toBeGreaterThan(scale(15, 100));
    expect(lateFromTheStart).toBeLessThan(breaches / 8);

    const outside = rows.filter(({ createdAt }) => {
      const local = new Date(createdAt.getTime() + 8 * 60 * minuteMs).toISOString();
      const time = local.slice(11, 16);
      const working = (time >= "09:00" && time < "12:00") || (time >= "13:30" && time < "17:00");
      return !working || !chineseDays.isWorkday(local.slice(0, 10));
    });
    expect(outside).toEqual([]);

    const told = rows.map(({ caseId, dueOn, step, rung, recipientKind, recipient }) =>
      [caseId, dueOn, step, rung, recipientKind, recipient].join("|"),
    );
    expect(new Set(told).size).toBe(told.length);
    const atOnce = rows.map(({ caseId, recipientKind, recipient, createdAt }) =>
      [caseId, recipientKind, recipient, createdAt.getTime()].join("|"),
    );
    expect(new Set(atOnce).size, "two at once about one case").toBe(atOnce.length);
  });
});

/** Mulberry32: numbers in [0, 1) that are the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type InboxBody = {
  items: {
    id: string;
    caseId: string;
    reportNo: string;
    to: string;
    rung: string;
    text: string;
    readAt: string | null;
    basis: { law: string; article: string } | null;
    stepTitle: string;
    dueOn: string;
    workingDaysLeft: number;
  }[];
  nextCursor: string | null;
};
type OverdueBody = {
  today: string;
  offices: {
    office: { code: string; name: string };
    overdue: number;
    statutory: number;
    oldestDueOn: string;
  }[];
  items: {
    caseId: string;
    reportNo: string;
    dueOn: string;
    workingDaysLate: number;
    office: { code: string };
  }[];
  nextCursor: string | null;
};

describe("staff", () => {
  /** Accounts in two counties and at the city, one case of each county that is late since 06-15. */
  async function withLateCases() {
    const harness = await createHarness({ now: at("2026-06-01", "10:00") });
    const accounts = new Map<string, string>();
    for (const [account, role, officeCode] of [
      ["xianxian", "handler", "130929"],
      ["colleague", "handler", "130929"],
      ["nanpi", "handler", "130927"],
      ["city", "city", "130900"],
    ] as const satisfies readonly (readonly [string, Role, string])[]) {
      const { accountId } = await harness.staff.createAccount({
        account,
        name: account,
        role,
        officeCode,
        password,
      });
      accounts.set(account, accountId);
    }
    const own = await openCase(harness);
    const other = await openCase(harness, { officeCode: "130927", county: "南皮县" });
    await act(harness, own.id, "assign", { handler: accounts.get("xianxian") });
    await act(harness, other.id, "assign", { handler: accounts.get("nanpi") });
    harness.moveTo(at("2026-06-18", "10:00"));
    await harness.reminders.remind();
    const get = async <T>(account: string, path: string) => {
      const response = await harness.request(path, { headers: await harness.signIn(account, password) });
      return { status: response.status, body: (await response.json()) as T };
    };
    return { harness, own, other, accounts, get };
  }

  /** The routes for somebody whom no account of the harness is. */
  const routesFor = ({ reminders, jurisdiction }: Harness, person: Partial<Person>) =>
    reminderRoutes({ reminders, jurisdiction, guard: async () => ({ ...supervisor, ...person }) });

  const head: Partial<Person> = {
    accountId: "account_head",
    role: "office_head",
    officeCode: "130929",
    offices: ["130929"],
    permissions: ["case:read", "case:act", "case:approve"],
  };

  test("see what came to them, with the step, its day and its article, and nothing of the report", async () => {
    const { own, get } = await withLateCases();
    const { status, body } = await get<InboxBody>("xianxian", "/api/v1/reminders");
    expect(status).toBe(200);
    expect(body.items).toMatchObject([
      {
        caseId: own.id,
        reportNo: own.reportNo,
        to: "account",
        rung: "late_3",
        dueOn: "2026-06-15",
        workingDaysLeft: -3,
        stepTitle: "假冒专利举报：是否立案（河北）",
        basis: { law: expect.any(String), article: expect.stringMatching(/^第.+条$/) },
        readAt: null,
      },
    ]);
    expect(body.items[0]?.text).toBe(
      `${own.reportNo}（假冒专利）：假冒专利举报：是否立案（河北），最晚 2026-06-15，已超期 3 个工作日。`,
    );
    const known = [
      "id",
      "rung",
      "to",
      "createdAt",
      "readAt",
      "caseId",
      "reportNo",
      "matter",
      "office",
      "step",
    ];
    const due = ["stepTitle", "dueOn", "dueKind", "basis", "workingDaysLeft", "text"];
    expect(Object.keys(body.items[0] ?? {}).sort()).toEqual([...known, ...due].sort());
  });

  test("see neither a colleague's reminders nor another county's, which no one can read for them", async () => {
    const { harness, other, get } = await withLateCases();
    expect((await get<InboxBody>("colleague", "/api/v1/reminders")).body.items).toEqual([]);
    const theirs = (await get<InboxBody>("nanpi", "/api/v1/reminders")).body.items;
    expect(theirs.map(({ caseId }) => caseId)).toEqual([other.id]);
    const headers = await harness.signIn("xianxian", password);
    for (const id of [theirs[0]?.id, "reminder_none"]) {
      const response = await harness.post(`/api/v1/reminders/${id}/read`, {}, headers);
      expect(response.status).toBe(404);
    }
    const rows = await harness.db.sql.select().from(caseReminders);
    expect(rows.filter(({ readAt }) => readAt !== null)).toEqual([]);
  });

  test("at the city see what came to the city from every county; who heads an office, what came to it alone", async () => {
    const { harness, own, other, get } = await withLateCases();
    const city = (await get<InboxBody>("city", "/api/v1/reminders")).body.items.filter(
      ({ to }) => to === "city",
    );
    expect(city.map(({ caseId }) => caseId).sort()).toEqual([own.id, other.id].sort());
    const inbox = (await (await routesFor(harness, head).request("/reminders")).json()) as InboxBody;
    expect(inbox.items.map(({ caseId, to }) => ({ caseId, to }))).toEqual([
      { caseId: own.id, to: "office_head" },
    ]);
    const plain = routesFor(harness, { ...head, permissions: ["case:read", "case:act"] });
    expect(((await (await plain.request("/reminders")).json()) as InboxBody).items).toEqual([]);
  });

  test("mark a reminder as read once; it then follows the unread ones, until a higher rung comes", async () => {
    const { harness, own, accounts, get } = await withLateCases();
    harness.moveTo(at("2026-06-02", "10:00"));
    const newer = await openCase(harness);
    await act(harness, newer.id, "assign", { handler: accounts.get("xianxian") });
    harness.moveTo(at("2026-06-18", "10:00"));
    await harness.reminders.remind();
    const order = async () =>
      (await get<InboxBody>("xianxian", "/api/v1/reminders")).body.items.map(({ caseId, readAt }) => [
        caseId,
        readAt,
      ]);
    expect(await order()).toEqual([
      [own.id, null],
      [newer.id, null],
    ]);
    const [first] = (await get<InboxBody>("xianxian", "/api/v1/reminders")).body.items;
    const headers = await harness.signIn("xianxian", password);
    const read = await harness.post(`/api/v1/reminders/${first?.id}/read`, {}, headers);
    expect(await read.json()).toMatchObject({ id: first?.id, readAt: "2026-06-18T02:00:00.000Z" });
    harness.moveTo(at("2026-06-18", "10:15"));
    const again = await harness.post(`/api/v1/reminders/${first?.id}/read`, {}, headers);
    expect(await again.json()).toMatchObject({ readAt: "2026-06-18T02:00:00.000Z" });
    expect(await order()).toEqual([
      [newer.id, null],
      [own.id, "2026-06-18T02:00:00.000Z"],
    ]);
    harness.moveTo(at("2026-06-23", "10:00"));
    await harness.reminders.remind();
    expect(await order()).toEqual([
      [own.id, null],
      [newer.id, null],
    ]);
  });

  test("who may only look on do not answer for the city", async () => {
    const { harness } = await withLateCases();
    const auditor = routesFor(harness, { permissions: ["case:read"] });
    const { items } = (await (await auditor.request("/reminders")).json()) as InboxBody;
    const failure = await harness.reminders
      .read({ ...supervisor, permissions: ["case:read"] }, items[0]?.id ?? "")
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "forbidden" });
    const rows = await harness.db.sql.select().from(caseReminders);
    expect(rows.filter(({ readAt }) => readAt !== null)).toEqual([]);
  });

  test("see no reminder of a date that was just met, or of a case that was just moved away", async () => {
    const { harness, own, other, get } = await withLateCases();
    await act(harness, own.id, "accept");
    expect((await get<InboxBody>("xianxian", "/api/v1/reminders")).body.items).toEqual([]);
    await harness.db.write([
      harness.db.sql.update(cases).set({ officeCode: "130929" }).where(eq(cases.id, other.id)),
    ]);
    expect((await get<InboxBody>("nanpi", "/api/v1/reminders")).body.items).toEqual([]);
  });

  test("are led through an inbox without a gap or a repeat", async () => {
    const harness = await createHarness({ now: at("2026-06-01", "10:00") });
    const ids = new Set<string>();
    for (let n = 0; n < 7; n++) ids.add((await openCase(harness)).id);
    harness.moveTo(at("2026-06-12", "10:00"));
    await harness.reminders.remind();
    const routes = routesFor(harness, head);
    const page = async (query: string) =>
      (await (await routes.request(`/reminders?limit=${query}`)).json()) as InboxBody;
    const all = (await page("10")).items;
    await harness.reminders.read({ ...supervisor, ...head }, all[1]?.id ?? "");
    const seen: InboxBody["items"] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const next: InboxBody = await page(cursor === "" ? "3" : `3&cursor=${encodeURIComponent(cursor)}`);
      seen.push(...next.items);
      cursor = next.nextCursor;
    }
    expect(seen).toHaveLength(7);
    expect(new Set(seen.map(({ caseId }) => caseId))).toEqual(ids);
    expect(seen.map(({ readAt }) => readAt !== null)).toEqual([...Array(6).fill(false), true]);
  });

  test("see the late cases of their own office alone, in rows and in counts", async () => {
    const { own, other, get } = await withLateCases();
    const county = (await get<OverdueBody>("xianxian", "/api/v1/overdue")).body;
    expect(county).toMatchObject({
      today: "2026-06-18",
      offices: [{ office: { code: "130929" }, overdue: 1, statutory: 1, oldestDueOn: "2026-06-15" }],
      items: [{ caseId: own.id, dueOn: "2026-06-15", workingDaysLate: 3 }],
      nextCursor: null,
    });
    expect(county.offices).toHaveLength(1);
    expect(county.items).toHaveLength(1);
    expect(JSON.stringify(county)).not.toContain("130927");
    const asked = (await get<OverdueBody>("xianxian", "/api/v1/overdue?office=130927")).body;
    expect(asked).toMatchObject({ offices: [], items: [] });
    const city = (await get<OverdueBody>("city", "/api/v1/overdue")).body;
    expect(city.items.map(({ caseId }) => caseId).sort()).toEqual([own.id, other.id].sort());
    expect(city.offices.map(({ office, overdue }) => [office.code, overdue]).sort()).toEqual([
      ["130927", 1],
      ["130929", 1],
    ]);
    const one = (await get<OverdueBody>("city", "/api/v1/overdue?office=130927")).body;
    expect(one.items.map(({ caseId }) => caseId)).toEqual([other.id]);
    expect(one.offices).toHaveLength(1);
  });

  test("see what is late longest first, page by page, and what is due today not yet", async () => {
    const harness = await createHarness({ now: at("2026-06-01", "10:00") });
    const ids: string[] = [];
    for (const day of ["2026-06-01", "2026-06-02", "2026-06-03", "2026-06-04", "2026-06-05"]) {
      harness.moveTo(at(day, "10:00"));
      ids.push((await openCase(harness)).id);
    }
    // The last is due on 06-22, after 端午.
    harness.moveTo(at("2026-06-22", "10:00"));
    const routes = routesFor(harness, head);
    const page = async (query: string) =>
      (await (await routes.request(`/overdue?limit=3${query}`)).json()) as OverdueBody;
    const first = await page("");
    expect(first.items.map(({ caseId, workingDaysLate }) => [caseId, workingDaysLate])).toEqual([
      [ids[0], 4],
      [ids[1], 3],
      [ids[2], 2],
    ]);
    expect(first.offices).toMatchObject([{ overdue: 4 }]);
    const second = await page(`&cursor=${encodeURIComponent(first.nextCursor ?? "")}`);
    expect(second.items.map(({ caseId }) => caseId)).toEqual([ids[3]]);
    expect(second.nextCursor).toBeNull();
  });

  test.each([
    ["/api/v1/reminders?cursor=zzz", 400],
    ["/api/v1/reminders?limit=0", 400],
    ["/api/v1/overdue?cursor=MXwyMDI2LTA2LTE1fHg", 400],
    ["/api/v1/overdue?limit=201", 400],
  ])("are told of a wrong request: %s", async (path, status) => {
    const { get } = await withLateCases();
    expect((await get("xianxian", path)).status).toBe(status);
  });

  test("must be signed in, in a role that sees cases", async () => {
    const harness = await createHarness();
    await harness.staff.createAccount({
      account: "editor",
      name: "编辑",
      role: "knowledge_editor",
      officeCode: "130900",
      password,
    });
    const headers = await harness.signIn("editor", password);
    for (const path of ["/api/v1/reminders", "/api/v1/overdue"]) {
      expect((await harness.request(path)).status).toBe(401);
      expect((await harness.request(path, { headers })).status).toBe(403);
    }
    expect((await harness.post("/api/v1/reminders/reminder_x/read", {}, { authorization: "" })).status).toBe(
      401,
    );
    expect((await harness.post("/api/v1/reminders/reminder_x/read", {}, headers)).status).toBe(403);
  });
});
