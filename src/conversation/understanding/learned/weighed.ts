import type { Slots } from "../../../reports/report.ts";
import { ruledMatter } from "../matter.ts";
import { put, type Reading } from "../reading.ts";
import { withoutDeniedRights } from "../relation.ts";
import { withoutUnwanted } from "../remedy.ts";
import { type Found, withoutQuotes } from "../spans.ts";
import type { Understanding } from "../understanding.ts";
import {
  type FlagSlot,
  flagCues,
  type Leaning,
  leaningOfTerms,
  leanings,
  leaningTerms,
  noLeaning,
  remedies as remedyNames,
} from "./leaning.ts";

/** What must be named before a text may lean to a kind. */
const needsWord: Record<string, RegExp> = {
  专利侵权: /专利|外观|实用新型|发明|权利要求|授权|证书?(?![明据])|ZL/u,
  假冒专利: /专利|外观|实用新型|发明|证书|号|ZL|patent/iu,
  专利虚假宣传: /专利|发明/u,
  标识不规范: /专利|号|标|ZL|patent/iu,
  专利纠纷调解: /专利|发明|职务|署名|许可费|使用费/u,
  商标侵权: /商标|牌|标|品牌|假|授权|正品|logo|瓶|桶/iu,
  权利人:
    /专利|商标|版权|著作|品种|实用新型|外观|发明|登记|证|原创|作品|配方|秘|保密|图纸|客户|工艺|底价|源代码|牌子|权利|(?:写|画|拍|编|录|唱|设计)的/u,
};

/** Rules that rest on what the person was asked or named outright. */
const surely = /^(?:answer|matter\.named|relation\.answer)/u;

/** What the rules say of a slot, for what was learned: the value, and whether a pattern says so or words of every group. */
function hintsOf(slot: "reportType" | "relation", rule: Found<string> | undefined): string[] {
  if (rule === undefined) return [`${slot}=—`];
  const words = rule.rule.includes(".words.") ? "?" : "";
  return [`${slot}=${rule.value}${words}`, `${slot}${words}`];
}

/** What a text of these terms leans to, unless the person was asked for it or named it outright. */
function settled<S extends "reportType" | "relation">(
  slot: S,
  rule: Found<NonNullable<Slots[S]>> | undefined,
  least: number,
  terms: ReadonlySet<string>,
  text: string,
  reports: boolean,
): Found<NonNullable<Slots[S]>> | undefined {
  if (rule !== undefined && surely.test(rule.rule)) return rule;
  const { kind, probability, because } = leaningOfTerms(leanings()[slot], terms);
  if (kind === rule?.value) return rule;
  // Who says that they report something reports it of some kind.
  if (kind === noLeaning) return reports ? rule : undefined;
  if (probability < least) return undefined;
  // Whose goods are copied is asked what right they have: none is supposed.
  if (needsWord[kind]?.test(text) === false) return rule;
  const start = because.map((term) => text.indexOf(term)).find((at) => at >= 0) ?? 0;
  return {
    value: kind as NonNullable<Slots[S]>,
    start,
    end: text.length,
    rule: `${slot === "reportType" ? "matter" : "relation"}.leaning(${because.join(" ")})`,
  };
}

/** What slots are weighed by. */
type Weighed = Understanding["weighed"];

/**
 * Weighs each yes or no, the wishes, the kind of report and the relation: what was learned, the rules' own word among
 * what it goes by, decides. Returns what they were weighed by.
 */
export function weighSlots(
  reading: Reading,
  said: { question: string | undefined; smallTalk: boolean; dates: Weighed["dates"] },
): Weighed {
  const { text, slots } = reading;
  const ruled = ruledMatter(reading);
  const weighed: Weighed = {
    text: withoutDeniedRights(withoutQuotes(text)),
    hints: [...hintsOf("reportType", ruled), ...hintsOf("relation", slots.relation)],
    flags: {},
    dates: said.dates,
  };
  weighFlags(reading, weighed);
  weighRemedies(reading, weighed);
  weighMatter(reading, weighed, { ...said, ruled });
  return weighed;
}

/** What was learned of a yes or no that the rules say, or do not; undefined where it leaves what they say. */
function weighFlag(
  { text, general }: Reading,
  weighed: Weighed,
  { slot, rule, asked }: { slot: FlagSlot; rule: boolean | undefined; asked: boolean },
): Leaning | undefined {
  if (!asked && (general || !flagCues[slot].test(text))) return undefined;
  const said = `rule=${rule ?? noLeaning}`;
  weighed.flags[slot] = [asked ? "asked" : "unasked", said, `${asked}${said}`];
  const leaning = leaningOfTerms(leanings()[slot], leaningTerms(weighed.text, weighed.flags[slot]));
  if (leaning.kind === String(rule ?? noLeaning)) return undefined;
  return leaning.probability < (leaning.kind === noLeaning ? 0.9 : 0.5) ? undefined : leaning;
}

/** Whether the person sued already, and may be called. */
function weighFlags(reading: Reading, weighed: Weighed): void {
  const { text, expectation, slots } = reading;
  for (const slot of ["suedAlready", "callback"] as const) {
    const asked = expectation.asking.includes(slot);
    const leaning = weighFlag(reading, weighed, { slot, rule: slots[slot]?.value, asked });
    if (leaning === undefined) continue;
    delete slots[slot];
    if (leaning.kind === noLeaning) continue;
    const value = leaning.kind === "true";
    put(slots, slot, {
      value,
      start: 0,
      end: text.length,
      rule: `${slot}.leaning(${leaning.because.join(" ")})`,
    });
  }
}

/** What the person wants done. */
function weighRemedies(reading: Reading, weighed: Weighed): void {
  const { text, expectation, slots } = reading;
  const asked = slots.remedy?.value.split("、") ?? [];
  const wishes = withoutUnwanted(text);
  const wanted = remedyNames.filter((remedy) => {
    const rule = asked.includes(remedy);
    const word = remedy.slice(0, 1);
    // Named only to say that it is not wanted.
    if (!rule && text.includes(word) && !wishes.includes(word)) return false;
    const leaning = weighFlag(reading, weighed, {
      slot: remedy,
      rule: rule ? true : undefined,
      asked: expectation.asking.includes("remedy"),
    });
    return leaning === undefined ? rule : leaning.kind === "true";
  });
  if (wanted.join("、") !== asked.join("、")) {
    delete slots.remedy;
    const value = wanted.join("、");
    if (value !== "") put(slots, "remedy", { value, start: 0, end: text.length, rule: "remedy.leaning" });
  }
}

/** The kind of report and the relation to it. Nothing is supposed of short messages, answers to others and talk. */
function weighMatter(
  { text, words, expectation, general, slots }: Reading,
  weighed: Weighed,
  said: {
    question: string | undefined;
    smallTalk: boolean;
    ruled: Found<NonNullable<Slots["reportType"]>> | undefined;
  },
): void {
  const { question, smallTalk, ruled } = said;
  const aside = expectation.asking.length > 0 && !expectation.asking.includes("reportType");
  const mayLean = text.length >= 10 && !aside && !general && !smallTalk;
  let terms: ReadonlySet<string> | undefined;
  const settle = <S extends "reportType" | "relation">(
    slot: S,
    rule: Found<NonNullable<Slots[S]>> | undefined,
    least: number,
  ) => {
    terms ??= leaningTerms(weighed.text, weighed.hints);
    const reports = slot === "reportType" && words.intents.report.test(text);
    return settled(slot, rule, least, terms, text, reports);
  };
  const matterLeans = mayLean && (question === undefined || words.intents.report.test(text));
  const matter = matterLeans ? settle("reportType", ruled, 0.4) : ruled;
  if (mayLean && question === undefined) {
    const relation = settle("relation", slots.relation, 0.4);
    delete slots.relation;
    put(slots, "relation", relation);
  }
  // A quarrel over who is named, or unfair competition, is told by somebody who claims no right yet.
  if (
    (matter?.value === "不正当竞争" || matter?.value === "专利纠纷调解") &&
    slots.relation?.value === "权利人" &&
    !expectation.asking.includes("relation") &&
    !/专利权人|权利人|许可|转让|共有|使用费/u.test(text)
  )
    delete slots.relation;
  // Who is accused tells of the other side's claim, not of a matter of theirs.
  if (matter?.rule === "matter.named" || slots.relation?.value !== "被控侵权人")
    put(slots, "reportType", matter);
}
