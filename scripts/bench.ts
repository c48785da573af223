/**
 * Benchmarks: `npm run bench -- NAME…`. Every figure stands beside its yardstick, measured in the same run on the
 * same machine. A new one is a file in `scripts/bench/` with a line in the table below.
 */
import { availableParallelism } from "node:os";

/** Runs one benchmark, prints its table, and throws if an answer was wrong. */
export type Benchmark = () => Promise<void>;

const benchmarks: Record<string, () => Promise<Benchmark>> = {
  http: async () => (await import("./bench/http.ts")).benchHttp,
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in benchmarks));
if (names.length === 0 || unknown.length > 0) {
  if (unknown.length > 0) console.error(`There is no benchmark ${unknown.join(", ")}.`);
  console.error(`Usage: npm run bench -- NAME…   (${Object.keys(benchmarks).join(", ")})`);
  process.exitCode = 2;
} else {
  console.log(`Node ${process.version}, ${availableParallelism()} cores, ${new Date().toISOString()}`);
  for (const name of names) {
    console.log(`\n${name}`);
    await (await benchmarks[name]?.())?.();
  }
}
