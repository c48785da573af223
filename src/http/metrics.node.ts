import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { ObserveRequest } from "./middleware.ts";
import type { Metrics, ObserveReading } from "./operation-routes.ts";

/** The methods that are told apart; a caller may invent others, and each would make new series. */
const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** From a point read to what nobody should wait for, in seconds. */
const durationBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Prometheus metrics of this process: every request by method, route pattern and status, what messages of
 * conversations brought and whether rules or a model read it, and the process itself.
 */
export function createMetrics({
  version,
}: {
  version: string;
}): Metrics & { observe: ObserveRequest; observeReading: ObserveReading } {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const labelNames = ["method", "route", "status"] as const;
  const requests = new Counter({
    name: "zhiquan_http_requests_total",
    help: "Requests answered.",
    labelNames,
    registers: [register],
  });
  const durations = new Histogram({
    name: "zhiquan_http_request_duration_seconds",
    help: "Time from the request to its answer.",
    labelNames,
    buckets: durationBuckets,
    registers: [register],
  });
  const slots = new Counter({
    name: "zhiquan_slots_total",
    help: "Slots of reports set in conversations, by what read them.",
    labelNames: ["slot", "source"] as const,
    registers: [register],
  });
  const proposals = new Counter({
    name: "zhiquan_model_proposals_total",
    help: "Messages that a model was asked about, by how that ended.",
    labelNames: ["outcome"] as const,
    registers: [register],
  });
  const proposalDurations = new Histogram({
    name: "zhiquan_model_proposal_duration_seconds",
    help: "How long a message waited for a model.",
    buckets: durationBuckets,
    registers: [register],
  });
  const refusals = new Counter({
    name: "zhiquan_model_items_refused_total",
    help: "Intents and slots that a model proposed and that did not enter, by the reason.",
    labelNames: ["reason"] as const,
    registers: [register],
  });
  const notices = new Gauge({
    name: "zhiquan_outbox_notices",
    help: "Notices in the outbox, by their state and the door they go through.",
    labelNames: ["state", "door"] as const,
    registers: [register],
  });
  const info = new Gauge({
    name: "zhiquan_info",
    help: "Always 1; the label tells the version.",
    labelNames: ["version"],
    registers: [register],
  });
  info.set({ version }, 1);

  return {
    observe({ method, route, status, durationMs }) {
      const labels = { method: methods.has(method) ? method : "OTHER", route, status: String(status) };
      requests.inc(labels);
      durations.observe(labels, durationMs / 1000);
    },
    observeReading({ slots: set, model }) {
      for (const { slot, source } of set) slots.inc({ slot, source });
      if (model === undefined) return;
      proposals.inc({ outcome: model.outcome });
      proposalDurations.observe(model.durationMs / 1000);
      for (const reason of model.refused) refusals.inc({ reason });
    },
    observeOutbox(counts) {
      notices.reset();
      for (const { state, door, count } of counts) notices.set({ state, door }, count);
    },
    contentType: register.contentType,
    read: () => register.metrics(),
  };
}
