import { describe, expect, test } from "vitest";
import { type Bytes, concat } from "../crypto/bytes.ts";
import { imageContentHash } from "./image-content.ts";

const bytes = (...values: number[]) => Uint8Array.from(values) as Bytes;
const text = (value: string) => new TextEncoder().encode(value);

const segment = (marker: number, body: Uint8Array) =>
  concat(bytes(0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255), body);
const jpeg = (metadata: Uint8Array, scan = 1) =>
  concat(
    bytes(0xff, 0xd8),
    metadata,
    segment(0xdb, bytes(1, 2, 3)),
    segment(0xda, bytes(0)),
    bytes(scan, 0xff, 0xd9),
  );

const chunk = (name: string, body: Uint8Array) =>
  concat(bytes(0, 0, 0, body.length), text(name), body, bytes(0, 0, 0, 0));
const png = (...more: Uint8Array[]) =>
  concat(
    bytes(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", bytes(0, 0, 0, 1)),
    ...more,
    chunk("IDAT", bytes(5)),
    chunk("IEND", bytes()),
  );

const riff = (name: string, body: Uint8Array) =>
  concat(text(name), bytes(body.length, 0, 0, 0), body, bytes(...(body.length % 2 === 1 ? [0] : [])));
const webp = (...chunks: Uint8Array[]) => {
  const body = concat(text("WEBP"), ...chunks);
  return concat(text("RIFF"), bytes(body.length, 0, 0, 0), body);
};

describe("the hash of what a picture shows", () => {
  test("is the same for a JPEG with and without its place and time", async () => {
    const plain = await imageContentHash(jpeg(bytes()));

    expect(plain).toMatch(/^[0-9a-f]{64}$/);
    expect(await imageContentHash(jpeg(segment(0xe1, text("Exif 2026-11-22 38.3N"))))).toBe(plain);
    expect(await imageContentHash(jpeg(segment(0xfe, text("by me"))))).toBe(plain);
    expect(await imageContentHash(jpeg(bytes(), 2))).not.toBe(plain);
  });

  test("is the same for a PNG with and without its texts", async () => {
    expect(await imageContentHash(png(chunk("tEXt", text("Author me"))))).toBe(await imageContentHash(png()));
  });

  test("is the same for a WebP with and without its EXIF", async () => {
    const picture = riff("VP8 ", bytes(1, 2, 3));

    expect(await imageContentHash(webp(picture, riff("EXIF", bytes(9))))).toBe(
      await imageContentHash(webp(picture)),
    );
  });

  test.each([
    ["words", text("这不是图片") as Bytes],
    ["nothing", bytes()],
    ["a JPEG that is cut short", jpeg(bytes()).slice(0, 6)],
    ["a PNG that is cut short", png().slice(0, 14)],
  ])("is none for %s", async (_, file) => {
    expect(await imageContentHash(file)).toBeUndefined();
  });
});
