import { strToU8, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { readFileText, UnreadableFileError } from "./read-file.ts";

/** A .docx file whose document holds the given body. */
function docx(body: string): Uint8Array {
  const xml = `<?xml version="1.0"?><w:document xmlns:w="w"><w:body>${body}</w:body></w:document>`;
  return zipSync({ "word/document.xml": strToU8(xml) });
}
const run = (text: string) => `<w:r><w:t xml:space="preserve">${text}</w:t></w:r>`;

describe("text files", () => {
  test("are UTF-8, or GB18030 where they are not", () => {
    // 第一条 in GB18030.
    const gb = new Uint8Array([0xb5, 0xda, 0xd2, 0xbb, 0xcc, 0xf5]);

    expect(readFileText(strToU8("第一条 甲。"), "a.md").text).toBe("第一条 甲。");
    expect(readFileText(gb, "a.TXT").text).toBe("第一条");
    expect(readFileText(new Uint8Array([0xff, 0xfe, 0x2c, 0x7b]), "a.txt").text).toBe("第");
  });
});

describe("HTML", () => {
  test("gives one block a line without scripts, navigation and tags", () => {
    const page = `<!doctype html><html><head><title>x</title><meta charset="utf-8"></head><body>
      <nav><p>第九条 首页</p></nav><h1>示例条例</h1><script>if (1 < 2) "第八条"</script>
      <p>&emsp;<b>第一</b>条&nbsp;甲&amp;乙。<br>丙。</p><table><tr><td>a</td><td>b</td></tr></table>
      <div>第二条 丁&lt;戊。</body>`;
    const lines = readFileText(strToU8(page), "a.html")
      .text.split("\n")
      .filter((line) => line !== "");

    expect(lines).toEqual(["# 示例条例", "第一条 甲&乙。", "丙。", "a | b", "第二条 丁<戊。"]);
  });

  test("is read in the charset that the page names", () => {
    const bytes = new Uint8Array([...strToU8('<meta charset="gb2312"><p>'), 0xb5, 0xda]);

    expect(readFileText(bytes, "a.htm").text.trim()).toBe("第");
  });
});

describe(".docx", () => {
  test("gives one paragraph a line without deleted revisions; a row of a table is one line", () => {
    const body = [
      `<w:p>${run("第一条")}<w:r><w:tab/></w:r>${run("甲&amp;")}<w:del><w:r><w:delText>旧</w:delText></w:r></w:del><w:ins>${run("乙。")}</w:ins></w:p>`,
      `<w:p>${run("丙")}<w:r><w:br/></w:r>${run("丁")}</w:p>`,
      `<w:tbl><w:tr><w:tc><w:p>${run("a")}</w:p></w:tc><w:tc><w:p>${run("b")}</w:p></w:tc></w:tr></w:tbl>`,
    ].join("");
    const { text, remarks } = readFileText(docx(body), "a.docx");

    expect(text.split("\n").map((line) => line.trim().replace(/ +/gu, " "))).toEqual([
      "第一条 甲&乙。",
      "丙",
      "丁",
      "a | b",
      "",
    ]);
    expect(remarks).toEqual([]);
  });

  test("numbers that Word counts by itself are remarked on: they are not in the text", () => {
    const { remarks } = readFileText(docx(`<w:p><w:pPr><w:numPr/></w:pPr>${run("甲。")}</w:p>`), "a.docx");

    expect(remarks[0]).toContain("自动编号");
  });
});

test.each([
  ["an empty file", "a.md", new Uint8Array(), /空/u],
  ["old Word", "a.doc", new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0]), /另存为\.docx/u],
  ["old Word under a new name", "a.docx", new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0]), /另存为\.docx/u],
  ["PDF", "a.pdf", strToU8("%PDF-1.7"), /PDF/u],
  ["an unknown ending", "a.rtf", strToU8("x"), /\.rtf/u],
  ["no ending", "laws", strToU8("x"), /扩展名/u],
  ["binary in a text file", "a.txt", new Uint8Array([1, 0, 2]), /UTF-8/u],
  ["no known encoding", "a.txt", new Uint8Array([0xff, 0xff, 0x41]), /GB18030/u],
  ["a .docx that is text", "a.docx", strToU8("第一条"), /不是有效/u],
  ["a .docx cut short", "a.docx", docx("<w:p/>").slice(0, 40), /损坏/u],
  ["a zip without a document", "a.docx", zipSync({ x: strToU8("y") }), /不是Word/u],
  ["a .docx without words", "a.docx", docx("<w:p></w:p>"), /没有文字/u],
  ["a zip under another ending", "a.md", zipSync({ x: strToU8("y") }), /压缩/u],
])("refuses %s and says how to mend it", (_, name, bytes, message) => {
  expect(() => readFileText(bytes, name)).toThrow(UnreadableFileError);
  expect(() => readFileText(bytes, name)).toThrow(message);
});
