import { z } from "zod";
import { standardProblems } from "./standard-answer.ts";

/** What an answer was made from, as staff see it. */
export const TraceBody = z
  .object({
    named: z.array(z.string()),
    hits: z.array(
      z.object({
        law: z.string(),
        article: z.string(),
        title: z.string(),
        kind: z.enum(["statute", "guide"]),
        /** The number that decides. */
        score: z.number().min(0).max(1),
        fused: z.number(),
        /** The stored wording that came nearest. */
        asked: z.string(),
        similarity: z.number(),
        evidence: z.record(z.string(), z.union([z.number(), z.boolean()])),
      }),
    ),
    /** Thesaurus phrases found, and slips and dialect words that were mended. */
    words: z.object({ say: z.array(z.string()), mended: z.array(z.string()) }),
    inField: z.boolean().optional(),
    matters: z.array(z.object({ id: z.string(), kind: z.enum(["refused", "offTopic", "uncollected"]) })),
    corrections: z.array(z.string()),
    /** The limit by which a day was told. */
    limit: z.object({ ruleId: z.string().nullable(), law: z.string(), article: z.string() }).optional(),
    standard: z
      .object({
        id: z.string(),
        wording: z.string(),
        likeness: z.number().min(0).max(1),
        /** What keeps it from answering; empty where it answered. */
        problems: z.array(z.enum(standardProblems)),
      })
      .nullable(),
  })
  .meta({ id: "AnswerTrace" });
