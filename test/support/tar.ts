/** A regular file of a tar archive. */
export type TarFile = { path: string; mode: number; content: Uint8Array };

const blockBytes = 512;

/**
 * The regular files of a tar archive in ustar form; other entries (folders, links) are passed over.
 *
 * Layout: POSIX.1-2017 pax, "ustar Interchange Format".
 *
 * @throws {Error} if a header's checksum is wrong or a path would leave the target folder.
 */
export function readTar(archive: Uint8Array): TarFile[] {
  const files: TarFile[] = [];
  for (let at = 0; at + blockBytes <= archive.length; ) {
    const header = archive.subarray(at, at + blockBytes);
    if (header.every((byte) => byte === 0)) break;
    const text = (from: number, length: number) =>
      new TextDecoder().decode(header.subarray(from, from + length)).replace(/\0.*$/s, "");
    const octal = (from: number, length: number) => Number.parseInt(text(from, length).trim() || "0", 8);

    // The checksum is reckoned with its own field read as eight spaces.
    const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
    if (sum !== octal(148, 8)) throw new Error(`Broken tar header at byte ${at}.`);

    const size = octal(124, 12);
    const prefix = text(257, 5) === "ustar" ? text(345, 155) : "";
    const path = prefix === "" ? text(0, 100) : `${prefix}/${text(0, 100)}`;
    if (path.startsWith("/") || path.split("/").includes(".."))
      throw new Error(`Unsafe path in tar: ${path}`);
    const kind = text(156, 1);
    if (kind === "0" || kind === "") {
      const start = at + blockBytes;
      files.push({ path, mode: octal(100, 8), content: archive.subarray(start, start + size) });
    }
    at += blockBytes + Math.ceil(size / blockBytes) * blockBytes;
  }
  return files;
}
