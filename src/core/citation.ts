import { z } from "zod";

/** The standing of an edition or article on a day. */
export const textStatuses = ["current", "superseded", "repealed", "notYetInForce"] as const;
export type TextStatus = (typeof textStatuses)[number];

/** A pointer to an article without its edition: what rules and offices rest on. */
export const LegalBasis = z
  .object({
    /** Official title, 中华人民共和国 left out. */
    law: z.string().min(1),
    /** 第…条(之…) alone. */
    article: z.string().regex(/^第[零一二三四五六七八九十百千]+条(之[一二三四五六七八九十]+)?$/),
  })
  .readonly();
export type LegalBasis = z.infer<typeof LegalBasis>;

/** A pointer to an article of one edition, as answers and replies carry it (API.md, "Conversation"). */
export const Citation = z
  .object({
    law: z.string(),
    article: z.string(),
    /** 款, from 1. Absent where the whole article is meant. */
    paragraph: z.int().positive().optional(),
    /** The day the edition was adopted. */
    edition: z.iso.date(),
    effectiveFrom: z.iso.date(),
    status: z.enum(textStatuses),
    sourceUrl: z.url(),
  })
  .readonly()
  .meta({ id: "Citation" });
export type Citation = z.infer<typeof Citation>;

/** Completes a legal basis with the edition in force on `asOf` (`YYYY-MM-DD`). Undefined where that text is not known. */
export type Cite = (basis: LegalBasis, asOf: string) => Citation | undefined;
