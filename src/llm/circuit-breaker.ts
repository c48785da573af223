import { type CircuitBreakerOptions, createCircuitBreaker } from "../core/circuit-breaker.ts";
import { ModelError } from "./model.ts";

/** The breaker before a model. */
export type ModelBreaker = {
  /** To be called before the work. @throws {ModelError} `paused`. */
  enter(): void;
  succeeded(): void;
  /** A call that our own side stopped proves nothing and only leaves. */
  failed(error: ModelError): void;
};

export function createModelBreaker(options: CircuitBreakerOptions): ModelBreaker {
  const breaker = createCircuitBreaker(options);
  return {
    enter() {
      if (!breaker.enter()) throw new ModelError("paused");
    },
    succeeded: breaker.succeeded,
    failed({ kind }) {
      if (kind === "stopped" || kind === "paused") breaker.left();
      else breaker.failed();
    },
  };
}
