import { type Bytes, concat } from "../crypto/bytes.ts";
import { MalformedImage, textAt, viewOf } from "./derivative-structure.ts";

const signatureBytes = 8;

/** Ancillary chunks that say how the picture looks (PNG 3rd edition sections 11.3.1–11.3.2, 11.3.5) and its animation (11.3.6). */
const kept: ReadonlySet<string> = new Set([
  ...["tRNS", "cHRM", "gAMA", "iCCP", "sBIT", "sRGB", "cICP", "mDCV", "cLLI", "bKGD", "hIST", "pHYs", "sPLT"],
  ...["acTL", "fcTL", "fdAT"],
]);

/** The chunks up to IEND (PNG 3rd edition section 5.3). @throws {MalformedImage}. */
function* chunksOf(bytes: Bytes): Generator<{ type: string; whole: Bytes; data: Bytes }> {
  const view = viewOf(bytes);
  let at = signatureBytes;
  for (;;) {
    if (at + 12 > bytes.length) throw new MalformedImage("IEND is missing.");
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) throw new MalformedImage("A chunk is cut short.");
    const type = textAt(bytes, at + 4, 4);
    yield { type, whole: bytes.subarray(at, end), data: bytes.subarray(at + 8, end - 4) };
    if (type === "IEND") return;
    at = end;
  }
}

/** The Exif data of a PNG: its eXIf chunk (section 11.3.4.6). @throws {MalformedImage}. */
export function exifOfPng(bytes: Bytes): Bytes | undefined {
  for (const { type, data } of chunksOf(bytes)) if (type === "eXIf") return data;
  return undefined;
}

/**
 * The same picture without texts, Exif, times, private chunks and whatever follows its end. Chunks whose first
 * letter is a capital are critical (section 5.4) and stay.
 *
 * @throws {MalformedImage} if the chunks cannot be told apart.
 */
export function stripPng(bytes: Bytes): Bytes {
  const parts: Bytes[] = [bytes.subarray(0, signatureBytes)];
  for (const { type, whole } of chunksOf(bytes)) if (/^[A-Z]/.test(type) || kept.has(type)) parts.push(whole);
  return concat(...parts);
}
