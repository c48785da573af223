/**
 * The rooms of `src/` and who may import whom stand once, in `scripts/rooms.json`. This writes what follows
 * from them: the linter's rules in `biome.rooms.json`, its plugins in `scripts/lint/`, and the plan in `docs/architecture.md`.
 *
 * `node scripts/import-rules.ts` writes; `npm run fix` runs it. A test fails when something is stale.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "..");

export type Plan = {
  /** From the ground up: room (a folder, or a file of `src/` itself) → what it owns. */
  floors: Record<string, string>[];
  /** npm package → globs of the files that may import it. */
  packages: Record<string, string[]>;
  /** What lies beside `src/` and may be imported as data. */
  data: string[];
};

/** How many folders below `src/` a file may lie: the rules below are written for each depth. */
export const deepest = 3;

const isFile = (room: string) => room.endsWith(".ts");
const tests = "src/**/*.test.ts";
const entries = ["src/server.ts", "src/bot.ts", "src/worker.ts"];
/** Files that run on Node alone. */
const nodeOnly = ["src/server.ts", "src/bot.ts", "src/**/*.node.ts", tests];

export function readPlan(): Plan {
  return JSON.parse(readFileSync(join(root, "scripts/rooms.json"), "utf8")) as Plan;
}

const slug = (name: string) => name.replace("@", "").replace("/", "-");

/** The GritQL plugins that the overrides name: file name in `scripts/lint/` → text. */
export function lintPlugins(plan: Plan): Record<string, string> {
  const importing = (pattern: string, message: string) =>
    [
      "// Written by scripts/import-rules.ts.",
      "JsModuleSource() as $source where {",
      `  $source <: r"[\\"']${pattern}[\\"']",`,
      `  register_diagnostic(span = $source, message = "${message}")`,
      "}",
      "",
    ].join("\n");
  return {
    ...Object.fromEntries(
      Object.entries(plan.packages).map(([name, homes]) => [
        `${slug(name)}.grit`,
        importing(`${name}(-[^/]*)?(/.*)?`, `Only ${homes.join(", ")} may import ${name}.`),
      ]),
    ),
    "test-code.grit": importing(".*/test/.*", "Only tests may import from test/."),
    "import-type.grit": [
      "// Written by scripts/import-rules.ts.",
      "TsImportType() as $type where {",
      '  register_diagnostic(span = $type, message = "Write `import type` at the head of the file, where the import rules see it.")',
      "}",
      "",
    ].join("\n"),
    "present-time.grit": [
      "// Written by scripts/import-rules.ts.",
      "or { `new Date()`, `new Date`, `Date()` } as $now where {",
      '  register_diagnostic(span = $now, message = "Take the time from the Clock that is handed in.")',
      "}",
      "",
    ].join("\n"),
  };
}

const not = (globs: readonly string[]) => globs.map((glob) => `!${glob}`);
const plugin = (name: string) => `./scripts/lint/${name}.grit`;

/** The overrides that `biome.json` extends. */
export function overrides(plan: Plan): object[] {
  const time = ["src/core/clock.ts"];
  return [
    ...plan.floors.flatMap((floor, index) => floorOverrides(plan, floor, index)),
    ...Object.entries(plan.packages).map(([name, homes]) => ({
      includes: ["src/**", ...not(homes), ...not([tests])],
      plugins: [plugin(slug(name))],
    })),
    { includes: ["src/**", ...not([tests])], plugins: [plugin("test-code"), plugin("import-type")] },
    {
      includes: ["src/**", ...not([...nodeOnly])],
      linter: {
        rules: {
          correctness: { noNodejsModules: "error" },
          style: {
            noRestrictedGlobals: {
              level: "error",
              options: {
                deniedGlobals: {
                  process:
                    "Workers have none: what the environment says is read in the entry files and handed in.",
                  Buffer: "Workers have none: use Uint8Array and crypto/bytes.ts.",
                  setImmediate: "Workers have none.",
                },
              },
            },
          },
        },
      },
    },
    {
      includes: ["src/**", ...not([...entries, tests])],
      linter: {
        rules: { nursery: { noJsRestrictedProperties: restricted([["process", "env"], ...handedIn]) } },
      },
    },
    // The clock itself is where the present comes from; the pause before a retry needs no foreseeable chance.
    { includes: ["src/**", ...not([...entries, ...time, tests])], plugins: [plugin("present-time")] },
    {
      includes: [...time, "src/db/client.ts"],
      linter: { rules: { nursery: { noJsRestrictedProperties: restricted([["process", "env"]]) } } },
    },
    {
      // Tools load these by their default export.
      includes: [
        "*.config.ts",
        "**/*.d.ts",
        "src/worker.ts",
        "test/support/plain-reporter.ts",
        "test/support/fixtures/worker/*.ts",
      ],
      linter: { rules: { style: { noDefaultExport: "off" } } },
    },
  ];
}

const handedIn = [
  ["Date", "now"],
  ["performance", "now"],
  ["Math", "random"],
] as const;

function restricted(properties: readonly (readonly [string, string])[]) {
  const entries = properties.map(([object, property]) => ({
    object,
    property,
    message: "Time, chance and settings are handed in, so that tests hold them still.",
  }));
  return { level: "error", options: { entries } };
}

/** What the rooms of one floor may import: the floors below, and the data beside `src/`. */
function floorOverrides(plan: Plan, floor: Record<string, string>, index: number): object[] {
  const below = plan.floors.slice(0, index).flatMap((lower) => Object.keys(lower));
  const message =
    below.length === 0
      ? `The ground floor (${Object.keys(floor).join(", ")}) imports no other room.`
      : `Floor ${index} (${Object.keys(floor).join(", ")}) may import the floors below it only: ${below.join(", ")}.`;
  const allow = (up: string, beside: string) => [
    ...below.map((room) => `!${up}${isFile(room) ? room : `${room}/**`}`),
    ...plan.data.map((name) => `!${beside}${name.includes(".") ? name : `${name}/**`}`),
    `!${beside}test/**`, // Another rule keeps this to tests.
  ];
  const override = (includes: string[], group: string[]) => ({
    includes,
    linter: {
      rules: {
        style: { noRestrictedImports: { level: "error", options: { patterns: [{ group, message }] } } },
      },
    },
  });

  const files = Object.keys(floor).filter(isFile);
  const folders = Object.keys(floor).filter((room) => !isFile(room));
  const result = [];
  if (files.length > 0) {
    // A file of `src/` itself: its neighbours are `./room/…`.
    result.push(
      override(
        files.map((file) => `src/${file}`),
        ["./**", "../**", ...allow("./", "../")],
      ),
    );
  }
  if (folders.length > 0) {
    for (let depth = 1; depth <= deepest; depth += 1) {
      const up = "../".repeat(depth);
      result.push(
        override(
          folders.map((folder) => `src/${folder}/${"*/".repeat(depth - 1)}*.ts`),
          [`${up}**`, ...allow(up, `${up}../`)],
        ),
      );
    }
  }
  return result;
}

/** The rooms that stand: folders of `src/` with a TypeScript file in them, and files of `src/` itself. */
export function builtRooms(): string[] {
  return readdirSync(join(root, "src"), { withFileTypes: true })
    .filter((entry) =>
      entry.isDirectory()
        ? readdirSync(join(root, "src", entry.name), { recursive: true }).some((file) =>
            String(file).endsWith(".ts"),
          )
        : isFile(entry.name),
    )
    .map((entry) => entry.name);
}

const marks = { start: "<!-- rooms: written by scripts/import-rules.ts -->", end: "<!-- /rooms -->" };

/** The diagram and the table of the rooms, as Markdown. */
export function planAsMarkdown(plan: Plan, built: readonly string[]): string {
  const standing = plan.floors.map((floor) => Object.entries(floor).filter(([room]) => built.includes(room)));
  const missing = plan.floors.flatMap((floor) => Object.keys(floor)).filter((room) => !built.includes(room));
  const name = (room: string) => (isFile(room) ? room : `${room}/`);
  const floors = standing
    .map((rooms, index) => ({ index, rooms }))
    .filter(({ rooms }) => rooms.length > 0)
    .reverse();
  return [
    "```mermaid",
    "flowchart TB",
    ...floors.map(
      ({ index, rooms }) => `  floor${index}["${index} · ${rooms.map(([room]) => name(room)).join(" · ")}"]`,
    ),
    `  ${floors.map(({ index }) => `floor${index}`).join(" --> ")}`,
    "```",
    "",
    "| floor | room | owns |",
    "|---|---|---|",
    ...standing.flatMap((rooms, index) =>
      rooms.map(([room, owns]) => `| ${index} | \`src/${name(room)}\` | ${owns} |`),
    ),
    "",
    ...(missing.length === 0 ? [] : [`Rooms still to be built: ${missing.map(name).join(", ")}.`, ""]),
    "Packages with a home: only these files may import them.",
    "",
    "| package | files |",
    "|---|---|",
    ...Object.entries(plan.packages).map(([name, homes]) => `| ${name} | ${homes.join(", ")} |`),
  ].join("\n");
}

/** `text` with the part between the marks replaced. */
function betweenMarks(text: string, part: string): string {
  const [before] = text.split(marks.start);
  const [, after] = text.split(marks.end);
  if (before === undefined || after === undefined) throw new Error("docs/architecture.md lacks the marks.");
  return `${before}${marks.start}\n\n${part}\n\n${marks.end}${after}`;
}

/** Every file this script writes: path in the clone → text as it should be. */
export function expectedFiles(): Record<string, string> {
  const plan = readPlan();
  const page = readFileSync(join(root, "docs/architecture.md"), "utf8");
  return {
    "biome.rooms.json": `{ "overrides": [\n${overrides(plan)
      .map((override) => JSON.stringify(override))
      .join(",\n")}\n] }\n`,
    "docs/architecture.md": betweenMarks(page, planAsMarkdown(plan, builtRooms())),
    ...Object.fromEntries(
      Object.entries(lintPlugins(plan)).map(([name, text]) => [`scripts/lint/${name}`, text]),
    ),
  };
}

if (import.meta.main) {
  for (const [path, text] of Object.entries(expectedFiles())) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}
