import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { createFieldProbability, type FieldSample, trainField } from "../src/knowledge/field-model.ts";
import { createPlainSpeech } from "../src/knowledge/plain-speech.ts";
import { fold } from "../src/text/fold.ts";
import { buildFromFiles } from "./knowledge.ts";

/**
 * Learns `knowledge/field.json`: from the questions of the passages (ours), from
 * `knowledge/off-topic.yaml` and, where a folder of public lay questions is named
 * (`node scripts/fit-field.ts QUESTIONS.jsonl`), from those of them without a word of
 * the field (not ours). Prints how well five folds tell them apart.
 */
const root = resolve(import.meta.dirname, "..");

function main(lay: string | undefined): void {
  const blob = buildFromFiles();
  const plain = createPlainSpeech(blob.thesaurus);
  const read = (text: string) => plain(fold(text));
  const field = new RegExp(blob.scope.field.join("|"), "u");
  const ours = blob.digests.flatMap(({ asked }) => asked.flatMap(({ questions }) => questions)).map(read);
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
  const foldOf = (text: string) => (createHash("sha256").update(text).digest()[0] ?? 0) % 5;
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

main(process.argv[2]);
