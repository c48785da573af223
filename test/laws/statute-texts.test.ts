import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { lawsDir } from "../support/laws.ts";

test("the folder of statute texts holds the patent law in its edition of 2020", () => {
  expect(readdirSync(lawsDir())).toContain("专利法(2020-10-17).md");
});
