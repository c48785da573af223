import { count, eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { shippedClockRules } from "../../src/calendar/clock-rule.ts";
import { createCalendar, shippedHolidays } from "../../src/calendar/working-days.ts";
import { applyEvent, type CaseProjection, type CaseStep, problemOf, replay } from "../../src/cases/case.ts";
import { type CaseRepository, conflictOf, createCaseRepository } from "../../src/cases/case-repository.ts";
import { explained } from "../../src/cases/case-service.ts";
import { type CaseClocks, createCaseClocks } from "../../src/cases/clocks.ts";
import { legalProblem } from "../../src/cases/legal-check.ts";
import { type CaseEventKind, caseEventKinds, caseStateNames, lifecycle } from "../../src/cases/lifecycle.ts";
import { caseEvents, caseLinks, caseNotes, cases } from "../../src/cases/schema.ts";
import type { Track } from "../../src/cases/track.ts";
import { dateInShanghai } from "../../src/core/clock.ts";
import { AppError } from "../../src/core/error.ts";
import { type Person, permissions } from "../../src/core/guard.ts";
import { unitOfWork } from "../../src/db/client.ts";
import { reportTypes } from "../../src/reports/report.ts";
import { legalHolds, reports, supplements } from "../../src/reports/schema.ts";
import { movesOn, oneOf, type Pick, pickFrom, stepFor } from "../support/case-walk.ts";
import { createHarness, type Harness } from "../support/harness.ts";
import { scale } from "../support/scale.ts";

const walksOnServices = scale(220, 3_000);
/** Where those begin: two hundred from here come to every state and all but three kinds of steps. */
const firstOnServices = scale(30_000, 1_000);
const walksOverHttp = scale(20, 200);
/** Walks that go on at the same time, on one clock. */
const abreast = 20;
const patienceMs = scale(240_000, 1_800_000);
const hourMs = 60 * 60 * 1000;

const person: Person = {
  accountId: "account_walker",
  account: "walker",
  name: "walker",
  role: "city",
  officeCode: "130900",
  offices: "all",
  permissions,
};

/** Whether an action was taken, and the code of the problem if not. */
type Outcome = "ok" | (string & {});
type Act = (
  id: string,
  act: { action: string; revision: number; input: Record<string, unknown>; note?: string | undefined },
) => Promise<Outcome>;

type Walk = {
  seed: number;
  pick: Pick;
  id: string;
  reportNo: string;
  queryCode: string;
  /** The events that it was opened with. */
  opening: CaseEventKind[];
  /** What was answered with success: nothing else may have left a row. */
  taken: CaseEventKind[];
  notes: number;
};

/** What of the world outside a case decides these; they may be refused though the case itself allows them. */
const worldly: ReadonlySet<CaseEventKind> = new Set(["extended", "hearing_scheduled", "linked"]);
const staffKinds = caseEventKinds.filter((kind) => lifecycle[kind].action !== null);
/** The step that a walk takes more often than others, so that rare ones come to their turn. */
const favouriteOf = (seed: number): CaseEventKind => oneOf(() => seed % staffKinds.length, staffKinds);
/** What must come before some of them, and seldom does. */
const forerunners: { [K in CaseEventKind]?: readonly CaseEventKind[] } = {
  pause_ended: ["pause_started"],
  objection_decided: ["objection_received"],
  hearing_held: ["hearing_scheduled"],
  resumed: ["suspended"],
  archived: ["closed"],
};
/** Without these most steps of a case never come. */
const mainRoad: readonly CaseEventKind[] = ["petition_received", "consent_received", "accepted"];
/** A matter that leads into the track of such a step. */
const matterOf: Partial<Record<Track, (typeof reportTypes)[number]>> = {
  ruling: "专利侵权",
  mediation: "专利纠纷调解",
  penalty: "假冒专利",
  complaint: "消费投诉",
};
/** Firms with nothing in common, that no report is taken for a duplicate of another. */
const firmName = (seed: number) =>
  String.fromCodePoint(...[0, 1, 2, 3].map((place) => 0x4e00 + ((seed * 7919 + place * 4993) % 20_000)));
/** What the public does through doors that take no revision. */
const publicKinds = [
  "supplemented",
  "supplemented",
  "petition_submitted",
  "respondent_filed",
  "rated",
  "withdrawn",
] as const;

const outcomeOf = async (work: Promise<unknown>): Promise<Outcome> => {
  try {
    await work;
    return "ok";
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
};

/** The app, and everything that a walk does to a case of it. */
async function walkers(act: (harness: Harness) => Promise<Act>) {
  const harness = await createHarness({ now: "2026-02-02T01:00:00Z" });
  const take = await act(harness);
  const repository = createCaseRepository(harness);
  const counties = ["献县", "南皮县", "任丘市", "新华区"] as const;
  let users = 0;

  async function file(seed: number): Promise<Walk> {
    const pick = pickFrom(seed);
    const anonymous = pick(4) === 0;
    const rareTracks: readonly Track[] = lifecycle[favouriteOf(seed)].tracks ?? [];
    const fitting = rareTracks.flatMap((track) => matterOf[track] ?? []);
    const body = {
      channel: "mini_program",
      userId: `walker-${++users}`,
      reportType: oneOf(pick, fitting.length > 0 && pick(4) > 0 ? fitting : reportTypes),
      infringer: firmName(seed),
      county: oneOf(pick, counties),
      ...(pick(4) === 0 ? { relation: oneOf(pick, ["消费者", "权利人"]) } : {}),
      ...(anonymous ? { anonymous } : { contactPhone: "13800001234" }),
    };
    const response = await harness.post("/api/v1/reports", body);
    if (response.status !== 201) throw new Error(await response.text());
    const filed = (await response.json()) as {
      reportNo: string;
      queryCode: string;
      reports: { caseId: string }[];
    };
    const id = filed.reports[0]?.caseId ?? "";
    const { reportNo, queryCode } = filed;
    const opening = (await repository.events(id)).map(({ kind }) => kind);
    return { seed, pick, id, reportNo, queryCode, opening, taken: [], notes: 0 };
  }

  const superior = ({ officeCode }: CaseProjection) =>
    harness.jurisdiction.officeOf(officeCode)?.level === "city";

  /** A step of every kind that staff may take now, as far as the case itself decides, and any step of theirs. */
  async function stepsOf({ pick, seed }: Walk, current: CaseProjection, others: readonly string[]) {
    const receivedOn = dateInShanghai(current.openedAt);
    const { track, matter, facts } = current;
    const running = favouriteOf(seed) === "extended" ? await harness.cases.clocks(current) : [];
    const ruleIds = running.map(({ ruleId }) => ruleId);
    const subject = {
      track,
      receivedOn,
      others,
      pauses: facts.pauses,
      ...(ruleIds.length === 0 ? {} : { ruleIds }),
    };
    const made = (kind: CaseEventKind) => stepFor(kind, harness.now(), pick, subject);
    const isAble = (step: CaseStep) =>
      problemOf(current, step, superior(current)) === undefined &&
      legalProblem({ track, matter, receivedOn }, step) === undefined;
    const able = staffKinds
      .filter((kind) => (lifecycle[kind].from as readonly string[]).includes(current.state))
      // Few forms of closing fit a state: several are tried.
      .flatMap((kind) => Array.from({ length: kind === "closed" ? 6 : 1 }, () => made(kind)))
      .filter(isAble);
    const any = made(oneOf(pick, staffKinds));
    return { able, any, anyIsAble: isAble(any) };
  }

  async function staffStep(walk: Walk, current: CaseProjection, step: CaseStep, revision = current.seq) {
    const { pick, id } = walk;
    const note = pick(4) === 0 || explained.has(step.kind) ? `办理说明${pick(100)}` : undefined;
    const action = lifecycle[step.kind].action ?? "";
    const outcome = await take(id, { action, revision, input: step.data, note });
    if (outcome === "ok") {
      walk.taken.push(step.kind);
      if (note !== undefined) walk.notes++;
    }
    return outcome;
  }

  /** Supplements and withdrawals come in by their own doors; the rest as the services of the public write it. */
  async function publicStep(walk: Walk, current: CaseProjection): Promise<Outcome> {
    const { pick, reportNo, queryCode } = walk;
    const kind = oneOf(pick, publicKinds);
    const door = { supplemented: "supplements", withdrawn: "withdrawal" }[kind as string];
    const outcome = await (async (): Promise<Outcome> => {
      if (door !== undefined) {
        const body = kind === "supplemented" ? { text: `又看到一批${pick(100)}` } : {};
        const headers = { "X-Query-Code": queryCode };
        return coded(await harness.post(`/api/v1/reports/${reportNo}/${door}`, body, headers));
      }
      const subject = { track: current.track, receivedOn: dateInShanghai(current.openedAt) };
      const step = stepFor(kind, harness.now(), pick, subject);
      const work = async () => {
        const statements = await harness.cases.prepareStep(current, step);
        await harness.db.write(unitOfWork(statements)).catch((error: unknown) => {
          throw conflictOf(error);
        });
      };
      return outcomeOf(work());
    })();
    if (outcome === "ok") walk.taken.push(kind);
    return outcome;
  }

  /** One round of a walk: mostly a step onwards, now and then something that meets another or must be refused. */
  async function go(walk: Walk, others: readonly string[]): Promise<void> {
    const { pick } = walk;
    const current = await findIn(repository, walk.id);
    const told = `seed ${walk.seed}, ${current.state} of ${current.track}`;
    const { able, any, anyIsAble } = await stepsOf(walk, current, others);
    const onward = able.filter(({ kind }) => movesOn(kind));
    const find = (kinds: readonly CaseEventKind[]) => able.find(({ kind }) => kinds.includes(kind));
    const wished = favouriteOf(walk.seed);
    const favourite = find([wished]) ?? find(forerunners[wished] ?? []);
    const road = find(mainRoad);
    const draw = () => {
      if (favourite !== undefined && pick(2) === 0) return favourite;
      if (road !== undefined && pick(2) === 0) return road;
      return oneOf(pick, onward.length > 0 && pick(3) > 0 ? onward : able);
    };
    switch (pick(10)) {
      case 0: {
        const stale = await staffStep(walk, current, draw(), current.seq - 1 - pick(2));
        expect(stale, told).toMatch(/^(changed_meanwhile|forbidden)$/);
        return;
      }
      case 1:
      case 2: {
        const pair = [draw(), draw()].filter(({ kind }) => !worldly.has(kind));
        const outcomes = await Promise.all(pair.map((step) => staffStep(walk, current, step)));
        if (outcomes.includes("forbidden")) return;
        if (pair.length === 2) expect(outcomes.sort(), told).toEqual(["changed_meanwhile", "ok"]);
        return;
      }
      case 3: {
        const step = draw();
        const outcomes = await Promise.all([staffStep(walk, current, step), publicStep(walk, current)]);
        const known = /^(ok|changed_meanwhile|invalid_transition|forbidden)$/;
        for (const outcome of outcomes) expect(outcome, told).toMatch(known);
        return;
      }
      case 4:
        expect(await publicStep(walk, current), told).toMatch(/^(ok|invalid_transition)$/);
        return;
      case 5: {
        const outcome = await staffStep(walk, current, any);
        if (!anyIsAble) expect(outcome, told).toMatch(/^(invalid_transition|forbidden)$/);
        return;
      }
      default: {
        const step = draw();
        const outcome = await staffStep(walk, current, step);
        const expected = worldly.has(step.kind) ? /^(ok|invalid_transition)$/ : /^(ok|forbidden)$/;
        expect(outcome, `${told}: ${step.kind}`).toMatch(expected);
      }
    }
  }

  /** Files `size` reports and takes each case some way, all of them abreast. */
  async function batch(first: number, size: number): Promise<Walk[]> {
    const pick = pickFrom(first);
    harness.moveTo(new Date(Date.UTC(2026, pick(10), 1 + pick(28), pick(24))).toISOString());
    const walks = await Promise.all(Array.from({ length: size }, (_, n) => file(first + n)));
    const lengths = walks.map((walk) => 6 + walk.pick(7));
    for (let round = 0; round < Math.max(...lengths); round++) {
      harness.moveTo(new Date(harness.now().getTime() + pick(120) * hourMs).toISOString());
      const going = walks.filter((_, index) => round < (lengths[index] ?? 0));
      const ids = walks.map(({ id }) => id);
      await Promise.all(going.map((walk) => go(walk, [oneOf(walk.pick, ids)])));
    }
    return walks;
  }

  return { harness, repository, batch };
}

async function findIn(repository: CaseRepository, id: string): Promise<CaseProjection> {
  const found = await repository.find(id);
  if (found === undefined) throw new Error(`There is no case ${id}.`);
  return found;
}

async function coded(response: Response): Promise<Outcome> {
  if (response.ok) return "ok";
  const { type } = (await response.json()) as { type: string };
  return type.split(/[:/]/).at(-1) ?? "";
}

/** All that must be true of a case, wherever it was left. Returns the states it went through. */
async function checkCase(
  { harness, repository, clocks }: { harness: Harness; repository: CaseRepository; clocks: CaseClocks },
  walk: Walk,
): Promise<Set<string>> {
  const { id, opening, taken, notes, seed } = walk;
  const row = await findIn(repository, id);
  const events = await repository.events(id);
  const told = `seed ${seed}`;
  expect(row, told).toEqual(replay(events));
  expect(
    events.map(({ seq }) => seq),
    told,
  ).toEqual(events.map((_, index) => index + 1));

  expect(row.due, told).toEqual(clocks.dueOf(row, events));

  expect(harness.jurisdiction.officeOf(row.officeCode), told).toBeDefined();
  if (row.disputeWith !== null) {
    expect(row.disputeWith, told).not.toBe(row.officeCode);
    expect(events.findLast(({ kind }) => /^dispute_(raised|settled)$/.test(kind))?.kind).toBe(
      "dispute_raised",
    );
  }

  const states = new Set<string>();
  let before: CaseProjection | undefined;
  for (const event of events) {
    const after = applyEvent(before, event);
    states.add(after.state);
    if (before?.state === "closed" && after.state !== "closed") expect(event.kind, told).toBe("reopened");
    if (before !== undefined && before.officeCode !== after.officeCode)
      expect(event.kind, told).toMatch(/^(routed|transfer_accepted|dispute_settled)$/);
    before = after;
  }
  // The date that stood after some event on the way.
  const on = walk.pick(events.length - 1) + 1;
  expect(events[on]?.due, told).toEqual(clocks.dueOf(row, events.slice(0, on + 1)));

  // What was answered with success is there, and nothing of what was refused.
  expect(opening.slice(0, 2), told).toEqual(["received", "routed"]);
  expect(events.map(({ kind }) => kind).sort(), told).toEqual([...opening, ...taken].sort());
  const stored = await harness.db.sql
    .select({ n: count() })
    .from(caseNotes)
    .where(eq(caseNotes.caseId, id))
    .get();
  expect(stored?.n, told).toBe(notes);
  return states;
}

/** Walks `total` cases and looks at each, then at what the tables hold in all. */
async function walkAll(act: (harness: Harness) => Promise<Act>, total: number, firstSeed: number) {
  const { harness, repository, batch } = await walkers(act);
  // A new engine, which knows nothing but the events.
  const clocks = createCaseClocks({ rules: shippedClockRules, calendar: createCalendar(shippedHolidays) });
  const reached = new Set<string>();
  const taken: CaseEventKind[] = [];
  for (let first = 0; first < total; first += abreast) {
    const walks = await batch(firstSeed + first, Math.min(abreast, total - first));
    for (const walk of walks) {
      for (const state of await checkCase({ harness, repository, clocks }, walk)) reached.add(state);
      taken.push(...walk.taken);
    }
  }
  const rows = async (table: typeof cases | typeof reports | typeof supplements) =>
    (await harness.db.sql.select({ n: count() }).from(table).get())?.n;
  const times = (kind: CaseEventKind) => taken.filter((one) => one === kind).length;
  expect(await rows(cases)).toBe(total);
  expect(await rows(reports)).toBe(total);
  expect(await rows(supplements)).toBe(times("supplemented"));
  const holds = await harness.db.sql.select().from(legalHolds);
  expect(holds.length).toBe(times("legal_hold_set"));
  expect(holds.filter(({ liftedAt }) => liftedAt !== null).length).toBe(times("legal_hold_lifted"));
  const linked = await harness.db.sql.selectDistinct({ id: caseLinks.caseId }).from(caseLinks);
  const telling = await harness.db.sql
    .selectDistinct({ id: caseEvents.caseId })
    .from(caseEvents)
    .where(eq(caseEvents.kind, "linked"));
  expect(linked.length).toBe(telling.length);
  expect(await harness.verification.all()).toEqual({ count: total, faults: [] });
  return { reached, kinds: new Set(taken), harness };
}

describe("random walks on the database", () => {
  test(
    `${walksOnServices} of them leave cases that equal their events, with races and stale revisions between`,
    async () => {
      const { reached, kinds } = await walkAll(
        async (harness) => (id, act) => outcomeOf(harness.cases.act(person, id, act)),
        walksOnServices,
        firstOnServices,
      );
      expect([...reached].sort()).toEqual([...caseStateNames].sort());
      const never = staffKinds.filter((kind) => !kinds.has(kind));
      expect(never.length, `never taken: ${never.join(", ")}`).toBeLessThanOrEqual(scale(3, 0));
    },
    patienceMs,
  );

  test(
    `${walksOverHttp} of them over HTTP do so too, for a person who may not take every step`,
    async () => {
      const { reached, kinds } = await walkAll(
        async (harness) => {
          let signedIn = { at: "", staff: harness.signIn() };
          return async (id, { action, revision, input, note }) => {
            const at = harness.now().toISOString();
            // A session does not outlast the days between two rounds.
            if (signedIn.at !== at) signedIn = { at, staff: harness.signIn() };
            const staff = await signedIn.staff;
            const body = { ...input, revision, ...(note === undefined ? {} : { note }) };
            return coded(await harness.post(`/api/v1/cases/${id}/actions/${action}`, body, staff));
          };
        },
        walksOverHttp,
        900_000,
      );
      expect(reached.size).toBeGreaterThan(8);
      // The administrator handles cases, and never learns who reported.
      expect(kinds.has("identity_revealed")).toBe(false);
      expect(kinds.has("legal_hold_set")).toBe(false);
    },
    patienceMs,
  );
});
