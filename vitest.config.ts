import path from "node:path";
import { pathToFileURL } from "node:url";
import { defineConfig } from "vitest/config";
import { DearestFirst } from "./test/support/dearest-first.ts";
import { isFull } from "./test/support/scale.ts";
import { quickestFolder } from "./test/support/temporary-folder.ts";

const quickPackages = path.join(import.meta.dirname, "test/support/quick-packages.ts");
/** Loading the app makes much that stays: with 16 MB for what is new, Node copies it time and again. */
const roomForTheYoung = "--max-semi-space-size=64";

/** The full numbers (walks, kills, fuzz) take their time; a fast test that is slow is at fault. */
const slower = isFull ? 20 : 1;

const seconds = (count: number) => ({
  testTimeout: count * 1000 * slower,
  hookTimeout: count * 1000 * slower,
});

export default defineConfig({
  test: {
    reporters: ["default", "./test/support/plain-reporter.ts"],
    // Two processes, for the machines have two cores. The files of one share what they import, which costs seconds
    // to load: nothing in src/ keeps state at its top, and a test that left some would be at fault.
    pool: "forks",
    isolate: false,
    execArgv: ["--import", quickPackages, roomForTheYoung],
    maxWorkers: 2,
    setupFiles: ["./test/support/zod-locale.ts"],
    sequence: { sequencer: DearestFirst },
    env: {
      // What tests start as processes of their own, servers and scripts, compile each file once and not each time.
      NODE_COMPILE_CACHE: path.join(import.meta.dirname, "node_modules/.cache/node"),
      NODE_OPTIONS: `--import ${pathToFileURL(quickPackages)} ${roomForTheYoung}`,
      TMPDIR: quickestFolder(),
    },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: [
            "src/**/*.test.ts",
            "scripts/**/*.test.ts",
            "test/support/**/*.test.ts",
            "test/repository/**/*.test.ts",
            "test/evals/**/*.test.ts",
            "test/miniprogram/**/*.test.ts",
          ],
          ...seconds(30),
        },
      },
      { extends: true, test: { name: "http", include: ["test/http/**/*.test.ts"], ...seconds(120) } },
      { extends: true, test: { name: "worker", include: ["test/worker/**/*.test.ts"], ...seconds(120) } },
      { extends: true, test: { name: "bot", include: ["test/bot/**/*.test.ts"], ...seconds(180) } },
      {
        extends: true,
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          globalSetup: "./test/support/browser-setup.ts",
          ...seconds(60),
        },
      },
      {
        extends: true,
        test: {
          name: "laws",
          include: ["test/laws/**/*.test.ts"],
          globalSetup: "./test/support/laws-setup.ts",
          ...seconds(60),
        },
      },
    ],
  },
});
