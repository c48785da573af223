import { Parser } from "htmlparser2";

/** The fields of an element by name: text, or the fields of an element that has some. Of a name that stands twice, the first. */
export type XmlFields = ReadonlyMap<string, string | XmlFields>;

/** A text that is not XML as WeChat sends it. */
export class MalformedXml extends Error {
  constructor(why: string) {
    super(`Malformed XML: ${why}.`);
    this.name = "MalformedXml";
  }
}

/** How much is read: WeChat's messages are flat and short. */
const caps = { chars: 64 * 1024, depth: 6, elements: 400 };

type Open = { name: string; text: string; fields: Map<string, string | XmlFields> };

/**
 * The fields of the root `<xml>`. Read event by event: nothing is looked up and no entity is known but the five of XML
 * and characters by number, so nothing expands; a document type is refused (OWASP, XML External Entity Prevention).
 *
 * @throws {MalformedXml} also for what is too long, too deep, or has too many elements.
 */
export function parseXml(text: string): XmlFields {
  if (text.length > caps.chars) throw new MalformedXml("too long");
  const open: Open[] = [];
  let root: Open | undefined;
  let elements = 0;
  const parser = new Parser(
    {
      onopentagname(name) {
        elements += 1;
        if (elements > caps.elements) throw new MalformedXml("too many elements");
        if (open.length >= caps.depth) throw new MalformedXml("too deep");
        if (open.length === 0 && (root !== undefined || name !== "xml"))
          throw new MalformedXml("another root");
        const element: Open = { name, text: "", fields: new Map() };
        root ??= element;
        open.push(element);
      },
      ontext(data) {
        const inner = open.at(-1);
        if (inner !== undefined) inner.text += data;
        else if (data.trim() !== "") throw new MalformedXml("text outside the root");
      },
      onclosetag(name, isImplied) {
        const element = open.pop();
        const isEmptyTag = text.endsWith("/>", parser.endIndex + 1);
        if (element?.name !== name || (isImplied && !isEmptyTag)) throw new MalformedXml("unbalanced");
        const parent = open.at(-1);
        if (parent === undefined || parent.fields.has(name)) return;
        parent.fields.set(name, element.fields.size > 0 ? element.fields : element.text);
      },
      onprocessinginstruction(name) {
        if (name.toLowerCase() !== "?xml") throw new MalformedXml("a declaration");
      },
      onerror(error) {
        throw error;
      },
    },
    { xmlMode: true },
  );
  parser.write(text);
  parser.end();
  if (root === undefined) throw new MalformedXml("no element");
  return root.fields;
}

/** The text of a field; empty where it is absent or has fields of its own. */
export function textOf(fields: XmlFields, name: string): string {
  const value = fields.get(name);
  return typeof value === "string" ? value : "";
}

/** The fields of a field; none where it is absent or text. */
export function fieldsOf(fields: XmlFields, name: string): XmlFields {
  const value = fields.get(name);
  return value === undefined || typeof value === "string" ? new Map() : value;
}

/**
 * `<xml>` with these fields in order: text in CDATA, numbers as they are. What would end the CDATA is split over two, and
 * characters that XML 1.0 does not have (its section 2.2) are left out.
 */
export function buildXml(fields: readonly (readonly [name: string, value: string | number])[]): string {
  const written = fields.map(([name, value]) => {
    const content = typeof value === "number" ? String(value) : `<![CDATA[${escapeCdata(value)}]]>`;
    return `<${name}>${content}</${name}>`;
  });
  return `<xml>${written.join("")}</xml>`;
}

const escapeCdata = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML has no place for them
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
    .toWellFormed()
    .replaceAll("]]>", "]]]]><![CDATA[>");
