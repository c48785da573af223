import type { ReportType } from "../../reports/report.ts";
import { setSlot } from "../fill.ts";
import type { Intent } from "../message.ts";
import { phrase } from "../say.ts";
import type { Draft } from "../state.ts";
import { lexicon } from "../understanding/lexicon.ts";
import { matterOfStory } from "../understanding/matter.ts";
import type { Understanding } from "../understanding/understanding.ts";
import type { Turn } from "./turn.ts";

/** The kind that is still open: what was told altogether, or, where the person has no more to say, any other. */
export function settleMatter(
  turn: Turn,
  draft: Draft,
  said: Understanding,
  question: string | undefined,
): void {
  const { signals } = said;
  const { reportType } = draft.slots;
  if (draft.kind === "aid") return;
  // „那就告卖家“ of a platform that no office here answers for.
  const ofSeller = reportsSeller.exec(said.text)?.[0];
  if (reportType === "平台不作为" && ofSeller !== undefined) {
    const seller = matterOfStory(draft.narrative.map(withoutPlatform), lexicon());
    if (seller !== undefined && seller !== reportType) {
      setSlot(turn.notes, draft, "reportType", seller, true, "matter.seller", ofSeller);
      return;
    }
  }
  if (reportType !== undefined) {
    if (needsNoRight.has(reportType) && deniesRight.test(said.text) && turn.parts.length === 0)
      turn.parts.push(phrase("noRight.fine", { matter: reportType }));
    return;
  }
  if (draft.rightUnclear) return;
  // What only asks, greets or looks for an earlier report tells nothing, and nothing more is told by it.
  const tells = said.text.length >= 8 && question === undefined && said.intents.every(isTelling);
  const words = lexicon();
  const story = draft.narrative.filter((line) => !words.question.test(line)).slice(-6);
  const more = turn.notes.gained > 0 || tells;
  const told = more && story.length >= 2 ? matterOfStory(story, words) : undefined;
  if (told !== undefined) {
    setSlot(turn.notes, draft, "reportType", told, false, "matter.story", said.text);
    return;
  }
  const noMore = signals.submit || signals.finish || signals.skip || signals.unknown;
  if (!noMore || question !== undefined || !draft.asking.includes("reportType")) return;
  setSlot(turn.notes, draft, "reportType", "其他", false, "matter.open", said.text);
  turn.parts.push(phrase("matter.open"));
}

/**
 * „我没有专利，这算侵犯专利权吧“: whose goods have no patent reports none infringed, whatever they call it.
 * Returns whether it is open now what right they have.
 */
export function openRight(turn: Turn, draft: Draft, said: Understanding): boolean {
  const { slots } = draft;
  if (slots.reportType !== "专利侵权" || slots.patentNumber !== undefined || !deniesOwnPatent.test(said.text))
    return false;
  turn.trace.push({ rule: "noRight", slot: "reportType", text: said.text });
  delete slots.reportType;
  draft.rightUnclear = true;
  if (!draft.unknown.includes("patentNumber")) draft.unknown.push("patentNumber");
  turn.notes.gained += 1;
  return true;
}

export const deniesOwnPatent =
  /(?:^|[，。！\s])(?:其实|可是?|但是?|不过|说实话)?(?:(?:我|俺|咱)(?:们|家|厂|这|那)*)?(?:也|又|都|可|从来|压根|根本)*没(?:有)?(?:去)?(?:申请|申|注册|办|报)?(?:过)?(?:什么|啥)?专利|(?:我|俺|咱)(?:们|家|厂)*(?:啥|什么)?专利(?:、|和|跟)?(?:啥|什么)?(?:商标)?(?:也|都|全|又)*没(?:有)?(?:办|申请|申)/u;

/** What a report is of that rests on a law. */
const mattersOfLaws: readonly (readonly [law: string, matter: ReportType])[] = [
  ["反不正当竞争法", "不正当竞争"],
  ["商标法", "商标侵权"],
  ["著作权法", "著作权"],
  ["消费者权益保护法", "消费投诉"],
  ["专利代理条例", "代理违法"],
];

/** „那就照这条报“ after an answer of the law: of what that law is about. */
export function settleByTalk(turn: Turn, draft: Draft, { text }: Understanding): void {
  const { topic } = turn.memory;
  const said = /[按照依](?:着)?(?:这|那)(?:个|条|种|样|法|一条)?(?:来)?(?:报|告|举报|投诉|登记|反映)/u.exec(
    text,
  )?.[0];
  const matter = mattersOfLaws.find(([law]) => topic?.law === law)?.[1];
  const isOpen = draft.slots.reportType === undefined || draft.slots.reportType === "其他";
  if (said === undefined || matter === undefined || !isOpen || draft.kind !== "report") return;
  setSlot(turn.notes, draft, "reportType", matter, true, "matter.ofTalk", said);
}

/** „那就告卖家“, „只举报店家“. */
const reportsSeller =
  /(?:告|举报|投诉|追究|查)(?:这个?|那个?|它的?)?(?:卖家|商家|店家|店主|网店|店铺|卖货的)/u;

/** What is told of the seller: without the clauses that tell of the platform. */
const withoutPlatform = (line: string): string =>
  line.replace(/[^，。,;；\s]*(?:平台|投诉)[^，。,;；\s]*/gu, "").replace(/告卖家/u, "");

/** Intents of a message that may tell more of the matter. */
const isTelling = (intent: Intent): boolean => ["report", "provide_info", "correct", "deny"].includes(intent);

/** Matters that need no patent, mark or work of one's own. */
export const needsNoRight: ReadonlySet<ReportType> = new Set([
  "不正当竞争",
  "侵犯商业秘密",
  "消费投诉",
  "著作权",
]);

/** „没申请专利“, „商标也没注册“. */
export const deniesRight =
  /(?:没(?:有)?|不是)(?:申请|注册|办|报|领|登记)?(?:过|什么|啥)?(?:专利|商标|版权|权利)|(?:专利|商标|版权|著作权)(?:也|都|压根|从来|根本|一直)*(?:没|未)/u;
