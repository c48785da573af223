import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSigner } from "../crypto/signer.ts";
import { evidenceRoot, type ReceiptPayload, signReceipt, verifyReceipt } from "./receipt.ts";

const sha256 = (...parts: readonly Uint8Array[]) => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** The tree hash, written as RFC 6962 section 2.1 says it, on another library. */
function tree(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves;
  if (only === undefined) return sha256();
  if (leaves.length === 1) return sha256(Uint8Array.of(0), only);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(Uint8Array.of(1), tree(leaves.slice(0, split)), tree(leaves.slice(split)));
}

const digests = (count: number) =>
  Array.from({ length: count }, (_, index) => sha256(Buffer.from(String(index))).toString("hex"));

const signer = await createSigner({ current: "r1", keys: new Map([["r1", new Uint8Array(32).fill(8)]]) });

const payloadOf = async (evidence: readonly string[]): Promise<ReceiptPayload> => ({
  v: 1,
  reportNo: "CZ-00000-00000",
  filedAt: "2026-11-23T02:00:00.000Z",
  evidenceRoot: await evidenceRoot(evidence),
  evidenceCount: evidence.length,
  issuer: "知权",
  keyId: "r1",
});

describe("the root of the evidence", () => {
  test("is that of RFC 6962 for any number of files", async () => {
    for (let count = 0; count <= 17; count++) {
      const expected = tree(digests(count).map((digest) => Buffer.from(digest, "hex"))).toString("hex");
      expect(await evidenceRoot(digests(count))).toBe(expected);
    }
    expect(await evidenceRoot([])).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });

  test("is another when two files change places, or one is missing or doubled", async () => {
    const [a = "", b = "", c = ""] = digests(3);
    const roots = await Promise.all(
      [
        [a, b, c],
        [b, a, c],
        [a, b],
        [a, b, c, c],
      ].map(evidenceRoot),
    );
    expect(new Set(roots).size).toBe(4);
  });
});

describe("a receipt", () => {
  test("is the same each time it is signed, holds, and names neither content nor person", async () => {
    const payload = await payloadOf(digests(2));
    const receipt = await signReceipt(payload, signer);
    expect(await signReceipt(payload, signer)).toBe(receipt);
    expect(await verifyReceipt(receipt, signer.publicKeys)).toMatchObject({ valid: true, problems: [] });
    expect(Object.keys(payload).sort()).toEqual(
      ["evidenceCount", "evidenceRoot", "filedAt", "issuer", "keyId", "reportNo", "v"].sort(),
    );
  });

  test("holds no more whatever character of it is another", async () => {
    const receipt = await signReceipt(await payloadOf(digests(1)), signer);
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (let place = 0; place < receipt.length; place++) {
      const there = receipt[place] ?? "";
      // The neighbours in the alphabet differ in the lowest bits, which the last character does not carry.
      const index = alphabet.indexOf(there);
      const others = index === -1 ? ["A", "!"] : [alphabet[index ^ 1] ?? "", alphabet[index ^ 32] ?? "", "."];
      for (const other of others) {
        const changed = receipt.slice(0, place) + other + receipt.slice(place + 1);
        expect((await verifyReceipt(changed, signer.publicKeys)).valid, `${place} ${other}`).toBe(false);
      }
    }
  });

  test("holds no more with any bit of its payload or signature flipped", async () => {
    const receipt = await signReceipt(await payloadOf([]), signer);
    const [head = "", tail = ""] = receipt.split(".");
    const parts = [Buffer.from(head, "base64url"), Buffer.from(tail, "base64url")] as const;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(0, 1), fc.nat(), fc.nat(7), async (which, at, bit) => {
        const changed = parts.map((part) => Buffer.from(part));
        const part = changed[which];
        if (part === undefined) return;
        const place = at % part.length;
        part[place] = (part[place] ?? 0) ^ (1 << bit);
        const text = changed.map((one) => one.toString("base64url")).join(".");
        expect((await verifyReceipt(text, signer.publicKeys)).valid).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  test("holds with the key that signed it only, and under its own id only", async () => {
    const receipt = await signReceipt(await payloadOf([]), signer);
    const other = await createSigner({ current: "r1", keys: new Map([["r1", new Uint8Array(32).fill(9)]]) });
    expect(await verifyReceipt(receipt, other.publicKeys)).toMatchObject({
      valid: false,
      reportNo: null,
      problems: [expect.stringContaining("签名对不上")],
    });
    expect(await verifyReceipt(receipt, new Map([["r2", signer.publicKey]]))).toMatchObject({
      valid: false,
      problems: [expect.stringContaining("密钥 r1 不在")],
    });
  });

  test("tells whether the files are those it speaks of", async () => {
    const [a = "", b = "", c = ""] = digests(3);
    const receipt = await signReceipt(await payloadOf([a, b]), signer);
    const check = (evidence: string[]) => verifyReceipt(receipt, signer.publicKeys, evidence);
    expect(await check([a, b])).toMatchObject({ valid: true, evidenceCount: 2 });
    expect(await check([b, a])).toMatchObject({ valid: false, problems: [expect.stringContaining("顺序")] });
    expect(await check([a, c])).toMatchObject({ valid: false, reportNo: "CZ-00000-00000" });
    expect(await check([a])).toMatchObject({ valid: false, problems: [expect.stringContaining("份数")] });
  });

  test.each(["", "回执", "a.b", "....", "eyJ2IjoxfQ.AAAA", `${"A".repeat(40)}.${"A".repeat(86)}`])(
    "%j is none, and that is said in words",
    async (text) => {
      const answer = await verifyReceipt(text, signer.publicKeys);
      expect(answer).toMatchObject({ valid: false, reportNo: null, evidenceRoot: null });
      expect(answer.problems[0]).toMatch(/回执/);
    },
  );
});
