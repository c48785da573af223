/** A question of an article by its number is about that article. */
export const namesArticle = /第[0-9零一二三四五六七八九十百]+条/u;

export const namesMatter =
  /平台|专利|商标|版权|著作|侵权|假冒|申请|年费|秘密|竞争|消费|举报|投诉|匿名|起诉|不告|时效/u;

/** A procedure of the law that is not the desk's, and what is handled in one. */
export const namesProcedure =
  /申请|无效|审查|复审|优先权|异议|续展|登记|外观|实用新型|发明|请求书|说明书|权利要求|品种权|布图/u;

/** What no report here has: „加了优先审查多久能出结果“. */
export const namesPatentMatter =
  /无效|裁决|优先审查|复审|优先权|续展|实用新型|外观|发明专利|请求书|说明书|权利要求|品种权|布图|专利申请|申请专利|专利局/u;

export const matterTold = /假冒专利|(?:专利|商标|著作权)侵权|侵犯(?:专利|商标|著作)权|侵犯商业秘密|虚假宣传/u;

/** What is said of infringement: only there is somebody sued, or paid for what they lost. */
export const saysInfringed =
  /(?<!商标|著作权|版权)侵(?:犯)?(?:了)?(?:我|俺|人家|别人)?(?:的)?(?:专利)?权|告(?!诉|知)(?:他|它|不|得|赢|状)|赔/u;

export const asksWhichOffice =
  /(?:送|转|交|报)的(?:地方|局|单位|部门)[^，。]{0,6}(?:改|变|换)|(?:转|交|报|派|分|送|移)(?:给|到|往|去|交)*(?:哪|什么|啥)(?:个|家|一个)?(?:局|单位|部门|地方|科室)|(?:归|由|是)?(?:哪|什么|啥)(?:个|家)(?:局|单位|部门)(?:来)?(?:管|办|查|处理|负责)|归(?!你|您|恁|咱|我|不归)[\u4e00-\u9fff]{2,6}(?<!法)(?:管|办|查|处理)(?:吗|么|嘛|吧)[。！?？]*$/u;

export const asksWhatToDo =
  /咋整|咋办|咋弄|怎么办|怎么弄|管不管|能管|管得了|有(?:啥|什么)(?:办法|法子|辙|招)|找谁|(?:去|上|找)哪(?:儿|里|个)?(?:部门|单位)?(?:告|说理|处理|解决|投诉|维权)/u;

/** Somebody uses the asker's patent. */
export const minePatentTaken =
  /(?:侵犯|侵|用|仿|抄|偷|盗用)(?:了|着)?(?:我|俺|咱)(?:们)?(?:的|家的?|厂的?|公司的?)?专利|(?:我|俺|咱)(?:们)?(?:自己|自家)?(?:的|家的?|厂的?|公司的?)?(?:发明|外观(?:设计)?|实用新型)?专利(?:被|让|叫|给)(?:人|别人|人家|同行)?/u;

/** „多久能出来“ says nothing of what it is asked of: the talk does. */
export const asksHowMuch =
  /^(?:那|得|要|大概|一般|总共|这)*(?:多久|多长时间|多少|几[天个年倍]|啥时候|什么时候|多咱)/u;

/** What is asked of every matter alike: terms, suits, evidence. */
export const ofProcedure = /告(?!诉|知)|过期|期限|多久|多长时间|几[天年日]|证据/u;

/** Whether a question needs the one before it: „那外观的呢“, „能少交点不“. One that names its subject does not. */
export function leansOnContext(question: string): boolean {
  if (/^[^，。]{1,6}(?:的)?呢[?？]?$/u.test(question)) return true;
  // A question that names its subject stands by itself, though it begins with 他.
  if (/^(?:他|它)/u.test(question))
    return !/无效|宣告|申请|年费|侵权|假冒|赔偿|管辖|裁决|复议/u.test(question);
  if (/^(?:那|这|要是|如果|还有|再问|除了)/u.test(question)) return true;
  // „卖的人不知情，也罚？“ asks whether what was told before holds here, too.
  if (question.length <= 20 && alsoHolds.test(question) && !namesMatter.test(question)) return true;
  return (
    question.length <= 14 &&
    !/专利|发明|实用新型|外观|商标|版权|著作权|申请|年费|侵权|假冒|裁决|不服|复议|答辩|调解|管辖|立案/u.test(
      question,
    )
  );
}

/** „…，也罚吗“, „…，还赔不“ at the end. */
export const alsoHolds =
  /[，,](?:也|还|照样|一样)(?:是)?(?:要|得|会|能|挨)?(?:被)?(?:罚|赔|判|抓|算|管|查)(?:款|钱)?(?:不|吗|么|嘛)?[。！?？]*$/u;

/** What points back to what was asked before. */
export const pointsBack = /^(?:那|这|它|他|要是|如果|万一|还有|再问|除了)|呢[?？]?$/u;

/** „这违反哪条“, „这种能赔多少“: asked of the matter at hand. */
export const pointsAtMatter =
  /^(?:(?:对了|哎|诶|那个|那么|话说|顺便问(?:一下|一句)?|还有|(?:我)?想问(?:一下)?|请问)[，, ]*)?(?:像|对)?(?:(?:这|那)(?:种|个|样|类|事儿?|情况|家|些)?(?:的)?(?:事儿?|情况|行为)?|(?:他|它)(?:们|家)?这(?:样|种)?)(.+)$/u;

/** A question that names nothing: „从哪天开始算“. */
export const fragment =
  /^(?:那|这|它|都|要|得|能|该|是)*(?:从|到|在|向|找|给)?(?:哪(?:天|年|里|儿)?|什么(?:时候)?|啥(?:时候)?|几(?:年|天|个月)?|多(?:久|少|长)(?:时间|钱)?|怎么|咋|谁)(?:开始|算起|起算|算|起|为止|才?行|够|到期|呢|啊|呀|来着)*$/u;

/** The last clause of a question of several; undefined where it is too short to ask by itself. */
export function lastClauseOf(question: string): string | undefined {
  const clauses = question.split(/[，。？！?!\s]+/u).filter((clause) => clause !== "");
  const last = clauses.at(-1);
  return clauses.length > 1 && last !== undefined && last.length >= 5 ? last : undefined;
}

/** „他要是给我罚款咋办，不是，我是说你们罚他多少“: what was asked first is taken back. */
const asksRather =
  /^.*(?:[—-]{1,2}|…+)(?:哦|啊|哎)?不是[，, ]*(?=[^，。]{4,})|^.*(?:我|俺)(?:是说|是问|说的是|问的是|是想问|(?:的)?意思是)[，,、 ]*(?=[^，。]{4,})/u;

/** How somebody breaks in to ask. */
const breaksIn =
  /^(?:(?:等(?:一下|下|等|会儿?)|慢着|先别[急忙交]|打断(?:一下|下)?[啊哈]?|插一?句(?:话|嘴)?|哎|诶|欸)[，, ]+)+(?=[^，。]{4,})/u;

/** „我2016年就做了，算侵权不“: when the asker did it is no date of a law. */
const withoutOwnDates = (question: string): string =>
  question.replace(
    /((?:我|俺|咱)(?:们|家|厂)*(?:[^。]{0,20}[，,](?:我|俺)?)?(?:是|从|在|打)?)(?:(?:19|20)?\d{2}年(?:\d{1,2}月)?(?:份|底|初)?)(?=就|开始|起|买|做|生产|卖|干|拿到|申请)/gu,
    "$1早",
  );

/** What a message asks, without what leads up to it, what it takes back, and the days of what the asker did. */
export const asAsked = (asked: string): string =>
  withoutOwnDates(asked)
    .replace(asksRather, "")
    .replace(breaksIn, "")
    .replace(/来着(?=[?？]?$)/u, "");
