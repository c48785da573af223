import { randomInt } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { createClient } from "@libsql/client";
import { migrateDatabase } from "../../src/db/migrate.node.ts";
import { type RunningServer, startServer } from "../../test/support/server.ts";
import { type FiledRows, insertsAnew, readContents, rowsBetween } from "./filed-rows.ts";
import { type Measured, measure, measureCalls, printTable } from "./load.ts";

const connections = 32;
const amount = 4_000;
const rawAmount = 4_000;

/** Some common characters, `count` of them: no two reports are about the same. */
const words = (count: number) =>
  Array.from({ length: count }, () => String.fromCodePoint(0x4e00 + randomInt(6_000))).join("");

/** A report with a name and a number to seal, as long as people write them. */
const reportOf = () => ({
  channel: "mini_program",
  reportType: "假冒专利",
  relation: "知情人",
  infringer: `${words(3)}铸件厂`,
  product: `${words(2)}管件`,
  location: "南皮县王寺镇工业区",
  county: "南皮县",
  description: words(50),
  anonymous: false,
  contactName: "刘建国",
  contactPhone: "13800001234",
});

/** Measures durable filings over HTTP beside the same rows in raw durable batches on the same disk. */
export async function benchFiling(): Promise<void> {
  const server = await startServer();
  try {
    let users = 0;
    const file = (requests: number, underWay: number) =>
      measure({
        url: server.url,
        amount: requests,
        connections: underWay,
        round: [
          () => {
            users += 1;
            return {
              method: "POST",
              path: "/api/v1/reports",
              headers: { Authorization: `Bearer ${server.token}`, "Idempotency-Key": `bench-${users}` },
              body: { ...reportOf(), userId: `bench-${users}` },
            };
          },
        ],
      });
    // The first filing is not measured: its rows are the yardstick's.
    const filed = await rowsOf(server, () => file(1, 1));
    console.log(`Rows of a filing: ${filed.rows.map(({ table }) => table).join(", ")}`);
    await file(500, connections);
    const before = await writeRaw(server, filed, connections);
    const filing = await file(amount, connections);
    const after = await writeRaw(server, filed, connections);
    const alone = await writeRaw(server, filed, 1);
    printTable([
      [`raw batches, ${connections} under way`, better(before, after)],
      ["raw batches, one at a time", alone],
      [`filings, ${connections} under way`, filing],
    ]);
  } finally {
    await server.stop();
  }
}

/** What `act` leaves in the server's database. */
async function rowsOf(server: RunningServer, act: () => Promise<unknown>) {
  const client = createClient({ url: `file:${join(server.folder, "zhiquan.db")}` });
  try {
    const before = await readContents(client);
    await act();
    return rowsBetween(before, await readContents(client));
  } finally {
    client.close();
  }
}

/** Writes the rows into a fresh database of the same schema, each unit in a durable batch of its own. */
async function writeRaw({ folder }: RunningServer, filed: FiledRows, underWay: number): Promise<Measured> {
  const home = mkdtempSync(join(dirname(folder), "zhiquan-raw-"));
  const url = `file:${join(home, "raw.db")}`;
  await migrateDatabase({ url }, "bench");
  const client = createClient({ url, concurrency: 1 });
  try {
    await client.execute("PRAGMA journal_mode = WAL");
    await client.execute("PRAGMA synchronous = FULL");
    for (let warm = 0; warm < 200; warm++) await client.batch(insertsAnew(filed), "write");
    const units = Array.from({ length: rawAmount }, () => insertsAnew(filed));
    return await measureCalls(units, underWay, (unit) => client.batch(unit, "write"));
  } finally {
    client.close();
    rmSync(home, { recursive: true, force: true });
  }
}

const better = (one: Measured, other: Measured) =>
  one.requestsPerSecond > other.requestsPerSecond ? one : other;
