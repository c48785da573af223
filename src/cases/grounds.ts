import { z } from "zod";
import { shiftMonths } from "../calendar/date.ts";
import shipped from "./data/grounds.json" with { type: "json" };
import { holdsOn, IsoDay, LegalSource, sourcesInForce } from "./legal-source.ts";
import { type Track, trackNames } from "./track.ts";

/** What a mediation may be about (令81 art. 63; 细则 102; 赔偿数额: 专利法 65). */
export const mediationKinds = {
  ownership: "权属",
  inventorship: "发明人资格",
  reward: "奖酬",
  provisional_fee: "临时保护期使用费",
  other: "其他专利纠纷",
  damages: "赔偿数额",
} as const;
export type MediationKind = keyof typeof mediationKinds;
export const mediationKindNames = Object.keys(mediationKinds) as [MediationKind, ...MediationKind[]];

/** What a ground leads to. `return`: a transfer goes back to the office that sent it. */
export const groundKinds = [
  "decline",
  "dismiss",
  "suspend",
  "no_suspend",
  "end_mediation",
  "return",
  "close",
] as const;
export type GroundKind = (typeof groundKinds)[number];

const Code = z.string().regex(/^[a-z]+(_[a-z]+)*$/);
/** One or two sentences for the person. */
const Sentence = z.string().min(8).max(90).endsWith("。");

const Remedy = z
  .strictObject({ code: Code, text: Sentence, basis: z.array(LegalSource).readonly() })
  .readonly();

/** A reason for a step that the parties are told. */
export const Ground = z
  .strictObject({
    /** One and the same thing on every track; on a track it names one ground. */
    code: Code,
    tracks: z.array(z.enum(trackNames)).min(1).readonly(),
    kind: z.enum(groundKinds),
    /** Whether the law binds the office to this step or leaves it to it (应当 / 可以). */
    binding: z.enum(["must", "may"]),
    title: z.string().min(2).max(20),
    /** What it means, and what the person can do. */
    tellParty: Sentence,
    /** Codes of the ways that are open beside it, in the order they are told. */
    remedies: z.array(Code).readonly(),
    /** Empty where the rule is this service's own. */
    basis: z.array(LegalSource).readonly(),
    /** A caution for the person who handles the case. */
    note: z.string().optional(),
  })
  .readonly();
export type Ground = z.infer<typeof Ground>;

const GroundPack = z
  .object({
    source: z.string(),
    checkedOn: IsoDay,
    remedies: z.array(Remedy).readonly(),
    grounds: z.array(Ground).readonly(),
  })
  .superRefine(({ remedies, grounds }, context) => {
    const known = new Set(remedies.map(({ code }) => code));
    const keys = new Set<string>();
    for (const { code, tracks, remedies: named } of grounds) {
      for (const track of tracks) {
        if (keys.has(`${track}/${code}`)) context.addIssue(`事由重复：${track}/${code}`);
        keys.add(`${track}/${code}`);
      }
      for (const remedy of named) if (!known.has(remedy)) context.addIssue(`${code}：没有救济 ${remedy}`);
    }
  });

const pack = GroundPack.parse(shipped);

/** The grounds that come with the product. */
export const grounds: readonly Ground[] = pack.grounds;
/** The ways open to a party. */
export const remedies: readonly z.infer<typeof Remedy>[] = pack.remedies;

/** The ground as it stands on `asOf`: its basis holds only what is in force that day. */
function asOn(ground: Ground, asOf: string): Ground {
  return { ...ground, basis: sourcesInForce(ground.basis, asOf) };
}

type GroundQuery = {
  track: Track;
  kind?: GroundKind;
  /** `YYYY-MM-DD`: the day the matter was received. */
  asOf: string;
};

/** The grounds that may be used on a track that day, in the order of the law. */
export function groundsOn({ track, kind, asOf }: GroundQuery): Ground[] {
  return grounds
    .filter(
      (ground) =>
        ground.tracks.includes(track) &&
        (kind === undefined || ground.kind === kind) &&
        holdsOn(ground.basis, asOf),
    )
    .map((ground) => asOn(ground, asOf));
}

/** The ground of that code on a track, or undefined where there is none that day. */
export function groundOf(track: Track, code: string, asOf: string): Ground | undefined {
  return groundsOn({ track, asOf }).find((ground) => ground.code === code);
}

/** What a party is told: the ground in plain words, then the ways that are open. */
export function toldOf(ground: Ground): string {
  const ways = ground.remedies.flatMap((code) => remedies.filter((remedy) => remedy.code === code));
  return [ground.tellParty, ...ways.map(({ text }) => text)].join("");
}

/** How the requester stands to the patent (令81 art. 12, second paragraph). */
export const standings = [
  "patentee",
  "exclusive_licensee",
  "sole_licensee",
  "ordinary_licensee",
  "heir",
  "none",
] as const;
export type Standing = (typeof standings)[number];

/** What the check of a 请求书 goes by. */
export type AdmissibilityFacts = {
  standing: Standing;
  /** For a sole licensee: whether the patentee asks himself. */
  patenteeAsks?: boolean;
  /** For an ordinary licensee: whether the contract or the patentee lets him ask alone. */
  authorised?: boolean;
  respondentDefinite: boolean;
  requestDefinite: boolean;
  /** Whether the office may handle it, by place and level. */
  competent: boolean;
  /** Whether either party has sued over the same dispute. */
  sued: boolean;
  otherRouteAgreed: boolean;
  patentInForce: boolean;
  /** The day the right holder knew, or should have known, of the act and of who did it. Absent: not known. */
  knownOn?: string;
  requestedOn: string;
  /** Whether the act still went on when it was requested. */
  continuing: boolean;
  /** Whether there are grounds of 中止, 中断 or 延长 (令81 art. 19, first paragraph). */
  limitationInterrupted?: boolean;
};

/** One condition that is not met: the code of its ground, and what is wrong in this case. */
export type AdmissibilityProblem = { ground: string; detail: string };

export type Admissibility = {
  admissible: boolean;
  /** In the order of the law. */
  problems: AdmissibilityProblem[];
  /** What does not stand in the way now, but may later. */
  cautions: AdmissibilityProblem[];
};

const limitMonths = 36;

/**
 * Whether a request for a ruling meets the conditions of 令81 arts. 12, 14(1)(2), 19 (with 河北省专利条例 25).
 * A request after three years is admissible while the act goes on and the patent is in force; the respondent
 * may still raise the limit, which is then a caution. The last day is the same day three years later; where
 * it is a day of rest, the clerk moves it (民法典 203).
 */
export function admissibility(facts: AdmissibilityFacts): Admissibility {
  const problems: AdmissibilityProblem[] = [];
  const cautions: AdmissibilityProblem[] = [];
  const add = (wrong: boolean, ground: string, detail: string) => {
    if (wrong) problems.push({ ground, detail });
  };

  add(facts.standing === "none", "not_right_holder", "请求人不是专利权人、被许可人或者继承人。");
  add(
    facts.standing === "sole_licensee" && facts.patenteeAsks === true,
    "licensee_cannot_ask_alone",
    "排他许可：专利权人自己已经提出请求，被许可人不能再单独提。",
  );
  add(
    facts.standing === "ordinary_licensee" && facts.authorised !== true,
    "licensee_cannot_ask_alone",
    "普通许可：合同没有约定，专利权人也没有另行授权。",
  );
  add(!facts.respondentDefinite, "no_definite_respondent", "看不出被请求人是哪个人或者哪家单位。");
  add(!facts.requestDefinite, "request_unclear", "请求事项、事实和理由没有写具体。");
  add(!facts.competent, "outside_power", "侵权行为地和对方住所地都不在本机关管辖范围，或者级别不对。");
  add(facts.sued, "already_sued", "一方已就同一纠纷向人民法院起诉。");
  add(facts.otherRouteAgreed, "other_route_agreed", "双方约定了其他解决方式。");
  add(!facts.patentInForce, "patent_not_in_force", "登记簿副本显示专利权不在有效期内。");

  const { knownOn, requestedOn } = facts;
  if (
    knownOn !== undefined &&
    facts.limitationInterrupted !== true &&
    requestedOn > shiftMonths(knownOn, limitMonths)
  ) {
    const late = `${knownOn} 起算已满三年（${shiftMonths(knownOn, limitMonths)}）`;
    if (facts.continuing && facts.patentInForce) {
      cautions.push({
        ground: "limitation_defence_upheld",
        detail: `${late}，侵权仍在继续，应当受理；对方提出时限抗辩并查实的，要撤案。`,
      });
    } else {
      problems.push({
        ground: "time_barred",
        detail: `${late}，侵权没有在继续，也没有中止、中断、延长的情形。`,
      });
    }
  }
  return { admissible: problems.length === 0, problems, cautions };
}
