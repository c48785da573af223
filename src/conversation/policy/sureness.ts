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

/** Whether the law answers by itself, and surely. */
export const isSurelyOfLaw = ({ outcome, confidence, citations }: KnowledgeAnswer): boolean =>
  outcome === "answered" && confidence >= lawOverService && citations.length > 0;

/** Whether the article that an answer rests on first bears another, too. */
export const citeAlike = ({ citations: [first] }: KnowledgeAnswer, other: KnowledgeAnswer): boolean =>
  other.citations.some(({ law, article }) => law === first?.law && article === first.article);
