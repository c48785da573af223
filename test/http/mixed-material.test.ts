import { describe, expect, test } from "vitest";
import { caseLinks, cases } from "../../src/cases/schema.ts";
import { unitOfWork } from "../../src/db/client.ts";
import { verifyEvidence } from "../../src/reports/evidence-verification-service.ts";
import { erasures, evidence, reports } from "../../src/reports/schema.ts";
import { filing } from "../support/filing.ts";
import { createHarness, type Harness, tinyPng } from "../support/harness.ts";
import { jpegPhoto, plainJpeg } from "../support/photos.ts";

const named = { ...filing, anonymous: false, contactName: "刘建国", contactPhone: "13800001234" };
let users = 0;

async function file(harness: Harness, body: Record<string, unknown>) {
  const sent = { ...body, userId: `user-${++users}` };
  const response = await harness.post("/api/v1/reports", sent, { authorization: harness.authorization });
  const answer = (await response.json()) as {
    reportNo: string;
    queryCode: string;
    receipt: string;
    reports: {
      reportNo: string;
      queryCode: string;
      caseId: string;
      office: { code: string };
      dueOn: string;
    }[];
    notOpened?: { reportType: string; reason: string }[];
  };
  if (response.status !== 201) throw new Error(JSON.stringify(answer));
  return answer;
}

async function upload(harness: Harness, content: number | Uint8Array<ArrayBuffer>): Promise<string> {
  const form = new FormData();
  const bytes = typeof content === "number" ? tinyPng(content) : content;
  form.append("file", new File([bytes], "photo.png"));
  const headers = { authorization: harness.authorization };
  const stored = await harness.request("/api/v1/evidence", { method: "POST", headers, body: form });
  return ((await stored.json()) as { evidenceId: string }).evidenceId;
}

const bothWords = "我在他店里买了这个扣件，标的专利号是假的，我要求退款，也请你们查处他";

describe("material that holds a tip and a complaint (令121 9)", () => {
  test("opens two linked cases on the same instant, each with its own clock", async () => {
    const harness = await createHarness();
    const filed = await file(harness, { ...named, description: bothWords });
    expect(filed.reports).toHaveLength(2);
    const rows = await harness.db.sql.select().from(cases).orderBy(cases.track);
    expect(rows.map(({ track, matter, dueStep }) => ({ track, matter, dueStep }))).toEqual([
      { track: "complaint", matter: "消费投诉", dueStep: "complaint-acceptance" },
      { track: "penalty", matter: "假冒专利", dueStep: "counterfeit-filing" },
    ]);
    expect(rows[0]?.openedAt).toEqual(rows[1]?.openedAt);
    // 7 and 10 working days from 2026-11-23.
    expect(rows.map(({ dueOn }) => dueOn)).toEqual(["2026-12-02", "2026-12-07"]);
    expect(await harness.db.sql.select().from(caseLinks)).toMatchObject([{ relation: "mixed" }]);
    expect(new Set(filed.reports.map(({ reportNo }) => reportNo)).size).toBe(2);
    for (const { reportNo, queryCode } of filed.reports) {
      const status = await harness.request(`/api/v1/reports/${reportNo}`, {
        headers: { "X-Query-Code": queryCode },
      });
      expect(status.status).toBe(200);
    }
  });

  test("of nobody opens the tip alone and says why", async () => {
    const harness = await createHarness();
    const filed = await file(harness, { ...filing, description: bothWords });
    expect(filed.reports).toHaveLength(1);
    expect(filed.notOpened).toMatchObject([{ reportType: "消费投诉" }]);
    expect(await harness.db.sql.select().from(cases)).toMatchObject([{ track: "penalty" }]);
  });

  test("in chat tells both numbers, after one yes to one summary", async () => {
    const harness = await createHarness();
    const person = harness.person();
    const summary = await person.tell(
      "献县商林冀卡扣件冒用专利号ZL202320901414.6，我买了一箱，要求退款，也请你们查处，我叫刘建国，电话13800001234，没照片",
      "消费者，假冒专利",
    );
    expect(await harness.db.sql.select().from(cases)).toEqual([]);
    const filed = summary.state === "filed" ? summary : await person.tell("确认");
    expect(filed.reports).toHaveLength(2);
    const said = filed.replies.map((reply) => reply.text).join("\n");
    for (const { reportNo } of filed.reports) expect(said).toContain(reportNo);
    expect(said).toContain("分开办");
  });

  test("shows each office the files that came with it", async () => {
    const harness = await createHarness();
    const evidenceId = await upload(harness, 1);
    const filed = await file(harness, { ...named, description: bothWords, evidenceIds: [evidenceId] });
    const headers = await harness.signIn();
    for (const { caseId } of filed.reports) {
      const detail = await harness.request(`/api/v1/cases/${caseId}`, { headers });
      expect(((await detail.json()) as { evidence: unknown[] }).evidence).toMatchObject([{ evidenceId }]);
      const bytes = await harness.request(`/api/v1/cases/${caseId}/evidence/${evidenceId}`, { headers });
      expect(new Uint8Array(await bytes.arrayBuffer())).toEqual(tinyPng(1));
    }
  });
});

describe("the files of mixed material", () => {
  /** Files a tip and a complaint with one photo, which hangs on the tip. */
  async function both(harness: Harness) {
    const evidenceId = await upload(harness, 1);
    const filed = await file(harness, { ...named, description: bothWords, evidenceIds: [evidenceId] });
    const rows = await harness.db.sql.select().from(reports);
    const [tip, complaint] = filed.reports.map(({ reportNo, queryCode, caseId }) => {
      const path = `/api/v1/reports/${reportNo}`;
      const code = { "X-Query-Code": queryCode };
      return {
        caseId,
        id: rows.find((row) => row.reportNo === reportNo)?.id ?? "",
        erase: async () =>
          (await harness.post(`${path}/deletion`, { what: "all", confirm: true }, code)).json() as Promise<{
            status: string;
            reason: string;
          }>,
        copy: async () => (await harness.request(`${path}/copy`, { headers: code })).json(),
      };
    });
    if (tip === undefined || complaint === undefined) throw new Error("Not split.");
    const [row] = await harness.db.sql.select().from(evidence);
    expect(row?.reportId).toBe(tip.id);
    expect(rows.map(({ materialOf }) => materialOf)).toEqual([tip.id, tip.id]);
    return { evidenceId, tip, complaint };
  }

  /** Whether a photo is there; if not, its custody log must say so. */
  async function isThere(harness: Harness, evidenceId: string): Promise<boolean> {
    const { db, blobs } = harness;
    const rows = await db.sql.select().from(evidence);
    expect((await blobs.get(evidenceId)) !== undefined).toBe(rows.length === 1);
    expect((await harness.evidence.custodyOf(evidenceId)).at(-1)?.kind === "erased").toBe(rows.length === 0);
    expect(await verifyEvidence({ db, blobs })).toMatchObject({ faults: [] });
    return rows.length === 1;
  }

  const close = (harness: Harness, id: string, outcome: "decided" | "other") =>
    harness.db.write(unitOfWork(harness.retention.onCaseClosed(id, harness.now(), outcome)));

  test("stay while the other half needs them, without their sender, and go with it", async () => {
    const harness = await createHarness();
    const { evidenceId, tip, complaint } = await both(harness);
    expect(await tip.copy()).toMatchObject({ evidence: [{ evidenceId, name: "photo.png" }] });
    expect((await harness.db.sql.select().from(evidence))[0]?.ownerKey).not.toBeNull();

    const kept = { status: "erased", reason: expect.stringContaining("同时提交的另一份报告") };
    expect(await tip.erase()).toMatchObject(kept);
    expect(await tip.erase()).toMatchObject(kept);
    expect((await harness.reports.open(tip.id)).narrative).toEqual([]);
    expect(await isThere(harness, evidenceId)).toBe(true);
    expect((await harness.db.sql.select().from(evidence))[0]?.ownerKey).toBeNull();
    expect(await complaint.copy()).toMatchObject({ evidence: [{ evidenceId, name: "photo.png" }] });
    const path = `/api/v1/cases/${complaint.caseId}/evidence/${evidenceId}`;
    const bytes = await harness.request(path, { headers: await harness.signIn() });
    expect(new Uint8Array(await bytes.arrayBuffer())).toEqual(tinyPng(1));

    const gone = await complaint.erase();
    expect(gone).toMatchObject({ reason: expect.stringContaining("材料已经删除") });
    expect(await isThere(harness, evidenceId)).toBe(false);
    expect(
      (await harness.db.sql.select().from(erasures)).filter(({ kind }) => kind === "evidence"),
    ).toMatchObject([
      { subjectId: evidenceId, reportId: tip.id, rule: "deletion-request", erasedAt: harness.now() },
    ]);
  });

  test("are kept when the half that they do not hang on goes first", async () => {
    const harness = await createHarness();
    const { evidenceId, tip, complaint } = await both(harness);
    await complaint.erase();
    expect(await isThere(harness, evidenceId)).toBe(true);
    await tip.erase();
    expect(await isThere(harness, evidenceId)).toBe(false);
  });

  test("are kept as long as the longer of the two periods", async () => {
    const harness = await createHarness({ caseFilePeriodsConfirmed: true });
    const { evidenceId, tip, complaint } = await both(harness);
    await close(harness, tip.id, "other");
    await close(harness, complaint.id, "decided");
    harness.moveTo("2037-01-02T00:00:00Z");
    await harness.tend();
    expect((await harness.reports.open(tip.id)).erasedAt).toEqual(harness.now());
    expect((await harness.db.sql.select().from(evidence))[0]?.ownerKey).toBeNull();
    expect(await isThere(harness, evidenceId)).toBe(true);
    harness.moveTo("2057-01-02T00:00:00Z");
    await harness.tend();
    expect(await isThere(harness, evidenceId)).toBe(false);
  });

  test("are kept by a hold on either half, and go once it is lifted", async () => {
    const harness = await createHarness();
    const { evidenceId, tip, complaint } = await both(harness);
    await complaint.erase();
    const hold = { category: "litigation", reason: "（2026）冀09行初1号" } as const;
    await harness.db.write(unitOfWork(await harness.retention.hold(complaint.id, hold, "staff_1")));
    await tip.erase();
    await harness.tend();
    expect((await harness.reports.open(tip.id)).narrative).toEqual([]);
    expect(await isThere(harness, evidenceId)).toBe(true);
    await harness.db.write(unitOfWork(await harness.retention.hold(complaint.id, null, "staff_1")));
    await harness.tend();
    expect(await isThere(harness, evidenceId)).toBe(false);
  });
});

describe("reports about the same", () => {
  const same = {
    ...named,
    infringer: "献县宏达扣件有限公司",
    patentNumber: "ZL202320901414.6",
    product: "扣件",
  };

  test("are linked with the first, and every reporter is kept and told", async () => {
    const harness = await createHarness();
    const first = await file(harness, same);
    harness.moveTo("2026-11-24T02:00:00Z");
    const second = await file(harness, { ...same, infringer: "宏达扣件", contactPhone: "13900001234" });
    expect(second.reports).toHaveLength(1);
    expect(await harness.db.sql.select().from(caseLinks)).toEqual([
      { caseId: second.reports[0]?.caseId, otherId: first.reports[0]?.caseId, relation: "duplicate" },
    ]);
    expect(await harness.db.sql.$count(reports)).toBe(2);
    const headers = await harness.signIn();
    const seen = await harness.request(`/api/v1/cases/${first.reports[0]?.caseId}`, { headers });
    expect(await seen.json()).toMatchObject({
      links: [{ caseId: second.reports[0]?.caseId, relation: "duplicate" }],
    });
    const similar = await harness.request(`/api/v1/cases/${first.reports[0]?.caseId}/similar`, { headers });
    expect(await similar.json()).toMatchObject({
      duplicates: [{ caseId: second.reports[0]?.caseId, verdict: "same" }],
    });
  });

  test("at another office are not linked: its people would learn of it", async () => {
    const harness = await createHarness();
    await file(harness, { ...same, link: "https://item.taobao.com/item.htm?id=612345678901" });
    const other = await file(harness, {
      ...same,
      county: "南皮县",
      link: "https://item.taobao.com/item.htm?id=612345678901",
    });
    expect(other.reports[0]?.office.code).toBe("130927");
    expect(await harness.db.sql.select().from(caseLinks)).toEqual([]);
  });

  test("that only share the patent are not joined", async () => {
    const harness = await createHarness();
    await file(harness, same);
    await file(harness, { ...same, infringer: "献县永盛五金厂", product: "门锁" });
    expect(await harness.db.sql.select().from(caseLinks)).toEqual([]);
  });

  test.each([
    ["the same file", tinyPng(7), tinyPng(7)],
    ["the same picture with another place and time hidden in it", jpegPhoto(), plainJpeg(6)],
  ])("are found by %s, with nothing of it in clear", async (_, left, right) => {
    const harness = await createHarness();
    const bare = { ...named, infringer: "大成五金店", patentNumber: undefined, product: undefined };
    const files = [await upload(harness, left), await upload(harness, right)];
    await file(harness, { ...bare, evidenceIds: [files[0]] });
    await file(harness, { ...bare, evidenceIds: [files[1]] });
    expect(await harness.db.sql.select().from(caseLinks)).toMatchObject([{ relation: "duplicate" }]);
  });
});

describe("the fast lane", () => {
  test("takes a small firm first, shows the reason, and promises more for a show that ends soon", async () => {
    const harness = await createHarness();
    const filed = await file(harness, { ...named, smallFirm: true, showEndsOn: "2026-11-25" });
    const headers = await harness.signIn();
    const detail = await harness.request(`/api/v1/cases/${filed.reports[0]?.caseId}`, { headers });
    expect(await detail.json()).toMatchObject({
      fastLane: ["small_firm", "show_ends_soon"],
      simplified: "fair",
      clocks: expect.arrayContaining([
        expect.objectContaining({ step: "fair-first-contact", kind: "service", dueOn: "2026-11-24" }),
        expect.objectContaining({ step: "counterfeit-filing", kind: "statutory", dueOn: "2026-12-07" }),
      ]),
    });
  });
});

describe("重复侵权 (令81 34)", () => {
  const infringement = {
    ...named,
    reportType: "专利侵权",
    relation: "权利人",
    infringer: "献县宏达扣件有限公司",
    patentNumber: "ZL202320901414.6",
    link: "https://item.taobao.com/item.htm?id=612345678901",
  };
  /** The lane of a report that comes after an earlier one, whose case then stands as `earlier` says. */
  async function laneAfter(earlier: { state?: string; outcome?: string; body?: object }, later: object = {}) {
    const { state = "closed", outcome = "infringement_found", body = {} } = earlier;
    const harness = await createHarness();
    await file(harness, { ...infringement, ...body });
    await harness.db.maintain(
      `UPDATE cases SET state = '${state}', facts = json_set(facts, '$.outcome', '${outcome}')`,
    );
    const filed = await file(harness, { ...infringement, contactPhone: "13900001234", ...later });
    const headers = await harness.signIn();
    const detail = await harness.request(`/api/v1/cases/${filed.reports[0]?.caseId}`, { headers });
    return ((await detail.json()) as { fastLane: string[] }).fastLane;
  }

  test("is shown to staff where a ruling over the same patent against the same respondent is effective", async () => {
    expect(await laneAfter({})).toEqual(["repeat_infringer"]);
  });

  test.each([
    ["the ruling may still be sued against", { state: "decided" }, {}],
    ["the request was rejected", { outcome: "request_rejected" }, {}],
    ["the patent was another", { body: { patentNumber: "ZL202320901415.0" } }, {}],
    ["what was found was a faked patent", { body: { reportType: "假冒专利" }, outcome: "penalised" }, {}],
    ["the later act is a faked patent", {}, { reportType: "假冒专利" }],
    ["the respondent only has the same name", { body: { link: undefined } }, { link: undefined }],
  ])("is not seen where %s", async (_, earlier, later) => {
    expect(await laneAfter(earlier, later)).toEqual([]);
  });
});

describe("an application", () => {
  test("for aid goes to its own track with what the applicant answered, sealed", async () => {
    const harness = await createHarness();
    const application = { applicantClass: "small_firm", priorities: ["foreign_dispute"], asksMoney: true };
    const filed = await file(harness, {
      channel: "web",
      kind: "aid",
      county: "献县",
      contactName: "刘建国",
      contactPhone: "13800001234",
      description: "客户在国外告我们侵权",
      application,
    });
    const [row] = await harness.db.sql.select().from(cases);
    expect(row).toMatchObject({ track: "aid", matter: "其他" });
    const [report] = await harness.db.sql.select().from(reports);
    const content = await harness.reports.open(report?.id ?? "");
    expect(content.more).toEqual({ application });
    expect(filed.reports[0]?.dueOn).toBe("2026-11-30");
  });

  test("cannot be anonymous", async () => {
    const harness = await createHarness();
    const response = await harness.post(
      "/api/v1/reports",
      { ...filing, kind: "aid" },
      { authorization: harness.authorization },
    );
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      errors: [{ pointer: "/contactPhone" }, { pointer: "/anonymous" }],
    });
    expect(await harness.db.sql.$count(cases)).toBe(0);
  });
});

describe("who holds the query code", () => {
  test("hands in the signed petition, which the office then confirms by its day", async () => {
    const harness = await createHarness();
    const filed = await file(harness, { ...named, reportType: "专利侵权", relation: "权利人" });
    const { reportNo, queryCode } = filed;
    const caseId = filed.reports[0]?.caseId ?? "";
    const code = { "X-Query-Code": queryCode, authorization: harness.authorization };
    const empty = await harness.post(`/api/v1/reports/${reportNo}/petition`, { evidenceIds: [] }, code);
    expect(empty.status).toBe(400);
    harness.moveTo("2026-11-24T02:00:00Z");
    const evidenceIds = [await upload(harness, 3)];
    const handed = await harness.post(`/api/v1/reports/${reportNo}/petition`, { evidenceIds }, code);
    expect(await handed.json()).toMatchObject({ state: "awaiting_petition" });
    harness.moveTo("2026-11-26T02:00:00Z");
    const headers = await harness.signIn();
    const confirmed = await harness.post(
      `/api/v1/cases/${caseId}/actions/receive_petition`,
      { revision: 4, on: "2026-11-24", papers: ["petition"], claims: [1, 3] },
      headers,
    );
    // Five working days from the day it came (令81 20), not from the day it was looked at.
    expect(await confirmed.json()).toMatchObject({
      state: "routed",
      dueOn: "2026-12-01",
      dueKind: "statutory",
    });
  });

  test("rates the handling once, after its end", async () => {
    const harness = await createHarness();
    const {
      reportNo,
      queryCode,
      reports: [opened],
    } = await file(harness, filing);
    const code = { "X-Query-Code": queryCode };
    const rate = (score: number) => harness.post(`/api/v1/reports/${reportNo}/rating`, { score }, code);
    expect((await rate(5)).status).toBe(409);
    const headers = await harness.signIn();
    await harness.post(
      `/api/v1/cases/${opened?.caseId}/actions/decline`,
      { revision: 2, ground: "leads_missing" },
      headers,
    );
    expect((await rate(6)).status).toBe(400);
    expect((await rate(4)).status).toBe(200);
    expect((await rate(1)).status).toBe(409);
    const told = await harness.request(`/api/v1/reports/${reportNo}`, { headers: code });
    expect(await told.json()).toMatchObject({
      stateLabel: "不予立案",
      next: expect.stringContaining("线索"),
    });
  });
});
