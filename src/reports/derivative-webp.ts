import { type Bytes, concat, utf8 } from "../crypto/bytes.ts";
import { MalformedImage, textAt, viewOf } from "./derivative-structure.ts";

const headerBytes = 12;
const frameHeaderBytes = 16;
/** Of the flags in VP8X (RFC 9649 section 2.7.1): Exif and XMP are there. */
const metadataFlags = 0x08 | 0x04;

const kept: ReadonlySet<string> = new Set(["VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "ICCP"]);

/** The chunks of a RIFF body (RFC 9649 section 2.3). @throws {MalformedImage}. */
function* chunksOf(body: Bytes): Generator<{ type: string; data: Bytes }> {
  const view = viewOf(body);
  let at = 0;
  while (at + 8 <= body.length) {
    const end = at + 8 + view.getUint32(at + 4, true);
    if (end > body.length) throw new MalformedImage("A chunk is cut short.");
    yield { type: textAt(body, at, 4), data: body.subarray(at + 8, end) };
    at = end + (end % 2);
  }
}

function bodyOf(bytes: Bytes): Bytes {
  if (bytes.length < headerBytes) throw new MalformedImage("It is shorter than its header.");
  // The size counts from the mark "WEBP", which is four bytes before the first chunk.
  return bytes.subarray(headerBytes, 8 + viewOf(bytes).getUint32(4, true));
}

/** The Exif data of a WebP: its EXIF chunk (section 2.7.1.5). @throws {MalformedImage}. */
export function exifOfWebp(bytes: Bytes): Bytes | undefined {
  for (const { type, data } of chunksOf(bodyOf(bytes))) {
    // Some programs put JPEG's mark before it.
    if (type === "EXIF") return textAt(data, 0, 6) === "Exif\0\0" ? data.subarray(6) : data;
  }
  return undefined;
}

/**
 * The same picture without Exif, XMP, unknown chunks and whatever follows its end.
 *
 * @throws {MalformedImage} if the chunks cannot be told apart.
 */
export function stripWebp(bytes: Bytes): Bytes {
  const body = concat(utf8("WEBP"), ...strippedChunks(bodyOf(bytes)));
  return concat(utf8("RIFF"), sizeOf(body), body);
}

function strippedChunks(body: Bytes): Bytes[] {
  const parts: Bytes[] = [];
  for (const { type, data } of chunksOf(body)) {
    if (!kept.has(type)) continue;
    const content = strippedData(type, data);
    parts.push(utf8(type), sizeOf(content), content, new Uint8Array(content.length % 2));
  }
  return parts;
}

function strippedData(type: string, data: Bytes): Bytes {
  if (type === "VP8X") return concat(Uint8Array.of((data[0] ?? 0) & ~metadataFlags), data.subarray(1));
  if (type !== "ANMF") return data;
  return concat(
    data.subarray(0, frameHeaderBytes),
    ...strippedChunks(data.subarray(frameHeaderBytes) as Bytes),
  );
}

function sizeOf(bytes: Bytes): Bytes {
  const size = new Uint8Array(4);
  viewOf(size).setUint32(0, bytes.length, true);
  return size;
}
