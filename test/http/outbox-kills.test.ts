import { afterAll, describe, expect, test } from "vitest";
import { silentLog } from "../../src/core/log.ts";
import { createNewId } from "../../src/core/new-id.ts";
import { type Database, unitOfWork } from "../../src/db/client.ts";
import { createDispatcher } from "../../src/notifications/dispatch-service.ts";
import type { Sender, SendResult } from "../../src/notifications/sender.ts";
import { createOutboxRepository } from "../../src/outbox/outbox-repository.ts";
import { outbox as table } from "../../src/outbox/schema.ts";
import { pickFrom } from "../support/case-walk.ts";
import { filing } from "../support/filing.ts";
import { createHarness } from "../support/harness.ts";
import { isFull, scale } from "../support/scale.ts";
import { type RunningServer, startServer } from "../support/server.ts";
import { startWebhookReceiver } from "../support/webhook-receiver.ts";

const minuteMs = 60_000;

/** A process that dies at one of its steps, before or after it took effect, and does nothing from then on. */
function mortal(diesAt: number, when: "before" | "after") {
  let steps = 0;
  let dead = false;
  return {
    get steps() {
      return steps;
    },
    async step<T>(work: () => Promise<T>): Promise<T> {
      if (dead) throw new Error("The process is dead.");
      const mine = ++steps;
      if (mine === diesAt && when === "before") dead = true;
      if (dead) throw new Error("The process dies.");
      const done = await work();
      if (mine === diesAt) dead = true;
      if (dead) throw new Error("The process dies.");
      return done;
    },
  };
}

type Mortal = ReturnType<typeof mortal>;
const immortal = () => mortal(Number.POSITIVE_INFINITY, "after");

/** A world in which dispatchers die, and a receiver that stays. */
async function createWorld() {
  const { db, vault } = await createHarness();
  let instant = new Date("2026-11-23T02:00:00Z");
  const received: string[] = [];
  const outbox = createOutboxRepository({ db, vault, newId: createNewId() });

  return {
    received,
    /** Some notices, and where they stand. */
    async enqueue(count: number, round: string) {
      const batches = await Promise.all(
        Array.from({ length: count }, (_, index) =>
          outbox.enqueue(
            {
              event: `case/${round}/${index}`,
              kind: "accepted",
              door: "webhook",
              recipient: "hall",
              fields: { reportNo: "CZ-00000-00000", state: "已受理", office: "献县市场监督管理局" },
            },
            instant,
          ),
        ),
      );
      await db.write(unitOfWork(batches.flat()));
    },
    rows: () => db.sql.select().from(table),
    clear: () => db.write([db.sql.delete(table)]),
    /** Moves the clock beyond every lease and every wait. */
    later: () => {
      instant = new Date(instant.getTime() + 30 * minuteMs);
    },
    /** A dispatcher in a process of its own. `answers` may fail a notice as a door does. */
    dispatcher(process: Mortal, answer: () => SendResult | Promise<SendResult> = () => ({ sent: true })) {
      const dying: Database = { ...db, write: (statements) => process.step(() => db.write(statements)) };
      const sender: Sender = {
        door: "webhook",
        send: (message) =>
          process.step(async () => {
            received.push(message.idempotencyKey);
            return answer();
          }),
      };
      return createDispatcher({
        outbox: createOutboxRepository({ db: dying, vault, newId: createNewId() }),
        senders: [sender],
        now: () => instant,
        chance: () => 0.5,
        log: silentLog,
      });
    },
  };
}

const count = scale(3, 8);

describe("a dispatcher that dies", () => {
  test("at any of its steps, before or after it took effect, loses nothing and makes no second notice of one", async () => {
    const world = await createWorld();
    await world.enqueue(count, "clean");
    const whole = immortal();
    expect(await world.dispatcher(whole).dispatchDue()).toEqual({ sent: count, failed: 0, dead: 0 });
    expect(whole.steps).toBeGreaterThan(2 * count);

    for (let diesAt = 1; diesAt <= whole.steps; diesAt++) {
      for (const when of ["before", "after"] as const) {
        await world.clear();
        world.received.length = 0;
        await world.enqueue(count, `${when}-${diesAt}`);
        const keys = (await world.rows()).map(({ idempotencyKey }) => idempotencyKey).sort();

        await world
          .dispatcher(mortal(diesAt, when))
          .dispatchDue()
          .catch(() => undefined);
        // What is under a lease is nobody's until that ends.
        const early = world.received.length;
        await world.dispatcher(immortal()).dispatchDue();
        expect(world.received.length - early).toBeLessThanOrEqual(count);
        world.later();
        await world.dispatcher(immortal()).dispatchDue();

        expect((await world.rows()).map(({ state }) => state)).toEqual(Array(count).fill("sent"));
        // The receiver that honours the key works with each once, and with every one.
        expect([...new Set(world.received)].sort(), `${when} ${diesAt}`).toEqual(keys);
        expect(world.received.length).toBeLessThanOrEqual(2 * count);
      }
    }
  });

  test(`again and again, at ${scale(8, 300)} seeded walks with doors that fail and two dispatchers at once, still loses nothing`, async () => {
    const world = await createWorld();
    for (let seed = 1; seed <= scale(8, 300); seed++) {
      const pick = pickFrom(seed);
      await world.clear();
      world.received.length = 0;
      await world.enqueue(12, `seed-${seed}`);
      const keys = (await world.rows()).map(({ idempotencyKey }) => idempotencyKey).sort();
      const answers = (): SendResult =>
        pick(4) > 0 ? { sent: true } : { sent: false, retryable: true, reason: "http_503" };
      for (let life = 0; life < 3; life++) {
        const die = () => mortal(1 + pick(30), pick(2) === 0 ? "before" : "after");
        await Promise.allSettled([
          world.dispatcher(die(), answers).dispatchDue(),
          world.dispatcher(die(), answers).dispatchDue(),
        ]);
        world.later();
      }
      for (let rest = 0; rest < 3; rest++) {
        await world.dispatcher(immortal()).dispatchDue();
        world.later();
      }
      expect(
        (await world.rows()).map(({ state }) => state),
        `seed ${seed}`,
      ).toEqual(Array(12).fill("sent"));
      expect([...new Set(world.received)].sort()).toEqual(keys);
    }
  });

  test("is none: three at once send each notice exactly once", async () => {
    const world = await createWorld();
    await world.enqueue(40, "three");
    const results = await Promise.all([1, 2, 3].map(() => world.dispatcher(immortal()).dispatchDue()));
    expect(results.reduce((sum, { sent }) => sum + sent, 0)).toBe(40);
    expect(world.received).toHaveLength(40);
    expect(new Set(world.received).size).toBe(40);
  });

  test("or is slow keeps what it has in hand for the time of its lease, and whoever took it up after that settles it", async () => {
    const world = await createWorld();
    await world.enqueue(1, "slow");
    let finish = (_result: SendResult) => {};
    const slow = world.dispatcher(immortal(), () => new Promise((resolve) => (finish = resolve)));
    const first = slow.dispatchDue();
    await expect.poll(() => world.received.length).toBe(1);

    expect(await world.dispatcher(immortal()).dispatchDue()).toEqual({ sent: 0, failed: 0, dead: 0 });
    expect(world.received).toHaveLength(1);
    world.later();
    const failing = world.dispatcher(immortal(), () => ({
      sent: false,
      retryable: true,
      reason: "http_503",
    }));
    expect(await failing.dispatchDue()).toEqual({ sent: 0, failed: 1, dead: 0 });

    finish({ sent: false, retryable: false, reason: "http_410" });
    await first;
    expect(await world.rows()).toMatchObject([{ state: "pending", reason: "http_503", attempts: 2 }]);
  });

  test("at its last attempt leaves a notice that staff can see and have sent again, not one that is tried for ever", async () => {
    const world = await createWorld();
    await world.enqueue(1, "poison");
    for (let life = 0; life < 20; life++) {
      // Dies with the notice in hand, each time.
      await world
        .dispatcher(mortal(2, "before"))
        .dispatchDue()
        .catch(() => undefined);
      world.later();
    }
    expect(await world.rows()).toMatchObject([{ state: "dead", reason: "not_finished", attempts: 12 }]);
  });
});

// Lives of a whole server take their time.
if (isFull) {
  describe("kill -9 of the server", () => {
    let running: RunningServer | undefined;
    afterAll(() => running?.stop());
    const lives = 6;

    test(`with a notice on its way, ${lives} times, loses none, and a receiver that honours the key works with each once`, async () => {
      const reports = 4;
      let arrived = () => {};
      /** The post, counted from here, that is never answered. */
      let hangsAt = Number.POSITIVE_INFINITY;
      const receiver = await startWebhookReceiver(() => {
        hangsAt -= 1;
        if (hangsAt !== 0) return { status: 204 };
        arrived();
        return "silence";
      });
      const secret = `whsec_${Buffer.alloc(32, 9).toString("base64")}`;
      const WEBHOOK_URLS = JSON.stringify([{ name: "hall", url: receiver.url, secret, kinds: ["received"] }]);
      let clock = Date.parse("2026-11-23T02:00:00Z");
      const live = (folder?: string) => {
        clock += 10 * minuteMs;
        return startServer({
          env: { WEBHOOK_URLS, NOW: new Date(clock).toISOString() },
          ...(folder === undefined ? {} : { folder }),
        });
      };

      let server = await live();
      running = server;
      const { folder } = server;
      const filed: string[] = [];
      for (let life = 1; life <= lives; life++) {
        for (let count = 0; count < reports; count++) {
          const response = await fetch(`${server.url}/api/v1/reports`, {
            method: "POST",
            headers: { authorization: `Bearer ${server.token}`, "Content-Type": "application/json" },
            body: JSON.stringify({ ...filing, userId: `u-${life}-${count}` }),
          });
          filed.push(((await response.json()) as { reportNo: string }).reportNo);
        }
        // At once, so that all or some of them are still to be sent.
        await server.kill();
        const arrivedBefore = new Set(receiver.posts.map(({ body }) => reportNoIn(body)));
        const unsent = filed.filter((reportNo) => !arrivedBefore.has(reportNo)).length;
        hangsAt = 1 + Math.min(life % 3, unsent - 1);
        const hanging = new Promise<void>((resolve) => {
          arrived = resolve;
        });
        server = await live(folder);
        running = server;
        if (unsent > 0) await hanging;
        await server.kill();
        hangsAt = Number.POSITIVE_INFINITY;
        server = await live(folder);
        running = server;
      }
      await expect
        .poll(() => [...new Set(receiver.posts.map(({ body }) => reportNoIn(body)))].sort(), {
          timeout: 20_000,
        })
        .toEqual([...filed].sort());
      expect(receiver.seen()).toHaveLength(filed.length);
      await server.stop();
      running = undefined;
      await receiver.close();
    }, 400_000);
  });
}

const reportNoIn = (body: string) => (JSON.parse(body) as { data: { reportNo: string } }).data.reportNo;
