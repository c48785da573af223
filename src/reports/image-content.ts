import { type Bytes, concat, sha256 } from "../crypto/bytes.ts";

/**
 * SHA-256 of what a picture shows as it is stored, without its metadata (EXIF, XMP, comments, colour profile):
 * the same for a photo with and without its place and time. Undefined for what is not JPEG, PNG or WebP or is cut
 * short. A picture that was scaled or compressed again has another one: that takes decoding of pixels.
 * Sources: ISO/IEC 10918-1 annex B (JPEG markers), PNG 3rd edition section 5, RFC 9649 section 2 (WebP).
 */
export async function imageContentHash(bytes: Bytes): Promise<string | undefined> {
  const content = jpegContent(bytes) ?? pngContent(bytes) ?? webpContent(bytes);
  return content === undefined ? undefined : sha256(concat(...content));
}

function jpegContent(bytes: Bytes): Uint8Array[] | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined;
  const kept: Uint8Array[] = [];
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    // From the first scan on everything is picture.
    if (marker === 0xda) {
      kept.push(bytes.subarray(at));
      return kept;
    }
    const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
    if (length < 2) return undefined;
    const isMetadata = (marker >= 0xe0 && marker <= 0xef) || marker === 0xfe;
    if (!isMetadata) kept.push(bytes.subarray(at, at + 2 + length));
    at += 2 + length;
  }
  return undefined;
}

const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const pngKept: ReadonlySet<string> = new Set(["IHDR", "PLTE", "tRNS", "IDAT", "acTL", "fcTL", "fdAT"]);

function pngContent(bytes: Bytes): Uint8Array[] | undefined {
  if (!pngSignature.every((byte, index) => bytes[index] === byte)) return undefined;
  const kept = chunksOf(bytes, 8, false, pngKept);
  return kept.length === 0 ? undefined : kept;
}

const webpKept: ReadonlySet<string> = new Set(["VP8 ", "VP8L", "ALPH", "ANIM", "ANMF"]);

function webpContent(bytes: Bytes): Uint8Array[] | undefined {
  if (nameAt(bytes, 0) !== "RIFF" || nameAt(bytes, 8) !== "WEBP") return undefined;
  const kept = chunksOf(bytes, 12, true, webpKept);
  return kept.length === 0 ? undefined : kept;
}

const nameAt = (bytes: Bytes, at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));

/** The bodies of the chunks of these names: PNG (length, name, body, CRC) or, `riff`, WebP (name, length, body, padding). */
function chunksOf(bytes: Bytes, start: number, riff: boolean, names: ReadonlySet<string>): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kept: Uint8Array[] = [];
  let at = start;
  while (at + 8 <= bytes.length) {
    const name = nameAt(bytes, riff ? at : at + 4);
    const length = view.getUint32(riff ? at + 4 : at, riff);
    const end = at + 8 + length;
    if (end > bytes.length) return [];
    if (names.has(name)) kept.push(bytes.subarray(at + 8, end));
    if (name === "IEND") break;
    at = riff ? end + (length % 2) : end + 4;
  }
  return kept;
}
