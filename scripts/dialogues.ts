import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { replay } from "../src/conversation/trace/replay.ts";
import { type Instance, startInstance } from "../test/evals/dialogue-runner/instance.ts";
import { type Played, play } from "../test/evals/dialogue-runner/play.ts";
import { createReplayEngine, readRecord, tellDifference } from "../test/evals/dialogue-runner/replay.ts";
import { needsOwnServer, parseScenarios, type Scenario } from "../test/evals/dialogue-runner/scenario.ts";

/** The slowest a first reply may be at the 95th percentile (shared/acceptance/README.md). */
const maxP95Ms = 2000;

const usage = `npm run dialogues -- F.yaml… [--json] [--runs N] [--only ID,…] [--verbose] [--base-url URL]
npm run dialogues -- --replay FILE…`;

/**
 * Plays dialogue files against a fresh service per file and run, and reports every difference. With
 * `--base-url` it talks to a running one, with CHANNEL_TOKEN and ADMIN_PASSWORD from the environment.
 */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      runs: { type: "string", default: "1" },
      only: { type: "string" },
      verbose: { type: "boolean", default: false },
      "base-url": { type: "string" },
      replay: { type: "boolean", default: false },
    },
  });
  const runs = Number(values.runs);
  if (positionals.length === 0 || !Number.isInteger(runs) || runs < 1) {
    console.error(usage);
    return 2;
  }
  if (values.replay) return replayFiles(positionals);
  const wanted = values.only?.split(",").map((id) => id.trim());
  const files = positionals.map((path) => ({
    name: basename(path),
    scenarios: parseScenarios(readFileSync(path, "utf8"), path).filter(
      (one) => wanted?.includes(one.id) ?? true,
    ),
  }));
  const say = values.json ? () => {} : (text: string) => console.log(text);

  const all: Played[] = [];
  for (let run = 1; run <= runs; run += 1) {
    for (const { name, scenarios } of files) {
      const heading = runs === 1 ? name : `${name}, run ${run}`;
      const { playable, skipped } = choose(scenarios, values["base-url"]);
      if (skipped.length > 0) say(`${heading}: skipped ${skipped.join(", ")}`);
      const played = await playFile(playable, values["base-url"]);
      for (const one of played) {
        if (values.verbose) say([`\n── ${one.id} ${one.title}`, ...one.transcript].join("\n"));
        for (const line of failuresOf(one)) say(line);
      }
      say(`${heading}: ${played.filter(hasPassed).length} of ${played.length} scenarios passed`);
      all.push(...played);
    }
  }

  const durations = all.flatMap((one) => one.durationsMs).sort((one, other) => one - other);
  const p95Ms = percentile(durations, 0.95);
  const failed = all.filter((one) => !hasPassed(one)).length;
  if (p95Ms > maxP95Ms) say(`p95 of the first reply is ${p95Ms} ms, more than ${maxP95Ms} ms`);
  console.log(
    JSON.stringify({
      scenarios: all.length,
      passed: all.length - failed,
      failed,
      steps: sum(all.map((one) => one.steps)),
      assertions: sum(all.map((one) => one.assertions)),
      p50Ms: percentile(durations, 0.5),
      p95Ms,
    }),
  );
  return failed > 0 || p95Ms > maxP95Ms || all.length === 0 ? 1 : 0;
}

/** Plays what `GET /api/v1/conversation/trace` gave against the engine of this working copy, by the rules alone. */
function replayFiles(paths: readonly string[]): number {
  const engine = createReplayEngine();
  let [turns, differing] = [0, 0];
  for (const path of paths) {
    const record = readRecord(readFileSync(path, "utf8"), path);
    const found = replay(record, engine);
    turns += record.length;
    differing += new Set(found.map(({ seq }) => seq)).size;
    for (const one of found) console.log(`${basename(path)}, ${tellDifference(one)}`);
  }
  console.log(JSON.stringify({ turns, differing }));
  return differing > 0 ? 1 : 0;
}

/** Those that can be played here, and the ids of the others with the reason. */
function choose(scenarios: Scenario[], baseUrl: string | undefined) {
  const playable: Scenario[] = [];
  const skipped: string[] = [];
  for (const scenario of scenarios) {
    if (scenario.mode === "llm" && !hasModel()) skipped.push(`${scenario.id} (no model)`);
    else if (baseUrl !== undefined && needsOwnServer(scenario))
      skipped.push(`${scenario.id} (needs its own clock)`);
    else playable.push(scenario);
  }
  return { playable, skipped };
}

async function playFile(scenarios: Scenario[], baseUrl: string | undefined): Promise<Played[]> {
  const folder = mkdtempSync(join(tmpdir(), "zhiquan-dialogues-"));
  let shared: Instance | undefined;
  try {
    if (baseUrl !== undefined) shared = runningInstance(baseUrl);
    else if (!scenarios.every(needsOwnServer)) shared = await startInstance({ folder, model: hasModel() });
    const played: Played[] = [];
    for (const scenario of scenarios) {
      const stage = { shared: needsOwnServer(scenario) ? undefined : shared, model: hasModel() };
      played.push(await play(scenario, stage));
    }
    return played;
  } finally {
    await shared?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function runningInstance(url: string): Instance {
  const { CHANNEL_TOKEN: token, ADMIN_PASSWORD: adminPassword } = process.env;
  if (token === undefined || adminPassword === undefined) {
    throw new Error("--base-url needs CHANNEL_TOKEN and ADMIN_PASSWORD of that service in the environment");
  }
  return {
    url: url.replace(/\/$/, ""),
    token,
    adminPassword,
    folder: undefined,
    log: () => "",
    stop: () => Promise.resolve(),
  };
}

const hasModel = () => Boolean(process.env["OPENAI_BASE_URL"] && process.env["OPENAI_MODEL"]);
const hasPassed = (played: Played) => played.failures.length === 0;

/** The failures of a scenario, step by step: what was expected, and what came. */
function failuresOf({ id, title, failures }: Played): string[] {
  if (failures.length === 0) return [];
  const lines = [`\n✗ ${id} ${title}`];
  for (const step of new Set(failures.map((failure) => failure.step))) {
    const here = failures.filter((failure) => failure.step === step);
    lines.push(`  ${step === 0 ? "at the end" : `step ${step}`}: ${here[0]?.said ?? ""}`);
    for (const { name, wrong } of here) lines.push(`    ${name}: ${wrong}`);
    lines.push(`    came ${(here[0]?.came ?? "").slice(0, 900)}`);
  }
  return lines;
}

/** The value below which `share` of the sorted values lie, in whole tenths of a millisecond. */
function percentile(sorted: readonly number[], share: number): number {
  const value = sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
  return Math.round(value * 10) / 10;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

process.exitCode = await main();
