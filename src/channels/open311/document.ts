/** A leaf of a document. Absent values are null: `null` in JSON, an empty element in XML. */
export type Leaf = string | number | boolean | null;
export type Node = Leaf | readonly Node[] | { readonly [name: string]: Node };

/** An answer of the door: its root element, and what is in it. */
export type Document = { root: string; content: Node };

export const formats = ["xml", "json"] as const;
export type Format = (typeof formats)[number];

export const mediaTypes: Record<Format, string> = {
  xml: "text/xml; charset=utf-8",
  json: "application/json; charset=utf-8",
};

/** What each member of a list is called in XML, by the element around it (GeoReport v2). */
const memberNames: Readonly<Record<string, string>> = {
  services: "service",
  service_requests: "request",
  service_request_updates: "request_update",
  attributes: "attribute",
  values: "value",
  errors: "error",
  endpoints: "endpoint",
  formats: "format",
  notes: "note",
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: what XML 1.0 cannot hold (section 2.2, „Char“)
const impossible = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  // A parser would make a line feed of it (section 2.11).
  "\r": "&#xD;",
};

/** A text as both formats can hold it: what XML cannot is U+FFFD in JSON, too, so that the two say the same. */
export const plainText = (text: string): string => text.toWellFormed().replace(impossible, "\ufffd");

const escaped = (text: string) => plainText(text).replace(/[&<>"\r]/g, (mark) => entities[mark] ?? mark);

const isList = (node: Node): node is readonly Node[] => Array.isArray(node);

function element(name: string, node: Node): string {
  if (node === null || node === "") return `<${name}/>`;
  if (isList(node)) {
    const member = memberNames[name] ?? "item";
    return node.length === 0
      ? `<${name}/>`
      : `<${name}>${node.map((one) => element(member, one)).join("")}</${name}>`;
  }
  if (typeof node === "object") {
    const members = Object.entries(node).map(([member, value]) => element(member, value));
    return `<${name}>${members.join("")}</${name}>`;
  }
  return `<${name}>${escaped(String(node))}</${name}>`;
}

const clean = (_: string, value: unknown) => (typeof value === "string" ? plainText(value) : value);

/** A document in a format: XML with its declaration, JSON without the root element (the Spark convention). */
export function write({ root, content }: Document, format: Format): string {
  return format === "xml"
    ? `<?xml version="1.0" encoding="utf-8"?>\n${element(root, content)}\n`
    : JSON.stringify(content, clean);
}
