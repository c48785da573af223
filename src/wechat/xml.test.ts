import { describe, expect, test } from "vitest";
import { buildXml, fieldsOf, MalformedXml, parseXml, textOf } from "./xml.ts";

describe("XML as WeChat sends it", () => {
  test("is read with CDATA, numbers, nested fields and the five entities of XML", () => {
    const fields = parseXml(
      `<?xml version="1.0"?>\n<xml>\n<ToUserName><![CDATA[gh_1]]></ToUserName><CreateTime>1348831860</CreateTime>
       <Content><![CDATA[<b>举报</b> & 专利]]></Content><Label>甲 &amp; 乙 &#20013;</Label>
       <ScanCodeInfo><ScanType>qrcode</ScanType></ScanCodeInfo><Empty/></xml>`,
    );
    expect(textOf(fields, "ToUserName")).toBe("gh_1");
    expect(textOf(fields, "CreateTime")).toBe("1348831860");
    expect(textOf(fields, "Content")).toBe("<b>举报</b> & 专利");
    expect(textOf(fields, "Label")).toBe("甲 & 乙 中");
    expect(textOf(fieldsOf(fields, "ScanCodeInfo"), "ScanType")).toBe("qrcode");
    expect([textOf(fields, "Empty"), textOf(fields, "Absent"), textOf(fields, "ScanCodeInfo")]).toEqual([
      "",
      "",
      "",
    ]);
  });

  const bomb = `<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><xml><C>&b;</C></xml>`;
  test.each([
    ["a document type with entities", bomb],
    ["a document type inside", "<xml><!DOCTYPE x SYSTEM 'file:///etc/passwd'><C>1</C></xml>"],
    ["another root", "<html></html>"],
    ["two roots", "<xml></xml><xml></xml>"],
    ["text outside", "x<xml></xml>"],
    ["an element left open", "<xml><C>1</xml>"],
    ["an empty element left open", "<xml><C></xml>"],
    ["an element left open at the end", "<xml><C>1</C>"],
    ["nothing", ""],
    ["JSON", "{}"],
    ["seven levels", `<xml>${"<a>".repeat(6)}${"</a>".repeat(6)}</xml>`],
    ["500 elements", `<xml>${"<a>1</a>".repeat(500)}</xml>`],
    ["100,000 characters", `<xml><a>${"x".repeat(100_000)}</a></xml>`],
  ])("is refused with %s", (_, text) => {
    expect(() => parseXml(text)).toThrow(MalformedXml);
  });

  test("expands no entity that it does not know, and reaches no prototype", () => {
    const fields = parseXml("<xml><C>&xxe;</C><__proto__>1</__proto__><constructor>2</constructor></xml>");
    expect(textOf(fields, "C")).toBe("&xxe;");
    expect(textOf(fields, "__proto__")).toBe("1");
    expect(({} as Record<string, unknown>)["1"]).toBeUndefined();
    expect(textOf(fields, "toString")).toBe("");
  });

  test("is written so that nothing a person wrote ends its field", () => {
    const text = "甲]]><Evil>1</Evil><![CDATA[乙\u0000\ud800";
    const fields = parseXml(
      buildXml([
        ["Content", text],
        ["CreateTime", 5],
      ]),
    );
    expect([...fields.keys()]).toEqual(["Content", "CreateTime"]);
    expect(textOf(fields, "Content")).toBe("甲]]><Evil>1</Evil><![CDATA[乙\ufffd");
  });
});
