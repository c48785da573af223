import { fold } from "../text/fold.ts";
import { DigestFile } from "./digest.ts";
import type { FieldModel } from "./field-model.ts";
import { Guide } from "./guide.ts";
import { type Instrument, InstrumentFile } from "./instrument.ts";
import { fromDigest, fromGuide, type Passage } from "./passage.ts";
import { createPlainSpeech } from "./plain-speech.ts";
import type { BoostedTrees } from "./ranking/boosted-trees.ts";
import { type AttachedQuestion, indexCorpus, type RankedDocument } from "./ranking/corpus.ts";
import { type PackedIndex, packIndex } from "./ranking/term-index.ts";
import type { RefusalModel } from "./refusal-model.ts";
import { Corrections, Renumbering, Scope, Thesaurus } from "./sources.ts";

/** The layout of the blob; another one is refused at load. */
export const blobFormat = 3;

/** All that the service knows, as `npm run knowledge -- build` writes it. */
export type KnowledgeBlob = {
  format: typeof blobFormat;
  /** Hash of everything else in the blob. */
  version: string;
  instruments: Instrument[];
  renumbering: Renumbering[];
  /** Digests of articles, then guides. */
  digests: Passage[];
  thesaurus: Thesaurus;
  corrections: Corrections;
  scope: Scope;
  /** What was learned, and from what: scripts/fit-field.ts, scripts/fit-ranking.ts. */
  field: FieldModel;
  refused: RefusalModel;
  ranking?: BoostedTrees;
  index: {
    /** What the passages say of themselves, by characters and by words. */
    characters: PackedIndex;
    words: PackedIndex;
    /** One document a question, in the order of passages, groups, questions. */
    questions: PackedIndex;
  };
};

/** What the YAML files hold, parsed but not yet checked, by path under `knowledge/`. */
export type SourceFiles = ReadonlyMap<string, unknown>;

/** A source file that does not fit its schema. */
export class SourceError extends Error {
  readonly path: string;
  readonly faults: readonly string[];
  constructor(path: string, faults: readonly string[]) {
    super(`${path}: ${faults.join("; ")}`);
    this.name = "SourceError";
    this.path = path;
    this.faults = faults;
  }
}

type Learned = Pick<KnowledgeBlob, "field" | "refused" | "ranking">;
type Sources = Omit<KnowledgeBlob, "format" | "version" | "index" | keyof Learned>;

/**
 * Reads the files of `knowledge/` into one body, checked against their schemas.
 *
 * @throws {SourceError} with every fault of the first file that does not fit.
 */
export function readSources(files: SourceFiles): Sources {
  const digests: Passage[] = [];
  const guides: Passage[] = [];
  const renumbering: Renumbering[] = [];
  const single = new Map<string, unknown>();
  for (const [path, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (path.startsWith("digests/")) {
      const { law, edition, articles } = check(DigestFile, path, content);
      digests.push(...articles.map((article) => fromDigest(law, edition, article)));
    } else if (path.startsWith("guides/")) guides.push(fromGuide(check(Guide, path, content)));
    else if (path.startsWith("renumbering/")) renumbering.push(check(Renumbering, path, content));
    else single.set(path, content);
  }
  const read = <T>(schema: Schema<T>, path: string): T => check(schema, path, single.get(path));
  const { instruments } = read(InstrumentFile, "instruments.yaml");
  const scope = read(Scope, "scope.yaml");
  // The files call a law by any of its names; its official title stands once.
  const titleOf = (name: string) => instruments.find(({ aliases }) => aliases.includes(name))?.title ?? name;
  return {
    instruments,
    renumbering,
    digests: [...digests, ...guides].map((one) => ({ ...one, law: titleOf(one.law) })),
    thesaurus: read(Thesaurus, "thesaurus.yaml"),
    corrections: read(Corrections, "corrections.yaml"),
    scope: {
      ...scope,
      subjects: scope.subjects.map((one) => ({ ...one, law: titleOf(one.law) })),
      rights: scope.rights.map((one) => ({ ...one, law: titleOf(one.law), also: one.also.map(titleOf) })),
    },
  };
}

/** The blob of these sources. `hash` names its content; it comes from outside, as hashing differs by runtime. */
export function buildBlob(sources: Sources & Learned, hash: (content: string) => string): KnowledgeBlob {
  const plain = createPlainSpeech(sources.thesaurus);
  const { characters, words, questions } = indexCorpus(
    documentsOf(sources.digests, plain),
    questionsOf(sources.digests, plain),
  );
  const body = {
    ...sources,
    index: { characters: packIndex(characters), words: packIndex(words), questions: packIndex(questions) },
  };
  return { format: blobFormat, version: hash(JSON.stringify(body)), ...body };
}

/** The passages as they are indexed, in common speech. */
function documentsOf(passages: readonly Passage[], plain: (folded: string) => string): RankedDocument[] {
  const read = (text: string) => plain(fold(text));
  return passages.map(({ law, chapter, title, figures, duties, keywords, asked, edition, ...passage }) => ({
    law,
    chapter: read(chapter),
    text: read(wordingOf(passage)),
    more: [
      { text: read(title), weight: 2 },
      { text: read(keywords.join(" ")), weight: 1.5 },
      { text: read(figures.map(({ label, value }) => `${label} ${value}`).join(" ")), weight: 0.5 },
      { text: read(duties.map(({ who, what }) => `${who} ${what}`).join(" ")), weight: 0.5 },
      { text: read(asked.map(({ answer }) => answer).join("\n")), weight: 0.5 },
    ],
    year: Number(edition.slice(0, 4)),
  }));
}

/** What a passage says of itself, a line a sentence. */
export function wordingOf({ summary, points }: Pick<Passage, "summary" | "points">): string {
  return [summary, ...points.map(({ text }) => text)].join("\n");
}

/** The questions asked of the passages, in common speech, in the order of passages, groups, questions. */
function questionsOf(passages: readonly Passage[], plain: (folded: string) => string): AttachedQuestion[] {
  return passages.flatMap(({ asked }, id) =>
    asked.flatMap(({ questions }) =>
      questions.map((question) => ({ text: plain(fold(question)), documents: [id] })),
    ),
  );
}

/**
 * The blob as loaded from its file. Its schemas were checked when it was built, so
 * only the layout is looked at here: loading must take milliseconds.
 *
 * @throws {Error} if it was written by another layout.
 */
export function asBlob(loaded: unknown): KnowledgeBlob {
  const { format } = loaded as { format?: unknown };
  if (format !== blobFormat) {
    throw new Error(
      `The knowledge blob has format ${String(format)}, this code reads ${blobFormat}: npm run knowledge -- build`,
    );
  }
  return loaded as KnowledgeBlob;
}

type Schema<T> = {
  safeParse(
    value: unknown,
  ):
    | { success: true; data: T }
    | { success: false; error: { issues: readonly { path: PropertyKey[]; message: string }[] } };
};

function check<T>(schema: Schema<T>, path: string, content: unknown): T {
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => `${issue.path.map(String).join(".")}: ${issue.message}`);
  throw new SourceError(path, faults);
}
