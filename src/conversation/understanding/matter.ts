import type { ReportType } from "../../reports/report.ts";
import type { Lexicon } from "./lexicon.ts";
import { asksInGeneral } from "./questions.ts";
import type { Reading } from "./reading.ts";
import type { Found } from "./spans.ts";
import type { Expectation, NumberReading } from "./understanding.ts";

/** The kind of report that a text tells of, by the rules. */
function matterIn(text: string, words: Lexicon, expectation: Expectation): Found<ReportType> | undefined {
  const asked = expectation.asking.includes("reportType");
  const named =
    /(?:按|算|属于|归到?|选|类型(?:是|为|写|改成|改为)?|改成|改为|应该是|就是|[这就]叫)(?:一个)?(?<type>假冒专利|专利侵权|标识不规范|专利虚假宣传|虚假宣传|非正常申请|专利纠纷调解|代理违法|平台不作为|商标侵权|侵犯商标|侵犯专利|著作权|商业秘密|不正当竞争|地理标志|植物新品种|消费投诉|其[他它])/u.exec(
      text,
    );
  const type = named?.groups?.["type"];
  if (named !== null && type !== undefined) {
    const value = fullTypeName(type);
    return { value, start: named.index, end: named.index + named[0].length, rule: "matter.named" };
  }
  // „不是专利侵权，是商标侵权“ names the one that it is.
  const swapped =
    /不(?:是|算|属于)(?:什么|啥)?(?:假冒专利|专利侵权|商标侵权|假冒|侵权|消费投诉|著作权)[^。]{0,4}?[，,、 ]?(?:而|应该|其实|就|这)?(?:是|算|属于)(?<type>假冒专利|专利侵权|标识不规范|专利虚假宣传|虚假宣传|商标侵权|著作权|商业秘密|不正当竞争|地理标志|植物新品种|消费投诉)/u.exec(
      text,
    );
  const swappedType = swapped?.groups?.["type"];
  if (swapped !== null && swappedType !== undefined) {
    const value = fullTypeName(swappedType);
    return { value, start: swapped.index, end: swapped.index + swapped[0].length, rule: "matter.named" };
  }
  // „平台不报了，就报这个卖家专利侵权“
  const only =
    /(?:(?:就|只|改(?:成|为)?|光|先)(?:报|告|举报|投诉)|(?:我|俺|咱)(?:们)?(?:就|也)?(?:要|想|来)?(?:举报|投诉)(?=他|她|它|这|那))(?:他|它|她|这|那)?(?:个|家)?(?:卖家|店家?|厂家?|商家|公司)?(?:的)?(?<type>假冒专利|专利侵权|商标侵权|虚假宣传|不正当竞争)/u.exec(
      text,
    );
  if (only?.groups?.["type"] !== undefined) {
    const value = fullTypeName(only.groups["type"]);
    return { value, start: only.index, end: only.index + only[0].length, rule: "matter.named" };
  }
  // „我闹混了不是专利是商标“ names the right that it is about.
  const right =
    /不是(?:什么|啥)?专利[^，。]{0,2}?[，,、 ]?(?:而)?是[^，。、\s不吗]{0,8}?(?<right>商标|版权|著作权)(?![^，。]{0,4}[吗么不])/u.exec(
      text,
    ) ??
    /(?:是|属于|算)(?<right>商标|版权|著作权)(?:的事儿?)?[，,、 ]*不是(?:什么|啥)?专利(?!侵权|号|[^，。]{0,3}[吗么不])/u.exec(
      text,
    );
  if (right !== null) {
    const value = right.groups?.["right"] === "商标" ? "商标侵权" : "著作权";
    return { value, start: right.index, end: right.index + right[0].length, rule: "matter.named" };
  }
  const instead =
    /不是(?<old>假冒|侵权)[^。]{0,6}?是(?<now>侵权|假冒)|是(?<first>侵权|假冒)[^。]{0,6}?不是(?:假冒|侵权)/u.exec(
      text,
    );
  const now = instead?.groups?.["now"] ?? instead?.groups?.["first"];
  if (instead !== null && now !== undefined) {
    const value = now === "侵权" ? "专利侵权" : "假冒专利";
    return { value, start: instead.index, end: instead.index + instead[0].length, rule: "matter.named" };
  }
  // „不是假冒，是他仿我的专利“: what stands beside the kind that it is not tells the kind that it is.
  const denied =
    /(?:不是|不算|不属于|并非)(?:什么|啥)?(?:假冒专利|专利侵权|商标侵权|冒用(?:别人|人家)?(?:的)?专利号?|假冒|冒充(?:专利)?|侵权|虚假宣传|消费投诉|著作权)(?:的)?(?=[，。,\s]|$)/u.exec(
      text,
    );
  const meant =
    denied === null
      ? undefined
      : ofRules(
          words.matters,
          text.replace(denied[0], () => "＊".repeat(denied[0].length)),
          "matter",
        );
  if (meant !== undefined) return { ...meant, rule: "matter.named" };
  const outright = asksInGeneral(text) ? undefined : ofRules(words.matterOutright, text, "outright");
  if (outright !== undefined) return { ...outright, rule: "matter.named" };
  if (expectation.rightUnclear === true) return ofRules(words.matterAnswers, text, "answer");
  if (asksInGeneral(text)) return undefined;
  const withoutDenied = withoutDeniedMatters(text);
  const found = ofRules(words.matters, withoutDenied, "matter");
  // „想调解一下“ says what is wished for when that was asked.
  const wished =
    found?.value === "专利纠纷调解" && expectation.asking.includes("remedy") && !/专利|发明/u.test(text);
  if (wished) return undefined;
  if (found !== undefined) return found;
  if (asked) {
    // „顺昌包装机械厂把别人的专利号钉在机子上“ tells more than the one word of it that names a kind.
    const told = text.length > 14 ? byWords(words, withoutDenied) : undefined;
    if (told !== undefined) return told;
    const answer = ofRules(words.matterAnswers, text, "answer");
    if (answer !== undefined) return answer;
  }
  // A short answer to another question holds single words of many matters.
  const answersOther = expectation.asking.length > 0 && !asked && text.length < 20;
  return text.length < 8 || answersOther ? undefined : byWords(words, withoutDenied);
}

/** Without „我没有专利也没有商标“, which names what the matter is not about, and „仿冒必究“, which packages say. */
function withoutDeniedMatters(text: string): string {
  return text
    .replace(/(?:仿冒|侵权|假冒|盗版|翻版|仿制|抄袭|盗用|违者)必究|假一(?:赔|罚)[十百三]/gu, (phrase) =>
      "＊".repeat(phrase.length),
    )
    .replace(
      /(?:我|俺|咱)(?:们|家|厂)?(?:也|又|都)?(?:没|没有)(?:申请|注册|办)?(?:过)?(?:专利|商标|版权|著作权)(?:[，,]?也?(?:没|不是)(?:有)?(?:注册|申请)?(?:过)?(?:专利|商标|版权|著作权))*/gu,
      (denied) => "＊".repeat(denied.length),
    )
    .replace(
      /(?:我|俺|咱)?(?:们|家|厂)?(?:啥|什么)?(?:专利|商标|版权)(?:[、和跟]?(?:啥|什么)?(?:专利|商标|版权))*(?:也|都|全|又|可)*没(?:有)?(?:办|申请|注册|登记)(?:过|下来)?(?=$|[，。,\s])/gu,
      (denied) => "＊".repeat(denied.length),
    );
}

/** How much of a story counts, from its end. */
const maxStoryChars = 400;

/** The kind that several messages tell of together; undefined if they tell of none. */
export function matterOfStory(told: readonly string[], words: Lexicon): ReportType | undefined {
  const story = withoutDeniedMatters(told.join("。").slice(-maxStoryChars));
  return (ofRules(words.matters, story, "matter") ?? byWords(words, story))?.value;
}

/** The text with every patent number put as the words for one, letter for letter. */
function numbered(text: string, numbers: readonly NumberReading[]): string {
  let result = text;
  for (const { start, end } of numbers) {
    if (end - start < 5) continue;
    result = `${result.slice(0, start)}ZL专利号${"0".repeat(end - start - 5)}${result.slice(end)}`;
  }
  return result;
}

/** The first matter of which a word of each group stands somewhere in the message. */
function byWords(words: Lexicon, text: string): Found<ReportType> | undefined {
  for (const { reportType, all, none } of words.matterWords) {
    if (none?.test(text) === true) continue;
    const found = all.map((group) => group.exec(text));
    const first = found.flatMap((match) => match ?? []);
    if (found.some((match) => match === null)) continue;
    const start = Math.min(...found.map((match) => match?.index ?? 0));
    const end = Math.max(...found.map((match) => (match?.index ?? 0) + (match?.[0].length ?? 0)));
    return first.length === 0
      ? undefined
      : { value: reportType, start, end, rule: `matter.words.${reportType}` };
  }
  return undefined;
}

/** The kind of the first rule that matches. */
function ofRules(rules: Lexicon["matters"], text: string, name: string): Found<ReportType> | undefined {
  for (const { reportType, pattern, none } of rules) {
    if (none?.test(text) === true) continue;
    const match = pattern.exec(text);
    if (match === null) continue;
    return {
      value: reportType,
      start: match.index,
      end: match.index + match[0].length,
      rule: `${name}.${reportType}`,
    };
  }
  return undefined;
}

/** The name of API.md for the way people shorten it. */
function fullTypeName(type: string): ReportType {
  const full: Record<string, ReportType> = {
    虚假宣传: "专利虚假宣传",
    商业秘密: "侵犯商业秘密",
    其它: "其他",
    侵犯商标: "商标侵权",
    侵犯专利: "专利侵权",
  };
  return full[type] ?? (type as ReportType);
}

/** The kind of report that the rules find in a message. A number that reads as a patent's says „专利“, written or not. */
export function ruledMatter({ text, words, expectation, numbers }: Reading): Found<ReportType> | undefined {
  const plainMatter = matterIn(text, words, expectation);
  const numberedMatter =
    plainMatter !== undefined ||
    numbers.length === 0 ||
    expectation.asking.includes("patentNumber") ||
    words.correction.test(text) ||
    /对不对/u.test(text)
      ? undefined
      : matterIn(numbered(text, numbers), words, expectation);
  return plainMatter ?? (numberedMatter?.value === "标识不规范" ? undefined : numberedMatter);
}
