import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { parse } from "yaml";
import { featuresOf, type TagContext } from "../../src/conversation/understanding/learned/tag-features.ts";
import { noTagger } from "../../src/conversation/understanding/learned/tagger.ts";
import { type TaggedSlot, taggedSlots } from "../../src/conversation/understanding/learned/tags.ts";
import { createReaders } from "../../src/conversation/understanding/readers.ts";
import { overlaps } from "../../src/conversation/understanding/spans.ts";
import { understand } from "../../src/conversation/understanding/understand.ts";
import { createGazetteer } from "../../src/regions/gazetteer.ts";
import { type SlotName, slotNames } from "../../src/reports/report.ts";
import { fold } from "../../src/text/fold.ts";
import { type Label, parseLabelled } from "../../test/evals/slot-runner/labelled.ts";
import { type Chance, pick } from "./chance.ts";

/** A message with the parts that say what is learned, in the folded text. */
export type Marked = {
  id: string;
  text: string;
  asking: SlotName[];
  spans: { slot: TaggedSlot; start: number; end: number }[];
};

/** A message as the learner sees it. */
export type Sample = { id: string; features: string[][]; gold: number[] };

const askedTogether: readonly (readonly SlotName[])[] = [
  ["infringer", "location", "platform"],
  ["contactName", "contactPhone", "anonymous"],
];
const askingOf = (pending: SlotName | undefined): SlotName[] =>
  pending === undefined ? [] : [...(askedTogether.find(([first]) => first === pending) ?? [pending])];

const valuesOf = (label: Label | undefined): string[] =>
  label === undefined
    ? []
    : (typeof label === "object" ? label.any : [label]).flatMap((one) =>
        typeof one === "string" ? [fold(one)] : [],
      );

/** The labelled sentences of a file, with the labels found in the text; without those that may be read two ways. */
export function readLabelled(path: string): Marked[] {
  const certain = parseLabelled(readFileSync(path, "utf8"), path).filter(
    ({ lenient = [] }) => !taggedSlots.some((slot) => lenient.includes(slot)),
  );
  return certain.map(({ id, text: raw, pending, slots }) => {
    const text = fold(raw);
    const spans: Marked["spans"] = [];
    for (const slot of taggedSlots) {
      const held = valuesOf(slots[slot])
        .filter((value) => text.includes(value))
        .sort((a, b) => b.length - a.length);
      const [value] = held;
      if (value === undefined) continue;
      for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + value.length)) {
        const span = { slot, start: at, end: at + value.length };
        if (!spans.some((other) => other.start < span.end && span.start < other.end)) spans.push(span);
      }
    }
    return { id, text, asking: askingOf(pending), spans };
  });
}

const letters: Readonly<Record<string, TaggedSlot>> = {
  F: "infringer",
  P: "product",
  C: "contactName",
};

/** Sentences with their values marked in place: `[L兴济镇]的[F老味道香油]`; a leading `slot>` tells what was asked; `idle>`, `confirm>`: nothing. */
export function readMarked(path: string): Marked[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .flatMap((line, index) => {
      if (line.trim() === "" || line.startsWith("#")) return [];
      const lead = /^(?<slot>[a-zA-Z]+)>/.exec(line)?.groups?.["slot"];
      const asked = slotNames.find((name) => name === lead);
      if (lead !== undefined && asked === undefined && lead !== "idle" && lead !== "confirm")
        throw new Error(`${path}:${index + 1}: no slot is called ${lead}`);
      let rest = fold(lead === undefined ? line : line.slice(lead.length + 1)).replace(
        /\[L([^\]]+)\]/gu,
        "$1",
      );
      const spans: Marked["spans"] = [];
      for (;;) {
        const match = /\[(?<letter>[FPC])(?<value>[^\]]+)\]/u.exec(rest);
        const { letter = "", value = "" } = match?.groups ?? {};
        const slot = letters[letter];
        if (match === null || slot === undefined) break;
        spans.push({ slot, start: match.index, end: match.index + value.length });
        rest = rest.slice(0, match.index) + value + rest.slice(match.index + match[0].length);
      }
      return [{ id: `${basename(path, ".txt")}:${index + 1}`, text: rest, asking: askingOf(asked), spans }];
    });
}

/**
 * Messages of dialogues with the values that they are expected to give. What is named but not expected is not told, so
 * a message in which the rules read more than is expected teaches nothing.
 */
export function readDialogue(path: string): Marked[] {
  const { scenarios } = parse(readFileSync(path, "utf8")) as {
    scenarios: {
      id: string;
      steps: { user?: string; voice?: string; expect?: { slots?: Record<string, unknown> } }[];
    }[];
  };
  const readers = createReaders({ gazetteer: createGazetteer(), presentYear: () => 2026, tag: noTagger });
  return scenarios.flatMap(({ id, steps }) =>
    steps.flatMap(({ user, voice, expect }, index) => {
      const text = fold(user ?? voice ?? "");
      if (text === "") return [];
      const read = understand(
        text,
        { asking: [], drafting: true, confirming: false },
        "2026-11-26",
        readers,
      ).slots;
      const spans: Marked["spans"] = [];
      for (const slot of taggedSlots) {
        const rule = read[slot];
        const wanted = wantedValue(expect?.slots?.[slot]);
        if (wanted === undefined || !text.includes(wanted)) {
          if (rule !== undefined || wanted !== undefined) return [];
          continue;
        }
        if (rule?.value.includes(wanted) === true) spans.push({ slot, start: rule.start, end: rule.end });
        else {
          // Goods are not those that the firm is named for: the last that is no part of another value.
          const at = text.lastIndexOf(wanted);
          const span = { slot, start: at, end: at + wanted.length };
          if (spans.some((other) => overlaps(other, span))) return [];
          spans.push(span);
        }
      }
      return [{ id: `${id}.${index}`, text, asking: [], spans }];
    }),
  );
}

/** The value that a rule of a dialogue names, where it names one. */
function wantedValue(rule: unknown): string | undefined {
  if (typeof rule === "string") return fold(rule);
  if (typeof rule !== "object" || rule === null) return undefined;
  const { has, re } = rule as { has?: unknown; re?: unknown };
  if (typeof has === "string") return fold(has);
  return typeof re === "string" && /^\^?[\u4e00-\u9fff]+\$?$/u.test(re)
    ? fold(re.replace(/[$^]/g, ""))
    : undefined;
}

/** How a message is looked at: whether the rules' proposals are seen, and which third of the words for goods is unknown. */
export type View = { candidates: boolean; unknownThird?: 0 | 1 | 2 };

/** What the learner sees of a message: understanding reads it, and what it hands to the tagger is kept. */
export function createSampling(): (marked: Marked, view: View) => Sample | undefined {
  let seen: { text: string; context: TagContext } | undefined;
  const known = createReaders({
    gazetteer: createGazetteer(),
    presentYear: () => 2026,
    tag: (text, context) => {
      seen = { text, context };
      return noTagger(text, context, known.words);
    },
  });
  // Goods that no list holds must be found, too: they are learned by forgetting some that it does.
  const forgetful = ([0, 1, 2] as const).map((third) => {
    const goodsAt = (text: string) => {
      const word = known.words.goodsAt(text);
      return word === undefined || word.length === 1 || thirdOf(word) !== third
        ? word
        : known.words.goodsAt(text.slice(-1));
    };
    return { ...known, words: { ...known.words, goodsAt } };
  });
  return ({ id, text, asking, spans }, { candidates, unknownThird }) => {
    seen = undefined;
    const readers = (unknownThird === undefined ? undefined : forgetful[unknownThird]) ?? known;
    understand(text, { asking, drafting: asking.length > 0, confirming: false }, "2026-11-26", readers);
    const got = seen as { text: string; context: TagContext } | undefined;
    if (got === undefined || got.text.length !== text.length || text.length === 0) return undefined;
    const gold: number[] = new Array(text.length).fill(0);
    for (const { slot, start, end } of spans) {
      const first = 1 + 2 * taggedSlots.indexOf(slot);
      for (let at = start; at < end; at += 1) gold[at] = at === start ? first : first + 1;
    }
    const context = candidates
      ? got.context
      : { ...got.context, candidates: { infringer: [], product: [], contactName: [] } };
    return { id, features: featuresOf(got.text, context, readers.words), gold };
  };
}

const thirdOf = (word: string) =>
  [...word].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9973, 7) % 3;

/** What values may be put in place of others, so that their surroundings are learned rather than they. */
export type Stock = { goods: readonly string[]; stems: string; trades: readonly string[]; surnames: string };

const given =
  "建国志强秀英丽娜海涛春梅文博立新玉兰宝庆凤霞振华永胜淑芬俊杰晓燕德江桂芝洪亮金生长河双喜小军大勇明月思远红卫东升爱民连成树林雪松国栋艳玲彦龙";

/** The message with its values put for others of their kind. */
export function swapped(marked: Marked, stock: Stock, chance: Chance): Marked {
  const map = new Map<string, string>();
  let { text } = marked;
  const spans: Marked["spans"] = [];
  let shift = 0;
  for (const span of [...marked.spans].sort((a, b) => a.start - b.start)) {
    const value = marked.text.slice(span.start, span.end);
    const key = `${span.slot}${value}`;
    const other = map.get(key) ?? otherValue(span.slot, value, stock, chance);
    map.set(key, other);
    const start = span.start + shift;
    text = text.slice(0, start) + other + text.slice(start + value.length);
    spans.push({ slot: span.slot, start, end: start + other.length });
    shift += other.length - value.length;
  }
  return { ...marked, text, spans };
}

function otherValue(slot: TaggedSlot, value: string, stock: Stock, chance: Chance): string {
  const letter = (from: string) => pick([...from], chance);
  switch (slot) {
    case "product":
      return chance() < 0.25 ? value : pick(stock.goods, chance);
    case "contactName":
      return value.length < 2 || value.length > 3 || !stock.surnames.includes(value[0] ?? "")
        ? value
        : `${letter(stock.surnames)}${letter(given)}${value.length === 3 ? letter(given) : ""}`;
    case "infringer": {
      if (chance() < 0.25 || !/^[\u4e00-\u9fff]+$/u.test(value)) return value;
      const person = /^(?:老|小)[\u4e00-\u9fff]/u.test(value);
      if (person) return value[0] + letter(stock.surnames) + value.slice(2);
      const tail = /(?:[\u4e00-\u9fff]{2}(?:有限公司|厂|店|公司|商行|经营部|合作社)|有限公司|厂|店)$/u.exec(
        value,
      )?.[0];
      const stem = letter(stock.stems) + letter(stock.stems) + (chance() < 0.2 ? letter(stock.stems) : "");
      if (tail !== undefined && tail.length < value.length) return stem + tail;
      if (value.length <= 3) return chance() < 0.5 ? stem : value;
      return stem + pick(stock.trades, chance);
    }
  }
}
