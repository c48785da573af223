import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { getTableColumns, sum } from "drizzle-orm";
import { describe, expect, onTestFinished, test } from "vitest";
import { grantProblem, type LedgerStep } from "../../src/cases/aid.ts";
import { createAidRepository, hashLedgerLine } from "../../src/cases/aid-repository.ts";
import { createAidService } from "../../src/cases/aid-service.ts";
import type { CaseProjection } from "../../src/cases/case.ts";
import { createCaseRepository } from "../../src/cases/case-repository.ts";
import { aidLedger } from "../../src/cases/schema.ts";
import type { Track } from "../../src/cases/track.ts";
import type { Person } from "../../src/core/guard.ts";
import { sha256 } from "../../src/crypto/bytes.ts";
import { type Database, openDatabase, unitOfWork } from "../../src/db/client.ts";
import { reports } from "../../src/reports/schema.ts";
import { roles } from "../../src/staff/role.ts";
import { createHarness, type Harness } from "../support/harness.ts";
import { type Headers, withStaff } from "../support/staff.ts";

const year = 2026;
const people = [
  ["city", "city", "130900"],
  ["second", "city", "130900"],
  ["head", "office_head", "130929"],
  ["handler", "handler", "130929"],
  ["neighbour", "office_head", "130921"],
  ["mediator", "mediator", "130929"],
  ["auditor", "auditor", "130900"],
] as const;

/** Opens a case as the intake would, with no report behind it. */
/** What a report of these tests says: nothing that can be opened. */
const sealedReport = Uint8Array.of(1);

async function openCase(
  { db, vault, now }: Pick<Harness, "db" | "vault" | "now">,
  id: string,
  officeCode = "130929",
  track: Track = "aid",
): Promise<CaseProjection> {
  const repository = createCaseRepository({ db, vault });
  const shared = { caseId: id, at: now(), due: null };
  const { after, statements } = await repository.append(undefined, [
    {
      ...shared,
      seq: 1,
      actor: "public",
      kind: "received",
      data: {
        reportId: `report_${id}`,
        reportNo: `CZ-${id}`,
        matter: "其他",
        track,
        county: null,
        channel: "web",
        contentHash: await sha256(sealedReport),
        receivedOn: "2026-11-23",
        origin: "reported",
        anonymous: false,
        fastLane: [],
        simplified: null,
        workOrderOf: null,
      },
    },
    { ...shared, seq: 2, actor: "system", kind: "routed", data: { office: officeCode, basis: [] } },
  ]);
  const report = {
    id: after.reportId,
    reportNo: after.reportNo,
    queryKeyId: "k1",
    reportType: after.matter,
    channel: "web",
    sealed: sealedReport,
    filedAt: now(),
  };
  await db.write([db.sql.insert(reports).values(report), ...statements]);
  return after;
}

/** The app with people of two counties and the city, and what each of them may do to the ledger. */
async function withLedger(applications: readonly string[] = ["aid_1"]) {
  const staff = await withStaff(people);
  const { harness, send, signIn } = staff;
  for (const id of applications) await openCase(harness, id);
  const sessions = new Map<string, Headers>();
  const as = async (account: string) => {
    const known = sessions.get(account) ?? (await signIn(account));
    sessions.set(account, known);
    return known;
  };
  let keys = 0;
  const enter = async (account: string, line: Record<string, unknown>, key = `key-${++keys}`) =>
    send("POST", "/aid/ledger", { ...(await as(account)), "Idempotency-Key": key }, { year, ...line });
  const read = async (account: string, query = "") => send("GET", `/aid/ledger${query}`, await as(account));
  /** Enters lines that must succeed. */
  const enterAll = async (...lines: (readonly [account: string, line: Record<string, unknown>])[]) => {
    for (const [account, line] of lines) {
      const { status, body } = await enter(account, line);
      if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`);
    }
  };
  const rows = () => harness.db.sql.select().from(aidLedger).orderBy(aidLedger.year, aidLedger.seq);
  const person = (account: string): Person => {
    const [, role, officeCode] = people.find(([name]) => name === account) ?? people[0];
    const { scope, permissions } = roles[role];
    const offices = scope === "all" ? ("all" as const) : [officeCode];
    return { accountId: staff.idOf(account), account, name: account, role, officeCode, offices, permissions };
  };
  /** Sessions have ended: whoever acts next signs in again. */
  const signOut = () => sessions.clear();
  return { ...staff, as, signOut, enter, enterAll, read, rows, person };
}

const budget = (amountFen: number) => ["city", { kind: "budgeted", amountFen }] as const;
const reserve = (amountFen: number, applicationId = "aid_1", account = "handler") =>
  [account, { kind: "reserved", amountFen, applicationId }] as const;
const grant = (amountFen: number, applicationId = "aid_1", account = "head") =>
  [account, { kind: "granted", amountFen, applicationId }] as const;
const pay = (amountFen: number, applicationId = "aid_1", account = "handler") =>
  [account, { kind: "paid", amountFen, applicationId }] as const;

describe("the aid ledger", () => {
  test("leads from the budget over reserve and grant to payment, and puts back what is left", async () => {
    const { enter, read, rows, idOf, harness } = await withLedger();
    expect((await enter(...budget(100_000))).status).toBe(201);
    expect(
      (await enter("handler", { kind: "reserved", amountYuan: "600", applicationId: "aid_1" })).body,
    ).toMatchObject({
      line: { seq: 2, kindTitle: "预留", amountFen: 60_000, by: idOf("handler"), approvedBy: null },
      application: { reportNo: "CZ-aid_1", office: { code: "130929" }, reservedFen: 60_000 },
      balance: null,
    });
    expect((await enter(...grant(50_000))).body).toMatchObject({
      line: { kind: "granted", by: idOf("handler"), approvedBy: idOf("head") },
      application: { reservedFen: 10_000, grantedFen: 50_000, paidFen: 0 },
    });
    await enter(...pay(30_000));
    await enter("head", { kind: "released", from: "granted", amountFen: 20_000, applicationId: "aid_1" });
    const last = await enter("city", {
      kind: "released",
      from: "reserved",
      amountFen: 10_000,
      applicationId: "aid_1",
    });
    const balance = {
      budgetedFen: 100_000,
      availableFen: 70_000,
      reservedFen: 0,
      grantedFen: 0,
      paidFen: 30_000,
    };
    expect(last).toMatchObject({ status: 201, body: { balance, application: { paidFen: 30_000 } } });
    expect((await read("city")).body).toMatchObject({ year, balance });
    expect((await rows()).map((row) => [row.seq, row.kind, row.amountFen, row.releasedFrom])).toEqual([
      [1, "budgeted", 100_000, null],
      [2, "reserved", 60_000, null],
      [3, "granted", 50_000, null],
      [4, "paid", 30_000, null],
      [5, "released", 20_000, "granted"],
      [6, "released", 10_000, "reserved"],
    ]);
    expect(await harness.ledgerVerification.verifyLedger()).toEqual({ count: 6, faults: [] });
  });

  test("has a balance that is the naive sum of its rows, whatever was tried", async () => {
    const { enter, read, harness } = await withLedger(["aid_1", "aid_2"]);
    await enter(...budget(3_000));
    const kinds = ["reserved", "granted", "paid", "released"];
    const accounts = ["handler", "head", "city", "second"];
    // A fixed walk that meets refusals too: each number is coprime to the length of what it picks from.
    for (let step = 0; step < 60; step++) {
      const kind = kinds[(step * 7 + Math.floor(step / 4)) % 4] ?? "";
      await enter(accounts[(step * 3) % 4] ?? "", {
        kind,
        amountFen: 1 + ((step * 37) % 400),
        applicationId: step % 3 === 0 ? "aid_2" : "aid_1",
        ...(kind === "released" ? { from: step % 2 === 0 ? "reserved" : "granted" } : {}),
      });
    }
    const sums = await harness.db.sql
      .select({
        kind: aidLedger.kind,
        from: aidLedger.releasedFrom,
        fen: sum(aidLedger.amountFen),
      })
      .from(aidLedger)
      .groupBy(aidLedger.kind, aidLedger.releasedFrom);
    const fen = (kind: string, from: string | null = null) =>
      Number(sums.find((row) => row.kind === kind && row.from === from)?.fen ?? 0);
    expect(sums.map((row) => row.kind).sort()).toEqual([
      "budgeted",
      "granted",
      "paid",
      "released",
      "released",
      "reserved",
    ]);
    const [fromReserved, fromGranted] = [fen("released", "reserved"), fen("released", "granted")];
    const balance = {
      budgetedFen: fen("budgeted"),
      availableFen: fen("budgeted") - fen("reserved") + fromReserved + fromGranted,
      reservedFen: fen("reserved") - fen("granted") - fromReserved,
      grantedFen: fen("granted") - fen("paid") - fromGranted,
      paidFen: fen("paid"),
    };
    const { body } = await read("city");
    expect(body["balance"]).toEqual(balance);
    expect(Object.values(balance).every((one) => one >= 0)).toBe(true);
    const own = body["applications"] as { reservedFen: number; grantedFen: number; paidFen: number }[];
    const total = (name: "reservedFen" | "grantedFen" | "paidFen") =>
      own.reduce((before, one) => before + one[name], 0);
    expect([total("reservedFen"), total("grantedFen"), total("paidFen")]).toEqual([
      balance.reservedFen,
      balance.grantedFen,
      balance.paidFen,
    ]);
    expect((await harness.ledgerVerification.verifyLedger()).faults).toEqual([]);
  });

  test.each<[string, readonly [account: string, line: Record<string, unknown>], string]>([
    ["more than the budget has left", reserve(1_001), "不够这一笔 10.01 元"],
    ["more than was set aside", grant(601), "为这份申请预留的金额只有 6.00 元，不够这一笔 6.01 元。"],
    ["a payment of what is not granted", pay(1), "已批未付的金额只有 0.00 元，不够这一笔 0.01 元。"],
    ["a grant to an application nothing was set aside for", grant(1, "aid_2"), "还没有为这份申请预留资助"],
  ])("refuses %s, and keeps no line of it", async (_, line, told) => {
    const { enter, enterAll, rows } = await withLedger(["aid_1", "aid_2"]);
    await enterAll(budget(1_000), reserve(600));
    const { status, body } = await enter(...line);
    expect({ status, type: body["type"] }).toEqual({ status: 409, type: "/problems/insufficient_funds" });
    expect(body["detail"]).toContain(told);
    expect(await rows()).toHaveLength(2);
  });

  test("says that a year has no budget yet, and keeps each year's money to itself", async () => {
    const { enter, enterAll, read } = await withLedger();
    await enterAll(budget(1_000));
    const next = await enter("handler", {
      kind: "reserved",
      amountFen: 1,
      applicationId: "aid_1",
      year: 2027,
    });
    expect(next).toMatchObject({
      status: 409,
      body: { detail: "2027 年度还没有登记预算，请先由市局登记。" },
    });
    await enterAll(["city", { kind: "budgeted", amountFen: 7, year: 2027 }], reserve(1_000));
    expect((await read("city", "?year=2027")).body).toMatchObject({
      year: 2027,
      balance: { availableFen: 7 },
      items: [{ year: 2027, seq: 1 }],
    });
    expect((await read("city")).body).toMatchObject({ year, balance: { availableFen: 0 } });
    expect((await enter("city", { kind: "budgeted", amountFen: 1, year: 2029 })).body).toMatchObject({
      status: 400,
      errors: [{ pointer: "/year", detail: "填 2025 到 2027。" }],
    });
  });

  test("gives its lines page by page", async () => {
    const { enterAll, read } = await withLedger();
    await enterAll(budget(1_000), reserve(1), reserve(2));
    const first = await read("city", "?limit=2");
    expect(first.body).toMatchObject({ items: [{ seq: 1 }, { seq: 2 }], nextCursor: "2" });
    const second = await read("city", "?limit=2&cursor=2");
    expect(second.body).toMatchObject({ items: [{ seq: 3, amountFen: 2 }], nextCursor: null });
    expect(second.body["balance"]).toEqual(first.body["balance"]);
    expect((await read("city", "?cursor=x")).status).toBe(400);
  });

  test("cannot be changed, shortened or continued out of turn in the database", async () => {
    const { enterAll, harness, rows } = await withLedger();
    await enterAll(budget(1_000), reserve(600));
    const before = await rows();
    for (const statement of [
      "UPDATE aid_ledger SET amount_fen = 1",
      "DELETE FROM aid_ledger WHERE seq = 2",
      "INSERT OR REPLACE INTO aid_ledger SELECT * FROM aid_ledger WHERE seq = 2",
      "INSERT INTO aid_ledger SELECT year, 9, at, kind, amount_fen, application_id, released_from, entered_by, approved_by, NULL, previous_hash, hash FROM aid_ledger WHERE seq = 2",
    ]) {
      await expect(harness.db.maintain(statement), statement).rejects.toThrow();
    }
    expect(await rows()).toEqual(before);
  });
});

describe("POST /api/v1/aid/ledger", () => {
  test("names what is wrong with a line, and keeps nothing of it", async () => {
    const wrong: [what: string, line: Record<string, unknown>, pointer: string][] = [
      ["no amount", { kind: "budgeted" }, "/amountFen"],
      ["two amounts", { kind: "budgeted", amountFen: 1, amountYuan: "0.01" }, "/amountFen"],
      ["a fraction of a fen", { kind: "budgeted", amountFen: 1.5 }, "/amountFen"],
      ["nothing", { kind: "budgeted", amountFen: 0 }, "/amountFen"],
      ["three decimals", { kind: "budgeted", amountYuan: "1.005" }, "/amountYuan"],
      ["a negative amount", { kind: "budgeted", amountYuan: "-5" }, "/amountYuan"],
      ["zero yuan", { kind: "budgeted", amountYuan: "0.00" }, "/amountYuan"],
      ["an unknown kind", { kind: "given", amountFen: 1 }, "/kind"],
      [
        "a budget of an application",
        { kind: "budgeted", amountFen: 1, applicationId: "aid_1" },
        "/applicationId",
      ],
      ["a reserve of no application", { kind: "reserved", amountFen: 1 }, "/applicationId"],
      ["a release from nowhere", { kind: "released", amountFen: 1, applicationId: "aid_1" }, "/from"],
      [
        "a payment from somewhere",
        { kind: "paid", amountFen: 1, applicationId: "aid_1", from: "granted" },
        "/from",
      ],
      [
        "an approver named by hand",
        { kind: "granted", amountFen: 1, applicationId: "aid_1", approvedBy: "x" },
        "/approvedBy",
      ],
      [
        "a case on another track",
        { kind: "reserved", amountFen: 1, applicationId: "case_1" },
        "/applicationId",
      ],
    ];
    const { enter, harness, rows } = await withLedger();
    await openCase(harness, "case_1", "130929", "penalty");
    for (const [what, line, pointer] of wrong) {
      const { status, body } = await enter("city", line);
      expect({ status, errors: body["errors"] }, what).toEqual({
        status: 400,
        errors: expect.arrayContaining([{ pointer, detail: expect.stringMatching(/[。？]$/) }]),
      });
    }
    expect(await rows()).toEqual([]);
  });

  test("reckons an amount in yuan to the fen, where a float would not", async () => {
    const { enter, rows } = await withLedger();
    for (const amountYuan of ["1.1", "19.99", "4.35", "90071992547.40", "8"]) {
      await enter("city", { kind: "budgeted", amountYuan });
    }
    expect((await rows()).map((row) => row.amountFen)).toEqual([110, 1_999, 435, 9_007_199_254_740, 800]);
  });

  test("needs an Idempotency-Key, and enters the same call once", async () => {
    const { enter, send, as, rows } = await withLedger();
    const line = { year, kind: "budgeted", amountFen: 5 };
    expect((await send("POST", "/aid/ledger", await as("city"), line)).body).toMatchObject({
      status: 400,
      errors: [{ pointer: "/header/idempotency-key", detail: expect.stringContaining("Idempotency-Key") }],
    });
    const first = await enter("city", line, "same");
    await enter(...budget(1_000));
    expect(await enter("city", line, "same")).toMatchObject({ status: 201, body: first.body });
    expect(await enter("city", { ...line, amountFen: 6 }, "same")).toMatchObject({
      status: 409,
      body: { type: "/problems/idempotency_conflict" },
    });
    // Another person's key is another key.
    expect((await enter("second", line, "same")).status).toBe(201);
    expect((await rows()).map((row) => row.amountFen)).toEqual([5, 1_000, 5]);
  });

  test("enters one line where the same call comes in several times at once", async () => {
    const { enter, as, rows } = await withLedger();
    await as("city");
    const line = { kind: "budgeted", amountFen: 5 };
    const answers = await Promise.all([1, 2, 3, 4].map(() => enter("city", line, "same")));
    expect(new Set(answers.map(({ status, body }) => JSON.stringify([status, body]))).size).toBe(1);
    expect(answers[0]?.status).toBe(201);
    expect(await rows()).toHaveLength(1);
  });

  test("is open only to those whose task it is", async () => {
    const { harness, enter, send, enterAll, rows } = await withLedger();
    await enterAll(budget(1_000), reserve(500), grant(100));
    const statusOf = async (account: string, line: Record<string, unknown>) =>
      (await enter(account, line)).status;
    const before = await rows();
    const [, someReserve] = reserve(1);
    const [, someGrant] = grant(1);
    const [, someBudget] = budget(1);
    expect(
      (await send("POST", "/aid/ledger", { "Idempotency-Key": "k" }, { year, ...someBudget })).status,
    ).toBe(401);
    for (const account of ["mediator", "auditor"]) expect(await statusOf(account, someReserve)).toBe(403);
    for (const account of ["head", "handler"]) expect(await statusOf(account, someBudget)).toBe(403);
    expect(await statusOf("handler", someGrant)).toBe(403);
    const takeBack = { kind: "released", from: "granted", amountFen: 1, applicationId: "aid_1" };
    expect(await statusOf("handler", takeBack)).toBe(403);
    for (const line of [someReserve, someGrant, { ...someReserve, applicationId: "aid_9" }]) {
      expect(await enter("neighbour", line)).toMatchObject({
        status: 404,
        body: { detail: "没有查到这份援助申请，或者它不归您的单位办理。" },
      });
    }
    expect(await rows()).toEqual(before);
    expect(await statusOf("head", takeBack)).toBe(201);
    expect((await harness.verifyAudit()).faults).toEqual([]);
  });

  test("is told in the audit log with the case it is about", async () => {
    const { enterAll, enter, entries } = await withLedger();
    await enterAll(budget(1_000), reserve(500));
    await enter(...grant(1, "aid_1", "handler"));
    const told = (await entries("handler")).map((one) => [one.action, one.subjectId, one.outcome]);
    expect(told.slice(-2)).toEqual([
      ["aid.reserved", "aid_1", "ok"],
      ["aid.granted", "aid_1", "refused"],
    ]);
  });

  test("tells a county that the money does not suffice, but not how much the others left", async () => {
    const { enter, enterAll } = await withLedger();
    await enterAll(budget(12_345));
    const county = await enter(...reserve(20_000));
    expect(county.body["detail"]).toBe("今年剩下的资助金不够这一笔 200.00 元，请改小金额，或者问一下市局。");
    const city = await enter(...reserve(20_000, "aid_1", "city"));
    expect(city.body["detail"]).toBe("预算余额只有 123.45 元，不够这一笔 200.00 元。");
  });
});

describe("the second pair of eyes", () => {
  const refused = {
    status: 403,
    body: { detail: "资助要由另一位没有经办过这份申请的同事批准。" },
  };

  test("is not the one who set the money aside", async () => {
    const { enter, enterAll, rows } = await withLedger();
    await enterAll(budget(1_000), reserve(500, "aid_1", "head"));
    expect(await enter(...grant(500))).toMatchObject(refused);
    expect(await rows()).toHaveLength(2);
    expect((await enter(...grant(500, "aid_1", "city"))).status).toBe(201);
  });

  test("is not one who entered any other line of the application, in whatever year", async () => {
    const { enter, enterAll, harness, signOut } = await withLedger();
    await enterAll(budget(1_000), reserve(500), [
      "head",
      { kind: "released", from: "reserved", amountFen: 1, applicationId: "aid_1" },
    ]);
    expect(await enter(...grant(1))).toMatchObject(refused);
    harness.moveTo("2027-02-01T02:00:00Z");
    signOut();
    await enterAll(
      ["city", { kind: "budgeted", amountFen: 1_000, year: 2027 }],
      ["handler", { kind: "reserved", amountFen: 100, applicationId: "aid_1", year: 2027 }],
    );
    const next = { kind: "granted", amountFen: 100, applicationId: "aid_1", year: 2027 };
    expect(await enter("head", next)).toMatchObject(refused);
    expect((await enter("second", next)).status).toBe(201);
  });

  test("may handle other applications, and approve one application twice", async () => {
    const { enterAll, rows, idOf } = await withLedger(["aid_1", "aid_2"]);
    await enterAll(
      budget(1_000),
      reserve(100, "aid_2", "head"),
      reserve(500),
      grant(200),
      grant(300),
      grant(100, "aid_2", "second"),
    );
    expect((await rows()).slice(3).map((row) => [row.enteredBy, row.approvedBy])).toEqual([
      [idOf("handler"), idOf("head")],
      [idOf("handler"), idOf("head")],
      [idOf("head"), idOf("second")],
    ]);
  });

  test("does not see double where one person reserves and approves at once", async () => {
    const { enter, enterAll, as, rows } = await withLedger();
    await enterAll(budget(1_000), reserve(500));
    await as("head");
    await Promise.all([enter(...reserve(1, "aid_1", "head")), enter(...grant(500))]);
    const lines = (await rows()).slice(2).map((row) => row.kind);
    // Whichever came first: after the grant the head may still set money aside, after the reserve may not grant.
    expect([["reserved"], ["granted", "reserved"]]).toContainEqual(lines);
  });
});

describe("a race", () => {
  test("of two grants on the last money set aside is won by one", async () => {
    const { enter, enterAll, as, rows, harness } = await withLedger();
    await enterAll(budget(1_000), reserve(500));
    for (const account of ["head", "city"]) await as(account);
    const answers = await Promise.all([enter(...grant(300)), enter(...grant(300, "aid_1", "city"))]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({
      type: "/problems/insufficient_funds",
      detail: "为这份申请预留的金额只有 2.00 元，不够这一笔 3.00 元。",
    });
    expect((await rows()).filter((row) => row.kind === "granted")).toHaveLength(1);
    expect((await harness.ledgerVerification.verifyLedger()).faults).toEqual([]);
  });

  test("of many reserves on the last of the budget never overdraws it", async () => {
    const applications = ["aid_1", "aid_2", "aid_3", "aid_4", "aid_5", "aid_6"];
    const { enter, enterAll, as, rows, read } = await withLedger(applications);
    await enterAll(budget(250));
    await as("handler");
    const answers = await Promise.all(applications.map((id) => enter(...reserve(100, id))));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(2);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(4);
    expect((await rows()).map((row) => row.seq)).toEqual([1, 2, 3]);
    expect((await read("city")).body).toMatchObject({ balance: { availableFen: 50, reservedFen: 200 } });
  });

  /** The service of another process on the same file; before its first write, `meanwhile` happens. */
  async function elsewhere({ folder, vault, now }: Harness, meanwhile: () => Promise<unknown>) {
    const other = await openDatabase({ url: `file:${join(folder, "zhiquan.db")}` });
    onTestFinished(() => other.close());
    let writes = 0;
    const db: Database = {
      ...other,
      write: async (statements) => {
        if (writes++ === 0) await meanwhile();
        await other.write(statements);
      },
    };
    const cases = createCaseRepository({ db: other, vault });
    const service = createAidService({ db, ledger: createAidRepository({ db: other }), cases, now });
    return { service, writes: () => writes };
  }

  test("between two processes is seen by the one that comes second, which decides anew", async () => {
    const { enter, enterAll, harness, person, rows } = await withLedger();
    await enterAll(budget(1_000), reserve(500));
    const step: LedgerStep = { kind: "granted", amountFen: 200, applicationId: "aid_1" };
    const fitting = await elsewhere(harness, () => enter(...grant(300)));
    const line = await fitting.service.enter(person("city"), { ...step, year, idempotencyKey: "a" });
    expect(fitting.writes()).toBe(2);
    expect(line).toMatchObject({ line: { seq: 4 }, application: { reservedFen: 0, grantedFen: 500 } });

    await enterAll(reserve(200));
    const late = await elsewhere(harness, () => enter(...grant(150)));
    await expect(
      late.service.enter(person("city"), { ...step, year, idempotencyKey: "b" }),
    ).rejects.toMatchObject({ code: "insufficient_funds" });
    expect((await rows()).map((row) => row.seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect((await harness.ledgerVerification.verifyLedger()).faults).toEqual([]);
  });
});

describe("GET /api/v1/aid/ledger", () => {
  test("shows the city all, a county its own applications, the auditor how much there is", async () => {
    const { harness, enterAll, read, send } = await withLedger();
    await openCase(harness, "aid_2", "130921");
    await enterAll(
      budget(1_000),
      reserve(500),
      reserve(100, "aid_2", "neighbour"),
      grant(50, "aid_2", "city"),
    );

    expect((await send("GET", "/aid/ledger", {})).status).toBe(401);
    for (const account of ["handler", "mediator"]) expect((await read(account)).status).toBe(403);

    for (const account of ["city", "admin"]) {
      const { body } = await read(account);
      expect(body["items"]).toHaveLength(4);
      expect(body).toMatchObject({
        balance: { availableFen: 400, reservedFen: 550, grantedFen: 50 },
        applications: [{ applicationId: "aid_1" }, { applicationId: "aid_2" }],
      });
    }
    const county = (await read("head")).body;
    expect(county).toMatchObject({
      balance: null,
      applications: [{ applicationId: "aid_1", reservedFen: 500, grantedFen: 0, paidFen: 0 }],
      items: [{ kind: "reserved", applicationId: "aid_1", amountFen: 500 }],
    });
    expect(JSON.stringify(county)).not.toContain("aid_2");
    expect((await read("neighbour")).body).toMatchObject({
      balance: null,
      applications: [{ applicationId: "aid_2", reservedFen: 50, grantedFen: 50 }],
      items: [{ kind: "reserved" }, { kind: "granted" }],
    });
    expect((await read("auditor")).body).toMatchObject({
      balance: { budgetedFen: 1_000 },
      applications: [],
      items: [],
    });
  });
});

describe("what a case asks of the ledger", () => {
  test("is the grant that stands over all years, and whether a decision's amount is that", async () => {
    const { harness, enterAll } = await withLedger();
    const { aid } = harness;
    await enterAll(budget(1_000), reserve(500));
    expect(await aid.grantOf("aid_1")).toBeUndefined();
    expect(grantProblem(await aid.grantOf("aid_1"), 500)).toContain("还没有给这份申请批准资助");
    await enterAll(grant(400), pay(100));
    expect(await aid.grantOf("aid_1")).toEqual({ grantedFen: 300, paidFen: 100 });
    expect(grantProblem(await aid.grantOf("aid_1"), 400)).toBeUndefined();
    expect(grantProblem(await aid.grantOf("aid_1"), 500)).toBe(
      "决定的金额是 5.00 元，账上批准的是 4.00 元，请改成一致。",
    );
    await enterAll(
      ["city", { kind: "budgeted", amountFen: 1_000, year: 2027 }],
      ["handler", { kind: "reserved", amountFen: 70, applicationId: "aid_1", year: 2027 }],
      ["head", { kind: "granted", amountFen: 70, applicationId: "aid_1", year: 2027 }],
    );
    expect(await aid.grantOf("aid_1")).toEqual({ grantedFen: 370, paidFen: 100 });
  });

  test("is nothing where the whole grant was put back", async () => {
    const { harness, enterAll } = await withLedger();
    await enterAll(budget(1_000), reserve(500), grant(400), [
      "head",
      { kind: "released", from: "granted", amountFen: 400, applicationId: "aid_1" },
    ]);
    expect(await harness.aid.grantOf("aid_1")).toBeUndefined();
  });
});

describe("an application that has ended", () => {
  async function withdraw({ db, vault, cases }: Harness, id: string) {
    const current = await createCaseRepository({ db, vault }).find(id);
    if (current === undefined) throw new Error(`No case ${id}.`);
    await db.write(unitOfWork(await cases.prepareStep(current, { kind: "withdrawn", data: {} })));
  }

  test("gets no more money, and gives back by itself what stood to it", async () => {
    const { harness, enter, enterAll, rows, read } = await withLedger(["aid_1", "aid_2"]);
    await enterAll(budget(1_000), reserve(500), grant(200), pay(50), reserve(100, "aid_2"));
    await withdraw(harness, "aid_1");
    const more: (readonly [account: string, line: Record<string, unknown>])[] = [
      reserve(1),
      grant(1),
      pay(1),
    ];
    for (const line of more) {
      const { status, body } = await enter(...line);
      expect({ status, type: body["type"] }).toEqual({ status: 409, type: "/problems/invalid_transition" });
      expect(body["detail"]).toContain("这份申请现在是“已撤回”");
    }
    await harness.tend();
    await harness.tend();
    expect(
      (await rows()).slice(5).map((row) => [row.kind, row.releasedFrom, row.amountFen, row.enteredBy]),
    ).toEqual([
      ["released", "reserved", 300, "system"],
      ["released", "granted", 150, "system"],
    ]);
    expect((await read("city")).body).toMatchObject({
      balance: { availableFen: 850, reservedFen: 100, grantedFen: 0, paidFen: 50 },
    });
    expect((await harness.ledgerVerification.verifyLedger()).faults).toEqual([]);
  });

  test("is still paid what was granted once the case is closed on its decision", async () => {
    const { harness, enter, enterAll, rows } = await withLedger();
    await enterAll(budget(1_000), reserve(500), grant(200));
    // As a decision and the closing after it leave the row.
    await harness.db.maintain("UPDATE cases SET state = 'closed' WHERE id = 'aid_1'");
    await harness.tend();
    expect((await rows()).at(-1)).toMatchObject({
      kind: "released",
      releasedFrom: "reserved",
      amountFen: 300,
    });
    expect((await enter(...pay(200))).status).toBe(201);
    expect((await enter(...reserve(1))).status).toBe(409);
  });
});

describe("verifyLedger", () => {
  async function filled() {
    const staff = await withLedger();
    await staff.enterAll(budget(1_000), reserve(500), grant(400), pay(100));
    const { harness } = staff;
    // Who owns the file can take the guards away, too.
    for (const kind of ["no_update", "no_delete", "continue"])
      await harness.db.maintain(`DROP TRIGGER aid_ledger_${kind}`);
    const faults = async () => (await harness.ledgerVerification.verifyLedger()).faults;
    return { ...staff, faults };
  }

  test("finds a change of any column", async () => {
    const changes = [
      ["year", "2025"],
      ["seq", "9"],
      ["at", "at + 1"],
      ["kind", "'reserved'"],
      ["amount_fen", "399"],
      ["amount_fen", "-1"],
      ["amount_fen", "'many'"],
      ["application_id", "'aid_2'"],
      ["application_id", "NULL"],
      ["released_from", "'granted'"],
      ["entered_by", "'account_x'"],
      ["approved_by", "'account_x'"],
      ["approved_by", "NULL"],
      ["request_key", "NULL"],
      ["previous_hash", "hash"],
      ["hash", "previous_hash"],
    ] as const;
    const { harness, faults, rows } = await filled();
    const sound = await rows();
    await harness.db.maintain("CREATE TABLE kept AS SELECT * FROM aid_ledger");
    for (const [column, value] of changes) {
      expect(await faults()).toEqual([]);
      await harness.db.maintain(`UPDATE aid_ledger SET ${column} = ${value} WHERE seq = 3`);
      expect(await faults(), `${column} = ${value}`).not.toEqual([]);
      await harness.db.maintain("DELETE FROM aid_ledger");
      await harness.db.maintain("INSERT INTO aid_ledger SELECT * FROM kept");
    }
    expect(await rows()).toEqual(sound);
    expect(new Set(changes.map(([column]) => column)).size).toBe(
      Object.keys(getTableColumns(aidLedger)).length,
    );
  });

  test("names the line and what is wrong with it", async () => {
    const { harness, faults } = await filled();
    await harness.db.maintain("UPDATE aid_ledger SET amount_fen = 600 WHERE seq = 3");
    expect(await faults()).toEqual([
      { year, seq: 3, fault: "内容被改动" },
      { year, seq: 3, fault: "和前面的账对不上：为这份申请预留的金额只有 5.00 元，不够这一笔 6.00 元。" },
    ]);
  });

  test("finds a line that is gone", async () => {
    const { harness, faults } = await filled();
    await harness.db.maintain("DELETE FROM aid_ledger WHERE seq = 2");
    expect(await faults()).toContainEqual({ year, seq: 2, fault: "不见了" });
  });

  /** Writes the chain anew with all its hashes, as `change` has it. */
  async function rewrite(
    { db }: Harness,
    change: (line: { entry: Record<string, unknown>; seq: number }) => void,
  ) {
    let previousHash = "0".repeat(64);
    for (const line of await createAidRepository({ db }).ofYear(year)) {
      const changed = { ...line, previousHash, entry: { ...line.entry } };
      change(changed);
      const hash = await hashLedgerLine(changed);
      const { amountFen } = changed.entry;
      const approver = "approvedBy" in changed.entry ? `'${changed.entry.approvedBy}'` : "NULL";
      await db.maintain(
        `UPDATE aid_ledger SET amount_fen = ${amountFen}, approved_by = ${approver}, previous_hash = '${previousHash}', hash = '${hash}' WHERE seq = ${line.seq}`,
      );
      previousHash = hash;
    }
  }

  test("finds an approver who handled the application, in a chain that is whole", async () => {
    const { harness, faults, idOf } = await filled();
    await rewrite(harness, ({ entry, seq }) => {
      if (seq === 3) entry["approvedBy"] = idOf("handler");
    });
    expect(await faults()).toEqual([
      { year, seq: 3, fault: "和前面的账对不上：资助要由另一位没有经办过这份申请的同事批准。" },
    ]);
  });

  test("is helped by the anchors where a chain was written anew, or its end cut off", async () => {
    const { harness, faults } = await filled();
    await harness.tend();
    expect((await harness.verifyAudit()).faults).toEqual([]);
    await rewrite(harness, ({ entry, seq }) => {
      if (seq === 4) entry["amountFen"] = 99;
    });
    expect(await faults()).toEqual([]);
    expect((await harness.verifyAudit()).faults).toEqual([
      { chain: "aid:2026", seq: 4, fault: "和锚点对不上，整段被改写" },
    ]);
    await harness.db.maintain("DELETE FROM aid_ledger WHERE seq = 4");
    expect(await faults()).toEqual([]);
    expect((await harness.verifyAudit()).faults).toEqual([
      { chain: "aid:2026", seq: 4, fault: "记录被截断，锚点见过第 4 条" },
    ]);
  });

  test("is run by the operator's verify, which then fails", async () => {
    const { harness } = await filled();
    const root = join(import.meta.dirname, "../..");
    const verify = () =>
      spawnSync(process.execPath, [join(root, "scripts/admin.ts"), "verify"], {
        cwd: root,
        encoding: "utf8",
        env: {
          ...process.env,
          DATABASE_URL: `file:${join(harness.folder, "zhiquan.db")}`,
          BLOB_DIR: join(harness.folder, "blobs"),
        },
      });
    const sound = verify();
    expect({ status: sound.status, stderr: sound.stderr }).toEqual({ status: 0, stderr: "" });
    expect(sound.stdout).toContain("维权援助的账 4 笔，都完整。");
    await harness.db.maintain("UPDATE aid_ledger SET amount_fen = 399 WHERE seq = 3");
    const broken = verify();
    expect(broken.status).toBe(1);
    expect(broken.stdout).toContain("维权援助的账 4 笔，1 处有问题。");
    expect(broken.stderr).toBe("维权援助 2026 年账第 3 笔：内容被改动\n");
  });
});

describe("/api/v1/aid/eligibility", () => {
  const facts = {
    applicantClass: "small_firm",
    isIpDispute: true,
    isLocal: true,
    priorities: ["key_industry"],
    asksMoney: true,
  };

  test("is a checklist for all: three priorities of the plan, who applies, what everybody gets", async () => {
    const harness = await createHarness();
    const response = await harness.request("/api/v1/aid/eligibility");
    expect(response.status).toBe(200);
    const body = (await response.json()) as Record<string, { code: string }[]>;
    const codes = (name: string) => (body[name] ?? []).map(({ code }) => code);
    expect(body).toMatchObject({
      source: { title: "沧州市专利事业发展“十三五”规划", issuedOn: "2017-07-03" },
      edition: "2026-11-26",
      questions: [{ field: "isIpDispute" }, { field: "isLocal" }, { field: "asksMoney" }],
    });
    expect(codes("priorities")).toEqual(["foreign_dispute", "major_activity", "key_industry"]);
    expect(codes("applicantClasses")).toEqual(["natural", "small_firm", "other_firm", "institution"]);
    expect(codes("money")).toEqual(["fee_grant"]);
    expect(codes("services")).toContain("legal_guidance");
    expect(codes("services")).not.toContain("fee_grant");
    // What checks the sources against the official texts is no one's to read.
    expect(JSON.stringify(body)).not.toMatch(/"words"|"confidence"/);
  });

  const ask = async (answers: Record<string, unknown>) => {
    const harness = await createHarness();
    const response = await harness.request("/api/v1/aid/eligibility", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ facts: answers }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const preliminary = "这是按您的回答做的初步判断，以工作人员核对材料以后的决定为准。";

  test("tells a small firm of a key industry that it goes first and may ask for money", async () => {
    expect(await ask(facts)).toEqual({
      status: 200,
      body: {
        helped: true,
        fundable: true,
        first: true,
        priorities: ["key_industry"],
        grounds: [],
        edition: "2026-11-26",
        sentences: [
          "您这件事可以申请维权援助；不管给不给资助，咨询、看材料、对接调解这些帮助都有。",
          "您报的是小微企业，会排在前面办；企业规模由您自报，我们会核对。",
          "您说的情况属于重点高新技术和支柱产业纠纷，在资助金优先支持的范围里，可以申请费用资助。",
          "资助按实际支出给一部分，给不给、给多少，要看当年预算和审核结果。",
          preliminary,
        ],
      },
    });
  });

  test.each<[string, Record<string, unknown>, RegExp[]]>([
    ["outside the priorities", { priorities: [] }, [/可以申请维权援助/, /排在前面/, /多半给不了钱/]],
    [
      "without a wish for money",
      { asksMoney: false, applicantClass: "natural" },
      [/可以申请维权援助/, /没有申请费用资助/],
    ],
    [
      "that is about no such right, and elsewhere",
      { isIpDispute: false, isLocal: false },
      [/法律援助/, /不在沧州/],
    ],
  ])("tells a person with a dispute %s what they can do", async (_, changes, sentences) => {
    const { body } = await ask({ ...facts, ...changes });
    expect(body["sentences"]).toEqual([...sentences, preliminary].map((one) => expect.stringMatching(one)));
    expect(body["fundable"]).toBe(false);
  });

  test.each([
    ["applicantClass", "king"],
    ["priorities", ["all"]],
    ["priorities", "key_industry"],
    ["isLocal", "yes"],
    ["wish", 1],
  ])("names the answer that does not fit: %s", async (field, value) => {
    const { status, body } = await ask({ ...facts, [field]: value });
    expect(status).toBe(400);
    expect(body["errors"]).toEqual([
      { pointer: expect.stringMatching(`^/facts/${field}`), detail: expect.stringMatching(/。$|拼写/) },
    ]);
  });
});
