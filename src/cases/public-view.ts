import type { CaseEvent, CaseProjection } from "./case.ts";
import { ruleOf } from "./clocks.ts";
import { groundOf, toldOf } from "./grounds.ts";
import { type CaseState, caseStates, lifecycle } from "./lifecycle.ts";
import { materials } from "./materials.ts";
import { type Track, tracks } from "./track.ts";

/** What the public is shown of a state (API.md, "States of a case"). Taking on a penalty case is 立案 (行政处罚法 54). */
export function stateLabel(state: CaseState, track: Track): string {
  if (tracks[track].penalty) {
    if (state === "accepted") return "已立案";
    if (state === "declined") return "不予立案";
  }
  return caseStates[state];
}

/** What the public timeline calls an event; undefined where it is not the public's. */
export function eventLabel(event: CaseEvent, track: Track): string | undefined {
  if (event.kind === "accepted") return stateLabel("accepted", track);
  if (event.kind === "declined") return stateLabel("declined", track);
  return lifecycle[event.kind].label ?? undefined;
}

/** What happens or is needed next, in a sentence for the person who filed. */
export function nextStep({ state, due, track, facts }: CaseProjection): string {
  const { receivedOn } = facts;
  const by = due === null ? "" : `最晚 ${due.on} `;
  switch (state) {
    case "received":
    case "routed":
      return firstStep(due, track);
    case "awaiting_petition":
      return "请把签字或盖章的请求书、身份证明和专利登记簿副本交到承办单位；收到请求书那天起才算法定期限。";
    case "waiting_material":
      return facts.supplement === null
        ? "请按通知补齐材料。"
        : `请在 ${facts.supplement.respondBy} 前补齐：${titlesOf(track, facts.supplement.items)}。`;
    case "transferred":
      return facts.outside
        ? "已移送给有权处理的单位，由他们继续办理。"
        : "正在移交给有权处理的单位，接收后会更新。";
    case "withdrawn":
      return "已经撤回，不再办理。";
    case "declined":
      return reasonTold(track, facts.ground, receivedOn);
    case "decided":
    case "mediated":
      return "已有结果，可以给这次办理打个分。";
    case "closed":
      return facts.ground === null
        ? "已有结果，可以给这次办理打个分。"
        : reasonTold(track, facts.ground, receivedOn);
    case "suspended":
      return "案件中止，恢复后会继续办理。";
    default:
      return due === null ? "正在办理，有进展会更新。" : `正在办理，${by}前会有下一步。`;
  }
}

/** What the office owes once a case has come in: mostly whether it takes it on, else what its first limit is for. */
function firstStep(due: CaseProjection["due"], track: Track): string {
  if (due === null) return "承办单位会跟进，有进展会更新。";
  const rule = ruleOf(due.ruleId);
  const decides = rule?.endEvents.some((name) => name === "accepted" || name === "declined") === true;
  if (due.kind === "service") return `承办单位最晚 ${due.on} 跟进（服务承诺，不是法定期限）。`;
  if (decides) return `承办单位最晚 ${due.on} 决定是否${tracks[track].penalty ? "立案" : "受理"}。`;
  return `承办单位正在办理，最晚 ${due.on} 完成：${rule?.title ?? due.step}。`;
}

function titlesOf(track: Track, codes: readonly string[]): string {
  const known = materials.filter(({ tracks: ofTracks }) => ofTracks.includes(track));
  return codes.map((code) => known.find((one) => one.code === code)?.title ?? code).join("、");
}

/** Why it was refused, and what can be done now. */
function reasonTold(track: Track, code: string | null, asOf: string): string {
  const ground = code === null ? undefined : groundOf(track, code, asOf);
  return ground === undefined ? "已有结果，可以给这次办理打个分。" : toldOf(ground);
}
