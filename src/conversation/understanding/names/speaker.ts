import { put, type Reading } from "../reading.ts";
import { type Found, type Span, withoutSpans } from "../spans.ts";
import { flagIn } from "../yes-or-no.ts";
import { findContactName, findMendedName, kin } from "./speaker-names.ts";

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
  // „韩经理 138…“, and no more before it, is who leaves it.
  if (/(?:^|[，。\s])[\u4e00-\u9fff](?:经理|总|主任|会计|老板|厂长)[，,：: ]*$/u.test(before)) return false;
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

/** A word typed with blanks between its characters: 匿 名. */
function spacedOut(text: string, pattern: RegExp): Found<boolean> | undefined {
  if (text.length > 12 || !/[\u4e00-\u9fff] [\u4e00-\u9fff]/u.test(text)) return undefined;
  return pattern.test(text.replaceAll(" ", ""))
    ? { value: true, start: 0, end: text.length, rule: "anonymous.yes" }
    : undefined;
}

/** Who the person is, whether they want to be named, and whether they may be called. Returns their name. */
export function readSpeaker(reading: Reading): Found<string> | undefined {
  const { text, words, expectation, slots, taken } = reading;
  const contactName = speakerIn(reading);
  put(slots, "contactName", contactName);
  if (contactName !== undefined) taken.push(contactName);
  put(
    slots,
    "anonymous",
    flagIn(reading, false, "anonymous.no", words.anonymousNo) ??
      flagIn(reading, true, "anonymous.yes", words.anonymousYes) ??
      // „匿名中不“ to the question for a name takes it, though it asks.
      ((expectation.asking.includes("anonymous") ||
        (expectation.drafting && words.intents.finish.test(text))) &&
      text.length <= 20
        ? saysAnonymous(text)
        : undefined) ??
      // „不方便说“ to the question for a name; to that for the firm it tells nothing of oneself.
      (expectation.asking.includes("anonymous") &&
      /不(?:太)?方便(?:说|留|给|透露)?/u.test(text) &&
      text.length <= 12
        ? { value: true, start: 0, end: text.length, rule: "anonymous.asked" }
        : undefined) ??
      // „手机号我背不下来，那就匿名行不“ decides it, though it asks.
      (expectation.drafting && /那就匿名[^，。不能]{0,2}不?[。！\s]*$/u.test(text)
        ? saysAnonymous(text)
        : undefined) ??
      spacedOut(text, words.anonymousYes) ??
      // „我老公说别留，匿名“: a clause of its own, whoever said the rest.
      (reading.expectation.drafting &&
      reading.clauses.some(
        (clause) =>
          /^(?:就|那就|还是|改)?匿名(?:吧|了|算了)?$/u.test(clause.text) &&
          clause.mark !== "？" &&
          clause.mark !== "?",
      )
        ? saysAnonymous(text)
        : undefined),
  );
  put(
    slots,
    "callback",
    flagIn(reading, false, "callback.no", words.callbackNo) ??
      flagIn(reading, true, "callback.yes", words.callbackYes),
  );
  return contactName;
}

/** The name by which the person calls themselves, or somebody of theirs whom to call. */
function speakerIn({ text, words, expectation, slots, readers }: Reading): Found<string> | undefined {
  const wantsName =
    expectation.asking.includes("contactName") ||
    expectation.asking.includes("contactPhone") ||
    slots.contactPhone !== undefined ||
    // „姓靳 照片我不会发“ of who left no more than a telephone.
    (expectation.known?.contactPhone !== undefined &&
      expectation.known.contactName === undefined &&
      /^姓/u.test(text)) ||
    readers.phones(text).some((phone) => !isOfReported(phone, text));
  const ownText = withoutSpans(
    text,
    readers.phones(text).filter((one) => isOfReported(one, text)),
  );
  const { contactName: knownName, contactPhone: knownPhone } = expectation.known ?? {};
  const calledName =
    (wantsName || knownName !== undefined || knownPhone !== undefined
      ? findMendedName(ownText, knownName, words)
      : undefined) ?? findContactName(ownText, wantsName, words);
  // „任丘“ alone is the place, though 任 is a surname.
  const isPlace =
    calledName !== undefined &&
    /^contact\.(?:bare|role|signed|firstPerson|field)$/u.test(calledName.rule) &&
    readers
      .places(calledName.value)
      .some(({ kind, text: all }) => kind !== "outside" && all === calledName.value);
  return isPlace ? undefined : calledName;
}

/** 匿名, wherever it stands. */
function saysAnonymous(text: string): Found<boolean> | undefined {
  const word = "匿名";
  const start = text.indexOf(word);
  return start < 0 ? undefined : { value: true, start, end: start + word.length, rule: "anonymous.asked" };
}
