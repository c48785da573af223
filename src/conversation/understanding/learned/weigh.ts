import { type Found, overlaps, type Span } from "../spans.ts";
import type { Tagging } from "./tagger.ts";
import type { TaggedSlot } from "./tags.ts";

/** From which probability the tagger adds, takes back, or puts another in place, by held-out folds (docs/decisions/024). */
const bounds: Readonly<Record<TaggedSlot, { add: number; veto: number; prefer: number }>> = {
  infringer: { add: 0.4, veto: 0.12, prefer: 0.3 },
  product: { add: 0.5, veto: 0.12, prefer: 0.5 },
  contactName: { add: 0.5, veto: 0.3, prefer: 0.3 },
};

/** By how much likelier another slot must be for what only has the shape of this one. */
const claimedFrom = 0.2;

/** What a slot's value is, from what the rules propose and what the tagger sees. */
export function weigh(
  slot: TaggedSlot,
  candidates: readonly Found<string>[],
  tagging: Tagging,
  {
    other,
    placed,
    aside,
  }: {
    /** The value of another slot, of which this one's is no part. */
    other?: Span | undefined;
    /** Whether a value stands right behind a town: what the rules read there is hardly ever nobody's name. */
    placed?: (value: Span) => boolean;
    /** Whether a value is only told beside, so that any other that was learned is rather it. */
    aside?: (value: Span) => boolean;
  } = {},
): Found<string> | undefined {
  const { add, veto, prefer } = bounds[slot];
  const [first] = candidates;
  const best = tagging.spans
    .filter((span) => span.slot === slot && span.probability >= add)
    .filter((span) => other === undefined || !overlaps(span, other))
    .sort((a, b) => b.probability - a.probability)[0];
  const learned =
    best === undefined || (slot !== "contactName" && best.value.length < 2)
      ? undefined
      : { value: best.value, start: best.start, end: best.end, rule: `${slot}.learned` };
  if (first === undefined) return learned;
  // Who is said outright to be reported is; so is a variety by its name, and what is sold as another's.
  if (/\.(?:reported|variety|sold|mended|spelled|isCalled|latin|surnameSaid)$/u.test(first.rule))
    return first;
  const share = tagging.share(slot, first);
  // „橡套电缆“ reads like a firm, and is what the goods are.
  const claimed = tagging.spans.some(
    (span) => span.slot !== slot && overlaps(span, first) && span.probability - share >= claimedFrom,
  );
  if (claimed && learned === undefined && /\.(?:shape|bare)$/u.test(first.rule)) return undefined;
  if (
    learned !== undefined &&
    best !== undefined &&
    !overlaps(learned, first) &&
    best.probability - share >= (aside?.(first) === true ? 0 : prefer)
  )
    return learned;
  // „买了桶车用柴油“: where the two cross, the much surer one.
  const crosses =
    learned !== undefined &&
    overlaps(learned, first) &&
    (learned.start > first.start
      ? learned.end > first.end
      : learned.end < first.end && learned.start < first.start);
  if (crosses && (best?.probability ?? 0) >= 0.9 && (best?.probability ?? 0) - share >= 0.3) return learned;
  // „牌子写着聚仙枣行“ as a whole is an answer; the name is what stands in it.
  const within = learned !== undefined && learned.start > first.start && learned.end <= first.end;
  if (within && first.rule.endsWith(".bare") && (best?.probability ?? 0) >= 0.6) return learned;
  const announced = /\.(?:named|called|quoted|quotedShop|kin|told|full|mended|pointed|live|spaced)$/u.test(
    first.rule,
  );
  // „有个小家电厂佳美乐“: what stands behind the word for the firm is its name.
  const goesOn = learned !== undefined && learned.start === first.start && learned.end > first.end;
  if (slot === "infringer" && goesOn && best !== undefined && best.probability >= 0.8) return learned;
  // „卖皮草领子的“: what holds all that the rules read, and more, is what it is called.
  const holds =
    learned !== undefined &&
    learned.start <= first.start &&
    learned.end >= first.end &&
    learned.value !== first.value;
  if (holds && (best?.probability ?? 0) >= 0.9) return learned;
  const lenient = /\.(?:registered|isCalled|quotedShop)$/u.test(first.rule)
    ? veto / 1000
    : announced || placed?.(first) === true
      ? veto / 5
      : veto;
  // No name of one character was ever learned.
  const plain =
    first.value.length < 2 || /^product\.(?:pointed|quoted|faked?|purchase|used)$/u.test(first.rule);
  // What is shaped like a whole name and stands alone is one, however odd where it stands: 恒辉杂技道具厂.
  const whole =
    learned === undefined &&
    /\.(?:placed|shape|suffix)$/u.test(first.rule) &&
    /^(?:[\u4e00-\u9fff]{4,}(?:厂|公司|店|坊|商行|门市|合作社)|[\u4e00-\u9fff]{2,}(?:经营|经销|咨询|服务|营业|批发)部)$/u.test(
      first.value,
    );
  const least = slot === "infringer" ? (whole ? 0 : lenient) : plain ? 0 : veto;
  return share < least ? undefined : first;
}
