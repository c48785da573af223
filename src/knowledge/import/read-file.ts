import { strFromU8, unzipSync } from "fflate";
import { Parser } from "htmlparser2";

/** The formats that the importer reads, by the ending of the file's name. */
export const importFormats = ["md", "txt", "html", "docx"] as const;

/** A file that cannot be read as a statute. The message says in Chinese how to mend it. */
export class UnreadableFileError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "UnreadableFileError";
  }
}

/** A file's text, one paragraph a line, and what was lost on the way. */
export type ReadFile = { text: string; remarks: string[] };

const mostBytes = 64 * 1024 * 1024;

/**
 * The text of a .md, .txt, .html or .docx file.
 *
 * Text files are UTF-8, UTF-16 with a byte order mark, or GB18030.
 *
 * @throws {UnreadableFileError} if the format is another one or the content is damaged.
 */
export function readFileText(bytes: Uint8Array, fileName: string): ReadFile {
  if (bytes.length === 0) throw new UnreadableFileError("文件是空的，请重新下载或另存后再导入");
  if (bytes.length > mostBytes) throw new UnreadableFileError("文件超过64MB，请只保留法规正文后再导入");
  const ending = /\.([a-z]+)$/iu.exec(fileName)?.[1]?.toLowerCase();
  if (startsWith(bytes, [0xd0, 0xcf, 0x11, 0xe0])) {
    throw new UnreadableFileError("这是旧版Word文件（.doc），请在Word或WPS中另存为.docx后再导入");
  }
  if (startsWith(bytes, [0x25, 0x50, 0x44, 0x46])) {
    throw new UnreadableFileError("这是PDF文件，请从官方网站下载.docx版本，或把文字复制到.txt后再导入");
  }
  if (startsWith(bytes, [0x50, 0x4b])) {
    if (ending !== "docx") {
      throw new UnreadableFileError("这是压缩文件；如果是Word文件，请把扩展名改为.docx，否则请先解压");
    }
    return readDocx(bytes);
  }
  switch (ending) {
    case "docx":
      throw new UnreadableFileError("不是有效的.docx文件，请用Word或WPS打开后重新另存为.docx");
    case "html":
    case "htm":
      return { text: htmlToText(decode(bytes, declaredCharset(bytes))), remarks: [] };
    case "md":
    case "markdown":
    case "txt":
      return { text: decode(bytes), remarks: [] };
    default:
      throw new UnreadableFileError(
        `不支持${ending === undefined ? "没有扩展名的文件" : `.${ending}文件`}，请另存为.${importFormats.join("、.")}之一`,
      );
  }
}

function startsWith(bytes: Uint8Array, signature: readonly number[]): boolean {
  return signature.every((byte, index) => bytes[index] === byte);
}

function decode(bytes: Uint8Array, declared = "gb18030"): string {
  if (startsWith(bytes, [0xff, 0xfe])) return new TextDecoder("utf-16le").decode(bytes);
  if (startsWith(bytes, [0xfe, 0xff])) return new TextDecoder("utf-16be").decode(bytes);
  if (bytes.includes(0)) throw new UnreadableFileError("这不是文本文件，请另存为UTF-8编码的文本后再导入");
  for (const encoding of ["utf-8", declared, "gb18030"]) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      // Not this one; the last failure is told below.
    }
  }
  throw new UnreadableFileError("文件既不是UTF-8也不是GB18030编码，请用记事本另存为UTF-8编码后再导入");
}

/** The charset that an HTML page names in its first bytes. */
function declaredCharset(bytes: Uint8Array): string | undefined {
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, 2048));
  return /<meta[^>]{0,200}charset=["']?([a-z0-9_-]{3,20})/iu.exec(start)?.[1];
}

const unreadTags = new Set(
  "script style head template noscript nav header footer aside form button select textarea svg iframe object".split(
    " ",
  ),
);
const blockTags = new Set(
  "p div section article main h1 h2 h3 h4 h5 h6 li ul ol dl dt dd table tr pre blockquote hr br center body".split(
    " ",
  ),
);

/** The words of an HTML page, one block a line; navigation, scripts and forms are left out. */
export function htmlToText(html: string): string {
  let text = "";
  let line = "";
  let unread = 0;
  let heading = false;
  const endLine = () => {
    const words = line.replace(/\s+/gu, " ").trim();
    if (words !== "") text += `${heading ? "# " : ""}${words}`;
    // Empty lines are kept, so that line numbers stay near those of the page.
    text += "\n";
    line = "";
  };
  const parser = new Parser({
    onopentagname(name) {
      if (unreadTags.has(name)) unread++;
      if (blockTags.has(name) && line !== "") endLine();
      if (/^h[1-6]$/u.test(name)) heading = true;
      if ((name === "td" || name === "th") && line !== "") line += " | ";
    },
    ontext(data) {
      if (unread === 0) line += data;
    },
    onclosetag(name) {
      if (unreadTags.has(name)) unread = Math.max(0, unread - 1);
      if (blockTags.has(name) && line !== "") endLine();
      if (/^h[1-6]$/u.test(name)) heading = false;
    },
  });
  parser.write(html);
  parser.end();
  if (line !== "") endLine();
  return text;
}

/** The words of `word/document.xml`, one paragraph a line; deleted revisions are left out. */
function readDocx(bytes: Uint8Array): ReadFile {
  const xml = unpackDocument(bytes);
  const remarks: string[] = [];
  let text = "";
  let line = "";
  let inText = false;
  /** Inside a deleted revision, or the second copy of a text box. */
  let skipped = 0;
  let numbered = 0;
  let cells = 0;
  const parser = new Parser(
    {
      onopentagname(name) {
        if (name === "w:del" || name === "w:moveFrom" || name === "mc:Fallback") skipped++;
        else if (name === "w:t") inText = true;
        else if (name === "w:tab" && skipped === 0) line += " ";
        else if ((name === "w:br" || name === "w:cr") && skipped === 0) line += "\n";
        else if (name === "w:numPr") numbered++;
        else if (name === "w:tc") {
          if (line !== "") line += " | ";
          cells++;
        }
      },
      ontext(data) {
        if (inText && skipped === 0) line += data;
      },
      onclosetag(name) {
        if (name === "w:del" || name === "w:moveFrom" || name === "mc:Fallback")
          skipped = Math.max(0, skipped - 1);
        else if (name === "w:t") inText = false;
        else if (name === "w:tc") cells = Math.max(0, cells - 1);
        // The paragraphs of a table's row make one line.
        if ((name === "w:p" && cells === 0) || name === "w:tr") {
          text += `${line}\n`;
          line = "";
        } else if (name === "w:p" && line !== "") line += " ";
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.write(xml);
  parser.end();
  text += line;
  if (text.trim() === "") {
    throw new UnreadableFileError("Word文件里没有文字（可能是扫描图片），请换用有文字的版本");
  }
  if (numbered > 0) {
    remarks.push(
      `有${numbered}段用了Word自动编号，编号不在文字里：请在Word中全选后把自动编号转为文字（如另存为.txt再导入）`,
    );
  }
  return { text, remarks };
}

function unpackDocument(bytes: Uint8Array): string {
  const name = "word/document.xml";
  let tooLarge = false;
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes, {
      filter: (file) => {
        if (file.name === name && file.originalSize > mostBytes) tooLarge = true;
        return file.name === name && !tooLarge;
      },
    });
  } catch (error) {
    throw new UnreadableFileError("Word文件已损坏，请用Word或WPS打开后重新另存为.docx", { cause: error });
  }
  if (tooLarge) throw new UnreadableFileError("Word文件展开后超过64MB，请只保留法规正文后再导入");
  const document = files[name];
  if (document === undefined) {
    throw new UnreadableFileError("不是Word文件（缺少word/document.xml），请用Word或WPS重新另存为.docx");
  }
  return strFromU8(document);
}
