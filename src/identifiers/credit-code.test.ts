import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { creditCodeCheck, parseCreditCode } from "./credit-code.ts";

describe("parseCreditCode", () => {
  test.each([
    ["91350100M000100Y43", "企业", "350100"],
    ["914403001922038216", "企业", "440300"],
    ["91350100m000100y43", "企业", "350100"],
    ["9135 0100 M000 100Y 43", "企业", "350100"],
    ["统一社会信用代码：91350100M000100Y43", "企业", "350100"],
    ["９１３５０１００Ｍ０００１００Ｙ４３", "企业", "350100"],
  ])("accepts %s", (text, category, regionCode) => {
    expect(parseCreditCode(text)).toMatchObject({ kind: "valid", facts: { category, regionCode } });
  });

  test.each([
    ["91350211M000100Y43", /校验/],
    ["91350100M000100Y4", /少1位/],
    ["91350100M000100Y433", /多1位/],
    ["91350100O000100Y43", /字母 O.*第9位/],
    ["9135010AM000100Y43", /第3到8位/],
    ["130900000012345", /旧注册号/],
    ["代码没有", /数字和大写字母/],
    ["", /18位/],
  ])("says what is wrong with %s", (text, problem) => {
    expect(parseCreditCode(text)).toMatchObject({
      kind: "malformed",
      problem: expect.stringMatching(problem),
    });
  });

  test("catches any single changed character", () => {
    const character = fc.constantFrom(..."0123456789ABCDEFGHJKLMNPQRTUWXY");
    fc.assert(
      fc.property(
        fc.array(character, { minLength: 9, maxLength: 9 }),
        fc.integer({ min: 0, max: 8 }),
        character,
        (body, at, other) => {
          const stem = `91130900${body.join("")}`;
          const changed = `${stem.slice(0, 8 + at)}${other}${stem.slice(9 + at)}`;
          expect(parseCreditCode(stem + creditCodeCheck(stem)).kind).toBe("valid");
          if (changed !== stem) expect(creditCodeCheck(changed)).not.toBe(creditCodeCheck(stem));
        },
      ),
    );
  });
});
