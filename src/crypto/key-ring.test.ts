import { describe, expect, test } from "vitest";
import { randomBytes } from "../core/new-id.ts";
import { toBase64, toHex } from "./bytes.ts";
import { createVault, parseKeyRing } from "./key-ring.ts";
import { openRecord, sealRecord } from "./record-key.ts";

const ringOf = (...ids: string[]) => ({
  current: ids[0] ?? "k1",
  keys: new Map(ids.map((id, index) => [id, new Uint8Array(32).fill(index + 1)])),
});

describe("a vault", () => {
  test("opens what it sealed, and two sealings of one text differ", async () => {
    const vault = createVault(ringOf("k1"));
    const [a, b] = await Promise.all([
      vault.seal("report", "r1", "刘建国"),
      vault.seal("report", "r1", "刘建国"),
    ]);
    expect(await vault.open("report", "r1", a)).toBe("刘建国");
    expect(toHex(a)).not.toBe(toHex(b));
    expect(Buffer.from(a).includes(Buffer.from("刘建国"))).toBe(false);
  });

  test.each([
    ["another row", "report", "r2"],
    ["another use", "conversation", "r1"],
  ] as const)("does not open it for %s", async (_, use, context) => {
    const vault = createVault(ringOf("k1"));
    const sealed = await vault.seal("report", "r1", "x");
    await expect(vault.open(use, context, sealed)).rejects.toThrow();
  });

  test("does not open it once any byte was changed", async () => {
    const vault = createVault(ringOf("k1"));
    const sealed = await vault.seal("report", "r1", "x");
    for (let index = 0; index < sealed.length; index++) {
      const changed = Uint8Array.from(sealed);
      changed[index] = (changed[index] ?? 0) ^ 1;
      await expect(vault.open("report", "r1", changed), `byte ${index}`).rejects.toThrow();
    }
  });

  test("opens and hashes under an old key after rotation, and seals under the new one", async () => {
    const before = createVault(ringOf("k1"));
    const sealed = await before.seal("report", "r1", "x");
    const hash = await before.hash("query-code", "CZ-1");
    const keys = new Map([
      ["k2", new Uint8Array(32).fill(9)],
      ["k1", new Uint8Array(32).fill(1)],
    ]);
    const after = createVault({ current: "k2", keys });
    expect(await after.open("report", "r1", sealed)).toBe("x");
    expect(toHex(await after.hash("lookup", "speaker"))).toBe(toHex(await before.hash("lookup", "speaker")));
    expect(toHex(await after.hash("query-code", "CZ-1", "k1"))).toBe(toHex(hash));
    expect(toHex(await after.hash("query-code", "CZ-1"))).not.toBe(toHex(hash));
    await expect(before.open("report", "r1", await after.seal("report", "r1", "y"))).rejects.toThrow();
  });
});

describe("a record sealed under a key of its own", () => {
  test("opens with its wrapped key, and never without", async () => {
    const vault = createVault(ringOf("k1"));
    const record = await sealRecord(vault, "identity:r1", "13800001234", randomBytes);
    expect(await openRecord(vault, "identity:r1", record)).toBe("13800001234");
    const erased = { ...record, wrappedKey: new Uint8Array(record.wrappedKey.length) };
    await expect(openRecord(vault, "identity:r1", erased)).rejects.toThrow();
    await expect(openRecord(vault, "identity:r2", record)).rejects.toThrow();
  });
});

describe("a key ring in words", () => {
  const key = toBase64(new Uint8Array(32));

  test("is read with its ids, the first being current; a lone key is k1", () => {
    expect(parseKeyRing(`k2:${key}, k1:${key}`)).toMatchObject({ current: "k2" });
    expect(parseKeyRing(`${key}\n`)).toMatchObject({ current: "k1" });
  });

  test.each([
    ["a short key", toBase64(new Uint8Array(16))],
    ["an id twice", `a:${key},a:${key}`],
    ["an id in capitals", `A:${key}`],
    ["no key", ""],
    ["words", "secret"],
  ])("is refused with %s", (_, text) => {
    expect(parseKeyRing(text)).toBeUndefined();
  });
});
