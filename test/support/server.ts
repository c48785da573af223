import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const root = join(import.meta.dirname, "../..");

export type RunningServer = {
  /** `http://127.0.0.1:PORT`. */
  url: string;
  /** The channel token it takes: `Authorization: Bearer`. */
  token: string;
  /** Where its database and blobs lie. */
  folder: string;
  /** What it has written to its output so far. */
  output(): string;
  /** Asks it to end (SIGTERM) and waits; resolves to its exit code. */
  stop(): Promise<number | null>;
  /** Ends it without a word (SIGKILL) and waits. The folder stays, for another server to start on. */
  kill(): Promise<void>;
};

export type ServerOptions = {
  /** Settings beside the usual ones; undefined takes a usual one away. */
  env?: Record<string, string | undefined>;
  /** The folder of an earlier server, to start on its data. A fresh one is made, and removed by `stop`, when absent. */
  folder?: string;
  /** Where it listens; a free port when absent. */
  port?: number;
  /** How long it may take until it is ready. */
  readyMs?: number;
};

/** Keys of this process: servers that share a folder must share them too. */
const keys = { identity: randomBytes(32).toString("base64"), receipt: randomBytes(32).toString("base64") };

/**
 * Starts `node src/server.ts` as a process of its own on a free port, with data in a temporary folder,
 * and waits until `/readyz` answers 200.
 *
 * @throws {Error} with its output if it ends before, or is not ready in time.
 */
export async function startServer({
  env = {},
  folder,
  port: wanted,
  readyMs = 30_000,
}: ServerOptions = {}): Promise<RunningServer> {
  const home = folder ?? mkdtempSync(join(tmpdir(), "zhiquan-"));
  const port = wanted ?? (await freePort());
  const token = "test-channel-token-0123456789abcdef";
  const url = `http://127.0.0.1:${port}`;
  const settings: Record<string, string | undefined> = {
    ...process.env,
    NODE_ENV: "test",
    PORT: String(port),
    DATABASE_URL: `file:${join(home, "zhiquan.db")}`,
    BLOB_DIR: join(home, "blobs"),
    CHANNEL_TOKEN: token,
    ADMIN_PASSWORD: "test-admin-password-1",
    IDENTITY_KEY: keys.identity,
    RECEIPT_KEY: keys.receipt,
    LOG_LEVEL: "warn",
    ...env,
  };
  const child = spawn(process.execPath, [join(root, "src/server.ts")], {
    cwd: root,
    env: Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
  const exited = once(child, "exit") as Promise<[number | null]>;
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    if (!hasEnded()) child.kill(signal);
    const [code] = await exited;
    return code;
  }

  const deadline = Date.now() + readyMs;
  while (!(await isReady(url))) {
    if (hasEnded() || Date.now() > deadline) {
      await end("SIGKILL");
      if (folder === undefined) rmSync(home, { recursive: true, force: true });
      throw new Error(`The server did not become ready:\n${output}`);
    }
    await pause(25);
  }
  return {
    url,
    token,
    folder: home,
    output: () => output,
    async stop() {
      const code = await end("SIGTERM");
      if (folder === undefined) rmSync(home, { recursive: true, force: true });
      return code;
    },
    kill: async () => void (await end("SIGKILL")),
  };
}

async function isReady(url: string): Promise<boolean> {
  const response = await fetch(`${url}/readyz`).catch(() => undefined);
  await response?.body?.cancel();
  return response?.status === 200;
}

/** A port that nothing listened on a moment ago. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
