import { z } from "zod";
import { articleNumberOf } from "../../knowledge/article-reference.ts";
import data from "../data/talk.json" with { type: "json" };
import type { KnowledgeAnswer } from "../decision.ts";
import type { Memory } from "../state.ts";

const Talk = z.object({
  source: z.string(),
  date: z.iso.date(),
  /** By which words the articles `from` to `to` of a law, or all of it, are asked about. */
  subjects: z.array(
    z.strictObject({
      law: z.string(),
      from: z.int().positive().optional(),
      to: z.int().positive().optional(),
      words: z.string().min(2),
    }),
  ),
  /** What it is asked about in, where the article is of several things: the first that fits. */
  asked: z.array(
    z.strictObject({
      words: z.string().min(2),
      pattern: z.string().transform((one) => new RegExp(one, "u")),
    }),
  ),
});

type Topic = NonNullable<Memory["topic"]>;

/** Whether an answer is the one that was told last. */
export const isToldAgain = ({ toldLast }: Memory, { text }: KnowledgeAnswer): boolean =>
  toldLast !== null && text.startsWith(toldLast);

/** How much of an answer is its first rule, which others follow as they are asked. */
const firstRuleChars = 40;

/** Whether an answer begins with the rule that was told last, whatever it tells besides. */
export const beginsAsTold = ({ toldLast }: Memory, { text }: KnowledgeAnswer): boolean =>
  toldLast !== null && text.startsWith(toldLast.slice(0, firstRuleChars));

let loaded: z.infer<typeof Talk> | undefined;

/**
 * What a talk is of once an answer rested on an article, in words that a question can be led by: 申请专利 after 专利法第二十六条.
 * Undefined where the article tells nothing of that.
 *
 * @throws {z.ZodError} if the file is not as it must be.
 */
export function subjectOfTalk({ law, article, question }: Topic): string | undefined {
  loaded ??= Talk.parse(data);
  const number = articleNumberOf(article)?.number ?? 0;
  const ofArticle = loaded.subjects.find(
    ({ law: own, from = number, to = from }) => own === law && number >= from && number <= to,
  );
  return (ofArticle ?? loaded.asked.find(({ pattern }) => pattern.test(question)))?.words;
}

/** „专利批下来就一辈子有效是吧“ in a talk of trade marks is of none. */
export const namesOtherRight = (question: string, subject: string): boolean =>
  [...question.matchAll(/专利|商标|版权|著作权|品种权/gu)].some(([right]) => !subject.includes(right));
