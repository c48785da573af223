import { redact } from "../../llm/redact.ts";
import type { ReportContent } from "../../reports/report-service.ts";

/** What the platform advises. */
export const suggestions = ["pass", "review", "risky"] as const;
export type Suggestion = (typeof suggestions)[number];

/** Where a check stands. `waiting`: for the platform's callback; `unchecked`: given up, with the reason as its label. */
export const checkStates = ["pending", "waiting", "passed", "review", "risky", "unchecked"] as const;
export type CheckState = (typeof checkStates)[number];

export const stateOf: Record<Suggestion, CheckState> = { pass: "passed", review: "review", risky: "risky" };

/** The platform's labels (msgSecCheck, version 2), and our own reasons for not checking. */
const labelTitles: Record<string, string> = {
  "100": "正常",
  "10001": "广告",
  "20001": "时政",
  "20002": "色情",
  "20003": "辱骂",
  "20006": "违法犯罪",
  "20008": "欺诈",
  "20012": "低俗",
  "20013": "版权",
  "21000": "其他",
  no_openid: "发送人两小时内没有用过小程序，没法检查",
  no_public_url: "没有设置对外网址，微信取不到材料",
  not_derivable: "这种材料去不掉隐藏信息，没有外发检查",
  no_answer: "微信没有给出结果",
  erased: "内容已经删除",
};

/** What a label means, in words for staff. */
export const labelTitle = (label: string): string => labelTitles[label] ?? label;

/** What one call takes at most, in characters. */
export const maxCheckedChars = 2500;

/**
 * What a report says, as it leaves the house to be checked: telephones, names, numbers and addresses are placeholders, in
 * pieces that the platform takes.
 */
export function textsToCheck({ slots, narrative }: Pick<ReportContent, "slots" | "narrative">): string[] {
  const said = [slots.infringer, slots.product, slots.stall, slots.platform, slots.description, ...narrative];
  const whole = said.filter((one): one is string => one !== undefined && one.trim() !== "").join("\n");
  const chars = [...String(redact(whole))];
  const pieces: string[] = [];
  for (let at = 0; at < chars.length; at += maxCheckedChars)
    pieces.push(chars.slice(at, at + maxCheckedChars).join(""));
  return pieces;
}

export type Verdict = { suggest: Suggestion; label: string };

/** The worst of several. */
export function worstOf(verdicts: readonly Verdict[]): Verdict {
  const rank = (verdict: Verdict) => suggestions.indexOf(verdict.suggest);
  return verdicts.reduce((worst, one) => (rank(one) > rank(worst) ? one : worst), {
    suggest: "pass",
    label: "100",
  });
}
