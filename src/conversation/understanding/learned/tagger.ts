import { z } from "zod";
import spansData from "../../data/spans.json" with { type: "json" };
import type { Lexicon } from "../lexicon.ts";
import { runsOf } from "../names/nouns.ts";
import { type Clause, type Found, overlaps, type Span } from "../spans.ts";

/** The slots that are learned from labelled sentences, beside the rules. */
export const taggedSlots = ["infringer", "product", "contactName"] as const;
export type TaggedSlot = (typeof taggedSlots)[number];

/** Labels of a character: none, or the first or a further one of a slot's value. */
export const tags = ["O", ...taggedSlots.flatMap((slot) => [`B-${slot}`, `I-${slot}`])];
const tagCount = tags.length;
const firstOf = (slot: TaggedSlot) => 1 + 2 * taggedSlots.indexOf(slot);

/** Weights are stored as whole parts of 1, one character a weight. */
export const weightScale = 8;
const zero = "O".charCodeAt(0);
/** The largest weight that a character holds, in units of 1/`weightScale`. */
const mostWeight = 40;

/** Weights of a feature as the model holds them: one character a label, those of no weight at the end left out. */
export const packed = (weights: readonly number[]): string =>
  String.fromCharCode(
    ...weights.map(
      (weight) => zero + Math.max(-mostWeight, Math.min(mostWeight, Math.round(weight * weightScale))),
    ),
  ).replace(/O+$/, "");

const unpacked = (letters: string): Float64Array =>
  Float64Array.from({ length: letters.length }, (_, tag) => (letters.charCodeAt(tag) - zero) / weightScale);

const Model = z.object({
  source: z.string(),
  date: z.iso.date(),
  tags: z.array(z.string()).refine((names) => names.join() === tags.join()),
  /** Weight of a label behind another, in units of 1/`weightScale`; the first row is the beginning. */
  transitions: z.array(z.array(z.int()).length(tagCount)).length(tagCount + 1),
  /** Weights of each feature for each label, packed. */
  features: z.record(z.string(), z.string().max(tagCount)),
});
export type TaggerModel = z.infer<typeof Model>;

/** What was read of a message before, for the features. */
export type TagContext = {
  clauses: readonly Clause[];
  /** Numbers, telephones, links. */
  taken: readonly Span[];
  places: readonly Span[];
  phones: readonly Span[];
  asking: readonly string[];
  /** What the rules propose for each slot, best first. */
  candidates: { [S in TaggedSlot]: readonly Found<string>[] };
};

/** A value as the tagger sees it. */
export type Tagged = Span & {
  slot: TaggedSlot;
  value: string;
  /** The probability that exactly this span is the slot's value, 0 to 1. */
  probability: number;
  /** The features that speak most for it, with their weight. */
  evidence: readonly string[];
};

/** The reading of one message by the tagger. */
export type Tagging = {
  /** The most probable labelling's values, in order. */
  spans: readonly Tagged[];
  /** The probability, averaged over its characters, that a span belongs to a slot. */
  share(slot: TaggedSlot, span: Span): number;
};

export type Tagger = (text: string, context: TagContext, words: Lexicon) => Tagging;

const isHan = (letter: string) => letter >= "\u4e00" && letter <= "\u9fff";
const kindOf = (letter: string): string => {
  if (isHan(letter)) return "h";
  if (letter >= "0" && letter <= "9") return "d";
  if ((letter >= "a" && letter <= "z") || (letter >= "A" && letter <= "Z")) return "a";
  if ('“"「『《'.includes(letter)) return "(";
  if ("”」』》".includes(letter)) return ")";
  return letter.trim() === "" ? "s" : "p";
};

let segmenter: Intl.Segmenter | undefined;

/** Words of running text (ICU's dictionary): for each character the word it is in, and where in it. */
function wordsIn(text: string): { at: number; index: number; start: number; end: number; word: string }[] {
  segmenter ??= new Intl.Segmenter("zh", { granularity: "word" });
  const parts: { at: number; index: number; start: number; end: number; word: string }[] = [];
  let index = 0;
  for (const { segment, index: start } of segmenter.segment(text)) {
    for (let at = start; at < start + segment.length; at += 1)
      parts.push({ at, index, start, end: start + segment.length, word: segment });
    index += 1;
  }
  return parts;
}

/** Marks what lies in spans, character by character. */
function masked(length: number, spans: readonly Span[]): Uint8Array {
  const mask = new Uint8Array(length);
  for (const { start, end } of spans) mask.fill(1, start, end);
  return mask;
}

const bucket = (n: number) => (n <= 4 ? String(n) : n <= 7 ? "5" : n <= 12 ? "8" : "9");

/** The features of each character. Their names are the keys of the model. */
export function featuresOf(text: string, context: TagContext, words: Lexicon): string[][] {
  const { length } = text;
  const inPlace = masked(length, context.places);
  const inPhone = masked(length, context.phones);
  const inNumber = masked(length, context.taken);
  // What a place, a number or a phone says does not matter beside it, only that it stands there.
  const letters: string[] = [];
  for (let at = 0; at < length; at += 1) {
    const letter = text[at] ?? "";
    letters.push(
      inPhone[at] === 1
        ? "☎"
        : inPlace[at] === 1
          ? "⌖"
          : inNumber[at] === 1
            ? "№"
            : letter >= "0" && letter <= "9"
              ? "0"
              : letter,
    );
  }
  const letterAt = (at: number) => (at < 0 ? "^" : at >= length ? "$" : (letters[at] ?? ""));
  const parts = wordsIn(text);
  const wordAt = (at: number): string => {
    const part = parts[at];
    if (at < 0) return "^";
    if (part === undefined) return "$";
    const sign = letterAt(at);
    return sign === "⌖" || sign === "☎" || sign === "№" || sign === "0" ? sign : part.word;
  };

  // Words for goods and for firms: where one ends, how long it is, and how far the next end lies.
  const goodsLength = new Uint8Array(length);
  const firmLength = new Uint8Array(length);
  for (let at = 0; at < length; at += 1) {
    if (!isHan(text[at] ?? "") || inPlace[at] === 1) continue;
    const end = text.slice(Math.max(0, at - 7), at + 1);
    const goods = words.goodsAt(end);
    if (goods !== undefined) {
      const unlike = words.notGoodsAt(end);
      if (unlike === undefined || unlike.length < goods.length) goodsLength[at] = goods.length;
    }
    firmLength[at] = words.firmSuffixAt(end)?.length ?? 0;
  }
  const ahead = (lengths: Uint8Array, at: number): string => {
    let furthest = "-";
    for (let next = at; next < Math.min(length, at + 7); next += 1) {
      if (!isHan(letters[next] ?? "")) break;
      const found = lengths[next] ?? 0;
      if (found >= 2) return `${next - at}${next - found + 1 <= at ? "w" : "l"}`;
      if (found === 1 && furthest === "-") furthest = `${next - at}s`;
    }
    return furthest;
  };

  // Runs between function words, for goods and for firms.
  const masks = [...context.taken, ...context.places];
  type Around = Span & { around: string[] };
  const goodsRun: (Around | undefined)[] = new Array(length);
  for (const { start, end } of runsOf(context.clauses, masks, words.goodsParting)) {
    const before = letterAt(start - 1);
    const around = [
      `b${letterAt(start - 2)}${before}`,
      `q${letterAt(end)}${letterAt(end + 1)}`,
      `B${before}`,
      `Q${letterAt(end)}`,
      `D${wordAt(start - 1)}|${wordAt(end)}`,
      `E${Math.min(2, goodsLength[end - 1] ?? 0)}${before}`,
    ];
    goodsRun.fill({ start, end, around }, start, end);
  }
  const firmRun: (Around | undefined)[] = new Array(length);
  for (const { start, end } of runsOf(context.clauses, masks, words.firmParting)) {
    const before = letterAt(start - 1);
    const around = [
      `J${letterAt(start - 2)}${before}`,
      `K${letterAt(end)}${letterAt(end + 1)}`,
      `N${Math.min(2, firmLength[end - 1] ?? 0)}${before}`,
    ];
    firmRun.fill({ start, end, around }, start, end);
  }

  const clauseAt: (Clause | undefined)[] = new Array(length);
  for (const clause of context.clauses) clauseAt.fill(clause, clause.start, clause.end);
  const asked =
    taggedSlots.find((slot) => context.asking.includes(slot)) ?? (context.asking.length > 0 ? "+" : "-");

  const candidateAt: string[][] = Array.from({ length }, () => []);
  for (const slot of taggedSlots) {
    for (const [rank, found] of context.candidates[slot].entries()) {
      for (let at = Math.max(0, found.start); at < Math.min(length, found.end); at += 1) {
        const edge = at === found.start ? "B" : at === found.end - 1 ? "E" : "I";
        const order = rank === 0 ? "1" : "2";
        candidateAt[at]?.push(`r${slot[0]}${order}${edge}`);
        if (rank === 0) candidateAt[at]?.push(`R${found.rule}${edge === "E" ? "I" : edge}`);
      }
      candidateAt[found.end]?.push(`r${slot[0]}>`);
    }
  }

  const quoteDepth = new Uint8Array(length);
  let open = -1;
  for (let at = 0; at < length; at += 1) {
    const letter = text[at] ?? "";
    if ("“「『".includes(letter)) open = at;
    else if ("”」』".includes(letter)) open = -1;
    else if (open >= 0 && at - open < 18) quoteDepth[at] = 1;
  }

  const lastPlace = new Int16Array(length).fill(-1);
  for (const place of context.places) lastPlace.fill(place.end, place.end, length);

  return letters.map((letter, at) => {
    const b1 = letterAt(at - 1);
    const b2 = letterAt(at - 2);
    const a1 = letterAt(at + 1);
    const a2 = letterAt(at + 2);
    const part = parts[at];
    const clause = clauseAt[at];
    const place =
      part === undefined
        ? ""
        : part.start === at
          ? part.end === at + 1
            ? "S"
            : "B"
          : part.end === at + 1
            ? "E"
            : "M";
    const features = [
      "*",
      `0${letter}`,
      `1${b1}`,
      `2${a1}`,
      `3${b2}`,
      `4${a2}`,
      `5${b1}${letter}`,
      `6${letter}${a1}`,
      `7${b2}${b1}`,
      `8${a1}${a2}`,
      `k${kindOf(b1)}${kindOf(letter)}${kindOf(a1)}`,
      `g${ahead(goodsLength, at)}`,
      `h${ahead(goodsLength, at - 1)}${goodsLength[at - 1] ?? 0}`,
      `f${ahead(firmLength, at)}`,
      `e${Math.min(3, goodsLength[at] ?? 0)}${Math.min(3, firmLength[at] ?? 0)}`,
      `j${Math.min(3, goodsLength[at - 1] ?? 0)}${Math.min(3, firmLength[at - 1] ?? 0)}`,
      `s${words.firmStem.has(letter) ? 1 : 0}${words.firmStem.has(a1) ? 1 : 0}${words.firmStem.has(b1) ? 1 : 0}`,
      `n${words.surnames.has(letter) ? 1 : 0}${place}`,
      `m${words.surnames.has(b1) ? 1 : 0}${words.surnames.has(b2) ? 1 : 0}${kindOf(a1)}`,
      ...(candidateAt[at] ?? []),
    ];
    if (part !== undefined && isHan(letter)) {
      features.push(`w${part.word}`, `p${place}`);
      features.push(`v${wordAt(part.start - 1)}`, `u${wordAt(part.end)}`);
      features.push(`x${wordAt(part.start - 1)}${place}`, `y${wordAt(part.end)}${place}`);
    }
    if (clause !== undefined) {
      const from = at - clause.start;
      const left = clause.end - at - 1;
      features.push(`c${bucket(from)}`, `d${bucket(left)}`);
      features.push(
        `l${bucket(clause.text.length)}${asked}`,
        `a${asked}${from === 0 ? "B" : "I"}${bucket(clause.text.length)}`,
      );
      const first = clause === context.clauses[0];
      features.push(`C${first ? 1 : 0}${bucket(from)}`);
      const since = lastPlace[at] ?? -1;
      if (since >= clause.start && at - since < 8)
        features.push(`L${text.slice(since, at)}`, `M${at - since}`);
    }
    const goods = goodsRun[at];
    if (goods !== undefined)
      features.push(`G${bucket(at - goods.start)}`, `H${bucket(goods.end - 1 - at)}`, ...goods.around);
    else features.push("G-");
    const firm = firmRun[at];
    if (firm !== undefined)
      features.push(`F${bucket(at - firm.start)}`, `I${bucket(firm.end - 1 - at)}`, ...firm.around);
    else features.push("F-");
    if (quoteDepth[at] === 1) {
      let from = at;
      while (from > 0 && quoteDepth[from - 1] === 1) from -= 1;
      let to = at;
      while (to < length - 1 && quoteDepth[to + 1] === 1) to += 1;
      features.push(
        `O${from === at ? "B" : "I"}`,
        `P${letterAt(from - 3)}${letterAt(from - 2)}`,
        `S${letterAt(to + 2)}${letterAt(to + 3)}`,
      );
    }
    return features;
  });
}

/** e to the weights of a label behind another; the first row is the beginning. */
export const expOf = (transitions: readonly Float64Array[]): Float64Array[] =>
  transitions.map((row) => row.map((weight) => Math.exp(weight)));

/**
 * A linear chain over the labels of characters: the probability of each label of each character, by the forward-backward
 * algorithm (Rabiner 1989, scaled), and of two labels in a row. Shared with training.
 */
export function chainOf(emissions: readonly Float64Array[], expTransitions: readonly Float64Array[]) {
  const length = emissions.length;
  const factors = emissions.map((row) => {
    let most = row[0] ?? 0;
    for (const score of row) if (score > most) most = score;
    return row.map((score) => Math.exp(score - most));
  });
  const none = new Float64Array(tagCount);
  const rows = expTransitions;
  const alpha: Float64Array[] = [];
  for (let at = 0; at < length; at += 1) {
    const row = new Float64Array(tagCount);
    const last = alpha[at - 1];
    if (last === undefined) row.set(rows[0] ?? none);
    else
      for (let from = 0; from < tagCount; from += 1) {
        const weight = last[from] ?? 0;
        if (weight < 1e-12) continue;
        const leave = rows[from + 1] ?? none;
        for (let to = 0; to < tagCount; to += 1) row[to] = (row[to] ?? 0) + weight * (leave[to] ?? 0);
      }
    const factor = factors[at] ?? none;
    let sum = 0;
    for (let tag = 0; tag < tagCount; tag += 1) {
      const value = (row[tag] ?? 0) * (factor[tag] ?? 0);
      row[tag] = value;
      sum += value;
    }
    for (let tag = 0; tag < tagCount; tag += 1) row[tag] = (row[tag] ?? 0) / sum;
    alpha.push(row);
  }
  const beta: Float64Array[] = new Array(length);
  for (let at = length - 1; at >= 0; at -= 1) {
    const row = new Float64Array(tagCount);
    const next = beta[at + 1];
    if (next === undefined) row.fill(1);
    else {
      const factor = factors[at + 1] ?? none;
      let sum = 0;
      for (let tag = 0; tag < tagCount; tag += 1) {
        const leave = rows[tag + 1] ?? none;
        let value = 0;
        for (let to = 0; to < tagCount; to += 1)
          value += (leave[to] ?? 0) * (factor[to] ?? 0) * (next[to] ?? 0);
        row[tag] = value;
        sum += value;
      }
      for (let tag = 0; tag < tagCount; tag += 1) row[tag] = (row[tag] ?? 0) / sum;
    }
    beta[at] = row;
  }
  const marginals = alpha.map((row, at) => {
    const product = row.map((value, tag) => value * (beta[at]?.[tag] ?? 0));
    const sum = product.reduce((total, value) => total + value, 0);
    return product.map((value) => value / sum);
  });
  /** The probabilities of each pair of labels at `at - 1` and `at`, rows by the first. */
  const pairs = (at: number): Float64Array[] => {
    const before = alpha[at - 1] ?? none;
    const behind = beta[at] ?? none;
    const factor = factors[at] ?? none;
    let sum = 0;
    const found = Array.from(before, (weight, from) => {
      const leave = rows[from + 1] ?? none;
      return Float64Array.from({ length: tagCount }, (_, to) => {
        const value = weight * (leave[to] ?? 0) * (factor[to] ?? 0) * (behind[to] ?? 0);
        sum += value;
        return value;
      });
    });
    for (const row of found) for (let to = 0; to < tagCount; to += 1) row[to] = (row[to] ?? 0) / sum;
    return found;
  };
  return { marginals, pairs };
}

/** The most probable labels. */
export function bestTags(emissions: readonly Float64Array[], transitions: readonly Float64Array[]): number[] {
  const back: Uint8Array[] = [];
  let scores = new Float64Array(tagCount);
  for (const [at, emission] of emissions.entries()) {
    const next = new Float64Array(tagCount);
    const from = new Uint8Array(tagCount);
    for (let tag = 0; tag < tagCount; tag += 1) {
      let best = Number.NEGATIVE_INFINITY;
      if (at === 0) best = transitions[0]?.[tag] ?? 0;
      else
        for (let last = 0; last < tagCount; last += 1) {
          const score = (scores[last] ?? 0) + (transitions[last + 1]?.[tag] ?? 0);
          if (score > best) {
            best = score;
            from[tag] = last;
          }
        }
      next[tag] = best + (emission[tag] ?? 0);
    }
    scores = next;
    back.push(from);
  }
  let tag = 0;
  for (let other = 1; other < tagCount; other += 1)
    if ((scores[other] ?? 0) > (scores[tag] ?? 0)) tag = other;
  const path: number[] = new Array(emissions.length);
  for (let at = emissions.length - 1; at >= 0; at -= 1) {
    path[at] = tag;
    tag = back[at]?.[tag] ?? 0;
  }
  return path;
}

/** Labels that no labelling holds: a further character without a first one before it. */
export const forbidden = -1000;
export function isForbidden(from: number, to: number): boolean {
  if (to === 0 || to % 2 === 1) return false;
  return from !== to && from !== to - 1;
}

/** A tagger that goes by a model. Pure. */
export function createTagger(model: TaggerModel): Tagger {
  const features = new Map(
    Object.entries(model.features).map(([name, letters]) => [name, unpacked(letters)]),
  );
  const transitions = model.transitions.map((row, from) =>
    Float64Array.from(row, (weight, to) => (isForbidden(from - 1, to) ? forbidden : weight / weightScale)),
  );
  const exponentials = expOf(transitions);
  return (text, context, words) => {
    const named = featuresOf(text, context, words);
    const emissions = named.map((names) => {
      const emission = new Float64Array(tagCount);
      for (const name of names) {
        const weights = features.get(name);
        if (weights === undefined) continue;
        for (let tag = 0; tag < weights.length; tag += 1)
          emission[tag] = (emission[tag] ?? 0) + (weights[tag] ?? 0);
      }
      return emission;
    });
    const { marginals } = chainOf(emissions, exponentials);
    const path = bestTags(emissions, transitions);
    const marginal = (at: number, tag: number) => marginals[at]?.[tag] ?? 0;
    const share = (slot: TaggedSlot, { start, end }: Span) => {
      let sum = 0;
      for (let at = start; at < end; at += 1)
        sum += marginal(at, firstOf(slot)) + marginal(at, firstOf(slot) + 1);
      return end > start ? sum / (end - start) : 0;
    };
    const spans: Tagged[] = [];
    for (let start = 0; start < path.length; start += 1) {
      const tag = path[start] ?? 0;
      if (tag % 2 === 0) continue;
      let end = start + 1;
      while (path[end] === tag + 1) end += 1;
      const slot = taggedSlots[(tag - 1) / 2];
      if (slot === undefined) continue;
      const strongest = new Map<string, number>();
      for (let at = start; at < end; at += 1)
        for (const name of named[at] ?? []) {
          const weight = features.get(name)?.[at === start ? tag : tag + 1] ?? 0;
          if (weight > 0) strongest.set(name, (strongest.get(name) ?? 0) + weight);
        }
      const evidence = [...strongest]
        .sort((a, b) => b[1] - a[1])
        .slice(0, 4)
        .map(([name, weight]) => `${name}:${weight.toFixed(1)}`);
      spans.push({
        slot,
        start,
        end,
        value: text.slice(start, end),
        probability: share(slot, { start, end }),
        evidence,
      });
    }
    return { spans, share };
  };
}

let shipped: Tagger | undefined;

/** The tagger that goes by `data/spans.json`, read once. @throws {z.ZodError} if the file is not as it must be. */
export function tagger(): Tagger {
  shipped ??= createTagger(Model.parse(spansData));
  return shipped;
}

/** A tagger that sees nothing: the rules decide alone. */
export const noTagger: Tagger = () => ({ spans: [], share: () => 1 });

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
  if (/\.(?:reported|variety|sold|mended|spelled|isCalled|latin)$/u.test(first.rule)) return first;
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
  const announced = /\.(?:named|called|quoted|quotedShop|kin|told|full|mended|pointed|live)$/u.test(
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
  const plain = first.value.length < 2 || /^product\.(?:pointed|quoted|fake)$/u.test(first.rule);
  // What is shaped like a whole name and stands alone is one, however odd where it stands: 恒辉杂技道具厂.
  const whole =
    learned === undefined &&
    /\.(?:placed|shape)$/u.test(first.rule) &&
    /^[\u4e00-\u9fff]{4,}(?:厂|公司|店|坊|商行|门市|经营部|合作社)$/u.test(first.value);
  const least = slot === "infringer" ? (whole ? 0 : lenient) : plain ? 0 : veto;
  return share < least ? undefined : first;
}
