import { fold } from "../text/fold.ts";
import { articleNumberOf, type FindReferences } from "./article-reference.ts";

/** Something that may cite articles: a data file, or rows of a table, as the JSON value that it is. */
export type ImpactSource = {
  kind: ImpactKind;
  /** The file, or the table. */
  file: string;
  content: unknown;
};

export const impactKinds = [
  "digest",
  "guide",
  "correction",
  "scope",
  "renumbering",
  "clockRule",
  "jurisdiction",
  "reply",
  "standardAnswer",
] as const;
export type ImpactKind = (typeof impactKinds)[number];

/** A place that cites an article, and so must be looked at when the article changes. */
export type ImpactPlace = {
  kind: ImpactKind;
  file: string;
  /** What of the file: an id, an article, the key of a text. */
  id: string;
  /** The members that lead to it: `points.0.text`. */
  field: string;
  /** What stands there, shortened around the citation. */
  excerpt: string;
};

/** Where a value stands: the law that a bare 第…条 there means, and what names the place. */
type Scope = { law: string | undefined; id: string; field: string; about: string };

const excerptChars = 90;

/**
 * Every place of `sources` that cites an article. Nothing is known of the sources' layouts but this: an object
 * with `law` and `article` (or `to`, in tables of numbers) cites that article; a text cites the articles that it
 * names, a bare 第…条 those of the law named before it or of the object around it; 第…条至第…条 cites all between.
 *
 * `titleOf` gives the official title of a law by any of its names.
 */
export function findPlaces(
  sources: readonly ImpactSource[],
  wanted: { law: string; article: string },
  {
    findReferences,
    titleOf,
  }: { findReferences: FindReferences; titleOf: (name: string) => string | undefined },
): ImpactPlace[] {
  const places: ImpactPlace[] = [];
  const law = titleOf(wanted.law) ?? wanted.law;
  const number = articleNumberOf(wanted.article)?.number;

  function visit(source: ImpactSource, value: unknown, scope: Scope): void {
    if (typeof value === "string") {
      const at = citedAt(value, scope.law);
      if (at !== undefined) add(source, scope, excerptOf(fold(value), at));
    } else if (Array.isArray(value)) {
      for (const [index, one] of value.entries()) visit(source, one, inner(scope, String(index)));
    } else if (typeof value === "object" && value !== null) {
      const own = objectScope(value, scope);
      for (const [key, one] of Object.entries(value)) {
        // An article alone is a citation of the law around it.
        if (key === "article" || key === "to") {
          if (one === wanted.article && own.law === law)
            add(source, inner(own, key), own.about === "" ? wanted.article : own.about);
        } else if (key !== "law" && key !== "from") visit(source, one, inner(own, key));
      }
    }
  }

  function add({ kind, file }: ImpactSource, { id, field }: Scope, excerpt: string): void {
    places.push({ kind, file, id, field, excerpt });
  }

  /** The law that an object speaks of, its name and what it says of itself. */
  function objectScope(value: object, scope: Scope): Scope {
    const member = (key: string) => {
      const found = (value as Record<string, unknown>)[key];
      return typeof found === "string" ? found : undefined;
    };
    const named = member("law");
    const basis = (value as { basis?: { law?: unknown } | null }).basis?.law;
    const own = named ?? (typeof basis === "string" ? basis : undefined);
    const { id: outer } = scope;
    const unnamed = outer === "" || /^\d+$/u.test(outer);
    return {
      ...scope,
      law: own === undefined ? scope.law : (titleOf(own) ?? own),
      id: member("id") ?? member("matter") ?? (unnamed ? nameOf(named, member) : undefined) ?? outer,
      about: shorten(member("title") ?? member("say") ?? member("reason") ?? member("note") ?? scope.about),
    };
  }

  /** Where a text names the article, if it does. */
  function citedAt(text: string, around: string | undefined): number | undefined {
    const folded = fold(text);
    let current = around;
    let before: { number: number; end: number } | undefined;
    for (const reference of findReferences(folded)) {
      const itself = /本(?:法|细则|条例|办法|规定)$/u.test(folded.slice(0, reference.start));
      current = reference.instrument?.title ?? (itself ? around : current);
      const between = before === undefined ? "" : folded.slice(before.end, reference.start);
      const first = before !== undefined && /^[至到—~-]$/u.test(between) ? before.number : reference.number;
      before = { number: reference.number, end: reference.end };
      if (current !== law || reference.old) continue;
      const within = number !== undefined && first <= number && number <= reference.number;
      if (reference.article === wanted.article || (first !== reference.number && within))
        return reference.start;
    }
    return undefined;
  }

  for (const source of sources)
    visit(source, source.content, { law: undefined, id: "", field: "", about: "" });
  return places;
}

/** The name of an object that has no id: its law and article, or the editions of a table of numbers. */
function nameOf(law: string | undefined, member: (key: string) => string | undefined): string | undefined {
  if (law === undefined) return undefined;
  const [article, from, to] = [member("article"), member("from"), member("to")];
  if (article !== undefined) return `${law}${article}`;
  return from !== undefined && to !== undefined ? `${law} ${from} → ${to}` : undefined;
}

function inner(scope: Scope, key: string): Scope {
  return {
    ...scope,
    field: scope.field === "" ? key : `${scope.field}.${key}`,
    id: scope.id === "" ? key : scope.id,
  };
}

function excerptOf(text: string, at: number): string {
  const start = Math.max(0, at - excerptChars / 3);
  return `${start > 0 ? "…" : ""}${shorten(text.slice(start))}`;
}

const shorten = (text: string) => (text.length <= excerptChars ? text : `${text.slice(0, excerptChars)}…`);
