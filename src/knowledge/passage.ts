import type { ArticleDigest } from "./digest.ts";
import type { Guide, NextStep } from "./guide.ts";

/**
 * What is searched and answered from: the digest of an article, or a guide.
 *
 * Both have the same shape, so that one index, one ranking and one way of composing
 * serve them. A guide's points are its steps, and its law, edition and article are
 * those of its main basis.
 */
export type Passage = Omit<ArticleDigest, "points" | "figures"> & {
  kind: "statute" | "guide";
  law: string;
  edition: string;
  points: readonly { paragraph: number; text: string; basis?: readonly string[] }[];
  /** `basis`: the article that sets it, where that is not the passage's own. */
  figures: readonly { label: string; value: string; written: string; basis?: string }[];
  /** Only of a guide. */
  guide?: { id: string; next: NextStep; materials: readonly string[]; checked: string };
};

/** Names a passage for good: `law|edition|article`, or `guide:id`. */
export function passageKey(passage: Pick<Passage, "law" | "edition" | "article" | "guide">): string {
  return passage.guide === undefined
    ? `${passage.law}|${passage.edition}|${passage.article}`
    : `guide:${passage.guide.id}`;
}

/** An article's digest as a passage. */
export function fromDigest(law: string, edition: string, digest: ArticleDigest): Passage {
  return { kind: "statute", law, edition, ...digest };
}

/** A guide as a passage. */
export function fromGuide(guide: Guide): Passage {
  const { id, checked, steps, materials, next, ...shared } = guide;
  return {
    kind: "guide",
    ...shared,
    chapter: "办事指南",
    paragraphs: 1,
    points: steps.map(({ text, basis }) => ({ paragraph: 1, text, basis })),
    duties: [],
    guide: { id, next, materials, checked },
  };
}
