import { fold } from "../../text/fold.ts";
import type { Lexicon } from "./lexicon.ts";
import { isOfReported } from "./names/speaker.ts";
import { asksInGeneral } from "./questions.ts";
import { put, type Reading } from "./reading.ts";
import { clausesOf, type Found, overlaps, type Span, withoutSpans } from "./spans.ts";
import type { Expectation, FoundSlots, NumberReading, Readers } from "./understanding.ts";
import { withoutOthersDoings } from "./yes-or-no.ts";

/** Begins to read a message: mends what was typed, and reads what is certain by its shape, numbers and links. */
export function beginReading(
  raw: string,
  expectation: Expectation,
  today: string,
  readers: Readers,
): Reading {
  const { words } = readers;
  const given = words.mend(withoutSpelling(punctuated(fold(raw))));
  const injected = words.intents.injection.test(given);
  // What would command the machine is data of no use: its clauses give no facts and no yes.
  const text = withoutTakenBack(injected ? withoutCommands(given, words) : given);
  const written = readers.patentNumbers(text);
  const short = expectation.drafting && written.length === 0 ? shortNumberIn(text, readers) : [];
  const numbers = [...affirmedOf(written, text), ...short];
  const phones = affirmedOf(readers.phones(text), text).filter(
    (phone) =>
      !written.some((number) => overlaps(number, phone)) &&
      (mendsOwn(phone.valid, expectation, text) || !isOfReported(phone, text)),
  );
  const link = linkIn(text);
  const figures: Span[] = [...written, ...phones, ...(link === undefined ? [] : [link])];

  const slots: FoundSlots = {};
  const good = numbers.find((number) => number.valid !== undefined);
  if (good?.valid !== undefined)
    put(slots, "patentNumber", { value: good.valid, start: good.start, end: good.end, rule: "patentNumber" });
  const phone = phones.find((one) => one.valid !== undefined);
  if (phone?.valid !== undefined)
    put(slots, "contactPhone", { value: phone.valid, start: phone.start, end: phone.end, rule: "phone" });
  put(slots, "link", link);
  return {
    text,
    own: withoutOthersDoings(text),
    clauses: clausesOf(text),
    injected,
    general: asksInGeneral(text),
    expectation,
    today,
    readers,
    words,
    written,
    numbers,
    phones,
    figures,
    taken: [...figures],
    slots,
  };
}

/**
 * The text without how two or more characters of a name are spelt right behind it in speech that runs on: 叫宏远海大的宏远近的远.
 */
function withoutSpelling(text: string): string {
  return text.replace(
    /(?<=[\u4e00-\u9fff])(?:([\u4e00-\u9fff])[\u4e00-\u9fff]的\1|[\u4e00-\u9fff]([\u4e00-\u9fff])的\2){2,}/gu,
    (spelt) => "，".repeat(spelt.length),
  );
}

/** The text without what the person takes back at once: 孟村辛店镇，不对不对，是泊头西辛店乡. */
function withoutTakenBack(text: string): string {
  return text
    .replace(
      // „姓李 不对 说快了 姓黎“, „13315770789 哎输反了 是13315770798“: what follows is of the same kind.
      /(?<=^|[，。！;；…—\s])(?<wrong>(?:我|俺)?姓[\u4e00-\u9fff]{1,2}|(?:(?:我|俺)?(?:的)?(?:联系)?(?:电话|手机)?(?:号码?)?(?:是|[:：])?)?1[3-9]\d{9})(?=[，。！…— ]{1,4}(?:(?:哦|啊|哎|噢|呃|嗯|哎呀)?(?:不(?:对|是)|(?:我)?[说记写打搞念报填看输按](?:错|反|岔|快|混|串|颠倒)了?|错了|口误|更正)[，。！ ]*){1,3}(?:应该)?(?:是|叫)?(?:(?:我|俺)?姓|1[3-9]\d{9}))/gu,
      (wrong) => "＊".repeat(wrong.length),
    )
    .replace(
      /(?<=^|[，。！;；…—])(?<wrong>[^，。！?？;；…—]{1,24})(?=[，。！…—. ]{1,4}(?:哦|啊|哎|噢|呃|嗯)?[，]?(?:不(?:对|是)?[，, ]?(?:不对|不是)?|(?:我)?(?:说|记|写|打|搞)错了|错了|口误)[，。！ ]+(?:(?:我)?(?:说|记)错了[，。]?)?(?:应该)?(?:是|在|叫))/gu,
      (wrong) => {
        if (/不是/u.test(wrong)) return wrong;
        // „店铺叫小月优品 厂子在青县 不对 在东光“ takes back where it is, not what it is called.
        const kept =
          /^.*(?:[叫姓卖]|[厂店司]|\d{4}).*\s/u.exec(wrong)?.[0] ??
          // „摊位号B217 不对 是B271“ goes on with what it is the number of.
          /^(?:摊位|档口|铺位|展位|门牌)号?(?:就)?(?:是|为|[:：])?/u.exec(wrong)?.[0] ??
          "";
        return kept + "＊".repeat(wrong.length - kept.length);
      },
    );
}

/** Those that are not taken back where they stand („不是甲号，是乙号“, „甲号不对，是乙号“); all where none is left. */
function affirmedOf<S extends Span>(spans: readonly S[], text: string): S[] {
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
function withoutCommands(text: string, words: Lexicon): string {
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
function punctuated(folded: string): string {
  return (
    folded
      .replace(/(?<!\d),|,(?!\d)/gu, "，")
      .replaceAll(";", "；")
      .replaceAll("!", "！")
      // Typed on a Chinese keyboard, the point of a patent number is a full stop.
      .replace(/(?<=(?:\d ?){12} ?)。(?= ?[\dXx](?![\dA-Za-z]))/gu, ".")
  );
}

/** „改两个地方，厂名是…，电话是…53“ of one's own that ends in 35: it is mended, whoever was named before it. */
const mendsOwn = (phone: string | undefined, { known }: Expectation, text: string): boolean =>
  phone !== undefined &&
  known?.contactPhone !== undefined &&
  known.contactPhone.slice(0, 7) === phone.slice(0, 7) &&
  /改|更正|换成|不对|错/u.test(text);

/** „是20213066481“: what begins as a patent number does and is too short, and hardly more than that is said. */
function shortNumberIn(text: string, readers: Readers): NumberReading[] {
  const match = /^[^\d]{0,10}?(?<digits>20[012]\d[12389]\d{5,6})[。\s]*$/u.exec(text);
  const digits = match?.groups?.["digits"];
  if (digits === undefined) return [];
  const start = text.indexOf(digits);
  return readers
    .patentNumbers(`ZL${digits}`)
    .map((number) => ({ ...number, text: digits, start, end: start + digits.length }));
}

/** A link, or the word of a shop for one: ￥abc123￥. */
function linkIn(text: string): Found<string> | undefined {
  const link =
    /[¥￥$][A-Za-z0-9]{6,16}[¥￥$]|https?:\/\/[^\s，。；、"”）)]+|(?:www\.|m\.)[\w.-]+\.[a-z]{2,}[^\s，。；、"”）)]*|(?<![\w.@-])(?:[\w-]+\.)+(?:com|cn|net)\/[^\s，。；、"”）)]+/iu.exec(
      text,
    );
  return link === null
    ? undefined
    : { value: link[0], start: link.index, end: link.index + link[0].length, rule: "link" };
}
