import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createVault } from "../crypto/key-ring.ts";
import { compareMarks, judgeDuplicate, judgeRespondent, keeperOf, type MarkComparison } from "./duplicate.ts";
import { type Mark, marksOf } from "./fingerprint.ts";
import { type ReportType, Slots } from "./report.ts";

const Written = z.object({
  slots: Slots,
  says: z.array(z.string()),
  files: z.array(z.string()).default([]),
  why: z.string().optional(),
});
const Matter = z.object({ id: z.string(), reports: z.array(Written).min(2), others: z.array(Written) });
type Written = z.infer<typeof Written>;

const matters = readFileSync(join(import.meta.dirname, "../../test/evals/matching/duplicates.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => Matter.parse(JSON.parse(line)));

const vault = createVault({ current: "k1", keys: new Map([["k1", new Uint8Array(32).fill(7)]]) });
const mark = async (one: Written) => ({
  one,
  type: one.slots.reportType ?? "其他",
  marks: await marksOf({ slots: one.slots, narrative: one.says, evidenceSha256s: one.files }, (text) =>
    vault.hash("lookup", text),
  ),
});
type Marked = Awaited<ReturnType<typeof mark>>;

const marked = await Promise.all(
  matters.map(async ({ id, reports, others }) => ({
    id,
    reports: await Promise.all(reports.map(mark)),
    others: await Promise.all(others.map(mark)),
  })),
);

const judge = (a: Marked, b: Marked) =>
  judgeDuplicate(compareMarks(a.marks, b.marks), { left: a.type as ReportType, right: b.type as ReportType });

/** Every pair of one matter, those that are the same and the near misses. */
function pairsOf(some: typeof marked) {
  return some.flatMap(({ id, reports, others }) => [
    ...reports.flatMap((a, index) => reports.slice(index + 1).map((b) => ({ id, a, b, same: true }))),
    ...reports.flatMap((a) => others.map((b) => ({ id, a, b, same: false }))),
  ]);
}

describe("duplicates among the labelled pairs", () => {
  const pairs = pairsOf(marked).map((pair) => ({ ...pair, verdict: judge(pair.a, pair.b).verdict }));

  test("there are at least 200 pairs, same and not", () => {
    expect(pairs.length).toBeGreaterThanOrEqual(200);
    expect(pairs.filter(({ same }) => same).length).toBeGreaterThanOrEqual(80);
  });

  test("precision at least 0.95, recall at least 0.9; what is called the same is the same", () => {
    const found = pairs.filter(({ verdict }) => verdict === "same" || verdict === "likely");
    const right = found.filter(({ same }) => same).length;
    const precision = right / found.length;
    const recall = right / pairs.filter(({ same }) => same).length;
    const certain = pairs.filter(({ verdict }) => verdict === "same");
    console.info(
      `duplicates: precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}, ${pairs.length} pairs, ${certain.length} called same`,
    );
    if (process.env["SHOW"] === "pairs") {
      for (const { id, a, b, same, verdict } of pairs) {
        if (same !== (verdict === "same" || verdict === "likely")) {
          console.info(
            `${id} ${verdict}${same ? "" : " (not the same)"}`,
            a.one.slots,
            a.one.says,
            b.one.slots,
            b.one.says,
            compareMarks(a.marks, b.marks),
          );
        }
      }
    }
    expect(precision).toBeGreaterThanOrEqual(0.95);
    expect(recall).toBeGreaterThanOrEqual(0.9);
    expect(certain.filter(({ same }) => !same)).toEqual([]);
  });

  test("reports of different matters are no duplicates of one another", () => {
    let wrong = 0;
    marked.forEach((left, index) => {
      for (const right of marked.slice(index + 1)) {
        for (const a of left.reports) {
          for (const b of right.reports) {
            if (!["none", "related"].includes(judge(a, b).verdict)) wrong++;
          }
        }
      }
    });

    expect(wrong).toBe(0);
  });
});

const compared = (shared: MarkComparison["shared"], differing: MarkComparison["differing"] = []) => ({
  shared,
  differing,
});
const tips = { left: "假冒专利", right: "假冒专利" } as const;

describe("judging two reports", () => {
  test.each<[string, MarkComparison, string]>([
    ["patent and respondent", compared({ patent: 1, respondent: 1 }), "same"],
    ["picture and respondent", compared({ file: 1, respondent: 1 }), "same"],
    ["respondent, product and text", compared({ respondent: 1, product: 1, text_band: 6 }), "same"],
    ["the text alone", compared({ text_band: 6 }), "likely"],
    ["a text of two shared bands", compared({ text_band: 2 }), "none"],
    ["the text, about another firm", compared({ text_band: 16 }, ["respondent"]), "related"],
    ["the patent alone", compared({ patent: 1 }), "related"],
    ["the respondent alone", compared({ respondent: 1 }), "related"],
    ["the product alone", compared({ product: 1 }), "none"],
    [
      "patent and a name of another town",
      compared({ patent: 1, respondent: 1 }, ["respondent_place"]),
      "related",
    ],
    [
      "everything but the credit code",
      compared({ patent: 1, respondent: 1, product: 1 }, ["respondent_credit_code"]),
      "related",
    ],
    ["nothing", compared({}, ["patent"]), "none"],
  ])("%s: %s is %s", (_, comparison, verdict) => {
    expect(judgeDuplicate(comparison, tips).verdict).toBe(verdict);
  });

  test("says why, in Chinese", () => {
    expect(judgeDuplicate(compared({ patent: 1, respondent: 1 }), tips).reasons).toEqual([
      "专利号和被举报方都相同。",
    ]);
  });

  test("never joins two complaints, nor an infringement to a tip", () => {
    const everything = compared({ patent: 1, respondent: 1, product: 1, text_band: 16 });

    expect(judgeDuplicate(everything, { left: "消费投诉", right: "消费投诉" }).verdict).toBe("related");
    expect(judgeDuplicate(everything, { left: "假冒专利", right: "专利侵权" })).toEqual({
      verdict: "related",
      reasons: [expect.any(String), expect.stringContaining("程序不同")],
    });
  });

  test("leaves it to a person when people called the same thing by two kindred names", () => {
    const both = compared({ patent: 1, respondent: 1 });

    expect(judgeDuplicate(both, { left: "假冒专利", right: "标识不规范" }).verdict).toBe("likely");
  });
});

describe("who has been decided against before", () => {
  test.each<[string, MarkComparison, string | undefined]>([
    ["one credit code", compared({ respondent_credit_code: 1 }, ["respondent"]), "certain"],
    ["one name and telephone", compared({ respondent: 1, respondent_phone: 1 }), "certain"],
    ["one shop", compared({ shop: 1 }), "certain"],
    ["one name in one county", compared({ respondent: 1, respondent_place: 1 }), "probable"],
    ["one name", compared({ respondent: 1 }), "possible"],
    [
      "one name, two credit codes",
      compared({ respondent: 1, respondent_place: 1 }, ["respondent_credit_code"]),
      undefined,
    ],
    ["one patent", compared({ patent: 1 }), undefined],
  ])("%s", (_, comparison, strength) => {
    expect(judgeRespondent(comparison)?.strength).toBe(strength);
  });
});

test("the first filed keeps; of two filed at once the lower id", () => {
  const at = (id: string, day: number) => ({ id, filedAt: new Date(Date.UTC(2026, 10, day)) });

  expect(keeperOf([at("report_c", 3), at("report_b", 2), at("report_a", 2)])?.id).toBe("report_a");
  expect(keeperOf([])).toBeUndefined();
});

test("marks are compared by kind and value", () => {
  const marks = (...list: [Mark["kind"], string][]): Mark[] => list.map(([kind, value]) => ({ kind, value }));

  expect(
    compareMarks(
      marks(["patent", "1"], ["product", "2"]),
      marks(["patent", "1"], ["product", "3"], ["file", "1"]),
    ),
  ).toEqual({ shared: { patent: 1 }, differing: ["product"] });
});
