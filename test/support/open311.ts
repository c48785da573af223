import { XMLParser } from "fast-xml-parser";
import { cases } from "../../src/cases/schema.ts";
import { createHarness, type Harness } from "./harness.ts";

export const apiKey = "open311-test-key-0123456789";
export const otherKey = "open311-other-key-987654321";

type Options = Parameters<typeof createHarness>[0];

/** The app with two keys for Open311, and how to ask it. */
export async function createDoor(options: Options = {}) {
  const harness = await createHarness({ open311ApiKeys: [apiKey, otherKey], ...options });
  const get = async (path: string) => harness.request(`/open311/${path}`);
  const post = async (
    path: string,
    form: Readonly<Record<string, string>> | readonly (readonly [string, string])[] | FormData,
    headers: Record<string, string> = {},
  ) =>
    harness.request(`/open311/${path}`, {
      method: "POST",
      headers,
      body: form instanceof FormData ? form : new URLSearchParams(form as Record<string, string>),
    });
  const json = async <T = Record<string, unknown>[]>(path: string) => (await (await get(path)).json()) as T;
  /** Files a complete request of a person with a name, and returns its id. */
  const submit = async (more: Record<string, string> = {}) => {
    const response = await post("v2/requests.json", { ...request, ...more });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${response.status} ${text}`);
    return (JSON.parse(text) as [{ service_request_id: string; service_notice: string }])[0];
  };
  return { harness, get, post, json, submit };
}

/** A complete request, as a client sends it. */
export const request = {
  api_key: apiKey,
  service_code: "counterfeit_patent",
  address_string: "献县乐寿镇扣件市场",
  description: "产品上印了假的专利号",
  first_name: "鸿骞",
  last_name: "刘",
  phone: "13912340917",
  "attribute[infringer]": "冀卡扣件",
};

/** Copies the one case of a harness many times: what the lists are read from, without what filing costs. */
export async function copyCases(
  { db }: Harness,
  copies: readonly {
    id: string;
    openedAt?: string;
    county?: string;
    matter?: string;
    state?: string;
    anonymous?: boolean;
    track?: string;
    origin?: string;
  }[],
) {
  const [row] = await db.sql.select().from(cases).limit(1);
  if (row === undefined) throw new Error("There is no case to copy.");
  const rows = copies.map(({ id, openedAt, county, matter, state, anonymous, track, origin }) => {
    const at = openedAt === undefined ? row.openedAt : new Date(openedAt);
    const facts = { ...JSON.parse(row.facts), anonymous: anonymous ?? false, origin: origin ?? "reported" };
    return {
      ...row,
      id,
      reportId: `report_of_${id}`,
      county: county ?? row.county,
      matter: matter ?? row.matter,
      track: track ?? row.track,
      state: state ?? row.state,
      endedAt: state === "closed" || state === "declined" ? at : null,
      openedAt: at,
      updatedAt: at,
      facts: JSON.stringify(facts),
    };
  });
  for (let from = 0; from < rows.length; from += 500) {
    await db.write([db.sql.insert(cases).values(rows.slice(from, from + 500))]);
  }
}

/** Which elements hold a list (GeoReport v2), by the name of a member; `attributes` and the like are lists around them. */
const members = new Set([
  "service",
  "request",
  "request_update",
  "attribute",
  "value",
  "error",
  "endpoint",
  "format",
  "note",
]);
const lists = new Set([
  "services",
  "service_requests",
  "service_request_updates",
  "attributes",
  "values",
  "errors",
  "endpoints",
  "formats",
  "notes",
]);

/** What an XML answer says by the Spark convention, leaves as text: the root element dropped, lists bare. */
export function fromXml(xml: string): unknown {
  const parser = new XMLParser({
    parseTagValue: false,
    trimValues: false,
    htmlEntities: true,
    ignoreDeclaration: true,
    isArray: (name) => members.has(name),
  });
  const [root, ...others] = Object.entries(parser.parse(xml) as Record<string, unknown>).filter(
    ([name]) => name !== "#text",
  );
  if (root === undefined || others.length > 0) throw new Error("One root element.");
  return unwrap(root[0], root[1]);
}

function unwrap(name: string, node: unknown): unknown {
  if (lists.has(name)) {
    const inside = node === "" ? [] : Object.entries(node as Record<string, unknown[]>)[0];
    if (inside === undefined || inside.length === 0) return [];
    const [member, items] = inside as [string, unknown[]];
    return items.map((item) => unwrap(member, item));
  }
  if (node === null || typeof node !== "object") return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([member]) => member !== "#text")
      .map(([member, value]) => [member, unwrap(member, value)]),
  );
}

/** A JSON answer with its leaves as XML writes them: null is an empty element. */
export function asTexts(node: unknown): unknown {
  if (node === null) return "";
  if (Array.isArray(node)) return node.map(asTexts);
  if (typeof node !== "object") return String(node);
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, asTexts(value)]));
}
