import type { KnowledgeAnswer } from "../decision.ts";

/** Below this confidence an answer is only the nearest text at hand. */
export const sureFrom = 0.5;

/** How sure an answer must be to stand by itself in the middle of a talk. */
export const aloneSure = 0.7;

/** How sure the law must answer by itself to go before a reply of the desk that was only learned to be meant. */
export const lawOverService = 0.75;

/** How sure it must answer where no procedure of the law is named. */
export const lawOverAll = 0.85;

/** How sure, where a few words may be of the matter at hand: 没注册也受保护吗. */
export const lawOverMatter = 0.93;

export const isSure = ({ outcome, confidence }: KnowledgeAnswer): boolean =>
  outcome === "answered" && confidence >= sureFrom;

/** How surely the knowledge base must decline what may be a question for no talk to answer it. */
const likelyOfOthers = 0.8;

const asksForSomething = /^(?:给|帮|替)(?:我|俺)(?:整|弄|来|讲|找|推荐|唱|写|算|订|买|叫)/u;

/** Whether something is wanted that is no business of the desk: 帮我算个好日子. */
export const wantsOther = (text: string, { outcome, confidence }: KnowledgeAnswer): boolean =>
  outcome === "declined" && confidence >= likelyOfOthers && asksForSomething.test(text);

/** Whether the law answers by itself, and surely. */
export const isSurelyOfLaw = ({ outcome, confidence, citations }: KnowledgeAnswer): boolean =>
  outcome === "answered" && confidence >= lawOverService && citations.length > 0;

/** Whether the article that an answer rests on first bears another, too. */
export const citeAlike = ({ citations: [first] }: KnowledgeAnswer, other: KnowledgeAnswer): boolean =>
  other.citations.some(({ law, article }) => law === first?.law && article === first.article);
