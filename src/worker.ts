import { type App, createApp } from "./app.ts";
import { createWebhookSender, postByFetch } from "./channels/webhook/webhook-sender.ts";
import { readConfig } from "./config.ts";
import { createClock } from "./core/clock.ts";
import { createLog, describeError } from "./core/log.ts";
import { createNewId, randomBytes } from "./core/new-id.ts";
import { createVault } from "./crypto/key-ring.ts";
import { createSigner } from "./crypto/signer.ts";
import { openDatabase } from "./db/client.ts";
import { createEmbeddingModel, createLanguageModel } from "./llm/openai-model.ts";
import { type AssetsBinding, createBindingAssets } from "./pages/assets.ts";
import { createBucketErasureJournal, type JournalBucket } from "./reports/erasure-journal-bucket.ts";
import { createR2BlobStore, type R2BucketLike } from "./storage/r2-blob-store.ts";

/** What `wrangler.toml` and the secrets of the deployment give. */
type Environment = Record<string, unknown> & {
  EVIDENCE: R2BucketLike & JournalBucket;
  ASSETS: AssetsBinding;
};

let built: { app: Promise<App>; of: Environment } | undefined;

/** The app of this isolate: built at the first request, since nothing random or timely may be drawn before. */
function appFor(environment: Environment): Promise<App> {
  if (built?.of !== environment) {
    const app = build(environment);
    built = { app, of: environment };
    // A failure to start is told each time, and tried again.
    app.catch(() => {
      built = undefined;
    });
  }
  return built.app;
}

async function build(environment: Environment): Promise<App> {
  const texts = Object.entries(environment).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  const result = readConfig(Object.fromEntries(texts));
  if (!result.ok) throw new Error(`Settings: ${result.problems.join("; ")}`);
  const { config } = result;
  if (config.databaseUrl.startsWith("file:"))
    throw new Error("Settings: DATABASE_URL must name a libSQL server");
  if (config.identityKey === undefined) throw new Error("Settings: IDENTITY_KEY is missing");
  if (config.dataRegionConfirmed && config.receiptKey === undefined)
    throw new Error("Settings: RECEIPT_KEY is missing");
  const now = createClock();
  const { languageModel, embeddingModel } = config;
  return createApp({
    db: await openDatabase({ url: config.databaseUrl, authToken: config.databaseAuthToken }),
    blobs: createR2BlobStore(environment.EVIDENCE),
    vault: createVault(config.identityKey, randomBytes),
    signer: config.receiptKey && (await createSigner(config.receiptKey)),
    log: createLog({ level: config.logLevel, now, write: (line) => console.log(line) }),
    now,
    newId: createNewId(),
    randomBytes,
    channelTokens: config.channelTokens,
    clientAddress: (c) => c.req.header("CF-Connecting-IP") ?? "",
    secureCookie: true,
    erasureJournal: createBucketErasureJournal(environment.EVIDENCE),
    caseFilePeriodsConfirmed: config.caseFilePeriodsConfirmed,
    wechatApiBase: config.wechatApiBase,
    officialAccount: config.officialAccount,
    wecomApiBase: config.wecomApiBase,
    wecom: config.wecom,
    miniProgram: config.miniProgram,
    assets: createBindingAssets(environment.ASSETS),
    intakeOpen: config.dataRegionConfirmed,
    open311ApiKeys: config.open311ApiKeys,
    // workerd has no private network to reach, and resolves names itself.
    publicFetch: (url, init) => fetch(url, init),
    senders:
      config.webhooks.length === 0
        ? []
        : [
            createWebhookSender({
              endpoints: config.webhooks,
              post: postByFetch,
              now,
              loopback: config.webhooksToLoopback,
            }),
          ],
    systems: config.webhooks,
    languageModel: languageModel && createLanguageModel({ ...languageModel, now }),
    embeddingModel: embeddingModel && createEmbeddingModel({ ...embeddingModel, now }),
  });
}

/** The trigger of `wrangler.toml` at which only notices are sent. */
const dispatchCron = "* * * * *";

type ExecutionContextLike = { waitUntil(work: Promise<unknown>): void };

export default {
  async fetch(request: Request, environment: Environment, context: ExecutionContextLike): Promise<Response> {
    const { app } = await appFor(environment);
    return app.fetch(request, environment, context as never);
  },

  async scheduled(
    event: { cron?: string },
    environment: Environment,
    context: ExecutionContextLike,
  ): Promise<void> {
    const { tend, dispatchDue, embedKnowledge, statutes } = await appFor(environment);
    context.waitUntil(
      dispatchDue().catch((error: unknown) => console.error(JSON.stringify(describeError(error)))),
    );
    if (event.cron === dispatchCron) return;
    context.waitUntil(tend().catch((error: unknown) => console.error(JSON.stringify(describeError(error)))));
    context.waitUntil(embedKnowledge());
    // Where the index is missing, it is made here: a request would not be given the time.
    context.waitUntil(statutes.refresh().then(statutes.settled));
  },
};
