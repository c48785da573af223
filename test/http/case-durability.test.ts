import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { type Client, createClient } from "@libsql/client";
import { afterAll, describe, expect, test } from "vitest";
import { pickFrom } from "../support/case-walk.ts";
import { filing } from "../support/filing.ts";
import { tinyPng } from "../support/harness.ts";
import { scale } from "../support/scale.ts";
import { type RunningServer, startServer } from "../support/server.ts";

const kills = scale(1, 20);
const firstSeed = 20_261_126;
const clients = 8;
/** Filings and transitions of all clients together, of which the kill lets some be answered. */
const steps = 200;
const root = join(import.meta.dirname, "../..");

let server: RunningServer | undefined;
afterAll(() => server?.stop());

/** What was answered with success before the kill. */
type Acknowledged = {
  /** The bodies sent and answered, by Idempotency-Key. */
  filings: Map<string, { body: string; answer: string; caseId: string; files: number }>;
  /** Each action with the revision that it led to. */
  actions: { caseId: string; action: string; kind: string; revision: number }[];
  supplements: number;
};

const json = { "Content-Type": "application/json" };

async function signIn({ url }: RunningServer): Promise<string> {
  const body = JSON.stringify({ account: "admin", password: "test-admin-password-1" });
  const response = await fetch(`${url}/api/v1/staff/sessions`, { method: "POST", headers: json, body });
  return response.headers.get("Set-Cookie")?.split(";")[0] ?? "";
}

async function upload({ url, token }: RunningServer, mark: number): Promise<string> {
  const body = new FormData();
  body.set("file", new File([tinyPng(mark)], "photo.png"));
  const headers = { Authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/api/v1/evidence`, { method: "POST", headers, body });
  if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
  return ((await response.json()) as { evidenceId: string }).evidenceId;
}

async function file({ url, token }: RunningServer, key: string, body: string): Promise<string> {
  const headers = { ...json, Authorization: `Bearer ${token}`, "Idempotency-Key": key };
  const response = await fetch(`${url}/api/v1/reports`, { method: "POST", headers, body });
  const answer = await response.text();
  if (response.status !== 201) throw new Error(`${response.status} ${answer}`);
  return answer;
}

type Filed = { reportNo: string; queryCode: string; reports: { caseId: string }[] };

/** The steps of a case after it was filed, each with the event it makes. */
const course = [
  ["accept", "accepted", { note: "材料齐全，予以立案。" }],
  ["report_progress", "progress_reported", {}],
  ["link", "linked", {}],
  ["decide", "decided", { outcome: "no_penalty", measures: [] }],
  ["close", "closed", { form: "decision" }],
] as const;

/** One client: files and acts, case after case, until the server is gone. */
async function work(
  running: RunningServer,
  { name, cookie, done }: { name: string; cookie: string; done: Acknowledged },
  onStep: () => void,
): Promise<void> {
  let previous: string | undefined;
  for (let n = 0; ; n++) {
    const key = `${name}-${n}`;
    const files = n % 2;
    const evidenceIds = files === 0 ? [] : [await upload(running, (n * 37 + name.length * 101) & 0xffff)];
    const body = JSON.stringify({
      ...filing,
      userId: name,
      anonymous: false,
      contactPhone: "13800001234",
      evidenceIds,
    });
    const answer = await file(running, key, body);
    const { reportNo, queryCode, reports } = JSON.parse(answer) as Filed;
    const caseId = reports[0]?.caseId ?? "";
    done.filings.set(key, { body, answer, caseId, files });
    onStep();

    const act = async (action: string, kind: string, revision: number, input: object) => {
      const response = await fetch(`${running.url}/api/v1/cases/${caseId}/actions/${action}`, {
        method: "POST",
        headers: { ...json, Cookie: cookie },
        body: JSON.stringify({ ...input, revision }),
      });
      const answered = (await response.json()) as { revision: number };
      if (response.status === 200) done.actions.push({ caseId, action, kind, revision: answered.revision });
      else if (response.status !== 409) throw new Error(JSON.stringify(answered));
      onStep();
      return response.status;
    };
    let revision = 2;
    for (const [action, kind, input] of course) {
      if (action === "link" && previous === undefined) continue;
      const more = action === "link" ? { caseId: previous, relation: "related" } : {};
      // Two of the staff at once: one of them is told that the case has changed.
      const both = action === "report_progress" ? [0, 1] : [0];
      const statuses = await Promise.all(both.map(() => act(action, kind, revision, { ...input, ...more })));
      expect(statuses.sort()).toEqual(both.map((one) => (one === 0 ? 200 : 409)));
      revision++;
      if (action !== "accept") continue;
      const response = await fetch(`${running.url}/api/v1/reports/${reportNo}/supplements`, {
        method: "POST",
        headers: { ...json, Authorization: `Bearer ${running.token}`, "X-Query-Code": queryCode },
        body: JSON.stringify({ text: "店在镇东头" }),
      });
      if (response.status !== 200) throw new Error(await response.text());
      await response.body?.cancel();
      done.supplements++;
      revision++;
      onStep();
    }
    previous = caseId;
  }
}

/** Lets all clients work, and kills the server a moment after `killAfter` steps were answered. */
async function workAndKill(running: RunningServer, seed: number): Promise<Acknowledged> {
  const pick = pickFrom(seed);
  const done: Acknowledged = { filings: new Map(), actions: [], supplements: 0 };
  const cookie = await signIn(running);
  const killAfter = 10 + pick(steps - 20);
  const momentMs = pick(12);
  let answered = 0;
  let killed: Promise<void> | undefined;
  const onStep = () => {
    if (++answered === killAfter) killed = pause(momentMs).then(() => running.kill());
  };
  const faults: unknown[] = [];
  const all = Array.from({ length: clients }, (_, n) =>
    work(running, { name: `client-${seed}-${"x".repeat(n)}`, cookie, done }, onStep).catch(
      (error: unknown) => {
        // The kill ends every client in a failed fetch; anything else is a fault.
        if (!isCutOff(error)) faults.push(error);
      },
    ),
  );
  await Promise.all(all);
  await killed;
  expect(faults).toEqual([]);
  expect(answered).toBeGreaterThanOrEqual(killAfter);
  return done;
}

const isCutOff = (error: unknown) =>
  error instanceof TypeError && /fetch failed|terminated|other side closed/.test(error.message);

/** How many rows break what every filing and transition writes together, by what is missing. */
async function findParts(client: Client): Promise<Record<string, number>> {
  const queries = {
    reportWithoutCase: "reports r WHERE NOT EXISTS (SELECT 1 FROM cases c WHERE c.report_id = r.id)",
    caseWithoutReport: "cases c WHERE NOT EXISTS (SELECT 1 FROM reports r WHERE r.id = c.report_id)",
    reportWithoutIdentity: "reports r WHERE NOT EXISTS (SELECT 1 FROM identities i WHERE i.report_id = r.id)",
    reportsWithoutAnswer:
      "(SELECT (SELECT count(*) FROM reports) - (SELECT count(*) FROM idempotent_answers) AS d) WHERE d <> 0",
    reportWithoutReceipt:
      "reports r WHERE NOT EXISTS (SELECT 1 FROM report_receipts x WHERE x.report_id = r.id)",
    projectionBehindEvents:
      "cases c WHERE c.seq <> (SELECT count(*) FROM case_events e WHERE e.case_id = c.id)",
    eventWithoutCase: "case_events e WHERE NOT EXISTS (SELECT 1 FROM cases c WHERE c.id = e.case_id)",
    gapInEvents:
      "case_events e WHERE e.seq > 1 AND NOT EXISTS (SELECT 1 FROM case_events p WHERE p.case_id = e.case_id AND p.seq = e.seq - 1)",
    noteWithoutEvent:
      "case_notes n WHERE NOT EXISTS (SELECT 1 FROM case_events e WHERE e.case_id = n.case_id AND e.seq = n.seq AND e.note_hash IS NOT NULL)",
    eventWithoutNote:
      "case_events e WHERE e.note_hash IS NOT NULL AND NOT EXISTS (SELECT 1 FROM case_notes n WHERE n.case_id = e.case_id AND n.seq = e.seq)",
    linkWithoutRow:
      "case_events e WHERE e.kind = 'linked' AND NOT EXISTS (SELECT 1 FROM case_links l WHERE l.case_id = e.case_id)",
    supplementWithoutEvent:
      "reports r WHERE (SELECT count(*) FROM report_supplements s WHERE s.report_id = r.id) <> (SELECT count(*) FROM case_events e JOIN cases c ON c.id = e.case_id WHERE c.report_id = r.id AND e.kind = 'supplemented')",
    endWithoutRetention:
      "reports r JOIN cases c ON c.report_id = r.id WHERE (r.closed_at IS NULL) <> (c.ended_at IS NULL)",
    attachedWithoutCustody:
      "evidence e WHERE e.report_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM evidence_custody l WHERE l.evidence_id = e.id AND l.kind = 'attached')",
    evidenceWithoutCustody:
      "evidence e WHERE e.custody_seq <> (SELECT count(*) FROM evidence_custody l WHERE l.evidence_id = e.id)",
    custodyWithoutEvidence:
      "evidence_custody l WHERE NOT EXISTS (SELECT 1 FROM evidence e WHERE e.id = l.evidence_id)",
  };
  const found: Record<string, number> = {};
  for (const [name, from] of Object.entries(queries)) {
    const count = Number((await client.execute(`SELECT count(*) AS n FROM ${from}`)).rows[0]?.["n"]);
    if (count > 0) found[name] = count;
  }
  return found;
}

/** What was acknowledged and is not there. */
async function findLost(client: Client, done: Acknowledged): Promise<string[]> {
  const lost: string[] = [];
  const one = async (sql: string, args: (string | number)[]) =>
    Number((await client.execute({ sql, args })).rows[0]?.["n"]);
  for (const [key, { caseId, files }] of done.filings) {
    if ((await one("SELECT count(*) AS n FROM cases WHERE id = ?", [caseId])) !== 1)
      lost.push(`filing ${key}`);
    const kept = await one(
      "SELECT count(*) AS n FROM evidence e JOIN cases c ON c.report_id = e.report_id WHERE c.id = ?",
      [caseId],
    );
    if (kept !== files) lost.push(`evidence of ${key}`);
  }
  for (const { caseId, action, kind, revision } of done.actions) {
    const name = `${action} of ${caseId}`;
    const event = "SELECT count(*) AS n FROM case_events WHERE case_id = ? AND seq = ? AND kind = ?";
    if ((await one(event, [caseId, revision, kind])) !== 1) lost.push(name);
    const entry =
      "SELECT count(*) AS n FROM audit_entries WHERE subject_id = ? AND action = ? AND outcome = 'ok'";
    if ((await one(entry, [caseId, `POST /api/v1/cases/:id/actions/${action}`])) !== 1)
      lost.push(`audit entry: ${name}`);
  }
  const supplements = await one("SELECT count(*) AS n FROM report_supplements", []);
  if (supplements < done.supplements) lost.push(`${done.supplements - supplements} supplements`);
  return lost;
}

/**
 * `npm run admin -- verify` on the folder of a server, with what it asked to note the last time.
 *
 * @returns What it asks to note: the newest anchor.
 * @throws {Error} with what it found, if anything.
 */
async function verifyAsOperator(folder: string, noted: readonly string[] = []): Promise<string[]> {
  const env = {
    ...process.env,
    DATABASE_URL: `file:${join(folder, "zhiquan.db")}`,
    BLOB_DIR: join(folder, "blobs"),
  };
  const words = [join(root, "scripts/admin.ts"), "verify", ...noted];
  const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: root, env });
  return /--anchor \d+:[0-9a-f]{64}/.exec(stdout)?.[0].split(" ") ?? [];
}

async function readDatabase<T>(folder: string, read: (client: Client) => Promise<T>): Promise<T> {
  const client = createClient({ url: `file:${join(folder, "zhiquan.db")}` });
  try {
    return await read(client);
  } finally {
    client.close();
  }
}

const countReports = (folder: string) =>
  readDatabase(folder, async (client) =>
    Number((await client.execute("SELECT count(*) AS n FROM reports")).rows[0]?.["n"]),
  );

describe("kill -9 in the middle of filings and transitions", () => {
  test.each(Array.from({ length: kills }, (_, n) => firstSeed + n))(
    "at a moment of seed %i loses nothing acknowledged and leaves nothing in part",
    async (seed) => {
      const running = await startServer();
      server = running;
      const { folder } = running;
      const done = await workAndKill(running, seed);
      expect(done.filings.size).toBeGreaterThan(0);

      expect(await readDatabase(folder, findParts)).toEqual({});
      expect(await readDatabase(folder, (client) => findLost(client, done))).toEqual([]);
      const noted = await verifyAsOperator(folder);
      expect(noted).toHaveLength(2);
      if (seed === firstSeed) {
        const another = ["--anchor", `1:${"0".repeat(64)}`];
        await expect(verifyAsOperator(folder, another)).rejects.toThrow("更早");
      }

      const again = await startServer({ folder });
      server = again;
      const reports = await countReports(folder);
      for (const [key, { body, answer }] of done.filings) expect(await file(again, key, body)).toBe(answer);
      expect(await countReports(folder)).toBe(reports);
      const { reportNo, queryCode } = JSON.parse([...done.filings.values()][0]?.answer ?? "{}") as Filed;
      const status = await fetch(`${again.url}/api/v1/reports/${reportNo}`, {
        headers: { "X-Query-Code": queryCode },
      });
      expect(status.status).toBe(200);
      await again.kill();
      expect(await readDatabase(folder, findParts)).toEqual({});
      await verifyAsOperator(folder, noted);
      rmSync(folder, { recursive: true, force: true });
    },
    120_000,
  );
});
