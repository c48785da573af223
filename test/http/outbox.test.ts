import { eq } from "drizzle-orm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { caseEvents } from "../../src/cases/schema.ts";
import { createMetrics } from "../../src/http/metrics.node.ts";
import type { Door, Notification, SendResult } from "../../src/notifications/sender.ts";
import { maxAttempts, noticeFields } from "../../src/outbox/outbox.ts";
import { outbox, outboxAttempts } from "../../src/outbox/schema.ts";
import { noticeConsents } from "../../src/reports/schema.ts";
import { auditEntries } from "../../src/staff/schema.ts";
import { filing } from "../support/filing.ts";
import { createHarness, type Harness } from "../support/harness.ts";
import { recordingSender } from "../support/recording-sender.ts";
import { withStaff } from "../support/staff.ts";

type Filed = { reportNo: string; queryCode: string; reports: { caseId: string }[] };

/** By day, so that nothing is held back; a Monday. */
const now = "2026-11-23T02:00:00Z";
const night = "2026-11-23T14:00:00Z";
const morning = "2026-11-24T00:00:00Z";

type Answer = (message: Notification) => SendResult | Promise<SendResult>;

/** An app whose doors keep what goes through them. */
async function createWorld({
  answer,
  ...options
}: { answer?: Answer } & Parameters<typeof createHarness>[0] = {}) {
  const doors = (["official_account", "mini_program", "email", "webhook"] as const).map((door) =>
    recordingSender(door, answer),
  );
  const harness = await createHarness({
    now,
    senders: doors.map(({ sender }) => sender),
    systems: [{ name: "hall" }],
    ...options,
  });
  const through = (door: Door) => doors.find(({ sender }) => sender.door === door)?.messages ?? [];
  const rows = () => harness.db.sql.select().from(outbox).orderBy(outbox.createdAt, outbox.id);
  return { harness, through, rows };
}

async function file({ post }: Harness, more: Record<string, unknown> = {}): Promise<Filed> {
  const filed = await post("/api/v1/reports", { ...filing, ...more });
  if (filed.status !== 201) throw new Error(await filed.text());
  return (await filed.json()) as Filed;
}

const sessions = new WeakMap<Harness, Promise<{ Cookie: string }>>();
/** One session a harness: signing in takes as long as a password is to withstand guessing. */
function signedIn(harness: Harness) {
  const session = sessions.get(harness) ?? harness.signIn();
  sessions.set(harness, session);
  return session;
}

const caseOf = ({ reports }: Filed) => reports[0]?.caseId ?? "";

async function act(harness: Harness, caseId: string, action: string, input: Record<string, unknown> = {}) {
  const headers = await signedIn(harness);
  const [last] = (await harness.db.sql.select().from(caseEvents).where(eq(caseEvents.caseId, caseId))).slice(
    -1,
  );
  return harness.post(
    `/api/v1/cases/${caseId}/actions/${action}`,
    { revision: last?.seq, ...input },
    headers,
  );
}

const setNotices = ({ request, authorization }: Harness, { reportNo, queryCode }: Filed, body: unknown) =>
  request(`/api/v1/reports/${reportNo}/notices`, {
    method: "PUT",
    headers: { authorization, "Content-Type": "application/json", "X-Query-Code": queryCode },
    body: JSON.stringify(body),
  });

describe("rows are written with the event", () => {
  test("who agreed is told of 受理 where they agreed; the system of every step; each notice once", async () => {
    const { harness, through, rows } = await createWorld();
    const filed = await file(harness, { notices: { channel: true }, userId: "openid-1" });
    expect((await act(harness, caseOf(filed), "accept")).status).toBe(200);
    expect(await harness.dispatchDue()).toEqual({ sent: 3, failed: 0, dead: 0 });
    expect(await harness.dispatchDue()).toEqual({ sent: 0, failed: 0, dead: 0 });

    const [told, ...none] = through("mini_program");
    expect(none).toEqual([]);
    expect(told).toMatchObject({
      recipient: "openid-1",
      kind: "accepted",
      title: "已立案",
      reportNo: filed.reportNo,
      fields: { reportNo: filed.reportNo, state: "已立案", office: "献县市场监督管理局", date: "2026-11-23" },
    });
    expect(
      through("webhook")
        .map(({ kind, recipient }) => `${recipient} ${kind}`)
        .sort(),
    ).toEqual(["hall accepted", "hall received"]);
    const keys = (await rows()).map(({ idempotencyKey }) => idempotencyKey);
    expect(new Set(keys).size).toBe(3);
    expect((await rows()).every(({ state, recipient }) => state === "sent" && recipient.length === 0)).toBe(
      true,
    );
  });

  test("in one batch: a step that somebody else was ahead of leaves neither event nor notice", async () => {
    const { harness, rows } = await createWorld();
    const filed = await file(harness, { notices: { channel: true } });
    const before = (await rows()).length;
    const answers = await Promise.all([
      act(harness, caseOf(filed), "accept"),
      act(harness, caseOf(filed), "accept"),
      act(harness, caseOf(filed), "accept"),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    const accepted = (await rows()).filter(({ kind }) => kind === "accepted");
    expect(accepted.map(({ door }) => door).sort()).toEqual(["mini_program", "webhook"]);
    expect((await rows()).length).toBe(before + 2);
  });

  test("every notice names the event that it tells of, and every told event has its notices", async () => {
    const { harness, rows } = await createWorld();
    const filed = await file(harness, { notices: { channel: true } });
    await act(harness, caseOf(filed), "accept");
    await act(harness, caseOf(filed), "report_progress");
    const events = await harness.db.sql.select().from(caseEvents);
    for (const { event, kind } of await rows()) {
      const [, caseId, seq] = event.split("/");
      expect(events.find((one) => one.caseId === caseId && one.seq === Number(seq))?.kind).toBe(kind);
    }
    expect((await rows()).map(({ kind }) => kind).sort()).toEqual(["accepted", "accepted", "received"]);
  });

  test("a system that is set for some kinds is told of no others", async () => {
    const { harness, rows } = await createWorld({ systems: [{ name: "hall", kinds: ["accepted"] }] });
    const filed = await file(harness);
    expect(await rows()).toEqual([]);
    await act(harness, caseOf(filed), "accept");
    expect((await rows()).map(({ kind }) => kind)).toEqual(["accepted"]);
  });

  test("reminders of due days reach the systems, each rung once; late ones as late", async () => {
    const { harness, through } = await createWorld({
      systems: [{ name: "hall", kinds: ["case_due", "case_overdue"] }],
    });
    await file(harness);
    harness.moveTo("2026-12-21T02:00:00Z");
    expect(await harness.reminders.remind()).toBeGreaterThan(1);
    await harness.reminders.remind();
    await harness.dispatchDue();
    expect(through("webhook").map(({ kind }) => kind)).toEqual(["case_overdue"]);
    expect(through("webhook")[0]?.text).toMatch(/^CZ-.+由献县市场监督管理局办理，2026-12-\d\d 已到期/);
  });

  test("who is to bring papers is told again three days before, and on the last day, once each", async () => {
    const { harness, through } = await createWorld();
    const filed = await file(harness, { notices: { channel: true } });
    const input = { items: ["tip_facts"], respondBy: "2026-12-10" };
    const asked = await act(harness, caseOf(filed), "request_supplement", input);
    expect(asked.status, await asked.clone().text()).toBe(200);
    await harness.dispatchDue();
    for (const at of ["2026-12-06", "2026-12-07", "2026-12-08", "2026-12-10", "2026-12-11"]) {
      harness.moveTo(`${at}T02:00:00Z`);
      await harness.tend();
      await harness.dispatchDue();
    }
    expect(through("mini_program").map(({ kind, fields }) => [kind, fields["dueOn"]])).toEqual([
      ["supplement_requested", "2026-12-10"],
      ["supplement_due", "2026-12-10"],
      ["supplement_last_day", "2026-12-10"],
    ]);
  });
});

describe("consent", () => {
  test("is absent unless given: nobody is told, and no address is kept", async () => {
    const { harness, through } = await createWorld();
    const filed = await file(harness, { notices: { channel: false } });
    await act(harness, caseOf(filed), "accept");
    await harness.dispatchDue();
    expect(through("mini_program")).toEqual([]);
    expect(await harness.db.sql.select().from(noticeConsents)).toEqual([]);
  });

  test("covers mail where a name is left, and neither mail of who is anonymous nor anything of who leaves no trace", async () => {
    const { harness, through } = await createWorld();
    const named = { anonymous: false, contactName: "王小明", contactPhone: "13800001234" };
    const filed = await file(harness, { ...named, notices: { email: "wang@example.com" } });
    await act(harness, caseOf(filed), "accept");
    await harness.dispatchDue();
    expect(through("email").map(({ recipient }) => recipient)).toEqual(["wang@example.com"]);

    for (const [more, pointer] of [
      [{ notices: { email: "a@example.com" } }, "/notices/email"],
      [{ traceless: true, notices: { channel: true } }, "/notices"],
      [{ channel: "web", notices: { channel: true } }, "/notices/channel"],
      [{ channel: "wecom", notices: { channel: true } }, "/notices/channel"],
      [{ notices: { email: "nobody" } }, "/notices/email"],
    ] as const) {
      const refused = await harness.post("/api/v1/reports", { ...filing, ...more });
      expect(refused.status).toBe(400);
      expect(await refused.json()).toMatchObject({ errors: [{ pointer }] });
    }
  });

  test("is given and taken back by who holds the code; what was not sent yet is dropped then", async () => {
    const { harness, through, rows } = await createWorld();
    const filed = await file(harness, { userId: "openid-2" });
    const of = { channel: "mini_program", userId: "openid-2" };
    expect(
      (await setNotices(harness, { ...filed, queryCode: "00000000" }, { channel: true, of })).status,
    ).toBe(404);
    const given = await setNotices(harness, filed, { channel: true, of });
    expect(await given.json()).toEqual({ reportNo: filed.reportNo, doors: ["mini_program"] });
    await act(harness, caseOf(filed), "accept");
    expect(await (await setNotices(harness, filed, {})).json()).toEqual({
      reportNo: filed.reportNo,
      doors: [],
    });
    await harness.dispatchDue();
    expect(through("mini_program")).toEqual([]);
    const [dropped] = (await rows()).filter(({ door }) => door === "mini_program");
    expect(dropped).toMatchObject({ state: "dropped", reason: "recipient_gone" });
    expect(dropped?.recipient).toHaveLength(0);
  });

  test("is not to be given for a report that leaves no trace", async () => {
    const { harness } = await createWorld();
    const filed = await file(harness, { traceless: true });
    const set = await setNotices(harness, filed, {
      channel: true,
      of: { channel: "mini_program", userId: "u" },
    });
    expect(set.status).toBe(400);
  });

  test("stands in the copy of what is kept, without the address", async () => {
    const { harness } = await createWorld();
    const filed = await file(harness, { notices: { channel: true }, userId: "openid-secret" });
    const copy = await harness.request(`/api/v1/reports/${filed.reportNo}/copy`, {
      headers: { "X-Query-Code": filed.queryCode },
    });
    const text = await copy.text();
    expect(JSON.parse(text)).toMatchObject({ notices: [{ door: "mini_program", agreedOn: "2026-11-23" }] });
    expect(text).not.toContain("openid-secret");
  });

  test.each(["identity", "all"])("goes with the erasure of %s, and with it every recipient", async (what) => {
    const { harness, rows } = await createWorld({
      answer: () => ({ sent: false, retryable: false, reason: "no" }),
    });
    const filed = await file(harness, { notices: { channel: true } });
    await act(harness, caseOf(filed), "accept");
    await harness.dispatchDue();
    const ask = () =>
      harness.post(
        `/api/v1/reports/${filed.reportNo}/deletion`,
        { what, confirm: true },
        { "X-Query-Code": filed.queryCode },
      );
    expect([200, 202]).toContain((await ask()).status);
    expect(await harness.db.sql.select().from(noticeConsents)).toEqual([]);
    const own = (await rows()).filter(({ reportId }) => reportId !== null);
    expect(own.map(({ state, recipient }) => [state, recipient.length])).toEqual([["dropped", 0]]);
    // What concerns systems stays: no person is its recipient.
    expect(
      (await rows())
        .filter(({ reportId }) => reportId === null)
        .every(({ recipient }) => recipient.length > 0),
    ).toBe(true);
  });

  test("in a chat is offered after filing where the channel can tell, in one sentence, and is a no unless said", async () => {
    const { harness, through } = await createWorld();
    const talker = harness.person("openid-chat", "official_account");
    const report = ["南皮县王寺镇的华盛铸件厂在产品上印假的专利号", "匿名举报", "确认"];
    const filed = await talker.tell(...report);
    expect(filed.state).toBe("filed");
    const last = filed.replies.at(-1);
    expect(last?.text).toContain("回复“要通知”");
    expect(last?.type === "text" ? last.options : []).toEqual([{ id: "notices:yes", label: "要通知" }]);
    expect(await harness.db.sql.select().from(noticeConsents)).toEqual([]);

    expect((await talker.say("要通知")).replies[0]?.text).toContain("在这里告诉您");
    const caseId = filed.reports[0]?.caseId ?? "";
    await act(harness, caseId, "accept");
    await harness.dispatchDue();
    expect(through("official_account").map(({ recipient, kind }) => [recipient, kind])).toEqual([
      ["openid-chat", "accepted"],
    ]);
    expect((await talker.say("不要通知了")).replies[0]?.text).toContain("不再发通知");
    expect(await harness.db.sql.select().from(noticeConsents)).toEqual([]);
    await talker.tap("notices:yes");
    expect(await harness.db.sql.select().from(noticeConsents)).toHaveLength(1);

    // Another channel, through whose door nothing goes: not a word of it.
    const web = harness.person("visitor", "web");
    const there = await web.tell(...report);
    expect(there.state).toBe("filed");
    expect(JSON.stringify(there)).not.toContain("通知");
  });
});

describe("delivery", () => {
  test("at night people are left in peace, but for what is urgent; systems are told at once", async () => {
    const { harness, through } = await createWorld({ now: night });
    const filed = await file(harness, { notices: { channel: true } });
    await act(harness, caseOf(filed), "accept");
    await harness.dispatchDue();
    expect(through("mini_program")).toEqual([]);
    expect(through("webhook")).toHaveLength(2);
    harness.moveTo("2026-11-23T23:59:00Z");
    await harness.dispatchDue();
    expect(through("mini_program")).toEqual([]);
    harness.moveTo(morning);
    await harness.dispatchDue();
    expect(through("mini_program")).toHaveLength(1);
  });

  test("an urgent notice goes at night, too", async () => {
    const { harness, through } = await createWorld({ now: night });
    const filed = await file(harness, { notices: { channel: true } });
    await act(harness, caseOf(filed), "request_supplement", {
      items: ["tip_facts"],
      respondBy: "2026-11-23",
    });
    await harness.tend();
    await harness.dispatchDue();
    expect(through("mini_program").map(({ kind }) => kind)).toEqual(["supplement_last_day"]);
  });

  test("what fails is tried again under the same key, later each time, and given up in the end; staff have it sent again", async () => {
    let mended = false;
    const { harness, through, rows } = await createWorld({
      answer: () => (mended ? { sent: true } : { sent: false, retryable: true, reason: "http_503" }),
    });
    await file(harness);
    const waits: number[] = [];
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      const before = harness.now();
      const ended = await harness.dispatchDue();
      expect(ended).toEqual(
        attempt < maxAttempts ? { sent: 0, failed: 1, dead: 0 } : { sent: 0, failed: 0, dead: 1 },
      );
      // Nothing is tried before its time.
      expect(await harness.dispatchDue()).toEqual({ sent: 0, failed: 0, dead: 0 });
      const [row] = await rows();
      if (row?.state !== "pending") break;
      waits.push(row.nextAt.getTime() - before.getTime());
      // A door that was closed by failures lets one through after its pause.
      harness.moveTo(new Date(Math.max(row.nextAt.getTime(), before.getTime() + 60_000)).toISOString());
    }
    expect(waits).toHaveLength(maxAttempts - 1);
    expect(waits[0]).toBeGreaterThanOrEqual(15_000);
    expect(waits[9]).toBeGreaterThan(60 * 60 * 1000);
    const [dead] = await rows();
    expect(dead).toMatchObject({ state: "dead", reason: "http_503", attempts: maxAttempts });

    const headers = await signedIn(harness);
    const path = `/api/v1/outbox/${dead?.id}`;
    const shown = (await (await harness.request(path, { headers })).json()) as { history: unknown[] };
    expect(shown.history).toHaveLength(maxAttempts);
    mended = true;
    harness.moveTo(new Date(harness.now().getTime() + 60_000).toISOString());
    expect((await harness.post(`${path}/retry`, {}, headers)).status).toBe(200);
    expect(await harness.dispatchDue()).toEqual({ sent: 1, failed: 0, dead: 0 });
    expect(new Set(through("webhook").map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
    const again = await harness.post(`${path}/retry`, {}, headers);
    expect([again.status, ((await again.json()) as { type: string }).type]).toEqual([
      409,
      "/problems/notice_not_retryable",
    ]);
    const audited = await harness.db.sql
      .select()
      .from(auditEntries)
      .where(eq(auditEntries.action, "notice.retry"));
    expect(audited.map(({ subjectId, outcome }) => [subjectId, outcome])).toEqual([
      [dead?.id, "ok"],
      [dead?.id, expect.not.stringMatching(/^ok$/)],
    ]);
  });

  test("what a door refuses for good is given up at once", async () => {
    const { harness, rows } = await createWorld({
      answer: () => ({ sent: false, retryable: false, reason: "43101" }),
    });
    await file(harness);
    expect(await harness.dispatchDue()).toEqual({ sent: 0, failed: 0, dead: 1 });
    expect(await rows()).toMatchObject([{ state: "dead", reason: "43101", attempts: 1 }]);
  });

  test("a sender that throws, or never answers, is one that failed; what it says in its own words is kept from the list", async () => {
    const { harness, rows } = await createWorld({
      sendTimeLimitMs: 40,
      answer({ kind }) {
        if (kind === "accepted") return new Promise(() => undefined);
        throw new Error("secret of the door");
      },
    });
    const filed = await file(harness);
    await act(harness, caseOf(filed), "accept");
    expect(await harness.dispatchDue()).toEqual({ sent: 0, failed: 2, dead: 0 });
    expect((await rows()).map(({ kind, reason }) => [kind, reason])).toEqual(
      expect.arrayContaining([
        ["received", "sender_failed"],
        ["accepted", "timed_out"],
      ]),
    );

    const wordy = await createWorld({
      answer: () => ({ sent: false, retryable: true, reason: "请联系 张三 13800001234" }),
    });
    await file(wordy.harness);
    await wordy.harness.dispatchDue();
    expect(await wordy.rows()).toMatchObject([{ reason: "unnamed" }]);
  });

  test("a door that does not answer is left in peace for a minute, so that notices keep their attempts", async () => {
    const { harness, through, rows } = await createWorld({
      answer: () => ({ sent: false, retryable: true, reason: "unreachable" }),
    });
    for (let count = 0; count < 20; count++) await file(harness, { userId: `u${count}` });
    await harness.dispatchDue();
    expect(through("webhook").length).toBe(8);
    expect((await rows()).filter(({ attempts }) => attempts === 0)).toHaveLength(12);
    harness.moveTo("2026-11-23T02:01:01Z");
    await harness.dispatchDue();
    expect(through("webhook").length).toBe(9);
  });

  test("what waited a week is of no use and given up", async () => {
    const { harness, through, rows } = await createWorld();
    await file(harness);
    harness.moveTo("2026-11-30T02:00:00Z");
    expect(await harness.dispatchDue()).toEqual({ sent: 0, failed: 0, dead: 1 });
    expect(through("webhook")).toEqual([]);
    expect(await rows()).toMatchObject([{ state: "dead", reason: "expired" }]);
  });

  test("what was settled 90 days ago is deleted with its attempts, and where people are told 90 days after the end", async () => {
    const { harness, rows } = await createWorld();
    const filed = await file(harness, { notices: { channel: true } });
    await harness.request(`/api/v1/reports/${filed.reportNo}/withdrawal`, {
      method: "POST",
      headers: { "X-Query-Code": filed.queryCode },
    });
    await harness.dispatchDue();
    harness.moveTo("2027-02-20T02:00:00Z");
    await harness.tend();
    expect((await rows()).length).toBeGreaterThan(0);
    expect(await harness.db.sql.select().from(noticeConsents)).toHaveLength(1);
    harness.moveTo("2027-02-22T02:00:00Z");
    await harness.tend();
    expect(await rows()).toEqual([]);
    expect(await harness.db.sql.select().from(outboxAttempts)).toEqual([]);
    expect(await harness.db.sql.select().from(noticeConsents)).toEqual([]);
  });
});

describe("what staff see", () => {
  test("the list goes by state and door, page by page, newest first, without recipients", async () => {
    const { harness } = await createWorld({
      answer: ({ kind }) =>
        kind === "received" ? { sent: true } : { sent: false, retryable: false, reason: "no" },
    });
    const filed = await file(harness, { notices: { channel: true }, userId: "openid-hidden" });
    await act(harness, caseOf(filed), "accept");
    await harness.dispatchDue();
    const headers = await signedIn(harness);
    const get = async (query: string) => {
      const response = await harness.request(`/api/v1/outbox${query}`, { headers });
      const text = await response.text();
      expect(text).not.toContain("openid-hidden");
      return JSON.parse(text) as {
        items: { id: string; kind: string; retryable: boolean }[];
        nextCursor: string | null;
      };
    };
    expect((await get("?state=sent")).items.map(({ kind }) => kind)).toEqual(["received"]);
    expect((await get("?state=dead&door=mini_program")).items).toMatchObject([
      { kind: "accepted", retryable: true },
    ]);
    const first = await get("?limit=2");
    const second = await get(`?limit=2&cursor=${encodeURIComponent(first.nextCursor ?? "")}`);
    expect(second.nextCursor).toBeNull();
    expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(3);
    for (const cursor of ["x", Buffer.from("1|").toString("base64")]) {
      expect((await harness.request(`/api/v1/outbox?cursor=${cursor}`, { headers })).status).toBe(400);
    }
    const counts = (await (await harness.request("/api/v1/outbox/counts", { headers })).json()) as object;
    expect(counts).toEqual({
      counts: expect.arrayContaining([
        { state: "sent", door: "webhook", count: 1 },
        { state: "dead", door: "webhook", count: 1 },
        { state: "dead", door: "mini_program", count: 1 },
      ]),
    });
  });

  test("the metrics tell how many stand in which state", async () => {
    const { harness } = await createWorld({ metrics: createMetrics({ version: "test" }) });
    await file(harness);
    const read = async () =>
      (await harness.request("/metrics", { headers: { authorization: harness.authorization } })).text();
    expect(await read()).toContain('zhiquan_outbox_notices{state="pending",door="webhook"} 1');
    await harness.dispatchDue();
    const after = await read();
    expect(after).toContain('zhiquan_outbox_notices{state="sent",door="webhook"} 1');
    expect(after).not.toContain('state="pending"');
  });

  test("handlers and the public see nothing of the outbox", async () => {
    const { harness, signIn } = await withStaff([["handler.one", "handler", "130929"]]);
    const headers = await signIn("handler.one");
    expect((await harness.request("/api/v1/outbox", { headers })).status).toBe(403);
    expect((await harness.request("/api/v1/outbox")).status).toBe(401);
  });
});

test("nothing that a person wrote is in a notice or in the outbox: every slot, the supplement, the note and the file's name", async () => {
  const { harness, through, rows } = await createWorld();
  let runs = 0;
  const word = fc.stringMatching(/^[一-龥]{6}$/u);
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(word, { minLength: 9, maxLength: 9 }), async (words) => {
      const [infringer, product, location, stall, market, description, name, added, note] = words as [
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
      ];
      const filed = await file(harness, {
        infringer,
        product,
        location,
        stall,
        market,
        description,
        anonymous: false,
        contactName: name,
        contactPhone: "13912340917",
        notices: { channel: true, email: "canary-xyz@example.com" },
        userId: `openid-canary-${++runs}`,
      });
      const caseId = caseOf(filed);
      await harness.post(
        `/api/v1/reports/${filed.reportNo}/supplements`,
        { text: added },
        { "X-Query-Code": filed.queryCode },
      );
      for (const [action, input] of [
        ["request_supplement", { items: ["tip_facts"], respondBy: "2026-12-10" }],
        ["receive_supplement", {}],
        ["accept", {}],
        ["report_progress", {}],
        ["transfer", { office: "130927", reason: "wrong_place" }],
      ] as const) {
        const done = await act(harness, caseId, action, { ...input, note });
        expect(done.status, `${action} ${await done.clone().text()}`).toBe(200);
      }
      await harness.dispatchDue();
      const stored = JSON.stringify(
        (await rows()).map(({ recipient, ...row }) => ({
          ...row,
          recipient: Buffer.from(recipient).toString("latin1"),
        })),
      );
      const sent = JSON.stringify(
        (["mini_program", "email", "webhook"] as const).flatMap((door) =>
          through(door).map(({ recipient: _recipient, ...rest }) => rest),
        ),
      );
      for (const canary of [...words, "13912340917", "canary-xyz", "openid-canary"]) {
        expect(stored).not.toContain(canary);
        expect(sent).not.toContain(canary);
      }
      for (const { fields } of through("mini_program")) {
        expect(noticeFields).toEqual(expect.arrayContaining(Object.keys(fields)));
      }
    }),
    { numRuns: process.env["FULL"] === undefined ? 3 : 40 },
  );
});
