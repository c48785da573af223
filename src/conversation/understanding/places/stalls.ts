import { type Clause, type Found, overlaps, type Span } from "../spans.ts";

/** What is known of a message when its stall is read. */
type Surroundings = {
  clauses: readonly Clause[];
  /** The markets that it names. */
  markets: readonly Span[];
  /** The other places that it names. */
  places: readonly Span[];
  /** Numbers and links, of which no stall is a part. */
  taken: readonly Span[];
  /** Whether the last question asked for the stall. */
  asked: boolean;
};

/** How booths are told: 3排12号, A座216, 2号楼15号, 5号库, 一楼进门左拐第三个摊位. */
const plainPatterns: readonly RegExp[] = [
  /(?:摊位号?|档口号?|铺位号?|展位号?|门牌|摊号)(?:是|为|[:：])?\s*(?<stall>[A-Za-z0-9]{2,6}(?:[-－][0-9]{1,4})?(?![A-Za-z0-9点.])号?|(?:[东西南北A-Za-z0-9一二三四五六七八九十]{1,3}(?:厅|区|馆|座|排|楼|层))*[A-Za-z]?[-－]?[0-9一二三四五六七八九十]{1,4}(?![天个家人次])(?:[-－][0-9]{1,4})?号?)/gu,
  /(?<!园|开发区|高新区)(?<stall>(?:负?[一二三四五六七八九十\d]{1,2}(?:楼|层))?(?:[A-Za-z]|[东西南北])?(?:[A-Za-z0-9一二三四五六七八九十甲乙丙丁东西南北]{1,3}(?:号楼|号馆|号厅|期|区|座|馆|厅|栋|幢|排|街|巷))+(?:[一二三四五六七八九十\d]{1,2}(?:楼|层))?[A-Za-z]?[-－]?(?:[0-9]{1,5}|[一二三四五六七八九十百]{1,5}(?![\u4e00-\u9fff]))(?:[-－][0-9]{1,3})?(?:号|室)?(?:摊位?|档口?|展位|铺位?|门脸|库)?(?!月|日|年|点|块|元|个|家|多|台|件|条)|(?<many>[甲乙丙丁东西南北A-Z](?:区|排|厅)[一二三四五六七八九十百]{1,5}号))/gu,
  /(?<stall>(?:负?[一二三四五六七八九十\d]{1,2}(?:楼|层))[A-Z]?[-－]?\d{2,4}号?(?:摊位?|档口?|铺|展位)?|(?<![A-Za-z0-9])[A-Z][-－]?\d{1,4}号?(?:摊位?|档口?|铺|展位))/gu,
  /(?<stall>第[一二三四五六七八九十\d]{1,2}排\s*第[一二三四五六七八九十\d]{1,2}(?:个|家|户|间|棚)|(?:(?:中间|最里|最外)(?:头|面)?(?:那)?排)?(?:从|由)?[东西南北左右前后]边?(?:往[东西南北里外])?数第?[一二三四五六七八九十\d]{1,2}(?:个|家|户|间)(?:摊位?|档口|铺子?|门脸|门|柜台)?|(?:[一二三四五六七八九十\d]{1,2}(?:楼|层))?(?:进门|上楼|下楼|一进门)[^，。]{0,8}第[一二三四五六七八九十\d]{1,2}(?:个|家|户)(?:摊位?|档口|铺子?|门脸|柜台|棚)?|(?:[东西南北](?:门|头|排|侧|边|区)|[左右]手?边?|靠[^，。]{1,4})[^，。]{0,4}第[一二三四五六七八九十\d]{1,2}(?:个|家)(?:摊位?|档口|铺子?|门脸|柜台)?|(?<=(?:摊|摊位|摊子|档口|棚)[，,\s]{0,2})第[一二三四五六七八九十\d]{1,2}(?:个|家)(?=$|[，。,\s]))/gu,
  /(?<stall>\d{1,3}号(?:库|档|摊|铺|门脸|棚|柜台?|摊位|档口|商铺)|(?:第[一二三四五六七八九十\d]{1,2}(?:号)?|[一二三四五六七八九十\d]{1,2}号)(?:摊位|档口)|[A-Z]区第[一二三四五六七八九十\d]{1,2}排[^，。\s]{0,4}|[一二三四五六七八九十\d](?:楼|层)[^卖做的，。\s]{1,4}(?:专柜|柜台|柜(?=$|[，。的]))|摊主是(?<of>\d{2,5}号))/gu,
  /(?:(?<![\u4e00-\u9fff])|(?<=[的在市场城楼区厅馆]))(?<stall>(?:[A-Za-z一二三四五六七八九十0-9]{1,6}(?:号|区|排|栋|座|楼|层|馆|厅|街)){0,4}[A-Za-z]?[0-9一二三四五六七八九十-]{1,6}号?(?:摊位?|档口?|铺位|商铺|门脸|展位|柜台|摊儿|铺|展台))/gu,
];

const number = "(?:[0-9]{1,4}|[一二三四五六七八九十百零〇幺两]{1,7})";
/** The few that count rows and doors. */
const count = "[一二三四五六七八九十0-9]{1,2}";
/** A booth's own code: B5, F3-22, 2A-19, 三C零八, 甲-305, 负1-33. Nothing of a longer number. */
const code =
  "(?:(?<![A-Za-z0-9.＊])(?:负?[0-9]{0,2}|[一二三四五六七八九])[A-Za-z甲乙丙丁](?:[0-9]{1,2}[A-Z]?)?(?:[-－]?[0-9]{1,4}|[零〇一二三四五六七八九幺十]{1,4})|(?<![A-Za-z0-9.＊])负?[0-9]{1,2}[-－][0-9]{1,4})(?![A-Za-z0-9.＊])";
const floor = `(?:(?:负|地下)?${count}(?:楼|层)(?:底商)?)`;
/** A row, a hall, a wing: 第四趟, 东大棚, 五号厅, 2号楼底商. */
const row = `(?:第?${number}(?:号)?(?:排|趟街?|区|大厅|展厅|厅|馆|棚|栋|幢|座|期|号楼)(?:底商)?|[东西南北中](?:${count})?大?(?:区|厅|棚|排|趟|馆)|[A-Z]\\d?(?:区|座|馆|厅|排|栋))`;
/** A wing called by what is sold there: 五金区, 水产厅. */
const goodsWing = "(?:[\\u4e00-\\u9fff]{1,3}(?<![在到去县市城省社小])(?:区|厅))";
const wings = `(?:(?:${floor}|${row})\\s?)*(?:${goodsWing})?`;
const door = "(?:位|摊位?|摊子|档口?|棚|门面|门脸|铺位?|铺面|商铺|柜台?|展位|展台|铁皮房|板房|车位)";
/** What follows a number that counts, dates or prices something. */
const uncounted = "(?!号?(?:[0-9月日年点块元个家多台件条米里路线楼院]|单元|那天|上午|下午|晚|早))";
/** Behind a bare „12号“ that is a stall and no day. */
const noDay = "(?=$|[，。、\\s的有那，]|卖|做|一|旁|对|隔)(?!的时候)";
const doorNumber = `(?:${number}号(?:${door})?)`;

/**
 * The same with what is known around it: ◆ stands for a market, ◇ for another place, ＊ for a number that is taken.
 * A wing, a market or a word for a stall must stand before what is no stall by itself.
 */
const knownPatterns: readonly RegExp[] = [
  // 铺号1-109, 摊位是东厅乙-9, 牌上写的C-07.
  new RegExp(
    `(?:摊位?号?|档口号?|铺(?:位)?号|展位号?|柜号|(?<=◆.*|摊.*|铺.*)编号|编号(?=.{1,12}[◆摊铺])|(?:牌子?|门)上写)(?:的|着)?(?:是|为|[:：])?\\s*(?<stall>${wings}(?:${code}号?|${number}号))`,
    "gu",
  ),
  // 尚村…城三楼 3F-26, …市场37号, …，17号.
  new RegExp(
    `◆(?:里头?|里面|那边|内|的)?[，, ]{0,2}(?<stall>${wings}(?:${code}号?|[东西南北]?${number}号${door}))`,
    "gu",
  ),
  new RegExp(`◆(?:里头?|里面|那边|内|的)?[，, ]{0,2}(?<stall>${wings}[东西南北]?${number}号)${noDay}`, "gu"),
  new RegExp(
    `◆(?:里头?|里面|那边|内|的)?(?<stall>${wings}(?<=[区厅排馆棚趟楼层]\\s?)[0-9]{1,4})${uncounted}`,
    "gu",
  ),
  new RegExp(`◆(?:里头?|里面|的)?(?<stall>${number}号厅)(?![0-9一二三四五六七八九十A-Z])`, "gu"),
  // 二楼B8, 第四趟37号, 东大棚三十号.
  new RegExp(
    `(?<!大厦|写字楼|大楼|住|园|◇)(?<stall>(?:${floor}|${row})+(?:门面|${goodsWing})?\\s?(?:${code}号?|[东西南北]?${doorNumber})|${floor}(?:${goodsWing})?\\s?[0-9]{3,4})${uncounted}`,
    "gu",
  ),
  // A wing at the head of a clause: 五金区22.
  new RegExp(`(?<=^|[，。、\\s])(?<stall>${goodsWing}[0-9]{1,4})${uncounted}`, "gu"),
  new RegExp(`(?<stall>(?:${row})*(?<![0-9])${number}号${door})`, "gu"),
  // 一楼大厅中间那个柜台, 第三排倒数第二个摊, 第五趟街第九个门脸, 南头第一摊.
  new RegExp(
    `(?<stall>${floor}(?=[^，。◆◇]{0,7}(?:[中当]间|[门口边头角侧旁里外]|梯|靠|大厅|对面|挨))[^，。◆◇]{1,8}那个(?:柜台?|摊位?|档口))`,
    "gu",
  ),
  new RegExp(
    `(?<!村|村子)(?<stall>(?:${floor}(?:上去|进去)?)?(?:(?:${row})|[东西南北][头口门侧]|[左右](?:拐|手边?|边)|靠[东西南北里外]边?)+(?:(?:倒|[左右东西南北])数)?第?${count}(?:个|家|户|间|摊)(?:摊位?|门脸|铺子?|柜台?)?)`,
    "gu",
  ),
];

/** Next door to what was told, or where the stall moved to: that is the one that is meant. */
const besidePattern = new RegExp(
  `(?:隔壁|对门儿?|斜?对面|对过|隔[一二三四五六七八两几\\d]个?(?:门脸|摊位?|家|铺)|(?:搬|挪|换)到|现在(?:是|在))(?:的|是)?(?<stall>${wings}(?:${code}号?|${doorNumber}))(?!楼|院)`,
  "gu",
);

/** What is mended in the same breath: 摊位号B217，不对，是B271. */
const mendedPattern =
  /(?:摊位?|档口|铺位|展位)号?[^，。,\s]{0,8}[，,\s]*(?:不对|错了?|说错了?|口误)[，,\s]*(?:应该|得)?是(?<stall>[A-Z]?\d{1,4}(?:-\d{1,3})?)(?![\d.])/gu;
/** A number behind the word for a stall: 摊位号B217. */
const labelledPattern =
  /(?:摊位|档口|铺位|展位)号(?:就)?(?:是|为|[:：])?\s?(?<stall>[A-Z]?\d{1,4}(?:-\d{1,3})?)(?![\d.])/gu;

/** A clause that is nothing but a number: an answer, or what follows a market, a hall, a floor. */
const alonePattern = new RegExp(
  `^(?:是|在|就)?(?:摊位?|铺|编)?号?(?<stall>${wings}(?:${code}号?|${doorNumber}|[0-9]{2,4}))(?:的|吧|啊)?$`,
  "u",
);
/** What a clause ends in that a number may follow. */
const leadsToStall = /[◆摊棚厅馆楼层街集]$|早市$|夜市$|铺子?$|展会$|[博展]览会$|[糖酒交易]会$/u;

/** A stall that is told: its number, or how to find it. */
export function stallIn(text: string, around: Surroundings): Found<string> | undefined {
  const known = marked(text, around);
  const found = [
    ...matchesOf(mendedPattern, text, text),
    ...matchesOf(besidePattern, known, text),
    ...alone(text, known, around),
    ...knownPatterns.flatMap((pattern) => matchesOf(pattern, known, text)),
    ...plainPatterns.flatMap((pattern) => matchesOf(pattern, text, text)),
    ...matchesOf(labelledPattern, text, text),
  ].filter((one) => isStall(one, text, around));
  const first = found.find((one) => !isFormer(one, text)) ?? found[0];
  if (first === undefined) return undefined;
  // „22“ of 鞋区D3-22: the longest reading that holds it.
  return found
    .filter((one) => one.start <= first.start && one.end >= first.end)
    .reduce((longest, one) => (one.value.length > longest.value.length ? one : longest), first);
}

/** The text with signs in place of what is known: the offsets stay. */
function marked(text: string, { markets, places, taken }: Surroundings): string {
  const letters = text.split("");
  const fill = (spans: readonly Span[], sign: string) => {
    for (const { start, end } of spans) letters.fill(sign, start, end);
  };
  fill(places, "◇");
  fill(markets, "◆");
  fill(taken, "＊");
  return letters.join("");
}

function matchesOf(pattern: RegExp, known: string, text: string): Found<string>[] {
  return [...known.matchAll(pattern)].flatMap((match) => {
    const stall = match.groups?.["of"] ?? match.groups?.["many"] ?? match.groups?.["stall"];
    if (stall === undefined) return [];
    const start = match.index + match[0].lastIndexOf(stall);
    const end = start + stall.length;
    return [{ value: text.slice(start, end), start, end, rule: "stall" }];
  });
}

/** Clauses that are a number alone, where one was asked for or what stands before leads to it. */
function alone(text: string, known: string, { clauses, asked }: Surroundings): Found<string>[] {
  return clauses.flatMap((clause, index) => {
    const before = clauses[index - 1];
    const led = before !== undefined && leadsToStall.test(known.slice(before.start, before.end));
    if (!led && !asked) return [];
    const match = alonePattern.exec(known.slice(clause.start, clause.end));
    const stall = match?.groups?.["stall"];
    if (match === null || stall === undefined) return [];
    const start = clause.start + match[0].indexOf(stall);
    const end = start + stall.length;
    return [{ value: text.slice(start, end), start, end, rule: "stall.alone" }];
  });
}

/** Whether it is where the person sells: not a market's day, a dwelling, a landmark or what is denied. */
function isStall({ start, end, value }: Found<string>, text: string, { taken }: Surroundings): boolean {
  const before = text.slice(Math.max(0, start - 6), start);
  const after = text.slice(end, end + 4);
  if (taken.some((other) => overlaps(other, { start, end }))) return false;
  // 逢四排九: the days on which a market is held.
  if (
    /逢[一二三四五六七八九十\d]{0,3}$/u.test(before) ||
    /^[一二三四五六七八九十]排[一二三四五六七八九十]$/u.test(before + value)
  )
    return false;
  if (/(?:不是|别去|别上|不在|(?:我|俺)(?:家)?(?:就)?住(?:在)?)$/u.test(before)) return false;
  if (/(?:大厦|写字楼|大楼)$/u.test(before)) return false;
  if (/村$/u.test(before) && /第.*(?:家|户)$/u.test(value)) return false;
  return !/^(?:单元|旁边|隔壁|对面|对门)/u.test(after);
}

/** Where the stall was before. */
const isFormer = ({ start }: Span, text: string): boolean =>
  /(?:原来|以前|原先|之前|原本|早先)(?:就)?(?:是|在)?$/u.test(text.slice(Math.max(0, start - 6), start));

/** A booth told by where it stands, as an answer: 靠东门头一家, 就在厕所旁边. */
export function describedStall(clauses: readonly Clause[]): Found<string> | undefined {
  for (const { text, mark, start, end } of clauses) {
    if (/[?？]/u.test(mark) || text.length > 20) continue;
    const beside = /^(?:就|是)*在(?<sight>[^，。]{2,8}(?:旁边|对面|门口|挨着))$/u.exec(text)?.groups?.[
      "sight"
    ];
    if (beside !== undefined)
      return { value: beside, start: end - beside.length, end, rule: "stall.described" };
    const row = /[东西南北左右靠进楼层门头拐角边排区号][^，。]{0,10}(?:家|个|摊|号|铺|口|边|头|角|间)/u.test(
      text,
    );
    if (row) return { value: text, start, end, rule: "stall.described" };
  }
  return undefined;
}

/** A booth by its letter and number alone, as markets write it: C119, 二楼B区37. */
export function boothIn(text: string, taken: readonly Span[], asked: boolean): Found<string> | undefined {
  const booths =
    /(?:负?[一二三四五六七八九十\d]{1,2}[楼层])?(?:[A-Z]区)?(?<![\d.月])[A-Z]?\d{2,4}(?![\d.年月号点块元])/gu;
  // A floor alone says where only to who asked for it.
  const floors = /(?<=[\u4e00-\u9fff])负?[一二三四五六七八九]楼(?=$|[，。的])/gu;
  for (const match of [...text.matchAll(booths), ...(asked ? text.matchAll(floors) : [])]) {
    const span = { start: match.index, end: match.index + match[0].length };
    if (!taken.some((other) => overlaps(other, span)))
      return { value: match[0], ...span, rule: "stall.booth" };
  }
  return undefined;
}
