/** Terms of one document with their weighted counts. */
export type TermCounts = ReadonlyMap<string, number>;

/** An inverted index as it stands in the blob: small, and read without parsing a text. */
export type PackedIndex = {
  /** How many documents. */
  documents: number;
  /** Weighted length of each document, in quarters. */
  lengths: string;
  /** For each term of the vocabulary: count, then pairs of (gap to the next document, count in quarters); varints in base64. */
  postings: string;
};

/** An inverted index in typed arrays. Term numbers are positions in the shared vocabulary. */
export type LexicalIndex = {
  documents: number;
  lengths: Float32Array;
  meanLength: number;
  /** Postings of term t: from `starts[t]` to `starts[t + 1]`. */
  starts: Uint32Array;
  ids: Uint16Array | Uint32Array;
  counts: Float32Array;
  /** log(1 + (N − n + ½) / (n + ½)), as in BM25; terms without a document have the weight of a word never seen. */
  idf: Float32Array;
};

const quarter = 4;

/** Adds `text`'s terms to `into`, each occurrence with `weight`. */
export function addTerms(into: Map<string, number>, terms: readonly string[], weight: number): void {
  for (const term of terms) into.set(term, (into.get(term) ?? 0) + weight);
}

/** Packs documents over a vocabulary (sorted, without repeats). */
export function packIndex(vocabulary: readonly string[], documents: readonly TermCounts[]): PackedIndex {
  const lists = new Map<string, [number, number][]>();
  documents.forEach((counts, id) => {
    for (const [term, count] of counts) {
      const list = lists.get(term);
      if (list === undefined) lists.set(term, [[id, count]]);
      else list.push([id, count]);
    }
  });
  const postings: number[] = [];
  for (const term of vocabulary) {
    const list = lists.get(term) ?? [];
    postings.push(list.length);
    let previous = 0;
    for (const [id, count] of list) {
      postings.push(id - previous, Math.max(1, Math.round(count * quarter)));
      previous = id;
    }
  }
  const lengths = documents.map((counts) => {
    let length = 0;
    for (const count of counts.values()) length += Math.max(1, Math.round(count * quarter));
    return length;
  });
  return { documents: documents.length, lengths: packNumbers(lengths), postings: packNumbers(postings) };
}

/** Reads a packed index back into typed arrays. */
export function unpackIndex(packed: PackedIndex, vocabularySize: number): LexicalIndex {
  const numbers = unpackNumbers(packed.postings);
  const starts = new Uint32Array(vocabularySize + 1);
  const total = (numbers.length - vocabularySize) / 2;
  const ids = packed.documents <= 0xffff ? new Uint16Array(total) : new Uint32Array(total);
  const counts = new Float32Array(total);
  const idf = new Float32Array(vocabularySize);
  let read = 0;
  let write = 0;
  for (let term = 0; term < vocabularySize; term += 1) {
    starts[term] = write;
    const found = numbers[read] ?? 0;
    read += 1;
    let id = 0;
    for (let posting = 0; posting < found; posting += 1) {
      id += numbers[read] ?? 0;
      ids[write] = id;
      counts[write] = (numbers[read + 1] ?? 0) / quarter;
      read += 2;
      write += 1;
    }
    idf[term] = idfOf(packed.documents, found);
  }
  starts[vocabularySize] = write;
  const lengths = Float32Array.from(unpackNumbers(packed.lengths), (length) => length / quarter);
  const meanLength = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, packed.documents);
  return { documents: packed.documents, lengths, meanLength, starts, ids, counts, idf };
}

/** Inverse document frequency as BM25 has it. */
export function idfOf(documents: number, found: number): number {
  return Math.log(1 + (documents - found + 0.5) / (found + 0.5));
}

/** BM25 (k1 = 1.2, b = .75) of weighted query terms, added into `scores` by document. */
export function scoreBm25(
  index: LexicalIndex,
  query: ReadonlyMap<number, number>,
  scores: Float32Array,
): void {
  const { starts, ids, counts, lengths, meanLength, idf } = index;
  for (const [term, weight] of query) {
    const gain = (idf[term] ?? 0) * weight * 2.2;
    const end = starts[term + 1] ?? 0;
    for (let at = starts[term] ?? 0; at < end; at += 1) {
      const id = ids[at] ?? 0;
      const count = counts[at] ?? 0;
      const norm = 1.2 * (0.25 + (0.75 * (lengths[id] ?? 0)) / meanLength);
      scores[id] = (scores[id] ?? 0) + (gain * count) / (count + norm);
    }
  }
}

/** Adds the idf of every query term that a document holds, once a term, into `shared` by document. */
export function scoreShared(
  index: LexicalIndex,
  query: ReadonlyMap<number, number>,
  shared: Float32Array,
): void {
  const { starts, ids, idf } = index;
  for (const [term, weight] of query) {
    const gain = (idf[term] ?? 0) * weight;
    const end = starts[term + 1] ?? 0;
    for (let at = starts[term] ?? 0; at < end; at += 1) {
      const id = ids[at] ?? 0;
      shared[id] = (shared[id] ?? 0) + gain;
    }
  }
}

/** The summed idf of each document's distinct terms. */
export function massOf(index: LexicalIndex): Float32Array {
  const mass = new Float32Array(index.documents);
  const { starts, ids, idf } = index;
  for (let term = 0; term + 1 < starts.length; term += 1) {
    const end = starts[term + 1] ?? 0;
    for (let at = starts[term] ?? 0; at < end; at += 1) {
      const id = ids[at] ?? 0;
      mass[id] = (mass[id] ?? 0) + (idf[term] ?? 0);
    }
  }
  return mass;
}

/** Whole numbers as LEB128 varints in base64. */
function packNumbers(numbers: readonly number[]): string {
  const bytes: number[] = [];
  for (const number of numbers) {
    let rest = number;
    while (rest >= 0x80) {
      bytes.push((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    bytes.push(rest);
  }
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

function unpackNumbers(packed: string): Uint32Array {
  const binary = atob(packed);
  const numbers = new Uint32Array(binary.length);
  let count = 0;
  let value = 0;
  let shift = 0;
  for (let at = 0; at < binary.length; at += 1) {
    const byte = binary.charCodeAt(at);
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) {
      numbers[count] = value >>> 0;
      count += 1;
      value = 0;
      shift = 0;
    } else shift += 7;
  }
  return numbers.subarray(0, count);
}
