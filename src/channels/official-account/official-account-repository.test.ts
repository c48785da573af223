import { describe, expect, test } from "vitest";
import { createHarness } from "../../../test/support/harness.ts";
import { createOfficialAccountRepository, type Way } from "./official-account-repository.ts";

const at = new Date("2026-11-23T02:00:00Z");
const inbound = {
  openid: "o-1",
  account: "gh_1",
  identity: "message|1",
  sentAt: undefined,
  wish: { kind: "text", text: "我要举报", typed: true },
} as const;

describe("the rows of messages", () => {
  test("of many deliveries at once one works, and of many decisions at once one stands, with its options", async () => {
    const { db, vault } = await createHarness();
    const [one, other] = [0, 1].map(() => createOfficialAccountRepository({ db, vault }));
    if (one === undefined || other === undefined) throw new Error("Two are needed.");
    const leaseUntil = new Date(at.getTime() + 60_000);
    const rows = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        (n % 2 === 0 ? one : other).arrive({
          key: "k",
          userKey: "u",
          inbound,
          delivery: `d${n}`,
          at,
          leaseUntil,
        }),
      ),
    );
    expect(new Set(rows.map(({ worker }) => worker)).size).toBe(1);

    const [row] = rows;
    if (row === undefined) throw new Error("Nothing arrived.");
    const ways: Way[] = ["passive", "push", "asked"];
    const decided = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        one.decideWay(row, {
          way: ways[n % 3] ?? "push",
          delivery: `d${n}`,
          deliveryAt: at,
          newest: false,
          shown: 0,
          isAll: false,
          options: [`option-of-d${n}`],
          at,
        }),
      ),
    );
    const winners = new Set(decided.map(({ way, givenTo }) => `${way} ${givenTo}`));
    expect(winners.size).toBe(1);
    expect((await one.findUser("u"))?.options).toEqual([`option-of-${decided[0]?.givenTo}`]);

    const late = {
      delivery: "late",
      deliveryAt: at,
      newest: false,
      shown: 0,
      isAll: true,
      options: ["late"],
      at,
    };
    for (const way of ways) {
      const stands = await other.decideWay(row, { ...late, way });
      expect(`${stands.way} ${stands.givenTo}`).toBe([...winners][0]);
    }
    expect((await one.findUser("u"))?.options).not.toEqual(["late"]);
  });

  test("an older delivery cannot take the answer from a newer one, and what people wrote is sealed", async () => {
    const { db, vault } = await createHarness();
    const repository = createOfficialAccountRepository({ db, vault });
    const arrive = (delivery: string) =>
      repository.arrive({ key: "k", userKey: "u", inbound, delivery, at, leaseUntil: at });
    const row = await arrive("older");
    await arrive("newer");
    const decision = {
      way: "passive",
      deliveryAt: at,
      newest: true,
      shown: 1,
      isAll: true,
      options: [],
      at,
    } as const;
    expect((await repository.decideWay(row, { ...decision, delivery: "older" })).way).toBeNull();
    expect((await repository.decideWay(row, { ...decision, delivery: "newer" })).givenTo).toBe("newer");
    expect(Buffer.from(row.sealedInbound ?? []).includes(Buffer.from("举报"))).toBe(false);
    expect(await repository.inboundOf(row)).toEqual({ ...inbound, sentAt: undefined });
  });
});
