import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import {
  type ConfidenceWeights,
  confidenceOf,
  type Evidence,
  featuresOf,
} from "../src/knowledge/confidence.ts";
import { EvalQuestion } from "../src/knowledge/evaluation.ts";
import { buildBlob, type KnowledgeBlob } from "../src/knowledge/knowledge-blob.ts";
import { createRetriever, type Retrieved } from "../src/knowledge/retriever.ts";
import { fold } from "../src/text/fold.ts";
import { buildFromFiles } from "./knowledge.ts";

/**
 * Fits the weights of confidence.ts and prints them with a reliability table.
 *
 * Data: (a) the digests' own questions, each answered by an index that never saw it
 * (five folds); (b) our question sets under test/evals/; (c) where ../shared/bench is
 * at hand, its training questions of other fields of law, none of which we can answer.
 */
type Sample = { evidence: Evidence; right: boolean; weight: number };

const folds = 5;
const everything = { limit: 5, allowed: () => true, allowedKey: "all" };
const nameOf = (one: { law: string; article: string }) => `${one.law}${one.article}`;

function main(): void {
  const blob = buildFromFiles();
  const samples = [...fromDigests(blob), ...fromSets(blob), ...fromOtherFields(blob)];
  const weights = fitWeights(samples);
  console.log(JSON.stringify(weights.map((weight) => Math.round(weight * 1000) / 1000)));
  for (let bin = 0; bin < 10; bin += 1) {
    const inside = samples.filter(
      ({ evidence }) => Math.min(9, Math.floor(confidenceOf(evidence, weights) * 10)) === bin,
    );
    const mass = inside.reduce((sum, one) => sum + one.weight, 0);
    const right = inside.reduce((sum, one) => sum + (one.right ? one.weight : 0), 0);
    console.log(
      `${bin / 10}–${(bin + 1) / 10}: ${inside.length} samples, right ${mass === 0 ? "–" : (right / mass).toFixed(2)}`,
    );
  }
}

function fromDigests(blob: KnowledgeBlob): Sample[] {
  const foldOf = (question: string) => createHash("sha256").update(question).digest()[0] ?? 0;
  return Array.from({ length: folds }, (_, fold) => fold).flatMap((left) => {
    const held: { question: string; id: number }[] = [];
    const digests = blob.digests.map((digest, id) => ({
      ...digest,
      asked: digest.asked.map((group) => ({
        ...group,
        questions: group.questions.filter((question) => {
          if (foldOf(question) % folds !== left) return true;
          held.push({ question, id });
          return false;
        }),
      })),
    }));
    const retriever = createRetriever(buildBlob({ ...blob, digests }, () => ""));
    return held.flatMap(({ question, id }) => {
      const top = retriever.retrieve(retriever.mend(fold(question)), everything)[0];
      if (top === undefined) return [];
      // A related article often answers as well: neither right nor wrong, so it teaches nothing.
      if (top.id !== id && blob.digests[id]?.related.includes(nameOf(top.digest))) return [];
      return [{ evidence: top.evidence, right: top.id === id, weight: 0.2 }];
    });
  });
}

function fromSets(blob: KnowledgeBlob): Sample[] {
  const retriever = createRetriever(blob);
  const lines = [
    ...linesOf("test/evals/questions/patent-law.jsonl"),
    // The other half judges the thresholds.
    ...linesOf("test/evals/questions/blind-1.jsonl").filter((_, at) => at % 2 === 0),
  ];
  return lines
    .map((line) => EvalQuestion.parse(JSON.parse(line)))
    .flatMap((question) => {
      const top: Retrieved | undefined = retriever.retrieve(
        retriever.mend(fold(question.question)),
        everything,
      )[0];
      if (top === undefined) return [];
      const gold = [...question.gold, ...question.goldAlsoOk].map(nameOf);
      return [{ evidence: top.evidence, right: gold.includes(nameOf(top.digest)), weight: 3 }];
    });
}

function linesOf(path: string): string[] {
  return readFileSync(path, "utf8").trim().split("\n");
}

function fromOtherFields(blob: KnowledgeBlob): Sample[] {
  const path = "../shared/bench/questions-train.jsonl";
  const field = new RegExp(blob.scope.field.join("|"), "u");
  if (!existsSync(path)) return [];
  const retriever = createRetriever(blob);
  return readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { question: string }).question)
    .filter((question) => !field.test(question))
    .flatMap((question) => {
      const top = retriever.retrieve(retriever.mend(fold(question)), everything)[0];
      return top === undefined ? [] : [{ evidence: top.evidence, right: false, weight: 0.1 }];
    });
}

/** Logistic regression by gradient descent with a small ridge; the problem is convex and tiny. */
function fitWeights(samples: readonly Sample[]): ConfidenceWeights {
  const rows = samples.map(({ evidence, right, weight }) => ({
    features: featuresOf(evidence),
    right: right ? 1 : 0,
    weight,
  }));
  const size = rows[0]?.features.length ?? 0;
  const total = rows.reduce((sum, row) => sum + row.weight, 0);
  const weights = new Array<number>(size).fill(0);
  for (let step = 0; step < 20_000; step += 1) {
    const gradient = new Array<number>(size).fill(0);
    for (const { features, right, weight } of rows) {
      const logit = features.reduce((sum, feature, at) => sum + feature * (weights[at] ?? 0), 0);
      const error = (1 / (1 + Math.exp(-logit)) - right) * weight;
      features.forEach((feature, at) => {
        gradient[at] = (gradient[at] ?? 0) + error * feature;
      });
    }
    for (let at = 0; at < size; at += 1) {
      weights[at] =
        (weights[at] ?? 0) -
        0.5 * ((gradient[at] ?? 0) / total + 0.0005 * (at === 0 ? 0 : (weights[at] ?? 0)));
    }
  }
  return weights;
}

main();
