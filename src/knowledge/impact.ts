import { fold } from "../text/fold.ts";
import { articleName } from "../text/numerals.ts";
import type { FindReferences } from "./article-reference.ts";

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

/** Looks up the places that cite an article. `law` is the official title, `article` 第…条. */
export type ImpactIndex = (wanted: { law: string; article: string }) => readonly ImpactPlace[];

/**
 * Every place of `sources` that cites an article, by article. Nothing is known of the sources' layouts but this:
 * an object with `law` and `article` (or `to`, in tables of numbers) cites that article; a text cites the articles
 * that it names, a bare 第…条 those of the law named before it or of the object around it; 第…条至第…条 cites all
 * between.
 *
 * `titleOf` gives the official title of a law by any of its names.
 */
export function indexCitations(
  sources: readonly ImpactSource[],
  {
    findReferences,
    titleOf,
  }: { findReferences: FindReferences; titleOf: (name: string) => string | undefined },
): ImpactIndex {
  const places = new Map<string, ImpactPlace[]>();

  function visit(source: ImpactSource, value: unknown, scope: Scope): void {
    if (typeof value === "string") {
      for (const [key, excerpt] of citedIn(value, scope.law)) add(key, source, scope, excerpt);
    } else if (Array.isArray(value)) {
      for (const [index, one] of value.entries()) visit(source, one, inner(scope, String(index)));
    } else if (typeof value === "object" && value !== null) {
      const own = objectScope(value, scope);
      for (const [key, one] of Object.entries(value)) {
        // An article alone is a citation of the law around it.
        if ((key === "article" || key === "to") && typeof one === "string" && own.law !== undefined)
          add(`${own.law}|${one}`, source, inner(own, key), own.about === "" ? one : own.about);
        else if (key !== "law" && key !== "from") visit(source, one, inner(own, key));
      }
    }
  }

  function add(key: string, { kind, file }: ImpactSource, { id, field }: Scope, excerpt: string): void {
    const list = places.get(key) ?? [];
    list.push({ kind, file, id, field, excerpt });
    places.set(key, list);
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
    const id = member("id") ?? member("matter") ?? (unnamed ? nameOf(named, member) : undefined);
    return {
      law: own === undefined ? scope.law : (titleOf(own) ?? own),
      id: id ?? outer,
      // The members are told from what has a name of its own.
      field: id === undefined ? scope.field : "",
      about: shorten(member("title") ?? member("say") ?? member("reason") ?? member("note") ?? scope.about),
    };
  }

  /** The articles that a text names, each once, with what stands there. Numbers of an old edition cite nothing. */
  function citedIn(text: string, around: string | undefined): Map<string, string> {
    const found = new Map<string, string>();
    if (!text.includes("条") && !text.includes("條")) return found;
    const folded = fold(text);
    let law = around;
    let before: { number: number; end: number } | undefined;
    for (const { instrument, number, article, old, start, end } of findReferences(folded)) {
      const itself = /本(?:法|细则|条例|办法|规定)$/u.test(folded.slice(0, start));
      law = instrument?.title ?? (itself ? around : law);
      const isRange = before !== undefined && /^[至到—~-]$/u.test(folded.slice(before.end, start));
      const first =
        isRange && before !== undefined && number - before.number <= maxRange ? before.number + 1 : number;
      before = { number, end };
      if (law === undefined || old) continue;
      for (let between = first; between < number; between++)
        found.set(`${law}|${articleName(between)}`, excerptOf(folded, start));
      if (!found.has(`${law}|${article}`)) found.set(`${law}|${article}`, excerptOf(folded, start));
    }
    return found;
  }

  for (const source of sources)
    visit(source, source.content, { law: undefined, id: "", field: "", about: "" });
  return ({ law, article }) => places.get(`${law}|${article}`) ?? [];
}

/** A longer run of articles than this is not one that a text cites. */
const maxRange = 60;

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
