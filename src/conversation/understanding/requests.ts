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

const politely = /(?:行|中|成|好|可以)(?:不(?:行|中|成|好|可以)?|吗|吧)[。！?？\s]*$/u;

/** „给你们打个四星行不“ rates, though it asks. */
export const ratesPolitely = new RegExp(
  `^(?:我|俺|那|想|要|就)*(?:给|对|打|评)(?:你们?|您|恁|咱|他们)?(?:打|评|来)?(?:个|上)?[^，。\\s钱]{0,4}(?:分|星|满意|好评|差评)${politely.source}`,
  "u",
);

/** A rating is short: who tells more is telling something else. */
const maxRatingChars = 24;

function ratingIn(said: string, words: Lexicon): number | null | undefined {
  const text = ratesPolitely.test(said) ? said.replace(politely, "") : said;
  if (text.length > maxRatingChars || /[?？]|(?:吗|么|嘛|不|咋|怎么)[。！\s]*$/u.test(text)) return undefined;
  const rated = words.ratings.find(({ pattern }) => pattern.test(text));
  return rated?.score ?? (words.ratingAsked.test(text) ? null : undefined);
}

/** Words of the field: a message that holds one is no small talk, whatever else it says. */
const fieldWords =
  /专利|商标|版权|著作权|侵权|假冒|仿|抄|冒|举报|投诉|申请|发明|外观|年费|工商|知识产权|厂|店|公司|编号|查询码|人工/u;

/** Whether a message is small talk and nothing else. */
export const isSmallTalk = (text: string, words: Lexicon): boolean =>
  words.intents.chitchat.test(text) && !fieldWords.test(text);
