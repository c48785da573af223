import type { Lexicon } from "../lexicon.ts";
import type { Found } from "../spans.ts";
import { isTalk } from "./no-name.ts";

/** A name of two to four characters right before or behind a mobile number, whatever the surname. */
function besidePhone(text: string): Found<string> | undefined {
  const match =
    /(?:^|[，。,;；\s])(?<before>[\u4e00-\u9fff]{2,4})[，,：:\s]{0,2}1[3-9][\d\s-]{9,12}(?!\d)|1[3-9][\d\s-]{9,12}[，,\s]{1,2}(?<behind>[\u4e00-\u9fff]{2,3})(?=$|[，。,;；\s])/u.exec(
      text,
    );
  const name = match?.groups?.["before"] ?? match?.groups?.["behind"];
  if (match === null || name === undefined) return undefined;
  if (
    /应该|改|错|位|来电|来访|显示|本机|座机|固话|分机|转接|电话|手机|号码|联系|打|是|叫|我|俺|他|她|你|您|给|找|个|的|了|匿名|没|不|提交|确认|就|这|那|留|微信|同号|随时/u.test(
      name,
    )
  )
    return undefined;
  const start = match.index + match[0].indexOf(name);
  return { value: name, start, end: start + name.length, rule: "contact.besidePhone" };
}

/** 复姓, of which the first character is often no surname by itself. */
const compoundSurnames =
  "尉迟|欧阳|上官|司马|诸葛|皇甫|司徒|夏侯|东方|公孙|慕容|令狐|长孙|宇文|端木|百里|南宫|轩辕|独孤|呼延";
const compoundSurname = new RegExp(`^(?:${compoundSurnames})`, "u");

/** What may stand behind a name; a verb only where something follows it: 幸福来 is a name. */
const nameEnd =
  '(?=$|[，。,;；、!！\\s\\d(（“"]|[零〇一二三四五六七八九幺]{5,}|没(?:别的|了|有了)|律师|电话|手机|号码|联系|的电话|这是|(?:吧|就(?:行|中|成|好))(?=$|[，。,;；!！\\s\\d])|(?:住|是|在|来|想|要)(?=[\\u4e00-\\u9fff]))';

/** Somebody of the person's, whose telephone they may leave. */
export const kin =
  "(?:(?:大|二|小|老)?(?:闺女|女儿|儿子|小子|老伴儿?|媳妇儿?|爱人|对象|老公|老婆|丈夫|妻子|侄(?:子|女|儿)|外甥女?|孙(?:子|女)|外孙女?|[爸妈爹娘]{1,2}|父亲|母亲|[哥姐弟妹嫂]{1,2}|嫂子|女婿|儿媳妇?)|表[哥姐弟妹]|堂[哥姐弟妹]|同事|会计|助理|朋友|邻居|家里?人|孩子)";

/** How people give their name, the surest first. */
const contactRules: readonly (readonly [string, RegExp])[] = [
  [
    "contact.called",
    new RegExp(
      `(?<![仿抄冒偷告骗坑]|侵犯|仿冒|抄袭|模仿|山寨|剽窃|举报|投诉)(?:我|俺|本人|联系人)(?:的)?(?:名字|姓名)?(?:就)?(?:叫|是叫|名叫|名字是|姓名是|姓名[:：])\\s*(?<name>[\\u4e00-\\u9fff·]{2,6}?)${nameEnd}`,
      "u",
    ),
  ],
  [
    "contact.contact",
    /联系(?:人|我)?[，,:： ]*(?:[\u4e00-\u9fff]{1,3}[部科室处](?:的)?)?(?<name>[\u4e00-\u9fff]{2,4})(?=[，, ]*(?:电话|手机)?[:： ]*1[3-9])/u,
  ],
  [
    "contact.full",
    /姓(?<family>[\u4e00-\u9fff]{1,2})[，, ]*(?:名字)?(?:叫|是)?(?<name>\k<family>[\u4e00-\u9fff]{1,2})(?=$|[，。,;；\s\d]|电话|手机)/u,
  ],
  [
    "contact.told",
    /(?<!摊主|老板|老板娘|店主|厂长|卖家|对方|他|她|人家)姓(?<family>[\u4e00-\u9fff]{1,2})名(?<given>[\u4e00-\u9fff]{1,2})(?=$|[，。,;；\s\d])/u,
  ],
  [
    "contact.spelled",
    /(?<!老板|老板娘|店主|厂长|摊主|屋主|房东|他|她)姓(?<family>[\u4e00-\u9fff])[^。]{0,12}?叫(?<name>\k<family>[\u4e00-\u9fff]{1,2})(?=$|[，。,;；\s\d]|电话|手机|号码)/u,
  ],
  [
    "contact.find",
    /(?:找|联系|问)(?<name>小[\u4e00-\u9fff](?=$|[，。\s])|(?:老|小)?[\u4e00-\u9fff](?:先生|女士|师傅|姐|哥|叔|婶|大爷|大姐|老师|经理|总|主任|律师|工))(?=就行|就中|即可|吧|$|[，。,\s])/u,
  ],
  // What who takes down a call notes: 来电，女，自称姓裴.
  [
    "contact.spelled",
    /(?:来电|来访|来信)[^。]{0,12}(?:自称|报称|称其?)姓(?<name>[\u4e00-\u9fff])(?=$|[，。,;；\s\d])/u,
  ],
  // „打 0317-7220113 找窦三奎就行“.
  [
    "contact.findBeside",
    /(?:1[3-9]\d{9}|0\d{2,3}[- ]?\d{7,8})[，,\s]*(?:就)?找(?![我俺咱你您他她谁人工])(?<name>[\u4e00-\u9fff]{2,3})(?=$|[，。,;；\s]|就(?:行|中|成|好)|接)/u,
  ],
  [
    "contact.mine",
    new RegExp(
      `(?:我|俺)(?:的)?(?:名字|姓名|名|大名|真名)(?:是|叫|[:：])?\\s*(?<name>[\\u4e00-\\u9fff·]{2,5}?)${nameEnd}`,
      "u",
    ),
  ],
  // Whose telephone it is: 记我闺女的…，她叫蔺小满; 13315778890，机主叫….
  [
    "contact.kin",
    new RegExp(
      `(?:我|俺|咱)(?:的|家)?${kin}[^。！？!?]{0,30}?(?:(?:她|他|${kin})(?:的)?(?:名字|大名)?(?:就)?(?:叫|是)|名(?:字)?叫)(?<name>[\\u4e00-\\u9fff·]{2,4}?)${nameEnd}`,
      "u",
    ),
  ],
  [
    "contact.kin",
    new RegExp(
      `(?:我|俺|咱)(?:的|家)?${kin}[^。！？!?]{0,30}?(?:她|他|${kin})姓(?<name>[\\u4e00-\\u9fff]{1,2})(?=$|[，。,;；!！\\s\\d])`,
      "u",
    ),
  ],
  [
    "contact.kin",
    new RegExp(
      `(?:1[3-9][\\d\\s-]{9,12}|0\\d{2,3}[- ]?\\d{7,8}|[幺一1][零〇一二三四五六七八九幺两]{10})[，,\\s]{0,2}(?:机主|号主|本人|她|他)(?:姓名|名字)?(?:是|叫)(?<name>[\\u4e00-\\u9fff·]{2,4}?)${nameEnd}`,
      "u",
    ),
  ],
  [
    "contact.field",
    new RegExp(
      `(?<!被|前)(?:姓名|联系人|联络人|来访人|来电人|来信人|来函人|写信人|举报人|投诉人|反映人|请求人|申请人|控告人|提交人|经办人?|代理人|填报人|报告人|具名|署名|落款|(?<!他|她|他的|她的|老板)(?:真名|大名|本名)|(?<=我方[^。]{0,40}。)经营者)(?:应该|就)?(?:是|叫|就是|为|[:：]|(?:写|填|留|记)(?:上|成|我)?)?\\s*(?<name>[\\u4e00-\\u9fff·]{2,5}?)(?:律师)?${nameEnd}`,
      "u",
    ),
  ],
  // „市民甘先生 电话135…“, as a hotline passes it on.
  [
    "contact.field",
    /(?:市民|群众|居民|村民|用户|顾客|业主|报料人)(?<name>[\u4e00-\u9fff](?:某|先生|女士|小姐|师傅|大爷|大妈|大姐|阿姨|老师))(?=$|[，。,;；\s\d]|电话|手机|来电|反映|称|说)/u,
  ],
  [
    "contact.field",
    /(?:实名(?:举报)?|坐不改姓|留我?(?:的|个)?(?:名儿?|名字|姓名)(?:吧)?)[，,:： ]+(?<name>[\u4e00-\u9fff]{2,3})(?=$|[，。,;；\s\d])/u,
  ],
  [
    "contact.role",
    /(?:我|俺|本人|本律师)(?:是|系)[^。；;]{0,30}?(?:退休工人|职工|员工|律师|专利权人|发明人|设计人|设计师|著作权人|商标权人|法人|会计|工程师|技术员|村民|店主|经营者|负责人|厂长|老板|经理)[，,\s]*(?<name>[\u4e00-\u9fff]{2,3})(?=$|[，。,;；、\s\d(（]|电话|手机)/u,
  ],
  [
    "contact.firstPerson",
    /(?:^|[，。,;；\s])本人(?<name>[\u4e00-\u9fff]{2,3})(?=[，,]\s*(?:曾|系|现|是|原|住|女|男|于|就))/u,
  ],
  [
    "contact.signed",
    /(?:律师事务所|律所|法务部?|编辑部|协会|办公室)[\s\u3000]+(?<name>[\u4e00-\u9fff]{2,3})(?:律师|老师|主任|经理)?(?=[\s\u3000，,]|电话|$)/u,
  ],
  ["contact.delegated", /(?:指派|委派|委托)(?:本所)?(?<name>[\u4e00-\u9fff]{2,3})律师/u],
  [
    "contact.latin",
    /(?:^|[，。,\s])(?<name>[A-Z][a-z]{2,12}(?:\s?[\u4e00-\u9fff]{1,2})?)(?=[，,\s]+(?:mobile|cell|tel|phone|电话|手机|1[3-9]\d))/iu,
  ],
  [
    "contact.noted",
    /(?:^|[，。\s])(?:名字|称呼|姓名)(?:就)?(?:写|记|登|留|填)(?:个|成|上)?(?<name>(?:老|小)[\u4e00-\u9fff])(?=就(?:行|中|得|成|好)|吧|$|[，。\s])/u,
  ],
  [
    "contact.noted",
    /(?:名字|登记|称呼)?(?:写|记|登|留)(?:上)?(?:的)?(?:名字?|成)?(?<name>[\u4e00-\u9fff]{1,2}(?:先生|女士|师傅|姐|哥|叔|婶|大爷|大姐|老师|经理|总))(?=就行|就中|吧|$|[，。])/u,
  ],
  [
    "contact.callMe",
    /(?:叫|喊|称呼)(?:我|俺)(?<name>[\u4e00-\u9fff]{2,4}?(?=就(?:行|中|成|好)|即可)|(?:老|小)?[\u4e00-\u9fff](?:先生|女士|师傅|姐|哥|叔|婶|大爷|大姐|老师|经理|总)?)(?=就(?:行|中|成|好)|即可|吧|$|[，。,\s])/u,
  ],
  [
    "contact.role",
    /(?:我|俺)是[^，。我俺]{0,6}?(?<name>[\u4e00-\u9fff](?:主任|书记|会计|经理|老师|大夫|师傅|村长|校长))(?=$|[，。,;；\s])/u,
  ],
  ["contact.am", new RegExp(`(?:^|[，。,;；\\s])(?:我|俺)是(?<name>[\\u4e00-\\u9fff]{2,4}?)${nameEnd}`, "u")],
  [
    // „我姓章 立早章 章小满“: the name follows how its first character is written.
    "contact.spelled",
    /(?:我|俺|本人|免贵[，,]?)姓(?<surname>[\u4e00-\u9fff])[，,\s]+(?:[\u4e00-\u9fff]{2,5}\k<surname>[，,\s]+)?(?:(?:名|全名|大名)?叫)?(?<name>\k<surname>[\u4e00-\u9fff]{1,2})(?=$|[，。,;；\s\d]|电话|手机)/u,
  ],
  [
    "contact.surname",
    /(?<!主任[，,\s]{0,2}|员工[，,\s]{0,2}|同事[，,\s]{0,2}|徒弟[，,\s]{0,2}|会计[，,\s]{0,2}|技术员[，,\s]{0,2}|业务员[，,\s]{0,2}|摊主|老板|老板娘|店主|厂长|经理|卖家|对方|他|她|那人|人家|家|过去|以前|都|也|不)(?<me>(?:我|俺|本人|免贵[，,]?|敝|鄙|贵)(?:也)?)?姓(?!名|氏)(?<name>[\u4e00-\u9fff]{1,2})(?=[\u4e00-\u9fff]{2,3}\k<name>|$|[，。,;；!！\s\d]|电话|手机|照片|图片|没(?:照|图|别)|的(?:，|。|$)|，)/u,
  ],
  [
    "contact.surnameSaid",
    new RegExp(
      `(?:我|俺|免贵|本人|鄙人|自己)姓(?<name>${compoundSurnames}|[\\u4e00-\\u9fff])(?=\\k<name>|我|俺|做|你|电话|手机|名字|单名|搞|开|在|来|住|想|要|回族|是|没|就|别|给|这|完|照片)`,
      "u",
    ),
  ],
];

/** A telephone right behind a name: 来访人佴长顺，手机177…. */
const numberBehind =
  /^[，,、\s]*(?:的)?(?:联系)?(?:电话|手机|号码)?(?:号码?)?(?:是|[:：])?\s*(?:1[3-9]\d|0\d{2})/u;

/** 哈哈, 嗯嗯, though 哈 is a surname. */
const laughs = /^(?:哈+|呵+|嘿+|嘻+|嗯+|哦+|喔+|对+|好+|行+|中+)$/u;

/** Whether a name that was learned may be a person's: it begins with a surname, or as people are called. */
export const couldBePerson = (name: string, words: Lexicon): boolean =>
  !/[的了某是在不么]|应该|直接|信息/u.test(name) &&
  !laughs.test(name) &&
  (words.surnames.has(name[0] ?? "") ||
    compoundSurname.test(name) ||
    /^[老小阿大][\u4e00-\u9fff]/u.test(name));

/** What a person calls themselves. `expected`: the last question asked for it, so a bare name counts. */
export function findContactName(text: string, expected: boolean, words: Lexicon): Found<string> | undefined {
  for (const [rule, pattern] of contactRules) {
    const match = pattern.exec(text);
    const { family = "", given } = match?.groups ?? {};
    const name = given === undefined ? match?.groups?.["name"] : family + given;
    if (match === null || name === undefined) continue;
    // 我是 is followed by much else, so it needs a known surname; the others name somebody whatever it is.
    if (rule === "contact.am") {
      if (!words.surnames.has(name[0] ?? "")) continue;
      if (/(?:人|厂|店|公司|的|权利|代理|消费|用户|顾客|老板|员工|律师)/u.test(name)) continue;
    }
    if (rule === "contact.kin" && !/电话|手机|号|联系|打给|微信|1[3-9]\d{9}/u.test(text)) continue;
    if (
      /^contact\.(?:role|field|firstPerson|signed|delegated|surnameSaid)$/u.test(rule) &&
      !(rule === "contact.field" && numberBehind.test(text.slice(match.index + match[0].length))) &&
      !words.surnames.has(name[0] ?? "") &&
      !compoundSurname.test(name)
    )
      continue;
    if (rule === "contact.surname") {
      // Without „我“ it says who the person is only as an answer, or beside a telephone.
      const told = /(?:我|俺)(?:们)?(?:是|替|代|在|叫)[^。！？!?]{0,30}$/u.test(text.slice(0, match.index));
      if (match.groups?.["me"] === undefined && !expected && !told) continue;
      if (name.length > 1 && !words.surnames.has(name[0] ?? "") && !compoundSurname.test(name)) continue;
    }
    if (name.length > 3 && words.question.test(name)) continue;
    if (
      /^(?:不|没|什么|啥|别|你|我|俺|咱|他|她|人|匿|说|称|要|想|的|儿|应该)|[的了某]|电话|手机|姓名|名字|信息|无名/u.test(
        name,
      )
    )
      continue;
    if (
      [...words.companySuffixes, ...words.tradeSuffixes].some(
        (suffix) => suffix.length > 1 && name.endsWith(suffix),
      )
    )
      continue;
    const start = match.index + (given === undefined ? match[0].lastIndexOf(name) : match[0].indexOf(family));
    const end = given === undefined ? start + name.length : match.index + match[0].length;
    return { value: name, start, end, rule };
  }
  const beside = besidePhone(text);
  if (beside !== undefined) return beside;
  if (!expected) return undefined;
  const bare = [
    ...text.matchAll(/(?<=^|[，。,;；\s])(?<name>[\u4e00-\u9fff]{2,4})(?=$|[，。,;；\s\d]|电话|手机)/gu),
  ].find((match) => words.surnames.has(match[0][0] ?? "") || compoundSurname.test(match[0]));
  const name = bare?.groups?.["name"];
  if (bare === undefined || name === undefined) return undefined;
  if (
    /[了活吧]|^(?:不|没|应该|匿|跳|算|取|好|行|对|是|继|提|确|公司|方便|满意|有空|成了|时间|高兴|明白|和他|安全|常用|都行|都可|平时|何时|那就|于是|别问|终于|别给|别打|别联|相信|干吗|从来|景况|麻烦|包装|同意)/u.test(
      name,
    )
  )
    return undefined;
  if (/[县市区镇乡村]$/u.test(name)) return undefined;
  if (
    laughs.test(name) ||
    isTalk(name, words) ||
    words.question.test(name) ||
    words.intents.confirm.test(name) ||
    words.intents.finish.test(name)
  )
    return undefined;
  const start = bare.index + bare[0].indexOf(name);
  return { value: name, start, end: start + name.length, rule: "contact.bare" };
}

/** What the person's own name is called: 真名, 称呼, 我的名字. Bare 名字 may be a firm's. */
const ownNameWord = "真名|本名|大名|真实姓名|姓名|称呼|联系人|(?:我|俺|本人)(?:的)?名(?:字)?";
const nameWord = `(?:${ownNameWord}|(?<![厂店司家商品牌号他她它台位业同起])名(?:字)?)`;

const ownName = new RegExp(ownNameWord, "u");

const mendedNames: readonly RegExp[] = [
  new RegExp(
    `(?:${nameWord})?(?:不是|不叫|不姓)(?<old>[\\u4e00-\\u9fff·]{1,4}?)[，,、 ]*(?:是|叫|姓|而是|应该是|应该叫)(?<name>[\\u4e00-\\u9fff·]{1,4}?)${nameEnd}`,
    "gu",
  ),
  new RegExp(
    `(?:是|叫|姓|改成)(?<name>[\\u4e00-\\u9fff·]{1,4}?)[，,、 ]*(?:不是|不叫|不姓)(?<old>[\\u4e00-\\u9fff·]{1,4}?)${nameEnd}`,
    "gu",
  ),
  new RegExp(
    `${nameWord}[^。！？!?厂店司他她它商品牌\\d]{0,10}?(?<!不)(?:改成|改为|换成|写成|填成?|应该是|应该叫|其实是|其实叫|叫|是|[:：])(?:叫|是)?\\s*(?<name>[\\u4e00-\\u9fff·]{2,4}?)${nameEnd}`,
    "gu",
  ),
];

/** „不是弓长张，是立早章“: the known name with the other surname; people spell a surname by two words before it. */
function spelledSurname(
  old: string | undefined,
  now: string,
  known: string | undefined,
  words: Lexicon,
): string | undefined {
  const [was, is] = [old?.at(-1) ?? "", now.at(-1) ?? ""];
  if (known === undefined || old?.length !== 3 || now.length !== 3 || !known.startsWith(was))
    return undefined;
  return words.surnames.has(was) && words.surnames.has(is) ? is + known.slice(1) : undefined;
}

/**
 * The person's name where they correct or complete it: 真名叫储云帆, 称呼改成张珊, 不是张三，是张珊.
 *
 * @param known The name that stands in the draft.
 */
export function findMendedName(
  text: string,
  known: string | undefined,
  words: Lexicon,
): Found<string> | undefined {
  for (const pattern of mendedNames) {
    for (const match of text.matchAll(pattern)) {
      const { old, name } = match.groups ?? {};
      if (name === undefined) continue;
      const own = ownName.test(match[0]);
      const surname = spelledSurname(old, name, known, words);
      if (surname !== undefined) {
        const start = match.index + match[0].length - 1;
        return { value: surname, start, end: start + 1, rule: "contact.mended" };
      }
      const ofKnown = old !== undefined && known?.includes(old) === true;
      // Without a word for the person's own name, it mends the one that is known.
      if (old !== undefined && !own && !ofKnown) continue;
      if (!own && !ofKnown && (known === undefined || !couldBePerson(name, words))) continue;
      if (/[的了么吗]|改|错|匿名|什么|不是|应该|填|写/u.test(name) || (name.length < 2 && !ofKnown)) continue;
      if (words.firmSuffixAt(name) !== undefined || (words.goodsAt(name)?.length ?? 0) > 1) continue;
      const start = match.index + match[0].lastIndexOf(name);
      const value = ofKnown && old.length < known.length ? known.replace(old, () => name) : name;
      return { value, start, end: start + name.length, rule: "contact.mended" };
    }
  }
  return undefined;
}
