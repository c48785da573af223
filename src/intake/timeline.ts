import {
  type CaseEvent,
  type CaseProjection,
  type CaseState,
  caseStates,
  eventLabels,
} from "../cases/case.ts";

/** Matters that are filed as a penalty case: accepting one is 立案 (专利法 68; 河北省专利条例 31). */
const penaltyMatters: ReadonlySet<string> = new Set([
  "假冒专利",
  "标识不规范",
  "专利虚假宣传",
  "非正常申请",
  "代理违法",
  "平台不作为",
  "商标侵权",
  "侵犯商业秘密",
  "不正当竞争",
  "地理标志",
]);

/** What the public is shown of a state (API.md, "States of a case"). */
export function labelOfState(state: CaseState, matter: string): string {
  if (penaltyMatters.has(matter)) {
    if (state === "accepted") return "已立案";
    if (state === "declined") return "不予立案";
  }
  return caseStates[state];
}

/** What the public timeline calls an event. */
export function labelOfEvent(event: CaseEvent, matter: string): string {
  return event.kind === "accepted" ? labelOfState("accepted", matter) : eventLabels[event.kind];
}

/** What happens or is needed next, in a sentence for the person who filed. */
export function nextStep({ state, due }: CaseProjection): string {
  const by = due === null ? "" : `最晚 ${due.on} `;
  switch (state) {
    case "received":
    case "routed":
      return due?.kind === "statutory"
        ? `承办单位${by}决定是否受理（立案）。`
        : `承办单位${by}跟进（服务承诺，不是法定期限）。`;
    case "awaiting_petition":
      return "请把签字或盖章的请求书、身份证明和专利登记簿副本交到承办单位；收到请求书那天起才算法定期限。";
    case "waiting_material":
      return "请按通知补齐材料。";
    case "transferred":
      return "已移交给有权处理的单位，由他们继续办理。";
    case "withdrawn":
      return "已经撤回，不再办理。";
    case "declined":
    case "decided":
    case "mediated":
    case "closed":
      return "已有结果，可以给这次办理打个分。";
    case "suspended":
      return "案件中止，恢复后会继续办理。";
    default:
      return "正在办理，有进展会更新。";
  }
}
