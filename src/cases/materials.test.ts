import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { scale } from "../../test/support/scale.ts";
import { mediationKindNames } from "./grounds.ts";
import {
  type MaterialFacts,
  materialConditionNames,
  materials,
  missingMaterials,
  occasions,
  requiredMaterials,
} from "./materials.ts";
import { type Track, trackNames } from "./track.ts";

const plain: MaterialFacts = {
  asOf: "2026-11-26",
  patentKind: "invention",
  applicantKind: "natural",
  hasAgent: false,
  respondents: 1,
  claimsCount: 1,
};
const codesOf = (track: Track, changes: Partial<MaterialFacts> = {}, base = plain) =>
  requiredMaterials(track, { ...base, ...changes }).map(({ code }) => code);

describe("the papers of a ruling", () => {
  test("are, for one person with one claim, the signed request, its particulars, an identity and the register copy", () => {
    expect(codesOf("ruling")).toEqual([
      "petition",
      "petition_requester",
      "petition_respondent",
      "petition_claim",
      "id_card",
      "patent_register_copy",
      "evidence",
      "petition_copies",
    ]);
  });

  test("ask for the register copy, and a receipt of the annual fee does not stand in for it", () => {
    expect(missingMaterials("ruling", plain, ["annual_fee_receipt"]).map(({ code }) => code)).toContain(
      "patent_register_copy",
    );
  });

  test("number the copies by the respondents", () => {
    const [copies] = missingMaterials("ruling", { ...plain, respondents: 3 }, []).filter(
      ({ code }) => code === "petition_copies",
    );
    expect(copies?.copies).toBe(3);
  });

  test.each<[string, Partial<MaterialFacts>, string[], string[]]>([
    [
      "a company",
      { applicantKind: "legal" },
      ["petition_representative", "licence_copy", "representative_proof"],
      ["id_card"],
    ],
    ["a licensee or heir", { isPatentee: false }, ["interest_proof"], []],
    ["two claims", { claimsCount: 2 }, ["claims_relied_on"], []],
    ["a design, which has no claims", { patentKind: "design", claimsCount: 2 }, [], ["claims_relied_on"]],
    [
      "a utility model whose report nobody asked for",
      { patentKind: "utility_model" },
      [],
      ["evaluation_report"],
    ],
    [
      "a utility model whose report was asked for",
      { patentKind: "utility_model", reportDemanded: true },
      ["evaluation_report"],
      [],
    ],
    ["an invention, whose report is never asked for", { reportDemanded: true }, [], ["evaluation_report"]],
    ["an agent", { hasAgent: true }, ["petition_agent", "agent_mandate"], ["special_mandate"]],
    ["an agent who may settle", { hasAgent: true, agentSettles: true }, ["special_mandate"], []],
    [
      "a requester from Hong Kong, Macao or Taiwan",
      { overseas: "region" },
      ["identity_notarised_region"],
      ["id_card", "identity_notarised_foreign"],
    ],
    [
      "a foreigner with an agent",
      { overseas: "foreign", hasAgent: true },
      ["identity_notarised_foreign", "mandate_notarised"],
      ["id_card"],
    ],
    [
      "evidence from abroad in another language",
      { foreignEvidence: true, foreignLanguage: true },
      ["foreign_evidence_legalised", "translation"],
      [],
    ],
  ])("change with %s", (_title, changes, present, absent) => {
    const codes = codesOf("ruling", changes);
    for (const code of present) expect(codes).toContain(code);
    for (const code of absent) expect(codes).not.toContain(code);
  });
});

test("where the kind of requester and the number of claims are not known, a ruling asks for both", () => {
  const codes = codesOf("ruling", {}, { asOf: "2026-11-26", hasAgent: false, respondents: 1 });
  expect(codes).toContain("identity_proof");
  expect(codes).toContain("claims_relied_on");
  expect(codes).not.toContain("id_card");
});

describe("the papers of the other tracks", () => {
  test("of a mediation over damages alone include the decision that found the infringement", () => {
    expect(codesOf("mediation", { mediationKind: "damages" })).toContain("infringement_decision");
    expect(codesOf("mediation", { mediationKind: "ownership" })).not.toContain("infringement_decision");
  });

  test("of a complaint include the number of an identity card only from the new order on", () => {
    expect(codesOf("complaint", { asOf: "2026-04-14" })).not.toContain("complainant_id");
    expect(codesOf("complaint", { asOf: "2026-04-15" })).toContain("complainant_id");
  });

  test("of a tip ask for a name only where it is given under the real one", () => {
    expect(codesOf("penalty", { realName: true })).toContain("reporter_contact");
    expect(codesOf("penalty")).toEqual(["tip_facts", "respondent_identity"]);
  });

  test("of a defence are the respondent's, in as many copies as there are requesters", () => {
    const papers = requiredMaterials("ruling", { ...plain, occasion: "defence", requesters: 2 });
    expect(papers.map(({ code, copies }) => [code, copies])).toEqual([
      ["defence_statement", undefined],
      ["defence_copies", 2],
      ["defence_evidence", undefined],
    ]);
  });

  test("of a platform's seller are the statement and its evidence", () => {
    expect(codesOf("ruling", { occasion: "platform_statement" })).toEqual([
      "non_infringement_statement",
      "non_infringement_evidence",
    ]);
  });

  test.each(trackNames)("of %s are not none", (track) => {
    expect(codesOf(track)).not.toEqual([]);
  });
});

describe("what is missing", () => {
  test("leaves out what is there and keeps the order", () => {
    const missing = missingMaterials("ruling", plain, ["petition", "id_card", "evidence"]);
    expect(missing.map(({ code }) => code)).toEqual([
      "petition_requester",
      "petition_respondent",
      "petition_claim",
      "patent_register_copy",
      "petition_copies",
    ]);
    expect(missing.find(({ code }) => code === "patent_register_copy")?.basis).toMatchObject([
      { law: "专利纠纷行政裁决和调解办法", article: "第十四条", paragraph: 1, item: 2 },
    ]);
  });

  const facts = fc.record(
    {
      asOf: fc.constantFrom("2026-04-14", "2026-04-15", "2026-11-26"),
      occasion: fc.constantFrom(...occasions),
      patentKind: fc.constantFrom("invention" as const, "utility_model" as const, "design" as const),
      applicantKind: fc.constantFrom("natural" as const, "legal" as const),
      isPatentee: fc.boolean(),
      hasAgent: fc.boolean(),
      agentSettles: fc.boolean(),
      respondents: fc.integer({ min: 0, max: 9 }),
      requesters: fc.integer({ min: 1, max: 4 }),
      claimsCount: fc.integer({ min: 0, max: 30 }),
      overseas: fc.constantFrom("region" as const, "foreign" as const),
      reportDemanded: fc.boolean(),
      foreignEvidence: fc.boolean(),
      foreignLanguage: fc.boolean(),
      mediationKind: fc.constantFrom(...mediationKindNames),
      realName: fc.boolean(),
      smallFirm: fc.boolean(),
      asksMoney: fc.boolean(),
    },
    { requiredKeys: ["asOf", "hasAgent", "respondents"] },
  );
  const codes = [...new Set(materials.map(({ code }) => code))];

  test("is nothing once everything is there, names no paper twice, and shrinks by exactly what is handed in", () => {
    fc.assert(
      fc.property(fc.constantFrom(...trackNames), facts, fc.subarray(codes), (track, known, handedIn) => {
        const all = requiredMaterials(track, known).map(({ code }) => code);
        const missing = missingMaterials(track, known, handedIn).map(({ code }) => code);
        expect(missingMaterials(track, known, codes)).toEqual([]);
        expect(missingMaterials(track, known, all)).toEqual([]);
        expect(new Set(all).size).toBe(all.length);
        expect(missing).toEqual(all.filter((code) => !handedIn.includes(code)));
      }),
      { numRuns: scale(500, 20_000) },
    );
  });

  test("always includes exactly one way to prove who asks for a ruling", () => {
    fc.assert(
      fc.property(facts, (known) => {
        const ways = codesOf("ruling", { occasion: "opening" }, known);
        const proofs = [
          "id_card",
          "licence_copy",
          "identity_proof",
          "identity_notarised_region",
          "identity_notarised_foreign",
        ].filter((code) => ways.includes(code));
        expect(proofs).toHaveLength(1);
      }),
    );
  });

  test("uses every condition that is implemented", () => {
    expect(new Set(materials.flatMap(({ when }) => (when === undefined ? [] : [when])))).toEqual(
      new Set(materialConditionNames),
    );
  });
});
