/** The part of autocannon 9 that the benchmarks use; the package ships no types. */
declare module "autocannon" {
  type Sent = { method?: string; path?: string; headers?: Record<string, string>; body?: string };
  type Options = {
    url: string;
    connections: number;
    /** How many requests in all; the run ends when they are answered. */
    amount: number;
    /** Seconds until one request counts as timed out. */
    timeout?: number;
    /** Each connection sends these in turn, again and again; `context` is fresh for each round. */
    requests: (Sent & { setupRequest?: (request: Sent, context: Record<string, unknown>) => Sent })[];
  };
  type Result = { non2xx: number; errors: number; timeouts: number };
  type Instance = {
    on(
      event: "response",
      listener: (client: object, status: number, bytes: number, responseMs: number) => void,
    ): Instance;
  };
  export default function autocannon(
    options: Options,
    done: (error: Error | null, result: Result) => void,
  ): Instance;
}
