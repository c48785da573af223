import { rmSync } from "node:fs";
import { join } from "node:path";
import { createClient } from "@libsql/client";
import { afterAll, describe, expect, test } from "vitest";
import { filing } from "../support/filing.ts";
import { scale } from "../support/scale.ts";
import { type RunningServer, startServer } from "../support/server.ts";

const kills = scale(1, 20);
const filings = 200;

let server: RunningServer | undefined;
afterAll(() => server?.stop());

async function file({ url, token }: RunningServer, key: string): Promise<string> {
  const response = await fetch(`${url}/api/v1/reports`, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${token}`,
      "Content-Type": "application/json",
      "Idempotency-Key": key,
    },
    body: JSON.stringify({ ...filing, userId: key, anonymous: false, contactPhone: "13800001234" }),
  });
  if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
  return response.text();
}

/** Files all at once and kills the server as soon as `killAfter` are answered; the answers by key. */
async function fileAndKill(running: RunningServer, keys: readonly string[], killAfter: number) {
  const answers = new Map<string, string>();
  let killed: Promise<void> | undefined;
  const attempts = keys.map(async (key) => {
    answers.set(key, await file(running, key));
    if (answers.size >= killAfter) killed ??= running.kill();
  });
  await Promise.allSettled(attempts);
  await killed;
  return answers;
}

/** How many rows each table of a filing holds, and how many reports have all of theirs. */
async function readCounts(folder: string) {
  const client = createClient({ url: `file:${join(folder, "zhiquan.db")}` });
  const count = async (sql: string) => Number((await client.execute(sql)).rows[0]?.["n"]);
  const counts = {
    reports: await count("SELECT count(*) AS n FROM reports"),
    identities: await count("SELECT count(*) AS n FROM identities"),
    answers: await count("SELECT count(*) AS n FROM idempotent_answers"),
    users: await count("SELECT count(*) AS n FROM limit_counters"),
    cases: await count("SELECT count(*) AS n FROM cases"),
    events: await count("SELECT count(*) AS n FROM case_events"),
    whole: await count(`
      SELECT count(*) AS n FROM reports AS r
      JOIN identities AS i ON i.report_id = r.id
      JOIN cases AS c ON c.report_id = r.id
      WHERE (SELECT count(*) FROM case_events AS e WHERE e.case_id = c.id) = c.seq`),
  };
  client.close();
  return counts;
}

describe("kill -9 in the middle of many filings at once", () => {
  test(`${kills} times leaves whole filings only, among them every one that was answered`, async () => {
    for (let round = 0; round < kills; round++) {
      const running = await startServer();
      server = running;
      const { folder } = running;
      const keys = Array.from({ length: filings }, (_, n) => `reporter-${round}-${n}`);
      const answers = await fileAndKill(running, keys, 1 + ((round * 67) % 150));
      expect(answers.size).toBeGreaterThan(0);
      expect(answers.size).toBeLessThan(filings);

      const counts = await readCounts(folder);
      const { reports } = counts;
      expect(reports).toBeGreaterThanOrEqual(answers.size);
      expect(counts).toEqual({
        reports,
        identities: reports,
        answers: reports,
        users: reports,
        cases: reports,
        events: reports * 2,
        whole: reports,
      });

      const again = await startServer({ folder });
      server = again;
      const repeated = new Map(
        await Promise.all(keys.map(async (key) => [key, await file(again, key)] as const)),
      );
      for (const [key, answer] of answers) expect(repeated.get(key)).toBe(answer);
      expect(await readCounts(folder)).toMatchObject({ reports: filings, whole: filings });
      await again.kill();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 240_000);
});
