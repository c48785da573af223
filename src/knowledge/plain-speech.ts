import type { Thesaurus } from "./sources.ts";

/**
 * Rewrites a folded text in common speech: slips of the pen mended, dialect words
 * replaced. Longer entries go first; nothing is replaced twice.
 */
export function createPlainSpeech({
  slips,
  dialect,
}: Pick<Thesaurus, "slips" | "dialect">): (folded: string) => string {
  const entries = new Map([...Object.entries(dialect), ...Object.entries(slips)]);
  if (entries.size === 0) return (folded) => folded;
  const words = [...entries.keys()].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(
    words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/gu, "\\$&")).join("|"),
    "gu",
  );
  return (folded) => folded.replace(pattern, (word) => entries.get(word) ?? word);
}
