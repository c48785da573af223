import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { shippedClockRules } from "../src/calendar/clock-rule.ts";
import { createCalendar, shippedHolidays } from "../src/calendar/working-days.ts";
import { decide } from "../src/conversation/decide.ts";
import type { KnowledgeAnswer, Surroundings } from "../src/conversation/decision.ts";
import { hear } from "../src/conversation/hear.ts";
import {
  likeliest,
  type Reading,
  readingFeatures,
  readingsOf,
  rowsOf,
  type Talk,
} from "../src/conversation/policy/follow-up.ts";
import { lookUp } from "../src/conversation/policy/look-up.ts";
import { type PlainQuestion, plainly } from "../src/conversation/policy/plain-question.ts";
import { prevailing } from "../src/conversation/policy/prevailing.ts";
import { fragment } from "../src/conversation/policy/question-forms.ts";
import { newTurn } from "../src/conversation/policy/turn.ts";
import { emptyMemory, type Memory } from "../src/conversation/state.ts";
import { createReaders } from "../src/conversation/understanding/readers.ts";
import { createKnowledge } from "../src/knowledge/knowledge.ts";
import { asBlob } from "../src/knowledge/knowledge-blob.ts";
import { createScorer, type TrainingGroup, trainTrees } from "../src/knowledge/ranking/boosted-trees.ts";
import { createGazetteer } from "../src/regions/gazetteer.ts";

/**
 * Learns `src/conversation/data/follow-up.json`: which reading of a question in a talk finds the article that is asked for.
 * It learns from the dialogues' own expectations (`citesAny`), and prints what it is worth on files that it did not see.
 */
const root = resolve(import.meta.dirname, "..");
const folder = join(root, "test/evals/dialogues");
const folds = 5;
const options = { trees: 200, leaves: 4, rate: 0.06, minRows: 30, ridge: 5 };

type Sample = {
  file: string;
  talk: Talk;
  question: string;
  plain: PlainQuestion | undefined;
  readings: Reading[];
  right: boolean[];
};

const knowledge = createKnowledge(
  asBlob(JSON.parse(readFileSync(join(root, "knowledge/index.json"), "utf8"))),
  {
    deadlines: { calendar: createCalendar(shippedHolidays), rules: shippedClockRules },
  },
);
const day = "2026-11-26";
const answers = new Map<string, KnowledgeAnswer>();
const ask: Surroundings["ask"] = (question, topic) => {
  const key = JSON.stringify([question, topic]);
  const known =
    answers.get(key) ??
    knowledge.answer({ question, asOf: day, ...(topic === null ? {} : { context: topic }) });
  answers.set(key, known);
  return known;
};
const gazetteer = createGazetteer();
const readers = createReaders({ gazetteer, presentYear: () => 2026 });
const around: Surroundings = {
  now: new Date(`${day}T02:00:00Z`),
  intake: true,
  group: false,
  ask,
  elsewhere: () => undefined,
};

type Step = { user?: string; expect?: { citesAny?: string[] } };
type Scenario = { channel: string; steps: Step[] };

function samplesOf(file: string): Sample[] {
  const { scenarios } = parse(readFileSync(join(folder, file), "utf8")) as { scenarios: Scenario[] };
  return scenarios.flatMap(({ channel, steps }) => {
    if (channel === "wechaty_group") return [];
    let memory: Memory = emptyMemory;
    return steps.flatMap(({ user, expect }) => {
      if (typeof user !== "string") return [];
      const heard = hear({ type: "text", text: user }, memory, day, { readers, gazetteer });
      const before = memory;
      const decision = decide(memory, heard, around);
      const files = decision.effects.some(({ kind }) => kind === "file");
      memory = files
        ? { ...decision.memory, draft: null, filed: [...decision.memory.filed, "CZ-00000-00000"] }
        : decision.memory;
      const wanted = new Set(expect?.citesAny ?? []);
      const question = heard.kind === "text" ? heard.said.question : undefined;
      if (wanted.size === 0 || before.topic === null || question === undefined || fragment.test(question))
        return [];
      const about = before.draft?.slots.reportType;
      const turn = newTurn(before, around);
      const plain = plainly(turn, question, about);
      const found = lookUp(turn, question, about);
      const rules =
        plain === undefined ? found : prevailing(turn, question, { about, learned: plain, found });
      const readings = readingsOf(before, question, rules, ask, plain);
      const names = ({ citations }: KnowledgeAnswer) =>
        citations.map(({ law, article }) => `${law.replace("中华人民共和国", "")}|${article}`);
      const cites = readings.map(({ answer }) => names(answer).map((name) => wanted.has(name)));
      // What an answer rests on first is what it tells.
      const first = cites.map(([one = false]) => one);
      const right = first.includes(true) ? first : cites.map((all) => all.includes(true));
      return [{ file, talk: before, question, plain, readings, right }];
    });
  });
}

const groupOf = ({ talk, question, plain, readings, right }: Sample): TrainingGroup => ({
  rows: rowsOf(talk, question, readings, plain),
  count: readings.length,
  right: Uint8Array.from(right, Number),
});

const learn = (samples: readonly Sample[]) =>
  trainTrees(
    readingFeatures,
    samples.filter(({ right }) => right.includes(true) && right.includes(false)).map(groupOf),
    options,
  );

const isRight = ({ readings, right }: Sample, chosen: KnowledgeAnswer): boolean =>
  right[readings.findIndex(({ answer }) => answer === chosen)] === true;

const files = readdirSync(folder)
  .filter((name) => name.endsWith(".yaml"))
  .sort();
const samples = files.flatMap(samplesOf);
console.log(
  `${samples.length} questions in talks of ${files.length} files; found by some reading ${samples.filter(({ right }) => right.includes(true)).length}`,
);
let byRules = 0;
let byTrees = 0;
for (let fold = 0; fold < folds; fold++) {
  const held = samples.filter(({ file }) => files.indexOf(file) % folds === fold);
  const score = createScorer(learn(samples.filter((one) => !held.includes(one))));
  byRules += held.filter((one) => one.right[0] === true).length;
  byTrees += held.filter((one) =>
    isRight(one, likeliest(one.talk, one.question, one.readings, one.plain, score)),
  ).length;
}
console.log(`five folds: the rules ${byRules}, the trees ${byTrees}`);
const { features, trees } = learn(samples);
const five = (value: number) => Number(value.toPrecision(5));
const rounded = trees.map((tree) => ({
  ...tree,
  threshold: tree.threshold.map(five),
  value: tree.value.map(five),
}));
const json = JSON.stringify({
  source: "知权 team: learned from test/evals/dialogues by scripts/fit-follow-up.ts",
  date: new Date().toISOString().slice(0, 10),
  features,
  trees: rounded,
});
writeFileSync(join(root, "src/conversation/data/follow-up.json"), `${json}\n`);
console.log(`follow-up.json: ${Math.round(json.length / 1000)} kB`);
