import type { Lexicon } from "./lexicon.ts";
import type { Where } from "./places/place-meant.ts";
import { isHome } from "./places/place-told.ts";
import type { Reading } from "./reading.ts";
import type { Requests } from "./requests.ts";
import { type Clause, overlaps, type Span, sentencesOf } from "./spans.ts";

/** Whether a message only supposes something, or asks whether the desk handles a kind of matter. */
export function asksInGeneral(text: string): boolean {
  return (
    /(?:还)?没(?:真)?(?:碰上|遇(?:上|到|着))(?:过)?(?:这|那)(?:种|回|样)?事|没人(?:侵|仿|抄)(?:犯)?(?:我|俺)|(?:我)?不(?:报案|针对(?:哪|任何))|考试用|(?:写|做|的)(?:作业|论文)|孩子作业|先打听(?:好|一下|打听)|(?:学习学习|学学怎么)|没有具体案件|替(?:他|她|人家?)打听|(?:我有个想法|假设性|说着玩)[，。]/u.test(
      text,
    ) ||
    (/^(?:[^，。]{0,4}[，,])?(?:那|我想问|问一下|请问|想问)?(?:，)?(?:如果|要是|假如|假设|若是|万一|比如说|打个比方|比方说)/u.test(
      text,
    ) &&
      /[?？]|怎么|咋|吗[。！]?$|找谁|行不行|能不能|是不是|算不算|还是/u.test(text)) ||
    /(?:我|俺)(?:们)?(?:这|那)?(?:个|种|样)?(?:情况|做法|事儿?)?[^，。]{0,6}(?:算不算|是不是|算|构成|犯不犯|会不会)(?:构成)?(?:侵权|违法|假冒)/u.test(
      text,
    ) ||
    /^(?:那|请问|想问问?|问一下|你们|这个)?[^，。我俺咱他她某有]{0,12}(?:的事儿?|的问题|这事|这种事|这类|纠纷|案子)?(?:你们|恁|您这|咱们?这|这儿|这里)(?:也|都|还|到底)?(?:管不管|管吗|管么|受理吗|受不受理|负责吗|能管吗|收不收|接不接)(?=[啊呀呢吧]*(?:[，。?？！]|$))/u.test(
      text,
    )
  );
}

/** „能不能不写名字“ asks for leave, and does not say that it is so. */
export const asksLeave =
  /(?:能不能|可不可以|能否|可否|是不是|(?<!不)行不行|要不要|用不用|需不需要|该不该)[^，。]{0,10}|(?:能|可以)不(?:写|留|填|说|露|实名)[^，。]{0,6}(?:吗|么|嘛|不(?=$|[，。！\s]))/u;

/** That, or a clause that ends as a question does: „我这匿名的你们会给裁决吗“. */
const asksOutright = new RegExp(
  `${asksLeave.source}|(?:吗|么|嘛)$|(?:啥|什么|嘛)(?:区别|差别|不同|不一样)`,
  "u",
);

/** What is asked of a number that is told beside: how to look it up, whether it is a true one. */
const asksOfNumber =
  /(?:怎么|咋|如何|上?哪(?:儿|里)?|能(?:不能)?|可以)[^，。]{0,4}(?:查|验|核|辨|分)|真假|真伪|真的假的|是(?:不是)?(?:真|假)的?(?:吗|不|么|$)|(?:有效|有用|作数|过期|失效)(?:了)?(?:吗|没|不|么)/u;

/** The numbers that a clause asks of. */
const askedNumbers = (clauses: readonly Clause[], numbers: readonly Span[]): Span[] =>
  numbers.filter((number) =>
    clauses.some((clause) => overlaps(number, clause) && asksOfNumber.test(clause.text)),
  );

/** A clause with what a number is in place of the numbers that stand in it. */
function withoutNumbers({ text, start }: Clause, numbers: readonly Span[]): string {
  const word = /专利/u.test(text) ? "" : "专利号";
  return [...numbers]
    .filter((number) => number.start >= start && number.end <= start + text.length)
    .sort((one, other) => other.start - one.start)
    .reduce((rest, one) => `${rest.slice(0, one.start - start)}${word}${rest.slice(one.end - start)}`, text);
}

/** „…号13800001234 这算假冒不“: what is asked behind a number, after a space, is a clause of its own. */
function partedAtFigures(clause: Clause): Clause[] {
  const space = /(?<=[\dXx])\s+(?=[\u4e00-\u9fff]{3,})/u.exec(clause.text);
  if (space === null) return [clause];
  const from = space.index + space[0].length;
  return [
    { ...clause, text: clause.text.slice(0, space.index), end: clause.start + space.index, mark: " " },
    ...partedAtFigures({ ...clause, text: clause.text.slice(from), start: clause.start + from }),
  ];
}

/** „…乱贴别人专利号这事最多能罚多少钱“: speech that runs on from what is told to what is asked. */
function partedAtQuestion(clause: Clause): Clause[] {
  const asks =
    /(?<=.{8})(?:这(?:个)?事儿?|这种(?:事儿?|情况|行为)|你们|恁们?|请问)(?=[^，。]{1,18}(?:多少|几(?:天|年|倍|个)|多久|怎么|咋|啥|什么|吗|不)[^，。]{0,4}$)/u.exec(
      clause.text,
    );
  if (asks === null) return [clause];
  return [
    { ...clause, text: clause.text.slice(0, asks.index), end: clause.start + asks.index, mark: " " },
    { ...clause, text: clause.text.slice(asks.index), start: clause.start + asks.index },
  ];
}

/** „我用方言说行不行啊我们这有个…“: speech that runs on from what is asked to what is told. */
function partedBehindQuestion(clause: Clause): Clause[] {
  const asked =
    /^[^，。]{2,12}?(?:行不行|中不中|成不成|可以不可以|可不可以|能不能行|好使不|行吗|中吗|可以吗)(?:啊|呀|呢|吧)?(?=[^，。]{12,})/u.exec(
      clause.text,
    );
  if (asked === null) return [clause];
  const at = asked[0].length;
  return [
    { ...clause, text: clause.text.slice(0, at), end: clause.start + at, mark: " " },
    { ...clause, text: clause.text.slice(at), start: clause.start + at },
  ];
}

/** „我要举报“ beside a question is no part of it: „我要举报，这种罚多少钱“. */
const onlyWantsToReport =
  /^(?:我|俺|咱)(?:们)?(?:就)?(?:是)?(?:要|想|得|来)(?:要|来)?(?:举报|投诉|反映|告)(?:它|他|她|这家?|那家?)?(?:们)?(?:一下)?$/u;

/**
 * The part of a message that asks. Clauses that hold a cue, with what the same sentence says before them;
 * clauses that give numbers, phones or names stay out.
 */
function questionIn(
  all: readonly Clause[],
  words: Lexicon,
  known: readonly Span[],
  names: readonly Span[],
  numbers: readonly Span[] = [],
  places: readonly Span[] = [],
): string | undefined {
  const asking: string[] = [];
  // „专利号ZL…怎么查真假“ asks of the number, whichever it is.
  const asked = askedNumbers(all, numbers);
  const clauses = all
    .flatMap(partedAtFigures)
    .flatMap(partedAtQuestion)
    .flatMap(partedBehindQuestion)
    .map((clause) => ({ ...clause, text: withoutNumbers(clause, asked) }));
  const facts = known.filter((fact) => !asked.includes(fact));
  for (const sentence of sentencesOf(clauses)) {
    const marked = sentence.some((clause) => /[?？]/u.test(clause.mark));
    // „别问我是谁“ asks nothing.
    const cued = sentence.findIndex(
      (clause) =>
        words.question.test(clause.text) &&
        (marked || asksOutright.test(clause.text) || !words.anonymousYes.test(clause.text)),
    );
    if (cued < 0 && !marked) continue;
    // „不是盐山，是孟村的，还有卖货的要不要罚“: where it is is told, whatever is asked besides.
    const tells = (clause: Clause) =>
      facts.some((fact) => overlaps(fact, clause)) ||
      (places.some((place) => overlaps(place, clause)) && !words.question.test(clause.text));
    const factless = sentence.filter((clause) => !tells(clause));
    const wanted = factless.filter((clause) => !onlyWantsToReport.test(clause.text));
    const plain = wanted.length > 0 ? wanted : factless;
    const nameless = plain.filter((clause) => !names.some((name) => overlaps(name, clause)));
    // „仿冒别家包装，是哪条不让“: a short question is about what stands before it.
    const chars = nameless.reduce((sum, clause) => sum + clause.text.length, 0);
    const short = chars > 0 && chars <= 6 && nameless.length < plain.length;
    const kept =
      short || (chars === 0 && plain.some(({ text }) => asksOutright.test(text))) ? plain : nameless;
    if (kept.length === 0) continue;
    asking.push(kept.map((clause) => clause.text).join("，"));
  }
  return asking.length === 0 ? undefined : asking.join("。");
}

/** How much of the beginning of an answer only repeats which place was asked for. */
function echoedIn(text: string, mentions: readonly Span[]): number {
  const which =
    /^\s*(?:哦|噢|啊|嗯|对了)?[，,、 ]*(?:(?:你|您|你们)?(?:刚才|刚刚|刚)?(?:是)?问(?:我)?)?(?:是|说)?(?:的)?(?:在)?哪(?:一)?(?:个|儿|里|片|边)?(?:开发区|新区|区|县|市|地方|镇|乡|村)?(?:的)?(?:[?？]|(?<=问.{0,8})[，,\s]|[呀啊嘛](?=就是|是))/u.exec(
      text,
    );
  if (which !== null) return which[0].length;
  const named = mentions.find(({ start, end }) => start === 0 && /^[?？]/u.test(text.slice(end)));
  return named === undefined ? 0 : named.end + 1;
}

/** Whether a message that holds a word of asking asks: „没啥了“ and „不知道是哪家“ do not. */
function asksForReal(whole: string, words: Lexicon): boolean {
  // „盖州镇？没这地方。“ answers itself; „给俺来个电话中不？“ asks for a deed, not for knowledge.
  const text = whole
    // „你问我哪个开发区？沧州的“ repeats what was asked.
    .replace(
      /(?:你|您|恁|你们)(?:刚才|刚|是|不是|还)*问(?:我|俺|的|我的)?(?:是)?[^，。！?？]{0,16}[?？，]/gu,
      "",
    )
    // „问老板专利在哪办的他也答不出“ tells what was asked of somebody else.
    .replace(
      /问(?:了|过)?(?:他|她|他们|老板娘?|卖家|店家|摊主|客服|业务员|厂家)[^，。！?？]{0,10}?(?:多少|啥|什么|几|哪|咋|怎么)[^，。！?？]{0,6}?[，]?(?:他|她|他们|老板娘?|卖家|店家|摊主|客服|业务员|厂家|人家)?(?:也|都|就|又)?(?:说|答|讲|支支吾吾|不|没)/gu,
      "",
    )
    // „赔不赔钱无所谓“ leaves it open, it does not ask.
    .replace(
      /([\u4e00-\u9fff])不\1[^，。!！?？]{0,4}(?:另说|无所谓|随便|都行|不要紧|再说|(?:我|俺)?不(?:管|在乎|关心|图|稀罕))/gu,
      "",
    )
    .replace(
      /(?:^|(?<=[，。！]))[^，。！?？]{1,12}[?？](?=(?:没|不对|不是|错|哦|噢|应该|我说|我是说|是))/u,
      "",
    )
    .replace(
      /(?:给|跟|往|帮|替|打|联系|通知|告诉|回)(?:我|俺)[^，。！?？]{0,10}(?:电话|信儿|话|声|下|号)[^，。！?？]{0,3}(?:中不|中吗|行不|行吗|好不|好吗|成不|成吗|可以吗|可以不|吧)[?？]?/gu,
      "",
    )
    // „谁举报我，我就砍谁“ threatens.
    .replace(/谁[^，。?？]{1,10}[，,]?(?:我|俺|他)?就[^，。?？]{0,6}谁/gu, "")
    // What only complains in the form of a question.
    .replace(
      /(?:(?:你|您|大家|你们)(?:说|看|想想|评评)(?:这|那)?(?:个|事儿?)?(?:能|还能|会)(?:是)?[^，。?？]{0,6}|(?:这|那)(?:不是|不)[^，。?？]{0,8}(?:骗|坑|糊弄|欺负|讹|忽悠|耍|明摆着|假)[^，。?？]{0,6}|(?:还)?有(?:没有)?(?:这么|这样)[^，。?？]{0,4}(?:干|做|办)的|还有(?:没有)?(?:王法|天理)|凭(?:什么|啥)[^，。?？]{0,12}|(?:哪|那)(?:来|有)的?专利)(?:(?:吗|么|嘛|呢|吧)?[?？]|嘛(?=$|[，。！]))/gu,
      "",
    )
    // „还往上印呢这不是假冒专利吗“ tells, where a story stands before it.
    .replace(
      /(?<=[\u4e00-\u9fff]{6}[，。！\s]*)这(?:不就是|不是|不叫)[^，。?？]{0,4}(?:假冒|侵权|冒充|违法|骗)[^，。?？]{0,4}(?:吗|么|嘛)(?=[?？]?[。！\s]*$)/gu,
      "",
    )
    // „碰见个事 不知道归不归你们管“ leads up to it.
    .replace(
      /(?:不知道|不晓得|也不知)(?:归不归|该不该|是不是归?|能不能|算不算)(?:你|您|恁|咱)们?(?:这儿?)?管[啊呀]?[。！\s]*$/u,
      "",
    )
    // „请问在吗“ asks for nobody's knowledge.
    .replace(
      /^(?:请问)?[，, ]?(?:(?:在吗|在么|在没|在不在|在不|有人(?:在)?(?:吗|么|没|不)(?:在)?)[啊呀]?[，,?？ ]*)+(?=$|[，。！!~～\s\u4e00-\u9fff])/u,
      "",
    );
  if (text.trim() === "") return false;
  if (
    /(?:不清楚|不知道|不晓得|说不(?:准|好|清)|记不清|不记得)(?:了|啊|呀)?[。！\s]*$/u.test(text) &&
    !/[?？]/u.test(text)
  )
    return false;
  if (/(?:提交|交吧|交了吧|(?<!能举|可以举)报吧)[。！\s]*$/u.test(text)) return false;
  if (/(?:没|还)[^，。]{0,6}呢[。！\s]*$/u.test(text) && !/[?？]|要是|万一|如果|怎么|咋|啥|什么/u.test(text))
    return false;
  if (/[?？]|(?:吗|么|嘛|呢|咋办|咋整|怎么办)[。！\s]*$/u.test(text)) return true;
  const bare = text.replace(
    /(?:没|没有)(?:啥|什么|多少|几)[^，。]{0,6}|不(?:咋|怎么)(?:样|清楚|好)?|什么的|(?:他|她|它|[那这]家|人家|对方)(?:们|家)?(?:哪(?:里|儿)?)(?:有|来的?)(?:什么|啥)?(?:专利|证书?|授权|资质|许可|商标)(?!代理)|(?:我|俺|咱|谁)?[^，。]{0,4}(?:哪|上哪)(?:儿|里)?(?:知道|晓得|记得|懂|认得)|(?:啥|什么)[^，。]{0,6}(?:都|也)(?=没|不)|(?:吹|说|喊|号称|宣称|自称|谎称|标榜)(?:的)?(?:是)?(?:啥|什么)(?=[\u4e00-\u9fff]{2})(?!意思|时候)|(?:谁|啥|什么|哪儿|哪里|咋|怎么)(?:也|都)(?=别|不|没)|(?:那|有)谁(?:家)?|(?:我|俺|咱)(?:们)?(?:又|可|这)?哪(?:会|能|敢|懂|顾得|有工夫)|(?<!你(?:们)?知道|您知道|晓得)(?:我|俺)是谁/gu,
    "",
  );
  if (!words.question.test(bare)) return false;
  // „…，这算啥“ after a story wants the matter looked into.
  const embedded =
    /(?:具体)?(?:啥|什么|哪|谁|多少|几)(?![^，。]{0,8}[?？])[^，。]{0,5}(?:忘了|不记得|记不(?:清|得|住)|没(?:看|记)清|不清楚|不晓得|不知道|说不(?:准|好|清))|(?:不知道|不清楚|不晓得|说不(?:准|好|上来)|记不(?:清|得|住)|忘了|知不道|没(?:有)?(?:说|写|标|印|注明|讲|告诉|看清|问)|看不(?:出|清)|分不清|也?没说)[^，。\s]{0,4}(?:叫|是|在|归)?[^，。\s]{0,8}(?:啥|什么|哪|谁|多少|几|怎么|咋)|(?:你|您|大家|你们)(?:说|看|想|评评)[^，。]{0,10}(?:能|会|是不是|像|还能)/u;
  return words.question.test(bare.replace(embedded, ""));
}

/** „商标侵权的处罚幅度“: what is looked up, by its heading. What somebody did to the speaker is none. */
export const isHeading = (text: string): boolean =>
  text.length <= 30 &&
  !/我|俺|咱|你|他|她|那家|这家|有人|有个|举报|投诉|反映|[，。！；]/u.test(
    text.trim().replace(/[。！]$/u, ""),
  ) &&
  /(?:的[\u4e00-\u9fff]{0,4}(?:条件|期限|时限|种类|类型|类别|情形|标准|幅度|范围|责任|后果|程序|流程|步骤|手续|要求|规定|义务|权利|措施|事项|方式|方法|费用|作用|依据|赔偿|处罚|罚款|罚则|上限|数额|金额|有效期|保护期限|客体|材料|职责|权限|效力|例外|主体|资格|标志|商品|行为|因素|要件|条款|对象|途径|保护期|宽限期|专利纠纷)|定义|含义|概念|区别|差别|法律责任|认定标准|办案期限|处罚幅度|处罚标准|罚款标准)[。！\s]*$/u.test(
    text.trim(),
  );

/** The part of a message that asks something, for the knowledge base. */
export function readQuestion(
  { text, clauses, words, expectation, written, taken }: Reading,
  { mentions, places, answersPlace }: Where,
  said: { requests: Requests; smallTalk: boolean; infringers: readonly Span[] },
): string | undefined {
  const { requests, smallTalk, infringers } = said;
  const agrees =
    text.length <= 10 &&
    words.intents.confirm.test(text) &&
    !words.question.test(text.replace(/[吧呢]|[这那]么/gu, ""));
  // „说气话 那他得赔我多少“ asks beside.
  const lastClause = clauses.at(-1)?.text ?? "";
  const calms =
    requests.calmed &&
    !/[?？]/u.test(text) &&
    !(clauses.length > 1 && words.question.test(lastClause) && !words.requests.calmed.test(lastClause));
  // „哪个区？运河区“ to the question which repeats it, and answers.
  const echo = answersPlace && places.length > 0 ? echoedIn(text, mentions) : 0;
  const asks =
    !agrees &&
    !smallTalk &&
    !calms &&
    !(expectation.drafting && requests.showsDraft) &&
    asksForReal(text.slice(echo), words);
  if (!asks && !expectation.drafting && infringers.length === 0 && isHeading(text)) return text.trim();
  if (!asks) return undefined;
  return questionIn(
    clauses.filter(({ start }) => start >= echo),
    words,
    taken,
    infringers,
    expectation.drafting ? [] : written,
    expectation.drafting ? mentions.filter((place) => !isHome(place, text)) : [],
  );
}

/** Whether a number is only what is asked about, and reports nothing. */
export const isNumberAsked = (
  { clauses, written, expectation }: Reading,
  question: string | undefined,
): boolean => question !== undefined && !expectation.drafting && askedNumbers(clauses, written).length > 0;
