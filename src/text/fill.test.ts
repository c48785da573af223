import { expect, test } from "vitest";
import { fill } from "./fill.ts";

test("places are filled once, with what was given, and others stay", () => {
  expect(fill("{a}和{b}", { a: "{b}", c: "丙" })).toBe("{b}和{b}");
});
