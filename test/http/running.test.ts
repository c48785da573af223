import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { filing } from "../support/filing.ts";
import { tinyPng } from "../support/harness.ts";
import { type RunningServer, startServer } from "../support/server.ts";

const root = join(import.meta.dirname, "../..");
const key = Buffer.alloc(32, 7).toString("base64");

/** Runs `npm run NAME` without npm and waits for its end. */
async function run(script: string, words: string[], env: Record<string, string | undefined>) {
  const settings = Object.entries({ ...process.env, NODE_ENV: "test", ...env }).filter(
    ([, value]) => value !== undefined,
  );
  const child = spawn(process.execPath, [join(root, script), ...words], {
    cwd: root,
    env: Object.fromEntries(settings),
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
  const folder = mkdtempSync(join(tmpdir(), "zhiquan-running-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return {
    folder,
    env: {
      DATABASE_URL: `file:${join(folder, "zhiquan.db")}`,
      BLOB_DIR: join(folder, "blobs"),
      IDENTITY_KEY: key,
    },
  };
}

async function start(folder: string, env: Record<string, string | undefined> = {}): Promise<RunningServer> {
  const server = await startServer({ folder, env: { IDENTITY_KEY: key, ...env } });
  onTestFinished(() => server.kill());
  return server;
}

/** Uploads a picture and files a report with it. */
async function fileReport({ url, token }: RunningServer) {
  const authorization = `Bearer ${token}`;
  const form = new FormData();
  form.append("file", new File([tinyPng()], "现场.png", { type: "image/png" }));
  const uploaded = await fetch(`${url}/api/v1/evidence`, {
    method: "POST",
    headers: { authorization },
    body: form,
  });
  const { evidenceId } = (await uploaded.json()) as { evidenceId: string };
  const response = await fetch(`${url}/api/v1/reports`, {
    method: "POST",
    headers: { "Content-Type": "application/json", authorization },
    body: JSON.stringify({ ...filing, evidenceIds: [evidenceId] }),
  });
  expect(response.status).toBe(201);
  const filed = (await response.json()) as {
    reportNo: string;
    queryCode: string;
    reports: { caseId: string }[];
  };
  return { ...filed, evidenceId, caseId: filed.reports[0]?.caseId ?? "" };
}

async function statusOf(
  server: RunningServer,
  { reportNo, queryCode }: { reportNo: string; queryCode: string },
) {
  const response = await fetch(`${server.url}/api/v1/reports/${reportNo}`, {
    headers: { "X-Query-Code": queryCode },
  });
  expect(response.status).toBe(200);
  return response.json();
}

async function signIn(server: RunningServer, account: string, password: string) {
  const response = await fetch(`${server.url}/api/v1/staff/sessions`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ account, password }),
  });
  const cookie = (response.headers.get("Set-Cookie") ?? "").split(";")[0] ?? "";
  return { response, cookie };
}

describe("npm run backup and restore", () => {
  test("a backup of a running server, restored elsewhere, knows the same report and its evidence", async () => {
    const { folder, env } = createHome();
    const server = await start(folder);
    const filed = await fileReport(server);
    const before = await statusOf(server, filed);

    const made = await run("scripts/backup.ts", [], env);
    expect(made).toMatchObject({ code: 0, errors: "" });
    expect(made.output).toContain("报告 1 份，案件 1 件，材料 1 份");
    const backup = join(folder, "backups", readdirSync(join(folder, "backups"))[0] ?? "");
    const files = readdirSync(backup, { recursive: true }).map(String);
    expect(files).toContain("zhiquan.db");
    expect(files.filter((name) => name.includes("key"))).toEqual([]);
    await server.stop();

    const elsewhere = createHome();
    const restored = await run("scripts/restore.ts", [backup], elsewhere.env);
    expect(restored).toMatchObject({ code: 0, errors: "" });
    expect(restored.output).toContain("密钥和这份备份相符");
    const again = await start(elsewhere.folder);
    expect(await statusOf(again, filed)).toEqual(before);
    const { cookie } = await signIn(again, "admin", "test-admin-password-1");
    const picture = await fetch(`${again.url}/api/v1/cases/${filed.caseId}/evidence/${filed.evidenceId}`, {
      headers: { cookie },
    });
    expect(new Uint8Array(await picture.arrayBuffer())).toEqual(tinyPng());
    expect(await run("scripts/admin.ts", ["verify"], elsewhere.env)).toMatchObject({
      code: 0,
      output: expect.stringMatching(
        /^1 个案件的记录都完整。\n1 份材料的文件、登记和保管记录都完整。\n维权援助的账 0 笔，都完整。\n操作日志 \d+ 条，锚点 1 个，都完整。\n请抄下最新的锚点，下次核对用：--anchor 1:[0-9a-f]{64}\n$/,
      ),
    });
  });

  test("restoring refuses a running server and data that stands there, and with --force deletes nothing", async () => {
    const { folder, env } = createHome();
    const server = await start(folder);
    const filed = await fileReport(server);
    const backup = join(folder, "copy");
    expect((await run("scripts/backup.ts", [backup], env)).code).toBe(0);
    const later = await fileReport(server);

    const refused = await run("scripts/restore.ts", [backup], env);
    expect(refused).toMatchObject({ code: 1, output: "" });
    expect(refused.errors).toContain("--force");
    const held = await run("scripts/restore.ts", [backup, "--force"], env);
    expect(held).toMatchObject({ code: 1, output: "" });
    expect(held.errors).toContain("有服务正在用这个数据库");
    await statusOf(server, later);
    await server.stop();

    expect((await run("scripts/restore.ts", [backup, "--force"], env)).code).toBe(0);
    const aside = readdirSync(folder).find((name) => name.startsWith("before-restore-")) ?? "";
    expect(readdirSync(join(folder, aside)).sort()).toEqual(["blobs", "zhiquan.db"]);
    const again = await start(folder);
    await statusOf(again, filed);
    const gone = await fetch(`${again.url}/api/v1/reports/${later.reportNo}`, {
      headers: { "X-Query-Code": later.queryCode },
    });
    expect(gone.status).toBe(404);
  });

  test("a changed backup is not restored, and one of other keys says so", async () => {
    const { folder, env } = createHome();
    const server = await start(folder);
    await fileReport(server);
    await server.stop();
    const backup = join(folder, "copy");
    expect((await run("scripts/backup.ts", [backup], env)).code).toBe(0);

    const other = createHome();
    const wrongKey = { ...other.env, IDENTITY_KEY: Buffer.alloc(32, 9).toString("base64") };
    const warned = await run("scripts/restore.ts", [backup], wrongKey);
    expect(warned.code).toBe(1);
    expect(warned.errors).toContain("这里没有打开这份备份的密钥（k1）");

    appendFileSync(join(backup, "zhiquan.db"), "x");
    const changed = createHome();
    const refused = await run("scripts/restore.ts", [backup], changed.env);
    expect(refused.code).toBe(1);
    expect(refused.errors).toContain("zhiquan.db 的内容和清单不符");
    expect(existsSync(join(changed.folder, "zhiquan.db"))).toBe(false);
  });

  test("both leave a remote database to its own server", async () => {
    const env = { DATABASE_URL: "libsql://example.invalid", IDENTITY_KEY: undefined };
    for (const script of ["scripts/backup.ts", "scripts/restore.ts"]) {
      const { code, errors } = await run(script, [], env);
      expect(code).toBe(1);
      expect(errors).toContain("DATABASE_URL 指向远程数据库");
    }
  });
});

describe("npm run admin", () => {
  test("adds an account that can sign in, gives it a new password, and names what is wrong", async () => {
    const { folder, env } = createHome();
    expect(await run("scripts/admin.ts", ["accounts"], env)).toMatchObject({
      code: 1,
      errors: expect.stringContaining("npm run admin -- migrate"),
    });
    expect(existsSync(join(folder, "zhiquan.db"))).toBe(false);
    expect((await run("scripts/admin.ts", ["migrate"], env)).code).toBe(0);
    const server = await start(folder);

    const person = ["--account", "Li.Ming", "--name", "李明", "--role", "handler", "--office", "130927"];
    const added = await run("scripts/admin.ts", ["add", ...person], env);
    expect(added.code).toBe(0);
    const password = /一次性密码 (\S+?)（/.exec(added.output)?.[1] ?? "";
    const { response } = await signIn(server, "li.ming", password);
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({ officeCode: "130927", mustChangePassword: true });

    const listed = await run("scripts/admin.ts", ["accounts"], env);
    expect(listed.output).toContain("li.ming\t李明\t承办人\t130927 南皮县");
    expect((await run("scripts/admin.ts", ["add", ...person], env)).errors).toContain("已经有了");
    const reset = await run("scripts/admin.ts", ["reset-password", "li.ming"], env);
    const next = /一次性密码 (\S+?)（/.exec(reset.output)?.[1] ?? "";
    expect((await signIn(server, "li.ming", password)).response.status).toBe(401);
    expect((await signIn(server, "li.ming", next)).response.status).toBe(201);

    const wrong = ["--account", "x", "--name", "", "--role", "king", "--office", "110000"];
    const refused = await run("scripts/admin.ts", ["add", ...wrong], env);
    expect(refused.code).toBe(1);
    expect(refused.errors.match(/^--\w+/gm)).toEqual(["--account", "--name", "--role", "--office"]);
  });

  test("verify finds an event that was changed, and a case that was", async () => {
    const { folder, env } = createHome();
    const server = await start(folder);
    const one = await fileReport(server);
    const two = await fileReport(server);
    await server.stop();
    const { openDatabase } = await import("../../src/db/client.ts");
    const db = await openDatabase({ url: env.DATABASE_URL });
    await db.maintain("DROP TRIGGER case_events_keep_values");
    await db.maintain(`UPDATE case_events SET at = at + 1 WHERE case_id = '${one.caseId}' AND seq = 2`);
    await db.maintain(`UPDATE cases SET office_code = '130900' WHERE id = '${two.caseId}'`);
    await db.maintain(`UPDATE evidence SET received_at = received_at + 1 WHERE id = '${two.evidenceId}'`);
    await db.close();

    const { code, output, errors } = await run("scripts/admin.ts", ["verify"], env);

    expect(code).toBe(1);
    expect(output).toMatch(
      /^2 个案件，2 个有问题。\n2 份材料，1 处有问题（核对了文件、登记和保管记录）。\n维权援助的账 0 笔，都完整。\n操作日志 \d+ 条，锚点 1 个，.*。\n请抄下最新的锚点，下次核对用：--anchor 1:[0-9a-f]{64}\n$/,
    );
    expect(errors).toContain(`${one.caseId}：第 2 条记录被改动`);
    expect(errors).toContain(`${two.caseId}：案件现状和它的记录对不上`);
    expect(errors).toContain(`${two.evidenceId}：登记的内容和保管记录对不上`);
  });
});

describe("npm run config -- check", () => {
  test("tells what is set and what is wrong by key, and no value", async () => {
    const secret = "s3cret-but-short";
    const env = {
      CHANNEL_TOKEN_WECOM: secret.slice(0, 9),
      IDENTITY_KEY: secret,
      DATABASE_AUTH_TOKEN: secret,
      PORT: "99999",
    };
    const { code, output, errors } = await run("scripts/config.ts", ["check"], env);

    expect(code).toBe(1);
    expect(output).toMatch(/^IDENTITY_KEY +已设置$/m);
    expect(output).toMatch(/^LOG_LEVEL +默认 info$/m);
    expect(
      errors
        .trim()
        .split("\n")
        .map((line) => line.split("：")[0])
        .sort(),
    ).toEqual(["CHANNEL_TOKEN_WECOM", "IDENTITY_KEY", "PORT"]);
    expect(output + errors).not.toContain("s3cret");
    expect(output + errors).not.toContain("99999");
  });
});

describe("npm start", () => {
  test("stops at a bad setting with one line that names the key", async () => {
    const { env } = createHome();
    const { code, output, errors } = await run("src/server.ts", [], { ...env, PORT: "eighty" });

    expect({ code, output }).toEqual({ code: 1, output: "" });
    expect(errors).toMatch(/^PORT：.+\n$/);
    expect(errors).not.toContain("eighty");
  });

  test("first makes its schema, keys and administrator; later starts are quicker", async () => {
    const folder = mkdtempSync(join(tmpdir(), "zhiquan-running-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const env = { IDENTITY_KEY: undefined, RECEIPT_KEY: undefined, ADMIN_PASSWORD: undefined };
    const times: number[] = [];
    const outputs: string[] = [];
    for (let count = 0; count < 3; count++) {
      const startedAt = performance.now();
      const server = await start(folder, env);
      times.push(Math.round(performance.now() - startedAt));
      expect(await server.stop()).toBe(0);
      outputs.push(server.output());
    }
    console.log(`ready after ${times.join(", ")} ms (first, then later starts)`);

    expect(outputs[0]).toMatch(/管理员账号 admin，一次性密码 \S+（/);
    expect(outputs.slice(1).join("")).not.toContain("一次性密码");
    for (const name of ["identity", "receipt"]) {
      expect(readFileSync(join(folder, `keys/${name}.key`), "utf8")).toMatch(/^k1:\S{44}\n$/);
    }
    // Loosely, for a machine that does other things too: the aim is 5 s and 2 s.
    expect(times[0]).toBeLessThan(15_000);
    expect(Math.min(...times.slice(1))).toBeLessThan(6_000);
  });

  test("at SIGTERM finishes the request in hand, then ends with 0", async () => {
    const { folder } = createHome();
    const server = await start(folder);
    const body = JSON.stringify(filing);
    const pending = httpRequest(`${server.url}/api/v1/reports`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${server.token}`,
        "Content-Type": "application/json",
        "Content-Length": Buffer.byteLength(body),
      },
    });
    const answered = once(pending, "response");
    pending.write(body.slice(0, 10));
    // The server has the request once it answers one that came after it.
    await fetch(`${server.url}/healthz`);
    const ended = server.stop();
    await refusing(server.url);
    pending.end(body.slice(10));

    const [response] = (await answered) as [{ statusCode: number; resume(): void }];
    response.resume();
    expect(response.statusCode).toBe(201);
    expect(await ended).toBe(0);
  });

  test.each([
    ["alone sends cookies as it is spoken to, and counts by the socket's address", "0", [201, 201]],
    [
      "behind a proxy sends them over TLS only, and counts by the address that the proxy appended",
      "1",
      [429, 201],
    ],
  ] as const)("%s", async (_, trust, statuses) => {
    const server = await startServer({ env: { TRUST_PROXY: trust } });
    const session = async () => {
      const headers = { "Content-Type": "application/json" };
      const response = await fetch(`${server.url}/api/v1/sessions`, { method: "POST", headers, body: "{}" });
      const { token } = (await response.json()) as { token: string };
      return { token, cookie: response.headers.get("Set-Cookie") ?? "" };
    };
    const file = async (token: string, forwarded: string) => {
      const response = await fetch(`${server.url}/api/v1/reports`, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          authorization: `Bearer ${token}`,
          "X-Forwarded-For": forwarded,
        },
        body: JSON.stringify({ reportType: "假冒专利", infringer: "某厂", county: "献县", anonymous: true }),
      });
      return response.status;
    };
    const { token, cookie } = await session();
    expect(cookie.includes("Secure")).toBe(trust === "1");
    // Four from one address, then one more from it and one from another: what stands before the last comma is the visitor's word.
    for (let n = 0; n < 4; n++) expect(await file(token, `10.0.0.${n}, 192.0.2.1`)).toBe(201);
    if (trust === "1") expect(await file(token, "192.0.2.1")).toBe(201);
    expect([await file(token, "192.0.2.1"), trust === "1" ? await file(token, "192.0.2.2") : 201]).toEqual(
      statuses,
    );
    await server.stop();
  });

  test.each(["identity", "receipt"])(
    "refuses a file of the %s key that is damaged, and leaves it as it is",
    async (name) => {
      const { folder, env } = createHome();
      const file = join(folder, `keys/${name}.key`);
      mkdirSync(join(folder, "keys"));
      writeFileSync(file, "k1:broken\n");
      const keys = { IDENTITY_KEY: undefined, RECEIPT_KEY: undefined };
      const { code } = await run("src/server.ts", [], { ...env, ...keys, PORT: "0" });

      expect(code).not.toBe(0);
      expect(readFileSync(file, "utf8")).toBe("k1:broken\n");
    },
  );

  test("on a remote database does not start without the key that all its processes sign with", async () => {
    const env = { DATABASE_URL: "libsql://example.invalid", IDENTITY_KEY: key, RECEIPT_KEY: undefined };
    const { code, errors } = await run("src/server.ts", [], env);
    expect(code).toBe(1);
    expect(errors).toBe("RECEIPT_KEY：用远程数据库时必须设置，各个进程要用同一把\n");
  });
});

/** Waits until a server takes no new connections. */
async function refusing(url: string): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/healthz`, { headers: { connection: "close" } }).catch(
      () => undefined,
    );
    if (response === undefined) return;
    await response.body?.cancel();
  }
}
