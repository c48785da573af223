import { spawn } from "node:child_process";
import path from "node:path";

/*
 * `npm run check`: the linter and the compiler on each of the projects, two cores full from beginning to end. The
 * compiler takes one thread: with its usual four it works out the same types four times, for twice the work.
 */
const root = path.resolve(import.meta.dirname, "..");
const checks = [
  ["biome", "check", "--error-on-warnings"],
  ["tsc", "--noEmit", "--singleThreaded"],
  ["tsc", "-p", "src/pages/assets"],
  ["tsc", "-p", "miniprogram"],
  ["tsc", "-p", "test/miniprogram"],
] as const;

/** Runs one check and tells what it said at its end, so that no two mix. Whether it found nothing. */
function run([tool, ...words]: readonly [string, ...string[]]): Promise<boolean> {
  const isWindows = process.platform === "win32";
  const file = path.join(root, "node_modules/.bin", isWindows ? `${tool}.cmd` : tool);
  const child = spawn(isWindows ? `"${file}"` : file, words, { cwd: root, shell: isWindows });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
  return new Promise((resolve) => {
    child.on("error", (error) => {
      console.error(`${tool}: ${error.message}`);
      resolve(false);
    });
    child.on("close", (code) => {
      if (output !== "") process.stdout.write(output);
      if (code !== 0) console.error(`${[tool, ...words].join(" ")}: ${code}`);
      resolve(code === 0);
    });
  });
}

const outcomes = await Promise.all(checks.map(run));
process.exitCode = outcomes.includes(false) ? 1 : 0;
