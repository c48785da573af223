import type { Bytes } from "../crypto/bytes.ts";
import { exifOfHeif, stripHeif } from "./derivative-heif.ts";
import { exifOfJpeg, stripJpeg } from "./derivative-jpeg.ts";
import { exifOfPng, stripPng } from "./derivative-png.ts";
import { MalformedImage } from "./derivative-structure.ts";
import { exifOfWebp, stripWebp } from "./derivative-webp.ts";

type Format = { strip(bytes: Bytes): Bytes; exif(bytes: Bytes): Bytes | undefined };

const formats: Readonly<Record<string, Format>> = {
  "image/jpeg": { strip: stripJpeg, exif: exifOfJpeg },
  "image/png": { strip: stripPng, exif: exifOfPng },
  "image/webp": { strip: stripWebp, exif: exifOfWebp },
  "image/heic": { strip: stripHeif, exif: exifOfHeif },
  "image/avif": { strip: stripHeif, exif: exifOfHeif },
};

/** How derivatives are made; another way of making them gets another name. */
export const redactionMethod = "metadata-2";

/** A copy without hidden data, or why there is none. */
export type Redaction =
  | { kind: "redacted"; bytes: Bytes }
  | { kind: "not_derivable"; reason: "format" | "malformed" };

/**
 * The picture without what it says beside itself: place, time, device, names, thumbnails. Pixels are not decoded.
 * Of PDF, Office files, film, sound, TIFF, GIF and BMP no copy is made.
 */
export function redactMetadata(bytes: Bytes, mediaType: string): Redaction {
  const format = formats[mediaType];
  if (format === undefined) return { kind: "not_derivable", reason: "format" };
  try {
    return { kind: "redacted", bytes: format.strip(bytes) };
  } catch (error) {
    if (error instanceof MalformedImage) return { kind: "not_derivable", reason: "malformed" };
    throw error;
  }
}

/** The Exif data of a picture as a TIFF structure; undefined where there is none or it cannot be found. */
export function exifOf(bytes: Bytes, mediaType: string): Bytes | undefined {
  if (mediaType === "image/tiff") return bytes;
  try {
    return formats[mediaType]?.exif(bytes);
  } catch (error) {
    if (error instanceof MalformedImage) return undefined;
    throw error;
  }
}
