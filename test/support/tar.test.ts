import { describe, expect, test } from "vitest";
import { readTar } from "./tar.ts";

/** One ustar entry: header and content, padded to blocks of 512 bytes. */
function entry(path: string, content: string, kind = "0"): Buffer {
  const header = Buffer.alloc(512);
  header.write(path, 0);
  header.write("0000755\0", 100);
  header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write("        ", 148);
  header.write(kind, 156);
  header.write("ustar\0", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
  body.write(content);
  return Buffer.concat([header, body]);
}

const end = Buffer.alloc(1024);

describe("readTar", () => {
  test("gives each regular file with its path, mode and content, and passes over folders", () => {
    const archive = Buffer.concat([
      entry("lib/", "", "5"),
      entry("lib/a", "x".repeat(600)),
      entry("b", "y"),
      end,
    ]);

    const files = readTar(archive);

    expect(files.map((file) => [file.path, file.mode, file.content.length])).toEqual([
      ["lib/a", 0o755, 600],
      ["b", 0o755, 1],
    ]);
    expect(Buffer.from(files[1]?.content ?? []).toString()).toBe("y");
  });

  test("refuses a path that leaves the folder", () => {
    expect(() => readTar(Buffer.concat([entry("../evil", "x"), end]))).toThrow(/Unsafe path/);
  });

  test("refuses a header whose checksum is wrong", () => {
    const archive = entry("a", "x");
    archive[0] = 0x7a;

    expect(() => readTar(archive)).toThrow(/Broken tar header/);
  });
});
