import type { Lexicon } from "./lexicon.ts";
import { kin } from "./names.ts";
import { clausesOf, type Span, withoutSpans } from "./spans.ts";

/** Before a telephone of somebody of the person's: 打我老伴的，她姓仝. */
const ofKin = new RegExp(`(?:我|俺|咱)(?:的|家)?${kin}[^。]{0,14}$`, "u");

/** A telephone that is the reported firm's, or printed somewhere: not the person's own. */
export function isOfReported(phone: Span, text: string): boolean {
  // In a letter with headings, the last heading tells whose it is.
  const headings = [
    ...text
      .slice(0, phone.start)
      .matchAll(
        /(?<other>被(?:举报|投诉|请求|控告|申请|反映|控侵权|诉|告)(?:人|方|单位|企业|公司|对象)|侵权(?:人|方|单位)|对方(?:信息|单位)?(?=[:： ]))|(?:举报|投诉|请求|申请|反映|报告|联系|来信|报案)人|(?:我的|本人)(?:姓名|电话|联系)|落款/gu,
      ),
  ];
  const last = headings.at(-1);
  if (last !== undefined) {
    const between = text.slice(last.index, phone.start);
    if (last.groups?.["other"] !== undefined)
      return between.length <= 60 && !/我|俺|本人/u.test(between) && /电话|手机|联系/u.test(between);
    if (!/[\n。]/u.test(between)) return false;
  }
  const before = text.slice(Math.max(0, phone.start - 14), phone.start);
  const after = text.slice(phone.end, phone.end + 14);
  return (
    (/(?:老板|老板娘|厂长|店主|摊主|卖家|商家|经理|业务员|他|她|对方|人家|名片|广告|店里?|厂里?|公司|门头|招牌|包装|盒子|网页|小广告|那家|传单)(?:的)?(?:上|里)?(?:姓[\u4e00-\u9fff])?(?:的|留的|写的|印的)?[，, ]?(?:的)?(?:联系)?(?:电话|手机|号码|座机|微信)?(?:号码?|是|写着|印着|写的|为)*[:： ]*$/u.test(
      before,
    ) &&
      !/(?:我|俺|本人|联系人|举报人)[^，。]{0,10}$/u.test(before) &&
      !ofKin.test(before)) ||
    /^[^，。]{0,3}的(?:那个?|这个?)(?:店|厂|公司|摊|人|卖家)|^[，, ]{0,2}(?:这|那)?(?:个)?是(?:他|她|对方|厂|店|老板|人家|公司)|^[^。]{0,8}不是我的/u.test(
      after,
    )
  );
}

/** The text without what the person takes back at once: 孟村辛店镇，不对不对，是泊头西辛店乡. */
export function withoutTakenBack(text: string): string {
  return text.replace(
    /(?<=^|[，。！;；…—])(?<wrong>[^，。！?？;；…—]{1,24})(?=[，。！…—. ]{1,4}(?:哦|啊|哎|噢|呃|嗯)?[，]?(?:不(?:对|是)?[，, ]?(?:不对|不是)?|(?:我)?(?:说|记|写|打|搞)错了|错了|口误)[，。！ ]+(?:(?:我)?(?:说|记)错了[，。]?)?(?:应该)?(?:是|在|叫))/gu,
    (wrong) => (/不是/u.test(wrong) ? wrong : "＊".repeat(wrong.length)),
  );
}

/** Those that are not taken back where they stand („不是甲号，是乙号“, „甲号不对，是乙号“); all where none is left. */
export function affirmedOf<S extends Span>(spans: readonly S[], text: string): S[] {
  const affirmed = spans.filter(
    ({ start, end }) =>
      !/(?:不是|不叫|并非|别写|别用)(?:那个|这个)?(?:号码?|电话)?$/u.test(
        text.slice(Math.max(0, start - 9), start),
      ) &&
      !/^[”"」]?(?:那|这)?(?:个|串)?(?:号码?|电话)?(?:是)?(?:不对|错了?|写错|打错|说错|念错|记错|看错|停机|不用了|作废|改成|改为|换成)/u.test(
        text.slice(end, end + 10),
      ),
  );
  return affirmed.length === 0 ? [...spans] : affirmed;
}

const roleHeading =
  /(?<=^|[，。；;！!\s【[（(])(?:系统|管理员|开发者|后台|最高|超级|system|admin|assistant|developer|user)(?:管理员)?(?:提示词?|消息|指令|通知|更新|命令|权限)?\s*[:：\]】]/giu;

/** The text with every clause that commands the machine blanked out, letter for letter. */
export function withoutCommands(text: string, words: Lexicon): string {
  const orders = /(?:不用|无需|直接)(?:确认|立案|提交)|(?:改为|改成|设为|标记为)/u;
  const commands = clausesOf(text).flatMap((clause) => {
    const at = words.intents.injection.exec(clause.text) ?? orders.exec(clause.text);
    if (at === null) return [];
    // Without marks, as voice comes, the person's own words begin where they say that they want to report.
    const own = clause.text
      .slice(at.index + 1)
      .search(/(?:我|俺|咱)(?:们)?(?:是|要|想|来|得)(?:要|想|来)?(?:举报|投诉|反映|告)/u);
    const end = own < 0 ? clause.end : clause.start + at.index + 1 + own;
    return [{ start: clause.start + at.index, end }];
  });
  // „系统：…“, „管理员指令：…“: whoever the command says it comes from.
  const senders = [...text.matchAll(roleHeading)].map((heading) => ({
    start: heading.index,
    end: heading.index + heading[0].length,
  }));
  return withoutSpans(text, [...commands, ...senders], " ");
}

/** Folding makes Chinese punctuation ASCII; the rules are written with the Chinese marks. One character for one. */
export function punctuated(folded: string): string {
  return (
    folded
      .replace(/(?<!\d),|,(?!\d)/gu, "，")
      .replaceAll(";", "；")
      .replaceAll("!", "！")
      // Typed on a Chinese keyboard, the point of a patent number is a full stop.
      .replace(/(?<=(?:\d ?){12} ?)。(?= ?[\dXx](?![\dA-Za-z]))/gu, ".")
  );
}
