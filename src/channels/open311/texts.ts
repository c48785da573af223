import { z } from "zod";
import { fill } from "../../text/fill.ts";
import shipped from "./data/texts.json" with { type: "json" };

const Texts = z.record(z.string(), z.string().min(1));
z.strictObject({
  source: z.string(),
  date: z.iso.date(),
  notice: Texts,
  problems: Texts,
  media: Texts,
}).parse(shipped);

/** What a client is told of a fault, with `words` in place of `{name}`. */
export const problemText = (
  name: keyof (typeof shipped)["problems"],
  words: Readonly<Record<string, string>> = {},
): string => fill(shipped.problems[name], words);

/** A sentence of a notice. */
export const noticeText = (
  name: keyof (typeof shipped)["notice"],
  words: Readonly<Record<string, string>> = {},
): string => fill(shipped.notice[name], words);

/** Why an address is not asked for a file. */
export const mediaText = (problem: string): string =>
  (shipped.media as Readonly<Record<string, string>>)[problem] ?? problem;
