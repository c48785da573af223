import { existsSync } from "node:fs";
import { join } from "node:path";
import { createTestHarness } from "wrangler";

const root = join(import.meta.dirname, "../..");

export type RunningWorker = {
  /** As `fetch`; a path alone is asked of the Worker. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Fires the cron trigger and waits for its end. */
  scheduled(cron: string): Promise<void>;
  /** What the Worker wrote to its console. */
  logs(): string[];
  stop(): Promise<void>;
};

/**
 * Starts the Worker of `wrangler.toml`, or of another `config` (relative to the clone), in workerd.
 *
 * `vars` become members of its `env`. It reaches servers on 127.0.0.1, such as `startHranaServer`, and
 * nothing else is asked of the network. Buckets are empty and forgotten at the end.
 */
export async function startWorker({
  vars = {},
  config = "wrangler.toml",
}: {
  vars?: Record<string, string>;
  config?: string;
} = {}): Promise<RunningWorker> {
  const configPath = join(root, config);
  if (!existsSync(configPath)) throw new Error(`There is no ${configPath}.`);
  // Read by wrangler when it starts: no usage report, no look-up of request.cf, no questions.
  process.env["WRANGLER_SEND_METRICS"] = "false";
  process.env["CLOUDFLARE_CF_FETCH_ENABLED"] = "false";
  process.env["CI"] = "1";

  const harness = createTestHarness({ root, workers: [{ configPath, vars }] });
  await harness.listen();
  return {
    fetch: async (path, init) => asResponse(await harness.fetch(path, init as HarnessInit)),
    async scheduled(cron) {
      const { outcome } = await harness.getWorker().scheduled({ cron });
      if (outcome !== "ok") throw new Error(`The trigger ended with ${outcome}.`);
    },
    logs: () => harness.getLogs().map(({ message }) => String(message)),
    stop: () => harness.close(),
  };
}

type Harness = ReturnType<typeof createTestHarness>;
type HarnessInit = Parameters<Harness["fetch"]>[1];

/** Miniflare's own Response has the methods of the platform's; only the declared types differ. */
const asResponse = (response: Awaited<ReturnType<Harness["fetch"]>>) => response as unknown as Response;
