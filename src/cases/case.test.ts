import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { movesOn, oneOf, pickFrom, stepFor } from "../../test/support/case-walk.ts";
import { scale } from "../../test/support/scale.ts";
import { shippedClockRules } from "../calendar/clock-rule.ts";
import { createCalendar, shippedHolidays } from "../calendar/working-days.ts";
import { AppError } from "../core/error.ts";
import { canonicalJson } from "../crypto/canonical-json.ts";
import {
  applyEvent,
  type CaseEvent,
  type CaseProjection,
  type CaseStep,
  parseEvent,
  problemOf,
  replay,
} from "./case.ts";
import { chainStart, firstBrokenLink, hashEvent } from "./chain.ts";
import { createCaseClocks } from "./clocks.ts";
import {
  type CaseEventKind,
  type CaseState,
  caseEventKinds,
  caseStateNames,
  type EventData,
  lifecycle,
  openStates,
} from "./lifecycle.ts";
import { type Track, trackNames } from "./track.ts";

const clocks = createCaseClocks({ rules: shippedClockRules, calendar: createCalendar(shippedHolidays) });
const start = new Date("2026-03-02T02:00:00Z");
const receivedOn = "2026-03-02";
const dayMs = 24 * 60 * 60 * 1000;

const received = (track: Track, anonymous = false): EventData<"received"> => ({
  reportId: "report_1",
  reportNo: "CZ-00000-00000",
  matter:
    { ruling: "专利侵权", lead: "专利侵权", mediation: "专利纠纷调解", complaint: "消费投诉" }[
      track as string
    ] ?? "假冒专利",
  track,
  county: "南皮县",
  channel: "web",
  contentHash: "0".repeat(64),
  receivedOn: "2026-03-02",
  origin: "reported",
  anonymous,
  fastLane: [],
  simplified: null,
  workOrderOf: null,
});

function eventOf(
  history: readonly CaseEvent[],
  kind: CaseEventKind,
  at: Date,
  data: unknown,
  track: Track,
): CaseEvent {
  const bare = {
    caseId: "case_1",
    seq: history.length + 1,
    kind,
    at,
    actor: "public",
    data,
    due: null,
    noteHash: null,
  };
  const event = bare as CaseEvent;
  const matter = received(track).matter;
  return { ...event, due: clocks.dueOf({ track, matter }, [...history, event]) };
}

/** A case in each track as it is opened. */
function opened(track: Track, anonymous = false): CaseEvent[] {
  const kinds: [CaseEventKind, unknown][] = [
    ["received", received(track, anonymous)],
    ["routed", { office: "130927", basis: [] }],
  ];
  if (track === "ruling" || track === "mediation") kinds.push(["petition_awaited", {}]);
  const history: CaseEvent[] = [];
  for (const [kind, data] of kinds) history.push(eventOf(history, kind, start, data, track));
  return history;
}

/** What must be true of every case at every moment. */
function checkInvariants(case_: CaseProjection): void {
  // Exactly one owner, and at most one recorded dispute, with somebody else.
  expect(case_.officeCode).toMatch(/^\d{6}$/);
  if (case_.disputeWith !== null) {
    expect(case_.state).toBe("routed");
    expect(case_.disputeWith).not.toBe(case_.officeCode);
  }
  if (case_.state === "transferred") expect((case_.transferTo === null) === case_.facts.outside).toBe(true);
  else expect(case_.transferTo).toBeNull();
  expect(case_.endedAt !== null).toBe(["declined", "withdrawn", "closed"].includes(case_.state));
  // What is still owed in a case that has ended: telling, serving, publishing, having it enforced.
  if (case_.endedAt !== null && case_.due !== null) {
    expect(case_.due.step).toMatch(/publication|notice|service|enforcement/);
  }
}

describe("the lifecycle", () => {
  test("keeps its invariants on random walks, and every state has a way out", () => {
    let steps = 0;
    const reached = new Map<string, Set<string>>();
    const taken = new Map<CaseEventKind, number>();
    fc.assert(
      fc.property(fc.constantFrom(...trackNames), fc.boolean(), fc.nat(), (track, anonymous, seed) => {
        const pick = pickFrom(seed);
        const history = opened(track, anonymous);
        let current = replay(history);
        for (let n = 0; n < 50; n++) {
          const at = new Date(start.getTime() + (n + 1) * dayMs);
          const able = caseEventKinds.flatMap((kind): CaseStep[] => {
            const step = stepFor(kind, at, pick, { track, receivedOn });
            return problemOf(current, step) === undefined ? [step] : [];
          });
          expect(able.length, `${current.state} of ${track} has no way on`).toBeGreaterThan(0);
          // Steps that stay or end are many: most walks go round them, so that the states in the middle are walked.
          const onward = able.filter(({ kind }) => movesOn(kind));
          const from = onward.length > 0 && pick(3) > 0 ? onward : able;
          // Of two, the step that was taken less often, so that the rare ones are walked, too.
          const [one, other] = [oneOf(pick, from), oneOf(pick, from)];
          const step = (taken.get(one.kind) ?? 0) <= (taken.get(other.kind) ?? 0) ? one : other;
          taken.set(step.kind, (taken.get(step.kind) ?? 0) + 1);
          lifecycle[step.kind].data.parse(step.data);
          const before = current;
          const event = eventOf(history, step.kind, at, step.data, track);
          current = applyEvent(current, event);
          history.push(event);
          steps++;
          checkInvariants(current);
          if (before.state !== current.state) {
            reached.set(before.state, (reached.get(before.state) ?? new Set()).add(current.state));
            if (before.state === "closed") expect(step.kind).toBe("reopened");
          }
        }
        expect(replay(history)).toEqual(current);
      }),
      { numRuns: scale(60, 2_000), seed: 20261126 },
    );
    expect(steps).toBeGreaterThanOrEqual(scale(2_900, 99_000));
    for (const state of caseStateNames.filter((name) => name !== "received")) {
      expect(reached.get(state)?.size ?? 0, `${state} is never left`).toBeGreaterThan(0);
    }
  });

  test("lets every kind of event happen in some case, and each state be reached", () => {
    const targets = new Set<CaseState>(["received"]);
    for (const kind of caseEventKinds) {
      const { to, from } = lifecycle[kind];
      if (typeof to === "string" && to !== "stay" && to !== "back") targets.add(to);
      if (kind !== "received") expect(from.length, kind).toBeGreaterThan(0);
    }
    expect([...targets].sort()).toEqual([...caseStateNames].sort());
  });

  test.each(caseStateNames)("has a step that leads out of %s", (state) => {
    const out = caseEventKinds.filter((kind) => {
      const { to, from } = lifecycle[kind];
      const states: readonly CaseState[] = from;
      return states.includes(state) && to !== "stay" && to !== state;
    });
    expect(out.length).toBeGreaterThan(0);
  });
});

const follow = (track: Track, ...steps: [CaseEventKind, unknown][]) => {
  const history = opened(track);
  let n = 0;
  for (const [kind, data] of steps) {
    history.push(eventOf(history, kind, new Date(start.getTime() + ++n * dayMs), data, track));
  }
  return history;
};

describe("a step", () => {
  const ruling = (...steps: [CaseEventKind, unknown][]) =>
    follow("ruling", ["petition_received", { on: "2026-03-03", papers: [], claims: [] }], ...steps);
  const problem = (history: CaseEvent[], kind: CaseEventKind, data: unknown, superior = false) =>
    problemOf(replay(history), { kind, data } as CaseStep, superior);

  test("accepts an infringement case only once the signed 请求书 is here (令81 20)", () => {
    const waiting = opened("ruling");
    expect(problem(waiting, "accepted", {})).toContain("待交正式请求书");
    expect(problem(ruling(), "accepted", {})).toBeUndefined();
  });

  test("decides a ruling only once the respondent has the copy (令81 22)", () => {
    const accepted: [CaseEventKind, unknown] = ["accepted", {}];
    const decide = { outcome: "infringing", measures: [] };
    expect(problem(ruling(accepted), "decided", decide)).toContain("副本");
    const served: [CaseEventKind, unknown] = [
      "served",
      { document: "copy", to: "respondent", method: "post", on: "2026-03-05" },
    ];
    expect(problem(ruling(accepted, served), "decided", decide)).toBeUndefined();
  });

  test("asks for missing papers once (令81 16)", () => {
    const asked: [CaseEventKind, unknown] = [
      "supplement_requested",
      { items: ["x"], respondBy: "2026-03-20" },
    ];
    const back: [CaseEventKind, unknown] = ["supplement_received", { on: "2026-03-06", items: [] }];
    expect(replay(ruling(asked)).state).toBe("waiting_material");
    expect(replay(ruling(asked, back)).state).toBe("routed");
    expect(problem(ruling(asked, back), "supplement_requested", asked[1])).toContain("只发一次");
  });

  test("accepts mediation only once the other side agreed (令81 66)", () => {
    const held: [CaseEventKind, unknown] = [
      "petition_received",
      { on: "2026-03-03", papers: [], claims: [] },
    ];
    expect(problem(follow("mediation", held), "accepted", {})).toContain("同意调解");
    expect(
      problem(
        follow("mediation", held, ["consent_received", { consents: true, on: "2026-03-04" }]),
        "accepted",
        {},
      ),
    ).toBeUndefined();
  });

  test("sends a case that was transferred here back, never on (令20 37), unless the office directs others", () => {
    const moved = follow(
      "penalty",
      ["transfer_proposed", { office: "130929", reason: "wrong_place" }],
      ["transfer_accepted", {}],
    );
    expect(replay(moved)).toMatchObject({ officeCode: "130929", state: "routed", transferTo: null });
    expect(problem(moved, "transfer_proposed", { office: "130921", reason: "x" })).toContain("退回");
    expect(problem(moved, "transfer_proposed", { office: "130927", reason: "x" })).toBeUndefined();
    expect(problem(moved, "transfer_proposed", { office: "130921", reason: "x" }, true)).toBeUndefined();
  });

  test("keeps the owner and the clock through a transfer that is returned", () => {
    const proposed = follow("penalty", ["transfer_proposed", { office: "130929", reason: "wrong_place" }]);
    const before = replay(opened("penalty"));
    expect(replay(proposed)).toMatchObject({ officeCode: "130927", transferTo: "130929", due: before.due });
    const back = [...proposed, eventOf(proposed, "transfer_returned", start, { reason: "x" }, "penalty")];
    expect(replay(back)).toMatchObject({
      officeCode: "130927",
      state: "routed",
      transferTo: null,
      due: before.due,
    });
  });

  test("keeps the limit of a case on its merits running while a transfer is proposed, returned or accepted", () => {
    const accepted = follow(
      "penalty",
      ["accepted", {}],
      ["reporter_notified", { of: "accepted", on: "2026-03-04" }],
    );
    const { due } = replay(accepted);
    expect(due?.step).toMatch(/close/);
    const more = (history: readonly CaseEvent[], kind: CaseEventKind, data: unknown) => [
      ...history,
      eventOf(history, kind, start, data, "penalty"),
    ];
    const proposed = more(accepted, "transfer_proposed", { office: "130929", reason: "x" });
    expect(replay(proposed).due).toEqual(due);
    expect(replay(more(proposed, "transfer_returned", { reason: "x" })).due).toEqual(due);
    expect(replay(more(proposed, "transfer_accepted", {})).due).toEqual(due);
  });

  test("waits while two offices are at odds, until one is named", () => {
    const dispute = follow("penalty", ["dispute_raised", { office: "130929", reason: "wrong_place" }]);
    expect(problem(dispute, "accepted", {})).toContain("管辖");
    expect(problem(dispute, "dispute_settled", { office: "130921", on: "2026-03-05" })).toContain("争议双方");
    const settled = [
      ...dispute,
      eventOf(dispute, "dispute_settled", start, { office: "130929", on: "2026-03-05" }, "penalty"),
    ];
    expect(replay(settled)).toMatchObject({ officeCode: "130929", disputeWith: null });
  });

  test("ends failed mediation of a ruling in a decision, elsewhere in closing (令81 35, 69)", () => {
    const mediated: [CaseEventKind, unknown][] = [
      ["accepted", {}],
      ["mediation_started", { mediator: "industry" }],
      ["mediation_ended", { ground: "no_agreement", on: "2026-03-09" }],
    ];
    expect(replay(ruling(...mediated)).state).toBe("investigating");
    expect(replay(follow("complaint", ...mediated)).state).toBe("closed");
  });

  test.each(["declined", "withdrawn", "closed"] as const)("leaves %s only by 重新办理 or 结案", (state) => {
    const out = caseEventKinds.filter((kind) => {
      const { to, from } = lifecycle[kind];
      return (from as readonly CaseState[]).includes(state) && to !== "stay";
    });
    expect(out.filter((kind) => kind !== "reopened" && kind !== "closed")).toEqual([]);
  });
});

describe("a history", () => {
  test("starts with 登记, once", () => {
    const [first, second] = opened("penalty");
    if (first === undefined || second === undefined) throw new Error("Two events.");
    expect(() => applyEvent(undefined, second)).toThrow(AppError);
    expect(() => applyEvent(replay([first]), { ...first, seq: 2 })).toThrow("登记过");
  });

  test("has no gap and no repeat", () => {
    const history = opened("penalty");
    const current = replay(history);
    const wrong = { ...eventOf(history, "check_started", start, {}, "penalty"), seq: 4 };
    expect(() => applyEvent(current, wrong)).toThrow("刷新");
  });

  test("takes supplements in every open state and in no other", () => {
    for (const state of caseStateNames) {
      const open: readonly CaseState[] = openStates;
      const from: readonly CaseState[] = lifecycle.supplemented.from;
      expect(from.includes(state), state).toBe(open.includes(state));
    }
  });
});

describe("the chain", () => {
  async function linked(events: readonly CaseEvent[]) {
    const links: { event: CaseEvent; previousHash: string; hash: string }[] = [];
    let previousHash = chainStart;
    for (const event of events) {
      const hash = await hashEvent(event, previousHash);
      links.push({ event, previousHash, hash });
      previousHash = hash;
    }
    return links;
  }
  const events = follow("penalty", ["supplemented", { texts: 1, files: 0 }], ["accepted", {}]);

  test("is whole as it was written, also after a round trip through text", async () => {
    const links = (await linked(events)).map((link) => ({
      ...link,
      event: parseEvent({
        ...link.event,
        data: JSON.stringify(link.event.data),
        due: link.event.due === null ? null : JSON.stringify(link.event.due),
      }),
    }));
    expect(await firstBrokenLink(links)).toBeUndefined();
  });

  test("tells an event taken out, moved or put in", async () => {
    const links = await linked(events);
    expect(await firstBrokenLink(links.toSpliced(1, 1))).toBe(2);
    expect(await firstBrokenLink([...links.slice(0, 1), ...links.slice(1).reverse()])).toBe(2);
    expect(await firstBrokenLink([...links, ...links.slice(3)])).toBe(5);
  });

  test.each([
    ["the date that stood after it", { due: null }],
    ["the note written with it", { noteHash: "0".repeat(64) }],
    ["who did it", { actor: "account_x" }],
  ])("tells an event changed in %s", async (_, change) => {
    const links = await linked(events);
    const changed = links.map((link, index) =>
      index === 1 ? { ...link, event: { ...link.event, ...change } as CaseEvent } : link,
    );
    expect(await firstBrokenLink(changed)).toBe(2);
  });

  test("hashes equal data alike, whatever the order of its members", () => {
    expect(canonicalJson({ b: [1, { d: null, c: "x" }], a: true })).toBe(
      canonicalJson({ a: true, b: [1, { c: "x", d: null }] }),
    );
  });
});
