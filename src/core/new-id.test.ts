import { expect, test } from "vitest";
import { randomBytes, toCrockford } from "./new-id.ts";

test("no random bytes are given out twice, however many are asked for", () => {
  const given = [16, 12, 5000, 1025, 16, ...Array.from({ length: 600 }, () => 16)].map((length) => {
    const bytes = randomBytes(length);
    expect(bytes.length).toBe(length);
    return bytes;
  });
  expect(new Set(given.map((bytes) => toCrockford(bytes.slice(0, 12)))).size).toBe(given.length);
  // What was given out is the taker's alone.
  const [first] = given;
  first?.fill(0);
  expect(randomBytes(16).some((byte) => byte !== 0)).toBe(true);
  expect(randomBytes(0).length).toBe(0);
});
