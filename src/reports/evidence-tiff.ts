/** What is read of a photo's Exif data. */
export type ExifFacts = {
  /** 1–8: how the picture is to be turned (Exif 3.0, tag 0x0112). */
  orientation: number | undefined;
  /** When it was taken. */
  capturedAt: Date | undefined;
};

const tags = { orientation: 0x0112, exifIfd: 0x8769, dateTimeOriginal: 0x9003, offsetTimeOriginal: 0x9011 };
const types = { ascii: 2, short: 3, long: 4 };
const entryBytes = 12;

/** Cameras write the local time; where the zone is not written, it is the only one of the country. */
const localOffset = "+08:00";

/**
 * Reads the orientation (IFD0) and DateTimeOriginal with OffsetTimeOriginal (Exif IFD) of a TIFF structure
 * (TIFF 6.0 section 2, Exif 3.0 section 4.6). What is malformed counts as absent.
 */
export function readTiff(tiff: Uint8Array): ExifFacts {
  const facts: ExifFacts = { orientation: undefined, capturedAt: undefined };
  try {
    const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
    const order = view.getUint16(0);
    if (order !== 0x4949 && order !== 0x4d4d) return facts;
    const little = order === 0x4949;
    if (view.getUint16(2, little) !== 42) return facts;
    const first = entriesAt(view, view.getUint32(4, little), little);
    const turned = first.get(tags.orientation);
    if (turned !== undefined && turned.type === types.short) {
      const value = view.getUint16(turned.valueAt, little);
      if (value >= 1 && value <= 8) facts.orientation = value;
    }
    const pointer = first.get(tags.exifIfd);
    if (pointer === undefined || pointer.type !== types.long) return facts;
    const exif = entriesAt(view, view.getUint32(pointer.valueAt, little), little);
    const text = (tag: number) => {
      const entry = exif.get(tag);
      return entry?.type === types.ascii ? asciiAt(view, entry, little) : undefined;
    };
    facts.capturedAt = instantOf(text(tags.dateTimeOriginal), text(tags.offsetTimeOriginal));
  } catch (error) {
    // Beyond the end of the bytes: the structure is not one.
    if (!(error instanceof RangeError)) throw error;
  }
  return facts;
}

type Entry = { type: number; count: number; valueAt: number };

function entriesAt(view: DataView, offset: number, little: boolean): Map<number, Entry> {
  const entries = new Map<number, Entry>();
  const count = view.getUint16(offset, little);
  for (let index = 0; index < count; index++) {
    const at = offset + 2 + index * entryBytes;
    entries.set(view.getUint16(at, little), {
      type: view.getUint16(at + 2, little),
      count: view.getUint32(at + 4, little),
      valueAt: at + 8,
    });
  }
  return entries;
}

function asciiAt(view: DataView, { count, valueAt }: Entry, little: boolean): string {
  const at = count <= 4 ? valueAt : view.getUint32(valueAt, little);
  let text = "";
  for (let index = 0; index < Math.min(count, 32); index++) {
    text += String.fromCharCode(view.getUint8(at + index));
  }
  return text.replace(/\0.*$/s, "").trim();
}

/** `2026:11:20 15:04:05` and `+08:00` as an instant. */
function instantOf(written: string | undefined, offset: string | undefined): Date | undefined {
  const [, year, month, day, time] = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)$/.exec(written ?? "") ?? [];
  if (time === undefined) return undefined;
  const zone = /^[+-]\d\d:\d\d$/.test(offset ?? "") ? offset : localOffset;
  const instant = new Date(`${year}-${month}-${day}T${time}${zone}`);
  return Number.isNaN(instant.getTime()) ? undefined : instant;
}
