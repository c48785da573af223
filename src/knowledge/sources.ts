import { z } from "zod";
import { ArticleNumber } from "./digest.ts";

/** Old article numbers of an instrument and where their matter stands in a later edition. */
export const Renumbering = z.strictObject({
  law: z.string().min(2),
  from: z.iso.date(),
  to: z.iso.date(),
  articles: z.array(
    z.strictObject({
      from: ArticleNumber,
      /** Null where the later edition has no such matter. */
      to: ArticleNumber.nullable(),
      /** Likeness of the two texts, 0–1, where they were aligned by machine. */
      similarity: z.number().min(0).max(1).optional(),
      confidence: z.enum(["text", "secondary"]),
      note: z.string().optional(),
    }),
  ),
});
export type Renumbering = z.infer<typeof Renumbering>;

/** Words people use and the words of the law they stand for, and slips of the pen. */
export const Thesaurus = z.strictObject({
  source: z.string().min(2),
  date: z.iso.date(),
  /** A phrase of `say` in a question also searches for the words of `means`. */
  terms: z.array(
    z.strictObject({ say: z.array(z.string().min(2)).min(1), means: z.array(z.string().min(2)).min(1) }),
  ),
  /** Wrong → right: same-sound slips that keep the question from matching. */
  slips: z.record(z.string().min(2), z.string().min(2)),
  /** Dialect → common speech, on both sides of the search: 咋 → 怎么. */
  dialect: z.record(z.string().min(1), z.string().min(1)),
});
export type Thesaurus = z.infer<typeof Thesaurus>;

/** A regular expression (flag `u`) over the folded question. */
const Pattern = z.string().min(1).refine(isPattern, "不是合法的正则表达式");

function isPattern(text: string): boolean {
  try {
    new RegExp(text, "u");
    return true;
  } catch {
    return false;
  }
}

/** False premises: an old figure in the question, and what holds today. */
export const Corrections = z.strictObject({
  source: z.string().min(2),
  date: z.iso.date(),
  corrections: z.array(
    z.strictObject({
      id: z.string().min(2),
      /** All must match. */
      when: z.array(Pattern).min(1),
      /** None may match. */
      unless: z.array(Pattern).default([]),
      law: z.string().min(2),
      article: ArticleNumber,
      /** What holds today. The old figure is not repeated: a quick reader would take it along. */
      say: z.string().min(8).max(160),
    }),
  ),
});
export type Corrections = z.infer<typeof Corrections>;

/** Matters that are not answered from the law, and what is said instead. */
export const Scope = z.strictObject({
  /**
   * What a law beside the core is about: a pattern over the question. Its articles give way where it does not match.
   * `weight`: how much they count then, 0 to 1; as much as any where it is absent. Its words are answered as those of
   * the field are. `beside`: it is of another field than intellectual property, so no talk of a report bears on what it
   * answers.
   */
  subjects: z
    .array(
      z.strictObject({
        law: z.string(),
        words: z.string().min(1),
        weight: z.number().min(0).max(1).optional(),
        beside: z.literal(true).optional(),
      }),
    )
    .default([]),
  /** The rights, each with the words that name it, its law, and the laws beside that which speak of it alone. */
  rights: z
    .array(z.strictObject({ law: z.string(), when: Pattern, also: z.array(z.string()).default([]) }))
    .default([]),
  source: z.string().min(2),
  date: z.iso.date(),
  /** A question with one of these words is about intellectual property. */
  field: z.array(Pattern).min(1),
  matters: z.array(
    z.strictObject({
      id: z.string().min(2),
      /**
       * `refused`: never done, whatever else is asked. `offTopic`: another office's or nobody's.
       * `uncollected`: of this service's field, but its texts have no digest yet.
       */
      kind: z.enum(["refused", "offTopic", "uncollected"]),
      when: z.array(Pattern).min(1),
      unless: z.array(Pattern).default([]),
      /** `uncollected` falls silent once one of these has digests. */
      laws: z.array(z.string()).default([]),
      say: z.string().min(8).max(160),
    }),
  ),
});
export type Scope = z.infer<typeof Scope>;
