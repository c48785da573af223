import { describe, expect, test } from "vitest";
import { wecomAccounts } from "../../src/channels/wecom/schema.ts";
import type { Mishap } from "../support/fake-wechat.ts";
import { scale } from "../support/scale.ts";
import { createWecomScene } from "../support/wecom.ts";

const send = "/cgi-bin/kf/send_msg";
const sync = "/cgi-bin/kf/sync_msg";

describe("a storm", () => {
  test("of messages that are read again, callbacks that come more than once, and calls that fail: each is answered once", async () => {
    const { process, customer, put, service, wechat, conversation, rows, db, time } =
      await createWecomScene();
    const count = scale(100, 1_000);
    const doors = [process(), process(), process()];
    const random = createRandom(11);
    const people = Array.from({ length: count / 5 }, () => customer());
    const expected = new Map<string, string[]>();
    for (let n = 0; n < count; n++) {
      const one = people[Math.floor(random() * people.length)];
      if (one === undefined) continue;
      const item = one.write(`问${n}`);
      expected.set(one.externalUserid, [...(expected.get(one.externalUserid) ?? []), `听到：问${n}`]);
      // The platform gives some again, under the id that they had.
      if (random() < 0.3) put({ ...item });
      if (random() < 0.1) wechat.fail(send, pick(random, mishaps));
      if (random() < 0.05) wechat.fail(sync, pick(random, mishaps));
      if (random() < 0.05) wechat.dropToken();
      const copies = 1 + Math.floor(random() * 3);
      const calls = Array.from({ length: copies }, () => pick(random, doors).call());
      if (random() < 0.3) await Promise.all(calls);
      if (n === Math.floor(count / 2)) await db.write([db.sql.delete(wecomAccounts)]);
    }
    await Promise.all(doors.map((door) => door.settled()));
    // A breaker pauses for 30 s; what waits for the next message gets it.
    const tendLater = async () => {
      await time.pass(31_000);
      await service.tend();
    };
    for (let round = 0; round < 3; round++) await tendLater();
    for (const one of people) one.write("继续");
    for (let round = 0; round < 3; round++) await tendLater();

    for (const one of people) {
      const lines = one
        .got()
        .flatMap((text) => text.split("\n").filter((line) => line.startsWith("听到：问")));
      expect(lines, one.externalUserid).toEqual(expected.get(one.externalUserid) ?? []);
    }
    const messageIds = conversation.heard.map(({ messageId }) => messageId);
    expect(new Set(messageIds).size).toBe(messageIds.length);
    expect((await rows()).every(({ state }) => state === "done")).toBe(true);
  });
});

const mishaps: Mishap[] = [
  { kind: "errcode", errcode: -1 },
  { kind: "errcode", errcode: 45011 },
  { kind: "errcode", errcode: 95001 },
  { kind: "drop" },
  { kind: "drop", done: true },
  { kind: "malformed" },
];

const pick = <T>(random: () => number, list: readonly T[]): T => {
  const found = list[Math.floor(random() * list.length)];
  if (found === undefined) throw new Error("The list is empty.");
  return found;
};

/** A generator of numbers in [0, 1) from a seed (mulberry32), so that a failure comes again. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
