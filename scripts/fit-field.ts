import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { parse } from "yaml";
import { createFieldProbability, type FieldSample, trainField } from "../src/knowledge/field-model.ts";
import { createPlainSpeech } from "../src/knowledge/plain-speech.ts";
import {
  createSuspicion,
  type RefusalModel,
  refusalScale,
  refusalTerms,
  served,
} from "../src/knowledge/refusal-model.ts";
import { fold } from "../src/text/fold.ts";
import { buildFromFiles } from "./knowledge.ts";
import { foldOf, type Sample, train } from "./learning/logistic.ts";

/**
 * Learns `knowledge/field.json`: from the questions of the passages (ours), from
 * `knowledge/off-topic.yaml` and, where a folder of public lay questions is named
 * (`node scripts/fit-field.ts QUESTIONS.jsonl`), from those of them without a word of
 * the field (not ours). And `knowledge/refused.json`, from `knowledge/refused.yaml`.
 * `--refused` learns only the latter. Prints how well five folds tell them apart.
 */
const root = resolve(import.meta.dirname, "..");

function main(lay: string | undefined, onlyRefused: boolean): void {
  const blob = buildFromFiles();
  const plain = createPlainSpeech(blob.thesaurus);
  const read = (text: string) => plain(fold(text));
  const field = new RegExp(blob.scope.field.join("|"), "u");
  const requests = readRequests();
  // What sounds like a request that is refused, and is none, is asked of the field as well.
  const fine = requests.filter(({ matter }) => matter === "fine").flatMap(({ questions }) => questions);
  const noted = blob.digests.flatMap(({ asked }) => asked.flatMap(({ questions }) => questions));
  const ours = [...noted, ...fine].map(read);
  const { groups } = parse(readFileSync(join(root, "knowledge/off-topic.yaml"), "utf8")) as {
    groups: { questions: string[] }[];
  };
  const others = groups.flatMap(({ questions }) => questions).map(read);
  const layOthers =
    lay === undefined || !existsSync(lay)
      ? []
      : readFileSync(lay, "utf8")
          .trim()
          .split("\n")
          .map((line) => read((JSON.parse(line) as { question: string }).question))
          .filter((text) => !field.test(text));
  if (!onlyRefused) fitField(ours, others, layOthers);
  fitRefusals(requests, { honest: noted.map(read), others }, read);
}

/** Learns `knowledge/field.json`. */
function fitField(ours: readonly string[], others: readonly string[], layOthers: readonly string[]): void {
  const share = ours.length / (others.length * 2 + layOthers.length);
  const samples: FieldSample[] = [
    ...ours.map((text) => ({ text, ours: true, weight: 1 })),
    ...others.map((text) => ({ text, ours: false, weight: 2 * share })),
    ...layOthers.map((text) => ({ text, ours: false, weight: share })),
  ];
  const counts = { ours: 0, oursTold: 0, others: 0, othersTold: 0 };
  for (let left = 0; left < 5; left += 1) {
    const probability = createFieldProbability(
      trainField(samples.filter(({ text }) => foldOf(text) !== left)),
    );
    for (const { text, ours: right } of samples.filter(({ text }) => foldOf(text) === left)) {
      const told = probability(text) >= 0.5;
      if (right) {
        counts.ours += 1;
        if (told) counts.oursTold += 1;
      } else {
        counts.others += 1;
        if (!told) counts.othersTold += 1;
      }
    }
  }
  console.log(
    `five folds: ours ${counts.oursTold} of ${counts.ours}, others ${counts.othersTold} of ${counts.others}`,
  );
  const model = trainField(samples);
  const json = `${JSON.stringify(model)}\n`;
  writeFileSync(join(root, "knowledge/field.json"), json);
  console.log(`knowledge/field.json: ${model.terms.length} terms, ${Math.round(json.length / 1000)} kB`);
}

type Requests = readonly { matter: string; questions: readonly string[] }[];

const readRequests = (): Requests =>
  (parse(readFileSync(join(root, "knowledge/refused.yaml"), "utf8")) as { groups: Requests }).groups;

/** Learns `knowledge/refused.json`: the matters of `knowledge/refused.yaml` against one another and all other questions. */
function fitRefusals(
  groups: Requests,
  { honest, others }: { honest: readonly string[]; others: readonly string[] },
  read: (text: string) => string,
): void {
  const sampleOf = (text: string, kind: string, weight: number): Sample => ({
    text,
    terms: refusalTerms(text),
    kinds: [kind],
    weight,
  });
  // What only sounds alike is worth many of the plain ones.
  const requests = groups.flatMap(({ matter, questions }) =>
    questions.map((question) => sampleOf(read(question), matter === "fine" ? served : matter, 1)),
  );
  const plain = [
    ...honest.map((text) => sampleOf(text, served, 0.15)),
    ...others.map((text) => sampleOf(text, served, 0.45)),
  ];
  const samples = [...requests, ...plain];
  const learn = (some: readonly Sample[]): RefusalModel =>
    train(some, { rounds: 12, ridge: 1e-6, scale: refusalScale });
  const suspicions = [0, 1, 2, 3, 4].map((left) =>
    createSuspicion(learn(samples.filter(({ text }) => foldOf(text) !== left))),
  );
  const suspect = new Map(
    samples.map(({ text }) => [text, suspicions[foldOf(text)]?.(text).probability ?? 0]),
  );
  for (const from of [0.3, 0.5, 0.7, 0.8, 0.9]) {
    const told = (some: readonly Sample[]) =>
      `${some.filter(({ text }) => (suspect.get(text) ?? 0) >= from).length} of ${some.length}`;
    const isRequest = ({ kinds }: Sample) => !kinds.includes(served);
    console.log(
      `from ${from}: ${told(requests.filter(isRequest))} requests refused; wrongly ${told(requests.filter((one) => !isRequest(one)))} that sound alike and ${told(plain)} others`,
    );
  }
  const model = learn(samples);
  const json = `${JSON.stringify(model)}\n`;
  writeFileSync(join(root, "knowledge/refused.json"), json);
  console.log(
    `knowledge/refused.json: ${Object.keys(model.terms).length} terms, ${Math.round(json.length / 1000)} kB`,
  );
}

const { values, positionals } = parseArgs({
  options: { refused: { type: "boolean", default: false } },
  allowPositionals: true,
});
main(positionals[0], values.refused);
