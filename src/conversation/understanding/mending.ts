import { reportTypes } from "../../reports/report.ts";
import type { Lexicon } from "./lexicon.ts";
import {
  findCorrections,
  mendedByLabel,
  mendedByOrder,
  mendedBySpelling,
  movedTo,
} from "./names/corrections.ts";
import { isFirm } from "./names/firms-and-goods.ts";
import { couldBePerson } from "./names/speaker-names.ts";
import type { Where } from "./places/place-meant.ts";
import type { Reading } from "./reading.ts";
import { type Found, overlaps } from "./spans.ts";

const kinds: ReadonlySet<string> = new Set(reportTypes);

/** Mends names: what the person corrects takes the place of what was said, and a stretch of text is one thing only. */
export function mendNames(reading: Reading, where: Where, contactName: Found<string> | undefined): void {
  const { text, words, expectation, slots } = reading;
  // „那个店叫二柱子泵业门口写的“ to the question where it is: the name was told, not the place.
  const named = slots.infringer;
  const described = slots.location?.rule === "location.described" ? slots.location : undefined;
  if (described !== undefined && named !== undefined && overlaps(described, named)) delete slots.location;

  const spelled = mendedBySpelling(text, expectation.known ?? {});
  if (spelled !== undefined) {
    const { slot, ...mended } = spelled;
    for (const other of ["infringer", "product", "contactName", "location"] as const)
      if (slots[other] !== undefined && overlaps(slots[other], mended)) delete slots[other];
    slots[slot] = mended;
  }
  for (const { slot, ...mended } of mendedByLabel(text, expectation.known ?? {})) {
    slots[slot] = mended;
    const other = slot === "product" ? "infringer" : "product";
    if (slots[other] !== undefined && overlaps(slots[other], mended)) delete slots[other];
  }
  const ordered = mendedByOrder(text, expectation.known ?? {}, (name) => words.goodsAt(name) === name);
  if (ordered !== undefined) {
    const { slot, ...mended } = ordered;
    slots[slot] = mended;
    const other = slot === "product" ? "infringer" : "product";
    if (slots[other] !== undefined && overlaps(slots[other], mended)) delete slots[other];
  }
  // „牌子叫晨露“ in a report of somebody tells of the mark.
  if (
    slots.infringer !== undefined &&
    expectation.known?.infringer !== undefined &&
    /(?:牌子|商标|品牌)(?:名(?:字)?)?(?:就)?(?:叫|是)\s*[“"「]?$/u.test(
      text.slice(0, slots.infringer.start),
    ) &&
    !/(?:店|厂|家|铺子?)(?:也|就)叫/u.test(text)
  )
    delete slots.infringer;
  mendByOther(reading);
  mendStall(reading);
  mendByCorrection(reading, where);
  mendByNewName(reading);
  keepFirm(reading);
  mendPlace(reading, where);
  mendByLikeness(reading);

  // The number of a stall is no name.
  if (slots.stall !== undefined && slots.infringer !== undefined && overlaps(slots.stall, slots.infringer))
    delete slots.infringer;

  // A name that the person goes by is nobody else's.
  if (
    contactName !== undefined &&
    /^contact\.(?!bare|am)/u.test(contactName.rule) &&
    slots.infringer?.rule !== "infringer.mended"
  ) {
    for (const slot of ["infringer", "product"] as const)
      if (slots[slot] !== undefined && overlaps(slots[slot], contactName)) delete slots[slot];
  }
}

/** „主播叫飞姐 厂子还是腾飞“: the firm that stands is told once more, and who else is named is not it. */
function keepFirm({ text, expectation, slots }: Reading): void {
  const known = expectation.known?.infringer;
  const same =
    /(?:厂子?|厂家|公司|店|商家|字号|铺子|老板)(?:名)?(?:还|仍|仍旧|依然)(?:还)?是(?<name>[^，。,\s]{2,16}?)(?:没变|不变)?(?=$|[，。,\s])/u.exec(
      text,
    )?.groups?.["name"];
  if (known === undefined || same === undefined || slots.infringer === undefined) return;
  const { value } = slots.infringer;
  const told = known.includes(same) || same.includes(known) || firmStays.test(text);
  if (told && !value.includes(same)) slots.infringer = { ...slots.infringer, value: known };
}

/** „店还是那个店“. */
const firmStays = /(?:店|厂子?|公司|铺子?|摊子?|商家)(?:还|仍|仍旧|依然)(?:还)?是(?:那|原来|刚才|前头)/u;

/** A booth's number told anew: 不是56是65. */
const notThisButThat =
  /不是(?<old>[A-Za-z]?\d{1,4})号?[，,、\s]*(?:而|应该|应当|得)?是(?<now>[A-Za-z]?\d{1,4})(?!\d)/u;

/** 摊位是65不是56. */
const thisNotThat =
  /(?<!不)是(?<now>[A-Za-z]?\d{1,4})号?[，,、\s]*(?:而)?不是(?<old>[A-Za-z]?\d{1,4})(?!\d)/u;

/** „不是56是65“ of the booth B区56号: that number of it, and no other that only holds the same figures. */
function mendStall({ text, expectation, slots }: Reading): void {
  const standing = expectation.known?.stall;
  const match = notThisButThat.exec(text) ?? thisNotThat.exec(text);
  const { old = "", now = "" } = match?.groups ?? {};
  const told = slots.stall?.value.replace(/号$/u, "");
  if (match === null || (told !== undefined && told !== now)) return;
  const span = { start: match.index, end: match.index + match[0].length, rule: "stall.mended" };
  const figures = new RegExp(`(?<![A-Za-z0-9])${old}(?!\\d)`, "u");
  if (standing !== undefined && figures.test(standing))
    slots.stall = { value: standing.replace(figures, () => now), ...span };
  else if (standing === undefined && /摊|档口|铺位|展位|柜台/u.test(text.slice(0, match.index)))
    slots.stall = { value: now, ...span };
}

/** „镇得改 在小王集不在杜生“: no place that the gazetteer knows, and yet where it is. */
function mendPlace({ text, expectation, slots }: Reading, { mentions }: Where): void {
  const moved = movedTo(text, expectation.known?.location);
  if (moved !== undefined && !mentions.some((place) => overlaps(place, moved))) slots.location = moved;
}

/** „瑞丰那是隔壁的，印号的是瑞峰五金“: who was named is somebody else, and who did it is named. */
function mendByOther({ text, expectation, slots }: Reading): void {
  const known = expectation.known?.infringer ?? slots.infringer?.value;
  if (known === undefined || known.length < 2) return;
  // „吴铁锁是外号，大名叫…“
  const whole =
    /是(?:他|她|个)?(?:的)?(?:外号|绰号|诨名|小名|乳名|简称|别名|俗名|俗称|曾用名|旧名)[，。,\s]+[^，。\s]{0,4}?(?:大名|本名|真名|全名|全称|正名|学名|身份证上|执照上)(?:是|叫|写的是)*(?<now>[^，。,\s的]{2,16})/u.exec(
      text,
    );
  const called = whole?.groups?.["now"];
  if (whole !== null && called !== undefined && text.includes(known)) {
    const start = whole.index + whole[0].lastIndexOf(called);
    slots.infringer = { value: called, start, end: start + called.length, rule: "infringer.mended" };
    for (const other of ["product", "contactName"] as const)
      if (slots[other] !== undefined && overlaps(slots[other], { start: 0, end: slots.infringer.end }))
        delete slots[other];
    return;
  }
  // „厂子叫福来顺 哎不对 福来顺是卖给我货的“: what is said of it stands behind its last mention.
  const at = text.lastIndexOf(known.slice(0, 2));
  if (at < 0) return;
  const other =
    /^[^，。\s]{2,12}?(?:那|就|只)*是(?:个)?(?:他|她|人家|隔壁|旁边|对门|别人|邻居|被(?:冒|仿|抄|套)|贴牌|代工|经销|供货|卖给(?:我|俺)|给(?:我|俺)供)[^，。\s]{0,8}[，。,\s]+/u.exec(
      text.slice(at),
    );
  if (other === null) return;
  const from = at + other[0].length;
  const named =
    /(?:^|[，。,\s])(?:[^，。\s]{1,8}的(?:人|那家)?(?:才|其实|就)?是|(?:该|应该|要|得)(?:写|记)|正主是|[^，。\s]{0,14}(?:那个|那家|自己的?)?[，,\s]*(?:名)?叫)(?<now>(?![他她我这那个一])[^，。,\s的]{2,16})(?=$|[，。,\s]|的)/u.exec(
      text.slice(from),
    );
  const now = named?.groups?.["now"];
  if (named === null || now === undefined || now === known) return;
  const start = from + named.index + named[0].lastIndexOf(now);
  slots.infringer = { value: now, start, end: start + now.length, rule: "infringer.mended" };
  if (slots.product !== undefined && overlaps(slots.product, slots.infringer)) delete slots.product;
}

/** „不是瑞丰，是瑞峰“: puts the second into the slot that the first stood in, or that the words before it name. */
function mendByCorrection({ text, words, expectation, slots }: Reading, { mentions }: Where): void {
  let corrected = 0;
  for (const { instead, value } of findCorrections(text)) {
    // What was called by its label is mended already.
    if (Object.values(slots).some((slot) => slot.rule.endsWith(".mended") && overlaps(slot, value))) continue;
    const lead = text.slice(corrected, value.start);
    corrected = value.end;
    if (mentions.some((place) => overlaps(place, value))) continue;
    // „号不是他的，是我表叔厂里的“ tells whose the number is.
    if (/^(?:他|她|它)(?:们|家|自己|自个儿)?的?$/u.test(instead)) continue;
    // „不是假冒，是专利侵权“, „不对，是抖音“: a kind of report and a platform are no names.
    const { platform } = slots;
    if (kinds.has(value.value) || (platform !== undefined && overlaps(platform, value))) continue;
    // „镇不是盘古，是木门店“: what its label calls a town is one, whatever else it may be.
    if (
      /(?:镇|乡|街道)(?:也|好像)?$/u.test(text.slice(0, text.indexOf(instead)).replace(/(?:不是|不叫)$/u, ""))
    ) {
      slots.location = value;
      if (slots.product !== undefined && overlaps(slots.product, value)) delete slots.product;
      continue;
    }
    // „是A21，不是A12“ mends the stall.
    const { stall: booth } = expectation.known ?? {};
    if (booth?.includes(instead) === true && /\d/u.test(value.value)) {
      slots.stall = { ...value, value: booth.replace(instead, () => value.value) };
      continue;
    }
    const known = (name: "infringer" | "product") => {
      const all = expectation.known?.[name] ?? slots[name]?.value;
      return all !== undefined && (all.includes(instead) || instead.includes(all)) ? all : undefined;
    };
    const saysGoods = /产品|货|东西/u.test(lead) || known("product") === instead;
    const saysFirm = /(?:厂|店|公司)(?:的)?(?:名|字号)/u.test(lead) || known("infringer") === instead;
    // „不是滤清器是空滤，厂还是那个厂“: the firm is the same, whatever its name holds.
    const ofGoods = saysGoods !== saysFirm ? saysGoods : known("product") !== undefined;
    const isGoods = ofGoods || firmStays.test(text);
    const slot = isGoods ? "product" : "infringer";
    const whole = known(slot);
    // „我名字不是张三是张山“ is about who tells it.
    if (whole === undefined && /(?:我|俺|本人|联系人)(?:的)?(?:名|姓|电话|手机)|姓名|称呼/u.test(lead)) {
      if (couldBePerson(value.value, words) && value.value.length <= 4) slots.contactName = value;
      continue;
    }
    // One character alone mends what it stood in, and names nobody.
    if (whole === undefined && value.value.length < 2) continue;
    const names = /(?:厂|店|公司|招牌|门头)(?:的)?(?:名|字号|叫|上写)|(?<!匿|姓)名/u.test(text);
    if (whole === undefined && !names && !isFirm(value.value, words)) continue;
    // „不是瑞丰，是瑞峰“ of 瑞丰弯头厂 mends that part of the name.
    const mends =
      whole !== undefined &&
      whole !== instead &&
      whole.includes(instead) &&
      instead.length === value.value.length;
    slots[slot] = mends
      ? { ...value, value: whole.replace(instead, () => value.value) }
      : slot === "product"
        ? wholeGoods(value, text, words)
        : value;
    const other = slot === "infringer" ? "product" : "infringer";
    if (slots[other] !== undefined && overlaps(slots[other], value)) delete slots[other];
  }
}

/** Goods with what they are of: 断桥窗的密封条 is no 断桥窗. */
function wholeGoods(goods: Found<string>, text: string, words: Lexicon): Found<string> {
  const part = /^的(?<part>[\u4e00-\u9fff]{1,8})(?=$|[，。；;！!？?\s])/u.exec(text.slice(goods.end))
    ?.groups?.["part"];
  if (part === undefined || words.goodsAt(part) === undefined) return goods;
  const end = goods.end + 1 + part.length;
  return { ...goods, value: text.slice(goods.start, end), end };
}

/** „打错字了，是腾云滤清器“ of 腾飞滤清器: what is called after the same goods, and begins alike, is the firm. */
function mendByLikeness({ text, words, expectation, slots }: Reading): void {
  const { product, infringer } = slots;
  const known = expectation.known?.infringer;
  if (product === undefined || infringer !== undefined || known === undefined || !words.correction.test(text))
    return;
  const goods = words.goodsAt(known);
  if (goods === undefined || words.goodsAt(product.value) !== goods || product.value === known) return;
  const stem = product.value.slice(0, -goods.length);
  if (stem.length < 2 || ![...stem].some((letter) => known.slice(0, -goods.length).includes(letter))) return;
  slots.infringer = { ...product, rule: "correction" };
  delete slots.product;
}

/** „改成西方线缆厂“, and nothing else: what is shaped like a firm takes the firm's place. */
function mendByNewName({ text, words, expectation, slots }: Reading): void {
  const renamed =
    /^(?:那?就|还是)?(?:改成|改为|换成)[ ：:]*(?<name>[^，。！!?？\s]{2,24}?)(?:吧|啊|呀)?[。！]*$/u.exec(
      text.trim(),
    );
  const renamedTo = renamed?.groups?.["name"];
  if (renamedTo !== undefined && expectation.known?.infringer !== undefined && isFirm(renamedTo, words)) {
    const start = text.indexOf(renamedTo);
    slots.infringer = { value: renamedTo, start, end: start + renamedTo.length, rule: "correction" };
    delete slots.product;
  }
}
