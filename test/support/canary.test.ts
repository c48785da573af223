import { describe, expect, test } from "vitest";
import { canariesIn, formsOf } from "./canary.ts";

const name = "令狐婉柔";

describe("canariesIn", () => {
  test("finds a text among others however it is written down, at every offset", () => {
    for (const before of ["", "a", "ab", "abc", "中"]) {
      const whole = Buffer.from(`${before}${name}，及其他`);
      const wide = Buffer.from(`${before}${name}，及其他`, "utf16le");
      for (const bytes of [
        whole,
        wide,
        Buffer.from(wide).swap16(),
        Buffer.from(whole.toString("base64")),
        Buffer.from(whole.toString("base64url")),
        Buffer.from(wide.toString("base64")),
        Buffer.from(whole.toString("hex")),
        Buffer.from(encodeURIComponent(whole.toString())),
      ]) {
        expect(canariesIn("x", bytes, [{ name: "n", text: name }]), bytes.toString("latin1")).toHaveLength(1);
      }
    }
  });

  test("finds nothing in what is not there, nor where it may show", () => {
    expect(canariesIn("x", "令狐婉", [{ name: "n", text: name }])).toEqual([]);
    expect(canariesIn("detail of one", name, [{ name: "n", text: name, shows: ["detail"] }])).toEqual([]);
    for (const [form, bytes] of formsOf("13912340928")) expect(bytes.length, form).toBeGreaterThan(9);
  });
});
