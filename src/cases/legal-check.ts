import type { ReportType } from "../regions/region-data.ts";
import type { CaseStep } from "./case.ts";
import { type GroundKind, groundsOn } from "./grounds.ts";
import { materials } from "./materials.ts";
import { closingsOn, corrections, fineProblem, measures, penaltyKinds } from "./outcomes.ts";
import type { Track } from "./track.ts";

/** What of a case the legal data is asked about. */
export type LegalSubject = {
  track: Track;
  matter: string;
  /** `YYYY-MM-DD`: the day it was received, which decides the text that applies. */
  receivedOn: string;
};

/** The rule of outcomes.json that a fine of each matter goes by. */
const fineRules: Partial<Record<ReportType, string>> = {
  假冒专利: "counterfeit",
  非正常申请: "abnormal_filing",
  专利虚假宣传: "patent_advertising",
  平台不作为: "platform",
  商标侵权: "trademark",
  侵犯商业秘密: "trade_secret",
  不正当竞争: "confusion",
};

/** Grounds that stop a penalty case too: what the rules on rulings name for any procedure (令81 28(5)–(7)). */
const generalSuspensions = new Set(["force_majeure", "depends_on_other_case", "asking_superior"]);

/** Why the codes that a step names cannot stand in law, in a sentence; undefined where they can. */
export function legalProblem(subject: LegalSubject, step: CaseStep): string | undefined {
  switch (step.kind) {
    case "declined":
      return groundProblem(subject, "decline", step.data.ground);
    case "dismissed":
      return groundProblem(subject, "dismiss", step.data.ground);
    case "mediation_ended":
      return groundProblem(subject, "end_mediation", step.data.ground);
    case "suspended":
      return subject.track === "penalty" && generalSuspensions.has(step.data.ground)
        ? undefined
        : groundProblem(subject, "suspend", step.data.ground);
    case "transfer_proposed":
    case "transfer_returned":
    case "handover_returned":
    case "dispute_raised":
      return groundProblem(subject, "return", step.data.reason);
    case "supplement_requested":
      return paperProblem(subject, step.data.items);
    case "petition_received":
      return paperProblem(subject, step.data.papers);
    case "supplement_received":
      return paperProblem(subject, step.data.items);
    case "decided":
      return decisionProblem(subject, step.data);
    default:
      return undefined;
  }
}

function groundProblem(
  { track, receivedOn }: LegalSubject,
  kind: GroundKind,
  code: string,
): string | undefined {
  const known = groundsOn({ track, kind, asOf: receivedOn });
  if (known.some((ground) => ground.code === code)) return undefined;
  const list = known.map((ground) => `${ground.code}（${ground.title}）`).join("、");
  return list === "" ? "这类案件没有这一步可用的理由。" : `没有“${code}”这个理由，可以用：${list}。`;
}

function paperProblem({ track }: LegalSubject, codes: readonly string[]): string | undefined {
  const known = new Set(materials.filter(({ tracks }) => tracks.includes(track)).map(({ code }) => code));
  const unknown = codes.filter((code) => !known.has(code));
  return unknown.length === 0 ? undefined : `这类案件没有这些材料：${unknown.join("、")}。`;
}

function decisionProblem(
  { track, matter, receivedOn }: LegalSubject,
  decision: Extract<CaseStep, { kind: "decided" }>["data"],
): string | undefined {
  const outcomes = closingsOn(track, receivedOn);
  if (!outcomes.some(({ code }) => code === decision.outcome)) {
    const list = outcomes.map(({ code, title }) => `${code}（${title}）`).join("、");
    return `没有“${decision.outcome}”这种结果，可以用：${list}。`;
  }
  const allowed: readonly { code: string }[] =
    track === "ruling" ? measures : track === "penalty" ? [...corrections, ...penaltyKinds] : [];
  const unknown = decision.measures.filter((code) => !allowed.some((one) => one.code === code));
  if (unknown.length > 0) return `没有这些措施：${unknown.join("、")}。`;
  if (decision.fineYuan === undefined || decision.fineYuan === 0) return undefined;
  if (track !== "penalty") return "只有行政处罚可以罚款。";
  const rule = decision.fineRule ?? fineRules[matter as ReportType];
  if (rule === undefined) return "这类事项没有对应的罚款规定，请用 fineRule 写明依据哪一条。";
  const { fineYuan, gainsYuan, turnoverYuan, serious } = decision;
  return fineProblem(
    rule,
    {
      ...(gainsYuan === undefined ? {} : { gainsYuan }),
      ...(turnoverYuan === undefined ? {} : { turnoverYuan }),
      ...(serious === undefined ? {} : { serious }),
    },
    fineYuan,
    receivedOn,
  );
}
