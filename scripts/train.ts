import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import {
  createTagger,
  noTagger,
  type TaggerModel,
} from "../src/conversation/understanding/learned/tagger.ts";
import type { SlotName } from "../src/reports/report.ts";
import { parseLabelled } from "../test/evals/slot-runner/labelled.ts";
import { createReading } from "../test/evals/slot-runner/read.ts";
import { type Counts, type Miss, rates, type Score, score, total } from "../test/evals/slot-runner/score.ts";
import { chanceOf, pick } from "./learning/chance.ts";
import { trainCrf } from "./learning/crf.ts";
import {
  createSampling,
  type Marked,
  readDialogue,
  readLabelled,
  readMarked,
  type Sample,
  type Stock,
  swapped,
} from "./learning/samples.ts";

const usage = "npm run train -- slots [--folds N [--only K] [--save FOLDER] [--misses FILE]]";
const root = resolve(import.meta.dirname, "..");
const labelledSets = ["development", ...Array.from({ length: 16 }, (_, index) => `learned-${index + 1}`)].map(
  (name) => `test/evals/slots/${name}.jsonl`,
);
const slotsFolder = "test/evals/slots";
const modelFile = "src/conversation/data/spans.json";

const settings = { rounds: 8, rate: 0.1, decay: 0.02, minCount: 2, drop: 0.1, keep: 45_000 };
const otherQuestions: readonly SlotName[] = [
  "reportType",
  "patentNumber",
  "county",
  "occurredAt",
  "relation",
  "evidenceCount",
];
/** How many more copies of a sentence are learned from, with other values or with words for goods forgotten. */
const copies = 3;
const emptyCopies = 1;
/** What was written as answers is many and short: it must not outweigh what people tell at once. */
const answerCopies = 1;
const isAnswer = ({ id }: Marked): boolean => /^marked-\d/u.test(id);

/**
 * Learns the model that names and goods are weighed by. With `--folds` it writes nothing (but the folds' models, with
 * `--save`) and prints how the rules alone and rules and tagger together read the sentences that were left out.
 */
function main(): number {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      folds: { type: "string" },
      only: { type: "string" },
      save: { type: "string" },
      misses: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help || positionals[0] !== "slots") {
    console.log(usage);
    return values.help ? 0 : 2;
  }
  const labelled = labelledSets.flatMap((file) => readLabelled(join(root, file)));
  const dialogues = join(root, "test/evals/dialogues");
  const others = [
    ...readdirSync(join(root, slotsFolder))
      .filter((name) => /^marked(?:-\d+)?\.txt$/u.test(name))
      .sort()
      .flatMap((name) => readMarked(join(root, slotsFolder, name))),
    ...readdirSync(dialogues)
      .filter((name) => name.endsWith(".yaml"))
      .sort()
      .flatMap((name) => readDialogue(join(dialogues, name))),
  ];
  const sampleOf = createSampling();
  const stock = readStock();
  const samplesOf = (some: readonly Marked[]): Sample[] => {
    const chance = chanceOf(7);
    return some.flatMap((marked) => {
      const all = [sampleOf(marked, { candidates: chance() >= 0.2 })];
      // What names nothing is seen again, too, so that nothing is read into it.
      const times = marked.spans.length === 0 ? emptyCopies : isAnswer(marked) ? answerCopies : copies;
      for (let copy = 0; copy < times; copy += 1) {
        const unknownThird = ([0, 1, 2] as const)[copy % 3] ?? 0;
        const view = { candidates: chance() >= 0.3, unknownThird };
        const one = copy % 2 === 0 ? marked : swapped(marked, stock, chance);
        // Whoever was asked for something else may say the same.
        const asking =
          one.asking.length === 0 && chance() < 0.4 ? [pick(otherQuestions, chance)] : one.asking;
        all.push(sampleOf({ ...one, asking }, view));
      }
      return all.filter((sample) => sample !== undefined);
    });
  };
  const otherSamples = samplesOf(others);
  console.log(`${labelled.length} labelled, ${others.length} others (${otherSamples.length} samples)`);
  const folds = values.folds === undefined ? 0 : Number(values.folds);
  if (folds > 0) {
    const scores: { file: string; rules: Score; both: Score }[] = [];
    for (let left = 0; left < folds; left += 1) {
      if (values.only !== undefined && Number(values.only) !== left) continue;
      const started = performance.now();
      const model: TaggerModel = {
        source: "fold",
        date: "2026-11-26",
        ...trainCrf(
          [...samplesOf(labelled.filter(({ id }) => foldOf(id, folds) !== left)), ...otherSamples],
          settings,
        ),
      };
      if (values.save !== undefined)
        writeFileSync(join(values.save, `fold-${left}.json`), JSON.stringify(model));
      console.error(
        `fold ${left}: ${Object.keys(model.features).length} features, ${Math.round(performance.now() - started)} ms`,
      );
      const both = createReading(createTagger(model));
      const rules = createReading(noTagger);
      for (const file of labelledSets) {
        const held = parseLabelled(readFileSync(join(root, file), "utf8"), file).filter(
          ({ id }) => foldOf(id, folds) === left,
        );
        scores.push({ file, rules: score(held, rules), both: score(held, both) });
      }
    }
    if (values.misses !== undefined)
      writeFileSync(values.misses, scores.flatMap(({ both }) => both.misses.map(missLine)).join("\n"));
    for (const file of labelledSets) {
      console.log(file);
      const some = scores.filter((one) => one.file === file);
      printCompared(
        some.map(({ rules }) => rules),
        some.map(({ both }) => both),
      );
    }
    console.log("together");
    printCompared(
      scores.map(({ rules }) => rules),
      scores.map(({ both }) => both),
    );
    return 0;
  }
  const model: TaggerModel = {
    source: `知权 team: learned from test/evals/slots (but unseen.jsonl) and test/evals/dialogues by scripts/train.ts`,
    date: "2026-11-26",
    ...trainCrf([...samplesOf(labelled), ...otherSamples], settings),
  };
  const json = `${JSON.stringify(model)}\n`;
  writeFileSync(join(root, modelFile), json);
  console.log(
    `${modelFile}: ${Object.keys(model.features).length} features, ${Math.round(json.length / 1000)} kB`,
  );
  return 0;
}

const missLine = ({ id, slot, kind, wanted = "—", came = "—", text }: Miss) =>
  `${id} ${slot} ${kind}: ${wanted} ← ${came} | ${text}`;

function foldOf(id: string, folds: number): number {
  return [...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7) % folds;
}

function readStock(): Stock {
  const read = (name: string) => JSON.parse(readFileSync(join(root, "src/conversation/data", name), "utf8"));
  const goods = read("goods.json") as { heads: string[]; trades: string[]; firmStem: string };
  const words = read("lexicon.json") as { surnames: string; tradeSuffixes: string[] };
  return {
    goods: goods.heads,
    trades: [...goods.trades.filter((trade) => trade.length === 2), ...words.tradeSuffixes],
    stems: goods.firmStem,
    surnames: words.surnames.slice(0, 120),
  };
}

function printCompared(before: readonly Score[], after: readonly Score[]): void {
  const sum = (scores: readonly Score[], slot: string): Counts => {
    const counts = { right: 0, wrong: 0, missed: 0, invented: 0 };
    for (const one of scores) {
      const more = slot === "all" ? total(one) : one.bySlot.get(slot as never);
      if (more !== undefined)
        for (const kind of ["right", "wrong", "missed", "invented"] as const) counts[kind] += more[kind];
    }
    return counts;
  };
  for (const slot of ["infringer", "product", "contactName", "location", "market", "stall", "all"]) {
    const line = (scores: readonly Score[]) => {
      const { precision, recall, f1 } = rates(sum(scores, slot));
      return `${precision.toFixed(3)} ${recall.toFixed(3)} ${f1.toFixed(3)}`;
    };
    console.log(`${slot.padEnd(12)} rules ${line(before)}   with tagger ${line(after)}`);
  }
}

process.exitCode = main();
