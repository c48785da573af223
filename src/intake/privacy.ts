import { type CaseProjection, statesBefore } from "../cases/case.ts";
import { type HoldCategory, holdCategories, identityNeededFor } from "../reports/retention.ts";
import type { ReportPart } from "../reports/retention-service.ts";

/** What a person may ask to have erased. */
export const deletionScopes = ["identity", "all"] as const;
export type DeletionScope = (typeof deletionScopes)[number];

/** What may happen to a part of a report when its person asks for it to be erased. */
export type DeletionPlan =
  | { kind: "now" }
  /** 个人信息保护法 47: while the law's time runs it is stored and nothing more. */
  | { kind: "later"; waitsFor: "closing" | "schedule"; reason: string };

/** What happens to the identity: an open proceeding that needs to know who asked keeps it (令81 13, 15; 投诉). */
export function planIdentity(current: CaseProjection, ended: boolean): DeletionPlan {
  const reason = ended ? undefined : identityNeededFor(current.track);
  return reason === undefined ? { kind: "now" } : { kind: "later", waitsFor: "closing", reason };
}

/**
 * What happens to the content: a report that no office has accepted is its person's to take back; what became a
 * file of a case is kept as long as files of cases are (行政处罚法 47; 个人信息保护法 47).
 */
export function planContent(current: CaseProjection, ended: boolean): DeletionPlan {
  const accepted = current.facts.taken || current.facts.petitionHeld;
  if (!accepted && (ended || canWithdraw(current))) return { kind: "now" };
  return {
    kind: "later",
    waitsFor: "schedule",
    reason: "单位已经受理或者正在办理，报告内容属于案卷，法定保存期限届满以前只存放、不作他用",
  };
}

/** Whether the case can still be taken back. */
export const canWithdraw = (current: CaseProjection): boolean =>
  statesBefore("withdrawn").includes(current.state);

/** What became of one part. */
export type PartAnswer =
  | { part: ReportPart; status: "erased"; erasedOn: string | null; reason: string }
  | { part: ReportPart; status: "scheduled"; dueOn: string | null; reason: string }
  | { part: ReportPart; status: "held"; reason: string };

/** One word for several parts: what is least done counts. */
export function statusOfParts(parts: readonly PartAnswer[]): PartAnswer["status"] {
  return (
    (["held", "scheduled"] as const).find((status) => parts.some((one) => one.status === status)) ?? "erased"
  );
}

/** Why a hold stands in the way, as the person is told. */
export const heldReason = (categories: readonly HoldCategory[]): string =>
  `${categories.map((category) => holdCategories[category]).join("；")}，现在不能删；解除以后会自动删除`;
