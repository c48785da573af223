/**
 * Benchmarks: `npm run bench -- NAME…`, or `npm run bench -- NAME --option …` for one that takes options.
 * Every figure stands beside its yardstick, measured in the same run on the same machine. A new one is a file in
 * `scripts/bench/` with a line in the table below.
 */
import { availableParallelism } from "node:os";

/** Runs one benchmark, prints its table, and throws if an answer was wrong. */
export type Benchmark = (options: readonly string[]) => Promise<void>;

const benchmarks: Record<string, () => Promise<Benchmark>> = {
  cases: async () => (await import("./bench/cases.ts")).benchCases,
  conversation: async () => (await import("./bench/conversation.ts")).benchConversation,
  filing: async () => (await import("./bench/filing.ts")).benchFiling,
  http: async () => (await import("./bench/http.ts")).benchHttp,
  retrieval: async () => (await import("./bench/retrieval.ts")).benchRetrieval,
};

const given = process.argv.slice(2);
const firstOption = given.findIndex((word) => word.startsWith("-"));
const names = firstOption < 0 ? given : given.slice(0, firstOption);
const options = firstOption < 0 ? [] : given.slice(firstOption);
const unknown = names.filter((name) => !(name in benchmarks));
if (names.length === 0 || unknown.length > 0) {
  if (unknown.length > 0) console.error(`There is no benchmark ${unknown.join(", ")}.`);
  console.error(`Usage: npm run bench -- NAME… [options]   (${Object.keys(benchmarks).join(", ")})`);
  process.exitCode = 2;
} else {
  console.log(`Node ${process.version}, ${availableParallelism()} cores, ${new Date().toISOString()}`);
  for (const name of names) {
    console.log(`\n${name}`);
    try {
      await (await benchmarks[name]?.())?.(options);
    } catch (error) {
      if (!(error instanceof Error && error.name === "BenchError")) throw error;
      console.error(error.message);
      process.exitCode = 2;
    }
  }
}
