import type { Lexicon, RequestName } from "./lexicon.ts";

/** What a message asks of the desk, beside what it reports and what it wants to know about the law. */
export type Requests = Readonly<Record<RequestName, boolean>> & {
  /** How the handling is rated, 1 to 5; `null`: it is to be rated, and no score was said. */
  rating: number | null | undefined;
};

/** Reads the requests of a folded text. Source of the words: `data/cues.json`. */
export function requestsOf(text: string, words: Lexicon): Requests {
  const said = Object.fromEntries(
    Object.entries(words.requests).map(([name, pattern]) => [name, pattern.test(text)]),
  ) as Record<RequestName, boolean>;
  return { ...said, rating: ratingIn(text, words) };
}

/** A rating is short: who tells more is telling something else. */
const maxRatingChars = 24;

function ratingIn(text: string, words: Lexicon): number | null | undefined {
  if (text.length > maxRatingChars || /[?？]|(?:吗|么|嘛|不|咋|怎么)[。！\s]*$/u.test(text)) return undefined;
  const said = words.ratings.find(({ pattern }) => pattern.test(text));
  return said?.score ?? (words.ratingAsked.test(text) ? null : undefined);
}

/** Words of the field: a message that holds one is no small talk, whatever else it says. */
const fieldWords =
  /专利|商标|版权|著作权|侵权|假冒|仿|抄|冒|举报|投诉|申请|发明|外观|年费|工商|知识产权|厂|店|公司|编号|查询码|人工/u;

/** Whether a message is small talk and nothing else. */
export const isSmallTalk = (text: string, words: Lexicon): boolean =>
  words.intents.chitchat.test(text) && !fieldWords.test(text);
