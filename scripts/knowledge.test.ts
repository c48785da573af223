import { describe, expect, test } from "vitest";
import index from "../knowledge/index.json" with { type: "json" };
import { checkKnowledge } from "../src/knowledge/check-knowledge.ts";
import { buildFromFiles } from "./knowledge.ts";

const built = buildFromFiles();

describe("knowledge/index.json", () => {
  test("is that of the YAML files as they stand", () => {
    expect(index.version, "stale: npm run knowledge -- build").toBe(built.version);
    expect(JSON.stringify(index)).toBe(JSON.stringify(built));
  });

  test("holds digests that cite only what is in force and cover both laws", () => {
    expect(checkKnowledge(built, { asOf: "2026-11-23", texts: undefined }).faults).toEqual([]);
  });
});

describe("the check", () => {
  const faultsOf = (change: (digest: (typeof built.digests)[number]) => object) => {
    const [first, ...others] = built.digests;
    if (first === undefined) throw new Error("no digests");
    const blob = { ...built, digests: [{ ...first, ...change(first) }, ...others] };
    return checkKnowledge(blob, { asOf: "2026-11-23", texts: undefined }).faults;
  };

  test.each([
    ["a related article that does not exist", () => ({ related: ["专利法第九十九条"] }), /第九十九条/u],
    ["a related text that is no article", () => ({ related: ["专利法"] }), /not one article/u],
    [
      "an answer that names an article not in force",
      () => ({ summary: "细则第二百条规定了这件事情的办法。" }),
      /第二百条/u,
    ],
    [
      "too few questions",
      () => ({ asked: [{ questions: ["为啥", "咋办"], answer: "没有别的办法，只能这样。" }] }),
      /at least 5/u,
    ],
    ["an edition the catalogue lacks", () => ({ edition: "1999-01-01" }), /no edition/u],
    [
      "a point of a 款 that the article lacks",
      () => ({ points: [{ paragraph: 99, text: "没有的款" }] }),
      /款 99/u,
    ],
  ])("finds %s", (_, change, fault) => {
    expect(faultsOf(change).some((one) => fault.test(one))).toBe(true);
  });

  test("finds a passage that stands twice", () => {
    const twice = { ...built, digests: [...built.digests, ...built.digests.slice(0, 1)] };
    const { faults } = checkKnowledge(twice, { asOf: "2026-11-23", texts: undefined });
    expect(faults.some((one) => one.includes("stands twice"))).toBe(true);
  });
});
