import { createServer, type Server } from "node:http";
import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../core/log.ts";
import type { FromBot, ToBot } from "./bot-link.ts";
import { createNotebook, type Notes } from "./notebook.ts";

/** The process that holds the bot, as far as the supervisor has to do with it. */
export type BotChild = {
  on(event: "message", listener: (message: unknown) => void): unknown;
  once(event: "exit", listener: (code: number | null) => void): unknown;
  send(message: ToBot): unknown;
  kill(signal: NodeJS.Signals): unknown;
};

/** `ok`: people reach the bot. `logged_out`: somebody must scan the code. Otherwise it is on its way, or being restarted. */
export type BotState = "ok" | "logged_out" | "starting" | "waiting" | "silent";

export type BotHealth = { state: BotState; restarts: number };

export type Supervisor = {
  health(): BotHealth;
  /** Ends the bot and starts no other; resolves when it has ended. */
  stop(): Promise<void>;
};

/** How long it waits before it starts the bot again: double each time, from the start again after `stableMs` of peace. */
export type BackOff = { firstMs: number; maxMs: number; stableMs: number };

const usualBackOff: BackOff = { firstMs: 500, maxMs: 60_000, stableMs: 60_000 };

/** A bot that has not said for so long that it lives is ended. Loading takes a while, so the first time counts from its start. */
const silentMs = 60_000;
const lookEveryMs = 5_000;
const stopMs = 10_000;

/**
 * Keeps a bot running. It is crash-only: whatever goes wrong ends its process, and this starts the next one, with the
 * notes of what the last one left unanswered. The notes are held in memory only.
 */
export function superviseBot({
  start,
  log,
  now,
  backOff = usualBackOff,
}: {
  start: () => BotChild;
  log: Log;
  now: Clock;
  backOff?: BackOff;
}): Supervisor {
  let notes: Notes = { inHand: [], settled: [], offered: [] };
  let restarts = 0;
  let waitMs = backOff.firstMs;
  let stopping = false;
  let running: { child: BotChild; beatAt: number; loggedIn: boolean | undefined } | undefined;
  let pending: NodeJS.Timeout | undefined;
  let ended = Promise.resolve();

  function run(): void {
    const startedAt = now().getTime();
    const child = start();
    const mine = { child, beatAt: startedAt, loggedIn: undefined as boolean | undefined };
    running = mine;
    const notebook = createNotebook({ from: notes });
    child.on("message", (received) => {
      const message = received as FromBot;
      mine.beatAt = now().getTime();
      if (message.kind === "hello") child.send({ kind: "notes", notes: notebook.notes() });
      else if (message.kind === "beat") mine.loggedIn = message.loggedIn;
      else notebook.copy(message.note);
    });
    ended = new Promise((resolve) => {
      child.once("exit", (code) => {
        running = undefined;
        const kept = notebook.notes();
        notes = { ...kept, inHand: kept.inHand.map((one) => ({ ...one, left: one.left + 1 })) };
        resolve();
        if (stopping) return;
        restarts += 1;
        if (now().getTime() - startedAt >= backOff.stableMs) waitMs = backOff.firstMs;
        log.warn("bot_ended", { code: String(code), count: restarts, durationMs: waitMs });
        pending = setTimeout(run, waitMs);
        waitMs = Math.min(waitMs * 2, backOff.maxMs);
      });
    });
  }

  const isSilent = () => running !== undefined && now().getTime() - running.beatAt > silentMs;
  const watch = setInterval(() => {
    if (!isSilent()) return;
    log.error("bot_silent");
    running?.child.kill("SIGKILL");
  }, lookEveryMs);

  run();
  return {
    health() {
      const state = (): BotState => {
        if (running === undefined) return "waiting";
        if (isSilent()) return "silent";
        if (running.loggedIn === undefined) return "starting";
        return running.loggedIn ? "ok" : "logged_out";
      };
      return { state: state(), restarts };
    },
    async stop() {
      stopping = true;
      clearInterval(watch);
      clearTimeout(pending);
      const child = running?.child;
      child?.kill("SIGTERM");
      const forced = setTimeout(() => child?.kill("SIGKILL"), stopMs);
      await (child === undefined ? undefined : ended);
      clearTimeout(forced);
    },
  };
}

/** Answers `GET /healthz`: 200 while people can reach the bot, else 503. Nothing about people is in it. */
export function createHealthServer(health: () => BotHealth): Server {
  return createServer((request, response) => {
    const isHealth = request.method === "GET" && request.url === "/healthz";
    const body = isHealth ? health() : undefined;
    response.writeHead(body === undefined ? 404 : body.state === "ok" ? 200 : 503, {
      "Content-Type": "application/json",
    });
    response.end(body === undefined ? "" : JSON.stringify(body));
  });
}
