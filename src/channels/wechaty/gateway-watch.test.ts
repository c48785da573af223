import { EventEmitter } from "node:events";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { watchGateway } from "./gateway-watch.node.ts";

class Puppet extends EventEmitter {
  readonly grpcManager = new EventEmitter();
  pings = 0;
  /** Whether it answers a ping. */
  lives = true;
  ding() {
    this.pings += 1;
    if (this.lives) this.emit("heartbeat");
  }
}

describe("a gateway", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function watch() {
    const puppet = new Puppet();
    const lost: unknown[] = [];
    watchGateway(puppet, { now: () => new Date(Date.now()), lost: (error) => void lost.push(error) });
    return { puppet, lost };
  }

  test("that answers its pings is not lost, one that falls silent is", () => {
    const { puppet, lost } = watch();

    vi.advanceTimersByTime(600_000);
    expect(puppet.pings).toBe(30);
    expect(lost).toEqual([]);
    puppet.lives = false;
    vi.advanceTimersByTime(60_000);
    expect(lost).toEqual([]);
    vi.advanceTimersByTime(40_000);
    expect(lost).toHaveLength(1);
  });

  test.each(["end", "cancel"])(
    "is lost when its stream of events comes to %s, without any error",
    (event) => {
      const { puppet, lost } = watch();

      puppet.grpcManager.emit(event);

      expect(lost).toHaveLength(1);
    },
  );
});
