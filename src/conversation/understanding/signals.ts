import { assents } from "./learned/assent.ts";
import type { Reading } from "./reading.ts";
import type { FoundSlots, Signals } from "./understanding.ts";

/** Whether the message tells what happened: it names somebody, a place or a number, and does not only ask in general. */
function tellsFacts(slots: FoundSlots, question: string | undefined, text: string): boolean {
  const named =
    slots.infringer !== undefined ||
    slots.patentNumber !== undefined ||
    slots.location !== undefined ||
    slots.county !== undefined ||
    slots.market !== undefined;
  if (named) return true;
  // „有个公司没有资质还替人申请专利，咋举报“ tells of somebody, and only asks the way.
  const ofSomebody =
    slots.reportType !== undefined &&
    /有(?:一)?(?:个|家|些)[^，。]{0,2}(?:人|厂|店|公司|摊|网店|主播|中介|机构|老板)/u.test(text) &&
    /(?:怎么|咋|如何|上哪儿?|去哪儿?|能)(?:给)?(?:举报|投诉|反映|报)|吧[。！]*$/u.test(text) &&
    !/如果|要是|假如|的话|万一/u.test(text);
  if (ofSomebody) return true;
  if (question !== undefined) return false;
  if (
    slots.reportType !== undefined &&
    /卖|做|造|印|标|仿|抄|抠|用|偷|冒|骗|刻|贴|扒|搬|编|带走|拿走|接|拷|泄|挖走|跳槽|造谣|诋毁|抹黑|说(?:我|俺|咱)(?:们)?(?:家|的|厂|店)|坑|抢注|撬|单干|另起炉灶|不给|没给|不退|装死|买(?:了|的|到|个)/u.test(
      text,
    )
  )
    return true;
  return /(?:有(?:一)?(?:家|个|人|些|的)|某(?:家|个|人|厂|店)|他们?(?:家|厂)?|对方|人家|隔壁|村里|市场上|我(?:们|家)?(?:的)?[^，。]{0,8}被|(?:我|俺)[^，。]{0,6}(?:买|发现|看见|看到))/u.test(
    text,
  );
}

/** „能叫他把展品撤了不“: something of theirs is to go, and no report. */
const takesTheirsAway =
  /(?:展品|链接|商品|货|店铺|广告|视频|文章|海报|招牌|摊位?|柜台)[^，。]{0,4}(?:撤|下)(?:了|掉|下|架)/u;

/** „对了后天刮风不“ goes to something else; 对了 alone, or before a yes, agrees. */
const changesSubject = /^对了(?!就|没|提交|交|报|都|可以|行|好|嗯|是|确认|吧)[\u4e00-\u9fff]{3}/u;

/** The yes-or-no things that a message says beside its slots. */
export function readSignals(
  { text, clauses, words, injected, slots, expectation }: Reading,
  question: string | undefined,
): Signals {
  // What is weighed over the whole message has no place of its own.
  const facts = Object.values(slots).filter(({ rule }) => !/leaning|\.words\./u.test(rule));
  const served = clauses.filter((clause) => words.requests.another.test(clause.text));
  const spaced = text.replace(/(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])/gu, "，");
  return {
    submit: !injected && words.intents.submit.test(text),
    finish: words.intents.finish.test(text),
    confirm:
      !injected &&
      words.intents.confirm.test(spaced) &&
      !(question !== undefined && /^对了/u.test(text)) &&
      !changesSubject.test(text),
    agreed: !injected && question === undefined && assents(clauses, [...facts, ...served]),
    deny: words.intents.deny.test(text),
    unknown: words.unknown.test(text),
    skip: words.skip.test(text),
    asPrinted: words.asPrinted.test(text),
    numberAgreed: words.numberAgreed.test(text),
    numberAsIs: words.numberAsIs.test(text),
    reserved: words.reservation.test(text),
    correction: words.correction.test(text),
    copiedWithoutRight: slots.reportType === undefined && words.copiedWithoutRight.test(text),
    withdraw: words.intents.withdraw.test(text) && !takesTheirsAway.test(text),
    placeUnknown:
      /(?:人|店|厂|地方|位置|地址|在哪(?:儿|里)?|哪个?(?:县|区|市|镇|乡)|哪儿)[^，。]{0,8}(?:不清楚|不知道|说不准|不晓得|说不好|[弄闹搞分]不清)|(?:不知道|不清楚|不晓得|说不准|[弄闹搞分]不清)[^，。]{0,6}(?:在哪|哪个?[县区]|哪儿|什么地方|啥地方)/u.test(
        text,
      ),
    firmUnknown:
      slots.infringer === undefined &&
      ((expectation.asking.includes("infringer") && isDescribed(text)) ||
        /(?:不知道|不清楚|不晓得|知不道|说不上|叫不上)[^，。]{0,4}(?:是)?(?:哪(?:个|一)?(?:家|厂|店)|谁家|啥(?:厂|店|公司|名)|什么(?:厂|店|公司|名)|(?:厂|店|公司)(?:名|叫)|叫(?:啥|什么|嘛))|(?:厂|店|公司)名[^，。]{0,4}(?:不知道|不清楚|忘了|没记|记不)/u.test(
          text,
        )),
    numberUnknown:
      /号(?:码)?(?:那栏)?(?:就)?(?:先)?(?:不|别|甭)(?:填|写|报|要)(?:了|吧)|(?:不掌握|没(?:有)?掌握|说不(?:上|出)来?|未提供|没(?:有)?提供|提供不了)[^，。]{0,4}专利号|(?:磨花|磨没|磨掉|磨平|掉漆|模糊|锈)[^，。]{0,4}(?:看不清|认不出)|(?:专利)?号(?:码)?[^，。]{0,8}(?:不清楚|不知道|哪(?:儿)?(?:知道|晓得|认得)|不认(?:字|识|得)|没(?:说|提|标|印|写|念|讲)|知不道|没看清|看不清|不记得|没记|没抄|没拍|没留意|没顾上|忘了|没有)/u.test(
        text,
      ),
    tellsFacts: tellsFacts(slots, question, text),
  };
}

/** „一个老头“, „赶集的“, „鑫什么的“ to the question who it is: all that is known of them, and no name. */
const isDescribed = (text: string): boolean =>
  text.length <= 16 &&
  /^(?:就|好像|应该|反正|也|可能|[，。\s])*(?:是|知道|见|叫)?(?:(?:个|有个|那个|一个|俩|两个|有俩|几个)?(?:[^，。叫姓]{0,4})?(?:老头|老太太?|老汉|大爷|大妈|妇女|小伙子?|小年轻|年轻人|男的|女的|两口子|大姐|大哥|大叔|小贩|摊贩|商贩|贩子|个体户?|小作坊|黑作坊|外地人|生人|熟人|一个人|赶集的?|集上的?|流动的?|推车的?|开车卖的|摆地摊的?|路边的?|网上的?|线上的?|网店|(?:我|俺|咱)们(?:村|庄|厂|小区)的|本村的?|同村的?|邻村的?|在(?:集|大集|早市|夜市)上?)(?:卖的)?|(?:叫)?(?:什么|啥|嘛)来着[，\s]*[\u4e00-\u9fff]{0,2}(?:什么|啥)(?:的)?)(?:吧|啊|呢|呗|了)*[。！\s]*$/u.test(
    text,
  );
