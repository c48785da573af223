import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { channels } from "../../src/callers/caller.ts";
import { settings } from "../../src/config.ts";

const root = join(import.meta.dirname, "../..");
const read = (name: string) => readFileSync(join(root, name), "utf8");

describe("README.md", () => {
  test("tells every setting with its default, and no other", () => {
    const section = /## Configuration\n(.+?)\n## /s.exec(read("README.md"))?.[1] ?? "";
    const told = new Map<string, string>();
    for (const [, keys = "", usual = ""] of section.matchAll(/^\| (`[A-Z].+?) \| (.*?) ?\|/gm)) {
      for (const [, key = ""] of keys.matchAll(/`([^`]+)`/g)) told.set(key, usual.replaceAll("`", ""));
    }
    const perChannel = new Set(channels.map((channel) => `CHANNEL_TOKEN_${channel.toUpperCase()}`));
    const expected = settings.filter(({ key }) => !perChannel.has(key));

    expect([...told.keys()].sort()).toEqual(
      [...expected.map(({ key }) => key), "CHANNEL_TOKEN_<CHANNEL>"].sort(),
    );
    for (const { key, default: usual } of expected) {
      if (usual !== undefined) expect({ key, default: told.get(key) }).toEqual({ key, default: usual });
    }
  });

  test.each(["README.md", "docs/operations.md"])("%s names only commands that there are", (page) => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const named = [...read(page).matchAll(/npm run ([\w:]+)/g)].map(([, name = ""]) => name);

    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  test("every command's script exists", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const files = Object.values(scripts).flatMap((line) => line.match(/(?:src|scripts)\/[\w-]+\.ts/g) ?? []);

    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });
});

describe("docs/decisions", () => {
  const folder = join(root, "docs/decisions");
  const notes = readdirSync(folder);

  test.each(notes)("%s says why in under 40 lines", (note) => {
    const text = readFileSync(join(folder, note), "utf8");

    expect(note).toMatch(/^\d{3}-[a-z-]+\.md$/);
    expect(text.match(/^#+ .+$/gm)?.map((line) => line.replace(/^# \d{3} .+/, "# title"))).toEqual([
      "# title",
      "## Context",
      "## Decision",
      "## Consequences",
    ]);
    expect(text.split("\n").length).toBeLessThan(40);
  });

  test("are numbered without gaps", () => {
    expect(notes.map((note) => Number(note.slice(0, 3))).sort((a, b) => a - b)).toEqual(
      notes.map((_, index) => index + 1),
    );
  });
});
