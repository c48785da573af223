import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Something that only one person would say, planted to see where it comes out. */
export type Canary = {
  name: string;
  text: string;
  /** The places at which it may show, by the start of their label; nowhere if absent. */
  shows?: readonly string[];
};

const unpadded = (bytes: Buffer) => bytes.toString("base64").replaceAll("=", "");

/** The base64 of a text as it stands inside a longer one: at each of the three places a byte can have. */
function insideBase64(bytes: Buffer): string[] {
  return [0, 1, 2].map((before) => {
    const text = unpadded(Buffer.concat([Buffer.alloc(before), bytes]));
    // Letters that hold bits of a neighbour are left out.
    const from = Math.ceil((before * 8) / 6);
    return text.slice(from, Math.floor(((before + bytes.length) * 8) / 6));
  });
}

/** The ways in which a text may stand in a file: plain, as UTF-16, encoded, escaped, or as a hash that can be guessed. */
export function formsOf(text: string): [form: string, bytes: Buffer][] {
  const utf8 = Buffer.from(text, "utf8");
  const utf16 = Buffer.from(text, "utf16le");
  const hash = (algorithm: string) => createHash(algorithm).update(utf8).digest();
  const escaped = [...text]
    .map((letter) => (letter < "\x7f" ? letter : `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`))
    .join("");
  const forms: [string, Buffer][] = [
    ["UTF-8", utf8],
    ["UTF-16LE", utf16],
    ["UTF-16BE", Buffer.from(utf16).swap16()],
    ...insideBase64(utf8).map((form): [string, Buffer] => ["base64", Buffer.from(form)]),
    ...insideBase64(utf8).map((form): [string, Buffer] => [
      "base64url",
      Buffer.from(form.replaceAll("+", "-").replaceAll("/", "_")),
    ]),
    ...insideBase64(utf16).map((form): [string, Buffer] => ["base64 of UTF-16LE", Buffer.from(form)]),
    ["hex", Buffer.from(utf8.toString("hex"))],
    ["HEX", Buffer.from(utf8.toString("hex").toUpperCase())],
    ["hex of UTF-16LE", Buffer.from(utf16.toString("hex"))],
    ["percent", Buffer.from(encodeURIComponent(text))],
    ["JSON escapes", Buffer.from(escaped)],
  ];
  for (const algorithm of ["sha256", "sha1", "md5"]) {
    forms.push(
      [algorithm, hash(algorithm)],
      [`${algorithm} in hex`, Buffer.from(hash(algorithm).toString("hex"))],
    );
  }
  return forms;
}

/** Where in `bytes` which canaries stand in the clear, a line each. */
export function canariesIn(label: string, bytes: Buffer | string, canaries: readonly Canary[]): string[] {
  const content = typeof bytes === "string" ? Buffer.from(bytes) : bytes;
  return canaries.flatMap(({ name, text, shows = [] }) => {
    if (shows.some((place) => label.startsWith(place))) return [];
    const found = formsOf(text).find(([, form]) => content.includes(form));
    return found === undefined ? [] : [`${label}: ${name} as ${found[0]}`];
  });
}

/** Every file under a folder, by its path in it. */
export function filesUnder(folder: string): { path: string; bytes: Buffer }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return { path: path.slice(folder.length + 1), bytes: readFileSync(path) };
    });
}

/** A JPEG with `text` in a comment and in XMP beside its picture. */
export function jpegSaying(photo: Uint8Array, text: string): Uint8Array<ArrayBuffer> {
  const segment = (marker: number, data: Buffer) =>
    Buffer.concat([Buffer.from([0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 255]), data]);
  const words = Buffer.from(text);
  return Uint8Array.from(
    Buffer.concat([
      photo.subarray(0, 2),
      segment(0xe1, Buffer.concat([Buffer.from("http://ns.adobe.com/xap/1.0/\0"), words])),
      segment(0xfe, words),
      photo.subarray(2),
    ]),
  );
}
