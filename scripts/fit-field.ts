import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { createFieldProbability, type FieldSample, trainField } from "../src/knowledge/field-model.ts";
import { createPlainSpeech } from "../src/knowledge/plain-speech.ts";
import { createSuspicion, type RefusalModel } from "../src/knowledge/refusal-model.ts";
import { fold } from "../src/text/fold.ts";
import { buildFromFiles } from "./knowledge.ts";

/**
 * Learns `knowledge/field.json`: from the questions of the passages (ours), from
 * `knowledge/off-topic.yaml` and, where a folder of public lay questions is named
 * (`node scripts/fit-field.ts QUESTIONS.jsonl`), from those of them without a word of
 * the field (not ours). And `knowledge/refused.json`, from `knowledge/refused.yaml`.
 * Prints how well five folds tell them apart.
 */
const root = resolve(import.meta.dirname, "..");

function main(lay: string | undefined): void {
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
  fitRefusals(requests, [...noted.map(read), ...others], read);
}

type Requests = readonly { matter: string; questions: readonly string[] }[];

const readRequests = (): Requests =>
  (parse(readFileSync(join(root, "knowledge/refused.yaml"), "utf8")) as { groups: Requests }).groups;

/** Learns `knowledge/refused.json`: each matter of `knowledge/refused.yaml` against all other questions. */
function fitRefusals(groups: Requests, honest: readonly string[], read: (text: string) => string): void {
  const named = groups.flatMap(({ matter, questions }) =>
    questions.map((question) => ({ matter, text: read(question) })),
  );
  const matters = [...new Set(named.map(({ matter }) => matter))].filter((matter) => matter !== "fine");
  const train = (left: number | undefined): RefusalModel =>
    matters.map((matter) => {
      const kept = named.filter(({ text }) => foldOf(text) !== left);
      const own = kept.filter((one) => one.matter === matter);
      const plain = honest.filter((text) => foldOf(text) !== left);
      const rest = kept.filter((one) => one.matter !== matter);
      // What only sounds alike is worth many of the plain ones.
      const share = (own.length * 2) / (plain.length + rest.length * 10);
      const samples: FieldSample[] = [
        ...own.map(({ text }) => ({ text, ours: true, weight: 1 })),
        ...rest.map(({ text }) => ({ text, ours: false, weight: 10 * share })),
        ...plain.map((text) => ({ text, ours: false, weight: share })),
      ];
      return { matter, model: trainField(samples, { ridge: 1e-5 }) };
    });
  const models = [0, 1, 2, 3, 4].map(train);
  for (const from of [0.6, 0.7, 0.8, 0.9]) {
    const suspicions = models.map(createSuspicion);
    const refuses = (text: string) => (suspicions[foldOf(text)]?.(text)?.probability ?? 0) >= from;
    const requests = named.filter(({ matter }) => matter !== "fine");
    const alike = named.filter(({ matter }) => matter === "fine");
    console.log(
      `from ${from}: ${requests.filter(({ text }) => refuses(text)).length} of ${requests.length} requests refused; wrongly ${alike.filter(({ text }) => refuses(text)).length} of ${alike.length} that sound alike and ${honest.filter(refuses).length} of ${honest.length} others`,
    );
  }
  const json = `${JSON.stringify(train(undefined))}\n`;
  writeFileSync(join(root, "knowledge/refused.json"), json);
  console.log(`knowledge/refused.json: ${matters.length} matters, ${Math.round(json.length / 1000)} kB`);
}

function foldOf(text: string): number {
  return (createHash("sha256").update(text).digest()[0] ?? 0) % 5;
}

main(process.argv[2]);
