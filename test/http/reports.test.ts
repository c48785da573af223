import { describe, expect, test } from "vitest";
import { cases } from "../../src/cases/schema.ts";
import { reportTypes } from "../../src/reports/report.ts";
import { reports, supplements } from "../../src/reports/schema.ts";
import { filing } from "../support/filing.ts";
import { createHarness } from "../support/harness.ts";

type Filed = { reportNo: string; queryCode: string; reports: { caseId: string; office: { code: string } }[] };

describe("POST /api/v1/reports", () => {
  test.each(reportTypes)("files %s with one office, one case and a date", async (reportType) => {
    const { db, post } = await createHarness();
    const response = await post("/api/v1/reports", {
      ...filing,
      reportType,
      platform: "淘宝",
      anonymous: undefined,
      contactPhone: "13800001234",
    });
    const body = (await response.json()) as Filed;
    // A platform's own failure lies with the platform's seat, which is not here.
    if (reportType === "平台不作为") {
      expect(response.status).toBe(422);
      expect(await db.sql.select().from(cases)).toHaveLength(0);
      return;
    }
    expect(response.status).toBe(201);
    const stored = await db.sql.select().from(cases);
    expect(stored).toHaveLength(1);
    expect(stored[0]).toMatchObject({
      id: body.reports[0]?.caseId,
      matter: reportType,
      officeCode: body.reports[0]?.office.code,
    });
    expect(stored[0]?.dueOn).toMatch(/^2026-1[12]-\d\d$/);
  });

  test("with the same Idempotency-Key files once, also when the calls cross", async () => {
    const { db, post } = await createHarness();
    const headers = { "Idempotency-Key": "key-1" };
    const answers = await Promise.all([1, 2, 3].map(() => post("/api/v1/reports", filing, headers)));
    expect(answers.map((answer) => answer.status)).toEqual([201, 201, 201]);
    expect(new Set(await Promise.all(answers.map((answer) => answer.text()))).size).toBe(1);
    expect(await db.sql.select().from(reports)).toHaveLength(1);

    const other = await post("/api/v1/reports", { ...filing, infringer: "别家" }, headers);
    expect(other.status).toBe(409);
    expect(await db.sql.select().from(reports)).toHaveLength(1);
  });

  test("sends a report whose county nobody can know to the city's desk", async () => {
    const { post } = await createHarness();
    const response = await post("/api/v1/reports", { ...filing, county: undefined, unknown: ["county"] });
    expect(response.status).toBe(201);
    expect(((await response.json()) as Filed).reports[0]?.office.code).toBe("130900");
  });

  test("takes five anonymous reports an hour from one address of the web, and thirty a day from one person", async () => {
    const { post, request } = await createHarness();
    const session = (await (await post("/api/v1/sessions", {})).json()) as { token: string };
    const headers = { authorization: `Bearer ${session.token}` };
    for (let n = 0; n < 5; n++) expect((await post("/api/v1/reports", filing, headers)).status).toBe(201);
    const sixth = await post("/api/v1/reports", filing, headers);
    expect(sixth.status).toBe(429);
    expect(sixth.headers.get("Retry-After")).toMatch(/^\d+$/);

    for (let n = 0; n < 30; n++) expect((await post("/api/v1/reports", filing)).status).toBe(201);
    expect((await post("/api/v1/reports", filing)).status).toBe(429);
    expect((await request("/healthz")).status).toBe(200);
  });
});

describe("who holds the query code", () => {
  async function filed() {
    const harness = await createHarness();
    const body = (await (await harness.post("/api/v1/reports", filing)).json()) as Filed;
    const path = `/api/v1/reports/${body.reportNo}`;
    return { ...harness, ...body, path, code: { "X-Query-Code": body.queryCode } };
  }

  test("sees the timeline and what comes next, also by the number as people write it", async () => {
    const { request, reportNo, code } = await filed();
    for (const written of [reportNo, reportNo.toLowerCase(), reportNo.replaceAll("-", "")]) {
      const response = await request(`/api/v1/reports/${written}`, { headers: code });
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({
        reportNo,
        state: "routed",
        stateLabel: "已转办",
        office: { code: "130929", name: "献县市场监督管理局" },
        dueOn: "2026-12-07",
        dueKind: "statutory",
        events: [{ kind: "received" }, { kind: "routed" }],
        next: expect.stringContaining("2026-12-07"),
      });
    }
  });

  test("adds to the report", async () => {
    const { db, post, path, code } = await filed();
    const response = await post(`${path}/supplements`, { text: "店在镇东头，红色招牌" }, code);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ events: [{}, {}, { kind: "supplemented" }] });
    expect(await db.sql.select().from(supplements)).toHaveLength(1);
    const empty = await post(`${path}/supplements`, {}, code);
    expect(empty.status).toBe(400);
  });

  test("withdraws it while it is not accepted, and not after", async () => {
    const { db, post, path, code } = await filed();
    expect(await (await post(`${path}/withdrawal`, {}, code)).json()).toMatchObject({
      state: "withdrawn",
      dueOn: null,
    });
    expect((await post(`${path}/withdrawal`, {}, code)).status).toBe(409);
    expect((await post(`${path}/supplements`, { text: "再补充一点" }, code)).status).toBe(409);
    expect(await db.sql.select().from(supplements)).toHaveLength(0);
  });
});

describe("a report found by its number alone", () => {
  test("is its own speaker's, and not there for anybody else", async () => {
    const { db, post, reports: service } = await createHarness();
    for (const userId of ["a", "b"]) await post("/api/v1/reports", { ...filing, userId });
    const rows = await db.sql.select().from(reports);
    const [mine, other] = rows;
    expect(await service.findOwn(mine?.reporterKey ?? "", mine?.reportNo ?? "")).toMatchObject({
      id: mine?.id,
    });
    expect(await service.findOwn(other?.reporterKey ?? "", mine?.reportNo ?? "")).toBeUndefined();
    expect(other?.reporterKey).not.toBe(mine?.reporterKey);
  });
});
