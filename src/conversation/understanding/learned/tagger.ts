import { z } from "zod";
import spansData from "../../data/spans.json" with { type: "json" };
import type { Lexicon } from "../lexicon.ts";
import type { Span } from "../spans.ts";
import { bestTags, chainOf, expOf, forbidden, isForbidden } from "./label-chain.ts";
import { featuresOf, type TagContext } from "./tag-features.ts";
import { firstOf, type TaggedSlot, tagCount, taggedSlots, tags } from "./tags.ts";

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

/** A value as the tagger sees it. */
export type Tagged = Span & {
  slot: TaggedSlot;
  value: string;
  /** The probability that exactly this span is the slot's value, 0 to 1. */
  probability: number;
};

/** The reading of one message by the tagger. */
export type Tagging = {
  /** The most probable labelling's values, in order. */
  spans: readonly Tagged[];
  /** The probability, averaged over its characters, that a span belongs to a slot. */
  share(slot: TaggedSlot, span: Span): number;
};

export type Tagger = (text: string, context: TagContext, words: Lexicon) => Tagging;

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
      spans.push({
        slot,
        start,
        end,
        value: text.slice(start, end),
        probability: share(slot, { start, end }),
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
