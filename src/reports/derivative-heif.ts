import { type Bytes, concat } from "../crypto/bytes.ts";
import { MalformedImage, textAt, viewOf } from "./derivative-structure.ts";

/** Top-level boxes of a still picture (ISO/IEC 14496-12, 23008-12). What else stands there may be a film, or anything. */
const topLevel: ReadonlySet<string> = new Set(["ftyp", "meta", "mdat", "free", "skip"]);

/** Types of items that are pictures or parts of one (ISO/IEC 23008-12); all others are data about it. */
const pictures: ReadonlySet<string> = new Set([
  ...["hvc1", "hev1", "lhv1", "vvc1", "av01", "avc1", "jpeg", "j2k1", "unci", "mski"],
  ...["grid", "iden", "iovl", "tmap"],
]);

/** Boxes in `meta`, and properties in `ipco`, that hold words, dates or data of others: their content becomes zeros. */
const telling: ReadonlySet<string> = new Set(["xml ", "bxml", "uuid", "udes", "crtt", "mdft"]);

type Box = { type: string; start: number; contentAt: number; end: number };
type Item = { id: number; type: string; extents: { start: number; end: number }[] };
/** Which items an item is made of or made from: ItemReferenceBox (ISO/IEC 14496-12 section 8.11.12). */
type Reference = { type: string; from: number; to: number[] };

/** The boxes between two places (ISO/IEC 14496-12 section 4.2). @throws {MalformedImage}. */
function boxesIn(bytes: Bytes, from: number, to: number): Box[] {
  const view = viewOf(bytes);
  const boxes: Box[] = [];
  for (let at = from; at < to; ) {
    if (at + 8 > to) throw new MalformedImage("A box is cut short.");
    const short = view.getUint32(at);
    const headerBytes = short === 1 ? 16 : 8;
    if (at + headerBytes > to) throw new MalformedImage("A box is cut short.");
    const size = short === 1 ? Number(view.getBigUint64(at + 8)) : short === 0 ? to - at : short;
    if (size < headerBytes || at + size > to) throw new MalformedImage("A box is cut short.");
    boxes.push({
      type: textAt(bytes, at + 4, 4),
      start: at,
      contentAt: at + headerBytes,
      end: at + size,
    });
    at += size;
  }
  return boxes;
}

const find = (boxes: readonly Box[], type: string) => boxes.find((box) => box.type === type);

function structureOf(bytes: Bytes): { top: Box[]; meta: Box[]; items: Item[]; references: Reference[] } {
  try {
    const top = boxesIn(bytes, 0, bytes.length);
    const outer = find(top, "meta");
    if (outer === undefined) throw new MalformedImage("There is no meta box.");
    const meta = boxesIn(bytes, outer.contentAt + 4, outer.end);
    const types = itemTypes(bytes, find(meta, "iinf"));
    const places = itemPlaces(bytes, find(meta, "iloc"), find(meta, "idat"));
    const items = [...types].map(([id, type]) => ({ id, type, extents: places.get(id) ?? [] }));
    return { top, meta, items, references: referencesIn(bytes, find(meta, "iref")) };
  } catch (error) {
    if (error instanceof RangeError) throw new MalformedImage("A box is cut short.");
    throw error;
  }
}

/** The type of each item by its id: ItemInfoBox (ISO/IEC 14496-12 section 8.11.6). */
function itemTypes(bytes: Bytes, box: Box | undefined): Map<number, string> {
  const types = new Map<number, string>();
  if (box === undefined) return types;
  const view = viewOf(bytes);
  const countBytes = view.getUint8(box.contentAt) === 0 ? 2 : 4;
  for (const entry of boxesIn(bytes, box.contentAt + 4 + countBytes, box.end)) {
    const version = view.getUint8(entry.contentAt);
    if (entry.type !== "infe" || version < 2) throw new MalformedImage("An item has no type.");
    const idAt = entry.contentAt + 4;
    const id = version === 2 ? view.getUint16(idAt) : view.getUint32(idAt);
    types.set(id, textAt(bytes, idAt + (version === 2 ? 2 : 4) + 2, 4));
  }
  return types;
}

/** Where the bytes of each item lie: ItemLocationBox (ISO/IEC 14496-12 section 8.11.3). */
function itemPlaces(bytes: Bytes, box: Box | undefined, idat: Box | undefined): Map<number, Item["extents"]> {
  const places = new Map<number, Item["extents"]>();
  if (box === undefined) return places;
  const view = viewOf(bytes);
  let at = box.contentAt;
  const read = (size: number): number => {
    at += size;
    switch (size) {
      case 0:
        return 0;
      case 2:
        return view.getUint16(at - 2);
      case 4:
        return view.getUint32(at - 4);
      case 8:
        return Number(view.getBigUint64(at - 8));
      default:
        throw new MalformedImage("A number has an unknown size.");
    }
  };
  const version = view.getUint8(at);
  at += 4;
  const [first = 0, second = 0] = bytes.subarray(at, at + 2);
  at += 2;
  const [offsetSize, lengthSize, baseSize] = [first >> 4, first & 15, second >> 4];
  const indexSize = version === 0 ? 0 : second & 15;
  const count = read(version < 2 ? 2 : 4);
  for (let item = 0; item < count; item++) {
    const id = read(version < 2 ? 2 : 4);
    const method = version === 0 ? 0 : read(2) & 15;
    const isElsewhere = read(2) !== 0;
    const base = read(baseSize) + (method === 1 ? (idat?.contentAt ?? Number.NaN) : 0);
    const extents: Item["extents"] = [];
    const extentCount = read(2);
    for (let extent = 0; extent < extentCount; extent++) {
      read(indexSize);
      const start = base + read(offsetSize);
      const end = start + read(lengthSize);
      if (method > 1 || isElsewhere || !(end > start && end <= bytes.length)) {
        throw new MalformedImage("An item lies elsewhere.");
      }
      extents.push({ start, end });
    }
    places.set(id, extents);
  }
  return places;
}

function referencesIn(bytes: Bytes, box: Box | undefined): Reference[] {
  if (box === undefined) return [];
  const view = viewOf(bytes);
  const idBytes = view.getUint8(box.contentAt) === 0 ? 2 : 4;
  const idAt = (at: number) => (idBytes === 2 ? view.getUint16(at) : view.getUint32(at));
  return boxesIn(bytes, box.contentAt + 4, box.end).map(({ type, contentAt, end }) => {
    const count = view.getUint16(contentAt + idBytes);
    const first = contentAt + idBytes + 2;
    if (first + count * idBytes > end) throw new MalformedImage("A reference is cut short.");
    const to = Array.from({ length: count }, (_, index) => idAt(first + index * idBytes));
    return { type, from: idAt(contentAt), to };
  });
}

/**
 * The items that make up the picture: those that are pictures, without the thumbnails (ISO/IEC 23008-12 section
 * 6.4.4) and what only these are composed of (`dimg`). A thumbnail may show what was cut off the picture.
 */
function pictureItems(items: readonly Item[], references: readonly Reference[]): Item[] {
  const dropped = new Set(references.filter(({ type }) => type === "thmb").map(({ from }) => from));
  const tiles = references.filter(({ type }) => type === "dimg");
  for (let before = -1; before < dropped.size; ) {
    before = dropped.size;
    for (const id of tiles.filter(({ from }) => dropped.has(from)).flatMap(({ to }) => to)) {
      if (tiles.every(({ from, to }) => dropped.has(from) || !to.includes(id))) dropped.add(id);
    }
  }
  return items.filter(({ id, type }) => pictures.has(type) && !dropped.has(id));
}

/** The Exif data of a HEIC or AVIF: its item of that type (ISO/IEC 23008-12 annex A.2.1). @throws {MalformedImage}. */
export function exifOfHeif(bytes: Bytes): Bytes | undefined {
  const item = structureOf(bytes).items.find(({ type }) => type === "Exif");
  if (item === undefined) return undefined;
  const data = concat(...item.extents.map(({ start, end }) => bytes.subarray(start, end)));
  return data.length < 4 ? undefined : data.subarray(4 + viewOf(data).getUint32(0));
}

/**
 * The same picture with zeros in the place of everything that is not part of it: Exif, XMP, thumbnails, what no item
 * names, and boxes that no still picture needs. Lengths stay, so that nothing that points into the file has to change;
 * the orientation is a property of its own (`irot`) and stays.
 *
 * @throws {MalformedImage} if the boxes cannot be told apart, or part of the picture lies outside the boxes for it.
 */
export function stripHeif(bytes: Bytes): Bytes {
  const { top, meta, items, references } = structureOf(bytes);
  const copy = bytes.slice();
  for (const box of top) {
    if (topLevel.has(box.type) && box.type !== "free" && box.type !== "skip") continue;
    copy.set([0x66, 0x72, 0x65, 0x65], box.start + 4);
    copy.fill(0, box.contentAt, box.end);
  }
  const properties = find(meta, "iprp");
  const container = properties && find(boxesIn(bytes, properties.contentAt, properties.end), "ipco");
  const inner = container === undefined ? [] : boxesIn(bytes, container.contentAt, container.end);
  for (const box of [...meta, ...inner]) {
    if (telling.has(box.type)) copy.fill(0, box.contentAt, box.end);
  }
  const data = [...top.filter(({ type }) => type === "mdat"), ...meta.filter(({ type }) => type === "idat")];
  for (const { contentAt, end } of data) copy.fill(0, contentAt, end);
  for (const { start, end } of pictureItems(items, references).flatMap(({ extents }) => extents)) {
    if (!data.some((box) => box.contentAt <= start && end <= box.end)) {
      throw new MalformedImage("A part of the picture lies elsewhere.");
    }
    copy.set(bytes.subarray(start, end), start);
  }
  // What says that it lies where the picture does is still no picture.
  for (const { type, extents } of items) {
    if (!pictures.has(type)) for (const { start, end } of extents) copy.fill(0, start, end);
  }
  return copy;
}
