import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { builtRooms, deepest, expectedFiles, readPlan } from "../../scripts/import-rules.ts";

const root = join(import.meta.dirname, "../..");

describe("the plan of the rooms", () => {
  const plan = readPlan();
  const planned = plan.floors.flatMap((floor) => Object.keys(floor));

  test("names each room once", () => {
    expect(planned).toHaveLength(new Set(planned).size);
  });

  test("names every room that stands in src/", () => {
    expect(builtRooms().filter((room) => !planned.includes(room) && !room.endsWith(".test.ts"))).toEqual([]);
  });

  test("reaches every file of src/: none lies deeper than the rules do", () => {
    const files = readdirSync(join(root, "src"), { recursive: true }).map((path) =>
      String(path).split(/[\\/]/),
    );

    expect(files.filter((parts) => parts.at(-1)?.endsWith(".ts") && parts.length > deepest + 1)).toEqual([]);
  });

  test.each(Object.entries(expectedFiles()))(
    "%s is as `node scripts/import-rules.ts` writes it",
    (path, text) => {
      expect(readFileSync(join(root, path), "utf8")).toBe(text);
    },
  );
});

/** A file that breaks one rule, and what the linter must call it. */
const faults: [what: string, path: string, code: string, rule: string][] = [
  ["a higher room", "src/core/a.ts", `import "../cases/case.ts";`, "style/noRestrictedImports"],
  [
    "a room of the same floor",
    "src/regions/a.ts",
    `import "../knowledge/digest.ts";`,
    "style/noRestrictedImports",
  ],
  [
    "a higher room's type",
    "src/db/a.ts",
    `import type { A } from "../cases/a.ts";\nexport type B = A;`,
    "style/noRestrictedImports",
  ],
  ["a higher room, handed on", "src/db/a.ts", `export * from "../cases/a.ts";`, "style/noRestrictedImports"],
  [
    "a higher room, later",
    "src/db/a.ts",
    `export const a = import("../cases/a.ts");`,
    "style/noRestrictedImports",
  ],
  [
    "a higher room from a folder in a room",
    "src/cases/sub/a.ts",
    `import "../../pages/a.ts";`,
    "style/noRestrictedImports",
  ],
  [
    "a higher room from a folder in a folder",
    "src/conversation/understanding/learned/a.ts",
    `import "../../../../pages/a.ts";`,
    "style/noRestrictedImports",
  ],
  ["an entry", "src/cases/a.ts", `import "../server.ts";`, "style/noRestrictedImports"],
  ["the app from a page", "src/pages/a.ts", `import "../app.ts";`, "style/noRestrictedImports"],
  ["an entry from the app", "src/app.ts", `import "./server.ts";`, "style/noRestrictedImports"],
  ["an entry from an entry", "src/bot.ts", `import "./server.ts";`, "style/noRestrictedImports"],
  ["a room that nobody planned", "src/cases/a.ts", `import "../helpers/a.ts";`, "style/noRestrictedImports"],
  [
    "something outside src/",
    "src/cases/a.ts",
    `import "../../scripts/bench.ts";`,
    "style/noRestrictedImports",
  ],
  ["a type in passing", "src/db/a.ts", `export type A = import("../cases/a.ts").A;`, "plugin"],
  [
    "openai outside llm",
    "src/cases/a.ts",
    `import OpenAI from "openai";\nexport const a = OpenAI;`,
    "plugin",
  ],
  [
    "a part of openai",
    "src/cases/a.ts",
    `import { toFile } from "openai/uploads";\nexport const a = toFile;`,
    "plugin",
  ],
  [
    "wechaty outside its channel",
    "src/channels/wecom/a.ts",
    `import { a } from "wechaty";\nexport const b = a;`,
    "plugin",
  ],
  [
    "a puppet outside its channel",
    "src/cases/a.ts",
    `import { a } from "wechaty-puppet";\nexport const b = a;`,
    "plugin",
  ],
  ["the libSQL client outside db", "src/cases/a-repository.ts", `import "@libsql/client/web";`, "plugin"],
  [
    "drizzle in a pure file",
    "src/cases/case.ts",
    `import { eq } from "drizzle-orm";\nexport const a = eq;`,
    "plugin",
  ],
  ["drizzle in a route", "src/cases/case-routes.ts", `import "drizzle-orm/sqlite-core";`, "plugin"],
  ["test code", "src/cases/a.ts", `import "../../test/support/scale.ts";`, "plugin"],
  ["a node: module", "src/cases/a.ts", `import "node:fs";`, "correctness/noNodejsModules"],
  ["a node: module in the Worker", "src/worker.ts", `import "node:crypto";`, "correctness/noNodejsModules"],
  ["a Node global", "src/cases/a.ts", `export const a = Buffer.from("a");`, "style/noRestrictedGlobals"],
  ["the process", "src/app.ts", `export const a = process.argv;`, "style/noRestrictedGlobals"],
  [
    "the environment",
    "src/storage/a.node.ts",
    `export const a = process.env["A"];`,
    "nursery/noJsRestrictedProperties",
  ],
  ["the time", "src/cases/a.ts", `export const a = () => Date.now();`, "nursery/noJsRestrictedProperties"],
  ["the time as a date", "src/cases/a.ts", `export const a = () => new Date();`, "plugin"],
  ["chance", "src/cases/a.ts", `export const a = () => Math.random();`, "nursery/noJsRestrictedProperties"],
  [
    "a cycle",
    "src/cases/a.ts",
    `import { b } from "./b.ts";\nexport const a = () => b;`,
    "suspicious/noImportCycles",
  ],
  ["a default export", "src/cases/a.ts", `export default 1;`, "style/noDefaultExport"],
  ["any", "src/cases/a.ts", `export const a: any = 1;`, "suspicious/noExplicitAny"],
  [
    "a non-null assertion",
    "src/cases/a.ts",
    `export const a = (b?: string) => b!;`,
    "style/noNonNullAssertion",
  ],
  [
    "a type imported as a value",
    "src/cases/a.ts",
    `import { B } from "./c.ts";\nexport type A = B;`,
    "style/useImportType",
  ],
  [
    "a promise left alone",
    "src/cases/a.ts",
    `export function a() {\n  Promise.reject();\n}`,
    "nursery/noFloatingPromises",
  ],
  [
    "a test that hides the others",
    "src/cases/a.test.ts",
    // In two pieces, so that a search for focused tests finds none here.
    `test.${"only"}("a", () => {});`,
    "suspicious/noFocusedTests",
  ],
];

/** A file that comes near a rule and keeps it. */
const allowed: [what: string, path: string, code: string][] = [
  ["a room below", "src/cases/a.ts", `import "../core/error.ts";`],
  ["a room below from a folder in a room", "src/channels/web/a.ts", `import "../../core/error.ts";`],
  ["a neighbour in the room, from a folder in it", "src/channels/web/a.ts", `import "../sender.ts";`],
  ["every room, from the app", "src/app.ts", `import "./pages/a.ts";`],
  ["the app, from an entry", "src/worker.ts", `import "./app.ts";`],
  ["data beside src/", "src/knowledge/a.ts", `import "../../knowledge/a.json";`],
  ["drizzle in a schema", "src/cases/schema.ts", `import "drizzle-orm/sqlite-core";`],
  ["the libSQL client in db", "src/db/client.ts", `import "@libsql/client";`],
  ["wechaty in its channel", "src/channels/wechaty/a.ts", `import "wechaty";`],
  ["a node: module on Node", "src/storage/a.node.ts", `import "node:fs";`],
  [
    "the environment in an entry",
    "src/server.ts",
    `export const a = [process.env["A"], Date.now(), new Date()];`,
  ],
  ["the time in the clock", "src/core/clock.ts", `export const a = () => [Date.now(), new Date()];`],
  ["a given time", "src/cases/a.ts", `export const a = (at: number) => new Date(at);`],
  [
    "support, time and Node in a test",
    "src/cases/a.test.ts",
    `import "../../test/support/scale.ts";\nimport "node:fs";\nnew Date();`,
  ],
  ["a default export of the Worker", "src/worker.ts", `export default {};`],
];

describe("the linter", () => {
  const folder = mkdtempSync(join(tmpdir(), "import-rules-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(faults)("refuses %s in %s", (_, path, code, rule) => {
    expect(lint(folder, path, code)).toContain(rule);
  });

  test.each(allowed)("allows %s in %s", (_, path, code) => {
    expect(lint(folder, path, code)).toEqual([]);
  });
});

/** The rules that the file `path` with this code breaks in a copy of the project made for it under `folder`. */
function lint(folder: string, path: string, code: string): string[] {
  const copy = mkdtempSync(join(folder, "copy-"));
  const put = (name: string, text: string) => {
    mkdirSync(dirname(join(copy, name)), { recursive: true });
    writeFileSync(join(copy, name), text);
  };
  cpSync(join(root, "scripts/lint"), join(copy, "scripts/lint"), { recursive: true });
  cpSync(join(root, "biome.rooms.json"), join(copy, "biome.rooms.json"));
  const { vcs: _, ...config } = JSON.parse(readFileSync(join(root, "biome.json"), "utf8")) as {
    vcs: unknown;
  };
  put("biome.json", JSON.stringify(config)); // The copy is no git repository.
  put("src/cases/b.ts", `import { a } from "./a.ts";\nexport const b = () => a;\n`);
  put("src/cases/c.ts", "export type B = string;\n");
  put(path, `${code}\n`);

  const { stdout } = spawnSync(join(root, "node_modules/.bin/biome"), ["lint", "--reporter=json", path], {
    cwd: copy,
    encoding: "utf8",
  });
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { category: string }[] };
  return diagnostics.map(({ category }) => category.replace(/^lint\//, ""));
}
