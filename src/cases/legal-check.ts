import type { CaseStep } from "./case.ts";
import { type GroundKind, groundsOn } from "./grounds.ts";
import { materials } from "./materials.ts";
import { closingsOn, fineProblem, fineRulesOf, measuresOn } from "./outcomes.ts";
import type { Track } from "./track.ts";

/** What of a case the legal data is asked about. */
export type LegalSubject = {
  track: Track;
  matter: string;
  /** `YYYY-MM-DD`: the day it was received, which decides the text that applies. */
  receivedOn: string;
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
  const outcomes = closingsOn(track, receivedOn).filter(({ by }) => by === "decision");
  const outcome = outcomes.find(({ code }) => code === decision.outcome);
  if (outcome === undefined) {
    const list = outcomes.map(({ code, title }) => `${code}（${title}）`).join("、");
    return `没有“${decision.outcome}”这种决定，可以用：${list}。`;
  }
  const allowed = measuresOn(track);
  const unknown = decision.measures.filter((code) => !allowed.some((one) => one.code === code));
  if (unknown.length > 0) return `没有这些措施：${unknown.join("、")}。`;
  if (decision.fineYuan === undefined || decision.fineYuan === 0) return undefined;
  if (outcome.fine !== true) return `“${outcome.title}”不能同时罚款。`;
  const rules = fineRulesOf(matter);
  const rule = decision.fineRule ?? rules[0];
  if (rule === undefined) return "这类事项没有罚款的规定。";
  if (!rules.includes(rule)) return `“${matter}”不能按 ${rule} 罚款，可以用：${rules.join("、")}。`;
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
