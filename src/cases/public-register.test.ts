import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type CellCount,
  cellKey,
  monthOf,
  publication,
  publicCells,
  startOfMonth,
} from "./public-register.ts";

const cell = fc.record({
  matter: fc.constantFrom("假冒专利", "商标侵权"),
  county: fc.constantFrom("献县", "南皮县", "青县", "非本市", null),
  month: fc.constantFrom("2026-10", "2026-11"),
  count: fc.integer({ min: 1, max: 9 }),
});

test("no cell that is told holds fewer than five, and none that could be told is withheld", () => {
  fc.assert(
    fc.property(fc.uniqueArray(cell, { selector: cellKey }), (counts) => {
      const cells = publicCells(counts);
      const how = ({ matter, county, month }: CellCount) =>
        cells.of({ matter, county, openedAt: startOfMonth(month) });
      const together = new Map<string, number>();
      for (const one of counts) {
        const named = one.county !== null && one.county !== "非本市" && one.count >= 5;
        expect(how(one) === "county").toBe(named);
        const group = `${one.matter}${one.month}`;
        if (!named) together.set(group, (together.get(group) ?? 0) + one.count);
      }
      for (const one of counts) {
        if (how(one) === "county") continue;
        expect(how(one)).toBe((together.get(`${one.matter}${one.month}`) ?? 0) >= 5 ? "city" : "withheld");
      }
      expect(cells.told.length).toBe(counts.filter((one) => how(one) !== "withheld").length);
    }),
  );
});

test("what was not counted is withheld", () => {
  expect(publicCells([]).of({ matter: "假冒专利", county: "献县", openedAt: new Date(0) })).toBe("withheld");
});

test("a month is that of Asia/Shanghai", () => {
  expect(monthOf(new Date("2026-10-31T15:59:59Z"))).toBe("2026-10");
  expect(monthOf(new Date("2026-10-31T16:00:00Z"))).toBe("2026-11");
  expect(startOfMonth("2026-11")).toEqual(new Date("2026-10-31T16:00:00Z"));
  expect(startOfMonth("2026-12", 1)).toEqual(new Date("2026-12-31T16:00:00Z"));
});

test("advice, aid, mediation, leads and trade secrets are nobody else's business", () => {
  for (const track of ["consultation", "aid", "opinion", "mediation", "lead"] as const)
    expect(publication.tracks).not.toContain(track);
  expect(publication.matters).not.toContain("侵犯商业秘密");
});
