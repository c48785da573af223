import path from "node:path";
import { defineConfig } from "vitest/config";
import { isFull } from "./test/support/scale.ts";

/** The full numbers (walks, kills, fuzz) take their time; a fast test that is slow is at fault. */
const slower = isFull ? 20 : 1;

const seconds = (count: number) => ({
  testTimeout: count * 1000 * slower,
  hookTimeout: count * 1000 * slower,
});

export default defineConfig({
  test: {
    reporters: ["default", "./test/support/plain-reporter.ts"],
    // Every file gets a process of its own, two at a time: the machines have two cores.
    pool: "forks",
    isolate: true,
    maxWorkers: 2,
    // What tests start as processes of their own, servers and scripts, compile each file once and not each time.
    env: { NODE_COMPILE_CACHE: path.join(import.meta.dirname, "node_modules/.cache/node") },
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
          ],
          ...seconds(15),
        },
      },
      { extends: true, test: { name: "http", include: ["test/http/**/*.test.ts"], ...seconds(60) } },
      { extends: true, test: { name: "worker", include: ["test/worker/**/*.test.ts"], ...seconds(60) } },
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
