import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileTypeFromBuffer } from "file-type";
import { afterAll, describe, expect, test } from "vitest";
import { findInClear } from "./instance.ts";
import { randomPng } from "./png.ts";

describe("findInClear", () => {
  const folder = mkdtempSync(join(tmpdir(), "zhiquan-clear-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "blobs"));
  writeFileSync(join(folder, "blobs", "a"), "……刘建国……");
  writeFileSync(join(folder, "zhiquan.db"), Buffer.from([0, 255, ...Buffer.from("13800001234"), 0]));

  test("finds words in any file of the folder, and in the log", () => {
    const found = findInClear(["刘建国", "13800001234"], { folder, log: "call 13800001234" });

    expect(found.sort()).toEqual([
      "“13800001234” in the log",
      "“13800001234” in zhiquan.db",
      "“刘建国” in a",
    ]);
  });

  test("finds nothing where nothing is", () => {
    expect(findInClear(["郝庆余", "13903170021"], { folder, log: "started" })).toEqual([]);
  });
});

test("each picture is a PNG by its content, and no two are the same", async () => {
  const [one, other] = [randomPng(), randomPng()];

  expect(await fileTypeFromBuffer(one)).toMatchObject({ mime: "image/png" });
  expect(Buffer.from(one).equals(Buffer.from(other))).toBe(false);
});
