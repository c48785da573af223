import { createHash } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CustodyEntry } from "../../src/reports/custody.ts";
import { verifyEvidence } from "../../src/reports/evidence-verification-service.ts";
import { evidence, evidenceCustody, evidenceDerivatives } from "../../src/reports/schema.ts";
import { staffAccounts } from "../../src/staff/schema.ts";
import { filing } from "../support/filing.ts";
import { createHarness, type Harness, tinyPng } from "../support/harness.ts";
import { exifTiff, hiddenLatitude, holds, jpegPhoto, plainJpeg } from "../support/photos.ts";

const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

async function send(harness: Harness, bytes: Uint8Array<ArrayBuffer>, capturedAt?: string) {
  const body = new FormData();
  body.set("file", new File([bytes], "现场.jpg"));
  if (capturedAt !== undefined) body.set("capturedAt", capturedAt);
  const headers = { authorization: harness.authorization };
  return harness.request("/api/v1/evidence", { method: "POST", headers, body });
}

async function upload(harness: Harness, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return ((await (await send(harness, bytes)).json()) as { evidenceId: string }).evidenceId;
}

async function file(harness: Harness, evidenceIds: string[]): Promise<string> {
  const response = await harness.post("/api/v1/reports", { ...filing, evidenceIds });
  expect(response.status).toBe(201);
  const { reports } = (await response.json()) as { reports: { caseId: string }[] };
  return reports[0]?.caseId ?? "";
}

const steps = (entries: readonly CustodyEntry[]) => entries.map(({ kind, actor }) => `${kind} ${actor}`);
const faults = async ({ db, blobs }: Harness) => (await verifyEvidence({ db, blobs })).faults;

async function rowOf({ db }: Harness, id: string) {
  const row = await db.sql.select().from(evidence).where(eq(evidence.id, id)).get();
  if (row === undefined) throw new Error("There is no such evidence.");
  return row;
}

/** Lets a test do what the database refuses. */
async function unlock({ db }: Harness): Promise<void> {
  await db.maintain("DROP TRIGGER evidence_custody_keeps_rows");
  await db.maintain("DROP TRIGGER evidence_custody_keeps_values");
}

describe("the time a photo was taken", () => {
  test("stands beside the time it came, as the sender and as the photo say it", async () => {
    const harness = await createHarness();
    const response = await send(harness, jpegPhoto(), "2026-11-20T15:05:00+08:00");
    expect(response.status).toBe(201);
    const body = (await response.json()) as { evidenceId: string };
    expect(body).toMatchObject({
      receivedAt: "2026-11-23T02:00:00.000Z",
      claimedCapturedAt: "2026-11-20T07:05:00.000Z",
      exifCapturedAt: "2026-11-20T07:04:05.000Z",
    });
    expect(await rowOf(harness, body.evidenceId)).toMatchObject({
      claimedCapturedAt: new Date("2026-11-20T07:05:00Z"),
      exifCapturedAt: new Date("2026-11-20T07:04:05Z"),
    });
  });

  test("is null where nobody says it, and refused in another form", async () => {
    const harness = await createHarness();
    expect(await (await send(harness, tinyPng())).json()).toMatchObject({
      claimedCapturedAt: null,
      exifCapturedAt: null,
    });
    const refused = await send(harness, tinyPng(), "昨天下午");
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ errors: [{ pointer: "/capturedAt" }] });
    expect(await harness.db.sql.select().from(evidence)).toHaveLength(1);
  });
});

describe("the custody log", () => {
  test("tells everything from receipt to download, by whom, chained, and is whole", async () => {
    const harness = await createHarness();
    const bytes = jpegPhoto();
    const id = await upload(harness, bytes);
    const reporter = harness.person();
    await reporter.send({ type: "image", evidenceId: id });
    const filed = await reporter.tell("献县商林冀卡扣件冒用专利号ZL202320901414.6，匿名，我举报", "确认");
    harness.moveTo("2026-11-23T03:00:00Z");
    const staff = await harness.signIn();
    const [account] = await harness.db.sql.select().from(staffAccounts);
    const accountId = account?.id ?? "";
    const path = `/api/v1/cases/${filed.reports[0]?.caseId}/evidence/${id}`;
    expect((await harness.request(path, { headers: staff })).status).toBe(200);
    await harness.derivatives.derivativeOf(id, accountId);
    await harness.derivatives.derivativeOf(id, accountId);

    const log = await harness.evidence.custodyOf(id);
    expect(steps(log)).toEqual([
      "received public",
      "claimed public",
      "attached public",
      `downloaded ${accountId}`,
      `derivative_made ${accountId}`,
      `opened ${accountId}`,
      `opened ${accountId}`,
    ]);
    expect(log.map((entry) => entry.seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(new Set(log.map((entry) => entry.sha256))).toEqual(new Set([hashOf(bytes)]));
    expect(log[3]?.at).toEqual(new Date("2026-11-23T03:00:00Z"));
    const { ownerKey } = await rowOf(harness, id);
    expect(JSON.stringify(log)).not.toContain(ownerKey);
    expect(JSON.stringify(log)).not.toContain("现场");
    expect(await faults(harness)).toEqual([]);
  });

  test("cannot be changed or shortened", async () => {
    const harness = await createHarness();
    const id = await upload(harness, tinyPng(1));
    for (const statement of [
      harness.db.sql.delete(evidenceCustody).where(eq(evidenceCustody.evidenceId, id)),
      harness.db.sql.update(evidenceCustody).set({ actor: "system" }),
    ]) {
      await expect(harness.db.write([statement])).rejects.toThrow();
    }
    expect(steps(await harness.evidence.custodyOf(id))).toEqual(["received public"]);
  });

  test("outlives the file that nobody took, and of one that was taken it goes on", async () => {
    const harness = await createHarness();
    const [taken, free] = [await upload(harness, tinyPng(1)), await upload(harness, tinyPng(2))];
    await file(harness, [taken]);
    harness.moveTo("2026-12-01T02:00:00Z");
    await harness.tend();
    expect(steps(await harness.evidence.custodyOf(free))).toEqual(["received public", "erased system"]);
    expect(await harness.blobs.get(free)).toBeUndefined();
    expect(steps(await harness.evidence.custodyOf(taken))).toEqual(["received public", "attached public"]);
    expect(await faults(harness)).toEqual([]);
  });

  test("erases the copy with the original", async () => {
    const harness = await createHarness();
    const id = await upload(harness, jpegPhoto());
    const { derivativeId } = await harness.derivatives.derivativeOf(id, "system");
    const row = await rowOf(harness, id);
    harness.moveTo("2026-12-01T02:00:00Z");
    await harness.tend();
    expect(await harness.blobs.get(id)).toBeUndefined();
    expect(await harness.blobs.get(derivativeId)).toBeUndefined();
    expect(await harness.db.sql.select().from(evidenceDerivatives)).toEqual([]);
    expect((await harness.evidence.custodyOf(id)).at(-1)).toMatchObject({
      kind: "erased",
      data: { reason: "unclaimed" },
    });
    expect(await faults(harness)).toEqual([]);

    const [custodyHash = ""] = (await harness.db.sql.select().from(evidenceCustody))
      .filter((entry) => entry.kind === "erased")
      .map((entry) => entry.hash);
    const custodySeq = row.custodySeq + 1;
    await harness.db.write([harness.db.sql.insert(evidence).values({ ...row, custodySeq, custodyHash })]);
    expect(await faults(harness)).toEqual([{ id, fault: "保管记录说已删除，但登记还在" }]);
  });

  test("holds the hash of a picture without its hidden data, and of a paper none", async () => {
    const harness = await createHarness();
    const photo = await upload(harness, jpegPhoto());
    const pdf = new TextEncoder().encode("%PDF-1.4\n%%EOF\n") as Uint8Array<ArrayBuffer>;
    const paper = await upload(harness, pdf);
    expect(await rowOf(harness, photo)).toMatchObject({ imageHash: hashOf(plainJpeg(6)) });
    expect(await rowOf(harness, paper)).toMatchObject({ imageHash: null });
    await harness.db.write([
      harness.db.sql
        .update(evidence)
        .set({ imageHash: hashOf(jpegPhoto()) })
        .where(eq(evidence.id, photo)),
    ]);
    expect(await faults(harness)).toMatchObject([{ id: photo, fault: "登记的内容和保管记录对不上" }]);
  });

  test("has one line when a picture comes for a report that is filed", async () => {
    const harness = await createHarness();
    const reporter = harness.person();
    await reporter.tell("献县商林冀卡扣件冒用专利号ZL202320901414.6，匿名，我举报", "确认");
    const id = await upload(harness, tinyPng(1));
    await reporter.send({ type: "image", evidenceId: id });
    expect((await rowOf(harness, id)).reportId).not.toBeNull();
    expect(steps(await harness.evidence.custodyOf(id))).toEqual(["received public", "attached public"]);
    expect(await faults(harness)).toEqual([]);
  });

  test("gives a file that two reports name at once to one of them", async () => {
    const harness = await createHarness();
    const id = await upload(harness, tinyPng(1));
    const answers = await Promise.all(
      ["a", "b", "c"].map((userId) =>
        harness.post("/api/v1/reports", { ...filing, userId, evidenceIds: [id] }),
      ),
    );
    const statuses = answers.map((answer) => answer.status).sort();
    expect(statuses[0]).toBe(201);
    expect(statuses.slice(1).every((status) => status === 404 || status === 409)).toBe(true);
    expect(steps(await harness.evidence.custodyOf(id))).toEqual(["received public", "attached public"]);
    expect(await faults(harness)).toEqual([]);
  });

  test("is begun for files that came before there were logs", async () => {
    const harness = await createHarness();
    const id = await upload(harness, tinyPng(1));
    await unlock(harness);
    await harness.db.maintain("DELETE FROM evidence_custody");
    await harness.db.maintain(`UPDATE evidence SET custody_seq = 0, custody_hash = '${"0".repeat(64)}'`);
    expect(await faults(harness)).toEqual([{ id, fault: "没有保管记录" }]);
    await harness.tend();
    expect(steps(await harness.evidence.custodyOf(id))).toEqual(["adopted system"]);
    expect(await faults(harness)).toEqual([]);
  });
});

describe("a copy without hidden data", () => {
  test("is made once, has no place, and leaves the original as it was", async () => {
    const harness = await createHarness();
    const original = jpegPhoto();
    const id = await upload(harness, original);
    expect(holds(original, hiddenLatitude)).toBe(true);

    const copy = await harness.derivatives.derivativeOf(id, "system");
    expect(copy.content).toEqual(plainJpeg(6));
    expect(holds(copy.content, hiddenLatitude)).toBe(false);
    expect(copy).toMatchObject({ evidenceId: id, sha256: hashOf(plainJpeg(6)), mediaType: "image/jpeg" });
    expect((await harness.derivatives.derivativeOf(id, "system")).derivativeId).toBe(copy.derivativeId);
    expect(await harness.blobs.get(copy.derivativeId)).toEqual(plainJpeg(6));
    expect(await harness.blobs.get(id)).toEqual(original);
    expect((await rowOf(harness, id)).sha256).toBe(hashOf(original));
  });

  test("is one, also when several ask at once", async () => {
    const harness = await createHarness();
    const id = await upload(harness, jpegPhoto());
    const copies = await Promise.all([1, 2, 3].map(() => harness.derivatives.derivativeOf(id, "system")));
    expect(new Set(copies.map((copy) => copy.derivativeId)).size).toBe(1);
    expect(await harness.db.sql.select().from(evidenceDerivatives)).toHaveLength(1);
    expect(await faults(harness)).toEqual([]);
  });

  test("is not made of a paper, and that is said", async () => {
    const harness = await createHarness();
    const pdf = new TextEncoder().encode("%PDF-1.4\n%%EOF\n") as Uint8Array<ArrayBuffer>;
    const id = await upload(harness, pdf);
    await expect(harness.derivatives.derivativeOf(id, "system")).rejects.toMatchObject({
      code: "derivative_not_available",
      message: expect.stringContaining("人工检查"),
    });
    expect(steps(await harness.evidence.custodyOf(id))).toEqual(["received public"]);
  });
});

describe("an original whose bytes were changed", () => {
  test("is given to nobody, and the log says that it was found so", async () => {
    const harness = await createHarness();
    const id = await upload(harness, jpegPhoto());
    const caseId = await file(harness, [id]);
    const changed = jpegPhoto();
    changed[400] = (changed[400] ?? 0) ^ 1;
    await harness.blobs.put(id, changed);

    const headers = await harness.signIn();
    const response = await harness.request(`/api/v1/cases/${caseId}/evidence/${id}`, { headers });
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ type: "/problems/evidence_damaged" });
    await expect(harness.derivatives.derivativeOf(id, "system")).rejects.toMatchObject({
      code: "evidence_damaged",
    });
    expect((await harness.evidence.custodyOf(id)).slice(2)).toMatchObject([
      { kind: "verified", sha256: hashOf(changed), data: { intact: false } },
      { kind: "verified", actor: "system" },
    ]);
    expect(await faults(harness)).toEqual([{ id, fault: "原件的文件被改动" }]);
  });
});

describe("verifyEvidence", () => {
  /** Two photos of one report; the first was downloaded and copied. */
  async function prepare() {
    const harness = await createHarness();
    const id = await upload(harness, jpegPhoto());
    const response = await send(harness, Uint8Array.from(exifTiff()), "2026-11-20T15:05:00+08:00");
    const { evidenceId: second } = (await response.json()) as { evidenceId: string };
    await file(harness, [id, second]);
    const { derivativeId } = await harness.derivatives.derivativeOf(id, "system");
    await unlock(harness);
    expect(await faults(harness)).toEqual([]);
    return { harness, id, derivativeId };
  }

  /** Another value of the same kind. */
  function other(value: unknown): string {
    if (value === null) return "1";
    if (typeof value === "number") return String(value + 100);
    if (typeof value === "string") return `'${value.slice(0, -1)}${value.endsWith("0") ? "1" : "0"}'`;
    return "x'00'";
  }

  test("finds any column of any row that was changed", async () => {
    const { harness } = await prepare();
    const { db } = harness;
    await db.maintain("PRAGMA foreign_keys = OFF");
    const missed: string[] = [];
    let tried = 0;
    for (const table of ["evidence", "evidence_custody", "evidence_derivatives", "report_receipts"]) {
      const rows = await db.sql.all<Record<string, unknown>>(
        sql.raw(`SELECT rowid AS place, * FROM ${table}`),
      );
      for (const { place, ...columns } of rows) {
        for (const [column, value] of Object.entries(columns)) {
          tried += 1;
          await db.maintain(
            `CREATE TABLE kept AS SELECT ${column} AS value FROM ${table} WHERE rowid = ${place}`,
          );
          await db.maintain(`UPDATE ${table} SET ${column} = ${other(value)} WHERE rowid = ${place}`);
          if ((await faults(harness)).length === 0) missed.push(`${table}.${column} of ${place}`);
          await db.maintain(
            `UPDATE ${table} SET ${column} = (SELECT value FROM kept) WHERE rowid = ${place}`,
          );
          await db.maintain("DROP TABLE kept");
        }
      }
    }
    expect(missed).toEqual([]);
    expect(tried).toBeGreaterThan(80);
    expect(await faults(harness)).toEqual([]);
  }, 120_000);

  test("finds any row that was taken out", async () => {
    const { harness } = await prepare();
    const { db } = harness;
    await db.maintain("PRAGMA foreign_keys = OFF");
    const missed: string[] = [];
    for (const table of ["evidence", "evidence_custody", "evidence_derivatives", "report_receipts"]) {
      const rows = await db.sql.all<{ place: number }>(sql.raw(`SELECT rowid AS place FROM ${table}`));
      for (const { place } of rows) {
        await db.maintain(`CREATE TABLE kept AS SELECT * FROM ${table} WHERE rowid = ${place}`);
        await db.maintain(`DELETE FROM ${table} WHERE rowid = ${place}`);
        if ((await faults(harness)).length === 0) missed.push(`${table} ${place}`);
        await db.maintain(`INSERT INTO ${table} SELECT * FROM kept`);
        await db.maintain("DROP TABLE kept");
      }
    }
    expect(missed).toEqual([]);
    expect(await faults(harness)).toEqual([]);
  }, 60_000);

  test("finds any byte of an original or a copy that was changed, and a file that is gone", async () => {
    const { harness, id, derivativeId } = await prepare();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(id, derivativeId), fc.nat(), fc.nat(7), async (key, at, bit) => {
        const whole = await harness.blobs.get(key);
        if (whole === undefined) throw new Error("The file is gone.");
        const changed = whole.slice();
        const place = at % changed.length;
        changed[place] = (changed[place] ?? 0) ^ (1 << bit);
        await harness.blobs.put(key, changed);
        const found = await faults(harness);
        await harness.blobs.put(key, whole);
        expect(found).toEqual([{ id, fault: key === id ? "原件的文件被改动" : "副本的文件被改动" }]);
      }),
      { numRuns: 30 },
    );
    await harness.blobs.delete(derivativeId);
    expect(await faults(harness)).toEqual([{ id, fault: "副本的文件不见了" }]);
    await harness.blobs.delete(id);
    expect(await faults(harness)).toEqual([{ id, fault: "原件的文件不见了" }]);
    expect((await verifyEvidence({ db: harness.db, blobs: undefined })).faults).toEqual([]);
  }, 60_000);
});
