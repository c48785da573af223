import { spawnSync } from "node:child_process";
import { createHash, createPublicKey, verify } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createSigner } from "../../src/crypto/signer.ts";
import { createReceipts } from "../../src/reports/receipt-service.ts";
import { reportReceipts, reports } from "../../src/reports/schema.ts";
import { filing } from "../support/filing.ts";
import { createHarness, type Harness, receiptSeed, tinyPng } from "../support/harness.ts";

const root = join(import.meta.dirname, "../..");
const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

type Key = { keyId: string; publicKey: string; pem: string };
type Filed = { reportNo: string; queryCode: string; receipt: string };
type ReceiptFile = {
  receipt: string;
  payload: Record<string, unknown>;
  signature: string;
  key: Key;
  evidence: string[] | null;
  text: string;
};

async function upload(harness: Harness, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const body = new FormData();
  body.set("file", new File([bytes], "photo.png"));
  const { authorization } = harness;
  const response = await harness.request("/api/v1/evidence", {
    method: "POST",
    headers: { authorization },
    body,
  });
  return ((await response.json()) as { evidenceId: string }).evidenceId;
}

async function file(harness: Harness, files: Uint8Array<ArrayBuffer>[] = []): Promise<Filed> {
  const evidenceIds: string[] = [];
  for (const bytes of files) evidenceIds.push(await upload(harness, bytes));
  const response = await harness.post("/api/v1/reports", { ...filing, evidenceIds });
  expect(response.status).toBe(201);
  return (await response.json()) as Filed;
}

const download = (harness: Harness, { reportNo, queryCode }: { reportNo: string; queryCode: string }) =>
  harness.request(`/api/v1/reports/${reportNo}/receipt`, { headers: { "X-Query-Code": queryCode } });

async function check(harness: Harness, receipt: string, evidence?: string[]) {
  const response = await harness.post("/api/v1/receipts/verify", { receipt, evidence });
  expect(response.status).toBe(200);
  return (await response.json()) as { valid: boolean; problems: string[] };
}

describe("the receipt of a report", () => {
  test("is signed over number, instant and files, and holds with the public key alone", async () => {
    const harness = await createHarness({ now: "2026-11-23T02:00:00.123Z" });
    const { receipt, reportNo } = await file(harness, [tinyPng(1), tinyPng(2)]);

    const key = (await (await harness.request("/api/v1/receipts/key")).json()) as Key & { keys: Key[] };
    expect(key).toMatchObject({ keyId: "r1", algorithm: "Ed25519", keys: [] });
    const [payload = "", signature = ""] = receipt.split(".");
    const bytes = Buffer.from(payload, "base64url");
    expect(verify(null, bytes, createPublicKey(key.pem), Buffer.from(signature, "base64url"))).toBe(true);
    const leaf = (bytes: Uint8Array) =>
      createHash("sha256")
        .update(Uint8Array.of(0))
        .update(Buffer.from(hashOf(bytes), "hex"))
        .digest();
    const evidenceRoot = createHash("sha256")
      .update(Uint8Array.of(1))
      .update(leaf(tinyPng(1)))
      .update(leaf(tinyPng(2)))
      .digest("hex");
    expect(JSON.parse(bytes.toString("utf8"))).toEqual({
      v: 1,
      reportNo,
      filedAt: "2026-11-23T02:00:00.123Z",
      evidenceRoot,
      evidenceCount: 2,
      issuer: "知权",
      keyId: "r1",
    });
    expect(await harness.db.sql.select().from(reportReceipts)).toMatchObject([
      { evidenceRoot, evidenceCount: 2 },
    ]);
  });

  test("can be downloaded again with the code, to the letter, and by nobody else", async () => {
    const harness = await createHarness();
    const filed = await file(harness, [tinyPng(1)]);
    harness.moveTo("2026-12-24T02:00:00Z");

    const response = await download(harness, filed);
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Disposition")).toBe(
      `attachment; filename="receipt-${filed.reportNo}.json"`,
    );
    const body = (await response.json()) as ReceiptFile;
    expect(body.receipt).toBe(filed.receipt);
    expect(body.evidence).toEqual([hashOf(tinyPng(1))]);
    expect(body.text).toBe(
      `知权已于北京时间 2026-11-23 10:00:00 收到报告 ${filed.reportNo}，提交时附有 1 份材料。`,
    );
    expect(JSON.stringify(body)).not.toContain(filing.infringer);
    expect(await check(harness, body.receipt, body.evidence ?? [])).toMatchObject({ valid: true });

    expect((await download(harness, { ...filed, queryCode: "00000000" })).status).toBe(404);
    expect((await harness.request(`/api/v1/reports/${filed.reportNo}/receipt`)).status).toBe(400);
  });

  test("speaks of the files of the filing only, also of a report that was filed in a conversation", async () => {
    const harness = await createHarness();
    const reporter = harness.person();
    const evidenceId = await upload(harness, tinyPng(3));
    await reporter.send({ type: "image", evidenceId });
    const told = await reporter.tell("献县商林冀卡扣件冒用专利号ZL202320901414.6，匿名，我举报", "确认");
    const report = told.reports[0];
    if (report === undefined) throw new Error("Nothing was filed.");
    const before = (await (await download(harness, report)).json()) as ReceiptFile;
    expect(before.payload).toMatchObject({ reportNo: report.reportNo, evidenceCount: 1 });
    expect(before.evidence).toEqual([hashOf(tinyPng(3))]);

    const later = await upload(harness, tinyPng(4));
    const supplemented = await harness.post(
      `/api/v1/reports/${report.reportNo}/supplements`,
      { evidenceIds: [later] },
      { "X-Query-Code": report.queryCode },
    );
    expect(supplemented.status).toBe(200);
    expect(await (await download(harness, report)).json()).toEqual(before);
  });

  test("is given again for the same Idempotency-Key, and not for a report from before there were receipts", async () => {
    const harness = await createHarness();
    const twice = () => harness.post("/api/v1/reports", filing, { "Idempotency-Key": "k" });
    const first = (await (await twice()).json()) as Filed;
    expect(((await (await twice()).json()) as Filed).receipt).toBe(first.receipt);

    await harness.db.maintain("DELETE FROM report_receipts");
    const response = await download(harness, first);
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ type: "/problems/receipt_not_available" });
  });
});

describe("POST /api/v1/receipts/verify", () => {
  test("refuses a receipt with any one byte of it changed", async () => {
    const harness = await createHarness();
    const { receipt } = await file(harness, [tinyPng(1)]);
    expect(await check(harness, receipt)).toMatchObject({ valid: true, problems: [] });
    const accepted: number[] = [];
    for (let place = 0; place < receipt.length; place++) {
      const flipped = String.fromCharCode(receipt.charCodeAt(place) ^ 1);
      const changed = receipt.slice(0, place) + flipped + receipt.slice(place + 1);
      if ((await check(harness, changed)).valid) accepted.push(place);
    }
    expect(accepted).toEqual([]);
  });

  test("tells whether files are those of the receipt", async () => {
    const harness = await createHarness();
    const { receipt, reportNo } = await file(harness, [tinyPng(1), tinyPng(2)]);
    const [one, two, other] = [hashOf(tinyPng(1)), hashOf(tinyPng(2)), hashOf(tinyPng(3))];
    expect(await check(harness, receipt, [one, two.toUpperCase()])).toMatchObject({ valid: true, reportNo });
    for (const evidence of [[two, one], [one, other], [one], [one, two, other], []]) {
      const answer = await check(harness, receipt, evidence);
      expect(answer).toMatchObject({ valid: false, reportNo, problems: [expect.stringContaining("材料")] });
    }
  });

  test("says in words what is no receipt, and names the field that is malformed", async () => {
    const harness = await createHarness();
    expect(await check(harness, "你好")).toEqual({
      valid: false,
      reportNo: null,
      filedAt: null,
      evidenceRoot: null,
      evidenceCount: null,
      problems: [expect.stringContaining("这不是一份完整的回执")],
    });
    const { receipt } = await file(harness);
    for (const [body, pointer] of [
      [{}, "/receipt"],
      [{ receipt: 1 }, "/receipt"],
      [{ receipt, evidence: ["zz"] }, "/evidence/0"],
      [{ receipt: "x".repeat(5000) }, "/receipt"],
    ] as const) {
      const response = await harness.post("/api/v1/receipts/verify", body);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ errors: [{ pointer }] });
    }
  });

  test("still knows a receipt of the key before, and tells both keys", async () => {
    const harness = await createHarness();
    const { receipt } = await file(harness);
    const [row] = await harness.db.sql.select().from(reports);
    if (row === undefined) throw new Error("Nothing was filed.");
    const ring = new Map([
      ["r2", new Uint8Array(32).fill(9)],
      ["r1", receiptSeed],
    ]);
    const signer = await createSigner({ current: "r2", keys: ring });
    const rotated = createReceipts({ db: harness.db, signer });
    expect(await rotated.verify(receipt)).toMatchObject({ valid: true });
    expect(rotated.keys()).toMatchObject({ keyId: "r2", keys: [{ keyId: "r1" }] });
    const again = await rotated.fileOf(row, []);
    expect(again.payload).toMatchObject({ keyId: "r2", reportNo: row.reportNo });
    expect(await check(harness, again.receipt)).toMatchObject({
      valid: false,
      problems: [expect.stringContaining("密钥 r2 不在")],
    });
  });
});

describe("npm run receipt", () => {
  test("checks a receipt file, the files beside it and a key of its own, without the service", async () => {
    const harness = await createHarness();
    const filed = await file(harness, [tinyPng(1), tinyPng(2)]);
    const body = (await (await download(harness, filed)).json()) as ReceiptFile;
    const write = (name: string, content: string | Uint8Array) => {
      writeFileSync(join(harness.folder, name), content);
      return join(harness.folder, name);
    };
    const run = (...words: string[]) => {
      const ended = spawnSync(process.execPath, [join(root, "scripts/verify-receipt.ts"), ...words], {
        encoding: "utf8",
      });
      return { code: ended.status, output: ended.stdout, errors: ended.stderr };
    };
    const receipt = write("receipt.json", JSON.stringify(body));
    const pem = write("key.pem", body.key.pem);
    const [one, two, other] = [1, 2, 3].map((mark) => write(`${mark}.png`, tinyPng(mark)));
    if (one === undefined || two === undefined || other === undefined) throw new Error("Three files.");

    const whole = run(receipt, "--key", pem, two, one);
    expect(whole).toMatchObject({ code: 0, errors: "" });
    expect(whole.output).toContain(`回执有效。${body.text}`);
    expect(run(receipt).output).toContain("注意：用的是回执文件里自带的公钥");

    const foreign = run(receipt, "--key", pem, one, other);
    expect(foreign.code).toBe(1);
    expect(foreign.errors).toContain("3.png：不是提交时的材料");
    const swapped = write("list.json", JSON.stringify({ ...body, evidence: [hashOf(tinyPng(3))] }));
    expect(run(swapped, "--key", pem, other).errors).toContain("材料清单（evidence）被改动过");
    const otherKey = await createSigner({
      current: "r1",
      keys: new Map([["r1", new Uint8Array(32).fill(1)]]),
    });
    const wrong = write("other.key", Buffer.from(otherKey.publicKey).toString("base64"));
    expect(run(receipt, "--key", wrong).errors).toContain("签名对不上");
    const bare = write("receipt.txt", `${body.receipt}\n`);
    expect(run(bare, "--key", pem, one, two).code).toBe(0);
    expect(run(bare, "--key", pem, two, one).errors).toContain("顺序");
    expect(run().errors).toContain("用法");
  });
});
