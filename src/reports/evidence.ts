import { fileTypeFromBuffer } from "file-type";
import { AppError } from "../core/error.ts";
import type { Bytes } from "../crypto/bytes.ts";

/** The largest file that is taken, in bytes (API.md, "Reports"). */
export const maxEvidenceBytes = 30 * 1024 * 1024;

/** The media types that are taken as evidence. What a browser would run is not among them. */
const acceptedTypes: ReadonlySet<string> = new Set([
  "image/jpeg",
  "image/png",
  "image/gif",
  "image/webp",
  "image/bmp",
  "image/tiff",
  "image/heic",
  "image/avif",
  "video/mp4",
  "video/quicktime",
  "video/3gpp",
  "video/webm",
  "audio/mpeg",
  "audio/wav",
  "audio/amr",
  "audio/x-m4a",
  "audio/aac",
  "audio/ogg",
  "application/pdf",
  "application/x-cfb",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  "application/vnd.openxmlformats-officedocument.presentationml.presentation",
]);

const acceptedInWords =
  "照片（JPG、PNG、HEIC 等）、视频（MP4、MOV）、录音、PDF、Word/Excel 文件和纯文本（.txt）";

/**
 * The media type of a file by its content; the name does not count, but for plain text, which has no mark of its own.
 *
 * @throws {AppError} `unsupported_media_type` if it is nothing that we take, `invalid_request` if it is empty.
 */
export async function mediaTypeOf(bytes: Bytes, fileName: string): Promise<string> {
  if (bytes.length === 0) {
    throw new AppError("invalid_request", "这个文件是空的，请重新选一个。", {
      errors: [{ pointer: "/file", detail: "文件没有内容。" }],
    });
  }
  const found = await fileTypeFromBuffer(bytes);
  if (found !== undefined && acceptedTypes.has(found.mime)) return found.mime;
  if (found === undefined && /\.(txt|csv|log)$/i.test(fileName) && isPlainText(bytes)) return "text/plain";
  throw new AppError("unsupported_media_type", `这种文件收不了。可以传：${acceptedInWords}。`, {
    errors: [{ pointer: "/file", detail: "按文件内容判断，不是可以接收的类型；改扩展名没有用。" }],
  });
}

/** UTF-8 without control characters, and not a script that a shell or browser would run. */
function isPlainText(bytes: Bytes): boolean {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return false;
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  return !/[\u0000-\u0008\u000e-\u001f]/.test(text) && !/^\s*(#!|<(!doctype|html|script|svg|\?))/i.test(text);
}
