import { EventEmitter } from "node:events";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { silentLog } from "../../core/log.ts";
import type { FromBot, ToBot } from "./bot-link.ts";
import { superviseBot } from "./supervisor.node.ts";

class Child extends EventEmitter {
  readonly sent: ToBot[] = [];
  readonly signals: NodeJS.Signals[] = [];
  send(message: ToBot) {
    this.sent.push(message);
  }
  kill(signal: NodeJS.Signals) {
    this.signals.push(signal);
    this.emit("exit", null);
  }
  tell(message: FromBot) {
    this.emit("message", message);
  }
}

function supervise() {
  const children: Child[] = [];
  const supervisor = superviseBot({
    start: () => {
      const child = new Child();
      children.push(child);
      return child;
    },
    log: silentLog,
    now: () => new Date(Date.now()),
    backOff: { firstMs: 500, maxMs: 4_000, stableMs: 60_000 },
  });
  const newest = () => children.at(-1) ?? new Child();
  return { supervisor, children, newest };
}

describe("a supervisor", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("starts the bot again, each time later, and soon again after a time of peace", async () => {
    const { supervisor, children, newest } = supervise();
    for (const waitMs of [500, 1_000, 2_000, 4_000, 4_000]) {
      const count = children.length;
      newest().emit("exit", 1);
      expect(supervisor.health().state).toBe("waiting");
      vi.advanceTimersByTime(waitMs - 1);
      expect(children).toHaveLength(count);
      vi.advanceTimersByTime(1);
      expect(children).toHaveLength(count + 1);
    }
    for (let time = 0; time < 13; time += 1) {
      vi.advanceTimersByTime(5_000);
      newest().tell({ kind: "beat", loggedIn: true });
    }
    newest().emit("exit", 1);
    vi.advanceTimersByTime(500);

    expect(supervisor.health()).toEqual({ state: "starting", restarts: 6 });
    await supervisor.stop();
  });

  test("tells who is reached, and ends a bot that has fallen silent", async () => {
    const { supervisor, children, newest } = supervise();
    expect(supervisor.health().state).toBe("starting");
    newest().tell({ kind: "beat", loggedIn: false });
    expect(supervisor.health().state).toBe("logged_out");
    newest().tell({ kind: "beat", loggedIn: true });
    expect(supervisor.health()).toEqual({ state: "ok", restarts: 0 });

    vi.advanceTimersByTime(60_000);
    expect(children[0]?.signals).toEqual([]);
    vi.advanceTimersByTime(5_000);
    expect(children[0]?.signals).toEqual(["SIGKILL"]);
    vi.advanceTimersByTime(500);
    expect(children).toHaveLength(2);
    await supervisor.stop();
  });

  test("hands on what the last one left: in hand, settled, offered", async () => {
    const { supervisor, newest } = supervise();
    const note = (given: Extract<FromBot, { kind: "note" }>["note"]) =>
      newest().tell({ kind: "note", note: given });
    const message = { messageId: "a", talkerId: "li", addressed: true, left: 0 };
    note({ kind: "taken", message });
    note({ kind: "taken", message: { ...message, messageId: "b" } });
    note({ kind: "settled", messageId: "b" });
    note({ kind: "offered", conversation: "|li", options: [{ id: "confirm", label: "确认" }] });
    newest().emit("exit", 1);
    vi.advanceTimersByTime(500);
    newest().tell({ kind: "hello" });

    expect(newest().sent).toEqual([
      {
        kind: "notes",
        notes: {
          inHand: [{ ...message, left: 1 }],
          settled: ["b"],
          offered: [["|li", [{ id: "confirm", label: "确认" }]]],
        },
      },
    ]);
    await supervisor.stop();
  });

  test("starts none after it was told to stop", async () => {
    const { supervisor, children } = supervise();

    await supervisor.stop();
    vi.advanceTimersByTime(120_000);

    expect(children).toHaveLength(1);
    expect(children[0]?.signals).toEqual(["SIGTERM"]);
  });
});
