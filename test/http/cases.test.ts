import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { shippedClockRules } from "../../src/calendar/clock-rule.ts";
import { createCalendar, shippedHolidays } from "../../src/calendar/working-days.ts";
import { replay } from "../../src/cases/case.ts";
import { createCaseRepository } from "../../src/cases/case-repository.ts";
import { createCaseService } from "../../src/cases/case-service.ts";
import { createCaseClocks } from "../../src/cases/clocks.ts";
import { caseEvents, cases } from "../../src/cases/schema.ts";
import { createNewId } from "../../src/core/new-id.ts";
import { createHarness, type Harness } from "../support/harness.ts";

const counterfeit = "献县商林冀卡扣件冒用专利号ZL202320901414.6，匿名，没照片，我举报";

async function fileOne({ person }: Harness, line = counterfeit) {
  const filed = await person().tell(line, "确认");
  const [report] = filed.reports;
  if (report === undefined) throw new Error(`Not filed: ${JSON.stringify(filed.replies)}`);
  return report;
}

/** The case as its row says, and as its events amount to. */
async function bothViews({ db, vault }: Harness, id: string) {
  const repository = createCaseRepository({ db, vault });
  const events = await repository.events(id);
  return { row: await repository.find(id), replayed: replay(events), events };
}

/** The case service of a process that knows the calendar of 2027. */
function onceTheYearIsOut(harness: Harness) {
  const published = {
    ...shippedHolidays,
    years: {
      ...shippedHolidays.years,
      2027: {
        notice: {
          title: "测试用的通知",
          number: "测试",
          issuedOn: "2026-12-21",
          url: "https://www.gov.cn/",
        },
        holidays: [{ name: "元旦", from: "2027-01-01", to: "2027-01-04" }],
        makeUpDays: [],
      },
    },
  };
  const calendar = createCalendar(published);
  return createCaseService({
    db: harness.db,
    cases: createCaseRepository({ db: harness.db, vault: harness.vault }),
    clocks: createCaseClocks({ rules: shippedClockRules, calendar }),
    calendar,
    jurisdiction: harness.jurisdiction,
    grantOf: async () => undefined,
    ending: { ended: async () => [], reopened: async () => [], held: async () => [] },
    now: harness.now,
    newId: createNewId(),
  });
}

describe("a case", () => {
  test("equals the replay of its events after every step, in a chain without a gap", async () => {
    const harness = await createHarness();
    const { caseId, reportNo, queryCode } = await fileOne(harness);
    const staff = await harness.signIn();
    const check = async (state: string) => {
      const { row, replayed, events } = await bothViews(harness, caseId);
      expect(row).toEqual(replayed);
      expect(row?.state).toBe(state);
      expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
      expect(await harness.verification.faultOf(caseId)).toBeUndefined();
    };
    await check("routed");
    await harness.post(
      `/api/v1/reports/${reportNo}/supplements`,
      { text: "店在镇东头" },
      { "X-Query-Code": queryCode },
    );
    await check("routed");
    const accepted = await harness.post(`/api/v1/cases/${caseId}/actions/accept`, { revision: 3 }, staff);
    expect(accepted.status).toBe(200);
    await check("accepted");
  });

  test.each([
    ["its kind", { kind: "withdrawn" }],
    ["its actor", { actor: "account_x" }],
    ["its instant", { at: new Date(0) }],
    ["what it says", { data: '{"office":"130921","basis":[],"due":null}' }],
    ["the hash before it", { previousHash: "1".repeat(64) }],
  ])("whose stored event was changed in %s is found out", async (_, change) => {
    const harness = await createHarness();
    const { caseId } = await fileOne(harness);
    const { db } = harness;
    // Who owns the file can take the guards away, too.
    await db.maintain("DROP TRIGGER case_events_keep_values");
    await db.write([db.sql.update(caseEvents).set(change).where(eq(caseEvents.seq, 2))]);
    expect(await harness.verification.faultOf(caseId)).toBeDefined();
  });

  test("says in its first date that the next year's calendar is not out, and reckons it anew once it is", async () => {
    const harness = await createHarness({ now: "2026-12-20T02:00:00Z" });
    const filed = await harness.person().tell(counterfeit, "确认");
    const report = filed.reports[0];
    expect(report).toMatchObject({ dueOn: "2027-01-04", dueKind: "statutory" });
    expect(filed.replies.map((reply) => reply.text).join()).toContain("可能微调");
    expect(await harness.db.sql.select().from(cases)).toMatchObject([{ dueProvisional: true }]);
    expect(await harness.cases.recomputeProvisional()).toBe(0);

    const later = onceTheYearIsOut(harness);
    expect(await later.recomputeProvisional()).toBe(1);
    const { row, replayed } = await bothViews(harness, report?.caseId ?? "");
    expect(row).toEqual(replayed);
    expect(row?.due).toMatchObject({ on: "2027-01-05", provisional: false });
  });

  test("that is decided has its dates reckoned anew, too, also where another one was moved on meanwhile", async () => {
    const harness = await createHarness({ now: "2026-12-28T02:00:00Z" });
    const staff = await harness.signIn();
    const act = async (caseId: string, action: string, input: object = {}) => {
      const current = await createCaseRepository(harness).find(caseId);
      const body = { revision: current?.seq, ...input };
      const response = await harness.post(`/api/v1/cases/${caseId}/actions/${action}`, body, staff);
      expect(response.status, action).toBe(200);
    };
    const decided = await fileOne(harness);
    await act(decided.caseId, "accept");
    await act(decided.caseId, "decide", { outcome: "no_penalty" });
    const waiting = await fileOne(harness, counterfeit.replace("林冀", "鑫旺"));
    const later = onceTheYearIsOut(harness);
    const before = (await bothViews(harness, decided.caseId)).row?.due;
    expect(before).toMatchObject({ provisional: true });
    expect(await later.recomputeProvisional()).toBe(2);
    for (const { caseId } of [decided, waiting]) {
      const { row, replayed, events } = await bothViews(harness, caseId);
      expect(row).toEqual(replayed);
      expect(row?.due).toMatchObject({ provisional: false });
      expect(events.at(-1)?.kind).toBe("due_recomputed");
    }
    expect((await bothViews(harness, decided.caseId)).row?.state).toBe("decided");
    // A process does it once: its calendar does not change.
    expect(await later.recomputeProvisional()).toBe(0);
  });

  test("counts the working days of 2026 with the make-up days around 国庆", async () => {
    // 09-20 (Sunday) is worked; 09-25 to 09-27 (中秋) and 10-01 to 10-07 (国庆) are free.
    const harness = await createHarness({ now: "2026-09-18T02:00:00Z" });
    expect((await fileOne(harness)).dueOn).toBe("2026-10-09");
  });
});

describe("report numbers", () => {
  test("do not follow one another and tell neither how many there are nor when they came", async () => {
    const harness = await createHarness();
    const numbers: string[] = [];
    for (let n = 0; n < 12; n++) numbers.push((await fileOne(harness)).reportNo);
    expect(new Set(numbers).size).toBe(12);
    for (const number of numbers) expect(number).toMatch(/^CZ-[0-9A-Z]{5}-[0-9A-Z]{5}$/);
    expect([...numbers].sort()).not.toEqual(numbers);
    expect(new Set(numbers.map((number) => number.slice(0, 5))).size).toBeGreaterThan(8);
  });
});

describe("staff", () => {
  async function withCounties() {
    const harness = await createHarness();
    const password = "County-password-1";
    for (const [account, officeCode] of [
      ["xianxian", "130929"],
      ["nanpi", "130927"],
    ] as const) {
      await harness.staff.createAccount({ account, name: account, role: "handler", officeCode, password });
    }
    await harness.staff.createAccount({
      account: "desk",
      name: "窗口",
      role: "intake_desk",
      officeCode: "130929",
      password,
    });
    return { harness, signIn: (account: string) => harness.signIn(account, password) };
  }

  test("see the cases of their own office and never learn of another's", async () => {
    const { harness, signIn } = await withCounties();
    const { caseId } = await fileOne(harness);
    const own = await signIn("xianxian");
    const other = await signIn("nanpi");
    const list = async (headers: Record<string, string>) =>
      (await (await harness.request("/api/v1/cases", { headers })).json()) as { items: { id: string }[] };
    expect((await list(own)).items.map((item) => item.id)).toEqual([caseId]);
    expect((await list(other)).items).toEqual([]);

    const answers = await Promise.all(
      [caseId, "case_none"].map(async (id) => {
        const response = await harness.request(`/api/v1/cases/${id}`, { headers: other });
        return { status: response.status, body: await response.json() };
      }),
    );
    expect(answers[0]?.status).toBe(404);
    expect({ ...(answers[0]?.body as object), requestId: "" }).toEqual({
      ...(answers[1]?.body as object),
      requestId: "",
    });
    const act = await harness.post(`/api/v1/cases/${caseId}/actions/accept`, { revision: 2 }, other);
    expect(act.status).toBe(404);
    expect((await bothViews(harness, caseId)).events).toHaveLength(2);
  });

  test("read what was reported, and nowhere who reported it", async () => {
    const { harness, signIn } = await withCounties();
    const filed = await harness
      .person()
      .tell(
        "献县商林冀卡扣件冒用专利号ZL202320901414.6，没照片，我举报，我叫刘建国，电话13800001234",
        "确认",
      );
    const response = await harness.request(`/api/v1/cases/${filed.reports[0]?.caseId}`, {
      headers: await signIn("xianxian"),
    });
    const text = await response.text();
    expect(text).toContain("冀卡扣件");
    expect(text).not.toContain("刘建国");
    expect(text).not.toContain("13800001234");
  });

  test.each([
    ["a stale revision", "xianxian", { revision: 1 }, 409, "/problems/changed_meanwhile"],
    ["a role that may only read", "desk", { revision: 2 }, 403, "/problems/forbidden"],
    ["no revision", "xianxian", {}, 400, "/problems/invalid_request"],
  ])("are refused for %s and nothing is stored", async (_, account, body, status, type) => {
    const { harness, signIn } = await withCounties();
    const { caseId } = await fileOne(harness);
    const response = await harness.post(
      `/api/v1/cases/${caseId}/actions/accept`,
      body,
      await signIn(account),
    );
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ type });
    expect((await bothViews(harness, caseId)).events).toHaveLength(2);
  });

  test("who act at once move a case once", async () => {
    const { harness, signIn } = await withCounties();
    const { caseId } = await fileOne(harness);
    const headers = await signIn("xianxian");
    const accept = () => harness.post(`/api/v1/cases/${caseId}/actions/accept`, { revision: 2 }, headers);
    const statuses = (await Promise.all([accept(), accept(), accept()])).map((response) => response.status);
    expect(statuses.sort()).toEqual([200, 409, 409]);
    expect((await bothViews(harness, caseId)).events).toHaveLength(3);
  });

  test("accept an infringement case only after the 请求书 came, which starts the statutory date", async () => {
    const harness = await createHarness();
    const { caseId } = await fileOne(
      harness,
      "我的发明专利被任丘石门桥镇的宏达门窗厂侵权了，没照片，我要投诉，我叫张三，电话13912345678",
    );
    const headers = await harness.signIn();
    const act = (action: string, revision: number) =>
      harness.post(`/api/v1/cases/${caseId}/actions/${action}`, { revision }, headers);
    expect((await act("accept", 3)).status).toBe(409);
    const received = await act("receive_petition", 3);
    expect(await received.json()).toMatchObject({
      state: "routed",
      dueKind: "statutory",
      dueOn: "2026-11-30",
    });
    expect((await act("accept", 4)).status).toBe(200);
  });

  test("are shown pages that a cursor leads through without a gap or a repeat", async () => {
    const harness = await createHarness();
    const ids = new Set<string>();
    for (let n = 0; n < 7; n++) ids.add((await fileOne(harness)).caseId);
    const headers = await harness.signIn();
    const seen: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const query = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
      const response = await harness.request(`/api/v1/cases?limit=3${query}`, { headers });
      const page = (await response.json()) as { items: { id: string }[]; nextCursor: string | null };
      seen.push(...page.items.map((item) => item.id));
      cursor = page.nextCursor;
    }
    expect(seen).toHaveLength(7);
    expect(new Set(seen)).toEqual(ids);
    const wrong = await harness.request("/api/v1/cases?cursor=zzz", { headers });
    expect(wrong.status).toBe(400);
  });

  test("are locked out after five wrong passwords, for the right one too, for fifteen minutes", async () => {
    const harness = await createHarness();
    const attempt = (password: string) =>
      harness.post("/api/v1/staff/sessions", { account: "admin", password });
    for (let n = 0; n < 5; n++) expect((await attempt("wrong")).status).toBe(401);
    expect((await attempt("Admin-password-1")).status).toBe(429);
    harness.moveTo("2026-11-23T02:16:00Z");
    expect((await attempt("Admin-password-1")).status).toBe(201);
  });

  test("are told the same of a wrong password and of an account that is not there", async () => {
    const { post } = await createHarness();
    const bodies = await Promise.all(
      ["admin", "nobody"].map(async (account) => {
        const response = await post("/api/v1/staff/sessions", { account, password: "wrong" });
        return { status: response.status, ...((await response.json()) as object), requestId: "" };
      }),
    );
    expect(bodies[0]).toEqual(bodies[1]);
  });

  test("are signed out for good, and by their session's end", async () => {
    const harness = await createHarness();
    const headers = await harness.signIn();
    const list = () => harness.request("/api/v1/cases", { headers });
    expect((await list()).status).toBe(200);
    await harness.request("/api/v1/staff/sessions", { method: "DELETE", headers });
    expect((await list()).status).toBe(401);
    const again = await harness.signIn();
    harness.moveTo("2026-11-23T14:01:00Z");
    expect((await harness.request("/api/v1/cases", { headers: again })).status).toBe(401);
  });

  test("whose cookie a page of another origin sends are refused", async () => {
    const harness = await createHarness();
    const { caseId } = await fileOne(harness);
    const headers = { ...(await harness.signIn()), Origin: "https://evil.example", Host: "localhost" };
    const response = await harness.post(`/api/v1/cases/${caseId}/actions/accept`, { revision: 2 }, headers);
    expect(response.status).toBe(403);
  });
});
