/**
 * gRPC codes after which this client gets no more events: CANCELLED, ALREADY_EXISTS (another client holds the stream),
 * UNAVAILABLE, UNAUTHENTICATED. https://grpc.io/docs/guides/status-codes/
 */
const fatalCodes: ReadonlySet<unknown> = new Set([1, 6, 14, 16]);

/** Whether an error says that the puppet's gateway is lost. It is not won back in the same process, so that one ends. */
export function isGatewayLost(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  if ("code" in error && fatalCodes.has(error.code)) return true;
  // Wechaty's watchdog is about to restart the puppet in this process, which would leave a second client behind.
  return "message" in error && /^(?:14 UNAVAILABLE|WatchdogAgent reset)/.test(String(error.message));
}
