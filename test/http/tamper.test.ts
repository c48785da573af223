import { join } from "node:path";
import { type Client, createClient, type InValue } from "@libsql/client";
import { describe, expect, onTestFinished, test } from "vitest";
import { verifyEvidence } from "../../src/reports/evidence-verification-service.ts";
import { oneOf, type Pick, pickFrom } from "../support/case-walk.ts";
import { filing } from "../support/filing.ts";
import { createHarness, type Harness, tinyPng } from "../support/harness.ts";
import { jpegPhoto } from "../support/photos.ts";
import { scale } from "../support/scale.ts";

const changes = scale(200, 2_000);

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
});
