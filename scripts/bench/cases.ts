import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, createClient, type InStatement, type InValue } from "@libsql/client";
import { type RunningServer, startServer } from "../../test/support/server.ts";
import { type FiledRows, insertsOfMany, readContents, rowsBetween } from "./filed-rows.ts";
import { type Measured, measure, measureCalls, printTable } from "./load.ts";

const caseCount = 200_000;
const pageSize = 50;
const office = "130927";
/** One report each, whose rows are multiplied: so many offices share the cases. */
const counties = ["南皮县", "献县", "任丘市", "黄骅市", "河间市", "泊头市", "沧县", "青县"];
const amount = 1_000;
const caseEveryMs = 400_000;
const newestAt = Date.UTC(2026, 10, 1);

/** Every fiftieth case is at the hearing, a third is accepted, the rest is closed. */
const state = "CASE WHEN n % 50 = 0 THEN 'hearing' WHEN n % 3 = 0 THEN 'accepted' ELSE 'closed' END";

type Position = { cursor: string; openedAt: number; id: string };
/** A page that is asked for: over HTTP, and as the query alone. */
type Page = { path: string; query: InStatement };

/**
 * Measures the case list of an office's handler over HTTP beside the bare query of the same page: the SQL over
 * the client of the same file, without HTTP.
 */
export async function benchCases(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "zhiquan-cases-"));
  const client = createClient({ url: `file:${join(folder, "zhiquan.db")}`, concurrency: 1 });
  let server: RunningServer | undefined;
  try {
    server = await startServer({ folder });
    await fill(client, server);
    await server.stop();
    // The first account becomes the handler: no other is needed.
    await client.execute(`UPDATE staff_accounts SET role = 'handler', office_code = '${office}'`);
    await client.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    server = await startServer({ folder });
    const headers = { Cookie: await signIn(server) };

    const walked = await walk(server, headers);
    const mine = await client.execute(`SELECT count(*) AS n FROM cases WHERE office_code = '${office}'`);
    console.log(`${caseCount} cases, ${mine.rows[0]?.["n"]} of this office, pages of ${pageSize}`);
    const kinds: Record<string, Page[]> = {
      "first page": [pageAt(undefined, undefined)],
      "deep pages": walked.map((position) => pageAt(position, undefined)),
      "state common": [pageAt(undefined, "accepted")],
      "state rare": [pageAt(undefined, "hearing")],
    };
    for (const [name, pages] of Object.entries(kinds)) {
      for (const page of pages.slice(0, 3)) await requireEqual(server, headers, client, page);
      for (const underWay of [1, 8]) {
        console.log(`\n${name}, ${underWay} under way`);
        await list(server, headers, pages, underWay, 200);
        const before = await query(client, pages, underWay);
        const listed = await list(server, headers, pages, underWay, amount);
        const after = await query(client, pages, underWay);
        printTable([
          ["bare query", before.p99Ms < after.p99Ms ? before : after],
          ["GET /api/v1/cases", listed],
        ]);
      }
    }
  } finally {
    client.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Files one report in each county and multiplies what it left behind. */
async function fill(client: Client, server: RunningServer): Promise<void> {
  const templates: FiledRows[] = [];
  for (const county of counties) {
    const before = await readContents(client);
    await file(server, county);
    const { rows, keyTexts } = rowsBetween(before, await readContents(client));
    templates.push({ rows: rows.filter(({ table }) => table !== "limit_counters"), keyTexts });
  }
  for (const [index, template] of templates.entries()) {
    const openedAt = `${newestAt} - (n * ${counties.length} + ${index}) * ${caseEveryMs}`;
    const expressions = {
      "cases.state": state,
      "cases.opened_at": openedAt,
      "cases.updated_at": openedAt,
      "reports.filed_at": openedAt,
      "case_events.at": openedAt,
    };
    const numbers = { from: 2, to: caseCount / counties.length };
    await client.batch(insertsOfMany(template, numbers, expressions), "write");
  }
}

async function file({ url, token }: RunningServer, county: string): Promise<void> {
  await requireJson(`${url}/api/v1/reports`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify({
      channel: "mini_program",
      userId: "bench",
      reportType: "假冒专利",
      infringer: "华盛铸件厂",
      county,
      anonymous: true,
    }),
  });
}

async function signIn({ url }: RunningServer): Promise<string> {
  const response = await fetch(`${url}/api/v1/staff/sessions`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ account: "admin", password: "test-admin-password-1" }),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response.headers.get("Set-Cookie")?.split(";")[0] ?? "";
}

type Listed = { items: { id: string; openedAt: string; reportNo: string }[]; nextCursor: string | null };

/** Where each page of the whole list begins. */
async function walk({ url }: RunningServer, headers: Record<string, string>): Promise<Position[]> {
  const positions: Position[] = [];
  let cursor: string | null = null;
  do {
    const at: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Listed = await requireJson(`${url}/api/v1/cases?limit=${pageSize}${at}`, { headers });
    cursor = page.nextCursor;
    const last = page.items.at(-1);
    if (cursor !== null && last !== undefined) {
      positions.push({ cursor, openedAt: Date.parse(last.openedAt), id: last.id });
    }
  } while (cursor !== null);
  return positions;
}

function pageAt(position: Position | undefined, state: string | undefined): Page {
  const path = new URLSearchParams({ limit: String(pageSize) });
  const conditions = ["office_code = ?"];
  const args: InValue[] = [office];
  if (state !== undefined) {
    path.set("state", state);
    conditions.push("state = ?");
    args.push(state);
  }
  if (position !== undefined) {
    path.set("cursor", position.cursor);
    conditions.push("(opened_at, id) < (?, ?)");
    args.push(position.openedAt, position.id);
  }
  const sql = `SELECT * FROM cases WHERE ${conditions.join(" AND ")} ORDER BY opened_at DESC, id DESC LIMIT ?`;
  // One more than is shown tells whether there is a next page.
  return { path: `/api/v1/cases?${path}`, query: { sql, args: [...args, pageSize + 1] } };
}

/** @throws {Error} if the list does not show the cases of the query: speed means nothing then. */
async function requireEqual(
  { url }: RunningServer,
  headers: Record<string, string>,
  client: Client,
  page: Page,
): Promise<void> {
  const { items } = await requireJson<Listed>(url + page.path, { headers });
  const { rows } = await client.execute(page.query);
  const expected = rows.slice(0, pageSize).map((row) => String(row["id"]));
  const isEqual = items.length === expected.length && items.every(({ id }, index) => id === expected[index]);
  if (!isEqual || items.length === 0 || items.some(({ reportNo }) => reportNo === "")) {
    throw new Error(`${page.path} does not list what the query finds.`);
  }
}

const list = (
  { url }: RunningServer,
  headers: Record<string, string>,
  pages: readonly Page[],
  underWay: number,
  amount: number,
): Promise<Measured> => {
  let asked = 0;
  return measure({
    url,
    amount,
    connections: underWay,
    round: [() => ({ method: "GET", path: pageOf(pages, asked++).path, headers })],
  });
};

const query = (client: Client, pages: readonly Page[], underWay: number): Promise<Measured> =>
  measureCalls(
    Array.from({ length: amount }, (_, asked) => pageOf(pages, asked).query),
    underWay,
    (statement) => client.execute(statement),
  );

/** The pages in turn, each far from the one before. */
function pageOf(pages: readonly Page[], asked: number): Page {
  const page = pages[(asked * 97) % pages.length];
  if (page === undefined) throw new Error("There is no page.");
  return page;
}

async function requireJson<T>(url: string, init: RequestInit): Promise<T> {
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}
