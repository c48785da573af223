import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { scale } from "../../test/support/scale.ts";
import {
  type AdmissibilityFacts,
  admissibility,
  groundKinds,
  groundOf,
  grounds,
  groundsOn,
  remedies,
  standings,
  toldOf,
} from "./grounds.ts";
import { LegalSource } from "./legal-source.ts";
import { trackNames } from "./track.ts";

const today = "2026-11-26";
const lastDayOfOldText = "2026-04-14";
const firstDayOfNewText = "2026-04-15";
const codes = (track: (typeof trackNames)[number], asOf: string) =>
  groundsOn({ track, kind: "decline", asOf }).map(({ code }) => code);

describe("the grounds", () => {
  test.each(trackNames)("of %s include one to decline by, one to return by and a withdrawal", (track) => {
    const open = groundsOn({ track, asOf: today });
    expect(open.some(({ kind }) => kind === "decline")).toBe(true);
    expect(open.some(({ kind }) => kind === "return")).toBe(true);
    expect(open.filter(({ code }) => code === "withdrawn")).toHaveLength(1);
  });

  test("name one thing a code on each track", () => {
    const keys = grounds.flatMap(({ code, tracks }) => tracks.map((track) => `${track}/${code}`));
    expect(new Set(keys).size).toBe(keys.length);
  });

  test("serve every kind and use every remedy", () => {
    expect(new Set(grounds.map(({ kind }) => kind))).toEqual(new Set(groundKinds));
    expect(new Set(grounds.flatMap(({ remedies: named }) => named))).toEqual(
      new Set(remedies.map(({ code }) => code)),
    );
  });

  test("have short Chinese titles and tell the party something without any telephone number", () => {
    for (const ground of grounds) {
      expect([...ground.title].length, ground.code).toBeLessThanOrEqual(20);
      expect(ground.title).toMatch(/^[\p{Script=Han}、，]+$/u);
      expect(toldOf(ground), ground.code).not.toMatch(/\d{4,}|1[23]\d{3}/);
    }
  });

  test("of a complaint are six under the old order and seven, with false names, under the new one", () => {
    expect(codes("complaint", lastDayOfOldText)).toEqual([
      "outside_power",
      "already_handled",
      "not_consumer",
      "time_barred",
      "materials_missing",
      "other_lawful_refusal",
    ]);
    expect(codes("complaint", firstDayOfNewText)).toEqual([
      "outside_power",
      "already_handled",
      "not_consumer",
      "time_barred",
      "materials_missing",
      "false_name",
      "other_lawful_refusal",
    ]);
  });

  test("cite the order in force on the day, with how sure its article is", () => {
    const lawsOn = (asOf: string) =>
      groundOf("complaint", "not_consumer", asOf)?.basis.map(
        ({ law, article, paragraph, item, confidence }) => [law, article, paragraph, item, confidence],
      );
    expect(lawsOn(lastDayOfOldText)).toEqual([
      ["市场监督管理投诉举报处理暂行办法", "第十五条", 1, 3, "high"],
    ]);
    expect(lawsOn(firstDayOfNewText)).toEqual([["市场监督管理投诉举报处理办法", "第十六条", 1, 3, "medium"]]);
  });

  test("do not exist before their law does", () => {
    expect(groundOf("ruling", "already_sued", "2025-01-31")).toBeUndefined();
    expect(groundOf("ruling", "already_sued", "2025-02-01")?.title).toBe("已就同一纠纷起诉");
  });

  test("tell the seven that must suspend apart from those that leave it to the office", () => {
    const suspending = groundsOn({ track: "ruling", kind: "suspend", asOf: today });
    expect(suspending.filter(({ binding }) => binding === "must")).toHaveLength(7);
    expect(
      groundsOn({ track: "ruling", kind: "no_suspend", asOf: today }).every(
        ({ binding }) => binding === "may",
      ),
    ).toBe(true);
  });

  test("tell the party the ground first, then the ways that are open", () => {
    const ground = groundOf("mediation", "respondent_refuses", today);
    expect(ground && toldOf(ground)).toBe(
      "对方明确表示不接受调解，调解要双方自愿，所以不能立案。双方都愿意的话，还可以找调解组织调解、申请仲裁，或者向人民法院起诉。",
    );
  });
});

describe("a source", () => {
  test("of a law that is not in the list of editions is refused", () => {
    expect(LegalSource.safeParse({ law: "某某条例", article: "第一条" }).success).toBe(false);
  });

  test("with an item but no paragraph is refused", () => {
    expect(LegalSource.safeParse({ law: "专利法", article: "第一条", item: 2 }).success).toBe(false);
  });

  test("gets its validity and confidence from the list of editions", () => {
    expect(LegalSource.parse({ law: "商标法", article: "第六十条" })).toEqual({
      law: "商标法",
      article: "第六十条",
      validFrom: "2019-11-01",
      validTo: "2026-12-31",
      confidence: "high",
    });
  });
});

const lawful: AdmissibilityFacts = {
  standing: "patentee",
  respondentDefinite: true,
  requestDefinite: true,
  competent: true,
  sued: false,
  otherRouteAgreed: false,
  patentInForce: true,
  requestedOn: today,
  continuing: true,
};
const problemsOf = (changes: Partial<AdmissibilityFacts>) =>
  admissibility({ ...lawful, ...changes }).problems.map(({ ground }) => ground);

describe("admissibility of a request for a ruling", () => {
  test("stands where every condition is met", () => {
    expect(admissibility(lawful)).toEqual({ admissible: true, problems: [], cautions: [] });
  });

  test.each<[string, Partial<AdmissibilityFacts>, string[]]>([
    ["a stranger may not ask", { standing: "none" }, ["not_right_holder"]],
    ["an exclusive licensee may ask alone", { standing: "exclusive_licensee" }, []],
    ["an heir may ask", { standing: "heir" }, []],
    ["a sole licensee may ask where the patentee does not", { standing: "sole_licensee" }, []],
    [
      "a sole licensee may not ask beside the patentee",
      { standing: "sole_licensee", patenteeAsks: true },
      ["licensee_cannot_ask_alone"],
    ],
    ["an ordinary licensee may not ask", { standing: "ordinary_licensee" }, ["licensee_cannot_ask_alone"]],
    [
      "an ordinary licensee may ask by contract or leave",
      { standing: "ordinary_licensee", authorised: true },
      [],
    ],
    ["the respondent must be definite", { respondentDefinite: false }, ["no_definite_respondent"]],
    ["the request must be definite", { requestDefinite: false }, ["request_unclear"]],
    ["the office must be competent", { competent: false }, ["outside_power"]],
    ["nobody may have sued", { sued: true }, ["already_sued"]],
    ["no other way may be agreed", { otherRouteAgreed: true }, ["other_route_agreed"]],
    ["the patent must be in force", { patentInForce: false }, ["patent_not_in_force"]],
    ["three years to the day are in time", { knownOn: "2023-11-26", continuing: false }, []],
    ["three years and a day are late", { knownOn: "2023-11-25", continuing: false }, ["time_barred"]],
    [
      "an interrupted limit does not bar",
      { knownOn: "2020-01-01", continuing: false, limitationInterrupted: true },
      [],
    ],
    [
      "an act that goes on after the patent ended is late all the same",
      { knownOn: "2020-01-01", patentInForce: false },
      ["patent_not_in_force", "time_barred"],
    ],
  ])("%s", (_title, changes, expected) => {
    expect(problemsOf(changes)).toEqual(expected);
    expect(admissibility({ ...lawful, ...changes }).admissible).toBe(expected.length === 0);
  });

  test("a late request over an act that goes on is taken, with the respondent's defence as a caution", () => {
    const result = admissibility({ ...lawful, knownOn: "2020-01-01" });
    expect(result.admissible).toBe(true);
    expect(result.cautions.map(({ ground }) => ground)).toEqual(["limitation_defence_upheld"]);
    expect(result.cautions[0]?.detail).toContain("2023-01-01");
  });

  test("names only grounds of the ruling, each with its sentence, and every one at once", () => {
    const boolean = fc.boolean();
    const day = fc
      .integer({ min: 0, max: 3000 })
      .map((days) => new Date(Date.UTC(2019, 0, 1) + days * 86_400_000).toISOString().slice(0, 10));
    fc.assert(
      fc.property(
        fc.record(
          {
            standing: fc.constantFrom(...standings),
            patenteeAsks: boolean,
            authorised: boolean,
            respondentDefinite: boolean,
            requestDefinite: boolean,
            competent: boolean,
            sued: boolean,
            otherRouteAgreed: boolean,
            patentInForce: boolean,
            knownOn: day,
            requestedOn: day,
            continuing: boolean,
            limitationInterrupted: boolean,
          },
          {
            requiredKeys: [
              "standing",
              "respondentDefinite",
              "requestDefinite",
              "competent",
              "sued",
              "otherRouteAgreed",
              "patentInForce",
              "requestedOn",
              "continuing",
            ],
          },
        ),
        (facts) => {
          const { admissible, problems, cautions } = admissibility(facts);
          expect(admissible).toBe(problems.length === 0);
          for (const { ground, detail } of [...problems, ...cautions]) {
            expect(groundOf("ruling", ground, today), ground).toBeDefined();
            expect(detail).toMatch(/。$/);
          }
          expect(problems.some(({ ground }) => ground === "already_sued")).toBe(facts.sued);
          expect(problems.some(({ ground }) => ground === "outside_power")).toBe(!facts.competent);
          expect(
            [...problems, ...cautions].filter(
              ({ ground }) => ground === "time_barred" || ground === "limitation_defence_upheld",
            ).length,
          ).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: scale(300, 10_000) },
    );
  });
});
