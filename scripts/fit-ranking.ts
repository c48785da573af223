import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { EvalQuestion } from "../src/knowledge/evaluation.ts";
import { buildBlob, type KnowledgeBlob } from "../src/knowledge/knowledge-blob.ts";
import type { Passage } from "../src/knowledge/passage.ts";
import { type BoostedTrees, type TrainingGroup, trainTrees } from "../src/knowledge/ranking/boosted-trees.ts";
import { featureCount, featureNames, type Ranking } from "../src/knowledge/ranking/ranker.ts";
import { createRetriever, type Retriever } from "../src/knowledge/retriever.ts";
import { fold } from "../src/text/fold.ts";
import { buildFromFiles } from "./knowledge.ts";

/**
 * Learns the trees of `knowledge/ranking.json` and prints what they are worth on
 * questions that they were not learned from.
 *
 * Learned from: (a) the passages' own questions, each ranked by an index that never saw
 * it (five folds); (b) the question sets named by --learn. Judged on those of --judge.
 */
const folds = 5;
const everything = { limit: 40, allowed: () => true, allowedKey: "all" };
const root = resolve(import.meta.dirname, "..");

const nameOf = (one: { law: string; article: string }) => `${one.law}${one.article}`;

type Judged = { question: string; right: (passage: Passage) => boolean };

function main(): void {
  const { values } = parseArgs({
    options: {
      learn: { type: "string", multiple: true, default: [] },
      judge: { type: "string", multiple: true, default: [] },
      trees: { type: "string", default: "100" },
      leaves: { type: "string", default: "8" },
      write: { type: "boolean", default: false },
    },
  });
  // Without the trees of the last time: what is learned is what they add.
  const { ranking: _, ...blob } = buildFromFiles();
  const full = createRetriever(blob);
  const groups = fromOwnQuestions(blob);
  console.log(`${groups.length} groups from the passages' own questions`);
  const learned = values.learn.flatMap(readSet);
  for (const one of learned) {
    const group = groupOf(blob, full.rank(full.mend(fold(one.question)), everything), one.right, () => false);
    // A person's question outside the digests is worth several of our own.
    groups.push(group, group, group, group);
  }
  console.log(`${learned.length} questions of ${values.learn.join(", ")}`);
  const model = rounded(
    trainTrees(featureNames, groups, {
      trees: Number(values.trees),
      leaves: Number(values.leaves),
      rate: 0.06,
      minRows: 60,
      ridge: 3,
    }),
  );
  for (const path of values.judge) {
    const set = readSet(path);
    for (const [name, retriever] of [
      ["plain", full],
      ["learned", createRetriever(blob, { model })],
    ] as const)
      console.log(path, name, share(set, retriever));
  }
  const used = new Map<string, number>();
  for (const { feature } of model.trees)
    for (const at of feature)
      if (at >= 0) used.set(featureNames[at] ?? "", (used.get(featureNames[at] ?? "") ?? 0) + 1);
  console.log(
    [...used]
      .sort((a, b) => b[1] - a[1])
      .map(([name, times]) => `${name} ${times}`)
      .join(", "),
  );
  if (values.write) {
    const json = `${JSON.stringify(model)}\n`;
    writeFileSync(join(root, "knowledge/ranking.json"), json);
    console.log(`knowledge/ranking.json: ${Math.round(json.length / 1000)} kB`);
  }
}

function readSet(spec: string): Judged[] {
  // F.jsonl, or F.jsonl:even / F.jsonl:odd for half of it.
  const [path = "", half] = spec.split(":");
  return readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .filter((_, at) => half === undefined || (at % 2 === 0) === (half === "even"))
    .map((line) => EvalQuestion.parse(JSON.parse(line)))
    .filter(({ outOfScope }) => !outOfScope)
    .map(({ question, gold, goldAlsoOk }) => {
      const names = new Set([...gold, ...goldAlsoOk].map(nameOf));
      return { question, right: (passage) => names.has(nameOf(passage)) };
    });
}

function share(set: readonly Judged[], retriever: Retriever): string {
  const ranks = set.map(({ question, right }) =>
    retriever
      .retrieve(retriever.mend(fold(question)), { ...everything, limit: 10 })
      .findIndex(({ digest }) => right(digest)),
  );
  const at = (k: number) =>
    (ranks.filter((rank) => rank >= 0 && rank < k).length / Math.max(1, set.length)).toFixed(3);
  return `hit@1 ${at(1)}, hit@2 ${at(2)}, hit@5 ${at(5)}, hit@10 ${at(10)}`;
}

function fromOwnQuestions(blob: KnowledgeBlob): TrainingGroup[] {
  const foldOf = (question: string) => createHash("sha256").update(question).digest()[0] ?? 0;
  return Array.from({ length: folds }, (_, left) => left).flatMap((left) => {
    const held: { question: string; passage: Passage }[] = [];
    const digests = blob.digests.map((passage) => ({
      ...passage,
      asked: passage.asked.map((group) => ({
        ...group,
        questions: group.questions.filter((question) => {
          if (foldOf(question) % folds !== left) return true;
          held.push({ question, passage });
          return false;
        }),
      })),
    }));
    const retriever = createRetriever(buildBlob({ ...blob, digests }, () => ""));
    return held.map(({ question, passage }) =>
      groupOf(
        blob,
        retriever.rank(retriever.mend(fold(question)), everything),
        (other) => nameOf(other) === nameOf(passage),
        // A related article often answers as well: neither right nor wrong, so it teaches nothing.
        (other) => passage.related.includes(nameOf(other)) || other.related.includes(nameOf(passage)),
      ),
    );
  });
}

/** The candidates in their first order, as the rows stand. */
function groupOf(
  { digests }: KnowledgeBlob,
  { candidates, rows }: Ranking,
  right: (passage: Passage) => boolean,
  unclear: (passage: Passage) => boolean,
): TrainingGroup {
  const ordered = [...candidates].sort((x, y) => y.first - x.first || x.id - y.id);
  const kept = ordered.flatMap(({ id }, row) => {
    const passage = digests[id];
    if (passage === undefined) return [];
    const isRight = right(passage);
    return isRight || !unclear(passage) ? [{ row, right: isRight ? 1 : 0 }] : [];
  });
  const own = new Float32Array(kept.length * featureCount);
  kept.forEach(({ row }, at) => {
    own.set(rows.subarray(row * featureCount, (row + 1) * featureCount), at * featureCount);
  });
  return { rows: own, count: kept.length, right: Uint8Array.from(kept, (one) => one.right) };
}

/** Five digits are more than the features hold. */
function rounded({ features, trees }: BoostedTrees): BoostedTrees {
  const five = (value: number) => Number(value.toPrecision(5));
  return {
    features,
    trees: trees.map((tree) => ({
      ...tree,
      threshold: tree.threshold.map(five),
      value: tree.value.map(five),
    })),
  };
}

main();
