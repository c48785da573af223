import { articleNumberOf } from "../../knowledge/article-reference.ts";
import { articleName, parseNumeral } from "../../text/numerals.ts";
import type { Memory } from "../state.ts";

const numeral = "[〇零一二三四五六七八九十百两]{1,6}|\\d{1,3}";
/** „那六十九条呢“, „第70条咋说“, „它六十五条讲啥“: an article by its number, and nothing beside but what asks. */
const byNumber = new RegExp(
  `^(?:那|这|它|还有|再说)?(?:个)?的?第?(?<number>${numeral})条(?<asks>呢|哩|啊|说|讲|写|规定|是|咋|怎|啥|什么|内容|[?？]|$)`,
  "u",
);
/** „前面那条呢“, „下一条说的啥“: the neighbour of the article that was told. */
const byPlace =
  /^(?:那|这|它|还有|再说)?的?(?:(?<before>前面?那?|上面?那?|前一|上一)|(?<after>后面?那?|下面?那?|后一|下一|再往下|挨着那))(?:一)?条(?:呢|哩|啊|说|讲|写|规定|是|咋|怎|啥|什么|内容|[?？]|$)/u;

/**
 * A question with the article that it means spelt out, by the law of the talk: 专利法第六十九条呢 for 那六十九条呢. As it is
 * where it means none: a number of things (三条街), an article of a law that it names, or no talk to lean on.
 */
export function withArticleOfTalk({ topic }: Memory, question: string): string {
  if (topic === null || topic.article === "") return question;
  const asked = byNumber.exec(question)?.groups;
  if (asked !== undefined) {
    const number = parseNumeral(asked["number"] ?? "");
    return number === undefined || number === 0 ? question : spelt(topic.law, number);
  }
  const place = byPlace.exec(question)?.groups;
  const told = articleNumberOf(topic.article)?.number;
  if (place === undefined || told === undefined) return question;
  const number = told + (place["before"] === undefined ? 1 : -1);
  return number === 0 ? question : spelt(topic.law, number);
}

const spelt = (law: string, number: number) => `${law}${articleName(number)}说的是什么`;
