import { z } from "zod";
import { ArticleNumber, AskedGroup, Figure } from "./digest.ts";

/** What this service can do next for somebody who reads a guide. */
export const nextSteps = ["report", "petition", "aid", "defence", "mediation", "none"] as const;
export type NextStep = (typeof nextSteps)[number];

/**
 * How to get one thing done, step by step, in our own words.
 *
 * A guide stands on articles: `law`, `edition` and `article` name the one that a careful
 * official would cite first, each step those it rests on. It is in force as long as that
 * edition is.
 */
export const Guide = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  title: z.string().min(2).max(24),
  /** Official title of the main basis, 中华人民共和国 left out. */
  law: z.string().min(2),
  edition: z.iso.date(),
  article: ArticleNumber,
  /** The day somebody last held it against the texts. */
  checked: z.iso.date(),
  /** `secondary`: a main fact is known only second hand. */
  confidence: z.enum(["text", "secondary"]),
  summary: z.string().min(8).max(240),
  steps: z
    .array(z.strictObject({ text: z.string().min(4).max(160), basis: z.array(z.string()).default([]) }))
    .min(2)
    .max(8),
  /** What to have ready, as short phrases. */
  materials: z.array(z.string().min(2)).default([]),
  /** `basis`: the article in whose text `written` stands. */
  figures: z.array(z.strictObject({ ...Figure.shape, basis: z.string() })).default([]),
  asked: z.array(AskedGroup).min(2),
  keywords: z.array(z.string().min(1)).default([]),
  next: z.enum(nextSteps),
  related: z.array(z.string()).default([]),
});
export type Guide = z.infer<typeof Guide>;
