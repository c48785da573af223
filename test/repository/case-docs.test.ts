import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { caseDocs, casePage, legalEventsFrom } from "../../scripts/case-docs.ts";
import { caseEventKinds, caseStateNames, lifecycle } from "../../src/cases/lifecycle.ts";

describe("the page on cases", () => {
  const page = caseDocs();

  test("is as `node scripts/case-docs.ts` writes it", () => {
    expect(readFileSync(join(import.meta.dirname, "../..", casePage), "utf8")).toBe(page);
  });

  test("names every state, every action with its title, and every member of a body", () => {
    for (const state of caseStateNames) expect(page).toContain(`| \`${state}\` |`);
    for (const kind of caseEventKinds) {
      const { action, title, data } = lifecycle[kind];
      expect(page).toContain(`| \`${action ?? kind}\` | ${title} |`);
      if (action === null) continue;
      const row = page.split("\n").find((line) => line.startsWith(`| \`${action}\` | \`${kind}\` |`));
      for (const member of Object.keys(data.shape)) expect(row, kind).toMatch(`\`${member}`);
    }
  });

  test("tells the legal events of a step whatever the track and the document", () => {
    expect(legalEventsFrom("served")).toEqual(
      expect.arrayContaining(["copy_received", "ruling_received", "decision_received", "penalty_informed"]),
    );
    expect(legalEventsFrom("measure_taken")).toEqual(["preserved", "seized"]);
    expect(legalEventsFrom("assigned")).toEqual([]);
    // Noted in the file, and of no effect on any limit.
    for (const kind of ["pause_started", "transfer_proposed", "archived"] as const)
      expect(legalEventsFrom(kind), kind).toEqual([]);
  });

  test("draws every way from state to state once", () => {
    const drawn = page.split("\n").filter((line) => /^ {2}\S+ --> /.test(line));
    const ways = drawn.map((line) => line.split(":")[0]);
    expect(new Set(ways).size).toBe(ways.length);
    expect(drawn.find((line) => line.startsWith("  routed --> accepted:"))).toContain("accept");
    expect(drawn.find((line) => line.startsWith("  closed --> routed:"))).toContain("reopen");
  });
});
