import { articleNumberOf } from "../../knowledge/article-reference.ts";
import { articleName, parseNumeral } from "../../text/numerals.ts";
import type { Memory } from "../state.ts";

type Topic = NonNullable<Memory["topic"]>;

/**
 * A question of a few words with what it leaves out spelt out from the talk: 专利法第六十九条 for 那六十九条呢 after 第六十八条,
 * 实用新型能保护几年 for 实用新型的呢 after 外观设计能保护几年. As it is where it leaves out neither.
 */
export function speltOut({ topic }: Memory, question: string): string {
  if (topic === null) return question;
  return byArticle(topic, question) ?? byKind(topic, question) ?? question;
}

const numeral = "[〇零一二三四五六七八九十百两]{1,6}|\\d{1,3}";
const asksOn = "(?:呢|哩|啊|说|讲|写|规定|是|咋|怎|啥|什么|内容|[?？]|$)";
/** „那六十九条呢“, „第70条咋说“, „它六十五条讲啥“: an article by its number, and nothing beside but what asks. */
const byNumber = new RegExp(`^(?:那|这|它|还有|再说)?(?:个)?的?第?(?<number>${numeral})条${asksOn}`, "u");
/** „前面那条呢“, „它后头那条呢“, „下一条说的啥“: the neighbour of the article that was told. */
const byPlace = new RegExp(
  `^(?:那|这|它|还有|再说)?的?(?:(?<before>[前上](?:面|边|头)?(?:那|一))|(?:[后下](?:面|边|头)?(?:那|一)|再往下|挨着那))(?:一)?条${asksOn}`,
  "u",
);

function byArticle({ law, article }: Topic, question: string): string | undefined {
  if (article === "") return undefined;
  const asked = byNumber.exec(question)?.groups;
  if (asked !== undefined) return spelt(law, parseNumeral(asked["number"] ?? ""));
  const place = byPlace.exec(question)?.groups;
  const told = articleNumberOf(article)?.number;
  if (place === undefined || told === undefined) return undefined;
  return spelt(law, told + (place["before"] === undefined ? 1 : -1));
}

const spelt = (law: string, number: number | undefined) =>
  number === undefined || number === 0 ? undefined : `${law}${articleName(number)}说的是什么`;

/** Kinds of patents (专利法第二条), and rights, that take one another's place in a question. */
const kinds = [/实用新型(?:专利)?/u, /外观(?:设计)?(?:专利)?/u, /发明(?:专利)?(?![人了出者的])/u];
const rights = [/商标/u, /著作权|版权/u, /(?:外观设计|发明|实用新型)?专利/u, /商业秘密/u];

/** „实用新型的呢“, „那外观也是吗“, „要是商标呢“: another kind, and nothing beside but what asks. */
const otherKind =
  /^(?:那|那么|这|要是|如果|换成|要|是|还有)*(?<kind>实用新型|外观设计|外观|发明|商标|著作权|版权|商业秘密|专利)(?:专利|设计)?(?:的|权)?(?:话)?(?:呢|也是|也一样|也这样|一样|也行)?(?:[，,\s]+(?:是不是)?(?:也|都)?(?:一样|这样|那样|是|行|这么[多长久]))?(?:不|吗|么|嘛)?[?？]*$/u;

function byKind({ question: before }: Topic, question: string): string | undefined {
  const kind = otherKind.exec(question)?.groups?.["kind"];
  if (kind === undefined) return undefined;
  const others = (kinds.some((one) => one.test(kind)) ? kinds : rights).filter((one) => !one.test(kind));
  const named = others.find((one) => one.test(before));
  return named === undefined ? undefined : before.replace(named, kind);
}
