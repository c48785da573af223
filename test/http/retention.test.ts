import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { describe, expect, onTestFinished, test } from "vitest";
import { caseEvents, caseNotes, cases } from "../../src/cases/schema.ts";
import { randomBytes } from "../../src/core/new-id.ts";
import { sha256 } from "../../src/crypto/bytes.ts";
import { createVault, keyIdOf } from "../../src/crypto/key-ring.ts";
import { openRecord } from "../../src/crypto/record-key.ts";
import { openDatabase, unitOfWork } from "../../src/db/client.ts";
import { openCopy } from "../../src/db/copy.node.ts";
import { readJournal } from "../../src/reports/erasure-journal.ts";
import { createBucketErasureJournal } from "../../src/reports/erasure-journal-bucket.ts";
import { createFileErasureJournal } from "../../src/reports/erasure-journal-file.node.ts";
import { verifyEvidence } from "../../src/reports/evidence-verification-service.ts";
import { createIdentityVault } from "../../src/reports/identity-service.ts";
import { createKeyRotation } from "../../src/reports/key-rotation-service.ts";
import {
  deletionRequests,
  erasures,
  evidence,
  identities,
  identityIndex,
  legalHolds,
  reports,
  supplements,
} from "../../src/reports/schema.ts";
import { filing } from "../support/filing.ts";
import { createHarness, type Harness, tinyPng } from "../support/harness.ts";
import { jpegPhoto } from "../support/photos.ts";
import { startServer } from "../support/server.ts";

const root = join(import.meta.dirname, "../..");

const named = { ...filing, anonymous: undefined, contactName: "刘建国", contactPhone: "13800001234" };
const dayMs = 24 * 60 * 60 * 1000;

/** Files a report, and gives what is needed to speak of it. */
async function file(harness: Harness, body: object = named) {
  const response = await harness.post("/api/v1/reports", body);
  expect(response.status).toBe(201);
  const { reportNo, queryCode } = (await response.json()) as { reportNo: string; queryCode: string };
  const row = await harness.db.sql.select().from(reports).where(eq(reports.reportNo, reportNo)).get();
  if (row === undefined) throw new Error("Not stored.");
  const path = `/api/v1/reports/${reportNo}`;
  const code = { "X-Query-Code": queryCode };
  return {
    id: row.id,
    reportNo,
    path,
    code,
    erase: (what: "identity" | "all") => harness.post(`${path}/deletion`, { what, confirm: true }, code),
    copy: async () => {
      const answer = await harness.request(`${path}/copy`, { headers: code });
      expect(answer.status).toBe(200);
      return (await answer.json()) as Record<string, never>;
    },
  };
}

const at = (harness: Harness, days: number) => new Date(harness.now().getTime() + days * dayMs).toISOString();

async function close(harness: Harness, id: string, outcome: "decided" | "other" = "other") {
  await harness.db.write(unitOfWork(harness.retention.onCaseClosed(id, harness.now(), outcome)));
}

/** Takes a case as far as its office having accepted it. */
async function accept(harness: Harness, reportId: string) {
  const row = await harness.db.sql.select().from(cases).where(eq(cases.reportId, reportId)).get();
  const response = await harness.post(
    `/api/v1/cases/${row?.id}/actions/accept`,
    { revision: row?.seq },
    await harness.signIn(),
  );
  expect(response.status).toBe(200);
}

/** Every byte of every file in a folder. */
function bytesUnder(folder: string): Buffer {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Buffer.concat(files.map((entry) => readFileSync(join(entry.parentPath, entry.name))));
}

describe("what a report is sealed under", () => {
  test("is a key of its own for the content, and the first event ties to the sealed bytes", async () => {
    const harness = await createHarness();
    const report = await file(harness);
    await harness.post(`${report.path}/supplements`, { text: "店在镇东头" }, report.code);
    const row = await harness.db.sql.select().from(reports).get();
    if (row?.contentKey == null) throw new Error("There is no key.");
    const record = { wrappedKey: row.contentKey, sealed: row.sealed };

    expect(JSON.parse(await openRecord(harness.vault, `report:${row.id}`, record))).toMatchObject({
      slots: { infringer: "冀卡扣件" },
    });
    const [current] = await harness.db.sql.select().from(cases);
    const { items } = (await (
      await harness.request(`/api/v1/cases/${current?.id}/events`, { headers: await harness.signIn() })
    ).json()) as { items: { data: { contentHash?: string } }[] };
    expect(items[0]?.data.contentHash).toBe(await sha256(row.sealed));
    expect((await harness.reports.open(row.id)).supplements).toMatchObject([{ text: "店在镇东头" }]);
    // What was added hangs on the same key.
    await harness.db.maintain("UPDATE reports SET content_key = zeroblob(length(content_key))");
    const [added] = await harness.db.sql.select().from(supplements);
    expect(added?.sealed.length).toBeGreaterThan(12);
    await expect(harness.reports.open(row.id)).rejects.toThrow();
  });

  test("may be the deployment's key, in reports filed before there were keys of their own", async () => {
    const harness = await createHarness();
    const report = await file(harness);
    const content = { slots: { reportType: "假冒专利" }, narrative: ["旧的"] };
    const sealed = await harness.vault.seal("report", `report:${report.id}`, JSON.stringify(content));
    await harness.db.write([harness.db.sql.update(reports).set({ sealed, contentKey: null })]);
    await harness.post(`${report.path}/supplements`, { text: "新的" }, report.code);

    expect(await harness.reports.open(report.id)).toMatchObject({
      ...content,
      supplements: [{ text: "新的" }],
    });
    await harness.retention.erase(report.id, "content", "case-file-other");
    expect((await harness.reports.open(report.id)).narrative).toEqual([]);
    expect((await harness.db.sql.select().from(reports).get())?.sealed).toHaveLength(0);
  });
});

describe("the identity vault", () => {
  test("opens, and finds a person's reports by phone or name in any spelling without opening any", async () => {
    const harness = await createHarness();
    const first = await file(harness);
    const second = await file(harness, { ...named, infringer: "别家" });
    await file(harness, { ...named, contactName: "李明", contactPhone: "0317-1234567" });
    const anonymous = await file(harness, filing);
    const { identities: vault } = harness;

    expect(await vault.open(first.id)).toEqual({
      kind: "identity",
      contactName: "刘建国",
      contactPhone: "13800001234",
    });
    expect(await vault.open(anonymous.id)).toEqual({ kind: "anonymous" });
    const both = [first.id, second.id].sort();
    expect(await vault.reportsOf({ kind: "phone", value: "＋86 138-0000-1234" })).toEqual(both);
    expect(await vault.reportsOf({ kind: "name", value: "刘 建国" })).toEqual(both);
    expect(await vault.reportsOf({ kind: "name", value: "刘建" })).toEqual([]);
    const stored = JSON.stringify(await harness.db.sql.select().from(identityIndex));
    expect(stored).not.toMatch(/1380000|刘建国/);
  });

  test("keeps opening after the keys are wrapped under a new one, without the old one", async () => {
    const harness = await createHarness();
    const report = await file(harness);
    await harness.post(`${report.path}/supplements`, { text: "补充" }, report.code);
    const old = new Uint8Array(32).fill(7);
    const fresh = new Uint8Array(32).fill(9);
    const both = createVault({
      current: "k2",
      keys: new Map([
        ["k2", fresh],
        ["k1", old],
      ]),
    });
    const before = await harness.db.sql.select().from(reports).get();

    const done = await createKeyRotation({ db: harness.db, vault: both }).rewrap();
    expect(done).toEqual({ rewrapped: 2, queryCodes: { k1: 1 }, sealedDirectly: 0 });
    expect(await createKeyRotation({ db: harness.db, vault: both }).rewrap()).toMatchObject({ rewrapped: 0 });
    // What other rooms sealed under the older key is counted, too.
    const [current] = await harness.db.sql.select().from(cases);
    const noted = { revision: current?.seq, note: "已电话联系" };
    const path = `/api/v1/cases/${current?.id}/actions/report_progress`;
    expect((await harness.post(path, noted, await harness.signIn())).status).toBe(200);
    const elsewhere = { sealed: [caseNotes.sealed], codeKeys: [] };
    expect(await createKeyRotation({ db: harness.db, vault: both, elsewhere }).rewrap()).toMatchObject({
      sealedDirectly: 1,
    });

    const row = await harness.db.sql.select().from(reports).get();
    expect(row?.sealed).toEqual(before?.sealed);
    expect(row?.queryKeyId).toBe("k1");
    const [kept] = await harness.db.sql.select().from(identities);
    expect([row?.contentKey, kept?.wrappedKey].map((key) => keyIdOf(key ?? new Uint8Array()))).toEqual([
      "k2",
      "k2",
    ]);
    const alone = createVault({ current: "k2", keys: new Map([["k2", fresh]]) });
    const opened = createIdentityVault({ db: harness.db, vault: alone, randomBytes });
    expect(await opened.open(report.id)).toMatchObject({ contactPhone: "13800001234" });
    const retired = createVault({ current: "k1", keys: new Map([["k1", old]]) });
    const shut = createIdentityVault({ db: harness.db, vault: retired, randomBytes });
    await expect(shut.open(report.id)).rejects.toThrow();
  });
});

describe("the schedule", () => {
  test("erases an identity 90 days after closing: no bytes, no index, only a tombstone", async () => {
    const harness = await createHarness();
    const report = await file(harness);
    const other = await file(harness);
    const [kept] = await harness.db.sql.select().from(identities).where(eq(identities.reportId, report.id));
    if (kept === undefined) throw new Error("Not stored.");
    await close(harness, report.id);

    harness.moveTo(at(harness, 89.9));
    await harness.tend();
    expect(await harness.identities.open(report.id)).toMatchObject({ kind: "identity" });
    harness.moveTo(at(harness, 0.2));
    await harness.tend();

    expect(await harness.identities.open(report.id)).toEqual({ kind: "erased", erasedAt: harness.now() });
    expect(await harness.identities.open(other.id)).toMatchObject({ kind: "identity" });
    expect(await harness.db.sql.select().from(identities)).toMatchObject([{ reportId: other.id }]);
    expect(await harness.identities.reportsOf({ kind: "phone", value: "13800001234" })).toEqual([other.id]);
    const tombstone = {
      kind: "identity",
      subjectId: report.id,
      rule: "identity",
      hash: await sha256(kept.wrappedKey),
    };
    expect(await harness.db.sql.select().from(erasures)).toMatchObject([
      { ...tombstone, erasedAt: harness.now() },
    ]);
    expect((await harness.reports.open(report.id)).slots.infringer).toBe("冀卡扣件");
    const journal = await readJournal(readFileSync(join(harness.folder, "erasures.jsonl"), "utf8"));
    expect(journal).toMatchObject({ entries: [tombstone], brokenAt: undefined });
    for (const part of [kept.wrappedKey, kept.sealed]) {
      expect(bytesUnder(harness.folder).includes(Buffer.from(part))).toBe(false);
    }
  });

  test("lets a reopened case keep it", async () => {
    const harness = await createHarness();
    const report = await file(harness);
    await close(harness, report.id);
    harness.moveTo(at(harness, 80));
    await harness.db.write(unitOfWork(harness.retention.onCaseReopened(report.id)));
    harness.moveTo(at(harness, 91));
    await harness.tend();
    expect(await harness.identities.open(report.id)).toMatchObject({ kind: "identity" });
  });

  test("does not run while a case is open, whatever is added", async () => {
    const harness = await createHarness();
    const report = await file(harness);
    await harness.post(`${report.path}/supplements`, { text: "又看到了" }, report.code);
    const [row] = await harness.db.sql.select().from(identities);
    expect(row?.eraseAfter).toBeNull();
    harness.moveTo(at(harness, 4000));
    await harness.tend();
    expect(await harness.identities.open(report.id)).toMatchObject({ kind: "identity" });
  });

  test("keeps it longer where the person says so, and not after they take that back", async () => {
    const harness = await createHarness();
    const report = await file(harness);
    const keep = (until: string | null) =>
      harness.request(`${report.path}/identity-retention`, {
        method: "PUT",
        headers: { "Content-Type": "application/json", ...report.code },
        body: JSON.stringify({ until }),
      });
    expect((await keep("2031-01-01")).status).toBe(400);
    expect((await keep("2026-11-01")).status).toBe(400);
    expect(await (await keep("2027-11-01")).json()).toMatchObject({
      identityKeepUntil: "2027-11-01",
      identityEraseOn: null,
    });
    await close(harness, report.id);
    harness.moveTo(at(harness, 100));
    await harness.tend();
    expect(await harness.identities.open(report.id)).toMatchObject({ kind: "identity" });
    expect(await (await keep(null)).json()).toMatchObject({ identityEraseOn: "2027-02-21" });
    await harness.tend();
    expect(await harness.identities.open(report.id)).toMatchObject({ kind: "erased" });
  });

  test("counts from a closing that came between the wish to keep it and its writing", async () => {
    const harness = await createHarness();
    const report = await file(harness);
    const wishes = [null, new Date("2027-11-01T00:00:00Z")].map((until) =>
      harness.retention.keepIdentity(report.id, until),
    );
    await close(harness, report.id);
    for (const [index, end] of ["2027-02-21T02:00:00Z", "2027-11-01T00:00:00Z"].entries()) {
      await harness.db.write(unitOfWork(wishes.slice(index, index + 1)));
      const [row] = await harness.db.sql.select().from(identities);
      expect(row?.eraseAfter).toEqual(new Date(end));
    }
  });

  test.each([
    ["decided", "2056-12-31T15:59:59Z", "2056-12-31T16:00:01Z"],
    ["other", "2036-12-31T15:59:59Z", "2036-12-31T16:00:01Z"],
  ] as const)(
    "erases the file of a %s case with the year, once the operator has confirmed the period",
    async (outcome, before, after) => {
      const harness = await createHarness({ caseFilePeriodsConfirmed: true });
      const report = await file(harness);
      await close(harness, report.id, outcome);
      harness.moveTo(before);
      await harness.tend();
      expect((await harness.reports.open(report.id)).erasedAt).toBeUndefined();
      harness.moveTo(after);
      await harness.tend();
      expect(await harness.reports.open(report.id)).toEqual({
        slots: {},
        narrative: [],
        supplements: [],
        erasedAt: harness.now(),
      });
    },
  );

  test("erases no case file by a period that nobody has confirmed", async () => {
    const harness = await createHarness();
    const report = await file(harness);
    await close(harness, report.id);
    harness.moveTo("2090-01-01T00:00:00Z");
    await harness.tend();
    expect((await harness.reports.open(report.id)).slots.infringer).toBe("冀卡扣件");
  });

  test("carries on after a crash between the decision and the deed", async () => {
    const harness = await createHarness();
    const report = await file(harness);
    const row = { kind: "identity", subjectId: report.id, reportId: report.id, rule: "identity" };
    await harness.db.write([harness.db.sql.insert(erasures).values({ ...row, begunAt: harness.now() })]);
    await harness.tend();
    expect(await harness.identities.open(report.id)).toMatchObject({ kind: "erased" });
    expect(await harness.db.sql.select().from(identities)).toEqual([]);
    expect(readFileSync(join(harness.folder, "erasures.jsonl"), "utf8")).toContain(report.id);
  });
});

describe("an erasure that meets a step of staff", () => {
  test("is told in the case after that step, and both stand", async () => {
    const harness = await createHarness();
    const { db, folder } = harness;
    const report = await file(harness);
    const { write } = db;
    let steps = 0;
    db.write = async (statements) => {
      // The journal has its line, the deed is ready, and the office is quicker, once.
      if (steps === 0 && existsSync(join(folder, "erasures.jsonl"))) {
        steps += 1;
        await accept(harness, report.id);
      }
      await write(statements);
    };
    expect((await report.erase("identity")).status).toBe(200);

    expect(steps).toBe(1);
    expect(await db.sql.select().from(identities)).toEqual([]);
    const [current] = await db.sql.select().from(cases);
    expect(await harness.verification.faultOf(current?.id ?? "")).toBeUndefined();
    const kinds = (await db.sql.select().from(caseEvents).orderBy(caseEvents.seq)).map(({ kind }) => kind);
    expect(kinds).toEqual(["received", "routed", "accepted", "identity_erased"]);
  });
});

describe("a legal hold", () => {
  test("blocks the schedule and the person's own request, and both go on once it is lifted", async () => {
    const harness = await createHarness();
    const report = await file(harness);
    const hold = { category: "litigation", reason: "（2026）冀09行初1号" } as const;
    await harness.db.write(unitOfWork(await harness.retention.hold(report.id, hold, "staff_1")));
    const [stored] = await harness.db.sql.select().from(legalHolds);
    expect(Buffer.from(stored?.sealedReason ?? []).toString()).not.toContain("冀09");
    expect(await harness.retention.listHolds(report.id)).toMatchObject([{ reason: "（2026）冀09行初1号" }]);

    const answer = await report.erase("identity");
    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({
      status: "held",
      reason: expect.stringContaining("行政复议或者诉讼"),
    });
    await close(harness, report.id);
    harness.moveTo(at(harness, 400));
    await harness.tend();
    expect(await harness.identities.open(report.id)).toMatchObject({ kind: "identity" });
    expect(await harness.db.sql.select().from(erasures)).toEqual([]);
    expect(existsSync(join(harness.folder, "erasures.jsonl"))).toBe(false);
    expect(await harness.db.sql.select().from(deletionRequests)).toHaveLength(1);

    await harness.db.write(unitOfWork(await harness.retention.hold(report.id, null, "staff_2")));
    await harness.tend();
    expect(await harness.identities.open(report.id)).toMatchObject({ kind: "erased" });
    expect(await harness.db.sql.select().from(deletionRequests)).toEqual([]);
  });
});

describe("GET /reports/{no}/copy", () => {
  test("gives all that is stored, and nothing to another code", async () => {
    const harness = await createHarness();
    const form = new FormData();
    form.append("file", new File([jpegPhoto()], "现场.jpg"));
    form.append("capturedAt", "2026-11-20T15:05:00+08:00");
    const uploaded = await harness.request("/api/v1/evidence", {
      method: "POST",
      headers: { authorization: harness.authorization },
      body: form,
    });
    const { evidenceId } = (await uploaded.json()) as { evidenceId: string };
    const report = await file(harness, { ...named, showEndsOn: "2026-12-01", evidenceIds: [evidenceId] });
    await harness.post(`${report.path}/supplements`, { text: "店在镇东头" }, report.code);

    expect(await report.copy()).toMatchObject({
      reportNo: report.reportNo,
      recognisedByChannel: true,
      slots: { infringer: "冀卡扣件" },
      supplements: [{ text: "店在镇东头" }],
      identity: { kind: "identity", contactName: "刘建国", contactPhone: "13800001234" },
      more: { showEndsOn: "2026-12-01" },
      evidence: [
        {
          evidenceId,
          name: "现场.jpg",
          claimedCapturedAt: "2026-11-20T07:05:00.000Z",
          exifCapturedAt: "2026-11-20T07:04:05.000Z",
        },
      ],
      events: [{ kind: "received" }, { kind: "routed" }, { kind: "supplemented" }],
      retention: { holds: [], requests: [], erased: [] },
    });
    for (let n = 0; n < 5; n++) {
      const wrong = await harness.request(`${report.path}/copy`, { headers: { "X-Query-Code": "1" } });
      expect(wrong.status).toBe(404);
    }
    expect((await harness.request(`${report.path}/copy`, { headers: report.code })).status).toBe(429);
    const body = { what: "all", confirm: true };
    expect((await harness.post(`${report.path}/deletion`, body, report.code)).status).toBe(429);
  });
});

describe("POST /reports/{no}/deletion", () => {
  test("asks for a plain yes and for the right code", async () => {
    const harness = await createHarness();
    const report = await file(harness);
    const path = `${report.path}/deletion`;
    const refused = await harness.post(path, { what: "identity" }, report.code);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ errors: [{ pointer: "/confirm" }] });
    const wrong = await harness.post(path, { what: "all", confirm: true }, { "X-Query-Code": "1" });
    expect(wrong.status).toBe(404);
    expect(await harness.identities.open(report.id)).toMatchObject({ kind: "identity" });
  });

  test("erases the identity of a tip at once, once, and the case goes on", async () => {
    const harness = await createHarness();
    const report = await file(harness);
    const first = await report.erase("identity");
    expect(first.status).toBe(200);
    const said = await first.json();
    expect(said).toMatchObject({ status: "erased", erasedOn: "2026-11-23", withdrawn: false });
    harness.moveTo(at(harness, 3));
    expect(await (await report.erase("identity")).json()).toEqual(said);
    expect(await harness.identities.open(report.id)).toMatchObject({ kind: "erased" });
    expect(await report.copy()).toMatchObject({
      identity: { kind: "erased" },
      state: "routed",
      slots: { infringer: "冀卡扣件" },
    });
    expect(await harness.db.sql.select().from(erasures)).toMatchObject([{ rule: "deletion-request" }]);
  });

  test.each([
    ["ruling", { reportType: "专利侵权", relation: "权利人" }, "请求人的姓名和地址"],
    ["mediation", { reportType: "专利纠纷调解" }, "通知双方"],
    ["complaint", { reportType: "消费投诉" }, "投诉要实名"],
    ["request for aid", { kind: "aid", reportType: undefined }, "核对申请人"],
    ["request for an opinion", { kind: "opinion", reportType: undefined }, "被警告的人本人"],
  ])("keeps the identity of an open %s, says why, and erases it at closing", async (_, change, reason) => {
    const harness = await createHarness();
    const report = await file(harness, { ...named, ...change });
    const answer = await report.erase("identity");
    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({
      status: "scheduled",
      reason: expect.stringContaining(reason),
    });
    await harness.tend();
    expect(await report.copy()).toMatchObject({
      identity: { kind: "identity" },
      retention: { requests: [{ part: "identity", requestedOn: "2026-11-23" }] },
    });
    await close(harness, report.id);
    await harness.tend();
    expect(await harness.identities.open(report.id)).toMatchObject({ kind: "erased" });
  });

  test("erases the identity of a lead at once: it starts no ruling, and needs nobody's name", async () => {
    const harness = await createHarness();
    const lead = await file(harness, { ...named, reportType: "专利侵权", relation: "消费者" });
    expect((await lead.erase("identity")).status).toBe(200);
  });

  test("of all withdraws a report that nobody has accepted, and leaves only that there was one", async () => {
    const harness = await createHarness();
    const form = new FormData();
    form.append("file", new File([tinyPng(5)], "刘建国家门口.png"));
    const uploaded = await harness.request("/api/v1/evidence", {
      method: "POST",
      headers: { authorization: harness.authorization },
      body: form,
    });
    const { evidenceId } = (await uploaded.json()) as { evidenceId: string };
    const report = await file(harness, { ...named, evidenceIds: [evidenceId] });
    await harness.post(`${report.path}/supplements`, { text: "店在镇东头" }, report.code);
    const stored = await harness.db.sql.select().from(reports).get();
    const said = await harness.db.sql.select().from(supplements).get();

    const answer = await report.erase("all");
    expect(answer.status).toBe(200);
    const body = await answer.json();
    expect(body).toMatchObject({ status: "erased", withdrawn: true, erasedOn: "2026-11-23" });
    expect(await (await report.erase("all")).json()).toMatchObject({ status: "erased", withdrawn: false });

    const row = await harness.db.sql.select().from(reports).get();
    expect(row).toMatchObject({ reportNo: report.reportNo, contentKey: null, reporterKey: null });
    expect(await harness.blobs.get(evidenceId)).toBeUndefined();
    expect(await harness.db.sql.select().from(evidence)).toEqual([]);
    expect((await harness.evidence.custodyOf(evidenceId)).at(-1)).toMatchObject({ kind: "erased" });
    expect(await verifyEvidence({ db: harness.db, blobs: harness.blobs })).toMatchObject({ faults: [] });
    expect(await report.copy()).toMatchObject({
      state: "withdrawn",
      slots: {},
      supplements: [],
      identity: { kind: "erased" },
      recognisedByChannel: false,
      events: [{}, {}, {}, { kind: "withdrawn" }, { kind: "identity_erased" }],
    });
    const [current] = await harness.db.sql.select().from(cases);
    expect(await harness.verification.faultOf(current?.id ?? "")).toBeUndefined();
    const left = bytesUnder(harness.folder);
    for (const part of [stored?.contentKey, stored?.sealed, said?.sealed, tinyPng(5)]) {
      expect(left.includes(Buffer.from(part ?? [1]))).toBe(false);
    }
    // The office still opens the case, and is shown that there is nothing.
    const opened = await harness.request(`/api/v1/cases/${current?.id}`, {
      headers: await harness.signIn(),
    });
    expect(opened.status).toBe(200);
  });

  test("of all keeps the file of an accepted case as the law does, and erases the rest", async () => {
    const harness = await createHarness();
    const report = await file(harness);
    await accept(harness, report.id);
    const answer = await report.erase("all");
    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({
      status: "scheduled",
      withdrawn: false,
      reason: expect.stringContaining("案卷"),
      parts: [
        { part: "identity", status: "erased" },
        { part: "sender", status: "erased" },
        { part: "content", status: "scheduled", dueOn: null },
      ],
    });
    expect((await harness.reports.open(report.id)).slots.infringer).toBe("冀卡扣件");
    expect((await harness.db.sql.select().from(reports).get())?.reporterKey).toBeNull();
    await close(harness, report.id, "decided");
    await harness.tend();
    expect(await (await report.erase("all")).json()).toMatchObject({
      parts: [{}, {}, { status: "scheduled", dueOn: "2057-01-01" }],
    });
  });

  test("of an anonymous report says that there is nothing to erase", async () => {
    const harness = await createHarness();
    const report = await file(harness, filing);
    const answer = await report.erase("identity");
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      status: "erased",
      reason: expect.stringContaining("没有留姓名"),
    });
    expect(await harness.db.sql.select().from(erasures)).toEqual([]);
  });
});

describe("a report that leaves no trace", () => {
  test("is stored without its sender, who finds it by its code alone", async () => {
    const harness = await createHarness();
    const session = (await (await harness.post("/api/v1/sessions", {})).json()) as { token: string };
    const authorization = `Bearer ${session.token}`;
    const upload = async (mark: number) => {
      const form = new FormData();
      form.append("file", new File([tinyPng(mark)], "a.png"));
      const uploaded = await harness.request("/api/v1/evidence", {
        method: "POST",
        headers: { authorization },
        body: form,
      });
      return ((await uploaded.json()) as { evidenceId: string }).evidenceId;
    };
    const body = { reportType: "假冒专利", infringer: "某厂", county: "献县", anonymous: true };
    const send = async (more: object) =>
      harness.post("/api/v1/reports", { ...body, ...more }, { authorization });
    const plain = (await (await send({})).json()) as { reportNo: string };
    const evidenceIds = [await upload(1)];
    const answer = await send({ traceless: true, evidenceIds });
    expect(answer.status).toBe(201);
    const { reportNo, queryCode } = (await answer.json()) as { reportNo: string; queryCode: string };
    const code = { "X-Query-Code": queryCode, authorization };
    const added = { evidenceIds: [await upload(2)] };
    expect((await harness.post(`/api/v1/reports/${reportNo}/supplements`, added, code)).status).toBe(200);

    const rows = await harness.db.sql.select().from(reports);
    const keyOf = (no: string) => rows.find((row) => row.reportNo === no)?.reporterKey;
    // A keyed hash, and nothing of the visitor's id.
    expect(keyOf(plain.reportNo)).toMatch(/^[0-9a-f]{64}$/);
    expect(keyOf(reportNo)).toBeNull();
    const files = await harness.db.sql.select().from(evidence);
    expect(files.map((row) => row.ownerKey)).toEqual([null, null]);
    const status = await harness.request(`/api/v1/reports/${reportNo}`, { headers: code });
    expect(status.status).toBe(200);
  });

  test.each([
    ["a contact", { anonymous: undefined, contactPhone: "13800001234" }, "/anonymous"],
    ["a call back", { callback: true }, "/callback"],
  ])("is refused with %s", async (_, more, pointer) => {
    const harness = await createHarness();
    const answer = await harness.post("/api/v1/reports", { ...filing, traceless: true, ...more });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ errors: [{ pointer }] });
    expect(await harness.db.sql.select().from(reports)).toEqual([]);
  });
});

describe("npm run restore", () => {
  test("keeps erased what was erased since the backup, in every file of the folder", async () => {
    const { folder, env } = createHome();
    const server = await startServer({ folder, env: { IDENTITY_KEY: env.IDENTITY_KEY } });
    onTestFinished(() => server.kill());
    const call = (path: string, body: unknown, headers: Record<string, string> = {}) =>
      fetch(server.url + path, {
        method: "POST",
        headers: { "Content-Type": "application/json", authorization: `Bearer ${server.token}`, ...headers },
        body: JSON.stringify(body),
      });
    const { reportNo, queryCode } = (await (await call("/api/v1/reports", named)).json()) as {
      reportNo: string;
      queryCode: string;
    };
    const aside = mkdtempSync(join(tmpdir(), "zhiquan-backup-"));
    onTestFinished(() => rmSync(aside, { recursive: true, force: true }));
    const backup = join(aside, "backup");
    expect(await run("scripts/backup.ts", [backup], env)).toMatchObject({ code: 0, errors: "" });
    expect(readdirSync(backup, { recursive: true }).map(String)).not.toContain("erasures.jsonl");
    const copy = openCopy(join(backup, "zhiquan.db"));
    const [kept] = await copy.all("SELECT wrapped_key, sealed FROM identities");
    copy.close();
    const parts = Object.values(kept ?? {}).map((value) => Buffer.from(value as ArrayBuffer));
    expect(parts.map((part) => part.length > 40)).toEqual([true, true]);
    for (const part of parts) expect(bytesUnder(backup).includes(part)).toBe(true);

    const code = { "X-Query-Code": queryCode };
    const erased = await call(
      `/api/v1/reports/${reportNo}/deletion`,
      { what: "identity", confirm: true },
      code,
    );
    expect(await erased.json()).toMatchObject({ status: "erased" });
    await server.stop();

    const restored = await run("scripts/restore.ts", [backup, "--force"], env);
    expect(restored).toMatchObject({ code: 0, errors: "" });
    expect(restored.output).toContain("1 项已经照删除记录再次删除");
    expect(existsSync(join(folder, "zhiquan.db"))).toBe(true);
    for (const part of parts) expect(bytesUnder(folder).includes(part)).toBe(false);
    const db = await openDatabase({ url: env.DATABASE_URL });
    const vault = createVault({ current: "k1", keys: new Map([["k1", new Uint8Array(32).fill(7)]]) });
    const [report] = await db.sql.select().from(reports);
    const opened = await createIdentityVault({ db, vault, randomBytes }).open(report?.id ?? "");
    await db.close();
    expect(opened).toMatchObject({ kind: "erased" });

    // The one key there is, that of the content, goes over to a new key of the deployment.
    const fresh = Buffer.alloc(32, 9).toString("base64");
    const rotated = await run("scripts/admin.ts", ["rewrap"], {
      ...env,
      IDENTITY_KEY: `k2:${fresh},k1:${env.IDENTITY_KEY}`,
    });
    expect(rotated).toMatchObject({ code: 0, errors: "" });
    expect(rotated.output).toContain("1 份密钥已改由 k2 保管");
    expect(rotated.output).toContain("k1 还不能去掉：1 个查询码");

    // A later backup knows how far the journal had come, and misses it elsewhere.
    const later = join(aside, "later");
    expect((await run("scripts/backup.ts", [later], env)).code).toBe(0);
    const elsewhere = createHome();
    const warned = await run("scripts/restore.ts", [later], elsewhere.env);
    expect(warned.code).toBe(1);
    expect(warned.errors).toContain("不是做备份时的那份删除记录");
    // Six processes one after the other, on a machine that does other things too.
  }, 120_000);

  test("that was left out is made good at the next start", async () => {
    const harness = await createHarness();
    const report = await file(harness);
    const [kept] = await harness.db.sql.select().from(identities);
    await report.erase("identity");
    // As a copy of the file put back by hand would have it.
    if (kept !== undefined) await harness.db.write([harness.db.sql.insert(identities).values(kept)]);
    await harness.db.maintain("DELETE FROM erasures");
    expect(await harness.identities.open(report.id)).toMatchObject({ kind: "identity" });
    await harness.tend();
    expect(await harness.identities.open(report.id)).toMatchObject({ kind: "erased" });
    expect(await harness.db.sql.select().from(identities)).toEqual([]);
  });
});

describe("the journal of erasures", () => {
  const entry = (n: number) => ({
    kind: "identity" as const,
    subjectId: `report_${n}`,
    reportId: `report_${n}`,
    rule: "identity",
    erasedAt: "2026-11-23T02:00:00.000Z",
    hash: null,
  });

  test("is a chain that shows what was changed or taken out, and outlives a line that was cut off", async () => {
    const { folder } = createHome();
    const path = join(folder, "erasures.jsonl");
    const journal = createFileErasureJournal(path);
    await Promise.all([1, 2].map((n) => journal.append([entry(n)])));
    appendFileSync(path, '{"kind":"identity","subj');
    await createFileErasureJournal(path).append([entry(3)]);

    const text = readFileSync(path, "utf8");
    expect(await readJournal(text)).toMatchObject({
      entries: [entry(1), entry(2), entry(3)],
      brokenAt: undefined,
    });
    const lines = text.split("\n");
    expect((await readJournal(lines.toSpliced(1, 1).join("\n"))).brokenAt).toBe(2);
    expect(await readJournal(text.replace("report_1", "report_9"))).toMatchObject({ brokenAt: 1 });
  });

  test("lies in a bucket as one object an erasure, and is read page by page", async () => {
    const objects = new Map<string, { customMetadata: Record<string, string> }>();
    const journal = createBucketErasureJournal({
      put: async (key, _, { customMetadata }) => void objects.set(key, { customMetadata }),
      list: async ({ prefix, cursor = "0" }) => {
        const keys = [...objects.keys()].filter((key) => key.startsWith(prefix));
        const from = Number(cursor);
        const page = keys.slice(from, from + 2).flatMap((key) => objects.get(key) ?? []);
        return { objects: page, truncated: from + 2 < keys.length, cursor: String(from + 2) };
      },
    });
    await journal.append([1, 2, 3].map(entry));
    await journal.append([entry(3)]);
    expect([...objects.keys()][0]).toBe("erasures/identity/report_1");
    expect(await journal.read()).toEqual([1, 2, 3].map(entry));
  });
});

/** Runs `npm run NAME` without npm and waits for its end. */
async function run(script: string, words: string[], env: Record<string, string>) {
  const child = spawn(process.execPath, [join(root, script), ...words], {
    cwd: root,
    env: { ...process.env, NODE_ENV: "test", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk) => (output += String(chunk)));
  child.stderr.on("data", (chunk) => (errors += String(chunk)));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output, errors };
}

/** A folder for one test, and the settings of a deployment that lies there. */
function createHome() {
  const folder = mkdtempSync(join(tmpdir(), "zhiquan-retention-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return {
    folder,
    env: {
      DATABASE_URL: `file:${join(folder, "zhiquan.db")}`,
      BLOB_DIR: join(folder, "blobs"),
      IDENTITY_KEY: Buffer.alloc(32, 7).toString("base64"),
    },
  };
}
