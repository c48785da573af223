import { isOneSlip } from "./edit-distance.ts";
import type { Form, Lexicon, Meaning } from "./lexicon.ts";

/** A name found in a folded text. */
export type Token = {
  start: number;
  end: number;
  /** The name as first matched; `end` may reach further. */
  name: string;
  meaning: Meaning;
  exact: boolean;
  /** The name is a county's elsewhere too, and nothing beside it settles which. */
  shared: boolean;
  /** An everyday word given as the whole answer: it may be the place so called, so it is asked about. */
  bareNoun: boolean;
};

/** The whole text when it is nothing but the name of a place, as an answer to “在哪个县” is. */
type Core = { start: number; end: number };

const coreHead =
  /^[\s\p{P}]*(?:那个|就是|应该|好像|大概|可能|其实|嗯|哦|啊)*[\s\p{P}]*(?:我们|咱们|我|咱|他们|他|它|厂子|店)?(?:家|这)?(?:就|都|也)?(?:是在|是|在|住在|位于|属于|归)?[\s\p{P}]*/u;
const coreTail =
  /(?:的|那边|这边|那里|这里|那儿|这儿|那块|这块|那片|附近|一带|里头|里面|啊|呀|吧|呢|了|哦|嘛|吗|人|本地)*[\s\p{P}]*$/u;
const maxCoreChars = 24;

function coreOf(text: string): Core | undefined {
  if (text.length > maxCoreChars) return undefined;
  const start = coreHead.exec(text)?.[0].length ?? 0;
  const end = start + text.slice(start).replace(coreTail, "").length;
  return end > start ? { start, end } : undefined;
}

/** What may stand between a county and the town in it. */
const besideGap = /^[\s,、()（）—·\-的省市县区]{0,3}$/u;
/** Where a clause begins, and what follows a place that stands there. */
const clauseHead = /(?:^|[\s\p{P}]|咱|们|我|告|举报|投诉|是|有|给|听说|那个)$/u;
const placeTail = /^(?:$|[\s\p{P}]|有|那|这|里|街|村|附近|周围|一带|旁边|的|[做卖养造]|生产)/u;
const nounTail = /^(?:有|那边|那片|那块|那里|那儿|一带|附近)/u;
/** After 在 and its like nearly anything may follow a place. */
const locativeHead = /[在到去住从往离让被]$/u;
const locatedTail =
  /^(?:$|[\s\p{P}]|的|有|那|这|里|街|上|村|一|某|附|边|开|卖|做|买|进|走|办|租|批|生|仿|干|看|发|老(?![师板总乡大]))/u;
const settlementTail =
  /^(?:集(?:上|市)|大集|镇(?:上|里|政府)|乡(?:里|政府)|街(?:上|里)|(?:火|汽)?车站|老街|派出所|(?:农贸|集贸|批发|综合)市场|夜市|早市|收费站|高速口|供销社|粮站|服务区)/u;
/** A road is named after places far away. */
const roadTail = /^(?:路(?![边上旁])|大街|大道|街(?![道头上边里面口]))/u;
const parkTail =
  /^(?:省级|国家级|市|县|的)?(?:经济|技术|高新|高技术|产业|工业|综合|临港|经)*(?:开发区|高新区|经开区|产业园区|工业园区|产业园|工业园|工业区|园区)/u;
/** What makes a full name part of another word: 市场, 市面, 区域, 村镇银行. */
const brokenTails: readonly [string, string][] = [
  ["市", "场面价值容貌"],
  ["区", "域块间"],
  ["村镇", "银企建干化"],
  ["集镇", "上化建"],
  ["乡", "村土"],
];

/** Finds the names in a folded text: exact ones first, then slips in what is left. */
export function scan(folded: string, lexicon: Lexicon): Token[] {
  const text = folded.toLowerCase();
  const core = coreOf(text);
  const tokens = scanExact(text, core, lexicon);
  const withSlips = scanSlips(text, core, tokens, lexicon);
  return settle(text, withSlips);
}

function scanExact(text: string, core: Core | undefined, lexicon: Lexicon): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const token = longestAt(text, at, core, tokens.at(-1), lexicon);
    if (token === undefined) {
      at++;
      continue;
    }
    const previous = tokens.at(-1);
    if (previous !== undefined && absorbs(text, previous, token, lexicon)) previous.end = token.end;
    else tokens.push(token);
    const last = tokens.at(-1) ?? token;
    extendByPark(text, last, lexicon);
    at = last.end;
  }
  return tokens;
}

function longestAt(
  text: string,
  at: number,
  core: Core | undefined,
  previous: Token | undefined,
  lexicon: Lexicon,
): Token | undefined {
  for (const length of lexicon.exact.lengths(text.charAt(at))) {
    const end = at + length;
    if (end > text.length) continue;
    const form = lexicon.exact.get(text.slice(at, end));
    if (form === undefined || isBroken(text, at, end, form)) continue;
    const bare = core !== undefined && core.start === at && core.end === end;
    const verdict = judge(text, at, end, form, bare, previous, lexicon);
    if (verdict !== undefined) {
      return {
        start: at,
        end,
        name: form.text,
        meaning: form.meaning,
        exact: form.exact && verdict !== "likely",
        shared: form.shared,
        bareNoun: verdict === "noun",
      };
    }
  }
  return undefined;
}

/** Whether the characters around a name make it part of another word or of a street's name. */
function isBroken(text: string, start: number, end: number, form: Form): boolean {
  const before = text.charAt(start - 1);
  const after = text.charAt(end);
  if (before !== "" && form.notAfter.includes(before)) return true;
  if (after === "") return false;
  if (form.notBefore.includes(after)) return true;
  for (const [ending, next] of brokenTails) {
    if (form.text.length > ending.length && form.text.endsWith(ending) && next.includes(after)) return true;
  }
  return form.short && form.meaning.kind !== "market" && roadTail.test(text.slice(end, end + 3));
}

type Verdict = "plain" | "likely" | "noun" | undefined;

/** Whether a form counts here, by its guard (aliases.json, `guards`). */
function judge(
  text: string,
  start: number,
  end: number,
  form: Form,
  bare: boolean,
  previous: Token | undefined,
  lexicon: Lexicon,
): Verdict {
  const { guard, meaning } = form;
  if (guard === "none") return "plain";
  if (guard === "located") {
    return bare || /[在是]$/.test(text.slice(Math.max(0, start - 1), start)) ? "plain" : undefined;
  }
  if (guard === "road") return isElsewhere(text, start, meaning, previous) ? undefined : "plain";
  if (meaning.kind === "area") {
    // „光荣路88号，运河的，…“: a clause of its own.
    const clause =
      /^的(?:$|[\s,，。])/u.test(text.slice(end, end + 2)) && /(?:^|[\s,，。])$/u.test(text.slice(0, start));
    if (bare || clause) return "plain";
    if (isBeside(text, start, previous) && previous?.meaning.kind === "city") return "plain";
    return startsOwnTown(text, end, meaning.area.code, lexicon);
  }
  if (bare) return lexicon.commonNouns.has(form.text) ? "noun" : "likely";
  if (guard === "suffix" && meaning.kind === "town") {
    // 泊头道东: a street's short name right behind its own county.
    const near =
      previous?.end === start &&
      previous.meaning.kind === "area" &&
      previous.meaning.area.code === meaning.area.code;
    return near ? "plain" : undefined;
  }
  if (guard === "suffix" || meaning.kind !== "town") return undefined;
  if (isBeside(text, start, previous)) {
    const before = previous?.meaning;
    const sameArea =
      (before?.kind === "area" && before.area.code === meaning.area.code) ||
      (before?.kind === "area" &&
        (lexicon.hosts.get(meaning.area.code)?.includes(before.area.code) ?? false));
    const taken = guard === "beside" || (previous?.end === start && !lexicon.bornByFirms.has(form.text));
    if (sameArea && (taken || locatedTail.test(text.slice(end, end + 2)))) return "plain";
    if (guard === "beside" && before?.kind === "city") return "plain";
  }
  // „杜林集上“, „桑园火车站“: only a town has such a tail. An everyday word before it is still asked about.
  if (meaning.town.kind !== "street" && settlementTail.test(text.slice(end, end + 5)))
    return lexicon.commonNouns.has(form.text) ? "likely" : "plain";
  const head = text.slice(Math.max(0, start - 2), start);
  const tail = text.slice(end, end + 2);
  if (guard === "alone") {
    const asked = (clauseHead.test(head) || locativeHead.test(head)) && nounTail.test(tail);
    return asked ? "noun" : undefined;
  }
  const stands = locativeHead.test(head)
    ? locatedTail.test(tail)
    : clauseHead.test(head) && placeTail.test(tail);
  return stands ? "likely" : undefined;
}

/** 青县南环中路: another county, or a place elsewhere, right before a road has one of that name, too. */
function isElsewhere(text: string, start: number, meaning: Meaning, previous: Token | undefined): boolean {
  if (previous === undefined || !isBeside(text, start, previous)) return false;
  if (previous.meaning.kind === "outside") return true;
  return previous.meaning.kind === "area" && areaCodeOf(previous.meaning) !== areaCodeOf(meaning);
}

function isBeside(text: string, start: number, previous: Token | undefined): boolean {
  return (
    previous !== undefined && start - previous.end <= 3 && besideGap.test(text.slice(previous.end, start))
  );
}

/** 新华 and 运河 are everyday names; a town of theirs right after them makes them the districts. */
function startsOwnTown(text: string, at: number, areaCode: string, lexicon: Lexicon): Verdict {
  for (const length of lexicon.exact.lengths(text.charAt(at))) {
    const form = lexicon.exact.get(text.slice(at, at + length));
    if (form?.meaning.kind !== "town" || form.meaning.area.code !== areaCode) continue;
    return form.guard === "none" ? "plain" : "likely";
  }
  return undefined;
}

/** A name right after a place elsewhere belongs to that place: 德州庆云, 天津小王庄镇, 保定高新区. */
function absorbs(text: string, previous: Token, next: Token, lexicon: Lexicon): boolean {
  if (previous.meaning.kind !== "outside") return false;
  if (!/^[省市县区]?$/.test(text.slice(previous.end, next.start))) return false;
  const { meaning } = next;
  if (meaning.kind === "outside" || meaning.kind === "park") return true;
  if (meaning.kind === "town" || meaning.kind === "market") return true;
  return meaning.kind === "area" && (lexicon.genericAreas.has(next.name) || sharedDistrict.test(next.name));
}

/** Districts of other cities bear the name, too: 石家庄新华区. */
const sharedDistrict = /^新华区?$/;

/** 任丘开发区 is in 任丘, 德州开发区 elsewhere; 运河区高新区 stays the zone. */
function extendByPark(text: string, token: Token, lexicon: Lexicon): void {
  const { meaning } = token;
  if (meaning.kind !== "area" && meaning.kind !== "outside") return;
  const tail = parkTail.exec(text.slice(token.end, token.end + 14))?.[0];
  if (tail === undefined) return;
  if (meaning.kind === "area") {
    if (meaning.area.kind === "zone") return;
    const zone = lexicon.genericAreas.get(tail);
    if (zone !== undefined && lexicon.hosts.get(zone)?.includes(meaning.area.code)) return;
  }
  token.end += tail.length;
}

function scanSlips(text: string, core: Core | undefined, tokens: Token[], lexicon: Lexicon): Token[] {
  const all: Token[] = [];
  let from = 0;
  for (const token of [...tokens, undefined]) {
    const to = token?.start ?? text.length;
    slipsBetween(text, from, to, all.at(-1), lexicon, all);
    if (token === undefined) break;
    all.push(token);
    from = token.end;
  }
  if (all.length === 0 && core !== undefined) {
    const guess = slipOfWhole(text.slice(core.start, core.end), lexicon);
    if (guess !== undefined) all.push(slipToken(core.start, core.end, guess));
  }
  return all;
}

function slipsBetween(
  text: string,
  from: number,
  to: number,
  before: Token | undefined,
  lexicon: Lexicon,
  into: Token[],
): void {
  const slips = lexicon.slips();
  let at = from;
  if (before !== undefined && to - from >= 2) {
    const guess = slipBeside(text, from, to, before, lexicon);
    if (guess !== undefined) {
      into.push(guess);
      at = guess.end;
    }
  }
  while (at < to - 1) {
    let next = at + 1;
    for (const length of slips.lengths(text.charAt(at))) {
      const end = at + length;
      if (end > to) continue;
      const form = slips.get(text.slice(at, end));
      if (form === undefined || isBroken(text, at, end, form)) continue;
      into.push(slipToken(at, end, form));
      next = end;
      break;
    }
    at = next;
  }
}

const slipToken = (start: number, end: number, form: Form): Token => ({
  start,
  end,
  name: form.text,
  meaning: form.meaning,
  exact: false,
  shared: false,
  bareNoun: false,
});

/** Any one slip in a full name right after the name it belongs under: 南皮县冯嘴口镇, 沧州市南度县. */
function slipBeside(
  text: string,
  from: number,
  to: number,
  before: Token,
  lexicon: Lexicon,
): Token | undefined {
  const { meaning } = before;
  const forms =
    meaning.kind === "area"
      ? (lexicon.fullTownForms.get(meaning.area.code) ?? [])
      : meaning.kind === "city" || meaning.kind === "region"
        ? lexicon.fullAreaForms
        : [];
  const suffixed = /^(省|市|县|区)/.test(text.slice(from, to)) ? 1 : 0;
  for (const start of suffixed === 1 ? [from + 1, from] : [from]) {
    const found: Token[] = [];
    for (const form of forms) {
      if (form.text.length < 3) continue;
      for (const length of [form.text.length, form.text.length - 1, form.text.length + 1]) {
        const end = start + length;
        if (length < 3 || end > to || text.charAt(end - 1) !== form.text.at(-1)) continue;
        if (isOneSlip(text.slice(start, end), form.text)) found.push(slipToken(start, end, form));
      }
    }
    const [first, ...others] = found;
    if (first !== undefined && others.every((other) => sameTarget(other, first))) return first;
  }
  return undefined;
}

/** Any one slip when the whole text is a place: 南度县, 冯口镇. Undefined where several names are as near. */
function slipOfWhole(word: string, lexicon: Lexicon): Form | undefined {
  if (word.length < 3 || !/[县市区镇乡]$/.test(word)) return undefined;
  const near = [...lexicon.fullAreaForms, ...[...lexicon.fullTownForms.values()].flat()].filter(
    (form) => form.text.length >= 3 && isOneSlip(word, form.text) && form.text.at(-1) === word.at(-1),
  );
  return near.length === 1 ? near[0] : undefined;
}

function sameTarget(a: Token, b: Token): boolean {
  return areaCodeOf(a.meaning) === areaCodeOf(b.meaning);
}

/** The area a name lies in, where it lies in one. */
export function areaCodeOf(meaning: Meaning): string | undefined {
  return meaning.kind === "area" || meaning.kind === "town" || meaning.kind === "market"
    ? meaning.area.code
    : undefined;
}

/** Clears `shared` where the city or a county of it is named, and drops what is no place. */
function settle(text: string, tokens: Token[]): Token[] {
  const here = tokens.some(
    ({ meaning, exact }) => meaning.kind === "city" || (meaning.kind === "area" && exact),
  );
  const settled = here ? tokens.map((token) => ({ ...token, shared: false })) : tokens;
  return settled.filter(
    ({ meaning, start, end }) => meaning.kind !== "ordinary" && start < end && text !== "",
  );
}
