// The work that the service asks of a page in an hour in which very much is filed. It keeps to what chat.js keeps to:
// crypto.subtle is absent on pages without TLS, waits for a turn at every hash, and a Worker falls under `child-src` in
// Safari 11. So the hash is done here, in slices between which the page draws and listens.

// biome-ignore lint/suspicious/noRedundantUseStrict: a classic script, which browsers do not read strictly by themselves
"use strict";

/**
 * Finds a counter with which the SHA-256 of `challenge:counter` begins with so many zero bits.
 *
 * @type {(challenge: string, bits: number) => Promise<string>} `challenge:counter`; `bits` is 1 to 31
 */
// biome-ignore lint/correctness/noUnusedVariables: chat.js calls it
const proveWork = (() => {
  /** Some 10 ms on a slow phone: nobody feels it at a touch. */
  const triesASlice = 1000;

  // FIPS 180-4, 4.2.2 and 5.3.3: the fractions of the roots of the first primes.
  const roundConstants = new Int32Array(64);
  const initialState = new Int32Array(8);
  for (let candidate = 2, found = 0; found < 64; candidate += 1) {
    let divisor = 2;
    while (divisor * divisor <= candidate && candidate % divisor !== 0) divisor += 1;
    if (divisor * divisor <= candidate) continue;
    roundConstants[found] = candidate ** (1 / 3) * 0x100000000;
    if (found < 8) initialState[found] = Math.sqrt(candidate) * 0x100000000;
    found += 1;
  }

  const words = new Int32Array(64);

  /**
   * One block of SHA-256 (FIPS 180-4, 6.2.2), into `state`.
   *
   * @param {Int32Array} state
   * @param {Uint8Array} bytes
   * @param {number} at where the block begins
   */
  function compress(state, bytes, at) {
    for (let i = 0; i < 16; i += 1) {
      const from = at + i * 4;
      words[i] = (bytes[from] << 24) | (bytes[from + 1] << 16) | (bytes[from + 2] << 8) | bytes[from + 3];
    }
    for (let i = 16; i < 64; i += 1) {
      const x = words[i - 15];
      const y = words[i - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      words[i] = words[i - 16] + s0 + words[i - 7] + s1;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i += 1) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + roundConstants[i] + words[i]) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
  }

  /**
   * Hashes texts that begin alike: the blocks of the beginning are hashed once.
   *
   * @param {string} beginning in ASCII
   * @returns {(end: string) => Int32Array} the eight words of the SHA-256 of beginning and end; the next call writes over them
   */
  function hashAfter(beginning) {
    const whole = beginning.length - (beginning.length % 64);
    const known = new Int32Array(initialState);
    const head = Uint8Array.from(beginning.slice(0, whole), (letter) => letter.charCodeAt(0));
    for (let at = 0; at < whole; at += 64) compress(known, head, at);
    const rest = beginning.slice(whole);
    const tail = new Uint8Array(128);
    for (let i = 0; i < rest.length; i += 1) tail[i] = rest.charCodeAt(i);
    const state = new Int32Array(8);
    return function hash(end) {
      const length = rest.length + end.length;
      const size = length + 9 > 64 ? 128 : 64;
      tail.fill(0, rest.length);
      for (let i = 0; i < end.length; i += 1) tail[rest.length + i] = end.charCodeAt(i);
      tail[length] = 0x80;
      const bitLength = (whole + length) * 8;
      for (let i = 1; i <= 4; i += 1) tail[size - i] = bitLength >>> (8 * (i - 1));
      state.set(known);
      for (let at = 0; at < size; at += 64) compress(state, tail, at);
      return state;
    };
  }

  return function proveWork(challenge, bits) {
    const hash = hashAfter(`${challenge}:`);
    let counter = 0;
    return new Promise((resolve) => {
      // A message comes at once, where a timer would wait four milliseconds at every slice.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        for (const end = counter + triesASlice; counter < end; counter += 1) {
          if (hash(String(counter))[0] >>> (32 - bits) === 0) {
            port1.close();
            resolve(`${challenge}:${counter}`);
            return;
          }
        }
        port2.postMessage(null);
      };
      port2.postMessage(null);
    });
  };
})();
