import type { ReportType } from "../../reports/report.ts";
import { leansOnContext, namesMatter, saysInfringed } from "./question-forms.ts";
import type { Turn } from "./turn.ts";

/** The kind of report that a question is of: the one it names, else the one at hand. */
export function matterNamed(question: string, about: ReportType | undefined): ReportType | undefined {
  const outright = ofOtherRights.find(([pattern]) => pattern.test(question));
  if (outright !== undefined) return outright[1];
  if (about !== undefined && about !== "专利侵权" && about !== "假冒专利") return about;
  if (/假冒|冒用|假专利/u.test(question)) return "假冒专利";
  return saysInfringed.test(question) || /(?<!仲)裁决/u.test(question) ? "专利侵权" : about;
}

/** Rights that are no patents, by their names. */
const ofOtherRights: readonly (readonly [RegExp, ReportType])[] = [
  [/品种权|授权品种|新品种/u, "植物新品种"],
  [/(?<!没(?:用|有|注册)?(?:人家|别人|他们?)?(?:的)?|不是)商标/u, "商标侵权"],
  [/版权|著作权|盗版/u, "著作权"],
  [/商业秘密|技术秘密/u, "侵犯商业秘密"],
];

/** The kind of report of the right that was talked of last, where a question of a few words names none: 卖给别人咋弄. */
export function rightOfTalk({ memory, justAsked }: Turn, question: string): ReportType | undefined {
  const { topic } = memory;
  if (topic === null || namesMatter.test(question)) return undefined;
  if (!justAsked && !leansOnContext(question)) return undefined;
  const told = mattersTold.find(([pattern]) => pattern.test(topic.question))?.[1];
  return told ?? rightsOfLaws.find(([law]) => topic.law.includes(law))?.[1];
}

/** What was asked about last, by its words: „这个罚多少“ after „商业秘密怎么才算“. */
const mattersTold: readonly (readonly [RegExp, ReportType])[] = [
  [/商业秘密|技术秘密|秘方|配方/u, "侵犯商业秘密"],
  [/代理(?:机构|公司|师|资质|所)|无证代理|代办/u, "代理违法"],
  [/混淆|装潢|刷单|诋毁|虚假宣传/u, "不正当竞争"],
];

export const rightsOfLaws: readonly (readonly [string, ReportType])[] = [
  ["商标法", "商标侵权"],
  ["著作权法", "著作权"],
  ["植物新品种", "植物新品种"],
  ["专利代理", "代理违法"],
];

/** Whether a question names another right, and what is learned to be asked is of patents: 商标驳回复审. */
export const isOfAnotherRight = (question: string, asks: string | undefined): boolean =>
  asks?.includes("专利") === true &&
  !question.includes("专利") &&
  ofOtherRights.some(([pattern]) => pattern.test(question));
