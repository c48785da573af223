import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { GatewayNews, GatewayOrder } from "./fixtures/wechaty-gateway.ts";

const root = join(import.meta.dirname, "../..");
const puppetToken = "insecure_11111111-1111-4111-8111-111111111111";

/** Lines or news as they come, which a test can wait for. */
function createFeed<T>() {
  const all: T[] = [];
  const watchers = new Set<() => void>();
  return {
    all,
    push(one: T) {
      all.push(one);
      for (const watch of watchers) watch();
    },
    /** Resolves to the first one from place `from` on that is like this, or the `nth`. */
    next(isLike: (one: T) => boolean, from = 0, nth = 1): Promise<T> {
      return new Promise((resolve) => {
        const look = () => {
          const found = all.slice(from).filter(isLike)[nth - 1];
          if (found === undefined) return false;
          watchers.delete(look);
          resolve(found);
          return true;
        };
        if (!look()) watchers.add(look);
      });
    },
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  }
  return child.exitCode;
}

/** Starts a gateway as a process of its own, and waits until it listens. */
export async function startGateway(port: number) {
  const child = fork(join(import.meta.dirname, "fixtures/wechaty-gateway.ts"), [String(port), puppetToken], {
    execArgv: ["--no-deprecation"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const news = createFeed<GatewayNews>();
  child.on("message", (message) => news.push(message as GatewayNews));
  await news.next(({ kind }) => kind === "listening");

  /** Has the person do something, and resolves to what they hear that is like this. */
  async function after(order: GatewayOrder, isLike: RegExp): Promise<string> {
    const from = news.all.length;
    child.send(order);
    const heard = await news.next((one) => one.kind === "heard" && isLike.test(one.text), from);
    return heard.kind === "heard" ? heard.text : "";
  }

  return {
    after,
    say: (text: string, isLike: RegExp) => after({ kind: "say", text }, isLike),
    kill: () => end(child, "SIGKILL"),
  };
}

type LogLine = { event?: string; code?: string };

/** Starts `node src/bot.ts` as a process of its own. */
export function startBot({
  gatewayPort,
  service,
}: {
  gatewayPort: number;
  service: { url: string; token: string };
}) {
  const child = spawn(process.execPath, [join(root, "src/bot.ts")], {
    cwd: root,
    env: {
      ...process.env,
      WECHATY_PUPPET: "wechaty-puppet-service",
      WECHATY_PUPPET_SERVICE_TOKEN: puppetToken,
      WECHATY_PUPPET_SERVICE_ENDPOINT: `127.0.0.1:${gatewayPort}`,
      SERVICE_URL: service.url,
      CHANNEL_TOKEN: service.token,
      BOT_PORT: "0",
      LOG_LEVEL: "debug",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines = createFeed<LogLine>();
  let output = "";
  let rest = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += String(chunk);
      const parts = `${rest}${chunk}`.split("\n");
      rest = parts.pop() ?? "";
      for (const line of parts) lines.push(line.startsWith("{") ? (JSON.parse(line) as LogLine) : {});
    });
  }
  const logged = (event: string, from = 0) => lines.next((line) => line.event === event, from);

  return {
    logged,
    /** Resolves when it has answered so many messages, and knows it. */
    answered: (count: number) => lines.next((line) => line.event === "message_answered", 0, count),
    /** Resolves when it has logged in once more than now. */
    comesBack: () => logged("bot_logged_in", lines.all.length),
    async health() {
      const { port } = (await logged("bot_supervised")) as { port: number };
      const response = await fetch(`http://127.0.0.1:${port}/healthz`);
      return {
        status: response.status,
        body: (await response.json()) as { state: string; restarts: number },
      };
    },
    /** Ends the process that holds the bot, without a word; the supervisor stays. */
    crash() {
      const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8");
      process.kill(Number(children.trim().split(" ")[0]), "SIGKILL");
    },
    output: () => output,
    stop: () => end(child, "SIGTERM"),
    kill: () => end(child, "SIGKILL"),
  };
}
