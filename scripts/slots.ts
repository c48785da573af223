import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { parseLabelled } from "../test/evals/slot-runner/labelled.ts";
import { createReading } from "../test/evals/slot-runner/read.ts";
import { type Miss, rates, type Score, score, total } from "../test/evals/slot-runner/score.ts";

const usage = "npm run slots -- [FILE.jsonl…] [--misses] [--slot NAME]";

/** The set that rules are mended by; the `learned-*.jsonl` beside it came later, and `unseen.jsonl` is for measuring only. */
const developmentSet = "test/evals/slots/development.jsonl";

/** Reads labelled sentences with the real understanding and prints how well each slot is found. */
function main(): number {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      misses: { type: "boolean", default: false },
      slot: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const files = positionals.length === 0 ? [developmentSet] : positionals;
  const sentences = files.flatMap((file) => parseLabelled(readFileSync(file, "utf8"), file));
  const started = performance.now();
  const scored = score(sentences, createReading());
  const msPerSentence = (performance.now() - started) / Math.max(1, sentences.length);

  printTable(scored);
  printConfusion(scored);
  if (values.misses) {
    for (const miss of scored.misses) {
      if (values.slot === undefined || miss.slot === values.slot) console.log(missLine(miss));
    }
  }
  console.log(JSON.stringify({ ...figuresOf(scored), msPerSentence: rounded(msPerSentence) }));
  return 0;
}

function printTable(scored: Score): void {
  console.log(
    `${"slot".padEnd(14)}${"labels".padStart(7)}${"prec".padStart(7)}${"recall".padStart(8)}${"F1".padStart(7)}`,
  );
  const line = (name: string, counts: Parameters<typeof rates>[0]) => {
    const { precision, recall, f1 } = rates(counts);
    const labels = counts.right + counts.wrong + counts.missed;
    console.log(
      name.padEnd(14) +
        String(labels).padStart(7) +
        precision.toFixed(3).padStart(7) +
        recall.toFixed(3).padStart(8) +
        f1.toFixed(3).padStart(7),
    );
  };
  for (const [slot, counts] of scored.bySlot) line(slot, counts);
  line("all (micro)", total(scored));
}

function printConfusion(scored: Score): void {
  console.log("\nslot            wrong missed invented   went to another slot");
  for (const [slot, { wrong, missed, invented }] of scored.bySlot) {
    if (wrong + missed + invented === 0) continue;
    const went = new Map<string, number>();
    for (const miss of scored.misses) {
      if (miss.slot === slot && miss.wentTo !== undefined)
        went.set(miss.wentTo, (went.get(miss.wentTo) ?? 0) + 1);
    }
    const elsewhere = [...went].map(([name, count]) => `${name} ${count}`).join(", ");
    console.log(
      `${slot.padEnd(15)}${String(wrong).padStart(6)}${String(missed).padStart(7)}${String(invented).padStart(9)}   ${elsewhere}`,
    );
  }
  const { county, ask } = scored;
  console.log(`\ncounty right where it can be told: ${county.right} of ${county.determinable}`);
  console.log(`asked where it cannot: ${ask.asked} of ${ask.ambiguous}\n`);
}

const missLine = ({ id, slot, kind, wanted = "—", came = "—", wentTo, text }: Miss) =>
  `${id} ${slot} ${kind}: ${wanted} ← ${came}${wentTo === undefined ? "" : ` (went to ${wentTo})`} | ${text}`;

const rounded = (value: number) => Math.round(value * 10_000) / 10_000;

function figuresOf(scored: Score) {
  const { precision, recall, f1 } = rates(total(scored));
  const share = (part: number, whole: number) => rounded(whole === 0 ? 1 : part / whole);
  return {
    sentences: scored.sentences,
    precision: rounded(precision),
    recall: rounded(recall),
    f1: rounded(f1),
    countyAccuracy: share(scored.county.right, scored.county.determinable),
    countyAsked: share(scored.ask.asked, scored.ask.ambiguous),
  };
}

process.exitCode = main();
