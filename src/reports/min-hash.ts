/** Permutations of the signature, in bands of which one shared is a candidate: P(band) = J⁴ of texts with Jaccard index J. */
const permutations = 64;
const rowsPerBand = 4;
export const bandCount = permutations / rowsPerBand;

/** Texts shorter than this say too little to be compared, in characters. */
const minTextChars = 20;
const shingleChars = 3;

/** A source of 32-bit numbers from a seed (mulberry32 by T. Ettinger, public domain). */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/** The finaliser of MurmurHash3 (A. Appleby, public domain). */
function mix(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/**
 * The bands of a text's MinHash signature over runs of three characters (Broder 1997; banding: Leskovec, Rajaraman,
 * Ullman, "Mining of Massive Datasets", 3.4): two texts share the more of them the more alike they are.
 * Empty for a text too short to tell. The same `seed` must be used for all; a secret one keeps others from making bands.
 */
export function textBands(text: string, seed: number): string[] {
  if (text.length < minTextChars) return [];
  const signature = new Uint32Array(permutations).fill(0xffffffff);
  const next = numbersFrom(seed);
  const salts = Uint32Array.from({ length: permutations }, next);
  for (let at = 0; at + shingleChars <= text.length; at++) {
    let shingle = 0x811c9dc5;
    for (let place = at; place < at + shingleChars; place++) {
      shingle = Math.imul(shingle ^ text.charCodeAt(place), 0x01000193);
    }
    for (let permutation = 0; permutation < permutations; permutation++) {
      const value = mix(shingle ^ (salts[permutation] ?? 0));
      if (value < (signature[permutation] ?? 0)) signature[permutation] = value;
    }
  }
  return Array.from(
    { length: bandCount },
    (_, band) => `${band}:${signature.slice(band * rowsPerBand, (band + 1) * rowsPerBand).join(".")}`,
  );
}
