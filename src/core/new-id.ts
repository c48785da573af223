/** Makes an identifier `prefix_` + 128 random bits; it tells neither time nor order. */
export type NewId = (prefix: string) => string;

/** Fills a fresh array with `length` random bytes. Handed in, so that tests can foresee it. */
export type RandomBytes = (length: number) => Uint8Array<ArrayBuffer>;

/** Crockford's base32 alphabet: no I, L, O, U. https://www.crockford.com/base32.html */
export const crockfordAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

export const randomBytes: RandomBytes = (length) => crypto.getRandomValues(new Uint8Array(length));

/** Writes bytes as Crockford base32, most significant bit first, no padding. */
export function toCrockford(bytes: Uint8Array): string {
  let bits = 0;
  let held = 0;
  let text = "";
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += crockfordAlphabet[(held >> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  if (bits > 0) text += crockfordAlphabet[(held << (5 - bits)) & 31];
  return text;
}

/** Random identifiers from a source of bytes. */
export function createNewId(bytes: RandomBytes = randomBytes): NewId {
  return (prefix) => `${prefix}_${toCrockford(bytes(16)).toLowerCase()}`;
}
