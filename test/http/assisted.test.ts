import { describe, expect, test } from "vitest";
import { caseEvents, cases } from "../../src/cases/schema.ts";
import { verifyEvidence } from "../../src/reports/evidence-verification-service.ts";
import { evidence, identities, reports } from "../../src/reports/schema.ts";
import { createHarness, type Harness, tinyPng } from "../support/harness.ts";

const taken = {
  channel: "phone",
  reportType: "假冒专利",
  infringer: "冀卡扣件",
  county: "献县",
  contactName: "刘建国",
  contactPhone: "13800001234",
  record: "他说在献县商林看到冀卡扣件厂的扣件上印着别人的专利号",
  readBack: true,
};

async function desk(role: "intake_desk" | "town_desk" | "handler" | "auditor" = "intake_desk") {
  const harness = await createHarness();
  const password = "County-password-1";
  await harness.staff.accounts.createAccount({
    account: "desk",
    name: "窗口",
    role,
    officeCode: "130929",
    password,
  });
  const headers = await harness.signIn("desk", password);
  const send = (body: Record<string, unknown>, more: Record<string, string> = {}) =>
    harness.post("/api/v1/assisted-reports", body, { ...headers, ...more });
  return { harness, headers, send };
}

async function upload(harness: Harness, headers: Record<string, string>): Promise<string> {
  const form = new FormData();
  form.append("file", new File([tinyPng(9)], "信.png"));
  const path = "/api/v1/assisted-reports/evidence";
  const stored = await harness.request(path, { method: "POST", headers, body: form });
  expect(stored.status).toBe(201);
  return ((await stored.json()) as { evidenceId: string }).evidenceId;
}

describe("a report taken down at a desk", () => {
  test.each(["phone", "walk_in", "letter", "transferred"] as const)(
    "by %s goes through the same engine, with a slip to take home",
    async (channel) => {
      const { harness, send } = await desk();
      const response = await send({ ...taken, channel });
      expect(response.status).toBe(201);
      const filed = (await response.json()) as { reportNo: string; queryCode: string; slip: string };
      expect(filed.slip).toContain(filed.reportNo);
      expect(filed.slip.replace(/\s/g, "")).toContain(filed.queryCode);
      expect(filed.slip).toContain("献县市场监督管理局");
      expect(filed.slip).not.toContain("刘建国");
      const [row] = await harness.db.sql.select().from(cases);
      expect(row).toMatchObject({ officeCode: "130929", matter: "假冒专利", dueOn: "2026-12-07" });
      expect(await harness.db.sql.$count(identities)).toBe(1);
      const [report] = await harness.db.sql.select().from(reports);
      expect(report?.channel).toBe(channel);
      expect((await harness.reports.open(report?.id ?? "")).narrative).toEqual([taken.record]);
      const [first] = await harness.db.sql.select().from(caseEvents);
      expect(first?.actor).toMatch(/^account_/);
    },
  );

  test("with a work order keeps its number sealed and is taken down once", async () => {
    const { harness, send } = await desk();
    const workOrder = { system: "12345", number: "CZ20261123-000123" };
    const first = await send({ ...taken, channel: "transferred", workOrder });
    const { reportNo } = (await first.json()) as { reportNo: string };
    const again = await send({
      ...taken,
      channel: "transferred",
      workOrder: { ...workOrder, number: "cz20261123-000123 " },
    });
    expect(again.status).toBe(409);
    expect(((await again.json()) as { detail: string }).detail).toContain(reportNo);
    expect(await harness.db.sql.$count(cases)).toBe(1);
    const [row] = await harness.db.sql.select().from(cases);
    expect(row?.facts).toContain('"workOrderOf":"12345"');
    const rows = JSON.stringify([
      await harness.db.sql.select().from(cases),
      await harness.db.sql.select().from(caseEvents),
      await harness.db.sql.select().from(reports),
    ]);
    expect(rows).not.toContain("000123");
    const [report] = await harness.db.sql.select().from(reports);
    expect((await harness.reports.open(report?.id ?? "")).more).toMatchObject({ workOrder });
  });

  test("with one work order at two desks at once is filed once, and the other learns the number", async () => {
    const { harness, send } = await desk();
    const password = "County-password-1";
    await harness.staff.accounts.createAccount({
      account: "desk2",
      name: "窗口二",
      role: "intake_desk",
      officeCode: "130929",
      password,
    });
    const second = await harness.signIn("desk2", password);
    const body = { ...taken, channel: "transferred", workOrder: { system: "12345", number: "CZ-7" } };
    const answers = await Promise.all([
      send(body, { "Idempotency-Key": "a" }),
      send(body, { ...second, "Idempotency-Key": "b" }),
      send(body, second),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const [row] = await harness.db.sql.select().from(reports);
    for (const answer of answers.filter(({ status }) => status === 409)) {
      expect(await answer.json()).toMatchObject({
        type: "/problems/idempotency_conflict",
        detail: expect.stringContaining(row?.reportNo ?? "-"),
      });
    }
    expect(await harness.db.sql.$count(reports)).toBe(1);
    expect(await harness.db.sql.$count(cases)).toBe(1);
  });

  test("takes along the photos that the same officer uploaded, whose log says who they are", async () => {
    const { harness, headers, send } = await desk();
    const evidenceId = await upload(harness, headers);
    const filed = await send({ ...taken, channel: "letter", evidenceIds: [evidenceId] });
    expect(filed.status).toBe(201);
    const [report] = await harness.db.sql.select().from(reports);
    const [row] = await harness.db.sql.select().from(evidence);
    expect(row).toMatchObject({ id: evidenceId, reportId: report?.id, ownerKey: report?.reporterKey });
    const log = await harness.evidence.custodyOf(evidenceId);
    const [opened] = await harness.db.sql.select().from(caseEvents);
    expect(log.map(({ kind, actor }) => ({ kind, actor }))).toEqual([
      { kind: "received", actor: opened?.actor },
      { kind: "attached", actor: opened?.actor },
    ]);
    expect(opened?.actor).toMatch(/^account_/);
    expect(await verifyEvidence({ db: harness.db, blobs: harness.blobs })).toMatchObject({ faults: [] });
  });

  test("takes no file that another officer uploaded", async () => {
    const { harness, headers, send } = await desk();
    const password = "County-password-1";
    await harness.staff.accounts.createAccount({
      account: "desk2",
      name: "窗口二",
      role: "intake_desk",
      officeCode: "130929",
      password,
    });
    const evidenceId = await upload(harness, await harness.signIn("desk2", password));
    expect((await send({ ...taken, evidenceIds: [evidenceId] })).status).toBe(404);
    expect((await send({ ...taken, evidenceIds: [await upload(harness, headers)] })).status).toBe(201);
    expect(await harness.db.sql.$count(cases)).toBe(1);
  });

  test("takes no file of who is not at a desk", async () => {
    const { harness, headers } = await desk("auditor");
    const form = new FormData();
    form.append("file", new File([tinyPng(1)], "信.png"));
    const path = "/api/v1/assisted-reports/evidence";
    expect((await harness.request(path, { method: "POST", headers, body: form })).status).toBe(403);
    expect((await harness.request(path, { method: "POST", body: form })).status).toBe(401);
    expect(await harness.db.sql.$count(evidence)).toBe(0);
  });

  test("starts its clock on the day it came in", async () => {
    const { harness, send } = await desk();
    // A letter of Wednesday, taken down on the Monday after.
    await send({ ...taken, channel: "letter", receivedOn: "2026-11-18" });
    expect(await harness.db.sql.select().from(cases)).toMatchObject([{ dueOn: "2026-12-02" }]);
  });

  test("that an office found itself has five working days, not ten (河北省专利条例 31)", async () => {
    const { harness, send } = await desk();
    await send({ ...taken, channel: "walk_in", discovered: true });
    expect(await harness.db.sql.select().from(cases)).toMatchObject([
      { dueOn: "2026-11-30", dueStep: "counterfeit-filing-discovered" },
    ]);
  });

  test.each([
    ["was not read back", { readBack: false }, 400, "/readBack"],
    ["came tomorrow", { channel: "letter", receivedOn: "2026-11-24" }, 400, "/receivedOn"],
    ["came last year", { channel: "letter", receivedOn: "2025-11-24" }, 400, "/receivedOn"],
    ["has no record", { record: " " }, 400, "/record"],
    ["lacks a contact", { contactPhone: undefined }, 422, "/contactPhone"],
    ["is of another city", { county: "非本市", location: "石家庄市" }, 422, "/county"],
  ])("that %s is refused and nothing is stored", async (_, change, status, pointer) => {
    const { harness, send } = await desk();
    const response = await send({ ...taken, ...change });
    expect(response.status).toBe(status);
    const body = (await response.json()) as { errors: { pointer: string }[] };
    expect(body.errors.map((error) => error.pointer)).toContain(pointer);
    expect(await harness.db.sql.$count(cases)).toBe(0);
  });

  test("is not for those who only look on", async () => {
    const { harness, send } = await desk("auditor");
    expect((await send(taken)).status).toBe(403);
    expect(await harness.db.sql.$count(cases)).toBe(0);
  });

  test("is repeated under its Idempotency-Key without filing again", async () => {
    const { harness, send } = await desk();
    const key = { "Idempotency-Key": "desk-1" };
    const [a, b] = [await send(taken, key), await send(taken, key)];
    expect(await a.json()).toEqual(await b.json());
    expect(await harness.db.sql.$count(cases)).toBe(1);
  });

  test("is read back before it is filed, with what is still missing", async () => {
    const { harness, headers } = await desk();
    const response = await harness.post(
      "/api/v1/assisted-reports/read-back",
      { reportType: "假冒专利", infringer: "冀卡扣件", record: "扣件上印着别人的专利号" },
      headers,
    );
    const { text, missing } = (await response.json()) as { text: string; missing: string[] };
    expect(text).toContain("冀卡扣件");
    expect(text).toContain("扣件上印着别人的专利号");
    expect(missing).toEqual(["county", "contactPhone"]);
    expect(await harness.db.sql.$count(cases)).toBe(0);
  });

  test("asks of a request for aid what a request for aid needs, and reads the description out", async () => {
    const { harness, headers, send } = await desk();
    const request = { kind: "aid", description: "客户在国外告我们侵权", anonymous: true, county: "献县" };
    const response = await harness.post(
      "/api/v1/assisted-reports/read-back",
      { ...request, record: "他说了说" },
      headers,
    );
    const { text, missing } = (await response.json()) as { text: string; missing: string[] };
    expect(text).toContain("情况：客户在国外告我们侵权");
    expect(missing).toEqual(["contactPhone", "anonymous"]);
    const refused = await send({ ...request, channel: "phone", record: "他说了说", readBack: true });
    const { errors } = (await refused.json()) as { errors: { pointer: string }[] };
    expect(errors.map(({ pointer }) => pointer)).toEqual(missing.map((name) => `/${name}`));
  });
});
