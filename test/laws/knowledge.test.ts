import { describe, expect, test } from "vitest";
import { buildFromFiles, officialTexts } from "../../scripts/knowledge.ts";
import { checkKnowledge } from "../../src/knowledge/check-knowledge.ts";

describe("digests beside the official texts", () => {
  const texts = officialTexts() ?? [];
  const blob = buildFromFiles();
  const check = (changed: typeof blob) => checkKnowledge(changed, { asOf: "2026-11-23", texts }).faults;

  test("every figure stands in its article, no wording is shared, every text is in the catalogue", () => {
    expect(texts.length).toBeGreaterThanOrEqual(82);
    expect(check(blob)).toEqual([]);
  });

  test("a figure that the article lacks and a copied sentence are found", () => {
    const [first, ...others] = blob.digests;
    if (first === undefined) throw new Error("no digests");
    const official = texts.find((one) => one.title === "专利法" && one.edition === "2020-10-17")?.text ?? "";
    const sentence = /第一条 (.*)/u.exec(official)?.[1] ?? "";
    const copied = {
      ...first,
      summary: sentence,
      figures: [{ label: "没有的数", value: "77年", written: "七十七年" }],
    };
    const faults = check({ ...blob, digests: [copied, ...others] });
    expect(faults.some((one) => one.includes("七十七年"))).toBe(true);
    expect(faults.some((one) => one.includes("shares"))).toBe(true);
  });
});
