import { readDigits } from "../identifiers/digits.ts";
import { parsePatentNumber } from "../identifiers/patent-number.ts";
import type { SlotName, Slots } from "../reports/report.ts";
import { phrase } from "./say.ts";
import type { Draft } from "./state.ts";
import type { FoundSlots, Understanding } from "./understanding/understanding.ts";

/** Why policy did what it did, for the trace: the rule, and the text it rests on. */
export type TraceStep = { rule: string; slot?: string; text?: string };

/** What is noted while a message is put into a draft. */
export type Notes = {
  /** Whether the person was looking at the summary: what they say then corrects it. */
  confirming: boolean;
  /** Whether the message says that something is wrong. */
  corrects: boolean;
  /** Whether the message says outright how the other side is called. */
  namesFirm: boolean;
  /** Whether the person says that they have no right of their own. */
  deniesRight: boolean;
  /** What the message says. */
  said: string;
  /** How long the message is. */
  chars: number;
  /** How many slots the message gives. */
  facts: number;
  /** Whether the message asks something, too. */
  asks: boolean;
  /** What is to be said. */
  parts: string[];
  trace: TraceStep[];
  /** Slots that had another value before. */
  changed: SlotName[];
  /** Slots that were taken back by their label, and are empty now. */
  takenBack: SlotName[];
  /** Another name for the other side, which did not take the first one's place. */
  held: string | undefined;
  /** How many things the message brought. */
  gained: number;
  /** Whether it was said what is wrong with a number. */
  toldNumber: boolean;
};

/** Notes of a message of which nothing is read yet. */
export const newNotes = (confirming = false, parts: string[] = [], trace: TraceStep[] = []): Notes => ({
  confirming,
  corrects: false,
  namesFirm: false,
  deniesRight: false,
  said: "",
  chars: 0,
  facts: 0,
  asks: false,
  parts,
  trace,
  changed: [],
  takenBack: [],
  held: undefined,
  gained: 0,
  toldNumber: false,
});

/** The slots that one message may not overwrite without a word of correction. */
const soft: ReadonlySet<SlotName> = new Set([
  "reportType",
  "infringer",
  "product",
  "relation",
  "location",
  "market",
]);

/** Whether a rule only guesses: a clause that stands alone, or what was learned to stand where names do. */
export const isGuess = (rule: string): boolean =>
  /^(?:infringer|product)\.(?:bare|learned|placed|ofFirm|surnamed|hedged)$/u.test(rule);

/** Whether a rule only weighs words that hint at a kind of report or a relation. */
export const isHint = (rule: string): boolean => rule.includes(".words.") || rule.includes(".leaning(");

/** „我没专利啊，是他没专利硬说有“: who has no patent reports none infringed. */
const ownPatentDenied = /(?:我|俺|咱)(?:们)?(?:也|都|可|又|哪)?(?:没(?:有)?|有什么)(?:什么|啥)?专利/u;

/** „厂名叫永旺“, „他家叫…“: what follows is a name, whoever was named before. */
const saysName =
  /^(?:他|她|那家?|店|厂子?)?(?:名)?叫(?!人|我|他|她|你|停|板)[\u4e00-\u9fff]{3,}|(?:厂|店|公司|单位|企业|铺|摊|招牌|字号|全|门头)(?:的)?(?:名|号|上写)|名(?:字|称)(?:是|叫|就)|(?:他|她|它|他们|那|这)(?:家|个)?(?:厂|店|公司)?(?:就)?叫(?!人|我|他|她|你)|(?:^|[，。\s])(?:那|这)家(?:厂子?|店|公司)?(?:就)?是(?!卖|做|我|他|她|在|一|个|假|真|不|谁|哪)|(?:^|[，。\s])(?:那|这|他|她)?(?:个|家)?(?:厂子?|店|公司|饭店|饭馆|铺子?|摊子?|门市|单位|企业)(?:就)?叫/u;

export function merge(
  notes: Notes,
  draft: Draft,
  said: Pick<
    Understanding,
    "slots" | "signals" | "numbers" | "phones" | "place" | "narrative" | "text" | "question"
  >,
): void {
  notes.corrects = said.signals.correction || said.signals.deny;
  notes.chars = said.text.length;
  notes.facts = Object.keys(said.slots).length;
  notes.asks = said.question !== undefined;
  notes.namesFirm = saysName.test(said.text);
  notes.said = said.text;
  notes.deniesRight = ownPatentDenied.test(said.text);
  if (isToldAnew(draft, said)) notes.corrects = true;
  const correcting = notes.corrects || notes.confirming;
  const ofCounty = said.slots.county?.value === draft.slots.county;
  for (const [name, found] of Object.entries(said.slots) as [SlotName, FoundSlots[SlotName]][]) {
    if (found === undefined) continue;
    // „没抄错，就是这么印的“ tells of the number, and of no other matter.
    if (name === "reportType" && draft.slots.reportType !== undefined && said.signals.asPrinted) continue;
    // „就南皮县鲍官屯“: told anew from the county on, that is where it is.
    const anew =
      name === "location" &&
      ofCounty &&
      found.rule === "location" &&
      addressAnew.test(said.text.slice(0, found.start));
    const more =
      name === "product"
        ? besideGoods(draft.slots.product, String(found.value), said.text)
        : name === "location" && !correcting
          ? withinPlace(draft.slots.location, found)
          : undefined;
    setSlot(
      notes,
      draft,
      name,
      more ?? (found.value as Slots[SlotName]),
      correcting || anew,
      more === undefined ? found.rule : `${name}.more`,
      said.text.slice(found.start, found.end),
    );
  }
  if (
    said.slots.contactPhone !== undefined ||
    (said.slots.contactName !== undefined && said.slots.anonymous === undefined)
  ) {
    if (draft.slots.anonymous === true || said.slots.contactPhone !== undefined)
      draft.slots.anonymous = false;
  }
  if (said.slots.anonymous?.value === true && said.slots.contactPhone === undefined) {
    delete draft.slots.contactName;
    delete draft.slots.contactPhone;
    delete draft.invalid["contactPhone"];
  }
  takeBackByLabel(notes, draft, said);
  takeBackDenied(notes, draft, said);
  if (said.slots.contactPhone === undefined) mendPhoneTail(notes, draft, said.text);
  noteNumbers(notes, draft, said.numbers);
  notePhones(notes, draft, said.phones);
  notePlace(notes, draft, said);
  // What only asks tells nothing of the matter.
  const onlyAsks = notes.asks && notes.facts === 0;
  if (said.narrative.trim() !== "" && !onlyAsks) draft.narrative.push(said.narrative);
}

/** „店在…，叫…，卖的是…“ of what stands otherwise: two things that are told outright and differ are no slip of one word. */
function isToldAnew(draft: Draft, said: Pick<Understanding, "slots" | "text" | "question">): boolean {
  if (said.question !== undefined || besideOther.test(said.text)) return false;
  const differ = toldAnew.filter((name) => {
    const found = said.slots[name];
    const standing = draft.slots[name];
    if (found === undefined || standing === undefined || draft.asking.includes(name)) return false;
    if (/\.(?:bare|learned|ofFirm|surnamed|hedged|noun)$/u.test(found.rule)) return false;
    const [one, other] = [String(found.value), String(standing)];
    return !one.includes(other) && !other.includes(one);
  });
  return differ.includes("infringer") && differ.length > 1;
}
const toldAnew = ["infringer", "product", "county", "location"] as const;
const besideOther =
  /另外|另有|还有|也(?:在|有|卖|是|做)|又(?:有|见|发现)|除了|不光|不止|两家|俩家|一家是|进的?货|供货|批发|代工/u;

/** What stands before a place that is told once more from its county on. */
const addressAnew = /^(?:就|是|在|哦|对|嗯|那|我说的|[，、\s])*[\u4e00-\u9fff]{1,4}[县市区](?:的)?$/u;

/** „不光是井盖，还有篦子也打着那号“: goods beside those that stand, not in their place; undefined if they are none. */
function besideGoods(standing: string | undefined, value: string, text: string): string | undefined {
  if (standing === undefined || standing.includes(value) || value.includes(standing)) return undefined;
  return /不(?:光|只|止|仅)(?:是|有)?|(?:还|另外)有[^，。]{1,12}也/u.test(text)
    ? `${standing}、${value}`
    : undefined;
}

/** „就在邮局斜对面“ of a town that stands: where in it; undefined where it says no more, or stands otherwise. */
const withinPlace = (
  standing: string | undefined,
  { value, rule }: { value: unknown; rule: string },
): string | undefined =>
  standing === undefined || typeof value !== "string"
    ? undefined
    : value.startsWith(standing)
      ? value
      : /[镇乡村庄屯街]$/u.test(standing) &&
          /^location\.(?:landmark|described)$/u.test(rule) &&
          !value.includes(standing)
        ? `${standing}${value}`
        : undefined;

/** What may be taken back by its label alone, and how that is said: 把专利号删了吧, 厂名不算. */
const takenBackBy = (
  Object.entries({
    infringer: "厂名|店名|名字|厂子名",
    patentNumber: "专利号|那个号|号码?",
    product: "产品名?",
    stall: "摊位号?|档口号?",
    occurredAt: "日期|时间",
    platform: "平台",
    link: "链接|网址",
  } satisfies Partial<Record<SlotName, string>>) as [SlotName, string][]
).map(([name, label]) => ({
  name,
  pattern: new RegExp(
    `(?:^|[^\\u4e00-\\u9fff]|把|刚才|那个?|这个?|的|我)(?:${label})(?:先|就|也|是|都|给)*(?:不算|不作数|作废|空着|删(?:了|掉|去)|去掉|划掉|抹掉|撤(?:了|掉)|不(?:写|填|要)了)`,
    "u",
  ),
}));

/** „刚才那厂名不算，先空着“, „把专利号删了吧“: it is empty until it is told again. What is optional is not asked for once more. */
function takeBackByLabel(notes: Notes, draft: Draft, said: Pick<Understanding, "text" | "slots">): void {
  for (const { name, pattern } of takenBackBy) {
    if (said.slots[name] !== undefined || draft.slots[name] === undefined || !pattern.test(said.text))
      continue;
    delete draft.slots[name];
    if (name !== "infringer" && name !== "product") draft.unknown.push(name);
    notes.takenBack.push(name);
    notes.gained += 1;
    notes.trace.push({ rule: `${name}.takenBack`, slot: name, text: said.text });
  }
}

/** A corrected county takes the old address with it. */
function dropAddress(draft: Draft): void {
  draft.countyChoices = [];
  delete draft.slots.location;
  delete draft.slots.market;
}

/** „县不对，不是南皮“, „不叫广鑫“: what stands is denied, and nothing told in its place. It is asked for again. */
function takeBackDenied(
  notes: Notes,
  draft: Draft,
  { text, slots, place, question }: Pick<Understanding, "text" | "slots" | "place" | "question">,
): void {
  if (question !== undefined || place !== undefined) return;
  const denied =
    /(?:^|[，。\s])(?:也|可|都)?不(?:是|叫|在)(?<name>[\u4e00-\u9fff]{2,12})[。！啊呀哈的\s]*$/u.exec(text)
      ?.groups?.["name"];
  if (denied === undefined) return;
  for (const name of ["county", "infringer"] as const) {
    const standing = draft.slots[name];
    const read = slots[name]?.value ?? standing;
    if (standing === undefined || read !== standing || !standing.startsWith(denied)) continue;
    delete draft.slots[name];
    if (name === "county") dropAddress(draft);
    draft.asked = draft.asked.filter((one) => one !== name);
    notes.takenBack.push(name);
    notes.gained += 1;
    notes.trace.push({ rule: `${name}.denied`, slot: name, text: denied });
  }
}

/** „盲板也不对，是大小头“, „陈屯那是他库房，厂子在…“: what stands is called wrong by its name, or is another thing. */
function takesBack(said: string, standing: string): boolean {
  const at = said.indexOf(standing);
  return (
    at >= 0 &&
    /^(?:那边|那儿)?(?:也|还|都|那个|这个|那|是)*(?:不对|不准|不算|错了?|有误|(?:他|她|他们|人家|那家|对方)(?:们|家)?(?:的)?(?:库房|仓库|进货|发货|分店|上货|拿货|老家|住(?:的|处)|[^，。]{0,5}家(?=$|[，。\s])|总店|总部|另(?:外)?一?(?:款|种|样|个))|(?:他们?|她们?|人家)?(?:以前|原来|早先)?(?:的)?(?:老地方|老地址|旧址|老店))/u.test(
      said.slice(at + standing.length),
    )
  );
}

/** Whether the goods that stand only tell what kind they are, and others are told now. */
const isKindOfGoods = (standing: Slots[SlotName], value: Slots[SlotName]): boolean =>
  kindOfGoods.test(String(standing)) && !kindOfGoods.test(String(value));
const kindOfGoods =
  /(?:器材|用品|制品|配件|设备|机械|电器|家电|家具|服装|衣服|食品|五金|零件|建材|日化|百货)$/u;

/** Whether the goods that stand are only a word of the firm's name (精铸达模具), and others are named now. */
function isFirmsWord(name: SlotName, draft: Draft, value: Slots[SlotName]): boolean {
  const { product, infringer } = draft.slots;
  if (name !== "product" || product === undefined || infringer === undefined) return false;
  return infringer.includes(product) && typeof value === "string" && !infringer.includes(value);
}

export function setSlot<N extends SlotName>(
  notes: Notes,
  draft: Draft,
  name: N,
  value: Slots[N],
  correcting: boolean,
  rule: string,
  text: string,
): void {
  const current = draft.slots[name];
  if (current === value) return;
  // „就是盘古镇那家“ of 青县盘古镇 says no other place.
  if (name === "location" && typeof current === "string" && current.endsWith(String(value))) return;
  // „金鼎又不是偷的“ of 金鼎弯头厂 calls the same firm by its short name.
  if (name === "infringer" && typeof current === "string") {
    const short = String(value).replace(/[又也就都才可还却]$/u, "");
    if (short.length >= 2 && short !== current && current.startsWith(short) && !/改|错|换/u.test(notes.said))
      return;
  }
  const asked = draft.asking.includes(name);
  // At the summary a firm's name that stands in a longer sentence tells more; it does not take the other's place.
  const inPassing =
    name === "infringer" && notes.confirming && !notes.corrects && text.length + 8 < notes.chars;
  const outright = /^relation\.(?:利害关系人|代理人|被控侵权人|owned)$/u.test(rule);
  const spread = isHint(rule) || /[，。；\s]/u.test(text);
  const plain =
    outright ||
    rule === "matter.named" ||
    rule === "product.named" ||
    rule === "correction" ||
    rule.endsWith(".more") ||
    (typeof current === "string" && takesBack(notes.said, current)) ||
    // „跑步机“ of 健身器材 tells more.
    (name === "product" && isKindOfGoods(current, value) && !isGuess(rule)) ||
    // A kind left open gives way to one that is told, not to words that hint at one: 他家的号都对不上.
    (name === "reportType" && current === "其他" && !spread) ||
    (name === "reportType" && current === "专利侵权" && value === "假冒专利" && notes.deniesRight) ||
    // „退款不用管了，光举报假专利就行“.
    (name === "reportType" && !isHint(rule) && /(?:光|只|单)(?:是)?(?:举报|投诉|告)/u.test(notes.said)) ||
    // „是跑步机“ and no more says what it is.
    (rule === "product.is.bare" && notes.chars <= 8) ||
    rule === "sued.yes" ||
    /^(?:product|infringer|stall|location)\.mended$/u.test(rule) ||
    rule === "infringer.reported" ||
    (/^infringer\.(?:named|called|isCalled)$/u.test(rule) && notes.namesFirm) ||
    (rule === "infringer.shape" && notes.namesFirm && notes.facts === 1) ||
    (draft.guessed.includes(name) && !isGuess(rule)) ||
    (isFirmsWord(name, draft, value) && rule !== "product.ofFirm") ||
    // „名字也补全，顺达管道装备有限公司“ of 顺达: the registered name is the same firm's.
    (rule === "infringer.registered" && current !== undefined && String(value).includes(String(current)));
  // What was said outright is not replaced by words that only hint at another, spread over clauses.
  const hinted =
    (name === "reportType" || name === "relation") &&
    spread &&
    !(notes.corrects && notes.facts === 1 && !notes.asks) &&
    !(
      notes.corrects &&
      name === "reportType" &&
      /(?:类型|种类|哪一?类)[^，。]{0,4}(?:错|不对|改)/u.test(notes.said)
    );
  // A correction of something else makes nobody the holder of a right: 不是这个区，是那个区，我举报的专利号是….
  const saysOwn = /权利人|专利权|(?:我|俺|咱)(?:们|家|厂|公司)*(?:自己|自家)?(?:的|就是|是|有|持有)/u.test(
    notes.said,
  );
  if (current !== undefined && rule === "relation.权利人" && notes.facts > 1 && !asked && !saysOwn) return;
  notes.held = name === "infringer" && current !== undefined ? String(value) : notes.held;
  if (current !== undefined && soft.has(name) && (!correcting || inPassing || hinted) && !asked && !plain)
    return;
  // A yes or no that was only weighed gives way to what was said, unless the message corrects that alone.
  const weighed = (name === "suedAlready" || name === "callback") && rule.includes(".leaning(");
  if (current !== undefined && weighed && !asked && !(notes.corrects && notes.facts === 1)) return;
  if (name === "infringer") notes.held = undefined;
  // Goods or people from elsewhere do not move what happened here.
  if (name === "county" && value === "非本市" && current !== undefined && !correcting && !asked) return;
  // A new address comes with a corrected county.
  const moves = name === "location" && notes.changed.includes("county");
  if (current !== undefined || moves) notes.changed.push(name);
  draft.slots[name] = value;
  draft.unknown = draft.unknown.filter((one) => one !== name);
  draft.guessed = draft.guessed.filter((one) => one !== name);
  if (isGuess(rule)) draft.guessed.push(name);
  delete draft.invalid[name];
  if (name === "patentNumber") draft.wrongNumber = draft.printedNumber = draft.proposedNumber = null;
  if (name === "county") {
    draft.countyChoices = [];
    if (current !== undefined && notes.changed.includes("county")) dropAddress(draft);
  }
  if (name === "reportType") draft.rightUnclear = false;
  notes.gained += 1;
  notes.trace.push({ rule, slot: name, text });
}

function noteNumbers(notes: Notes, draft: Draft, numbers: Understanding["numbers"]): void {
  if (numbers.some((number) => number.valid !== undefined)) return;
  const number = numbers[0];
  if (number === undefined) return;
  const { patentNumber } = draft.slots;
  if (patentNumber !== undefined && patentNumber === number.completed) return;
  notes.gained += 1;
  if (number.completed !== undefined) {
    draft.proposedNumber = { number: number.completed, from: "typed" };
    return;
  }
  const problem = number.problem ?? "";
  // What is told beside a good number does not take its place, unless it is said to.
  if (patentNumber !== undefined && !notes.corrects && (number.publication === true || !notes.confirming)) {
    notes.trace.push({ rule: "patentNumber.kept", slot: "patentNumber", text: number.text });
    const why = problem.replace(/(?<=[^。]{12})。.*$/u, "");
    notes.parts.push(phrase("number.kept", { problem: why, number: patentNumber }));
    return;
  }
  draft.invalid["patentNumber"] = problem;
  draft.wrongNumber = number.text;
  draft.printedNumber = null;
  delete draft.slots.patentNumber;
  notes.trace.push({ rule: "patentNumber.problem", slot: "patentNumber", text: number.text });
  notes.parts.push(phrase("number.wrong", { problem }));
  notes.toldNumber = true;
}

const agrees = ({ signals }: Understanding): boolean => signals.confirm && !signals.deny && !signals.reserved;

/** What the person says to a number that is wrong, or lacks its last digit. */
export function settleNumber(notes: Notes, draft: Draft, said: Understanding, presentYear: number): void {
  if (said.numbers.length > 0) return;
  if (draft.wrongNumber !== null && mendNumberTail(notes, draft, said.text, presentYear)) return;
  if (draft.proposedNumber !== null) {
    const { numberAsIs, asPrinted } = said.signals;
    const asIs = numberAsIs || (asPrinted && !agrees(said) && !/就是这个/u.test(said.text));
    if (!asIs && (agrees(said) || asPrinted || (said.signals.numberAgreed && !said.signals.deny))) {
      setSlot(
        notes,
        draft,
        "patentNumber",
        draft.proposedNumber.number,
        true,
        "patentNumber.agreed",
        said.text,
      );
      return;
    }
    const digit =
      /(?:点|(?:最后|末)(?:尾)?(?:那|这)?(?:一)?位(?:数)?(?:应该)?(?:就)?是|是(?:这个|那个)?(?=叉|X))\s*([0-9X叉])/iu
        .exec(said.text)?.[1]
        ?.replace("叉", "X")
        .toUpperCase();
    if (asIs && draft.proposedNumber.from === "typed") {
      leaveShort(notes, draft, draft.proposedNumber.number);
    } else if (digit !== undefined && digit === draft.proposedNumber.number.at(-1)) {
      const { number } = draft.proposedNumber;
      setSlot(notes, draft, "patentNumber", number, true, "patentNumber.agreed", said.text);
    } else if (digit !== undefined && draft.proposedNumber.from === "typed") {
      refuseCheckDigit(notes, draft, draft.proposedNumber.number, digit);
    } else if (said.signals.deny || said.signals.submit || said.signals.finish || said.signals.skip) {
      draft.proposedNumber = null;
      notes.gained += 1;
    }
    return;
  }
  if (draft.wrongNumber !== null && draft.printedNumber === null && said.signals.asPrinted) {
    draft.printedNumber = draft.wrongNumber;
    // Goods that carry a number no patent can have: 细则 101(1).
    draft.slots.reportType ??= "假冒专利";
    notes.gained += 1;
    notes.parts.push(phrase("number.printed"));
  }
}

/** „末了是0不是6“ of a number that did not fit: whether it fits now. */
function mendNumberTail(notes: Notes, draft: Draft, text: string, presentYear: number): boolean {
  const tail = tailIn(text);
  if (tail === undefined || draft.wrongNumber === null || draft.wrongNumber.length <= tail.length)
    return false;
  const mended = parsePatentNumber(draft.wrongNumber.slice(0, -tail.length) + tail, presentYear);
  if (mended.kind !== "valid") return false;
  setSlot(notes, draft, "patentNumber", mended.normalized, true, "patentNumber.tail", tail);
  return true;
}

/** The check digit lacks where the number is printed, too: it stays as it is. */
function leaveShort(notes: Notes, draft: Draft, proposed: string): void {
  const [body = ""] = proposed.split(".");
  draft.proposedNumber = null;
  draft.wrongNumber = draft.printedNumber = body;
  draft.invalid["patentNumber"] = `${body} 少了最后一位校验码。`;
  notes.parts.push(phrase("number.printed"));
  notes.gained += 1;
}

/** The person read another check digit than the one that fits: the number stays as it is printed, and wrong. */
function refuseCheckDigit(notes: Notes, draft: Draft, proposed: string, digit: string): void {
  const [body = ""] = proposed.split(".");
  draft.proposedNumber = null;
  draft.wrongNumber = `${body}.${digit}`;
  draft.invalid["patentNumber"] =
    `${draft.wrongNumber} 的校验位对不上，最后一位应是${proposed.at(-1)}，请再核对一下。`;
  notes.parts.push(phrase("number.wrong", { problem: draft.invalid["patentNumber"] }));
  notes.toldNumber = true;
  notes.gained += 1;
}

/** „是“ to the one county that was proposed. */
export function settleCounty(notes: Notes, draft: Draft, said: Understanding): void {
  const [only, ...others] = draft.countyChoices;
  if (only === undefined || others.length > 0 || draft.slots.county !== undefined) return;
  if (!draft.asking.includes("county") || said.place !== undefined) return;
  if (agrees(said)) setSlot(notes, draft, "county", only, true, "county.agreed", said.text);
  else if (said.signals.deny) {
    draft.countyChoices = [];
    notes.gained += 1;
  }
}

function notePhones(notes: Notes, draft: Draft, phones: Understanding["phones"]): void {
  if (phones.some((phone) => phone.valid !== undefined)) return;
  const phone = phones[0];
  if (phone === undefined) return;
  draft.invalid["contactPhone"] = phone.problem ?? "";
  notes.gained += 1;
  notes.trace.push({ rule: "phone.problem", slot: "contactPhone" });
  notes.parts.push(phrase("phone.wrong", { problem: (phone.problem ?? "").replace(/[。；]$/u, "") }));
}

function notePlace(notes: Notes, draft: Draft, said: Pick<Understanding, "place" | "slots">): void {
  if (said.slots.county?.value === "非本市") return;
  if (said.place === undefined) return;
  const { county } = draft.slots;
  // „记错了，厂子在庆云“ takes back where it was, though it does not yet tell where it is.
  const takesBack = county !== undefined && notes.corrects && !said.place.candidates.includes(county);
  if (county !== undefined && !takesBack) return;
  if (takesBack) delete draft.slots.county;
  draft.countyChoices = [...said.place.candidates].slice(0, 4);
  notes.gained += 1;
  notes.parts.push(said.place.reason);
}

/** „不知道“, „没有“, „跳过“: said of what was asked last. */
export function settleUnknown(
  notes: Notes,
  draft: Draft,
  said: Understanding,
  question: string | undefined,
): void {
  const { signals } = said;
  const nowhere =
    draft.slots.county === undefined && (said.place === undefined || said.place.candidates.length > 8);
  if (signals.placeUnknown && nowhere && !draft.unknown.includes("county")) {
    draft.unknown.push("county");
    notes.gained += 1;
    notes.parts.push(phrase("county.unknown"));
  }
  if (signals.firmUnknown && draft.slots.infringer === undefined && !draft.unknown.includes("infringer")) {
    draft.unknown.push("infringer");
    notes.gained += 1;
  }
  if (
    signals.numberUnknown &&
    draft.slots.patentNumber === undefined &&
    !draft.unknown.includes("patentNumber")
  ) {
    draft.unknown.push("patentNumber");
    notes.gained += 1;
  }
  if (question !== undefined || !(signals.unknown || signals.skip || signals.submit || signals.finish))
    return;
  // „专利号删了吧，上面没有号“ says nothing of what was asked.
  if (notes.takenBack.length > 0) return;
  for (const name of draft.asking) {
    if (draft.slots[name] !== undefined || draft.unknown.includes(name)) continue;
    if (name === "anonymous" || name === "contactName" || name === "contactPhone" || name === "reportType")
      continue;
    if (name === "description") continue;
    if (name === "county" && !signals.unknown) continue;
    if (name === "evidenceCount") {
      if (signals.unknown || signals.skip)
        setSlot(notes, draft, "evidenceCount", 0, false, "evidence.skip", said.text);
      continue;
    }
    draft.unknown.push(name);
    if (signals.unknown) notes.gained += 1;
  }
  if (signals.skip && draft.asking.includes("reportType") === false)
    notes.gained += draft.asking.length > 0 ? 1 : 0;
}

/** The last figures that a message says a number ends in: 末了是0不是6. */
function tailIn(text: string): string | undefined {
  const said =
    /(?:最后|末尾|末了儿?|尾号|尾数|后头|后面|后(?=[一二两俩三四1-4])|末|尾)(?:[几一二两俩三四1-4](?:位|个)?)?(?:数|号)?(?:\s*\d{1,6})?(?:[^，。\d]{0,4}(?:错|岔|反|混|串|不对)了?)?[，,、 ]*(?:不是\s*\d{1,6}[，,、 ]*)?(?:应该|该)?是\s*(?<tail>[\d零〇一二三四五六七八九幺两]{1,6})(?!\d)/u.exec(
      text,
    )?.groups?.["tail"];
  return said === undefined ? undefined : readDigits(said);
}

/** „最后是6610不是6601“ mends the telephone that was given before. */
function mendPhoneTail(notes: Notes, draft: Draft, text: string): void {
  const tail = tailIn(text);
  const { contactPhone } = draft.slots;
  if (tail === undefined || contactPhone === undefined || tail.length >= contactPhone.length) return;
  const mended = contactPhone.slice(0, -tail.length) + tail;
  setSlot(notes, draft, "contactPhone", mended, true, "phone.tail", tail);
}
