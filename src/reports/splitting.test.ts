import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { relations, reportTypes, type Slots } from "./report.ts";
import { splitReport } from "./splitting.ts";

const Case = z.object({
  id: z.string(),
  reportType: z.enum(reportTypes),
  reporter: z.enum(["named", "phone", "anonymous"]),
  relation: z.enum(relations).optional(),
  says: z.array(z.string()),
  parts: z.array(z.enum(reportTypes)),
  notOpened: z.array(z.enum(reportTypes)).default([]),
});
type Case = z.infer<typeof Case>;

const cases = readFileSync(join(import.meta.dirname, "../../test/evals/matching/splitting.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => Case.parse(JSON.parse(line)));

const who = {
  named: { contactName: "李明", contactPhone: "13800001234" },
  phone: { contactPhone: "13800001234" },
  anonymous: { anonymous: true },
} as const;

function slotsOf({
  reportType,
  reporter,
  relation,
}: Pick<Case, "reportType" | "reporter" | "relation">): Slots {
  return { reportType, ...who[reporter], ...(relation === undefined ? {} : { relation }) };
}

const split = (one: Case) => splitReport({ slots: slotsOf(one), narrative: one.says });

/** What a split says beside the primary matter, opened or not. */
const beside = (one: Pick<Case, "reportType" | "parts" | "notOpened">) => [
  ...one.parts.filter((name) => name !== one.reportType).map((name) => `+${name}`),
  ...one.notOpened.map((name) => `!${name}`),
];

function measure(part: readonly Case[]) {
  let right = 0;
  let said = 0;
  let wanted = 0;
  const wrong: string[] = [];
  for (const one of part) {
    const { parts, notOpened } = split(one);
    const expected = beside(one);
    const found = beside({
      reportType: one.reportType,
      parts: parts.map(({ reportType }) => reportType),
      notOpened: notOpened.map(({ reportType }) => reportType),
    });
    right += found.filter((name) => expected.includes(name)).length;
    said += found.length;
    wanted += expected.length;
    if (found.toSorted().join() !== expected.toSorted().join()) {
      wrong.push(`${one.id} ${one.says.join(" / ")}: ${found.join(" ")} instead of ${expected.join(" ")}`);
    }
  }
  return { precision: right / said, recall: right / wanted, wrong };
}

const odd = ({ id }: Case) => Number(id.slice(1)) % 2 === 1;

describe("splitting on the labelled cases", () => {
  test("there are more than 150 of them, with and without a second matter", () => {
    expect(cases.length).toBeGreaterThan(150);
    expect(cases.filter((one) => beside(one).length > 0).length).toBeGreaterThan(70);
    expect(cases.filter((one) => beside(one).length === 0).length).toBeGreaterThan(70);
  });

  test.each([
    ["the half that the cues were tuned on", cases.filter(odd)],
    ["the half that they were not", cases.filter((one) => !odd(one))],
  ])("%s: precision at least 0.97, recall at least 0.9", (name, part) => {
    const { precision, recall, wrong } = measure(part);
    console.info(
      `${name}: precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}, ${part.length} cases`,
    );
    if (process.env["SHOW"] === "tuned" && part.some(odd)) console.info(wrong.join("\n"));
    expect(precision).toBeGreaterThanOrEqual(0.97);
    expect(recall).toBeGreaterThanOrEqual(0.9);
  });
});

describe("a report of a faked patent by somebody who wants the money back", () => {
  const narrative = ["集上买的锅，专利号是編的，举报他", "叫他退錢给我"];

  test("is a tip and a complaint, and points at the words that ask for the money", () => {
    const { parts, notOpened, mixed } = splitReport({
      slots: { reportType: "假冒专利", ...who.named },
      narrative,
    });

    expect(parts.map(({ reportType }) => reportType)).toEqual(["假冒专利", "消费投诉"]);
    expect(parts[1]?.evidence).toEqual({ source: "narrative", line: 1, start: 2, end: 4 });
    expect(parts[1]?.reason).toContain("分开办、同时开始");
    expect(notOpened).toEqual([]);
    expect(mixed).toBe(true);
  });

  test("is only a tip without a name, and the person learns why", () => {
    const { parts, notOpened, mixed } = splitReport({
      slots: { reportType: "假冒专利", ...who.anonymous },
      narrative,
    });

    expect(parts.map(({ reportType }) => reportType)).toEqual(["假冒专利"]);
    expect(notOpened).toEqual([
      { reportType: "消费投诉", reason: expect.stringContaining("匿名只能作举报") },
    ]);
    expect(mixed).toBe(true);
  });

  test("is no consumer's complaint when the goods were bought for trade", () => {
    const { parts, notOpened } = splitReport({
      slots: { reportType: "假冒专利", ...who.named },
      narrative: ["我进了一批锅，专利号是编的", "叫他退钱"],
    });

    expect(parts).toHaveLength(1);
    expect(notOpened[0]?.reason).toContain("不是为自家生活买的");
  });

  test("is a complaint as well when a refusal is told in the seller's words, but not when an offer is", () => {
    const told = (words: string) =>
      splitReport({
        slots: { reportType: "假冒专利", ...who.named },
        narrative: [`买的锅，专利号是编的，${words}`],
      }).parts.map(({ reportType }) => reportType);

    expect(told("客服说不给退")).toEqual(["假冒专利", "消费投诉"]);
    expect(told("客服说给我退款")).toEqual(["假冒专利"]);
  });

  test.each([
    "退不退款都行",
    "赔不赔钱无所谓",
    "换不换货我不在乎",
    "别跟我整赔钱那一套",
    "好多学生都找他退钱了",
    "他给人家赔过钱",
  ])("is only a tip where the money does not matter or is somebody else's: %s", (words) => {
    const { parts } = splitReport({
      slots: { reportType: "假冒专利", ...who.named },
      narrative: [`买的锅，专利号是编的，${words}，我举报`],
    });

    expect(parts.map(({ reportType }) => reportType)).toEqual(["假冒专利"]);
  });

  test("is read from the description of a form as well", () => {
    const { parts } = splitReport({
      slots: { reportType: "假冒专利", ...who.named, description: "买的锅专利号是编的，要求退款" },
      narrative: [],
    });

    expect(parts[1]?.evidence).toMatchObject({ source: "description", line: 0 });
  });
});

test("an anonymous complaint with a tip beside it is opened as the tip alone", () => {
  const { parts, notOpened } = splitReport({
    slots: { reportType: "消费投诉", ...who.anonymous },
    narrative: ["买的锅要退款，专利号是假的，我举报"],
  });

  expect(parts.map(({ reportType }) => reportType)).toEqual(["假冒专利"]);
  expect(notOpened.map(({ reportType }) => reportType)).toEqual(["消费投诉"]);
});

test("an infringement whose owner wants money or mediation is one matter", () => {
  const { parts, mixed } = splitReport({
    slots: { reportType: "专利侵权", relation: "权利人", remedy: "赔偿、调解", ...who.named },
    narrative: ["他仿我的专利，我买了一个，要他赔钱，请你们调解"],
  });

  expect(parts).toHaveLength(1);
  expect(mixed).toBe(false);
});

test("a report without words and without a type is one matter of no kind", () => {
  expect(splitReport({ slots: {}, narrative: [] })).toEqual({
    parts: [{ reportType: "其他", reason: expect.any(String), evidence: null }],
    notOpened: [],
    mixed: false,
  });
});

test("a long text of nothing but cues is read in a moment", () => {
  const started = performance.now();
  splitReport({
    slots: { reportType: "假冒专利" },
    narrative: ["不要想求着整提要想去退款如果专利".repeat(250)],
  });

  expect(performance.now() - started).toBeLessThan(1000);
});
