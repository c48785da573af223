/** Photos made for tests: each holds a place, a device, a comment and a thumbnail beside its picture. */

/** Words that stand in the hidden data of every photo here and must not be in a copy without it. */
export const hiddenWords: readonly string[] = [
  "SECRET-MAKER",
  "SECRET-XMP",
  "SECRET-IPTC",
  "SECRET-COMMENT",
  "SECRET-TAIL",
  "SECRET-STRAY",
  "SECRET-PREVIEW",
];

const ascii = (text: string) => Array.from(text, (letter) => letter.charCodeAt(0));
const u16 = (value: number) => [(value >> 8) & 255, value & 255];
const u32 = (value: number) => [...u16(value >>> 16), ...u16(value & 0xffff)];
const bytes = (...parts: readonly (readonly number[])[]) => Uint8Array.from(parts.flat());

export type ExifOptions = {
  orientation?: number;
  /** `2026:11:20 15:04:05`. */
  takenAt?: string | undefined;
  /** `+08:00`; left out by default, as by most cameras. */
  offset?: string | undefined;
};

/** A big-endian TIFF structure with make, orientation, the time it was taken, a GPS latitude and a thumbnail's tags. */
export function exifTiff({
  orientation = 6,
  takenAt = "2026:11:20 15:04:05",
  offset,
}: ExifOptions = {}): number[] {
  const entry = (tag: number, type: number, count: number, value: number[]) => [
    ...u16(tag),
    ...u16(type),
    ...u32(count),
    ...[...value, 0, 0, 0, 0].slice(0, 4),
  ];
  const ifd = (entries: number[][], next = 0) => [...u16(entries.length), ...entries.flat(), ...u32(next)];
  const size = (count: number) => 2 + count * 12 + 4;
  const make = [...ascii("SECRET-MAKER"), 0];
  const time = [...ascii(takenAt), 0];
  const zone = offset === undefined ? [] : [...ascii(offset), 0];
  const exifEntries = offset === undefined ? 1 : 2;
  const at = { first: 8, exif: 8 + size(4) };
  const gpsAt = at.exif + size(exifEntries);
  const makeAt = gpsAt + size(2);
  const timeAt = makeAt + make.length;
  const zoneAt = timeAt + time.length;
  const latitudeAt = zoneAt + zone.length;
  const latitude = [...u32(38), ...u32(1), ...u32(18), ...u32(1), ...u32(3000), ...u32(100)];
  return [
    ...ascii("MM"),
    ...u16(42),
    ...u32(at.first),
    ...ifd([
      entry(0x010f, 2, make.length, u32(makeAt)),
      entry(0x0112, 3, 1, u16(orientation)),
      entry(0x8769, 4, 1, u32(at.exif)),
      entry(0x8825, 4, 1, u32(gpsAt)),
    ]),
    ...ifd([
      entry(0x9003, 2, time.length, u32(timeAt)),
      ...(offset === undefined ? [] : [entry(0x9011, 2, zone.length, u32(zoneAt))]),
    ]),
    ...ifd([entry(0x0001, 2, 2, [...ascii("N"), 0]), entry(0x0002, 5, 3, u32(latitudeAt))]),
    ...make,
    ...time,
    ...zone,
    ...latitude,
  ];
}

/** The latitude as it stands in `exifTiff`: 38° 18′ 30″. */
export const hiddenLatitude = bytes(u32(38), u32(1), u32(18), u32(1), u32(3000), u32(100));

const fromBase64 = (text: string) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** A picture of 16 × 8 in colours, as an encoder writes it without anything beside. */
const pictureJpeg = fromBase64(
  "/9j/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVGZIhlbXd7gYKBTmCNl4x9lnN+gXz/2wBDARUXFx4aHjshITt8U0ZTfHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHz/wAARCAAIABADASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAAEC/8QAIRAAAgEDBAMBAAAAAAAAAAAAAQIDABESBCExURMiQYH/xAAVAQEBAAAAAAAAAAAAAAAAAAAAAf/EABcRAAMBAAAAAAAAAAAAAAAAAAABESH/2gAMAwEAAhEDEQA/AMxhIjhp1jBV9hpofIbdZN6n8qz2LMJ8Mo3vbUSl2APUa7jkcfKUotVIf//Z",
);

/** The same picture as WebP. */
const pictureWebp = fromBase64(
  "UklGRmQAAABXRUJQVlA4IFgAAADwAQCdASoQAAgABUB8JQAB8GFulMzmHYAA+pqsxANFW8AvZEiS5uXlehQmS+u1zBER2twg64MbOhd50Dki15pgqasfhhHPdA2fLJ61kaoegzAoEMJKuAAA",
);

const segment = (marker: number, data: number[]) => [0xff, marker, ...u16(data.length + 2), ...data];

const jfif = (thumbnail: number[]) =>
  segment(0xe0, [
    ...ascii("JFIF\0"),
    1,
    2,
    0,
    ...u16(1),
    ...u16(1),
    thumbnail.length / 3,
    thumbnail.length && 1,
    ...thumbnail,
  ]);
const profile = segment(0xe2, [...ascii("ICC_PROFILE\0"), 1, 1, ...ascii("colour")]);

/** A JPEG with Exif, XMP, IPTC, a comment, thumbnails, a colour profile that must stay, and a second picture after its end. */
export function jpegPhoto(options: ExifOptions = {}): Uint8Array<ArrayBuffer> {
  return bytes(
    Array.from(pictureJpeg.subarray(0, 2)),
    jfif(ascii("SECRET-MAKER")),
    segment(0xe0, [...ascii("JFXX\0"), 0x10, ...ascii("SECRET-MAKER")]),
    segment(0xe1, [...ascii("Exif\0\0"), ...exifTiff(options)]),
    segment(0xe1, [...ascii("http://ns.adobe.com/xap/1.0/\0"), ...ascii("SECRET-XMP")]),
    profile,
    segment(0xe2, [...ascii("MPF\0"), ...ascii("SECRET-MAKER")]),
    segment(0xed, [...ascii("Photoshop 3.0\0"), ...ascii("SECRET-IPTC")]),
    segment(0xfe, ascii("SECRET-COMMENT")),
    Array.from(pictureJpeg.subarray(2)),
    ascii("SECRET-TAIL"),
  );
}

/** What must be left of `jpegPhoto`: the picture, its colours, and how it is to be turned. */
export function plainJpeg(orientation: number): Uint8Array<ArrayBuffer> {
  const tiff = [...ascii("MM"), ...u16(42), ...u32(8), ...u16(1), 0x01, 0x12, ...u16(3), ...u32(1)];
  const turned = segment(0xe1, [...ascii("Exif\0\0"), ...tiff, ...u16(orientation), 0, 0, ...u32(0)]);
  return bytes(
    Array.from(pictureJpeg.subarray(0, 2)),
    jfif([]),
    orientation === 1 ? [] : turned,
    profile,
    Array.from(pictureJpeg.subarray(2)),
  );
}

const crcTable = Array.from({ length: 256 }, (_, n) => {
  let value = n;
  for (let k = 0; k < 8; k++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});

function pngChunk(type: string, data: number[]): number[] {
  const body = [...ascii(type), ...data];
  let crc = 0xffffffff;
  for (const byte of body) crc = (crcTable[(crc ^ byte) & 255] ?? 0) ^ (crc >>> 8);
  return [...u32(data.length), ...body, ...u32((crc ^ 0xffffffff) >>> 0)];
}

/** The picture of `pngPhoto` by itself: grey, 1 × 1. */
export const plainPng = bytes(
  [0x89, ...ascii("PNG"), 13, 10, 26, 10],
  pngChunk("IHDR", [...u32(1), ...u32(1), 8, 0, 0, 0, 0]),
  pngChunk("pHYs", [...u32(2835), ...u32(2835), 1]),
  pngChunk("IDAT", [0x78, 0x01, 0x01, 0x02, 0x00, 0xfd, 0xff, 0x00, 0x80, 0x00, 0x82, 0x00, 0x81]),
  pngChunk("IEND", []),
);

/** A PNG with Exif, three kinds of text, a time, a private chunk, and something after its end. */
export function pngPhoto(options: ExifOptions = {}): Uint8Array<ArrayBuffer> {
  const headerEnd = 8 + 25;
  return bytes(
    Array.from(plainPng.subarray(0, headerEnd)),
    pngChunk("eXIf", exifTiff(options)),
    pngChunk("tEXt", ascii("Author\0SECRET-MAKER")),
    pngChunk("zTXt", ascii("Comment\0\0SECRET-COMMENT")),
    pngChunk("iTXt", ascii("XML:com.adobe.xmp\0\0\0\0\0SECRET-XMP")),
    pngChunk("tIME", [7, 234, 11, 20, 15, 4, 5]),
    pngChunk("prVt", ascii("SECRET-IPTC")),
    Array.from(plainPng.subarray(headerEnd)),
    ascii("SECRET-TAIL"),
  );
}

const u32le = (value: number) => u32(value).reverse();
const riffChunk = (type: string, data: number[]) => [
  ...ascii(type),
  ...u32le(data.length),
  ...data,
  ...(data.length % 2 === 1 ? [0] : []),
];

const webp = (flags: number, ...more: number[][]) => {
  const picture = Array.from(pictureWebp.subarray(12));
  const body = [
    ...ascii("WEBP"),
    ...riffChunk("VP8X", [flags, 0, 0, 0, 15, 0, 0, 7, 0, 0]),
    ...picture,
    ...more.flat(),
  ];
  return [...ascii("RIFF"), ...u32le(body.length), ...body];
};

/** The picture of `webpPhoto` by itself. */
export const plainWebp = bytes(webp(0));

/** A WebP with Exif, XMP, an unknown chunk and something after its end. */
export function webpPhoto(options: ExifOptions = {}): Uint8Array<ArrayBuffer> {
  const hidden = [
    riffChunk("EXIF", exifTiff(options)),
    riffChunk("XMP ", ascii("SECRET-XMP")),
    riffChunk("unkn", ascii("SECRET-COMMENT")),
  ];
  return bytes(webp(0x0c, ...hidden), ascii("SECRET-TAIL"));
}

const box = (type: string, ...parts: number[][]) => {
  const data = parts.flat();
  return [...u32(data.length + 8), ...ascii(type), ...data];
};

/** The bytes of the picture in `heicPhoto`; nobody decodes them here. */
const heicPicture = ascii("PICTURE-OF-THE-MARKET");

/**
 * A HEIC whose picture is some bytes, with an Exif item, an XMP item, a thumbnail of one tile, a description, a film
 * beside it, and a place written where no item points.
 */
export function heicPhoto(options: ExifOptions = {}): Uint8Array<ArrayBuffer> {
  const exif = [...u32(0), ...exifTiff(options)];
  const xmp = ascii("SECRET-XMP");
  const tile = ascii("SECRET-PREVIEW");
  const stray = ascii("SECRET-STRAY N38.3033 E116.8388");
  const infe = (id: number, type: string, rest = [0]) =>
    box("infe", [2, 0, 0, 0], u16(id), u16(0), ascii(type), rest);
  const ftyp = box("ftyp", ascii("heic"), u32(0), ascii("mif1heic"));
  const meta = (mdatAt: number) => {
    const item = (id: number, offset: number, length: number) => [
      ...u16(id),
      ...u16(0),
      ...u16(1),
      ...u32(mdatAt + offset),
      ...u32(length),
    ];
    return box(
      "meta",
      [0, 0, 0, 0],
      box("hdlr", [0, 0, 0, 0], u32(0), ascii("pict"), u32(0), u32(0), u32(0), [0]),
      box("pitm", [0, 0, 0, 0], u16(1)),
      box(
        "iinf",
        [0, 0, 0, 0],
        u16(5),
        infe(1, "hvc1"),
        infe(2, "Exif"),
        infe(3, "mime", [0, ...ascii("application/rdf+xml"), 0]),
        infe(4, "grid"),
        infe(5, "hvc1"),
      ),
      box("iref", [0, 0, 0, 0], box("thmb", u16(4), u16(1), u16(1)), box("dimg", u16(4), u16(1), u16(5))),
      box(
        "iloc",
        [0, 0, 0, 0],
        [0x44, 0x00],
        u16(5),
        item(1, 0, heicPicture.length),
        item(2, heicPicture.length, exif.length),
        item(3, heicPicture.length + exif.length, xmp.length),
        item(4, heicPicture.length + exif.length + xmp.length, 2),
        item(5, heicPicture.length + exif.length + xmp.length + 2, tile.length),
      ),
      box(
        "iprp",
        box("ipco", box("irot", [3]), box("udes", [0, 0, 0, 0], ascii("zh\0SECRET-COMMENT\0\0\0"))),
      ),
    );
  };
  const mdatAt = ftyp.length + meta(0).length + 8;
  return bytes(
    ftyp,
    meta(mdatAt),
    box("mdat", heicPicture, exif, xmp, [0, 0], tile, stray),
    box("mpvd", ascii("SECRET-TAIL SECRET-IPTC")),
  );
}

/** Whether bytes hold other bytes somewhere. */
export function holds(whole: Uint8Array, part: Uint8Array | string): boolean {
  return Buffer.from(whole).includes(typeof part === "string" ? part : Buffer.from(part));
}
