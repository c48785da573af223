import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { actionNames } from "../../src/cases/lifecycle.ts";
import { caseEvents, caseReminders, cases } from "../../src/cases/schema.ts";
import { permissions } from "../../src/core/guard.ts";
import { outbox } from "../../src/outbox/schema.ts";
import { type Role, roleNames, roles } from "../../src/staff/role.ts";
import { staffSessions } from "../../src/staff/schema.ts";
import {
  type ActionAccess,
  actions,
  holders,
  type Named,
  type OpenProbe,
  type Outcome,
  openRoutes,
  type StaffProbe,
  type Subject,
  seesEveryOffice,
  staffProbes,
  undescribed,
} from "../support/access.ts";
import { filing } from "../support/filing.ts";
import { type Harness, tinyPng } from "../support/harness.ts";
import { type Headers, withStaff } from "../support/staff.ts";

const home = "130929";
const neighbour = "130927";
/** 廊坊, the next city: an office of its own, and none of ours. */
const elsewhere = "131100";

const everyOfficeAt = "130900";
const accountOf = (role: Role) => (role === "administrator" ? "admin" : role.replaceAll("_", "-"));
const farAccountOf = (role: Role) => `${accountOf(role)}.far`;
const ofOneOffice = roleNames.filter((role) => !seesEveryOffice.includes(role));

/** What stands for the measurements: the harness has none of its own. */
const metrics = { contentType: "text/plain", read: async () => "", observe() {}, observeReading() {} };

/** Files a report of a county with a file, and tells its case. */
async function file(harness: Harness, county: string, mark: number) {
  const body = new FormData();
  body.set("file", new File([tinyPng(mark)], "photo.png"));
  const headers = { authorization: harness.authorization };
  const uploaded = await harness.request("/api/v1/evidence", { method: "POST", headers, body });
  const { evidenceId } = (await uploaded.json()) as { evidenceId: string };
  const filed = await harness.post("/api/v1/reports", { ...filing, county, evidenceIds: [evidenceId] });
  expect(filed.status).toBe(201);
  const { reports } = (await filed.json()) as { reports: [{ caseId: string }] };
  return { caseId: reports[0].caseId, evidenceId };
}

/** One account of each role, at 献县, at 南皮县 or for the whole city, and cases that are late at both counties. */
async function createWorld() {
  const people = await withStaff(
    [
      ...roleNames
        .filter((role) => role !== "administrator")
        .map(
          (role) => [accountOf(role), role, seesEveryOffice.includes(role) ? everyOfficeAt : home] as const,
        ),
      ...ofOneOffice.map((role) => [farAccountOf(role), role, elsewhere] as const),
      ["colleague", "handler", home],
      ["neighbour", "handler", neighbour],
      ["editor.two", "knowledge_editor", everyOfficeAt],
    ],
    { metrics, systems: [{ name: "hall" }] },
  );
  const { harness, idOf, signIn } = people;
  const own = await file(harness, "献县", 1);
  const other = await file(harness, "南皮县", 2);
  const incoming = await file(harness, "南皮县", 3);
  const disputed = await file(harness, "南皮县", 4);

  harness.moveTo("2026-12-21T02:00:00Z");
  expect(await harness.reminders.remind()).toBeGreaterThan(0);
  const sessions = new Map<string, Headers>();
  const accounts = [...roleNames.map(accountOf), ...ofOneOffice.map(farAccountOf)];
  await Promise.all(accounts.map(async (name) => sessions.set(name, await signIn(name))));
  const headersOf = (name: string): Headers => {
    const headers = sessions.get(name);
    if (headers === undefined) throw new Error(`${name} is not signed in.`);
    return headers;
  };

  for (const [caseId, action] of [
    [incoming.caseId, "transfer"],
    [disputed.caseId, "raise_dispute"],
  ]) {
    const step = await harness.post(
      `/api/v1/cases/${caseId}/actions/${action}`,
      { revision: 2, office: home, reason: "wrong_place" },
      headersOf("admin"),
    );
    expect(step.status).toBe(200);
  }

  const asked = await harness.post("/api/v1/knowledge/answers", { question: "外观专利保护几年" });
  const question = (await asked.json()) as { id: string };
  const written = await harness.post(
    "/api/v1/knowledge/admin/standard-answers",
    {
      questions: ["外观设计专利能保护多少年"],
      text: "外观设计专利权的期限为十五年，自申请日起计算。",
      citations: [{ law: "专利法", article: "第四十二条" }],
      expiresOn: "2027-06-30",
      enabled: true,
      approved: false,
    },
    headersOf("admin"),
  );
  expect(written.status).toBe(201);
  const standard = (await written.json()) as { id: string };

  /** A second session for each account, made without the cost of a password. */
  const spared = [...accounts, "neighbour"];
  const spare = (name: string) => String(spared.indexOf(name) + 1).padStart(24, "0");
  const at = harness.now();
  await harness.db.write([
    harness.db.sql.insert(staffSessions).values(
      spared.map((name) => ({
        tokenHash: spare(name).padEnd(64, "f"),
        accountId: idOf(name),
        expiresAt: new Date(at.getTime() + 3_600_000),
        createdAt: at,
        lastSeenAt: at,
      })),
    ),
  ]);

  const notice = await harness.db.sql.select().from(outbox).get();
  const reminders = await harness.db.sql.select().from(caseReminders);
  const toHead = (caseId: string, office: string) => {
    const found = reminders.find(
      (one) => one.caseId === caseId && one.recipientKind === "office_head" && one.recipient === office,
    );
    if (found === undefined) throw new Error(`The head of ${office} was not reminded.`);
    return found.id;
  };
  const ids: Record<Exclude<Named, "session">, string> = {
    case: own.caseId,
    otherCase: other.caseId,
    noCase: "case_00000000000000000000000000",
    reminder: toHead(own.caseId, home),
    otherReminder: toHead(other.caseId, neighbour),
    account: idOf("colleague"),
    otherAccount: idOf("neighbour"),
    cityAccount: idOf("editor.two"),
    noAccount: "account_none",
    otherSession: `session_${spare("neighbour")}`,
    noSession: `session_${"0".repeat(24)}`,
    question: question.id,
    noQuestion: "answer_none",
    standard: standard.id,
    noStandard: "standard_none",
    notice: notice?.id ?? "",
    noNotice: "notice_none",
  };
  const named = (name: Named, account: string) =>
    name === "session" ? `session_${spare(account)}` : ids[name];

  return { ...people, own, other, incoming, disputed, headersOf, named };
}

/** A described route with its values in place. */
function fill(route: string, values: Record<string, string>) {
  const [method = "", pattern = ""] = route.split(" ");
  return { method, path: pattern.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? `{${name}}`) };
}

/** An answer as the tables write it, and its body without what differs from request to request. */
async function ask(
  harness: Harness,
  route: string,
  values: Record<string, string>,
  headers: Headers,
  send: {
    query?: string | undefined;
    body?: unknown;
    text?: string | undefined;
    photo?: true | undefined;
  },
): Promise<{ outcome: Outcome; body: string }> {
  const { method, path } = fill(route, values);
  const photo = new FormData();
  photo.set("file", new File([tinyPng()], "photo.png"));
  const content = send.text ?? (send.body === undefined ? undefined : JSON.stringify(send.body));
  const type = send.text === undefined ? "application/json" : "application/x-ndjson";
  const response = await harness.request(`${path}${send.query ?? ""}`, {
    method,
    // A route that asks for a key gets one, so that what is judged is who asks.
    headers: {
      ...headers,
      "Idempotency-Key": "matrix",
      ...(content === undefined ? {} : { "Content-Type": type }),
    },
    ...(content === undefined ? {} : { body: content }),
    ...(send.photo === true ? { body: photo } : {}),
  });
  const text = await response.text();
  if (response.headers.get("Content-Type") !== "application/problem+json") {
    return { outcome: String(response.status), body: text };
  }
  const problem = JSON.parse(text) as { type: string; requestId: string };
  return {
    outcome: `${response.status} ${problem.type.replace("/problems/", "")}`,
    body: JSON.stringify({ ...problem, requestId: "" }),
  };
}

/** The cells that differ, a line each, to be read at a glance. */
class Table {
  readonly faults: string[] = [];
  cells = 0;
  hold(cell: string, expected: Outcome, found: Outcome): void {
    this.cells += 1;
    if (expected !== found) this.faults.push(`${cell}: expected ${expected}, was ${found}`);
  }
}

const send = ({ query, body, text, photo }: StaffProbe | (OpenProbe & { text?: string; photo?: true })) => ({
  query,
  body,
  text,
  photo,
});

function expectedOf(probe: StaffProbe, role: Role, subject: Subject | undefined): Outcome {
  if (!holders[probe.needs].includes(role)) return "403 forbidden";
  if (subject === undefined) return probe.answers;
  const missing = probe.missing ?? "";
  if (subject === "absent" || probe.except?.includes(role) === true) return missing;
  if (subject === "other" && probe.reaches?.includes(role) !== true) return missing;
  if (probe.thenNeeds !== undefined && !holders[probe.thenNeeds].includes(role)) return "403 forbidden";
  return subject === "other" ? (probe.otherAnswers ?? probe.answers) : probe.answers;
}

const subjects: readonly Subject[] = ["own", "other", "absent"];

/** The case tables as they stand. */
async function storedCases({ db }: Harness) {
  const [rows, events] = await Promise.all([
    db.sql.select().from(cases).orderBy(cases.id),
    db.sql.select().from(caseEvents).orderBy(caseEvents.caseId, caseEvents.seq),
  ]);
  return { rows, events };
}

test("every permission stands in the table with the roles that hold it", () => {
  expect(Object.keys(holders).sort()).toEqual([...permissions].sort());
  const found = Object.fromEntries(
    permissions.map((permission) => [
      permission,
      roleNames.filter((role) => (roles[role].permissions as readonly string[]).includes(permission)),
    ]),
  );
  expect(found).toEqual(holders);
  expect(roleNames.filter((role) => roles[role].scope === "all")).toEqual(seesEveryOffice);
});

test("every route of the app stands in the tables, as staff's or as open, and no other", async () => {
  const { harness } = await withStaff([], { metrics });
  const described = Object.entries(harness.describe().paths ?? {}).flatMap(([path, item]) =>
    Object.keys(item as object).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const known = [...new Set(staffProbes.map(({ route }) => route)), ...Object.keys(openRoutes)];
  expect(
    described.filter((route) => !known.includes(route)),
    "has no expectation",
  ).toEqual([]);
  expect(
    known.filter((route) => !described.includes(route)),
    "is not there",
  ).toEqual([]);
  expect(new Set(known).size, "is both staff's and open").toBe(known.length);

  // Middleware is mounted for all methods; whatever answers is mounted for one.
  const mounted = harness.app.routes
    .filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)(\{[^}]*\})?/g, "{$1}")}`);
  const hidden = [...new Set(mounted)].filter((route) => !described.includes(route));
  expect(hidden.sort()).toEqual([...undescribed].sort());
});

test("every action of a case stands in the table, and no other", () => {
  expect(Object.keys(actions).sort()).toEqual([...actionNames].sort());
});

test("each route answers each role, at its own office and at others, as the table says", async () => {
  const world = await createWorld();
  const { harness, headersOf, named, own } = world;
  const before = await storedCases(harness);
  const table = new Table();
  const values = (probe: StaffProbe, subject: Subject | undefined, account: string) => ({
    ...probe.path,
    ...(probe.path?.["evidenceId"] === undefined ? {} : { evidenceId: own.evidenceId }),
    ...(subject === undefined || probe.id === undefined ? {} : { id: named(probe.id[subject], account) }),
  });

  const asRole = async (role: Role) => {
    const account = accountOf(role);
    for (const probe of staffProbes) {
      const cell = [probe.route, probe.title, role].filter((part) => part !== undefined).join(" | ");
      if (probe.id === undefined) {
        const { outcome } = await ask(
          harness,
          probe.route,
          values(probe, undefined, account),
          headersOf(account),
          send(probe),
        );
        table.hold(cell, expectedOf(probe, role, undefined), outcome);
        continue;
      }
      const bodies: Partial<Record<Subject | "far", string>> = {};
      for (const subject of subjects) {
        const { outcome, body } = await ask(
          harness,
          probe.route,
          values(probe, subject, account),
          headersOf(account),
          send(probe),
        );
        table.hold(`${cell} | ${subject}`, expectedOf(probe, role, subject), outcome);
        bodies[subject] = body;
      }
      const alike = (of: Subject) => expectedOf(probe, role, of) === probe.missing;
      if (alike("other")) table.hold(`${cell} | other, as absent`, bodies.absent ?? "", bodies.other ?? "");
    }
  };
  /** The same role at an office of another city: nothing of ours is there for it. */
  const asFarRole = async (role: Role) => {
    const account = farAccountOf(role);
    for (const probe of staffProbes) {
      // The knowledge is not an office's, and one's own session is one's own anywhere.
      if (probe.id === undefined || probe.id.own === probe.id.other || probe.id.own === "session") continue;
      const cell = `${probe.route} | ${role} of another city`;
      const expected = expectedOf(probe, role, "absent");
      const found = await ask(
        harness,
        probe.route,
        values(probe, "own", account),
        headersOf(account),
        send(probe),
      );
      const absent = await ask(
        harness,
        probe.route,
        values(probe, "absent", account),
        headersOf(account),
        send(probe),
      );
      table.hold(cell, expected, found.outcome);
      table.hold(`${cell}, as absent`, absent.body, found.body);
    }
  };
  await Promise.all([...roleNames.map(asRole), ...ofOneOffice.map(asFarRole)]);

  const opened = await harness.post("/api/v1/sessions", {});
  const browser = (await opened.json()) as { token: string };
  const strangers: readonly [string, Headers][] = [
    ["nobody", {}],
    ["a made-up session", { Cookie: "zhiquan_staff=0123456789abcdef" }],
    ["a resident's session", { authorization: `Bearer ${browser.token}` }],
    ["a resident's session as staff's", { Cookie: `zhiquan_staff=${browser.token}` }],
    ["a channel", { authorization: harness.authorization }],
  ];
  for (const [name, headers] of strangers) {
    for (const probe of staffProbes) {
      const passes = name === "a channel" && probe.channel === true;
      const id = probe.id === undefined ? undefined : "own";
      const { outcome } = await ask(harness, probe.route, values(probe, id, "admin"), headers, send(probe));
      table.hold(`${probe.route} | ${name}`, passes ? probe.answers : "401 unauthorized", outcome);
    }
  }

  expect(table.faults).toEqual([]);
  expect(table.cells).toBeGreaterThan(staffProbes.length * roleNames.length);
  expect(await storedCases(harness)).toEqual(before);
}, 120_000);

test("each open route answers who has nothing, and treats staff like anybody", async () => {
  const { harness, signIn } = await withStaff([["one", "handler", home]], { metrics });
  const staff = await signIn("one");
  const table = new Table();
  for (const [index, [route, probe]] of Object.entries(openRoutes).entries()) {
    const code: Headers =
      probe.to === "code" ? { "X-Query-Code": "00000000", "X-Response-Code": "00000000" } : {};
    // Wrong codes are counted by the report: each route asks for its own.
    const reportNo = `CZ-0000${index}-00000`;
    const responseNo = `DB-0000${index}-00000`;
    const askAs = (headers: Headers) =>
      ask(harness, route, { reportNo, responseNo, ...probe.path }, { ...headers, ...code }, send(probe));
    table.hold(`${route} | nobody`, probe.answers, (await askAs({})).outcome);
    if (route !== "DELETE /api/v1/staff/sessions") {
      table.hold(`${route} | staff`, probe.answers, (await askAs(staff)).outcome);
    }
    if (probe.to === "code") {
      const without = await ask(harness, route, { reportNo, responseNo, ...probe.path }, {}, send(probe));
      table.hold(`${route} | no code`, "400 invalid_request", without.outcome);
    }
    if (probe.to === "caller") {
      const { outcome } = await askAs({ authorization: harness.authorization });
      table.hold(`${route} | a channel is let in`, "true", String(!/^40[13]/.test(outcome)));
    }
  }
  expect(table.faults).toEqual([]);
}, 60_000);

test("each action on a case is taken by the roles and offices of the table alone, and leaves nothing where refused", async () => {
  const { harness, headersOf, own, other, incoming, disputed, named } = await createWorld();
  const before = await storedCases(harness);
  const revisionOf = new Map(before.rows.map((row) => [row.id, row.seq]));
  const table = new Table();
  const route = "POST /api/v1/cases/{id}/actions/{action}";
  const columns = {
    own: own.caseId,
    // Of 南皮县, and proposed to 献县: seen by both.
    incoming: incoming.caseId,
    // Of 南皮县, which says that it is 献县's: seen by both.
    disputed: disputed.caseId,
    other: other.caseId,
    absent: named("noCase", ""),
  };
  type Column = keyof typeof columns;

  function expected(access: ActionAccess, role: Role, column: Column): Outcome {
    if (!holders["case:read"].includes(role)) return "403 forbidden";
    const everywhere = seesEveryOffice.includes(role);
    if (column === "absent" || (column === "other" && !everywhere)) return "404 case_not_found";
    if (!holders[access.needs].includes(role)) return "403 forbidden";
    const turn =
      everywhere ||
      access.turn === "any" ||
      (access.turn === "owner" && column === "own") ||
      (access.turn === "receiver" && column === "incoming");
    return turn ? "409 changed_meanwhile" : "403 forbidden";
  }

  /** Where a step is refused, it is asked for at the true revision: were it not refused, it would be stored. */
  const bodyOf = (access: ActionAccess, column: Column, outcome: Outcome) => ({
    ...access.input,
    note: "不该留下的话",
    revision: outcome.startsWith("409") ? -1 : (revisionOf.get(columns[column]) ?? 1),
  });

  const asAccount = async (account: string, role: Role, answer: typeof expected, label: string) => {
    for (const [action, access] of Object.entries(actions)) {
      let absent = "";
      for (const column of ["absent", "own", "incoming", "disputed", "other"] as const) {
        const outcome = answer(access, role, column);
        const values = { id: columns[column], action };
        const found = await ask(harness, route, values, headersOf(account), {
          body: bodyOf(access, column, outcome),
        });
        table.hold(`${action} | ${label} | ${column}`, outcome, found.outcome);
        if (column === "absent") absent = found.body;
        else if (outcome.startsWith("404"))
          table.hold(`${action} | ${label} | ${column}, as absent`, absent, found.body);
      }
    }
  };
  const far = (access: ActionAccess, role: Role) => expected(access, role, "absent");
  await Promise.all([
    ...roleNames.map((role) => asAccount(accountOf(role), role, expected, role)),
    asAccount(farAccountOf("office_head"), "office_head", far, "office_head of another city"),
    ...Object.entries(actions).map(async ([action, access]) => {
      const body = bodyOf(access, "own", "401");
      const { outcome } = await ask(harness, route, { id: own.caseId, action }, {}, { body });
      table.hold(`${action} | nobody`, "401 unauthorized", outcome);
    }),
  ]);
  expect(table.faults).toEqual([]);
  expect(await storedCases(harness)).toEqual(before);

  // What a person is shown as theirs to do is what they are let do.
  for (const role of holders["case:read"]) {
    for (const column of ["own", "incoming", "disputed"] as const) {
      const response = await harness.request(`/api/v1/cases/${columns[column]}`, {
        headers: headersOf(accountOf(role)),
      });
      const detail = (await response.json()) as { actions: { action: string }[] };
      for (const { action } of detail.actions) {
        const access = actions[action];
        const may = access === undefined ? "unknown" : expected(access, role, column);
        table.hold(`${action} | ${role} | ${column} | offered`, "409 changed_meanwhile", may);
      }
    }
  }
  expect(table.faults).toEqual([]);

  // And the very request that is refused to others is a step when the right one asks.
  const taken = await ask(
    harness,
    route,
    { id: own.caseId, action: "report_progress" },
    headersOf("handler"),
    { body: { revision: revisionOf.get(own.caseId) } },
  );
  expect(taken.outcome).toBe("200");
  const count = await harness.db.sql.select({ n: sql<number>`count(*)` }).from(caseEvents).get();
  expect(count?.n).toBe(before.events.length + 1);
}, 120_000);

test("an office outside the city is no office: nothing is sent there, opened for it or found of it", async () => {
  const { harness, headersOf, own } = await createWorld();
  const admin = headersOf("admin");
  const revision = 2;
  const toOffice = async (office: string) => [
    await ask(
      harness,
      "POST /api/v1/cases/{id}/actions/{action}",
      { id: own.caseId, action: "transfer" },
      admin,
      {
        body: { revision, office, reason: "wrong_place" },
      },
    ),
    await ask(
      harness,
      "POST /api/v1/cases/{id}/actions/{action}",
      { id: own.caseId, action: "raise_dispute" },
      admin,
      {
        body: { revision, office, reason: "wrong_place" },
      },
    ),
    await ask(harness, "POST /api/v1/staff/accounts", {}, admin, {
      body: { account: "new.one", name: "新人", role: "handler", officeCode: office },
    }),
    await ask(harness, "GET /api/v1/overdue", {}, admin, { query: `?office=${office}` }),
  ];
  const found = await toOffice(elsewhere);
  expect(found.map(({ outcome }) => outcome)).toEqual([
    "409 invalid_transition",
    "409 invalid_transition",
    "400 invalid_request",
    "200",
  ]);
  expect(found).toEqual(await toOffice("999999"));

  const far = headersOf(farAccountOf("office_head"));
  for (const path of ["/cases", "/cases?incoming=true", "/cases?sort=due", "/reminders", "/overdue"]) {
    const response = await harness.request(`/api/v1${path}`, { headers: far });
    expect(await response.json(), path).toMatchObject({ items: [], nextCursor: null });
  }
  // A county that asks for its neighbour's late cases is told what it is told of an office that there is not.
  const head = headersOf("office-head");
  const late = (office: string) =>
    ask(harness, "GET /api/v1/overdue", {}, head, { query: `?office=${office}` });
  expect(await late(neighbour)).toEqual(await late(elsewhere));
  expect(JSON.parse((await late(home)).body)).toMatchObject({ items: [{ caseId: own.caseId }] });
}, 60_000);
