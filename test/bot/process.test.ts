import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");

/** Every file of ours that an entry loads, at once or later, and every package that those name. */
function loadedFrom(entry: string): { files: string[]; packages: string[] } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string) => {
    if (files.has(file)) return;
    files.add(file);
    if (!file.endsWith(".ts")) return;
    const code = readFileSync(file, "utf8");
    for (const [, isType, from] of code.matchAll(
      /^(?:import|export)( type)?\b[^;"]*?(?:from )?"([^"]+)"/gm,
    )) {
      if (isType !== undefined || from === undefined) continue;
      if (from.startsWith(".")) visit(resolve(dirname(file), from));
      else packages.add(from);
    }
    for (const [, from = ""] of code.matchAll(/\bimport\("([^"]+)"\)/g)) {
      if (from.startsWith(".")) visit(resolve(dirname(file), from));
      else packages.add(from);
    }
  };
  visit(join(root, entry));
  return { files: [...files].map((file) => relative(root, file)), packages: [...packages] };
}

describe("what the entries load", () => {
  const wechaty = (names: string[]) => names.filter((name) => /wechaty|file-box/.test(name));

  test("the Worker and the service never load wechaty", () => {
    for (const entry of ["src/worker.ts", "src/serve.node.ts", "src/server.ts"]) {
      const { files, packages } = loadedFrom(entry);
      expect(files.length).toBeGreaterThan(1);
      expect([...wechaty(packages), ...wechaty(files)]).toEqual([]);
    }
  });

  test("the bot loads wechaty, and no database", () => {
    const { files, packages } = loadedFrom("src/bot.ts");
    expect(wechaty(packages)).toContain("wechaty");
    expect(files.filter((file) => file.startsWith("src/db/"))).toEqual([]);
  });
});

test("without its switch the bot does not start, and tells each key that is missing", () => {
  const env = { PATH: process.env["PATH"], WECHATY_PUPPET_SERVICE_ENDPOINT: "no port" };
  const { status, stderr } = spawnSync(process.execPath, [join(root, "src/bot.ts")], {
    env,
    encoding: "utf8",
  });

  expect(status).toBe(1);
  expect(stderr.split("\n").map((line) => line.split("：")[0])).toEqual([
    "CHANNEL_TOKEN",
    "WECHATY_PUPPET",
    "WECHATY_PUPPET_SERVICE_ENDPOINT",
    "",
  ]);
  expect(stderr).not.toContain("no port");
});
