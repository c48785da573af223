import { createPublicKey, verify } from "node:crypto";
import { describe, expect, test } from "vitest";
import { fromHex, toHex } from "./bytes.ts";
import { createSigner, publicKeyPem, verifySignature } from "./signer.ts";

/** RFC 8032 section 7.1: secret key, public key, message, signature. */
const vectors: [string, string, string, string, string][] = [
  [
    "TEST 1",
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  ],
  [
    "TEST 2",
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  ],
  [
    "TEST 3",
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    "af82",
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  ],
];

const signerOf = (seed: string) => createSigner({ current: "k1", keys: new Map([["k1", fromHex(seed)]]) });

describe("a signer", () => {
  test.each(vectors)("signs as RFC 8032 %s", async (_, seed, publicKey, message, signature) => {
    const signer = await signerOf(seed);
    expect(toHex(signer.publicKey)).toBe(publicKey);
    expect(toHex(await signer.sign(fromHex(message)))).toBe(signature);
    expect(await verifySignature(fromHex(publicKey), fromHex(message), fromHex(signature))).toBe(true);
  });

  test("refuses another message, another key, and a signature cut short", async () => {
    const [, , key = "", , signature = ""] = vectors[1] ?? [];
    const other = vectors[2]?.[2] ?? "";
    expect(await verifySignature(fromHex(key), fromHex("73"), fromHex(signature))).toBe(false);
    expect(await verifySignature(fromHex(other), fromHex("72"), fromHex(signature))).toBe(false);
    expect(await verifySignature(fromHex(key), fromHex("72"), fromHex(signature.slice(2)))).toBe(false);
    expect(await verifySignature(fromHex(key.slice(2)), fromHex("72"), fromHex(signature))).toBe(false);
  });

  test("signs with the first key of the ring and tells the public keys of all", async () => {
    const [first, second] = vectors;
    const ring = new Map([
      ["k2", fromHex(second?.[1] ?? "")],
      ["k1", fromHex(first?.[1] ?? "")],
    ]);
    const signer = await createSigner({ current: "k2", keys: ring });
    expect(signer.keyId).toBe("k2");
    expect(toHex(await signer.sign(fromHex("72")))).toBe(second?.[4]);
    expect([...signer.publicKeys].map(([id, key]) => [id, toHex(key)])).toEqual([
      ["k2", second?.[2]],
      ["k1", first?.[2]],
    ]);
  });

  test("writes its public key as PEM that other programs read", async () => {
    const signer = await signerOf(vectors[0]?.[1] ?? "");
    const message = new TextEncoder().encode("回执");
    const key = createPublicKey(publicKeyPem(signer.publicKey));
    expect(verify(null, message, key, await signer.sign(message))).toBe(true);
  });
});
