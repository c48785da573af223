import { readFileSync } from "node:fs";
import path from "node:path";
import { type HttpBindings, serve } from "@hono/node-server";
import type { Context } from "hono";
import { type Adapters, createApp } from "./app.ts";
import { createGuardedPost } from "./channels/webhook/guarded-post.node.ts";
import { createWebhookSender } from "./channels/webhook/webhook-sender.ts";
import { type Config, readConfig } from "./config.ts";
import { type Clock, createClock } from "./core/clock.ts";
import { createLog, describeError } from "./core/log.ts";
import { createNewId, randomBytes } from "./core/new-id.ts";
import { keyFolder, loadKeyRing } from "./crypto/key-file.node.ts";
import { createVault } from "./crypto/key-ring.ts";
import { createSigner } from "./crypto/signer.ts";
import { openDatabase } from "./db/client.ts";
import { migrateDatabase } from "./db/migrate.node.ts";
import { createMetrics } from "./http/metrics.node.ts";
import type { Sender } from "./notifications/sender.ts";
import { createFileAssets } from "./pages/assets.node.ts";
import { createFileErasureJournal, erasureJournalFile } from "./reports/erasure-journal-file.node.ts";
import { createPublicFetch } from "./reports/public-fetch.node.ts";
import { createFileBlobStore } from "./storage/file-blob-store.node.ts";

const tendEveryMs = 5 * 60 * 1000;
const dispatchEveryMs = 5_000;
const shutdownMs = 10_000;

/** Serves until it is told to stop (SIGTERM, SIGINT). Settings that will not do are told on stderr, and end the process with 1. */
export async function serveUntilStopped(environment: Record<string, string | undefined>): Promise<void> {
  const result = readConfig(environment);
  if (!result.ok) {
    for (const problem of result.problems) process.stderr.write(`${problem}\n`);
    process.exit(1);
  }
  if (!result.config.databaseUrl.startsWith("file:") && result.config.receiptKey === undefined) {
    process.stderr.write("RECEIPT_KEY：用远程数据库时必须设置，各个进程要用同一把\n");
    process.exit(1);
  }
  await start(result.config);
}

async function start(config: Config): Promise<void> {
  const now = createClock(config.startsAt);
  const log = createLog({
    level: config.logLevel,
    now,
    write: (line) => void process.stdout.write(`${line}\n`),
  });
  const newId = createNewId();
  const { version } = readPackage();
  const say = (line: string) => void process.stdout.write(`${line}\n`);

  const stamp = now().toISOString().replace(/[:.]/g, "-");
  const target = { url: config.databaseUrl, authToken: config.databaseAuthToken };
  const backup = await migrateDatabase(target, stamp);
  if (backup !== undefined) say(`数据库升级前已备份到 ${backup}`);
  const db = await openDatabase(target);
  const ring = config.identityKey ?? loadKeyRing(keyFolder(config.databaseUrl), "identity.key", randomBytes);
  const receiptRing =
    config.receiptKey ?? loadKeyRing(keyFolder(config.databaseUrl), "receipt.key", randomBytes);

  const { app, tend, dispatchDue, embedKnowledge, statutes, staff } = createApp({
    ...(await createModels(config, now)),
    senders: await createSenders(config, now),
    systems: config.webhooks,
    db,
    blobs: createFileBlobStore(path.resolve(config.blobDir)),
    vault: createVault(ring, randomBytes),
    signer: await createSigner(receiptRing),
    log,
    now,
    newId,
    randomBytes,
    channelTokens: config.channelTokens,
    clientAddress: config.trustProxy ? addressBehindProxy : socketAddress,
    secureCookie: config.trustProxy,
    erasureJournal: createFileErasureJournal(erasureJournalFile(config)),
    caseFilePeriodsConfirmed: config.caseFilePeriodsConfirmed,
    wechatApiBase: config.wechatApiBase,
    officialAccount: config.officialAccount,
    wecomApiBase: config.wecomApiBase,
    wecom: config.wecom,
    miniProgram: config.miniProgram,
    assets: createFileAssets(),
    intakeOpen: true,
    open311ApiKeys: config.open311ApiKeys,
    publicFetch: createPublicFetch(),
    metrics: createMetrics({ version }),
  });

  const accounts = await staff.listAccounts();
  let firstPassword: string | undefined;
  if (accounts.length === 0) {
    const made = await staff.createAccount({
      account: "admin",
      name: "系统管理员",
      role: "administrator",
      officeCode: "130900",
      password: config.adminPassword,
    });
    if (config.adminPassword === undefined) firstPassword = made.password;
  }
  const tendAloud = () => tend().catch((error: unknown) => log.error("tending_failed", describeError(error)));
  // Chores that fail are no reason to take no reports.
  await tendAloud();
  void embedKnowledge();
  // A request that comes before waits for it.
  void statutes.refresh();

  const server = serve({ fetch: app.fetch, port: config.port }, ({ port }) => {
    log.info("started", { port, version });
    say(`知权 ${version} 已启动`);
    say(`居民页面  http://127.0.0.1:${port}/`);
    say(`接口说明  http://127.0.0.1:${port}/docs`);
    say(`工作人员  POST http://127.0.0.1:${port}/api/v1/staff/sessions`);
    if (firstPassword !== undefined) {
      say(`管理员账号 admin，一次性密码 ${firstPassword}（只显示这一次，登录后请修改）`);
    }
  });

  const timer = setInterval(() => {
    void tendAloud();
    void embedKnowledge();
  }, tendEveryMs);
  const dispatchAloud = () =>
    dispatchDue().then(
      () => undefined,
      (error: unknown) => log.error("dispatch_failed", describeError(error)),
    );
  let dispatching = dispatchAloud();
  const dispatchTimer = setInterval(() => {
    dispatching = dispatchAloud();
  }, dispatchEveryMs);

  let stopping = false;
  /** Lets requests in hand end, then closes the database. A second signal, or ten seconds, end it at once. */
  const stop = (signal: string) => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info("stopping", { code: signal });
    clearInterval(timer);
    clearInterval(dispatchTimer);
    const forced = setTimeout(() => process.exit(1), shutdownMs);
    forced.unref();
    server.close(async () => {
      await dispatching;
      await db.close();
      log.info("stopped");
      process.exit(0);
    });
    // Again and again: a connection whose last answer has gone out is idle, and would be kept for five seconds.
    setInterval(() => {
      if ("closeIdleConnections" in server) server.closeIdleConnections();
    }, 50).unref();
  };
  process.on("SIGTERM", () => stop("SIGTERM"));
  process.on("SIGINT", () => stop("SIGINT"));
  process.on("unhandledRejection", (error) => {
    log.error("unhandled_rejection", describeError(error));
    process.exit(1);
  });
}

/** What carries notices out, of what is set. The mail client is loaded only then. */
async function createSenders(
  { webhooks, webhooksToLoopback: loopback, mail }: Config,
  now: Clock,
): Promise<Sender[]> {
  const senders: Sender[] = [];
  if (webhooks.length > 0) {
    const post = createGuardedPost({ loopback });
    senders.push(createWebhookSender({ endpoints: webhooks, post, now, loopback }));
  }
  if (mail !== undefined) {
    const { createEmailSender } = await import("./channels/email/email-sender.node.ts");
    senders.push(createEmailSender(mail));
  }
  return senders;
}

/** The models that are set. Their client is loaded only then: it would cost every start a third of a second. */
async function createModels(
  { languageModel, embeddingModel }: Config,
  now: Clock,
): Promise<Pick<Adapters, "languageModel" | "embeddingModel">> {
  if (languageModel === undefined && embeddingModel === undefined) return {};
  const { createEmbeddingModel, createLanguageModel } = await import("./llm/openai-model.ts");
  return {
    languageModel: languageModel && createLanguageModel({ ...languageModel, now }),
    embeddingModel: embeddingModel && createEmbeddingModel({ ...embeddingModel, now }),
  };
}

function readPackage(): { version: string } {
  return JSON.parse(readFileSync(path.join(import.meta.dirname, "../package.json"), "utf8"));
}

/** Where a request came from when nothing stands in front. */
function socketAddress(c: Context<{ Bindings: HttpBindings }>): string {
  return c.env.incoming.socket.remoteAddress ?? "";
}

/** The last address of `X-Forwarded-For`: the one that our own proxy appended; those before it may be invented. */
function addressBehindProxy(c: Context<{ Bindings: HttpBindings }>): string {
  return c.req.header("X-Forwarded-For")?.split(",").at(-1)?.trim() ?? socketAddress(c);
}
