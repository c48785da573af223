import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, test } from "vitest";
import { isFull, scale } from "../support/scale.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");

/** The last line that `npm run dialogues` prints. */
type Totals = { scenarios: number; passed: number; failed: number };

describe("the dialogues that the engine has learned", () => {
  // Several files share one server: a start costs more than ten scenarios. All of them play in the full run and by
  // `npm run dialogues`.
  const groups = isFull
    ? [
        ["places", "matters", "repairs", "voices"],
        ["service", "service-2", "groups", "injections"],
      ]
    : [["repairs"], ["injections"]];
  test.concurrent.for(groups)(
    "%j: every scenario passes over HTTP on a server of its own",
    { timeout: scale(240_000, 900_000) },
    async (names, { expect }) => {
      const files = names.map((name) => join(root, `test/evals/dialogues/${name}.yaml`));
      const { stdout } = await run(process.execPath, [join(root, "scripts/dialogues.ts"), ...files], {
        cwd: root,
        maxBuffer: 16 * 1024 * 1024,
      }).catch((error: { stdout?: string }) => ({ stdout: error.stdout ?? "" }));
      const totals = JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}") as Totals;
      expect(totals, stdout).toMatchObject({ failed: 0 });
      expect(totals.scenarios).toBeGreaterThan(10);
    },
  );
});
