import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");

const pages = [
  "README.md",
  ...readdirSync(join(root, "docs"), { recursive: true }).map((path) => `docs/${path}`),
].filter((path) => path.endsWith(".md") && existsSync(join(root, path)));

/** Folders and files at the top that a text may name by path; `data/` and `dist/` come and go. */
const top = readdirSync(root).filter((name) => !["node_modules", "data", "dist", ".git"].includes(name));

/**
 * The paths of the clone that a page names: in backticks when they begin with something at the top
 * (`src/core/clock.ts`), and the targets of its links, which are relative to the page.
 */
function pathsIn(page: string, text: string): string[] {
  const quoted = [...text.matchAll(/`([^`\n]+)`/g)]
    .flatMap(([, span = ""]) => span.split(/\s+/))
    .map((word) => word.replace(/^\.\//, "").replace(/:\d+$/, ""))
    .filter((word) => word.includes("/") && top.includes(word.split("/")[0] ?? ""))
    .filter((word) => !/[*<>{}…$]|[A-Z]{3,}\b(?!\.md)/.test(word)); // Patterns and placeholders name no one file.
  const linked = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => normalize(join(dirname(page), target)));
  return [...quoted, ...linked];
}

describe("the documents", () => {
  test.each(pages)("%s names only paths that exist", (page) => {
    const paths = pathsIn(page, readFileSync(join(root, page), "utf8"));

    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  test("are read as meant: code spans and links give paths, placeholders and addresses do not", () => {
    const text =
      "`src/core/clock.ts` `node scripts/bench.ts http` [map](architecture.md#rooms) [x](https://example.org/a) `src/*/schema.ts` `text/html` `src/gone.ts:12`";

    expect(pathsIn("docs/page.md", text)).toEqual([
      "src/core/clock.ts",
      "scripts/bench.ts",
      "src/gone.ts",
      "docs/architecture.md",
    ]);
  });
});
