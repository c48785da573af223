import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type ExifOptions,
  exifTiff,
  heicPhoto,
  hiddenLatitude,
  hiddenWords,
  holds,
  jpegPhoto,
  plainJpeg,
  plainPng,
  plainWebp,
  pngPhoto,
  webpPhoto,
} from "../../test/support/photos.ts";
import type { Bytes } from "../crypto/bytes.ts";
import { exifOf, redactMetadata } from "./derivative.ts";
import { readTiff } from "./evidence-tiff.ts";

const photos: [string, string, (options?: ExifOptions) => Bytes][] = [
  ["JPEG", "image/jpeg", jpegPhoto],
  ["PNG", "image/png", pngPhoto],
  ["WebP", "image/webp", webpPhoto],
  ["HEIC", "image/heic", heicPhoto],
];

function redacted(bytes: Bytes, mediaType: string): Bytes {
  const redaction = redactMetadata(bytes, mediaType);
  if (redaction.kind !== "redacted") throw new Error(redaction.reason);
  return redaction.bytes;
}

describe("a copy without hidden data", () => {
  test.each(photos)(
    "of a %s tells neither place nor device nor time, and the original is as it was",
    (_, type, photo) => {
      const original = photo();
      const before = original.slice();
      const copy = redacted(original, type);
      expect(holds(original, hiddenLatitude)).toBe(true);
      expect(holds(copy, hiddenLatitude)).toBe(false);
      for (const word of [...hiddenWords, "2026:11:20"]) expect(holds(copy, word), word).toBe(false);
      expect(original).toEqual(before);
    },
  );

  test("of a JPEG is the picture to the byte, with its colour profile and its orientation", () => {
    expect(redacted(jpegPhoto({ orientation: 6 }), "image/jpeg")).toEqual(plainJpeg(6));
    expect(redacted(jpegPhoto({ orientation: 1 }), "image/jpeg")).toEqual(plainJpeg(1));
    const exif = exifOf(redacted(jpegPhoto({ orientation: 8 }), "image/jpeg"), "image/jpeg");
    expect(exif && readTiff(exif)).toEqual({ orientation: 8, capturedAt: undefined });
  });

  test("of a PNG or a WebP is the picture to the byte", () => {
    expect(redacted(pngPhoto(), "image/png")).toEqual(plainPng);
    expect(redacted(webpPhoto(), "image/webp")).toEqual(plainWebp);
  });

  test("of a HEIC holds nothing that no item of the picture names, nor a thumbnail and its tiles", () => {
    const original = heicPhoto();
    const copy = redacted(original, "image/heic");
    for (const word of ["SECRET-STRAY", "N38.3033", "SECRET-PREVIEW"]) {
      expect(holds(original, word), word).toBe(true);
      expect(holds(copy, word), word).toBe(false);
    }
  });

  test("of a HEIC has its length and its picture", () => {
    const original = heicPhoto();
    const copy = redacted(original, "image/heic");
    expect(copy.length).toBe(original.length);
    expect(holds(copy, "PICTURE-OF-THE-MARKET")).toBe(true);
    expect(exifOf(copy, "image/heic")).toSatisfy((exif: Bytes) => readTiff(exif).capturedAt === undefined);
  });

  test.each(photos)("of a %s has no more to take out", (_, type, photo) => {
    const once = redacted(photo(), type);
    expect(redacted(once, type)).toEqual(once);
  });

  test("is not made of what is no photo, nor of a photo that cannot be read", () => {
    for (const type of ["application/pdf", "video/mp4", "image/tiff", "image/gif", "text/plain"]) {
      expect(redactMetadata(jpegPhoto(), type)).toEqual({ kind: "not_derivable", reason: "format" });
    }
    for (const [, type, photo] of photos) {
      const cut = photo().subarray(0, 60);
      expect(redactMetadata(cut, type), type).toEqual({ kind: "not_derivable", reason: "malformed" });
    }
  });

  test("of any damaged photo tells nothing, or is not made", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...photos),
        fc.array(fc.tuple(fc.nat(5000), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
        ([, type, photo], changes) => {
          const bytes = photo();
          for (const [place, value] of changes) bytes[place % bytes.length] = value;
          const redaction = redactMetadata(bytes, type);
          exifOf(bytes, type);
          return redaction.kind === "not_derivable" || redaction.bytes.length <= bytes.length;
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("the time in a photo", () => {
  test.each(photos)("is read from a %s", (_, type, photo) => {
    const exif = exifOf(photo(), type);
    expect(exif && readTiff(exif)).toEqual({
      orientation: 6,
      capturedAt: new Date("2026-11-20T15:04:05+08:00"),
    });
  });

  test("is read from a TIFF, and in the zone that is written", () => {
    const tiff = Uint8Array.from(exifTiff({ offset: "+09:00" }));
    expect(exifOf(tiff, "image/tiff")).toBe(tiff);
    expect(readTiff(tiff).capturedAt).toEqual(new Date("2026-11-20T15:04:05+09:00"));
  });

  test.each(["0000:00:00 00:00:00", "2026:13:40 99:99:99", "    :  :     :  :  ", "2026-11-20 15:04:05"])(
    "is none where it says %s",
    (takenAt) => {
      expect(readTiff(Uint8Array.from(exifTiff({ takenAt }))).capturedAt).toBeUndefined();
    },
  );

  test("is none in anything that is no TIFF structure", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        readTiff(bytes);
        readTiff(Uint8Array.from([0x4d, 0x4d, 0, 42, ...bytes]));
      }),
    );
  });
});
