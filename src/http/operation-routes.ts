import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { z } from "zod";
import { AppError } from "../core/error.ts";
import { problemContent } from "./problem.ts";

/** What a process has measured of itself, in the exposition format of Prometheus. */
export type Metrics = {
  contentType: string;
  read(): Promise<string>;
  /** Told of the outbox before it is read. */
  observeOutbox?(counts: readonly { state: string; door: string; count: number }[]): void;
};

/** What one message of a conversation brought, for the metrics: names and codes, no value. */
export type ObserveReading = (reading: {
  /** Each slot that was set, and what read it. */
  slots: readonly { slot: string; source: "rules" | "model" }[];
  /** How asking a model ended and why items of its answer were refused; undefined where none was asked. */
  model: { outcome: string; durationMs: number; refused: readonly string[] } | undefined;
}) => void;

/** What must hold before requests are sent here. */
export const readinessNames = ["database", "migrations", "knowledge"] as const;
export type ReadinessName = (typeof readinessNames)[number];

/** Each resolves to whether it holds; one that throws does not. */
export type ReadinessChecks = Record<ReadinessName, () => Promise<boolean>>;

/** How long a check may take: a database that hangs is one that does not answer. */
const checkMs = 3_000;

const Ok = z.literal("ok");
const Ready = z
  .object({ status: z.literal("ready"), database: Ok, migrations: Ok, knowledge: Ok })
  .meta({ id: "Readiness" });

const health = createRoute({
  method: "get",
  path: "/healthz",
  operationId: "checkHealth",
  tags: ["Operations"],
  summary: "Whether the process is alive",
  responses: {
    200: {
      description: "It is",
      content: { "application/json": { schema: z.object({ status: Ok }).meta({ id: "Health" }) } },
    },
  },
});

const readiness = createRoute({
  method: "get",
  path: "/readyz",
  operationId: "checkReadiness",
  tags: ["Operations"],
  summary:
    "Whether requests can be served: the database answers, its schema is up to date, the knowledge is loaded",
  responses: {
    200: { description: "They can", content: { "application/json": { schema: Ready } } },
    503: problemContent("`errors` names what is amiss"),
  },
});

const metricsRoute = createRoute({
  method: "get",
  path: "/metrics",
  operationId: "readMetrics",
  tags: ["Operations"],
  summary:
    "What the process measured (Prometheus); for `CHANNEL_TOKEN` or a signed-in person with `metrics:read`",
  responses: {
    200: { description: "The measurements", content: { "text/plain": { schema: z.string() } } },
    401: problemContent("Neither"),
    403: problemContent("Your role may not read them"),
    404: problemContent("This deployment measures elsewhere (Cloudflare Workers)"),
  },
});

/**
 * Health, readiness and metrics.
 *
 * @param requireMetricsReader Throws where a request may not read the metrics.
 */
export function operationRoutes({
  checks,
  metrics,
  requireMetricsReader,
  countOutbox,
}: {
  checks: ReadinessChecks;
  metrics: Metrics | undefined;
  requireMetricsReader: (c: Context) => Promise<void>;
  countOutbox: () => Promise<readonly { state: string; door: string; count: number }[]>;
}) {
  return new OpenAPIHono()
    .openapi(health, (c) => c.json({ status: "ok" } as const, 200))
    .openapi(readiness, async (c) => {
      const held = await Promise.all(readinessNames.map((name) => holds(checks[name])));
      const amiss = readinessNames.filter((_, index) => !held[index]);
      if (amiss.length > 0) {
        throw new AppError("unavailable", `还不能接收请求：${amiss.join("、")} 未就绪。`, {
          errors: amiss.map((name) => ({ pointer: `/${name}`, detail: "未就绪。" })),
          retryAfterSeconds: 5,
          retryable: true,
        });
      }
      return c.json({ status: "ready", database: "ok", migrations: "ok", knowledge: "ok" } as const, 200);
    })
    .openapi(metricsRoute, async (c) => {
      if (metrics === undefined) throw new AppError("not_found", "这个部署不提供 /metrics。");
      await requireMetricsReader(c);
      if (metrics.observeOutbox !== undefined) metrics.observeOutbox(await countOutbox());
      return c.text(await metrics.read(), 200, { "Content-Type": metrics.contentType });
    });
}

async function holds(check: () => Promise<boolean>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), checkMs);
  });
  try {
    return await Promise.race([check(), late]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
