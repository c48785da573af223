import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { openApiFile, openApiText } from "../../scripts/openapi.ts";

type Operation = {
  operationId?: string;
  tags?: string[];
  summary?: string;
  parameters?: { name: string; schema?: object }[];
  requestBody?: { required?: boolean };
  responses: Record<string, { description?: string; content?: Record<string, unknown> }>;
};

const text = await openApiText();
const { paths, components } = JSON.parse(text) as {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> };
};
const operations = Object.entries(paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ name: `${method} ${path}`, operation })),
);

/** Nothing in the request can be wrong, and nobody needs to be signed in. */
const cannotFail = [
  "get /healthz",
  "get /api/v1/deadlines/rules",
  "get /api/v1/aid/eligibility",
  "get /api/v1/notices/templates",
  "delete /api/v1/staff/sessions",
];

describe("docs/openapi.json", () => {
  test("is as `npm run openapi` writes it", () => {
    expect(readFileSync(openApiFile, "utf8") === text, "stale: run `npm run openapi`").toBe(true);
  });

  test("names every operation once", () => {
    const ids = operations.map(({ operation }) => operation.operationId);

    expect(new Set(ids).size).toBe(operations.length);
  });

  test.each(operations)("describes $name", ({ name, operation }) => {
    expect(operation).toMatchObject({
      operationId: expect.stringMatching(/^[a-z][A-Za-z]+$/),
      tags: [expect.any(String)],
      summary: expect.stringMatching(/\S/),
    });
    const answers = Object.entries(operation.responses);
    const problems = answers.filter(([, { content }]) => content?.["application/problem+json"] !== undefined);
    expect(answers.filter(([status]) => status.startsWith("2"))).not.toEqual([]);
    expect(answers.every(([, { description }]) => (description ?? "") !== "")).toBe(true);
    // Every failure is a problem, and there is one wherever something may fail.
    expect(problems.map(([status]) => status)).toEqual(
      answers.map(([status]) => status).filter((status) => Number(status) >= 400),
    );
    if (!cannotFail.includes(name)) expect(problems).not.toEqual([]);
    // Without `required`, a body with no Content-Type is not looked at.
    if (operation.requestBody !== undefined) expect(operation.requestBody.required).toBe(true);
  });

  test("has a schema for every reference", () => {
    const named = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name = ""]) => name);

    expect(named.filter((name) => components.schemas[name] === undefined)).toEqual([]);
  });
});
