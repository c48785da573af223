import { toBase64 } from "../../crypto/bytes.ts";
import type { Term } from "./terms.ts";

/** One field of a document: its terms, and what one occurrence counts. */
export type Field = { terms: readonly Term[]; weight: number };

/** An inverted index as it stands in the blob, small and read without parsing a text. */
export type PackedIndex = {
  documents: number;
  /** Sorted terms, as gaps. */
  vocabulary: string;
  /** For each term: count, then gaps to the next document; then one byte of impact for each posting. */
  postings: string;
  impacts: string;
};

/**
 * An inverted index in typed arrays, three or five bytes a posting.
 *
 * An impact is BM25's saturated and length-normalised term frequency,
 * tf · (k₁ + 1) / (tf + k₁ · (1 − b + b · length / mean)), which lies in 0–(k₁ + 1);
 * one byte of it is exact to .009 and changes no ranking that matters.
 */
export type TermIndex = {
  documents: number;
  /** Sorted. */
  terms: Int32Array;
  /** Postings of the term at position t: from `starts[t]` to `starts[t + 1]`. */
  starts: Uint32Array;
  ids: Uint16Array | Uint32Array;
  impacts: Uint8Array;
  /** log(1 + (N − n + ½) / (n + ½)), by position. */
  idf: Float32Array;
};

const k1 = 1.2;
const b = 0.75;
/** Impacts are stored in these steps. */
const impactUnit = (k1 + 1) / 255;

/** Inverse document frequency as BM25 has it. */
export function idfOf(documents: number, found: number): number {
  return Math.log(1 + (documents - found + 0.5) / (found + 0.5));
}

/** Collects documents in their order and makes the index of them. */
export function createIndexBuilder(): { add(fields: readonly Field[]): void; build(): TermIndex } {
  const positions = createTermTable();
  let counts = new Float32Array(1024);
  const lengths: number[] = [];
  const found: number[] = [];
  const postingTerms = createGrowing();
  const postingCounts: Float32Array[] = [];

  return {
    add(fields) {
      const own: number[] = [];
      let length = 0;
      for (const { terms, weight } of fields) {
        for (const term of terms) {
          const position = positions.add(term);
          if (position >= counts.length) {
            const larger = new Float32Array(counts.length * 2);
            larger.set(counts);
            counts = larger;
          }
          if (counts[position] === 0) own.push(position);
          counts[position] = (counts[position] ?? 0) + weight;
          length += weight;
        }
      }
      const own32 = new Float32Array(own.length);
      for (let at = 0; at < own.length; at += 1) {
        const position = own[at] ?? 0;
        own32[at] = counts[position] ?? 0;
        counts[position] = 0;
        found[position] = (found[position] ?? 0) + 1;
        postingTerms.push(position);
      }
      postingCounts.push(own32);
      lengths.push(length);
    },

    build() {
      const documents = lengths.length;
      const keys = positions.keys();
      const order = Uint32Array.from(keys.keys()).sort((x, y) => (keys[x] ?? 0) - (keys[y] ?? 0));
      const place = new Uint32Array(order.length);
      const starts = new Uint32Array(order.length + 1);
      order.forEach((position, at) => {
        place[position] = at;
        starts[at + 1] = (starts[at] ?? 0) + (found[position] ?? 0);
      });
      const total = starts[order.length] ?? 0;
      const ids = documents <= 0xffff ? new Uint16Array(total) : new Uint32Array(total);
      const impacts = new Uint8Array(total);
      const next = starts.slice();
      const norms = lengthNorms(lengths, documents);
      const flat = postingTerms.values();
      let read = 0;
      for (let id = 0; id < documents; id += 1) {
        const norm = norms[id] as number;
        for (const count of postingCounts[id] ?? []) {
          const at = place[flat[read] ?? 0] ?? 0;
          read += 1;
          const write = next[at] ?? 0;
          next[at] = write + 1;
          ids[write] = id;
          impacts[write] = impactOf(count, norm);
        }
      }
      const terms = Int32Array.from(order, (position) => keys[position] ?? 0);
      return { documents, terms, starts, ids, impacts, idf: idfTable(documents, starts) };
    },
  };
}

/**
 * Makes an index of postings that stand by term already. `counts` are weighted term
 * frequencies, `lengths` the weighted length of each document.
 */
export function indexFrom({
  documents,
  terms,
  starts,
  ids,
  counts,
  lengths,
}: {
  documents: number;
  terms: Int32Array;
  starts: Uint32Array;
  ids: ArrayLike<number>;
  counts: ArrayLike<number>;
  lengths: ArrayLike<number>;
}): TermIndex {
  const norms = lengthNorms(lengths, documents);
  const impacts = new Uint8Array(ids.length);
  for (let at = 0; at < ids.length; at += 1)
    impacts[at] = impactOf(counts[at] as number, norms[ids[at] as number] as number);
  return {
    documents,
    terms,
    starts,
    ids: documents <= 0xffff ? new Uint16Array(ids) : new Uint32Array(ids),
    impacts,
    idf: idfTable(documents, starts),
  };
}

/** What a document's length does to a term's frequency. */
function lengthNorms(lengths: ArrayLike<number>, documents: number): Float32Array {
  let sum = 0;
  for (let id = 0; id < documents; id += 1) sum += lengths[id] as number;
  const mean = Math.max(sum / Math.max(1, documents), 1e-9);
  return Float32Array.from(lengths, (length) => k1 * (1 - b + (b * length) / mean));
}

function impactOf(count: number, norm: number): number {
  return Math.max(1, Math.round((count * (k1 + 1)) / (count + norm) / impactUnit));
}

/** The position of a term, or −1. */
export function positionOf({ terms }: TermIndex, term: Term): number {
  let low = 0;
  let high = terms.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = terms[middle] ?? 0;
    if (found === term) return middle;
    if (found < term) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** Adds BM25 of weighted query terms, given by their positions, into `scores` by document. */
export function scoreInto(
  { starts, ids, impacts, idf }: TermIndex,
  query: ReadonlyMap<number, number>,
  scores: Float32Array,
): void {
  for (const [position, weight] of query) {
    const gain = (idf[position] ?? 0) * weight * impactUnit;
    const end = starts[position + 1] ?? 0;
    for (let at = starts[position] ?? 0; at < end; at += 1) {
      const id = ids[at] as number;
      scores[id] = (scores[id] as number) + gain * (impacts[at] as number);
    }
  }
}

/** The `limit` best ids of `scores`, best first; equal scores by id. Zero and less are left out. */
export function bestOf(scores: Float32Array, limit: number): number[] {
  const ids = new Int32Array(limit);
  const held = new Float32Array(limit);
  let size = 0;
  /** What a score must exceed to be held, once the heap is full. */
  let least = 0;
  const worse = (x: number, y: number) =>
    held[x] === held[y] ? (ids[x] ?? 0) > (ids[y] ?? 0) : (held[x] ?? 0) < (held[y] ?? 0);
  const swap = (x: number, y: number) => {
    const id = ids[x] ?? 0;
    const score = held[x] ?? 0;
    ids[x] = ids[y] ?? 0;
    held[x] = held[y] ?? 0;
    ids[y] = id;
    held[y] = score;
  };
  for (let id = 0; id < scores.length; id += 1) {
    const score = scores[id] as number;
    if (score <= least) continue;
    if (size < limit) {
      let at = size;
      ids[at] = id;
      held[at] = score;
      size += 1;
      while (at > 0 && worse(at, (at - 1) >> 1)) {
        swap(at, (at - 1) >> 1);
        at = (at - 1) >> 1;
      }
      if (size === limit) least = held[0] as number;
      continue;
    }
    ids[0] = id;
    held[0] = score;
    for (let at = 0; ; ) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && worse(child + 1, child)) child += 1;
      if (!worse(child, at)) break;
      swap(child, at);
      at = child;
    }
    least = held[0] as number;
  }
  return Array.from({ length: size }, (_, at) => at)
    .sort((x, y) => (held[y] ?? 0) - (held[x] ?? 0) || (ids[x] ?? 0) - (ids[y] ?? 0))
    .map((at) => ids[at] ?? 0);
}

/** Packs an index for the blob. */
export function packIndex({ documents, terms, starts, ids, impacts }: TermIndex): PackedIndex {
  const vocabulary: number[] = [];
  const postings: number[] = [];
  let last = -0x80000000;
  for (let position = 0; position < terms.length; position += 1) {
    const term = terms[position] ?? 0;
    vocabulary.push(term - last);
    last = term;
    const start = starts[position] ?? 0;
    const end = starts[position + 1] ?? 0;
    postings.push(end - start);
    let previous = 0;
    for (let at = start; at < end; at += 1) {
      const id = ids[at] ?? 0;
      postings.push(id - previous);
      previous = id;
    }
  }
  return {
    documents,
    vocabulary: toBase64(toVarints(vocabulary)),
    postings: toBase64(toVarints(postings)),
    impacts: toBase64(impacts),
  };
}

/** Reads a packed index back into typed arrays. */
export function unpackIndex(packed: PackedIndex): TermIndex {
  const { documents } = packed;
  const vocabulary = varintsOf(fromBase64(packed.vocabulary));
  const terms = new Int32Array(vocabulary.count);
  let last = -0x80000000;
  for (let position = 0; position < terms.length; position += 1) {
    last += vocabulary.next();
    terms[position] = last;
  }
  const impacts = fromBase64(packed.impacts);
  const postings = varintsOf(fromBase64(packed.postings));
  const starts = new Uint32Array(terms.length + 1);
  const ids = documents <= 0xffff ? new Uint16Array(impacts.length) : new Uint32Array(impacts.length);
  let write = 0;
  for (let position = 0; position < terms.length; position += 1) {
    starts[position] = write;
    const end = write + postings.next();
    let id = 0;
    for (; write < end; write += 1) {
      id += postings.next();
      ids[write] = id;
    }
  }
  starts[terms.length] = write;
  return { documents, terms, starts, ids, impacts, idf: idfTable(documents, starts) };
}

function idfTable(documents: number, starts: Uint32Array): Float32Array {
  const idf = new Float32Array(Math.max(0, starts.length - 1));
  for (let at = 0; at < idf.length; at += 1)
    idf[at] = idfOf(documents, (starts[at + 1] ?? 0) - (starts[at] ?? 0));
  return idf;
}

/** An open-addressing table from terms to their positions in order of arrival. */
function createTermTable() {
  let slots = new Int32Array(1 << 12).fill(-1);
  let keys = new Int32Array(1 << 11);
  let size = 0;
  const slotOf = (term: Term) => {
    const mask = slots.length - 1;
    let slot = (Math.imul(term, 0x9e3779b1) >>> 7) & mask;
    while (slots[slot] !== -1 && keys[slots[slot] as number] !== term) slot = (slot + 1) & mask;
    return slot;
  };
  function grow(): void {
    const larger = new Int32Array(keys.length * 2);
    larger.set(keys);
    keys = larger;
    slots = new Int32Array(slots.length * 2).fill(-1);
    for (let at = 0; at < size; at += 1) slots[slotOf(keys[at] as number)] = at;
  }
  return {
    add(term: Term): number {
      const slot = slotOf(term);
      const held = slots[slot] as number;
      if (held !== -1) return held;
      keys[size] = term;
      slots[slot] = size;
      size += 1;
      if (size === keys.length) grow();
      return size - 1;
    },
    keys: () => keys.subarray(0, size),
  };
}

function createGrowing() {
  let values = new Uint32Array(1 << 12);
  let size = 0;
  return {
    push(value: number): void {
      if (size === values.length) {
        const larger = new Uint32Array(values.length * 2);
        larger.set(values);
        values = larger;
      }
      values[size] = value;
      size += 1;
    },
    values: () => values.subarray(0, size),
  };
}

/** Whole numbers as LEB128 varints. */
function toVarints(numbers: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  for (const number of numbers) {
    let rest = number;
    while (rest >= 0x80) {
      bytes.push((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    bytes.push(rest);
  }
  return Uint8Array.from(bytes);
}

/** Reads varints one by one. */
function varintsOf(bytes: Uint8Array): { count: number; next(): number } {
  let count = 0;
  for (let at = 0; at < bytes.length; at += 1) if ((bytes[at] as number) < 0x80) count += 1;
  let at = 0;
  return {
    count,
    next() {
      let byte = bytes[at] as number;
      at += 1;
      if (byte < 0x80) return byte;
      let value = byte & 0x7f;
      // Multiplied, not shifted: gaps between terms pass 31 bits.
      for (let unit = 0x80; ; unit *= 0x80) {
        byte = bytes[at] as number;
        at += 1;
        value += (byte & 0x7f) * unit;
        if (byte < 0x80) return value;
      }
    },
  };
}

function fromBase64(text: string): Uint8Array {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
