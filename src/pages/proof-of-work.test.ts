import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import vm from "node:vm";
import { describe, expect, test } from "vitest";
import { assetFile } from "./assets.node.ts";

const script = readFileSync(assetFile("proof-of-work.js"), "utf8");
const proveWork = vm.runInThisContext(`${script}; proveWork`) as (
  challenge: string,
  bits: number,
) => Promise<string>;

describe("the work that the page does", () => {
  // Around where a block of SHA-256 ends, and where its length still fits.
  test.each([0, 1, 52, 53, 54, 55, 56, 61, 62, 63, 64, 90, 117, 118, 119, 127, 200])(
    "finds the first counter that fits after a challenge of %i letters",
    async (length) => {
      const challenge = "c".repeat(length);
      const fits = (counter: number) => hash("sha256", `${challenge}:${counter}`, "buffer")[0] === 0;
      let first = 0;
      while (!fits(first)) first++;

      expect(await proveWork(challenge, 8)).toBe(`${challenge}:${first}`);
    },
  );
});
