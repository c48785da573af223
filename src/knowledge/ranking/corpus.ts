import { createIndexBuilder, type Field, type TermIndex } from "./term-index.ts";
import { characterTerms, type Term, wordTerms } from "./terms.ts";

/** A text that can be found. */
export type RankedDocument = {
  /** Whose text it is: documents of one law vouch for each other. */
  law: string;
  /** Its heading; documents under one heading vouch for each other more. */
  chapter: string;
  /** Its wording, folded. */
  text: string;
  /** What else is searched: a title, key words, figures; each with the weight of one occurrence. */
  more?: readonly { text: string; weight: number }[];
  /** The year of its edition. */
  year: number;
};

/** A question people ask, folded, and the documents that answer it. */
export type AttachedQuestion = {
  text: string;
  documents: readonly number[];
  /** Whether it asks what something is (`asksWhatItIs`). */
  definition?: boolean;
};

/** Whether a folded question in common speech asks what something is, and nothing else of it. */
export const asksWhatItIs = (text: string): boolean =>
  /什么是|是(?:个)?(?:什么|啥|嘛)(?:意思|东西)?[?？。]?$|(?:啥|什么)叫|叫(?:啥|什么)|指(?:的)?(?:是)?(?:什么|啥)|(?:啥|什么)意思|定义|含义|概念|何谓|何为|解释一下/u.test(
    text,
  );

/** What one occurrence counts in a heading and in the law's name, beside one in the text. */
const chapterWeight = 0.7;
const lawWeight = 1;

/** The indexes of a corpus: made once, kept in the blob. */
export type CorpusIndexes = {
  /** Characters and pairs of all that a document says of itself. */
  characters: TermIndex;
  /** Words of the same. */
  words: TermIndex;
  /** One document a question: its characters and pairs. */
  questions: TermIndex;
};

/** Documents with the questions attached to them. */
export type Corpus = {
  documents: readonly RankedDocument[];
  questions: readonly AttachedQuestion[];
  indexes: CorpusIndexes;
};

/** Makes the indexes. The documents' fields are read as `RankedDocument` says. */
export function indexCorpus(
  documents: readonly RankedDocument[],
  questions: readonly AttachedQuestion[],
): CorpusIndexes {
  const indexer = createDocumentIndexer();
  for (const document of documents) indexer.add(document);
  return { ...indexer.build(), questions: indexQuestions(questions) };
}

/** Indexes documents one by one, for whoever must let others work in between. */
export function createDocumentIndexer() {
  const characters = createIndexBuilder();
  const words = createIndexBuilder();
  const kept = new Map<string, { characters: Term[]; words: Term[] }>();
  /** Headings and names recur with every article. */
  const recurring = (text: string) => {
    let terms = kept.get(text);
    if (terms === undefined) {
      terms = { characters: characterTerms(text), words: wordTerms(text) };
      kept.set(text, terms);
    }
    return terms;
  };
  return {
    add({ law, chapter, text, more = [] }: RankedDocument): void {
      const fields: { read: { characters: Term[]; words: Term[] }; weight: number }[] = [
        { read: recurring(chapter), weight: chapterWeight },
        { read: recurring(law), weight: lawWeight },
        ...[{ text, weight: 1 }, ...more].map(({ text: own, weight }) => ({
          read: { characters: characterTerms(own), words: wordTerms(own) },
          weight,
        })),
      ];
      const as = (kind: "characters" | "words"): Field[] =>
        fields.map(({ read, weight }) => ({ terms: read[kind], weight }));
      characters.add(as("characters"));
      words.add(as("words"));
    },

    build: (): Pick<CorpusIndexes, "characters" | "words"> => ({
      characters: characters.build(),
      words: words.build(),
    }),
  };
}

/** The index of the attached questions, a term counted once a question. */
export function indexQuestions(questions: readonly AttachedQuestion[]): TermIndex {
  const builder = createIndexBuilder();
  for (const { text } of questions) builder.add([{ terms: [...new Set(characterTerms(text))], weight: 1 }]);
  return builder.build();
}
