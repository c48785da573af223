import { fold } from "../text/fold.ts";
import { DigestFile } from "./digest.ts";
import { Guide } from "./guide.ts";
import { type Instrument, InstrumentFile } from "./instrument.ts";
import { addTerms, type PackedIndex, packIndex, type TermCounts } from "./lexical-index.ts";
import { fromDigest, fromGuide, type Passage } from "./passage.ts";
import { createPlainSpeech } from "./plain-speech.ts";
import { Corrections, Renumbering, Scope, Thesaurus } from "./sources.ts";
import { termsOf } from "./tokens.ts";

/** The layout of the blob; another one is refused at load. */
export const blobFormat = 1;

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
  index: {
    /** Sorted terms, one a line. */
    vocabulary: string;
    /** One document a digest: its own words. */
    articles: PackedIndex;
    /** One document a digest: the questions people ask of it. */
    asked: PackedIndex;
    /** One document a question, in the order of digests, groups, questions. */
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

type Sources = Omit<KnowledgeBlob, "format" | "version" | "index">;

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
  return {
    instruments: read(InstrumentFile, "instruments.yaml").instruments,
    renumbering,
    digests: [...digests, ...guides],
    thesaurus: read(Thesaurus, "thesaurus.yaml"),
    corrections: read(Corrections, "corrections.yaml"),
    scope: read(Scope, "scope.yaml"),
  };
}

/** The blob of these sources. `hash` names its content; it comes from outside, as hashing differs by runtime. */
export function buildBlob(sources: Sources, hash: (content: string) => string): KnowledgeBlob {
  const articles: TermCounts[] = [];
  const asked: TermCounts[] = [];
  const questions: TermCounts[] = [];
  const plain = createPlainSpeech(sources.thesaurus);
  const terms = (text: string) => termsOf(plain(fold(text)));
  for (const digest of sources.digests) {
    const words = new Map<string, number>();
    addTerms(words, terms(digest.title), 2);
    // The heading helps at this weight and misleads at a higher one (shared/bench/README.md).
    addTerms(words, terms(digest.chapter), 0.4);
    addTerms(words, terms(digest.summary), 1);
    for (const point of digest.points) addTerms(words, terms(point.text), 1);
    for (const figure of digest.figures) addTerms(words, terms(`${figure.label} ${figure.value}`), 0.5);
    for (const duty of digest.duties) addTerms(words, terms(`${duty.who} ${duty.what}`), 0.5);
    for (const keyword of digest.keywords) addTerms(words, terms(keyword), 1.5);
    const paraphrases = new Map<string, number>();
    for (const keyword of digest.keywords) addTerms(paraphrases, terms(keyword), 1);
    for (const group of digest.asked) {
      addTerms(words, terms(group.answer), 0.5);
      for (const question of group.questions) {
        addTerms(paraphrases, terms(question), 1);
        questions.push(new Map(terms(question).map((term) => [term, 1])));
      }
    }
    articles.push(words);
    asked.push(paraphrases);
  }
  const vocabulary = [
    ...new Set([...articles, ...asked, ...questions].flatMap((counts) => [...counts.keys()])),
  ].sort();
  const body = {
    ...sources,
    index: {
      vocabulary: vocabulary.join("\n"),
      articles: packIndex(vocabulary, articles),
      asked: packIndex(vocabulary, asked),
      questions: packIndex(vocabulary, questions),
    },
  };
  return { format: blobFormat, version: hash(JSON.stringify(body)), ...body };
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
