import { missingSlots, type SlotName, type Slots } from "../reports/report.ts";
import type { Draft } from "./state.ts";

/** What to ask for next: the slots, and the text that asks. `null` when all that is required stands. */
export type Question = { asking: SlotName[]; text: string; options: readonly string[] };

/** Matters that are about a patent: for these the number is worth asking for. */
const patentMatters: ReadonlySet<string> = new Set([
  "假冒专利",
  "专利侵权",
  "标识不规范",
  "专利虚假宣传",
  "专利纠纷调解",
]);

/** Matters that are about goods. */
const withoutGoods: ReadonlySet<string> = new Set([
  "非正常申请",
  "代理违法",
  "平台不作为",
  "侵犯商业秘密",
  "其他",
]);

/**
 * The next question of a draft, in the order of API.md: kind → firm or place → goods and number → evidence → contact.
 *
 * What is not required is asked once, and only while something required is still open, so that it never blocks.
 */
export function nextQuestion(draft: Draft, counties: readonly string[] = []): Question | null {
  const { slots, asked } = draft;
  const missing = missingOf(draft);
  if (missing.length === 0) return null;
  if (draft.kind === "aid") return aidQuestion(draft, missing);
  const lacks = (name: SlotName) => slots[name] === undefined && !draft.unknown.includes(name);
  const once = (name: SlotName) => lacks(name) && !asked.includes(name);

  if (slots.reportType === undefined) {
    return draft.rightUnclear && !draft.unknown.includes("patentNumber")
      ? {
          asking: ["reportType", "patentNumber"],
          text: "ask.reportType.right",
          options: ["reportType:专利侵权", "reportType:商标侵权", "reportType:不正当竞争", "reportType:其他"],
        }
      : {
          asking: ["reportType", "description"],
          text: "ask.reportType",
          options: draft.rightUnclear
            ? ["reportType:不正当竞争", "reportType:著作权", "reportType:侵犯商业秘密", "reportType:其他"]
            : ["reportType:假冒专利", "reportType:专利侵权", "reportType:消费投诉", "reportType:其他"],
        };
  }
  if (missing.includes("infringer")) {
    return draft.unknown.includes("infringer")
      ? { asking: ["location", "platform", "market"], text: "ask.location", options: [] }
      : { asking: ["infringer", "location", "platform"], text: "ask.infringer", options: [] };
  }
  if (missing.includes("county")) {
    const choices = (draft.countyChoices.length > 0 ? draft.countyChoices : counties).map(
      (name) => `county:${name}`,
    );
    return { asking: ["county"], text: "ask.county", options: [...choices, "county:unknown"] };
  }
  if (once("infringer")) return { asking: ["infringer"], text: "ask.infringer.more", options: ["skip"] };

  const wantsProduct = once("product") && !withoutGoods.has(slots.reportType);
  const numberOpen =
    once("patentNumber") && draft.printedNumber === null && !("patentNumber" in draft.invalid);
  const wantsNumber = numberOpen && patentMatters.has(slots.reportType);
  if (wantsProduct && wantsNumber) {
    return { asking: ["product", "patentNumber"], text: "ask.productAndNumber", options: ["skip"] };
  }
  if (wantsProduct) return { asking: ["product"], text: "ask.product", options: ["skip"] };
  if (wantsNumber) return { asking: ["patentNumber"], text: "ask.patentNumber", options: ["skip"] };
  if (once("evidenceCount"))
    return { asking: ["evidenceCount"], text: "ask.evidence", options: ["evidence:none"] };

  return contactQuestion(slots, draft);
}

/**
 * What a draft still needs before it can be filed. An applicant for aid says what it is about in their own
 * words, and cannot be nobody: the aid is given to somebody.
 */
export function missingOf(draft: Pick<Draft, "kind" | "slots" | "unknown">): SlotName[] {
  if (draft.kind === "report") return missingSlots(draft.slots, draft.unknown);
  const { anonymous: _, ...named } = draft.slots;
  return missingSlots({ reportType: "其他", ...named }, draft.unknown).filter((name) => name !== "infringer");
}

function aidQuestion(draft: Draft, missing: readonly SlotName[]): Question {
  if (missing.includes("county"))
    return {
      asking: ["county"],
      text: "ask.aid.county",
      options: draft.countyChoices.map((name) => `county:${name}`),
    };
  if (draft.slots.description === undefined && !draft.asked.includes("description"))
    return { asking: ["description"], text: "ask.aid.need", options: [] };
  return { asking: ["contactName", "contactPhone"], text: "ask.aid.contact", options: [] };
}

function contactQuestion(slots: Slots, draft: Draft): Question {
  const options = ["anonymous:true"];
  if ("contactPhone" in draft.invalid)
    return { asking: ["contactPhone"], text: "ask.contact.again", options };
  if (slots.contactName !== undefined)
    return { asking: ["contactPhone"], text: "ask.contact.phone", options };
  return { asking: ["contactName", "contactPhone", "anonymous"], text: "ask.contact", options };
}

/** What could still be added to a report that is ready to file. */
export function optionalOpen(draft: Draft): SlotName[] {
  const { slots } = draft;
  if (draft.kind === "aid") return [];
  const wanted: SlotName[] = ["infringer", "product", "patentNumber"];
  return wanted.filter((name) => {
    if (slots[name] !== undefined || draft.unknown.includes(name) || draft.asked.includes(name)) return false;
    if (name === "patentNumber")
      return patentMatters.has(slots.reportType ?? "") && draft.printedNumber === null;
    if (name === "product") return !withoutGoods.has(slots.reportType ?? "");
    return true;
  });
}
