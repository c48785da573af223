import type { Lexicon } from "../lexicon.ts";
import { runsOf } from "../names/nouns.ts";
import type { Clause, Found, Span } from "../spans.ts";
import { type TaggedSlot, taggedSlots } from "./tags.ts";

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
