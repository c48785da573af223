import { ScanStatus, type Wechaty, WechatyBuilder, log as wechatyLog } from "wechaty";
import type { Clock } from "../../core/clock.ts";
import { describeError, type Log } from "../../core/log.ts";
import { beatEveryMs, type FromBot, type ToBot } from "./bot-link.ts";
import { shippedBotTexts } from "./bot-texts.ts";
import { createConversationBot } from "./conversation-plugin.node.ts";
import { isGatewayLost } from "./gateway-failure.ts";
import { type GatewayPuppet, watchGateway } from "./gateway-watch.node.ts";
import { createNotebook, type Notes } from "./notebook.ts";
import { createServiceClient, type WechatyChannel } from "./service-client.ts";

export type BotProcessOptions = {
  puppet: string;
  puppetToken: string | undefined;
  puppetEndpoint: string | undefined;
  serviceUrl: string;
  tokens: Readonly<Record<WechatyChannel, string>>;
  log: Log;
  now: Clock;
  /** Tells the operator something, such as the code to scan. */
  say: (line: string) => void;
};

/** How long answers in hand may take when the process is told to end. */
const finishMs = 5_000;

/** Where a puppet that signs in itself keeps its session, beside the data; it is a credential. */
const sessionFile = "data/wechaty";

/**
 * Runs the bot in this process, which a supervisor started. It never mends itself: when the gateway is lost, or anything
 * fails that nobody caught, the process ends with 1.
 */
export async function runBot(options: BotProcessOptions): Promise<void> {
  const { log, now, say } = options;
  // What wechaty logs may quote messages and names.
  wechatyLog.level("silent");
  const tell = (message: FromBot) => void process.send?.(message);
  let leaving = false;
  const leave = (event: string, error: unknown): void => {
    if (leaving) return;
    leaving = true;
    const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
    log.error(event, { ...describeError(error), code });
    process.exit(1);
  };
  process.on("uncaughtException", (error) => leave("uncaught_exception", error));
  process.on("unhandledRejection", (error) => leave("unhandled_rejection", error));
  process.once("disconnect", () => leave("supervisor_gone", undefined));
  const notes = await askForNotes(tell);

  const bot = createBot(options);
  const conversation = createConversationBot({
    service: createServiceClient({ url: options.serviceUrl, tokens: options.tokens, fetch, log }),
    texts: shippedBotTexts(),
    log,
    now,
    notebook: createNotebook({ from: notes, tell: (note) => tell({ kind: "note", note }) }),
    gatewayLost: (error) => leave("gateway_lost", error),
  });
  bot.use(conversation.plugin);
  const beat = () => tell({ kind: "beat", loggedIn: bot.isLoggedIn });
  bot.on("error", (error) => {
    if (isGatewayLost(error)) leave("gateway_lost", error);
    // Its name and message may quote what was sent.
    else log.error("wechaty_error", { code: String(error.code) });
  });
  bot.on("scan", (code, status) => {
    if (status === ScanStatus.Waiting || status === ScanStatus.Timeout)
      say(`请用微信扫码登录，把这个网址做成二维码：${code}`);
    log.info("scan_asked", { status });
    beat();
  });
  bot.on("login", () => {
    log.info("bot_logged_in");
    beat();
    void conversation.resume(bot);
  });
  bot.on("logout", () => {
    log.error("bot_logged_out");
    beat();
  });

  const stop = async () => {
    log.info("bot_stopping");
    setTimeout(() => process.exit(0), finishMs);
    await conversation.idle();
    process.exit(0);
  };
  process.once("SIGTERM", () => void stop());
  process.once("SIGINT", () => void stop());

  await bot.start();
  if (options.puppet === gatewayPuppet) {
    watchGateway(bot.puppet as unknown as GatewayPuppet, {
      now,
      lost: (error) => leave("gateway_lost", error),
    });
  }
  setInterval(beat, beatEveryMs);
  beat();
}

/** What the process before left, as the supervisor tells it; nothing where there is no supervisor. */
function askForNotes(tell: (message: FromBot) => void): Promise<Notes> {
  if (process.send === undefined) return Promise.resolve({ inHand: [], settled: [], offered: [] });
  return new Promise((resolve) => {
    process.once("message", (message) => resolve((message as ToBot).notes));
    tell({ kind: "hello" });
  });
}

const gatewayPuppet = "wechaty-puppet-service";

function createBot({ puppet, puppetToken, puppetEndpoint }: BotProcessOptions): Wechaty {
  const puppetOptions = {
    ...(puppetToken === undefined ? {} : { token: puppetToken }),
    ...(puppetEndpoint === undefined ? {} : { endpoint: puppetEndpoint }),
  };
  return puppet === gatewayPuppet
    ? WechatyBuilder.build({ puppet: gatewayPuppet, puppetOptions })
    : WechatyBuilder.build({ name: sessionFile, puppet: puppet as typeof gatewayPuppet });
}
