import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { enableCompileCache, flushCompileCache } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { readBotConfig } from "./config.ts";
import { createClock } from "./core/clock.ts";
import { createLog } from "./core/log.ts";

// The wechaty process: `npm run bot` watches over a process of its own, which runs this file with `--child`.
process.umask(0o077);
enableCompileCache(path.join(import.meta.dirname, "../node_modules/.cache/node"));

const result = readBotConfig(process.env);
if (!result.ok) {
  for (const problem of result.problems) process.stderr.write(`${problem}\n`);
  process.exit(1);
}
const { config } = result;
const now = createClock();
const say = (line: string) => void process.stdout.write(`${line}\n`);
const log = createLog({ level: config.logLevel, now, write: say });

/** What the home of a bot begins with: a folder that goes with it, for puppets keep names and tokens there. */
const homePrefix = path.join(tmpdir(), "zhiquan-bot-");
const removeHome = (home = "") => {
  if (home.startsWith(homePrefix)) rmSync(home, { recursive: true, force: true });
};

if (process.argv.includes("--child")) {
  // Also where the supervisor was killed.
  process.once("exit", () => removeHome(process.env["HOME"]));
  const { runBot } = await import("./channels/wechaty/bot-process.node.ts");
  await runBot({ ...config, log, now, say });
  // Loading wechaty is nearly all of a start, and the next one may come after a kill.
  setTimeout(flushCompileCache, 2_000).unref();
} else {
  const { createHealthServer, superviseBot } = await import("./channels/wechaty/supervisor.node.ts");
  const supervisor = superviseBot({ start: startChild, log, now });
  const health = createHealthServer(supervisor.health).listen(config.healthPort, "127.0.0.1", () => {
    const { port } = health.address() as AddressInfo;
    log.info("bot_supervised", { port });
    say(`机器人已启动，状态见 http://127.0.0.1:${port}/healthz`);
  });
  let stopping = false;
  const stop = async () => {
    if (stopping) process.exit(1);
    stopping = true;
    await supervisor.stop();
    process.exit(0);
  };
  process.on("SIGTERM", () => void stop());
  process.on("SIGINT", () => void stop());
}

/** The bot in a process of its own. */
function startChild() {
  const home = mkdtempSync(homePrefix);
  const child = fork(import.meta.filename, ["--child"], { env: { ...process.env, HOME: home } });
  child.once("exit", () => removeHome(home));
  return child;
}
