import type { Slots } from "../reports/report.ts";
import { leaningOfTerms, leanings, noLeaning } from "./leaning.ts";
import type { Found } from "./spans.ts";

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
export function hintsOf(slot: "reportType" | "relation", rule: Found<string> | undefined): string[] {
  if (rule === undefined) return [`${slot}=—`];
  const words = rule.rule.includes(".words.") ? "?" : "";
  return [`${slot}=${rule.value}${words}`, `${slot}${words}`];
}

/** What a text of these terms leans to, unless the person was asked for it or named it outright. */
export function settled<S extends "reportType" | "relation">(
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
