import type { EventEmitter } from "node:events";
import type { Clock } from "../../core/clock.ts";

/** How often the gateway is asked for a sign of life, and how long without one until it counts as lost. */
const pingEveryMs = 20_000;
const lostAfterMs = 65_000;

/**
 * The puppet of a gateway, as far as it shows whether that is there. (The types of its package are of no use: they
 * change those of `node:util`.)
 */
export type GatewayPuppet = {
  /** Bears the stream of events. */
  grpcManager: Pick<EventEmitter, "on">;
  /** Any event of the gateway raises `heartbeat`, the answer to a ping too. */
  on(event: "heartbeat", listener: () => void): unknown;
  ding(data: string): void;
};

/**
 * Calls `lost` when the stream of events ends. A gateway that closes in good order raises no error, and one that is cut
 * off raises nothing at all: so it is asked for a sign of life as well.
 */
export function watchGateway(
  puppet: GatewayPuppet,
  { now, lost }: { now: Clock; lost: (error: unknown) => void },
): void {
  for (const event of ["end", "cancel", "error"]) {
    puppet.grpcManager.on(event, (error: unknown) => lost(error ?? new Error(`The stream: ${event}.`)));
  }
  let heardAt = now().getTime();
  puppet.on("heartbeat", () => {
    heardAt = now().getTime();
  });
  const timer = setInterval(() => {
    if (now().getTime() - heardAt <= lostAfterMs) return puppet.ding("");
    clearInterval(timer);
    lost(new Error("The gateway is silent."));
  }, pingEveryMs);
}
