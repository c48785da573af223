import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Client, createClient, type InValue } from "@libsql/client";
import { eq } from "drizzle-orm";
import { describe, expect, onTestFinished, test } from "vitest";
import { replay } from "../../src/cases/case.ts";
import { createCaseRepository, toRow } from "../../src/cases/case-repository.ts";
import { createCaseVerification } from "../../src/cases/case-verification-service.ts";
import { caseEvents, cases } from "../../src/cases/schema.ts";
import { createChainSource } from "../../src/db/chain-source.ts";
import { openDatabase } from "../../src/db/client.ts";
import { verifyEvidence } from "../../src/reports/evidence-verification-service.ts";
import { publicKeyFromVault } from "../../src/staff/anchor-key.ts";
import { createAnchors } from "../../src/staff/anchor-service.ts";
import { oneOf, type Pick, pickFrom } from "../support/case-walk.ts";
import { filing } from "../support/filing.ts";
import { createHarness, type Harness, tinyPng } from "../support/harness.ts";
import { jpegPhoto } from "../support/photos.ts";
import { scale } from "../support/scale.ts";

const changes = scale(60, 2_000);

/** Every table whose rows prove something. */
const tables = [
  "cases",
  "case_events",
  "case_notes",
  "case_links",
  "evidence",
  "evidence_custody",
  "evidence_derivatives",
  "report_receipts",
  "audit_entries",
  "anchors",
  "anchor_heads",
] as const;

type Filed = { reports: { caseId: string }[] };

/** A small office's week: cases at several stages, with evidence, notes, links and two anchors. */
async function week() {
  const harness = await createHarness({ now: "2026-11-23T02:00:00Z" });
  const staff = await harness.signIn();
  const act = async (caseId: string, action: string, revision: number, input: object = {}) => {
    const response = await harness.post(
      `/api/v1/cases/${caseId}/actions/${action}`,
      { ...input, revision },
      staff,
    );
    if (response.status !== 200) throw new Error(`${action}: ${await response.text()}`);
  };
  const upload = async (content: Uint8Array<ArrayBuffer>) => {
    const body = new FormData();
    body.set("file", new File([content], "现场.png"));
    const headers = { authorization: harness.authorization };
    const response = await harness.request("/api/v1/evidence", { method: "POST", headers, body });
    return ((await response.json()) as { evidenceId: string }).evidenceId;
  };
  const file = async (userId: string, evidenceIds: string[], more: object = {}) => {
    const response = await harness.post("/api/v1/reports", { ...filing, userId, evidenceIds, ...more });
    if (response.status !== 201) throw new Error(await response.text());
    return ((await response.json()) as Filed).reports[0]?.caseId ?? "";
  };

  const photo = await upload(jpegPhoto());
  const first = await file("a", [photo, await upload(tinyPng(1))]);
  const second = await file("b", [await upload(tinyPng(2))]);
  const third = await file("c", [], {
    reportType: "专利侵权",
    relation: "权利人",
    anonymous: false,
    contactPhone: "13800001234",
  });
  await upload(tinyPng(3));
  await act(first, "accept", 2, { note: "材料齐全" });
  await act(first, "link", 3, { caseId: second, relation: "related" });
  await act(third, "receive_petition", 3, { papers: [], claims: [1] });
  await harness.derivatives.derivativeOf(photo, "account_1");
  await harness.tend();
  harness.moveTo("2026-11-24T03:00:00Z");
  const later = await harness.signIn();
  await harness.post(`/api/v1/cases/${second}/actions/decline`, { revision: 9 }, later);
  await harness.post(
    `/api/v1/cases/${second}/actions/transfer`,
    { revision: 2, office: "130929", reason: "wrong_place", note: "不是本地" },
    later,
  );
  await harness.tend();
  return { harness, first, second, third };
}

/** The file as its owner has it: without the triggers that keep rows as they are. */
async function owned({ folder }: Harness): Promise<Client> {
  const client = createClient({ url: `file:${join(folder, "zhiquan.db")}`, concurrency: 1 });
  onTestFinished(() => client.close());
  await client.execute("PRAGMA foreign_keys = OFF");
  await client.execute("PRAGMA synchronous = OFF");
  const triggers = await client.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'");
  for (const { name } of triggers.rows) await client.execute(`DROP TRIGGER ${String(name)}`);
  return client;
}

/** All that the operator's verification looks at. */
async function faultsOf({ db, blobs, verification, verifyAudit }: Harness): Promise<string[]> {
  const [inCases, inEvidence, inAudit] = [
    await verification.all(),
    await verifyEvidence({ db, blobs }),
    await verifyAudit(),
  ];
  return [...inCases.faults, ...inEvidence.faults, ...inAudit.faults].map((fault) => JSON.stringify(fault));
}

/** A value that differs in one bit, one character, or by one; a value where there was none. */
function changed(pick: Pick, value: unknown, declared: string): InValue {
  if (value === null) return { INTEGER: 0, BLOB: new Uint8Array([0]) }[declared] ?? "x";
  if (typeof value === "number") return value + oneOf(pick, [-1, 1]);
  if (value instanceof ArrayBuffer) {
    const bytes = new Uint8Array(value.slice(0));
    const at = pick(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << pick(8));
    return bytes;
  }
  const text = String(value);
  if (text === "") return "x";
  const at = pick(text.length);
  const other = oneOf(
    pick,
    Array.from('0129afxz_" 县').filter((one) => one !== text[at]),
  );
  return text.slice(0, at) + other + text.slice(at + 1);
}

/** Changes one random cell of a table, and tells what it did and how to undo it. */
async function changeCell(client: Client, pick: Pick, table: string, only?: string) {
  const columns = (await client.execute(`PRAGMA table_info(${table})`)).rows.map((row) => ({
    name: String(row["name"]),
    declared: String(row["type"]).toUpperCase(),
    isRowid: Number(row["pk"]) === 1 && String(row["type"]).toUpperCase() === "INTEGER",
  }));
  const rows = (await client.execute(`SELECT rowid AS place, * FROM ${table}`)).rows;
  const row = oneOf(pick, rows);
  const column = oneOf(pick, only === undefined ? columns : columns.filter(({ name }) => name === only));
  const before = row[column.name] ?? null;
  const after = changed(pick, before, column.declared);
  const set = (value: InValue, place: InValue) =>
    client.execute({
      sql: `UPDATE ${table} SET ${column.name} = ? WHERE rowid = ?`,
      args: [value, place],
    });
  const place = row["place"] ?? null;
  try {
    await set(after, place);
  } catch (error) {
    // The key of another row: the database itself refuses it.
    if (/UNIQUE/.test(String(error))) return undefined;
    throw error;
  }
  const shown = (value: unknown) => (value instanceof Object ? "(bytes)" : String(value));
  return {
    told: `${table}.${column.name}: ${shown(before)} → ${shown(after)}`,
    undo: () => set(before, column.isRowid && table === "anchors" ? after : place),
  };
}

describe("the verification", () => {
  test("finds nothing in what nobody touched", async () => {
    const { harness } = await week();
    expect(await faultsOf(harness)).toEqual([]);
    await owned(harness);
    expect(await faultsOf(harness)).toEqual([]);
  });

  test(`finds each of ${changes} random changes of one character, bit or unit`, async () => {
    const { harness } = await week();
    const client = await owned(harness);
    const pick = pickFrom(20_261_126);
    const unseen: string[] = [];
    for (let done = 0; done < changes; ) {
      const change = await changeCell(client, pick, oneOf(pick, tables));
      if (change === undefined) continue;
      done++;
      if ((await faultsOf(harness)).length === 0) unseen.push(change.told);
      await change.undo();
    }
    expect(unseen).toEqual([]);
    expect(await faultsOf(harness)).toEqual([]);
  }, 600_000);

  test("finds a change in every column of every table", async () => {
    const { harness } = await week();
    const client = await owned(harness);
    const pick = pickFrom(7);
    const unseen: string[] = [];
    for (const table of tables) {
      const columns = (await client.execute(`PRAGMA table_info(${table})`)).rows;
      expect(columns.length, table).toBeGreaterThan(0);
      for (const column of columns) {
        const change = await changeCell(client, pick, table, String(column["name"]));
        if (change === undefined) continue;
        if ((await faultsOf(harness)).length === 0) unseen.push(change.told);
        await change.undo();
      }
    }
    expect(unseen).toEqual([]);
    expect(await faultsOf(harness)).toEqual([]);
  }, 600_000);

  test("finds one bit changed in a file, and in what a report says", async () => {
    const { harness } = await week();
    const client = await owned(harness);
    const pick = pickFrom(3);
    const folder = join(harness.folder, "blobs");
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    expect(files.length).toBe(5);
    for (const { parentPath, name } of files) {
      const path = join(parentPath, name);
      const content = readFileSync(path);
      chmodSync(path, 0o600);
      writeFileSync(path, Buffer.from(changed(pick, new Uint8Array(content).buffer, "BLOB") as Uint8Array));
      expect(await faultsOf(harness), name).not.toEqual([]);
      writeFileSync(path, content);
    }
    for (const column of ["id", "report_no", "sealed"]) {
      const change = await changeCell(client, pick, "reports", column);
      expect(await faultsOf(harness), change?.told).not.toEqual([]);
      await change?.undo();
    }
    expect(await faultsOf(harness)).toEqual([]);
  });

  test("finds the tail of a case cut off with its projection set back, and a case taken out whole, by the anchor", async () => {
    const { harness, first } = await week();
    const client = await owned(harness);
    const events = await createCaseRepository(harness).events(first);
    expect(events.at(-1)?.kind).toBe("linked");
    await client.execute({
      sql: "DELETE FROM case_events WHERE case_id = ? AND seq = ?",
      args: [first, events.length],
    });
    await client.execute({ sql: "DELETE FROM case_links WHERE case_id = ?", args: [first] });
    const { db, verification } = harness;
    await db.write([
      db.sql
        .update(cases)
        .set(toRow(replay(events.slice(0, -1))))
        .where(eq(cases.id, first)),
    ]);
    // What is left is a sound case; only who saw it before knows better.
    expect(await verification.faultOf(first)).toBeUndefined();
    expect((await harness.verifyAudit()).faults).toEqual([
      { chain: `case:${first}`, seq: events.length, fault: expect.stringContaining("截断") },
    ]);

    for (const table of ["case_events", "case_notes", "case_links"])
      await client.execute({ sql: `DELETE FROM ${table} WHERE case_id = ?`, args: [first] });
    await client.execute({ sql: "DELETE FROM cases WHERE id = ?", args: [first] });
    expect((await verification.all()).faults).toEqual([]);
    const told = (await harness.verifyAudit()).faults.map(({ chain }) => chain);
    expect(told).toContain(`case:${first}`);
  });

  test("finds cases set back to an older file's, and with an anchor kept elsewhere the older file itself", async () => {
    const { harness, first } = await week();
    const older = join(harness.folder, "older.db");
    await harness.db.maintain(`VACUUM INTO '${older}'`);
    const staff = await harness.signIn();
    await harness.post(`/api/v1/cases/${first}/actions/report_progress`, { revision: 4 }, staff);
    harness.moveTo("2026-11-24T05:00:00Z");
    await harness.tend();
    const { last, faults } = await harness.verifyAudit();
    expect(faults).toEqual([]);
    if (last === undefined) throw new Error("There is an anchor.");
    expect((await harness.verifyAudit(last)).faults).toEqual([]);

    const old = await openDatabase({ url: `file:${older}` });
    const source = createChainSource(old, "case", caseEvents, {
      chain: caseEvents.caseId,
      seq: caseEvents.seq,
      hash: caseEvents.hash,
    });
    const anchors = createAnchors({
      db: old,
      publicKeyOf: (keyId) => publicKeyFromVault(harness.vault, keyId),
      sources: [source],
      now: harness.now,
    });
    // By itself the older file is sound: nothing in it can tell that it is not the newest.
    expect((await createCaseVerification({ db: old }).all()).faults).toEqual([]);
    expect((await anchors.verify()).faults).toEqual([]);
    expect((await anchors.verify(last)).faults).toEqual([
      { chain: "anchors", seq: last.seq, fault: expect.stringContaining("更早") },
    ]);
    await old.close();

    const client = await owned(harness);
    await client.execute(`ATTACH '${older}' AS older`);
    for (const table of ["cases", "case_events", "case_notes", "case_links"]) {
      await client.execute(`DELETE FROM main.${table}`);
      await client.execute(`INSERT INTO main.${table} SELECT * FROM older.${table}`);
    }
    expect((await harness.verification.all()).faults).toEqual([]);
    expect((await harness.verifyAudit()).faults).toEqual([
      { chain: `case:${first}`, seq: 5, fault: expect.stringContaining("截断") },
    ]);
  });
});
