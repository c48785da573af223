import { type Bytes, concat } from "../crypto/bytes.ts";
import { MalformedImage, startsWithText } from "./derivative-structure.ts";
import { readTiff } from "./evidence-tiff.ts";

const marker = { soi: 0xd8, eoi: 0xd9, sos: 0xda, app0: 0xe0, app1: 0xe1, app2: 0xe2, app14: 0xee };
const exifMark = "Exif\0\0";
/** Of a JFIF APP0: identifier, version, density, and the size of a thumbnail (ITU-T T.871 section 10.1). */
const jfifBytes = 14;

/** A marker segment, `data` without marker and length; a scan's has its entropy-coded data too, in `coded`. */
type Segment = { marker: number; whole: Bytes; data: Bytes; coded: Bytes };

/** The marker segments from SOI to EOI (ITU-T T.81 annex B.1.1). @throws {MalformedImage}. */
function* segmentsOf(bytes: Bytes): Generator<Segment> {
  if (bytes[0] !== 0xff || bytes[1] !== marker.soi) throw new MalformedImage("It begins with no SOI.");
  let at = 2;
  while (at < bytes.length) {
    if (bytes[at] !== 0xff) throw new MalformedImage("A marker is missing.");
    // Any number of fill bytes may stand before a marker (B.1.1.2).
    while (bytes[at + 1] === 0xff) at += 1;
    const code = bytes[at + 1] ?? 0;
    if (code === marker.eoi) return;
    if (code === 0x01 || (code >= 0xd0 && code <= 0xd7)) {
      at += 2;
      continue;
    }
    const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
    const end = at + 2 + length;
    if (length < 2 || end > bytes.length) throw new MalformedImage("A segment is cut short.");
    const after = code === marker.sos ? endOfCoded(bytes, end) : end;
    yield {
      marker: code,
      whole: bytes.subarray(at, end),
      data: bytes.subarray(at + 4, end),
      coded: bytes.subarray(end, after),
    };
    at = after;
  }
}

/** Where entropy-coded data ends: at the first marker that is neither a stuffed zero nor a restart (B.1.1.5). */
function endOfCoded(bytes: Bytes, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1] ?? 0xff;
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return bytes.length;
}

/** The Exif data of a JPEG: its first APP1 of that kind (Exif 3.0 section 4.7.2). @throws {MalformedImage}. */
export function exifOfJpeg(bytes: Bytes): Bytes | undefined {
  for (const segment of segmentsOf(bytes)) {
    if (segment.marker === marker.app1 && startsWithText(segment.data, exifMark)) {
      return segment.data.subarray(exifMark.length);
    }
    if (segment.marker === marker.sos) return undefined;
  }
  return undefined;
}

/**
 * The same picture without Exif, XMP, IPTC, comments, thumbnails and whatever follows its end. Kept are the
 * segments that decoding needs, the colour profile (APP2 ICC_PROFILE), Adobe's transform (APP14), and the
 * orientation in an Exif segment of its own.
 *
 * @throws {MalformedImage} if the segments cannot be told apart.
 */
export function stripJpeg(bytes: Bytes): Bytes {
  const exif = exifOfJpeg(bytes);
  const { orientation } = exif === undefined ? { orientation: undefined } : readTiff(exif);
  const turned = orientation === undefined || orientation === 1 ? [] : [orientationSegment(orientation)];
  const head: Bytes[] = [];
  const rest: Bytes[] = [];
  for (const segment of segmentsOf(bytes)) {
    if (segment.marker === marker.app0) {
      // JFXX, the extension, holds a thumbnail and nothing else.
      if (startsWithText(segment.data, "JFIF\0") && head.length === 0) head.push(jfifOf(segment.data));
    } else if (isKept(segment)) {
      rest.push(segment.whole, segment.coded);
    }
  }
  return concat(
    Uint8Array.of(0xff, marker.soi),
    ...head,
    ...turned,
    ...rest,
    Uint8Array.of(0xff, marker.eoi),
  );
}

function isKept({ marker: code, data }: Segment): boolean {
  if (code === marker.app2) return startsWithText(data, "ICC_PROFILE\0");
  if (code === marker.app14) return startsWithText(data, "Adobe");
  const isApplication = code >= 0xe0 && code <= 0xef;
  const isCommentOrReserved = code >= 0xf0;
  return !isApplication && !isCommentOrReserved;
}

/** A JFIF segment with no thumbnail. @throws {MalformedImage}. */
function jfifOf(data: Bytes): Bytes {
  if (data.length < jfifBytes) throw new MalformedImage("A JFIF segment is cut short.");
  return concat(
    Uint8Array.of(0xff, marker.app0, 0, jfifBytes + 2),
    data.subarray(0, jfifBytes - 2),
    Uint8Array.of(0, 0),
  );
}

/** An APP1 whose TIFF structure holds the orientation only. */
function orientationSegment(orientation: number): Bytes {
  const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0];
  const data = [...Array.from(exifMark, (letter) => letter.charCodeAt(0)), ...tiff, 0, 0, 0, 0];
  return Uint8Array.of(0xff, marker.app1, 0, data.length + 2, ...data);
}
