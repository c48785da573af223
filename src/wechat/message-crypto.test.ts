import { decrypt, encrypt, getSignature } from "@wecom/crypto";
import { describe, expect, test } from "vitest";
import { randomBytes } from "../core/new-id.ts";
import { createMessageCrypto, isSignedBy, signatureOf, UnreadableMessage } from "./message-crypto.ts";

const encodingAesKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
const receiverId = "wx0123456789abcdef";
const ours = createMessageCrypto({ encodingAesKey, receiverId, randomBytes });

/** Texts of 1,000 lengths in a row: every length of padding comes some thirty times. */
const messages = Array.from(
  { length: 1_000 },
  (_, n) => `<xml>${n % 3 === 0 ? "专" : "a"}${"b".repeat(n)}</xml>`,
);

describe("message encryption", () => {
  test("agrees with @wecom/crypto both ways on 1,000 messages of every padding length", async () => {
    const paddings = new Set(
      messages.map((message) => (20 + Buffer.byteLength(message) + receiverId.length) % 32),
    );
    const sealed = await Promise.all(messages.map((message) => ours.encrypt(message)));
    const opened = sealed.map((text) => decrypt(encodingAesKey, text));
    expect(opened.map(({ message }) => message)).toEqual(messages);
    expect(new Set(opened.map(({ id }) => id))).toEqual(new Set([receiverId]));
    const theirs = messages.map((message) => encrypt(encodingAesKey, message, receiverId));
    expect(await Promise.all(theirs.map((text) => ours.decrypt(text)))).toEqual(messages);
    expect(paddings.size).toBe(32);
  });

  test("signs as @wecom/crypto does", async () => {
    const [token, timestamp, nonce, sealed] = ["token", "1763863200", "n-1", await ours.encrypt("<xml/>")];
    const signature = getSignature(token, timestamp, nonce, sealed);
    expect(await signatureOf([token, timestamp, nonce, sealed])).toBe(signature);
    expect(await isSignedBy(signature, [nonce, sealed, token, timestamp])).toBe(true);
    expect(await isSignedBy(signature.toUpperCase(), [token, timestamp, nonce, sealed])).toBe(false);
    expect(await isSignedBy("", [token, timestamp, nonce, sealed])).toBe(false);
  });

  test("opens nothing that was changed, cut, or sealed for somebody else", async () => {
    const sealed = await ours.encrypt("<xml>专利</xml>");
    const other = createMessageCrypto({ encodingAesKey, receiverId: "wxother", randomBytes });
    const bytes = Buffer.from(sealed, "base64");
    const changed = (at: number) => {
      const copy = Buffer.from(bytes);
      copy[at] = (copy[at] ?? 0) ^ 1;
      return copy.toString("base64");
    };
    const wrong = [
      "",
      "=",
      "not base64!",
      sealed.slice(0, 20),
      bytes.subarray(0, bytes.length - 16).toString("base64"),
      // The last block but one holds what the padding is mixed with; the length stands in the second block.
      changed(bytes.length - 17),
      changed(0),
      encrypt("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefg", "<xml/>", receiverId),
      await other.encrypt("<xml/>"),
      encrypt(encodingAesKey, "<xml/>", ""),
    ];
    for (const text of wrong) await expect(ours.decrypt(text), text).rejects.toThrow(UnreadableMessage);
  });
});
