import { characterTerms, type Term } from "./ranking/terms.ts";
import type { Scope, Thesaurus } from "./sources.ts";

/** The words of the law that the words of a folded question stand for, each with the weight given. */
export type Expand = (folded: string, weight: number) => Map<Term, number>;

/** Reads the thesaurus; `plain` puts its words into common speech, as the question is. */
export function createExpand({ terms }: Pick<Thesaurus, "terms">, plain: (folded: string) => string): Expand {
  const expansions = new Map<string, Term[]>();
  for (const { say, means } of terms) {
    const meant = [...new Set(means.flatMap((word) => characterTerms(plain(word))))];
    for (const phrase of say.map(plain))
      expansions.set(phrase, [...(expansions.get(phrase) ?? []), ...meant]);
  }
  return (folded, weight) => {
    const expanded = new Map<Term, number>();
    for (const [phrase, meant] of expansions)
      if (folded.includes(phrase)) for (const term of meant) expanded.set(term, weight);
    return expanded;
  };
}

/**
 * Which laws are about something that a question does not name: their articles give way (decision 007). Each with the
 * weight that its articles keep, 0 to 1; undefined where it is the usual one.
 */
export function createOffSubject({
  subjects,
}: Pick<Scope, "subjects">): (talk: string) => ReadonlyMap<string, number | undefined> {
  const patterns = subjects.map(({ law, words, weight }) => ({
    law,
    pattern: new RegExp(words, "u"),
    weight,
  }));
  return (talk) =>
    new Map(patterns.filter(({ pattern }) => !pattern.test(talk)).map(({ law, weight }) => [law, weight]));
}
