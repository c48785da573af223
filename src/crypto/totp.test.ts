import { describe, expect, test } from "vitest";
import { utf8 } from "./bytes.ts";
import { fromBase32, matchTotp, otpauthUri, toBase32, totpCode, totpStep } from "./totp.ts";

const secret = utf8("12345678901234567890");

describe("one-time codes", () => {
  test.each([
    [59, "94287082"],
    [1111111109, "07081804"],
    [1111111111, "14050471"],
    [1234567890, "89005924"],
    [2000000000, "69279037"],
    [20000000000, "65353130"],
  ])("are those of RFC 6238, appendix B, at second %i", async (second, code) => {
    expect(await totpCode(secret, totpStep(new Date(second * 1000)), 8)).toBe(code);
  });

  test.each([
    [0, "755224"],
    [1, "287082"],
    [5, "254676"],
    [9, "520489"],
  ])("are those of RFC 4226, appendix D, at count %i", async (step, code) => {
    expect(await totpCode(secret, step)).toBe(code);
  });

  test("are taken one step early and one late, and no further", async () => {
    const at = new Date(1_000_000 * 30_000);
    const matched = [];
    for (let step = 999_998; step <= 1_000_002; step++) {
      matched.push(await matchTotp(secret, await totpCode(secret, step), at));
    }
    expect(matched).toEqual([undefined, 999_999, 1_000_000, 1_000_001, undefined]);
  });
});

describe("base32", () => {
  test.each([
    ["", ""],
    ["f", "MY"],
    ["fo", "MZXQ"],
    ["foo", "MZXW6"],
    ["foob", "MZXW6YQ"],
    ["fooba", "MZXW6YTB"],
    ["foobar", "MZXW6YTBOI"],
  ])("writes and reads %j as RFC 4648, 10 does", (text, written) => {
    expect(toBase32(utf8(text))).toBe(written);
    expect(fromBase32(written)).toEqual(utf8(text));
  });
});

test("the address for an authenticator app names issuer, account and figures", () => {
  expect(otpauthUri({ issuer: "知权", account: "li.ming", secret: "MZXW6" })).toBe(
    "otpauth://totp/%E7%9F%A5%E6%9D%83:li.ming?secret=MZXW6&issuer=%E7%9F%A5%E6%9D%83&algorithm=SHA1&digits=6&period=30",
  );
});
