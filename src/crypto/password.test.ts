import { describe, expect, test } from "vitest";
import { hashPassword, verifyPassword } from "./password.ts";

describe("a stored password", () => {
  test("was hashed 100,000 times where nothing else is asked for, under a salt of its own", async () => {
    const [one, two] = [await hashPassword("County-password-1"), await hashPassword("County-password-1")];
    expect(one).toMatch(/^pbkdf2-sha256\$100000\$[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=$/);
    expect(two).not.toBe(one);
  });

  test.each([undefined, 1_000])("opens to the same password only: %s iterations", async (iterations) => {
    const stored = await hashPassword("County-password-1", undefined, iterations);
    expect(await verifyPassword("County-password-1", stored)).toBe(true);
    expect(await verifyPassword("County-password-2", stored)).toBe(false);
  });
});
