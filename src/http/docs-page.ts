import { Hono } from "hono";
import { html } from "hono/html";
import type { ApiDescription } from "./api-description.ts";
import { docsStyle } from "./docs-style.ts";

type Html = ReturnType<typeof html>;

/** The parts of JSON Schema (2020-12) that our documents use. */
type Schema = {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  maxItems?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
};
type Content = Record<string, { schema?: Schema }>;
type Parameter = { name: string; in: string; required?: boolean; description?: string; schema?: Schema };
type Operation = {
  operationId?: string;
  tags?: string[];
  summary?: string;
  parameters?: Parameter[];
  requestBody?: { content: Content };
  responses?: Record<string, { description: string; content?: Content }>;
};
type Listed = Operation & { method: string; path: string };

const styleName = "style.css";
const places: Record<string, string> = { path: "路径", query: "查询", header: "请求头", cookie: "Cookie" };

/** The page that shows the API's description, and its style sheet: no scripts, nothing from elsewhere. */
export function docsRoutes(describe: () => ApiDescription): Hono {
  let page: Html | undefined;
  return new Hono()
    .get("/", (c) => {
      page ??= docsPage(describe());
      return c.html(page);
    })
    .get(`/${styleName}`, (c) =>
      c.body(docsStyle, 200, {
        "Content-Type": "text/css; charset=utf-8",
        "Cache-Control": "public, max-age=3600",
      }),
    );
}

/**
 * Every operation by its tag, then the component schemas that they link to. A link's target lies inside its
 * `details`, which browsers open for it.
 */
export function docsPage(document: ApiDescription): Html {
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    // The library's types allow what our routes never declare, such as references in place of parameters.
    Object.entries(item as Record<string, Operation>).map(([method, operation]) => ({
      ...operation,
      method,
      path,
    })),
  );
  const byTag = Map.groupBy(operations, (operation) => operation.tags?.[0] ?? "Other");
  const tags = [...byTag].sort(([a], [b]) => (a < b ? -1 : 1));
  const schemas = Object.entries((document.components?.schemas ?? {}) as Record<string, Schema>);
  const { title, version, description } = document.info;

  return html`<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} ${version}</title>
<link rel="stylesheet" href="/docs/${styleName}">
</head>
<body>
<header>
<h1>${title} <small>${version}</small></h1>
<p>${description ?? ""}</p>
<p>机器可读的同一份说明：<a href="/openapi.json">/openapi.json</a>（OpenAPI ${document.openapi}）。出错时一律回 <code>application/problem+json</code>，见 <a href="#schema-Problem">Problem</a>。</p>
<nav aria-label="分组">${tags.map(([tag]) => html`<a href="#tag-${tag}">${tag}</a> `)}<a href="#schemas">数据结构</a></nav>
</header>
<main>
${tags.map(
  ([tag, listed]) => html`<section id="tag-${tag}"><h2>${tag}</h2>
${listed.map(operationView)}</section>
`,
)}
<section id="schemas"><h2>数据结构</h2>
${schemas.map(
  ([name, schema]) => html`<details><summary><code>${name}</code></summary>
<div id="schema-${name}">${schemaView(schema)}</div></details>
`,
)}</section>
</main>
</body>
</html>`;
}

function operationView({
  method,
  path,
  operationId,
  summary,
  parameters = [],
  requestBody,
  responses = {},
}: Listed) {
  return html`<details id="${operationId ?? `${method}-${path}`}">
<summary><b class="method ${method}">${method.toUpperCase()}</b> <code>${path}</code> <span>${summary ?? ""}</span></summary>
${parameters.length === 0 ? "" : html`<h3>参数</h3><ul>${parameters.map(parameterView)}</ul>`}
${requestBody === undefined ? "" : html`<h3>请求正文</h3>${contentView(requestBody.content)}`}
<h3>回答</h3>
<dl>${Object.entries(responses).map(
    ([status, response]) =>
      html`<dt><code>${status}</code> ${response.description}</dt><dd>${contentView(response.content ?? {})}</dd>`,
  )}</dl>
</details>
`;
}

function parameterView({ name, in: place, required, description, schema }: Parameter): Html {
  return html`<li><code>${name}</code> <small>${places[place] ?? place}${required === true ? "，必填" : ""}</small> ${
    schema === undefined ? "" : typeText(schema)
  } ${description ?? schema?.description ?? ""}</li>`;
}

function contentView(content: Content): Html {
  return html`${Object.entries(content).map(
    ([type, { schema }]) =>
      html`<p><small>${type}</small></p>${schema === undefined ? "" : schemaView(schema)}`,
  )}`;
}

/** A schema with its members, theirs below them. A reference is a link: schemas may go round in circles. */
function schemaView(schema: Schema): Html {
  const { properties, items, anyOf, oneOf, allOf, additionalProperties, description } = schema;
  const branches = anyOf ?? oneOf ?? allOf;
  const inner = branches?.filter(hasMembers) ?? [];
  return html`<div class="schema">${typeText(schema)} ${description ?? ""}
${
  properties === undefined
    ? ""
    : html`<ul>${Object.entries(properties).map(
        ([name, member]) =>
          html`<li><code>${name}</code>${schema.required?.includes(name) === true ? html`<small> 必有</small>` : ""} ${
            hasMembers(member) ? schemaView(member) : html`${typeText(member)} ${member.description ?? ""}`
          }</li>`,
      )}</ul>`
}${items !== undefined && hasMembers(items) ? schemaView(items) : ""}${
  typeof additionalProperties === "object" && hasMembers(additionalProperties)
    ? schemaView(additionalProperties)
    : ""
}${inner.map(schemaView)}</div>`;
}

/** Whether a schema has members that a line cannot show. */
function hasMembers({ properties, items, anyOf, oneOf, allOf, additionalProperties }: Schema): boolean {
  return (
    properties !== undefined ||
    (items !== undefined && hasMembers(items)) ||
    (typeof additionalProperties === "object" && hasMembers(additionalProperties)) ||
    (anyOf ?? oneOf ?? allOf ?? []).some(hasMembers)
  );
}

/** What a value is, in a line: its type, choices and limits. */
function typeText(schema: Schema): Html {
  const { $ref, type, format, anyOf, oneOf, allOf, items, additionalProperties } = schema;
  if ($ref !== undefined) {
    const name = $ref.slice($ref.lastIndexOf("/") + 1);
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  const choices = schema.const === undefined ? schema.enum : [schema.const];
  if (choices !== undefined) {
    return html`<span class="type">${choices.map((choice, index) => html`${index > 0 ? " | " : ""}<code>${String(choice)}</code>`)}</span>`;
  }
  const branches = anyOf ?? oneOf ?? allOf;
  if (branches !== undefined) {
    const joint = allOf === undefined ? " 或 " : " 且 ";
    return html`<span class="type">${branches.map((branch, index) => html`${index > 0 ? joint : ""}${typeText(branch)}`)}</span>`;
  }
  if (items !== undefined) return html`<span class="type">array of ${typeText(items)}</span>`;
  const open = typeof additionalProperties === "object" ? html` of ${typeText(additionalProperties)}` : "";
  const named = Array.isArray(type) ? type.join(" | ") : (type ?? "any");
  return html`<span class="type">${named}${open}${format === undefined ? "" : ` (${format})`}${limitsText(schema)}</span>`;
}

function limitsText({ minLength, maxLength, minimum, maximum, pattern, default: usual }: Schema): string {
  return [
    minLength === undefined ? "" : `，至少 ${minLength} 字`,
    maxLength === undefined ? "" : `，最多 ${maxLength} 字`,
    minimum === undefined ? "" : `，≥ ${minimum}`,
    // zod writes the bounds of a safe integer where a schema names none.
    maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? "" : `，≤ ${maximum}`,
    pattern === undefined || pattern.length > 60 ? "" : `，${pattern}`,
    usual === undefined ? "" : `，默认 ${JSON.stringify(usual)}`,
  ].join("");
}
