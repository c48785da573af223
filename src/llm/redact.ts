import { dashClass, digitWordClass } from "../identifiers/digits.ts";
import { findNumbers, type NumberSpan } from "../identifiers/number-span.ts";
import { fold } from "../text/fold.ts";
import { createBlanking, type Place } from "./blanking.ts";
import wordsFile from "./data/redaction.json" with { type: "json" };
import type { Outgoing } from "./outgoing.ts";

/** What a placeholder stands for. */
export type Label =
  | "邮箱"
  | "网址"
  | "账号"
  | "代码"
  | "车牌"
  | "电话"
  | "身份证号"
  | "卡号"
  | "专利号"
  | "号码"
  | "地址"
  | "单位"
  | "姓名";

const surname = `(?:${wordsFile.compoundSurnames.join("|")}|[${wordsFile.surnames}])`;
const givenName = `${surname}[\\u4e00-\\u9fff·]{1,2}`;
const numeral = `[\\d一二三四五六七八九十百零〇两]+`;
/** What ends a name that is told outright: 我叫刘建国手机…. */
const nameEnd = `(?=$|[^\\u4e00-\\u9fff·]|手机|电话|号码|联系|住|家住|是|在|的|来|想|要|有|买|被|和|今年|身份证|微信|【)`;

/** Rules over the folded text, in their order; what is named `keep` stays before the placeholder. */
const rules: readonly (readonly [RegExp, Label])[] = [
  [/[\w.+-]{1,64}\s?@\s?[\w-]+(?:\.[\w-]+)+/gu, "邮箱"],
  [/(?:https?:\/\/|www\.)[!-~]+/giu, "网址"],
  // A label, then letters and figures: 微信号 abc_123, vx:abc123, QQ 12345.
  [
    new RegExp(
      `(?<keep>(?:${wordsFile.accountLabels.join("|")})(?:号|账号|帐号|id|ID|同号)?[\\s:：是为叫]{0,4})(?:[A-Za-z0-9][\\w-]{3,30})`,
      "giu",
    ),
    "账号",
  ],
  [/wxid_\w+/giu, "账号"],
  [/(?<![A-Za-z0-9])[0-9A-HJ-NPQRTUWXY]{2}(?:[\s-]?[0-9A-Z]){15}[\s-]?[0-9A-Z](?![A-Za-z0-9])/giu, "代码"],
  [
    /[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·\s]?[A-Z0-9]{5,6}(?![A-Za-z0-9])/gu,
    "车牌",
  ],
];

const namedOutright = new RegExp(
  `(?<keep>(?:${wordsFile.nameCues.join("|")})[\\s:：,，]{0,3})(?!${wordsFile.notNames.join("|")})[\\u4e00-\\u9fff·]{2,4}?${nameEnd}`,
  "gu",
);
/** As above, where no end of the name is in sight: as many characters as a name has. */
const namedOpenly = new RegExp(
  `(?<keep>(?:${wordsFile.nameCues.join("|")})[\\s:：,，]{0,3})(?!${wordsFile.notNames.join("|")}|【)${givenName}`,
  "gu",
);
const titled = new RegExp(`${surname}[\\u4e00-\\u9fff]{0,2}?(?<keep>${wordsFile.titles.join("|")})`, "gu");
/** 厂长孙立国, 经理王小明说…. */
const afterTitle = new RegExp(
  `(?<keep>${wordsFile.titles.join("|")})(?!${wordsFile.notNames.join("|")})${surname}[\\u4e00-\\u9fff]{1,2}?(?=$|[^\\u4e00-\\u9fff]|说|的|在|是|把|被|卖|用|手机|电话)`,
  "gu",
);
/** 我是陈志强, 我老婆叫李梅梅, 弟弟刘大明在…. */
const kin = new RegExp(
  `(?<keep>(?:${wordsFile.kin.join("|")})(?:名叫|叫|是)?[\\s:：,，]?)(?!${wordsFile.notNames.join("|")})${surname}[\\u4e00-\\u9fff]{1,2}?${nameEnd}`,
  "gu",
);
/** 王五的店. */
const owner = new RegExp(
  `(?<=^|[^\\u4e00-\\u9fff])(?!${wordsFile.notNames.join("|")})${surname}[\\u4e00-\\u9fff]{1,2}?(?<keep>(?:家的?|的)(?:${wordsFile.belongings.join("|")}))`,
  "gu",
);
/** 我姓陈. */
const surnameAlone = new RegExp(`(?<keep>(?:我|俺|本人|免贵)姓)${surname}`, "gu");
const accused = new RegExp(
  `(?<keep>举报|投诉|起诉|控告|检举|告(?!诉|知))(?!${wordsFile.notNames.join("|")})${surname}[\\u4e00-\\u9fff]{1,2}?(?=的|家|卖|仿|抄|侵|用|把|假|冒|偷|做|生产|$|[^\\u4e00-\\u9fff])`,
  "gu",
);
const besideNumber = new RegExp(
  `(?<=^|[^\\u4e00-\\u9fff])(?!${wordsFile.notNames.join("|")})${givenName}(?<keep>[\\s,，:：]{0,3}(?:手机|电话|联系电话|号码)?[\\s:：]{0,2}【电话】)`,
  "gu",
);
const afterNumber = new RegExp(
  `(?<keep>【电话】[\\s,，:：(（]{0,3})(?!${wordsFile.notNames.join("|")})${givenName}(?=$|[^\\u4e00-\\u9fff])`,
  "gu",
);

const room = `(?:\\s*(?:${numeral}|[A-Za-z]|[东西南北甲乙丙丁])\\s*(?:号楼|号院|号|栋|幢|座|单元|层|楼|室|户|排|门|弄|组|队))`;
const addresses: readonly RegExp[] = [
  new RegExp(
    `[\\u4e00-\\u9fff]{1,12}?(?:大街|大道|路|街|巷|胡同|弄|里|小区|花园|公寓|家园|家属院|新村|嘉园|庄园|大厦|广场|村|庄|屯)(?:[东西南北中]段)?${room}+`,
    "gu",
  ),
  new RegExp(`${numeral}\\s*(?:号楼|栋|幢|单元)${room}*`, "gu"),
  /(?<keep>(?:家住|我住|住在|住址|家庭住址|收货地址|通讯地址|地址)[是在为:：\s]{0,3})[^,，。;；!！?？\n【]{2,40}/gu,
];

const firm =
  /[\u4e00-\u9fffA-Za-z0-9()（）·]{2,20}(?:有限责任公司|股份有限公司|有限公司|股份公司|专业合作社|经营部|商行|门市部)/gu;
/** What may stand before a firm's name and is no part of it. */
const beforeFirm = /^.*(?:我们是|我是|举报|投诉|起诉|被|告|叫|让|给|跟|和|与|在|向|从|是|把|说)(?=.{2})/u;

const longNumber = new RegExp(
  `(?<![\\d])(?:[\\d${digitWordClass}][\\s${dashClass}.·,，()（）]{0,2}){6,}[\\d${digitWordClass}xX×叉]`,
  "gu",
);
const isoDate = /^(?:19|20)\d\d([-./])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])$/u;

/**
 * A text without what tells who somebody is: phones, identity and card numbers, credit codes, e-mail, accounts,
 * names that are told as names, street addresses, full names of firms. It comes back folded, with a placeholder
 * in the place of each. Rather too much goes than too little: figures of the law (20万元, 第六十八条,
 * 2021-06-01) stay, any other run of seven figures or more does not, patent numbers included.
 */
export function redact(text: string): Outgoing {
  return blankIdentity(fold(text)).text() as Outgoing;
}

/** What is known to tell who somebody is, where no rule would see it. */
export type KnownIdentity = { start: number; end: number; label: Label };

/** A redacted text that what a model says of it can be traced back through. */
export type Redacted = {
  /** With numbered placeholders (【单位1】), the same for the same words. */
  text: Outgoing;
  /** Where the words that a part of the redacted text stands for are in the text itself; undefined if it is no part of it. */
  locate(part: string): Place | undefined;
  /**
   * A text of the model with our placeholders put back. Undefined if it holds one that is not ours, or one of
   * another kind than `labels`.
   */
  restore(text: string, labels: readonly Label[]): string | undefined;
};

/**
 * Redacts as `redact` does, and keeps the table by which placeholders can be put back.
 *
 * @param folded A text that went through `fold`; places point into it.
 * @param known Parts to be blanked besides those that the rules find.
 */
export function redactReversibly(folded: string, known: readonly KnownIdentity[] = []): Redacted {
  const blanking = blankIdentity(withoutOurMarks(folded), known);
  const { text, locate, originals } = blanking.numbered();
  return {
    text: text as Outgoing,
    locate(part) {
      const place = locate(fold(part).trim());
      return place === undefined ? undefined : { start: place.start, end: place.end };
    },
    restore(said, labels) {
      let foreign = false;
      const restored = fold(said)
        .trim()
        .replace(/【[^】]*】?/gu, (placeholder) => {
          const original = originals.get(placeholder);
          if (original === undefined || !labels.some((label) => label === original.label)) foreign = true;
          return original === undefined ? "" : folded.slice(original.start, original.end);
        });
      return foreign || restored.includes("】") ? undefined : restored;
    },
  };
}

/** Letter for letter without what could be taken for a placeholder of ours, or would be changed as data of a prompt. */
const withoutOurMarks = (text: string) =>
  text.replace(/[【】<>"]|\[\[|\]\]/gu, (mark) => ourMarks[mark] ?? mark);
const ourMarks: Readonly<Record<string, string>> = {
  "【": "〔",
  "】": "〕",
  "<": "〈",
  ">": "〉",
  '"': "”",
  "[[": "〔〔",
  "]]": "〕〕",
};

function blankIdentity(folded: string, known: readonly KnownIdentity[] = []) {
  const blanking = createBlanking<Label>(folded);
  blanking.blank(known);
  for (const [pattern, label] of rules) blanking.blank(behindKept(blanking.text(), pattern, label));
  blanking.blank(numbersIn(blanking.text()));
  blanking.blank(
    [...blanking.text().matchAll(longNumber)]
      .filter(([run]) => !isoDate.test(run.trim()))
      .map((match) => ({ start: match.index, end: match.index + match[0].length, label: "号码" })),
  );
  for (const pattern of addresses) blanking.blank(behindKept(blanking.text(), pattern, "地址"));
  blanking.blank(
    [...blanking.text().matchAll(firm)].map((match) => {
      const lead = beforeFirm.exec(match[0])?.[0] ?? "";
      return { start: match.index + lead.length, end: match.index + match[0].length, label: "单位" };
    }),
  );
  for (const pattern of [namedOutright, namedOpenly, surnameAlone, kin, accused, afterTitle, afterNumber])
    blanking.blank(behindKept(blanking.text(), pattern, "姓名"));
  for (const pattern of [besideNumber, titled, owner])
    blanking.blank(
      [...blanking.text().matchAll(pattern)].map((match) => {
        const kept = match.groups?.["keep"] ?? "";
        return { start: match.index, end: match.index + match[0].length - kept.length, label: "姓名" };
      }),
    );
  return blanking;
}

/** What each match of a pattern blanks: all behind the part named `keep`. */
function behindKept(text: string, pattern: RegExp, label: Label): KnownIdentity[] {
  return [...text.matchAll(pattern)].map((match) => {
    const kept = match.groups?.["keep"] ?? "";
    return { start: match.index + kept.length, end: match.index + match[0].length, label };
  });
}

/** The numbers that stand for somebody or something. */
function numbersIn(text: string): KnownIdentity[] {
  const found: KnownIdentity[] = [];
  let from = 0;
  for (const span of findNumbers(text)) {
    const label = labelOf(span);
    if (label === undefined || span.start < from) continue;
    if (isoDate.test(text.slice(span.start, span.end))) continue;
    found.push({ start: span.start, end: span.end, label });
    from = span.end;
  }
  return found;
}

function labelOf({ shape, digits, cue }: NumberSpan): Label | undefined {
  switch (shape) {
    case "mobile":
    case "landline":
    case "hotline":
      return "电话";
    case "residentId":
      return "身份证号";
    case "bankCard":
      return "卡号";
    case "patent":
      return "专利号";
    case "unknown":
      if (cue === "phone" && digits.length >= 5) return "电话";
      return digits.length >= 7 || (cue === "other" && digits.length >= 4) ? "号码" : undefined;
  }
}
