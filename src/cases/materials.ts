import { z } from "zod";
import shipped from "./data/materials.json" with { type: "json" };
import type { MediationKind } from "./grounds.ts";
import { holdsOn, IsoDay, LegalSource, sourcesInForce } from "./legal-source.ts";
import { type Track, trackNames } from "./track.ts";

/** When papers are handed in. `opening`: with the request itself; the others by a respondent or to a platform. */
export const occasions = [
  "opening",
  "defence",
  "jurisdiction_objection",
  "suspension_request",
  "platform_notice",
  "platform_statement",
] as const;
export type Occasion = (typeof occasions)[number];

/** What is known of a request. Whatever is absent counts as not so. */
export type MaterialFacts = {
  /** `YYYY-MM-DD`: the day of receipt, which decides the text that applies. */
  asOf: string;
  /** Absent: `opening`. */
  occasion?: Occasion;
  patentKind?: "invention" | "utility_model" | "design";
  /** Absent: not known, and a proof of either kind is asked for. */
  applicantKind?: "natural" | "legal";
  /** Whether the requester is the patentee. Absent: yes. */
  isPatentee?: boolean;
  hasAgent: boolean;
  /** Whether the agent may admit, waive, change the request or settle. */
  agentSettles?: boolean;
  /** Heads on the other side. */
  respondents: number;
  /** Heads on the requester's side; absent: one. */
  requesters?: number;
  /** How many claims the patent has. Absent: not known, which for other than designs counts as several. */
  claimsCount?: number;
  /** Where a requester from outside the mainland comes from. */
  overseas?: "region" | "foreign";
  /** Whether the office has asked for the 专利权评价报告. */
  reportDemanded?: boolean;
  foreignEvidence?: boolean;
  foreignLanguage?: boolean;
  mediationKind?: MediationKind;
  /** Whether a tip is given under the person's real name. */
  realName?: boolean;
  smallFirm?: boolean;
  /** For aid: whether money is asked for. */
  asksMoney?: boolean;
};

/** The conditions that the data file may name. */
const conditions = {
  natural_person: ({ applicantKind }) => applicantKind === "natural",
  legal_person: ({ applicantKind }) => applicantKind === "legal",
  // A requester from outside proves who he is in another way (令81 art. 18).
  natural_domestic: ({ applicantKind, overseas }) => applicantKind === "natural" && overseas === undefined,
  legal_domestic: ({ applicantKind, overseas }) => applicantKind === "legal" && overseas === undefined,
  applicant_unknown: ({ applicantKind, overseas }) => applicantKind === undefined && overseas === undefined,
  from_region: ({ overseas }) => overseas === "region",
  foreign: ({ overseas }) => overseas === "foreign",
  not_patentee: ({ isPatentee }) => isPatentee === false,
  has_agent: ({ hasAgent }) => hasAgent,
  agent_settles: ({ hasAgent, agentSettles }) => hasAgent && agentSettles === true,
  overseas_agent: ({ hasAgent, overseas }) => hasAgent && overseas !== undefined,
  // A design has no claims (专利法 27, 64).
  several_claims: ({ patentKind, claimsCount }) =>
    patentKind !== "design" && (claimsCount === undefined || claimsCount >= 2),
  // An invention has no such report (专利法 66).
  report_demanded: ({ reportDemanded, patentKind }) => reportDemanded === true && patentKind !== "invention",
  foreign_evidence: ({ foreignEvidence }) => foreignEvidence === true,
  foreign_language: ({ foreignLanguage }) => foreignLanguage === true,
  damages_only: ({ mediationKind }) => mediationKind === "damages",
  provisional_fee: ({ mediationKind }) => mediationKind === "provisional_fee",
  real_name: ({ realName }) => realName === true,
  small_firm: ({ smallFirm }) => smallFirm === true,
  asks_money: ({ asksMoney }) => asksMoney === true,
} as const satisfies Record<string, (facts: MaterialFacts) => boolean>;
export type MaterialCondition = keyof typeof conditions;
export const materialConditionNames = Object.keys(conditions) as [MaterialCondition, ...MaterialCondition[]];

/** A paper or a particular that a track asks for. */
export const Material = z
  .strictObject({
    /** The same paper has the same code on every track. */
    code: z.string().regex(/^[a-z]+(_[a-z]+)*$/),
    tracks: z.array(z.enum(trackNames)).min(1).readonly(),
    occasion: z.enum(occasions),
    title: z.string().min(2).max(24),
    /** Why it is needed, in a sentence. */
    why: z.string().min(4).max(80).endsWith("。"),
    required: z.enum(["always", "when"]),
    /** The condition under which it is required, where not always. */
    when: z.enum(materialConditionNames).optional(),
    /** Whose number of heads the copies must equal. */
    copies: z.enum(["respondents", "requesters"]).optional(),
    /** Empty where it is this service's own wish. */
    basis: z.array(LegalSource).readonly(),
    note: z.string().optional(),
  })
  .readonly()
  .refine(({ required, when }) => (required === "when") === (when !== undefined), "when 与 required 不一致");
export type Material = z.infer<typeof Material>;

const MaterialPack = z
  .object({ source: z.string(), checkedOn: IsoDay, materials: z.array(Material).readonly() })
  .superRefine(({ materials }, context) => {
    const keys = new Set<string>();
    for (const { code, tracks, occasion } of materials) {
      for (const track of tracks) {
        const key = `${track}/${occasion}/${code}`;
        if (keys.has(key)) context.addIssue(`材料重复：${key}`);
        keys.add(key);
      }
    }
  });

/** The papers that come with the product, in the order they are asked for. */
export const materials: readonly Material[] = MaterialPack.parse(shipped).materials;

/** A paper that must be handed in: one line of the notice. */
export type RequiredMaterial = {
  code: string;
  title: string;
  why: string;
  basis: LegalSource[];
  /** How many copies, where that depends on the parties. */
  copies?: number;
};

/** The papers that the facts call for, whether or not they are there, in the order of the notice. */
export function requiredMaterials(track: Track, facts: MaterialFacts): RequiredMaterial[] {
  const { asOf, occasion = "opening" } = facts;
  return materials
    .filter(
      (material) =>
        material.tracks.includes(track) &&
        material.occasion === occasion &&
        (material.when === undefined || conditions[material.when](facts)) &&
        holdsOn(material.basis, asOf),
    )
    .map(({ code, title, why, basis, copies }) => ({
      code,
      title,
      why,
      basis: sourcesInForce(basis, asOf),
      ...(copies === undefined ? {} : { copies: headsOf(copies, facts) }),
    }));
}

/**
 * What is still missing: the content of the one notice that names every defect (令81 art. 16), in its order.
 *
 * @param handedIn Codes of what is there and in order.
 */
export function missingMaterials(
  track: Track,
  facts: MaterialFacts,
  handedIn: readonly string[],
): RequiredMaterial[] {
  return requiredMaterials(track, facts).filter(({ code }) => !handedIn.includes(code));
}

function headsOf(copies: "respondents" | "requesters", facts: MaterialFacts): number {
  return Math.max(1, copies === "respondents" ? facts.respondents : (facts.requesters ?? 1));
}
